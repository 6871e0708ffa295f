# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the last commit with several Pythons and versions of ansible-core, and print a table of the results.

python -m tools.matrix PYTHON-CORE...    # for example 3.12-2.20.10

Each entry runs `make test-entry` in a clone of its own, .cache/matrix/ENTRY. Its result is kept beside the clone, so an
entry that passed for this commit is not run again, unless AGAIN=1 is in the environment.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tools.interruption import end_when_told

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".cache" / "matrix"
STEPS = ("unit", "integration", "sanity-artifact", "demo-tested")
_STEP = re.compile(r"^(\S+) … (ok|failed)", re.MULTILINE)
_TESTS = re.compile(r"^(?:\d+ \w+, )*(\d+) passed(?:, (\d+) skipped)?", re.MULTILINE)


def main(entries: list[str]) -> int:
    end_when_told()
    PLACE.mkdir(parents=True, exist_ok=True)
    commit = git("rev-parse", "HEAD").strip()
    results = []
    for entry in entries:
        result = earlier(entry, commit)
        if result is None:
            result = run(entry, commit)
            (PLACE / f"{entry}.json").write_text(json.dumps(result), encoding="utf-8")
        results.append(result)
    print(f"\nCommit {commit[:12]}")
    print(table(results))
    return 0 if all(result["passed"] for result in results) else 1


def earlier(entry: str, commit: str) -> dict[str, Any] | None:
    """The result of an entry that passed for this commit."""
    path = PLACE / f"{entry}.json"
    if os.environ.get("AGAIN") or not path.exists():
        return None
    result = json.loads(path.read_text(encoding="utf-8"))
    if result["commit"] != commit or not result["passed"] or forbids_skips() > result.get("forbids_skips", False):
        return None
    print(f"{entry}: passed before; AGAIN=1 runs it again", flush=True)
    return result


def forbids_skips() -> bool:
    """Whether a test that is skipped for want of a tool fails."""
    return bool(os.environ.get("INTUNE_EXCHANGE_FORBID_SKIPS"))


def run(entry: str, commit: str) -> dict[str, Any]:
    python, core = entry.split("-", 1)
    clone = PLACE / entry
    if not clone.exists():
        git("clone", "-q", str(ROOT), str(clone))
    # Exactly this commit, whatever ROOT has by now, and whatever somebody tried in the clone of an entry that failed.
    git("-C", str(clone), "fetch", "-q", str(ROOT), commit)
    git("-C", str(clone), "checkout", "-q", "--force", "--detach", commit)
    git("-C", str(clone), "clean", "-fdq")
    print(f"{entry}:", flush=True)
    # A separate make, which shares only downloads with the one that runs this.
    environment = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "OPTIONS")
    }
    environment["UV_CACHE_DIR"] = str(ROOT / ".cache" / "xdg" / "uv")
    began = time.monotonic()
    done = subprocess.Popen(
        ["make", "-C", str(clone), "--no-print-directory", "test-entry", f"PYTHON=python{python}", f"CORE={core}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    said = []
    assert done.stdout is not None
    try:
        for line in done.stdout:
            print(f"  {line}", end="", flush=True)
            said.append(line)
        code = done.wait()
    finally:
        done.terminate()  # without effect on what has ended
    if code:
        print(f"  The logs are in {clone}, where the commands above repeat what failed.", flush=True)
        print(f"  To repeat all of it: make test-all MATRIX={entry}", flush=True)
    return {
        "entry": entry,
        "commit": commit,
        "forbids_skips": forbids_skips(),
        "passed": code == 0,
        "seconds": round(time.monotonic() - began),
        "steps": steps("".join(said), clone / ".cache" / "logs"),
    }


def steps(said: str, logs: Path) -> dict[str, str]:
    """The outcome of each step: "ok", "123 ok", "123 ok, 4 skipped", "failed" or "not run"."""
    ended = dict(_STEP.findall(said))
    results = {}
    for step in STEPS:
        result = ended.get(step, "not run")
        log = logs / f"{step}.log"
        if result == "ok" and log.exists():
            numbers = _TESTS.findall(log.read_text(encoding="utf-8", errors="replace"))
            passed, skipped = numbers[-1] if numbers else ("", "")
            result = f"{passed} ok{f', {skipped} skipped' if skipped else ''}" if numbers else result
        results[step] = result
    return results


def table(results: list[dict[str, Any]]) -> str:
    lines = [["Python", "ansible-core", *STEPS, "time", "result"]]
    for result in results:
        python, core = result["entry"].split("-", 1)
        minutes, seconds = divmod(result["seconds"], 60)
        ended = "passed" if result["passed"] else "failed"
        lines.append([python, core, *(result["steps"][step] for step in STEPS), f"{minutes} min {seconds} s", ended])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def git(*words: str) -> str:
    return subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(ROOT), *words], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
