# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine with a backend in memory: its actions for every state, and with lost responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.resource import Field, Resource, normalize_case
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine

Record = dict[str, Any]


@dataclass
class Memory:
    """A backend that can lose responses; `writes` are the writes that reached it."""

    records: list[Record] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)  # kinds of failure, one for each coming write
    commits: bool = True  # whether a write with a lost response has happened
    also: Record = field(default_factory=dict)  # somebody else creates the same at the same time
    hidden_for: int = 0  # how many lists omit the newest record

    def id_of(self, record: Record) -> str:
        return str(record["id"])

    def list(self, tenant: Any) -> list[Record]:
        shown = [dict(one) for one in self.records]
        if self.hidden_for and self.writes:
            self.hidden_for -= 1
            return shown[:-1]
        return shown

    def _answer(self, verb: str) -> None:
        self.writes.append(verb)
        if self.lose:
            raise TenantError(self.lose.pop(0), "lost", verb)

    def create(self, tenant: Any, values: Mapping[str, Any]) -> Record:
        if self.also:
            self.records.append({**self.also, **values})
        made = {"id": str(len(self.writes)), **values}
        if self.commits:
            self.records.append(made)
        self._answer("create")
        return dict(made)

    def update(self, tenant: Any, record: Record, values: Mapping[str, Any]) -> Record:
        next(one for one in self.records if one["id"] == record["id"]).update(values)
        self._answer("update")
        return {**record, **values}

    def delete(self, tenant: Any, record: Record) -> None:
        self.records = [one for one in self.records if one["id"] != record["id"]]
        self._answer("delete")


def rule(memory: Memory, **more: Any) -> Resource:
    return Resource(
        "rule",
        memory,
        keys=(Field("name", "Name", normalize=normalize_case),),
        fields=(Field("level", "Level"),),
        **more,
    )


def tenant() -> Any:
    return SimpleNamespace(
        label="contoso.com", progress=lambda line: None, http=SimpleNamespace(pause=lambda *arguments: None, writes=0)
    )


def ensure(memory: Memory, check_mode: bool = False, **params: Any) -> dict[str, Any]:
    return engine.ensure(rule(memory), tenant(), {"state": "present", "name": "a", "level": None, **params}, check_mode)


START = [{"id": "0", "Name": "A", "Level": "low"}]


@pytest.mark.parametrize(
    ("start", "params", "writes", "after"),
    [
        ([], {"level": "low"}, ["create"], {"name": "a", "level": "low"}),
        (START, {"level": "low"}, [], {"name": "A", "level": "low"}),
        (START, {"level": "high"}, ["update"], {"name": "A", "level": "high"}),
        (START, {}, [], {"name": "A", "level": "low"}),
        (START, {"state": "absent"}, ["delete"], {}),
        ([], {"state": "absent"}, [], {}),
    ],
)
def test_each_state_in_check_mode_and_for_real(
    start: list[Record], params: dict[str, Any], writes: list[str], after: dict[str, Any]
) -> None:
    memory = Memory([dict(one) for one in start])
    predicted = ensure(memory, check_mode=True, **params)
    assert memory.writes == [] and memory.records == start
    real = ensure(memory, **params)
    assert memory.writes == writes
    assert (predicted["changed"], predicted["diff"]) == (real["changed"], real["diff"])
    assert real["changed"] is bool(writes)
    assert real["diff"]["after"] == after
    again = ensure(memory, **params)
    assert not again["changed"] and memory.writes == writes


LEVELS = st.sampled_from([None, "low", "high", ""])
WANTED = st.fixed_dictionaries({"state": st.sampled_from(["present", "absent"]), "level": LEVELS})


@given(WANTED, WANTED, st.booleans())
def test_the_last_task_decides(first: dict[str, Any], second: dict[str, Any], exists: bool) -> None:
    def end(*tasks: dict[str, Any]) -> list[Record]:
        memory = Memory([dict(one) for one in START] if exists else [])
        for task in tasks:
            ensure(memory, **task)
        assert not ensure(memory, **tasks[-1])["changed"]
        return [{"Name": one["Name"].lower(), "Level": one.get("Level")} for one in memory.records]

    if second["level"] is None and second["state"] == "present":
        return  # it leaves the level unchanged, so the first task rightly shows
    assert end(first, second) == end(second)


