# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends a tool that has started other programs."""

from __future__ import annotations

import signal
import sys


def end_when_told() -> None:
    """A signal that ends this process does so as Ctrl-C does: by what `finally` says. nohup still keeps it running."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda told, frame: sys.exit(128 + told))
