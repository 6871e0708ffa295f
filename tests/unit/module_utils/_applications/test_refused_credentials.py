# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that cannot work are refused before anything is sent, and a file that cannot be replaced by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._applications.key_files import (
    make_certificate_file,
    read_certificate_file,
)
from ansible_collections.intune.exchange.plugins.modules import application, application_credential
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
OURS = {"unique_name": "intune-exchange", "tenant": "first_contact"}
NO_ADDRESS = ["https://[cluster]/", "https://[::1/", "https://c.example:port", "https://c.example:99999"]


def refused(run: Run, simulator: Simulator, **options: Any) -> str:
    """The message, the same in check mode; nothing is sent."""
    said = set[str]()
    for check_mode in (True, False):
        result = run(application_credential, check_mode=check_mode, **OURS, **options)
        assert result["failed"] and result["error"]["kind"] == "usage", result
        said.add(result["msg"])
    assert simulator.requests() == []
    [message] = said
    return message


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("address", NO_ADDRESS)
def test_an_issuer_that_is_no_address(run: Run, simulator: Simulator, address: str, state: str) -> None:
    job = {"organization": "o", "job_template": "j"}
    for trust in (
        {"issuer": address, "subject": "job"},
        {"gitlab": {"url": address, "project": "p", "branch": "main"}},
        {"kubernetes": {"issuer": address, "namespace": "n", "service_account": "s"}},
        {"automation_platform": {"url": address, **job}},
    ):
        assert "is not an https address" in refused(run, simulator, kind="federated", state=state, **trust)


@pytest.mark.parametrize("kind", ["certificate", "client_secret"])
@pytest.mark.parametrize("days", [36501, 9999999, 10**12])
def test_a_validity_that_no_date_has(run: Run, simulator: Simulator, tmp_path: Path, kind: str, days: int) -> None:
    options = {"kind": kind, "path": str(tmp_path / "key"), "validity_days": days}
    assert "validity_days must be at most 36500" in refused(run, simulator, **options)
    assert list(tmp_path.iterdir()) == []


def due(path: Path) -> str:
    """A certificate that is due for renewal."""
    return make_certificate_file(str(path), "old", 20, datetime.now(UTC)).thumbprint


def test_a_file_that_is_mounted_is_told_before_anything_is_written(
    run: Run, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a container gets a single file: nothing can take its place."""
    run(application, **OURS)
    path, before = tmp_path / "key.pem", len(simulator.requests())
    due(path)
    monkeypatch.setattr(os.path, "ismount", lambda asked: asked == str(path))
    for check_mode in (True, False):
        result = run(application_credential, check_mode=check_mode, **OURS, kind="certificate", path=str(path))
        assert result["error"]["kind"] == "usage" and f"the file {path} of path is a mount point" in result["msg"]
    assert list(tmp_path.iterdir()) == [path]
    assert not [one for one in simulator.requests()[before:] if one["effect"]]
    # As long as the certificate is valid, the file stays as it is.
    assert run(application_credential, **OURS, kind="certificate", path=str(path), renew_before_days=5)["changed"]


@pytest.mark.parametrize("why", [OSError(16, "Device or resource busy"), PermissionError(1, "Operation not permitted")])
def test_a_file_that_cannot_be_replaced(
    run: Run, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: OSError
) -> None:
    """The certificate is registered by then: the message says where its key is, and the next run goes on."""
    run(application, **OURS)
    path = tmp_path / "key.pem"
    former, replace = due(path), os.replace

    def refuse(begun: str, target: str) -> None:
        if target == str(path):
            raise why
        replace(begun, target)

    options = {**OURS, "kind": "certificate", "path": str(path)}
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        for _time in range(2):
            result = run(application_credential, **options, remove_others=True)
            assert result["error"]["kind"] == "usage" and f"its key is in the file {path}.next" in result["msg"], result
            assert str(why.strerror) in result["msg"] and f"Put the contents of {path}.next into" in result["msg"]
    held, begun = read_certificate_file(str(path)), read_certificate_file(f"{path}.next")
    assert held is not None and begun is not None and held.thumbprint == former
    assert run(application_credential, **options)["thumbprint"] == begun.thumbprint
    [ours] = [one for one in simulator.state("first_contact")["applications"] if one["uniqueName"]]
    assert [one["key"] for one in ours["keyCredentials"]] == [begun.key]
