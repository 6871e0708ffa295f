# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests to both sides: info modules, missing objects, and on request the life of three test objects."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._engine.run import Declaration, run_declaration

from .recording import Recorder, recording

Result = dict[str, Any]
PREFIX = "intune.exchange live "
_NAME = re.compile(re.escape(PREFIX) + r"\d{8}T\d{6}Z-[0-9a-f]{4}")
_MODULES = "ansible_collections.intune.exchange.plugins.modules."
_MAX_POLLS, _BETWEEN = 6, 10.0  # how often, and after how many seconds, to poll for a removal


@dataclass(frozen=True)
class Probe:
    """One task. Placeholders in braces are the name of this run."""

    module: str
    options: Mapping[str, Any] = field(default_factory=dict)
    check_mode: bool = False

    @property
    def title(self) -> str:
        told = self.options.get("cmdlet") or ("check mode" if self.check_mode else self.options.get("state", ""))
        return f"{self.module} ({told})" if told else self.module


def _cmdlet(name: str, **parameters: Any) -> Probe:
    return Probe("exchange_cmdlet", {"cmdlet": name, "parameters": parameters})


# First, since it takes a minute and reports which of the others can work.
ACCESS = Probe("access_check_info")
READS = (
    Probe("requirements_info"),
    Probe("connector_info"),
    Probe("cmdlet_access_info"),
    Probe("management_role_info"),
    Probe("management_role_assignment_info"),
    Probe("role_group_info"),
    Probe("activesync_device_access_rule_info"),
    Probe("activesync_device_class_info"),
    Probe("mobile_device_mailbox_policy_info"),
    Probe("mobile_device_info"),
    Probe("conditional_access_policy_info"),
    Probe("conditional_access_rehearsal_info", {"days": 1}),
    Probe("app_protection_info"),
    Probe("mobile_access_assessment_info"),
    Probe("mobile_access_deadlines_info"),
    Probe("activesync_organization_settings", check_mode=True),
    _cmdlet("Get-OrganizationConfig"),
    _cmdlet("Get-CASMailbox", ResultSize=5),
    # Responses for missing objects.
    Probe("requirements_info", {"account": "{name}@intune-exchange.invalid"}),
    Probe("conditional_access_policy", {"id": "{name}", "state": "absent"}, check_mode=True),
    _cmdlet("Get-ActiveSyncDeviceAccessRule", Identity="{name}"),
    _cmdlet("Get-MobileDeviceMailboxPolicy", Identity="{name}"),
    _cmdlet("Get-CASMailbox", Identity="{name}"),
    _cmdlet("Get-MobileDeviceStatistics", Identity="{name}"),
    _cmdlet("Get-MobileDeviceStatistics"),
)


@dataclass(frozen=True)
class Made:
    """An object that is created, changed and removed. It affects nobody, and nothing in the tenant refers to it."""

    module: str
    listed: str  # its place in the result of the info module
    named: str  # the property with the name of the run
    key: Mapping[str, Any]
    first: Mapping[str, Any]
    then: Mapping[str, Any]

    def probe(self, name: str, state: str, values: Mapping[str, Any]) -> Probe:
        return Probe(self.module, {self.named: name, **self.key, **values, "state": state})

    def life(self, name: str) -> Iterator[Probe]:
        yield self.probe(name, "present", self.first)
        yield Probe(f"{self.module}_info")
        yield self.probe(name, "present", self.then)
        yield self.probe(name, "absent", {})


MADE = (
    # For a model that no device has.
    Made(
        "activesync_device_access_rule",
        "access_rules",
        "query_string",
        {"characteristic": "DeviceModel"},
        {"access_level": "Allow"},
        {"access_level": "Quarantine"},
    ),
    # Not the default, and assigned to no mailbox.
    Made(
        "mobile_device_mailbox_policy",
        "mobile_device_mailbox_policies",
        "name",
        {},
        {"password_enabled": True, "min_password_length": 6},
        {"min_password_length": 8},
    ),
    # For nobody, and in report-only mode.
    Made(
        "conditional_access_policy",
        "conditional_access_policies",
        "display_name",
        {},
        {
            "policy_state": "report_only",
            "conditions": {
                "users": {"include_users": {"set": ["None"]}},
                "applications": {"include_applications": ["00000002-0000-0ff1-ce00-000000000000"]},
                "client_app_types": ["browser"],
            },
            "grant_controls": {"operator": "OR", "built_in_controls": ["mfa"]},
        },
        {"policy_state": "disabled"},
    ),
)


@dataclass
class Side:
    """The tenant or the simulator. `sleep` waits, for real or by moving a simulated clock."""

    options: Mapping[str, Any] = field(repr=False)
    recorder: Recorder = field(default_factory=Recorder)
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] | None = None
    _memory: dict[str, Any] = field(default_factory=dict, repr=False)

    def run(self, probe: Probe, name: str = "") -> Result:
        declaration: Declaration = importlib.import_module(_MODULES + probe.module).DECLARATION
        # Nothing of the other side comes from the environment.
        spec = {
            option: {key: value for key, value in one.items() if key != "fallback"}
            for option, one in declaration.argument_spec.items()
        }
        checked = ArgumentSpecValidator(spec, required_if=[list(one) for one in declaration.required_if]).validate(
            {**self.options, **_filled(probe.options, name)}
        )
        if checked.error_messages:
            raise ValueError(f"{probe.module}: {', '.join(checked.error_messages)}")
        with recording(self.recorder):
            return run_declaration(
                declaration,
                checked.validated_parameters,
                probe.check_mode,
                tell=self.tell,
                memory=self._memory,
                sleep=self.sleep,
            )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Writes are only possible in this block, and only to the tenant of the options."""
        self.recorder.writes_to = self.options["tenant_id"]
        try:
            yield
        finally:
            self.recorder.writes_to = None


def ending(result: Result) -> str:
    """How a task ended, without content of the tenant."""
    return str(result["error"]["kind"]) if result.get("failed") else "ok"


def _filled(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(entry, name) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled(entry, name) for entry in value]
    return value.replace("{name}", name.replace(" ", "-")) if isinstance(value, str) else value


@dataclass
class Tidied:
    """How many objects of comparisons were removed, and which ones exist or may exist."""

    removed: int = 0
    remains: list[str] = field(default_factory=list)


def tidy(side: Side) -> Tidied:
    """Remove every object named like those of a run, and poll until none is listed any more."""
    done = Tidied()
    for made in MADE:
        seen: set[str] = set()
        for look in range(_MAX_POLLS):
            listed = side.run(Probe(f"{made.module}_info"))
            if listed.get("failed"):
                done.remains.append(f"{made.module}: not known, since reading failed ({ending(listed)})")
                break
            names = {str(one.get(made.named)) for one in listed[made.listed]}
            left = {name for name in names if _NAME.fullmatch(name)}
            seen |= left
            if not left:
                break
            for name in sorted(left):
                side.run(made.probe(name, "absent", {}))
            if look:
                side.sleep(_BETWEEN)
        else:
            done.remains += [f"{made.module}: {name}" for name in sorted(left)]
            seen -= left
        done.removed += len(seen)
    return done
