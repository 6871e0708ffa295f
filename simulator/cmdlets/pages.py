# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of InvokeCommand, and the links between them: followed by POST, by GET, or not at all."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode

from ..behaviours.table import implements
from ..state.http_messages import Call, Refusal
from ..state.response_forms import Forms

PAGE_SIZE = 1000
_LINK_SECONDS = 1800
_DEAD = "dead"


@dataclass
class Links:
    """Position and body for each link that was issued."""

    bodies: dict[str, bytes] = field(default_factory=dict)

    def link(self, call: Call, url: str, end: int, now: datetime, *, dead: bool) -> str:
        digest = hashlib.sha256(call.body).hexdigest()
        self.bodies[digest] = call.body
        raw = json.dumps([_DEAD if dead else digest, end, now.timestamp()])
        token = base64.urlsafe_b64encode(raw.encode()).decode()
        query = urlencode({name: text for name, text in call.options().items() if name != "$skiptoken"}, safe="$,")
        return f"{url}{call.path}?{query + '&' if query else ''}$skiptoken={token}"

    @implements("exchange-links")
    def followed(self, call: Call, forms: Forms, now: datetime) -> Call:
        """The call for a link; a link that is followed by GET restores the body."""
        token = call.options().get("$skiptoken")
        if token is None:
            return call
        digest, _start, issued = _read(token)
        known = digest in self.bodies and now.timestamp() - issued <= _LINK_SECONDS
        method = "GET" if forms.links == "get" else "POST"
        if not known or call.method != method or forms.links == "dead":
            raise _expired()
        if method == "GET":
            return replace(
                call,
                method="POST",
                body=self.bodies[digest],
                headers=dict(call.headers) | {"content-type": "application/json"},
            )
        if hashlib.sha256(call.body).hexdigest() != digest:
            raise _expired()
        return call


def page_size(call: Call) -> int:
    found = re.search(r"odata\.maxpagesize=(\d+)", call.headers.get("prefer", ""))
    size = int(found[1]) if found else PAGE_SIZE
    if not 1 <= size <= PAGE_SIZE:
        text = f"odata.maxpagesize must be between 1 and {PAGE_SIZE}."
        raise Refusal("exchange-page-size", status=400, code="BadRequest", message=text, plain=True)
    return size


def position(call: Call) -> int:
    """The position at which the page of a call begins."""
    token = call.options().get("$skiptoken")
    return 0 if token is None else _read(token)[1]


def _read(token: str) -> tuple[str, int, float]:
    try:
        digest, start, issued = json.loads(base64.urlsafe_b64decode(token))
        return str(digest), int(start), float(issued)
    except (binascii.Error, ValueError, TypeError):
        raise _expired() from None


def _expired() -> Refusal:
    text = "Expired or Invalid pagination request. Default Expiry time is 00:30:00"
    return Refusal("exchange-paging", status=400, code="BadRequest", message=text, plain=True)
