# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access policies of Microsoft Entra in Microsoft Graph v1.0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from .._core.errors import Purpose, TenantError, usage
from .._core.resource import Field, Record, Resource, normalize_case, returned
from .._core.targets import check_marker, check_new_marker
from .._engine.ensure import ensure
from .._engine.graph_collection import GraphCollection
from .._engine.rate_limiter import RateLimiter
from .._engine.tenant import Tenant
from .fields import FIELDS, as_new, both_forms_of_guests
from .impact import measure
from .lockout import ADMINISTRATORS
from .lockout_check import check_lockout
from .people import read_people
from .policy_content import check_content
from .rules import EAS
from .subjects import Subjects

_WRITER = "Policy.Read.All, Policy.ReadWrite.ConditionalAccess and Application.Read.All, all three"
_ENTITIES = GraphCollection(
    "identity/conditionalAccess/policies",
    "#microsoft.graph.conditionalAccessPolicy",
    Purpose("read the Conditional Access policies", "Policy.Read.All"),
    Purpose("write the Conditional Access policy", _WRITER),
)
_LOCATIONS = "identity/conditionalAccess/namedLocations"
IDENTIFYING = frozenset({"id", "display_name"})
# "Conditions", Exchange ActiveSync clients; MicrosoftDocs/azure-docs issues 14466 and 36960 for what is refused.
_EAS_STEP = (
    "For Exchange ActiveSync, a policy takes Exchange Online as its only application and no condition but platforms; "
    "app protection needs the platforms android and iOS. Keep such a policy apart from those for other clients"
)


