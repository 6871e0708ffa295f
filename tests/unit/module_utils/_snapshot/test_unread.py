# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reasons of kinds that could not be read: each once."""

from __future__ import annotations

from ansible_collections.intune.exchange.plugins.module_utils._snapshot.unread import by_reason

START = "Could not read the {} on tenant contoso.com: "
NEEDS = (
    "Microsoft Graph returned 403 {}: No. This needs Policy.Read.All: grant it to the application, give admin consent, "
)


def test_kinds_with_one_reason_are_together() -> None:
    reasons = {
        "named_locations": START.format("named locations") + NEEDS.format("AccessDenied") + "and try again.",
        "mailboxes": START.format("mailbox") + "Exchange Online returned 401. Grant it.",
        "security_defaults": START.format("defaults") + NEEDS.format("Forbidden") + "and try again.",
        "mobile_devices": START.format("devices") + "Exchange Online returned 401. Grant it.",
        "device_statistics": "it was not requested",
        "users": "",
    }
    assert by_reason({kind: {"reason": reason} for kind, reason in reasons.items()}) == [
        {
            "titles": ["named locations", "security defaults"],
            "reason": "This needs Policy.Read.All: grant it to the application, give admin consent.",
        },
        {"titles": ["mailboxes", "mobile devices"], "reason": "Exchange Online returned 401. Grant it."},
        {"titles": ["statistics of mobile devices"], "reason": "It was not requested"},
        {"titles": ["users"], "reason": "It is not in the snapshot"},
    ]
