# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-test sanity with only a package index, on the checkout and on the built artifact.

python -m tools.sanity FOLDER [OPTIONS...]    # FOLDER holds ansible_collections
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import ansible_test
from ansible_test._internal.python_requirements import get_venv_packages

BIN = Path(sys.executable).parent
UV = Path(__file__).resolve().parent.parent / ".cache" / "uv" / "bin" / "uv"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

# ansible-test installs pip in each of its ten environments, with a script that it downloads from a separate host. This
# script replaces it. Its pip runs uv, which takes a twentieth of the CPU time of pip.
GET_PIP = """
import subprocess, sys, sysconfig
from pathlib import Path

folder = Path(sysconfig.get_path("purelib"), "pip")
folder.mkdir()
(folder / "__init__.py").touch()
(folder / "__main__.py").write_text({pip!r})
others = [word for word in sys.argv[1:] if not word.startswith(("-", "pip=="))]
if others:
    subprocess.check_call([sys.executable, "-m", "pip", "install", *others])
"""

# Libraries are compiled as by pip: otherwise Python would warn on their first import in a test, and the test would
# fail. Only "install" does something: "wheel" would build for pip's cache what uv downloads built, or builds itself.
PIP = """
import os, sys

if sys.argv[1] == "install":
    os.environ.update({settings!r})  # ansible-test hands on few variables
    os.execv({uv!r}, ["uv", "pip", "install", "-q", "--compile-bytecode", "-p", sys.executable, *sys.argv[2:]])
"""


# ansible-core 2.22 installs this pylint library, which does not affect the findings, from a repository.
OVERRIDE = "dill==0.4.1\n"


def provide_pip() -> None:
    """Put the script where ansible-test stores the downloaded one."""
    wanted = ("UV_", "SSL_", "XDG_CACHE_HOME", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    settings = {name: value for name, value in os.environ.items() if name.upper().startswith(wanted)}
    if "dill @ https" in (Path(ansible_test.__file__).parent / "_data/requirements/sanity.pylint.txt").read_text():
        override = Path.home() / "override.txt"
        override.parent.mkdir(parents=True, exist_ok=True)
        override.write_text(OVERRIDE, encoding="utf-8")
        settings["UV_OVERRIDE"] = str(override)
    version = get_venv_packages(SimpleNamespace(version=VERSION))["pip"].replace(".", "_")
    script = Path.home() / ".ansible" / "test" / "cache" / f"get_pip_{version}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(GET_PIP.format(pip=PIP.format(settings=settings, uv=str(UV))), encoding="utf-8")


def main(folder: Path, *options: str) -> int:
    provide_pip()
    if "BESIDE_OTHERS" in os.environ and hasattr(os, "sched_setaffinity"):
        # pylint starts a process per core that it may use; each reads the same imports, which takes half as much again.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return subprocess.run(
        [str(BIN / "ansible-test"), "sanity", "--python", VERSION, *options],
        cwd=folder / "ansible_collections" / "intune" / "exchange",
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "ANSIBLE_COLLECTIONS_PATH": str(folder)},
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), *sys.argv[2:]))
