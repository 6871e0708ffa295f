# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a snapshot: whole or not at all, for its owner only, and never in the place of something else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from .._core.errors import TenantError, one_line, usage
from .._core.private_file import write_whole
from .._core.resource import normalize_case
from .kinds import FORMAT
from .text import lines_of

_HEAD = 4096  # bytes in which the format stands
_TENANT = re.compile(r'^tenant:\n  id: "([^"\n]*)"$', re.MULTILINE)
_ACTION = "write the snapshot"


def check_target(path: str) -> None:
    """Refuse a place that cannot be written, or where something else is. Raises `TenantError`."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise usage(f"the folder {folder} does not exist", "Create it, or specify another path")
    if not os.access(folder, os.W_OK):
        raise usage(f"the folder {folder} cannot be written to", "Specify another path")
    if os.path.lexists(path) and not _is_snapshot(path):
        raise usage(
            f"{path} exists and is not a snapshot, so it is not overwritten",
            "Specify another path, or move that file away",
        )


def check_tenant(path: str, identity: str) -> None:
    """Refuse to overwrite the snapshot of another tenant, which may be the only one. Raises `TenantError`."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = _TENANT.search(file.read(_HEAD))
    except FileNotFoundError:
        return
    except OSError as error:
        raise usage(f"{path} exists and cannot be read ({error.strerror})", "Specify another path") from error
    if found and normalize_case(found[1]) != normalize_case(identity):
        raise usage(
            f"{path} is the snapshot of another tenant, {one_line(found[1], 80)}, so it is not overwritten",
            "Specify another path, or move that file away",
        )


def _is_snapshot(path: str) -> bool:
    try:
        if os.path.islink(path) or not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise usage(f"{path} exists and cannot be read ({error.strerror})", "Specify another path") from error
    lines = [line for line in head.decode("utf-8", "replace").splitlines() if line.strip() and line[0] not in "#-"]
    return bool(lines) and lines[0].replace('"', "").split() == ["format:", FORMAT]


def write_snapshot(path: str, snapshot: Mapping[str, Any]) -> None:
    """Write beside the file and put it in its place at once. Raises `TenantError`."""
    try:
        write_whole(path, (line.encode() for line in lines_of(snapshot)))
    except OSError as error:
        problem = f"{path} could not be written ({one_line(error.strerror or error)})"
        raise TenantError("usage", problem, _ACTION, next_step="Specify another path, or make room") from error
