# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: applications, their credentials and permissions."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

_LEARN = "https://learn.microsoft.com"
_API = f"{_LEARN}/graph/api"
_TYPES = f"{_LEARN}/graph/api/resources"
_CODES = f"{_LEARN}/entra/identity-platform/reference-error-codes"
_FEDERATION = f"{_LEARN}/entra/workload-id/workload-identity-federation"
_NOBODY = "no public source found"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Applications": {
        "applications": Behaviour(
            "a new application has an appId; ids, times and the publisher's domain are read-only, and secrets are "
            "added with addPassword only",
            DOCUMENTED,
            f"{_API}/application-post-applications",
        ),
        "applications-seeded": Behaviour(
            "the applications of the tenant description are registered; their credentials are not listed",
            ASSUMED,
            _NOBODY,
        ),
        "application-unique-name": Behaviour(
            "PATCH of an application by its uniqueName creates it with Prefer: create-if-missing, else updates it; a "
            "name counts at once, also while reads do not find the new application yet",
            DOCUMENTED,
            f"{_API}/application-upsert",
        ),
        "application-name": Behaviour("a display name has at most 256 characters", DOCUMENTED, f"{_TYPES}/application"),
        "application-tags": Behaviour(
            "an application has the tags that it was given, and so does its service principal when it is created",
            DOCUMENTED,
            f"{_TYPES}/application",
        ),
        "application-keys": Behaviour(
            "the list of certificates is replaced as a whole; the certificates themselves are returned only if "
            "keyCredentials of one application are selected",
            DOCUMENTED,
            f"{_TYPES}/keycredential",
        ),
        "application-password": Behaviour(
            "a client secret is generated, and returned only once", DOCUMENTED, f"{_API}/application-addpassword"
        ),
        "application-federated": Behaviour(
            "at most 20 federated credentials; their names, and their issuers with subjects, are unique",
            DOCUMENTED,
            f"{_TYPES}/federatedidentitycredential",
        ),
        "application-deleted": Behaviour(
            "a deleted application is kept for 30 days and can be restored; its service principal is deleted as well",
            DOCUMENTED,
            f"{_API}/application-delete",
        ),
        "application-restored": Behaviour(
            "restoring an application does not restore its service principal; its uniqueName was free meanwhile",
            ASSUMED,
            _NOBODY,
        ),
        "application-roles": Behaviour(
            "a user may create applications and change the own ones; for others, the user needs the directory role "
            "Cloud Application Administrator, Application Administrator or Global Administrator. With "
            "Application.ReadWrite.OwnedBy, an application only changes its own",
            DOCUMENTED,
            f"{_API}/application-update",
        ),
        "service-principals": Behaviour(
            "those of the applications in the tenant description, of Microsoft Graph and of Office 365 Exchange Online",
            ASSUMED,
            "a tenant has hundreds of Microsoft's own",
        ),
        "service-principal-backing": Behaviour(
            "a service principal needs an application that the directory finds: NoBackingApplicationObject",
            SEEN,
            "https://github.com/Azure/azure-cli/issues/12946",
        ),
        "service-principal-twice": Behaviour(
            "an application has one service principal in a tenant: 409",
            DOCUMENTED,
            f"{_API}/serviceprincipal-post-serviceprincipals",
        ),
        "app-roles": Behaviour(
            "the ids of the permissions are those of no real tenant, except that of Exchange.ManageAsApp",
            ASSUMED,
            "only their names are in the contract",
        ),
        "app-role-assignments": Behaviour(
            "an application permission is granted by its id, once; tokens that are issued afterwards have it",
            DOCUMENTED,
            f"{_API}/serviceprincipal-post-approleassignments",
        ),
        "app-role-assignment-roles": Behaviour(
            "to grant a permission of Microsoft Graph, a user needs Privileged Role Administrator or Global "
            "Administrator; for other APIs, Cloud Application Administrator is enough. The caller also needs a "
            "permission to read applications",
            DOCUMENTED,
            f"{_LEARN}/entra/identity/enterprise-apps/grant-admin-consent",
        ),
        "login-registered": Behaviour(
            "an application that was registered signs in with the credentials that were added to it",
            DOCUMENTED,
            f"{_LEARN}/entra/identity-platform/v2-oauth2-client-creds-grant-flow",
        ),
        "login-issuers": Behaviour(
            "tokens of each issuer, such as GitHub, are signed with the same simulated key",
            ASSUMED,
            f"a real one is verified with the keys that the issuer publishes ({_FEDERATION})",
        ),
        "login-tools": Behaviour(
            "users sign in to Microsoft Graph Command Line Tools, which get the permissions that they request if the "
            "user may consent, and to Microsoft's PowerShell for Exchange, which has Exchange.Manage",
            DOCUMENTED,
            f"{_LEARN}/powershell/microsoftgraph/authentication-commands",
        ),
        "aadsts-65002": Behaviour("an application of Microsoft gets tokens for known APIs only", DOCUMENTED, _CODES),
        "aadsts-90094": Behaviour("an administrator must consent to the permission", DOCUMENTED, _CODES),
        "aadsts-7000222": Behaviour("a client secret that has expired is refused", DOCUMENTED, _CODES),
    },
}
