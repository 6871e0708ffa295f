# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What entries in the hosts file and port 443 would do, for the measured processes only.

Python imports this at its start, since the folder is in PYTHONPATH. `BENCHMARK_PORT` is the port of the simulator.
"""

from __future__ import annotations

import os
import socket
from typing import Any

_NAMES = ("login.microsoftonline.com", "graph.microsoft.com", "outlook.office365.com")
_HERE, _PORT = "127.0.0.1", int(os.environ["BENCHMARK_PORT"])
_resolve, _connect = socket.getaddrinfo, socket.socket.connect


def _resolved_here(host: Any, *given: Any, **named: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    return _resolve(_HERE if name in _NAMES else host, *given, **named)


def _connected_here(self: socket.socket, address: Any) -> None:
    _connect(self, (_HERE, _PORT) if address == (_HERE, 443) else address)


socket.getaddrinfo = _resolved_here
socket.socket.connect = _connected_here  # type: ignore[method-assign, assignment]
