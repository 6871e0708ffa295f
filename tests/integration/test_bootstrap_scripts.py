# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of the first contact: the Azure CLI script runs with a stub for the simulated tenant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator import Simulator

from .warm import ROOT, ansible

TENANT = "first_contact"
# Characters with a meaning in a shell or PowerShell.
NAME = 'It\'s $(touch pwned) `touch pwned` "x" ; touch pwned \u2019; New-Item pwned; #'
STUB = ROOT / "tests/integration/az_stub.py"


def written(folder: Path, kind: str, *options: str) -> None:
    done = attempt(folder, kind, *options)
    assert done.returncode == 0, done.stdout + done.stderr


def attempt(folder: Path, kind: str, *options: str) -> Any:
    given = {"bootstrap_for": "connector,mobile_access", "bootstrap_script": kind, "bootstrap_display_name": NAME}
    return ansible(
        "ansible-playbook",
        "intune.exchange.bootstrap",
        *("-e", json.dumps(given)),
        *(part for one in options for part in ("-e", one)),
        folder=folder,
        environment={"AZURE_TENANT_ID": TENANT},
    )


@pytest.fixture
def shell(simulator: Simulator, tmp_path: Path) -> dict[str, str]:
    """The environment of a shell in which az is the stub."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "az"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {STUB} "$@"\n')
    program.chmod(0o755)
    urls = simulator.urls
    return {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "AZ_GRAPH": urls["graph_url"],
        "AZ_CA": urls["ca_path"],
        "AZ_TOKEN": simulator.token("graph", TENANT),
        "BOOTSTRAP_PAUSE": "0",
    }


def applications(simulator: Simulator) -> list[dict[str, Any]]:
    return [one for one in simulator.state(TENANT)["applications"] if one["uniqueName"]]


@pytest.mark.more
def test_the_script_of_the_azure_cli(shell: dict[str, str], simulator: Simulator, tmp_path: Path) -> None:
    written(tmp_path, "az")
    done = subprocess.run(
        ["bash", "bootstrap.sh"], cwd=tmp_path, env=shell, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [application] = applications(simulator)
    assert application["displayName"] == NAME and len(application["keyCredentials"]) == 1
    state = simulator.state(TENANT)
    [principal] = [one for one in state["servicePrincipals"] if one["appId"] == application["appId"]]
    granted = {one["_permission"] for one in state["appRoleAssignments"] if one["principalId"] == principal["id"]}
    assert granted == {
        "DeviceManagementServiceConfig.ReadWrite.All",
        "Exchange.ManageAsApp",
        "Organization.Read.All",
        "RoleManagement.Read.Directory",
        "User.Read.All",
    }
    assert len(application["requiredResourceAccess"]) == 2
    [key] = tmp_path.glob("*.pem")
    assert key.stat().st_mode & 0o077 == 0
    assert f"export AZURE_CLIENT_ID={application['appId']}" in done.stdout
    assert not (tmp_path / "pwned").exists()
    text = (tmp_path / "bootstrap-exchange.ps1").read_text()
    assert "'It''s $(touch pwned)" in text and "\u2019\u2019; New-Item" in text


@pytest.mark.more
def test_a_script_keeps_what_others_made_and_goes_on(
    shell: dict[str, str], simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "bootstrap.sh").write_text("#!/bin/sh\necho ours\n")
    done = attempt(tmp_path, "az")
    assert done.returncode == 2 and "not written by intune.exchange.bootstrap" in " ".join(done.stdout.split())
    assert (tmp_path / "bootstrap.sh").read_text() == "#!/bin/sh\necho ours\n"
    (tmp_path / "bootstrap.sh").unlink()
    written(tmp_path, "az", "bootstrap_for=connector_info")

    def run() -> str:
        done = subprocess.run(
            ["bash", "bootstrap.sh"], cwd=tmp_path, env=shell, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run()
    [application] = applications(simulator)
    delegated = {"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}
    listed = application["requiredResourceAccess"]
    listed[0]["resourceAccess"].append(delegated)
    listed.append({"resourceAppId": "c5393580-f805-4401-95e8-94b7a6ef2fc2", "resourceAccess": [delegated]})
    body = json.dumps({"requiredResourceAccess": listed, "keyCredentials": []})
    address = f"https://graph.microsoft.com/v1.0/applications/{application['id']}"
    how = ["--headers", "Content-Type=application/json", "--body", body]
    subprocess.run(["az", "rest", "--method", "patch", "--url", address, *how], env=shell, check=True)
    run()
    [application] = applications(simulator)
    # A key that the application does not have is registered, and somebody's other entry stays.
    assert len(application["keyCredentials"]) == 1
    assert by_api(application["requiredResourceAccess"]) == by_api(listed)
    run()
    [application] = applications(simulator)
    assert len(application["keyCredentials"]) == 1 and by_api(application["requiredResourceAccess"]) == by_api(listed)
    # Without the tag, the name belongs to somebody else's application.
    assert application["tags"] == ["intune.exchange"]
    body = json.dumps({"tags": [], "displayName": "Of another tool"})
    subprocess.run(["az", "rest", "--method", "patch", "--url", address, *how[:-1], body], env=shell, check=True)
    before = applications(simulator)
    done = subprocess.run(
        ["bash", "bootstrap.sh"], cwd=tmp_path, env=shell, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "Somebody else created the application" in done.stderr
    assert applications(simulator) == before
    # A refusal is reported at once, and not mistaken for a slow directory.
    refused = {**shell, "AZ_TOKEN": simulator.token("graph", TENANT, {"Application.Read.All"})}
    simulator.reset()
    done = subprocess.run(
        ["bash", "bootstrap.sh"], cwd=tmp_path, env=refused, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0 and "403" in done.stderr and "some minutes" not in done.stderr


def by_api(listed: list[dict[str, Any]]) -> dict[str, set[str]]:
    return {one["resourceAppId"]: {access["id"] for access in one["resourceAccess"]} for one in listed}


@pytest.mark.more
def test_the_scripts_of_the_other_credentials(shell: dict[str, str], simulator: Simulator, tmp_path: Path) -> None:
    kubernetes = {"issuer": "https://cluster.example/", "namespace": "mail", "service_account": "runner"}
    federated = ("bootstrap_credential=federated", json.dumps({"bootstrap_kubernetes": kubernetes}))
    written(tmp_path, "az", *federated)
    script = tmp_path / "bootstrap.sh"
    text = script.read_text()
    # The last one has another name for an existing trust.
    lines = text.splitlines(keepends=True)
    other = [one.replace("intune-exchange", "other") if one.startswith(("trust=", "held=")) else one for one in lines]
    for content in (text, text, "".join(other)):
        script.write_text(content)
        done = subprocess.run(
            ["bash", "bootstrap.sh"], cwd=tmp_path, env=shell, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    [trust] = simulator.state(TENANT)["federatedIdentityCredentials"]
    assert (trust["name"], trust["subject"]) == ("intune-exchange", "system:serviceaccount:mail:runner")
    script.write_text(text)
    written(tmp_path, "powershell", *federated)
    assert "'system:serviceaccount:mail:runner'" in (tmp_path / "bootstrap.ps1").read_text()
    written(tmp_path, "powershell")
    text = (tmp_path / "bootstrap.ps1").read_text()
    assert text.count(NAME) == 0 and "\u2019\u2019; New-Item" in text
