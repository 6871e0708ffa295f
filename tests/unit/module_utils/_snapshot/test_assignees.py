# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export and a copy assign a role to its holder, to nobody of the same name, and no disabled assignment."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._snapshot.export_access import mailboxes
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.export_rights import (
    role_assignments,
    role_groups,
    service_principals,
)
from simulator.twin import exchange
from simulator.twin.seed import _Owners


def mailbox(number: int, name: str, shown: str, address: str) -> dict[str, Any]:
    ids = {"Guid": f"guid-{number}", "ExternalDirectoryObjectId": f"user-{number}"}
    return {
        **ids,
        "Name": name,
        "Identity": name,
        "DisplayName": shown,
        "PrimarySmtpAddress": f"{address}@contoso.example",
    }


def application(number: int, name: str) -> dict[str, Any]:
    return {"ObjectId": f"object-{number}", "AppId": f"app-{number}", "DisplayName": name}


def assignment(type_: str, name: str, **more: Any) -> dict[str, Any]:
    who = {"RoleAssigneeType": type_, "RoleAssigneeName": name, "RoleAssignee": name}
    return {
        "Name": "x",
        "Role": "Mail Recipients",
        "RoleAssignmentDelegationType": "Regular",
        "Enabled": True,
        **who,
        **more,
    }


