# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site, which `make docs` builds from index.rst, the guides and what antsibull-docs makes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes

project = "intune.exchange"
author = "intune.exchange contributors"
project_copyright = f"2026 {author}"
extensions = ["sphinx_antsibull_ext"]
html_theme = "furo"
html_title = project
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["extra"]  # made by tools/sample.py: the picture and the report of the demonstration
html_copy_source = False
nitpicky = True
nitpick_ignore_regex = [("envvar", "ANSIBLE_CACHE_PLUGIN.*")]  # of ansible-core

# What pages made by antsibull-docs refer to in Ansible's documentation, whose inventory would have to be fetched.
_ANSIBLE = "https://docs.ansible.com/ansible/latest/"
_LABELS = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "callback_plugins": "plugins/callback.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    "inventory_plugins": "plugins/inventory.html",
}


def _of_ansible(app: Any, env: Any, node: Any, content: Any) -> Any:
    page = _LABELS.get(node.get("reftarget", ""))
    return nodes.reference("", "", content, refuri=_ANSIBLE + page) if page else None


# What axe-core finds in the pages of the theme and of antsibull-docs: regions without a name, code that only a mouse
# can scroll, an attribute that there is not. Without that class the theme shows an error beside a list of contents.
_ACCESSIBLE = {
    '<nav class="contents': '<nav class="this-will-duplicate-information-and-it-is-still-useful-here contents',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    ' aria-role="button"': "",
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
}


# Names in text may break after a dot, a dash or an underscore, so that a narrow column does not break them elsewhere.
_NAME = re.compile(r'(?<=<span class="pre">)[^<\s]{16,}(?=</span>)')
_BREAK = re.compile(r"([._/:-])(?=\w)")


def _make_accessible(app: Any, problem: Exception | None) -> None:
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for found, better in _ACCESSIBLE.items():
            text = text.replace(found, better)
        text = _NAME.sub(lambda name: _BREAK.sub(r"\1<wbr>", name[0]), text)
        page.write_text(text, encoding="utf-8")


def setup(app: Any) -> None:
    app.connect("missing-reference", _of_ansible)
    app.connect("build-finished", _make_accessible)
