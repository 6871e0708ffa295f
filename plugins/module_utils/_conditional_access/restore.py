# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore a deleted Conditional Access policy.

Microsoft Graph keeps a deleted policy for 30 days, and lists and restores it in beta:
https://learn.microsoft.com/graph/api/conditionalaccesspolicy-restore?view=graph-rest-beta
It comes back in the state that it had when it was deleted, says the page about the admin center, where report-only can
be chosen instead. The page of the API does not mention the state. So it is read, and a policy is never left in force
that was not in force when it was deleted. https://learn.microsoft.com/entra/architecture/recover-from-deletions
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from .._core.errors import Purpose, TenantError, usage
from .._core.resource import Record, Resource, normalize_case
from .._core.targets import check_marker, only
from .._engine.ensure import ensure
from .._engine.tenant import Tenant
from .._engine.undo import of_removal
from .._http.poll import WithinTask, poll, waiting
from .fields import FIELDS
from .impact import measure
from .lockout import ADMINISTRATORS
from .lockout_check import check_lockout
from .people import read_people
from .policies import POLICY, ConditionalAccessPolicies, ensure_policy
from .subjects import Subjects

_PATH = "identity/conditionalAccess/deletedItems/policies"
_READ = Purpose("read the deleted Conditional Access policies", "Policy.Read.All or Policy.Read.ConditionalAccess")
_WRITE = Purpose("restore the Conditional Access policy", "Policy.ReadWrite.ConditionalAccess")
_FIND = "find the deleted Conditional Access policy"
_LISTED_WITHIN = 60  # seconds
_THERE_AFTER_ALL = ("outcome_unknown", "not_found", "conflict")


class _Deleted:
    """The policy of the options, enabled or deleted; creating it means restoring it."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.policies = ConditionalAccessPolicies()
        self.found: Record = {}  # the deleted policy; empty if it is in force
        self.restored: Record = {}  # the restored policy
        self.namesakes: list[str] = []  # the ids of deleted policies with the name of the existing one
        self._params = params

    def id_of(self, record: Record) -> str:
        return self.policies.id_of(record)

    def _namesakes(self, tenant: Tenant) -> list[str]:
        found = self.policies.deleted(tenant, _PATH, _READ)
        return [str(one["id"]) for one in found if POLICY.identifies(one, self._params)]

    def list(self, tenant: Tenant) -> list[Record]:
        live = self.policies.list(tenant)
        record: Record | None = only(
            [one for one in live if POLICY.identifies(one, self._params)],
            self.id_of,
            "conditional access policy",
            tenant.label,
        )
        _check_name(self._params, record)
        self.namesakes = self._namesakes(tenant) if record and not self._params["id"] else []
        self.found = {} if record else {**_deleted(tenant, self._params, self.policies), "deletedDateTime": None}
        return live

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        self.restored = {**_restored(tenant, self.policies, self.found), "deletedDateTime": None}
        return self.restored

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        raise AssertionError("no option changes a policy")

    def delete(self, tenant: Tenant, record: Record) -> None:
        raise AssertionError("no option removes a policy")


@dataclass(frozen=True)
class _Restored(Resource):
    """A policy that should exist again as it was."""

    deleted: _Deleted = field(kw_only=True)

    def identifies(self, record: Record, params: Mapping[str, Any]) -> bool:
        return POLICY.identifies(record, params)

    def changes(self, params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        return {} if before else self.view(self.deleted.found)

    def to_api(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.deleted.found, **super().to_api(values)}


def ensure_or_restore_policy(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring one policy to the desired state, which may be `restored`. Raises `TenantError`."""
    if params["state"] != "restored":
        return ensure_policy(tenant, params, check_mode)
    _check_options(params)
    deleted = _Deleted(params)
    policy = _Restored(
        POLICY.name, deleted, FIELDS, POLICY.keys, before_write=partial(_check_restoration, deleted), deleted=deleted
    )
    result = {"impact": {}, **ensure(policy, tenant, params, check_mode), "resolved": []}
    if deleted.restored:
        result["diff"] = {**result["diff"], "after": policy.view(deleted.restored)}
    if deleted.namesakes:
        result["warnings"] = [_in_force_already(params["display_name"], deleted.namesakes)]
    return result


