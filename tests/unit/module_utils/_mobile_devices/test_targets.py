# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Only the intended device is affected: awkward names, shared ids, wrong responses, wrong clocks.

The oracle is the state of the simulated tenant: every device and mailbox setting that nobody named is unchanged.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.clock_skew import check_clocks
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import open_tenant
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access import mailboxes
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access.access_decision import (
    OrganizationAccess,
    belongs,
    impact,
)
from ansible_collections.intune.exchange.plugins.module_utils._mobile_devices import wipe as wipe_module
from ansible_collections.intune.exchange.plugins.modules import (
    cas_mailbox_mobile_access,
    mobile_device,
    mobile_device_info,
    mobile_device_mailbox_policy,
)
from simulator import Simulator

from ..conftest import DEFAULTS, Clock, run_declaration, writes

GUID = "0c5a3f0e-3c39-4f0b-8c0f-6d3c5f9f2b77"
TENANT = f"""
extends: phones
domain: targets.example
users:
  marketing/v: {{displayName: A, licences: [ENTERPRISEPACK]}}
  v: {{displayName: Victor, licences: [ENTERPRISEPACK]}}
  twin-1: {{displayName: Twin, mailNickname: twin, licences: [ENTERPRISEPACK]}}
  twin-2: {{displayName: Twin, mailNickname: twin, licences: [ENTERPRISEPACK]}}
  # called like the address of somebody else
  decoy: {{displayName: Decoy, mailNickname: v@targets.example, licences: [ENTERPRISEPACK]}}
  called-like-a-guid: {{displayName: Guid, mailNickname: "{GUID}", licences: [ENTERPRISEPACK]}}
skus:
  ENTERPRISEPACK: {{units: 50}}
exchange:
  wipe_after: 6000
  devices:
    - {{user: marketing/v, model: iPhone14C2, type: iPhone, os: iOS 18.6, client: EAS, id: SLASH}}
    - {{user: v, model: Shared, type: Android, os: Android 15, client: EAS, id: SHARED}}
    - {{user: adele.vance, model: Shared, type: Android, os: Android 15, client: EAS, id: SHARED}}
    - {{user: twin-1, model: Twin, type: Twin, os: Twin 1, client: EAS, id: TWIN}}
    - {{user: adele.vance, model: Old, type: Old, os: Old 1, client: EAS, id: OLD, first_sync: 8640000}}
    - {{user: alex.wilber, model: Street, type: Street, os: S 1, client: EAS, id: STRASSE1}}
"""
Play = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    path: Path = tmp_path_factory.mktemp("targets") / "targets.yml"
    path.write_text(TENANT, encoding="utf-8")
    with Simulator(tenants=[path]) as simulator:
        yield simulator


@pytest.fixture
def simulator(targets: Simulator) -> Simulator:
    targets.clear_faults()
    targets.reset()
    return targets


