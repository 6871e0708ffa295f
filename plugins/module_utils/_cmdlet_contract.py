# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmdlets that may be sent to Exchange Online: their parameters and how each is encoded.

From MicrosoftDocs/office-docs-powershell @ 93336da2 (2026-08-21), exchange/exchange-ps/ExchangePowerShell/<Cmdlet>.md:
only parameters that exist in the cloud and are not internal to Microsoft. A test holds it against the simulator's contract.
"""

from __future__ import annotations

CMDLETS: dict[str, dict[str, str]] = {
    "Get-ActiveSyncOrganizationSettings": {
        "Identity": "string",
    },
    "Set-ActiveSyncOrganizationSettings": {
        "Identity": "string", "AdminMailRecipients": "multivalued", "AllowRMSSupportForUnenlightenedApps": "bool",
        "Confirm": "switch", "DefaultAccessLevel": "enum", "EnableMobileMailboxPolicyWhenCAInplace": "bool",
        "OtaNotificationMailInsert": "string", "TenantAdminPreference": "enum", "UserMailInsert": "string",
        "WhatIf": "switch",
    },
    "Get-MobileDeviceMailboxPolicy": {
        "Identity": "string",
    },
    "Set-MobileDeviceMailboxPolicy": {
        "Identity": "string", "AllowApplePushNotifications": "bool", "AllowBluetooth": "enum", "AllowBrowser": "bool",
        "AllowCamera": "bool", "AllowConsumerEmail": "bool", "AllowDesktopSync": "bool",
        "AllowExternalDeviceManagement": "bool", "AllowGooglePushNotifications": "bool", "AllowHTMLEmail": "bool",
        "AllowInternetSharing": "bool", "AllowIrDA": "bool", "AllowMicrosoftPushNotifications": "bool",
        "AllowMobileOTAUpdate": "bool", "AllowNonProvisionableDevices": "bool", "AllowPOPIMAPEmail": "bool",
        "AllowRemoteDesktop": "bool", "AllowSimplePassword": "bool",
        "AllowSMIMEEncryptionAlgorithmNegotiation": "enum", "AllowSMIMESoftCerts": "bool", "AllowStorageCard": "bool",
        "AllowTextMessaging": "bool", "AllowUnsignedApplications": "bool",
        "AllowUnsignedInstallationPackages": "bool", "AllowWiFi": "bool", "AlphanumericPasswordRequired": "bool",
        "ApprovedApplicationList": "multivalued", "AttachmentsEnabled": "bool", "Confirm": "switch",
        "DeviceEncryptionEnabled": "bool", "DevicePolicyRefreshInterval": "unlimited:timespan", "IrmEnabled": "bool",
        "IsDefault": "bool", "MaxAttachmentSize": "unlimited:bytesize", "MaxCalendarAgeFilter": "enum",
        "MaxEmailAgeFilter": "enum", "MaxEmailBodyTruncationSize": "unlimited:int-kb",
        "MaxEmailHTMLBodyTruncationSize": "unlimited:int-kb", "MaxInactivityTimeLock": "unlimited:timespan",
        "MaxPasswordFailedAttempts": "unlimited:int", "MinPasswordComplexCharacters": "int",
        "MinPasswordLength": "int", "Name": "string", "PasswordEnabled": "bool",
        "PasswordExpiration": "unlimited:timespan", "PasswordHistory": "int", "PasswordRecoveryEnabled": "bool",
        "RequireDeviceEncryption": "bool", "RequireEncryptedSMIMEMessages": "bool",
        "RequireEncryptionSMIMEAlgorithm": "enum", "RequireManualSyncWhenRoaming": "bool",
        "RequireSignedSMIMEAlgorithm": "enum", "RequireSignedSMIMEMessages": "bool",
        "RequireStorageCardEncryption": "bool", "UnapprovedInROMApplicationList": "multivalued",
        "UNCAccessEnabled": "bool", "WhatIf": "switch", "WSSAccessEnabled": "bool",
    },
    "New-MobileDeviceMailboxPolicy": {
        "Name": "string", "AllowApplePushNotifications": "bool", "AllowBluetooth": "enum", "AllowBrowser": "bool",
        "AllowCamera": "bool", "AllowConsumerEmail": "bool", "AllowDesktopSync": "bool",
        "AllowExternalDeviceManagement": "bool", "AllowGooglePushNotifications": "bool", "AllowHTMLEmail": "bool",
        "AllowInternetSharing": "bool", "AllowIrDA": "bool", "AllowMicrosoftPushNotifications": "bool",
        "AllowMobileOTAUpdate": "bool", "AllowNonProvisionableDevices": "bool", "AllowPOPIMAPEmail": "bool",
        "AllowRemoteDesktop": "bool", "AllowSimplePassword": "bool",
        "AllowSMIMEEncryptionAlgorithmNegotiation": "enum", "AllowSMIMESoftCerts": "bool", "AllowStorageCard": "bool",
        "AllowTextMessaging": "bool", "AllowUnsignedApplications": "bool",
        "AllowUnsignedInstallationPackages": "bool", "AllowWiFi": "bool", "AlphanumericPasswordRequired": "bool",
        "ApprovedApplicationList": "multivalued", "AttachmentsEnabled": "bool", "Confirm": "switch",
        "DeviceEncryptionEnabled": "bool", "DevicePolicyRefreshInterval": "unlimited:timespan", "IrmEnabled": "bool",
        "IsDefault": "bool", "MaxAttachmentSize": "unlimited:bytesize", "MaxCalendarAgeFilter": "enum",
        "MaxEmailAgeFilter": "enum", "MaxEmailBodyTruncationSize": "unlimited:int-kb",
        "MaxEmailHTMLBodyTruncationSize": "unlimited:int-kb", "MaxInactivityTimeLock": "unlimited:timespan",
        "MaxPasswordFailedAttempts": "unlimited:int", "MinPasswordComplexCharacters": "int",
        "MinPasswordLength": "int", "PasswordEnabled": "bool", "PasswordExpiration": "unlimited:timespan",
        "PasswordHistory": "int", "PasswordRecoveryEnabled": "bool", "RequireDeviceEncryption": "bool",
        "RequireEncryptedSMIMEMessages": "bool", "RequireEncryptionSMIMEAlgorithm": "enum",
        "RequireManualSyncWhenRoaming": "bool", "RequireSignedSMIMEAlgorithm": "enum",
        "RequireSignedSMIMEMessages": "bool", "RequireStorageCardEncryption": "bool",
        "UnapprovedInROMApplicationList": "multivalued", "UNCAccessEnabled": "bool", "WhatIf": "switch",
        "WSSAccessEnabled": "bool",
    },
    "Remove-MobileDeviceMailboxPolicy": {
        "Identity": "string", "Confirm": "switch", "Force": "switch", "WhatIf": "switch",
    },
    "Get-ActiveSyncDeviceAccessRule": {
        "Identity": "string",
    },
    "Set-ActiveSyncDeviceAccessRule": {
        "Identity": "string", "AccessLevel": "enum", "Confirm": "switch", "WhatIf": "switch",
    },
    "New-ActiveSyncDeviceAccessRule": {
        "AccessLevel": "enum", "Characteristic": "enum", "QueryString": "string", "Confirm": "switch",
        "WhatIf": "switch",
    },
    "Remove-ActiveSyncDeviceAccessRule": {
        "Identity": "string", "Confirm": "switch", "WhatIf": "switch",
    },
    "Get-MobileDeviceStatistics": {
        "Identity": "string", "Mailbox": "string", "ActiveSync": "switch", "GetMailboxLog": "switch",
        "NotificationEmailAddresses": "multivalued", "OWAforDevices": "switch", "ShowRecoveryPassword": "switch",
        "RestApi": "switch", "UniversalOutlook": "switch",
    },
    "Get-MobileDevice": {
        "Identity": "string", "Mailbox": "string", "ActiveSync": "switch", "Filter": "string",
        "OrganizationalUnit": "string", "OWAforDevices": "switch", "ResultSize": "unlimited:int", "SortBy": "string",
        "RestApi": "switch", "UniversalOutlook": "switch",
    },
    "Get-ActiveSyncDeviceClass": {
        "Identity": "string", "Filter": "string", "SortBy": "string",
    },
    "Get-ManagementRole": {
        "Identity": "string", "GetChildren": "switch", "Recurse": "switch", "Cmdlet": "string",
        "CmdletParameters": "array", "RoleType": "enum", "Script": "string", "ScriptParameters": "array",
    },
    "New-ManagementRole": {
        "Name": "string", "Parent": "string", "Confirm": "switch", "Description": "string", "EnabledCmdlets": "array",
        "Force": "switch", "WhatIf": "switch",
    },
    "Remove-ManagementRole": {
        "Identity": "string", "Confirm": "switch", "Force": "switch", "Recurse": "switch", "WhatIf": "switch",
    },
    "Get-ManagementRoleEntry": {
        "Identity": "string", "Parameters": "array", "PSSnapinName": "string", "ResultSize": "unlimited:int",
        "Type": "array",
    },
    "Add-ManagementRoleEntry": {
        "Identity": "string", "ParentRoleEntry": "string", "Role": "string", "Confirm": "switch", "Force": "switch",
        "Overwrite": "switch", "Parameters": "array", "Type": "enum", "WhatIf": "switch",
    },
    "Set-ManagementRoleEntry": {
        "Identity": "string", "AddParameter": "switch", "Confirm": "switch", "Force": "switch", "Parameters": "array",
        "RemoveParameter": "switch", "WhatIf": "switch",
    },
    "Remove-ManagementRoleEntry": {
        "Identity": "string", "Confirm": "switch", "Force": "switch", "WhatIf": "switch",
    },
    "Get-ManagementRoleAssignment": {
        "Identity": "string", "AssignmentMethod": "array", "ConfigWriteScope": "enum",
        "CustomRecipientWriteScope": "string", "Delegating": "bool", "Enabled": "bool", "Exclusive": "bool",
        "ExclusiveRecipientWriteScope": "string", "GetEffectiveUsers": "switch",
        "RecipientAdministrativeUnitScope": "string", "RecipientGroupScope": "string",
        "RecipientOrganizationalUnitScope": "string", "RecipientWriteScope": "enum", "Role": "string",
        "RoleAssignee": "string", "RoleAssigneeType": "enum", "WritableRecipient": "string",
    },
    "New-ManagementRoleAssignment": {
        "Name": "string", "App": "string", "Policy": "string", "Role": "string", "SecurityGroup": "string",
        "User": "string", "Confirm": "switch", "CustomRecipientWriteScope": "string", "CustomResourceScope": "string",
        "Delegating": "switch", "ExclusiveRecipientWriteScope": "string", "Force": "switch",
        "RecipientAdministrativeUnitScope": "string", "RecipientGroupScope": "string",
        "RecipientOrganizationalUnitScope": "string", "RecipientRelativeWriteScope": "enum", "WhatIf": "switch",
    },
    "Set-ManagementRoleAssignment": {
        "Identity": "string", "RecipientAdministrativeUnitScope": "string", "RecipientGroupScope": "string",
        "Confirm": "switch", "CustomRecipientWriteScope": "string", "CustomResourceScope": "string",
        "Enabled": "bool", "ExclusiveRecipientWriteScope": "string", "Force": "switch",
        "RecipientOrganizationalUnitScope": "string", "RecipientRelativeWriteScope": "enum", "WhatIf": "switch",
    },
    "Remove-ManagementRoleAssignment": {
        "Identity": "string", "Confirm": "switch", "Force": "switch", "WhatIf": "switch",
    },
    "Get-RoleGroup": {
        "Identity": "string", "Filter": "string", "ResultSize": "unlimited:int", "ShowPartnerLinked": "switch",
        "SortBy": "string",
    },
    "New-RoleGroup": {
        "Name": "string", "Confirm": "switch", "CustomRecipientWriteScope": "string", "Description": "string",
        "DisplayName": "string", "Force": "switch", "ManagedBy": "multivalued", "Members": "multivalued",
        "Roles": "array", "WellKnownObject": "string", "WhatIf": "switch",
    },
    "Set-RoleGroup": {
        "Identity": "string", "BypassSecurityGroupManagerCheck": "switch", "Confirm": "switch",
        "Description": "string", "DisplayName": "string", "Force": "switch", "ManagedBy": "multivalued",
        "Name": "string", "WellKnownObject": "string", "WhatIf": "switch",
    },
    "Remove-RoleGroup": {
        "Identity": "string", "BypassSecurityGroupManagerCheck": "switch", "Confirm": "switch", "Force": "switch",
        "WhatIf": "switch",
    },
    "Get-RoleGroupMember": {
        "Identity": "string", "ResultSize": "unlimited:int",
    },
    "Add-RoleGroupMember": {
        "Identity": "string", "Member": "string", "BypassSecurityGroupManagerCheck": "switch", "Confirm": "switch",
        "WhatIf": "switch",
    },
    "Remove-RoleGroupMember": {
        "Identity": "string", "Member": "string", "BypassSecurityGroupManagerCheck": "switch", "Confirm": "switch",
        "WhatIf": "switch",
    },
    "Update-RoleGroupMember": {
        "Identity": "string", "BypassSecurityGroupManagerCheck": "switch", "Confirm": "switch",
        "Members": "multivalued", "WhatIf": "switch",
    },
    "Get-ServicePrincipal": {
        "Identity": "string",
    },
    "New-ServicePrincipal": {
        "AppId": "string", "ObjectId": "string", "ServiceId": "string", "Confirm": "switch", "DisplayName": "string",
        "WhatIf": "switch",
    },
    "Set-ServicePrincipal": {
        "Identity": "string", "Confirm": "switch", "DisplayName": "string",
        "OverrideEnforceExoAppRbacPermissions": "bool", "WhatIf": "switch",
    },
    "Remove-ServicePrincipal": {
        "Identity": "string", "Confirm": "switch", "WhatIf": "switch",
    },
    "Test-ServicePrincipalAuthorization": {
        "Identity": "string", "Resource": "string",
    },
    "Get-OrganizationConfig": {
    },
    "Enable-OrganizationCustomization": {
        "Confirm": "switch", "WhatIf": "switch",
    },
    "Get-User": {
        "Identity": "string", "Anr": "string", "Filter": "string", "IncludeDirectReportsWithDisplayNames": "switch",
        "IncludeManagerWithDisplayName": "switch", "IsVIP": "switch", "OrganizationalUnit": "string",
        "PublicFolder": "switch", "RecipientTypeDetails": "array", "ResultSize": "unlimited:int", "Sortby": "string",
    },
    "Get-Mailbox": {
        "Identity": "string", "Anr": "string", "Archive": "switch", "Filter": "string", "GroupMailbox": "switch",
        "InactiveMailboxOnly": "switch", "IncludeAcceptMessagesOnlyFromDLMembersWithDisplayNames": "switch",
        "IncludeAcceptMessagesOnlyFromSendersOrMembersWithDisplayNames": "switch",
        "IncludeAcceptMessagesOnlyFromWithDisplayNames": "switch", "IncludeEmailAddressDisplayNames": "switch",
        "IncludeForwardingAddressWithDisplayNames": "switch", "IncludeGrantSendOnBehalfToWithDisplayNames": "switch",
        "IncludeInactiveMailbox": "switch", "MailboxPlan": "string", "Migration": "switch",
        "OrganizationalUnit": "string", "PublicFolder": "switch", "RecipientTypeDetails": "array",
        "ResultSize": "unlimited:int", "SoftDeletedMailbox": "switch", "SortBy": "string",
    },
    "Get-CASMailbox": {
        "Identity": "string", "ActiveSyncDebugLogging": "switch", "Anr": "string", "Filter": "string",
        "IgnoreDefaultScope": "switch", "OrganizationalUnit": "string", "ProtocolSettings": "switch",
        "ReadIsOptimizedForAccessibility": "switch", "RecalculateHasActiveSyncDevicePartnership": "switch",
        "RecipientTypeDetails": "array", "ResultSize": "unlimited:int", "SortBy": "string",
    },
    "Set-CASMailbox": {
        "Identity": "string", "ActiveSyncAllowedDeviceIDs": "multivalued",
        "ActiveSyncBlockedDeviceIDs": "multivalued", "ActiveSyncDebugLogging": "bool", "ActiveSyncEnabled": "bool",
        "ActiveSyncMailboxPolicy": "string", "ActiveSyncSuppressReadReceipt": "bool", "Confirm": "switch",
        "EwsAllowEntourage": "bool", "EwsAllowList": "multivalued", "EwsAllowMacOutlook": "bool",
        "EwsAllowOutlook": "bool", "EwsApplicationAccessPolicy": "enum", "EwsBlockList": "multivalued",
        "EwsEnabled": "bool", "ImapEnabled": "bool", "ImapForceICalForCalendarRetrievalOption": "bool",
        "ImapMessagesRetrievalMimeFormat": "enum", "ImapSuppressReadReceipt": "bool",
        "ImapUseProtocolDefaults": "bool", "IsOptimizedForAccessibility": "bool", "MacOutlookEnabled": "bool",
        "MAPIEnabled": "bool", "OneWinNativeOutlookEnabled": "bool", "OutlookMobileEnabled": "bool",
        "OWAEnabled": "bool", "OWAforDevicesEnabled": "bool", "OwaMailboxPolicy": "string", "PopEnabled": "bool",
        "PopForceICalForCalendarRetrievalOption": "bool", "PopMessagesRetrievalMimeFormat": "enum",
        "PopSuppressReadReceipt": "bool", "PopUseProtocolDefaults": "bool", "PublicFolderClientAccess": "bool",
        "ShowGalAsDefaultView": "bool", "SmtpClientAuthenticationDisabled": "bool", "UniversalOutlookEnabled": "bool",
        "WhatIf": "switch",
    },
    "Get-Recipient": {
        "Identity": "string", "Anr": "string", "AuthenticationType": "enum", "Filter": "string",
        "IncludeManagerWithDisplayName": "switch", "IncludeSoftDeletedRecipients": "switch",
        "OrganizationalUnit": "string", "RecipientPreviewFilter": "string", "RecipientType": "array",
        "RecipientTypeDetails": "array", "ResultSize": "unlimited:int", "SortBy": "string",
    },
    "Clear-MobileDevice": {
        "Identity": "string", "AccountOnly": "switch", "Cancel": "switch", "Confirm": "switch",
        "NotificationEmailAddresses": "multivalued", "WhatIf": "switch",
    },
    "Remove-MobileDevice": {
        "Identity": "string", "Confirm": "switch", "WhatIf": "switch",
    },
}
