# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditional Access policies on a simulated tenant, and whom a change of them affects."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access import policies
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.fields import (
    CONDITIONS,
    FIELDS,
    GRANT,
    Group,
)
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.rules import EXCHANGE_ONLINE
from ansible_collections.intune.exchange.plugins.module_utils._core.resource import EditedList, Field, snake
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.modules import (
    conditional_access_policy,
    conditional_access_policy_info,
)
from simulator import Simulator
from simulator.odata.schema import Schemas

from ..conftest import writes

Result = dict[str, Any]
Keep = Callable[..., Result]
CONTRACT = json.loads((Path(__file__).parents[4] / "simulator/contracts/graph-v1.0.json").read_text())
WRITER = {"Policy.Read.All", "Policy.ReadWrite.ConditionalAccess", "Application.Read.All"}
READER = {"User.Read.All", "GroupMember.Read.All", "RoleManagement.Read.Directory"}
CREATE, CHANGE, LIST = (f"identity.conditionalAccess.{verb}Policies" for verb in ("Create", "Update", "List"))
ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"  # the role template Global Administrator
EMERGENCY = "administrator@contoso.example"
UNKNOWN = "0c5a3f0e-3c39-4f0b-8c0f-6d3c5f9f2b77"  # the id of no object
PHONES: dict[str, Any] = {
    "display_name": "Mail on phones",
    "conditions": {
        "users": {"include_users": {"set": ["All"]}, "exclude_users": {"add": [EMERGENCY]}},
        "applications": {"include_applications": [EXCHANGE_ONLINE]},
        "client_app_types": ["mobileAppsAndDesktopClients"],
        "platforms": {"include_platforms": ["android", "iOS"]},
    },
    "grant_controls": {"operator": "OR", "built_in_controls": ["compliantDevice", "compliantApplication"]},
}
LEGACY: dict[str, Any] = {
    "display_name": "Legacy clients",
    "conditions": {
        "users": {"include_users": {"set": ["All"]}},
        "applications": {"include_applications": ["All"]},
        "client_app_types": ["exchangeActiveSync", "other"],
    },
    "grant_controls": {"built_in_controls": ["block"]},
}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=["ready"], page_size=50, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture
def keep(run: Keep, simulator: Simulator) -> Keep:
    """Run the module as an application with these permissions."""

    def kept(
        check_mode: bool = False,
        module: Any = conditional_access_policy,
        granted: set[str] | None = None,
        **options: Any,
    ) -> Result:
        rights = WRITER | READER if granted is None else granted
        token = simulator.token("graph", "ready", rights)
        return run(
            module,
            check_mode,
            auth_method="token",
            client_secret=None,
            graph_token=token,
            exchange_token=token,
            **options,
        )

    return kept


def kept_policies(simulator: Simulator) -> list[Result]:
    return list(simulator.state("ready").get("conditionalAccessPolicies", []))


def properties(name: str) -> Result:
    return Schemas(CONTRACT).properties({"$ref": f"#/components/schemas/{name}"})


def referred(schema: Result) -> str:
    inner = schema.get("anyOf", [schema])[0]
    return str(inner.get("items", inner).get("$ref", "")).rpartition("/")[2]


def compare(fields: tuple[Field, ...], schema: Result, where: str = "") -> None:
    for field in fields:
        here = f"{where}/{field.api}"
        # The only exception: the state of the policy, since `state` says whether the policy exists.
        assert field.option == ("policy_state" if here == "/state" else snake(field.api)), here
        # Derived or only referenced properties are not in every part of the contract.
        if here.endswith(("/members", "/authenticationStrength")):
            continue
        name = referred(schema[field.api])
        if isinstance(field, Group):
            compare(field.parts, properties(name), here)
        elif name and here != "/state":
            nothing = {"none"} if here.endswith(("guestOrExternalUserTypes", "transferMethods")) else set()
            allowed = set(CONTRACT["components"]["schemas"][name]["enum"]) - {"unknownFutureValue"}
            assert set(field.spec["choices"]) == allowed - nothing, here
        several = schema[field.api].get("type") == "array"
        assert isinstance(field, EditedList) or several <= (field.spec.get("type") == "list"), here


