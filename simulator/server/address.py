# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The address that the simulator listens on, and its name for clients."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Address:
    """An address of this machine, and its name in URLs and in the server's certificate."""

    address: str
    name: str


def address_of(host: str, *, allow_remote: bool) -> Address:
    """Other than loopback must be confirmed: whoever reaches the simulator reaches what is tested with it."""
    try:
        address = IPv4Address(socket.gethostbyname(host))
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
            attempt.bind((str(address), 0))
    except OSError as unknown:
        raise ValueError(f"{host} is not an address of this machine: {unknown}") from None
    if not address.is_loopback and not allow_remote:
        raise ValueError(
            f"{host} can be reached from other machines: the simulator listens there only if that is allowed as well "
            "(--allow-remote)"
        )
    if address == IPv4Address(LOOPBACK):
        return Address(LOOPBACK, "localhost")
    return Address(str(address), socket.gethostname() if address.is_unspecified else host)
