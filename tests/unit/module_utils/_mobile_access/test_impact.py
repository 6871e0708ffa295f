# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices affected by a change of the rules, and their owners, with Exchange's several ways to name mailboxes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access.access_decision import (
    Mailboxes,
    OrganizationAccess,
    belongs,
    decide,
    impact,
)
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access.cas_mailbox import ours, predict

PLACE = "CN=adele,OU=contoso,DC=prod"
DEVICE = {
    "Guid": "g-1",
    "Identity": "adele\\ExchangeActiveSyncDevices\\EAS§iPhone§A1",
    "DistinguishedName": f"CN=EAS§iPhone§A1,CN=ExchangeActiveSyncDevices,{PLACE}",
    "DeviceId": "A1",
    "ClientType": "EAS",
    "DeviceType": "iPhone",
    "DeviceModel": "iPhone14C2",
    "DeviceOS": "iOS 18.6",
}
ADELE = {"Guid": "m-1", "Identity": "adele", "Name": "adele", "DisplayName": "Adele", "DistinguishedName": PLACE}
TWIN = {**ADELE, "Guid": "m-2", "DistinguishedName": "CN=adele,OU=fabrikam,DC=prod"}
NAMELESS = {name: value for name, value in DEVICE.items() if name != "DistinguishedName"}


def test_who_is_hit_and_by_what() -> None:
    rule = {"Characteristic": "DeviceOS", "QueryString": "IOS 18.6", "AccessLevel": "Quarantine", "Identity": "r"}
    assert impact([DEVICE], [ADELE], OrganizationAccess("Allow"), OrganizationAccess("Allow", (rule,))) == [
        {
            "guid": "g-1",
            "device_id": "A1",
            "mailbox": "adele",
            "client_type": "EAS",
            "device_type": "iPhone",
            "device_model": "iPhone14C2",
            "device_os": "iOS 18.6",
            "before": "Allowed",
            "after": "Quarantined",
            "reason": "device_rule",
        }
    ]
    assert decide(DEVICE, {}, OrganizationAccess("Allow", (rule,))).rule == "r"
    assert impact([DEVICE], [], OrganizationAccess("Allow"), OrganizationAccess("Block"))[0]["reason"] == "default"
    # A property with the name of one of our states is shown unchanged.
    assert decide(DEVICE, {}, OrganizationAccess("Future")).state == "Future"


def test_two_mailboxes_of_a_name_matter_only_where_they_differ() -> None:
    allowed = {**TWIN, "ActiveSyncAllowedDeviceIDs": ["a1"]}
    before, after = OrganizationAccess("Allow"), OrganizationAccess("Block")
    assert len(impact([NAMELESS], [ADELE, TWIN], before, after)) == 1
    with pytest.raises(TenantError) as caught:
        impact([NAMELESS], [ADELE, allowed], before, after)
    error = caught.value
    assert error.kind == "ambiguous" and error.details == {"candidates": ["m-1", "m-2"]} and error.next_step
    assert "2 mailboxes may belong to the device A1" in error.problem and "m-1, m-2" in error.problem
    assert str(error).startswith("Could not determine which devices the change affects: ")
    # The directory identifies the owner.
    assert len(impact([DEVICE], [ADELE, allowed], before, after)) == 1
    assert (
        impact(
            [{**DEVICE, "DistinguishedName": f"CN=x,CN=ExchangeActiveSyncDevices,{TWIN['DistinguishedName']}"}],
            [ADELE, allowed],
            before,
            after,
        )
        == []
    )


@pytest.mark.parametrize(
    ("name", "owners"),
    [
        ("m-1", ["m-1"]),
        ("ADELE@contoso.com", ["m-3"]),
        ("adele", ["m-1", "m-2"]),
        ("Adele V", ["m-3"]),
        ("nobody", []),
        ("", []),
    ],
)
def test_the_first_property_by_which_one_is_found_decides(name: str, owners: list[str]) -> None:
    third = {"Guid": "m-3", "Name": "x", "PrimarySmtpAddress": "adele@contoso.com", "DisplayName": "Adele V"}
    known = Mailboxes([ADELE, TWIN, third, {"Guid": "m-4", "DisplayName": "adele"}])
    found = known.of({"Identity": f"{name}\\ExchangeActiveSyncDevices\\x"})
    assert [one["Guid"] for one in found] == owners


