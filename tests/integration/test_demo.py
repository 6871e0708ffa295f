# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration as `make demo` shows it: short acts, readable lines, a report at its end, and its picture."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import sample

from .warm import ROOT

pytestmark = pytest.mark.more


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("demo")
    return sample.demonstration(folder), folder


def test_each_act_fits_a_terminal(shown: tuple[str, Path]) -> None:
    found = sample.acts(shown[0])
    assert [title[:2] for title in found] == ["1.", "2.", "3.", "4.", "5.", "6.", "7.", "8."]
    for title, lines in found.items():
        assert 3 <= len(lines) + 2 <= 24, (title, len(lines))
        assert max(map(len, lines)) <= 100, title
    for word in ("RETRYING", "skipping", "TASK [", "FAILED"):
        assert word not in shown[0]


def test_its_end_leads_on(shown: tuple[str, Path]) -> None:
    output, folder = shown
    [report] = re.findall(r"The report: (\S+)", output)
    assert Path(report).is_file() and Path(report).is_relative_to(folder.resolve())
    for name in re.findall(r"ansible-playbook intune\.exchange\.(\w+)", output):
        assert (ROOT / f"playbooks/{name}.yml").is_file()
    assert re.search(r"^localhost: \d+ ok, \d+ changed, 0 failed$", output, re.MULTILINE)


def test_the_picture_in_the_readme_is_of_this_demonstration(shown: tuple[str, Path]) -> None:
    assert sample.PICTURE.read_text(encoding="utf-8") == sample.picture(shown[0])
    assert str(sample.PICTURE.relative_to(ROOT)) in (ROOT / "README.md").read_text(encoding="utf-8")