@pytest.fixture
def play(simulator: Simulator, clock: Clock) -> Play:
    def played(module: Any, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        specs = {name: spec.get("default") for name, spec in module.DECLARATION.options.items()}
        params = {**DEFAULTS, **simulator.options(), **specs, **options}
        return run_declaration(module.DECLARATION, params, check_mode, **clock.options)

    return played


def devices(simulator: Simulator) -> dict[str, dict[str, Any]]:
    """The current devices by their identity."""
    return {one["Identity"]: copy.deepcopy(one) for one in simulator.state("targets")["MobileDevice"]}


def changed(simulator: Simulator, before: dict[str, Any]) -> list[str]:
    now = devices(simulator)
    return sorted(name for name in before | now if before.get(name) != now.get(name))


def lists(simulator: Simulator) -> list[dict[str, Any]]:
    return list(simulator.state("targets").get("CASMailbox", []))


def kind(result: dict[str, Any]) -> Any:
    return result.get("error", {}).get("kind")


def test_the_owner_is_everything_before_the_container(simulator: Simulator, play: Play) -> None:
    done = play(mobile_device, device_id="slash", access="blocked")
    assert done["changed"] and done["affected"][0]["mailbox"] == "marketing/v", done
    assert [one["ActiveSyncBlockedDeviceIDs"] for one in lists(simulator)] == [["SLASH"]]
    states = {one["device_id"]: one["device_access_state"] for one in play(mobile_device_info)["mobile_devices"]}
    assert states == {**dict.fromkeys(states, "Allowed"), "SLASH": "Blocked"}


def test_a_device_of_one_of_two_mailboxes_of_a_name_changes_none(simulator: Simulator, play: Play) -> None:
    for options in ({"device_id": "TWIN"}, {"match": "all", "client_type": "EAS"}):
        for check_mode in (True, False):
            assert kind(play(mobile_device, check_mode, access="blocked", **options)) == "ambiguous"
    assert writes(simulator) == []
    assert kind(play(mobile_device_info, gather_statistics=True)) == "ambiguous"
    assert kind(play(mobile_device_info, mailbox="twin")) == "ambiguous"
    assert kind(play(cas_mailbox_mobile_access, mailbox="Twin", active_sync_enabled=False)) == "ambiguous"
    done = play(mobile_device, mailbox="twin-1@targets.example", device_id="TWIN", access="blocked")
    assert done["changed"] and len(lists(simulator)) == 1


def test_with_many_owners_all_mailboxes_are_read_at_once(
    simulator: Simulator, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "_MANY", 1)
    shared = {"device_id": "SHARED", "match": "all"}
    play(mobile_device, access="allowed", **shared)
    play(cas_mailbox_mobile_access, mailbox="v@targets.example", allowed_device_ids={"add": ["OTHER"]})
    known = len(simulator.requests())
    done = play(mobile_device, access="blocked", **shared)
    assert done["affected_count"] == 2, done
    reads = [one["operation"] for one in simulator.requests()[known:] if one["operation"].startswith("Get-")]
    assert reads == ["Get-MobileDevice", "Get-CASMailbox"]
    assert sorted(one["ActiveSyncAllowedDeviceIDs"] for one in lists(simulator)) == [[], ["OTHER"]]
    # If all are read, the directory distinguishes two of the same name.
    everybody = play(mobile_device, match="all", client_type="EAS", access="blocked")
    assert everybody["changed"] and len(lists(simulator)) == len({one["mailbox"] for one in everybody["devices"]})


def test_an_address_or_id_comes_before_a_name(simulator: Simulator, play: Play) -> None:
    victor = play(cas_mailbox_mobile_access, mailbox="v@targets.example", active_sync_enabled=False)
    assert victor["cas_mailbox"]["display_name"] == "Victor"
    named = play(cas_mailbox_mobile_access, mailbox=GUID)
    assert named["cas_mailbox"]["display_name"] == "Guid"  # nobody has this id
    by_guid = play(cas_mailbox_mobile_access, mailbox=victor["cas_mailbox"]["guid"].upper())
    assert by_guid["cas_mailbox"]["display_name"] == "Victor"


def test_a_service_that_takes_the_name_first_is_not_believed(simulator: Simulator, play: Play) -> None:
    """An Exchange that returns the mailbox whose name is somebody else's address."""
    everybody = {one["Name"]: one for one in cas_mailboxes(simulator)}
    wrong = {"value": [everybody["v@targets.example"]]}
    simulator.fault(match="Get-CASMailbox", kind="status", status=200, body=wrong)
    done = play(cas_mailbox_mobile_access, mailbox="v@targets.example", active_sync_enabled=False)
    assert done["cas_mailbox"]["display_name"] == "Victor"


def read(simulator: Simulator, cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
    """A cmdlet's response for somebody else."""
    tenant = open_tenant({**DEFAULTS, **simulator.options()}, Redactor(), lambda line: None, None)
    return exchange_of(tenant).invoke(cmdlet, parameters, Purpose("look")).values


def cas_mailboxes(simulator: Simulator) -> list[dict[str, Any]]:
    return read(simulator, "Get-CASMailbox", ResultSize="Unlimited")


@pytest.mark.parametrize("shown", ["the directory", "names"])
def test_devices_of_somebody_else_are_not_acted_on(simulator: Simulator, play: Play, shown: str) -> None:
    """The service returns all devices when those of one mailbox are requested."""
    listed = [
        {name: value for name, value in one.items() if shown == "the directory" or name != "DistinguishedName"}
        for one in devices(simulator).values()
    ]
    for options in ({"wipe": "account_only"}, {"state": "absent"}, {"access": "blocked"}):
        simulator.fault(match="Get-MobileDevice", kind="status", status=200, body={"value": listed})
        before = devices(simulator)
        done = play(mobile_device, mailbox="v@targets.example", match="all", max_affected=99, **options)
        simulator.clear_faults()
        assert kind(done) == "other_object" and changed(simulator, before) == [] and lists(simulator) == []


def test_a_mailbox_that_is_not_the_one_of_the_device_is_not_changed(simulator: Simulator, play: Play) -> None:
    victor = next(one for one in cas_mailboxes(simulator) if one["DisplayName"] == "Victor")
    for proof in ({}, {"DistinguishedName": None}):  # with and without what the directory says
        simulator.fault(match="Get-CASMailbox", kind="status", status=200, body={"value": [{**victor, **proof}]})
        done = play(mobile_device, device_id="SLASH", access="blocked")
        simulator.clear_faults()
        assert kind(done) == "other_object" and lists(simulator) == []


DEVICE = {"Identity": "a\\ExchangeActiveSyncDevices\\x", "Guid": "g", "DeviceId": "X"}
PLACED = {**DEVICE, "DistinguishedName": "CN=x,CN=ExchangeActiveSyncDevices,CN=a,OU=b"}


@pytest.mark.parametrize(
    ("device", "mailbox", "proof"),
    [
        (DEVICE, {"Name": "A"}, True),
        (DEVICE, {"Identity": "a"}, True),
        (DEVICE, {"Name": "b"}, None),
        (DEVICE, {"DisplayName": "a"}, None),
        (DEVICE, {"Name": "a", "DistinguishedName": "CN=a,OU=b"}, True),
        (PLACED, {"Name": "other", "DistinguishedName": "cn=A,ou=b"}, True),
        (PLACED, {"Name": "a", "DistinguishedName": "CN=a,OU=c"}, False),
        (PLACED, {"Name": "a"}, True),
        ({"Identity": None}, {"Name": None}, None),
    ],
)
def test_whose_a_device_is(device: dict[str, Any], mailbox: dict[str, Any], proof: bool | None) -> None:
    assert belongs(device, mailbox) is proof


def test_no_decision_is_made_for_the_wrong_one_of_two_mailboxes() -> None:
    allows, plain = {"Guid": "1", "Name": "a", "ActiveSyncAllowedDeviceIDs": ["X"]}, {"Guid": "2", "Name": "a"}
    with pytest.raises(TenantError) as caught:
        impact([DEVICE], [allows, plain], OrganizationAccess("Allow"), OrganizationAccess("Block"))
    assert caught.value.kind == "ambiguous" and caught.value.details["candidates"] == ["1", "2"]
    # It does not matter, or the directory shows it.
    assert (
        len(impact([DEVICE], [plain, {**plain, "Guid": "3"}], OrganizationAccess("Allow"), OrganizationAccess("Block")))
        == 1
    )
    there = {**allows, "DistinguishedName": "CN=a,OU=b"}
    assert impact([PLACED], [plain, there], OrganizationAccess("Allow"), OrganizationAccess("Block")) == []
    # A display name is not a name if it is another's unique one.
    called = {"Guid": "3", "Name": "c", "DisplayName": "a", "ActiveSyncAllowedDeviceIDs": ["X"]}
    assert len(impact([DEVICE], [plain, called], OrganizationAccess("Allow"), OrganizationAccess("Block"))) == 1


def test_a_device_in_two_mailboxes_has_two_states(simulator: Simulator, play: Play) -> None:
    victor = play(mobile_device_info, mailbox="v@targets.example")["mobile_devices"][0]
    play(mobile_device, guids=[victor["guid"]], wipe="account_only")
    simulator.advance(7000)
    shared = {"device_id": "SHARED", "match": "all", "wipe": "account_only", "max_affected": 2}
    before = devices(simulator)
    predicted, real = play(mobile_device, True, **shared), play(mobile_device, **shared)
    assert [one["mailbox"] for one in real["affected"]] == ["adele.vance"] and real["acknowledged"] is False
    assert predicted["affected"] == real["affected"] and predicted["diff"] == real["diff"]
    assert len(real["diff"]["before"]) == 2 and f"SHARED of v ({victor['guid']})" in real["diff"]["before"]
    assert [name.partition("\\")[0] for name in changed(simulator, before)] == ["adele.vance"]
    simulator.advance(7000)
    again = play(mobile_device, **shared)
    assert not again["changed"] and again["acknowledged"] is True
    removed = play(mobile_device, device_id="SHARED", match="all", max_affected=2, state="absent")
    assert removed["affected_count"] == 2 and len(removed["diff"]["before"]) == 2


def test_kinds_of_wipes_are_kept_apart(simulator: Simulator, play: Play) -> None:
    one = {"device_id": "SLASH"}
    full = {**one, "wipe": "full", "confirm_full_wipe": "slash"}
    play(mobile_device, wipe="account_only", **one)
    simulator.advance(7000)
    first = play(mobile_device, **full)
    assert first["acknowledged"] is False and first["devices"][0]["wipe"] == {"account_only": "done", "full": "pending"}
    known = len(writes(simulator))
    again = play(mobile_device, **full)
    assert not again["changed"] and again["acknowledged"] is False
    # A full wipe that is pending is not weakened by an account-only one.
    weaker = play(mobile_device, wipe="account_only", **one)
    assert not weaker["changed"] and weaker["acknowledged"] is True  # that kind was acknowledged before
    assert len(writes(simulator)) == known
    cancelled = play(mobile_device, wipe="cancel", **one)
    assert cancelled["changed"] and "acknowledged" not in cancelled
    assert list(cancelled["diff"]["after"].values()) == [{"account_only": "done", "full": "none"}]
    assert cancelled["msg"].startswith("A wipe was pending on SLASH of marketing/v (")
    assert ". Already wiped, which cannot be undone: SLASH of" in cancelled["msg"]
    for check_mode in (True, False):
        nothing = play(mobile_device, check_mode, wipe="cancel", **one)
        assert not nothing["changed"] and nothing["msg"].startswith("No wipe was pending, so nothing was cancelled. Al")
        assert nothing["devices"][0]["wipe"] == {"account_only": "done", "full": "none"}
    (known_device,) = play(mobile_device_info, gather_statistics=True, **one)["mobile_devices"]
    assert known_device["wipe"] == {"account_only": "done", "full": "none"}
    simulator.advance(7000)
    assert play(mobile_device, check_mode=True, **full)["changed"]  # a cancelled wipe was not done


def test_nothing_asked_is_nothing_acknowledged(simulator: Simulator, play: Play) -> None:
    done = play(mobile_device, match="all", device_type="none", wipe="account_only", max_affected=0)
    assert not done["changed"] and done["acknowledged"] is False
    nothing = play(mobile_device, device_id="SLASH", wipe="cancel")
    assert not nothing["changed"] and nothing["msg"] == "No wipe was pending, so nothing was cancelled"
    assert nothing["devices"][0]["wipe"] == {"account_only": "none", "full": "none"}


def test_times_that_cannot_be_read_are_no_state(simulator: Simulator, play: Play) -> None:
    """An invalid time is not worth a failed read; for an action it is."""
    (device,) = play(mobile_device_info, mailbox="marketing/v")["mobile_devices"]
    (found,) = read(simulator, "Get-MobileDeviceStatistics", Identity=device["guid"])
    answer = {"value": [{**found, "DeviceWipeRequestTime": "yesterday"}]}
    simulator.fault(match="Get-MobileDeviceStatistics", kind="status", status=200, body=answer, count=2)
    (shown,) = play(mobile_device_info, gather_statistics=True, mailbox="marketing/v")["mobile_devices"]
    assert shown["wipe"] is None and shown["statistics"]["device_wipe_request_time"] == "yesterday"
    failed = play(mobile_device, device_id="SLASH", wipe="cancel")
    assert failed["error"]["kind"] == "unexpected_answer"


def test_an_account_that_was_set_up_anew_is_asked_again(simulator: Simulator, play: Play) -> None:
    play(mobile_device, device_id="SLASH", wipe="account_only")
    simulator.advance(7000)
    assert not play(mobile_device, device_id="SLASH", wipe="account_only")["changed"]
    (statistics,) = play(mobile_device_info, device_type="iPhone", gather_statistics=True, mailbox="marketing/v")[
        "mobile_devices"
    ]
    (found,) = read(simulator, "Get-MobileDeviceStatistics", Identity=statistics["guid"])
    later = {**found, "FirstSyncTime": "2999-01-01T00:00:00Z"}
    simulator.fault(match="Get-MobileDeviceStatistics", kind="status", status=200, body={"value": [later]})
    assert play(mobile_device, device_id="SLASH", wipe="account_only", check_mode=True)["changed"]


@pytest.mark.parametrize(
    ("client", "kind", "erased"),
    [
        ("REST", "Outlook", "account_only"),
        ("REST", "outlook", "account_only"),
        ("Outlook", "Outlook", "account_only"),
        ("EAS", "Outlook", "account_only"),
        ("REST", "iPhone", "full"),
        ("EAS", "iPhone", "full"),
    ],
)
def test_the_type_decides_what_a_full_wipe_erases(
    tmp_path: Path, clock: Clock, client: str, kind: str, erased: str
) -> None:
    """Clear-MobileDevice, AccountOnly: the account is all that is ever wiped from the DeviceType Outlook."""
    path = tmp_path / "mobile.yml"
    described = (
        f"{{user: adele.vance, model: M, type: {kind}, os: iOS 18.6, client: {client}, id: D1, version: '14.1'}}"
    )
    path.write_text(f"extends: phones\ndomain: mobile.example\nexchange:\n  devices: [{described}]\n", encoding="utf-8")
    with Simulator(tenants=[path]) as simulator:
        specs = {name: spec.get("default") for name, spec in mobile_device.DECLARATION.options.items()}
        params = {**DEFAULTS, **simulator.options(), **specs, "device_id": "D1", "wait": True}
        params |= {"wipe": "full", "confirm_full_wipe": "D1"}
        first, second = (
            run_declaration(mobile_device.DECLARATION, params, False, **clock.options) for _run in range(2)
        )
        assert first["changed"] and first["acknowledged"] is True, first
        stages = {"account_only": "none", "full": "none"} | {erased: "done"}
        assert first["devices"][0]["wipe"] == stages
        assert not second["changed"] and second["acknowledged"] is True
        assert writes(simulator) == ["Clear-MobileDevice"]


@pytest.mark.parametrize(("client", "kind"), [("REST", "Outlook"), ("EAS", "OUTLOOK"), ("Outlook", "Android")])
def test_outlook_is_asked_for_its_account_only(client: str, kind: str) -> None:
    device = {"client_type": client, "device_type": kind, "below_minimum_eas_version": True}
    assert wipe_module._parameters("full", device) == {"AccountOnly": True}


def test_a_wipe_that_was_done_meanwhile_is_not_called_cancelled(simulator: Simulator, play: Play) -> None:
    play(mobile_device, device_id="SLASH", wipe="account_only")
    simulator.fault(match="Clear-MobileDevice", kind="status", status=200, body={"value": []})
    failed = play(mobile_device, device_id="SLASH", wipe="cancel")
    assert kind(failed) == "unavailable" and "as pending" in failed["msg"]
    simulator.reset()
    play(mobile_device, device_id="SLASH", wipe="account_only")
    # Each request takes a minute: the device responds between the reading of its statistics and the cancellation.
    simulator.advance(6000 - 2 * 60 - 30)
    failed = play(mobile_device, device_id="SLASH", wipe="cancel")
    assert kind(failed) == "too_late" and "SLASH of marketing/v" in failed["msg"]


@pytest.mark.parametrize("answer", [[], "twice", "another"])
def test_statistics_of_another_device_are_no_state_of_this_one(simulator: Simulator, play: Play, answer: Any) -> None:
    guids = {one["DeviceId"]: one["Guid"] for one in devices(simulator).values()}
    (mine,), (other,) = (
        read(simulator, "Get-MobileDeviceStatistics", Identity=guids[name]) for name in ("SLASH", "OLD")
    )
    body = {"value": {"twice": [mine, mine], "another": [other]}.get(answer, answer) if answer else []}
    simulator.fault(match="Get-MobileDeviceStatistics", kind="status", status=200, body=body)
    failed = play(mobile_device, device_id="SLASH", wipe="account_only")
    assert kind(failed) == "other_object" and writes(simulator) == []


def test_a_confirmation_is_for_the_device_that_is_found(simulator: Simulator, play: Play) -> None:
    for confirmed in ("STRASSE1", "STRAßE1"):
        failed = play(mobile_device, device_id="STRAßE1", wipe="full", confirm_full_wipe=confirmed)
        assert failed["failed"] and writes(simulator) == []
    done = play(mobile_device, device_id="strasse1", wipe="full", confirm_full_wipe="Strasse1")
    assert done["changed"] and [one["device_id"] for one in done["affected"]] == ["STRASSE1"]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({"client_type": "EAS", "wipe": "account_only"}, 6),
        ({"client_type": "EAS", "state": "absent"}, 6),
        ({"device_id": "SHARED", "access": "blocked"}, 2),
    ],
)
def test_more_than_max_affected_changes_nothing(
    simulator: Simulator, play: Play, options: dict[str, Any], count: int
) -> None:
    before = devices(simulator)
    for check_mode in (True, False):
        failed = play(mobile_device, check_mode, match="all", max_affected=count - 1, **options)
        assert kind(failed) == "too_many" and f"{count} devices would be " in failed["msg"], failed
        assert failed["error"]["affected_count"] == count == len(failed["error"]["affected"])
        assert set(failed["error"]["affected"][0]) == {"guid", "device_id", "mailbox"}
    assert changed(simulator, before) == [] and lists(simulator) == []
    done = play(mobile_device, match="all", max_affected=count, **options)
    assert done["affected_count"] == count, done
    # Only actual changes count.
    assert play(mobile_device, match="all", max_affected=0, **options)["affected_count"] == 0
    # One device has a limit as well.
    one = play(mobile_device, mailbox="adele.vance", device_id="OLD", access="allowed", max_affected=0)
    assert kind(one) == ("not_found" if options.get("state") else "too_many")