class ConditionalAccessPolicies:
    """The policies of one tenant, for one task: at most one request a second, and the last list is kept."""

    def __init__(self) -> None:
        self.known: list[Record] = []
        self._limiter = RateLimiter()

    def id_of(self, record: Record) -> str:
        return str(record["id"])

    def list(self, tenant: Tenant) -> list[Record]:
        self.known = [
            _plain(record) for record in self._limiter.send(tenant, _ENTITIES.read, lambda: _ENTITIES.list(tenant))
        ]
        return self.known

    def locations(self, tenant: Tenant) -> Sequence[Record]:
        read = Purpose("read the named locations that policies exclude", "Policy.Read.All")
        return list(self._limiter.send(tenant, read, lambda: tenant.graph.list(_LOCATIONS, read)[0]))

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        try:
            return _plain(self._limiter.send(tenant, _ENTITIES.read, lambda: _ENTITIES.create(tenant, _sent(values))))
        except TenantError as error:
            raise _explained(error, values) from error.__cause__

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        self._check_unchanged(tenant, record, values)
        try:
            changed = self._limiter.send(
                tenant, _ENTITIES.read, lambda: _ENTITIES.update(tenant, record, _sent(values))
            )
        except TenantError as error:
            raise _explained(error, values) from error.__cause__
        if normalize_case(changed["id"]) != normalize_case(record["id"]):
            raise TenantError(
                "other_object",
                f"the module changed the policy {record['id']}, but the response is about {changed['id']}",
                next_step="Check both policies before any other change",
            )
        return changed

    def _check_unchanged(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> None:
        """Refuse parts that somebody else has changed since they were read, kind `conflict`: they are sent as a whole.

        Reading the people of a large tenant takes minutes.
        """
        read, path = _ENTITIES.read, f"{_ENTITIES.path}/{record['id']}"
        now = _plain(self._limiter.send(tenant, read, lambda: tenant.graph.get(path, read)[0]))
        changed = [
            one.option
            for one in FIELDS
            if one.api in values and one.normalize(now.get(one.api)) != one.normalize(record.get(one.api))
        ]
        if changed:
            raise TenantError(
                "conflict",
                f"somebody else has changed {', '.join(changed)} of the policy {record['id']} since it was read",
                _ENTITIES.write.action,
                tenant.label,
            )

    def deleted(self, tenant: Tenant, path: str, read: Purpose) -> Sequence[Record]:
        """The deleted policies, which only beta lists reliably."""
        found = self._limiter.send(tenant, read, lambda: tenant.graph.list(path, read, "beta")[0])
        return [_plain(one) for one in found]

    def restore(self, tenant: Tenant, path: str, write: Purpose) -> None:
        self._limiter.send(tenant, write, lambda: tenant.graph.action(path, None, write, "beta"))

    def delete(self, tenant: Tenant, record: Record) -> None:
        self._limiter.send(tenant, _ENTITIES.read, lambda: _ENTITIES.delete(tenant, record))


@dataclass(frozen=True)
class _Policy(Resource):
    """A policy by its id, or else by its name, which need not be unique.

    subjects turns addresses and names of people, groups and roles into ids.
    """

    subjects: Subjects | None = None

    def identifies(self, record: Record, params: Mapping[str, Any]) -> bool:
        key = ("id", params["id"]) if params.get("id") else ("displayName", params["display_name"])
        return bool(normalize_case(record.get(key[0])) == normalize_case(key[1]))

    def changes(self, params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        if self.subjects:
            params = self.subjects.with_ids(params, before.get("conditions"))
        return super().changes(params if before else as_new(params), before)


POLICY = _Policy(
    name="conditional_access_policy",
    backend=ConditionalAccessPolicies(),
    keys=(Field("display_name", "displayName", normalize=normalize_case),),
    fields=FIELDS,
    poll_after_create=True,
)


def ensure_policy(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring one policy to the desired state. Raises `TenantError`."""
    check_selection(params)
    policies, subjects = ConditionalAccessPolicies(), Subjects(tenant)
    policy = replace(POLICY, backend=policies, subjects=subjects)
    policy = replace(policy, before_write=partial(_check_policy_write, policy, policies))
    try:
        result = ensure(policy, tenant, params, check_mode)
        absent = {"deleted_id": None} if params["state"] == "absent" else {}
        return {"impact": {}, **absent, **result, "resolved": subjects.resolved}
    except TenantError as error:
        if error.kind == "ambiguous" and error.action == "find the conditional access policy":
            step = "Specify the id of one of them, or remove the others by their ids"
            raise error.but(next_step=step) from error.__cause__
        raise


def check_selection(params: Mapping[str, Any]) -> None:
    """Refuse options that select no policy, or guests in two ways."""
    if not params["id"] and not params["display_name"]:
        raise usage("display_name and id are both missing", "Set one of them to select a policy")
    twice = both_forms_of_guests(params)
    if twice:
        raise usage(
            f"{', '.join(twice)} and the corresponding option for guests both select guests",
            "Set only one of them",
        )


def policies_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The policies, or those of this name or id. Raises `TenantError`."""
    wanted = bool(params["id"] or params["display_name"])
    found = [one for one in ConditionalAccessPolicies().list(tenant) if not wanted or POLICY.identifies(one, params)]
    return {"changed": False, "conditional_access_policies": [returned(one) for one in found]}


def _check_policy_write(
    resource: _Policy,
    policies: ConditionalAccessPolicies,
    tenant: Tenant,
    params: Mapping[str, Any],
    record: Record | None,
) -> dict[str, Any]:
    """Refuse invalid changes, for real and in check mode alike; and determine whom the change affects."""
    others = [one for one in policies.known if one is not record]
    check_name(params, record, others)
    if record is not None:
        check_marker(
            (str(record.get("displayName")), record.get("description")),
            params["marker"],
            "Conditional Access policy",
            "Rename that policy, or give it a description that holds the text to hand it over",
            tenant.label,
        )
    if params["state"] == "absent":
        return _check_absent(policies, tenant, record, others)
    return _check_present(resource, policies, tenant, params, record, others)


def _check_absent(
    policies: ConditionalAccessPolicies, tenant: Tenant, record: Record | None, others: Sequence[Record]
) -> dict[str, Any]:
    """Whom the removal affects, and the id of the policy."""
    people, not_read = read_people(tenant, policies.known)
    impact = measure(policies.known, others, record or {}, people, not_read)
    return {"impact": impact, "deleted_id": (record or {}).get("id")}


def _check_present(
    resource: _Policy,
    policies: ConditionalAccessPolicies,
    tenant: Tenant,
    params: Mapping[str, Any],
    record: Record | None,
    others: Sequence[Record],
) -> dict[str, Any]:
    """Refuse a policy that Graph would not accept or that locks administrators out; and whom the change affects."""
    if record is None and params["id"]:
        raise TenantError(
            "not_found",
            f"there is no Conditional Access policy with the id {params['id']}",
            next_step="Omit id to create a policy; Microsoft Entra assigns its id",
        )
    if record is None or params.get("description") is not None:
        check_new_marker(params.get("description"), params["marker"])
    after = _policy_after(resource, params, record)
    known, planned = policies.known, [*others, after]
    judged = after["state"] == "enabled" and not params["accept_lockout_risk"]
    people, not_read = read_people(tenant, [*known, *planned], roles_too=ADMINISTRATORS if judged else ())
    impact = measure(known, planned, after, people, not_read)
    if judged:
        locations = partial(policies.locations, tenant)
        check_lockout(known, others, after, (list(people), not_read), locations, resource.subjects)
    return {"impact": impact}


def _policy_after(resource: _Policy, params: Mapping[str, Any], record: Record | None) -> dict[str, Any]:
    """The policy as it would be after the change, with valid content."""
    before = resource.view(record)
    changes = resource.changes(params, before)
    after = {**(record or {}), **resource.to_api({**before, **changes})}
    check_content(after, record)
    stricter = "policy_state" in changes and after["state"] != "disabled"
    if resource.subjects and ("conditions" in changes or stricter):
        resource.subjects.check(after)
    return after


def check_name(params: Mapping[str, Any], record: Record | None, others: Sequence[Record]) -> None:
    """Refuse an id and a name of two different policies: do not guess which one is meant."""
    name = params["display_name"]
    if not (params["id"] and name and record) or normalize_case(record.get("displayName")) == normalize_case(name):
        return
    owners = [str(one["id"]) for one in others if normalize_case(one.get("displayName")) == normalize_case(name)]
    if owners:
        raise TenantError(
            "ambiguous",
            f"the policy {record['id']} is called {record.get('displayName')}, and {name} is the name of "
            f"{', '.join(owners)}",
            next_step="Specify the id or the name of the policy, or another new name",
            details={"candidates": [str(record["id"]), *owners]},
        )
    if params.get("state") == "absent":
        raise usage(
            f"the policy {record['id']} is called {record.get('displayName')}, not {name}, so it is not removed",
            "Set only the id",
        )


def _explained(error: TenantError, values: Mapping[str, Any]) -> TenantError:
    refused = error.answer is not None and error.answer.status == 400
    if refused and EAS in ((values.get("conditions") or {}).get("clientAppTypes") or ()):
        return error.but(next_step=_EAS_STEP)
    return error


def _plain(value: Any) -> Any:
    """Without the annotations of a response, which Graph does not accept; an object keeps its type."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if "@" not in name or name == "@odata.type"}
    return value


def _sent(values: Mapping[str, Any]) -> dict[str, Any]:
    """The value to write: an authentication strength is returned in full, but only referenced."""
    grant = values.get("grantControls") or {}
    strength = grant.get("authenticationStrength")
    if not strength:
        return dict(values)
    return {**values, "grantControls": {**grant, "authenticationStrength": {"id": strength["id"]}}}
