# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the collection as a whole, whatever is added to it."""

from __future__ import annotations

import ast
import functools
import graphlib
import importlib
import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._engine.run import Declaration
from ansible_collections.intune.exchange.plugins.module_utils._rbac.cmdlet_access import CONNECTOR_CMDLETS

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))
NAME = "ansible_collections.intune.exchange.plugins"
PYTHON_FILES = sorted(
    path
    for folder in ROOT.iterdir()
    if folder.is_dir() and not folder.name.startswith(".") and folder.name != "venv"
    for path in folder.rglob("*.py")
)
# The allowed imports: a package may import only packages on lower floors. Packages of one floor are independent.
FLOORS = {
    "plugins/module_utils": [
        {"_core"},
        {"_http"},
        {"_client"},
        {"_exchange"},
        {"_engine"},
        {"_applications", "_rbac", "_mobile_access", "_conditional_access"},
        {"_mobile_devices", "_connector", "_rehearsal"},
        {"_assessment", "_fleet"},
        {"_snapshot"},
    ],
    "simulator": [
        {"behaviours"},
        {"state"},
        {"server"},
        {"entra"},
        {"odata"},
        {"directory", "cmdlets"},
        {"intune", "conditional_access"},
        {"graph", "exchange"},
        {"twin"},
    ],
}


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def module(name: str) -> Any:
    return importlib.import_module(f"{NAME}.modules.{name}")


