# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery documents: those that Microsoft documents are not read, and nothing is assumed about other authorities."""

from __future__ import annotations

import json

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.discovery import is_discovery, known_endpoints

# learn.microsoft.com/entra/identity-platform/authentication-national-cloud
HOSTS = ("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn")
ENDING = "/v2.0/.well-known/openid-configuration"


@pytest.mark.parametrize("host", HOSTS)
def test_the_endpoints_of_the_clouds_are_known(host: str) -> None:
    root = f"https://{host}/contoso.example"
    assert json.loads(known_endpoints(root + ENDING) or "") == {
        "token_endpoint": f"{root}/oauth2/v2.0/token",
        "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
    }


@pytest.mark.parametrize(
    "url",
    [
        f"https://login.microsoftonline.com.evil.example/contoso.example{ENDING}",
        f"https://login.microsoftonline.com:8443/contoso.example{ENDING}",
        f"https://127.0.0.1:8443/contoso.example{ENDING}",
        f"https://login.microsoftonline.com{ENDING}",
        f"https://login.microsoftonline.com/a/b{ENDING}",
        "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
    ],
)
def test_others_are_read(url: str) -> None:
    assert known_endpoints(url) is None
    assert is_discovery(url) is url.endswith(ENDING)
