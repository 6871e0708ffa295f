# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licences of an account: names to ids, free units, suitable ones. Pure functions on subscribedSkus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import TenantError
from .._core.resource import recognized
from .service_plans import EXCHANGE_MAILBOX, INTUNE

Sku = dict[str, Any]


def free_units(sku: Sku) -> int:
    """Units that can still be assigned; those in the grace period count (subscribedSku, prepaidUnits)."""
    units = sku.get("prepaidUnits") or {}
    return int(units.get("enabled") or 0) + int(units.get("warning") or 0) - int(sku.get("consumedUnits") or 0)


def assignable(sku: Sku) -> bool:
    return sku.get("appliesTo") == "User" and sku.get("capabilityStatus") in ("Enabled", "Warning")


def carries(sku: Sku, plans: Mapping[str, str]) -> bool:
    return any(
        plan.get("servicePlanId") in plans and plan.get("provisioningStatus") not in ("Disabled", "Error")
        for plan in sku.get("servicePlans") or []
    )


def candidates(skus: list[Sku]) -> list[dict[str, Any]]:
    """The subscriptions with free units that include a mailbox or Intune, for a person to choose from."""
    found = [
        {
            "sku_part_number": sku["skuPartNumber"],
            "sku_id": sku["skuId"],
            "free_units": free_units(sku),
            "exchange_mailbox": carries(sku, EXCHANGE_MAILBOX),
            "intune": carries(sku, INTUNE),
        }
        for sku in skus
        if assignable(sku) and free_units(sku) > 0
    ]
    return sorted(
        (one for one in found if one["exchange_mailbox"] or one["intune"]), key=lambda one: str(one["sku_part_number"])
    )


def describe(skus: list[Sku]) -> str:
    """The candidates in words."""
    words = []
    for one in candidates(skus):
        parts = (("a mailbox", "exchange_mailbox"), ("Intune", "intune"))
        brings = " and ".join(name for name, has in parts if one[has])
        words.append(f"{one['sku_part_number']} ({brings}, {one['free_units']} free)")
    return ", ".join(words) or "none"


def resolve(skus: list[Sku], wanted: list[str]) -> list[Sku]:
    """The subscriptions that `wanted` names by part number or id. Raises `TenantError` for unknown ones."""
    found, unknown = recognized({sku[key]: sku for sku in skus for key in ("skuPartNumber", "skuId")}, wanted)
    if unknown:
        raise TenantError(
            "unknown_license",
            f"the tenant has no subscription {', '.join(unknown)}",
            next_step=f"Choose from those with free units: {describe(skus)}",
        )
    return found


def check_units(added: list[Sku], skus: list[Sku]) -> None:
    """Refuse subscriptions without a free unit, before anything is written. Raises `TenantError`."""
    for sku in added:
        if not assignable(sku) or free_units(sku) < 1:
            raise TenantError(
                "no_free_units",
                f"{sku['skuPartNumber']} has no free units",
                next_step=f"Buy more, or choose from those with free units: {describe(skus)}",
            )