def test_a_guid_of_nobody_is_named(simulator: Simulator, play: Play) -> None:
    (slash,) = (one["Guid"] for one in devices(simulator).values() if one["DeviceId"] == "SLASH")
    typo = slash[:-1] + ("0" if slash[-1] != "0" else "1")
    for options in ({"wipe": "account_only", "max_affected": 9}, {"access": "blocked"}):
        failed = play(mobile_device, guids=[slash, typo], match="all", **options)
        assert kind(failed) == "not_found" and typo in failed["msg"] and slash not in failed["msg"]
    assert writes(simulator) == []
    known = {"guids": [slash.upper(), typo], "match": "all", "max_affected": 9, "state": "absent"}
    assert play(mobile_device, **known)["affected_count"] == 1  # the removed device does not exist any more
    assert play(mobile_device, **known)["affected_count"] == 0
    no_guid = play(mobile_device, guids=[slash, "not-a-guid"], match="all", access="blocked")
    assert kind(no_guid) == "usage" and "guids has not-a-guid, which is not a GUID" in no_guid["msg"]
    foreign = play(mobile_device, guids=[typo], mailbox="v@targets.example", access="blocked")
    assert kind(foreign) == "not_found" and "of v@targets.example has this GUID" in foreign["msg"]


def not_found(name: str = "X") -> dict[str, Any]:
    kind = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    text = f"The operation couldn't be performed because object '{name}' couldn't be found on 'DB6PR01'."
    return {"error": {"code": "BadRequest", "details": [{"code": "Context", "message": f"x|{kind}|{text}"}]}}


