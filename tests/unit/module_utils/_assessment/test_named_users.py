# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users of what_if_users are text that people type: it names a user, and replaces no read of the tenant."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._assessment import assessment
from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Read
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.modules import mobile_access_assessment_info as module
from simulator import Simulator

from .test_assessment import by_id


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=["ready", "retired_covered", "retired_with_holes"], page_size=1, rate_limits=False) as one:
        yield one


Run = Callable[..., dict[str, Any]]
PLUGINS = Path(__file__).parents[4] / "plugins"
# Names of reads, and of what depends on them.
READS = ["policies", "sign_ins", "people", "connectors", "iOS", "mailboxes", "exchange", "graph", "assignments"]


@pytest.mark.parametrize("user", READS)
def test_a_user_with_the_name_of_a_read_replaces_nothing(run: Run, user: str) -> None:
    alone, result = run(module, tenant="retired_covered"), run(module, tenant="retired_covered", what_if_users=[user])
    assert not result.get("failed"), result
    assert by_id(result) == by_id(alone) and result["coverage"] == alone["coverage"]
    assert {one["user"] for one in result["what_if"]} == {user}
    assert all(one["agrees"] is None and "read a user" in one["problem"] for one in result["what_if"])


@pytest.mark.parametrize(
    "user", ["a@x/manager", "a@x/", "a@x?$select=id", "a@x#y", "../groups", "a@x%2Fmanager", "a b"]
)
def test_a_user_is_one_part_of_a_path(monkeypatch: pytest.MonkeyPatch, user: str) -> None:
    asked: dict[str, Read] = {}

    def batch(_tenant: Any, reads: dict[str, Read]) -> Any:
        asked.update(reads)
        raise TenantError("forbidden", "nothing may be read")

    monkeypatch.setattr(assessment, "read_batch", batch)
    tenant: Any = SimpleNamespace(http=SimpleNamespace(now=lambda: datetime.now(UTC)))
    with pytest.raises(TenantError):
        assessment._read_graph(tenant, [user])
    (address,) = [urlsplit(f"https://x/{one.path}") for one in asked.values() if one.purpose.action == "read a user"]
    _root, collection, key = address.path.split("/")
    assert (collection, unquote(key), address.query, address.fragment) == ("users", user, "$select=id", "")


def test_every_part_of_a_path_is_quoted_whole() -> None:
    """Without `safe`, `quote` leaves the / alone, so that a text could name another path."""
    without = [
        f"{path.name}:{node.lineno}"
        for path in PLUGINS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "quote"
        and "safe" not in {one.arg for one in node.keywords}
    ]
    assert without == []


def test_the_options_that_are_not_set(run: Run) -> None:
    """Two excluded accounts are for emergencies, as Microsoft recommends two; nobody is asked about."""
    alone = run(module, tenant="retired_covered")
    assert by_id(alone) == by_id(run(module, tenant="retired_covered", emergency_accounts=2, what_if_users=[]))
    assert alone["what_if"] == [] and by_id(alone)["eas_bound"] == "met"
    none = run(module, tenant="retired_covered", emergency_accounts=0)
    assert not none.get("failed") and by_id(none)["eas_bound"] == "unmet"


def test_a_user_who_is_named_twice_is_asked_about_once(run: Run) -> None:
    user = "adele.vance@retired-covered.example"
    rows = run(module, tenant="retired_covered", what_if_users=[user, user])["what_if"]
    assert [one["user"] for one in rows] == [user] * 4  # two clients on two platforms
