# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is affected by each deadline, as far as the data shows. Pure functions: no I/O, no clock.

A detector never claims more than its data: `exact` if the service itself lists it, `likely` if a trace is missing or
ambiguous, `cannot_be_told` otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._conditional_access.assignments import Person, assignment_of
from .._core.read_result import ReadResult, judged
from .._core.resource import normalize_case, normalized_set
from .._core.targets import first_names
from .._core.text import counted
from .._core.verdict import unread
from .._rehearsal.sign_in_record import account_of, called, got_through, protocol_of
from .access import resting_on_approved_application
from .legacy_log import LOG_DAYS, both, left_out

Records = Sequence[Mapping[str, Any]]
Facts = Mapping[str, ReadResult[Any]]
_EAS, _EWS, _SMTP = "Exchange ActiveSync", "Exchange Web Services", "Authenticated SMTP"
_UNNAMED = "Other clients"  # a client "is not included or unknown" ("Sign-in log activity details")
_SHOWN = (
    "mailbox",
    "guid",
    "device_id",
    "device_type",
    "device_model",
    "device_os",
    "client_version",
    "days_since_last_sync",
)


@dataclass(frozen=True)
class Finding:
    """`status` is `affected`, `not_affected` or `unknown`. `number` counts people who have no names here."""

    status: str
    certainty: str
    evidence: str
    people: Sequence[str] = ()
    number: int | None = None
    devices: Records = ()
    policies: Sequence[str] = ()
    next_step: str = ""


def detect(deadline: str, facts: Facts) -> Finding:
    """Who is affected by a deadline; unknown if one of its reads failed."""
    found = judged(lambda: DETECTORS[deadline](facts))
    if found.error is None:
        return found.value
    said = unread(found.error)
    return Finding("unknown", "cannot_be_told", said.evidence, next_step=said.next_step)


def _person(device: Mapping[str, Any]) -> str:
    return str((device.get("owner") or {}).get("address") or device.get("mailbox") or device.get("device_id"))


