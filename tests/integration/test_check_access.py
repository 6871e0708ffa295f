# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first runs on a tenant, by somebody with few permissions: check_access, and connect --check."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import SECRET_OPTIONS
from simulator import Simulator
from tools import first_run

from .conftest import Play
from .warm import ROOT, ansible

NAME = "intune.exchange."
AGAIN = "  Command: the one above; run it once."
PAGE = ROOT / "docs/docsite/rst/check_access.rst"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"


def playbook(folder: Path, environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    done = ansible("ansible-playbook", *arguments, folder=folder, environment=environment)
    return done.returncode, done.stdout + done.stderr


def held(simulator: Simulator) -> dict[str, Any]:
    """Everything in the tenants."""
    return {
        tenant: {kind: objects for kind, objects in kinds.items() if objects}
        for tenant, kinds in simulator.objects().items()
    }


# The cases on the page, and its outputs; test_access_check.py also covers the module's other results.
ON_THE_PAGE: list[str | Path] = [
    *("ready", "retired_covered", "retired_with_holes", "missing_permission", "no_exchange", "no_intune_licence"),
]


@pytest.mark.parametrize(
    "tenants",
    [pytest.param(ON_THE_PAGE, id="page"), pytest.param(first_run.SHIPPED, id="shipped", marks=pytest.mark.more)],
)
def test_the_tenants_in_one_run(tenants: list[str | Path]) -> None:
    """With -vvvv: nothing is written, no secret is shown, a broken tenant stops nobody, and the page has the output."""
    with Simulator(tenants=tenants) as simulator:
        cases = first_run.cases(simulator)
        before = held(simulator)
        code, output = first_run.run(cases, "-vvvv", ansible=ansible)
        assert code == 2 and "Traceback" not in output, output[-3000:]
        assert held(simulator) == before
        assert not [one for one in simulator.requests() if one["class"] != "READ" or one["effect"]]
        lines = first_run.said(output)
        assert set(lines) == set(cases) and len(cases) == len(tenants) + 2
        secrets = {options[name] for options in cases.values() for name in options if name in SECRET_OPTIONS}
        assert not [one for one in secrets if one in output]
        failed = {host for host, said in lines.items() if not said[0].startswith("Read  ")}
        assert failed == {"wrong_secret"} and "AADSTS7000215" in lines["wrong_secret"][0]
        for host in lines.keys() - failed:
            table, rest = lines[host][1:8], "\n".join(lines[host][8:])
            open_ = [row.rsplit(None, 1) for row in table if not row.endswith("works")]
            assert all(title.strip() in rest for title, _status in open_)
            assert rest.count("Next step: ") >= min(1, len(open_)), (host, rest)
            assert rest.count("Command: ") >= (1 if "the token has no" in rest else 0)
            commands = [line for line in lines[host] if line.startswith("  Command: ")]
            assert len(set(commands)) == len(commands) - max(0, commands.count(AGAIN) - 1), host
            if commands:
                tenant = cases[host]["tenant_id"]
                assert lines[host][-1].startswith(f"  Command: Connect-MgGraph -TenantId {tenant} -Scopes "), lines[
                    host
                ]
        text = PAGE.read_text(encoding="utf-8")
        assert first_run.page(text, lines, simulator.urls) == text, "run python tools/first_run.py"


def test_it_fails_without_a_sign_in_and_when_it_is_asked_to(simulator: Simulator, tmp_path: Path) -> None:
    environment = simulator.environment("missing_permission")
    code, output = playbook(tmp_path, environment, f"{NAME}check_access", "-e", "check_access_strict=true")
    assert code == 2 and "Not every read works" in output, output
    code, output = playbook(tmp_path, {}, f"{NAME}check_access")
    assert code == 2 and "tenant_id (AZURE_TENANT_ID) is not set. Set it to the id" in output, output


@pytest.mark.more
def test_requirements_fail_a_pipeline_only_if_it_asks_for_that(simulator: Simulator, tmp_path: Path) -> None:
    address = "connector_primary_smtp_address=svc-intune-connector@contoso.example"
    asked = (f"{NAME}check_requirements", "-e", address)
    code, said = playbook(tmp_path, simulator.environment("nothing"), *asked)
    assert code == 0 and "unmet" in said, said
    code, said = playbook(tmp_path, simulator.environment("nothing"), *asked, "-e", "check_requirements_strict=true")
    assert code == 2 and "Not every requirement is met" in said, said


def test_what_is_missing_is_granted_by_the_description_on_the_page_of_the_simulator(tmp_path: Path) -> None:
    page = (ROOT / "docs/docsite/rst/simulator.rst").read_text(encoding="utf-8")
    [block] = re.findall(r"^ {3}extends: missing_permission\n(?: {3}.*\n)+", page, re.MULTILINE)
    described = tmp_path / "granted.yml"
    described.write_text(textwrap.dedent(block), encoding="utf-8")
    with Simulator(tenants=[described]) as simulator:
        code, output = playbook(
            tmp_path, simulator.environment("granted"), f"{NAME}check_access", "-e", "check_access_strict=true"
        )
    assert code == 0 and output.count(' works"') == 7, output


def test_connect_can_be_tried_with_the_right_to_read(simulator: Simulator, tmp_path: Path) -> None:
    """With exactly the first grants in the README, and the directory role Global Reader."""
    [table_] = re.findall(r"   \| permission \| for \|\n((?:   \|.*\n)+)", (ROOT / "README.md").read_text("utf-8"))
    granted = set(re.findall(r"`([A-Z][A-Za-z]+\.Read\.[A-Za-z.]+)`", table_))
    assert "DeviceManagementServiceConfig.Read.All" in granted and not [one for one in granted if "Write" in one]
    facts = simulator.facts("ready", "restricted")
    answer = requests.post(
        f"{simulator.urls['graph_url']}/v1.0/roleManagement/directory/roleAssignments",
        json={"principalId": facts["object_id"], "roleDefinitionId": GLOBAL_READER, "directoryScopeId": "/"},
        headers={
            "Authorization": f"Bearer {simulator.token('graph', 'ready', {'RoleManagement.ReadWrite.Directory'})}"
        },
        verify=simulator.urls["ca_path"],
        timeout=20,
    )
    assert answer.status_code == 201
    tokens = {
        "INTUNE_EXCHANGE_GRAPH_TOKEN": simulator.token("graph", "ready", granted, "restricted"),
        "INTUNE_EXCHANGE_EXCHANGE_TOKEN": simulator.token("exchange", "ready", application="restricted"),
    }
    environment = {
        key: text
        for key, text in simulator.environment("ready").items()
        if key not in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "INTUNE_EXCHANGE_AUTH_METHOD")
    }
    before = len([one for one in simulator.requests() if one["effect"]])
    account = f"connector_primary_smtp_address={facts['account']}"
    code, output = playbook(tmp_path, {**environment, **tokens}, f"{NAME}connect", "-e", account, "--check")
    assert code == 0, output
    code, output = playbook(tmp_path, {**environment, **tokens}, f"{NAME}connect", "-e", account)
    assert code == 2 and "missing: DeviceManagementServiceConfig.ReadWrite.All" in output, output
    assert "Organization.Read.All" not in output.partition("missing:")[2].partition("\n")[0]
    assert len([one for one in simulator.requests() if one["effect"]]) == before


def test_an_exchange_that_is_not_ready_is_named_and_the_next_run_goes_on(simulator: Simulator, play: Play) -> None:
    """In the hour after customization nobody can delegate roles; Role Management alone never can."""
    group: dict[str, Any] = {"name": "Readers", "roles": {"set": ["View-Only Recipients"]}}
    customize = {f"{NAME}organization_customization": {"accept_permanent": True, "wait": False}}
    environment = simulator.environment("dehydrated")
    assert play(customize, environment=environment).code == 0
    simulator.advance(600)
    early = play({f"{NAME}role_group": {**group, "timeout": 8}}, environment=environment)
    assert early.failed["error"]["kind"] == "not_ready", early.output
    assert "run again in an hour" in early.failed["msg"]
    simulator.advance(3000)
    late = play({f"{NAME}role_group": group}, environment=environment)
    assert late.code == 0 and late.results["task0"]["changed"], late.output
