# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications from nothing to a sign-in that works; what is there is adopted, and what was killed goes on."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.modules import (
    access_check_info,
    application,
    application_credential,
    application_permissions,
)
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
TENANT = {"tenant": "first_contact"}
OURS = {"unique_name": "intune-exchange", **TENANT}
GRAPH = ["DeviceManagementServiceConfig.Read.All", "Organization.Read.All", "Policy.Read.All"]
GRANTS = {"microsoft_graph": GRAPH, "office_365_exchange_online": ["Exchange.ManageAsApp"]}
WRITES = ("POST", "PATCH", "DELETE")


def state(simulator: Simulator) -> dict[str, Any]:
    found: dict[str, Any] = simulator.state("first_contact")
    return found


def writes(simulator: Simulator) -> list[str]:
    return [one["operation"] for one in simulator.requests() if one["effect"]]


def registered(run: Run, **options: Any) -> dict[str, Any]:
    result = run(application, **{**OURS, **options})
    assert not result.get("failed"), result
    found: dict[str, Any] = result["application"]
    return found


def kept(run: Run, module: Any, **options: Any) -> dict[str, Any]:
    result = run(module, **{**OURS, **options})
    assert not result.get("failed"), result
    return result


def test_from_nothing_to_a_sign_in_with_a_certificate(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    steps: tuple[tuple[Any, dict[str, Any]], ...] = (
        (application, {"display_name": "Automation"}),
        (application_permissions, GRANTS),
        (application_credential, {"kind": "certificate", "path": str(key)}),
    )
    for module, options in steps:
        assert kept(run, module, check_mode=True, **options)["changed"]
    assert writes(simulator) == [] and not key.exists()
    for module, options in steps:
        assert kept(run, module, **options)["changed"]
    wrote = writes(simulator)
    for module, options in steps:
        again = kept(run, module, **options)
        assert not again["changed"] and again["diff"]["before"] == again["diff"]["after"], module
        assert again["roles_needed"] == []
    assert writes(simulator) == wrote
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    found = registered(run)
    assert found["display_name"] == "Automation" and found["service_principal_id"]
    own = {"client_id": found["app_id"], "certificate_path": str(key), "auth_method": "certificate"}
    checked = run(access_check_info, tenant="first_contact", **own, client_secret=None)
    assert not checked.get("failed"), checked
    assert checked["microsoft_graph"] == sorted(GRAPH)
    by_id = {one["id"]: one["status"] for one in checked["checks"]}
    assert by_id["organization"] == by_id["conditional_access"] == "works"


@pytest.mark.parametrize("operation", ["applications.UpsertApplication", "servicePrincipals.CreateServicePrincipal"])
def test_a_lost_creation_is_not_repeated(run: Run, simulator: Simulator, operation: str) -> None:
    simulator.fault(match=operation, kind="reset", phase="after_effect", nth=1)
    assert registered(run)["service_principal_id"]
    assert len([one for one in state(simulator)["applications"] if one["uniqueName"] == "intune-exchange"]) == 1
