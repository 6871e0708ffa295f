# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantee 22 with colliding names: the named object changes, or nothing does and the failure says why.

Each action names an object in each possible way, in tenants with an object that is easily mistaken for it. The sweeps
of the other guarantees verify that nobody else is changed when services fail.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from simulator import Simulator

from .allowed_changes import unnamed
from .bystanders import May, changes, harmed
from .conftest import EXHAUSTIVE
from .harness import Bench
from .look_alikes import DOMAIN, TENANT, Pair, build, names, others
from .simulators import Simulators

Step = tuple[str, Mapping[str, Any]]
_LISTS = ("ActiveSyncAllowedDeviceIDs", "ActiveSyncBlockedDeviceIDs")
_AT_MOST_ONE = {"max_affected": 1}
_UNKNOWN = "7f9a3c52-0b1e-4a53-9b0e-1f4f6a1f0c11"  # the id of a deleted object
# A name with one of these is a pattern when the entries of a role are changed
# (https://learn.microsoft.com/powershell/module/exchange/get-managementroleentry).
_PATTERN = set("\\*?[]")
_TRIED = 60 if EXHAUSTIVE else 3  # for each action; hypothesis begins with the simplest, which a sample omits


@dataclass(frozen=True)
class Task:
    """One task, and its allowed changes.

    `sure`: the name belongs to one object only, so the task must succeed. `unsure`: it belongs to several alike, or to
    a protected object, so the task must fail. `ends` has the required state after a success: by kind, id and property.
    """

    module: str
    options: Mapping[str, Any]
    allowed: tuple[May, ...]
    sure: bool = False
    unsure: bool = False
    ends: Mapping[tuple[str, str, str], Any] = field(default_factory=dict)
    before: tuple[Step, ...] = ()


class Certainty(TypedDict):
    """What follows for a `Task` from the way in which it names the object."""

    sure: bool
    unsure: bool


Draw = Callable[[st.SearchStrategy[Any]], Any]
Action = Callable[[Pair, Draw], Task]
ACTIONS: dict[str, Action] = {}


def action(found: Action) -> Action:
    ACTIONS[found.__name__.strip("_")] = found
    return found


def _way(pair: Pair, draw: Draw) -> tuple[str, Certainty]:
    """A text that names the intended person, and whether it names nobody else."""
    way = draw(st.sampled_from(sorted(pair.meant.ways)))
    text = pair.meant.ways[way]
    both = way in ("name", "display name") and pair.names.same
    return text, Certainty(sure=way == "id", unsure=both)


def _mailbox(pair: Pair, draw: Draw) -> tuple[str, Certainty]:
    """Like `_way`, for people with a mailbox."""
    text, certainty = _way(pair, draw)
    return text, Certainty(sure=certainty["sure"], unsure=certainty["unsure"] and not pair.guest)


@action
def _mailbox_switch(pair: Pair, draw: Draw) -> Task:
    text, certainty = _mailbox(pair, draw)
    may = May("CASMailbox", {"id": pair.meant.id}, ("OutlookMobileEnabled",))
    return Task("cas_mailbox_mobile_access", {"mailbox": text, "outlook_mobile_enabled": False}, (may,), **certainty)


@action
def _mailbox_device_ids(pair: Pair, draw: Draw) -> Task:
    text, certainty = _mailbox(pair, draw)
    asked = {"mailbox": text, "blocked_device_ids": {"add": [pair.meant.device_id]}}
    return Task("cas_mailbox_mobile_access", asked, (May("CASMailbox", {"id": pair.meant.id}, _LISTS),), **certainty)


@action
def _mailbox_policy(pair: Pair, draw: Draw) -> Task:
    may = May("CASMailbox", {"id": pair.meant.id}, ("ActiveSyncMailboxPolicy",))
    asked = {"mailbox": pair.meant.id, "policy": pair.names.meant}
    ends = {("CASMailbox", pair.meant.id, "ActiveSyncMailboxPolicy"): pair.names.meant}
    return Task("cas_mailbox_mobile_access", asked, (may,), sure=True, ends=ends)


