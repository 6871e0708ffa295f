# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile devices: filtered, complete, and only changed on request."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._mobile_devices import actions, managed_devices
from ansible_collections.intune.exchange.plugins.module_utils._mobile_devices import devices as devices_module
from ansible_collections.intune.exchange.plugins.module_utils._mobile_devices import wipe as wipe_module
from ansible_collections.intune.exchange.plugins.modules import mobile_device, mobile_device_info
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]
NOW = datetime(2026, 11, 25, tzinfo=UTC)
NOTHING: dict[str, Any] = {name: spec.get("default") for name, spec in actions.OPTIONS.items()}
PHONE: dict[str, Any] = {
    "Identity": "adele\\ExchangeActiveSyncDevices\\EAS§iPhone§A1",
    "Guid": "g1",
    "DeviceId": "A1",
    "ClientType": "EAS",
    "ClientVersion": "16.1",
    "DeviceOS": "iOS 18.6",
    "DeviceType": "iPhone",
    "DeviceModel": "iPhone14C2",
    "DeviceAccessState": "Allowed",
    "FirstSyncTime": "2026-11-15T00:00:00.1234567Z",
}


def phone(**properties: Any) -> dict[str, Any]:
    return devices_module.facts({**PHONE, **properties}, NOW)


@pytest.mark.parametrize(
    ("properties", "name", "value"),
    [
        ({}, "mailbox", "adele"),
        ({}, "below_minimum_eas_version", False),
        ({"ClientVersion": "16.0"}, "below_minimum_eas_version", True),
        ({"ClientVersion": "14.1"}, "below_minimum_eas_version", True),
        ({"ClientVersion": "17.0"}, "below_minimum_eas_version", False),
        ({"ClientVersion": None}, "below_minimum_eas_version", None),
        ({"ClientType": "Outlook", "ClientVersion": "1.0"}, "below_minimum_eas_version", None),
        ({}, "days_since_first_sync", 9),
        ({"FirstSyncTime": "0001-01-01T00:00:00Z"}, "days_since_first_sync", None),
        ({"FirstSyncTime": None}, "days_since_first_sync", None),
        ({"FirstSyncTime": "yesterday"}, "days_since_first_sync", None),
        ({"FirstSyncTime": "2026-11-24T00:00:00"}, "days_since_first_sync", 1),
        ({}, "days_since_last_sync", None),
        ({"LastSuccessSync": "2026-10-25T02:00:00+02:00"}, "days_since_last_sync", 31),
    ],
)
def test_what_follows_from_the_properties_of_a_device(properties: dict[str, Any], name: str, value: Any) -> None:
    assert phone(**properties)[name] == value


@pytest.mark.parametrize(
    ("options", "fits"),
    [
        ({}, True),
        ({"device_id": "a1"}, True),
        ({"device_id": "A"}, False),
        ({"device_os": "ios"}, True),
        ({"device_os": "Android"}, False),
        ({"access_state": "allowed", "client_type": "eas", "device_model": "IPHONE14C2"}, True),
        ({"access_state": "Quarantined"}, False),
        ({"below_minimum_eas_version": False}, True),
        ({"below_minimum_eas_version": True}, False),
        ({"min_days_since_first_sync": 9}, True),
        ({"min_days_since_first_sync": 10}, False),
        ({"max_days_since_first_sync": 9}, True),
        ({"max_days_since_first_sync": 8}, False),
        ({"min_days_since_last_sync": 0}, False),  # an unknown value matches no filter
        ({"max_days_since_last_sync": 9999}, False),
    ],
)
def test_filters(options: dict[str, Any], fits: bool) -> None:
    assert devices_module.fits(phone(), options, last=True) is fits


def test_reading_devices_with_their_statistics(simulator: Simulator, run: Run) -> None:
    plain = run(mobile_device_info)["mobile_devices"]
    assert [(one["mailbox"], one["device_type"]) for one in plain] == [
        ("adele.vance", "iPhone"),
        ("alex.wilber", "Outlook"),
    ]
    assert "statistics" not in plain[0]
    iphone, outlook = run(mobile_device_info, gather_statistics=True)["mobile_devices"]
    assert iphone["statistics"]["status"] == "DeviceOk" and iphone["days_since_last_sync"] == 0
    assert outlook["days_since_last_sync"] is None
    recent = run(mobile_device_info, max_days_since_last_sync=30)["mobile_devices"]
    assert [one["device_type"] for one in recent] == ["iPhone"]
    assert run(mobile_device_info, mailbox="adele.vance", device_type="Outlook")["mobile_devices"] == []


