# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules behind roles, role groups and assignments one by one, with a stub service."""

from __future__ import annotations

import base64
import itertools
import json
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._rbac import (
    management_roles,
    role_assignments,
    service_principals,
)
from ansible_collections.intune.exchange.plugins.module_utils._rbac.built_in_role_groups import (
    is_organization_management,
)
from ansible_collections.intune.exchange.plugins.module_utils._rbac.cmdlet_access import read_role_entries
from ansible_collections.intune.exchange.plugins.module_utils._rbac.management_roles import within
from ansible_collections.intune.exchange.plugins.module_utils._rbac.principals import Principal, Principals
from ansible_collections.intune.exchange.plugins.module_utils._rbac.role_assignments import Assignments
from ansible_collections.intune.exchange.plugins.module_utils._rbac.role_catalog import RoleCatalog, refuse_own_way
from ansible_collections.intune.exchange.plugins.module_utils._rbac.role_groups import GivenRoles, read_assignments

GUID = "11111111-2222-3333-4444-{:012}"


def tenant(answers: dict[str, Any] | None = None, **claims: Any) -> Any:
    """A tenant that responds to cmdlets by name, with these claims in its token."""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")

    asked: list[Any] = []

    def invoke(cmdlet: str, parameters: Any, purpose: Any, select: Any = ()) -> Any:
        assert purpose.action
        asked.append((cmdlet, dict(parameters)))
        found = (answers or {})[cmdlet]
        found = found(parameters) if callable(found) else found
        if isinstance(found, TenantError):
            raise found
        # Only the requested objects, like the service.
        return SimpleNamespace(
            values=[{name: one[name] for name in one if not select or name in select} for one in found]
        )

    return SimpleNamespace(
        label="contoso.com",
        asked=asked,
        clients={"exchange": SimpleNamespace(invoke=invoke)},
        tokens=SimpleNamespace(bearer=lambda service: {"exchange": f"e30.{payload}.x"}[service]),
    )


def failure(call: Any, *arguments: Any) -> TenantError:
    with pytest.raises(TenantError) as caught:
        call(*arguments)
    return caught.value


@pytest.mark.parametrize(
    ("group", "is_it"),
    [
        ({"Name": "Organization Management"}, True),
        ({"Name": "ORGANIZATION management"}, True),
        ({"Name": "Renamed", "WellKnownObject": "Organization Management"}, True),
        ({"Name": "Organization Management of Europe"}, False),
        ({"Name": "Mine", "WellKnownObject": None}, False),
    ],
)
def test_the_last_way_in_by_any_name(group: dict[str, Any], is_it: bool) -> None:
    assert is_organization_management(group) is is_it


ALLOWED = {"Get-Mailbox": ["Identity", "ResultSize"], "Set-Mailbox": ["Identity", "Name"]}


def test_a_role_in_the_spelling_of_its_parent() -> None:
    asked = {"SET-mailbox": ["name", "Verbose", "IDENTITY"], "get-mailbox": None}
    assert within(asked, "Parent", ALLOWED) == {
        "Get-Mailbox": ["Identity", "ResultSize"],
        "Set-Mailbox": ["Identity", "Name"],
    }
    assert list(within(asked, "Parent", ALLOWED)) == ["Get-Mailbox", "Set-Mailbox"]
    assert within({"Get-Mailbox": []}, "Parent", ALLOWED) == {"Get-Mailbox": []}


def test_all_that_a_parent_does_not_hold_is_named() -> None:
    asked: dict[str, Any] = {
        "New-Mailbox": ["Name"],
        "Set-Mailbox": ["Alias", "Name", "Type"],
        "Get-Mailbox": ["Filter"],
    }
    error = failure(within, asked, "Parent", ALLOWED)
    assert error.kind == "beyond_parent"
    assert error.details["beyond"] == ["New-Mailbox", "Set-Mailbox -Alias", "Set-Mailbox -Type", "Get-Mailbox -Filter"]


