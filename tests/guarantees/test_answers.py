# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantees 16 and 17: whatever a service returns, a task ends with a result or with a failure that names the fault.

Responses of the simulated tenant are corrupted in one place, at random: FUZZ_MINUTES sets for how long; without it, a
fixed number is tried. Past failures are in corpus/answers.jsonl, and are tried first.
"""

from __future__ import annotations

import copy
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.strict_json import parse_json
from ansible_collections.intune.exchange.plugins.module_utils._http import http

from .harness import Bench, Undisturbed
from .scenarios import SCENARIOS, Scenario

CORPUS = Path(__file__).parent / "corpus" / "answers.jsonl"
MINUTES = float(os.environ.get("FUZZ_MINUTES", "0"))
_TRIES = 1  # for each scenario, without FUZZ_MINUTES
HOSTILE = "\r\n\x1b[31mfatal: [localhost]: FAILED!\x07 \u202e \ud83d {{ lookup('pipe', 'id') }} " + "x" * 5000
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    "",
    HOSTILE,
    [],
    {},
    [None],
    {"value": None},
    "2026-13-45T99:99:99Z",
    ["a"] * 50,
)
# With FUZZ_MINUTES, also corruptions that keep the form of a response and change its content.
CHANGES: dict[str, Callable[[Any], Any]] = {
    "double": lambda part: [*part, *part] if isinstance(part, list) else part,
    "reverse": lambda part: part[::-1] if isinstance(part, (list, str)) else part,
    "wrap": lambda part: [part],
    "as text": lambda part: part if isinstance(part, str) else json.dumps(part),
    "another case": lambda part: part.swapcase() if isinstance(part, str) else part,
    "names in another case": lambda part: (
        {name.swapcase(): value for name, value in part.items()} if isinstance(part, dict) else part
    ),
    "huge number": lambda part: 10**300,
    "number as text": lambda part: "9" * 5000,
    "spaces around": lambda part: f" \t{part}\u00a0" if isinstance(part, str) else part,
}
Place = list[Any]


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[Place]:
    """Every part of a response."""
    yield list(here)
    inside = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*here, key))


def corrupted(answer: Any, place: Place, change: Any) -> Any:
    """The response with `change` in the `place`: one of CHANGES replaces that part, and `"remove"` removes it."""
    making = CHANGES.get(change) if isinstance(change, str) else None
    if not place:
        return making(answer) if making else change
    answer = copy.deepcopy(answer)
    parent = answer
    for key in place[:-1]:
        parent = parent[key]
    if change == "remove":
        del parent[place[-1]]
    else:
        parent[place[-1]] = making(parent[place[-1]]) if making else change
    return answer


class Spoiler:
    """Replaces the parser of responses: corrupts the nth, and records what came."""

    def __init__(self, number: int = -1, choose: Callable[[Any], tuple[Place, Any]] | None = None) -> None:
        self.answers: list[Any] = []
        self.done: tuple[Place, Any] | None = None
        self._number, self._choose = number, choose

    def __call__(self, body: bytes, on_time: Callable[[], None]) -> Any:
        answer = parse_json(body, on_time)
        self.answers.append(answer)
        if len(self.answers) - 1 == self._number and self._choose:
            self.done = self._choose(answer)
            try:
                return parse_json(json.dumps(corrupted(answer, *self.done)))  # the uncorrupted response
            except (KeyError, IndexError, TypeError):  # a place of the corpus that no longer exists
                self.done = None
        return answer


def chooses(chance: random.Random) -> Callable[[Any], tuple[Place, Any]]:
    return lambda answer: (
        chance.choice(list(places(answer))),
        chance.choice((*VALUES, "remove", *(CHANGES if MINUTES else ()))),
    )


def tried(bench: Bench, scenario: Scenario, spoiler: Spoiler, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    bench.start(scenario)
    with monkeypatch.context() as patched:
        patched.setattr(http, "parse_json", spoiler)
        return bench.play(scenario)


def check(result: dict[str, Any]) -> None:
    if result.get("failed"):
        message = result["msg"]
        assert result["error"]["kind"] != "bug", result.get("exception", message)[-1500:]
        assert message.isprintable() and len(message) < 2000, message
        assert message.startswith("Could not "), message


def kept() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", kept(), ids=lambda case: f"{case['scenario']}-{case['number']}")
def test_answers_that_went_wrong_once(case: dict[str, Any], bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = next(one for one in SCENARIOS if one.name == case["scenario"])
    check(tried(bench, scenario, Spoiler(case["number"], lambda answer: (case["place"], case["change"])), monkeypatch))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_corrupted_answers(
    scenario: Scenario,
    bench: Bench,
    baseline: Callable[[Scenario], Undisturbed],
    chance: random.Random,
    count: Callable[[int], None],
    unharmed: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    baseline(scenario)
    first = Spoiler()
    tried(bench, scenario, first, monkeypatch)
    end = time.monotonic() + MINUTES * 60 / len(SCENARIOS)
    wrong = []
    tries = 0
    while time.monotonic() < end if MINUTES else tries < _TRIES:
        tries += 1
        number = chance.randrange(len(first.answers))
        spoiler = Spoiler(number, chooses(chance))
        result = tried(bench, scenario, spoiler, monkeypatch)
        try:
            check(result)
            # A response that renames existing objects is no reason not to create the missing one.
            unharmed(scenario, new_ones=True)
        except AssertionError as error:
            place, change = spoiler.done or ([], None)
            case = {"scenario": scenario.name, "number": number, "place": place, "change": change}
            wrong.append(f"{json.dumps(case)}\n{str(error)[-1200:]}")
        count(17)
    assert not wrong, "\n".join(wrong[:4])
