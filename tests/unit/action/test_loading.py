# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each run of a playbook, and each module process, pays before its first request."""

from __future__ import annotations

import pytest

from tests.processes import printed

_PLUGINS = "ansible_collections.intune.exchange.plugins"


@pytest.mark.parametrize("name", ["connector_info", "requirements_info", "mobile_device"])
def test_what_few_tasks_need_is_imported_by_these(name: str) -> None:
    """Certificates need cryptography's x509, which takes a fifth of all imports; refusals need the permissions."""
    imported = printed(f"import sys, {_PLUGINS}.action.{name}; print(*sys.modules, sep='\\n')")
    assert f"{_PLUGINS}.module_utils._client.auth" in imported
    assert not {"cryptography.x509", f"{_PLUGINS}.plugin_utils._permissions"} & set(imported)