EUROPE, PLAIN = "Mail Recipients (CustomRecipientScope Europe)", "Message Tracking"


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ({}, [PLAIN, EUROPE]),
        ({"remove": [EUROPE.upper()]}, [PLAIN]),
        ({"remove": ["mail recipients"]}, [PLAIN]),
        ({"remove": ["Other"]}, [PLAIN, EUROPE]),
        ({"set": [PLAIN]}, [PLAIN]),
        ({"set": []}, []),
        ({"set": [PLAIN, EUROPE]}, [PLAIN, EUROPE]),
        ({"set": [PLAIN, "Mail Recipients"]}, [PLAIN, "Mail Recipients", EUROPE]),
        ({"add": ["Mail Recipients"]}, [PLAIN, "Mail Recipients", EUROPE]),
        ({"add": [EUROPE]}, [PLAIN, EUROPE]),
    ],
    ids=str,
)
def test_a_role_with_a_scope_is_not_the_whole_role(given: dict[str, Any], after: list[str]) -> None:
    """It is found by its label or by the name of its role, and it is never assigned."""
    field = GivenRoles("roles", "Roles", scoped={EUROPE.lower(): "Mail Recipients"})
    assert field.target([PLAIN, EUROPE], {"add": None, "remove": None, "set": None, **given}) == after


ROLES = [
    {"Name": "Role Management", "Guid": GUID.format(1), "RoleType": "RoleManagement"},
    {"Name": "Part Of It", "Guid": GUID.format(2), "RoleType": "RoleManagement"},
    {"Name": "Message Tracking", "Guid": GUID.format(3), "RoleType": "MessageTracking"},
]


def assignment(number: int, role: str, **more: Any) -> dict[str, Any]:
    return {
        "Name": f"a-{number}",
        "Guid": GUID.format(number),
        "Role": role,
        "RoleAssigneeName": "Rule Keepers",
        **more,
    }


def test_a_role_is_told_with_its_scope() -> None:
    scope = {"RecipientWriteScope": "CustomRecipientScope", "CustomRecipientWriteScope": "Europe"}
    held = [assignment(1, PLAIN), assignment(2, "Mail Recipients", **scope)]
    found = read_assignments(tenant({"Get-ManagementRoleAssignment": held}), {"Guid": GUID.format(3)}, {})
    assert [one["Label"] for one in found] == [PLAIN, EUROPE]


def test_the_entries_of_a_role_whose_name_is_a_pattern() -> None:
    """Where an entry's identity is a pattern, what it finds may be of other roles; so the role itself is read."""
    lines = ["(Microsoft.Exchange.Management.PowerShell.E2010) Get-MobileDevice -Identity -ResultSize", "Get-Mailbox"]
    roles = [{"Name": "Odd [Role]", "RoleEntries": lines}, {"Name": "Odd R", "RoleEntries": ["Set-Mailbox -Alias"]}]
    service = tenant({"Get-ManagementRole": roles})
    assert read_role_entries(service, "odd [role]") == [
        {"Name": "Get-MobileDevice", "Role": "odd [role]", "Parameters": ["Identity", "ResultSize"]},
        {"Name": "Get-Mailbox", "Role": "odd [role]", "Parameters": []},
    ]
    assert [cmdlet for cmdlet, _parameters in service.asked] == ["Get-ManagementRole"]


def test_what_hands_out_roles() -> None:
    catalog = RoleCatalog(tenant({"Get-ManagementRole": ROLES}))
    assert [catalog.hands_out_roles(one) for one in ("role management", "Part of it", "Message Tracking", "None")] == [
        True,
        True,
        False,
        False,
    ]
    assert catalog.hands_out_roles("Role  Management")  # an unlisted one, by its name
    assert catalog.id_of("PART OF IT") == GUID.format(2) and catalog.id_of("Other") == "Other"


def test_an_assignment_is_what_was_asked_for() -> None:
    catalog = RoleCatalog(tenant({"Get-ManagementRole": ROLES}))
    for found in (
        assignment(9, "Message Tracking"),
        assignment(9, "MESSAGE tracking"),
        assignment(9, "contoso.com\\Message Tracking"),
        {"Name": "a-9", "Role": "Message Tracking"},
        {"Name": "a-9"},
    ):
        catalog.check_assignment(found, "Message Tracking", {"rule keepers"}.__contains__)
    for found, who in ((assignment(9, "Part Of It"), "rule keepers"), (assignment(9, "Message Tracking"), "others")):
        error = failure(catalog.check_assignment, found, "Message Tracking", {who}.__contains__)
        assert error.kind == "other_object" and "a-9" in error.problem and error.tenant == "contoso.com"


