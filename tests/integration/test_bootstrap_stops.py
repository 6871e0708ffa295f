# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first contact on bad days: killed after each write, and after somebody changed the application by hand."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from simulator import Simulator

from .test_bootstrap import GROUP, KINDS, TENANT, Contact, granted, is_own
from .test_every_kill import children, lives, until
from .warm import BIN, _Server, settings

pytestmark = pytest.mark.more
CONTENT = "bootstrap_for=mobile_device_info"


@pytest.fixture
def contact(simulator: Simulator, tmp_path: Path) -> Contact:
    return Contact(simulator, tmp_path)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Server]:
    server = _Server({"HOME": str(tmp_path_factory.mktemp("home"))})
    yield server
    server.stop()


def came_to(contact: Contact) -> dict[str, Any]:
    """What the runs came to, without what is different each time."""
    state = contact.state()
    own = [one for one in state["applications"].values() if one["uniqueName"]]
    principals = {one["id"] for one in state["servicePrincipals"].values() if one["appId"] in {a["appId"] for a in own}}
    groups = [one for one in state["RoleGroup"].values() if is_own(one)]
    return {
        "applications": [(one["displayName"], len(one["keyCredentials"])) for one in own],
        "granted": [granted(state, one) for one in principals],
        "registered": len(state["ServicePrincipal"]),
        "groups": [(one["Name"], set(one["_members"]) == principals) for one in groups],
        "roles": sorted(one["Name"] for one in state["ManagementRole"].values() if is_own(one)),
        "given": sorted(
            one["Role"] for one in state["ManagementRoleAssignment"].values() if one["RoleAssigneeName"] == GROUP
        ),
        "others": len(state["federatedIdentityCredentials"]),
        "files": len(list(contact.folder.glob("*.pem"))),
    }


def stopped_after(operation: str, contact: Contact, beside: Executor, server: _Server) -> bool:
    """Whether the run got to this write, after which it was killed; if it did not, it has ended well."""
    simulator = contact.simulator
    simulator.fault(match=operation, kind="hang", phase="after_effect")
    since = len(simulator.requests())
    given = (CONTENT, f"bootstrap_folder={contact.folder}", "bootstrap_wait_interval=1")
    options = [part for one in given for part in ("-e", one)]
    command = [str(BIN / "ansible-playbook"), "-i", "localhost,", "intune.exchange.bootstrap", *options]
    environment = {**settings(), "HOME": str(contact.folder), **contact.environment}
    run = beside.submit(server.run, command, contact.folder, environment, 900)
    until(lambda: run.done() or any(row.get("fault") for row in simulator.requests()[since:]))
    simulator.clear_faults()
    if run.done():
        assert run.result().returncode == 0, run.result().stdout
        return False
    assert server._process
    (playbook,) = children(server._process.pid)
    workers = children(playbook)
    os.kill(playbook, signal.SIGKILL)
    assert run.result(300).returncode == -signal.SIGKILL
    until(lambda: not any(map(lives, workers)))
    return True


def test_a_run_that_is_killed_after_each_write_goes_on(contact: Contact, server: _Server) -> None:
    """One after another, so that each run finds what those before it left; in the end, all is as after a single run."""
    before = contact.state()
    contact(CONTENT)
    expected, writes = came_to(contact), contact.writes()
    contact(CONTENT, "bootstrap_state=absent")
    assert contact.state() == before
    for one in contact.folder.glob("*.pem"):
        one.unlink()
    with ThreadPoolExecutor(1) as beside:
        stopped = [one for one in writes if stopped_after(one, contact, beside, server)]
    assert len(stopped) >= len(writes) - 2, (writes, stopped)
    contact(CONTENT)
    assert came_to(contact) == expected
    assert "changed=0 " in contact(CONTENT)


def test_no_right_stays_when_the_sign_in_to_exchange_was_taken_by_hand(contact: Contact) -> None:
    """Exchange.ManageAsApp says that there is something in Exchange; without it, that is looked for all the same."""
    before = contact.state()
    for undo in (["bootstrap_state=absent"], ["bootstrap_remove_unneeded=true"]):
        contact(CONTENT)
        grants = contact.simulator._environment.tenant(TENANT).store("appRoleAssignments")
        for key, one in grants.items().items():
            if one["_permission"] == "Exchange.ManageAsApp" and key not in before["appRoleAssignments"]:
                grants.remove(key)
        assert [one for one in contact.state()["RoleGroup"].values() if is_own(one)]
        contact("bootstrap_for=connector_info", *undo)
        after = contact.state()
        for kind in ("RoleGroup", "ManagementRole", "ManagementRoleAssignment"):
            assert after[kind] == before[kind], (undo, kind)
        contact("bootstrap_for=connector_info", "bootstrap_state=absent")
        assert {kind: contact.state()[kind] for kind in KINDS} == {kind: before[kind] for kind in KINDS}
