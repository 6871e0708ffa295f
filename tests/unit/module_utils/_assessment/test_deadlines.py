# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who loses mail when: each deadline in each status by its detector, and on a tenant with affected people for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._assessment.deadline_detectors import DETECTORS
from ansible_collections.intune.exchange.plugins.module_utils._assessment.deadline_table import DEADLINES, Deadline
from ansible_collections.intune.exchange.plugins.module_utils._assessment.deadlines import answer
from ansible_collections.intune.exchange.plugins.module_utils._assessment.legacy_log import (
    Background,
    interactive,
    read_background,
)
from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.assignments import Person
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import ErrorResponse, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import ReadResult
from ansible_collections.intune.exchange.plugins.modules import mobile_access_assessment_info as assessment
from ansible_collections.intune.exchange.plugins.modules import mobile_access_deadlines_info as module
from simulator import Simulator

from ..conftest import writes

Run = Callable[..., dict[str, Any]]
ROOT = Path(__file__).parents[4]
REFUSED = TenantError(
    "forbidden", "refused", "read it", answer=ErrorResponse("Graph", 403, ""), next_step="Grant This.Read.All"
)
EXCHANGE_ONLINE = "00000002-0000-0ff1-ce00-000000000000"
PEOPLE: tuple[dict[Person, int], list[str]] = ({Person("a", groups=frozenset({"g"})): 3, Person("b"): 2}, [])
NOTHING: dict[str, Any] = {
    "eas_devices": [],
    "mail_client_sign_ins": [],
    "sign_ins": [],
    "background_sign_ins": Background([]),
    "policies": [],
    "people": PEOPLE,
    "exchange": {"EwsEnabled": None},
    "mail_apps": {"people": 0, "apps": {}, "other_mobile": [], "smtp": [], "concealed": False},
}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=["ready", "deadlines", "retired_covered"], page_size=2, rate_limits=False) as one:
        yield one


def as_read(value: Any) -> ReadResult[Any]:
    return ReadResult(None, value) if isinstance(value, TenantError) else ReadResult(value)


def phone(user: str | None = "u1", below: bool | None = False, synchronized: int | None = 1) -> dict[str, Any]:
    return {
        "mailbox": "Somebody",
        "guid": f"guid of {user}",
        "device_id": "A1",
        "below_minimum_eas_version": below,
        "days_since_last_sync": synchronized,
        "owner": {"user_id": user, "address": f"{user}@contoso.example"} if user else None,
    }


def sign_in(client: str, user: str = "u1", error: int = 0, policies: str = "success") -> dict[str, Any]:
    return {
        "clientAppUsed": client,
        "userId": user.upper(),
        "userPrincipalName": f"{user}@contoso.example",
        "status": {"errorCode": error},
        "conditionalAccessStatus": policies,
    }


def policy(controls: list[str], state: str = "enabled", *, users: Any = None, **applications: Any) -> dict[str, Any]:
    return {
        "displayName": "Ours",
        "state": state,
        "conditions": {"users": users or {"includeUsers": ["All"]}, "applications": applications},
        "grantControls": {"operator": "OR", "builtInControls": controls},
    }


