# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several concurrent runs of the first contact with one file: one application and one credential."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._applications.key_files import read_certificate_file
from ansible_collections.intune.exchange.plugins.module_utils._engine.run import run_declaration
from ansible_collections.intune.exchange.plugins.modules import (
    application,
    application_credential,
    application_permissions,
)
from simulator import Simulator

TENANT, OURS = "first_contact", {"unique_name": "intune-exchange"}
RUNS = 3


def carried_out(simulator: Simulator, module: Any, **options: Any) -> dict[str, Any]:
    given = {**simulator.options(TENANT), **OURS, **options}
    validated = ArgumentSpecValidator(module.DECLARATION.argument_spec).validate(given)
    return run_declaration(module.DECLARATION, validated.validated_parameters, False, lambda line: None, None)


def contact(simulator: Simulator, path: Path, kind: str, results: list[dict[str, Any]]) -> None:
    for module, options in (
        (application, {"display_name": "Automation"}),
        (application_permissions, {"microsoft_graph": ["Organization.Read.All", "Policy.Read.All"]}),
        (application_credential, {"kind": kind, "path": str(path)}),
    ):
        results.append(carried_out(simulator, module, **options))


@pytest.mark.parametrize("kind", ["certificate", "client_secret"])
def test_runs_at_once_make_one_credential(simulator: Simulator, tmp_path: Path, kind: str) -> None:
    path, results = tmp_path / "key", list[dict[str, Any]]()
    runs = [threading.Thread(target=contact, args=(simulator, path, kind, results)) for _run in range(RUNS)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert len(results) == 3 * RUNS and not [one["msg"] for one in results if one.get("failed")]
    state = simulator.state(TENANT)
    [ours] = [one for one in state["applications"] if one["uniqueName"]]
    [principal] = [one for one in state["servicePrincipals"] if one["appId"] == ours["appId"]]
    granted = [one["_permission"] for one in state["appRoleAssignments"] if one["principalId"] == principal["id"]]
    assert sorted(granted) == ["Organization.Read.All", "Policy.Read.All"]
    if kind == "certificate":
        found, [entry] = read_certificate_file(str(path)), ours["keyCredentials"]
        assert found is not None and entry["key"] == found.key
    else:
        assert list(ours["_secrets"].values()) == [path.read_text()]
