# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange Online by InvokeCommand, and the list of cmdlets that a caller may run.

No page of Microsoft's describes it; its shape is that of the module's own traffic and of public clients.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from ._behaviours import behaves, behaviour_of
from ._clock import Clock
from ._cmdlet_table import carried_out_by, run_cmdlet
from ._cmdlets import COMMON, Cmdlet, unresolvable
from ._exchange_forms import body_of, failed, limited, shaped
from ._nouns import Run
from ._propagation import effective, remembering
from ._rbac import rights_of
from ._tenant import Tenant
from ._tokens import Claims, Tokens
from ._wire import READ, Answer, Call, Json, Purpose, Refusal

PAGE_SIZE = 1000
_PATH = re.compile(r"/adminapi/(beta|v1\.0)/([^/]+)/(InvokeCommand|EXOModuleFile)", re.IGNORECASE)
_LINK_SECONDS = 1800
_ANCHORS = ("UPN:", "APP:", "SMTP:", "MBX:")


@dataclass
class Exchange:
    """The service behind one port."""

    cmdlets: dict[str, Cmdlet]
    tokens: Tokens
    tenants: dict[str, Tenant]
    clock: Clock
    page_size: int
    url: str = ""
    name: str = "exchange"

    def purpose(self, call: Call) -> Purpose:
        tenant = self.tokens.tenant_of(call.bearer)
        try:
            name = str(call.json()["CmdletInput"]["CmdletName"])
        except (ValueError, KeyError, TypeError):
            return Purpose(f"{call.method} {call.path.rpartition('/')[2]}", READ, tenant)
        cmdlet = self.cmdlets.get(name.lower())
        return Purpose(cmdlet.name if cmdlet else name, cmdlet.kind if cmdlet else READ, tenant)

    def respond(self, call: Call) -> Answer:
        try:
            answer = self._carry_out(call)
        except Refusal as refusal:
            answer = failed(refusal)
        return replace(answer, headers={"request-id": call.request_id} | dict(answer.headers))

    def _carry_out(self, call: Call) -> Answer:
        claims = self.tokens.check(call.bearer, self.url)
        found = _PATH.fullmatch(call.path)
        if found is None:
            raise _bad("exchange-path", "Resource not found.", status=404, code="NotFound")
        tenant = self.tenants[claims.tenant_id]
        if not tenant.called(found[2]):
            raise _bad("exchange-other-tenant", "The token is for another tenant.", status=401, code="Unauthorized")
        rights = self._rights(tenant, claims)
        if found[3].lower() == "exomodulefile":
            return self._module_file(call, rights)
        if call.method != "POST":
            raise _bad("exchange-method", "InvokeCommand takes POST only.", status=405, code="MethodNotAllowed")
        _check_headers(call)
        name, parameters = _envelope(call)
        cmdlet = self.cmdlets.get(name.lower())
        if cmdlet is None or cmdlet.name not in rights:
            raise Refusal("exchange-no-cmdlet", status=403, code="Forbidden", message=name, empty=True)
        bound = cmdlet.bind(parameters)
        withheld = sorted(set(bound) - rights[cmdlet.name] - COMMON)
        if withheld:
            raise unresolvable(", ".join(withheld))
        return self._run(call, tenant, cmdlet, bound, claims)

    def _rights(self, tenant: Tenant, claims: Claims) -> dict[str, set[str]]:
        """The API permission opens the door, roles in Exchange or the directory say what is behind it."""
        rights = rights_of(tenant, claims.object_id, effective(tenant, claims.issued))
        if not claims.granted & {"Exchange.ManageAsApp", "Exchange.Manage"}:
            raise Refusal(
                "exchange-no-permission",
                status=401,
                code="Unauthorized",
                message="",
                empty=True,
                headers={"WWW-Authenticate": "Bearer"},
            )
        if not rights:
            raise Refusal("exchange-no-role", status=403, code="Forbidden", message="", empty=True)
        return rights

    @behaves("exchange-module-file")
    def _module_file(self, call: Call, rights: dict[str, set[str]]) -> Answer:
        if call.method != "GET" or "commandname" not in call.headers:
            raise _bad("exchange-module-file", "EXOModuleFile takes GET with a CommandName header.")
        value = [{"exportedCmdlets": ",".join(sorted(rights))}]
        return Answer(200, {"value": value}, behaviour=behaviour_of(self._module_file))

    def _run(self, call: Call, tenant: Tenant, cmdlet: Cmdlet, bound: dict[str, Any], claims: Claims) -> Answer:
        if _must_ask(cmdlet, bound):
            question = f'Are you sure you want to perform this action? {cmdlet.name} "{bound.get("Identity", "")}".'
            return Answer(
                200, {"@adminapi.confirmationmessage": question, "value": []}, behaviour=behaviour_of(_must_ask)
            )
        run = Run(tenant, cmdlet, self.cmdlets, bound, self.clock.now(), claims.object_id)
        if _only_supposes(bound):
            return replace(self._page(call, run, []), behaviour=behaviour_of(_only_supposes))
        objects = remembering(tenant, run.now, lambda: run_cmdlet(run))
        answer = _emptied() if cmdlet.verb == "Remove" else self._page(call, run, limited(run, objects))
        return replace(answer, behaviour=carried_out_by(cmdlet))

    def _page(self, call: Call, run: Run, objects: Sequence[Json]) -> Answer:
        options = call.options()
        digest = hashlib.sha256(call.body).hexdigest()
        start = _position(options.get("$skiptoken"), digest, self.clock.now())
        end = start + min(_page_size(call), self.page_size)
        names = options["$select"].split(",") if options.get("$select") else list(run.cmdlet.output)
        value = [shaped(run.cmdlet, item, names) for item in objects[start:end]]
        body = body_of(self.url, run.tenant, value, run.warnings)
        if end < len(objects):
            raw = json.dumps([digest, end, self.clock.now().timestamp()])
            token = base64.urlsafe_b64encode(raw.encode()).decode()
            query = urlencode({name: text for name, text in options.items() if name != "$skiptoken"}, safe="$,")
            link = f"{self.url}{call.path}?{query + '&' if query else ''}$skiptoken={token}"
            body["@odata.nextLink"] = link
        return Answer(200, body)


