# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: RUF001  (letters of several scripts look alike: that is what is tested)
"""No text that a device or a person writes carries a name into a pseudonymized snapshot, in whatever spelling.

The names are generated, and planted into every text of a tenant's own snapshot. What must not be left is found here, by
the letters alone and without the rules of the product.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._snapshot.pseudonymize import pseudonymized
from simulator import Simulator

from ..conftest import TENANTS
from .test_pseudonymize import snapshot
from .test_twin import CROWD, prepared, read

# Parts of names, by script.
SYLLABLES = {
    "Latin": "ba bo da el fi ga ja ka li lo ma mi na no pe ra ro sa su ti va we yo zu",
    "Latin with accents": "bé çi dø ëm fü gå jú kö lñ mī nø ôr pß rž şa tů vý",
    "Cyrillic": "ан ба ве га ди же ир ко ле ма ни ол па ро са та ха юл",
    "Greek": "αν βα γε δη ελ θε ιω κα λε μα νι πα ρο σο τα",
    "Chinese": "王 李 伟 芳 娜 敏 静 丽 强 磊 军 洋",
    "Japanese": "さ と う た な か ゆ み ケ ン ジ",
    "Korean": "김 이 박 민 수 지 영 호 준 서",
    "Arabic": "مح مد عل ي فا طم ة سا رة",
    "Hebrew": "דו יד שר ה נו עם מי כל",
    "Thai": "สม ชา ย นา รี วิ ชัย",
    "Hindi": "रा म सी ता अ नि ल",
    "Georgian": "გი ორ ნი ნო და ვი",
}
# Short ones, initials, and those that are also words: Max is in the name of a device, Mini and Flip as well.
_SHORT = "Bo Li An Jo Al Bob Kim Max Mac Mini Flip Honor Gen Moto Dell Sony Sm Lg Os"
SHORT = tuple(_SHORT.split())
TWINS = str.maketrans("aeopcxyiABEHKMOPCTX", "аеорсхуіАВЕНКМОРСТХ")  # Cyrillic letters that look Latin
BACK = {ord(twin): letter for letter, twin in zip("aeopcxyiabehkmopctx", "аеорсхуіавенкморстх", strict=True)}
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def between(mark: str) -> Callable[[str], str]:
    return lambda name: mark.join(name) + " iPhone"


def within(form: str) -> Callable[[str], str]:
    return lambda name: form.replace("{low}", name.lower()).replace("{up}", name.upper()).replace("{}", name)


# What people call their devices, what apps and devices report, and members of enumerations, each with a name.
_FORMS = """
{} | {}'s iPhone | {}\u2019s iPhone | {}`s iPad | {}s iPhone | {}iPhone | {}siPhone15Pro | {low}iphone14pro
iPhone{} | iPhone14{} | iPhone {} | iPhone de {} | iPhone von {up} | {}的iPhone | {}のiPhone | iPhone ({})
SM-{} | Galaxy_{low}_S23 | Pixel/{} | {}.iPhone.17 | Outlook for iOS and {} | iPad mini {} | {} iPad Pro
Apple-iPhone{}/2106.78 | {}14.2 | {}1 | 1{} | {}Default | block,{low} | com.microsoft.{}
com.microsoft.office.{low} | #microsoft.graph.{} | 17.1 ({}) | 17.1.{} | 10 MB ({}) | EXCHANGE_{up}
urn:user:{} | (Application) Reset-{}.ps1 -{} | \\{} | EAS§{}§1 | CN={},OU=x | sip:{low}@x.com | P1{} | True{}
com.{}.app | iPhone\t{}
"""
FORMS: list[Callable[[str], str]] = [
    *(within(form) for form in _FORMS.strip().replace("\n", " | ").split(" | ")),
    *(between(mark) for mark in (*ZERO_WIDTH, "\u0301", ".", "-", "_", " ")),
    within("\n{}"),
    lambda name: name.translate(TWINS) + " iPhone",
    lambda name: unicodedata.normalize("NFD", name) + "s iPad",
    lambda name: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in name) + " Phone",  # full width
    lambda name: "".join(chr(0x1D5D4 + ord(one) - 65) if "A" <= one <= "Z" else one for one in name.upper()),  # bold
]
_NUMBERS = """
+49 171 2345678 | 0171 2345678 | 0171-234-5678 | 0171/2345678 | 0171.2345678 | (171) 234 5678 | 171.234.5678
01712345678 | 1712345678 | +41 79 123 45 67 | 12 34 56 78 | 12.34.56.78 | 01.23.45.67.89 | 49-015420-323751-8
490154203237518 | 555-1234 | 5551234
"""
NUMBERS = _NUMBERS.strip().replace("\n", " | ").split(" | ")
AROUND = ("{}", "iPhone {}", "{} iPhone", "iPhone ({})", "17.1 ({})", "iPhone/{}", "block,{}", "SM-{}", "tel:{}", "{}B")


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=TENANTS, page_size=50, rate_limits=False) as one:
        yield one


def people(seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    for script, parts in SYLLABLES.items():
        for length in (1, 2) if script in ("Chinese", "Korean") else (2, 3):
            name = "".join(chance.choices(parts.split(), k=length))
            yield name[:1].upper() + name[1:]
    yield from SHORT


def seen(text: str) -> str:
    """The letters and digits that a reader sees, without case, accents, widths, and letters that look Latin."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(BACK)
    return "".join(one for one in plain if one.isalnum())


