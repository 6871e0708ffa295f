# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors, and the sentence that a person gets for each.

Every failure is one `TenantError`: what was attempted, on which tenant, what the service said, what to do next.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .escapes import ANSI, CONTROLS, UNSEEN
from .redaction import masked

_CONTROL = re.compile(f"{ANSI}|[\t-\r{CONTROLS}{UNSEEN}\ud800-\udfff]+")
# The next step after a response that does not match its schema.
OF_ANSWERS = (AttributeError, IndexError, KeyError, OverflowError, StopIteration, TypeError, ValueError)
_LONGEST_MESSAGE = 400
_LONGEST_PROBLEM = 2000
_LONGEST_WORD = 600  # of a problem: an id that a service returns may be of any length
_LONGEST_STEP = 800
_LONGEST_HANDLE = 80
_MOST_ENTRIES = 200


def one_line(text: object, limit: int = _LONGEST_MESSAGE, longest_word: int | None = None) -> str:
    """Text of a service, made safe for a terminal: one line, no control bytes, at most `limit` characters.

    With `longest_word`, no word of it is longer than that many characters, so that one long value does not push out
    the rest of the sentence. Secrets are masked before the text is cut: half a secret could no longer be recognized.
    """
    words = _words(masked(str(text)))
    return _cut(" ".join(_cut(word, longest_word or limit) for word in words), limit)


def _words(text: str) -> list[str]:
    return _CONTROL.sub(" ", text).split()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True)
class Purpose:
    """Why a request is made: the action in words, and the permission or right that it needs, least first."""

    action: str
    permission: str = ""


@dataclass(frozen=True)
class ErrorResponse:
    """The response of a service that did not do what was requested."""

    service: str
    status: int
    code: str = ""
    message: str = ""
    request_id: str = ""
    client_request_id: str = ""

    def __str__(self) -> str:
        words = " ".join(str(part) for part in (self.status, one_line(self.code, 80)) if part)
        message = f": {one_line(self.message).rstrip('.')}" if self.message else ""
        handle = self.request_id or self.client_request_id
        return f"{self.service} returned {words}{message}" + (f" (request id {one_line(handle, 80)})" if handle else "")


def kind_of(answer: ErrorResponse) -> str:
    """The kind of a failure, from its HTTP status. Only the service itself can say that something does not exist."""
    status = answer.status
    kinds = {401: "sign_in", 403: "forbidden", 404: "not_found", 409: "conflict", 412: "conflict", 429: "throttled"}
    if 300 <= status < 400 or (status == 404 and not answer.code):
        return "protocol"
    if status in kinds:
        return kinds[status]
    return "unavailable" if status >= 500 and status != 501 else "refused"


# What to do next, by kind of failure. Callers with more context give their own.
NEXT_STEPS = {
    "forbidden": "Grant it to the application, give admin consent, and try again",
    "throttled": "Wait and run again, or raise the option timeout",
    "timeout": "Run again, or raise the option timeout",
    "network": "Check the network, the proxy and the URL options, and run again",
    "tls": "If a private authority signed it, specify its file in the option ca_path; otherwise do not continue",
    "not_found": "Check the name or id",
    "conflict": "Somebody else may have changed it at the same time: run again",
    "protocol": "Check the URL options and any proxy between here and the service; if they are right, report it",
    "no_intune_licence": "Add an Intune subscription to the tenant, or leave it out of this play",
    "no_licence": "Add a subscription that includes it: Conditional Access needs Microsoft Entra ID P1",
    "abandoned": "Run it again: the next run starts from the current state",
    "outcome_unknown": "Check the current state and run again: the next run starts from it",
    "truncated": "Run again; the modules never use an incomplete list",
    "unexpected_answer": "Retry; if the problem persists, report it with the output of -vvv",
    "other_object": "Retry; if the problem persists, report it with the output of -vvv",
    "unavailable": "The service had a fault: retry later; if it persists, quote the request id to Microsoft support",
    "refused": "Check the values given; quote the request id to Microsoft support",
}

# After one of these failures, the other reads of the tenant fail as well, each after its own timeout.
OF_ALL_READS = ("sign_in", "network", "tls", "usage", "no_credentials")

