# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in log of Microsoft Entra, one sign-in at a time, in the form for the judge of Conditional Access.

"List signIns": only $filter, $top and $skiptoken are documented, so that nothing is selected. v1.0 has interactive
sign-ins; non-interactive ones, and what policies took for the resource (conditionalAccessAudiences), are in beta alone.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from .._client.graph import odata
from .._core.errors import Purpose, TenantError
from .._core.text import counted
from .._engine.tenant import Tenant
from .membership import ACTIVITIES, KIND_ACTIVITY, MembershipChanges
from .sign_in_record import LoggedSignIn, Records, not_of_people, to_another_tenant

READ_SIGN_INS = Purpose("read the sign-in log", "AuditLog.Read.All")
_READ_AUDITS = Purpose("read who joined or left groups and roles", "AuditLog.Read.All")
INTERACTIVE, NON_INTERACTIVE = "interactive", "non_interactive"
_EVENT_TYPES = {INTERACTIVE: "interactiveUser", NON_INTERACTIVE: "nonInteractiveUser"}  # for signInEventType, in beta
_NO_LICENCE = "NonPremiumTenant"  # in the error code for a tenant without Microsoft Entra ID P1
_REPEATED = 2_000  # the ids of this many previous records are kept: a page may repeat the end of the previous one
_APPLICATIONS, _ELSEWHERE = "applications", "elsewhere"


def of_kinds(*kinds: str) -> str:
    """The filter for these kinds of sign-ins, which only beta supports."""
    return " or ".join(f"signInEventTypes/any(t: t eq '{_EVENT_TYPES[kind]}')" for kind in kinds)


def since(now: datetime, days: int) -> str:
    """The filter for the last days."""
    return f"createdDateTime ge {_moment(now, days)}"


def _moment(now: datetime, days: int) -> str:
    return (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class SignInLog:
    """Reads the log of a tenant. `locations` are its named locations; None if they are unknown."""

    tenant: Tenant
    days: int
    locations: Sequence[Mapping[str, Any]] | None
    left_out: Counter[str] = field(default_factory=Counter)
    _of_either: set[str] = field(default_factory=set)  # ids of records that do not say to which log they belong

    @cached_property
    def since(self) -> str:
        return _moment(self.tenant.http.now(), self.days)

    def read(self, kinds: Collection[str]) -> Iterator[LoggedSignIn]:
        """The sign-ins of these kinds, page by page. Raises `TenantError`.

        Whoever needs beta anyway has both from there: v1.0 does not say for which resources the policies counted.
        """
        records = Records(self.locations)
        for kind in (NON_INTERACTIVE, INTERACTIVE):  # what may be refused comes first
            if kind in kinds:
                try:
                    for record in self.records(kind, beta=NON_INTERACTIVE in kinds):
                        yield records.logged(record)
                except TenantError as error:
                    raise _explained(error, kind) from error.__cause__

    def records(self, kind: str, wanted: str = "", beta: bool = True) -> Iterator[Mapping[str, Any]]:
        """The records of one kind that a filter wants, page by page, as they are. Raises `TenantError`."""
        version, of_kind = ("beta", of_kinds(kind)) if beta else ("v1.0", "")
        parts = [f"createdDateTime ge {self.since}", of_kind, wanted]
        path = odata("auditLogs/signIns", filter=" and ".join(one for one in parts if one))
        return self._of_people(self.tenant.graph.stream(path, READ_SIGN_INS, version), kind)

    def _of_people(self, records: Iterable[Mapping[str, Any]], kind: str) -> Iterator[Mapping[str, Any]]:
        """Each sign-in of a person to this tenant, once: a record in both logs counts where it belongs."""
        other_kind, ours = kind == NON_INTERACTIVE, self.tenant.tokens.tenant("graph").lower()
        recent: deque[str] = deque()
        known: set[str] = set()
        for record in records:
            self._check_status(record)
            one = str(record.get("id") or "")
            if record.get("isInteractive") is other_kind or (one and (one in known or one in self._of_either)):
                continue
            if not isinstance(record.get("isInteractive"), bool):
                self._of_either.add(one)
            if len(recent) >= _REPEATED:
                known.discard(recent.popleft())
            recent.append(one)
            known.add(one)
            if not_of_people(record):
                self.left_out[_APPLICATIONS] += 1
            elif to_another_tenant(record, ours):
                self.left_out[_ELSEWHERE] += 1
            else:
                yield record

    def _check_status(self, record: Mapping[str, Any]) -> None:
        """Whether somebody got in decides about every number, so that it is not left open. Raises `TenantError`."""
        if not isinstance(record.get("status") or {}, Mapping):
            problem = "the status of a sign-in is not an object, so that the log does not say whether it failed"
            raise TenantError("protocol", problem, READ_SIGN_INS.action, self.tenant.label)

    def not_judged(self) -> list[str]:
        """Records that are not sign-ins of people to this tenant, in words."""
        words = {
            _APPLICATIONS: "of applications as themselves, which policies for people do not reach",
            _ELSEWHERE: "to other tenants, whose own policies decide about them",
        }
        return [f"{counted(self.left_out[one], 'sign-in')} {said}" for one, said in words.items() if self.left_out[one]]

    def membership_changes(self, kinds_too: bool) -> MembershipChanges:
        """Who joined or left a group or a role in these days, and when last. Raises `TenantError`.

        `kinds_too`: also who became another kind of user, which is read from all changes of accounts.
        """
        wanted = " or ".join(f"startswith(activityDisplayName,'{one}')" for one in ACTIVITIES)
        wanted += f" or activityDisplayName eq '{KIND_ACTIVITY}'" if kinds_too else ""
        path = odata("auditLogs/directoryAudits", filter=f"activityDateTime ge {self.since} and ({wanted})")
        changes = MembershipChanges()
        try:
            for record in self.tenant.graph.stream(path, _READ_AUDITS):
                changes.add(record)
        except TenantError as error:
            raise _explained(error, INTERACTIVE) from error.__cause__
        return changes


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
