# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a request may be repeated, and how long to wait. Pure rules and the one clock of a task.

The class of an operation decides, not its HTTP method: Exchange sends everything by POST. A write that may have
happened is never sent twice; its caller looks for its effects.
"""

from __future__ import annotations

import email.utils
import enum
import math
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from .errors import one_line


class Operation(enum.Enum):
    """What repeating a request would do."""

    READ = "reads"
    IDEMPOTENT = "sets or removes something by its identity"
    CREATE = "creates"
    ACTION = "starts something"


class Outcome(enum.Enum):
    """What is known after one attempt."""

    DONE = "done"
    NOT_SENT = "never reached the service"
    REFUSED = "refused for now, nothing happened"
    UNKNOWN = "it may or may not have happened"
    BODY_LOST = "it happened, but the answer is unreadable"
    FINAL = "refused for good"


# Temporary refusals are retried until the task times out: each wait is one that the service asked for.
_ATTEMPTS = {Outcome.NOT_SENT: 3, Outcome.BODY_LOST: 3, Outcome.REFUSED: math.inf, Outcome.UNKNOWN: 6}
_NUMBER = r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?)"
_SECONDS = re.compile(rf"{_NUMBER}s?", re.ASCII | re.IGNORECASE)
_MINUTES = re.compile(rf"{_NUMBER}\s*m(?:in(?:ute)?s?)?\.?", re.ASCII | re.IGNORECASE)
_DATE = re.compile(
    r"(?:[a-z]{3,9},?\s+)?\b[0-9]{1,2}[ -][a-z]{3}[ -][0-9]{2,4}\s+[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
    r"(?:\s*(?:[+-][0-9]{4}|[a-z]{1,4})\b)?",
    re.ASCII | re.IGNORECASE,
)
_ISO_DATE = re.compile(
    r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?\b",
    re.ASCII | re.IGNORECASE,
)
_COMMENT = re.compile(r"\([^()]*\)")
_LONGEST_WAIT = 16 * 1024  # characters; a part of a batch may have megabytes
_BESIDE_SECONDS = ("s", "sec", "secs", "second", "seconds", "retry", "wait", "in", "after", "for")
_FOREVER = 1e9  # seconds; a number may exceed the range of floats
_FIRST_DELAY = 0.5  # seconds
_LONGEST_DELAY = 30.0  # seconds; Retry-After may ask for more


def outcome_of_status(status: int) -> Outcome:
    """Microsoft Graph, "Handle errors" and "Throttling": 429 was not processed, any 5xx and 408 may have been.

    An interim response, which no client may treat as final, proves nothing.
    """
    if 200 <= status < 300:
        return Outcome.DONE
    if status == 429:
        return Outcome.REFUSED
    if status < 200 or status == 408 or (status >= 500 and status != 501):
        return Outcome.UNKNOWN
    return Outcome.FINAL


def may_repeat(operation: Operation, outcome: Outcome, attempts: int, asked: bool = False) -> bool:
    """Whether the same request may be repeated after `attempts` attempts that ended in `outcome`.

    `asked`: the service says when to retry, as with a 503 during maintenance; then their number is not limited.
    """
    if attempts >= _ATTEMPTS.get(outcome, 0) and not (asked and outcome is Outcome.UNKNOWN):
        return False
    return outcome in (Outcome.NOT_SENT, Outcome.REFUSED) or operation in (Operation.READ, Operation.IDEMPOTENT)


def header(headers: Mapping[str, Any], name: str) -> str:
    """A header in any case, as text: those of a batch are plain JSON, with numbers, lists and lower case."""
    found = next((value for key, value in headers.items() if str(key).lower() == name.lower()), None)
    if isinstance(found, (list, tuple)):
        found = ", ".join(str(one) for one in found)
    return "" if found is None else str(found).strip()


def retry_after(headers: Mapping[str, Any]) -> float | None:
    """The seconds of a Retry-After header: a number, also of minutes, or a date; None if it is unset or unreadable.

    If a proxy added another one, the longest readable wait counts. Beside words of other kinds, a number may be a year
    or a day.
    """
    text = header(headers, "Retry-After")[:_LONGEST_WAIT]
    sent = http_date(header(headers, "Date")) or datetime.now(UTC)
    due = [http_date(one) for one in _DATE.findall(text)] + [_iso_date(one) for one in _ISO_DATE.findall(text)]
    waits = [(one - sent).total_seconds() for one in due or [http_date(text)] if one is not None]
    rest = _COMMENT.sub(" ", _ISO_DATE.sub(",", _DATE.sub(",", text)))
    for part in re.split("[,;]", rest):
        words = [one for one in re.split(r"[\s\"]+", part) if one and "=" not in one]
        words = [one for one in words if one.strip("().").lower() not in _BESIDE_SECONDS]
        minutes = _MINUTES.fullmatch(" ".join(words))
        numbers = [_SECONDS.fullmatch(one.removesuffix(".")) for one in words]
        if minutes:
            waits.append(60 * float(minutes[1]))
        elif all(numbers):
            waits += [float(one[1]) for one in numbers if one]
    return max(map(_bounded, waits), default=None)


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), _FOREVER)


def rate_limit(headers: Mapping[str, Any]) -> str:
    """The remaining calls according to Exchange Online, for people who watch with -vvv."""
    told = ((name, one_line(header(headers, f"Rate-Limit-{name}"), 40)) for name in ("Remaining", "Limit", "Reset"))
    return ", ".join(f"{name.lower()} {value}" for name, value in told if value)


def http_date(text: str) -> datetime | None:
    """An HTTP date as an aware datetime, None if it is invalid."""
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso_date(text: str) -> datetime | None:
    """An ISO 8601 date with a time, as an aware datetime; None if it is invalid."""
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def delay(attempts: int, floor: float | None, random: Callable[[], float]) -> float:
    """Full jitter over an exponential ceiling; at least as long as the service requested.

    Less than a second, such as a date in the past, does not say when a refusal ends.
    """
    wait = random() * min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** min(attempts, 16))
    return max(wait, floor or 0.0) if floor is None or floor < 1 else floor + wait * 0.1


class Deadline:
    """The time limit of a task, on a monotonic clock."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic, share_of: float = 0.0) -> None:
        self.seconds, self._share_of = seconds, share_of
        self._clock = clock
        self._end = clock() + seconds

    def __str__(self) -> str:
        """The limit as messages name it, after "the"."""
        if not self._share_of:
            return f"{self.seconds:g} s of the option timeout"
        return f"{self.seconds:.0f} s that this tenant has of the {self._share_of:g} s of the option timeout"

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock())

    def extend(self, seconds: float) -> None:
        """Give the task more time, for a wait that was requested."""
        self.seconds += seconds
        self._end += seconds
