# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enable customization of a small tenant, irreversibly: only then does Exchange accept custom roles.

https://learn.microsoft.com/powershell/module/exchange/enable-organizationcustomization
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.resource import Existing, Field, Record, Resource
from .._engine.ensure import ensure
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._http.poll import Within, poll, waiting

_READ = Purpose("read the Exchange organization", "the Exchange role View-Only Configuration")
_ENABLE = Purpose("enable customization of the Exchange organization", "the Exchange role Organization Configuration")
_PAUSES = 5.0, 60.0  # seconds between reads while waiting

OPTIONS: dict[str, Any] = {
    "accept_permanent": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 3600},
}


class _Organization(Existing):
    """The Exchange organization as a singleton. Its customization can only be enabled."""

    def __init__(self, wait_timeout: int | None) -> None:
        self._wait_timeout = wait_timeout  # None: do not wait until the change shows

    def id_of(self, record: Record) -> str:
        return str(record["Guid"])

    def list(self, tenant: Tenant) -> list[Record]:
        return [_read(tenant)]

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        return _enable(tenant, self._wait_timeout) or record


def _check_accepted(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
    if params["accept_permanent"]:
        return
    raise TenantError(
        "not_accepted",
        "the tenant is dehydrated: it shares its roles and policies with others until customization is enabled, "
        "which is permanent and cannot be undone",
        _ENABLE.action,
        tenant.label,
        next_step="Set accept_permanent to true once that is accepted",
    )


def customize(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Enable customization unless it is enabled. Raises `TenantError` unless that was accepted."""
    organization = Resource(
        "organization",
        _Organization(params["wait_timeout"] if params["wait"] else None),
        (Field("is_dehydrated", "IsDehydrated"),),
        before_write=_check_accepted,
    )
    return ensure(organization, tenant, {**params, "is_dehydrated": False}, check_mode)


def _read(tenant: Tenant) -> Record:
    found = (
        exchange_of(tenant)
        .invoke("Get-OrganizationConfig", {}, _READ, select=("Identity", "Name", "DisplayName", "Guid", "IsDehydrated"))
        .values
    )
    if len(found) != 1:
        problem = f"Exchange Online returned {len(found)} organizations"
        raise TenantError("protocol", problem, _READ.action, tenant.label)
    if not isinstance(found[0].get("IsDehydrated"), bool):
        # Unknown is not enabled: the next task would create roles that Exchange refuses.
        raise TenantError(
            "protocol",
            "Exchange Online did not say whether the organization is dehydrated (IsDehydrated has no value)",
            _READ.action,
            tenant.label,
            next_step="Run again; if the problem persists, report it with the output of -vvv",
        )
    return found[0]


def _enable(tenant: Tenant, wait_timeout: int | None) -> Record | None:
    """The organization once the change shows; None without waiting."""
    asked: TenantError | None = None
    try:
        exchange_of(tenant).invoke("Enable-OrganizationCustomization", {}, _ENABLE)
    except TenantError as error:
        # It works once, and shows late: a refusal may mean that an earlier run, or somebody else, already did it.
        if error.kind not in ("refused", "outcome_unknown"):
            raise
        if wait_timeout is None:
            step = "If it was asked for already, it takes effect within a day or two: wait and run again"
            raise error.but(next_step=step) from error.__cause__
        asked = error
    return None if wait_timeout is None else _wait(tenant, wait_timeout, asked)


def _wait(tenant: Tenant, seconds: int, asked: TenantError | None) -> Record:
    organization, done = poll(
        lambda: _read(tenant),
        lambda record: record["IsDehydrated"] is False,
        Within(tenant.http, seconds, _PAUSES),
        waiting(tenant.progress, lambda record: "the customization to take effect"),
    )
    if not done:
        said = f" ({asked.problem})" if asked else ""
        raise TenantError(
            "timeout",
            f"it was requested{said}, but had not taken effect after {seconds} s (wait_timeout)",
            "wait for the customization",
            tenant.label,
            next_step="Run again later; Exchange may take a day or two",
        )
    return organization
