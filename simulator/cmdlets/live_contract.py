# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented cmdlets merged with what a live tenant declares and returns. Names compare without case.

Live decides what exists and which parameters can be combined. What only the documentation has stays: the module file of
a tenant lists what the roles of its reader permit, and properties that were null there are missing from the facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..odata.contract import CONTRACTS
from ..state.http_messages import Json

_ALL = "__AllParameterSets"
_COMMON = {"confirm", "whatif"}
_ENCODINGS = {
    "switch": "switch",
    "bool": "bool",
    "int": "int",
    "string": "string",
    "string[]": "array",
    "System.Object": "string",
    "System.Object[]": "array",
    "pscredential": "unsupported",
}

_MIME_FORMATS = (
    "TextOnly",
    "HtmlOnly",
    "HtmlAndTextAlternative",
    "TextEnrichedOnly",
    "TextEnrichedAndTextAlternative",
    "BestBodyFormat",
    "Tnef",
)


class Difference(NamedTuple):
    """One difference between documentation and live tenant, and how the simulator resolves it."""

    where: str
    documented: str
    live: str
    decision: str


def merged_contract(directory: Path = CONTRACTS) -> Json:
    """contracts/exchange-cmdlets.json as a live tenant has it."""
    document, cmdlets, properties = _files(directory)
    for name, parameters in cmdlets.items():
        entry = document["cmdlets"][name]
        known = {spelling.lower(): spelling for spelling in entry["parameters"]}
        for parameter, declared in parameters.items():
            if parameter.lower() not in known:
                known[parameter.lower()] = parameter
                entry["parameters"][parameter] = _only_live(declared)
            entry["parameters"][known[parameter.lower()]]["cloud"] = True
        for spec in entry["parameters"].values():
            if spec["type"] == "MimeTextFormat":
                # https://learn.microsoft.com/powershell/module/exchange/set-casmailbox has numbers and names
                spec |= {"allowed_values": list(_MIME_FORMATS), "numbered": True, "default": "BestBodyFormat"}
        entry["parameter_sets"] = _merged_sets(entry, parameters, known)
    for noun, observed in properties.items():
        described = document["output_objects"][noun]
        described["properties"] = described["properties"] | observed
        described["observed"] = sorted(observed)
    return document


def differences(directory: Path = CONTRACTS) -> Iterator[Difference]:
    """All differences, each with its decision."""
    document, cmdlets, properties = _files(directory)
    for name, entry in document["cmdlets"].items():
        yield from _parameter_differences(name, entry, cmdlets[name])
        yield from _set_differences(name, entry, cmdlets[name])
    for noun, observed in properties.items():
        yield from _property_differences(noun, document["output_objects"][noun]["properties"], observed)


def _parameter_differences(name: str, entry: Json, parameters: Json) -> Iterator[Difference]:
    declared = {parameter.lower(): parameter for parameter in parameters}
    cloud = {parameter.lower(): parameter for parameter, spec in entry["parameters"].items() if spec["cloud"]}
    for key in sorted(declared.keys() - cloud.keys()):
        yield Difference(f"{name} {declared[key]}", "no such parameter", "declared", "taken, not simulated")
    for key in sorted(cloud.keys() - declared.keys() - _COMMON):
        yield Difference(f"{name} {cloud[key]}", "a parameter", "not declared", "stays: roles of the reader")
    for key in sorted(cloud.keys() & declared.keys()):
        if cloud[key] != declared[key]:
            yield Difference(f"{name} {cloud[key]}", cloud[key], declared[key], "any case is taken")


def _property_differences(noun: str, documented: Json, observed: Json) -> Iterator[Difference]:
    added = [name for name in observed if name not in documented]
    if added:
        yield Difference(noun, "no such properties", ", ".join(added), "returned")
    for name, kind in observed.items():
        if name in documented and documented[name] != kind:
            yield Difference(f"{noun} {name}", documented[name], kind, "live")
    absent = [name for name in documented if name not in observed]
    if absent:
        yield Difference(noun, ", ".join(absent), "not observed", "stay: null values were not recorded")


def _files(directory: Path) -> tuple[Json, Json, Json]:
    document = json.loads((directory / "exchange-cmdlets.json").read_text())
    cmdlets = json.loads((directory / "live-cmdlets.json").read_text())["cmdlets"]
    properties = json.loads((directory / "live-properties.json").read_text())["properties"]
    return document, cmdlets, properties


def _only_live(declared: Json) -> Json:
    return {
        "cloud": True,
        "cloud_only": True,
        "encoding": _ENCODINGS[declared["type"]],
        "required": False,
        "type": declared["type"],
        "undocumented": True,
    }


def _live_sets(parameters: Json) -> dict[str, tuple[list[str], list[str]]]:
    """By name of the set: the mandatory parameters and the others."""
    named = {one for declared in parameters.values() for one in declared.get("sets", [])} - {_ALL}
    sets: dict[str, tuple[list[str], list[str]]] = {name: ([], []) for name in sorted(named) or [_ALL]}
    for parameter, declared in parameters.items():
        for name, (mandatory, optional) in sets.items():
            if name in declared.get("sets", [name]):
                needed = {name, _ALL} & set(declared.get("mandatory_in", []))
                (mandatory if needed else optional).append(parameter)
    return sets


def _merged_sets(entry: Json, parameters: Json, known: dict[str, str]) -> Json:
    """The live sets in the documented spelling; parameters only in the documentation go where it says."""
    declared = {parameter.lower() for parameter in parameters}
    documented = [
        {name for name in (*one["mandatory"], *one["optional"]) if name.lower() not in declared}
        for one in entry["parameter_sets"].values()
    ]
    extra = sorted(set().union(*documented)) if documented else []
    return {
        name: {
            "mandatory": [known[parameter.lower()] for parameter in mandatory],
            "optional": [known[parameter.lower()] for parameter in optional] + extra,
        }
        for name, (mandatory, optional) in _live_sets(parameters).items()
    }


def _set_differences(name: str, entry: Json, parameters: Json) -> Iterator[Difference]:
    cloud = {parameter.lower() for parameter, spec in entry["parameters"].items() if spec["cloud"]} & {
        parameter.lower() for parameter in parameters
    }
    live = {_shape(mandatory, optional, cloud) for mandatory, optional in _live_sets(parameters).values()}
    documented = {_shape(one["mandatory"], one["optional"], cloud) for one in entry["parameter_sets"].values()}
    for needed, others in sorted(live - documented):
        yield Difference(f"{name} (set)", "no such set", _in_words(needed, others), "taken")
    for needed, others in sorted(documented - live):
        covered = any(set(more) <= set(needed) and {*needed, *others} <= {*more, *rest} for more, rest in live)
        yield Difference(
            f"{name} (set)", _in_words(needed, others), "no such set", "a live set has it" if covered else "refused"
        )


def _shape(mandatory: list[str], optional: list[str], names: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    needed = sorted(name.lower() for name in mandatory if name.lower() in names)
    return tuple(needed), tuple(sorted(name.lower() for name in optional if name.lower() in names))


def _in_words(needed: tuple[str, ...], others: tuple[str, ...]) -> str:
    return f"{', '.join(needed) or 'nothing'} needed; {', '.join(others) or 'no others'}"