def test_the_options_are_those_of_the_contract() -> None:
    schema = properties("microsoft.graph.conditionalAccessPolicy")
    compare(FIELDS, schema)
    kept_by_graph = {"id", "createdDateTime", "modifiedDateTime", "templateId", "deletedDateTime", "@odata.type"}
    assert set(schema) - kept_by_graph == {field.api for field in FIELDS} | {"displayName"}


def test_a_new_policy_is_in_report_only_mode(keep: Keep, simulator: Simulator) -> None:
    planned = keep(check_mode=True, **PHONES)
    assert planned.get("changed") and writes(simulator) == [], planned
    made = keep(**PHONES)
    assert made["changed"]
    assert [made[part] for part in ("diff", "impact")] == [planned[part] for part in ("diff", "impact")]
    assert writes(simulator) == [CREATE]
    (policy,) = kept_policies(simulator)
    assert policy["state"] == "enabledForReportingButNotEnforced"
    assert made["conditional_access_policy"]["id"] == policy["id"]
    assert policy["grantControls"]["operator"] == "OR"
    assert policy["conditions"]["clientAppTypes"] == ["mobileAppsAndDesktopClients"]
    again = keep(**PHONES)
    assert not again["changed"] and again["impact"] == {} and writes(simulator) == [CREATE]


def test_what_is_left_out_of_a_new_policy(keep: Keep, simulator: Simulator) -> None:
    conditions = {name: part for name, part in PHONES["conditions"].items() if name != "client_app_types"}
    controls = {"built_in_controls": ["mfa", "compliantDevice"]}
    keep(display_name="Short", conditions=conditions, grant_controls=controls)
    (policy,) = kept_policies(simulator)
    assert policy["conditions"]["clientAppTypes"] == ["all"]
    assert policy["grantControls"]["operator"] == "AND"


def test_a_change_keeps_what_is_beside_it(keep: Keep, simulator: Simulator) -> None:
    keep(**PHONES)
    (before,) = kept_policies(simulator)
    people = {
        "exclude_roles": {"add": [ADMINISTRATOR]},
        "exclude_users": {"add": [EMERGENCY.upper()], "remove": [UNKNOWN]},
    }
    planned = keep(check_mode=True, display_name="mail on phones", conditions={"users": people})
    changed = keep(display_name="Mail on phones", conditions={"users": people})
    assert changed["diff"] == planned["diff"]
    assert changed["diff"]["after"]["conditions"]["users"]["excludeRoles"] == [ADMINISTRATOR]
    (after,) = kept_policies(simulator)
    before["conditions"]["users"]["excludeRoles"] = [ADMINISTRATOR]
    assert CONDITIONS.normalize(after["conditions"]) == CONDITIONS.normalize(before["conditions"])
    assert GRANT.normalize(after["grantControls"]) == GRANT.normalize(before["grantControls"])
    assert not keep(display_name="Mail on phones", conditions={"users": people})["changed"]


def test_a_condition_is_cleared(keep: Keep, simulator: Simulator) -> None:
    session = {"sign_in_frequency": {"is_enabled": True, "type": "hours", "value": 4}}
    keep(**PHONES, session_controls=session, description="Pilot")
    cleared = {
        "conditions": {"platforms": {}, "users": {"exclude_users": {"set": []}}},
        "session_controls": {},
        "description": "",
    }
    assert keep(display_name="Mail on phones", **cleared)["changed"]
    (policy,) = kept_policies(simulator)
    assert policy["conditions"]["platforms"] is None and policy["conditions"]["users"]["excludeUsers"] == []
    assert policy["sessionControls"] is None and policy["description"] == ""
    assert not keep(display_name="Mail on phones", **cleared)["changed"]


