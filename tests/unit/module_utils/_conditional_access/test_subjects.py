# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People that a task names for a policy, converted to ids, with a stub directory; and guests in both forms."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.fields import (
    _GUEST_TYPES,
    _guests_by_type,
)
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.subjects import Subjects
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import ReadResult

ADELE: dict[str, Any] = {
    "id": "11111111-2222-3333-4444-000000000001",
    "displayName": "Adele",
    "userPrincipalName": "adele@contoso.com",
    "mail": "av@contoso.com",
    "accountEnabled": True,
    "userType": "Member",
}
SALES = {"id": "11111111-2222-3333-4444-000000000002", "displayName": "Sales", "mail": None}
READER = {"id": "r", "templateId": "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "displayName": "Global Reader"}
CUSTOM = {
    **READER,
    "id": "c",
    "templateId": "11111111-2222-3333-4444-00000000000c",
    "displayName": "Ours",
    "isBuiltIn": False,
}
GONE = "99999999-2222-3333-4444-000000000009"


def directory() -> Any:
    """Responds to reads by path: one object by its id, else the list after its filter."""
    asked: list[str] = []

    def batch(reads: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, read in reads.items():
            assert read.purpose.action and read.purpose.permission
            asked.append(read.path)
            if read.path.startswith("roleManagement/"):
                found[name] = [READER, CUSTOM]
            elif read.collection:
                found[name] = [ADELE] if read.path.startswith("users") else [SALES]
            else:
                one = next((one for one in (ADELE, SALES) if one["id"] in read.path), None)
                found[name] = one or TenantError("not_found", "nothing")
        return {
            name: ReadResult(None, one) if isinstance(one, TenantError) else ReadResult(one)
            for name, one in found.items()
        }

    return SimpleNamespace(label="contoso.com", graph=SimpleNamespace(batch=batch), asked=asked)


def edit(**lists: Any) -> dict[str, Any]:
    return {"add": None, "remove": None, "set": None, **lists}


def test_what_is_named_and_what_it_is() -> None:
    tenant = directory()
    subjects = Subjects(tenant)
    users = {
        "include_users": edit(set=["all", "AV@contoso.com"]),
        "exclude_users": edit(add=["Adele@contoso.com", ADELE["id"]]),
        "include_groups": edit(add=["SALES"]),
        "include_roles": edit(add=["global reader"]),
    }
    given = {"conditions": {"users": users, "platforms": {"x": 1}}, "other": 1}
    wanted = subjects.with_ids(given, None)
    assert wanted["other"] == 1 and wanted["conditions"]["platforms"] == {"x": 1}
    assert wanted["conditions"]["users"] == {
        "include_users": edit(set=["All", ADELE["id"]]),
        "exclude_users": edit(add=[ADELE["id"]]),
        "include_groups": edit(add=[SALES["id"]]),
        "include_roles": edit(add=[READER["templateId"]]),
    }
    person = {"display_name": "Adele", "user_principal_name": "adele@contoso.com", "account_enabled": True}
    person |= {"user_type": "Member", "id": ADELE["id"]}
    assert sorted(subjects.resolved, key=lambda one: str(one["option"])) == [
        {"option": "exclude_users", "given": "Adele@contoso.com", **person},
        {"option": "exclude_users", "given": ADELE["id"], **person},
        {"option": "include_groups", "given": "SALES", "id": SALES["id"], "display_name": "Sales"},
        {
            "option": "include_roles",
            "given": "global reader",
            "id": READER["templateId"],
            "display_name": "Global Reader",
        },
        {"option": "include_users", "given": "AV@contoso.com", **person},
    ]
    known = len(tenant.asked)
    assert subjects.with_ids(given, None) == wanted and len(tenant.asked) == known  # read once for the task
    assert subjects.describe("user", ADELE["id"]) == f"user adele@contoso.com ({ADELE['id']})"
    assert subjects.describe("group", GONE) == f"group {GONE}"


def test_nothing_named_is_nothing_asked() -> None:
    tenant = directory()
    for users in (None, {}, {"include_users": None}):
        given = {"conditions": {"users": users}}
        assert Subjects(tenant).with_ids(given, None) == given
    assert Subjects(tenant).with_ids({"conditions": None}, {"users": None}) == {"conditions": None}
    Subjects(tenant).check({"conditions": {"users": {"includeUsers": ["All", "None", "GuestsOrExternalUsers"]}}})
    assert tenant.asked == []


@pytest.mark.parametrize("option", ["include_users", "exclude_users", "include_groups", "exclude_roles"])
@pytest.mark.parametrize("text", [GONE, "somebody", "Ours", CUSTOM["templateId"]])
def test_what_is_not_in_the_directory(option: str, text: str) -> None:
    subjects = Subjects(directory())
    api = {"include_users": "includeUsers", "exclude_users": "excludeUsers", "include_groups": "includeGroups"}
    stored = {"users": {api.get(option, "excludeRoles"): [text]}}
    for name in ("add", "set"):
        with pytest.raises(TenantError) as caught:
            subjects.with_ids({"conditions": {"users": {option: edit(**{name: [text]})}}}, stored)
        error = caught.value
        assert error.kind == "unresolved" and error.details == {"unresolved": [{"option": option, "given": text}]}
        assert text in error.problem and error.next_step
    # Entries of the policy can always be removed.
    wanted = subjects.with_ids({"conditions": {"users": {option: edit(remove=[text])}}}, stored)
    assert wanted["conditions"]["users"][option]["remove"] == [text]
    with pytest.raises(TenantError) as caught:
        subjects.check({"conditions": stored})
    assert caught.value.details == {"unresolved": [{"option": option, "given": text}]}


def test_exclusions_that_are_no_more() -> None:
    stored = {"users": {"excludeUsers": [ADELE["id"], GONE], "excludeGroups": [SALES["id"]], "includeUsers": [GONE]}}
    subjects = Subjects(directory())
    kept = subjects.with_ids({"conditions": None, "remove_missing_exclusions": False}, stored)
    assert kept["conditions"] is None
    wanted = subjects.with_ids({"conditions": None, "remove_missing_exclusions": True}, stored)
    assert wanted["conditions"]["users"] == {"exclude_users": {"remove": [GONE]}}
    users = {"exclude_users": edit(remove=[ADELE["id"]])}
    wanted = subjects.with_ids({"conditions": {"users": users}, "remove_missing_exclusions": True}, stored)
    assert wanted["conditions"]["users"]["exclude_users"]["remove"] == [ADELE["id"], GONE]


def test_all_guests_as_an_object_and_not_as_a_word() -> None:
    everybody = {"guestOrExternalUserTypes": ",".join(_GUEST_TYPES)}
    assert _guests_by_type({"includeUsers": ["a", "guestsOrExternalUsers"], "excludeUsers": ["b"]}) == {
        "includeUsers": ["a"],
        "includeGuestsOrExternalUsers": everybody,
        "excludeUsers": ["b"],
    }
    assert _guests_by_type({"excludeUsers": ["GuestsOrExternalUsers"]}) == {
        "excludeUsers": [],
        "excludeGuestsOrExternalUsers": everybody,
    }
    assert _guests_by_type({"includeUsers": None}) == {"includeUsers": None}
