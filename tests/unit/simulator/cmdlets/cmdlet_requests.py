# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for any cmdlet, generated from the contract only: valid ones, and ones with exactly one mistake.

Valid means: the parameters of one of the cmdlet's parameter sets, all mandatory ones and some others, each in the
encoding and within the bounds of the contract. An identity is that of an existing object, or of none. Text is letters,
digits, spaces and a few marks: the other valid characters of a property are not in the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Json = dict[str, Any]
COMMON = {"Confirm", "WhatIf"}
TABLE = "#Exchange.GenericHashTable"
TEXT = st.text("abcXYZ019 -_.@'äé漢", min_size=1, max_size=20).filter(lambda text: text.strip() == text)


@dataclass(frozen=True)
class Request:
    """A cmdlet with parameters; for an invalid one the behaviour that must refuse it."""

    cmdlet: str
    parameters: Json
    query: str = ""
    prefer: str = ""
    refused_by: str = ""


class Cmdlet:
    """One entry of the contract, as its author would read it."""

    def __init__(self, name: str, entry: Json, output: Json, skipped: set[str]) -> None:
        self.name = name
        self.verb = name.partition("-")[0]
        self.parameters: Json = {key: spec for key, spec in entry["parameters"].items() if spec["cloud"]}
        self.on_premises = sorted(set(entry["parameters"]) - set(self.parameters))
        self.sets = [(set(one["mandatory"]), set(one["optional"])) for one in entry["parameter_sets"].values()]
        self.output = output
        self.skipped = skipped

    @property
    def writes(self) -> bool:
        return self.verb not in ("Get", "Test")

    def __repr__(self) -> str:
        return self.name

    def fits(self, names: set[str]) -> bool:
        """Whether a parameter set has all of these."""
        return any(names <= mandatory | optional | COMMON for mandatory, optional in self.sets)

    def suffices(self, names: set[str]) -> bool:
        return any(mandatory <= names <= mandatory | optional | COMMON for mandatory, optional in self.sets)


class Values:
    """Valid and invalid values for a parameter."""

    def __init__(self, identities: dict[str, list[str]]) -> None:
        self._identities = identities

    def right(self, cmdlet: Cmdlet, name: str) -> SearchStrategy[Any]:
        spec = cmdlet.parameters[name]
        encoding, limits = spec["encoding"], spec.get("constraints", {})
        special = self._special(cmdlet, name)
        value = self._encoded(spec, encoding, limits) if special is None else special
        return st.none() | value if limits.get("nullable") else value

    def _special(self, cmdlet: Cmdlet, name: str) -> SearchStrategy[Any] | None:
        """Text in the contract that must have a special form."""
        if name == "Filter":
            properties = [key for key, kind in cmdlet.output.items() if kind == "string"]
            return st.builds("{} {} '{}'".format, st.sampled_from(properties), st.sampled_from(FILTERS), PLAIN)
        if name.lower() == "sortby":
            return st.sampled_from(sorted(cmdlet.output))
        if name == "ResultSize":
            return st.integers(1, 5) | st.just("Unlimited")
        return None

    def _encoded(self, spec: Json, encoding: str, limits: Json) -> SearchStrategy[Any]:
        if encoding.startswith("unlimited:"):
            return st.sampled_from(["Unlimited", "unlimited"]) | LIMITED[encoding](limits)
        match encoding:
            case "bool" | "switch":
                return st.booleans()
            case "int":
                return st.integers(limits.get("min", 0), limits.get("max", 1000))
            case "array":
                return st.lists(self._text(spec, limits), max_size=3)
            case "multivalued":
                texts = st.lists(self._text(spec, limits), max_size=3)
                if spec["type"] == "ApprovedApplicationCollection":
                    return texts  # the whole list only
                edits = st.dictionaries(st.sampled_from(["add", "remove", "Add", "Remove"]), texts)
                return texts | edits.map(lambda edit: {"@odata.type": TABLE, **edit})
        return self._text(spec, limits)

    def _text(self, spec: Json, limits: Json) -> SearchStrategy[str]:
        """One of the names in the contract; the identity of an object, or of none; any text."""
        if spec.get("allowed_values"):
            return st.sampled_from(spec["allowed_values"]).flatmap(lambda name: st.sampled_from([name, name.lower()]))
        known = self._identities.get(spec["type"].removesuffix("[]"))
        if known:
            return st.sampled_from(known) | TEXT
        return TEXT.map(lambda text: text[: limits.get("max_length", 20)].strip() or "x")

    def wrong(self, spec: Json) -> list[Any]:
        """Values outside the encoding or its bounds."""
        limits = spec.get("constraints", {})
        # The members of some enumerations may be given by number.
        found = [one for one in WRONG[spec["encoding"]] if not (spec.get("numbered") and isinstance(one, int))]
        if spec.get("allowed_values"):
            found.append("NoSuchMember" if spec["encoding"] == "enum" else ["NoSuchMember"])
        if "max_length" in limits:
            found.append("x" * (limits["max_length"] + 1))
        if spec["encoding"] in ("int", "unlimited:int"):
            found += [limits[side] + step for side, step in (("min", -1), ("max", 1)) if side in limits]
        if spec["encoding"] in ("unlimited:bytesize", "unlimited:int-kb"):
            found += [limits.get("max", limits.get("max_bytes")) + 1, "4 TB"]
        if spec["encoding"] == "unlimited:timespan" and "max" in limits:
            found += ["00:00:01", "999.00:00:00"]
        return found


