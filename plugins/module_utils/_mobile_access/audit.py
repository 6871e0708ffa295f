# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile access compared with baselines: each read is made once, then every control is judged on its objects."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from .._core.concurrent import gather
from .._core.read_result import ReadResult, check_any
from .._core.resource import Record, returned
from .._core.text import counted, unbroken
from .._engine.tenant import Tenant
from . import audit_controls as controls
from .mailbox_policies import POLICY, having, read_mailboxes
from .organization_settings import SETTINGS

_READS: dict[str, Callable[[Tenant], list[Record]]] = {
    controls.POLICY: POLICY.backend.list,
    controls.ORGANIZATION: SETTINGS.backend.list,
}
_SETTING = {"setting": {"type": "str", "required": True}, "equals": {"type": "raw"}}
_CONTROL = {
    "id": {"type": "str", "required": True},
    "title": {"type": "str", "required": True},
    "kind": {"type": "str", "choices": list(controls.KINDS), "default": controls.POLICY},
    "severity": {"type": "str", "choices": list(controls.SEVERITIES), "default": "medium"},
    **_SETTING,
    "at_least": {"type": "raw"},
    "at_most": {"type": "raw"},
    "requires": {"type": "dict", "options": {**_SETTING, "equals": {"type": "raw", "required": True}}},
}
OPTIONS: dict[str, Any] = {
    "baselines": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "controls": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": _CONTROL,
                "required_one_of": [controls.TESTS],
                "mutually_exclusive": [controls.TESTS],
            },
        },
    },
    "accepted_risks": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "id": {"type": "str", "required": True},
            "baseline": {"type": "str"},
            "object": {"type": "str"},
            "reason": {"type": "str", "required": True},
            "until": {"type": "str", "required": True},
        },
    },
}


def audit(tenant: Tenant, params: Mapping[str, Any], today: date | None = None) -> dict[str, Any]:
    """Audit the baselines. Raises `TenantError` if nothing could be read."""
    baselines, risks = params["baselines"], params["accepted_risks"]
    controls.check(baselines, risks)
    day = today or datetime.now(UTC).date()
    kinds = sorted({control["kind"] for baseline in baselines for control in baseline["controls"]})
    read = gather(
        {"mailboxes": partial(read_mailboxes, tenant), **{kind: partial(_READS[kind], tenant) for kind in kinds}},
    )
    check_any(read.values())
    judged = [
        result
        for baseline in baselines
        for control in baseline["controls"]
        for result in _results(baseline["name"], control, read, risks, day)
    ]
    summary = Counter("accepted" if one["accepted"] else one["status"] for one in judged)
    return {
        "changed": False,
        "tenant_id": tenant.label,
        "baselines": [baseline["name"] for baseline in baselines],
        "controls": judged,
        "summary": {status: summary[status] for status in (*controls.STATUSES, "accepted")},
        "compliant": not summary["fail"] and not summary["unknown"],
        "ended_risks": [risk for risk in risks if controls.ended(risk, day)],
        "unknown_risks": [risk for risk in risks if not controls.names_a_control(risk, baselines)],
        "shortfalls": [
            _sentence(one)
            for one in sorted(judged, key=controls.urgency)
            if one["status"] in ("fail", "unknown") and not one["accepted"]
        ],
    }


def _sentence(result: Mapping[str, Any]) -> str:
    where = f" on {result['object']}" if result["object"] else ""
    seen = f"{result['setting']} is {json.dumps(result['value'], default=str)}, expected {result['expected']}"
    number = result["affected_mailboxes"]
    affected = "" if number is None else f", {counted(number, 'mailbox', 'mailboxes')}"
    return unbroken(
        f"{result['id']} {result['title']}: {result['status']}{where}, {result['reason'] or seen} "
        f"({result['severity']} severity{affected})"
    )


def _results(
    baseline: str, control: Mapping[str, Any], read: Mapping[str, ReadResult[list[Record]]], risks: Any, day: date
) -> list[dict[str, Any]]:
    kind = control["kind"]
    about = {
        "id": control["id"],
        "title": control["title"],
        "baseline": baseline,
        "kind": kind,
        "severity": control["severity"],
        "setting": control["setting"],
        "expected": controls.expected(control),
    }
    found = read[kind]
    if found.error is not None:
        nothing = {"object": "", "value": None, "affected_mailboxes": None, "accepted": None, "remediation": ""}
        return [{**about, **nothing, "status": "unknown", "reason": str(found.error)}]
    results = []
    for thing in map(returned, found.value):
        status, reason = controls.judge_control(control, thing)
        name, failed = str(thing.get("name") or ""), status == "fail"
        results.append(
            {
                **about,
                "object": name,
                "value": thing.get(control["setting"]),
                "status": status,
                "reason": reason,
                "affected_mailboxes": _affected(kind, thing, read["mailboxes"]),
                "accepted": controls.accepted(risks, baseline, control["id"], name, day) if failed else None,
                "remediation": controls.remediation_task(kind, control, thing) if failed else "",
            }
        )
    return results


def _affected(kind: str, thing: Record, mailboxes: ReadResult[list[Record]]) -> int | None:
    """How many mailboxes the object affects; null if they could not be read."""
    if not mailboxes.known:
        return None
    return len(mailboxes.value if kind == controls.ORGANIZATION else having(thing["name"], mailboxes.value))
