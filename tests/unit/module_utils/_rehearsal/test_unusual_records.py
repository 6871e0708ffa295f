# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of the logs in forms that are not documented: what they say is not known, and never a guess.

The documented forms are those of signIn (beta), appliedConditionalAccessPolicy and directoryAudit in Microsoft Graph.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.sign_in import (
    EXCHANGE_ONLINE,
    MICROSOFT_GRAPH,
    SHAREPOINT,
)
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.calibration import Calibration
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.membership import (
    Doubt,
    MembershipChanges,
    moment,
)
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.policy_answers import ANSWERS
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.sign_in_record import (
    Records,
    account_of,
    called,
    failed_otherwise,
    got_through,
    not_of_people,
    to_another_tenant,
)

from .._conditional_access.test_cases import policy
from .test_log_evidence import MEMBER, answer, named, record

MAIL_IS_BLOCKED = named("mail", policy("block", apps={"includeApplications": [EXCHANGE_ONLINE]}))


@pytest.mark.parametrize(
    "audiences",
    [
        SHAREPOINT,
        {"value": [SHAREPOINT]},
        [[SHAREPOINT]],
        [5],
        5,
        True,
        [None],
        [""],
        [{"resourceId": SHAREPOINT}],
        [{"applicationId": 5}],
        [{"applicationId": None}, {"applicationId": SHAREPOINT}],
        [SHAREPOINT, {"applicationId": ""}],
        [],
        None,
    ],
)
def test_audiences_in_another_form_are_not_known(audiences: Any) -> None:
    for resource, expected in ((EXCHANGE_ONLINE, "stopped"), (MICROSOFT_GRAPH, "not_known")):
        logged = record(resourceId=resource, conditionalAccessAudiences=audiences)
        assert answer([], MAIL_IS_BLOCKED, logged) == expected


@pytest.mark.parametrize("form", [lambda one: one, lambda one: {"applicationId": one}])
def test_audiences_in_both_known_forms_decide(form: Any) -> None:
    for audience, expected in ((SHAREPOINT, "unchanged"), (EXCHANGE_ONLINE.upper(), "stopped")):
        logged = record(resourceId=MICROSOFT_GRAPH, conditionalAccessAudiences=[form(audience)])
        assert answer([], MAIL_IS_BLOCKED, logged) == expected


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00"),
        ("2026-11-20T10:00:00", "2026-11-20T10:00:00"),
        ("2026-11-20T10:00:00+00:00", "2026-11-20T10:00:00"),
        ("2026-11-20T01:30:00.1234567+02:00", "2026-11-19T23:30:00.1234567"),
        ("2026-11-20T23:30:00-01:00", "2026-11-21T00:30:00"),
        ("2026-11-20T10:00:00.5000000Z", "2026-11-20T10:00:00.5"),
        ("2026-11-20T10:00:00.000Z", "2026-11-20T10:00:00"),
        ("2026-11-20T10:00Z", "2026-11-20T10:00:00"),
        ("0001-01-01T00:00:00Z", ""),  # no time, in .NET
        ("0001-01-01T00:00:00+02:00", ""),
        ("2026-02-30T10:00:00Z", ""),
        ("2026-11-20T10:00:61Z", ""),
        ("20.11.2026 10:00", ""),
        ("2026-11-20", ""),
        ("yesterday", ""),
        ("", ""),
        (None, ""),
        (1795168800, ""),
        ({"a": 1}, ""),
    ],
)
def test_a_time_is_compared_in_utc_or_is_not_known(text: Any, utc: str) -> None:
    assert moment(text) == utc


def in_report_only(changed: Any, created: Any, *said: str) -> str:
    """The answer for a policy in report-only mode that blocks, of which the log says something."""
    planned = {**named("planned", policy("block")), "state": "enabledForReportingButNotEnforced"}
    planned["modifiedDateTime"] = changed
    logged = record([("planned" if number else "PLANNED", one) for number, one in enumerate(said)])
    return answer([planned], planned, {**logged, "createdDateTime": created})


