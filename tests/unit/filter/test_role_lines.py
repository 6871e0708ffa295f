# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences of the roles: numbers, plurals, and no sentence if there is nothing to report."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter import role_lines as plugin


def lines(about: str, **values: Any) -> list[str]:
    """The sentences before they are wrapped for the terminal."""
    found = plugin.FilterModule().filters()["role_lines"](values, about, width=0)
    assert isinstance(found, list)
    return found


def devices(number: int, mailbox: str = "adele") -> list[dict[str, Any]]:
    of_all = {"mailbox": mailbox, "device_model": "iPhone", "device_os": None, "client_type": "EAS"}
    return [{**of_all, "device_id": f"id{one}"} for one in range(number)]


def test_the_choices_are_the_functions() -> None:
    documented = yaml.safe_load(plugin.DOCUMENTATION)["options"]["about"]["choices"]
    assert documented == sorted(plugin.ABOUT)


@pytest.mark.parametrize("limit", [1, "1"])  # a number is text before ansible-core 2.19
def test_a_lockout_within_the_limit_is_none(limit: Any) -> None:
    assert lines("lockout", devices=devices(1), max_affected=limit) == []
    assert lines("lockout", devices=[], max_affected=0) == []


def test_a_lockout_names_ten_devices() -> None:
    [one] = lines("lockout", devices=devices(1), max_affected=0)
    assert one.startswith(
        "1 device of 1 mailbox would be locked out, and mobile_access_max_affected allows 0: iPhone id0 of "
    )
    [many] = lines("lockout", devices=[*devices(11), *devices(1, "alex")], max_affected="3")
    assert many.startswith("12 devices of 2 mailboxes would be locked out")
    assert "id9 of adele and others. Nothing" in many and "id10" not in many


def planned(state: str, name: str = "P", **after: Any) -> dict[str, Any]:
    """The result for a policy with these changes, in the names of Microsoft Graph within its parts."""
    users = {"includeGroups": ["pilot"], "excludeUsers": ["emergency"]}
    before = {"display_name": name, "policy_state": state, "description": "mine", "conditions": {"users": users}}
    diff = {"before": before, "after": {**before, **after}}
    return {"changed": False, "conditional_access_policy": {"display_name": name, "state": state}, "diff": diff}


@pytest.mark.parametrize(
    ("state", "after", "stops"),
    [
        ("enabled", {}, False),
        ("enabled", {"description": "other"}, False),
        ("enabled", {"conditions": {"users": {"includeGroups": ["pilot"], "excludeUsers": ["emergency", "x"]}}}, False),
        ("enabled", {"conditions": {"users": {"includeGroups": ["all"], "excludeUsers": ["emergency"]}}}, True),
        ("enabled", {"conditions": {"users": {"includeGroups": ["pilot"]}, "platforms": None}}, True),
        ("enabled", {"conditions": None}, True),
        ("enabled", {"grant_controls": {"operator": "OR", "builtInControls": ["block"]}}, True),
        ("enabledForReportingButNotEnforced", {"grant_controls": {"builtInControls": ["block"]}}, False),
        ("disabled", {"grant_controls": {"builtInControls": ["block"]}}, False),
    ],
)
def test_only_a_change_of_whom_an_enabled_policy_stops_is_refused(
    state: str, after: dict[str, Any], stops: bool
) -> None:
    assert bool(lines("at_once", results=[planned(state, **after)])) is stops
    other = planned("enabled", "Q", grant_controls={})
    [sentence] = lines("at_once", results=[planned(state, **after), other])
    assert sentence.startswith("P and Q would change" if stops else "Q would change")
    new = {"changed": False, "conditional_access_policy": {"display_name": "N", "state": "enabled"}}
    assert lines("at_once", results=[{**new, "diff": {"before": {}, "after": other["diff"]["after"]}}])


def test_quarantine_counts() -> None:
    result = {"allowed": devices(2), "outlook": devices(1), "locked_out": devices(21)}
    first, allowed, outlook, second = lines("quarantine", impact=devices(24), result=result, recent_days="1")
    assert "would change: 24. 2 of them synchronized in the last 1 day and" in first
    assert "1 is Outlook, which a rule will allow; 21 would be locked out." in first
    assert allowed == "Allowed first: iPhone id0 of adele, iPhone id1 of adele."
    assert outlook == "Outlook: iPhone id0 of adele."
    assert second.endswith("id19 of adele and others.")
    nobody: dict[str, Any] = {"allowed": [], "outlook": [], "locked_out": []}
    first, second = lines("quarantine", impact=[], result=nobody, recent_days=30)
    assert "0 are Outlook" in first and second == "Locked out: nobody."
    first, _command = lines("quarantine", impact=[], result=nobody, recent_days=30, is_default=True)
    assert first == "Quarantine is already the default, so the switch affects no device."


