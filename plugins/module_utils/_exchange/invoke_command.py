# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange Online by InvokeCommand: one cmdlet per call.

The address POST /adminapi/beta/TENANT/InvokeCommand is the transport of Microsoft's own PowerShell module. Public
clients use it widely (CIPP, ScubaGear, ExoHelper), but Microsoft publishes no contract for it. It is not the documented
"Exchange admin API", which has other addresses and permissions. All that is known of it is here and in
exchange_responses.py.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from .._core.errors import NOT_IN_SNAPSHOT, Purpose, TenantError
from .._core.resource import normalize_case
from .._core.retry import Operation
from .._http.attempt import foreign
from .._http.claims import permissions
from .._http.http import Http
from .._http.origins import REDIRECTS
from .._http.page_links import PageLinks
from .._http.response import WHOLE, Response
from .._http.service import Bearer, Request, Service
from .cmdlet_contract import CMDLETS
from .exchange_responses import EXPIRED, classify, explain, kind_of_exception, objects, plain, says_more, warnings_of
from .parameters import checked, reads, result_size

_NAME = "Exchange Online"
_PAGE = 1000  # objects; the maximum of the service
# Exchange limits the concurrent requests of a tenant, without publishing the number. Others use the tenant, too.
_AT_ONCE = 4
_MODULE_VERSION = "3.9.2"  # of Microsoft's PowerShell module, whose list of commands is requested
# Organization-wide calls of an application are anchored to this system mailbox, as in Microsoft's module.
_ANCHOR = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@"
_PERMISSIONS = {"Exchange.ManageAsApp", "Exchange.Manage"}  # application, delegated
# A page link that is refused like this may be followed in the other way. The requested objects exist in any case.
_LINK_REFUSED = ("truncated", "not_found", "protocol", "refused")
_INITIAL_DOMAIN = re.compile(r"[^.]+\.(partner\.)?onm(icrosoft|schina)\.[a-z]+", re.IGNORECASE)

# By the verb of a cmdlet that changes something; all others start an operation.
_OPERATIONS = {
    "set": Operation.IDEMPOTENT,
    "remove": Operation.IDEMPOTENT,
    "enable": Operation.IDEMPOTENT,
    "new": Operation.CREATE,
    "add": Operation.CREATE,
}

_STEPS = {
    "forbidden": "The account or application that signs in needs {role}; a right counts only in tokens that are newer "
    "than it",
    "ambiguous": "Specify the GUID or the primary address of one of them; the module does not choose",
    "not_hydrated": "The organization must be prepared for customization first; that change is permanent",
}


@dataclass(frozen=True)
class Result:
    """The result of a cmdlet: its objects without annotations, its warnings, and the service's time at the end.

    `date` is the time of this machine if the service sent none, which `service_time` shows by None.
    """

    values: list[dict[str, Any]]
    warnings: list[str]
    date: datetime
    service_time: datetime | None = None


@dataclass(frozen=True)
class _Page:
    objects: list[Any]
    link: str  # to the next page
    warnings: list[str]
    response: Response
    is_list: bool


