# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the judge is given of a record of the sign-in log, and which records are no sign-in of a person to this tenant.

The records are those of the resource pages of signIn, deviceDetail and directoryAudit in Microsoft Graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.sign_in import (
    APPS,
    BROWSER,
    EAS,
    LEGACY,
)
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.membership import (
    Doubt,
    MembershipChanges,
    depends_on,
)
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.sign_in_log import (
    INTERACTIVE,
    NON_INTERACTIVE,
    SignInLog,
)
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.sign_in_record import Records

from .._conditional_access.test_cases import policy

OURS, THEIRS = "aaaabbbb-0000-cccc-1111-dddd2222eeee", "bbbbcccc-1111-dddd-2222-eeee3333ffff"
EVERY = (BROWSER, APPS, EAS, LEGACY)


def record(**facts: Any) -> dict[str, Any]:
    """One record as v1.0 has it."""
    return {
        "id": "1",
        "createdDateTime": "2026-11-20T10:00:00Z",
        "userId": "5D2C1A9E-8A1D-4C43-A8A1-6F0B7F5D6C11",
        "userPrincipalName": "alex.wilber@contoso.example",
        "resourceId": "00000002-0000-0ff1-ce00-000000000000",
        "clientAppUsed": "Browser",
        "isInteractive": True,
        "status": {"errorCode": 0},
        **facts,
    }


def log_of(pages: dict[str, list[dict[str, Any]]]) -> SignInLog:
    """The log of a tenant that has these records in v1.0 and in beta."""

    def stream(path: str, purpose: Any, version: str) -> Iterator[dict[str, Any]]:
        yield from pages.get(version, [])

    tenant: Any = SimpleNamespace(
        graph=SimpleNamespace(stream=stream),
        http=SimpleNamespace(now=lambda: datetime(2026, 11, 29, tzinfo=UTC)),
        tokens=SimpleNamespace(tenant=lambda service: OURS.upper()),
    )
    return SignInLog(tenant, 30, [])


BOTH = (INTERACTIVE, NON_INTERACTIVE)


def test_a_sign_in_that_is_in_both_logs_counts_where_it_belongs() -> None:
    background = record(id="2", isInteractive=False)
    # v1.0 and beta both have both.
    log = log_of({"v1.0": [record(), background], "beta": [background, record()]})
    assert len(list(log.read(BOTH))) == 2
    assert len(list(log.read([INTERACTIVE]))) == 1 == len(list(log.read([NON_INTERACTIVE])))


def test_a_sign_in_of_either_log_counts_once() -> None:
    """Where nothing says in which it belongs."""
    both = [record(isInteractive=None), record(id="2", isInteractive=None)]
    assert len(list(log_of({"v1.0": both, "beta": both}).read(BOTH))) == 2


def test_what_a_page_repeats_counts_once() -> None:
    log = log_of(
        {"v1.0": [*(record(id=str(one)) for one in range(1000)), *(record(id=str(one)) for one in (998, 999))]}
    )
    assert len(list(log.read(BOTH))) == 1000


def test_without_an_id_nothing_is_taken_for_a_repetition() -> None:
    assert len(list(log_of({"v1.0": [record(id=None), record(id=None, isInteractive=None)] * 2}).read(BOTH))) == 4


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"userId": "", "servicePrincipalId": "7"}, "1 sign-in of applications as themselves"),
        ({"signInEventTypes": ["servicePrincipal"]}, "1 sign-in of applications as themselves"),
        ({"signInEventTypes": ["managedIdentity"], "userId": None}, "1 sign-in of applications as themselves"),
        ({"resourceTenantId": THEIRS, "homeTenantId": OURS}, "1 sign-in to other tenants"),
    ],
)
def test_what_policies_for_people_of_this_tenant_do_not_reach_is_left_out_and_said(
    facts: dict[str, Any], words: str
) -> None:
    log = log_of({"v1.0": [record(**facts)]})
    assert not list(log.read(BOTH)) and log.not_judged()[0].startswith(words)


