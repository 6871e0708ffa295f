# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true after a task with any fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .harness import Bench, Result, Undisturbed, Watch, plain
from .scenarios import Scenario

_COMPARED = ("agreed", "differed", "not_known")  # results of a policy in the sign-in log
_JUDGED = ("requirements", "controls", "checks", "deadlines")
# Values that differ in each run, or are unknown without the mailboxes; and sentences about compared values.
_VOLATILE = ("progress", "last_sync_age_seconds", "warnings", "affected_mailboxes", "shortfalls", "summary_text")


def told(result: Result, bench: Bench, tenant: str) -> None:
    """A failure that a person can act on: action, tenant, source; one line, no traceback."""
    error, message = result["error"], result["msg"]
    assert error["kind"] and error["kind"] != "bug", result
    assert "exception" not in result and "Traceback" not in message
    assert message.startswith("Could not ") and bench.simulator.facts(tenant)["tenant_id"] in message, message
    assert "\n" not in message and len(message) < 1200


def tokens_stay_at_home(watch: Watch, bench: Bench) -> None:
    """Each bearer went only to the service that it is for."""
    urls = bench.simulator.urls
    homes = {urls[name] for name in ("authority_url", "graph_url", "exchange_url", "managed_identity_url")}
    # The only place to which Graph redirects is its file storage, without a token.
    away = [one for one in watch.sent if one.origin not in homes]
    assert all(one.origin.startswith("https://localhost:") and not one.bearer for one in away), away
    for name in ("graph", "exchange"):
        here = {one.bearer for one in watch.sent if one.origin == urls[f"{name}_url"]}
        elsewhere = {one.bearer for one in watch.sent if one.origin != urls[f"{name}_url"]}
        assert not here & elsewhere, name


def shown(result: Result) -> Any:
    """A result without values that differ in each run."""
    return plain(_without_volatile({name: value for name, value in result.items() if name != "invocation"}))


def _without_volatile(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_volatile(entry) for name, entry in value.items() if name not in _VOLATILE}
    return [_without_volatile(entry) for entry in value] if isinstance(value, list) else value


def same_state(scenario: Scenario, expected: Undisturbed, bench: Bench) -> None:
    """The tenant equals the baseline."""
    same(bench.settled(scenario), expected.state)


def read_in_full_or_unknown(result: Result, expected: Result) -> None:
    """Each check of an assessment has the result of the baseline, or is unknown with the reason."""
    judged = next((name for name in _JUDGED if name in expected), None)
    if "snapshot" in expected:
        _held_or_not_read(result, expected)
        return
    if "calibration" in expected:
        _rehearsed_or_not_read(result, expected)
        return
    if judged is None:
        same(shown(result), shown(expected))
        return
    always = [one for one in expected[judged] if _in_doubt(judged, one)]  # without a fault as well
    doubts = {one["id"]: one for one in result[judged] if _in_doubt(judged, one) and one not in always}
    for one in doubts.values():
        assert re.search("ould not |not known", str(one.get("reason") or one.get("evidence"))), one
    same(*(shown({"": [one for one in all_[judged] if one["id"] not in doubts]}) for all_ in (result, expected)))
    assert {one["id"] for one in result[judged]} == {one["id"] for one in expected[judged]}
    if not doubts and judged != "checks":  # the answers in addition to the checks need more reads
        same(shown(result), shown(expected))
    for yes in ("ready", "compliant"):
        assert not (result.get(yes) and not expected[yes]) if yes in expected else True


def _held_or_not_read(result: Result, expected: Result) -> None:
    """A snapshot has each kind of objects as in the baseline, or says why it is missing."""
    found, wanted = result["snapshot"], expected["snapshot"]
    reasons = {one["kind"]: one["reason"] for one in result["not_read"]}
    assert all(re.search("ould not |not known|not ", reason) for reason in reasons.values()), reasons
    assert not reasons.keys() & found["objects"].keys()
    same(shown({"": found["objects"]}), shown({"": {kind: wanted["objects"].get(kind) for kind in found["objects"]}}))
    assert wanted["objects"].keys() - found["objects"].keys() <= reasons.keys()
    assert found["not_read"].keys() == reasons.keys()


