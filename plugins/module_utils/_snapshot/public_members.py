# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of enumerations and codes of errors: what the services themselves call states and problems.

Members that are not listed stay as well where they have the form of one and hold no name of somebody.
"""

from __future__ import annotations

import re

from .._core.resource import normalize_case, normalized_set

# Of the enumerations on which rules decide, and those that are words of every day: somebody may be called Block.
_MEMBERS = """
    active all allApps Allow AllowAnyAlgorithmNegotiation Allowed allowedAccount always and android any
    approvedApplication azureADRegistered block Blocked browser Company compliant compliantApplication
    compliantDevice configManager conflict connected connecting connectionPending contains corporate Custom
    CustomConfigScope CustomRecipientScope default Delegating DelegatingOrgWide deleted deviceDefault
    DeviceDiscovery DeviceId DeviceModel DeviceOS DeviceRule deviceState DeviceType Direct disabled disconnected
    domainJoinedDevice EAS easyId enabled enabledForReportingButNotEnforced error everyTime exchangeActiveSync
    exclude ExclusiveConfigScope ExclusiveRecipientScope external ExternalManagement Failed False federatedIdp
    Global grant Group Guest hidden high include Individual inGracePeriod intune iOS IPM linux locked lockedOut low
    macOS MailboxPolicy managed ManagementGroup medium Member mdm mfa minor mobileAppsAndDesktopClients Mixed
    moderate MyGAL MyDistributionGroups none NonCompliant notConfigured notRegistered notSet numeric off office365
    on onPremises or Organization OrganizationConfig other Outlook passwordChange personal pending PendingActivation
    PendingAcceptance Policy private public quarantine Quarantined registered Regular remediated report required
    RoleAssignmentPolicy RoleGroup secured SecurityGroup Self serviceToService ServicePrincipal Standard Success
    suspended trusted unavailable unknown UnlimitedValue unused Upgrade User UserMailbox userEnrollment warning
    windows windowsPhone
"""
MEMBERS = normalized_set(_MEMBERS.split())
# Of these, a device or an administrator writes the text.
WRITTEN = frozenset({"ClientType", "ClientVersion", "jailBroken", "osMaximumVersion", "osMinimumVersion", "osVersion"})
_VERSION = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,10}){0,4}")
_MEMBER = re.compile(r'"?[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}"?')
_TYPE = re.compile(r"#microsoft\.graph\.[A-Za-z0-9.]{1,120}")
_SIZE = re.compile(r"[0-9][0-9.,]{0,20} ?[KMGT]?B(?: \([0-9,]{1,30} bytes\))?")
# A property of a schema. Customers choose those with an underscore, such as extension_APPLICATION_courses.
_PROPERTY = re.compile(r"@?[A-Za-z][A-Za-z0-9.]{0,99}")
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


def is_of_a_schema(text: str) -> bool:
    """Whether a text can only be a version, a type or a size, whatever anybody is called."""
    return any(one.fullmatch(text) for one in (_VERSION, _TYPE, _SIZE))


def unlisted_members(text: str) -> list[str] | None:
    """The members in a text, joined by commas, that are not listed; None if it has not the form of members."""
    parts = text.split(",")
    if not all(map(_MEMBER.fullmatch, parts)):
        return None
    return [part for part in parts if normalize_case(part.strip('"')) not in MEMBERS]


def is_property(name: str) -> bool:
    return _PROPERTY.fullmatch(name) is not None


def public_code(code: str) -> str:
    """The parts of a code that are listed. One with none of them still says that the service itself responded."""
    parts = re.findall(r"\w+", code)
    known = [part for part in parts if normalize_case(part) in CODES]
    whole = len(known) == len(parts) and code.isascii()
    return code if whole else ".".join(known) or "Error"
