# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant without the connector: what replaces it, read once and assessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from .._client.graph import Read, odata
from .._conditional_access.assignments import Person
from .._conditional_access.people import read_people
from .._conditional_access.policy_plans import not_judged, read_policy_plans
from .._conditional_access.what_if import what_if
from .._connector.connectors import READ_CONNECTORS
from .._connector.organization import READ_ORGANIZATION
from .._connector.requirements import READ_SUBSCRIPTIONS, read_batch
from .._core.concurrent import gather
from .._core.errors import Purpose, TenantError, usage
from .._core.read_result import ReadResult, attempt, check_any, judged
from .._core.resource import Record, normalize_case
from .._core.text import counted
from .._core.verdict import judge_all
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._mobile_devices.exchange_intune_join import join
from .._mobile_devices.managed_devices import READ_MANAGED_DEVICES
from .._rehearsal.sign_in_log import READ_SIGN_INS
from .access import coverage, shown
from .app_protection import LISTS, parts
from .deadlines import of_assessment
from .legacy_log import interactive, read_background
from .log_answers import by_log, people_of
from .mail_apps import READ_MAIL_APPS, read_mail_apps
from .questions import QUESTIONS
from .reads import COUNT_PEOPLE, READ_ORGANIZATION_CONFIG, READ_POLICIES, each_understood, objects

OPTIONS: dict[str, dict[str, Any]] = {
    "emergency_accounts": {"type": "int", "default": 2},
    "what_if_users": {"type": "list", "elements": "str", "default": []},
}
_USER = Purpose("read a user", "User.Read.All")
_COMPLIANCE = "deviceManagement/deviceCompliancePolicies"
_READ_COMPLIANCE = Purpose("read the compliance policies", "DeviceManagementConfiguration.Read.All")
GRAPH_READS = {
    "connectors": READ_CONNECTORS,
    "organization": READ_ORGANIZATION,
    "skus": READ_SUBSCRIPTIONS,
    "intune": Read(
        odata("deviceManagement", select="id,subscriptionState,settings"),
        Purpose("read the Intune subscription and settings", "DeviceManagementConfiguration.Read.All"),
        collection=False,
    ),
    "compliance_policies": Read(_COMPLIANCE, _READ_COMPLIANCE),
    **LISTS,
    "policies": READ_POLICIES,
    "security_defaults": Read(
        "policies/identitySecurityDefaultsEnforcementPolicy",
        Purpose("read the security defaults", "Policy.Read.All"),
        collection=False,
    ),
    "managed_devices": Read("deviceManagement/managedDevices", READ_MANAGED_DEVICES),
}
_GRAPH = (*GRAPH_READS, "sign_ins")
_BESIDE = ("authority", "protections", "assignments", "people", "policy_plans")  # what depends on other reads of Graph
_ALL = {"ResultSize": "Unlimited"}
_RECIPIENTS, _CONFIGURATION = "the Exchange role View-Only Recipients", "the Exchange role View-Only Configuration"
# The longest lists are returned only with what is assessed.
_OF_DEVICES = (
    "Identity",
    "Guid",
    "ClientType",
    "ClientVersion",
    "DeviceId",
    "DeviceType",
    "DeviceOS",
    "DeviceAccessState",
    "DeviceAccessStateReason",
)
_OF_MAILBOXES = ("ActiveSyncEnabled", "ImapEnabled", "OutlookMobileEnabled", "PopEnabled")
_EXCHANGE_READS: dict[str, tuple[str, dict[str, Any], Purpose, tuple[str, ...]]] = {
    "devices": ("Get-MobileDevice", _ALL, Purpose("read the mobile devices", _RECIPIENTS), _OF_DEVICES),
    "mailboxes": ("Get-CASMailbox", _ALL, Purpose("read the mailboxes", _RECIPIENTS), _OF_MAILBOXES),
    "plans": ("Get-CASMailboxPlan", {}, Purpose("read the mailbox plans", _CONFIGURATION), ()),
    "settings": (
        "Get-ActiveSyncOrganizationSettings",
        {},
        Purpose("read the organization settings for mobile access", _CONFIGURATION),
        (),
    ),
    "rules": ("Get-ActiveSyncDeviceAccessRule", {}, Purpose("read the device access rules", _CONFIGURATION), ()),
    "organization_config": ("Get-OrganizationConfig", {}, READ_ORGANIZATION_CONFIG, ()),
}


