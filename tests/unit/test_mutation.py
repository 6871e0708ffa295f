# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make mutation` counts, and that no process of it survives an interruption."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.processes import lives
from tools import mutation
from tools.mutation import Mutation

pytestmark = pytest.mark.more

ROOT = Path(__file__).parents[2]
NAME = "ansible_collections.intune.exchange.plugins.module_utils._engine.run.{}__mutmut_3"


def changed(removed: str, added: str, name: str = "x_keep") -> Mutation:
    difference = f"--- run.py\n+++ run.py\n@@ -1,3 +1,3 @@\n def keep():\n-    {removed}\n+    {added}\n     return 1"
    return Mutation(NAME.format(name), "_engine/run.py", difference)


def test_what_changed_where() -> None:
    one = changed("a = 1", "a = 2")
    assert one.key == ("keep", "a = 1", "a = 2") and one.package == "_engine"
    assert changed("a", "b", "xǁHttpǁsend").function == "send"


@pytest.mark.parametrize(
    ("removed", "added", "words"),
    [
        ('problem = "it is gone"', 'problem = "XXit is goneXX"', True),
        ('f"the role {name} is built in"', 'f"THE ROLE {NAME} IS BUILT IN"', True),
        ('raise usage("give a name", 1)', 'raise usage("give a name", 2)', False),
        ('raise usage("give a name")', "raise usage(None)", False),
        ('kind = "gone"', 'kind = "XXgoneXX"', False),
        ('tenant.progress("one two",', 'tenant.progress("ONE TWO",', True),
        ('f"the name is {text(name)}"', 'f"the name is {text(None)}"', False),
        ('read(f"name eq {text(name)}")', 'read(f"NAME EQ {TEXT(NAME)}")', False),
        ('"a/b;charset=utf-8; x"', '"A/B;CHARSET=UTF-8; X"', False),
        ('read(f"at ge {text(day)}")', 'read(f"AT GE {TEXT(DAY)}")', False),
        ('if "already exists" not in text:', 'if "XXalready existsXX" not in text:', False),
        ('if text == "no such thing":', 'if text == "NO SUCH THING":', False),
        ('return row["SMTP App"]', 'return row["smtp app"]', False),
        ('text.partition(" - Operation")', 'text.partition("XX - OperationXX")', False),
        ('return ["first do this", "then that"]', 'return ["XXfirst do thisXX", "then that"]', True),
        ('yield "run it again", row["a b"]', 'yield "XXrun it againXX", row["a b"]', True),
    ],
)
def test_sentences_are_for_people(removed: str, added: str, words: bool) -> None:
    assert mutation.only_words(changed(removed, added)) is words


def test_a_sentence_over_two_lines() -> None:
    difference = '--- a\n+++ a\n@@ -1,3 +1,3 @@\n{}\n-        "Administrator",\n+        "XXAdministratorXX",\n     )'
    before = '         "as a Global "', '         "one",'
    assert [mutation.only_words(Mutation(NAME, "a/b.py", difference.format(one))) for one in before] == [True, False]


def test_the_interval_is_that_of_wilson() -> None:
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3
    assert mutation.interval(81, 263) == (26, 37) and mutation.interval(0, 20) == (0, 16)


def test_a_line_for_each_package() -> None:
    statuses = ["killed", "timeout", "survived", "no tests", "suspicious"]
    found = [Mutation(NAME, f"_engine/{one}.py", status=one) for one in statuses] + [
        Mutation(NAME, "_rbac/a.py", "", "killed")
    ]
    table, score = mutation.table(found)
    lines = {line.split()[0]: line.split() for line in table.splitlines()}
    assert score == 50 and lines["all"][1:4] == ["6", "3", "50"]
    assert lines["_engine"][1:4] == ["5", "2", "40"] and lines["_engine"][-4:] == ["1", "1", "1", "1"]
    assert lines["_rbac"][1:4] == ["1", "1", "100"]


def test_what_is_equivalent_has_a_reason() -> None:
    listed = mutation.listed_as_equivalent()
    expected = {"function", "from", "to", "why"}
    assert listed and all(set(one) - {"unless"} == expected and one["why"].strip() for one in listed)
    assert mutation.is_equivalent(changed('"a", tenant.label)', '"a", None)'), listed)
    assert not mutation.is_equivalent(changed("tenant.label,", "other,"), listed)
    assert not mutation.is_equivalent(changed("return next(all, tenant.label)", "return next(all, None)"), listed)
    one = {"function": "keep", "from": "a", "to": "b", "why": "x"}
    assert mutation.is_equivalent(changed("a", "b"), [one]) and not mutation.is_equivalent(
        changed("a", "b", "x_act"), [one]
    )


