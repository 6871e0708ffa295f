# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of enumerations and codes of errors: what the services themselves call states and problems.

Only these stay, as any other text may be of somebody, or of a device. The names of enumerations and types are those of
Microsoft Graph and of the parameters of Exchange cmdlets.
"""

from __future__ import annotations

import re

from .._connector.service_plans import EXCHANGE_MAILBOX, INTUNE
from .._core.resource import normalize_case, normalized_set
from .public_devices import VERSION, describes_a_device, may_be_a_date
from .public_versions import is_version

_MEMBERS = """
    Accepted AccountOnlyDeviceWipePending AccountOnlyDeviceWipeRequested AccountOnlyDeviceWipeSucceeded activated
    active AdministrativeUnit afterDeviceRestart all allApps Allow AllowAnyAlgorithmNegotiation Allowed
    allowedAccount alphabetic alphanumeric alphanumericAndSymbol alphanumericWithSymbols always and android any
    appleBulkWithoutUser appleBulkWithUser appleUserEnrollment appleUserEnrollmentWithServiceAccount approvalPending
    approved approvedApplication ArbitrationMailbox AuditLogMailbox authenticationTransfer authenticatorAppGps
    azureADBlockDueToAccessPolicy azureADRegistered b2bCollaborationGuest b2bCollaborationMember
    b2bDirectConnectUser block blockDownloads Blocked BlockNegotiation box browser builtIn camera certificateReset
    clientIpAddress CommandFrequency Company compliant compliantApplication compliantDevice compromised
    compromisedPassword Computer configManager configurationManagerClient configurationManagerClientMdm
    configurationManagerClientMdmEas conflict connected connecting connectionPending Contact contains corporate
    Custom CustomConfigScope CustomRecipientScope days deactivated dedicated default Delegating DelegatingOrgWide
    deleted deletePending deltaSync DES deviceBasedPush DeviceBlocked deviceCodeFlow deviceDefault DeviceDiscovery
    deviceEnrollmentManager DeviceId DeviceModel deviceNotKnownWithManagedApp DeviceOk DeviceOS DeviceRule
    deviceState DeviceType DeviceWipePending DeviceWipeRequested DeviceWipeSucceeded Direct Disable disabled
    DisabledDirectoryUser DisabledUser disconnected discovered DiscoveryMailbox domainJoinedDevice
    DynamicDistributionGroup EAS easIntuneClient easMdm easSupported easyId elevated email EmailVerified enabled
    enabledForReportingButNotEnforced EnableNotificationEmail enumerated EquipmentMailbox error everyTime
    exchangeActiveSync exchangeDeviceRule exchangeGlobalRule exchangeIndividualRule exchangeMailboxPolicy
    ExchangeSecurityGroup exchangeUpgrade exclude ExclusiveConfigScope ExclusiveRecipientScope external
    ExternalCompliance ExternalEnrollment ExternalManagement ExtraDefaultSids Failed False federatedIdp
    federatedMultiFactor federatedSingleFactor fido2 ForeignSecurityPrincipal fullSync Global
    googleCloudDevicePolicyController grant Group GroupMailbox Guest GuestMailUser HandsfreeOnly hardwareOath hidden
    high highSeverity hosted hours include Individual inGracePeriod internalGuest intune intuneAosp intuneClient
    Invitation iOS IPM jamf keyConflict LegacyMailbox Linked LinkedMailbox LinkedRoleGroup LinkedRoomMailbox
    LinkedUser linux LocalAccount localStorage locked lockedOut low lowSecurityBiometric lowSeverity macOS
    MailboxICanDelegate MailboxPlan MailboxPolicy MailContact MailForestContact MailNonUniversalGroup
    MailUniversalDistributionGroup MailUniversalSecurityGroup MailUser managed managedApps managedAppsWithPasteIn
    ManagementGroup mcasConfigured MD5 mdm medium mediumSeverity Member mfa mfaRequired microsoft365ManagedMdm
    microsoftAuthenticatorPush microsoftEdge MicrosoftExchange minor misconfigured Mixed mobileAppsAndDesktopClients
    moderate MonitoringMailbox monitorOnly MOWA msSense MyDirectReports MyDistributionGroups MyExecutive MyGAL never
    NonCompliant none NonUniversalGroup NotApplicable notCompliant notConfigured notEnrolled notRegistered
    notRegisteredPendingEnrollment notSet numeric numericComplex off office365 on OneDay oneDriveForBusiness
    OneMonth OneWeek OnlyStrongAlgorithmNegotiation onPremises or Organization OrganizationConfig other
    otherExternalUser OU OutOfBudgets PartnerDelegatedTenantScope PartnerLinked PartnerLinkedRoleGroup password
    passwordChange pending PendingAcceptance PendingActivation PendingInput PendingProvisioning personal
    photoLibrary Policy primaryAndSecondaryAuthentication private public PublicFolder PublicFolderMailbox qrCodePin
    quarantine Quarantined RC2128bit RC240bit RC264bit RecentCommands registered registerOrJoinDevices
    registerSecurityInformation Regular remediated RemoteEquipmentMailbox RemoteRoomMailbox RemoteSharedMailbox
    RemoteTeamMailbox RemoteUserMailbox report required REST retireCanceled retireFailed retireIssued retirePending
    revoked riskRemediation RoleAssignmentPolicy RoleGroup RoomList RoomMailbox sccm SchedulingMailbox
    secondaryAuthentication secured SecurityGroup Self SelfServiceSignUp ServicePrincipal serviceProvider
    serviceToService SHA1 SHA256 SHA384 SHA512 SharedMailbox SharedWithMailUser sharePoint SixMonths sms
    softwareOath Standard SubstrateGroup Success SupervisoryReviewPolicyMailbox suspended SyncCommands
    SystemAttendantMailbox SystemMailbox TeamMailbox temporaryAccessPassMultiUse temporaryAccessPassOneTime
    ThreeDays ThreeMonths timeBased TripleDES trusted TwoWeeks unavailable unhealthy UniversalDistributionGroup
    UniversalSecurityGroup unknown unknownFutureValue unknownLocation UnlimitedValue unmanaged unresponsive unused
    Upgrade urn:user:registerdevice urn:user:registersecurityinfo useDeviceSettings User UserAgent UserAgentsChanges
    userEnrollment UserMailbox voice warn warning Watsons whenDeviceLocked whenDeviceLockedExceptOpenFiles windows
    windowsAutoEnrollment windowsAzureADJoin windowsAzureADJoinUsingDeviceAuth windowsBulkAzureDomainJoin
    windowsBulkUserless windowsCoManagement windowsHelloForBusiness windowsPhone wipe wipeCanceled wipeFailed
    wipeIssued wipePending x509CertificateMultiFactor x509CertificateSingleFactor XMSWLHeader
