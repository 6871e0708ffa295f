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
