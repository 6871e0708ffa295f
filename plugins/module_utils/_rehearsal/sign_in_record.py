# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One record of the sign-in log, in the form for the judge of Conditional Access. Pure rules: no I/O.

Sources: the resource pages of signIn (v1.0 and beta), deviceDetail and appliedConditionalAccessPolicy in Microsoft
Graph. Facts that the log does not have stay unknown:

- An empty `deviceId` means an unidentified device, registered or not; `isCompliant` is then false in any case.
- `riskLevelDuringSignIn` is `hidden` without Microsoft Entra ID P2. User risk is not in the log.
- A text for the operating system that is not known here may mean a platform that Conditional Access knows.
- v1.0 tells nothing of authentication flows, of second factors and of the audiences that were evaluated.
- Whether a sign-in was for a user action or an authentication context is not in v1.0, and no part of it in beta here.
- A non-interactive sign-in of a confidential client has the address "used for the original token issuance"
  ("Non-interactive user sign-ins"), and not the one that the request came from.
- Whether an app was protected is nowhere in the log but in the result of a policy that asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from .._conditional_access.named_locations import UNLISTED, places_of
from .._conditional_access.sign_in import (
    APPS,
    BROWSER,
    EAS,
    LEGACY,
    NO_FLOW,
    Device,
    SignIn,
    platform_in_log,
    platform_of,
    registered,
)
from .._core.resource import normalize_case

# "Block legacy authentication" (MicrosoftDocs/entra-docs) names the protocols; signIn in Microsoft Graph, the filters
# of the sign-in log and queries in public repositories have these words for them. A word that no log contains matches
# nothing.
_EAS_CLIENTS = ("Exchange ActiveSync", "Exchange ActiveSync (supported)", "Exchange ActiveSync (unsupported)")
_OTHER_CLIENTS = (
    "Authenticated SMTP",
    "AutoDiscover",
    "Exchange Online PowerShell",
    "Exchange Web Services",
    "IMAP",
    "IMAP4",
    "MAPI",
    "MAPI Over HTTP",
    "Offline Address Book",
    "Other clients",
    "Other clients; IMAP",
    "Other clients; MAPI",
    "Other clients; Older Office clients",
    "Other clients; POP",
    "Other clients; SMTP",
    "Outlook Anywhere (RPC over HTTP)",
    "POP",
    "POP3",
    "Reporting Web Services",
    "SMTP",
)
# The filter of the sign-in log does not match prefixes. The last two are among these protocols too, but whether
# Conditional Access treats them as legacy clients is unknown here.
LEGACY_CLIENTS = (*_EAS_CLIENTS, *_OTHER_CLIENTS, "Outlook Service", "Universal Outlook")
_CLIENTS = {
    **{normalize_case(one): LEGACY for one in _OTHER_CLIENTS},
    **{normalize_case(one): EAS for one in _EAS_CLIENTS},
    "browser": BROWSER,
    "mobile apps and desktop clients": APPS,
    "modern clients": APPS,
}
# Possible suffixes: "Other clients; IMAP", "Exchange ActiveSync (supported)".
_OTHER, _EAS = "other clients;", "exchange activesync ("
_BEGINNINGS = {_OTHER: LEGACY, _EAS: EAS}
_PROTOCOLS = {"smtp": "authenticated smtp", "imap": "imap4", "mapi": "mapi over http", "pop": "pop3"}
_EVERY_CLIENT = (BROWSER, APPS, EAS, LEGACY)
_FLOWS = {"devicecode": "devicecodeflow", "devicecodeflow": "devicecodeflow"}
_FLOWS |= {"authenticationtransfer": "authenticationtransfer"}
_AUDIENCES = "conditionalAccessAudiences"
CONTRADICTORY = "contradictory"  # in place of several results of one policy in one record
_MFA = frozenset({frozenset({"mfa"})})
_MOST_NETWORKS = 20_000  # addresses whose locations are cached
_MOST_SIGN_INS = 5_000  # distinct sign-ins that are cached: most repeat
_TRUST = {"hybrid": "serverad", "registered": "workplace", "joined": "azuread"}


Results = tuple[tuple[str, str], ...]


@dataclass
class LoggedSignIn:
    """One record of the log. `possible` has the sign-in in each form that the log allows for its client.

    `results` are the results of policies, each with its id in lower case; none if the application may not see them.
    `succeeded` is false if nobody got in, `judged` if Conditional Access was not reached. `home` is the tenant of an
    external person.
    """

    person: str
    name: str
    created: str
    application: str
    client: str
    platform: str
    country: str
    possible: tuple[SignIn, ...]
    results: Results
    succeeded: bool
    judged: bool
    problem: str = ""
    home: str = ""
    external: bool = False


