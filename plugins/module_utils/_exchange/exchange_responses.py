# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of InvokeCommand's responses, as public clients have seen them on live tenants in 2026.

HTTP status says little here: nearly every failure is 400, and the exception type says what happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from .._core.errors import NOT_IN_SNAPSHOT, one_line
from .._core.retry import Outcome, header, outcome_of_status
from .._core.strict_json import parse_inner
from .._core.text import plain_text
from .._http.response import Response

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
    "ManagementObjectAmbiguousException": "ambiguous",
    "ADObjectAlreadyExistsException": "already_exists",
    "MemberAlreadyExistsException": "already_exists",
    "CmdletInvalidOperationInDehydratedContextException": "not_hydrated",
    "CmdletAccessDeniedException": "forbidden",
}
# The meaning of a text whatever its type; "matches multiple entries" also comes with the type of "not found".
_WORDS = {
    "matches multiple entries": "ambiguous",
    "already another role with the same name": "already_exists",
    "not present in the role definition of the current user": "forbidden",
}
_PIPED = re.compile(r"[^|]*\|\s*([\w.+`]+)\s*\|(.*)", re.DOTALL)
_SAYS_NOT_FOUND = (400, 404)  # besides errors with status 200
_MOST_DETAILS = 50  # live tenants send one
_MOST_MEMBERS = 100  # of an exception; live tenants send up to a dozen
_MORE = "more results"  # are available than are displayed
EXPIRED = "pagination request"  # Expired or Invalid


def kind_of_exception(code: str, message: str, status: int) -> str:
    """The kind of an exception; empty if its HTTP status decides.

    A fault of the service proves nothing about an object, whatever its type.
    """
    name, text = code.rpartition(".")[2], message.lower()
    said = next((kind for words, kind in _WORDS.items() if words in text), "")
    kind = said or _KINDS.get(name, "") or ("unavailable" if name in _TRANSIENT else "")
    believed = status < 300 or status in _SAYS_NOT_FOUND if kind == "not_found" else status < 500
    return kind if believed else ""


def classify(response: Response) -> Outcome:
    """An error can come with 200, and "try again" with 400."""
    data = response.json if isinstance(response.json, dict) else {}
    failed = response.status >= 400 or bool(data.get("@adminapi.errors") or isinstance(data.get("error"), dict))
    if not failed:
        return outcome_of_status(response.status)
    code, message, _unused = explain(response)
    if code != NOT_IN_SNAPSHOT and "maximum number of concurrent requests per tenant" in message:
        return Outcome.REFUSED
    if response.status in (200, 400, 404) and code.rpartition(".")[2] in _TRANSIENT:
        return Outcome.UNKNOWN
    return Outcome.FINAL if response.status < 300 else outcome_of_status(response.status)


def explain(response: Response) -> tuple[str, str, str]:
    """Exception type, text and request id; the type from the innermost available place, the header last."""
    data = response.json if isinstance(response.json, dict) else {}
    errors, error = data.get("@adminapi.errors"), data.get("error")
    in_header = header(response.headers, "X-ExceptionType")
    if errors and not isinstance(error, dict):
        kind, text = next((told for told in _told(errors) if any(told)), ("", ""))
        return kind or in_header, text or one_line(response.text, 120), ""
    if not isinstance(error, dict):
        return in_header, one_line(response.text, 120), ""
    found = [*_in_details(error), _innermost(error.get("innererror") or error.get("innerError"))]
    kind, text = next((one for one in found if one[0]), next((one for one in found if one[1]), ("", "")))
    return kind or in_header or plain_text(error.get("code")), text or plain_text(error.get("message")), ""


def _told(errors: Any) -> Iterator[tuple[str, str]]:
    """Type and text of each error: live tenants send texts, and anything else is read like an error elsewhere."""
    for one in errors[:_MOST_DETAILS] if isinstance(errors, list) else [errors]:
        kind, text = _piped(plain_text(one))
        if isinstance(one, Mapping) and not text:
            kind, text = _innermost(one.get("error") or one)
            kind = kind or plain_text(one.get("code"))
        yield kind, text


def _in_details(error: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    details = error.get("details")
    for detail in details[:_MOST_DETAILS] if isinstance(details, list) else ():
        text = plain_text(detail.get("message")) if isinstance(detail, Mapping) else ""
        if text.lstrip().startswith("{"):
            try:
                yield _innermost(parse_inner(text))
                continue
            except ValueError:
                pass
        kind, words = _piped(text)
        if kind:
            yield kind, words


def _innermost(value: Any) -> tuple[str, str]:
    """Type and text of the innermost of nested exceptions, in any of the three spellings."""
    kind = text = ""
    while isinstance(value, Mapping):
        named = {str(name).lower(): entry for name, entry in islice(value.items(), _MOST_MEMBERS)}
        kind = plain_text(named.get("typename") or named.get("classname") or named.get("type")) or kind
        text = plain_text(named.get("message")) or text
        places = ("innererror", "innerexception", "internalexception")
        value = next((named[place] for place in places if named.get(place)), None)
    piped, words = _piped(text)
    return piped or kind.partition(",")[0].strip(), words


def _piped(text: str) -> tuple[str, str]:
    """The form code|type|text; the text may contain more bars."""
    found = _PIPED.fullmatch(text)
    return (found[1], found[2].strip()) if found else ("", text.strip())


def says_more(warning: str) -> bool:
    """Whether a warning says that the list is incomplete. It also comes with each page that has a next page."""
    return _MORE in warning.lower()


def warnings_of(page: Mapping[str, Any]) -> list[str]:
    """The warnings of a response; they may be a list, one text or null."""
    found = page.get("@adminapi.warnings") or []
    return [one_line(warning) for warning in (found if isinstance(found, list) else [found])]


def objects(data: Any, reads: bool) -> list[Any] | None:
    """The objects of a response, or None if it is not a response of InvokeCommand.

    Live tenants return "no objects" as an empty list, null, no value, or no body. That is trusted only if nothing but
    annotations is left, and a list also beside an annotation; incomplete bodies and invalid JSON never come here. A
    write may also return one object.
    """
    if data is None:
        return []
    if not isinstance(data, dict):
        return None
    value = data.get("value")
    has_others = any("@" not in name and name != "value" for name in data)
    is_annotated = any("@" in name for name in data)
    if isinstance(value, list) and not data.get("error") and (is_annotated or not has_others):
        return value
    if has_others:
        return None  # of something between here and the service
    if reads:
        return [] if value is None else None
    return [value] if isinstance(value, Mapping) else []


def plain(value: Any) -> dict[str, Any]:
    """An object without the annotations between its properties."""
    if not isinstance(value, dict):
        return {"value": value}
    return {name: entry for name, entry in value.items() if "@" not in name}
