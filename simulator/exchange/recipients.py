# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and mailboxes in Exchange: derived from the directory; only mailbox settings are its own."""

from __future__ import annotations

import re

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall, ExchangeType, missing
from ..directory.directory import addressed, has_mailbox, mailbox_licensed
from ..state.clock import iso
from ..state.http_messages import Json
from ..state.replication import arrived
from ..state.store import normalize_case
from ..state.tenant import Tenant


@implements("mailbox-licence")
def recipients(run: CmdletCall) -> list[Json]:
    """Also mailboxes of a copy whose users are not in its directory, such as those of a deleted user."""
    users = [*run.tenant.store("users"), *run.tenant.store("usersOfMailboxesOnly")]
    return [_recipient(run, user) for user in arrived(users, run.now)]


def _recipient(run: CmdletCall, user: Json) -> Json:
    tenant, user = run.tenant, addressed(run.tenant, user, run.now)
    mailbox = has_mailbox(tenant, user, run.now)
    guid = tenant.uuid("recipient", user["id"])
    kind = "UserMailbox" if mailbox else "User"
    name = user["mailNickname"]
    return {
        "Identity": name,
        "Id": name,
        "Name": name,
        "Alias": name,
        "Guid": guid,
        "ExchangeGuid": tenant.uuid("mailbox", user["id"]),
        "ExchangeObjectId": guid,
        "_key": user["id"],
        "ExternalDirectoryObjectId": user["id"],
        "DisplayName": user["displayName"],
        "UserPrincipalName": user["userPrincipalName"],
        "MicrosoftOnlineServicesID": user["userPrincipalName"],
        "WindowsLiveID": user["userPrincipalName"],
        "WindowsEmailAddress": user["mail"] or "",
        "SamAccountName": name,
        "PrimarySmtpAddress": user["mail"] or "",
        "EmailAddresses": user["proxyAddresses"],
        "RecipientType": kind,
        "RecipientTypeDetails": kind,
        "AccountDisabled": not user["accountEnabled"],
        "IsDirSynced": bool(user["onPremisesSyncEnabled"]),
        "SKUAssigned": mailbox_licensed(tenant, user),
        "IsMailboxEnabled": mailbox,
        "IsShared": False,
        "IsResource": False,
        "IsLinked": False,
        "HiddenFromAddressListsEnabled": False,
        # the id, since these are not unique for recipients with the same name
        "DistinguishedName": distinguished(tenant, user["id"]),
        "OrganizationId": tenant.domain,
        "WhenCreatedUTC": user["createdDateTime"],
        "WhenChangedUTC": user["createdDateTime"],
        "WhenMailboxCreated": iso(user["_mailbox_from"]) if mailbox and "_recipient" not in user else None,
        **user.get("_recipient", {}),
    }


_RESERVED = re.compile(r'[,+"\\<>;=#]')


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def distinguished(tenant: Tenant, *names: str) -> str:
    """The location in the directory, the innermost name first."""
    path = [f"CN={_RESERVED.sub(_escaped, name)}" for name in names]
    return ",".join([*path, f"OU={tenant.domain}", "OU=Microsoft Exchange Hosted Organizations"])


@implements("mailbox-licence")
def _mailboxes(run: CmdletCall) -> list[Json]:
    return [item for item in recipients(run) if item["RecipientTypeDetails"] == "UserMailbox"]


@implements("mailbox-policy")
def _cas_mailboxes(run: CmdletCall) -> list[Json]:
    owners = {device["_owner"] for device in run.tenant.store("MobileDevice")}
    partnership = "HasActiveSyncDevicePartnership"
    return [item | {partnership: item["_key"] in owners} for item in _mailboxes(run)]


@implements("mailbox-policy")
def _cas_view(run: CmdletCall, mailbox: Json) -> Json:
    specs = run.cmdlets["set-casmailbox"].parameters
    defaults = {
        name: [] if spec["encoding"] == "multivalued" else spec.get("default")
        for name, spec in specs.items()
        if name in run.cmdlets["get-casmailbox"].output and name not in mailbox
    }
    own = run.tenant.store("CASMailbox").get(mailbox["_key"]) or {}
    policy = own.get("ActiveSyncMailboxPolicy")
    policies = run.tenant.store("MobileDeviceMailboxPolicy")
    default_policy = next((item["Name"] for item in policies if item["IsDefault"]), None)
    return {
        **mailbox,
        **defaults,
        **own,
        "ActiveSyncMailboxPolicy": policy or default_policy,
        "ActiveSyncMailboxPolicyIsDefaulted": policy is None,
    }


@implements("mailbox-policy")
def set_cas_mailbox(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    mailbox = kind.view(run, kind.find(run, run.given["Identity"]))
    changes = kind.change(run, mailbox)
    policy = changes.get("ActiveSyncMailboxPolicy")
    if policy and not run.tenant.store("MobileDeviceMailboxPolicy").find("Name", policy):
        raise missing(policy)
    store, key = run.tenant.store("CASMailbox"), mailbox["_key"]
    if store.get(key) is None:
        store.add(key, changes)
    else:
        store.update(key, changes)
    return []


@implements("exchange-filters")
def _narrow(run: CmdletCall, items: list[Json]) -> list[Json]:
    kinds = run.given.get("RecipientTypeDetails") or run.given.get("RecipientType")
    anr = str(run.given.get("Anr") or "").casefold()
    names = ("Name", "DisplayName", "Alias", "PrimarySmtpAddress")
    return [
        item
        for item in items
        if (not kinds or item["RecipientTypeDetails"] in kinds)
        and (not anr or any(str(item[name]).casefold().startswith(anr) for name in names))
    ]


# Unique properties of recipients come before their names.
_IDS = ("Guid", "ExternalDirectoryObjectId", "DistinguishedName", "UserPrincipalName", "PrimarySmtpAddress")
_NAMES = ("Identity", "Name", "Alias", "DisplayName")


class Recipients(ExchangeType):
    """Recipients, whose names need not be unique."""

    @implements("recipient-identity")
    def matches(self, run: CmdletCall, identity: str) -> list[tuple[bool, Json]]:
        wanted = normalize_case(identity)
        items = self.items(run)
        ids = [(True, item) for item in items if wanted in self._called(item, _IDS)]
        return ids or [(False, item) for item in items if wanted in self._called(item, _NAMES)]

    @staticmethod
    def _called(item: Json, keys: tuple[str, ...]) -> set[str]:
        addresses = item["EmailAddresses"] if keys is _IDS else []
        return {normalize_case(str(name)) for name in map(item.get, keys) if name} | {
            normalize_case(address).removeprefix("smtp:") for address in addresses
        }


_HEARD = frozenset({"Anr", "RecipientTypeDetails", "RecipientType"})
RECIPIENTS = Recipients("CASMailbox", source=_mailboxes, narrow=_narrow, supported=_HEARD)
USERS = Recipients("CASMailbox", source=recipients, narrow=_narrow, supported=_HEARD)
RECIPIENT_NOUNS = {
    "User": USERS,
    "Mailbox": RECIPIENTS,
    "Recipient": RECIPIENTS,
    "CASMailbox": Recipients("CASMailbox", source=_cas_mailboxes, view=_cas_view, narrow=_narrow, supported=_HEARD),
}
