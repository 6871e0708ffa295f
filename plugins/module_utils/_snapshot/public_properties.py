# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties of Microsoft Graph and Exchange in a snapshot. Any other name may be one that a customer chose."""

from __future__ import annotations

import re

from .public_words import ENUMERATIONS, MODELS

# Those of https://learn.microsoft.com/graph/api/overview for the kinds of a snapshot, and those that Exchange returns.
_OTHERS = """
    AccountDisabled accountEnabled AccountOnlyDeviceWipeAckTime AccountOnlyDeviceWipeRequestTime
    AccountOnlyDeviceWipeSentTime AccountTransferEnabled ActiveSyncDebugLogging ActiveSyncEnabled
    ActiveSyncIntegrationEnabled ActiveSyncMailboxPolicyIsDefaulted ActiveSyncSuppressReadReceipt
    ActivityBasedAuthenticationTimeoutInterval AdditionalStorageProvidersAvailable AllowAccessForUnSupportedPlatform
    AllowApplePushNotifications AllowBrowser AllowCamera AllowConsumerEmail AllowCopyContactsToDeviceAddressBook
    AllowDesktopSync allowedDeviceCount AllowExternalDeviceManagement AllowGooglePushNotifications AllowHTMLEmail
    AllowInternetSharing AllowIrDA AllowMicrosoftPushNotifications AllowMobileOTAUpdate AllowNonProvisionableDevices
    AllowPOPIMAPEmail AllowRemoteDesktop AllowRMSSupportForUnenlightenedApps AllowSimplePassword AllowSMIMESoftCerts
    AllowStorageCard AllowTextMessaging AllowUnsignedApplications AllowUnsignedInstallationPackages AllowWiFi
    AlphanumericPasswordRequired androidCorporateWorkProfileCount androidCount androidDedicatedCount
    androidDeviceAdminCount androidFullyManagedCount androidSecurityPatchLevel androidWorkProfileCount
    applicationEnforcedRestrictions applicationFilter applications apps assignedDateTime assignedLicenses assignedPlans
    assignments AttachmentsEnabled authenticationFlows authenticationStrength azureADRegistered
    AzurePremiumSubscriptionStatus bitLockerEnabled blockedDeviceCount clientApplications cloudAppSecurity
    codeIntegrityEnabled complianceGracePeriodExpirationDateTime conditions configMgrDeviceCount
    configurationManagerClientEnabledFeatures consumedUnits contactSyncBlocked createdDateTime CustomerLockboxEnabled
    dataBackupBlocked deletedDateTime deployedAppCount deviceActionResults deviceComplianceCheckinThresholdDays
    deviceComplianceRequired DeviceEnableOutboundSMS DeviceEncryptionEnabled deviceExchangeAccessStateSummary
    deviceFilter DeviceFiltering deviceHealthAttestationState deviceOperatingSystemSummary DevicePolicyApplicationStatus
    devices deviceThreatProtectionEnabled DeviceWipeAckTime DeviceWipeRequestTime DeviceWipeSentTime
    DirectFileAccessOnPrivateComputersEnabled DirectFileAccessOnPublicComputersEnabled DirectoryObjectVersion
    directoryScope disableAppEncryptionIfDeviceEncryptionIsEnabled disableAppPinIfDevicePinIsSet
    disableResilienceDefaults dualEnrolledDeviceCount earlyLaunchAntiMalwareDriverEnabled easActivated
    easActivationDateTime ECPEnabled Enabled enabled EnableMobileMailboxPolicyWhenCAInplace encryptAppData
    EnforceExoAppRbacPermissions enrolledDateTime enrolledDeviceCount EwsEnabled EwsOperationAccessPolicyPopulated
    exchangeLastSuccessfulSyncDateTime excludeGuestsOrExternalUsers externalTenants faceIdBlocked fingerprintBlocked
    firewallBlockAllIncoming firewallEnabled firewallEnableStealthMode FirstSyncTime freeStorageSpaceInBytes
    grantControls HasActiveSyncDevicePartnership HasAzurePremiumSubscription ImapEnabled ImapEnableExactRFC822Size
    ImapForceICalForCalendarRetrievalOption ImapProtocolLoggingEnabled ImapSuppressReadReceipt ImapUseProtocolDefaults
    includeGuestsOrExternalUsers includeUnknownCountriesAndRegions IntuneManagedStatus iosCount ipRanges IrmEnabled
    isAssigned isBuiltIn IsCompliant isDefault IsDefault IsDehydrated IsDeprecated IsDisabled isEnabled isEncrypted
    IsEndUserRole isInitial IsIntuneManaged IsManaged IsMixedMode IsOptimizedForAccessibility IsRemoteWipeSupported
    IsRootRole isScheduledActionEnabled isSupervised IsTenantAccessBlocked isTrusted IsUpdatingServicePlan
    IsUpgradingOrganization IsValid lastModifiedDateTime LastPingHeartbeat LastPolicyUpdateTime LastSuccessSync
    LastSyncAttemptTime lastSyncDateTime LastUpdateTime locations lockedOut macOSCount MacOutlookEnabled
    managedBrowserToOpenLinksRequired managedEmailProfileRequired managementCertificateExpirationDate
    MAPIBlockOutlookExternalConnectivity MAPIBlockOutlookNonCachedMode MAPIBlockOutlookRpcHttp MAPIEnabled
    maximumPinRetries mdmEnrolledCount members MinAdminVersion minAndroidSecurityPatchLevel minimumPinLength
    MinPasswordComplexCharacters MinPasswordLength MobileAppEducationEnabled mobileAppIdentifier
    mobileDeviceManagementAuthority modifiedDateTime NumberOfFoldersSynced OAuth2ClientProfileEnabled ObjectVersion
    OfflineEnabledWeb OfflineEnabledWin OneDriveAttachmentsEnabled onPremisesLastSyncDateTime onPremisesSyncEnabled
    organizationalCredentialsRequired OutlookMobileEnabled OutlookMobileGCCRestrictionsEnabled
    OutlookMobileHelpShiftEnabled OutlookMobileSingleAccountEnabled OWAEnabled OWAforDevicesEnabled partnerTenantType
    passcodeBlockSimple passcodeExpirationDays passcodeMinimumCharacterSetCount passcodeMinimumLength
    passcodeMinutesOfInactivityBeforeLock passcodePreviousPasscodeBlockCount passcodeRequired passwordBlockSimple
    PasswordEnabled passwordExpirationDays PasswordHistory passwordMinimumCharacterSetCount passwordMinimumLength
    passwordMinutesOfInactivityBeforeLock passwordPreviousPasswordBlockCount PasswordRecoveryEnabled passwordRequired
    passwordRequiredToUnlockFromIdle periodBeforePinReset periodOfflineBeforeAccessCheck
    periodOfflineBeforeWipeIsEnforced periodOnlineBeforeAccessCheck persistentBrowser PersonalAccountCalendarsEnabled
    PerTenantSwitchToESTSEnabled physicalMemoryInBytes pinRequired platforms PopEnabled PopEnableExactRFC822Size
    PopForceICalForCalendarRetrievalOption PopMessageDeleteEnabled PopProtocolLoggingEnabled PopSuppressReadReceipt
    PopUseProtocolDefaults prepaidUnits principal printBlocked privacyProfile provisionedPlans PublicFolderClientAccess
    PublicFoldersEnabled quarantinedDeviceCount ReadTrackingEnabled RecipientType ReferenceAttachmentsEnabled
    RemotePowerShellEnabled RequireDeviceEncryption RequireEncryptedSMIMEMessages requireHealthyDeviceReport
    RequireManualSyncWhenRoaming RequireSignedSMIMEMessages RequireStorageCardEncryption requireUserEnrollmentApproval
    roleDefinition RoleEntries rolePermissions saveAsBlocked SaveAttachmentsToCloudEnabled screenCaptureBlocked
    secureBootEnabled secureByDefault secureSignInSession securityBlockJailbrokenDevices securityDisableUsbDebugging
    securityPreventInstallAppsFromUnknownSources securityRequireCompanyPortalAppIntegrity
    securityRequireGooglePlayServices securityRequireSafetyNetAttestationBasicIntegrity
    securityRequireSafetyNetAttestationCertifiedDevice securityRequireUpToDateSecurityProviders
    securityRequireVerifyApps servicePlans servicePrincipalFilter sessionControls settings ShowGalAsDefaultView
    signInFrequency simplePinBlocked storageRequireEncryption suspended SyncStateUpgradeTime
    systemIntegrityProtectionEnabled ThirdPartyFileProvidersEnabled totalStorageSpaceInBytes unavailableDeviceCount
    UNCAccessEnabled UniversalOutlookEnabled unknownCount unknownDeviceCount users verifiedDomains warning WhenChanged
    WhenChangedUTC WhenCreated WhenCreatedUTC windowsCount windowsMobileCount WSSAccessEnabled
"""
# Those that hold names, addresses, ids, references to objects, and texts that somebody wrote: what looks like a time, a
# duration or a truth value there may be what somebody is called, and would tie the names that replace it to that.
_TEXTS = """
    accountId accountName ActionForUnknownFileAndMIMETypes activationLockBypassCode ActiveSyncAllowedDeviceIDs
    ActiveSyncBlockedDeviceIDs ActiveSyncMailboxPolicy AdminDisplayName AdminMailRecipients Alias allowedResourceActions
    AllowOfflineOn AppId AppOwnerTenantId ApprovedApplicationList appScopeId azureADDeviceId bundleId businessPhones
    capabilities Capabilities cidrAddress city collectionId condition ConditionalAccessFeatures ConditionalAccessPolicy
    connectorServerName contactEmail country countryLetterCode customAuthenticationFactors customBrowserDisplayName
    customBrowserPackageId customBrowserProtocol CustomConfigWriteScope CustomRecipientWriteScope CustomResourceScope
    DataObject DefaultAuthenticationPolicy defaultUsageLocation description Description deviceCategoryDisplayName
    DeviceFriendlyName DeviceID DeviceId DeviceImei DeviceMobileOperator deviceName DeviceOSLanguage DevicePhoneNumber
    DevicePolicyApplied DeviceTelephoneNumber directoryScopeId disabledPlans DisplayName displayName DistinguishedName
    easDeviceId EffectiveUserName emailAddress EmailAddresses enrollmentProfileName ethernetMacAddress EwsAllowedAppIDs
    EwsOperationAccessPolicyAllowList exchangeAlias ExchangeObjectId exchangeOrganization excludeApplications
    excludedResourceActions excludeGroups excludeLocations excludeRoles excludeServicePrincipals excludeUsers
    ExternalDirectoryObjectId FriendlyName groupId Guid iccid id Id Identity ImapMessagesRetrievalMimeFormat imei
    includeApplications includeGroups includeLocations includeRoles includeServicePrincipals includeUsers
    LastAccountOnlyDeviceWipeRequestor LastDeviceWipeRequestor LegacyExchangeDN LinkedGroup LinkedMasterAccount
    LinkedPartnerGroupId LinkedPartnerOrganizationId mail MailboxLogReport mailNickname ManagedBy managedDeviceName
    MAPIBlockOutlookVersions marketingNotificationEmails meid Members minimumRequiredAppVersion minimumRequiredOsVersion
    minimumRequiredPatchVersion minimumRequiredSdkVersion minimumWarningAppVersion minimumWarningOsVersion
    minimumWarningPatchVersion mobileOsMaximumVersion mobileOsMinimumVersion MobileOTAUpdateMode name Name notes
    ObjectCategory ObjectClass ObjectId OrganizationalUnitRoot OrganizationId OriginatingServer
    OtaNotificationMailInsert OtherWellKnownObjects OutlookDataFile OwaMailboxPolicy packageId Parent phoneNumber
    PopMessagesRetrievalMimeFormat postalCode preferredLanguage primarySmtpAddress PrimarySmtpAddress principalId
    principalOrganizationId proxyAddresses RecipientAdministrativeUnitScope remoteAssistanceSessionErrorDetails
    remoteAssistanceSessionUrl resourceScopes Role RoleAssignee RoleAssigneeName RoleAssignments roleDefinitionId Roles
    rule SamAccountName securityComplianceNotificationMails securityComplianceNotificationPhones serialNumber
    ServerLegacyDN serverName ServerName service ServicePlan Sid statementUrl StatusNote street subscriberCarrier
    subscriptionIds target TargetServicePlan technicalNotificationMails templateId TenantAdminPreference tenantType
    termsOfUse udid UnapprovedInROMApplicationList User userDisplayName UserDisplayName userId UserMailInsert
    UserPrincipalName userPrincipalName Value value WellKnownObject wiFiMacAddress WindowsEmailAddress
"""
TEXTS = frozenset(_TEXTS.split())
# Lists and properties of those that name apps.
APPS = frozenset(
    {"ApprovedApplicationList", "UnapprovedInROMApplicationList", "bundleId", "customBrowserPackageId", "packageId"}
)
PROPERTIES = ENUMERATIONS | MODELS | TEXTS | frozenset(_OTHERS.split())
# Properties with large numbers that say nothing of somebody. `enabled` and those beside it are numbers of licences.
_LARGE = frozenset(
    {
        *("consumedUnits", "enabled", "lockedOut", "suspended", "version", "warning"),
        *("freeStorageSpaceInBytes", "physicalMemoryInBytes", "totalStorageSpaceInBytes"),
    }
)
_MOST = 999_999  # with more digits, also behind the point, a number may be that of a telephone or a place
_UNLIMITED = frozenset({2**31 - 1, -(2**31), 2**63 - 1, -(2**63)})


def is_public_number(name: str, value: float) -> bool:
    if isinstance(value, float) and not value.is_integer():
        return len(re.findall("[0-9]", repr(value))) <= len(str(_MOST))
    return abs(value) <= _MOST or name in _LARGE or value in _UNLIMITED
