# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can still sign in, and who is meant: policies for a tenant with guests, disabled accounts and nested groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.lockout import (
    ADMINISTRATORS,
    lockout_risk,
    who_gets_in,
)
from ansible_collections.intune.exchange.plugins.modules import conditional_access_policy
from simulator import Simulator

from ..conftest import writes

Result = dict[str, Any]
Keep = Callable[..., Result]
DOMAIN = "people.example"
UNKNOWN = "0c5a3f0e-3c39-4f0b-8c0f-6d3c5f9f2b77"  # the id of no object
WRITER = {"Policy.Read.All", "Policy.ReadWrite.ConditionalAccess", "Application.Read.All"}
READER = {"User.Read.All", "GroupMember.Read.All", "RoleManagement.Read.Directory"}
GLOBAL, CONDITIONAL = "Global Administrator", "Conditional Access Administrator"
BLOCK: Result = {"operator": "OR", "builtInControls": ["block"]}


def policy(name: str, users: Result, state: str = "enabled", grant: Result | None = None, **conditions: Any) -> Result:
    applications = {"includeApplications": ["All"]}
    return {
        "displayName": name,
        "state": state,
        "conditions": {"clientAppTypes": ["all"], "applications": applications, "users": users, **conditions},
        "grantControls": grant or BLOCK,
    }


