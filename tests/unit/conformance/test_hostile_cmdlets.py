# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cmdlets outside the contract, in the user's spelling, and truncated lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._exchange.cmdlet_contract import CMDLETS
from ansible_collections.intune.exchange.plugins.module_utils._rbac.any_cmdlet import run_cmdlet

from .scripted_server import Reply, ScriptedServer
from .test_exchange_responses import LINK, MORE, PURPOSE, failure, page


def run(tenant: Tenant, cmdlet: str, parameters: dict[str, Any]) -> dict[str, Any]:
    params = {"cmdlet": cmdlet, "parameters": parameters, "select": [], "allow_unknown": True}
    return run_cmdlet(tenant, params, False)


@pytest.mark.parametrize("cmdlet", ["Get-Thing", "get-thing", "GET-THING", "tEST-Thing"])
def test_an_unknown_read_in_any_case_is_a_read(wire: ScriptedServer, tenant: Tenant, cmdlet: str) -> None:
    """All its pages, again after a fault, and no parameter that only writes have."""
    wire.answer(Reply(b"", 503), page("a", link=LINK + "1"), page("b"))
    found = run(tenant, cmdlet, {})
    assert [one["Name"] for one in found["objects"]] == ["a", "b"] and not found["changed"]
    assert all(one.body["CmdletInput"]["Parameters"] == {} for one in wire.asked)


@pytest.mark.parametrize("cmdlet", ["Get-Thing", "get-thing"])
@pytest.mark.parametrize("name", ["ResultSize", "resultsize"])
def test_an_unknown_list_that_is_cut_off_is_not_whole(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str, name: str
) -> None:
    wire.answer(page("a", warnings=(MORE,)))
    assert failure_of(tenant, cmdlet, {name: "unlimited"}) == "truncated"
    wire.answer(page("a", "b", link=LINK + "1"))
    assert len(run(tenant, cmdlet, {name: 1})["objects"]) == 1


def failure_of(tenant: Tenant, cmdlet: str, parameters: dict[str, Any]) -> str:
    with pytest.raises(Exception) as caught:
        run(tenant, cmdlet, parameters)
    return str(getattr(caught.value, "kind", caught.value))


@pytest.mark.parametrize("cmdlet", ["New-Thing", "new-thing", "Start-Thing"])
@pytest.mark.parametrize("name", ["Confirm", "confirm", "CONFIRM"])
def test_confirm_is_sent_once(wire: ScriptedServer, tenant: Tenant, cmdlet: str, name: str) -> None:
    wire.answer(page())
    run(tenant, cmdlet, {name: True})
    assert wire.asked[0].body["CmdletInput"]["Parameters"] == {"Confirm": False}


@pytest.mark.parametrize("cmdlet", ["new-thing", "START-thing"])
def test_an_unknown_write_in_any_case_is_never_sent_twice(wire: ScriptedServer, tenant: Tenant, cmdlet: str) -> None:
    wire.answer(Reply(b"", 503))
    assert failure_of(tenant, cmdlet, {}) == "outcome_unknown" and len(wire.asked) == 1


@pytest.mark.parametrize(
    "cmdlet", [one for one, known in CMDLETS.items() if one[:4] == "Get-" and "ResultSize" not in known]
)
def test_a_list_that_takes_no_size_is_whole_or_an_error(wire: ScriptedServer, tenant: Tenant, cmdlet: str) -> None:
    wire.answer(page("a", warnings=(MORE,)))
    assert failure(tenant, cmdlet).kind == "truncated"
    wire.answer(page("a", link=LINK + "1", warnings=(MORE,)), page("b", warnings=("other",)))
    assert len(exchange_of(tenant).invoke(cmdlet, {}, PURPOSE).values) == 2


@pytest.mark.parametrize("value", [None, [], {}, "", " ", "\0", "\x1b\x07", [" "], {"x": ""}])
@pytest.mark.parametrize("name", ["Identity", "identity", "Mailbox", "RoleAssignee"])
@pytest.mark.parametrize("cmdlet", ["Get-Thing", "Remove-Thing", "get-thing"])
def test_nothing_is_never_sent_as_a_target(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str, name: str, value: Any
) -> None:
    assert failure_of(tenant, cmdlet, {name: value}) == "usage" and wire.asked == []


@pytest.mark.parametrize("cmdlet", ["Set-CASMailbox", "Set-Thing"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"x": float("nan")}, [b"x"], {1, 2}])
def test_what_is_no_json_is_named(wire: ScriptedServer, tenant: Tenant, cmdlet: str, value: Any) -> None:
    assert failure_of(tenant, cmdlet, {"Identity": "x", "Other": value}) == "usage" and wire.asked == []


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 8, tzinfo=UTC), "2026-01-31T08:00:00+00:00"),
        ([date(2026, 1, 31)], ["2026-01-31"]),
    ],
)
def test_a_date_of_yaml_is_a_text(wire: ScriptedServer, tenant: Tenant, value: Any, sent: Any) -> None:
    wire.answer(page())
    run(tenant, "Get-Thing", {"Since": value})
    assert wire.asked[0].body["CmdletInput"]["Parameters"] == {"Since": sent}
