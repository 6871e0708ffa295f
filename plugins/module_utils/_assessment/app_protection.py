# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The app protection policies of Intune: which of them cover Outlook on a phone, and whether they are assigned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .._client.graph import Read
from .._core.errors import Purpose
from .._core.read_result import ReadResult
from .._core.resource import Record, normalize_case
from .._engine.tenant import Tenant

READ_APPS = Purpose("read the app protection policies", "DeviceManagementApps.Read.All")
_PATHS = {name: f"deviceAppManagement/{name.lower()}ManagedAppProtections" for name in ("iOS", "Android")}
LISTS = {name: Read(path, READ_APPS) for name, path in _PATHS.items()}
_OUTLOOK = {"com.microsoft.office.outlook"}  # the bundle of iOS and the package of Android, in lower case
_EXCLUDES = "#microsoft.graph.exclusionGroupAssignmentTarget"


def parts(protections: Mapping[str, Sequence[Record]]) -> dict[str, Read]:
    """The apps and the assignments of the policies, by platform: one read for each."""
    found: dict[str, Read] = {}
    for platform, listed in protections.items():
        for one in listed:
            path = f"{_PATHS[platform]}/{quote(str(one['id']), safe='')}"
            found |= {f"{one['id']}/{part}": Read(f"{path}/{part}", READ_APPS) for part in ("apps", "assignments")}
    return found


def described(
    protections: Mapping[str, Sequence[Record]], read: Mapping[str, ReadResult[list[Record]]]
) -> list[dict[str, Any]]:
    """Every policy with its `parts`. Raises the `TenantError` of a part that could not be read."""
    found = []
    for platform, listed in protections.items():
        for one in listed:
            apps, assigned = (read[f"{one['id']}/{part}"].value for part in ("apps", "assignments"))
            found.append(
                {
                    "id": one["id"],
                    "display_name": str(one.get("displayName")),
                    "platform": platform,
                    "covers_outlook": any(map(_is_outlook, apps)),
                    "assigned": included(assigned),
                    "assignments": [one.get("target") or {} for one in assigned],
                }
            )
    return found


def covering(policies: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """By platform, the names of the assigned policies that cover Outlook."""
    found: dict[str, list[str]] = {platform: [] for platform in _PATHS}
    for one in policies:
        if one["covers_outlook"] and one["assigned"]:
            found[one["platform"]].append(one["display_name"])
    return found


def included(assignments: Iterable[Mapping[str, Any]]) -> bool:
    """Whether an Intune policy is assigned to anybody."""
    return any((one.get("target") or {}).get("@odata.type") != _EXCLUDES for one in assignments)


def _is_outlook(app: Mapping[str, Any]) -> bool:
    named = app.get("mobileAppIdentifier") or {}
    return normalize_case(named.get("bundleId") or named.get("packageId") or "") in _OUTLOOK


def app_protection_info(tenant: Tenant) -> dict[str, Any]:
    """The policies, and by platform those that protect Outlook. Raises `TenantError`."""
    protections = {name: listed.value for name, listed in tenant.graph.batch(LISTS).items()}
    policies = described(protections, tenant.graph.batch(parts(protections)))
    return {
        "changed": False,
        "app_protection_policies": [
            {**one, "assignments": [_target(target) for target in one["assignments"]]} for one in policies
        ],
        "outlook_covered_by": covering(policies),
    }


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    """The target of an assignment, such as `#microsoft.graph.groupAssignmentTarget`, in the words of options."""
    kind = str(target.get("@odata.type")).rpartition(".")[2]
    return {"target": kind, "group_id": target.get("groupId")}
