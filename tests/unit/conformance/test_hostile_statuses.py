# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of an exception counts only with a status of the service itself."""

from __future__ import annotations

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant

from .scripted_server import ScriptedServer
from .test_exchange_responses import CALLS, ERROR_FORMS, GONE, READS, WORDS, failure


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, "unavailable"),
        (503, "unavailable"),
        (501, "refused"),
        (429, "throttled"),
        (403, "forbidden"),
        (409, "conflict"),
    ],
)
@pytest.mark.parametrize("cmdlet", [*READS, "Remove-RoleGroup", "Set-CASMailbox"])
def test_no_fault_says_that_something_is_absent(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str, status: int, kind: str
) -> None:
    wire.answer(ERROR_FORMS["JSON in JSON, nested"](GONE, WORDS, status))
    assert failure(tenant, cmdlet).kind == kind


@pytest.mark.parametrize("type_", [GONE, "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("cmdlet", ["New-RoleGroup", "Add-RoleGroupMember", "Clear-MobileDevice"])
def test_a_write_that_met_a_fault_may_have_happened(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str, status: int, type_: str
) -> None:
    assert cmdlet in CALLS
    wire.answer(ERROR_FORMS["code, type and text between bars"](type_, WORDS, status))
    assert failure(tenant, cmdlet).kind == "outcome_unknown" and len(wire.asked) == 1