@pytest.mark.parametrize(
    ("taken", "held", "refused"),
    [
        ([assignment(5, "Role Management")], [assignment(5, "Role Management")], True),
        ([assignment(5, "Role Management")], [assignment(5, "Role Management"), assignment(6, "Part Of It")], False),
        (
            [assignment(5, "Role Management")],
            [assignment(5, "Role Management"), assignment(6, "Part Of It", Enabled=False)],
            True,
        ),
        # Null is no more a "no" than an absent value: here it is the one right that the caller has, and another one.
        ([assignment(5, "Role Management")], [assignment(5, "Role Management", Enabled=None)], True),
        (
            [assignment(5, "Role Management")],
            [assignment(5, "Role Management"), assignment(6, "Part Of It", Enabled=None)],
            False,
        ),
        ([assignment(5, "Role Management")], [assignment(6, "Role Management")], False),
        ([assignment(5, "Role Management")], [], False),
        ([assignment(5, "Role Management")], [assignment(7, "Message Tracking")], False),
        ([assignment(5, "Part Of It"), assignment(6, "Part Of It")], [assignment(6, "Part Of It")], True),
    ],
)
def test_the_callers_own_way(taken: list[dict[str, Any]], held: list[dict[str, Any]], refused: bool) -> None:
    answers = {"Get-ManagementRole": ROLES, "Get-ManagementRoleAssignment": held, "Get-ServicePrincipal": []}
    caller = tenant(answers, oid="caller")
    call = (refuse_own_way, caller, RoleCatalog(caller), taken, "configure the role group")
    if not refused:
        refuse_own_way(*call[1:])
        return
    error = failure(*call)
    assert error.kind == "own_rights" and error.next_step and taken[0]["Role"] in error.problem
    assert str(error).startswith("Could not configure the role group on tenant contoso.com: ")


def test_who_cannot_know_its_own_way_takes_none_away() -> None:
    unknown = TenantError("not_found", "no such assignee")
    for claims, registered, refused in (
        ({}, [], True),
        ({"oid": "caller"}, [], False),
        ({"oid": "caller"}, [{"AppId": "x", "ObjectId": "CALLER", "DisplayName": "Mine"}], True),
    ):
        answers = {
            "Get-ManagementRole": ROLES,
            "Get-ManagementRoleAssignment": unknown,
            "Get-ServicePrincipal": registered,
        }
        caller = tenant(answers, **claims)
        call = (caller, RoleCatalog(caller), [assignment(5, "Role Management")], "configure the role group")
        if refused:
            assert failure(refuse_own_way, *call).kind == "own_rights"
        else:
            refuse_own_way(*call)
    # A role that delegates nothing is removed without a check.
    silent = tenant({"Get-ManagementRole": ROLES})
    refuse_own_way(silent, RoleCatalog(silent), [assignment(5, "Message Tracking")], "configure the role group")


@pytest.mark.parametrize(
    ("claims", "record", "own"),
    [
        ({"appid": "APP-1"}, {}, True),
        ({"azp": "app-1"}, {}, True),
        ({"oid": "Object-1"}, {"ObjectId": "object-1"}, True),
        ({"appid": "app-2", "azp": "app-3", "oid": "object-2"}, {"ObjectId": "object-1"}, False),
        ({}, {"ObjectId": None}, False),
        ({}, {}, False),
    ],
)
def test_the_callers_own_registration(claims: dict[str, Any], record: dict[str, Any], own: bool) -> None:
    """Tokens of version 1 name the application as appid, those of version 2 as azp."""
    call = (service_principals._refuse_own, tenant(**claims), "app-1", record)
    if own:
        error = failure(*call)
        assert error.kind == "own_rights" and "app-1" in error.problem and error.tenant == "contoso.com"
    else:
        call[0](*call[1:])


def before_write(**params: Any) -> None:
    given = {"name": "Mine", "state": "present", "parent": "Parent", "description": None, "marker": None, **params}
    record = given.pop("record", None)
    management_roles._check_role_write(tenant(), given, record)


