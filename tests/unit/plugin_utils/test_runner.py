# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The in-process runner: behaviour that no module of ours shows."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.utils.display import Display

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import ENVIRONMENT
from ansible_collections.intune.exchange.plugins.module_utils._engine.run import Declaration
from ansible_collections.intune.exchange.plugins.plugin_utils import _runner

ALIASED = {
    "name": {
        "type": "str",
        "aliases": ["title"],
        "deprecated_aliases": [{"name": "title", "version": "9.0.0", "collection_name": "intune.exchange"}],
    }
}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests must not use a tenant of the environment."""
    for name in ENVIRONMENT.values():
        monkeypatch.delenv(name, raising=False)


def served(options: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    task = SimpleNamespace(args=arguments, check_mode=False, no_log=False, resolved_action="intune.exchange.some")
    declaration = Declaration("try it", lambda tenant, params, check_mode: {"name": params["name"]}, options)
    action: Any = SimpleNamespace(_task=task)
    return _runner.ActionModule._serve(action, declaration, {"ansible_inject_invocation": True})  # as before 2.21


def test_warnings_and_deprecations_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those of a module process: about a deprecated alias, and one given twice."""
    shown: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, msg, **_rest: shown.append(msg))
    monkeypatch.setattr(Display, "deprecated", lambda self, msg, **_rest: shown.append(msg))
    result = served(ALIASED, name="a", title="b", tenant_id="contoso.example", graph_token="t", auth_method="token")
    assert not result.get("failed"), result
    # Before ansible-core 2.19, Ansible shows what a result has.
    shown += result.get("warnings", []) + [one["msg"] for one in result.get("deprecations", [])]
    assert any("Alias 'title' is deprecated" in one for one in shown)
    assert any("Both option name and its alias title are set" in one for one in shown)


@pytest.mark.parametrize("option", ["proxy", "authority_url", "graph_url", "exchange_url"])
@pytest.mark.parametrize("address", ["https://svc:a-canary%21@host.example", "svc:a-canary!@host.example/path"])
def test_what_is_secret_in_an_address_is_not_shown(option: str, address: str) -> None:
    """Only a proxy address may have a password; any other is refused, and the result contains the arguments as well."""
    signed_in = {"tenant_id": "contoso.example", "graph_token": "t", "auth_method": "token", "name": "a"}
    result = served({"name": {"type": "str"}}, **signed_in, **{option: address})
    assert "a-canary" not in json.dumps(result) and result["invocation"]["module_args"]["name"] == "a"
    assert result.get("failed") or option == "proxy"


def test_arguments_that_break_the_validation_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self, *_args: Any, **_options: Any) -> None:
            raise RuntimeError("a-secret-canary")

    monkeypatch.setattr(_runner, "ModuleArgumentSpecValidator", Broken)
    result = served(ALIASED, name="a-secret-canary")
    assert result["failed"] and "canary" not in str(result)


def test_what_a_process_returned_shows_no_secret() -> None:
    """As in ansible-core 2.22, which masks secrets only on display."""
    secrets = {"client_secret": "canary-given", "graph_token": "canary-from-environment"}
    declaration = Declaration(
        "try it", lambda tenant, params, check_mode: {}, {"word": {"type": "str", "no_log": True}}
    )
    result = {
        "msg": "value of state must be one of: present, got: canary-given",
        "invocation": {"module_args": {**secrets, "word": "abc", "name": "abcdef", "client_id": None}},
        "ansible_parsed": True,
        "failed": True,
    }
    shown = _runner._of_process(declaration, {"client_secret": "canary-given", "word": "abc"}, result)
    hidden = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert shown == {
        "msg": "value of state must be one of: present, got: ********",
        "invocation": {
            "module_args": {
                "client_secret": hidden,
                "graph_token": hidden,
                "word": hidden,
                "name": "abcdef",
                "client_id": None,
            }
        },
        "failed": True,
    }
    assert _runner._of_process(declaration, {}, {"changed": False}) == {"changed": False}


