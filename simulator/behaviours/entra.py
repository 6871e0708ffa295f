# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: signing in."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, Behaviour

_LEARN = "https://learn.microsoft.com"
_GRAPH = f"{_LEARN}/graph"
_ENTRA = f"{_LEARN}/entra/identity-platform"
_CODES = f"{_ENTRA}/reference-error-codes"
_CERTIFICATE = f"{_ENTRA}/certificate-credentials"
_IMDS = f"{_LEARN}/entra/identity/managed-identities-azure-resources/how-to-use-vm-token"
_NOBODY = "no public source found"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Entra ID": {
        "login-discovery": Behaviour(
            "the discovery document of a tenant, by its id or one of its domains",
            DOCUMENTED,
            f"{_ENTRA}/v2-protocols-oidc",
        ),
        "login-path": Behaviour("an unknown path: 404", ASSUMED, _NOBODY),
        "login-discovery-first": Behaviour(
            "the discovery document of the first version, and its token endpoint with a resource",
            DOCUMENTED,
            f"{_LEARN}/previous-versions/azure/active-directory/azuread-dev/v1-oauth2-client-creds-grant-flow",
        ),
        "login-basic": Behaviour(
            "an application may show its secret by HTTP Basic", DOCUMENTED, f"{_ENTRA}/v2-oauth2-auth-code-flow"
        ),
        "login-scopes": Behaviour(
            "people ask for several permissions of one API by name; without an API they are those of Graph",
            DOCUMENTED,
            f"{_ENTRA}/scopes-oidc",
        ),
        "aadsts-50059": Behaviour(
            "an application needs a tenant; organizations and common are for people", DOCUMENTED, _CODES
        ),
        "aadsts-65001": Behaviour("a permission that nobody consented to is refused", DOCUMENTED, _CODES),
        "login-keys": Behaviour("the public keys that tokens are signed with", DOCUMENTED, f"{_ENTRA}/access-tokens"),
        "login-client-credentials": Behaviour(
            "an application gets a token for one API with a secret, a certificate or a federated token, an hour long",
            DOCUMENTED,
            f"{_ENTRA}/v2-oauth2-client-creds-grant-flow",
        ),
        "login-device-code": Behaviour(
            "a person signs in with a device code; approval comes after so many polls as the description says",
            DOCUMENTED,
            f"{_ENTRA}/v2-oauth2-device-code",
        ),
        "login-refresh": Behaviour(
            "a refresh token gives tokens for any API of the tenant, with a new refresh token; the old one stays good",
            DOCUMENTED,
            f"{_ENTRA}/refresh-tokens",
        ),
        "aadsts-50027": Behaviour("an assertion that is no JWT is refused", DOCUMENTED, _CODES),
        "aadsts-70000": Behaviour("an unknown refresh token is refused", DOCUMENTED, _CODES),
        "aadsts-70003": Behaviour("a grant type that is not offered is refused", DOCUMENTED, _CODES),
        "aadsts-70011": Behaviour("exactly one resource per token request", DOCUMENTED, _CODES),
        "aadsts-70016": Behaviour(
            "a device code is pending until approved", DOCUMENTED, f"{_ENTRA}/v2-oauth2-device-code"
        ),
        "aadsts-90002": Behaviour("an unknown tenant is refused, in discovery too", DOCUMENTED, _CODES),
        "aadsts-500011": Behaviour("a resource that the tenant does not have is refused", DOCUMENTED, _CODES),
        "application-consented": Behaviour(
            "an application signs in wherever it has a service principal, under one id and with one set of credentials",
            DOCUMENTED,
            f"{_ENTRA}/v2-oauth2-client-creds-grant-flow",
        ),
        "login-exchange-absent": Behaviour(
            "a tenant that never bought Exchange Online does not have it as a resource", ASSUMED, _NOBODY
        ),
        "aadsts-501491": Behaviour(
            "an unknown device code: bad_verification_code; the number is ours",
            DOCUMENTED,
            f"{_ENTRA}/v2-oauth2-device-code",
        ),
        "aadsts-700016": Behaviour("an unknown application is refused", DOCUMENTED, _CODES),
        "aadsts-700021": Behaviour("the assertion's subject must be the client", DOCUMENTED, _CERTIFICATE),
        "aadsts-700023": Behaviour("the assertion's audience must be the token endpoint", DOCUMENTED, _CERTIFICATE),
        "aadsts-700024": Behaviour(
            "an assertion outside of its time is refused (that a clock may differ by five minutes is assumed)",
            DOCUMENTED,
            _CODES,
        ),
        "aadsts-700027": Behaviour(
            "certificate by x5t or x5t#S256, RS256 or PS256, verified", DOCUMENTED, _CERTIFICATE
        ),
        "aadsts-700211": Behaviour("a foreign issuer's token is refused", DOCUMENTED, _CODES),
        "aadsts-700212": Behaviour("a federated token for another audience is refused", DOCUMENTED, _CODES),
        "aadsts-700213": Behaviour("a federated token of another subject is refused", DOCUMENTED, _CODES),
        "aadsts-900144": Behaviour("a missing form field is named", DOCUMENTED, _CODES),
        "aadsts-900561": Behaviour(
            "a method that the endpoint does not take is refused",
            DOCUMENTED,
            _CODES,
        ),
        "aadsts-1002012": Behaviour("a scope must end in /.default", DOCUMENTED, _CODES),
        "aadsts-7000215": Behaviour("a wrong client secret is refused", DOCUMENTED, _CODES),
        "aadsts-7000218": Behaviour("a confidential client must authenticate", DOCUMENTED, _CODES),
        "imds-arc": Behaviour(
            "under Azure Arc: 401 with a file to read, whose content is shown by Basic",
            DOCUMENTED,
            f"{_LEARN}/azure/azure-arc/servers/managed-identity-authentication",
        ),
        "imds-token": Behaviour("a machine's identity gets a token without a credential", DOCUMENTED, _IMDS),
        "imds-header": Behaviour("managed identity needs the header Metadata: true", DOCUMENTED, _IMDS),
        "imds-version": Behaviour("managed identity needs an api-version", DOCUMENTED, _IMDS),
        "imds-resource": Behaviour("managed identity needs a resource", DOCUMENTED, _IMDS),
        "imds-identity": Behaviour("an identity that the machine lacks is not found", DOCUMENTED, _IMDS),
        "imds-path": Behaviour("other paths of the metadata service are not found", ASSUMED, _NOBODY),
        "token-directory-roles": Behaviour(
            "a token names in wids the directory roles that its owner holds",
            DOCUMENTED,
            f"{_ENTRA}/access-token-claims-reference",
        ),
        "token-invalid": Behaviour(
            "an API refuses a token that is empty, damaged or not ours", DOCUMENTED, f"{_GRAPH}/errors"
        ),
        "token-lifetime": Behaviour(
            "a token of a tenant whose description sets a lifetime ends by the simulated clock",
            DOCUMENTED,
            f"{_GRAPH}/errors",
        ),
        "token-expired": Behaviour("an expired token is refused by the real clock", DOCUMENTED, f"{_GRAPH}/errors"),
        "token-audience": Behaviour("a token for another API is refused", DOCUMENTED, f"{_GRAPH}/errors"),
    },
}
