# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: InvokeCommand of Exchange Online, its organization, roles, mailboxes and devices."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

_LEARN = "https://learn.microsoft.com"
_PS = f"{_LEARN}/powershell/module/exchange"
_CIPP = "https://github.com/KelvinTegelaar/CIPP-API"
_EXOHELPER = "https://github.com/GreyCorbel/ExoHelper"
_GRAPH2OTEL = "https://github.com/rknightion/graph2otel"
_NOBODY = "no public source found"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Exchange: requests": {
        "exchange-path": Behaviour(
            "only InvokeCommand and EXOModuleFile exist", ASSUMED, "the simulator offers no other"
        ),
        "exchange-other-tenant": Behaviour("a token of another tenant is refused with 401", ASSUMED, _NOBODY),
        "exchange-method": Behaviour("InvokeCommand requires POST", SEEN, _CIPP),
        "exchange-module-file": Behaviour("EXOModuleFile lists the caller's cmdlets", SEEN, _CIPP),
        "exchange-content-type": Behaviour("the body must be JSON", ASSUMED, _NOBODY),
        "exchange-anchor": Behaviour(
            "X-AnchorMailbox is an address, alone or after UPN:, APP:, SMTP:, MBX:, TID: or OID:", SEEN, _CIPP
        ),
        "exchange-envelope": Behaviour("the body is CmdletInput with CmdletName and Parameters", SEEN, _CIPP),
        "exchange-no-permission": Behaviour("without the API permission: 401", SEEN, _GRAPH2OTEL),
        "exchange-no-role": Behaviour("with the API permission, but without any role: 403", SEEN, _GRAPH2OTEL),
        "exchange-no-cmdlet": Behaviour(
            "a cmdlet that is unknown or in none of the caller's roles: 403 without a body", SEEN, _GRAPH2OTEL
        ),
        "exchange-page-size": Behaviour("odata.maxpagesize from 1 to 1000", SEEN, _CIPP),
        "exchange-paging": Behaviour(
            "a next-page link is valid for 30 minutes and only for its own request", SEEN, _GRAPH2OTEL
        ),
        "exchange-confirm": Behaviour(
            "with Confirm: true a write is not carried out but returns the question; without Confirm it is carried out",
            SEEN,
            f"{_CIPP} Set-CASMailbox; removals of terraprovider/go-exoscc, 2026-09",
        ),
        "exchange-whatif": Behaviour(
            "WhatIf changes nothing and returns nothing",
            ASSUMED,
            "that nothing changes is documented for every cmdlet; the response of InvokeCommand is not",
        ),
        "exchange-filters": Behaviour(
            "Get- cmdlets have parameters that filter by mailbox, client, type of recipient, role or cmdlet",
            DOCUMENTED,
            f"{_PS}/get-mobiledevice",
        ),
        "exchange-empty-write": Behaviour("a write without output returns an empty list, a removal 204", SEEN, _CIPP),
        "exchange-objects": Behaviour(
            "Get-, New-, Set- and Remove- cmdlets for each type of object, which is found by identity, name or GUID",
            DOCUMENTED,
            _PS,
        ),
        "cmdlet-parameter": Behaviour(
            "unknown, conflicting or not granted parameters: AmbiguousParameterSetException", SEEN, _CIPP
        ),
        "cmdlet-mandatory": Behaviour("a missing mandatory parameter: ParameterBindingException", ASSUMED, _NOBODY),
        "cmdlet-value": Behaviour(
            "an invalid value: ParameterTransformationException, without details", SEEN, _GRAPH2OTEL
        ),
        "cmdlet-empty-identity": Behaviour(
            "an empty Identity is ignored: everything is returned",
            DOCUMENTED,
            f"{_PS}/get-activesyncorganizationsettings",
        ),
        "cmdlet-edit": Behaviour("lists are edited with GenericHashTable; an empty one clears the list", SEEN, _CIPP),
        "cmdlet-not-simulated": Behaviour(
            "parameters of Get- cmdlets that the simulator does not implement are refused, never ignored",
            ASSUMED,
            _NOBODY,
        ),
        "cmdlet-filter": Behaviour(
            "OPATH filters with -eq, -ne, -like, -and, -or, -not",
            DOCUMENTED,
            f"{_LEARN}/powershell/exchange/filter-properties",
        ),
        "object-missing": Behaviour("an unknown object: ManagementObjectNotFoundException", SEEN, _CIPP),
        "object-exists": Behaviour("a name that is in use: ADObjectAlreadyExistsException", SEEN, _EXOHELPER),
    },
    "Exchange: organization and permissions": {
        "organization-dehydrated": Behaviour(
            "custom roles cannot be created before organization customization is enabled",
            DOCUMENTED,
            f"{_PS}/enable-organizationcustomization",
        ),
        "organization-customized": Behaviour(
            "organization customization takes effect after a delay, and can be enabled once",
            SEEN,
            "INKY support article on dehydrated tenants",
        ),
        "rights": Behaviour(
            "the cmdlets and parameters of a caller are the union of those of its roles",
            DOCUMENTED,
            f"{_PS}/get-managementroleassignment",
        ),
        "rights-directory": Behaviour(
            "directory roles count as membership of the corresponding role groups",
            DOCUMENTED,
            f"{_LEARN}/powershell/exchange/app-only-auth-powershell-v2",
        ),
        "rights-lag": Behaviour(
            "a change of roles, assignments or members takes effect after a delay, and for tokens issued "
            "afterwards; a directory role takes effect at once",
            DOCUMENTED,
            f"{_LEARN}/exchange/permissions-exo/application-rbac: 30 minutes to 2 hours; microsoft/Microsoft365DSC "
            "issue 2958 reconnects; that a directory role takes effect at once is assumed",
        ),
        "role-built-in": Behaviour("built-in roles cannot be changed", DOCUMENTED, f"{_PS}/remove-managementrole"),
        "role-in-use": Behaviour(
            "a role with assignments or child roles cannot be removed", DOCUMENTED, f"{_PS}/remove-managementrole"
        ),
        "role-entries": Behaviour(
            "roles contain the cmdlets of the contract, which are fewer than the real roles contain",
            ASSUMED,
            "contracts/exchange-cmdlets.json",
        ),
        "role-entry-beyond-parent": Behaviour(
            "a role cannot contain more than its parent", DOCUMENTED, f"{_PS}/add-managementroleentry"
        ),
        "role-entry-identity": Behaviour(
            "a role entry is named Role\\Cmdlet", DOCUMENTED, f"{_PS}/get-managementroleentry"
        ),
        "role-assignment": Behaviour(
            "assignments of an assignee, direct and through role groups; an application can have any role directly",
            SEEN,
            "maester365/maester gives one View-Only Configuration; Microsoft documents only application roles for it",
        ),
        "role-assignment-method": Behaviour(
            "for an assignee: Direct for its own assignments, RoleGroup for those of a role group",
            DOCUMENTED,
            f"{_PS}/get-managementroleassignment",
        ),
        "role-assignment-scope": Behaviour(
            "a scoped assignment returns its scope: CustomRecipientScope, ExclusiveRecipientScope, OU, Group, "
            "AdministrativeUnit, or the relative scope itself",
            DOCUMENTED,
            f"{_PS}/set-managementroleassignment; that the name of a group or an organizational unit stands in "
            "CustomRecipientWriteScope was seen in public scripts; administrative units are assumed",
        ),
        "role-assignment-name": Behaviour(
            "an assignment without a name gets a unique one; a duplicate assignment is refused",
            DOCUMENTED,
            f"{_PS}/new-managementroleassignment; that the same right twice is refused is assumed",
        ),
        "role-group-well-known": Behaviour(
            "WellKnownObject is the name of a built-in role group, and empty for other role groups",
            ASSUMED,
            f"{_PS}/get-rolegroup; the property is known from published output, its values are not",
        ),
        "role-group-managers": Behaviour(
            "ManagedBy of Set-RoleGroup replaces the list of managers, and a table with Add and Remove edits "
            "it; BypassSecurityGroupManagerCheck is accepted, and without it the simulator does not verify "
            "that the caller is a manager",
            DOCUMENTED,
            f"{_PS}/set-rolegroup; the service checks callers without the switch, which is not simulated",
        ),
        "role-group-built-in": Behaviour(
            "built-in role groups cannot be removed", DOCUMENTED, f"{_PS}/remove-rolegroup"
        ),
        "delegating-assignment": Behaviour(
            "only callers with a delegating assignment of a role or of its parent can assign it, by default "
            "only Organization Management",
            DOCUMENTED,
            f"{_LEARN}/exchange/understanding-management-role-assignments-exchange-2013-help; the error text is "
            "from public questions about ApplicationImpersonation",
        ),
        "delegating-late": Behaviour(
            "after organization customization was enabled, role assignments are refused for 50 minutes, with "
            "the error of a missing delegating assignment",
            SEEN,
            "PIM4EntraPS, Initialize-PimMailSender: 40 to 60 minutes in two new tenants on 2026-10-08",
        ),
        "service-principal-late": Behaviour(
            "a new service principal is listed, but role assignments to it return 404, for as long as the "
            "tenant description says",
            SEEN,
            "PIM4EntraPS, Initialize-PimMailSender: two tenants; for members of role groups it is assumed",
        ),
        "member-exists": Behaviour("a member that is added again: MemberAlreadyExistsException", SEEN, _CIPP),
        "member-missing": Behaviour(
            "a member that is removed but is not in the group: MemberNotFoundException", ASSUMED, _NOBODY
        ),
        "member-list": Behaviour(
            "Update-RoleGroupMember replaces or edits the whole list", DOCUMENTED, f"{_PS}/update-rolegroupmember"
        ),
        "service-principal-unknown": Behaviour(
            "AppId and ObjectId must be those of the directory", ASSUMED, f"{_PS}/new-serviceprincipal"
        ),
        "service-principal-test": Behaviour(
            "Test-ServicePrincipalAuthorization lists the roles held, including changes that have not taken effect yet",
            DOCUMENTED,
            f"{_LEARN}/exchange/permissions-exo/application-rbac",
        ),
    },
    "Exchange: mailboxes and devices": {
        "mailbox-licence": Behaviour(
            "a user has a mailbox while a licence includes one; it is created some minutes after the licence "
            "was assigned",
            ASSUMED,
            "that there is a delay is widely known; its length is not described",
        ),
        "recipient-identity": Behaviour(
            "an id or address takes precedence over a name; a name of several recipients matches multiple entries",
            SEEN,
            "MicrosoftDocs/office-docs-powershell issue 7166; the precedence is assumed",
        ),
        "mailbox-policy": Behaviour(
            "a mailbox without its own policy has the default one, and is marked accordingly",
            DOCUMENTED,
            f"{_PS}/set-casmailbox",
        ),
        "rule-name": Behaviour(
            "a device access rule is named QueryString (Characteristic)",
            SEEN,
            "microsoft/Microsoft365DSC EXOActiveSyncDeviceAccessRule",
        ),
        "policy-default": Behaviour(
            "exactly one policy is the default, and cannot be removed",
            DOCUMENTED,
            f"{_PS}/set-mobiledevicemailboxpolicy",
        ),
        "policy-in-use": Behaviour(
            "a policy that mailboxes use is removed only with Force",
            DOCUMENTED,
            f"{_PS}/remove-mobiledevicemailboxpolicy",
        ),
        "policy-implied": Behaviour(
            "storage card encryption implies device encryption", DOCUMENTED, f"{_PS}/set-mobiledevicemailboxpolicy"
        ),
        "device-access": Behaviour(
            "access is decided by the client's switch of the mailbox, by the mailbox policy or Intune, by the "
            "blocked and allowed devices of the mailbox, by rules that block, quarantine or allow, and by the "
            "default, in this order",
            DOCUMENTED,
            f"Exchange team blog ba-p/588930; that Outlook mobile has a switch of its own: {_PS}/set-casmailbox",
        ),
        "device-statistics": Behaviour("Outlook mobile has no synchronization times", SEEN, f"{_CIPP} issue 5860"),
        "device-wipe": Behaviour(
            "only the account can be wiped from a device with the DeviceType Outlook; Cancel withdraws a request",
            DOCUMENTED,
            f"{_PS}/clear-mobiledevice",
        ),
        "device-wipe-acknowledged": Behaviour(
            "a wipe is sent and acknowledged at the same time, ten minutes after the request unless "
            "`wipe_after` specifies another time; account-only and full wipes have separate times, and an "
            "earlier acknowledgement remains",
            ASSUMED,
            "how long a device takes depends on the device",
        ),
        "settings-managed": Behaviour("IsIntuneManaged is true while a connector is connected", ASSUMED, _NOBODY),
    },
}
