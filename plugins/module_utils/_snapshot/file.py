# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a snapshot: written atomically, for its owner only, and never over something else."""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping
from typing import Any

from .._core.errors import TenantError, one_line, usage
from .._core.private_file import write_whole
from .._core.resource import normalize_case
from .kinds import FORMAT, VERSION
from .text import lines_of

_HEAD = 4096  # bytes in which the first lines stand
# UTF-32 before UTF-16, whose mark is the first half of that one's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ACTION = "write the snapshot"
_NEXT = "Specify another path, or move that file away"


def check_target(path: str, pseudonymized: bool) -> None:
    """Refuse a path that cannot be written, or with a file that may not be replaced. Raises `TenantError`.

    Only a snapshot without pseudonyms is replaced, by another one of the same tenant (`check_tenant`). One with
    pseudonyms does not show its tenant, and the same pseudonyms never come back.
    """
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise usage(f"the folder {folder} does not exist", "Create it, or specify another path")
    if not os.access(folder, os.W_OK):
        raise usage(f"the folder {folder} cannot be written to", "Specify another path")
    try:
        os.lstat(path)
    except FileNotFoundError:
        return
    except OSError as error:  # such as a name that is too long
        raise usage(
            f"{path} cannot be written ({one_line(error.strerror or error)})", "Specify another path"
        ) from error
    head = _head(path)
    if head.get("format") != FORMAT:
        raise _stays(path, "exists and is not a snapshot")
    if head.get("version", "") not in [str(number) for number in range(1, VERSION + 1)]:
        raise _stays(path, f"is a snapshot of another version of the form ({one_line(head.get('version'), 40)})")
    if head.get("pseudonymized", "false") != "false":
        raise _stays(path, "is a pseudonymized snapshot, whose pseudonyms no other one has")
    if pseudonymized:
        raise _stays(path, "is a snapshot with the real names, and this one is pseudonymized")


def check_tenant(path: str, identity: str | None) -> None:
    """Refuse to overwrite anything but a snapshot of this tenant; without an id, any file. Raises `TenantError`."""
    check_target(path, pseudonymized=identity is None)
    if identity is None or not os.path.lexists(path):
        return
    found = _head(path).get("id", "")
    if not found:
        raise _stays(path, "is a snapshot, but of which tenant is not in its first lines")
    if normalize_case(found) != normalize_case(identity):
        raise _stays(path, f"is the snapshot of another tenant, {one_line(found, 80)}")


def _stays(path: str, what: str) -> TenantError:
    return usage(f"{path} {what}, so it is not overwritten", _NEXT)


def _head(path: str) -> dict[str, str]:
    """The content of the first lines of a snapshot; empty for a file that begins differently."""
    try:
        if os.path.islink(path) or not os.path.isfile(path):
            return {}
        with open(path, "rb") as file:
            head = _text(file.read(_HEAD))
    except OSError as error:
        raise usage(f"{path} exists and cannot be read ({error.strerror})", "Specify another path") from error
    found: dict[str, str] = {}
    for line in head.splitlines():
        name, _colon, value = line.partition(":")
        if name == "objects" or (not found and line[:1] not in ("", "#", "-") and name.strip('"') != "format"):
            break
        if line[:1] not in ("", "#", "-"):
            found[name.strip(' "')] = value.strip(" \"'")
    return found


def _text(head: bytes) -> str:
    """In the encoding that the byte order mark says, with which some editors begin a file."""
    return next(
        (head.decode(name, "replace") for mark, name in _MARKS if head.startswith(mark)),
        head.decode("utf-8", "replace"),
    )


def write_snapshot(path: str, snapshot: Mapping[str, Any]) -> None:
    """Write atomically, through a file beside the target. Raises `TenantError`."""
    try:
        write_whole(path, (line.encode() for line in lines_of(snapshot)))
    except OSError as error:
        problem = f"{path} could not be written ({one_line(error.strerror or error)})"
        raise TenantError("usage", problem, _ACTION, next_step="Specify another path, or make room") from error
