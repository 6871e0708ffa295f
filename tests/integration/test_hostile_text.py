# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of a tenant is never code: names, addresses and models that are templates evaluate to nothing in real runs.

Each of them would create a file, the canary, if anything evaluated it.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import player
from .warm import BIN, ROOT, ansible, settings

ROLES = ["Intune Administrator", "Exchange Administrator"]
RULEBOOK = ROOT / "extensions/eda/rulebooks/connector_status.yml"
SOURCE = ROOT / "extensions/eda/plugins/event_source/connector_status.py"
GUIDE = ROOT / "docs/docsite/rst/guide_events.rst"


def template(canary: Path) -> str:
    """Text that creates the canary if it is evaluated."""
    return f"{{{{ lookup('ansible.builtin.pipe', 'touch {canary}') }}}}"


def described(canary: Path, domain: str) -> dict[str, Any]:
    """A tenant in which everything that others may have written is a template."""
    hostile = template(canary)
    return {
        "extends": "connected",
        "domain": domain,
        "display_name": hostile,
        "application": {
            "home": "partner.example",
            "graph": ["DeviceManagementServiceConfig.Read.All", "DeviceManagementManagedDevices.Read.All"],
        },
        "users": {"adele.vance": {"displayName": hostile}},
        "intune": {
            "connectors": [
                {
                    "exchangeConnectorType": "serviceToService",
                    "primarySmtpAddress": f"{hostile}@x.example",
                    "age": 7200,
                }
            ]
        },
        "exchange": {
            "devices": [{"user": "adele.vance", "model": hostile, "type": hostile, "os": hostile, "client": "EAS"}],
        },
    }


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "canary"
    yield path
    assert not path.exists(), "text of a tenant was evaluated"


@pytest.fixture
def running(tmp_path: Path, canary: Path) -> Iterator[Simulator]:
    """A partner, and customers whose names and ids are hostile."""
    hostile = template(canary)
    customers = [
        {"name": hostile, "domain": "customer-1.example", "roles": ROLES},
        {"name": "connector_connected", "domain": "customer-2.example", "roles": ROLES},
        {"name": "all", "tenant_id": "all", "roles": ROLES},
        {"name": "none", "tenant_id": "", "roles": ROLES},
        {"name": hostile, "tenant_id": hostile, "roles": ROLES},
    ]
    generous = {"extends": "partner", "customers": customers}
    tenants = {
        "generous": generous,
        "hostile": described(canary, "customer-1.example"),
        "second": {"extends": "ready", "domain": "customer-2.example", "application": {"home": "partner.example"}},
    }
    for name, content in tenants.items():
        (tmp_path / f"{name}.yml").write_text(yaml.safe_dump(content))
    with Simulator(tenants=[tmp_path / f"{name}.yml" for name in tenants], clock_step=0) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def _quarantine(tmp_path: Path, simulator: Simulator) -> None:
    """The hostile device waits for a decision."""
    (folder := tmp_path / "administrator").mkdir()
    options = {"default_access_level": "Quarantine", "accept_impact": True}
    done = player(folder, simulator)({"intune.exchange.activesync_organization_settings": options}, tenant="hostile")
    assert done.code == 0, done.output


