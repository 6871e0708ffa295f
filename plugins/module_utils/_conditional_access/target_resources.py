# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a policy is for the resource of a sign-in, or for one that has to be met first. Pure rules: no I/O.

"Target resources" and "Service dependencies" (MicrosoftDocs/entra-docs, docs/identity/conditional-access). The latter
has a table of client apps and the services behind them: early-bound, their policies have to be met first; late-bound,
they have to be met when a token for the service is asked for, which is a sign-in of its own. The page says that the
table is not exhaustive: of a resource that is not in it is not known what has to be met first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .._core.resource import normalize_case, normalized_set
from .sign_in import EXCHANGE_ONLINE, MICROSOFT_GRAPH, SHAREPOINT, SKYPE, TEAMS, SignIn, suites_of

_AZURE_MANAGEMENT = "797f4846-ba00-4fd7-ba43-dac1f8f63013"  # Windows Azure Service Management API
_DIRECTORY = "00000002-0000-0000-c000-000000000000"  # Windows Azure Active Directory
_POWER_APPS = "475226c6-020e-4fb2-8a90-7a972cbfc1d4"
# The table of the page, by the ids of the services in public lists of Microsoft's applications. Microsoft Classroom,
# Outlook groups, Project, Visual Studio and To-Do are not in it here: no public list says for certain which
# application of such a name is meant.
EARLY_BOUND: Mapping[str, frozenset[str]] = {
    "e9f49c6b-5ce5-44c8-925d-015017e9f7ad": frozenset({_AZURE_MANAGEMENT}),  # Azure Data Lake
    TEAMS: frozenset({EXCHANGE_ONLINE, SHAREPOINT, SKYPE}),
    _POWER_APPS: frozenset({_AZURE_MANAGEMENT, _DIRECTORY, SHAREPOINT, EXCHANGE_ONLINE}),
    "7df0a125-d3be-4c96-aa54-591f83ff541c": frozenset({_POWER_APPS}),  # Power Automate
    SKYPE: frozenset({EXCHANGE_ONLINE}),
    "c9a559d2-7aab-4f13-a6ed-e7e9c52aec87": frozenset({EXCHANGE_ONLINE, SHAREPOINT}),  # Microsoft Forms
}
LATE_BOUND: Mapping[str, frozenset[str]] = {
    TEAMS: frozenset(
        {
            "09abbdfd-ed23-44ee-a2d9-a627aa1c90f3",  # Microsoft Planner
            "2634dd23-5e5a-431c-81ca-11710d9079f4",  # Microsoft Stream
            "95de633a-083e-42f5-b444-a4295d8e9314",  # Microsoft Whiteboard
        }
    ),
    "00000006-0000-0ff1-ce00-000000000000": frozenset({EXCHANGE_ONLINE, SHAREPOINT}),  # Office Portal
}
_LISTED = frozenset().union(*((one, *behind) for table in (EARLY_BOUND, LATE_BOUND) for one, behind in table.items()))


def names(applications: Mapping[str, Any], sign_in: SignIn) -> bool | None:
    """Whether a policy is for the resource, or for one that has to be met first; None if that is not known."""
    included, excluded = (normalized_set(applications.get(f"{side}Applications")) for side in ("include", "exclude"))
    resource = normalize_case(sign_in.resource)
    if sign_in.audiences:
        return _any({_names_one(one, included, excluded) for one in sign_in.audiences})
    some = _names_services(included, excluded)
    if resource == MICROSOFT_GRAPH and some:
        return None
    found = {_names_one(one, included, excluded) for one in (resource, *EARLY_BOUND.get(resource, ()))}
    # What else has to be met first may be named by a policy that names some applications.
    if (some and resource not in _LISTED) or any(_names_one(one, included, excluded) for one in _behind(resource)):
        found.add(None)
    return _any(found)


def _any(found: Collection[bool | None]) -> bool | None:
    return True if True in found else None if None in found else False


def excludes(applications: Mapping[str, Any], sign_in: SignIn) -> bool:
    resource = normalize_case(sign_in.resource)
    return not ({resource} | suites_of(resource)[0]).isdisjoint(normalized_set(applications.get("excludeApplications")))


def _behind(resource: str) -> set[str]:
    """What a service that has to be met first needs itself: the page does not say whether that counts."""
    return {far for near in EARLY_BOUND.get(resource, ()) for far in EARLY_BOUND.get(near, ())}


def _names_one(resource: str, included: Collection[str], excluded: Collection[str]) -> bool | None:
    held, possible = suites_of(resource)
    ours = {resource} | held
    if not (ours | {"all"}).isdisjoint(excluded):
        return False
    certain = not (ours | {"all"}).isdisjoint(included)
    if certain and possible.isdisjoint(excluded):
        return True
    return None if certain or not possible.isdisjoint(included) else False


def _names_services(included: Collection[str], excluded: Collection[str]) -> bool:
    """Whether a policy is about some applications, which may be behind the resource, and not about all or none."""
    return bool(set(excluded) or set(included) - {"all", "none", MICROSOFT_GRAPH})
