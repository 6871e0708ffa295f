# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Graph: get, list with paging, create, update, delete, action, and reads in one `$batch`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, MutableSet, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from .._core.errors import ErrorResponse, Purpose, TenantError, kind_of
from .._core.read_result import ReadResult, attempt
from .._core.retry import Operation, Outcome, header, may_repeat
from .._http.attempt import foreign
from .._http.challenge import claims_challenge, sign_in_step
from .._http.claims import claims, grant_step
from .._http.http import Http
from .._http.page_links import PageLinks
from .._http.removal import remove_listed
from .._http.response import WHOLE, Response
from .._http.service import Bearer, Request, Service
from .graph_errors import NOT_SERVED, classify, explain, is_of_graph, page_of, parts_of, refine

_NAME = "Microsoft Graph"
_BATCH = 20  # parts, Graph "Combine multiple HTTP requests using JSON batching"
# "Handling future members in evolvable enumerations": without it, a newer value appears as unknownFutureValue, which
# cannot be sent back.
_ALL = {"Prefer": "include-unknown-enum-members"}
Items = list[dict[str, Any]]  # the name list is a method below
# Collections of Intune; retired ones were seen to return an empty body.
_INTUNE = ("deviceManagement/", "deviceAppManagement/")


@dataclass(frozen=True)
class Read:
    """One read: a path with its query, and its purpose. A collection is read to its last page."""

    path: str
    purpose: Purpose
    collection: bool = True


def odata(path: str, **options: str) -> str:
    """A path with OData query options, given without their `$`."""
    return f"{path}?" + "&".join(f"${name}={quote(value, safe=',()/:$')}" for name, value in options.items())


def odata_text(text: str) -> str:
    """A text literal for a filter: in single quotes, embedded ones doubled (OData 4.01, URL conventions)."""
    return "'" + text.replace("'", "''") + "'"


