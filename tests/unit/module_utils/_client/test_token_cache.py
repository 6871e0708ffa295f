# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens that tasks share: one sign-in for all, no token that others could read or plant, no refused token."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client import token_cache, token_memory
from ansible_collections.intune.exchange.plugins.module_utils._client.token_memory import Token
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.modules import connector_info
from simulator import Simulator

from ..conftest import DEFAULTS, Clock

Info = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tokens"


@pytest.fixture
def info(simulator: Simulator, clock: Clock, folder: Path) -> Info:
    """Runs `connector_info` with a token cache, as one task."""

    def run(method: str = "client_secret", tenant: str = "ready", memory: Any = None, **options: Any) -> dict[str, Any]:
        params = {**DEFAULTS, **simulator.options(tenant, method), "token_cache": f"{folder}/", **options}
        return engine.run_declaration(connector_info.DECLARATION, params, False, memory=memory, **clock.options)

    return run


def sign_ins(simulator: Simulator) -> int:
    asked = [one for one in simulator.requests() if one["operation"] == "token" or one["service"] == "identity"]
    return len([one for one in asked if one["status"] == 200])


def files(folder: Path, ending: str = "json") -> list[Path]:
    return sorted(folder.glob(f"*.{ending}"))


def only(folder: Path) -> Path:
    [path] = files(folder)
    return path


