# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantees 6 and 7, from any start state: the last of two tasks decides the end state, and check mode predicts it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .conftest import EXHAUSTIVE
from .harness import Bench, plain
from .oracles import same
from .scenarios import ACCOUNT, ADELE, APPLICATION, BLOCKED, FULL_BLOCKED, GROUP, PERSON, POLICY, RETIRED, ROLE, RULE

Options = dict[str, Any]
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_CHANGED = re.compile("modified|changed", re.IGNORECASE)


@dataclass(frozen=True)
class Kept:
    """A module's object: `values` are the possible values of each option, `needed` is what each task requires."""

    module: str
    needed: Mapping[str, Any]
    values: Mapping[str, list[Any]]
    tenant: str = "ready"
    absent: Mapping[str, Any] | None = None  # the options of a task that removes it, if one can
    always: tuple[str, ...] = field(default=())  # of `values`

    def tasks(self) -> st.SearchStrategy[Options]:
        given = st.fixed_dictionaries(
            {name: st.sampled_from(self.values[name]) for name in self.always},
            optional={name: st.sampled_from(all_) for name, all_ in self.values.items() if name not in self.always},
        ).map(lambda chosen: {**self.needed, **chosen})
        return given if self.absent is None else given | st.just({**self.absent, "state": "absent"})


def state(bench: Bench, kept: Kept) -> Any:
    """The state of the tenant, without times of changes, and without empty values that were never requested.

    What an earlier task deleted is kept for a while, and does not depend on the last one.
    """
    now = bench.simulator.state(kept.tenant)
    return plain(_said({name: value for name, value in now.items() if name != "deletedConditionalAccessPolicies"}))


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _said(one) for name, one in value.items() if one not in _EMPTY and not _CHANGED.search(name)}
    return [_said(one) for one in value] if isinstance(value, list) else value


YES_OR_NO = [False, True]
KEPT = (
    Kept("connector", {}, {"primary_smtp_address": [ACCOUNT, PERSON]}, absent={}, always=("primary_smtp_address",)),
    Kept(
        "activesync_device_access_rule",
        RULE,
        {"access_level": ["Allow", "Block", "Quarantine"]},
        absent=RULE,
        always=("access_level",),
    ),
    Kept(
        "mobile_device_mailbox_policy",
        {**POLICY, "password_enabled": True},
        {
            "min_password_length": [4, 6, 8],
            "max_attachment_size": ["25MB", "Unlimited", "1048576"],
            "max_inactivity_time_lock": ["00:15:00", "00:05:00"],
            "allow_camera": YES_OR_NO,
        },
        absent=POLICY,
    ),
    Kept(
        "activesync_organization_settings",
        {"accept_impact": True},
        {
            "default_access_level": ["Allow", "Block", "Quarantine"],
            "user_mail_insert": ["Call 1234.", "Wait.", ""],
            "admin_mail_recipients": [{"set": []}, {"set": [ACCOUNT]}, {"set": [PERSON, ACCOUNT]}],
        },
    ),
    Kept(
        "cas_mailbox_mobile_access",
        {"mailbox": ADELE},
        {
            "active_sync_enabled": YES_OR_NO,
            "outlook_mobile_enabled": YES_OR_NO,
            "allowed_device_ids": [{"set": []}, {"set": ["A1"]}, {"set": ["A1", "C3"]}],
        },
    ),
    Kept(
        "management_role",
        ROLE,
        {"cmdlets": [["Get-MobileDevice"], ["Get-MobileDevice", "Get-MobileDeviceStatistics"]]},
        absent={"name": ROLE["name"]},
        always=("cmdlets",),
    ),
    Kept(
        "role_group",
        GROUP,
        {
            "description": ["Helps", "Looks"],
            "roles": [{"set": ["View-Only Recipients"]}, {"set": ["View-Only Configuration"]}],
            "members": [{"set": []}, {"set": [PERSON]}],
        },
        absent=GROUP,
        always=("roles",),
    ),
    Kept(
        "service_principal",
        {**APPLICATION, "object_id": "{object_id}"},
        {"display_name": ["Automation", "Connector"]},
        absent=APPLICATION,
        always=("display_name",),
    ),
    Kept(
        "conditional_access_policy",
        FULL_BLOCKED,
        {"policy_state": ["report_only", "disabled"], "description": ["For phones", ""]},
        RETIRED,
        absent=BLOCKED,
        always=("policy_state",),
    ),
)


@pytest.mark.parametrize("kept", KEPT, ids=lambda one: one.module)
def test_the_last_task_decides(kept: Kept, bench: Bench, count: Callable[..., None]) -> None:
    @seed(int(os.environ["GUARANTEES_SEED"]))
    @settings(
        max_examples=60 if EXHAUSTIVE else 2,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(kept.tasks(), kept.tasks())
    def last_decides(first: Options, second: Options) -> None:
        def play(task: Options, check_mode: bool = False) -> dict[str, Any]:
            result = bench.run(kept.module, kept.tenant, task, check_mode)
            assert not result.get("failed"), result
            return result

        # Options that it does not name stay unchanged, so the first task would rightly show.
        every = {**kept.needed, **{name: all_[0] for name, all_ in kept.values.items()}}
        last = second if second.get("state") == "absent" else {**every, **second}
        bench.simulator.reset()
        play(every)
        play(last)
        alone = state(bench, kept)

        bench.simulator.reset()
        play(every)
        play(first)
        since = len(bench.simulator.requests())
        predicted = play(last, check_mode=True)
        assert bench.writes(since) == []
        real = play(last)
        assert predicted["changed"] == real["changed"] == bool(bench.writes(since))
        assert plain(predicted.get("diff")) == plain(real.get("diff"))
        since = len(bench.simulator.requests())
        assert not play(last)["changed"] and bench.writes(since) == []
        same(state(bench, kept), alone)
        count(6)
        count(7)

    last_decides()
