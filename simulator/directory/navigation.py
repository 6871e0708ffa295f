# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths that third-party clients use: memberships, owners, counts, the signed-in person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource, get_entity, listed
from ..state.clock import iso
from ..state.http_messages import Answer, Refusal
from ..state.snapshots import refuse_unheld
from ..state.tenant import Tenant
from .groups import members_of

# https://learn.microsoft.com/graph/api/authenticationstrengthroot-list-policies
_RESISTANT = ("windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor")
_PASSWORDLESS = (*_RESISTANT, "deviceBasedPush")
_MULTIFACTOR = (
    *_PASSWORDLESS,
    "temporaryAccessPassOneTime",
    "temporaryAccessPassMultiUse",
    "password,microsoftAuthenticatorPush",
    "password,softwareOath",
    "password,hardwareOath",
    "password,sms",
    "password,voice",
    "federatedMultiFactor",
    "microsoftAuthenticatorPush,federatedSingleFactor",
    "softwareOath,federatedSingleFactor",
    "hardwareOath,federatedSingleFactor",
    "sms,federatedSingleFactor",
    "voice,federatedSingleFactor",
)
_STRENGTHS = {
    "00000000-0000-0000-0000-000000000002": ("Multifactor authentication", _MULTIFACTOR),
    "00000000-0000-0000-0000-000000000003": ("Passwordless MFA", _PASSWORDLESS),
    "00000000-0000-0000-0000-000000000004": ("Phishing resistant MFA", _RESISTANT),
}


def seed_more(tenant: Tenant, now: datetime) -> None:
    """The authentication strengths that every tenant has."""
    for strength, (name, combinations) in _STRENGTHS.items():
        tenant.store("authenticationStrengths").add(
            strength,
            {
                "id": strength,
                "allowedCombinations": list(combinations),
                "createdDateTime": iso(now - timedelta(days=900)),
                "description": None,
                "displayName": name,
                "modifiedDateTime": iso(now - timedelta(days=900)),
                "policyType": "builtIn",
                "requirementsSatisfied": "mfa",
            },
        )


@implements("group-members")
def list_member_of(scene: RequestContext, resource: Resource) -> Answer:
    """The groups of somebody, direct or nested."""
    user, tenant = resource.locate(scene), scene.tenant
    refuse_unheld(tenant, "groups", "all groups of somebody")
    transitive = scene.operation.template.endswith("/transitiveMemberOf")
    groups = [
        {"@odata.type": "#microsoft.graph.group"} | group
        for group in tenant.store("groups")
        if user["id"] in members_of(tenant, group["id"], transitive=transitive)
    ]
    return listed(
        scene, groups, replace(resource, type="microsoft.graph.group", complete=False, shown=(), counted=False)
    )


@implements("group-members")
def list_owners(scene: RequestContext, resource: Resource) -> Answer:
    group = resource.locate(scene)
    refuse_unheld(scene.tenant, "groups", "the owners of groups")
    owners = [scene.tenant.store("users").get(owner) for owner in group["_owners"]]
    shown = [{"@odata.type": "#microsoft.graph.user"} | owner for owner in owners if owner]
    return listed(scene, shown, replace(resource, type="microsoft.graph.user", complete=False, counted=False))


@implements("managed-device-exchange")
def list_devices_of(scene: RequestContext, resource: Resource) -> Answer:
    """The devices that somebody enrolled; the key in the path is a user."""
    user = replace(resource, store="users", alternate_key="userPrincipalName").locate(scene)
    devices = [device for device in scene.tenant.store(resource.store) if device["userId"] == user["id"]]
    return listed(scene, devices, resource)


@implements("graph-me")
def get_me(scene: RequestContext, resource: Resource) -> Answer:
    """The person of the token; an application is none."""
    if scene.tenant.store("users").get(scene.caller) is None:
        raise Refusal(
            "graph-me",
            status=400,
            code="BadRequest",
            message="/me request is only valid with delegated authentication flow.",
        )
    return get_entity(replace(scene, keys=[scene.caller]), resource)


def counting(lists: Callable[[RequestContext, Resource], Answer]) -> Callable[[RequestContext, Resource], Answer]:
    """How many objects a list has."""

    @implements("graph-count-segment")
    def count(scene: RequestContext, resource: Resource) -> Answer:
        """A number as text, for clients that accept eventual consistency."""
        if not scene.consistent:
            raise Refusal(
                "graph-count-segment",
                status=400,
                code="Request_BadRequest",
                message="$count is not currently supported.",
            )
        operation = replace(scene.operation, template=scene.operation.template.removesuffix("/$count"))
        listing = replace(scene, operation=operation, options=scene.options | {"$count": "true"})
        return Answer(200, str(lists(listing, resource).body["@odata.count"]))

    return count