def test_not_found_is_looked_at_again(simulator: Simulator, play: Play) -> None:
    remove = {"device_id": "SLASH", "state": "absent"}
    simulator.fault(match="Remove-MobileDevice", kind="status", status=400, body=not_found(), count=99)
    failed = play(mobile_device, **remove)
    assert kind(failed) == "unavailable" and "still lists it" in failed["msg"], failed
    simulator.clear_faults()
    simulator.fault(match="Remove-MobileDevice", kind="status", status=400, body=not_found())
    assert play(mobile_device, **remove)["changed"]
    assert "SLASH" not in {one["DeviceId"] for one in devices(simulator).values()}
    # Somebody else was faster: it is gone, and that is enough.
    known = len(simulator.requests())
    simulator.fault(match="Remove-MobileDevice", kind="second_writer")
    assert play(mobile_device, device_id="OLD", state="absent")["changed"]
    asked = [one["operation"] for one in simulator.requests()[known:]]
    assert asked[-3:] == ["Get-MobileDevice", "Remove-MobileDevice", "Get-MobileDevice"]


def test_not_found_is_looked_at_again_for_every_kind_of_object(simulator: Simulator, play: Play) -> None:
    play(mobile_device_mailbox_policy, name="Phones", password_enabled=True)
    remove = {"name": "Phones", "state": "absent"}
    simulator.fault(match="Remove-MobileDeviceMailboxPolicy", kind="status", status=400, body=not_found(), count=99)
    assert kind(play(mobile_device_mailbox_policy, **remove)) == "unavailable"
    simulator.clear_faults()
    simulator.fault(match="Remove-MobileDeviceMailboxPolicy", kind="status", status=400, body=not_found())
    assert play(mobile_device_mailbox_policy, **remove)["changed"]
    assert {one["Name"] for one in simulator.state("targets")["MobileDeviceMailboxPolicy"]} == {"Default"}