def test_several_are_named_and_none_is_chosen() -> None:
    memory = Memory([*START, {"id": "9", "Name": "a", "Level": "low"}])
    with pytest.raises(TenantError) as caught:
        ensure(memory, state="absent")
    assert caught.value.kind == "ambiguous"
    assert "0, 9" in str(caught.value)
    assert memory.writes == []


@pytest.mark.parametrize("hidden_for", [0, 1, 3])
def test_a_lost_creation_is_found_not_repeated(hidden_for: int) -> None:
    memory = Memory(lose=["outcome_unknown"], hidden_for=hidden_for)
    result = ensure(memory, level="low")
    assert result["changed"] and result["rule"]["name"] == "a"
    assert memory.writes == ["create"] and len(memory.records) == 1


def test_a_creation_that_is_never_seen_again_fails() -> None:
    memory = Memory(lose=["outcome_unknown"], commits=False)
    with pytest.raises(TenantError) as caught:
        ensure(memory, level="low")
    assert caught.value.kind == "outcome_unknown"
    assert memory.writes == ["create"]


def test_a_second_creator_is_an_error_with_both_ids() -> None:
    memory = Memory(lose=["outcome_unknown"])
    memory.also = {"id": "other"}
    with pytest.raises(TenantError, match="other") as caught:
        ensure(memory, level="low")
    assert caught.value.kind == "ambiguous"


@pytest.mark.parametrize("kind", ["conflict", "already_exists"])
def test_after_a_conflict_it_looks_again(kind: str) -> None:
    memory = Memory(lose=[kind])
    result = ensure(memory, level="low")
    assert memory.writes == ["create"]  # the second read found it
    assert not result["changed"]
    memory = Memory(lose=[kind] * 9, commits=False)
    with pytest.raises(TenantError):
        ensure(memory, level="low")
    assert memory.writes == ["create"] * 3


def test_a_refusal_before_writing_holds_in_check_mode_too() -> None:
    def refuse(tenant_: Any, params: Any, record: Any) -> None:
        raise TenantError("account", "no")

    for check_mode in (True, False):
        memory = Memory()
        with pytest.raises(TenantError):
            engine.ensure(rule(memory, before_write=refuse), tenant(), {"name": "a", "level": "low"}, check_mode)
        assert memory.writes == []


def run_declaration(run: Any, **params: Any) -> dict[str, Any]:
    defaults = {option: spec.get("default") for option, spec in CONNECTION_SPEC.items()}
    given_ = {"tenant_id": "contoso.com", "client_id": "i", "client_secret": "canary-secret"}
    return engine.run_declaration(engine.Declaration("try it", run), {**defaults, **given_, **params}, False)


def test_a_bug_is_called_one_and_shows_no_secret() -> None:
    def run(*arguments: Any) -> dict[str, Any]:
        raise KeyError("canary-secret")

    result = run_declaration(run)
    assert result["failed"] and result["error"]["kind"] == "bug"
    assert "this is a bug in intune.exchange (KeyError" in result["msg"]
    assert "canary-secret" not in str(result)


def test_an_answer_of_another_form_is_called_that() -> None:
    def run(tenant: Any, *arguments: Any) -> dict[str, Any]:
        tenant.http.last = ErrorResponse("Exchange Online", 200, request_id="r-1")
        raise KeyError("Name")

    result = run_declaration(run)
    assert result["error"]["kind"] == "unexpected_answer" and result["error"]["request_id"] == "r-1"
    assert (
        "does not match its documented schema, or this is a bug in intune.exchange (KeyError: 'Name')" in result["msg"]
    )
    assert "the last response was from Exchange Online, request id r-1" in result["msg"]


def test_a_failure_gets_the_task_and_the_tenant() -> None:
    result = run_declaration(None, tenant_id=None)
    assert result["msg"].startswith("Could not try it: tenant_id (AZURE_TENANT_ID) is not set.")
    result = run_declaration(None, timeout=0)
    assert result["msg"].startswith("Could not try it on tenant contoso.com: timeout (INTUNE_EXCHANGE_TIMEOUT) must")
