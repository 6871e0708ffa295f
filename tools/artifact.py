# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection so that the same files give the same bytes: ansible-galaxy stores times, owners, any order.

python tools/artifact.py FOLDER TARGET SECONDS
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

_INDEX, _MANIFEST = "FILES.json", "MANIFEST.json"


def build(folder: Path, target: Path, seconds: int) -> Path:
    """The artifact of the collection in `folder`, in `target`; the time of all its files is `seconds` since 1970."""
    galaxy = Path(sys.executable).parent / "ansible-galaxy"
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(
            [galaxy, "collection", "build", "--output-path", place, folder], check=True, stdout=subprocess.DEVNULL
        )
        [built] = Path(place).glob("*.tar.gz")
        contents = _read(built)
    index = json.loads(contents[_INDEX][0])
    index["files"].sort(key=lambda entry: entry["name"])
    contents[_INDEX] = (_text(index), 0o644)
    manifest = json.loads(contents[_MANIFEST][0])
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(contents[_INDEX][0]).hexdigest()
    contents[_MANIFEST] = (_text(manifest), 0o644)
    path = target / built.name
    path.write_bytes(_packed(contents, seconds))
    return path


def _text(value: Any) -> bytes:
    return json.dumps(value, indent=True).encode()


def _read(path: Path) -> dict[str, tuple[bytes, int]]:
    """Each file with its mode, and each folder with a slash behind its name."""
    found = {}
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member)
            mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            found[member.name + ("/" if member.isdir() else "")] = (file.read() if file else b"", mode)
    return found


def _packed(contents: dict[str, tuple[bytes, int]], seconds: int) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", compresslevel=9, fileobj=packed, mtime=seconds) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        # Ansible wants these two first.
        for name in sorted(contents, key=lambda name: (name not in (_MANIFEST, _INDEX), name != _MANIFEST, name)):
            data, mode = contents[name]
            member = tarfile.TarInfo(name.rstrip("/"))
            member.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            member.size, member.mode, member.mtime = len(data), mode, seconds
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
