# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where managed identities are found: as the source of msal (managed_identity.py) chooses among the platforms."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client import machine

HERE = "http://localhost:1/"
IMDS = "http://169.254.169.254"


@pytest.mark.parametrize(
    ("variables", "endpoint"),
    [
        ({}, IMDS),
        ({"IDENTITY_ENDPOINT": HERE, "IDENTITY_HEADER": "x"}, "http://localhost:1"),  # App Service, Service Fabric
        ({"IDENTITY_ENDPOINT": HERE, "IMDS_ENDPOINT": "x"}, "http://localhost:1"),  # Azure Arc
        ({"MSI_ENDPOINT": HERE, "MSI_SECRET": "x"}, "http://localhost:1"),  # Machine Learning
        # One of two variables is no platform: a leftover must not lead a sign-in anywhere.
        ({"IDENTITY_ENDPOINT": HERE}, IMDS),
        ({"IDENTITY_HEADER": "x"}, IMDS),
        ({"IMDS_ENDPOINT": "x"}, IMDS),
        ({"MSI_ENDPOINT": HERE}, IMDS),
        ({"MSI_SECRET": "x"}, IMDS),
        ({"AZURE_POD_IDENTITY_AUTHORITY_HOST": HERE}, "http://localhost:1"),
    ],
    ids=str,
)
def test_the_endpoint_of_a_platform(
    variables: dict[str, str], endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "_ARC_SERVICE", str(tmp_path / "himds"))
    monkeypatch.setattr(os, "environ", variables)
    assert machine.identity_endpoint() == endpoint


def test_an_azure_arc_server_needs_no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    service = tmp_path / "himds"
    service.touch()
    monkeypatch.setattr(machine, "_ARC_SERVICE", str(service))
    monkeypatch.setattr(os, "environ", {})
    assert machine.identity_endpoint() == "http://localhost:40342"