@pytest.mark.parametrize(
    "facts",
    [
        {"userId": "5D2C1A9E-8A1D-4C43-A8A1-6F0B7F5D6C11", "servicePrincipalId": "7"},
        {"signInEventTypes": ["interactiveUser"]},
        {"signInEventTypes": ["interactiveUser", "servicePrincipal"]},
        {"resourceTenantId": OURS, "homeTenantId": THEIRS},
        {"resourceTenantId": None},
        {"isInteractive": None},
    ],
)
def test_what_may_be_a_sign_in_of_a_person_to_this_tenant_is_judged(facts: dict[str, Any]) -> None:
    log = log_of({"v1.0": [record(**facts)]})
    assert len(list(log.read(BOTH))) == 1 and not log.not_judged()


@pytest.mark.parametrize(
    ("text", "clients"),
    [
        ("Browser", (BROWSER,)),
        ("Mobile Apps and Desktop clients", (APPS,)),
        ("IMAP4", (LEGACY,)),
        # As queries of the log in public repositories have them.
        ("Other clients; Older Office clients", (LEGACY,)),
        ("Other clients; IMAP", (LEGACY,)),
        ("Exchange ActiveSync (supported)", (EAS,)),
        ("Exchange ActiveSync", (EAS,)),
        ("", EVERY),
        (None, EVERY),
        ("Universal Outlook", EVERY),
        ("unknownFutureValue", EVERY),
    ],
)
def test_the_client(text: Any, clients: tuple[str, ...]) -> None:
    possible = Records([]).logged(record(clientAppUsed=text)).possible
    assert tuple(one.client for one in possible) == clients


@pytest.mark.parametrize(
    ("device", "compliant"),
    [
        (None, None),
        ({}, None),
        ({"deviceId": "", "isCompliant": False, "isManaged": False}, None),
        ({"deviceId": "1", "isCompliant": None}, None),
        ({"deviceId": "1", "isCompliant": True}, "true"),
        ({"deviceId": "1", "isCompliant": False}, "false"),
    ],
)
def test_the_device(device: Any, compliant: str | None) -> None:
    (sign_in,) = Records([]).logged(record(deviceDetail=device)).possible
    assert (sign_in.device and sign_in.device.get("iscompliant")) == compliant
    assert bool(sign_in.device) is bool(device and device.get("deviceId"))


@pytest.mark.parametrize(
    ("risk", "level"),
    [("hidden", None), (None, None), ("unknownFutureValue", None), ("none", "none"), ("high", "high")],
)
def test_the_risk(risk: Any, level: str | None) -> None:
    assert Records([]).logged(record(riskLevelDuringSignIn=risk)).possible[0].sign_in_risk == level


def test_places_that_could_not_be_read_are_not_known() -> None:
    office = {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "id": "1",
        "ipRanges": [{"cidrAddress": "203.0.113.0/24"}],
    }
    at_work = record(ipAddress="203.0.113.10")
    assert Records([office]).logged(at_work).possible[0].places == frozenset({"1"})
    assert Records([]).logged(at_work).possible[0].places == frozenset()
    assert Records(None).logged(at_work).possible[0].places is None


def test_what_repeats_is_the_same_object_whatever_the_address() -> None:
    records = Records([])
    first, again = (records.logged(record(id=str(one), ipAddress=f"203.0.113.{one}")) for one in (1, 2))
    assert first.possible is again.possible


def change(*targets: tuple[str, str], when: str = "2026-11-20T10:00:00Z", activity: str = "Add member to group") -> Any:
    resources = [{"id": one, "type": kind} for kind, one in targets]
    return {"activityDateTime": when, "activityDisplayName": activity, "targetResources": resources}


def test_who_joined_a_group_may_have_been_in_others_before() -> None:
    changes = MembershipChanges()
    changes.add(change(("User", "ALEX"), ("Group", "1")))
    assert changes.after("alex", "2026-11-20T09:59:59Z") and not changes.after("alex", "2026-11-20T10:00:01Z")
    assert not changes.after("adele", "2026-11-20T09:59:59Z")


@pytest.mark.parametrize("kind", ["ServicePrincipal", "Device", "Application"])
def test_a_device_in_a_group_concerns_nobody(kind: str) -> None:
    changes = MembershipChanges()
    changes.add(change((kind, "7"), ("Group", "1")))
    assert not changes.after("alex", "2026-11-01T00:00:00Z")


@pytest.mark.parametrize("targets", [[("Group", "2"), ("Group", "1")], [("Group", "1")], [("Other", "1")], []])
def test_a_group_that_joined_or_went_concerns_everybody(targets: list[tuple[str, str]]) -> None:
    changes = MembershipChanges()
    changes.add(change(*targets, activity="Delete group"))
    assert changes.after("alex", "2026-11-20T09:59:59Z") and not changes.after("alex", "2026-11-20T10:00:01Z")