def test_what_a_management_role_must_say() -> None:
    before_write(marker="intune.exchange", description="made by Intune.Exchange")
    before_write(state="present", description="anything")
    for description in (None, "", "something else"):
        error = failure(lambda description=description: before_write(marker="intune.exchange", description=description))
        assert error.kind == "usage" and error.next_step
    assert failure(lambda: before_write(parent=None)).kind == "usage"
    record = {"Name": "Mine", "Parent": "contoso.com\\Parent", "Description": "mine"}
    before_write(record=record, description="mine", parent="PARENT")
    for option, value in (("parent", "Other"), ("description", "other"), ("description", "")):
        error = failure(lambda option=option, value=value: before_write(record=record, **{option: value}))
        assert error.kind == "fixed" and option in error.problem and error.tenant == "contoso.com"
    assert failure(lambda: before_write(record={**record, "IsRootRole": True})).kind == "built_in"
    assert (
        failure(lambda: before_write(record={**record, "Description": None}, marker="intune.exchange")).kind
        == "not_ours"
    )


def test_an_assignment_that_names_its_role_by_id() -> None:
    service = tenant({"Get-ManagementRole": ROLES})
    assignee = Principal("user-1", "adele@contoso.com", {"user-1"}, {"adele@contoso.com"}, {"adele"})
    found = {"RoleAssigneeName": "Adele", "Name": "a-9"}
    assignments = Assignments(
        catalog=RoleCatalog(service), role=ROLES[2], kind="user", assignee=assignee, given="adele", scoped=[]
    )
    for role in (GUID.format(3), GUID.format(3).upper(), "Message Tracking", None):
        assignments._check({**found, "Role": role})
    for other in ({**found, "Role": GUID.format(2)}, {**found, "Role": GUID.format(3), "RoleAssigneeName": "Alex"}):
        assert failure(assignments._check, other).kind == "other_object"


def test_the_parent_of_a_role_that_is_there() -> None:
    """Without it, a role could never gain its parent's cmdlets: Exchange prefixes the tenant to its name."""
    roles = [
        {"Name": "Mine", "Guid": GUID.format(1), "Parent": "contoso.com\\Mail Recipients"},
        {"Name": "Mail Recipients", "Guid": GUID.format(2), "Parent": None},
        {"Name": "Twin", "Guid": GUID.format(3), "Parent": "A"},
        {"Name": "twin", "Guid": GUID.format(4), "Parent": "B"},
    ]
    service = tenant({"Get-ManagementRole": roles})
    names = ("mine", "MAIL recipients", "Other")
    assert [management_roles._parent_of(service, one) for one in names] == ["Mail Recipients", "Mail Recipients", ""]
    error = failure(management_roles._parent_of, service, "Twin")
    assert error.kind == "ambiguous" and error.details["candidates"] == [GUID.format(3), GUID.format(4)]


ROLE = {"Name": "Mine", "Guid": GUID.format(1), "Identity": "Mine", "Parent": "Mail Recipients", "Description": "d"}
OTHER = {**ROLE, "Name": "Mine Too", "Guid": GUID.format(2), "Identity": "Mine Too"}
ENTRIES = [{"Name": "Get-Mailbox", "Parameters": ["ResultSize", "Identity", "Verbose"]}]


def roles_info(found: Any, **params: Any) -> tuple[dict[str, Any], list[Any]]:
    service = tenant({"Get-ManagementRole": found, "Get-ManagementRoleEntry": ENTRIES})
    given = {"name": None, "cmdlet": None, "parameters": None, "parent": None, **params}
    return management_roles.roles_info(service, given), service.asked


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        ({}, [{}]),
        ({"cmdlet": "Get-Mailbox"}, [{"Cmdlet": "Get-Mailbox"}]),
        (
            {"cmdlet": "Get-Mailbox", "parameters": ["Identity"]},
            [{"Cmdlet": "Get-Mailbox", "CmdletParameters": ["Identity"]}],
        ),
        ({"parameters": ["Identity"]}, [{}]),
        ({"parent": "P"}, [{"Identity": "P", "GetChildren": True}]),
        ({"parent": "P", "cmdlet": "C"}, [{"Cmdlet": "C"}, {"Identity": "P", "GetChildren": True}]),
    ],
)
def test_which_roles_are_asked_for(params: dict[str, Any], asked: list[Any]) -> None:
    result, sent = roles_info([ROLE, OTHER], **params)
    assert sent == [("Get-ManagementRole", one) for one in asked] and result["changed"] is False
    assert [one["name"] for one in result["management_roles"]] == ["Mine", "Mine Too"]
    assert result["management_roles"][0] == {
        "identity": "Mine",
        "name": "Mine",
        "guid": GUID.format(1),
        "parent": "Mail Recipients",
        "description": "d",
        "role_type": None,
        "is_root_role": None,
    }


