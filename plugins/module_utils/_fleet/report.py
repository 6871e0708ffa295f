# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data read from many tenants, assessed: the state and actions of each, and the actions for all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._connector.connectors import only_connector
from .._connector.validation import VALID, problems
from .._core.text import counted
from .._mobile_access.audit_controls import by_number
from .findings import ADVICE, accepted, action, failed_controls, listed, of_audit
from .fixes import fixes

_STATES = ("action", "unread", "partly_read", "in_order")
_AUDIT = ("baselines", "compliant", "summary", "controls", "ended_risks", "unknown_risks")
_ASSESSMENT = ("answers", "checks", "summary", "coverage", "what_if", "deadlines")
_READS = {
    "connector": "the connector",
    "requirements": "the requirements",
    "audit": "the audit",
    "assessment": "the assessment",
}
# The keys of a successful read.
_KEYS = {"connector": "offered", "requirements": "requirements", "audit": "controls", "assessment": "checks"}
_WORST_FIRST = ("connector", "requirement", "assessment", "read", "audit")
_ON_DEMAND = ("audit", "assessment")
_KINDS = {
    "sign_in": "sign-in failed",
    "network": "no connection",
    "tls": "the connection is not trusted",
    "timeout": "no answer in time",
    "throttled": "the service was asked too often",
    "unavailable": "the service had a fault",
    "forbidden": "a permission is missing",
}
Facts = dict[str, Any]


def report(tenants: list[Mapping[str, Any]], made_at: str, max_sync_age: int) -> Facts:
    """The report on `tenants`, in the form of the filter fleet_report. `max_sync_age` is in seconds.

    A tenant may have its own `max_sync_age`. That of the report is the one of all tenants that could be read, if it is.
    """
    ages = {_own_age(one, max_sync_age) for one in tenants if _read(one, "connector", _KEYS["connector"])}
    judged = [_tenant(one, _own_age(one, max_sync_age)) for one in tenants]
    judged.sort(key=lambda one: (_STATES.index(one["state"]), _worst(one["actions"]), one["name"].casefold()))
    for number, one in enumerate(judged, 1):
        if one["assessment"]:
            words = re.sub("[^a-z0-9]+", "-", one["name"].casefold()).strip("-")[:40]
            one["assessment"]["page"] = "-".join(filter(None, ("tenant", str(number), words))) + ".html"
    return {
        "made_at": made_at,
        "max_sync_age": ages.pop() if len(ages) == 1 else None if ages else max_sync_age,
        "counts": {
            "tenants": len(judged),
            **{state: sum(one["state"] == state for one in judged) for state in _STATES},
        },
        "requirements": _titles(tenants),
        "work": _work(judged),
        "tenants": judged,
    }


def _own_age(facts: Mapping[str, Any], otherwise: int) -> int:
    """The maximum age of a tenant's last synchronization, in seconds; `otherwise` if it is not a whole number."""
    age = facts.get("max_sync_age")
    return age if isinstance(age, int) and not isinstance(age, bool) else otherwise


def _tenant(facts: Mapping[str, Any], max_sync_age: int) -> Facts:
    read = {name: _read(facts, name, key) for name, key in _KEYS.items()}
    connector = _connector(read["connector"], max_sync_age) if read["connector"] else None
    audit = _only(read["audit"], _AUDIT)
    actions = _actions(facts, read, connector, max_sync_age)
    return {
        "name": str(facts["name"]),
        "tenant_id": facts.get("tenant_id"),
        "read_at": facts.get("read_at"),
        "state": _state(actions, read),
        "not_read": [name for name in _READS if _failed(facts, read, name)],
        "actions": actions,
        "action_count": len(actions),
        "first_action": actions[0]["title"] if actions else None,
        "fixes": fixes(failed_controls(audit)),
        "connector": connector,
        "requirements": read["requirements"]
        and {
            one["id"]: _only(one, ("status", "evidence", "next_step")) for one in read["requirements"]["requirements"]
        },
        "audit": audit,
        "assessment": _only(read["assessment"], _ASSESSMENT),
        "accepted_risks": [accepted(one) for one in listed(audit, "controls") if one.get("accepted")],
    }


def _actions(
    facts: Mapping[str, Any], read: Mapping[str, Facts | None], connector: Facts | None, max_sync_age: int
) -> list[Facts]:
    """The actions, the most urgent first; known problems come before unknown states."""
    offered = connector is None or connector["state"] != "not_offered"
    actions = [
        *_of_checks("requirement", listed(read["requirements"], "requirements") if offered else []),
        *_of_connector(connector, max_sync_age),
        *of_audit(read["audit"], facts.get("baselines_chosen", True)),
        *_of_checks("assessment", listed(read["assessment"], "checks")),
        *_of_failed_reads(facts, read),
    ]
    return sorted(actions, key=lambda one: (one["status"] != "known", _rank(one)))


def _only(read: Mapping[str, Any] | None, names: tuple[str, ...]) -> Facts | None:
    return None if read is None else {name: read.get(name) for name in names}


def _read(facts: Mapping[str, Any], name: str, key: str) -> Facts | None:
    """The result of a read, or None if it lacks the keys of a successful one."""
    result = facts.get(name)
    return dict(result) if isinstance(result, Mapping) and result.get(key) is not None else None


