# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's calls of a backend, their order, and its waits: with a strict stub backend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.resource import (
    EditedList,
    Field,
    Resource,
    normalize_case,
)
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.modules import mobile_access_audit_info

Record = dict[str, Any]


class Tenant:
    """A stub tenant. It records messages for people and each wait."""

    label = "contoso.com"

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.waits: list[tuple[int, float | None]] = []
        self.http = self
        self.writes = 0

    def progress(self, line: str) -> None:
        self.lines.append(line)

    def pause(self, attempts: int, floor: float | None, purpose: Purpose) -> None:
        assert isinstance(purpose, Purpose) and purpose.action
        self.waits.append((attempts, floor))


class Backend:
    """Stores records and a ledger. `failures` are raised by the next writes; `happens` is a concurrent change."""

    def __init__(self, tenant: Tenant, *records: Record) -> None:
        self.tenant, self.records, self.ledger = tenant, [dict(one) for one in records], list[tuple[str, Any]]()
        self.failures: list[str] = []
        self.commits = True
        self.happens: Callable[[], None] = lambda: None
        self.unlisted = 0  # how many lists omit a new record

    def id_of(self, record: Record) -> str:
        return f"id-{record['Id']}"

    def list(self, tenant: Tenant) -> list[Record]:
        assert tenant is self.tenant
        self.ledger.append(("list", len(self.records)))
        if any(name == "create" for name, _about in self.ledger) and self.unlisted:
            self.unlisted -= 1
            return [dict(one) for one in self.records if one["Id"] != "new"]
        return [dict(one) for one in self.records]

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        assert tenant is self.tenant
        self.ledger.append(("create", dict(values)))
        if self.commits:
            self.records.append({"Id": "new", **values})
        self._fail()
        return {"Id": "new", **values, "Extra": 1}

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        assert tenant is self.tenant
        self.ledger.append(("update", (record["Id"], dict(values))))
        if self.commits:
            next(one for one in self.records if one["Id"] == record["Id"]).update(values)
        self._fail()
        return {**record, **values}

    def delete(self, tenant: Tenant, record: Record) -> None:
        assert tenant is self.tenant
        self.ledger.append(("delete", record["Id"]))
        self.records = [one for one in self.records if one["Id"] != record["Id"]]
        self._fail()

    def _fail(self) -> None:
        self.happens()
        if self.failures:
            raise TenantError(self.failures.pop(0), "it failed", "write the rule")

    @property
    def writes(self) -> Sequence[tuple[str, Any]]:
        return [one for one in self.ledger if one[0] != "list"]


FIELDS = (Field("level", "Level"), EditedList("tags", "Tags"))
LOW = {"Id": "1", "Name": "A", "Level": "low", "Tags": ["x"], "Other": 7}
HIGH = {"name": "a", "state": "present", "level": "high", "tags": None}
ABSENT = {"name": "a", "state": "absent", "level": None, "tags": None}


def ensure(backend: Backend, params: Mapping[str, Any], check_mode: bool = False, **more: Any) -> dict[str, Any]:
    resource = Resource("some_rule", backend, FIELDS, (Field("name", "Name", normalize=normalize_case),), **more)
    return engine.ensure(resource, backend.tenant, params, check_mode)  # type: ignore[arg-type]


def test_an_update_sends_what_differs_and_nothing_else() -> None:
    backend = Backend(Tenant(), LOW, {**LOW, "Id": "2", "Name": "B"})
    result = ensure(backend, HIGH)
    assert backend.writes == [("update", ("1", {"Level": "high"}))]
    assert result == {
        "changed": True,
        "diff": {
            "before": {"name": "A", "level": "low", "tags": ["x"]},
            "after": {"name": "A", "level": "high", "tags": ["x"]},
        },
        "some_rule": {"id": "1", "name": "A", "level": "high", "tags": ["x"], "other": 7},
    }
    assert backend.tenant.waits == []


