# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refusals of Entra ID: a number, an OAuth code, a sentence.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from ..state.http_messages import Answer, Call, Refusal


@dataclass(frozen=True)
class Aadsts:
    """One error; placeholders in braces are filled in."""

    status: int
    code: str
    text: str


_INSTALLED = (
    "This can happen if the application has not been installed by the administrator of the tenant or consented to by "
    "any user in the tenant."
)
_NO_FEDERATION = "No matching federated identity record found for presented assertion"
ERRORS = {
    50027: Aadsts(401, "invalid_client", "JWT token is invalid or malformed."),
    50059: Aadsts(
        400,
        "invalid_request",
        "No tenant-identifying information found in either the request or implied by any provided credentials.",
    ),
    65001: Aadsts(
        400,
        "invalid_grant",
        "The user or administrator has not consented to use the application with ID '{name}'. Send an interactive "
        "authorization request for this user and resource.",
    ),
    65002: Aadsts(
        400,
        "invalid_request",
        "Consent between first party application '{name}' and first party resource '{resource}' must be configured via "
        "preauthorization - applications owned and operated by Microsoft must get approval from the API owner before "
        "requesting tokens for that API.",
    ),
    70000: Aadsts(400, "invalid_grant", "The provided grant is not valid: the refresh token is unknown."),
    70003: Aadsts(400, "unsupported_grant_type", "The app requested an unsupported grant type '{name}'."),
    70011: Aadsts(
        400,
        "invalid_scope",
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter "
        "'scope' is not valid. The scope {name} is not valid.",
    ),
    70016: Aadsts(
        400,
        "authorization_pending",
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    90002: Aadsts(
        400,
        "invalid_tenant",
        "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct "
        "cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for "
        "the tenant.",
    ),
    90094: Aadsts(
        400,
        "access_denied",
        "Admin consent is required: '{name}' needs permission to access resources in your organization that only an "
        "administrator can grant.",
    ),
    500011: Aadsts(
        400,
        "invalid_resource",
        "The resource principal named {name} was not found in the tenant named {tenant}. " + _INSTALLED + " You might "
        "have sent your authentication request to the wrong tenant.",
    ),
    501491: Aadsts(400, "bad_verification_code", "The verification code is not known."),
    700016: Aadsts(
        400,
        "unauthorized_client",
        "Application with identifier '{name}' was not found in the directory '{tenant}'. " + _INSTALLED,
    ),
    700021: Aadsts(
        401,
        "invalid_client",
        "Client assertion application identifier doesn't match 'client_id' parameter.",
    ),
    700023: Aadsts(401, "invalid_client", "Client assertion audience claim does not match Realm issuer."),
    700024: Aadsts(401, "invalid_client", "Client assertion is not within its valid time range."),
    700027: Aadsts(
        401,
        "invalid_client",
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        "[Reason - {reason}, Thumbprint of key used by client: '{name}']",
    ),
    700211: Aadsts(401, "invalid_client", _NO_FEDERATION + " issuer '{name}'."),
    700212: Aadsts(401, "invalid_client", _NO_FEDERATION + " audience '{name}'."),
    700213: Aadsts(401, "invalid_client", _NO_FEDERATION + " subject '{name}'."),
    7002138: Aadsts(
        401,
        "invalid_client",
        _NO_FEDERATION + " subject '{name}'. The subject matches with case-insensitive comparison, but not with "
        "case-sensitive comparison.",
    ),
    900144: Aadsts(400, "invalid_request", "The request body must contain the following parameter: '{name}'."),
    900561: Aadsts(400, "invalid_request", "The endpoint only accepts {name} requests. Received a {received} request."),
    1002012: Aadsts(
        400,
        "invalid_scope",
        "The provided value for scope {name} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI).",
    ),
    7000215: Aadsts(
        401,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        "the client secret ID, for a secret added to app '{name}'.",
    ),
    7000222: Aadsts(
        401,
        "invalid_client",
        "The provided client secret keys for app '{name}' are expired.",
    ),
    7000218: Aadsts(
        401,
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
}


def refused(number: int, **words: str) -> Refusal:
    error = ERRORS[number]
    return Refusal(
        f"aadsts-{number}",
        status=error.status,
        code=error.code,
        message=error.text.format(**words),
        number=number,
    )


def rendered(call: Call, refusal: Refusal) -> Answer:
    """The body that Entra ID sends."""
    number = refusal.extra["number"]
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    trace = str(uuid.uuid4())
    body = {
        "error": refusal.code,
        "error_description": (
            f"AADSTS{number}: {refusal.message} Trace ID: {trace} "
            f"Correlation ID: {call.client_request_id} Timestamp: {moment}"
        ),
        "error_codes": [number],
        "timestamp": moment,
        "trace_id": trace,
        "correlation_id": call.client_request_id,
        "error_uri": f"https://login.microsoftonline.com/error?code={number}",
    }
    return Answer(refusal.status, body, {"Cache-Control": "no-store", "x-ms-request-id": trace}, refusal.behaviour)
