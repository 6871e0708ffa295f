# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Concurrent calls in daemon threads: a pool that joins at exit would outlive the time limit of a task."""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from .read_result import ReadResult, attempt


def gather(
    calls: Mapping[str, Callable[[], Any]],
    at_most: int = 10,
    waiting: Callable[[], None] = lambda: None,
    every: float = 10.0,
) -> dict[str, ReadResult[Any]]:
    """Run every call; return its value or its TenantError under its name. Raises any other exception.

    The pools of a task may nest: what limits the requests to a service is its client, not the size of a pool.
    `waiting` is called repeatedly at this interval in seconds, for callers who have to wait.
    """
    todo: queue.SimpleQueue[tuple[str, Callable[[], Any]]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[str, ReadResult[Any] | None, BaseException | None]] = queue.SimpleQueue()
    for item in calls.items():
        todo.put(item)

    def work() -> None:
        while True:
            try:
                name, call = todo.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((name, attempt(call), None))
            except BaseException as error:  # raised again in the caller's thread
                done.put((name, None, error))

    for _thread in range(min(at_most, len(calls))):
        # In a copy of the current context, such as the secrets to hide.
        threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
    results: dict[str, Any] = {}
    due = time.monotonic() + every
    while len(results) < len(calls):
        try:
            name, value, bug = done.get(timeout=max(0.0, due - time.monotonic()))
        except queue.Empty:
            waiting()
            due = time.monotonic() + every
            continue
        if bug is not None:
            raise bug
        results[name] = value
    return {name: results[name] for name in calls}
