# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of this collection by its names, and the modules that it runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ..module_utils._core.text import did_you_mean

COLLECTION = "intune.exchange."
ROOT = Path(__file__).parents[2]
MODULES = ROOT / "plugins" / "modules"
RULEBOOKS = ROOT / "extensions" / "eda" / "rulebooks"
_CONTENT = re.compile(r"[a-z][a-z0-9_]*(?::[a-z0-9_]+)?")
# Playbooks that run as no application.
_NO_CONTENT = {
    "bootstrap": "runs as an administrator who signs in, and what that needs cannot be granted to an application",
    "demo": "runs on simulated tenants only, so no application needs anything for it",
}
# The part of connector that manages its account, which may assign roles in Exchange, is only meant if it is named.
_PARTS = {"connector": ("connector:requirements", "connector:configure", "connector:validate")}
_PLAYBOOK = re.compile(r"^ +name: (intune\.exchange\.\w+)$", re.MULTILINE)  # of run_playbook


def modules_of(name: str) -> Iterator[tuple[str, bool]]:
    """The modules that a module, playbook, rulebook or entry point of a role runs, and whether they may write.

    Raises ValueError for an unknown name, and for a playbook that runs as no application.
    """
    _check_name(name)
    for part in _PARTS.get(name.removeprefix(COLLECTION), (name,)):
        yield from _modules(part)


def _modules(name: str) -> Iterator[tuple[str, bool]]:
    short = name.removeprefix(COLLECTION)
    role, _colon, entry_point = short.partition(":")
    playbook = ROOT / "playbooks" / f"{short}.yml"
    if (MODULES / f"{short}.py").is_file():
        yield short, not short.endswith("_info")
    elif (ROOT / "roles" / role / "tasks").is_dir():
        yield from _of_tasks(ROOT / "roles" / role / "tasks", entry_point or "main")
    elif rulebook(name).is_file():
        yield from (("connector_info", False), ("mobile_device_info", False))  # the event source
        for started in _PLAYBOOK.findall(rulebook(name).read_text(encoding="utf-8")):
            yield from _modules(started)
    elif playbook.is_file():
        for play in yaml.safe_load(playbook.read_text(encoding="utf-8")):
            yield from _found(play.get("tasks", []), playbook.parent, playbook.parent)
    else:
        raise _unknown(name)


def _check_name(name: str) -> None:
    """Raises ValueError for anything but a name of content, such as the path of a file with tasks."""
    short = name.removeprefix(COLLECTION)
    if not _CONTENT.fullmatch(short):
        raise _unknown(name)
    if short in _NO_CONTENT:
        raise ValueError(f"{short} {_NO_CONTENT[short]}.")


def _unknown(name: str) -> ValueError:
    known = {
        *(one.stem for one in MODULES.glob("[a-z]*.py")),
        *(one.name for one in ROOT.glob("roles/*")),
        *(one.stem for one in ROOT.glob("playbooks/*.yml") if one.stem not in _NO_CONTENT),
        *(one.stem for one in RULEBOOKS.glob("*.yml")),
    }
    what = f"module, playbook, rulebook or entry point of a role of {COLLECTION.rstrip('.')}"
    like = did_you_mean([name.removeprefix(COLLECTION)], known) or _known_names()
    return ValueError(f"{name or 'A blank name'} is not a {what}. {like}")


def _known_names() -> str:
    roles = sorted(one.name for one in ROOT.glob("roles/*"))
    playbooks = sorted(one.stem for one in ROOT.glob("playbooks/*.yml") if one.stem not in _NO_CONTENT)
    return (
        f"The roles are {' and '.join(roles)}; the playbooks are {', '.join(playbooks)}; ansible-doc --list "
        f"{COLLECTION.rstrip('.')} shows the modules."
    )


def rulebook(name: str) -> Path:
    return RULEBOOKS / f"{name.removeprefix(COLLECTION)}.yml"


def _like(name: str, known: Collection[str]) -> str:
    return f". {did_you_mean([name], known)}".rstrip()


def _of_tasks(folder: Path, file: str, beside: Path | None = None) -> Iterator[tuple[str, bool]]:
    """Of a file of a role or playbook; `beside` is where the one that includes it is."""
    name = f"{file.removesuffix('.yml')}.yml"
    path = folder / name
    if beside and not path.is_file():
        path = beside / name
    if not path.is_file():
        known = {one.stem for one in folder.glob("*.yml")}
        raise ValueError(f"{path.stem} is not an entry point of the role {folder.parent.name}{_like(path.stem, known)}")
    yield from _found(yaml.safe_load(path.read_text(encoding="utf-8")), folder, path.parent)


def _found(tasks: Iterable[Mapping[str, Any]], folder: Path, beside: Path) -> Iterator[tuple[str, bool]]:
    for task in tasks:
        for key, value in task.items():
            if key in ("block", "rescue", "always"):
                yield from _found(value, folder, beside)
            elif key in ("ansible.builtin.include_tasks", "ansible.builtin.import_tasks"):
                yield from _of_tasks(folder, value if isinstance(value, str) else value["file"], beside)
            elif key == "ansible.builtin.include_role":
                yield from _modules(f"{value['name']}:{value.get('tasks_from', 'main')}")
            elif key.startswith(COLLECTION):
                module = key.removeprefix(COLLECTION)
                yield module, task.get("check_mode") is not True and not module.endswith("_info")