def _doing(pair: Pair, draw: Draw, by_id: bool) -> tuple[dict[str, Any], tuple[May, ...]]:
    """One of the actions on devices. With `by_id` the device is named by its id, which a full wipe requires."""
    phone = {"id": pair.meant.device}
    mailbox = May("CASMailbox", {"id": pair.meant.id}, _LISTS)
    wiped = May("MobileDevice", phone, ("_wipe",))
    choices: list[tuple[dict[str, Any], May]] = [
        ({"access": "blocked"}, mailbox),
        ({"access": "allowed"}, mailbox),
        ({"wipe": "account_only"}, wiped),
        ({"state": "absent"}, May("MobileDevice", phone, removed=True)),
    ]
    if by_id:
        choices.append(({"wipe": "full", "confirm_full_wipe": pair.meant.device_id}, wiped))
    asked, may = draw(st.sampled_from(choices))
    return asked, (may,)


@action
def _device_by_id(pair: Pair, draw: Draw) -> Task:
    asked, may = _doing(pair, draw, by_id=True)
    shared = _one_phone(pair)
    return Task("mobile_device", {"device_id": pair.meant.device_id, **asked}, may, not shared, shared)


def _one_phone(pair: Pair) -> bool:
    return pair.meant.device_id == pair.other.device_id or pair.names.same


@action
def _one_phone_of_which_one_account_was_wiped(pair: Pair, draw: Draw) -> Task:
    assume(_one_phone(pair))
    before = (("mobile_device", {"guids": [pair.other.device], "wipe": "account_only"}),)
    asked = {"device_id": pair.meant.device_id, "match": "all", "max_affected": 2, "wipe": "account_only"}
    may = May("MobileDevice", {"id": pair.meant.device}, ("_wipe",))
    return Task("mobile_device", asked, (may,), sure=True, before=before)


@action
def _more_devices_than_allowed(pair: Pair, draw: Draw) -> Task:
    asked, _may = _doing(pair, draw, by_id=False)
    options = {"device_type": "iPhone", "match": "all", **_AT_MOST_ONE, **asked}
    return Task("mobile_device", options, (), unsure=True)


@action
def _device_by_id_and_mailbox(pair: Pair, draw: Draw) -> Task:
    asked, may = _doing(pair, draw, by_id=True)
    text, certainty = _mailbox(pair, draw)
    return Task("mobile_device", {"device_id": pair.meant.device_id, "mailbox": text, **asked}, may, **certainty)


@action
def _device_by_guid(pair: Pair, draw: Draw) -> Task:
    asked, may = _doing(pair, draw, by_id=False)
    # A device is found by its id; it names its mailbox only, and two mailboxes can have that name.
    known = "access" not in asked or not (pair.names.same or pair.names.how in ("address", "id"))
    return Task("mobile_device", {"guids": [pair.meant.device], **asked}, may, sure=known)


@action
def _device_by_mailbox(pair: Pair, draw: Draw) -> Task:
    asked, may = _doing(pair, draw, by_id=False)
    text, certainty = _mailbox(pair, draw)
    return Task("mobile_device", {"mailbox": text, **asked}, may, **certainty)


@action
def _device_by_model(pair: Pair, draw: Draw) -> Task:
    asked, may = _doing(pair, draw, by_id=False)
    return Task("mobile_device", {"device_model": pair.names.meant, **asked}, may, unsure=pair.names.same)


@action
def _all_devices_of_a_mailbox(pair: Pair, draw: Draw) -> Task:
    asked, may = _doing(pair, draw, by_id=False)
    text, certainty = _mailbox(pair, draw)
    options = {"mailbox": text, "match": "all", **_AT_MOST_ONE, **asked}
    return Task("mobile_device", options, may, unsure=certainty["unsure"])


@action
def _all_devices_of_a_model(pair: Pair, draw: Draw) -> Task:
    asked, may = _doing(pair, draw, by_id=False)
    options = {"device_model": pair.names.meant, "match": "all", **_AT_MOST_ONE, **asked}
    return Task("mobile_device", options, may, unsure=pair.names.same)


@action
def _member_added(pair: Pair, draw: Draw) -> Task:
    text, certainty = _way(pair, draw)
    may = May("RoleGroup", {"Name": "Empty"}, ("_members",))
    ends = {("RoleGroup", _group(pair, "Empty"), "_members"): [pair.meant.id]}
    return Task("role_group", {"name": "Empty", "members": {"add": [text]}}, (may,), ends=ends, **certainty)


@action
def _member_removed(pair: Pair, draw: Draw) -> Task:
    text, certainty = _way(pair, draw)
    may = May("RoleGroup", {"Name": "Both"}, ("_members",))
    ends = {("RoleGroup", _group(pair, "Both"), "_members"): [pair.other.id]}
    return Task("role_group", {"name": "Both", "members": {"remove": [text]}}, (may,), ends=ends, **certainty)


