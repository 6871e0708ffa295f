# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make mutation``: how many small changes of plugins/module_utils do the unit tests detect?

mutmut makes the changes, learns which test reaches which function, and runs these tests on each change. All of them
take many hours, so this tries a sample, drawn with a seed that is printed. Three kinds are never drawn: changes of
sentences for people; those in tests/mutants/equivalent.yml, with the reason why nothing can detect them; and those of
functions that run only during imports, since the tests run in forks of a process with these imports.

At the end, the tests of some noticed changes run without them: if one fails all the same, failures say nothing here.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import yaml

from tools.checkout import ROOT, copy_checkout
from tools.interruption import end_when_told

EQUIVALENT = ROOT / "tests/mutants/equivalent.yml"
COLLECTION = Path("ansible_collections/intune/exchange")
ENGINE = COLLECTION / "plugins/module_utils"
FOLDERS = ("module_utils", "conformance", "plugin_utils", "filter", "inventory", "lookup", "eda")  # reach the engine
TESTS = [f"tests/unit/{one}" for one in FOLDERS]
NOTICED = {"killed", "timeout"}  # an endless run counts as detected
CONTROLS, LONGEST_CONTROL = 10, 60  # how many changes, and how many seconds the tests of each take
_TEXT = re.compile(r"""(?P<prefix>[a-z]*)(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)""", re.IGNORECASE)
_COMPUTED = re.compile(r"\{[^{}]*\}")
_FOR_PROGRAMS = re.compile(r" -?(eq|ne|g[et]|l[et]) |\bany\(|charset=|realm=", re.IGNORECASE)  # filters and headers
# Around a text that a program compares, or looks for.
_BEFORE_COMPARED = re.compile(
    r"(?:[=!]=|\bin|\w\[|\.(?:r?split|r?partition|startswith|endswith|removeprefix|removesuffix|replace|count|find|get)\()\s*$"
)
_AFTER_COMPARED = re.compile(r"\s*(?:[=!]=|(?:not )?in\b(?! \())")
# A change may take a minute before it counts as endless: mutmut does not include the time of fixtures.
CONFIGURATION = """
[tool.mutmut]
source_paths = ["{engine}"]
only_mutate = {files}
pytest_add_cli_args = ["-m", "not more"]
pytest_add_cli_args_test_selection = {tests}
timeout_constant = 15
timeout_multiplier = 4
use_git_change_detection = false
"""


@dataclass(frozen=True)
class Mutation:
    name: str
    path: str  # below plugins/module_utils
    difference: str = ""
    status: str = "not checked"

    @property
    def package(self) -> str:
        return self.path.split("/")[0]

    @property
    def lines(self) -> tuple[str, str]:
        """The removed and the added code, each on one line."""
        body = self.difference.splitlines()[2:]
        removed, added = (" ".join(line[1:].strip() for line in body if line.startswith(sign)) for sign in "-+")
        return removed, added

    @property
    def function(self) -> str:
        """The function's name: mutmut writes x_FUNCTION, or CLASS and METHOD after a sign that no name has."""
        named = self.name.rpartition(".")[2].partition("__mutmut_")[0]
        return named.rpartition("ǁ")[2] if "ǁ" in named else named.removeprefix("x_")

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.function, *self.lines)


def stage(place: Path, files: str, tests: list[str], root: Path = ROOT) -> None:
    """Prepare `place` for mutmut: the engine under its import name, and the checkout in `place`/mutants."""
    shutil.rmtree(place, ignore_errors=True)
    checkout = place / "mutants"
    copy_checkout(checkout, root)
    (checkout / COLLECTION).parent.mkdir(parents=True)
    (checkout / COLLECTION).symlink_to("../..")
    shutil.copytree(checkout / "plugins/module_utils", place / ENGINE)
    (place / "tmp").mkdir()
    settings = (root / "pyproject.toml").read_text(encoding="utf-8")
    settings += CONFIGURATION.format(
        engine=ENGINE, files=json.dumps([f"{ENGINE}/{one}" for one in files.split()]), tests=json.dumps(tests)
    )
    (place / "pyproject.toml").write_text(settings, encoding="utf-8")


def alone(command: list[str], place: Path, environment: dict[str, str]) -> str:
    """Run a command in its own session, so that none of its processes survives an interruption."""
    log = place / "mutmut.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, cwd=place, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return log.read_text(encoding="utf-8", errors="replace")


