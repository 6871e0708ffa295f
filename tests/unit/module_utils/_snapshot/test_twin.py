# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy of a tenant from its snapshot: equal for every reader, and without unread data."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.filter.snapshot_diff import snapshot_diff
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.same import _MOVING
from ansible_collections.intune.exchange.plugins.plugin_utils._permissions import NEEDS
from ansible_collections.intune.exchange.plugins.plugin_utils._snapshot_file import load_snapshot
from simulator import Simulator
from simulator.state.descriptions import shipped

from ..conftest import TENANTS, Clock, run_declaration

MODULES = "ansible_collections.intune.exchange.plugins.modules"
GRAPH = sorted({*NEEDS["tenant_snapshot_info"].read, *NEEDS["mobile_access_assessment_info"].read})
# Objects in other forms, refused reads, many objects, and a connector in the middle of its life.
SAMPLE = ("retired_with_holes", "documented_forms", "missing_permission", "no_exchange", "connected", "dehydrated")
CROWD = {"exchange": {"crowd": {"devices": 60, "seed": 7, "users": ["adele.vance", "alex.wilber", "administrator"]}}}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=TENANTS, page_size=50, rate_limits=False) as one:
        yield one


def attempted(simulator: Simulator, module: str, tenant: str, **options: Any) -> dict[str, Any]:
    """The result of a module, on a tenant or on a copy; it may be a failure."""
    declaration = importlib.import_module(f"{MODULES}.{module}").DECLARATION
    validated = ArgumentSpecValidator(declaration.argument_spec).validate({**simulator.options(tenant), **options})
    assert not validated.error_messages
    result: dict[str, Any] = run_declaration(declaration, validated.validated_parameters, False, **Clock().options)
    return result


def read(simulator: Simulator, module: str, tenant: str, **options: Any) -> dict[str, Any]:
    result = attempted(simulator, module, tenant, **options)
    assert not result.get("failed"), result
    return result


def snapshot_of(simulator: Simulator, tenant: str, path: Path) -> None:
    read(simulator, "tenant_snapshot_info", tenant, path=str(path), gather_statistics=True)


def prepared(simulator: Simulator, tenant: str, more: dict[str, Any]) -> None:
    """With all permissions to read, unless the tenant is about missing ones."""
    rights = {"application": {"graph": GRAPH}} if tenant != "missing_permission" else {}
    simulator.describe({**rights, **more}, tenant)


def test_a_copy_is_the_same(simulator: Simulator, tmp_path: Path) -> None:
    check(simulator, tmp_path, SAMPLE)


@pytest.mark.more
def test_the_copy_of_every_shipped_tenant_is_the_same(simulator: Simulator, tmp_path: Path) -> None:
    check(simulator, tmp_path, tuple(shipped()))