def test_check_mode_shows_what_would_be_there() -> None:
    backend = Backend(Tenant(), LOW)
    assert ensure(backend, HIGH, True)["some_rule"] == {
        "id": "1",
        "name": "A",
        "level": "high",
        "tags": ["x"],
        "other": 7,
    }
    assert ensure(backend, {**HIGH, "name": "New", "tags": {"add": ["y"]}}, True)["some_rule"] == {
        "name": "New",
        "level": "high",
        "tags": ["y"],
    }
    assert ensure(backend, ABSENT, True)["some_rule"] == {}
    assert backend.writes == []


def test_what_is_there_is_returned_without_a_change_and_what_was_removed_is_not() -> None:
    backend = Backend(Tenant(), LOW)
    same = ensure(backend, {**HIGH, "level": "low"})
    assert same["some_rule"]["other"] == 7 and not same["changed"]
    assert ensure(backend, ABSENT) == {
        "changed": True,
        "diff": {"before": {"name": "A", "level": "low", "tags": ["x"]}, "after": {}},
        "some_rule": {},
    }
    assert backend.writes == [("delete", "1")]


def test_what_is_created_is_returned_as_the_service_gave_it() -> None:
    backend = Backend(Tenant(), LOW)
    result = ensure(backend, {**HIGH, "name": "New", "tags": {"add": ["y"]}})
    assert backend.writes == [("create", {"Name": "New", "Level": "high", "Tags": ["y"]})]
    assert result["some_rule"] == {"id": "new", "name": "New", "level": "high", "tags": ["y"], "extra": 1}
    assert result["diff"]["before"] == {}


def test_a_check_before_the_write_sees_the_record_and_tells_the_result() -> None:
    for start, params, seen in (
        ([LOW], HIGH, LOW),
        ([LOW], ABSENT, LOW),
        ([], HIGH, None),
        ([LOW], {**HIGH, "level": "low"}, "not asked"),
        ([], ABSENT, "not asked"),
    ):
        for check_mode in (True, False):
            backend, asked = Backend(Tenant(), *start), list[Any]()

            def check(tenant: Any, given: Any, record: Any, those: Any = (backend, asked)) -> Any:
                assert tenant is those[0].tenant and those[0].writes == []
                those[1].append((given, record))
                return {"impact": ["somebody"]}

            result = ensure(backend, params, check_mode, before_write=check)
            assert asked == ([] if seen == "not asked" else [(params, seen)])
            assert result.get("impact") == (None if seen == "not asked" else ["somebody"])


def test_a_record_that_does_not_say_which_one_it_is_stops_everything() -> None:
    for params in (HIGH, ABSENT):
        backend = Backend(Tenant(), LOW, {**LOW, "Id": "2", "Name": None})
        with pytest.raises(TypeError, match=r"Name of a some_rule"):
            ensure(backend, params)
        assert backend.writes == []


def test_several_are_named_with_the_tenant() -> None:
    backend = Backend(Tenant(), LOW, {**LOW, "Id": "2", "Name": "a"})
    with pytest.raises(TenantError) as caught:
        ensure(backend, HIGH)
    assert caught.value.kind == "ambiguous" and caught.value.details == {"candidates": ["id-1", "id-2"]}
    assert str(caught.value).startswith("Could not find the some rule on tenant contoso.com: ")
    assert backend.writes == []


def test_a_write_whose_answer_was_lost_is_worked_out_anew_where_the_name_is_unique() -> None:
    # It happened: nothing is left to do, but the task did change something.
    backend = Backend(Tenant(), LOW)
    backend.failures = ["outcome_unknown"]
    result = ensure(backend, HIGH, name_is_unique=True)
    assert result["changed"] and result["diff"]["before"]["level"] == "low"
    assert len(backend.writes) == 1 and [attempts for attempts, _floor in backend.tenant.waits] == [1]
    # It did not happen: it is repeated, with the warnings from before the write.
    backend = Backend(Tenant(), LOW)
    backend.failures, backend.commits = ["outcome_unknown", "outcome_unknown"], False
    result = ensure(backend, HIGH, name_is_unique=True, before_write=lambda *arguments: {"impact": [1]})
    assert result["changed"] and result["impact"] == [1]
    assert len(backend.writes) == 3 and [attempts for attempts, _floor in backend.tenant.waits] == [1, 2]
    # It is never sent more than three times.
    backend = Backend(Tenant(), LOW)
    backend.failures, backend.commits = ["outcome_unknown"] * 9, False
    with pytest.raises(TenantError) as caught:
        ensure(backend, HIGH, name_is_unique=True)
    assert caught.value.kind == "outcome_unknown" and len(backend.writes) == 3