@pytest.mark.parametrize("exception", ["ManagementObjectAmbiguousException", "ManagementObjectNotFoundException"])
def test_several_mailboxes_are_never_missing_devices(simulator: Simulator, play: Play, exception: str) -> None:
    text = f"x|Microsoft.Exchange.Configuration.Tasks.{exception}|... 'v' matches multiple entries."
    body = {"error": {"code": "BadRequest", "details": [{"code": "Context", "message": text}]}}
    for cmdlet in ("Get-MobileDeviceStatistics", "Get-CASMailbox"):
        simulator.fault(match=cmdlet, kind="status", status=400, body=body)
        failed = play(mobile_device_info, device_id="SHARED", min_days_since_last_sync=0)
        assert kind(failed) == "ambiguous", failed
        simulator.clear_faults()


def test_statistics_that_are_not_found_are_looked_at_again(simulator: Simulator, play: Play) -> None:
    asked = {"mailbox": "v@targets.example", "gather_statistics": True}
    simulator.fault(match="Get-MobileDeviceStatistics", kind="status", status=400, body=not_found(), count=9)
    assert kind(play(mobile_device_info, **asked)) == "unavailable"
    simulator.clear_faults()
    asked = {"device_id": "SLASH", "gather_statistics": True}
    simulator.fault(match="Get-CASMailbox", kind="status", status=400, body=not_found())
    assert kind(play(mobile_device_info, **asked)) == "unavailable"
    # The mailbox, and its device, were really deleted.
    (guid,) = (one["Guid"] for one in devices(simulator).values() if one["DeviceId"] == "SLASH")
    gone = {"cmdlet": "Remove-MobileDevice", "parameters": {"Identity": guid}}
    simulator.fault(match="Get-CASMailbox", kind="status", status=400, body=not_found())
    simulator.fault(match="Get-MobileDevice", nth=2, kind="second_writer", request=gone)
    assert play(mobile_device_info, **asked)["mobile_devices"] == []


