# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of Intune, read-only: when a device is compliant, which apps protect their data; and for whom."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..state.clock import iso
from ..state.http_messages import Json
from ..state.tenant import Tenant

_PLATFORMS = {
    "iOS": "iosCompliancePolicy",
    "Android": "androidCompliancePolicy",
    "Android work profile": "androidWorkProfileCompliancePolicy",
    "macOS": "macOSCompliancePolicy",
    "Windows": "windows10CompliancePolicy",
}
_OUTLOOK = {"iOS": "com.microsoft.Office.Outlook", "Android": "com.microsoft.office.outlook"}
_EVERYBODY = {
    "All users": "#microsoft.graph.allLicensedUsersAssignmentTarget",
    "All devices": "#microsoft.graph.allDevicesAssignmentTarget",
}


def seed_intune_policies(tenant: Tenant, now: datetime) -> None:
    """`intune.compliance_policies` and `intune.app_protections` of the description."""
    for described in tenant.intune["compliance_policies"]:
        kind = _PLATFORMS[described["platform"]]
        policy = _policy(tenant, kind, described, now)
        tenant.store("deviceCompliancePolicies").add(policy["id"], policy | {"version": 1})
    for described in tenant.intune["app_protections"]:
        kind = f"{described['platform'].lower()}ManagedAppProtection"
        protection = _policy(tenant, kind, described, now)
        apps = described.get("apps", [_OUTLOOK[described["platform"]]])
        tenant.store(f"{kind}s").add(
            protection["id"],
            protection
            | {
                "version": '"1"',
                "deployedAppCount": len(apps),
                "isAssigned": bool(protection["_assignments"]),
                "pinRequired": True,
                "_apps": [_app(described["platform"], app) for app in apps],
            },
        )


def _policy(tenant: Tenant, kind: str, described: Json, now: datetime) -> Json:
    policy_id = tenant.uuid(kind, described["name"])
    return {
        "@odata.type": f"#microsoft.graph.{kind}",
        "id": policy_id,
        "displayName": described["name"],
        "description": None,
        "createdDateTime": iso(now - timedelta(days=100)),
        "lastModifiedDateTime": iso(now - timedelta(days=50)),
        "_assignments": [
            {"id": f"{policy_id}_{number}", "target": target}
            for number, target in enumerate(
                [
                    *(_target(tenant, "groupAssignmentTarget", name) for name in described.get("assigned", [])),
                    *(
                        _target(tenant, "exclusionGroupAssignmentTarget", name)
                        for name in described.get("excluded", [])
                    ),
                ]
            )
        ],
    }


def _target(tenant: Tenant, kind: str, name: str) -> Json:
    if name in _EVERYBODY:
        return {"@odata.type": _EVERYBODY[name]}
    return {"@odata.type": f"#microsoft.graph.{kind}", "groupId": tenant.uuid("group", name)}


def _app(platform: str, app: str) -> Json:
    named = {"iOS": ("iosMobileAppIdentifier", "bundleId"), "Android": ("androidMobileAppIdentifier", "packageId")}
    kind, key = named[platform]
    return {
        "id": f"{app.lower()}.{platform.lower()}",
        "mobileAppIdentifier": {"@odata.type": f"#microsoft.graph.{kind}", key: app},
        "version": None,
    }
