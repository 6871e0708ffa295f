# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mailboxes, device access rules, mailbox policies and devices in Exchange."""

from __future__ import annotations

from simulator import Simulator

from ..conftest import Client, MakeClient


def states(client: Client) -> dict[str, tuple[str, str]]:
    return {
        device["DeviceType"]: (device["DeviceAccessState"], device["DeviceAccessStateReason"])
        for device in client.run("Get-MobileDevice")
    }


def test_what_decides_about_a_device(client: Client) -> None:
    assert states(client) == {"iPhone": ("Allowed", "Global"), "Outlook": ("Allowed", "Global")}
    client.run("Set-ActiveSyncOrganizationSettings", DefaultAccessLevel="Quarantine")
    rule = {"AccessLevel": "Allow", "Characteristic": "DeviceModel", "QueryString": "Outlook for iOS and Android"}
    client.run("New-ActiveSyncDeviceAccessRule", **rule)
    assert states(client) == {"iPhone": ("Quarantined", "Global"), "Outlook": ("Allowed", "DeviceRule")}
    (phone,) = client.run("Get-MobileDevice", Mailbox="adele.vance")
    client.run("Set-CASMailbox", Identity="adele.vance", ActiveSyncAllowedDeviceIDs=[phone["DeviceId"]])
    client.run("Set-CASMailbox", Identity="alex.wilber", OutlookMobileEnabled=False)
    client.run("New-ActiveSyncDeviceAccessRule", **rule | {"AccessLevel": "Block", "Characteristic": "DeviceOS"})
    assert states(client) == {"iPhone": ("Allowed", "Individual"), "Outlook": ("Blocked", "Individual")}
    (outlook,) = (one for one in client.run("Get-MobileDevice") if one["ClientType"] == "Outlook")
    assert client.run("Get-MobileDevice", UniversalOutlook=True) == []  # Mail and Calendar of Windows
    assert outlook["DeviceAccessControlRule"] is None


def test_device_access_rules(client: Client) -> None:
    rule = {"AccessLevel": "Block", "Characteristic": "DeviceType", "QueryString": "iPhone"}
    (made,) = client.run("New-ActiveSyncDeviceAccessRule", **rule)
    assert made["Name"] == made["Identity"] == "iPhone (DeviceType)"
    assert client.failure("New-ActiveSyncDeviceAccessRule", **rule)[0] == "ADObjectAlreadyExistsException"
    for identity in (made["Guid"], made["Identity"].upper()):
        assert client.run("Get-ActiveSyncDeviceAccessRule", Identity=identity) == [made]
    client.run("Set-ActiveSyncDeviceAccessRule", Identity=made["Guid"], AccessLevel="Quarantine")
    assert client.run("Get-ActiveSyncDeviceAccessRule")[0]["AccessLevel"] == "Quarantine"
    assert (
        client.invoke("Remove-ActiveSyncDeviceAccessRule", {"Identity": made["Guid"], "Confirm": False}).status_code
        == 204
    )
    kind, _unused = client.failure("Remove-ActiveSyncDeviceAccessRule", Identity=made["Guid"])
    assert kind == "ManagementObjectNotFoundException"


def test_mailbox_policies(client: Client) -> None:
    (default,) = client.run("Get-MobileDeviceMailboxPolicy")
    assert (default["Name"], default["IsDefault"], default["MinPasswordLength"]) == ("Default", True, None)
    (own,) = client.run("New-MobileDeviceMailboxPolicy", Name="Own", RequireStorageCardEncryption=True)
    assert own["DeviceEncryptionEnabled"] is True and own["IsDefault"] is False
    client.run("Set-MobileDeviceMailboxPolicy", Identity="Own", Name="Renamed", IsDefault=True, PasswordEnabled=True)
    found = {policy["Name"]: policy["IsDefault"] for policy in client.run("Get-MobileDeviceMailboxPolicy")}
    assert found == {"Default": False, "Renamed": True}
    assert client.run("Get-MobileDeviceMailboxPolicy", Identity="Renamed")[0]["Guid"] == own["Guid"]
    assert "default" in client.failure("Set-MobileDeviceMailboxPolicy", Identity="Renamed", IsDefault=False)[1]
    assert "default" in client.failure("Remove-MobileDeviceMailboxPolicy", Identity="Renamed")[1]
    client.run("Set-CASMailbox", Identity="adele.vance", ActiveSyncMailboxPolicy="Default")
    assert "assigned" in client.failure("Remove-MobileDeviceMailboxPolicy", Identity="Default")[1]
    client.run("Remove-MobileDeviceMailboxPolicy", Identity="Default", Force=True)
    assert client.failure("New-MobileDeviceMailboxPolicy", Name="Renamed")[0] == "ADObjectAlreadyExistsException"


