# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One record of the sign-in log, as the judge of Conditional Access takes it. Pure rules: no I/O.

Sources: the resource pages of signIn (v1.0 and beta), deviceDetail and appliedConditionalAccessPolicy in Microsoft
Graph. What the log does not tell stays not known:

- An empty `deviceId` stands for a device that was not identified, registered or not; `isCompliant` is false beside it
  whatever the device is.
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
# of the sign-in log and queries in public repositories have these words for them. A word that no log has finds nothing.
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
# The filter of the sign-in log takes no beginnings of words. The last two are among these protocols too, but whether
# Conditional Access takes them for legacy clients is not known here.
LEGACY_CLIENTS = (*_EAS_CLIENTS, *_OTHER_CLIENTS, "Outlook Service", "Universal Outlook")
_CLIENTS = {
    **{normalize_case(one): LEGACY for one in _OTHER_CLIENTS},
    **{normalize_case(one): EAS for one in _EAS_CLIENTS},
    "browser": BROWSER,
    "mobile apps and desktop clients": APPS,
    "modern clients": APPS,
}
# What may follow: "Other clients; IMAP", "Exchange ActiveSync (supported)".
_OTHER, _EAS = "other clients;", "exchange activesync ("
_BEGINNINGS = {_OTHER: LEGACY, _EAS: EAS}
_PROTOCOLS = {"smtp": "authenticated smtp", "imap": "imap4", "mapi": "mapi over http", "pop": "pop3"}
_EVERY_CLIENT = (BROWSER, APPS, EAS, LEGACY)
_FLOWS = {"devicecode": "devicecodeflow", "devicecodeflow": "devicecodeflow"}
_FLOWS |= {"authenticationtransfer": "authenticationtransfer"}
_AUDIENCES = "conditionalAccessAudiences"
_MFA = frozenset({frozenset({"mfa"})})
_MOST_NETWORKS = 20_000  # addresses of which the places are kept
_MOST_SIGN_INS = 5_000  # distinct sign-ins that are kept: most repeat
_TRUST = {"hybrid": "serverad", "registered": "workplace", "joined": "azuread"}


Results = tuple[tuple[str, str], ...]