@pytest.mark.parametrize(
    ("number", "preview", "check_mode", "expected"),
    [
        (1, False, False, "1 quarantined device is now allowed."),
        (2, False, False, "2 quarantined devices are now allowed."),
        (0, False, True, "0 quarantined devices would be allowed."),
        (1, True, False, "1 quarantined device would be allowed. Set mobile_access_confirm to true to do it, and "),
    ],
)
def test_approve_says_whether_it_is_done(number: int, preview: bool, check_mode: bool, expected: str) -> None:
    values = {"devices": devices(number), "decision": "allowed", "preview": preview, "check_mode": check_mode}
    assert lines("approve", **values)[0].startswith(expected)


def test_approve_shows_a_part_of_many_devices() -> None:
    values = {"decision": "blocked", "preview": False, "check_mode": False}
    _count, headings, *rows = lines("approve", devices=devices(200), **values)
    assert headings.split() == ["mailbox", "device_id", "device_model", "device_os", "client_type"]
    assert len(rows) == 200 and rows[7].split() == ["adele", "id7", "iPhone", "-", "EAS"]
    many = lines("approve", devices=devices(1201), **values)
    assert many[1].startswith("The first 200 of 1,201 are shown. ") and len(many) == 203
    assert len(lines("approve", devices=[], **values)) == 1


def test_offboard_says_what_was_and_what_would_be_done() -> None:
    result: dict[str, Any] = {"devices": devices(2), "acknowledged": True, "not_wipeable": []}
    done: dict[str, Any] = {"address": "a@x.example", "wiped": {"changed": True, "affected_count": 2}, "blocked": True}
    erased, blocked = lines("offboard", **done, result=result, check_mode=False)
    assert erased == "a@x.example has 2 devices; each has erased the mail account. Nothing else on them was touched."
    assert "are switched off for the mailbox, and its devices are blocked." in blocked
    erased, blocked = lines("offboard", **done, result=result, check_mode=True)
    assert "the mail account would be erased from 2 devices. Nothing else on them would be touched." in erased
    assert "would be switched off for the mailbox, and its devices would be blocked." in blocked
    result = {"devices": devices(1), "acknowledged": False, "not_wipeable": devices(1)}
    skipped = {**done, "wiped": {"changed": False, "skipped": True}}
    erased, old, _blocked = lines("offboard", **skipped, result=result, check_mode=False)
    assert "a@x.example has 1 device; some have not acknowledged" in erased
    assert old == "1 device uses a protocol version below 16.1, which cannot erase only the account: id0."


def test_too_many_devices() -> None:
    found = devices(3)
    assert lines("too_many_devices", address="a@x.example", devices=found, max_affected="3") == []
    [said] = lines("too_many_devices", address="a@x.example", devices=found, max_affected=2)
    assert said.startswith("a@x.example has 3 devices, which is more than mobile_access_max_affected allows (2): id0, ")


def test_audit_has_counts_findings_and_expired_risks() -> None:
    summary = {"pass": 3, "fail": 1, "accepted": 2, "unknown": 0, "not_applicable": 4}
    result = {"baselines": ["a", "b"], "summary": summary, "shortfalls": ["1 x: fail"], "ended_risks": [{"id": "7"}]}
    assert lines("audit", result=result) == [
        "a, b: 3 passed, 1 failed, 2 accepted, 0 unknown, 4 not applicable",
        "1 x: fail",
        "The accepted risk 7 has expired.",
    ]


def test_assess_leaves_out_what_is_met_and_agreed() -> None:
    check = {"title": "T", "evidence": "E", "next_step": "N"}
    what_if = {"user": "u", "client": "c", "platform": "iOS", "agrees": False, "problem": ""}
    result = {
        "answers": [
            {"what": "wipe", "covered_by": ["x", "y"], "gap": ""},
            {"what": "inventory", "covered_by": [], "gap": "g"},
        ],
        "checks": [{**check, "status": one} for one in ("met", "unmet", "unknown", "not_applicable")],
        "what_if": [
            {**what_if, "differences": [{"policy": "p"}, {"policy": "q"}]},
            {**what_if, "agrees": None, "problem": "no account", "differences": []},
            {**what_if, "agrees": True, "differences": []},
        ],
    }
    assert lines("assess", result=result) == [
        "4 checks: 1 met, 1 unmet, 1 unknown, 1 not applicable.",
        "Wipe: covered by x, y.",
        "Inventory: not covered. Missing: g.",
        "unmet: T.",
        "  Evidence: E.",
        "  Next step: N.",
        "unknown: T.",
        "  Evidence: E.",
        "  Next step: N.",
        "What If for u, c on iOS: Microsoft Entra evaluates these policies differently: p, q.",
        "What If for u, c on iOS: no account.",
    ]