@dataclass
class Records:
    """Reads records. `locations` are the named locations of the tenant; None if they are unknown."""

    locations: Sequence[Mapping[str, Any]] | None
    _places: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)
    _possible: dict[Any, tuple[SignIn, ...]] = field(default_factory=dict)
    _results: dict[Any, Results] = field(default_factory=dict)

    def logged(self, record: Mapping[str, Any]) -> LoggedSignIn:
        person, home, resource = (_word(record.get(one)) for one in ("userId", "homeTenantId", "resourceId"))
        system = _text(_part(record, "deviceDetail").get("operatingSystem"))
        return LoggedSignIn(
            person=person,
            name=called(record),
            created=_text(record.get("createdDateTime")),
            application=_text(record.get("appDisplayName")) or _text(record.get("appId")),
            client=_text(record.get("clientAppUsed")),
            platform=platform_of(system) or system,
            country=_country(record),
            possible=self._in_each_way(self._way(record, resource, system)),
            results=self._results_of(_results(record)),
            succeeded=got_through(record),
            judged=not failed_otherwise(record),
            problem="" if person and resource else "the log does not say who signs in, or to what",
            home="" if home == _word(record.get("resourceTenantId")) else home,
            external=_word(record.get("crossTenantAccessType")) == "b2bcollaboration",
        )

    def _way(self, record: Mapping[str, Any], resource: str, system: str) -> tuple[Any, ...]:
        """All that Conditional Access may have judged the sign-in by. Records that share it are worked out once."""
        address = _text(record.get("ipAddress"))
        return (
            _text(record.get("clientAppUsed")),
            platform_in_log(system),
            resource,
            _identified(_part(record, "deviceDetail")),
            _known_text(record.get("riskLevelDuringSignIn")),
            _known_text(record.get("authenticationProtocol")),
            _known_text(record.get("originalTransferMethod")),
            not _failed(record) and record.get("authenticationRequirement") == "multiFactorAuthentication",
            _audiences(record),
            self._places_of("", "") if _elsewhere(record) else self._places_of(address, _country(record)),
        )

    def _results_of(self, said: Results) -> Results:
        found = self._results.get(said)
        if found is None:
            if len(self._results) >= _MOST_SIGN_INS:
                self._results.clear()
            told: dict[str, str] = {}
            for one, result in said:
                policy = normalize_case(one)
                told[policy] = result if told.get(policy, result) == result else CONTRADICTORY
            found = self._results[said] = tuple(told.items())
        return found

    def _in_each_way(self, facts: tuple[Any, ...]) -> tuple[SignIn, ...]:
        found = self._possible.get(facts)
        if found is None:
            if len(self._possible) >= _MOST_SIGN_INS:
                self._possible.clear()
            client, platform, resource, device, risk, protocol, method, second_factor, audiences, places = facts
            sign_in = SignIn(
                "",
                platform,
                resource,
                _device(device),
                places[0],
                places[1],
                sign_in_risk=_level(risk),
                flow=_flow(protocol, method),
                met=_MFA if second_factor else frozenset(),
                audiences=audiences,
                purpose_known=False,
            )
            known = _client(client)
            found = tuple(replace(sign_in, client=one) for one in ((known,) if known else _EVERY_CLIENT))
            self._possible[facts] = found
        return found

    def _places_of(self, address: str, country: str) -> tuple[frozenset[str] | None, frozenset[str]]:
        """The named locations that contain the address, and those that may; an empty country is unknown."""
        if not self.locations:
            return (None if self.locations is None else frozenset()), UNLISTED
        key = (address, country)
        found = self._places.get(key)
        if found is None:
            if len(self._places) >= _MOST_NETWORKS:
                self._places.clear()
            found = self._places[key] = places_of(self.locations, address or None, country or None)
        return found


def stopped_by_policies(record: Mapping[str, Any]) -> bool:
    """Whether Conditional Access stopped a sign-in; that of Exchange ActiveSync is logged as a success all the same."""
    return _word(record.get("conditionalAccessStatus")) == "failure"


def failed_otherwise(record: Mapping[str, Any]) -> bool:
    """Whether a sign-in failed for another reason than Conditional Access, such as a wrong password: nobody got in."""
    return _failed(record) and not stopped_by_policies(record)


def got_through(record: Mapping[str, Any]) -> bool:
    """Whether somebody got in."""
    return not _failed(record) and not stopped_by_policies(record)


