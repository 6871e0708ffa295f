# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else writes the list of certificates between the requests of a task: no visible change gets lost."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.intune.exchange.plugins.module_utils._applications.key_files import (
    make_certificate_file,
    read_certificate_file,
    write_private,
)
from ansible_collections.intune.exchange.plugins.modules import application, application_credential
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
TENANT = "first_contact"
OURS = {"unique_name": "intune-exchange", "tenant": TENANT}
READ, WRITE = "applications.GetByUniqueName", "applications.UpdateApplication"


class SomebodyElse:
    """Reads and writes the list directly, as another tool does."""

    def __init__(self, simulator: Simulator) -> None:
        self.path = "/v1.0/applications(uniqueName='intune-exchange')"
        self.url = f"{simulator.urls['graph_url']}{self.path}"
        self.how: dict[str, Any] = {
            "headers": {"Authorization": f"Bearer {simulator.token('graph', TENANT)}"},
            "verify": simulator.urls["ca_path"],
            "timeout": 20,
        }

    def read(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}?$select=keyCredentials", **self.how)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["keyCredentials"]
        return found

    def write(self, listed: list[dict[str, Any]]) -> None:
        answer = requests.patch(self.url, json={"keyCredentials": listed}, **self.how)
        assert answer.status_code == 204, answer.text

    def names(self) -> list[str]:
        return sorted(one["displayName"] for one in self.read())


@pytest.fixture
def other(run: Run, simulator: Simulator) -> SomebodyElse:
    run(application, **OURS)
    return SomebodyElse(simulator)


@lru_cache
def key(name: str) -> bytes:
    """A file with a key, which takes long to generate."""
    with tempfile.TemporaryDirectory() as folder:
        make_certificate_file(f"{folder}/key.pem", name, 300)
        return Path(folder, "key.pem").read_bytes()


def entry(folder: Path, name: str) -> dict[str, Any]:
    path = str(folder / f"{name}.pem")
    write_private(path, key(name))
    made = read_certificate_file(path)
    assert made is not None
    return {"type": "AsymmetricX509Cert", "usage": "Verify", "key": made.key, "displayName": name}


def own_writes(simulator: Simulator) -> int:
    return len([one for one in simulator.requests() if one["operation"] == WRITE and one["effect"]])


def kept(run: Run, folder: Path, **options: Any) -> dict[str, Any]:
    path = folder / "key.pem"
    if not path.exists():
        write_private(str(path), key("ours"))
    return run(application_credential, **OURS, kind="certificate", path=str(path), **options)


def written(path: str, listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {"method": "PATCH", "path": path, "body": {"keyCredentials": listed}}


@pytest.mark.parametrize("read", [1, 2, 3])
def test_what_somebody_adds_before_the_write_stays(
    run: Run, simulator: Simulator, other: SomebodyElse, tmp_path: Path, read: int
) -> None:
    """The task plans with reads 1 and 2; the third is right before it writes."""
    other.write([entry(tmp_path, "first")])
    both = [*other.read(), entry(tmp_path, "second")]
    simulator.fault(match=READ, kind="second_writer", nth=read, request=written(other.path, both))
    assert kept(run, tmp_path)["changed"]
    assert other.names() == ["first", "intune-exchange", "second"]


def test_the_certificate_is_written_again_where_an_older_list_was_written_over_it(
    run: Run, simulator: Simulator, other: SomebodyElse, tmp_path: Path
) -> None:
    other.write([entry(tmp_path, "first")])
    older = [*other.read(), entry(tmp_path, "second")]
    simulator.fault(match=WRITE, kind="second_writer", phase="after_effect", request=written(other.path, older))
    result = kept(run, tmp_path)
    assert result["changed"] and own_writes(simulator) == 2, result
    assert other.names() == ["first", "intune-exchange", "second"]
    assert not kept(run, tmp_path)["changed"]


def test_who_always_writes_over_it_is_reported(
    run: Run, simulator: Simulator, other: SomebodyElse, tmp_path: Path
) -> None:
    older = [entry(tmp_path, "first")]
    simulator.fault(
        match=WRITE, kind="second_writer", phase="after_effect", count=9, request=written(other.path, older)
    )
    result = kept(run, tmp_path)
    assert result["error"]["kind"] == "conflict" and "at the same time" in result["msg"], result
    simulator.clear_faults()
    assert kept(run, tmp_path)["changed"] and other.names() == ["first", "intune-exchange"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_only_what_was_announced_is_removed(
    run: Run, simulator: Simulator, other: SomebodyElse, tmp_path: Path, state: str
) -> None:
    kept(run, tmp_path)
    other.write([*other.read(), entry(tmp_path, "first")])
    options = {"remove_others": True} if state == "present" else {"state": "absent"}
    announced = kept(run, tmp_path, check_mode=True, **options)["diff"]["after"]["certificates"]
    more = [*other.read(), entry(tmp_path, "second")]
    simulator.fault(match=READ, kind="second_writer", nth=3, request=written(other.path, more))
    assert kept(run, tmp_path, **options)["changed"]
    assert other.names() == sorted([*(one["name"] for one in announced), "second"])


@pytest.mark.parametrize("phase", ["before_effect", "after_effect"])
def test_a_write_that_got_lost_is_made_once(
    run: Run, simulator: Simulator, other: SomebodyElse, tmp_path: Path, phase: str
) -> None:
    simulator.fault(match=WRITE, kind="reset", phase=phase)
    assert kept(run, tmp_path)["changed"] and other.names() == ["intune-exchange"]


def test_a_list_that_reads_show_late_is_not_written_again(
    run: Run, simulator: Simulator, other: SomebodyElse, tmp_path: Path
) -> None:
    other.write([entry(tmp_path, "first")])
    simulator.fault(match=READ, kind="stale_read", count=2)
    assert kept(run, tmp_path)["changed"] and other.names() == ["first", "intune-exchange"]
    assert own_writes(simulator) == 1
