# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make from-nothing: a command on a clone, as an ordinary user if root asks for it; the repository stays as it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import lives

pytestmark = pytest.mark.more

ROOT = Path(__file__).parents[2]
MAKEFILE = """
docs:
\tid -un
\tmkdir -p .cache/logs
\techo much > .cache/logs/docs.log
\tcat note
\techo $(TMPDIR) $$HOME $$UV_CACHE_DIR $(LIVE)
bad:
\tmkdir -p .cache/logs
\techo why > .cache/logs/bad.log
\tfalse
slow:
\techo $$$$ > $(PID)
\tsleep 600
"""
AS_ROOT = os.getuid() == 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "tools").mkdir(parents=True)
    (folder / "tools/from_nothing.sh").write_bytes((ROOT / "tools/from_nothing.sh").read_bytes())
    (folder / "Makefile").write_text(MAKEFILE)
    (folder / "note").write_text("committed\n")
    (folder / ".gitignore").write_text("/.cache/\n")
    who = ("-c", "user.name=someone", "-c", "user.email=someone@example.com")
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", folder, *words], check=True)
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    downloads = {"XDG_CACHE_HOME": str(folder / ".cache/xdg"), "DOWNLOADS_OF_NOBODY": str(folder.parent / "downloads")}
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **downloads, **more}


def run(folder: Path, target: str, **more: str) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "tools/from_nothing.sh", target, sys.executable],
        cwd=folder,
        env=environment(folder, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout


def test_the_repository_keeps_its_owner(project: Path, tmp_path: Path) -> None:
    """A local clone shares the files of objects by hard links."""
    (project / "note").write_text("not committed\n")
    code, said = run(project, "docs", LIVE="1")
    assert code == 0 and "What is not committed is not tested here.\n" in said, said
    assert "\ncommitted\n" in said and " /nonexistent " in said and not said.rstrip().endswith(" 1")
    assert not AS_ROOT or "\nnobody\n" in said
    assert {one.stat().st_uid for one in project.rglob("*") if not one.is_symlink()} == {os.getuid()}
    assert (project / ".cache/logs/from-nothing-docs/docs.log").read_text() == "much\n"
    assert not AS_ROOT or (tmp_path / "downloads").stat().st_mode & 0o777 == 0o711


def test_a_failure_names_the_logs(project: Path) -> None:
    code, said = run(project, "bad")
    assert code == 2 and "why\nThe logs of the clone are kept in " in said


@pytest.mark.skipif(not AS_ROOT, reason="only root becomes somebody else")
def test_what_root_alone_may_use_is_not_used(project: Path, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir(mode=0o700)
    code, said = run(project, "docs", TMPDIR=str(tmp_path / "private"))
    assert code == 0 and "\n/tmp /nonexistent " in said, said
    os.chown(tmp_path / "downloads", 65534, 65534)
    code, said = run(project, "docs")
    assert code == 1 and said == f"{tmp_path / 'downloads'} belongs to somebody else: remove it\n"


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that an ordinary user may write to as well: those of pytest are of one user alone."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="test-from-nothing-") as place:
        Path(place).chmod(0o777)
        yield Path(place)


def test_nothing_goes_on_after_an_interruption(project: Path, public: Path) -> None:
    pid = public / "pid"
    with subprocess.Popen(
        ["bash", "tools/from_nothing.sh", "slow", sys.executable],
        cwd=project,
        env=environment(project, PID=str(pid), TMPDIR=str(public)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        while not (pid.exists() and pid.read_text().strip()):
            assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 143 and not list(public.glob("from-nothing-*"))
    until = time.monotonic() + 60
    while lives(int(pid.read_text())):
        assert time.monotonic() < until