class Graph:
    """Microsoft Graph for one tenant. Every method raises `TenantError`."""

    def __init__(self, http: Http, root: str, bearer: Bearer) -> None:
        self._http = http
        self._bearer = bearer
        self._service = Service(_NAME, root, bearer, classify, explain)

    def get(self, path: str, purpose: Purpose, version: str = "v1.0") -> tuple[dict[str, Any], Response]:
        """One object, and the response that contained it."""
        response = self._send(Request(Operation.READ, "GET", f"{version}/{path}", purpose, headers=_ALL))
        return self._object(response, purpose), response

    def list(self, path: str, purpose: Purpose, version: str = "v1.0") -> tuple[Items, Response]:
        """A whole collection, and its first response."""
        first = self._send(Request(Operation.READ, "GET", f"{version}/{path}", purpose, headers=_ALL))
        return self._pages(_first_page(first, path), f"{version}/{path}", purpose), first

    def stream(self, path: str, purpose: Purpose, version: str = "v1.0") -> Iterator[dict[str, Any]]:
        """A collection too long to keep in memory: the next page is read only after the previous one is used up."""
        first = self._send(Request(Operation.READ, "GET", f"{version}/{path}", purpose, headers=_ALL))
        for page in self._each_page(_first_page(first, path), f"{version}/{path}", purpose):
            yield from page

    def create(self, path: str, body: Mapping[str, Any], purpose: Purpose) -> dict[str, Any]:
        """Create a member of a collection, and return it as the service does, with its id."""
        request = Request(Operation.CREATE, "POST", f"v1.0/{path}", purpose, dict(body))
        response = self._send(request)
        created = response.json if isinstance(response.json, dict) else {}
        if not created.get("id"):  # it was accepted, so the caller must look for the new object
            raise self._protocol("the created object has no id", purpose, response).but(kind="outcome_unknown")
        return created

    def update(self, path: str, body: Mapping[str, Any], purpose: Purpose) -> dict[str, Any]:
        """Change only the properties in `body`; returns the object if the service does."""
        response = self._send(Request(Operation.IDEMPOTENT, "PATCH", f"v1.0/{path}", purpose, dict(body)))
        return response.json if isinstance(response.json, dict) else {}

    def upsert(self, path: str, body: Mapping[str, Any], purpose: Purpose) -> dict[str, Any]:
        """Create or update the object of a client-chosen key in `path`; empty if it existed."""
        headers = {"Prefer": "create-if-missing"}
        request = Request(Operation.IDEMPOTENT, "PATCH", f"v1.0/{path}", purpose, dict(body), headers=headers)
        response = self._send(request)
        return response.json if isinstance(response.json, dict) else {}

    def delete(self, path: str, purpose: Purpose) -> None:
        """Remove an object; "not found" is believed only if reading it says so as well."""
        request = Request(Operation.IDEMPOTENT, "DELETE", f"v1.0/{path}", purpose)
        remove_listed(self._http, lambda: self._send(request), lambda: self._exists(path, purpose))

    def remove(self, path: str, purpose: Purpose) -> None:
        """Remove an object that cannot be read on its own; the caller looks for it in its list."""
        self._send(Request(Operation.IDEMPOTENT, "DELETE", f"v1.0/{path}", purpose))

    def _exists(self, path: str, purpose: Purpose) -> bool:
        try:
            self.get(path, purpose)
        except TenantError as error:
            if error.kind != "not_found":
                raise
            return False
        return True

    def action(self, path: str, body: Mapping[str, Any] | None, purpose: Purpose, version: str = "v1.0") -> Any:
        """Call an OData action; returns its JSON, if any."""
        return self._send(
            Request(Operation.ACTION, "POST", f"{version}/{path}", purpose, None if body is None else dict(body))
        ).json

    def ask(self, path: str, body: Mapping[str, Any], purpose: Purpose, version: str = "v1.0") -> Items:
        """Call an OData action that changes nothing and returns a collection."""
        page = self._send(Request(Operation.READ, "POST", f"{version}/{path}", purpose, dict(body)))
        return self._pages(page, f"{version}/{path}", purpose)

    def set(self, path: str, body: Mapping[str, Any], purpose: Purpose) -> Any:
        """Call an OData action that sets an absolute value, so that it may be repeated."""
        return self._send(Request(Operation.IDEMPOTENT, "POST", f"v1.0/{path}", purpose, dict(body))).json

    def download(self, path: str, purpose: Purpose) -> bytes:
        """Download the file that Graph redirects to: on another host, which must not see the token."""
        response = self._http.fetch(
            self._service, Request(Operation.READ, "GET", f"v1.0/{path}", purpose, wants_json=False)
        )
        try:
            link = urlsplit(str(response.headers.get("Location") or ""))
        except ValueError:
            link = urlsplit("")
        if response.status != 302 or link.scheme != "https" or not link.hostname:
            if response.status >= 400:
                raise self._refine(self._part_failure(response, purpose), purpose)
            raise self._protocol("it has no address of a file", purpose, response)
        host = Service("The download of " + _NAME, f"{link.scheme}://{link.netloc}")
        file = Request(Operation.READ, "GET", link.geturl(), purpose, wants_json=False)
        return self._http.send(host, file).body

    def batch(self, reads: Mapping[str, Read]) -> dict[str, ReadResult[Any]]:
        """Several reads in as few requests as Graph allows: for each, a list, an object or its error."""
        return self.dated_batch(reads)[0]

    def dated_batch(self, reads: Mapping[str, Read]) -> tuple[dict[str, ReadResult[Any]], datetime]:
        """The same, with the service's time in its last response.

        Parts are throttled individually, so each is repeated individually.
        """
        now = self._http.now()
        results: dict[str, ReadResult[Any]] = {}
        pending = dict.fromkeys(reads, 0)  # name: attempts
        renewed: set[str] = set()  # parts to request again with a new token
        while pending:
            now = self._round(reads, pending, renewed, results)
        return {name: results[name] for name in reads}, now

    def _round(
        self,
        reads: Mapping[str, Read],
        pending: dict[str, int],
        renewed: MutableSet[str],
        results: dict[str, ReadResult[Any]],
    ) -> datetime:
        """One request of a batch, and the wait that the service asks for; returns the service's time.

        Parts that are done move from `pending` to `results`; the others stay, to be requested again.
        """
        names = list(pending)[:_BATCH]
        purpose = _purpose_of([reads[name] for name in names])
        parts = [{"id": name, "method": "GET", "url": f"/{reads[name].path}", "headers": _ALL} for name in names]
        answer = self._send(Request(Operation.READ, "POST", "v1.0/$batch", purpose, {"requests": parts}))
        answered = self._parts(answer, names, purpose)
        outcomes = {name: classify(part) for name, part in answered.items()}
        # Before any other request, as for the next page of a part: a wait counts for the whole service.
        asked = {
            name: self._http.due.heed(self._service.root, part.status, outcomes[name], part.headers)
            for name, part in answered.items()
        }
        done: list[str] = []
        floors: list[float] = []
        throttled = False
        refused = self._to_renew(answered, renewed, answer.token)
        renewed |= refused
        for name, outcome in outcomes.items():
            if name in refused:
                continue
            pending[name] += 1
            floor = asked[name] or 0.0
            if may_repeat(Operation.READ, outcome, pending[name], bool(floor)):
                throttled = throttled or outcome is Outcome.REFUSED
                floors.append(floor)
            else:
                done.append(name)
        if floors:
            said = f"{_NAME} refused parts of a batch"
            self._http.pause(max(pending.values()), max(floors) or None, purpose, None, throttled, said, _NAME)
        for name in done:
            del pending[name]
            results[name] = attempt(partial(self._part, answered[name], outcomes[name], reads[name]))
        return answer.date

    def _to_renew(self, answered: Mapping[str, Response], renewed: Collection[str], token: str) -> frozenset[str]:
        """The parts to request again with a new token, as for a whole request: nothing has happened yet."""
        refused = {name for name, part in answered.items() if part.status == 401}.difference(renewed)
        denied = {name for name, part in answered.items() if part.status == 403}.difference(renewed)
        if refused:
            challenges = (claims_challenge(answered[name].headers) for name in answered if name in refused)
            self._bearer.refused(token, max(challenges, key=len))
        return frozenset(refused | denied if denied and self._bearer.renew(token) else refused)

    def _part(self, part: Response, outcome: Outcome, read: Read) -> Any:
        if outcome is not Outcome.DONE:
            raise self._refine(self._part_failure(part, read.purpose), read.purpose)
        if not read.collection:
            return self._object(part, read.purpose)
        return self._pages(_first_page(part, read.path), f"v1.0/{read.path}", read.purpose)

    def _part_failure(self, part: Response, purpose: Purpose) -> TenantError:
        code, message, request_id = explain(part)
        request_id = header(part.headers, "request-id") or request_id or part.handle
        answer = ErrorResponse(_NAME, part.status, code, message, request_id)
        kind, step, granted = kind_of(answer), "", claims(part.token)
        if classify(part) is Outcome.REFUSED:
            kind = "throttled"
        if kind == "forbidden":
            step = grant_step(purpose.permission, granted)
        if kind == "sign_in":
            step = sign_in_step(part.headers)
        return TenantError(kind, str(answer), purpose.action, self._http.tenant, answer, step, {}, granted, True)

    def _parts(self, envelope: Response, names: Sequence[str], purpose: Purpose) -> dict[str, Response]:
        parts = parts_of(envelope)
        if parts is None or set(parts) != set(names):
            raise self._protocol("the responses of the batch do not match its requests", purpose, envelope)
        return parts

    def _pages(self, response: Response, path: str, purpose: Purpose) -> Items:
        return [item for page in self._each_page(response, path, purpose) for item in page]

    def _each_page(self, response: Response, path: str, purpose: Purpose) -> Iterator[Items]:
        links = PageLinks(f"{self._service.root}/{path}")
        while True:
            page = page_of(response.json)
            if page is None:
                raise self._protocol("it is not a collection", purpose, response)
            yield page[0]
            link = page[1]
            if not link:
                return
            problem = links.problem(link)
            if problem:
                said = f"{_NAME} {problem} (request id {response.handle}), so the list is incomplete"
                raise TenantError("truncated", said, purpose.action, self._http.tenant)
            response = self._next(link, purpose)

    def _next(self, link: str, purpose: Purpose) -> Response:
        try:
            return self._send(Request(Operation.READ, "GET", link, purpose, headers=_ALL))
        except TenantError as error:
            if error.answer is None or error.answer.status not in NOT_SERVED:
                raise
            # Only the page is not served: what was requested exists.
            problem = f"{_NAME} does not follow its own page link ({error.answer})"
            raise error.but(kind="truncated", problem=problem) from error.__cause__

    def _object(self, response: Response, purpose: Purpose) -> dict[str, Any]:
        if not isinstance(response.json, dict):
            raise self._protocol("it is not an object", purpose, response)
        if not is_of_graph(response.json):
            raise foreign(_NAME, response, purpose, self._http.tenant).but(kind="protocol")
        return response.json

    def _protocol(self, problem: str, purpose: Purpose, response: Response) -> TenantError:
        said = f"the response of {_NAME} is invalid: {problem} (request id {response.handle})"
        return TenantError("protocol", said, purpose.action, self._http.tenant)

    def _send(self, request: Request) -> Response:
        try:
            response = self._http.send(self._service, request)
        except TenantError as error:
            raise self._refine(error, request.purpose) from error.__cause__
        if request.operation is not Operation.READ and not is_of_graph(response.json):
            raise foreign(_NAME, response, request.purpose, self._http.tenant)
        return response

    @staticmethod
    def _refine(error: TenantError, purpose: Purpose) -> TenantError:
        if error.answer is None or error.answer.service != _NAME:  # a sign-in may have failed in between
            return error
        return refine(error, purpose.permission)


def _purpose_of(reads: Sequence[Read]) -> Purpose:
    """What a batch is for: a single part is named."""
    return Purpose(reads[0].purpose.action if len(reads) == 1 else "read the tenant")


def _first_page(response: Response, path: str) -> Response:
    """The first page of a collection; an empty body is an empty collection only where Intune was seen to return it."""
    if not response.body.strip() and response.status in WHOLE and path.startswith(_INTUNE):
        return replace(response, json={"value": []})
    return response
