# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rehearsals with surprises: ambiguous names, truncated logs, people who left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.modules import conditional_access_rehearsal_info as module
from simulator import Simulator

from .test_rehearsal import (
    BLOCKS_LINUX,
    FACTOR_ON_MACS,
    PROPOSALS,
    SIGN_INS,
    TENANT,
    USERS,
    described,
    existing,
    proposed,
    said,
)

Run = Callable[..., dict[str, Any]]
REPORT_ONLY = "enabledForReportingButNotEnforced"
LOG, AUDITS = "auditLogs.ListSignIns", "auditLogs.ListDirectoryAudits"
PLANNED = existing("Planned", "compliantDevice", state=REPORT_ONLY)
OTHER = existing("Other", "mfa", state=REPORT_ONLY)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """Without rate limits, which go by another clock than the task."""
    with Simulator(tenants=[TENANT], rate_limits=False, page_size=4) as one:
        yield one


def policies(simulator: Simulator) -> dict[str, dict[str, Any]]:
    return {one["displayName"]: one for one in simulator.state(TENANT)["conditionalAccessPolicies"]}


def rehearsed(result: dict[str, Any]) -> list[str]:
    assert not result.get("failed"), result
    return sorted(one["policy"] for one in result["by_policy"])


def refused(result: dict[str, Any], kind: str, *words: str) -> None:
    assert result.get("failed") and result["error"]["kind"] == kind, result
    assert all(one in result["msg"] for one in words), result["msg"]


def test_policies_in_report_only_mode_by_name_by_id_and_by_both(run: Run, simulator: Simulator) -> None:
    simulator.describe(described(PLANNED, OTHER, BLOCKS_LINUX), TENANT)
    ids = {name: one["id"] for name, one in policies(simulator).items()}
    for given, found in (
        (["planned"], ["Planned"]),
        ([ids["Planned"].upper()], ["Planned"]),
        (["Planned", ids["Planned"]], ["Planned"]),
        (["Planned", ids["Other"]], ["Other", "Planned"]),
        (None, ["Other", "Planned"]),
    ):
        assert rehearsed(run(module, tenant=TENANT, **({} if given is None else {"report_only": given}))) == found
    # A proposal beside them; an enforced policy is not one of them.
    both = run(module, tenant=TENANT, report_only=["Planned"], policies=[PROPOSALS["factor"]])
    assert rehearsed(both) == ["Planned", "Proposed"]
    refused(run(module, tenant=TENANT, report_only=[ids["No Linux"]]), "not_found", ids["No Linux"])


def test_a_name_of_two_policies_is_refused(run: Run, simulator: Simulator) -> None:
    twins = [PLANNED, PLANNED | {"id": "11111111-1111-4111-8111-111111111111"}]
    simulator.describe(described(PLANNED, OTHER), TENANT)
    listed = policies(simulator)
    answer = {"value": [listed["Planned"], {**listed["Planned"], "id": twins[1]["id"]}]}
    for options in ({"report_only": ["Planned"]}, {"policies": [proposed("mfa") | {"display_name": "Planned"}]}):
        simulator.fault(match="identity.conditionalAccess.ListPolicies", kind="status", status=200, body=answer)
        refused(run(module, tenant=TENANT, **options), "ambiguous", "2 objects match")
        simulator.clear_faults()


def test_a_policy_is_not_rehearsed_as_it_is_and_changed_at_once(run: Run, simulator: Simulator) -> None:
    simulator.describe(described(PLANNED), TENANT)
    change = proposed("mfa") | {"display_name": "Planned"}
    refused(run(module, tenant=TENANT, policies=[change], report_only=["Planned"]), "usage", "more than once")
    refused(run(module, tenant=TENANT, policies=[change, change]), "usage", "more than once")
    twice = run(module, tenant=TENANT, policies=[PROPOSALS["factor"]] * 2)
    refused(twice, "usage", "Proposed is listed more than once")