# A copy of a tenant refuses with this code data that its snapshot lacks. No permission would help.
NOT_IN_SNAPSHOT = "NotInSnapshot"
_STEP_ON_A_COPY = (
    "This tenant is a copy, made of a snapshot that does not hold this: take the snapshot again when it can be read"
)


@dataclass
class TenantError(Exception):
    """A failure that a person can act on. `kind` is stable and may be tested by playbooks.

    Errors never change, since several tasks of one run may hold the same one: `but` returns another one.
    """

    kind: str
    problem: str
    action: str = ""
    tenant: str = ""
    answer: ErrorResponse | None = None
    next_step: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict, repr=False)  # of the token that was sent
    of_read: bool = False  # so that it says nothing about an earlier write

    def __post_init__(self) -> None:
        if self.answer is not None and self.answer.code == NOT_IN_SNAPSHOT:
            self.__dict__["next_step"] = _STEP_ON_A_COPY

    def __str__(self) -> str:
        start = f"Could not {one_line(self.action)}" if self.action else ""
        where = f" on tenant {one_line(self.tenant, 80)}" if start and self.tenant else ""
        problem = one_line(self.problem, _LONGEST_PROBLEM, _LONGEST_WORD).rstrip(".")
        sentence = f"{start}{where}: {problem}" if start else problem
        # Some name entries that the service listed.
        step = one_line(self.next_step or NEXT_STEPS.get(self.kind, ""), _LONGEST_STEP).rstrip(".")
        return f"{sentence}. {step}." if step else f"{sentence}."

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dataclass_fields__ and name in self.__dict__:
            raise AttributeError(f"{name} of a TenantError is read-only: but() gives an error with another one")
        super().__setattr__(name, value)

    def but(self, **changes: Any) -> TenantError:
        """A copy of this error with `changes`, and with its cause."""
        changed = replace(self, **changes)
        changed.__cause__ = self.__cause__
        return changed

    def within(self, action: str, tenant: str) -> TenantError:
        """This failure, with the outer action unless a narrower one is set."""
        return self.but(action=self.action or action, tenant=self.tenant or tenant)

    def result(self) -> dict[str, Any]:
        """The failure as a task result."""
        answer = asdict(self.answer) if self.answer else {}
        error = {name: answer.get(name) for name in ("status", "code", "message", "request_id", "client_request_id")}
        limits = {"code": _LONGEST_HANDLE, "request_id": _LONGEST_HANDLE, "client_request_id": _LONGEST_HANDLE}
        lines = {name: _lines(value, limits.get(name, _LONGEST_MESSAGE)) for name, value in error.items()}
        return {"failed": True, "msg": str(self), "error": {"kind": self.kind, **lines, **_lines(self.details)}}


def _lines(value: Any, limit: int = _LONGEST_MESSAGE) -> Any:
    """The value with each text in it as one short line, and only the beginning of a long list, at any depth.

    A terminal shows the details of a failure whatever their length. The length of a list is stated beside it.
    """
    if isinstance(value, str):
        return one_line(value, limit)
    if isinstance(value, (list, tuple)):
        return [_lines(entry, limit) for entry in value[:_MOST_ENTRIES]]
    if isinstance(value, dict):
        lists = {name: entry for name, entry in value.items() if isinstance(entry, (list, tuple))}
        counts = {f"{name}_count": len(entry) for name, entry in lists.items() if len(entry) > _MOST_ENTRIES}
        return {_name(name): _lines(entry, limit) for name, entry in {**counts, **value}.items()}
    return value


def _name(key: Any) -> Any:
    """A name as one short line; names are never masked."""
    return _cut(" ".join(_words(key)), _LONGEST_MESSAGE) if isinstance(key, str) else key


def usage(problem: str, next_step: str = "") -> TenantError:
    """The failure for options that are invalid or contradict each other."""
    return TenantError("usage", problem, next_step=next_step)


def missing_library(name: str) -> TenantError:
    """The failure for a task that needs a Python library which cannot be imported."""
    return usage(f"the Python library {name} is missing", f"Install {name} for the Python that runs the task")
