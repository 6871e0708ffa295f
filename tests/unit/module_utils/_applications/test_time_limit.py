# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option timeout limits a task about applications, whatever it waits for."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._applications.ensure_credential import ensure_credential
from ansible_collections.intune.exchange.plugins.module_utils._applications.permissions import ensure_permissions
from ansible_collections.intune.exchange.plugins.module_utils._applications.registrations import ensure_application
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.modules import application, application_credential

from ..conftest import Clock

Run = Callable[..., dict[str, Any]]
OURS = {"unique_name": "intune-exchange"}
TENANT = {"tenant": "first_contact"}


def test_no_wait_for_the_directory_extends_it(signed_in: Callable[..., Tenant], tmp_path: Path) -> None:
    tenant = signed_in("first_contact", timeout=300)
    granted = {"microsoft_graph": ["Organization.Read.All"], "office_365_exchange_online": None, "remove_excess": False}
    credential = {"name": "ours", "kind": "certificate", "path": str(tmp_path / "key.pem"), "remove_others": True}
    for run, params in (
        (ensure_application, {"display_name": "Automation"}),
        (ensure_permissions, granted),
        (ensure_credential, {**credential, "validity_days": 365, "renew_before_days": 30}),
    ):
        assert run(tenant, {**OURS, "state": "present", **params}, False)["changed"]
    assert tenant.http.deadline.seconds == 300


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[int]:
    """The folder, locked by another program."""
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    yield folder
    os.close(folder)


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("kind", ["certificate", "client_secret"])
def test_a_folder_that_another_program_keeps_locked_ends_the_task(
    run: Run, clock: Clock, tmp_path: Path, kind: str
) -> None:
    run(application, **OURS, **TENANT)
    result = run(application_credential, **OURS, **TENANT, kind=kind, path=str(tmp_path / "key"), timeout=60)
    assert result["error"]["kind"] == "timeout" and f"the folder {tmp_path} to create" in result["msg"], result
    assert 50 < sum(clock.sleeps) < 60 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["certificate", "client_secret"])
def test_a_folder_is_waited_for(
    signed_in: Callable[..., Tenant],
    monkeypatch: pytest.MonkeyPatch,
    locked: int,
    tmp_path: Path,
    kind: str,
) -> None:
    lines = list[str]()
    tenant = replace(signed_in("first_contact"), progress=lines.append)
    ensure_application(tenant, {**OURS, "display_name": "Automation", "state": "present"}, False)
    monkeypatch.setattr(tenant.http, "sleep", lambda seconds: fcntl.flock(locked, fcntl.LOCK_UN))
    params = {"name": "ours", "kind": kind, "path": str(tmp_path / "key"), "remove_others": False, "state": "present"}
    assert ensure_credential(tenant, {**OURS, **params, "validity_days": 365, "renew_before_days": 30}, False)[
        "changed"
    ]
    assert lines[0] == f"waiting for another task that creates a file in {tmp_path}"
