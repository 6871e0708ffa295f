# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polls tenants, each at its own interval, and delivers the events in between."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._client.auth_method import outranking
from ..module_utils._client.token_memory import Token
from ..module_utils._core.connection import CONNECTION_SPEC, SECRET_OPTIONS, named
from ..module_utils._core.errors import usage
from ..module_utils._core.redaction import Redactor
from ..module_utils._core.text import counted, did_you_mean, may_be_template
from ..module_utils._fleet.event_data import event_data, is_event_address
from ..module_utils._fleet.fleet import check_fleet, read_fleet
from ..module_utils._fleet.tenant_events import Event, TenantState, WatchSettings, asked_wait, diff_events, failure
from ..module_utils._fleet.tenant_list import SHARED, UNREADABLE, resolve_tenants
from ._watch_file import WatchFile

T = TypeVar("T")
_LOG = logging.getLogger("intune.exchange.connector_status")
OPTIONS: dict[str, dict[str, Any]] = {
    **CONNECTION_SPEC,
    "account": {"type": "str"},
    "tenants": {"type": "list", "elements": "dict"},
    "watch": {
        "type": "list",
        "elements": "str",
        "choices": ["connector", "quarantine"],
        "default": ["connector", "quarantine"],
    },
    "interval": {"type": "int", "default": 300},
    "longest_interval": {"type": "int", "default": 3600},
    "failures": {"type": "int", "default": 3},
    "max_sync_age": {"type": "int", "default": 93600},
    "report_present": {"type": "bool", "default": False},
    "state_file": {"type": "path"},
    "concurrency": {"type": "int", "default": 32},
}


async def watch(
    given: Any,
    hand_over: Callable[[Event], Awaitable[None]],
    read: Callable[..., list[dict[str, Any]]] = read_fleet,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    show: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True),
) -> None:
    """Deliver the events of the tenants until cancelled. Raises `TenantError` for invalid options."""
    params, entries, shared = _prepared(given)
    polls = _Polls(entries, shared, params, read)
    with WatchFile(params["state_file"]) as file:
        known = file.load()
        file.save(known)  # before the first poll, so that a folder that cannot be written to is found now
        # Without -v, ansible-rulebook shows only warnings of what is logged, and silence looks like a fault.
        show(_beginning(entries, params))
        rules = WatchSettings(**{name: params[name] for name in WatchSettings.__dataclass_fields__})
        due = dict.fromkeys(range(len(entries)), clock())
        troubles = polls.troubles
        try:
            while True:
                _start_due(polls, due, clock)
                next_due = min((due[number] for number in due if polls.has_room(number)), default=None)
                idle = None if next_due is None else max(0.0, next_due - clock())
                if not polls.running:
                    await sleep(idle or 0.0)
                    continue
                for number, host in await polls.finished(idle):
                    tenant = known.setdefault(str(host["variables"]["tenant_id"]).lower(), TenantState())
                    try:
                        for event in diff_events(tenant, host, rules):
                            await hand_over(event_data(event))
                    finally:  # also when it is cancelled while an event waits: delivered events are not reported again
                        file.save(known)
                    pause = rules.pause(tenant.failures, asked_wait(host))
                    due[number] = clock() + pause
                    troubles[number] = _log(host, pause, troubles.get(number, ""))
        finally:
            polls.cancel()


def _prepared(given: Any) -> tuple[dict[str, Any], list[Any], dict[str, Any]]:
    """The options, the tenants, and what the tenants share. Raises `TenantError` for what cannot be polled."""
    params = _checked(given)
    entries = _entries(params)
    _refuse_templates({**given, "tenants": entries})
    shared = outranking({option: params.get(option) for option in SHARED}, given)
    resolve_tenants(check_fleet(entries, None, shared, params["concurrency"], params["timeout"]), {}, shared)
    return params, entries, shared


def _start_due(polls: _Polls, due: dict[int, float], clock: Callable[[], float]) -> None:
    """Start the polls that are due, the longest overdue first, as far as there is room."""
    for number in [one for one in sorted(due, key=lambda one: due[one]) if due[one] <= clock()]:
        if polls.has_room(number):
            del due[number]
            polls.start(number)


