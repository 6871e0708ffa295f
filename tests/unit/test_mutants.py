# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mutants: each applies to the current product, and a surviving one is reported."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools import mutants

pytestmark = pytest.mark.more

ROOT = Path(__file__).parents[2]
PATCHES = sorted((ROOT / "tests" / "mutants").glob("*.patch"))


@pytest.mark.parametrize("path", PATCHES, ids=lambda path: path.stem)
def test_each_applies(path: Path) -> None:
    applied = subprocess.run(
        ["git", "-c", "safe.directory=*", "apply", "--check", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert applied.returncode == 0, applied.stderr


def test_one_that_survives_is_told(tmp_path: Path) -> None:
    patch = tmp_path / "p01-harmless.patch"
    patch.write_text("Guarantee: 1\nTests: tests/unit/module_utils/_core/test_redaction.py -k short\nWhy: nothing\n")
    one = mutants.read(patch)
    assert one.tests == ("tests/unit/module_utils/_core/test_redaction.py", "-k", "short")
    for clean, broken, words in (
        (0, 1, ""),
        (0, 0, "survives"),
        (0, -1, "apply"),
        (0, 5, "did not run"),
        (0, -2, "did not end"),
        (1, 1, "without"),
    ):
        assert (words in mutants.verdict(one, clean, broken)) and bool(words) is bool(
            mutants.verdict(one, clean, broken)
        )
    patch.write_text("Guarantee: 1\n")
    with pytest.raises(ValueError, match="Tests, Why"):
        mutants.read(patch)


def test_one_that_survives_is_told_with_what_its_tests_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutants, "LOGS", tmp_path / "logs")
    patch = tmp_path / "p01-harmless.patch"
    tests = "tests/unit/module_utils/_core/test_targets.py"
    patch.write_text(
        f"Guarantee: 1\nTests: {tests}\nWhy: nothing\n\n--- /dev/null\n+++ b/harmless\n@@ -0,0 +1 @@\n+harmless\n"
    )
    assert mutants.main([str(patch)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("it survives") and f"To repeat it: .cache/test/bin/python -m tools.mutants {patch}" in said
    assert "0 of 1 mutants were noticed" in said
    logs = sorted((tmp_path / "logs").iterdir())
    assert logs[0].name == "p01-harmless.log" and len(logs) == 2
    assert all(str(one) in said and " passed in " in one.read_text() for one in logs)