def stem(name: str) -> str:
    """The part of a name that all of its cases have."""
    return name[:-1] if len(name) > 3 and name.isalpha() and ord(name[0]) in range(0x400, 0x500) else name


def planted(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        # Nobody can give a role this mark of those of Microsoft, whose names stay.
        return {name: planted(one, text) if name != "IsRootRole" else False for name, one in value.items()}
    if isinstance(value, list):
        return [planted(one, text) for one in value[:1]]
    return text if isinstance(value, str) else value


def texts(value: Any) -> Iterator[str]:
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(one)
    if isinstance(value, str):
        yield value


@pytest.fixture(scope="module")
def records(running: Simulator) -> dict[str, dict[str, Any]]:
    """One object of each kind with all the properties that the objects of this kind have."""
    prepared(running, "retired_with_holes", CROWD)
    held = read(running, "tenant_snapshot_info", "retired_with_holes", gather_statistics=True)["snapshot"]["objects"]
    found: dict[str, dict[str, Any]] = {}
    for kind, objects in held.items():
        for one in objects:
            merged = found.setdefault(kind, {})
            merged.update({name: value for name, value in one.items() if merged.get(name) in (None, [], {}, "")})
    assert {"managed_devices", "mobile_devices", "device_classes", "users", "device_statistics"} <= set(found)
    return found


@pytest.mark.parametrize("number", range(len(FORMS)))
def test_no_name_is_left_in_any_form(records: dict[str, dict[str, Any]], number: int) -> None:
    for name in random.Random(number).sample([*people(number)], k=18):
        text = FORMS[number](name)
        found = pseudonymized(
            {
                **snapshot(**{kind: [planted(one, text)] for kind, one in records.items()}),
                "tenant": {"id": "1", "name": name},
            }
        )
        hidden = seen(stem(name))
        assert hidden in seen(text), (name, text)
        for one in texts([found["objects"], found["tenant"]]):
            assert hidden not in seen(one), (name, text, one)


@pytest.mark.parametrize("ending", ["у", "ы", "ой", "е", "ин iPhone", "ино"])
def test_no_name_is_left_in_another_case(records: dict[str, dict[str, Any]], ending: str) -> None:
    """Of somebody whom the users and mailboxes name as well."""
    for name in ("Анна", "Марина", "Ольга"):
        text = f"Телефон {name[:-1]}{ending}"
        taken = snapshot(**{kind: [planted(one, text)] for kind, one in records.items()})
        taken["objects"] |= {
            "users": [{"id": "1", "displayName": name}],
            "mailboxes": [{"Guid": "2", "DisplayName": name}],
        }
        for one in texts(pseudonymized(taken)["objects"]):
            assert seen(name[:-1]) not in seen(one), (text, one)


@pytest.mark.parametrize("around", AROUND)
def test_no_number_of_a_telephone_is_left(records: dict[str, dict[str, Any]], around: str) -> None:
    for number in NUMBERS:
        text = around.format(number)
        found = pseudonymized(snapshot(**{kind: [planted(one, text)] for kind, one in records.items()}))
        digits = re.sub("[^0-9]", "", number)
        for one in texts(found["objects"]):
            assert digits not in seen(one), (text, one)


def test_a_rule_for_a_device_still_means_it() -> None:
    """Whatever is replaced in the one is the same in the other, and different texts stay different."""
    chance = random.Random(11)
    models = [form(name) for form in FORMS for name in chance.choices([*people(5)], k=2)] + [
        "iPhone 14 Pro",
        "SM-G991B",
    ]
    models = [one for one in dict.fromkeys(models) if not re.search(r'["\\\n]', one)]
    rule = "device.model -eq \"{}\" -or device.manufacturer -eq '{}'"
    found = pseudonymized(
        snapshot(
            mobile_devices=[{"Guid": "1", "DeviceModel": one, "DeviceType": one, "DeviceOS": one} for one in models],
            managed_devices=[{"id": "1", "model": one} for one in models],
            device_access_rules=[{"Guid": "2", "QueryString": one} for one in models],
            conditional_access_policies=[
                {"id": "3", "conditions": {"devices": {"deviceFilter": {"rule": rule.format(one, "Apple")}}}}
                for one in models
            ],
        )
    )["objects"]
    shown = [one["DeviceModel"] for one in found["mobile_devices"]]
    assert [one["DeviceType"] for one in found["mobile_devices"]] == shown
    assert [one["model"] for one in found["managed_devices"]] == shown
    assert [one["QueryString"] for one in found["device_access_rules"]] == shown
    rules = [one["conditions"]["devices"]["deviceFilter"]["rule"] for one in found["conditional_access_policies"]]
    assert rules == [rule.format(one, "Apple") for one in shown]
    assert len({one.lower() for one in shown}) == len({one.lower() for one in models})
    assert shown[-2:] == models[-2:]


_READABLE = """
    iPhone, iPhone14C2, iPhone15C3, iPhone15~2, iPhone 14 Pro, iPhone 14 Pro Max, iPhone 13 mini, iPhone 15 Plus
    iPhone SE, iPhone X, iPhone XS Max, iPad13~4, iPad mini, iPad Pro (12.9-inch) (5th generation), iPod9~1
    MacBookPro18~1, MacBook Air, Mac14~2, Macmini9~1, Mac mini, SM-G991B, SM-S918B/DS, SM-T870, Galaxy S23
    Galaxy S23 Ultra, Galaxy S21+ 5G, Galaxy A54 5G, Galaxy Tab S8, Galaxy Tab A8, Galaxy Z Flip5, Galaxy Z Fold 4
    Galaxy Note 10, Pixel 8, Pixel 8a, Pixel 7 Pro, Pixel Fold, Surface, Surface Pro 9, Surface Laptop 5
    Surface Go 3, Surface Duo, moto g(60), Moto G54, CPH2451, XT2201-1, Redmi Note 12 Pro, Lenovo Tab M10, Nokia 7.2
    Latitude 5420, ThinkPad T14 Gen 2, Virtual Machine, Dell Inc., Apple, samsung, Google, Microsoft Corporation
    iOS 18.6, iOS 17.5.1 21F90, iPadOS 17.7, Android 15, Windows 10.0.22631.3593, macOS 14.5, AndroidEnterprise
    Outlook for iOS and Android, WorkMail, Apple-iPhone15C3/2106.78, Outlook-iOS-Android/1.0, Android/1
"""
BEGINNINGS = ("SM-", "SM-G", "CPH", "iPhone", "iPhone14", "iPad", "MacBookPro", "Pixel")  # of models, in device filters
READABLE = [one.strip().replace("~", ",") for one in _READABLE.replace("\n", ",").split(",") if one.strip()]


@pytest.mark.parametrize("model", READABLE)
def test_what_only_describes_a_device_stays(model: str) -> None:
    """So that a snapshot can be read, and a rule that compares a part of a model still means it."""
    kinds = {
        "mobile_devices": [{"Guid": "1", "DeviceModel": model, "DeviceOS": model}],
        "device_access_rules": [{"Guid": "2", "QueryString": model, "Identity": f"{model} (DeviceModel)"}],
        "device_classes": [{"Guid": "3", "Identity": f"iPhone§{model}"}],
    }
    found = pseudonymized(snapshot(**kinds))["objects"]
    for kind, [record] in kinds.items():
        assert {name: found[kind][0][name] for name in record if name != "Guid"} == {
            name: value for name, value in record.items() if name != "Guid"
        }


def test_a_filter_for_the_beginning_of_models_that_stay_stays() -> None:
    rules = [f'device.model -startsWith "{one}"' for one in BEGINNINGS]
    policies = [{"id": "1", "conditions": {"devices": {"deviceFilter": {"rule": one}}}} for one in rules]
    found = pseudonymized(snapshot(conditional_access_policies=policies))["objects"]["conditional_access_policies"]
    assert [one["conditions"]["devices"]["deviceFilter"]["rule"] for one in found] == rules


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("complianceState", "inGracePeriod"),
        ("managementAgent", "googleCloudDevicePolicyController"),
        ("deviceEnrollmentType", "windowsAzureADJoin"),
        ("osVersion", "17.5.1"),
        ("osVersion", "10.0.22631.3593"),
        ("osVersion", "14.5 (23F79)"),
        ("skuPartNumber", "ENTERPRISEPACK"),
        ("servicePlanName", "EXCHANGE_S_STANDARD"),
        ("DeviceAccessStateReason", "ExternalEnrollment"),
        ("RecipientTypeDetails", "MailUniversalSecurityGroup"),
        ("RoleType", "OrganizationClientAccess"),
        ("MaxEmailAgeFilter", "TwoWeeks"),
        ("guestOrExternalUserTypes", "internalGuest,b2bCollaborationGuest"),
        ("usageLocation", "CH"),
        ("bundleId", "com.microsoft.Office.Outlook"),
        ("packageId", "com.microsoft.windowsintune.companyportal"),
    ],
)
def test_members_of_the_services_stay(name: str, value: str) -> None:
    [found] = pseudonymized(snapshot(managed_devices=[{"id": "1", name: value}]))["objects"]["managed_devices"]
    assert found[name] == value
