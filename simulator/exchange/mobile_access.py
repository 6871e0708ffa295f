# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile access in Exchange: the organization's settings, the device access rules, the mailbox policies."""

from __future__ import annotations

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall, ExchangeType, keep, refused
from ..cmdlets.parameter_values import edited
from ..intune.onboarding import connector_view
from ..state.http_messages import Json
from ..state.store import Store

SETTINGS = "Mobile Mailbox Settings"


def seed_mobile(run: CmdletCall) -> None:
    defaults = {
        name: spec.get("default") for name, spec in run.cmdlets["set-activesyncorganizationsettings"].parameters.items()
    }
    settings = {
        **{name: value for name, value in defaults.items() if name not in ("Identity", "Confirm", "WhatIf")},
        "AdminMailRecipients": [],
        "AllowAccessForUnSupportedPlatform": False,
        "EnableMobileMailboxPolicyWhenCAInplace": False,
        "HasAzurePremiumSubscription": False,
    }
    described = run.tenant.exchange or {}
    own = described.get("organization_settings") or {}
    keep(run, "ActiveSyncOrganizationSettings", {"Name": SETTINGS} | settings | own)
    keep(run, "MobileDeviceMailboxPolicy", _policy_defaults(run) | {"Name": "Default", "IsDefault": True})
    for name, properties in (described.get("mailbox_policies") or {}).items():
        keep(run, "MobileDeviceMailboxPolicy", _policy_defaults(run) | {"Name": name} | properties)
    for characteristic, query, level in described.get("access_rules") or []:
        rule = {"Characteristic": characteristic, "QueryString": query, "AccessLevel": level}
        keep(run, "ActiveSyncDeviceAccessRule", rule | {"Identity": f"{query} ({characteristic})"})


@implements("rule-name")
def _new_rule(run: CmdletCall) -> Json:
    rule = run.settings()
    return rule | {"Identity": f"{rule['QueryString']} ({rule['Characteristic']})"}


@implements("policy-default")
def _new_policy(run: CmdletCall) -> Json:
    policy = _policy_defaults(run) | _settled(run.settings(), {})
    _one_default(run, policy)
    return policy


@implements("policy-default")
def _change_policy(run: CmdletCall, policy: Json) -> Json:
    changes = _settled(run.settings(), policy)
    if policy["IsDefault"] and changes.get("IsDefault") is False:
        raise refused("policy-default", "The default policy stays so until another one is made the default.")
    _one_default(run, changes)
    return changes


@implements("policy-in-use")
def _remove_policy(run: CmdletCall, policy: Json) -> None:
    if policy["IsDefault"]:
        raise refused("policy-default", f'The policy "{policy["Name"]}" is the default one and cannot be removed.')
    used = [item for item in run.tenant.store("CASMailbox") if item.get("ActiveSyncMailboxPolicy") == policy["Name"]]
    if used and not run.given.get("Force"):
        number = "1 mailbox" if len(used) == 1 else f"{len(used)} mailboxes"
        raise refused("policy-in-use", f'The policy "{policy["Name"]}" is assigned to {number}.')


@implements("policy-implied")
def _settled(settings: Json, current: Json) -> Json:
    """Settings after their edits, with implied changes."""
    lists = ("ApprovedApplicationList", "UnapprovedInROMApplicationList")
    edits = {name: edited(current.get(name) or [], settings[name]) for name in lists if name in settings}
    implied = {"DeviceEncryptionEnabled": True} if settings.get("RequireStorageCardEncryption") else {}
    return settings | edits | implied


@implements("policy-default")
def _one_default(run: CmdletCall, policy: Json) -> None:
    """Making one policy the default changes the previous one."""
    store: Store = run.tenant.store("MobileDeviceMailboxPolicy")
    if policy.get("IsDefault"):
        for other in store:
            store.update(other["Guid"], {"IsDefault": False})


def _policy_defaults(run: CmdletCall) -> Json:
    specs = run.cmdlets["new-mobiledevicemailboxpolicy"].parameters
    lists: Json = {name: [] for name, spec in specs.items() if spec["encoding"] == "multivalued"}
    plain = {name: spec["default"] for name, spec in specs.items() if "default" in spec}
    return {"IsDefault": False} | lists | plain


@implements("settings-managed")
def _settings_view(run: CmdletCall, settings: Json) -> Json:
    connectors = (connector_view(run.tenant, item, run.now) for item in run.tenant.store("exchangeConnectors"))
    return settings | {"IsIntuneManaged": any(item["status"] == "connected" for item in connectors)}


MOBILE_NOUNS = {
    "ActiveSyncOrganizationSettings": ExchangeType("ActiveSyncOrganizationSettings", view=_settings_view),
    "ActiveSyncDeviceAccessRule": ExchangeType("ActiveSyncDeviceAccessRule", create=_new_rule),
    "MobileDeviceMailboxPolicy": ExchangeType(
        "MobileDeviceMailboxPolicy", create=_new_policy, change=_change_policy, remove=_remove_policy
    ),
}
