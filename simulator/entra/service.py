# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Entra ID: discovery and the token endpoint, with the grants for automation."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ..behaviours.table import behaviour_of, implements
from ..state.applications import granted, registered
from ..state.http_messages import READ, Answer, Call, Json, Purpose, Refusal
from ..state.tenant import Principal, Tenant
from .aadsts import refused, rendered
from .assertions import check_assertion
from .credentials import Credentials, Issuer
from .registered import proofs_of
from .requests import ANY_TENANT, AUTHORITY, OWN_SCOPES, PATH, TOKEN, Form, authenticated, nowhere, place
from .tokens import Tokens
from .tools import TOOLS, person_with_tool

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Act = Callable[[Tenant, Form], Json]
_RESERVED = {"openid", "profile", "offline_access", "email"}


@dataclass
class Pending:
    """A device code that waits for a person."""

    tenant: Tenant
    client_id: str
    scope: str
    polls_left: int


@dataclass
class Entra:
    """The service on one port. Resources are the URLs of this simulator's own APIs, and nothing else."""

    tokens: Tokens
    tenants: dict[str, Tenant]
    # by client id
    credentials: dict[str, Credentials]
    issuer: Issuer
    resources: dict[str, str] = field(default_factory=dict)
    url: str = ""
    name: str = "login"
    pending: dict[str, Pending] = field(default_factory=dict)
    # refresh tokens, with their tenant and client
    remembered: dict[str, tuple[Tenant, str]] = field(default_factory=dict)

    def purpose(self, call: Call) -> Purpose:
        found = PATH.fullmatch(call.path)
        tenant = self._named(found.group(1)) if found else None
        operation = found.group(2).rpartition("/")[2] if found else f"{call.method} {call.path}"
        return Purpose(operation, READ, tenant.name if tenant else None)

    def respond(self, call: Call) -> Answer:
        try:
            return self._carry_out(call)
        except Refusal as refusal:
            return rendered(call, refusal)

    def approve(self) -> None:
        """The person at the other device approves all pending codes."""
        for waiting in self.pending.values():
            waiting.polls_left = 0

    def _carry_out(self, call: Call) -> Answer:
        found = PATH.fullmatch(call.path)
        if found is None:
            return nowhere()
        authority, route = found.groups()
        method = "POST" if route.startswith("oauth2/") else "GET"
        if call.method != method:
            raise refused(900561, name=method, received=call.method)
        tenant = self._named(authority)
        if tenant is None:
            raise refused(90002, name=authority)
        form = authenticated(call) | {AUTHORITY: authority}
        act = self._granting(form) if route in TOKEN else self.routes[route]
        return Answer(200, act(tenant, form), {"Cache-Control": "no-store"}, behaviour_of(act))

    @property
    def routes(self) -> dict[str, Act]:
        """All routes except the token endpoint."""
        return {
            "v2.0/.well-known/openid-configuration": self._discovery,
            ".well-known/openid-configuration": self._first_discovery,
            "discovery/v2.0/keys": self._keys,
            "discovery/keys": self._keys,
            "oauth2/v2.0/devicecode": self._device_code,
        }

    @property
    def grants(self) -> dict[str, Act]:
        """The grants of the token endpoint."""
        return {
            "client_credentials": self._token_for_application,
            DEVICE_CODE: self._token_for_device,
            "device_code": self._token_for_device,
            "refresh_token": self._token_again,
        }

    def _named(self, name: str) -> Tenant | None:
        if name.lower() in ANY_TENANT:
            return next(iter(self.tenants.values()))
        known = self.tenants.get(name.lower())
        return known or next((tenant for tenant in self.tenants.values() if tenant.called(name)), None)

    @implements("login-discovery")
    def _discovery(self, tenant: Tenant, form: Form) -> Json:
        base = f"{self.url}/{place(tenant, form)}"
        return {
            "issuer": f"{self.url}/{tenant.tenant_id}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "tenant_region_scope": "EU",
        }

    @implements("login-discovery-first")
    def _first_discovery(self, tenant: Tenant, form: Form) -> Json:
        """For the first version of the endpoints, whose requests name a resource instead of scopes."""
        base = f"{self.url}/{place(tenant, form)}"
        return self._discovery(tenant, form) | {
            "issuer": f"{self.url}/{tenant.tenant_id}/",
            "authorization_endpoint": f"{base}/oauth2/authorize",
            "token_endpoint": f"{base}/oauth2/token",
            "jwks_uri": f"{base}/discovery/keys",
        }

    @implements("login-keys")
    def _keys(self, tenant: Tenant, form: Form) -> Json:
        return self.tokens.keys()

    def _granting(self, form: Form) -> Act:
        for name in ("grant_type", "client_id"):
            if not form.get(name):
                raise refused(900144, name=name)
        if form["grant_type"] not in self.grants:
            raise refused(70003, name=form["grant_type"])
        return self.grants[form["grant_type"]]

    @implements("login-client-credentials")
    def _token_for_application(self, tenant: Tenant, form: Form) -> Json:
        if form[AUTHORITY].lower() in ANY_TENANT:
            raise refused(50059)
        principal = self._application(tenant, form["client_id"])
        self._authenticate(tenant, principal, form)
        return self._success(tenant, principal, form.get("scope", ""))

    def _application(self, tenant: Tenant, client_id: str) -> Principal:
        found = registered(tenant, client_id, self.tokens.now(tenant))
        if found is None:
            raise refused(700016, name=client_id, tenant=tenant.display_name)
        return found

    def _authenticate(self, tenant: Tenant, principal: Principal, form: Form) -> None:
        proofs = proofs_of(tenant, principal.client_id, self.credentials, self.tokens.now(tenant))
        if form.get("client_assertion_type") == ASSERTION:
            base = f"{self.url}/{tenant.tenant_id}"
            audiences = [f"{base}/oauth2/v2.0/token", f"{base}/v2.0"]
            check_assertion(form.get("client_assertion", ""), principal, proofs, self.issuer, audiences)
        elif "client_secret" not in form:
            raise refused(7000218)
        elif not _is_one_of(form["client_secret"], proofs.secrets):
            expired = _is_one_of(form["client_secret"], proofs.expired)
            raise refused(7000222 if expired else 7000215, name=principal.client_id)

    @implements("login-device-code")
    def _device_code(self, tenant: Tenant, form: Form) -> Json:
        client_id = self._client_of_person(tenant, form.get("client_id", ""))
        self._resource(tenant, form.get("scope", ""), is_person=True)
        code = secrets.token_urlsafe(32)
        polls = int(tenant.description["person"]["approved_after"])
        self.pending[code] = Pending(tenant, client_id, form["scope"], polls)
        user_code = secrets.token_hex(4).upper()
        page = f"{self.url}/device"
        return {
            "user_code": user_code,
            "device_code": code,
            "verification_uri": page,
            "expires_in": 900,
            "interval": 1,
            "message": f"To sign in, use a web browser to open the page {page} and enter the code {user_code}.",
        }

    @implements("login-device-code")
    def _token_for_device(self, tenant: Tenant, form: Form) -> Json:
        waiting = self.pending.get(form.get("device_code", ""))
        if waiting is None or waiting.tenant is not tenant:
            raise refused(501491)
        if waiting.polls_left > 0:
            waiting.polls_left -= 1
            raise refused(70016)
        del self.pending[form["device_code"]]
        return self._signed_in(tenant, waiting.client_id, waiting.scope)

    def _client_of_person(self, tenant: Tenant, client_id: str) -> str:
        """The client that a person signs in to: an application of the tenant, or a tool of Microsoft."""
        return client_id.lower() if client_id.lower() in TOOLS else self._application(tenant, client_id).client_id

    @implements("login-refresh")
    def _token_again(self, tenant: Tenant, form: Form) -> Json:
        """Valid for every API that the application may use, and even after a new one was issued."""
        client_id = self._client_of_person(tenant, form["client_id"])
        if self.remembered.get(form.get("refresh_token", "")) != (tenant, client_id):
            raise refused(70000)
        return self._signed_in(tenant, client_id, form.get("scope", ""))

    def _signed_in(self, tenant: Tenant, client_id: str, scope: str) -> Json:
        """The response to a person's sign-in: who it was, and a refresh token if the scope includes one."""
        person, asked = replace(tenant.principal("person"), client_id=client_id), scope.split()
        answer = self._success(tenant, person, scope)
        if "openid" in asked:
            answer["id_token"] = self.tokens.identify(tenant, person, f"{self.url}/{tenant.tenant_id}/v2.0")
            known = json.dumps({"uid": person.object_id, "utid": tenant.tenant_id})
            answer["client_info"] = base64.urlsafe_b64encode(known.encode()).decode().rstrip("=")
        if "offline_access" in asked:
            answer["refresh_token"] = secrets.token_urlsafe(64)
            self.remembered[answer["refresh_token"]] = tenant, client_id
        return answer

    def _success(self, tenant: Tenant, principal: Principal, scope: str) -> Json:
        service, resource, wanted = self._resource(tenant, scope, is_person=principal.user is not None)
        if principal.client_id in TOOLS:
            principal = person_with_tool(tenant, principal, principal.client_id, service, wanted)
        granted = self.granted(tenant, principal, service) | wanted & OWN_SCOPES
        if wanted - granted:
            raise refused(65001, name=principal.client_id)
        token = self.tokens.issue(tenant, principal, f"{self.url}/{tenant.tenant_id}/", resource, granted)
        answer: Json = {
            "token_type": "Bearer",
            "expires_in": tenant.token_lifetime,
            "ext_expires_in": tenant.token_lifetime,
            "access_token": token,
        }
        return answer | ({"scope": " ".join(sorted(granted))} if principal.user else {})

    def granted(self, tenant: Tenant, principal: Principal, service: str) -> frozenset[str]:
        """The permissions of a new token: for an application, its granted permissions."""
        if principal.user is None:
            return granted(tenant, principal.object_id, service, self.tokens.now(tenant))
        return principal.graph if service == "graph" else principal.exchange

    def _resource(self, tenant: Tenant, scope: str, *, is_person: bool) -> tuple[str, str, frozenset[str]]:
        """The API of a scope, and the permissions that it names."""
        asked = [part for part in scope.split() if part not in _RESERVED]
        if is_person and not any(part.endswith("/.default") for part in asked):
            return self._named_scopes(tenant, scope, asked)
        if len(asked) != 1:
            raise refused(70011, name=scope)
        resource, marker, _unused = asked[0].partition("/.default")
        if not marker:
            raise refused(1002012, name=asked[0])
        return *self.service_of(tenant, resource), frozenset()

    @implements("login-scopes")
    def _named_scopes(self, tenant: Tenant, scope: str, asked: list[str]) -> tuple[str, str, frozenset[str]]:
        """Several permissions of one API, by name; without an API they are Graph's."""
        graph = next((url for url, service in self.resources.items() if service == "graph"), "")
        apis = {part.rpartition("/")[0] or graph for part in asked} or {graph}
        if len(apis) != 1:
            raise refused(70011, name=scope)
        return *self.service_of(tenant, apis.pop()), frozenset(part.rpartition("/")[2] for part in asked)

    def service_of(self, tenant: Tenant, resource: str) -> tuple[str, str]:
        """The API for a resource; an organization without Exchange Online has no service principal for it."""
        service = self.resources.get(resource.rstrip("/"))
        if service is None or (service == "exchange" and not _has_exchange(tenant)):
            raise refused(500011, name=resource, tenant=tenant.display_name)
        return service, resource.rstrip("/")


def _is_one_of(text: str, secrets_known: Iterable[str]) -> bool:
    return any(hmac.compare_digest(text.encode(), one.encode()) for one in secrets_known)


@implements("login-exchange-absent")
def _has_exchange(tenant: Tenant) -> bool:
    return tenant.exchange is not None
