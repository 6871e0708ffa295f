# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether somebody still waits for the result of a module process."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.intune.exchange.plugins.module_utils._core.caller import watch_process


def test_threads_ask_at_the_same_time() -> None:
    """One object of select.poll for all of them raises "concurrent poll() invocation"."""
    read, write = os.pipe()
    try:
        is_abandoned = watch_process(write)
        with ThreadPoolExecutor(16) as pool:
            assert not any(pool.map(lambda _number: is_abandoned(), range(20_000)))
        os.close(read)
        assert is_abandoned()
    finally:
        os.close(write)