@pytest.mark.parametrize(
    ("changed", "created", "expected"),
    [
        ("2026-11-01T00:30:00Z", "2026-11-01T03:00:00+02:00", "unchanged"),
        ("2026-11-01T00:30:00Z", "2026-11-01T01:30:00+02:00", "stopped"),
        ("2026-11-01T01:30:00+02:00", "2026-11-01T00:30:00Z", "unchanged"),
        ("yesterday", "2026-11-01T00:30:00Z", "stopped"),
        ("2026-11-01T00:30:00Z", "yesterday", "stopped"),
        ("2026-11-01T00:30:00Z", "", "stopped"),
    ],
)
def test_a_result_stands_only_after_the_last_change(changed: str, created: str, expected: str) -> None:
    assert in_report_only(changed, created, "reportOnlyNotApplied") == expected


@pytest.mark.parametrize(
    ("when", "created", "doubt"),
    [
        ("2026-11-20T10:00:00+02:00", "2026-11-20T09:00:00Z", Doubt.NONE),
        ("2026-11-20T10:00:00-02:00", "2026-11-20T11:00:00Z", Doubt.GROUPS),
        ("yesterday", "2026-11-20T11:00:00Z", Doubt.GROUPS),
        (None, "2026-11-20T11:00:00Z", Doubt.GROUPS),
        ("2026-11-20T10:00:00Z", "yesterday", Doubt.GROUPS),
        ("2026-11-20T10:00:00Z", None, Doubt.GROUPS),
    ],
)
def test_a_change_at_an_unknown_time_may_be_later(when: Any, created: Any, doubt: Doubt) -> None:
    changes = MembershipChanges()
    targets = [{"type": "User", "id": "alex"}, {"type": "Group", "id": "1"}]
    changes.add({"activityDateTime": when, "activityDisplayName": "Add member to group", "targetResources": targets})
    assert changes.after("alex", created) == doubt
    assert changes.after("adele", created) == Doubt.NONE


def test_results_that_contradict_each_other_are_no_result() -> None:
    when = ("2026-11-01T00:30:00Z", "2026-11-20T00:00:00Z")
    assert in_report_only(*when, "reportOnlyFailure", "reportOnlyNotApplied") == "not_known"
    assert in_report_only(*when, "reportOnlyNotApplied", "reportOnlyFailure") == "not_known"
    assert in_report_only(*when, "reportOnlyFailure", "reportOnlyNotApplied", "reportOnlyNotApplied") == "not_known"
    assert in_report_only(*when, "reportOnlyNotApplied", "reportOnlyNotApplied") == "unchanged"


def test_the_judge_is_not_compared_with_results_that_contradict_each_other() -> None:
    calibration = Calibration([named("blocked", policy("block"))])
    for results, compared in (("failure", "success"), 0), (("failure", "failure"), 1):
        logged = record([("blocked", one) for one in results])
        calibration.add(Records(()).logged(logged), MEMBER, Doubt.NONE)
        assert calibration.result(95)["compared"] == compared


@pytest.mark.parametrize("listed", ["x", {"id": "planned"}, [5, "x", ["planned"]], [{"id": "planned"}]])
def test_results_in_another_form_are_none(listed: Any) -> None:
    planned = {**named("planned", policy("block")), "state": "enabledForReportingButNotEnforced"}
    assert answer([planned], planned, record(appliedConditionalAccessPolicies=listed)) == "stopped"


@pytest.mark.parametrize("result", [{}, [1], 5])
def test_a_result_that_is_no_text_is_none(result: Any) -> None:
    planned = {**named("planned", policy("block")), "state": "enabledForReportingButNotEnforced"}
    assert answer([planned], planned, record([("planned", result)])) == "stopped"


@pytest.mark.parametrize("status", ["failure", "Failure", "FAILURE"])
def test_a_failure_of_conditional_access_is_one_in_any_case(status: str) -> None:
    assert not Records(()).logged(record(conditionalAccessStatus=status)).succeeded


