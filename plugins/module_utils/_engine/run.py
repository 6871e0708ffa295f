# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a declaration and its parameters to a result, in the worker or a module process. Prints nothing, never exits."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._client.auth_method import outranking
from .._client.token_memory import Token, TokenMemory
from .._core.connection import CONNECTION_SPEC, refuse_blank_identity
from .._core.errors import OF_ANSWERS, ErrorResponse, TenantError, one_line
from .._core.redaction import Redactor, masked, secrets_of
from .._core.resource import Resource, clearing
from .._core.retry import Deadline
from .._core.targets import null_refusal, refuse_blank, refuse_unfit
from .._core.text import fit
from .ensure import ensure
from .summary import with_summary
from .tenant import Tenant, open_tenant
from .undo import Undo, of_removal, with_undo

_LEAST_TO_MASK = 10.0  # seconds; an ordinary result takes a fraction of one
_CHECK_INTERVAL = 65536  # characters between two checks of the clock


@dataclass(frozen=True)
class Declaration:
    """A module: its action in words, its own options, and its function.

    `run` takes (tenant, params, check_mode), returns a result and raises only `TenantError`. `clears` has the paths of
    the options in which a blank value clears; a blank value of any other is refused before anything is sent. `selects`
    has the options that identify objects; if omitted, all without a default, unless some can be cleared. `summary` has
    the lists of the result that `summary_text` counts, each with the property to count by. `undo` returns from
    parameters and result how a destructive change can be undone; None: nothing is ever destroyed.
    """

    action: str
    run: Callable[[Tenant, Mapping[str, Any], bool], dict[str, Any]]
    options: Mapping[str, Any] = field(default_factory=dict)
    required_if: tuple[Any, ...] = ()
    clears: frozenset[str] = frozenset()
    selects: frozenset[str] = frozenset()
    undo: Undo | None = None
    summary: Mapping[str, str] | None = None

    @property
    def identifying(self) -> frozenset[str]:
        """The options that identify objects."""
        return self.selects or frozenset(
            name for name, spec in self.options.items() if not self.clears and spec.get("default") is None
        )

    @property
    def argument_spec(self) -> dict[str, Any]:
        return {**CONNECTION_SPEC, **self.options}


def refuse_null(declaration: Declaration, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """The failure of a task with a null identifying option, or one that null would clear; None if there is none.

    Only the arguments as written show this: after validation, null equals omitted.
    """
    refusal = null_refusal(declaration.options, arguments, declaration.identifying, declaration.clears)
    if refusal is None:
        return None
    return refusal.within(declaration.action, str(arguments.get("tenant_id") or "")).result()


def run_declaration(
    declaration: Declaration,
    params: Mapping[str, Any],
    check_mode: bool,
    progress: Callable[[str], None] = lambda line: None,
    tell: Callable[[str], None] | None = None,
    memory: TokenMemory | dict[str, Token] | None = None,
    given: Mapping[str, Any] | None = None,
    **http: Any,
) -> dict[str, Any]:
    """The result of a task, failures included, without secrets.

    `progress` gets lines for people who watch, `tell` gets text that a person must read to continue (None: nobody can),
    `Http` gets the contents of `http`. Tasks that share a `memory` share their sign-ins. `given` are the arguments as
    written: they outrank the environment values in `params`.
    """
    redactor = Redactor()
    for secret in secrets_of(declaration.argument_spec, params):
        redactor.add(secret)
    with redactor.guarding():
        return _attempt(declaration, params, given, check_mode, redactor, progress, tell, memory, http)


def _attempt(
    declaration: Declaration,
    params: Mapping[str, Any],
    given: Mapping[str, Any] | None,
    check_mode: bool,
    redactor: Redactor,
    progress: Callable[[str], None],
    tell: Callable[[str], None] | None,
    memory: TokenMemory | dict[str, Token] | None,
    http: dict[str, Any],
) -> dict[str, Any]:
    tenant: Tenant | None = None
    try:
        params = params if given is None else outranking(params, given)
        refuse_unfit(declaration.argument_spec, params)
        refuse_blank_identity(params)
        refuse_blank(declaration.options, params, declaration.clears)
        tenant = open_tenant(params, redactor, lambda line: progress(redactor.clean(line)), tell, memory, **http)
        result = with_summary(declaration.summary, declaration.run(tenant, params, check_mode))
        return _cleaned(redactor, with_undo(declaration.undo, params, result), tenant)
    except TenantError as error:
        failure, more = error.within(declaration.action, params.get("tenant_id") or ""), {}
    except Exception as error:  # without the exception's text, which may hold secrets
        last = tenant.http.last if tenant and isinstance(error, OF_ANSWERS) else None
        failure = _unexpected(error, last).within(declaration.action, params.get("tenant_id") or "")
        more = {"exception": fit(masked(traceback.format_exc()))}
    cleaned: dict[str, Any] = redactor.clean({**failure.result(), **more})
    return cleaned


def _cleaned(redactor: Redactor, result: dict[str, Any], tenant: Tenant) -> dict[str, Any]:
    http = tenant.http
    return clean_within(Deadline(max(http.deadline.remaining(), _LEAST_TO_MASK), http.clock), redactor, result)


def clean_within(allowed: Deadline, redactor: Redactor, result: dict[str, Any]) -> dict[str, Any]:
    """The result without secrets. A service decides its length: searching it counts as the task's time."""
    characters = 0

    def on_time(number: int) -> None:
        nonlocal characters
        characters += number
        if characters >= _CHECK_INTERVAL:
            characters = 0
            if not allowed.remaining():
                raise TenantError(
                    "timeout",
                    "the task timed out before its whole result was searched for secrets, so none of it is "
                    "returned; the changes that it made remain",
                )

    cleaned: dict[str, Any] = redactor.clean(result, on_time)
    return cleaned


def _unexpected(error: Exception, last: ErrorResponse | None) -> TenantError:
    """An unexpected error: most likely a response that does not match its schema, if there was one."""
    said = one_line(f"{type(error).__name__}: {error}", 200)
    if last is None:
        return TenantError("bug", f"this is a bug in intune.exchange ({said})", next_step="Please report it")
    handle = last.request_id or last.client_request_id
    return TenantError(
        "unexpected_answer",
        f"a response of the service does not match its documented schema, or this is a bug in intune.exchange "
        f"({said}); the last response was from {last.service}, request id {one_line(handle, 80)}",
        answer=last,
        next_step="Retry; if the problem persists, report it with the output of -vvv",
    )


def resource_module(resource: Resource, action: str, **options: Any) -> Declaration:
    """The declaration of a module that manages `resource`. `options` may extend or replace the specs of its fields.

    A `run` in them replaces `ensure`, for checks or additions around it.
    """
    specs: dict[str, Any] = {one.option: {"type": "str", **one.spec} for one in (*resource.keys, *resource.fields)}
    required_if = options.pop("required_if", ())
    run = options.pop("run", None)
    selects = options.pop("selects", frozenset())
    undo = options.pop("undo", of_removal() if "state" in options else None)
    return Declaration(
        action,
        run or (lambda tenant, params, check_mode: ensure(resource, tenant, params, check_mode)),
        {**specs, **options},
        required_if,
        clearing(resource.fields),
        selects,
        undo,
    )
