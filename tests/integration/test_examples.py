# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example in the documentation, executed: EXAMPLES of modules and plugins, the READMEs of the roles, every page.

A page is followed from start to end on one tenant, like a reader would. Only personal values are replaced. Two pages
and the README of the collection have their own tests, which do more than run them.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import ENVIRONMENT
from simulator import Simulator

from .conftest import SHIPPED
from .warm import ROOT, ansible, settings

# test_cookbook.py, test_guide_many_tenants.py, tests/unit/eda/test_guide_events.py, test_platform_pages.py
OWN_TESTS = {
    "cookbook",
    "jobs",
    "guide_many_tenants",
    "guide_events",
    *(f"first_contact_{name}" for name in ("automation_platform", "github", "gitlab", "kubernetes")),
}
# The first words of the commands in a page, and which ones other tests execute.
ELSEWHERE = {"pip", "ansible-galaxy", "cd", "python", "molecule"}  # test_readme.py, make molecule

# Examples that need another tenant than `ready`.
TENANTS = {
    "app_protection_info": "retired_with_holes",
    "application": "first_contact",
    "application_credential": "first_contact",
    "application_permissions": "first_contact",
    "conditional_access_policy": "retired_with_holes",
    "conditional_access_policy_info": "retired_with_holes",
    "conditional_access_rehearsal_info": "retired_with_holes",
    "connector_account": "nothing",
    "connector_info": "connected",
    "connector_sync": "connected",
    "mdm_authority": "mdm_authority_unset",
    "mobile_access_assessment_info": "retired_with_holes",
    "mobile_access_deadlines_info": "deadlines",
    "mobile_device": "retired_with_holes",
    "organization_customization": "dehydrated",
    "tenant_snapshot_info": "retired_covered",
    "snapshot_export": "retired_covered",
    "guide_assessment": "retired_with_holes",
    "guide_audit": "phones",
    "guide_connector": "nothing",
    "guide_deadlines": "deadlines",
    "guide_devices": "phones",
    "guide_judge": "retired_covered",
    "guide_sign_in": "connected",
    **dict.fromkeys(("guide_snapshot", "guide_rehearse", "guide_export", "guide_compare"), "retired_covered"),
    "role connector": "connected",
    "role mobile_access": "retired_covered",
}
KNOWN = {"intune.exchange.service_principal": {"app_id": "{app_id}", "object_id": "{object_id}"}}
REGISTERED = {"intune.exchange.application": {"unique_name": "intune-exchange"}}
PHONES = {"intune.exchange.mobile_device_mailbox_policy": {"name": "Phones", "password_enabled": True}}
REGIONAL = {"intune.exchange.role_group": {"name": "Regional Administrators", "roles": {"set": ["Message Tracking"]}}}
# Preparations for an example.
BEFORE: dict[str, list[dict[str, Any]]] = {
    "application_credential": [REGISTERED],
    "application_permissions": [REGISTERED],
    "cas_mailbox_mobile_access": [PHONES],
    "management_role_assignment": [KNOWN, REGIONAL],
    "mobile_device": [
        {
            "intune.exchange.activesync_organization_settings": {
                "default_access_level": "Quarantine",
                "accept_impact": True,
            }
        }
    ],
    "role_group": [KNOWN],
    "fleet_report": [{"ansible.builtin.set_fact": {"tenants_read": []}}],
    "enforcement_dates": [{"ansible.builtin.set_fact": {"policies": {"results": []}}}],
    "to_csv": [{"intune.exchange.connector_info": {}, "register": "found"}],
}
VARIABLES = {
    "vaulted_password": "a-Pa55word-of-nobody",
    "vaulted_client_secret": "{client_secret}",
}


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    caption: str = ""


