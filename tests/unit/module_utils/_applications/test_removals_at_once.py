# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials are removed while somebody else changes them: only those that were announced, and never the own one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.intune.exchange.plugins.module_utils._applications.key_files import write_private
from ansible_collections.intune.exchange.plugins.modules import application, application_credential
from simulator import Simulator

from ..conftest import Clock
from .test_certificates_at_once import key

Run = Callable[..., dict[str, Any]]
TENANT = "first_contact"
OURS = {"unique_name": "intune-exchange", "tenant": TENANT}
CONFLICT = {"error": {"code": "Request_Conflict", "message": "Another object changed at the same time."}}
# The operation that removes a credential of each kind.
REMOVALS = {
    "certificate": "applications.UpdateApplication",
    "client_secret": "applications.application.removePassword",
    "federated": "applications.DeleteFederatedIdentityCredentials",
}


@pytest.fixture(autouse=True)
def registered(run: Run, simulator: Simulator) -> None:
    run(application, **OURS)


def options(folder: Path, kind: str, name: str) -> dict[str, Any]:
    if kind == "federated":
        return {"kind": kind, "name": name, "issuer": "https://issuer.example", "subject": name}
    path = folder / f"{name}-{kind}"
    if kind == "certificate" and not path.exists():
        write_private(str(path), key(name))
    return {"kind": kind, "name": name, "path": str(path)}


def kept(run: Run, **given: Any) -> dict[str, Any]:
    result = run(application_credential, **OURS, **given)
    assert not result.get("failed"), result
    return result


def held(simulator: Simulator) -> dict[str, list[str]]:
    """The names of the credentials, by kind. That of a secret has a random end."""
    state = simulator.state(TENANT)
    [found] = [one for one in state["applications"] if one["uniqueName"]]
    return {
        "certificate": sorted(one["displayName"] for one in found["keyCredentials"]),
        "client_secret": sorted(one["displayName"].split()[0] for one in found["passwordCredentials"]),
        "federated": sorted(one["name"] for one in state.get("federatedIdentityCredentials", [])),
    }


class Meanwhile(list[float]):
    """The waits of a task. During the first one, somebody else sends a request about the federated credentials."""

    def __init__(self, simulator: Simulator, method: str, path: str, body: dict[str, Any]) -> None:
        super().__init__()
        self.simulator, self.request = simulator, (method, path, body)

    def append(self, seconds: float) -> None:
        super().append(seconds)
        if len(self) == 1:
            [found] = [one for one in self.simulator.state(TENANT)["applications"] if one["uniqueName"]]
            method, path, body = self.request
            answer = requests.request(
                method,
                f"{self.simulator.urls['graph_url']}/v1.0/applications/{found['id']}/federatedIdentityCredentials{path}",
                json=body,
                headers={"Authorization": f"Bearer {self.simulator.token('graph', TENANT)}"},
                verify=self.simulator.urls["ca_path"],
                timeout=20,
            )
            assert answer.ok, answer.text


def conflict(simulator: Simulator, kind: str, after: int = 0) -> None:
    """The first attempt to remove fails. The list of certificates is written up to three times in one attempt."""
    count = 3 if kind == "certificate" else 1
    simulator.fault(match=REMOVALS[kind], kind="status", status=409, body=CONFLICT, nth=after + 1, count=count)


@pytest.mark.parametrize("kind", REMOVALS)
@pytest.mark.parametrize("other", REMOVALS)
def test_the_own_credential_stays_after_a_conflict(
    run: Run, simulator: Simulator, tmp_path: Path, kind: str, other: str
) -> None:
    kept(run, **options(tmp_path, other, "other"))
    # The first write of the list registers the own certificate.
    conflict(simulator, other, after=int(kind == other == "certificate"))
    result = kept(run, **options(tmp_path, kind, "ours"), remove_others=True)
    assert result["changed"] and held(simulator) == {one: ["ours"] if one == kind else [] for one in REMOVALS}
    simulator.clear_faults()
    assert not kept(run, **options(tmp_path, kind, "ours"), remove_others=True)["changed"]


@pytest.mark.parametrize("kind", REMOVALS)
def test_what_somebody_adds_before_the_second_attempt_stays(
    run: Run, simulator: Simulator, clock: Clock, tmp_path: Path, kind: str
) -> None:
    kept(run, **options(tmp_path, "client_secret", "other"))
    body = {"name": "meanwhile", "issuer": "https://issuer.example", "subject": "x", "audiences": ["api://x"]}
    clock.sleeps = Meanwhile(simulator, "POST", "", body)
    conflict(simulator, "client_secret")
    result = kept(run, **options(tmp_path, kind, "ours"), remove_others=True)
    expected = {one: ["ours"] if one == kind else [] for one in REMOVALS}
    assert held(simulator) == {**expected, "federated": ["meanwhile", *expected["federated"]]}
    assert [one["name"] for one in result["diff"]["after"]["federated"]] == expected["federated"]


def test_what_somebody_adds_between_two_reads_stays(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    """The list of a task with a secret is read again once its file is locked; the result only has the first one."""
    kept(run, **options(tmp_path, "client_secret", "ours"))
    kept(run, **options(tmp_path, "federated", "other"))
    [found] = [one for one in simulator.state(TENANT)["applications"] if one["uniqueName"]]
    path = f"/v1.0/applications/{found['id']}/federatedIdentityCredentials"
    body = {"name": "meanwhile", "issuer": "https://issuer.example", "subject": "x", "audiences": ["api://x"]}
    added = {"method": "POST", "path": path, "body": body}
    simulator.fault(match="applications.GetByUniqueName", kind="second_writer", nth=3, request=added)
    result = kept(run, **options(tmp_path, "client_secret", "ours"), remove_others=True)
    assert [one["name"] for one in result["diff"]["before"]["federated"]] == ["other"]
    assert held(simulator) == {"certificate": [], "client_secret": ["ours"], "federated": ["meanwhile"]}


@pytest.mark.parametrize("kind", REMOVALS)
def test_a_removal_goes_on_after_a_conflict(run: Run, simulator: Simulator, tmp_path: Path, kind: str) -> None:
    for name in ("ours", "other"):
        kept(run, **options(tmp_path, kind, name))
    conflict(simulator, kind)
    assert kept(run, **options(tmp_path, kind, "ours"), state="absent")["changed"]
    assert held(simulator) == {one: ["other"] if one == kind else [] for one in REMOVALS}


def test_a_trust_that_somebody_changed_meanwhile_is_not_removed(
    run: Run, simulator: Simulator, clock: Clock, tmp_path: Path
) -> None:
    kept(run, **options(tmp_path, "federated", "ours"))
    [found] = simulator.state(TENANT)["federatedIdentityCredentials"]
    clock.sleeps = Meanwhile(simulator, "PATCH", f"/{found['id']}", {"subject": "another"})
    conflict(simulator, "federated")
    result = run(application_credential, **OURS, **options(tmp_path, "federated", "ours"), state="absent")
    assert result["error"]["kind"] == "usage" and "another" in result["msg"], result
    assert held(simulator)["federated"] == ["ours"]
