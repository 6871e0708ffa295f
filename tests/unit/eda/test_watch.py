# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop behind the event source: when it polls, what it stores, how it ends. Waiting takes no time here."""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import runpy
import stat
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.intune.exchange.plugins.module_utils._core import private_file
from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CONNECTION_SPEC
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._fleet.tenant_events import TenantState
from ansible_collections.intune.exchange.plugins.plugin_utils._watch import OPTIONS, watch
from ansible_collections.intune.exchange.plugins.plugin_utils._watch_file import WatchFile
from simulator import Simulator

SOURCE = Path(__file__).parents[3] / "extensions/eda/plugins/event_source/connector_status.py"
TOKEN = {"tenant_id": "contoso.example", "graph_token": "a-secret-canary", "exchange_token": "a-secret-canary"}
DOWN = {"tenant_error": {"kind": "network", "message": "Could not read the tenant: no connection."}}
Look = dict[str, Any]


class Over(Exception):
    """No more results."""


def connector(*statuses: str) -> Look:
    connectors = [{"exchange_connector_type": "serviceToService", "status": status} for status in statuses]
    return {"intune_connector": {"connectors": connectors, "offered": True, "offered_evidence": "as read"}}


def guid(letter: str) -> str:
    return f"{letter * 8}-0000-0000-0000-{letter * 12}"


def quarantine(*letters: str) -> Look:
    return {"exchange_quarantine": {"mobile_devices": [{"guid": guid(letter)} for letter in letters]}}


