# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controls of a baseline: the requirement for a setting, and whether a value passes. Pure rules: no I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from .._core.errors import usage
from .._core.resource import Record, normalize_case
from .._core.text import did_you_mean, may_be_template
from .mailbox_policies import POLICY as POLICIES
from .organization_settings import SETTINGS as ORGANIZATION_SETTINGS
from .policy_settings import LAX, SETTINGS, Ranged

POLICY, ORGANIZATION = "mobile_device_mailbox_policy", "activesync_organization_settings"
KINDS = (POLICY, ORGANIZATION)
TESTS = ("equals", "at_least", "at_most")
SEVERITIES = ("high", "medium", "low")
STATUSES = ("pass", "fail", "unknown", "not_applicable")
_SETTINGS = {
    kind: [one.option for one in (*resource.keys, *resource.fields)]
    for kind, resource in ((POLICY, POLICIES), (ORGANIZATION, ORGANIZATION_SETTINGS))
}
_RANGED = {one.option: one for one in SETTINGS if isinstance(one, Ranged)}
_NEEDS_PASSWORD = set(LAX)


def check(baselines: Sequence[Mapping[str, Any]], risks: Sequence[Mapping[str, Any]]) -> None:
    """Raises `TenantError` for invalid controls and accepted risks without a date."""
    for baseline in baselines:
        ids = [control["id"] for control in baseline["controls"]]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise usage(f"the baseline {baseline['name']} has more than one control {', '.join(twice)}")
        for control in baseline["controls"]:
            for one in (control, control.get("requires")):
                if one:
                    _check_setting(
                        f"the control {control['id']} of {baseline['name']}", control["kind"], one["setting"]
                    )
            test = _test(control)
            if test == "equals":
                continue
            try:
                _number(control["setting"], control[test])
            except ValueError:
                raise usage(
                    f"{test} of the control {control['id']} of {baseline['name']} is {control[test]!r}, which is not "
                    f"an ordered value of {control['setting']}"
                ) from None
    for risk in risks:
        try:
            date.fromisoformat(risk["until"])
        except ValueError:
            raise usage(
                f"until of the accepted risk {risk['id']} is {risk['until']!r}", "Set it to a date such as 2027-01-31"
            ) from None


def _check_setting(where: str, kind: str, setting: str) -> None:
    if setting in _SETTINGS[kind]:
        return
    others = [other for other in KINDS if setting in _SETTINGS[other]]
    near = did_you_mean([setting], _SETTINGS[kind])
    step = f"Set kind to {others[0]}" if others else f"{near} Specify an option of intune.exchange.{kind}".lstrip()
    raise usage(f"{where} has the setting {setting}, which {kind} does not have", step)


def judge_control(control: Mapping[str, Any], thing: Mapping[str, Any]) -> tuple[str, str]:
    """The status of `control` for the data in `thing`, and the reason if it is neither pass nor fail."""
    required = control.get("requires")
    looked_at = [control["setting"], *([required["setting"]] if required else [])]
    missing = [setting for setting in looked_at if setting not in thing]
    if missing:
        return "unknown", f"the service returned no {' and no '.join(missing)}"
    if required and not _same(required["setting"], thing[required["setting"]], required["equals"]):
        return "not_applicable", f"{required['setting']} is not {as_yaml(required['equals'])}"
    return ("pass" if _passes(control, thing[control["setting"]]) else "fail"), ""


def expected(control: Mapping[str, Any]) -> str:
    """The requirement of the control, in words."""
    test = _test(control)
    return f"{'' if test == 'equals' else test.replace('_', ' ') + ' '}{as_yaml(control[test])}"


def remediation_task(kind: str, control: Mapping[str, Any], thing: Record) -> str:
    """The task that makes `control` pass, as YAML."""
    options = {"name": thing["name"]} if kind == POLICY else {}
    if kind == POLICY and control["setting"] in _NEEDS_PASSWORD and not thing.get("password_enabled"):
        options["password_enabled"] = True
    options[control["setting"]] = control[_test(control)]
    lines = [f"- name: {_yaml(control['title'])}", f"  intune.exchange.{kind}:"]
    return "\n".join([*lines, *(f"    {name}: {_yaml(value)}" for name, value in options.items())]) + "\n"


def accepted(
    risks: Sequence[Mapping[str, Any]], baseline: str, control: str, thing: str, today: date
) -> dict[str, str] | None:
    """The reason and the last day, if the risk of failing is accepted on `today`."""
    for risk in risks:
        meant = risk["id"] == control and risk["baseline"] in (None, baseline)
        if (
            meant
            and (risk["object"] is None or normalize_case(risk["object"]) == normalize_case(thing))
            and not ended(risk, today)
        ):
            return {"reason": risk["reason"], "until": risk["until"]}
    return None


def ended(risk: Mapping[str, Any], today: date) -> bool:
    """Whether an accepted risk must be reviewed again."""
    return today > date.fromisoformat(risk["until"])


def names_a_control(risk: Mapping[str, Any], baselines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a baseline contains the control of an accepted risk; otherwise its id is wrong, and accepts nothing."""
    return any(
        risk["id"] == control["id"]
        for baseline in baselines
        if risk["baseline"] in (None, baseline["name"])
        for control in baseline["controls"]
    )


def urgency(result: Mapping[str, Any]) -> tuple[Any, ...]:
    """The sort key of results: severity, and then the id by its numbers, so that 3.2 comes before 3.10."""
    severity = result.get("severity")
    rank = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return rank, by_number(str(result["id"])), str(result.get("object"))


def by_number(text: str) -> tuple[tuple[int, str], ...]:
    """The sort key of text with numbers in it."""
    return tuple((int(one), "") if one.isdecimal() else (-1, one) for one in re.split(r"(\d+)", text) if one)


def as_yaml(value: Any) -> str:
    """A value in YAML."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _test(control: Mapping[str, Any]) -> str:
    """The test of a control. Raises `TenantError` if its value is null, which Ansible treats as given."""
    for test in TESTS:
        if control.get(test) is not None:
            return test
    raise usage(f"the control {control['id']} needs one of {', '.join(TESTS)}")


def _passes(control: Mapping[str, Any], value: Any) -> bool:
    test = _test(control)
    if test == "equals":
        return _same(control["setting"], value, control["equals"])
    try:
        read, bound = (_number(control["setting"], one) for one in (value, control[test]))
    except ValueError:  # null: no value set
        return False
    return read >= bound if test == "at_least" else read <= bound


def _same(setting: str, one: Any, other: Any) -> bool:
    if setting in _RANGED and None not in (one, other):
        try:
            return _number(setting, one) == _number(setting, other)
        except ValueError:
            return False
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, map(normalize_case, one))) == sorted(map(str, map(normalize_case, other)))
    return bool(normalize_case(one) == normalize_case(other))


def _number(setting: str, value: Any) -> float:
    """A value as a number, infinite if unlimited. Raises ValueError for other values."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"is not a number: {value!r}")
    ranged = _RANGED.get(setting)
    return ranged.number(ranged.canonical(value)) if ranged else float(value)


def _yaml(value: Any) -> str:
    """A value for a task. JSON is YAML; text of the service that looks like a template must not become one."""
    text = json.dumps(value, ensure_ascii=False)
    return f"!unsafe {text}" if may_be_template(value) else text
