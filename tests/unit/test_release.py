# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same files give the same artifact, byte for byte, and it can be installed; and when a release is refused."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from tools import release
from tools.artifact import build

ROOT = Path(__file__).parents[2]
FILES = {
    "galaxy.yml": "namespace: some\nname: thing\nversion: 1.2.3\nreadme: README.md\nauthors: [somebody]\n",
    "README.md": "# Some thing\n",
    "plugins/modules/one.py": "# one\n",
    "plugins/modules/two.py": "# two\n",
    "roles/three/tasks/main.yml": "[]\n",
}


def written(folder: Path, names: list[str], mode: int, age: int) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name])
        path.chmod(mode)
        os.utime(path, (age, age))
    return folder


@pytest.mark.more
def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path / "first", list(FILES), 0o600, 10**9)
    second = written(tmp_path / "second", list(reversed(FILES)), 0o664, 10**9 + 5)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = build(first, tmp_path / "a", 1700000000), build(second, tmp_path / "b", 1700000000)
    assert one.name == "some-thing-1.2.3.tar.gz"
    assert one.read_bytes() == other.read_bytes()
    (second / "README.md").write_text("# Another thing\n")
    assert build(second, tmp_path / "b", 1700000000).read_bytes() != one.read_bytes()
    with tarfile.open(one) as archive:
        members = archive.getmembers()
        index = archive.extractfile("FILES.json")
        manifest = archive.extractfile("MANIFEST.json")
        assert index and manifest
        listed = json.loads(manifest.read())["file_manifest_file"]["chksum_sha256"]
        assert listed == hashlib.sha256(index.read()).hexdigest()
    assert {(one.uid, one.gid, one.uname, one.mtime) for one in members} == {(0, 0, "", 1700000000)}
    assert {one.mode for one in members} == {0o644, 0o755}

    galaxy = [str(Path(sys.executable).parent / "ansible-galaxy"), "collection"]
    place = {**os.environ, "HOME": str(tmp_path), "ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "installed")}
    for command in (
        ["install", str(one), "--offline", "-p", str(tmp_path / "installed")],
        ["verify", "--offline", "some.thing"],
    ):
        done = subprocess.run([*galaxy, *command], env=place, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("version", "git", "said"),
    [
        ("1.0", {}, "not a semantic version"),
        ("", {}, "not a semantic version"),
        ("v1.0.0", {}, "not a semantic version"),
        ("1.0.0", {"status": " M README.md"}, "not committed"),
        ("1.0.0", {"tag": "v1.0.0"}, "a tag v1.0.0 already"),
    ],
)
@pytest.mark.more
def test_no_release(
    version: str, git: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(release, "git", lambda *words: git.get(words[0], ""))
    assert release.main(version, ROOT) == 1
    assert said in capsys.readouterr().err


def cells(page: str, headings: list[str]) -> list[list[str]]:
    """The rows of the table of a page that has these headings."""
    for table in page.split(".. list-table::")[1:]:
        indented = re.split(r"\n(?=\S)", table)[0]
        rows = [re.split(r"\n\s+-", row) for row in re.split(r"\n\s+\* -", indented)[1:]]
        first, *others = [[cell.strip() for cell in row] for row in rows]
        if first == headings:
            return others
    raise AssertionError(f"no table of {headings}")


def test_what_is_supported_is_said_alike() -> None:
    def text(name: str) -> str:
        return (ROOT / name).read_text(encoding="utf-8")

    [matrix] = re.findall(r"^MATRIX := (.*)$", text("Makefile"), re.MULTILINE)
    page = text("docs/docsite/rst/support.rst")
    rows = cells(page, ["ansible-core", "Tested with", "Python", "Ansible Automation Platform"])
    tested = [f"{python}-{core}" for _version, core, pythons, _platform in rows for python in pythons.split(", ")]
    assert tested == matrix.split()
    assert yaml.safe_load(text(".github/workflows/ci.yml"))["jobs"]["versions"]["strategy"]["matrix"]["entry"] == tested
    assert all(core.startswith(f"{version}.") for version, core, *_rest in rows)
    lowest, python = rows[0][0], "3.11"
    assert min(tested, key=lambda one: int(one.partition("-")[0].partition(".")[2])).startswith(f"{python}-")
    assert yaml.safe_load(text("meta/runtime.yml"))["requires_ansible"] == f">={lowest}.0"
    assert yaml.safe_load(text("tests/config.yml"))["modules"]["python_requires"] == f">={python}"
    for role in ("connector", "mobile_access"):
        assert yaml.safe_load(text(f"roles/{role}/meta/main.yml"))["galaxy_info"]["min_ansible_version"] == lowest
    for name in ("README.md", "docs/docsite/rst/support.rst"):
        assert re.search(rf"ansible-core {lowest} (and|or) newer, with Python {python} or newer", text(name)), name
    assert f"ansible-core {lowest} or newer" in text("docs/site/index.rst")
    assert f"ansible-core>={lowest}" in text("docs/docsite/rst/guide_many_tenants.rst")
    # Each page that should link there does.
    assert "docs/docsite/rst/support.rst" in text("README.md")
    assert all("docsite.support>" in text(name) for name in ("docs/site/index.rst", "docs/docsite/rst/upgrading.rst"))


def test_the_addresses_of_the_project_are_said_alike() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    links = yaml.safe_load((ROOT / "docs/docsite/links.yml").read_text(encoding="utf-8"))["extra_links"]
    assert [link["url"] for link in links] == [galaxy["issues"], galaxy["repository"], galaxy["homepage"]]
