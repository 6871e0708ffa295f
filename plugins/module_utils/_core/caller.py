# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether anybody still waits for a task's result: a task whose ansible-playbook was killed must send nothing.

A worker of Ansible has its own session, so no signal reaches it when only ansible-playbook is killed.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import select
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def watch_worker() -> Callable[[], bool]:
    """For Ansible's worker: returns a function that says whether its ansible-playbook has ended.

    If the system supports it, the worker now ends with ansible-playbook, even in the middle of a wait. The signal is
    sent when the thread that forked the worker ends, which in ansible-core is the thread that waits for its workers.
    """
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid is None:  # not forked by Ansible: its parent may end before it, as a terminal does
        return lambda: False
    pid = parent.pid
    if sys.platform == "linux":
        # No threads and no C stack to clean up: the next run repairs what a killed task leaves behind.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return lambda: os.getppid() != pid


def watch_process(output: int = 1) -> Callable[[], bool]:
    """For a module process: returns a function that says whether nobody reads its result any more.

    Its parent is a shell, which outlives the worker, or another user's process. The worker itself reads the pipe,
    wherever the module runs.
    """
    parent = os.getppid()

    def nobody_reads() -> bool:
        poll = select.poll()  # one per call: threads ask at the same time, and a single object refuses that
        poll.register(output, 0)  # an error or a hang-up is reported in any case
        return any(event & (select.POLLERR | select.POLLNVAL) for _fd, event in poll.poll(0))

    return lambda: os.getppid() != parent or nobody_reads()
