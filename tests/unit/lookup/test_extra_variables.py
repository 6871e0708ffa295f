# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unknown variables: refused if they look like variables of the playbook or role, and only then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.intune.exchange.plugins.lookup import blank_variables as plugin
from ansible_collections.intune.exchange.plugins.plugin_utils._extra_variables import (
    mistyped_variables,
    unknown_variables,
)
from ansible_collections.intune.exchange.plugins.plugin_utils._unusable import (
    folder_problem,
    form_problem,
    value_problem,
)

ROOT = Path(__file__).parents[3]
KNOWN = ("target", "tenant_options", "report_assess", "report_folder", "before")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("report_asess", "Did you mean report_assess?"),
        ("report_x", "It has report_assess, report_folder."),
        ("connector_primary_smtp_adress", "Did you mean connector_primary_smtp_address?"),
        ("mobile_access_filters", "Did you mean mobile_access_filter?"),
        ("targets", "Did you mean target?"),
        ("tenant_option", "Did you mean tenant_options?"),
        ("befor", "Did you mean before?"),
    ],
)
def test_what_looks_like_a_variable_of_the_playbook_is_refused(name: str, said: str) -> None:
    assert unknown_variables([name, "report_assess"], KNOWN) == [f"{name} is not a variable of this playbook. {said}"]


@pytest.mark.parametrize(
    "name",
    [
        "report_folder",
        "connector_manage_account",  # of a role, in a file of variables for several playbooks
        "mobile_access_max_affected",
        "deadlines_folder",
        "tenant_secret_path",  # for the inventory
        "region",
        "ansible_eda",
        "awx_job_id",
    ],
)
def test_what_the_playbook_knows_and_what_is_none_of_its_business_is_not(name: str) -> None:
    assert unknown_variables([name], KNOWN) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mobile_access_previw", "mobile_access_preview"),
        ("mobile_access_preveiw", "mobile_access_preview"),
        ("mobile_access_previews", "mobile_access_preview"),
        ("mobile_access_preview_", ""),
        ("mobile_access_maxaffected", "mobile_access_max_affected"),
        ("mobile_access_accepted_riks", "mobile_access_accepted_risks"),
        # A user's own, of which one of the role is made, and results.
        ("mobile_access_baselines_strict", ""),
        ("mobile_access_baselines2", ""),
        ("mobile_access_team", ""),
        ("mobile_access_quarantine_result", ""),
        ("preview", ""),
        ("connector_manage_account", ""),
    ],
)
def test_a_mistyped_variable_of_a_role_is_refused_wherever_it_is_set(name: str, meant: str) -> None:
    said = f"{name} is not a variable of the role mobile_access. Did you mean {meant}?"
    assert mistyped_variables(["mobile_access_preview", name], "mobile_access") == [said] * bool(meant)


@pytest.mark.parametrize("role", ["connector", "mobile_access"])
def test_no_name_in_this_project_is_taken_for_a_mistyped_one(role: str) -> None:
    names = set()
    for path in (
        *(ROOT / "roles").rglob("*.yml"),
        *(ROOT / "playbooks").rglob("*.yml"),
        *(ROOT / "docs").rglob("*.rst"),
    ):
        names |= set(re.findall(rf"\b{role}_[a-z_0-9]+", path.read_text(encoding="utf-8")))
    names.discard("mobile_access_previw")  # the example of such a mistake
    assert len(names) > 20 and mistyped_variables(names, role) == []