@pytest.mark.parametrize(
    ("policy", "kind", "words"),
    [
        ({"conditions": {"user": {}}}, "usage", "policies[0]: unsupported: conditions.user"),
        ({"conditions": {"users": {"include_users": {"set": []}}}}, "usage", "policies[0]"),
        ({"conditions": {"users": {"include_users": {"set": [" "]}}}}, "usage", "blank"),
        ({"conditions": {"applications": {"include_applications": []}}}, "usage", "conditions.applications"),
        ({"conditions": {"platforms": {"include_platforms": ["ios"]}}}, "usage", "policies[0]"),
        ({"grant_controls": {"built_in_controls": ["mfa "]}}, "usage", "policies[0]"),
        ({"conditions": {"users": {"include_groups": {"set": ["Nobody"]}}}}, "unresolved", "policies[0]: "),
        (
            {
                "conditions": {
                    "users": {
                        "include_users": {"set": ["All"]},
                        "exclude_users": {"set": ["GuestsOrExternalUsers"]},
                        "exclude_guests_or_external_users": {"guest_or_external_user_types": ["internalGuest"]},
                    }
                }
            },
            "usage",
            "both select guests",
        ),
    ],
)
def test_a_proposal_that_cannot_be_is_refused_before_the_log_is_read(
    run: Run, simulator: Simulator, policy: dict[str, Any], kind: str, words: str
) -> None:
    simulator.describe(described(BLOCKS_LINUX), TENANT)
    refused(run(module, tenant=TENANT, policies=[{"display_name": "New", **policy}]), kind, words)
    assert not [one for one in simulator.requests() if "auditLogs" in one["operation"]]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"policies": []}, "policies is blank"),
        ({"report_only": []}, "report_only is blank"),
        ({"report_only": [""]}, "report_only[0]"),
        ({"policies": [PROPOSALS["device"]], "keep_groups": [" "]}, "keep_groups[0]"),
    ],
)
def test_blank_is_never_all(run: Run, simulator: Simulator, options: Any, words: str) -> None:
    simulator.describe(described(PLANNED), TENANT)
    refused(run(module, tenant=TENANT, **options), "usage", words)


def test_groups_to_keep_in_that_are_not_one_group(run: Run, simulator: Simulator) -> None:
    twins = {"Board": {"members": ["web"]}, "Second": {"displayName": "Board", "members": ["codes"]}}
    simulator.describe(described(BLOCKS_LINUX, groups=twins), TENANT)
    device = {"policies": [PROPOSALS["device"]]}
    refused(run(module, tenant=TENANT, **device, keep_groups=["Nobody"]), "unresolved", "Nobody under keep_groups")
    refused(run(module, tenant=TENANT, **device, keep_groups=["Board"]), "ambiguous", "group Board")
    # Without the permission, a group's members are unknown, so nobody may be reported as kept in.
    simulator.describe(described(BLOCKS_LINUX), TENANT)
    simulator.fault(match="groups.transitiveMembers.*", kind="status", status=403, count=99)
    simulator.fault(match="groups.ListTransitiveMembers", kind="status", status=403, count=99)
    refused(run(module, tenant=TENANT, **device, keep_groups=["Board"]), "forbidden", "who is in the groups to keep in")


def test_an_excluded_group_that_was_deleted(run: Run, simulator: Simulator) -> None:
    """It has no members today; people who signed in before the deletion may have been members."""
    gone = existing(
        "Planned",
        "compliantDevice",
        users={"includeUsers": ["All"], "excludeGroups": ["7359d0e0-d8a9-4afa-8a93-e23e099d7be8"]},
    )
    audits = [{"activity": "Delete group", "group": "Spared", "age": 60}]
    changed = {**PROPOSALS["device"], "display_name": "Gone"}
    simulator.describe(described(gone | {"displayName": "Gone", "state": REPORT_ONLY}), TENANT)
    # Proposed again, it names a missing group.
    refused(run(module, tenant=TENANT, policies=[changed]), "unresolved", "no group has this object id")
    for deleted, answer in (([], "stopped"), (audits, "not_known")):
        simulator.describe(described(BLOCKS_LINUX, directory_audits=deleted), TENANT)
        result = run(module, tenant=TENANT, policies=[PROPOSALS["group"]])
        assert said(result)["background"] == answer, deleted


def test_people_who_left(run: Run, simulator: Simulator) -> None:
    """Their accounts are deleted, so only the log itself has the results of their sign-ins."""
    simulator.describe(described(PLANNED), TENANT)
    users = [one for one in simulator.state(TENANT)["users"] if not one["userPrincipalName"].startswith("noncompliant")]
    for options, answer in (({}, "stopped"), ({"policies": [PROPOSALS["joined"]]}, "not_known")):
        simulator.fault(match="users.user.ListUser", kind="status", status=200, body={"value": users})
        result = run(module, tenant=TENANT, **options)
        assert said(result)["noncompliant"] == answer and said(result)["noncompliant.mfa"] == answer
        simulator.clear_faults()


