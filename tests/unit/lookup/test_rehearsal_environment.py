# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No variable that leads to a credential reaches a rehearsed playbook."""

from __future__ import annotations

import os

import pytest

from ansible_collections.intune.exchange.plugins.lookup.rehearsal_environment import LookupModule

KEPT = {"PATH": "/bin", "HOME": "/home/adele", "LC_ALL": "C", "ANSIBLE_FORKS": "9", "PYTHONPATH": "a\nAZURE_TOKEN=b"}


@pytest.mark.parametrize(
    "name",
    [
        "AZURE_CLIENT_SECRET",
        "AZURE_TENANT_ID",
        "INTUNE_EXCHANGE_CA_PATH",
        "ANSIBLE_VAULT_PASSWORD_FILE",
        "ANSIBLE_VAULT_IDENTITY_LIST",
        "ANSIBLE_BECOME_PASS",
        "ANSIBLE_PRIVATE_KEY_FILE",
        "ANSIBLE_GALAXY_TOKEN_PATH",
        "ANSIBLE_X_API_KEY",
        "SSH_AUTH_SOCK",
        "HTTPS_PROXY",
        "XPATH",
        "PATHS",
        "path",
    ],
)
def test_only_what_is_needed_and_leads_to_no_secret_is_kept(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for other in list(os.environ):
        monkeypatch.delenv(other)
    for other, value in {**KEPT, name: "secret"}.items():
        monkeypatch.setenv(other, value)
    assert LookupModule().run([]) == [f"{other}={value}" for other, value in sorted(KEPT.items())]
