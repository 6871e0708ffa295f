# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make test-all: each entry on a clone of the last commit, passed ones are not run again, and a table at the end."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tools import matrix

pytestmark = pytest.mark.more

MAKEFILE = """
test-entry:
\t@echo $(PYTHON) $(CORE) >> $(RAN)
\t@mkdir -p .cache/logs
\t@printf '....\\n12 passed, 1 skipped in 1.00s\\n' > .cache/logs/unit.log
\t@printf 'E\\n1 failed, 11 passed in 1.00s\\n' > .cache/logs/integration.log
\t@printf 'a byte \\377\\n' | tee -a .cache/logs/unit.log
\t@echo 'install-test … ok 1 s'
\t@echo 'unit … ok 1 s'
\t@if [ $(CORE) = $(BAD) ]; then echo 'integration … failed after 2 s'; exit 1; fi
\t@echo 'integration … ok 2 s'
\t@echo 'sanity-artifact … ok 3 s'
\t@echo 'demo-tested … ok 4 s'
"""


def commit(folder: Path, what: str) -> None:
    who = ("-c", "user.name=someone", "-c", "user.email=someone@example.com")
    subprocess.run(["git", "-C", folder, "add", "-A"], check=True)
    subprocess.run(["git", "-C", folder, *who, "commit", "-q", "--allow-empty", "-m", what], check=True)


def test_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    ran = tmp_path / "ran"
    project = tmp_path / "project"
    project.mkdir()
    (project / "Makefile").write_text(MAKEFILE, encoding="utf-8")
    (project / ".gitignore").write_text("/.cache/\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q", project], check=True)
    commit(project, "first")
    monkeypatch.setattr(matrix, "ROOT", project)
    monkeypatch.setattr(matrix, "PLACE", project / ".cache" / "matrix")
    monkeypatch.setenv("RAN", str(ran))
    monkeypatch.setenv("BAD", "2.20.1")
    monkeypatch.delenv("AGAIN", raising=False)
    monkeypatch.delenv("INTUNE_EXCHANGE_FORBID_SKIPS", raising=False)

    assert matrix.main(["3.11-2.18.1", "3.12-2.20.1"]) == 1
    said = capfd.readouterr().out
    table = [re.split(r"  +", line) for line in said[said.index("Python  ") :].splitlines()]
    assert re.fullmatch(r"\d+ min \d+ s", table[1].pop(-2)) and table[2].pop(-2) and table[0].pop(-2) == "time"
    assert table == [
        ["Python", "ansible-core", *matrix.STEPS, "result"],
        ["3.11", "2.18.1", "12 ok, 1 skipped", "11 ok", "ok", "ok", "passed"],
        ["3.12", "2.20.1", "12 ok, 1 skipped", "failed", "not run", "not run", "failed"],
    ]
    assert ran.read_text().splitlines() == ["python3.11 2.18.1", "python3.12 2.20.1"]

    monkeypatch.setenv("BAD", "none")
    assert matrix.main(["3.11-2.18.1", "3.12-2.20.1"]) == 0  # only the failed one
    assert ran.read_text().splitlines()[2:] == ["python3.12 2.20.1"]
    assert capfd.readouterr().out.count("passed") == 3  # one of them: passed before

    assert matrix.main(["3.12-2.20.1"]) == 0
    assert len(ran.read_text().splitlines()) == 3
    monkeypatch.setenv("AGAIN", "1")
    assert matrix.main(["3.12-2.20.1"]) == 0
    assert len(ran.read_text().splitlines()) == 4

    monkeypatch.delenv("AGAIN")
    monkeypatch.setenv("INTUNE_EXCHANGE_FORBID_SKIPS", "1")  # what passed with skips has not passed like this
    assert matrix.main(["3.12-2.20.1"]) == matrix.main(["3.12-2.20.1"]) == 0
    assert len(ran.read_text().splitlines()) == 5
    monkeypatch.delenv("INTUNE_EXCHANGE_FORBID_SKIPS")

    (project / "new").touch()
    commit(project, "second")
    assert matrix.main(["3.11-2.18.1"]) == 0
    assert len(ran.read_text().splitlines()) == 6
    assert (project / ".cache/matrix/3.11-2.18.1/new").exists()

    # Neither what somebody tries in a clone nor what is committed meanwhile is what is tested.
    clone = project / ".cache/matrix/3.11-2.18.1"
    (clone / "Makefile").write_text("test-entry:\n\tfalse\n", encoding="utf-8")
    (clone / "tried").touch()
    first = matrix.git("rev-parse", "HEAD~1").strip()
    assert matrix.run("3.11-2.18.1", first)["passed"]
    assert not (clone / "tried").exists() and not (clone / "new").exists()
