# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource kept by the cmdlets Get-, New-, Set- and Remove-NOUN of Exchange Online."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._errors import Purpose, TenantError
from ._resource import Record
from ._tenant import Tenant


@dataclass(frozen=True)
class Cmdlets:
    """Objects found by listing and addressed by the identity that came back, never by one that a person gave."""

    noun: str
    thing: str  # in words, for messages

    def _purpose(self, verb: str, cmdlet: str) -> Purpose:
        return Purpose(f"{verb} the {self.thing}", f"an Exchange role that holds {cmdlet}")

    def id_of(self, record: Record) -> str:
        return str(record.get("Guid") or record["Identity"])

    def list(self, tenant: Tenant) -> list[Record]:
        cmdlet = f"Get-{self.noun}"
        return tenant.exchange.invoke(cmdlet, {}, self._purpose("read", cmdlet)).values

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        cmdlet = f"New-{self.noun}"
        made = tenant.exchange.invoke(cmdlet, values, self._purpose("create", cmdlet)).values
        return made[0] if made else dict(values)  # a write may answer with nothing

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        cmdlet = f"Set-{self.noun}"
        tenant.exchange.invoke(cmdlet, {"Identity": self.id_of(record), **values}, self._purpose("change", cmdlet))
        return {**record, **values}

    def delete(self, tenant: Tenant, record: Record) -> None:
        cmdlet = f"Remove-{self.noun}"
        try:
            tenant.exchange.invoke(cmdlet, {"Identity": self.id_of(record)}, self._purpose("remove", cmdlet))
        except TenantError as error:
            if error.kind != "not_found":  # gone already is gone
                raise
