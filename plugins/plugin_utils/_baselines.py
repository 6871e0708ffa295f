# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baselines and accepted risks as people write them: what is wrong, in words, before a task reads a tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._core.errors import TenantError
from ..module_utils._core.text import did_you_mean
from ..module_utils._mobile_access import audit_controls as controls
from ..module_utils._mobile_access.audit import OPTIONS

_BASELINE: Mapping[str, Any] = OPTIONS["baselines"]["options"]
_CONTROL: Mapping[str, Any] = _BASELINE["controls"]["options"]
_RISK: Mapping[str, Any] = OPTIONS["accepted_risks"]["options"]


def baseline_names(terms: Sequence[Any]) -> list[str]:
    """The names in texts and lists of texts. A text may hold several with commas between them, as -e gives them."""
    names: list[str] = []
    for term in terms:
        names += term if isinstance(term, (list, tuple)) else [one.strip() for one in str(term).split(",")]
    return [str(name) for name in names if str(name)]


def baseline_problem(content: Any) -> str:
    """Why the content of a file is not a baseline, as sentences; empty if it is one."""
    return next(_baseline_problems(content), "")


def risk_problems(risks: Any, name: str) -> list[str]:
    """A sentence for each accepted risk that cannot be used. `name` is that of the variable."""
    if not isinstance(risks, (list, tuple)):
        return [f"{name} is not a list. Set it to a list of risks with id, reason and until."]
    return [f"{name}[{number}] {problem}" for number, risk in enumerate(risks) for problem in _of_risk(risk)]


def _of_risk(risk: Any) -> list[str]:
    example = "as in {id: '3.6', reason: Known, until: '2027-01-31'}"
    if not isinstance(risk, Mapping):
        return [f"is not a dictionary. Write it {example}."]
    wrong = _wrong_keys(risk, _RISK)
    if wrong:
        return [f"{wrong} Write it {example}."]
    return _of_rules({"accepted_risks": [risk]}, [])


def _baseline_problems(content: Any) -> Iterator[str]:
    if not isinstance(content, Mapping):
        yield "it holds no dictionary with name and controls."
        return
    wrong = _wrong_keys(content, _BASELINE)
    if wrong:
        yield f"it {wrong}"
    listed = content.get("controls")
    if not isinstance(listed, (list, tuple)):
        yield "controls is not a list."
        return
    for number, control in enumerate(listed):
        if not isinstance(control, Mapping):
            yield f"controls[{number}] is not a dictionary."
        else:
            named = control.get("id") is not None
            yield from _of_control(f"the control {control['id']}" if named else f"controls[{number}]", control)
    yield from _of_rules({"baselines": [content]}, ["baselines"])


def _of_control(where: str, control: Mapping[Any, Any]) -> Iterator[str]:
    wrong = _wrong_keys(control, _CONTROL)
    if wrong:
        yield f"{where} {wrong}"
    tests = [test for test in controls.TESTS if control.get(test) is not None]
    if len(tests) != 1:
        yield f"{where} has {' and '.join(tests) or 'no test'}; it needs exactly one of {', '.join(controls.TESTS)}."
    needed = control.get("requires")
    wrong = _wrong_keys(needed, _CONTROL["requires"]["options"]) if isinstance(needed, Mapping) else ""
    if wrong:
        yield f"requires of {where} {wrong}"


def _wrong_keys(given: Mapping[Any, Any], specs: Mapping[str, Any]) -> str:
    """The unknown and the missing keys, with the names that were meant; empty if there are none."""
    unknown = [str(name) for name in given if name not in specs]
    missing = [name for name, spec in specs.items() if spec.get("required") and given.get(name) is None]
    parts = [f"has the unknown {', '.join(unknown)}"] if unknown else []
    parts += [f"lacks {', '.join(missing)}"] if missing else []
    meant = did_you_mean(unknown, missing or specs)
    return f"{' and '.join(parts)}. {meant}".rstrip() if parts else ""


def _of_rules(given: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """What the module itself would refuse."""
    specs = {name: {**OPTIONS[name], "required": name in names} for name in OPTIONS}
    checked = ArgumentSpecValidator(specs).validate(dict(given))
    if checked.error_messages:
        return [f"is invalid: {one}." for one in checked.error_messages]
    parameters = checked.validated_parameters
    try:
        controls.check(parameters.get("baselines") or [], parameters.get("accepted_risks") or [])
    except TenantError as error:
        return [str(error)]
    return []
