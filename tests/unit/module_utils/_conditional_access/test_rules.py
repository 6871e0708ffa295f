# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge of Conditional Access as a table. Each part names the page with its rules.

Pages without a host are those of MicrosoftDocs/entra-docs, docs/identity/conditional-access.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import EVERYBODY, Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import (
    APPS,
    BLOCK,
    BROWSER,
    DEVICE_OR_APP,
    EAS,
    EXCHANGE_ONLINE,
    LEGACY,
    MOBILE,
    REPORT_ONLY,
    SignIn,
    judge,
    read,
)

OUTLOOK, MAIL_APP, IMAP = SignIn(APPS, "iOS"), SignIn(EAS, "iOS"), SignIn(LEGACY, "other")
ADELE = Person("adele", frozenset({"sales", "staff"}), frozenset({"helpdesk"}))
GUEST = Person("guest", kind="guest", tenant="fabrikam")
UNREAD = Person("unread", None, None)
TEAMS = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"


def policy(
    *controls: str,
    operator: str = "OR",
    state: str = "enabled",
    users: dict[str, Any] | None = None,
    apps: dict[str, Any] | None = None,
    grant: dict[str, Any] | None = None,
    name: str = "policy",
    **conditions: Any,
) -> dict[str, Any]:
    """A policy as Graph returns it: for everybody, Exchange Online and all clients unless told otherwise."""
    return {
        "id": f"id of {name}",
        "displayName": name,
        "state": state,
        "conditions": {
            "users": {"includeUsers": ["All"]} if users is None else users,
            "applications": {"includeApplications": [EXCHANGE_ONLINE]} if apps is None else apps,
            "clientAppTypes": ["all"],
            "platforms": None,
            "locations": None,
            "signInRiskLevels": [],
            "userRiskLevels": [],
            "devices": None,
            "clientApplications": None,
            **conditions,
        },
        "grantControls": {
            "operator": operator,
            "builtInControls": list(controls),
            "customAuthenticationFactors": [],
            "termsOfUse": [],
            **(grant or {}),
        },
        "sessionControls": None,
    }


COVERED, DEPENDS, NOT = "covered", "depends_on", "not_covered"
DEVICE = policy("compliantDevice")
APP = "compliantApplication"


def guests(types: str, *tenants: str) -> dict[str, Any]:
    members = {"membershipKind": "enumerated", "members": list(tenants)} if tenants else {"membershipKind": "all"}
    return {"guestOrExternalUserTypes": types, "externalTenants": members}


