# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide for many tenants: its numbers are counted, and its files for several machines are run."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import textwrap
import venv
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import ENVIRONMENT
from simulator import Simulator

from .conftest import ROOT, Play
from .warm import ansible

GUIDE = (ROOT / "docs/docsite/rst/guide_many_tenants.rst").read_text(encoding="utf-8")
AWX = ROOT / "extensions/awx"
BIN = Path(sys.executable).parent
DOCUMENT = "/.well-known/openid-configuration"
# Microsoft Graph service-specific throttling limits, identity and access: what a path costs if it is not 1.
COSTS = {"/v1.0/users": 2, "/v1.0/subscribedSkus": 3}


def command(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "ANSIBLE_"))}
    home = {"HOME": str(folder), "ANSIBLE_HOME": str(folder / ".ansible"), "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        arguments,
        input=given,
        cwd=folder,
        env={**clean, **home, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "live")},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def outcome(folder: Path, *arguments: str) -> str:
    """The output of a command of ansible-core."""
    done = ansible(*arguments, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shown(language: str) -> list[str]:
    """The code blocks of the guide in a language."""
    found = re.findall(rf"^\.\. code-block:: {language}\n\n((?:   .*\n|\n)+)", GUIDE, re.MULTILINE)
    return [textwrap.dedent(block).strip() for block in found]


def captioned(name: str) -> str:
    """The block of the guide with this caption."""
    [block] = re.findall(rf"^ {{3}}:caption: {re.escape(name)}\n\n((?: {{3}}.*\n|\n)+)", GUIDE, re.MULTILINE)
    return textwrap.dedent(block)


def counted(rows: list[dict[str, Any]]) -> list[str]:
    """Requests for sign-in, to Graph, to Intune among these, resource units, requests to Exchange.

    Without the one for the discovery document, which tenants in Microsoft's clouds do not need.
    """
    graph = [row for row in rows if row["service"] == "graph"]
    graph += [part for row in graph for part in row.get("parts", [])]
    intune = [row for row in graph if row["path"].startswith("/v1.0/deviceManagement")]
    identity = [row for row in graph if row not in intune and not row["path"].endswith("/$batch")]
    units = sum(next((cost for path, cost in COSTS.items() if row["path"].startswith(path)), 1) for row in identity)
    signed_in = [row for row in rows if row["service"] == "login" and not row["path"].endswith(DOCUMENT)]
    assert sum(row["path"].endswith(DOCUMENT) for row in rows) == 1
    exchange = [row for row in rows if row["service"] == "exchange"]
    return [str(number) for number in (len(signed_in), len(graph), len(intune), units, len(exchange))]


def test_the_requests_and_what_follows_from_them(play: Play, simulator: Simulator) -> None:
    account = simulator.facts("connected")["account"]
    contents: dict[str, dict[str, Any]] = {
        "``connector_info``": {"intune.exchange.connector_info": {}},
        "``requirements_info``": {"intune.exchange.requirements_info": {"account": account}},
        "role ``connector``, second run": {
            "ansible.builtin.include_role": {"name": "intune.exchange.connector"},
            "vars": {"connector_primary_smtp_address": account},
        },
    }
    table = GUIDE.partition(":header: content")[2].partition("\n\n")[2].partition("\n\n")[0]
    told = {row[0]: row[1:] for row in csv.reader(textwrap.dedent(table).splitlines(), skipinitialspace=True)}
    measured = {}
    for name, task in contents.items():
        simulator.reset()
        run = play(task, tenant="connected")
        assert run.code == 0, run.output
        measured[name] = counted(simulator.requests())
    assert told == measured
    graph, intune, units = (int(number) for number in measured["role ``connector``, second run"][1:4])
    text = " ".join(GUIDE.split())
    assert f"could reach {2000 * 3600 // graph:,} tenants an hour" in text
    assert f"takes {intune} of 1,000 requests to Intune and {units} of 3,500 resource units" in text


@pytest.mark.more
def test_the_inventory_and_its_commands(tmp_path: Path, simulator: Simulator) -> None:
    first, second = simulator.facts("connected"), simulator.facts("connector_not_offered")
    text = captioned("fleet.tenants.yml").replace("svc-intune-connector@contoso.example", first["account"])
    for shown_, own in {
        "contoso.example": first["tenant_id"],
        "00000000-0000-0000-0000-000000000000": first["client_id"],
        "/etc/intune-exchange/application.pem": first["certificate_path"],
        "11111111-1111-1111-1111-111111111111": second["tenant_id"],
        "22222222-2222-2222-2222-222222222222": second["client_id"],
        "/etc/intune-exchange/fabrikam.pem": second["certificate_path"],
    }.items():
        text = text.replace(shown_, own)
    urls = "".join(
        f"{name}: {simulator.urls[name]}\n" for name in ("authority_url", "graph_url", "exchange_url", "ca_path")
    )
    (tmp_path / "fleet.tenants.yml").write_text(text + urls)
    (tmp_path / "waiting.yml").write_text(captioned("waiting.yml"))
    lines = [line for block in shown("bash") for line in block.splitlines() if "fleet.tenants.yml" in line]
    graph, access, _facts, waiting, _report = [outcome(tmp_path, *line.split()) for line in lines]
    assert len(re.findall(r'"msg": "?0"?', waiting)) == 2
    assert re.search(r"connector_connected:\n.*--contoso", graph) and re.search(r"not_offered:\n.*--fabrikam", graph)
    assert access.count("Intune: the Exchange connectors") >= 2
    with (tmp_path / "intune-exchange-report/report.csv").open(encoding="utf-8-sig") as table:
        assert {row["Tenant"] for row in csv.DictReader(table)} == {"contoso", "fabrikam"}


@pytest.mark.more
def test_a_secret_of_a_host_is_used_by_shipped_playbooks(tmp_path: Path, simulator: Simulator) -> None:
    """Variables of a host outrank those of the inventory plugin, which reads no tenant here."""
    facts = simulator.facts("connected")
    urls = {name: simulator.urls[name] for name in ("authority_url", "graph_url", "exchange_url", "ca_path")}
    named = {"name": "contoso", "tenant_id": facts["tenant_id"], "client_id": facts["client_id"]}
    plugin = {"plugin": "intune.exchange.tenants", "gather": [], "tenants": [named], **urls}
    (tmp_path / "fleet.tenants.yml").write_text(yaml.safe_dump(plugin))
    options = yaml.safe_load(captioned("host_vars/contoso.yml"))["tenant_options"]
    options |= {"tenant_id": facts["tenant_id"], "client_id": facts["client_id"], **urls}
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars/contoso.yml").write_text(yaml.safe_dump({"tenant_options": options}))
    secret = ("-e", f"vault_client_secret={facts['client_secret']}")
    facts_of = ("ansible-playbook", "intune.exchange.facts", "-i", "fleet.tenants.yml", "-e", "target=contoso")
    assert facts["account"] in outcome(tmp_path, *facts_of, *secret)
    before = len(simulator.requests())
    assert ansible(*facts_of, folder=tmp_path).returncode != 0 and len(simulator.requests()) == before


def test_ansible_builder_reads_what_the_collection_needs(tmp_path: Path) -> None:
    found = yaml.safe_load(command(tmp_path, "ansible-builder", "introspect", str(ROOT / ".cache" / "live")))
    needed = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line.partition("  #")[0] for line in found["python"]] == needed
    # Files that are missing in the artifact are missing in an image.
    ignored = yaml.safe_load((ROOT / "galaxy.yml").read_text())["build_ignore"]
    assert not {"requirements.txt", "meta", "extensions", "docs"} & set(ignored)


