# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.intune.exchange.plugins.module_utils._http.origins import LONGEST_LINK
from ansible_collections.intune.exchange.plugins.module_utils._http.page_links import MAX_PAGES, PageLinks

FIRST = "https://graph.microsoft.com/v1.0/users?$filter=a"


def test_a_link_leads_to_a_page_that_was_not_read() -> None:
    links = PageLinks(FIRST)
    assert links.problem("https://graph.microsoft.com/v1.0/users?$skiptoken=2") == ""
    for link in (FIRST, FIRST.replace("$", "%24"), "https://graph.microsoft.com/v1.0/users?%24skiptoken=2"):
        assert links.problem(link) == "repeated a next-page link"


def test_a_list_has_an_end() -> None:
    """Each link is a new one, and no server may keep a task busy forever."""
    links = PageLinks(FIRST)
    assert not any(links.problem(f"{FIRST}&page={number}") for number in range(2, MAX_PAGES + 1))
    assert links.problem(f"{FIRST}&page=more") == "still has a next page after 10,000 pages"


def test_a_link_has_a_length() -> None:
    """To parse one of megabytes takes seconds, in which no deadline counts."""
    links, longest = PageLinks(FIRST), FIRST.ljust(LONGEST_LINK, "x")
    assert links.problem(longest + "x") == "sent a next-page link of more than 32,768 characters"
    assert links.problem(longest) == ""
