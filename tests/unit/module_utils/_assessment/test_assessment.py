# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The assessment of a tenant without the connector: each check in each status, on two tenants, with failed reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._assessment import access, assessment
from ansible_collections.intune.exchange.plugins.module_utils._assessment.legacy_log import Background
from ansible_collections.intune.exchange.plugins.module_utils._assessment.questions import QUESTIONS
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import ReadResult
from ansible_collections.intune.exchange.plugins.module_utils._core.verdict import judge_all
from ansible_collections.intune.exchange.plugins.module_utils._mobile_devices.exchange_intune_join import join
from ansible_collections.intune.exchange.plugins.modules import mobile_access_assessment_info as module
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=["ready", "retired_covered", "retired_with_holes"], page_size=1, rate_limits=False) as one:
        yield one


def refused(kind: str = "forbidden", code: str = "") -> TenantError:
    return TenantError(
        kind, "refused", "read it", answer=ErrorResponse("Graph", 403, code), next_step="Grant This.Read.All"
    )


def policy(controls: list[str], clients: list[str], **more: Any) -> dict[str, Any]:
    """An enabled policy for all users and applications."""
    users = {"includeUsers": ["All"], "excludeUsers": more.get("excluded", [])}
    conditions = {"users": users, "applications": {"includeApplications": ["All"]}, "clientAppTypes": clients}
    grant = {"operator": more.get("operator", "OR"), "builtInControls": controls}
    state = more.get("state", "enabled")
    return {
        "id": "1",
        "displayName": "Ours",
        "state": state,
        "conditions": {**conditions, **more.get("conditions", {})},
        "grantControls": grant,
    }


MODERN, EAS, OTHER = "mobileAppsAndDesktopClients", "exchangeActiveSync", "other"
DEVICE = policy(["compliantDevice"], ["all"])
BLOCK = policy(["block"], [EAS, OTHER])
PEOPLE: tuple[dict[Person, int], list[TenantError]] = ({Person("a"): 3, Person("b"): 1}, [])


def mixed(included: list[str], excluded: Sequence[str] = ()) -> dict[str, Any]:
    """For Exchange ActiveSync and modern clients on these platforms."""
    platforms = {"includePlatforms": included, "excludePlatforms": list(excluded)}
    return policy(["compliantDevice"], [EAS, MODERN], conditions={"platforms": platforms})


ALL = {"target": {"@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget"}}
NOT = {"target": {"@odata.type": "#microsoft.graph.exclusionGroupAssignmentTarget", "groupId": "1"}}
IOS = {"id": "1", "displayName": "iPhones", "@odata.type": "#microsoft.graph.iosCompliancePolicy"}
ANDROID = {"id": "2", "displayName": "Androids", "@odata.type": "#microsoft.graph.androidWorkProfileCompliancePolicy"}
# "Device compliance settings for Android device administrator in Intune": support ended on December 31, 2024.
ADMINISTRATOR = {"id": "2", "displayName": "Old", "@odata.type": "#microsoft.graph.androidCompliancePolicy"}
COMPLIANCE = {"compliance_policies": [IOS, ANDROID], "assignments": {"1": [ALL], "2": [ALL]}}
OUTLOOK = {"mobileAppIdentifier": {"bundleId": "com.microsoft.Office.Outlook"}}
WORD = {"mobileAppIdentifier": {"bundleId": "com.microsoft.office.word"}}
PROTECTED = {"protections": {name: [{"id": "p", "displayName": "Outlook"}] for name in ("iOS", "Android")}}
DEMANDED = (policy(["compliantApplication"], [MODERN]),)


def protection(apps: Any, assigned: Any, policies: Any = DEMANDED) -> dict[str, Any]:
    return {**PROTECTED, "assignments": {"p/apps": apps, "p/assignments": assigned}, "policies": policies}


NO_BACKGROUND = Background([])


def legacy(sign_ins: Any, background: Any = NO_BACKGROUND) -> dict[str, Any]:
    return {"sign_ins": sign_ins, "background_sign_ins": background}


def bound(policies: Any, people: Any = PEOPLE, emergency: int = 1, plans: Any = ()) -> dict[str, Any]:
    unread = [one for one in (policies, people) if isinstance(one, TenantError)]
    found = unread[0] if unread else access.coverage(policies, people)
    return {"coverage": found, "people": people, "emergency_accounts": emergency, "policy_plans": plans}


