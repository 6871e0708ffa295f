# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of the logs in forms that are not documented: what they say is not known, and never a guess.

The documented forms are those of signIn (beta), appliedConditionalAccessPolicy and directoryAudit in Microsoft Graph.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._conditional_access.sign_in import (
    EXCHANGE_ONLINE,
    MICROSOFT_GRAPH,
    SHAREPOINT,
)

from .._conditional_access.test_cases import policy
from .test_log_evidence import answer, named, record

MAIL_IS_BLOCKED = named("mail", policy("block", apps={"includeApplications": [EXCHANGE_ONLINE]}))


@pytest.mark.parametrize(
    "audiences",
    [
        SHAREPOINT,
        {"value": [SHAREPOINT]},
        [[SHAREPOINT]],
        [5],
        5,
        True,
        [None],
        [""],
        [{"resourceId": SHAREPOINT}],
        [{"applicationId": 5}],
        [{"applicationId": None}, {"applicationId": SHAREPOINT}],
        [SHAREPOINT, {"applicationId": ""}],
        [],
        None,
    ],
)
def test_audiences_in_another_form_are_not_known(audiences: Any) -> None:
    for resource, expected in ((EXCHANGE_ONLINE, "stopped"), (MICROSOFT_GRAPH, "not_known")):
        logged = record(resourceId=resource, conditionalAccessAudiences=audiences)
        assert answer([], MAIL_IS_BLOCKED, logged) == expected


@pytest.mark.parametrize("form", [lambda one: one, lambda one: {"applicationId": one}])
def test_audiences_in_both_known_forms_decide(form: Any) -> None:
    for audience, expected in ((SHAREPOINT, "unchanged"), (EXCHANGE_ONLINE.upper(), "stopped")):
        logged = record(resourceId=MICROSOFT_GRAPH, conditionalAccessAudiences=[form(audience)])
        assert answer([], MAIL_IS_BLOCKED, logged) == expected
