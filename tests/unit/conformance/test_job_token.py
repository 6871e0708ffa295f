# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token of a job: from an option, or from GitHub, requested as GitHub's own actions do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.sign_in_key import sign_in_key
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .scripted_server import GITHUB, LOGIN, Reply, ScriptedServer, token

ASKED_WITH, OF_JOB = token(of="the runner"), token(of="the job")
ADDRESS = f"https://{GITHUB}/idtoken/1/2?api-version=2.0"
ACCESS = Reply({"access_token": token(), "expires_in": 3600, "token_type": "Bearer"})
NO_GIVEN: dict[str, Any] = {"auth_method": None, "graph_token": None, "exchange_token": None, "client_id": "app"}


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", ADDRESS)
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", ASKED_WITH)
    return monkeypatch


def assertions(wire: ScriptedServer) -> list[str]:
    return [parse_qs(one.body)["client_assertion"][0] for one in wire.asked if one.host == LOGIN and one.body]


@pytest.mark.parametrize(
    ("cloud", "audience"),
    [("public", "api://AzureADTokenExchange"), ("china", "api://AzureADTokenExchangeChina")],
)
def test_a_job_of_github_signs_in_without_any_secret(
    opened: Callable[..., Tenant], wire: ScriptedServer, job: pytest.MonkeyPatch, cloud: str, audience: str
) -> None:
    wire.answer(Reply({"value": OF_JOB, "count": 1}), Reply({"no": "token"}))
    tenant = opened(**NO_GIVEN, cloud=cloud, authority_url=f"https://{LOGIN}")
    assert tenant.tokens.method == "federated_token"
    wire.answer(Reply({"value": OF_JOB, "count": 1}), ACCESS)
    assert tenant.tokens.bearer("graph") == token()
    [asked] = [one for one in wire.asked if one.host == GITHUB]
    assert (asked.method, asked.path) == ("GET", f"/idtoken/1/2?api-version=2.0&audience={audience}")
    assert asked.headers["authorization"] == f"Bearer {ASKED_WITH}"
    assert assertions(wire) == [OF_JOB]
    # The runner's request token goes only to GitHub, and neither token is shown.
    assert not [one for one in wire.asked if ASKED_WITH in str(one) and one.host != GITHUB]
    assert OF_JOB not in tenant.tokens._redactor.clean(OF_JOB) and ASKED_WITH not in tenant.tokens._redactor.clean(
        ASKED_WITH
    )


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply({"message": "no"}, 403), "forbidden", "id-token: write"),
        (Reply({"count": 0}), "protocol", "contains no token"),
        (Reply({"value": "a b"}), "protocol", "contains no token"),
        (Reply(["a.b.c"]), "protocol", "contains no token"),
    ],
)
def test_what_github_refuses_is_named(
    opened: Callable[..., Tenant], wire: ScriptedServer, job: pytest.MonkeyPatch, reply: Reply, kind: str, words: str
) -> None:
    wire.answer(reply)
    with pytest.raises(TenantError) as caught:
        opened(**NO_GIVEN).tokens.bearer("graph")
    assert caught.value.kind == kind and words in str(caught.value)


@pytest.mark.parametrize("address", ["http://github.example/", "https://user@github.example/", "nowhere", "https://[/"])
def test_an_address_that_is_none_gets_nothing(
    opened: Callable[..., Tenant], wire: ScriptedServer, job: pytest.MonkeyPatch, address: str
) -> None:
    job.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", address)
    with pytest.raises(TenantError, match="ACTIONS_ID_TOKEN_REQUEST_URL") as caught:
        opened(**NO_GIVEN).tokens.bearer("graph")
    assert caught.value.kind == "usage" and not [one for one in wire.connected if LOGIN not in one]


@pytest.mark.parametrize("content", [b"", b" \n", None])
def test_a_blank_token_is_never_replaced_by_that_of_github(
    opened: Callable[..., Tenant], wire: ScriptedServer, job: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    """It would sign in as somebody else. A file may be empty for a moment, while its platform writes it."""
    path, said = tmp_path / "token", "the token of federated_token (AZURE_FEDERATED_TOKEN) is blank"
    given = {"federated_token": "  \n"}
    if content is not None:
        path.write_bytes(content)
        given = {"federated_token_file": str(path)}
        said = f"the file {path} of federated_token_file (AZURE_FEDERATED_TOKEN_FILE) is empty"
    with pytest.raises(TenantError) as caught:
        opened(**NO_GIVEN, **given).tokens.bearer("graph")
    assert caught.value.kind == "usage" and str(caught.value).startswith(said) and wire.asked == []


def test_a_token_in_a_variable(opened: Callable[..., Tenant], wire: ScriptedServer, job: pytest.MonkeyPatch) -> None:
    """As GitLab gives it; then GitHub is not asked."""
    wire.answer(ACCESS)
    tenant = opened(**NO_GIVEN, federated_token=f"{OF_JOB}\n")
    assert tenant.tokens.bearer("graph") == token() and assertions(wire) == [OF_JOB]
    assert not [one for one in wire.asked if one.host == GITHUB]
    with pytest.raises(TenantError, match="invalid in a token; it is not shown") as caught:
        opened(**NO_GIVEN, federated_token="not one").tokens.bearer("graph")
    assert "not one" not in str(caught.value)


def test_sign_ins_of_one_job_are_one_in_the_cache(opened: Callable[..., Tenant], job: pytest.MonkeyPatch) -> None:
    """GitHub issues a different token each time; another job is another proof."""

    def key() -> str:
        tokens = opened(**NO_GIVEN).tokens
        return sign_in_key(tokens._params, tokens.method, LOGIN, "graph", tokens._http, tokens._redactor)

    first = key()
    assert key() == first
    job.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", token(of="another runner"))
    assert key() != first


@pytest.mark.parametrize("option", ["federated_token", "federated_token_file"])
def test_a_token_that_is_given_is_the_proof_and_not_the_job_of_github(
    opened: Callable[..., Tenant], job: pytest.MonkeyPatch, tmp_path: Path, option: str
) -> None:
    """Otherwise the sign-ins with two tokens would share one entry of the cache, whoever they are for."""

    def key(given: str) -> str:
        (path := tmp_path / "token").write_text(given)
        tokens = opened(**NO_GIVEN, **{option: str(path) if option.endswith("_file") else given}).tokens
        return sign_in_key(tokens._params, tokens.method, LOGIN, "graph", tokens._http, tokens._redactor)

    first = key(token(of="one platform"))
    assert key(token(of="another platform")) != first
    job.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", token(of="another runner"))
    assert key(token(of="one platform")) == first
