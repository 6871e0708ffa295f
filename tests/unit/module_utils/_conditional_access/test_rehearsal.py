# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies are rehearsed on the sign-in log, enforced, and the same people sign in again: what was said comes true.

Who gets in then is what the simulated tenant does, which is written apart from the judge.
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
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
# One sign-in each, by who it is.
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
FACTOR_IN_FRANCE = existing("Factor", "mfa", clientAppTypes=["browser"], platforms={"includePlatforms": ["macOS"]})


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
    """By who it is what became of the sign-ins that were let in before."""
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
    answers = ("stopped", "asked_for_more", "not_known")
    return {name: next((one for one in answers if name in rows and rows[name][one]), "unchanged") for name in SIGN_INS}


@pytest.mark.parametrize("name", PROPOSALS)
def test_rehearsed_enforced_and_signed_in_again(run: Run, simulator: Simulator, name: str) -> None:
    simulator.describe(described(BLOCKS_LINUX, FACTOR_IN_FRANCE), TENANT)
    result = run(module, tenant=TENANT, policies=[PROPOSALS[name]])
    assert not result.get("failed"), result.get("exception") or result
    assert result["calibration"]["agreement_percent"] == 100 and result["calibration"]["trusted"]
    assert (
        result["sign_ins"]["total"]
        == len(SIGN_INS)
        == sum(result["sign_ins"][one] for one in ("stopped", "asked_for_more", "unchanged", "not_known"))
    )
    done = run(policy_module, tenant=TENANT, policy_state="enabled", accept_lockout_risk=True, **PROPOSALS[name])
    assert done["changed"]
    real, ours = came_true(simulator, simulator.sign_in_again(TENANT)), said(result)
    # Asked for what can be done while signing in: somebody may have done it, or meet the policy with their device.
    allowed = {("asked_for_more", "unchanged")}
    differing = {
        who: (ours[who], real[who])
        for who in SIGN_INS
        if ours[who] != "not_known" and ours[who] != real[who] and (ours[who], real[who]) not in allowed
    }
    assert not differing
    assert any(one != "unchanged" for one in real.values())
    print(name, sorted(who for who, one in ours.items() if one == "not_known"))
