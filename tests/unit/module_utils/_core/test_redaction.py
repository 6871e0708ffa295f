# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import html
import json
import os
import re
import sys
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.intune.exchange.plugins.module_utils._core import escapes
from ansible_collections.intune.exchange.plugins.module_utils._core.concurrent import gather
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, TenantError, one_line
from ansible_collections.intune.exchange.plugins.module_utils._core.escapes import HIDING, Unescaped, as_bytes
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor, masked, proxy_credentials

SECRET = "p\"ä+ss/wörd  =%~<'\\&>canary."


IN_LOWER_CASE = re.sub("%..", lambda found: found[0].lower(), quote(SECRET, safe=""))


def basic(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


FORMS = {
    "raw": SECRET,
    "base64": basic(SECRET),
    "base64url": base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    "id and secret": basic(f"00000000-0000-0000-0000-000000000001:{SECRET}"),
    "id and secret as RFC 6749 has it": basic(f"x:{quote_plus(SECRET)}"),
    "id and secret, in an address": basic(f"x:{quote(SECRET, safe='')}"),
    "id and secret, in JSON": basic(f"x:{json.dumps(SECRET)[1:-1]}"),
    "id and secret, in JSON in UTF-8": basic(f"x:{json.dumps(SECRET, ensure_ascii=False)[1:-1]}"),
    "id and secret, in an address in lower case": basic(f"x:{IN_LOWER_CASE}"),
    "id and secret, in JSON with slashes": basic(f"x:{json.dumps(SECRET)[1:-1]}".replace("/", "\\/")),
    "id and secret, in JSON of .NET": basic(
        "x:p\\u0022\\u00E4\\u002Bss/w\\u00F6rd  =%~\\u003C\\u0027\\\\\\u0026\\u003Ecanary."
    ),
    "id and secret, in HTML": basic(f"x:{html.escape(SECRET)}"),
    "user and secret in Latin-1": base64.b64encode(f"us:{SECRET}".encode("latin-1")).decode(),
    "user and secret": basic(f"us:{SECRET}"),
    "base64 in an address": quote(basic(f"id:{SECRET}"), safe="").rstrip("%3D"),
    "url": quote(SECRET, safe=""),
    "url in lower case": quote(SECRET, safe="").replace("%C3%A4", "%c3%a4").replace("%2B", "%2b").replace("%2F", "%2f"),
    "url twice": quote(quote(SECRET, safe=""), safe=""),
    "url of Java": quote(SECRET, safe="").replace("~", "%7E"),
    "url in Latin-1": quote(SECRET, safe="", encoding="latin-1"),
    "form": quote_plus(SECRET),
    "html": html.escape(SECRET),
    "html of .NET": html.escape(SECRET).replace("&#x27;", "&#39;").replace("ä", "&#228;"),
    "html twice": html.escape(html.escape(SECRET)),
    "json": json.dumps(SECRET)[1:-1],
    "json in UTF-8": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "json of .NET": json.dumps(SECRET)[1:-1].replace("+", "\\u002B").replace("<", "\\u003C").replace("'", "\\u0027"),
    "json with slashes": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "json in json": json.dumps(json.dumps(SECRET))[3:-3],
    "Python": repr(SECRET)[1:-1],
    "a header": SECRET.encode().decode("latin-1"),
    "one space": " ".join(SECRET.split()),
    "in a filter": SECRET.replace("'", "''"),
    "in CSV": SECRET.replace('"', '""'),
    "in CSV, in an address": quote(SECRET.replace('"', '""'), safe=""),
}
# How proxies, services and loggers escape a secret unnecessarily; mixed, and over several lines.
PLAIN = "canary.Q8-0123456789_abc"
OTHER_FORMS = {
    "each byte in an address": "".join(f"%{byte:02x}" for byte in PLAIN.encode()),
    "each byte twice": "".join(f"%25{byte:02X}" for byte in PLAIN.encode()),
    "each letter as IIS logs it": "".join(f"%u{ord(one):04X}" for one in PLAIN),
    "the same twice": "".join(f"%25u{ord(one):04x}" for one in PLAIN),
    "HTML numbers": "".join(f"&#{ord(one)};" for one in PLAIN),
    "HTML numbers to the base of 16": "".join(f"&#x{ord(one):X};" for one in PLAIN),
    "HTML of OWASP": "".join(one if one.isalnum() else f"&#x{ord(one):x};" for one in PLAIN),
    "JavaScript of OWASP": "".join(one if one.isalnum() else f"\\x{ord(one):02X}" for one in PLAIN),
    "JavaScript": PLAIN.replace("-", "\\-").replace("_", "\\u{5f}"),
    "JSON numbers": "".join(f"\\u{ord(one):04x}" for one in PLAIN),
    "HTML in JSON": PLAIN.replace("-", "\\u0026#45;").replace("_", "\\u0026amp;#x5f;"),
    "HTML in an address": quote(PLAIN.replace("-", "&#45;"), safe=""),
    "two lines": f"{PLAIN[:9]}\n    {PLAIN[9:]}",
    "two lines in JSON": f"{PLAIN[:9]}\\r\\n{PLAIN[9:]}",
    "two lines of a mail": f"{PLAIN[:9]}=\r\n{PLAIN[9:]}",
    "where it may be broken": f"{PLAIN[:9]}\u200b{PLAIN[9:]}",
    "two lines of an old Mac": f"{PLAIN[:9]}\r{PLAIN[9:]}",
    "a control character": f"{PLAIN[:9]}\x02{PLAIN[9:]}",
    "a control character of Latin-1": f"{PLAIN[:9]}\x9b{PLAIN[9:]}",
    "UTF-16": "\0".join(PLAIN),
    "what stands for a control character": f"{PLAIN[:9]}\ufffd{PLAIN[9:]}",
    "a colour": f"{PLAIN[:9]}\x1b[31m{PLAIN[9:]}",
    "a mark of direction": f"{PLAIN[:9]}\u202e{PLAIN[9:]}",
    "where HTML may break it": f"{PLAIN[:9]}&shy;{PLAIN[9:12]}&#8203;{PLAIN[12:]}",
    "what is invisible, in an address": f"{PLAIN[:9]}%E2%80%8B{PLAIN[9:12]}%00{PLAIN[12:]}",
    "what is invisible, in JSON": f"{PLAIN[:9]}\\u200b{PLAIN[9:12]}\\u0002{PLAIN[12:]}",
    "forms of the character before": f"{PLAIN[:9]}\ufe0f{PLAIN[9:12]}\u180b\U000e0100\u2800\u17b4{PLAIN[12:]}",
    "what is invisible": f"{PLAIN[:9]}\u2061\U000e0041\u2028{PLAIN[9:]}",
    "base64 of UTF-16": base64.b64encode(f"id:{PLAIN}".encode("utf-16-le")).decode(),
    "base64 in lines": base64.encodebytes(f"{'x' * 36}{PLAIN}{'y' * 36}".encode()).decode().strip(),
    "base64 in JSON": basic(f"?>{PLAIN}??>>").replace("/", "\\/").replace("+", "\\u002b"),
    "base64 in an address, twice": quote(quote(basic(f"{PLAIN}>"), safe=""), safe=""),
}
# Every length at which text is cut.
LIMITS = (40, 80, 120, 200, 400, 800, 2000)


def pieces(text: str) -> set[str]:
    """Pieces that would reveal a part of a secret."""
    return {text[at : at + 6] for at in range(len(text) - 6)} - {"******", "%3D%3D"}


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.add(SECRET)
    return redactor


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_form_of_a_secret_leaves(form: str, redactor: Redactor) -> None:
    dirty = {"msg": f"before {form} after", "key": [{"deep": (form, 1)}], "number": 3, "none": None, "yes": True}
    cleaned = redactor.clean(dirty)
    assert cleaned["msg"] == "before ******** after"
    assert cleaned["key"] == [{"deep": ["********", 1]}]
    assert (cleaned["number"], cleaned["none"], cleaned["yes"]) == (3, None, True)


@pytest.mark.parametrize("form", OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_nor_one_that_no_encoder_had_to_change(form: str) -> None:
    redactor = Redactor()
    redactor.add(PLAIN)
    assert redactor.clean(f"before {form} after") == "before ******** after"
    assert redactor.clean(f"before {form} after & %41 \\u0041 é") == "before ******** after & %41 \\u0041 é"
    with redactor.guarding():
        assert one_line(f"ü&lt;%20{form}, {form};", 400) == "ü&lt;%20********, ********;"


@pytest.mark.parametrize("length", [24, 25, 26])
@pytest.mark.parametrize("offset", [0, 1, 2])
def test_nor_one_in_base64_with_any_text_around_it(offset: int, length: int) -> None:
    secret = (PLAIN * 2)[:length]
    redactor = Redactor()
    redactor.add(secret)
    for behind in ("", "z", "zz", "zzz", "\x00", "\xff" * 4):
        coded = basic("x" * offset + secret + behind)
        assert redactor.clean(f"before {coded} after") == "before ******** after"


@pytest.mark.parametrize("indent", ["", "  ", "\t"])
@pytest.mark.parametrize(
    "end", ["\n", "\r\n", "\\n", "\\r\\n", "\\\\n", "%0A", "%0D%0A", "&#10;", "&#xA;", "\\u000a", "\\t"]
)
@pytest.mark.parametrize(
    "secret", ["correct horse battery staple", "p\u00e4ss w\u00f6rd canary", "two  spaces\tand tab"]
)
def test_nor_one_that_was_wrapped_at_a_space(secret: str, end: str, indent: str) -> None:
    redactor = Redactor()
    redactor.add(secret)
    words = secret.split()
    for one in range(1, len(words)):
        wrapped = " ".join(words[:one]) + end + indent + " ".join(words[one:])
        assert redactor.clean(f"before {wrapped} after") == "before ******** after"
        assert redactor.clean({"a": ["x", wrapped, "y"]}) == {"a": ["x", "********", "y"]}


def test_exactly_what_hides_a_secret_is_passed_over() -> None:
    """The same characters in both of their forms."""
    numbers = (number for number in range(0x110000) if not 0xD800 <= number < 0xE000)
    everything = "".join(one for one in map(chr, numbers) if one not in "%&\\=\r\n")
    assert Unescaped(everything).text == as_bytes(re.sub(f"[{HIDING}]", "", everything))


def test_text_with_escapes_and_no_secret_stays(redactor: Redactor) -> None:
    text = "&lt;a&gt; 100 % of %C3%A4 &unknown; \\u00e4 \\ud83d\\ude00 &#99999999; \\u{ffffffff} é\u200b\n  ü = \\n"
    assert redactor.clean(text) == text


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_none_leaves_in_part_where_text_is_cut(form: str, limit: int, redactor: Redactor) -> None:
    secret = pieces(form)
    with redactor.guarding():
        for before in (limit - 3, limit - len(form) // 2, limit - len(form), limit):
            text = "." * max(0, before - 1) + " " + form + " and more"
            shown = [one_line(text, limit), one_line(ValueError(text), limit)]
            answer = ErrorResponse("Graph", 400, text, text, text, text)
            error = TenantError("refused", text, text, text, answer, text, {"ids": [text], "one": {"two": text}})
            shown += [str(answer), str(error), json.dumps(error.result(), ensure_ascii=False)]
            assert not [one for line in shown for one in secret if one in line], before


@pytest.mark.parametrize("secret", ["canary ends in a dot.", "two  spaces  in it", "  spaces around  ", "a\tb\nc\rd"])
def test_what_is_trimmed_was_masked_before(secret: str) -> None:
    redactor = Redactor()
    redactor.add(secret)
    with redactor.guarding():
        said = str(
            TenantError("refused", str(ErrorResponse("Graph", 400, "x", f"not {secret}")), "do it", "contoso.com")
        )
    assert not [word for word in secret.split() if len(word) > 2 and f" {word}" in said.partition(" not ")[2]], said
    assert "not ********" in said


def test_keys_are_names_and_stay() -> None:
    redactor = Redactor()
    redactor.add("hang")
    result = redactor.clean({"changed": True, "exchange": ["exchange"], "hang": {"hang": 1}})
    assert result == {"changed": True, "exchange": ["exc********e"], "hang": {"hang": 1}}


def test_threads_of_a_task_hide_its_secrets(redactor: Redactor) -> None:
    with redactor.guarding():
        found = gather({"one": lambda: masked(SECRET), "two": lambda: one_line(f"is {SECRET}")})
    assert (found["one"].value, found["two"].value) == ("********", "is ********")
    assert masked(SECRET) == SECRET  # of no task


def test_values_too_short_to_be_secrets_stay() -> None:
    redactor = Redactor()
    for value in ("", None, "abc", "  abc \n"):
        redactor.add(value)
    assert redactor.clean("abcdef") == "abcdef"


def test_long_text_takes_no_long_time(redactor: Redactor) -> None:
    redactor.add("~begins with what may be escaped")
    for run in ("\\" * 1_000_000, "%" + "25" * 500_000, "&" + "amp;" * 250_000, "&#" + "0" * 1_000_000):
        assert redactor.clean(run) == run
    core = basic(f"id:{SECRET}")
    text = "A" * 2_000_000 + core + "A" * 2_000_000
    assert redactor.clean(text) == "********"
    assert redactor.clean("%41&#65;\\" * 100_000 + "x") == "%41&#65;\\" * 100_000 + "x"


@pytest.mark.parametrize(
    ("proxy", "secrets"),
    [
        (None, set()),
        ("http://proxy.example:8080", set()),
        ("http://svc:PASSWORD@proxy.example:8080", {"svc:PASSWORD", "PASSWORD"}),
        ("svc:PASSWORD@proxy.example:8080", {"svc:PASSWORD", "PASSWORD"}),
        ("http://svc:PASS@WORD@proxy.example:8080", {"svc:PASS@WORD", "PASS@WORD"}),
        ("http://TOKEN@proxy.example", {"TOKEN"}),
        ("svc:PASS//WORD@proxy.example:8080", {"svc:PASS//WORD", "PASS//WORD"}),
        (" HTTPS://svc:PASS://WORD@proxy.example", {"svc:PASS://WORD", "PASS://WORD"}),
        ("//svc:PASSWORD@proxy.example:8080", {"svc:PASSWORD", "PASSWORD"}),
        ("http://svc:a%2Fb%40c@proxy.example", {"svc:a%2Fb%40c", "a%2Fb%40c", "a/b@c", "svc:a/b@c"}),
    ],
)
def test_what_is_secret_in_the_address_of_a_proxy(proxy: str | None, secrets: set[str]) -> None:
    assert proxy_credentials(proxy) == secrets


def test_a_huge_text_is_cut_where_no_secret_is_cut_in_two(redactor: Redactor) -> None:
    """The time for a message does not grow with the length of a response."""
    with redactor.guarding():
        for form in (FORMS["url"], f"{SECRET[:6]}\n{' ' * 20_000}{SECRET[6:]}"):
            for at in (85_000, 99_990):
                shown = masked(" " * at + form + " " * 20_000)
                assert not shown.replace("********", "").strip(), at
        assert len(masked("x" * 10_000_000)) == 50_000
        assert one_line("\n" * 99_995 + SECRET) == ""


HOSTILE_TEXTS = {
    "spaces": "two" + " " * 15,
    "escaped letters": "%41&#65;\\u0041",
    "escapes of escapes": "%252525252541",
    "backslashes": "\\" * 99 + "x",
    "entities without end": "&amp;amp;amp;",
    "lines": "a\r\n",
    "wide": "\u4e00\u200b\u00e9",
    "nearly": "two  spaces in i",
    "base64 between letters that are not of it": basic("two  spaces in it!") + "\u00ea",
    "base64": basic("id:two  spaces in it") + "=",
    "secrets in addresses": "".join(f"%{byte:02x}" for byte in b"two  spaces in it"),
}


@pytest.mark.parametrize("piece", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_the_steps_grow_with_the_text(piece: str) -> None:
    """Counted in Python calls, of which `make mutation` adds some: no step looks back."""
    redactor = Redactor()
    redactor.add("two  spaces in it")
    redactor.add("p" * 1500)

    def steps(text: str) -> int:
        taken = 0

        def step(*_arguments: object) -> None:
            nonlocal taken
            taken += 1

        sys.setprofile(step)
        try:
            redactor.clean(text)
        finally:
            sys.setprofile(None)
        return taken

    short, long = (steps(piece * number) for number in (50, 200))
    each = 200 if "MUTANT_UNDER_TEST" in os.environ else 100  # where mutmut calls each function through another one
    assert long < 5 * short + 500 and long < each * len(piece) * 200


@pytest.mark.parametrize("piece", ["%41", "\\n", "&lt;", "a\x02", "&amp;amp;lt;"])
def test_the_time_is_looked_at_within_a_long_text(piece: str, redactor: Redactor) -> None:
    def looks(text: str) -> int:
        looked: list[int] = []
        redactor.clean(text, looked.append)
        return len(looked)

    assert looks(piece * 400_000) >= looks(piece) + 5


@pytest.mark.parametrize("text", ["\\" * 4, "\\" * 8, "\\" * 5 + "\n", "x\\\\\\\\y"])
def test_a_secret_of_backslashes_in_a_text_of_backslashes(text: str) -> None:
    redactor = Redactor()
    redactor.add("\\" * 4)
    cleaned = redactor.clean(text)
    assert "*" in cleaned and "\\" * 4 not in cleaned


# Text at the beginning or end of others: pieces of escapes, of lines and of base64, and longer or shorter text.
EDGES = (
    "\\",
    "%",
    "%2",
    "&",
    "&#6",
    "amp;",
    "=",
    "\n",
    "\r",
    "\n  ",
    "u0041",
    "\ud83d",
    "\ude00",
    " ",
    "+",
    "\f",
    "\xad",
    "A",
)


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: "-".join(f"{ord(one):x}" for one in edge))
def test_texts_that_are_looked_through_together_are_masked_as_each_alone(edge: str) -> None:
    redactor = Redactor()
    for secret in (SECRET, PLAIN, "a\\b", "ends in +", "amp;amp;"):
        redactor.add(secret)
    forms = [*FORMS.values(), *OTHER_FORMS.values(), "a\\\\b", "ends in %2B", "amp;amp;", "nothing"]
    texts = [f"{before}{form}{after}" for form in forms for before in ("", edge) for after in ("", edge)]
    texts += [edge * 5000, "a", *(form[:at] for form in forms for at in (3, len(form) // 2))]
    alone = [redactor.clean(text) for text in texts]
    assert sum(one != text for one, text in zip(alone, texts, strict=True)) > 140
    for text, wanted in zip(texts, alone, strict=True):
        assert redactor.clean({"deep": [(edge, text, f"{edge}x")]})["deep"][0][1] == wanted
    assert redactor.clean(texts[::-1]) == alone[::-1]


def test_a_result_without_secrets_is_searched_a_few_times_and_not_once_for_each_text(redactor: Redactor) -> None:
    looks: list[int] = []
    texts = [f"device {number} & more" for number in range(5000)]
    assert redactor.clean({"devices": texts}, looks.append)["devices"] == texts and len(looks) < 50
    searched = len(looks)
    texts[2500] = f"it is {SECRET}"
    found = redactor.clean(texts, looks.append)
    assert found[2500] == "it is ********" and found[:2500] == texts[:2500] and len(looks) - searched < 2000


@given(st.text(st.sampled_from(" \t\r\f\v+\xc2\xa0\\\na\xe9"), max_size=30))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_the_fast_way_to_loose_text_is_the_traced_one(text: str) -> None:
    assert escapes._loose(text) == escapes._LOOSE.sub(escapes._loosened, text)