def of_plugin(path: Path) -> list[Block]:
    found = re.search(r'^EXAMPLES = r"""\n(.*?)^"""', path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if not found:
        return []
    # A single document, since before ansible-core 2.18 ansible-test accepts no second one. Others are comments.
    others = [part for part in found[1].split("\n\n") if re.fullmatch(r"# # .*(\n#.*)+", part.rstrip())]
    return [Block("yaml", text) for text in (found[1], *(re.sub("^# ?", "", part, flags=re.M) for part in others))]


def of_readme(path: Path) -> list[Block]:
    found = re.findall(r"^```(\w+)\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [Block(language, text) for language, text in found]


def of_page(path: Path) -> list[Block]:
    pattern = r"^\.\. code-block:: (\w+)\n((?:   :\w+: .*\n)*)\n((?:   .*\n|\n)+)"
    found = re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    return [
        Block(language, textwrap.dedent(text), "".join(re.findall(r":caption: (.*)", options)))
        for language, options, text in found
    ]


PLUGINS = {
    path.stem: of_plugin(path)
    for folder in ("modules", "filter", "lookup", "inventory")
    for path in sorted((ROOT / "plugins" / folder).glob("*.py"))
}
PAGES = {
    path.stem: of_page(path)
    for path in [ROOT / "docs/site/index.rst", *sorted((ROOT / "docs/docsite/rst").glob("*.rst"))]
    if path.stem not in OWN_TESTS
}
PAGES |= {f"role {path.parent.name}": of_readme(path) for path in sorted(ROOT.glob("roles/*/README.md"))}
PAGES = {name: blocks for name, blocks in PAGES.items() if blocks}


@pytest.fixture(scope="module")
def tenants() -> Iterator[Simulator]:
    """Each request advances the time so far that a reader's waits end at the first poll."""
    # The machine of the managed identity is in the first tenant, and guide_sign_in uses this one.
    tenants = sorted(SHIPPED, key=lambda name: name != "connected")
    with Simulator(tenants=[*tenants, "customer*2"], clock_step=900, control=True) as simulator:
        yield simulator


class Reader:
    """Somebody who follows a page, in a separate folder."""

    def __init__(self, simulator: Simulator, tenant: str, folder: Path) -> None:
        simulator.reset()
        self.simulator, self.tenant, self.folder = simulator, tenant, folder
        facts, other, state = simulator.facts(tenant), simulator.facts(tenant, "restricted"), simulator.state(tenant)
        devices = state.get("MobileDevice", [])
        self._own = {
            "contoso.com": facts["domain"],
            "contoso.example": facts["domain"],
            "00000000-0000-0000-0000-000000000000": facts["client_id"],
            "/etc/intune-exchange/application.pem": facts["certificate_path"],
            "/var/run/secrets/tokens/azure": facts["federated_token_file"],
            "/var/lib/audit": str(folder),
            "0f5a8d0b-7f4c-4a8e-9d3c-2f6f0a1b4c5d": other["client_id"],
            "3b1c9f4e-6a2d-4f5b-8e7a-9c0d1e2f3a4b": other["object_id"],
            "2B9D1A6C52E84C4F8C9A51F0D3B7E611": devices[0]["DeviceId"] if devices else "",
            "{app_id}": other["client_id"],
            "{object_id}": other["object_id"],
            "{client_secret}": facts["client_secret"],
        }
        options = {"tenant_id": facts["tenant_id"], "client_id": facts["client_id"]}
        options |= {name: simulator.options(tenant)[name] for name in ("authority_url", "ca_path")}
        host = {"tenant_options": options, "ansible_connection": "local"}
        host |= {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        host |= {"connector_primary_smtp_address": facts["account"]}
        hosts = {"hosts": {"contoso": host}}
        inventory = {"tenants": hosts, "connector_missing": hosts}
        self._write("inventory.yml", yaml.safe_dump(inventory))
        self._write("variables.yml", self.own(yaml.safe_dump(VARIABLES)))

    def own(self, text: str) -> str:
        for shown, real in self._own.items():
            text = text.replace(shown, real)
        return text

    def follow(self, block: Block) -> None:
        text = self.own(block.text)
        if block.language == "bash":
            for line in text.replace("\\\n", " ").splitlines():
                self._command(line)
        elif block.language in ("yaml", "yml"):
            self._document(yaml.safe_load(text), text, block.caption)

    def _document(self, document: Any, text: str, caption: str) -> None:
        if caption:
            self._write(caption, text)
        match document:
            case [{"hosts": _}, *_]:
                self.play(document, caption)
            case [*tasks]:
                self.play([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
            case {"plugin": _}:
                self._inventory(document)
            case {"controls": _, "name": _}:
                self._baseline(text)
            case {"extends": _}:
                with Simulator(tenants=[self._write("described.yml", text)]) as simulator:
                    assert simulator.state()["name"] == "described"
            case _:
                pytest.fail(f"nothing here tells what to do with it: {document}")

    def play(self, plays: list[dict[str, Any]], name: str = "") -> None:
        book = self._write(name or "play.yml", yaml.safe_dump(plays, sort_keys=False, allow_unicode=True))
        # Examples that sign in by themselves must not find another sign-in in the environment.
        by_itself = "module_defaults" in str(plays) and "lookup('intune.exchange.tenant_options')" not in str(plays)
        self._run(f"ansible-playbook {book}", not by_itself)

    def _command(self, line: str) -> None:
        word = line.split()[0] if line.strip() else ""
        if word == "export":
            for name in re.findall(r"(\w+)=", line):
                assert name in ENVIRONMENT.values()
        elif word == "curl":
            self._run(line.replace("curl ", "curl --fail --silent --show-error "))
        elif word.startswith("ansible-playbook") and (self.folder / line.split()[1]).is_file():
            text = (self.folder / line.split()[1]).read_text(encoding="utf-8")
            self._run(line, signed_in="lookup('intune.exchange.tenant_options')" in text)
        elif word in ("ansible", "ansible-playbook"):
            self._run(line)
        else:
            assert word in {"", *ELSEWHERE}, line

    def _inventory(self, document: dict[str, Any]) -> None:
        partner = self.simulator.facts("partner")
        second = self.simulator.facts("connected")
        text = yaml.safe_dump(document)
        for shown, real in {
            "11111111-1111-1111-1111-111111111111": second["tenant_id"],
            "22222222-2222-2222-2222-222222222222": second["client_id"],
            "/etc/intune-exchange/fabrikam.pem": second["certificate_path"],
            **({self._own["00000000-0000-0000-0000-000000000000"]: partner["client_id"]} if "partner" in text else {}),
        }.items():
            text = text.replace(shown, real)
        path = self._write("some.tenants.yml", text)
        shown = self._run(
            f"ansible-inventory -i {path} --list",
            signed_in=False,
            AZURE_CLIENT_SECRET=partner["client_secret"] if "partner" in text else "",
            ANSIBLE_INVENTORY_ENABLED="intune.exchange.tenants",
        )
        hosts = json.loads(shown)["_meta"]["hostvars"].values()
        assert [one for one in hosts if "tenant_error" not in one], shown

    def _baseline(self, text: str) -> None:
        role = {"name": "intune.exchange.mobile_access", "tasks_from": "audit"}
        own = {"mobile_access_baselines": [str(self._write("baseline.yml", text))]}
        self.play([{"hosts": "localhost", "tasks": [{"ansible.builtin.include_role": role, "vars": own}]}])

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def _run(self, command: str, signed_in: bool = True, **environment: str) -> str:
        urls = self.simulator.urls
        given = self.simulator.environment(self.tenant)
        if not signed_in:
            places = ("_URL", "_CA_PATH", "_HOST")
            given = {name: value for name, value in given.items() if name.endswith(places)}
        if command.startswith("ansible-playbook"):
            # Without target the environment selects the tenant, which playbooks refuse beside tenants of an inventory.
            refusing = ("ansible-playbook intune.exchange.", "ansible-playbook contoso/apply.yml")
            own = command.startswith(refusing) and "target=" not in command
            inventory = "localhost," if own else f"{self.folder}/inventory.yml"
            command += f" -i {inventory} -e @{self.folder}/variables.yml"
        given |= {
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": urls["managed_identity_url"],
            "CONTROL_URL": urls["control_url"],
            **environment,
        }
        if command.startswith("ansible"):
            done = ansible(*shlex.split(command), folder=self.folder, environment=given)
        else:
            done = subprocess.run(
                ["bash", "-ec", command],
                cwd=self.folder,
                env={**settings(), **given},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert "DEPRECATED" not in done.stdout + done.stderr
        return done.stdout


@pytest.mark.more
@pytest.mark.parametrize("name", PLUGINS)
def test_examples_of(name: str, tenants: Simulator, tmp_path: Path) -> None:
    assert PLUGINS[name], "no EXAMPLES"
    reader = Reader(tenants, TENANTS.get(name, "ready"), tmp_path)
    tasks = yaml.safe_load(reader.own(yaml.safe_dump(BEFORE.get(name, []))))
    if tasks:
        [block] = PLUGINS[name]
        tasks += yaml.safe_load(reader.own(block.text))
        reader.play([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    for block in PLUGINS[name] if not tasks else []:
        reader.follow(block)


@pytest.mark.more
@pytest.mark.parametrize("name", PAGES)
def test_page(name: str, tenants: Simulator, tmp_path: Path) -> None:
    reader = Reader(tenants, TENANTS.get(name, "ready"), tmp_path)
    for block in PAGES[name]:
        reader.follow(block)