class Exchange:
    """Exchange Online of one tenant."""

    def __init__(
        self,
        http: Http,
        root: str,
        tenant: Callable[[], str],
        bearer: Bearer,
        siblings: tuple[str, ...] = (),
        signed_in_at: str = "",
    ) -> None:
        """`signed_in_at` is the name of the tenant for which Entra issued the token; empty if that is unproven."""
        self._http, self._tenant = http, tenant
        self._initial_domain = signed_in_at if _INITIAL_DOMAIN.fullmatch(signed_in_at) else ""
        self._writes_under = ""  # the initial domain, once the service accepted a write only under it
        self._connection_id = str(uuid.uuid4())
        # Microsoft's module waits 960 s; the deadline of the task limits it.
        slots = threading.Semaphore(_AT_ONCE)
        self._service = Service(_NAME, root, bearer, classify, explain, 960.0, siblings=siblings, slots=slots)

    def invoke(
        self,
        cmdlet: str,
        parameters: Mapping[str, Any],
        purpose: Purpose,
        select: tuple[str, ...] = (),
        known: bool = True,
        page_size: int = _PAGE,
    ) -> Result:
        """Run a cmdlet and return all pages. Raises TenantError; only the kind not_found means absent.

        With known=False, cmdlets and parameters that are not in the contract are accepted too. page_size is the maximum
        number of objects in a page.
        """
        verb = normalize_case(cmdlet.partition("-")[0])
        operation = Operation.READ if reads(cmdlet) else _OPERATIONS.get(verb, Operation.ACTION)
        run = partial(self._invoke, operation, cmdlet, parameters, purpose, select, known, page_size)
        if operation is Operation.READ or not self._initial_domain:
            return run(self._tenant)
        try:
            return run(lambda: self._writes_under or self._tenant())
        except TenantError as error:
            # A 401 is about the token, and the same under each name.
            if error.kind != "forbidden" or error.answer is None or error.answer.status != 403 or self._writes_under:
                raise
            refused = error
        return self._under_initial_domain(run, refused)

    def _under_initial_domain(self, run: Callable[[Callable[[], str]], Result], refused: TenantError) -> Result:
        """Repeat a write that was refused under the tenant's GUID, under its initial domain.

        One public report of 2026 has writes that succeed only under that name. This is not a second write: a refusal
        with 403 did nothing, and a write that may have happened is repeated only if it may be anyhow.
        """
        try:
            result = run(lambda: self._initial_domain)
        except TenantError as error:
            if error.kind != "forbidden":
                raise
            raise refused from refused.__cause__
        self._writes_under = self._initial_domain
        self._http.trace(f"{_NAME} refused a write under the tenant's GUID and took it under {self._initial_domain}")
        return result

    def _invoke(
        self,
        operation: Operation,
        cmdlet: str,
        parameters: Mapping[str, Any],
        purpose: Purpose,
        select: tuple[str, ...],
        known: bool,
        page_size: int,
        named: Callable[[], str],
    ) -> Result:
        sent = checked(cmdlet, parameters, known)
        if operation is not Operation.READ:
            sent = _without_prompt(cmdlet, sent)
        limit, unlimited = result_size(cmdlet, sent)
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": sent}}
        query = {"$select": ",".join(select)} if select else None
        tenant = named()
        path = f"adminapi/beta/{quote(tenant, safe='')}/InvokeCommand"
        headers = {**self._headers(cmdlet, tenant), "Prefer": f"odata.maxpagesize={page_size}"}
        values: list[dict[str, Any]] = []
        warnings: list[str] = []
        for page in self._pages(Request(operation, "POST", path, purpose, body, query=query, headers=headers)):
            values += [plain(value) for value in page.objects]
            goes_on = bool(page.link) and (limit is None or len(values) < limit)
            # The warning of a page with a next page is about that page: only the last page is judged.
            warnings += [one for one in page.warnings if not (goes_on and says_more(one))]
            if not goes_on:
                break
        if unlimited and any(says_more(warning) for warning in warnings):
            raise self._truncated(f"reported more results{_handle(page.response)}", purpose)
        return Result(values[:limit], warnings, page.response.date, page.response.service_time)

    def _headers(self, cmdlet: str, tenant: str) -> dict[str, str]:
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Accept-Language": "en-US",
            "X-AnchorMailbox": _ANCHOR + tenant,
            "X-ResponseFormat": "json",
            "X-CmdletName": cmdlet,
            "X-ClientApplication": "intune.exchange",
            "connection-id": self._connection_id,
        }

    def _pages(self, request: Request) -> Iterator[_Page]:
        """The pages of a response, each read on request."""
        page, method = self._page(request), "POST"
        query = "".join(f"?{name}={value}" for name, value in (request.query or {}).items())
        links = PageLinks(f"{self._service.root}/{request.path}{query}")
        while page.link:
            yield page
            problem = links.problem(page.link)
            if problem:
                raise self._truncated(problem + _handle(page.response), request.purpose)
            page, method = self._next_page(request, page.link, method)
        yield page

    def _next_page(self, request: Request, link: str, method: str) -> tuple[_Page, str]:
        """The page behind a link, and how to follow the links after it.

        A page link needs the same body; public clients disagree on the method, and a link that is refused in this way
        is followed with GET.
        """
        if method == "POST":
            try:
                return self._page(replace(request, path=link, query=None)), "POST"
            except TenantError as error:
                answer = error.answer
                if answer is None or error.kind not in _LINK_REFUSED or answer.status in REDIRECTS:
                    raise
        headers = {name: value for name, value in request.headers.items() if name != "Content-Type"}
        try:
            return self._page(replace(request, method="GET", path=link, body=None, query=None, headers=headers)), "GET"
        except TenantError as error:
            if error.answer is None:
                raise
            raise self._truncated(f"does not follow its own page link ({error.answer})", request.purpose) from error

    def own_cmdlets(self, purpose: Purpose) -> list[str]:
        """The cmdlets that the caller may run. Microsoft's module requests them when it connects; it needs no role."""
        tenant = self._tenant()
        path = f"adminapi/v1.0/{quote(tenant, safe='')}/EXOModuleFile"
        headers = {"CommandName": "*", "X-AnchorMailbox": _ANCHOR + tenant}
        query = {"Version": _MODULE_VERSION}
        request = Request(Operation.READ, "GET", path, purpose, query=query, headers=headers)
        page = self._page(request)
        if not page.is_list:  # an empty list would mean that the caller may run nothing
            raise self._protocol(purpose, page.response)
        return [
            name.strip()
            for value in page.objects
            for name in str(plain(value).get("exportedCmdlets") or "").split(",")
            if name.strip()
        ]

    def _page(self, request: Request) -> _Page:
        try:
            response: Response = self._http.send(self._service, request)
        except TenantError as error:
            raise self._refine(error, request.purpose.permission) from error.__cause__
        is_read = request.operation is Operation.READ
        found = objects(response.json, is_read)
        # An empty body means no objects if the response is complete, and JSON's null is not an empty body.
        empty = response.json is None and (bool(response.body.strip()) or response.status not in WHOLE)
        if found is None or (is_read and empty):
            if is_read:
                raise self._protocol(request.purpose, response)
            raise foreign(_NAME, response, request.purpose, self._http.tenant)
        body = response.json or {}
        link = str(body.get("@odata.nextLink") or "") if is_read else ""  # following the link would write again
        return _Page(found, link, warnings_of(body), response, isinstance(body.get("value"), list))

    def _refine(self, error: TenantError, needs: str) -> TenantError:
        if error.answer is None or error.answer.service != _NAME:  # a sign-in may have failed in between
            return error
        code, text = error.answer.code, error.answer.message
        if code == NOT_IN_SNAPSHOT:
            return error
        if EXPIRED in text.lower():
            truncated = self._truncated(f"no longer knows the page link ({error.answer})", Purpose(error.action))
            return truncated.but(answer=error.answer)
        if error.kind == "sign_in":
            return self._not_let_in(error)
        kind = (
            "" if error.kind in ("throttled", "outcome_unknown") else kind_of_exception(code, text, error.answer.status)
        )
        if error.kind == "not_found" and not kind:
            kind = "protocol"  # the address does not exist, which says nothing about the object
        if kind == "unavailable" and error.kind != "refused":
            kind = ""
        kind = kind or error.kind
        role = needs or "an Exchange role that holds this cmdlet and these parameters"
        return error.but(kind=kind, next_step=_STEPS.get(kind, error.next_step).replace("{role}", role))

    @staticmethod
    def _not_let_in(error: TenantError) -> TenantError:
        """A 401 is about the permission, a 403 about the role; the message asks only for what the token lacks."""
        granted = sorted(permissions(error.claims) & _PERMISSIONS)
        grant = (
            "Grant the application the permission Exchange.ManageAsApp of Office 365 Exchange Online (not "
            "Exchange.ManageAsAppV2, which is for another API), give admin consent, and run again"
        )
        check = "Check that the token is for this tenant and cloud, and sign in again"
        if granted:
            return error.but(next_step=f"The token holds {granted[0]}. {check}")
        if error.claims:
            return error.but(kind="forbidden", next_step=grant)
        return error.but(next_step=f"{check}; if it is, the application may lack its permission. {grant}")

    def _protocol(self, purpose: Purpose, response: Response) -> TenantError:
        said = f"the response of {_NAME} is not a list{_handle(response)}"
        return TenantError("protocol", said, purpose.action, self._http.tenant)

    def _truncated(self, problem: str, purpose: Purpose) -> TenantError:
        return TenantError(
            "truncated", f"{_NAME} {problem}, so the list is incomplete", purpose.action, self._http.tenant
        )


def _without_prompt(cmdlet: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Confirm is a request parameter here, not a prompt. An unknown cmdlet may have it in any case."""
    if "Confirm" not in CMDLETS.get(cmdlet, {"Confirm": ""}):
        return dict(sent)
    return {**{name: value for name, value in sent.items() if normalize_case(name) != "confirm"}, "Confirm": False}


def _handle(response: Response) -> str:
    return f" (request id {response.handle})"