def test_guests_and_flags_are_written_as_graph_writes_them() -> None:
    given = {
        "guest_or_external_user_types": ["internalGuest", "b2bCollaborationGuest"],
        "external_tenants": {"membership_kind": "enumerated", "members": ["fabrikam"]},
    }
    written = CONDITIONS.target(None, {"users": {"exclude_guests_or_external_users": given}})
    assert written["users"]["excludeGuestsOrExternalUsers"] == {
        "guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest",
        "externalTenants": {
            "membershipKind": "enumerated",
            "members": ["fabrikam"],
            "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
        },
    }
    turned = {**given, "guest_or_external_user_types": ["b2bCollaborationGuest", "internalGuest"]}
    again = CONDITIONS.target(written, {"users": {"exclude_guests_or_external_users": turned}})
    assert again != written and CONDITIONS.normalize(again) == CONDITIONS.normalize(written)
    assert CONDITIONS.target(written, {"users": {"exclude_guests_or_external_users": {}}}) is None


def test_an_authentication_strength_is_referred_to() -> None:
    shown = {"id": "phishing", "displayName": "Phishing-resistant MFA", "allowedCombinations": ["fido2"]}
    record = {"operator": "OR", "builtInControls": [], "authenticationStrength": shown}
    given = GRANT.target(None, {"operator": "OR", "authentication_strength": "phishing"})
    assert given == {"operator": "OR", "authenticationStrength": {"id": "phishing"}}
    assert GRANT.normalize(record) == GRANT.normalize(given)
    sent = policies._sent({"grantControls": record, "state": "disabled"})
    assert sent == {"grantControls": {**given, "builtInControls": []}, "state": "disabled"}


