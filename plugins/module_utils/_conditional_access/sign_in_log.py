# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in log of Microsoft Entra, one sign-in after the other, as the judge of Conditional Access takes them.

Sources: the resource pages of signIn (v1.0 and beta), deviceDetail and appliedConditionalAccessPolicy in Microsoft
Graph, and "List signIns": only $filter, $top and $skiptoken are documented, so that nothing is selected. What the log
does not tell stays not known:

- An empty `deviceId` stands for a device that was not identified, registered or not; `isCompliant` is false beside it
  whatever the device is.
- `riskLevelDuringSignIn` is `hidden` without Microsoft Entra ID P2. User risk is not in the log.
- v1.0 tells nothing of authentication flows, and only interactive sign-ins. Non-interactive ones are in beta alone.
- Whether an app was protected is nowhere in the log but in the result of a policy that asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from .._client.graph import odata
from .._core.errors import Purpose, TenantError
from .._core.resource import normalize_case
from .._engine.tenant import Tenant
from .named_locations import from_network
from .sign_in import APPS, BROWSER, EAS, LEGACY, NO_FLOW, Device, SignIn, platform_of, registered

READ_SIGN_INS = Purpose("read the sign-in log", "AuditLog.Read.All")
_READ_AUDITS = Purpose("read who joined or left groups and roles", "AuditLog.Read.All")
INTERACTIVE, NON_INTERACTIVE = "interactive", "non_interactive"
_EVENT_TYPES = {INTERACTIVE: "interactiveUser", NON_INTERACTIVE: "nonInteractiveUser"}  # of signInEventType, in beta
_NO_LICENCE = "NonPremiumTenant"  # in the code of an answer to a tenant without Microsoft Entra ID P1
# "Block legacy authentication" (MicrosoftDocs/entra-docs) names the protocols; these are the words that queries of the
# sign-in log in public repositories use for them. A word that no log has finds nothing.
LEGACY_CLIENTS = (
    "Authenticated SMTP",
    "AutoDiscover",
    "Exchange ActiveSync",
    "Exchange Online PowerShell",
    "Exchange Web Services",
    "IMAP4",
    "MAPI Over HTTP",
    "Offline Address Book",
    "Other clients",
    "Outlook Anywhere (RPC over HTTP)",
    "POP3",
    "Reporting Web Services",
)
_CLIENTS = {
    **{normalize_case(one): LEGACY for one in LEGACY_CLIENTS},
    "imap": LEGACY,
    "mapi": LEGACY,
    "smtp": LEGACY,
    "pop": LEGACY,
    "exchange activesync": EAS,
    "browser": BROWSER,
    "mobile apps and desktop clients": APPS,
    "modern clients": APPS,
}
_EVERY_CLIENT = (BROWSER, APPS, EAS, LEGACY)
_FLOWS = {"devicecode": "devicecodeflow", "devicecodeflow": "devicecodeflow"}
_FLOWS |= {"authenticationtransfer": "authenticationtransfer"}
_MFA = frozenset({frozenset({"mfa"})})
_MOST_NETWORKS = 20_000  # addresses of which the places are kept


def of_kinds(*kinds: str) -> str:
    """The filter for these kinds of sign-ins, which only beta takes."""
    return " or ".join(f"signInEventTypes/any(t: t eq '{_EVENT_TYPES[kind]}')" for kind in kinds)


@dataclass(frozen=True)
class LoggedSignIn:
    """One record of the log. `possible` is the sign-in in each way that the log leaves open for its client.

    `results` are what policies made of it, by their id in lower case; empty where the application may not see them.
    `succeeded` is false where nobody got in, `judged` where Conditional Access was not reached.
    """

    person: str
    name: str
    created: str
    application: str
    client: str
    platform: str
    country: str
    possible: tuple[SignIn, ...]
    results: Mapping[str, str]
    succeeded: bool
    judged: bool
    problem: str = ""