@action
def _members_set(pair: Pair, draw: Draw) -> Task:
    text, certainty = _way(pair, draw)
    may = May("RoleGroup", {"Name": "Both"}, ("_members",))
    ends = {("RoleGroup", _group(pair, "Both"), "_members"): [pair.meant.id]}
    return Task("role_group", {"name": "Both", "members": {"set": [text]}}, (may,), ends=ends, **certainty)


def _group(pair: Pair, name: str) -> str:
    return pair.ids("RoleGroup", "Name", name)[0]


@action
def _role_group_changed(pair: Pair, draw: Draw) -> Task:
    asked, properties = draw(
        st.sampled_from(
            [
                ({"description": "Changed"}, ("Description",)),
                ({"members": {"add": [pair.meant.id]}}, ("_members",)),
                ({"managed_by": {"set": [pair.meant.id]}}, ("ManagedBy",)),
            ]
        )
    )
    may = May("RoleGroup", {"id": _group(pair, pair.names.meant)}, properties)
    return Task("role_group", {"name": pair.names.meant, **asked}, (may,), sure=True)


@action
def _role_group_roles(pair: Pair, draw: Draw) -> Task:
    edit = draw(st.sampled_from([{"set": ["View-Only Configuration"]}, {"add": ["View-Only Configuration"]}]))
    may = May("ManagementRoleAssignment", {"_assignee": _group(pair, pair.names.meant)}, created=True, removed=True)
    return Task("role_group", {"name": pair.names.meant, "roles": edit}, (may,), sure=True)


@action
def _role_group_removed(pair: Pair, draw: Draw) -> Task:
    group = _group(pair, pair.names.meant)
    allowed = (
        May("RoleGroup", {"id": group}, removed=True),
        May("ManagementRoleAssignment", {"_assignee": group}, removed=True),
    )
    return Task("role_group", {"name": pair.names.meant, "state": "absent"}, allowed, sure=True)


@action
def _built_in_role_group(pair: Pair, draw: Draw) -> Task:
    """Nobody removes them or their roles; members change only on request."""
    group = draw(st.sampled_from(["Organization Management", "Recipient Management", "Help Desk", "help desk"]))
    asked = draw(
        st.sampled_from(
            [
                {"roles": {"set": []}},
                {"roles": {"remove": ["Mail Recipients", "View-Only Recipients", "Role Management"]}},
                {"state": "absent"},
                {"description": "Ours"},
                {"members": {"add": [pair.meant.id]}},
            ]
        )
    )
    return Task("role_group", {"name": group, **asked}, (), unsure=True)


def _role(pair: Pair) -> dict[str, str]:
    return {"id": pair.ids("ManagementRole", "Name", pair.names.meant)[0]}


@action
def _role_changed(pair: Pair, draw: Draw) -> Task:
    asked = {"name": pair.names.meant, "cmdlets": ["Get-MobileDeviceStatistics"]}
    sure = not _PATTERN & set(pair.names.meant)
    return Task("management_role", asked, (May("ManagementRole", _role(pair), ("_entries",)),), sure=sure)


@action
def _role_removed(pair: Pair, draw: Draw) -> Task:
    asked = {"name": pair.names.meant, "state": "absent"}
    return Task("management_role", asked, (May("ManagementRole", _role(pair), removed=True),), sure=True)


@action
def _role_given(pair: Pair, draw: Draw) -> Task:
    text, certainty = _way(pair, draw)
    may = May("ManagementRoleAssignment", {"_assignee": pair.meant.id, "Role": pair.names.meant}, created=True)
    return Task("management_role_assignment", {"role": pair.names.meant, "user": text}, (may,), **certainty)


@action
def _role_given_to_what_is_of_another_kind(pair: Pair, draw: Draw) -> Task:
    """The id of a person in place of that of a group, and the reverse."""
    group = _group(pair, pair.names.meant)
    named = draw(st.sampled_from([{"group": pair.meant.id}, {"user": group}, {"application": pair.meant.id}]))
    return Task("management_role_assignment", {"role": "View-Only Configuration", **named}, (), unsure=True)