def test_a_mailbox_follows_the_default_policy_unless_it_has_its_own(client: Client) -> None:
    def policy() -> tuple[str, bool]:
        (found,) = client.run("Get-CASMailbox", Identity="adele.vance")
        return found["ActiveSyncMailboxPolicy"], found["ActiveSyncMailboxPolicyIsDefaulted"]

    assert policy() == ("Default", True)
    client.run("Set-CASMailbox", Identity="adele.vance", ActiveSyncMailboxPolicy="Default")
    assert policy() == ("Default", False)
    client.run("Set-CASMailbox", Identity="adele.vance", ActiveSyncMailboxPolicy=None)
    assert policy() == ("Default", True)
    kind, _unused = client.failure("Set-CASMailbox", Identity="adele.vance", ActiveSyncMailboxPolicy="none")
    assert kind == "ManagementObjectNotFoundException"
    client.run("New-MobileDeviceMailboxPolicy", Name="Other", IsDefault=True)
    assert policy() == ("Other", True)


def test_mailboxes_and_users(client: Client, client_of: MakeClient) -> None:
    assert len(client.run("Get-Mailbox")) == 4
    (found,) = client.run("Get-Recipient", Identity="adele.vance@contoso.example")
    assert found["PrimarySmtpAddress"] == "adele.vance@contoso.example"
    assert found["EmailAddresses"] == ["SMTP:adele.vance@contoso.example"]
    assert [user["Name"] for user in client.run("Get-User", Anr="al")] == ["alex.wilber"]
    assert client.run("Get-Mailbox", RecipientTypeDetails=["SharedMailbox"]) == []
    partners = {item["Name"]: item["HasActiveSyncDevicePartnership"] for item in client.run("Get-CASMailbox")}
    assert partners["adele.vance"] is True and partners["administrator"] is False
    unlicensed = client_of("account_without_licence")
    (user,) = unlicensed.run("Get-User", Identity="svc-intune-connector")
    assert user["RecipientTypeDetails"] == "User"


def test_statistics_and_wipes(client: Client) -> None:
    (phone,) = client.run("Get-MobileDeviceStatistics", Mailbox="adele.vance")
    (outlook,) = client.run("Get-MobileDeviceStatistics", Mailbox="alex.wilber")
    assert phone["LastSuccessSync"] and outlook["LastSuccessSync"] is None
    client.run("Clear-MobileDevice", Identity=phone["Identity"])
    client.run("Clear-MobileDevice", Identity=outlook["Guid"])
    (phone,) = client.run("Get-MobileDeviceStatistics", Identity=phone["Identity"])
    (outlook,) = client.run("Get-MobileDeviceStatistics", Identity=outlook["Guid"])
    assert phone["DeviceWipeRequestTime"] and not phone["AccountOnlyDeviceWipeRequestTime"]
    assert outlook["AccountOnlyDeviceWipeRequestTime"] and not outlook["DeviceWipeRequestTime"]
    client.run("Clear-MobileDevice", Identity=phone["Guid"], Cancel=True)
    assert client.run("Get-MobileDeviceStatistics", Identity=phone["Guid"])[0]["DeviceWipeRequestTime"] is None
    client.run("Remove-MobileDevice", Identity=phone["Guid"])
    assert len(client.run("Get-MobileDevice")) == 1
    assert (
        client.failure("Get-MobileDeviceStatistics", Identity=phone["Guid"])[0] == "ManagementObjectNotFoundException"
    )


def test_device_classes(client: Client) -> None:
    found = {(item["DeviceType"], item["DeviceModel"]) for item in client.run("Get-ActiveSyncDeviceClass")}
    assert found == {("iPhone", "iPhone14C2"), ("Outlook", "Outlook for iOS and Android")}


def test_the_settings_know_whether_intune_manages(client: Client, simulator: Simulator) -> None:
    assert client.run("Get-ActiveSyncOrganizationSettings")[0]["IsIntuneManaged"] is False
    client.create_connector()
    simulator.advance(400)
    assert client.run("Get-ActiveSyncOrganizationSettings")[0]["IsIntuneManaged"] is True


def test_a_wipe_is_acknowledged_after_a_while(client: Client, simulator: Simulator) -> None:
    def progress() -> list[bool]:
        (phone,) = client.run("Get-MobileDeviceStatistics", Mailbox="adele.vance")
        return [bool(phone[f"AccountOnlyDeviceWipe{step}Time"]) for step in ("Request", "Sent", "Ack")]

    (phone,) = client.run("Get-MobileDevice", Mailbox="adele.vance")
    assert progress() == [False, False, False]
    client.run("Clear-MobileDevice", Identity=phone["Guid"], AccountOnly=True)
    assert progress() == [True, False, False]
    simulator.advance(600)
    assert progress() == [True, True, True]