def _rehearsed_or_not_read(result: Result, expected: Result) -> None:
    """A rehearsal equals the baseline, or says what it could not read. Then it knows less, and nothing else."""
    missing = [one for one in result["not_read"] if plain(one) not in plain(expected["not_read"])]
    assert all("ould not " in one for one in missing), missing
    if not missing:
        same(shown(result), shown(expected))
        return
    assert all(any(plain(one) in plain(line) for line in result["summary"]) for one in missing), result["summary"]
    assert not result["reliable"] or expected["reliable"]
    about_it = ("not_read", "summary", "reliable", "reliable_because", "calibration")
    same(*(shown({name: part for name, part in one.items() if name not in about_it}) for one in (result, expected)))
    found, wanted = ({one["policy"]: one for one in all_["calibration"]["policies"]} for all_ in (result, expected))
    assert found.keys() == wanted.keys()
    for policy, now in found.items():
        before = wanted[policy]
        assert all(now[word] <= before[word] for word in ("agreed", "differed")), (now, before)
        assert sum(map(now.get, _COMPARED)) <= sum(map(before.get, _COMPARED)), (now, before)


def _in_doubt(judged: str, one: Any) -> bool:
    """A deadline can affect people for certain while one of its reads failed, which it then says.

    So can a check not be met: what was found is enough for that.
    """
    found = {"deadlines": "affected", "checks": "unmet"}.get(judged)
    failed = one["status"] == found and "ould not " in one["evidence"]
    return failed or one["status"] == "unknown"


def same(found: Any, wanted: Any) -> None:
    if found == wanted:
        return
    differences = list(_differences(found, wanted, ()))
    assert not differences, differences[:5]


def _differences(found: Any, wanted: Any, place: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(found, dict) and isinstance(wanted, dict):
        for name in found.keys() | wanted.keys():
            yield from _differences(found.get(name), wanted.get(name), (*place, name))
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for number, pair in enumerate(zip(found, wanted, strict=True)):
            yield from _differences(*pair, (*place, number))
    elif found != wanted and (found or wanted):  # a list that nobody has requested does not exist yet
        yield (*place, found, wanted)


def good_or_typed(scenario: Scenario, result: Result, expected: Undisturbed, bench: Bench) -> None:
    """No false success: a reported change was made, and a successful read is complete."""
    if result.get("failed"):
        told(result, bench, scenario.tenant)
        return
    if scenario.reads_only:
        read_in_full_or_unknown(result, expected.result)
    else:
        assert result["changed"] == expected.result["changed"], result
        if "diff" in expected.result:
            # An object found by searching is shown in full, which is more than was requested.
            wanted, said = plain(expected.result["diff"]), plain(result["diff"])
            assert said["before"] == wanted["before"]
            # Missing values that appear later, such as the address of a new mailbox, are not wrong either.
            settled = {name for name, value in wanted["after"].items() if value is not None}
            same({name: said["after"].get(name) for name in settled}, {name: wanted["after"][name] for name in settled})
            assert bool(said["after"]) == bool(wanted["after"]), said
        same_state(scenario, expected, bench)


def repaired(scenario: Scenario, expected: Undisturbed, bench: Bench) -> None:
    """A clean run converges, and another one writes nothing. What only reads writes nothing the first time."""
    since = len(bench.simulator.requests())
    last = bench.play(scenario)
    assert not last.get("failed"), last
    same_state(scenario, expected, bench)
    if not scenario.reads_only:
        since = len(bench.simulator.requests())
        last = bench.play(scenario)
        assert not last.get("failed"), last
    if not scenario.repeats:
        assert not last["changed"] and bench.writes(since) == []
        same_state(scenario, expected, bench)