def test_an_inventory_of_hostile_customers(tmp_path: Path, simulator: Simulator, canary: Path) -> None:
    """Hosts, groups, variables, the cache, compose, and the report of a play over them."""
    signed_in = simulator.environment("generous")
    del signed_in["AZURE_TENANT_ID"]

    def run(program: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        common = ("-i", "hostile.tenants.yml")
        return ansible(program, *common, *arguments, folder=tmp_path, environment={**signed_in, **more})

    content = {
        "plugin": "intune.exchange.tenants",
        "partner_tenant_id": "partner.example",
        "gather": ["connector", "quarantine"],
        "compose": {"composed": "tenant_name", "listed": "[tenant_name, intune_connector]"},
        "groups": {"named": "tenant_name | length > 0"},
        "keyed_groups": [
            {"key": "tenant_name", "separator": ""},
            {"key": "exchange_quarantine.mobile_devices | map(attribute='device_model') | list", "prefix": "model"},
        ],
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": "cached",
    }
    (tmp_path / "hostile.tenants.yml").write_text(yaml.safe_dump(content))
    play = {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {
                "ansible.builtin.debug": {
                    "msg": "{{ [tenant_name, composed, listed, groups, group_names, exchange_quarantine] }}"
                }
            },
            {"ansible.builtin.set_fact": {"kept": "{{ tenant_name }} and {{ intune_connector }}"}},
            {
                "ansible.builtin.copy": {
                    "content": "{{ kept }}{{ hostvars | length }}",
                    "dest": "kept-{{ tenant_id }}.txt",
                }
            },
        ],
    }
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    first, second = (simulator.facts(name)["tenant_id"] for name in ("hostile", "second"))
    for cached in (False, True):
        listed = run("ansible-inventory", "--list")
        assert listed.returncode == 0, listed.stderr
        found = json.loads(listed.stdout)
        assert sorted(found["_meta"]["hostvars"]) == sorted([first, second])
        assert found["connector_connected"]["hosts"] == [first]  # and not somebody with that name
        assert found["connector_connected_"]["hosts"] == [second]
        assert all(re.fullmatch(r"\w+", group) for group in found if group != "_meta")
        warned = " ".join(listed.stderr.split())  # older ansible-core breaks the lines
        assert warned.count("which is not a GUID. It is left out of the inventory.") == 3, listed.stderr
        assert not canary.exists(), cached
        assert len(found["_meta"]["hostvars"][first]["exchange_quarantine"]["mobile_devices"]) == 1
    played = run("ansible-playbook", "play.yml")
    assert played.returncode == 0, played.stdout + played.stderr
    assert str(canary) in played.stdout and str(canary) in (tmp_path / f"kept-{first}.txt").read_text()
    report = ("intune.exchange.report", "-e", "target=all", "-e", "report_folder=written", "-e", "report_assess=all")
    reported = run("ansible-playbook", *report)
    assert reported.returncode == 0, reported.stdout + reported.stderr
    names = {one["name"] for one in json.loads((tmp_path / "written/report.json").read_text())["tenants"]}
    assert names == {template(canary), "connector_connected"}
    pages = {path.name for path in (tmp_path / "written").iterdir()}
    assert pages >= {"report.html", "report.csv"} and all(re.fullmatch(r"[a-z0-9.-]+", name) for name in pages)
    strict = {**content, "strict_tenants": True}
    (tmp_path / "hostile.tenants.yml").write_text(yaml.safe_dump(strict))
    refused = run("ansible-inventory", "--list", ANSIBLE_INVENTORY_UNPARSED_FAILED="true")
    assert refused.returncode != 0 and "3 of 5 tenants could not be read" in " ".join(refused.stderr.split())


def documented() -> list[dict[str, Any]]:
    """The rulesets in the collection and in its documentation."""
    rulesets = yaml.safe_load(RULEBOOK.read_text(encoding="utf-8"))
    rulesets += yaml.safe_load(runpy.run_path(str(SOURCE))["EXAMPLES"])
    for block in re.findall(
        r"^\.\. code-block:: yaml\n(?:   :.*\n)*\n((?:   .*\n|\n)+)", GUIDE.read_text(), re.MULTILINE
    ):
        content = yaml.safe_load(textwrap.dedent(block))
        rulesets += content if isinstance(content, list) and "sources" in content[0] else []
    assert len(rulesets) >= 4
    return [dict(one) for one in rulesets]


# A careless rulebook, which passes everything.
CARELESS = {
    "name": "Pass everything",
    "hosts": "all",
    "sources": [{"intune.exchange.connector_status": {}}],
    "rules": [
        {
            "name": "Pass everything",
            "condition": "event.type is defined",
            "action": {
                "run_playbook": {
                    "name": "careless.yml",
                    "extra_vars": {"whole": "{{ event }}", "text": "x {{ event }}"},
                }
            },
        }
    ],
}


