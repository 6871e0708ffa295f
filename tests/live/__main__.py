# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`LIVE=1 make live`: send the same requests to a real tenant and the simulator, and report different responses.

Exits with 0 if there are no differences, with 1 if there are, with 2 if it refuses before anything is sent, and with 3
if nothing could be compared or an object of a run may still exist.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.intune.exchange.plugins.module_utils._core.connection import SECRET_OPTIONS
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor
from ansible_collections.intune.exchange.plugins.module_utils._core.text import counted
from simulator import Simulator

from .comparison import compare
from .probes import ACCESS, MADE, PREFIX, READS, Probe, Side, Tidied, ending, tidy
from .report import FOLDER, Facts, Names, known_names, shown_difference, shown_uncompared, write
from .settings import Refused, Terms, terms_of

Say = Callable[[str], None]


def main(environ: Mapping[str, str], folder: Path = FOLDER) -> int:
    try:
        terms = terms_of(environ)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _end)  # so that created objects are removed
    facts = examine(terms, lambda line: print(line, file=sys.stderr, flush=True))
    write(facts, folder)
    differences, operations = counted(len(facts["differences"]), "difference"), counted(facts["compared"], "operation")
    print(f"{differences} in {operations}: {folder / 'report.md'}")
    if facts["remains"] or not facts["compared"]:
        return 3
    return 1 if facts["differences"] else 0


def _end(number: int, _frame: Any) -> None:
    raise SystemExit(128 + number)


def examine(
    terms: Terms, say: Say, sleep: Callable[[float], None] = time.sleep, start: Mapping[str, Any] | None = None
) -> Facts:
    """All probes on both sides, and the report. `start`: further settings of the simulator."""
    run = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    tenant = Side(terms.options, sleep=sleep, tell=say)
    # For the tenant alone, and not compared: its pages are smaller than usual.
    say(ACCESS.title)
    access = _told(Side(terms.options, sleep=sleep, tell=say).run(ACCESS), say)
    # Limits depend on the number of requests, which is not compared.
    with Simulator(tenants=[terms.like], rate_limits=False, **(start or {})) as simulator:
        model = Side(simulator.options(method="token"), sleep=simulator.advance)
        tasks: list[Facts] = []
        earlier, left = Tidied(), Tidied()
        try:
            if terms.writes:
                with tenant.writing():
                    earlier = tidy(tenant)
            for probe in _probes(terms.writes, PREFIX + run):
                say(probe.title)
                ended = {}
                for name, side in (("tenant", tenant), ("simulator", model)):
                    ended[name] = _attempt(side, probe, PREFIX + run, terms.writes)
                tasks.append({"task": probe.title, **ended})
        finally:
            if terms.writes:
                with tenant.writing():
                    left = tidy(tenant)
                for one in left.remains:
                    say(f"still there, or not known: {one}")
        rows = list(_rows(simulator.requests()))
    differences, skipped = compare(tenant.recorder.observed, model.recorder.observed)
    names = Names(known_names(model.recorder.observed.values()), frozenset(tenant.recorder.values))
    facts = {
        "run": run,
        "wrote": terms.writes,
        "like": terms.like,
        "compared": len(_answered(tenant) & _answered(model)),
        "removed": earlier.removed,
        "remains": left.remains,
        "held_back": sorted(tenant.recorder.held_back),
        "access": access,
        "tasks": tasks,
        "differences": [shown_difference(one, names, rows) for one in differences],
        "not_compared": [shown_uncompared(one) for one in skipped],
    }
    return _without_secrets(facts, terms.options)


def _probes(writes: bool, name: str) -> Iterator[Probe]:
    yield from READS
    if writes:
        for made in MADE:
            yield from made.life(name)


def _attempt(side: Side, probe: Probe, name: str, writes: bool) -> str:
    if not (writes and probe.options.get("state") and not probe.check_mode):
        return ending(side.run(probe, name))
    with side.writing():
        return ending(side.run(probe, name))


def _told(result: Mapping[str, Any], say: Say) -> list[Facts]:
    """What works on the tenant: the full text for whoever watches, and the report without content of the tenant."""
    if result.get("failed"):
        say(str(result["msg"]))
        return []
    for one in result["checks"]:
        say(f"  {one['title']}: {one['status']}")
        if one["status"] in ("missing", "unknown"):
            say("".join(f"    {one[part]}\n" for part in ("evidence", "next_step", "command") if one[part]).rstrip())
    return [{"read": one["title"], "status": one["status"]} for one in result["checks"]]


def _answered(side: Side) -> set[tuple[str, str, str]]:
    return {key for key, seen in side.recorder.observed.items() if seen.outcomes}


def _rows(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The ledger, with the parts of batches."""
    for row in rows:
        yield row
        yield from ({"service": row["service"], **part} for part in row.get("parts", ()))


def _without_secrets(facts: Facts, options: Mapping[str, Any]) -> Facts:
    """It contains none of them; this guards against future mistakes."""
    redactor = Redactor()
    for option in (*SECRET_OPTIONS, "tenant_id", "client_id"):
        redactor.add(options.get(option))
    cleaned: Facts = redactor.clean(facts)
    return cleaned


if __name__ == "__main__":
    sys.exit(main(os.environ))
