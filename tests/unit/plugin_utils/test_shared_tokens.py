# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens that the workers of one ansible-playbook share, with forks like Ansible's: no other process has them,
and a worker that is killed at any moment blocks nobody.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.token_memory import Token
from ansible_collections.intune.exchange.plugins.plugin_utils import _shared_tokens
from ansible_collections.intune.exchange.plugins.plugin_utils._shared_tokens import SharedTokens

FORK = multiprocessing.get_context("fork")
LATER = time.time() + 3600


def key(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def worker(work: Callable[[], Any], fork: Callable[..., Any] = FORK.Process) -> Any:
    """The result of `work` in a worker of this process."""
    near, far = FORK.Pipe(duplex=False)
    process = fork(target=lambda: far.send(work()))
    process.start()
    process.join(60)
    assert near.poll(), "the worker gave nothing"
    return near.recv()


def text(tokens: SharedTokens, name: str) -> str | None:
    found = tokens.get(key(name))
    return found.text if found else None


def test_workers_share_what_one_of_them_got() -> None:
    tokens = SharedTokens()
    worker(lambda: tokens.put(key("a"), Token("first", LATER)))
    assert text(tokens, "a") == worker(lambda: text(tokens, "a")) == "first"
    assert worker(lambda: text(tokens, "b")) is None
    worker(lambda: tokens.put(key("a"), Token("second", LATER)))
    worker(lambda: tokens.drop(key("a"), "first"))  # refused, but there is a newer one
    assert worker(lambda: tokens.get(key("a"))) == Token("second", LATER)
    worker(lambda: tokens.drop(key("a"), "second"))
    assert text(tokens, "a") is None and b"second" not in (tokens._map or b"")[:]


def test_another_process_does_not_get_them() -> None:
    """A process with the memory that is not a worker of its owner, such as a fork of a fork."""
    tokens = SharedTokens()
    tokens.put(key("a"), Token("secret", LATER))

    def in_fork() -> Any:
        inside = worker(lambda: text(tokens, "a"))
        tokens.put(key("b"), Token("other", LATER))
        return inside, text(tokens, "b")

    pipe = os.pipe()
    child = os.fork()
    if child == 0:  # no child of multiprocessing: another ansible-playbook that was forked
        os.write(pipe[1], repr((text(tokens, "a"), worker(lambda: text(tokens, "a")))).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(pipe[0], 100) == b"(None, None)"
    assert worker(in_fork) == (None, "other")
    assert text(tokens, "b") == "other"


def test_where_there_is_no_shared_memory_each_process_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any) -> Any:
        raise OSError("out of memory")

    monkeypatch.setattr(_shared_tokens.mmap, "mmap", refuse)
    tokens = SharedTokens()
    tokens.put(key("a"), Token("first", LATER))
    worker(lambda: tokens.put(key("a"), Token("second", LATER)))
    release = tokens.try_lock(key("a"))
    assert release and text(tokens, "a") == "first"
    tokens.drop(key("a"), "first")
    assert text(tokens, "a") is None


def test_one_signs_in_and_other_tenants_do_not_wait() -> None:
    tokens = SharedTokens()
    release = tokens.try_lock(key("a"))
    assert release
    assert worker(lambda: (tokens.try_lock(key("a")) is None, tokens.try_lock(key("b")) is None)) == (True, False)
    assert tokens.try_lock(key("a")) is None  # another thread of this process
    release()
    assert worker(lambda: tokens.try_lock(key("a")) is None) is False


@pytest.mark.parametrize("moment", ["signing in", "writing"])
def test_a_worker_that_was_killed_holds_nobody_up(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = SharedTokens()
    tokens.put(key("a"), Token("first", time.time() - 1))
    near, far = FORK.Pipe(duplex=False)

    def hang(*_arguments: Any) -> None:
        far.send("here")
        time.sleep(600)

    def work() -> None:
        assert tokens.try_lock(key("a"))
        if moment == "signing in":
            hang()
        tokens.put(key("a"), Token("second", LATER))

    if moment == "writing":
        monkeypatch.setattr(_shared_tokens, "_write", hang)
    killed = FORK.Process(target=work)
    killed.start()
    assert near.poll(60)
    monkeypatch.undo()
    assert tokens.try_lock(key("a")) is None
    os.kill(killed.pid or 0, signal.SIGKILL)
    killed.join()
    release = tokens.try_lock(key("a"))
    assert release
    assert text(tokens, "a") == ("first" if moment == "signing in" else None)
    tokens.put(key("a"), Token("third", LATER))
    assert worker(lambda: text(tokens, "a")) == "third"


def test_a_token_that_was_written_in_part_is_none() -> None:
    tokens = SharedTokens()
    tokens.put(key("a"), Token("a-whole-token", LATER))
    memory = tokens._map
    assert memory
    memory[memory.find(b"whole")] = ord("W")
    assert text(tokens, "a") is None
    tokens.drop(key("a"), "another")  # an unreadable token is nobody's newer one
    assert _shared_tokens._slot_of(memory, bytes.fromhex(key("a"))) is None


def test_the_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_shared_tokens, "_SLOTS", 3)
    tokens = SharedTokens()
    for number, lasts in enumerate((300, 100, 200, 400)):
        tokens.put(key(str(number)), Token(f"token-{number}", LATER + lasts))
    assert [text(tokens, str(number)) for number in range(4)] == ["token-0", None, "token-2", "token-3"]
    tokens.put(key("0"), Token("x" * 9000, LATER))  # too long: the existing one stays
    assert text(tokens, "0") == "token-0"
    longest = "x" * (8192 - _shared_tokens._HEADER.size)
    tokens.put(key("0"), Token(longest, LATER))
    assert text(tokens, "0") == longest and text(tokens, "2") == "token-2"


def test_a_key_is_found_where_it_begins_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two adjacent keys may contain a third across their border."""
    tokens = SharedTokens()
    first, second = "00" * 16 + "ab" * 16, "cd" * 16 + "00" * 16
    tokens.put(first, Token("first", LATER))
    tokens.put(second, Token("second", LATER))
    assert tokens.get("ab" * 16 + "cd" * 16) is None
    assert (tokens.get(first), tokens.get(second)) == (Token("first", LATER), Token("second", LATER))


def test_a_core_dump_leaves_out_the_shared_memory() -> None:
    """Only that: the copies of a process that uses a token are in its ordinary memory."""
    tokens = SharedTokens()
    tokens.put(key("a"), Token("first", LATER))
    size = f"{_shared_tokens._SLOTS * (_shared_tokens._KEY + _shared_tokens._SLOT) // 1024} kB"
    areas = Path("/proc/self/smaps").read_text(encoding="utf-8").split("VmFlags:")
    flags = [following.splitlines()[0].split() for area, following in pairwise(areas) if size in area]
    assert any("dd" in found for found in flags)


def test_a_module_process_does_not_inherit_the_locks() -> None:
    assert os.get_inheritable(SharedTokens()._locks) is False