def test_what_the_log_says_of_a_policy_stands_whoever_joined_a_group_since(run: Run, simulator: Simulator) -> None:
    joined = [{"activity": "Add member to group", "user": "noncompliant", "group": "Spared", "age": 60}]
    simulator.describe(described(PLANNED, directory_audits=joined), TENANT)
    result = run(module, tenant=TENANT)
    assert said(result)["noncompliant"] == "stopped" and result["sign_ins"]["not_known"] == 0
    (row,) = result["by_policy"]
    assert row["from_log"] == result["sign_ins"]["total"]
    proposal = run(module, tenant=TENANT, policies=[PROPOSALS["device"]])
    assert [one["from_log"] for one in proposal["by_policy"]] == [0]


def test_who_joined_a_group_since_is_not_spared_by_the_log(run: Run, simulator: Simulator) -> None:
    """A pilot group that grows after the report-only days: its new members would be stopped, unseen."""
    pilot = existing("Planned", "compliantDevice", state=REPORT_ONLY, users={"includeGroups": ["Board"]})
    joined = [
        {"activity": "Add member to group", "user": name, "group": "Board", "age": 60}
        for name in ("noncompliant", "compliant")
    ]
    for audits, answer in ((joined, "not_known"), ([], "unchanged")):
        grown = described(pilot, directory_audits=audits)
        for one in grown["sign_ins"]:
            one.update(evaluate=False, policies={"Planned": "reportOnlyNotApplied"})
        simulator.describe(grown, TENANT)
        result = run(module, tenant=TENANT)
        found = said(result)
        assert found.pop("noncompliant") == answer and set(found.values()) == {"unchanged"}
        assert [one["reason"] for one in result["not_known_because"]] == (
            ["the log says that it did not concern somebody who has joined or left a group or a role since"]
            if audits
            else []
        )


def test_zero_sign_ins_are_no_agreement(run: Run, simulator: Simulator) -> None:
    simulator.describe(described(PLANNED, BLOCKS_LINUX) | {"sign_ins": []}, TENANT)
    result = run(module, tenant=TENANT)
    calibration = result["calibration"]
    assert calibration["agreement_percent"] is None and not calibration["trusted"]
    assert "no sign-in" in calibration["verdict"] and calibration["verdict"].startswith("Do not trust this")
    assert result["sign_ins"]["total"] == result["people"]["total"] == 0 and not result["by_person"]
    assert any("0 sign-ins of 0 people" in one for one in result["summary"])
    assert result["reliable"] is False
    assert "the log has no successful sign-in in the last 30 days" in result["reliable_because"]


@pytest.mark.parametrize("excluding", [{}, {"excludeGroups": ["Spared"]}])
def test_results_of_the_log_are_reliable_although_it_contradicts_the_judge(
    run: Run, simulator: Simulator, excluding: dict[str, Any]
) -> None:
    """Only what exclusions spare is still the judge's."""
    planned = existing("Planned", "compliantDevice", state=REPORT_ONLY, users={"includeUsers": ["All"], **excluding})
    wrong = described(planned, BLOCKS_LINUX)
    for one in wrong["sign_ins"]:
        one.update(evaluate=False, policies={"No Linux": "success", "Planned": "reportOnlyFailure"})
    simulator.describe(wrong, TENANT)
    result = run(module, tenant=TENANT)
    assert result["calibration"]["trusted"] is False and result["reliable"] is True
    first, *others = result["summary"]
    assert first == f"{result['reliable_because']}." and "own result of every policy (15 sign-ins)" in first
    assert any(one.startswith("Whom exclusions spare depends on the judge.") for one in others) is bool(excluding)
    # With one sign-in without a result, it depends on the judge.
    wrong["sign_ins"][0]["policies"] = {"No Linux": "success"}
    simulator.describe(wrong, TENANT)
    result = run(module, tenant=TENANT)
    assert result["reliable"] is False and result["reliable_because"] == result["calibration"]["verdict"]


def test_a_judge_without_answers_is_no_agreement(run: Run, simulator: Simulator) -> None:
    hidden = existing("Risky", "mfa", signInRiskLevels=["high"])
    simulator.describe(described(hidden), TENANT)
    calibration = run(module, tenant=TENANT, policies=[PROPOSALS["device"]])["calibration"]
    assert calibration["compared"] == 0 < calibration["not_known"] and not calibration["trusted"]
    assert f"no answer to any of {calibration['not_known']} results" in calibration["verdict"]


