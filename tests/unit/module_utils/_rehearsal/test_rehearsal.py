# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies are rehearsed on the sign-in log, enforced, and the same people sign in again: the prediction comes true.

The simulated tenant decides who gets in, with code that is separate from the judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.modules import conditional_access_policy as policy_module
from ansible_collections.intune.exchange.plugins.modules import conditional_access_rehearsal_info as module
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
TENANT = "retired_covered"
OUTLOOK, MAIL, BROWSER = "Mobile Apps and Desktop clients", "Exchange ActiveSync", "Browser"
COMPLIANT, OTHER = {"compliant": True}, {"compliant": False}
HOME, OFFICE = "198.51.100.7", "203.0.113.10"
TEAMS = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
ANSWERS = ("stopped", "asked_for_more", "unchanged", "not_known")
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
# One sign-in per person.
SIGN_INS: dict[str, dict[str, Any]] = {
    "compliant": {"client": OUTLOOK, "os": "Ios 18.1", "device": COMPLIANT},
    "noncompliant": {"client": OUTLOOK, "os": "Android 15", "device": OTHER},
    "noncompliant.mfa": {"client": OUTLOOK, "os": "Android 15", "device": OTHER, "mfa": True},
    "unseen": {"client": OUTLOOK, "os": "Ios 18.1", "device": COMPLIANT | {"identified": False}},
    "unregistered": {"client": OUTLOOK, "os": "Ios 18.1"},
    "protected": {"client": OUTLOOK, "os": "Ios 18.1", "device": OTHER, "protected": True},
    "background": {"client": OUTLOOK, "os": "Android 15", "device": OTHER, "interactive": False},
    "background.good": {"client": OUTLOOK, "os": "Android 15", "device": COMPLIANT, "interactive": False, "mfa": True},
    "web": {"client": BROWSER, "os": "Windows10", "device": COMPLIANT | {"trust": "Hybrid Azure AD joined"}},
    "web.mfa": {"client": BROWSER, "os": "MacOs", "mfa": True, "country": "FR", "ip": HOME},
    "old": {"client": MAIL, "os": "iOS 18", "device": COMPLIANT},
    "older": {"client": "IMAP4"},
    "codes": {"client": OUTLOOK, "os": "Linux", "flow": "deviceCode", "interactive": False, "mfa": True},
    "teams": {"client": OUTLOOK, "os": "Android 15", "device": OTHER, "resource": TEAMS, "app": "Teams"},
    "nameless": {"client": "", "os": "Ios 18.1", "device": OTHER},
}
USERS = {name: {"displayName": name, "licences": []} for name in SIGN_INS}
GROUPS = {"Board": {"members": ["noncompliant", "compliant"]}, "Spared": {"members": ["noncompliant", "web"]}}


def described(*policies: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "users": USERS,
        "groups": GROUPS,
        "conditional_access": {"policies": list(policies)},
        "sign_ins": [
            {"user": user, "age": 3600 + number, "evaluate": True, **facts}
            for number, (user, facts) in enumerate(SIGN_INS.items())
        ],
        **more,
    }


def existing(name: str, *controls: str, state: str = "enabled", operator: str = "OR", **conditions: Any) -> Any:
    return {
        "displayName": name,
        "state": state,
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"]},
            **conditions,
        },
        "grantControls": {"operator": operator, "builtInControls": list(controls)},
    }


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """Without rate limits, which go by another clock than the task."""
    with Simulator(tenants=[TENANT], rate_limits=False, page_size=4) as one:
        yield one


# Two of each kind of result in the log, to compare the judge with.
BLOCKS_LINUX = existing("No Linux", "block", platforms={"includePlatforms": ["linux"]}, clientAppTypes=["browser"])
FACTOR_ON_MACS = existing("Factor", "mfa", clientAppTypes=["browser"], platforms={"includePlatforms": ["macOS"]})


def proposed(*controls: str, operator: str = "OR", **conditions: Any) -> dict[str, Any]:
    return {
        "display_name": "Proposed",
        "conditions": {
            "users": {"include_users": {"set": ["All"]}},
            "applications": {"include_applications": ["All"]},
            **conditions,
        },
        "grant_controls": {"operator": operator, "built_in_controls": list(controls)},
    }