def test_the_service_takes_every_part(keep: Keep, simulator: Simulator) -> None:
    guests = {"guest_or_external_user_types": ["internalGuest", "serviceProvider"]}
    rich: dict[str, Any] = {
        "display_name": "Rich",
        "description": "Everything at once",
        "policy_state": "disabled",
        "conditions": {
            "users": {
                "include_guests_or_external_users": {**guests, "external_tenants": {"membership_kind": "all"}},
                "exclude_users": {"set": [EMERGENCY]},
            },
            "applications": {
                "include_applications": ["All"],
                "exclude_applications": ["Office365"],
                "application_filter": {"mode": "exclude", "rule": 'CustomSecurityAttribute.A_B -eq "c"'},
            },
            "client_app_types": ["browser"],
            "platforms": {"include_platforms": ["all"], "exclude_platforms": ["iOS"]},
            "locations": {"include_locations": ["All"], "exclude_locations": ["AllTrusted"]},
            "devices": {"device_filter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}},
            "insider_risk_levels": ["elevated"],
            "authentication_flows": {"transfer_methods": ["deviceCodeFlow", "authenticationTransfer"]},
        },
        "grant_controls": {
            "operator": "AND",
            "built_in_controls": ["compliantDevice"],
            "terms_of_use": ["terms"],
            "authentication_strength": "00000000-0000-0000-0000-000000000004",
        },
        "session_controls": {
            "application_enforced_restrictions": {"is_enabled": True},
            "cloud_app_security": {"is_enabled": True, "cloud_app_security_type": "monitorOnly"},
            "persistent_browser": {"is_enabled": True, "mode": "never"},
            "sign_in_frequency": {"is_enabled": True, "value": 1, "type": "days", "frequency_interval": "timeBased"},
            "disable_resilience_defaults": True,
        },
    }
    made = keep(**rich)
    assert made["changed"], made
    assert not keep(**rich)["changed"]
    assert keep(display_name="Rich", conditions={"platforms": {"exclude_platforms": ["android"]}})["changed"]
    (policy,) = kept_policies(simulator)
    assert policy["conditions"]["platforms"]["excludePlatforms"] == ["android"]
    assert policy["conditions"]["authenticationFlows"]["transferMethods"] == "deviceCodeFlow,authenticationTransfer"
    assert policy["grantControls"]["authenticationStrength"]["id"] == rich["grant_controls"]["authentication_strength"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_nobody_is_locked_out_by_accident(keep: Keep, simulator: Simulator, check_mode: bool) -> None:
    refused = keep(check_mode, **LEGACY, policy_state="enabled")
    assert refused["failed"] and refused["error"]["kind"] == "lockout_risk"
    assert "exclude_users" in refused["msg"] and "accept_lockout_risk" in refused["msg"]
    assert writes(simulator) == []
    assert keep(check_mode, **LEGACY)["changed"]  # report-only blocks nobody
    assert keep(check_mode, **LEGACY, policy_state="enabled", accept_lockout_risk=True)["changed"]


@pytest.mark.parametrize(
    ("spared", "allowed"),
    [
        ({"exclude_users": {"add": [EMERGENCY]}}, True),
        ({"exclude_users": {"add": ["GuestsOrExternalUsers"]}}, False),
        ({"exclude_roles": {"add": [ADMINISTRATOR]}}, False),
        ({"include_users": {"set": ["adele.vance@contoso.example"]}}, True),
    ],
)
def test_an_emergency_account_is_an_account_or_a_group(keep: Keep, spared: Result, allowed: bool) -> None:
    keep(**LEGACY)
    result = keep(True, display_name="Legacy clients", policy_state="enabled", conditions={"users": spared})
    assert result.get("changed", False) is allowed


def test_two_policies_of_one_name_are_told_apart_by_id(keep: Keep, simulator: Simulator) -> None:
    simulator.fault(match=CREATE, kind="second_writer")
    keep(**PHONES)
    first, second = (policy["id"] for policy in kept_policies(simulator))
    ambiguous = keep(display_name="Mail on phones", policy_state="disabled")
    assert ambiguous["error"]["kind"] == "ambiguous" and set(ambiguous["error"]["candidates"]) == {first, second}
    assert "Specify the id of one of them" in ambiguous["msg"]
    assert keep(id=second.upper(), policy_state="disabled")["changed"]
    assert [policy["state"] for policy in kept_policies(simulator)] == [
        "enabledForReportingButNotEnforced",
        "disabled",
    ]
    assert keep(id=second, state="absent")["changed"]
    assert not keep(id=second, state="absent")["changed"]
    assert [policy["id"] for policy in kept_policies(simulator)] == [first]


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_id_and_the_name_of_another_policy(keep: Keep, simulator: Simulator, check_mode: bool) -> None:
    keep(**PHONES)
    keep(**LEGACY)
    phones, legacy = kept_policies(simulator)
    for options in ({"state": "absent"}, {"policy_state": "disabled"}, {}):
        refused = keep(check_mode, id=legacy["id"], display_name="mail on PHONES", **options)
        assert refused["failed"] and refused["error"]["kind"] == "ambiguous"
        assert set(refused["error"]["candidates"]) == {phones["id"], legacy["id"]}
    misnamed = keep(check_mode, id=legacy["id"], display_name="Else", state="absent")
    assert misnamed["error"]["kind"] == "usage" and "is called Legacy clients, not Else" in misnamed["msg"]
    assert kept_policies(simulator) == [phones, legacy]
    assert keep(True, id=legacy["id"], display_name="Else")["changed"]  # a new name
    assert keep(True, id=legacy["id"], display_name="LEGACY clients", state="absent")["changed"]


def test_an_answer_about_another_policy_is_no_success(keep: Keep, simulator: Simulator) -> None:
    keep(**PHONES)
    simulator.fault(match=CHANGE, kind="status", status=200, body={"id": UNKNOWN, "displayName": "Other"})
    answered = keep(display_name="Mail on phones", description="Pilot")
    assert answered["failed"] and answered["error"]["kind"] == "other_object" and UNKNOWN in answered["msg"]


@pytest.mark.parametrize("side", ["include", "exclude"])
def test_the_word_for_guests_and_the_object_are_the_same(keep: Keep, simulator: Simulator, side: str) -> None:
    """As Graph keeps them: hashicorp/terraform-provider-azuread issue 1196."""
    word = {"users": {f"{side}_users": {"set": ["guestsOrExternalUsers"]}}}
    guests = {"users": {"include_users": {"set": ["All"]}, **word["users"]}} if side == "exclude" else word
    task = {**LEGACY, "conditions": {**LEGACY["conditions"], **guests}}
    assert keep(**task)["changed"]
    (policy,) = kept_policies(simulator)
    assert policy["conditions"]["users"][f"{side}Users"] == []
    types = policy["conditions"]["users"][f"{side}GuestsOrExternalUsers"]["guestOrExternalUserTypes"].split(",")
    assert len(types) == 6
    every = {f"{side}_guests_or_external_users": {"guest_or_external_user_types": types}}
    again = [guests, {"users": every}, {"users": {f"{side}_users": {"add": ["GuestsOrExternalUsers"]}}}]
    assert [keep(display_name="Legacy clients", conditions=one)["changed"] for one in again] == [False] * 3
    twice = keep(display_name="Legacy clients", conditions={"users": {**word["users"], **every}})
    assert twice["error"]["kind"] == "usage" and f"conditions.users.{side}_users" in twice["msg"]
    fewer = {f"{side}_guests_or_external_users": {"guest_or_external_user_types": ["internalGuest"]}}
    assert keep(display_name="Legacy clients", conditions={"users": fewer})["changed"]
    assert keep(display_name="Legacy clients", conditions=again[2])["changed"]
    out = {"users": {f"{side}_users": {"remove": ["GuestsOrExternalUsers"], "add": [EMERGENCY]}}}
    assert keep(display_name="Legacy clients", conditions=out)["changed"]
    (policy,) = kept_policies(simulator)
    assert policy["conditions"]["users"][f"{side}GuestsOrExternalUsers"] is None
    assert len(policy["conditions"]["users"][f"{side}Users"]) == 1


def test_a_name_that_is_given_twice_is_sent_once(keep: Keep, simulator: Simulator) -> None:
    keep(**LEGACY)
    admin = next(user["id"] for user in simulator.state()["users"] if user["userPrincipalName"] == EMERGENCY)
    twice = {
        "users": {"exclude_users": {"add": [admin, EMERGENCY, admin.upper()]}},
        "applications": {"include_applications": [EXCHANGE_ONLINE, EXCHANGE_ONLINE.upper()]},
    }
    assert keep(display_name="Legacy clients", conditions=twice)["changed"]
    (policy,) = kept_policies(simulator)
    assert policy["conditions"]["users"]["excludeUsers"] == [admin]
    assert policy["conditions"]["applications"]["includeApplications"] == [EXCHANGE_ONLINE]
    assert not keep(display_name="Legacy clients", conditions=twice)["changed"]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({}, "usage", "display_name and id"),
        ({"id": "none", "policy_state": "disabled"}, "not_found", "no Conditional Access policy with the id none"),
        ({"id": "none", "policy_state": "disabled", "marker": "[made by me]"}, "not_found", "with the id none"),
        ({"display_name": "Empty"}, "usage", "conditions.users, conditions.applications, grant_controls or"),
        (
            {
                "display_name": "No control",
                "conditions": PHONES["conditions"],
                "grant_controls": {"operator": "OR"},
            },
            "usage",
            "grant_controls or session_controls",
        ),
    ],
)
def test_what_is_refused_before_anything_is_sent(
    keep: Keep, simulator: Simulator, options: Result, kind: str, words: str
) -> None:
    for check_mode in (True, False):
        refused = keep(check_mode, **options)
        assert refused["failed"] and refused["error"]["kind"] == kind and words in refused["msg"]
    assert writes(simulator) == []


