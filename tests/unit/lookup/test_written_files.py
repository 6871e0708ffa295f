# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No file of somebody else is overwritten."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError

from ansible_collections.intune.exchange.plugins.lookup.written_files import LookupModule

MARKER = "# Written by us"
OWN = f"#!/bin/sh\n{MARKER}\nx: 1\n"


def look(*names: str, **options: Any) -> dict[str, list[str]]:
    given = {"marker": MARKER, "contents": {}, **options}
    plugin = LookupModule()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plugin, "set_options", lambda **_options: None)
        patched.setattr(plugin, "get_option", given.__getitem__)
        [found] = plugin.run([*names], {})
    return found


def test_files_without_the_marker_in_their_first_lines_are_foreign(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text(OWN)
    (tmp_path / "late.yml").write_text("\n" * 9 + OWN)
    (tmp_path / "other.yml").write_text("mine\n")
    (tmp_path / "quoting.yml").write_text(f"# Not {MARKER}\n")
    (tmp_path / "binary.yml").write_bytes(b"\xff" + OWN.encode())
    (tmp_path / "folder.yml").mkdir()
    (tmp_path / "link.yml").symlink_to("nowhere")
    (tmp_path / "endless.yml").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.yml")
    names = [path.name for path in tmp_path.iterdir()] + ["absent.yml"]
    found = look(*names, folder=str(tmp_path))
    foreign = {
        "late.yml",
        "other.yml",
        "quoting.yml",
        "binary.yml",
        "folder.yml",
        "link.yml",
        "endless.yml",
        "pipe.yml",
    }
    assert {Path(path) for path in found["foreign"]} == {tmp_path / name for name in foreign}
    assert look(*names, folder=str(tmp_path / "no" / "folder")) == {"foreign": [], "different": names}


def test_files_with_other_contents_are_different(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    for name, text in {"same.yml": OWN, "windows.yml": OWN.replace("\n", "\r\n"), "old.yml": f"{OWN}y: 2\n"}.items():
        (tmp_path / "out" / name).write_bytes(text.encode())
    names = ("same.yml", "windows.yml", "old.yml", "vars/new.yml")
    found = look(*names, folder="out", contents=dict.fromkeys(names, OWN))
    assert found == {"foreign": [], "different": ["windows.yml", "old.yml", "vars/new.yml"]}


@pytest.mark.parametrize("blank", ["folder", "marker"])
def test_blank_options_are_refused(blank: str) -> None:
    with pytest.raises(AnsibleLookupError, match="not blank"):
        look("a", **{"folder": "out", blank: " "})
