# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""InvokeCommand of Exchange Online, and the list of cmdlets that a caller may run.

Microsoft publishes no contract for it; its form is that of the module's own traffic and of public clients.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from ..behaviours.table import behaviour_of, implements
from ..cmdlets.contract import COMMON, Cmdlet, unresolvable
from ..cmdlets.errors import Rates, failed
from ..cmdlets.exchange_types import CmdletCall
from ..cmdlets.pages import Links, page_size, position
from ..cmdlets.response_bodies import body_of, emptied, limited, shaped
from ..entra.tokens import Claims, Tokens
from ..state.clock import Clock
from ..state.http_messages import READ, Answer, Call, Json, Purpose, Refusal
from ..state.snapshots import EXCHANGE, refuse_unread
from ..state.tenant import Tenant
from .propagation import effective, remembering
from .rbac import rights_of
from .table import carried_out_by, run_cmdlet

_PATH = re.compile(r"/adminapi/(beta|v1\.0)/([^/]+)/(InvokeCommand|EXOModuleFile)", re.IGNORECASE)
# PREFIX:..., or an address alone.
_ANCHOR = re.compile(r"(?:UPN|APP|SMTP|MBX|TID|OID):[^\s]+|[^\s@:]+@[^\s@:]+", re.IGNORECASE)


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
    # further audiences of tokens for this service
    aliases: tuple[str, ...] = ()
    # where the same service serves organizations whose calls are redirected to their region
    regional_url: str = ""
    links: Links = field(default_factory=Links)
    rates: Rates = field(default_factory=Rates)

    def purpose(self, call: Call) -> Purpose:
        tenant = self.tokens.tenant_of(call.bearer)
        try:
            name = str(call.json()["CmdletInput"]["CmdletName"])
        except (ValueError, KeyError, TypeError):
            return Purpose(f"{call.method} {call.path.rpartition('/')[2]}", READ, tenant)
        cmdlet = self.cmdlets.get(name.lower())
        return Purpose(cmdlet.name if cmdlet else name, cmdlet.kind if cmdlet else READ, tenant)

    def respond(self, call: Call) -> Answer:
        tenant = None
        try:
            claims = self.tokens.check(call.bearer, self.url, *self.aliases)
            tenant = self.tenants[claims.tenant_id]
            answer = self._carry_out(call, tenant, claims)
        except Refusal as refusal:
            answer = failed(call, refusal, tenant.forms if tenant else None)
        headers = {"request-id": call.request_id}
        if tenant is not None and tenant.forms.rate_limit is not None:
            headers |= self.rates.headers(tenant.tenant_id, tenant.forms.rate_limit, self.clock.of(tenant.name).now())
        return replace(answer, headers=headers | dict(answer.headers))

    def _carry_out(self, call: Call, tenant: Tenant, claims: Claims) -> Answer:
        if tenant.forms.redirect:
            there = self._at_region(call)
            if there is None:
                return self._sent_on(call)
            call = there
        found = _PATH.fullmatch(call.path)
        if found is None:
            raise _bad("exchange-path", "Resource not found.", status=404, code="NotFound")
        if not tenant.called(found[2]):
            raise _bad("exchange-other-tenant", "The token is for another tenant.", status=401, code="Unauthorized")
        _refuse_custom_domain(tenant, found[2])
        rights = self._rights(tenant, claims)
        if found[3].lower() == "exomodulefile":
            return self._module_file(call, rights)
        call = self.links.followed(call, tenant.forms, self.clock.of(tenant.name).now())
        if call.method != "POST":
            raise _bad("exchange-method", "InvokeCommand takes POST only.", status=405, code="MethodNotAllowed")
        _check_headers(call, tenant)
        name, parameters = _envelope(call)
        cmdlet = self.cmdlets.get(name.lower())
        if cmdlet is None or cmdlet.name not in rights:
            raise Refusal("exchange-no-cmdlet", status=403, code="Forbidden", message=name, empty=True)
        _refuse_guid(tenant, cmdlet, found[2])
        bound = cmdlet.bind(parameters, tenant.forms)
        withheld = sorted(set(bound) - rights[cmdlet.name] - COMMON)
        if withheld:
            raise unresolvable(", ".join(withheld))
        return self._run(call, tenant, cmdlet, bound, claims)

    def _at_region(self, call: Call) -> Call | None:
        """The call without the prefix of the region: a separate host, or a path if all is on one port."""
        region = urlsplit(self.regional_url)
        named = call.headers.get("host", "").lower().partition(":")[0] == region.hostname
        if not named or not call.path.startswith(f"{region.path}/"):
            return None
        return replace(call, path=call.path.removeprefix(region.path))

    @implements("exchange-redirect")
    def _sent_on(self, call: Call) -> Answer:
        query = f"?{call.query}" if call.query else ""
        location = {"Location": f"{self.regional_url}{call.path}{query}"}
        return Answer(302, None, location, behaviour_of(self._sent_on))

    def _rights(self, tenant: Tenant, claims: Claims) -> dict[str, set[str]]:
        """Whether the caller has the API permission; its rights follow from roles in Exchange or the directory."""
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

    @implements("exchange-module-file")
    def _module_file(self, call: Call, rights: dict[str, set[str]]) -> Answer:
        if call.method != "GET" or "commandname" not in call.headers:
            raise _bad("exchange-module-file", "EXOModuleFile takes GET with a CommandName header.")
        value = [{"exportedCmdlets": ",".join(sorted(rights))}]
        return Answer(200, {"value": value}, behaviour=behaviour_of(self._module_file))

    def _run(self, call: Call, tenant: Tenant, cmdlet: Cmdlet, bound: dict[str, Any], claims: Claims) -> Answer:
        if _must_ask(cmdlet, bound, tenant):
            question = f'Are you sure you want to perform this action? {cmdlet.name} "{bound.get("Identity", "")}".'
            return Answer(
                200, {"@adminapi.confirmationmessage": question, "value": []}, behaviour=behaviour_of(_must_ask)
            )
        run = CmdletCall(tenant, cmdlet, self.cmdlets, bound, self.clock.of(tenant.name).now(), claims.object_id)
        if _only_supposes(bound):
            return replace(self._page(call, run, []), behaviour=behaviour_of(_only_supposes))
        refuse_unread(tenant, EXCHANGE.get(cmdlet.noun), cmdlet.noun)
        objects = remembering(tenant, run.now, lambda: run_cmdlet(run))
        if cmdlet.verb == "Remove":
            return replace(_emptied(), behaviour=carried_out_by(cmdlet))
        chosen, cut = limited(run, objects)
        return replace(self._page(call, run, chosen, cut=cut), behaviour=carried_out_by(cmdlet))

    def _page(self, call: Call, run: CmdletCall, objects: Sequence[Json], *, cut: bool = False) -> Answer:
        """A page of the objects; a list that ResultSize limits ends in a link that cannot be followed."""
        options = call.options()
        start = position(call)
        end = start + min(page_size(call), self.page_size)
        names = options["$select"].split(",") if options.get("$select") else list(run.cmdlet.output)
        value = [shaped(run.cmdlet, item, names, run.tenant.forms) for item in objects[start:end]]
        has_more = end < len(objects)
        url = self.regional_url if run.tenant.forms.redirect else self.url
        body = body_of(url, run, value, has_more=has_more)
        if has_more or cut:
            body["@odata.nextLink"] = self.links.link(call, url, end, run.now, dead=not has_more)
        return Answer(200, body) if value else emptied(body, run.tenant.forms)