def test_a_policy_for_activesync_that_is_refused(keep: Keep, simulator: Simulator) -> None:
    refusal = {"code": "BadRequest", "message": "1032: ConditionalActionPolicy validation failed"}
    simulator.fault(match=CREATE, kind="status", status=400, body={"error": refusal}, count=2)
    refused = keep(**LEGACY)
    assert refused["error"]["status"] == 400 and "1032" in refused["msg"]
    assert "no condition but platforms" in refused["msg"]
    assert "platforms" not in keep(**PHONES)["msg"]


def test_a_new_policy_is_waited_for(keep: Keep, simulator: Simulator) -> None:
    """As seen in microsoft/terraform-provider-msgraph issue 32: the first reads do not show it."""
    simulator.fault(match=LIST, kind="stale_read", count=2)
    assert keep(**PHONES)["changed"]
    looks = [one["operation"] for one in simulator.requests() if one["operation"] in (CREATE, LIST)]
    assert looks == [LIST, CREATE, LIST, LIST, LIST]
    assert not keep(**PHONES)["changed"] and len(kept_policies(simulator)) == 1


def test_a_new_policy_that_stays_out_of_sight(keep: Keep, simulator: Simulator) -> None:
    simulator.fault(match=LIST, kind="stale_read", count=20)
    lost = keep(**PHONES)
    assert lost["error"]["kind"] == "not_visible"
    assert lost["error"]["ids"] == [policy["id"] for policy in kept_policies(simulator)]


