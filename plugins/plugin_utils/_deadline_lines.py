# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deadlines in sentences: who loses mail on which date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._wrapped import open_sentence

Rows = Sequence[Mapping[str, Any]]
_PEOPLE = 20  # people of a deadline that the terminal shows


def deadlines(deadlines: Rows) -> list[str]:
    """Who loses mail at each deadline that affects, or may affect, the tenant, and what to do."""
    lines = []
    for one in deadlines:
        if one["status"] == "not_affected":
            continue
        certainty = str(one["certainty"]).replace("_", " ")
        lines.append(f"{one['date']}, {one['title']} ({one['status']}, {certainty}): {open_sentence(one['evidence'])}.")
        if one["people"]:
            more = f" and {len(one['people']) - _PEOPLE} more" if len(one["people"]) > _PEOPLE else ""
            lines.append(f"  People: {', '.join(map(str, one['people'][:_PEOPLE]))}{more}")
        lines.append(f"  Next step: {open_sentence(one['next_step'])}.")
    return lines


def deadlines_of_all(hosts: Sequence[str], results: Rows, unread: Sequence[str]) -> list[str]:
    """The tenants that each deadline affects. `results` are those of `hosts`, in their order."""
    by_host = {
        host: {one["id"]: one for one in result["deadlines"]} for host, result in zip(hosts, results, strict=True)
    }
    return [
        *(_affected(deadline, by_host) for deadline in (results[0]["deadlines"] if results else ())),
        *(f"{host} could not be read; see its failed task." for host in unread),
    ]


def _affected(deadline: Mapping[str, Any], by_host: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    found = {host: known[deadline["id"]] for host, known in by_host.items()}
    affected = [
        f"{host} ({'not known' if one['people_count'] is None else one['people_count']})"
        for host, one in found.items()
        if one["status"] == "affected"
    ]
    unknown = [host for host, one in found.items() if one["status"] == "unknown"]
    left = f"; not known for {', '.join(unknown)}" if unknown else ""
    return f"{deadline['date']}, {deadline['title']}: affects {', '.join(affected) or 'no tenant'}{left}"