"""
_ROLE_TYPES = """
    ActiveDirectoryPermissions AddressBookPolicies AddressLists ApplicationImpersonation ApplicationMail
    ArchiveApplication AuditLogs CentralAdminManagement CmdletExtensionAgents CommunicationComplianceAdmin
    ComplianceAdmin DatabaseAvailabilityGroups DatabaseCopies Databases DataCenterOperations DataLossPrevention
    DisasterRecovery DiscoveryManagement DistributionGroupManagement DistributionGroups EdgeSubscriptions
    EmailAddressPolicies ExchangeConnectors ExchangeCrossServiceIntegration ExchangeServerCertificates
    ExchangeServers ExchangeVirtualDirectories FederatedSharing GALSynchronizationManagement GlobalReader
    HelpdeskRecipientManagement HygieneManagement InformationBarriers InformationRightsManagement
    InsiderRiskManagement Journaling LegalHold LegalHoldApplication MailboxImportExport MailboxSearch
    MailboxSearchApplication MailEnabledPublicFolders MailRecipientCreation MailRecipients MailTips MessageTracking
    Migration Monitoring MoveMailboxes MyBaseOptions MyContactInformation MyCustomApps MyDistributionGroupMembership
    MyFacebookEnabled MyLinkedInEnabled MyMailboxDelegation MyMailSubscriptions MyMarketplaceApps MyOptions
    MyProfileInformation MyReadWriteMailboxApps MyRetentionPolicies MyTeamMailboxes MyTextMessaging MyVoiceMail
    OfficeExtensionApplication OrganizationClientAccess OrganizationConfiguration OrganizationManagement
    OrganizationTransportSettings OrgCustomApps OrgMarketplaceApps PartnerDelegatedTenantManagement
    PlacesBuildingManagement PlacesDeskManagement POP3AndIMAP4Protocols PrivacyManagement PublicFolders
    QuarantineManagement ReceiveConnectors RecipientManagement RecipientPolicies RecordsManagement
    RemoteAndAcceptedDomains ResetPassword RetentionManagement RoleManagement SecurityAdmin
    SecurityGroupCreationAndMembership SecurityOperator SecurityReader SendConnectors Supervision SupportDiagnostics
    TeamMailboxes TeamMailboxLifecycleApplication TenantPlacesManagement TransportAgents TransportHygiene
    TransportQueues TransportRules UMMailboxes UmManagement UMPromptManagement UMPrompts UmRecipientManagement
    UnifiedMessaging UnScoped UnScopedRoleManagement UserApplication UserOptions ViewOnlyAuditLogs
    ViewOnlyConfiguration ViewOnlyOrganizationManagement ViewOnlyRecipients
