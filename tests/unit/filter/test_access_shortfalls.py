# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sign-in lacks, and the command that grants it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.access_shortfalls import access_shortfalls
from ansible_collections.intune.exchange.plugins.plugin_utils._permissions import least_privilege

CHECK = {"id": "x", "needs": "User.Read.All", "title": "T"}


def lines(*checks: dict[str, Any], **more: Any) -> list[str]:
    read = {"checks": list(checks), "ok": False, "tenant_id": more.pop("tenant_id", None)}
    found: list[str] = access_shortfalls(read, **{"width": 0, **more})["lines"]
    return found


def test_long_lines_continue_and_commands_stay_whole() -> None:
    """With Ansible's own characters around the lines of a list, they fit 100 columns."""
    command = "Get-MgServicePrincipal " * 9
    failed = {"status": "missing", "evidence": "the-token " * 30, "next_step": "Grant it. " * 20, "command": command}
    found = lines({**CHECK, **failed}, width=88)
    assert [line for line in found if len(line) > 88] == [f"  Command: {command}"]
    assert " ".join(" ".join(found).split()) == " ".join(" ".join(lines({**CHECK, **failed})).split())
    # A continuation never looks like one of the lines below it, such as the next step.
    assert {len(line) - len(line.lstrip()) for line in found} == {0, 2, 4, 6}


def chosen(granted: str, refused: str = "", delegated: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """What content lacks that needs one permission of Microsoft Graph and two cmdlets."""
    names = ["Get-CASMailbox", "Get-Mailbox"]
    needed = {
        "content": ["mobile_access"],
        "write": more.get("write", True),
        "microsoft_graph": ["User.Read.All"],
        "office_365_exchange_online": ["Exchange.ManageAsApp"],
        "exchange_cmdlets": [{"role": "View-Only Recipients", "cmdlets": names}],
        "delegated_roles": [*delegated],
    }
    reader = {**CHECK, "evidence": "no role", "next_step": "Assign Global Reader", "command": "New-Mg"}
    read = {
        "checks": more.get("checks", [{**reader, "status": "missing" if refused else "works"}]),
        "ok": False,
        "microsoft_graph": [granted],
        "office_365_exchange_online": ["Exchange.ManageAsApp"],
        "tenant_id": "",
    }
    cmdlets = {"cmdlets": [{"cmdlet": name, "granted": name != refused} for name in names]}
    found: dict[str, Any] = access_shortfalls(read, needed, more.get("cmdlets", cmdlets), 0)
    return found


def test_chosen_content_is_told_of_nothing_else() -> None:
    for granted in ("User.Read.All", "User.ReadWrite.All"):
        assert (chosen(granted)["lines"], chosen(granted)["ok"]) == ([], True)
    found = chosen("Policy.Read.All", "Get-CASMailbox")
    assert found["lines"][0] == (
        "Missing for mobile_access: the application permissions User.Read.All; the cmdlets of Exchange Online "
        "Get-CASMailbox."
    )
    assert found["lines"][2] == "  Command: ansible-playbook intune.exchange.bootstrap -e bootstrap_for=mobile_access"
    assert len(found["lines"]) == 3 and "Global Reader" not in "".join(found["lines"]) and not found["ok"]


def test_a_right_to_delegate_is_not_checked_and_said_so() -> None:
    found = chosen("User.Read.All", delegated=("Recipient Policies",))
    [said] = found["lines"]
    assert said.startswith("Not checked for mobile_access: whether this sign-in may delegate the roles Recipient ")
    assert found["ok"]


def test_a_read_that_fails_for_another_reason_is_named() -> None:
    licence = {**CHECK, "status": "missing", "evidence": "no licence", "next_step": "Add one", "command": ""}
    found = chosen("User.Read.All", checks=[licence])
    assert (found["lines"], found["ok"]) == (["T (missing): no licence.", "  Next step: Add one."], False)
    assert chosen("User.Read.All", checks=[{**licence, "needs": "Policy.Read.All"}])["ok"]
    # Not offered any more is a normal outcome.
    assert chosen("User.Read.All", checks=[{**licence, "status": "not_offered"}])["ok"]


def test_who_only_reads_is_granted_only_that() -> None:
    assert chosen("Policy.Read.All", write=False)["lines"][2].endswith("_for=mobile_access -e bootstrap_write=false")


@pytest.mark.parametrize(
    "rows",
    [
        None,
        [],
        {},
        [{"cmdlet": "Get-X", "granted": True}],
        [{"cmdlet": "Get-CASMailbox", "granted": True}],
        [{"cmdlet": "Get-CASMailbox", "granted": True}, {"cmdlet": "Get-Mailbox", "granted": "false"}],
    ],
)
def test_only_a_cmdlet_that_is_listed_as_granted_counts(rows: Any) -> None:
    found = chosen("User.Read.All", cmdlets={"cmdlets": rows})
    assert not found["ok"] and "Get-Mailbox" in found["lines"][0]


@pytest.mark.parametrize("unread", [{"failed": True, "msg": "Could not sign in."}, {"msg": "Could not sign in."}])
def test_cmdlets_that_could_not_be_read_are_not_known(unread: dict[str, Any]) -> None:
    found = chosen("User.Read.All", cmdlets=unread)
    assert (found["lines"], found["ok"]) == (["Not known for mobile_access: Could not sign in."], False)


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        ("connector", ["organization", "intune_connectors"]),
        ("management_role_info", ["exchange_pages"]),
        ("connector:configure", ["intune_connectors"]),
        ("mobile_device_info", ["exchange_objects", "exchange_no_objects"]),
        ("app_protection_info", []),
    ],
)
def test_the_reads_that_content_needs(content: str, ids: list[str]) -> None:
    """A permission to write includes the one to read."""
    needs = {
        "organization": "Organization.Read.All",
        "intune_connectors": "DeviceManagementServiceConfig.Read.All",
        "conditional_access": "Policy.Read.All",
        "exchange_objects": "View-Only Recipients",
        "exchange_no_objects": "View-Only Recipients",
        "exchange_pages": "View-Only Configuration",
    }
    checks = [{"id": one, "needs": need, "title": one, "status": "works", "command": ""} for one, need in needs.items()]
    read = {"checks": checks, "ok": True, "microsoft_graph": [], "office_365_exchange_online": []}
    found = access_shortfalls(read, least_privilege([content]), {})
    assert [one["id"] for one in found["checks"]] == ids