def phone(reason: str = "Individual", version: str = "16.1", client: str = "EAS") -> dict[str, Any]:
    return {
        "ClientType": client,
        "ClientVersion": version,
        "DeviceAccessState": "Allowed",
        "DeviceAccessStateReason": reason,
        "DeviceId": "D1",
    }


def switches(active: bool, outlook: bool, imap: bool) -> dict[str, Any]:
    return {"ActiveSyncEnabled": active, "OutlookMobileEnabled": outlook, "ImapEnabled": imap, "PopEnabled": False}


OPEN = switches(True, True, False)
ALLOW, BLOCKED = [{"DefaultAccessLevel": "Allow"}], [{"DefaultAccessLevel": "Block"}]
LET_IN = {"Characteristic": "DeviceModel", "QueryString": "Outlook for iOS and Android", "AccessLevel": "Allow"}
SIGN_IN = {"clientAppUsed": "Exchange ActiveSync", "conditionalAccessStatus": "failure", "userPrincipalName": "a@b"}
# What guessing of passwords leaves: "Microsoft Entra authentication and authorization error codes", AADSTS50126.
GUESSED = {
    **SIGN_IN,
    "conditionalAccessStatus": "notApplied",
    "status": {"errorCode": 50126},
    "userPrincipalName": "c@b",
}
REPORT = {"people": 2, "apps": {"Outlook For Mobile": 2}, "other_mobile": [], "concealed": False}
PLAN = {"Identity": "Plan", "ActiveSyncEnabled": True, "ImapEnabled": False, "PopEnabled": False}
INTUNE = {"subscriptionState": "active", "settings": {"secureByDefault": True}}