"""
_TYPES = """
    allDevicesAssignmentTarget allLicensedUsersAssignmentTarget androidCompliancePolicy
    androidDeviceOwnerCompliancePolicy androidForWorkCompliancePolicy androidManagedAppProtection
    androidMobileAppIdentifier androidWorkProfileCompliancePolicy aospDeviceOwnerCompliancePolicy
    authenticationStrengthPolicy conditionalAccessAllExternalTenants conditionalAccessEnumeratedExternalTenants
    conditionalAccessGuestsOrExternalUsers conditionalAccessPolicy configurationManagerCollectionAssignmentTarget
    countryNamedLocation defaultManagedAppProtection device deviceCompliancePolicy deviceManagementExchangeConnector
    directoryObject exclusionGroupAssignmentTarget groupAssignmentTarget identitySecurityDefaultsEnforcementPolicy
    iosCompliancePolicy iosManagedAppProtection iosMobileAppIdentifier ipNamedLocation iPv4CidrRange iPv6CidrRange
    macAppIdentifier macOSCompliancePolicy managedDevice managedMobileApp organization subscribedSku
    unifiedRoleAssignment unifiedRoleEligibilityScheduleInstance windows10CompliancePolicy
    windows10MobileCompliancePolicy windows81CompliancePolicy windowsAppIdentifier windowsPhone81CompliancePolicy
"""
MEMBERS = (
    normalized_set(f"{_MEMBERS} {_ROLE_TYPES}".split())
    | {f"#microsoft.graph.{normalize_case(one)}" for one in (*_TYPES.split(), "group", "servicePrincipal", "user")}
    | {f"c{number}" for number in range(1, 100)}  # of authentication contexts
)
# Of these, a device or an administrator writes the text.
_WRITTEN = frozenset({"ClientType", "ClientVersion", "osMaximumVersion", "osMinimumVersion", "osVersion"})
_COUNTRIES = frozenset({"countriesAndRegions", "usageLocation"})
_IDS = frozenset({"servicePlanId", "skuId"})
_PRODUCTS = frozenset({"servicePlanName", "skuPartNumber"})
_WORDS_OF_PRODUCTS = """
    A AAD ADALLOM ATP BASIC BI BUSINESS CLOUD COMPLIANCE CRM D DEFENDER DESKLESS DESKLESSPACK DEVELOPER
    DEVELOPERPACK DYN365 E1 E3 E5 EDU EMS EMSPREMIUM ENTERPRISE ENTERPRISEPACK ENTERPRISEPREMIUM EOP EXCHANGE
    EXCHANGEARCHIVE EXCHANGEDESKLESS EXCHANGEENTERPRISE EXCHANGESTANDARD F1 F3 FLOW FOR FOUNDATION FREE IDENTITY
    INFORMATION INTUNE K KIOSK LITE M365 MCOSTANDARD MFA MICROSOFT MIP O365 OFFICE OFFICESUBSCRIPTION ONLINE P1 P2
    PLAN PLANNER POWER POWERAPPS PREMIUM PRO PROJECT PROJECTWORKMANAGEMENT PROTECTION RIGHTSMANAGEMENT S
    SHAREPOINTENTERPRISE SHAREPOINTSTANDARD SHAREPOINTWAC SMB SPB SPE STANDARD STANDARDPACK STREAM SUITE SWAY TEAMS
    TEAMS1 THREAT VISIO VL WIN10 WIN11 WINDOWS YAMMER
