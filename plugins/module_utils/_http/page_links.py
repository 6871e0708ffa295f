# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next-page links of a list. No I/O."""

from __future__ import annotations

from urllib.parse import unquote

from .origins import LONGEST_LINK

MAX_PAGES = 10_000


class PageLinks:
    """The addresses of the pages that were read, including the first."""

    def __init__(self, first: str) -> None:
        self._seen = {unquote(first)}

    def problem(self, link: str) -> str:
        """Why `link` is not followed, so the list is incomplete; empty if it may be followed."""
        if len(link) > LONGEST_LINK:
            return f"sent a next-page link of more than {LONGEST_LINK:,} characters"
        if unquote(link) in self._seen:
            return "repeated a next-page link"
        if len(self._seen) >= MAX_PAGES:
            return f"still has a next page after {MAX_PAGES:,} pages"
        self._seen.add(unquote(link))
        return ""