@pytest.mark.more
def test_ansible_builder_accepts_the_definition_of_the_guide(tmp_path: Path) -> None:
    (tmp_path / "execution-environment.yml").write_text(shown("yaml")[0])
    create = next(line for block in shown("bash") for line in block.splitlines() if "ansible-builder create" in line)
    command(tmp_path, "bash", "-ec", create)
    wanted = yaml.safe_load((tmp_path / "context/_build/requirements.yml").read_text())
    repository = yaml.safe_load((ROOT / "galaxy.yml").read_text())["repository"]  # it is not on Galaxy
    assert wanted == {"collections": [{"name": repository, "type": "git"}]}
    made = (tmp_path / "context/Containerfile").read_text()
    assert "ansible-core>=2.16 ansible-runner" in made and "introspect.py" in made


@pytest.mark.more
def test_the_demo_runs_with_exactly_what_an_image_gets(tmp_path: Path) -> None:
    """Only the simulator, which no image needs, runs with another Python."""
    definition = yaml.safe_load(shown("yaml")[0])["dependencies"]
    base = [definition[name]["package_pip"] for name in ("ansible_core", "ansible_runner")]
    found = yaml.safe_load(command(tmp_path, "ansible-builder", "introspect", str(ROOT / ".cache" / "live")))
    venv.create(tmp_path / "image", with_pip=True)
    image = tmp_path / "image/bin"
    (tmp_path / "requirements.txt").write_text("\n".join([*base, *found["python"]]))
    command(tmp_path, str(image / "pip"), "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt")
    galaxy = (str(image / "ansible-galaxy"), "collection")
    command(tmp_path, *galaxy, "build", "--output-path", str(tmp_path / "dist"), str(ROOT))
    [artifact] = (tmp_path / "dist").glob("*.tar.gz")
    place = ("--force", "--offline", "-p", str(tmp_path / "collections"))
    command(tmp_path, *galaxy, "install", *place, str(artifact))
    done = command(
        tmp_path,
        *("env", f"ANSIBLE_COLLECTIONS_PATH={tmp_path}/collections", str(image / "ansible-playbook")),
        *("intune.exchange.demo", "-e", f"simulator_python={sys.executable}"),
    )
    assert b"failed=0" in done and b"aiohttp" not in command(tmp_path, str(image / "pip"), "list")


