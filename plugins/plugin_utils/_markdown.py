# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of a tenant in Markdown that people read in tickets and pull requests."""

from __future__ import annotations

import re
from typing import Any

# Punctuation with a meaning in CommonMark, or in the additions of GitHub, GitLab and others.
# An underscore within a word has none.
_PUNCTUATION = re.compile(r"([\\`*{}\[\]<>#|~!&$^=+]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
# Addresses become links without any markup: https://github.github.com/gfm/#autolinks-extension-
_ADDRESS = re.compile(r"(?<=[A-Za-z]):(?=\S)")
_WWW = re.compile(r"(?i)(www)[.]")
# At the start of a line: a list, a numbered one, a rule or the underline of a heading.
_START = re.compile(r"^(\d*)([-.)])")
_MENTION = re.compile(r"(?<![A-Za-z0-9])@")


def escaped(value: Any) -> str:
    """The value as text on one line that is not markup, a link or a mention of anybody.

    A mail address stays readable. Software that makes a link of one links to nothing but itself.
    """
    text = _START.sub(r"\1\\\2", _PUNCTUATION.sub(r"\\\1", " ".join(str(value).split())))
    return _MENTION.sub("&#64;", _WWW.sub(r"\1\\.", _ADDRESS.sub(r"\\:", text)))
