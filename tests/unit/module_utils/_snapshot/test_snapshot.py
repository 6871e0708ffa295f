# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots: their content, missing kinds with reasons, and the file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._snapshot import file as snapshot_file
from ansible_collections.intune.exchange.plugins.module_utils._snapshot import snapshot as take
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.kinds import KINDS
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.text import lines_of
from ansible_collections.intune.exchange.plugins.modules import tenant_snapshot_info as module
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]
TENANTS: list[str | Path] = ["ready", "retired_with_holes", "missing_permission", "no_exchange", "dehydrated"]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=TENANTS, rate_limits=False) as one:
        yield one


def test_a_snapshot_holds_what_the_tenant_holds(run: Run, simulator: Simulator) -> None:
    result = run(module, tenant="retired_with_holes", gather_statistics=True)
    held, state = result["snapshot"]["objects"], simulator.objects()["retired_with_holes"]
    assert {one["kind"]: one["error"] for one in result["not_read"]} == {
        "exchange_connectors": "not_offered",
    }
    stores = {
        "conditional_access_policies": "conditionalAccessPolicies",
        "named_locations": "namedLocations",
        "compliance_policies": "deviceCompliancePolicies",
        "ios_app_protection_policies": "iosManagedAppProtections",
        "managed_devices": "managedDevices",
        "users": "users",
        "directory_role_assignments": "roleAssignments",
        "mobile_devices": "MobileDevice",
        "device_statistics": "MobileDevice",
        "device_classes": "ActiveSyncDeviceClass",
        "management_roles": "ManagementRole",
        "role_groups": "RoleGroup",
        "role_assignments": "ManagementRoleAssignment",
        "mailbox_plans": "CASMailboxPlan",
        "mobile_device_mailbox_policies": "MobileDeviceMailboxPolicy",
    }
    for kind, store in stores.items():
        identity = KINDS[kind].identity
        names = {one.get(identity) for one in state[store].values()}
        assert {one[identity] for one in held[kind]} == names, kind
        assert result["counts"][kind] == len(names)
    groups = {one["displayName"]: set(one["members"]) for one in held["groups"]}
    users = {one["userPrincipalName"].partition("@")[0]: one["id"] for one in held["users"]}
    # The groups that policies name; Sales is in Everybody.
    sales = {users["adele.vance"], users["alex.wilber"]}
    assert groups["Sales"] == sales and groups["Pilot"] == {users["adele.vance"]}
    assert groups["Everybody"] >= sales | {users["administrator"]}
    assert [one["target"] for one in held["ios_app_protection_policies"][0]["assignments"]]
    assert held["mdm_authority"] == [{"authority": "intune"}]
    assert writes(simulator) == []
    assert all("RoleEntries" not in one for one in held["management_roles"] if one["IsRootRole"])


def test_what_could_not_be_read_is_said_and_never_empty(run: Run) -> None:
    result = run(module, tenant="no_exchange")
    missing = {one["kind"]: one for one in result["not_read"]}
    assert {"mailboxes", "mobile_devices", "role_groups", "device_statistics"} <= set(missing)
    assert missing["device_statistics"]["error"] == "not_asked"
    assert "mailboxes" not in result["snapshot"]["objects"]
    assert all(one["reason"].endswith(".") or one["error"] == "not_asked" for one in missing.values())
    assert "(request id" not in str(missing)
    # The content of custom roles.
    ready = run(module)["snapshot"]["objects"]["management_roles"]
    assert any(one.get("RoleEntries") for one in ready if one["Name"] == "Intune Connector Access")


def test_a_tenant_of_which_nothing_can_be_read_is_a_failure(run: Run) -> None:
    result = run(module, application="restricted", tenant="missing_permission")
    assert result["failed"] and result["error"]["kind"] == "forbidden"


def test_two_snapshots_of_the_same_tenant_are_the_same_text(run: Run) -> None:
    first, second = ("".join(lines_of(run(module)["snapshot"])).splitlines() for _number in range(2))
    moved = [old.partition(":")[0].strip() for old, new in zip(first, second, strict=True) if old != new]
    assert set(moved) <= {"taken_at", "onPremisesLastSyncDateTime"}


def test_the_file_is_private_whole_and_what_was_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "contoso.yml"
    predicted = run(module, check_mode=True, path=str(path))
    assert predicted["changed"] and not path.exists()
    written = run(module, path=str(path))
    assert written["changed"] and written["snapshot"] is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = yaml.safe_load(path.read_text())
    assert found.pop("end_of_snapshot") is True
    kept, read = found["objects"], run(module)["snapshot"]["objects"]
    assert kept.pop("organization")[0]["id"] == read.pop("organization")[0]["id"]
    assert kept == read
    assert run(module, path=str(path))["changed"] and os.listdir(tmp_path) == ["contoso.yml"]


@pytest.mark.parametrize("content", ["", "hosts: all\n", "# format: intune.exchange.snapshot\nfoo: 1\n"])
def test_a_file_that_is_no_snapshot_stays(run: Run, tmp_path: Path, content: str, simulator: Simulator) -> None:
    path = tmp_path / "site.yml"
    path.write_text(content)
    result = run(module, path=str(path))
    assert result["error"]["kind"] == "usage" and "is not a snapshot" in result["msg"]
    assert path.read_text() == content and simulator.requests() == []
    link = tmp_path / "link.yml"
    link.symlink_to(tmp_path / "elsewhere.yml")
    assert run(module, path=str(link))["failed"]
    assert run(module, path=str(tmp_path / "missing" / "x.yml"))["failed"]


PSEUDONYMS = {"pseudonymize": True}


