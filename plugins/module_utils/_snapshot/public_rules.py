# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values in a filter for devices that stay, so that it still means the devices whose texts stay.

The attributes and the members of those that are enumerations are those of
https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._core.resource import normalize_case
from .public_devices import describes_a_device, is_part_of_a_description
from .public_members import is_member
from .public_words import MODELS

_OF_DEVICES = {
    "deviceownership": frozenset({"company", "corporate", "personal", "unknown"}),
    "iscompliant": frozenset({"false", "true"}),
    "profiletype": frozenset({"iot", "printer", "registereddevice", "securevm", "shared"}),
    "systemlabels": frozenset({"azureresource", "m365managed", "multiuser"}),
    "trusttype": frozenset({"azuread", "serverad", "workplace"}),
}
_MODELS = frozenset({"devicemodel", "manufacturer", "model", "operatingsystem"})
_VERSION = "operatingsystemversion"
_OF_PARTS = frozenset({"contains", "endswith", "notcontains", "notendswith", "notstartswith", "startswith"})
_KINDS = ("managed_devices", "mobile_devices")


class PublicRules:
    """What stays in the rules of one snapshot: also each part of a text that stays in its devices."""

    def __init__(self, objects: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        texts = {
            (name, value)
            for kind in _KINDS
            for one in objects.get(kind) or ()
            for name, value in one.items()
            if isinstance(value, str) and (name in MODELS or name == "osVersion")
        }
        self._held = "\n".join({value.lower() for name, value in texts if _stays_in_devices(name, value)})

    def stays(self, attribute: str, operator: str, value: str) -> bool:
        known, part = normalize_case(value), operator in _OF_PARTS
        if attribute in _OF_DEVICES:
            return any(known == one or (part and known in one) for one in _OF_DEVICES[attribute])
        if attribute not in (*_MODELS, _VERSION):
            return False
        if part and "\n" not in value and value.lower() in self._held:
            return True
        if attribute == _VERSION:
            return _stays_in_devices("osVersion", value)
        return describes_a_device(value) or (part and is_part_of_a_description(value))


def _stays_in_devices(name: str, text: str) -> bool:
    return is_member(name, text) if name == "osVersion" else describes_a_device(text)
