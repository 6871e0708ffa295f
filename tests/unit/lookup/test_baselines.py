# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baselines by name and by path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.intune.exchange.plugins.lookup import baselines as plugin

SHIPPED = "cis_exchange_2019_l1"


def read(monkeypatch: pytest.MonkeyPatch, *terms: str, problems: bool = False, **variables: Any) -> Any:
    lookup = plugin.LookupModule(loader=DataLoader())
    monkeypatch.setattr(lookup, "set_options", lambda **_options: None)
    monkeypatch.setattr(lookup, "get_option", {"problems": problems}.__getitem__)
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