KNOWN = "2026-11-20T10:00:00Z"
A_GROUP = {"type": "Group", "id": "1"}
BECAME_A_MEMBER = {"displayName": "UserType", "oldValue": '["Guest"]', "newValue": '["Member"]'}


@pytest.mark.parametrize(
    "targets",
    [
        [{"type": "User", "id": None, "userPrincipalName": "a@b"}, A_GROUP],
        [{"type": "User"}],
        [{"type": None, "id": "alex"}],
        [{"type": 5, "id": "alex"}],
        [5, A_GROUP],
        "x",
        {"type": "User", "id": "alex"},
        None,
    ],
)
@pytest.mark.parametrize("when", [KNOWN, None])
def test_a_change_of_an_unknown_person_may_be_of_anybody(targets: Any, when: Any) -> None:
    changes = MembershipChanges()
    changes.add({"activityDateTime": when, "activityDisplayName": "Add member to group", "targetResources": targets})
    assert changes.after("adele", "2026-11-20T09:00:00Z") == Doubt.GROUPS
    assert changes.after("adele", "2026-11-20T11:00:00Z") == (Doubt.NONE if when else Doubt.GROUPS)


@pytest.mark.parametrize(
    ("targets", "alex", "adele"),
    [
        ([{"type": "User", "id": "ALEX", "modifiedProperties": [BECAME_A_MEMBER]}], Doubt.KIND, Doubt.NONE),
        ([{"type": "User", "id": "ALEX", "modifiedProperties": [5]}], Doubt.KIND, Doubt.NONE),
        ([{"type": "User", "id": "ALEX", "modifiedProperties": "x"}], Doubt.KIND, Doubt.NONE),
        ([{"type": "User", "id": "ALEX", "modifiedProperties": None}], Doubt.NONE, Doubt.NONE),
        ([{"type": "User", "id": None, "modifiedProperties": [BECAME_A_MEMBER]}], Doubt.KIND, Doubt.KIND),
        ([{"type": "User", "id": None, "modifiedProperties": []}], Doubt.NONE, Doubt.NONE),
        ([5], Doubt.KIND, Doubt.KIND),
        ("x", Doubt.KIND, Doubt.KIND),
        (None, Doubt.KIND, Doubt.KIND),
    ],
)
@pytest.mark.parametrize("when", [KNOWN, None])
def test_another_kind_of_an_unknown_person_may_be_of_anybody(
    targets: Any, alex: Doubt, adele: Doubt, when: Any
) -> None:
    changes = MembershipChanges()
    changes.add({"activityDateTime": when, "activityDisplayName": "Update user", "targetResources": targets})
    for person, doubt in (("alex", alex), ("adele", adele)):
        assert changes.after(person, "2026-11-20T09:00:00Z") == doubt
        assert changes.after(person, "2026-11-20T11:00:00Z") == (Doubt.NONE if when else doubt)


@pytest.mark.parametrize(
    ("kind", "external"),
    [
        ("b2bCollaboration", True),
        ("B2BCOLLABORATION", True),
        ("none", False),
        (None, False),
        ("b2bDirectConnect", False),
    ],
)
def test_who_comes_from_another_tenant(kind: Any, external: bool) -> None:
    logged = Records([]).logged(record(crossTenantAccessType=kind))
    assert logged.external is external
    assert Records([]).logged(record()).external is False


