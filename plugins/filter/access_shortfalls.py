# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sign-in lacks."""

from __future__ import annotations

DOCUMENTATION = r"""
name: access_shortfalls
short_description: Report what a sign-in lacks
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Turns what M(intune.exchange.access_check_info) read into next steps, for all of its reads, or for what chosen
    content needs. The playbook C(intune.exchange.check_access) shows it.
options:
  _input:
    description: The result of M(intune.exchange.access_check_info).
    type: dict
    required: true
  needed:
    description:
      - What P(intune.exchange.least_privilege#filter) returned for the content. Then only reads that it needs count,
        and permissions that it lacks as well.
    type: dict
  cmdlets:
    description:
      - The result of M(intune.exchange.cmdlet_access_info) for the cmdlets of this content, also if it failed or was
        skipped.
    type: dict
  width:
    description:
      - The width of the lines. Longer ones continue on further lines, except for commands. V(0) leaves all whole.
    type: int
    default: 88
"""

EXAMPLES = r"""
- name: Make one read of each kind
  intune.exchange.access_check_info:
  register: read

- name: Show what the validation of the connector lacks in Microsoft Graph
  ansible.builtin.debug:
    msg: "{{ (read | intune.exchange.access_shortfalls(['connector'] | intune.exchange.least_privilege)).lines }}"
"""

RETURN = r"""
_value:
  description: The shortfalls.
  type: dict
  contains:
    checks:
      description: The reads that count, as M(intune.exchange.access_check_info) returned them.
      type: list
      elements: dict
    lines:
      description: What is missing or unknown, with the next steps. Empty if there is nothing to say.
      type: list
      elements: str
    ok:
      description: Whether everything works. Whether the sign-in may delegate roles is not included.
      type: bool
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._access_shortfalls import of_all, of_content
from ..plugin_utils._trust import as_data
from ..plugin_utils._wrapped import fitted


def access_shortfalls(read: Any, needed: Any = None, cmdlets: Any = None, width: int = 88) -> Any:
    """What is missing. Raises `AnsibleFilterError` for results of something else."""
    if not isinstance(read, Mapping) or not isinstance(read.get("checks"), list) or "ok" not in read:
        why = f": {read['msg']}" if isinstance(read, Mapping) and read.get("msg") else ""
        raise AnsibleFilterError(f"access_shortfalls needs the result of intune.exchange.access_check_info{why}")
    try:
        width = int(width)
        found = of_all(read) if needed is None else of_content(read, needed, cmdlets)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise AnsibleFilterError(f"access_shortfalls cannot read these results: {error!r}") from None
    return as_data({**found, "lines": fitted(found["lines"], max(width, 0))})


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"access_shortfalls": access_shortfalls}
