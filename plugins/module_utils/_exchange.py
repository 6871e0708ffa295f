# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange Online's admin API: one cmdlet a call.

C(POST /adminapi/beta/TENANT/InvokeCommand) is the transport of Microsoft's own PowerShell module; it is widely used by
public clients (CIPP, ScubaGear, ExoHelper), but Microsoft publishes no contract for it. What is known stands here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from ._cmdlet_contract import CMDLETS
from ._errors import Purpose, TenantError, one_line, usage
from ._http import Bearer, Http, Request, Response, Service
from ._resource import fold, folded_set
from ._retry import Operation, Outcome, outcome_of_status
from ._targets import is_blank

_NAME = "Exchange Online"
_PAGE = 1000  # objects; the service gives no more
_PAGES = 10_000
_MODULE_VERSION = "3.9.2"  # of Microsoft's PowerShell module, whose list of commands is asked for
HASH_TABLE = "#Exchange.GenericHashTable"
# Organization-wide calls of an application are anchored to this system mailbox, as Microsoft's module does.
_ANCHOR = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@"

_READERS = ("Get", "Test")
_OPERATIONS = {
    "Get": Operation.READ,
    "Test": Operation.READ,
    "Set": Operation.IDEMPOTENT,
    "Remove": Operation.IDEMPOTENT,
    "Enable": Operation.IDEMPOTENT,
    "New": Operation.CREATE,
    "Add": Operation.CREATE,
}  # all others start something

# HTTP status says little here: nearly every failure is 400, and the exception type says what happened.
_TRANSIENT = (
    "DCOverloadedException",
    "SuitabilityDirectoryException",
    "ServerInMMException",
    "ADServerSettingsChangedException",
    "StorageTransientException",
    "CmdletProxyNotAvailableFailure",
    "ServerBusyException",
    "TransientException",
    "BackendCommunicationException",
)
_KINDS = {
    "ManagementObjectNotFoundException": "not_found",
    "ADObjectAlreadyExistsException": "already_exists",
    "MemberAlreadyExistsException": "already_exists",
    "CmdletInvalidOperationInDehydratedContextException": "not_hydrated",
    "CmdletAccessDeniedException": "forbidden",
}
_STEPS = {
    "forbidden": "The account or application that signs in needs {role}; a right counts only in tokens that are newer "
    "than it",
    "ambiguous": "Give the GUID or the primary address of the one that is meant; none is chosen for you",
    "not_hydrated": "The organization must be prepared for customization first; that change is permanent",
}


# What an encoding of the contract wants; all others go out as they are.
_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "switch": (bool,),
    "int": (int,),
    "array": (list, tuple),
    "multivalued": (list, tuple, Mapping),
}


@dataclass(frozen=True)
class Result:
    """What a cmdlet gave: its objects without annotations, its warnings, and the service's time at the end."""

    values: list[dict[str, Any]]
    warnings: list[str]
    date: datetime


def edit(add: list[str] | None = None, remove: list[str] | None = None) -> dict[str, Any]:
    """A multivalued parameter that is edited, not replaced."""
    return {"@odata.type": HASH_TABLE, **({"add": add} if add else {}), **({"remove": remove} if remove else {})}