def test_a_write_whose_answer_was_lost_is_not_repeated_where_names_are_not_unique() -> None:
    backend = Backend(Tenant(), LOW)
    backend.failures = ["outcome_unknown"]
    with pytest.raises(TenantError) as caught:
        ensure(backend, HIGH)
    assert caught.value.kind == "outcome_unknown" and len(backend.writes) == 1
    backend = Backend(Tenant(), LOW)
    backend.failures = ["refused"]
    with pytest.raises(TenantError) as caught:
        ensure(backend, HIGH, name_is_unique=True)
    assert caught.value.kind == "refused" and len(backend.writes) == 1


def test_what_somebody_else_did_first_is_not_our_change() -> None:
    backend = Backend(Tenant(), LOW)
    backend.failures, backend.commits = ["conflict"], False
    backend.happens = lambda: backend.records[0].update(Level="high")
    result = ensure(backend, HIGH, before_write=lambda *arguments: {"impact": [1]})
    assert not result["changed"] and result["diff"]["before"] == result["diff"]["after"]
    assert "impact" not in result  # of a change that was not made
    assert len(backend.writes) == 1


def test_what_the_task_wrote_before_a_conflict_is_its_own_change() -> None:
    """Of two writes the first took effect, and somebody else did what the second was to do."""
    backend = Backend(Tenant(), LOW)
    backend.failures = ["conflict"]
    backend.happens = lambda: setattr(backend.tenant, "writes", 1)
    result = ensure(backend, HIGH, before_write=lambda *arguments: {"impact": [1]})
    assert result["changed"] and result["diff"]["before"]["level"] == "low" and result["impact"] == [1]


def test_a_read_after_the_write_that_is_refused_tells_of_no_other_change() -> None:
    """A 409 to a read: starting again would find the task's own change, and report it as somebody else's."""
    backend = Backend(Tenant(), LOW)
    update = backend.update

    def and_read(tenant: Any, record: Record, values: Any) -> Record:
        update(tenant, record, values)
        raise TenantError("conflict", "changed", "read it", of_read=True)

    backend.update = and_read  # type: ignore[method-assign]
    with pytest.raises(TenantError) as caught:
        ensure(backend, HIGH)
    assert caught.value.kind == "conflict" and backend.records[0]["Level"] == "high" and len(backend.writes) == 1


def test_a_change_by_somebody_else_in_between_is_where_the_difference_begins() -> None:
    backend = Backend(Tenant(), LOW)
    backend.failures, backend.commits = ["conflict"], False

    def other() -> None:
        backend.records[0].update(Tags=["theirs"])
        backend.commits = True

    backend.happens = other
    result = ensure(backend, HIGH)
    assert result["changed"] and result["diff"]["before"] == {"name": "A", "level": "low", "tags": ["theirs"]}
    assert [one["Level"] for one in backend.records] == ["high"]


def test_what_was_created_is_looked_for_until_it_is_listed() -> None:
    backend = Backend(Tenant())
    backend.unlisted = 3
    ensure(backend, HIGH, poll_after_create=True)
    assert [attempts for attempts, _floor in backend.tenant.waits] == [1, 2, 3]
    assert len(backend.tenant.lines) == 3 and "1 of 7" in backend.tenant.lines[0]
    assert len(backend.writes) == 1
    for more in ({"poll_after_create": False}, {"poll_after_create": True}):
        backend = Backend(Tenant(), {**LOW, "Level": "high"})
        ensure(backend, {**HIGH}, **more)
        assert len(backend.ledger) == 1  # nothing was created, so nothing is looked for
    backend = Backend(Tenant(), LOW)
    ensure(backend, HIGH, poll_after_create=True)
    assert [name for name, _about in backend.ledger] == ["list", "update"]
    backend = Backend(Tenant())
    ensure(backend, HIGH)
    assert [name for name, _about in backend.ledger] == ["list", "create"]