def test_the_names_come_from_the_command_line_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """An inventory's host may have variables of any name."""
    options: dict[str, Any] = {
        "argument_specs": None,
        "entry_point": "main",
        "clears": [],
        "sentence": True,
        "known": [],
        "required": {},
        "forms": {},
        "values": {},
        "files": [],
        "folders": [],
    }
    lookup = plugin.LookupModule(loader=DataLoader())
    monkeypatch.setattr(lookup, "set_options", lambda **_options: None)
    monkeypatch.setattr(lookup, "get_option", options.__getitem__)
    monkeypatch.setattr(plugin, "load_extra_vars", lambda _loader: {"report_audits": "false"})
    said = lookup.run(["report_audit"], variables={"report_asess": "all", "report_audits": "false"})
    assert len(said) == 1 and "report_audits is not" in said[0] and "report_asess" not in said[0]
    assert lookup.run([], variables={"report_asess": "all"}) == []
    options["required"] = {"report_audit": "true"}  # of which the name is known as well
    assert "Did you mean report_audit?" in lookup.run([], variables={})[0]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, []),
        ("7", []),
        (300.0, []),
        (" +5\n", []),
        (-1, ["mobile_access_max_affected is -1, and it must be a whole number, at least 0."]),
    ],
)
def test_a_number_of_a_role_is_not_negative(monkeypatch: pytest.MonkeyPatch, value: object, said: list[str]) -> None:
    """More devices than -1 are always affected, so every change would be refused with a misleading reason."""
    options: dict[str, Any] = {
        "argument_specs": str(ROOT / "roles" / "mobile_access" / "meta" / "argument_specs.yml"),
        "entry_point": "main",
        "clears": [],
        "sentence": False,
        "known": None,
        "required": {},
        "forms": {},
        "values": {},
        "files": [],
        "folders": [],
    }
    loader = DataLoader()
    lookup = plugin.LookupModule(loader=loader, templar=Templar(loader=loader))
    monkeypatch.setattr(lookup, "set_options", lambda **_options: None)
    monkeypatch.setattr(lookup, "get_option", options.__getitem__)
    assert lookup.run([], variables={"mobile_access_max_affected": value}) == said


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("new/folder", ""),
        (".", ""),
        ("file", "folder is file, and {0}/file is not a folder."),
        ("file/new", "folder is file/new, and {0}/file is not a folder."),
        ("/proc/nope", "folder is /proc/nope, and "),
        (
            "$HOME/new",
            "folder is $HOME/new, and neither a ~ at its beginning nor a variable such as $HOME may be in it.",
        ),
        ("${HOME}", "folder is $"),
        ("reports$", ""),
        ("a~b", ""),
        ("~/new", "folder is ~/new, and neither a ~ at its beginning nor a variable such as $HOME may be in it."),
        ("a\0b", "folder is a b, which is not a path."),
        (["new"], "folder is ['new'], which is not a path."),
        (True, "folder is True, which is not a path."),
    ],
)
def test_a_folder_that_no_file_can_be_written_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: Any, problem: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    said, step = folder_problem("folder", value)
    assert said.startswith(problem.format(tmp_path)) and bool(said) == bool(problem), said
    assert (not step) if not problem else step in ("specify another folder in folder", "write the path out in folder")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]  # what was tried is removed


def test_a_text_where_a_dictionary_or_a_list_is_meant() -> None:
    assert form_problem("listed", ["a"], []) == ("", "")
    assert form_problem("listed", "a", ["b"]) == ("listed is not a list.", """set it as in -e '{"listed": ["b"]}'""")
    assert form_problem("options", {"a": 1}, {}) == ("", "")
    said, step = form_problem("options", "contoso", {"tenant_id": "contoso.com"})
    assert said == "options is not a dictionary."
    assert step == """set it as in -e '{"options": {"tenant_id": "contoso.com"}}'"""