def test_two_who_create_at_the_same_time_are_told(keep: Keep, simulator: Simulator) -> None:
    simulator.fault(match=CREATE, kind="second_writer")
    twins = keep(**PHONES)
    ids = {policy["id"] for policy in kept_policies(simulator)}
    assert twins["error"]["kind"] == "ambiguous" and len(ids) == 2
    assert set(twins["error"]["candidates"]) == ids and all(one in twins["msg"] for one in ids)


def test_somebody_else_removes_it_in_between(keep: Keep, simulator: Simulator) -> None:
    keep(**PHONES)
    simulator.fault(match=CHANGE, kind="second_writer", request={"method": "DELETE"})
    gone = keep(display_name="Mail on phones", description="Pilot")
    assert gone["failed"] and gone["error"]["kind"] == "not_found"
    assert kept_policies(simulator) == []


def test_whom_somebody_else_excludes_in_between_stays_excluded(keep: Keep, simulator: Simulator) -> None:
    """Conditions are sent as a whole, and the people are read between the list and the write."""
    keep(**PHONES)
    (policy,) = kept_policies(simulator)
    theirs = copy.deepcopy(policy["conditions"])
    theirs["users"]["excludeUsers"].append(next(one["id"] for one in simulator.state("ready")["users"]))
    path = f"/v1.0/identity/conditionalAccess/policies/{policy['id']}"
    request = {"method": "PATCH", "path": path, "body": {"conditions": theirs}}
    simulator.fault(match=LIST, kind="second_writer", phase="after_effect", request=request)
    ours = {"exclude_roles": {"add": [ADMINISTRATOR]}}
    done = keep(display_name="Mail on phones", conditions={"users": ours})
    (policy,) = kept_policies(simulator)
    assert policy["conditions"]["users"]["excludeUsers"] == theirs["users"]["excludeUsers"]
    assert policy["conditions"]["users"]["excludeRoles"] == [ADMINISTRATOR] and done["changed"]


@pytest.mark.parametrize(("kind", "status"), [("reset", 503), ("status", 500), ("status", 504)])
def test_a_lost_creation_is_found_again(keep: Keep, simulator: Simulator, kind: str, status: int) -> None:
    simulator.fault(match=CREATE, kind=kind, status=status, phase="after_effect")
    made = keep(**PHONES)
    assert made["changed"], made
    (policy,) = kept_policies(simulator)
    assert made["conditional_access_policy"]["id"] == policy["id"]


@pytest.mark.parametrize("missing", sorted(WRITER))
def test_all_three_permissions_are_named(keep: Keep, simulator: Simulator, missing: str) -> None:
    refused = keep(granted=(WRITER | READER) - {missing}, **PHONES)
    assert refused["error"]["kind"] == "forbidden" and missing in refused["msg"]
    assert kept_policies(simulator) == []


def test_without_the_right_to_read_people_the_impact_is_told_in_words(keep: Keep) -> None:
    made = keep(granted=WRITER, **{**LEGACY, "policy_state": "enabled", "accept_lockout_risk": True})
    impact = made["impact"]
    assert impact["people"] is None
    assert len(impact["not_read"]) == 1 and "User.Read.All" in impact["not_read"][0]
    told = {(one["client"], one["platform"]): (one["before"], one["after"]) for one in impact["sign_ins"]}
    assert set(told) == {
        (client, way) for client in ("exchangeActiveSync", "other") for way in ("iOS", "android", "other")
    }
    assert set(map(str, told.values())) == {str(({"everybody": "not_covered"}, {"everybody": "covered"}))}


