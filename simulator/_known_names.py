# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that a tenant description can use because the simulator knows them: permissions, roles, properties."""

from __future__ import annotations

from functools import lru_cache

from .cmdlets.contract import load_cmdlets
from .directory.enterprise_applications import permission_names
from .directory.reports import MAIL_APPS
from .exchange.client_access import MAILBOX_PLANS
from .exchange.rbac import built_in_roles
from .odata.contract import shipped_contract
from .odata.property_kinds import property_kinds, values_of
from .state.description_kinds import Known
from .state.tenant import DIRECTORY_ROLES

# Types of Graph by the names of description_keys.py.
_PROPERTIES = {
    "property of an organization": "organization",
    "property of a user": "user",
    "property of a policy": "conditionalAccessPolicy",
    "condition of a policy": "conditionalAccessConditionSet",
    "applications of a policy": "conditionalAccessApplications",
    "property of users in a policy": "conditionalAccessUsers",
}
_VALUES = {
    "client app type": "conditionalAccessClientApp",
    "type of connector": "deviceManagementExchangeConnectorType",
    "compliance state": "complianceState",
    "type of owner": "managedDeviceOwnerType",
}


@lru_cache
def known_names() -> Known:
    contract, cmdlets = shipped_contract(), load_cmdlets()
    roles = built_in_roles(cmdlets)
    policy = cmdlets["get-authenticationpolicy"].output
    return {
        "directory role": list(DIRECTORY_ROLES),
        "application permission of Microsoft Graph": sorted(contract.application()),
        "delegated permission of Microsoft Graph": sorted(contract.delegated()),
        "application permission of Exchange Online": permission_names("exchange"),
        "built-in Exchange role": list(roles),
        "cmdlet": sorted({cmdlet for entries in roles.values() for cmdlet in entries}),
        **{f"cmdlet of {role}": list(entries) for role, entries in roles.items()},
        "mail app": MAIL_APPS,
        "mailbox plan": MAILBOX_PLANS,
        "switch of an authentication policy": [name for name in policy if name.startswith("AllowBasicAuth")],
        "property of a mobile device mailbox policy": list(cmdlets["get-mobiledevicemailboxpolicy"].output),
        "property of the ActiveSync organization settings": list(cmdlets["get-activesyncorganizationsettings"].output),
        "property of a mailbox plan": list(cmdlets["get-casmailboxplan"].output),
        **{name: property_kinds(contract.schemas, type_name) for name, type_name in _PROPERTIES.items()},
        **{name: values_of(contract.schemas, type_name) for name, type_name in _VALUES.items()},
    }