def mutmut(place: Path, cores: int, *names: str, **environment: str) -> str:
    program = str(ROOT / "tools" / "mutmut_in_order.py")
    command = [sys.executable, "-P", program, "run", "--max-children", str(cores), *names]
    # CI makes Hypothesis try the same examples each time, however long they take.
    ours = {"HOME": str(place), "TMPDIR": str(place / "tmp"), "CI": "1"}
    return alone(command, place, {**os.environ, **ours, **environment})


def known(place: Path) -> Iterator[Mutation]:
    """All changes of mutmut, with their outcomes."""
    from mutmut.stats import status_by_exit_code  # only in the environment of `make mutation`

    folder = place / "mutants" / ENGINE
    for path in sorted(folder.rglob("*.meta")):
        file = str(path.relative_to(folder)).removesuffix(".meta")
        for name, code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            yield Mutation(name, file, status=status_by_exit_code[code])


def with_difference(place: Path, mutation: Mutation) -> Mutation:
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    os.chdir(place)  # otherwise mutmut does not find its files
    difference = get_diff_for_mutant(mutation.name, path=ENGINE / mutation.path)
    return Mutation(mutation.name, mutation.path, difference, mutation.status)


def only_words(mutation: Mutation) -> bool:
    """Whether only sentences change: texts with a space in them that no program compares or looks for.

    A text that continues the previous line's text is a part of a sentence.
    """
    body = mutation.difference.splitlines()[2:]
    first = next((number for number, line in enumerate(body) if line.startswith("-")), 0)
    goes_on = first > 0 and body[first - 1].endswith('"')
    removed, added = (_without_sentences(line, goes_on) for line in mutation.lines)
    return bool(removed) and removed == added


def _without_sentences(code: str, goes_on: bool) -> str:
    """The code with the same text in place of each sentence; what an f-string computes stays."""

    def bare(found: re.Match[str]) -> str:
        computed = _COMPUTED.findall(found["text"]) if "f" in found["prefix"] else []
        words = _COMPUTED.sub("", found["text"]) if computed else found["text"]
        compared = _BEFORE_COMPARED.search(code, 0, found.start()) or _AFTER_COMPARED.match(code, found.end())
        sentence = " " in words.strip() and not compared and not _FOR_PROGRAMS.search(words)
        if not sentence and not (goes_on and not found.start()):
            return found[0]
        return "a sentence" + "".join(one.lower() for one in computed)  # mutmut writes all of it in capitals

    return _TEXT.sub(bare, code)


def listed_as_equivalent() -> list[dict[str, str]]:
    return yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []


def is_equivalent(mutation: Mutation, listed: list[dict[str, str]]) -> bool:
    """An entry for any function covers a part of a line, every other one whole lines."""
    removed, added = mutation.lines
    return any(
        removed.replace(one["from"], one["to"]) == added and not re.search(one.get("unless", "(?!)"), removed)
        if one["function"] == "*"
        else (one["function"], one["from"], one["to"]) == mutation.key
        for one in listed
    )


def only_at_import(place: Path) -> set[str]:
    """The functions that run only during imports: mutmut attributes them to the first test."""
    stats = json.loads((place / "mutants/mutmut-stats.json").read_text(encoding="utf-8"))
    first = next(iter(stats["duration_by_test"]))
    return {name for name, tests in stats["tests_by_mangled_function_name"].items() if tests == [first]}


def controls(place: Path, sample: list[Mutation]) -> list[Mutation]:
    """Some of the noticed changes, from all over the sample, whose tests do not take long."""
    stats = json.loads((place / "mutants/mutmut-stats.json").read_text(encoding="utf-8"))

    def seconds(mutation: Mutation) -> float:
        tests = stats["tests_by_mangled_function_name"].get(mutation.name.partition("__mutmut_")[0], ())
        return sum(stats["duration_by_test"][test] for test in tests)

    noticed = [one for one in sample if one.status == "killed" and seconds(one) <= LONGEST_CONTROL]
    return noticed[:: math.ceil(len(noticed) / CONTROLS) or 1]


def failing_without_change(place: Path, cores: int, noticed: list[Mutation]) -> list[str]:
    """Those of the noticed changes whose tests fail without them as well. Overwrites what mutmut knows of them."""
    if not noticed:
        return []
    mutmut(place, cores, *(one.name for one in noticed), WITHOUT_CHANGES="1")
    status = {one.name: one.status for one in known(place)}
    return [one.name for one in noticed if status[one.name] != "survived"]


