# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hides secrets in everything that leaves the engine, in the forms in which services and proxies repeat them.

Text is masked whole, before anything is cut from it: whatever shortens text for people asks `masked` first.
"""

from __future__ import annotations

import base64
import contextlib
import html.entities
import re
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from itertools import groupby
from typing import Any
from urllib.parse import quote_plus, unquote

from .escapes import Unescaped, as_bytes, escaped

_MASK = "********"
_SHORTEST = 4  # shorter values would blot out ordinary words
_HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # as AnsibleModule has it
_PLAIN = re.compile(r"[A-Za-z0-9._-]+")  # what no encoder writes otherwise
_ENCODED = re.compile(r"[%&\\]|[^\x00-\x7f]")  # no text in another form is without one of these
_BACKSLASHES = r"(?:\\{1,16})"  # as of JSON in JSON; a run without end would be looked through from each place in it
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*=*")


def secrets_of(argument_spec: Mapping[str, Any], arguments: Mapping[str, Any]) -> set[str]:
    """The values in `arguments` that are never shown, what is secret in the address of a proxy among them."""
    values = {str(arguments.get(name) or "") for name, spec in argument_spec.items() if spec.get("no_log")}
    return (values | proxy_credentials(arguments.get("proxy"))) - {"", _HIDDEN}


def proxy_credentials(proxy: Any) -> set[str]:
    """What stands before the host in the address of a proxy, as a whole, and the password in it."""
    before, at, _host = str(proxy or "").rpartition("@")
    if not at:
        return set()
    whole = before.partition("//")[2] or before
    found = {whole, whole.partition(":")[2]}
    return (found | {unquote(one) for one in found}) - {""}


def hide(value: Any, secrets: set[str]) -> Any:
    """Arguments as a module process returns them: what is a secret as a whole is hidden, however short it is."""
    if isinstance(value, Mapping):
        return {name: hide(one, secrets) for name, one in value.items()}
    if isinstance(value, list):
        return [hide(one, secrets) for one in value]
    return _HIDDEN if isinstance(value, str) and value in secrets else value


class Redactor:
    """Knows secrets and tokens, and finds them in every form."""

    def __init__(self) -> None:
        self._secrets: tuple[_Secret, ...] = ()

    def add(self, secret: str | None) -> None:
        """Never show `secret` from now on."""
        raw = str(secret or "").strip()
        if len(raw) >= _SHORTEST:
            # Longest first: a secret may be part of another.
            known = {*self._secrets, _secret(raw)}
            self._secrets = tuple(sorted(known, key=lambda one: (-len(one.raw), one.raw)))

    def clean(self, value: Any) -> Any:
        """`value` with every secret in it masked, at any depth. Keys are names and stay."""
        if isinstance(value, str):
            if self._secrets and escaped(value):
                value = _without_escaped(value, self._secrets)
            for secret in self._secrets:
                value = secret.masked(value)
            return value
        if isinstance(value, dict):
            return {key: self.clean(entry) for key, entry in value.items()}
        if isinstance(value, (list, tuple, set)):
            return [self.clean(entry) for entry in value]
        return value

    @contextlib.contextmanager
    def guarding(self) -> Iterator[None]:
        """What is shortened meanwhile, in this thread and those that it starts, is cleaned before."""
        before = _GUARD.set(self)
        try:
            yield
        finally:
            _GUARD.reset(before)


_GUARD: ContextVar[Redactor | None] = ContextVar("redactor", default=None)


def masked(text: str) -> str:
    """The text without the secrets of the task that runs."""
    redactor = _GUARD.get()
    return text if redactor is None else str(redactor.clean(text))


def also_hide(secret: str) -> None:
    """Never show, by the task that runs, what it has only got to know or made itself."""
    redactor = _GUARD.get()
    if redactor is not None:
        redactor.add(secret)


class _Secret:
    """One secret in all of its forms."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._pattern = None if _PLAIN.fullmatch(raw) else re.compile(_any_form(raw))
        self._bytes = as_bytes("".join(raw.splitlines()))
        self._spaced = any(character.isspace() for character in raw)
        self._cores = tuple({core for text in (raw, quote_plus(raw, errors="replace")) for core in _cores(text)})
        self._shortest = min(len(" ".join(raw.split())), *map(len, self._cores))

    def masked(self, text: str) -> str:
        if len(text) < self._shortest:
            return text
        text = text.replace(self.raw, _MASK)
        if self._pattern and (self._spaced or _ENCODED.search(text)):
            text = self._pattern.sub(_MASK, text)
        for core in self._cores:
            text = _without(text, list(_pieces_of_base64(text, core)))
        return text

    def found_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the secret stands in what `Unescaped` makes of a text."""
        at = text.find(self._bytes)
        while at >= 0:
            yield at, at + len(self._bytes)
            at = text.find(self._bytes, at + len(self._bytes))
        for core in self._cores:
            yield from _pieces_of_base64(text, core)


@lru_cache(maxsize=256)
def _secret(raw: str) -> _Secret:
    return _Secret(raw)


def _cores(raw: str) -> Iterator[str]:
    """What stands in the base64 of every text that holds `raw`, such as id:secret, at each of the three offsets."""
    for data in (raw.encode("utf-8", "surrogatepass"), raw.encode("utf-16-le", "surrogatepass")):  # as .NET has text
        for offset in range(3):
            coded = base64.b64encode(bytes(offset) + data).decode()
            core = coded[-(-8 * offset // 6) : 8 * (offset + len(data)) // 6]
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


def _pieces_of_base64(text: str, core: str) -> Iterator[tuple[int, int]]:
    """Where the pieces of base64 stand that hold `core`."""
    at = text.find(core)
    while at >= 0:
        end = _BASE64.match(text, at + len(core)).end()  # type: ignore[union-attr]
        while at and (text[at - 1].isalnum() or text[at - 1] in "+/_-"):
            at -= 1
        yield at, end
        at = text.find(core, end)


def _without(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text with a mask at each of the places, of which some may overlap."""
    parts: list[str] = []
    done = 0
    for start, end in sorted(places):
        if start >= done:
            parts += [text[done:start], _MASK]
        done = max(done, end)
    return "".join([*parts, text[done:]])


