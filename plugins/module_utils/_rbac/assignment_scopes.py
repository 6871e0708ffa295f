# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scopes of role assignments: a limited assignment does not give the whole right.

https://learn.microsoft.com/powershell/module/exchange/new-managementroleassignment
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.resource import Record, normalize_case, normalized_set

# The kind of scope, and the property of the role that holds its implicit scope.
_KINDS = {
    "RecipientReadScope": "ImplicitRecipientReadScope",
    "RecipientWriteScope": "ImplicitRecipientWriteScope",
    "ConfigReadScope": "ImplicitConfigReadScope",
    "ConfigWriteScope": "ImplicitConfigWriteScope",
}
# The name of the scope. Exchange omits properties without a value.
_NAMES = (
    "CustomRecipientWriteScope",
    "CustomConfigWriteScope",
    "CustomResourceScope",
    "RecipientAdministrativeUnitScope",
)
SCOPES = (*_KINDS, *_NAMES)
_WHOLE = normalized_set(("", "None", "NotApplicable", "Organization", "OrganizationConfig"))


def scope_of(assignment: Record, role: Mapping[str, Any] | None = None) -> str | None:
    """The scope in words, such as "CustomRecipientScope Europe"; None for the whole right.

    A role for the user's own mailbox is always limited: if the role is known, that is its whole right.
    """
    kinds = [
        str(assignment[name])
        for name, implicit in _KINDS.items()
        if normalize_case(assignment.get(name) or "") not in _WHOLE
        and not (role and normalize_case(assignment[name]) == normalize_case(role.get(implicit)))
    ]
    names = [str(assignment[name]) for name in _NAMES if assignment.get(name)]
    return " ".join(dict.fromkeys([*kinds, *names])) or None


def is_enabled(assignment: Record) -> bool:
    """Whether an assignment counts. Exchange omits properties without a value, and null is none; all start enabled."""
    return assignment.get("Enabled") is not False


def is_direct(assignment: Record) -> bool:
    """Whether an assignment is the assignee's own. What it inherits as a member of a group is listed too."""
    return assignment.get("AssignmentMethod") in (None, "", "Direct")
