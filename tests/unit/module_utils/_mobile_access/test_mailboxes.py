# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which mailbox is meant where the name of one looks like the address or id of another, with a stub service."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access.mailboxes import find_mailbox

ADDRESS = "desk@contoso.com"


def mailbox(number: int, **more: Any) -> dict[str, Any]:
    guid = f"11111111-2222-3333-4444-{number:012}"
    return {"Guid": guid, "PrimarySmtpAddress": f"person-{number}@contoso.com", "Name": f"Person {number}", **more}


def found(named: list[dict[str, Any]], everybody: list[dict[str, Any]]) -> tuple[dict[str, Any], int]:
    """The mailbox for ADDRESS, and how many questions that took: `named` is what Exchange returns for the name."""
    asked = []

    def invoke(cmdlet: str, parameters: Any, purpose: Any, select: Any = ()) -> Any:
        asked.append(cmdlet)
        return SimpleNamespace(values=named if "Identity" in parameters else everybody)

    tenant: Any = SimpleNamespace(label="contoso.com", clients={"exchange": SimpleNamespace(invoke=invoke)})
    return find_mailbox(tenant, ADDRESS), len(asked)


OWNER = mailbox(1, EmailAddresses=["SMTP:person-1@contoso.com", "smtp:DESK@contoso.com"])
CALLED, SHOWN = mailbox(2, Name=ADDRESS), mailbox(3, DisplayName=ADDRESS.upper())


@pytest.mark.parametrize(
    ("named", "everybody", "meant", "questions"),
    [
        ([OWNER], [], OWNER, 1),
        ([OWNER, CALLED], [], OWNER, 1),  # an address comes before any name
        ([CALLED], [CALLED, OWNER, SHOWN], OWNER, 2),
        ([SHOWN], [SHOWN, OWNER], OWNER, 2),
        ([CALLED], [SHOWN, CALLED], CALLED, 2),  # then a name that is one, then one that is shown
        ([SHOWN], [SHOWN, CALLED], CALLED, 2),
        ([SHOWN], [mailbox(4), SHOWN], SHOWN, 2),
    ],
)
def test_an_address_comes_before_a_name(
    named: list[dict[str, Any]], everybody: list[dict[str, Any]], meant: dict[str, Any], questions: int
) -> None:
    assert found(named, everybody) == (meant, questions)


@pytest.mark.parametrize(
    ("named", "everybody", "kind"),
    [
        ([], [], "not_found"),
        ([CALLED], [], "not_found"),  # it is gone since
        ([CALLED, SHOWN], [], "ambiguous"),
        ([CALLED], [CALLED, mailbox(5, Alias=ADDRESS)], "ambiguous"),
        ([SHOWN], [SHOWN, mailbox(6, DisplayName=ADDRESS)], "ambiguous"),
        ([CALLED], [OWNER, mailbox(7, PrimarySmtpAddress=ADDRESS)], "ambiguous"),
    ],
)
def test_no_mailbox_is_chosen(named: list[dict[str, Any]], everybody: list[dict[str, Any]], kind: str) -> None:
    with pytest.raises(TenantError) as caught:
        found(named, everybody)
    assert caught.value.kind == kind