def assess(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, the checks and the coverage. Raises `TenantError` if nothing could be read."""
    if params["emergency_accounts"] < 0:
        raise usage("emergency_accounts is less than 0")
    users = list(dict.fromkeys(params["what_if_users"]))
    facts = {**read_all(tenant, users), "emergency_accounts": ReadResult(params["emergency_accounts"])}
    policies, people, defaults = facts["policies"], facts["people"], facts["security_defaults"]
    covered = judged(lambda: coverage(policies.value, people.value, defaults.or_else(None)))
    asked = what_if(tenant, policies.value, _named(users, facts)) if users and covered.known else []
    sign_ins: list[Record] = facts["sign_ins"].or_else([]) if covered.known else []
    logged = judged(lambda: by_log(policies.value, people.value[0], sign_ins) if sign_ins else [])
    said = logged.map(lambda rows: [*asked, *rows])
    checks = judge_all(QUESTIONS, {**facts, "coverage": covered, "what_if": said})
    joined = judged(lambda: join(facts["managed_devices"].value, facts["devices"].value)).or_else(None)
    return {
        "changed": False,
        "tenant_id": tenant.label,
        "answers": answers({one["id"]: one for one in checks}, joined, facts),
        "checks": checks,
        "summary": dict(Counter(one["status"] for one in checks)),
        "coverage": None if not_judged(facts["policy_plans"]) else covered.map(shown).or_else(None),
        "managed_device_access": joined,
        "what_if": asked,
        "deadlines": of_assessment(facts, tenant.http.now()),
    }


def _named(users: Sequence[str], facts: Mapping[str, ReadResult[Any]]) -> dict[str, ReadResult[Person]]:
    """Each user as a person, or why the user was not found."""
    people = {person.id: person for person in facts["people"].value[0]}

    def person_of(user: str) -> Person:
        person = people.get(normalize_case(facts[_named_read(user)].value["id"]))
        if person is None:
            problem = f"{user} has no enabled account"
            raise TenantError("not_found", problem, _USER.action, next_step="Check the name")
        return person

    return {user: attempt(partial(person_of, user)) for user in users}


def _named_read(user: str) -> str:
    """The name of the read of a user: people choose these, and one may be called like another read."""
    return f"user {user}"


def read_all(tenant: Tenant, users: Sequence[str] = ()) -> dict[str, ReadResult[Any]]:
    """Read everything that the assessment needs: by name, the value or the error of each read."""
    calls: dict[str, tuple[str, Callable[[], Any]]] = {
        "graph": ("read the tenant", partial(_read_graph, tenant, users)),
        "background_sign_ins": (READ_SIGN_INS.action, partial(read_background, tenant)),
        **{name: (read[2].action, partial(_read_exchange, tenant, *read)) for name, read in _EXCHANGE_READS.items()},
    }
    found = gather(each_understood(calls))
    found |= {name: objects(found[name], read[2]) for name, read in _EXCHANGE_READS.items()}
    # Alone, since the download link is valid for a few minutes only.
    found |= gather(each_understood({"mail_apps": (READ_MAIL_APPS.action, partial(read_mail_apps, tenant))}))
    graph = found.pop("graph")
    facts = graph.or_else(dict.fromkeys((*_GRAPH, *map(_named_read, users), *_BESIDE), graph))
    check_any((*(facts[name] for name in _GRAPH), *found.values()))
    exchange = found.pop("organization_config").map(lambda listed: listed[0] if listed else {})
    return {**facts, **found, "exchange": exchange}


def _read_exchange(
    tenant: Tenant, cmdlet: str, parameters: Mapping[str, Any], purpose: Purpose, select: tuple[str, ...]
) -> list[Record]:
    return exchange_of(tenant).invoke(cmdlet, parameters, purpose, select).values


def _read_graph(tenant: Tenant, users: Sequence[str]) -> dict[str, ReadResult[Any]]:
    """One batch for the known addresses; then dependent reads, in parallel with the people of the policies."""
    named = {
        _named_read(user): Read(odata(f"users/{quote(user, safe='')}", select="id"), _USER, collection=False)
        for user in users
    }
    reads = {**GRAPH_READS, "sign_ins": interactive(tenant.http.now()), **named}
    facts = read_batch(tenant, reads)
    with_ids = (*named, *LISTS, "compliance_policies", "policies")
    facts |= {name: objects(facts[name], read.purpose, name in with_ids) for name, read in reads.items()}
    protections = attempt(lambda: {name: facts[name].value for name in LISTS})
    hanging = {**_assignments(facts["compliance_policies"].or_else([])), **parts(protections.or_else({}))}
    policies = facts["policies"]
    later: dict[str, tuple[str, Callable[[], Any]]] = {
        "assignments": ("read the assignments", partial(_read_objects, tenant, hanging))
    }
    if policies.known:
        apart = {normalize_case(facts[one].value["id"]) for one in named if facts[one].known}
        apart.update(people_of(facts["sign_ins"].or_else([])))
        later["people"] = (COUNT_PEOPLE, partial(read_people, tenant, policies.value, apart))
        later["policy_plans"] = ("read the policy plans", partial(read_policy_plans, tenant))
    return {
        **facts,
        "protections": protections,
        "people": policies,
        "policy_plans": policies,
        **gather(each_understood(later)),
    }


def _read_objects(tenant: Tenant, reads: Mapping[str, Read]) -> dict[str, ReadResult[Any]]:
    return {name: objects(found, reads[name].purpose) for name, found in tenant.graph.batch(reads).items()}


def _assignments(compliance: Sequence[Record]) -> dict[str, Read]:
    """The assignments of the compliance policies, for which Graph documents no `$expand`."""
    return {
        str(one["id"]): Read(f"{_COMPLIANCE}/{quote(str(one['id']), safe='')}/assignments", _READ_COMPLIANCE)
        for one in compliance
    }


def answers(
    checks: Mapping[str, Mapping[str, Any]],
    joined: Sequence[Mapping[str, Any]] | None,
    facts: Mapping[str, ReadResult[Any]],
) -> list[dict[str, Any]]:
    """For each function of the connector: what replaces it, the evidence, and what is missing."""
    return [
        _inventory(joined),
        _by_checks("conditional_access", "Conditional Access", [checks["modern_clients"], checks["eas_bound"]]),
        _approval(facts["settings"].or_else([])),
        _wipe(facts["devices"].or_else(None)),
        _by_checks("usage_report", "the email app usage report", [checks["mail_apps"]], counts=("met", "unmet")),
    ]


def _inventory(joined: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    if joined is None:
        unread = "the devices of Intune or of Exchange could not be read"
        return _answer("inventory", [], unread, unread)
    matches = Counter(one["match"] for one in joined)
    evidence = ", ".join(f"{number} {match}" for match, number in matches.items()) or "no device"
    loose = matches["only_exchange"] + matches["cannot_tell"] + matches["only_intune"]
    gap = f"{counted(loose, 'device is', 'devices are')} known to one side only" if loose else ""
    return _answer("inventory", ["Get-MobileDevice", "managedDevices"], evidence, gap)


def _approval(settings: Sequence[Record]) -> dict[str, Any]:
    what = "quarantine_and_approval"
    default = settings[0].get("DefaultAccessLevel") if settings else None
    if not default:
        return _answer(what, [], "the default access level could not be read", "not known")
    evidence = f"the default access level is {default}"
    if default == "Quarantine":
        return _answer(what, ["ActiveSync organization settings and device access rules"], evidence, "")
    return _answer(what, [], evidence, "no device waits for an approval")


def _wipe(devices: Sequence[Record] | None) -> dict[str, Any]:
    if devices is None:
        return _answer("wipe", [], "the devices could not be read", "not known")
    evidence = f"{counted(len(devices), 'device is', 'devices are')} listed in Exchange"
    gap = "Exchange wipes the account or the device only of what it lists"
    return _answer("wipe", ["Clear-MobileDevice by intune.exchange.mobile_device"], evidence, gap)


def _answer(what: str, covered_by: list[str], evidence: str, gap: str) -> dict[str, Any]:
    return {"what": what, "covered_by": covered_by, "evidence": evidence, "gap": gap}


def _by_checks(
    what: str, by: str, checks: list[Mapping[str, Any]], counts: tuple[str, ...] = ("met",)
) -> dict[str, Any]:
    """Covered as far as the checks are met; the shortfalls of the others are the gap."""
    done = [one for one in checks if one["status"] in counts]
    gap = "; ".join(f"{one['title']}: {one['status']}" for one in checks if one not in done)
    return _answer(what, [by] if done else [], "; ".join(one["evidence"] for one in checks), gap)