def _people_of(devices: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({_person(one) for one in devices})


def _shown(devices: Iterable[Mapping[str, Any]], certainty: str) -> list[dict[str, Any]]:
    return [{**{name: one.get(name) for name in _SHOWN}, "certainty": certainty} for one in devices]


def eas_version(facts: Facts) -> Finding:
    devices = facts["eas_devices"].value
    old = [one for one in devices if one["below_minimum_eas_version"]]
    silent = [one for one in devices if one["below_minimum_eas_version"] is None]
    said = f"{counted(len(devices), 'Exchange ActiveSync device')}, {len(old)} below 16.1"
    if silent:
        said += f", {len(silent)} without a version"
    shown = [*_shown(old, "exact"), *_shown(silent, "cannot_be_told")]
    if old:
        return Finding("affected", "exact", said, _people_of(old), devices=shown)
    if silent:
        return Finding("unknown", "cannot_be_told", said, devices=shown)
    return Finding("not_affected", "exact", said)


def eas_certificates(facts: Facts) -> Finding:
    """No trace in Microsoft Entra proves nothing: the app may be one that is not looked for."""
    devices = facts["eas_devices"].value
    if not devices:
        return Finding("not_affected", "exact", "no Exchange ActiveSync device is listed")
    recent = [one for one in devices if (one["days_since_last_sync"] or 0) <= LOG_DAYS]
    if not recent:
        said = f"{counted(len(devices), 'Exchange ActiveSync device')}, none synchronized in {LOG_DAYS} days"
        return Finding("not_affected", "likely", said)
    # A blocked sign-in does not explain a synchronization.
    through = [one for one in facts["mail_client_sign_ins"].value if got_through(one)]
    through += _of_client(both(facts["sign_ins"], facts["background_sign_ins"]), _EAS)
    seen = {account_of(one) for one in through}
    dated = [one for one in recent if one["days_since_last_sync"] is not None]
    owned = [one for one in dated if (one.get("owner") or {}).get("user_id")]
    traceless = [one for one in owned if normalize_case(one["owner"]["user_id"]) not in seen]
    doubtful = [one for one in recent if one not in owned]
    said = (
        f"{counted(len(recent), 'Exchange ActiveSync device')} may have synchronized in {LOG_DAYS} days; Microsoft "
        f"Entra saw no successful sign-in of a mail app by the user of {len(traceless)}"
    )
    if doubtful:
        said += f"; of {len(doubtful)}, the user or the last synchronization is not known"
    shown = [*_shown(traceless, "likely"), *_shown(doubtful, "cannot_be_told")]
    if traceless and facts["sign_ins"].error is not None:  # then these people may have signed in
        raise facts["sign_ins"].error
    if traceless:
        missing = left_out(facts["background_sign_ins"])
        said += f"; {missing}" if missing else ""
        return Finding("affected", "likely", said, _people_of(traceless), devices=shown)
    if doubtful:
        step = "Run intune.exchange.mobile_access_deadlines_info, which reads the last synchronization of each device"
        return Finding("unknown", "cannot_be_told", said, devices=shown, next_step=step)
    more = "; of a person with several devices, the sign-in may be of one of them only"
    return Finding("not_affected", "likely", said + more)


def approved_client_app(facts: Facts) -> Finding:
    policies = facts["policies"].value
    found = [one for one in resting_on_approved_application(policies) if one.get("state") == "enabled"]
    if not found:
        return Finding("not_affected", "exact", "no enabled policy demands only an approved client app")
    return _by_policies(found, facts["people"], "exact", "demands only an approved client app", "demand only one")


def all_resources(facts: Facts) -> Finding:
    policies = facts["policies"].value
    found = [one for one in policies if one.get("state") == "enabled" and _excludes_resources(one)]
    if not found:
        by_filter = [one for one in policies if one.get("state") == "enabled" and _filters_resources(one)]
        if by_filter:
            names = sorted(str(one.get("displayName")) for one in by_filter)
            leave = "leaves" if len(names) == 1 else "leave"
            said = (
                f"{', '.join(map(repr, names))} {leave} applications out with a filter, and whether that counts as an "
                "exclusion is not documented"
            )
            number = _reached(by_filter, facts["people"])
            return Finding("unknown", "cannot_be_told", said, number=number, policies=names)
        said = "no enabled policy is for all resources and excludes some"
        return Finding("not_affected", "exact", said)
    one, many = "is for all resources and excludes some", "are for all resources and exclude some"
    finding = _by_policies(found, facts["people"], "likely", one, many)
    more = (
        "; a tenant that postponed the change in its settings for baseline scopes, which are not read, is not affected"
    )
    return replace(finding, evidence=finding.evidence + more)


def _excludes_resources(policy: Mapping[str, Any]) -> bool:
    applications = (policy.get("conditions") or {}).get("applications") or {}
    return "all" in normalized_set(applications.get("includeApplications")) and bool(
        applications.get("excludeApplications")
    )


def _filters_resources(policy: Mapping[str, Any]) -> bool:
    """Whether a policy for all resources excludes those matched by a filter for applications."""
    applications = (policy.get("conditions") or {}).get("applications") or {}
    mode = normalize_case((applications.get("applicationFilter") or {}).get("mode") or "")
    return "all" in normalized_set(applications.get("includeApplications")) and mode not in ("", "include")


def _by_policies(found: Records, people: ReadResult[Any], certainty: str, one: str, many: str) -> Finding:
    names = sorted(str(policy.get("displayName")) for policy in found)
    number = _reached(found, people)
    whom = "how many people they reach could not be read" if number is None else _up_to(number)
    not_read = map(str, people.value[1] if people.known else ())
    said = "; ".join([f"{', '.join(map(repr, names))} {one if len(names) == 1 else many}", whom, *not_read])
    return Finding("affected", certainty, said, number=number, policies=names)


def _up_to(number: int) -> str:
    return f"up to {counted(number, 'person is', 'people are')} reached"


def _reached(policies: Records, people: ReadResult[Any]) -> int | None:
    """How many people the policies may affect; None if the directory could not be read."""
    counts: Mapping[Person, int] = people.value[0] if people.known else {}
    if not counts:
        return None
    assigned = [assignment_of(one) for one in policies]
    return sum(
        number for person, number in counts.items() if any(one.reach(person, eas=False)[0] is None for one in assigned)
    )


def ews_blocked(facts: Facts) -> Finding:
    return _ews(facts)


def ews_off(facts: Facts) -> Finding:
    exchange = facts["exchange"]
    if exchange.known and exchange.value.get("EwsEnabled") is False:
        said = "Exchange Web Services are off for the organization already"
        return Finding("not_affected", "exact", said)
    return _ews(facts)


def _ews(facts: Facts) -> Finding:
    interactive = ReadResult(facts["sign_ins"].value)  # without these, nothing is said
    people = _users(_of_client(both(interactive, facts["background_sign_ins"]), _EWS))
    switch = facts["exchange"].map(lambda one: _switch(one.get("EwsEnabled"))).or_else("could not be read")
    said = (
        f"the switch of the organization {switch}; in {LOG_DAYS} days, {_signed_in(people)} with {_EWS}{_scope(facts)}"
    )
    if people:
        return Finding("affected", "likely", said, people)
    more = "; apps with modern authentication do not name the protocol, so this does not show that nobody uses them"
    step = "Read the EWS usage report in the Microsoft 365 admin center"
    return Finding("unknown", "cannot_be_told", said + more, next_step=step)


# If EWS is enabled, only apps in EwsAllowedAppIDs may use it (Set-OrganizationConfig); which ones is not read.
def _switch(value: Any) -> str:
    if value is None:
        return "was never set"
    if not isinstance(value, bool):
        return "is not known"
    return "is on, for the apps of its list" if value else "is off"


def smtp_basic(facts: Facts) -> Finding:
    sign_ins, background, report = (facts[name] for name in ("sign_ins", "background_sign_ins", "mail_apps"))
    if sign_ins.error is not None and report.error is not None:
        raise sign_ins.error
    errors = [one.error for one in (sign_ins, report, background) if one.error is not None]
    read = both(sign_ins, background)
    people = _users(_of_client(read, _SMTP))
    said = [unread(one.error).evidence for one in (sign_ins, report) if one.error is not None]
    if sign_ins.known:
        said.append(f"in {LOG_DAYS} days, {_signed_in(people)} with {_SMTP}{_scope(facts)}")
    number = len(people)
    if report.known:
        sent, hidden = report.value["smtp"], report.value["concealed"]
        number = max(number, len(sent))
        concealed = ", whose names are concealed" if sent and hidden else ""
        said.append(f"{counted(len(sent), 'person', 'people')} in the report of the mail apps sent by SMTP{concealed}")
        people = people if hidden else sorted({*people, *sent}, key=normalize_case)
    evidence = "; ".join(said)
    if number:
        return Finding("affected", "likely", evidence, people, number=number)
    unnamed = _users(_of_client(read, _UNNAMED))
    if unnamed:
        more = f"; {_signed_in(unnamed)} with a client that the log does not name, which may be SMTP"
        step = f"Find out what these people use: {first_names(unnamed, 5)}"
        return Finding("unknown", "cannot_be_told", evidence + more, next_step=step)
    if errors or left_out(background):
        step = unread(errors[0]).next_step if errors else ""
        return Finding("unknown", "cannot_be_told", evidence, next_step=step)
    return Finding("not_affected", "likely", evidence)


def _scope(facts: Facts) -> str:
    missing = left_out(facts["background_sign_ins"])
    return f" ({missing})" if missing else ", interactively or not"


def _of_client(sign_ins: Records, client: str) -> Records:
    """The successful sign-ins with a client. One of Exchange ActiveSync that a policy blocks is logged as a success."""
    wanted = protocol_of(client)
    return [one for one in sign_ins if protocol_of(one.get("clientAppUsed")) == wanted and got_through(one)]


def _users(sign_ins: Records) -> list[str]:
    found = {normalize_case(called(one)) for one in sign_ins}
    return sorted(one for one in found if one)


def _signed_in(people: Sequence[str]) -> str:
    return f"{counted(len(people), 'person', 'people')} signed in" if people else "nobody signed in"


DETECTORS: Mapping[str, Callable[[Facts], Finding]] = {
    "eas_version": eas_version,
    "approved_client_app": approved_client_app,
    "all_resources": all_resources,
    "ews_blocked": ews_blocked,
    "eas_certificates": eas_certificates,
    "smtp_basic": smtp_basic,
    "ews_off": ews_off,
}
