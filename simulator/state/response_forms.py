# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of InvokeCommand's responses: part of a tenant's description, since live tenants differ and change.

`exchange.forms` in tenants/ready.yml has every key with what each choice means; tenants/documented_forms.yml has the
older, documented choices.
"""

from __future__ import annotations

from dataclasses import dataclass

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