# Check, facts, status, and words of the evidence or the next step.
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("leftover_connector", {"connectors": []}, "met", "lists no"),
    ("leftover_connector", {"connectors": [{"exchangeConnectorType": "serviceToService"}]}, "unmet", "1 serviceTo"),
    ("leftover_connector", {"connectors": refused("not_offered")}, "met", "offers no"),
    ("leftover_connector", {"connectors": refused()}, "unknown", "This.Read.All"),
    ("mdm_authority", {"authority": "intune"}, "met", "intune"),
    ("mdm_authority", {"authority": "office365"}, "unmet", "office365"),
    ("mdm_authority", {"authority": refused()}, "unknown", "This.Read.All"),
    ("intune_subscription", {"intune": INTUNE, "skus": []}, "unmet", "no active subscription"),
    ("intune_subscription", {"intune": refused("no_intune_licence"), "skus": []}, "unmet", "Add an Intune"),
    ("intune_subscription", {"intune": refused(), "skus": []}, "unknown", "This.Read.All"),
    ("secure_by_default", {"intune": INTUNE}, "met", "not compliant"),
    ("secure_by_default", {"intune": {"settings": {"secureByDefault": False}}}, "unmet", "as compliant"),
    ("secure_by_default", {"intune": {"settings": {"secureByDefault": "false"}}}, "unknown", "neither true nor"),
    ("secure_by_default", {"intune": {"settings": {"secureByDefault": 1}}}, "unknown", "neither true nor"),
    ("secure_by_default", {"intune": {}}, "unknown", "did not return the setting"),
    ("compliance_policies", COMPLIANCE, "met", "'Androids'"),
    ("compliance_policies", {**COMPLIANCE, "assignments": {"1": [ALL], "2": []}}, "unmet", "Android: none"),
    ("compliance_policies", {**COMPLIANCE, "assignments": {"1": [NOT], "2": [ALL]}}, "unmet", "iOS: none"),
    ("compliance_policies", {**COMPLIANCE, "compliance_policies": [IOS, ADMINISTRATOR]}, "unmet", "'Old' counts for"),
    (
        "compliance_policies",
        {
            "compliance_policies": [IOS, ANDROID, {**ADMINISTRATOR, "id": "3"}],
            "assignments": {one: [ALL] for one in "123"},
        },
        "met",
        "ended on 2024-12-31",
    ),
    ("compliance_policies", {**COMPLIANCE, "assignments": {"1": [ALL], "2": refused()}}, "unknown", "This.Read.All"),
    ("app_protection", protection([WORD, OUTLOOK], [ALL]), "met", "'Outlook'"),
    ("app_protection", protection([WORD], [ALL]), "unmet", "locked out"),
    ("app_protection", protection([OUTLOOK], []), "unmet", "locked out"),
    ("app_protection", protection([OUTLOOK], [], [DEVICE]), "not_applicable", "no enabled policy"),
    ("app_protection", protection([OUTLOOK], [], refused()), "unknown", "could not be read"),
    ("app_protection", protection(refused(), [ALL]), "unknown", "This.Read.All"),
    ("modern_clients", bound([DEVICE]), "met", "4 people covered"),
    ("modern_clients", bound([policy(["compliantDevice"], ["all"], excluded=["b"])]), "met", "excludes user b"),
    ("modern_clients", bound([policy(["compliantDevice"], ["all"], excluded=["a"])]), "unmet", "excludes user a"),
    ("modern_clients", bound([policy(["compliantDevice"], ["all"], excluded=["b"])], emergency=0), "unmet", "user b"),
    ("modern_clients", bound([policy(["compliantDevice", "mfa"], ["all"])]), "unmet", "compliantDevice or mfa"),
    ("modern_clients", bound([policy(["compliantDevice", "mfa"], ["all"], operator="AND")]), "met", "4 people covered"),
    ("modern_clients", bound([policy(["approvedApplication"], ["all"])]), "unmet", "not enforced since 2026-06-30"),
    ("modern_clients", bound([{**DEVICE, "state": access.REPORT_ONLY}]), "unmet", "in report-only mode: 'Ours'"),
    (
        "modern_clients",
        bound([policy(["compliantDevice"], ["all"], conditions={"signInRiskLevels": ["high"]})]),
        "unmet",
        "only under conditions",
    ),
    ("modern_clients", bound([]), "unmet", "no policy in force"),
    ("modern_clients", bound([], plans=[{"id": "p"}]), "unknown", "which are not judged here: 1"),
    ("modern_clients", bound([], plans=refused()), "unknown", "could not be read (refused)"),
    ("modern_clients", bound([DEVICE], plans=[{"id": "p"}]), "met", "4 people covered"),
    ("eas_certificates", {"devices": [phone(client="Outlook")]}, "met", "no Exchange ActiveSync device"),
    ("eas_certificates", {"devices": [phone(), phone()]}, "unknown", "2026-12-31"),
    ("eas_certificates", {"devices": refused()}, "unknown", "This.Read.All"),
    (
        "modern_clients",
        bound([DEVICE], ({}, [TenantError("forbidden", "needs User.Read.All")])),
        "unknown",
        "User.Read.All",
    ),
    (
        "modern_clients",
        bound(
            [{**DEVICE, "conditions": {**DEVICE["conditions"], "users": {"includeGroups": ["g"]}}}],
            ({Person("a", groups=None): 1}, [TenantError("forbidden", "needs GroupMember.Read.All")]),
        ),
        "unknown",
        "GroupMember.Read.All",
    ),
    # Nobody is covered, whoever the unread groups have in them; what was not read is said all the same.
    ("modern_clients", bound([], ({Person("a", groups=None): 1}, [refused()])), "unmet", "could not read it: refused"),
    ("modern_clients", bound(refused(), refused()), "unknown", "This.Read.All"),
    ("browser_on_phones", bound([DEVICE]), "met", "4 people covered"),
    ("browser_on_phones", bound([policy(["compliantDevice"], [MODERN])]), "unmet", "client app browser"),
    ("browser_on_phones", bound(refused(), refused()), "unknown", "This.Read.All"),
    ("unknown_platforms", bound([DEVICE]), "met", "4 people covered"),
    (
        "unknown_platforms",
        bound([policy(["compliantDevice"], ["all"], conditions={"platforms": {"includePlatforms": ["iOS"]}})]),
        "unmet",
        "excludes android, iOS, windows, macOS and linux, and blocks",
    ),
    ("unknown_platforms", bound(refused(), refused()), "unknown", "This.Read.All"),
    ("approved_application", {"policies": [DEVICE]}, "met", "none of 1"),
    ("approved_application", {"policies": [policy(["approvedApplication"], ["all"])]}, "unmet", "'Ours' asks for"),
    (
        "approved_application",
        {"policies": [policy(["approvedApplication"], ["all"])] * 2},
        "unmet",
        "'Ours', 'Ours' ask for",
    ),
    (
        "approved_application",
        {"policies": [policy(["approvedApplication", "compliantApplication"], ["all"])]},
        "met",
        "none",
    ),
    ("approved_application", {"policies": refused()}, "unknown", "This.Read.All"),
    ("eas_bound", bound([BLOCK]), "met", "covered"),
    ("eas_bound", bound([policy(["compliantDevice"], [MODERN])]), "unmet", "no policy in force"),
    ("eas_bound", bound(refused(), refused()), "unknown", "This.Read.All"),
    ("eas_with_desktop", {"policies": [BLOCK, DEVICE]}, "met", "no policy"),
    ("eas_with_desktop", {"policies": [policy(["compliantDevice"], [EAS, MODERN])]}, "unmet", "'Ours' covers"),
    # conditionalAccessPlatforms: "Possible values are: android, iOS, windows, …, all".
    ("eas_with_desktop", {"policies": [mixed(["all"])]}, "unmet", "on every platform"),
    ("eas_with_desktop", {"policies": [mixed(["all"], ["windows"])]}, "unmet", "that it does not exclude"),
    ("eas_with_desktop", {"policies": [mixed(["all"], ["windows"])] * 2}, "unmet", "'Ours' cover Exchange ActiveSync"),
    ("eas_with_desktop", {"policies": [mixed(["all"], ["windows"])] * 2}, "unmet", "that they do not exclude"),
    ("eas_with_desktop", {"policies": [mixed(["All"], ["windows", "macOS"])]}, "met", "no policy"),
    ("eas_with_desktop", {"policies": [mixed(["iOS", "android"])]}, "met", "no policy"),
    ("eas_with_desktop", {"policies": refused()}, "unknown", "This.Read.All"),
    ("eas_devices", {"devices": [phone(client="Outlook")], "settings": ALLOW}, "met", "no Exchange ActiveSync"),
    ("eas_devices", {"devices": [phone()], "settings": ALLOW}, "met", "1 Allowed by Individual"),
    ("eas_devices", {"devices": [phone(version="14.1")], "settings": ALLOW}, "unmet", "1 below version 16.1"),
    ("eas_devices", {"devices": [phone("Global")], "settings": ALLOW}, "unmet", "default Allow"),
    ("eas_devices", {"devices": [phone("Global")], "settings": BLOCKED}, "met", "1 Allowed by Global"),
    ("eas_devices", {"devices": [phone(version="")], "settings": ALLOW}, "unknown", "1 without a version"),
    ("eas_devices", {"devices": [phone(), phone(version="new")], "settings": ALLOW}, "unknown", "1 without a version"),
    ("eas_devices", {"devices": [phone(version="14.1"), phone(version="")], "settings": ALLOW}, "unmet", "1 below"),
    ("eas_devices", {"devices": [phone("Global"), phone(version="")], "settings": ALLOW}, "unmet", "1 without a"),
    ("eas_devices", {"devices": [phone("Global")], "settings": []}, "unknown", "did not return the default access"),
    ("eas_devices", {"devices": [phone()], "settings": []}, "met", "1 Allowed by Individual"),
    ("eas_devices", {"devices": refused(), "settings": ALLOW}, "unknown", "This.Read.All"),
    ("legacy_sign_ins", legacy([]), "met", "interactive or not"),
    # "Block legacy authentication": "Also perform these steps on the User sign-ins (non-interactive) tab".
    ("legacy_sign_ins", legacy([], refused()), "unknown", "This.Read.All"),
    ("legacy_sign_ins", legacy([], Background([SIGN_IN])), "unmet", "1 sign-in of 1 person"),
    ("legacy_sign_ins", legacy([SIGN_IN], Background([SIGN_IN])), "unmet", "2 sign-ins of 1 person"),
    ("legacy_sign_ins", legacy([SIGN_IN], Background([SIGN_IN], False)), "unmet", "only the latest 10000"),
    ("legacy_sign_ins", legacy([SIGN_IN]), "unmet", "stopped 1"),
    ("legacy_sign_ins", legacy([{**SIGN_IN, "conditionalAccessStatus": "Failure"}]), "unmet", "stopped 1"),
    ("legacy_sign_ins", legacy([SIGN_IN], refused()), "unmet", "non-interactive sign-ins are left out"),
    ("legacy_sign_ins", legacy(refused()), "unknown", "This.Read.All"),
    ("legacy_sign_ins", legacy([GUESSED, GUESSED]), "met", "2 attempts that failed for another reason"),
    ("legacy_sign_ins", legacy([], Background([GUESSED])), "met", "1 attempt that failed for another reason"),
    ("legacy_sign_ins", legacy([GUESSED, SIGN_IN]), "unmet", "1 sign-in of 1 person"),
    ("legacy_sign_ins", legacy([GUESSED, SIGN_IN]), "unmet", "stopped 1; 1 attempt that failed"),
    ("legacy_sign_ins", legacy([GUESSED], refused()), "unknown", "1 attempt that failed"),
    ("legacy_sign_ins", legacy([{**GUESSED, "conditionalAccessStatus": "failure"}]), "unmet", "stopped 1"),
    ("legacy_sign_ins", legacy([{**GUESSED, "status": {"errorCode": 0}}]), "unmet", "stopped 0"),
    ("legacy_sign_ins", legacy([{**GUESSED, "status": None}]), "unmet", "stopped 0"),
    (
        "legacy_sign_ins",
        legacy(refused(code="Authentication_RequestFromNonPremiumTenantOrB2CTenant")),
        "unknown",
        "Entra ID P1",
    ),
    ("mail_apps", {"mail_apps": REPORT}, "met", "2 Outlook For Mobile"),
    ("mail_apps", {"mail_apps": {**REPORT, "other_mobile": ["a@b"]}}, "unmet", "(a@b)"),
    ("mail_apps", {"mail_apps": {**REPORT, "other_mobile": ["0F"], "concealed": True}}, "unmet", "concealed"),
    ("mail_apps", {"mail_apps": refused()}, "unknown", "This.Read.All"),
    ("organization_access", {"settings": ALLOW, "rules": []}, "met", "Outlook is Allowed"),
    ("organization_access", {"settings": BLOCKED, "rules": []}, "unmet", "Outlook is Blocked"),
    ("organization_access", {"settings": BLOCKED, "rules": [LET_IN]}, "met", "1 device access rule"),
    ("organization_access", {"settings": [], "rules": []}, "unknown", "did not return the default"),
    ("mailbox_switches", {"mailboxes": [switches(True, True, False)], "plans": [PLAN]}, "met", "1 mailbox and "),
    ("mailbox_switches", {"mailboxes": [switches(True, False, False)], "plans": [PLAN]}, "unmet", "not Outlook mobile"),
    ("mailbox_switches", {"mailboxes": [switches(True, True, True)], "plans": [PLAN]}, "unmet", "off in every plan"),
    (
        "mailbox_switches",
        {"mailboxes": [switches(False, True, False)], "plans": [PLAN]},
        "unmet",
        "on in the plans Plan",
    ),
    ("mailbox_switches", {"mailboxes": refused(), "plans": [PLAN]}, "unknown", "This.Read.All"),
    ("mailbox_switches", {"mailboxes": [], "plans": [PLAN]}, "unknown", "0 mailboxes and 1 plan"),
    ("mailbox_switches", {"mailboxes": [switches(True, True, False)], "plans": []}, "unknown", "1 mailbox and 0 plans"),
    ("mailbox_switches", {"mailboxes": [], "plans": []}, "unknown", "nothing to compare"),
    ("mailbox_switches", {"mailboxes": [dict.fromkeys(PLAN)], "plans": [PLAN]}, "unknown", "switch of 1 of them"),
    ("mailbox_switches", {"mailboxes": [OPEN], "plans": [dict.fromkeys(PLAN)]}, "unknown", "switch of 1 of them"),
    ("mailbox_switches", {"mailboxes": [{**OPEN, "PopEnabled": "False"}], "plans": [PLAN]}, "unknown", "neither true"),
    ("mailbox_switches", {"mailboxes": [OPEN, {}], "plans": [PLAN, {}]}, "unknown", "switch of 2 of them"),
    ("mailbox_switches", {"mailboxes": [{**OPEN, "ImapEnabled": True}, {}], "plans": [PLAN]}, "unmet", "1 of 2 mailb"),
    ("mailbox_switches", {"mailboxes": [{**OPEN, "OutlookMobileEnabled": None}], "plans": [PLAN]}, "unknown", "of 1"),
    ("legacy_blocked", bound([BLOCK]), "met", "4 people covered"),
    ("legacy_blocked", bound([policy(["block"], [EAS])]), "unmet", "other legacy clients on iOS"),
    ("legacy_blocked", bound(refused(), refused()), "unknown", "This.Read.All"),
    ("device_required", bound([policy(["compliantDevice", "domainJoinedDevice"], ["all"])]), "met", "4 people"),
    ("device_required", bound([policy(["compliantDevice"], [MODERN])]), "unmet", "browsers on iOS"),
    ("device_required", bound(refused(), refused()), "unknown", "This.Read.All"),
    ("modern_authentication", {"exchange": {"OAuth2ClientProfileEnabled": True}}, "met", "on"),
    ("modern_authentication", {"exchange": {"OAuth2ClientProfileEnabled": False}}, "unmet", "off"),
    ("modern_authentication", {"exchange": {"OAuth2ClientProfileEnabled": "False"}}, "unknown", "neither true nor"),
    ("modern_authentication", {"exchange": {"OAuth2ClientProfileEnabled": 1}}, "unknown", "neither true nor"),
    ("modern_authentication", {"exchange": {}}, "unknown", "did not return"),
]