READ = interactive(datetime(2026, 11, 29, tzinfo=UTC))
APPS = "Mobile Apps and Desktop clients"
ALL_BUT: dict[str, Any] = {"includeApplications": ["All"], "excludeApplications": [EXCHANGE_ONLINE]}
ALL_BY_FILTER: dict[str, Any] = {
    "includeApplications": ["All"],
    "applicationFilter": {"mode": "exclude", "rule": 'CustomSecurityAttribute.a_b -eq "x"'},
}
SMTP = {**NOTHING["mail_apps"], "smtp": ["scanner@contoso.example"]}
CONCEALED = {**NOTHING["mail_apps"], "smtp": ["0F", "1A"], "concealed": True}
# deadline, differences from an empty tenant, status, certainty, people, how many
CASES: list[tuple[str, dict[str, Any], str, str, list[str], int | None]] = [
    ("eas_version", {}, "not_affected", "exact", [], 0),
    ("eas_version", {"eas_devices": [phone(below=True), phone("u2")]}, "affected", "exact", ["u1@contoso.example"], 1),
    ("eas_version", {"eas_devices": [phone(None, below=True)]}, "affected", "exact", ["Somebody"], 1),
    ("eas_version", {"eas_devices": [phone(below=None)]}, "unknown", "cannot_be_told", [], 0),
    ("eas_version", {"eas_devices": REFUSED}, "unknown", "cannot_be_told", [], 0),
    ("approved_client_app", {}, "not_affected", "exact", [], 0),
    ("approved_client_app", {"policies": [policy(["approvedApplication"])]}, "affected", "exact", [], 5),
    (
        "approved_client_app",
        {"policies": [policy(["approvedApplication"], users={"includeGroups": ["g"]})]},
        "affected",
        "exact",
        [],
        3,
    ),
    (
        "approved_client_app",
        {"policies": [policy(["approvedApplication"])], "people": REFUSED},
        "affected",
        "exact",
        [],
        None,
    ),
    (
        "approved_client_app",
        {"policies": [policy(["approvedApplication", "compliantApplication"])]},
        "not_affected",
        "exact",
        [],
        0,
    ),
    (
        "approved_client_app",
        {"policies": [policy(["approvedApplication"], "disabled")]},
        "not_affected",
        "exact",
        [],
        0,
    ),
    ("approved_client_app", {"policies": REFUSED, "people": REFUSED}, "unknown", "cannot_be_told", [], 0),
    ("all_resources", {"policies": [policy(["mfa"], **ALL_BUT)]}, "affected", "likely", [], 5),
    ("all_resources", {"policies": [policy(["mfa"], includeApplications=["All"])]}, "not_affected", "exact", [], 0),
    ("all_resources", {"policies": [policy(["mfa"], "disabled", **ALL_BUT)]}, "not_affected", "exact", [], 0),
    # conditionalAccessApplications: applicationFilter excludes too, and the notice of the change does not mention it.
    ("all_resources", {"policies": [policy(["mfa"], **ALL_BY_FILTER)]}, "unknown", "cannot_be_told", [], 5),
    (
        "all_resources",
        {"policies": [policy(["mfa"], **{**ALL_BY_FILTER, "applicationFilter": {"mode": "include", "rule": "x"}})]},
        "not_affected",
        "exact",
        [],
        0,
    ),
    ("all_resources", {"policies": [policy(["mfa"], "disabled", **ALL_BY_FILTER)]}, "not_affected", "exact", [], 0),
    ("all_resources", {"policies": REFUSED, "people": REFUSED}, "unknown", "cannot_be_told", [], 0),
    ("ews_blocked", {}, "unknown", "cannot_be_told", [], 0),
    (
        "ews_blocked",
        {"sign_ins": [sign_in("Exchange Web Services")]},
        "affected",
        "likely",
        ["u1@contoso.example"],
        1,
    ),
    ("ews_blocked", {"sign_ins": [sign_in("Exchange Web Services", error=50126)]}, "unknown", "cannot_be_told", [], 0),
    (
        "ews_blocked",
        {"sign_ins": [sign_in("Exchange Web Services", policies="failure")]},
        "unknown",
        "cannot_be_told",
        [],
        0,
    ),
    (
        "ews_blocked",
        {"sign_ins": [sign_in("Exchange Web Services", policies="Failure")]},
        "unknown",
        "cannot_be_told",
        [],
        0,
    ),
    ("ews_blocked", {"sign_ins": REFUSED}, "unknown", "cannot_be_told", [], 0),
    # "Block legacy authentication": "Also perform these steps on the User sign-ins (non-interactive) tab".
    (
        "ews_blocked",
        {"background_sign_ins": Background([sign_in("Exchange Web Services")])},
        "affected",
        "likely",
        ["u1@contoso.example"],
        1,
    ),
    (
        "ews_off",
        {"sign_ins": [sign_in("Exchange Web Services")], "background_sign_ins": REFUSED},
        "affected",
        "likely",
        ["u1@contoso.example"],
        1,
    ),
    ("smtp_basic", {"background_sign_ins": REFUSED}, "unknown", "cannot_be_told", [], 0),
    (
        "smtp_basic",
        {"background_sign_ins": Background([sign_in("Other clients; SMTP")])},
        "affected",
        "likely",
        ["u1@contoso.example"],
        1,
    ),
    ("smtp_basic", {"background_sign_ins": Background([sign_in("Other clients")])}, "unknown", "cannot_be_told", [], 0),
    ("smtp_basic", {"background_sign_ins": Background([sign_in("IMAP4")])}, "not_affected", "likely", [], 0),
    ("smtp_basic", {"background_sign_ins": Background([sign_in("IMAP4")], False)}, "unknown", "cannot_be_told", [], 0),
    ("smtp_basic", {"mail_apps": REFUSED, "background_sign_ins": REFUSED}, "unknown", "cannot_be_told", [], 0),
    (
        "smtp_basic",
        {"sign_ins": [sign_in("SMTP")], "background_sign_ins": REFUSED},
        "affected",
        "likely",
        ["u1@contoso.example"],
        1,
    ),
    (
        "eas_certificates",
        {"eas_devices": [phone()], "background_sign_ins": Background([sign_in("Exchange ActiveSync")])},
        "not_affected",
        "likely",
        [],
        0,
    ),
    (
        "eas_certificates",
        {"eas_devices": [phone()], "background_sign_ins": REFUSED},
        "affected",
        "likely",
        ["u1@contoso.example"],
        1,
    ),
    # Whether these people signed in is not known without the interactive sign-ins.
    ("eas_certificates", {"eas_devices": [phone()], "sign_ins": REFUSED}, "unknown", "cannot_be_told", [], 0),
    (
        "eas_certificates",
        {"eas_devices": [phone()], "sign_ins": REFUSED, "mail_client_sign_ins": [sign_in(APPS)]},
        "not_affected",
        "likely",
        [],
        0,
    ),
    ("ews_off", {"exchange": {"EwsEnabled": False}, "sign_ins": REFUSED}, "not_affected", "exact", [], 0),
    ("ews_off", {"exchange": {"EwsEnabled": "False"}}, "unknown", "cannot_be_told", [], 0),
    ("ews_off", {"exchange": {"EwsEnabled": []}}, "unknown", "cannot_be_told", [], 0),
    ("ews_off", {"exchange": REFUSED}, "unknown", "cannot_be_told", [], 0),
    ("ews_off", {"sign_ins": [sign_in("Exchange Web Services")]}, "affected", "likely", ["u1@contoso.example"], 1),
    ("eas_certificates", {}, "not_affected", "exact", [], 0),
    ("eas_certificates", {"eas_devices": [phone()]}, "affected", "likely", ["u1@contoso.example"], 1),
    ("eas_certificates", {"eas_devices": [phone(synchronized=30)]}, "affected", "likely", ["u1@contoso.example"], 1),
    ("eas_certificates", {"eas_devices": [phone(synchronized=31)]}, "not_affected", "likely", [], 0),
    (
        "eas_certificates",
        {"eas_devices": [phone()], "mail_client_sign_ins": [sign_in(APPS)]},
        "not_affected",
        "likely",
        [],
        0,
    ),
    (
        "eas_certificates",
        {"eas_devices": [phone()], "sign_ins": [sign_in("Exchange ActiveSync")]},
        "not_affected",
        "likely",
        [],
        0,
    ),
    (
        "eas_certificates",
        {"eas_devices": [phone()], "sign_ins": [sign_in("POP3")]},
        "affected",
        "likely",
        ["u1@contoso.example"],
        1,
    ),
    # A stopped sign-in ("Error codes": 53003, blocked by Conditional Access) does not explain a synchronization.
    (
        "eas_certificates",
        {"eas_devices": [phone()], "mail_client_sign_ins": [sign_in(APPS, error=53003, policies="failure")]},
        "affected",
        "likely",
        ["u1@contoso.example"],
        1,
    ),
    (
        "eas_certificates",
        {"eas_devices": [phone()], "mail_client_sign_ins": [sign_in(APPS, error=50126), sign_in(APPS)]},
        "not_affected",
        "likely",
        [],
        0,
    ),
    ("eas_certificates", {"eas_devices": [phone(None)]}, "unknown", "cannot_be_told", [], 0),
    ("eas_certificates", {"eas_devices": [phone(synchronized=None)]}, "unknown", "cannot_be_told", [], 0),
    (
        "eas_certificates",
        {"eas_devices": [phone()], "mail_client_sign_ins": REFUSED},
        "unknown",
        "cannot_be_told",
        [],
        0,
    ),
    ("eas_certificates", {"eas_devices": REFUSED}, "unknown", "cannot_be_told", [], 0),
    ("smtp_basic", {}, "not_affected", "likely", [], 0),
    ("smtp_basic", {"sign_ins": [sign_in("Authenticated SMTP")]}, "affected", "likely", ["u1@contoso.example"], 1),
    ("smtp_basic", {"sign_ins": [sign_in("Authenticated SMTP", error=50126)]}, "not_affected", "likely", [], 0),
    # The words of clientAppUsed in Microsoft Graph (resources/signin) and of the filters of the sign-in log.
    ("smtp_basic", {"sign_ins": [sign_in("SMTP")]}, "affected", "likely", ["u1@contoso.example"], 1),
    ("smtp_basic", {"sign_ins": [sign_in("Other clients; SMTP")]}, "affected", "likely", ["u1@contoso.example"], 1),
    ("smtp_basic", {"sign_ins": [sign_in("Other clients; IMAP")]}, "not_affected", "likely", [], 0),
    ("smtp_basic", {"sign_ins": [sign_in("Other clients")]}, "unknown", "cannot_be_told", [], 0),
    ("smtp_basic", {"sign_ins": [sign_in("Other clients", error=50126)]}, "not_affected", "likely", [], 0),
    (
        "eas_certificates",
        {"eas_devices": [phone()], "sign_ins": [sign_in("Exchange ActiveSync (supported)")]},
        "not_affected",
        "likely",
        [],
        0,
    ),
    ("smtp_basic", {"mail_apps": SMTP}, "affected", "likely", ["scanner@contoso.example"], 1),
    (
        "smtp_basic",
        {"mail_apps": CONCEALED, "sign_ins": [sign_in("Authenticated SMTP")]},
        "affected",
        "likely",
        ["u1@contoso.example"],
        2,
    ),
    ("smtp_basic", {"mail_apps": REFUSED}, "unknown", "cannot_be_told", [], 0),
    ("smtp_basic", {"sign_ins": REFUSED}, "unknown", "cannot_be_told", [], 0),
    ("smtp_basic", {"mail_apps": SMTP, "sign_ins": REFUSED}, "affected", "likely", ["scanner@contoso.example"], 1),
    ("smtp_basic", {"mail_apps": REFUSED, "sign_ins": REFUSED}, "unknown", "cannot_be_told", [], 0),
]


