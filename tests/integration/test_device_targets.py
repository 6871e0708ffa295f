# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Careless and unlucky input in real runs: whose devices are wiped, blocked and removed, and how many.

The oracle is the state of the simulated tenant before and after.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator import Simulator

from .conftest import Play, Run, player

ROLE = "intune.exchange.mobile_access"
TENANT = """
extends: phones
domain: targets.example
users:
  marketing/v: {displayName: A, licences: [ENTERPRISEPACK]}
  v: {displayName: Victor, licences: [ENTERPRISEPACK]}
  twin-1: {displayName: Twin, mailNickname: twin, licences: [ENTERPRISEPACK]}
  twin-2: {displayName: Twin, mailNickname: twin, licences: [ENTERPRISEPACK]}
skus:
  ENTERPRISEPACK: {units: 50}
exchange:
  wipe_after: 90000
  devices:
    - {user: marketing/v, model: iPhone14C2, type: iPhone, os: iOS 18.6, client: EAS, id: SLASH}
    - {user: v, model: Shared, type: Shared, os: Android 15, client: EAS, id: SHARED}
    - {user: adele.vance, model: Shared, type: Shared, os: Android 15, client: EAS, id: SHARED}
    - {user: twin-1, model: Twin, type: Twin, os: Twin 1, client: EAS, id: TWIN}
    - {user: alex.wilber, model: Street, type: Street, os: S 1, client: EAS, id: STRASSE1, first_sync: 691200}
"""
EAS = {"client_type": "EAS", "match": "all"}


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    path: Path = tmp_path_factory.mktemp("targets") / "targets.yml"
    path.write_text(TENANT, encoding="utf-8")
    with Simulator(tenants=[path]) as simulator:
        yield simulator


@pytest.fixture
def targets(tenant: Simulator) -> Simulator:
    tenant.clear_faults()
    tenant.reset()
    return tenant


@pytest.fixture
def run(tmp_path: Path, targets: Simulator) -> Play:
    play = player(tmp_path, targets)
    return lambda *tasks, **more: play(*tasks, tenant="targets", **more)


def device(**options: Any) -> dict[str, Any]:
    return {"intune.exchange.mobile_device": options}


def refused(**options: Any) -> dict[str, Any]:
    return {**device(**options), "ignore_errors": True}


def state(simulator: Simulator) -> dict[str, Any]:
    return copy.deepcopy({name: simulator.state("targets").get(name, []) for name in ("MobileDevice", "CASMailbox")})


def kinds(run: Run) -> list[Any]:
    return [one.get("error", {}).get("kind") for one in run.results.values()]


def test_whoever_is_not_meant_keeps_everything(run: Play, targets: Simulator) -> None:
    """Blank filters, one name of two mailboxes, confirmation of another id, too many devices, an unknown GUID."""
    before = state(targets)
    full = {"wipe": "full", "device_id": "STRAßE1", "confirm_full_wipe": "STRAßE1"}
    tasks: list[tuple[dict[str, Any], str]] = [
        ({"mailbox": "", **EAS, "wipe": "account_only", "max_affected": 9}, "usage"),
        ({**EAS, "device_os": "", "wipe": "account_only", "max_affected": 9}, "usage"),
        ({**EAS, "device_type": " ", "wipe": "account_only", "max_affected": 9}, "usage"),
        ({**EAS, "guids": [""], "state": "absent", "max_affected": 9}, "usage"),
        ({**EAS, "wipe": "account_only"}, "usage"),
        ({**EAS, "state": "absent"}, "usage"),
        (full, "not_found"),
        ({**EAS, "wipe": "account_only", "max_affected": 4}, "too_many"),
        ({**EAS, "state": "absent", "max_affected": 0}, "too_many"),
        ({"device_id": "TWIN", "access": "blocked"}, "ambiguous"),
        ({**EAS, "access": "blocked"}, "ambiguous"),
        ({"guids": ["0c5a3f0e-3c39-4f0b-8c0f-6d3c5f9f2b77"], **EAS, "access": "blocked"}, "not_found"),
    ]
    done = run(*(refused(**options) for options, _kind in tasks))
    assert kinds(done) == [kind for _options, kind in tasks], done.output
    assert state(targets) == before
    checked = run(*(refused(**options) for options, _kind in tasks[4:]), arguments=("--check",))
    assert kinds(checked) == kinds(done)[4:] and state(targets) == before


def test_each_partnership_has_its_own_state(run: Play, targets: Simulator) -> None:
    """A slash in a name, a device id in two mailboxes, kinds of wipes one after the other."""
    shared = {"device_id": "SHARED", "match": "all", "wipe": "account_only", "max_affected": 2}
    full = {"device_id": "STRASSE1", "wipe": "full", "confirm_full_wipe": "strasse1"}
    first = run(
        device(device_id="SLASH", access="blocked"),
        device(device_id="SHARED", mailbox="v@targets.example", wipe="account_only"),
        device(device_id="STRASSE1", wipe="account_only"),
    )
    assert first.code == 0, first.output
    users = {one["id"]: one["displayName"] for one in targets.state("targets")["users"]}
    assert [one["ActiveSyncBlockedDeviceIDs"] for one in state(targets)["CASMailbox"]] == [["SLASH"]]
    assert first.results["task0"]["affected"][0]["mailbox"] == "marketing/v" and "A" in users.values()

    targets.advance(80_000)
    again = run(
        device(**shared), device(**full), device(**full), device(device_id="STRASSE1", wipe="cancel"), device(**full)
    )
    assert again.code == 0, again.output
    results = list(again.results.values())
    assert [one["changed"] for one in results] == [True, True, False, True, True]
    assert [one["mailbox"] for one in results[0]["affected"]] == ["adele.vance"] and results[0]["affected_count"] == 1
    assert not any(one.get("acknowledged") for one in results)


