# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists with an error beside them, with members without an id, and times in every format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._connector.connectors import PATH, parse_time
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine.ensure import ensure
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access.access_rules import RULE

from .scripted_server import Reply, ScriptedServer
from .test_graph_errors import CALLS

PURPOSE = Purpose("try it")
WITH_ERROR = {"value": [], "id": "x", "error": {"code": "X", "message": "no"}}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_error_beside_an_empty_list_of_graph(
    wire: ScriptedServer, tenant: Tenant, call: Callable[[Tenant], Any]
) -> None:
    wire.answer(Reply(WITH_ERROR, 200, {"request-id": "r-1"}))
    with pytest.raises(TenantError) as caught:
        call(tenant)
    assert caught.value.kind == "refused" and "r-1" in str(caught.value) and len(wire.asked) == 1


def test_an_error_beside_an_empty_list_of_a_part(wire: ScriptedServer, tenant: Tenant) -> None:
    wire.answer(Reply({"responses": [{"id": "a", "status": 200, "body": WITH_ERROR}]}))
    failed = tenant.graph.batch({"a": Read(PATH, PURPOSE)})["a"].error
    assert failed is not None and failed.kind == "refused"


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("member", [{}, {"Name": "x"}, None, {"QueryString": None, "Characteristic": "DeviceType"}])
def test_what_does_not_say_which_it_is_is_not_another(
    wire: ScriptedServer, tenant: Tenant, member: Any, state: str
) -> None:
    wire.answer(Reply({"value": [member]}))
    wanted = {"state": state, "characteristic": "DeviceType", "query_string": "iPhone", "access_level": "Block"}
    with pytest.raises(TypeError, match="is missing"):
        ensure(RULE, tenant, wanted, False)
    assert {one.cmdlet for one in wire.asked} == {"Get-ActiveSyncDeviceAccessRule"}


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-21T08:15:30Z",
        "2026-09-21T08:15:30.0000000Z",
        "2026-09-21T08:15:30+00:00",
        "2026-09-21T08:15:30.0000000+00:00",
        "2026-09-21T10:15:30.0000000+02:00",
        "2026-09-21T08:15:30",
    ],
)
def test_a_time_in_every_spelling(text: str) -> None:
    assert parse_time(text) == datetime(2026, 9, 21, 8, 15, 30, tzinfo=UTC)
