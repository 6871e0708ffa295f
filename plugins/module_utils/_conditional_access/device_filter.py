# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter for devices of a Conditional Access policy, given what is known of a device. Pure rules: no I/O.

The rules are those of "Filter for devices" (MicrosoftDocs/entra-docs, docs/identity/conditional-access): the
attributes, and the table "Policy behavior" for devices that are not registered. The syntax is that of the rules for
dynamic groups.

Not settled, since no page says it: the effect of -not on a comparison for a device that is not registered, and whether
`isCompliant -eq False` matches a registered unmanaged device, whose isCompliant is null. The result of such a rule is
unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TypeAlias

from .._core.resource import normalize_case
from .sign_in import UNREGISTERED, Device, SignIn

_TOKEN = re.compile(r"\s*(?:(?P<text>\"[^\"]*\"|'[^']*')|(?P<mark>[()\[\],])|(?P<word>[^\s()\[\],\"']+))")
_NEGATIVE = {
    "ne": "eq",
    "notstartswith": "startswith",
    "notendswith": "endswith",
    "notcontains": "contains",
    "notin": "in",
}
_POSITIVE = frozenset(_NEGATIVE.values())
# How the directory spells the operating system of a device, by platform.
_SYSTEMS = {
    "ios": ("ios", "iphone", "ipad", "ipados"),
    "android": ("android", "androidforwork", "androidenterprise"),
    "windows": ("windows",),
    "macos": ("macos", "macmdm", "mac os x"),
    "linux": ("linux",),
}
_TRUST = {"windows": ("azuread", "serverad", "workplace")}  # only Windows is hybrid joined ("Grant")
# "Devices must be Microsoft Intune managed, compliant, or Microsoft Entra hybrid joined for a value to be available".
_EXTENSION = re.compile(r"extensionattribute\d+")
_INTUNE = "0000000a-0000-0000-c000-000000000000"  # the mdmAppId of Intune
_COLLECTIONS = frozenset({"physicalids", "systemlabels"})  # for these, -contains means the whole text
_NULL = "null"  # a keyword in rules, "to check whether a value is there" (rules for dynamic groups)
_UNSET = ""  # isCompliant of a registered unmanaged device
_MOST_COMPARISONS = 5
Fits: TypeAlias = "bool | None"


@dataclass(frozen=True)
class Comparison:
    """One comparison, with the positive form of its operator."""

    attribute: str
    operator: str
    values: tuple[str, ...]
    negative: bool

    @property
    def key(self) -> tuple[str, str, str]:
        return self.attribute, self.operator, "\n".join(self.values)

    def of(self, device: Device, platform: str) -> Fits:
        if not device.registered:
            # "positive operators: not applied; negative operators: applied"; comparisons with null are not mentioned.
            return None if _NULL in self.values else self.negative
        if _EXTENSION.fullmatch(self.attribute) and not _has_extensions(device):
            return None
        held = dict(device.comparisons).get(self.key)
        if held is None:
            held = self._held(device, platform)
        return None if held is None else held is not self.negative

    def _held(self, device: Device, platform: str) -> Fits:
        value = device.get(self.attribute)
        if value == _UNSET and self.attribute == "iscompliant":
            return None if {"false", _NULL} & set(self.values) else False
        if value is not None:
            return self._fits(value)
        if self.attribute == "operatingsystem" and platform in _SYSTEMS:
            possible = {self._fits(one) for one in _SYSTEMS[platform]}
            return possible.pop() if len(possible) == 1 else None
        return None

    def _fits(self, value: str) -> bool:
        if self.attribute in _COLLECTIONS:
            return not set(self.values).isdisjoint(value.split("\n"))
        tries = {
            "startswith": value.startswith,
            "endswith": value.endswith,
            "contains": lambda one: one in value,
        }
        return any(tries.get(self.operator, value.__eq__)(one) for one in self.values)


def _has_extensions(device: Device) -> bool:
    """Whether the extension attributes of a registered device certainly have their values."""
    trusted = device.get("iscompliant") == "true" or device.get("trusttype") == "serverad"
    return trusted or device.get("mdmappid") == _INTUNE


@dataclass(frozen=True)
class Joined:
    """Parts joined by `and` or `or`, or one part under `not`."""

    by: str
    parts: tuple[Comparison | Joined, ...]

    def of(self, device: Device, platform: str) -> Fits:
        answers = [part.of(device, platform) for part in self.parts]
        if self.by == "not":
            return None if answers[0] is None or not device.registered else not answers[0]
        decides = self.by == "or"
        if decides in answers:
            return decides
        return None if None in answers else not decides