BESIDE: dict[str, Any] = {"policy_plans": [], "security_defaults": {}, "what_if": []}


def result_of(value: Any) -> ReadResult[Any]:
    return ReadResult(None, value) if isinstance(value, TenantError) else ReadResult(value)


@pytest.mark.parametrize(("name", "facts", "status", "words"), CASES)
def test_a_check_says_what_is_so(name: str, facts: dict[str, Any], status: str, words: str) -> None:
    read = {name: result_of(value) for name, value in {**BESIDE, **facts}.items()}
    if "assignments" in facts:
        read["assignments"] = ReadResult({name: result_of(part) for name, part in facts["assignments"].items()})
    (found,) = judge_all([one for one in QUESTIONS if one.id == name], read)
    assert found["status"] == status, found
    assert words in f"{found['evidence']} {found['next_step']}", found
    assert bool(found["next_step"]) is (status != "met")


def test_every_check_has_cases() -> None:
    for one in QUESTIONS:
        seen = {status for name, _facts, status, _words in CASES if name == one.id}
        # No read shows how a device signs in, so a certificate is never certain.
        assert seen >= ({"met", "unknown"} if one.id == "eas_certificates" else {"unmet", "unknown"}), one.id


def test_devices_are_joined_by_the_id_of_activesync() -> None:
    managed = [
        {"id": "1", "operatingSystem": "iOS", "easDeviceId": "d1"},
        {"id": "2", "operatingSystem": "Android", "easDeviceId": ""},
        {"id": "3", "operatingSystem": "Android", "easDeviceId": "GONE"},
        {"id": "4", "operatingSystem": "Windows", "easDeviceId": ""},
    ]
    devices = [phone(), {**phone(), "DeviceId": "D2"}, {**phone(client="Outlook"), "DeviceId": "GONE"}]
    rows = [(one["intune_id"], one["match"], one["access_state"]) for one in join(managed, devices)]
    assert rows == [
        ("1", "matched", "Allowed"),
        ("2", "cannot_tell", None),
        ("3", "only_intune", None),
        (None, "only_exchange", "Allowed"),
    ]


