# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of InvokeCommand's responses: part of a tenant's description, since live tenants differ and change.

`exchange.forms` in tenants/ready.yml has every key with what each choice means; tenants/documented_forms.yml has the
older, documented choices.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from .http_messages import Json

CHOICES: dict[str, tuple[object, ...]] = {
    "errors": ("by_client", "json", "nested", "pipe", "internal"),
    "not_found": (400, 404),
    "denied": ("nul_bytes", "empty"),
    "pages": ("warned", "silent"),
    "links": ("post", "get", "dead"),
    "result_size": ("dead_link", "no_link"),
    "empty": ("value", "absent", "null", "no_content"),
    "annotations": ("data_type", "odata_type"),
    "times": ("seven_digits", "offset", "seconds"),
    "enumerations": ("prefix", "exact"),
    "confirmation": ("optional", "required"),
    "empty_lists": ("ignored", "clearing"),
    "application_lists": ("whole", "edited"),
    "domains": ("initial", "initial_writes", "any"),
    "role_parents": ("plain", "prefixed"),
    "role_groups_by_guid": ("found", "missing"),
    "ambiguous": ("own_type", "as_missing"),
    "redirect": (False, True),
}


@dataclass(frozen=True)
class Forms:
    """One choice for each form; `rate_limit` is a number or null for no headers."""

    errors: str
    not_found: int
    denied: str
    pages: str
    links: str
    result_size: str
    empty: str
    annotations: str
    times: str
    enumerations: str
    confirmation: str
    empty_lists: str
    application_lists: str
    domains: str
    role_parents: str
    role_groups_by_guid: str
    ambiguous: str
    redirect: bool
    rate_limit: int | None


def read_forms(described: Json, tenant: str) -> Forms:
    """The forms of a description: complete, and with valid choices only."""
    where = f"tenant {tenant}, exchange.forms"
    names = {field.name for field in fields(Forms)}
    if unknown := sorted(set(described) - names):
        raise ValueError(f"{where}: no form {', '.join(unknown)}; there is {', '.join(sorted(names))}")
    if absent := sorted(names - set(described)):
        raise ValueError(f"{where}: the form {absent[0]} is missing")
    for name, choices in CHOICES.items():
        if not any(described[name] == choice and type(described[name]) is type(choice) for choice in choices):
            raise ValueError(f"{where}: {name} is one of {', '.join(str(choice).lower() for choice in choices)}")
    limit = described["rate_limit"]
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise ValueError(f"{where}: rate_limit is a number from 1, or null")
    return Forms(**described)
