# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baselines by name and by path."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.intune.exchange.plugins.lookup import baselines as plugin

SHIPPED = "cis_exchange_2019_l1"


def read(
    monkeypatch: pytest.MonkeyPatch, *terms: Any, problems: bool = False, accepted_risks: Any = (), **variables: Any
) -> Any:
    lookup = plugin.LookupModule(loader=DataLoader())
    monkeypatch.setattr(lookup, "set_options", lambda **_options: None)
    monkeypatch.setattr(lookup, "get_option", {"problems": problems, "accepted_risks": accepted_risks}.__getitem__)
    return lookup.run(list(terms), variables=variables)


def test_a_name_a_path_and_a_path_of_the_play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yml").write_text("name: own\ncontrols: []\n")
    place: dict[str, Any] = {"ansible_search_path": [str(tmp_path)]}
    found = read(monkeypatch, SHIPPED, str(tmp_path / "rules" / "own.yml"), "rules/own.yml", **place)
    assert found[0]["name"] == SHIPPED and len(found[0]["controls"]) == 11
    assert found[1] == found[2] == {"name": "own", "controls": []}


@pytest.mark.parametrize("name", ["own", "./missing.yml", "/", "../baselines"])
def test_another_is_refused_with_the_names_that_there_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    with pytest.raises(
        AnsibleLookupError, match=f"Could not read the baseline .*Specify one of {SHIPPED}, or the path"
    ):
        read(monkeypatch, name, ansible_search_path=[str(tmp_path)])


def test_problems_are_sentences_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place: dict[str, Any] = {"ansible_search_path": [str(tmp_path)], "problems": True}
    assert read(monkeypatch, SHIPPED, **place) == []
    found = read(monkeypatch, "own", SHIPPED, "./missing.yml", **place)
    assert [one.partition(": ")[0] for one in found] == [
        f"Could not read the baseline {name}" for name in ("own", "./missing.yml")
    ]


def test_a_file_that_is_not_yaml_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text("a: [")
    with pytest.raises(AnsibleLookupError, match="Could not read the baseline"):
        read(monkeypatch, str(tmp_path / "own.yml"))


def test_a_text_of_a_variable_is_one_name_or_several(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a,b.yml").write_text("name: own\ncontrols: []\n")
    found = read(monkeypatch, f"{SHIPPED}, {SHIPPED}", [SHIPPED, str(tmp_path / "a,b.yml")])
    assert [one["name"] for one in found] == [SHIPPED, SHIPPED, SHIPPED, "own"]
    assert read(monkeypatch, "cis", problems=True)[0].startswith("Could not read the baseline cis: No such file")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "it holds no dictionary with name and controls."),
        ("{nome: own, controls: []}", "it has the unknown nome and lacks name. Did you mean name?"),
        ("{name: own, controls: hello}", "controls is not a list."),
        ("{name: own, controls: [hello]}", "controls[0] is not a dictionary."),
        (
            "{{name: own, controls: [{{id: lock, titel: Lock, {}}}]}}",
            "has the unknown titel and lacks title. Did you mean",
        ),
        ("{{name: own, controls: [{{title: Lock, {}}}]}}", "controls[0] lacks id."),
        (
            "{{name: own, controls: [{{id: 1, title: Lock, {}, at_least: 1}}]}}",
            "has equals and at_least; it needs exactly",
        ),
        ("{name: own, controls: [{id: 1, title: Lock, setting: password_history}]}", "the control 1 has no test"),
        ("{{name: own, controls: [{{id: 1, title: L, {}, severity: urgent}}]}}", "value of severity must be one of"),
        (
            "{{name: own, controls: [{{id: 1, title: L, {}, requires: {{sett: a, equals: 1}}}}]}}",
            "requires of the control 1",
        ),
        (
            "{name: own, controls: [{id: 1, title: L, setting: max_inactivity_timelock, at_most: '00:15:00'}]}",
            "which mobile_device_mailbox_policy does not have. Did you mean max_inactivity_time_lock?",
        ),
    ],
)
def test_a_file_that_is_no_baseline_is_named_with_its_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "own.yml"
    path.write_text(text.format("setting: password_history, equals: 4") if "{{" in text else text)
    [problem] = read(monkeypatch, str(path), problems=True)
    assert problem.startswith(f"The baseline {path} cannot be used: ") and words in problem, problem


@pytest.mark.parametrize(
    ("risks", "words"),
    [
        ("3.6", "mobile_access_accepted_risks is not a list."),
        (["3.6"], "mobile_access_accepted_risks[0] is not a dictionary."),
        ([{"id": 3.6}], "mobile_access_accepted_risks[0] lacks reason, until. Write it as in {id: '3.6'"),
        (
            [{"id": 1, "reson": "-", "until": "2027-01-31"}],
            "[0] has the unknown reson and lacks reason. Did you mean reason?",
        ),
        ([{"id": 1, "reason": "-", "until": "soon"}], "until of the accepted risk 1 is 'soon'. Set it to a date"),
    ],
)
def test_an_accepted_risk_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, risks: Any, words: str) -> None:
    [problem] = read(monkeypatch, SHIPPED, problems=True, accepted_risks=risks)
    assert words in problem, problem
    good = [{"id": 3.6, "reason": "-", "until": date(2027, 1, 31)}]
    assert read(monkeypatch, SHIPPED, problems=True, accepted_risks=good) == []