@pytest.mark.parametrize(
    ("matches", "evidence", "gap"),
    [
        ([], "no device", ""),
        (["matched", "matched"], "2 matched", ""),
        (["matched", "only_exchange"], "1 matched, 1 only_exchange", "1 device is known to one side only"),
        (["only_intune", "cannot_tell"], "1 only_intune, 1 cannot_tell", "2 devices are known to one side only"),
        (
            ["only_exchange", "only_intune", "cannot_tell", "only_exchange"],
            "2 only_exchange, 1 only_intune, 1 cannot_tell",
            "4 devices are known to one side only",
        ),
    ],
)
def test_the_inventory_counts_what_one_side_does_not_know(matches: list[str], evidence: str, gap: str) -> None:
    found = assessment._inventory([{"match": one} for one in matches])
    assert (found["evidence"], found["gap"]) == (evidence, gap) and len(found["covered_by"]) == 2


def test_an_inventory_that_could_not_be_read_covers_nothing() -> None:
    found = assessment._inventory(None)
    assert found["covered_by"] == [] and "could not be read" in found["gap"]


def by_id(result: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["status"] for one in result["checks"]}


# Whether a device shows its certificate directly to Exchange is unknown while it has one.
COVERED_UNMET = {"eas_certificates", "eas_devices", "device_required", "mailbox_switches"}
HOLES_MET = {
    "leftover_connector",
    "mdm_authority",
    "intune_subscription",
    "eas_with_desktop",
    "organization_access",
    "mailbox_switches",
    "modern_authentication",
}