def test_a_result_of_the_engine_is_searched_for_secrets_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the limit of the task; the runner searches its own additions."""
    searched: list[Any] = []

    def clean_within(_allowed: Any, _redactor: Any, result: Any) -> Any:
        searched.append(result)
        return result

    monkeypatch.setattr(_runner, "clean_within", clean_within)
    token = {"auth_method": "token", "graph_token": "canary-token"}
    found = served({"name": {"type": "str"}}, name="see canary-token", tenant_id="contoso.example", **token)
    assert found["name"] == "see ********" and not any("name" in one for one in searched)


def test_a_result_of_a_process_is_searched_for_secrets_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_runner, "_LONGEST_LOOK", 0.0)
    declaration = Declaration("try it", lambda tenant, params, check_mode: {})
    given = {"client_secret": "canary-given", "tenant_id": "contoso.example"}
    result = _runner._of_process(declaration, given, {"changed": True, "rows": ["x" * 100_000 + "canary-given"]})
    assert result["failed"] and result["error"]["kind"] == "timeout" and "canary" not in str(result)


def test_a_long_result_is_not_shown_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty-five thousand devices are 71 MB on a terminal. A registered result has all of them."""
    shown: list[str] = []
    monkeypatch.setattr(Display, "display", lambda self, msg, **_rest: shown.append(msg))
    few: dict[str, Any] = {"devices": [{}] * 200}
    many: dict[str, Any] = {"devices": [{}] * 25_000, "names": ["x"]}
    for verbosity, result, summary in ((0, many, 0), (1, few, 0), (1, many, 1), (3, many, 1), (4, many, 0)):
        monkeypatch.setattr(_runner._display, "verbosity", verbosity)
        shown.clear()
        found = _runner._summarized(result)
        assert len(shown) == summary and bool(found.pop("_ansible_verbose_override", False)) is bool(summary)
        assert found == result
    monkeypatch.setattr(_runner._display, "verbosity", 1)
    assert _runner._summarized({**many, "failed": True}) == {**many, "failed": True}
    _runner._summarized(many)
    assert shown[-1] == (
        "The result is too long to be shown (devices: 25,000 items). Register it, "
        "set INTUNE_EXCHANGE_RESULTS_FOLDER to a folder for it, or use -vvvv."
    )


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"snapshot": {"exchange": {"devices": [{}] * 3000, "rules": [1]}}}, "snapshot.exchange.devices: 3,000 items"),
        ({"checks": [{"people": ["x"] * 201}, {"people": ["x"] * 202}]}, "checks.people: 202 items"),
        ({"by_id": {str(number): 1 for number in range(1000)}}, "by_id: 1,000 items"),
        ({"file": {"text": "x" * 30_000}}, "file.text: 30,000 characters"),
        ({"rows": [{"cells": list(range(100))}] * 150}, "all of it: 15,302 values"),
    ],
    ids=["nested", "in a list", "a mapping", "a text", "many short ones"],
)
def test_what_is_long_at_any_depth_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, result: dict[str, Any], said: str
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Display, "display", lambda self, msg, **_rest: shown.append(msg))
    monkeypatch.setattr(_runner._display, "verbosity", 1)
    assert _runner._summarized(result) == {**result, "_ansible_verbose_override": True}
    assert f"too long to be shown ({said})" in shown[0]


@pytest.mark.parametrize("verbosity", [0, 1])
def test_a_long_result_goes_to_a_file_on_request(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, verbosity: int
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Display, "display", lambda self, msg, **_rest: shown.append(msg))
    monkeypatch.setattr(Display, "warning", lambda self, msg, **_rest: shown.append(msg))
    monkeypatch.setattr(_runner._display, "verbosity", verbosity)
    many: dict[str, Any] = {"devices": [{"name": "\u00e9"}] * 201, "_ansible_no_log": False}
    for _twice in range(2):  # as the items of a loop
        found = _runner._summarized(many, str(tmp_path), "mobile_device_info-../host 1")
        assert found["devices"] == many["devices"]
    files = list(tmp_path.iterdir())
    assert len(files) == 2 and {json.loads(one.read_text())["devices"][200]["name"] for one in files} == {"\u00e9"}
    assert all(one.stat().st_mode & 0o777 == 0o600 and "_ansible_no_log" not in one.read_text() for one in files)
    assert all(one.name.startswith("mobile_device_info-.._host_1-") for one in files)
    assert shown.count(f"The result is in {files[0]}.") == 1 and "Register it" not in " ".join(shown)
    shown.clear()
    _runner._summarized(many, str(tmp_path / "missing"), "x")  # the data must not be lost because of that
    assert shown[0].endswith("missing (INTUNE_EXCHANGE_RESULTS_FOLDER): No such file or directory.")
    _runner._summarized({"devices": [{}]}, str(tmp_path), "short")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_part_of_a_long_result_is_in_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(_result: Any, file: Any) -> None:
        file.write('{"devices": [')
        raise OSError(28, "No space left on device")

    shown: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, msg, **_rest: shown.append(msg))
    monkeypatch.setattr(_runner.json, "dump", full)
    _runner._summarized({"devices": [{}] * 201}, str(tmp_path), "x")
    assert list(tmp_path.iterdir()) == [] and shown[0].endswith("No space left on device.")


def test_the_environment_of_the_controller_is_known_through_links(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The files in two environments are links to one Python, and yet two that hold other packages."""
    (base := tmp_path / "base").mkdir()
    (base / "python3").touch()
    for name in ("own", "other"):
        (folder := tmp_path / name / "bin").mkdir(parents=True)
        (folder / "python3").symlink_to(base / "python3")
    (tmp_path / "linked").symlink_to(tmp_path / "own")
    monkeypatch.setattr(_runner.sys, "executable", str(tmp_path / "linked" / "bin" / "python3"))
    found = {
        name: _runner._of_controller(str(tmp_path / name / "bin" / "python3")) for name in ("own", "linked", "other")
    }
    assert found == {"own": True, "linked": True, "other": False}
    assert not _runner._of_controller(str(base / "python3")) and _runner._of_controller("auto_silent")


def test_an_unknown_option_gets_the_nearest_name() -> None:
    """Ansible lists all options, of which there are thirty."""
    declaration = Declaration("try it", lambda tenant, params, check_mode: {}, {"access": {"type": "str"}})
    failed = {"failed": True, "msg": served({"access": {"type": "str"}}, acess="a", xyz="b")["msg"]}
    said = _runner._with_nearest(failed, declaration)["msg"]
    assert "acess, xyz. Supported parameters include: access, " in said and said.endswith(". Did you mean access?")
    for other in ({"failed": True, "msg": "value of access must be one of: allowed, got: alowed"}, {"changed": False}):
        assert _runner._with_nearest(dict(other), declaration) == other
