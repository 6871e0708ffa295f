# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory plugin keeps between runs. It may be of another version, or somebody may have changed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fleet import GROUPS, UNREADABLE
from .tenant_list import is_host_name

_PARTS = {"hosts", "left_out", "notes", "failed"}


def is_whole(kept: Any) -> bool:
    """Whether it has everything that the plugin uses, in the form that it writes. Then it may be used."""
    return (
        isinstance(kept, Mapping)
        and set(kept) == _PARTS
        and isinstance(kept["failed"], int)
        and not isinstance(kept["failed"], bool)
        and all(isinstance(kept[part], list) for part in ("hosts", "left_out", "notes"))
        and all(isinstance(line, str) for line in (*kept["left_out"], *kept["notes"]))
        and all(map(_is_host, kept["hosts"]))
        and len({host["name"] for host in kept["hosts"]}) == len(kept["hosts"])
    )


def _is_host(host: Any) -> bool:
    if not isinstance(host, Mapping) or not {"name", "group", "variables"} <= set(host):
        return False
    name, group, variables = host["name"], host["group"], host["variables"]
    return (
        isinstance(name, str)
        and is_host_name(name)
        and group in [None, *(one for one in GROUPS if one != UNREADABLE)]  # unread ones are never kept
        and isinstance(variables, Mapping)
        and all(isinstance(key, str) and key.isidentifier() for key in variables)
        and isinstance(variables.get("tenant_id"), str)
        and isinstance(variables.get("tenant_read_at", ""), str)
    )
