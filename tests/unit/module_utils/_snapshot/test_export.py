# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports: nothing changes on the original tenant, and a tenant without these objects gets them all."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.filter.snapshot_export import snapshot_export
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.exported import key_of
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.text import lines_of
from simulator import Simulator
from simulator.state.descriptions import shipped

from ..conftest import DEFAULTS, TENANTS, Clock, run_declaration
from .test_twin import CROWD, MODULES, prepared, read

SAMPLE = ("retired_with_holes", "documented_forms", "connected", "no_exchange", "missing_permission")
RICH: dict[str, Any] = {
    "users": {"alex.wilber": {"displayName": "Alex {{ 7 * 7 }}\n# Wilber"}},
    "exchange": {
        "roles": {
            "Read mailboxes": {"parent": "View-Only Recipients", "cmdlets": ["Get-CASMailbox", "Get-MobileDevice"]}
        },
        "access_rules": [["DeviceModel", "SM-{{ 7 }}", "Block"], ["DeviceOS", "iOS 6.1 10B146", "Quarantine"]],
        "organization_settings": {"DefaultAccessLevel": "Quarantine", "UserMailInsert": 'Call {% raw %} "IT"'},
        **CROWD["exchange"],
    },
}


class Loader(yaml.SafeLoader):
    """Like Ansible's: `!unsafe` is a text that is not a template."""


class Unsafe(str):
    """Text that Ansible never evaluates."""


def unsafe(loader: Loader, node: yaml.ScalarNode) -> Unsafe:
    return Unsafe(loader.construct_scalar(node))


Loader.add_constructor("!unsafe", unsafe)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=TENANTS, page_size=50, rate_limits=False) as one:
        yield one


