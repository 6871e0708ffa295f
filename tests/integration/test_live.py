# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make live`, with a second simulator in place of the real tenant: one that deliberately responds differently."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator import Simulator
from tests.live.probes import MADE, PREFIX, Side
from tests.live.report import NOT_SHOWN, Names, markdown
from tests.live.settings import Terms

from .conftest import ROOT

pytestmark = pytest.mark.more

LIVE = importlib.import_module("tests.live.__main__")
PAGE = 3  # objects, so that there are pages
# A tenant that differs from its counterpart in names only.
TENANT = """
extends: retired_with_holes
domain: canary-domain.example
display_name: Canary Company
groups:
  Canary Group: {members: [adele.vance]}
"""
POLICIES = "identity.conditionalAccess.ListPolicies"
MAILBOX_POLICIES = "Get-MobileDeviceMailboxPolicy"
NOT_FOUND = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
Change = Callable[[Any], Any]
Facts = dict[str, Any]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    description = tmp_path_factory.mktemp("tenant") / "other.yml"
    description.write_text(TENANT)
    with Simulator(tenants=[description, "ready"], page_size=PAGE, rate_limits=False) as simulator:
        yield simulator


@pytest.fixture
def other(started: Simulator) -> Simulator:
    started.reset()
    return started


@pytest.fixture
def plant(other: Simulator, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, Change], None]:
    """Makes the second simulator respond differently to an operation."""

    def planted(name: str, operation: str, change: Change) -> None:
        service = getattr(other._environment, name)
        respond = service.respond

        def changed(call: Any) -> Any:
            answer = respond(call)
            return change(answer) if service.purpose(call).operation == operation else answer

        monkeypatch.setattr(service, "respond", changed)

    return planted


def present(simulator: Simulator) -> str:
    """The state of the tenant, without deleted policies that the service keeps for a while."""
    state = simulator.state()
    return json.dumps({name: value for name, value in state.items() if name != "deletedConditionalAccessPolicies"})


def held(other: Simulator) -> Facts:
    """Everything in the tenant; a kind that was only read is there too, and empty."""
    return {name: value for name, value in other.state().items() if value and name != "at"}


def compared(other: Simulator, writes: bool = False, **start: Any) -> Facts:
    terms = Terms(other.options(), writes)
    facts: Facts = LIVE.examine(terms, lambda line: None, other.advance, {"page_size": PAGE, **start})
    assert facts["compared"] > 30
    return facts


def in_items(edit: Callable[[dict[str, Any]], Any]) -> Change:
    """A change of every object in a returned list."""

    def change(answer: Any) -> Any:
        body = json.loads(answer.content() or b"null")
        if answer.status >= 300 or not isinstance(body, dict):
            return answer
        for item in body["value"]:
            edit(item)
        return replace(answer, body=body)

    return change


def without_link(answer: Any) -> Any:
    return replace(answer, body={name: value for name, value in answer.body.items() if name != "@odata.nextLink"})


def refused_as(code: str) -> Change:
    def change(answer: Any) -> Any:
        return replace(answer, body=json.loads(answer.content().replace(NOT_FOUND.encode(), code.encode())))

    return change


def with_status(status: int) -> Change:
    return lambda answer: replace(answer, status=status if answer.status == 400 else answer.status)


def without_header(answer: Any) -> Any:
    return replace(answer, headers={name: value for name, value in answer.headers.items() if name != "request-id"})