"""
_PLANS = normalized_set((*EXCHANGE_MAILBOX.values(), *INTUNE.values()))
PRODUCTS = normalized_set(_WORDS_OF_PRODUCTS.split())
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# Fewer digits than a number of a telephone has.
_NUMBER = re.compile(rf'[0-9]{{1,6}}|"?(?:[0-9]{{1,4}}|{VERSION})"?')
_SIZE = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?) ?([KMGT]?)B(?: \(([0-9]{1,3}(?:,[0-9]{3}){0,4}) bytes\))?")
_UNITS = {unit: 1024**power for power, unit in enumerate(("", "K", "M", "G", "T"))}
# Of Microsoft Graph (https://learn.microsoft.com/graph/errors) and of Exchange, as a part of the type of an exception:
# those by which the kind of a problem is told, and common ones beside them.
_CODES = """
    AADPremiumLicenseRequired AADSTS500011 AADSTS700016 accessDenied AccessDenied activityLimitReached
    ADObjectAlreadyExistsException AmbiguousParameterSetException ADServerSettingsChangedException
    Authentication_MSGraphPermissionMissing Authentication_RequestFromNonPremiumTenantOrB2CTenant
    Authorization_IdentityNotFound Authorization_RequestDenied badRequest BackendCommunicationException
    CmdletAccessDeniedException CmdletInvalidOperationInDehydratedContextException CmdletProxyNotAvailableFailure
    DCOverloadedException Directory_ExpiredPageToken Directory_QuotaExceeded Error Forbidden GatewayTimeout
    generalException InternalServerError InvalidAuthenticationToken invalidRequest itemNotFound
    ManagementObjectAmbiguousException ManagementObjectNotFoundException MemberAlreadyExistsException NonPremium
    notAllowed NotFound NotImplemented NoBackingApplicationObject NotInSnapshot MethodNotAllowed
    ParameterBindingException InvalidOperationException Automation ParameterTransformationException InvalidFilter
    UnsupportedMediaType invalid_request notSupported PremiumLicenseRequired quotaLimitReached Request_BadRequest
    Request_MultipleObjectsWithSameKeyValue Request_ResourceNotFound Request_UnsupportedQuery ResourceNotFound
    ServerBusyException ServerInMMException serviceNotAvailable ServiceUnavailable StorageTransientException
    SuitabilityDirectoryException TenantNotFound TooManyRequests TransientException unauthenticated Unauthorized
    UnknownError UnsupportedApiVersion
"""
_NAMESPACES = "ADDriver Configuration Data Directory Exchange Management Microsoft Recipient Storage System Tasks"
CODES = normalized_set(f"{_CODES} {_NAMESPACES}".split())


def is_member(name: str, text: str) -> bool:
    """Whether a property of an enumeration holds what a service says, and not what somebody wrote there."""
    if (_NUMBER.fullmatch(text) and not may_be_a_date(text)) or _is_size(text) or is_version(name, text):
        return True
    if name in _COUNTRIES:
        return re.fullmatch("[A-Z]{2}", text) is not None
    if name in _IDS:
        return _GUID.fullmatch(text) is not None
    if name in _PRODUCTS:
        return normalize_case(text) in _PLANS or normalized_set(text.split("_")) <= PRODUCTS
    if name in _WRITTEN and describes_a_device(text):
        return True
    return text.isascii() and all(normalize_case(one.strip(" ")) in MEMBERS for one in text.split(","))


def _is_size(text: str) -> bool:
    """Whether a text is a size, of which the number of bytes says the same again."""
    found = _SIZE.fullmatch(text)
    if not found or not found[3]:
        return found is not None
    size = float(found[1]) * _UNITS[found[2]]
    return abs(int(found[3].replace(",", "")) - size) <= size / 100


def public_code(code: str) -> str:
    """The parts of a code that are listed. One with none of them still says that the service itself responded."""
    parts = re.findall(r"\w+", code)
    known = [part for part in parts if normalize_case(part) in CODES]
    whole = len(known) == len(parts) and code.isascii()
    return code if whole else ".".join(known) or "Error"