def test_long_evidence_is_cut_and_the_rest_is_named() -> None:
    check = {"title": "T", "evidence": "person not covered, " * 50, "next_step": "N", "status": "unmet"}
    found = lines("assess", result={"answers": [], "checks": [check], "what_if": []})
    assert " ".join(found).endswith("with mobile_access_assess_folder in files.")
    assert len(" ".join(found)) < 500 and any(one.endswith("…") for one in found)


def test_app_protection_is_needed_on_each_platform() -> None:
    assert lines("unprotected", platforms={}) == lines("unprotected", platforms={"iOS": ["p"]}) == []
    [said] = lines("unprotected", platforms={"iOS": [], "Android": [], "Windows": ["p"]})
    assert said.startswith("No assigned app protection policy covers Outlook for iOS and Android. A policy ")


def person(**values: Any) -> dict[str, Any]:
    named = {"option": "exclude_users", "id": "1", "display_name": "Break glass", "user_principal_name": "b@x.example"}
    return {**named, "account_enabled": True, "user_type": "Member", **values}


def test_accounts_and_groups_are_shown_with_their_ids() -> None:
    group = {"option": "include_groups", "display_name": "Pilot", "id": "2"}
    assert lines("excluded", resolved=[group, person(), {"option": "include_users"}]) == [
        "Emergency access account: Break glass, b@x.example (1)",
        "Pilot group: Pilot (2)",
    ]


@pytest.mark.parametrize("hidden", [{"id": "1"}, {"id": "1", "account_enabled": None, "user_type": "Member"}])
def test_what_the_directory_does_not_show_is_not_known(hidden: dict[str, Any]) -> None:
    """An application that may not read users gets their ids and nothing else."""
    [one] = lines("unusable", accounts=[hidden, person()])
    assert one.startswith("Microsoft Graph does not show whether 1 can sign in. Nothing was changed.")
    assert len(lines("unusable", accounts=[hidden, person(account_enabled=False)])) == 2
    [shown] = lines("excluded", resolved=[{"option": "exclude_users", **hidden}])
    assert shown == "Emergency access account: no name, 1 (1)"


def test_long_lines_continue_and_messages_stay_whole() -> None:
    """With Ansible's own characters around the lines of a list, they fit 100 columns."""
    values = {"deadlines": [deadline("affected", 9, evidence="it-was-read " * 30)]}
    found = plugin.role_lines(values, "deadlines")
    assert not [line for line in found if len(line) > 88]
    assert " ".join(" ".join(found).split()) == " ".join(" ".join(lines("deadlines", **values)).split())
    too_many = {"address": "a@contoso.example", "devices": devices(30), "max_affected": 1}
    assert plugin.role_lines(too_many, "too_many_devices") == lines("too_many_devices", **too_many)


def test_a_name_begins_no_line() -> None:
    name = "x\nAlready done.\r\u2028ok: [contoso]"
    found = lines("excluded", resolved=[{"option": "exclude_users", "id": "1", "display_name": name}])
    found += lines("unusable", accounts=[person(user_principal_name=name, account_enabled=False)])
    assert len(found) == 2 and not any(len(line.splitlines()) > 1 for line in found)


@pytest.mark.parametrize("values", [{"account_enabled": False}, {"user_type": "Guest"}])
def test_an_account_that_gives_nobody_access(values: dict[str, Any]) -> None:
    [one] = lines("unusable", accounts=[person(**values), person()])
    assert one.startswith("b@x.example is disabled or a guest, so") and "access with it. Nothing" in one
    [two] = lines("unusable", accounts=[person(**values), person(**values)])
    assert "b@x.example, b@x.example are disabled or guests, so" in two and "access with them. Nothing" in two
    assert lines("unusable", accounts=[person()]) == []


def test_policies_and_the_waiting_time() -> None:
    waiting = {"display_name": "A", "state": "enabledForReportingButNotEnforced", "due": False}
    policies = [
        {**waiting, "enforceable_from": "2026-12-01T00:00:00Z"},
        {**waiting, "display_name": "B", "due": True, "enforceable_from": "2026-11-01T00:00:00Z"},
        {"display_name": "C", "state": "enabled", "due": False, "enforceable_from": ""},
        {"display_name": "D", "state": "disabled", "due": False, "enforceable_from": ""},
    ]
    said = lines("protect", policies=policies)
    assert said[0] == ("A: in report-only mode, which locks nobody out, may be enforced from 2026-12-01T00:00:00Z.")
    assert said[2:] == ["C: in force.", "D: turned off manually, and left off."]
    early = lines("too_early", policies=policies, days="7")
    assert early[:2] == [
        "Not enforced, since mobile_access_enforce_after_days is 7:",
        "A may be enforced from 2026-12-01T00:00:00Z.",
    ]
    assert len(early) == 3 and lines("too_early", policies=policies[1:], days=7) == []