def test_an_unknown_mailbox_and_a_list_that_was_cut_off(simulator: Simulator, run: Run) -> None:
    failed = run(mobile_device_info, mailbox="nobody")
    assert failed["error"]["kind"] == "not_found" and "there is no mailbox nobody" in failed["msg"]
    body = {"value": [], "@adminapi.warnings": ["There are more results available than are currently displayed."]}
    simulator.fault(match="Get-MobileDevice", kind="status", status=200, body=body)
    failed = run(mobile_device_info)
    assert failed["error"]["kind"] == "truncated" and "the list is incomplete" in failed["msg"]


@pytest.mark.parametrize(
    ("device", "managed", "compliant"),
    [
        ({}, [("a1", "compliant")], True),
        ({}, [("A1", "noncompliant")], False),
        ({}, [("A1", "inGracePeriod")], None),
        ({}, [("A1", "unknown")], None),
        ({}, [("A1", None)], None),
        ({}, [("B2", "compliant")], None),
        ({}, [], None),
        # enrolled twice
        ({}, [("A1", "compliant"), ("A1", "compliant")], True),
        ({}, [("A1", "compliant"), ("A1", "noncompliant")], None),
        ({}, [("A1", "compliant"), ("A1", "unknown")], None),
        # a missing id is not an id
        ({"DeviceId": None}, [("", "compliant"), (None, "compliant")], None),
        # Outlook, by its current and its former protocol
        ({"ClientType": "Outlook"}, [("A1", "compliant")], None),
        ({"DeviceType": "Outlook"}, [("A1", "compliant")], None),
    ],
)
def test_what_intune_says_of_a_device(device: dict[str, Any], managed: list[Any], compliant: bool | None) -> None:
    known = managed_devices.compliance_by_id(
        {"easDeviceId": eas_id, "complianceState": state} for eas_id, state in managed
    )
    assert managed_devices.compliance_of({**PHONE, **device}, known) is compliant


def test_devices_by_what_intune_says(simulator: Simulator, run: Run) -> None:
    def found(**options: Any) -> list[tuple[str, str]]:
        devices = run(mobile_device_info, tenant="retired_with_holes", **options)["mobile_devices"]
        return [(one["mailbox"], one["device_type"]) for one in devices]

    assert len(found()) == 3
    assert found(compliant=True) == [("adele.vance", "iPhone")]
    assert found(compliant=False) == [("alex.wilber", "Android")]
    assert found(compliant=True, mailbox="alex.wilber") == []


def test_what_intune_says_is_read_only_if_asked_for_and_a_failure_approves_nobody(
    simulator: Simulator, run: Run
) -> None:
    assert not run(mobile_device, match="all", access="allowed", client_type="EAS").get("failed")
    known = len(writes(simulator))
    failed = run(mobile_device, match="all", access="blocked", compliant=True)  # `ready` lacks the permission
    assert failed["failed"] and "DeviceManagementManagedDevices.Read.All" in failed["msg"]
    assert len(writes(simulator)) == known


def device_of(run: Run, mailbox: str) -> dict[str, Any]:
    (found,) = run(mobile_device_info, mailbox=mailbox)["mobile_devices"]
    return dict(found)


def affected(result: dict[str, Any]) -> list[str]:
    return [one["device_id"] for one in result["affected"]]


def both(simulator: Simulator, run: Run, **options: Any) -> dict[str, Any]:
    """A change, predicted and made, and not repeated."""
    known = len(writes(simulator))
    predicted = run(mobile_device, check_mode=True, **options)
    assert not predicted.get("failed"), predicted["msg"]
    assert predicted["changed"] and len(writes(simulator)) == known
    real = run(mobile_device, **options)
    assert real["changed"] and len(writes(simulator)) > known
    assert predicted["diff"] == real["diff"] and predicted["affected"] == real["affected"]
    again = run(mobile_device, **options)
    assert not again["changed"] and again["affected"] == []
    return real