@pytest.mark.parametrize(("deadline", "facts", "status", "certainty", "people", "number"), CASES)
def test_a_deadline(
    deadline: str, facts: dict[str, Any], status: str, certainty: str, people: list[str], number: int | None
) -> None:
    read = {name: as_read(value) for name, value in {**NOTHING, **facts}.items()}
    found = {one["id"]: one for one in answer(read, date(2026, 11, 29))}[deadline]
    shown = (found["status"], found["certainty"], found["people"], found["people_count"])
    assert shown == (status, certainty, people, number)
    assert found["evidence"]
    if status != "not_affected":
        assert found["next_step"]
    if certainty == "cannot_be_told" and REFUSED in facts.values() and deadline != "ews_off":
        assert "could not read it: refused" in found["evidence"]
        assert found["next_step"] == "Grant This.Read.All"


@pytest.mark.parametrize("deadline", DEADLINES, ids=lambda one: one.id)
def test_each_date_has_a_public_source_and_the_guide_says_where_it_ends(deadline: Deadline) -> None:
    """Readers who must migrate people can read the notice; undetectable cases are documented."""
    assert re.match(
        r"https://(learn\.microsoft|techcommunity\.microsoft|petri|office365itpros)\.com/\S+( \(.+\))?$",
        deadline.source,
    )
    guide = (ROOT / "docs/docsite/rst/guide_deadlines.rst").read_text(encoding="utf-8")
    _start, _found, table = guide.partition("- Limits")
    assert f"``{deadline.id}``" in table.partition("Questions that need a real tenant")[0]
    assert date.fromisoformat(deadline.date) and deadline.needs and deadline.next_step and deadline.detected_by


