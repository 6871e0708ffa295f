# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reads of a snapshot: one batch for Graph and dependent reads, one call for each kind in Exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from urllib.parse import quote

from .._assessment.app_protection import LISTS, parts
from .._assessment.assessment import GRAPH_READS
from .._client.graph import Read, odata
from .._conditional_access.group_members import hidden, members_of
from .._connector.requirements import read_batch
from .._core.concurrent import gather
from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult, attempt, first_error
from .._core.resource import Record, normalize_case
from .._engine.exchange import exchange_of
from .._engine.exchange_objects import ExchangeObjects, names_of_groups
from .._engine.tenant import Tenant
from .._mobile_access.access_rules import RULE
from .._mobile_access.mailbox_policies import READER as POLICY_READER
from .._mobile_access.mailboxes import READ_MAILBOX
from .._mobile_access.organization_settings import SETTINGS
from .._mobile_devices.classes import CLASSES
from .._mobile_devices.devices import FILTERS, find_devices, read_devices, read_statistics
from .._rbac.role_catalog import READER
from .._rbac.role_groups import read_members
from .._rbac.service_principals import SERVICE_PRINCIPAL

_ALL = {"ResultSize": "Unlimited"}
_CONFIGURATION = "the Exchange role View-Only Configuration"
_SAME = {  # kinds whose read is one of the assessment, by its name there
    "subscriptions": "skus",
    "exchange_connectors": "connectors",
    "conditional_access_policies": "policies",
    "managed_devices": "managed_devices",
    "compliance_policies": "compliance_policies",
    "ios_app_protection_policies": "iOS",
    "android_app_protection_policies": "Android",
}
_SINGLE = {"intune_settings": "intune", "security_defaults": "security_defaults"}
_OF_USERS = (
    "id,displayName,userPrincipalName,mail,mailNickname,accountEnabled,userType,creationType,externalUserState,"
    "usageLocation,assignedLicenses,proxyAddresses,onPremisesSyncEnabled,createdDateTime"
)
_READ_ROLES = Purpose("read the directory role assignments", "RoleManagement.Read.Directory")
_READ_MEMBERS = Purpose("read the groups that policies name", "GroupMember.Read.All")
_ROLES = "roleManagement/directory/roleAssignments"
_ELIGIBLE = "roleManagement/directory/roleEligibilityScheduleInstances"
_OWN_READS = {
    "named_locations": Read(
        "identity/conditionalAccess/namedLocations", Purpose("read the named locations", "Policy.Read.All")
    ),
    "users": Read(odata("users", select=_OF_USERS, top="999"), Purpose("read the users", "User.Read.All")),
    "directory_role_assignments": Read(odata(_ROLES, expand="principal"), _READ_ROLES),
    "directory_role_eligibilities": Read(odata(_ELIGIBLE, expand="principal"), _READ_ROLES),
}
# Includes properties that no rule reads: the simulated tenant needs complete mailboxes.
_OF_MAILBOXES = (
    "Guid",
    "ExchangeObjectId",
    "ExternalDirectoryObjectId",
    "PrimarySmtpAddress",
    "DistinguishedName",
    "Identity",
    "Name",
    "Alias",
    "SamAccountName",
    "DisplayName",
    "EmailAddresses",
    "ActiveSyncEnabled",
    "OutlookMobileEnabled",
    "OWAforDevicesEnabled",
    "ImapEnabled",
    "PopEnabled",
    "ActiveSyncMailboxPolicy",
    "ActiveSyncMailboxPolicyIsDefaulted",
    "ActiveSyncAllowedDeviceIDs",
    "ActiveSyncBlockedDeviceIDs",
    "HasActiveSyncDevicePartnership",
)
_ORGANIZATION = ExchangeObjects("OrganizationConfig", "Exchange organization", _CONFIGURATION)
# As the service returns them: the canonical form is for comparison.
_POLICIES = ExchangeObjects("MobileDeviceMailboxPolicy", "mailbox policies", POLICY_READER)
_PLANS = ExchangeObjects("CASMailboxPlan", "mailbox plans", _CONFIGURATION)
_GROUPS = ExchangeObjects("RoleGroup", "role groups", READER)
_MANAGEMENT_ROLES = ExchangeObjects("ManagementRole", "management roles", READER)
_ASSIGNMENTS = ExchangeObjects("ManagementRoleAssignment", "management role assignments", READER)