ADMINISTRATOR, INTERN = mailbox(1, "John Smith", "John Smith", "admin"), mailbox(2, "jsmith2", "John Smith", "intern")
BACKUP, OTHER = application(1, "Backup"), application(2, "Backup")
PERSON = {"mailboxes": [ADMINISTRATOR, INTERN], "service_principals": []}
WITHOUT_MAILBOX = {"id": "USER-3", "userPrincipalName": "adm.smith@contoso.example", "displayName": "John Smith"}
# What holds the role in the export and in the copy; a word of the reason if nothing says who that is.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str] | str]] = {
    "a holder without a mailbox, and a namesake with one": (
        {"mailboxes": [INTERN], "users": [WITHOUT_MAILBOX], "service_principals": []},
        assignment("User", "John Smith"),
        "does not say which user",
    ),
    "a holder without a mailbox by id": (
        {"mailboxes": [INTERN], "users": [WITHOUT_MAILBOX], "service_principals": []},
        assignment("User", "user-3"),
        ("adm.smith@contoso.example", "user-3"),
    ),
    "a holder without a mailbox by address, in a snapshot without users": (
        {"mailboxes": [INTERN], "service_principals": []},
        assignment("User", "adm.smith@contoso.example"),
        "does not say which user",
    ),
    "an application that is gone, and a namesake": (
        {"mailboxes": [], "service_principals": [BACKUP]},
        assignment("ServicePrincipal", "Backup"),
        "does not say which application",
    ),
    "several mailboxes with one name": (
        {"mailboxes": [ADMINISTRATOR, {**INTERN, "Name": "John Smith"}], "service_principals": []},
        assignment("User", "John Smith"),
        "several",
    ),
    "a name before a display name": (PERSON, assignment("User", "John Smith"), ("admin@contoso.example", "user-1")),
    "an address": (PERSON, assignment("User", "Intern@contoso.example"), ("intern@contoso.example", "user-2")),
    "several display names": (
        {"mailboxes": [{**ADMINISTRATOR, "Name": "a", "Identity": "a"}, INTERN], "service_principals": []},
        assignment("User", "John Smith"),
        "does not say which user",
    ),
    "an id before a display name": (
        {"mailboxes": [], "service_principals": [BACKUP, application(2, "object-1")]},
        assignment("ServicePrincipal", "object-1"),
        ("app-1", "object-1"),
    ),
    "several applications with one name": (
        {"mailboxes": [], "service_principals": [BACKUP, OTHER]},
        assignment("ServicePrincipal", "Backup"),
        "does not say which application",
    ),
    "several applications with one name, and the id": (
        {"mailboxes": [], "service_principals": [BACKUP, OTHER]},
        assignment("ServicePrincipal", "Backup", RoleAssignee="object-1"),
        ("app-1", "object-1"),
    ),
    "an application with the name of a person": (
        {"mailboxes": [ADMINISTRATOR], "service_principals": [application(1, "John Smith")]},
        assignment("User", "John Smith"),
        ("admin@contoso.example", "user-1"),
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("turned", [False, True])
def test_a_role_is_its_holders(case: str, turned: bool) -> None:
    given, held, wanted = CASES[case]
    objects = {kind: list(reversed(some)) if turned else some for kind, some in given.items()}
    found = role_assignments({**objects, "role_assignments": [held], "role_groups": []})
    holder = exchange._assignee(held, exchange._holders(objects))
    if isinstance(wanted, str):
        assert not found.items and wanted in found.missing[0].reason
        assert not holder.startswith(("user-", "object-", "guid-"))
        return
    [item] = found.items
    exported = item.get("user") or item["application"].value
    assert (exported, holder) == wanted and not found.missing


def test_a_right_that_is_turned_off_is_not_exported() -> None:
    group = {"Guid": "1", "Name": "Help", "Members": []}
    held = [assignment("RoleGroup", "Help", Enabled=False), assignment("RoleGroup", "Help", Role="Reset Password")]
    found = role_groups({"role_groups": [group], "role_assignments": held, "management_roles": []})
    assert [one["roles"] for one in found.items] == [{"add": ["Reset Password"]}]
    assert [(one.name, "disabled" in one.reason) for one in found.missing] == [("Help: Mail Recipients", True)]


NOBODY = "00000000-0000-0000-0000-000000000000"
# A member of a role group as the snapshot has it, and who that is in the export: None if only a name says so.
MEMBERS: dict[str, tuple[dict[str, Any], str | None]] = {
    "an address": (
        {"PrimarySmtpAddress": "adele@contoso.example", "ExternalDirectoryObjectId": "1"},
        "adele@contoso.example",
    ),
    "an id": ({"ExternalDirectoryObjectId": "user-3", "PrimarySmtpAddress": ""}, "user-3"),
    "a GUID": ({"Guid": "guid-3", "ExternalDirectoryObjectId": NOBODY}, "guid-3"),
    "another role group": ({"Name": "Help", "RecipientTypeDetails": "RoleGroup"}, "guid-8"),
    "an application": ({"Name": "object-1", "RecipientTypeDetails": "ServicePrincipal"}, "app-1"),
    "one of two applications": ({"Name": "Backup", "RecipientTypeDetails": "ServicePrincipal"}, None),
    "one of two mailboxes": ({"Name": "John Smith", "RecipientTypeDetails": "UserMailbox"}, None),
    "that one of them": (
        {"Name": "John Smith", "DisplayName": "J. Smith", "RecipientTypeDetails": "UserMailbox"},
        "third@contoso.example",
    ),
    "a mailbox": ({"Name": "jsmith2", "RecipientTypeDetails": "UserMailbox"}, "intern@contoso.example"),
    "a user without an id, and a mailbox of the same name": ({"Name": "jsmith2", "RecipientTypeDetails": "User"}, None),
    "a name": ({"Name": "Sales", "RecipientTypeDetails": "MailUniversalSecurityGroup"}, None),
}


@pytest.mark.parametrize("case", MEMBERS)
def test_a_member_is_named_by_what_nobody_else_has(case: str) -> None:
    member, wanted = MEMBERS[case]
    groups: list[dict[str, Any]] = [
        {"Guid": "guid-8", "Name": "Help", "Members": []},
        {"Guid": "guid-9", "Name": "Sales", "Members": [member, {"PrimarySmtpAddress": "x@contoso.example"}]},
        {"Guid": "guid-7", "Name": "Only", "Members": [member]},
    ]
    third = mailbox(3, "John Smith", "J. Smith", "third")
    held = {"role_assignments": [], "management_roles": [], "service_principals": [BACKUP, OTHER]}
    found = role_groups({"role_groups": groups, **held, "mailboxes": [ADMINISTRATOR, INTERN, third]})
    two, one = (item.get("members", {}) for item in found.items[1:])
    if wanted is None:  # nothing that the export leaves out is removed where it is applied
        assert two == {"add": ["x@contoso.example"]} and one == {}
        assert [missing.name for missing in found.missing] == [
            f"{of}: member {member['Name']}" for of in ("Sales", "Only")
        ]
        assert all("only its name" in missing.reason for missing in found.missing)
    else:
        assert [getattr(who, "value", who) for who in two["set"]] == [wanted, "x@contoso.example"]
        assert len(one["set"]) == 1 and not found.missing


KIM = {"Guid": "2", "Name": "k.lee", "DisplayName": "Kim", "PrimarySmtpAddress": "kim.lee@contoso.example"}
BLANK: list[Any] = [None, "", "  ", "\u200b", NOBODY, f"{{{NOBODY}}}"]
# Members that are nobody of these objects: with the display name of another one, or with none.
STRANGERS: dict[str, tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]] = {
    "the display name of another": ({"Name": "kim", "DisplayName": "Kim Stone"}, {"mailboxes": [KIM]}),
    "the display name of another, without one": ({"Name": "kim"}, {"mailboxes": [KIM]}),
    "the name of one with another display name": (
        {"Name": "kim", "DisplayName": "Kim Stone"},
        {"mailboxes": [{**KIM, "Name": "Kim"}]},
    ),
    "the identity of another": ({"Name": "kim"}, {"mailboxes": [{**KIM, "Identity": "Kim"}]}),
    "the display name of an application": (
        {"Name": "backup", "RecipientTypeDetails": "ServicePrincipal"},
        {"service_principals": [BACKUP]},
    ),
    "the id of an application in another place": (
        {"Name": "app-1", "RecipientTypeDetails": "ServicePrincipal"},
        {"service_principals": [BACKUP]},
    ),
    "the display name of a role group": (
        {"Name": "help", "RecipientTypeDetails": "RoleGroup"},
        {"role_groups": [{"Guid": "guid-8", "Name": "Own help", "DisplayName": "Help", "Members": []}]},
    ),
} | {
    f"{blank!r} as {of} of the member and of the only {kind}": (
        {"Name": "x", of: blank, "RecipientTypeDetails": type_, "PrimarySmtpAddress": blank, "Guid": blank},
        {
            kind: [
                {"Name": blank, of: blank, "Guid": "2", "AppId": "a", "PrimarySmtpAddress": "kim.lee@contoso.example"}
            ]
        },
    )
    for blank in BLANK
    for of in ("Name", "DisplayName", "ExternalDirectoryObjectId")
    for kind, type_ in (("mailboxes", "UserMailbox"), ("service_principals", "ServicePrincipal"))
}


