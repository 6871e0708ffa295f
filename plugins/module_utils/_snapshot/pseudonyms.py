# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random words in place of words: consistent, so that references between objects stay valid.

No key restores the original words. The table of both is discarded with the task.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import uuid
from collections.abc import Callable, Container, Iterable
from functools import partial
from typing import Any

from .._core.resource import normalize_case, normalized_set
from .._core.text import texts_of
from .._rbac.built_in_role_groups import PREFIXES
from .public_words import OF_SERVICES, PUBLIC_IDS, PUBLIC_TEXTS

_GUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
# A word is any text between ASCII punctuation, white space and the § of device identities.
_WORD = r"[^\x00-/:-@\[-`{-\x7f\s§]+"
_FOUR = r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])(?:/[0-9]{1,2}(?![0-9]))?"
_SIX = r"(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{1,4}:){1,7}:?(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*)?/[0-9]{1,3}(?![0-9])"
_DOMAIN = rf"(?<=@){_WORD}(?:[.-]{_WORD})+"
_PART = re.compile(f"(?P<guid>{_GUID})|(?P<four>{_FOUR})|(?P<six>{_SIX})|(?P<domain>{_DOMAIN})|(?P<word>{_WORD})")
_DOMAINS = re.compile(_DOMAIN)
# In a distinguished name, before an address, in the name of a guest and before the number of a tenant in the name of a
# built-in role group, these are syntax and not content.
_FORM = re.compile(
    r"(?:^|(?<=[,\\/]))(?:CN|OU|DC|O)=|^(?:smtp|sip|x500|eum|spo):|#EXT#(?=@)"
    rf"|(?<![^\W_])(?:{'|'.join(map(re.escape, PREFIXES))})",
    re.IGNORECASE,
)
_FORM_WORDS = frozenset({"administrativeunits", "exchangeactivesyncdevices", "onmicrosoft"})
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_COMPARED = re.compile(r"device\.([A-Za-z0-9]+)\s+-?([A-Za-z]+)[\s\[(]*$", re.IGNORECASE)
# https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices
_WORDS_OF_RULES = """
    and contains device deviceId deviceOwnership displayName endsWith eq false ge gt in isCompliant le lt manufacturer
    mdmAppId model ne not notContains notEndsWith notIn notStartsWith null operatingSystem operatingSystemVersion or
    physicalIds profileType startsWith systemLabels true trustType
"""
_GRAMMAR = normalized_set(_WORDS_OF_RULES.split()) | {f"extensionattribute{number}" for number in range(1, 16)}
_LETTERS, _DIGITS = "bcdfghjkmnpqrstvwxz", "23456789"
_PAIRS = 5  # with a letter and a digit, so that no two letters or digits of an original word are adjacent