def test_children_that_hold_a_cmdlet_are_in_both_answers() -> None:
    def found(parameters: dict[str, Any]) -> list[dict[str, Any]]:
        return [OTHER] if "GetChildren" in parameters else [ROLE, OTHER]

    result, _sent = roles_info(found, parent="P", cmdlet="C")
    assert [one["name"] for one in result["management_roles"]] == ["Mine Too"]
    assert failure(lambda: roles_info([], parent="P", name="N")).kind == "usage"
    assert roles_info(TenantError("not_found", "no such role"), name="x")[0]["management_roles"] == []


@pytest.mark.parametrize("name", ["mine", GUID.format(1)])
def test_the_one_role_of_a_name_with_its_cmdlets(name: str) -> None:
    """Exchange treats a name as a pattern, so others can be returned."""
    result, sent = roles_info([ROLE, OTHER], name=name)
    (role,) = result["management_roles"]
    assert role["name"] == "Mine" and sent[0] == ("Get-ManagementRole", {"Identity": name})
    assert role["cmdlets"] == [{"cmdlet": "Get-Mailbox", "parameters": ["Identity", "ResultSize"]}]


HELD = [assignment(7, "Mine", RoleAssigneeName="Team"), assignment(6, "Mine", RoleAssigneeName="Adele")]


@pytest.mark.parametrize(
    ("assigned", "children", "words"),
    [
        (HELD, [], ["it is assigned to Team (a-7), Adele (a-6)"]),
        ([], [OTHER], ["it is the parent of Mine Too"]),
        (HELD, [OTHER], ["it is assigned to Team (a-7), Adele (a-6) and it is the parent of Mine Too"]),
        ([], [], []),
    ],
)
def test_a_role_in_use_is_not_removed(assigned: list[Any], children: list[Any], words: list[str]) -> None:
    found = {"Get-ManagementRoleAssignment": assigned, "Get-ManagementRole": [ROLE, *children]}
    service = tenant(found)
    params = {"name": "MINE", "state": "absent", "marker": None}
    if not words:
        management_roles._check_role_write(service, params, ROLE)
    else:
        error = failure(management_roles._check_role_write, service, params, ROLE)
        assert error.kind == "in_use" and words[0] in error.problem and error.next_step
        assert error.details == {
            "assignments": [one["Name"] for one in assigned],
            "assignees": sorted(one["RoleAssigneeName"] for one in assigned),
            "children": [one["Name"] for one in children],
        }
    assert service.asked == [
        ("Get-ManagementRoleAssignment", {"Role": GUID.format(1), "Delegating": False}),
        ("Get-ManagementRole", {"Identity": GUID.format(1), "GetChildren": True}),
    ]


def test_which_assignments_are_asked_for() -> None:
    whole = {"Name": "a", "Role": "Mine", "RecipientWriteScope": "Organization"}
    part = {**whole, "Name": "b", "CustomRecipientWriteScope": "Europe", "RecipientWriteScope": "CustomRecipientScope"}
    for params, asked in (
        ({}, {}),
        ({"role": "R", "assignee": "A"}, {"Role": "R", "RoleAssignee": "A"}),
        ({"enabled": False, "delegating": True}, {"Enabled": False, "Delegating": True}),
        ({"effective_users": True}, {"GetEffectiveUsers": True}),
    ):
        service = tenant({"Get-ManagementRoleAssignment": [whole, part]})
        given = {
            "role": None,
            "assignee": None,
            "enabled": None,
            "delegating": None,
            "effective_users": False,
            **params,
        }
        result = role_assignments.assignments_info(service, given)
        assert service.asked == [("Get-ManagementRoleAssignment", asked)] and result["changed"] is False
        found = result["management_role_assignments"]
        assert [(one["name"], one["role"]) for one in found] == [("a", "Mine"), ("b", "Mine")]
        assert [one["scope"] for one in found] == [None, "CustomRecipientScope Europe"]


