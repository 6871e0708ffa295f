# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a connector is not valid."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.connector_shortfalls import FilterModule

ADDRESS = "Connector@Contoso.example"
VALID = {
    "id": "one",
    "exchange_connector_type": "serviceToService",
    "primary_smtp_address": "connector@contoso.EXAMPLE",
    "status": "connected",
    "last_sync_age_seconds": 599,
    "last_sync_date_time": "2026-11-28T10:00:00Z",
}
OTHER_TYPE = {**VALID, "id": "hosted", "exchange_connector_type": "onPremises", "status": "disconnected"}


def shortfalls(*connectors: dict[str, Any], offered: bool = True) -> list[str]:
    found: list[str] = FilterModule().filters()["connector_shortfalls"](
        {"offered": offered, "connectors": list(connectors)}, ADDRESS, "600"
    )
    return found


def test_valid() -> None:
    assert shortfalls(VALID) == shortfalls(OTHER_TYPE, VALID) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"primary_smtp_address": "other@contoso.example"}, ["bound to other@contoso.example, not to Connector@"]),
        ({"primary_smtp_address": None}, ["bound to None"]),
        ({"status": "connectionPending"}, ["status is connectionPending"]),
        ({"status": "somethingNew"}, ["status is somethingNew"]),
        ({"last_sync_age_seconds": None}, ["never synchronized"]),
        ({"last_sync_age_seconds": 600}, ["was 600 seconds ago (2026-11-28T10:00:00Z)"]),
        (
            {"status": "disconnected", "last_sync_age_seconds": 900},
            ["status is disconnected", "was 900 seconds ago"],
        ),
    ],
)
def test_each_shortfall_is_a_sentence_with_a_next_step(changed: dict[str, Any], words: list[str]) -> None:
    found = shortfalls({**VALID, **changed})
    assert len(found) == len(words)
    assert all(word in sentence and "Next step: " in sentence for word, sentence in zip(words, found, strict=True))


def test_there_is_exactly_one() -> None:
    assert "no service-to-service connector" in shortfalls()[0]
    assert shortfalls(OTHER_TYPE) == shortfalls()
    [several] = shortfalls(VALID, {**VALID, "id": "two"})
    assert "one, two" in several
    [retired] = shortfalls(offered=False)
    assert "does not offer" in retired


@pytest.mark.parametrize("found", [None, [], {"connectors": []}, {"msg": "it failed"}])
def test_what_is_no_result_is_refused(found: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="connector_info"):
        FilterModule().filters()["connector_shortfalls"](found, ADDRESS)


@pytest.mark.parametrize("age", ["26h", "", None, [1], 3.7])
def test_an_age_that_is_no_number_is_named(age: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="connector_shortfalls needs max_sync_age as a whole number"):
        FilterModule().filters()["connector_shortfalls"]({"offered": True, "connectors": []}, ADDRESS, age)
