# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of snapshots as editors and hostile people leave them: data, or refused by name by every reader."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.snapshot_diff import snapshot_diff
from ansible_collections.intune.exchange.plugins.filter.snapshot_export import snapshot_export
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.file import check_target, check_tenant
from ansible_collections.intune.exchange.plugins.plugin_utils import _snapshot_text
from simulator.state import snapshot_text
from simulator.state.descriptions import describe

HEAD = """format: "intune.exchange.snapshot"
version: 1
taken_at: "2026-11-29T08:00:00Z"
pseudonymized: false
tenant:
  id: "0000000a-0000-0000-0000-000000000000"
  name: "Contoso \u00dc"
"""
WHOLE = (
    HEAD
    + """objects:
  users:
    - id: "0000000b-0000-0000-0000-000000000000"
      userPrincipalName: "adele@contoso.example"
not_read: {}
end_of_snapshot: true
"""
)
READERS: dict[str, Callable[[str], object]] = {
    "compare": lambda path: snapshot_diff(path, path),
    "export": snapshot_export,
    "copy": describe,
}
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("encoding", MARKS)
def test_every_reader_takes_the_encodings_of_editors(tmp_path: Path, encoding: str, end: str) -> None:
    (plain := tmp_path / "plain.yml").write_text(WHOLE)
    (path := tmp_path / "contoso.yml").write_bytes(MARKS[encoding] + WHOLE.replace("\n", end).encode(encoding))
    assert snapshot_diff(str(plain), str(path))["equal"]
    assert snapshot_diff(str(path), str(plain))["before"]["tenant"]["name"] == "Contoso \u00dc"
    assert snapshot_export(str(path)) == snapshot_export(str(plain))
    [(name, copy)] = describe(path)
    assert (name, copy["display_name"], copy["domain"]) == ("contoso", "Contoso \u00dc", "contoso.example")
    check_tenant(str(path), "0000000A-0000-0000-0000-000000000000")  # it is known as one of this tenant
    with pytest.raises(Exception, match="with the real names, and this one is pseudonymized"):
        check_tenant(str(path), None)  # pseudonyms do not show the tenant, so they would replace any


def test_without_a_mark_the_encoding_is_not_guessed(tmp_path: Path) -> None:
    (path := tmp_path / "contoso.yml").write_bytes(WHOLE.encode("utf-16-le"))
    for reader in READERS.values():
        with pytest.raises(Exception, match=r"contoso\.yml is no"):
            reader(str(path))
    with pytest.raises(Exception, match="exists and is not a snapshot"):
        check_target(str(path), False)


OBJECTS = HEAD + "objects:\n  users:\n" + "    - {}\n" * (_snapshot_text.MOST_OBJECTS + 1)
IN_A_LINE = HEAD + "objects: {}\nnot_read:\n  users:\n    x: [" + "{}," * _snapshot_text.MOST_OBJECTS + "{}]\n"
FEW = 3000  # in the place of three million
EDITED = {
    "lines": "- x\n" * (FEW // 2),
    "lists": "- [" + "a," * FEW + "]\n",
    "nested": ("- " * 900 + "x\n") * (FEW // 900 + 1),
    "keys without a value": (": " * 900 + "x\n") * (FEW // 900 + 1),
    "questions": ("? " * 900 + "x\n") * (FEW // 900 + 1),
    "keys in quotes": "- [" + '"a":1,' * (FEW // 2) + "]\n",
    "old line ends": "- x\r" * (FEW // 2),
}
TOO_MANY = "has more than 2000000 objects or 20000000 values"
TOO_MANY_EDITED = "was edited by hand, and has more than the 3000 lines and values"
HUGE = {
    "objects": (OBJECTS, TOO_MANY),
    "objects in a line": (IN_A_LINE, TOO_MANY),
    "values": (HEAD + "objects:\n  users: [" + "0," * _snapshot_text.MOST + "0]\n", TOO_MANY),
    **{name: (f"{HEAD}objects:\n{text}", TOO_MANY_EDITED) for name, text in EDITED.items()},
    "number": (WHOLE.replace("version: 1\n", f"version: 1{':1' * 9000}\n"), "a number that is too large"),
    "broken number": (WHOLE.replace("version: 1\n", f"version: 1{':1' * 9000}.5\n"), "a number that is too large"),
    "binary": (WHOLE.replace("version: 1\n", "version: 1\nmore: !!binary AAAA\n"), "a constructor for the tag"),
}


@pytest.mark.parametrize("name", HUGE)
def test_every_reader_refuses_what_takes_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """By name, and before it is parsed."""
    content, words = HUGE[name]
    (path := tmp_path / "contoso.yml").write_text(content)
    for module in (_snapshot_text, snapshot_text) if words in (TOO_MANY, TOO_MANY_EDITED) else ():
        monkeypatch.setattr(module, "MOST_IN_YAML", FEW)
        monkeypatch.setattr(module.yaml, "load", None)
        if words == TOO_MANY:
            monkeypatch.setattr(module, "snapshot_of_lines", None)
    for reader in READERS.values():
        with pytest.raises(Exception, match=rf"contoso\.yml .*{words}"):
            reader(str(path))


def test_every_reader_refuses_what_is_too_long(tmp_path: Path) -> None:
    """A file with holes takes no room, and nothing of it is parsed."""
    path = tmp_path / "contoso.yml"
    path.write_text(WHOLE)
    with path.open("r+b") as file:
        file.truncate(_snapshot_text.LARGEST + 1)
    for reader in READERS.values():
        with pytest.raises(Exception, match=r"contoso\.yml has 536870913 bytes"):
            reader(str(path))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ('!!int ""', "int"),
        ("!!int x", "int"),
        ("0b_", "int"),
        ('!!float ""', "float"),
        (f"1{':1' * 190}.5", "float"),
        ("!!bool x", "bool"),
        ('!!bool ""', "bool"),
    ],
    ids=lambda text: text[:12],
)
def test_every_reader_refuses_a_value_that_its_tag_does_not_fit(tmp_path: Path, value: str, kind: str) -> None:
    (path := tmp_path / "contoso.yml").write_text(WHOLE.replace("    - id", f"    - n: {value}\n      id"))
    for reader in READERS.values():
        with pytest.raises(
            (AnsibleFilterError, ValueError), match=rf"contoso\.yml (?s:.*)found a value that is no {kind}"
        ):
            reader(str(path))


@pytest.mark.parametrize(
    "value", ['!!int ""', "!!bool x", "!!timestamp x", "[" * 5000 + "]" * 5000], ids=lambda value: value[:12]
)
def test_a_description_of_a_tenant_that_yaml_cannot_read_is_named(tmp_path: Path, value: str) -> None:
    (path := tmp_path / "contoso.yml").write_text(f"extends: ready\ndisplay_name: {value}\n")
    with pytest.raises(ValueError, match=r"contoso\.yml is not a description of a tenant in YAML"):
        describe(path)
