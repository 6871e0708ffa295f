# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences that somebody accepts until a date. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from .._core.errors import one_line, usage
from .._core.resource import normalize_case
from .._core.text import did_you_mean
from .kinds import KINDS

_OF_ACCEPTED = ("kind", "object", "property", "reason", "until")
_REQUIRED = ("kind", "reason", "until")


def _form(name: str) -> str:
    return str(normalize_case(name.strip())).replace(" ", "_")


_BY_NAME = {_form(name): kind for kind, known in KINDS.items() for name in (kind, known.title)}


class Acceptances:
    """The accepted differences of a comparison, and which of them accepted something.

    `ids_of` returns the ids of the object of an entry, or None for every object. Raises `TenantError` for an entry
    without what it needs.
    """

    def __init__(
        self, entries: Sequence[Any], ids_of: Callable[[Mapping[str, Any]], set[str] | None], today: date
    ) -> None:
        self._entries = [_checked(one, number) for number, one in enumerate(entries, 1)]
        self._ids = [ids_of(one) for one in self._entries]
        self._over = [today > date.fromisoformat(str(one["until"])) for one in self._entries]
        self._used = [False] * len(self._entries)
        self.expired = 0  # differences whose acceptance is over

    @property
    def ended(self) -> list[dict[str, Any]]:
        return [one for one, over in zip(self._entries, self._over, strict=True) if over]

    @property
    def unmatched(self) -> list[dict[str, Any]]:
        """Those that accept nothing, for example because a name is mistyped."""
        found = zip(self._entries, self._over, self._used, strict=True)
        return [one for one, over, used in found if not (over or used)]

    def of(self, difference: Mapping[str, Any]) -> dict[str, str] | None:
        """The reason and the last day, if the difference is accepted today."""
        fitting = [number for number, entry in enumerate(self._entries) if _fits(entry, self._ids[number], difference)]
        for number in fitting:
            self._used[number] = True
        current = [self._entries[number] for number in fitting if not self._over[number]]
        self.expired += bool(fitting) and not current
        return {"reason": str(current[0]["reason"]), "until": str(current[0]["until"])} if current else None


def _fits(entry: Mapping[str, Any], ids: set[str] | None, difference: Mapping[str, Any]) -> bool:
    return (
        entry["kind"] == difference["kind"]
        and (ids is None or normalize_case(difference["id"]) in ids)
        and (
            entry.get("property") is None
            or normalize_case(str(entry["property"])) == normalize_case(difference["property"])
        )
    )


def _checked(entry: Any, number: int) -> dict[str, Any]:
    """The entry, its kind as a key of snapshots: people read the title in reports, and type that."""
    which = str(number)
    if not isinstance(entry, Mapping):
        raise usage(f"accepted difference {which} is not a dictionary", f"Use {', '.join(_OF_ACCEPTED)}")
    about = one_line(", ".join(str(entry[name]) for name in ("kind", "object") if entry.get(name)), 200)
    which = f"{which} ({about})" if about else which
    missing = [name for name in _REQUIRED if name not in entry]
    if missing:
        raise usage(
            f"accepted difference {which} has no {' and no '.join(missing)}", f"Each needs {', '.join(_REQUIRED)}"
        )
    unknown = [str(name) for name in entry if name not in _OF_ACCEPTED]
    blank = [name for name in _OF_ACCEPTED if name in entry and (entry[name] is None or not str(entry[name]).strip())]
    if unknown or blank:
        raise usage(
            f"{', '.join([*unknown, *blank])} of accepted difference {which} "
            f"{'is not known' if unknown else 'is blank'}, and that never means everything",
            f"Use {', '.join(_OF_ACCEPTED)}; without object or property, all of them are accepted",
        )
    try:
        date.fromisoformat(str(entry["until"]))
    except ValueError:
        raise usage(
            f"until of accepted difference {which} is {entry['until']!r}", "Set it to a date such as 2027-01-31"
        ) from None
    return {**entry, "kind": _kind(str(entry["kind"]), which)}


def _kind(given: str, which: str) -> str:
    if kind := _BY_NAME.get(_form(given)):
        return kind
    meant = did_you_mean([_form(given)], _BY_NAME)
    raise usage(
        f"{one_line(given, 100)} of accepted difference {which} is not a kind of objects in snapshots",
        f"{meant} Correct its kind" if meant else f"Use {', '.join(KINDS)}",
    )