def test_most_policies_do_not_apply_which_is_easy_to_say(run: Run, simulator: Simulator) -> None:
    """The judge is right if nothing applies, and wrong if something does."""
    quiet = [existing(f"Quiet {number}", "block", clientAppTypes=["other"]) for number in range(30)]
    wrong = described(BLOCKS_LINUX, *quiet)
    names = ["No Linux", *(one["displayName"] for one in quiet)]
    for one in wrong["sign_ins"]:
        one.update(evaluate=False, client="Browser", os="Windows10")
        one["policies"] = dict.fromkeys(names, "notApplied") | {"No Linux": "success"}
    wrong["sign_ins"] = [one for _twice in range(2) for one in wrong["sign_ins"]]
    simulator.describe(wrong, TENANT)
    calibration = run(module, tenant=TENANT, policies=[PROPOSALS["device"]])["calibration"]
    assert calibration["agreement_percent"] > 95 and calibration["agreement_percent_applied"] == 0
    assert not calibration["trusted"] and "0.0 % of those in which a policy applied" in calibration["verdict"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"match": LOG, "nth": 3, "kind": "status", "status": 404}, "truncated"),
        ({"match": LOG, "nth": 3, "kind": "status", "status": 403}, "forbidden"),
        ({"match": LOG, "nth": 3, "kind": "status", "status": 503, "count": 99}, "unavailable"),
        ({"match": LOG, "nth": 4, "kind": "status", "status": 200, "body": {"value": None}}, "protocol"),
        ({"match": LOG, "nth": 4, "kind": "status", "status": 200, "body": {"value": [None]}}, "unexpected_answer"),
        ({"match": LOG, "nth": 3, "kind": "status", "status": 200, "body": {"value": [{"status": "x"}]}}, ""),
        ({"match": AUDITS, "kind": "status", "status": 503, "count": 99}, "unavailable"),
        ({"match": "GET /*beta*", "kind": "status", "status": 400, "count": 99}, "refused"),
    ],
)
def test_a_log_that_ends_in_the_middle_is_no_result(
    run: Run, simulator: Simulator, fault: dict[str, Any], kind: str
) -> None:
    simulator.describe(described(BLOCKS_LINUX, FACTOR_ON_MACS), TENANT)
    simulator.fault(**fault)
    result = run(module, tenant=TENANT, policies=[PROPOSALS["device"]])
    assert result.get("failed") and "by_person" not in result, result
    assert not kind or result["error"]["kind"] == kind, result["msg"]
    if "beta" in fault["match"]:
        assert "sign_in_types [interactive] omits them" in result["msg"]
        assert not [one for one in simulator.requests() if one["operation"] == LOG and "/v1.0/" in one["path"]]


def test_named_locations_that_may_not_be_read(run: Run, simulator: Simulator) -> None:
    """A sign-in then comes from an unknown location, not from none."""
    trusted = {"include_locations": ["All"], "exclude_locations": ["AllTrusted"]}
    simulator.describe(described(BLOCKS_LINUX), TENANT)
    fault = {"match": "identity.conditionalAccess.ListNamedLocations", "kind": "status"}
    simulator.fault(**fault, status=403, count=99)
    result = run(module, tenant=TENANT, policies=[proposed("block", locations=trusted)])
    assert set(said(result).values()) == {"not_known"} and any("named locations" in one for one in result["not_read"])
    simulator.clear_faults()
    simulator.fault(**fault, status=503, count=99)
    refused(run(module, tenant=TENANT, policies=[proposed("block", locations=trusted)]), "unavailable")


GUEST = {"displayName": "Guest", "licences": [], "userType": "Guest"}
INVITED = GUEST | {"creationType": "Invitation", "externalUserState": "Accepted"}


def test_guests_by_their_home_tenant(run: Run, simulator: Simulator) -> None:
    """A policy for guests of one tenant: the log shows their home tenant."""
    tenants = {"membership_kind": "enumerated", "members": ["bbbbcccc-1111-dddd-2222-eeee3333ffff"]}
    guests = {"guest_or_external_user_types": ["b2bCollaborationGuest"], "external_tenants": tenants}
    policy = proposed("block", users={"include_guests_or_external_users": guests})
    facts = {"client": "Browser", "os": "Windows10", "evaluate": True, "age": 600}
    people = {"theirs": INVITED, "elsewhere": INVITED, "nowhere": INVITED, "local": GUEST}
    simulator.describe(described(BLOCKS_LINUX) | {"users": USERS | people}, TENANT)
    base = described(BLOCKS_LINUX) | {"users": USERS | people}
    homes = {"theirs": "bbbbcccc-1111-dddd-2222-eeee3333ffff", "elsewhere": "ccccdddd-2222-eeee-3333-ffff4444aaaa"}
    base["sign_ins"] = [{"user": one, "home": homes.get(one), **facts} for one in people]
    simulator.describe(base, TENANT)
    result = run(module, tenant=TENANT, policies=[policy])
    found = {one["user"].partition("@")[0]: one for one in result["by_person"]}
    assert found["theirs"]["stopped"] == 1 and "elsewhere" not in found
    assert found["nowhere"]["not_known"] == 1 and found["local"]["not_known"] == 1


