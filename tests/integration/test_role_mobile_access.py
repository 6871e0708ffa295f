# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role mobile_access: what its entry points write, in which order, where they stop, and what they report."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import ROOT, Play, Run, player

ROLE = "intune.exchange.mobile_access"
TENANT = "phones"
MANAGED = "retired_with_holes"


def role(entry_point: str = "main", **variables: Any) -> dict[str, Any]:
    named = {f"mobile_access_{name}": value for name, value in variables.items()}
    return {"ansible.builtin.include_role": {"name": ROLE, "tasks_from": entry_point}, "vars": named}


def kept(entry_point: str = "", register: str = "kept") -> dict[str, Any]:
    """A task that stores the fact that an entry point sets."""
    name = "_".join(filter(None, ("mobile_access", entry_point, "result")))
    return {"ansible.builtin.debug": {"msg": "{{ " + name + " }}"}, "register": register}


def writes(simulator: Simulator) -> list[str]:
    return [one["operation"] for one in simulator.requests() if one["effect"]]


@pytest.fixture
def run_role(play: Play) -> Any:
    def run(*tasks: dict[str, Any], **more: Any) -> Run:
        return play(*tasks, tenant=TENANT, **more)

    return run


IPAD = {"characteristic": "DeviceModel", "query_string": "iPad13C1", "access_level": "Block"}
PHONES = {"name": "Phones", "password_enabled": True, "min_password_length": 6, "allow_camera": False}


def test_main_keeps_policies_rules_and_settings(run_role: Any, simulator: Simulator) -> None:
    insert = "Your device waits for approval."
    wanted = role(policies=[PHONES], rules=[IPAD], settings={"user_mail_insert": insert}, max_affected=1)
    for part in ({"rules": [IPAD], "max_affected": 1}, {"settings": {"user_mail_insert": insert}}):
        predicted = run_role(role(**part), kept(), arguments=("--check",))
        assert predicted.code == 0 and predicted.results["kept"]["msg"]["changed"] is True, predicted.output
    run = run_role(wanted, kept(), wanted, kept(register="second"))
    assert run.code == 0, run.output
    first, second = (run.results[name]["msg"] for name in ("kept", "second"))
    assert first["changed"] is True and second["changed"] is False
    assert [one["mailbox"] for one in first["locked_out"]] == ["adele.vance"] and second["locked_out"] == []
    assert "ignores allow_camera" in first["notes"][0]
    assert writes(simulator) == [
        "New-MobileDeviceMailboxPolicy",
        "New-ActiveSyncDeviceAccessRule",
        "Set-ActiveSyncOrganizationSettings",
    ]
    assert "[WARNING]" not in run.output


@pytest.mark.parametrize("change", [{"rules": [IPAD]}, {"settings": {"default_access_level": "Block"}}], ids=str)
def test_main_stops_before_too_many_are_locked_out(run_role: Any, simulator: Simulator, change: Any) -> None:
    run = run_role(role(**change))
    assert run.code == 2 and writes(simulator) == []
    assert "would be locked out, and mobile_access_max_affected allows 0" in run.output
    assert "of adele.vance" in run.output and "Next step: allow these devices first" in run.output
    # Check mode predicts it.
    run = run_role(role(**change), arguments=("--check",))
    assert run.code == 2 and "would be locked out, and mobile_access_max_affected allows 0" in run.output
    assert writes(simulator) == []


