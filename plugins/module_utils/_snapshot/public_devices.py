# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a text describes a device and says nothing else.

Devices and people write these texts. Nobody's name is searched in them, as a name has too many spellings: a text stays
only if all of its words are known ones of devices.
"""

from __future__ import annotations

import re
from functools import lru_cache

# No word by which people are called, such as Max or Dell, and no initials: those stay only in the pairs and phrases.
_WORDS = """
    activesync android androidenterprise androidforwork aosp apple appletv blackberry chrome chromebook chromeos
    convertible corporation deviceaccessstate devicemodel deviceos devicetype elitebook exchange fairphone
    galaxy gmail google huawei ideapad imac imacpro ios ipad ipados iphone ipod laptop latitude lenovo lge linux
    macbook macbookair macbookpro macmdm macmini macos macpro microsoft mobile motorola nexus nokia notebook
    oneplus oppo optiplex outlook phone pixel precision pro probook realme redmi samsung smartphone surface
    tablet thinkcentre thinkpad thinkstation touchdown ubuntu ultra unknown useragent visionos vivo vivobook
    windows windowsphone workmail xiaomi xmswlheader xperia zbook zenbook zenfone
"""
_KNOWN = frozenset(_WORDS.split())
# A word and what may be before it: words, or "#" for a number or a type such as S23.
_AFTER = {
    "a": "galaxy tab",
    "air": "ipad macbook",
    "book": "surface",
    "carbon": "x1",
    "duo": "surface",
    "e": "moto",
    "edge": "motorola s6 s7",
    "flip": "z",
    "fold": "pixel z",
    "g": "moto",
    "generation": "#",
    "go": "surface",
    "hub": "surface",
    "inch": "#",
    "lite": "#",
    "mac": "apple",
    "max": "pro xs",
    "mini": "12 13 ipad mac",
    "note": "galaxy redmi",
    "pc": "notebook windows",
    "plus": "#",
    "s": "tab",
    "se": "iphone",
    "studio": "laptop mac surface",
    "tab": "galaxy lenovo",
    "x": "iphone mac pro",
    "xr": "iphone",
    "xs": "iphone",
    "z": "galaxy xperia",
}
_BEFORE = {word: frozenset(before.split()) for word, before in _AFTER.items()}
# CPH2451 and XT2201, but neither alone.
_WITH_A_NUMBER = frozenset({"cph", "note", "tab", "xt"})
# Whole texts, also beginnings of models with which a device filter compares.
_WHOLE = re.compile(r"acer|cph|hp|lg|mail|(?:lg|sgh|sm)-[a-z]?[0-9]{0,2}")
# With four parts only if one of the last two is too large for an address of a network: 16.0.5.2 may be one.
VERSION = (
    r"[0-9]{1,3}\.(?:[0-9](?:\.[0-9]{1,5})?|[0-9](?:\.[0-9]{4,5}\.[0-9]{1,5}|\.[0-9]{1,3}\.[0-9]{4,5})"
    r"|[0-9]{2}(?:\.[0-9]{1,2})?)"
)
# Versions, also of Outlook such as 4.2229.0, and builds of iOS such as 2106.78: the only numbers that may have as many
# digits as that of a telephone, and the only ones of which three may stand beside each other.
_VERSIONS = re.compile(
    rf"(?<![0-9.])(?:{VERSION}|[0-9]{{1,2}}\.[0-9]{{4}}\.[0-9]{{1,2}}|(?<=/)[12][0-9]{{3}}\.[0-9]{{1,3}})(?![0-9.])"
)
_NUMBER = re.compile(r"(?<![0-9a-z])\+ ?\(?[0-9]|[0-9](?:[^0-9a-z]*[0-9]){6}")
_MOST_DIGITS = 7  # also with letters in between
_DAY, _MONTH, _YEAR, _BETWEEN = "[0-3]?[0-9]", "(?:0?[1-9]|1[0-2])", "(?:(?:19|20)[0-9]{2}|[3-9][0-9])", "[^0-9a-z]+"
# 1.2.1980, 1.2.80, 80.2.1, 1-2-80, 3. 4. 1981 and 1;2;1980, which may be a day of birth; but not 10.1 (2019), a tablet.
_DATE = re.compile(
    rf"(?<![0-9.])(?:{_DAY}{_BETWEEN}{_MONTH}|{_MONTH}{_BETWEEN}{_DAY})(?! \(20[0-9]{{2}}\))"
    rf"{_BETWEEN}{_YEAR}(?!\.?[0-9])"
    rf"|(?<![0-9.]){_YEAR}{_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}(?!\.?[0-9])"
    r"|(?<![0-9.])[0-3]?[0-9]\.(?:0?[1-9]|1[0-2])\.0[0-9](?![0-9.])"
    r"|(?<![0-9a-z.])[0-9]{1,4}([-/ _])[0-9]{1,2}\1[0-9]{1,4}(?![0-9a-z.])"
)
# Without the versions: an address of a network or of a network card, or a date in another form. Three numbers may be
# all of these, as may four groups of hexadecimal digits, and colons are in no description.
_PLACE = "[0-9]+(?:st|nd|rd|th)?"
_ADDRESS = re.compile(
    rf":[^:]*:|(?<![0-9]){_PLACE}(?:{_BETWEEN}{_PLACE}){{2}}(?![0-9a-z])"
    rf"|(?<![0-9a-z])[0-9a-f]{{1,4}}(?:{_BETWEEN}[0-9a-f]{{1,4}}){{3}}(?![0-9a-z])"
)
# S23, 8a, 14C2, 23F79, 128GB and G991B. Between two letters are three digits, as B0B is a name, and after one at most
# two, as more may be the number of an employee.
_TYPE = re.compile(
    r"[a-z]?[0-9]{1,2}|[0-9]{3,4}|[0-9]{1,3}(?:[a-z][0-9]{0,4}|gb|tb|st|nd|rd|th)|[a-z][0-9]{3}[a-z][0-9]?"
)
_CHARACTERS = re.compile(r"[a-z0-9 _.,/()+;:-]*")
_PHRASES = re.compile(
    r"""
    \b(?:
        outlook\ for\ ios\ and\ android | dell\ inc | hewlett-packard | mac\ (?:mini|os(?:\ x)?|pro|studio) | moto\ [eg]
        | user\ agent | virtual\ machine
    )(?![a-z])
    | \b(?:lg|sgh|sm)-[a-z][0-9]{3,4}(?:[a-z][0-9]?)?(?:/ds)?(?![0-9a-z])
    | \bpixel\ [0-9]{1,2}(?:\ pro)?\ xl(?![0-9a-z]) | \b(?:tab\ )?s[0-9]{1,2}\ fe(?![0-9a-z])
    | (?<=[0-9]\ )gen\ [0-9]{1,2}(?![0-9a-z])
    | \bmac[0-9]{1,2},[0-9]{1,2}(?![0-9])
    """,
    re.VERBOSE,
)


_WITH_OTHERS = """
    acer | cph | dell inc. | hewlett-packard | hp | lg- | mac mini | mac os x | mac pro | mac studio | moto e | moto g
    outlook for ios and android | sgh- | sm- | user agent | virtual machine
