# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of permissions agrees with the documentation of each module; permissions of content are combined from it.

tests/guarantees/test_permissions.py verifies that the permissions suffice, and that none is superfluous.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.least_privilege import FilterModule
from ansible_collections.intune.exchange.plugins.plugin_utils import _content
from ansible_collections.intune.exchange.plugins.plugin_utils._permissions import NEEDS, SIGN_IN
from tools import permissions

ROOT = Path(__file__).parents[3]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
_PERMISSION = re.compile(r"\b([A-Z][A-Za-z-]+\.(?:Read|ReadBasic|ReadWrite)\.[A-Za-z]+)\b")
SERVICE_CONFIG = "DeviceManagementServiceConfig.Read.All"
ROLES_OF_ACCOUNT = ["Organization Client Access", "Recipient Policies", "View-Only Recipients"]
needed = FilterModule().filters()["least_privilege"]


def notes(module: str) -> str:
    documented = importlib.import_module(f"ansible_collections.intune.exchange.plugins.modules.{module}").DOCUMENTATION
    return " ".join(yaml.safe_load(documented)["notes"])


def test_every_module_is_in_the_table() -> None:
    assert sorted(NEEDS) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_the_documentation_of_a_module_names_the_same(module: str) -> None:
    text, needs = notes(module), NEEDS[module]
    named = set(_PERMISSION.findall(text))
    known = {*needs.read, *needs.write}
    assert {one.replace("ReadWrite", "Read") for one in named} >= {one.replace("ReadWrite", "Read") for one in known}
    assert named <= known | {"DeviceManagementServiceConfig.ReadWrite.All", *_PERMISSION.findall(needs.note)}
    for role in (*needs.exchange_read, *needs.exchange_write):
        assert role in text or "Global Reader" in text, role


def test_the_page_is_current() -> None:
    assert permissions.PAGE.read_text(encoding="utf-8") == permissions.page(), "run python tools/permissions.py"


@pytest.mark.parametrize(
    ("content", "write", "expected"),
    [
        (
            ["connector_info"],
            True,
            {"microsoft_graph": ["DeviceManagementServiceConfig.Read.All"], "exchange_roles": []},
        ),
        (["intune.exchange.connector_info"], True, {"office_365_exchange_online": [], "notes": []}),
        (
            ["connector:configure"],
            True,
            {"microsoft_graph": ["DeviceManagementServiceConfig.ReadWrite.All", "User.Read.All"]},
        ),
        (["connector:configure"], False, {"microsoft_graph": [SERVICE_CONFIG, "User.Read.All"]}),
        # The role by itself is what most people run of it: not its account.
        (["connector"], True, {"modules": ["connector", "connector_info", "requirements_info"], "delegated_roles": []}),
        (
            "connector",
            True,
            {"content": ["connector"], "modules": ["connector", "connector_info", "requirements_info"]},
        ),
        ("connector:validate, app_protection_info", True, {"modules": ["app_protection_info", "connector_info"]}),
        (["connector:main"], True, {"delegated_roles": ROLES_OF_ACCOUNT}),
        (["connector:main"], False, {"delegated_roles": []}),
        # Which roles these assign is only known of the account.
        (["management_role", "role_group"], True, {"delegated_roles": []}),
        (["management_role", "role_group", "connector:account"], True, {"delegated_roles": ROLES_OF_ACCOUNT}),
        (["connector:validate"], True, {"modules": ["connector_info"]}),
        (["validate"], True, {"modules": ["connector_info"]}),
        (
            ["mobile_access:quarantine"],
            True,
            {
                "exchange_roles": [
                    "Mail Recipients",
                    "Organization Client Access",
                    "View-Only Configuration",
                    "View-Only Recipients",
                ],
                "office_365_exchange_online": [SIGN_IN],
                "microsoft_graph": [],
            },
        ),
        (["mobile_access:quarantine"], False, {"exchange_roles": ["View-Only Configuration", "View-Only Recipients"]}),
        (["exchange_cmdlet"], True, {"office_365_exchange_online": [SIGN_IN]}),
        ([], True, {"modules": []}),
    ],
)
def test_what_content_needs(content: list[str] | str, write: bool, expected: dict[str, Any]) -> None:
    found = needed(content, write)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("content", sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml")))
def test_every_playbook_is_content_or_says_why_it_is_not(content: str) -> None:
    if content in ("bootstrap", "demo"):
        with pytest.raises(AnsibleFilterError, match=f"{content} runs "):
            needed([content])
    else:
        assert set(needed([content])["modules"]) <= set(MODULES)


def test_a_file_included_by_another_is_found_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Ansible does. First in the folder of the playbook, as the playbooks of this collection name most of them."""
    (tasks := tmp_path / "playbooks" / "tasks").mkdir(parents=True)
    (tmp_path / "roles").mkdir()
    included = "- ansible.builtin.include_tasks: {}\n"
    (tasks.parent / "one.yml").write_text("- tasks:\n  " + included.format("tasks/first.yml"))
    (tasks / "first.yml").write_text(
        included.replace("include", "import").format("second.yml") + included.format("tasks/second.yml")
    )
    (tasks / "second.yml").write_text("- intune.exchange.connector_info:\n")
    monkeypatch.setattr(_content, "ROOT", tmp_path)
    assert needed(["one"])["modules"] == ["connector_info"]


def test_the_whole_connector_includes_its_account() -> None:
    assert {"connector_account", "management_role", "requirements_info"} <= set(needed(["connector:main"])["modules"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (["conector"], r"conector is not a module, playbook, rulebook or entry point .*\. Did you mean connector\?"),
        (["connector:vaildate"], r"vaildate is not an entry point of the role connector\. Did you mean validate\?"),
        (
            ["nothing_alike_0"],
            r"nothing_alike_0 is not a module, .* of a role of intune\.exchange\. The roles are connector and "
            r"mobile_access; the playbooks are approve, check_access, .*; ansible-doc --list intune\.exchange shows",
        ),
        *(
            ([name], rf"{re.escape(name)} is not a module, playbook, rulebook or entry point of a role of ")
            for name in (
                "plays/target",
                "tasks/report",
                "files/phones",
                "vars/content",
                "../playbooks/report",
                "connector:../../mobile_access/tasks/main",
                "mobile_access:parts/write_files",
                "connector:",
                "connector:main.yml",
                "connector\n",
                "con\0nector",
                "Connector",
                "intune.exchange.",
            )
        ),
        ([""], "least_privilege: A blank name is not a module, "),
        (["bootstrap"], r"bootstrap runs as an administrator who signs in, .* cannot be granted to an application\.$"),
        (["intune.exchange.demo"], r"demo runs on simulated tenants only, so no application needs anything for it\.$"),
        ("connector,", "least_privilege: A blank name is not a module, "),
        ({"connector": 1}, "takes a list"),
        ([1], "takes a list"),
    ],
)
def test_what_is_not_there_is_named(content: Any, said: str) -> None:
    with pytest.raises(AnsibleFilterError, match=said):
        needed(content)
