# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
""" "Not found" for an object that was just listed is verified (seen: microsoft/Microsoft365DSC issue 7124)."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.resource import Field, Resource
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange_objects import ExchangeObjects
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .scripted_server import Reply, ScriptedServer
from .test_exchange_responses import ERROR_FORMS, GONE, piped

WORDS = "The operation couldn't be performed because object 'g-1' couldn't be found on 'AM0PR01.example'."
RULE = Resource(
    "rule",
    ExchangeObjects("ActiveSyncDeviceAccessRule", "device access rule"),
    keys=(Field("query_string", "QueryString"),),
    fields=(Field("access_level", "AccessLevel"),),
)
THERE = Reply({"value": [{"Guid": "g-1", "QueryString": "iPhone", "AccessLevel": "Allow"}]})
NOTHING = Reply({"value": []})
DONE = Reply(status=204)


def ensure(tenant: Tenant, **params: Any) -> dict[str, Any]:
    return engine.ensure(RULE, tenant, {"query_string": "iPhone", "access_level": "Block", **params}, False)


@pytest.mark.parametrize("form", ERROR_FORMS)
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("present", ["Get", "Set", "Get", "Get", "Set"]),  # a change is computed again
        ("absent", ["Get", "Remove", "Get", "Remove"]),
    ],
)
def test_a_write_that_is_not_believed_is_tried_again(
    wire: ScriptedServer, tenant: Tenant, state: str, expected: list[str], form: str
) -> None:
    refused = ERROR_FORMS[form](GONE, WORDS)
    wire.answer(THERE, refused, *[THERE] * (len(expected) - 3), DONE)
    assert ensure(tenant, state=state)["changed"]
    assert [one.cmdlet.partition("-")[0] for one in wire.asked] == expected


@pytest.mark.parametrize(
    ("state", "asked", "kind", "words"),
    [
        ("present", [THERE, piped(GONE, WORDS), THERE] * 3, "conflict", "lists it all the same"),
        ("absent", [THERE, *[piped(GONE, WORDS), THERE] * 3], "unavailable", "but still lists it"),
    ],
)
def test_it_is_an_error_when_it_stays(
    wire: ScriptedServer, tenant: Tenant, state: str, asked: list[Reply], kind: str, words: str
) -> None:
    wire.answer(*asked)
    with pytest.raises(TenantError) as caught:
        ensure(tenant, state=state)
    assert caught.value.kind == kind and words in str(caught.value)
    assert len(wire.asked) == len(asked)


def test_what_somebody_else_removed_is_gone(wire: ScriptedServer, tenant: Tenant) -> None:
    wire.answer(THERE, piped(GONE, WORDS), NOTHING)
    assert ensure(tenant, state="absent")["changed"] and len(wire.asked) == 3
