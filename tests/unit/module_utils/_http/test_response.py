# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A body as text: gateways repeat what they were sent, in encodings of their own."""

from __future__ import annotations

import codecs

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import one_line
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import _LONGEST, Redactor
from ansible_collections.intune.exchange.plugins.module_utils._http.response import Response

SECRET = "S\u00e9cure-\u201cPassw0rd\u201d-2026"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("cp1252", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_a_secret_is_recognized_in_any_encoding(encoding: str, mark: bytes) -> None:
    redactor = Redactor()
    redactor.add(SECRET)
    with redactor.guarding():
        text = Response(403, {}, mark + f"<p>svc:{SECRET} is blocked".encode(encoding)).text
        assert one_line(text) == "<p>svc:******** is blocked"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le", "utf-16-be"])
def test_so_is_one_of_latin_letters_in_an_encoding_without_a_mark(encoding: str) -> None:
    redactor = Redactor()
    redactor.add("S\u00e9cure-Passw0rd\u00df")
    with redactor.guarding():
        text = Response(403, {}, "\u0081S\u00e9cure-Passw0rd\u00df is blocked".encode(encoding)).text
        assert one_line(text) == "******** is blocked"


@pytest.mark.parametrize("secret", ["Gr\u00f6\u00dfe-Geheim1", "\u00dcber-Geheim1", "Pass\u20ac-Geheim1"])
@pytest.mark.parametrize(("before", "after"), [(b"", b"\xff"), (b"\xe9 ", b" \x81"), (b"\x80", b"\xc3")])
def test_a_wrong_byte_hides_no_secret(secret: str, before: bytes, after: bytes) -> None:
    """As where a page is cut within a letter, or has pieces of another one."""
    redactor = Redactor()
    redactor.add(secret)
    with redactor.guarding():
        assert "Geheim" not in one_line(Response(403, {}, before + secret.encode() + after).text)


@pytest.mark.parametrize(
    "body",
    [b"\xe4" * 2**24, codecs.BOM_UTF16_LE + b"a\0" * 2**23, "\U0001f511".encode() * 2**22, b"a\0" * 2**23],
    ids=["wrong bytes", "utf-16", "four bytes each", "utf-16 without a mark"],
)
def test_a_long_body_takes_no_time_of_the_task(body: bytes) -> None:
    """A page of 64 MiB is read, and of that only a line is shown: no more becomes text than is searched for secrets."""
    assert _LONGEST < len(Response(502, {}, body).text) <= 5 * _LONGEST