def test_the_table_has_a_detector_for_each_row_and_the_days_that_are_left() -> None:
    assert [one.id for one in DEADLINES] == list(DETECTORS)
    dates = [one.date for one in DEADLINES]
    assert dates == sorted(dates)
    nothing = {name: as_read(value) for name, value in NOTHING.items()}
    left = {one["id"]: one["days_left"] for one in answer(nothing, date(2026, 12, 30))}
    assert (left["eas_certificates"], left["ews_off"], left["eas_version"]) == (1, 92, -304)
    cases = {(deadline, status) for deadline, _facts, status, *_rest in CASES}
    assert {one for one, _status in cases} == set(DETECTORS)


def test_a_tenant_with_somebody_for_each(run: Run, simulator: Simulator) -> None:
    result = run(module, tenant="deadlines")
    found = {one["id"]: one for one in result["deadlines"]}
    assert {name: (one["status"], one["certainty"]) for name, one in found.items()} == {
        "eas_version": ("affected", "exact"),
        "approved_client_app": ("affected", "exact"),
        "all_resources": ("affected", "likely"),
        "ews_blocked": ("affected", "likely"),
        "eas_certificates": ("affected", "likely"),
        "smtp_basic": ("affected", "likely"),
        "ews_off": ("affected", "likely"),
    }
    assert found["eas_version"]["people"] == ["alex.wilber@deadlines.example"]
    assert [one["client_version"] for one in found["eas_version"]["devices"]] == ["14.1"]
    # The iPad asks Microsoft Entra, and the old phone has been silent for longer than the log goes back.
    assert found["eas_certificates"]["people"] == ["adele.vance@deadlines.example"]
    assert [one["device_model"] for one in found["eas_certificates"]["devices"]] == ["iPhone14C2"]
    assert found["smtp_basic"]["people"] == ["scanner@deadlines.example"]
    assert found["ews_off"]["people"] == ["administrator@deadlines.example"]
    assert found["approved_client_app"]["policies"] == ["Approved apps only"]
    assert found["approved_client_app"]["people_count"] == 2
    assert found["all_resources"]["policies"] == ["Second factor but for Exchange"]
    assert found["all_resources"]["people_count"] == 4
    assert result["summary"] == {"affected": 7}
    assert not result["changed"] and not writes(simulator)