def test_a_tenant_that_is_covered(run: Run, simulator: Simulator) -> None:
    result = run(module, tenant="retired_covered")
    assert not result.get("failed") and not result["changed"] and writes(simulator) == []
    found = by_id(result)
    assert {name for name, status in found.items() if status != "met"} == COVERED_UNMET, found
    answers = {one["what"]: one for one in result["answers"]}
    assert answers["conditional_access"]["gap"] == "" and answers["usage_report"]["gap"] == ""
    assert [one["match"] for one in result["managed_device_access"]] == ["matched", "cannot_tell"]
    eas = [one for one in result["coverage"] if one["question"] == "eas"]
    assert [one["covered"][0]["people"] for one in eas] == [3] * 6
    assert [one["not_covered"][0]["reasons"][-1]["reason"] for one in eas] == ["excluded"] * 6


def test_a_tenant_with_holes(run: Run) -> None:
    result = run(module, tenant="retired_with_holes")
    found = by_id(result)
    assert {name for name, status in found.items() if status == "met"} == HOLES_MET
    assert found["app_protection"] == "not_applicable"
    assert found["eas_certificates"] == "unknown"
    others = {*HOLES_MET, "app_protection", "eas_certificates"}
    assert {status for name, status in found.items() if name not in others} == {"unmet"}
    evidence = {one["id"]: one["evidence"] for one in result["checks"]}
    assert "3 sign-ins of 3 people" in evidence["legacy_sign_ins"]
    assert "1 person not covered" in evidence["modern_clients"] and " 1 people" not in str(evidence)
    assert "their names are concealed" in evidence["mail_apps"]
    answers = {one["what"]: one for one in result["answers"]}
    assert answers["conditional_access"]["covered_by"] == []