def _other_version(text: str) -> str:
    return text.replace("version: 1", "version: 2", 1)


def _no_tenant(text: str) -> str:
    return text.replace("  id:", "  it:", 1)


@pytest.mark.parametrize(
    ("standing", "change", "options", "words"),
    [
        ({"tenant": "retired_with_holes"}, None, {}, "is the snapshot of another tenant"),
        ({"tenant": "retired_with_holes"}, None, PSEUDONYMS, "is a snapshot with the real names"),
        ({}, None, PSEUDONYMS, "is a snapshot with the real names"),
        (PSEUDONYMS, None, {}, "is a pseudonymized snapshot"),
        (PSEUDONYMS, None, PSEUDONYMS, "is a pseudonymized snapshot"),
        ({}, _other_version, {}, "of another version"),
        ({}, _no_tenant, {}, "of which tenant is not in its first lines"),
    ],
    ids=["tenant", "tenant-hidden", "plain-hidden", "hidden-plain", "hidden-hidden", "newer", "nobody"],
)
def test_nothing_but_an_older_snapshot_of_the_tenant_is_overwritten(
    run: Run, tmp_path: Path, standing: dict[str, Any], change: Any, options: dict[str, Any], words: str
) -> None:
    path = tmp_path / "tenant.yml"
    assert run(module, path=str(path), **standing)["changed"]
    if change:
        path.write_text(change(path.read_text()))
    held = path.read_bytes()
    for check_mode in (True, False):
        refused = run(module, check_mode=check_mode, path=str(path), **options)
        assert refused["error"]["kind"] == "usage" and words in refused["msg"], refused
        assert "so it is not overwritten. Specify another path" in refused["msg"]
        assert path.read_bytes() == held and list(tmp_path.iterdir()) == [path]


def test_an_older_snapshot_of_the_tenant_is_renewed(run: Run, tmp_path: Path, simulator: Simulator) -> None:
    path = tmp_path / "tenant.yml"
    assert run(module, path=str(path))["changed"]
    old = path.read_text()
    # As saved by an editor: other quotes, a comment.
    path.write_text("---\n# Monday\n" + old.replace('"', "'", 10))
    simulator.describe({"display_name": "Renamed"}, "ready")
    assert run(module, path=str(path))["changed"]
    assert "Renamed" in path.read_text() and "Monday" not in path.read_text() and "Renamed" not in old
    assert "\npseudonymized: false\n" in path.read_text()


@pytest.mark.parametrize(
    "fault",
    [
        {"match": "graph", "kind": "status", "status": 403},
        {"match": "*batch*", "kind": "status", "status": 400, "body": {"error": {"code": "x", "message": "x"}}},
    ],
)
def test_a_tenant_keeps_its_id_while_one_service_has_a_fault(
    run: Run, simulator: Simulator, tmp_path: Path, fault: dict[str, Any]
) -> None:
    """Of a tenant that is named by its domain, also in the file that the next snapshot replaces."""
    facts, path = simulator.facts("ready"), tmp_path / "contoso.yml"
    named = {"tenant_id": facts["domain"], "path": str(path)}
    assert run(module, **named)["changed"]
    simulator.fault(**fault, count=1000)
    result = run(module, **named)
    assert result.get("changed"), result
    assert {"users", "organization"} <= {one["kind"] for one in result["not_read"]} and result["counts"]["mailboxes"]
    assert yaml.safe_load(path.read_text())["tenant"]["id"] == facts["tenant_id"]
    simulator.clear_faults()
    simulator.fault(match="exchange", kind="status", status=403, count=1000)
    assert run(module, **named)["changed"]
    assert yaml.safe_load(path.read_text())["tenant"]["id"] == facts["tenant_id"]


def test_what_comes_to_the_place_while_the_tenant_is_read_stays(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tenant.yml"
    read = take.read_snapshot

    def slow(*given: Any) -> Any:
        found = read(*given)
        path.write_text("notes\n")
        return found

    monkeypatch.setattr(take, "read_snapshot", slow)
    for options in ({}, PSEUDONYMS):
        path.unlink(missing_ok=True)
        assert "is not a snapshot" in run(module, path=str(path), **options)["msg"]
        assert path.read_text() == "notes\n"


def test_a_write_that_fails_leaves_the_file_as_it_was(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "contoso.yml"
    run(module, path=str(path))
    before = path.read_bytes()

    def full(*_given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot_file.os, "fsync", full)
    result = run(module, path=str(path))
    assert "No space left on device" in result["msg"]
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["contoso.yml"]


HOSTILE = [
    "{{ lookup('pipe', 'id') }}",
    "!!python/object/apply:os.system ['id']",
    "yes",
    "1e3",
    "2026-01-01",
    "a\u2028b\x85\x7f\u00a0\ufeff",
    "\U0001f600 # comment: x",
    "line\nbreak\ttab\\ \"quote\" 'single'",
    "&a *a << : - ?",
    "",
    " leading and trailing ",
    1e30,
    1.5,
    -3,
    10**20,
    True,
    None,
    [],
    {},
    {"@odata.type": "#x", "a b": [{"null": None, "yes": ["no"]}]},
]


@pytest.mark.parametrize("value", HOSTILE)
def test_any_value_comes_back_as_it_was(value: Any) -> None:
    objects = {"users": [{"id": "1", "value": value, "yes": value, "a: b": 1}, {}], "groups": []}
    snapshot = {
        "format": "f",
        "version": 1,
        "taken_at": "t",
        "tenant": {"id": "i", "name": str(value)},
        "objects": objects,
        "not_read": {},
    }
    assert yaml.safe_load("".join(lines_of(snapshot))) == snapshot | {"end_of_snapshot": True}