def test_what_was_created_and_is_never_listed_is_named() -> None:
    backend = Backend(Tenant())
    backend.unlisted = 99
    with pytest.raises(TenantError) as caught:
        ensure(backend, HIGH, poll_after_create=True)
    error = caught.value
    assert error.kind == "not_visible" and error.details == {"ids": ["id-new"]} and "id-new" in error.problem
    assert str(error).startswith("Could not find the new some_rule on tenant contoso.com: ")
    assert len(backend.tenant.waits) == 6 and len(backend.writes) == 1


def test_a_double_that_appears_meanwhile_is_named() -> None:
    backend = Backend(Tenant())
    backend.happens = lambda: backend.records.append({**LOW, "Id": "theirs"})
    with pytest.raises(TenantError) as caught:
        ensure(backend, HIGH, poll_after_create=True)
    assert caught.value.kind == "ambiguous" and caught.value.details == {"candidates": ["id-new", "id-theirs"]}


def test_a_creation_whose_answer_was_lost_is_looked_for_about_half_a_minute() -> None:
    backend = Backend(Tenant(), {**LOW, "Name": "B"})
    backend.failures, backend.commits = ["outcome_unknown"], False
    with pytest.raises(TenantError) as caught:
        ensure(backend, HIGH)
    assert caught.value.kind == "outcome_unknown" and len(backend.writes) == 1
    floors = [floor or 0.0 for _attempts, floor in backend.tenant.waits]
    assert [attempts for attempts, _floor in backend.tenant.waits] == [1, 2, 3, 4, 5, 6]
    assert floors == sorted(floors) and floors[0] < 1 and 25 < sum(floors) < 40
    assert len(backend.tenant.lines) == 6 and "1 of 7" in backend.tenant.lines[0]


def test_only_what_is_new_and_as_it_was_sent_is_ours() -> None:
    for theirs in ({**LOW, "Id": "theirs", "Level": "low"}, {**LOW, "Id": "theirs", "Name": "B", "Level": "high"}):
        backend = Backend(Tenant())
        backend.failures, backend.commits = ["outcome_unknown"], False
        backend.happens = lambda backend=backend, theirs=theirs: backend.records.append(theirs)  # type: ignore[misc]
        with pytest.raises(TenantError):
            ensure(backend, HIGH)
    backend = Backend(Tenant())
    backend.failures, backend.unlisted = ["outcome_unknown"], 2
    result = ensure(backend, HIGH)
    assert result["changed"] and result["some_rule"]["id"] == "new" and len(backend.writes) == 1
    assert len(backend.tenant.waits) == 2


def declaration(run: Any, **more: Any) -> engine.Declaration:
    return engine.Declaration("try it", run, **more)


