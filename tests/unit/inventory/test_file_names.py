# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sources the inventory plugin takes: it leaves those of other plugins as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError

from ansible_collections.intune.exchange.plugins.inventory.tenants import InventoryModule

OWN = "plugin: intune.exchange.tenants\n"


@pytest.mark.parametrize("name", ["hosts", "hosts.yml"])
def test_a_pipe_is_left_for_the_plugin_that_reads_it(tmp_path: Path, name: str) -> None:
    """Such as `-i <(command)`: what one plugin takes out of it, the next does not find."""
    reading, writing = os.pipe()
    try:
        os.write(writing, OWN.encode())
        os.close(writing)
        (path := tmp_path / name).symlink_to(f"/dev/fd/{reading}")
        assert not InventoryModule().verify_file(str(path))
        assert os.read(reading, 100) == OWN.encode()
    finally:
        os.close(reading)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_file_that_names_this_plugin_must_have_its_name(tmp_path: Path, end: str) -> None:
    (path := tmp_path / "contoso.yml").write_bytes(OWN.replace("\n", end).encode())
    with pytest.raises(AnsibleParserError, match=r"its name must end in \.tenants\.yml .* example to contoso\.tenants"):
        InventoryModule().verify_file(str(path))
    path.rename(own := tmp_path / "contoso.tenants.yml")
    assert InventoryModule().verify_file(str(own))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("hosts", OWN.encode()),
        ("hosts.ini", OWN.encode()),
        ("large.yml", b"# x\n" * 20_000 + OWN.encode()),
        ("other.yml", b"all:\n  hosts: {}\n\xff"),
        ("cut.yml", "\u00dc".encode() * 40_000),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_of_another_plugin_is_left_to_it(tmp_path: Path, name: str, content: bytes) -> None:
    (path := tmp_path / name).write_bytes(content)
    assert not InventoryModule().verify_file(str(path))