@functools.cache
def imports(path: Path) -> set[Path]:
    """The files and packages of the collection that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            place = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            within = place if place.is_dir() else None
            found |= {within / name.name for name in node.names} if within else {place}
    return found


def code_lines(path: Path) -> int:
    """Lines that are neither blank, comments nor text between triple quotes."""
    text = re.sub(r'r?"""(?:.|\n)*?"""', "", path.read_text(encoding="utf-8"))
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))


def test_every_module_is_in_the_action_group_and_has_an_action_plugin() -> None:
    """Plugins in `plugin_routing` are not imported before the workers are forked, so each task would import msal.

    The plugin imports its module as well, which each worker would compile otherwise.
    """
    assert sorted(load("meta/runtime.yml")["action_groups"]["tenant"]) == MODULES
    assert sorted(path.stem for path in (PLUGINS / "action").glob("*.py")) == MODULES
    for name in MODULES:
        assert getattr(importlib.import_module(f"{NAME}.action.{name}"), name) is module(name)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_documentation_and_a_declaration(name: str) -> None:
    found = module(name)
    assert isinstance(found.DECLARATION, Declaration)
    documented = yaml.safe_load(found.DOCUMENTATION)
    options = dict(documented.get("options", {}))
    for shared in ("device_filters", "after_rules"):
        if f"intune.exchange.{shared}" in documented["extends_documentation_fragment"]:
            fragment = importlib.import_module(f"{NAME}.doc_fragments.{shared}").ModuleDocFragment
            options |= yaml.safe_load(fragment.DOCUMENTATION)["options"]
    assert set(options) == set(found.DECLARATION.options)
    for option, spec in found.DECLARATION.options.items():
        assert options[option].get("default") == spec.get("default"), option
        assert options[option].get("choices") == spec.get("choices"), option
    notes = " ".join(documented["notes"])
    assert "permission" in notes or "role" in notes  # what it needs
    assert name in found.EXAMPLES and yaml.safe_load(found.EXAMPLES)
    assert "error" in yaml.safe_load(found.RETURN)
    assert code_lines(PLUGINS / "modules" / f"{name}.py") <= 40


@pytest.mark.parametrize(
    "path", [path for folder in ("plugins", "simulator", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
)
def test_no_file_has_two_reasons_to_exist(path: Path) -> None:
    if path.name != "cmdlet_contract.py":  # data
        assert code_lines(path) <= 250


@pytest.mark.parametrize(
    "package", [f"{base}/{name}" for base, floors in FLOORS.items() for name in sorted(set().union(*floors))]
)
def test_imports_run_downwards(package: str) -> None:
    folder = ROOT / package
    floors = FLOORS[package.rpartition("/")[0]]
    [number] = [number for number, names in enumerate(floors) if folder.name in names]
    allowed = {folder.with_name(name) for name in set().union(*floors[:number])}
    within = {}
    for path in folder.glob("*.py"):
        known = imports(path)
        beyond = {one for one in known if one.parent != folder}
        assert {one.parent for one in beyond} <= allowed, (path, beyond)
        within[path.with_suffix("")] = known - beyond
    graphlib.TopologicalSorter(within).prepare()  # raises CycleError


def test_every_file_is_in_a_package() -> None:
    above = {"simulator": {"__init__", "__main__", "_simulator", "_environment", "_known_names"}}
    for base, floors in FLOORS.items():
        assert {path.stem for path in (ROOT / base).glob("*.py")} == above.get(base, set())
        assert {path.parent.name for path in (ROOT / base).glob("*/*.py")} == set().union(*floors)
        tests = ROOT / "tests" / "unit" / base.rpartition("/")[2]
        assert {path.parent.name for path in tests.glob("*/test_*.py")} <= set().union(
            *floors
        )  # they mirror the packages


def test_modules_and_simulator_do_not_know_each_other() -> None:
    for path in PLUGINS.rglob("*.py"):
        assert "simulator" not in path.read_text(encoding="utf-8"), path
    for path in (ROOT / "simulator").rglob("*.py"):
        assert "ansible_collections" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("name", ["connector", "mobile_access"])
def test_a_role_says_its_defaults_once(name: str) -> None:
    specs = load(f"roles/{name}/meta/argument_specs.yml")["argument_specs"]
    assert set(specs) == {path.stem for path in (ROOT / f"roles/{name}/tasks").glob("*.yml")}
    specified = {
        option: spec["default"]
        for entry_point in specs.values()
        for option, spec in entry_point["options"].items()
        if "default" in spec
    }
    assert specified == load(f"roles/{name}/defaults/main.yml")
    text = (ROOT / f"roles/{name}/README.md").read_text(encoding="utf-8")
    options = {option for entry_point in specs.values() for option in entry_point["options"]}
    assert all(f"| `{option}` |" in text for option in options)
    assert all(f"| `{entry_point}` |" in text for entry_point in specs)
    variables, _heading, results = text.partition("## Results")
    for spec in specs.values():
        result = re.search(rf"Sets C\(({name}_\w*result)\)", str(spec["description"]))
        assert result and f"\n| `{result[1]}` | `" in results, spec
    users = dict(re.findall(r"^\| `(\w+)` \|[^|]*\|[^|]*\|([^|]*)\|", variables, re.MULTILINE))
    for entry_point, spec in specs.items():
        named = [one for one in spec["options"] if f"`{entry_point}`" in users[one] or " all" in users[one]]
        assert list(spec["options"]) == named


@pytest.mark.parametrize("name", ["connector", "mobile_access"])
def test_changed_in_the_result_of_a_role_is_what_its_writing_tasks_report(name: str) -> None:
    """A preview may find a change that the task after it does not make."""
    files = [path for path in (ROOT / f"roles/{name}").rglob("*.yml") if path.parent.name in ("tasks", "parts", "vars")]
    reported = set(re.findall(r"(\w+)(?: \| default\(\{\}\))? is changed", "".join(path.read_text() for path in files)))
    writing = [
        task
        for path in files
        if path.parent.name != "vars"
        for task in load(str(path.relative_to(ROOT)))
        if task.get("check_mode") is not True
        and any(key.startswith("intune.exchange.") and not key.endswith("_info") for key in task)
        and task.get("intune.exchange.cas_mailbox_mobile_access", {}).keys() != {"mailbox"}  # reads without an option
    ]
    assert writing and [task["name"] for task in writing if task.get("register") not in reported] == []


def test_the_roles_of_the_account_hold_the_cmdlets_of_the_document_and_nothing_else() -> None:
    contract = json.loads((ROOT / "simulator/contracts/exchange-cmdlets.json").read_text(encoding="utf-8"))["cmdlets"]
    roles = load("roles/connector/vars/main.yml")["__connector_roles"]
    taken = [cmdlet for role in roles for cmdlet in role["cmdlets"]]
    assert sorted(taken) == sorted(CONNECTOR_CMDLETS)
    for role in roles:
        for cmdlet in role["cmdlets"]:
            assert role["parent"] in contract[cmdlet]["management_roles"]
            held = contract[cmdlet].get("role_parameter_subset", {}).get(role["parent"])
            assert held is None or set(CONNECTOR_CMDLETS[cmdlet]) <= set(held), cmdlet


@pytest.mark.parametrize("name", [one for one in MODULES if module(one).DECLARATION.undo])
def test_the_sample_of_undo_is_what_the_module_returns(name: str) -> None:
    found = module(name)
    documented = yaml.safe_load(found.RETURN)
    defaults = {option: spec.get("default") for option, spec in found.DECLARATION.options.items()}
    result = {
        "changed": True,
        "diff": {"before": {"x": ["lost"]}, "after": {"x": []}},
        "deleted_id": documented.get("deleted_id", {}).get("sample"),
    }
    given = {**defaults, "cmdlet": "Set-Mailbox", "access": "allowed"}
    said = {found.DECLARATION.undo({**given, "state": state}, result) for state in ("absent", "present")}
    assert documented["undo"]["sample"] in said


# Whole sentences, whether of messages, documentation or comments: lines and parts of a text are joined first.
_WRITTEN = ("plugins", "simulator", "playbooks", "roles", "tools", "extensions", "docs")
_IS_NO = re.compile(r"(?i)(?<!there )(?<!')\b(?:is|are|was|were) no (?!longer\b|larger\b)\w+")
_HANGS_ON = re.compile(r"\bhangs? on\b")
_NOT_IZE = re.compile(
    r"(?i)\b(?:synchron|author|recogn|custom|organ|summar|normal|initial|pseudonym)is(?:e|ed|ing|ation)\b"
)


@pytest.mark.parametrize("folder", _WRITTEN)
def test_sentences_are_plain_english(folder: str) -> None:
    """Such as "is not a GUID" and "depends on", which German would put as "is no GUID" and "hangs on"; one spelling."""
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix in (".py", ".yml", ".md", ".rst", ".j2"):
            text = re.sub(r'"?\n\s*(?:f?"|# )?', " ", path.read_text(encoding="utf-8"))
            text = re.sub(" +", " ", text)
            for pattern in (_IS_NO, _HANGS_ON, _NOT_IZE):
                assert not (found := pattern.findall(text)), (path, found)


def bound_names(tree: ast.AST) -> Iterator[str]:
    """The names that code gives to variables, arguments, functions and classes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


