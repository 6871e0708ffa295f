# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing ties a pseudonym to the original: no name that looks like a value, no decimals and no order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._snapshot.pseudonymize import pseudonymized
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.public_words import ENUMERATIONS
from simulator.odata.contract import CONTRACTS

from .test_pseudonymize import snapshot

LIKE_VALUES = ("P1234D", "P3Y", "12:30:45", "1.00:00:00", "True", "False", "Unlimited", "2026-01-31T08:00:00Z")
# The contracts say only text of these, and the services return values in them.
OF_VALUES = {
    *("ActivityBasedAuthenticationTimeoutInterval", "PublicFoldersEnabled", "androidSecurityPatchLevel"),
    *("minAndroidSecurityPatchLevel",),
}


def texts_of_the_contracts() -> set[str]:
    """The properties of the kinds of a snapshot that are only text: no time, duration, truth value or enumeration."""
    live = json.loads((CONTRACTS / "live-properties.json").read_text())["properties"]
    forms: dict[str, set[str]] = {}
    for properties in live.values():
        for name, form in properties.items():
            forms.setdefault(name, set()).add(form)
    schemas = json.loads((CONTRACTS / "graph-v1.0.json").read_text())["components"]["schemas"]
    for schema in schemas.values():
        for part in (schema, *schema.get("allOf", ())):
            for name, one in part.get("properties", {}).items():
                inner = one.get("items", one) if isinstance(one, dict) else {}
                plain = inner.get("type") == "string" and not {"format", "pattern", "enum"} & {*inner}
                forms.setdefault(name, set()).add("string" if plain else "another")
    return {name for name, found in forms.items() if found <= {"string", "string[]", "guid"}}


@pytest.mark.parametrize("text", LIKE_VALUES)
def test_a_name_that_looks_like_a_value_is_replaced(text: str) -> None:
    names = {*texts_of_the_contracts(), "SamAccountName", "Alias", "somebodysProperty"} - OF_VALUES
    assert {"Name", "Identity", "Id", "deviceName", "notes", "Description", "serialNumber", "RoleAssignee"} <= names
    # Where nothing but members of enumerations stay, time limits among them, a value says nothing of somebody.
    held = dict.fromkeys(sorted(names - ENUMERATIONS - {"rule"}), text)
    found = pseudonymized(snapshot(mailboxes=[held | {"settings": {"Name": [text]}}]))["objects"]["mailboxes"][0]
    assert not [name for name, value in found.items() if value == text]
    assert found["Name"] == found["Alias"] == found["SamAccountName"] == found["settings"]["Name"][0]


def test_a_value_stays_where_values_are() -> None:
    policy = {"id": "1", "periodOfflineBeforeAccessCheck": "PT12H", "createdDateTime": "2026-01-31T08:00:00Z"}
    mailbox = {"Guid": "2", "WhenCreated": "2026-01-31T08:00:00+01:00", "ActiveSyncEnabled": "True"}
    limits = {"Guid": "3", "MaxInactivityTimeLock": "00:15:00", "PasswordExpiration": "Unlimited"}
    found = pseudonymized(
        snapshot(ios_app_protection_policies=[policy], mailboxes=[mailbox], mobile_device_mailbox_policies=[limits])
    )["objects"]
    for kind, record in (
        ("ios_app_protection_policies", policy),
        ("mailboxes", mailbox),
        ("mobile_device_mailbox_policies", limits),
    ):
        assert {**found[kind][0], "id": "", "Guid": ""} == {**record, "id": "", "Guid": ""}


@pytest.mark.parametrize(
    ("number", "stays"),
    [(48.137154, False), (11.5754, True), (-8.54193, True), (-8.541931, False), (1.5, True), (100000.0, True)],
)
def test_a_number_has_up_to_six_digits_also_behind_the_point(number: float, stays: bool) -> None:
    [found] = pseudonymized(snapshot(managed_devices=[{"id": "1", "isEncrypted": number}]))["objects"][
        "managed_devices"
    ]
    assert (found["isEncrypted"] == number) is stays
    assert isinstance(found["isEncrypted"], float) and len(str(int(found["isEncrypted"]))) == len(str(int(number)))


def test_the_order_of_a_list_is_not_that_of_the_original() -> None:
    """A list that was sorted is sorted anew: by chance, ten new ids are in the old order once in millions."""
    users = [{"id": f"00000000-0000-4000-8000-{number:012x}"} for number in range(40)]
    ids: list[Any] = [one["id"] for one in users]
    group = {"id": "g", "members": ids, "settings": [{"id": one} for one in ids]}
    found = pseudonymized(snapshot(users=users, groups=[group]))["objects"]
    [shown], renamed = found["groups"], [one["id"] for one in found["users"]]
    assert sorted(shown["members"]) == sorted(renamed) and shown["members"] != renamed
    assert shown["members"] == sorted(shown["members"])
    assert shown["settings"] == sorted(shown["settings"], key=lambda one: str(one["id"]))
    [user] = pseudonymized(snapshot(users=[{"id": "1", "x": [3, 1, 2]}]))["objects"]["users"]
    assert [3, 1, 2] in user.values()
