# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cmdlets that this collection does not know, in the case in which a person writes them, and lists that are cut off."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._any_cmdlet import run_cmdlet
from ansible_collections.intune.exchange.plugins.module_utils._cmdlet_contract import CMDLETS
from ansible_collections.intune.exchange.plugins.module_utils._tenant import Tenant

from .test_exchange_answers import LINK, MORE, PURPOSE, failure, page
from .wire import Reply, Wire


def run(tenant: Tenant, cmdlet: str, parameters: dict[str, Any]) -> dict[str, Any]:
    params = {"cmdlet": cmdlet, "parameters": parameters, "select": [], "allow_unknown": True}
    return run_cmdlet(tenant, params, False)


@pytest.mark.parametrize("cmdlet", ["Get-Thing", "get-thing", "GET-THING", "tEST-Thing"])
def test_an_unknown_read_in_any_case_is_a_read(wire: Wire, tenant: Tenant, cmdlet: str) -> None:
    """All its pages, again after a fault, and no parameter that only writes have."""
    wire.answer(Reply(b"", 503), page("a", link=LINK + "1"), page("b"))
    found = run(tenant, cmdlet, {})
    assert [one["Name"] for one in found["objects"]] == ["a", "b"] and not found["changed"]
    assert all(one.body["CmdletInput"]["Parameters"] == {} for one in wire.asked)


@pytest.mark.parametrize("cmdlet", ["Get-Thing", "get-thing"])
@pytest.mark.parametrize("name", ["ResultSize", "resultsize"])
def test_an_unknown_list_that_is_cut_off_is_not_whole(wire: Wire, tenant: Tenant, cmdlet: str, name: str) -> None:
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
def test_confirm_is_sent_once(wire: Wire, tenant: Tenant, cmdlet: str, name: str) -> None:
    wire.answer(page())
    run(tenant, cmdlet, {name: True})
    assert wire.asked[0].body["CmdletInput"]["Parameters"] == {"Confirm": False}


@pytest.mark.parametrize("cmdlet", ["new-thing", "START-thing"])
def test_an_unknown_write_in_any_case_is_never_sent_twice(wire: Wire, tenant: Tenant, cmdlet: str) -> None:
    wire.answer(Reply(b"", 503))
    assert failure_of(tenant, cmdlet, {}) == "outcome_unknown" and len(wire.asked) == 1


@pytest.mark.parametrize(
    "cmdlet", [one for one, known in CMDLETS.items() if one[:4] == "Get-" and "ResultSize" not in known]
)
def test_a_list_that_takes_no_size_is_whole_or_an_error(wire: Wire, tenant: Tenant, cmdlet: str) -> None:
    wire.answer(page("a", warnings=(MORE,)))
    assert failure(tenant, cmdlet).kind == "truncated"
    wire.answer(page("a", link=LINK + "1", warnings=(MORE,)), page("b", warnings=("other",)))
    assert len(tenant.exchange.invoke(cmdlet, {}, PURPOSE).values) == 2
