# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the rehearsal of a playbook ended, in words."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rehearsal_verdict
short_description: Judge the rehearsal of a playbook
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - The playbook C(intune.exchange.rehearse) shows these lines, and stops with this message. A rehearsal fails if the
    playbook failed, if its second run changed something or failed, or if it changed what is not accepted.
options:
  _input:
    description: The first run, as P(intune.exchange.rehearsed_run#filter) returns it.
    type: dict
    required: true
  playbook:
    description: The file or the name of the playbook.
    type: str
    required: true
  second:
    description: The second run in the same form, and the number of its C(differences). Omit it if there was none.
    type: dict
  compared:
    description:
      - The result of P(intune.exchange.snapshot_diff#filter) for the first run, if what is not accepted is a failure.
    type: dict
"""

EXAMPLES = r"""
- name: Fail if the playbook failed
  ansible.builtin.assert:
    that: verdict.problem == ''
    fail_msg: "{{ verdict.problem }}"
  vars:
    first: {rc: 0, requests: 12, writes: 1, elsewhere: []}
    verdict: "{{ first | intune.exchange.rehearsal_verdict('phones.yml') }}"
"""

RETURN = r"""
_value:
  description: The verdict.
  type: dict
  contains:
    about:
      description: What there is to show, by its title.
      type: dict
    problem:
      description: Why the rehearsal fails, and the next step; empty if it does not fail.
      type: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.text import counted
from ..plugin_utils._trust import as_data

Run = Mapping[str, Any]
_SKIPPING = "when: not lookup('ansible.builtin.env', 'INTUNE_EXCHANGE_REHEARSAL')"


def rehearsal_verdict(
    first: Any, playbook: str, second: Run | None = None, compared: Mapping[str, Any] | None = None
) -> Any:
    """What to show, and why it fails. Raises `AnsibleFilterError` for other input."""
    try:
        problem, step = _failure(first, second, compared)
        whole = f"{problem}. See above for the output and for each difference. Next step: {step}." if problem else ""
        return as_data({"about": _about(first, playbook, second), "problem": whole})
    except (TypeError, KeyError, AttributeError) as error:
        raise AnsibleFilterError(f"rehearsal_verdict cannot judge these runs: {error!r}") from None


def _about(first: Run, playbook: str, second: Run | None) -> dict[str, str]:
    ended = f"failed with status {first['rc']}" if first["rc"] else "succeeded"
    requests = f"{first['requests']}, of which {first['writes']} changed something" if first["requests"] else "none"
    hosts = ", ".join(first["elsewhere"])
    return {
        "Playbook": f"{playbook.rpartition('/')[2]} {ended}",
        "Requests": requests,
        "Second run": _second_run(second),
        "Other hosts": f"the playbook tried to reach {hosts}, and was refused" if hosts else "none asked for",
    }


def _second_run(second: Run | None) -> str:
    if second is None:
        return "none"
    if second["rc"]:
        return f"failed with status {second['rc']}"
    if _is_stable(second):
        return "changed nothing"
    return f"changed something: {counted(second['differences'], 'difference')}, {counted(second['writes'], 'request')}"


def _is_stable(second: Run | None) -> bool:
    """A second run should do nothing. Without one, nothing is known against the playbook."""
    return second is None or not (second["rc"] or second["differences"] or second["writes"])


def _failure(first: Run, second: Run | None, compared: Mapping[str, Any] | None) -> tuple[str, str]:
    """The problem and the next step; both are empty if the rehearsal does not fail."""
    if first["rc"]:
        return _failed_run(first)
    if not _is_stable(second):
        return f"A second run of the playbook {_second_run(second)}", "correct the playbook"
    if compared is None or compared["ok"]:
        return "", ""
    if compared["summary"]["expired"]:
        step = "set a later end date (until) in compare_accepted for what was accepted until a date that is over"
    else:
        step = "accept the differences in compare_accepted"
    return "The playbook changes what is not accepted", f"correct the playbook, or {step}"


def _failed_run(first: Run) -> tuple[str, str]:
    """A rehearsal refuses other hosts: that alone may be why the playbook failed."""
    problem = f"The playbook failed on the copy, with status {first['rc']}"
    if not first["elsewhere"]:
        return problem, "correct the playbook"
    return (
        f"{problem}, after it asked for {', '.join(first['elsewhere'])}, which a rehearsal refuses",
        f'if that is why it failed, nothing is wrong with it: leave these tasks out of rehearsals with "{_SKIPPING}", '
        "or with --skip-tags in rehearse_arguments; otherwise correct the playbook",
    )


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rehearsal_verdict": rehearsal_verdict}
