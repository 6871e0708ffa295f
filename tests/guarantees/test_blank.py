# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantee 22 for blank values: with a blank value, no module and no role sends anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import EXHAUSTIVE
from .harness import Bench, declaration_of
from .scenarios import SCENARIOS, Scenario

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.one_form  # no service answers
BLANKS = ("", " ", "\t \n", "\u00a0", "\u3000")
ACTING = [one for one in SCENARIOS if not one.reads_only and declaration_of(one.module).options]
# Options for which an empty text is documented as a value: it clears a setting.
CLEARS = {
    "cas_mailbox_mobile_access.policy",
    "role_group.description",
    "management_role.description",
    "conditional_access_policy.description",
    "conditional_access_policy.grant_controls.authentication_strength",
    "activesync_organization_settings.user_mail_insert",
    "activesync_organization_settings.ota_notification_mail_insert",
}
Path_ = tuple[str, ...]


def texts(specs: Mapping[str, Any], here: Path_ = ()) -> Iterator[tuple[Path_, Callable[[str], Any]]]:
    """Every option that takes text, with a non-blank value."""
    for name, spec in specs.items():
        kind, path = spec.get("type", "str"), (*here, name)
        if spec.get("choices"):
            continue  # a blank value is none of them, which Ansible itself says
        if kind in ("str", "path", "raw"):
            yield path, lambda blank: blank
        elif kind == "list" and spec.get("elements", "str") in ("str", "raw"):
            yield path, lambda blank: [blank]
            yield path, lambda blank: ["something", blank]
        elif kind == "dict" and spec.get("options"):
            yield from texts(spec["options"], path)


