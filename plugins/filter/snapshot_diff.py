# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed between two snapshots of a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
name: snapshot_diff
short_description: List what changed between two snapshots of a tenant
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Compares two snapshots of M(intune.exchange.tenant_snapshot_info), by object and by person.
  - The order of lists, upper and lower case, empty and missing values, the format of times and times that always move,
    such as that of the last synchronization, make no difference.
  - A kind of objects that one of the snapshots does not hold is listed as not compared.
  - Files are read as data, without templates and tags. A file that was cut off, has a newer version or is not a
    snapshot is refused by name.
options:
  _input:
    description:
      - The earlier snapshot, as its file or as the module returned it.
      - Or a result of this filter, to get it in another O(format) without reading the snapshots again.
    type: raw
    required: true
  after:
    description: The later snapshot, in the same way. Omit it for a result of this filter.
    type: raw
  accepted_differences:
    description:
      - Differences that are accepted, each until a date. From the next day, they count again.
    type: list
    elements: dict
    default: []
    suboptions:
      kind:
        description: The kind of objects, for example V(device_access_rules), or its title as in reports.
        type: str
        required: true
      object:
        description:
          - The id of the object, or its name. A name that several objects of the kind have is refused.
          - By default, every object.
        type: str
      property:
        description: The name of the property, as in C(differences). By default, every property.
        type: str
      reason:
        description: Why it is accepted.
        type: str
        required: true
      until:
        description: The last day of the acceptance, for example V(2027-01-31).
        type: str
        required: true
  about:
    description:
      - Lines to show above the differences, such as the playbook that made them; each with a heading as its key.
    type: dict
    default: {}
  rehearsal:
    description: Whether the snapshots are of a copy of the tenant. Then reports say that the tenant has not changed.
    type: bool
    default: false
  format:
    description:
      - V(data) for the result as data, which the filter C(to_json) writes as JSON; V(rows) for a list of rows for
        P(intune.exchange.to_table#filter); V(markdown) and V(html) for text; V(lines) for
        lines of a terminal, the devices whose access changes first; V(not_compared) for a line
        for each snapshot with the kinds that it should hold and does not; V(acceptances) for lines with the accepted
        differences that have expired, and those that match no difference.
    type: str
    choices: [data, rows, lines, markdown, html, not_compared, acceptances]
    default: data
seealso:
  - module: intune.exchange.tenant_snapshot_info
  - plugin: intune.exchange.to_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Take a snapshot
  intune.exchange.tenant_snapshot_info:
  register: monday

- name: Block a model
  intune.exchange.activesync_device_access_rule:
    characteristic: DeviceModel
    query_string: iPhone14C2
    access_level: Block
    accept_impact: true

- name: Take another one
  intune.exchange.tenant_snapshot_info:
  register: tuesday

- name: Show what changed
  ansible.builtin.debug:
    msg: "{{ monday.snapshot | intune.exchange.snapshot_diff(tuesday.snapshot, format='rows') }}"
"""

RETURN = r"""
_value:
  description:
    - The result, with the keys below; with O(format), rows or text.
    - C(equal) is true without any difference, and C(ok) if all of them are accepted.
    - C(differences) has for each difference C(kind), C(title), C(object), C(id), C(change) (V(added), V(removed) or
      V(changed)), C(property), C(before), C(after), C(people) and C(accepted) (C(reason) and C(until), or null).
      The C(people) of a Conditional Access policy are those for whom it is, with the members of groups,
      or V(everybody).
    - C(people) has for each C(person) the C(access) of devices before and after, and C(differences) in words.
    - C(devices) has the differences in the access state of devices.
    - C(not_compared) has the kinds that a snapshot does not hold, with C(kind), C(title), C(snapshot) (V(before),
      V(after) or V(both)), C(reason) and C(expected), which is true if the tenant has nothing of the kind or it was not
      to be read. C(complete) is true if that holds for all of them.
    - C(ended) has the accepted differences that have expired, and C(unmatched) those that match no difference.
    - C(before) and C(after) have C(taken_at) and C(tenant), C(summary) has numbers. C(about) is O(about), and
      C(rehearsal) is O(rehearsal).
  type: raw
  sample: {equal: true, ok: true, differences: [], people: []}
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.errors import OF_ANSWERS, TenantError
from ..plugin_utils._trust import as_data, text_as_data


def snapshot_diff(
    before: Any,
    after: Any = None,
    accepted_differences: Any = (),
    format: str = "data",
    about: Any = None,
    rehearsal: bool = False,
) -> Any:
    """The changes, in the requested format. Raises AnsibleFilterError for values that cannot be compared."""
    # Here, since Ansible imports all filters of a collection with the first that is used, in each worker anew.
    from ..module_utils._snapshot.diff import compare
    from ..plugin_utils._snapshot_file import other_form, snapshot_of

    formats = _formats()
    if not isinstance(format, str) or format not in formats:
        raise AnsibleFilterError(f"snapshot_diff has no format {format}: use {', '.join(formats)}")
    if not isinstance(about, Mapping | None):
        raise AnsibleFilterError("snapshot_diff needs about as a dictionary")
    if not isinstance(accepted_differences, (list, tuple)):
        raise AnsibleFilterError("snapshot_diff needs accepted_differences as a list")
    try:
        if not (after is None and isinstance(before, Mapping) and {"differences", "about"} <= before.keys()):
            old, new = snapshot_of(before, "the earlier snapshot"), snapshot_of(after, "the later snapshot")
            try:
                differences = compare(old, new, accepted_differences, datetime.now(UTC).date())
            except OF_ANSWERS as error:
                raise other_form(error) from error
            lines = {str(name): str(text) for name, text in dict(about or {}).items()}
            before = {**differences, "about": lines, "rehearsal": rehearsal}
        found = formats[format](before)
        return text_as_data(found) if isinstance(found, str) else as_data(found)
    except TenantError as error:
        raise AnsibleFilterError(f"Could not compare the snapshots: {error}") from None


def _formats() -> dict[str, Callable[[Mapping[str, Any]], Any]]:
    from ..plugin_utils._diff_report import markdown, not_compared_of, page, rows_of
    from ..plugin_utils._diff_terminal import acceptances_of, lines_of

    return {
        "data": lambda found: found,
        "rows": rows_of,
        "lines": lines_of,
        "not_compared": not_compared_of,
        "acceptances": acceptances_of,
        "markdown": markdown,
        "html": page,
    }


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"snapshot_diff": snapshot_diff}
