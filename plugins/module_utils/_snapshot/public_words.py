# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that are the same in every tenant: members of enumerations, ids and names of the services themselves.

All other values may be private, and so may all properties that are not listed here.
"""

from __future__ import annotations

import re

from .._conditional_access.lockout import ADMINISTRATORS
from .._conditional_access.sign_in import COMPLIANT_NETWORK
from .._conditional_access.target_resources import EARLY_BOUND, LATE_BOUND
from .._core.resource import normalized_set
from .._http.claims import DIRECTORY_ROLES
from .._rbac.built_in_role_groups import NAMES as ROLE_GROUPS

# Properties with members of enumerations of Microsoft Graph and Exchange, numbers and versions; `public_members.py` has
# what stays there.
_ENUMERATIONS = """
    @odata.type AccessLevel AdminDisplayVersion AllowBluetooth allowedCombinations allowedDataIngestionLocations
    allowedDataStorageLocations allowedInboundDataTransferSources allowedOutboundClipboardSharingLevel
    allowedOutboundDataTransferDestinations AllowSMIMEEncryptionAlgorithmNegotiation
    appActionIfDeviceComplianceRequired appActionIfMaximumPinRetriesExceeded appDataEncryptionType appliesTo
    AssignmentMethod authenticationType authority builtInControls capabilityStatus Characteristic clientAppTypes
    ClientType ClientVersion cloudAppSecurityType complianceState ConfigReadScope ConfigWriteScope
    countriesAndRegions countryLookupMethod creationType DefaultAccessLevel DeviceAccessState
    DeviceAccessStateReason deviceAndAppManagementAssignmentFilterType deviceEnrollmentType
    DevicePolicyRefreshInterval deviceRegistrationState deviceThreatProtectionRequiredSecurityLevel
    exchangeAccessState exchangeAccessStateReason exchangeConnectorType ExchangeVersion excludePlatforms
    externalUserState frequencyInterval guestOrExternalUserTypes ImplicitConfigReadScope ImplicitConfigWriteScope
    ImplicitRecipientReadScope ImplicitRecipientWriteScope includeAuthenticationContextClassReferences
    includePlatforms includeUserActions insiderRiskLevels jailBroken managedBrowser managedDeviceOwnerType
    managementAgent managementState MaxAttachmentSize MaxCalendarAgeFilter MaxEmailAgeFilter
    MaxEmailBodyTruncationSize MaxEmailHTMLBodyTruncationSize MaxInactivityTimeLock MaxPasswordFailedAttempts
    membershipKind mode operator osMaximumVersion osMinimumVersion osVersion partnerReportedThreatState
    passcodeRequiredType PasswordExpiration passwordRequiredType pinCharacterSet policyType
    PreviousAdminDisplayVersion provisioningStatus RBACConfigurationVersion RecipientReadScope RecipientTypeDetails
    RecipientWriteScope RequireEncryptionSMIMEAlgorithm requirementsSatisfied RequireSignedSMIMEAlgorithm
    RoleAssigneeType RoleAssignmentDelegationType RoleGroupType RoleType servicePlanId servicePlanName
    servicePrincipalRiskLevels signInRiskLevels skuId skuPartNumber state status Status subscriptionState
    transferMethods type usageLocation userRiskLevels userType version
"""
ENUMERATIONS = frozenset(_ENUMERATIONS.split())
# There, these are part of an address.
ADDRESSES = {"organization": frozenset({"state", "type"}), "users": frozenset({"state"})}
# Descriptions of devices, which devices and administrators write; `public_devices.py` has what stays there.
_MODELS = """
    DeviceAccessControlRule DeviceModel DeviceOS DeviceType DeviceUserAgent manufacturer model operatingSystem
    QueryString
"""
MODELS = frozenset(_MODELS.split())
# Kinds whose names only describe devices.
OF_MODELS = frozenset({"device_access_rules", "device_classes"})
NAMES_OF_MODELS = frozenset({"Id", "Identity", "Name"})
# Whole texts, wherever they are: somebody who is called the same is not a secret.
PUBLIC_TEXTS = normalized_set(
    (
        "All",
        "All Group Members",
        "AllTrusted",
        "Default",
        "GuestsOrExternalUsers",
        "MicrosoftAdminPortals",
        "Mobile Mailbox Settings",
        "None",
        "Office365",
        "Security Defaults",
        *ROLE_GROUPS,
    )
)
# The ids of the oldest applications of Microsoft, such as Microsoft Graph, and of its authentication strengths; nobody.
OF_SERVICES = re.compile(
    r"000000[0-9a-f]{2}-0000-(?:0000-c000|0ff1-ce00)-000000000000|00000000-0000-0000-0000-00000000000[0-9]"
)
# Applications of Microsoft besides those, and built-in directory roles
# (https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference).
_SERVICES = (EARLY_BOUND, LATE_BOUND)
PUBLIC_IDS = frozenset(
    {
        *ADMINISTRATORS,
        *DIRECTORY_ROLES,
        *frozenset().union(*({one, *behind} for table in _SERVICES for one, behind in table.items())),
        COMPLIANT_NETWORK,
        "17315797-102d-40b4-93e0-432062caca18",  # Compliance Administrator
        "3a2c62db-5318-420d-8d74-23affee5d9d5",  # Intune Administrator
        "5d6b6bb7-de71-4623-b4af-96380a352509",  # Security Reader
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",  # Helpdesk Administrator
        "797f4846-ba00-4fd7-ba43-dac1f8f63013",  # Azure management
        "c4e39bd9-1100-46d3-8c65-fb160da0071f",  # Authentication Administrator
    }
)
_PUBLIC = re.compile(
    r"""
    | [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?  # a time
    | (?:[0-9]{1,5}\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,7})?                                   # a duration
    | P(?=[0-9T])(?:[0-9]{1,4}[YMWD])*(?:T(?:[0-9]{1,5}(?:\.[0-9]{1,7})?[HMS])+)?                     # one of Graph
    | True | False | Unlimited
    """,
    re.VERBOSE,
)
# An entry of a management role that names a cmdlet and parameters of Microsoft; a script may be private.
_ENTRY = re.compile(
    r"\(Microsoft\.Exchange\.Management\.PowerShell\.(?:E2010|Setup|Support)\)"
    r"\s+[A-Za-z]+-[A-Za-z0-9]+(?:\s+-[A-Za-z0-9]+)*\s*"
)
# The parts of ids of apps of Microsoft. Somebody else's app may begin with com.microsoft as well.
_APPS = """
    azureauthenticator bing companyportal copilot dynamics emmx excel exchange intune ios launcher lens lync mam msapps
    msedge office officehub officehubrow officelens officemobile onenote outlook planner powerapps powerbim powerpoint
    ramobile rdc scmx sharepoint shiftr skydrive skype stream teams todos visio whiteboard windowsintune word
"""
_APP = re.compile(rf"com\.microsoft(?:\.(?:{'|'.join(_APPS.split())}))+", re.IGNORECASE | re.ASCII)


def is_public_value(text: str) -> bool:
    """Whether a text is the same for every organization: a time, a duration or a truth value."""
    return _PUBLIC.fullmatch(text) is not None


def is_public_app(text: str) -> bool:
    return _APP.fullmatch(text) is not None


def is_public_entry(text: str) -> bool:
    return _ENTRY.fullmatch(text) is not None