def test_people_are_counted(keep: Keep, simulator: Simulator) -> None:
    everybody = len(simulator.state()["users"])
    spared = {"users": {"include_users": {"set": ["All"]}, "exclude_roles": {"set": [ADMINISTRATOR]}}}
    blocked = {**LEGACY, "conditions": {**LEGACY["conditions"], **spared}, "accept_lockout_risk": True}
    planned = keep(**blocked)["impact"]
    assert planned["people"] == everybody and planned["not_read"] == [] and planned["controls"] == ["block"]
    assert planned["except"] == [f"role {ADMINISTRATOR}"]
    none = {"covered": 0, "depends_on": 0, "not_covered": everybody, "report_only": 0}
    first = planned["sign_ins"][0]
    assert first["before"] == {"everybody": "not_covered", **none}
    assert first["after"] == {"everybody": "report_only", **none, "report_only": everybody - 1}
    enforced = keep(display_name="Legacy clients", policy_state="enabled", accept_lockout_risk=True)["impact"]
    assert enforced["sign_ins"][0]["after"] == {
        "everybody": "covered",
        "covered": everybody - 1,
        "depends_on": 0,
        "not_covered": 1,
        "report_only": 0,
    }
    removed = keep(display_name="Legacy clients", state="absent")["impact"]
    assert removed["sign_ins"][0]["after"] == {"everybody": "not_covered", **none}
    assert removed["sign_ins"][0]["before"] == enforced["sign_ins"][0]["after"]


def test_roles_that_may_not_be_read_leave_it_open(keep: Keep, simulator: Simulator) -> None:
    everybody = len(simulator.state()["users"])
    spared = {"users": {"include_users": {"set": ["All"]}, "exclude_roles": {"set": [ADMINISTRATOR]}}}
    blocked = {**LEGACY, "conditions": {**LEGACY["conditions"], **spared}, "policy_state": "enabled"}
    impact = keep(granted=WRITER | {"User.Read.All"}, accept_lockout_risk=True, **blocked)["impact"]
    assert impact["people"] == everybody and "RoleManagement.Read.Directory" in impact["not_read"][0]
    assert impact["sign_ins"][0]["after"]["depends_on"] == everybody


def test_the_service_is_asked_once_a_second() -> None:
    """The only test here that waits: for the limit that the simulator counts in real time."""
    with Simulator(tenants=["ready"]) as limited:
        declaration = conditional_access_policy.DECLARATION
        arguments = {**limited.options(method="token"), **PHONES}
        arguments["graph_token"] = limited.token("graph", granted=WRITER | READER)
        arguments.pop("auth_method")
        params = ArgumentSpecValidator(declaration.argument_spec).validate(arguments).validated_parameters
        assert engine.run_declaration(declaration, params, False, clock=time.monotonic)["changed"]
        asked = [one for one in limited.requests() if "conditionalAccess" in one["operation"]]
        assert [one["status"] for one in asked] == [200, 201, 200]


def test_the_policies_are_facts(keep: Keep) -> None:
    keep(**PHONES)
    keep(**LEGACY)

    def found(**options: Any) -> list[Result]:
        result = keep(module=conditional_access_policy_info, granted={"Policy.Read.All"}, **options)
        assert result["changed"] is False
        return list(result["conditional_access_policies"])

    phones, legacy = found()
    assert phones["conditions"]["platforms"]["include_platforms"] == ["android", "iOS"]
    assert legacy["grant_controls"]["built_in_controls"] == ["block"]
    assert [one["display_name"] for one in found(display_name="LEGACY clients")] == ["Legacy clients"]
    assert [one["display_name"] for one in found(id=phones["id"])] == ["Mail on phones"]
    assert found(display_name="none") == []


def test_a_control_that_graph_shows_only_on_request_stays(keep: Keep, simulator: Simulator) -> None:
    asked = {**PHONES, "grant_controls": {"operator": "AND", "built_in_controls": ["mfa", "riskRemediation"]}}
    assert keep(**asked)["changed"] and not keep(**asked)["changed"]
    changed = keep(display_name=PHONES["display_name"], grant_controls={"terms_of_use": ["tou"]})
    assert changed["changed"]
    (policy,) = (one for one in kept_policies(simulator) if one["displayName"] == PHONES["display_name"])
    assert policy["grantControls"]["builtInControls"] == ["mfa", "riskRemediation"]
