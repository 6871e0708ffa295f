# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Entra's own answer to which policies apply to somebody who opens mail, beside ours.

https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ._conditional_access import APPS, EAS, EXCHANGE_ONLINE, SignIn, read
from ._conditional_access_people import Person
from ._errors import Purpose, TenantError
from ._pace import Pace
from ._tenant import Tenant

# The ways to open mail that the connector was about.
WAYS = tuple(SignIn(client, platform) for client in (APPS, EAS) for platform in ("iOS", "android"))
_PURPOSE = Purpose("ask which Conditional Access policies apply", "Policy.Read.ConditionalAccess or Policy.Read.All")
_PATH = "identity/conditionalAccess/evaluate"
# Reasons for which a policy asks for nothing, though it applies.
_APPLIES_ALL_THE_SAME = {"no_grant", "approved_application"}


def what_if(
    tenant: Tenant, policies: Sequence[Mapping[str, Any]], people: Mapping[str, Person | TenantError]
) -> list[dict[str, Any]]:
    """For each of the people and ways what the service answers, and where our judgement differs.

    What could not be read or asked is an entry with the C(problem). One request a second.
    """
    pace = Pace(tenant.http.clock())  # the policies were read just now
    rows = []
    for name, person in people.items():
        for way in WAYS:
            row: dict[str, Any] = {"user": name, "client": way.client, "platform": way.platform}
            try:
                if isinstance(person, TenantError):
                    raise person
                said = pace.keep(tenant, _PURPOSE, lambda: _asked(tenant, person, way))  # noqa: B023 - sent at once
            except TenantError as error:
                row |= {"agrees": None, "applies": None, "differences": [], "problem": str(error)}
            else:
                differences = list(_differences(policies, person, way, said))
                applies = sorted(one["displayName"] for one in said.values() if one["policyApplies"])
                row |= {"agrees": not differences, "applies": applies, "differences": differences, "problem": ""}
            rows.append(row)
    return rows


def _asked(tenant: Tenant, person: Person, way: SignIn) -> dict[str, Mapping[str, Any]]:
    """The answer on each policy, by its id."""
    body = {
        "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": person.id},
        "signInContext": {
            "@odata.type": "#microsoft.graph.applicationContext",
            "includeApplications": [EXCHANGE_ONLINE],
        },
        "signInConditions": {"clientAppType": way.client, "devicePlatform": way.platform},
        "appliedPoliciesOnly": False,
    }
    return {str(one["id"]): one for one in tenant.graph.ask(_PATH, body, _PURPOSE)}


def _differences(
    policies: Iterable[Mapping[str, Any]], person: Person, way: SignIn, said: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    for policy in policies:
        answer = said.get(str(policy["id"]))
        if answer is None:
            continue  # made since the policies were read
        ours, why = _ours(policy, person, way)
        if ours is not None and ours is not bool(answer["policyApplies"]):
            yield {
                "policy": policy.get("displayName"),
                "service_applies": bool(answer["policyApplies"]),
                "service_reason": answer.get("analysisReasons") or "",
                "ours": why,
            }


def _ours(policy: Mapping[str, Any], person: Person, way: SignIn) -> tuple[bool | None, str]:
    """Whether a policy applies, None where that depends on more than is asked here; and why."""
    reading = read(policy, way)
    if reading.why_not and reading.why_not[0] not in _APPLIES_ALL_THE_SAME:
        return False, reading.why_not[1]
    against, depends = reading.assigned.reach(person, eas=way.client == EAS)
    if against:
        return False, against[1]
    return (None, depends) if depends or reading.conditions else (True, "it applies")
