# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantee 15: every sign-in method, with every outcome, at every verbosity: no secret is in output, log, files
that callbacks write, leftover files, or the list of processes.

`make test` takes the highest verbosity, `make test-more` one with module processes, and GUARANTEES=all takes all.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import yaml

from simulator import Simulator

from .conftest import ROOT

TENANT = "connected"
METHODS = ("client_secret", "certificate", "pfx", "federated_token", "managed_identity", "token", "device_code")
PASSWORD = "canary-Pa55word-\"'&<+/ ="
EVERYTHING = list(product((0, 1, 2, 3, 4, 5, 6), ("true", "false")))
CHOSEN = [
    pytest.param(6, "true"),
    pytest.param(4, "false", marks=pytest.mark.more),
]
if os.environ.get("GUARANTEES") == "all":
    CHOSEN = [pytest.param(*one) for one in EVERYTHING]


def forms(secret: str, user: str = "svc") -> set[str]:
    """A secret as it is, and in the encodings of addresses, HTML, JSON and headers."""
    raw, both = secret.encode(), f"{user}:{secret}".encode()
    coded = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(), base64.b64encode(both).decode()}
    address = quote(secret, safe="")
    lower = re.sub("%..", lambda found: found[0].lower(), address)
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], html.escape(secret)}
    return {secret, address, lower, quote_plus(secret), *escaped, *(one.rstrip("=") for one in coded)}


def tasks(simulator: Simulator) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each sign-in method: a success, a refusal by the service, a wrong argument, and an impossible value."""
    asked = {"cmdlet": "Set-CASMailbox", "parameters": {"Identity": "nobody", "ImapEnabled": "maybe"}}
    for method in METHODS:
        signed_in = simulator.options(TENANT, method)
        yield "connector_info", signed_in
        yield "exchange_cmdlet", {**signed_in, **asked}
        yield "connector", {**signed_in, "primary_smtp_address": "no address"}
        yield "connector_sync", {**signed_in, "sync_type": "never"}
    job = simulator.options(TENANT, "federated_token")
    job["federated_token"] = Path(job.pop("federated_token_file")).read_text()
    yield "connector_info", job
    account = {"user_principal_name": "x@elsewhere.example", "usage_location": "CH", "password": PASSWORD}
    yield "connector_account", {**simulator.options(TENANT), **account}


def canaries(simulator: Simulator) -> set[str]:
    facts = simulator.facts(TENANT)
    files = [facts[name] for name in ("certificate_path", "federated_token_file")]
    key = next(line for line in Path(files[0]).read_text().splitlines() if line and "-----" not in line)
    given = [facts["client_secret"], facts["certificate_password"], Path(files[1]).read_text().strip(), key, PASSWORD]
    found = {form for secret in given for user in ("svc", facts["client_id"]) for form in forms(secret, user)}
    found |= set(simulator._environment.entra.remembered)  # the refresh tokens of people who signed in with a code
    return found | {"eyJ0eXAi", "eyJhbGci"}  # how every other token begins


def commands(others: Collection[str] = ()) -> dict[str, str]:
    """The command lines of all processes of this machine but others, by their number."""
    found = {}
    for number in os.listdir("/proc"):
        if number.isdigit() and number not in others:
            with suppress(OSError), open(f"/proc/{number}/cmdline", "rb") as file:  # it may have ended
                found[number] = file.read().replace(b"\0", b" ").decode(errors="replace")
    return found


@pytest.mark.parametrize(("verbosity", "in_process"), CHOSEN)
def test_no_secret_is_anywhere(running: Simulator, tmp_path: Path, verbosity: int, in_process: str) -> None:
    running.reset()
    book = tmp_path / "play.yml"
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": variables}
    steps: list[dict[str, Any]] = []
    given: dict[str, str] = {}
    for module, options in tasks(running):
        # Ansible itself shows the values in a playbook, so they come from elsewhere.
        names = {option: f"GIVEN_{len(steps)}_{option}" for option, value in options.items() if isinstance(value, str)}
        given |= {name: options[option] for option, name in names.items()}
        looked_up = {option: "{{ lookup('ansible.builtin.env', '" + name + "') }}" for option, name in names.items()}
        steps.append({f"intune.exchange.{module}": {**options, **looked_up}, "ignore_errors": True})
    book.write_text(yaml.safe_dump([{**play, "tasks": steps}]))
    log = tmp_path / "ansible.log"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "INTUNE_", "ANSIBLE_"))
    }
    output = tmp_path / "output"
    before = commands()
    with output.open("w") as file:
        run = subprocess.Popen(
            [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", *["-v"] * verbosity, str(book)],
            cwd=tmp_path,
            env={
                **environment,
                **given,
                "AZURE_POD_IDENTITY_AUTHORITY_HOST": running.urls["managed_identity_url"],
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "live"),
                "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
                "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"),
                "ANSIBLE_LOG_PATH": str(log),
                "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
                "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.tree,ansible.builtin.junit",
                "ANSIBLE_CALLBACK_TREE_DIR": str(tmp_path / "tree"),
                "JUNIT_OUTPUT_DIR": str(tmp_path / "junit"),
                "INTUNE_EXCHANGE_IN_PROCESS": in_process,
            },
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        seen: set[str] = set()
        while run.returncode is None:
            seen.update(commands(before).values())
            with suppress(subprocess.TimeoutExpired):
                run.wait(0.05)
    written = output.read_text() + log.read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0, written[-3000:]
    assert written.count("...ignoring") >= len(steps) // 2, written[-3000:]
    assert any(str(book) in one for one in seen)
    kept = {path: path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.rglob("*") if path.is_file()}
    assert {"tree", "junit"} <= {path.parent.name for path in kept}
    assert running.requests()
    secrets = canaries(running)
    for place, text in [*kept.items(), ("the list of processes", "\n".join(seen))]:
        assert not {secret for secret in secrets if secret in text}, place
