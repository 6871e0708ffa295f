# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles in plays that ignore errors or go on with the next tenant: a refusal holds, and results are of one tenant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator import Simulator
from tests.guarantees.bystanders import nobody_else

from .conftest import Play

IPAD = {"characteristic": "DeviceModel", "query_string": "iPad13C1", "access_level": "Block"}


def role(name: str, entry_point: str = "main", **variables: Any) -> dict[str, Any]:
    return {"include_role": {"name": f"intune.exchange.{name}", "tasks_from": entry_point}, "vars": variables}


def of_connector(simulator: Simulator, tenant: str, entry_point: str = "main", **variables: Any) -> dict[str, Any]:
    address = f"svc-intune-connector@{simulator.facts(tenant)['domain']}"
    return role("connector", entry_point, connector_primary_smtp_address=address, **variables)


def facts(*names: str) -> dict[str, Any]:
    shown = ", ".join(f"'{name}': {name} | default('none')" for name in names)
    return {"debug": {"msg": "{{ {" + shown + "} }}"}, "register": "kept"}


REFUSED = {
    "remove": ("connected", lambda simulator: of_connector(simulator, "connected", "remove")),
    "remove with its rights": (
        "connected",
        lambda simulator: of_connector(simulator, "connected", "remove", connector_remove_account_rights=True),
    ),
    "not ready": ("mdm_authority_office365", lambda simulator: of_connector(simulator, "mdm_authority_office365")),
    "not offered": (
        "connector_not_offered",
        lambda simulator: of_connector(
            simulator,
            "connector_not_offered",
            connector_manage_account=True,
            connector_account_password="{{ 'Long-' ~ 'Passw0rd!' }}",
        ),
    ),
    "remove with the rights of others": (
        "connected",
        lambda simulator: of_connector(
            simulator,
            "connected",
            "remove",
            connector_confirm_remove=True,
            connector_remove_account_rights=True,
            connector_role_group="Organization Management",
        ),
    ),
    "account in a role group of others": (
        "nothing_dehydrated",
        lambda simulator: of_connector(
            simulator,
            "nothing_dehydrated",
            "account",
            connector_account_password="{{ 'Long-' ~ 'Passw0rd!' }}",
            connector_account_usage_location="CH",
            connector_allow_organization_customization=True,
            connector_role_group="Organization Management",
        ),
    ),
    "offboard": (
        "phones",
        lambda simulator: role(
            "mobile_access", "offboard", mobile_access_mailbox="alex.wilber", mobile_access_max_affected=1
        ),
    ),
    "protect": (
        "retired_with_holes",
        lambda simulator: role(
            "mobile_access",
            "protect",
            mobile_access_controls=["compliantApplication"],
            mobile_access_emergency_users=["emergency@retired-with-holes.example"],
            mobile_access_pilot_group="Pilot",
        ),
    ),
    "rules": ("phones", lambda simulator: role("mobile_access", mobile_access_rules=[IPAD])),
    "settings": (
        "phones",
        lambda simulator: role("mobile_access", mobile_access_settings={"default_access_level": "Block"}),
    ),
    "quarantine": ("phones", lambda simulator: role("mobile_access", "quarantine")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_holds_where_errors_are_ignored(play: Play, simulator: Simulator, case: str) -> None:
    tenant, task = REFUSED[case]
    before = simulator.objects()
    run = play(task(simulator), tenant=tenant, ignore_errors=True)
    assert run.code == 0 and "...ignoring" in run.output, run.output
    assert [one["operation"] for one in simulator.requests() if one["effect"]] == []
    nobody_else(simulator, before, tenant, ())


def test_a_preview_that_failed_is_not_one_without_effect(play: Play, simulator: Simulator) -> None:
    harmless = {**IPAD, "query_string": "a model that nobody has"}
    simulator.fault(match="Get-MobileDevice", kind="status", status=403)
    run = play(role("mobile_access", mobile_access_rules=[IPAD, harmless]), tenant="phones", ignore_errors=True)
    assert run.code == 0 and "...ignoring" in run.output, run.output
    assert [one["operation"] for one in simulator.requests() if one["effect"]] == []


def test_a_read_that_failed_leaves_the_files(play: Play, simulator: Simulator, tmp_path: Path) -> None:
    audit = role("mobile_access", "audit", mobile_access_audit_folder=str(tmp_path))
    failed = {"block": [audit], "module_defaults": {"group/intune.exchange.tenant": {"tenant_id": "nobody.example"}}}
    run = play(audit, failed, tenant="phones", ignore_errors=True)
    assert run.code == 0 and "nobody.example" in run.output, run.output
    [written] = tmp_path.glob("mobile-access-*.json")
    assert json.loads(written.read_text(encoding="utf-8"))["controls"]


RESULTS = (
    "connector_result",
    "connector_requirements_result",
    "connector_configure_result",
    "connector_validate_result",
)


@pytest.mark.parametrize("ignored", [False, True])
def test_no_result_of_the_tenant_before(play: Play, simulator: Simulator, ignored: bool) -> None:
    first = of_connector(simulator, "connected")
    next_one = {
        "block": [of_connector(simulator, "connected")],
        "module_defaults": {"group/intune.exchange.tenant": {"tenant_id": "nobody.example"}},
        **({"ignore_errors": True} if ignored else {"rescue": [{"meta": "noop"}]}),
    }
    run = play(first, next_one, facts(*RESULTS), tenant="connected")
    assert run.code == 0 and "nobody.example" in run.output, run.output
    assert run.results["kept"]["msg"] == {name: {} for name in RESULTS}


def test_a_prediction_is_of_one_connector(play: Play, simulator: Simulator) -> None:
    """In check mode, validate excuses only the connector that configure would have made."""
    predicted = of_connector(simulator, "ready", "configure")
    valid = of_connector(simulator, "ready", "validate")
    other = role("connector", "validate", connector_primary_smtp_address="svc@other.example", connector_wait=0)
    run = play(predicted, valid, facts("connector_validate_result"), other, arguments=("--check",))
    assert run.code == 2 and "The connector is not as described" in run.output, run.output
    assert run.results["kept"]["msg"]["connector_validate_result"]["shortfalls"] == []
