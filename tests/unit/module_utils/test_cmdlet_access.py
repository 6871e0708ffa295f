# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._cmdlet_access import CONNECTOR_CMDLETS, Access, judge
from ansible_collections.intune.exchange.plugins.module_utils._cmdlet_contract import CMDLETS

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "simulator" / "contracts" / "exchange-cmdlets.json").read_text(encoding="utf-8")
)["cmdlets"]


def test_the_cmdlets_are_those_of_the_document() -> None:
    assert set(CONNECTOR_CMDLETS) == {name for name, one in CONTRACT.items() if one.get("required_by_connector_doc")}
    assert len(CONNECTOR_CMDLETS) == 13


@pytest.mark.parametrize("cmdlet", CONTRACT)
def test_only_what_the_contract_knows_can_be_sent(cmdlet: str) -> None:
    assert CMDLETS[cmdlet] == {
        name: one["encoding"]
        for name, one in CONTRACT[cmdlet]["parameters"].items()
        if one.get("cloud") and not one.get("internal_only") and one["encoding"] != "unsupported"
    }
    assert set(CONNECTOR_CMDLETS.get(cmdlet, ())) <= set(CMDLETS[cmdlet])


def entry(name: str, role: str, *parameters: str) -> dict[str, Any]:
    return {"Name": name, "Role": role, "Parameters": list(parameters)}


@pytest.mark.parametrize(
    ("entries", "access"),
    [
        ([], Access(False)),
        ([entry("Get-MobileDevice", "A", "Monitoring")], Access(False, ("Identity", "Mailbox"), ("A",))),
        ([entry("get-mobiledevice", "A", "identity", "MAILBOX", "Filter")], Access(True, (), ("A",))),
        (
            [entry("Get-MobileDevice", "A", "Identity"), entry("Get-MobileDevice", "B", "Mailbox")],
            Access(True, (), ("A", "B")),
        ),
        ([entry("Get-MobileDeviceStatistics", "A", "Identity", "Mailbox")], Access(False)),
    ],
)
def test_a_cmdlet_counts_with_its_parameters(entries: list[dict[str, Any]], access: Access) -> None:
    assert judge(entries, {"Get-MobileDevice": ("Identity", "Mailbox")}) == {"Get-MobileDevice": access}
