# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m simulator`, or `python path/to/simulator`: a simulated tenant until it is stopped."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

if not __package__:
    # Started by the path of the directory, so the package is not on the module path yet.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

try:
    from simulator import Simulator
    from simulator.server.address import LOOPBACK
    from simulator.state.descriptions import shipped
except ModuleNotFoundError as missing:
    if str(missing.name).partition(".")[0] == "simulator":
        raise
    requirements = Path(__file__).resolve().with_name("requirements.txt")
    if requirements.is_relative_to(Path.cwd()):
        requirements = requirements.relative_to(Path.cwd())
    sys.exit(
        f"The simulator needs the Python package {missing.name}, which {sys.executable} does not have: "
        f"pip install -r {shlex.quote(str(requirements))}"
    )

_LOOK_EVERY = 1.0  # seconds
_LONGEST = 31_536_000  # seconds or milliseconds
_SERVICES = ("login", "graph", "exchange", "identity", "reports")


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    parsed = parser.parse_args(arguments)
    try:
        _check_writable(parsed.address_file)
        simulator = Simulator(
            parsed.tenant or ["ready"],
            clock_step=parsed.clock_step,
            page_size=parsed.page_size,
            latency=dict(parsed.latency),
            rate_limits=not parsed.no_rate_limits,
            control=parsed.control,
            host=parsed.host,
            allow_remote=parsed.allow_remote,
            public_port=parsed.public_port,
        ).start()
    except (ValueError, OSError) as wrong:
        port = f" on port {parsed.public_port}" if parsed.public_port else ""
        text = f"could not start{port}: {wrong.strerror or wrong}" if isinstance(wrong, OSError) else str(wrong)
        parser.exit(2, f"{parser.prog}: error: {text}\n")
    try:
        _serve(simulator, parsed)
    finally:
        simulator.stop()
    return 0


def _serve(simulator: Simulator, parsed: argparse.Namespace) -> None:
    """Say where the tenants are, and wait."""
    if parsed.address_file:
        addresses = simulator.urls | {"pid": os.getpid(), "tenants": simulator.tenants}
        _write(parsed.address_file, json.dumps(addresses, indent=2))
    for tenant in simulator.tenants:
        account = f"account {tenant['account']}{'' if simulator.has_account(tenant['name']) else ' (not created)'}"
        print(f"# Simulated tenant {tenant['name']}: domain {tenant['domain']}, {account}")
    variables = Path(simulator.urls["ca_path"]).with_name("environment")
    lines = _variables(simulator)
    _write(variables, lines)
    print(f"# In another shell, all lines below at once: . {shlex.quote(str(variables))}")
    if len(simulator.tenants) > 1:
        inventory = variables.with_name("simulated.tenants.yml")
        _write(inventory, _inventory(simulator))
        print(f"# All tenants, as an inventory of the collection: -e target=all -i {shlex.quote(str(inventory))}")
    print(lines, end="", flush=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: _stop(simulator, number, frame))
    _wait(simulator, parsed.stop_after, parsed.stop_with)


def _check_writable(file: Path | None) -> None:
    """Raises ValueError for an address file that could not be written after the start."""
    if file is None:
        return
    folder = file.absolute().parent
    if not folder.is_dir():
        raise ValueError(f"--address-file {file}: there is no folder {folder}")
    if file.is_dir():
        raise ValueError(f"--address-file {file} is a folder; name a file in it")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError(f"--address-file {file}: you may not write to the folder {folder}")


def _wait(simulator: Simulator, seconds: float | None, process: int | None) -> None:
    """Wait until it is stopped, the time is up, or a process ends, for whatever reason."""
    end = None if seconds is None else time.monotonic() + seconds
    while not simulator.stopping.is_set() and (end is None or time.monotonic() < end):
        if process is not None and not _runs(process):
            return
        left = _LOOK_EVERY if end is None else max(0.0, end - time.monotonic())
        simulator.stopping.wait(min(_LOOK_EVERY, left) if process is not None else None if end is None else left)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's process
        return True
    return True


def _stop(simulator: Simulator, number: int, frame: FrameType | None) -> None:
    simulator.stop_soon()


