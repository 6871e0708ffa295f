# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: Conditional Access."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

_LEARN = "https://learn.microsoft.com"
_GRAPH = f"{_LEARN}/graph"
_API = f"{_GRAPH}/api"
_ENTRA = f"{_LEARN}/entra/identity/conditional-access"
_EVALUATE = f"{_API}/conditionalaccessroot-evaluate"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Conditional Access": {
        "conditional-access": Behaviour(
            "policies and named locations can be read and written, with or without Entra ID P1 among the licences",
            ASSUMED,
            "that it is a feature of P1 is documented; a tenant description can select a tenant without it",
        ),
        "conditional-access-licence": Behaviour(
            "optionally a tenant without Entra ID P1: 403 AccessDenied, not licensed for this feature; or "
            "lists are empty and only writes are refused",
            SEEN,
            "the 403 in public traces and tools of 2026 (KelvinTegelaar/CIPP-API looks for the text); an empty list "
            "and a refused write in one public note",
        ),
        "conditional-access-forbidden": Behaviour(
            "a missing permission: 403 AccessDenied", SEEN, "the message in public issues and in JupiterOne/graph-azure"
        ),
        "conditional-access-write": Behaviour(
            "the response has the whole policy, with null and empty lists; the service sets the times",
            DOCUMENTED,
            f"{_API}/conditionalaccessroot-post-policies",
        ),
        "conditional-access-merge": Behaviour(
            "an update changes only the properties in the request, also within nested objects",
            SEEN,
            f"https://github.com/KelvinTegelaar/CIPP-API sends conditions.users.excludeUsers alone; of properties "
            f"{_API}/conditionalaccesspolicy-update says so",
        ),
        "conditional-access-schema": Behaviour(
            "applications, users, client types and a grant or session control are required; the error is 1007, "
            "which public issues show for bodies that do not match the schema",
            DOCUMENTED,
            f"{_API}/resources/conditionalaccessconditionset",
        ),
        "conditional-access-clients": Behaviour(
            "an empty list of clientAppTypes is refused with error 1064", SEEN, "AlexFilipin/ConditionalAccess issue 3"
        ),
        "conditional-access-applications": Behaviour(
            "a policy must include applications, user actions or authentication contexts, otherwise error 1011; both "
            "applications and user actions are refused with 1012",
            SEEN,
            "the text of 1011 in public deployment scripts of 2026; the words of 1012 are assumed",
        ),
        "conditional-access-users": Behaviour(
            "a policy needs at least one user rule; exclusions alone are refused",
            DOCUMENTED,
            f"{_API}/conditionalaccessroot-post-policies; the words of the error are assumed",
        ),
        "conditional-access-password": Behaviour(
            "passwordChange needs mfa or an authentication strength with AND, a user risk, all applications, and no "
            "other condition; otherwise error 1032",
            SEEN,
            f"AlexFilipin/ConditionalAccess issue 4; {_API}/resources/conditionalaccessgrantcontrols; an "
            "authentication strength in place of mfa: Microsoft365DSC/Microsoft365DSC issue 4629",
        ),
        "conditional-access-risk": Behaviour(
            "risk conditions require Entra ID P2; otherwise error 1039",
            SEEN,
            "crossplane-contrib/provider-upjet-azuread issue 5",
        ),
        "conditional-access-defaults": Behaviour(
            "no policy can be enabled while security defaults are enabled; report-only mode is allowed",
            SEEN,
            "the message in public notes of 2026",
        ),
        "conditional-access-roles": Behaviour(
            "an added role must be the id of a role template; otherwise error 1102",
            SEEN,
            "microsoftgraph/microsoft-graph-docs issue 20750",
        ),
        "conditional-access-people": Behaviour(
            "an added user or group must be the object id of one in the directory; one that was deleted later "
            "remains in the policy",
            ASSUMED,
            "that deleted ones stay is seen (prowler issue 11063, Microsoft365DSC pull request 4975); that unknown ids "
            "and names are refused, and with which error, is assumed from roles",
        ),
        "conditional-access-guests": Behaviour(
            "GuestsOrExternalUsers among the users becomes the object with the types of guests; both together are "
            "refused",
            SEEN,
            "hashicorp/terraform-provider-azuread issue 1196",
        ),
        "conditional-access-deleted": Behaviour(
            "a deleted policy is listed among the deleted items for 30 days",
            DOCUMENTED,
            f"{_GRAPH}/api/resources/policydeletableitem?view=graph-rest-beta",
        ),
        "conditional-access-restored": Behaviour(
            "a deleted policy comes back with its id and its state, and leaves the deleted items; else 404",
            DOCUMENTED,
            f"{_API}/conditionalaccesspolicy-restore?view=graph-rest-beta; the state that stays is documented for the "
            "admin center: https://learn.microsoft.com/entra/architecture/recover-from-deletions",
        ),
        "authentication-strengths": Behaviour(
            "the three built-in strengths with their combinations",
            DOCUMENTED,
            f"{_API}/authenticationstrengthroot-list-policies",
        ),
        "what-if": Behaviour(
            "each policy with whether it applies and the first reason why it does not; policies in report-only "
            "mode are included",
            DOCUMENTED,
            _EVALUATE,
        ),
        "what-if-people": Behaviour(
            "active roles with the scope of the whole tenant count, also through role-assignable groups; "
            "guests by whether they were invited and by userType. The home tenants of guests are not evaluated",
            DOCUMENTED,
            f"{_ENTRA}/concept-conditional-access-users-groups; "
            "https://learn.microsoft.com/entra/external-id/authentication-conditional-access",
        ),
        "what-if-eas": Behaviour(
            "easSupported is Exchange ActiveSync on iOS, Android and Windows; in policies that select Exchange "
            "ActiveSync, roles and guests among the users mean everybody",
            DOCUMENTED,
            f"{_ENTRA}/concept-conditional-access-conditions; that What If evaluates it in the same way is assumed",
        ),
        "what-if-version": Behaviour(
            "v1.0 offers What If; optionally only beta does, and v1.0 does not know the segment",
            ASSUMED,
            "the metadata of v1.0 has it; two public projects of 2026 call beta only, and no refusal was seen",
        ),
        "what-if-required": Behaviour(
            "identity, context and conditions are required, and the IP address must be valid; the error texts "
            "are invented",
            DOCUMENTED,
            _EVALUATE,
        ),
    },
}
