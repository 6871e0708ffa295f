# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in Markdown, so that text never becomes markup."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_markdown
short_description: Escape a value for Markdown
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - A phone chooses its own name. In Markdown such text could be a link, an image, a tag or a mention of somebody, so
    this filter escapes it. The text stays on one line.
options:
  _input:
    description: A text, or another value that becomes a text.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Read the devices
  intune.exchange.mobile_device_info:
  register: found

- name: Write the devices for a ticket
  ansible.builtin.copy:
    content: |
      {% for one in found.mobile_devices %}
      - {{ one.device_model | intune.exchange.to_markdown }}
      {% endfor %}
    dest: devices.md
    mode: "0640"
"""

RETURN = r"""
_value:
  description: The text.
  type: str
  sample: "\\*SM-G991B\\* at www\\.evil.example"
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._markdown import escaped


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"to_markdown": escaped}
