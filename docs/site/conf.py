# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site, which C(make docs) builds from index.rst, the guides and what antsibull-docs makes."""

from __future__ import annotations

from typing import Any

from docutils import nodes

project = "intune.exchange"
author = "intune.exchange contributors"
project_copyright = f"2026 {author}"
extensions = ["sphinx_antsibull_ext"]
html_theme = "furo"
html_title = project
html_show_sphinx = False
html_copy_source = False
nitpicky = True
nitpick_ignore_regex = [("envvar", "ANSIBLE_CACHE_PLUGIN.*")]  # of ansible-core

# What pages made by antsibull-docs refer to in the documentation of Ansible; reading its inventory would need a network.
_ANSIBLE = "https://docs.ansible.com/ansible/latest/"
_LABELS = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    "inventory_plugins": "plugins/inventory.html",
}


def _of_ansible(app: Any, env: Any, node: Any, content: Any) -> Any:
    page = _LABELS.get(node.get("reftarget", ""))
    return nodes.reference("", "", content, refuri=_ANSIBLE + page) if page else None


def setup(app: Any) -> None:
    app.connect("missing-reference", _of_ansible)