@dataclass
class SignInLog:
    """Reads the log of a tenant. `locations` are its named locations."""

    tenant: Tenant
    days: int
    locations: Sequence[Mapping[str, Any]]
    _places: dict[tuple[str, str], SignIn] = field(default_factory=dict)

    @property
    def since(self) -> str:
        return (self.tenant.http.now() - timedelta(days=self.days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def read(self, kinds: Iterable[str]) -> Iterator[LoggedSignIn]:
        """The sign-ins of these kinds, page by page. Raises `TenantError`."""
        since = f"createdDateTime ge {self.since}"
        reads = {
            INTERACTIVE: ("v1.0", since),
            NON_INTERACTIVE: ("beta", f"{since} and {of_kinds(NON_INTERACTIVE)}"),
        }
        for kind, (version, wanted) in reads.items():
            if kind in kinds:
                try:
                    for record in self.tenant.graph.stream(
                        odata("auditLogs/signIns", filter=wanted), READ_SIGN_INS, version
                    ):
                        yield self._logged(record)
                except TenantError as error:
                    raise _explained(error, kind) from error.__cause__

    def membership_changes(self) -> MembershipChanges:
        """Who joined or left a group or a role in these days, and when last. Raises `TenantError`."""
        wanted = (
            "startswith(activityDisplayName,'Add member to') or startswith(activityDisplayName,'Remove member from')"
        )
        path = odata("auditLogs/directoryAudits", filter=f"activityDateTime ge {self.since} and ({wanted})")
        changes = MembershipChanges()
        try:
            for record in self.tenant.graph.stream(path, _READ_AUDITS):
                changes.add(record)
        except TenantError as error:
            raise _explained(error, INTERACTIVE) from error.__cause__
        return changes

    def _logged(self, record: Mapping[str, Any]) -> LoggedSignIn:
        device, status = record.get("deviceDetail") or {}, record.get("status") or {}
        location = record.get("location") or {}
        system, country = str(device.get("operatingSystem") or ""), str(location.get("countryOrRegion") or "")
        resource, client = normalize_case(record.get("resourceId") or ""), str(record.get("clientAppUsed") or "")
        failed = status.get("errorCode") not in (0, None)
        stopped = record.get("conditionalAccessStatus") == "failure"
        sign_in = SignIn(
            "",
            platform_of(system) or system,
            resource,
            _device(device),
            sign_in_risk=_level(record.get("riskLevelDuringSignIn")),
            flow=_flow(record),
            met=_MFA if _with_second_factor(record) and not failed else frozenset(),
        )
        sign_in = self._placed(sign_in, str(record.get("ipAddress") or ""), country)
        known = _CLIENTS.get(normalize_case(client.strip()))
        person = normalize_case(record.get("userId") or "")
        return LoggedSignIn(
            person=person,
            name=str(record.get("userPrincipalName") or record.get("userId") or ""),
            created=str(record.get("createdDateTime") or ""),
            application=str(record.get("appDisplayName") or record.get("appId") or ""),
            client=client,
            platform=platform_of(system) or system,
            country=country,
            possible=tuple(replace(sign_in, client=one) for one in ((known,) if known else _EVERY_CLIENT)),
            results={
                normalize_case(one["id"]): str(one.get("result"))
                for one in record.get("appliedConditionalAccessPolicies") or ()
                if one and one.get("id")
            },
            succeeded=not (failed or stopped),
            judged=stopped or not failed,
            problem="" if person and resource else "the log does not say who signs in, or to what",
        )

    def _placed(self, sign_in: SignIn, address: str, country: str) -> SignIn:
        """With the named locations; an empty country is one that the log does not tell."""
        key = (address, country)
        found = self._places.get(key)
        if found is None:
            if len(self._places) >= _MOST_NETWORKS:
                self._places.clear()
            found = from_network(SignIn("", ""), self.locations, address or None, country or None)
            self._places[key] = found
        return replace(sign_in, places=found.places, unsure_places=found.unsure_places)


@dataclass
class MembershipChanges:
    """When somebody last joined or left a group or a role. The groups and roles that are read are those of today."""

    people: dict[str, str] = field(default_factory=dict)
    groups: str = ""  # when a group last joined or left another: whoever is in one may be concerned

    def add(self, record: Mapping[str, Any]) -> None:
        when = str(record.get("activityDateTime") or "")
        targets = [one for one in record.get("targetResources") or () if one]
        people = [normalize_case(one.get("id") or "") for one in targets if normalize_case(one.get("type")) == "user"]
        for person in people:
            self.people[person] = max(when, self.people.get(person, ""))
        if not people:
            self.groups = max(self.groups, when)

    def after(self, person: str, created: str) -> bool:
        """Whether what somebody was in may have been another at a time."""
        return max(self.people.get(person, ""), self.groups) > created


def _explained(error: TenantError, kind: str) -> TenantError:
    if error.answer is not None and _NO_LICENCE in error.answer.code:
        return error.but(
            kind="no_licence",
            problem=f"the tenant has no licence for the sign-in log, Microsoft Entra ID P1 ({error.answer})",
            next_step="Without the log, the impact of conditional_access_policy in check mode and the coverage of "
            "mobile_access_assessment_info say whom a policy reaches, but not whose sign-ins it stops",
        )
    if kind == NON_INTERACTIVE and not error.next_step:
        step = "Non-interactive sign-ins are in Microsoft Graph beta; sign_in_types [interactive] omits them"
        return error.but(next_step=step)
    return error


def _device(detail: Mapping[str, Any]) -> Device | None:
    """A device that was identified; what the log has of others says nothing of them."""
    if not detail.get("deviceId"):
        return None
    trust, compliant = normalize_case(detail.get("trustType") or ""), detail.get("isCompliant")
    kinds = {"hybrid": "serverad", "registered": "workplace", "joined": "azuread"}
    kind = next((value for word, value in kinds.items() if word in trust), None)
    known = {"isCompliant": compliant if isinstance(compliant, bool) else None, "trustType": kind}
    return registered(**{name: value for name, value in known.items() if value is not None})


def _level(value: Any) -> str | None:
    return None if value in (None, "hidden", "unknownFutureValue") else str(value)


def _flow(record: Mapping[str, Any]) -> str | None:
    """A session that began with a flow goes on to be one. v1.0 tells nothing of that."""
    told = [record.get("authenticationProtocol"), record.get("originalTransferMethod")]
    flows = [_FLOWS[name] for one in told if (name := normalize_case(one or "")) in _FLOWS]
    unknown = any(one in (None, "unknownFutureValue") for one in told)
    return flows[0] if flows else None if unknown else NO_FLOW


def _with_second_factor(record: Mapping[str, Any]) -> bool:
    return bool(record.get("authenticationRequirement") == "multiFactorAuthentication")