def check(simulator: Simulator, folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        prepared(simulator, name, CROWD if name == "retired_with_holes" else {})
        snapshot_of(simulator, name, folder / f"{name}.yml")
    with Simulator(tenants=[folder / f"{name}.yml" for name in names], rate_limits=False) as copies:
        for name in names:
            assert copies.facts(name)["tenant_id"] == simulator.facts(name)["tenant_id"]
            snapshot_of(copies, name, folder / f"{name}.again.yml")
            first, again = (load_snapshot(str(folder / f"{name}{end}.yml")) for end in ("", ".again"))
            found = snapshot_diff(first, again)
            assert found["equal"], (name, found["differences"][:3])
            # Literally, too, except for the formats of times, and volatile properties.
            assert letters(first, name) == letters(again, name), name
            assert set(first["not_read"]) == set(again["not_read"]), name
            for kind, problem in first["not_read"].items():
                # No sign-in fails on a copy.
                assert again["not_read"][kind]["error"] == problem["error"].replace("sign_in", "forbidden"), (
                    name,
                    kind,
                )
    assert any(load_snapshot(str(folder / f"{name}.yml"))["objects"].get("groups") for name in names)


def letters(snapshot: dict[str, Any], name: str) -> Any:
    left_out = {*_MOVING, "RoleAssignments", *(("WhenCreated", "WhenCreatedUTC") if name == "documented_forms" else ())}
    return {
        kind: [{name: value for name, value in one.items() if name not in left_out} for one in objects]
        for kind, objects in snapshot["objects"].items()
    }


ACCOUNT = "administrator@retired-with-holes.example"
READERS: list[tuple[str, dict[str, Any]]] = [
    ("activesync_device_access_rule_info", {}),
    ("activesync_device_class_info", {}),
    ("app_protection_info", {}),
    ("cmdlet_access_info", {"account": ACCOUNT, "cmdlets": ["Get-CASMailbox"]}),
    ("conditional_access_policy_info", {}),
    ("conditional_access_policy_info", {"display_name": "Approved apps only"}),
    ("management_role_assignment_info", {"role": "View-Only Recipients", "effective_users": True}),
    ("management_role_assignment_info", {"assignee": ACCOUNT}),
    ("management_role_info", {"name": "Intune Connector Access"}),
    ("management_role_info", {"cmdlet": "Set-CASMailbox", "parameters": ["ActiveSyncEnabled"]}),
    ("management_role_info", {"parent": "Organization Client Access"}),
    ("mobile_device_info", {"gather_statistics": True, "compliant": False}),
    ("mobile_device_info", {"access_state": "Allowed", "device_type": "iPhone"}),
    ("mobile_device_mailbox_policy_info", {}),
    ("role_group_info", {"name": "View-Only Organization Management"}),
    ("role_group_info", {"filter": "Name -like '*Organization*'"}),
    ("mobile_access_assessment_info", {}),
]
# They need logs, which a snapshot does not contain.
OF_LOGS = {"legacy_sign_ins", "mail_apps"}


def without_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_order(entry) for name, entry in value.items() if name != "summary_text"}
    return (
        sorted(map(without_order, value), key=lambda one: json.dumps(one, sort_keys=True))
        if isinstance(value, list)
        else value
    )


def test_readers_and_writers_cannot_tell_a_copy_apart(simulator: Simulator, tmp_path: Path) -> None:
    own = {
        "roles": {"Intune Connector Access": {"parent": "Organization Client Access", "cmdlets": ["Get-CASMailbox"]}}
    }
    rule = {"access_rules": [["DeviceModel", "SM-G991B", "Block"]]}
    prepared(simulator, "retired_with_holes", {"exchange": {**own, **rule}})
    path = tmp_path / "contoso.yml"
    snapshot_of(simulator, "retired_with_holes", path)
    with Simulator(tenants=[path], rate_limits=False) as copy:
        for module, options in READERS:
            there, here = (
                read(one, module, name, **options)
                for one, name in ((simulator, "retired_with_holes"), (copy, "contoso"))
            )
            if module == "mobile_access_assessment_info":
                there, here = ({one["id"]: one["status"] for one in result["checks"]} for result in (there, here))
                assert {here.pop(one) for one in OF_LOGS} == {"unknown"}
                there = {name: status for name, status in there.items() if name not in OF_LOGS}
            assert without_order(here) == without_order(there), (module, options)
        # A copy has no logs, and no permission would help.
        deadlines = read(copy, "mobile_access_deadlines_info", "contoso")["deadlines"]
        assert any("take the snapshot again" in one["next_step"] for one in deadlines)
        assert "already holds" not in str(deadlines)
        # A change affects the devices, as on the tenant.
        for one, name in ((simulator, "retired_with_holes"), (copy, "contoso")):
            settings = {"default_access_level": "Quarantine", "accept_impact": True}
            assert read(one, "activesync_organization_settings", name, **settings)["changed"]
            assert not read(one, "activesync_organization_settings", name, **settings)["changed"]
        snapshot_of(copy, "contoso", tmp_path / "after.yml")
        snapshot_of(simulator, "retired_with_holes", tmp_path / "really.yml")
    found = snapshot_diff(str(path), str(tmp_path / "after.yml"))
    assert {one["before"] for one in found["devices"]} == {"Allowed"}
    assert {one["after"] for one in found["devices"]} == {"Quarantined"}
    assert snapshot_diff(str(tmp_path / "after.yml"), str(tmp_path / "really.yml"))["equal"]


