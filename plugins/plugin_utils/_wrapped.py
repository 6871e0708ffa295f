# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that fit a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from ..module_utils._core.text import unbroken

WIDTH = 100
_COPIED = ("Command: ", "export ", "ansible-playbook ", "ansible ")  # text to be copied unchanged


def wrapped(line: str, width: int = WIDTH) -> list[str]:
    """The line in parts of at most this width, with hanging indentation. Commands and long words stay whole.

    By four more spaces, since nested lines have two: a long name must not look like the next step.
    """
    if len(line) <= width or line.lstrip().startswith(_COPIED):
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def fitted(lines: Iterable[str], width: int) -> list[str]:
    """The lines without line breaks inside, in parts of at most this width; 0 leaves each whole."""
    whole = [unbroken(line) for line in lines]
    return [part for line in whole for part in wrapped(line, width)] if width else whole


def open_sentence(text: Any) -> str:
    """A sentence without its full stop, to stand inside another one."""
    return str(text).removesuffix(".")
