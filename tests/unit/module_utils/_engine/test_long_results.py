# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for secrets in a result is limited by the time of its task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._engine.run import Declaration, run_declaration
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant


def ended(result: dict[str, Any], a_look_takes: float, used: float = 0.0, timeout: int = 60) -> dict[str, Any]:
    """The outcome of a task with this result, on a clock that moves with each reading, and by its own duration."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += a_look_takes
        return now

    def run(_tenant: Tenant, _params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
        nonlocal now
        now += used
        return result

    params = {option: spec.get("default") for option, spec in CONNECTION_SPEC.items()}
    params |= {"tenant_id": "contoso.com", "auth_method": "token", "graph_token": "t" * 40, "exchange_token": "u" * 40}
    params["timeout"] = timeout
    return run_declaration(Declaration("try it", run), params, False, clock=clock)


@pytest.mark.parametrize(
    "result",
    [
        {"text": "%41" * 2_000_000},
        {"texts": [f"{one:04}" * 250 for one in range(6_000)]},
        {"texts": {str(one): f"{one:099}" for one in range(60_000)}},
    ],
    ids=["one text", "many texts", "many short texts"],
)
def test_a_huge_result_ends_with_the_time_of_the_task(result: dict[str, Any]) -> None:
    failed = ended(result, 20.0)
    assert failed["failed"] and failed["error"]["kind"] == "timeout", failed
    assert failed["msg"].startswith("Could not try it on tenant contoso.com: the task timed out before "), failed["msg"]
    assert len(str(failed)) < 2000
    assert ended(result, 0.001) == result


def test_a_result_of_the_last_moment_is_returned() -> None:
    """Nothing was wrong with it: the search has some extra time."""
    assert ended({"text": "x" * 500_000}, 0.1, used=59.5) == {"text": "x" * 500_000}
