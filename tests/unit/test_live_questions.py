# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of open questions: each assumed behaviour has a question or a reason, and the commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.behaviours.behaviour import ASSUMED
from simulator.behaviours.table import BEHAVIOURS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/docsite/rst/live_questions.rst").read_text(encoding="utf-8")
QUESTIONS, ASSUMPTIONS = PAGE.split("What the simulated tenant assumes\n")
# Number, question and command of each row; then number or reason, and behaviours.
ROWS = re.findall(r"^   \* - (\d+)\n     - ((?:.+\n)+?)     - ((?:.+\n)+?)(?=   \*|\n|\Z)", QUESTIONS, re.MULTILINE)
LEFT_OPEN = re.findall(r"^   \* - (.+)\n     - (``(?:.+\n)+?)(?=   \*|\n|\Z)", ASSUMPTIONS, re.MULTILINE)


def test_questions_have_numbers_of_their_own() -> None:
    numbers = [int(number) for number, _question, _command in ROWS]
    assert len(numbers) > 40 and numbers == sorted(set(numbers))
    assert all(question.rstrip()[-1] in "?." and command.strip() for _number, question, command in ROWS)


def test_every_assumed_behaviour_is_there_once() -> None:
    named = [name for _why, names in LEFT_OPEN for name in re.findall(r"``([a-z0-9-]+)``", names)]
    assert sorted(named) == sorted(name for name, one in BEHAVIOURS.items() if one.mark == ASSUMED)
    numbers = {number for number, _question, _command in ROWS}
    for why, _names in LEFT_OPEN:
        assert why in numbers or why.startswith("no question: "), why


@pytest.mark.parametrize("kind", ["module", "playbook"])
def test_the_commands_exist(kind: str) -> None:
    folders = {
        "module": (ROOT / "plugins/modules", ".py", r"-m intune\.exchange\.(\w+)"),
        "playbook": (ROOT / "playbooks", ".yml", r"ansible-playbook intune\.exchange\.(\w+)"),
    }
    folder, suffix, pattern = folders[kind]
    named = set(re.findall(pattern, " ".join(QUESTIONS.split())))
    assert named and not [one for one in named if not (folder / f"{one}{suffix}").is_file()]
