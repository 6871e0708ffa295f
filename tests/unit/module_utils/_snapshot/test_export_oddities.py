# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of what real tenants have and nobody plans: hostile text, deleted people, limited roles, new values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.intune.exchange.plugins.filter.snapshot_export import snapshot_export
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access.audit_controls import _yaml

from .test_export import Loader, holding, steps

IDS = [f"aaaaaaaa-0000-0000-0000-00000000000{number}" for number in range(6)]
ANNA = {"id": IDS[1], "userPrincipalName": "anna@contoso.example", "displayName": "Anna"}
HOSTILE = [
    "#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ 6 * 7 ]]",
    "#jinja2: trim_blocks:True\nx",
    "#jinja2:",
    "{{ 6 * 7 }}",
    "{% if true %}x{% endif %}",
    "{# gone #}x",
]


def as_ansible_reads(path: Path) -> Any:
    """The file as a file of variables, with its templates evaluated."""
    loader = DataLoader()
    try:
        loaded = loader.load_from_file(str(path), trusted_as_template=True)
    except TypeError:  # before ansible-core 2.19
        loaded = loader.load_from_file(str(path))
    return Templar(loader=loader, variables={}).template(loaded)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_tenant_is_evaluated(text: str, tmp_path: Path) -> None:
    settings = {"UserMailInsert": text, "DefaultAccessLevel": "Block", "AdminMailRecipients": []}
    files = snapshot_export(holding({"activesync_organization_settings": [settings]}))["files"]
    name = "activesync_organization_settings"
    (file := tmp_path / "vars.yml").write_text(files[f"vars/{name}.yml"])
    [read] = as_ansible_reads(file)[name]
    assert read["user_mail_insert"] == text
    # The audit shows tasks that keep a value.
    file.write_text(f"value: {_yaml(text)}\n")
    assert as_ansible_reads(file) == {"value": text}


def test_the_check_above_sees_what_is_evaluated(tmp_path: Path) -> None:
    (file := tmp_path / "vars.yml").write_text(yaml.safe_dump({"value": HOSTILE[0]}))
    assert as_ansible_reads(file)["value"] != HOSTILE[0]


def exported(kind: str, **objects: Any) -> tuple[list[dict[str, Any]], str]:
    """The options of a kind in an export, and the text about what is missing, on one line."""
    files = snapshot_export(holding(objects))["files"]
    found = yaml.load(files[f"vars/{kind}.yml"], Loader)[kind] if f"vars/{kind}.yml" in files else []
    return found, " ".join(files["apply.yml"].replace("\n#   ", " ").split())


def assigned(role: str, **values: Any) -> dict[str, Any]:
    given = {"RoleAssigneeType": "RoleGroup", "RoleAssigneeName": "Helpdesk EU", "AssignmentMethod": "Direct"}
    return {"Guid": role, "Role": role, "Enabled": True, "RoleAssignmentDelegationType": "Regular", **given, **values}


def test_a_role_group_keeps_roles_that_are_limited_or_disabled() -> None:
    [group], missing = exported(
        "role_groups",
        role_groups=[{"Guid": IDS[0], "Name": "Helpdesk EU", "Members": []}],
        management_roles=[],
        role_assignments=[
            assigned("Mail Recipients", CustomRecipientWriteScope="Europe"),
            assigned("View-Only Recipients"),
            assigned("Mail Tips", Enabled=False),
        ],
    )
    assert group["roles"] == {"add": ["View-Only Recipients"]}
    assert "Helpdesk EU: Mail Recipients" in missing and "Helpdesk EU: Mail Tips" in missing
    [whole], _missing = exported(
        "role_groups",
        role_groups=[{"Guid": IDS[0], "Name": "Helpdesk EU", "Members": []}],
        management_roles=[],
        role_assignments=[assigned("View-Only Recipients")],
    )
    assert whole["roles"] == {"set": ["View-Only Recipients"]}


def test_every_assignment_is_exported_or_listed() -> None:
    delegating = {"RoleAssignmentDelegationType": "DelegatingOrgWide"}
    user = {"RoleAssigneeType": "User", "RoleAssigneeName": "Anna", "RoleAssignee": "anna@contoso.example"}
    found, missing = exported(
        "role_assignments",
        role_groups=[
            {"Guid": IDS[0], "Name": "Helpdesk EU", "Members": []},
            {"Guid": IDS[2], "Name": "Organization Management", "Members": [], "Capabilities": ["Partner_Managed"]},
        ],
        management_roles=[],
        service_principals=[],
        mailboxes=[{"Guid": IDS[3], "PrimarySmtpAddress": "anna@contoso.example", "Name": "Anna"}],
        role_assignments=[
            assigned("Mail Recipients", **user, **delegating),
            assigned("Mail Tips", **delegating),
            assigned("MyBaseOptions", RoleAssigneeType="RoleAssignmentPolicy", RoleAssigneeName="Default Policy"),
            assigned("Legal Hold", RoleAssigneeType="Computer", RoleAssigneeName="MAIL01"),
        ],
    )
    assert {"role": "Mail Recipients", "user": "anna@contoso.example", "delegating": True} in found
    assert {"role": "Mail Tips", "group": "Helpdesk EU", "delegating": True} in found
    assert "those of Default Policy: no module of this collection changes role assignment policies" in missing
    assert "Legal Hold of MAIL01: no module of this collection assigns roles to a Computer" in missing