def test_audit_reads_only_and_its_tasks_mend(run_role: Any, simulator: Simulator, tmp_path: Path) -> None:
    control = {"id": "1", "title": "Quarantine", "kind": "activesync_organization_settings"}
    control |= {"setting": "default_access_level", "equals": "Quarantine"}
    (tmp_path / "own.yml").write_text(json.dumps({"name": "own", "controls": [control]}))
    baselines = ["cis_exchange_2019_l1", str(tmp_path / "own.yml")]
    risk = {"id": "1", "reason": "Decided in 2026", "until": "2999-12-31"}
    options = {"baselines": baselines, "accepted_risks": [risk], "audit_folder": str(tmp_path)}
    run = run_role(role("audit", **options), kept("audit"), arguments=("--diff",))
    assert run.code == 0 and writes(simulator) == [], run.output
    found = run.results["kept"]["msg"]
    assert not found["compliant"] and found["baselines"] == ["cis_exchange_2019_l1", "own"]
    assert found["summary"] == {"pass": 0, "fail": 11, "unknown": 0, "not_applicable": 0, "accepted": 1}
    written = json.loads((tmp_path / "mobile-access-localhost.json").read_text())
    origin = {name: written[name] for name in ("tenant_id", "read_at")}
    assert written == {**found, **origin} and datetime.strptime(origin["read_at"], "%Y-%m-%dT%H:%M:%SZ")
    with (tmp_path / "mobile-access-localhost.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["Tenant"], row["Read at"]) for row in rows} == {(origin["tenant_id"], origin["read_at"])}
    assert [row["Control"] for row in rows] == [one["id"] for one in found["controls"]]
    assert rows[-1]["Accepted because"] == "Decided in 2026" and rows[-1]["Until"] == "2999-12-31"
    assert "3.10 A password is required: fail on Default, password_enabled is false, expected true (" in run.output

    remediation = [
        task
        for one in found["controls"]
        if not one["accepted"] and one["remediation"]
        for task in _tasks(one["remediation"])
    ]
    strict = role("audit", baselines=baselines, accepted_risks=[{**risk, "until": "2020-01-31"}], fail_on_findings=True)
    run = run_role(*remediation, strict)
    assert run.code == 2 and "Mobile access does not comply with the baselines." in run.output
    assert "The accepted risk 1 has expired." in run.output and "1 Quarantine: fail" in run.output
    assert "3.10 A password" not in run.output  # every remediated control passes


def test_assess_reads_only_and_names_the_holes(play: Play, simulator: Simulator, tmp_path: Path) -> None:
    people = ["adele.vance@retired-with-holes.example", "nobody@retired-with-holes.example"]
    assess = role("assess", assess_folder=str(tmp_path), what_if_users=people)
    run = play(assess, kept("assess"), tenant="retired_with_holes")
    assert run.code == 0 and writes(simulator) == [], run.output
    found = run.results["kept"]["msg"]
    written = json.loads((tmp_path / "mobile-access-assessment-localhost.json").read_text())
    assert written == {**found, **{name: written[name] for name in ("tenant_id", "read_at")}}
    with (tmp_path / "mobile-access-assessment-localhost.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["Tenant"], row["Read at"]) for row in rows} == {(written["tenant_id"], written["read_at"])}
    assert [row["Check"] for row in rows] == [one["id"] for one in found["checks"]]
    assert {row["Check"]: row["Status"] for row in rows}["secure_by_default"] == "unmet"
    assert "Conditional access: not covered. Missing: " in run.output
    assert "unmet: No policy rests on the approved client app alone." in run.output
    assert "Evidence: 'Approved apps only' asks for approvedApplication alone" in run.output
    assert [one["agrees"] for one in found["what_if"]] == [True] * 4 + [None] * 4
    assert "What If for nobody@retired-with-holes.example, " in run.output
    assert "Next step: Ask for compliantApplication" in run.output and "[WARNING]" not in run.output


EMERGENCY, PILOT = "Approved apps only", "Block Exchange ActiveSync for the pilot"
NEED_INTUNE = "Exchange Online: phones need Intune"
MARK = (
    "Managed by the role intune.exchange.mobile_access, entry point protect. Remove this text to take the policy over."
)
CREATE, CHANGE = "identity.conditionalAccess.CreatePolicies", "identity.conditionalAccess.UpdatePolicies"


def protect(**variables: Any) -> list[dict[str, Any]]:
    """The entry point with the emergency access account and the pilot group of the tenant's policies."""
    read = {"intune.exchange.conditional_access_policy_info": {}, "register": "there"}
    named = "(there.conditional_access_policies | selectattr('display_name', 'equalto', '%s') | first).conditions.users"
    users = {
        "emergency_users": "{{ " + named % EMERGENCY + ".exclude_users }}",
        "pilot_group": "{{ " + named % PILOT + ".include_groups | first }}",
    }
    return [read, role("protect", **{"controls": ["compliantDevice"], **users, **variables})]


@pytest.mark.more
def test_protect_keeps_two_policies_in_report_only_mode(play: Play, simulator: Simulator) -> None:
    run = play(*protect(), kept("protect"), tenant=MANAGED, arguments=("--check",))
    assert run.code == 0 and run.results["kept"]["msg"]["changed"] and writes(simulator) == [], run.output
    assess = [role("assess"), kept("assess", "assessed")]
    run = play(*protect(), kept("protect"), *protect(), kept("protect", "second"), *assess, tenant=MANAGED)
    assert run.code == 0 and writes(simulator) == [CREATE, CREATE], run.output
    first, second = (run.results[name]["msg"] for name in ("kept", "second"))
    assert first["changed"] and not second["changed"] and first["enforced"] == second["enforced"] == []
    assert {one["state"] for one in second["policies"]} == {"enabledForReportingButNotEnforced"}
    assert [one["impact"]["controls"] for one in first["policies"]] == [["compliantDevice"], ["block"]]
    assert all(one["impact"]["except"] and not one["due"] for one in first["policies"])
    assert "in report-only mode, which locks nobody out, may be enforced from " in run.output
    found = {one["id"]: one["evidence"] for one in run.results["assessed"]["msg"]["checks"]}
    assert f"in report-only mode: '{NEED_INTUNE}'" in found["modern_clients"]


def test_protect_refuses_app_protection_that_is_not_there(play: Play, simulator: Simulator) -> None:
    run = play(*protect(controls=["compliantApplication"]), tenant=MANAGED)
    assert run.code == 2 and writes(simulator) == []
    assert "No assigned app protection policy covers Outlook for Android." in run.output
    assert "Next step: assign one in Intune" in run.output
    run = play(*protect(emergency_users=[]), tenant=MANAGED)
    assert run.code == 2 and "mobile_access_emergency_users is blank" in run.output
    run = play(role("protect"), tenant=MANAGED)
    assert run.code == 2 and "mobile_access_emergency_users" in run.output and "mobile_access_pilot_group" in run.output


def test_protect_leaves_the_policies_of_others(play: Play, simulator: Simulator) -> None:
    foreign = {
        "display_name": NEED_INTUNE.upper(),  # Graph compares names like this, and so must the role
        "policy_state": "disabled",
        "conditions": {
            "users": {"include_users": {"set": ["None"]}},
            "applications": {"include_applications": ["All"]},
        },
        "grant_controls": {"built_in_controls": ["mfa"]},
    }
    run = play({"intune.exchange.conditional_access_policy": foreign}, *protect(), tenant=MANAGED)
    assert run.code == 2 and writes(simulator) == [CREATE], run.output
    assert "so somebody else created it" in run.output and '"kind": "not_ours"' in run.output


def _with_policies_of_the_role() -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load((ROOT / "simulator" / "tenants" / f"{MANAGED}.yml").read_text())
    ours: dict[str, Any] = {"displayName": NEED_INTUNE, "description": MARK}
    ours["state"] = "enabledForReportingButNotEnforced"
    ours["conditions"] = {
        "clientAppTypes": ["browser", "mobileAppsAndDesktopClients"],
        "applications": {"includeApplications": ["00000002-0000-0ff1-ce00-000000000000"]},
        "users": {"includeGroups": ["Pilot"], "excludeUsers": ["emergency"]},
        "platforms": {"includePlatforms": ["android", "iOS"]},
    }
    ours["grantControls"] = {"operator": "OR", "builtInControls": ["compliantDevice"]}
    block = {**ours, "displayName": "Exchange Online: block Exchange ActiveSync and other legacy clients"}
    block["conditions"] = {**ours["conditions"], "clientAppTypes": ["exchangeActiveSync", "other"], "platforms": None}
    block["grantControls"] = {"operator": "OR", "builtInControls": ["block"]}
    described["conditional_access"]["policies"] += [ours, {**block, "state": "disabled"}]
    return described


@pytest.mark.more
def test_protect_enforces_nothing_on_a_result_that_is_not_to_be_trusted(simulator: Simulator, tmp_path: Path) -> None:
    """For enforced policies the log contradicts the judge, and it says nothing about the one in report-only mode."""
    described = _with_policies_of_the_role()
    browser = {"user": "alex.wilber", "client": "Browser", "os": "Windows10", "age": 60}
    described["sign_ins"] = [{**browser, "policies": {"Block Exchange ActiveSync for the pilot": "success"}}]
    (tmp_path / "doubtful.yml").write_text(yaml.safe_dump({**described, "extends": "retired_covered"}))
    with Simulator(tenants=[tmp_path / "doubtful.yml"], rate_limits=False) as used:
        ignored = player(tmp_path, used)(*protect(enforce=True), tenant="doubtful", ignore_errors=True)
        assert ignored.code == 0 and writes(used) == [], ignored.output
        stopped = {"block": protect(enforce=True), "rescue": [{"ansible.builtin.meta": "noop"}]}
        without = (*protect(enforce=True, rehearse=False), kept("protect"))
        run = player(tmp_path, used)(stopped, kept("protect", "stopped"), *without, tenant="doubtful")
        assert run.code == 0 and writes(used) == [CHANGE], run.output
        assert "Do not trust this: the judge agrees with Microsoft Entra in 0.0 % of 1 result" in run.output
        assert "No policy was enabled. Next step: see calibration.policies" in run.output
        assert run.results["stopped"]["msg"]["enforced"] == []
        assert run.results["kept"]["msg"]["enforced"] == [NEED_INTUNE]


def test_protect_enforces_after_the_waiting_time(play: Play, simulator: Simulator, tmp_path: Path) -> None:
    looked = play(*protect(enforce=True), tenant=MANAGED, arguments=("--check",))
    assert looked.code == 2 and writes(simulator) == [], looked.output
    early = play(*protect(enforce=True), tenant=MANAGED)
    assert early.code == 2 and writes(simulator) == [CREATE, CREATE]
    assert "Not enforced, since mobile_access_enforce_after_days is 7:" in early.output
    assert f"{NEED_INTUNE} may be enforced from 20" in early.output
    looked = play(*protect(enforce=True), tenant=MANAGED, arguments=("--check",))
    assert looked.code == 2 and "Not enforced, since mobile_access_enforce_after_days is 7:" in looked.output
    assert len(writes(simulator)) == 2

    # A tenant where the role ran before: policies of a description are two months old.
    described = _with_policies_of_the_role()
    # The log entries of the days in report-only mode.
    phone = {"user": "adele.vance", "client": "Mobile Apps and Desktop clients", "os": "Ios 18.1", "age": 7200}
    described["sign_ins"].append({**phone, "policies": {NEED_INTUNE: "reportOnlyFailure"}})
    (tmp_path / "used.yml").write_text(yaml.safe_dump({**described, "extends": "retired_covered"}))
    with Simulator(tenants=[tmp_path / "used.yml"], rate_limits=False) as used:
        stopped = {"block": protect(enforce=True), "rescue": [{"ansible.builtin.meta": "noop"}]}
        ignored = player(tmp_path, used)(*protect(enforce=True), kept("protect"), tenant="used", ignore_errors=True)
        assert ignored.code == 0 and writes(used) == [], ignored.output
        assert ignored.results["kept"]["msg"]["enforced"] == []
        first = (stopped, kept("protect", "stopped"), *protect(enforce=True, max_affected=1), kept("protect"))
        run = player(tmp_path, used)(*first, *protect(enforce=True), tenant="used")
        assert run.code == 0 and writes(used) == [CHANGE], run.output
        assert run.results["kept"]["msg"]["enforced"] == [NEED_INTUNE]
        assert "1 of the people who signed in would be stopped, or may be, which is more than" in run.output
        assert run.results["stopped"]["msg"]["enforced"] == []
        assert run.results["stopped"]["msg"]["rehearsal"]["people"]["stopped"] == 1
        assert "legacy clients: turned off manually, and left off." in run.output
        assert f"{NEED_INTUNE}: in force." in run.output  # the second time


@pytest.mark.parametrize(
    ("stored", "stops_others"),
    [
        ({"grantControls": {"operator": "OR", "builtInControls": ["mfa"]}}, True),
        ({"users": {"includeUsers": ["adele.vance"], "excludeUsers": ["emergency"]}}, True),
        ({"users": {"includeGroups": ["Pilot"], "excludeUsers": []}}, False),  # another account that gets in
    ],
    ids=["other controls", "other people", "one exclusion more"],
)
def test_protect_changes_no_enabled_policy_so_that_it_stops_others(
    simulator: Simulator, tmp_path: Path, stored: dict[str, Any], stops_others: bool
) -> None:
    """What is enabled stops people at once: no waiting time, no rehearsal and no limit comes before that."""
    described = _with_policies_of_the_role()
    [needed] = [one for one in described["conditional_access"]["policies"] if one["displayName"] == NEED_INTUNE]
    users = stored.get("users", needed["conditions"]["users"])
    needed["conditions"] = {**needed["conditions"], "users": users}
    needed |= {"state": "enabled", "grantControls": stored.get("grantControls", needed["grantControls"])}
    (tmp_path / "used.yml").write_text(yaml.safe_dump({**described, "extends": "retired_covered"}))
    with Simulator(tenants=[tmp_path / "used.yml"], rate_limits=False) as used:
        ways: list[dict[str, Any]] = [{}, {"arguments": ("--check",)}, {"ignore_errors": True}]
        for way in ways if stops_others else ways[:1]:
            run = player(tmp_path, used)(*protect(max_affected=9), tenant="used", **way)
            said = f"{NEED_INTUNE} would change, and an enabled policy stops people at once" in run.output
            assert said is stops_others and run.code == (2 if said and "ignore_errors" not in way else 0), run.output
            assert writes(used) == ([] if stops_others else [CHANGE])


def _tasks(remediation: str) -> Any:
    return yaml.safe_load(remediation)


def test_quarantine_locks_nobody_out_who_is_in_use(run_role: Any, simulator: Simulator) -> None:
    for look in ({"preview": True}, {"max_affected": 1}):
        arguments = () if "preview" in look else ("--check",)
        run = run_role(role("quarantine", **look), kept("quarantine"), arguments=arguments)
        assert run.code == 0 and writes(simulator) == [], run.output
        assert run.results["kept"]["msg"]["changed"] is ("preview" not in look)
        assert "quarantine as the default would change: 4. 2 of them synchronized in the last 30 days" in run.output
        assert "1 is Outlook, which a rule will allow; 1 would be locked out." in run.output

    for arguments in (("--check",), ()):
        stopped = run_role(role("quarantine"), arguments=arguments)
        assert stopped.code == 2 and writes(simulator) == []
        assert "1 device of 1 mailbox would be locked out" in stopped.output

    wanted = role("quarantine", max_affected=1)
    run = run_role(wanted, kept("quarantine"), wanted, kept("quarantine", "second"))
    assert run.code == 0, run.output
    first, second = (run.results[name]["msg"] for name in ("kept", "second"))
    assert first["changed"] and not second["changed"]
    assert [one["device_model"] for one in first["locked_out"]] == ["iPad13C1"]
    assert sorted(one["device_model"] for one in first["allowed"]) == ["SM-G991B", "iPhone14C2"]
    assert writes(simulator) == [
        "Set-CASMailbox",
        "Set-CASMailbox",
        "New-ActiveSyncDeviceAccessRule",
        "Set-ActiveSyncOrganizationSettings",
    ]


def test_quarantine_can_leave_the_devices_in_use(run_role: Any, simulator: Simulator) -> None:
    run = run_role(role("quarantine", recent_devices="leave", max_affected=2))
    assert run.code == 2 and "3 devices of 2 mailboxes would be locked out" in run.output


def test_approve_shows_first(run_role: Any, simulator: Simulator) -> None:
    quarantine = role("quarantine", recent_devices="leave", max_affected=3)
    phones = {"filter": {"device_type": "iPhone"}}
    sure = role("approve", **phones, confirm=True, max_affected=1)
    run = run_role(
        quarantine,
        role("approve", **phones),
        kept("approve"),
        sure,
        kept("approve", "second"),
        sure,
        kept("approve", "third"),
    )
    assert run.code == 0, run.output
    shown, done, again = (run.results[name]["msg"] for name in ("kept", "second", "third"))
    assert shown["preview"] and not shown["changed"] and len(shown["devices"]) == 1
    assert "1 quarantined device would be allowed. Set mobile_access_confirm to true to do it, " in run.output
    assert "1 quarantined device is now allowed." in run.output
    assert done["changed"] and not done["preview"] and again == {**done, "changed": False, "devices": []}
    assert writes(simulator).count("Set-CASMailbox") == 1


@pytest.mark.parametrize("chosen", [{}, {"filter": {"client_type": "EAS"}}], ids=["all", "filtered"])
def test_approve_says_how_many(run_role: Any, simulator: Simulator, chosen: dict[str, Any]) -> None:
    run = run_role(role("quarantine", recent_devices="leave", max_affected=3))
    assert run.code == 0, run.output
    known = len(writes(simulator))
    for limit, arguments in (({}, ()), ({"max_affected": 2}, ()), ({"max_affected": 2}, ("--check",))):
        run = run_role(role("approve", confirm=True, **chosen, **limit), arguments=arguments)
        assert run.code == 2 and "3 devices would be allowed, and max_affected allows" in run.output, run.output
    assert len(writes(simulator)) == known


def test_approve_only_what_intune_calls_compliant(play: Play, simulator: Simulator) -> None:
    sure = role("approve", compliant=True, confirm=True, max_affected=1)
    quarantine = role("quarantine", recent_devices="leave", max_affected=3)
    after = {"intune.exchange.mobile_device_info": {}, "register": "after"}
    run = play(quarantine, sure, kept("approve"), after, tenant=MANAGED)
    assert run.code == 0, run.output
    done = run.results["kept"]["msg"]
    assert done["changed"] and [one["device_type"] for one in done["devices"]] == ["iPhone"]
    states = {one["device_type"]: one["device_access_state"] for one in run.results["after"]["mobile_devices"]}
    assert states["iPhone"] == "Allowed" and states["Android"] == "Quarantined"
    assert writes(simulator).count("Set-CASMailbox") == 1


def test_offboard_wipes_the_account_waits_and_blocks(run_role: Any, simulator: Simulator) -> None:
    leaver = role("offboard", mailbox="adele.vance@phones.example", wipe_wait=600, max_affected=2)
    run = run_role(leaver, kept("offboard"), leaver, kept("offboard", "second"))
    assert run.code == 0, run.output
    first, second = (run.results[name]["msg"] for name in ("kept", "second"))
    assert first["changed"] and first["acknowledged"] and not second["changed"]
    assert writes(simulator) == ["Clear-MobileDevice", "Clear-MobileDevice", "Set-CASMailbox"]
    wipes = [list(one["_wipe"]) for one in simulator.state(TENANT)["MobileDevice"] if one["_wipe"]]
    assert wipes == [["AccountOnlyDeviceWipe"]] * 2
    assert "each has erased the mail account. Nothing else on them was touched." in run.output


def test_offboard_blocks_what_cannot_be_wiped_and_what_does_not_answer(run_role: Any, simulator: Simulator) -> None:
    run = run_role(role("offboard", mailbox="alex.wilber", wipe_wait=0, max_affected=2), kept("offboard"))
    assert run.code == 0, run.output
    found = run.results["kept"]["msg"]
    assert not found["acknowledged"] and [one["device_model"] for one in found["not_wipeable"]] == ["SM-G991B"]
    assert writes(simulator) == ["Clear-MobileDevice", "Set-CASMailbox"]
    assert "1 device uses a protocol version below 16.1, which cannot erase only the account: " in run.output


@pytest.mark.parametrize(
    ("entry_point", "variables", "named"),
    [
        ("offboard", {"mailbox": ""}, "mobile_access_mailbox"),
        ("offboard", {"mailbox": "{{ leaver.mail | default(' ') }}"}, "mobile_access_mailbox"),
        ("approve", {"filter": {"device_type": ""}, "confirm": True}, "mobile_access_filter.device_type"),
        ("audit", {"audit_folder": ""}, "mobile_access_audit_folder"),
        (
            "protect",
            {"emergency_users": [], "pilot_group": " "},
            "mobile_access_emergency_users, mobile_access_pilot_group",
        ),
        ("protect", {"emergency_users": [""], "pilot_group": "x"}, "mobile_access_emergency_users[0]"),
        (
            "main",
            {"rules": [{"characteristic": "DeviceType", "query_string": ""}]},
            "mobile_access_rules[0].query_string",
        ),
    ],
)
def test_a_blank_variable_is_refused_before_any_request(
    run_role: Any, simulator: Simulator, entry_point: str, variables: dict[str, Any], named: str
) -> None:
    before = len(simulator.requests())
    run = run_role(role(entry_point, **variables))
    assert run.code != 0 and f"{named} " in run.output and "blank value never means" in run.output, run.output
    assert len(simulator.requests()) == before


def test_an_empty_text_may_clear_a_setting(run_role: Any) -> None:
    run = run_role(role(settings={"user_mail_insert": ""}), kept())
    assert run.code == 0, run.output
