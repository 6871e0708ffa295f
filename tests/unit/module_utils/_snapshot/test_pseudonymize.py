# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots that can be shared: nothing of the tenant is left, and references stay valid."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.snapshot_diff import snapshot_diff
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.pseudonymize import pseudonymized
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.public_properties import TEXTS
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.public_words import ENUMERATIONS, MODELS
from ansible_collections.intune.exchange.plugins.plugin_utils._snapshot_file import load_snapshot
from simulator import Simulator
from simulator.state.descriptions import shipped

from ..conftest import TENANTS
from .test_twin import CROWD, attempted, prepared, read

SAMPLE = ("retired_with_holes", "documented_forms", "missing_permission", "no_exchange", "connected")
OWN = {
    "users": {"adele.vance": {"displayName": "Zoë Quibbleworth"}, "alex.wilber": {"displayName": "Mark O'Default"}},
    "display_name": "Umbrella Quux",
}
# The stores of a simulated tenant, with the properties that contain private text.
STORES = {
    "users": ("id", "displayName", "userPrincipalName", "mail", "mailNickname"),
    "groups": ("id", "displayName"),
    "organization": ("id", "displayName"),
    "conditionalAccessPolicies": ("id", "displayName"),
    "namedLocations": ("id", "displayName"),
    "managedDevices": ("id", "deviceName", "azureADDeviceId", "easDeviceId", "userId"),
    "deviceCompliancePolicies": ("id", "displayName"),
    "iosManagedAppProtections": ("id", "displayName"),
    "MobileDevice": ("Guid", "DeviceId", "Identity"),
    "ServicePrincipal": ("ObjectId", "AppId", "DisplayName"),
    "RoleGroup": ("Guid",),
    "ManagementRoleAssignment": ("Guid",),
}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=TENANTS, page_size=50, rate_limits=False) as one:
        yield one


def test_nothing_of_a_tenant_is_left(simulator: Simulator, tmp_path: Path) -> None:
    check(simulator, tmp_path, SAMPLE)


@pytest.mark.more
def test_nothing_of_any_shipped_tenant_is_left(simulator: Simulator, tmp_path: Path) -> None:
    check(simulator, tmp_path, tuple(shipped()))


def originals(simulator: Simulator, name: str) -> set[str]:
    """The private texts of people and of the tenant, from its whole state; in lower case."""
    state, domain = simulator.objects()[name], simulator.facts(name)["domain"]
    found = {
        str(record.get(property_) or "").lower()
        for store, properties in STORES.items()
        for record in state.get(store, {}).values()
        for property_ in properties
    }
    return {domain, *found, *(one.partition("@")[0] for one in found)} - {""}