def _check_headers(call: Call, tenant: Tenant) -> None:
    if "json" not in call.headers.get("content-type", ""):
        raise _bad("exchange-content-type", "The body must be JSON.", status=415, code="UnsupportedMediaType")
    anchor = call.headers.get("x-anchormailbox")
    if anchor is None:
        return
    if not _ANCHOR.fullmatch(anchor):
        raise _bad("exchange-anchor", "X-AnchorMailbox has an unknown form.")
    if anchor.upper().startswith(("APP:", "TID:")):
        _refuse_custom_domain(tenant, anchor.partition(":")[2].rpartition("@")[2])


def _refuse_custom_domain(tenant: Tenant, name: str) -> None:
    """A custom domain in path or anchor has led to refusals that look like missing rights."""
    if tenant.forms.domains != "any" and name.lower() == tenant.domain.lower():
        raise Refusal("exchange-custom-domain", status=403, code="Forbidden", message="", empty=True)


@implements("exchange-writes-domain")
def _refuse_guid(tenant: Tenant, cmdlet: Cmdlet, name: str) -> None:
    """Optionally, a write under the GUID is refused as if rights were missing."""
    by_initial = name.lower() == tenant.domains[1]
    if tenant.forms.domains == "initial_writes" and cmdlet.kind != READ and not by_initial:
        raise Refusal("exchange-writes-domain", status=403, code="Forbidden", message="", empty=True)


def _envelope(call: Call) -> tuple[str, dict[str, Any]]:
    try:
        command = call.json()["CmdletInput"]
        name, parameters = command["CmdletName"], command.get("Parameters", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        name, parameters = None, None
    if not isinstance(name, str) or not isinstance(parameters, dict):
        raise _bad("exchange-envelope", "The body must be {CmdletInput: {CmdletName, Parameters}}.")
    return name, parameters


@implements("exchange-confirm")
def _must_ask(cmdlet: Cmdlet, bound: dict[str, Any], tenant: Tenant) -> bool:
    if cmdlet.kind == READ or "Confirm" not in cmdlet.parameters:
        return False
    return bool(bound.get("Confirm", tenant.forms.confirmation == "required"))


@implements("exchange-whatif")
def _only_supposes(bound: dict[str, Any]) -> bool:
    return bool(bound.get("WhatIf"))


@implements("exchange-empty-write")
def _emptied() -> Answer:
    return Answer(204)


def _bad(behaviour: str, text: str, *, status: int = 400, code: str = "BadRequest") -> Refusal:
    return Refusal(behaviour, status=status, code=code, message=text, plain=True)