@pytest.mark.more
def test_two_workers_share_the_tenants(tmp_path: Path, simulator: Simulator) -> None:
    connectors = {"connected": 1, "connector_not_offered": 0, "ready": 0, "two_connectors": 2}
    tenants = list(connectors)
    fleet = tmp_path / "fleet"
    (fleet / "project").mkdir(parents=True)
    (fleet / "inventory").mkdir()
    task = {"name": "Read the connectors", "intune.exchange.connector_info": {}}
    options = {"group/intune.exchange.tenant": "{{ tenant_options }}"}
    head = {"name": "Connectors", "hosts": "all", "gather_facts": False, "module_defaults": options}
    (fleet / "project/connectors.yml").write_text(yaml.safe_dump([{**head, "tasks": [task]}]))
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {name: {**local, "tenant_options": simulator.options(name)} for name in tenants}
    (fleet / "inventory/hosts.yml").write_text(yaml.safe_dump({"tenants": {"hosts": hosts}}))
    (split,) = [block for block in shown("bash") if "transmit" in block]
    asked: list[set[str]] = []
    for step in split.splitlines():
        known = len(simulator.requests())
        command(tmp_path, "bash", "-ec", step)
        if " worker " in step:
            asked.append({row["tenant"] for row in simulator.requests()[known:]})
        else:
            assert len(simulator.requests()) == known  # only workers talk to tenants
    assert asked == [set(tenants[:2]), set(tenants[2:])]
    for part, mine in (("first", tenants[:2]), ("second", tenants[2:])):
        artifacts = tmp_path / part / "artifacts"
        assert (artifacts / "rc").read_text() == "0" and (artifacts / "status").read_text() == "successful"
        events = [json.loads(path.read_text()) for path in (artifacts / "job_events").glob("*.json")]
        found = {
            event["event_data"]["host"]: len(event["event_data"]["res"]["connectors"])
            for event in events
            if event["event"] == "runner_on_ok"
        }
        assert found == {name: connectors[name] for name in mine}


