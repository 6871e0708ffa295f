# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.intune.exchange.plugins.module_utils._core.connection import (
    CLOUDS,
    CONNECTION_SPEC,
    ENVIRONMENT,
    cloud_of,
)
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError

DOCUMENTED: dict[str, Any] = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]


def test_every_option_is_documented_with_its_variable() -> None:
    assert list(DOCUMENTED) == list(CONNECTION_SPEC) == list(ENVIRONMENT)
    for option, text in DOCUMENTED.items():
        assert f"E({ENVIRONMENT[option]})" in " ".join(text["description"])


def test_a_plugin_reads_the_same_variables() -> None:
    read = yaml.safe_load(ModuleDocFragment.ENVIRONMENT)["options"]
    assert {option: [one["name"] for one in text["env"]] for option, text in read.items()} == {
        option: [variable] for option, variable in ENVIRONMENT.items()
    }


@pytest.mark.parametrize("name", CLOUDS)
def test_a_cloud_is_three_https_hosts(name: str) -> None:
    assert cloud_of({"cloud": name}) == CLOUDS[name]


def test_an_option_overrides_its_host_only() -> None:
    cloud = cloud_of({"cloud": "public", "graph_url": "https://localhost:8443/", "authority_url": "login.example"})
    assert cloud.graph_url == "https://localhost:8443"
    assert cloud.authority_url == "https://login.example"
    assert cloud.exchange_url == CLOUDS["public"].exchange_url


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com",
        "https://",
        "https://user:secret@graph.microsoft.com",
        "https://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com?x=1",
        "https://graph.microsoft.com\\@evil.example",
        "https://graph.microsoft.com%2eevil.example",
        "https://graph.microsoft.com:port",
    ],
)
def test_anything_hidden_in_an_address_is_refused(url: str) -> None:
    with pytest.raises(TenantError, match=r"graph_url .* must be https://HOST"):
        cloud_of({"cloud": "public", "graph_url": url})
