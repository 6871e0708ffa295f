# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of events: values in a form that cannot be a template, and neutralized text.

ansible-rulebook evaluates the arguments of actions with Jinja and passes the whole event to ansible-playbook as an
extra variable, whose text Ansible treats as a template. So text from a service must never be one. A field that is not
listed here is text: new fields are neutral by default. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .._connector.connectors import STATES
from .._core.errors import one_line
from .._core.targets import is_guid
from .._core.text import may_be_template

_LONGEST = 2000  # characters of a text
_ADDRESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+&~-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")  # a GUID has this form as well
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?")
_WORD = re.compile(r"[a-z][a-z_]{0,63}")


def is_event_address(value: Any) -> bool:
    """Whether an address has only characters that mean nothing elsewhere; stricter than RFC 5321."""
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# Fields that may be used as variables, by path, with the form that each must have. Otherwise the value is null.
VALUES: dict[str, Callable[[Any], bool]] = {
    "type": _matches(_WORD),
    "tenant_id": _matches(_DOMAIN),
    "old": STATES.__contains__,
    "new": STATES.__contains__,
    "kind": _matches(_WORD),
    "connector_primary_smtp_address": is_event_address,
    "last_sync_date_time": _matches(_TIME),
    "last_sync_age_seconds": _is_number,
    "max_sync_age": _is_number,
    "failures": _is_number,
    "next_look_seconds": _is_number,
    "device.guid": is_guid,
    "device.first_sync_time": _matches(_TIME),
}
# Options of the user, which the event source has checked at its start.
_OWN = "tenant_options"


def event_data(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event as it leaves the event source: every event passes through here."""
    return {name: _field(name, value) for name, value in event.items()}


def _field(path: str, value: Any) -> Any:
    if path in VALUES:
        return value if VALUES[path](value) else None
    if path == _OWN and isinstance(value, Mapping):
        return {name: _neutral(one) if may_be_template(one) else one for name, one in value.items()}
    if isinstance(value, Mapping):
        return {neutral_text(name): _field(f"{path}.{name}", one) for name, one in value.items()}
    return _neutral(value)


def _neutral(value: Any) -> Any:
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, Mapping):
        return {neutral_text(name): _neutral(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_neutral(one) for one in value]
    return neutral_text(value)


def neutral_text(text: object) -> str:
    """Text for people, on one line, in which no template and no vault can begin: it has no braces."""
    line = one_line(text, _LONGEST).replace("{", "(").replace("}", ")").replace("ANSIBLE_VAULT", "ANSIBLE-VAULT")
    return line.lstrip("# ")