def test_what_is_not_in_the_snapshot_is_refused_and_not_empty(simulator: Simulator, tmp_path: Path) -> None:
    prepared(simulator, "retired_covered", {})
    path = tmp_path / "contoso.yml"
    snapshot_of(simulator, "retired_covered", path)
    cut = yaml.safe_load(path.read_text())
    for kind in ("mailboxes", "device_access_rules"):
        del cut["objects"][kind]
    # Words for which a client would retry, or treat the list as empty, have no meaning here.
    words = "Could not read the mailboxes on tenant T: maximum number of concurrent requests per tenant, not licensed"
    cut["not_read"]["mailboxes"] = {"reason": f"{words}. Try again.", "error": "timeout"}
    path.write_text(yaml.safe_dump(cut, sort_keys=False))
    with Simulator(tenants=[path], rate_limits=False) as copy:
        taken = read(copy, "tenant_snapshot_info", "contoso")
        reads = [one for one in copy.requests() if "Get-CASMailbox'" in str(one) or '"Get-CASMailbox"' in str(one)]
    missing = {one["kind"]: one for one in taken["not_read"]}
    assert "hold mailboxes, for this reason: maximum number" in missing["mailboxes"]["reason"]
    assert missing["mailboxes"]["error"] == "forbidden" and len(reads) <= 1
    assert "the snapshot does not hold device_access_rules." in missing["device_access_rules"]["reason"]
    assert missing.keys() >= {"exchange_connectors", "device_statistics"} and "users" not in missing
    for kind in ("mailboxes", "device_access_rules"):
        assert "take the snapshot again when it can be read" in missing[kind]["reason"]


def test_a_copy_says_that_it_does_not_know_who_may_join_a_group(simulator: Simulator, tmp_path: Path) -> None:
    """Privileged Identity Management for groups: the tenant is asked for each group, and no snapshot holds it."""
    plan = {"AAD_PREMIUM_P2": {"id": "eec0eb4f-6444-4f95-aba0-50c24d67f998", "service": "AADPremiumService"}}
    licence = {"AAD_PREMIUM_P2": {"id": "84a661c4-e949-4bd2-a560-ed7766fcaf2b", "units": 5, "plans": plan}}
    joins = {"Spared": {"members": ["adele.vance"], "eligible_users": ["alex.wilber"]}}
    right = {"application": {"graph": [*GRAPH, "PrivilegedEligibilitySchedule.Read.AzureADGroup"]}}
    prepared(simulator, "retired_covered", {"groups": joins, "skus": licence, **right})
    path = tmp_path / "contoso.yml"
    snapshot_of(simulator, "retired_covered", path)
    with Simulator(tenants=[path], rate_limits=False) as copy:
        there, here = (
            {one["id"]: one["evidence"] for one in read(where, "mobile_access_assessment_info", name)["checks"]}
            for where, name in ((simulator, "retired_covered"), (copy, "contoso"))
        )
    unknown = "could not read who may activate a membership of a group (a snapshot does not hold it)"
    assert unknown in here["legacy_blocked"] and "activate a membership" not in there["legacy_blocked"]
    text = path.read_text()
    assert "privilegedAccess" not in text
    assert "# It does not hold who may activate a membership of a group" in text.partition("format:")[0]