def check(simulator: Simulator, folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        prepared(simulator, name, OWN | (CROWD if name == "retired_with_holes" else {}))
        path = str(folder / f"{name}.yml")
        read(simulator, "tenant_snapshot_info", name, path=path, gather_statistics=True, pseudonymize=True)
        held = read(simulator, "tenant_snapshot_info", name)["snapshot"]["objects"]
        public = json.dumps([one for one in held.get("management_roles", []) if one["IsRootRole"]]).lower()
        public += json.dumps([one["Name"] for one in held.get("role_groups", [])]).lower()
        text = Path(path).read_text().lower()
        left = {one for one in originals(simulator, name) if one in text and one not in public}
        assert left <= {"", "security defaults"}, name
        assert not re.search(r"quibbleworth|umbrella|quux|zoë|o'default", text), name
    with Simulator(tenants=[folder / f"{name}.yml" for name in names], rate_limits=False) as copies:
        for name in names:
            again = str(folder / f"{name}.again.yml")
            read(copies, "tenant_snapshot_info", name, path=again, gather_statistics=True)
            found = snapshot_diff(str(folder / f"{name}.yml"), again)
            assert found["equal"], (name, found["differences"][:3])
            first, second = (load_snapshot(one)["not_read"] for one in (str(folder / f"{name}.yml"), again))
            for kind, problem in first.items():
                assert second[kind]["error"] == problem["error"].replace("sign_in", "forbidden"), (name, kind)


def test_a_copy_without_names_decides_as_the_tenant_does(simulator: Simulator, tmp_path: Path) -> None:
    check_decisions(simulator, tmp_path, ("old_exchange", "documented_forms", "connected", "no_exchange"))


@pytest.mark.more
def test_a_copy_of_any_shipped_tenant_decides_as_the_tenant_does(simulator: Simulator, tmp_path: Path) -> None:
    check_decisions(simulator, tmp_path, tuple(shipped()))


def check_decisions(simulator: Simulator, folder: Path, names: tuple[str, ...]) -> None:
    """The requirements, the assessment and the devices: the same in a copy with the names and in one without."""
    for name in names:
        prepared(simulator, name, CROWD if name == "retired_with_holes" else {})
        for form, hidden in (("plain", False), ("hidden", True)):
            path = str(folder / f"{name}-{form}.yml")
            read(simulator, "tenant_snapshot_info", name, path=path, gather_statistics=True, pseudonymize=hidden)
    paths = [folder / f"{name}-{form}.yml" for name in names for form in ("plain", "hidden")]
    with Simulator(tenants=paths, rate_limits=False) as copies:
        found = {path.stem: decisions(copies, path.stem) for path in paths}
    for name in names:
        assert found[f"{name}-plain"] == found[f"{name}-hidden"], name
    assert any(one["requirements"].get("exchange_version") == "met" for one in found.values())


def decisions(copies: Simulator, name: str) -> dict[str, Any]:
    def part(module: str, key: str) -> list[dict[str, Any]]:
        result = attempted(copies, module, name)  # without Exchange, for example, it fails
        found: list[dict[str, Any]] = result.get(key) or [
            {"id": "error", "status": result.get("error", {}).get("kind")}
        ]
        return found

    devices = Counter(
        (one.get("device_model"), one.get("device_access_state"), one.get("device_access_state_reason"))
        for one in part("mobile_device_info", "mobile_devices")
    )
    return {
        "requirements": {one["id"]: one["status"] for one in part("requirements_info", "requirements")},
        "checks": {one["id"]: one["status"] for one in part("mobile_access_assessment_info", "checks")},
        "devices": devices,
        "role_groups": len(part("role_group_info", "role_groups")),
    }


@pytest.mark.more
def test_two_snapshots_without_names_are_not_compared(simulator: Simulator, tmp_path: Path) -> None:
    prepared(simulator, "retired_with_holes", CROWD)
    hidden = str(tmp_path / "hidden.yml")
    read(simulator, "tenant_snapshot_info", "retired_with_holes", path=hidden, pseudonymize=True)
    other = read(simulator, "tenant_snapshot_info", "retired_with_holes", pseudonymize=True)["snapshot"]
    with pytest.raises(AnsibleFilterError, match="a pseudonymized snapshot has ids"):
        snapshot_diff(hidden, other)


def snapshot(**kinds: Any) -> dict[str, Any]:
    return {
        "format": "intune.exchange.snapshot",
        "version": 1,
        "taken_at": "2026-11-29T08:00:00Z",
        "tenant": {"id": "5a4e1f7c-1d4a-4f8e-9b1d-2f2f4f6a7b80", "name": "Contoso"},
        "objects": kinds,
        "not_read": {},
    }


ADELE = {
    "id": "aaaaaaaa-0000-0000-0000-000000000001",
    "displayName": "Adele Vance",
    "userPrincipalName": "adele@contoso.com",
    "proxyAddresses": ["SMTP:adele@contoso.com", "smtp:a.vance@mail.contoso.com"],
    "state": "Zürich",
    "userType": "Member",
}


def test_the_same_word_becomes_the_same_everywhere() -> None:
    guest = "adele_contoso.com#EXT#@contoso.onmicrosoft.com"
    found = pseudonymized(
        snapshot(
            users=[ADELE, {"id": "aaaaaaaa-0000-0000-0000-000000000002", "userPrincipalName": guest}],
            mailboxes=[{"Guid": "1", "Name": "adele", "DistinguishedName": "CN=adele,OU=contoso.com,DC=x,DC=com"}],
            mobile_devices=[
                {
                    "Guid": "2",
                    "Identity": "adele\\ExchangeActiveSyncDevices\\EAS§iPhone§ABC",
                    "DeviceModel": "iPhone14C2",
                    "DeviceOS": "Adele's phone",
                    "DeviceAccessState": "Allowed",
                }
            ],
        )
    )["objects"]
    adele, other = found["users"]
    name, _at, domain = adele["userPrincipalName"].partition("@")
    assert adele["proxyAddresses"][0] == f"SMTP:{name}@{domain}" and domain.endswith(".example")
    assert adele["displayName"].partition(" ")[0] == name.capitalize() and adele["userType"] == "Member"
    assert adele["state"] != ADELE["state"]  # of an address
    assert other["userPrincipalName"].endswith(".onmicrosoft.example") and "#EXT#@" in other["userPrincipalName"]
    [mailbox], [device] = found["mailboxes"], found["mobile_devices"]
    assert mailbox["Name"] == name and mailbox["DistinguishedName"].startswith(f"CN={name},OU={domain},DC=")
    assert device["Identity"].startswith(f"{name}\\ExchangeActiveSyncDevices\\")
    assert device["DeviceModel"] == "iPhone14C2" and device["DeviceAccessState"] == "Allowed"
    assert "Adele" not in device["DeviceOS"] and name.capitalize() in device["DeviceOS"]


def test_domains_addresses_rules_and_reasons_are_hidden_and_words_of_services_are_not() -> None:
    policy: dict[str, Any] = {
        "id": "aaaaaaaa-0000-0000-0000-000000000003",
        "displayName": "All",
        "state": "enabled",
        "conditions": {
            "users": {"includeUsers": ["All"], "includeRoles": ["62e90394-69f5-4237-9190-012177145e10"]},
            "applications": {"includeApplications": ["Office365", "00000002-0000-0ff1-ce00-000000000000"]},
            "devices": {"deviceFilter": {"rule": 'device.displayName -eq "Adele" and device.model -eq "SM-G991B"'}},
        },
    }
    location = {"id": "x", "ipRanges": [{"cidrAddress": "203.0.113.0/24"}, {"cidrAddress": "2a02:1234::/32"}]}
    taken = snapshot(users=[ADELE], conditional_access_policies=[policy], named_locations=[location])
    taken["not_read"] = {
        "groups": {
            "reason": "Could not read Adele on tenant contoso.com.",
            "error": "forbidden",
            "response": {"status": 403, "code": "Authorization_RequestDenied", "message": "Adele may not"},
        }
    }
    found = pseudonymized(taken)
    [shown] = found["objects"]["conditional_access_policies"]
    assert shown["conditions"]["users"] == policy["conditions"]["users"] and shown["state"] == "enabled"
    assert shown["conditions"]["applications"] == policy["conditions"]["applications"]
    rule = shown["conditions"]["devices"]["deviceFilter"]["rule"]
    assert re.fullmatch(r'device.displayName -eq "[A-Z]\w+" and device.model -eq "SM-G991B"', rule), rule
    four, six = (one["cidrAddress"] for one in found["objects"]["named_locations"][0]["ipRanges"])
    assert re.fullmatch(r"198\.1[89]\.\d+\.\d+/24", four) and re.fullmatch(r"2001:db8:[0-9a-f:]+/32", six)
    assert found["not_read"]["groups"]["response"] == {
        "status": 403,
        "code": "Authorization_RequestDenied",
        "message": "",
    }
    assert not re.search("adele|contoso|203.0|2a02|rich", json.dumps(found), re.IGNORECASE)


@pytest.mark.parametrize(
    "rule",
    [
        "device.displayName -eq 'Adele'",
        "device.displayName -in [\"x\", 'Adele']",
        'device.displayName -eq "Adele',
        "device.displayName -startsWith Adele",
    ],
)
def test_a_rule_in_any_form_is_hidden(rule: str) -> None:
    policy = {"id": "1", "conditions": {"devices": {"deviceFilter": {"rule": rule}}}}
    assert "adele" not in json.dumps(pseudonymized(snapshot(conditional_access_policies=[policy]))).lower()


def test_ids_and_names_inside_of_other_text_are_hidden() -> None:
    unit = "aaaaaaaa-0000-0000-0000-0000000000ff"
    found = pseudonymized(
        snapshot(
            users=[ADELE],
            directory_role_assignments=[
                {"id": "1", "principalId": ADELE["id"], "directoryScopeId": f"/administrativeUnits/{unit}"},
                {"id": "2", "principalId": ADELE["id"], "directoryScopeId": "/"},
            ],
            mobile_devices=[{"Guid": "2", "DeviceModel": "AdelesiPhone", "DeviceOS": "iOS 18.1"}],
        )
    )["objects"]
    assert unit not in json.dumps(found) and "adele" not in json.dumps(found).lower()
    scopes = [one["directoryScopeId"] for one in found["directory_role_assignments"]]
    assert scopes[0].startswith("/administrativeUnits/") and scopes[1] == "/"
    assert found["mobile_devices"][0]["DeviceOS"] == "iOS 18.1"


def test_a_name_in_the_model_of_a_rule_is_hidden_as_in_the_device() -> None:
    rule = 'device.model -eq "Adeles Contoso Kiosk" or device.trustType -eq "Adele" or device.trustType -eq "ServerAD"'
    found = pseudonymized(
        snapshot(
            users=[ADELE],
            conditional_access_policies=[{"id": "1", "conditions": {"devices": {"deviceFilter": {"rule": rule}}}}],
            mobile_devices=[{"Guid": "2", "DeviceModel": "Adeles Contoso Kiosk"}],
        )
    )["objects"]
    shown = found["conditional_access_policies"][0]["conditions"]["devices"]["deviceFilter"]["rule"]
    assert not re.search("adele|contoso|kiosk", shown, re.IGNORECASE)
    assert f'device.model -eq "{found["mobile_devices"][0]["DeviceModel"]}"' in shown and '"ServerAD"' in shown


def test_a_script_in_a_role_and_a_name_in_the_form_of_a_value_are_hidden() -> None:
    cmdlet = "(Microsoft.Exchange.Management.PowerShell.E2010) Get-User -Identity -ResultSize"
    scripts = ["(Application) Reset-AdeleVance.ps1 -AdeleVance", "(Microsoft.Exchange.X) Reset-AdeleVance.ps1"]
    found = pseudonymized(
        snapshot(
            users=[{**ADELE, "displayName": "com.microsoft.AdeleVance", "mailNickname": "True"}],
            management_roles=[{"Guid": "1", "Name": "Own", "IsRootRole": False, "RoleEntries": [cmdlet, *scripts]}],
        )
    )["objects"]
    assert "adele" not in json.dumps(found).lower() and found["users"][0]["mailNickname"] != "True"
    entries = found["management_roles"][0]["RoleEntries"]
    assert cmdlet in entries and len(entries) == 3
    assert any(re.fullmatch(r"\(\w+\) \w+-\w+\.\w+ -\w+", one) for one in entries)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("M\u00fcller", "Mu\u0308ller Phone"),
        ("Mueller", "M\u00fcller Phone"),
        ("Andr\u00e9 Mu\u00dfmann", "Andre Phone"),
        ("Andr\u00e9 Mu\u00dfmann", "Mussmanns iPad"),
        ("Pat O\u2019Brien", "OBrien Phone"),
        ("Pat OBrien", "O'Brien Phone"),
        ("Jo Ann Lee", "JoAnnLee iPhone"),
        ("JoAnn", "Jo Ann's iPhone"),
        ("Bob Li", "BobsiPhone"),
        ("Bob Li", "iPhoneBob2"),
        ("Zo\u00eb", "\uff3a\uff4f\uff45 Phone"),
        ("Somebody", "+49 171 2345678"),
        ("Somebody", "Phone 49-015420-323751-8"),
    ],
)
def test_a_name_in_another_spelling_is_hidden_in_a_model(name: str, model: str) -> None:
    devices = [{"Guid": "2", "DeviceModel": one} for one in (model, "iPhone14C2", "Galaxy S21+ 5G")]
    rule = {"Guid": "3", "QueryString": model, "Characteristic": "DeviceModel"}
    mailbox = {"Guid": "1", "DisplayName": name}
    found = pseudonymized(snapshot(users=[], mailboxes=[mailbox], mobile_devices=devices, device_access_rules=[rule]))[
        "objects"
    ]
    shown, *others = (one["DeviceModel"] for one in found["mobile_devices"])
    assert not set(re.findall(r"[^\W_]{2,}", shown)) & set(re.findall(r"[^\W_]{2,}", model))
    assert shown == found["device_access_rules"][0]["QueryString"] and others == ["iPhone14C2", "Galaxy S21+ 5G"]


