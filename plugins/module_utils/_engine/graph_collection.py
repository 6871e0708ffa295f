# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource managed by a Microsoft Graph collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import Record
from .tenant import Tenant


@dataclass(frozen=True)
class GraphCollection:
    """The members of the collection at `path` that have the `fixed` properties.

    `translate` may replace a failure by a clearer one; it gets the method (`GET` for a read).
    """

    path: str
    odata_type: str
    read: Purpose
    write: Purpose
    fixed: Mapping[str, Any] = field(default_factory=dict)
    translate: Callable[[TenantError, str], TenantError] = lambda error, method: error

    def id_of(self, record: Record) -> str:
        return str(record["id"])

    def list(self, tenant: Tenant) -> list[Record]:
        try:
            records, _response = tenant.graph.list(self.path, self.read)
        except TenantError as error:
            raise self.translate(error, "GET") from error.__cause__
        for name in self.fixed:
            if not all(isinstance(one.get(name), str) for one in records):
                # A record of an unknown kind may be ours, which would be created twice.
                raise TypeError(f"{name} of an entry in {self.path} is not text")
        return [one for one in records if all(one.get(name) == value for name, value in self.fixed.items())]

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        try:
            return tenant.graph.create(self.path, {"@odata.type": self.odata_type, **self.fixed, **values}, self.write)
        except TenantError as error:
            raise self.translate(error, "POST") from error.__cause__

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        body = {"@odata.type": self.odata_type, **values}
        return {**record, **values, **tenant.graph.update(f"{self.path}/{record['id']}", body, self.write)}

    def delete(self, tenant: Tenant, record: Record) -> None:
        tenant.graph.delete(f"{self.path}/{record['id']}", self.write)
