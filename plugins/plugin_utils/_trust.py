# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which text is a template for Ansible: text from a service is data, with every supported ansible-core.

From 2.19 on, text is a template only when it is marked as one. Before, every text of a variable is a template unless it
is marked as data, and text that a filter creates has lost the mark.
"""

from __future__ import annotations

from typing import Any

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19
    from ansible.utils.native_jinja import NativeJinjaText
    from ansible.utils.unsafe_proxy import wrap_var

    def as_template(text: str) -> str:
        return text

    def as_data(value: Any) -> Any:
        """A value whose text is never evaluated."""
        return wrap_var(value)

    def text_as_data(text: str) -> str:
        """Text that a filter returns: never evaluated, and never parsed as a structure."""
        marked: str = wrap_var(NativeJinjaText(text))
        return marked

else:

    def as_template(text: str) -> str:
        return trust_as_template(text)

    def as_data(value: Any) -> Any:
        """A value whose text is never evaluated."""
        return value

    def text_as_data(text: str) -> str:
        """Text that a filter returns: never evaluated, and never parsed as a structure."""
        return text
