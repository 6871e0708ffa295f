# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tutorial of CONTRIBUTING.md, followed in a copy of the collection: the module works, and the suite passes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import Simulator
from tools.checkout import copy_checkout

from .conftest import ROOT

pytestmark = pytest.mark.more

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Add a module")[1].split("\n## ")[0]
MODULE = "owa_mailbox_policy_info"
BIN = Path(sys.executable).parent
# The part of the suite that concerns a new module.
SUITE = (
    ("tests/unit/test_collection.py", "tests/unit/plugin_utils/test_permissions.py"),
    ("tests/guarantees", "-k", MODULE),
    ("tests/integration/test_examples.py", "-k", MODULE),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which somebody has done what the tutorial says."""
    folder = tmp_path_factory.mktemp("copy")
    copy_checkout(folder)
    [code] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    (folder / f"plugins/modules/{MODULE}.py").write_text(code, encoding="utf-8")
    [command] = re.findall(r"`(sed [^`]+)`", TEXT)
    rows = re.findall(r"^\| `(\S+)` \| `(.*?)` \| `(.*?)` \|$", TEXT, re.MULTILINE)
    assert len(rows) == 6
    for name, before, added in rows:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(f"\n{before}") == 1, (name, before)
        (folder / name).write_text(text.replace(f"\n{before}", f"\n{added}\n{before}"), encoding="utf-8")
    live = folder / ".cache/live/ansible_collections/intune"
    live.mkdir(parents=True)
    (live / "exchange").symlink_to(folder)
    [tool] = re.findall(r"`\.cache/test/bin/python (tools/\S+)`", TEXT)
    run(folder, "bash", "-ec", command)
    run(folder, sys.executable, tool)
    return folder


def run(folder: Path, *words: str, **environment: str) -> str:
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("AZURE_", "INTUNE_", "ANSIBLE_", "PYTEST_"))
    }
    done = subprocess.run(
        words,
        cwd=folder,
        env={**clean, "ANSIBLE_COLLECTIONS_PATH": str(folder / ".cache/live"), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_module_works(copy: Path, simulator: Simulator) -> None:
    assert "owa_mailbox_policies" in run(copy, str(BIN / "ansible-doc"), f"intune.exchange.{MODULE}")
    ad_hoc = (str(BIN / "ansible"), "localhost", "-m", f"intune.exchange.{MODULE}")
    assert '"name": "OwaMailboxPolicy-Default"' in run(copy, *ad_hoc, **simulator.environment("ready"))


@pytest.mark.parametrize("chosen", SUITE, ids=lambda chosen: str(chosen[0]))
def test_the_suite_passes_with_it(copy: Path, chosen: tuple[str, ...]) -> None:
    said = run(copy, sys.executable, "-m", "pytest", "-q", *chosen)
    assert re.search(r"\d+ passed", said)


def test_the_style_is_right(copy: Path) -> None:
    run(copy, str(BIN / "ruff"), "check", "plugins", "tests")
    run(copy, str(BIN / "ruff"), "format", "--check", "plugins", "tests")