PROPOSALS = {
    "device": proposed("compliantDevice"),
    "device or app": proposed("compliantDevice", "compliantApplication"),
    "factor": proposed("mfa"),
    "factor or device": proposed("mfa", "compliantDevice"),
    "factor and device": proposed("mfa", "compliantDevice", operator="AND"),
    "joined": proposed("domainJoinedDevice", client_app_types=["browser"]),
    "phones": proposed("block", platforms={"include_platforms": ["iOS", "android"]}),
    "legacy": proposed("block", client_app_types=["exchangeActiveSync", "other"]),
    "codes": proposed("block", authentication_flows={"transfer_methods": ["deviceCodeFlow"]}),
    "mail": proposed("compliantDevice", applications={"include_applications": [EXCHANGE]}),
    "filter": proposed("block", devices={"device_filter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}}),
    "group": proposed(
        "compliantDevice",
        users={"include_users": {"set": ["All"]}, "exclude_groups": {"set": ["Spared"]}},
    ),
}


def came_true(simulator: Simulator, ids: list[str]) -> dict[str, str]:
    """By person, the results of the sign-ins that were allowed before."""
    records = {one["id"]: one for one in simulator.state(TENANT)["signIns"]}
    found = {}
    for name, one in zip(SIGN_INS, ids, strict=True):
        record = records[one]
        if record["conditionalAccessStatus"] != "failure":
            found[name] = "unchanged"
        else:
            found[name] = "asked_for_more" if record["status"]["errorCode"] == 50074 else "stopped"
    return found


def said(result: dict[str, Any]) -> dict[str, str]:
    rows = {one["user"].partition("@")[0]: one for one in result["by_person"]}
    return {name: next((one for one in ANSWERS if name in rows and rows[name][one]), "unchanged") for name in SIGN_INS}


# Of what the log does not tell: devices that were not identified, app protection, the client.
DEVICES = {"unregistered", "unseen"}
PHONES = {"noncompliant", "noncompliant.mfa", "protected", "teams", "background"}
NOT_KNOWN = {
    "device": DEVICES | {"codes", "web.mfa"},
    "device or app": DEVICES | PHONES | {"nameless", "codes", "web.mfa"},
    "factor": {"nameless"},
    "factor or device": {"nameless"},
    "factor and device": DEVICES | {"codes", "web.mfa"},
    "joined": {"nameless"},
    "phones": {"older"},
    "legacy": {"nameless"},
    "codes": set(),
    "mail": DEVICES | {"codes", "web.mfa"},
    "filter": DEVICES | {"codes", "web.mfa"},
    "group": DEVICES | {"codes", "web.mfa"},
}
# A sign-in to Teams must meet the policies of Exchange Online ("Service dependencies"), which the simulator omits.
DEPENDENT = {("mail", "teams")}


@pytest.mark.parametrize("name", PROPOSALS)
def test_rehearsed_enforced_and_signed_in_again(run: Run, simulator: Simulator, name: str) -> None:
    simulator.describe(described(BLOCKS_LINUX, FACTOR_ON_MACS), TENANT)
    result = run(module, tenant=TENANT, policies=[PROPOSALS[name]])
    assert not result.get("failed"), result
    calibration, total = result["calibration"], result["sign_ins"]
    assert calibration["agreement_percent"] == 100 and calibration["trusted"] and calibration["compared"] >= 28
    assert total["total"] == len(SIGN_INS) == sum(total[one] for one in ANSWERS)
    people = result["people"]
    for words, one in {"Stopped": "stopped", "Asked for more": "asked_for_more", "Not known": "not_known"}.items():
        signed_in = f"{total[one]} sign-in{'' if total[one] == 1 else 's'}"
        who = f"{people[one]} {'person' if people[one] == 1 else 'people'}"
        assert f"{words}: {signed_in} of {who}" in result["summary"]
    assert f" sign-ins of {people['total']} people in the last " in result["summary"][1]
    for one in ("application", "client", "platform", "country"):
        rows = result[f"by_{one}"]
        assert rows and all(isinstance(row[one], str) for row in rows)
        assert all(sum(row[answer] for row in rows) == total[answer] for answer in ANSWERS)
    run(policy_module, tenant=TENANT, policy_state="enabled", accept_lockout_risk=True, **PROPOSALS[name])
    real, ours = came_true(simulator, simulator.sign_in_again(TENANT)), said(result)
    assert {who for who, one in ours.items() if one == "not_known"} == NOT_KNOWN[name]
    # Requirements that can be met while signing in: the log may not show that.
    expected = {"asked_for_more": {"asked_for_more", "unchanged"}, "not_known": set(ANSWERS)}
    differing = {
        who: (ours[who], real[who])
        for who in SIGN_INS
        if real[who] not in expected.get(ours[who], {ours[who]}) and (name, who) not in DEPENDENT
    }
    assert not differing and set(real.values()) != {"unchanged"}


def test_in_report_only_mode_the_log_itself_is_asked(run: Run, simulator: Simulator) -> None:
    """It has facts that no property of a sign-in shows, such as whether an app was protected."""
    planned = existing("Planned", "compliantDevice", "compliantApplication", state="enabledForReportingButNotEnforced")
    simulator.describe(described(planned), TENANT)
    result = run(module, tenant=TENANT)
    ours = said(result)
    assert result["sign_ins"]["not_known"] == 0 and ours["protected"] == "unchanged" and ours["unseen"] == "unchanged"
    run(policy_module, tenant=TENANT, display_name="Planned", policy_state="enabled", accept_lockout_risk=True)
    assert came_true(simulator, simulator.sign_in_again(TENANT)) == ours
    # A conclusion about one policy applies to another with the same requirement.
    simulator.describe(described(planned), TENANT)
    again = run(module, tenant=TENANT, policies=[PROPOSALS["device or app"]])
    assert said(again) == ours


def test_a_judge_that_the_log_contradicts_is_not_trusted(run: Run, simulator: Simulator) -> None:
    contradicted = described(BLOCKS_LINUX, FACTOR_ON_MACS)
    for number, one in enumerate(contradicted["sign_ins"]):
        if number < 3:
            one.update(evaluate=False, policies={"No Linux": "success"})
    simulator.describe(contradicted, TENANT)
    result = run(module, tenant=TENANT, policies=[PROPOSALS["device"]])["calibration"]
    assert result["agreement_percent"] == 88.8 and result["trusted"] is False  # 24 of 27
    assert result["verdict"].startswith("Do not trust this") and "88.8 %" in result["verdict"]
    (row,) = [one for one in result["policies"] if one["policy"] == "No Linux"]
    assert row["differed"] == 3 == len(row["differences"]) and row["differences"][0]["log"] == "success"
    # Where a policy applied, they agree on one of four.
    for threshold, trusted in ((88, False), (26, False), (25, True)):
        again = run(module, tenant=TENANT, policies=[PROPOSALS["device"]], trust_threshold=threshold)["calibration"]
        assert again["trusted"] is trusted, again["verdict"]


def test_nothing_to_compare_with_is_no_agreement(run: Run, simulator: Simulator) -> None:
    simulator.describe(described(), TENANT)
    result = run(module, tenant=TENANT, policies=[PROPOSALS["device"]])["calibration"]
    assert result["agreement_percent"] is None and not result["trusted"]
    assert "no policy is enforced or in report-only mode" in result["verdict"]
    # A policy that changed since the sign-ins was different then.
    simulator.describe(described(BLOCKS_LINUX), TENANT)
    run(policy_module, tenant=TENANT, display_name="No Linux", description="Changed", accept_lockout_risk=True)
    result = run(module, tenant=TENANT, policies=[PROPOSALS["device"]])["calibration"]
    assert (result["compared"], result["trusted"]) == (0, False) and "as it is now" in result["verdict"]


def test_who_joined_a_group_since_is_not_known(run: Run, simulator: Simulator) -> None:
    joined = [{"activity": "Add member to group", "user": "noncompliant", "group": "Spared", "age": 60}]
    simulator.describe(described(BLOCKS_LINUX, directory_audits=joined), TENANT)
    result = run(module, tenant=TENANT, policies=[PROPOSALS["group"]])
    assert said(result)["noncompliant"] == "not_known" and said(result)["web"] == "unchanged"
    assert "what groups and roles" in " ".join(one["reason"] for one in result["not_known_because"])
    # Where no policy names a group, it makes no difference.
    assert said(run(module, tenant=TENANT, policies=[PROPOSALS["device"]]))["noncompliant"] == "stopped"


def test_exclusions_and_whom_to_keep_in(run: Run, simulator: Simulator) -> None:
    simulator.describe(described(BLOCKS_LINUX), TENANT)
    result = run(module, tenant=TENANT, policies=[PROPOSALS["group"]], keep_groups=["Board"])
    (exclusion,) = result["exclusions"]
    domain = simulator.facts(TENANT)["domain"]
    assert exclusion["exclusion"].startswith("group Spared (") and exclusion["spared"] == 2
    assert exclusion["needed"] == [f"noncompliant@{domain}"] and exclusion["never_needed"] == [f"web@{domain}"]
    assert result["keep"][0]["exclude"] == [] and result["keep"][0]["seen"] == 2
    result = run(module, tenant=TENANT, policies=[PROPOSALS["device"]], keep_groups=["Board"])
    assert result["keep"][0]["exclude"] == [{"policy": "Proposed", "users": [f"noncompliant@{domain}"]}]
    assert result["keep"][0]["not_known"] == [] and result["keep"][0]["group"] == "Board"


def test_whoever_did_not_get_in_is_in_no_number(run: Run, simulator: Simulator) -> None:
    failed = described(existing("No phones", "block", platforms={"includePlatforms": ["iOS", "android"]}))
    simulator.describe(failed, TENANT)
    numbers = run(module, tenant=TENANT, policies=[PROPOSALS["device"]])["sign_ins"]
    assert numbers["not_signed_in"] == 11 and numbers["total"] == len(SIGN_INS) - 11


def test_the_log_is_read_page_by_page_and_no_more_than_was_asked(run: Run, simulator: Simulator) -> None:
    simulator.describe(described(BLOCKS_LINUX), TENANT)
    result = run(module, tenant=TENANT, policies=[PROPOSALS["device"]], sign_in_types=["interactive"])
    assert result["sign_ins"]["total"] == 12 and result["not_judged"]
    read = [one for one in simulator.requests() if one["operation"] == "auditLogs.ListSignIns"]
    assert len(read) == 3 and all("/v1.0/" in one["path"] for one in read)
    old = described(BLOCKS_LINUX)
    old["sign_ins"][0]["age"] = 10 * 86400
    simulator.describe(old, TENANT)
    assert run(module, tenant=TENANT, policies=[PROPOSALS["device"]], days=7)["sign_ins"]["total"] == 14


def test_without_a_licence_it_says_what_can_be_known(run: Run, simulator: Simulator) -> None:
    simulator.fault(
        match="auditLogs.ListDirectoryAudits",
        kind="status",
        status=403,
        body={"error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "message": "no premium"}},
    )
    result = run(module, tenant=TENANT, policies=[PROPOSALS["device"]])
    assert result["error"]["kind"] == "no_licence" and "Microsoft Entra ID P1" in result["msg"]
    assert "conditional_access_policy in check mode" in result["msg"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"days": 0}, "days is 0"),
        ({"days": 31}, "days is 31"),
        ({"trust_threshold": 101}, "trust_threshold is 101"),
        ({"policies": [{"conditions": {}}]}, "neither display_name nor id"),
        ({"policies": [{"display_name": "A", "grants": {}}]}, "policies[0]: "),
        ({"policies": [{"display_name": " "}]}, "display_name"),
        (
            {"policies": [{"display_name": "A", "conditions": [1]}]},
            "policies[0] is not what conditional_access_policy",
        ),
        ({"policies": [{"display_name": "A", "conditions": {1: 2}}]}, "with texts as keys"),
        ({"policies": [{"id": "7359d0e0-d8a9-4afa-8a93-e23e099d7be8"}]}, "there is no Conditional Access policy"),
        ({"report_only": ["No Linux"]}, "no policy in report-only mode has the name or id No Linux"),
        ({}, "no policy is in report-only mode"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(run: Run, simulator: Simulator, options: Any, named: str) -> None:
    simulator.describe(described(BLOCKS_LINUX), TENANT)
    result = run(module, tenant=TENANT, **options)
    assert result["failed"] and result["error"]["kind"] in ("usage", "not_found") and named in result["msg"]
    assert not [one for one in simulator.requests() if "auditLogs" in one["operation"]]