@dataclass
class World:
    """The results of the polls of each tenant, one after another, on a clock that only waiting advances."""

    looks: dict[str, list[Look]]
    now: float = 0
    slept: list[float] = field(default_factory=list)
    looked: list[tuple[float, list[str]]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def read(self, entries: list[dict[str, Any]], *_rest: Any, **_more: Any) -> list[dict[str, Any]]:
        names = [entry["tenant_id"] for entry in entries]
        if not all(self.looks[name] for name in names):
            raise Over
        self.looked.append((self.now, names))
        hosts = []
        for name in names:
            found = self.looks[name].pop(0)
            group = "tenant_unreadable" if "tenant_error" in found else None
            hosts.append(
                {"name": name, "group": group, "variables": {"tenant_id": name, "tenant_options": {}, **found}}
            )
        return hosts

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def take(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    def watched(self, **options: Any) -> list[str]:
        """The types of the events of all polls."""
        given = {"tenants": [{"tenant_id": name} for name in self.looks], "interval": 60, **options}
        with pytest.raises(Over):
            asyncio.run(watch(given, self.take, self.read, lambda: self.now, self.sleep))
        return [event["type"] for event in self.events]


def one(*looks: Look) -> World:
    return World({"contoso": list(looks)})


def test_it_says_what_it_does_and_then_only_what_is_new(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """By default ansible-rulebook shows warnings: not each poll, and a failure when it begins and when it ends."""
    denied = {"tenant_error": {"kind": "forbidden", "message": "Could not read: no right."}}
    good = connector("connected")
    one(good, DOWN, DOWN, denied, good, good).watched(failures=9, watch=["connector"])
    begun = capsys.readouterr().err
    assert begun.startswith(
        "intune.exchange.connector_status polls 1 tenant every 60 s for connector; state_file: none"
    )
    assert begun.count("\n") == 1
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "Could not read the tenant: no connection. Next poll in 60 s.",
        "Could not read: no right. Next poll in 240 s.",
        "Tenant contoso can be read again. Next poll in 60 s.",
    ]


def test_it_looks_at_every_interval() -> None:
    world = one(connector("connected"), connector("disconnected"), connector("disconnected"), connector("connected"))
    assert world.watched() == ["connector_state_changed", "connector_state_changed"]
    assert world.slept == [60] * 4


def test_pauses_double_after_failures_and_end_with_them() -> None:
    world = one(*[DOWN] * 6, connector("connected"), DOWN, connector("connected"))
    assert world.watched(longest_interval=500) == ["tenant_unreadable", "tenant_readable"]
    assert world.slept == [60, 120, 240, 480, 500, 500, 60, 60, 60]
    assert world.events[0]["failures"] == 3 and world.events[0]["next_look_seconds"] == 240


def test_a_tenant_that_fails_does_not_slow_down_another() -> None:
    world = World({"contoso": [connector("connected")] * 8, "fabrikam": [DOWN] * 4})
    assert world.watched() == ["tenant_unreadable"]
    assert [when for when, names in world.looked if "contoso" in names] == [60 * number for number in range(8)]
    assert [when for when, names in world.looked if "fabrikam" in names] == [0, 60, 180, 420]


def test_a_tenant_that_asks_to_wait_is_not_asked_before(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the intervals are, and without an effect on the others."""
    busy = {"tenant_error": {"kind": "throttled", "message": "Too much.", "retry_after_seconds": 900}}
    world = World({"contoso": [connector("connected")] * 17, "fabrikam": [busy, DOWN, connector("connected")]})
    world.watched(longest_interval=60)
    assert [when for when, names in world.looked if "contoso" in names] == [60 * number for number in range(17)]
    assert [when for when, names in world.looked if "fabrikam" in names] == [0, 900, 960]
    assert "Too much. Next poll in 900 s." in caplog.text


def test_a_tenant_that_hangs_does_not_hold_up_another() -> None:
    """Neither its polls nor its tokens: healthy tenants are polled at every interval."""
    release = threading.Event()
    memories: dict[str, list[int]] = {}

    class Hanging(World):
        def read(self, entries: list[dict[str, Any]], *rest: Any, **more: Any) -> list[dict[str, Any]]:
            name = entries[0]["tenant_id"]
            memories.setdefault(name, []).append(len(more["memory"]))
            more["memory"][f"token of {name}"] = None
            if name == "fabrikam":
                assert release.wait(60)
                raise Over
            if name == "contoso" and not self.looks[name]:
                release.set()
            hosts: list[dict[str, Any]] = super().read(entries, *rest, **more) if self.looks[name] else [unread(name)]
            return hosts

    def unread(name: str) -> dict[str, Any]:
        return {"name": name, "group": None, "variables": {"tenant_id": name, "tenant_options": {}}}

    world = Hanging({"fabrikam": [DOWN], "contoso": [connector("connected")] * 6, "adatum": [DOWN] * 2})
    real = 0.0

    def clock() -> float:
        """A minute per poll, since nobody sleeps while one hangs."""
        nonlocal real
        real += 20
        return real

    given = {"tenants": [{"tenant_id": name} for name in world.looks], "interval": 60}
    with pytest.raises(Over):
        asyncio.run(watch(given, world.take, world.read, clock, world.sleep))
    assert len(memories["fabrikam"]) == 1
    assert memories["contoso"][:6] == [0, 1, 1, 1, 1, 1]  # its tokens stay
    assert memories["adatum"][:2] == [0, 0]  # after a failed read, the next poll uses newer tokens


def test_those_that_keep_hanging_leave_room_for_the_others() -> None:
    """As many as could be polled at the same time."""
    release = threading.Event()
    polled: Counter[str] = Counter()

    def read(entries: list[dict[str, Any]], *_rest: Any, **_more: Any) -> list[dict[str, Any]]:
        name = entries[0]["tenant_id"]
        polled[name] += 1
        hangs = name.startswith("hanging")
        if hangs and polled[name] > 1:
            assert release.wait(20), "the others wait"
            raise Over
        if polled["contoso"] == 6:
            release.set()
        group = "tenant_unreadable" if hangs else None
        error = DOWN if hangs else {}
        variables = {"tenant_id": name, "tenant_options": {}, **error}
        return [{"name": name, "group": group, "variables": variables}]

    names = ("hanging-1", "hanging-2", "hanging-3", "contoso")
    world, ticks = one(), count(0, 10_000)  # so that all are due whenever somebody looks at the clock
    given = {"tenants": [{"tenant_id": name} for name in names], "concurrency": 2}
    with pytest.raises(Over):
        asyncio.run(watch(given, world.take, read, lambda: next(ticks), world.sleep))
    assert polled["contoso"] >= 6


def test_so_many_are_looked_at_at_once() -> None:
    running, most = 0, 0
    lock = threading.Lock()

    class Counting(World):
        def read(self, entries: list[dict[str, Any]], *rest: Any, **more: Any) -> list[dict[str, Any]]:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            try:
                return super().read(entries, *rest, **more)
            finally:
                with lock:
                    running -= 1

    world = Counting({f"t{number}": [connector("connected")] * 3 for number in range(9)})
    world.watched(concurrency=2)
    assert most <= 2 and {name for _when, names in world.looked for name in names} == set(world.looks)


def test_tenants_that_cannot_be_meant_are_refused_at_the_start() -> None:
    """By position in the list, although each tenant is polled separately."""
    for tenants, problem in (
        ([{"tenant_id": "a"}, {"tenant_id": "b", "tennant": 1}], r"tenants\[2\] has unknown options"),
        ([{"tenant_id": "a"}, {"tenant_id": "A"}], r"duplicate tenant_id A in tenants\[2\]"),
        ([{"tenant_id": "a"}, {"tenant_id": "b", "name": " "}], r"tenants\[2\].name"),
    ):
        with pytest.raises(TenantError, match=problem):
            asyncio.run(watch({**TOKEN, "tenants": tenants}, World({}).take, World({}).read))


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    first = one({**connector("connected"), **quarantine("a")}, {**connector("disconnected"), **quarantine("a", "b")})
    assert first.watched(state_file=str(path)) == ["connector_state_changed", "device_quarantined"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and [entry.name for entry in tmp_path.iterdir()] == [path.name]
    second = one({**connector("disconnected"), **quarantine("a", "b")}, quarantine("a", "b", "c"))
    assert second.watched(state_file=str(path)) == ["device_quarantined"]
    assert [event["device"]["guid"] for event in second.events] == [guid("c")]
    # Without a file, this is a first poll.
    assert one({**connector("missing"), **quarantine("a", "b", "c")}).watched() == []


def test_failures_and_what_was_said_of_them_outlast_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "state.json")
    assert one(DOWN, DOWN).watched(state_file=path) == []
    assert one(DOWN, DOWN).watched(state_file=path) == ["tenant_unreadable"]
    assert one(DOWN, connector("connected")).watched(state_file=path) == ["tenant_readable"]


HOSTILE = "{{ lookup('pipe', 'touch canary') }}"


def test_whatever_is_read_is_fit_for_the_event_source() -> None:
    found = connector("connected")
    found["intune_connector"]["connectors"][0]["primary_smtp_address"] = f"{HOSTILE}@x.example"
    found["intune_connector"]["offered_evidence"] = HOSTILE
    device = {"guid": guid("a"), "device_model": HOSTILE, "mailbox": HOSTILE, "user_display_name": HOSTILE}
    found["exchange_quarantine"] = {"mobile_devices": [device]}
    bad = {"tenant_error": {"kind": HOSTILE, "message": HOSTILE}}
    world = one(found, bad)
    kinds = world.watched(report_present=True, failures=1)
    assert kinds == ["connector_state_changed", "device_quarantined", "tenant_unreadable"]
    assert "{{" not in json.dumps(world.events) and "touch canary" in json.dumps(world.events)
    assert world.events[0]["connector_primary_smtp_address"] is None


@pytest.mark.parametrize("nameless", [None, "", "null", "{{ 1 }}"])
def test_a_device_without_a_guid_is_a_failure_and_never_in_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, nameless: Any
) -> None:
    path = tmp_path / "state.json"
    look = quarantine("a")
    look["exchange_quarantine"]["mobile_devices"].append({"guid": nameless})
    assert one(look, look).watched(state_file=str(path), failures=2, report_present=True) == [
        "device_quarantined",
        "tenant_unreadable",
    ]
    assert json.loads(path.read_text())["tenants"]["contoso"]["quarantined"] == [guid("a")]
    assert (
        "Could not identify all quarantined devices on tenant contoso: Exchange Online returned 1 quar" in caplog.text
    )
    # The event source itself can read the file.
    assert one(quarantine("a")).watched(state_file=str(path)) == ["tenant_readable"]


def test_cancelled_while_an_event_waits_it_keeps_what_was_taken(tmp_path: Path) -> None:
    """ansible-rulebook takes one event at a time, so the next one may be waiting when it is stopped."""
    path = tmp_path / "state.json"
    world = one(quarantine(), quarantine("a", "b", "c"))
    given = {**TOKEN, "tenants": [{"tenant_id": "contoso"}], "state_file": str(path)}

    async def stopped() -> list[str]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(1)
        watching = asyncio.create_task(watch(given, queue.put, world.read, lambda: world.now, world.sleep))
        taken = [await queue.get()]
        while not queue.full():
            await asyncio.sleep(0)
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        return [event["device"]["guid"] for event in (*taken, queue.get_nowait())]

    assert asyncio.run(stopped()) == [guid("a"), guid("b")]
    again = one(quarantine("a", "b", "c"))
    assert again.watched(state_file=str(path)) == ["device_quarantined"]
    assert again.events[0]["device"]["guid"] == guid("c")


def test_cancelled_while_it_reads_it_ends_at_once(tmp_path: Path) -> None:
    """The read continues in its thread; nobody waits for it."""
    started, release = threading.Event(), threading.Event()

    def read(*_given: Any, **_more: Any) -> list[dict[str, Any]]:
        started.set()
        release.wait(60)
        return []

    async def stopped() -> None:
        watching = asyncio.create_task(watch(TOKEN, World({}).take, read))
        await asyncio.to_thread(started.wait, 60)
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching

    asyncio.run(stopped())
    assert not release.is_set()
    release.set()  # its result arrives at a closed loop


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "Expecting value"),
        ("[]", "list indices"),
        pytest.param("[" * 60_000, "nested too deeply", id="deep"),
        pytest.param("[" + "[]," * 2_000_000 + "[]]", "too many values", id="repetitive"),
        ('{"form": 1, "form": 1, "tenants": {}}', "duplicate key"),
        ('{"form": 2, "tenants": {}}', "its form is 2"),
        ('{"form": 1}', "tenants"),
        ('{"form": 1, "tenants": []}', "has no attribute"),
        ('{"form": 1, "tenants": {"contoso": {"connector": 1}}}', "a value of another type"),
        ('{"form": 1, "tenants": {"contoso": null}}', "a value of another type"),
    ],
    ids=str,
)
def test_a_state_file_that_is_not_understood_is_named(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(content)
    path.chmod(0o600)
    error = refused(state_file=str(path))
    assert f"the file {path} of state_file is not what this event source writes (" in error and why in error
    assert error.endswith("remove it to start from the current state of the tenants.")
    assert path.read_text() == content


def refused(**options: Any) -> str:
    """The refusal of options, before anything is read."""
    world = one()
    with pytest.raises(TenantError) as raised:
        asyncio.run(watch({**TOKEN, **options}, world.take, world.read, lambda: world.now, world.sleep))
    assert raised.value.kind == "usage" and "canary" not in str(raised.value)
    return str(raised.value)


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".elsewhere"))
    path.symlink_to(path.with_suffix(".elsewhere"))


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda path: path.chmod(0o640), "is open to others (mode 0640). Specify a file that you own, with mode 0600."),
        (_link, "is a link. Name a file itself."),
        (_pipe, "is not a regular file. Specify"),
        (lambda path: os.link(path, path.with_suffix(".second")), "has a second name (a hard link). Specify"),
        (lambda path: (path.unlink(), path.parent.chmod(0o700), path.mkdir(0o700)), "is not a regular file. Specify"),
    ],
)
def test_a_state_file_that_others_could_write_is_refused(
    tmp_path: Path, spoil: Callable[[Path], Any], why: str
) -> None:
    path = tmp_path / "state.json"
    one(connector("connected")).watched(state_file=str(path))
    spoil(path)
    assert f"the file {path} of state_file {why}" in refused(state_file=str(path))


def test_a_state_file_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, me = tmp_path / "state.json", os.geteuid()
    one(connector("connected")).watched(state_file=str(path))
    monkeypatch.setattr(private_file.os, "geteuid", lambda: me + 1)
    assert f"belongs to the user with id {me}, not to the one that runs the task" in refused(state_file=str(path))


def test_a_state_file_serves_one_event_source_at_a_time(tmp_path: Path) -> None:
    """Whatever version of it the other one has written meanwhile, and until it ends."""
    options = {"state_file": str(tmp_path / "state.json")}
    refusals: list[str] = []
    world = one(*[connector("connected")] * 2)

    async def sleep(seconds: float) -> None:
        with pytest.raises(TenantError) as raised:
            await watch({**TOKEN, **options}, world.take, world.read)
        refusals.append(str(raised.value))
        await world.sleep(seconds)

    for _time in range(2):
        given = {"tenants": [{"tenant_id": "contoso"}], **options}
        with pytest.raises(Over):
            asyncio.run(watch(given, world.take, world.read, lambda: world.now, sleep))
    assert refusals == [f"the file {tmp_path / 'state.json'} of state_file {IN_USE}"] * 2


IN_USE = "is in use by another event source. Specify a separate file for each event source."


def test_of_two_that_start_before_there_is_a_file_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with WatchFile(str(path)) as first, WatchFile(str(path)) as second:
        assert first.load() == second.load() == {}
        first.save({"contoso": TenantState("connected")})
        with pytest.raises(TenantError, match=IN_USE):
            second.save({})
        first.save({"contoso": TenantState("missing")})
    assert json.loads(path.read_text())["tenants"]["contoso"]["connector"] == "missing"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_version_that_another_one_is_writing_stays(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    draft = path.with_name("state.json.new")
    with draft.open("w") as stream, WatchFile(str(path)) as file:
        draft.chmod(0o600)
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert file.load() == {}
        with pytest.raises(TenantError, match=IN_USE):
            file.save({})
        assert draft.exists()
    draft.chmod(0o640)
    with WatchFile(str(path)) as file, pytest.raises(TenantError, match=rf"the file {draft} of state_file is open to"):
        file.save({})


def test_a_file_that_was_removed_and_serves_another_one_ends_the_first(tmp_path: Path) -> None:
    """With its next poll, although that has nothing new, and without a change of the file of the other one."""
    path = tmp_path / "state.json"
    world = one(*[connector("connected")] * 9)
    with WatchFile(str(path)) as second:

        async def sleep(seconds: float) -> None:
            await world.sleep(seconds)
            if len(world.slept) == 2:
                path.unlink()
                assert second.load() == {}
                second.save({"contoso": TenantState("missing")})

        given = {"tenants": [{"tenant_id": "contoso"}], "state_file": str(path)}
        with pytest.raises(TenantError, match=IN_USE):
            asyncio.run(watch(given, world.take, world.read, lambda: world.now, sleep))
        assert len(world.looked) == 3
        assert json.loads(path.read_text())["tenants"]["contoso"]["connector"] == "missing"
        second.save({})
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_file_that_was_removed_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    world = one(*[connector("connected")] * 3)

    async def sleep(seconds: float) -> None:
        assert json.loads(path.read_text())["tenants"]["contoso"]["connector"] == "connected"
        path.unlink()
        await world.sleep(seconds)

    given = {"tenants": [{"tenant_id": "contoso"}], "state_file": str(path)}
    with pytest.raises(Over):
        asyncio.run(watch(given, world.take, world.read, lambda: world.now, sleep))


def test_a_folder_that_is_not_there_is_found_before_the_first_look(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "state.json"
    assert f"the file {path} of state_file cannot be used (No such file or directory)" in refused(state_file=str(path))


def test_a_writer_that_was_killed_leaves_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.with_name("state.json.new").write_text('{"form": 1, "tenants": {"fabrikam": {}}, "and": "much more"}' * 9)
    path.with_name("state.json.new").chmod(0o600)
    assert one(connector("connected")).watched(state_file=str(path)) == []
    assert json.loads(path.read_text())["tenants"]["contoso"]["connector"] == "connected"


def test_the_file_is_only_written_when_something_is_new(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    world = one(*[connector("connected")] * 3)
    seen: list[int] = []

    async def sleep(seconds: float) -> None:
        seen.append(path.stat().st_ino)
        await world.sleep(seconds)

    given = {"tenants": [{"tenant_id": "contoso"}], "state_file": str(path)}
    with pytest.raises(Over):
        asyncio.run(watch(given, world.take, world.read, lambda: world.now, sleep))
    assert len(seen) == 3 and len(set(seen)) == 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"tennants": []}, "the event source has no option tennants. Did you mean tenants? The valid options are "),
        ({"intervall": 5}, "the event source has no option intervall. Did you mean interval? The valid options are "),
        ({"interval": 0}, "interval must be at least 1"),
        ({"interval": "soon"}, "interval"),
        ({"failures": 0}, "failures must be at least 1"),
        ({"interval": 60, "longest_interval": 30}, "longest_interval must not be less than interval"),
        ({"watch": []}, "watch is an empty list, so there is nothing to poll for. Leave it out, or name what to poll"),
        ({"watch": ["everything"]}, "watch must be one or more of: connector, quarantine"),
        ({"account": "{{ 1 }}@contoso.example"}, "account is not an address that an event may carry"),
        ({"tenants": [{"tenant_id": "a", "account": "x"}]}, "tenants[1].account is not an address that an event may"),
        ({"ca_path": "/{{ 1 }}"}, "ca_path holds what Jinja or Ansible would evaluate. Set the value itself"),
        ({"tenants": [{"tenant_id": "a", "name": "{% x %}"}]}, "tenants[1].name holds what Jinja or Ansible would"),
        ({"tenant_id": None}, "neither a tenant in tenants nor a tenant_id (AZURE_TENANT_ID)"),
        ({"cloud": "a-secret-canary"}, "cloud must be one of"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], problem: str
) -> None:
    monkeypatch.delenv("AZURE_TENANT_ID", raising=False)
    assert problem in refused(**options)


def test_no_tenants_are_not_the_tenant_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a list of a variable became empty."""
    monkeypatch.setenv("AZURE_TENANT_ID", "fabrikam.example")
    said = "tenants is an empty list, so there is no tenant to poll. Name the tenants, or leave it out."
    assert said in refused(tenants=[], tenant_id=None) and said in refused(tenants=[])


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({5: 1}, "the event source has no option 5. The valid options are "),
        ({True: "x", "intervall": 3}, "the event source has no option True, intervall. Did you mean interval? "),
        (None, "the event source needs its options, and was given none. Set them as name: value"),
        ([], "the event source needs its options, and was given a value of the type list. Set them as"),
        ("", "the event source needs its options, and was given a value of the type str. Set them as"),
    ],
    ids=str,
)
def test_what_are_no_options_is_refused(given: Any, problem: str) -> None:
    with pytest.raises(TenantError) as raised:
        asyncio.run(watch(given, World({}).take))
    assert raised.value.kind == "usage" and problem in str(raised.value)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"auth_method": "device_code", "graph_token": None, "exchange_token": None},
            "auth_method device_code would need a person for each tenant",
        ),
        (
            {"auth_method": "device_code"},
            "several sign-in methods are set at once: auth_method device_code, graph_tok",
        ),
        ({"tenants": [{"tenant_id": "contoso", "tennant": 1}]}, "tenants[1] has unknown options: tennant"),
        ({"timeout": 0}, "timeout (INTUNE_EXCHANGE_TIMEOUT) must be more than 0 seconds"),
    ],
    ids=str,
)
def test_what_the_fleet_refuses_ends_it(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(TenantError) as raised:
        asyncio.run(watch({**TOKEN, **options}, World({}).take))
    assert problem in str(raised.value) and "canary" not in str(raised.value)


def test_the_documentation_is_that_of_the_options() -> None:
    source = runpy.run_path(str(SOURCE))
    assert asyncio.iscoroutinefunction(source["main"])
    documented = yaml.safe_load(source["DOCUMENTATION"])["options"]
    own = set(OPTIONS) - set(CONNECTION_SPEC)
    assert set(documented) == own | {"tenant_id", "timeout"}
    for option, text in documented.items():
        spec = {name: OPTIONS[option].get(name) for name in ("type", "elements", "choices", "default")}
        assert {name: text.get(name) for name in spec} == spec, option
    examples = yaml.safe_load(source["EXAMPLES"])
    given = [options for ruleset in examples for one in ruleset["sources"] for options in one.values()]
    assert len(given) == 2 and all(set(options) <= set(OPTIONS) for options in given)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(tenants=["connected", "no_intune_licence"], clock_step=0) as running:
        yield running


def really(simulator: Simulator, looks: int, *names: str, **options: Any) -> list[dict[str, Any]]:
    """The events of this many polls of simulated tenants."""
    world = one()
    own = ("tenant_id", "client_id", "client_secret")
    tenants = [{"name": name, **{option: simulator.options(name)[option] for option in own}} for name in names]

    async def sleep(seconds: float) -> None:
        await world.sleep(max(seconds, 1e6))  # so that all are due again
        if len(world.slept) == looks:
            raise Over

    with pytest.raises(Over):
        asyncio.run(watch({"tenants": tenants, **options}, world.take, clock=lambda: world.now, sleep=sleep))
    return world.events


@pytest.fixture
def environment(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The addresses of the simulated tenants."""
    for name, value in simulator.environment("connected").items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("environment")
def test_real_reads_show_no_secret(simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "intune.exchange")
    names = ("connected", "no_intune_licence")
    events = really(simulator, 2, *names, watch=["connector"], report_present=True, failures=2)
    assert [(event["type"], event["tenant"]) for event in events] == [
        ("connector_state_changed", "connected"),
        ("tenant_unreadable", "no_intune_licence"),
    ]
    assert events[0]["new"] == "connected"
    assert events[0]["tenant_options"]["tenant_id"] == simulator.facts("connected")["tenant_id"]
    assert events[1]["kind"] == "no_intune_licence" and events[1]["failures"] == 2
    assert "has no active Intune licence" in caplog.text and "Next poll in 300 s." in caplog.text
    for secret in (*(simulator.facts(name)["client_secret"] for name in names), "eyJ0eXAi", "eyJhbGci"):
        assert secret not in str(events) + caplog.text


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("refused", ["deviceManagement.ListExchangeConnectors", "Get-MobileDevice", "token"])
def test_a_real_tenant_that_asks_to_wait_is_not_asked_before(simulator: Simulator, refused: str) -> None:
    """Whichever service it is, and although another read of the tenant fails as well."""
    headers = {"Retry-After": "900"}
    simulator.fault(match=refused, kind="status", status=429, headers=headers, count=99)
    simulator.fault(match="deviceManagement.ListExchangeConnectors", kind="status", status=403, count=99)
    world = one()
    facts = simulator.options("connected")
    given = {option: facts[option] for option in ("tenant_id", "client_id", "client_secret")}

    async def sleep(seconds: float) -> None:
        world.slept.append(seconds)
        raise Over

    with pytest.raises(Over):
        asyncio.run(watch({**given, "interval": 1, "timeout": 30}, world.take, clock=lambda: 0, sleep=sleep))
    assert 800 < world.slept[0] <= 900


@pytest.mark.usefixtures("environment")
def test_a_tenant_is_signed_in_to_once_until_something_fails(simulator: Simulator) -> None:
    def sign_ins() -> int:
        return len([row for row in simulator.requests() if row["operation"] == "token"])

    assert really(simulator, 3, "connected") == []
    assert sign_ins() == 2  # one for each audience
    simulator.reset()
    simulator.fault(match="Get-MobileDevice", kind="status", status=403)
    assert really(simulator, 3, "connected") == []
    assert sign_ins() == 4
