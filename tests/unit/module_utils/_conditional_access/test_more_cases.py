# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""More public cases of Conditional Access, of the kinds in other projects' tests: templates, checks, single sign-ins.

The names of the sources are as in test_cases. "not settled": no page says it, and the answer is the cautious one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.named_locations import from_network
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
    SignIn,
    decide,
    registered,
)

from .test_cases import (
    COVERED,
    DEPENDS,
    GLOBAL_ADMINISTRATOR,
    NOT,
    TEAMS,
    Check,
    Policy,
    Way,
    check_case,
    filtered,
    placed,
    policy,
)

APP = "compliantApplication"
SHAREPOINT, GRAPH = "00000003-0000-0ff1-ce00-000000000000", "00000003-0000-0000-c000-000000000000"
DIRECTORY = "00000002-0000-0000-c000-000000000000"
COMPLIANT_NETWORK = "3d46dbda-8382-466a-856d-eb00cbc6b910"
PHONES = {"includePlatforms": ["android", "iOS"]}
OUTLOOK = Way(APPS, "iOS", None)


def of_guests(types: str, *members: str) -> dict[str, Any]:
    tenants: dict[str, Any] = {"membershipKind": "all"}
    if members:
        tenants = {"membershipKind": "enumerated", "members": list(members)}
    return {"guestOrExternalUserTypes": types, "externalTenants": tenants}


def attribute(mode: str, operator: str) -> Policy:
    return filtered(mode, f'device.extensionAttribute1 -{operator} "SAW"')