def test_what_is_equivalent_is_still_there() -> None:
    files = (ROOT / "plugins/module_utils").rglob("*.py")
    code = "\n".join(" ".join(one.read_text(encoding="utf-8").split()) for one in files)
    gone = [one["from"] for one in mutation.listed_as_equivalent() if one["from"] not in code]
    assert not gone


def test_what_runs_only_while_files_are_imported(tmp_path: Path) -> None:
    """mutmut attributes it to the first test."""
    (tmp_path / "mutants").mkdir()
    stats = {
        "duration_by_test": {"test_b": 1, "test_a": 2},
        "tests_by_mangled_function_name": {
            "m.x_spec": ["test_b"],
            "m.x_keep": ["test_a"],
            "m.x_all": ["test_a", "test_b"],
        },
    }
    (tmp_path / "mutants" / "mutmut-stats.json").write_text(json.dumps(stats))
    assert mutation.only_at_import(tmp_path) == {"m.x_spec"}


def test_some_noticed_changes_are_controls(tmp_path: Path) -> None:
    (tmp_path / "mutants").mkdir()
    stats = {
        "duration_by_test": {"quick": 1, "slow": 61},
        "tests_by_mangled_function_name": {"m.x_a": ["quick"], "m.x_b": ["quick", "slow"]},
    }
    (tmp_path / "mutants" / "mutmut-stats.json").write_text(json.dumps(stats))
    noticed = [Mutation(f"m.x_a__mutmut_{number}", "a/b.py", status="killed") for number in range(25)]
    others = [Mutation("m.x_a__mutmut_99", "a/b.py", status=status) for status in ("survived", "timeout")]
    slow = Mutation("m.x_b__mutmut_1", "a/b.py", status="killed")
    assert mutation.controls(tmp_path, [*others, slow, *noticed]) == noticed[::3]
    assert mutation.controls(tmp_path, noticed[:4]) == noticed[:4] and mutation.controls(tmp_path, others) == []


def test_a_change_whose_tests_fail_anyway_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = [Mutation(f"m.x_a__mutmut_{number}", "a/b.py", status="killed") for number in range(3)]
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(mutation, "mutmut", lambda *names, **given: asked.append((names, given)))
    without = [
        replace(one, status=status) for one, status in zip(sample, ("survived", "killed", "timeout"), strict=True)
    ]
    monkeypatch.setattr(mutation, "known", lambda place: without)
    assert mutation.failing_without_change(tmp_path, 2, sample) == [one.name for one in sample[1:]]
    assert asked == [((tmp_path, 2, *(one.name for one in sample)), {"WITHOUT_CHANGES": "1"})]
    assert mutation.failing_without_change(tmp_path, 2, []) == [] and len(asked) == 1


def test_mutmut_can_choose_each_test() -> None:
    """It lists the tests, and then names them to pytest in the same process, where not every name is found again."""
    code = f"""
import pytest
class Names:
    def pytest_collection_modifyitems(self, items):
        self.found = [one.nodeid for one in items]
names = Names()
options = ["--collect-only", "-qqq"]
assert pytest.main([*options, *{mutation.TESTS!r}], plugins=[names]) == 0
assert len(names.found) > 1000
assert pytest.main([*options, *names.found]) == 0
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_nothing_lives_on(tmp_path: Path) -> None:
    """The command starts another process; then the tool is interrupted."""
    started = "import subprocess, sys; one = subprocess.Popen(['sleep', '600']); print(one.pid, flush=True); one.wait()"
    run = f"alone({[sys.executable, '-c', started]!r}, Path({str(tmp_path)!r}), {{}})"
    # Processes that a shell starts in the background ignore the interruption.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    tool = f"{heard}; from pathlib import Path; from tools.mutation import alone; {run}"
    with subprocess.Popen([sys.executable, "-c", tool], cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        log = tmp_path / "mutmut.log"
        while process.poll() is None and not (log.exists() and log.read_text().endswith("\n")):
            pass
        process.send_signal(signal.SIGINT)
    assert process.returncode
    assert not lives(int(log.read_text()))
