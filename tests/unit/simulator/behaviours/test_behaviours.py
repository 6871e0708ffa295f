# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule in the code names a row of the table of behaviours, and every row is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import simulator
from simulator.behaviours.behaviour import ASSUMED, DOCUMENTED, SEEN
from simulator.behaviours.table import BEHAVIOURS, implements
from simulator.cmdlets.contract import load_cmdlets
from simulator.cmdlets.exchange_types import GENERAL
from simulator.entra.aadsts import ERRORS
from simulator.exchange.table import NOUNS, OWN, carried_out_by
from simulator.graph.service import BATCH
from simulator.graph.table import BETA, METHODS, RESOURCES, SPECIALS, action_of
from simulator.odata.batch import run_batch
from simulator.odata.contract import Contract
from simulator.odata.throttling import LIMITS
from simulator.state.http_messages import READ, Answer, Call, Purpose, Refusal
from tools import fidelity

from ..conftest import Client

SOURCES = sorted(Path(simulator.__file__).parent.rglob("*.py"))
WRITING = re.compile(r"^(?:.*store(?:\(.*\))?|assignments)\.(?:add|update|remove)\(")
DESCRIBED = re.compile(r"(?:\w+\.)?tenant\.(?:description|intune|exchange)")
# Functions with the id of a behaviour as their first argument.
NAMING = {"Refusal", "implements", "refused", "_refused", "_bad", "_bad_request", "Limit"}


def named() -> set[str]:
    """The ids in the code."""
    found = {f"aadsts-{number}" for number in ERRORS}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "behaviour")]
                words = [word.value for word in given if isinstance(word, ast.Constant)]
                if node.func.id in NAMING or any(word.arg == "behaviour" for word in node.keywords):
                    found |= {word for word in words if isinstance(word, str) and "-" in word}
                    found |= {word for word in words if word in BEHAVIOURS}
    return found


def test_the_code_and_the_table_agree() -> None:
    used = named() | {noun.behaviour for noun in NOUNS.values()} | {one.behaviour for one in RESOURCES.values()}
    assert used - set(BEHAVIOURS) == set()
    assert set(BEHAVIOURS) - used == set()


def marked(rule: object) -> bool:
    return getattr(rule, "behaviour", None) in BEHAVIOURS


def test_every_operation_and_every_cmdlet_goes_by_a_behaviour() -> None:
    for operation in Contract().operations():
        assert operation.id == BATCH or action_of(operation)[2] in BEHAVIOURS, operation.id
    assert marked(run_batch)
    for cmdlet in load_cmdlets().values():
        assert carried_out_by(cmdlet) in BEHAVIOURS, cmdlet.name
    assert all(marked(carry_out) for carry_out in (*OWN.values(), *GENERAL.values(), *METHODS.values()))
    assert all(marked(carry_out) for _unused, carry_out in (*SPECIALS.values(), *BETA.values()))
    assert all(limit.behaviour in BEHAVIOURS for limit in LIMITS)


def test_every_route_of_signing_in_goes_by_a_behaviour(running: simulator.Simulator) -> None:
    entra = running._environment.entra
    assert all(marked(act) for act in (*entra.routes.values(), *entra.grants.values()))
    assert marked(running._environment.identity._carry_out) and marked(running._environment.exchange._module_file)


def test_what_is_special_about_a_kind_of_object_is_marked() -> None:
    for resource in RESOURCES.values():
        hooks = (resource.create, resource.change, resource.delete, resource.view, resource.gate)
        for hook in (*hooks, *resource.expands.values()):
            assert hook.__module__ == "simulator.odata.entities" or marked(hook), hook
    for noun in NOUNS.values():
        for special in (noun.source, noun.view, noun.narrow, noun.create, noun.change, noun.remove):
            assert special is None or special.__module__ == "simulator.cmdlets.exchange_types" or marked(special), (
                special
            )


def rules_of_state(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Functions that write to a store, or that depend on the tenant's description."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            inside = [ast.unparse(node) for node in ast.walk(function) if isinstance(node, (ast.Attribute, ast.Call))]
            if any(WRITING.search(text) or DESCRIBED.fullmatch(text) for text in inside):
                yield function


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-2:]))
def test_every_rule_of_state_is_marked(path: Path) -> None:
    """Except functions for the initial state of a tenant."""
    for function in rules_of_state(ast.parse(path.read_text())):
        marks = [one.func.id for one in function.decorator_list if isinstance(one, ast.Call) if hasattr(one.func, "id")]
        assert "implements" in marks or function.name.lstrip("_").startswith("seed"), function.name


def test_the_search_for_rules_finds_them() -> None:
    found = [rule.name for path in SOURCES for rule in rules_of_state(ast.parse(path.read_text()))]
    assert {"sync_connector", "gate_intune", "clear_device", "_one_default", "_save_members", "arriving"} <= set(found)
    assert [rule.name for rule in rules_of_state(ast.parse("def rule(tenant):\n    return tenant.intune['new']"))]
    assert not list(rules_of_state(ast.parse("def view(tenant):\n    return list(tenant.store('users'))")))


def test_the_code_refuses_by_refusals_only() -> None:
    """A refusing response is created where refusals are rendered, or names its behaviour itself."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Answer":
                status = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else 0
                assert not isinstance(status, int) or status < 400 or len(node.args) == 4, ast.unparse(node)


class Forgetful:
    """A service whose author forgot to name the behaviour of its responses."""

    name, url = "graph", "https://localhost"

    def purpose(self, call: Call) -> Purpose:
        return Purpose("anything", READ)

    def respond(self, call: Call) -> Answer:
        return Answer(200)


def test_an_answer_without_a_behaviour_does_not_leave(running: simulator.Simulator) -> None:
    call = Call("GET", "/", "", {}, b"", "id")
    with pytest.raises(KeyError, match="no behaviour"):
        running._environment.pipeline.conduct(Forgetful(), call, 0)


def test_the_ledger_says_by_what(client: Client, simulator: simulator.Simulator) -> None:
    client.graph("GET", "/nowhere")
    client.graph("POST", "/$batch", json={"requests": [{"id": "1", "method": "GET", "url": "/users/nobody"}]})
    client.run("Get-MobileDevice")
    client.invoke("Get-Nonsense")
    assert [row["behaviour"] for row in simulator.requests()] == [
        "graph-no-segment",
        "graph-batch",
        "exchange-objects",
        "exchange-no-cmdlet",
    ]
    assert [part["behaviour"] for part in simulator.requests()[1]["parts"]] == ["directory-not-found"]


def test_the_page_is_the_table() -> None:
    """After a change of the table: python tools/fidelity.py"""
    page = fidelity.page()
    assert fidelity.PAGE.read_text(encoding="utf-8") == page
    assert all(f"``{name}``" in page for name in BEHAVIOURS)


def test_nobody_invents_a_behaviour() -> None:
    with pytest.raises(KeyError):
        implements("nonsense")
    with pytest.raises(KeyError):
        Refusal("nonsense", status=400, code="x", message="x")


def test_every_row_says_how_sure_it_is() -> None:
    for row in BEHAVIOURS.values():
        assert row.mark in (DOCUMENTED, SEEN, ASSUMED)
        assert row.what and row.source
    assert all(
        row.source.startswith("https://learn.microsoft.com")
        for row in BEHAVIOURS.values()
        if row.mark == DOCUMENTED and "blog" not in row.source
    )
