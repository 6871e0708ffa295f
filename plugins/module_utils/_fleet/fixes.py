# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings of an audit by object, each group with one task that fixes all of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.text import counted

Controls = Sequence[Mapping[str, Any]]


def fixes(failed: Controls) -> list[dict[str, Any]]:
    """A group for each object with failed controls, in their order, each with one `task` for all of its `controls`."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in failed:
        if one.get("remediation"):
            groups.setdefault((str(one.get("kind") or ""), str(one.get("object") or "")), []).append(one)
    return [
        {
            "kind": kind,
            "object": name,
            "title": f"{counted(len(group), 'setting')}{f' of {name}' if name else ''}",
            "controls": [str(one["id"]) for one in group],
            "task": _task(group),
        }
        for (kind, name), group in groups.items()
    ]


def _task(group: Controls) -> str:
    """One task with the options of all. Tasks for different objects stay separate."""
    texts = [str(one["remediation"]) for one in group]
    lines = [text.splitlines() for text in texts]
    if len(group) == 1 or any(len(one) < 3 or one[1] != lines[0][1] for one in lines):
        return "".join(texts)
    ids = ", ".join(str(one["id"]) for one in group)
    options = dict.fromkeys(line for one in lines for line in one[2:])  # each once, in order of appearance
    return "\n".join([f"- name: {json.dumps(f'Fix {ids}')}", lines[0][1], *options]) + "\n"