@pytest.mark.parametrize(
    ("verb", "still_there", "kind"),
    [
        ("Remove", False, None),
        ("Remove", True, "outcome_unknown"),
        ("Add", False, "outcome_unknown"),
        ("Set", True, "outcome_unknown"),
    ],
)
def test_a_cmdlet_of_a_role_that_is_not_found(verb: str, still_there: bool, kind: str | None) -> None:
    """Done for a removal if it is gone; an addition that the service does not find is never taken for done."""

    class Refused(management_roles.Roles):
        def write(self, tenant: Any, verb: str, cmdlet: str, parameters: Any, *, of_new: bool = False) -> list[Any]:
            raise TenantError("not_found", "not there", "change it", "contoso.com")

    there = [{"Name": "get-MAILBOX", "Parameters": []}] if still_there else []
    service = tenant({"Get-ManagementRoleEntry": there})

    def change() -> None:
        Refused()._entry(service, verb, "Mine", "Get-Mailbox", {}, of_new=False)

    if kind is None:
        change()
    else:
        assert failure(change).kind == kind


ROLE_EDITS = {
    "Add-ManagementRoleEntry": {"Identity", "Parameters", "Overwrite"},
    "Set-ManagementRoleEntry": {"Identity", "Parameters"},
    "Remove-ManagementRoleEntry": {"Identity"},
}


# For Set removed and Remove trimmed there is no order: each needs the other first.
FATES = [
    one for one in itertools.product(("kept", "trimmed", "removed"), repeat=3) if one[1:] != ("removed", "trimmed")
]


@pytest.mark.parametrize("fate", FATES, ids="-".join)
def test_a_caller_that_trims_its_own_role_can_finish(fate: tuple[str, ...]) -> None:
    """The caller has no other role: each step needs the entry of its cmdlet, with the parameters that it sends."""
    other = {"Get-ManagementRole": {"Identity"}, "Get-ManagementRoleEntry": {"Identity"}, "Get-User": {"Identity"}}
    held: dict[str, set[str]] = {**ROLE_EDITS, **other, "New-ManagementRole": {"Name", "Parent"}}
    after: dict[str, list[str]] = {"Get-Mailbox": ["Identity"], "Set-ManagementRole": [], "New-ManagementRole": []}
    for cmdlet, what in zip(ROLE_EDITS, fate, strict=True):
        if what != "removed":
            after[cmdlet] = sorted(ROLE_EDITS[cmdlet]) if what == "kept" else []

    class Own(management_roles.Roles):
        def write(self, tenant: Any, verb: str, cmdlet: str, parameters: Any, *, of_new: bool = False) -> list[Any]:
            assert set(parameters) <= held.get(cmdlet, set()), (cmdlet, parameters)
            entry = parameters["Identity"].partition("\\")[2]
            if cmdlet.startswith("Remove"):
                del held[entry]
            else:
                assert (entry in held) is cmdlet.startswith("Set")
                held[entry] = set(parameters["Parameters"])
            return []

    before = {cmdlet: sorted(names) for cmdlet, names in sorted(held.items())}
    Own()._edit(tenant(), {"Name": "Own"}, before, dict(sorted(after.items())))
    assert held == {cmdlet: set(names) for cmdlet, names in after.items()}


def test_an_address_that_is_only_a_name() -> None:
    """Nobody has the address, so whoever is called by it is meant."""
    called = {"Guid": GUID.format(1), "Name": "desk@contoso.com"}
    found = Principals(tenant({"Get-Recipient": lambda asked: [] if "Filter" in asked else [called], "Get-User": []}))
    meant = found.find("desk@contoso.com")
    assert meant is not None and meant.id == GUID.format(1)
