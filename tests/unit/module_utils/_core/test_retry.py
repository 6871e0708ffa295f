# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.retry import (
    Deadline,
    Operation,
    Outcome,
    delay,
    may_repeat,
    outcome_of_status,
    retry_after,
)

READS_AND_SETS = {Operation.READ, Operation.IDEMPOTENT}
DATE = "Tue, 24 Nov 2026 12:00:00 GMT"


FOREVER = 1e9  # seconds, more than any task has


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DONE),
        (204, Outcome.DONE),
        (302, Outcome.FINAL),
        (400, Outcome.FINAL),
        (408, Outcome.UNKNOWN),
        (429, Outcome.REFUSED),
        (500, Outcome.UNKNOWN),
        (501, Outcome.FINAL),
        (503, Outcome.UNKNOWN),
    ],
)
def test_outcome_of_status(status: int, outcome: Outcome) -> None:
    assert outcome_of_status(status) is outcome


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("outcome", Outcome)
def test_what_may_have_happened_is_repeated_only_where_that_is_harmless(operation: Operation, outcome: Outcome) -> None:
    always = outcome in (Outcome.NOT_SENT, Outcome.REFUSED)
    harmless = outcome in (Outcome.UNKNOWN, Outcome.BODY_LOST) and operation in READS_AND_SETS
    assert may_repeat(operation, outcome, attempts=1) is (always or harmless)
    # Temporary refusals are retried until the task times out, everything else a few times.
    assert may_repeat(operation, outcome, attempts=100) is (outcome is Outcome.REFUSED)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:30 GMT", "Date": DATE}, 30.0),
        ({"Retry-After": "Tue, 24 Nov 2026 11:00:00 GMT", "Date": DATE}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "99999999999999999999"}, FOREVER),
        ({"Retry-After": "9" * 5000}, FOREVER),
        ({"retry-after": 10**22}, FOREVER),
        ({"retry-after": 1e22}, FOREVER),
        ({"Retry-After": "1.2E2"}, 120.0),
        ({"Retry-After": "30s"}, 30.0),
        ({"Retry-After": "30 seconds"}, 30.0),
        ({"Retry-After": '"30"'}, 30.0),
        ({"Retry-After": "1, 2;3 4"}, 4.0),
        # A year, a day or a part of a time is no number of seconds.
        ({"Retry-After": "10, Tue, 24 Nov 2026 12:01:00 GMT", "Date": DATE}, 60.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:05 GMT, 10", "Date": DATE}, 10.0),
        ({"Retry-After": ["Tue, 24 Nov 2026 12:00:05 GMT", "Tue, 24 Nov 2026 12:01:00 GMT"], "Date": DATE}, 60.0),
        ({"Retry-After": "Tuesday, 24-Nov-26 12:00:30 GMT", "Date": DATE}, 30.0),
        ({"Retry-After": "Tue Nov 24 12:00:30 2026", "Date": DATE}, 30.0),
        ({"Retry-After": "24 Nov 2026", "Date": DATE}, None),
        ({"Retry-After": "mar., 24 nov. 2026 12:00:30 GMT", "Date": DATE}, None),
        ({"Retry-After": "11/24/2026 12:00:30 PM +00:00", "Date": DATE}, None),
        ({"Retry-After": "30 (2026)"}, 30.0),
        ({"Retry-After": "1 min"}, 60.0),
        ({"Retry-After": "2 minutes"}, 120.0),
        ({"Retry-After": "2m"}, 120.0),
        ({"Retry-After": "Retry after 1.5 mins."}, 90.0),
        ({"Retry-After": "1 minute, 20"}, 60.0),
        ({"Retry-After": "1 min 30 s"}, None),
        ({"Retry-After": "120ms"}, None),
        ({"Retry-After": "2 days"}, None),
        ({"Retry-After": "120 (throttled)"}, 120.0),
        # Of two headers, those that are readable.
        ({"Retry-After": "120,foo"}, 120.0),
        ({"Retry-After": "soon, 20, Tue, 24 Nov 2026 12:00:30 GMT", "Date": DATE}, 30.0),
        ({"Retry-After": "2026-11-24T12:00:30Z", "Date": DATE}, 30.0),
        ({"Retry-After": "2026-11-24T12:00:30.5", "Date": DATE}, 30.5),
        ({"Retry-After": '"2026-11-24 13:02+01:00"', "Date": DATE}, 120.0),
        ({"Retry-After": "2026-11-24t12:00:30z, 10", "Date": DATE}, 30.0),
        ({"Retry-After": "2026-13-24T12:00:30Z", "Date": DATE}, None),
        ({"Retry-After": "9999-12-31T23:59:59-23:59", "Date": DATE}, FOREVER),
        ({"Retry-After": "0001-01-01T00:00:00+23:59", "Date": DATE}, 0.0),
        ({"Retry-After": "1e999 min"}, FOREVER),
        ({"retry-after": "7," * 1_000_000}, 7.0),
        ({"Retry-After": "30 sec."}, 30.0),
        ({"Retry-After": "30."}, 30.0),
        ({"Retry-After": "120 (seconds)"}, 120.0),
        ({"Retry-After": "3;comment=9"}, 3.0),
        ({"Retry-After": "Retry in 20"}, 20.0),
        ({"Retry-After": "Tue, 24 Nov 2026 04:01:00 PST", "Date": DATE}, 60.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:00 EST", "Date": DATE}, 18000.0),
        ({"Retry-After": "5, Tue, 24 Nov 2026 07:00:09 EST", "Date": DATE}, 9.0),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 -2359", "Date": DATE}, FOREVER),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, Any], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.parametrize("luck", [0.0, 0.5, 1.0])
def test_what_the_service_asks_for_is_the_least(luck: float) -> None:
    assert delay(3, 20.0, lambda: luck) >= 20.0
    assert 0.0 <= delay(50, None, lambda: luck) <= 30.0


@pytest.mark.parametrize("floor", [0.0, 0.1, 0.9])
def test_less_than_a_second_is_no_reason_to_ask_without_end(floor: float) -> None:
    assert delay(8, floor, lambda: 0.5) == delay(8, None, lambda: 0.5) == 15.0
    assert delay(1, floor, lambda: 0.0) == floor


def test_deadline_follows_its_clock() -> None:
    now = [100.0]
    deadline = Deadline(10, lambda: now[0])
    assert deadline.remaining() == 10
    now[0] += 4
    assert deadline.remaining() == 6
    deadline.extend(5)
    assert (deadline.remaining(), deadline.seconds) == (11, 15)
    now[0] += 100
    assert deadline.remaining() == 0