# Where, the planted difference, and its report: what, where, and what each side said.
PLANTS: dict[str, tuple[str, str, Change, tuple[str, str, list[str], list[str]]]] = {
    "property missing": (
        "graph",
        POLICIES,
        in_items(lambda item: item.pop("createdDateTime")),
        ("property only of the simulator", "value[].createdDateTime", [], ["string"]),
    ),
    "property missing further inside": (
        "graph",
        POLICIES,
        in_items(lambda item: item["conditions"]["users"].pop("excludeRoles")),
        ("property only of the simulator", "value[].conditions.users.excludeRoles", [], ["array"]),
    ),
    "property more": (
        "exchange",
        MAILBOX_POLICIES,
        in_items(lambda item: item.update(AllowHolograms=True)),
        ("property only of the tenant", "value[].AllowHolograms", ["boolean"], []),
    ),
    "another type": (
        "exchange",
        MAILBOX_POLICIES,
        in_items(lambda item: item.update(PasswordEnabled="True")),
        ("type", "value[].PasswordEnabled", ["string"], ["boolean"]),
    ),
    "another error code": (
        "exchange",
        "Get-CASMailbox",
        refused_as("Microsoft.Exchange.AnotherException"),
        ("error code", "", ["400 Microsoft.Exchange.AnotherException"], [f"400 {NOT_FOUND}"]),
    ),
    "another status": (
        "exchange",
        MAILBOX_POLICIES,
        with_status(422),
        ("status", "", [f"422 {NOT_FOUND}"], [f"400 {NOT_FOUND}"]),
    ),
    "page link missing": (
        "graph",
        "subscribedSkus.subscribedSku.ListSubscribedSku",
        without_link,
        ("page link", "", [], [f"a link after {PAGE} items"]),
    ),
    "page link missing in Exchange": (
        "exchange",
        "Get-CASMailboxPlan",
        without_link,
        ("page link", "", [], [f"a link after {PAGE} items"]),
    ),
    "value outside the enumeration": (
        "graph",
        POLICIES,
        in_items(lambda item: item["conditions"].update(clientAppTypes=["canary-client"])),
        ("enumeration", "value[].conditions.clientAppTypes[]", ["a value outside"], []),
    ),
    "value outside the enumeration in Exchange": (
        "exchange",
        "Get-ActiveSyncOrganizationSettings",
        in_items(lambda item: item.update(DefaultAccessLevel="canary-level")),
        ("enumeration", "value[].DefaultAccessLevel", ["a value outside"], []),
    ),
    "header missing": (
        "exchange",
        "Get-RoleGroup",
        without_header,
        ("header", "answer done: request-id", [], ["there"]),
    ),
    "header missing in the part of a batch": (
        "graph",
        "roleManagement.directory.ListRoleAssignments",
        without_header,
        ("header", "part done: request-id", [], ["there"]),
    ),
    "name in place of a property": (
        "exchange",
        MAILBOX_POLICIES,
        in_items(lambda item: item.update({"adele.vance": item["Name"], "Name": "adele.vance@canary-domain.example"})),
        ("property only of the tenant", f"value[].{NOT_SHOWN}", ["string"], []),
    ),
    "sentence in place of an error code": (
        "exchange",
        "Get-CASMailbox",
        refused_as("Canary Company has no such mailbox"),
        ("error code", "", [f"400 {NOT_SHOWN}"], [f"400 {NOT_FOUND}"]),
    ),
}


def canaries(simulator: Simulator) -> set[str]:
    facts = simulator.facts()
    secret = {
        str(facts[name]) for name in ("tenant_id", "domain", "client_id", "object_id", "client_secret", "account")
    }
    users = simulator.state()["users"]
    for user in users.values() if isinstance(users, dict) else users:
        secret |= {str(user[name]) for name in ("id", "userPrincipalName", "displayName", "mail") if user.get(name)}
    return secret | {
        "canary",
        "Canary",
        "adele.vance",
        "Emergency accounts",
        "Outlook on iOS",
        str(simulator.urls["graph_url"]),
    }


def nothing_of_the_tenant(facts: Facts, simulator: Simulator) -> None:
    text = markdown(facts) + json.dumps(facts)
    assert len(canaries(simulator)) > 15
    assert [one for one in canaries(simulator) if one in text] == []


def told(difference: Facts) -> tuple[str, str, list[str], list[str]]:
    return difference["kind"], difference["place"], difference["tenant"], difference["simulator"]


def effects(simulator: Simulator) -> list[str]:
    return [row["operation"] for row in simulator.requests() if row["effect"]]


@pytest.mark.parametrize("name", PLANTS)
def test_each_planted_difference_is_reported_and_none_else(
    name: str, other: Simulator, plant: Callable[[str, str, Change], None]
) -> None:
    service, operation, change, wanted = PLANTS[name]
    plant(service, operation, change)
    facts = compared(other)
    assert [told(one) for one in facts["differences"]] == [wanted]
    (found,) = facts["differences"]
    assert (found["service"], found["operation"]) == (service, operation)
    assert found["declared"] and all(one["mark"] and one["source"] for one in found["declared"])
    assert all(f"`{one['behaviour']}`, {one['mark']} ({one['source']})" in markdown(facts) for one in found["declared"])
    nothing_of_the_tenant(facts, other)


def test_two_simulators_that_agree_have_no_differences_and_nothing_is_written(other: Simulator) -> None:
    before = held(other)
    facts = compared(other)
    assert facts["differences"] == [] and facts["held_back"] == [] and not facts["wrote"]
    assert {one["tenant"] for one in facts["tasks"]} == {"ok", "not_found", "refused"}
    assert effects(other) == [] and held(other) == before
    nothing_of_the_tenant(facts, other)


