# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page with every key of a tenant description: its type from the table by which the simulator checks
descriptions, its default and meaning from the description that all others extend.

python tools/simulator_keys.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from simulator.state.description_keys import TABLE  # noqa: E402
from simulator.state.description_kinds import Fields, Kind, OrNull  # noqa: E402

READY = ROOT / "simulator/tenants/ready.yml"
PAGE = ROOT / "docs/docsite/rst/simulator_keys.rst"
# Mappings and lists of examples: their own keys are explained with them.
EXPLAINED = {
    "organization",
    "skus",
    "users",
    "application",
    "applications",
    "person",
    "exchange.roles",
    "exchange.role_groups",
    "exchange.devices",
    "shared_limit",
    "sign_in_crowd",
    "exchange.crowd",
    "exchange.organization_settings",
}
_KEY = re.compile(r"^( *)([A-Za-z_]\w*):(?: (.*))?$")
_COMMENT = re.compile(r"^ *# ?(.*)$")
_HEAD = """..
  Copyright (c) 2026 intune.exchange contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. Made by tools/simulator_keys.py: change it there, or in simulator/tenants/ready.yml.

.. _ansible_collections.intune.exchange.docsite.simulator_keys:

Keys of a tenant description
============================

Every key that :ref:`a tenant description <ansible_collections.intune.exchange.docsite.simulator>` can have, with its
value in ``simulator/tenants/ready.yml``, which the other descriptions extend. ``extends`` names the description that a
file extends. A time is a number of simulated seconds, unless its key says otherwise. The simulator refuses any other
key, a value of another type and an unknown name at the start.

"""


@dataclass
class Key:
    """A key by its whole path, its default, and the comment above it."""

    path: str
    default: str
    meaning: list[str] = field(default_factory=list)


def keys(text: str) -> Iterator[Key]:
    """The keys of a description in the order of the file."""
    above: list[str] = []
    parents: list[str] = []
    for line in text.splitlines():
        comment, key = _COMMENT.match(line), _KEY.match(line)
        if comment:
            above.append(comment[1])
        elif key:
            depth, name, value = len(key[1]) // 2, key[2], key[3] or ""
            parents = [*parents[:depth], name]
            if not any(".".join(parents[:number]) in EXPLAINED for number in range(1, len(parents))):
                yield Key(".".join(parents), value, above)
            above = []
        elif not line.strip():
            above = []


def kind_of(path: str) -> Kind:
    """The kind of the values of a key. Raises KeyError for one that is not in the table."""
    kind: Kind = TABLE
    for name in path.split("."):
        kind = kind.kind if isinstance(kind, OrNull) else kind
        if not isinstance(kind, Fields):
            raise KeyError(path)
        kind = kind.kinds[name]
    return kind


def _row(key: Key, is_parent: bool) -> tuple[str, ...]:
    words = " ".join(" ".join(one.split()) for one in key.meaning)
    meaning = re.sub(r"`+([^`]+)`+", r"``\1``", words)
    meaning = re.sub(r"(?<!`)(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})(?!`)", r"``\1``", meaning)  # mappings
    default = "" if is_parent else f"``{key.default}``" if key.default else "see the file"
    kind = kind_of(key.path)
    or_null = "; or null" if isinstance(kind, OrNull) else ""
    return f"``{key.path}``", f"mapping{or_null}" if is_parent else kind.words, default, meaning


def page() -> str:
    """The page as reStructuredText: one table."""
    found = list(keys(READY.read_text(encoding="utf-8")))
    parents = {key.path.rpartition(".")[0] for key in found} - {""}
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 25 25 15 35", ""]
    rows: list[tuple[str, ...]] = [
        ("Key", "Value", "Default", "Meaning"),
        *(_row(key, key.path in parents) for key in found if key.meaning or key.path not in parents),
    ]
    for row in rows:
        for number, text in enumerate(row):
            lines.append(f"   {'*' if not number else ' '} - {text}".rstrip())
    return _HEAD + "\n".join(lines) + "\n"


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