def policy(**values: Any) -> tuple[list[dict[str, Any]], str]:
    users, state = values.pop("users", {"includeUsers": ["All"]}), values.pop("state", "enabled")
    record = {"id": IDS[0], "displayName": "Phones", "state": state, "conditions": {"users": users, **values}}
    known = [ANNA, {"id": IDS[2], "userPrincipalName": "adm@contoso.example", "mail": "Anna@contoso.example"}]
    known.append({"id": IDS[3], "userPrincipalName": "alex@contoso.example", "mail": "alex@contoso.example"})
    return exported(
        "conditional_access_policies",
        conditional_access_policies=[record],
        users=known,
        groups=[{"id": IDS[4], "displayName": "Pilot"}],
        named_locations=[],
    )


def test_an_address_that_two_people_have_identifies_neither() -> None:
    [found], _missing = policy(users={"includeUsers": [IDS[1], IDS[3]]})
    assert found["conditions"]["users"]["include_users"] == {"set": [IDS[1], "alex@contoso.example"]}


def test_a_deleted_exclusion_stays_and_a_deleted_inclusion_is_named() -> None:
    [kept], missing = policy(users={"includeUsers": ["All"], "excludeUsers": [IDS[3], IDS[5]]})
    assert kept["conditions"]["users"]["exclude_users"] == {"add": ["alex@contoso.example"]}
    assert kept["conditions"]["users"]["include_users"] == {"set": ["All"]}
    assert f"Phones: exclude_users {IDS[5]}: the snapshot has no such object" in missing
    found, missing = policy(users={"includeGroups": [IDS[4], IDS[5]]})
    assert found == [] and f"Phones: it includes {IDS[5]}, and the snapshot has no such object" in missing


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"clientAppTypes": ["easUnsupported"]}, "conditions.client_app_types easUnsupported"),
        ({"state": "unknownFutureValue"}, "policy_state unknownFutureValue"),
        ({"insiderRiskLevels": "minor,unheardOf"}, "conditions.insider_risk_levels unheardOf"),
        ({"platforms": {"includePlatforms": ["palmOS"]}}, "conditions.platforms.include_platforms palmOS"),
    ],
)
def test_a_value_that_the_module_refuses_is_listed(values: dict[str, Any], said: str) -> None:
    found, missing = policy(**values)
    assert found == [] and f"the module conditional_access_policy has no value {said}" in missing


def test_guests_by_their_word_are_written_once() -> None:
    """Microsoft Graph shows both forms of the same value, and the module refuses both together."""
    guests = {"guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest", "externalTenants": None}
    [by_word], _missing = policy(
        users={"includeUsers": ["guestsOrExternalUsers"], "includeGuestsOrExternalUsers": guests}
    )
    assert by_word["conditions"]["users"]["include_users"] == {"set": ["guestsOrExternalUsers"]}
    assert "include_guests_or_external_users" not in by_word["conditions"]["users"]
    [by_object], _missing = policy(users={"includeUsers": [], "includeGuestsOrExternalUsers": guests})
    kinds = by_object["conditions"]["users"]["include_guests_or_external_users"]["guest_or_external_user_types"]
    assert kinds == ["internalGuest", "b2bCollaborationGuest"]


def test_none_is_no_value_and_case_does_not_matter() -> None:
    [found], _missing = policy(insiderRiskLevels="none", platforms={"includePlatforms": ["IOS", "Android"]})
    assert found["conditions"]["insider_risk_levels"] == []
    assert found["conditions"]["platforms"]["include_platforms"] == ["iOS", "android"]


def test_a_mailbox_policy_leaves_out_what_the_module_refuses() -> None:
    name = "mobile_device_mailbox_policies"
    strange: dict[str, Any] = {"Guid": IDS[0], "Name": "Strange", "AllowBluetooth": "Sometimes"}
    strange |= {"RequireStorageCardEncryption": True, "DeviceEncryptionEnabled": False}
    [found], missing = exported(name, **{name: [strange]})
    assert "require_storage_card_encryption" not in found and found["device_encryption_enabled"] is False
    assert "allow_bluetooth" not in found and "Strange: allow_bluetooth Sometimes" in missing
    kind = "activesync_organization_settings"
    [settings], missing = exported(kind, **{kind: [{"DefaultAccessLevel": "Maybe", "AdminMailRecipients": []}]})
    assert "default_access_level" not in settings and "default_access_level Maybe" in missing
    rule = {"Guid": "1", "Identity": "x", "Characteristic": "DeviceColor", "QueryString": "x", "AccessLevel": "Block"}
    rules, missing = exported("device_access_rules", device_access_rules=[rule])
    assert rules == [] and "x: characteristic DeviceColor: the module has no such value" in missing
    assert list(steps(snapshot_export(holding({"device_access_rules": [rule]}))["files"])) == []