@pytest.mark.parametrize("planned", [True, False])
def test_a_guest_who_became_a_member_since_is_not_known(run: Run, simulator: Simulator, planned: bool) -> None:
    """Whether as a guest somebody signed in then, no field of v1.0 tells; the audit log tells who changed since."""
    guests = {"includeUsers": ["GuestsOrExternalUsers"]}
    became = {
        "activity": "Update user",
        "user": "noncompliant",
        "changed": {"UserType": ["Guest", "Member"]},
        "age": 60,
    }
    moved = {"activity": "Update user", "user": "compliant", "changed": {"Department": ["A", "B"]}, "age": 60}
    state = "enabledForReportingButNotEnforced" if planned else "enabled"
    for audits, answer in (([became, moved], "not_known"), ([moved], "unchanged")):
        there = described(existing("For guests", "block", state=state, users=guests), directory_audits=audits)
        simulator.describe(there, TENANT)
        proposal = proposed("block", users={"include_users": {"set": ["GuestsOrExternalUsers"]}})
        result = run(module, tenant=TENANT, **({} if planned else {"policies": [proposal]}))
        found = said(result)
        # In report-only mode the log itself has the answer of then, and today's member is not under the policy.
        assert found.pop("noncompliant") == ("unchanged" if planned else answer)
        assert set(found.values()) == {"unchanged"}


def test_microsoft_graph_is_an_umbrella(run: Run, simulator: Simulator) -> None:
    """Only beta shows which services were requested through it ("Target resources")."""
    graph, exchange = "00000003-0000-0000-c000-000000000000", "00000002-0000-0ff1-ce00-000000000000"
    base = described(BLOCKS_LINUX)
    facts = {"client": "Mobile Apps and Desktop clients", "os": "Android 15", "resource": graph, "evaluate": True}
    base["sign_ins"] = [
        {"user": "noncompliant", "age": 60, **facts},
        {"user": "background", "age": 60, "interactive": False, "audiences": [graph, exchange], **facts},
        {"user": "background.good", "age": 60, "interactive": False, "audiences": [graph], **facts},
    ]
    simulator.describe(base, TENANT)
    policy = proposed("block", applications={"include_applications": [exchange]})
    found = {one["user"].partition("@")[0]: one for one in run(module, tenant=TENANT, policies=[policy])["by_person"]}
    assert found["noncompliant"]["not_known"] == 1 and found["background"]["stopped"] == 1
    assert "background.good" not in found
    everything = run(module, tenant=TENANT, policies=[proposed("block")])
    assert everything["sign_ins"]["stopped"] == 3


def test_names_come_from_the_directory(run: Run, simulator: Simulator) -> None:
    """The log may lack them, or have an old one."""
    simulator.describe(described(BLOCKS_LINUX), TENANT)
    (record,) = [
        one for one in simulator.state(TENANT)["signIns"] if one["userPrincipalName"].startswith("noncompliant@")
    ]
    bare = {name: value for name, value in record.items() if not name.startswith("_")}
    nameless = bare | {"userPrincipalName": "", "userDisplayName": ""}
    simulator.fault(match=LOG, kind="status", status=200, body={"value": [nameless]})
    result = run(module, tenant=TENANT, policies=[PROPOSALS["device"]], sign_in_types=["interactive"])
    assert [one["user"].partition("@")[0] for one in result["by_person"]] == ["noncompliant"]


def test_a_sign_in_of_nobody_is_somebody(run: Run, simulator: Simulator) -> None:
    simulator.describe(described(BLOCKS_LINUX), TENANT)
    (record, *_more) = simulator.state(TENANT)["signIns"]
    bare = {name: value for name, value in record.items() if not name.startswith("_")}
    bodies = {"value": [bare | {"userId": "", "userPrincipalName": "", "id": "1"}]}
    simulator.fault(match=LOG, kind="status", status=200, body=bodies)
    result = run(module, tenant=TENANT, policies=[PROPOSALS["device"]], sign_in_types=["interactive"])
    assert result["sign_ins"]["not_known"] == 1 == result["sign_ins"]["total"]
    # Limits for affected people count the rows of by_person.
    assert result["people"]["total"] == 1 == result["people"]["not_known"]
    assert [(one["user"], one["id"], one["not_known"]) for one in result["by_person"]] == [("not in the log", "", 1)]
    assert "does not say who signs in" in result["not_known_because"][0]["reason"]


assert SIGN_INS
