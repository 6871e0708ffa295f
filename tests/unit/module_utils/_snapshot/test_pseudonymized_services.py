# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the services themselves call something stays in a pseudonymized snapshot, and nothing beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access import target_resources
from ansible_collections.intune.exchange.plugins.module_utils._connector import service_plans
from ansible_collections.intune.exchange.plugins.module_utils._rbac.built_in_role_groups import is_built_in
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.pseudonymize import pseudonymized

from .test_pseudonymize import snapshot

# The role groups that Exchange names after a number of the tenant, and what others may have appended.
_PREFIXES = """
    ComplianceAdmins_ ExchangeServiceAdmins_ GlobalReaders_ HelpdeskAdmins_ ISVMailboxUsers_ RIM-MailboxAdmins
    SecurityAdmins_ SecurityReaders_ TenantAdmins_
"""
ENDS = (
    "-1234567",
    "Anna Smith",
    "contoso",
    "2f1b7c3d4e5f6a7b8c9d",
    "{B0A7C1D2-0000-4000-8000-123456789ABC}",
    "1234567",
)


@pytest.mark.parametrize("prefix", _PREFIXES.split())
@pytest.mark.parametrize("end", ENDS)
def test_the_number_of_a_tenant_in_a_role_group_is_replaced(prefix: str, end: str) -> None:
    name = prefix + end
    found = pseudonymized(
        snapshot(
            role_groups=[
                {
                    "Guid": "1",
                    "Name": name,
                    "Identity": f"contoso.onmicrosoft.com/{name}",
                    "DistinguishedName": f"CN={name},OU=contoso.onmicrosoft.com",
                    "Members": [{"Name": name, "DisplayName": name}],
                }
            ],
            role_assignments=[{"Guid": "2", "RoleAssigneeName": name, "Name": f"View-Only Recipients-{name}"}],
            mailboxes=[{"Guid": "3", "DisplayName": name}],
        )
    )["objects"]
    [group] = found["role_groups"]
    text = json.dumps(found).lower()
    assert not [part for part in ("1234567", "anna", "smith", "contoso", "2f1b7c3d", "123456789abc") if part in text]
    assert group["Name"].lower().startswith(prefix.lower()) and len(group["Name"]) > len(prefix) and is_built_in(group)
    called = [found["role_assignments"][0]["RoleAssigneeName"], found["mailboxes"][0]["DisplayName"]]
    assert called == [group["Name"]] * 2 and group["Members"][0]["Name"] == group["Name"]
    assert group["Identity"].endswith(f"/{group['Name']}")


@pytest.mark.parametrize(
    ("marks", "stays"),
    [
        ({"IsRootRole": True, "RoleType": "MailRecipients"}, True),
        ({"IsRootRole": True}, True),
        ({"IsRootRole": "False"}, False),
        ({"IsRootRole": "True"}, False),
        ({"IsRootRole": 1}, False),
        ({"IsRootRole": True, "RoleType": "UnScoped"}, False),
        ({"IsRootRole": True, "RoleType": "unscoped"}, False),
        ({}, False),
    ],
)
def test_only_the_names_of_built_in_roles_stay(marks: dict[str, Any], stays: bool) -> None:
    roles = [{"Guid": "1", "Name": "Anna Smith Scripts", **marks}]
    held = [{"Guid": "2", "Role": "Anna Smith Scripts"}]
    found = pseudonymized(snapshot(management_roles=roles, role_assignments=held))["objects"]
    assert (found["management_roles"][0]["Name"] == "Anna Smith Scripts") is stays
    assert found["role_assignments"][0]["Role"] == found["management_roles"][0]["Name"]
    assert ("Smith" in json.dumps(found)) is stays


@pytest.mark.parametrize("text", ["Help Desk", "Organization Management", "Default", "All", "Anna Smith"])
def test_a_text_is_the_same_everywhere(text: str) -> None:
    found = pseudonymized(
        {
            **snapshot(
                users=[{"id": "1", "displayName": text, "mailNickname": text}],
                mailboxes=[{"Guid": "2", "Name": text, "DisplayName": text, "ActiveSyncMailboxPolicy": text}],
                groups=[{"id": "3", "displayName": text}],
                organization=[{"id": "4", "displayName": text}],
                role_groups=[{"Guid": "5", "Name": text}],
                mobile_devices=[{"Guid": "6", "UserDisplayName": text}],
            ),
            "tenant": {"id": "4", "name": text},
        }
    )
    names = [value for objects in found["objects"].values() for name, value in objects[0].items() if name[-2:] != "id"]
    assert {found["tenant"]["name"], *(one for one in names if len(one) > 1)} == {found["tenant"]["name"]}


