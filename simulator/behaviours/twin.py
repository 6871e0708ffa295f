# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: a tenant that is a copy of another one, created from a snapshot."""

from __future__ import annotations

from .behaviour import ASSUMED, Behaviour

_OURS = "ours: a copy of a tenant is not a service"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "A copy of a tenant": {
        "twin-state": Behaviour(
            "a tenant that is described by a snapshot holds its objects with their ids; the application of the tenant "
            "is nobody in it and may do everything",
            ASSUMED,
            _OURS,
        ),
        "twin-devices": Behaviour(
            "the access state of a device that the rules of the simulator do not explain stays as it was read",
            ASSUMED,
            _OURS,
        ),
        "twin-not-read": Behaviour(
            "what the snapshot does not hold is refused: with the response that the tenant gave if that says that it "
            "has no such thing, otherwise with 403 and the reason why it could not be read then; so are a group, a "
            "custom role and a custom authentication strength that it does not hold and that the tenant may have",
            ASSUMED,
            _OURS,
        ),
    },
}
