# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._connector.connectors import CONNECTOR, facts, parse_time
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose
from ansible_collections.intune.exchange.plugins.module_utils._core.resource import (
    EditedList,
    Field,
    Resource,
    normalize_case,
    returned,
)
from ansible_collections.intune.exchange.plugins.module_utils._engine.graph_collection import GraphCollection

WIRED = Resource(
    "thing",
    GraphCollection("things", "#thing", Purpose("read"), Purpose("write")),
    keys=(Field("name", "Name", normalize=normalize_case),),
    fields=(Field("level", "Level"), Field("tags", "Tags")),
)


@pytest.mark.parametrize(
    ("params", "changes"),
    [
        ({"name": "A", "level": "low", "tags": ["x"]}, {}),
        ({"name": "a", "level": None, "tags": None}, {}),
        ({"name": "A", "level": "high", "tags": None}, {"level": "high"}),
        ({"name": "A", "level": "", "tags": []}, {"level": "", "tags": []}),
    ],
)
def test_none_leaves_alone_and_empty_clears(params: dict[str, Any], changes: dict[str, Any]) -> None:
    before = WIRED.view({"Name": "A", "Level": "low", "Tags": ["x"], "Other": 1})
    assert before == {"name": "A", "level": "low", "tags": ["x"]}
    assert WIRED.changes(params, before) == changes
    assert WIRED.to_api(changes) == {name.capitalize(): value for name, value in changes.items()}


def test_everything_given_is_a_change_of_nothing() -> None:
    assert WIRED.view(None) == {}
    assert WIRED.changes({"name": "A", "level": None, "tags": []}, {}) == {"name": "A", "tags": []}


TAGS = EditedList("tags", "Tags")


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({"set": []}, []),
        ({"set": ["c"]}, ["c"]),
        ({"add": ["A", "c"]}, ["a", "b", "c"]),
        ({"remove": ["B", "zzz"]}, ["a"]),
        ({"add": ["c"], "remove": ["a"]}, ["b", "c"]),
        ({}, ["a", "b"]),
    ],
)
def test_a_list_is_edited_or_set(given: dict[str, Any], target: list[str]) -> None:
    assert TAGS.target(["a", "b"], given) == target
    assert TAGS.normalize(["A", "b"]) == TAGS.normalize(["b", "a"]) != TAGS.normalize(["a"])


def test_options_are_the_names_of_the_api() -> None:
    for field in (*CONNECTOR.keys, *CONNECTOR.fields):
        assert field.option == next(iter(returned({field.api: None})))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00+00:00"),
        ("2026-11-24T10:00:00.1234567Z", "2026-11-24T10:00:00.123456+00:00"),
        ("0001-01-01T00:00:00Z", None),
        (None, None),
    ],
)
def test_times(text: str | None, iso: str | None) -> None:
    moment = parse_time(text)
    assert (moment.isoformat() if moment else None) == iso


def test_the_age_is_by_the_clock_of_the_service() -> None:
    now = parse_time("2026-11-24T11:00:00Z")
    assert now is not None
    assert facts({"id": "1", "lastSyncDateTime": "2026-11-24T10:00:00Z"}, now)["last_sync_age_seconds"] == 3600
    assert facts({"id": "1", "lastSyncDateTime": "0001-01-01T00:00:00Z"}, now)["last_sync_age_seconds"] is None
    assert facts({"id": "1", "lastSyncDateTime": "2026-11-24T11:00:05Z"}, now)["last_sync_age_seconds"] == 0