def test_names_that_only_devices_groups_and_roles_hold_are_hidden_in_models() -> None:
    models = ["Annas iPhone", "Falcon-Mail/1", "iOS of Zorblax", "KimPhone", "iPhone14C2"]
    kinds = {
        "managed_devices": [{"id": "1", "userDisplayName": "Anna Schmidt", "model": "Schmidt iPhone"}],
        "mobile_devices": [
            {
                "Guid": str(number),
                "Name": "EAS§iPhone§1",
                "Identity": "kim\\ExchangeActiveSyncDevices\\EAS",
                "DeviceModel": one,
            }
            for number, one in enumerate(models)
        ],
        "groups": [{"id": "2", "displayName": "Falcon iPhone users"}],
        "role_groups": [{"Guid": "3", "Name": "Own", "Members": [{"Name": "x", "DisplayName": "Zorblax"}]}],
    }
    found = pseudonymized(snapshot(users=[], mailboxes=[], **kinds))["objects"]
    assert not re.search("anna|schmidt|falcon|zorblax|kim", json.dumps(found), re.IGNORECASE)
    assert found["mobile_devices"][-1]["DeviceModel"] == "iPhone14C2"


def test_without_the_mailboxes_only_known_words_stay_in_models() -> None:
    models = ("Annas iPhone", "iPhone14C2", "SM-G991B", "Outlook for iOS and Android")
    devices = [{"Guid": str(number), "DeviceModel": one} for number, one in enumerate(models)]
    found = pseudonymized(snapshot(users=[ADELE], mobile_devices=devices))["objects"]["mobile_devices"]
    first, *others = (one["DeviceModel"] for one in found)
    assert "Anna" not in first and tuple(others) == models[1:]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("Authorization_RequestDenied", "Authorization_RequestDenied"),
        ("UnknownError (Forbidden)", "UnknownError (Forbidden)"),
        ("UnknownError (Adele Rich)", "UnknownError"),
        ("AdeleRich", "Error"),
        ("Contoso", "Error"),
        ("", ""),
        (
            "Microsoft.Exchange.Adele.ManagementObjectNotFoundException",
            "Microsoft.Exchange.ManagementObjectNotFoundException",
        ),
    ],
)
def test_a_code_of_a_service_holds_no_text_of_somebody(code: str, shown: str) -> None:
    taken = snapshot(users=[ADELE])
    response = {"status": 403, "code": code, "message": "Adele"}
    taken["not_read"] = {"groups": {"reason": "Adele", "error": "forbidden", "response": response}}
    found = pseudonymized(taken)
    assert found["not_read"]["groups"]["response"]["code"] == shown
    assert "adele" not in json.dumps(found).lower()


