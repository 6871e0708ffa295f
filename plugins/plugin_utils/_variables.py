# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The value of a variable, or why there is none.

Before ansible-core 2.19 a variable whose value names an undefined one is itself "not defined", so that `default`
applies. No tenant may be read or changed for such a reason.
"""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from jinja2.exceptions import TemplateError


def resolve_variable(templar: Any, name: str, value: Any) -> Any:
    """The evaluated value; if that fails, an error that no `default` catches."""
    try:
        return templar.template(value)
    except (AnsibleError, TemplateError) as error:
        sentences = dict.fromkeys(str(error).strip(". ").split(". "))  # ansible-core repeats the cause before 2.19
        raise AnsibleLookupError(
            f"Could not work out the variable {name}: {'. '.join(sentences)}. Define what it names, or leave it out."
        ) from None
