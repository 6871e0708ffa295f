# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: Graph as a whole, the directory, Intune."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

_LEARN = "https://learn.microsoft.com"
_GRAPH = f"{_LEARN}/graph"
_METADATA = "https://github.com/microsoftgraph/msgraph-metadata"
_LISTED = f"{_GRAPH}/api/tenantrelationship-list-delegatedadminrelationships"
_ISSUES = "https://github.com/microsoftgraph/microsoft-graph-docs/issues"
_NOBODY = "no public source found"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Graph as a whole": {
        "graph-version": Behaviour(
            "another version than v1.0 and beta: Invalid version. Paths of v1.0 answer in beta in their form, but for "
            "the authority",
            SEEN,
            "https://github.com/microsoftgraph/msgraph-sample-blazor-clientside/issues/94",
        ),
        "graph-collections": Behaviour(
            "list, get, create, update and delete any collection of the contract, with its permissions",
            DOCUMENTED,
            f"{_GRAPH}/use-the-api",
        ),
        "graph-case": Behaviour(
            "segments, properties and query options are compared without case, a slash may end the path, and empty "
            "segments say nothing",
            DOCUMENTED,
            f"{_GRAPH}/traverse-the-graph, for case; empty segments are seen (https://pypi.org/project/msgraph-sdk/ "
            "1.65.0 sends /v1.0//users); that a slash may end the path is assumed",
        ),
        "graph-advanced": Behaviour(
            "endsWith, ne and not on directory objects take ConsistencyLevel: eventual and $count=true",
            DOCUMENTED,
            f"{_GRAPH}/aad-advanced-queries",
        ),
        "graph-no-segment": Behaviour("an unknown path: Resource not found for the segment", SEEN, f"{_ISSUES}/21648"),
        "graph-no-method": Behaviour("a method that the path lacks: 405", DOCUMENTED, f"{_GRAPH}/errors"),
        "graph-query-undeclared": Behaviour(
            "query options that the contract does not declare are refused", ASSUMED, _METADATA
        ),
        "graph-query-invalid": Behaviour(
            "malformed query options and unknown properties are refused", DOCUMENTED, f"{_GRAPH}/query-parameters"
        ),
        "graph-expand": Behaviour(
            "$expand is refused, but for the role and the principal of a role assignment", ASSUMED, "not simulated"
        ),
        "graph-search": Behaviour(
            "$search finds directory objects by words of displayName and description and by the beginning of other "
            "texts, with ConsistencyLevel: eventual; other lists refuse it, in words of ours",
            DOCUMENTED,
            f"{_GRAPH}/search-query-parameter; the refusal without the header: {_GRAPH}/aad-advanced-queries",
        ),
        "graph-cast": Behaviour(
            "a type at the end of the path cuts a list of members or memberships to objects of that type, also without "
            "the header that is documented for it, as public scripts have it",
            DOCUMENTED,
            f"{_GRAPH}/api/group-list-transitivemembers",
        ),
        "graph-paging": Behaviour("nextLink is opaque and belongs to its path", DOCUMENTED, f"{_GRAPH}/paging"),
        "graph-count": Behaviour(
            "directory objects are counted only with ConsistencyLevel: eventual",
            DOCUMENTED,
            f"{_GRAPH}/aad-advanced-queries",
        ),
        "graph-body-empty": Behaviour("a body that must be there and is not: Empty Payload", SEEN, f"{_ISSUES}/4769"),
        "graph-body-not-json": Behaviour(
            "a body that is not JSON is refused", SEEN, "microsoftgraph/nodejs-connect-rest-sample issue 53"
        ),
        "graph-body-schema": Behaviour(
            "unknown properties, wrong types and enum members are refused",
            SEEN,
            f"a wrong type in {_ISSUES}/2853; the others after messages of the OData library in public issues",
        ),
        "graph-content-type": Behaviour(
            "a body of another type: Entity only allows writes with a JSON Content-Type header",
            SEEN,
            "https://github.com/microsoftgraph/msgraph-sample-pythondjangoapp/issues/22",
        ),
        "graph-me": Behaviour(
            "/me is the person whose token it is, and refused to an application", DOCUMENTED, f"{_GRAPH}/api/user-get"
        ),
        "graph-count-segment": Behaviour(
            "the number of users, groups, applications, members or memberships as text, with "
            "ConsistencyLevel: eventual only",
            DOCUMENTED,
            f"{_GRAPH}/aad-advanced-queries",
        ),
        "service-principals": Behaviour(
            "those of the described applications and no others", ASSUMED, "a tenant has hundreds of Microsoft's own"
        ),
        "graph-batch": Behaviour(
            "up to 20 parts, answered in another order, each with its own status and headers in lower case",
            DOCUMENTED,
            f"{_GRAPH}/json-batching",
        ),
        "graph-batch-invalid": Behaviour("double ids and wrong dependencies", DOCUMENTED, f"{_GRAPH}/json-batching"),
        "limit-intune": Behaviour(
            "1000 requests in 20 s per application and tenant, taken over for onboarding",
            ASSUMED,
            f"{_GRAPH}/throttling-limits",
        ),
        "limit-intune-writes": Behaviour(
            "100 writes in 20 s per application and tenant, taken over for onboarding",
            ASSUMED,
            f"{_GRAPH}/throttling-limits",
        ),
        "limit-application": Behaviour(
            "so many requests of one application over all tenants, where the description sets a limit: 429 with "
            "Retry-After",
            DOCUMENTED,
            f"{_GRAPH}/throttling-limits",
        ),
        "limit-conditional-access": Behaviour(
            "1 request a second per tenant, 429 without Retry-After", DOCUMENTED, f"{_GRAPH}/throttling-limits"
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
            "values against the rules of users, licences and roles are refused",
            DOCUMENTED,
            f"{_GRAPH}/api/user-post-users",
        ),
        "directory-address-in-use": Behaviour(
            "mail cannot be an address that another user has: 400, and nothing is changed",
            SEEN,
            "microsoftgraph/microsoft-graph-docs-contrib issue 8421, against the documentation, which says that mail "
            "is changed without proxyAddresses",
        ),
        "directory-password": Behaviour(
            "a password has eight characters of three kinds out of four",
            DOCUMENTED,
            f"{_LEARN}/entra/identity/authentication/concept-sspr-policy",
        ),
        "directory-user-defaults": Behaviour(
            "most properties of a user come only when selected", DOCUMENTED, f"{_GRAPH}/api/user-get"
        ),
        "directory-plans": Behaviour(
            "plans and licence states follow from the licences, at once", ASSUMED, f"{_GRAPH}/api/user-assignlicense"
        ),
        "directory-lag": Behaviour(
            "a new user is found by reads, licences and roles only after a delay",
            SEEN,
            "hashicorp/terraform-provider-azuread polls until several reads agree (internal/helpers/consistency)",
        ),
        "directory-sensitive": Behaviour(
            "sensitive properties and deletion of a user with an admin role take one of two roles, for applications "
            "too",
            DOCUMENTED,
            f"{_GRAPH}/api/resources/users#sensitive-actions",
        ),
        "directory-password-right": Behaviour(
            "a new password takes User-PasswordProfile.ReadWrite.All, which User.ReadWrite.All does not include, and "
            "the directory role User Administrator or one above it, for applications too",
            DOCUMENTED,
            f"{_GRAPH}/api/user-update; that the permission is not included was met by public projects in 2026",
        ),
        "directory-mastered": Behaviour(
            "a synchronised user is changed where it is mastered; only its usageLocation is writable here",
            SEEN,
            f"the message in {_ISSUES}/18038; which properties it covers is assumed",
        ),
        "licence-assignment": Behaviour(
            "both lists are needed, of SKUs that the tenant has", DOCUMENTED, f"{_GRAPH}/api/user-assignlicense"
        ),
        "licence-location": Behaviour(
            "no licence without a usageLocation",
            SEEN,
            "KelvinTegelaar/CIPP issue 889",
        ),
        "licence-units": Behaviour("no licence without a free unit", SEEN, "the message that public scripts look for"),
        "licence-dependency": Behaviour(
            "a plan that needs another one is not held without it, whichever of the two changes",
            SEEN,
            "MicrosoftDocs/microsoft-365-docs pull request 3864",
        ),
        "licence-exclusive": Behaviour(
            "plans that exclude each other are not held together",
            DOCUMENTED,
            f"{_LEARN}/entra/fundamentals/licensing-groups-resolve-problems",
        ),
        "mailbox-address": Behaviour(
            "mail is what was set, at once and with or without a mailbox, and fills proxyAddresses; else a mailbox "
            "brings the principal name",
            ASSUMED,
            f"that mail feeds proxyAddresses: {_GRAPH}/api/resources/user; when it does is not described",
        ),
        "organization-update": Behaviour(
            "of the organization only where notifications go and the privacy profile can be changed; the text of the "
            "refusal is ours",
            DOCUMENTED,
            f"{_GRAPH}/api/organization-update",
        ),
        "directory-units": Behaviour(
            "a subscription's consumed units are what users hold", DOCUMENTED, f"{_GRAPH}/api/subscribedsku-list"
        ),
        "directory-sync": Behaviour(
            "a synchronised directory was so 20 minutes ago, as it is every half hour",
            DOCUMENTED,
            f"{_LEARN}/entra/identity/hybrid/connect/how-to-connect-sync-feature-scheduler",
        ),
        "directory-role-assignment": Behaviour(
            "roles by template id, active direct assignments",
            DOCUMENTED,
            f"{_GRAPH}/api/rbacapplication-post-roleassignments",
        ),
        "role-eligibility": Behaviour(
            "roles that somebody may activate: direct ones of users and groups, for the whole tenant",
            DOCUMENTED,
            f"{_GRAPH}/api/rbacapplication-list-roleeligibilityscheduleinstances",
        ),
        "role-eligibility-licence": Behaviour(
            "without Entra ID P2: 400 AadPremiumLicenseRequired",
            SEEN,
            "code and message in public tools of 2026; Microsoft365DSC looks for the code",
        ),
        "directory-tenant-information": Behaviour(
            "only the tenants of this simulator are known to exist",
            ASSUMED,
            f"{_GRAPH}/api/tenantrelationship-findtenantinformationbytenantid",
        ),
    },
    "Partners": {
        "partner-relationships": Behaviour(
            "each relationship has its own roles and status, and a customer may have several",
            DOCUMENTED,
            f"{_GRAPH}/api/resources/delegatedadminrelationship",
        ),
        "partner-query": Behaviour(
            "only the query options that the page names",
            ASSUMED,
            f"{_LISTED}; what others get is not described",
        ),
        "partner-top": Behaviour(
            "a $top beyond 300 is refused", ASSUMED, f"the limit: {_LISTED}; its refusal is not described"
        ),
    },
}