@pytest.mark.parametrize(
    ("identity", "stays"),
    [
        ("00000003-0000-0000-c000-000000000000", True),  # Microsoft Graph
        ("00000002-0000-0ff1-ce00-000000000000", True),  # Exchange
        ("0000000A-0000-0000-C000-000000000000", True),  # Intune
        ("00000000-0000-0000-0000-000000000004", True),  # an authentication strength
        ("00000000-0000-0000-0000-000000000000", True),
        ("00000000-0000-0000-0000-491712345678", False),
        ("00000001-1234-5678-9abc-def012345678", False),
        ("00000003-0000-0000-c000-000000000001", False),
        ("0000000a-4917-1234-c000-000000000000", False),
    ],
)
def test_only_the_ids_of_services_stay(identity: str, stays: bool) -> None:
    found = pseudonymized(snapshot(users=[{"id": identity, "displayName": f"x {identity} y"}]))["objects"]["users"]
    assert (found[0]["id"] == identity) is stays and (identity in found[0]["displayName"]) is stays


GUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KNOWING = ("target_resources", "sign_in", "lockout", "device_filter", "rules")


def test_the_applications_roles_and_locations_that_the_judge_knows_stay() -> None:
    """So that a policy about one decides the same: every id in the code of the judge."""
    folder = Path(target_resources.__file__).parent
    ids = sorted({one for name in KNOWING for one in GUID.findall((folder / f"{name}.py").read_text())})
    assert len(ids) > 15
    conditions = {
        "applications": {"includeApplications": ids},
        "users": {"includeRoles": ids},
        "locations": {"excludeLocations": ids},
    }
    found = pseudonymized(snapshot(conditional_access_policies=[{"id": "1", "conditions": conditions}]))["objects"]
    assert found["conditional_access_policies"][0]["conditions"] == conditions


# Microsoft's "Product names and service plan identifiers for licensing".
_PLANS = """
    EXCHANGE_S_STANDARD EXCHANGE_S_ENTERPRISE EXCHANGE_S_DESKLESS EXCHANGE_S_ESSENTIALS EXCHANGE_L_STANDARD
    EXCHANGE_S_STANDARD_MIDMARKET EXCHANGE_B_STANDARD EXCHANGE_S_STANDARD_GOV EXCHANGE_S_ENTERPRISE_GOV
    EXCHANGE_S_DESKLESS_GOV INTUNE_A INTUNE_A_VL INTUNE_A_GOV INTUNE_EDU INTUNE_SMBIZ
"""


def test_the_service_plans_that_a_rule_knows_stay() -> None:
    names = _PLANS.split()
    assert {*names} == {*service_plans.EXCHANGE_MAILBOX.values(), *service_plans.INTUNE.values()}
    plans = [{"servicePlanName": one} for one in (*names, "EXCHANGE_L_CONTOSO", "INTUNE_ANNA")]
    found = pseudonymized(snapshot(subscriptions=[{"skuId": "1", "servicePlans": plans}]))["objects"]
    shown = [one["servicePlanName"] for one in found["subscriptions"][0]["servicePlans"]]
    assert (
        {*names} <= {*shown}
        and len(shown) == len(plans)
        and not re.search("contoso|anna", " ".join(shown), re.IGNORECASE)
    )


@pytest.mark.parametrize(
    ("kind", "name", "text", "stays"),
    [
        ("exchange_organization", "AdminDisplayVersion", "0.20 (15.20.9115.20)", True),
        ("exchange_organization", "AdminDisplayVersion", "Version 15.20 (Build 9115.20)", True),
        ("exchange_organization", "AdminDisplayVersion", "15.20 (Build 5813.11)", True),
        ("exchange_organization", "AdminDisplayVersion", "0.10 (14.16.175.8)", True),
        ("exchange_organization", "PreviousAdminDisplayVersion", "0.20 (15.20.9115.20)", True),
        ("role_groups", "ExchangeVersion", "0.1 (8.0.535.0)", True),
        ("exchange_connectors", "version", "15.20.9115.20", True),
        ("exchange_connectors", "version", "14.3.123.4", True),
        ("exchange_connectors", "version", "198.51.100.14", False),
        ("exchange_organization", "AdminDisplayVersion", "0.20 (Anna Smith)", False),
        ("exchange_organization", "AdminDisplayVersion", "Version 15.20 (Build Anna)", False),
        ("exchange_organization", "Name", "0.20 (15.20.9115.20)", False),
        ("managed_devices", "osVersion", "16.5.1 (c)", True),
        ("managed_devices", "osVersion", "15662.76.0", True),
        ("managed_devices", "osVersion", "14.0.0 (UP1A.231005.007)", True),
        ("managed_devices", "osVersion", "14.0.0 (UP1A.800102.007)", False),  # somebody's birthday, not a build's
        ("managed_devices", "osVersion", "16.5.1 (as)", False),
        ("managed_devices", "osVersion", "49171.23.45", False),
        ("managed_devices", "deviceName", "15662.76.0", False),
    ],
)
def test_versions_stay_where_a_service_writes_them(kind: str, name: str, text: str, stays: bool) -> None:
    [found] = pseudonymized(snapshot(**{kind: [{"id": "1", name: text}]}))["objects"][kind]
    assert (found[name] == text) is stays