def test_access(simulator: Simulator, run: Run, admin: Any) -> None:
    admin("Set-ActiveSyncOrganizationSettings", DefaultAccessLevel="Quarantine")
    ids = [device_of(run, name)["device_id"] for name in ("adele.vance", "alex.wilber")]
    approved = both(simulator, run, match="all", access="allowed", below_minimum_eas_version=False)
    assert affected(approved) == ids[:1] and approved["affected_count"] == 1
    assert affected(both(simulator, run, match="all", access="allowed", device_id=ids[1])) == ids[1:]
    assert run(mobile_device, match="all", access="allowed", access_state="Quarantined")["devices"] == []
    known = len(writes(simulator))
    both(simulator, run, device_id=ids[0], access="blocked")
    assert writes(simulator)[known:] == ["Set-CASMailbox"]  # from one list to the other in one call
    assert device_of(run, "adele.vance")["device_access_state"] == "Blocked"
    both(simulator, run, device_id=ids[0].lower(), access="default")
    assert device_of(run, "adele.vance")["device_access_state"] == "Quarantined"


def test_a_state_that_is_none_is_no_state_in_which_no_device_is(simulator: Simulator, run: Run) -> None:
    failed = run(mobile_device_info, access_state="Quarentined")
    assert "access_state is Quarentined, which is not a state of a mobile device" in failed["msg"]
    assert run(mobile_device_info, access_state="devicediscovery")["mobile_devices"] == []


def test_a_device_is_forgotten(simulator: Simulator, run: Run) -> None:
    options = {"mailbox": "adele.vance", "device_type": "iPhone", "state": "absent"}
    both(simulator, run, **options)
    assert writes(simulator) == ["Remove-MobileDevice"]
    assert run(mobile_device_info, mailbox="adele.vance")["mobile_devices"] == []


def test_an_account_is_wiped_and_that_is_waited_for(simulator: Simulator, run: Run) -> None:
    asked = both(simulator, run, mailbox="adele.vance", wipe="account_only")
    assert asked["acknowledged"] is False
    assert run(mobile_device, mailbox="adele.vance", wipe="cancel")["changed"]
    done = run(mobile_device, mailbox="adele.vance", wipe="account_only", wait=True)
    assert done["changed"] and done["acknowledged"] is True
    again = run(mobile_device, mailbox="adele.vance", wipe="account_only")
    assert not again["changed"] and again["acknowledged"] is True
    assert not run(mobile_device, mailbox="adele.vance", wipe="cancel")["changed"]


def test_waiting_is_bounded(simulator: Simulator, run: Run, clock: Any) -> None:
    late = run(mobile_device, mailbox="adele.vance", wipe="account_only", wait=True, wait_timeout=12)
    assert late["changed"] and late["acknowledged"] is False
    assert sum(clock.sleeps) <= 13


def test_a_full_wipe_when_it_is_named_and_confirmed(simulator: Simulator, run: Run) -> None:
    iphone, outlook = (device_of(run, name)["device_id"] for name in ("adele.vance", "alex.wilber"))
    both(simulator, run, device_id=iphone, wipe="full", confirm_full_wipe=iphone)
    both(simulator, run, device_id=outlook, wipe="full", confirm_full_wipe=outlook)
    sent = [record["statistics"] for record in run(mobile_device_info, gather_statistics=True)["mobile_devices"]]
    assert sent[0]["device_wipe_request_time"] and not sent[0]["account_only_device_wipe_request_time"]
    assert sent[1]["account_only_device_wipe_request_time"] and not sent[1]["device_wipe_request_time"]


class Recorder:
    """A tenant that returns one device and records what is sent to it."""

    label, http = "contoso", SimpleNamespace(writes=0)

    def __init__(self, device: dict[str, Any]) -> None:
        self.clients, self.device, self.sent = {"exchange": self}, device, list[tuple[str, dict[str, Any]]]()

    def invoke(self, cmdlet: str, parameters: dict[str, Any], *_more: Any) -> Any:
        self.sent.append((cmdlet, parameters))
        mailbox = {"Guid": "m1", "Identity": "adele"}
        known = {
            "Get-MobileDevice": self.device,
            "Get-CASMailbox": mailbox,
            "Get-MobileDeviceStatistics": {"Guid": "g1"},
        }
        values = [known[cmdlet]] if cmdlet in known else []
        return _devices_result(values)

    def progress(self, line: str) -> None:
        pass