@pytest.mark.parametrize("folder", sorted({path.relative_to(ROOT).parts[0] for path in PYTHON_FILES}))
def test_no_name_is_one_that_the_sanity_tests_refuse(folder: str) -> None:
    """Their pylint (disallowed-name) reads every file of the checkout, but is too slow to run for each change."""
    [place] = importlib.util.find_spec("ansible_test").submodule_search_locations  # type: ignore[union-attr, misc]
    config = (Path(place) / "_util/controller/sanity/pylint/config/collection.cfg").read_text(encoding="utf-8")
    [listed] = re.findall(r"^bad-names=((?:\s+\w+,)+)$", config, re.MULTILINE)
    refused = set(re.findall(r"\w+", listed))
    assert {"_", "foo"} <= refused
    for path in PYTHON_FILES:
        if path.relative_to(ROOT).parts[0] == folder:
            bound = set(bound_names(ast.parse(path.read_text(encoding="utf-8"))))
            assert not bound & refused, path


def reached(path: Path) -> set[Path]:
    """A file of the collection with all files that its imports reach, as shipped for a module process."""
    found, ahead = set[Path](), [path.with_suffix("")]
    while ahead:
        one = ahead.pop()
        if one not in found and one.with_suffix(".py").is_file():
            found.add(one)
            ahead += imports(one.with_suffix(".py"))
    return found


@pytest.mark.parametrize("name", MODULES)
def test_only_what_talks_to_exchange_ships_the_table_of_cmdlets(name: str) -> None:
    files = reached(PLUGINS / "modules" / f"{name}.py")
    asks = [one for one in files if "exchange_of(" in one.with_suffix(".py").read_text(encoding="utf-8")]
    assert bool(asks) == any(one.name == "cmdlet_contract" for one in files)
    if name in ("connector_info", "connector_account", "conditional_access_policy", "mdm_authority"):
        assert not asks
