# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmdlets of each module: in roles that contain them, among the roles in the module's documentation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.intune.exchange.plugins.plugin_utils._cmdlets import CMDLETS, cmdlets_by_role
from ansible_collections.intune.exchange.plugins.plugin_utils._permissions import NEEDS, least_privilege

ROOT = Path(__file__).parents[3]
CONTRACT = json.loads((ROOT / "simulator/contracts/exchange-cmdlets.json").read_text(encoding="utf-8"))["cmdlets"]


def test_every_module_with_roles_has_its_cmdlets() -> None:
    with_roles = {name for name, needs in NEEDS.items() if needs.exchange_read or needs.exchange_write}
    assert set(CMDLETS) == with_roles


@pytest.mark.parametrize("module", CMDLETS)
def test_the_cmdlets_are_in_the_documented_roles(module: str) -> None:
    needs = NEEDS[module]
    reading = cmdlets_by_role({module: False})
    writing = cmdlets_by_role({module: True})
    assert {one["role"] for one in writing} <= {*needs.exchange_read, *needs.exchange_write, "Role Management"}
    assert all(cmdlet.startswith("Get-") for one in reading for cmdlet in one["cmdlets"])
    for one in writing:
        for cmdlet in one["cmdlets"]:
            roles = CONTRACT[cmdlet]["management_roles"]
            assert not roles or one["role"] in roles, (cmdlet, one["role"])
    asked = {*CMDLETS[module][0], *CMDLETS[module][1]}
    assert {cmdlet for one in writing for cmdlet in one["cmdlets"]} == asked


def test_what_only_reads_writes_with_nothing() -> None:
    found = least_privilege(["mobile_access:main", "connector:validate"], write=False)["exchange_cmdlets"]
    assert found and all(cmdlet.startswith("Get-") for one in found for cmdlet in one["cmdlets"])