FILTERS = ["-eq", "-ne", "-like"]
PLAIN = st.text("abcXYZ019 *", min_size=1, max_size=8)
WRONG: dict[str, list[Any]] = {
    "bool": ["yes", 1, None, [True]],
    "switch": ["yes", 1, None, {}],
    "int": ["five", 1.5, True, [1]],
    "string": [5, True, ["a"], {"a": 1}],
    "guid-string": [5, True, ["a"]],
    "enum": [5, True, ["Allow"]],
    "array": [5, [5], [["a"]], {"a": 1}],
    "multivalued": [5, [5], {"add": ["a"]}, {"@odata.type": TABLE, "change": ["a"]}],
    "unlimited:int": ["many", 1.5, True, []],
    "unlimited:int-kb": ["large", 1.5, True, {}],
    "unlimited:bytesize": ["large", 1.5, True, {}],
    "unlimited:timespan": ["soon", "24:00:00", "00:60:00", 5],
    "unsupported": ["anything", 5, {"UserName": "a"}],
}


def _spans(limits: Json) -> SearchStrategy[str]:
    """Durations within bounds that are whole minutes or whole days."""
    if "min" not in limits:
        return st.builds("{}.{:02}:{:02}:{:02}".format, *map(st.integers, (0,) * 4, (30, 23, 59, 59)))
    lowest, highest = (_seconds(limits[side]) for side in ("min", "max"))
    return st.integers(lowest, highest).map(_written)


def _seconds(span: str) -> int:
    days, separator, clock = span.rpartition(".")
    hours, minutes, seconds = map(int, clock.split(":"))
    return (int(days) if separator else 0) * 86400 + hours * 3600 + minutes * 60 + seconds


def _written(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}.{clock}" if days else clock


def _sizes(limits: Json) -> SearchStrategy[Any]:
    highest = limits.get("max", limits.get("max_bytes"))
    written = st.builds("{}{}".format, st.integers(0, 1), st.sampled_from(["KB", "MB", "GB", "B"]))
    return st.integers(0, highest) | written


LIMITED: dict[str, Callable[[Json], SearchStrategy[Any]]] = {
    "unlimited:int": lambda limits: st.integers(limits.get("min", 1), limits.get("max", 1000)),
    "unlimited:int-kb": _sizes,
    "unlimited:bytesize": _sizes,
    "unlimited:timespan": _spans,
}


