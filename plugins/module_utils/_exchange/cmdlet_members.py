# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The members of the enumerations that cmdlets take, from the same pages as their parameters (cmdlet_contract.py).

Exchange Online matches words by their beginning: a wrong one is not always refused, and may match nothing. The members
of a type are those of all cmdlets that use it, so nothing is refused here that the service may accept.
"""

from __future__ import annotations

_TYPES = {
    "DeviceAccessLevel": "Allow Block Quarantine",
    "BluetoothType": "Allow Disable HandsfreeOnly",
    "SMIMEEncryptionAlgorithmNegotiationType": (
        "AllowAnyAlgorithmNegotiation BlockNegotiation OnlyStrongAlgorithmNegotiation"
    ),
    "CalendarAgeFilterType": "All TwoWeeks OneMonth ThreeMonths SixMonths",
    "EmailAgeFilterType": "All OneDay ThreeDays OneWeek TwoWeeks OneMonth",
    "EncryptionSMIMEAlgorithmType": "DES TripleDES RC240bit RC264bit RC2128bit",
    "SignedSMIMEAlgorithmType": "SHA1 MD5",
    "DeviceAccessCharacteristic": "DeviceModel DeviceType DeviceOS UserAgent XMSWLHeader",
    "ManagementRoleEntryType": "Cmdlet Script ApplicationPermission",
    "AssignmentMethod": "Direct SecurityGroup RoleGroup RoleAssignmentPolicy",
    "ConfigWriteScopeType": "None OrganizationConfig CustomConfigScope ExclusiveConfigScope",
    "RecipientWriteScopeType": (
        "None MyGAL Self OU CustomRecipientScope MyDistributionGroups ExclusiveRecipientScope Organization"
    ),
    "RoleAssigneeType": (
        "User SecurityGroup RoleAssignmentPolicy ForeignSecurityPrincipal RoleGroup LinkedRoleGroup Computer"
    ),
    "RecipientTypeDetails": (
        "DisabledUser DiscoveryMailbox EquipmentMailbox GuestMailUser GroupMailbox LegacyMailbox "
        "LinkedMailbox LinkedRoomMailbox LinkedUser MailUser PublicFolderMailbox RemoteEquipmentMailbox "
        "RemoteRoomMailbox RemoteSharedMailbox RemoteTeamMailbox RemoteUserMailbox RoomMailbox "
        "SchedulingMailbox SharedMailbox SharedWithMailUser TeamMailbox User UserMailbox "
        "DynamicDistributionGroup MailContact MailForestContact MailNonUniversalGroup "
        "MailUniversalDistributionGroup MailUniversalSecurityGroup PublicFolder RoomList"
    ),
    "EwsApplicationAccessPolicy": "EnforceAllowList EnforceBlockList",
    "MimeTextFormat": (
        "0 1 2 3 4 5 6 TextOnly HtmlOnly HtmlAndTextAlternative TextEnrichedOnly "
        "TextEnrichedAndTextAlternative BestBodyFormat Tnef"
    ),
    "AuthenticationType": "Federated Managed",
    "RecipientType": (
        "DynamicDistributionGroup MailContact MailNonUniversalGroup MailUniversalDistributionGroup "
        "MailUniversalSecurityGroup MailUser PublicFolder UserMailbox"
    ),
}
_PARAMETERS = {
    "Set-ActiveSyncOrganizationSettings": {
        "DefaultAccessLevel": "DeviceAccessLevel",
    },
    "Set-MobileDeviceMailboxPolicy": {
        "AllowBluetooth": "BluetoothType",
        "AllowSMIMEEncryptionAlgorithmNegotiation": "SMIMEEncryptionAlgorithmNegotiationType",
        "MaxCalendarAgeFilter": "CalendarAgeFilterType",
        "MaxEmailAgeFilter": "EmailAgeFilterType",
        "RequireEncryptionSMIMEAlgorithm": "EncryptionSMIMEAlgorithmType",
        "RequireSignedSMIMEAlgorithm": "SignedSMIMEAlgorithmType",
    },
    "New-MobileDeviceMailboxPolicy": {
        "AllowBluetooth": "BluetoothType",
        "AllowSMIMEEncryptionAlgorithmNegotiation": "SMIMEEncryptionAlgorithmNegotiationType",
        "MaxCalendarAgeFilter": "CalendarAgeFilterType",
        "MaxEmailAgeFilter": "EmailAgeFilterType",
        "RequireEncryptionSMIMEAlgorithm": "EncryptionSMIMEAlgorithmType",
        "RequireSignedSMIMEAlgorithm": "SignedSMIMEAlgorithmType",
    },
    "Set-ActiveSyncDeviceAccessRule": {
        "AccessLevel": "DeviceAccessLevel",
    },
    "New-ActiveSyncDeviceAccessRule": {
        "AccessLevel": "DeviceAccessLevel",
        "Characteristic": "DeviceAccessCharacteristic",
    },
    "Get-ManagementRoleEntry": {
        "Type": "ManagementRoleEntryType",
    },
    "Add-ManagementRoleEntry": {
        "Type": "ManagementRoleEntryType",
    },
    "Get-ManagementRoleAssignment": {
        "AssignmentMethod": "AssignmentMethod",
        "ConfigWriteScope": "ConfigWriteScopeType",
        "RecipientWriteScope": "RecipientWriteScopeType",
        "RoleAssigneeType": "RoleAssigneeType",
    },
    "New-ManagementRoleAssignment": {
        "RecipientRelativeWriteScope": "RecipientWriteScopeType",
    },
    "Set-ManagementRoleAssignment": {
        "RecipientRelativeWriteScope": "RecipientWriteScopeType",
    },
    "Get-User": {
        "RecipientTypeDetails": "RecipientTypeDetails",
    },
    "Get-Mailbox": {
        "RecipientTypeDetails": "RecipientTypeDetails",
    },
    "Get-CASMailbox": {
        "RecipientTypeDetails": "RecipientTypeDetails",
    },
    "Set-CASMailbox": {
        "EwsApplicationAccessPolicy": "EwsApplicationAccessPolicy",
        "ImapMessagesRetrievalMimeFormat": "MimeTextFormat",
        "PopMessagesRetrievalMimeFormat": "MimeTextFormat",
    },
    "Get-Recipient": {
        "AuthenticationType": "AuthenticationType",
        "RecipientType": "RecipientType",
        "RecipientTypeDetails": "RecipientTypeDetails",
    },
}
MEMBERS: dict[str, dict[str, tuple[str, ...]]] = {
    cmdlet: {name: tuple(_TYPES[kind].split()) for name, kind in parameters.items()}
    for cmdlet, parameters in _PARAMETERS.items()
}
