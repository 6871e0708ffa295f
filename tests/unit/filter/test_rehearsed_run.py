# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as a change of the copy, and as an attempt to reach another host."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.rehearsed_run import FilterModule

rehearsed_run = FilterModule().filters()["rehearsed_run"]
MACHINES = ["machines of an inventory"]


def run(stdout: str = "", rc: int = 0) -> dict[str, Any]:
    return {"rc": rc, "stdout": stdout}


def test_a_request_with_an_effect_is_a_write_unless_it_is_a_read() -> None:
    requests = [
        {"effect": True, "class": "CREATE"},
        {"effect": True, "class": "READ"},
        {"effect": False, "class": "IDEMPOTENT"},
        {"effect": None, "class": "ACTION"},
        {},
    ]
    assert rehearsed_run(run(rc=4), requests) == {"rc": 4, "requests": 5, "writes": 1, "elsewhere": []}


def test_other_hosts_are_listed_once_and_sorted_in_any_case() -> None:
    refused = {"b.example": 2, "nowhere.invalid": 1, "C.example": 1}  # as the copy counts them
    found = rehearsed_run(
        run(), refused=refused, asked=["c.example", "a.example", "B.EXAMPLE"], nowhere="nowhere.invalid"
    )
    assert found["elsewhere"] == ["a.example", "b.example", "C.example"]


@pytest.mark.parametrize(
    "line",
    [
        'fatal: [server]: UNREACHABLE! => {"changed": false}',
        "UNREACHABLE: server cannot be reached",  # intune.exchange.brief
        "server                     : ok=0    changed=0    unreachable=1    failed=0",
    ],
)
def test_a_machine_that_cannot_be_reached_was_asked_for(line: str) -> None:
    found = rehearsed_run(run(f"PLAY [all] ***\n{line}\nthe end"), refused=["z.example"])
    assert found["elsewhere"] == [*MACHINES, "z.example"]


@pytest.mark.parametrize(
    "line",
    [
        "server                     : ok=2    changed=0    unreachable=0    failed=1",
        '    "msg": "fatal: [server]: UNREACHABLE!"',  # what a task printed
        "The host is UNREACHABLE: call somebody",
        "",
    ],
)
def test_what_a_playbook_prints_is_no_unreachable_machine(line: str) -> None:
    assert rehearsed_run(run(f"PLAY [all] ***\n{line}\n"))["elsewhere"] == []


@pytest.mark.parametrize("given", [None, {}, {"rc": 0}, {"rc": "x", "stdout": ""}, {"stdout": ""}])
def test_other_input_is_refused(given: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="rehearsed_run cannot read this run"):
        rehearsed_run(given)