def test_other_page_sizes_are_reported(other: Simulator) -> None:
    facts = compared(other, page_size=PAGE - 1)
    assert {one["kind"] for one in facts["differences"]} == {"page size", "page link"}
    sizes = [told(one)[2:] for one in facts["differences"] if one["kind"] == "page size"]
    assert sizes and all(one == ([str(PAGE)], [str(PAGE - 1)]) for one in sizes)


def test_an_answer_that_asks_to_come_again_is_no_difference(other: Simulator) -> None:
    other.fault(match=MAILBOX_POLICIES, kind="status", status=429, headers={"Retry-After": "1"})
    facts = compared(other)
    assert facts["differences"] == []
    assert [one["why"] for one in facts["not_compared"]] == ["1 answer that the tenant asked to repeat"]


def test_with_leave_three_objects_live_and_are_gone(other: Simulator) -> None:
    facts = compared(other, writes=True)
    assert facts["differences"] == [] and facts["remains"] == [] and facts["removed"] == 0
    assert effects(other) == [
        *(f"{verb}-ActiveSyncDeviceAccessRule" for verb in ("New", "Set", "Remove")),
        *(f"{verb}-MobileDeviceMailboxPolicy" for verb in ("New", "Set", "Remove")),
        *(f"identity.conditionalAccess.{what}" for what in ("CreatePolicies", "UpdatePolicies", "DeletePolicies")),
    ]
    assert PREFIX not in present(other)
    nothing_of_the_tenant(facts, other)


@pytest.mark.parametrize("made", MADE, ids=lambda made: made.module)
def test_without_leave_nothing_is_written(other: Simulator, made: Any) -> None:
    side = Side(other.options(), sleep=other.advance)
    ended = side.run(made.probe(f"{PREFIX}20260101T000000Z-0000", "present", made.first))
    assert ended["error"]["kind"] == "held_back" and effects(other) == []


def test_with_the_token_of_another_tenant_nothing_is_written(other: Simulator) -> None:
    """Graph has no tenant in its addresses: only the token says which tenant is written to."""
    made = MADE[-1]
    granted = {"Policy.Read.All", "Policy.ReadWrite.ConditionalAccess", "Application.Read.All"}
    tokens = {"graph_token": other.token("graph", "ready", granted), "exchange_token": other.token("exchange", "ready")}
    side = Side({**other.options(method="token"), **tokens}, sleep=other.advance)
    with side.writing():
        ended = side.run(made.probe(f"{PREFIX}20260101T000000Z-0000", "present", made.first))
    # The collection itself compares the token with the tenant id, before this command's guard.
    assert ended["error"]["kind"] == "usage" and effects(other) == []


def test_with_leave_nothing_else_is_written(other: Simulator) -> None:
    side = Side(other.options(), sleep=other.advance)
    with side.writing():
        wanted = {"default_access_level": "Block", "accept_impact": True}
        ended = side.run(LIVE.Probe("activesync_organization_settings", wanted))
    assert ended["error"]["kind"] == "held_back" and effects(other) == []


def test_what_was_made_is_removed_after_a_failure(other: Simulator) -> None:
    other.fault(match="Set-MobileDeviceMailboxPolicy", kind="status", status=403, count=100)
    other.fault(match="identity.conditionalAccess.CreatePolicies", kind="reset", phase="after_effect")
    facts = compared(other, writes=True)
    assert facts["remains"] == [] and PREFIX not in present(other)
    assert "status" in {one["kind"] for one in facts["differences"]}


def test_what_cannot_be_removed_is_named(other: Simulator) -> None:
    other.fault(match="Remove-MobileDeviceMailboxPolicy", kind="status", status=403, count=100)
    facts = compared(other, writes=True)
    assert facts["remains"] == [f"mobile_device_mailbox_policy: {PREFIX}{facts['run']}"]
    assert "**Could not be removed, or may still exist:**" in markdown(facts)


