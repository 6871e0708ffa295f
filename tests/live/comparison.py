# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The differences between the responses of tenant and simulator, in names, types and codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.intune.exchange.plugins.module_utils._core.text import counted

from .recording import Key
from .response_shapes import HEADERS, NOTHING, Observed, Place


@dataclass(frozen=True)
class Difference:
    """`statuses` are those of the simulator's responses concerned; empty for successes."""

    key: Key
    kind: str
    place: Place
    tenant: tuple[str, ...]
    simulator: tuple[str, ...]
    statuses: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Uncompared:
    """What only one side had, most likely because the tenants have different content."""

    key: Key
    why: str


def compare(
    tenant: Mapping[Key, Observed], simulator: Mapping[Key, Observed]
) -> tuple[list[Difference], list[Uncompared]]:
    found: list[Difference] = []
    skipped = [
        Uncompared(key, f"asked of the {'tenant' if key in tenant else 'simulator'} only")
        for key in sorted(tenant.keys() ^ simulator.keys())
    ]
    for key in sorted(tenant.keys() & simulator.keys()):
        ours, theirs = simulator[key], tenant[key]
        found += [*_outcomes(key, theirs, ours), *_headers(key, theirs, ours), *_pages(key, theirs, ours)]
        if theirs.objects and ours.objects:
            found += [*_properties(key, theirs, ours), *_types(key, theirs, ours)]
            found += [Difference(key, "enumeration", place, ("a value outside",), ()) for place in _only(theirs, ours)]
        empty = [place for place in ours.objects if place not in theirs.objects]
        empty += [place for place in theirs.objects if place not in ours.objects]
        if empty and theirs.outcomes.keys() & ours.outcomes.keys():
            kinds = counted(len(empty), "kind of object", "kinds of objects")
            skipped.append(Uncompared(key, f"{kinds} that only one side has"))
        if theirs.transient:
            answers = counted(theirs.transient.total(), "answer")
            skipped.append(Uncompared(key, f"{answers} that the tenant asked to repeat"))
    return found, skipped


def _outcomes(key: Key, theirs: Observed, ours: Observed) -> Iterator[Difference]:
    given = set(theirs.outcomes) or set(theirs.transient)
    mine = set(ours.outcomes) or set(ours.transient)
    if given == mine:
        return
    same_status = {status for status, _code in given} == {status for status, _code in mine}
    kind = "error code" if same_status else "status"
    statuses = frozenset(status for status, _code in mine - given) or frozenset(status for status, _code in mine)
    yield Difference(key, kind, (), _told(given - mine), _told(mine - given), statuses)


def _told(outcomes: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(f"{status or 'no answer'} {code}".strip() for status, code in sorted(outcomes))


def _headers(key: Key, theirs: Observed, ours: Observed) -> Iterator[Difference]:
    """Headers that one side always sends and the other never."""
    for sort in sorted({sort for sort, _name in theirs.headers.keys() & ours.headers.keys()}):
        for name in HEADERS:
            (theirs_with, theirs_without), (ours_with, ours_without) = (
                theirs.headers[sort, name],
                ours.headers[sort, name],
            )
            if (theirs_with and not theirs_without and not ours_with) or (
                ours_with and not ours_without and not theirs_with
            ):
                there = ("there",), ()
                yield Difference(key, "header", (sort, name), *(there if theirs_with else there[::-1]))


def _pages(key: Key, theirs: Observed, ours: Observed) -> Iterator[Difference]:
    """Only what does not depend on the number of objects: one side divides a page, and the other does not."""
    theirs_full, ours_full = ({items for items, link in side.pages if link} for side in (theirs, ours))
    for full, other in ((ours_full, theirs), (theirs_full, ours)):
        unlinked = {items for items, link in other.pages if not link}
        if full and not any(link for _items, link in other.pages) and any(items >= min(full) for items in unlinked):
            there = (f"a link after {max(full)} items",), ()
            yield Difference(key, "page link", (), *(there[::-1] if other is theirs else there))
    if theirs_full and ours_full and max(theirs_full) != max(ours_full):
        yield Difference(key, "page size", (), (str(max(theirs_full)),), (str(max(ours_full)),))


def _properties(key: Key, theirs: Observed, ours: Observed) -> Iterator[Difference]:
    """Properties that the simulator always returns and the tenant never, and the reverse."""
    for place in sorted(theirs.properties.keys() ^ ours.properties.keys()):
        parent = place[:-1]
        if not (theirs.objects[parent] and ours.objects[parent]):
            continue
        if place in theirs.properties:
            yield Difference(key, "property only of the tenant", place, tuple(sorted(theirs.types[place])), ())
        elif ours.properties[place] == ours.objects[parent]:
            yield Difference(key, "property only of the simulator", place, (), tuple(sorted(ours.types[place])))


def _types(key: Key, theirs: Observed, ours: Observed) -> Iterator[Difference]:
    """Null has no type."""
    for place in sorted(theirs.types.keys() & ours.types.keys()):
        given, mine = theirs.types[place] - {NOTHING}, ours.types[place] - {NOTHING}
        if given and mine and given != mine:
            yield Difference(key, "type", place, tuple(sorted(given)), tuple(sorted(mine)))


def _only(theirs: Observed, ours: Observed) -> list[Place]:
    return sorted(theirs.strays - ours.strays)
