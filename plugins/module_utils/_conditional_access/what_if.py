# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Entra's own evaluation of the policies for somebody who opens mail, for comparison with ours.

https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from .._core.errors import Purpose, TenantError
from .._core.read_result import ReadResult, understood
from .._engine.rate_limiter import RateLimiter
from .._engine.tenant import Tenant
from .assignments import Person
from .rules import APPS, EAS, EXCHANGE_ONLINE, SignIn, decide

# The ways to open mail that the connector covered.
WAYS = tuple(SignIn(client, platform) for client in (APPS, EAS) for platform in ("iOS", "android"))
_PURPOSE = Purpose("ask which Conditional Access policies apply", "Policy.Read.ConditionalAccess or Policy.Read.All")
_PATH = "identity/conditionalAccess/evaluate"
# v1.0 has it in its metadata, but two public projects that run on live tenants call beta only.
_VERSIONS = ("v1.0", "beta")
# Signs that a version does not support the call, not that the caller lacks permission.
_NOT_TAKEN = ("not_found", "protocol", "refused")


def what_if(
    tenant: Tenant, policies: Sequence[Mapping[str, Any]], people: Mapping[str, ReadResult[Person]]
) -> list[dict[str, Any]]:
    """For each of the people and ways, the service's evaluation and where ours differs.

    A failed read or call is an entry with the `problem`. One request a second.
    """
    pace = RateLimiter(tenant.http.clock())  # the policies were read just now
    versions = list(_VERSIONS)
    rows = []
    for name, read in people.items():
        for way in WAYS:
            row: dict[str, Any] = {"user": name, "client": way.client, "platform": way.platform}
            try:
                person = read.value
                ask = partial(_paced, tenant, pace, person, way, versions)
                row |= understood(_PURPOSE.action, partial(_row, policies, person, way, ask))
            except TenantError as error:
                row |= {"agrees": None, "applies": None, "differences": [], "problem": str(error)}
            rows.append(row)
    return rows


def _row(
    policies: Iterable[Mapping[str, Any]],
    person: Person,
    way: SignIn,
    ask: Callable[[], Mapping[str, Mapping[str, Any]]],
) -> dict[str, Any]:
    said = ask()
    differences = list(_differences(policies, person, way, said))
    applies = sorted(one["displayName"] for one in said.values() if one["policyApplies"])
    return {"agrees": not differences, "applies": applies, "differences": differences, "problem": ""}


def _paced(
    tenant: Tenant, pace: RateLimiter, person: Person, way: SignIn, versions: list[str]
) -> dict[str, Mapping[str, Any]]:
    """The response of the first version that supports the call; earlier ones are not tried again."""
    refusal: TenantError | None = None
    for version in list(versions):
        ask = partial(_asked, tenant, person, way, version)
        try:
            said = pace.send(tenant, _PURPOSE, ask)
        except TenantError as error:
            if error.kind not in _NOT_TAKEN:
                raise
            refusal = refusal or error  # the error of the documented version
        else:
            del versions[: versions.index(version)]
            return said
    if refusal is None:
        raise AssertionError("no version was asked")
    raise refusal


def _asked(tenant: Tenant, person: Person, way: SignIn, version: str) -> dict[str, Mapping[str, Any]]:
    """The evaluation of each policy, by its id."""
    body = {
        "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": person.id},
        "signInContext": {
            "@odata.type": "#microsoft.graph.applicationContext",
            "includeApplications": [EXCHANGE_ONLINE],
        },
        "signInConditions": {"clientAppType": way.client, "devicePlatform": way.platform},
        "appliedPoliciesOnly": False,
    }
    said = tenant.graph.ask(_PATH, body, _PURPOSE, version)
    return {str(one["id"]): one for one in said}


def _differences(
    policies: Iterable[Mapping[str, Any]], person: Person, way: SignIn, said: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    for ours in decide(policies, way, person).outcomes:
        answer = said.get(str(ours.policy["id"]))  # none if it was created after the policies were read
        if answer is not None and ours.applies is not None and ours.applies is not bool(answer["policyApplies"]):
            yield {
                "policy": ours.policy.get("displayName"),
                "service_applies": bool(answer["policyApplies"]),
                "service_reason": answer.get("analysisReasons") or "",
                "ours": "it applies" if ours.applies else ours.reason,
            }