def read_graph(tenant: Tenant) -> dict[str, ReadResult[list[Record]]]:
    """The objects in Microsoft Graph, by kind. Raises `TenantError` if nothing could be read."""
    reads = {name: GRAPH_READS[name] for name in (*_SAME.values(), *_SINGLE.values(), "organization")}
    found = read_batch(tenant, {**reads, **_OWN_READS})
    kinds: dict[str, ReadResult[list[Record]]] = {kind: found[name] for kind, name in _SAME.items()}
    for kind, name in {**_SINGLE, "organization": "organization"}.items():
        kinds[kind] = found[name].map(lambda one: [one])
    kinds |= {kind: found[kind] for kind in _OWN_READS}
    if _without_pim(kinds["directory_role_eligibilities"].error):
        kinds["directory_role_eligibilities"] = ReadResult([])  # without a licence for it, nobody is eligible
    kinds["mdm_authority"] = found["authority"].map(lambda authority: [{"authority": authority}])
    _add_parts(tenant, kinds)
    kinds["groups"] = attempt(partial(_groups, tenant, kinds))
    for kind in ("directory_role_assignments", "directory_role_eligibilities"):
        kinds[kind] = kinds[kind].map(lambda held: [_with_kind_of_principal(one) for one in held])
    return kinds


def _without_pim(error: TenantError | None) -> bool:
    return error is not None and error.answer is not None and "PremiumLicenseRequired" in error.answer.code


def _with_kind_of_principal(assignment: Record) -> Record:
    """Add the object type of role holders. Their names are among the users and groups."""
    principal = assignment.get("principal") or {}
    return {**assignment, "principal": {name: principal[name] for name in ("@odata.type",) if name in principal}}


def _add_parts(tenant: Tenant, kinds: dict[str, ReadResult[list[Record]]]) -> None:
    """Add the assignments and the covered apps of Intune policies, as `assignments` and `apps` of each."""
    compliance = "compliance_policies"
    read = GRAPH_READS[compliance]
    hanging = {
        f"{one['id']}/assignments": Read(f"{read.path}/{quote(str(one['id']), safe='')}/assignments", read.purpose)
        for one in kinds[compliance].or_else([])
    }
    hanging |= parts({name: kinds[f"{name.lower()}_app_protection_policies"].or_else([]) for name in LISTS})
    found = tenant.graph.batch(hanging)
    kinds[compliance] = kinds[compliance].map(partial(_with_parts, ("assignments",), found))
    for name in LISTS:
        kind = f"{name.lower()}_app_protection_policies"
        kinds[kind] = kinds[kind].map(partial(_with_parts, ("apps", "assignments"), found))


def _with_parts(
    names: tuple[str, ...], found: Mapping[str, ReadResult[list[Record]]], policies: Iterable[Record]
) -> list[Record]:
    """The policies with these parts. Raises the `TenantError` of one that could not be read."""
    return [{**one, **{name: found[f"{one['id']}/{name}"].value for name in names}} for one in policies]


def _groups(tenant: Tenant, kinds: Mapping[str, ReadResult[list[Record]]]) -> list[Record]:
    """The groups that policies name or that hold a role, with the ids of all direct and nested members.

    A missing group that a policy names is left out, as in the directory. Raises `TenantError` if a kind that names
    groups could not be read: the list would be incomplete.
    """
    unread = first_error(kinds[kind] for kind in _NAMING if not _holds_nothing(kinds[kind].error))
    if unread is not None:
        raise unread
    ids = sorted({normalize_case(one) for one in _named_groups(kinds)})
    reads: dict[str, Read] = {}
    for one in ids:
        path = f"groups/{quote(one, safe='')}"
        reads[one] = Read(odata(path, select="id,displayName,mail,visibility"), _READ_MEMBERS, collection=False)
        reads[f"{one}/members"] = members_of(one, _READ_MEMBERS)
    found = tenant.graph.batch(reads)
    groups = []
    for one in ids:
        group, members = found[one], found[f"{one}/members"]
        error = first_error((group, members)) or (None if members.value else hidden(group.value, tenant.label))
        if error is None:
            shown = {name: value for name, value in group.value.items() if name != "visibility"}
            groups.append({**shown, "members": sorted(normalize_case(str(one["id"])) for one in members.value)})
        elif error.kind != "not_found":
            raise error
    return groups