@dataclass
class LoggedSignIn:
    """One record of the log. `possible` is the sign-in in each way that the log leaves open for its client.

    `results` are what policies made of it, each with its id in lower case; none where the application may not see them.
    `succeeded` is false where nobody got in, `judged` where Conditional Access was not reached. `home` is the tenant of
    an external person.
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
    """Reads records. `locations` are the named locations of the tenant; None if they are not known."""

    locations: Sequence[Mapping[str, Any]] | None
    _places: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)
    _possible: dict[Any, tuple[SignIn, ...]] = field(default_factory=dict)
    _results: dict[Any, Results] = field(default_factory=dict)

    def logged(self, record: Mapping[str, Any]) -> LoggedSignIn:
        device, status = record.get("deviceDetail") or {}, record.get("status") or {}
        location = record.get("location") or {}
        system, country = str(device.get("operatingSystem") or ""), str(location.get("countryOrRegion") or "")
        resource, client = normalize_case(record.get("resourceId") or ""), str(record.get("clientAppUsed") or "")
        address, failed = str(record.get("ipAddress") or ""), status.get("errorCode") not in (0, None)
        stopped = record.get("conditionalAccessStatus") == "failure"
        platform = platform_of(system) or system
        person, home = normalize_case(record.get("userId") or ""), normalize_case(record.get("homeTenantId") or "")
        return LoggedSignIn(
            person,
            str(record.get("userPrincipalName") or record.get("userId") or ""),
            str(record.get("createdDateTime") or ""),
            str(record.get("appDisplayName") or record.get("appId") or ""),
            client,
            platform,
            country,
            self._in_each_way(
                (
                    client,
                    platform_in_log(system),
                    resource,
                    _identified(device),
                    record.get("riskLevelDuringSignIn"),
                    record.get("authenticationProtocol"),
                    record.get("originalTransferMethod"),
                    not failed and record.get("authenticationRequirement") == "multiFactorAuthentication",
                    _audiences(record),
                    self._places_of("", "") if _elsewhere(record) else self._places_of(address, country),
                )
            ),
            self._results_of(
                tuple(
                    (one["id"], one.get("result"))
                    for one in record.get("appliedConditionalAccessPolicies") or ()
                    if one and one.get("id")
                )
            ),
            not (failed or stopped),
            stopped or not failed,
            "" if person and resource else "the log does not say who signs in, or to what",
            "" if home == normalize_case(record.get("resourceTenantId") or "") else home,
            normalize_case(record.get("crossTenantAccessType") or "") == "b2bcollaboration",
        )

    def _results_of(self, said: tuple[tuple[Any, Any], ...]) -> Results:
        found = self._results.get(said)
        if found is None:
            if len(self._results) >= _MOST_SIGN_INS:
                self._results.clear()
            found = self._results[said] = tuple((normalize_case(str(one)), str(result)) for one, result in said)
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
        """The named locations, and those of which is not known whether they are; an empty country is not told."""
        if not self.locations:
            return (None if self.locations is None else frozenset()), UNLISTED
        key = (address, country)
        found = self._places.get(key)
        if found is None:
            if len(self._places) >= _MOST_NETWORKS:
                self._places.clear()
            found = self._places[key] = places_of(self.locations, address or None, country or None)
        return found


def not_of_people(record: Mapping[str, Any]) -> bool:
    """Whether an application signs in, of itself."""
    kinds = {normalize_case(str(one)) for one in record.get("signInEventTypes") or ()}
    as_itself = bool(kinds) and kinds <= {"serviceprincipal", "managedidentity"}
    return as_itself or (not record.get("userId") and bool(record.get("servicePrincipalId")))


def to_another_tenant(record: Mapping[str, Any], ours: str) -> bool:
    """Whether the policies of another tenant are those that count ("Authentication flow for external users")."""
    resource = normalize_case(record.get("resourceTenantId") or "")
    return bool(resource and ours) and resource != ours


@lru_cache(maxsize=1_000)
def _client(text: str) -> str | None:
    word = normalize_case(text.strip())
    begun = (kind for beginning, kind in _BEGINNINGS.items() if word.startswith(beginning))
    return _CLIENTS.get(word) or next(begun, None)


def protocol_of(client: Any) -> str:
    """The protocol that the word of a log for a client stands for, in lower case; each has several words."""
    word = normalize_case(str(client or "").strip())
    if word.startswith(_EAS):
        return _EAS[:-2]
    word = word[len(_OTHER) :].strip() if word.startswith(_OTHER) else word
    return _PROTOCOLS.get(word, word)


def _identified(detail: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """What the log has of a device; of one that was not identified it says nothing, whatever stands there."""
    if not detail.get("deviceId"):
        return None
    return detail.get("trustType"), detail.get("isCompliant")


def _device(identified: tuple[Any, Any] | None) -> Device | None:
    if identified is None:
        return None
    trust, compliant = normalize_case(identified[0] or ""), identified[1]
    kind = next((value for word, value in _TRUST.items() if word in trust), None)
    known = {"isCompliant": compliant if isinstance(compliant, bool) else None, "trustType": kind}
    return registered(**{name: value for name, value in known.items() if value is not None})


def _elsewhere(record: Mapping[str, Any]) -> bool:
    """Whether the address may be one that an earlier request came from: public clients have no credential."""
    return record.get("isInteractive") is False and record.get("clientCredentialType") != "none"


def _audiences(record: Mapping[str, Any]) -> frozenset[str]:
    """The resources for which Conditional Access was evaluated, which beta tells; exports have them as objects."""
    told = (one.get("applicationId") if isinstance(one, Mapping) else one for one in record.get(_AUDIENCES) or ())
    return frozenset(normalize_case(str(one)) for one in told if one)


def _level(value: Any) -> str | None:
    return None if value in (None, "hidden", "unknownFutureValue") else str(value)


def _flow(*told: Any) -> str | None:
    """A session that began with a flow goes on to be one. v1.0 tells nothing of that."""
    flows = [_FLOWS[name] for one in told if (name := normalize_case(one or "")) in _FLOWS]
    unknown = any(one in (None, "unknownFutureValue") for one in told)
    return flows[0] if flows else None if unknown else NO_FLOW
