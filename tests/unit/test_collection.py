# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for the collection as a whole, whatever is added to it."""

from __future__ import annotations

import ast
import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._cmdlet_access import CONNECTOR_CMDLETS
from ansible_collections.intune.exchange.plugins.module_utils._run import Declaration

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))
ENGINE = sorted((PLUGINS / "module_utils").glob("*.py"))
NAME = "ansible_collections.intune.exchange.plugins"
# Who may import whom: each floor only what stands after it. What shares a floor is independent of one another.
FLOORS = [
    {"modules", "inventory"},
    {"plugin_utils"},
    {"_tenant_events", "_event_data"},
    {"_module", "_fleet"},
    {"_tenant_list"},
    {"_device_actions", "_mobile_audit"},
    {"_access_rules", "_cas_mailbox", "_conditional_access_policies", "_mobile_policies", "_mobile_settings"},
    {"_assessment"},
    {"_conditional_access_impact", "_conditional_access_subjects", "_impact"},
    {"_assessment_questions"},
    {"_connector_account", "_connector_sync", "_requirements"},
    {"_assessment_checks"},
    {"_assessment_access"},
    {"_access_check", "_account_writes"},
    {"_access_causes"},
    {"_account_facts"},
    {"_verdicts"},
    {"_connectors", "_management_roles", "_role_assignments", "_role_groups"},
    {"_run"},
    {"_role_group_guard"},
    {
        "_role_catalog",
        "_what_if",
        "_app_protection",
        "_device_classes",
        "_devices",
        "_mail_apps",
        "_principals",
    },
    {"_device_wipe", "_mailboxes"},
    {"_service_principals"},
    {
        "_cmdlet_access",
        "_accounts",
        "_any_cmdlet",
        "_cmdlets",
        "_entities",
        "_managed_devices",
        "_organization",
        "_pace",
        "_organization_customization",
        "_partner",
        "_policy_plans",
    },
    {"_delegation"},
    {"_tenant"},
    {"_auth"},
    {"_msal_transport", "_exchange", "_graph", "_token_cache"},
    {"_exchange_answers", "_exchange_parameters", "_graph_answers"},
    {"_http"},
    {"_transport", "_removal", "_response"},
    {"_conditional_access_lockout", "_conditional_access_places", "_controls", "_device_join"},
    {"_conditional_access_fields"},
    {"_access_decision", "_conditional_access", "_policy_settings"},
    {"_conditional_access_reading"},
    {"_conditional_access_conditions"},
    {"_conditional_access_devices", "_conditional_access_people"},
    {"_conditional_access_sign_in"},
    {
        "_assignment_scopes",
        "_auth_method",
        "_built_in",
        "_certificate",
        "_clocks",
        "_device_plan",
        "_licenses",
        "_concurrent",
        "_judgement",
        "_retry",
    },
    {
        "_claims",
        "_cmdlet_contract",
        "_cmdlet_members",
        "_connection",
        "_origins",
        "_private_file",
        "_redaction",
        "_resource",
        "_service_plans",
        "_values",
    },
    {"_targets"},
    {"_errors"},
]


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def module(name: str) -> Any:
    return importlib.import_module(f"{NAME}.modules.{name}")


def imports(path: Path) -> set[str]:
    """The private files of the engine that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            found |= {node.module.split(".")[-1]} if node.module else {name.name for name in node.names}
    return {name for name in found if name.startswith("_")}


def code_lines(path: Path) -> int:
    """Lines that are neither blank, comments nor text between triple quotes."""
    text = re.sub(r'r?"""(?:.|\n)*?"""', "", path.read_text(encoding="utf-8"))
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))


def test_every_module_is_in_the_action_group_and_has_a_door() -> None:
    assert sorted(load("meta/runtime.yml")["action_groups"]["tenant"]) == MODULES
    assert sorted(path.stem for path in (PLUGINS / "action").glob("*.py")) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_documentation_and_a_declaration(name: str) -> None:
    found = module(name)
    assert isinstance(found.DECLARATION, Declaration)
    documented = yaml.safe_load(found.DOCUMENTATION)
    options = dict(documented.get("options", {}))
    if "intune.exchange.device_filters" in documented["extends_documentation_fragment"]:
        fragment = importlib.import_module(f"{NAME}.doc_fragments.device_filters").ModuleDocFragment
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
    if path.name not in ("_cmdlet_contract.py", "_cmdlet_table.py"):  # data
        assert code_lines(path) <= 250


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_imports_run_downwards(path: Path) -> None:
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    assert all(floor[name] > floor[path.stem] for name in imports(path)), imports(path)


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