PLANS = "GET /beta/identity/conditionalAccess/plans"
NO_SEGMENT = {"error": {"code": "BadRequest", "message": "Resource not found for the segment 'plans'."}}


@pytest.mark.parametrize(
    ("status", "body", "judged"),
    [
        (200, {"value": []}, True),
        (200, {"value": [{"id": "p", "displayName": "Plan"}]}, False),
        (400, NO_SEGMENT, True),
        (501, {"error": {"code": "NotSupported", "message": "no"}}, True),
        (404, {"error": {"code": "ResourceNotFound", "message": "no"}}, True),
        (404, {}, False),  # a proxy may have responded
        (400, {"error": {"code": "BadRequest", "message": "no"}}, False),
        (403, {"error": {"code": "AccessDenied", "message": "no"}}, False),
    ],
)
def test_policy_plans_leave_holes_open(
    run: Run, simulator: Simulator, status: int, body: dict[str, Any], judged: bool
) -> None:
    """Plans can only require more: covered people stay covered, the others become unknown."""
    simulator.fault(match=PLANS, kind="status", status=status, body=body, count=99)
    result = run(module, tenant="retired_with_holes")
    found = by_id(result)
    for name in ("modern_clients", "eas_bound", "legacy_blocked", "device_required"):
        assert found[name] == ("unmet" if judged else "unknown")
    assert bool(result["coverage"]) is judged
    assert sum(one["path"].endswith("/plans") for one in simulator.requests()) == 1


