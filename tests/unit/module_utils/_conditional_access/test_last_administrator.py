# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last administrator, with unreadable roles, and with roles that are only eligible.

Source: "What is Microsoft Entra Privileged Identity Management?" (learn.microsoft.com/entra/id-governance/
privileged-identity-management/pim-configure): an eligible assignment "requires a member to perform one or more actions
to use the role", and "there's no difference in the access given".
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.lockout_check import check_lockout
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
HOLDS = frozenset({GLOBAL})
PROBLEM = TenantError("forbidden", "it lacks RoleManagement.Read.Directory", "read the directory")


def block(who: dict[str, Any] | None = None, **conditions: Any) -> dict[str, Any]:
    users = {"includeUsers": ["All"], "excludeUsers": ["alex"]} if who is None else who
    applications = {"includeApplications": ["All"]}
    return {
        "displayName": "New",
        "state": "enabled",
        "conditions": {"users": users, "applications": applications, "clientAppTypes": ["all"], **conditions},
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }


def outcome(changed: dict[str, Any], people: list[Person], *not_read: TenantError, known: Any = ()) -> str:
    try:
        check_lockout(list(known), list(known), changed, (people, not_read), list, None)
    except TenantError as error:
        assert error.kind != "forbidden" or str(PROBLEM) in error.problem
        return error.kind
    return "allowed"


def unread(name: str, **more: Any) -> Person:
    return Person(name, roles=None, eligible=None, **more)


ALEX, OTHER = unread("alex"), unread("other")
PHONES = {"platforms": {"includePlatforms": ["iOS", "android"]}}
NAMED = {"includeUsers": ["other"]}


@pytest.mark.parametrize(
    ("changed", "people", "expected"),
    [
        (block(), [ALEX, OTHER], "forbidden"),
        (block(NAMED), [ALEX, OTHER], "forbidden"),
        (block({"includeGroups": ["g"]}), [ALEX, unread("other", groups=frozenset({"g"}))], "forbidden"),
        (block({"includeRoles": [READER]}), [ALEX], "forbidden"),
        # The people who exclude the account are known administrators.
        (block(), [Person("alex", roles=HOLDS), OTHER], "allowed"),
        # Nobody is locked out, or the portals stay open.
        (block({"includeUsers": ["nobody"]}), [ALEX, OTHER], "allowed"),
        (block(**PHONES), [ALEX, OTHER], "allowed"),
        (block({"includeUsers": ["guest"]}), [ALEX, unread("guest", kind="b2bCollaborationGuest")], "allowed"),
        # Active roles are known, and nobody holds one; eligible ones are unknown.
        (block(), [Person("alex"), Person("other", eligible=None)], "forbidden"),
        (block(), [Person("alex", roles=HOLDS), Person("other", eligible=None)], "allowed"),
        # The directory could not be read at all.
        (block(NAMED), [], "forbidden"),
        (block({"includeRoles": [READER]}), [], "forbidden"),
        (block(NAMED, **PHONES), [], "allowed"),
    ],
    ids=str,
)
def test_roles_that_could_not_be_read_are_not_safe(changed: Any, people: list[Person], expected: str) -> None:
    assert outcome(changed, people, PROBLEM) == expected


def test_whoever_is_kept_out_already_is_not_kept_out_by_the_change() -> None:
    assert outcome(block(NAMED), [ALEX, OTHER], PROBLEM, known=[block(NAMED)]) == "allowed"


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([Person("alex"), Person("other", eligible=HOLDS)], "lockout_risk"),
        ([Person("alex", eligible=HOLDS), Person("other", eligible=HOLDS)], "allowed"),
        ([Person("alex", roles=HOLDS), Person("other", eligible=HOLDS)], "allowed"),
        # Somebody who must activate the role does not replace somebody who holds it.
        ([Person("alex", eligible=HOLDS), Person("other", roles=HOLDS)], "lockout_risk"),
        ([Person("alex"), Person("other", eligible=frozenset({READER}))], "allowed"),
        ([Person("alex"), Person("other", kind="b2bCollaborationGuest", eligible=HOLDS)], "allowed"),
    ],
    ids=str,
)
def test_administrators_who_are_only_eligible(people: list[Person], expected: str) -> None:
    assert outcome(block(), people) == expected


def test_the_last_who_gets_in_is_only_eligible() -> None:
    """Another policy already blocks the active administrator."""
    people = [Person("alex"), Person("active", roles=HOLDS), Person("other", eligible=HOLDS)]
    there = block({"includeUsers": ["active"]})
    assert outcome(block(), people, known=[there]) == "lockout_risk"
    assert outcome(block({"includeUsers": ["alex"]}), people, known=[there]) == "allowed"