def _without_escaped(text: str, secrets: Iterable[_Secret]) -> str:
    """The text without what is a secret once its escapes are undone, whatever they are of."""
    plain = Unescaped(text)
    return _without(text, plain.spans(place for secret in secrets for place in secret.found_in(plain.text)))


def _any_form(raw: str) -> str:
    """A pattern of `raw` in which each character may be as in addresses, HTML or JSON, also several times over."""
    return "".join(_form(character, len(list(run))) for character, run in groupby(raw, _kind))


def _kind(character: str) -> str:
    return " " if character.isspace() else character


def _form(character: str, times: int) -> str:
    if _PLAIN.fullmatch(character):
        return re.escape(character * times)
    data, code = character.encode("utf-8", "surrogatepass"), ord(character)
    names = [name.rstrip(";") for name, stands_for in html.entities.html5.items() if stands_for == character]
    entities = "|".join([f"#0*{code}", f"#x0*{code:x}", *sorted({re.escape(name) for name in names})])
    units = character.encode("utf-16-be", "surrogatepass").hex()
    forms = [
        rf"{_BACKSLASHES}?{re.escape(character)}",
        "".join(f"%(?:25)*{byte:02x}" for byte in data),
        f"&(?:amp;)*(?:{entities});",
        "".join(rf"{_BACKSLASHES}u{units[at : at + 4]}" for at in range(0, len(units), 4)),
        re.escape(data.decode("latin-1")),  # of UTF-8 in a header
    ]
    if code < 256:
        forms += [rf"{_BACKSLASHES}x{code:02x}", f"%(?:25)*{code:02x}"]
    if character == " ":  # however many of them: HTML and terminals make them one
        return rf"(?i:\s|\+|&nbsp;|{_BACKSLASHES}[nrt]|{'|'.join(forms)})+"
    if character == "\\":
        return rf"(?i:\\{{{times},}}|(?:{'|'.join(forms[1:])}){{{times}}})"
    return rf"(?i:{'|'.join(forms)}){{{times}}}"
