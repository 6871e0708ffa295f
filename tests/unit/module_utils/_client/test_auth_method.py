# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.auth_method import choose_method, outranking
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError


@pytest.fixture(autouse=True)
def no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if the tests themselves run in a GitHub job."""
    for name in GITHUB:
        monkeypatch.delenv(name, raising=False)


GITHUB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://github.example/?v=2", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"}


@pytest.mark.parametrize(
    ("params", "method"),
    [
        ({"client_id": "i"}, "federated_token"),
        ({"client_id": "i", "auth_method": "federated_token"}, "federated_token"),
        ({"client_id": "i", "client_secret": "s"}, "client_secret"),
        ({"graph_token": "t", "client_id": "i"}, "token"),
        ({"client_id": "i", "federated_token": "j"}, "federated_token"),
    ],
)
def test_a_job_of_github_needs_no_credential(
    monkeypatch: pytest.MonkeyPatch, params: dict[str, str], method: str
) -> None:
    for name, value in GITHUB.items():
        monkeypatch.setenv(name, value)
    assert choose_method(params) == method
    with pytest.raises(TenantError, match="no credentials are set") as refused:
        choose_method({})
    assert refused.value.kind == "no_credentials"
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    with pytest.raises(TenantError, match="no credentials are set"):
        choose_method({"client_id": "i"})


@pytest.mark.parametrize(
    ("params", "method"),
    [
        ({"client_id": "i", "client_secret": "s"}, "client_secret"),
        ({"client_id": "i", "federated_token": "j"}, "federated_token"),
        ({"client_id": "i", "certificate_path": "c"}, "certificate"),
        ({"client_id": "i", "federated_token_file": "f"}, "federated_token"),
        ({"graph_token": "t"}, "token"),
        ({"exchange_token": "t", "client_id": "i"}, "token"),
        ({"auth_method": "managed_identity"}, "managed_identity"),
        ({"auth_method": "device_code", "client_id": "i"}, "device_code"),
        # named, so that the rest of the environment does not matter
        (
            {"auth_method": "certificate", "client_id": "i", "certificate_path": "c", "client_secret": "s"},
            "certificate",
        ),
    ],
)
def test_the_complete_method_is_taken(params: dict[str, str], method: str) -> None:
    assert choose_method(params) == method


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, ["no credentials are set", "client_id (AZURE_CLIENT_ID)", "client_secret (AZURE_CLIENT_SECRET)"]),
        ({"client_id": "i"}, ["no credentials are set"]),
        ({"client_secret": "s"}, ["client_secret (AZURE_CLIENT_SECRET) is set without client_id (AZURE_CLIENT_ID)"]),
        (
            {"client_id": "i", "client_secret": "s", "certificate_path": "c"},
            ["at once", "client_secret (AZURE_CLIENT_SECRET)", "certificate_path (AZURE_CLIENT_CERTIFICATE_PATH)"],
        ),
        ({"client_id": "i", "client_secret": "s", "graph_token": "t"}, ["at once", "graph_token"]),
        (
            {"client_id": "i", "federated_token": "j", "federated_token_file": "f"},
            ["set twice: federated_token (AZURE_FEDERATED_TOKEN), federated_token_file (AZURE_FEDERATED_TOKEN_FILE)"],
        ),
        (
            {"auth_method": "federated_token", "client_id": "i", "federated_token": "j", "federated_token_file": "f"},
            ["set twice"],
        ),
        ({"federated_token": "j"}, ["federated_token (AZURE_FEDERATED_TOKEN) is set without client_id"]),
        (
            {"auth_method": "federated_token", "client_id": "i"},
            ["also needs federated_token (AZURE_FEDERATED_TOKEN), federated_token_file"],
        ),
        ({"auth_method": "certificate", "client_id": "i"}, ["certificate also needs certificate_path"]),
        ({"auth_method": "token"}, ["token also needs graph_token", "exchange_token"]),
        ({"auth_method": "device_code"}, ["device_code also needs client_id"]),
    ],
)
def test_conflicts_and_gaps_name_options_and_variables(params: dict[str, str], words: list[str]) -> None:
    with pytest.raises(TenantError) as caught:
        choose_method(params)
    assert caught.value.kind == ("no_credentials" if "no credentials are set" in words else "usage")
    for word in words:
        assert word in str(caught.value)


SECRET = {"client_id": "i", "client_secret": "of the environment"}
CERTIFICATE = {"certificate_path": "of the task"}


@pytest.mark.parametrize(
    ("environment", "task", "method"),
    [
        ({**SECRET, "auth_method": "client_secret"}, CERTIFICATE, "certificate"),
        (SECRET, CERTIFICATE, "certificate"),
        ({**SECRET, "auth_method": "managed_identity"}, CERTIFICATE, "certificate"),
        ({**SECRET, **CERTIFICATE, "auth_method": "certificate"}, {"client_secret": "of the task"}, "client_secret"),
        (SECRET, {"graph_token": "t"}, "token"),
        ({"exchange_token": "e", "auth_method": "token"}, {"graph_token": "t"}, "token"),
        (SECRET, {"federated_token_file": "f", "auth_method": "federated_token"}, "federated_token"),
        # Of two forms of the same credential, the task's counts.
        ({"client_id": "i", "federated_token_file": "f"}, {"federated_token": "j"}, "federated_token"),
        ({"client_id": "i", "federated_token": "j"}, {"federated_token_file": "f"}, "federated_token"),
        # Values of the task or the environment alone count as before.
        ({**SECRET, **CERTIFICATE}, {"auth_method": "certificate"}, "certificate"),
        ({**SECRET, **CERTIFICATE, "auth_method": "certificate"}, {"client_id": "other"}, "certificate"),
        ({**SECRET, "auth_method": "client_secret"}, {"client_secret": None}, "client_secret"),
    ],
)
def test_the_task_outranks_the_environment(environment: dict[str, str], task: dict[str, str], method: str) -> None:
    params = outranking({**environment, **{name: value for name, value in task.items() if value}}, task)
    assert choose_method(params) == method
    if method == "token":
        assert params.get("exchange_token") == environment.get("exchange_token")  # one of the two may be the task's


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"client_secret": "s", **CERTIFICATE}, "client_secret, certificate_path"),
        ({"auth_method": "client_secret", **CERTIFICATE}, "auth_method client_secret, certificate_path"),
        ({"auth_method": "client_secret", "client_secret": "s", **CERTIFICATE}, "client_secret, certificate_path"),
        ({"federated_token": "j", "federated_token_file": "f"}, "federated_token, federated_token_file"),
        ({"auth_method": "managed_identity", "graph_token": "t"}, "auth_method managed_identity, graph_token"),
    ],
)
def test_a_conflict_in_the_task_is_named(task: dict[str, str], words: str) -> None:
    with pytest.raises(TenantError, match=f"several sign-in methods are set at once: {words}"):
        outranking({**SECRET, **task}, task)
