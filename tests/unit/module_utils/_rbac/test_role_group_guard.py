# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forbidden changes of a role group, refusal by refusal; and allowed ones."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._rbac.principals import Principal, Principals
from ansible_collections.intune.exchange.plugins.module_utils._rbac.role_catalog import RoleCatalog
from ansible_collections.intune.exchange.plugins.module_utils._rbac.role_group_guard import check_change

from .test_rules import ROLES, assignment, tenant

MARKER = "intune.exchange"
MINE = {
    "Name": "Mine",
    "Description": f"made by {MARKER}",
    "Members": ["adele@contoso.com", "caller@contoso.com", "Team (team-1)"],
    "Roles": ["Message Tracking"],
    "Assignments": [assignment(5, "Message Tracking", Label="Message Tracking")],
}
BUILT_IN = {**MINE, "Name": "Help Desk"}
# The last way in of an organization, by its marker: the name may differ.
LAST_WAY = {**MINE, "Name": "Renamed", "WellKnownObject": "Organization Management"}
KEEPERS = {
    **MINE,
    "Roles": ["Role Management"],
    "Assignments": [assignment(6, "Role Management", Label="Role Management")],
}
ENABLED, DISABLED = [{"AccountDisabled": False}], [{"AccountDisabled": True}]


def people(service: Any) -> Principals:
    known = Principals(service)
    for label, identity, group in (
        ("adele@contoso.com", "adele-1", False),
        ("caller@contoso.com", "caller", False),
        ("alex@contoso.com", "alex-1", False),
        ("Team (team-1)", "team-1", True),
        ("Admins", "admins-1", True),
    ):
        names = {"tenantadmins_1234"} if label == "Admins" else {label.lower()}
        known._labels[label.lower()] = Principal(identity, label, {identity}, set(), names, group)
    return known


def check(
    record: dict[str, Any] | None,
    changes: dict[str, Any] | None = None,
    users: Any = None,
    held: Any = None,
    **params: Any,
) -> TenantError | None:
    answers = {
        "Get-ManagementRole": ROLES,
        "Get-User": ENABLED if users is None else users,
        "Get-ManagementRoleAssignment": [assignment(6, "Role Management")] if held is None else held,
    }
    service = tenant(answers, oid="caller")
    given = {"name": "Mine", "state": "present", "description": None, "marker": None, "allow_built_in": False, **params}
    try:
        check_change(service, given, record, changes or {}, RoleCatalog(service), people(service))
    except TenantError as error:
        if error.kind != "usage":
            assert str(error).startswith("Could not c") and " the role group on tenant contoso.com: " in str(error)
        assert error.next_step
        return error
    return None


WITHOUT_ADELE = {"members": ["caller@contoso.com", "Team (team-1)"]}


@pytest.mark.parametrize(
    ("record", "changes", "params", "kind"),
    [
        (None, {"roles": ["Message Tracking"]}, {}, None),
        (None, {"roles": ["message tracking", "Wizardry"]}, {}, "no_role"),
        (None, {}, {"name": "help desk"}, "built_in"),
        (None, {}, {"marker": MARKER, "description": "by INTUNE.exchange"}, None),
        (None, {}, {"marker": MARKER, "description": "by hand"}, "usage"),
        (None, {}, {"marker": MARKER}, "usage"),
        (None, {}, {"marker": MARKER, "description": ""}, "usage"),
        (None, {}, {"marker": "of ours", "description": "of ours"}, "usage"),
        (MINE, WITHOUT_ADELE, {"marker": MARKER, "description": ""}, "usage"),
        (MINE, {"roles": []}, {}, None),
        (MINE, {"roles": ["MESSAGE TRACKING", "Part Of It"]}, {}, None),
        (MINE, {"roles": ["Wizardry"]}, {}, "no_role"),
        ({**MINE, "Roles": ["Retired Role"]}, {"roles": ["retired role"]}, {}, None),
        (MINE, WITHOUT_ADELE, {"marker": MARKER}, None),
        ({**MINE, "Description": None}, WITHOUT_ADELE, {"marker": MARKER}, "not_ours"),
        (MINE, {}, {"state": "absent"}, None),
        (BUILT_IN, WITHOUT_ADELE, {}, "built_in"),
        (BUILT_IN, WITHOUT_ADELE, {"allow_built_in": True}, None),
        (BUILT_IN, {**WITHOUT_ADELE, "roles": []}, {"allow_built_in": True}, "built_in"),
        (BUILT_IN, {"description": "x"}, {"allow_built_in": True}, "built_in"),
        (BUILT_IN, {}, {"allow_built_in": True, "state": "absent"}, "built_in"),
    ],
)
def test_what_may_be_done(record: Any, changes: dict[str, Any], params: dict[str, Any], kind: str | None) -> None:
    error = check(record, changes, **params)
    assert (error and error.kind) == kind, error
    if kind == "no_role":
        assert error and error.details == {"missing": ["Wizardry"]} and "Wizardry" in error.problem
    if kind == "built_in":
        named = "help desk" if record is None else "Help Desk"
        assert error and f"the role group {named} is built in" in error.problem
        if "roles" in changes:
            assert "its roles cannot be changed" in error.problem and "members" not in error.problem


@pytest.mark.parametrize(
    ("members", "users", "refused"),
    [
        (["adele@contoso.com"], ENABLED, False),
        (["adele@contoso.com"], DISABLED, True),
        (["adele@contoso.com"], [], True),
        (["adele@contoso.com"], [{}], True),
        (["Team (team-1)"], [], True),
        (["Admins"], [], False),
        ([], ENABLED, True),
    ],
)
def test_somebody_who_can_sign_in_is_left(members: list[str], users: Any, refused: bool) -> None:
    """Or the Global Administrators as a whole, whom Exchange shows as a group of that name."""
    error = check(LAST_WAY, {"members": members}, users, allow_built_in=True)
    assert (error is not None and error.kind == "last_way_in") is refused
    assert not error or "Renamed" in error.problem
    # Another group may lose all members, and here nobody leaves.
    assert check(MINE, {"members": members}, users) is None
    everybody = {"members": [*LAST_WAY["Members"], "alex@contoso.com"]}
    assert check(LAST_WAY, everybody, DISABLED, allow_built_in=True) is None


@pytest.mark.parametrize(
    ("changes", "params", "refused"),
    [
        ({"roles": []}, {}, True),
        ({"roles": ["ROLE management"]}, {}, False),
        ({"description": "x"}, {}, False),
        ({}, {"state": "absent"}, True),
        (WITHOUT_ADELE, {}, False),
        ({"members": ["adele@contoso.com", "Team (team-1)"]}, {}, True),
        ({"members": ["adele@contoso.com", "CALLER@contoso.com"]}, {}, True),  # the team may contain the caller
        ({"members": ["caller@contoso.com", "team (team-1)", "alex@contoso.com"]}, {}, False),
    ],
    ids=str,
)
def test_the_caller_keeps_its_way_to_hand_out_roles(
    changes: dict[str, Any], params: dict[str, Any], refused: bool
) -> None:
    error = check(KEEPERS, changes, **params)
    assert (error is not None and error.kind == "own_rights") is refused, error
    other = [assignment(6, "Role Management"), assignment(7, "Role Management")]
    assert check(KEEPERS, changes, held=other, **params) is None