Case = tuple[str, list[dict[str, Any]], SignIn, Person, Any, str, str]
# What it shows, the policies, the sign-in, who, what is wanted, where the person ends up, and a word of the evidence:
# what is required, the reason of the first policy, or the condition.
TABLE: list[Case] = [
    # concept-conditional-access-policies: what a policy is, and several of them
    ("no policy", [], OUTLOOK, EVERYBODY, None, NOT, ""),
    ("one policy", [DEVICE], OUTLOOK, EVERYBODY, DEVICE_OR_APP, COVERED, "compliantDevice"),
    ("several add up", [policy("mfa"), DEVICE], OUTLOOK, EVERYBODY, DEVICE_OR_APP, COVERED, "mfa"),
    (
        "mfa meets both",
        [policy("mfa"), policy("mfa", "compliantDevice")],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        NOT,
        "other_requirement",
    ),
    ("a block stops", [policy("mfa"), policy("block")], OUTLOOK, EVERYBODY, DEVICE_OR_APP, COVERED, "block"),
    ("any requirement", [policy("mfa")], OUTLOOK, EVERYBODY, None, COVERED, "mfa"),
    # concept-conditional-access-report-only, resources/conditionalaccesspolicy: state
    ("disabled", [policy("block", state="disabled")], OUTLOOK, EVERYBODY, None, NOT, "disabled"),
    ("report-only", [policy("block", state=REPORT_ONLY)], OUTLOOK, EVERYBODY, None, NOT, "report_only"),
    ("a state of the future", [policy("block", state="paused")], OUTLOOK, EVERYBODY, None, NOT, "disabled"),
    # concept-conditional-access-grant: operator and controls
    ("or with mfa", [policy("mfa", "compliantDevice")], OUTLOOK, EVERYBODY, DEVICE_OR_APP, NOT, "alternative"),
    (
        "and with mfa",
        [policy("mfa", "compliantDevice", operator="AND")],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        COVERED,
        "compliantDevice",
    ),
    ("device or app", [policy("compliantDevice", APP)], OUTLOOK, EVERYBODY, DEVICE_OR_APP, COVERED, APP),
    ("device or app is not a device", [policy("compliantDevice", APP)], OUTLOOK, EVERYBODY, {APP}, NOT, "alternative"),
    (
        "no operator means all",
        [policy("mfa", "compliantDevice", operator="")],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        COVERED,
        "mfa",
    ),
    (
        "operator in lower case",
        [policy("mfa", "compliantDevice", operator="or")],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        NOT,
        "alternative",
    ),
    ("mfa is not a device", [policy("mfa")], OUTLOOK, EVERYBODY, DEVICE_OR_APP, NOT, "other_requirement"),
    ("no grant", [policy()], OUTLOOK, EVERYBODY, None, NOT, "no_grant"),
    ("only session controls", [policy() | {"grantControls": None}], OUTLOOK, EVERYBODY, None, NOT, "no_grant"),
    (
        "or with a strength",
        [policy("compliantDevice", grant={"authenticationStrength": {"id": "1"}})],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        NOT,
        "alternative",
    ),
    (
        "a strength is required",
        [policy(grant={"authenticationStrength": {"id": "1"}})],
        OUTLOOK,
        EVERYBODY,
        {"authenticationStrength"},
        COVERED,
        "authenticationStrength",
    ),
    (
        "or with terms of use",
        [policy("compliantDevice", grant={"termsOfUse": ["1"]})],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        NOT,
        "alternative",
    ),
    (
        "or with a custom control",
        [policy("compliantDevice", grant={"customAuthenticationFactors": ["Duo"]})],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        NOT,
        "alternative",
    ),
    (
        "or with what is new",
        [policy("compliantDevice", "unknownFutureValue")],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        NOT,
        "alternative",
    ),
    (
        "and with what is new",
        [policy("compliantDevice", "riskRemediation", operator="AND")],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        COVERED,
        "riskRemediation",
    ),
    # the same page: where a control can be met; what nobody can meet blocks
    (
        "a phone joins no domain",
        [policy("domainJoinedDevice", "compliantDevice")],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        COVERED,
        "compliantDevice",
    ),
    ("a phone that must", [policy("domainJoinedDevice")], OUTLOOK, EVERYBODY, BLOCK, COVERED, "block"),
    (
        "Windows can",
        [policy("domainJoinedDevice", "compliantDevice")],
        SignIn(APPS, "windows"),
        EVERYBODY,
        DEVICE_OR_APP,
        NOT,
        "alternative",
    ),
    ("no compliance there", [DEVICE], SignIn(APPS, "other"), EVERYBODY, BLOCK, COVERED, "block"),
    ("no app protection on Linux", [policy(APP)], SignIn(APPS, "linux"), EVERYBODY, BLOCK, COVERED, "block"),
    ("Edge on Windows has it", [policy(APP)], SignIn(BROWSER, "windows"), EVERYBODY, {APP}, COVERED, APP),
    # MicrosoftDocs/memdocs issue 3728: desktop Outlook was shut out
    ("Outlook on Windows has not", [policy(APP)], SignIn(APPS, "windows"), EVERYBODY, {APP}, COVERED, "block"),
    # migrate-approved-client-app: "as if this grant isn't selected"
    (
        "approved app alone",
        [policy("approvedApplication")],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "approved_application",
    ),
    (
        "or app protection",
        [policy("approvedApplication", APP)],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        COVERED,
        APP,
    ),
    (
        "and a device",
        [policy("approvedApplication", "compliantDevice", operator="AND")],
        OUTLOOK,
        EVERYBODY,
        DEVICE_OR_APP,
        COVERED,
        "compliantDevice",
    ),
    ("or mfa", [policy("approvedApplication", "mfa")], OUTLOOK, EVERYBODY, DEVICE_OR_APP, NOT, "other_requirement"),
    # concept-conditional-access-cloud-apps, resources/conditionalaccessapplications
    ("all", [policy("block", apps={"includeApplications": ["All"]})], OUTLOOK, EVERYBODY, None, COVERED, "block"),
    (
        "the suite",
        [policy("block", apps={"includeApplications": ["Office365"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        COVERED,
        "block",
    ),
    (
        "another one",
        [policy("block", apps={"includeApplications": [TEAMS]})],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "application",
    ),
    ("none", [policy("block", apps={"includeApplications": ["None"]})], OUTLOOK, EVERYBODY, None, NOT, "application"),
    (
        "all but Exchange Online",
        [policy("block", apps={"includeApplications": ["All"], "excludeApplications": [EXCHANGE_ONLINE]})],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "application",
    ),
    (
        "all but the suite",
        [policy("block", apps={"includeApplications": ["All"], "excludeApplications": ["Office365"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "application",
    ),
    (
        "all but another one",
        [policy("block", apps={"includeApplications": ["All"], "excludeApplications": [TEAMS]})],
        OUTLOOK,
        EVERYBODY,
        None,
        COVERED,
        "block",
    ),
    (
        "a user action",
        [policy("block", apps={"includeUserActions": ["urn:user:registersecurityinfo"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "user_action",
    ),
    (
        "an authentication context",
        [policy("block", apps={"includeAuthenticationContextClassReferences": ["c1"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "authentication_context",
    ),
    # concept-filter-for-applications
    (
        "a filter for applications",
        [policy("block", apps={"applicationFilter": {"mode": "include", "rule": "x"}})],
        OUTLOOK,
        EVERYBODY,
        None,
        DEPENDS,
        "applicationFilter",
    ),
    (
        "a filter that takes some out",
        [
            policy(
                "block",
                apps={"includeApplications": ["All"], "applicationFilter": {"mode": "exclude", "rule": "x"}},
            )
        ],
        OUTLOOK,
        EVERYBODY,
        None,
        DEPENDS,
        "applicationFilter",
    ),
    # concept-conditional-access-conditions: client apps
    ("all clients", [policy("block")], IMAP, EVERYBODY, BLOCK, COVERED, "block"),
    (
        "modern clients only",
        [policy("block", clientAppTypes=["browser", APPS])],
        MAIL_APP,
        EVERYBODY,
        BLOCK,
        NOT,
        "client_app",
    ),
    (
        "no browser",
        [policy("block", clientAppTypes=[APPS])],
        SignIn(BROWSER, "iOS"),
        EVERYBODY,
        BLOCK,
        NOT,
        "client_app",
    ),
    ("a policy of 2020, Outlook", [policy("block", clientAppTypes=[])], OUTLOOK, EVERYBODY, BLOCK, COVERED, "block"),
    ("a policy of 2020, IMAP", [policy("block", clientAppTypes=[])], IMAP, EVERYBODY, BLOCK, NOT, "client_app"),
    ("a policy of 2020, null", [policy("block", clientAppTypes=None)], MAIL_APP, EVERYBODY, BLOCK, NOT, "client_app"),
    # the same page: legacy clients pass on no device state and no second factor
    ("mfa blocks IMAP", [policy("mfa")], IMAP, EVERYBODY, BLOCK, COVERED, "block"),
    ("a device blocks IMAP", [policy("mfa", "compliantDevice")], IMAP, EVERYBODY, BLOCK, COVERED, "block"),
    ("mfa blocks EAS", [policy("mfa")], MAIL_APP, EVERYBODY, BLOCK, COVERED, "block"),
    (
        "terms of use block EAS",
        [policy(grant={"termsOfUse": ["1"]})],
        MAIL_APP,
        EVERYBODY,
        BLOCK,
        COVERED,
        "block",
    ),
    ("a compliant device may use EAS", [DEVICE], MAIL_APP, EVERYBODY, BLOCK, NOT, "other_requirement"),
    (
        "or with mfa, EAS needs the device",
        [policy("mfa", "compliantDevice")],
        MAIL_APP,
        EVERYBODY,
        DEVICE_OR_APP,
        COVERED,
        "compliantDevice",
    ),
    # policy-all-users-approved-app-or-app-protection: "Block Exchange ActiveSync on all devices"
    ("app protection blocks EAS", [policy(APP, clientAppTypes=[EAS])], MAIL_APP, EVERYBODY, BLOCK, COVERED, "block"),
    # policy-block-legacy-authentication
    (
        "legacy clients blocked",
        [policy("block", clientAppTypes=[EAS, LEGACY], apps={"includeApplications": ["All"]})],
        MAIL_APP,
        EVERYBODY,
        BLOCK,
        COVERED,
        "block",
    ),
    # resources/conditionalaccessconditionset: easSupported
    (
        "EAS where supported",
        [policy("block", clientAppTypes=["easSupported"])],
        MAIL_APP,
        EVERYBODY,
        BLOCK,
        COVERED,
        "block",
    ),
    (
        "EAS where not supported",
        [policy("block", clientAppTypes=["easSupported"])],
        SignIn(EAS, "other"),
        EVERYBODY,
        BLOCK,
        NOT,
        "client_app",
    ),
    (
        "EAS only where not supported",
        [policy("block", clientAppTypes=["easUnsupported"])],
        SignIn(EAS, "other"),
        EVERYBODY,
        BLOCK,
        COVERED,
        "block",
    ),
    # the same page: device platforms; policy-all-users-device-unknown-unsupported
    (
        "the platform",
        [policy("block", platforms={"includePlatforms": ["android", "iOS"], "excludePlatforms": []})],
        OUTLOOK,
        EVERYBODY,
        None,
        COVERED,
        "block",
    ),
    (
        "another platform",
        [policy("block", platforms={"includePlatforms": ["android"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "platform",
    ),
    (
        "any but this",
        [policy("block", platforms={"includePlatforms": ["all"], "excludePlatforms": ["iOS"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "platform",
    ),
    (
        "only what is unknown",
        [policy("block", platforms={"includePlatforms": ["all"], "excludePlatforms": ["iOS", "android"]})],
        SignIn(APPS, "other"),
        EVERYBODY,
        None,
        COVERED,
        "block",
    ),
    (
        "an unknown platform slips through",
        [policy("block", platforms={"includePlatforms": ["iOS", "android", "windows", "macOS", "linux"]})],
        SignIn(APPS, "other"),
        EVERYBODY,
        None,
        NOT,
        "platform",
    ),
    (
        "not configured",
        [policy("block", platforms={"includePlatforms": [], "excludePlatforms": []})],
        OUTLOOK,
        EVERYBODY,
        None,
        COVERED,
        "block",
    ),
    # concept-assignment-network
    (
        "outside of trusted networks",
        [policy("block", locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        DEPENDS,
        "locations",
    ),
    (
        "from some networks",
        [policy("block", locations={"includeLocations": ["1"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        DEPENDS,
        "locations",
    ),
    (
        "from anywhere",
        [policy("block", locations={"includeLocations": ["All"], "excludeLocations": []})],
        OUTLOOK,
        EVERYBODY,
        None,
        COVERED,
        "block",
    ),
    # concept-condition-filters-for-devices
    (
        "some devices",
        [policy("block", devices={"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}})],
        OUTLOOK,
        EVERYBODY,
        None,
        DEPENDS,
        "devices",
    ),
    ("no filter", [policy("block", devices={"deviceFilter": None})], OUTLOOK, EVERYBODY, None, COVERED, "block"),
    # concept-conditional-access-conditions: risk
    (
        "sign-ins at risk",
        [policy("mfa", signInRiskLevels=["high"])],
        OUTLOOK,
        EVERYBODY,
        None,
        DEPENDS,
        "signInRiskLevels",
    ),
    (
        "users at risk, who change the password",
        [policy("mfa", "passwordChange", operator="AND", userRiskLevels=["high"])],
        OUTLOOK,
        EVERYBODY,
        {"passwordChange"},
        DEPENDS,
        "userRiskLevels",
    ),
    (
        "insiders at risk",
        [policy("block", insiderRiskLevels="elevated")],
        OUTLOOK,
        EVERYBODY,
        None,
        DEPENDS,
        "insiderRisk",
    ),
    # concept-authentication-flows
    (
        "a device code",
        [policy("block", authenticationFlows={"transferMethods": "deviceCodeFlow"})],
        OUTLOOK,
        EVERYBODY,
        None,
        DEPENDS,
        "authenticationFlows",
    ),
    (
        "no flow",
        [policy("block", authenticationFlows={"transferMethods": "none"})],
        OUTLOOK,
        EVERYBODY,
        None,
        COVERED,
        "block",
    ),
    ("a condition of the future", [policy("block", times={"x": 1})], OUTLOOK, EVERYBODY, None, DEPENDS, "times"),
    (
        "another policy has no condition",
        [policy("block", signInRiskLevels=["high"]), DEVICE],
        OUTLOOK,
        EVERYBODY,
        None,
        COVERED,
        "compliantDevice",
    ),
    # workload-identity
    (
        "workloads",
        [policy("block", users={}, clientApplications={"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "workload_identity",
    ),
    (
        "workloads, nobody named",
        [
            policy(
                "block",
                users={"includeUsers": ["None"]},
                clientApplications={"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]},
            )
        ],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "workload_identity",
    ),
    (
        "some clients of people",
        [policy("block", clientApplications={"includeServicePrincipals": ["1"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        DEPENDS,
        "clientApplications",
    ),
    # concept-conditional-access-users-groups, resources/conditionalaccessusers
    ("nobody", [policy("block", users={"includeUsers": ["None"]})], OUTLOOK, ADELE, None, NOT, "not_included"),
    ("no users", [policy("block", users={})], OUTLOOK, ADELE, None, NOT, "not_included"),
    ("this user", [policy("block", users={"includeUsers": ["ADELE"]})], OUTLOOK, ADELE, None, COVERED, "block"),
    (
        "everybody is not one",
        [policy("block", users={"includeUsers": ["adele"]})],
        OUTLOOK,
        EVERYBODY,
        None,
        NOT,
        "user adele",
    ),
    ("the group", [policy("block", users={"includeGroups": ["Sales"]})], OUTLOOK, ADELE, None, COVERED, "block"),
    ("another group", [policy("block", users={"includeGroups": ["it"]})], OUTLOOK, ADELE, None, NOT, "group it"),
    ("the role", [policy("block", users={"includeRoles": ["helpdesk"]})], OUTLOOK, ADELE, None, COVERED, "block"),
    ("another role", [policy("block", users={"includeRoles": ["admin"]})], OUTLOOK, ADELE, None, NOT, "role admin"),
    (
        "the user is excluded",
        [policy("block", users={"includeUsers": ["All"], "excludeUsers": ["adele"]})],
        OUTLOOK,
        ADELE,
        None,
        NOT,
        "excluded",
    ),
    (
        "the group is excluded",
        [policy("block", users={"includeUsers": ["adele"], "excludeGroups": ["staff"]})],
        OUTLOOK,
        ADELE,
        None,
        NOT,
        "excluded",
    ),
    (
        "the role is excluded",
        [policy("block", users={"includeGroups": ["sales"], "excludeRoles": ["helpdesk"]})],
        OUTLOOK,
        ADELE,
        None,
        NOT,
        "excluded",
    ),
    (
        "excluded from one of two",
        [policy("block", users={"includeUsers": ["All"], "excludeUsers": ["adele"]}), DEVICE],
        OUTLOOK,
        ADELE,
        DEVICE_OR_APP,
        COVERED,
        "compliantDevice",
    ),
    # the same pages: guests and external users
    ("all are guests too", [policy("block")], OUTLOOK, GUEST, None, COVERED, "block"),
    (
        "guests, in the old way",
        [policy("block", users={"includeUsers": ["GuestsOrExternalUsers"]})],
        OUTLOOK,
        GUEST,
        None,
        COVERED,
        "block",
    ),
    (
        "a member is not a guest",
        [policy("block", users={"includeUsers": ["GuestsOrExternalUsers"]})],
        OUTLOOK,
        ADELE,
        None,
        NOT,
        "not_included",
    ),
    (
        "guests are excluded",
        [policy("block", users={"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]})],
        OUTLOOK,
        GUEST,
        None,
        NOT,
        "excluded",
    ),
    (
        "these guests",
        [
            policy(
                "block",
                users={"includeGuestsOrExternalUsers": guests("internalGuest,b2bCollaborationGuest")},
            )
        ],
        OUTLOOK,
        GUEST,
        None,
        COVERED,
        "block",
    ),
    (
        "one kind of guests",
        [policy("block", users={"includeGuestsOrExternalUsers": guests("b2bCollaborationGuest")})],
        OUTLOOK,
        GUEST,
        None,
        DEPENDS,
        "guests or external users",
    ),
    (
        "service providers",
        [policy("block", users={"includeGuestsOrExternalUsers": guests("serviceProvider")})],
        OUTLOOK,
        GUEST,
        None,
        NOT,
        "not_included",
    ),
    (
        "guests of another tenant",
        [policy("block", users={"includeGuestsOrExternalUsers": guests("b2bCollaborationGuest", "contoso")})],
        OUTLOOK,
        Person("guest", kind="b2bCollaborationGuest", tenant="fabrikam"),
        None,
        NOT,
        "not_included",
    ),
    (
        "guests of this tenant",
        [policy("block", users={"includeGuestsOrExternalUsers": guests("b2bCollaborationGuest", "Fabrikam")})],
        OUTLOOK,
        Person("guest", kind="b2bCollaborationGuest", tenant="fabrikam"),
        None,
        COVERED,
        "block",
    ),
    (
        "guests whose tenant is not known",
        [policy("block", users={"includeGuestsOrExternalUsers": guests("b2bCollaborationGuest", "fabrikam")})],
        OUTLOOK,
        Person("guest", kind="b2bCollaborationGuest"),
        None,
        DEPENDS,
        "guests or external users",
    ),
    (
        "internal guests come from no tenant",
        [policy("block", users={"includeGuestsOrExternalUsers": guests("internalGuest", "fabrikam")})],
        OUTLOOK,
        Person("guest", kind="internalGuest"),
        None,
        COVERED,
        "block",
    ),
    # unreadable facts are unknown
    ("no matter", [policy("block", users={"includeUsers": ["All"]})], OUTLOOK, UNREAD, None, COVERED, "block"),
    (
        "a group that could not be read",
        [policy("block", users={"includeGroups": ["sales"]})],
        OUTLOOK,
        UNREAD,
        None,
        DEPENDS,
        "group sales",
    ),
    (
        "an exclusion that could not be read",
        [policy("block", users={"includeUsers": ["All"], "excludeRoles": ["admin"]})],
        OUTLOOK,
        UNREAD,
        None,
        DEPENDS,
        "role admin",
    ),
    # concept-conditional-access-conditions: "causes all users to be subject of the policy"
    (
        "roles, with EAS",
        [policy("block", users={"includeRoles": ["admin"]}, clientAppTypes=[EAS])],
        MAIL_APP,
        ADELE,
        BLOCK,
        COVERED,
        "block",
    ),
    (
        "guests, with EAS",
        [policy("block", users={"includeUsers": ["GuestsOrExternalUsers"]}, clientAppTypes=[EAS])],
        MAIL_APP,
        ADELE,
        BLOCK,
        COVERED,
        "block",
    ),
    (
        "groups, with EAS",
        [policy("block", users={"includeGroups": ["it"]}, clientAppTypes=[EAS])],
        MAIL_APP,
        ADELE,
        BLOCK,
        NOT,
        "not_included",
    ),
    (
        "excluded, with EAS",
        [policy("block", users={"includeRoles": ["admin"], "excludeUsers": ["adele"]}, clientAppTypes=[EAS])],
        MAIL_APP,
        ADELE,
        BLOCK,
        NOT,
        "excluded",
    ),
]


def test_the_table_is_long_and_says_each_thing_once() -> None:
    assert len(TABLE) == len({case[0] for case in TABLE}) >= 60


@pytest.mark.parametrize(
    ("policies", "sign_in", "person", "wanted", "status", "evidence"),
    [case[1:] for case in TABLE],
    ids=[case[0] for case in TABLE],
)
def test_who_is_covered(
    policies: list[dict[str, Any]], sign_in: SignIn, person: Person, wanted: Any, status: str, evidence: str
) -> None:
    answer = judge(policies, sign_in, wanted, [person])
    assert [name for name in (COVERED, DEPENDS, NOT) if answer[name]] == [status]
    (entry,) = answer[status]
    assert entry["who"] == [person.id]
    shown = entry["requirements"] if status == COVERED else entry.get("policies", entry.get("reasons"))
    assert evidence in str(shown)


def test_people_about_whom_the_same_is_to_be_said_share_an_entry() -> None:
    people = [ADELE, Person("alex"), Person("bianca"), Person("emergency")]
    policies = [
        policy("compliantDevice", name="devices", users={"includeUsers": ["All"], "excludeUsers": ["emergency"]}),
        policy("mfa", name="mfa", users={"includeGroups": ["sales"]}),
    ]
    answer = judge(policies, OUTLOOK, DEVICE_OR_APP, people)
    assert [(one["who"], one["requirements"]) for one in answer[COVERED]] == [
        (["adele"], [["compliantDevice"], ["mfa"]]),
        (["alex", "bianca"], [["compliantDevice"]]),
    ]
    (out,) = answer[NOT]
    assert out["who"] == ["emergency"]
    assert [(one["policy"], one["reason"], one["detail"]) for one in out["reasons"]] == [
        ("devices", "excluded", "it excludes user emergency"),
        ("mfa", "not_included", "it includes only group sales"),
    ]


def test_an_answer_about_everybody_says_who_is_excepted() -> None:
    users = {
        "includeUsers": ["All"],
        "excludeUsers": ["emergency"],
        "excludeGroups": ["pilots"],
        "excludeGuestsOrExternalUsers": guests("serviceProvider"),
    }
    (entry,) = judge([policy("block", users=users)], MAIL_APP, BLOCK)[COVERED]
    assert entry["policies"] == [
        {
            "id": "id of policy",
            "policy": "policy",
            "except": ["user emergency", "group pilots", "guests or external users (serviceprovider)"],
        }
    ]


def test_report_only_is_told_to_whom_it_would_matter() -> None:
    planned = policy("compliantDevice", state=REPORT_ONLY, name="planned", signInRiskLevels=["high"])
    answer = judge([planned, policy("mfa")], OUTLOOK, DEVICE_OR_APP)
    assert answer["report_only"] == [
        {
            "who": ["everybody"],
            "policies": [
                {
                    "id": "id of planned",
                    "policy": "planned",
                    "requirements": [["compliantDevice"]],
                    "conditions": ["signInRiskLevels"],
                }
            ],
        }
    ]
    assert judge([planned, DEVICE], OUTLOOK, DEVICE_OR_APP)["report_only"] == []
    assert judge([policy("mfa", state=REPORT_ONLY)], OUTLOOK, DEVICE_OR_APP)["report_only"] == []


def test_every_way_of_a_phone_is_judged_once() -> None:
    assert len(MOBILE) == len(set(MOBILE)) == 12
    blocked = policy("block", clientAppTypes=[EAS, LEGACY])
    assert sum(bool(read(blocked, sign_in).clauses) for sign_in in MOBILE) == 6


def test_the_policies_of_the_graph_page_are_read() -> None:
    """The answer of "Create conditionalAccessPolicy", example 1."""
    sample = {
        "id": "7359d0e0-d8a9-4afa-8a93-e23e099d7be8",
        "displayName": "Access to EXO requires MFA",
        "state": "enabled",
        "sessionControls": None,
        "conditions": {
            "signInRiskLevels": [],
            "clientAppTypes": ["mobileAppsAndDesktopClients", "browser"],
            "platforms": None,
            "applications": {
                "includeApplications": [EXCHANGE_ONLINE],
                "excludeApplications": [],
                "includeUserActions": [],
            },
            "users": {
                "includeUsers": [],
                "excludeUsers": [],
                "includeGroups": ["ba8e7ded-8b0f-4836-ba06-8ff1ecc5c8ba"],
                "excludeGroups": [],
                "includeRoles": [],
                "excludeRoles": [],
            },
            "locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
        },
        "grantControls": {
            "operator": "OR",
            "builtInControls": ["mfa"],
            "customAuthenticationFactors": [],
            "termsOfUse": [],
        },
    }
    reading = read(sample, OUTLOOK)
    assert (reading.clauses, reading.conditions) == ((frozenset({"mfa"}),), ("locations",))
