# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page on the certainty of the simulator's behaviours, from its own tables.

python tools/fidelity.py
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from simulator.behaviours.behaviour import ASSUMED, DOCUMENTED, SEEN  # noqa: E402
from simulator.behaviours.table import BEHAVIOURS, SECTIONS  # noqa: E402
from simulator.cmdlets.contract import load_cmdlets  # noqa: E402
from simulator.exchange.table import carried_out_by, not_carried_out  # noqa: E402
from simulator.graph.service import BATCH  # noqa: E402
from simulator.graph.table import action_of  # noqa: E402
from simulator.odata.contract import Contract  # noqa: E402

PAGE = ROOT / "docs/docsite/rst/simulator_fidelity.rst"
_HEAD = """..
  Copyright (c) 2026 intune.exchange contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

  Written by tools/fidelity.py. Do not edit.

.. _ansible_collections.intune.exchange.docsite.simulator_fidelity:

How faithful the simulated tenant is
====================================

The simulated tenant is based on public sources. No live tenant was used. Each of its behaviours has one of these marks:

{marks}

Everything else comes from the two contract files in ``simulator/contracts``: paths, properties, query options and
permissions of Microsoft Graph; cmdlets, parameters and roles of Exchange Online. Every response in the simulator's
ledger names its behaviour, and a response without one is an error of the simulator.
"""
_MEANING = {
    DOCUMENTED: "Microsoft's own pages describe it",
    SEEN: "public clients or public issues show it",
    ASSUMED: "no public source describes it; the simulator needs a behaviour",
}


def page() -> str:
    """The whole page."""
    return "\n".join(
        [
            _HEAD.format(marks="\n".join(_marks())),
            *(line for name, rows in SECTIONS.items() for line in _section(name, list(_rows(rows)))),
            *_section("Graph operations and their behaviours", list(_operations()), ("Operation", "Behaviour")),
            *_section(
                "Cmdlets and their behaviours",
                list(_cmdlets()),
                ("Cmdlet", "Behaviour", "Parameters that are refused as not simulated"),
            ),
        ]
    )


def _marks() -> Iterator[str]:
    counted = Counter(row.mark for row in BEHAVIOURS.values())
    for mark, meaning in _MEANING.items():
        yield f"* **{mark}** ({counted[mark]} of {len(BEHAVIOURS)}): {meaning}"


def _section(
    title: str, rows: list[tuple[str, ...]], head: tuple[str, ...] = ("Behaviour", "What it is", "Known from", "Source")
) -> Iterator[str]:
    yield from (title, "-" * len(title), "", ".. list-table::", "   :header-rows: 1", "")
    for row in (head, *rows):
        for number, cell in enumerate(row):
            yield f"   {'*' if number == 0 else ' '} -{f' {cell}' if cell else ''}"
    yield ""


def _rows(rows: Iterable[str]) -> Iterator[tuple[str, ...]]:
    for name in rows:
        row = BEHAVIOURS[name]
        yield f"``{name}``", _plain(row.what), row.mark, _plain(row.source)


def _operations() -> Iterator[tuple[str, ...]]:
    for operation in Contract().operations():
        behaviour = "graph-batch" if operation.id == BATCH else action_of(operation)[2]
        yield f"``{operation.method} {operation.template}``", f"``{behaviour}``"


def _cmdlets() -> Iterator[tuple[str, ...]]:
    for cmdlet in load_cmdlets().values():
        yield cmdlet.name, f"``{carried_out_by(cmdlet)}``", ", ".join(not_carried_out(cmdlet))


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("|", "\\|").replace("`", "``")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
