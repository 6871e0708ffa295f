# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text for people in the results of modules that read."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._engine.summary import summary_text
from ansible_collections.intune.exchange.plugins.modules import connector_info, mobile_device_info, requirements_info

MODULES = Path(__file__).parents[4] / "plugins" / "modules"
READERS = sorted(path.stem for path in MODULES.glob("*_info.py"))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], "0 policies"),
        (["on"], "1 policy: on"),
        (["on", "off", "on"], "3 policies: 2 on, 1 off"),
        (["on", "off"], "2 policies: on, off"),
        ([None, True, True], "3 policies: 2 True, 1 unknown"),
        ([f"p{number}" for number in range(12)], f"12 policies: {', '.join(f'p{n}' for n in range(10))} and others"),
        (["a\nb"], "1 policy: a b"),
    ],
)
def test_entries_are_counted_by_a_property(values: list[Any], text: str) -> None:
    assert summary_text({"policies": "state"}, {"policies": [{"state": value} for value in values]}) == text


def test_sentences_follow() -> None:
    result = {"checks": [{"status": "met"}], "shortfalls": [f"{number} is missing" for number in range(22)]}
    first, *others = summary_text({"checks": "status"}, result).splitlines()
    assert first == "1 check: met" and others[0] == "0 is missing" and others[-1] == "and 2 more in shortfalls"
    assert summary_text({}, {"summary": ["All is well."]}) == "All is well."


def test_every_module_that_reads_has_one() -> None:
    for name in READERS:
        module = importlib.import_module(f"ansible_collections.intune.exchange.plugins.modules.{name}")
        returned = yaml.safe_load(module.RETURN)
        assert "summary_text" in returned and set(module.DECLARATION.summary) <= set(returned), name


def test_it_is_what_was_read(run: Callable[..., dict[str, Any]]) -> None:
    assert run(connector_info, tenant="connected")["summary_text"] == "1 connector: connected"
    assert run(mobile_device_info)["summary_text"] == "2 mobile devices: 2 Allowed"
    lacking = run(requirements_info, tenant="mdm_authority_unset", account="svc-intune-connector@contoso.example")
    first, *sentences = lacking["summary_text"].splitlines()
    assert first.startswith("10 requirements: ") and sentences == lacking["shortfalls"]