TAILS = ("{}", "{}Default", "x-{}", "{} {}", "17.1 ({})", "#microsoft.graph.user {}", "block,{}", "com.microsoft.{}")


@pytest.mark.parametrize("kind", ["managed_devices", "conditional_access_policies", "mobile_devices", "subscriptions"])
def test_no_property_is_trusted_to_hold_no_name(kind: str) -> None:
    """Every property that may stay as it is, with a name of somebody in each form."""
    properties = sorted({*ENUMERATIONS, *MODELS, *TEXTS, "RoleEntries", "bundleId", "rule", "version", "somethingElse"})
    for tail in TAILS:
        value = tail.format("Quibbleworth", "Zoe")
        record: dict[str, Any] = dict.fromkeys(properties, value) | {"inner": {name: [value] for name in properties}}
        record |= {"extension_0123456789abcdef_Quibbleworth": 1, "Quibbleworth Zoe": 2}
        [found] = pseudonymized(snapshot(users=[ZOE], **{kind: [record]}))["objects"][kind]
        assert "quibbleworth" not in json.dumps(found).lower(), (tail, found)


def test_what_a_service_says_stays_whatever_somebody_is_called() -> None:
    called = {**ZOE, "displayName": "Grant Block All", "userPrincipalName": "enabled@contoso.com"}
    policy = {
        "id": "1",
        "state": "enabled",
        "grantControls": {"operator": "OR", "builtInControls": ["block", "mfa"]},
        "conditions": {"clientAppTypes": ["all"], "users": {"includeGuestsOrExternalUsers": {"@odata.type": TYPE}}},
    }
    app = {"id": "2", "apps": [{"bundleId": "com.microsoft.Office.Outlook"}], "version": '"1"'}
    phone = {"id": "3", "osVersion": "17.6.1", "complianceState": "noncompliant", "skuId": "a-b", "newState": "new"}
    size = {"Guid": "4", "MaxAttachmentSize": "10 MB (10,485,760 bytes)", "AllowBluetooth": "HandsfreeOnly"}
    for known in (snapshot(users=[called], mailboxes=[]), snapshot()):
        known["objects"] |= {
            "conditional_access_policies": [policy],
            "ios_app_protection_policies": [app],
            "managed_devices": [phone],
            "mobile_device_mailbox_policies": [size],
        }
        found = pseudonymized(known)["objects"]
        [shown] = found["conditional_access_policies"]
        assert {name: shown[name] for name in shown if name != "id"} == {
            name: policy[name] for name in policy if name != "id"
        }
        assert found["ios_app_protection_policies"][0]["apps"] == app["apps"]
        assert found["managed_devices"][0]["osVersion"] == "17.6.1"
        assert found["managed_devices"][0]["complianceState"] == "noncompliant"
        shown = found["mobile_device_mailbox_policies"][0]
        assert (shown["MaxAttachmentSize"], shown["AllowBluetooth"]) == (
            size["MaxAttachmentSize"],
            size["AllowBluetooth"],
        )


TYPE = "#microsoft.graph.conditionalAccessGuestsOrExternalUsers"
ZOE = {
    "id": "aaaaaaaa-0000-0000-0000-0000000000ff",
    "displayName": "Zoe Quibbleworth",
    "userPrincipalName": "zoe.quibbleworth@contoso.com",
}
