# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of each platform: its variables create a trust that accepts the tokens of its pipeline, and no others."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import ENVIRONMENT
from ansible_collections.intune.exchange.plugins.modules import application, application_credential, connector_info
from simulator import Simulator
from simulator.entra.credentials import FEDERATION_AUDIENCE

Run = Callable[..., dict[str, Any]]
ROOT = Path(__file__).parents[4]
PAGES = ROOT / "docs/docsite/rst"
OURS = {"unique_name": "intune-exchange", "tenant": "first_contact"}
# The issuer and the subject of a pipeline's job, as documented by the platforms.
TOKENS = {
    "github": (
        "https://token.actions.githubusercontent.com",
        "repo:contoso@123456/mail-automation@456789:ref:refs/heads/main",
    ),
    "gitlab": ("https://gitlab.com", "project_path:contoso/mail-automation:ref_type:branch:ref:main"),
    "kubernetes": ("https://cluster.example/", "system:serviceaccount:mail:runner"),
    "automation_platform": (
        "https://aap.contoso.example/o",
        "workload_type:aap_controller_automation_job:organization:Messaging:job_template:Mail access",
    ),
}


def documents(platform: str) -> dict[str, Any]:
    """The YAML files of a page, by file name."""
    text = (PAGES / f"first_contact_{platform}.rst").read_text(encoding="utf-8")
    found = re.findall(r"^\.\. code-block:: yaml\n   :caption: (.*)\n\n((?:   .*\n|\n)+)", text, re.MULTILINE)
    return {name: yaml.safe_load(textwrap.dedent(block)) for name, block in found}


@pytest.mark.parametrize("platform", TOKENS)
def test_the_trust_of_the_page_takes_the_tokens_of_its_jobs(run: Run, simulator: Simulator, platform: str) -> None:
    variables = documents(platform)[f"{platform}.yml"]
    assert variables.pop("bootstrap_credential") == "federated"
    options = {name.removeprefix("bootstrap_"): value for name, value in variables.items()}
    options["name"] = options.pop("credential_name")
    app_id = run(application, **OURS)["application"]["app_id"]
    made = run(application_credential, **OURS, kind="federated", **options)
    assert made["changed"] and made["token_available"] is False, made
    issuer, subject = TOKENS[platform]
    for wanted, kind in ((subject, "forbidden"), (f"{subject}x", "sign_in")):
        token = simulator._environment.issuer.token(wanted, FEDERATION_AUDIENCE, issuer=issuer)
        how = {"auth_method": "federated_token", "federated_token": token, "client_secret": None}
        at_hand = {"auth_method": "client_secret", "federated_token": token}
        again = run(application_credential, **OURS, kind="federated", **options, **at_hand)
        assert again["token_available"] is (wanted == subject) and not again["changed"], again
        result = run(connector_info, tenant="first_contact", client_id=app_id, **how)
        assert result["error"]["kind"] == kind, result


def test_the_workflow_of_github() -> None:
    workflow = documents("github")[".github/workflows/mail.yml"]
    assert workflow["permissions"]["id-token"] == "write"
    [job] = workflow["jobs"].values()
    assert set(job["env"]) <= set(ENVIRONMENT.values()) and len(job["env"]) == 2
    _checks_access([step["run"] for step in job["steps"] if "run" in step])


def test_the_pipeline_of_gitlab() -> None:
    [job] = documents("gitlab")[".gitlab-ci.yml"].values()
    assert job["id_tokens"] == {ENVIRONMENT["federated_token"]: {"aud": FEDERATION_AUDIENCE}}
    assert set(job["variables"]) <= set(ENVIRONMENT.values())
    _checks_access(job["script"])


def test_the_job_of_kubernetes() -> None:
    job = documents("kubernetes")["job.yml"]
    pod = job["spec"]["template"]["spec"]
    trusted = documents("kubernetes")["kubernetes.yml"]["bootstrap_kubernetes"]
    assert (job["metadata"]["namespace"], pod["serviceAccountName"]) == (
        trusted["namespace"],
        trusted["service_account"],
    )
    [container] = pod["containers"]
    given = {one["name"]: one["value"] for one in container["env"]}
    assert set(given) <= set(ENVIRONMENT.values())
    [mount], [volume] = container["volumeMounts"], pod["volumes"]
    token = volume["projected"]["sources"][0]["serviceAccountToken"]
    assert f"{mount['mountPath']}/{token['path']}" == given[ENVIRONMENT["federated_token_file"]]
    assert token["audience"] == FEDERATION_AUDIENCE and mount["name"] == volume["name"]
    _checks_access([" ".join(container["command"])])


def _checks_access(commands: list[str]) -> None:
    """The playbooks of the pipeline exist, and the collection comes from its repository: it is not on Galaxy."""
    repository = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
    for one in commands:
        if one.startswith("ansible-galaxy "):
            assert one == f"ansible-galaxy collection install git+{repository}"
    [playbook] = [one.split()[1] for one in commands if one.startswith("ansible-playbook ")]
    assert (ROOT / "playbooks" / f"{playbook.removeprefix('intune.exchange.')}.yml").is_file()