def test_a_tenant_that_has_moved_on(run: Run) -> None:
    rows = run(module, tenant="retired_covered")["deadlines"]
    found = {one["id"]: one["status"] for one in rows}
    assert {bool(one["next_step"]) for one in rows if one["status"] == "not_affected"} == {False}
    assert {bool(one["next_step"]) for one in rows if one["status"] != "not_affected"} == {True}
    ews = found.pop("ews_blocked"), found.pop("ews_off")
    assert set(found.values()) == {"not_affected"}
    assert ews == ("unknown", "unknown")


def test_what_cannot_be_read_cannot_be_told(run: Run, simulator: Simulator) -> None:
    refusal = {"error": {"code": "Authentication_MSGraphPermissionMissing", "message": "no"}}
    simulator.fault(match="GET /beta/auditLogs/signIns", kind="status", status=403, body=refusal, count=99)
    found = {one["id"]: one for one in run(module, tenant="deadlines")["deadlines"]}
    certificates = found["eas_certificates"]
    assert (certificates["status"], certificates["certainty"]) == ("unknown", "cannot_be_told")
    assert "could not read the sign-in log" in certificates["evidence"]
    assert found["eas_version"]["status"] == "affected"


def test_the_assessment_has_them_without_the_last_synchronization(run: Run) -> None:
    found = {one["id"]: one for one in run(assessment, tenant="deadlines")["deadlines"]}
    assert list(found) == list(DETECTORS)
    assert found["eas_certificates"]["status"] == "unknown"
    assert "mobile_access_deadlines_info" in found["eas_certificates"]["next_step"]
    assert [one["client_version"] for one in found["eas_version"]["devices"]] == ["14.1"]
    assert found["smtp_basic"]["people"] == ["scanner@deadlines.example"]


def test_nothing_can_be_read(run: Run) -> None:
    result = run(module, tenant="deadlines", application="restricted")
    assert result["failed"] and result["error"]["kind"] == "forbidden", result


def test_an_app_that_is_not_in_the_list(run: Run) -> None:
    result = run(module, tenant="deadlines", mail_apps=["O'Reilly Mail"])
    found = {one["id"]: one for one in result["deadlines"]}
    assert len(found["eas_certificates"]["people"]) == 2
    assert run(module, tenant="deadlines", mail_apps=[])["error"]["kind"] == "usage"


@pytest.mark.parametrize("deadline", ["ews_blocked", "ews_off", "smtp_basic"])
@pytest.mark.parametrize(
    ("background", "words"),
    [
        (Background([]), "interactively or not"),
        (Background([sign_in("IMAP4")], False), "(only the latest 10000 non-interactive sign-ins were read)"),
        (REFUSED, "(non-interactive sign-ins are left out: could not read it: refused)"),
    ],
)
def test_it_says_which_sign_ins_were_read(deadline: str, background: Any, words: str) -> None:
    """ "Block legacy authentication": non-interactive sign-ins are a list of their own."""
    facts = NOTHING | {"background_sign_ins": background}
    found = {one["id"]: one for one in answer({name: as_read(one) for name, one in facts.items()}, date(2026, 11, 29))}
    assert words in found[deadline]["evidence"] and found[deadline]["certainty"] != "exact"