def _devices_result(values: list[dict[str, Any]]) -> Any:
    from ansible_collections.intune.exchange.plugins.module_utils._exchange.invoke_command import Result

    return Result(values, [], NOW)


USUAL = {("EAS", "16.1"), ("EAS", "14.1"), ("Outlook", None), ("REST", None), (None, None)}
# Every client and every version at least once; the other pairs in `make test-more`.
CLIENTS = [
    pytest.param(client, version, marks=() if (client, version) in USUAL else pytest.mark.more)
    for client in ("EAS", "Outlook", "REST", None)
    for version in ("16.1", "14.1", None)
]


@pytest.mark.parametrize(("client", "version"), CLIENTS)
def test_no_full_wipe_leaves_unless_it_was_named_and_confirmed(client: str | None, version: str | None) -> None:
    """Every combination of the options that could lead there, with every kind of device."""
    choices: dict[str, list[Any]] = {
        "wipe": [None, "account_only", "full", "cancel"],
        "confirm_full_wipe": [None, "A1", "a1", "A2"],
        "device_id": [None, "A1", "a1"],
        "match": ["one", "all"],
        "max_affected": [None, 0, 1],
        "mailbox": [None, "adele"],
        "access": [None, "allowed", "blocked", "default"],
        "state": ["present", "absent"],
        "check_mode": [False, True],
    }
    full = 0
    for combination in itertools.product(*choices.values()):
        options = dict(zip(choices, combination, strict=True))
        tenant = Recorder({**PHONE, "ClientType": client, "ClientVersion": version})
        try:
            actions.act(tenant, {**NOTHING, **options}, options["check_mode"])  # type: ignore[arg-type]
        except TenantError as error:
            assert error.kind in ("usage", "not_supported", "not_found", "too_many")
        if options["max_affected"] == 0:
            assert not any(cmdlet.startswith(("Clear", "Set", "Remove")) for cmdlet, _parameters in tenant.sent)
        for cmdlet, parameters in tenant.sent:
            if cmdlet == "Clear-MobileDevice" and set(parameters) == {"Identity"}:
                full += 1
                assert options["wipe"] == "full" and options["match"] == "one" and client != "Outlook"
                assert str(options["confirm_full_wipe"]).upper() == str(options["device_id"]).upper() == "A1"
                assert not options["access"] and options["state"] == "present" and not options["check_mode"]
            elif cmdlet == "Clear-MobileDevice":
                assert parameters in ({"Identity": "g1", "AccountOnly": True}, {"Identity": "g1", "Cancel": True})
                assert not options["check_mode"]
    assert bool(full) is (client != "Outlook")


OLD, ASKED, DONE, LATER = (f"2026-11-{day:02}T10:00:00Z" for day in (1, 2, 3, 4))
NEVER = "0001-01-01T00:00:00"


@pytest.mark.parametrize(
    ("account", "full", "first", "stages"),
    [
        ((None, None), (None, None), OLD, ("none", "none")),
        ((NEVER, NEVER), ("", ""), OLD, ("none", "none")),
        ((ASKED, None), (None, None), OLD, ("pending", "none")),
        ((ASKED, DONE), (None, None), OLD, ("done", "none")),
        ((ASKED, ASKED), (None, None), OLD, ("done", "none")),
        # the newest request, and the newest acknowledgement of its kind
        ((ASKED, DONE), (LATER, None), OLD, ("done", "pending")),
        ((ASKED, DONE), (ASKED, LATER), OLD, ("done", "done")),
        ((LATER, DONE), (None, None), OLD, ("pending", "none")),
        ((None, DONE), (None, None), OLD, ("done", "none")),
        # the account was set up again since
        ((ASKED, DONE), (None, None), LATER, ("none", "none")),
        ((ASKED, None), (OLD, ASKED), LATER, ("pending", "none")),
        ((ASKED, DONE), (None, None), None, ("done", "none")),
        # the formats of times
        (("2026-11-02T10:00:00+02:00", "2026-11-02T08:00:01.5Z"), (None, None), OLD, ("done", "none")),
        (("2026-11-02T10:00:00", "2026-11-02T09:59:59"), (None, None), OLD, ("pending", "none")),
    ],
)
def test_how_far_a_wipe_is(account: Any, full: Any, first: Any, stages: tuple[str, str]) -> None:
    names = ("RequestTime", "AckTime")
    statistics = {f"AccountOnlyDeviceWipe{name}": value for name, value in zip(names, account, strict=True)}
    statistics |= {f"DeviceWipe{name}": value for name, value in zip(names, full, strict=True)}
    found = wipe_module.wipe_of({**statistics, "FirstSyncTime": first})
    assert (found["account_only"], found["full"]) == stages


