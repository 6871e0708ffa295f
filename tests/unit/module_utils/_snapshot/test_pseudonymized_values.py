# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers, names of properties, dates, sizes and reasons carry nothing of somebody into a pseudonymized snapshot."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._snapshot.pseudonymize import pseudonymized
from simulator.odata.contract import CONTRACTS

from .test_pseudonymize import snapshot


def device(**properties: Any) -> dict[str, Any]:
    [found] = pseudonymized(snapshot(managed_devices=[{"id": "1", **properties}]))["objects"]["managed_devices"]
    return dict(found)


@pytest.mark.parametrize("number", [491712345678, 1712345678, 5551234, -5551234, 490154203237518, 491712345678.0])
@pytest.mark.parametrize("name", ["phoneNumber", "imei", "deviceComplianceCheckinThresholdDays", "isEncrypted"])
def test_a_number_as_long_as_that_of_a_telephone_is_replaced(name: str, number: float) -> None:
    found = device(**{name: number}, settings=[{name: [number]}])
    shown = found[name]
    assert type(shown) is type(number) and shown != number and (shown < 0) is (number < 0)
    assert len(str(int(shown))) == len(str(int(number)))
    assert found["settings"] == [{name: [shown]}]  # the same everywhere


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("totalStorageSpaceInBytes", 512_000_000_000),
        ("freeStorageSpaceInBytes", 4917123456),
        ("physicalMemoryInBytes", 8_589_934_592),
        ("consumedUnits", 1_000_000),
        ("enabled", 10_000_000),
        ("passcodeMinimumLength", 6),
        ("passcodeMinimumLength", 2**31 - 1),
        ("isEncrypted", True),
        ("isEncrypted", None),
    ],
)
def test_sizes_and_counts_stay(name: str, number: Any) -> None:
    assert device(**{name: number})[name] is number


# Types of Microsoft Graph whose objects are in a snapshot.
_TYPES = """
    subscribedSku licenseUnitsDetail servicePlanInfo deviceManagementExchangeConnector conditionalAccessPolicy
    conditionalAccessConditionSet conditionalAccessUsers conditionalAccessApplications conditionalAccessDevices
    conditionalAccessFilter conditionalAccessGrantControls conditionalAccessSessionControls conditionalAccessLocations
    conditionalAccessPlatforms conditionalAccessGuestsOrExternalUsers signInFrequencySessionControl ipNamedLocation
    countryNamedLocation iPv4CidrRange managedDevice iosCompliancePolicy androidCompliancePolicy
    windows10CompliancePolicy iosManagedAppProtection androidManagedAppProtection targetedManagedAppProtection
    managedMobileApp groupAssignmentTarget unifiedRoleAssignment identitySecurityDefaultsEnforcementPolicy
"""


def names_of(schema: Any) -> set[str]:
    return {*schema.get("properties", ()), *(one for part in schema.get("allOf", ()) for one in names_of(part))}


def test_the_properties_of_microsoft_stay() -> None:
    schemas = json.loads((CONTRACTS / "graph-v1.0.json").read_text())["components"]["schemas"]
    live = json.loads((CONTRACTS / "live-properties.json").read_text())["properties"]
    names = {one for type_ in _TYPES.split() for one in names_of(schemas[f"microsoft.graph.{type_}"])}
    names |= {one for properties in live.values() for one in properties}
    names = {one for one in names if "@" not in one}
    assert len(names) > 300 and names <= device(**dict.fromkeys(names)).keys()


@pytest.mark.parametrize(
    "name",
    [
        *("AnnaSmith", "annaSmith", "anna.smith.contoso.com", "ANNA", "anna", "Anna Smith", "smith"),
        *(
            "extension_0123456789abcdef_annaSmith",
            "com.contoso.anna",
            "@anna.smith",
            "anna@odata.type",
            "displayName.anna",
        ),
    ],
)
def test_the_name_of_a_property_that_somebody_chose_is_replaced(name: str) -> None:
    found = device(**{name: 1}, settings={name: [{name: "x"}]})
    assert not re.search("anna|smith|contoso", json.dumps(found), re.IGNORECASE)
    assert len(found) == 3 and [*found["settings"]] == [one for one in found if one not in ("id", "settings")]