class Exchange:
    """One tenant's Exchange Online."""

    def __init__(self, http: Http, root: str, tenant: str, bearer: Bearer) -> None:
        self._http = http
        self._path = f"adminapi/beta/{quote(tenant, safe='')}/InvokeCommand"
        self._module_path = f"adminapi/v1.0/{quote(tenant, safe='')}/EXOModuleFile"
        self._anchor = _ANCHOR + tenant
        self._connection_id = str(uuid.uuid4())
        # Microsoft's module waits 960 s; the deadline of the task clips it.
        self._service = Service(_NAME, root, bearer, _classify, _explain, read_timeout=960.0)

    def invoke(
        self,
        cmdlet: str,
        parameters: Mapping[str, Any],
        purpose: Purpose,
        select: tuple[str, ...] = (),
        known: bool = True,
        page_size: int = _PAGE,
    ) -> Result:
        """Run C(cmdlet) and give all its pages. Raises L(TenantError); absent is only C(kind=not_found).

        C(known=False) also takes one of which this collection does not know the parameters. C(page_size) is the most
        objects that a page may have.
        """
        operation = _OPERATIONS.get(cmdlet.partition("-")[0], Operation.ACTION)
        sent = checked(cmdlet, parameters, known)
        if operation is not Operation.READ and "Confirm" in CMDLETS.get(cmdlet, {"Confirm": ""}):
            sent["Confirm"] = False  # a request parameter here, not a prompt
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": sent}}
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept-Language": "en-US",
            "X-AnchorMailbox": self._anchor,
            "X-ResponseFormat": "json",
            "X-CmdletName": cmdlet,
            "X-ClientApplication": "intune.exchange",
            "connection-id": self._connection_id,
            "Prefer": f"odata.maxpagesize={page_size}",
        }
        values: list[dict[str, Any]] = []
        warnings: list[str] = []
        path, query = self._path, {"$select": ",".join(select)} if select else None
        seen = {f"{self._service.root}/{path}" + "".join(f"?{name}={value}" for name, value in (query or {}).items())}
        while True:
            # A page link is answered to the same body, by POST.
            request = Request(operation, "POST", path, purpose, body, query=query, headers=headers)
            page, date = self._page(request, operation)
            values += [_plain(value) for value in page.get("value") or []]
            warnings += [one_line(warning) for warning in page.get("@adminapi.warnings") or []]
            link = page.get("@odata.nextLink")
            if not link or operation is not Operation.READ:  # following it would write once more
                break
            if unquote(link) in seen or len(seen) > _PAGES:
                raise self._truncated("gave a page link that leads nowhere new", purpose)
            seen.add(unquote(link))
            path, query = link, None
        if parameters.get("ResultSize") == "Unlimited" and any(
            "more results" in warning.lower() for warning in warnings
        ):
            raise self._truncated("said that there are more results", purpose)
        return Result(values, warnings, date)

    def own_cmdlets(self, purpose: Purpose) -> list[str]:
        """The cmdlets that the caller may run. It takes no role to ask, as Microsoft's module does when it connects."""
        headers = {"CommandName": "*", "X-AnchorMailbox": self._anchor}
        query = {"Version": _MODULE_VERSION}
        request = Request(Operation.READ, "GET", self._module_path, purpose, query=query, headers=headers)
        return [
            name.strip()
            for value in self._page(request, Operation.READ)[0]["value"]
            for name in str(_plain(value).get("exportedCmdlets") or "").split(",")
            if name.strip()
        ]

    def _page(self, request: Request, operation: Operation) -> tuple[dict[str, Any], datetime]:
        try:
            response = self._http.send(self._service, request)
        except TenantError as error:
            raise self._refine(error, request.purpose.needs) from error.__cause__
        if response.json is None and operation is not Operation.READ:
            return {}, response.date
        if not isinstance(response.json, dict) or (
            operation is Operation.READ and not isinstance(response.json.get("value"), list)
        ):
            raise TenantError(
                "protocol", f"{_NAME} answered, but not with a list", request.purpose.attempted, self._http.tenant
            )
        return response.json, response.date

    def _refine(self, error: TenantError, needs: str) -> TenantError:
        if error.answer is None:
            return error
        name = error.answer.code.rpartition(".")[2]
        text = error.answer.message.lower()
        if "pagination request" in text:
            return self._truncated(f"no longer knows the page link ({error.answer})", Purpose(error.attempted))
        kind = _KINDS.get(name, "")
        if "matches multiple entries" in text:  # also said with the type of "not found", which it is not
            kind = "ambiguous"
        if not kind and "not present in the role definition of the current user" in text:
            kind = "forbidden"
        if error.kind == "not_found" and not kind:
            kind = "protocol"  # the address is not known, which says nothing about the object
        if error.kind == "refused" and name in _TRANSIENT:
            kind = "unavailable"
        error.kind = kind or error.kind
        role = needs or "an Exchange role that holds this cmdlet and these parameters"
        error.next_step = _STEPS.get(error.kind, error.next_step).replace("{role}", role)
        return error

    def _truncated(self, problem: str, purpose: Purpose) -> TenantError:
        return TenantError(
            "truncated", f"{_NAME} {problem}, so the list is incomplete", purpose.attempted, self._http.tenant
        )