def _variables(simulator: Simulator) -> str:
    """The lines with which clients in a shell use the first tenant."""

    def lines(environment: dict[str, str]) -> list[str]:
        return [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]

    others = "# for other clients, such as those with azure-identity and requests (set disable_instance_discovery=True)"
    return "\n".join([*lines(simulator.environment()), others, *lines(simulator.client_environment())]) + "\n"


def _inventory(simulator: Simulator) -> str:
    """The inventory of all tenants, for the plugin intune.exchange.tenants. It has paths but no secrets."""
    hosts: list[dict[str, Any]] = []
    shared: dict[str, Any] = {}
    for tenant in simulator.tenants:
        options = simulator.options(tenant["name"], "certificate")
        own = {name: options.pop(name) for name in ("tenant_id", "client_id", "certificate_path")}
        # Not the names of the tenants as they are: connector_not_offered is a group of the plugin.
        hosts.append({"name": tenant["name"].replace("_", "-"), "account": tenant["account"], **own})
        shared = options
    lines = [f"  - {json.dumps(one)}" for one in hosts]
    settings = [f"{name}: {json.dumps(value)}" for name, value in shared.items()]
    return "\n".join(["plugin: intune.exchange.tenants", *settings, "tenants:", *lines]) + "\n"


def _write(path: Path, content: str) -> None:
    """Write the file atomically and readable for its owner only, since it contains credentials."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(content, encoding="utf-8")
    draft.replace(path)


def _latency(text: str) -> tuple[str, float]:
    service, separator, milliseconds = text.partition("=")
    if not separator or service not in _SERVICES:
        raise argparse.ArgumentTypeError(f"SERVICE=MS with a service of {', '.join(_SERVICES)}")
    return service, _number(milliseconds)


def _number(text: str) -> float:
    """A number of seconds or milliseconds, of which nan and inf are none."""
    with suppress(ValueError):
        if 0 <= (number := float(text)) <= _LONGEST:
            return number
    raise argparse.ArgumentTypeError(f"{text} must be a number from 0 to {_LONGEST}")


def _whole(most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if text.isascii() and text.isdigit() and 1 <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"{text} must be a whole number from 1 to {most}")

    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A simulated Microsoft 365 tenant on local ports. It prints the environment variables with which "
        "clients use its first tenant, and runs until SIGTERM or Ctrl-C.",
        epilog=f"Shipped tenants: {', '.join(shipped())}.",
    )
    add = parser.add_argument
    add(
        "--tenant",
        action="append",
        metavar="NAME|FILE",
        help="a shipped tenant, or a tenant description; NAME*N for N copies; repeatable",
    )
    add(
        "--address-file",
        type=Path,
        metavar="FILE",
        help="write the URLs and credentials of all tenants to this file, as JSON",
    )
    add("--control", action="store_true", help="start the control plane: ledger, state, faults, clock")
    add("--clock-step", type=_number, default=60, metavar="SECONDS", help="simulated seconds per API request (60)")
    add("--page-size", type=_whole(100_000), default=100, metavar="N", help="maximum page size of all lists (100)")
    add(
        "--latency",
        type=_latency,
        action="append",
        default=[],
        metavar="SERVICE=MS",
        help="delay each response of this service; repeatable",
    )
    add("--no-rate-limits", action="store_true", help="disable throttling")
    add(
        "--host",
        default=LOOPBACK,
        metavar="ADDRESS",
        help="bind sign-in, Graph and Exchange to this address (127.0.0.1)",
    )
    add("--allow-remote", action="store_true", help="allow a --host that other machines can reach")
    add(
        "--public-port",
        type=_whole(65_535),
        metavar="PORT",
        help="also serve login.microsoftonline.com, graph.microsoft.com and outlook.office365.com on this port, and "
        "use these names in all links: for clients with fixed host names, with entries in the hosts file (443)",
    )
    add("--stop-after", type=_number, metavar="SECONDS", help="stop after this time")
    add("--stop-with", type=_whole(2**31 - 1), metavar="PID", help="stop when this process has ended")
    return parser


if __name__ == "__main__":
    sys.exit(main())