@pytest.mark.parametrize(
    "model",
    [
        *(
            "iPhone 14 DS",
            "iPhone 14 FE",
            "iPhone 14 XL",
            "iPad 8 DS",
            "DS 14",
            "Phone U123",
            "iPhoneU123",
            "Pixel E4711",
        ),
        *(
            "iPhone 1.2.1980",
            "iPhone 01.02.1980",
            "iPhone 31.12.2001",
            "iPhone 1.2.80",
            "iPhone 75.12.24",
            "XTA12 Phone",
            "iPhone (24.12.1975)",
        ),
        *("iPhone 1-2-80", "iPhone 24/12/75", "iPhone 1980-02-01", "iPhone 1980 02 01"),
        *("iPhone (0171) 23A4567", "iPhone 0171 23a4567", "iPhone 49a171b23c45", "0171 iPhone 2345 678"),
        *("iPhone 195.8.20.30", "iPhone 10.0.22.35", "Phone 192.168.1.20", "195.8.20.30"),
    ],
)
def test_initials_days_of_birth_and_addresses_are_no_models(model: str) -> None:
    found = pseudonymized(
        snapshot(
            managed_devices=[{"id": "1", "model": model}],
            mobile_devices=[{"Guid": "2", "DeviceModel": model}],
            device_access_rules=[{"Guid": "3", "QueryString": model}],
        )
    )["objects"]
    shown = found["managed_devices"][0]["model"]
    # One number of a random address may be one of the other's by chance, but not all of them.
    assert re.findall("[0-9]+", shown) != re.findall("[0-9]+", model)
    letters = r"[^\W_]*[^\W\d_][^\W_]+"
    assert not set(re.findall(letters, shown)) & set(re.findall(letters, model))
    assert found["mobile_devices"][0]["DeviceModel"] == found["device_access_rules"][0]["QueryString"] == shown


@pytest.mark.parametrize(
    "model",
    [
        *("SM-S918B/DS", "Galaxy S21 FE", "Galaxy Tab S7 FE", "Pixel 2 XL", "Pixel 9 Pro XL", "iPhone 14 Pro", "T14"),
        *(
            "Windows 10.0.22631.3593",
            "iOS 12.5.7",
            "iOS 16.7.10",
            "macOS 14.5",
            "Galaxy A54 5G",
            "Galaxy Tab A 10.1 (2019)",
            "16.1",
            "4.2229.0",
            "Outlook-iOS/4.2229.0",
            "Apple-iPhone14,2/2106.78",
            "Outlook 16.0.5112.2",
        ),
        *("Outlook-iOS/2106.78", "Surface Pro 9", "iPad Pro (12.9-inch) (5th generation)"),
    ],
)
def test_what_only_looks_like_them_stays(model: str) -> None:
    assert device(model=model)["model"] == model


_ADDRESSES = """
    10.1.2.3 | 10.0.0.15 | 8.8.8.8 | 62.1.2.3 | 192.1.2.3 | SM-G991B 10.0.0.5 | Android/10.0.0.15 | 10.0.0.1/8
    10.0.0.1:443 | iPhone10.0.0.15 | 16.0.5.2 | Outlook-iOS/16.0.5.2
"""
_OTHERS = """
    2a01:4f8::1 | fe80::1 | iPhone ::1 | a1:b2:c3:d4:e5:f6 | a1-b2-c3-d4-e5-f6 | a1 b2 c3 d4 e5 f6 | 3. 4. 1981
    iPhone 3. 4. 1981 | 1 - 2 - 1980 | 1:2:1980 | 1;2;1980 | 1,2,80 | 1980.1.2 | 1.2 1980 | 3.4.-1981 | 24.12.05
    1st 2nd 1980 | 10, 0, 0, 15
"""