def account_of(record: Mapping[str, Any]) -> str:
    """The id of who signs in, in lower case; empty if it is not known."""
    return _word(record.get("userId"))


def called(record: Mapping[str, Any]) -> str:
    """The name of who signs in, or the id; empty if neither is known."""
    return _text(record.get("userPrincipalName")) or _text(record.get("userId"))


def not_of_people(record: Mapping[str, Any]) -> bool:
    """Whether an application signs in without a user."""
    kinds = {_word(one) for one in _listed(record.get("signInEventTypes"))}
    as_itself = bool(kinds) and kinds <= {"serviceprincipal", "managedidentity"}
    return as_itself or (not record.get("userId") and bool(record.get("servicePrincipalId")))


def to_another_tenant(record: Mapping[str, Any], ours: str) -> bool:
    """Whether the policies of another tenant apply ("Authentication flow for external users")."""
    resource = _word(record.get("resourceTenantId"))
    return bool(resource and ours) and resource != ours


@lru_cache(maxsize=1_000)
def _client(text: str) -> str | None:
    word = normalize_case(text.strip())
    begun = (kind for beginning, kind in _BEGINNINGS.items() if word.startswith(beginning))
    return _CLIENTS.get(word) or next(begun, None)


def protocol_of(client: Any) -> str:
    """The protocol for the log's word for a client, in lower case; each has several words."""
    word = normalize_case(str(client or "").strip())
    if word.startswith(_EAS):
        return _EAS[:-2]
    word = word[len(_OTHER) :].strip() if word.startswith(_OTHER) else word
    return _PROTOCOLS.get(word, word)


def _identified(detail: Mapping[str, Any]) -> tuple[str, bool | None] | None:
    """The log's data about a device; for an unidentified one it is meaningless."""
    if not _text(detail.get("deviceId")):
        return None
    compliant = detail.get("isCompliant")
    return _word(detail.get("trustType")), compliant if isinstance(compliant, bool) else None


def _device(identified: tuple[str, bool | None] | None) -> Device | None:
    if identified is None:
        return None
    trust, compliant = identified
    kind = next((value for word, value in _TRUST.items() if word in trust), None)
    known = {"isCompliant": compliant, "trustType": kind}
    return registered(**{name: value for name, value in known.items() if value is not None})


def _failed(record: Mapping[str, Any]) -> bool:
    """By the code of the error; without one that can be read, the sign-in did not fail."""
    code = _part(record, "status").get("errorCode")
    return code.strip() not in ("", "0") if isinstance(code, str) else isinstance(code, (int, float)) and code != 0


def _country(record: Mapping[str, Any]) -> str:
    return _text(_part(record, "location").get("countryOrRegion"))


def _results(record: Mapping[str, Any]) -> Results:
    """What the record says of each policy."""
    return tuple(
        (_text(one.get("id")), _text(one.get("result")))
        for one in _listed(record.get("appliedConditionalAccessPolicies"))
        if isinstance(one, Mapping) and _text(one.get("id"))
    )


def _elsewhere(record: Mapping[str, Any]) -> bool:
    """Whether the address may be one that an earlier request came from: public clients have no credential."""
    return record.get("isInteractive") is False and record.get("clientCredentialType") != "none"


def _audiences(record: Mapping[str, Any]) -> frozenset[str]:
    """The resources for which Conditional Access was evaluated, which only beta has; exports have them as objects.

    None of them if one has another form: it may be the one that a policy is for.
    """
    listed = record.get(_AUDIENCES)
    told = [one.get("applicationId") if isinstance(one, Mapping) else one for one in _listed(listed)]
    known = [normalize_case(one) for one in told if one and isinstance(one, str)]
    return frozenset(known) if len(known) == len(told) else frozenset()


def _listed(value: Any) -> list[Any] | tuple[Any, ...]:
    return value if isinstance(value, (list, tuple)) else ()


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within a record; one in another form says nothing."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    """A text of a record; empty if it has another form, which is not documented."""
    return value if isinstance(value, str) else ""


def _word(value: Any) -> str:
    """A text of a record in lower case; empty if it is none."""
    return str(normalize_case(_text(value)))


def _known_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _level(value: str | None) -> str | None:
    return None if value in (None, "hidden", "unknownFutureValue") else value


def _flow(*told: str | None) -> str | None:
    """A session that began with a flow remains one. v1.0 does not show this."""
    flows = [_FLOWS[name] for one in told if (name := normalize_case(one or "")) in _FLOWS]
    unknown = any(one in (None, "unknownFutureValue") for one in told)
    return flows[0] if flows else None if unknown else NO_FLOW