class Pseudonyms:
    """The table for one snapshot. `texts` and `ids` are public in it, beside those that are public everywhere.

    `stays_in_rule`: whether a value in a filter for devices is public, by the attribute and the operator in lower case.
    """

    def __init__(
        self,
        snapshot: Any,
        stays_in_rule: Callable[[str, str, str], bool],
        texts: Iterable[str] = (),
        ids: Iterable[str] = (),
    ) -> None:
        self._stays_in_rule = stays_in_rule
        self._texts = PUBLIC_TEXTS | {normalize_case(one) for one in texts}
        self._public_ids = PUBLIC_IDS | {normalize_case(one) for one in ids}
        # Separately, a domain becomes the same as in an address.
        self._domains = {normalize_case(one) for text in texts_of(snapshot) for one in _DOMAINS.findall(text)}
        self._words: dict[str, str] = {}
        self._used: set[str] = set()
        self._ids: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    def text(self, text: str) -> str:
        """A text with each word replaced."""
        return "\\".join(one if self._is_public(one) else self._part(one) for one in text.split("\\"))

    def rule(self, rule: str) -> str:
        """A filter for devices: the compared values may be private, and the rest is syntax."""
        parts = _QUOTED.split(rule)
        compared = ("", "")
        for number in range(1, len(parts), 2):
            found = _COMPARED.search(parts[number - 1])
            if found or parts[number - 1].strip() != ",":  # another value of a list
                compared = (normalize_case(found[1]), normalize_case(found[2])) if found else ("", "")
            quote, value = parts[number][0], parts[number][1:-1]
            if not self._stays_in_rule(*compared, value):
                parts[number] = f"{quote}{self.text(value)}{quote}"
        for number in range(0, len(parts), 2):
            # An unclosed quote may contain anything.
            keeps = () if re.search("[\"']", parts[number]) else _GRAMMAR
            parts[number] = _PART.sub(partial(self._one_beside, keeps), parts[number])
        return "".join(parts)

    def _is_public(self, text: str) -> bool:
        return normalize_case(text) in self._texts

    def _part(self, text: str) -> str:
        found, position = "", 0
        for form in _FORM.finditer(text):
            found += self._piece(text[position : form.start()]) + form[0]
            position = form.end()
        return found + self._piece(text[position:])

    def _piece(self, text: str) -> str:
        """A part of a distinguished name may be a domain as a whole."""
        name = text.rstrip(",")
        return self._domain(name) + text[len(name) :] if normalize_case(name) in self._domains else self._replaced(text)

    def _replaced(self, text: str) -> str:
        return _PART.sub(self._one, text)

    def _one_beside(self, syntax: Container[str], found: re.Match[str]) -> str:
        return found[0] if normalize_case(found[0]) in syntax else self._one(found)

    def _one(self, found: re.Match[str]) -> str:
        change: dict[str, Callable[[str], str]] = {
            "guid": self.identity,
            "four": self._four,
            "six": self._six,
            "domain": self._domain,
            "word": self._word,
        }
        return change[str(found.lastgroup)](found[0])

    def identity(self, text: str) -> str:
        known = normalize_case(text)
        if known in self._public_ids or OF_SERVICES.fullmatch(known):
            return text
        return self._ids.setdefault(known, str(uuid.uuid4()))

    def _four(self, text: str) -> str:
        """An address of the network for benchmarks, https://www.rfc-editor.org/rfc/rfc2544."""
        address, slash, length = text.partition("/")
        return f"{ipaddress.IPv4Address('198.18.0.0') + self._number(address, 2**17)}{slash}{length}"

    def _six(self, text: str) -> str:
        """An address of the network for documentation, https://www.rfc-editor.org/rfc/rfc3849."""
        address, slash, length = text.partition("/")
        return f"{ipaddress.IPv6Address('2001:db8::') + (self._number(address, 2**48) << 48)}{slash}{length}"

    def number(self, value: float) -> float:
        """A number with as many digits before the point."""
        digits = str(abs(int(value)))
        least = 10 ** (len(digits) - 1)
        found = least + self._number(f"number {digits}", 9 * least)
        return type(value)(-found if value < 0 else found)

    def _number(self, text: str, limit: int) -> int:
        return self._numbers.setdefault(normalize_case(text), secrets.randbelow(limit))

    def _domain(self, text: str) -> str:
        """Under .example, which nobody can own; the first domain of a tenant is still known as such."""
        first, initial, _rest = normalize_case(text).partition(".onmicrosoft.")
        name = self._replaced(first if initial else text)
        return f"{name}.onmicrosoft.example" if initial else f"{name}.example"

    def _word(self, text: str) -> str:
        known = normalize_case(text)
        if known in _FORM_WORDS:
            return text
        if known not in self._words:
            self._words[known] = self._new()
        word = self._words[known]
        if text.isupper() and len(text) > 1:
            return word.upper()
        return word.capitalize() if text[0].isupper() else word

    def _new(self) -> str:
        while True:
            word = "".join(secrets.choice(_LETTERS) + secrets.choice(_DIGITS) for _number in range(_PAIRS))
            if word not in self._used:
                self._used.add(word)
                return word