CASES: list[tuple[str, str, list[Policy], Way | Check, str]] = [
    # Whom a policy is for
    (
        "N1 an exclusion with another policy to fall back on",
        "Maester MT.1036 Test-MtCaGap",
        [
            policy("compliantDevice", users={"includeUsers": ["All"], "excludeGroups": ["g"]}),
            policy("block", users={"includeGroups": ["g"]}),
        ],
        Way(APPS, "iOS", DEVICE_OR_APP, groups="g"),
        COVERED,
    ),
    (
        "N1 an exclusion without one",
        "Maester MT.1036 Test-MtCaGap",
        [
            policy("compliantDevice", users={"includeUsers": ["All"], "excludeGroups": ["g"]}),
            policy("block", users={"includeGroups": ["other"]}),
        ],
        Way(APPS, "iOS", DEVICE_OR_APP, groups="g"),
        NOT,
    ),
    (
        "N1 a fallback in report-only mode is none",
        "Maester MT.1036 Test-MtCaGap; concept-conditional-access-report-only",
        [
            policy("compliantDevice", users={"includeUsers": ["All"], "excludeGroups": ["g"]}),
            policy("block", state=REPORT_ONLY, users={"includeGroups": ["g"]}),
        ],
        Way(APPS, "iOS", DEVICE_OR_APP, groups="g"),
        NOT,
    ),
    (
        "N2 for nobody",
        "Maester Test-MtCaUntargetedPolicy",
        [policy("block", users={"includeUsers": ["None"]})],
        OUTLOOK,
        NOT,
    ),
    (
        "N2 for nobody but a group",
        "graph/api/resources/conditionalaccessusers",
        [policy("block", users={"includeUsers": ["None"], "includeGroups": ["g"]})],
        replace(OUTLOOK, groups="g"),
        COVERED,
    ),
    (
        "N2 for a group in which nobody is left",
        "Maester Test-MtCaReferencedObjectsExist",
        [policy("block", users={"includeGroups": ["gone"]})],
        OUTLOOK,
        NOT,
    ),
    (
        "N2 agents alone",
        "graph/api/resources/conditionalaccessclientapplications",
        [
            policy(
                "block",
                users={"includeUsers": ["None"]},
                clientApplications={"includeAgentIdServicePrincipals": ["All"]},
            )
        ],
        OUTLOOK,
        NOT,
    ),
    (
        "N2 the users of agents alone",
        "public exports of policies for agents: users None beside agents",
        [policy("block", users={"includeUsers": ["None"]}, agents={"includeAgentUsers": ["All"]})],
        OUTLOOK,
        NOT,
    ),
    (
        "N3 a custom role",
        "concept-conditional-access-users-groups: custom roles aren't supported",
        [policy("block", users={"includeRoles": ["a-custom-role"]})],
        OUTLOOK,
        NOT,
    ),
    (
        "N3 the role of synchronization left out",
        "Maester MT.1020 Test-MtCaExclusionForDirectorySyncAccount",
        [policy("block", users={"includeUsers": ["All"], "excludeRoles": ["d29b2b05-8046-44ba-8758-1e26182fcf32"]})],
        OUTLOOK,
        COVERED,
    ),
    (
        "N4 people who connect directly, Exchange Online",
        "concept-conditional-access-users-groups, NOTE on B2B direct connect: Teams or SharePoint Online",
        [policy("block", users={"includeGuestsOrExternalUsers": of_guests("b2bDirectConnectUser")})],
        replace(OUTLOOK, kind="b2bCollaborationGuest"),
        NOT,
    ),
    (
        "N5 partners",
        "concept-conditional-access-users-groups, External partner access",
        [policy("block", users={"includeGuestsOrExternalUsers": of_guests("serviceProvider")})],
        OUTLOOK,
        NOT,
    ),
    (
        "N5 all guests left out, a local guest",
        "external-id/authentication-conditional-access",
        [policy("block", users={"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]})],
        replace(OUTLOOK, kind="internalGuest"),
        NOT,
    ),
    (
        "N5 other external people",
        "external-id/authentication-conditional-access",
        [policy("block", users={"includeGuestsOrExternalUsers": of_guests("otherExternalUser,b2bCollaborationGuest")})],
        replace(OUTLOOK, kind="otherExternalUser"),
        COVERED,
    ),
    (
        "N5 guests of this tenant",
        "graph/api/resources/conditionalaccessenumeratedexternaltenants",
        [policy("block", users={"includeGuestsOrExternalUsers": of_guests("b2bCollaborationGuest", "OTHER")})],
        replace(OUTLOOK, kind="b2bCollaborationGuest"),
        COVERED,
    ),
    # To what
    (
        "N6 Azure management",
        "Maester MT.1008; concept-conditional-access-cloud-apps",
        [policy("mfa", apps={"includeApplications": ["797f4846-ba00-4fd7-ba43-dac1f8f63013"]})],
        OUTLOOK,
        NOT,
    ),
    (
        "N6 security information",
        "Maester MT.1011",
        [policy("mfa", apps={"includeUserActions": ["urn:user:registersecurityinfo"]})],
        OUTLOOK,
        NOT,
    ),
    (
        "N6 in other letters",
        "graph: identifiers compare without case",
        [policy("block", apps={"includeApplications": [EXCHANGE_ONLINE.upper()]})],
        OUTLOOK,
        COVERED,
    ),
    (
        "N6 everything left out",
        "concept-conditional-access-users-groups: the exclude action overrides",
        [policy("block", apps={"includeApplications": ["All"], "excludeApplications": ["All"]})],
        OUTLOOK,
        NOT,
    ),
    (
        "N6 a suite that is left out again",
        "concept-conditional-access-cloud-apps",
        [policy("block", apps={"includeApplications": ["Office365"], "excludeApplications": ["Office365"]})],
        OUTLOOK,
        NOT,
    ),
    (
        "N6 all resources but an app of one's own",
        "concept-conditional-access-cloud-apps, resource exclusions",
        [policy("block", apps={"includeApplications": ["All"], "excludeApplications": ["11111111-1111-4111-8111-1"]})],
        OUTLOOK,
        COVERED,
    ),
    # With what client, on what platform
    (
        "N7 the client in other letters",
        "public exports write All and Browser",
        [policy("block", clientAppTypes=["All"])],
        OUTLOOK,
        COVERED,
    ),
    (
        "N7 the client in other letters, ActiveSync",
        "public exports write ExchangeActiveSync",
        [policy("block", clientAppTypes=["ExchangeActiveSync", "Other"])],
        Way(EAS, "iOS", BLOCK),
        COVERED,
    ),
    (
        "N7 phones of the past among what is left out",
        "Maester MT.1015; policy-all-users-device-unknown-unsupported",
        [
            policy(
                "block",
                platforms={
                    "includePlatforms": ["all"],
                    "excludePlatforms": ["android", "iOS", "windows", "windowsPhone", "macOS", "linux"],
                },
            )
        ],
        Way(APPS, "other", BLOCK),
        COVERED,
    ),
    (
        "N7 all platforms left out",
        "graph/api/resources/conditionalaccessplatforms",
        [policy("block", platforms={"includePlatforms": ["iOS"], "excludePlatforms": ["all"]})],
        OUTLOOK,
        NOT,
    ),
    (
        "N7 legacy clients blocked on phones alone",
        "ScubaGear MS.AAD.1.1v1: conditions beside the client",
        [policy("block", clientAppTypes=[EAS, LEGACY], platforms=PHONES)],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "N7 legacy clients blocked outside of trusted networks",
        "ScubaGear MS.AAD.1.1v1: conditions beside the client",
        [
            policy(
                "block",
                clientAppTypes=[EAS, LEGACY],
                locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
            )
        ],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "N7 legacy clients blocked at risk alone",
        "ScubaGear MS.AAD.2.3v1",
        [policy("block", clientAppTypes=[EAS, LEGACY], signInRiskLevels=["high"])],
        Check("legacy_blocked"),
        "unmet",
    ),
    (
        "N7 in two policies, one for each client",
        "Maester MT.1009 and MT.1010",
        [policy("block", clientAppTypes=[EAS]), policy("block", clientAppTypes=[LEGACY])],
        Check("legacy_blocked"),
        "met",
    ),
    (
        "N7 by a second factor, which they cannot show",
        "concept-conditional-access-conditions: blocked by grant controls like requiring MFA",
        [policy("mfa")],
        Check("legacy_blocked"),
        "met",
    ),
    # What is asked for
    (
        "N8 app protection on a Mac",
        "concept-conditional-access-grant, Require app protection policy: iOS, Android, Edge on Windows",
        [policy(APP)],
        Way(APPS, "macOS", BLOCK),
        COVERED,
    ),
    (
        "N8 a hybrid joined device on a Mac",
        "concept-conditional-access-grant, hybrid join: domain-joined Windows",
        [policy("domainJoinedDevice")],
        Way(BROWSER, "macOS", BLOCK),
        COVERED,
    ),
    (
        "N8 a compliant device with Linux",
        "concept-conditional-access-grant, compliant device: Linux is supported",
        [policy("compliantDevice")],
        Way(BROWSER, "linux", {"compliantDevice"}),
        COVERED,
    ),
    (
        "N8 hybrid join or a second factor on a phone",
        "policy-alt-all-users-compliant-hybrid-or-mfa",
        [policy("domainJoinedDevice", "mfa")],
        Way(APPS, "iOS", DEVICE_OR_APP),
        NOT,
    ),
    (
        "N8 a strength keeps ActiveSync out",
        "concept-conditional-access-conditions, Exchange ActiveSync clients",
        [policy(grant={"authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"}})],
        Way(EAS, "iOS", BLOCK),
        COVERED,
    ),
    (
        "N8 a custom control keeps ActiveSync out",
        "concept-conditional-access-conditions, Exchange ActiveSync clients",
        [policy(grant={"customAuthenticationFactors": ["Duo"]})],
        Way(EAS, "android", BLOCK),
        COVERED,
    ),
    (
        "N8 a password change beside a second factor",
        "Maester MT.1013; policy-risk-based-user",
        [policy("passwordChange", "mfa", operator="AND", userRiskLevels=["high"])],
        Way(APPS, "iOS", {"passwordChange"}),
        DEPENDS,
    ),
    (
        "N8 a password change of a guest",
        "external-id/authentication-conditional-access, Require password change: not supported",
        [policy("passwordChange", "mfa", operator="AND")],
        Way(APPS, "iOS", BLOCK, "b2bCollaborationGuest"),
        COVERED,
    ),
    (
        "N8 phishing-resistant for administrators, somebody else",
        "ScubaGear MS.AAD.3.6v1",
        [
            policy(
                users={"includeRoles": [GLOBAL_ADMINISTRATOR]},
                grant={"authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"}},
            )
        ],
        Way(APPS, "iOS", {"authenticationStrength"}),
        NOT,
    ),
    (
        "N8 a block beside anything",
        "concept-conditional-access-grant: block access wins",
        [policy("block", "mfa")],
        OUTLOOK,
        COVERED,
    ),
    (
        "N8 terms of use are not a device",
        "concept-conditional-access-grant",
        [policy(grant={"termsOfUse": ["terms"]})],
        Way(APPS, "iOS", DEVICE_OR_APP),
        NOT,
    ),
    (
        "N8 a device or hybrid join for administrators",
        "Maester MT.1014",
        [policy("compliantDevice", "domainJoinedDevice", users={"includeRoles": [GLOBAL_ADMINISTRATOR]})],
        Check("device_required"),
        "unmet",
    ),
    # Sessions
    (
        "N9 no persistent browser session",
        "Maester MT.1017",
        [policy(session="persistentBrowser")],
        Way(BROWSER, "iOS", DEVICE_OR_APP),
        NOT,
    ),
    (
        "N9 a sign-in each hour",
        "Maester MT.1018",
        [policy(session="signInFrequency")],
        Way(BROWSER, "iOS", None),
        NOT,
    ),
    # Where from
    (
        "N10 all places left out",
        "concept-assignment-network; the exclude action overrides",
        [placed(["All"], ["All"])],
        OUTLOOK,
        NOT,
    ),
    (
        "N10 outside of the compliant network",
        "concept-assignment-network, All Compliant Network locations",
        [placed(["All"], [COMPLIANT_NETWORK])],
        OUTLOOK,
        DEPENDS,
    ),
    (
        "N10 in and outside of the compliant network",
        "concept-assignment-network",
        [placed(["All"], [COMPLIANT_NETWORK]), placed([COMPLIANT_NETWORK])],
        OUTLOOK,
        COVERED,
    ),
    (
        "N10 countries that nobody is to come from, somebody at home",
        "policy-block-by-location",
        [placed(["blocked"])],
        replace(OUTLOOK, places="home"),
        NOT,
    ),
    # At what risk, by what flow
    (
        "N11 an insider at risk",
        "prowler m365 entra_conditional_access_policy_block_elevated_insider_risk",
        [policy("block", insiderRiskLevels="elevated")],
        OUTLOOK,
        DEPENDS,
    ),
    (
        "N11 all risks of a user, and who has none",
        "ScubaGear MS.AAD.2.1v1",
        [policy("block", userRiskLevels=["high"]), policy("block", userRiskLevels=["low", "medium"])],
        OUTLOOK,
        DEPENDS,
    ),
    (
        "N11 both flows",
        "prowler m365 entra_conditional_access_policy_authentication_transfer_blocked",
        [policy("block", authenticationFlows={"transferMethods": "deviceCodeFlow,authenticationTransfer"})],
        OUTLOOK,
        DEPENDS,
    ),
    # The table of filters, with extension attributes on a device that is not registered
    *(
        (
            f"N12 {mode}, {operator}, unregistered",
            "concept-condition-filters-for-devices, table 'Policy behavior': any attributes",
            [attribute(mode, operator)],
            replace(OUTLOOK, device=UNREGISTERED),
            right,
        )
        for mode, operator, right in (
            ("include", "eq", NOT),
            ("include", "ne", COVERED),
            ("exclude", "startsWith", COVERED),
            ("exclude", "notContains", NOT),
        )
    ),
    (
        "N12 several trust types",
        "concept-condition-filters-for-devices",
        [filtered("exclude", 'device.trustType -eq "ServerAD" -or device.isCompliant -eq "True"')],
        replace(OUTLOOK, device=registered(isCompliant=False, trustType="ServerAD")),
        NOT,
    ),
    (
        "N12 owned by the company",
        "concept-condition-filters-for-devices, deviceOwnership",
        [filtered("include", 'device.deviceOwnership -ne "Company"')],
        replace(OUTLOOK, device=registered(deviceOwnership="Company")),
        NOT,
    ),
    (
        "N12 an enrollment profile",
        "concept-condition-filters-for-devices, enrollmentProfileName",
        [filtered("include", '(device.enrollmentProfileName -startsWith "AutoPilot")')],
        replace(OUTLOOK, device=registered(enrollmentProfileName="AutoPilot Profile")),
        COVERED,
    ),
    (
        "N12 and before or",
        "users/groups-dynamic-membership, operator precedence",
        [
            filtered(
                "include",
                'device.model -eq "A" -or device.model -eq "B" -and device.manufacturer -eq "C"',
            )
        ],
        replace(OUTLOOK, device=registered(model="A", manufacturer="D")),
        COVERED,
    ),
]


def test_each_case_is_there_once() -> None:
    assert len({case[0] for case in CASES}) == len(CASES) >= 55


@pytest.mark.parametrize(("policies", "asked", "right"), [case[2:] for case in CASES], ids=[case[0] for case in CASES])
def test_another_public_case(policies: list[Policy], asked: Way | Check, right: str) -> None:
    check_case(policies, asked, right)


SOMEBODY, GUEST = Person("somebody"), Person("guest", kind="b2bCollaborationGuest", tenant="other")
MAIL = SignIn(APPS, "iOS", satisfied=frozenset({"mfa"}))
DIRECT = policy("block", users={"includeGuestsOrExternalUsers": of_guests("b2bDirectConnectUser")})


def in_session(**controls: Any) -> Policy:
    return {**policy(), "sessionControls": controls}


# Name, source, policies, the sign-in, who, the answer.
SIGN_INS: list[tuple[str, str, list[Policy], SignIn, Person, str]] = [
    (
        "Graph is an umbrella",
        "concept-conditional-access-cloud-apps: Microsoft Graph functions as an umbrella resource",
        [policy("block", apps={"includeApplications": [EXCHANGE_ONLINE]})],
        replace(MAIL, resource=GRAPH),
        SOMEBODY,
        "unknown",
    ),
    (
        "all resources hold Graph too",
        "concept-conditional-access-cloud-apps, ALL resources",
        [policy("block")],
        replace(MAIL, resource=GRAPH),
        SOMEBODY,
        "stopped",
    ),
    (
        "all but Exchange Online, by Graph",
        "concept-conditional-access-cloud-apps, ALL resources with a resource exclusion",
        [policy("block", apps={"includeApplications": ["All"], "excludeApplications": [EXCHANGE_ONLINE]})],
        replace(MAIL, resource=GRAPH),
        SOMEBODY,
        "unknown",
    ),
    (
        "no application at all, by Graph",
        "graph/api/resources/conditionalaccessapplications",
        [policy("block", apps={"includeApplications": ["None"]})],
        replace(MAIL, resource=GRAPH),
        SOMEBODY,
        "allowed",
    ),
    (
        "audiences that are known",
        "graph/api/resources/signin (beta), conditionalAccessAudiences",
        [policy("block", apps={"includeApplications": [EXCHANGE_ONLINE]})],
        replace(MAIL, resource=GRAPH, audiences=frozenset({GRAPH, EXCHANGE_ONLINE})),
        SOMEBODY,
        "stopped",
    ),
    (
        "audiences that are known, without it",
        "graph/api/resources/signin (beta), conditionalAccessAudiences",
        [policy("block", apps={"includeApplications": [EXCHANGE_ONLINE]})],
        replace(MAIL, resource=GRAPH, audiences=frozenset({GRAPH, SHAREPOINT})),
        SOMEBODY,
        "allowed",
    ),
    (
        "only the basic scopes, of an application that is left out",
        "concept-conditional-access-cloud-apps, new behavior: evaluated as Windows Azure Active Directory",
        [policy("block", apps={"includeApplications": ["All"], "excludeApplications": [EXCHANGE_ONLINE]})],
        replace(MAIL, resource=EXCHANGE_ONLINE, audiences=frozenset({DIRECTORY})),
        SOMEBODY,
        "stopped",
    ),
    (
        "directly or invited, Teams",
        "concept-conditional-access-users-groups, NOTE on B2B direct connect",
        [DIRECT],
        replace(MAIL, resource=TEAMS),
        GUEST,
        "unknown",
    ),
    (
        "directly or invited, Exchange Online",
        "concept-conditional-access-users-groups, NOTE on B2B direct connect",
        [DIRECT],
        MAIL,
        GUEST,
        "allowed",
    ),
    (
        "directly or invited, a member of this tenant",
        "concept-conditional-access-users-groups, NOTE on B2B direct connect",
        [DIRECT],
        replace(MAIL, resource=TEAMS),
        SOMEBODY,
        "allowed",
    ),
    (
        "a guest who excludes a guest type of direct connections, SharePoint",
        "concept-conditional-access-users-groups, NOTE on B2B direct connect",
        [
            policy(
                "block",
                users={
                    "includeUsers": ["All"],
                    "excludeGuestsOrExternalUsers": of_guests("b2bDirectConnectUser"),
                },
            )
        ],
        replace(MAIL, resource=SHAREPOINT),
        GUEST,
        "unknown",
    ),
    (
        "authentication transfer",
        "prowler m365 entra_conditional_access_policy_authentication_transfer_blocked",
        [policy("block", authenticationFlows={"transferMethods": "authenticationTransfer"})],
        replace(MAIL, flow="authenticationTransfer"),
        SOMEBODY,
        "stopped",
    ),
    (
        "device code, where transfer is blocked",
        "concept-authentication-flows",
        [policy("block", authenticationFlows={"transferMethods": "authenticationTransfer"})],
        replace(MAIL, flow="deviceCodeFlow"),
        SOMEBODY,
        "allowed",
    ),
    (
        "an insider at minor risk",
        "prowler m365 entra_conditional_access_policy_block_elevated_insider_risk",
        [policy("block", insiderRiskLevels="elevated")],
        replace(MAIL, insider_risk="minor"),
        SOMEBODY,
        "allowed",
    ),
    (
        "strict location",
        "concept-continuous-access-evaluation-strict-enforcement",
        [in_session(continuousAccessEvaluation={"mode": "strictEnforcement"})],
        MAIL,
        SOMEBODY,
        "unknown",
    ),
    (
        "a security profile of Global Secure Access",
        "graph/api/resources/conditionalaccesssessioncontrols",
        [in_session(globalSecureAccessFilteringProfile={"isEnabled": True, "profileId": "1"})],
        MAIL,
        SOMEBODY,
        "unknown",
    ),
    (
        "token protection that is off",
        "concept-token-protection",
        [in_session(secureSignInSession={"isEnabled": False})],
        MAIL,
        SOMEBODY,
        "allowed",
    ),
    (
        "no resilience",
        "resilience-defaults",
        [in_session(disableResilienceDefaults=True)],
        MAIL,
        SOMEBODY,
        "allowed",
    ),
    (
        "two policies of which one is met",
        "concept-conditional-access-policies: all policies that apply must be satisfied",
        [policy("mfa"), policy("compliantDevice")],
        MAIL,
        SOMEBODY,
        "stopped",
    ),
    (
        "an unknown client app",
        "graph/best-practices-concept, evolvable enumerations",
        [policy("block", clientAppTypes=[APPS, "somethingNew"])],
        replace(MAIL, client=BROWSER),
        SOMEBODY,
        "unknown",
    ),
]


def test_there_are_enough_new_ones() -> None:
    assert len(CASES) + len(SIGN_INS) >= 75


@pytest.mark.parametrize(
    ("policies", "sign_in", "person", "answer"), [case[2:] for case in SIGN_INS], ids=[case[0] for case in SIGN_INS]
)
def test_one_sign_in(policies: list[Policy], sign_in: SignIn, person: Person, answer: str) -> None:
    assert decide(policies, sign_in, person).answer == answer


OFFICE = {
    "@odata.type": "#microsoft.graph.ipNamedLocation",
    "id": "office",
    "isTrusted": True,
    "ipRanges": [{"cidrAddress": "203.0.113.0/24"}, {"cidrAddress": "2001:db8::/32"}],
}
HOME = {
    "@odata.type": "#microsoft.graph.countryNamedLocation",
    "id": "home",
    "countriesAndRegions": ["CH"],
    "includeUnknownCountriesAndRegions": True,
    "countryLookupMethod": "clientIpAddress",
}
NETWORK = {"@odata.type": "#microsoft.graph.compliantNetworkNamedLocation", "id": COMPLIANT_NETWORK, "isTrusted": True}


@pytest.mark.parametrize(
    ("locations", "policies", "address", "country", "answer"),
    [
        ([OFFICE], placed(["office"]), "203.0.113.9", "CH", "stopped"),
        ([OFFICE], placed(["office"]), "2001:db8::9", "CH", "stopped"),
        ([OFFICE], placed(["office"]), "198.51.100.1", "CH", "allowed"),
        ([OFFICE], placed(["All"], ["AllTrusted"]), "203.0.113.9", "CH", "allowed"),
        ([OFFICE], placed(["All"], ["AllTrusted"]), "198.51.100.1", "CH", "stopped"),
        ([OFFICE], placed(["office"]), None, "CH", "unknown"),
        # "Include unknown countries/regions"
        ([HOME], placed(["home"]), "203.0.113.9", "", "stopped"),
        ([HOME], placed(["home"]), "203.0.113.9", "ch", "stopped"),
        ([HOME], placed(["home"]), "203.0.113.9", None, "unknown"),
        # No list contains these; no address shows whether a device came through Global Secure Access.
        ([OFFICE], placed(["All"], [COMPLIANT_NETWORK]), "203.0.113.9", "CH", "unknown"),
        ([], placed(["All"], [COMPLIANT_NETWORK]), "203.0.113.9", "CH", "unknown"),
        ([OFFICE], placed(["00000000-0000-0000-0000-000000000000"]), "198.51.100.1", "CH", "unknown"),
        # If the list contains the compliant network, it is a trusted location.
        ([NETWORK], placed(["All"], ["AllTrusted"]), "198.51.100.1", "CH", "unknown"),
        # A deleted location is not a location.
        ([OFFICE], placed(["removed"]), "203.0.113.9", "CH", "allowed"),
    ],
)
def test_where_a_sign_in_comes_from(
    locations: Any, policies: Policy, address: str | None, country: str | None, answer: str
) -> None:
    """concept-assignment-network; graph/api/resources/ipnamedlocation and countrynamedlocation."""
    sign_in = from_network(SignIn(APPS, "iOS"), locations, address, country)
    assert decide([policies], sign_in).answer == answer
