# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine that runs a task: its managed identity endpoint, and what distinguishes it from other machines."""

from __future__ import annotations

import contextlib
import os

_ARC_SERVICE = "/opt/azcmagent/bin/himds"  # on an Azure Arc server, where msal looks for it
_MACHINE = ("/etc/machine-id", "/proc/sys/kernel/random/boot_id")  # of the installation, of its start


def identity_endpoint() -> str:
    """Where msal finds managed identities, by the platform's own variables; no other address may be called."""
    given = os.environ
    if "IDENTITY_ENDPOINT" in given and ("IDENTITY_HEADER" in given or "IMDS_ENDPOINT" in given):
        found = given["IDENTITY_ENDPOINT"]
    elif "MSI_ENDPOINT" in given and "MSI_SECRET" in given:
        found = given["MSI_ENDPOINT"]
    elif os.path.exists(_ARC_SERVICE):
        found = "http://localhost:40342"
    else:
        found = given.get("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://169.254.169.254")
    return found.rstrip("/")


def machine_ids() -> list[str]:
    """What distinguishes machines that share a home folder and call the same address for their identities.

    Cloned machines may have the same id, and containers that of their host: each differs in one of these.
    """
    found = [os.uname().nodename]
    for path in _MACHINE:
        with contextlib.suppress(OSError), open(path, encoding="utf-8") as file:
            found.append(file.read().strip())
    return found