def with_value(options: Mapping[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    """The options with one of them set, without others in its dictionary that it excludes."""
    name, rest = path[0], path[1:]
    if not rest:
        alone = {} if name in ("add", "remove", "set") else dict(options)
        return {**alone, name: value}
    inside = options.get(name)
    return {**options, name: with_value(inside if isinstance(inside, dict) else {}, rest, value)}


def completed(specs: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with the values that a dictionary in them also requires."""
    found = dict(options)
    for name, spec in specs.items():
        inside = spec.get("options")
        if inside and isinstance(found.get(name), dict):
            required = {one: "something" for one, kind in inside.items() if kind.get("required")}
            found[name] = {**required, **found[name]}
    return found


def one_of_each_kind(cases: Sequence[tuple[Any, ...]], chance: Any) -> list[tuple[Any, ...]]:
    """One case of this module for each kind of option: by depth, a text, a list of a blank, a list with one."""
    kinds: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
    for case in cases:
        path, _blank, value, _check_mode = case
        kinds.setdefault((len(path), len(value) if isinstance(value, list) else 0), []).append(case)
    return [chance.choice(found) for found in kinds.values()]


@pytest.mark.parametrize("scenario", ACTING, ids=lambda one: one.name)
def test_a_module_with_a_blank_value_sends_nothing(
    scenario: Scenario, bench: Bench, chance: Any, count: Callable[[int], None]
) -> None:
    cases = [
        (path, blank, value(blank), check_mode)
        for path, value in texts(declaration_of(scenario.module).options)
        if ".".join((scenario.module, *path)) not in CLEARS
        for blank in BLANKS
        for check_mode in (False, True)
    ]
    wrong = []
    for path, blank, value, check_mode in cases if EXHAUSTIVE else one_of_each_kind(cases, chance):
        given = completed(declaration_of(scenario.module).options, with_value(scenario.options, path, value))
        result = bench.run(scenario.module, scenario.tenant, given, check_mode)
        if not result.get("failed") or result["error"]["kind"] != "usage" or ".".join(path) not in result["msg"]:
            wrong.append((".".join(path), blank, result.get("msg", result)))
        count(22)
    assert not wrong, "\n".join(map(str, wrong[:10]))
    assert bench.simulator.requests() == []


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("option", ["tenant_id", "client_id"])
def test_a_blank_tenant_or_application_is_nobodys(
    option: str, blank: str, bench: Bench, count: Callable[[int], None]
) -> None:
    result = bench.run("mobile_device", "ready", {"mailbox": "adele.vance", "access": "blocked", option: blank})
    assert result["failed"] and option in result["msg"] and bench.simulator.requests() == []
    count(22)


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("Set-CASMailbox", {"Identity": " ", "ImapEnabled": False}),
        ("Remove-MobileDevice", {"Identity": ""}),
        ("Get-MobileDevice", {"Mailbox": "\t"}),
        ("Remove-RoleGroupMember", {"Identity": "Device Help", "Member": ""}),
        ("Set-CASMailbox", {"Identity": "adele.vance", "ActiveSyncBlockedDeviceIDs": {"add": ["", "X"]}}),
        ("Set-CASMailbox", {"Identity": "adele.vance", "ActiveSyncAllowedDeviceIDs": ["X", " "]}),
    ],
)
def test_a_blank_identity_is_not_sent(
    cmdlet: str, parameters: dict[str, Any], bench: Bench, count: Callable[[int], None]
) -> None:
    result = bench.run("exchange_cmdlet", "ready", {"cmdlet": cmdlet, "parameters": parameters})
    assert result["failed"] and bench.simulator.requests() == [], result
    count(22)


def _entry_points() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path in sorted((ROOT / "roles").glob("*/meta/argument_specs.yml")):
        for name, spec in yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].items():
            yield path.parents[1].name, name, spec["options"]


def _blank_variables(options: Mapping[str, Any], chance: Any) -> list[tuple[str, Any]]:
    """Each variable of a role that takes text, with a blank value."""
    found = []
    for name, spec in options.items():
        if spec.get("choices"):
            continue
        blank = chance.choice(BLANKS)
        kind = spec.get("type", "str")
        if kind in ("str", "path"):
            found.append((name, blank))
        elif kind == "list" and spec.get("elements", "str") in ("str", "path"):
            found.append((name, [blank]))
        elif kind == "list":
            found += [(name, [{part: blank}]) for part, inner in (spec.get("options") or {}).items() if _is_text(inner)]
        elif kind == "dict":
            found += [(name, {part: blank}) for part, inner in (spec.get("options") or {}).items() if _is_text(inner)]
    return found


def _is_text(spec: Mapping[str, Any]) -> bool:
    return spec.get("type", "str") == "str" and not spec.get("choices")


ENTRY_POINTS = list(_entry_points())


@pytest.fixture
def chosen(chance: Any) -> list[tuple[str, str, Mapping[str, Any]]]:
    return ENTRY_POINTS if EXHAUSTIVE else [chance.choice(ENTRY_POINTS)]


def test_a_role_with_a_blank_variable_sends_nothing(
    chosen: list[tuple[str, str, Mapping[str, Any]]],
    running: Simulator,
    tmp_path: Path,
    chance: Any,
    count: Callable[..., None],
) -> None:
    """One play per entry point, in which each variable is blank in turn, and the role must fail each time."""
    running.reset()
    for role, entry_point, options in chosen:
        cases = _blank_variables(options, chance)
        if not EXHAUSTIVE:
            cases = chance.sample(cases, min(4, len(cases)))
        needed = {name: _something(spec) for name, spec in options.items() if spec.get("required")}
        tasks = [
            {
                "block": [
                    {
                        "ansible.builtin.include_role": {"name": f"intune.exchange.{role}", "tasks_from": entry_point},
                        "vars": {**needed, name: value},
                    },
                    {"ansible.builtin.fail": {"msg": "NOT REFUSED"}},
                ],
                "rescue": [
                    {
                        "ansible.builtin.debug": {
                            "msg": f"CASE {number} {{{{ ansible_failed_result.msg | default('') }}}}"
                        }
                    }
                ],
            }
            for number, (name, value) in enumerate(cases)
        ]
        output = _played(tasks, running, tmp_path)
        for number, (name, value) in enumerate(cases):
            told = re.search(rf"CASE {number} (.*)", output)
            assert told and name in told[1] and "NOT REFUSED" not in told[1], (role, entry_point, name, value, output)
            count(22)
        assert running.requests() == [], (role, entry_point)


def _something(spec: Mapping[str, Any]) -> Any:
    return {"bool": True, "int": 1, "list": [], "dict": {}}.get(spec.get("type", "str"), "somebody@contoso.example")


def _played(tasks: list[dict[str, Any]], simulator: Simulator, folder: Path) -> str:
    book = folder / "blank.yml"
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    book.write_text(json.dumps([play]))
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("AZURE_", "INTUNE_", "ANSIBLE_"))}
    done = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", str(book)],
        cwd=folder,
        env={
            **clean,
            **simulator.environment("ready"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "live"),
            "INTUNE_EXCHANGE_IN_PROCESS": "true",
            "ANSIBLE_NOCOLOR": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    return done.stdout