@action
def _role_taken(pair: Pair, draw: Draw) -> Task:
    text, certainty = _way(pair, draw)
    role = "View-Only Configuration"
    may = May("ManagementRoleAssignment", {"_assignee": pair.meant.id, "Role": role}, removed=True)
    before = tuple(("management_role_assignment", {"role": role, "user": one.id}) for one in (pair.meant, pair.other))
    asked = {"role": role, "user": text, "state": "absent"}
    return Task("management_role_assignment", asked, (may,), before=before, **certainty)


@action
def _role_taken_from_group(pair: Pair, draw: Draw) -> Task:
    """A group has the name of the person as well, so only its id is unique."""
    group = _group(pair, pair.names.meant)
    may = May("ManagementRoleAssignment", {"_assignee": group}, removed=True)
    given = draw(st.sampled_from([group, pair.names.meant]))
    asked = {"role": "View-Only Recipients", "group": given, "state": "absent"}
    return Task("management_role_assignment", asked, (may,), sure=given == group)


def _policy(pair: Pair, draw: Draw) -> tuple[dict[str, Any], str, bool, bool]:
    """The name or id of the Conditional Access policy, its id, and whether it is unique."""
    ids = pair.ids("conditionalAccessPolicies", "displayName", pair.names.meant)
    if draw(st.booleans()):
        return {"id": ids[0]}, ids[0], True, False
    return {"display_name": pair.names.meant}, ids[0], False, pair.names.same


@action
def _conditional_access_changed(pair: Pair, draw: Draw) -> Task:
    named, policy, sure, unsure = _policy(pair, draw)
    may = May("conditionalAccessPolicies", {"id": policy}, ("state",))
    return Task("conditional_access_policy", {**named, "policy_state": "disabled"}, (may,), sure, unsure)


@action
def _conditional_access_removed(pair: Pair, draw: Draw) -> Task:
    named, policy, sure, unsure = _policy(pair, draw)
    may = May("conditionalAccessPolicies", {"id": policy}, removed=True)
    kept = May("deletedConditionalAccessPolicies", {"id": policy}, created=True)
    return Task("conditional_access_policy", {**named, "state": "absent"}, (may, kept), sure, unsure)


@action
def _conditional_access_exclusions(pair: Pair, draw: Draw) -> Task:
    _named, policy, _sure, _unsure = _policy(pair, draw)
    text, certainty = _way(pair, draw)
    may = May("conditionalAccessPolicies", {"id": policy}, ("conditions",))
    asked = {"id": policy, "conditions": {"users": {"exclude_users": {"set": [text]}}}}
    return Task("conditional_access_policy", asked, (may,), **certainty)


@action
def _conditional_access_excluded_group(pair: Pair, draw: Draw) -> Task:
    policy = pair.ids("conditionalAccessPolicies", "displayName", pair.names.meant)[0]
    group = pair.ids("groups", "displayName", pair.names.meant)[0]
    may = May("conditionalAccessPolicies", {"id": policy}, ("conditions",))
    asked = {"id": policy, "conditions": {"users": {"exclude_groups": {"set": [group]}}}}
    return Task("conditional_access_policy", asked, (may,), sure=True)


@action
def _nobody_is_left(pair: Pair, draw: Draw) -> Task:
    """A policy that blocks everybody, except for an empty or missing group."""
    _policy, asked = _blocks_all_but(pair, draw(st.sampled_from(["Nobody", "Nested nobody", _UNKNOWN])))
    return Task("conditional_access_policy", asked, (), unsure=True)


@action
def _administrators_are_left(pair: Pair, draw: Draw) -> Task:
    """As before, but the group has a member, directly or through another group."""
    policy, asked = _blocks_all_but(pair, draw(st.sampled_from(["Administrators", "Nested administrators"])))
    may = May("conditionalAccessPolicies", {"id": policy}, ("state", "conditions"))
    return Task("conditional_access_policy", asked, (may,), sure=True)


def _blocks_all_but(pair: Pair, group: str) -> tuple[str, dict[str, Any]]:
    """The id of a policy, and the task that makes it block everybody but the members of a group."""
    policy = pair.ids("conditionalAccessPolicies", "displayName", pair.names.meant)[0]
    users = {"exclude_users": {"set": []}, "exclude_groups": {"set": [group]}}
    conditions = {"users": users, "client_app_types": ["all"]}
    return policy, {"id": policy, "policy_state": "enabled", "conditions": conditions}


