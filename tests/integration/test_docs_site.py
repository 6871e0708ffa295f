# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site that `make docs` builds, as a reader sees it: links, narrow screens, accessibility."""

from __future__ import annotations

import os
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from .conftest import ROOT

pytestmark = pytest.mark.more

SITE = ROOT / ".cache" / "docs" / "html"
WIDTHS = (360, 1280)


class Links(HTMLParser):
    """The links of a page, and its link targets."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given["id"] or ""} if "id" in given else set()
        for name in ("href", "src"):
            if given.get(name) and tag != "base":
                self.links.add(given[name] or "")


def dead(folder: Path) -> list[str]:
    """Broken links within a site."""
    pages = {path.resolve(): Links(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}
    found = []
    for path, page in pages.items():
        for link in page.links:
            address, anchor = urldefrag(link)
            if ":" in address.split("/")[0]:
                continue
            target = (path.parent / unquote(address.split("?")[0])).resolve() if address else path
            if not target.is_file() or (anchor and target in pages and unquote(anchor) not in pages[target].anchors):
                found.append(f"{path.name}: {link}")
    return found


@pytest.fixture(scope="module")
def site() -> Path:
    if not (SITE / "index.html").is_file():
        reason = "the documentation site is not tested: build it with make docs"
        (pytest.fail if os.environ.get("INTUNE_EXCHANGE_FORBID_SKIPS") else pytest.skip)(reason)
    return SITE


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def too_wide(page: Page, address: str) -> bool:
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.goto(address)
    return bool(page.evaluate("document.documentElement.scrollWidth") > WIDTHS[0])


def pages(site: Path) -> list[Path]:
    """All reachable pages except the search and its index, which the theme builds with scripts."""
    found = sorted(path for path in site.rglob("*.html") if path.name not in ("search.html", "genindex.html"))
    guides = {path.stem for path in (ROOT / "docs/docsite/rst").glob("*.rst")}
    assert guides <= {path.stem for path in found} and "report.html" in {path.name for path in found}
    return found


def test_no_link_is_dead(site: Path) -> None:
    assert len(list(site.rglob("*.html"))) > 50
    assert dead(site) == []


def test_every_page_fits_a_narrow_screen(site: Path, page: Page) -> None:
    assert [path.name for path in pages(site) if too_wide(page, path.as_uri())] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible(site: Path, page: Page, width: int) -> None:
    """Hand-written pages, a third of them on the wide screen; a tenth of the others, which share one template."""
    wrong = {}
    written = [path for path in pages(site) if path.parent.name != "collection" or path.name == "index.html"]
    generated = [path for path in pages(site) if path not in written]
    for path in [*written, *generated[::10]] if width == WIDTHS[0] else written[::3]:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path.as_uri())
        found = Axe().run(page)
        assert len(found.response["passes"]) > 10
        if found.violations_count:
            wrong[path.name] = found.generate_report()
    assert not wrong, "\n".join(f"{name}\n{report}" for name, report in wrong.items())


def test_the_checks_can_fail(tmp_path: Path, page: Page) -> None:
    bad = tmp_path / "bad.html"
    links = '<a href="none.html">1</a><a href="#none">2</a><a href="#here">3</a><a href="https://example.com">4</a>'
    bad.write_text(f'<html><body id="here">{links}<p style="width: 2000px">wide</p><img src="bad.html"></body></html>')
    assert sorted(dead(tmp_path)) == ["bad.html: #none", "bad.html: none.html"]
    assert too_wide(page, bad.as_uri())
    assert Axe().run(page).violations_count