def _check_headers(call: Call) -> None:
    if "json" not in call.headers.get("content-type", ""):
        raise _bad("exchange-content-type", "The body must be JSON.", status=415, code="UnsupportedMediaType")
    anchor = call.headers.get("x-anchormailbox", "APP:")
    if not anchor.upper().startswith(_ANCHORS):
        raise _bad("exchange-anchor", "X-AnchorMailbox has an unknown form.")


def _envelope(call: Call) -> tuple[str, dict[str, Any]]:
    try:
        command = call.json()["CmdletInput"]
        name, parameters = command["CmdletName"], command.get("Parameters", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        name, parameters = None, None
    if not isinstance(name, str) or not isinstance(parameters, dict):
        raise _bad("exchange-envelope", "The body must be {CmdletInput: {CmdletName, Parameters}}.")
    return name, parameters


@behaves("exchange-confirm")
def _must_ask(cmdlet: Cmdlet, bound: dict[str, Any]) -> bool:
    return cmdlet.kind != READ and "Confirm" in cmdlet.parameters and bound.get("Confirm") is not False


@behaves("exchange-whatif")
def _only_supposes(bound: dict[str, Any]) -> bool:
    return bool(bound.get("WhatIf"))


@behaves("exchange-empty-write")
def _emptied() -> Answer:
    return Answer(204)


def _page_size(call: Call) -> int:
    found = re.search(r"odata\.maxpagesize=(\d+)", call.headers.get("prefer", ""))
    size = int(found[1]) if found else PAGE_SIZE
    if not 1 <= size <= PAGE_SIZE:
        raise _bad("exchange-page-size", f"odata.maxpagesize must be between 1 and {PAGE_SIZE}.")
    return size


def _position(token: str | None, digest: str, now: datetime) -> int:
    if token is None:
        return 0
    try:
        body, start, issued = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError):
        body, start, issued = None, 0, 0
    if body != digest or now.timestamp() - issued > _LINK_SECONDS:
        raise _bad("exchange-paging", "Expired or Invalid pagination request. Default Expiry time is 00:30:00")
    return int(start)


def _bad(behaviour: str, text: str, *, status: int = 400, code: str = "BadRequest") -> Refusal:
    return Refusal(behaviour, status=status, code=code, message=text, plain=True)