TENANT: Result = {
    "extends": "ready",
    "domain": DOMAIN,
    "users": {
        "svc-intune-connector": None,
        "guest": {"displayName": "Guest", "licences": [], "userType": "Guest", "directory_roles": [GLOBAL]},
        "leaver": {"displayName": "Leaver", "licences": [], "accountEnabled": False},
        "second": {"displayName": "Adele Vance", "licences": [], "mail": f"adele.vance@{DOMAIN}"},
    },
    "groups": {
        "Empty": {},
        "Outsiders": {"members": ["guest", "leaver"]},
        "Inner": {"members": ["alex.wilber"]},
        "Outer": {"groups": ["Inner"]},
        "Members": {"members": ["administrator", "adele.vance", "alex.wilber", "second"]},
        "Around": {"groups": ["Members"]},
        "Policy admins": {"members": ["adele.vance"], "directory_roles": [CONDITIONAL]},
        "Twins": {},
        "Other twins": {"displayName": "TWINS"},
        "O'Brien & sons, 100% #1 / Zürich": {"members": ["administrator"]},
        UNKNOWN: {"members": ["administrator"]},  # a name that looks like an id
    },
    "conditional_access": {
        "policies": [
            policy(
                "Old",
                {
                    "includeUsers": ["All"],
                    "excludeUsers": [UNKNOWN, "x@y.z", "alex.wilber"],
                    "excludeGroups": ["Nothing"],
                },
                "disabled",
                # Nothing that affects the tests of other policies.
                {"operator": "OR", "builtInControls": ["mfa"]},
            )
        ]
    },
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    path = tmp_path_factory.mktemp("tenants") / "people.yml"
    path.write_text(yaml.safe_dump(TENANT, allow_unicode=True), encoding="utf-8")
    with Simulator(tenants=[path], page_size=50, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture
def keep(run: Keep, simulator: Simulator) -> Keep:
    def kept(check_mode: bool = False, granted: set[str] | None = None, **options: Any) -> Result:
        token = simulator.token("graph", "people", WRITER | READER if granted is None else granted)
        signed_in = {"auth_method": "token", "client_secret": None, "graph_token": token, "exchange_token": token}
        return run(conditional_access_policy, check_mode, tenant="people", **signed_in, **options)

    return kept


def kept_policies(simulator: Simulator) -> list[Result]:
    return list(simulator.state("people").get("conditionalAccessPolicies", []))


def whole(simulator: Simulator) -> Result:
    """The whole tenant except its clock."""
    return {name: value for name, value in simulator.state("people").items() if name != "at"}


def task(users: Result, state: str = "enabled", **more: Any) -> Result:
    return {
        "display_name": "New",
        "policy_state": state,
        "conditions": {"users": users, "applications": {"include_applications": ["All"]}, **more.pop("conditions", {})},
        "grant_controls": {"built_in_controls": ["block"]},
        **more,
    }


def named(**lists: list[str]) -> Result:
    """Addresses are those of the tenant."""
    return {
        option: {"set": [one.replace("@", f"@{DOMAIN}") if one.endswith("@") else one for one in names]}
        for option, names in lists.items()
    }


EVERYBODY = {"include_users": ["All"]}
OUT, IN = "lockout_risk", "in"


@pytest.mark.parametrize(
    ("users", "more", "outcome"),
    [
        (named(**EVERYBODY), {}, OUT),
        (named(**EVERYBODY, exclude_groups=["Empty"]), {}, OUT),
        (named(**EVERYBODY, exclude_groups=["Outsiders"]), {}, OUT),
        (named(**EVERYBODY, exclude_groups=["Empty", "Outsiders"], exclude_users=["leaver@"]), {}, OUT),
        (named(**EVERYBODY, exclude_users=["guest@"]), {}, OUT),
        (named(**EVERYBODY, exclude_users=["GuestsOrExternalUsers"]), {}, OUT),
        (named(**EVERYBODY, exclude_roles=[GLOBAL]), {}, OUT),
        (named(**EVERYBODY, exclude_groups=["Outer"]), {}, OUT),  # somebody, but nobody who could undo it
        (named(**EVERYBODY, exclude_groups=["Policy admins"]), {}, IN),
        (named(**EVERYBODY, exclude_users=["administrator@"]), {}, IN),
        (named(**EVERYBODY, exclude_groups=["Empty", "o'brien & SONS, 100% #1 / zürich"]), {}, IN),
        (named(include_groups=["Members"]), {}, OUT),
        (named(include_groups=["Around"]), {}, OUT),
        (named(include_groups=["Around"], exclude_users=["administrator@"]), {}, IN),
        (named(include_groups=["Outer"]), {}, IN),
        (named(include_users=["GuestsOrExternalUsers"]), {}, IN),
        (named(include_roles=[GLOBAL]), {}, IN),  # a group still holds the other role
        (named(include_roles=[GLOBAL, CONDITIONAL]), {}, OUT),
        (named(include_roles=list(ADMINISTRATORS)), {}, OUT),
        (named(include_roles=[GLOBAL, CONDITIONAL], exclude_users=["administrator@"]), {}, IN),
        (named(include_roles=[GLOBAL, CONDITIONAL]), {"grant_controls": {"built_in_controls": ["mfa"]}}, IN),
        (
            named(include_roles=[GLOBAL, CONDITIONAL]),
            {"conditions": {"client_app_types": ["exchangeActiveSync", "other"]}},
            IN,
        ),
        (
            named(include_roles=[GLOBAL, CONDITIONAL]),
            {"conditions": {"platforms": {"include_platforms": ["iOS", "android"]}}},
            IN,
        ),
        (
            named(include_roles=[GLOBAL, CONDITIONAL]),
            {"conditions": {"applications": {"include_applications": ["Office365"]}}},
            IN,
        ),
        (
            named(include_roles=[GLOBAL, CONDITIONAL]),
            {"conditions": {"applications": {"include_applications": ["MicrosoftAdminPortals"]}}},
            OUT,
        ),
        (  # only a browser on Windows could meet both, and the policy is for apps
            named(include_roles=[GLOBAL, CONDITIONAL]),
            {
                "conditions": {"client_app_types": ["mobileAppsAndDesktopClients"]},
                "grant_controls": {"built_in_controls": ["domainJoinedDevice", "compliantApplication"]},
            },
            IN,
        ),
    ],
)
def test_somebody_has_to_be_left(keep: Keep, simulator: Simulator, users: Result, more: Result, outcome: str) -> None:
    before = whole(simulator)
    wanted = task(users, **more)
    planned = keep(True, **wanted)
    assert whole(simulator) == before
    report_only = keep(True, **{**wanted, "policy_state": "report_only"})
    assert report_only.get("changed") and "warnings" not in report_only, report_only  # keeps nobody out
    done = keep(**wanted)
    for result in (planned, done):
        if outcome == OUT:
            assert result["failed"] and result["error"]["kind"] == OUT, result
        else:
            assert result.get("changed") and "warnings" not in result, result
    if outcome == OUT:
        assert whole(simulator) == before and writes(simulator) == []
        assert keep(**wanted, accept_lockout_risk=True)["changed"]
    else:
        assert len(kept_policies(simulator)) == 2


def test_what_is_excluded_and_holds_nobody_is_named(keep: Keep) -> None:
    refused = keep(**task(named(**EVERYBODY, exclude_groups=["Outsiders"], exclude_users=["leaver@"])))
    assert [one.rpartition(" (")[0] for one in refused["error"]["excluded"]] == [
        f"user leaver@{DOMAIN}",
        "group Outsiders",
    ]
    labels = ", ".join(refused["error"]["excluded"])
    assert f"No enabled member account is excluded by {labels}. " in refused["msg"]


@pytest.mark.parametrize("by_id", [True, False])
def test_a_switch_is_looked_at_like_a_new_policy(keep: Keep, simulator: Simulator, by_id: bool) -> None:
    for state in ("report_only", "disabled"):
        made = keep(**task(named(**EVERYBODY, exclude_groups=["Empty"]), state))["conditional_access_policy"]
        before = whole(simulator)
        key = {"id": made["id"]} if by_id else {"display_name": "NEW"}
        for check_mode in (True, False):
            refused = keep(check_mode, **key, policy_state="enabled")
            assert refused["failed"] and refused["error"]["kind"] == OUT
        assert whole(simulator) == before
    assert keep(**key, policy_state="enabled", accept_lockout_risk=True)["changed"]


def test_policies_lock_out_together(keep: Keep, simulator: Simulator) -> None:
    first = task(named(**EVERYBODY, exclude_users=["administrator@"]), display_name="First")
    assert keep(**first)["changed"]
    before = whole(simulator)
    second = task(named(**EVERYBODY, exclude_groups=["Policy admins"]), display_name="Second")
    for check_mode in (True, False):
        refused = keep(check_mode, **second)
        assert refused["error"]["kind"] == OUT and "together with First" in refused["msg"]
    assert whole(simulator) == before
    windows: Result = {"conditions": {"platforms": {"include_platforms": ["windows"]}}}
    assert keep(True, **{**second, **task(second["conditions"]["users"], **windows), "display_name": "Third"})[
        "changed"
    ]


def filtered(mode: str) -> Result:
    return {"devices": {"deviceFilter": {"mode": mode, "rule": "device.isCompliant -eq True"}}}


SOMEBODY = Person("a", roles=frozenset())
UNTRUSTED: Result = {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}
COMPUTERS, PHONES = ["windows", "macOS", "linux"], ["iOS", "android"]


@pytest.mark.parametrize(
    ("policies", "gets_in"),
    [
        ([], True),
        ([{"platforms": {"includePlatforms": COMPUTERS}}], True),
        ([{"platforms": {"includePlatforms": COMPUTERS}}, {"platforms": {"includePlatforms": PHONES}}], False),
        ([{"platforms": {"includePlatforms": ["all"], "excludePlatforms": PHONES}}], True),
        ([{"clientAppTypes": ["browser"]}, {"clientAppTypes": ["exchangeActiveSync", "other"]}], True),
        ([{"clientAppTypes": ["browser"]}, {"clientAppTypes": ["mobileAppsAndDesktopClients"]}], False),
        ([{"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}], True),
        # Each alone leaves a way to sign in, and both together leave none.
        ([UNTRUSTED, {"locations": {"includeLocations": ["AllTrusted"]}}], False),
        ([UNTRUSTED, {"locations": {"includeLocations": ["1"]}}], True),
        ([{"signInRiskLevels": ["none", "low"]}, {"signInRiskLevels": ["medium", "high"]}], False),
        ([{"signInRiskLevels": ["none", "low"]}, {"signInRiskLevels": ["high"]}], True),
        ([filtered("include"), filtered("exclude")], False),
        ([filtered("exclude")], True),
        (
            [
                {"platforms": {"includePlatforms": [], "excludePlatforms": PHONES}},
                {"platforms": {"includePlatforms": PHONES}},
            ],
            False,
        ),
        # The services that the portals call are not excluded with them.
        ([{"applications": {"includeApplications": ["All"], "excludeApplications": ["MicrosoftAdminPortals"]}}], False),
        ([{"signInRiskLevels": ["high"]}], True),
    ],
)
def test_each_way_in_has_to_be_closed(policies: list[Result], gets_in: bool) -> None:
    there = [policy(str(number), {"includeUsers": ["All"]}, **one) for number, one in enumerate(policies)]
    assert bool(who_gets_in(there, [SOMEBODY])) is gets_in
    for state in ("disabled", "enabledForReportingButNotEnforced"):
        assert who_gets_in([{**one, "state": state} for one in there], [SOMEBODY])


def test_what_no_device_can_meet_is_a_block() -> None:
    both = {"operator": "AND", "builtInControls": ["domainJoinedDevice", "compliantApplication"]}
    one = policy("Both", {"includeGroups": ["g"]}, grant=both)
    people = [Person("a", frozenset({"g"}))]
    assert lockout_risk([one], one, [*people, Person("b")]) == ""
    assert who_gets_in([one], people)  # Edge on Windows
    browsers = policy("Browsers", {"includeUsers": ["All"]}, clientAppTypes=["browser"])
    assert not who_gets_in([one, browsers], people) and who_gets_in([one, browsers], [Person("b")])


@pytest.mark.parametrize("state", ["enabled", "report_only", "disabled"])
@pytest.mark.parametrize("accepted", [True, False])
def test_what_is_not_in_the_directory_is_refused_by_name(
    keep: Keep, simulator: Simulator, state: str, accepted: bool
) -> None:
    before = whole(simulator)
    users = named(
        include_users=["All", "Alex Wilber"],
        include_groups=["abc"],
        include_roles=["Wizard"],
        exclude_users=[UNKNOWN, "nobody@", "All", "administrator@"],
        exclude_groups=[UNKNOWN, "Empty", f"administrator@{DOMAIN}"],
    )
    for check_mode in (True, False):
        refused = keep(check_mode, **task(users, state, accept_lockout_risk=accepted))
        assert refused["failed"] and refused["error"]["kind"] == "unresolved", refused
        found = {(one["option"], one["given"]) for one in refused["error"]["unresolved"]}
        assert found == {
            ("include_users", "Alex Wilber"),
            ("include_groups", "abc"),
            ("include_roles", "Wizard"),
            ("exclude_users", UNKNOWN),
            ("exclude_users", f"nobody@{DOMAIN}"),
            ("exclude_users", "All"),
            ("exclude_groups", UNKNOWN),
            ("exclude_groups", f"administrator@{DOMAIN}"),
        }
        assert all(given in refused["msg"] for _option, given in found)
    assert whole(simulator) == before


@pytest.mark.parametrize(
    ("users", "among"),
    [
        (named(**EVERYBODY, exclude_users=["adele.vance@"]), f"second@{DOMAIN}"),
        (named(include_groups=["twins"]), "TWINS"),
    ],
)
def test_a_name_that_several_have_is_ambiguous(keep: Keep, simulator: Simulator, users: Result, among: str) -> None:
    before = whole(simulator)
    for check_mode in (True, False):
        refused = keep(check_mode, **task(users, "report_only"))
        assert refused["failed"] and refused["error"]["kind"] == "ambiguous", refused
        assert len(refused["error"]["candidates"]) == 2 and among in str(refused["error"]["candidates"])
    assert whole(simulator) == before


def test_what_was_found_is_shown_by_name(keep: Keep, simulator: Simulator) -> None:
    wanted = task(named(include_groups=["inner"], exclude_users=["LEAVER@"], exclude_roles=["global administrator"]))
    for result in (keep(True, **wanted), keep(**wanted), keep(**wanted)):
        shown = {one["option"]: one for one in result["resolved"]}
        assert shown["include_groups"]["display_name"] == "Inner"
        assert shown["exclude_users"]["user_principal_name"] == f"leaver@{DOMAIN}"
        assert shown["exclude_users"]["account_enabled"] is False and shown["exclude_users"]["user_type"] == "Member"
        assert shown["exclude_roles"]["display_name"] == GLOBAL
    assert not result["changed"]
    users = kept_policies(simulator)[-1]["conditions"]["users"]
    for option, api in (
        ("include_groups", "includeGroups"),
        ("exclude_users", "excludeUsers"),
        ("exclude_roles", "excludeRoles"),
    ):
        assert users[api] == [shown[option]["id"]]


def test_an_exclusion_that_is_nobody_any_more(keep: Keep, simulator: Simulator) -> None:
    (old,) = kept_policies(simulator)
    alex = next(one["id"] for one in simulator.state("people")["users"] if one["mailNickname"] == "alex.wilber")
    for change in ({"policy_state": "enabled"}, {"policy_state": "report_only"}):
        refused = keep(display_name="Old", **change)
        assert refused["error"]["kind"] == "unresolved" and UNKNOWN in refused["msg"] and "x@y.z" in refused["msg"]
        assert alex not in refused["msg"] and "remove_missing_exclusions" in refused["msg"]
    assert kept_policies(simulator) == [old]
    assert keep(display_name="Old", description="Left as it is")["changed"]
    looked = keep(True, display_name="Old", remove_missing_exclusions=True)
    assert looked["diff"]["after"]["conditions"]["users"]["excludeUsers"] == [alex]
    by_hand = {"users": {"exclude_users": {"remove": [UNKNOWN, "x@y.z"]}, "exclude_groups": {"remove": ["Nothing"]}}}
    assert keep(True, display_name="Old", conditions=by_hand)["diff"]["after"] == looked["diff"]["after"]
    assert keep(display_name="Old", policy_state="enabled", remove_missing_exclusions=True)["changed"]
    (new,) = kept_policies(simulator)
    assert new["conditions"]["users"]["excludeUsers"] == [alex] and new["conditions"]["users"]["excludeGroups"] == []
    assert new["conditions"]["users"]["includeUsers"] == ["All"]
    assert not keep(display_name="Old", policy_state="enabled", remove_missing_exclusions=True)["changed"]


def test_an_exclusion_is_looked_for_twice_before_it_goes(keep: Keep, simulator: Simulator) -> None:
    (old,) = kept_policies(simulator)
    alex = old["conditions"]["users"]["excludeUsers"][-1]
    answer = {"error": {"code": "Request_ResourceNotFound", "message": "x"}}
    simulator.fault(match=f"GET *users/{alex}*", kind="status", status=404, body=answer, count=1)
    assert keep(display_name="Old", remove_missing_exclusions=True)["changed"]
    assert kept_policies(simulator)[0]["conditions"]["users"]["excludeUsers"] == [alex]


@pytest.mark.parametrize(
    ("users", "missing"),
    [
        (named(**EVERYBODY, exclude_users=["administrator@"]), "User.Read.All"),
        (named(**EVERYBODY, exclude_groups=["Members"]), "GroupMember.Read.All"),
        (named(include_roles=list(ADMINISTRATORS)), "RoleManagement.Read.Directory"),
        # The excluded person can sign in, but is perhaps no administrator.
        (named(**EVERYBODY, exclude_users=["alex.wilber@"]), "RoleManagement.Read.Directory"),
    ],
)
def test_what_may_not_be_read_is_named(keep: Keep, simulator: Simulator, users: Result, missing: str) -> None:
    may = (WRITER | READER) - {missing}
    assert keep(**task(users, "report_only"))["changed"]
    before = whole(simulator)
    for result in (keep(granted=may, **task(users)), keep(granted=may, display_name="New", policy_state="enabled")):
        assert result["failed"] and result["error"]["kind"] == "forbidden" and missing in result["msg"], result
    assert whole(simulator) == before
    certain = keep(granted=may, **task(named(**EVERYBODY), display_name="Certain"))
    assert certain["error"]["kind"] == OUT


def test_people_of_other_tenants_are_no_way_back() -> None:
    """Whatever their account type is."""
    people = [Person("a"), Person("b", kind="b2bCollaborationMember")]
    for excluded, risk in (("a", False), ("b", True)):
        changed = {"id": "1", **policy("New", {"includeUsers": ["All"], "excludeUsers": [excluded]})}
        assert bool(lockout_risk([changed], changed, people)) is risk


def test_a_policy_for_some_networks_closes_the_last_gap() -> None:
    """One policy blocks all but trusted networks, another blocks one person everywhere; the new one blocks the rest."""
    people = [Person("a"), Person("c")]
    there = {"id": "1", **policy("There", {"includeUsers": ["All"]}, **UNTRUSTED)}
    of_c = {"id": "2", **policy("Of c", {"includeUsers": ["c"]})}
    trusted: Result = {"locations": {"includeLocations": ["AllTrusted"]}}
    new = {"id": "3", **policy("New", {"includeUsers": ["All"], "excludeUsers": ["c"]}, **trusted)}
    assert [one.id for one in who_gets_in([there, of_c], people)] == ["a"]
    assert lockout_risk([of_c, new], new, people) == ""  # from other networks
    assert "together with Of c, There" in lockout_risk([there, of_c, new], new, people)


@pytest.mark.parametrize("locations", [[], [{"displayName": "Office", "isTrusted": False}], "trusted"])
def test_a_network_that_is_not_there_lets_nobody_in(keep: Keep, simulator: Simulator, locations: Any) -> None:
    """ "All trusted locations" are those that are marked so: if none is, everybody is elsewhere ("Network")."""
    office = {"displayName": "Office", "isTrusted": True}
    named_locations = [
        {
            **one,
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.0/24"}],
        }
        for one in ([office] if locations == "trusted" else locations)
    ]
    described = {**TENANT["conditional_access"], "named_locations": named_locations}
    simulator.describe({"conditional_access": described}, "people")
    places: Result = {"locations": {"include_locations": ["All"], "exclude_locations": ["AllTrusted"]}}
    # Nobody excluded holds a role, so nobody could undo it.
    wanted = task(named(**EVERYBODY, exclude_users=["alex.wilber@"]), conditions=places)
    before = kept_policies(simulator)
    for check_mode in (True, False):
        result = keep(check_mode, **wanted)
        if locations == "trusted":
            assert result["changed"], result
        else:
            assert result["failed"] and result["error"]["kind"] == OUT, result
            assert "no named location is marked as trusted" in result["msg"]
    assert (kept_policies(simulator) == before) is (locations != "trusted")
