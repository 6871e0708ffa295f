# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cache of another version, or one that somebody changed, is read again: it never empties or fills an inventory."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._fleet.cached import (
    digest_of,
    is_whole,
    remembered,
    shown,
)

from ..conftest import DEFAULTS

FACT = {"connectors": [], "offered": True}
HOST = {
    "name": "contoso.com",
    "group": "connector_missing",
    "variables": {
        "tenant_id": "contoso.com",
        "tenant_name": "contoso.com",
        "tenant_options": {},
        "tenant_read_at": "2026-11-29T12:00:00Z",
        "connector_primary_smtp_address": "connector@contoso.com",
        "intune_connector": FACT,
    },
}
GUID = "0b0e2c9e-5d7c-4a54-9d53-3f6c2a5f0d11"
OTHER = {
    "name": GUID,
    "group": "connector_not_offered",
    "variables": {
        "tenant_id": GUID,
        "tenant_name": "Fabrikam 2",
        "tenant_options": {"authority_url": "https://elsewhere.example"},
        "tenant_read_at": "2026-11-29T12:00:05Z",
        "intune_connector": {"connectors": [], "offered": False},
    },
}
# As the plugin wrote it.
KEPT = {
    "hosts": [HOST, OTHER],
    "left_out": ["fabrikam.com has no id."],
    "notes": ["1 customer is not in the inventory: Łódź Fabrikam."],
    "failed": 1,
    "asked": "these",
}
# As it wrote it when nothing was gathered.
UNREAD = {
    "name": "Fabrikam 2",
    "group": None,
    "variables": {"tenant_id": "fabrikam.com", "tenant_name": "Fabrikam 2", "tenant_options": {}},
}


