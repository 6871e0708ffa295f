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
\tmkdir -p $$UV_CACHE_DIR
\ttouch $$UV_CACHE_DIR/it
\techo "tmp=$(TMPDIR) home=$$HOME live=$(LIVE)."
bad:
\tmkdir -p .cache/logs
\techo why > .cache/logs/bad.log
\tfalse
slow:
\techo $$$$ > $(PID); exec sleep 600
"""
AS_ROOT = os.getuid() == 0


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that an ordinary user may write to as well: those of pytest are of one user alone."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="test-from-nothing-") as place:
        Path(place).chmod(0o777)
        yield Path(place)


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


@pytest.fixture
def environment(project: Path, public: Path) -> dict[str, str]:
    downloads = {"XDG_CACHE_HOME": str(project / ".cache/xdg"), "DOWNLOADS_OF_NOBODY": str(public / "downloads")}
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **downloads}


def run(folder: Path, environment: dict[str, str], target: str) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "tools/from_nothing.sh", target, sys.executable],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout


def test_the_repository_keeps_its_owner(project: Path, public: Path, environment: dict[str, str]) -> None:
    """A local clone shares the files of objects by hard links."""
    (project / "note").write_text("not committed\n")
    code, said = run(project, {**environment, "LIVE": "1"}, "docs")
    assert code == 0 and "\ncommitted\n" in said and " home=/nonexistent live=.\n" in said, said
    assert not AS_ROOT or "\nnobody\n" in said
    assert {one.stat().st_uid for one in project.rglob("*") if not one.is_symlink()} == {os.getuid()}
    assert (project / ".cache/logs/from-nothing-docs/docs.log").read_text() == "much\n"
    assert not AS_ROOT or (public / "downloads").stat().st_mode & 0o777 == 0o711


def test_a_failure_names_the_logs(project: Path, environment: dict[str, str]) -> None:
    code, said = run(project, environment, "bad")
    assert code == 2 and "why\nThe logs of the clone are kept in " in said


@pytest.mark.skipif(not AS_ROOT, reason="only root becomes somebody else")
def test_what_root_alone_may_use_is_not_used(
    project: Path, tmp_path: Path, public: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "private").mkdir(mode=0o700)
    code, said = run(project, {**environment, "TMPDIR": str(tmp_path / "private")}, "docs")
    assert code == 0 and "\ntmp=/tmp home=" in said, said
    os.chown(public / "downloads", 65534, 65534)
    code, said = run(project, environment, "docs")
    assert code == 1 and said == f"{public / 'downloads'} belongs to somebody else: remove it\n"


def test_nothing_goes_on_after_an_interruption(project: Path, public: Path, environment: dict[str, str]) -> None:
    pid = public / "pid"
    with subprocess.Popen(
        ["bash", "tools/from_nothing.sh", "slow", sys.executable],
        cwd=project,
        env={**environment, "PID": str(pid), "TMPDIR": str(public)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        while not (pid.exists() and pid.read_text().strip()):
            assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            process.kill()
    assert process.returncode == 143 and not list(public.glob("from-nothing-*"))
    until = time.monotonic() + 60
    while lives(int(pid.read_text())):
        assert time.monotonic() < until
