# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A refusal is one sentence, once; a filter that works gives the same as without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.attempt import FilterModule
from ansible_collections.intune.exchange.plugins.filter.least_privilege import needed

attempt = FilterModule().filters()["attempt"]


def test_a_filter_that_works_gives_its_result() -> None:
    content = ["connector:validate"]
    assert attempt(content, "least_privilege", write=False) == {"value": needed(content, False), "problem": ""}


@pytest.mark.parametrize(
    ("value", "name", "arguments", "said"),
    [
        (["conector"], "least_privilege", (), "conector is not a module, "),
        (
            "NOFILE",
            "snapshot_diff",
            ("NOFILE",),
            "Could not compare the snapshots: NOFILE cannot be read (No such file",
        ),
        ("NOFILE", "snapshot_export", (), "Could not export the snapshot: NOFILE cannot be read (No such file"),
    ],
)
def test_a_refusal_is_said_once(tmp_path: Path, value: Any, name: str, arguments: tuple[str, ...], said: str) -> None:
    missing = str(tmp_path / "a.yml")
    value, arguments = missing if value == "NOFILE" else value, (missing,) if arguments else ()
    found = attempt(value, name, *arguments)
    assert found["value"] is None and said.replace("NOFILE", missing) in found["problem"]
    assert found["problem"].count("cannot be read") <= 1 and "Errno" not in found["problem"]
    assert name not in found["problem"]


def test_a_filter_that_does_not_exist_is_refused() -> None:
    for name in ("to_json", "attempt", "../lookup/baselines"):
        with pytest.raises(AnsibleFilterError, match="attempt has no filter"):
            attempt([], name)
