# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Graph v1.0, and its paths in beta: operations checked by one mechanism, implemented by the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from ..behaviours.table import behaviour_of, implements
from ..entra.tokens import Claims, Tokens
from ..odata.batch import parts_of, run_batch, strongest
from ..odata.contract import Contract, Operation, cast_of
from ..odata.downloads import Downloads
from ..odata.entities import RequestContext
from ..odata.permissions import refuse_without_permission
from ..odata.throttling import Limits
from ..state.clock import Clock
from ..state.http_messages import READ, Answer, Call, Json, Purpose, Refusal
from ..state.snapshots import GRAPH, refuse_unread
from ..state.tenant import Tenant
from .table import SINGLETONS, action_of

VERSION = "/v1.0"
_BETA = "/beta"
BATCH = "x.batch"


class InvalidAnswer(Exception):
    """A response that the contract does not allow: a bug of the simulator, not of the client."""


@dataclass
class Graph:
    """The service on one port."""

    contract: Contract
    tokens: Tokens
    tenants: dict[str, Tenant]
    clock: Clock
    limits: Limits
    downloads: Downloads
    page_size: int
    strict_answers: bool
    url: str = ""
    name: str = "graph"
    # further audiences of tokens for this service
    aliases: tuple[str, ...] = ()
    # Handles the parts of a batch; faults and the ledger come in between.
    on_part: Callable[[Call], Answer] | None = None

    def purpose(self, call: Call) -> Purpose:
        """The purpose of the call, as far as visible without evaluating it."""
        tenant = self.tokens.tenant_of(call.bearer)
        operation = self._operation(call)
        if operation is None:
            return Purpose(f"{call.method} {call.path}", READ, tenant)
        if operation.id == BATCH:
            parts = [self._operation(part) for part in parts_of(call, VERSION)]
            return Purpose(operation.id, strongest([part.kind for part in parts if part]), tenant)
        return Purpose(operation.id, operation.kind, tenant)

    def respond(self, call: Call) -> Answer:
        try:
            answer = self._carry_out(call)
        except Refusal as refusal:
            body, headers = self._error(call, refusal), refusal.extra.get("headers", {})
            answer = Answer(refusal.status, body, headers, refusal.behaviour)
        stamp = {
            "request-id": call.request_id,
            "client-request-id": call.client_request_id,
            "x-ms-ags-diagnostic": '{"ServerInfo":{"DataCenter":"Simulated","Slice":"E","Ring":"1"}}',
        }
        return replace(answer, headers=stamp | dict(answer.headers))

    def identify(self, call: Call) -> tuple[Tenant, Claims]:
        """The caller, by the token alone."""
        claims = self.tokens.check(call.bearer, self.url, *self.aliases)
        return self.tenants[claims.tenant_id], claims

    def _carry_out(self, call: Call) -> Answer:
        tenant, claims = self.identify(call)
        operation, keys = self._route(call)
        if operation.id == BATCH:
            answer = run_batch(call, self._body(call, operation), VERSION, self.on_part or self.respond)
            return replace(answer, behaviour=behaviour_of(run_batch))
        refuse_without_permission(operation, claims)
        self.limits.charge(tenant.name, claims.client_id, operation)
        self.limits.charge_shared(claims.client_id, tenant.shared_limit, self.clock.now())
        resource, act, behaviour = action_of(operation, in_beta=_in_beta(call))
        operation = replace(operation, answer=resource.answer or operation.answer)
        scene = RequestContext(
            tenant=tenant,
            operation=operation,
            keys=keys or ([tenant.tenant_id] if operation.template in SINGLETONS else []),
            options=self._options(call, operation),
            body=self._body(call, operation),
            now=self.clock.of(tenant.name).now(),
            schemas=self.contract.schemas,
            root=f"{self.url}{_BETA if _in_beta(call) else VERSION}",
            page_size=self.page_size,
            tenants=self.tenants,
            consistent=call.headers.get("consistencylevel", "").lower() == "eventual",
            prefer=call.headers.get("prefer", "").lower(),
            caller=claims.object_id,
            granted=claims.granted,
            cast=cast_of(unquote(call.path)),
            publish=lambda text: self.downloads.publish(tenant.tenant_id, text),
        )
        # Reports are about people, and under the resource of users.
        store = "reports" if operation.template.startswith("/reports") else resource.store
        refuse_unread(tenant, GRAPH.get(store), store)
        resource.gate(scene)
        answer = act(scene, resource)
        if self.strict_answers and tenant.visitor_rights is None:
            self._check(operation, answer, scene.cast)
        return replace(self._hidden(operation, call, answer), behaviour=behaviour)

    def _operation(self, call: Call) -> Operation | None:
        version, _unused, rest = call.path.lstrip("/").partition("/")
        known = f"/{version.lower()}" in (VERSION, _BETA)
        found = self.contract.match(unquote(f"/{rest}" if known else call.path))
        return found[0].get(call.method) if found else None

    def _route(self, call: Call) -> tuple[Operation, list[str]]:
        version, _unused, rest = call.path.lstrip("/").partition("/")
        found = self.contract.match(unquote(f"/{rest}"))
        if f"/{version.lower()}" not in (VERSION, _BETA):
            raise Refusal("graph-version", status=400, code="BadRequest", message="Invalid version.")
        if found is None:
            segment = rest.partition("?")[0].rstrip("/").rpartition("/")[2]
            raise Refusal(
                "graph-no-segment",
                status=400,
                code="BadRequest",
                message=f"Resource not found for the segment '{segment}'.",
            )
        operations, keys = found
        if call.method not in operations:
            raise Refusal(
                "graph-no-method",
                status=405,
                code="Request_BadRequest",
                message="Specified HTTP method is not allowed for the request target.",
            )
        return operations[call.method], keys

    def _options(self, call: Call, operation: Operation) -> dict[str, str]:
        options = {_option(name): text for name, text in call.options().items()}
        paging = {"$skiptoken"} if "$top" in operation.options else set()
        for name in options:
            if name not in operation.options | paging:
                raise _bad_request("graph-query-undeclared", operation, f"Query option '{name}' is not allowed.")
        if options.get("$count", "true") not in ("true", "false"):
            raise _bad_request("graph-query-invalid", operation, f"Invalid value '{options['$count']}' for $count.")
        for name in options.keys() & {"$select", "$orderby", "$expand"}:
            listed = options[name].split(",")
            if len(set(listed)) != len(listed):
                raise _bad_request("graph-query-invalid", operation, f"{name} names something twice.")
        return options

    def _body(self, call: Call, operation: Operation) -> Json:
        if operation.body is None or not call.body:
            if operation.body is not None:
                raise _bad_request("graph-body-empty", operation, "Empty Payload. JSON content expected.")
            return {}
        if "json" not in call.headers.get("content-type", ""):
            raise _bad_request(
                "graph-content-type", operation, "Entity only allows writes with a JSON Content-Type header."
            )
        try:
            body: Any = call.json()
        except ValueError:
            raise _bad_request("graph-body-not-json", operation, "Unable to read JSON request payload.") from None
        body = self.contract.schemas.canonical(operation.body, body)
        for problem in self.contract.schemas.problems(operation.body, body):
            raise _bad_request("graph-body-schema", operation, problem)
        return dict(body)

    def _check(self, operation: Operation, answer: Answer, cast: str) -> None:
        if answer.status not in (operation.success, operation.also):
            raise InvalidAnswer(f"{operation.id}: status {answer.status}, the contract says {operation.success}")
        if cast and isinstance(answer.body, dict):
            for item in answer.body["value"]:
                for problem in self.contract.schemas.problems({"$ref": f"#/components/schemas/{cast}"}, item):
                    raise InvalidAnswer(f"{operation.id}: {problem}")
        elif operation.answer is not None and answer.body is not None:
            for problem in self.contract.schemas.problems(operation.answer, answer.body):
                raise InvalidAnswer(f"{operation.id}: {problem}")

    @implements("graph-evolvable")
    def _hidden(self, operation: Operation, call: Call, answer: Answer) -> Answer:
        asked = "include-unknown-enum-members" in call.headers.get("prefer", "")
        if asked or operation.answer is None or answer.body is None:
            return answer
        return replace(answer, body=self.contract.schemas.hidden(operation.answer, answer.body))

    def _error(self, call: Call, refusal: Refusal) -> Json:
        """https://learn.microsoft.com/graph/errors; Intune puts its own error as JSON text into `message`."""
        message = _wrapped(call, refusal.message) if refusal.extra.get("intune") else refusal.message
        return {
            "error": {
                "code": refusal.code,
                "message": message,
                "innerError": {
                    "date": self.clock.now().strftime("%Y-%m-%dT%H:%M:%S"),
                    "request-id": call.request_id,
                    "client-request-id": call.client_request_id,
                },
            }
        }


def _in_beta(call: Call) -> bool:
    return call.path.lower().startswith(f"{_BETA}/")


def _option(name: str) -> str:
    """Names of query options are compared without case; $skiptoken is ours."""
    return name.lower() if name.startswith("$") else name


def _bad_request(behaviour: str, operation: Operation, text: str) -> Refusal:
    return Refusal(behaviour, status=400, code="BadRequest", message=text, intune=operation.intune)


def _wrapped(call: Call, text: str) -> str:
    """The form seen in public error dumps (`_version` 3)."""
    return json.dumps(
        {
            "_version": 3,
            "Message": (
                f"{text} - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 - "
                f"Activity ID: {call.client_request_id} - "
                f"Url: https://fef.simulated.manage.microsoft.com/StatelessOnboardingService{call.path}"
                "?api-version=5025-05-30"
            ),
            "CustomApiErrorPhrase": "",
            "RetryAfter": None,
            "ErrorSourceService": "",
            "HttpHeaders": "{}",
        },
        indent=2,
    )
