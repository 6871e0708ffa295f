# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which customers of a partner are hosts.

The form of a relationship is that of delegatedAdminRelationship in Microsoft Graph, and the ids are those of the roles:
https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._fleet.partner import customers

INTUNE, EXCHANGE = "3a2c62db-5318-420d-8d74-23affee5d9d5", "29232cdf-9323-42fd-ade2-1d097af3e4de"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
CONTOSO, FABRIKAM = "11111111-2222-3333-4444-00000000000A", "11111111-2222-3333-4444-00000000000b"


def relationship(roles: tuple[str, ...], tenant: Any = CONTOSO, name: Any = "Contoso", **more: Any) -> dict[str, Any]:
    return {
        "customer": {"tenantId": tenant, "displayName": name},
        "status": "active",
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": one} for one in roles]},
        "endDateTime": "2028-01-01T00:00:00Z",
        "autoExtendDuration": "PT0S",
        **more,
    }


def read(*relationships: Any) -> tuple[dict[str, str], list[str], list[str]]:
    """The customers, the reasons for those that were left out, and the notes, on 2027-01-01."""
    left_out: list[str] = []
    notes: list[str] = []
    partner: Any = SimpleNamespace(
        graph=SimpleNamespace(list=lambda path, purpose: (list(relationships), None)),
        http=SimpleNamespace(now=lambda: datetime(2027, 1, 1, tzinfo=UTC)),
    )
    return customers(partner, left_out.append, notes.append), left_out, notes


@pytest.mark.parametrize(
    ("relationships", "is_host"),
    [
        ([relationship((INTUNE, EXCHANGE))], True),
        ([relationship((INTUNE.upper(), EXCHANGE.upper()))], True),
        ([relationship((INTUNE,)), relationship((EXCHANGE, READER), tenant=CONTOSO.lower())], True),
        ([relationship((INTUNE, EXCHANGE), status="expiring")], True),
        ([relationship((INTUNE, EXCHANGE), status="terminated")], False),
        ([relationship((INTUNE, EXCHANGE), status="Active")], False),  # an enumeration of Graph has its case
        ([relationship((INTUNE,)), relationship((EXCHANGE,), status="approvalPending")], False),
        ([relationship((INTUNE, READER))], False),
        ([relationship((INTUNE, EXCHANGE), customer=None)], False),
        ([], False),
    ],
    ids=range(10),
)
def test_a_host_has_both_roles_by_relationships_in_use(relationships: list[Any], is_host: bool) -> None:
    found, left_out, _notes = read(*relationships)
    assert found == ({CONTOSO.lower(): "Contoso"} if is_host else {}) and left_out == []


def test_the_name_is_that_of_the_customer() -> None:
    other = relationship((INTUNE, EXCHANGE), FABRIKAM, "Fabrikam")
    assert read(relationship((INTUNE, EXCHANGE)), other)[0] == {
        CONTOSO.lower(): "Contoso",
        FABRIKAM: "Fabrikam",
    }
    assert read(relationship((INTUNE, EXCHANGE), name=None))[0] == {CONTOSO.lower(): CONTOSO.lower()}


@pytest.mark.parametrize("tenant", [None, "", "contoso.com", "../x", 5])
def test_a_customer_without_an_id_is_named_and_no_host(tenant: Any) -> None:
    found, [reason], _notes = read(relationship((INTUNE, EXCHANGE), tenant), relationship((INTUNE, EXCHANGE), FABRIKAM))
    assert list(found) == [FABRIKAM] and "'Contoso'" in reason and "which is not a GUID" in reason


@pytest.mark.parametrize(
    "odd", [None, "text", {}, relationship((), status=5), relationship((INTUNE,), endDateTime="soon")], ids=range(5)
)
def test_a_relationship_in_another_form_costs_no_other_customer(odd: Any) -> None:
    found, [reason], _notes = read(odd, relationship((INTUNE, EXCHANGE), FABRIKAM, "Fabrikam"))
    assert found == {FABRIKAM: "Fabrikam"} and "does not match its documented schema" in reason


@pytest.mark.parametrize(
    ("more", "until"),
    [
        ({"endDateTime": "2027-01-20T00:00:00Z"}, "2027-01-20"),
        ({"endDateTime": "2027-01-20T00:00:00"}, "2027-01-20"),
        ({"endDateTime": "2027-01-31T00:00:00Z"}, None),  # a new one can be agreed in thirty days
        ({"endDateTime": "2027-01-20T00:00:00Z", "autoExtendDuration": "P180D"}, None),
        ({"endDateTime": None}, None),
    ],
)
def test_a_relationship_that_ends_soon_is_told(more: dict[str, Any], until: str | None) -> None:
    found, _left_out, notes = read(relationship((INTUNE, EXCHANGE), **more))
    assert list(found) == [CONTOSO.lower()]
    if until is None:
        assert notes == []
    else:
        [note] = notes
        assert until in note and f"Contoso ({CONTOSO.lower()})" in note


def test_the_role_that_ends_first_counts_and_the_longest_relationship_with_it() -> None:
    soon, late = {"endDateTime": "2027-01-10T00:00:00Z"}, {"endDateTime": "2027-01-20T00:00:00Z"}
    _found, _left_out, [note] = read(
        relationship((INTUNE, EXCHANGE), **soon), relationship((INTUNE,)), relationship((EXCHANGE,), **late)
    )
    assert "2027-01-20" in note


def test_what_a_customer_lacks_is_told_by_reason() -> None:
    lacking = [relationship((INTUNE,), f"11111111-2222-3333-4444-{number:012}", f"C{number}") for number in range(22)]
    found, _left_out, notes = read(*lacking, relationship((READER,), FABRIKAM, "Fabrikam"))
    assert found == {} and len(notes) == 2
    assert notes[0].startswith("22 customers are not in") and "lack Exchange Administrator:" in notes[0]
    assert "C19 (" in notes[0] and "C20" not in notes[0] and notes[0].endswith("and 2 more.")
    assert notes[1].startswith("1 customer is not") and "lack Intune Administrator and Exchange Admin" in notes[1]