def run_declaration(
    run: Any, check_mode: bool = False, options: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    defaults = {option: spec.get("default") for option, spec in CONNECTION_SPEC.items()}
    given = {"tenant_id": "contoso.com", "client_id": "i", "client_secret": "canary-secret"}
    return engine.run_declaration(declaration(run), {**defaults, **given, **(options or {})}, check_mode, **more)


def test_what_a_run_is_given_and_what_people_see_of_it() -> None:
    lines: list[str] = []
    seen: list[Any] = []

    def run(tenant: Any, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        tenant.progress("waiting with canary-secret")
        seen.append((tenant.label, params["client_id"], check_mode, tenant.http.clock()))
        return {"changed": True, "about": ["canary-secret"], "rest": 1}

    for check_mode in (True, False):
        result = run_declaration(run, check_mode, progress=lines.append, clock=lambda: 12.0)
        assert result["rest"] == 1 and result["changed"] and "canary" not in str(result)
    assert seen == [("contoso.com", "i", check_mode, 12.0) for check_mode in (True, False)]
    assert len(lines) == 2 and all(one.startswith("waiting with ") and "canary" not in one for one in lines)


def test_a_blank_option_is_refused_before_anything_is_done() -> None:
    def run(*arguments: Any) -> dict[str, Any]:
        raise AssertionError("it was run")

    tenant, client = "tenant_id (AZURE_TENANT_ID)", "client_id (AZURE_CLIENT_ID)"
    for options, words in (
        ({"tenant_id": " "}, f"{tenant} is blank. Set it to the id or a verified domain"),
        ({"client_id": ""}, f"{client} is blank. Set it to the client id"),
    ):
        result = run_declaration(run, options=options)
        assert result["error"]["kind"] == "usage" and words in result["msg"], result["msg"]
        assert "everything" not in result["msg"] and "select more" not in result["msg"]
    own: dict[str, Any] = {"name": {"type": "str"}, "note": {"type": "str"}}
    defaults = {option: spec.get("default") for option, spec in CONNECTION_SPEC.items()}
    params = {**defaults, "tenant_id": "contoso.com", "client_id": "i", "client_secret": "s", "name": "", "note": ""}
    failed = engine.run_declaration(declaration(run, options=own, clears=frozenset({"note"})), params, False)
    assert failed["msg"].startswith("Could not try it on tenant contoso.com: name is blank")


def test_the_id_of_a_request_that_only_the_client_knows() -> None:
    def run(tenant: Any, *arguments: Any) -> dict[str, Any]:
        tenant.http.last = ErrorResponse("Microsoft Graph", 200, client_request_id="mine-1")
        raise ValueError("no number")

    result = run_declaration(run)
    assert "request id mine-1" in result["msg"] and result["error"]["client_request_id"] == "mine-1"
    assert "ValueError: no number" in result["exception"] and result["msg"].startswith("Could not try it on tenant")


def test_a_failure_that_is_not_about_answers_is_a_bug_whatever_was_answered() -> None:
    def run(tenant: Any, *arguments: Any) -> dict[str, Any]:
        tenant.http.last = ErrorResponse("Microsoft Graph", 200, request_id="r-1")
        raise ZeroDivisionError("x")

    result = run_declaration(run)
    assert result["error"]["kind"] == "bug" and result["error"]["request_id"] is None


OPTIONS: dict[str, Any] = {
    "name": {"type": "str"},
    "kind": {"type": "str"},
    "state": {"type": "str", "default": "present"},
}


@pytest.mark.parametrize(
    ("more", "arguments", "named"),
    [
        ({}, {"name": None, "kind": None, "state": None}, ["kind", "name"]),
        ({}, {"name": "x"}, []),
        ({}, {"name": None}, ["name"]),
        ({"clears": frozenset({"kind"})}, {"name": None, "kind": None}, []),
        ({"selects": frozenset({"kind"}), "clears": frozenset({"name"})}, {"name": None, "kind": None}, ["kind"]),
        ({"selects": frozenset({"kind"})}, {"name": None}, []),
    ],
)
def test_null_where_it_says_who_is_meant(more: dict[str, Any], arguments: dict[str, Any], named: list[str]) -> None:
    failed = engine.refuse_null(declaration(None, options=OPTIONS, **more), {**arguments, "tenant_id": "contoso.com"})
    if not named:
        assert failed is None
        return
    assert failed is not None and failed["error"]["kind"] == "usage"
    assert failed["msg"].startswith(f"Could not try it on tenant contoso.com: {', '.join(named)} ")
    without = engine.refuse_null(declaration(None, options=OPTIONS, **more), arguments)
    assert without is not None and without["msg"].startswith(f"Could not try it: {', '.join(named)} ")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"conditions": {"locations": {"exclude": None}}}, "conditions.locations"),
        ({"conditions": {"users": ["a"], "locations": {"exclude": None, "include": None}}}, "conditions.locations"),
        ({"conditions": {"users": None, "locations": None}}, "conditions"),
        ({"conditions": {"users": ["a"], "locations": None}}, ""),
        ({"conditions": {"locations": {}}}, ""),
        ({"conditions": {"locations": {"exclude": None, "include": ["a"]}}}, ""),
        ({"conditions": {"edited": {"add": None}}}, ""),
        ({"conditions": None}, ""),
    ],
)
def test_null_where_a_blank_value_clears(given: dict[str, Any], named: str) -> None:
    names: dict[str, Any] = {"type": "list", "elements": "str"}
    parts = {
        "users": names,
        "locations": {"type": "dict", "options": {"exclude": names, "include": names}},
        "edited": {"type": "dict", "options": {"add": names}},
    }
    clears = frozenset({"conditions", "conditions.users", "conditions.locations", "conditions.edited.add"})
    declared = declaration(None, options={"conditions": {"type": "dict", "options": parts}}, clears=clears)
    failed = engine.refuse_null(declared, given)
    if not named:
        assert failed is None
        return
    assert failed is not None and failed["error"]["kind"] == "usage"
    assert failed["msg"].startswith(f"Could not try it: {named} has only null as parts")