# Each field of signIn that is read, with the place of its part.
READ_FIELDS = [
    (field,)
    for field in (
        "id",
        "userId",
        "userPrincipalName",
        "createdDateTime",
        "homeTenantId",
        "resourceTenantId",
        "resourceId",
        "appId",
        "appDisplayName",
        "clientAppUsed",
        "clientCredentialType",
        "ipAddress",
        "isInteractive",
        "riskLevelDuringSignIn",
        "authenticationProtocol",
        "originalTransferMethod",
        "authenticationRequirement",
        "conditionalAccessStatus",
        "crossTenantAccessType",
        "servicePrincipalId",
        "signInEventTypes",
        "deviceDetail",
        "location",
        "status",
        "appliedConditionalAccessPolicies",
        "conditionalAccessAudiences",
    )
] + [
    ("deviceDetail", "deviceId"),
    ("deviceDetail", "operatingSystem"),
    ("deviceDetail", "trustType"),
    ("deviceDetail", "isCompliant"),
    ("location", "countryOrRegion"),
    ("status", "errorCode"),
]
OTHER_FORMS: list[Any] = [None, [], {}, ["low"], {"a": ["b"]}, [[1]], [None]]
NUMBERS = [5, 1.5, True]
BERLIN = {"id": "b", "@odata.type": "#microsoft.graph.countryNamedLocation", "countriesAndRegions": ["DE"]}
OFFICE = {
    "id": "o",
    "@odata.type": "#microsoft.graph.ipNamedLocation",
    "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}],
}


def with_form(field: tuple[str, ...], form: Any) -> dict[str, Any]:
    whole = record(
        [("p", "success")],
        riskLevelDuringSignIn="none",
        deviceDetail={"operatingSystem": "Ios 18.1", "deviceId": "d", "isCompliant": True, "trustType": "Registered"},
    )
    if len(field) == 1:
        return {**whole, field[0]: form}
    return {**whole, field[0]: {**whole.get(field[0], {}), field[1]: form}}


@pytest.mark.parametrize("field", READ_FIELDS, ids=".".join)
@pytest.mark.parametrize("form", OTHER_FORMS + NUMBERS, ids=str)
def test_a_field_in_another_form_ends_nothing(field: tuple[str, ...], form: Any) -> None:
    """The other sign-ins are judged, and this one like one of which the log does not say it."""
    one = with_form(field, form)
    assert not_of_people(one) in (True, False) and to_another_tenant(one, "ours") in (True, False)
    for planned in (policy("block"), policy("compliantDevice"), policy("block", signInRiskLevels=["low"])):
        assert answer([named("p", policy("mfa"))], named("new", planned), one, locations=(BERLIN, OFFICE)) in ANSWERS
    calibration = Calibration([named("p", policy("mfa"))])
    calibration.add(Records((BERLIN, OFFICE)).logged(one), MEMBER, Doubt.NONE)
    assert got_through(one) in (True, False) and isinstance(called(one), str) and isinstance(account_of(one), str)


@pytest.mark.parametrize(
    ("field", "planned"),
    [
        (("riskLevelDuringSignIn",), policy("block", signInRiskLevels=["low"])),
        (("authenticationProtocol",), policy("block", authenticationFlows={"transferMethods": "deviceCodeFlow"})),
        (("deviceDetail",), policy("compliantDevice")),
        (("deviceDetail", "deviceId"), policy("compliantDevice")),
        (("deviceDetail", "isCompliant"), policy("compliantDevice")),
        (("clientAppUsed",), policy("block", clientAppTypes=["browser"])),
        (("userId",), policy("block")),
        (("resourceId",), policy("block")),
    ],
    ids=str,
)
@pytest.mark.parametrize("form", [["low"], {"a": 1}, 5])
def test_a_deciding_field_in_another_form_is_not_known(field: tuple[str, ...], planned: Any, form: Any) -> None:
    assert answer([], named("new", planned), with_form(field, form)) == "not_known"


@pytest.mark.parametrize(
    ("code", "failed"),
    [(0, False), (None, False), ("0", False), (50126, True), ("50126", True), (0.0, False), (50126.0, True)],
)
def test_who_failed_to_sign_in(code: Any, failed: bool) -> None:
    for status, stopped in (("notApplied", False), ("success", False), ("failure", True)):
        one = record(status={"errorCode": code}, conditionalAccessStatus=status)
        logged = Records(()).logged(one)
        assert got_through(one) is logged.succeeded is (not failed and not stopped)
        assert failed_otherwise(one) is (failed and not stopped) is (not logged.judged)
