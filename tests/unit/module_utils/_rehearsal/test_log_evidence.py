# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conclusions for a rehearsed policy from the log's results of the policies at that time.

Sources: "Conditional Access: Grant" and "Block legacy authentication" (MicrosoftDocs/entra-docs): "enforcement will
stop here and the user will be blocked"; "all policies that apply must be satisfied".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import EXCHANGE_ONLINE
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.membership import Doubt
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.rehearsal import Rehearsal
from ansible_collections.intune.exchange.plugins.module_utils._rehearsal.sign_in_record import Records

from .._conditional_access.test_cases import policy

MEMBER, EXTERNAL = Person("a"), Person("a", kind="b2bCollaborationGuest")
OLD = {"modifiedDateTime": "2021-12-01T00:00:00Z"}  # as built-in strengths have it in Graph
LEGACY: dict[str, Any] = {"clientAppTypes": ["exchangeActiveSync", "other"]}


def named(name: str, one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "id": name, "displayName": name, "modifiedDateTime": "2026-01-01T00:00:00Z"}


def record(results: Iterable[tuple[str, str]] = (), system: str = "Ios 18.1", **more: Any) -> dict[str, Any]:
    return {
        "id": "s",
        "userId": "a",
        "userPrincipalName": "a@x",
        "createdDateTime": "2026-11-20T00:00:00Z",
        "resourceId": EXCHANGE_ONLINE,
        "clientAppUsed": "Mobile Apps and Desktop clients",
        "deviceDetail": {"operatingSystem": system, "deviceId": ""},
        "status": {"errorCode": 0},
        "conditionalAccessStatus": "success",
        "ipAddress": "203.0.113.9",
        "location": {"countryOrRegion": "DE"},
        "appliedConditionalAccessPolicies": [{"id": one, "result": result} for one, result in results],
        **more,
    }


def answer(
    existing: Sequence[Mapping[str, Any]],
    planned: Mapping[str, Any],
    logged: dict[str, Any],
    person: Person = MEMBER,
    locations: Any = (),
    uncertain: Doubt = Doubt.NONE,
) -> str:
    rehearsal = Rehearsal(existing, [planned], {}, {"a": "a@x"})
    return rehearsal.add(Records(locations).logged(logged), person, uncertain)


@pytest.mark.parametrize("client", ["IMAP4", "Exchange ActiveSync", "Exchange Web Services"])
@pytest.mark.parametrize("said", ["success", "reportOnlySuccess", ""])
def test_a_policy_that_was_met_says_nothing_of_one_that_blocks(client: str, said: str) -> None:
    existing, block = named("mfa", policy("mfa")), named("block", policy("block", **LEGACY))
    logged = record([("mfa", said)], clientAppUsed=client)
    assert answer([existing], block, logged) == "stopped"
    # An impossible control that the log shows as met is unknown for another policy that requires it.
    assert answer([existing], named("new", policy("mfa")), logged) == ("not_known" if said else "stopped")
    assert answer([existing], named("new", policy("mfa", platforms={"includePlatforms": ["linux"]})), logged) == (
        "unchanged"
    )


@pytest.mark.parametrize(
    ("control", "system", "person"),
    [("compliantApplication", "Ios 18.1", EXTERNAL), ("domainJoinedDevice", "Linux", MEMBER)],
)
def test_what_nobody_there_can_meet_says_nothing_of_one_that_blocks(control: str, system: str, person: Person) -> None:
    existing = named("old", policy(control))
    logged = record([("old", "success")], system)
    assert answer([existing], named("new", policy("block")), logged, person) == "stopped"
    assert answer([existing], named("new", policy(control)), logged, person) == "not_known"
    assert answer([existing], named("new", policy(control, "mfa")), logged, person) == "asked_for_more"


def test_what_a_policy_that_can_be_met_says_stands() -> None:
    existing = named("old", policy("compliantDevice", "compliantApplication"))
    other = named("new", policy("compliantDevice", "compliantApplication", clientAppTypes=["all"]))
    assert answer([existing], other, record([("old", "success")])) == "unchanged"
    assert answer([existing], other, record([("old", "failure")])) == "stopped"