def test_statistics_are_read_by_the_id_of_the_mailbox(simulator: Simulator, play: Play) -> None:
    found = play(mobile_device_info, device_id="SHARED", gather_statistics=True)["mobile_devices"]
    assert [one["statistics"]["guid"] for one in found] == [one["guid"] for one in found]
    (slash,) = play(mobile_device_info, device_id="SLASH", gather_statistics=True)["mobile_devices"]
    assert slash["statistics"]["guid"] == slash["guid"]


def test_ages_are_not_believed_when_the_clocks_differ(simulator: Simulator, play: Play, clock: Clock) -> None:
    old = {"min_days_since_first_sync": 90, "match": "all", "max_affected": 9, "state": "absent"}
    now = datetime.now(UTC)
    for machine in (now - timedelta(days=2), now + timedelta(days=2), now - timedelta(days=366)):
        clock.machine = machine
        for options in (
            old,
            {**old, "state": "present", "wipe": "account_only"},
            {**old, "state": "present", "access": "blocked"},
        ):
            for check_mode in (True, False):
                assert kind(play(mobile_device, check_mode, **options)) == "clock"
        assert play(mobile_device_info, min_days_since_first_sync=90)["mobile_devices"]
    assert writes(simulator) == []
    # Without an age, no clock matters.
    assert play(mobile_device, device_id="SLASH", state="absent")["changed"]
    clock.machine = now - timedelta(hours=20)
    assert [one["device_id"] for one in play(mobile_device, **old)["affected"]] == ["OLD"]