def _holds_nothing(error: TenantError | None) -> bool:
    return error is not None and error.kind in ("no_licence", "no_intune_licence")


# Kinds that name groups.
_NAMING = (
    "conditional_access_policies",
    "compliance_policies",
    "ios_app_protection_policies",
    "android_app_protection_policies",
    "directory_role_assignments",
)


def _named_groups(kinds: Mapping[str, ReadResult[list[Record]]]) -> Iterator[str]:
    for policy in kinds["conditional_access_policies"].or_else([]):
        users = (policy.get("conditions") or {}).get("users") or {}
        for side in ("include", "exclude"):
            yield from users.get(f"{side}Groups") or ()
    for kind in _NAMING[1:4]:
        for policy in kinds[kind].or_else([]):
            targets = ((one.get("target") or {}).get("groupId") for one in policy["assignments"])
            yield from (one for one in targets if one)
    for kind in ("directory_role_assignments", "directory_role_eligibilities"):
        for held in kinds[kind].or_else([]):
            if str((held.get("principal") or {}).get("@odata.type")).endswith(".group"):
                yield str(held["principalId"])


def exchange_calls(tenant: Tenant, statistics: bool) -> dict[str, Callable[[], list[Record]]]:
    """The calls that read Exchange, by kind."""
    mailboxes = partial(exchange_of(tenant).invoke, "Get-CASMailbox", _ALL, READ_MAILBOX, _OF_MAILBOXES)
    return {
        "exchange_organization": partial(_ORGANIZATION.list, tenant),
        "activesync_organization_settings": partial(SETTINGS.backend.list, tenant),
        "device_access_rules": partial(RULE.backend.list, tenant),
        "mobile_device_mailbox_policies": partial(_POLICIES.list, tenant),
        "mailboxes": lambda: mailboxes().values,
        "mailbox_plans": partial(_PLANS.list, tenant),
        "mobile_devices": lambda: read_devices(tenant, None).values,
        **({"device_statistics": partial(_statistics, tenant)} if statistics else {}),
        "device_classes": partial(CLASSES.list, tenant),
        "management_roles": partial(_roles, tenant),
        "role_groups": partial(_role_groups, tenant),
        "role_assignments": partial(_ASSIGNMENTS.list, tenant),
        "service_principals": partial(SERVICE_PRINCIPAL.backend.list, tenant),
    }


def _statistics(tenant: Tenant) -> list[Record]:
    known, _lost = read_statistics(tenant, find_devices(tenant, dict.fromkeys(FILTERS)))
    return list(known.values())


def _roles(tenant: Tenant) -> list[Record]:
    """The content of custom roles; the built-in ones are the same everywhere, and have thousands of entries."""
    return [
        {name: value for name, value in one.items() if name != "RoleEntries" or not one.get("IsRootRole")}
        for one in _MANAGEMENT_ROLES.list(tenant)
    ]


_OF_MEMBERS = ("Name", "DisplayName", "ExternalDirectoryObjectId", "RecipientTypeDetails", "PrimarySmtpAddress")


def _role_groups(tenant: Tenant) -> list[Record]:
    """The role groups, with their members as objects instead of names. Raises `TenantError`."""
    groups = _GROUPS.list(tenant)
    names = names_of_groups(groups)
    calls = {str(one["Guid"]): partial(read_members, tenant, one, names) for one in groups}
    found = gather(calls)
    return [
        {
            **one,
            "Members": [{name: member.get(name) for name in _OF_MEMBERS} for member in found[str(one["Guid"])].value],
        }
        for one in groups
    ]
