# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A filter of this collection whose refusal a task can show in its own words."""

from __future__ import annotations

DOCUMENTATION = r"""
name: attempt
short_description: Apply a filter of this collection, and return its refusal instead of failing
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Applies another filter of this collection. What that filter refuses is in the result, so that an assertion can show
    it as a message of its own.
  - A filter that fails inside a template fails the task, and ansible-core 2.19 and newer then begin the message with
    the template and its task.
options:
  _input:
    description: The value for the filter.
    type: raw
    required: true
  filter:
    description: The name of the filter, such as V(least_privilege). Its own arguments follow.
    type: str
    required: true
seealso:
  - plugin: intune.exchange.least_privilege
    plugin_type: filter
  - plugin: intune.exchange.snapshot_diff
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Refuse content that does not exist
  ansible.builtin.assert:
    that: attempted.problem == ''
    fail_msg: "{{ attempted.problem }}"
  vars:
    attempted: "{{ ['connector:validate', 'mobile_device'] | intune.exchange.attempt('least_privilege') }}"
"""

RETURN = r"""
_value:
  description: What the filter returned, or why it refused.
  type: dict
  contains:
    value:
      description: The result of the filter; null if it refused.
      type: raw
    problem:
      description: Why the filter refused, without its name in front; empty if it did not.
      type: str
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._trust import as_data

_HERE = Path(__file__)


def attempt(value: Any, filter: str, *arguments: Any, **options: Any) -> dict[str, Any]:
    """The result of a filter, or its refusal. Raises AnsibleFilterError for a filter that is not of this collection."""
    known = sorted(one.stem for one in _HERE.parent.glob("*.py") if one.stem not in ("__init__", _HERE.stem))
    if filter not in known:
        raise AnsibleFilterError(f"attempt has no filter {filter}: use {', '.join(known)}")
    module = importlib.import_module(f"ansible_collections.intune.exchange.plugins.filter.{filter}")
    found, problem = None, ""
    try:
        found = module.FilterModule().filters()[filter](value, *arguments, **options)
    except AnsibleFilterError as error:
        problem = str(error).removeprefix(f"{filter}: ")  # the caller's message is about something else
    marked: dict[str, Any] = as_data({"value": found, "problem": problem})
    return marked


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"attempt": attempt}