@action
def _account_changed(pair: Pair, draw: Draw) -> Task:
    may = May("users", {"id": pair.meant.id}, ("displayName",))
    asked = {"user_principal_name": pair.meant.address, "display_name": "Changed", "wait": False}
    return Task("connector_account", asked, (may,), sure=True)


@action
def _account_removed(pair: Pair, draw: Draw) -> Task:
    asked = {"user_principal_name": pair.meant.address, "state": "absent", "force_delete": True}
    return Task("connector_account", asked, (May("users", {"id": pair.meant.id}, removed=True),), sure=True)


@action
def _account_by_name(pair: Pair, draw: Draw) -> Task:
    """Not by an address, which is what identifies an account."""
    asked = {"user_principal_name": pair.names.meant, "state": "absent", "force_delete": True}
    return Task("connector_account", asked, (), unsure=True)


@action
def _account_given_a_role(pair: Pair, draw: Draw) -> Task:
    may = May("roleAssignments", {"principalId": pair.meant.id}, created=True)
    roles = {"add": ["Exchange Administrator"]}
    asked = {"user_principal_name": pair.meant.address, "directory_roles": roles, "wait": False}
    return Task("connector_account", asked, (may,), sure=True)


@action
def _account_created(pair: Pair, draw: Draw) -> Task:
    """Somebody else has its display name."""
    address = f"new@{DOMAIN}"
    may = May("users", {"userPrincipalName": address}, created=True)
    asked = {
        "user_principal_name": address,
        "display_name": pair.names.meant,
        "password": "canary-Pa55word-1",
        "wait": False,
    }
    return Task("connector_account", asked, (may,), sure=True)


@action
def _account_with_the_address_of_another(pair: Pair, draw: Draw) -> Task:
    asked = {"user_principal_name": pair.meant.address, "primary_smtp_address": pair.other.address, "wait": False}
    return Task("connector_account", asked, (), unsure=True)


@action
def _rule_changed(pair: Pair, draw: Draw) -> Task:
    asked = {"characteristic": "DeviceModel", "query_string": pair.names.meant, "accept_impact": True}
    asked["access_level"] = "Block"
    may = May("ActiveSyncDeviceAccessRule", {"QueryString": pair.names.meant}, ("AccessLevel",))
    return Task("activesync_device_access_rule", asked, (may,), sure="*" not in pair.names.meant)


@action
def _rule_removed(pair: Pair, draw: Draw) -> Task:
    asked = {"characteristic": "DeviceModel", "query_string": pair.names.meant, "accept_impact": True}
    asked["state"] = "absent"
    may = May("ActiveSyncDeviceAccessRule", {"QueryString": pair.names.meant}, removed=True)
    return Task("activesync_device_access_rule", asked, (may,), sure="*" not in pair.names.meant)


@action
def _policy_changed(pair: Pair, draw: Draw) -> Task:
    may = May("MobileDeviceMailboxPolicy", {"Name": pair.names.meant}, ("AllowCamera",))
    return Task("mobile_device_mailbox_policy", {"name": pair.names.meant, "allow_camera": False}, (may,), sure=True)


@action
def _policy_removed(pair: Pair, draw: Draw) -> Task:
    may = May("MobileDeviceMailboxPolicy", {"Name": pair.names.meant}, removed=True)
    return Task("mobile_device_mailbox_policy", {"name": pair.names.meant, "state": "absent"}, (may,), sure=True)


@action
def _application_changed(pair: Pair, draw: Draw) -> Task:
    application, before = _applications(pair)
    asked = {"app_id": application[0], "object_id": application[1], "display_name": "Changed"}
    may = May("ServicePrincipal", {"ObjectId": application[1]}, ("DisplayName",))
    return Task("service_principal", asked, (may,), sure=True, before=before)


@action
def _application_removed(pair: Pair, draw: Draw) -> Task:
    _own, before = _applications(pair)
    application = _APPLICATIONS[1]  # nobody removes the application of the sign-in
    may = May("ServicePrincipal", {"ObjectId": application[1]}, removed=True)
    return Task("service_principal", {"app_id": application[0], "state": "absent"}, (may,), sure=True, before=before)


@action
def _application_with_the_id_of_another(pair: Pair, draw: Draw) -> Task:
    application, before = _applications(pair)
    other = _APPLICATIONS[1]
    ids = draw(st.sampled_from([(application[0], other[1]), (other[0], application[1]), (other[1], other[0])]))
    asked = {"app_id": ids[0], "object_id": ids[1], "display_name": "Changed"}
    return Task("service_principal", asked, (), unsure=True, before=before)


