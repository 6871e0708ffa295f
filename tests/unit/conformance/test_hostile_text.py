# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantees 16 and 17: text is made safe on input, and JSON of any form ends as a clear refusal."""

from __future__ import annotations

import json
import re
import sys
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.strict_json import parse_json
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._fleet.fleet import read_fleet

from .conftest import Clock
from .scripted_server import DOMAIN, TENANT, Reply, ScriptedServer, token

PURPOSE = Purpose("try it")
HARMFUL = [
    "\ud83d",
    "\udc00",
    "\x00",
    "\x1b",
    "\x7f",
    "\x85",
    "\u061c",
    "\u200e",
    "\u200f",
    "\u2028",
    "\u202e",
    "\u2067",
]
HARMLESS = "tab\t, line\nend, \u00e9\u200d\u0639\U0001f600 \u200b"
HOSTILE = '\x1b[31m\r\nfatal\u202e {"a": "\ud83d"} ' + "x" * 60_000


@pytest.mark.parametrize("character", HARMFUL)
def test_harmful_text_is_replaced_where_it_enters(wire: ScriptedServer, tenant: Tenant, character: str) -> None:
    value = {f"name{character}": f"a{character}b", "list": [[character]], "fine": HARMLESS}
    clean = {"name\ufffd": "a\ufffdb", "list": [["\ufffd"]], "fine": HARMLESS}
    escaped = json.dumps({"value": [value]})
    bodies = [escaped.encode(), re.sub(r"\\u[0-9a-f]{4}", lambda found: "\\u" + found[0][2:].upper(), escaped).encode()]
    if ord(character) > 0x1F:
        bodies.append(json.dumps({"value": [value]}, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    for body in bodies:
        wire.answer(Reply(body))
        found = tenant.graph.list("users", PURPOSE)[0]
        assert found == [clean]
        assert json.loads(json.dumps(found, ensure_ascii=False).encode()) == found  # every file can hold it


def test_two_keys_that_become_one_are_refused() -> None:
    with pytest.raises(ValueError, match="duplicate key"):
        parse_json(json.dumps({"a\x00": 1, "a\x01": 2}))


def replaced(character: str) -> str:
    """The replacement of a character, by its Unicode properties."""
    marks = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    harmful = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") and character not in "\t\n\r"
    marking = unicodedata.bidirectional(character) in marks or character in "\u061c\u200e\u200f"
    return "\ufffd" if harmful or marking else character


def test_exactly_what_is_harmful_is_replaced() -> None:
    for first in range(0, 0x110000, 4096):
        text = "".join(map(chr, range(first, first + 4096)))
        # One by one: adjacent halves of a pair are a character.
        expected = [replaced(one) for one in text]
        assert parse_json(json.dumps(list(text))) == expected
        if first == 0:
            assert parse_json("[" + ",".join(f'"\\u{ord(one):04X}"' for one in text) + "]") == expected


def run_declaration(wire: ScriptedServer, clock: Clock, options: dict[str, Any], **given: Any) -> dict[str, Any]:
    params = {
        **{option: spec.get("default") for option, spec in CONNECTION_SPEC.items()},
        "tenant_id": DOMAIN,
        "auth_method": "token",
        "graph_token": token(),
        "ca_path": str(wire.ca_path),
        "proxy": wire.proxy,
        **given,
    }
    declaration = engine.Declaration("try it", lambda tenant, params, check_mode: {"changed": False}, options)
    return engine.run_declaration(declaration, params, False, clock=clock.now, sleep=clock.sleeps.append)


@pytest.mark.parametrize("character", HARMFUL)
@pytest.mark.parametrize(
    ("wrap", "place"), [(lambda text: text, "name"), (lambda text: [{"a": text}], "name[0].a")], ids=["text", "deep"]
)
def test_an_option_with_harmful_text_is_named(
    wire: ScriptedServer, clock: Clock, wrap: Callable[[str], Any], place: str, character: str
) -> None:
    result = run_declaration(wire, clock, {"name": {"type": "raw"}}, name=wrap(f"a{character}b"))
    assert result["error"]["kind"] == "usage"
    assert f"the option {place} holds the character U+{ord(character):04X}" in result["msg"]
    assert result["msg"].isprintable()
    assert not run_declaration(wire, clock, {"name": {"type": "raw"}}, name=wrap(HARMLESS)).get("failed")


def test_a_customer_with_harmful_text_in_its_name_is_in_every_file(wire: ScriptedServer) -> None:
    """An inventory with such a name was written into its cache, which nobody could read again."""
    roles = ("3a2c62db-5318-420d-8d74-23affee5d9d5", "29232cdf-9323-42fd-ade2-1d097af3e4de")
    relationship = {
        "status": "active",
        "customer": {"tenantId": TENANT, "displayName": "Con\ud83dtoso\x1b\u202e"},
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role} for role in roles]},
        "endDateTime": "2099-01-01T00:00:00Z",
    }
    wire.answer(Reply(json.dumps({"value": [relationship]}).encode()))
    shared = {
        **{option: spec.get("default") for option, spec in CONNECTION_SPEC.items()},
        "auth_method": "token",
        "graph_token": token(),
        "ca_path": str(wire.ca_path),
        "proxy": wire.proxy,
    }
    (host,) = read_fleet(None, TENANT, shared, (), 1, 60)
    assert host["variables"]["tenant_name"] == "Con\ufffdtoso\ufffd\ufffd"
    assert json.loads(json.dumps(host, ensure_ascii=False).encode()) == host


