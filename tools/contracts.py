# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the list of differences between documentation and live tenant into simulator/contracts/README.md.

python tools/contracts.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from simulator.cmdlets.live_contract import differences  # noqa: E402

PAGE = ROOT / "simulator/contracts/README.md"
_MARK = "<!-- Written by tools/contracts.py from here on. -->\n"
_HEAD = "\n| where | documentation | live tenant | the simulator |\n|---|---|---|---|\n"


def page() -> str:
    """The whole page: the hand-written part, then the list."""
    written = PAGE.read_text(encoding="utf-8").partition(_MARK)[0]
    rows = (
        f"| {' | '.join(f'`{cell}`' if number == 0 else cell for number, cell in enumerate(row))} |\n"
        for row in differences()
    )
    return f"{written}{_MARK}{_HEAD}{''.join(rows)}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
