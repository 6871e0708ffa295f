# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions on mobile devices: allow or block them in their mailbox, remove, wipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.clock_skew import check_clocks
from .._core.errors import Purpose, TenantError, usage
from .._core.resource import Record, normalize_case, normalized_set
from .._core.targets import first_names, is_guid
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._http.removal import remove_listed
from .._mobile_access.cas_mailbox import ensure_mailbox_access, predict
from .devices import AGES, FILTERS, Found, find_devices, given_filters, read_devices, uses_ages
from .plan import Device, Plan, carry_out, label, names
from .wipe import plan_wipe

_FIND = "find the device"
_REMOVE = Purpose("remove the mobile device", "the Exchange role Mail Recipients or User Options")
OPTIONS: dict[str, Any] = {
    **FILTERS,
    "match": {"type": "str", "choices": ["one", "all"], "default": "one"},
    "max_affected": {"type": "int"},
    "access": {"type": "str", "choices": ["allowed", "blocked", "default"]},
    "wipe": {"type": "str", "choices": ["account_only", "full", "cancel"]},
    "confirm_full_wipe": {"type": "str"},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 900},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
# For each kind of access, the change to the lists of allowed and of blocked devices.
_EDITS = {"allowed": ("add", "remove"), "blocked": ("remove", "add"), "default": ("remove", "remove")}
_LISTS = ("allowed_device_ids", "blocked_device_ids")


_UNDO_WIPE = (
    "A wipe that the device has acknowledged cannot be undone; until then, wipe=cancel with the same device takes the "
    "request back"
)
_UNDO_REMOVAL = (
    "Nothing was erased on the device, and Exchange Online lists it again when it synchronizes; a decision about it in "
    "its mailbox stays"
)
_UNDO_DECISION = "Run the task again with the access that diff.before has for each device"


