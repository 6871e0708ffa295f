# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`requirements_info` on each simulated tenant: exactly the missing requirements are unmet."""

from __future__ import annotations

from simulator import Simulator

from .conftest import Play

LACKS = {
    "ready": {},
    "connected": {},
    "cloud_only": {"directory_sync": "not_applicable"},
    "hybrid_exchange_2010": {},
    "no_intune_licence": {"connector_offered": "unknown", "intune_subscription": "unmet"},
    "no_exchange": {
        "exchange_online": "unmet",
        "exchange_version": "unknown",
        "connector_account": "unmet",
        "exchange_cmdlets": "unknown",
        "api_permissions": "unknown",
    },
    "mdm_authority_unset": {"mdm_authority": "unmet"},
    "mdm_authority_office365": {"mdm_authority": "unmet"},
    "no_directory_sync": {"directory_sync": "unmet"},
    "account_missing": {
        "connector_account": "unmet",
        "intune_console_access": "unmet",
        "exchange_cmdlets": "unknown",
    },
    "account_disabled": {"connector_account": "unmet"},
    "account_without_licence": {"connector_account": "unmet"},
    "account_without_console_role": {"intune_console_access": "unmet"},
    "account_without_cmdlets": {"exchange_cmdlets": "unmet"},
    "old_exchange": {"exchange_version": "unmet"},
    "connector_not_offered": {"connector_offered": "unmet"},
    "connector_refused": {},
}


def test_what_each_tenant_lacks(play: Play, simulator: Simulator) -> None:
    tasks = [
        {
            "intune.exchange.requirements_info": {
                **simulator.options(tenant),
                "account": simulator.facts(tenant)["account"],
            },
            "register": tenant,
        }
        for tenant in LACKS
    ]
    run = play(*tasks)
    assert run.code == 0, run.output
    for tenant, lacks in LACKS.items():
        result = run.results[tenant]
        found = {one["id"]: one["status"] for one in result["requirements"] if one["status"] != "met"}
        assert found == lacks, (tenant, result["requirements"])
        assert result["ready"] is not bool({"unmet", "unknown"} & set(found.values()))
        assert all(one["next_step"] for one in result["requirements"] if one["status"] in ("unmet", "unknown"))
    steps = {one["id"]: one["next_step"] for one in run.results["account_missing"]["requirements"]}
    assert "Create the account" in steps["exchange_cmdlets"]  # running it again would not help


def test_each_read_is_made_once(play: Play, simulator: Simulator) -> None:
    play({"intune.exchange.requirements_info": {"account": simulator.facts("ready")["account"]}})
    ledger = [one for one in simulator.requests() if one["service"] in ("graph", "exchange")]
    assert all(one["class"] == "READ" for one in ledger)
    assert len([one for one in ledger if one["path"].endswith("$batch")]) == 1
    operations = [one["operation"] for one in ledger if one["service"] == "exchange"]
    assert sorted(operations) == [
        "Get-ManagementRoleAssignment",
        "Get-ManagementRoleEntry",
        "Get-ManagementRoleEntry",
        "Get-ManagementRoleEntry",
        "Get-OrganizationConfig",
    ]
