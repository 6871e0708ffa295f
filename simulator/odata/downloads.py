# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that Graph redirects to: on a separate host, valid for a few minutes, without a token."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..behaviours.table import behaviour_of, implements
from ..state.clock import Clock
from ..state.http_messages import READ, Answer, Call, Purpose, Refusal

_GOOD_FOR = timedelta(minutes=5)
_PATH = "/data/download/"


@dataclass(frozen=True)
class _File:
    tenant: str
    text: str
    until: datetime


@dataclass
class Downloads:
    """https://learn.microsoft.com/graph/api/reportroot-getemailappusageuserdetail"""

    clock: Clock
    url: str = ""
    name: str = "reports"
    _files: dict[str, _File] = field(default_factory=dict)

    def publish(self, tenant: str, text: str) -> str:
        """The address of the file from now on."""
        key = uuid.uuid4().hex
        self._files[key] = _File(tenant, text, self.clock.of(tenant).now() + _GOOD_FOR)
        return f"{self.url}{_PATH}{key}"

    def clear(self) -> None:
        self._files.clear()

    def purpose(self, call: Call) -> Purpose:
        found = self._file(call)
        return Purpose("reports.download", READ, found.tenant if found else None)

    def respond(self, call: Call) -> Answer:
        try:
            content = self._content(call)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.message, behaviour=refusal.behaviour)
        headers = {"Content-Type": "application/octet-stream"}
        return Answer(200, content, headers, behaviour_of(self._content))

    @implements("download")
    def _content(self, call: Call) -> bytes:
        if call.bearer:
            raise Refusal("download-token", status=401, code="", message="This address does not take tokens.")
        found = self._file(call)
        if found is None or self.clock.of(found.tenant).now() > found.until:
            raise Refusal("download-expired", status=404, code="", message="There is no such file, or no longer.")
        return found.text.encode("utf-8-sig")

    def _file(self, call: Call) -> _File | None:
        return self._files.get(call.path.removeprefix(_PATH))
