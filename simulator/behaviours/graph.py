# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: Graph in general, and the directory."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

_LEARN = "https://learn.microsoft.com"
_GRAPH = f"{_LEARN}/graph"
_METADATA = "https://github.com/microsoftgraph/msgraph-metadata"
_ISSUES = "https://github.com/microsoftgraph/microsoft-graph-docs/issues"
_NOBODY = "no public source found"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Graph in general": {
        "graph-version": Behaviour(
            "a version other than v1.0 and beta: Invalid version. Paths of v1.0 return the same in beta, "
            "except for the MDM authority",
            SEEN,
            "https://github.com/microsoftgraph/msgraph-sample-blazor-clientside/issues/94",
        ),
        "graph-collections": Behaviour(
            "list, get, create, update and delete for each collection of the contract, with its permissions",
            DOCUMENTED,
            f"{_GRAPH}/use-the-api",
        ),
        "graph-case": Behaviour(
            "segments, properties and query options are case-insensitive; a trailing slash and empty segments "
            "are ignored",
            DOCUMENTED,
            f"{_GRAPH}/traverse-the-graph, for case; empty segments are seen (https://pypi.org/project/msgraph-sdk/ "
            "1.65.0 sends /v1.0//users); that a slash may end the path is assumed",
        ),
        "graph-advanced": Behaviour(
            "endsWith, ne and not on directory objects require ConsistencyLevel: eventual and $count=true",
            DOCUMENTED,
            f"{_GRAPH}/aad-advanced-queries",
        ),
        "graph-no-segment": Behaviour("an unknown path: Resource not found for the segment", SEEN, f"{_ISSUES}/21648"),
        "graph-no-method": Behaviour("a method that the path does not support: 405", DOCUMENTED, f"{_GRAPH}/errors"),
        "graph-query-undeclared": Behaviour(
            "query options that the contract does not declare are refused", ASSUMED, _METADATA
        ),
        "graph-query-invalid": Behaviour(
            "malformed query options and unknown properties are refused", DOCUMENTED, f"{_GRAPH}/query-parameters"
        ),
        "graph-expand": Behaviour(
            "$expand is refused, except for the role and the principal of a role assignment", ASSUMED, "not simulated"
        ),
        "graph-search": Behaviour(
            "$search finds directory objects by words of displayName and description and by the prefix of "
            "other texts, with ConsistencyLevel: eventual; other lists refuse it with an invented error text",
            DOCUMENTED,
            f"{_GRAPH}/search-query-parameter; the refusal without the header: {_GRAPH}/aad-advanced-queries",
        ),
        "graph-cast": Behaviour(
            "a type at the end of the path limits a list of members or memberships to objects of that type; as "
            "in public scripts, the documented header is not required",
            DOCUMENTED,
            f"{_GRAPH}/api/group-list-transitivemembers",
        ),
        "graph-paging": Behaviour("nextLink is opaque and belongs to its path", DOCUMENTED, f"{_GRAPH}/paging"),
        "graph-count": Behaviour(
            "directory objects are counted only with ConsistencyLevel: eventual",
            DOCUMENTED,
            f"{_GRAPH}/aad-advanced-queries",
        ),
        "graph-body-empty": Behaviour("a missing body: Empty Payload", SEEN, f"{_ISSUES}/4769"),
        "graph-body-not-json": Behaviour(
            "a body that is not JSON is refused", SEEN, "microsoftgraph/nodejs-connect-rest-sample issue 53"
        ),
        "graph-body-schema": Behaviour(
            "unknown properties, wrong types and invalid enum members are refused",
            SEEN,
            f"a wrong type in {_ISSUES}/2853; the others follow messages of the OData library in public issues",
        ),
        "graph-content-type": Behaviour(
            "a body of another type: Entity only allows writes with a JSON Content-Type header",
            SEEN,
            "https://github.com/microsoftgraph/msgraph-sample-pythondjangoapp/issues/22",
        ),
        "graph-me": Behaviour(
            "/me is the user of the token, and is refused to an application", DOCUMENTED, f"{_GRAPH}/api/user-get"
        ),
        "graph-count-segment": Behaviour(
            "the number of users, groups, applications, members or memberships as text, only with "
            "ConsistencyLevel: eventual",
            DOCUMENTED,
            f"{_GRAPH}/aad-advanced-queries",
        ),
        "graph-batch": Behaviour(
            "up to 20 requests; the responses are in another order, each with its own status and lower-case headers",
            DOCUMENTED,
            f"{_GRAPH}/json-batching",
        ),
        "graph-batch-invalid": Behaviour(
            "duplicate ids and invalid dependencies are refused", DOCUMENTED, f"{_GRAPH}/json-batching"
        ),
        "limit-intune": Behaviour(
            "1000 requests in 20 s per application and tenant, applied to onboarding resources as well",
            ASSUMED,
            f"{_GRAPH}/throttling-limits",
        ),
        "limit-intune-writes": Behaviour(
            "100 writes in 20 s per application and tenant, applied to onboarding resources as well",
            ASSUMED,
            f"{_GRAPH}/throttling-limits",
        ),
        "limit-application": Behaviour(
            "a limit for all requests of one application over all tenants, if the tenant description sets it: "
            "429 with Retry-After",
            DOCUMENTED,
            f"{_GRAPH}/throttling-limits",
        ),
        "limit-conditional-access": Behaviour(
            "1 request per second and tenant; 429 without Retry-After", DOCUMENTED, f"{_GRAPH}/throttling-limits"
        ),
        "limit-directory": Behaviour("3500 resource units in 10 s", DOCUMENTED, f"{_GRAPH}/throttling-limits"),
        "limit-directory-writes": Behaviour("3000 writes in 150 s", DOCUMENTED, f"{_GRAPH}/throttling-limits"),
    },
    "Directory": {
        "directory-forbidden": Behaviour(
            "a missing permission: Authorization_RequestDenied", DOCUMENTED, f"{_GRAPH}/errors"
        ),
        "directory-not-found": Behaviour("an unknown object: Request_ResourceNotFound", SEEN, f"{_ISSUES}/6059"),
        "directory-value": Behaviour(
            "values that violate the rules of users, licences and roles are refused",
            DOCUMENTED,
            f"{_GRAPH}/api/user-post-users",
        ),
        "directory-address-in-use": Behaviour(
            "mail cannot be the address of another user: 400, and nothing is changed",
            SEEN,
            "microsoftgraph/microsoft-graph-docs-contrib issue 8421, against the documentation, which says that mail "
            "is changed without proxyAddresses",
        ),
        "directory-password": Behaviour(
            "a password has at least eight characters of three of the four kinds",
            DOCUMENTED,
            f"{_LEARN}/entra/identity/authentication/concept-sspr-policy",
        ),
        "directory-user-defaults": Behaviour(
            "most properties of a user are returned only if selected", DOCUMENTED, f"{_GRAPH}/api/user-get"
        ),
        "directory-plans": Behaviour(
            "service plans and licence states follow from the licences, at once",
            ASSUMED,
            f"{_GRAPH}/api/user-assignlicense",
        ),
        "directory-lag": Behaviour(
            "reads, licences and roles find a new user only after a delay, and so do reads and sign-in with a new "
            "application, service principal, permission or federated credential",
            SEEN,
            "hashicorp/terraform-provider-azuread polls until several reads agree (internal/helpers/consistency)",
        ),
        "directory-sensitive": Behaviour(
            "changing sensitive properties of a user with an admin role, and deleting that user, requires one "
            "of two roles, for applications too",
            DOCUMENTED,
            f"{_GRAPH}/api/resources/users#sensitive-actions",
        ),
        "directory-password-right": Behaviour(
            "a new password requires User-PasswordProfile.ReadWrite.All, which User.ReadWrite.All does not "
            "include, and the directory role User Administrator or a higher one, for applications too",
            DOCUMENTED,
            f"{_GRAPH}/api/user-update; public projects found in 2026 that the permission is not included",
        ),
        "directory-mastered": Behaviour(
            "a synchronized user is changed on-premises; only usageLocation can be written in the cloud",
            SEEN,
            f"the message in {_ISSUES}/18038; which properties it covers is assumed",
        ),
        "licence-assignment": Behaviour(
            "addLicenses and removeLicenses are both required, with SKUs of the tenant",
            DOCUMENTED,
            f"{_GRAPH}/api/user-assignlicense",
        ),
        "licence-location": Behaviour(
            "no licence can be assigned without a usageLocation",
            SEEN,
            "KelvinTegelaar/CIPP issue 889",
        ),
        "licence-units": Behaviour(
            "no licence can be assigned without a free unit", SEEN, "public scripts look for this message"
        ),
        "licence-dependency": Behaviour(
            "a service plan that depends on another one cannot be assigned without it, and the other one "
            "cannot be removed first",
            SEEN,
            "MicrosoftDocs/microsoft-365-docs pull request 3864",
        ),
        "licence-exclusive": Behaviour(
            "service plans that exclude each other cannot be assigned together",
            DOCUMENTED,
            f"{_LEARN}/entra/fundamentals/licensing-groups-resolve-problems",
        ),
        "mailbox-address": Behaviour(
            "mail is the value that was set, at once and with or without a mailbox, and is added to "
            "proxyAddresses; otherwise the mailbox sets it to the user principal name",
            ASSUMED,
            f"that mail feeds proxyAddresses: {_GRAPH}/api/resources/user; when is not described",
        ),
        "organization-update": Behaviour(
            "only the notification addresses and the privacy profile of the organization can be changed; the "
            "error text is invented",
            DOCUMENTED,
            f"{_GRAPH}/api/organization-update",
        ),
        "directory-units": Behaviour(
            "consumedUnits of a subscription is the number of users with its licence",
            DOCUMENTED,
            f"{_GRAPH}/api/subscribedsku-list",
        ),
        "directory-sync": Behaviour(
            "in a synchronized directory, the last synchronization was 20 minutes ago; it runs every 30 minutes",
            DOCUMENTED,
            f"{_LEARN}/entra/identity/hybrid/connect/how-to-connect-sync-feature-scheduler",
        ),
        "directory-role-assignment": Behaviour(
            "direct active assignments, with roles by template id",
            DOCUMENTED,
            f"{_GRAPH}/api/rbacapplication-post-roleassignments",
        ),
        "role-eligibility": Behaviour(
            "eligible roles: direct assignments of users and groups, for the whole tenant",
            DOCUMENTED,
            f"{_GRAPH}/api/rbacapplication-list-roleeligibilityscheduleinstances",
        ),
        "role-eligibility-licence": Behaviour(
            "without Entra ID P2: 400 AadPremiumLicenseRequired",
            SEEN,
            "code and message in public tools of 2026; Microsoft365DSC looks for the code",
        ),
        "group-hidden-members": Behaviour(
            "a group with hidden membership: an empty list of members without Member.Read.Hidden",
            SEEN,
            "microsoftgraph/microsoft-graph-docs-contrib issue 3575, for the groups of a user; the page of the list "
            "documents the permission",
        ),
        "group-eligibility": Behaviour(
            "users and groups that may activate a membership, one row for each; owners are left out",
            DOCUMENTED,
            f"{_GRAPH}/api/privilegedaccessgroup-list-eligibilityscheduleinstances",
        ),
        "group-eligibility-filter": Behaviour(
            "a filter by groupId or principalId is required; the error code and text are invented",
            DOCUMENTED,
            f"{_GRAPH}/api/privilegedaccessgroup-list-eligibilityscheduleinstances",
        ),
        "directory-tenant-information": Behaviour(
            "only the tenants of this simulator are found",
            ASSUMED,
            f"{_GRAPH}/api/tenantrelationship-findtenantinformationbytenantid",
        ),
    },
}
