# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook of the start page, run by its three commands: each ends as the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from simulator import Simulator

from .test_examples import ROOT, Reader, of_page
from .warm import ansible

pytestmark = pytest.mark.more

PAGE = ROOT / "docs/site/index.rst"
TENANT = "phones"


def plain(text: str) -> list[str]:
    """The lines without effects of the terminal's width."""
    return [" ".join(re.sub(r"\*{3,}", "", line).split()) for line in text.splitlines() if line.strip()]


def test_it_runs_as_shown(tmp_path: Path) -> None:
    blocks = of_page(PAGE)
    [book] = [block for block in blocks if block.caption == "phones.yml"]
    [commands] = [block.text for block in blocks if "phones.yml" in block.text and block.language == "bash"]
    [shown] = [block.text for block in blocks if block.language == "text"]
    with Simulator(tenants=[TENANT], control=True) as simulator:
        reader = Reader(simulator, TENANT, tmp_path)
        (tmp_path / "phones.yml").write_text(reader.own(book.text), encoding="utf-8")
        places = {
            name: text for name, text in simulator.environment(TENANT).items() if "_URL" in name or "PATH" in name
        }
        places |= {"AZURE_AUTHORITY_HOST": simulator.urls["authority_url"]}
        ended = []
        for command in commands.strip().splitlines():
            done = ansible(*shlex.split(command), folder=tmp_path, environment=places)
            assert done.returncode == 0, done.stdout + done.stderr
            ended.append(done.stdout)
        assert [re.findall(r"changed=(\d+)", one) for one in ended] == [["2"], ["2"], ["0"]]
        second = "\n".join(plain(ended[1]))
        for line in plain(shown):
            assert line in second, (line, ended[1])
        assert len([one for one in simulator.requests() if one["effect"]]) == 2
