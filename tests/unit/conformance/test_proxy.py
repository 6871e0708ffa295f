# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An invalid proxy, tenant or host is refused at once, by the name of its option."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import proxy_of
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from simulator.server.address import Address
from simulator.server.tls import server_context

from .conftest import Clock
from .scripted_server import Reply, ScriptedServer
from .slow import Slow, serving

PURPOSE = Purpose("try it")
WRONG = (
    "http://",
    "http://u:canary@",
    "http://u:canary@:8080",
    "u:canary@",
    "http://proxy.example:port",
    "http://proxy.example:99999",
    "http://proxy.example:0",
    "socks5://u:canary@proxy.example:1080",
    "ftp://proxy.example",
    "http://proxy.example/path",
    "http://proxy.example?x=1",
    "http://proxy.example\n:8080",
    "http://proxy .example",
    "http://pr\uff4fxy.example",
    "http://u:canary%F0%9F%98%80@proxy.example",
    "http://u:canary%0a@proxy.example",
    "http://u:can/ary@proxy.example",
    "http://u:can@ary@proxy.example",
    "http://[::1",
    "http://proxy..example",
    "http:proxy.example:8080",
)


@pytest.mark.parametrize("proxy", WRONG)
def test_a_malformed_proxy_is_refused_by_name(
    wire: ScriptedServer, opened: Callable[..., Tenant], clock: Clock, proxy: str
) -> None:
    with pytest.raises(TenantError, match=r"proxy \(INTUNE_EXCHANGE_PROXY\) is not the address of a proxy") as caught:
        opened(proxy=proxy)
    assert caught.value.kind == "usage" and clock.sleeps == [] and wire.connected == []
    assert "canary" not in str(caught.value) and "ary@" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("proxy.example:8080", "http://proxy.example:8080"),
        (" http://proxy.example:8080/ \n", "http://proxy.example:8080/"),
        ("https://u:p%40%2F@proxy.example", "https://u:p%40%2F@proxy.example"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://10.0.0.1:8080", "http://10.0.0.1:8080"),
        ("http://my_proxy:3128", "http://my_proxy:3128"),
    ],
)
def test_what_is_one(given: str | None, used: str | None) -> None:
    assert proxy_of({"proxy": given}) == used


def test_a_proxy_that_does_not_resolve_is_blamed(
    opened: Callable[..., Tenant], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_arguments: Any, **_options: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(TenantError) as caught:
        opened(proxy="http://u:canary@nowhere.invalid:8080").graph.list("users", PURPOSE)
    said = "no connection through the proxy nowhere.invalid:8080 (its host name does not resolve)"
    assert said in str(caught.value)
    assert "graph.microsoft.com" not in str(caught.value) and "canary" not in str(caught.value)
    assert clock.sleeps == []  # a name that does not exist will not exist a second later either


@pytest.fixture
def closed() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]


def test_a_proxy_that_is_not_there_is_blamed(opened: Callable[..., Tenant], closed: int) -> None:
    with pytest.raises(TenantError, match=f"no connection to the proxy 127.0.0.1:{closed}"):
        opened(proxy=f"http://127.0.0.1:{closed}").graph.list("users", PURPOSE)


def test_a_proxy_that_wants_other_credentials_is_asked_once(opened: Callable[..., Tenant], clock: Clock) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with serving(Slow(refusal, b"")) as server, pytest.raises(TenantError) as caught:
        opened(proxy=f"http://u:canary@127.0.0.1:{server.port}").graph.list("users", PURPOSE)
    assert f"the proxy 127.0.0.1:{server.port}" in str(caught.value) and "407" in str(caught.value)
    assert len(server.asked) == 1 and clock.sleeps == [] and "canary" not in str(caught.value)


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 " + b"x" * 70000 + b"\r\n\r\n"])
def test_nothing_was_sent_through_what_is_no_proxy(opened: Callable[..., Tenant], answer: bytes) -> None:
    """So the outcome of a write is known."""
    with serving(Slow(answer, b"")) as server, pytest.raises(TenantError) as caught:
        opened(proxy=f"http://127.0.0.1:{server.port}").graph.action("users/1/revoke", {}, PURPOSE)
    assert f"no connection to the proxy 127.0.0.1:{server.port} (it does not speak HTTP: " in str(caught.value)
    assert caught.value.kind == "network"


@pytest.mark.parametrize("status", [b"408 Request Timeout", b"429 Too Many Requests"])
def test_a_proxy_that_is_busy_is_asked_again(opened: Callable[..., Tenant], clock: Clock, status: bytes) -> None:
    refusal = b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with serving(Slow(refusal, b"")) as server, pytest.raises(TenantError, match=r"408|429"):
        opened(proxy=f"http://127.0.0.1:{server.port}").graph.list("users", PURPOSE)
    assert len(server.asked) > 1 and clock.sleeps


def test_the_environment_does_not_say_which_proxy_is_trusted(
    opened: Callable[..., Tenant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, authority = server_context(tmp_path, Address("127.0.0.1", "localhost"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))  # that of ca_path did not sign it
    with serving(Slow(), context) as server, pytest.raises(TenantError) as caught:
        opened(proxy=f"https://u:canary@localhost:{server.port}").graph.list("users", PURPOSE)
    assert caught.value.kind == "tls" and server.asked == [] and "canary" not in str(caught.value)
    assert f"the certificate of the proxy localhost:{server.port} is not trusted" in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"tenant_id": "contoso\U0001f600.com"},
        {"tenant_id": "contoso.com\n"},
        {"tenant_id": "contoso\n.com"},
        {"tenant_id": "c\uff4fntoso.com"},
        {"graph_url": "https://gr\uff41ph.microsoft.com"},
        {"graph_url": "https://graph.micro\nsoft.com"},
        {"exchange_url": "https://outl\u043eok.office365.com"},
        {"authority_url": "login\u3002microsoftonline.com"},
        {"authority_url": "https://login..microsoftonline.com"},
    ],
)
def test_what_looks_like_a_name_is_refused_by_name(
    wire: ScriptedServer, opened: Callable[..., Tenant], clock: Clock, options: dict[str, Any]
) -> None:
    wire.answer(Reply({"value": []}))
    with pytest.raises(TenantError, match=next(iter(options))) as caught:
        opened(**options).graph.list("users", PURPOSE)
    assert caught.value.kind == "usage" and wire.asked == [] and wire.connected == [] and clock.sleeps == []
