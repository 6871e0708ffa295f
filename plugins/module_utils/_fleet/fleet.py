# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tenants, read concurrently in one process within one time limit: the state of each, or why it is unknown."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from .._connector import connectors
from .._connector.requirements import SUMMARY, requirements
from .._core.concurrent import gather
from .._core.connection import CONNECTION_SPEC, named
from .._core.errors import TenantError, usage
from .._core.read_result import first_error
from .._core.retry import Deadline
from .._core.targets import blank_refusal, is_blank, refuse_unfit
from .._core.text import counted
from .._engine.run import Declaration, run_declaration
from .._engine.summary import with_summary
from .._engine.tenant import Tenant
from .._http.transport import Connections
from .._mobile_access import access_rules, mailbox_policies, organization_settings
from .._mobile_devices import devices
from .partner import customers
from .tenant_list import UNREADABLE, public_options, resolve_tenants
from .time_shares import Shares

_ATTEMPTED = "read the tenant"
_FAILURE = "failure"  # beside facts that could be read: why they are incomplete
# Why a requirement is unknown in one run and not in the next. Other reasons, such as a missing permission, are facts.
_PASSING = ("timeout", "network", "tls", "throttled", "unavailable", "truncated", "abandoned")
_NAMED = 10  # tenants in a line of progress