@pytest.mark.parametrize("case", STRANGERS)
def test_a_member_is_nobody_with_another_name(case: str) -> None:
    member, held = STRANGERS[case]
    known = {"RecipientTypeDetails": "UserMailbox", "ExternalDirectoryObjectId": NOBODY, **member}
    sales = {"Guid": "guid-9", "Name": "Sales", "Members": [known, {"PrimarySmtpAddress": "x@contoso.example"}]}
    nothing: dict[str, list[Any]] = {"mailboxes": [], "service_principals": [], "management_roles": []}
    groups = [*held.get("role_groups", ()), sales]
    found = role_groups({**nothing, **held, "role_assignments": [], "role_groups": groups})
    assert found.items[-1]["members"] == {"add": ["x@contoso.example"]}
    assert [one.name for one in found.missing] == [f"Sales: member {str(member['Name'] or '').strip() or 'x'}"] or (
        member["Name"] in BLANK and "without a name" in found.missing[0].name
    )


def test_a_member_is_the_mailbox_with_its_name() -> None:
    """With the display name that both have, or with none."""
    for shown in ("KIM", None, ""):
        member = {"Name": "K.Lee", "DisplayName": shown, "RecipientTypeDetails": "UserMailbox"}
        group = {"Guid": "guid-9", "Name": "Sales", "Members": [member]}
        found = role_groups(
            {"role_groups": [group], "mailboxes": [KIM], "role_assignments": [], "management_roles": []}
        )
        assert [one.value for one in found.items[0]["members"]["set"]] == ["kim.lee@contoso.example"]


@pytest.mark.parametrize("blank", BLANK)
def test_a_holder_of_a_role_is_nobody_without_a_name(blank: Any) -> None:
    held = assignment("User", blank)
    people = [{**KIM, "Name": blank, "Identity": blank, "ExternalDirectoryObjectId": blank}]
    found = role_assignments(
        {"role_groups": [], "role_assignments": [held], "mailboxes": people, "service_principals": []}
    )
    assert not found.items and len(found.missing) == 1


def test_a_copy_has_all_members_without_an_id() -> None:
    people = [
        {"Name": name, "ExternalDirectoryObjectId": identity} for name in ("a", "b", "b") for identity in (NOBODY, None)
    ]
    group = exchange._group({"Guid": "1", "Name": "Sales", "Members": people})
    assert len(group["_members"]) == 6 and [group["_shown"][one] for one in group["_members"]] == people


@pytest.mark.parametrize("blank", BLANK)
def test_nothing_blank_identifies_somebody(blank: Any) -> None:
    """Of an application, a mailbox and a user; what else identifies one of them does."""
    app = {"ObjectId": "object-1", "AppId": blank, "DisplayName": "Backup"}
    person = {"Guid": blank, "Name": "kim", "PrimarySmtpAddress": blank}
    held = [assignment("ServicePrincipal", "object-1"), assignment("User", "kim")]
    objects: dict[str, list[dict[str, Any]]] = {"mailboxes": [person], "service_principals": [app]}
    found = role_assignments({"role_groups": [], **objects, "role_assignments": held})
    assert not found.items and {"only its name" in one.reason for one in found.missing} == {True}
    assert not service_principals(objects).items and len(service_principals(objects).missing) == 1
    other = {"mailboxes": [{**person, "Guid": "guid-1"}], "service_principals": []}
    found = role_assignments({"role_groups": [], **other, "role_assignments": held[1:]})
    assert found.items == [{"role": "Mail Recipients", "user": "guid-1"}]
    settings = {"ActiveSyncEnabled": False, "OutlookMobileEnabled": True, "ActiveSyncMailboxPolicyIsDefaulted": True}
    shown = mailboxes({"mailboxes": [{**person, "Guid": "guid-1", **settings}]}).items
    assert [one["mailbox"] for one in shown] == ["guid-1"]


def test_a_device_of_one_of_several_mailboxes_is_nobodys_in_a_copy() -> None:
    device = {"Guid": "3", "Identity": "John\\ExchangeActiveSyncDevices\\iOS1"}
    first, second = mailbox(1, "John", "A", "a"), mailbox(2, "John", "B", "b")
    assert _Owners([first]).of(device) == "user-1"
    assert _Owners([first, second]).of(device) == "owner of 3"
    placed = {**device, "DistinguishedName": "CN=x,CN=ExchangeActiveSyncDevices,CN=John"}
    assert _Owners([{**first, "DistinguishedName": "CN=John"}, second]).of(placed) == "user-1"
