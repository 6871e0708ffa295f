# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of a Makefile step: one line, and for a failure its essence with the command that repeats it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.processes import lives

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.more


def step(folder: Path, script: str) -> tuple[int, list[str], str]:
    """The outcome of a step, its output, and its log."""
    (folder / "tools").mkdir(exist_ok=True)
    for name in ("step.sh", "slowest.sh"):
        shutil.copy(ROOT / "tools" / name, folder / "tools")
    place = {"HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "xdg"), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", f". tools/step.sh some\n{script}"],
        cwd=folder,
        env={**place, "GUARANTEES_SEED": "7", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    said = re.sub(r"\d+ s$", "0 s", done.stdout, flags=re.MULTILINE)
    return done.returncode, said.splitlines(), (folder / ".cache/logs/some.log").read_text(encoding="utf-8")


def test_one_line(tmp_path: Path) -> None:
    code, said, log = step(tmp_path, "cd /\necho much\necho more >&2")
    assert (code, said, log) == (0, ["some … ok 0 s"], "much\nmore\n")
    assert (tmp_path / "home").is_dir()  # tools store files there


def test_the_end_of_what_failed(tmp_path: Path) -> None:
    code, said, log = step(tmp_path, "echo ERROR: it is bad\nseq 100\ncd /\nfalse\necho not reached")
    assert code == 1 and log.splitlines()[-1] == "100"
    assert said[0] == "some … failed after 0 s" and said[1] == "ERROR: it is bad"
    assert said[2:-1] == [str(number) for number in range(61, 101)]
    assert said[-1] == "::: some failed. All that it said: .cache/logs/some.log. To repeat it: make some"


def test_a_failure_longer_than_a_pipe_is_told_to_its_end(tmp_path: Path) -> None:
    much = "echo '=== FAILURES ==='; seq 50000; echo '=== short test summary info ==='; echo 'FAILED one'; false"
    code, said, _log = step(tmp_path, f"export GIVEN=PYTHON=python3.13\n{much}")
    assert code == 1 and said[1:3] == ["=== FAILURES ===", "1"] and "119" in said and "120" not in said
    assert said[-2:] == [
        "FAILED one",
        "::: some failed. All that it said: .cache/logs/some.log. To repeat it: make some PYTHON=python3.13",
    ]


@pytest.mark.parametrize(("number", "group"), [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, True)])
def test_a_step_that_is_interrupted_is_not_ok(tmp_path: Path, number: signal.Signals, group: bool) -> None:
    """make passes SIGTERM on to its steps alone, a terminal sends SIGINT to all processes."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/step.sh", tmp_path / "tools")
    pid = tmp_path / "pid"
    process = subprocess.Popen(
        ["bash", "-eu", "-c", f". tools/step.sh some\ntrue\nbash -c 'echo $$ > {pid}; exec sleep 600'\ntrue"],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "BESIDE_OTHERS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # What is started in the background of a shell inherits that it ignores SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (pid.exists() and pid.read_text().strip()):
        assert process.poll() is None
    (os.killpg if group else os.kill)(process.pid, number)
    said, _none = process.communicate(timeout=60)
    assert process.returncode and " … ok" not in said and said.startswith("some … ")
    until = time.monotonic() + 60
    while lives(int(pid.read_text())):  # nor does its command go on
        assert time.monotonic() < until


def test_a_log_with_any_bytes(tmp_path: Path) -> None:
    code, said, _log = step(tmp_path, r"printf 'a\0b\n=== FAILURES ===\nc\0\nFAILED one\n'; false")
    assert code == 1 and "FAILED one" in said


def test_the_tests_that_failed_and_the_slowest(tmp_path: Path) -> None:
    tests = tmp_path / "tests" / "guarantees"
    tests.mkdir(parents=True)
    shutil.copy(ROOT / "tests/conftest.py", tmp_path / "tests")
    warn = "    import warnings\n\n    warnings.warn('of a library', stacklevel=1)\n"
    (tests / "test_it.py").write_text(f"def test_bad():\n    assert 1 == 2\n\n\ndef test_good():\n{warn}")
    run = f"{sys.executable} -m pytest -q -p no:cacheprovider --rootdir . --durations=20 --durations-min=0 tests"
    code, said, log = step(tmp_path, run)
    assert code == 1 and ">       assert 1 == 2" in said and not [line for line in said if "test_good" in line]
    assert "of a library" in log and not [line for line in said if "of a library" in line]
    assert said.count("  GUARANTEES_SEED=7 .cache/test/bin/pytest tests/guarantees/test_it.py::test_bad") == 1
    (tests / "test_it.py").write_text("def test_good():\n    pass\n")
    code, said, _log = step(tmp_path, run)
    assert code == 0 and said[:2] == ["some … ok 0 s", "The slowest tests:"]
    assert re.fullmatch(r"\d+\.\d+s (call|setup|teardown) +tests/guarantees/test_it.py::test_good", said[2])


def test_what_failed_of_several_steps_stands_at_the_end(tmp_path: Path) -> None:
    """CI shows the last lines: they name what failed, however much was said in between."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    steps = (
        "steps:\n\t$(call together,bad other good)\n"
        "bad:\n\t$(call step,$@)\n\techo FAILED tests/test_it.py::test_bad; false\n"
        "other:\n\t$(call step,$@)\n\techo of no test; false\n"
        "good:\n\t$(call step,$@)\n\tsleep 0\n"
    )
    repeat = "failed. All that it said: .cache/logs/{0}.log. To repeat it: make {0}"
    for _run in range(2):  # what failed before is not told again
        done = subprocess.run(
            ["make", "-s", f"PYTHON={sys.executable}", "--eval", steps, "steps"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout.splitlines()
        last = said[said.index(next(line for line in said if line.startswith("make steps failed after "))) + 1 :]
        assert done.returncode and sorted(re.sub(' PYTHON=".*"$', "", line) for line in last) == [
            f"::: bad {repeat.format('bad')}",
            f"::: other {repeat.format('other')}",
            "FAILED tests/test_it.py::test_bad",
        ]


def test_what_a_machine_has_set_up_elsewhere_reaches_no_step() -> None:
    """Options of tests and of Ansible, and the repository of a hook, which has an index of its own."""
    foreign = {
        **dict.fromkeys(("PYTEST_ADDOPTS", "PYTHONOPTIMIZE", "FORCE_COLOR", "XDG_CONFIG_HOME"), "1"),
        **dict.fromkeys(("ANSIBLE_RUN_TAGS", "ANSIBLE_CONFIG", "INTUNE_EXCHANGE_PROXY", "AZURE_CLIENT_ID"), "x"),
        **dict.fromkeys(("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_CONFIG_COUNT"), "0"),
    }
    skips = "INTUNE_EXCHANGE_FORBID_SKIPS"
    done = subprocess.run(
        ["make", "-s", f"PYTHON={sys.executable}", "--eval", "show-env: ; env", "show-env"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **foreign, skips: "1", "ANSIBLE_HOME": "/elsewhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    shown = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert not set(foreign) & set(shown) and shown[skips] == "1" and done.returncode == 0, done
    assert shown["ANSIBLE_HOME"] == str(ROOT / ".cache/ansible")
    assert shown["GIT_CONFIG_GLOBAL"] == str(ROOT / "tools/gitconfig")


@pytest.mark.parametrize(("limit", "most"), [("max 100000", 10**6), ("150000 100000", 2), ("50000 100000", 1)])
def test_a_container_has_only_some_of_the_cores(tmp_path: Path, limit: str, most: int) -> None:
    (tmp_path / "cpu.max").write_text(f"{limit}\n")
    said = subprocess.run([ROOT / "tools/cores.sh", tmp_path / "cpu.max"], capture_output=True, text=True, check=True)
    cores = os.sysconf("SC_NPROCESSORS_ONLN")
    assert said.stderr == "" and 1 <= int(said.stdout) <= min(most, cores)
    assert most != 2 or int(said.stdout) == min(2, cores, len(os.sched_getaffinity(0)))
