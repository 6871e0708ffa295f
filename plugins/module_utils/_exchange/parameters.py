# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of a cmdlet, checked and encoded for InvokeCommand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from .._core.errors import one_line, usage
from .._core.resource import normalize_case, normalized_set
from .._core.targets import is_blank
from .._core.text import did_you_mean
from .cmdlet_contract import CMDLETS
from .cmdlet_members import MEMBERS

HASH_TABLE = "#Exchange.GenericHashTable"
_READERS = ("get", "test")
_LISTS = ("array", "multivalued")
# The types of encodings in the contract; all other values are sent unchanged.
_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "switch": (bool,),
    "int": (int,),
    "array": (list, tuple),
    "multivalued": (list, tuple, Mapping),
}
# Parameters that identify the object. All parameters of a cmdlet that reads do.
_TARGETS = normalized_set(
    (
        "Identity",
        "Mailbox",
        "Role",
        "RoleAssignee",
        "User",
        "SecurityGroup",
        "App",
        "Policy",
        "Computer",
        "Member",
        "Members",
    )
)


def edit(add: list[str] | None = None, remove: list[str] | None = None) -> dict[str, Any]:
    """The edit of a multivalued parameter, instead of its replacement."""
    return {"@odata.type": HASH_TABLE, **({"add": add} if add else {}), **({"remove": remove} if remove else {})}


def reads(cmdlet: str) -> bool:
    return normalize_case(cmdlet.partition("-")[0]) in _READERS


def checked(cmdlet: str, parameters: Mapping[str, Any], known: bool = True) -> dict[str, Any]:
    """The parameters to send, under the names of the contract. Raises TenantError.

    Parameters that the cmdlet lacks in the cloud, wrong types or members, and blank targets are refused. If known is
    false, names and members outside the contract are accepted.
    """
    if cmdlet not in CMDLETS and known:
        raise usage(f"the cmdlet {cmdlet} is not known to this collection")
    types, members = CMDLETS.get(cmdlet, {}), MEMBERS.get(cmdlet, {})
    given = _spelled(cmdlet, parameters, types)
    unknown = sorted(set(given) - set(types)) if known else []
    if unknown:
        raise usage(
            f"{cmdlet} has no parameter {', '.join(unknown)} in Exchange Online",
            f"{did_you_mean(unknown, types, 0.7)} Check its name in the documentation of the cmdlet".lstrip(),
        )
    for name, value in given.items():
        fits = _TYPES.get(types.get(name, ""))
        if fits and value is not None and not isinstance(value, fits):
            raise usage(f"{cmdlet} takes {types[name]} as {name}, not {type(value).__name__}")
        if known and name in members:
            _check_members(cmdlet, name, value, members[name])
    refuse_blank_targets(cmdlet, given)
    sent = {name: _nested(value) for name, value in given.items()}
    for name, value in sent.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise usage(
                f"the value of the parameter {name} of {cmdlet} cannot be sent ({one_line(error, 120)})"
            ) from error
    return sent


def _spelled(cmdlet: str, parameters: Mapping[Any, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """The parameters under the names of the contract."""
    names = {normalize_case(name): name for name in types}
    given: dict[str, Any] = {}
    for name, value in parameters.items():
        if not isinstance(name, str):  # YAML reads some words as a number, a date or a truth value
            shown = json.dumps(name, default=str)
            raise usage(f"{cmdlet} takes names of parameters, not {shown}", "Put the name in quotes")
        spelled = names.get(normalize_case(name), name)
        if normalize_case(spelled) in normalized_set(given):
            raise usage(f"{cmdlet} has the parameter {spelled} twice, with different upper and lower case")
        given[spelled] = _listed(types.get(spelled, ""), value)
    return given


def _listed(encoding: str, value: Any) -> Any:
    """A single value for a list is a list of one, as in PowerShell."""
    one = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return [value] if encoding in _LISTS and one else value


def _check_members(cmdlet: str, name: str, value: Any, members: tuple[str, ...]) -> None:
    """The service matches these words by their beginning, so a wrong one may silently match nothing."""
    for part in value if isinstance(value, (list, tuple)) else [value]:
        words = part.split(",") if isinstance(part, str) else ()
        wrong = [word.strip() for word in words if normalize_case(word.strip()) not in normalized_set(members)]
        if wrong:
            raise usage(f"{cmdlet} takes no {', '.join(wrong)} as {name}", f"It is one of {', '.join(members)}")


def refuse_blank_targets(cmdlet: str, parameters: Mapping[str, Any]) -> None:
    """The last check before a request: cmdlets treat a blank name as every object. Raises TenantError.

    A blank element of a list is not a valid value of any parameter.
    """
    for name, value in parameters.items():
        # An edit of a list is a dictionary of lists.
        lists = list(value.values()) if isinstance(value, Mapping) else [value]
        elements = [one for part in lists if isinstance(part, list) for one in part]
        if any(one is None or (isinstance(one, str) and is_blank(one)) for one in elements):
            raise usage(f"the parameter {name} of {cmdlet} has a blank element")
        if not (reads(cmdlet) or normalize_case(name) in _TARGETS):
            continue
        parts = [one for part in lists for one in (part if isinstance(part, list) else [part])]
        # An empty list of members is a value. For identifying parameters, it is none.
        nothing = value is None or (normalize_case(name) != "members" and is_blank(value))
        if nothing or any(isinstance(one, str) and is_blank(one) for one in parts):
            raise usage(f"the parameter {name} of {cmdlet} is blank, which may select every object")


def result_size(cmdlet: str, parameters: Mapping[str, Any]) -> tuple[int | None, bool]:
    """How many objects are requested, and whether that is all of them, as always without a ResultSize parameter."""
    asked = next((str(value).strip() for name, value in parameters.items() if normalize_case(name) == "resultsize"), "")
    unlimited = normalize_case(asked) == "unlimited" or "ResultSize" not in CMDLETS.get(cmdlet, {"ResultSize": ""})
    return (int(asked) if asked.isdecimal() else None), unlimited


def _nested(value: Any) -> Any:
    """The server binds a nested object only if it is marked as a hash table."""
    if isinstance(value, Mapping):
        return {"@odata.type": HASH_TABLE, **{key: _nested(entry) for key, entry in value.items()}}
    if isinstance(value, (list, tuple)):
        return [_nested(entry) if isinstance(entry, date) else entry for entry in value]
    return value.isoformat() if isinstance(value, date) else value  # YAML converts some texts to dates
