# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hides secrets in all output of the engine, in the forms in which services and proxies repeat them.

Text is masked before it is cut: code that shortens text for people calls `masked` first.
"""

from __future__ import annotations

import base64
import contextlib
import html
import json
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from .escapes import CONTROLS, HIDING, Span, Unescaped, as_bytes, merged, tight

_MASK = "********"
_SHORTEST = 4  # masking shorter values would hide ordinary words
_SHORTEST_TIGHT = 10  # without their white space, shorter ones are often in ordinary text
_LONGEST = 100_000  # characters of a message, far more than people are shown
_HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # as in AnsibleModule
_ADDRESSES = ("proxy", "authority_url", "graph_url", "exchange_url")
_VISIBLE = re.compile(r"[\x21-\x7e]+")
# Text without one of these is in no other form, of a secret that is visible ASCII and of another one.
_HINT = re.compile(f"[%&\\\\\r\n{HIDING}]")
_WIDER_HINT = re.compile(rf"[%&\\\s+{CONTROLS}]|[^\x00-\x7f]")
# Between texts that are searched together. As a space, it is not part of an escape, and ends one like the end of a
# text; a match across it is searched again, text by text.
_BETWEEN = "\f"
_TOGETHER = (2**18, 2**12)  # characters; a match is searched in fewer texts, then in each
_ESCAPED_BYTE = re.compile("%[0-9A-F]{2}")
_BY_NET = "\"&'+<>`"  # escapes in JSON
_OF_BASE64 = string.ascii_letters + string.digits + "+/_-"
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*=*")
_SCHEME = re.compile(r"\A\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")  # a password may contain two slashes, too


def secrets_of(argument_spec: Mapping[str, Any], arguments: Mapping[str, Any]) -> set[str]:
    """The values in `arguments` that are never shown, including secret parts of addresses."""
    values = {str(arguments.get(name) or "") for name, spec in argument_spec.items() if spec.get("no_log")}
    return (values | address_credentials(arguments)) - {"", _HIDDEN}


def address_credentials(arguments: Mapping[str, Any]) -> set[str]:
    """The secret parts of address options. Only a proxy address may have a password: others are refused, but the
    refusal must not show it.
    """
    return {secret for option in _ADDRESSES for secret in proxy_credentials(arguments.get(option))}


def proxy_credentials(proxy: Any) -> set[str]:
    """The part before the host in the address of a proxy, and the password in it."""
    before, at, _host = str(proxy or "").rpartition("@")
    if not at:
        return set()
    whole = _SCHEME.sub("", before)
    found = {whole, whole.partition(":")[2]}
    return (found | {unquote(one) for one in found}) - {""}


def hide(value: Any, secrets: set[str]) -> Any:
    """Arguments as a module process returns them: values that are secret are hidden, however short."""
    if isinstance(value, Mapping):
        return {name: hide(one, secrets) for name, one in value.items()}
    if isinstance(value, list):
        return [hide(one, secrets) for one in value]
    return _HIDDEN if isinstance(value, str) and value in secrets else value


class Redactor:
    """Holds secrets and tokens, and finds them in every form."""

    def __init__(self) -> None:
        self._secrets: frozenset[_Secret] = frozenset()
        self._hint = _HINT

    def add(self, secret: str | None) -> None:
        """Never show `secret` again."""
        raw = str(secret or "").strip()
        if len(raw) >= _SHORTEST:
            self._secrets |= {_secret(raw)}
            if not _VISIBLE.fullmatch(raw):
                self._hint = _WIDER_HINT

    def clean(self, value: Any, on_time: Callable[[int], None] = lambda characters: None) -> Any:
        """`value` with every secret masked, at any depth. Keys are names and stay.

        `on_time` is called with the number of characters that come next, and may raise when the time is up.
        """
        if isinstance(value, str):
            return self._masked(value, on_time) if self._secrets else value
        texts: dict[str, None] = {}  # each once: most of a long result repeats
        copy = _copied(value, texts.setdefault)
        found = self._all_masked(list(texts), on_time, _TOGETHER) if self._secrets else {}
        return _copied(copy, found.get) if found else copy

    def _all_masked(self, texts: list[str], on_time: Callable[[int], None], sizes: tuple[int, ...]) -> dict[str, str]:
        """The texts that contain a secret, and their masked forms.

        Usually there is none, and one search through many texts takes a fraction of one through each.
        """
        if not sizes:
            cleaned = ((text, self._masked(text, on_time)) for text in texts)
            return {text: clean for text, clean in cleaned if clean != text}
        found: dict[str, str] = {}
        for some in _pieces(texts, sizes[0]):
            if len(some) == 1 or self._may_be_in(_BETWEEN.join(some), on_time):
                found |= self._all_masked(some, on_time, sizes[1:] if len(some) > 1 else ())
        return found

    def _may_be_in(self, text: str, on_time: Callable[[int], None]) -> bool:
        """Whether a secret may be in one of the texts: by the same steps, without positions."""
        on_time(len(text))
        plain = Unescaped(text, on_time) if self._hint.search(text) else None
        for secret in self._secrets:
            on_time(len(text))
            if secret.is_in(text, plain):
                return True
        return False

    def _masked(self, text: str, on_time: Callable[[int], None]) -> str:
        on_time(len(text))
        secrets = [one for one in self._secrets if one.shortest <= len(text)]
        plain = Unescaped(text, on_time) if secrets and self._hint.search(text) else None
        found: list[Span] = []
        for secret in secrets:
            on_time(len(text))
            found += (place for one in secret.quoted for place in _all_of(one, text))
            if plain:
                found += plain.spans(secret.in_base64(plain.text))
                found += plain.loose_spans(place for form in secret.forms for place in _all_of(form, plain.loose))
                found += plain.tight_spans(place for form in secret.tight for place in _all_of(form, plain.tight))
            else:
                found += secret.in_base64(text)
        return _without(text, merged(found)) if found else text

    @contextlib.contextmanager
    def guarding(self) -> Iterator[None]:
        """Within this context, in this thread and those that it starts, text is masked before it is shortened."""
        before = _GUARD.set(self)
        try:
            yield
        finally:
            _GUARD.reset(before)


_GUARD: ContextVar[Redactor | None] = ContextVar("redactor", default=None)


def masked(text: str) -> str:
    """The text without the secrets of the current task; only the beginning of one that is far too long for people."""
    redactor = _GUARD.get()
    cut = len(text) > _LONGEST
    cleaned = str((redactor or Redactor()).clean(text[:_LONGEST]))
    return cleaned[: -_LONGEST // 2] if cut else cleaned  # without the end, which may hold part of a secret


def also_hide(secret: str) -> None:
    """Also hide, for the current task, a secret that it has received or created."""
    redactor = _GUARD.get()
    if redactor is not None:
        redactor.add(secret)


class _Secret:
    """One secret: as it is, as `Unescaped` makes it of escaped text, and as it appears in base64."""

    def __init__(self, raw: str) -> None:
        # As it is, and as in a literal of OData, SQL, PowerShell or CSV.
        self.quoted = tuple(dict.fromkeys([raw, raw.replace("'", "''"), raw.replace('"', '""')]))
        spaced = {" ".join(one.split()) for one in self.quoted}
        read = {Unescaped(one).loose for text in {*self.quoted, *spaced} for one in _as_text(text)}
        with contextlib.suppress(UnicodeEncodeError):
            read.add(Unescaped(raw, encoding="latin-1").loose)
        self.forms = tuple(form for form in sorted(read) if len(form) >= _SHORTEST)
        # A line may be wrapped at a space of the secret, which is then gone.
        without = {tight(form) for form in read} if len(raw.split()) > 1 else set()
        self.tight = tuple(form for form in sorted(without) if len(form) >= _SHORTEST_TIGHT)
        self._cores = tuple({core for text in _escaped(raw) for core in _cores(text)})
        # The length of text that holds the secret: outside ASCII, up to four bytes are one character.
        every = (*self.quoted, *self.forms, *self.tight, *self._cores)
        self.shortest = min([len(one) if raw.isascii() else len(one) // 4 for one in every])

    def is_in(self, text: str, plain: Unescaped | None) -> bool:
        """Whether the text, or `plain` without escapes, contains it in any form."""
        unescaped = plain.text if plain else text
        return (
            any(one in text for one in self.quoted)
            or any(core in unescaped for core in self._cores)
            or (plain is not None and any(form in plain.loose for form in self.forms))
            or (plain is not None and any(form in plain.tight for form in self.tight))
        )

    def in_base64(self, text: str) -> Iterator[Span]:
        """The positions of base64 that contains the secret."""
        for core in self._cores:
            if core not in text:  # as in nearly all cases
                continue
            done = 0
            for start, end in _all_of(core, text):
                if start >= done:
                    begin = done + len(text[done:start].rstrip(_OF_BASE64))
                    done = _BASE64.match(text, end).end()  # type: ignore[union-attr]
                    yield begin, done


def _as_text(raw: str) -> Iterator[str]:
    """A secret, also with its bytes read as characters, and with the halves of surrogate pairs."""
    yield raw
    yield as_bytes(raw)
    units = raw.encode("utf-16-le", "surrogatepass")
    yield "".join(chr(units[at] + 256 * units[at + 1]) for at in range(0, len(units), 2))


def _escaped(raw: str) -> set[str]:
    """A secret as it may be written before it is in base64: as it is, in an address, a form, JSON or HTML."""
    addresses = {quote(raw, safe="", errors="replace"), quote_plus(raw, errors="replace")}
    addresses |= {_ESCAPED_BYTE.sub(lambda found: found[0].lower(), one) for one in addresses}
    texts = {json.dumps(raw)[1:-1], json.dumps(raw, ensure_ascii=False)[1:-1]}
    texts |= {one.replace("/", "\\/") for one in texts}
    texts.add("".join(f"\\u{ord(one):04X}" if one in _BY_NET or one > "~" else json.dumps(one)[1:-1] for one in raw))
    return {raw, *addresses, *texts, html.escape(raw)}


@lru_cache(maxsize=256)
def _secret(raw: str) -> _Secret:
    return _Secret(raw)


def _cores(raw: str) -> Iterator[str]:
    """The base64 common to all texts that contain `raw`, such as id:secret, at each of the three offsets."""
    coded_as = {raw.encode(encoding, "surrogatepass") for encoding in ("utf-8", "utf-16-le")}  # the second in .NET
    with contextlib.suppress(UnicodeEncodeError):
        coded_as.add(raw.encode("latin-1"))  # as requests sends a password to a proxy
    for data in coded_as:
        for offset in range(3):
            coded = base64.b64encode(bytes(offset) + data).decode()
            core = coded[-(-8 * offset // 6) : 8 * (offset + len(data)) // 6]
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


def _copied(value: Any, of_text: Callable[[str, Any], Any]) -> Any:
    """A copy of plain data with `of_text` applied to each text, or the text itself if that returns None."""
    if isinstance(value, str):
        text = of_text(value, None)
        return value if text is None else text
    if isinstance(value, dict):
        return {key: _copied(entry, of_text) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_copied(entry, of_text) for entry in value]
    return value


def _pieces(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    """The texts in lists, each of about this many characters."""
    some: list[str] = []
    length = 0
    for text in texts:
        some.append(text)
        length += len(text)
        if length >= size:
            yield some
            some, length = [], 0
    if some:
        yield some


def _all_of(wanted: str, text: str) -> Iterator[Span]:
    """The positions of `wanted`."""
    at = text.find(wanted)
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + len(wanted))


def _without(text: str, places: list[Span]) -> str:
    """The text with a mask at each of the places."""
    parts: list[str] = []
    done = 0
    for start, end in places:
        parts += [text[done:start], _MASK]
        done = end
    return "".join([*parts, text[done:]])
