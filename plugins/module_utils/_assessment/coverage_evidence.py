# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom policies cover, in sentences for the evidence of a check. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._conditional_access.rules import APPS, BROWSER, EAS, LEGACY
from .._core.text import counted
from .platforms import unverified

_CERTIFICATES = (
    "clients that show a certificate straight to Exchange ActiveSync never ask Microsoft Entra and are not met by this"
)


def evidence_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Who is covered in these ways to open mail, and who is not and why."""
    sentences = _merged(rows)
    certificates = [_CERTIFICATES] if any(row["client"] == EAS for row in rows) else []
    return "; ".join([*sentences, *certificates, *unverified(one for row in rows for one in row["covered"])])


def _sentence(row: Mapping[str, Any]) -> str:
    parts = []
    for status, words in (
        ("covered", "covered"),
        ("depends_on", "only under conditions"),
        ("not_covered", "not covered"),
    ):
        for entry in row[status]:
            number = "somebody" if entry["people"] is None else counted(entry["people"], "person", "people")
            parts.append(f"{number} {words} ({_why(status, entry)})")
    if row["report_only"]:
        names = sorted({one["policy"] for entry in row["report_only"] for one in entry["policies"]})
        parts.append(f"in report-only mode: {', '.join(map(repr, names))}")
    return ", ".join(parts) or "nobody to ask about"


def _why(status: str, entry: Mapping[str, Any]) -> str:
    if status == "not_covered":
        reasons = [f"{one['policy']!r}: {one['detail']}" for one in entry["reasons"] if one["reason"] in _TELLING]
        return "; ".join(reasons) or "no policy in force asks for it"
    names = [repr(one["policy"]) for one in entry["policies"]]
    conditions = sorted({one for policy in entry["policies"] for one in policy.get("conditions", ())})
    return ", ".join(names) + (f" by {', '.join(conditions)}" if conditions else "")


# Reasons why a policy that looks right is not; other reasons are about something else.
_TELLING = {"excluded", "not_included", "report_only", "alternative", "approved_application", "platform"}


_CLIENTS = {APPS: "apps", BROWSER: "browsers", EAS: "Exchange ActiveSync", LEGACY: "other legacy clients"}
_PLATFORMS = {"android": "Android", "windows": "Windows", "linux": "Linux", "other": "unrecognized platforms"}


def _merged(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Ways to open mail with the same finding, in one sentence."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        platforms = found.setdefault(_sentence(row), {}).setdefault(_CLIENTS[row["client"]], [])
        platforms.append(_PLATFORMS.get(row["platform"], row["platform"]))
    return [
        "; ".join(f"{client} on {', '.join(names)}" for client, names in ways.items()) + f": {said}"
        for said, ways in found.items()
    ]
