# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All of a release but the upload, from the last commit, in .cache/release. See CONTRIBUTING.md.

python -m tools.release VERSION STAGE
"""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.artifact import build

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / ".cache" / "release"
BIN = Path(sys.executable).parent
# https://semver.org, without build metadata, which Galaxy does not take
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
_RUNTIME = ("msal", "requests")


class Refused(Exception):
    """The release cannot be made, and why."""


def main(version: str, stage: Path) -> int:
    """`stage` holds the files of the last commit, as a repository of its own."""
    try:
        check(version)
        shutil.rmtree(TARGET, ignore_errors=True)
        TARGET.mkdir(parents=True)
        seconds = int(git("log", "-1", "--format=%ct"))
        prepare(version, stage, seconds)
        (TARGET / f"{version}.patch").write_text(run("git", "-C", stage, "diff", "--cached"), encoding="utf-8")
        artifact = build(stage, TARGET, seconds)
        imported(artifact)
        checked(artifact)
        (TARGET / f"{artifact.name}.cdx.json").write_text(bill(artifact, version, stage), encoding="utf-8")
        kept = sorted(path for path in TARGET.iterdir() if path.is_file())
        sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in kept]
        (TARGET / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    except Refused as error:
        print(f"No release: {error}", file=sys.stderr)
        return 1
    print("".join(sums), end="")
    print(
        f"Left to do: git apply --index .cache/release/{version}.patch && git commit && git tag v{version}, and upload"
    )
    return 0


def check(version: str) -> None:
    if not _VERSION.fullmatch(version):
        raise Refused(f"VERSION is '{version}', which is not a semantic version such as 1.0.0")
    if git("status", "--porcelain"):
        raise Refused("the checkout has changes that are not committed")
    if git("tag", "--list", f"v{version}"):
        raise Refused(f"there is a tag v{version} already")
    if not list((ROOT / "changelogs" / "fragments").glob("*.yml")):
        raise Refused("changelogs/fragments is empty, so nothing says what is new")


def prepare(version: str, stage: Path, seconds: int) -> None:
    """The version and the changelog, to be committed on top of the current files of the stage."""
    nobody = ("-c", "user.name=release", "-c", "user.email=release@intune-exchange.example")
    run("git", "-C", stage, *nobody, "commit", "-q", "-m", "as it is")
    galaxy = stage / "galaxy.yml"
    text = re.sub(r"^version: .*$", f"version: {version}", galaxy.read_text(encoding="utf-8"), flags=re.MULTILINE)
    galaxy.write_text(text, encoding="utf-8")
    day = run("date", "-u", "-d", f"@{seconds}", "+%Y-%m-%d").strip()
    run(BIN / "antsibull-changelog", "release", "--version", version, "--date", day, cwd=stage)
    run("git", "-C", stage, "add", "-A")


def imported(artifact: Path) -> None:
    """Galaxy's findings; there must be none."""
    settings = configparser.ConfigParser()
    no, yes = dict.fromkeys(("run_ansible_test", "local_image_docker", "infra_osd"), "False"), "True"
    settings["galaxy-importer"] = {**no, "run_ansible_doc": yes, "run_ansible_lint": yes, "run_flake8": "False"}
    path = TARGET / "importer.cfg"
    with path.open("w", encoding="utf-8") as file:
        settings.write(file)
    said = run(sys.executable, "-m", "galaxy_importer.main", artifact, cwd=TARGET, GALAXY_IMPORTER_CONFIG=str(path))
    path.unlink()
    (TARGET / "importer_result.json").unlink(missing_ok=True)
    wrong = [line for line in said.splitlines() if re.search(r"WARNING|ERROR", line)]
    if wrong:
        raise Refused("galaxy-importer has something to say:\n" + "\n".join(wrong))


def checked(artifact: Path) -> None:
    """The findings of ansible-test on the installed artifact; there must be none."""
    place = TARGET / "sanity"
    folder = place / "ansible_collections" / "intune" / "exchange"
    folder.mkdir(parents=True)
    shutil.unpack_archive(artifact, folder)
    run("git", "-C", folder, "init", "-q")  # ansible-test walks up to the next repository, and uses its files
    run("git", "-C", folder, "add", "-A")
    run(sys.executable, "-m", "tools.sanity", place)
    shutil.rmtree(place)


def bill(artifact: Path, version: str, stage: Path) -> str:
    """The dependencies of the collection in their tested versions: CycloneDX, for the artifact."""
    pins = {
        line.partition("==")[0]: line
        for line in (stage / "requirements-test.txt").read_text(encoding="utf-8").splitlines()
    }
    place = TARGET / "runtime"
    uv = ROOT / ".cache" / "uv" / "bin" / "uv"
    run(uv, "venv", "-q", "-p", sys.executable, place)
    run(uv, "pip", "install", "-q", "-p", place / "bin" / "python", *(pins[name] for name in _RUNTIME))
    form = ("--output-reproducible", "--output-format", "JSON")
    found: dict[str, Any] = json.loads(run(BIN / "cyclonedx-py", "environment", *form, place))
    shutil.rmtree(place)
    reference = f"intune.exchange@{version}"
    found.setdefault("metadata", {})["component"] = {
        "type": "library",
        "bom-ref": reference,
        "group": "intune",
        "name": "exchange",
        "version": version,
        "licenses": [{"license": {"id": "GPL-3.0-or-later"}}],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(artifact.read_bytes()).hexdigest()}],
    }
    used = [one["bom-ref"] for one in found["components"] if one["name"] in _RUNTIME]
    found["dependencies"] = [{"ref": reference, "dependsOn": sorted(used)}, *found.get("dependencies", [])]
    return json.dumps(found, indent=2, sort_keys=True) + "\n"


def git(*words: str) -> str:
    return run("git", "-c", "safe.directory=*", "-C", ROOT, *words).strip()


def run(*words: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
