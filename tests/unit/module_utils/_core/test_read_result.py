# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.concurrent import gather
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import (
    ReadResult,
    attempt,
    check_any,
    first_error,
)

PLUGINS = Path(__file__).parents[4] / "plugins"
ERROR = TenantError("forbidden", "no")
FAILED: ReadResult[Any] = ReadResult(None, ERROR)


def fail() -> Any:
    raise ERROR


def test_a_value_or_the_error_of_the_read() -> None:
    known = attempt(lambda: 3)
    assert known == ReadResult(3) and known.known and known.error is None
    assert (known.value, known.or_else(7)) == (3, 3)
    failed = attempt(fail)
    assert not failed.known and failed.error is ERROR and failed.or_else(7) == 7
    with pytest.raises(TenantError) as caught:
        print(failed.value)
    assert caught.value is ERROR
    with pytest.raises(ZeroDivisionError):  # a bug is not a failed read
        attempt(lambda: 1 / 0)


def test_what_is_made_of_a_result() -> None:
    assert ReadResult([3]).map(len).value == 1
    assert FAILED.map(len).error is ERROR
    assert ReadResult(3).map(lambda _value: fail()).error is ERROR


def test_where_nothing_was_read_there_is_nothing_to_judge() -> None:
    other: ReadResult[Any] = ReadResult(None, TenantError("timeout", "late"))
    assert first_error([ReadResult(3), FAILED, other]) is ERROR and first_error([ReadResult(3)]) is None
    check_any([])
    check_any([FAILED, ReadResult(None)])
    with pytest.raises(TenantError) as caught:
        check_any([FAILED, other])
    assert caught.value is ERROR


def test_of_several_reads_each_has_its_result() -> None:
    found = gather({"a": lambda: 3, "b": fail, "c": lambda: [4]})
    assert list(found) == ["a", "b", "c"]
    assert (found["a"].value, found["b"].error, found["c"].value) == (3, ERROR, [4])


def test_nobody_asks_whether_a_value_is_an_error() -> None:
    for path in PLUGINS.rglob("*.py"):
        assert not re.search(r"isinstance\([^)]*TenantError", path.read_text(encoding="utf-8")), path