def _mobile_access(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """Mobile access in Exchange: the settings, and all rules and policies."""
    everything = dict.fromkeys((*access_rules.FILTERS, "name"))
    found = gather(
        {
            "organization_settings": lambda: organization_settings.current(tenant),
            "access_rules": lambda: access_rules.access_rules_info(tenant, everything)["access_rules"],
            "mobile_device_mailbox_policies": lambda: mailbox_policies.mailbox_policies_info(tenant, everything)[
                "mobile_device_mailbox_policies"
            ],
        }
    )
    return {name: one.value for name, one in found.items()}


def _quarantine(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    found = devices.devices_info(tenant, {"access_state": "Quarantined", "gather_statistics": False})
    return with_summary(devices.SUMMARY, found)


def _connectors(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    return with_summary(connectors.SUMMARY, connectors.connectors_info(tenant))


def _requirements(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    failures: list[TenantError] = []
    found = with_summary(SUMMARY, requirements(tenant, params, failed=failures.append))
    return {**found, _FAILURE: next((one for one in failures if one.kind in _PASSING), None)}


# The available data: the host variable, and the module function that reads it.
FACTS: dict[str, tuple[str, Callable[[Tenant, Mapping[str, Any]], dict[str, Any]]]] = {
    "connector": ("intune_connector", _connectors),
    "requirements": ("intune_requirements", _requirements),
    "mobile_access": ("exchange_mobile_access", _mobile_access),
    "quarantine": ("exchange_quarantine", _quarantine),
}
_READ = (*(variable for variable, _function in FACTS.values()), "tenant_read_at")


def check_fleet(
    entries: Sequence[Any] | None,
    partner_tenant_id: str | None,
    shared: Mapping[str, Any],
    concurrency: int,
    timeout: float,
) -> Sequence[Any]:
    """The listed tenants, or the one of the `shared` options. Raises `TenantError`."""
    blank = [
        f"tenants[{number}].{name}"
        for number, entry in enumerate(entries or (), 1)
        for name, value in (entry.items() if isinstance(entry, Mapping) else ())
        if name in ("name", "account", "client_id") and isinstance(value, str) and is_blank(value)
    ]
    if partner_tenant_id is not None and is_blank(partner_tenant_id):
        blank.append("partner_tenant_id")  # otherwise the tenant of the environment remains
    if blank:
        raise blank_refusal(blank)
    refuse_unfit(CONNECTION_SPEC, shared)
    if concurrency < 1:
        raise usage("concurrency must be at least 1")
    if timeout <= 0:
        raise usage(f"{named('timeout')} must be more than 0 seconds")
    if shared.get("auth_method") == "device_code":
        raise usage("auth_method device_code would need a person for each tenant", "Choose another method")
    if entries is None and not partner_tenant_id:
        if not shared["tenant_id"]:
            raise usage(f"tenants, partner_tenant_id and {named('tenant_id')} are all missing", "Set one of them")
        entries = [{"tenant_id": shared["tenant_id"]}]
    return entries or []


def read_fleet(
    entries: Sequence[Any] | None,
    partner_tenant_id: str | None,
    shared: Mapping[str, Any],
    wanted: Sequence[str],
    concurrency: int,
    timeout: float,
    left_out: Callable[[str], None] = lambda reason: None,
    note: Callable[[str], None] = lambda line: None,
    progress: Callable[[str], None] = lambda line: None,
    known: Mapping[str, dict[str, Any]] | None = None,
    **clock: Any,
) -> list[dict[str, Any]]:
    """Every tenant as a host: `name`, `group` (None if its connector was not requested) and `variables`.

    Without `entries` and partner there is the one tenant of the `shared` options. Raises `TenantError` if the list of
    tenants cannot be determined; an unreadable tenant is a host as well. A customer of the partner without a valid id
    is not a host: `left_out` is called with the reason. `note` gets notices about the others, `progress` a line from
    time to time. A host that is `known` is not read again.
    """
    entries = check_fleet(entries, partner_tenant_id, shared, concurrency, timeout)
    ticking: Callable[[], float] = clock.get("clock", time.monotonic)
    whole = Deadline(timeout, ticking)
    together = {**clock, "connections": Connections()}
    try:
        listing = {**together, "deadline": whole}
        found = _customers(partner_tenant_id, shared, timeout, listing, left_out, note) if partner_tenant_id else {}
        tenants = resolve_tenants(entries, found, shared)
        hosts = known_hosts(tenants, known or {})
        watched = _Progress(progress, len(tenants), len(hosts))
        shares = Shares(whole, len(tenants) - len(hosts), concurrency, ticking)
        calls = {
            name: partial(_host, name, {**params, "timeout": timeout}, wanted, together, shares, watched)
            for name, params in tenants.items()
            if name not in hosts
        }
        hosts |= {name: host.value for name, host in gather(calls, concurrency, watched.show).items()}
        return [hosts[name] for name in tenants]
    finally:
        together["connections"].close()


def known_hosts(
    tenants: Mapping[str, Mapping[str, Any]], known: Mapping[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The hosts among `tenants` that are `known` by their name and id: only what was read, with the options of now."""
    return {
        name: {
            "name": name,
            "group": known[name]["group"],
            "variables": {
                **{variable: value for variable, value in known[name]["variables"].items() if variable in _READ},
                **_about(name, params),
            },
        }
        for name, params in tenants.items()
        if name in known and known[name]["variables"].get("tenant_id") == params["tenant_id"]
    }


def _about(name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that the options of a tenant decide."""
    about = {
        "tenant_id": params["tenant_id"],
        "tenant_name": params.get("display_name") or name,
        "tenant_options": public_options(params),
    }
    if params.get("account"):
        about["connector_primary_smtp_address"] = params["account"]  # the name in the role connector
    return about


def group_of(variables: Mapping[str, Any]) -> str | None:
    """The group of a tenant that was read; None if its connector was not."""
    connector = variables.get(FACTS["connector"][0])
    return None if connector is None else f"connector_{connectors.state(connector)}"


class _Progress:
    """Progress for people who wait: how many tenants were read, and which ones are pending."""

    def __init__(self, progress: Callable[[str], None], tenants: int, done: int) -> None:
        self._progress, self._tenants, self._done, self._failed = progress, tenants, done, 0
        self._lock = threading.Lock()
        self._asked: dict[str, None] = {}

    @contextlib.contextmanager
    def reading(self, name: str) -> Iterator[Callable[[], None]]:
        """While a tenant is read; call the returned function if that failed."""
        with self._lock:
            self._asked[name] = None
        try:
            yield self._fail
        finally:
            with self._lock:
                del self._asked[name]
                self._done += 1

    def _fail(self) -> None:
        with self._lock:
            self._failed += 1

    def show(self) -> None:
        with self._lock:
            first, failed, done = list(self._asked), self._failed, self._done
        more = f" and {len(first) - _NAMED} more" if len(first) > _NAMED else ""
        waiting = f"; waiting for {', '.join(first[:_NAMED])}{more}" if first else ""
        bad = f", {failed} of them could not be read" if failed else ""
        self._progress(f"{done} of {counted(self._tenants, 'tenant')} done{bad}{waiting}")


def _customers(
    partner_tenant_id: str,
    shared: Mapping[str, Any],
    timeout: float,
    together: Mapping[str, Any],
    left_out: Callable[[str], None],
    note: Callable[[str], None],
) -> dict[str, str]:
    declaration = Declaration(
        "list the customers of the partner",
        lambda tenant, params, check_mode: {"customers": customers(tenant, left_out, note)},
    )
    result = run_declaration(
        declaration, {**shared, "tenant_id": partner_tenant_id, "timeout": timeout}, True, **together
    )
    if result.get("failed"):
        raise TenantError(result["error"]["kind"], result["msg"])
    return dict(result["customers"])


def _host(
    name: str,
    params: Mapping[str, Any],
    wanted: Sequence[str],
    together: Mapping[str, Any],
    shares: Shares,
    watched: _Progress,
) -> dict[str, Any]:
    """One tenant: opened, read, and closed again; only the requested data stays."""
    result: dict[str, Any] = {}
    opened: list[Tenant] = []
    with watched.reading(name) as failed:
        deadline = shares.take()
        if wanted and deadline is None:
            problem = f"it was never asked, since the {params['timeout']:g} s of the option timeout had passed before"
            result = TenantError("timeout", problem).within(_ATTEMPTED, params["tenant_id"]).result()
        elif wanted:
            declaration = Declaration(_ATTEMPTED, partial(_read, wanted, opened))
            result = run_declaration(declaration, params, True, **together, deadline=deadline)
        if result.get("failed"):
            failed()
    group = result.get("group")
    variables: dict[str, Any] = {
        **_about(name, params),
        **{variable: result[variable] for variable, _function in FACTS.values() if variable in result},
    }
    if wanted:
        variables["tenant_read_at"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if result.get("failed"):
        group = UNREADABLE
        wait = max((math.ceil(tenant.http.due.longest()) for tenant in opened), default=0)
        asked = {"retry_after_seconds": wait} if wait else {}
        variables["tenant_error"] = {**result["error"], "message": result["msg"], **asked}
    return {"name": name, "group": group, "variables": variables}


def _read(
    wanted: Sequence[str], opened: list[Tenant], tenant: Tenant, params: Mapping[str, Any], check_mode: bool
) -> dict[str, Any]:
    """The readable facts, the group that follows from them, and the first failure if there was one.

    A requirement that is unknown for a passing reason is such a failure: the tenant was not read in its share.
    `opened` gets the tenant, which knows how long its services ask to wait, whatever failed.
    All processing of a tenant's responses happens here, where any error is a failure of this tenant alone.
    """
    opened.append(tenant)
    found = gather({name: partial(FACTS[name][1], tenant, params) for name in FACTS if name in wanted})
    read = {name: one.value for name, one in found.items() if one.known}
    facts = {
        FACTS[name][0]: {key: value for key, value in one.items() if key not in ("changed", _FAILURE)}
        for name, one in read.items()
    }
    passing = next((one[_FAILURE] for one in read.values() if one.get(_FAILURE)), None)
    error = first_error(found.values()) or passing
    return {
        **facts,
        "group": group_of(facts),
        **(error.within(_ATTEMPTED, tenant.label).result() if error is not None else {}),
    }