def test_not_there_and_the_wrong_day(run: Play, targets: Simulator) -> None:
    kind = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    text = f"x|{kind}|The operation couldn't be performed because object 'x' couldn't be found on 'DB6'."
    body = {"error": {"code": "BadRequest", "details": [{"code": "Context", "message": text}]}}
    targets.fault(match="Remove-MobileDevice", kind="status", status=400, body=body)
    done = run(device(device_id="SLASH", state="absent"))
    assert done.code == 0 and done.results["task0"]["changed"], done.output
    assert "SLASH" not in {one["DeviceId"] for one in state(targets)["MobileDevice"]}

    several = {
        "error": {"code": "BadRequest", "details": [{"code": "Context", "message": "x|X|v matches multiple entries"}]}
    }
    targets.fault(match="Get-MobileDeviceStatistics", kind="status", status=400, body=several)
    statistics = {"intune.exchange.mobile_device_info": {"device_id": "SHARED", "gather_statistics": True}}
    done = run(statistics)
    assert kinds(done) == ["ambiguous"]

    before = state(targets)
    targets.advance(366 * 86_400)
    old = {**EAS, "min_days_since_first_sync": 90, "max_affected": 9}
    done = run(refused(**old, state="absent"), refused(**old, wipe="account_only"), refused(**old, access="blocked"))
    assert kinds(done) == ["clock"] * 3 and state(targets) == before, done.output
    assert "Correct the clock of this machine" in done.output


def test_offboarding_is_of_one_mailbox_and_says_would_in_check_mode(run: Play, targets: Simulator) -> None:
    def offboard(**variables: Any) -> dict[str, Any]:
        named = {f"mobile_access_{name}": value for name, value in variables.items()}
        return {"ansible.builtin.include_role": {"name": ROLE, "tasks_from": "offboard"}, "vars": named}

    before = state(targets)
    for variables, words in (
        ({"mailbox": "", "max_affected": 9}, "mobile_access_mailbox is blank"),
        ({"mailbox": "twin", "max_affected": 9}, "matches multiple entries"),
        ({"mailbox": "v@targets.example"}, "v@targets.example has 1 device, which is more than"),
    ):
        for arguments in ((), ("--check",)):
            stopped = run(offboard(**variables), arguments=arguments)
            assert stopped.code == 2 and words in " ".join(stopped.output.split()), stopped.output
    looked = run(offboard(mailbox="marketing/v", max_affected=1, wipe_wait=0), arguments=("--check",))
    said = " ".join(looked.output.split())
    assert looked.code == 0 and state(targets) == before, looked.output
    assert "would be erased from 1 device. Nothing else on them would be touched." in said, looked.output
    assert "would be switched off for the mailbox, and its devices would be blocked." in said
    assert "are switched off" not in said and "has erased" not in said
    done = run(offboard(mailbox="marketing/v", max_affected=1, wipe_wait=0))
    assert done.code == 0 and "are switched off for the mailbox" in done.output, done.output
    now = state(targets)
    assert [one["DeviceId"] for one in now["MobileDevice"] if one["_wipe"]] == ["SLASH"]
    assert [one["ActiveSyncBlockedDeviceIDs"] for one in now["CASMailbox"]] == [["SLASH"]]


def block_ipads(**variables: Any) -> list[dict[str, Any]]:
    """One of the iPads of the tenant `phones` is in use."""
    rule = {"characteristic": "DeviceType", "query_string": "iPad", "access_level": "Block"}
    settings = {"user_mail_insert": "Your device waits for approval. Call 1234."}
    role = {"name": "intune.exchange.mobile_access"}
    given = {"mobile_access_rules": [rule], "mobile_access_settings": settings, **variables}
    return [{"ansible.builtin.include_role": role, "vars": given}]


def test_a_rule_that_locks_out_is_refused_in_check_mode_as_for_real(play: Play, simulator: Simulator) -> None:
    texts = []
    for arguments in (("--check", "--diff"), ()):
        done = play(*block_ipads(), tenant="phones", arguments=arguments)
        (text,) = set(re.findall(r"\d+ devices? of \d+ mailbox[^\"]*mobile_access_max_affected\.", done.output))
        assert done.code == 2, done.output
        texts.append(text)
    assert texts[0] == texts[1] and texts[0].startswith("1 device of 1 mailbox would be locked out")
    assert not any(one["effect"] for one in simulator.requests())
    tasks = block_ipads(mobile_access_max_affected=1)
    for arguments in (("--check", "--diff"), (), ()):
        done = play(*tasks, tenant="phones", arguments=arguments)
        assert done.code == 0, done.output


def test_what_a_rule_decides_is_not_counted_against_the_default(play: Play, simulator: Simulator) -> None:
    """In check mode the rules do not exist yet, and the prediction equals the real run."""
    named = {
        "mobile_access_rules": [
            {"characteristic": "DeviceModel", "query_string": "outlook for iOS and Android", "access_level": "Allow"},
            {"characteristic": "DeviceType", "query_string": "iPad", "access_level": "Block"},
            {"characteristic": "DeviceOS", "query_string": "Android 12", "access_level": "Allow"},
        ],
        "mobile_access_settings": {"default_access_level": "Quarantine"},
        "mobile_access_max_affected": 2,
    }
    main = {"ansible.builtin.include_role": {"name": ROLE}, "vars": named}
    result = {"ansible.builtin.debug": {"msg": "{{ mobile_access_result }}"}, "register": "kept"}
    for arguments in (("--check",), ()):
        done = play(main, result, tenant="phones", arguments=arguments)
        assert done.code == 0, done.output
        assert [one["device_type"] for one in done.results["kept"]["msg"]["locked_out"]] == ["iPad", "iPhone"]
