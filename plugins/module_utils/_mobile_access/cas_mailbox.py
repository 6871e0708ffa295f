# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile access of one mailbox: switches, policy, and its lists of allowed and blocked devices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._core.errors import Purpose, TenantError, usage
from .._core.resource import EditedList, Existing, Field, Record, Resource, clearing, normalize_case, normalized_set
from .._engine.ensure import ensure
from .._engine.exchange import exchange_of
from .._engine.exchange_objects import difference
from .._engine.tenant import Tenant
from .mailboxes import find_mailbox

_WRITE = Purpose(
    "change the mailbox",
    "the Exchange role Organization Client Access for device ids, Mail Recipients for switches and policy",
)
_READ_POLICIES = Purpose("find the policy", "the Exchange role View-Only Recipients or Recipient Policies")
# Our names of the properties, since ansible's snake_case of DeviceIDs is unreadable.
_WIRE = {
    "ActiveSyncEnabled": "ActiveSyncEnabled",
    "OutlookMobileEnabled": "OutlookMobileEnabled",
    "Policy": "ActiveSyncMailboxPolicy",
    "AllowedDeviceIds": "ActiveSyncAllowedDeviceIDs",
    "BlockedDeviceIds": "ActiveSyncBlockedDeviceIDs",
}
_LISTS = ("AllowedDeviceIds", "BlockedDeviceIds")
_ABOUT = ("Identity", "Guid", "DisplayName", "PrimarySmtpAddress", "HasActiveSyncDevicePartnership")


class CasMailbox(Existing):
    """One mailbox, which always exists: it is neither created nor removed here.

    It is found by a person's input, and by its GUID from then on. `known` is the mailbox if it was just read.
    """

    def __init__(self, mailbox: str, known: Record | None = None) -> None:
        self._mailbox = mailbox
        self._known = known

    def id_of(self, record: Record) -> str:
        return str(record["Guid"])

    def list(self, tenant: Tenant) -> list[Record]:
        record = self._known or find_mailbox(tenant, self._mailbox)
        self._mailbox, self._known = str(record["Guid"]), None
        return [ours(record)]

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        """Edit both lists in one call: a device is never in neither, and concurrent additions by others stay."""
        sent = {
            _WIRE[name]: difference(record.get(name), value) if name in _LISTS else value
            for name, value in values.items()
        }
        exchange_of(tenant).invoke("Set-CASMailbox", {"Identity": self.id_of(record), **sent}, _WRITE)
        return {**record, **values}


def ours(record: Record) -> Record:
    """A mailbox under our names of its properties."""
    ours = {name: record.get(wire) for name, wire in _WIRE.items()}
    ours |= {name: list(record.get(_WIRE[name]) or ()) for name in _LISTS}
    if record.get("ActiveSyncMailboxPolicyIsDefaulted"):
        ours["Policy"] = None
    return {**{name: record.get(name) for name in _ABOUT}, **ours}


@dataclass(frozen=True)
class Policy(Field):
    """A policy by its name; an empty one stands for the default policy, which the service returns as null."""

    def target(self, before: Any, value: Any) -> Any:
        return value or None


ALLOWED = EditedList("allowed_device_ids", "AllowedDeviceIds")
BLOCKED = EditedList("blocked_device_ids", "BlockedDeviceIds")
_FIELDS = (
    Field("active_sync_enabled", "ActiveSyncEnabled", {"type": "bool"}),
    Field("outlook_mobile_enabled", "OutlookMobileEnabled", {"type": "bool"}),
    Policy("policy", "Policy", {"type": "str"}, normalize=normalize_case, clears=True),
    ALLOWED,
    BLOCKED,
)
CLEARS = clearing(_FIELDS)
OPTIONS: dict[str, Any] = {
    "mailbox": {"type": "str", "required": True},
    **{field.option: dict(field.spec) for field in _FIELDS},
}


def ensure_mailbox_access(
    tenant: Tenant, params: Mapping[str, Any], check_mode: bool, known: Record | None = None
) -> dict[str, Any]:
    """Bring one mailbox to the desired state, or `known`, which was just read. Raises `TenantError`."""
    return ensure(_resource(params, known, check_mode), tenant, {**params, **_moved(params)}, check_mode)


def predict(params: Mapping[str, Any], known: Record) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of a mailbox before and after `ensure_mailbox_access`, without any request."""
    resource = _resource(params, known)
    before = resource.view(ours(known))
    return before, {**before, **resource.changes({**params, **_moved(params)}, before)}


def _resource(params: Mapping[str, Any], known: Record | None, check_mode: bool = False) -> Resource:
    check = partial(_check_policy, check_mode)
    return Resource("cas_mailbox", CasMailbox(params["mailbox"], known), _FIELDS, before_write=check)


def _moved(params: Mapping[str, Any]) -> dict[str, Any]:
    """The edits of both lists: adding to one removes from the other."""
    edits = {field.option: dict(params[field.option] or {}) for field in (ALLOWED, BLOCKED)}
    allowed, blocked = edits.values()
    gets = [[*(one.get("add") or ()), *(one.get("set") or ())] for one in (allowed, blocked)]
    both = sorted(normalized_set(gets[0]) & normalized_set(gets[1]))
    if both:
        raise usage(f"{', '.join(both)} cannot be allowed and blocked at once")
    for one, others in ((allowed, gets[1]), (blocked, gets[0])):
        if others and one.get("set") is None:
            one["remove"] = [*(one.get("remove") or ()), *others]
    return {option: one or None for option, one in edits.items()}


def _check_policy(
    check_mode: bool, tenant: Tenant, params: Mapping[str, Any], record: Record | None
) -> Mapping[str, Any]:
    """Refuse a missing policy. In check mode an earlier task may create it, so that is a warning."""
    wanted = params["policy"]
    if not wanted or normalize_case(wanted) == normalize_case((record or {}).get("Policy")):
        return {}
    known = exchange_of(tenant).invoke("Get-MobileDeviceMailboxPolicy", {}, _READ_POLICIES, ("Name",)).values
    if normalize_case(wanted) in normalized_set(one["Name"] for one in known):
        return {}
    if check_mode:
        warning = f"There is no policy named {wanted} yet. A real run fails, unless an earlier task creates the policy."
        return {"warnings": [warning]}
    raise TenantError(
        "not_found",
        f"there is no policy named {wanted}",
        next_step=f"Use one of {', '.join(str(one['Name']) for one in known)}, or an empty text for the default",
    )
