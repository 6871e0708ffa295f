# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a snapshot, read as data: nothing in it is a tag, a template or an alias. For the filters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ..module_utils._core.errors import TenantError, one_line, usage
from ..module_utils._core.private_file import read_file
from ..module_utils._snapshot.kinds import FORMAT, KINDS, VERSION
from ._snapshot_text import LARGEST, MOST, TooLarge, parsed_snapshot

_DEEPEST = 40


def snapshot_of(given: Any, name: str) -> dict[str, Any]:
    """A snapshot, given or in the file of this path. `name` is for messages. Raises `TenantError`."""
    if isinstance(given, str):
        return load_snapshot(given)
    return checked(dict(given) if isinstance(given, Mapping) else given, name)


def load_snapshot(path: str) -> dict[str, Any]:
    """The snapshot in a file. Raises `TenantError`, which names the file, for anything but a complete snapshot."""
    try:
        size = Path(path).stat().st_size
        if size > LARGEST:
            raise _refused(path, f"has {size} bytes, and no snapshot has more than {LARGEST}")
        content = read_file(path, LARGEST)
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", "Check the path") from error
    try:
        found = parsed_snapshot(content)
    except TooLarge as error:
        raise _refused(path, str(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _refused(path, f"is not a snapshot, or was cut off or edited: {_words(error)}") from error
    snapshot = checked(found, path)
    if snapshot.get("end_of_snapshot") is not True:
        raise _refused(path, "was cut off: end_of_snapshot is missing at its end")
    return snapshot


def other_form(error: Exception) -> TenantError:
    """The message for properties of the wrong form, as in an edited snapshot."""
    problem = (
        f"a snapshot has an object with a property of another form ({type(error).__name__}: {one_line(error, 200)})"
    )
    return usage(problem, "Take the snapshot again with intune.exchange.snapshot")


def _words(error: Exception) -> str:
    """Only what the constructor says is about the content; the parser's own words are about YAML."""
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, yaml.constructor.ConstructorError):
        return one_line(f"{error.problem} in line {mark.line + 1}" if mark else error.problem, 200)
    return f"line {mark.line + 1} cannot be read" if mark else "it cannot be read as text"


def checked(found: Any, name: str) -> dict[str, Any]:
    """A loaded or returned value, if it has the form of a snapshot. Raises `TenantError`."""
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _refused(name, f"is not a snapshot: format is not {FORMAT}")
    version = found.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _refused(name, f"is not a snapshot: version is {one_line(repr(version), 40)}")
    if version > VERSION:
        raise _refused(
            name,
            f"has version {version} of the form, and this release of the collection reads up to version {VERSION}",
            "Update the collection, or take the snapshot with this release",
        )
    _check_form(found, name)
    _count(found, name)
    return found


def _check_form(found: Mapping[str, Any], name: str) -> None:
    tenant, objects, not_read = (found.get(part) for part in ("tenant", "objects", "not_read"))
    if not isinstance(found.get("taken_at"), str) or not isinstance(tenant, dict) or not tenant.get("id"):
        raise _refused(name, "is not a complete snapshot: taken_at or tenant.id is missing")
    if not isinstance(objects, dict) or not isinstance(not_read, dict):
        raise _refused(name, "is not a complete snapshot: objects or not_read is missing")
    for kind in {*objects, *not_read} - set(KINDS):
        raise _refused(name, f"has the kind {one_line(kind, 60)}, which version {VERSION} does not know")
    for kind, records in objects.items():
        if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
            raise _refused(name, f"holds under objects.{kind} something other than a list of objects")
        identity = KINDS[kind].identity
        if identity and not all(one.get(identity) and isinstance(one[identity], str) for one in records):
            raise _refused(
                name, f"holds under objects.{kind} an object without {identity}, or with one that is not text"
            )
    for problem in not_read.values():
        if not isinstance(problem, dict) or not all(
            isinstance(problem.get(part, ""), str) for part in ("reason", "error")
        ):
            raise _refused(name, "holds under not_read something other than reasons")


def _count(found: Any, name: str) -> None:
    """An alias of YAML can make a small file endless."""
    waiting: list[tuple[Any, int]] = [(found, 0)]
    number = 0
    while waiting:
        value, depth = waiting.pop()
        number += len(value)
        if number > MOST or depth > _DEEPEST:
            raise _refused(name, f"holds more than {MOST} values, or they are more than {_DEEPEST} deep")
        if isinstance(value, dict):
            if not all(isinstance(key, str) for key in value):
                raise _refused(name, "has a key that is not text")
            value = value.values()
        for entry in value:
            if isinstance(entry, (dict, list)):
                waiting.append((entry, depth + 1))
            elif not (entry is None or isinstance(entry, (str, int, float))):
                raise _refused(name, f"holds a value of the type {type(entry).__name__}")


def _refused(
    name: str, problem: str, next_step: str = "Take the snapshot again with intune.exchange.snapshot"
) -> TenantError:
    return usage(f"{name} {problem}", next_step)