def test_whose_a_device_is() -> None:
    assert belongs(DEVICE, ADELE) is True and belongs(DEVICE, TWIN) is False
    assert belongs({**DEVICE, "DistinguishedName": DEVICE["DistinguishedName"].upper()}, ADELE) is True
    assert belongs(NAMELESS, TWIN) is True and belongs(NAMELESS, {"Guid": "m", "Name": "other"}) is None
    assert belongs(DEVICE, {"Guid": "m", "Name": "adele"}) is True
    assert belongs({"Identity": ""}, {"Name": ""}) is None
    # A mailbox that the directory rules out is not the owner, whatever its name.
    assert Mailboxes([TWIN]).of(DEVICE) == []


def mailbox(**lists: Any) -> dict[str, Any]:
    return {**ADELE, "ActiveSyncEnabled": True, "OutlookMobileEnabled": True, "ActiveSyncMailboxPolicy": "P", **lists}


NO_EDIT = {"add": None, "remove": None, "set": None}


@pytest.mark.parametrize(
    ("allow", "block", "allowed", "blocked"),
    [
        (None, None, ["A"], ["B"]),
        ({"add": ["C"]}, None, ["A", "C"], ["B"]),
        ({"add": ["b"]}, None, ["A", "b"], []),
        (None, {"add": ["a"]}, [], ["B", "a"]),
        ({"remove": ["a"]}, {"remove": ["b"]}, [], []),
        ({"set": ["B", "C"]}, None, ["B", "C"], []),
        (None, {"set": []}, ["A"], []),
        ({"set": ["A"]}, {"add": ["C"]}, ["A"], ["B", "C"]),
        ({"add": ["C"], "remove": ["A"]}, None, ["C"], ["B"]),
    ],
    ids=str,
)
def test_an_id_is_in_one_list_or_in_none(allow: Any, block: Any, allowed: list[str], blocked: list[str]) -> None:
    params: dict[str, Any] = {"mailbox": "adele", "active_sync_enabled": None, "outlook_mobile_enabled": None}
    params |= {"policy": None, "allowed_device_ids": allow and {**NO_EDIT, **allow}}
    params |= {"blocked_device_ids": block and {**NO_EDIT, **block}}
    known = mailbox(ActiveSyncAllowedDeviceIDs=["A"], ActiveSyncBlockedDeviceIDs=["B"])
    before, after = predict(params, known)
    common = {"active_sync_enabled": True, "outlook_mobile_enabled": True, "policy": "P"}
    assert before == {**common, "allowed_device_ids": ["A"], "blocked_device_ids": ["B"]}
    assert after == {**common, "allowed_device_ids": allowed, "blocked_device_ids": blocked}


def test_the_same_id_in_both_lists_is_refused() -> None:
    params = {"mailbox": "a", "active_sync_enabled": None, "outlook_mobile_enabled": None, "policy": None}
    both = {"allowed_device_ids": {**NO_EDIT, "add": ["X", "Y"]}, "blocked_device_ids": {**NO_EDIT, "set": ["x", "Z"]}}
    with pytest.raises(TenantError, match="x cannot be allowed and blocked at once") as caught:
        predict({**params, **both}, mailbox())
    assert caught.value.kind == "usage"


def test_a_mailbox_under_our_names() -> None:
    shown = ours({**mailbox(ActiveSyncMailboxPolicyIsDefaulted=True), "HasActiveSyncDevicePartnership": True})
    assert shown == {
        "Identity": "adele",
        "Guid": "m-1",
        "DisplayName": "Adele",
        "PrimarySmtpAddress": None,
        "HasActiveSyncDevicePartnership": True,
        "ActiveSyncEnabled": True,
        "OutlookMobileEnabled": True,
        "Policy": None,
        "AllowedDeviceIds": [],
        "BlockedDeviceIds": [],
    }
    assert ours(mailbox())["Policy"] == "P"
