# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to a bearer token, one function per sign-in method; msal implements the protocol over our session."""

from __future__ import annotations

import logging
import math
import threading
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

from .._core.connection import Cloud, named
from .._core.errors import ErrorResponse, TenantError, missing_library, one_line, usage
from .._core.redaction import Redactor, masked
from .._core.targets import is_guid
from .._http.claims import tenant_of
from .._http.http import Http
from .._http.poll import UntilDeadline, poll
from .._http.service import Bearer, Service
from .auth_method import choose_method, given_token
from .entra_steps import ENTRA_STEPS
from .job_token import assertion
from .machine import identity_endpoint
from .msal_transport import WAITING, MsalTransport, interval_of
from .service_token import ServiceToken
from .sign_in_key import sign_in_key
from .tenant_of_domain import tenant_of_domain
from .token_cache import TokenCache
from .token_memory import Token, TokenMemory, is_token
from .tools import scope_of

try:
    import msal

    IMPORT_ERROR = ""
except ImportError:
    IMPORT_ERROR = traceback.format_exc()

# msal logs responses that it cannot read, which may hold tokens; our errors have what matters of them.
_MSAL_LOG = logging.getLogger("msal")
_MSAL_LOG.addHandler(logging.NullHandler())
_MSAL_LOG.propagate = False

_OF_ONE_TENANT = ("token", "managed_identity")
_NO_CONSENT = "AADSTS7000229"  # the application has no service principal in this tenant


