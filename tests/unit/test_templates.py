# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates of roles and playbooks that would have another meaning before ansible-core 2.19.

There, a template returns text for a number and nothing for null, unless they are in a list or a dictionary; and all
names of an expression are evaluated first, so an undefined one fails a test even in a branch that is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("roles", "playbooks") for path in (ROOT / folder).rglob("*.yml"))
TASKS = [path for path in FILES if "/tasks/" in str(path) or path.parent.name == "playbooks"]
VARIABLES = [path for path in FILES if path.parent.name == "vars" and "roles" in path.parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def facts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from facts(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "ansible.builtin.set_fact":
                yield from one.items()
            else:
                yield from facts(one)


@pytest.mark.parametrize("path", TASKS, ids=name)
def test_a_fact_is_one_expression(path: Path) -> None:
    """So that null, numbers and text that looks like a list keep their type."""
    for fact, value in facts(yaml.safe_load(path.read_text(encoding="utf-8"))):
        if value != {} and value is not False:  # which have their type
            assert isinstance(value, str) and value.startswith("{{ ") and value.rstrip().endswith(" }}"), fact


@pytest.mark.parametrize("path", FILES, ids=name)
def test_the_options_of_a_tenant_come_from_their_lookup(path: Path) -> None:
    """The variable itself is "not defined" if it refers to an undefined one, and a default means another tenant."""
    templates = re.findall(r"\{\{.*?\}\}|that: [^\n]*", path.read_text(encoding="utf-8"), re.DOTALL)
    for template in templates:
        assert not re.search(r"(?<![.'\w])tenant_options\b", template), template


def test_a_result_that_may_not_be_there_has_a_default() -> None:
    """Except the variable of a loop, which always exists."""
    text = " ".join(path.read_text(encoding="utf-8") for path in VARIABLES)
    bare = re.findall(r"(\S+) is (?:changed|failed|skipped|succeeded|success)\b", text)
    assert bare and set(bare) <= {"default({})", "one"}, bare


@pytest.mark.parametrize("path", VARIABLES, ids=name)
def test_a_number_or_null_is_not_a_variable_of_its_own(path: Path) -> None:
    """An attribute of a result may be a number or null: it is used directly."""
    for variable, value in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        plain = re.fullmatch(r"\{\{ \w+(?:\.\w+)+ \}\}", value.strip()) if isinstance(value, str) else None
        assert not plain, variable


def test_a_folder_that_exists_keeps_its_mode() -> None:
    """Somebody may name the home folder, or one that others read."""
    for path in FILES:
        for task in _tasks(yaml.safe_load(path.read_text(encoding="utf-8"))):
            if (task.get("ansible.builtin.file") or {}).get("state") == "directory":
                assert re.search(r"is not (directory|exists)", str(task.get("when"))), (path, task["name"])


def _tasks(found: Any) -> Iterator[dict[str, Any]]:
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict):
            yield one
            for name in ("tasks", "block", "rescue", "always"):
                yield from _tasks(one.get(name))
