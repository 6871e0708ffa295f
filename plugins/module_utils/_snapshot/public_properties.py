# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties of Microsoft Graph and Exchange in a snapshot. Any other name may be one that a customer chose."""

from __future__ import annotations

from .public_words import ENUMERATIONS, MODELS, NAMES

# Those of https://learn.microsoft.com/graph/api/overview for the kinds of a snapshot, and those that Exchange returns.
_OTHERS = """
    AccountDisabled accountEnabled accountId accountName AccountOnlyDeviceWipeAckTime
    AccountOnlyDeviceWipeRequestTime AccountOnlyDeviceWipeSentTime AccountTransferEnabled
    ActionForUnknownFileAndMIMETypes activationLockBypassCode ActiveSyncAllowedDeviceIDs ActiveSyncBlockedDeviceIDs
    ActiveSyncDebugLogging ActiveSyncEnabled ActiveSyncIntegrationEnabled ActiveSyncMailboxPolicy
    ActiveSyncMailboxPolicyIsDefaulted ActiveSyncSuppressReadReceipt ActivityBasedAuthenticationTimeoutInterval
    AdditionalStorageProvidersAvailable AdminDisplayName AdminMailRecipients AllowAccessForUnSupportedPlatform
    AllowApplePushNotifications AllowBrowser AllowCamera AllowConsumerEmail AllowCopyContactsToDeviceAddressBook
    AllowDesktopSync allowedDeviceCount allowedResourceActions AllowExternalDeviceManagement
    AllowGooglePushNotifications AllowHTMLEmail AllowInternetSharing AllowIrDA AllowMicrosoftPushNotifications
    AllowMobileOTAUpdate AllowNonProvisionableDevices AllowOfflineOn AllowPOPIMAPEmail AllowRemoteDesktop
    AllowRMSSupportForUnenlightenedApps AllowSimplePassword AllowSMIMESoftCerts AllowStorageCard AllowTextMessaging
    AllowUnsignedApplications AllowUnsignedInstallationPackages AllowWiFi AlphanumericPasswordRequired
    androidCorporateWorkProfileCount androidCount androidDedicatedCount androidDeviceAdminCount
    androidFullyManagedCount androidSecurityPatchLevel androidWorkProfileCount AppId applicationEnforcedRestrictions
    applicationFilter applications AppOwnerTenantId ApprovedApplicationList apps appScopeId assignedDateTime
    assignedLicenses assignedPlans assignments AttachmentsEnabled authenticationFlows authenticationStrength
    azureADDeviceId azureADRegistered AzurePremiumSubscriptionStatus bitLockerEnabled blockedDeviceCount bundleId
    businessPhones Capabilities capabilities cidrAddress city clientApplications cloudAppSecurity
    codeIntegrityEnabled collectionId complianceGracePeriodExpirationDateTime condition ConditionalAccessFeatures
    ConditionalAccessPolicy conditions configMgrDeviceCount configurationManagerClientEnabledFeatures
    connectorServerName consumedUnits contactEmail contactSyncBlocked country countryLetterCode createdDateTime
    customAuthenticationFactors customBrowserDisplayName customBrowserPackageId customBrowserProtocol
    CustomConfigWriteScope CustomerLockboxEnabled CustomRecipientWriteScope CustomResourceScope dataBackupBlocked
    DataObject DefaultAuthenticationPolicy defaultUsageLocation deletedDateTime deployedAppCount description
    Description deviceActionResults deviceCategoryDisplayName deviceComplianceCheckinThresholdDays
    deviceComplianceRequired DeviceEnableOutboundSMS DeviceEncryptionEnabled deviceExchangeAccessStateSummary
    deviceFilter DeviceFiltering DeviceFriendlyName deviceHealthAttestationState DeviceId DeviceID DeviceImei
    DeviceMobileOperator deviceName deviceOperatingSystemSummary DeviceOSLanguage DevicePhoneNumber
    DevicePolicyApplicationStatus DevicePolicyApplied devices DeviceTelephoneNumber deviceThreatProtectionEnabled
    DeviceWipeAckTime DeviceWipeRequestTime DeviceWipeSentTime DirectFileAccessOnPrivateComputersEnabled
    DirectFileAccessOnPublicComputersEnabled DirectoryObjectVersion directoryScope directoryScopeId
    disableAppEncryptionIfDeviceEncryptionIsEnabled disableAppPinIfDevicePinIsSet disabledPlans
    disableResilienceDefaults DistinguishedName dualEnrolledDeviceCount earlyLaunchAntiMalwareDriverEnabled
    easActivated easActivationDateTime easDeviceId ECPEnabled EffectiveUserName emailAddress EmailAddresses Enabled
    enabled EnableMobileMailboxPolicyWhenCAInplace encryptAppData EnforceExoAppRbacPermissions enrolledDateTime
    enrolledDeviceCount enrollmentProfileName ethernetMacAddress EwsAllowedAppIDs EwsEnabled
    EwsOperationAccessPolicyAllowList EwsOperationAccessPolicyPopulated exchangeAlias
    exchangeLastSuccessfulSyncDateTime ExchangeObjectId exchangeOrganization excludeApplications
    excludedResourceActions excludeGroups excludeGuestsOrExternalUsers excludeLocations excludeRoles
    excludeServicePrincipals excludeUsers ExternalDirectoryObjectId externalTenants faceIdBlocked fingerprintBlocked
    firewallBlockAllIncoming firewallEnabled firewallEnableStealthMode FirstSyncTime freeStorageSpaceInBytes
    FriendlyName grantControls groupId Guid HasActiveSyncDevicePartnership HasAzurePremiumSubscription iccid Id id
    Identity ImapEnabled ImapEnableExactRFC822Size ImapForceICalForCalendarRetrievalOption
    ImapMessagesRetrievalMimeFormat ImapProtocolLoggingEnabled ImapSuppressReadReceipt ImapUseProtocolDefaults imei
    includeApplications includeGroups includeGuestsOrExternalUsers includeLocations includeRoles
    includeServicePrincipals includeUnknownCountriesAndRegions includeUsers IntuneManagedStatus iosCount ipRanges
    IrmEnabled isAssigned isBuiltIn IsCompliant isDefault IsDefault IsDehydrated IsDeprecated IsDisabled isEnabled
    isEncrypted IsEndUserRole isInitial IsIntuneManaged IsManaged IsMixedMode IsOptimizedForAccessibility
    IsRemoteWipeSupported IsRootRole isScheduledActionEnabled isSupervised IsTenantAccessBlocked isTrusted
    IsUpdatingServicePlan IsUpgradingOrganization IsValid LastAccountOnlyDeviceWipeRequestor LastDeviceWipeRequestor
    lastModifiedDateTime LastPingHeartbeat LastPolicyUpdateTime LastSuccessSync LastSyncAttemptTime lastSyncDateTime
    LastUpdateTime LegacyExchangeDN LinkedGroup LinkedMasterAccount LinkedPartnerGroupId LinkedPartnerOrganizationId
    locations lockedOut macOSCount MacOutlookEnabled MailboxLogReport managedBrowserToOpenLinksRequired ManagedBy
    managedDeviceName managedEmailProfileRequired managementCertificateExpirationDate
    MAPIBlockOutlookExternalConnectivity MAPIBlockOutlookNonCachedMode MAPIBlockOutlookRpcHttp
    MAPIBlockOutlookVersions MAPIEnabled marketingNotificationEmails maximumPinRetries mdmEnrolledCount meid members
    Members MinAdminVersion minAndroidSecurityPatchLevel minimumPinLength minimumRequiredAppVersion
    minimumRequiredOsVersion minimumRequiredPatchVersion minimumRequiredSdkVersion minimumWarningAppVersion
    minimumWarningOsVersion minimumWarningPatchVersion MinPasswordComplexCharacters MinPasswordLength
    MobileAppEducationEnabled mobileAppIdentifier mobileDeviceManagementAuthority mobileOsMaximumVersion
    mobileOsMinimumVersion MobileOTAUpdateMode modifiedDateTime name Name notes NumberOfFoldersSynced
    OAuth2ClientProfileEnabled ObjectCategory ObjectClass ObjectId ObjectVersion OfflineEnabledWeb OfflineEnabledWin
    OneDriveAttachmentsEnabled onPremisesLastSyncDateTime onPremisesSyncEnabled organizationalCredentialsRequired
    OrganizationalUnitRoot OrganizationId OriginatingServer OtaNotificationMailInsert OtherWellKnownObjects
    OutlookDataFile OutlookMobileEnabled OutlookMobileGCCRestrictionsEnabled OutlookMobileHelpShiftEnabled
    OutlookMobileSingleAccountEnabled OWAEnabled OWAforDevicesEnabled OwaMailboxPolicy packageId Parent
    partnerTenantType passcodeBlockSimple passcodeExpirationDays passcodeMinimumCharacterSetCount
    passcodeMinimumLength passcodeMinutesOfInactivityBeforeLock passcodePreviousPasscodeBlockCount passcodeRequired
    passwordBlockSimple PasswordEnabled passwordExpirationDays PasswordHistory passwordMinimumCharacterSetCount
    passwordMinimumLength passwordMinutesOfInactivityBeforeLock passwordPreviousPasswordBlockCount
    PasswordRecoveryEnabled passwordRequired passwordRequiredToUnlockFromIdle periodBeforePinReset
    periodOfflineBeforeAccessCheck periodOfflineBeforeWipeIsEnforced periodOnlineBeforeAccessCheck persistentBrowser
    PersonalAccountCalendarsEnabled PerTenantSwitchToESTSEnabled phoneNumber physicalMemoryInBytes pinRequired
    platforms PopEnabled PopEnableExactRFC822Size PopForceICalForCalendarRetrievalOption PopMessageDeleteEnabled
    PopMessagesRetrievalMimeFormat PopProtocolLoggingEnabled PopSuppressReadReceipt PopUseProtocolDefaults
    postalCode preferredLanguage prepaidUnits PrimarySmtpAddress primarySmtpAddress principal principalId
    principalOrganizationId printBlocked privacyProfile provisionedPlans proxyAddresses PublicFolderClientAccess
    PublicFoldersEnabled quarantinedDeviceCount ReadTrackingEnabled RecipientAdministrativeUnitScope RecipientType
    ReferenceAttachmentsEnabled remoteAssistanceSessionErrorDetails remoteAssistanceSessionUrl
    RemotePowerShellEnabled RequireDeviceEncryption RequireEncryptedSMIMEMessages requireHealthyDeviceReport
    RequireManualSyncWhenRoaming RequireSignedSMIMEMessages RequireStorageCardEncryption
    requireUserEnrollmentApproval resourceScopes Role RoleAssignee RoleAssigneeName RoleAssignments roleDefinition
    roleDefinitionId RoleEntries rolePermissions Roles rule saveAsBlocked SaveAttachmentsToCloudEnabled
    screenCaptureBlocked secureBootEnabled secureByDefault secureSignInSession securityBlockJailbrokenDevices
    securityComplianceNotificationMails securityComplianceNotificationPhones securityDisableUsbDebugging
    securityPreventInstallAppsFromUnknownSources securityRequireCompanyPortalAppIntegrity
    securityRequireGooglePlayServices securityRequireSafetyNetAttestationBasicIntegrity
    securityRequireSafetyNetAttestationCertifiedDevice securityRequireUpToDateSecurityProviders
    securityRequireVerifyApps serialNumber ServerLegacyDN serverName ServerName service ServicePlan servicePlans
    servicePrincipalFilter sessionControls settings ShowGalAsDefaultView Sid signInFrequency simplePinBlocked
    statementUrl StatusNote storageRequireEncryption street subscriberCarrier subscriptionIds suspended
    SyncStateUpgradeTime systemIntegrityProtectionEnabled target TargetServicePlan technicalNotificationMails
    templateId TenantAdminPreference tenantType termsOfUse ThirdPartyFileProvidersEnabled totalStorageSpaceInBytes
    udid UnapprovedInROMApplicationList unavailableDeviceCount UNCAccessEnabled UniversalOutlookEnabled unknownCount
    unknownDeviceCount User userId UserMailInsert UserPrincipalName users value Value verifiedDomains warning
    WellKnownObject WhenChanged WhenChangedUTC WhenCreated WhenCreatedUTC wiFiMacAddress windowsCount
    WindowsEmailAddress windowsMobileCount WSSAccessEnabled
"""
PROPERTIES = ENUMERATIONS | MODELS | NAMES | frozenset(_OTHERS.split())
# Properties with large numbers that say nothing of somebody. `enabled` and those beside it are numbers of licences.
_LARGE = frozenset(
    {
        *("consumedUnits", "enabled", "lockedOut", "suspended", "version", "warning"),
        *("freeStorageSpaceInBytes", "physicalMemoryInBytes", "totalStorageSpaceInBytes"),
    }
)
_MOST = 999_999  # with more digits, a number may be that of a telephone
_UNLIMITED = frozenset({2**31 - 1, -(2**31), 2**63 - 1, -(2**63)})


def is_public_number(name: str, value: float) -> bool:
    return abs(value) <= _MOST or name in _LARGE or value in _UNLIMITED
