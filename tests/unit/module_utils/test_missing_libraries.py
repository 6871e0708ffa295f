# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Without a Python library, a task that needs it says which one; msal can be imported without cryptography."""

from __future__ import annotations

import pytest

from tests.processes import printed

_UTILS = "ansible_collections.intune.exchange.plugins.module_utils"
_PROGRAM = f"""
import sys
sys.modules["cryptography"] = None
import msal
from {_UTILS}._client.certificate import client_credential
from {_UTILS}._applications.key_files import read_certificate_file
from {_UTILS}._core.errors import TenantError
try:
    {{call}}
except TenantError as error:
    print(error.kind, "|", error.problem, "|", error.next_step)
"""


@pytest.mark.parametrize("call", ["client_credential('/a.pem', None)", "read_certificate_file('/a.pem')"])
def test_cryptography(call: str) -> None:
    kind, problem, step = " ".join(printed(_PROGRAM.format(call=call))).split(" | ")
    assert (kind, problem) == ("usage", "the Python library cryptography is missing")
    assert step == "Install cryptography for the Python that runs the task"
