# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a removal is believed, what a plan for devices counts and refuses, and the selection of one object."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.targets import check_marker, only
from ansible_collections.intune.exchange.plugins.module_utils._http.removal import remove_listed
from ansible_collections.intune.exchange.plugins.module_utils._mobile_devices.plan import Plan, carry_out

ANSWER = ErrorResponse("Exchange Online", 404, "X", "couldn't be found", "r-1")


class Removal:
    """Each deletion ends in one of the kinds of failure, or succeeds; the object is listed for this many reads."""

    def __init__(self, *ends: str, listed: int = 0) -> None:
        self.ends, self.listed = list(ends), listed
        self.log: list[Any] = []
        self.http = SimpleNamespace(tenant="contoso.com", pause=self._pause)

    def _pause(self, attempts: int, floor: float | None, purpose: Purpose) -> None:
        assert purpose.action == "remove the thing"
        self.log.append((attempts, floor))

    def delete(self) -> None:
        self.log.append("delete")
        if end := self.ends.pop(0):
            raise TenantError(end, "the service said so", "remove the thing", "contoso.com", ANSWER)

    def look(self) -> bool:
        self.log.append("look")
        self.listed -= 1
        return self.listed >= 0

    def run(self) -> list[Any]:
        remove_listed(self.http, self.delete, self.look)
        return self.log


def test_a_removal_is_believed_when_a_read_agrees() -> None:
    assert Removal("").run() == ["delete"]
    assert Removal("not_found").run() == ["delete", "look"]
    assert Removal("not_found", "", listed=1).run() == ["delete", "look", (1, None), "delete"]
    assert Removal("not_found", "not_found", listed=1).run() == ["delete", "look", (1, None), "delete", "look"]


def test_a_removal_that_is_not_believed_fails() -> None:
    removal = Removal(*["not_found"] * 9, listed=9)
    with pytest.raises(TenantError) as caught:
        removal.run()
    error = caught.value
    assert removal.log == ["delete", "look", (1, None), "delete", "look", (2, None), "delete", "look"]
    assert error.kind == "unavailable" and error.answer is ANSWER and error.next_step and "r-1" in error.problem
    assert str(error).startswith("Could not remove the thing on tenant contoso.com: ")
    for kind in ("forbidden", "outcome_unknown", "conflict"):
        removal = Removal(kind)
        with pytest.raises(TenantError) as caught:
            removal.run()
        assert caught.value.kind == kind and removal.log == ["delete"]


def device(number: int) -> dict[str, Any]:
    return {"guid": f"g-{number}", "device_id": f"D{number}", "mailbox": "adele", "identity": f"adele\\D{number}"}


def plan(many: int, written: list[int]) -> Plan:
    def write() -> dict[str, Any]:
        written.append(many)
        return {"acknowledged": True}

    affected: list[Any] = [device(number) for number in range(many)]
    return Plan("wiped", {"a": 1}, {"a": 2}, affected, write, {"acknowledged": False})


@pytest.mark.parametrize(("many", "limit"), [(0, 0), (0, None), (1, 1), (3, 3), (3, None), (3, 9)])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_plan_that_is_carried_out(many: int, limit: int | None, check_mode: bool) -> None:
    written: list[int] = []
    assert carry_out(plan(many, written), limit, "contoso.com", check_mode) == {
        "changed": many > 0,
        "diff": {"before": {"a": 1}, "after": {"a": 2}},
        "affected": [
            {name: device(number)[name] for name in ("guid", "device_id", "mailbox")} for number in range(many)
        ],
        "affected_count": many,
        "acknowledged": not check_mode,
    }
    assert written == ([] if check_mode else [many])


@pytest.mark.parametrize(("many", "limit", "words"), [(1, 0, "1 device would"), (12, 11, "12 devices would")])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_plan_for_too_many_does_nothing(many: int, limit: int, words: str, check_mode: bool) -> None:
    written: list[int] = []
    with pytest.raises(TenantError) as caught:
        carry_out(plan(many, written), limit, "contoso.com", check_mode)
    error = caught.value
    assert error.kind == "too_many" and written == [] and error.tenant == "contoso.com" and error.next_step
    assert f"{words} be wiped, and max_affected allows {limit}: D0 of adele (g-0)" in error.problem
    assert ("D10" in error.problem, "and others" in error.problem) == (False, many > 10)
    assert (error.details["affected_count"], error.details["max_affected"]) == (many, limit)
    assert [one["guid"] for one in error.details["affected"]] == [f"g-{number}" for number in range(many)]


def test_one_object_or_none() -> None:
    assert only([], str, "thing") is None and only(["a"], str, "thing") == "a"
    with pytest.raises(TenantError) as caught:
        only(["a", "b"], str.upper, "thing", "contoso.com")
    error = caught.value
    assert error.kind == "ambiguous" and error.details == {"candidates": ["A", "B"]} and error.next_step
    assert str(error).startswith("Could not find the thing on tenant contoso.com: 2 objects match")
    assert "A, B" in error.problem
    with pytest.raises(TenantError, match="Take this one"):
        only(["a", "b"], str, "thing", next_step="Take this one")


def marked(description: str | None, marker: str | None) -> TenantError | None:
    try:
        check_marker(("Mine", description), marker, "role group", "Choose another name", "contoso.com")
    except TenantError as error:
        return error
    return None


def test_what_a_marker_says() -> None:
    assert marked("anything", None) is None and marked(None, None) is None
    assert marked("Made by INTUNE.exchange for you", "intune.Exchange") is None
    assert marked("12345678", "12345678") is None
    for description in (None, "", "made by hand"):
        error = marked(description, "intune.exchange")
        assert error and error.kind == "not_ours" and error.next_step == "Choose another name"
        assert str(error).startswith("Could not change the role group on tenant contoso.com: ") and "Mine" in str(error)
    for marker in ("", "1234567"):
        error = marked(marker, marker)
        assert error and error.kind == "usage" and f"{len(marker)} characters" in error.problem
