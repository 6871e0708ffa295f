# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import (
    NEXT_STEPS,
    ErrorResponse,
    TenantError,
    one_line,
)
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor

HOSTILE = "first\r\nPLAY RECAP *** ok=1\x1b[31mred\x1b[0m\x00 \u202eevil"


def test_the_sentence_says_what_where_who_and_what_next() -> None:
    answer = ErrorResponse("Microsoft Graph", 403, "Forbidden", "Not allowed.", "r-1", "c-1")
    error = TenantError("forbidden", str(answer), "read the connectors", "contoso.com", answer, "Grant it")
    assert str(error) == (
        "Could not read the connectors on tenant contoso.com: Microsoft Graph returned 403 Forbidden: Not allowed "
        "(request id r-1). Grant it."
    )
    assert error.result()["error"] == {
        "kind": "forbidden",
        "status": 403,
        "code": "Forbidden",
        "message": "Not allowed.",
        "request_id": "r-1",
        "client_request_id": "c-1",
    }


def test_an_error_does_not_change_and_another_one_keeps_what_is_not_changed() -> None:
    answer = ErrorResponse("Microsoft Graph", 403)
    details = {"ids": ["a"]}
    error = TenantError("forbidden", "it broke", "read it", "contoso.com", answer, "Grant it", details, {"tid": "t"})
    with pytest.raises(TenantError) as raised:
        raise error from ValueError("why")
    other = raised.value.but(kind="conflict", next_step="Run again")
    assert (error.kind, error.next_step) == ("forbidden", "Grant it")
    assert other == TenantError(
        "conflict", "it broke", "read it", "contoso.com", answer, "Run again", details, {"tid": "t"}
    )
    assert isinstance(other.__cause__, ValueError)
    for name in TenantError.__dataclass_fields__:
        with pytest.raises(AttributeError, match=f"{name} of a TenantError is read-only"):
            setattr(error, name, "other")
    assert error.within("other", "other") == error  # the known action is narrower
    with pytest.raises(TypeError):
        error.but(knid="conflict")


@pytest.mark.parametrize("kind", NEXT_STEPS)
def test_every_kind_has_a_next_step(kind: str) -> None:
    assert str(TenantError(kind, "it broke")) == f"it broke. {NEXT_STEPS[kind]}."


def test_hostile_text_becomes_one_short_line() -> None:
    line = one_line(HOSTILE)
    assert line == "first PLAY RECAP *** ok=1 red evil"
    assert len(one_line("x" * 1_000_000)) == 400
    message = str(TenantError("refused", str(ErrorResponse("Graph", 400, HOSTILE, HOSTILE)), "do it", HOSTILE))
    assert message.isprintable()


# Code points that Unicode gives no shape: https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
UNSEEN = [0xAD, 0x180E, 0x200B, 0x2060, 0x2064, *range(0x206A, 0x2070), 0xFEFF, 0xE0001, 0xE007F]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_nobody_sees_is_not_shown(unseen: int) -> None:
    assert one_line(f"a{chr(unseen)}{chr(unseen)}b") == "a b"


def test_a_next_step_with_text_of_a_service_is_one_short_line() -> None:
    message = str(
        TenantError("not_found", "no such policy", next_step="Give one of \r\n\x1b[31mfatal\x07" + "x" * 5000)
    )
    assert message.isprintable() and len(message) < 2000


def test_a_long_value_of_a_service_leaves_the_rest_of_the_sentence_readable() -> None:
    message = str(TenantError("other_object", f"it was created with the id {HOSTILE}{'9' * 5000}, but is not listed"))
    assert len(message) < 900 and "9… but is not listed. Retry" in message


def test_every_failure_says_what_to_do_next() -> None:
    """Its own or that of its kind. For invalid options, the reason may say everything."""
    without = []
    for path in (Path(__file__).parents[3] / "plugins" / "module_utils").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "TenantError" and call.args:
                kind = call.args[0]
                words = [kind.body, kind.orelse] if isinstance(kind, ast.IfExp) else [kind]
                kinds = {one.value for one in words if isinstance(one, ast.Constant)} - {"usage"}
                given = len(call.args) > 5 or any(one.arg == "next_step" for one in call.keywords)
                if not given and not kinds <= set(NEXT_STEPS):
                    without.append(f"{path.name}:{call.lineno}: {kinds}")
    assert without == []


def test_a_failure_has_the_beginning_of_a_long_list_and_its_length() -> None:
    """A terminal shows all of it, at any verbosity: 25,000 devices to be blocked were 3 MB."""
    details = {"affected_count": 25_000, "affected": [{"guid": str(one)} for one in range(25_000)], "ids": [1] * 200}
    error = TenantError("too_many", "25,000 devices would be blocked", details=details).result()["error"]
    assert error["affected"] == details["affected"][:200] and error["affected_count"] == 25_000  # type: ignore[index]
    assert error["ids"] == [1] * 200 and "ids_count" not in error
    assert TenantError("x", "y", details={"mailboxes": ["m"] * 201}).result()["error"]["mailboxes_count"] == 201


def test_so_has_a_long_list_at_any_depth() -> None:
    devices: Any = [["d"] * 201, *["d"] * 24_999]
    faults = [{"kind": "x", "impact": [{"devices": devices}, *["i"] * 299]}]
    error: Any = TenantError("x", "y", details={"faults": faults, "one": {"many": [1] * 300}}).result()["error"]
    assert error["faults"][0]["impact_count"] == 300 and len(error["faults"][0]["impact"]) == 200
    assert error["faults"][0]["impact"][0]["devices_count"] == 25_000
    devices = error["faults"][0]["impact"][0]["devices"]
    assert len(devices) == 200 and len(devices[0]) == 200
    assert error["one"] == {"many_count": 300, "many": [1] * 200} and "faults_count" not in error


def test_a_name_in_the_details_is_one_short_line_and_stays_whatever_a_secret_is() -> None:
    redactor = Redactor()
    redactor.add("hang")
    details: dict[Any, Any] = {HOSTILE: 1, "deep": [{HOSTILE: "exchange", "x" * 5000: 2, "exchange": 3}], 4: 5}
    with redactor.guarding():
        error: Any = TenantError("x", "y", details=details).result()["error"]
    [deep] = error["deep"]
    assert all(name.isprintable() and len(name) <= 400 for name in (*deep, *filter(lambda name: name != 4, error)))
    assert error[4] == 5 and deep["exchange"] == 3 and deep[one_line(HOSTILE)] == "exc********e"
