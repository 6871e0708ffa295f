# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization's settings for mobile access: one object per tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from .._core.errors import usage
from .._core.resource import EditedList, Field, Record, Resource, returned
from .._engine.ensure import ensure
from .._engine.exchange_objects import ExchangeObjects
from .._engine.tenant import Tenant
from .access_decision import STATES, OrganizationAccess
from .access_rules import await_rules, with_rules
from .impact import read_impact, refuse_lockout

_LONGEST_INSERT = 256  # characters, Set-ActiveSyncOrganizationSettings


class Settings(ExchangeObjects):
    """The only object, which needs no identity."""

    def identity(self, record: Record) -> dict[str, Any]:
        return {}


def ensure_organization_settings(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring the settings to the desired state. Raises `TenantError`."""
    for option in ("user_mail_insert", "ota_notification_mail_insert"):
        length = len(params[option] or "")
        if length > _LONGEST_INSERT:
            raise usage(f"{option} has {length} characters; Exchange takes at most {_LONGEST_INSERT}")
    settings = replace(SETTINGS, before_write=partial(_check_settings_write, check_mode=check_mode))
    result = ensure(settings, tenant, params, check_mode)
    return {"impact": [], "differed": result["changed"], **result}


def current(tenant: Tenant) -> dict[str, Any]:
    """The current settings, with the names of the return value. Raises `TenantError`."""
    return returned(next(iter(SETTINGS.backend.list(tenant)), {}))


def _check_settings_write(
    tenant: Tenant, params: Mapping[str, Any], record: Record | None, *, check_mode: bool
) -> Mapping[str, Any]:
    """A default also affects devices in use; making it stricter must be accepted explicitly."""
    level = params["default_access_level"]
    if level is None or level == (record or {}).get("DefaultAccessLevel"):
        return {}

    await_rules(tenant, params["after_rules"], check_mode)

    def change(access: OrganizationAccess) -> OrganizationAccess:
        return replace(with_rules(access, params["after_rules"]), default=level)

    changed = read_impact(tenant, change)
    refuse_lockout(changed, params["accept_impact"], f"{level} as the default")
    return {"impact": changed}


def _text(option: str, api: str) -> Field:
    return Field(option, api, normalize=lambda value: value or "", clears=True)


# TenantAdminPreference is omitted, since its values are not documented.
SETTINGS = Resource(
    name="activesync_organization_settings",
    backend=Settings(
        "ActiveSyncOrganizationSettings",
        "organization settings for mobile access",
        "the Exchange role View-Only Configuration or Organization Client Access",
        "the Exchange role Organization Client Access",
    ),
    fields=(
        Field("default_access_level", "DefaultAccessLevel", {"choices": sorted(STATES)}),
        EditedList("admin_mail_recipients", "AdminMailRecipients"),
        _text("user_mail_insert", "UserMailInsert"),
        _text("ota_notification_mail_insert", "OtaNotificationMailInsert"),
        Field("allow_rms_support_for_unenlightened_apps", "AllowRMSSupportForUnenlightenedApps", {"type": "bool"}),
        Field(
            "enable_mobile_mailbox_policy_when_ca_inplace", "EnableMobileMailboxPolicyWhenCAInplace", {"type": "bool"}
        ),
    ),
)
