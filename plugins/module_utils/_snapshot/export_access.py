# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile access in an export: settings, rules, policies and mailboxes as the options of their modules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import TenantError
from .._core.resource import Record, normalize_case, normalized_set
from .._mobile_access.access_rules import RULE
from .._mobile_access.organization_settings import SETTINGS as ORGANIZATION
from .._mobile_access.policy_settings import LAX, RANGED, SETTINGS, canonical
from .assignees import identifying
from .exported import Exported, Missing, not_offered, options_of, repeated

Objects = Mapping[str, list[Record]]
_NO_VALUE = "the module has no such value"


def organization_settings(objects: Objects) -> Exported:
    kind, found = "activesync_organization_settings", Exported()
    for one in objects[kind]:
        options = options_of(ORGANIZATION.fields, one)
        for option, value in not_offered(ORGANIZATION.fields, options):
            found.missing.append(Missing(kind, f"{option} {value}", _NO_VALUE))
            options.pop(option, None)
        found.items.append(options)
    return found


def access_rules(objects: Objects) -> Exported:
    found, fields = Exported(), (*RULE.keys, *RULE.fields)
    for rule in objects["device_access_rules"]:
        if "*" in str(rule.get("QueryString")):
            reason = "its query string has a *, which Exchange compares as any other character"
            found.missing.append(Missing("device_access_rules", str(rule.get("Identity")), reason))
            continue
        options = options_of(fields, rule)
        if other := list(not_offered(fields, options)):
            name = f"{rule.get('Identity')}: {', '.join(f'{option} {value}' for option, value in other)}"
            found.missing.append(Missing("device_access_rules", name, _NO_VALUE))
        else:
            found.items.append(options)
    return found


def mailbox_policies(objects: Objects) -> Exported:
    """The policies. Password settings have no effect without a required password, and the module refuses them."""
    kind = "mobile_device_mailbox_policies"
    found, names = Exported(), repeated(one["Name"] for one in objects[kind])
    for record in objects[kind]:
        name = str(record["Name"])
        if normalize_case(name) in names:
            found.missing.append(Missing(kind, name, "several policies have this name"))
            continue
        try:
            read = canonical(record)
        except ValueError as error:
            found.missing.append(Missing(kind, name, f"a value has an unknown form: {error}"))
            continue
        options = {"min_password_length": 0, **options_of(SETTINGS, read)}
        default = {"is_default": True} if options.pop("is_default", None) else {}
        options = {"name": name, **default, **options}
        for option, reason in _refused(options).items():
            found.missing.append(Missing(kind, f"{name}: {option} {options.pop(option)}", reason))
        found.items.append(options)
    return found


def _refused(options: Mapping[str, Any]) -> dict[str, str]:
    """The options that the module would refuse, with the reason."""
    reasons = {option: _NO_VALUE for option, _value in not_offered(SETTINGS, options)}
    if options.get("require_storage_card_encryption") and options.get("device_encryption_enabled") is False:
        reasons["require_storage_card_encryption"] = "it would turn device_encryption_enabled on, which is off"
    for one in RANGED:
        try:
            if one.option in options:
                one.checked(options[one.option])
        except TenantError as error:
            reasons[one.option] = error.problem
    if not options.get("password_enabled"):
        idle = [name for name, lax in LAX.items() if name in options and options[name] not in lax]
        reasons |= dict.fromkeys(idle, "it has no effect, as the policy requires no password")
    return reasons


def mailboxes(objects: Objects) -> Exported:
    """The mailboxes that differ from the defaults."""
    kind = "mailboxes"
    found, addresses = Exported(), repeated(one.get("PrimarySmtpAddress") for one in objects[kind])
    for record in objects[kind]:
        own = _own_settings(record)
        if not own:
            continue
        address = identifying(record.get("PrimarySmtpAddress")) or str(record["Guid"])
        both = normalized_set(_listed(record, "Allowed")) & normalized_set(_listed(record, "Blocked"))
        if both:
            reason = f"{', '.join(sorted(both))} is allowed and blocked at once"
            found.missing.append(Missing(kind, address, reason))
            continue
        name = str(record["Guid"]) if normalize_case(address) in addresses else address
        found.items.append({"mailbox": name, **own})
    return found


def _listed(record: Record, which: str) -> list[Any]:
    return list(record.get(f"ActiveSync{which}DeviceIDs") or ())


def _own_settings(record: Record) -> dict[str, Any]:
    policy = (
        "" if record.get("ActiveSyncMailboxPolicyIsDefaulted") else str(record.get("ActiveSyncMailboxPolicy") or "")
    )
    switches = {
        option: record[api]
        for option, api in (
            ("active_sync_enabled", "ActiveSyncEnabled"),
            ("outlook_mobile_enabled", "OutlookMobileEnabled"),
        )
        if record.get(api) is not None
    }
    lists = {f"{which.lower()}_device_ids": _listed(record, which) for which in ("Allowed", "Blocked")}
    if all(switches.values()) and not policy and not any(lists.values()):
        return {}
    return {**switches, "policy": policy, **{name: {"set": ids} for name, ids in lists.items()}}