def test_non_interactive_sign_ins_of_thirty_days_are_read(run: Run, simulator: Simulator) -> None:
    """Each list in a request of its own; what cannot be read leaves open whether there are any."""
    simulator.describe({"sign_ins": HIDDEN}, "retired_covered")
    found = {one["id"]: one for one in run(module, tenant="retired_covered")["deadlines"]}
    assert [one.partition("@")[0] for one in found["smtp_basic"]["people"]] == ["adele.vance"]
    assert found["ews_off"]["status"] == "unknown"
    reads = [one for one in simulator.requests() if one["operation"] == "auditLogs.ListSignIns"]
    # That of v1.0 is a part of a batch.
    assert len(reads) == 2 and all("/beta/" in one["path"] for one in reads), reads
    checks = {one["id"]: one for one in run(assessment, tenant="retired_covered")["checks"]}
    assert checks["legacy_sign_ins"]["status"] == "unmet"
    evidence = checks["legacy_sign_ins"]["evidence"]
    assert "1 sign-in of 1 person with legacy clients" in evidence and "1 attempt that failed" in evidence
    refusal = {"error": {"code": "Authentication_MSGraphPermissionMissing", "message": "no"}}
    simulator.fault(match="GET /beta/auditLogs/signIns", kind="status", status=403, body=refusal, count=99)
    checks = {one["id"]: one for one in run(assessment, tenant="retired_covered")["checks"]}
    assert checks["legacy_sign_ins"]["status"] == "unknown"
    assert "could not read the sign-in log" in checks["legacy_sign_ins"]["evidence"]


def test_no_more_non_interactive_sign_ins_are_read_than_can_be_kept() -> None:
    """A tenant may have millions: reading ends, and says so."""
    given = 0

    def stream(path: str, purpose: Any, version: str) -> Iterator[dict[str, Any]]:
        nonlocal given
        assert version == "beta" and "t eq 'nonInteractiveUser'" in unquote(path)
        assert "createdDateTime ge 2026-10-30T00:00:00Z and " in unquote(path)
        for number in count():
            given += 1
            yield {**sign_in("IMAP4"), "id": str(number), "isInteractive": False, "deviceDetail": {}}

    tenant: Any = SimpleNamespace(
        graph=SimpleNamespace(stream=stream),
        http=SimpleNamespace(now=lambda: datetime(2026, 11, 29, tzinfo=UTC)),
        tokens=SimpleNamespace(tenant=lambda service: "t"),
    )
    found = read_background(tenant)
    assert len(found.sign_ins) == 10_000 and not found.whole and given == 10_001
    assert dict(found.sign_ins[0]) == sign_in("IMAP4")


HIDDEN = [
    {"user": "adele.vance", "client": "Authenticated SMTP", "age": 3600, "interactive": False},
    {"user": "adele.vance", "client": "Exchange Web Services", "age": 29 * 86400, "interactive": False, "error": 50126},
]


@pytest.mark.parametrize(
    "client",
    # signIn in Microsoft Graph: "For example: Browser, Exchange ActiveSync, Modern clients, IMAP, MAPI, SMTP, or POP";
    # "Sign-in log activity details" and "Block legacy authentication" have the others.
    [
        *("Exchange ActiveSync", "Exchange ActiveSync (supported)", "Exchange ActiveSync (unsupported)"),
        *("IMAP", "MAPI", "SMTP", "POP", "IMAP4", "POP3", "Authenticated SMTP", "MAPI Over HTTP"),
        *("Other clients", "Other clients; IMAP", "Other clients; MAPI", "Other clients; POP", "Other clients; SMTP"),
        *("Other clients; Older Office clients", "Outlook Service", "Universal Outlook"),
    ],
)
def test_each_word_for_a_legacy_client_is_read(client: str) -> None:
    assert f"clientAppUsed eq '{client}'" in unquote(READ.path)


@pytest.mark.parametrize("client", ["Browser", "Mobile Apps and Desktop clients", "Modern clients"])
def test_no_other_client_is_read(client: str) -> None:
    assert client not in unquote(READ.path)
    assert "createdDateTime ge 2026-10-30T00:00:00Z and (" in unquote(READ.path)
