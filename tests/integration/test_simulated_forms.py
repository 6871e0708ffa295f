# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same play against simulated tenants with different response forms: it ends in the same state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import player

NAMES = "intune.exchange."
FORMS: dict[str, dict[str, Any]] = {
    "unlucky": {
        "errors": "json",
        "not_found": 404,
        "empty": "no_content",
        "links": "get",
        "role_parents": "prefixed",
        "times": "offset",
        "redirect": True,
    },
    "older": {
        "errors": "internal",
        "pages": "silent",
        "empty": "absent",
        "annotations": "odata_type",
        "times": "seconds",
        "confirmation": "required",
        "empty_lists": "clearing",
        "domains": "any",
        "rate_limit": None,
    },
}
TASKS: list[tuple[str, dict[str, Any], bool]] = [
    ("activesync_device_access_rule_info", {}, False),
    (
        "mobile_device_mailbox_policy",
        {"name": "Phones", "password_enabled": True, "max_password_failed_attempts": 8},
        True,
    ),
    (
        "mobile_device_mailbox_policy",
        {"name": "Phones", "password_enabled": True, "max_password_failed_attempts": 8},
        False,
    ),
    ("mobile_device_mailbox_policy", {"name": "None", "state": "absent"}, False),
    ("mobile_device_info", {"gather_statistics": True}, False),
    ("management_role", {"name": "Own", "parent": "Recipient Policies"}, True),
    ("management_role", {"name": "Own", "parent": "Recipient Policies"}, False),
]


@pytest.mark.parametrize("name", FORMS)
def test_a_play_does_not_notice_the_forms(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.yml"
    file.write_text(yaml.safe_dump({"extends": "ready", "exchange": {"forms": FORMS[name]}}))
    with Simulator([file], rate_limits=False, page_size=1) as simulator:
        play = player(tmp_path, simulator)
        run = play(*({f"{NAMES}{module}": options} for module, options, _changed in TASKS), tenant=name)
        assert run.code == 0, run.output
        results = list(run.results.values())
        assert [one["changed"] for one in results] == [changed for _module, _options, changed in TASKS]
        assert len(results[4]["mobile_devices"]) == 2
        state = simulator.state()
        policies = {one["Name"]: one for one in state["MobileDeviceMailboxPolicy"]}
        assert str(policies["Phones"]["MaxPasswordFailedAttempts"]) == "8"
        assert [role["Parent"] for role in state["ManagementRole"] if role["Name"] == "Own"] == ["Recipient Policies"]