def undo(params: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """How a wipe, a removal or a decision can be undone."""
    if params["wipe"] in ("account_only", "full"):
        return _UNDO_WIPE
    if params["state"] == "absent":
        return _UNDO_REMOVAL
    return _UNDO_DECISION if params["access"] else ""


def act(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Perform one action on one device, or on all that match the filters. Raises `TenantError`.

    The whole change is planned and counted before the first write.
    """
    _check(params)
    found = find_devices(tenant, params)
    if uses_ages(params):
        check_clocks(found.service_time, tenant.http.now(), "act on mobile devices", tenant.label)
    _check_guids(tenant, params, found)
    devices = found.devices if params["match"] == "all" else _the_one(tenant, params, found.devices)
    _check_confirmation(params, devices)
    if params["access"]:
        plan = _plan_access(tenant, params, found, devices)
    elif params["wipe"]:
        plan = plan_wipe(tenant, params, devices)
    else:
        plan = _plan_removal(tenant, found, devices)
    return {"devices": devices, **carry_out(plan, params["max_affected"], tenant.label, check_mode)}


def _check(params: Mapping[str, Any]) -> None:
    absent, everything = params["state"] == "absent", params["match"] == "all"
    if sum(1 for one in (params["access"], params["wipe"], absent) if one) != 1:
        raise usage("exactly one of access, wipe and state=absent must be set", "Use a task for each")
    for option in (*AGES, "wait_timeout"):
        if (params[option] or 0) < 0:
            raise usage(f"{option} is {params[option]}, and it cannot be less than 0")
    if not any(_selects(option, params[option]) for option in FILTERS):
        raise usage("no option selects devices", "Set device_id, mailbox or another filter")
    if params["wipe"] == "full":
        _check_full_wipe(params)
    if everything and (params["wipe"] or absent) and params["max_affected"] is None:
        raise usage(
            "with match=all, wipe and state=absent need max_affected: the maximum number of affected devices",
            "Set it to a number; with 0 the task lists the devices and stops",
        )
    if (params["max_affected"] or 0) < 0:
        raise usage(f"max_affected is {params['max_affected']}, and it cannot be less than 0")


def _selects(option: str, value: Any) -> bool:
    """Whether a filter excludes any device. Each is at least 0 days old, so a minimum of 0 does not."""
    return value is not None and not (option.startswith("min_") and value == 0)


def _check_full_wipe(params: Mapping[str, Any]) -> None:
    device, confirmed = params["device_id"], params["confirm_full_wipe"]
    if params["match"] == "all":
        raise usage("a full wipe is for one device", "Omit match, and set device_id")
    if not device or normalize_case(confirmed) != normalize_case(device):
        raise usage(
            "a full wipe erases everything on the device, so confirm_full_wipe must be the same as device_id",
            "Use account_only to erase only the mail account",
        )


def _check_guids(tenant: Tenant, params: Mapping[str, Any], found: Found) -> None:
    """Refuse a GUID that no device has: it is probably a mistake. On removal, the device may already be gone."""
    if params["guids"] is None or params["state"] == "absent":
        return
    unknown = sorted(
        set(params["guids"]) - {one for one in params["guids"] if normalize_case(one) in normalized_set(found.records)}
    )
    wrong = [one for one in unknown if not is_guid(one)]
    if wrong:
        raise usage(
            f"guids has {', '.join(wrong)}, which is not a GUID",
            "Specify the guid of a device, as intune.exchange.mobile_device_info returns it",
        )
    if unknown:
        whose = f" of {params['mailbox']}" if params["mailbox"] else ""
        raise TenantError(
            "not_found",
            f"guids has {', '.join(unknown)}, and no device{whose} has this GUID; nothing was changed",
            _FIND,
            tenant.label,
            next_step="Read the devices again: a device whose account was set up again has a new GUID",
            details={"guids": unknown},
        )


def _in_words(params: Mapping[str, Any]) -> str:
    """The filters as given; a long list is shortened."""
    return ", ".join(
        f"{name} {first_names(value) if isinstance(value, list) else value}"
        for name, value in given_filters(params).items()
    )


def _may_be_done(tenant: Tenant, params: Mapping[str, Any]) -> bool:
    """Whether an earlier run may have moved the device out of the filter: access changes the filtered state.

    All other filters must still match a device, so that a mistake in one of them does not look like success.
    """
    state, becomes = params["access_state"], {"allowed": "Allowed", "blocked": "Blocked"}.get(params["access"])
    if not params["access"] or not state or normalize_case(state) == normalize_case(becomes):
        return False
    others = {**params, "access_state": None}
    return not given_filters(others) or bool(find_devices(tenant, others).devices)


def _the_one(tenant: Tenant, params: Mapping[str, Any], devices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(devices) == 1 or (not devices and params["state"] == "absent"):
        return devices
    if not devices:
        if _may_be_done(tenant, params):
            return []
        raise TenantError(
            "not_found",
            f"no device matches {_in_words(params)}",
            _FIND,
            tenant.label,
            next_step="Check the filters; intune.exchange.mobile_device_info lists the devices that there are",
        )
    raise TenantError(
        "ambiguous",
        f"{len(devices)} devices match {_in_words(params)} where one is expected: {names(devices)}",
        _FIND,
        tenant.label,
        next_step="Specify one by mailbox and device_id or by guids, or all by match",
        details={"candidates": [one["identity"] for one in devices]},
    )


def _check_confirmation(params: Mapping[str, Any], devices: list[dict[str, Any]]) -> None:
    """The confirmed id must be that of the device found, not only that of the input."""
    if params["wipe"] == "full":
        for device in devices:
            if normalize_case(device["device_id"]) != normalize_case(params["confirm_full_wipe"]):
                raise usage(f"confirm_full_wipe is not the id of the device that was found, {label(device)}")


def _plan_access(tenant: Tenant, params: Mapping[str, Any], found: Found, devices: list[dict[str, Any]]) -> Plan:
    """Move the ids between the lists of their mailboxes: one call for each mailbox that changes."""
    mailboxes: dict[str, tuple[Record, list[Device]]] = {}
    owners = found.owners(tenant, devices)
    for device in devices:
        owner = owners[device["guid"]].value
        mailboxes.setdefault(str(owner["Guid"]), (owner, []))[1].append(device)
    before, after, affected, wanted = {}, {}, list[Device](), list[tuple[Record, dict[str, Any]]]()
    for mailbox, (record, own) in sorted(mailboxes.items(), key=lambda one: (str(one[1][0].get("Identity")), one[0])):
        ids = list({normalize_case(one["device_id"]): one["device_id"] for one in own}.values())
        options = _options(mailbox, params["access"], ids)
        was, becomes = ({name: view[name] for name in _LISTS} for view in predict(options, record))
        moved = [one for one in own if _places(was, one["device_id"]) != _places(becomes, one["device_id"])]
        if moved:
            name = f"{record.get('Identity')} ({mailbox})"
            before[name], after[name] = was, becomes
            affected += moved
            wanted.append((record, options))

    def write() -> dict[str, Any]:
        for record, options in wanted:
            ensure_mailbox_access(tenant, options, False, record)
        return {}

    done = {"default": "left to the rules and the default"}.get(params["access"], params["access"])
    return Plan(done, before, after, affected, write)


def _options(mailbox: str, access: str, ids: list[str]) -> dict[str, Any]:
    """The options of the mailbox that put these ids on their lists."""
    lists = {
        name: {"add": [], "remove": [], "set": None, edit: ids}
        for name, edit in zip(_LISTS, _EDITS[access], strict=True)
    }
    others = dict.fromkeys(("active_sync_enabled", "outlook_mobile_enabled", "policy"))
    return {"mailbox": mailbox, **others, **lists}


def _places(lists: Mapping[str, list[str]], device_id: str) -> list[bool]:
    return [normalize_case(device_id) in normalized_set(listed) for listed in lists.values()]


def _plan_removal(tenant: Tenant, found: Found, devices: list[dict[str, Any]]) -> Plan:
    """Remove the partnerships. Nothing is erased on the devices."""

    def remove(guid: str) -> None:
        remove_listed(
            tenant.http,
            lambda: exchange_of(tenant).invoke("Remove-MobileDevice", {"Identity": guid}, _REMOVE),
            lambda: (
                normalize_case(guid)
                in normalized_set(one.get("Guid") for one in read_devices(tenant, found.mailbox).values)
            ),
        )

    def write() -> dict[str, Any]:
        for device in devices:
            remove(device["guid"])
        return {}

    return Plan("removed", {label(one): one["identity"] for one in devices}, {}, list(devices), write)
