# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions that the registration requests and nobody has granted yet: they stay, and are removed on request only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._applications.permissions import APIS
from ansible_collections.intune.exchange.plugins.module_utils._applications.service_principal import find_principal
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.modules import application, application_permissions
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
OURS = {"unique_name": "intune-exchange", "tenant": "first_contact"}
ASKED, OTHER, MORE = "Organization.Read.All", "Policy.Read.All", "User.Read.All"
GRAPH = APIS[0].app_id
SCOPE = {"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}  # a delegated permission, User.Read


def ours(simulator: Simulator) -> dict[str, Any]:
    [found] = [one for one in simulator.state("first_contact")["applications"] if one["uniqueName"]]
    return found


def listed(simulator: Simulator) -> list[tuple[str, str]]:
    """What the registration requests of Microsoft Graph: ids and types."""
    return sorted(
        (one["id"], one["type"])
        for api in ours(simulator)["requiredResourceAccess"]
        if api["resourceAppId"] == GRAPH
        for one in api["resourceAccess"]
    )


@pytest.fixture(autouse=True)
def ids(run: Run, simulator: Simulator, signed_in: Callable[..., Tenant]) -> dict[str, str]:
    """The ids of permissions. Somebody requested two and a delegated one, and nobody has granted them."""
    assert run(application, **OURS)["changed"]
    tenant = signed_in("first_contact")
    api = find_principal(tenant, GRAPH, "appRoles")
    assert api is not None
    found = {one["value"]: str(one["id"]) for one in api["appRoles"]}
    roles = [{"id": found[name], "type": "Role"} for name in (OTHER, MORE)]
    # Nothing forbids to list an API twice.
    body = {
        "requiredResourceAccess": [
            {"resourceAppId": GRAPH, "resourceAccess": [SCOPE, roles[0]]},
            {"resourceAppId": GRAPH, "resourceAccess": [roles[1]]},
        ]
    }
    tenant.graph.update(f"applications/{ours(simulator)['id']}", body, Purpose("try it"))
    return found


def kept(run: Run, **options: Any) -> dict[str, Any]:
    """The result, which check mode predicts."""
    predicted = run(application_permissions, check_mode=True, **OURS, **options)
    result = run(application_permissions, **OURS, **options)
    assert not result.get("failed"), result
    assert all(predicted[name] == result[name] for name in ("changed", "diff", "permissions", "excess"))
    assert not run(application_permissions, **OURS, **options)["changed"]
    return result


@pytest.mark.parametrize("wanted", [[], [ASKED], [ASKED, OTHER]])
def test_what_was_requested_stays(run: Run, simulator: Simulator, ids: dict[str, str], wanted: list[str]) -> None:
    before = listed(simulator)
    result = kept(run, microsoft_graph=wanted)
    assert listed(simulator) == sorted({*before, *((ids[one], "Role") for one in wanted)})
    assert result["permissions"] == {"microsoft_graph": sorted(wanted)} and result["undo"] == ""
    assert result["excess"] == {"microsoft_graph": sorted({OTHER, MORE} - set(wanted))}
    assert result["changed"] == bool(wanted)


@pytest.mark.parametrize("wanted", [[], [ASKED], [ASKED, OTHER]])
def test_it_is_removed_on_request_and_shown(
    run: Run, simulator: Simulator, ids: dict[str, str], wanted: list[str]
) -> None:
    result = kept(run, microsoft_graph=wanted, remove_excess=True)
    roles = [(ids[one], "Role") for one in wanted]
    assert listed(simulator) == sorted([*roles, (SCOPE["id"], "Scope")])
    assert result["changed"] and result["undo"] and result["excess"] == {"microsoft_graph": []}
    assert result["diff"] == {
        "before": {"microsoft_graph": [], "microsoft_graph_requested": [OTHER, MORE]},
        "after": {"microsoft_graph": sorted(wanted), "microsoft_graph_requested": sorted(wanted)},
    }
