# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._exchange.cmdlet_contract import CMDLETS
from ansible_collections.intune.exchange.plugins.module_utils._rbac.cmdlet_access import (
    CONNECTOR_CMDLETS,
    CmdletGrant,
    Rights,
    access_info,
    judge_cmdlets,
    read_rights,
)
from simulator import Simulator

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[4] / "simulator" / "contracts" / "exchange-cmdlets.json").read_text(encoding="utf-8")
)["cmdlets"]


def test_the_cmdlets_are_those_of_the_document() -> None:
    assert set(CONNECTOR_CMDLETS) == {name for name, one in CONTRACT.items() if one.get("required_by_connector_doc")}
    assert len(CONNECTOR_CMDLETS) == 13


# Parameters in the module file of a live tenant that the documentation lacks (terraprovider/go-exoscc, EXO-catalog.json
# @ 66c93be0, 2026); credentials are left out.
LIVE: dict[str, dict[str, str]] = {
    "Get-CASMailbox": {"ActiveSyncSuppressReadReceipt": "switch"},
    "Get-CASMailboxPlan": {"IgnoreDefaultScope": "switch"},
    "Get-MobileDeviceStatistics": {"UseCustomRouting": "switch"},
    "Get-OrganizationConfig": {"RetrieveEwsOperationAccessPolicy": "switch"},
    "Get-Recipient": {
        "BookmarkDisplayName": "string",
        "Capabilities": "multivalued",
        "IncludeBookmarkObject": "bool",
        "Properties": "array",
        "PropertySet": "enum",
    },
    "Get-ServicePrincipal": {"Organization": "string"},
    "Get-User": {"SortBy": "string"},
    "Set-ActiveSyncOrganizationSettings": {"AllowAccessForUnSupportedPlatform": "bool"},
    # Its type is not a MultiValuedProperty: it accepts the whole list and no edit.
    "New-MobileDeviceMailboxPolicy": {"ApprovedApplicationList": "array"},
    "Set-MobileDeviceMailboxPolicy": {"ApprovedApplicationList": "array"},
}


@pytest.mark.parametrize("cmdlet", CONTRACT)
def test_only_what_the_contract_or_a_live_tenant_knows_can_be_sent(cmdlet: str) -> None:
    live = LIVE.get(cmdlet, {})
    documented = {
        name: one["encoding"]
        for name, one in CONTRACT[cmdlet]["parameters"].items()
        if one.get("cloud") and not one.get("internal_only") and one["encoding"] not in ("unsupported", "credential")
    }
    lower = {name.lower() for name in live}
    assert CMDLETS[cmdlet] == {name: one for name, one in documented.items() if name.lower() not in lower} | live
    assert set(CONNECTOR_CMDLETS.get(cmdlet, ())) <= set(CMDLETS[cmdlet])


def entry(name: str, role: str, *parameters: str) -> dict[str, Any]:
    return {"Name": name, "Role": role, "Parameters": list(parameters)}


@pytest.mark.parametrize(("given", "counts"), [({}, 1), ({"Enabled": None}, 1), ({"Enabled": False}, 0)])
def test_only_an_assignment_that_is_said_to_be_disabled_is(
    simulator: Simulator, tenant: Tenant, given: dict[str, Any], counts: int
) -> None:
    one = {"Name": "1", "Role": "Message Tracking", "RoleAssigneeName": "Y", "RoleAssigneeType": "RoleGroup", **given}
    simulator.fault(match="Get-ManagementRoleAssignment", kind="status", status=200, body={"value": [one]})
    assert len(read_rights(tenant, ACCOUNT).assignments) == counts


