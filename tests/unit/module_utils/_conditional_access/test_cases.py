# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public cases of Conditional Access: what Microsoft's pages, ScubaGear, Maester and prowler say of a set of policies.

Pages without a host are those of MicrosoftDocs/entra-docs, docs/identity/conditional-access, or of learn.microsoft.com.
Cases of which no page says what is right have "not settled" in their name; the answer is the cautious one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._assessment import access
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import (
    APPS,
    BLOCK,
    BROWSER,
    DEVICE_OR_APP,
    EAS,
    EXCHANGE_ONLINE,
    LEGACY,
    REPORT_ONLY,
    UNREGISTERED,
    Device,
    SignIn,
    decide,
    judge,
    registered,
)
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import ReadResult

COVERED, DEPENDS, NOT = "covered", "depends_on", "not_covered"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
Policy = dict[str, Any]


def policy(
    *controls: str,
    operator: str = "OR",
    state: str = "enabled",
    users: dict[str, Any] | None = None,
    apps: dict[str, Any] | None = None,
    grant: dict[str, Any] | None = None,
    session: str = "",
    **conditions: Any,
) -> Policy:
    """A policy for all users, all resources and all client apps unless told otherwise."""
    return {
        "id": "1",
        "displayName": "Ours",
        "state": state,
        "conditions": {
            "users": users or {"includeUsers": ["All"]},
            "applications": apps or {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
            **conditions,
        },
        "grantControls": {"operator": operator, "builtInControls": list(controls), **(grant or {})},
        "sessionControls": {session: {"isEnabled": True}} if session else None,
    }


def filtered(mode: str, rule: str) -> Policy:
    return policy("block", devices={"deviceFilter": {"mode": mode, "rule": rule}})


def placed(included: list[str], excluded: list[str] | None = None) -> Policy:
    return policy("block", locations={"includeLocations": included, "excludeLocations": excluded or []})


FILTERED = {"not compliant": filtered("exclude", 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"')}


@dataclass(frozen=True)
class Way:
    """One way to open mail, and the person."""

    client: str
    platform: str
    wanted: Any
    kind: str = "member"
    device: Device | None = None
    places: str = ""
    groups: str = ""
    user: str = "somebody"
    eligible: str | None = ""


@dataclass(frozen=True)
class Check:
    """One check of the assessment, for people by name and number."""

    id: str
    people: Any = (("m", 10),)
    emergency: int = 2
    defaults: bool | None = False


# Name, source, policies, question, right answer. S: ScubaGear, P: prowler, M: Maester, the others: Microsoft.
CASES: list[tuple[str, str, list[Policy], Way | Check, str]] = [
    (
        "S1",
        "ScubaGear aad.testplan.yaml MS.AAD.1.1v1 missing EAS",
        [policy("block", clientAppTypes=[LEGACY])],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "S3",
        "ScubaGear aad.testplan.yaml MS.AAD.1.1v1 compliant",
        [policy("block", clientAppTypes=[LEGACY, EAS])],
        Check("legacy_blocked"),
        "met",
    ),
    (
        "S4",
        "ScubaGear AADConfig_01_test.rego IncludeApplications_Incorrect",
        [policy("block", apps={"includeApplications": ["Office365"]}, clientAppTypes=[LEGACY, EAS])],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "S5",
        "ScubaGear AADConfig_01_test.rego IncludeUsers_Incorrect",
        [
            policy(
                "block", users={"includeUsers": ["8bc7c6ee-39a2-42a5-a31b-f77fb51db652"]}, clientAppTypes=[LEGACY, EAS]
            )
        ],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "S7",
        "ScubaGear AADConfig_01_test.rego ExemptUsers_Correct",
        [policy("block", users={"includeUsers": ["All"], "excludeUsers": ["x"]}, clientAppTypes=[LEGACY, EAS])],
        Check("legacy_blocked", [("m", 10), ("x", 1)]),
        "met",
    ),
    (
        "S9",
        "ScubaGear AADConfig_01_test.rego ClientAppTypes_Incorrect",
        [policy("block", clientAppTypes=[])],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "S10",
        "ScubaGear AADConfig_01_test.rego BuiltInControls_Incorrect",
        [policy(clientAppTypes=[LEGACY, EAS])],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "S11",
        "ScubaGear AADConfig_01_test.rego State_Incorrect",
        [policy("block", state="disabled", clientAppTypes=[LEGACY, EAS])],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "S12",
        "ScubaGear AADConfig_01_test.rego RoleExclusions_Incorrect",
        [
            policy(
                "block",
                users={"includeUsers": ["All"], "excludeRoles": [GLOBAL_ADMINISTRATOR]},
                clientAppTypes=[LEGACY, EAS],
            )
        ],
        Check("legacy_blocked", [("m", 10), ("x", 3)]),
        "unmet",
    ),
    (
        "S14",
        "ScubaGear AADConfig_01_test.rego GuestUserTypeExclusionNoExempt_Incorrect",
        [
            policy(
                "block",
                users={
                    "includeUsers": ["All"],
                    "excludeGuestsOrExternalUsers": {
                        "guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest",
                        "externalTenants": {"membershipKind": "all"},
                    },
                },
                clientAppTypes=[LEGACY, EAS],
            )
        ],
        Check("legacy_blocked", [("m", 10), ("g", 3)]),
        "unmet",
    ),
    (
        "S17",
        "ScubaGear aad.testplan.yaml MS.AAD.3.8v1 user action registersecurityinfo",
        [
            policy(
                "compliantDevice",
                "domainJoinedDevice",
                apps={"includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"]},
            )
        ],
        Way(APPS, "iOS", DEVICE_OR_APP),
        "not_covered",
    ),
    (
        "S18",
        "ScubaGear aad.testplan.yaml MS.AAD.3.9v1 device code block disabled",
        [policy("block", state="disabled", authenticationFlows={"transferMethods": "deviceCodeFlow"})],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "S19",
        "ScubaGear aad.testplan.yaml MS.AAD.3.9v1 device code block enabled",
        [policy("block", authenticationFlows={"transferMethods": "deviceCodeFlow"})],
        Way(APPS, "iOS", None),
        "depends_on",
    ),
    (
        "S20",
        "ScubaGear AADConfig_01_test.rego ExemptUsers exemption larger than left-out (MultiUser)",
        [policy("block", users={"includeUsers": ["All"], "excludeUsers": ["x", "y"]}, clientAppTypes=[LEGACY, EAS])],
        Check("legacy_blocked", [("m", 10), ("x", 1), ("y", 1)]),
        "met",
    ),
    (
        "P1",
        "prowler m365 entra_managed_device",
        [policy("compliantDevice", state=REPORT_ONLY)],
        Check("device_required"),
        "unmet",
    ),
    (
        "P2",
        "prowler m365 entra_managed_device",
        [policy("compliantDevice", users={"includeUsers": ["All"], "excludeUsers": ["bg"]})],
        Check("device_required", [("m", 10), ("bg", 1)]),
        "met",
    ),
    (
        "P3",
        "prowler m365 entra_managed_device",
        [policy("compliantDevice", apps={"includeApplications": ["All"], "excludeApplications": ["office-app-id"]})],
        Check("device_required"),
        "unmet",
    ),
    ("P4", "prowler m365 entra_managed_device", [policy("compliantDevice", "mfa")], Check("device_required"), "unmet"),
    (
        "P6",
        "prowler m365 entra_managed_device",
        [policy("compliantDevice", "mfa", operator="AND")],
        Check("device_required"),
        "met",
    ),
    (
        "P7",
        "prowler m365 legacy_authentication_blocked",
        [policy("block", clientAppTypes=[LEGACY, EAS])],
        Check("legacy_blocked"),
        "met",
    ),
    (
        "P8",
        "prowler m365 legacy_authentication_blocked",
        [policy("block", state=REPORT_ONLY, clientAppTypes=[LEGACY, EAS])],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "P9",
        "prowler m365 approved_client_app_required_for_mobile",
        [policy("compliantApplication", platforms={"includePlatforms": ["android", "iOS"], "excludePlatforms": []})],
        Check("modern_clients"),
        "met",
    ),
    (
        "P11",
        "prowler m365 approved_client_app_required_for_mobile",
        [policy("compliantApplication", platforms={"includePlatforms": ["android"], "excludePlatforms": []})],
        Check("modern_clients"),
        "unmet",
    ),
    (
        "P12",
        "prowler m365 approved_client_app_required_for_mobile",
        [policy("compliantApplication", platforms={"includePlatforms": ["all"], "excludePlatforms": ["iOS"]})],
        Check("modern_clients"),
        "unmet",
    ),
    (
        "P13",
        "prowler m365 approved_client_app_required_for_mobile",
        [
            policy(
                "compliantApplication",
                "mfa",
                platforms={"includePlatforms": ["android", "iOS"], "excludePlatforms": []},
            )
        ],
        Check("modern_clients"),
        "unmet",
    ),
    (
        "P14",
        "prowler m365 approved_client_app_required_for_mobile",
        [
            policy(
                "compliantApplication",
                "mfa",
                operator="AND",
                platforms={"includePlatforms": ["android", "iOS"], "excludePlatforms": []},
            )
        ],
        Check("modern_clients"),
        "met",
    ),
    (
        "P16",
        "prowler m365 block_unknown_device_platforms",
        [
            policy(
                "block",
                platforms={
                    "includePlatforms": ["all"],
                    "excludePlatforms": ["android", "iOS", "windows", "macOS", "linux"],
                },
            )
        ],
        Way(APPS, "other", BLOCK),
        "covered",
    ),
    (
        "P17",
        "prowler m365 block_unknown_device_platforms",
        [
            policy(
                "block",
                platforms={
                    "includePlatforms": ["all"],
                    "excludePlatforms": ["android", "iOS", "windows", "macOS", "linux"],
                },
            )
        ],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "P18",
        "prowler m365 block_unknown_device_platforms",
        [policy("block", platforms={"includePlatforms": ["android", "iOS"], "excludePlatforms": []})],
        Way(APPS, "other", None),
        "not_covered",
    ),
    (
        "M1",
        "Maester MT.1010 EAS block for Exchange Online",
        [policy("block", apps={"includeApplications": [EXCHANGE_ONLINE]}, clientAppTypes=[EAS])],
        Way(EAS, "iOS", BLOCK),
        "covered",
    ),
    (
        "M2",
        "Maester MT.1009 'other' blocked for All",
        [policy("block", clientAppTypes=[LEGACY])],
        Way(LEGACY, "other", BLOCK),
        "covered",
    ),
    (
        "M3",
        "Maester MT.1033 WhatIf user legacy",
        [policy("block", users={"includeGroups": ["g"]}, clientAppTypes=[EAS])],
        Way(EAS, "iOS", BLOCK),
        "not_covered",
    ),
    (
        "M4",
        "Maester MT.1034 emergency account EAS WhatIf empty",
        [
            policy("block", users={"includeUsers": ["All"], "excludeUsers": ["bob"]}, clientAppTypes=[LEGACY, EAS]),
            policy("mfa", users={"includeUsers": ["All"], "excludeGroups": ["g"]}),
        ],
        Way(EAS, "iOS", None, groups="g", user="bob"),
        "not_covered",
    ),
    (
        "M5",
        "Maester MT.1072 approved app",
        [
            policy(
                "approvedApplication",
                "compliantApplication",
                platforms={"includePlatforms": ["android", "iOS"], "excludePlatforms": []},
            )
        ],
        Way(APPS, "iOS", DEVICE_OR_APP),
        "covered",
    ),
    (
        "D1",
        "concept-conditional-access-conditions",
        [policy("compliantDevice")],
        Way(LEGACY, "other", BLOCK),
        "covered",
    ),
    (
        "D2",
        "concept-conditional-access-conditions",
        [policy("mfa", grant={"termsOfUse": ["terms"]})],
        Way(EAS, "iOS", BLOCK),
        "covered",
    ),
    (
        "D5",
        "policy-old-require-mfa-admin",
        [policy("mfa", users={"includeRoles": [GLOBAL_ADMINISTRATOR]})],
        Way(EAS, "iOS", BLOCK),
        "not_covered",
    ),
    (
        "D6",
        "policy-old-require-mfa-guest",
        [
            policy(
                "mfa",
                users={
                    "includeGuestsOrExternalUsers": {
                        "guestOrExternalUserTypes": "b2bCollaborationGuest",
                        "externalTenants": {"membershipKind": "all"},
                    }
                },
            )
        ],
        Way(EAS, "iOS", BLOCK),
        "not_covered",
    ),
    (
        "D7",
        "policy-old-require-mfa-admin, no block of legacy clients",
        [policy("mfa", users={"includeRoles": [GLOBAL_ADMINISTRATOR]})],
        Check("eas"),
        "unmet",
    ),
    ("D8", "concept-conditional-access-conditions", [policy("block")], Way(APPS, "other", None), "covered"),
    (
        "D9",
        "concept-conditional-access-conditions",
        [policy("compliantApplication")],
        Way(BROWSER, "iOS", DEVICE_OR_APP),
        "covered",
    ),
    (
        "D12",
        "concept-conditional-access-conditions",
        [policy("block", clientAppTypes=["easSupported"])],
        Way(EAS, "other", None),
        "not_covered",
    ),
    (
        "D13",
        "concept-conditional-access-conditions",
        [policy("block", agentExecutionEnvironments={"includeEnvironments": ["endpoint"]})],
        Way(APPS, "iOS", None),
        "depends_on",
    ),
    (
        "D14",
        "concept-conditional-access-conditions",
        [policy("block", devices={"includeDeviceStates": ["All"], "excludeDeviceStates": ["Compliant"]})],
        Way(APPS, "iOS", None),
        "depends_on",
    ),
    (
        "D15",
        "concept-conditional-access-conditions",
        [policy("block", insiderRiskLevels="elevated")],
        Way(APPS, "iOS", None),
        "depends_on",
    ),
    (
        "D16",
        "concept-conditional-access-conditions",
        [policy("block", agentIdRiskLevels="high")],
        Way(APPS, "iOS", None),
        "depends_on",
    ),
    (
        "F1",
        "concept-condition-filters-for-devices, table 'Policy behavior'",
        [
            policy(
                "block",
                devices={
                    "deviceFilter": {
                        "mode": "exclude",
                        "rule": 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"',
                    }
                },
            )
        ],
        Way(APPS, "iOS", DEVICE_OR_APP, device=UNREGISTERED),
        "covered",
    ),
    (
        "F2",
        "concept-condition-filters-for-devices, table 'Policy behavior'",
        [policy("block", devices={"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq False"}})],
        Way(APPS, "iOS", DEVICE_OR_APP, device=UNREGISTERED),
        "not_covered",
    ),
    (
        "F3",
        "concept-condition-filters-for-devices, table 'Policy behavior'",
        [policy("block", devices={"deviceFilter": {"mode": "include", "rule": "device.isCompliant -ne True"}})],
        Way(APPS, "iOS", DEVICE_OR_APP, device=UNREGISTERED),
        "covered",
    ),
    (
        "F4",
        "concept-condition-filters-for-devices, table 'Policy behavior'",
        [
            policy(
                "block",
                devices={
                    "deviceFilter": {
                        "mode": "exclude",
                        "rule": 'device.isCompliant -eq True -or device.trustType -eq "ServerAD"',
                    }
                },
            )
        ],
        Way(LEGACY, "other", BLOCK),
        "covered",
    ),
    (
        "F5",
        "concept-condition-filters-for-devices, table 'Policy behavior'",
        [
            policy(
                "block", devices={"deviceFilter": {"mode": "include", "rule": 'device.operatingSystem -eq "Windows"'}}
            )
        ],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "G1",
        "concept-conditional-access-grant",
        [policy("mfa", "compliantDevice", operator="")],
        Way(APPS, "iOS", DEVICE_OR_APP),
        "covered",
    ),
    ("G2", "concept-conditional-access-grant", [policy("domainJoinedDevice")], Way(APPS, "iOS", BLOCK), "covered"),
    (
        "G4",
        "concept-conditional-access-grant",
        [policy("mfa", "compliantDevice", "domainJoinedDevice")],
        Way(APPS, "iOS", DEVICE_OR_APP),
        "not_covered",
    ),
    (
        "G5",
        "concept-conditional-access-grant",
        [
            policy(
                "approvedApplication",
                "compliantApplication",
                platforms={"includePlatforms": ["android", "iOS"], "excludePlatforms": []},
            )
        ],
        Way(APPS, "iOS", DEVICE_OR_APP),
        "covered",
    ),
    (
        "G7",
        "concept-conditional-access-policies",
        [policy("mfa", "compliantDevice"), policy("mfa", "compliantApplication")],
        Way(APPS, "iOS", DEVICE_OR_APP),
        "not_covered",
    ),
    (
        "G9",
        "external-id/authentication-conditional-access",
        [policy("compliantDevice", "compliantApplication")],
        Way(APPS, "iOS", {"compliantDevice"}, "b2bCollaborationGuest"),
        "covered",
    ),
    (
        "G10",
        "external-id/authentication-conditional-access",
        [policy("compliantApplication")],
        Way(APPS, "iOS", BLOCK, "b2bCollaborationGuest"),
        "covered",
    ),
    (
        "X1",
        "concept-conditional-access-session",
        [policy(session="signInFrequency")],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "X2",
        "concept-conditional-access-session",
        [policy(session="secureSignInSession")],
        Way(APPS, "iOS", DEVICE_OR_APP),
        "not_covered",
    ),
    (
        "X3",
        "concept-conditional-access-session",
        [policy(session="applicationEnforcedRestrictions")],
        Way(BROWSER, "iOS", DEVICE_OR_APP),
        "not_covered",
    ),
    (
        "T2",
        "concept-conditional-access-cloud-apps",
        [policy("block", apps={"includeApplications": ["Office365"], "excludeApplications": [EXCHANGE_ONLINE]})],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "T3",
        "concept-conditional-access-cloud-apps",
        [policy("block", apps={"includeApplications": ["MicrosoftAdminPortals"]})],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "T5",
        "concept-conditional-access-cloud-apps",
        [policy("block", apps={"includeApplications": ["cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"]})],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "T7",
        "concept-conditional-access-cloud-apps",
        [policy("block", apps={"includeAuthenticationContextClassReferences": ["c1"]})],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "T8",
        "concept-conditional-access-cloud-apps",
        [policy("block", apps={"includeApplications": ["AllAgentIdResources"]})],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "T9",
        "concept-conditional-access-cloud-apps",
        [policy("block", apps={"includeApplications": ["c08f52c9-8f03-4558-a0ea-9a4c878cf343"]})],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "T10",
        "concept-conditional-access-cloud-apps",
        [policy("block", apps={"includeApplications": ["00000002-0000-0000-c000-000000000000"]})],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "T11",
        "concept-conditional-access-cloud-apps",
        [policy("mfa", apps={"includeUserActions": ["urn:user:registerdevice"]})],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "U1",
        "concept-conditional-access-users-groups",
        [policy("block", users={"includeGroups": ["g"], "excludeUsers": ["bob"]})],
        Way(APPS, "iOS", None, groups="g", user="bob"),
        "not_covered",
    ),
    (
        "U2",
        "concept-conditional-access-users-groups",
        [policy("block")],
        Way(APPS, "iOS", None, "b2bCollaborationGuest"),
        "covered",
    ),
    (
        "U3",
        "concept-conditional-access-users-groups",
        [policy("block", users={"includeUsers": ["GuestsOrExternalUsers"]})],
        Way(APPS, "iOS", None, "b2bCollaborationMember"),
        "covered",
    ),
    (
        "U6",
        "concept-conditional-access-users-groups",
        [
            policy(
                "block",
                users={"includeUsers": ["None"]},
                clientApplications={"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]},
            )
        ],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "U8",
        "concept-conditional-access-users-groups",
        [
            policy(
                "block",
                users={
                    "includeGuestsOrExternalUsers": {
                        "guestOrExternalUserTypes": "b2bCollaborationMember",
                        "externalTenants": {"membershipKind": "enumerated", "members": ["t1"]},
                    }
                },
            )
        ],
        Way(APPS, "iOS", None, "b2bCollaborationMember"),
        "not_covered",
    ),
    (
        "R1",
        "concept-conditional-access-report-only",
        [policy("block", state=REPORT_ONLY)],
        Way(APPS, "iOS", None),
        "not_covered",
    ),
    (
        "L1",
        "concept-assignment-network",
        [policy("block", locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]})],
        Way(APPS, "iOS", None),
        "depends_on",
    ),
    (
        "L2",
        "concept-assignment-network, two policies",
        [
            policy("block", locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}),
            policy("compliantDevice", locations={"includeLocations": ["AllTrusted"]}),
        ],
        Way(APPS, "iOS", DEVICE_OR_APP),
        "covered",
    ),
    (
        "L3",
        "concept-conditional-access-conditions, risk",
        [
            policy("compliantDevice", signInRiskLevels=["high", "medium"]),
            policy("compliantDevice", signInRiskLevels=["low", "none"]),
        ],
        Way(APPS, "iOS", DEVICE_OR_APP),
        "covered",
    ),
    (
        "A1",
        "concept-authentication-flows",
        [policy("block", authenticationFlows={"transferMethods": "deviceCodeFlow"})],
        Way(EAS, "iOS", BLOCK),
        "not_covered",
    ),
    (
        "W1",
        "graph/api/resources/conditionalaccessplatforms",
        [policy("block", platforms={"includePlatforms": [], "excludePlatforms": ["iOS"]})],
        Way(APPS, "android", None),
        "covered",
    ),
    (
        "E1",
        "concept-conditional-access-users-groups, Exclude users",
        [
            policy(
                "compliantDevice", users={"includeGroups": ["staff"]}, apps={"includeApplications": [EXCHANGE_ONLINE]}
            ),
            policy("mfa", users={"includeUsers": ["All"], "excludeUsers": ["vip1", "vip2"]}),
        ],
        Check("modern_clients", [("m", 98), ("vip1", 1), ("vip2", 1)]),
        "unmet",
    ),
    (
        "E2",
        "concept-conditional-access-users-groups, Exclude users",
        [
            policy(
                "compliantDevice", users={"includeGroups": ["staff"]}, apps={"includeApplications": [EXCHANGE_ONLINE]}
            )
        ],
        Check("modern_clients", [("m", 98), ("vip1", 1), ("vip2", 1)]),
        "unmet",
    ),
    (
        "E3",
        "concept-conditional-access-users-groups, Exclude users",
        [
            policy(
                "compliantDevice", users={"includeGroups": ["staff"]}, apps={"includeApplications": [EXCHANGE_ONLINE]}
            ),
            policy("mfa", state=REPORT_ONLY, users={"includeUsers": ["All"], "excludeUsers": ["vip1", "vip2"]}),
        ],
        Check("modern_clients", [("m", 98), ("vip1", 1), ("vip2", 1)]),
        "unmet",
    ),
    (
        "Q3",
        "ScubaGear AADConfig_01_test.rego GuestUserTypeExclusion",
        [
            policy(
                "block",
                users={
                    "includeUsers": ["All"],
                    "excludeGuestsOrExternalUsers": {
                        "guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest",
                        "externalTenants": {"membershipKind": "all"},
                    },
                },
                clientAppTypes=[LEGACY, EAS],
            )
        ],
        Check("legacy_blocked", [("m", 10), ("g", 3)], 3),
        "met",
    ),
    (
        "Q4",
        "ScubaGear AADConfig_01_test.rego, one kind of guests excluded",
        [
            policy(
                "block",
                users={
                    "includeUsers": ["All"],
                    "excludeGuestsOrExternalUsers": {
                        "guestOrExternalUserTypes": "b2bCollaborationGuest",
                        "externalTenants": {"membershipKind": "all"},
                    },
                },
                clientAppTypes=[LEGACY, EAS],
            )
        ],
        Check("legacy_blocked", [("m", 10), ("g", 3)]),
        "unknown",
    ),
    # The remaining values of each kind: what the pages say beyond the cases above.
    (
        "F1 any device",
        "concept-condition-filters-for-devices",
        [FILTERED["not compliant"]],
        Way(APPS, "iOS", DEVICE_OR_APP),
        COVERED,
    ),
    (
        "F1 compliant",
        "concept-condition-filters-for-devices",
        [FILTERED["not compliant"]],
        Way(APPS, "iOS", BLOCK, device=registered(isCompliant=True)),
        NOT,
    ),
    (
        "F1 not compliant",
        "concept-condition-filters-for-devices",
        [FILTERED["not compliant"]],
        Way(APPS, "iOS", BLOCK, device=registered(isCompliant=False, trustType="Workplace")),
        COVERED,
    ),
    (
        "F1 block wanted",
        "concept-condition-filters-for-devices",
        [FILTERED["not compliant"]],
        Way(APPS, "iOS", BLOCK),
        DEPENDS,
    ),
    (
        "F2 any device",
        "concept-condition-filters-for-devices",
        [filtered("include", "device.isCompliant -eq False")],
        Way(APPS, "iOS", DEVICE_OR_APP),
        DEPENDS,
    ),
    (
        "F3 any device",
        "concept-condition-filters-for-devices",
        [filtered("include", "device.isCompliant -ne True")],
        Way(APPS, "iOS", DEVICE_OR_APP),
        COVERED,
    ),
    (
        "F5 as exclusion",
        "concept-condition-filters-for-devices",
        [filtered("exclude", 'device.operatingSystem -eq "Windows"')],
        Way(APPS, "iOS", None),
        COVERED,
    ),
    (
        "F5 in a list",
        "concept-condition-filters-for-devices",
        [filtered("include", 'device.operatingSystem -in ["Windows", "MacMDM"]')],
        Way(APPS, "android", None),
        NOT,
    ),
    (
        "F5 not in a list",
        "concept-condition-filters-for-devices",
        [filtered("include", 'device.operatingSystem -notIn ["Windows", "MacMDM"]')],
        Way(APPS, "android", None),
        COVERED,
    ),
    (
        "F5 begins so",
        "concept-condition-filters-for-devices",
        [filtered("include", 'device.operatingSystem -startsWith "Win"')],
        Way(APPS, "iOS", None),
        NOT,
    ),
    (
        "F5 on Windows",
        "concept-condition-filters-for-devices",
        [filtered("include", 'device.operatingSystem -eq "Windows"')],
        Way(APPS, "windows", None),
        DEPENDS,
    ),
    (
        "F5 how iOS is spelt",
        "concept-condition-filters-for-devices",
        [filtered("include", 'device.operatingSystem -eq "iOS"')],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
    (
        "F6 no name of a model",
        "concept-condition-filters-for-devices",
        [filtered("include", 'device.model -notContains "Surface"')],
        Way(APPS, "iOS", None, device=UNREGISTERED),
        COVERED,
    ),
    (
        "F6 a model",
        "concept-condition-filters-for-devices",
        [filtered("include", 'device.model -contains "Pixel"')],
        Way(APPS, "android", None, device=registered(model="Pixel 8")),
        COVERED,
    ),
    (
        "F6 both",
        "groups-dynamic-membership",
        [filtered("include", '(device.model -contains "Pixel") -and (device.isCompliant -eq False)')],
        Way(APPS, "android", None, device=registered(model="Pixel 8", isCompliant=True)),
        NOT,
    ),
    (
        "F6 an attribute that is not known",
        "concept-condition-filters-for-devices",
        [filtered("include", 'device.extensionAttribute1 -eq "SAW"')],
        Way(APPS, "iOS", None, device=registered(isCompliant=True)),
        DEPENDS,
    ),
    (
        "F6 -not, unregistered: not settled",
        "no page",
        [filtered("include", "-not (device.isCompliant -eq True)")],
        Way(APPS, "iOS", None, device=UNREGISTERED),
        DEPENDS,
    ),
    (
        "F6 what cannot be read",
        "no page",
        [filtered("include", "device.isCompliant == True")],
        Way(APPS, "iOS", None, device=UNREGISTERED),
        DEPENDS,
    ),
    (
        "F7 opposite filters",
        "concept-condition-filters-for-devices",
        [
            filtered("include", 'device.model -eq "Pixel 8"'),
            filtered("exclude", 'device.model -eq "Pixel 8"'),
        ],
        Way(APPS, "iOS", None),
        COVERED,
    ),
    (
        "F7 opposite filters of an extension attribute",
        "concept-condition-filters-for-devices, table 'Policy behavior' and the warning on values that are available",
        [
            filtered("include", 'device.extensionAttribute1 -eq "SAW"'),
            filtered("exclude", 'device.extensionAttribute1 -eq "SAW"'),
        ],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
    (
        "F8 an extension attribute of a device that is neither compliant nor joined",
        "concept-condition-filters-for-devices, table 'Policy behavior'",
        [filtered("exclude", 'device.extensionAttribute1 -eq "SAW"')],
        Way(APPS, "iOS", None, device=registered(isCompliant=False, trustType="Workplace", extensionAttribute1="x")),
        DEPENDS,
    ),
    (
        "F8 an extension attribute of a compliant device",
        "concept-condition-filters-for-devices, table 'Policy behavior'",
        [filtered("exclude", 'device.extensionAttribute1 -eq "SAW"')],
        Way(APPS, "iOS", None, device=registered(isCompliant=True, extensionAttribute1="x")),
        COVERED,
    ),
    (
        "F8 an extension attribute of a device that Intune manages",
        "concept-condition-filters-for-devices, table 'Policy behavior'",
        [filtered("include", 'device.extensionAttribute1 -ne "SAW"')],
        Way(
            APPS,
            "iOS",
            None,
            device=registered(
                isCompliant=False, mdmAppId="0000000a-0000-0000-c000-000000000000", extensionAttribute1="SAW"
            ),
        ),
        NOT,
    ),
    (
        "F9 one whole text of a list",
        "concept-condition-filters-for-devices, note on Contains of string collection attributes",
        [filtered("include", 'device.systemLabels -contains "M365"')],
        Way(APPS, "windows", None, device=registered(systemLabels="M365Managed")),
        NOT,
    ),
    (
        "F9 no such text in a list",
        "concept-condition-filters-for-devices, note on Contains of string collection attributes",
        [filtered("include", 'device.physicalIds -notContains "[ZTDId]"')],
        Way(APPS, "windows", None, device=registered(physicalIds="[ZTDId]:1\n[OrderId]:2")),
        COVERED,
    ),
    (
        "F9 the text itself",
        "concept-condition-filters-for-devices, note on Contains of string collection attributes",
        [filtered("include", 'device.physicalIds -contains "[OrderId]:2"')],
        Way(APPS, "windows", None, device=registered(physicalIds="[ZTDId]:1\n[OrderId]:2")),
        COVERED,
    ),
    (
        "F10 managed by nothing: not settled",
        "no page; isCompliant of device in Graph is nullable",
        [
            filtered("include", "device.isCompliant -eq False"),
            filtered("exclude", 'device.trustType -in ["AzureAD", "ServerAD", "Workplace"]'),
        ],
        Way(APPS, "iOS", DEVICE_OR_APP),
        DEPENDS,
    ),
    (
        "F7 filters that leave a gap",
        "concept-condition-filters-for-devices",
        [
            filtered("include", 'device.extensionAttribute1 -eq "SAW"'),
            filtered("exclude", 'device.extensionAttribute1 -eq "Kiosk"'),
        ],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
    (
        "L4 a gap",
        "concept-assignment-network",
        [placed(["All"], ["AllTrusted"]), placed(["1"])],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
    (
        "L4 one place in and out",
        "concept-assignment-network",
        [placed(["1"]), placed(["All"], ["1"])],
        Way(APPS, "iOS", None),
        COVERED,
    ),
    (
        "L4 a place and the trusted ones",
        "concept-assignment-network",
        [placed(["All"], ["1", "AllTrusted"]), placed(["1", "AllTrusted"])],
        Way(APPS, "iOS", None),
        COVERED,
    ),
    ("L4 from there", "concept-assignment-network", [placed(["1"])], Way(APPS, "iOS", None, places="1"), COVERED),
    ("L4 from elsewhere", "concept-assignment-network", [placed(["1"])], Way(APPS, "iOS", None, places="2"), NOT),
    (
        "L5 a level is missing",
        "concept-conditional-access-conditions, risk",
        [policy("block", signInRiskLevels=["high", "medium"]), policy("block", signInRiskLevels=["none"])],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
    (
        "L5 risk of users",
        "concept-conditional-access-conditions, risk",
        [policy("block", userRiskLevels=["high", "medium", "low"]), policy("block", userRiskLevels=["none"])],
        Way(APPS, "iOS", None),
        COVERED,
    ),
    (
        "L5 risk and place",
        "concept-conditional-access-conditions, risk",
        [
            policy("block", signInRiskLevels=["high", "medium"]),
            placed(["All"], ["AllTrusted"]),
            policy("block", signInRiskLevels=["low", "none"], locations={"includeLocations": ["AllTrusted"]}),
        ],
        Way(APPS, "iOS", None),
        COVERED,
    ),
    (
        "L5 risk of insiders",
        "concept-conditional-access-conditions, risk",
        [policy("block", insiderRiskLevels="minor,moderate,elevated"), policy("mfa")],
        Way(APPS, "iOS", BLOCK),
        DEPENDS,
    ),
    (
        "L6 unions of one and another person's",
        "concept-conditional-access-policies",
        [
            policy("block", signInRiskLevels=["high", "medium"], users={"includeGroups": ["other"]}),
            policy("block", signInRiskLevels=["low", "none"]),
        ],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
    (
        "A2 no flow of IMAP",
        "concept-authentication-flows",
        [policy("block", authenticationFlows={"transferMethods": "deviceCodeFlow,authenticationTransfer"})],
        Way(LEGACY, "other", BLOCK),
        NOT,
    ),
    (
        "W2 the text of a log",
        "graph/api/resources/devicedetail",
        [policy("block", platforms={"includePlatforms": ["iOS"]})],
        Way(APPS, "Ios 18.1", None),
        COVERED,
    ),
    (
        "W2 another text",
        "graph/api/resources/devicedetail",
        [policy("block", platforms={"includePlatforms": ["windows"]})],
        Way(APPS, "Windows10", None),
        COVERED,
    ),
    (
        "W2 macOS",
        "graph/api/resources/devicedetail",
        [policy("block", platforms={"includePlatforms": ["macOS"]})],
        Way(APPS, "MacOs 15", None),
        COVERED,
    ),
    (
        "W2 an unknown text",
        "graph/api/resources/devicedetail",
        [policy("block", platforms={"includePlatforms": ["all"], "excludePlatforms": ["iOS", "android"]})],
        Way(APPS, "ChromeOS", None),
        COVERED,
    ),
    (
        "W2 no text",
        "graph/api/resources/devicedetail",
        [policy("block", platforms={"includePlatforms": ["windows"]})],
        Way(APPS, "", None),
        DEPENDS,
    ),
    (
        "W1 the excluded one",
        "graph/api/resources/conditionalaccessplatforms",
        [policy("block", platforms={"includePlatforms": [], "excludePlatforms": ["iOS"]})],
        Way(APPS, "iOS", None),
        NOT,
    ),
    (
        "D5 selected",
        "concept-conditional-access-conditions, Exchange ActiveSync clients",
        [policy("mfa", users={"includeRoles": [GLOBAL_ADMINISTRATOR]}, clientAppTypes=[EAS])],
        Way(EAS, "iOS", BLOCK),
        COVERED,
    ),
    (
        "D5 selected, all guests",
        "concept-conditional-access-conditions, Exchange ActiveSync clients",
        [
            policy(
                "mfa",
                users={"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "b2bCollaborationGuest"}},
                clientAppTypes=["easSupported"],
            )
        ],
        Way(EAS, "iOS", BLOCK),
        COVERED,
    ),
    (
        "D5 another client",
        "concept-conditional-access-conditions, Exchange ActiveSync clients",
        [policy("mfa", users={"includeRoles": [GLOBAL_ADMINISTRATOR]}, clientAppTypes=[EAS, APPS])],
        Way(APPS, "iOS", {"mfa"}),
        NOT,
    ),
    (
        "G10 a local guest",
        "external-id/authentication-conditional-access",
        [policy("compliantApplication")],
        Way(APPS, "iOS", BLOCK, "internalGuest"),
        NOT,
    ),
    (
        "G10 a guest of unknown kind",
        "external-id/authentication-conditional-access",
        [policy("compliantApplication")],
        Way(APPS, "iOS", BLOCK, "guest"),
        NOT,
    ),
    (
        "G10 an external member",
        "external-id/authentication-conditional-access",
        [policy("compliantApplication")],
        Way(APPS, "iOS", BLOCK, "b2bCollaborationMember"),
        COVERED,
    ),
    (
        "U9 an external member is not a member",
        "external-id/authentication-conditional-access",
        [policy("block", users={"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]})],
        Way(APPS, "iOS", None, "b2bCollaborationMember"),
        NOT,
    ),
    (
        "U9 a role that may be activated",
        "concept-conditional-access-users-groups",
        [policy("block", users={"includeRoles": [GLOBAL_ADMINISTRATOR]})],
        Way(APPS, "iOS", None, eligible=GLOBAL_ADMINISTRATOR),
        DEPENDS,
    ),
    (
        "U9 an exclusion that may be activated",
        "concept-conditional-access-users-groups",
        [policy("block", users={"includeUsers": ["All"], "excludeRoles": [GLOBAL_ADMINISTRATOR]})],
        Way(APPS, "iOS", None, eligible=GLOBAL_ADMINISTRATOR),
        DEPENDS,
    ),
    (
        "U9 an exclusion of which that is not known",
        "concept-conditional-access-users-groups",
        [policy("block", users={"includeUsers": ["All"], "excludeRoles": [GLOBAL_ADMINISTRATOR]})],
        Way(APPS, "iOS", None, eligible=None),
        DEPENDS,
    ),
    (
        "U9 an inclusion of which that is not known",
        "concept-conditional-access-users-groups",
        [policy("block", users={"includeRoles": [GLOBAL_ADMINISTRATOR]})],
        Way(APPS, "iOS", None, eligible=None),
        NOT,
    ),
    (
        "E4 excluded from what would bring it",
        "concept-conditional-access-users-groups, Exclude users",
        [policy("compliantDevice", users={"includeUsers": ["All"], "excludeUsers": ["vip1", "vip2"]})],
        Check("modern_clients", [("m", 98), ("vip1", 1), ("vip2", 1)]),
        "met",
    ),
    (
        "E4 excluded, report-only",
        "concept-conditional-access-report-only",
        [
            policy("compliantDevice", users={"includeGroups": ["staff"]}),
            policy(
                "compliantDevice", users={"includeUsers": ["All"], "excludeUsers": ["vip1", "vip2"]}, state=REPORT_ONLY
            ),
        ],
        Check("modern_clients", [("m", 98), ("vip1", 1), ("vip2", 1)]),
        "unmet",
    ),
    (
        "E4 excluded from some networks alone",
        "concept-conditional-access-users-groups, Exclude users",
        [
            policy("compliantDevice", users={"includeGroups": ["staff"]}),
            policy(
                "compliantDevice",
                users={"includeUsers": ["All"], "excludeUsers": ["vip1", "vip2"]},
                locations={"includeLocations": ["1"]},
            ),
        ],
        Check("modern_clients", [("m", 98), ("vip1", 1), ("vip2", 1)]),
        "unmet",
    ),
    (
        "E4 excluded from both halves",
        "concept-conditional-access-users-groups, Exclude users",
        [
            policy(
                "compliantDevice", users={"includeUsers": ["All"], "excludeUsers": ["vip1", "vip2"]}, locations=places
            )
            for places in (
                {"includeLocations": ["AllTrusted"]},
                {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
            )
        ],
        Check("modern_clients", [("m", 98), ("vip1", 1), ("vip2", 1)]),
        "met",
    ),
    (
        "J8 ActiveSync in Exchange Online alone",
        "concept-conditional-access-conditions, Exchange ActiveSync clients",
        [
            policy("block", clientAppTypes=[EAS], apps={"includeApplications": [EXCHANGE_ONLINE]}),
            policy("block", clientAppTypes=[LEGACY]),
        ],
        Check("legacy_blocked"),
        "met",
    ),
    (
        "J8 other clients in Exchange Online alone",
        "policy-block-legacy-authentication",
        [policy("block", clientAppTypes=[EAS, LEGACY], apps={"includeApplications": [EXCHANGE_ONLINE]})],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "J7 platforms that are not known",
        "policy-all-users-device-unknown-unsupported",
        [policy("compliantDevice", platforms={"includePlatforms": ["android", "iOS"]})],
        Check("unknown_platforms"),
        "unmet",
    ),
    (
        "J7 the usual companion",
        "policy-all-users-device-unknown-unsupported",
        [
            policy(
                "block",
                platforms={
                    "includePlatforms": ["all"],
                    "excludePlatforms": ["android", "iOS", "windows", "macOS", "linux"],
                },
            )
        ],
        Check("unknown_platforms"),
        "met",
    ),
    (
        "J7 browsers left out",
        "policy-all-users-approved-app-or-app-protection",
        [policy("compliantDevice", "compliantApplication", clientAppTypes=[APPS])],
        Check("browser_on_phones"),
        "unmet",
    ),
    (
        "J7 browsers too",
        "policy-all-users-approved-app-or-app-protection",
        [policy("compliantDevice", "compliantApplication")],
        Check("browser_on_phones"),
        "met",
    ),
    (
        "J7 limited sessions alone",
        "concept-conditional-access-session",
        [policy(session="applicationEnforcedRestrictions")],
        Check("browser_on_phones"),
        "unmet",
    ),
    (
        "K1 computers left out of the block of legacy clients",
        "CISA MS.AAD.1.1v1; concept-conditional-access-conditions: the user agent is unverified",
        [
            policy(
                "block",
                clientAppTypes=[LEGACY, EAS],
                platforms={"includePlatforms": ["all"], "excludePlatforms": ["windows", "macOS", "linux"]},
            )
        ],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "K1 Windows left out of Exchange ActiveSync",
        "concept-conditional-access-conditions, Exchange ActiveSync clients: Windows is a platform of them",
        [
            policy(
                "block", clientAppTypes=[EAS], platforms={"includePlatforms": ["all"], "excludePlatforms": ["windows"]}
            )
        ],
        Check("eas"),
        "unmet",
    ),
    (
        "K2 macOS left out of the managed devices",
        "CISA MS.AAD.3.7v1; CIS Microsoft 365 5.2.2.9",
        [
            policy(
                "compliantDevice",
                "domainJoinedDevice",
                platforms={"includePlatforms": ["android", "iOS", "windows"]},
            )
        ],
        Check("device_required"),
        "unmet",
    ),
    (
        "K2 platforms that are not known left out of the managed devices",
        "CISA MS.AAD.3.7v1; concept-conditional-access-conditions: platforms are not verified",
        [
            policy(
                "compliantDevice",
                platforms={"includePlatforms": ["android", "iOS", "windows", "macOS", "linux"]},
            )
        ],
        Check("device_required"),
        "unmet",
    ),
    (
        "D12 the platform is not known",
        "concept-conditional-access-conditions, Exchange ActiveSync clients; graph/api/resources/devicedetail",
        [policy("block", clientAppTypes=["easSupported"])],
        Way(EAS, "", None),
        DEPENDS,
    ),
    (
        "D12 the platform does not matter",
        "concept-conditional-access-conditions, Exchange ActiveSync clients",
        [policy("block", clientAppTypes=["easSupported", EAS])],
        Way(EAS, "", None),
        COVERED,
    ),
    (
        "T12 a filter in other letters",
        "graph/api/resources/conditionalaccessfilter",
        [policy("block", apps={"includeApplications": [], "applicationFilter": {"mode": "Include", "rule": "x"}})],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
    (
        "L7 many places, in and out",
        "concept-assignment-network",
        [placed(list("123456789")), placed(["All"], list("987654321"))],
        Way(APPS, "iOS", None),
        COVERED,
    ),
    (
        "L7 many places, one of them missing",
        "concept-assignment-network",
        [placed(list("12345678")), placed(["All"], list("987654321"))],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
    (
        "V1 a client that is new",
        "graph/best-practices-concept, evolvable enumerations",
        [policy("block", clientAppTypes=["unknownFutureValue"])],
        Way(APPS, "iOS", None),
        DEPENDS,
    ),
    (
        "V1 a client that is known, beside a new one",
        "graph/best-practices-concept, evolvable enumerations",
        [policy("block", clientAppTypes=[APPS, "unknownFutureValue"])],
        Way(APPS, "iOS", None),
        COVERED,
    ),
    (
        "V1 a platform that is known, beside a new one",
        "graph/best-practices-concept, evolvable enumerations",
        [policy("block", platforms={"includePlatforms": ["all"], "excludePlatforms": ["unknownFutureValue"]})],
        Way(APPS, "iOS", None),
        COVERED,
    ),
    (
        "V1 a platform that is new, included",
        "graph/best-practices-concept, evolvable enumerations",
        [policy("block", platforms={"includePlatforms": ["iOS", "unknownFutureValue"]})],
        Way(APPS, "other", None),
        DEPENDS,
    ),
    (
        "V1 a platform that is new, excluded",
        "graph/best-practices-concept, evolvable enumerations",
        [policy("block", platforms={"includePlatforms": ["all"], "excludePlatforms": ["unknownFutureValue"]})],
        Way(APPS, "other", None),
        DEPENDS,
    ),
    (
        "V1 a kind of guests that is new, excluded",
        "graph/best-practices-concept, evolvable enumerations",
        [
            policy(
                "block",
                users={
                    "includeUsers": ["All"],
                    "excludeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest,unknownFutureValue"},
                },
            )
        ],
        Way(APPS, "iOS", None, "b2bCollaborationGuest"),
        DEPENDS,
    ),
    (
        "V1 guests of tenants by a rule that is new",
        "graph/api/resources/conditionalaccessexternaltenants",
        [
            policy(
                "block",
                users={
                    "includeGuestsOrExternalUsers": {
                        "guestOrExternalUserTypes": "b2bCollaborationGuest",
                        "externalTenants": {"membershipKind": "unknownFutureValue"},
                    }
                },
            )
        ],
        Way(APPS, "iOS", None, "b2bCollaborationGuest"),
        DEPENDS,
    ),
    ("J5 off", "fundamentals/security-defaults", [], Check("legacy_blocked", defaults=False), "unmet"),
    ("J5 on", "fundamentals/security-defaults", [], Check("legacy_blocked", defaults=True), "met"),
    ("J5 on, ActiveSync", "fundamentals/security-defaults", [], Check("eas", defaults=True), "met"),
    ("J5 on, modern clients", "fundamentals/security-defaults", [], Check("modern_clients", defaults=True), "unmet"),
    ("J5 not read", "fundamentals/security-defaults", [], Check("legacy_blocked", defaults=None), "unknown"),
]


def test_each_case_is_there_once() -> None:
    assert len({case[0] for case in CASES}) == len(CASES) >= 140


@pytest.mark.parametrize(("policies", "asked", "right"), [case[2:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_public_case(policies: list[Policy], asked: Way | Check, right: str) -> None:
    check_case(policies, asked, right)


def check_case(policies: list[Policy], asked: Way | Check, right: str) -> None:
    if isinstance(asked, Check):
        assert checked(policies, asked) == right
        return
    eligible = None if asked.eligible is None else frozenset(asked.eligible.split())
    person = Person(asked.user, frozenset(asked.groups.split()), frozenset(), asked.kind, "other", eligible)
    sign_in = SignIn(asked.client, asked.platform, device=asked.device)
    if asked.places:
        sign_in = replace(sign_in, places=frozenset(asked.places.split()))
    found = judge(policies, sign_in, asked.wanted, [person])
    assert [status for status in (COVERED, DEPENDS, NOT) if found[status]] == [right], found


NONE = ReadResult[Any]([])
OFF = ReadResult({"isEnabled": False})


def checked(policies: list[Policy], asked: Check) -> str:
    people = {known(name): number for name, number in asked.people}
    unread = TenantError("forbidden", "refused", "read it", next_step="Grant it")
    defaults = ReadResult({"isEnabled": bool(asked.defaults)}, unread if asked.defaults is None else None)
    rows = access.coverage(policies, (people, []), defaults.or_else(None))
    return access.judged(asked.id, rows, (people, []), asked.emergency, NONE, defaults, NONE).status


@pytest.mark.parametrize(("state", "status"), [("enabled", "unknown"), ("disabled", "unmet")])
def test_a_log_that_cannot_be_compared_leaves_nothing_met(state: str, status: str) -> None:
    """It might hold a sign-in that a policy did not stop. What is not met stays so."""
    people: access.People = ({known("m"): 3}, [])
    rows = access.coverage([{**policy("block"), "state": state}], people)
    odd = ReadResult[Any](None, TenantError("unexpected_answer", "the log has another form", "judge what was read"))
    found = access.judged("eas", rows, people, 2, NONE, OFF, odd)
    assert found.status == status and ("the log has another form" in found.evidence) is (status == "unknown"), found


def known(name: str) -> Person:
    """The people of the cases: m is in the group staff, g is a guest, x holds a role."""
    groups = frozenset({"staff"} if name == "m" else ())
    roles = frozenset({GLOBAL_ADMINISTRATOR} if name == "x" else ())
    return Person(name, groups, roles, "guest" if name == "g" else "member")


def test_a_certificate_shown_straight_to_exchange_is_not_met() -> None:
    """MicrosoftDocs/exchange, Retirement of certificate-based authentication for Exchange ActiveSync."""
    straight = SignIn(EAS, "iOS", asks_entra=False)
    decision = decide([policy("block")], straight)
    assert (decision.answer, decision.outcomes[0].result) == ("allowed", "not_applied")
    assert "never asks Microsoft Entra" in decision.outcomes[0].reason
    people: access.People = ({known("m"): 3}, [])
    found = access.judged("eas", access.coverage([policy("block")], people), people, 2, NONE, OFF, NONE)
    assert found.status == "met" and "certificate straight to Exchange ActiveSync" in found.evidence


def test_security_defaults_leave_no_room_for_an_enabled_policy() -> None:
    people: access.People = ({known("m"): 3}, [])
    on = {"isEnabled": True}
    found = access.judged("modern_clients", access.coverage([], people, on), people, 2, NONE, ReadResult(on), NONE)
    assert found.status == "unmet" and found.next_step.startswith("No policy can be enabled while security defaults")


def test_where_entra_itself_says_otherwise_nothing_is_met() -> None:
    people: access.People = ({known("m"): 3}, [])
    differs = {"policy": "Ours", "service_applies": False, "service_reason": "users", "ours": "it applies"}
    row = {"user": "a@b", "client": APPS, "platform": "iOS", "agrees": False, "differences": [differs]}
    rows = access.coverage([policy("compliantDevice")], people)
    for asked, status in (([], "met"), ([row], "unknown"), ([{**row, "client": EAS}], "met")):
        found = access.judged("modern_clients", rows, people, 2, NONE, OFF, ReadResult(asked))
        assert found.status == status, asked
    found = access.judged("modern_clients", rows, people, 2, NONE, OFF, ReadResult([row]))
    assert "'Ours' does not apply to a@b" in found.evidence and "by the rules here it applies" in found.evidence


def test_what_is_not_known_of_one_sign_in_is_never_allowed() -> None:
    """One sign-in has three answers."""
    outlook = SignIn(APPS, "iOS", satisfied=frozenset({"mfa"}))
    for policies, sign_in, answer in (
        ([policy("mfa")], outlook, "allowed"),
        ([policy("mfa")], SignIn(APPS, "iOS"), "unknown"),
        ([policy("compliantDevice")], outlook, "stopped"),
        ([policy("compliantDevice")], replace(outlook, device=registered(isCompliant=True)), "allowed"),
        ([policy("compliantDevice")], replace(outlook, device=registered(model="X"), satisfied=None), "unknown"),
        ([policy("compliantDevice", "mfa")], outlook, "allowed"),
        ([policy("compliantDevice", "mfa", operator="AND")], outlook, "stopped"),
        ([policy("block", state=REPORT_ONLY)], outlook, "allowed"),
        ([policy("block", signInRiskLevels=["high"])], outlook, "unknown"),
        ([policy("block", signInRiskLevels=["high"])], replace(outlook, sign_in_risk="hidden"), "unknown"),
        ([policy("block", signInRiskLevels=["high"])], replace(outlook, sign_in_risk="low"), "allowed"),
        ([policy("block", signInRiskLevels=["high"]), policy("block")], outlook, "stopped"),
        ([policy(grant={"authenticationStrength": {"id": "4"}})], outlook, "unknown"),
        ([policy("mfa", session="secureSignInSession")], outlook, "unknown"),
        ([policy("mfa", session="signInFrequency")], outlook, "allowed"),
        (
            [policy("block", apps={"includeApplications": [EXCHANGE_ONLINE]})],
            replace(outlook, resource=TEAMS),
            "stopped",
        ),
        ([policy("block", apps={"includeApplications": [TEAMS]})], outlook, "allowed"),
        # "Handling future members in evolvable enumerations": a new value may apply to this sign-in.
        ([policy("block", clientAppTypes=["unknownFutureValue"])], outlook, "unknown"),
        ([policy("block", signInRiskLevels=["unknownFutureValue"])], replace(outlook, sign_in_risk="low"), "unknown"),
        (
            [policy("block", authenticationFlows={"transferMethods": "deviceCodeFlow,unknownFutureValue"})],
            replace(outlook, flow="none"),
            "unknown",
        ),
        # "A user must satisfy the dependent service policy before accessing the calling app" (Service dependencies).
        (
            [policy("block", apps={"includeApplications": ["All"], "excludeApplications": [TEAMS]})],
            replace(outlook, resource=TEAMS),
            "stopped",
        ),
        (
            [policy("block", apps={"includeApplications": ["Office365"], "excludeApplications": [TEAMS]})],
            replace(outlook, resource=TEAMS),
            "stopped",
        ),
        (
            [policy("block", apps={"includeApplications": ["All"], "excludeApplications": ["Office365"]})],
            replace(outlook, resource=TEAMS),
            "allowed",
        ),
        # The applications in a suite change (Apps included in the Office 365 app suite; Target resources).
        (
            [policy("block", apps={"includeApplications": ["Office365"]})],
            replace(outlook, resource=YAMMER),
            "unknown",
        ),
        (
            [policy("block", apps={"includeApplications": ["MicrosoftAdminPortals"]})],
            replace(outlook, resource=AZURE_PORTAL),
            "unknown",
        ),
        (
            [policy("block", apps={"includeApplications": ["All"], "excludeApplications": ["Office365"]})],
            replace(outlook, resource=YAMMER),
            "unknown",
        ),
        (
            [policy("block", apps={"includeApplications": ["All"], "excludeApplications": [YAMMER]})],
            replace(outlook, resource=YAMMER, audiences=frozenset({YAMMER})),
            "allowed",
        ),
        # The table of "Service dependencies" is not exhaustive, and this resource is not in it.
        (
            [policy("block", apps={"includeApplications": ["All"], "excludeApplications": [YAMMER]})],
            replace(outlook, resource=YAMMER),
            "unknown",
        ),
        ([policy("block", apps={"includeApplications": [TEAMS]})], replace(outlook, resource=YAMMER), "unknown"),
        ([policy("block")], replace(outlook, resource=YAMMER), "stopped"),
        ([policy("block", apps={"includeApplications": ["None"]})], replace(outlook, resource=YAMMER), "allowed"),
        ([policy("block", apps={"includeApplications": [YAMMER]})], replace(outlook, resource=YAMMER), "stopped"),
        # "Session": what is not known to only limit a session may refuse it.
        ([policy(session="secureApplicationSession")], outlook, "unknown"),
        ([apps_controlled("mcasConfigured")], outlook, "unknown"),
        ([apps_controlled("unknownFutureValue")], outlook, "unknown"),
        ([apps_controlled("monitorOnly"), apps_controlled("blockDownloads")], outlook, "allowed"),
        ([apps_controlled("mcasConfigured", False)], outlook, "allowed"),
    ):
        assert decide(policies, sign_in).answer == answer, (policies, sign_in)


TEAMS = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"  # needs Exchange first ("Service dependencies")
YAMMER = "00000005-0000-0ff1-ce00-000000000000"  # in the suite Office 365
AZURE_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"  # one of the admin portals


def apps_controlled(kind: str, enabled: bool = True) -> Policy:
    return {**policy(), "sessionControls": {"cloudAppSecurity": {"isEnabled": enabled, "cloudAppSecurityType": kind}}}