def test_every_field_of_an_error_is_one_short_line(wire: ScriptedServer, tenant: Tenant) -> None:
    details = {"ids": [HOSTILE], "one": {"two": (HOSTILE,)}, "text": HOSTILE}
    answer = ErrorResponse("Graph", 400, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    result = TenantError("refused", HOSTILE, HOSTILE, HOSTILE, answer, HOSTILE, details).result()
    texts = _texts(result)
    assert len(texts) >= 8
    assert [len(text) for text in texts if not text.isprintable() or len(text) > 3700] == []
    assert all(len(text) <= 400 for text in _texts(result["error"]))
    wire.answer(Reply({"error": {"code": "x", "message": "y"}}, 400, {"client-request-id": "c" * 60_000}))
    with pytest.raises(TenantError) as caught:
        tenant.graph.list("users", PURPOSE)
    assert len(caught.value.result()["error"]["client_request_id"]) == 80


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inside for text in _texts(one)]


def nested(depth: int, kind: str) -> str:
    start, end = {"lists": ("[", "]"), "objects": ('{"a":', "}"), "both": ('[{"a":', "}]")}[kind]
    return start * depth + "1" + end * depth


@pytest.mark.parametrize("kind", ["lists", "objects", "both"])
@pytest.mark.parametrize("depth", [200, 900, 3_000, 60_000])
@pytest.mark.parametrize("status", [200, 400])
def test_deep_json_is_refused_in_words(
    wire: ScriptedServer, tenant: Tenant, kind: str, depth: int, status: int
) -> None:
    wire.answer(Reply(f'{{"value": [{nested(depth, kind)}]}}'.encode(), status, {"request-id": "r-1"}))
    with pytest.raises(TenantError) as caught:
        tenant.graph.list("users", PURPOSE)
    assert caught.value.kind in ("protocol", "refused") and "r-1" in str(caught.value)
    assert status == 400 or "nested too deeply" in str(caught.value)


@pytest.mark.parametrize("inner", ["graph", "exchange"])
def test_deep_json_in_a_text_of_json_is_text(wire: ScriptedServer, tenant: Tenant, inner: str) -> None:
    text = '{"Message": ' + nested(5000, "lists") + "}"
    wire.answer(Reply({"error": {"code": "x", "message": text, "details": [{"message": text}]}}, 400))
    with pytest.raises(TenantError, match="returned 400"):
        if inner == "graph":
            tenant.graph.list("users", PURPOSE)
        else:
            exchange_of(tenant).invoke("Get-CASMailbox", {}, PURPOSE)


