# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine over real HTTPS against simulated tenants, on its own clock, with all requests recorded.

Nothing here waits: sleeping advances the clock of the task and that of the tenants, and so does a response that never
arrives.
"""

from __future__ import annotations

import importlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Deadline, Outcome
from ansible_collections.intune.exchange.plugins.module_utils._engine.run import Declaration, run_declaration
from ansible_collections.intune.exchange.plugins.module_utils._http import http
from ansible_collections.intune.exchange.plugins.module_utils._http.sockets import Limit
from ansible_collections.intune.exchange.plugins.module_utils._http.transport import (
    Connections,
    RequestFailed,
    Transport,
)
from simulator import Simulator

from .bystanders import Objects
from .scenarios import Scenario

Result = dict[str, Any]
_MODULES = "ansible_collections.intune.exchange.plugins.modules."
_A_SOCKET_WAITS = 10.0  # seconds, long enough never to be reached
_A_HANGING_SOCKET_WAITS = 0.8  # seconds of real time after which a response that never comes is given up
_DAY = 24 * 60 * 60
_CONNECTIONS = Connections()  # shared as long as no fault is ordered: opening them takes most of a task
_TOKENS_LAST = 30 * 60  # seconds of real time for which the next task gets the same tokens
_TOKENS: WeakKeyDictionary[Simulator, dict[str, tuple[float, dict[str, Any]]]] = WeakKeyDictionary()
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIMES = ("at", "_requested")  # times, which a repeated request changes
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|\+00:00)?")


class Killed(BaseException):
    """The task ends here, like a killed process: nothing in it may catch this."""


@dataclass(frozen=True)
class Sent:
    """One request as sent: when by the clock of the task, where to, and with which bearer."""

    at: float
    origin: str
    bearer: str


@dataclass
class Watch:
    """The requests of one task, and their faults. `kill_at` counts the requests of the task from one."""

    simulator: Simulator
    hangs: bool = False
    kill_at: int = 0
    kill_after_answer: bool = False
    parent_ends_after: int | None = None  # number of requests after which the task learns that its parent ended
    redirect: Mapping[int, str] = field(default_factory=dict)  # another origin for the nth request
    read_seconds: float = 0.0  # the time that each piece of a body takes
    sent: list[Sent] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)
    _now: float = 0.0
    _dead: bool = False
    _in_flight: int = 0
    written_before: int = -1  # the active faults when the parent ended
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._changed:
            if self._dead:
                raise Killed
            self.sleeps.append(seconds)
            self._now += seconds
        self.simulator.advance(seconds)

    def passes(self, seconds: float) -> None:
        with self._changed:
            self._now += seconds

    def enter(self, prepared: Any) -> int:
        parts = urlsplit(prepared.url)
        with self._changed:
            number = len(self.sent) + 1
            if self._dead or (number == self.kill_at and not self.kill_after_answer):
                self._dead = True
                raise Killed
            bearer = prepared.headers.get("Authorization", "").removeprefix("Bearer ")
            self.sent.append(Sent(self._now, f"{parts.scheme}://{parts.netloc}", bearer))
            self._in_flight += 1
        return number

    def leave(self, number: int) -> None:
        with self._changed:
            self._in_flight -= 1
            self._dead = self._dead or number == self.kill_at
            self._changed.notify_all()
            if self._dead:
                raise Killed

    def abandoned(self) -> bool:
        with self._changed:
            ended = self.parent_ends_after is not None and len(self.sent) - self._in_flight >= self.parent_ends_after
            if ended and self.written_before < 0:
                self.written_before = self.effects()
            return ended

    def effects(self) -> int:
        return sum(bool(row["effect"]) for row in self.simulator.requests())

    def quiet(self) -> None:
        """Wait until no request is pending, as after the end of a process."""
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight == 0)

    @property
    def options(self) -> dict[str, Any]:
        return {"clock": self.now, "sleep": self.sleep, "random": lambda: 0.5, "abandoned": self.abandoned}


class _Body:
    """A body whose pieces take time by the clock of the task."""

    def __init__(self, raw: Any, watch: Watch, patience: float, waits: float) -> None:
        self._raw, self._watch, self._patience, self._waits = raw, watch, patience, waits

    def read1(self, *arguments: Any, **options: Any) -> bytes:
        self._watch.passes(self._watch.read_seconds)
        try:
            with _for_real(self._waits).holding():
                return bytes(self._raw.read1(*arguments, **options))
        except Exception as error:
            if "timed out" in str(error):
                self._watch.passes(self._patience)
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


def _for_real(seconds: float) -> Limit:
    """By the clock of this machine, which sockets use."""
    return Limit(Deadline(seconds), seconds, seconds, seconds)


def _watched(watch: Watch) -> type[Transport]:
    class Watched(Transport):
        def send(self, prepared: Any, limit: Limit, proxied: bool) -> Any:
            read = limit.seconds()
            with limit.until_connected():
                connect = limit.seconds()
            number = watch.enter(prepared)
            real = prepared.url
            if number in watch.redirect:
                parts = urlsplit(real)
                prepared.url = watch.redirect[number] + real.removeprefix(f"{parts.scheme}://{parts.netloc}")
            waits = _A_HANGING_SOCKET_WAITS if watch.hangs else _A_SOCKET_WAITS
            try:
                raw = super().send(prepared, _for_real(waits), proxied)
                raw.raw = _Body(raw.raw, watch, read, waits)
                return raw
            except RequestFailed as lost:
                if lost.outcome is Outcome.UNKNOWN and "in time" in str(lost):
                    watch.passes(read)
                elif "timed out" in str(lost):
                    watch.passes(connect)
                raise
            finally:
                prepared.url = real
                watch.leave(number)

    return Watched


@lru_cache
def tells_progress(module: str) -> bool:
    return "progress" in yaml.safe_load(importlib.import_module(_MODULES + module).RETURN)


def declaration_of(module: str) -> Declaration:
    found: Declaration = importlib.import_module(_MODULES + module).DECLARATION
    return found


@dataclass
class Bench:
    """Runs modules against one simulator. `before` is every object at the start of the last scenario."""

    simulator: Simulator
    before: Objects = field(default_factory=dict)
    application: str = "restricted"  # whose ids fill the placeholders of scenarios

    def options(self, tenant: str, given: Mapping[str, Any], method: str = "token") -> dict[str, Any]:
        other = self.simulator.facts(tenant, self.application)
        sign_in = self._tokens(tenant) if method == "token" else self.simulator.options(tenant, method)
        text = json.dumps(given).replace("{domain}", other["domain"])
        text = text.replace("{app_id}", other["client_id"]).replace("{object_id}", other["object_id"])
        filled: dict[str, Any] = json.loads(text)
        return {**sign_in, **filled}

    def _tokens(self, tenant: str) -> dict[str, Any]:
        """The tokens of an earlier task, if nothing has changed the tenant since the last reset."""
        if not self.simulator.is_at_its_start(tenant):
            return self.simulator.options(tenant, "token")
        found = _TOKENS.setdefault(self.simulator, {})
        made, options = found.get(tenant, (-_TOKENS_LAST, {}))
        if time.monotonic() - made >= _TOKENS_LAST:
            made, options = found[tenant] = time.monotonic(), self.simulator.options(tenant, "token")
        return options

    def run(
        self,
        module: str,
        tenant: str,
        given: Mapping[str, Any],
        check_mode: bool = False,
        watch: Watch | None = None,
        method: str = "token",
        tell: Callable[[str], None] | None = None,
        **more: Any,
    ) -> Result:
        """The result as a task registers it: arguments validated, secrets masked."""
        declaration = declaration_of(module)
        watch = watch or Watch(self.simulator)
        validated = ArgumentSpecValidator(
            declaration.argument_spec, required_if=[list(one) for one in declaration.required_if]
        ).validate({**self.options(tenant, given, method), **more})
        assert not validated.error_messages, validated.error_messages
        said: list[str] = []
        calm = self.simulator.is_calm() and not watch.redirect
        shared: dict[str, Any] = {"connections": _CONNECTIONS} if calm else {}
        with _transport(_watched(watch)):
            try:
                return run_declaration(
                    declaration,
                    validated.validated_parameters,
                    check_mode,
                    said.append,
                    tell,
                    **shared,
                    **watch.options,
                )
            finally:
                watch.quiet()
                assert not said or tells_progress(module), f"{module}: RETURN does not name progress: {said}"

    def start(self, scenario: Scenario) -> None:
        """The start state of a scenario, with an empty ledger and without faults."""
        self.simulator.reset()
        for module, given in scenario.before:
            result = self.run(module, scenario.tenant, given)
            assert not result.get("failed"), result
        self.simulator.advance(_DAY)
        self.before = self.simulator.objects()

    def play(self, scenario: Scenario, check_mode: bool = False, **more: Any) -> Result:
        return self.run(scenario.module, scenario.tenant, scenario.options, check_mode, **more)

    def settled(self, scenario: Scenario) -> Any:
        """The final state of the tenant, without values that differ each time: ids, times, order."""
        self.simulator.advance(_DAY)
        return plain(self.simulator.state(scenario.tenant))

    def rows(self, since: int = 0) -> list[dict[str, Any]]:
        """The ledger, parts of batches after their batch."""
        found = []
        for row in self.simulator.requests()[since:]:
            found += [row, *({**part, "part": True} for part in row.get("parts", ()))]
        return found

    def writes(self, since: int = 0) -> list[str]:
        return [row["operation"] for row in self.rows(since) if row["effect"] and "parts" not in row]

    @contextmanager
    def fault(self, **wanted: Any) -> Iterator[None]:
        self.simulator.fault(**wanted)
        try:
            yield
        finally:
            self.simulator.clear_faults()


@contextmanager
def _transport(kind: type[Transport]) -> Iterator[None]:
    before = http.Transport
    http.Transport = kind  # type: ignore[misc]
    try:
        yield
    finally:
        http.Transport = before  # type: ignore[misc]


# Entries of lists by their text, for comparing and sorting. Most of a tenant stays unchanged.
_PLAIN: dict[str, tuple[str, Any]] = {}
_text = json.JSONEncoder(default=str).encode
_sorted_text = json.JSONEncoder(default=str, sort_keys=True).encode


def plain(value: Any) -> Any:
    """A value without ids, times and order. Not to be changed, since parts of it are shared."""
    if isinstance(value, Mapping):
        return {plain(key): plain(entry) for key, entry in value.items() if key not in _TIMES}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [entry for _text, entry in sorted(map(_entry, value), key=lambda pair: pair[0])]
    return _without(value) if isinstance(value, str) else value


def _entry(value: Any) -> tuple[str, Any]:
    text = _text(value)
    if text not in _PLAIN:
        found = plain(value)
        _PLAIN[text] = _sorted_text(found), found
    return _PLAIN[text]


@lru_cache(maxsize=100_000)
def _without(text: str) -> str:
    return _MOMENT.sub("MOMENT", _ID.sub("ID", text))


@dataclass(frozen=True)
class Point:
    """One request of a baseline: its number within its operation, and among all."""

    operation: str
    nth: int
    number: int
    service: str
    kind: str  # READ, CREATE, IDEMPOTENT, ACTION or SIGN_IN
    part: bool

    @property
    def at(self) -> dict[str, Any]:
        return {"match": self.operation, "nth": self.nth}


def points(rows: list[dict[str, Any]]) -> list[Point]:
    seen: Counter[str] = Counter()
    found: list[Point] = []
    number = 0
    for row in rows:
        name, part = row["operation"], bool(row.get("part"))
        seen[name] += 1
        number += not part
        found.append(Point(name, seen[name], number, row["service"], row["class"], part))
    return found


@dataclass(frozen=True)
class Undisturbed:
    """The outcome of a scenario without faults."""

    result: Result
    state: Any
    points: list[Point]
    requests: int