@pytest.mark.parametrize("method", ["client_secret", "certificate", "pfx", "federated_token", "managed_identity"])
def test_the_second_task_does_not_sign_in(
    simulator: Simulator, info: Info, folder: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", simulator.urls["managed_identity_url"])
    assert not info(method).get("failed") and not info(method).get("failed")
    assert sign_ins(simulator) == 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_ten_tasks_at_once_sign_in_once(simulator: Simulator, folder: Path) -> None:
    params = {**DEFAULTS, **simulator.options("ready"), "token_cache": str(folder)}
    # The one that signs in must retry, so that the others wait for it.
    simulator.fault(match="token", kind="status", status=429, headers={"Retry-After": "0.2"})
    with ThreadPoolExecutor(10) as pool:
        results = list(
            pool.map(lambda _one: engine.run_declaration(connector_info.DECLARATION, params, False), range(10))
        )
    assert not [one for one in results if one.get("failed")]
    assert sign_ins(simulator) == 1


def test_a_task_does_not_wait_for_another_for_ever(info: Info, folder: Path, clock: Clock) -> None:
    info()
    with open(files(folder, "lock")[0], "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = info(timeout=10)
    assert result["error"]["kind"] == "timeout" and "another task is signing in" in result["msg"]
    assert "did not finish in the 10 s that were left for this task" in result["msg"]
    assert "The result of that task says what kept it" in result["msg"]
    assert clock.sleeps and sum(clock.sleeps) <= 10


def test_another_credential_does_not_get_the_token(simulator: Simulator, info: Info, folder: Path) -> None:
    memory: dict[str, Token] = {}
    info(memory=memory)
    wrong = info(client_secret="a-wrong-secret-canary", memory=memory)
    assert wrong["error"]["kind"] == "sign_in" and "AADSTS7000215" in wrong["msg"]
    info("certificate", memory=memory)
    info(tenant="connected", memory=memory)
    assert sign_ins(simulator) == 3 == len(files(folder)) == len(memory)
    pfx = info("pfx", certificate_password="a-wrong-secret-canary", memory=memory)
    assert "cannot be opened" in pfx["msg"]


def test_a_refused_token_is_not_served_again(simulator: Simulator, info: Info, folder: Path) -> None:
    info()
    first = only(folder).read_text()
    simulator.fault(match="graph", kind="status", status=401)
    assert not info().get("failed") and sign_ins(simulator) == 2
    second = only(folder).read_text()
    assert second != first
    simulator.fault(match="graph", kind="status", status=401, count=2)
    assert info()["error"]["status"] == 401 and sign_ins(simulator) == 3
    # The new one is as new as any: the next task uses it, and does not sign in once more.
    assert only(folder).read_text() not in (first, second)
    assert not info().get("failed") and sign_ins(simulator) == 3


def test_a_newer_token_of_another_task_stays(simulator: Simulator, folder: Path, signed_in: Any) -> None:
    """Ten tasks hold a revoked token: the first to notice signs in, the others use its token."""
    early, late = (signed_in(token_cache=str(folder)) for _each in range(2))
    token = early.tokens.bearer("graph")
    assert late.tokens.bearer("graph") == token
    early.tokens.refused("graph", token)
    renewed = early.tokens.bearer("graph")
    late.tokens.refused("graph", token)
    assert late.tokens.bearer("graph") == renewed != token
    assert sign_ins(simulator) == 2


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: float) -> None:
    for module in (token_cache, token_memory):
        monkeypatch.setattr(module, "now", lambda: moment)


def test_a_token_is_used_while_it_has_enough_life_left(
    simulator: Simulator, info: Info, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory: dict[str, Token] = {}
    now = time.time()
    for later, expected in ((0, 1), (3200, 1), (3400, 2), (10_000, 3)):
        set_clock(monkeypatch, now + later)
        assert not info(memory=memory).get("failed")
        assert sign_ins(simulator) == expected, later


def test_tokens_that_have_ended_go(info: Info, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    info()
    info(tenant="connected")
    kept = {path.name for path in folder.iterdir()}
    assert len(kept) == 4
    (folder / "mine.json").write_text("of somebody who named the wrong folder")
    os.utime(folder / "mine.json", (1, 1))
    set_clock(monkeypatch, now + 4000)
    info(tenant="nothing")
    left = {path.name for path in folder.iterdir()}
    assert len(left) == 3 and "mine.json" in left and not left & kept


SPOILT = {
    "empty": b"",
    "truncated": b'{"token": "eyJ0eXAi',
    "no JSON": b"\x00\xff",
    "a list": b"[]",
    "no expiry": b'{"token": "eyJ0eXAi"}',
    "never ends": b'{"token": "eyJ0eXAi", "expires": Infinity}',
    "no number": b'{"token": "eyJ0eXAi", "expires": "NaN"}',
    "a header": b'{"token": "a\\r\\nX-Other: b", "expires": 99999999999}',
    "endless": b" " * 100_000,
    "deep": b"[" * 60_000,
    "ends too late to say": b'{"token": "eyJ0eXAi", "expires": ' + b"9" * 400 + b"}",
}


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_a_corrupted_file_of_ours_is_replaced(simulator: Simulator, info: Info, folder: Path, content: bytes) -> None:
    info()
    whole = only(folder)
    whole.write_bytes(content)
    assert not info().get("failed") and sign_ins(simulator) == 2
    assert set(json.loads(whole.read_bytes())) == {"token", "expires"}
    info()
    assert sign_ins(simulator) == 2


def test_a_writer_that_was_killed_leaves_no_trouble(simulator: Simulator, info: Info, folder: Path) -> None:
    info()
    draft = only(folder).with_suffix(".new")
    only(folder).rename(draft)
    draft.write_bytes(b'{"token": "eyJ')
    assert not info().get("failed") and not draft.exists() and len(files(folder)) == 1


def _link(path: Path, elsewhere: Path) -> None:
    shutil.move(path, elsewhere)
    path.symlink_to(elsewhere)


def _second_name(path: Path, elsewhere: Path) -> None:
    os.link(path, elsewhere)


def _pipe(path: Path, elsewhere: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _open_to_others(path: Path, elsewhere: Path) -> None:
    path.chmod(path.stat().st_mode | 0o040)


@pytest.mark.parametrize(
    ("what", "spoil", "reason"),
    [
        ("folder", _link, "is a link. Specify a folder that you own, with mode 0700"),
        ("folder", _open_to_others, r"is open to others \(mode 0740\)"),
        ("json", _link, "is a link. Remove it, and check who added it"),
        ("json", _second_name, "has a second name"),
        ("json", _open_to_others, r"is open to others \(mode 0640\)"),
        ("json", _pipe, "is not a regular file"),
        ("lock", _link, "is a link"),
        ("lock", _open_to_others, "is open to others"),
    ],
)
def test_what_others_could_read_or_place_is_refused(
    simulator: Simulator, info: Info, folder: Path, tmp_path: Path, what: str, spoil: Any, reason: str
) -> None:
    info()
    spoil(folder if what == "folder" else files(folder, what)[0], tmp_path / "elsewhere")
    result = info()
    assert result["error"]["kind"] == "usage"
    assert re.search(rf"{folder} of token_cache \(INTUNE_EXCHANGE_TOKEN_CACHE\) {reason}", result["msg"]), result["msg"]
    assert sign_ins(simulator) == 1


def test_what_belongs_to_somebody_else_is_refused(
    simulator: Simulator, info: Info, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info()
    me = os.geteuid()
    monkeypatch.setattr(token_cache.os, "geteuid", lambda: me + 1)
    result = info()
    assert f"belongs to the user with id {me}, not to the one that runs the task (id {me + 1})" in result["msg"]
    assert result["error"]["kind"] == "usage" and sign_ins(simulator) == 1


def test_a_folder_that_cannot_be_made_is_named(info: Info, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path, reason in (("file", "Not a directory"), ("nowhere/tokens", "No such file or directory")):
        result = info(token_cache=str(tmp_path / path))
        assert f"the folder {tmp_path / path} of token_cache" in result["msg"] and reason in result["msg"]


def test_ready_tokens_are_not_kept(simulator: Simulator, info: Info, folder: Path) -> None:
    assert not info("token").get("failed")
    assert not folder.exists()


def test_no_token_is_shown(simulator: Simulator, info: Info, folder: Path) -> None:
    info()
    token = json.loads(only(folder).read_text())["token"]
    simulator.fault(match="graph", kind="status", status=400, body={"error": {"code": token, "message": token}})
    result = info()
    assert result["failed"] and sign_ins(simulator) == 1 and token not in str(result)
    assert token not in repr(Token(token, 0)) and token not in "".join(path.name for path in folder.iterdir())
