# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: the relationships of a partner with its customers."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, Behaviour

_GRAPH = "https://learn.microsoft.com/graph"
_LISTED = f"{_GRAPH}/api/tenantrelationship-list-delegatedadminrelationships"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Partners": {
        "partner-relationships": Behaviour(
            "each relationship has its own roles and status, and a customer may have several",
            DOCUMENTED,
            f"{_GRAPH}/api/resources/delegatedadminrelationship",
        ),
        "partner-query": Behaviour(
            "only the documented query options are accepted",
            ASSUMED,
            f"{_LISTED}; the response to others is not described",
        ),
        "partner-top": Behaviour(
            "a $top greater than 300 is refused",
            ASSUMED,
            f"the limit: {_LISTED}; how a larger value is refused is not described",
        ),
    },
}