def test_a_time_of_a_wipe_that_cannot_be_read_is_no_missing_wipe() -> None:
    with pytest.raises(TenantError) as caught:
        wipe_module.wipe_of({"DeviceWipeRequestTime": "yesterday"})
    assert caught.value.kind == "unexpected_answer"


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"device_id": "A1"}, "usage", "exactly one of access, wipe and state=absent"),
        ({"device_id": "A1", "wipe": "full", "access": "blocked"}, "usage", "exactly one of"),
        ({"access": "blocked", "match": "all"}, "usage", "no option selects devices"),
        ({"mailbox": "adele.vance", "wipe": "full"}, "usage", "confirm_full_wipe must be the same as device_id"),
        ({"mailbox": "adele.vance", "wipe": "full", "match": "all"}, "usage", "a full wipe is for one device"),
        ({"mailbox": "adele.vance", "wipe": "account_only", "match": "all"}, "usage", "need max_affected"),
        ({"mailbox": "adele.vance", "wipe": "cancel", "match": "all"}, "usage", "need max_affected"),
        ({"mailbox": "adele.vance", "state": "absent", "match": "all"}, "usage", "need max_affected"),
        (
            {"mailbox": "adele.vance", "access": "blocked", "max_affected": -1},
            "usage",
            "it cannot be less than 0",
        ),
        ({"device_id": "none", "wipe": "account_only"}, "not_found", "no device matches"),
        ({"below_minimum_eas_version": False, "device_os": "", "access": "blocked"}, "usage", "device_os is blank"),
    ],
)
def test_what_cannot_be_done(simulator: Simulator, run: Run, options: dict[str, Any], kind: str, words: str) -> None:
    done = run(mobile_device, check_mode=True, **options)
    assert done.get("error", {}).get("kind", "") == kind and words in done.get("msg", "")
    assert writes(simulator) == []


def test_a_second_run_of_allowing_what_is_quarantined_succeeds(simulator: Simulator, run: Run, admin: Any) -> None:
    """Its own change takes the device out of the filter. A mistake in another filter is not a success."""
    admin("Set-ActiveSyncOrganizationSettings", DefaultAccessLevel="Quarantine")
    wanted: dict[str, Any] = {"mailbox": "adele.vance", "access_state": "Quarantined", "access": "allowed"}
    assert run(mobile_device, **wanted)["changed"]
    before = len(writes(simulator))
    for check_mode in (True, False):
        again = run(mobile_device, check_mode, **wanted)
        assert not again["changed"] and again["devices"] == [], again
    assert not run(mobile_device, access_state="DeviceDiscovery", access="allowed").get("failed")
    for wrong in ({"device_type": "Toaster"}, {"access_state": "Allowed", "device_id": "none"}):
        failed = run(mobile_device, **{**wanted, **wrong})
        assert failed["error"]["kind"] == "not_found", failed
        assert "no device matches mailbox adele.vance, " in failed["msg"]
    assert "access_state Allowed" in failed["msg"] and "device_id none" in failed["msg"]
    assert len(writes(simulator)) == before


def test_several_candidates_are_listed(simulator: Simulator, run: Run) -> None:
    failed = run(mobile_device, access_state="Allowed", access="blocked")
    assert failed["error"]["kind"] == "ambiguous" and len(failed["error"]["candidates"]) == 2
    assert " of adele.vance (" in failed["msg"] and "by match" in failed["msg"]
