# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: signing in."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

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
            "the discovery document of v1.0, and its token endpoint, which takes a resource",
            DOCUMENTED,
            f"{_LEARN}/previous-versions/azure/active-directory/azuread-dev/v1-oauth2-client-creds-grant-flow",
        ),
        "login-basic": Behaviour(
            "an application may send its secret with HTTP Basic authentication",
            DOCUMENTED,
            f"{_ENTRA}/v2-oauth2-auth-code-flow",
        ),
        "login-scopes": Behaviour(
            "users request several permissions of one API by name; without the name of an API, they are "
            "permissions of Graph",
            DOCUMENTED,
            f"{_ENTRA}/scopes-oidc",
        ),
        "aadsts-50059": Behaviour(
            "an application must specify a tenant; organizations and common are for users", DOCUMENTED, _CODES
        ),
        "aadsts-65001": Behaviour("a permission without consent is refused", DOCUMENTED, _CODES),
        "login-keys": Behaviour(
            "the public keys for verifying the signatures of tokens", DOCUMENTED, f"{_ENTRA}/access-tokens"
        ),
        "login-client-credentials": Behaviour(
            "an application gets a token for one API with a secret, a certificate or a federated token; it is "
            "valid for one hour",
            DOCUMENTED,
            f"{_ENTRA}/v2-oauth2-client-creds-grant-flow",
        ),
        "login-device-code": Behaviour(
            "a user signs in with a device code; the tenant description sets after how many polls it is approved",
            DOCUMENTED,
            f"{_ENTRA}/v2-oauth2-device-code",
        ),
        "login-refresh": Behaviour(
            "a refresh token gives tokens for any API of the tenant, and a new refresh token; the old one "
            "remains valid",
            DOCUMENTED,
            f"{_ENTRA}/refresh-tokens",
        ),
        "aadsts-50027": Behaviour("an assertion that is not a JWT is refused", DOCUMENTED, _CODES),
        "aadsts-70000": Behaviour("an unknown refresh token is refused", DOCUMENTED, _CODES),
        "aadsts-70003": Behaviour("an unsupported grant type is refused", DOCUMENTED, _CODES),
        "aadsts-70011": Behaviour("exactly one resource per token request", DOCUMENTED, _CODES),
        "aadsts-70016": Behaviour(
            "a device code is pending until it is approved", DOCUMENTED, f"{_ENTRA}/v2-oauth2-device-code"
        ),
        "aadsts-90002": Behaviour("an unknown tenant is refused, in discovery too", DOCUMENTED, _CODES),
        "aadsts-500011": Behaviour("a resource that does not exist in the tenant is refused", DOCUMENTED, _CODES),
        "application-consented": Behaviour(
            "an application signs in to each tenant in which it has a service principal, with the same id and "
            "credentials",
            DOCUMENTED,
            f"{_ENTRA}/v2-oauth2-client-creds-grant-flow",
        ),
        "login-exchange-absent": Behaviour(
            "in a tenant that never had Exchange Online, it does not exist as a resource", ASSUMED, _NOBODY
        ),
        "aadsts-501491": Behaviour(
            "an unknown device code: bad_verification_code; the AADSTS number is invented",
            DOCUMENTED,
            f"{_ENTRA}/v2-oauth2-device-code",
        ),
        "aadsts-700016": Behaviour("an unknown application is refused", DOCUMENTED, _CODES),
        "aadsts-700021": Behaviour("the subject of the assertion must be the client", DOCUMENTED, _CERTIFICATE),
        "aadsts-700023": Behaviour(
            "the audience of the assertion must be the token endpoint", DOCUMENTED, _CERTIFICATE
        ),
        "aadsts-700024": Behaviour(
            "an assertion is refused outside its validity period (the tolerance of five minutes is assumed)",
            DOCUMENTED,
            _CODES,
        ),
        "aadsts-700027": Behaviour(
            "the certificate is identified by x5t or x5t#S256, and the RS256 or PS256 signature is verified",
            DOCUMENTED,
            _CERTIFICATE,
        ),
        "aadsts-700211": Behaviour("a federated token of an unknown issuer is refused", DOCUMENTED, _CODES),
        "aadsts-700212": Behaviour("a federated token for another audience is refused", DOCUMENTED, _CODES),
        "aadsts-700213": Behaviour("a federated token for another subject is refused", DOCUMENTED, _CODES),
        "aadsts-7002138": Behaviour(
            "a federated token for a subject in other upper and lower case is refused with a code of its own",
            SEEN,
            "Azure/login issues 515 and 573",
        ),
        "aadsts-900144": Behaviour("the error names the missing form field", DOCUMENTED, _CODES),
        "aadsts-900561": Behaviour(
            "an unsupported HTTP method is refused",
            DOCUMENTED,
            _CODES,
        ),
        "aadsts-1002012": Behaviour("a scope must end in /.default", DOCUMENTED, _CODES),
        "aadsts-7000215": Behaviour("a wrong client secret is refused", DOCUMENTED, _CODES),
        "aadsts-7000218": Behaviour("a confidential client must authenticate", DOCUMENTED, _CODES),
        "imds-arc": Behaviour(
            "under Azure Arc: 401 with the path of a file, whose content the client sends with HTTP Basic "
            "authentication",
            DOCUMENTED,
            f"{_LEARN}/azure/azure-arc/servers/managed-identity-authentication",
        ),
        "imds-token": Behaviour(
            "the managed identity of a machine gets a token without a credential", DOCUMENTED, _IMDS
        ),
        "imds-header": Behaviour("a managed identity request needs the header Metadata: true", DOCUMENTED, _IMDS),
        "imds-version": Behaviour("a managed identity request needs an api-version", DOCUMENTED, _IMDS),
        "imds-resource": Behaviour("a managed identity request needs a resource", DOCUMENTED, _IMDS),
        "imds-identity": Behaviour("an identity that is not assigned to the machine is not found", DOCUMENTED, _IMDS),
        "imds-path": Behaviour("other paths of the metadata service are not found", ASSUMED, _NOBODY),
        "token-directory-roles": Behaviour(
            "the claim wids has the active directory roles of the token's owner",
            DOCUMENTED,
            f"{_ENTRA}/access-token-claims-reference",
        ),
        "token-invalid": Behaviour(
            "an API refuses a token that is empty, damaged or from another issuer", DOCUMENTED, f"{_GRAPH}/errors"
        ),
        "token-lifetime": Behaviour(
            "if the tenant description sets a lifetime, tokens expire by the simulated clock",
            DOCUMENTED,
            f"{_GRAPH}/errors",
        ),
        "token-expired": Behaviour("otherwise tokens expire by the real clock", DOCUMENTED, f"{_GRAPH}/errors"),
        "token-audience": Behaviour("a token for another API is refused", DOCUMENTED, f"{_GRAPH}/errors"),
    },
}
