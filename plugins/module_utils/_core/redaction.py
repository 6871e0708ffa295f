# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps secrets out of everything that leaves the engine, in the forms in which they could appear."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

_MASK = "********"
_SHORTEST = 4  # shorter values would blot out ordinary words
_HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # as AnsibleModule has it


def secrets_of(argument_spec: Mapping[str, Any], arguments: Mapping[str, Any]) -> set[str]:
    """The values in C(arguments) that are never shown."""
    values = {str(arguments.get(name) or "") for name, spec in argument_spec.items() if spec.get("no_log")}
    return values - {"", _HIDDEN}


def hide(value: Any, secrets: set[str]) -> Any:
    """Arguments as a module process returns them: what is a secret as a whole is hidden, however short it is."""
    if isinstance(value, Mapping):
        return {name: hide(one, secrets) for name, one in value.items()}
    if isinstance(value, list):
        return [hide(one, secrets) for one in value]
    return _HIDDEN if isinstance(value, str) and value in secrets else value


class Redactor:
    """Knows secrets and tokens, raw and as base64, URL-quoted or JSON-escaped text."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._ordered: list[str] = []  # longest first: a secret may be part of another

    def add(self, secret: str | None) -> None:
        """Never show C(secret) from now on."""
        if secret is None or len(secret) < _SHORTEST:
            return
        raw = str(secret)
        coded = base64.b64encode(raw.encode())
        forms = {raw, quote(raw, safe=""), quote_plus(raw), json.dumps(raw)[1:-1], repr(raw)[1:-1]}
        forms |= {
            coded.decode(),
            coded.decode().rstrip("="),
            base64.urlsafe_b64encode(raw.encode()).decode().rstrip("="),
        }
        self._forms |= forms
        self._ordered = sorted(self._forms, key=len, reverse=True)

    def clean(self, value: Any) -> Any:
        """C(value) with every secret masked, in keys and values of any depth."""
        if isinstance(value, str):
            for form in self._ordered:
                if form in value:
                    value = value.replace(form, _MASK)
            return value
        if isinstance(value, dict):
            return {self.clean(key): self.clean(entry) for key, entry in value.items()}
        if isinstance(value, (list, tuple, set)):
            return [self.clean(entry) for entry in value]
        return value
