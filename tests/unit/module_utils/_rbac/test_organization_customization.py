# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The irreversible customization of a small tenant."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._rbac.organization_customization import OPTIONS
from ansible_collections.intune.exchange.plugins.modules import organization_customization
from simulator import Simulator

from ..conftest import DEFAULTS, Clock, run_declaration, shared

ENABLE = "Enable-OrganizationCustomization"


@pytest.fixture
def customize(simulator: Simulator, clock: Clock) -> Any:
    def run(check_mode: bool = False, tenant: str = "dehydrated", **options: Any) -> Any:
        defaults = {**DEFAULTS, **{name: spec["default"] for name, spec in OPTIONS.items()}}
        given = {**defaults, **simulator.options(tenant), **options}
        return run_declaration(
            organization_customization.DECLARATION, given, check_mode, **shared(simulator, tenant), **clock.options
        )

    return run


def asked(simulator: Simulator) -> int:
    return sum(one["effect"] for one in simulator.requests() if one["operation"] == ENABLE)


def test_it_is_made_once_and_waited_for(customize: Any, simulator: Simulator, clock: Clock) -> None:
    predicted = customize(check_mode=True, accept_permanent=True)
    assert asked(simulator) == 0
    done = customize(accept_permanent=True)
    assert predicted["changed"] is done["changed"] is True
    assert predicted["diff"] == done["diff"] == {"before": {"is_dehydrated": True}, "after": {"is_dehydrated": False}}
    assert done["organization"]["is_dehydrated"] is False
    assert clock.sleeps == sorted(clock.sleeps) and max(clock.sleeps) <= 60
    assert not customize()["changed"]
    assert asked(simulator) == 1


@pytest.mark.parametrize("check_mode", [True, False])
def test_it_is_never_made_by_the_way(customize: Any, simulator: Simulator, check_mode: bool) -> None:
    failed = customize(check_mode)
    assert failed["error"]["kind"] == "not_accepted"
    assert "permanent and cannot be undone" in failed["msg"] and "Set accept_permanent to true" in failed["msg"]
    assert asked(simulator) == 0


def test_a_tenant_that_needs_nothing(customize: Any, simulator: Simulator) -> None:
    assert not customize(tenant="ready")["changed"]


def test_killed_while_waiting_and_run_again(customize: Any, simulator: Simulator) -> None:
    """The second request is refused, since the first one counts: the task waits for it."""
    first = customize(accept_permanent=True, wait=False)
    assert first["changed"] and first["organization"]["is_dehydrated"] is True
    assert customize(accept_permanent=True)["organization"]["is_dehydrated"] is False
    assert asked(simulator) == 1


def test_without_waiting_a_second_request_is_explained(customize: Any) -> None:
    customize(accept_permanent=True, wait=False)
    failed = customize(accept_permanent=True, wait=False)
    assert failed["error"]["kind"] == "refused" and "If it was asked for already" in failed["msg"]


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize(
    ("status", "kind", "step"),
    [(403, "forbidden", "Organization Configuration"), (429, "throttled", "Wait and run again")],
)
def test_a_failure_that_says_nothing_of_an_earlier_request_has_its_own_next_step(
    customize: Any, simulator: Simulator, wait: bool, status: int, kind: str, step: str
) -> None:
    simulator.fault(match=ENABLE, kind="status", status=status, count=999)
    failed = customize(accept_permanent=True, wait=wait)
    assert failed["error"]["kind"] == kind, failed
    assert step in failed["msg"] and "asked for already" not in failed["msg"]
    assert asked(simulator) == 0


@pytest.mark.parametrize("said", [{"IsDehydrated": None}, {}, {"IsDehydrated": ""}])
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_the_service_does_not_say_is_not_known(
    customize: Any, simulator: Simulator, said: dict[str, Any], check_mode: bool
) -> None:
    body = {"value": [{"Guid": "3f1c2f0e-6f5a-4b55-8f5c-1d2e3f4a5b6c", "Name": "dehydrated", **said}]}
    simulator.fault(match="Get-OrganizationConfig", kind="status", status=200, body=body, count=9)
    failed = customize(check_mode, accept_permanent=True)
    assert failed.get("failed") and failed["error"]["kind"] == "protocol" and "IsDehydrated" in failed["msg"], failed
    assert asked(simulator) == 0


def test_a_lost_answer_is_waited_for(customize: Any, simulator: Simulator) -> None:
    simulator.fault(match=ENABLE, kind="reset", phase="after_effect")
    assert customize(accept_permanent=True)["organization"]["is_dehydrated"] is False
    assert asked(simulator) == 1


def test_the_wait_ends(customize: Any) -> None:
    failed = customize(accept_permanent=True, wait_timeout=30)
    assert failed["error"]["kind"] == "timeout"
    assert "had not taken effect after 30 s (wait_timeout)" in failed["msg"] and "Run again later" in failed["msg"]