def test_what_may_not_be_read_is_unknown_and_named(run: Run) -> None:
    result = run(module, tenant="ready")  # without the permissions of the assessment
    steps = {one["id"]: one["next_step"] for one in result["checks"] if one["status"] == "unknown"}
    for name, permission in {
        "compliance_policies": "DeviceManagementConfiguration.Read.All",
        "app_protection": "DeviceManagementApps.Read.All",
        "modern_clients": "Policy.Read.All",
        "legacy_sign_ins": "AuditLog.Read.All",
        "mail_apps": "Reports.Read.All",
    }.items():
        assert f"This needs {permission}" in steps[name]
    assert result["coverage"] is None and result["managed_device_access"] is None


def test_it_fails_where_nothing_may_be_read(run: Run) -> None:
    result = run(module, tenant="retired_covered", application="restricted")
    assert result["failed"] and result["error"]["kind"] == "forbidden"


def test_a_negative_number_of_accounts_is_refused(run: Run, simulator: Simulator) -> None:
    result = run(module, tenant="retired_covered", emergency_accounts=-1)
    assert result["failed"] and "emergency_accounts is less than 0" in result["msg"]


def test_what_two_reads_ask_for_is_what_opens_them() -> None:
    """Get-CASMailboxPlan is in View-Only Configuration; Intune's settings need the permission for its devices."""
    assert assessment._EXCHANGE_READS["plans"][2].permission == "the Exchange role View-Only Configuration"
    assert assessment.GRAPH_READS["intune"].purpose.permission == "DeviceManagementConfiguration.Read.All"


def test_what_a_device_says_of_its_platform_is_not_verified() -> None:
    """ "Conditional Access: Conditions", device platforms: "Since user agent strings can be modified, this information
    is unverified"."""
    phones = policy(["compliantDevice"], ["all"], conditions={"platforms": {"includePlatforms": ["iOS", "android"]}})
    known = ["android", "iOS", "windows", "macOS", "linux"]
    rest = {"platforms": {"includePlatforms": ["all"], "excludePlatforms": known}}
    block = {**policy(["block"], ["all"], conditions=rest), "id": "2", "displayName": "Unknown platforms"}
    for policies, names in (
        ([phones, block], {"modern_clients": "Ours", "unknown_platforms": "Unknown platforms"}),
        ([DEVICE], {"modern_clients": "", "unknown_platforms": ""}),
    ):
        rows = access.coverage(policies, PEOPLE)
        for question, name in {**names, "browser_on_phones": names["modern_clients"], "device_required": ""}.items():
            nothing = ReadResult[Any]([])
            found = access.judged(question, rows, PEOPLE, 1, nothing, ReadResult({"isEnabled": False}), nothing)
            assert found.status == ("unmet" if question == "device_required" and names["modern_clients"] else "met")
            assert (f"'{name}' is for some platforms only" in found.evidence) is bool(name)
            assert ("is not verified" in found.evidence) is bool(name)


@pytest.mark.parametrize("unread", ["nothing", "plans", "defaults"])
def test_a_hole_says_what_was_not_read_about_people(unread: str) -> None:
    of_people, other = (
        TenantError("forbidden", f"{what} refused", f"read {what}", "contoso.com", ErrorResponse("Graph", 403))
        for what in ("the members of a group", "something else")
    )
    people = (PEOPLE[0], [of_people])
    plans = ReadResult[Any](None, other) if unread == "plans" else ReadResult[Any]([])
    defaults = ReadResult[Any](None, other) if unread == "defaults" else ReadResult[Any]({"isEnabled": False})
    rows = access.coverage([DEVICE], people)
    found = access.judged("legacy_blocked", rows, people, 1, plans, defaults, ReadResult[Any]([]))
    assert found.status == ("unmet" if unread == "nothing" else "unknown")
    assert "could not read the members of a group: the members of a group refused" in found.evidence


@pytest.mark.parametrize(
    ("settings", "covered", "evidence", "gap"),
    [
        ([], False, "the default access level could not be read", "not known"),
        ([{"DefaultAccessLevel": "Quarantine"}], True, "the default access level is Quarantine", ""),
        (
            [{"DefaultAccessLevel": "Allow"}],
            False,
            "the default access level is Allow",
            "no device waits for an approval",
        ),
    ],
)
def test_whether_devices_wait_for_an_approval(settings: list[Any], covered: bool, evidence: str, gap: str) -> None:
    answer = assessment._approval(settings)
    assert (bool(answer["covered_by"]), answer["evidence"], answer["gap"]) == (covered, evidence, gap)