def updated(*properties: dict[str, Any]) -> Any:
    found = change(("User", "ALEX"), activity="Update user")
    found["targetResources"][0]["modifiedProperties"] = list(properties)
    return found


# As the rules "User State changed from Guest to Member" (Azure-Sentinel) and "Guest user account type changed to
# member" read it, and as records that are published have an account's type beside what changed.
@pytest.mark.parametrize(
    ("properties", "doubt"),
    [
        ([{"displayName": "UserType", "oldValue": '["Guest"]', "newValue": '["Member"]'}], Doubt.KIND),
        ([{"displayName": "TargetId.UserType", "oldValue": '"Guest"', "newValue": '"Member"'}], Doubt.KIND),
        ([{"displayName": "UserType", "oldValue": '["Member"]', "newValue": '["Guest"]'}], Doubt.KIND),
        ([{"displayName": "UserType", "oldValue": '["Guest"]', "newValue": "[]"}], Doubt.KIND),
        ([{"displayName": "TargetId.UserType", "oldValue": None, "newValue": '"Member"'}], Doubt.NONE),
        ([{"displayName": "UserType", "oldValue": "[]", "newValue": '["Member"]'}], Doubt.NONE),
        ([{"displayName": "TargetId.UserType", "oldValue": '"Guest"', "newValue": '"Guest"'}], Doubt.NONE),
        ([{"displayName": "JobTitle", "oldValue": '["A"]', "newValue": '["B"]'}], Doubt.NONE),
        ([], Doubt.NONE),
    ],
)
def test_a_guest_who_became_a_member_was_one_before(properties: list[dict[str, Any]], doubt: Doubt) -> None:
    changes = MembershipChanges()
    changes.add(updated(*properties))
    assert changes.after("alex", "2026-11-20T09:59:59Z") == doubt
    assert not changes.after("alex", "2026-11-20T10:00:01Z") and not changes.after("adele", "2026-11-20T09:59:59Z")


@pytest.mark.parametrize("kinds_too", [True, False])
def test_all_changes_of_accounts_are_read_only_where_they_matter(kinds_too: bool) -> None:
    asked: list[str] = []

    def stream(path: str, purpose: Any) -> Iterator[dict[str, Any]]:
        asked.append(unquote(path))
        return iter(())

    log = log_of({})
    graph: Any = log.tenant.graph
    graph.stream = stream
    log.membership_changes(kinds_too)
    (path,) = asked
    assert ("activityDisplayName eq 'Update user'" in path) is kinds_too
    assert "activityDateTime ge 2026-10-30T00:00:00Z and (startswith(" in path and path.endswith(")")


@pytest.mark.parametrize(
    ("one", "doubt"),
    [
        (policy("mfa"), Doubt.NONE),
        (policy("mfa", users={"includeUsers": ["GuestsOrExternalUsers"]}), Doubt.KIND),
        (policy("mfa", users={"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]}), Doubt.KIND),
        (
            policy(
                "mfa",
                users={
                    "includeGroups": ["g"],
                    "excludeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "b2bCollaborationGuest"},
                },
            ),
            Doubt.KIND | Doubt.GROUPS,
        ),
        (policy("mfa", users={"includeUsers": ["All"], "excludeRoles": ["r"]}), Doubt.GROUPS),
        # "External users can't satisfy it" ("Authentication and Conditional Access for B2B users").
        (policy("compliantDevice", "compliantApplication"), Doubt.KIND),
    ],
)
def test_what_of_a_person_decides_about_a_policy(one: Any, doubt: Doubt) -> None:
    assert depends_on(one) == doubt


@pytest.mark.parametrize(
    ("when", "created"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00.1234567Z"),
        ("2026-11-20T10:00:00.1Z", "2026-11-20T10:00:00.12Z"),
        ("2026-11-20T10:00:00+00:00", "2026-11-20T10:00:00.5Z"),
    ],
)
def test_parts_of_a_second_are_compared(when: str, created: str) -> None:
    changes = MembershipChanges()
    changes.add(change(("User", "alex"), ("Group", "1"), when=when))
    assert not changes.after("alex", created)
    changes.add(change(("User", "alex"), ("Group", "1"), when=created))
    assert changes.after("alex", when)