REPETITIVE: dict[str, Callable[[], bytes]] = {
    "objects": lambda: b"[" + b"{}," * 20_000_000 + b"{}]",
    "lists": lambda: b"[" + b"[]," * 20_000_000 + b"[]]",
    "numbers": lambda: b"[" + b"1," * 30_000_000 + b"1]",
    "keys": lambda: b"{" + b",".join(b'"%x":1' % number for number in range(5_000_000)) + b"}",
}


@pytest.mark.parametrize("form", REPETITIVE)
def test_repetitive_json_is_refused_before_it_is_read(form: str) -> None:
    """Twenty million objects took over a hundred seconds, and gigabytes."""
    text = REPETITIVE[form]()
    begun = time.process_time()
    with pytest.raises(ValueError, match="too many values"):
        parse_json(text)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("colon", ['":', '" :', '"\n\t :'])
def test_an_object_with_a_million_names_is_refused_before_it_is_read(colon: str) -> None:
    """One of 3.9 million took ten seconds before the time was looked at."""
    text = "{" + ",".join(f'"{number}{colon}0' for number in range(1_000_001)) + "}"
    looks: list[int] = []
    with pytest.raises(ValueError, match="too many names"):
        parse_json(text, lambda: looks.append(1))
    assert not looks


def test_colons_in_text_are_no_names() -> None:
    text = json.dumps(["::::" * 300_000])
    assert parse_json(text) == ["::::" * 300_000]


def test_the_time_is_looked_at_in_a_few_large_objects_too() -> None:
    looks: list[int] = []
    large = {f"k{number}": number for number in range(500)}
    assert parse_json(json.dumps([large] * 100), lambda: looks.append(1)) == [large] * 100
    assert len(looks) > 10


UNFIT = {
    "texts": lambda: "[" + ",".join(['"\\u0085"'] * 100_000) + "]",
    "numbers": lambda: '["\\u0085",' + ",".join(["1"] * 100_000) + "]",
    "lists": lambda: "[" + ",".join(['["\\u0085"]'] * 100_000) + "]",
    "names": lambda: "{" + ",".join(f'"k{number}": "\\u0085"' for number in range(100_000)) + "}",
}


@pytest.mark.parametrize("form", UNFIT)
def test_the_time_is_looked_at_while_unfit_text_is_replaced(form: str) -> None:
    looks: list[int] = []
    text = UNFIT[form]()
    parse_json(text.replace("\\u0085", "fit"), lambda: looks.append(1))
    before = len(looks)  # while it is parsed
    looks.clear()
    parse_json(text, lambda: looks.append(1))
    assert len(looks) >= before + 20


@pytest.mark.parametrize(
    "body", [b'{"a": 1e999}', b'{"a": -1e999}', b'{"a": ' + b"9" * 5000 + b"}", b"\xff\xfe", b"\xef\xbb\xbf{"]
)
def test_what_is_no_value_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(body)


def test_a_number_of_a_million_digits_is_refused_in_words() -> None:
    """At any limit of Python, which an environment variable may remove."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        for sign in ("", "-"):
            with pytest.raises(ValueError, match=r"^a number is too large$"):
                parse_json(f'{{"a": [{sign}{"9" * 1_000_000}]}}')
    finally:
        sys.set_int_max_str_digits(before)
    assert parse_json(f"[{10**300}, -12, 0]") == [10**300, -12, 0]


def test_a_large_answer_of_a_real_tenant_is_read() -> None:
    page = [
        {f"property{number}": f"value, {{with}} [signs]: {number}" for number in range(150)} for _one in range(1000)
    ]
    assert len(parse_json(json.dumps({"value": page}))["value"]) == 1000