def undo_of_policy(params: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """By id, since another policy may have the name by then."""
    step = f"Run the task with state=restored and only id={result.get('deleted_id')}, within 30 days"
    return of_removal(step)(params, result)


def _in_force_already(name: str, ids: list[str]) -> str:
    which = "a deleted policy also has" if len(ids) == 1 else f"{len(ids)} deleted policies also have"
    return (
        f"A policy named {name} exists, so that nothing was restored, but {which} this name: {', '.join(ids)}. "
        f"To restore {'it' if len(ids) == 1 else 'one of them'}, specify the id."
    )


def _check_restoration(
    deleted: _Deleted, tenant: Tenant, params: Mapping[str, Any], record: Record | None
) -> dict[str, Any]:
    """Refuse invalid restorations, for real and in check mode alike; and determine whom the policy affects."""
    check_marker(
        (str(deleted.found.get("displayName")), deleted.found.get("description")),
        params["marker"],
        "Conditional Access policy",
        "Restore it without marker, in the Microsoft Entra admin center or with another task",
        tenant.label,
    )
    return {"impact": _impact(tenant, params, deleted.policies, deleted.found)}


def _check_options(params: Mapping[str, Any]) -> None:
    if not params["id"] and not params["display_name"]:
        raise usage("display_name and id are both missing", "Set one of them to select a policy")
    given = sorted(one.option for one in FIELDS if params.get(one.option) is not None)
    if given:
        raise usage(
            f"state is restored, and {', '.join(given)} would change the policy at the same time",
            "Restore the policy as it was, and change it in another task",
        )


def _deleted(tenant: Tenant, params: Mapping[str, Any], policies: ConditionalAccessPolicies) -> Record:
    found = [one for one in policies.deleted(tenant, _PATH, _READ) if POLICY.identifies(one, params)]
    which = params["id"] or params["display_name"]
    if not found:
        raise TenantError(
            "not_found",
            f"Microsoft Entra lists no policy {which}, neither in force nor deleted",
            _FIND,
            tenant.label,
            next_step="Microsoft Entra keeps deleted policies for 30 days; after that, create the policy again",
        )
    if len(found) > 1:
        listed = ", ".join(f"{one['id']} (deleted on {one.get('deletedDateTime')})" for one in found)
        raise TenantError(
            "ambiguous",
            f"{len(found)} deleted policies are called {which}: {listed}",
            _FIND,
            tenant.label,
            next_step="Specify the id of one of them",
            details={"candidates": [str(one["id"]) for one in found]},
        )
    _check_name(params, found[0])
    return found[0]


def _check_name(params: Mapping[str, Any], record: Record | None) -> None:
    name = params["display_name"]
    if record and params["id"] and name and normalize_case(record.get("displayName")) != normalize_case(name):
        raise usage(
            f"the policy {record['id']} is called {record.get('displayName')}, not {name}, so it is not restored",
            "Set only the id",
        )


def _impact(
    tenant: Tenant, params: Mapping[str, Any], policies: ConditionalAccessPolicies, record: Record
) -> dict[str, Any]:
    """Whom the restored policy affects. It returns in its former state, so it may lock people out."""
    known, planned = policies.known, [*policies.known, record]
    judged = record.get("state") == "enabled" and not params["accept_lockout_risk"]
    people, not_read = read_people(tenant, planned, roles_too=ADMINISTRATORS if judged else ())
    if judged:
        who = (list(people), not_read)
        check_lockout(known, known, record, who, partial(policies.locations, tenant), Subjects(tenant))
    return measure(known, planned, record, people, not_read)


def _restored(tenant: Tenant, policies: ConditionalAccessPolicies, record: Record) -> Record:
    """The policy once it is listed. A restoration whose response was lost is looked for."""
    wanted = normalize_case(record["id"])

    def listed() -> Record | None:
        return next((one for one in policies.list(tenant) if normalize_case(one["id"]) == wanted), None)

    try:
        policies.restore(tenant, f"{_PATH}/{quote(str(record['id']), safe='')}/restore", _WRITE)
    except TenantError as error:
        there = listed() if error.kind in _THERE_AFTER_ALL else None
        if there is None:
            raise
        # If somebody else restored it, its state is theirs.
        return _not_in_force(tenant, policies, record, there) if error.kind == "outcome_unknown" else there
    found, done = poll(
        listed,
        bool,
        WithinTask(tenant.http, _LISTED_WITHIN, (1.0, 10.0)),
        waiting(tenant.progress, lambda policy: "the restored policy to be listed"),
    )
    if not done or found is None:
        raise TenantError(
            "not_visible",
            f"the policy {record['id']} was restored, but the service does not list it yet",
            _WRITE.action,
            tenant.label,
            next_step="Wait some minutes, and run again",
        )
    return _not_in_force(tenant, policies, record, found)


def _not_in_force(tenant: Tenant, policies: ConditionalAccessPolicies, deleted: Record, restored: Record) -> Record:
    """The restored policy in its former state, if another state would put it in force."""
    state = deleted.get("state")
    if restored.get("state") != "enabled" or state == "enabled":
        return restored
    tenant.progress(f"the policy came back in force, and was not when it was deleted; setting its state to {state}")
    try:
        return policies.update(tenant, restored, {"state": state})
    except TenantError as error:
        raise error.but(
            problem=f"the policy {restored['displayName']} ({restored['id']}) came back in force, and was not when it "
            f"was deleted; its state could not be set to {state}: {error.problem}",
            next_step="Turn it off in the Microsoft Entra admin center, or with policy_state=disabled",
        ) from error.__cause__
