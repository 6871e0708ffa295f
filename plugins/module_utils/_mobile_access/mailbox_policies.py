# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile device mailbox policies: the requirements for a device that synchronizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._core.errors import Purpose, TenantError, usage
from .._core.resource import Field, Record, Resource, normalize_case, returned
from .._core.targets import first_names
from .._core.text import counted
from .._engine.ensure import ensure
from .._engine.exchange import exchange_of
from .._engine.exchange_objects import ExchangeObjects
from .._engine.tenant import Tenant
from .._engine.undo import of_removal
from .policy_settings import LAX, SETTINGS, canonical, checked

READER = "the Exchange role View-Only Recipients or Recipient Policies"
_READ_USERS = Purpose("read which mailboxes use the policy", READER)
# "Managing mobile devices for Outlook for iOS and Android" (OfficeDocs-Exchange, 2021).
_HONOURED = ("allow_bluetooth", "device_encryption_enabled", "min_password_length", "password_enabled")


class MailboxPolicies(ExchangeObjects):
    """The policies, with values in canonical form."""

    def list(self, tenant: Tenant) -> list[Record]:
        return [canonical(record) for record in super().list(tenant)]

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        return canonical(super().create(tenant, values))

    def delete(self, tenant: Tenant, record: Record) -> None:
        try:
            super().delete(tenant, record)
        except TenantError as error:
            if error.kind == "refused":
                raise error.but(next_step=_step(record["Name"])) from error.__cause__
            raise


def ensure_mailbox_policy(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring one policy to the desired state. Raises `TenantError`."""
    wanted = checked(params)
    if params["state"] == "present":
        _check_idle(params, params["password_enabled"] is not False)  # any existing value
    if wanted["require_storage_card_encryption"]:
        if wanted["device_encryption_enabled"] is False:
            raise usage(
                "require_storage_card_encryption is true, which turns device_encryption_enabled on, but that is false"
            )
        wanted["device_encryption_enabled"] = True
    return {**ensure(POLICY, tenant, wanted, check_mode), "note": _note(params)}


def undo(params: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """How a change or removal can be undone. A policy loses the default only to another one."""
    difference = result["diff"]
    takes = difference["after"].get("is_default") and not difference["before"].get("is_default")
    default = "Run the task for the policy that was the default before, with is_default=true" if takes else ""
    own = difference["before"] and any(
        value != difference["after"].get(name) for name, value in difference["before"].items() if name != "is_default"
    )
    text = of_removal()(params, result) if own or not takes else ""
    return ". ".join(one for one in (text, default) if one)


def mailbox_policies_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The policies, or the one of this name. Raises `TenantError`."""
    policies = [
        returned(policy)
        for policy in POLICY.backend.list(tenant)
        if params["name"] is None or normalize_case(policy["Name"]) == normalize_case(params["name"])
    ]
    return {"changed": False, "mobile_device_mailbox_policies": policies}


def _note(params: Mapping[str, Any]) -> str:
    given = sorted(one.option for one in SETTINGS if params.get(one.option) is not None)
    ignored = [option for option in given if option not in (*_HONOURED, "is_default")]
    if not ignored or params["state"] == "absent":
        return ""
    return (
        f"Outlook for iOS and Android honours only {', '.join(_HONOURED)}, according to Microsoft; "
        f"it ignores {', '.join(ignored)}."
    )


def _check_policy_write(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
    """Refuse what the service would refuse or ignore, for real and in check mode alike."""
    name = params["name"]
    if params["state"] == "absent":
        _check_removal(tenant, record or {})
        return
    if record is None and normalize_case(name) == "default":
        default = next((one["Name"] for one in POLICY.backend.list(tenant) if one.get("IsDefault")), None)
        raise TenantError(
            "renamed",
            f"there is no policy named {name}: it was renamed, and the default policy is {default!r} now",
            next_step="Use its current name; a second policy named Default would be confusing",
        )
    if record and record.get("IsDefault") and params["is_default"] is False:
        raise usage(f"{name} is the default policy, and there is always one", "Make another policy the default instead")
    enabled = (
        params["password_enabled"] if params["password_enabled"] is not None else (record or {}).get("PasswordEnabled")
    )
    _check_idle(params, bool(enabled))


def _check_idle(params: Mapping[str, Any], enabled: bool) -> None:
    """Password requirements have no effect in a policy without passwords."""
    idle = [option for option, lax in LAX.items() if params[option] is not None and params[option] not in lax]
    if idle and not enabled:
        raise usage(
            f"{', '.join(idle)} would have no effect, since password_enabled is not true",
            "Set password_enabled to true as well",
        )


def read_mailboxes(tenant: Tenant) -> list[Record]:
    """All mailboxes, each with its policy. Raises `TenantError`."""
    properties = ("Identity", "PrimarySmtpAddress", "ActiveSyncMailboxPolicy", "ActiveSyncMailboxPolicyIsDefaulted")
    return exchange_of(tenant).invoke("Get-CASMailbox", {"ResultSize": "Unlimited"}, _READ_USERS, properties).values


def having(policy: str, mailboxes: Iterable[Record]) -> list[Record]:
    """The mailboxes with this policy. The service names the default one even for a mailbox that only follows it."""
    return [one for one in mailboxes if normalize_case(one.get("ActiveSyncMailboxPolicy")) == normalize_case(policy)]


def _check_removal(tenant: Tenant, record: Record) -> None:
    name = str(record["Name"])
    if record.get("IsDefault"):
        raise TenantError(
            "in_use", f"{name} is the default policy, which Exchange does not remove", next_step=_step(name)
        )
    users = [
        str(one.get("PrimarySmtpAddress") or one["Identity"])
        for one in having(name, read_mailboxes(tenant))
        if not one.get("ActiveSyncMailboxPolicyIsDefaulted")
    ]
    if users:
        named = first_names(users, 5)
        raise TenantError(
            "in_use",
            f"{name} is the policy of {counted(len(users), 'mailbox', 'mailboxes')} ({named}), and Exchange does not "
            "remove a policy in use",
            next_step=_step(name),
            details={"mailboxes": users},
        )


def _step(name: str) -> str:
    return (
        f"Make another policy the default if {name} is it, and give the mailboxes that use it another one with "
        "intune.exchange.cas_mailbox_mobile_access; then remove it"
    )


POLICY = Resource(
    name="mobile_device_mailbox_policy",
    backend=MailboxPolicies(
        "MobileDeviceMailboxPolicy", "mailbox policy", READER, "the Exchange role Recipient Policies"
    ),
    keys=(Field("name", "Name", {"required": True}, normalize=normalize_case),),
    fields=SETTINGS,
    before_write=_check_policy_write,
    name_is_unique=True,
)
