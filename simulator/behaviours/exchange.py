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
    "Exchange: the call": {
        "exchange-path": Behaviour(
            "only InvokeCommand and EXOModuleFile are there", ASSUMED, "the simulator has no more"
        ),
        "exchange-other-tenant": Behaviour("a token of another tenant is refused with 401", ASSUMED, _NOBODY),
        "exchange-method": Behaviour("InvokeCommand takes POST", SEEN, _CIPP),
        "exchange-module-file": Behaviour("EXOModuleFile lists the caller's cmdlets", SEEN, _CIPP),
        "exchange-content-type": Behaviour("the body must be JSON", ASSUMED, _NOBODY),
        "exchange-anchor": Behaviour(
            "X-AnchorMailbox is UPN:, APP:, SMTP:, MBX:, TID: or OID: with an address, or an address alone", SEEN, _CIPP
        ),
        "exchange-envelope": Behaviour("the body is CmdletInput with CmdletName and Parameters", SEEN, _CIPP),
        "exchange-no-permission": Behaviour("without the API permission: 401", SEEN, _GRAPH2OTEL),
        "exchange-no-role": Behaviour("with it, but without any role: 403", SEEN, _GRAPH2OTEL),
        "exchange-no-cmdlet": Behaviour(
            "a cmdlet that is unknown or in no role: 403 without a body", SEEN, _GRAPH2OTEL
        ),
        "exchange-page-size": Behaviour("odata.maxpagesize from 1 to 1000", SEEN, _CIPP),
        "exchange-paging": Behaviour("a link is good for 30 minutes and for its own request", SEEN, _GRAPH2OTEL),
        "exchange-confirm": Behaviour(
            "a write is only asked about with Confirm: true; without Confirm it happens",
            SEEN,
            f"{_CIPP} Set-CASMailbox; removals of terraprovider/go-exoscc, 2026-09",
        ),
        "exchange-whatif": Behaviour(
            "WhatIf changes nothing and returns nothing",
            ASSUMED,
            "that nothing changes is documented for every cmdlet; what InvokeCommand answers is not",
        ),
        "exchange-filters": Behaviour(
            "parameters of a Get- that choose among objects: by mailbox, client, kind of recipient, role, cmdlet",
            DOCUMENTED,
            f"{_PS}/get-mobiledevice",
        ),
        "exchange-empty-write": Behaviour("writes that return nothing answer an empty list, removals 204", SEEN, _CIPP),
        "exchange-objects": Behaviour(
            "Get-, New-, Set- and Remove- of any kind of object, found by identity, name or GUID", DOCUMENTED, _PS
        ),
        "cmdlet-parameter": Behaviour(
            "unknown, conflicting or not granted parameters: AmbiguousParameterSetException", SEEN, _CIPP
        ),
        "cmdlet-mandatory": Behaviour("a missing parameter: ParameterBindingException", ASSUMED, _NOBODY),
        "cmdlet-value": Behaviour(
            "a value that does not fit: ParameterTransformationException, without details", SEEN, _GRAPH2OTEL
        ),
        "cmdlet-empty-identity": Behaviour(
            "an empty Identity counts as none: everything is returned",
            DOCUMENTED,
            f"{_PS}/get-activesyncorganizationsettings",
        ),
        "cmdlet-edit": Behaviour("lists are edited with GenericHashTable, an empty one clears", SEEN, _CIPP),
        "cmdlet-not-simulated": Behaviour(
            "parameters of a Get- that the simulator does not carry out are refused, never swallowed", ASSUMED, _NOBODY
        ),
        "cmdlet-filter": Behaviour(
            "OPATH filters with -eq, -ne, -like, -and, -or, -not",
            DOCUMENTED,
            f"{_LEARN}/powershell/exchange/filter-properties",
        ),
        "object-missing": Behaviour("an unknown object: ManagementObjectNotFoundException", SEEN, _CIPP),
        "object-exists": Behaviour("a taken name: ADObjectAlreadyExistsException", SEEN, _EXOHELPER),
    },
    "Exchange: the organization and who may do what": {
        "organization-dehydrated": Behaviour(
            "no roles of one's own before customization is enabled",
            DOCUMENTED,
            f"{_PS}/enable-organizationcustomization",
        ),
        "organization-customized": Behaviour(
            "enabling customization takes effect later, and works once",
            SEEN,
            "INKY support article on dehydrated tenants",
        ),
        "rights": Behaviour(
            "what somebody may run is the sum of the roles held, by parameter",
            DOCUMENTED,
            f"{_PS}/get-managementroleassignment",
        ),
        "rights-directory": Behaviour(
            "directory roles count as membership of role groups",
            DOCUMENTED,
            f"{_LEARN}/powershell/exchange/app-only-auth-powershell-v2",
        ),
        "rights-lag": Behaviour(
            "a change of roles, assignments or members counts after a delay, and for tokens issued after it; a "
            "role of the directory at once",
            DOCUMENTED,
            f"{_LEARN}/exchange/permissions-exo/application-rbac: 30 minutes to 2 hours; microsoft/Microsoft365DSC "
            "issue 2958 connects anew; that a role of the directory counts at once is assumed",
        ),
        "role-built-in": Behaviour("built-in roles cannot be changed", DOCUMENTED, f"{_PS}/remove-managementrole"),
        "role-in-use": Behaviour(
            "a role with assignments or children stays", DOCUMENTED, f"{_PS}/remove-managementrole"
        ),
        "role-entries": Behaviour(
            "roles hold the cmdlets of the contract, not all that the real ones hold",
            ASSUMED,
            "contracts/exchange-cmdlets.json",
        ),
        "role-entry-beyond-parent": Behaviour(
            "a role holds no more than its parent", DOCUMENTED, f"{_PS}/add-managementroleentry"
        ),
        "role-entry-identity": Behaviour(
            "a role entry is named Role\\Cmdlet", DOCUMENTED, f"{_PS}/get-managementroleentry"
        ),
        "role-assignment": Behaviour(
            "by assignee: direct ones and those through role groups", DOCUMENTED, f"{_PS}/get-managementroleassignment"
        ),
        "role-assignment-method": Behaviour(
            "of an assignee: Direct for what was given to it, RoleGroup for what it has through one",
            DOCUMENTED,
            f"{_PS}/get-managementroleassignment",
        ),
        "role-assignment-scope": Behaviour(
            "a scoped assignment keeps its scope and shows it: CustomRecipientScope, ExclusiveRecipientScope, OU, "
            "Group, AdministrativeUnit, or the relative scope itself",
            DOCUMENTED,
            f"{_PS}/set-managementroleassignment; that the name of a group or an organizational unit stands in "
            "CustomRecipientWriteScope was seen in public scripts; administrative units are assumed",
        ),
        "role-assignment-name": Behaviour(
            "an assignment without a given name gets one that is free; the same right twice is refused",
            DOCUMENTED,
            f"{_PS}/new-managementroleassignment; that the same right twice is refused is assumed",
        ),
        "role-group-well-known": Behaviour(
            "a built-in role group has its own name as WellKnownObject, and other groups have an empty one",
            ASSUMED,
            f"{_PS}/get-rolegroup; that it shows the property is known from published output, its values are not",
        ),
        "role-group-managers": Behaviour(
            "ManagedBy of Set-RoleGroup overwrites the list of managers, and a table with Add and Remove edits it; "
            "BypassSecurityGroupManagerCheck is taken, and who does not give it is not checked to be a manager",
            DOCUMENTED,
            f"{_PS}/set-rolegroup; the service checks callers without the switch, which is not simulated",
        ),
        "role-group-built-in": Behaviour("built-in role groups stay", DOCUMENTED, f"{_PS}/remove-rolegroup"),
        "delegating-assignment": Behaviour(
            "a role is handed out by whoever has a delegating assignment of it or of its parent, by default "
            "Organization Management only",
            DOCUMENTED,
            f"{_LEARN}/exchange/understanding-management-role-assignments-exchange-2013-help; the text is that of "
            "public questions about ApplicationImpersonation",
        ),
        "delegating-late": Behaviour(
            "after customization was enabled, handing out roles is refused for 50 minutes, with the text of a missing "
            "delegating assignment",
            SEEN,
            "PIM4EntraPS, Initialize-PimMailSender: 40 to 60 minutes in two new tenants on 2026-10-08",
        ),
        "service-principal-late": Behaviour(
            "a service principal that was just registered is listed, but 404 for what gives it a role, as long as the "
            "description says",
            SEEN,
            "PIM4EntraPS, Initialize-PimMailSender: two tenants; for members of role groups it is assumed",
        ),
        "member-exists": Behaviour("a member twice: MemberAlreadyExistsException", SEEN, _CIPP),
        "member-missing": Behaviour("not a member: MemberNotFoundException", ASSUMED, _NOBODY),
        "member-list": Behaviour(
            "Update-RoleGroupMember replaces or edits the whole list", DOCUMENTED, f"{_PS}/update-rolegroupmember"
        ),
        "service-principal-unknown": Behaviour(
            "AppId and ObjectId must be those of the directory", ASSUMED, f"{_PS}/new-serviceprincipal"
        ),
        "service-principal-test": Behaviour(
            "Test-ServicePrincipalAuthorization lists the roles held, without waiting for what is delayed",
            DOCUMENTED,
            f"{_LEARN}/exchange/permissions-exo/application-rbac",
        ),
    },
    "Exchange: mailboxes and devices": {
        "mailbox-licence": Behaviour(
            "a user has a mailbox while a licence with one is held, some minutes after it was given",
            ASSUMED,
            "that it takes a while is widely known; how long is not described",
        ),
        "recipient-identity": Behaviour(
            "an id or address comes before a name; a name of several recipients matches multiple entries",
            SEEN,
            "MicrosoftDocs/office-docs-powershell issue 7166; which comes first is assumed",
        ),
        "mailbox-policy": Behaviour(
            "no policy of its own: the default one, and so marked", DOCUMENTED, f"{_PS}/set-casmailbox"
        ),
        "rule-name": Behaviour(
            "a device access rule is called QueryString (Characteristic)",
            SEEN,
            "microsoft/Microsoft365DSC EXOActiveSyncDeviceAccessRule",
        ),
        "policy-default": Behaviour(
            "exactly one policy is the default; it cannot be removed",
            DOCUMENTED,
            f"{_PS}/set-mobiledevicemailboxpolicy",
        ),
        "policy-in-use": Behaviour(
            "a policy that mailboxes use is removed only by force",
            DOCUMENTED,
            f"{_PS}/remove-mobiledevicemailboxpolicy",
        ),
        "policy-implied": Behaviour(
            "storage card encryption implies device encryption", DOCUMENTED, f"{_PS}/set-mobiledevicemailboxpolicy"
        ),
        "device-access": Behaviour(
            "the mailbox's switch for the client, its policy or Intune, its blocked and allowed devices, rules "
            "that block, quarantine, allow, then the default",
            DOCUMENTED,
            f"Exchange team blog ba-p/588930; that Outlook mobile has a switch of its own: {_PS}/set-casmailbox",
        ),
        "device-statistics": Behaviour("Outlook mobile has no synchronisation times", SEEN, f"{_CIPP} issue 5860"),
        "device-wipe": Behaviour(
            "Outlook mobile is wiped by account only; Cancel takes a request back",
            DOCUMENTED,
            f"{_PS}/clear-mobiledevice",
        ),
        "device-wipe-acknowledged": Behaviour(
            "a wipe is sent and acknowledged in one, ten minutes after the request unless `wipe_after` says otherwise; "
            "account-only and full wipes have their own times, and an earlier acknowledgement stays",
            ASSUMED,
            "how long a device takes depends on the device",
        ),
        "settings-managed": Behaviour("IsIntuneManaged is true while a connector is connected", ASSUMED, _NOBODY),
    },
}
