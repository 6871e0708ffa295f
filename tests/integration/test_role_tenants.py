# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenant that module_defaults of a play name for single modules is the one that a role reads and changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator import Simulator

from .conftest import Play
from .test_role_mobile_access import kept, role
from .warm import ansible

MEANT, OTHER = "phones", "retired_covered"  # module_defaults name the first, the environment names the second
# Every option that the play does not need still comes from the role's variables.
CASES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "approve": (
        ("mobile_device",),
        role("approve", confirm=True, max_affected=9, filter={"client_type": "EAS", "device_os": "iOS"}),
    ),
    "main": (
        ("mobile_device_mailbox_policy", "activesync_device_access_rule", "activesync_organization_settings"),
        role(
            policies=[{"name": "Phones", "password_enabled": True, "min_password_length": 6}],
            rules=[{"characteristic": "DeviceType", "query_string": "iPad", "access_level": "Block"}],
            settings={"user_mail_insert": "[1,2]", "admin_mail_recipients": {"add": ["help@phones.example"]}},
            max_affected=1,
        ),
    ),
}
QUARANTINE = {"default_access_level": "Quarantine", "accept_impact": True}


@pytest.mark.parametrize("case", CASES)
def test_only_the_tenant_of_module_defaults_is_read_and_changed(play: Play, simulator: Simulator, case: str) -> None:
    modules, task = CASES[case]
    for tenant in (MEANT, OTHER):
        prepared = play({"intune.exchange.activesync_organization_settings": QUARANTINE}, tenant=tenant)
        assert prepared.code == 0, prepared.output
    before, known = simulator.objects(), len(simulator.requests())
    defaults = {f"intune.exchange.{name}": simulator.options(MEANT) for name in modules}
    run = play(task, kept("" if case == "main" else case), tenant=OTHER, module_defaults=defaults)
    assert run.code == 0 and run.results["kept"]["msg"]["changed"] is True, run.output
    after = simulator.objects()
    assert {name for name in after if after[name] != before[name]} == {MEANT}
    [settings] = simulator.state(MEANT)["ActiveSyncOrganizationSettings"]
    assert case != "main" or settings["UserMailInsert"] == "[1,2]"
    assert {one["tenant"] for one in simulator.requests()[known:]} == {MEANT}


@pytest.mark.parametrize(
    ("entry_point", "variables", "named"),
    [
        ("approve", {"filter": {"devicetype": "iPhone", "state": "absent"}}, "unknown keys: devicetype, state."),
        ("approve", {"filter": {"tenant_id": "contoso.example"}}, "unknown keys: tenant_id."),
        ("main", {"settings": {"accept_impact": True, "user_mail_insert": "x"}}, "unknown keys: accept_impact."),
        ("main", {"policies": [{"name": "Phones", "allow_kamera": False}]}, "unknown keys: allow_kamera."),
        (
            "main",
            {"rules": [{"characteristic": "DeviceOS", "query_string": "x", "access_level": "Allow", "sate": "absent"}]},
            "unknown keys: sate.",
        ),
    ],
)
@pytest.mark.parametrize("ignored", [False, True])
def test_an_option_that_does_not_exist_is_refused(
    play: Play, simulator: Simulator, entry_point: str, variables: dict[str, Any], named: str, ignored: bool
) -> None:
    given = {**variables, "max_affected": 9, **({"confirm": True} if entry_point == "approve" else {})}
    prepared = play({"intune.exchange.activesync_organization_settings": QUARANTINE}, tenant=MEANT)
    before = len(simulator.requests())
    run = play(role(entry_point, **given), tenant=MEANT, ignore_errors=ignored)
    assert f"{named} Nothing was read or changed. Next step: " in run.output, run.output
    assert prepared.code == 0 and run.code == (0 if ignored else 2)
    assert not any(one["effect"] for one in simulator.requests()[before:])


def test_an_undefined_filter_is_not_one_that_is_left_out(play: Play, simulator: Simulator) -> None:
    """Where errors are ignored, too: the first task refuses it."""
    prepared = play({"intune.exchange.activesync_organization_settings": QUARANTINE}, tenant=MEANT)
    known = [one for one in simulator.requests() if one["effect"]]
    one = role("approve", confirm=True, max_affected=9, filter={"device_type": "{{ phone.type }}"})
    run = play(one, tenant=MEANT, ignore_errors=True)
    assert prepared.code == 0 and "...ignoring" in run.output, run.output
    assert [one for one in simulator.requests() if one["effect"]] == known


def test_the_playbook_devices_refuses_an_unknown_filter(tmp_path: Path, simulator: Simulator) -> None:
    def shown(selected: dict[str, Any]) -> tuple[int, str]:
        arguments = ("-i", "localhost,", "-e", json.dumps({"devices_filter": selected}))
        done = ansible(
            "ansible-playbook",
            "intune.exchange.devices",
            *arguments,
            folder=tmp_path,
            environment=simulator.environment(MEANT),
        )
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    code, output = shown({"devicetype": "iPhone", "client_id": "x"})
    assert code == 2 and "devices_filter has unknown keys: client_id, devicetype. Nothing was" in output, output
    assert simulator.requests() == []
    code, output = shown({"device_type": "iPhone", "max_days_since_last_sync": 30})
    assert code == 0 and "1 mobile device: " in output and "iPhone14C2" in output, output
