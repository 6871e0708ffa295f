# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference of the keys of a tenant description: complete, and up to date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from simulator.state.description_keys import TABLE
from simulator.state.description_kinds import Fields, Kind, OrNull
from tools import simulator_keys as keys


def paths(value: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, entry in value.items():
        path = f"{above}{name}"
        yield path
        if isinstance(entry, dict):
            yield from paths(entry, f"{path}.")


def test_the_page_is_what_the_tool_makes() -> None:
    assert keys.PAGE.read_text(encoding="utf-8") == keys.page()


def test_every_key_of_a_shipped_description_is_explained() -> None:
    found = {one.path: one for one in keys.keys(keys.READY.read_text(encoding="utf-8"))}
    parents = {path.rpartition(".")[0] for path in found}
    assert all(one.meaning for path, one in found.items() if path not in parents)
    described = set(yaml.safe_load(keys.READY.read_text(encoding="utf-8")))
    assert {path for path in found if "." not in path} == described
    known = {"extends", *found}
    for file in keys.READY.parent.glob("*.yml"):
        for path in paths(yaml.safe_load(file.read_text(encoding="utf-8"))):
            # Keys below a leaf of the page are explained with it.
            above = [path.rsplit(".", number)[0] for number in range(path.count(".") + 1)]
            assert any(one in known and (one == path or one not in parents) for one in above), (file.name, path)


def table(kind: Kind, above: str = "") -> Iterator[str]:
    """The paths of all single keys in the table."""
    kind = kind.kind if isinstance(kind, OrNull) else kind
    for name, entry in kind.kinds.items() if isinstance(kind, Fields) else ():
        yield f"{above}{name}"
        yield from table(entry, f"{above}{name}.")


def test_the_page_has_every_key_of_the_table_by_which_descriptions_are_checked() -> None:
    found = {one.path for one in keys.keys(keys.READY.read_text(encoding="utf-8"))}
    for path in found:
        assert keys.kind_of(path).words
    for path in table(TABLE):
        above = [path.rsplit(".", number)[0] for number in range(path.count(".") + 1)]
        assert path == "extends" or any(one in keys.EXPLAINED or one == path for one in above if one in found), path
