# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of one of several reads: its value, or its error. The other reads continue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .errors import OF_ANSWERS, TenantError, one_line

T_co = TypeVar("T_co", covariant=True)
Other = TypeVar("Other")


@dataclass(frozen=True)
class ReadResult(Generic[T_co]):
    """A value, or the error of the read that should have returned it."""

    _value: T_co
    error: TenantError | None = None

    @property
    def known(self) -> bool:
        return self.error is None

    @property
    def value(self) -> T_co:
        """The value; raises the error of a failed read."""
        if self.error is not None:
            raise self.error
        return self._value

    def or_else(self, default: Other) -> T_co | Other:
        """The value, or `default` if the read failed."""
        return self._value if self.known else default

    def map(self, change: Callable[[T_co], Other]) -> ReadResult[Other]:
        """The value after `change`; the error of the read, or of `change`."""
        return attempt(lambda: change(self.value))


def attempt(call: Callable[[], T_co]) -> ReadResult[T_co]:
    """The result of `call`, or its `TenantError`. Raises any other exception."""
    try:
        return ReadResult(call())
    except TenantError as error:
        failed: ReadResult[Any] = ReadResult(None, error)
        return failed


def understood(action: str, call: Callable[[], T_co]) -> T_co:
    """What `call` makes of responses. Raises `TenantError` of this action if one has another form than documented.

    For tasks of many reads, of which one must not end the others.
    """
    try:
        return call()
    except OF_ANSWERS as error:
        said = one_line(f"{type(error).__name__}: {error}", 200)
        problem = f"a response does not match its documented schema, or this is a bug in intune.exchange ({said})"
        raise TenantError("unexpected_answer", problem, action) from error


def judged(call: Callable[[], T_co], action: str = "judge what was read") -> ReadResult[T_co]:
    """What follows from responses, or why that is not known: also if one has another form than documented."""
    return attempt(lambda: understood(action, call))


def first_error(results: Iterable[ReadResult[Any]]) -> TenantError | None:
    return next((one.error for one in results if one.error is not None), None)


def check_any(results: Iterable[ReadResult[Any]]) -> None:
    """Raises the first error if every read failed: that is a failure of the task, not so many unknowns."""
    read = list(results)
    error = first_error(read)
    if error is not None and not any(one.known for one in read):
        raise error
