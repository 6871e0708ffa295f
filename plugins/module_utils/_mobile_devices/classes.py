# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of mobile devices that have connected to Exchange."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.resource import normalize_case, returned
from .._engine.exchange_objects import ExchangeObjects
from .._engine.tenant import Tenant

CLASSES = ExchangeObjects(
    "ActiveSyncDeviceClass",
    "device classes",
    "the Exchange role View-Only Configuration or Organization Client Access",
)
_PROPERTIES = {"device_type": "DeviceType", "device_model": "DeviceModel"}
CLASS_FILTERS: dict[str, Any] = {option: {"type": "str"} for option in _PROPERTIES}


def classes(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The device classes that match the options. Raises `TenantError`."""
    found = [
        returned(one)
        for one in CLASSES.list(tenant)
        if all(
            params[option] is None or normalize_case(one.get(api)) == normalize_case(params[option])
            for option, api in _PROPERTIES.items()
        )
    ]
    return {"changed": False, "activesync_device_classes": found}
