# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the user's list of tenants to the options of each."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._fleet.tenant_list import public_options, resolve_tenants

SHARED = {
    "tenant_id": "shared.example",
    "client_id": "app",
    "client_secret": "shared-secret-canary",
    "auth_method": "client_secret",
    "cloud": "public",
    "account": None,
    "directory_sync": "auto",
}


def test_what_a_tenant_says_itself_comes_first() -> None:
    entries = [
        {"tenant_id": "a.example", "account": "svc@a.example"},
        {"tenant_id": "b.example", "name": "b", "cloud": "china", "directory_sync": "optional"},
    ]
    hosts = resolve_tenants(entries, {}, SHARED)
    assert list(hosts) == ["a.example", "b"]
    first, second = hosts["a.example"], hosts["b"]
    assert first == {**SHARED, "tenant_id": "a.example", "account": "svc@a.example"}
    assert (second["cloud"], second["directory_sync"], second["client_secret"]) == (
        "china",
        "optional",
        "shared-secret-canary",
    )


def test_a_credential_of_its_own_takes_the_place_of_the_shared_one() -> None:
    host = resolve_tenants([{"tenant_id": "a.example", "certificate_path": "/a.pem"}], {}, SHARED)["a.example"]
    assert host["certificate_path"] == "/a.pem" and host["client_id"] == "app"
    assert "client_secret" not in host and "auth_method" not in host
    assert public_options(host)["auth_method"] == "certificate"


def test_an_entry_says_more_about_a_customer() -> None:
    customers = {"11111111-1111-1111-1111-11111111111a": "Tailspin", "2": "Wingtip"}
    entry = {"tenant_id": "11111111-1111-1111-1111-11111111111A", "name": "tailspin", "account": "svc@tailspin.example"}
    hosts = resolve_tenants([entry, {"tenant_id": "3"}], customers, SHARED)
    assert list(hosts) == ["tailspin", "2", "3"]
    assert hosts["tailspin"]["display_name"] == "Tailspin" and hosts["tailspin"]["account"] == "svc@tailspin.example"


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        (["a.example"], r"tenants\[1\] is not a dictionary"),
        ([{"name": "a"}], r"tenants\[1\] cannot be used: missing required arguments: tenant_id"),
        ([{"tenant_id": "a"}, {"tenant_id": "A"}], r"duplicate tenant_id A in tenants\[2\]"),
        ([{"tenant_id": "a", "name": "x"}, {"tenant_id": "b", "name": "x"}], "two tenants are named x"),
        (
            [{"tenant_id": "a", "tenant": "b"}],
            r"tenants\[1\] has unknown options: tenant. The valid options are tenant_id, ",
        ),
        ([{"tenant_id": "a", "timeout": 5}], "has unknown options: timeout"),
        ([{"tenant_id": "a", "cloud": "mars"}], "value of cloud must be one of"),
        ([{"tenant_id": "a", "auth_method": "device_code"}], "value of auth_method must be one of"),
        ([{"tenant_id": "a", "name": "x\ud800"}], r"cannot be named 'x\\ud800': .*invisible characters"),
        ([{"tenant_id": "a", "name": "x\u202ey"}], r"cannot be named 'x\\u202ey'"),
        ([{"tenant_id": "a", "name": "x\u200by"}], r"cannot be named 'x\\u200by'"),
        ([{"tenant_id": "a", "name": "connector_missing"}], "cannot be named 'connector_missing'"),
        ([{"tenant_id": "a", "name": "Tenant_Unreadable"}], "cannot be named 'Tenant_Unreadable'"),
        ([{"tenant_id": "a", "name": "localhost"}], "cannot be named 'localhost': .* or this machine"),
        ([{"tenant_id": "127.0.0.1"}], "cannot be named '127.0.0.1'"),
        ([{"tenant_id": "a\ud800"}], r"option tenants\[1\].tenant_id holds the character U\+D800"),
        ([{"tenant_id": "a", "account": "x\u202ey"}], r"option tenants\[1\].account holds the character U\+202E"),
    ],
)
def test_what_cannot_be_meant_is_refused(entries: list[Any], problem: str) -> None:
    with pytest.raises(TenantError, match=problem) as caught:
        resolve_tenants(entries, {}, SHARED)
    assert caught.value.kind == "usage"


def test_a_refusal_shows_no_secret() -> None:
    entry = {"tenant_id": "a", "client_secret": "own-secret-canary", "cloud": "own-secret-canary"}
    with pytest.raises(TenantError, match=r"got: \*+") as caught:
        resolve_tenants([entry], {}, SHARED)
    assert "canary" not in str(caught.value)


def test_no_secret_is_public() -> None:
    secrets = {name: f"{name}-canary" for name in ("client_secret", "certificate_password", "graph_token")}
    shown = public_options({**SHARED, **secrets, "proxy": "http://user:proxy-canary@proxy.example:8080"})
    assert shown == {
        "tenant_id": "shared.example",
        "client_id": "app",
        "auth_method": "client_secret",
        "cloud": "public",
    }
    assert public_options({**SHARED, "proxy": "http://proxy.example:8080"})["proxy"] == "http://proxy.example:8080"
    assert "graph_url" not in public_options({**SHARED, "graph_url": "https://user:canary@graph.example"})


def test_a_method_that_cannot_be_told_is_left_to_the_one_who_reads() -> None:
    assert "auth_method" not in public_options({"tenant_id": "a", "client_id": "app"})
