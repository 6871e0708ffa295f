# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleted Conditional Access policies, which are kept for 30 days and can be restored."""

from __future__ import annotations

from datetime import timedelta

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource, get_entity, listed, not_found
from ..state.clock import iso
from ..state.http_messages import Answer, Json

_DELETED = "deletedConditionalAccessPolicies"
_KEPT = timedelta(days=30)


@implements("conditional-access-deleted")
def delete_policy(scene: RequestContext, policy: Json) -> None:
    """A deleted policy is kept under its id."""
    deleted = {**policy, "deletedDateTime": iso(scene.now), "_deleted": scene.now}
    scene.tenant.store(_DELETED).add(policy["id"], deleted)


@implements("conditional-access-deleted")
def list_deleted(scene: RequestContext, resource: Resource) -> Answer:
    return listed(scene, [one for one in scene.tenant.store(_DELETED) if _is_kept(scene, one)], resource)


@implements("conditional-access-deleted")
def get_deleted(scene: RequestContext, resource: Resource) -> Answer:
    _located(scene)
    return get_entity(scene, resource)


@implements("conditional-access-restored")
def restore_policy(scene: RequestContext, resource: Resource) -> Answer:
    """The policy is restored unchanged, with its id."""
    policy = {name: value for name, value in _located(scene).items() if name not in ("deletedDateTime", "_deleted")}
    scene.tenant.store(_DELETED).remove(policy["id"])
    scene.tenant.store("conditionalAccessPolicies").add(policy["id"], policy)
    return get_entity(scene, resource)


def _located(scene: RequestContext) -> Json:
    found = scene.tenant.store(_DELETED).get(scene.keys[0].lower())
    if found is None or not _is_kept(scene, found):
        raise not_found(scene, scene.keys[0])
    return found


def _is_kept(scene: RequestContext, policy: Json) -> bool:
    kept: bool = scene.now - policy["_deleted"] <= _KEPT
    return kept
