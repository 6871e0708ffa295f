# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delegating roles: who may, and the hour after an organization was customized."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._http.claims import claims, grant_step, held
from ansible_collections.intune.exchange.plugins.modules import (
    exchange_cmdlet,
    management_role,
    management_role_assignment,
    organization_customization,
    role_group,
    service_principal,
)
from simulator import Simulator

from ..conftest import Clock, run_declaration, shared, writes

Run = Callable[..., dict[str, Any]]
TENANT = "dehydrated"
GROUP: dict[str, Any] = {"name": "Readers", "roles": {"set": ["View-Only Recipients"]}}
LATE = "x|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|It couldn't be found."
NEW_GROUP = "New-RoleGroup"


@pytest.fixture
def run(simulator: Simulator, clock: Clock) -> Run:
    """Run a module as `caller`, an application of the tenant: one of the options is called application as well."""

    def carried_out(module: Any, tenant: str = "ready", caller: str = "application", **options: Any) -> dict[str, Any]:
        declaration: engine.Declaration = module.DECLARATION
        arguments = {**simulator.options(tenant, application=caller), **options}
        validated = ArgumentSpecValidator(declaration.argument_spec).validate(arguments)
        assert not validated.error_messages, validated.error_messages
        return run_declaration(
            declaration, validated.validated_parameters, False, **shared(simulator, tenant), **clock.options
        )

    return carried_out


@pytest.fixture
def customized(run: Run, simulator: Simulator) -> None:
    """A tenant whose customization has just taken effect. Its clock advances by a minute with each request."""
    enabled = run(organization_customization, tenant=TENANT, accept_permanent=True, wait=False)
    assert enabled["changed"], enabled
    simulator.advance(600)


def test_right_after_customization_the_failure_is_not_the_callers(
    run: Run, clock: Clock, simulator: Simulator, customized: None
) -> None:
    before = sum(clock.sleeps)
    early = run(role_group, tenant=TENANT, timeout=20, **GROUP)
    assert early["error"]["kind"] == "not_ready", early
    assert "still preparing the organization" in early["msg"] and "run again in an hour" in early["msg"]
    assert "must be assigned a delegating role assignment" in early["error"]["message"]
    assert sum(clock.sleeps) - before < 20
    simulator.advance(3000)
    late = run(role_group, tenant=TENANT, **GROUP)
    assert late["changed"] and not late.get("failed"), late
    assert writes(simulator).count(NEW_GROUP) == 1
    assert not run(role_group, tenant=TENANT, **GROUP)["changed"]


def test_a_wait_that_is_long_enough_ends_well(run: Run, clock: Clock, simulator: Simulator) -> None:
    words = "x|System.InvalidOperationException|You must be assigned a delegating role assignment to the role."
    early = {"error": {"code": "BadRequest", "message": "x", "details": [{"message": words}]}}
    simulator.fault(match=NEW_GROUP, kind="status", status=400, body=early, count=3)
    done = run(role_group, timeout=600, **GROUP)
    assert done["changed"] and not done.get("failed"), done
    assert 0 < sum(clock.sleeps) <= 120


def test_a_service_principal_that_was_just_registered_is_waited_for(
    run: Run, clock: Clock, simulator: Simulator
) -> None:
    facts = simulator.facts("ready", "restricted")
    ids = {"app_id": facts["client_id"], "object_id": facts["object_id"]}
    assert run(service_principal, **ids)["changed"]
    asked = {"role": "View-Only Recipients", "application": facts["client_id"]}
    late = {"error": {"code": "NotFound", "message": "x", "details": [{"message": LATE}]}}
    simulator.fault(match="New-ManagementRoleAssignment", kind="status", status=404, body=late, count=50)
    early = run(management_role_assignment, timeout=20, **asked)
    assert early["error"]["kind"] == "not_ready" and "an object that it listed, which is new" in early["msg"], early
    simulator.clear_faults()
    simulator.fault(match="New-ManagementRoleAssignment", kind="status", status=404, body=late, count=2)
    done = run(management_role_assignment, timeout=600, **asked)
    assert done["changed"] and not done.get("failed"), done
    assert writes(simulator).count("New-ManagementRoleAssignment") == 1


def member_of_role_management(run: Run, simulator: Simulator) -> dict[str, str]:
    facts = simulator.facts("ready", "restricted")
    run(service_principal, app_id=facts["client_id"], object_id=facts["object_id"])
    for role in ("Role Management", "View-Only Configuration", "View-Only Recipients"):
        given = run(management_role_assignment, role=role, application=facts["client_id"])
        assert given["changed"], given
    return {"App": facts["client_id"], "user": f"adele.vance@{facts['domain']}"}


def test_role_management_alone_hands_out_nothing(run: Run, clock: Clock, simulator: Simulator) -> None:
    who = member_of_role_management(run, simulator)
    asked = {"role": "Message Tracking", "user": who["user"]}
    before = simulator.state("ready")
    refused = run(management_role_assignment, caller="restricted", **asked)
    assert refused["error"]["kind"] == "forbidden" and clock.sleeps == [], refused
    assert "takes a delegating assignment of it or of its parent" in refused["msg"]
    assert simulator.state("ready")["ManagementRoleAssignment"] == before["ManagementRoleAssignment"]
    # A part of a role that the caller may delegate can be delegated, others still not.
    delegating = {"Role": "Message Tracking", "App": who["App"], "Delegating": True}
    run(exchange_cmdlet, cmdlet="New-ManagementRoleAssignment", parameters=delegating)
    run(management_role, name="Tracking", parent="Message Tracking")
    for role in ("Message Tracking", "Tracking"):
        done = run(management_role_assignment, caller="restricted", role=role, user=who["user"])
        assert done["changed"], done
    other = run(management_role_assignment, caller="restricted", role="Mail Recipients", user=who["user"])
    assert other["error"]["kind"] == "forbidden", other
    taken = run(
        management_role_assignment, caller="restricted", role="Message Tracking", user=who["user"], state="absent"
    )
    assert taken["changed"], taken


GRANTED = ["DeviceManagementServiceConfig.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "Policy.Read.All"]


@pytest.mark.parametrize(
    ("needs", "missing"),
    [
        ("DeviceManagementServiceConfig.Read.All", False),
        ("RoleManagement.Read.Directory", False),
        ("Policy.Read.ConditionalAccess or Policy.Read.All", False),
        ("User.Read.All or Directory.Read.All", True),
        ("User-PasswordProfile.ReadWrite.All", True),
        ("DeviceManagementServiceConfig.Read.All and User.Read.All", True),
        ("the application permission Exchange.ManageAsApp and an Exchange role", True),
        ("", True),
    ],
)
def test_what_a_token_has_is_not_asked_for(simulator: Simulator, needs: str, missing: bool) -> None:
    known = claims(simulator.token("graph", "ready", set(GRANTED)))
    assert (not held(needs, known)) is missing
    step = grant_step(needs, known)
    assert ("grant it" in step) is missing
    asked = step.partition(":")[0] if missing else ""
    assert not any(one in asked or one.replace(".ReadWrite.", ".Read.") in asked for one in GRANTED)
    assert not held(needs, claims("opaque"))
