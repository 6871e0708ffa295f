# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of an export on small snapshots: rights in Exchange, and the kinds that were not read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._snapshot.export import PARTS, export_of
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.export_rights import (
    role_groups,
    service_principals,
)
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.kinds import KINDS

APP = "5d2c1a9e-8a1d-4c43-a8a1-6f0b7f5d6c11"
BUILT_IN = {"Name": "Organization Management", "Members": [], "Capabilities": ["BuiltInRoleGroup"]}


def held(role: str) -> dict[str, Any]:
    return {
        "Role": role,
        "RoleAssigneeType": "RoleGroup",
        "RoleAssigneeName": "Organization Management",
        "RoleAssignmentDelegationType": "Regular",
    }


@pytest.mark.parametrize(
    ("roles", "given"),
    [
        ([{"Name": "Ours", "IsRootRole": False}], ["Ours"]),
        ([{"Name": "OURS"}], ["Ours"]),
        ([{"Name": "Ours", "IsRootRole": True}], []),
        ([{"Name": "Another", "IsRootRole": False}], []),
        ([], []),
    ],
)
def test_only_own_roles_of_a_built_in_group_are_changes_of_it(roles: list[dict[str, Any]], given: list[str]) -> None:
    """The group has its built-in roles in every tenant; what somebody gave to it is missing from an export."""
    objects = {"role_groups": [BUILT_IN], "role_assignments": [held("Ours"), held("Mail Recipients")]}
    found = role_groups({**objects, "management_roles": roles})
    assert found.items == []
    assert [one.name for one in found.missing] == [f"Organization Management: {one}" for one in given]


@pytest.mark.parametrize(
    ("shown", "options"),
    [
        ({"DisplayName": "Mail tool"}, {"display_name": "Mail tool"}),
        ({"DisplayName": ""}, {}),
        ({"DisplayName": None}, {}),
        ({}, {}),
    ],
)
def test_an_application_has_its_display_name_if_there_is_one(shown: dict[str, Any], options: dict[str, str]) -> None:
    found = service_principals({"service_principals": [{"AppId": APP, "ObjectId": "o", "Name": "n", **shown}]})
    assert found.items == [{**options, "app_id": APP, "object_id": "o"}] and found.missing == []


NEEDED = {kind for part in PARTS for kind in (part.kind, *part.needs)}
OTHERS = sorted(set(KINDS) - NEEDED)
FORBIDDEN = {"error": "forbidden", "reason": "Could not read it"}


@pytest.mark.parametrize(
    "error", ["forbidden", "throttled", "no_intune_licence", "no_licence", "not_asked", "not_offered"]
)
def test_a_kind_that_was_not_read_is_unread_unless_there_is_nothing(error: str) -> None:
    """Errors that say that the tenant has nothing of a kind leave nothing unread, except of what an export needs."""
    problem = {"error": error, "reason": "said so"}
    found = export_of({"objects": {}, "not_read": dict.fromkeys(KINDS, problem)})
    expected = set(KINDS) if error in ("forbidden", "throttled") else NEEDED
    assert set(found.unread) == expected
    assert all(one == problem for one in found.unread.values())
    assert [(one.part.kind, one.items) for one in found.sections] == [(part.kind, []) for part in PARTS]
    assert found.missing == [] and found.ids == {}


def test_a_kind_of_which_nothing_is_said_is_unread_only_where_it_is_needed() -> None:
    found = export_of({"objects": {}, "not_read": {}})
    assert found.unread == {kind: {} for kind in NEEDED}
    some = export_of({"objects": {"users": []}, "not_read": {"groups": FORBIDDEN, OTHERS[0]: FORBIDDEN}})
    assert "users" not in some.unread and some.unread["groups"] == some.unread[OTHERS[0]] == FORBIDDEN
    assert set(some.unread) == (NEEDED - {"users"}) | {OTHERS[0]}


def test_a_kind_that_needs_one_that_was_not_read_is_missing_and_says_so() -> None:
    objects: dict[str, Any] = {"role_groups": [], "role_assignments": [], "users": []}
    found = export_of({"objects": objects, "not_read": {"management_roles": FORBIDDEN}})
    reasons = {one.kind: one.reason for one in found.missing}
    title = KINDS["management_roles"].title
    assert set(reasons) == {"role_groups", "role_assignments"}
    assert reasons["role_groups"] == f"this needs the {title}, which could not be read"
    assert title in reasons["role_assignments"] and KINDS["mailboxes"].title in reasons["role_assignments"]
