# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks wait for the sign-in of one of them, and not one after another if it leaves no token."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.token_cache import TokenCache
from ansible_collections.intune.exchange.plugins.module_utils._client.token_memory import Token, TokenMemory
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant, open_tenant
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Http
from ansible_collections.intune.exchange.plugins.plugin_utils._shared_tokens import SharedTokens
from simulator import Simulator

from ..conftest import DEFAULTS

KEY = "ab" * 32
WAITING = 3


def token(characters: int = 20, seconds: float = 3600) -> Token:
    return Token("x" * characters, time.time() + seconds)


def unanswered() -> Token:
    raise TenantError("sign_in", "Entra does not answer")


class Run:
    """One task signs in when all others wait for it; `signed_in` is how many did, `most` how many at a time."""

    def __init__(self, path: Path | None, first: Callable[[], Token], together: int, in_turn: bool = False) -> None:
        self.signed_in = self.now = self.most = 0
        self._first, self._in_turn = first, in_turn
        self._lock, self._all_wait = threading.Lock(), threading.Event()
        self._together = threading.Barrier(together)
        self._waiting: set[int] = set()
        memory = TokenMemory() if path else SharedTokens()
        self._cache = TokenCache(memory, str(path) if path else None, Http("contoso.example", 60, sleep=self._wait))

    def _wait(self, seconds: float) -> None:
        with self._lock:
            self._waiting.add(threading.get_ident())
            if len(self._waiting) == WAITING:
                self._all_wait.set()
        time.sleep(min(seconds, 0.01))

    def _sign_in(self) -> Token:
        with self._lock:
            self.signed_in += 1
            self.now += 1
            self.most = max(self.most, self.now)
            is_first = self.signed_in == 1
        try:
            if is_first:
                assert self._all_wait.wait(20)
                return self._first()
            self._together.wait(20)
            return token()
        finally:
            with self._lock:
                self.now -= 1

    def _task(self, _number: int) -> str:
        try:
            return self._cache.obtain(KEY, self._sign_in, in_turn=self._in_turn).text
        except TenantError as error:
            return str(error)

    def results(self) -> list[str]:
        with ThreadPoolExecutor(1 + WAITING) as pool:
            return sorted(pool.map(self._task, range(1 + WAITING)))


@pytest.mark.parametrize(
    ("first", "in_folder"),
    [
        (lambda: token(9000), False),
        (lambda: token(seconds=290), False),
        (unanswered, False),
        (lambda: token(seconds=290), True),
        (unanswered, True),
    ],
    ids=["too long", "short", "failed", "short, in a folder", "failed, in a folder"],
)
def test_those_that_waited_for_nothing_sign_in_at_the_same_time(
    tmp_path: Path, first: Callable[[], Token], in_folder: bool
) -> None:
    run = Run(tmp_path / "tokens" if in_folder else None, first, together=WAITING)
    found = run.results()
    assert found.count(token().text) >= WAITING and run.signed_in == 1 + WAITING
    assert len(list(tmp_path.glob("tokens/*.json"))) == in_folder
    assert not [one for one in tmp_path.glob("tokens/*.lock") if one.stat().st_size]  # marked as in vain


@pytest.mark.parametrize("in_folder", [False, True])
def test_those_that_waited_for_a_token_use_it(tmp_path: Path, in_folder: bool) -> None:
    run = Run(tmp_path / "tokens" if in_folder else None, token, together=1)
    assert run.results() == [token().text] * (1 + WAITING) and run.signed_in == 1


def test_those_that_waited_for_a_token_to_be_removed_sign_in_one_for_all(tmp_path: Path) -> None:
    """As when a service refused it: each task of the tenant removes it, and then needs a new one."""
    waiting, lock, all_wait = set(), threading.Lock(), threading.Event()
    signed_in: list[int] = []
    waits: list[int] = []

    def wait(_seconds: float) -> None:
        with lock:
            waits.append(1)
            waiting.add(threading.get_ident())
            if len(waiting) == WAITING:
                all_wait.set()
        time.sleep(0.01)

    def sign_in() -> Token:
        signed_in.append(1)
        before = len(waits)
        while len(signed_in) == 1 and len(waits) < before + 5:  # others go on waiting for this
            time.sleep(0.001)
        return token()

    def obtain() -> str:  # each task is a process, with a memory of its own
        http = Http("contoso.example", 60, sleep=wait)
        return TokenCache(TokenMemory(), str(tmp_path / "tokens"), http).obtain(KEY, sign_in).text

    remover = TokenCache(TokenMemory(), str(tmp_path / "tokens"), Http("contoso.example", 60))
    assert remover.obtain(KEY, lambda: Token("refused", time.time() + 3600)).text == "refused"
    reading = remover._read

    def read_slowly(folder: int, key: str) -> Token | None:
        assert all_wait.wait(20)
        return reading(folder, key)

    with ThreadPoolExecutor(1 + WAITING) as pool:
        remover._read = read_slowly  # type: ignore[method-assign]
        removed = pool.submit(remover.drop, KEY, "refused")
        while not _is_locked(tmp_path / "tokens" / f"{KEY}.lock"):
            assert not removed.done()
        found = [pool.submit(obtain) for _task in range(WAITING)]
        assert [one.result() for one in found] == [token().text] * WAITING
    assert len(signed_in) == 1


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_person_enters_one_code_after_another(tmp_path: Path) -> None:
    run = Run(None, unanswered, together=1, in_turn=True)
    assert run.results().count(token().text) == WAITING
    assert (run.signed_in, run.most) == (2, 1)  # the second one leaves a token


class Refused(TokenMemory):
    """Another task gets a token first, which the service refuses as soon as this task has looked at it."""

    def try_lock(self, key: str) -> Callable[[], None] | None:
        self.put(key, token())
        return super().try_lock(key)

    def get(self, key: str) -> Token | None:
        found = super().get(key)
        self.drop(key, token().text)
        return found


def test_a_refused_token_is_not_put_back_by_a_task_that_found_it() -> None:
    memory = Refused()
    assert TokenCache(memory, None, Http("contoso.example", 60)).obtain(KEY, unanswered).text == token().text
    assert memory.get(KEY) is None


class Between(TokenMemory):
    """Another task begins at the moment when the memory has dropped a token."""

    begin: Callable[[], Any] = staticmethod(lambda: None)

    def drop(self, key: str, text: str) -> None:
        super().drop(key, text)
        self.begin()


def test_a_refused_token_does_not_come_back_from_the_folder(simulator: Simulator, tmp_path: Path) -> None:
    memory = Between()

    def opened() -> Tenant:
        params = {**DEFAULTS, **simulator.options("ready"), "token_cache": str(tmp_path / "tokens")}
        return open_tenant(params, Redactor(), lambda line: None, None, memory)

    revoked = opened().tokens.bearer("graph")
    task, other = opened(), opened()
    assert task.tokens.bearer("graph") == revoked
    memory.begin = lambda: other.tokens.bearer("graph")
    task.tokens.refused("graph", revoked)
    assert other.tokens.bearer("graph") != revoked
    assert opened().tokens.bearer("graph") == task.tokens.bearer("graph") == other.tokens.bearer("graph")
