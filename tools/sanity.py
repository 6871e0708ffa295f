# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""C(ansible-test sanity) with nothing but a package index, for the checkout and for what is built from it.

python -m tools.sanity FOLDER [OPTIONS...]    # FOLDER holds ansible_collections
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from ansible_test._internal.python_requirements import get_venv_packages

BIN = Path(sys.executable).parent
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def without_another_host() -> None:
    """Put our get_pip.py where ansible-test keeps the one that it would fetch."""
    pip = get_venv_packages(SimpleNamespace(version=VERSION))["pip"].replace(".", "_")
    kept = Path.home() / ".ansible" / "test" / "cache" / f"get_pip_{pip}.py"
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("get_pip.py"), kept)


def main(folder: Path, *options: str) -> int:
    without_another_host()
    return subprocess.run(
        [str(BIN / "ansible-test"), "sanity", "--python", VERSION, *options],
        cwd=folder / "ansible_collections" / "intune" / "exchange",
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "ANSIBLE_COLLECTIONS_PATH": str(folder)},
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), *sys.argv[2:]))