def test_a_service_without_a_date() -> None:
    now = datetime.now(UTC)
    check_clocks(now, now + timedelta(hours=23), "try it", "contoso")
    for service in (None, now + timedelta(hours=25), now - timedelta(hours=25)):
        with pytest.raises(TenantError) as caught:
            check_clocks(service, now, "try it", "contoso")
        assert caught.value.kind == "clock"


@pytest.mark.parametrize("stop", range(1, 7))
def test_killed_between_any_two_wipes(simulator: Simulator, play: Play, stop: int) -> None:
    wanted = {"client_type": "EAS", "match": "all", "wipe": "account_only", "max_affected": 6}
    simulator.fault(match="Clear-MobileDevice", nth=stop, kind="status", status=403, count=9)
    assert kind(play(mobile_device, **wanted)) == "forbidden"
    simulator.clear_faults()
    assert play(mobile_device, **wanted)["affected_count"] == 7 - stop
    assert writes(simulator) == ["Clear-MobileDevice"] * 6
    assert not play(mobile_device, **wanted)["changed"]


def test_a_pending_full_wipe_is_not_replaced_by_a_weaker_one(simulator: Simulator, play: Play) -> None:
    play(mobile_device, device_id="SLASH", wipe="full", confirm_full_wipe="SLASH")
    weaker = play(mobile_device, device_id="SLASH", wipe="account_only")
    assert not weaker["changed"] and weaker["acknowledged"] is False
    assert writes(simulator) == ["Clear-MobileDevice"]


@pytest.mark.parametrize("name", ["adele*", "*", "*@targets.example"])
def test_a_pattern_is_nobodys_name(simulator: Simulator, play: Play, name: str) -> None:
    """Exchange may take it as one, and exactly one mailbox may match."""
    result = play(mobile_device, mailbox=name, device_id="OLD", access="blocked")
    assert kind(result) == "usage" and "contains a *" in result["msg"]
    assert simulator.requests() == []


@pytest.mark.parametrize(("access", "state"), [("blocked", "Blocked"), ("allowed", "Allowed")])
def test_no_device_in_the_state_that_it_should_get_is_not_done_already(
    simulator: Simulator, play: Play, access: str, state: str
) -> None:
    """With the state that the change would end, a second run finds none; with the other one, the filter is wrong."""
    before = "blocked" if access == "allowed" else "allowed"
    play(mobile_device, device_id="OLD", access=before)
    result = play(mobile_device, device_id="OLD", access=access, access_state=state)
    assert kind(result) == "not_found", result