def command(simulator: Simulator, **more: str) -> tuple[list[str], dict[str, str]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "INTUNE_", "LIVE"))}
    path = os.pathsep.join((str(ROOT), str(ROOT / ".cache" / "live")))
    return [sys.executable, "-m", "tests.live"], {**clean, "PYTHONPATH": path, **simulator.environment(), **more}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "LIVE is not 1"),
        ({"LIVE": "yes"}, "LIVE is not 1"),
        ({"LIVE": "1", "LIVE_WRITE": "1"}, "LIVE_WRITE is not the id"),
        ({"LIVE": "1", "LIVE_WRITE": "11111111-2222-4333-8444-555555555555"}, "LIVE_WRITE is not the id"),
        ({"LIVE": "1", "AZURE_TENANT_ID": "canary-domain.example"}, "AZURE_TENANT_ID is not the id"),
        ({"LIVE": "1", "AZURE_CLIENT_SECRET": "", "INTUNE_EXCHANGE_AUTH_METHOD": ""}, "no credentials are set"),
    ],
)
def test_it_refuses_before_anything_is_sent(
    other: Simulator, given: dict[str, str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert LIVE.main({**other.environment(), **given}, tmp_path) == 2
    assert reason in capsys.readouterr().err
    assert other.requests() == [] and list(tmp_path.iterdir()) == []


@pytest.fixture
def terminated() -> Iterator[None]:
    """The command restores the handler of SIGTERM."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("terminated")
def test_a_tenant_that_cannot_be_asked_is_not_taken_for_one_that_agrees(other: Simulator, tmp_path: Path) -> None:
    assert LIVE.main({**other.environment(), "LIVE": "1", "AZURE_CLIENT_SECRET": "wrong"}, tmp_path) == 3
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["compared"] == 0 and {one["tenant"] for one in report["tasks"]} == {"sign_in"}


@pytest.mark.usefixtures("terminated")
def test_the_command_says_whether_there_are_differences(
    other: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert LIVE.main({**other.environment(), "LIVE": "1"}, tmp_path / "some") == 1  # its pages are smaller
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "access_check_info" and lines[0] == "  Microsoft Graph: the organization: works"
    assert "  Intune: the Exchange connectors: not_offered" in lines[:7]
    report = json.loads((tmp_path / "some" / "report.json").read_text())
    assert [one["status"] for one in report["access"]].count("works") == 6
    assert report["differences"] and (tmp_path / "some" / "report.md").read_text() == markdown(report)
    with Simulator(tenants=["ready"], rate_limits=False) as same:
        assert LIVE.main({**same.environment(), "LIVE": "1", "LIVE_LIKE": "ready"}, tmp_path / "none") == 0
    assert json.loads((tmp_path / "none" / "report.json").read_text())["differences"] == []


def test_a_run_that_was_killed_is_cleared_up_by_the_next_one(other: Simulator) -> None:
    other.fault(match="Set-MobileDeviceMailboxPolicy", kind="hang", count=1)
    words, environment = command(other, LIVE="1", LIVE_WRITE=other.facts()["tenant_id"].upper())
    with subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as killed:
        while not any(row["operation"] == "Set-MobileDeviceMailboxPolicy" for row in other.requests()):
            assert killed.poll() is None
            time.sleep(0.05)
        killed.kill()
    other.clear_faults()
    assert PREFIX in present(other)
    theirs = {"name": f"{PREFIX}of somebody else"}
    side = Side(other.options(), sleep=other.advance)
    with side.writing():
        assert side.run(LIVE.Probe("mobile_device_mailbox_policy", theirs))["changed"]

    assert compared(other)["removed"] == 0 and PREFIX in present(other)  # without permission
    facts = compared(other, writes=True)
    assert facts["removed"] == 1 and facts["remains"] == []
    left = present(other)
    assert left.count(f"{PREFIX}2") == 0 and theirs["name"] in left
    assert "1 object of an earlier run" in markdown(facts)


def test_a_run_that_is_asked_to_end_clears_up_by_itself(other: Simulator) -> None:
    other.fault(match="Set-MobileDeviceMailboxPolicy", kind="hang", count=1)
    words, environment = command(other, LIVE="1", LIVE_WRITE=other.facts()["tenant_id"])
    with subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as ended:
        while not any(row["operation"] == "Set-MobileDeviceMailboxPolicy" for row in other.requests()):
            assert ended.poll() is None
            time.sleep(0.05)
        ended.terminate()
        ended.communicate(timeout=120)
    assert ended.returncode == 128 + signal.SIGTERM
    assert PREFIX not in present(other)


def test_names_are_shown_only_where_they_can_be_nothing_else() -> None:
    names = Names(frozenset({"displayName"}), frozenset({"adele.vance@contoso.example", "enabled"}))
    assert names.show("displayName") == "displayName" and names.show("newProperty") == "newProperty"
    assert names.show("<#microsoft.graph.newType>") == "<#microsoft.graph.newType>"
    for name in (
        "adele",
        "Adele.Vance",
        "extension_ab603c56068041afb2f6832e2a17e237_job",
        "two words",
        "a@b c",
        "",
        "x12345",
    ):
        assert names.show(name) == NOT_SHOWN, name
