# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies that a rehearsal is given: the options of the policy module, refused as that module refuses them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .._conditional_access.fields import FIELDS
from .._conditional_access.policies import IDENTIFYING, POLICY, check_name, check_selection
from .._conditional_access.policy_content import check_content
from .._conditional_access.subjects import Subjects
from .._core.errors import TenantError, one_line, usage
from .._core.resource import Record, clearing
from .._core.targets import null_refusal, only, refuse_blank
from .._engine.tenant import Tenant

_Done = TypeVar("_Done")
_POLICY_SPEC = {one.option: {"type": "str", **one.spec} for one in (*POLICY.keys, *POLICY.fields)}
_POLICY_SPEC["id"] = {"type": "str"}


def valid(number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """One of the proposed policies, in the form that the policy module accepts.

    The whole list is one option, so that what modules check of their own options is checked here again.
    """
    _at(number, _refuse_null, given)
    try:
        validated = ArgumentSpecValidator(_POLICY_SPEC).validate(given)
    except TypeError as error:  # Ansible validates the parts of an option even if that option is not a dictionary
        raise usage(
            f"policies[{number}] is not what conditional_access_policy accepts ({one_line(error, 120)})",
            "Write its options as dictionaries with texts as keys, like those of that module",
        ) from error
    if validated.error_messages:
        said = (f"unsupported: {one}" if isinstance(one, UnsupportedError) else str(one) for one in validated.errors)
        raise usage(f"policies[{number}]: {'; '.join(said)}")
    params: dict[str, Any] = validated.validated_parameters
    _at(number, _check_valid, params)
    return params


def _refuse_null(given: Mapping[str, Any]) -> None:
    refused = null_refusal(_POLICY_SPEC, given, IDENTIFYING, clearing(FIELDS))
    if refused is not None:
        raise refused


def _check_valid(params: Mapping[str, Any]) -> None:
    refuse_blank(_POLICY_SPEC, params, clearing(FIELDS))
    if not params["id"] and not params["display_name"]:
        raise usage("neither display_name nor id is set", "Set one of them to select a policy")
    check_selection(params)


def _at(number: int, step: Callable[..., _Done], *given: Any) -> _Done:
    """A step with a proposed policy; faults are reported with its position in the list."""
    try:
        return step(*given)
    except TenantError as error:
        raise error.but(problem=f"policies[{number}]: {error.problem}") from error.__cause__


def proposed(
    number: int, tenant: Tenant, existing: Sequence[Record], params: Mapping[str, Any], subjects: Subjects
) -> Record:
    """The policy after the change, enforced. Raises `TenantError`."""
    return _at(number, _after, tenant, existing, params, subjects)


def _after(tenant: Tenant, existing: Sequence[Record], params: Mapping[str, Any], subjects: Subjects) -> Record:
    found = [one for one in existing if POLICY.identifies(one, params)]
    record = only(found, POLICY.backend.id_of, "conditional access policy", tenant.label)
    if record is None and params["id"]:
        raise TenantError(
            "not_found",
            f"there is no Conditional Access policy with the proposed id {params['id']}",
            next_step="Omit id to propose a new policy",
        )
    check_name(params, record, [one for one in existing if one is not record])
    resource = replace(POLICY, subjects=subjects)
    before = resource.view(record)
    after = {**(record or {}), **resource.to_api({**before, **resource.changes(params, before)}), "state": "enabled"}
    check_content(after, record)
    subjects.check(after)
    return {**after, "id": (record or {}).get("id")}