@pytest.mark.parametrize(
    ("risk", "named"),
    [
        ({"object": None}, "accepted_risks[0].object"),
        ({"object": None, "baseline": None}, "accepted_risks[0].baseline, accepted_risks[0].object"),
        ({"object": "Scanners"}, ""),
        ({}, ""),
    ],
)
def test_null_accepts_no_risk_for_everything(risk: dict[str, Any], named: str) -> None:
    """By default, a risk is accepted for every object, and the level of a rule is not looked at."""
    given = {"id": "lock", "reason": "x", "until": "2027-01-31", **risk}
    declared = mobile_access_audit_info.DECLARATION
    failed = engine.refuse_null(declared, {"baselines": [{"name": "own", "controls": []}], "accepted_risks": [given]})
    assert (failed is None) is (not named)
    assert failed is None or (f"{named} " in failed["msg"] and failed["error"]["kind"] == "usage")
    nested = {"name": "own", "controls": [{"id": "a", "title": None}]}
    refused = engine.refuse_null(declared, {"baselines": [nested]})
    assert refused is not None and "baselines[0].controls[0].title " in refused["msg"]
    for odd in ("text", 5, None, ["text"], [None]):
        assert engine.refuse_null(declared, {"accepted_risks": odd}) is None


def test_a_module_that_keeps_a_resource() -> None:
    fields = (Field("level", "Level", {"choices": ["low", "high"]}), EditedList("tags", "Tags"))
    key = Field("name", "Name", {"required": True}, normalize=normalize_case)
    backend = Backend(Tenant(), LOW)
    resource = Resource("rule", backend, fields, (key,))
    made = engine.resource_module(
        resource,
        "keep the rule",
        state={"type": "str", "default": "present"},
        level={"type": "str", "choices": ["low"]},
        required_if=(("state", "present", ("level",)),),
        selects=frozenset({"name"}),
    )
    assert made.action == "keep the rule" and made.required_if == (("state", "present", ("level",)),)
    assert made.options == {
        "name": {"type": "str", "required": True},
        "level": {"type": "str", "choices": ["low"]},
        "tags": EditedList("tags", "Tags").spec,
        "state": {"type": "str", "default": "present"},
    }
    assert made.clears == {"tags.add", "tags.remove", "tags.set"} and made.selects == {"name"}
    assert {"tenant_id", "name", "state"} <= set(made.argument_spec)
    assert made.run(backend.tenant, HIGH, True)["changed"] and backend.writes == []  # type: ignore[arg-type]
    assert made.run(backend.tenant, HIGH, False)["changed"] and len(backend.writes) == 1  # type: ignore[arg-type]
    other = engine.resource_module(
        resource, "keep the rule", run=lambda tenant, params, check_mode: {"changed": check_mode}
    )
    assert other.run(backend.tenant, HIGH, True) == {"changed": True} and other.required_if == ()  # type: ignore[arg-type]
    assert other.selects == frozenset()