@action
def _own_application_removed(pair: Pair, draw: Draw) -> Task:
    application, before = _applications(pair)
    asked = {"app_id": application[0], "object_id": application[1], "state": "absent"}
    return Task("service_principal", asked, (), unsure=True, before=before)


@action
def _role_given_to_application(pair: Pair, draw: Draw) -> Task:
    application, before = _applications(pair)
    way = draw(st.sampled_from([*application, pair.names.meant]))
    may = May("ManagementRoleAssignment", {"_assignee": application[1]}, created=True)
    asked = {"role": "View-Only Recipients", "application": way}
    return Task("management_role_assignment", asked, (may,), way in application, way not in application, before=before)


def _applications(pair: Pair) -> tuple[tuple[str, str], tuple[Step, ...]]:
    """Ids of one application, and how another gets the same display name."""
    before = tuple(
        ("service_principal", {"app_id": app_id, "object_id": object_id, "display_name": pair.names.meant})
        for app_id, object_id in _APPLICATIONS
    )
    return _APPLICATIONS[0], before


_APPLICATIONS: list[tuple[str, str]] = []


@action
def _connector_moved(pair: Pair, draw: Draw) -> Task:
    may = May(
        "exchangeConnectors", {"exchangeConnectorType": "serviceToService"}, ("primarySmtpAddress", "_connecting")
    )
    return Task("connector", {"primary_smtp_address": pair.meant.address}, (may,), sure=True)


@action
def _connector_of_another_account(pair: Pair, draw: Draw) -> Task:
    """It is bound to the other's address, so the intended one does not exist."""
    asked = {"primary_smtp_address": pair.meant.address, "state": "absent"}
    return Task("connector", asked, (), unsure=True)


@action
def _connector_removed(pair: Pair, draw: Draw) -> Task:
    may = May("exchangeConnectors", {"exchangeConnectorType": "serviceToService"}, removed=True)
    return Task("connector", {"state": "absent"}, (may,), sure=True)


@pytest.fixture
def tenants(form: str, simulators: Simulators) -> Iterator[Simulator]:
    simulator = simulators.get(form, (TENANT, "ready"), page_size=12)
    for application in ("application", "restricted"):
        facts = simulator.facts(TENANT, application)
        _APPLICATIONS.append((facts["client_id"], facts["object_id"]))
    yield simulator
    _APPLICATIONS.clear()


@pytest.mark.parametrize("name", ACTIONS)
def test_exactly_who_was_meant(name: str, tenants: Simulator, count: Callable[..., None]) -> None:
    bench = Bench(tenants)
    number = itertools.count()

    @seed(int(os.environ["GUARANTEES_SEED"]))
    @settings(
        max_examples=_TRIED,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data(), names(), others(), st.booleans())
    def exactly(data: st.DataObject, called: Any, other: str, one_phone: bool) -> None:
        if next(number) == 0 and not EXHAUSTIVE:
            return
        pair = build(tenants, called, other, one_phone)
        task = ACTIONS[name](pair, data.draw)
        print(pair.names, task)
        for module, options in task.before:
            result = bench.run(module, TENANT, options)
            assert not result.get("failed"), result
        tried(bench, task, pair)
        count(22)

    exactly()


def tried(bench: Bench, task: Task, pair: Pair) -> None:
    before = bench.simulator.objects()
    predicted = bench.run(task.module, TENANT, task.options, check_mode=True)
    assert not changes(before, bench.simulator.objects())
    result = bench.run(task.module, TENANT, task.options)
    after = bench.simulator.objects()
    found = changes(before, after)
    assert bool(predicted.get("failed")) == bool(result.get("failed")), (predicted, result)
    assert not harmed(found, TENANT, task.allowed, {}), "\n".join(map(str, found))
    if result.get("failed"):
        assert not found and not task.sure, (result["msg"], list(map(str, found)))
        assert result["error"]["kind"] not in ("bug", "outcome_unknown"), result
        return
    assert bool(found) == result["changed"] == predicted["changed"], (result, list(map(str, found)))
    assert not (task.unsure and found), list(map(str, found))
    assert found or not task.sure, result
    if found:
        for (kind, key, name), value in task.ends.items():
            assert after[TENANT][kind][key][name] == value


def test_each_scenario_says_what_it_may_change() -> None:
    assert unnamed() == []
