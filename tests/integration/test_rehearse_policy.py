# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rehearse_policy playbook as people run it: its output, and its failure if the result is unreliable."""

from __future__ import annotations

import json
from pathlib import Path

from simulator import Simulator

from .warm import ansible

TENANT = "retired_with_holes"


def test_it_shows_who_is_stopped_and_fails_if_that_is_not_to_be_trusted(tmp_path: Path, simulator: Simulator) -> None:
    domain = simulator.facts(TENANT)["domain"]
    policy = {
        "display_name": "No Android",
        "conditions": {
            "users": {"include_users": {"set": ["All"]}, "exclude_users": {"set": [f"administrator@{domain}"]}},
            "applications": {"include_applications": ["All"]},
            "platforms": {"include_platforms": ["android"]},
        },
        "grant_controls": {"built_in_controls": ["block"]},
    }
    # The log of this tenant has results of policies, one of which deliberately contradicts the judge.
    (tmp_path / "policies.yml").write_text(
        json.dumps({"rehearse_policies": [policy], "rehearse_keep_groups": ["Sales"]})
    )
    simulator.describe(
        {
            "sign_ins": [
                {
                    "user": "alex.wilber",
                    "client": "Mobile Apps and Desktop clients",
                    "os": "Android 15",
                    "age": 60,
                    "policies": {"Block Exchange ActiveSync for the pilot": "success"},
                }
            ]
        },
        TENANT,
    )
    arguments = ("-i", "localhost,", "intune.exchange.rehearse_policy", "-e", "@policies.yml")
    done = ansible("ansible-playbook", *arguments, folder=tmp_path, environment=simulator.environment(TENANT))
    shown = " ".join(done.stdout.split())
    assert done.returncode == 2, done.stdout
    assert "Stopped: 1 sign-in of 1 person" in shown and f"alex.wilber@{domain}" in shown
    assert shown.count("Do not trust this: the judge agrees with Microsoft Entra in 0.0 % of 1 result") >= 2
    assert '"users": [' in shown and '"group": "Sales"' in shown
    assert not [one for one in simulator.requests() if one["effect"]]


def test_it_accepts_results_of_microsoft_entra_although_the_judge_is_contradicted(
    tmp_path: Path, simulator: Simulator
) -> None:
    """For the only policy that is rehearsed, the log has the result of every sign-in."""
    results = {
        "Block Exchange ActiveSync for the pilot": "success",
        "Require a compliant device (test)": "reportOnlyFailure",
    }
    browser = {"user": "alex.wilber", "client": "Browser", "os": "Windows10", "age": 60}
    simulator.describe({"sign_ins": [{**browser, "policies": results}]}, TENANT)
    arguments = ("-i", "localhost,", "intune.exchange.rehearse_policy")
    done = ansible("ansible-playbook", *arguments, folder=tmp_path, environment=simulator.environment(TENANT))
    shown = " ".join(done.stdout.split())
    assert done.returncode == 0, done.stdout
    assert "The result does not depend on the judge: the log has Microsoft Entra's own result of every policy" in shown
    assert "Stopped: 1 sign-in of 1 person" in shown