def draw(place: Path, size: int, seed: int, files: str) -> tuple[list[Mutation], int]:
    """A sample of `size` changes, all if that is 0, and how many there are."""
    mutations = [one for one in known(place) if any(fnmatch(one.path, pattern) for pattern in files.split())]
    random.Random(seed).shuffle(mutations)
    listed, skipped = listed_as_equivalent(), only_at_import(place)
    sample: list[Mutation] = []
    for bare in mutations:
        if size and len(sample) == size:
            break
        if bare.name.partition("__mutmut_")[0] in skipped:
            continue
        mutation = with_difference(place, bare)
        if not only_words(mutation) and not is_equivalent(mutation, listed):
            sample.append(mutation)
    return sample, len(mutations)


def interval(noticed: int, of: int) -> tuple[int, int]:
    """The 95 % confidence interval of the score of all changes, in per cent (Wilson)."""
    share, z = noticed / of, 1.96
    center, width = share + z**2 / (2 * of), z * math.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return tuple(round(100 * (center + sign * width) / (1 + z**2 / of)) for sign in (-1, 1))  # type: ignore[return-value]


def table(mutations: list[Mutation]) -> tuple[str, int]:
    """A line for each package and one for all, and the score of all."""
    groups: defaultdict[str, list[Mutation]] = defaultdict(list)
    for mutation in mutations:
        groups[mutation.package].append(mutation)
    lines = [
        f"{'package':34} {'changes':>7} {'noticed':>7} {'score':>6}  95 %        survived  no test  other  by time"
    ]
    for package, group in [*sorted(groups.items()), ("all", mutations)]:
        noticed = sum(one.status in NOTICED for one in group)
        survived, untested = (sum(one.status == status for one in group) for status in ("survived", "no tests"))
        by_time = sum(one.status in NOTICED - {"killed"} for one in group)
        low, high = interval(noticed, len(group))
        score = 100 * noticed // len(group)
        lines.append(
            f"{package:34} {len(group):7} {noticed:7} {score:4} %  {low:3} to {high:3} %"
            f"  {survived:8} {untested:8} {len(group) - noticed - survived - untested:6} {by_time:8}"
        )
    return "\n".join(lines), score


def main() -> int:
    end_when_told()
    parser = argparse.ArgumentParser(description="How many small changes of the engine do the unit tests notice?")
    parser.add_argument("--sample", type=int, default=300, help="how many changes to try; 0 is all (%(default)s)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument(
        "--only", default="*", help="files below plugins/module_utils, as in '_engine/* _connector/account*.py'"
    )
    parser.add_argument("--tests", nargs="+", default=TESTS)
    parser.add_argument("--least", type=int, default=0, help="the percentage below which this fails")
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--place", type=Path, default=ROOT / ".cache" / "mutation")
    options = parser.parse_args()
    place: Path = options.place.resolve()
    stage(place, options.only, options.tests)
    print("Making the changes and learning which tests reach them takes some minutes …", flush=True)
    # With a name that no change has, mutmut stops after that.
    said = mutmut(place, options.cores, "no.such.x_change__mutmut_0")
    sample, of = draw(place, options.sample, options.seed, options.only) if "nothing matches" in said else ([], 0)
    if not sample:
        print(said[-4000:], file=sys.stderr)
        print("The tests did not pass before anything was changed, or no file matches.", file=sys.stderr)
        return 1
    print(f"Trying {len(sample)} of {of} changes, SEED={options.seed} …", flush=True)
    said = mutmut(place, options.cores, *(one.name for one in sample if options.sample))
    status = {one.name: one.status for one in known(place)}
    sample = [Mutation(one.name, one.path, one.difference, status[one.name]) for one in sample]
    untried = [one for one in sample if one.status == "not checked"]
    sample = [one for one in sample if one.status != "not checked"]
    if untried:
        print(said[-4000:], file=sys.stderr)
        print(f"{len(untried)} of them were not tried, and do not count below.", file=sys.stderr)
    if not sample:
        return 1
    without = controls(place, sample)
    if failing := failing_without_change(place, options.cores, without):
        print(f"The tests of {len(failing)} of {len(without)} noticed changes fail without them as well,")
        print("so this run has no score:", *failing, sep="\n  ")
        return 1
    survivors = [one for one in sample if one.status not in NOTICED]
    log = place / "survivors.diff"
    log.write_text("\n".join(f"# {one.name}: {one.status}\n{one.difference}\n" for one in survivors), encoding="utf-8")
    summary, score = table(sample)
    print(summary)
    print(f"Tests that passed without the change they notice: {len(without)} of {len(without)} tried")
    print(f"What no test noticed: {log}")
    return int(bool(untried) or score < options.least)


if __name__ == "__main__":
    sys.exit(main())