def _state(actions: list[Facts], read: Mapping[str, Any]) -> str:
    if not any(read.values()):
        return "unread"
    if any(one["status"] == "known" for one in actions):
        return "action"
    return "partly_read" if any(one["status"] != ADVICE for one in actions) else "in_order"


def _rank(action: Facts) -> int:
    """The worst first: what the tenant needs in order to work, and last the findings of baselines."""
    return _WORST_FIRST.index(action["id"].partition(".")[0])


def _worst(actions: list[Facts]) -> int:
    return min((_rank(one) for one in actions if one["status"] == "known"), default=len(_WORST_FIRST))


def _of_checks(name: str, checks: Sequence[Mapping[str, Any]]) -> list[Facts]:
    words = {"unmet": ("Not met", "known"), "unknown": ("Not known", "unknown")}
    return [
        action(f"{name}.{one['id']}", f"{word}: {one['title']}", one["evidence"], one["next_step"], status)
        for one in checks
        if one["status"] in words
        for word, status in (words[one["status"]],)
    ]


def _connector(read: Mapping[str, Any], max_sync_age: int) -> Facts:
    """The only service-to-service connector, or why there is not exactly one."""
    found = {"offered": read["offered"], "connectors": read.get("connectors") or []}
    one = only_connector(found) or {}
    age = one.get("last_sync_age_seconds")
    return {
        "state": next(iter(problems(found, max_sync_age)), VALID),
        "status": one.get("status"),
        "account": one.get("primary_smtp_address"),
        "last_sync": None if age is None else one.get("last_sync_date_time"),
        "last_sync_age_seconds": age,
        "evidence": read.get("offered_evidence"),
    }


def _of_connector(connector: Facts | None, max_sync_age: int) -> list[Facts]:
    if not connector:
        return []
    sync = "Ask for a synchronization with intune.exchange.connector_sync"
    met = "Meet the requirements, which state why it does not connect"
    wrong = {
        "missing": ("There is no connector", "Set it up with the playbook intune.exchange.connect"),
        "ambiguous": ("There are several connectors", "Remove all but one manually; the module does not choose"),
        "pending": ("The connector is not connected yet", met),
        "disconnected": ("The connector is not connected", met),
        "never_synchronized": ("The connector has never synchronized", sync),
        "stale": ("The last synchronization of the connector is too old", sync),
    }
    if connector["state"] not in wrong:
        return []
    evidence = {
        "missing": "Intune lists no service-to-service connector",
        "ambiguous": "one service-to-service connector is expected",
        "stale": f"the last successful synchronization was {_age(connector['last_sync_age_seconds'])} before the "
        f"reading; at most {_age(max_sync_age)} are allowed",
    }
    title, step = wrong[connector["state"]]
    found = evidence.get(connector["state"], f"its status is {connector['status']}")
    return [action(f"connector.{connector['state']}", title, found, step)]


def _age(seconds: int | None) -> str:
    hours = (seconds or 0) // 3600
    return counted(hours // 24, "day") if hours >= 48 else counted(hours, "hour")


def _failed(facts: Mapping[str, Any], read: Mapping[str, Any], name: str) -> bool:
    return not read[name] and not (name in _ON_DEMAND and facts.get(name) is None)


def _of_failed_reads(facts: Mapping[str, Any], read: Mapping[str, Any]) -> list[Facts]:
    """One action per reason: reads that fail for the same reason need one fix."""
    failed: dict[tuple[str, str], list[str]] = {}
    for name, words in _READS.items():
        result = facts.get(name)
        if not _failed(facts, read, name):
            continue
        result = result if isinstance(result, Mapping) else {}
        if failed and result.get("skipped"):  # an earlier failure made the read pointless
            next(iter(failed.values())).append(words)
            continue
        error = result.get("error")
        kind = str(error.get("kind")) if isinstance(error, Mapping) else "other"
        reason = str(result.get("msg") or "It was not read, and no reason is known")
        failed.setdefault((kind, reason), []).append(words)
    return [
        # The message of a failed read ends with its next step.
        action(f"read.{kind}", f"Not read: {_KINDS.get(kind, 'see the reason')}", ", ".join(names), reason, "unread")
        for (kind, reason), names in failed.items()
    ]


def _titles(tenants: list[Mapping[str, Any]]) -> list[Facts]:
    found: dict[str, Facts] = {}
    for facts in tenants:
        for one in listed(_read(facts, "requirements", "requirements"), "requirements"):
            found.setdefault(one["id"], {"id": one["id"], "title": one["title"], "source": one.get("source")})
    return list(found.values())


def _work(tenants: list[Facts]) -> list[Facts]:
    found: dict[tuple[str, str], Facts] = {}
    for tenant in tenants:
        for key, one in {(one["id"], one["status"]): one for one in reversed(tenant["actions"])}.items():
            work = found.setdefault(key, {name: one[name] for name in ("id", "title", "status", "next_step")})
            work["tenants"] = work.get("tenants", 0) + 1
            if work["next_step"] != one["next_step"]:
                work["next_step"] = "It differs: see each tenant"
    order = ("known", "unread", "unknown", ADVICE)
    return sorted(
        found.values(), key=lambda one: (order.index(one["status"]), _rank(one), -one["tenants"], by_number(one["id"]))
    )
