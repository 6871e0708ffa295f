# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One name in two spellings, and one person under two names, are sent and stored once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.modules import (
    cas_mailbox_mobile_access,
    mobile_device_mailbox_policy,
    role_group,
)
from simulator import Simulator

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=["ready"], rate_limits=False) as simulator:
        yield simulator


def sent(simulator: Simulator) -> int:
    return sum(1 for one in simulator.requests() if one["effect"])


@pytest.mark.parametrize("way", ["add", "set"])
def test_device_ids(run: Run, simulator: Simulator, admin: Any, way: str) -> None:
    options = {"mailbox": "adele.vance", "allowed_device_ids": {way: ["ABC123", "abc123"]}}
    assert run(cas_mailbox_mobile_access, **options)["changed"]
    (mailbox,) = admin("Get-CASMailbox", Identity="adele.vance")
    assert mailbox["ActiveSyncAllowedDeviceIDs"] == ["ABC123"] and sent(simulator) == 1
    assert not run(cas_mailbox_mobile_access, **options)["changed"] and sent(simulator) == 1


@pytest.mark.parametrize("way", ["add", "set"])
def test_applications(run: Run, simulator: Simulator, way: str) -> None:
    options = {"name": "Default", "approved_application_list": {way: ["Hash", "HASH"]}}
    assert run(mobile_device_mailbox_policy, **options)["changed"]
    (policy,) = [one for one in simulator.state("ready")["MobileDeviceMailboxPolicy"] if one["Name"] == "Default"]
    assert policy["ApprovedApplicationList"] == ["Hash"] and sent(simulator) == 1
    assert not run(mobile_device_mailbox_policy, **options)["changed"] and sent(simulator) == 1


@pytest.mark.parametrize("way", ["add", "set"])
def test_a_member_under_three_names(run: Run, simulator: Simulator, way: str) -> None:
    (adele,) = [one for one in simulator.state("ready")["users"] if one["userPrincipalName"].startswith("adele")]
    names = ["adele.vance@contoso.example", "ADELE.VANCE", adele["id"]]
    options = {"name": "Twice", "roles": {"set": ["Message Tracking"]}, "members": {way: names}}
    assert run(role_group, **options)["changed"]
    (group,) = [one for one in simulator.state("ready")["RoleGroup"] if one["Name"] == "Twice"]
    assert len(group["_members"] if "_members" in group else group["Members"]) == 1 and sent(simulator) == 1
    assert not run(role_group, **options)["changed"] and sent(simulator) == 1


def test_an_emptied_list_is_empty(run: Run, admin: Any) -> None:
    """terraprovider/go-exoscc: an empty list changes nothing, so existing entries are removed by name."""
    run(cas_mailbox_mobile_access, mailbox="adele.vance", blocked_device_ids={"set": ["A", "B"]})
    options = {"mailbox": "adele.vance", "blocked_device_ids": {"set": []}}
    assert run(cas_mailbox_mobile_access, **options)["changed"]
    (mailbox,) = admin("Get-CASMailbox", Identity="adele.vance")
    assert mailbox["ActiveSyncBlockedDeviceIDs"] == []
    assert not run(cas_mailbox_mobile_access, **options)["changed"]