class _Polls:
    """The concurrent polls, each of one tenant by its number, with the tokens of each tenant."""

    def __init__(
        self,
        entries: Sequence[Any],
        shared: Mapping[str, Any],
        params: Mapping[str, Any],
        read: Callable[..., list[dict[str, Any]]],
    ) -> None:
        self._entries, self._shared, self._params, self._read = entries, shared, params, read
        self._memories: list[dict[str, Token]] = [{} for _entry in entries]
        self.troubles: dict[int, str] = {}  # the kind of a failure of the last poll, empty after one that worked
        self.running: dict[asyncio.Future[list[dict[str, Any]]], int] = {}

    def has_room(self, number: int) -> bool:
        """Whether a tenant may be polled now. Those that failed share half of the room, since they may hang."""
        most, running = int(self._params["concurrency"]), self.running.values()
        failed = sum(bool(self.troubles.get(one)) for one in running) if self.troubles.get(number) else 0
        return len(running) < most and failed < max(1, most // 2)

    def start(self, number: int) -> None:
        options = (self._params["watch"], 1, self._params["timeout"])
        memory = self._memories[number]
        poll = partial(self._read, [self._entries[number]], None, self._shared, *options, memory=memory)
        self.running[asyncio.ensure_future(_in_thread(poll))] = number

    async def finished(self, pause: float | None) -> list[tuple[int, dict[str, Any]]]:
        """The tenants whose poll has ended, with its result; none if others can start after `pause` seconds."""
        await asyncio.wait(self.running, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        ended = []
        for done in [one for one in self.running if one.done()]:
            number = self.running.pop(done)
            [host] = done.result()
            if host["group"] == UNREADABLE:
                self._memories[number].clear()  # a permission that was granted counts only in newer tokens
            ended.append((number, host))
        return ended

    def cancel(self) -> None:
        for one in self.running:
            one.cancel()


def _checked(given: Any) -> dict[str, Any]:
    """The options with their defaults and environment values. Raises `TenantError`."""
    if not isinstance(given, Mapping):
        found = "none" if given is None else f"a value of the type {type(given).__name__}"
        step = "Set them as name: value, such as tenant_id: contoso.com"
        raise usage(f"the event source needs its options, and was given {found}", step)
    unknown = sorted(str(one) for one in given if one not in OPTIONS)  # YAML reads the name on as True
    if unknown:
        meant = f"{did_you_mean(unknown, OPTIONS)} ".lstrip()
        raise usage(
            f"the event source has no option {', '.join(unknown)}",
            f"{meant}The valid options are {', '.join(OPTIONS)}",
        )
    redactor = Redactor()
    for option in SECRET_OPTIONS:
        redactor.add(str(given.get(option) or ""))
    validated = ArgumentSpecValidator(OPTIONS).validate(dict(given))
    if validated.error_messages:
        raise usage(f"the event source cannot be used: {redactor.clean('; '.join(validated.error_messages))}")
    params: dict[str, Any] = validated.validated_parameters
    if not params["watch"]:
        raise usage("watch is an empty list, so there is nothing to poll for", "Leave it out, or name what to poll for")
    for option in ("interval", "failures", "max_sync_age"):
        if params[option] < 1:
            raise usage(f"{option} must be at least 1")
    if params["longest_interval"] < params["interval"]:
        raise usage("longest_interval must not be less than interval")
    return params


def _entries(params: Mapping[str, Any]) -> list[Any]:
    """The tenants, or the one of the options. Raises `TenantError` if there is none."""
    if params["tenants"] is not None and not params["tenants"]:  # otherwise the tenant of the environment remains
        raise usage("tenants is an empty list, so there is no tenant to poll", "Name the tenants, or leave it out")
    if not params["tenants"] and not params["tenant_id"]:
        raise usage(f"there is neither a tenant in tenants nor a {named('tenant_id')}", "Set one of them")
    return list(params["tenants"] or [{"tenant_id": params["tenant_id"]}])


def _refuse_templates(given: Mapping[str, Any], where: str = "") -> None:
    """Raises `TenantError` for an option that whoever uses it from an event would evaluate.

    Secrets are in no event, so they may contain anything.
    """
    for option, value in given.items():
        if option == "tenants":
            for number, entry in enumerate(value, 1):
                if isinstance(entry, Mapping):
                    _refuse_templates(entry, f"tenants[{number}].")
        elif option == "account" and value is not None and not is_event_address(value):
            raise usage(
                f"{where}account is not an address that an event may carry: letters, digits and . _ + & ~ - before "
                "the @, and a domain after it",
                "Set it to the primary SMTP address of the account",
            )
        elif option not in SECRET_OPTIONS and may_be_template(value):
            step = "Set the value itself: events carry it to playbooks, which would evaluate it"
            raise usage(f"{where}{option} holds what Jinja or Ansible would evaluate", step)


async def _in_thread(work: Callable[[], T]) -> T:
    """`work`, run without blocking the event loop.

    Not by `asyncio.to_thread`: the end of the program would wait for it, and a read may take all of its time.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        settle: Callable[[], None]
        try:
            settle = partial(done.set_result, work())
        except BaseException as error:  # raised again in the loop
            settle = partial(done.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if done.cancelled() else settle())

    threading.Thread(target=run, name="connector_status", daemon=True).start()
    return await done


def _beginning(entries: Sequence[Any], params: Mapping[str, Any]) -> str:
    """What it does with these options. The interval is in it, so that a variable with a typing error is noticed."""
    kept = params["state_file"] or "none, so that a restart begins anew"
    return (
        f"intune.exchange.connector_status polls {counted(len(entries), 'tenant')} every {params['interval']} s for "
        f"{' and '.join(params['watch'])}; state_file: {kept}. It shows failures below, and each poll with "
        "ansible-rulebook -v."
    )


def _log(host: Mapping[str, Any], pause: int, before: str) -> str:
    """Logs a poll, and returns the kind of its failure: only one that is new is more than information."""
    error = failure(host)
    if error:
        kind = str(error["kind"])
        _LOG.log(logging.INFO if kind == before else logging.WARNING, "%s Next poll in %d s.", error["message"], pause)
        return kind
    message = "Tenant %s can be read again. Next poll in %d s." if before else "Read tenant %s. Next poll in %d s."
    _LOG.log(logging.WARNING if before else logging.INFO, message, host["name"], pause)
    return ""