def host(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda kept: kept["hosts"][0].update(changes)


def part(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda kept: kept.update(changes)


def variables(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda kept: kept["hosts"][0]["variables"].update(changes)


def without(variable: str) -> Callable[[dict[str, Any]], None]:
    return lambda kept: kept["hosts"][0]["variables"].pop(variable)


def test_what_the_plugin_wrote_is_used() -> None:
    assert is_whole(KEPT, ["connector"], "these") and is_whole({**KEPT, "hosts": []}, ["connector"], "these")
    assert is_whole({**KEPT, "hosts": [UNREAD], "left_out": [], "notes": [], "failed": 0}, [], "these")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept["hosts"][0].pop("group"),
        lambda kept: kept["hosts"].append(kept["hosts"][0]),
        lambda kept: kept.pop("notes"),
        part(more=1),
        part(left_out=5),
        part(left_out=[5]),
        part(left_out=["\x1b[2K"]),
        part(notes=None),
        part(notes=["one\ntwo"]),
        part(notes=["\u202etxet"]),
        part(notes=["x" * 100_000]),
        part(failed="x"),
        part(failed=True),
        part(failed=-1),
        part(hosts={"name": "x"}),
        part(hosts=["x"]),
        host(more=1),
        host(name=5),
        host(name=""),
        host(name="all"),
        host(name="x,y[1]"),
        host(name="{{ x }}"),
        host(name="x\u200b"),
        host(group=["a"]),
        host(group={}),
        host(group="all"),
        host(group="tenant_unreadable"),
        host(group="connector_connected"),
        host(group=None),
        host(variables=None),
        host(variables=[]),
        variables(tenant_id=5),
        variables(tenant_name=None),
        variables(tenant_options=[]),
        variables(tenant_read_at=5),
        variables(tenant_read_at="\x1b[2K"),
        variables(connector_primary_smtp_address={}),
        variables(intune_connector=5),
        variables(intune_connector=None),
        variables(intune_connector={}),
        variables(intune_connector={"connectors": [5], "offered": True}),
        variables(**{"a b\n": 1}),
        variables(ansible_connection="ssh"),
        variables(ansible_host="elsewhere.example"),
        variables(ansible_python_interpreter="/tmp/x"),
        variables(tenant_error={}),
        variables(intune_requirements={}),
        without("tenant_id"),
        without("tenant_read_at"),
        without("intune_connector"),
    ],
)
def test_anything_else_is_not(spoil: Callable[[dict[str, Any]], None]) -> None:
    kept = copy.deepcopy(KEPT)
    spoil(kept)
    assert not is_whole(kept, ["connector"], "these")


@pytest.mark.parametrize("kept", [None, [], "x", 5, {}])
def test_nor_is_something_else_altogether(kept: Any) -> None:
    assert not is_whole(kept, [], "these")


@pytest.mark.parametrize("wanted", [[], ["requirements"], ["connector", "requirements"]])
def test_nor_are_other_facts_than_those_that_are_wanted_now(wanted: list[str]) -> None:
    assert not is_whole(KEPT, wanted, "these")


def test_nor_is_what_was_read_for_another_file() -> None:
    assert not is_whole(KEPT, ["connector"], "others")
    tenants: list[dict[str, Any]] = [{"tenant_id": "a.example", "account": "one@a.example", "client_secret": "s"}]
    shared = {"client_id": "x", "directory_sync": "auto"}
    asked = digest_of(tenants, None, shared)
    same = [{**tenants[0], "client_secret": "t"}], None, {**shared, "authority_url": "https://b"}
    assert digest_of(*same) == asked
    others = [
        (tenants, "partner.example", shared),
        ([*tenants, {"tenant_id": "b.example"}], None, shared),
        ([{**tenants[0], "account": "two@a.example"}], None, shared),
        (tenants, None, {**shared, "directory_sync": "required"}),
        (tenants, None, {**shared, "client_id": "y"}),  # whose permissions are judged
        ([{**tenants[0], "auth_method": "managed_identity"}], None, shared),
        (tenants, None, {**shared, "graph_token": token("one")}),  # not the secret of its client
        (tenants, None, {**shared, "graph_token": token("two")}),
        ([{**tenants[0], "client_secret": None, "certificate_path": "a.pem"}], None, shared),
    ]
    assert len({digest_of(*one) for one in others} | {asked}) == 10
    newer = {**shared, "graph_token": token("two", 2)}
    assert digest_of(tenants, None, newer) == digest_of(*others[-2])


def token(holder: str, number: int = 1) -> str:
    part = base64.urlsafe_b64encode(json.dumps({"oid": holder, "uti": number}).encode()).decode().rstrip("=")
    return f"e30.{part}.x"


def test_a_note_is_one_line() -> None:
    assert shown("Fabrikam\x1b[2K\r\n \u202eLtd") == "Fabrikam Ltd" and len(shown("x" * 100_000)) < 10_000


def of_now(*hosts: dict[str, Any], entries: Any = None, partner: str | None = "partner.example") -> Any:
    shared = {**DEFAULTS, "account": None, "client_id": "now", "client_secret": "a-canary"}
    return remembered(list(hosts), entries, partner, shared, 8, 300)


def test_the_options_are_those_of_now() -> None:
    entries = [{"tenant_id": "contoso.com"}, {"tenant_id": GUID, "account": "now@contoso.com"}]
    first, second = of_now(HOST, OTHER, entries=entries, partner=None)
    options = {"cloud": "public", "client_id": "now", "auth_method": "client_secret"}
    assert first["name"] == "contoso.com" and first["group"] == "connector_missing"
    assert first["variables"] == {
        "tenant_id": "contoso.com",
        "tenant_name": "contoso.com",
        "tenant_options": {"tenant_id": "contoso.com", **options},
        "intune_connector": FACT,
        "tenant_read_at": "2026-11-29T12:00:00Z",
    }
    assert second["variables"]["connector_primary_smtp_address"] == "now@contoso.com"
    assert second["variables"]["tenant_options"] == {"tenant_id": GUID, **options}
    assert "elsewhere" not in str(second) and "canary" not in str((first, second))


def test_the_customers_of_a_partner_are_those_of_the_cache() -> None:
    [customer] = of_now(OTHER)
    assert customer["name"] == GUID and customer["variables"]["tenant_name"] == "Fabrikam 2"
    [first, second] = of_now(OTHER, HOST, entries=[{"tenant_id": "contoso.com"}])
    assert first == customer and second["name"] == "contoso.com"


@pytest.mark.parametrize(
    ("entries", "partner"),
    [
        ([], None),
        ([{"tenant_id": "contoso.com"}], None),  # one is no longer in the inventory file
        ([{"tenant_id": "contoso.com"}, {"tenant_id": GUID}, {"tenant_id": "adatum.com"}], None),
        ([{"tenant_id": "contoso.com"}, {"tenant_id": "fabrikam.com", "name": GUID}], None),  # another tenant
        ([{"tenant_id": "contoso.com", "name": "contoso"}, {"tenant_id": GUID}], None),
        ([{"tenant_id": "contoso.com", "name": GUID}], "partner.example"),
        ([], "partner.example"),  # contoso.com is not the id of a customer
        ([{"tenant_id": 1, "tennant": 2}], None),
        (None, None),
    ],
)
def test_a_cache_of_other_tenants_is_not_used(entries: Any, partner: str | None) -> None:
    assert of_now(HOST, OTHER, entries=entries, partner=partner) is None