@pytest.mark.parametrize("said", ["success", "reportOnlySuccess"])
@pytest.mark.parametrize(
    ("grant", "other"),
    [
        ({"authenticationStrength": OLD | {"id": "2"}}, {"authenticationStrength": OLD | {"id": "4"}}),
        ({"termsOfUse": ["t1"]}, {"termsOfUse": ["t2"]}),
        ({"termsOfUse": ["t1"]}, {"termsOfUse": ["t1", "t2"], "operator": "AND"}),
        ({"customAuthenticationFactors": ["Duo"]}, {"customAuthenticationFactors": ["Other"]}),
    ],
)
def test_a_strength_that_was_met_says_nothing_of_another(said: str, grant: Any, other: Any) -> None:
    """ "Authentication strengths": each names the combinations of methods that it accepts."""
    existing, logged = named("old", policy(grant=grant)), record([("old", said)])
    assert answer([existing], named("new", policy(grant=other)), logged) == "asked_for_more"
    assert answer([existing], named("new", policy(grant=grant)), logged) == "unchanged"


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("AndroidEnterprise", "stopped"),
        ("AndroidForWork 15", "stopped"),
        ("Ios 18.1", "stopped"),
        ("Windows 10 Enterprise", "stopped"),
        ("iPhone OS 18", "not_known"),
        ("Windows NT 10.0", "not_known"),
        ("Windows Server 2022", "not_known"),
        ("Something new", "not_known"),
        ("", "not_known"),
        ("Chrome OS", "unchanged"),
        ("MacOs 15", "unchanged"),
    ],
)
def test_an_operating_system_that_is_not_known_may_be_a_platform(system: str, expected: str) -> None:
    """The log has free text; "Conditional Access: Conditions" names the platforms and no texts."""
    phones = named("new", policy("block", platforms={"includePlatforms": ["android", "iOS", "windows"]}))
    assert answer([], phones, record(system=system)) == expected
    # The other way round: a block of unknown platforms.
    every = {"includePlatforms": ["all"], "excludePlatforms": ["android", "iOS", "windows", "macOS", "linux"]}
    opposite = {"stopped": "unchanged", "not_known": "not_known", "unchanged": "stopped"}
    if not system.startswith("Mac"):
        assert answer([], named("new", policy("block", platforms=every)), record(system=system)) == opposite[expected]


def test_who_has_no_id_in_the_log_counts_as_somebody() -> None:
    """The log may omit it, and limits for affected people count the rows of `by_person`."""
    rehearsal, records = Rehearsal([], [named("new", policy("block"))], {}, {}), Records(())
    for name in ("", "", "B@x", "b@x"):
        rehearsal.add(records.logged(record(userId=None, userPrincipalName=name)), None, Doubt.NONE)
    result = rehearsal.result()
    assert [(one["user"], one["id"], one["not_known"]) for one in result["by_person"]] == [
        ("B@x", "", 2),
        ("not in the log", "", 2),
    ]
    assert result["people"]["total"] == result["people"]["not_known"] == 2


def test_all_trusted_locations_hold_addresses_that_no_list_has() -> None:
    """ "Using the network condition": "All locations marked as trusted; MFA trusted IPs, if configured"."""
    place = {"id": "L", "@odata.type": "#microsoft.graph.ipNamedLocation", "isTrusted": True}
    here, elsewhere = (
        [{**place, "ipRanges": [{"cidrAddress": addresses}]}] for addresses in ("203.0.113.0/24", "10.0.0.0/8")
    )
    block = named("new", policy("block", locations={"includeLocations": ["AllTrusted"]}))
    assert answer([], block, record(), locations=[]) == "not_known"
    assert answer([], block, record(), locations=elsewhere) == "not_known"
    assert answer([], block, record(), locations=here) == "stopped"
    outside = {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}
    block = named("new", policy("block", locations=outside))
    assert answer([], block, record(), locations=elsewhere) == "stopped"
    assert answer([], block, record(), locations=here) == "unchanged"


HOURS = {"isEnabled": True, "type": "hours", "value": 4, "frequencyInterval": "timeBased"}
ALWAYS = {"isEnabled": True, "type": None, "value": None, "frequencyInterval": "everyTime"}


def lasting(one: dict[str, Any], frequency: dict[str, Any] | None) -> dict[str, Any]:
    return named("new", {**one, "sessionControls": {"signInFrequency": frequency}})


