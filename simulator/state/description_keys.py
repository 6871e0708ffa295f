# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of all keys of a tenant description, for its check and for the reference of the keys."""

from __future__ import annotations

from .description_access import CONDITIONAL_ACCESS
from .description_exchange import EXCHANGE
from .description_kinds import (
    BOOLEAN,
    COUNT,
    COUNT_FROM_1,
    DOMAIN,
    SECONDS,
    TEXT,
    Anything,
    Fields,
    Listed,
    Name,
    Named,
    OrNull,
    Row,
    one_of,
)

_ROLE, _ROLES = Name("directory role"), Listed(Name("directory role"))
# A person who exists; `user` alone may also have been taken away.
_PERSON, _USERS, _GROUPS = Name("person"), Listed(Name("user")), Listed(Name("group"))
_NAMES, _ASSIGNED = Listed(TEXT), Listed(Name("group to assign to"))

_CREDENTIAL_OWNER = {
    "graph": Listed(Name("application permission of Microsoft Graph")),
    "exchange": Listed(Name("application permission of Exchange Online")),
}
_APPLICATION = Fields(_CREDENTIAL_OWNER, {"display_name": TEXT, "directory_roles": _ROLES, "home": TEXT})
_ORGANIZATION = Fields(
    {"countryLetterCode": OrNull(TEXT)},
    {
        "mobileDeviceManagementAuthority": OrNull(TEXT),
        "onPremisesSyncEnabled": OrNull(BOOLEAN),
        "preferredLanguage": OrNull(TEXT),
        "technicalNotificationMails": _NAMES,
    },
    more="property of an organization",
)
_CONNECTOR = Fields(
    {"exchangeConnectorType": Name("type of connector"), "age": SECONDS},
    {
        "last_sync_age": SECONDS,
        **dict.fromkeys(
            (
                "primarySmtpAddress",
                "serverName",
                "connectorServerName",
                "exchangeAlias",
                "exchangeOrganization",
                "version",
            ),
            OrNull(TEXT),
        ),
    },
)
_MANAGED_DEVICE = Fields(
    {"user": _PERSON, "os": TEXT, "os_version": TEXT, "model": TEXT, "compliance": Name("compliance state")},
    {
        "manufacturer": TEXT,
        "owner": Name("type of owner"),
        "enrolled": SECONDS,
        "last_sync": SECONDS,
        "eas": COUNT,
        "exchange": OrNull(
            Fields(
                {
                    "state": one_of("none", "unknown", "allowed", "blocked", "quarantined"),
                    "reason": TEXT,
                    "age": SECONDS,
                }
            )
        ),
    },
)
_INTUNE = Fields(
    {
        "authority_in": one_of("v1.0", "beta"),
        "licensed": BOOLEAN,
        "unlicensed_as": one_of("not_applicable", "forbidden"),
        "connector": one_of("offered", "list_refused", "create_refused"),
        "list_refusal": one_of(501, 404, 400),
        "without_body": _NAMES,
        "connect_after": SECONDS,
        "sync_duration": SECONDS,
        "connectors": Listed(_CONNECTOR),
        "secure_by_default": BOOLEAN,
        "devices": Listed(_MANAGED_DEVICE),
        "compliance_policies": Listed(
            Fields(
                {"platform": one_of("iOS", "Android", "Android work profile", "macOS", "Windows"), "name": TEXT},
                {"assigned": _ASSIGNED, "excluded": _ASSIGNED},
            )
        ),
        "app_protections": Listed(
            Fields(
                {"platform": one_of("iOS", "Android"), "name": TEXT},
                {"apps": _NAMES, "assigned": _ASSIGNED, "excluded": _ASSIGNED},
            )
        ),
    }
)
_PLAN = Fields({"id": TEXT, "service": TEXT}, {"status": TEXT, "company": BOOLEAN, "needs": _NAMES, "excludes": _NAMES})
_SKU = Fields(
    {"id": TEXT, "units": COUNT, "plans": Named(_PLAN)},
    {"status": one_of("Enabled", "Warning", "Suspended", "Deleted", "LockedOut")},
)
_USER = Fields(
    {"displayName": TEXT, "licences": Listed(Name("licence"))},
    {
        "directory_roles": _ROLES,
        "roles_in_units": Named(TEXT, name=_ROLE),
        "eligible_roles": _ROLES,
        "accountEnabled": BOOLEAN,
        "userType": OrNull(one_of("Member", "Guest")),
        "onPremisesSyncEnabled": OrNull(BOOLEAN),
    },
    more="property of a user",
)
_GROUP = Fields(
    {},
    {
        "displayName": TEXT,
        "visibility": OrNull(one_of("Public", "Private", "HiddenMembership")),
        "members": _USERS,
        "groups": _GROUPS,
        "owners": _USERS,
        "directory_roles": _ROLES,
        "eligible_roles": _ROLES,
        "eligible_users": _USERS,
        "eligible_groups": _GROUPS,
    },
)
_SIGN_IN = Fields(
    {"user": _PERSON, "client": TEXT, "age": SECONDS},
    {
        **dict.fromkeys(("app", "os", "ip", "country", "resource", "resource_name", "failure", "credential"), TEXT),
        "error": COUNT,
        "conditional_access": one_of("success", "failure", "notApplied"),
        "policies": Named(TEXT),
        "interactive": BOOLEAN,
        "home": OrNull(TEXT),
        "audiences": _NAMES,
        "evaluate": BOOLEAN,
        "risk": TEXT,
        "user_risk": TEXT,
        "flow": one_of("none", "deviceCode", "authenticationTransfer"),
        "device": OrNull(
            Fields(
                {},
                {
                    "compliant": BOOLEAN,
                    "managed": BOOLEAN,
                    "trust": one_of("Azure AD registered", "Azure AD joined", "Hybrid Azure AD joined"),
                    "identified": BOOLEAN,
                },
            )
        ),
        "mfa": BOOLEAN,
        "protected": BOOLEAN,
    },
)
_AUDIT = Fields(
    {"activity": TEXT, "age": SECONDS},
    {
        "user": TEXT,
        "group": TEXT,
        "changed": Named(Row((("old", Anything("any value")), ("new", Anything("any value"))))),
    },
)
_CUSTOMER = Fields(
    {"name": TEXT, "roles": _ROLES},
    {
        "domain": TEXT,
        "status": TEXT,
        "ends_in_days": COUNT,
        "auto_extend": TEXT,
        "tenant_id": OrNull(TEXT),
    },
)
TABLE = Fields(
    {
        "domain": DOMAIN,
        "display_name": TEXT,
        "account": TEXT,
        "organization": _ORGANIZATION,
        "directory_lag": SECONDS,
        "sensitive_actions": one_of("guarded", "open"),
        "token_lifetime": OrNull(SECONDS),
        "shared_limit": OrNull(Fields({"requests": COUNT_FROM_1, "seconds": SECONDS})),
        "intune": _INTUNE,
        "skus": Named(_SKU),
        "users": Named(_USER),
        "groups": Named(_GROUP),
        "conditional_access": CONDITIONAL_ACCESS,
        "sign_ins": Listed(_SIGN_IN),
        "directory_audits": Listed(_AUDIT),
        "reports": Fields(
            {"concealed": BOOLEAN, "email_apps": Named(Listed(Name("mail app")), name=_PERSON)},
        ),
        "application": _APPLICATION,
        "applications": Named(_APPLICATION),
        "person": Fields(
            {
                "user": Name("user"),
                "graph": Listed(Name("delegated permission of Microsoft Graph")),
                "exchange": Listed(one_of("Exchange.Manage")),
                "approved_after": COUNT,
            }
        ),
        "exchange": OrNull(EXCHANGE),
        "customers": Listed(_CUSTOMER),
    },
    {"extends": TEXT, "sign_in_crowd": OrNull(Fields({"sign_ins": COUNT}, {"seed": COUNT}))},
)
