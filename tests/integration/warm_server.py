# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program behind warm.py: imports ansible-core once, and runs each received command in a fork of itself.

An input line is a command, an output line its exit code. A fork differs from an ordinary start only in its imports: it
has its own command line, environment, folder and output files.
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
    """Run the command in a fork that ends with it."""
    atexit.unregister(cleanup_tmp_file)  # the server's folder for temporary files stays in any case
    redirect(0, os.devnull, os.O_RDONLY)
    for number, path in ((1, job["output"]), (2, job["errors"])):
        redirect(number, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    # Each process has its own folder for temporary files, and removes it.
    shared = Path(constants.DEFAULT_LOCAL_TMP)
    constants.DEFAULT_LOCAL_TMP = tempfile.mkdtemp(prefix=f"ansible-local-{os.getpid()}", dir=shared.parent)
    atexit.register(cleanup_tmp_file, constants.DEFAULT_LOCAL_TMP, warn=True)
    # Modules that an earlier run has packed, as each run keeps them for its later tasks.
    (packed := shared / "ansiballz_cache").mkdir(exist_ok=True)
    Path(constants.DEFAULT_LOCAL_TMP, packed.name).symlink_to(packed)
    # Access tokens belong to the process that loaded the action plugins, here the server.
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
    """Load plugins and their documentation, which lists their configuration options.

    Ansible-core stores no bytecode of plugins: each task is a process that would compile them again.
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
    """Import the modules that the first run imported."""
    for name in json.loads(path.read_text(encoding="utf-8")):
        if name != "__main__":
            with suppress(Exception):  # some modules exist only under names from a loader
                importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a fork does not copy memory that its garbage collection does not touch


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
