# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a copy says about objects of which its snapshot holds only some."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import Client

USER, HELD, OTHER, NESTED, DELETED, PILOT = (f"{number}0000000-0000-4000-8000-000000000000" for number in range(1, 7))
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
SNAPSHOT: dict[str, Any] = {
    "format": "intune.exchange.snapshot",
    "version": 1,
    "tenant": {"id": "70000000-0000-4000-8000-000000000000", "name": "Contoso"},
    "not_read": {},
    "objects": {
        "organization": [{"id": "70000000-0000-4000-8000-000000000000", "displayName": "Contoso"}],
        "users": [{"id": USER, "displayName": "Adele", "userPrincipalName": "adele@contoso.example"}],
        "groups": [
            {"id": HELD, "displayName": "Sales", "mail": "sales@contoso.example", "members": [USER, NESTED]},
            {"id": OTHER, "displayName": "Service", "mail": None, "members": []},
        ],
        "directory_role_assignments": [],
        "conditional_access_policies": [
            {
                "id": "80000000-0000-4000-8000-000000000000",
                "displayName": "Sales",
                "state": "disabled",
                "conditions": {"users": {"includeGroups": [HELD, OTHER, DELETED]}},
            }
        ],
    },
    "end_of_snapshot": True,
}


def copied(path: Path, **objects: Any) -> Simulator:
    path.write_text(yaml.safe_dump({**SNAPSHOT, "objects": {**SNAPSHOT["objects"], **objects}}))
    return Simulator(tenants=[path], rate_limits=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with copied(tmp_path_factory.mktemp("copies") / "contoso.yml") as simulator:
        yield Client(simulator, "contoso")


@pytest.mark.parametrize(
    "path",
    [
        f"/groups/{PILOT}",
        f"/groups/{NESTED}",
        f"/groups/{PILOT}/transitiveMembers",
        "/groups?$filter=displayName eq 'Pilot' or mail eq 'Pilot'",
        "/groups?$filter=displayName eq 'Sales' or displayName eq 'Pilot'",
        f"/groups?$filter=id in ('{HELD}','{PILOT}')",
        "/groups?$filter=startswith(displayName,'Pi')",
        "/groups",
        "/groups/$count",
        f"/users/{USER}/memberOf",
        f"/users/{USER}/transitiveMemberOf",
        f"/groups/{HELD}/owners",
        f"/roleManagement/directory/roleDefinitions/{PILOT}",
    ],
)
def test_an_object_that_the_snapshot_may_only_not_hold_is_refused(copy: Client, path: str) -> None:
    answer = copy.graph("GET", path, headers={"ConsistencyLevel": "eventual"})
    assert answer.status_code == 403, answer.text
    error = answer.json()["error"]
    assert error["code"] == "NotInSnapshot" and "it holds only the" in error["message"]


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/groups?$filter=displayName eq 'sales' or mail eq 'sales'", [HELD]),
        ("/groups?$filter=displayName eq 'Sales' or displayName eq 'Service'", [HELD, OTHER]),
        ("/groups?$filter=displayName eq 'Sales' and securityEnabled eq true", [HELD]),
        (f"/groups?$filter=id in ('{HELD}')", [HELD]),
        ("/groups?$filter=startswith(displayName,'S')", [HELD, OTHER]),
        (f"/groups/{HELD}/members", [USER, NESTED]),
        (f"/groups/{OTHER}/transitiveMembers", []),
        ("/users?$filter=userPrincipalName eq 'nobody@contoso.example'", []),
        ("/users", [USER]),
    ],
)
def test_what_the_snapshot_holds_is_found_as_before(copy: Client, path: str, ids: list[str]) -> None:
    assert [one["id"] for one in copy.values(path)] == ids


def test_a_group_that_holds_a_role_may_hold_roles(tmp_path: Path) -> None:
    """https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept: no other group can."""
    role = {"id": "a1", "principalId": HELD, "roleDefinitionId": GLOBAL_READER, "directoryScopeId": "/"}
    holds = role | {"principal": {"@odata.type": "#microsoft.graph.group"}}
    with copied(tmp_path / "contoso.yml", directory_role_assignments=[holds]) as simulator:
        client = Client(simulator, "contoso")
        may = {one: client.get(f"/groups/{one}")["isAssignableToRole"] for one in (HELD, OTHER)}
    assert may == {HELD: True, OTHER: None}