@st.composite
def valid(draw: st.DrawFn, cmdlet: Cmdlet, values: Values) -> Request:
    names = draw(_names(cmdlet))
    parameters = {_spelled(draw, cmdlet, name): draw(values.right(cmdlet, name)) for name in sorted(names)}
    if cmdlet.writes and draw(st.integers(0, 3)):
        parameters = {name: value for name, value in parameters.items() if name not in ("confirm", "cf")}
        parameters["Confirm"] = False
    chosen = draw(st.just([]) | _selection(cmdlet)) if cmdlet.output else []
    query = f"$select={','.join(chosen)}" if chosen else ""
    size = draw(st.sampled_from([None, 1, 7, 1000]))
    return Request(cmdlet.name, parameters, query, f"odata.maxpagesize={size}" if size else "")


@st.composite
def _names(draw: st.DrawFn, cmdlet: Cmdlet) -> set[str]:
    """The parameters of one set: all mandatory ones, some others."""
    mandatory, optional = draw(st.sampled_from(cmdlet.sets))
    unsupported = {name for name, spec in cmdlet.parameters.items() if spec["encoding"] == "unsupported"}
    usable = sorted((optional & set(cmdlet.parameters)) - cmdlet.skipped - unsupported)
    return mandatory | (draw(st.sets(st.sampled_from(usable), max_size=6)) if usable else set())


def _selection(cmdlet: Cmdlet) -> SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(cmdlet.output)), min_size=1, max_size=5, unique=True)


def _spelled(draw: st.DrawFn, cmdlet: Cmdlet, name: str) -> str:
    """PowerShell ignores case, and has aliases."""
    spellings = [name, name.lower(), *cmdlet.parameters[name].get("aliases", [])]
    return draw(st.sampled_from(spellings))


@st.composite
def invalid(draw: st.DrawFn, cmdlet: Cmdlet, values: Values) -> Request:
    """A valid request with one mistake in it."""
    names = draw(_names(cmdlet))
    parameters = {name: draw(values.right(cmdlet, name)) for name in sorted(names)}
    mistakes = list(_mistakes(cmdlet, names, values))
    kind = draw(st.sampled_from(sorted({mistake.kind for mistake in mistakes})))
    mistake = draw(st.sampled_from([mistake for mistake in mistakes if mistake.kind == kind]))
    if mistake.change is None:
        del parameters[mistake.parameter]
    else:
        parameters[mistake.parameter] = draw(mistake.change)
    return Request(cmdlet.name, parameters, refused_by=mistake.refused_by)


@dataclass(frozen=True)
class Mistake:
    """The change of a parameter (None: it is left out), and what must refuse it."""

    kind: str
    parameter: str
    change: SearchStrategy[Any] | None
    refused_by: str


def _mistakes(cmdlet: Cmdlet, names: set[str], values: Values) -> Iterator[Mistake]:
    yield Mistake("unknown", "NoSuchParameter", TEXT, "cmdlet-parameter")
    for name in cmdlet.on_premises:
        yield Mistake("on premises", name, TEXT, "cmdlet-parameter")
    for name in names:
        if cmdlet.fits(names - {name}) and not cmdlet.suffices(names - {name}):
            yield Mistake("missing", name, None, "cmdlet-mandatory")
        # Only an existing value can be wrong; an empty identity counts as none.
        wrong = [value for value in values.wrong(cmdlet.parameters[name]) if name != "Identity" or value is not None]
        yield Mistake("value", name, st.sampled_from(wrong), "cmdlet-value")
    for name in set(cmdlet.parameters) - names:
        if cmdlet.parameters[name]["encoding"] == "unsupported":
            yield Mistake("unsupported", name, st.sampled_from(WRONG["unsupported"]), "cmdlet-value")
        elif not cmdlet.fits(names | {name}):
            yield Mistake("conflict", name, values.right(cmdlet, name), "cmdlet-parameter")
