# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source and the shipped rulebook in `ansible-rulebook`: events in the tenant start the playbooks."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import player
from .warm import BIN, ROOT, settings

ADDRESS = "svc-intune-connector@watched.example"
WATCHED = {
    "extends": "ready",
    "domain": "watched.example",
    "intune": {
        "connectors": [{"exchangeConnectorType": "serviceToService", "primarySmtpAddress": ADDRESS, "age": 0}],
        "devices": [
            {
                "user": "adele.vance",
                "os": "iOS",
                "os_version": "18.6",
                "model": "iPhone 14",
                "manufacturer": "Apple",
                "compliance": "compliant",
                "eas": 0,
            }
        ],
    },
    "application": {
        "graph": ["DeviceManagementServiceConfig.ReadWrite.All", "DeviceManagementManagedDevices.Read.All"]
    },
    "exchange": {
        "devices": [{"user": "adele.vance", "model": "iPhone14C2", "type": "iPhone", "os": "iOS 18.6", "client": "EAS"}]
    },
}

# Needs ansible-rulebook and Java. tests/unit/eda/test_watch.py covers its events and refusals as well.
pytestmark = pytest.mark.more

GUIDE = (ROOT / "docs/docsite/rst/guide_events.rst").read_text(encoding="utf-8")


def shown(caption: str) -> str:
    """The file of this name in the guide."""
    start = f".. code-block:: yaml\n   :caption: {caption}\n\n"
    (found,) = re.findall(rf"^{re.escape(start)}((?:   .*\n|\n)+)", GUIDE, re.MULTILINE)
    return textwrap.dedent(found)


class Rulebook:
    """A running `ansible-rulebook`, and its output so far."""

    def __init__(self, folder: Path, arguments: list[str], environment: dict[str, str]) -> None:
        self._said = folder / "said"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [str(BIN / "ansible-rulebook"), *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace")

    def events(self, kind: str) -> int:
        return self.said.count(f"'type': '{kind}'")

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for an effect; a busy machine takes a minute or two."""
        end = time.monotonic() + 300
        while not true():
            assert self.process.poll() is None and time.monotonic() < end, self.said
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


Start = Callable[..., Rulebook]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A tenant whose time passes only on request of a test."""
    path = tmp_path_factory.mktemp("tenant") / "watched.yml"
    path.write_text(yaml.safe_dump(WATCHED))
    with Simulator(tenants=[path], clock_step=0) as simulator:
        yield simulator


@pytest.fixture
def start(tmp_path: Path, simulator: Simulator) -> Iterator[Start]:
    """Starts the rulebook of the collection with these variables, signed in by the environment."""
    if not shutil.which("java"):
        reason = "ansible-rulebook needs Java 17 or later (on Debian: apt-get install default-jre-headless)"
        (pytest.fail if os.environ.get("INTUNE_EXCHANGE_FORBID_SKIPS") else pytest.skip)(reason)
    started: list[Rulebook] = []

    def begin(rulebook: str | None = None, **variables: Any) -> Rulebook:
        """The rulebook of the collection, as in the guide, or a file with another one."""
        for name in ("inventory.yml", "variables.yml"):
            (tmp_path / name).write_text(shown(name))
        written = yaml.safe_load(shown("variables.yml"))
        (tmp_path / "variables.yml").write_text(yaml.safe_dump({**written, **variables, "interval": 1}))
        (command,) = re.findall(r"^   ansible-rulebook (.*)$", GUIDE, re.MULTILINE)
        arguments = command.split()
        if rulebook:
            arguments[arguments.index("-r") + 1] = rulebook
        environment = {**settings(), **simulator.environment("watched")}
        started.append(Rulebook(tmp_path, [*arguments, "--print-events"], environment))
        return started[-1]

    yield begin
    for one in started:
        one.stop()


def test_events_start_playbooks_once_and_go_on_after_a_restart(
    start: Start, simulator: Simulator, tmp_path: Path
) -> None:
    play = player(tmp_path, simulator)
    file = tmp_path / "state.json"

    def known() -> dict[str, Any]:
        if not file.exists():
            return {}
        tenants: dict[str, Any] = json.loads(file.read_text())["tenants"]
        return tenants.get(simulator.facts("watched")["tenant_id"], {})

    variables = {"state_file": str(file), "connector_primary_smtp_address": ADDRESS, "mobile_access_confirm": True}
    rulebook = start(**variables)
    rulebook.until(lambda: known().get("connector") == "pending")
    simulator.advance(600)  # in which it connects and synchronizes
    quarantine = {"default_access_level": "Quarantine", "accept_impact": True}
    assert play({"intune.exchange.activesync_organization_settings": quarantine}, tenant="watched").code == 0
    rulebook.until(lambda: rulebook.said.count("PLAY RECAP") == 2)
    rulebook.until(lambda: known()["quarantined"] == [])  # after the playbook has approved it
    rulebook.stop()
    assert "The connector is as described: connected" in rulebook.said
    assert "1 quarantined device is now allowed." in rulebook.said
    assert (rulebook.events("connector_state_changed"), rulebook.events("device_quarantined")) == (1, 1)
    assert [one["operation"] for one in simulator.requests() if one["effect"]] == [
        "Set-ActiveSyncOrganizationSettings",
        "Set-CASMailbox",
    ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    assert play({"intune.exchange.connector": {"state": "absent"}}, tenant="watched").code == 0
    own = yaml.safe_load(shown("connectors.yml"))
    (options,) = own[0]["sources"][0].values()
    tenant = {"tenant_id": simulator.facts("watched")["tenant_id"], "account": ADDRESS}
    options |= {"state_file": str(file), "interval": 1, "tenants": [tenant]}
    (tmp_path / "connectors.yml").write_text(yaml.safe_dump(own))
    again = start("connectors.yml")
    again.until(lambda: "There is no service-to-service connector. Next step" in again.said)
    again.stop()
    assert (again.events("connector_state_changed"), again.events("device_quarantined")) == (1, 0)
    assert "'old': 'connected'" in again.said and "'new': 'missing'" in again.said
    for text in (rulebook.said, again.said, file.read_text()):
        assert simulator.facts("watched")["client_secret"] not in text and "Traceback" not in text


def test_what_cannot_be_meant_ends_it_with_a_sentence(start: Start, tmp_path: Path) -> None:
    (file := tmp_path / "state.json").write_text("{}")
    file.chmod(0o644)
    rulebook = start(state_file=str(file), connector_primary_smtp_address=ADDRESS)
    assert rulebook.process.wait(120) == 1
    assert f"the file {file} of state_file is open to others (mode 0644)" in rulebook.said