@pytest.mark.parametrize(
    ("allowed", "value", "words"),
    [
        ({"choices": ["az", "powershell"]}, "az", ""),
        ({"choices": ["az", "powershell"]}, "AZ", "one of az, powershell"),
        ({"minimum": 31, "unit": "days"}, 31, ""),
        ({"minimum": 31, "unit": "days"}, "30", "a whole number of days, at least 31"),
        ({"minimum": 0, "unit": "seconds"}, "0", ""),
        ({"minimum": 0, "unit": "seconds"}, "-1", "a whole number of seconds"),
        ({"minimum": 0, "unit": "seconds"}, "1.5", "a whole number of seconds"),
        ({"minimum": 0, "unit": "seconds"}, "9" * 5000, "a whole number of seconds"),
        ({"minimum": 0, "unit": "seconds"}, True, "a whole number of seconds"),
        *(({"boolean": True}, value, "") for value in (True, False, 0, 1, "1", "yes", "No", "ON", "off", "True")),
        *(({"boolean": True}, value, "true or false") for value in ("maybe", "yess", "y", "t", "2", 2, 1.0, [True])),
        ({"pattern": "[a-z]+", "words": "small letters"}, "abc", ""),
        ({"pattern": "[a-z]+", "words": "small letters"}, "abc\n", "small letters"),
    ],
)
def test_a_value_that_is_not_allowed(allowed: dict[str, Any], value: Any, words: str) -> None:
    said, step = value_problem("days", value, allowed)
    assert said.endswith(f", and it must be {words}.") == bool(words) and bool(said) == bool(words)
    assert step == ("correct days" if words else "") and len(said) < 500


def _documented() -> Iterator[tuple[str, str]]:
    """Each playbook with a variable from the documentation."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.rst"), *(ROOT / "playbooks").glob("*.yml")]
    for page in pages:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        for name, rest in re.findall(r"ansible-playbook intune\.exchange\.(\w+)([^\n`]*)", text):
            yield from ((name, one) for one in re.findall(r"-e '?(\w+)=", rest))
            for mapping in re.findall(r"-e '(\{.*?\})'(?=\s|$)", rest):
                yield from ((name, one) for one in yaml.safe_load(mapping))
    for path in (ROOT / "playbooks").glob("*.yml"):
        comments = " ".join(re.findall(r"^# .*", path.read_text(encoding="utf-8"), re.M)).replace(" # ", " ")
        yield from ((path.stem, one) for one in re.findall(r"-e (\w+)=", comments))


def _accepted(found: Any) -> Iterator[str]:
    """The names that a playbook passes to the lookup."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name in ("playbook_variables", "playbook_known", "playbook_required"):
                yield from value
            yield from _accepted(value)
    elif isinstance(found, list):
        for value in found:
            yield from _accepted(value)
    elif isinstance(found, str) and "intune.exchange.blank_variables" in found:
        yield from re.findall(r"'(\w+)'", found)


def test_each_documented_variable_is_known_to_its_playbook() -> None:
    pairs = sorted({pair for pair in _documented() if pair[0] != "demo"})
    pairs.remove(("report", "report_asess"))  # a page shows the effect of a typing error
    assert len(pairs) > 25
    refused = []
    for playbook, name in pairs:
        path = ROOT / f"playbooks/{playbook}.yml"
        known = {*_accepted(yaml.safe_load(path.read_text(encoding="utf-8"))), *plugin._ALL_PLAYBOOKS}
        # A plain name such as `content` is not refused, and a missing entry would go unnoticed.
        if name not in known and not name.startswith(("connector_", "mobile_access_")):
            refused.append((playbook, name))
    assert not refused


def test_each_boolean_of_a_playbook_is_one() -> None:
    """Anything else would be false, without a word."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").rglob("*.[yj]*") if path.is_file()]
    paths = [*(ROOT / "playbooks").glob("*.yml"), *(ROOT / "playbooks/plays").glob("*.yml")]
    known = {name for path in paths for name in _accepted(yaml.safe_load(path.read_text(encoding="utf-8")))}
    used = set(re.findall(r"(\w+)(?: \| default\(\w+\))? \| bool\b", " ".join(texts))) & known
    # What content needs, and what a playbook that the export wrote accepts, is not decided in playbooks.
    used |= {name for name in known if name.endswith("_write") or name.startswith("export_accept_")}
    asked = set(re.findall(r"(\w+)'?: \{'?boolean'?: true\}", " ".join(texts)))
    assert len(used) >= 15 and used == asked, used ^ asked


def test_each_playbook_asks_for_unknown_variables() -> None:
    """Except the demonstration, which uses nobody's tenant."""
    for path in (ROOT / "playbooks").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        assert path.stem == "demo" or "tasks/refuse_blank.yml" in text or "known=" in text, path
