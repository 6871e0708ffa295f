# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cache of another version, or one that somebody changed, is read again: it never empties or fills an inventory."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._fleet.cached import is_whole

HOST = {
    "name": "contoso.com",
    "group": "connector_missing",
    "variables": {"tenant_id": "contoso.com", "tenant_read_at": "2026-11-29T12:00:00Z", "tenant_options": {}},
}
# As the plugin wrote it; `group` is null if nothing was gathered.
KEPT = {
    "hosts": [HOST, {"name": "Fabrikam 2", "group": None, "variables": {"tenant_id": "fabrikam.com"}}],
    "left_out": ["fabrikam.com has no id."],
    "notes": [],
    "failed": 1,
}


def host(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda kept: kept["hosts"][0].update(changes)


def part(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda kept: kept.update(changes)


def variables(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda kept: kept["hosts"][0]["variables"].update(changes)


def test_what_the_plugin_wrote_is_used() -> None:
    assert is_whole(KEPT) and is_whole({**KEPT, "hosts": []})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept["hosts"][0].pop("group"),
        lambda kept: kept["hosts"].append(kept["hosts"][0]),
        lambda kept: kept.pop("notes"),
        part(more=1),
        part(left_out=5),
        part(left_out=[5]),
        part(notes=None),
        part(failed="x"),
        part(failed=True),
        part(hosts={"name": "x"}),
        part(hosts=["x"]),
        host(name=5),
        host(name=""),
        host(name="all"),
        host(name="x,y[1]"),
        host(name="{{ x }}"),
        host(name="x\u200b"),
        host(group=["a"]),
        host(group={}),
        host(group="all"),
        host(group="tenant_unreadable"),
        host(variables=None),
        variables(tenant_id=5),
        variables(tenant_read_at=5),
        variables(**{"a b\n": 1}),
    ],
)
def test_anything_else_is_not(spoil: Callable[[dict[str, Any]], None]) -> None:
    kept = copy.deepcopy(KEPT)
    spoil(kept)
    assert not is_whole(kept)


@pytest.mark.parametrize("kept", [None, [], "x", 5, {}])
def test_nor_is_something_else_altogether(kept: Any) -> None:
    assert not is_whole(kept)
