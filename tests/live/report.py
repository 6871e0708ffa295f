# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: Markdown for people, JSON for programs, and no content of the tenant in either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.intune.exchange.plugins.module_utils._core.text import counted
from simulator.behaviours.table import BEHAVIOURS

from .comparison import Difference, Uncompared
from .response_shapes import Observed

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "live-report"
Facts = dict[str, Any]
NOT_SHOWN = "(not shown)"
_PLAIN = re.compile(r"[@#<]?[A-Za-z#][A-Za-z0-9_.@#]{0,99}>?")
_NUMBERED = re.compile(r"\d{5}|[0-9a-fA-F]{12}")  # may be an id
_CONTRACTS = {"graph": "simulator/contracts/graph-v1.0.json", "exchange": "simulator/contracts/exchange-cmdlets.json"}


@dataclass(frozen=True)
class Names:
    """Names in the tenant's responses: shown if the simulator has them too, or if they cannot be values.

    A name that is also part of a value, such as an address, is not shown.
    """

    known: frozenset[str]
    values: frozenset[str]

    def show(self, name: str) -> str:
        if name in self.known:
            return name
        bare = name.strip("<>#@").casefold()
        plain = _PLAIN.fullmatch(name) and not _NUMBERED.search(name)
        return name if plain and not any(bare in value for value in self.values) else NOT_SHOWN

    def outcome(self, told: str) -> str:
        status, _space, code = told.partition(" ")
        return f"{status} {self.show(code)}" if status.isdigit() and code else told


def known_names(observed: Iterable[Observed]) -> frozenset[str]:
    """The names that the simulator itself returns."""
    found: set[str] = {"[]"}
    for one in observed:
        found |= {step for place in one.types for step in place} | {step for place in one.objects for step in place}
        found |= {code for _status, code in (*one.outcomes, *one.transient)}
    return frozenset(found)


def shown_difference(one: Difference, names: Names, rows: Iterable[Mapping[str, Any]]) -> Facts:
    """`rows` are those of the simulator's ledger: the behaviours behind its responses."""
    service, operation, shaping = one.key
    behaviours = sorted(
        {
            row["behaviour"]
            for row in rows
            if row["service"] == service and row["operation"] == operation and row["behaviour"]
            if (row["status"] in one.statuses if one.statuses else (row["status"] or 0) < 300)
        }
    )
    outcome = one.kind in ("status", "error code")
    place = one.place if one.kind == "header" else tuple(names.show(step) for step in one.place)
    return {
        "service": service,
        "operation": operation,
        "query": shaping,
        "kind": one.kind,
        "place": (": " if one.kind == "header" else ".").join(place).replace(".[]", "[]").replace(".<", "<"),
        "tenant": [names.outcome(said) if outcome else said for said in one.tenant],
        "simulator": list(one.simulator),
        "declared": [
            {"behaviour": name, "mark": BEHAVIOURS[name].mark, "source": BEHAVIOURS[name].source} for name in behaviours
        ],
        "contract": _CONTRACTS[service],
    }


def shown_uncompared(one: Uncompared) -> Facts:
    service, operation, shaping = one.key
    return {"service": service, "operation": operation, "query": shaping, "why": one.why}


def markdown(facts: Facts) -> str:
    differences, skipped, remains = facts["differences"], facts["not_compared"], facts["remains"]
    lines = [
        f"# Tenant and simulator: {counted(len(differences), 'difference')}",
        "",
        f"Run {facts['run']}, {'reading and writing' if facts['wrote'] else 'reading only'}, compared with the "
        f"simulated tenant `{facts['like']}`. Compared: {counted(facts['compared'], 'operation')}. Ids, addresses, "
        "names and other values of the tenant are omitted.",
        "",
    ]
    if facts["removed"]:
        lines += [f"Removed {counted(facts['removed'], 'object')} of an earlier run.", ""]
    if remains:
        lines += ["**Could not be removed, or may still exist:**", "", *(f"* {one}" for one in remains), ""]
    if facts["held_back"]:
        lines += [f"Held back, since they would have written: {', '.join(facts['held_back'])}.", ""]
    for one in differences:
        query = f" ({one['query']})" if one["query"] else ""
        lines += [f"## {one['service']}: {one['operation']}{query}: {one['kind']}", ""]
        if one["place"]:
            lines += [f"* where: `{one['place']}`"]
        for side in ("tenant", "simulator"):
            lines += [f"* {side}: {', '.join(f'`{said}`' for said in one[side]) or 'none'}"]
        for row in one["declared"]:
            lines += [f"* declared: `{row['behaviour']}`, {row['mark']} ({row['source']})"]
        lines += [f"* contract: `{one['contract']}`", ""]
    lines += ["## Access", "", "| read | status |", "|---|---|"]
    lines += [f"| {one['read']} | {one['status']} |" for one in facts["access"]]
    lines += ["", "## Tasks", "", "| task | tenant | simulator |", "|---|---|---|"]
    lines += [f"| {one['task']} | {one['tenant']} | {one['simulator']} |" for one in facts["tasks"]]
    lines += ["", "## Not compared", ""]
    lines += [f"* {one['service']}: {one['operation']}: {one['why']}" for one in skipped] or [
        "Everything was compared."
    ]
    return "\n".join(lines) + "\n"


def write(facts: Facts, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    (folder / "report.md").write_text(markdown(facts), encoding="utf-8")
