# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of the table of behaviours."""

from __future__ import annotations

from dataclasses import dataclass

# On Microsoft's own pages; seen by public clients or in public issues; invented, because no source describes it.
DOCUMENTED, SEEN, ASSUMED = "documented", "seen", "assumed"


@dataclass(frozen=True)
class Behaviour:
    """What the simulator does, how reliable that is, and its source."""

    what: str
    mark: str
    source: str