"""
_PARTS = "\n".join((*sorted({*_KNOWN, *_AFTER}), *re.split(r"\s*[|\n]\s*", _WITH_OTHERS)))


def may_be_a_date(text: str) -> bool:
    return _DATE.search(text) is not None


def is_part_of_a_description(text: str) -> bool:
    """Whether a text is a part of a word or phrase of devices, such as Win and Max."""
    return "\n" not in text and text.lower() in _PARTS


@lru_cache(maxsize=8192)
def describes_a_device(text: str) -> bool:
    plain = text.replace("\u00a7", " ")  # between the type and the model of a class of devices
    if not plain.isascii() or not _CHARACTERS.fullmatch(plain := plain.lower()):
        return False
    if _WHOLE.fullmatch(plain):
        return True
    if may_be_a_date(plain):
        return False
    plain = _VERSIONS.sub(" \u00a7 ", _PHRASES.sub(" \u00a7 ", plain))
    if _ADDRESS.search(plain):
        return False
    plain = plain.replace("\u00a7", "0")
    words = re.findall("[a-z0-9]+", plain)
    if _NUMBER.search(plain) or len(re.findall("[0-9]", plain)) > _MOST_DIGITS:
        return False
    return all(map(_is_known, ["", *words], words))


def _is_known(before: str, word: str) -> bool:
    """Whether a word, with or without a type at its end, is one of devices behind the word `before`."""
    if _TYPE.fullmatch(word):
        return True
    return any(
        _is_word(before, word[:end]) or (word[:end] in _WITH_A_NUMBER and word[end:].isdigit())
        for end in range(1, len(word) + 1)
        if end == len(word) or _TYPE.fullmatch(word[end:])
    )


def _is_word(before: str, word: str) -> bool:
    allowed = _BEFORE.get(word, frozenset())
    return word in _KNOWN or before in allowed or ("#" in allowed and re.search("[0-9]", before) is not None)
