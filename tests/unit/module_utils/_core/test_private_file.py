# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that an option names is read to its end, or refused by name: a pipe and a device have no end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._applications.key_files import read_private
from ansible_collections.intune.exchange.plugins.module_utils._client.certificate_file import read_certificate
from ansible_collections.intune.exchange.plugins.module_utils._client.job_token import _of_file
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.private_file import read_file, write_whole
from ansible_collections.intune.exchange.plugins.module_utils._http.transport import Connections
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.file import check_target
from ansible_collections.intune.exchange.plugins.plugin_utils._snapshot_file import load_snapshot

READERS: dict[str, Callable[[str], Any]] = {
    "certificate_path": read_certificate,
    "federated_token_file": lambda path: _of_file({"federated_token_file": path}),
    "ca_path": lambda path: Connections().adapter(path),
    "path": read_private,
    "": load_snapshot,
}


@pytest.mark.parametrize("option", READERS, ids=lambda option: option or "a snapshot")
def test_what_has_no_end_is_refused_by_name(option: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path in (str(pipe), "/dev/zero"):
        with pytest.raises(TenantError) as caught:
            READERS[option](path)
        said = str(caught.value)
        assert caught.value.kind == "usage" and option in said and said.isprintable()
        assert "not a regular file" in said, said


def test_a_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(TenantError, match=r"^/.* of path is a folder\. Specify a file, which need not exist\.$"):
        read_private(str(tmp_path))


def test_neither_is_more_of_a_key_than_of_other_files(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch(0o600)
    os.truncate(path, 2**24 + 1)
    with pytest.raises(TenantError, match=r"cannot be read \(File too large\)"):
        read_private(str(path))


def test_only_so_much_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 101)
    assert read_file(str(path), 101) == b"x" * 101
    with pytest.raises(OSError, match="File too large"):
        read_file(str(path), 100)
    link = tmp_path / "link"  # like the token of a Kubernetes service account
    link.symlink_to(path)
    assert len(read_file(str(link))) == 101


@pytest.mark.parametrize("name", ["a" * 255, "\u20ac" * 85])
def test_a_name_may_be_as_long_as_the_file_system_takes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    check_target(str(path), pseudonymized=False)
    for content in (b"first", b"second"):
        write_whole(str(path), [content])
        assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [(name, content)]
    with pytest.raises(TenantError, match="cannot be written") as refused:
        check_target(f"{path}a", pseudonymized=False)
    assert refused.value.kind == "usage"