def test_a_command_and_a_next_step_stand_once() -> None:
    check = {"status": "missing", "evidence": "E.", "next_step": "Grant it.", "command": "New-AppRoleAssignment x"}
    checks = [
        {**check, "title": "One"},
        {**check, "title": "Two"},
        {**check, "title": "Three", "next_step": "Wait", "evidence": "F"},
        {**check, "title": "Four", "next_step": "Ask", "command": ""},
        {**check, "title": "Five", "status": "works", "command": "Get-MgServicePrincipal y"},
    ]
    assert lines(*checks, tenant_id="t") == [
        "One; Two (missing): E.",
        "  Next step: Grant it.",
        "  Command: New-AppRoleAssignment x",
        "Three (missing): F.",
        "  Next step: Wait.",
        "  Command: the one above; run it once.",
        "Four (missing): E.",
        "  Next step: Ask.",
        "Commands are for Microsoft Graph PowerShell. This one comes first:",
        "  Command: Connect-MgGraph -TenantId t -Scopes AppRoleAssignment.ReadWrite.All",
    ]
    assert lines(checks[-1]) == []


@pytest.mark.parametrize(
    "read",
    [None, [], {"ok": True}, {"checks": [{}], "ok": False}, {"checks": {}, "ok": True}, {"failed": True, "msg": "No."}],
)
def test_results_of_something_else_are_refused(read: Any) -> None:
    with pytest.raises(AnsibleFilterError, match=r"access_shortfalls (needs|cannot read)"):
        access_shortfalls(read)