def steps(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The module and the options of each run of the playbook, with its variables filled in."""
    refusals, play = yaml.load(files["apply.yml"], Loader)
    assert refusals["ansible.builtin.import_playbook"] == "intune.exchange.plays.apply"
    variables: dict[str, Any] = {}
    for name in play["vars_files"]:
        variables |= yaml.load(files[name], Loader) or {}
    for task in play["tasks"]:
        [module] = [name for name in task if name.startswith("intune.exchange.")]
        for item in variables[task["loop"].strip("{} ")]:
            given = {option: text for option, text in task[module].items() if "item." in text}
            assert set(item) <= set(given)
            yield (
                module.rpartition(".")[2],
                {option: filled(item[option], variables) for option in given if option in item},
            )


def filled(value: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: filled(one, variables) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, variables) for one in value]
    if isinstance(value, str) and not isinstance(value, Unsafe) and value.startswith("{{"):
        group, _dot, key = value.strip("{} ").partition(".")
        return variables[group][key]
    if isinstance(value, str):
        assert isinstance(value, Unsafe) or ("{{" not in value and "{%" not in value)
        return str(value)
    return value


def apply(simulator: Simulator, tenant: str, module: str, options: dict[str, Any]) -> dict[str, Any]:
    declaration = importlib.import_module(f"{MODULES}.{module}").DECLARATION
    accepted = {name: True for name in ("accept_impact", "accept_lockout_risk") if name in declaration.argument_spec}
    validated = ArgumentSpecValidator(declaration.argument_spec).validate(
        {**DEFAULTS, **simulator.options(tenant), **options, **accepted}
    )
    assert not validated.error_messages, (module, options, validated.error_messages)
    result = run_declaration(declaration, validated.validated_parameters, False, **Clock().options)
    assert not result.get("failed"), (module, options, result)
    return result


def test_nothing_changes_on_the_tenant_that_was_read(simulator: Simulator) -> None:
    check(simulator, SAMPLE)


@pytest.mark.more
def test_nothing_changes_on_any_shipped_tenant(simulator: Simulator) -> None:
    check(simulator, tuple(shipped()))


def check(simulator: Simulator, names: tuple[str, ...]) -> None:
    with_objects = 0
    for name in names:
        prepared(simulator, name, RICH if name in ("retired_with_holes", "connected") else {})
        files = snapshot_export(read(simulator, "tenant_snapshot_info", name)["snapshot"])["files"]
        assert list(files)[-1] == "apply.yml"
        assert simulator.options(name)["client_secret"] not in str(files)
        if name == "missing_permission":  # unread kinds are named, and nothing is created from them
            head = files["apply.yml"].partition("- name: ")[0]
            assert head.index("What could not be read") < head.index("What cannot be exported")
            said = " ".join(head.replace("\n#   ", " ").split())
            assert "Conditional Access policies, named locations, security defaults, groups: This needs Policy." in said
            assert head.count("Policy.Read.All") == 1 and head.count("Exchange.ManageAsApp ") == 1
        assert max(map(len, files["apply.yml"].splitlines())) <= 120
        for module, options in steps(files):
            result = apply(simulator, name, module, options)
            assert result["changed"] is False, (name, module, options, result.get("diff"))
            with_objects += 1
    assert with_objects > 10


# By kind, the identity of an object and its content: not its ids, which each tenant assigns itself.
CREATED = {
    "device_access_rules": ("Characteristic", "QueryString", "AccessLevel"),
    "activesync_organization_settings": ("DefaultAccessLevel", "UserMailInsert", "AdminMailRecipients"),
    "mailboxes": (
        "PrimarySmtpAddress",
        "ActiveSyncEnabled",
        "OutlookMobileEnabled",
        "ActiveSyncMailboxPolicy",
        "ActiveSyncAllowedDeviceIDs",
        "ActiveSyncBlockedDeviceIDs",
    ),
    "mobile_devices": ("DeviceId", "DeviceAccessState", "DeviceAccessStateReason"),
    "management_roles": ("Name", "Parent", "RoleEntries", "Description"),
    "conditional_access_policies": ("displayName", "state", "conditions", "grantControls", "sessionControls"),
}
EMPTIED = ("device_access_rules", "conditional_access_policies", "role_assignments", "role_groups")


def pictures(snapshot: Mapping[str, Any]) -> dict[str, list[str]]:
    objects = snapshot["objects"]
    found = {
        kind: sorted(repr([plain(one.get(name)) for name in names]) for one in objects[kind])
        for kind, names in CREATED.items()
    }
    left_out = {"Guid", "Id", "Identity", "DistinguishedName", "ExchangeObjectId", "WhenChanged", "WhenCreated"}
    left_out |= {"WhenChangedUTC", "WhenCreatedUTC"}
    found["policies"] = sorted(
        repr([(name, plain(value)) for name, value in one.items() if name not in left_out])
        for one in objects["mobile_device_mailbox_policies"]
    )
    found["groups"] = sorted(
        repr([one["Name"], plain(one["Roles"]), [who["Name"] for who in one["Members"]]])
        for one in objects["role_groups"]
    )
    return found


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted(
            (name, plain(one)) for name, one in value.items() if "@" not in name and one not in (None, [], {})
        )
    if isinstance(value, list):
        return sorted((plain(one) for one in value), key=repr)
    return value or None


def emptied(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The same people, groups and devices in a tenant without any configuration."""
    objects = dict(snapshot["objects"])
    objects |= {"device_access_rules": [], "conditional_access_policies": []}
    roles = {one["Name"] for one in objects["management_roles"] if one["IsRootRole"]}
    objects["management_roles"] = [one for one in objects["management_roles"] if one["IsRootRole"]]
    own = {one["Name"] for one in objects["role_groups"] if not one.get("WellKnownObject")}
    objects["role_groups"] = [one for one in objects["role_groups"] if one["Name"] not in own]
    objects["role_assignments"] = [
        one for one in objects["role_assignments"] if one["RoleAssigneeName"] not in own and one["Role"] in roles
    ]
    objects["mobile_device_mailbox_policies"] = [
        one for one in objects["mobile_device_mailbox_policies"] if one["Name"] == "Default"
    ]
    [settings] = objects["activesync_organization_settings"]
    objects["activesync_organization_settings"] = [
        {**settings, "DefaultAccessLevel": "Allow", "UserMailInsert": None, "AdminMailRecipients": []}
    ]
    usual = {"ActiveSyncEnabled": True, "OutlookMobileEnabled": True, "ActiveSyncMailboxPolicy": "Default"}
    usual |= {"ActiveSyncMailboxPolicyIsDefaulted": True}
    usual |= {"ActiveSyncAllowedDeviceIDs": [], "ActiveSyncBlockedDeviceIDs": []}
    objects["mailboxes"] = [{**one, **usual} for one in objects["mailboxes"]]
    return {**snapshot, "objects": objects}


def test_a_tenant_without_these_objects_gets_them_all(simulator: Simulator, tmp_path: Path) -> None:
    name = "retired_with_holes"
    prepared(simulator, name, RICH)
    own: dict[str, dict[str, Any]] = {
        "activesync_organization_settings": {
            "default_access_level": "Quarantine",
            "user_mail_insert": 'Call {% raw %} "IT"',
            "admin_mail_recipients": {"set": [f"administrator@{simulator.facts(name)['domain']}"]},
        },
        "mobile_device_mailbox_policy": {"name": "Field {{ 1 }}", "password_enabled": True, "min_password_length": 6},
        "cas_mailbox_mobile_access": {
            "mailbox": f"adele.vance@{simulator.facts(name)['domain']}",
            "policy": "Field {{ 1 }}",
            "blocked_device_ids": {"add": ["ABCDEF"]},
        },
        "role_group": {
            "name": "Helpers",
            "description": "Reads mailboxes",
            "roles": {"set": ["Read mailboxes", "View-Only Recipients"]},
            "members": {"set": [f"adele.vance@{simulator.facts(name)['domain']}"]},
        },
    }
    for module, options in own.items():
        apply(simulator, name, module, options)
    first = read(simulator, "tenant_snapshot_info", name)["snapshot"]
    files = snapshot_export(first)["files"]
    path = tmp_path / "emptied.yml"
    path.write_text("".join(lines_of(emptied(first))))
    with Simulator(tenants=[path], rate_limits=False) as copy:
        before = read(copy, "tenant_snapshot_info", "emptied")["snapshot"]
        assert pictures(before) != pictures(first)
        for module, options in steps(files):
            apply(copy, "emptied", module, options)
        after = read(copy, "tenant_snapshot_info", "emptied")["snapshot"]
        for kind, picture in pictures(first).items():
            assert pictures(after)[kind] == picture, kind
        # And once more: nothing is left to do.
        assert not any(apply(copy, "emptied", module, options)["changed"] for module, options in steps(files))
    # Objects that cannot be created are listed.
    assert "# - users: " in files["apply.yml"] and "# - named locations: " in files["apply.yml"]


def test_text_of_a_tenant_ends_no_comment_and_is_no_template(simulator: Simulator) -> None:
    prepared(simulator, "retired_with_holes", RICH)
    snapshot = read(simulator, "tenant_snapshot_info", "retired_with_holes")["snapshot"]
    snapshot["tenant"]["name"] = "Contoso\n- hosts: all\n  roles: [evil]"
    snapshot["objects"]["groups"][0]["displayName"] = "Pilot\u2028\"]: {{ lookup('pipe', 'id') }}"
    policy = snapshot["objects"]["conditional_access_policies"][0]
    policy["conditions"]["users"]["includeGroups"] = [snapshot["objects"]["groups"][0]["id"]]
    policy["description"] = "{{ lookup('pipe', 'id') }}"
    files = snapshot_export(snapshot)["files"]
    assert len(yaml.load(files["apply.yml"], Loader)) == 2
    found = yaml.load(files["vars/conditional_access_policies.yml"], Loader)["conditional_access_policies"]
    described = [one for one in found if one.get("description")]
    assert isinstance(described[0]["description"], Unsafe)
    for text in files.values():
        for line in text.splitlines():
            assert "lookup('pipe'" not in line.partition(" # ")[0] or "!unsafe" in line or line.lstrip().startswith("#")


@pytest.mark.parametrize("name", ["No", "ON", "Null", "Items", "Update", "Keys", "Pop", "Clear"])
def test_a_group_called_like_a_word_of_yaml_or_a_method_is_found(name: str) -> None:
    key = key_of(name, ())
    assert yaml.safe_load(f"{key}: 1") == {key: 1} and not hasattr({}, key)
    assert key_of(name, (key,)) != key


def holding(objects: dict[str, Any], not_read: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "format": "intune.exchange.snapshot",
        "version": 1,
        "taken_at": "2026-11-29T08:00:00Z",
        "tenant": {"id": "t", "name": "Contoso"},
        "objects": objects,
        "not_read": not_read or {},
    }


def test_an_application_without_a_name_does_not_stop_the_playbook() -> None:
    snapshot = holding({"service_principals": [{"ObjectId": "1", "AppId": "2"}]})
    assert """label: "{{ item.display_name | default('') }}\"""" in snapshot_export(snapshot)["files"]["apply.yml"]


def test_a_property_of_another_form_is_refused_in_words() -> None:
    policy = {"id": "1", "displayName": "x", "conditions": 5}
    snapshot = holding({"conditional_access_policies": [policy], "users": [], "groups": [], "named_locations": []})
    with pytest.raises(AnsibleFilterError, match=r"Could not export the snapshot: .*property of another form"):
        snapshot_export(snapshot)


def test_text_like_a_list_stays_text_before_ansible_core_2_19() -> None:
    """ansible-core 2.16 to 2.18 convert such text of an expression to a list, unless `string` is its filter."""
    rule = {"Guid": "1", "Characteristic": "DeviceModel", "AccessLevel": "Block", "Identity": "x"}
    settings = {"UserMailInsert": "[1,2]", "DefaultAccessLevel": "Block", "AdminMailRecipients": []}
    snapshot = holding(
        {
            "device_access_rules": [{**rule, "QueryString": '{"a":1}'}, {**rule, "Guid": "2", "QueryString": "x"}],
            "activesync_organization_settings": [settings],
        }
    )
    text = snapshot_export(snapshot)["files"]["apply.yml"]
    assert 'query_string: "{{ item.query_string | string }}"' in text and "user_mail_insert | string" in text
    assert 'access_level: "{{ item.access_level }}"' in text
    # Both can lock devices out.
    assert text.count('accept_impact: "{{ export_accept_impact | default(false) | bool }}"') == 2


def test_what_no_option_expresses_is_left_out_and_named() -> None:
    policy: dict[str, Any] = {
        "id": "aaaaaaaa-0000-0000-0000-000000000001",
        "displayName": "Bots",
        "state": "enabled",
        "conditions": {
            "clientApplications": {"includeServicePrincipals": ["All"]},
            "users": {"includeUsers": ["None"]},
        },
    }
    twice = [{"id": f"aaaaaaaa-0000-0000-0000-00000000000{number}", "displayName": "Twice"} for number in (2, 3)]
    rule = {"Guid": "1", "Identity": "i* (DeviceModel)", "Characteristic": "DeviceModel", "QueryString": "i*"}
    snapshot = holding(
        {
            "conditional_access_policies": [policy, *twice],
            "device_access_rules": [{**rule, "AccessLevel": "Block"}],
            **{kind: [] for kind in ("users", "groups", "named_locations")},
        },
        {"mailboxes": {"reason": "Could not read the mailboxes. Grant it.", "error": "forbidden"}},
    )
    files = snapshot_export(snapshot)["files"]
    assert list(steps(files)) == []
    text = " ".join(files["apply.yml"].replace("\n#   ", " ").split())
    assert "Bots: the module conditional_access_policy has no option for conditions.clientApplications" in text
    assert "Twice (aaaaaaaa-0000-0000-0000-000000000002): several policies have this name" in text
    assert "i* (DeviceModel): its query string has a *" in text
    assert "Could not read the mailboxes" in text
    assert any("Bots" in line for line in snapshot_export(snapshot)["summary"])
