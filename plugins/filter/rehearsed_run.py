# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run of a rehearsed playbook did."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rehearsed_run
short_description: Sum up one run of a rehearsed playbook
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - The playbook C(intune.exchange.rehearse) runs another playbook on a copy of the tenant. This filter counts the
    requests of one run, and lists the other hosts that it tried to reach.
options:
  _input:
    description: The result of the command that ran the playbook, with its C(rc) and C(stdout).
    type: dict
    required: true
  requests:
    description: The requests to the copy, each with its C(effect) and C(class).
    type: list
    elements: dict
    default: []
  refused:
    description: The hosts that the copy refused as a proxy.
    type: list
    elements: str
    default: []
  asked:
    description: The hosts that modules refused.
    type: list
    elements: str
    default: []
  nowhere:
    description: The address that stands for every machine of an inventory, and is not a host that was asked for.
    type: str
    default: ''
"""

EXAMPLES = r"""
- name: Run a playbook
  ansible.builtin.command: ansible-playbook --version
  changed_when: false
  register: run

- name: Show its status, and that it reached no other host
  ansible.builtin.debug:
    msg: "{{ run | intune.exchange.rehearsed_run }}"
"""

RETURN = r"""
_value:
  description: The run in numbers.
  type: dict
  contains:
    rc:
      description: The status of the playbook.
      type: int
    requests:
      description: The number of requests.
      type: int
    writes:
      description: The number of requests that changed something.
      type: int
    elsewhere:
      description: The other hosts that it tried to reach, and V(machines of an inventory) if it tried to reach some.
      type: list
      elements: str
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._trust import as_data

# The words of Ansible's own output, and of intune.exchange.brief.
_UNREACHABLE = re.compile(
    r"^(fatal: \[.*\]: UNREACHABLE!|UNREACHABLE: |\S+ +: ok=[0-9]+ .*unreachable=[1-9])", re.MULTILINE
)


def rehearsed_run(
    run: Any,
    requests: Iterable[Mapping[str, Any]] = (),
    refused: Iterable[str] = (),
    asked: Iterable[str] = (),
    nowhere: str = "",
) -> Any:
    """The run in numbers. Raises `AnsibleFilterError` for other input."""
    try:
        sent = list(requests)
        hosts = [*(host for host in refused if host != nowhere), *asked]
        if _UNREACHABLE.search(run["stdout"]):
            hosts.append("machines of an inventory")
        return as_data(
            {
                "rc": int(run["rc"]),
                "requests": len(sent),
                "writes": sum(bool(one.get("effect")) and one.get("class") != "READ" for one in sent),
                "elsewhere": _sorted_once(hosts),
            }
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise AnsibleFilterError(f"rehearsed_run cannot read this run: {error!r}") from None


def _sorted_once(hosts: Iterable[str]) -> list[str]:
    """Each host once, in whatever case it was written."""
    found: dict[str, str] = {}
    for host in hosts:
        found.setdefault(host.lower(), host)
    return [found[key] for key in sorted(found)]


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rehearsed_run": rehearsed_run}