class Tokens:
    """Bearer tokens of one tenant, one sign-in per audience. `memory` may outlive the task."""

    def __init__(
        self,
        params: dict[str, Any],
        cloud: Cloud,
        http: Http,
        redactor: Redactor,
        tell: Callable[[str], None] | None,
        memory: TokenMemory,
    ) -> None:
        self.method = choose_method(params)
        self._params, self._cloud, self._http, self._redactor, self._tell = params, cloud, http, redactor, tell
        self._lock = threading.Lock()
        self._app: Any = None
        self._transport: MsalTransport | None = None
        self._memory = memory
        self._cache = TokenCache(memory, params.get("token_cache"), http)
        self._held = {option: ServiceToken(self.method == "device_code") for option in ("graph", "exchange")}
        if self.method != "token" and IMPORT_ERROR:
            raise missing_library("msal")

    def of(self, option: str) -> Bearer:
        """The tokens for `graph` or `exchange`, as a client needs them."""
        return Bearer(partial(self.bearer, option), partial(self.refused, option), partial(self.renew, option))

    def bearer(self, option: str) -> str:
        """The token for `graph` or `exchange`. Raises `TenantError`."""
        with self._lock:
            held = self._held[option]
            token = held.token
            if token is None:
                given = self.method == "token"
                token = Token(given_token(self._params, option), math.inf) if given else self._shared(option, held)
                self._redactor.add(token.text)
                self._check_tenant(option, token.text)
                held.take(token)
            return token.text

    def tenant(self, option: str) -> str:
        """The GUID of the tenant that the token is for, or the option tenant_id if the token does not name one."""
        return tenant_of(self.bearer(option)) or str(self._params["tenant_id"])

    def _check_tenant(self, option: str, token: str) -> None:
        """A token acts on the tenant that it was issued for, whatever tenant_id says: refuse any other tenant.

        Microsoft Entra has issued a token for the tenant of the task, unless the token or the identity was there
        before.
        """
        meant, found = str(self._params["tenant_id"]), tenant_of(token)
        is_domain = not is_guid(meant)
        if not found or (is_domain and self.method not in _OF_ONE_TENANT):
            return
        wanted = tenant_of_domain(self._http, self._cloud.authority_url, meant, self._memory) if is_domain else meant
        if wanted.lower() != found:
            whose = f"{meant}, which is the tenant {wanted}" if is_domain else meant
            problem = f"the token for {option} is for the tenant {found}, and {named('tenant_id')} is {whose}"
            raise usage(problem, "Use tokens for this tenant, or sign in with an identity in it")

    @property
    def signed_in_at(self) -> str:
        """The tenant name used to sign in to Entra; empty for tokens given as options or from a managed identity."""
        return "" if self.method in ("token", "managed_identity") else str(self._params["tenant_id"])

    def refused(self, option: str, token: str, challenge: str = "") -> None:
        """The service refused this token. If another one may help, the task gets that next, with the required claims.

        Nobody else gets a refused token, unless this task has just signed in for it: that is as new as any.
        """
        with self._lock:
            held = self._held[option]
            if self.method != "token" and held.helps_after_refusal(token, challenge):
                self._let_go(held, token, challenge)

    def renew(self, option: str, token: str) -> bool:
        """Whether a newer token may have more rights than `token`, to which the service denied something."""
        with self._lock:
            held = self._held[option]
            if self.method == "token" or held.by_person:
                return False
            if held.token is None or held.token.text != token:
                return True  # another thread asked for the same
            if not held.helps_after_denial():
                return False
            self._let_go(held)
            return True

    def _let_go(self, held: ServiceToken, of: str = "", challenge: str = "") -> None:
        unusable = held.let_go(of, challenge)
        if unusable:
            self._cache.drop(held.key, unusable)

    def _shared(self, option: str, held: ServiceToken) -> Token:
        service = getattr(self._cloud, f"{option}_url")
        held.key = sign_in_key(
            self._params, self.method, self._cloud.authority_url, service, self._http, self._redactor
        )
        held.own = False
        return self._cache.obtain(held.key, partial(self._signed_in, option, held), held.accepts, held.by_person)

    def _signed_in(self, option: str, held: ServiceToken) -> Token:
        held.own = True
        fresh, challenge = bool(held.let_go_of), held.challenge or None
        scope = scope_of(self._params, self.method, option, getattr(self._cloud, f"{option}_url"))
        try:
            result = _METHODS[self.method](self, scope, fresh, challenge)
        except OSError as error:
            why = f"{one_line(error.strerror or error)}: {one_line(error.filename or 'a file', 200)}"
            step = "On a server that Azure Arc manages, the user of the task must be in the group himds"
            raise TenantError(
                "sign_in", f"msal cannot read {why}", "sign in", self._http.tenant, next_step=step
            ) from error
        except (ValueError, KeyError, msal.exceptions.MsalError) as error:  # an invalid argument or discovery document
            if self._transport is not None:
                self._transport.judge_document(False)
            step = "Check the sign-in options; a proxy may have responded instead of Microsoft Entra"
            problem = f"msal could not use the response of Microsoft Entra ({type(error).__name__}: {one_line(error)})"
            raise TenantError("sign_in", problem, "sign in", self._http.tenant, next_step=step) from error
        if "access_token" not in result:
            raise self._refused(
                str(result.get("error", "")),
                str(result.get("error_description", "")),
                result.get("correlation_id"),
                400,
            )
        if not is_token(str(result["access_token"])):
            problem = "the access token contains characters that are invalid in a token; it is not shown"
            raise TenantError("protocol", problem, "sign in", self._http.tenant)
        return Token.living(str(result["access_token"]), float(result.get("expires_in", 0)))

    def _refused(self, code: str, description: str, correlation_id: Any, status: int) -> TenantError:
        # The rest of the description repeats trace id, correlation id and time.
        text = masked(description).replace("\r", "").split("Trace ID:")[0].split("\n")[0].strip()
        known = text.split(":")[0]
        code, text = (known, text[len(known) + 1 :].strip()) if known.startswith("AADSTS") else (code, text)
        answer = ErrorResponse("Microsoft Entra", status, code, text, str(correlation_id or ""))
        other = "quote the request id to Microsoft support" if correlation_id else "a proxy may have responded"
        step = ENTRA_STEPS.get(code, f"Check the sign-in options; {other}")
        if code == _NO_CONSENT:
            where = f"{self._cloud.authority_url}/{self._params['tenant_id']}/adminconsent"
            link = f"{where}?client_id={self._params.get('client_id')}"
            step = f"An administrator of this tenant must consent to the application: open {link} and sign in there"
        return TenantError("sign_in", str(answer), "sign in", self._http.tenant, answer, step)

    def _application(self, kind: str, **options: Any) -> Any:
        """One msal application for both audiences: it reads the tenant's discovery document once."""
        if self._app is None:
            service = Service("Microsoft Entra", self._cloud.authority_url)
            self._transport = MsalTransport(self._http, service, self._refused, self._memory)
            self._app = getattr(msal, kind)(
                self._params["client_id"],
                authority=f"{self._cloud.authority_url}/{self._params['tenant_id']}",
                http_client=self._transport,
                # The authority comes from our fixed table or from an option: no other service needs to confirm it.
                instance_discovery=False,
                azure_region=False,  # else MSAL_FORCE_REGION leads a confidential client to another host
                **options,
            )
        return self._app

    def _confidential(
        self, credential: Callable[[], Any], scope: str, fresh: bool, challenge: str | None
    ) -> dict[str, Any]:
        app = self._app or self._application("ConfidentialClientApplication", client_credential=credential())
        if fresh:
            app.remove_tokens_for_client()
        return dict(app.acquire_token_for_client([scope], claims_challenge=challenge))

    def client_secret(self, scope: str, fresh: bool, challenge: str | None) -> dict[str, Any]:
        return self._confidential(lambda: self._params["client_secret"], scope, fresh, challenge)

    def certificate(self, scope: str, fresh: bool, challenge: str | None) -> dict[str, Any]:
        from .certificate import client_credential  # only this way needs it, and it takes long

        path, password = self._params["certificate_path"], self._params.get("certificate_password")
        return self._confidential(lambda: client_credential(path, password), scope, fresh, challenge)

    def federated_token(self, scope: str, fresh: bool, challenge: str | None) -> dict[str, Any]:
        get = partial(assertion, self._params, self._http, self._redactor)
        return self._confidential(lambda: {"client_assertion": get}, scope, fresh, challenge)

    def managed_identity(self, scope: str, fresh: bool, challenge: str | None) -> dict[str, Any]:
        """The identity of the machine: system-assigned, or the user-assigned one of `client_id`."""
        if self._app is None or (fresh and not challenge):  # msal tells the endpoint which token was refused
            identity = self._params.get("client_id")
            which = (
                msal.UserAssignedManagedIdentity(client_id=identity)
                if identity
                else msal.SystemAssignedManagedIdentity()
            )
            service = Service("the managed identity endpoint", identity_endpoint(), read_timeout=10.0, proxied=False)
            self._app = msal.ManagedIdentityClient(
                which, http_client=MsalTransport(self._http, service, self._refused, self._memory)
            )
        resource = scope.removesuffix("/.default")
        return dict(self._app.acquire_token_for_client(resource=resource, claims_challenge=challenge))

    def device_code(self, scope: str, fresh: bool, challenge: str | None) -> dict[str, Any]:
        """A person signs in on another device with a code; the second audience needs no second code."""
        if self._tell is None:
            raise usage(
                "auth_method device_code has no terminal to show its code on: this task runs as a module process",
                "Run it on localhost without become and async, or choose another method",
            )
        app = self._application("PublicClientApplication")
        accounts = app.get_accounts()
        if accounts:
            try:
                found = app.acquire_token_silent_with_error(
                    scope.split(), accounts[0], force_refresh=fresh, claims_challenge=challenge
                )
            except TenantError:
                if not challenge:
                    raise
                found = None  # the requested access needs the person again
            if found:
                return dict(found)
        flow = app.initiate_device_flow(scope.split())
        if "user_code" not in flow:
            return dict(flow)
        self._tell(one_line(flow["message"]))
        flow["interval"] = interval_of(flow.get("interval"))
        once = {"claims_challenge": challenge, "exit_condition": lambda flow: True}  # msal sends one request
        result, done = poll(
            lambda: app.acquire_token_by_device_flow(flow, **once),
            lambda found: found.get("error") not in WAITING,
            UntilDeadline(self._http, lambda: flow["interval"]),
        )
        if not done:
            raise TenantError(
                "sign_in",
                "nobody entered the code before the task timed out",
                "sign in",
                self._http.tenant,
                next_step="Run again and enter the code in time, or raise the option timeout",
            )
        return dict(result)


_METHODS: dict[str, Callable[[Tokens, str, bool, str | None], dict[str, Any]]] = {
    "client_secret": Tokens.client_secret,
    "certificate": Tokens.certificate,
    "federated_token": Tokens.federated_token,
    "managed_identity": Tokens.managed_identity,
    "device_code": Tokens.device_code,
}
