# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access policies of Microsoft Entra, as Microsoft Graph v1.0 keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ._conditional_access import EAS
from ._conditional_access_fields import FIELDS, as_new
from ._conditional_access_impact import measure
from ._conditional_access_people import filled
from ._entities import Entities
from ._errors import Purpose, TenantError, usage
from ._pace import Pace
from ._resource import Field, Record, Resource, fold, folded_set, returned
from ._run import ensure
from ._tenant import Tenant

_WRITER = "Policy.Read.All, Policy.ReadWrite.ConditionalAccess and Application.Read.All, all three"
_ENTITIES = Entities(
    "identity/conditionalAccess/policies",
    "#microsoft.graph.conditionalAccessPolicy",
    Purpose("read the Conditional Access policies", "Policy.Read.All"),
    Purpose("write the Conditional Access policy", _WRITER),
)
# "Conditions", Exchange ActiveSync clients; MicrosoftDocs/azure-docs issues 14466 and 36960 for what is refused.
_EAS_STEP = (
    "For Exchange ActiveSync, a policy takes Exchange Online as its only application and no condition but platforms; "
    "app protection needs the platforms android and iOS. Keep such a policy apart from those for other clients"
)


class Policies:
    """The policies of one tenant, for one task: not more than one request a second, and the last list is kept."""

    def __init__(self) -> None:
        self.known: list[Record] = []
        self._pace = Pace()

    def id_of(self, record: Record) -> str:
        return str(record["id"])

    def list(self, tenant: Tenant) -> list[Record]:
        self.known = [
            _plain(record) for record in self._pace.keep(tenant, _ENTITIES.read, lambda: _ENTITIES.list(tenant))
        ]
        return self.known

    def create(self, tenant: Tenant, values: Mapping[str, Any]) -> Record:
        try:
            return _plain(self._pace.keep(tenant, _ENTITIES.read, lambda: _ENTITIES.create(tenant, _sent(values))))
        except TenantError as error:
            raise _explained(error, values) from error.__cause__

    def update(self, tenant: Tenant, record: Record, values: Mapping[str, Any]) -> Record:
        try:
            return self._pace.keep(tenant, _ENTITIES.read, lambda: _ENTITIES.update(tenant, record, _sent(values)))
        except TenantError as error:
            raise _explained(error, values) from error.__cause__

    def delete(self, tenant: Tenant, record: Record) -> None:
        self._pace.keep(tenant, _ENTITIES.read, lambda: _ENTITIES.delete(tenant, record))


@dataclass(frozen=True)
class _Policy(Resource):
    """Found by its id, or else by its name, which need not be unique."""

    def identifies(self, record: Record, params: Mapping[str, Any]) -> bool:
        key = ("id", params["id"]) if params.get("id") else ("displayName", params["display_name"])
        return bool(fold(record.get(key[0])) == fold(key[1]))

    def changes(self, params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        return super().changes(params if before else as_new(params), before)


POLICY = _Policy(
    name="conditional_access_policy",
    backend=Policies(),
    keys=(Field("display_name", "displayName", same=fold),),
    fields=FIELDS,
    may_double=True,
)


def keep(tenant: Tenant, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring one policy to the wanted state. Raises L(TenantError)."""
    if not params["id"] and not params["display_name"]:
        raise usage("display_name and id are missing, so it is not said which policy is meant")
    policies = Policies()
    policy = replace(POLICY, backend=policies, before_write=partial(_before_write, policies))
    try:
        return {"impact": {}, **ensure(policy, tenant, params, check_mode)}
    except TenantError as error:
        if error.kind == "ambiguous":
            error.next_step = "Give the id of the policy that is meant, or remove the others by theirs"
        raise


def info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The policies, or those of this name or id. Raises L(TenantError)."""
    wanted = bool(params["id"] or params["display_name"])
    found = [one for one in Policies().list(tenant) if not wanted or POLICY.identifies(one, params)]
    return {"changed": False, "conditional_access_policies": [returned(one) for one in found]}


def _before_write(
    policies: Policies, tenant: Tenant, params: Mapping[str, Any], record: Record | None
) -> dict[str, Any]:
    """What is refused, for real and in check mode alike; and whom the change reaches."""
    others = [one for one in policies.known if one is not record]
    if params["state"] == "absent":
        return {"impact": measure(tenant, policies.known, others, record or {})}
    if record is None and params["id"]:
        raise TenantError(
            "not_found",
            f"there is no Conditional Access policy with the id {params['id']}",
            next_step="Leave id out to create a policy, which gets an id of its own",
        )
    before = POLICY.view(record)
    after = {**(record or {}), **POLICY.wire({**before, **POLICY.changes(params, before)})}
    _check_content(after)
    if _locks_out(after) and not params["accept_lockout_risk"]:
        raise TenantError(
            "lockout_risk",
            f"{after['displayName']} would be enabled for all users, and excludes no account and no group. If it "
            "keeps everybody out, nobody is left to change it",
            next_step="Exclude an emergency account with conditions.users.exclude_users, or use "
            "policy_state report_only; accept_lockout_risk takes the risk",
        )
    return {"impact": measure(tenant, policies.known, [*others, after], after)}


def _check_content(policy: Mapping[str, Any]) -> None:
    """What Graph wants of any policy ("Create conditionalAccessPolicy"), said before anything is sent."""
    conditions = policy.get("conditions") or {}
    missing = [
        option
        for option, there in {
            "conditions.users": filled(conditions.get("users")) or filled(conditions.get("clientApplications")),
            "conditions.applications": filled(conditions.get("applications")),
            "conditions.client_app_types": filled(conditions.get("clientAppTypes")),
            "grant_controls or session_controls": filled({**(policy.get("grantControls") or {}), "operator": None})
            or filled(policy.get("sessionControls")),
        }.items()
        if not there
    ]
    if missing:
        raise usage(f"a policy needs {', '.join(missing)}, and nothing is given there")


def _locks_out(policy: Mapping[str, Any]) -> bool:
    users = policy["conditions"].get("users") or {}
    spared = folded_set(users.get("excludeUsers")) - {"guestsorexternalusers"} or users.get("excludeGroups")
    return policy.get("state") == "enabled" and "all" in folded_set(users.get("includeUsers")) and not spared


def _explained(error: TenantError, values: Mapping[str, Any]) -> TenantError:
    refused = error.answer is not None and error.answer.status == 400
    if refused and EAS in ((values.get("conditions") or {}).get("clientAppTypes") or ()):
        error.next_step = _EAS_STEP
    return error


def _plain(value: Any) -> Any:
    """Without the annotations of an answer, which Graph does not take back; the type of an object stays."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if "@" not in name or name == "@odata.type"}
    return value


def _sent(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is written: an authentication strength is shown whole, but only referred to."""
    grant = values.get("grantControls") or {}
    strength = grant.get("authenticationStrength")
    if not strength:
        return dict(values)
    return {**values, "grantControls": {**grant, "authenticationStrength": {"id": strength["id"]}}}