@pytest.mark.parametrize(
    ("entries", "access"),
    [
        ([], CmdletGrant(False)),
        ([entry("Get-MobileDevice", "A", "Monitoring")], CmdletGrant(False, ("Identity", "Mailbox"), ("A",))),
        ([entry("get-mobiledevice", "A", "identity", "MAILBOX", "Filter")], CmdletGrant(True, (), ("A",))),
        (
            [entry("Get-MobileDevice", "A", "Identity"), entry("Get-MobileDevice", "B", "Mailbox")],
            CmdletGrant(True, (), ("A", "B")),
        ),
        ([entry("Get-MobileDeviceStatistics", "A", "Identity", "Mailbox")], CmdletGrant(False)),
    ],
)
def test_a_cmdlet_counts_with_its_parameters(entries: list[dict[str, Any]], access: CmdletGrant) -> None:
    assert judge_cmdlets(entries, {"Get-MobileDevice": ("Identity", "Mailbox")}) == {"Get-MobileDevice": access}


ACCOUNT = "svc-intune-connector@contoso.example"


def test_proof_of_access(tenant: Tenant) -> None:
    """The tenant's own roles give the account the thirteen and nothing else."""
    shown = access_info(tenant, {"account": ACCOUNT})
    assert shown["granted"] is True and shown["excess"] == [] and shown["own_mailbox_roles"] == []
    assert [one["cmdlet"] for one in shown["cmdlets"]] == list(CONNECTOR_CMDLETS)
    device = next(one for one in shown["cmdlets"] if one["cmdlet"] == "Get-MobileDevice")
    assert {"Identity", "Mailbox"} <= set(device["parameters"]) and device["missing_parameters"] == []
    assert device["granted_by"] == [
        {
            "role": "Intune Connector Devices",
            "assignee": "Intune Connector",
            "assignee_type": "RoleGroup",
            "assignment": "Intune Connector Devices-Intune Connector",
            "scope": None,
        }
    ]


def test_what_was_not_asked_for_and_what_is_missing(tenant: Tenant) -> None:
    asked = [{"cmdlet": "get-mobiledevice", "parameters": ["Mailbox", "Nothing"]}, "Get-User"]
    shown = access_info(tenant, {"account": ACCOUNT, "cmdlets": asked})
    device, user = shown["cmdlets"]
    assert shown["granted"] is device["granted"] is user["granted"] is False
    assert device["missing_parameters"] == ["Nothing"] and device["granted_by"]
    assert user["missing_parameters"] == [] and user["granted_by"] == [] and user["parameters"] == []
    beyond = {one["cmdlet"]: one["roles"] for one in shown["excess"]}
    assert set(beyond) == set(CONNECTOR_CMDLETS) - {"Get-MobileDevice"}
    assert beyond["Get-ActiveSyncDeviceClass"] == ["Intune Connector Access"]


def test_the_caller_asks_about_itself(signed_in: Callable[..., Tenant], simulator: Simulator) -> None:
    """Without a role, and whatever gives the rights: here a role of the directory."""
    shown = access_info(signed_in(), {})
    assert shown["granted"] is True
    assert "New-RoleGroup" in [one["cmdlet"] for one in shown["excess"]]
    assert shown["cmdlets"][0] == {
        "cmdlet": "Get-ActiveSyncOrganizationSettings",
        "granted": True,
        "parameters": None,
        "missing_parameters": None,
        "granted_by": None,
    }
    assert [one["operation"] for one in simulator.requests() if one["service"] == "exchange"] == ["GET EXOModuleFile"]


def test_what_a_mailbox_gives_everybody_is_not_counted(simulator: Simulator, tenant: Tenant) -> None:
    """Role assignment policies reach no further than the mailbox, delegating assignments no further than others."""
    give = {"Role": "X", "RoleAssigneeName": "Y", "Enabled": True, "RoleAssignmentDelegationType": "Regular"}
    assignments = [
        {**give, "Name": "1", "Role": "MyBaseOptions", "RoleAssigneeType": "RoleAssignmentPolicy"},
        {**give, "Name": "2", "RoleAssigneeType": "RoleGroup", "RoleAssignmentDelegationType": "DelegatingOrgWide"},
        {**give, "Name": "3", "RoleAssigneeType": "RoleGroup", "Enabled": False},
    ]
    simulator.fault(match="Get-ManagementRoleAssignment", kind="status", status=200, body={"value": assignments})
    assert read_rights(tenant, ACCOUNT) == Rights([], [], ["MyBaseOptions"])
