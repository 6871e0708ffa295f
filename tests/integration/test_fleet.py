# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks for many tenants: `report`, `facts`, `validate`, as users run them."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .warm import ansible

HOSTILE = "=1+1</script>{{ 7 * 7 }}@contoso.example"
ACCOUNT = "connector_primary_smtp_address"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulator, Path]]:
    """A folder with an inventory of tenants, some of which cannot be read."""
    folder = tmp_path_factory.mktemp("fleet")
    hostile = folder / "hostile.yml"
    connector = {"exchangeConnectorType": "serviceToService", "primarySmtpAddress": HOSTILE, "age": 60}
    hostile.write_text(yaml.safe_dump({"extends": "ready", "intune": {"connectors": [connector]}}))
    with Simulator(tenants=["connected", "connector_not_offered", "nothing", hostile]) as simulator:
        hosts: dict[str, Any] = {
            name: {"tenant_options": simulator.options(name), ACCOUNT: simulator.facts(name)["account"]}
            for name in ("connected", "connector_not_offered", "nothing", "hostile")
        }
        del hosts["connected"][ACCOUNT]  # its connector is configured, and shows more
        # Its connector synchronized 5400 s ago.
        hosts["own_age"] = {"tenant_options": simulator.options("connected"), "connector_max_sync_age": "3600"}
        hosts["connected"]["mobile_access_baselines"] = ["cis_exchange_2019_l1"]  # for the others it is advice
        ready = simulator.options("hostile")
        hosts["wrong_secret"] = {"tenant_options": {**ready, "client_secret": "of another application"}}
        hosts["no_service"] = {"tenant_options": {**ready, "authority_url": "https://127.0.0.1:9", "timeout": 5}}
        hosts["no_variable"] = {"tenant_options": {**ready, "client_secret": "{{ vaulted_elsewhere }}"}}
        hosts["blank_account"] = {"tenant_options": ready, ACCOUNT: " "}
        hosts["no_choice"] = {"tenant_options": ready, "connector_directory_sync": "{{ not_there }}"}
        hosts = {
            # First, since no host decides for the others.
            "no_age": {"tenant_options": ready, "connector_max_sync_age": "{{ not_there }}"},
            "bad_age": {"tenant_options": ready, "connector_max_sync_age": "soon"},
            **hosts,
        }
        inventory = {"tenants": {"hosts": hosts, "vars": {"connector_when_not_offered": "skip"}}}
        (folder / "inventory.yml").write_text(yaml.safe_dump(inventory))
        yield simulator, folder


def run(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    common = ("-i", "inventory.yml", f"intune.exchange.{name}", "-e", "target=tenants")
    return ansible("ansible-playbook", *common, *arguments, folder=folder)


def test_no_tenant_is_missing_from_the_report(fleet: tuple[Simulator, Path]) -> None:
    simulator, folder = fleet
    done = run(folder, "report")
    assert done.returncode == 0, done.stdout + done.stderr
    made = folder / "intune-exchange-report"
    files = {path.name: oct(path.stat().st_mode & 0o777) for path in made.iterdir()}
    page = next(name for name in files if name.startswith("tenant-"))
    assert files == dict.fromkeys(("report.html", "report.json", "report.csv", "report.md", page), "0o640")
    report = json.loads((made / "report.json").read_text(encoding="utf-8"))
    text = (made / "report.md").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("| ") for line in text) == 2 + len(report["tenants"])
    assert sum(line.startswith("- **") for line in text) == sum(len(tenant["actions"]) for tenant in report["tenants"])
    tenants = {tenant["name"]: tenant for tenant in report["tenants"]}
    assert {name: tenant["state"] for name, tenant in tenants.items()} == {
        "connected": "action",  # its mailbox policy is Exchange's default
        "connector_not_offered": "action",
        "hostile": "action",
        "nothing": "action",
        "own_age": "action",
        "bad_age": "unread",
        "blank_account": "unread",
        "no_age": "unread",
        "no_choice": "unread",
        "no_service": "unread",
        "no_variable": "unread",
        "wrong_secret": "unread",
    }
    steps = {name: tenant["actions"][0]["next_step"] for name, tenant in tenants.items()}
    assert "AADSTS7000215" in steps["wrong_secret"] and "127.0.0.1:9" in steps["no_service"]
    assert "vaulted_elsewhere" in steps["no_variable"] and "not_there" in steps["no_choice"]
    assert f"{ACCOUNT} is blank" in steps["blank_account"]
    assert "not_there" in steps["no_age"] and "connector_max_sync_age is soon" in steps["bad_age"]
    assert (tenants["own_age"]["connector"]["state"], tenants["connected"]["connector"]["state"]) == (
        "stale",
        "connected",
    )
    assert tenants["connected"]["requirements"]["connector_account"]["status"] == "met"
    assert tenants["connected"]["audit"]["summary"]["fail"] == 11
    asked = {name: {one["status"] for one in tenants[name]["actions"] if "audit." in one["id"]} for name in tenants}
    assert (asked["connected"], asked["hostile"], asked["nothing"]) == ({"known"}, {"advice"}, {"advice"})
    assert tenants["connector_not_offered"]["connector"]["state"] == "not_offered"
    without = tenants["connector_not_offered"]
    assert {one["id"].split(".")[0] for one in without["actions"]} == {"assessment", "audit"}
    assert without["assessment"]["page"] == page and "What the connector did" in (made / page).read_text(
        encoding="utf-8"
    )
    assert [name for name, one in tenants.items() if one["assessment"]] == ["connector_not_offered"]
    assert tenants["hostile"]["connector"]["account"] == HOSTILE
    with (made / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Tenant"]: row for row in csv.DictReader(file)}
    assert {name: row["State"] for name, row in rows.items()} == {name: one["state"] for name, one in tenants.items()}
    assert "intune.exchange.mobile_device_mailbox_policy: {name:" in rows["connected"]["Next steps"]
    assert rows["hostile"]["Account"] == f"'{HOSTILE}"
    assert rows["nothing"]["connector_account"] == "unmet" and rows["connected"]["Controls failed"] == "11"
    page = (made / "report.html").read_text(encoding="utf-8")
    assert HOSTILE not in page and "1</script" not in page and "=1+1\\u003c/script\\u003e{{ 7 * 7 }}" in page
    assert {one["class"] for one in simulator.requests()} <= {"READ", "TOKEN"}
    for name in ("connected", "nothing"):
        assert simulator.options(name)["client_secret"] not in page + done.stdout


def test_the_audit_can_be_left_out(fleet: tuple[Simulator, Path]) -> None:
    simulator, folder = fleet
    simulator.reset()
    done = run(
        folder, "report", "--limit", "connected,wrong_secret", "-e", "report_audit=false", "-e", "report_folder=o"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((folder / "o" / "report.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["state"], one["audit"]) for one in report["tenants"]] == [
        ("wrong_secret", "unread", None),
        ("connected", "in_order", None),
    ]
    assert report["tenants"][0]["not_read"] == ["connector", "requirements"]


@pytest.mark.parametrize("name", ["facts", "validate"])
def test_a_tenant_that_fails_stops_no_other(fleet: tuple[Simulator, Path], name: str) -> None:
    _simulator, folder = fleet
    done = run(
        folder, name, "--limit", "connected,connector_not_offered,wrong_secret", "-e", f"{ACCOUNT}=x@connected.example"
    )
    ended = {
        line.split()[0]: "failed=0" in line for line in done.stdout.partition("PLAY RECAP")[2].splitlines()[1:] if line
    }
    assert ended == {"connected": name == "facts", "connector_not_offered": True, "wrong_secret": False}
    assert done.returncode == 2