@pytest.mark.parametrize("path", [f"/groups/{DELETED}", f"/users/{PILOT}"])
def test_what_the_tenant_did_not_have_does_not_exist(copy: Client, path: str) -> None:
    """The group of a policy was looked up for the snapshot, and a snapshot has all users."""
    answer = copy.graph("GET", path)
    assert answer.status_code == 404, answer.text


def test_a_policy_and_a_role_for_what_is_not_held_are_refused(copy: Client) -> None:
    policy = {
        "displayName": "Pilot",
        "state": "disabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeGroups": [PILOT]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }
    answer = copy.graph("POST", "/identity/conditionalAccess/policies", json=policy)
    assert answer.status_code == 403 and answer.json()["error"]["code"] == "NotInSnapshot", answer.text
    held = {"principalId": PILOT, "roleDefinitionId": GLOBAL_READER, "directoryScopeId": "/"}
    for changed in (held, held | {"principalId": USER, "roleDefinitionId": PILOT}):
        answer = copy.graph("POST", "/roleManagement/directory/roleAssignments", json=changed)
        assert answer.status_code == 403 and answer.json()["error"]["code"] == "NotInSnapshot", answer.text
    policy["conditions"]["users"]["includeGroups"] = [HELD]  # type: ignore[index]
    assert copy.graph("POST", "/identity/conditionalAccess/policies", json=policy).status_code == 201


ZEROS = "00000000-0000-0000-0000-000000000000"


def mailbox(name: str, **more: Any) -> dict[str, Any]:
    guid = f"90000000-0000-4000-8000-{len(name):012}"
    address = f"{name}@contoso.example"
    return {
        "Guid": guid,
        "Identity": name,
        "Name": name,
        "Alias": name,
        "DisplayName": name,
        "ActiveSyncEnabled": True,
        "PrimarySmtpAddress": address,
        "EmailAddresses": [f"SMTP:{address}"],
        "DistinguishedName": f"CN={name}",
        **more,
    }


def test_a_mailbox_without_a_user_adds_nobody_to_the_directory(tmp_path: Path) -> None:
    ids = {"own": USER, "none": None, "zeros0": ZEROS, "zeros00": ZEROS, "blank00000": " ", "deleted00000": DELETED}
    boxes = [mailbox(name, ExternalDirectoryObjectId=one) for name, one in ids.items()]
    boxes.append(mailbox("without0000000"))
    owner = {"Guid": "a1", "Identity": "zeros00\\ExchangeActiveSyncDevices\\x", "DeviceId": "x", "ClientType": "EAS"}
    with copied(tmp_path / "contoso.yml", mailboxes=boxes, mobile_devices=[owner]) as simulator:
        client = Client(simulator, "contoso")
        assert [one["id"] for one in client.values("/users")] == [USER]
        assert client.graph("GET", f"/users/{DELETED}").status_code == 404
        shown = {one["Name"]: one for one in client.run("Get-CASMailbox")}
        assert [*shown] == [one["Name"] for one in boxes]
        # As they were read, so that a snapshot of the copy is the same.
        for name, one in ids.items():
            assert (shown[name]["ExternalDirectoryObjectId"] or "") == (one or "")
        assert (
            shown["zeros00"]["HasActiveSyncDevicePartnership"] and not shown["zeros0"]["HasActiveSyncDevicePartnership"]
        )
        client.run("Set-CASMailbox", Identity="zeros0", ActiveSyncEnabled=False)
        off = [one["Name"] for one in client.run("Get-CASMailbox") if not one["ActiveSyncEnabled"]]
        assert off == ["zeros0"]


def test_mailboxes_are_served_without_the_directory(tmp_path: Path) -> None:
    path = tmp_path / "contoso.yml"
    objects = {**SNAPSHOT["objects"], "mailboxes": [mailbox("own", ExternalDirectoryObjectId=USER)]}
    del objects["users"]
    path.write_text(yaml.safe_dump({**SNAPSHOT, "objects": objects}))
    with Simulator(tenants=[path], rate_limits=False) as simulator:
        client = Client(simulator, "contoso")
        assert client.graph("GET", "/users").status_code == 403
        assert [one["Name"] for one in client.run("Get-CASMailbox")] == ["own"]
