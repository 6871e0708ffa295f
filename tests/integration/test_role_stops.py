# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages for somebody who first uses a role: a missing variable, and a tenant without the connector."""

from __future__ import annotations

from typing import Any

from simulator import Simulator

from .conftest import Play

REQUIRED = {
    "connector": dict.fromkeys(
        ("main", "account", "requirements", "configure", "validate"), "connector_primary_smtp_address"
    ),
    "mobile_access": {
        "offboard": "mobile_access_mailbox",
        "protect": "mobile_access_emergency_users, mobile_access_pilot_group",
    },
}


def stopped(role: str, entry_point: str, **variables: Any) -> dict[str, Any]:
    """Runs an entry point that must fail, and registers its failure as ROLE_ENTRY_POINT."""
    name = f"{role}_{entry_point}"
    include = {"name": f"intune.exchange.{role}", "tasks_from": entry_point}
    keep = {
        "set_fact": {
            name: "{{ {'msg': ansible_failed_result.msg, 'error': ansible_failed_result.error | default({})} }}"
        }
    }
    return {
        "block": [{"include_role": include, "vars": variables}, {"fail": {"msg": "it did not stop"}}],
        "rescue": [keep],
    }


def test_a_missing_variable_is_named_by_every_entry_point(play: Play, simulator: Simulator) -> None:
    cases = {(role, entry): words for role, entries in REQUIRED.items() for entry, words in entries.items()}
    shown = "{{ [" + ", ".join(f"{role}_{entry}.msg" for role, entry in cases) + "] }}"
    run = play(*(stopped(*case) for case in cases), {"set_fact": {"messages": shown}, "register": "kept"})
    assert run.code == 0, run.output
    said = run.results["kept"]["ansible_facts"]["messages"]
    assert len(said) == len(cases)
    for (role, entry), message in zip(cases, said, strict=True):
        assert message.endswith(f"missing required arguments: {cases[role, entry]}"), message
    assert simulator.requests() == []


def test_a_tenant_without_the_connector_is_told_only_that(play: Play, simulator: Simulator) -> None:
    tenant = "connector_not_offered"
    account = f"svc-new@{simulator.facts(tenant)['domain']}"
    whole = stopped(
        "connector",
        "main",
        connector_primary_smtp_address=account,
        connector_manage_account=True,
        connector_account_password="{{ 'Long-' ~ 'Passw0rd!' }}",
    )
    alone = stopped("connector", "requirements", connector_primary_smtp_address=account)
    validated = stopped("connector", "validate", connector_primary_smtp_address=account)
    shown = {"set_fact": {"failures": "{{ [connector_main, connector_requirements, connector_validate] }}"}}
    kept = {"set_fact": {"lines": "{{ connector_requirements_result.shortfalls }}"}, "register": "lines_kept"}
    run = play(whole, alone, validated, {**shown, "register": "kept"}, kept, tenant=tenant)
    assert run.code == 0, run.output
    for failure in run.results["kept"]["ansible_facts"]["failures"]:
        assert failure["error"]["kind"] == "not_offered" and "2019" in failure["msg"], failure
        assert "mobile_access_assessment_info" in failure["msg"]
    [line] = run.results["lines_kept"]["ansible_facts"]["lines"]
    assert line.startswith("connector_offered is unmet")
    assert not [one for one in simulator.requests() if one["effect"]]


def test_a_variable_of_another_entry_point_does_not_matter(play: Play, simulator: Simulator) -> None:
    address = f"svc-intune-connector@{simulator.facts('ready')['domain']}"
    role = {"name": "intune.exchange.connector", "tasks_from": "requirements"}
    variables = {"connector_primary_smtp_address": address, "connector_max_sync_age": "26h"}
    run = play({"include_role": role, "vars": variables})
    assert run.code == 0, run.output