def listed(texts: str) -> list[str]:
    return texts.strip().replace("\n", "|").replace("|   ", "|").split("|")


@pytest.mark.parametrize("text", [one.strip() for one in listed(_ADDRESSES) + listed(_OTHERS)])
def test_addresses_of_networks_and_dates_are_no_versions(text: str) -> None:
    found = pseudonymized(
        snapshot(
            managed_devices=[{"id": "1", "model": text, "osVersion": text}],
            mobile_devices=[{"Guid": "2", "DeviceModel": text, "DeviceUserAgent": text, "DeviceOS": text}],
            device_access_rules=[{"Guid": "3", "QueryString": text, "Identity": f"{text} (DeviceOS)", "Name": text}],
        )
    )["objects"]
    address = re.search(r"(?:[0-9]+\.){3}[0-9]+(?:/[0-9]+)?", text)
    parts = re.findall("[0-9a-z]+", text.replace(address[0], "").lower() if address else text.lower())
    for one in (one for records in found.values() for record in records for one in record.values()):
        assert text not in one
        # The numbers of a random address may be those of the other by chance.
        left = re.sub(r"198\.1[89]\.[0-9]+\.[0-9]+", "", one)
        assert not {*parts} & {*re.findall("[0-9a-z]+", left.lower())}, (text, one)


@pytest.mark.parametrize(
    ("size", "stays"),
    [
        ("10 MB (10,485,760 bytes)", True),
        ("1.5 KB (1,536 bytes)", True),
        ("49.5 GB (53,150,220,288 bytes)", True),
        ("0 B (0 bytes)", True),
        ("25 MB", True),
        ("1 KB (491,712,345,678 bytes)", False),
        ("10 MB (5,551,234 bytes)", False),
        ("0 B (5,551,234 bytes)", False),
    ],
)
def test_a_size_says_the_same_twice(size: str, stays: bool) -> None:
    [found] = pseudonymized(snapshot(mobile_device_mailbox_policies=[{"Guid": "1", "MaxAttachmentSize": size}]))[
        "objects"
    ]["mobile_device_mailbox_policies"]
    assert (found["MaxAttachmentSize"] == size) is stays


@pytest.mark.parametrize("error", ["not_asked", "forbidden", "anna_smith", "Anna Smith", "", None, "anna"])
def test_a_reason_is_in_our_words(error: Any) -> None:
    taken = snapshot()
    problem = {"reason": "Anna Smith", "error": error, "anna": 1, "response": {"status": 491712345678, "code": "Anna"}}
    taken["not_read"] = {"groups": problem, "anna": problem}
    found = pseudonymized(taken)["not_read"]
    assert not re.search("anna|smith|4917", json.dumps(found), re.IGNORECASE) and [*found] == ["groups"]
    known = error in ("not_asked", "forbidden")
    assert found["groups"]["error"] == (error if known else "unknown") and found["groups"]["reason"]


def test_what_is_not_of_a_snapshot_is_left_out() -> None:
    taken = {
        **snapshot(users=[], anna=[{"id": "anna"}]),
        "smith": "Anna",
        "tenant": {"id": "1", "name": "x", "a": "Anna"},
    }
    found = pseudonymized(taken)
    assert not re.search("anna|smith", json.dumps(found), re.IGNORECASE)
    assert {*found} == {"format", "version", "taken_at", "tenant", "objects", "not_read"} and [*found["objects"]] == [
        "users"
    ]


def test_addresses_of_networks_differ_as_before() -> None:
    """Two that are the same stay the same, and two that differ do not become one."""
    notes = "203.0.113.7 2001:470::1 203.0.113.8 2001:470::2 203.0.113.7 2001:470::1"
    first_four, first_six, four, six, *again = device(notes=notes)["notes"].split()
    assert again == [first_four, first_six]
    assert len({first_four, four}) == len({first_six, six}) == 2
    assert not {first_four, four, first_six, six} & set(notes.split())