def test_a_right_that_was_missing_is_not_asked_for_on_a_copy(simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "contoso.yml"
    snapshot_of(simulator, "missing_permission", path)
    lacked = load_snapshot(str(path))["not_read"]["conditional_access_policies"]
    assert lacked["error"] == "forbidden"
    with Simulator(tenants=[path], rate_limits=False) as copy:
        found = read(copy, "tenant_snapshot_info", "contoso")["not_read"]
    [here] = [one for one in found if one["kind"] == "conditional_access_policies"]
    assert "already holds" not in here["reason"] and "grant it" in lacked["reason"]
    # The next step at that time is in the reason.
    assert "This needs Policy.Read.All: grant it" in here["reason"] and here["error"] == "forbidden", here
    assert here["reason"].endswith("take the snapshot again when it can be read.")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("version: 1", "version: 2"), "version 2"),
        (lambda text: text.replace("end_of_snapshot: true\n", ""), "cut off"),
        (lambda text: text[: len(text) // 2], "not a complete snapshot|cut off|not whole"),
        (lambda text: text.replace("not_read:", "not_here:"), "not whole"),
        (lambda text: text.replace('authority: "', 'authority: !!python/name:os.system "'), "not a complete snapshot"),
        (
            lambda text: text.replace("  users:\n", "  users:\n    - displayName: Nobody\n"),
            "snapshot contoso has an object that lacks something",
        ),
        (
            lambda text: text.replace("  device_access_rules: []", "  device_access_rules:\n    - &a {x: [*a, *a]}"),
            "values",
        ),
    ],
)
def test_a_snapshot_that_is_not_whole_is_refused(
    simulator: Simulator, tmp_path: Path, change: Callable[[str], str], words: str
) -> None:
    path = tmp_path / "contoso.yml"
    snapshot_of(simulator, "ready", path)
    path.write_text(change(path.read_text()))
    with pytest.raises(ValueError, match=words):
        Simulator(tenants=[path])


def test_text_of_a_snapshot_stays_as_it_is(simulator: Simulator, tmp_path: Path) -> None:
    """In descriptions, {domain} stands for the domain."""
    simulator.describe({"users": {"adele.vance": {"displayName": "{domain} {{ 7 * 7 }}"}}}, "retired_covered")
    path = tmp_path / "contoso.yml"
    snapshot_of(simulator, "retired_covered", path)
    text = path.read_text().replace(simulator.facts("retired_covered")["domain"] + " {{", "{domain} {{")
    path.write_text(text)
    with Simulator(tenants=[path], rate_limits=False) as copy:
        users = read(copy, "tenant_snapshot_info", "contoso")["snapshot"]["objects"]["users"]
        copy.describe({"display_name": "Another"})
        again = read(copy, "tenant_snapshot_info", "contoso")["snapshot"]["objects"]["users"]
    assert "{domain} {{ 7 * 7 }}" in {one["displayName"] for one in users} & {one["displayName"] for one in again}


def test_a_group_that_no_policy_names_is_not_said_to_be_missing(simulator: Simulator, tmp_path: Path) -> None:
    prepared(simulator, "retired_covered", {"groups": {"Pilot": {"members": ["adele.vance"]}}})
    path = tmp_path / "contoso.yml"
    snapshot_of(simulator, "retired_covered", path)
    with Simulator(tenants=[path], rate_limits=False) as copy:
        refused, held = (
            attempted(
                copy,
                "conditional_access_policy",
                "contoso",
                display_name="New",
                policy_state="report_only",
                conditions={
                    "users": {"include_groups": {"set": [group]}},
                    "applications": {"include_applications": ["All"]},
                    "client_app_types": ["all"],
                },
                grant_controls={"operator": "OR", "built_in_controls": ["mfa"]},
            )
            for group in ("Pilot", "Everybody")
        )
    assert refused["error"]["kind"] == "forbidden", refused
    assert "the snapshot does not hold Pilot" in refused["msg"] and "policy names" in refused["msg"]
    assert held.get("changed"), held