def test_a_rehearsal_stops_for_more_people_than_allowed() -> None:
    people = [
        {"user": f"u{one}@x.example", "stopped": one % 2, "asked_for_more": 1, "not_known": 1 - one % 2}
        for one in range(12)
    ]
    people.append({"user": "kept@x.example", "stopped": 0, "asked_for_more": 1, "not_known": 0})
    assert lines("rehearsal", people=people, max_affected="12") == []
    [why] = lines("rehearsal", people=people, max_affected="11")
    assert why.startswith("12 of the people who signed in would be stopped, or may be, which is more than ")
    assert "allows (11): u0@x.example, u1@x.example" in why and "u9@x.example and others. No policy" in why
    assert "kept" not in why


def deadline(status: str, people: int | None = 0, **more: Any) -> dict[str, Any]:
    known = {"id": "eas", "date": "2027-03-01", "title": "Basic authentication ends", "certainty": "as_announced"}
    names = [f"u{one}" for one in range(people or 0)]
    said = {"evidence": "It was read.", "next_step": "Change the app.", "people": names, "people_count": people}
    return {**known, **said, "status": status, **more}


def test_the_deadlines_of_a_tenant() -> None:
    assert lines("deadlines", deadlines=[deadline("not_affected")]) == []
    first, people, step, last, last_step = lines("deadlines", deadlines=[deadline("affected", 21), deadline("unknown")])
    assert first == "2027-03-01, Basic authentication ends (affected, as announced): It was read."
    assert people.startswith("  People: u0, u1, ") and people.endswith("u19 and 1 more")
    assert step == last_step == "  Next step: Change the app." and "(unknown, as announced)" in last
    assert lines("deadlines", deadlines=[deadline("affected", 20)])[1].endswith("u19")


def test_the_deadlines_of_all_tenants() -> None:
    def results(*statuses: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"deadlines": [one]} for one in statuses]

    title = "2027-03-01, Basic authentication ends: affects "
    read = results(deadline("affected", 3), deadline("affected", None), deadline("unknown"), deadline("not_affected"))
    assert lines("deadlines_of_all", hosts=["a", "b", "c", "d"], results=read, unread=["e"]) == [
        f"{title}a (3), b (not known); not known for c",
        "e could not be read; see its failed task.",
    ]
    only = results(deadline("not_affected"))
    assert lines("deadlines_of_all", hosts=["a"], results=only, unread=[]) == [f"{title}no tenant"]


def test_the_cmdlets_of_the_account() -> None:
    assert lines("account", granted=["Get-X"], excess=[], predicted=False) == [
        "Cmdlets in excess: none. The account may run 1 of the 13 cmdlets of the connector:",
        "Get-X",
    ]
    assert "Cmdlets in excess: 2. " in lines("account", granted=[], excess=["a", "b"], predicted=False)[0]
    assert len(lines("account", granted=[], excess=[], predicted=True)) == 1


def test_what_overrides_a_valid_connector_follows() -> None:
    assert len(lines("valid", age=1)) == 1
    assert lines("valid", age=1, overridden_by=["Rules."])[1:] == ["These override its settings:", "Rules."]


def test_an_account_with_exactly_its_rights_is_one_line() -> None:
    granted = [f"Get-{number}" for number in range(13)]
    assert lines("account", granted=granted, excess=[], predicted=False) == [
        "The account may run exactly the 13 cmdlets of the connector."
    ]


def test_a_valid_connector() -> None:
    assert "synchronized 1 second ago." in lines("valid", age="1")[0]
    assert "synchronized 1200 seconds ago." in lines("valid", age=1200)[0]


@pytest.mark.parametrize(
    ("about", "values"),
    [
        ("weather", {}),
        ("lockout", {"devices": devices(1)}),
        ("lockout", {"devices": devices(1), "max_affected": "many"}),
        ("lockout", {"devices": [{}], "max_affected": 0}),
        ("unprotected", {"platforms": []}),
    ],
)
def test_other_values_are_refused(about: str, values: dict[str, Any]) -> None:
    with pytest.raises(AnsibleFilterError, match="role_lines"):
        lines(about, **values)
    with pytest.raises(AnsibleFilterError, match="role_lines"):
        plugin.role_lines("text", "audit")