@pytest.mark.parametrize(
    ("one", "frequency", "expected"),
    [
        (policy(), ALWAYS, "asked_for_more"),
        (policy(), HOURS, "asked_for_more"),
        (policy("mfa"), ALWAYS, "asked_for_more"),
        (policy("block"), ALWAYS, "stopped"),
        (policy("compliantDevice", platforms={"includePlatforms": ["linux"]}), ALWAYS, "unchanged"),
        (policy(userRiskLevels=["high"]), ALWAYS, "not_known"),
        (policy(), {**ALWAYS, "isEnabled": False}, "unchanged"),
        (policy(), None, "unchanged"),
    ],
)
def test_whoever_has_to_sign_in_again_is_asked_for_more(one: Any, frequency: Any, expected: str) -> None:
    """ "Session: Sign-in frequency" (MicrosoftDocs/entra-docs): "Require reauthentication every time"; otherwise after
    the time that is set, and the log does not tell when somebody last signed in with credentials."""
    assert answer([named("mfa", policy("mfa"))], lasting(one, frequency), record([("mfa", "success")])) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("reportOnlySuccess", "asked_for_more"),
        ("reportOnlyNotApplied", "unchanged"),
        ("reportOnlyFailure", "stopped"),
        ("reportOnlyInterrupted", "asked_for_more"),
    ],
)
def test_in_report_only_mode_nobody_is_asked_again(said: str, expected: str) -> None:
    planned = {**lasting(policy("mfa"), ALWAYS), "state": "enabledForReportingButNotEnforced"}
    assert answer([planned], planned, record([("new", said)])) == expected


ACTIONS = policy("block", apps={"includeUserActions": ["urn:user:registersecurityinfo"]})
CONTEXTS = policy("block", apps={"includeAuthenticationContextClassReferences": ["c1"]})


@pytest.mark.parametrize(("one", "by_log"), [(ACTIONS, "not_known"), (CONTEXTS, "unchanged")])
def test_what_a_sign_in_was_for_is_not_in_the_log(one: dict[str, Any], by_log: str) -> None:
    """ "Target resources": user actions and authentication contexts are not applications, and signIn has none of them.
    "Analyze Conditional Access policy impact": "policies can be evaluated in report-only mode except for items included
    in the 'User Actions' scope"."""
    assert answer([], named("new", one), record()) == "not_known"
    nobody = policy("block", apps=one["conditions"]["applications"], users={"includeUsers": ["b"]})
    assert answer([], named("new", nobody), record()) == "unchanged"
    planned = {**named("new", one), "state": "enabledForReportingButNotEnforced"}
    assert answer([planned], planned, record([("new", "reportOnlyNotApplied")])) == by_log


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"isInteractive": True}, "unchanged"),
        ({"isInteractive": False, "clientCredentialType": "none"}, "unchanged"),
        ({"isInteractive": False, "clientCredentialType": "clientSecret"}, "not_known"),
        ({"isInteractive": False, "clientCredentialType": "clientAssertion"}, "not_known"),
        ({"isInteractive": False, "clientCredentialType": "unknownFutureValue"}, "not_known"),
        ({"isInteractive": False, "clientCredentialType": None}, "not_known"),
        ({"isInteractive": False}, "not_known"),
    ],
)
def test_the_address_of_a_confidential_client_is_one_of_before(facts: dict[str, Any], expected: str) -> None:
    """ "Non-interactive user sign-ins" (MicrosoftDocs/entra-docs): the address "doesn't match the actual source IP of
    where the refresh token request is coming from. Instead, it shows the original IP used for the original token
    issuance"; clientCredentialType (signIn, beta) is none for a public client."""
    office = {
        "id": "l",
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "ipRanges": [{"cidrAddress": "203.0.113.0/24"}],
    }
    countries = {
        "id": "c",
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "countryLookupMethod": "clientIpAddress",
        "countriesAndRegions": ["DE"],
    }
    for outside in ("L", "C"):
        block = policy("block", locations={"includeLocations": ["All"], "excludeLocations": [outside]})
        assert answer([], named("new", block), record(**facts), locations=[office, countries]) == expected
    assert answer([], named("new", policy("block")), record(**facts), locations=[office, countries]) == "stopped"
