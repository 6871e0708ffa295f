# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program behind warm.py: imports ansible-core once, and runs each command that it is sent in a fork of itself.

A line of input is a command, a line of output its exit code. What a fork adds to an ordinary start is only that imports
have happened: the command line, the environment, the folder and the files for its output are the fork's own.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import sys
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from ansible import constants
from ansible.cli import playbook as _playbook  # noqa: F401  what most commands are
from ansible.config.manager import cleanup_tmp_file
from ansible.plugins import loader as loaders
from ansible.plugins.loader import init_plugin_loader

COLLECTION = "intune.exchange"
KINDS = ("action", "become", "cache", "callback", "connection", "filter", "lookup", "shell", "strategy", "test")
OWN_KINDS = ("action", "filter", "inventory", "lookup")


def redirect(number: int, path: str, flags: int) -> None:
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, number)
    os.close(opened)


def run(job: dict[str, Any]) -> NoReturn:
    """The command, in a fork that ends with it."""
    atexit.unregister(cleanup_tmp_file)  # the server's folder for temporary files stays, whatever comes of the command
    redirect(0, os.devnull, os.O_RDONLY)
    for number, path in ((1, job["output"]), (2, job["errors"])):
        redirect(number, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    # A folder for temporary files of its own, as each process has, and which each removes.
    shared = Path(constants.DEFAULT_LOCAL_TMP)
    constants.DEFAULT_LOCAL_TMP = tempfile.mkdtemp(prefix=f"ansible-local-{os.getpid()}", dir=shared.parent)
    atexit.register(cleanup_tmp_file, constants.DEFAULT_LOCAL_TMP, warn=True)
    # Modules that an earlier run has packed, as each run keeps them for its later tasks.
    (packed := shared / "ansiballz_cache").mkdir(exist_ok=True)
    Path(constants.DEFAULT_LOCAL_TMP, packed.name).symlink_to(packed)
    # Access tokens belong to the process that loaded the action plugins, which here is the server.
    runner: Any = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.plugin_utils._runner")
    runner._tokens = type(runner._tokens)()
    sys.argv = job["command"]
    name = Path(sys.argv[0]).name
    name = "adhoc" if name == "ansible" else name.removeprefix("ansible-")
    program = importlib.import_module(f"ansible.cli.{name}")
    try:
        program.main()
    finally:
        Path(job["imported"]).write_text(json.dumps(list(sys.modules)), encoding="utf-8")
    sys.exit()


def prepare() -> None:
    """Load plugins, and their documentation, which says what can be configured.

    Ansible-core keeps no bytecode of plugins: each task is a process that would compile those which it asks for.
    """
    init_plugin_loader()
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")  # by each run
    for kind in KINDS:
        list(getattr(loaders, f"{kind}_loader").all(class_only=True))
    own = Path(constants.COLLECTIONS_PATHS[0], "ansible_collections", *COLLECTION.split("."), "plugins")
    for kind in OWN_KINDS:
        for path in sorted((own / kind).glob("*.py")):
            getattr(loaders, f"{kind}_loader").get(f"{COLLECTION}.{path.stem}", class_only=True)
    for path in sorted((own / "modules").glob("*.py")):
        importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{path.stem}")


def learn(path: Path) -> None:
    """Import what the first run imported."""
    for name in json.loads(path.read_text(encoding="utf-8")):
        if name != "__main__":
            with suppress(Exception):  # some modules exist only under the names that a loader gave them
                importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a fork copies nothing that its garbage collection does not touch


def main() -> None:
    constants.DEFAULT_INTERNAL_POLL_INTERVAL = 0.01  # and not 0.001: on a busy machine a run waits most of its time
    prepare()
    learned = False
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            run(job)
        _child, status = os.waitpid(child, 0)
        if not learned and Path(job["imported"]).exists():  # a command may end before it has begun
            learn(Path(job["imported"]))
            learned = True
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
