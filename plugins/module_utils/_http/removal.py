# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove a listed object: "not found" is believed only if a complete read agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .._core.errors import Purpose, TenantError
from .poll import Attempts, Clock, poll

_ATTEMPTS = 3


class OfTenant(Clock, Protocol):
    """The required part of the HTTP client."""

    tenant: str


def remove_listed(http: OfTenant, delete: Callable[[], Any], still_listed: Callable[[], bool]) -> None:
    """Call `delete`, which addresses its object by a unique id, so a second call cannot hit another object.

    Exchange can say "couldn't be found on SERVER" of an existing object (Microsoft365DSC issue 7124). After such a
    response `still_listed` reads again; if the object still exists, the removal is repeated, and then it fails.
    """
    pace = Attempts(http, _ATTEMPTS, Purpose("remove the object"))

    def denial() -> TenantError | None:
        try:
            delete()
        except TenantError as error:
            if error.kind != "not_found":
                raise
            pace.purpose = Purpose(error.action)
            return error if still_listed() else None
        return None

    denied, _done = poll(denial, lambda found: found is None, pace)
    if denied is None:
        return
    raise TenantError(
        "unavailable",
        f"the service reported that it does not exist, but still lists it ({denied.answer})",
        denied.action,
        http.tenant,
        denied.answer,
        "Retry later; if the problem persists, quote the request id to Microsoft support",
    )