@pytest.mark.more
def test_the_rulebooks_with_a_hostile_tenant(tmp_path: Path, simulator: Simulator, canary: Path) -> None:
    """All at once in one ansible-rulebook, with the input of each playbook."""
    if not shutil.which("java"):
        reason = "ansible-rulebook needs Java 17 or later (on Debian: apt-get install default-jre-headless)"
        (pytest.fail if os.environ.get("INTUNE_EXCHANGE_FORBID_SKIPS") else pytest.skip)(reason)
    (given := tmp_path / "given").mkdir()
    (folder := tmp_path / "bin").mkdir()
    # Copies what ansible-runner passes to ansible-playbook.
    (folder / "ansible-playbook").write_text(
        "#!/bin/sh\n"
        'for one; do case "$one" in @*) cp "${one#@}" "$(mktemp -p \'' + str(given) + "' XXXXXXXX.yml)\";; esac; done\n"
        f'exec {BIN / "ansible-playbook"} "$@"\n'
    )
    (folder / "ansible-playbook").chmod(0o755)
    rulesets = [*documented(), CARELESS]
    tenant = {"tenant_id": simulator.facts("hostile")["tenant_id"]}
    for number, ruleset in enumerate(rulesets):
        ruleset["name"] = f"{number} {ruleset['name']}"
        ruleset["sources"] = [
            {
                "intune.exchange.connector_status": {
                    "watch": ["connector", "quarantine"],
                    "tenants": [tenant],
                    "report_present": True,
                    "interval": 3600,
                    "max_sync_age": 60,
                    "state_file": str(tmp_path / f"state{number}.json"),
                }
            }
        ]
    careless = {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {"ansible.builtin.debug": {"msg": "{{ [whole, text, ansible_eda] }}"}},
            {"ansible.builtin.set_fact": {"again": "{{ text }} {{ whole }}"}},
            {"ansible.builtin.debug": {"var": "again"}},
        ],
    }
    (tmp_path / "careless.yml").write_text(yaml.safe_dump([careless]))
    (tmp_path / "rulebook.yml").write_text(yaml.safe_dump(rulesets))
    (tmp_path / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
    (tmp_path / "variables.yml").write_text("mobile_access_confirm: false\n")
    common = settings()
    signed_in = {**common, **simulator.environment("generous"), "PATH": f"{folder}:{common['PATH']}"}
    arguments = ["-r", "rulebook.yml", "-i", "inventory.yml", "-e", "variables.yml", "--print-events"]
    # Each run_playbook once for each event that matches its condition.
    kinds = ("state_changed", "sync_stale", "quarantined")
    expected = sum(
        sum(kind in rule["condition"] or "is defined" in rule["condition"] for kind in kinds)
        for ruleset in rulesets
        for rule in ruleset["rules"]
        if "run_playbook" in rule["action"]
    )
    output = tmp_path / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [str(BIN / "ansible-rulebook"), *arguments],
            cwd=tmp_path,
            env=signed_in,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + 150
        # A failed play is shown twice, so the arguments are counted; the careless ones end in any case.
        while len(list(given.iterdir())) < expected or output.read_text(errors="replace").count('"again": ') < 3:
            assert process.poll() is None and time.monotonic() < end, output.read_text(errors="replace")
            time.sleep(0.2)
    finally:
        process.terminate()
        process.wait(60)
    assert len(list(tmp_path.glob("state*.json"))) == len(rulesets)
    text = output.read_text(errors="replace")
    assert "touch" in text and "Traceback" not in text
    files = [path.read_text() for path in given.iterdir()]
    assert len(files) == expected and any("device_quarantined" in one for one in files)
    for one in files:
        assert not re.search(r"\{[{%#]|[}%#]\}", one)
        variables = yaml.safe_load(one)
        # The documented rulebooks pass no hostile text at all.
        passed = {name: value for name, value in variables.items() if name not in ("ansible_eda", "whole", "text")}
        assert "touch" not in str(passed) and variables.get("connector_primary_smtp_address") is None
    assert sum("mobile_access_filter" in one for one in files) == 1


def test_an_inventory_that_awx_imported(tmp_path: Path, simulator: Simulator, canary: Path) -> None:
    """AWX stores the output of ansible-inventory, and gives it to a job as an inventory script's response.

    Artifacts of a job, from set_stats, come to the next one of a workflow as extra variables that AWX marks as unsafe
    (awx/main/utils/safe_yaml.py).
    """
    signed_in = simulator.environment("generous")
    content = {
        "plugin": "intune.exchange.tenants",
        "partner_tenant_id": "partner.example",
        "gather": ["connector", "quarantine"],
    }
    (tmp_path / "hostile.tenants.yml").write_text(yaml.safe_dump(content))
    exported = ansible(
        "ansible-inventory",
        "-i",
        "hostile.tenants.yml",
        "--list",
        "--export",
        folder=tmp_path,
        environment=signed_in,
    )
    assert exported.returncode == 0, exported.stderr
    (tmp_path / "exported.json").write_text(exported.stdout)
    (script := tmp_path / "inventory.sh").write_text(f"#!/bin/sh\ncat {tmp_path / 'exported.json'}\n")
    script.chmod(0o755)
    play = {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {"ansible.builtin.set_fact": {"kept": "{{ [tenant_name, exchange_quarantine, intune_connector] }}"}},
            {"ansible.builtin.set_stats": {"data": {"passed": "{{ kept }}"}, "per_host": False}},
            {"ansible.builtin.copy": {"content": "{{ kept | to_json }}", "dest": "kept-{{ tenant_id }}.json"}},
        ],
    }
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    played = ansible(
        "ansible-playbook", "-i", script, "-c", "local", "play.yml", folder=tmp_path, environment=signed_in
    )
    assert played.returncode == 0, played.stdout + played.stderr
    kept = [json.loads(path.read_text()) for path in sorted(tmp_path.glob("kept-*.json"))]
    assert len(kept) == 2 and sum(template(canary) in one for one in kept) == 1
