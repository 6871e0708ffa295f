# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deleted Conditional Access policy is restored, once, and only the intended one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.modules import conditional_access_policy as module
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]
TENANT = "retired_with_holes"
NAME = "Require a compliant device (test)"
RESTORE = "identity.conditionalAccess.deletedItems.policies.conditionalAccessPolicy.restore"
NEW: dict[str, Any] = {
    "conditions": {
        "users": {
            "include_users": {"set": ["All"]},
            "exclude_users": {"set": ["emergency@retired-with-holes.example"]},
        },
        "applications": {"include_applications": ["Office365"]},
        "client_app_types": ["all"],
    },
    "grant_controls": {"operator": "OR", "built_in_controls": ["compliantDevice"]},
}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=[TENANT], page_size=1, rate_limits=False) as one:
        yield one


@pytest.fixture
def policy(run: Run) -> Run:
    """Run the module on the tenant."""

    def carried_out(state: str = "restored", **options: Any) -> dict[str, Any]:
        return run(module, tenant=TENANT, state=state, **options)

    return carried_out


def stored(simulator: Simulator) -> dict[str, Any]:
    """The policies by id."""
    found: dict[str, Any] = simulator.objects()[TENANT]["conditionalAccessPolicies"]
    return found


@pytest.mark.parametrize(
    "options",
    [
        {"marker": "[made by me]"},
        {"marker": "[made by me]", "description": ""},
        {"marker": "[made by me]", "description": "made by hand"},
        {"marker": "by me", "description": "by me"},
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_policy_that_the_marker_would_not_find_is_not_made(
    run: Run, simulator: Simulator, options: dict[str, str], check_mode: bool
) -> None:
    failed = run(module, check_mode, tenant=TENANT, display_name="Marked", **NEW, **options)
    assert failed["failed"] and failed["error"]["kind"] == "usage" and "marker" in failed["msg"], failed
    assert writes(simulator) == []
    mine = {"description": "[MADE by me] once", "marker": "[made by me]"}
    made = run(module, check_mode, tenant=TENANT, display_name="Marked", **NEW, **mine)
    assert made.get("changed"), made
    if not check_mode:
        again = run(module, tenant=TENANT, display_name="Marked", **{**mine, "description": "by hand"})
        assert again["failed"] and again["error"]["kind"] == "usage", again
        # What is removed gets no description.
        options = {"marker": "[made by me]", "description": "another", "state": "absent"}
        assert run(module, tenant=TENANT, display_name="Marked", **options)["changed"]


@pytest.mark.parametrize("by", ["display_name", "id"])
def test_what_was_removed_comes_back(policy: Run, simulator: Simulator, by: str) -> None:
    before = stored(simulator)
    wanted = next(key for key, one in before.items() if one["displayName"] == NAME)
    which = {by: NAME if by == "display_name" else wanted}
    removed = policy("absent", **which)
    assert f"state=restored and only id={wanted}," in removed["undo"] and removed["deleted_id"] == wanted
    assert wanted not in stored(simulator)
    said = policy(check_mode=True, **which)
    assert said["changed"] and said["undo"] == "" and wanted not in stored(simulator)
    restored = policy(**which)
    assert restored["changed"] and stored(simulator) == before
    assert restored["conditional_access_policy"] == said["conditional_access_policy"]
    assert restored["conditional_access_policy"]["id"] == wanted
    assert restored["diff"]["after"]["display_name"] == NAME
    again = policy(**which)
    assert not again["changed"] and set(again) == set(restored)
    assert writes(simulator)[-1] == RESTORE and writes(simulator).count(RESTORE) == 1


def test_a_name_of_several_deleted_policies_is_refused(policy: Run, simulator: Simulator) -> None:
    first = policy("present", display_name="Twice", **NEW)["conditional_access_policy"]["id"]
    policy("absent", display_name="Twice")
    second = policy("present", display_name="Twice", **NEW)["conditional_access_policy"]["id"]
    policy("absent", display_name="Twice")
    refused = policy(display_name="twice")
    assert refused["error"]["kind"] == "ambiguous" and set(refused["error"]["candidates"]) == {first, second}
    assert policy(id=first, display_name="Other")["error"]["kind"] == "usage"
    assert policy(id=first)["changed"] and first in stored(simulator) and second not in stored(simulator)
    assert not policy(display_name="Twice")["changed"], "it is there, so nobody else is brought back"


def test_a_new_policy_of_the_name_does_not_pass_for_the_deleted_one(policy: Run, simulator: Simulator) -> None:
    old = policy("present", display_name="Same", **NEW)["conditional_access_policy"]["id"]
    assert policy("absent", id=old, check_mode=True)["deleted_id"] == old
    policy("absent", id=old)
    new = policy("present", display_name="Same", **NEW)["conditional_access_policy"]["id"]
    for check_mode in (True, False):
        [warning] = policy(display_name="same", check_mode=check_mode)["warnings"]
        assert old in warning and new not in warning
    assert "warnings" not in policy(id=new) and old not in stored(simulator)
    assert policy(id=old)["changed"] and old in stored(simulator)


def test_what_is_not_there_is_not_found(policy: Run, simulator: Simulator) -> None:
    refused = policy(display_name="Never there")
    assert refused["error"]["kind"] == "not_found" and "30 days" in refused["msg"]
    policy("absent", display_name=NAME)
    simulator.advance(31 * 86400)
    assert policy(display_name=NAME)["error"]["kind"] == "not_found"
    assert policy(display_name="", id="")["error"]["kind"] == "usage"


def test_a_policy_that_would_lock_everybody_out_stays_deleted(policy: Run, simulator: Simulator) -> None:
    """It was enabled at its owner's risk; it is not restored without a new decision."""
    block = {**NEW, "grant_controls": {"operator": "OR", "built_in_controls": ["block"]}}
    block["conditions"] = {**NEW["conditions"], "users": {"include_users": {"set": ["All"]}}}
    asked = {"display_name": "Nobody", "policy_state": "enabled", "accept_lockout_risk": True, **block}
    assert policy("present", **asked)["changed"]
    assert policy("absent", display_name="Nobody")["changed"]
    held = stored(simulator)
    for check_mode in (True, False):
        refused = policy(check_mode=check_mode, display_name="Nobody")
        assert refused["error"]["kind"] == "lockout_risk", refused
    assert stored(simulator) == held
    assert policy(display_name="Nobody", accept_lockout_risk=True)["changed"]


def test_a_restoration_whose_answer_is_lost_happened_once(policy: Run, simulator: Simulator) -> None:
    policy("absent", display_name=NAME)
    simulator.fault(match=RESTORE, kind="reset", phase="after_effect")
    restored = policy(display_name=NAME)
    assert restored["changed"] and writes(simulator).count(RESTORE) == 1
    assert not policy(display_name=NAME)["changed"]


@pytest.mark.parametrize(("times", "comes_back"), [(2, True), (3, False)])
def test_a_conflict_is_worked_out_anew(policy: Run, simulator: Simulator, times: int, comes_back: bool) -> None:
    policy("absent", display_name=NAME)
    simulator.fault(match=RESTORE, kind="status", status=409, count=times)
    result = policy(display_name=NAME)
    assert (result.get("error", {}).get("kind", "") == "") is comes_back
    assert writes(simulator).count(RESTORE) == int(comes_back)


def test_other_settings_and_foreign_policies_are_refused(policy: Run, simulator: Simulator) -> None:
    policy("absent", display_name=NAME)
    assert "description" in policy(display_name=NAME, description="New")["msg"]
    assert policy(display_name=NAME, marker="ours of another")["failed"]
    assert RESTORE not in writes(simulator)


NAMES = {"enabled": "enabled", "disabled": "disabled", "enabledForReportingButNotEnforced": "report_only"}


@pytest.mark.parametrize("came_back", NAMES)
@pytest.mark.parametrize("had", NAMES)
def test_no_policy_is_in_force_that_was_not(policy: Run, simulator: Simulator, had: str, came_back: str) -> None:
    """Restored in another state than the deleted policy had, as in the admin center: the report equals the state."""
    new = policy("present", display_name="Back", policy_state=NAMES[had], **NEW)["conditional_access_policy"]["id"]
    policy("absent", id=new)
    predicted = policy(check_mode=True, id=new)["conditional_access_policy"]["state"]
    body = {"method": "PATCH", "path": f"/v1.0/identity/conditionalAccess/policies/{new}", "body": {"state": came_back}}
    simulator.fault(match=RESTORE, kind="second_writer", phase="after_effect", request=body)
    restored = policy(id=new)
    is_there = stored(simulator)[new]["state"]
    assert restored["changed"] and restored["conditional_access_policy"]["state"] == is_there
    assert restored["diff"]["after"]["policy_state"] == is_there
    assert is_there == (had if came_back == "enabled" else came_back)
    assert is_there != "enabled" or predicted == "enabled"


def test_who_cannot_set_the_state_back_is_told(policy: Run, simulator: Simulator) -> None:
    new = policy("present", display_name="Back", **NEW)["conditional_access_policy"]["id"]
    policy("absent", id=new)
    path = f"/v1.0/identity/conditionalAccess/policies/{new}"
    body = {"method": "PATCH", "path": path, "body": {"state": "enabled"}}
    simulator.fault(match=RESTORE, kind="second_writer", phase="after_effect", request=body)
    simulator.fault(match=f"PATCH {path}", kind="status", status=403)
    refused = policy(id=new)
    assert refused["error"]["kind"] == "forbidden" and "came back in force" in refused["msg"], refused
    assert "policy_state=disabled" in refused["msg"] and stored(simulator)[new]["state"] == "enabled"