Rule: TypeAlias = "Comparison | Joined"


def comparisons_of(rule: Rule) -> Iterator[Comparison]:
    if isinstance(rule, Comparison):
        yield rule
    else:
        for part in rule.parts:
            yield from comparisons_of(part)


def matches(text: str, sign_in: SignIn) -> Fits:
    """Whether a filter matches the device; None if unknown."""
    rule = parse(text)
    if rule is None:
        return None
    if sign_in.device is not None:
        return rule.of(sign_in.device, sign_in.known_platform)
    answers = {rule.of(device, sign_in.known_platform) for device in (UNREGISTERED, Device(True))}
    return answers.pop() if len(answers) == 1 else None


def possible_devices(texts: frozenset[str], platform: str) -> list[Device]:
    """One device for each possible result of the rules; none if a rule is unreadable, or there are too many.

    Comparisons with unknown results are treated as independent, so some of these devices may not exist.
    """
    rules = [parse(text) for text in texts]
    if None in rules:
        return []
    free = {one.key for rule in rules if rule for one in comparisons_of(rule) if one.attribute not in _ENUMERATED}
    systems = [one for rule in rules if rule for one in comparisons_of(rule) if one.attribute == "operatingsystem"]
    free |= {one.key for one in systems if one.of(Device(True), platform) is None}
    if len(free) > _MOST_COMPARISONS:
        return []
    found = [UNREGISTERED]
    trust = _TRUST.get(platform, ("azuread", "workplace"))
    for compliant, kind, held in product(("true", "false", _UNSET), trust, product((True, False), repeat=len(free))):
        attributes = frozenset({("iscompliant", compliant), ("trusttype", kind)})
        found.append(Device(True, attributes, frozenset(zip(sorted(free), held, strict=True))))
    return found


_ENUMERATED = frozenset({"iscompliant", "trusttype", "operatingsystem"})


@cache
def parse(text: str) -> Rule | None:
    """A parsed rule; None if it is invalid."""
    tokens: list[str] = []
    position = 0
    text = text.strip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            return None
        tokens.append(found[0].strip())
        position = found.end()
    reader = _Reader(tokens)
    try:
        rule = reader.alternatives()
    except (IndexError, ValueError):
        return None
    return rule if not reader.tokens else None


class _Reader:
    """Reads tokens by the usual precedence: not, and, or."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def alternatives(self) -> Rule:
        return self._joined("or", self._all)

    def _all(self) -> Rule:
        return self._joined("and", self._one)

    def _joined(self, by: str, part: object) -> Rule:
        parts = [part()]  # type: ignore[operator]
        while self.tokens and _word(self.tokens[0]) == by:
            self.tokens.pop(0)
            parts.append(part())  # type: ignore[operator]
        return parts[0] if len(parts) == 1 else Joined(by, tuple(parts))

    def _one(self) -> Rule:
        token = self.tokens.pop(0)
        if _word(token) == "not":
            return Joined("not", (self._one(),))
        if token == "(":
            rule = self.alternatives()
            self._expect(")")
            return rule
        return self._comparison(token)

    def _comparison(self, token: str) -> Comparison:
        device, _dot, attribute = normalize_case(token).partition(".")
        operator = _word(self.tokens.pop(0))
        positive = _NEGATIVE.get(operator, operator)
        if device != "device" or not attribute or positive not in _POSITIVE:
            raise ValueError(token)
        return Comparison(attribute, positive, self._values(), operator in _NEGATIVE)

    def _values(self) -> tuple[str, ...]:
        token = self.tokens.pop(0)
        if token != "[":
            return (_value(token),)
        values = [_value(self.tokens.pop(0))]
        while self.tokens[0] == ",":
            self.tokens.pop(0)
            values.append(_value(self.tokens.pop(0)))
        self._expect("]")
        return tuple(values)

    def _expect(self, mark: str) -> None:
        if self.tokens.pop(0) != mark:
            raise ValueError(mark)


def _word(token: str) -> str:
    return str(normalize_case(token).removeprefix("-"))


def _value(token: str) -> str:
    if token in ("(", ")", "[", "]", ","):
        raise ValueError(token)
    return str(normalize_case(token.strip("\"'")))
