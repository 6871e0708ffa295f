# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook never succeeds on no tenant, and an empty group is none of its business.

What matches is decided by Ansible's own inventory, not by the lookup.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.intune.exchange.plugins.lookup.target_check import LookupModule

GROUPS = {"all": ["contoso", "web.example"], "tenants": ["contoso"], "connector_missing": [], "ungrouped": []}
NOWHERE: dict[str, list[str]] = {"all": [], "ungrouped": []}
UNSET = object()


def problem(target: Any, groups: dict[str, list[str]], source: str, limit: str | None = None) -> str:
    variables: dict[str, Any] = {"groups": groups, "ansible_inventory_sources": [source]}
    if limit is not None:
        variables["ansible_limit"] = limit
    if target is not UNSET:
        variables["target"] = target
    loader = DataLoader()
    try:
        assert LookupModule(loader=loader, templar=Templar(loader=loader)).run([], variables) == [""]
    except AnsibleLookupError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "target",
    [
        UNSET,
        "contoso",
        "tenants",
        "all",
        "connector_missing",
        "con*",
        "web.example,contoso",
        "all:!tenants",
        ["x", "contoso"],
        [5],
    ],
)
def test_hosts_patterns_and_groups_of_the_inventory_are_no_problem(target: Any) -> None:
    assert problem(target, GROUPS, "a,b") == ""


@pytest.mark.parametrize("target", [None, "", " ", "\t\u200b", []])
@pytest.mark.parametrize("groups", [GROUPS, NOWHERE])
def test_blank_is_never_every_tenant(target: str | None, groups: dict[str, list[str]]) -> None:
    assert problem(target, groups, "a,b").startswith("target is blank, and a blank value never means every tenant. ")


@pytest.mark.parametrize(
    "target", ["contso", "tenants:!contoso", "zz*", ["nope", "nor"], ["connector_missing", "nope"]]
)
def test_what_matches_nothing_is_named(target: Any, tmp_path: Path) -> None:
    shown = target if isinstance(target, str) else ",".join(target)
    for source in ("a,b", str(tmp_path)):
        said = problem(target, GROUPS, source)
        assert said.startswith(f"target={shown} matches no tenant of the inventory, so nothing was read")
    said = problem(target, GROUPS, str(tmp_path / "hosts"))
    assert said.startswith(f"target={shown} matches no tenant, since there is no inventory ({tmp_path}/hosts). ")


@pytest.mark.parametrize("target", ["all", "ungrouped"])
def test_an_inventory_without_hosts_matches_nothing(target: str) -> None:
    assert problem(target, NOWHERE, "a,b").startswith(f"target={target} matches no tenant")


@pytest.mark.parametrize(
    ("target", "limit", "said"),
    [
        ("tenants", "contoso", ""),
        ("tenants", "all", ""),
        ("tenants", "@retry.txt", ""),
        ("all", "!contoso", ""),
        (UNSET, "localhost", ""),
        ("contso", "web.example", "target=contso matches no tenant of the inventory"),
        ("contoso", "web.example", "target=contoso and --limit web.example have no tenant in common. Nothing was"),
        ("contoso", "!contoso", "target=contoso and --limit !contoso have no tenant in common. Nothing was"),
        (UNSET, "127.0.0.1", ""),
        ("localhost", "127.0.0.1", ""),
        ("127.0.0.1", "localhost", ""),
        (UNSET, "contoso", "target is not set, and --limit contoso leaves out localhost"),
    ],
)
def test_a_limit_that_leaves_no_tenant_is_named(target: Any, limit: str, said: str) -> None:
    assert problem(target, GROUPS, "a,b", limit).startswith(said)
    assert bool(problem(target, GROUPS, "a,b", limit)) is bool(said)


@pytest.mark.parametrize("option", ["syntax", "listhosts", "listtasks", "listtags"])
def test_a_run_that_reads_no_tenant_needs_none(monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.setattr("ansible.context.CLIARGS", {option: True})
    assert problem("tenants", NOWHERE, "a,b") == ""