@pytest.mark.more
@pytest.mark.parametrize("method", ["client_secret", "certificate", "vault"])
def test_what_ansible_runner_writes_down(tmp_path: Path, simulator: Simulator, method: str) -> None:
    """It stores the whole environment of a run: of a certificate only the path, of a vaulted secret nothing."""
    place = tmp_path / "fleet"
    for folder in ("project", "env", "inventory/group_vars"):
        (place / folder).mkdir(parents=True)
    task = {"name": "Read the connectors", "intune.exchange.connector_info": {}}
    head = {"name": "Connectors", "hosts": "contoso", "gather_facts": False, "tasks": [task]}
    facts, options = (
        simulator.facts("connected"),
        simulator.options("connected", method.replace("vault", "client_secret")),
    )
    given = {name: str(value) for name, value in options.items() if value and name in ENVIRONMENT}
    host: dict[str, Any] = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    if method == "vault":
        head["module_defaults"] = {"group/intune.exchange.tenant": "{{ tenant_options }}"}
        host["tenant_options"] = {**given, "client_secret": "{{ vault_client_secret }}"}
        (tmp_path / ".fleet-vault").write_text("password of the vault")
    else:
        (place / "env/envvars").write_text(json.dumps({ENVIRONMENT[name]: value for name, value in given.items()}))
    (place / "inventory/hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": {"contoso": host}}}))
    (place / "project/connectors.yml").write_text(yaml.safe_dump([head]))
    [lines] = [block.splitlines() for block in shown("bash") if "ansible-vault" in block]
    if method == "vault":
        command(tmp_path, "bash", "-ec", lines[0], given=facts["client_secret"].encode())
        command(tmp_path, "bash", "-ec", lines[1])
    else:
        command(tmp_path, "bash", "-ec", lines[1].partition(" --cmdline")[0])
    (kept,) = place.glob("artifacts/*/command")
    assert (kept.parent / "rc").read_text() == "0"
    secrets = [facts["client_secret"], *Path(facts["certificate_path"]).read_text().splitlines()[1:3]]
    files = [one.read_text() for one in place.rglob("*") if one.is_file() and "env" not in one.parts]
    found = [secret for secret in secrets if any(secret in one for one in files)]
    assert found == ([facts["client_secret"]] if method == "client_secret" else [])
    assert (given["client_id"] in kept.read_text()) is (method != "vault")


def injected(folder: Path, given: dict[str, str]) -> dict[str, str]:
    """AWX's injection of a credential: an empty field does not exist, and a single file has no name.

    https://github.com/ansible/awx_plugins.interfaces, inject_credential
    """
    injectors = yaml.safe_load((AWX / "credential_type_injectors.yml").read_text())
    sandbox = ImmutableSandboxedEnvironment()
    file = folder / "credential"
    namespace: dict[str, Any] = {name: value for name, value in given.items() if value}
    file.write_text(sandbox.from_string(injectors["file"]["template"]).render(namespace))
    namespace["tower"] = {"filename": str(file)}
    return {name: sandbox.from_string(text).render(namespace) for name, text in injectors["env"].items()}


def test_the_credential_type_speaks_of_options_of_the_modules() -> None:
    inputs = yaml.safe_load((AWX / "credential_type_inputs.yml").read_text())
    injectors = yaml.safe_load((AWX / "credential_type_injectors.yml").read_text())
    fields = {field["id"]: field for field in inputs["fields"]}
    assert set(inputs["required"]) <= set(fields)
    options = {"certificate_path" if name == "certificate" else name for name in fields}
    assert set(injectors["env"]) == {ENVIRONMENT[option] for option in options}
    hidden = {name for name, field in fields.items() if field.get("secret")}
    assert hidden == {"client_secret", "certificate", "certificate_password", "federated_token"}


@pytest.mark.parametrize("method", ["client_secret", "certificate", "federated_token"])
def test_a_credential_of_awx_signs_in(play: Play, simulator: Simulator, tmp_path: Path, method: str) -> None:
    facts = simulator.facts("connected")
    secrets = {
        "client_secret": facts["client_secret"],
        "certificate": Path(facts["certificate_path"]).read_text(),
        "federated_token": Path(facts["federated_token_file"]).read_text(),
    }
    who = {"tenant_id": facts["tenant_id"], "client_id": facts["client_id"], "auth_method": method}
    environment = injected(tmp_path, {**who, method: secrets[method], "certificate_password": "", "cloud": ""})
    assert environment["INTUNE_EXCHANGE_CLOUD"] == "public" and not environment["AZURE_CLIENT_CERTIFICATE_PASSWORD"]
    where = {
        name: value
        for name, value in simulator.environment("connected").items()
        if name.endswith(("_URL", "_HOST", "_CA_PATH"))
    }
    run = play({"intune.exchange.connector_info": {}}, environment={**where, **environment})
    assert run.code == 0, run.output
    assert [one["status"] for one in run.results["task0"]["connectors"]] == ["connected"]
