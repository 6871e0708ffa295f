# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Device access rules of Exchange: one for each characteristic and query string."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from .._core.errors import TenantError, usage
from .._core.resource import Field, Record, Resource, normalize_case, returned
from .._core.targets import first_names
from .._engine.ensure import ensure
from .._engine.exchange_objects import ExchangeObjects
from .._engine.tenant import Tenant
from .._http.poll import WithinTask, poll, waiting
from .access_decision import STATES, OrganizationAccess
from .impact import read_impact, refuse_lockout

CHARACTERISTICS = ["DeviceModel", "DeviceType", "DeviceOS", "UserAgent", "XMSWLHeader"]
_LISTED_WITHIN = 15  # seconds: another server of Exchange may not list a rule at once
_RULES = ExchangeObjects(
    "ActiveSyncDeviceAccessRule",
    "device access rule",
    "the Exchange role View-Only Configuration or Organization Client Access",
    "the Exchange role Organization Client Access",
)


def ensure_access_rule(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring one rule to the desired state. Raises `TenantError`."""
    if "*" in params["query_string"]:
        raise usage(
            f"query_string is {params['query_string']!r}, but Exchange compares it as a whole: exact match only, "
            "a * is not a wildcard",
            "Use a complete value as intune.exchange.activesync_device_class_info or mobile_device_info return it, in "
            "a rule for each",
        )
    rule = replace(RULE, before_write=partial(_check_rule_write, check_mode=check_mode))
    result = ensure(rule, tenant, params, check_mode)
    return {"impact": [], "differed": result["changed"], **result}


def access_rules_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The rules that match the options. Raises `TenantError`."""
    wanted = {field.api: params[field.option] for field in (*RULE.keys, *RULE.fields) if params[field.option]}
    rules = [
        returned(rule)
        for rule in _RULES.list(tenant)
        if all(normalize_case(rule.get(name)) == normalize_case(value) for name, value in wanted.items())
    ]
    return {"changed": False, "access_rules": rules}


def with_rules(access: OrganizationAccess, wanted: Iterable[Mapping[str, Any]]) -> OrganizationAccess:
    """`access` once these rules are as described, in the form of the options."""
    rules = list(access.rules)
    for one in wanted:
        rules = [rule for rule in rules if not RULE.identifies(rule, one)]
        rules += [RULE.to_api(one)] if one["state"] == "present" else []
    return replace(access, rules=tuple(rules))


def await_rules(tenant: Tenant, wanted: Iterable[Mapping[str, Any]], check_mode: bool) -> None:
    """Make sure that the rules of earlier tasks are as described: one of these tasks may have failed.

    Raises `TenantError`: with fewer rules than are counted on, a change locks out others than it says. In check mode,
    they may be missing.
    """
    last = {(one["characteristic"], normalize_case(one["query_string"])): one for one in wanted}
    if check_mode or not last:
        return

    def missing() -> list[Mapping[str, Any]]:
        listed = _RULES.list(tenant)
        return [one for one in last.values() if not _is_so(one, listed)]

    pace = WithinTask(tenant.http, _LISTED_WITHIN, (1.0, 5.0))
    found, done = poll(missing, lambda none: not none, pace, waiting(tenant.progress, lambda some: "the rules before"))
    if not done:
        names = first_names([f"{one['characteristic']} {one['query_string']}" for one in found], 5)
        raise TenantError(
            "not_in_force",
            f"the device access rules that this change comes after are not as described in after_rules ({names})",
            "change mobile access",
            tenant.label,
            next_step="See why the task for them failed, or who changed them since, and run it again",
        )


def _is_so(wanted: Mapping[str, Any], listed: Iterable[Record]) -> bool:
    levels = [normalize_case(rule.get("AccessLevel")) for rule in listed if RULE.identifies(rule, wanted)]
    return levels == ([normalize_case(wanted["access_level"])] if wanted["state"] == "present" else [])


def _check_rule_write(
    tenant: Tenant, params: Mapping[str, Any], record: Record | None, *, check_mode: bool
) -> Mapping[str, Any]:
    """A rule also affects devices in use; locking them out must be accepted explicitly."""
    await_rules(tenant, params["after_rules"], check_mode)
    changed = read_impact(tenant, lambda access: with_rules(access, [*params["after_rules"], params]))
    about = f"{params['characteristic']} {params['query_string']}"
    level = "no rule" if params["state"] == "absent" else params["access_level"]
    refuse_lockout(changed, params["accept_impact"], f"{level} for {about}")
    return {"impact": changed}


# The service names rules itself and Set- changes only the level, so the other two are the key
# (https://learn.microsoft.com/powershell/module/exchange/set-activesyncdeviceaccessrule).
RULE = Resource(
    name="access_rule",
    backend=_RULES,
    keys=(
        Field("characteristic", "Characteristic", {"choices": CHARACTERISTICS, "required": True}),
        Field("query_string", "QueryString", {"required": True}, normalize=normalize_case),
    ),
    fields=(Field("access_level", "AccessLevel", {"choices": sorted(STATES)}),),
    name_is_unique=True,
)
FILTERS = {
    field.option: {"type": "str", **{key: value for key, value in field.spec.items() if key != "required"}}
    for field in (*RULE.keys, *RULE.fields)
}
STATE: dict[str, Any] = {"type": "str", "choices": ["present", "absent"], "default": "present"}
REQUIRED_IF = (("state", "present", ("access_level",)),)
ACCEPT_IMPACT: dict[str, Any] = {"type": "bool", "default": False}
# The rules that the same play configures before: a change is judged together with them, as they may not exist yet.
AFTER_RULES: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "default": [],
    "options": {**{one.option: {"type": "str", **one.spec} for one in (*RULE.keys, *RULE.fields)}, "state": STATE},
    "required_if": REQUIRED_IF,
}