def checked(cmdlet: str, parameters: Mapping[str, Any], known: bool = True) -> dict[str, Any]:
    """The parameters as they are sent; nothing that the cmdlet does not know in the cloud, never an empty identity."""
    if cmdlet not in CMDLETS and known:
        raise usage(f"the cmdlet {cmdlet} is not known to this collection")
    types = CMDLETS.get(cmdlet, dict.fromkeys(parameters, ""))
    unknown = sorted(set(parameters) - set(types))
    if unknown:
        raise usage(f"{cmdlet} has no parameter {', '.join(unknown)} in Exchange Online")
    for name, value in parameters.items():
        fits = _TYPES.get(types[name])
        if fits and value is not None and not isinstance(value, fits):
            raise usage(f"{cmdlet} takes {types[name]} as {name}, not {type(value).__name__}")
    refuse_blank_targets(cmdlet, parameters)
    return {name: _nested(value) for name, value in parameters.items()}


# Parameters that say which object is meant. Those of a cmdlet that reads all do.
_TARGETS = folded_set(
    ("Identity", "Mailbox", "Role", "RoleAssignee", "User", "SecurityGroup", "App", "Policy", "Computer", "Members")
)


def refuse_blank_targets(cmdlet: str, parameters: Mapping[str, Any]) -> None:
    """The last guard before anything is sent: a cmdlet takes a blank name for every object. Raises L(TenantError)."""
    reads = cmdlet.partition("-")[0] in _READERS
    for name, value in parameters.items():
        if not (reads or fold(name) in _TARGETS):
            continue
        parts = value if isinstance(value, list) else [value]
        if any(isinstance(one, str) and is_blank(one) for one in parts) or (value is None and fold(name) == "identity"):
            raise usage(f"{cmdlet} was about to be called with a blank {name}, which may mean every object")


def _nested(value: Any) -> Any:
    """The server binds a nested object only if it says that it is a hash table."""
    if isinstance(value, Mapping):
        return {"@odata.type": HASH_TABLE, **{key: _nested(entry) for key, entry in value.items()}}
    return value


def _plain(value: Any) -> dict[str, Any]:
    return (
        {key: entry for key, entry in value.items() if "@" not in key} if isinstance(value, dict) else {"value": value}
    )


def _classify(response: Response) -> Outcome:
    if isinstance(response.json, dict) and response.status < 300 and response.json.get("@adminapi.errors"):
        return Outcome.FINAL  # an error can come with 200
    code, message, _unused = _explain(response)
    if response.status == 400 and code.rpartition(".")[2] in _TRANSIENT:
        return Outcome.UNKNOWN
    if "maximum number of concurrent requests per tenant" in message and response.status >= 400:
        return Outcome.REFUSED
    return outcome_of_status(response.status)


def _explain(response: Response) -> tuple[str, str, str]:
    """Exception type, text and request id. The forms are those that working clients know."""
    data = response.json if isinstance(response.json, dict) else {}
    errors = data.get("@adminapi.errors")
    if errors:
        return "", one_line(errors[0] if isinstance(errors, list) else errors), ""
    error = data.get("error")
    if not isinstance(error, dict):
        return "", one_line(response.text, 120), ""
    details = error.get("details")
    for detail in details if isinstance(details, list) else ():
        text = str(detail.get("message") or "") if isinstance(detail, dict) else ""
        if text.count("|") >= 2:
            _code, kind, words = text.split("|", 2)  # the text itself may hold more
            return kind.strip(), words.strip(), ""
        if text.startswith("{"):
            try:
                inner = json.loads(text)
                return str(inner.get("ClassName") or ""), str(inner.get("Message") or text), ""
            except (ValueError, AttributeError):
                pass
    inner = error.get("innererror") or error.get("innerError") or {}
    deepest = inner.get("internalexception") or inner if isinstance(inner, dict) else {}
    if isinstance(deepest, dict) and deepest.get("message"):
        return str(deepest.get("type") or error.get("code") or ""), str(deepest["message"]), ""
    return str(error.get("code") or ""), str(error.get("message") or ""), ""
