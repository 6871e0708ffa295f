# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the output of check_access for simulated tenants into its guide, with plain ids and addresses.

python tools/first_run.py
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for the simulator, if this runs as a program

from simulator import Simulator  # noqa: E402

PAGE = ROOT / "docs/docsite/rst/check_access.rst"
SHIPPED: list[str | Path] = [
    *sorted(path.stem for path in (ROOT / "simulator/tenants").glob("*.yml")),
    *sorted((ROOT / "docs/examples/simulator/tenants").glob("*.yml")),
]
READING = {"DeviceManagementServiceConfig.Read.All", "Organization.Read.All", "Policy.Read.All"}
WRONG = "not-the-secret-of-anybody"
_BLOCK = re.compile(
    r"(\.\. Output for (\w+), made by tools/first_run\.py\.\n\n\.\. code-block:: text\n\n)(?:(?: {3}.*)?\n)+(?=\S)"
)
_RESULT = re.compile(r"^(?:ok|fatal): \[(\w+)\](?:: FAILED!)? => (?=\{)", re.MULTILINE)
_WIDTH = 118


def cases(simulator: Simulator) -> dict[str, dict[str, Any]]:
    """The sign-in of each host in the inventory: each shipped tenant, one without a role, one with a wrong secret."""
    found = {one["name"]: dict(simulator.options(one["name"])) for one in simulator.tenants}
    tokens = {
        "graph_token": simulator.token("graph", "retired_covered", READING, "restricted"),
        "exchange_token": simulator.token("exchange", "retired_covered", application="restricted"),
    }
    places = {name: text for name, text in found["retired_covered"].items() if not name.startswith("client_")}
    found["without_role"] = {**places, "auth_method": "token", **tokens}
    found["wrong_secret"] = {**found["ready"], "client_secret": WRONG}
    return found


def ansible(program: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of ansible-core without the user's environment."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("AZURE_", "INTUNE_", "ANSIBLE_"))}
    quiet = {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache/live")}
    return subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=folder,
        env={**clean, **quiet},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def run(
    hosts: Mapping[str, Mapping[str, Any]],
    *arguments: str,
    ansible: Callable[..., subprocess.CompletedProcess[str]] = ansible,
) -> tuple[int, str]:
    """One run of the playbook over the hosts, and its output."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder) / "tenants.json"
        inventory.touch(0o600)
        inventory.write_text(
            json.dumps({"all": {"hosts": {name: {"tenant_options": options} for name, options in hosts.items()}}})
        )
        what = ("-i", str(inventory), "-e", "target=all", "intune.exchange.check_access", *arguments)
        done = ansible("ansible-playbook", *what, folder=Path(folder))
    return done.returncode, done.stdout + done.stderr


def said(output: str) -> dict[str, list[str]]:
    """The lines of each host: the table and next steps, or the message of its failure."""
    found: dict[str, list[str]] = {}
    for start in _RESULT.finditer(output):
        host, result = start[1], json.JSONDecoder().raw_decode(output, start.end())[0]
        if isinstance(result.get("msg"), list):
            whole = _whole(result["msg"])
            found[host] = [*found[host], "", *whole] if host in found else whole
        elif "error" in result:
            found[host] = [result["msg"]]
    return found


def plain(text: str, urls: Mapping[str, Any]) -> str:
    """Without varying values, and with the addresses of the service in place of the simulator's."""
    public = {
        "authority_url": "https://login.microsoftonline.com",
        "graph_url": "https://graph.microsoft.com",
        "exchange_url": "https://outlook.office365.com",
    }
    for name, url in public.items():
        text = text.replace(str(urls[name]), url)
    return re.sub(r"request id [0-9a-f-]{36}", "request id 00000000-0000-0000-0000-000000000000", text)


def page(text: str, lines: Mapping[str, list[str]], urls: Mapping[str, Any]) -> str:
    """The page with each block renewed."""

    def block(found: re.Match[str]) -> str:
        return found[1] + "".join(map(_wrapped(urls), lines[found[2]])) + "\n"

    return _BLOCK.sub(block, text)


def _whole(lines: list[str]) -> list[str]:
    """The lines before they were wrapped for a terminal: a continuation has four more spaces."""
    whole: list[str] = []
    for line in lines:
        if line.startswith("    ") and whole:
            whole[-1] += f" {line.strip()}"
        else:
            whole.append(line)
    return whole


def _wrapped(urls: Mapping[str, Any]) -> Callable[[str], str]:
    def wrap(line: str) -> str:
        indent = "   " + " " * (len(line) - len(line.lstrip()))
        kept = textwrap.fill(
            plain(line, urls),
            _WIDTH,
            initial_indent="   ",
            subsequent_indent=f"{indent}  ",
            drop_whitespace=True,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return (kept if line and len(line) > _WIDTH - 3 else f"   {line}".rstrip()) + "\n"

    return wrap


def main() -> int:
    with Simulator(tenants=SHIPPED) as simulator:
        _code, output = run(cases(simulator))
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), said(output), simulator.urls), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
