# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory plugin keeps between runs. It may be of another version, or somebody may have changed it.

So only what the plugin writes is used, and of that only what was read: the options of a tenant decide where its secret
goes, and they are those of the inventory file. No I/O.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from .._client.auth_method import CREDENTIAL_OPTIONS
from .._connector.requirements import OPTIONS
from .._core.errors import OF_ANSWERS, TenantError, one_line
from .._core.redaction import address_credentials
from .._core.targets import is_guid
from .._http.claims import claims
from .fleet import FACTS, check_fleet, group_of, known_hosts
from .tenant_list import is_host_name, resolve_tenants

_PARTS = {"hosts", "left_out", "notes", "failed", "asked"}
# The options that decide which tenants there are, what is read of each, and whose permissions are judged.
_ASKED = ("tenant_id", "name", "cloud", "graph_url", "exchange_url", "client_id", "auth_method", *OPTIONS)
_HOST = {"name", "group", "variables"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_LONGEST_LINE = 4000
# Of every host, in addition to its facts.
_VARIABLES: dict[str, type | tuple[type, ...]] = {"tenant_id": str, "tenant_name": str, "tenant_options": Mapping}
_ADDRESS = "connector_primary_smtp_address"  # of a host with an account
_READ_AT = "tenant_read_at"  # of a host that was read


def shown(line: str) -> str:
    """A note, fit for a terminal: a partner's customer may have chosen words in it."""
    return one_line(line, _LONGEST_LINE)


def digest_of(entries: Sequence[Any] | None, partner_tenant_id: str | None, shared: Mapping[str, Any]) -> str:
    """What was asked for: facts of other tenants, or for another account, are of no use. Nothing in it is secret."""

    def decisive(options: Any) -> Any:
        if not isinstance(options, Mapping):
            return options
        asked = {
            name: value for name, value in options.items() if name in _ASKED and not address_credentials({name: value})
        }
        return {**asked, "signs_in": _signs_in(options)}

    asked = [[decisive(one) for one in entries or ()], partner_tenant_id, decisive(shared)]
    return sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def _signs_in(options: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """How, and with a ready token who: the credentials themselves may change."""
    given = [name for name in CREDENTIAL_OPTIONS if options.get(name)]
    ready = ("graph_token", "exchange_token")
    return [(name, claims(str(options[name])).get("oid") if name in ready else None) for name in given]


def is_whole(kept: Any, wanted: Collection[str], asked: str) -> bool:
    """Whether it has everything that the plugin writes when it reads what is `wanted` and `asked`, and nothing else."""
    return (
        isinstance(kept, Mapping)
        and set(kept) == _PARTS
        and kept["asked"] == asked
        and isinstance(kept["failed"], int)
        and not isinstance(kept["failed"], bool)
        and kept["failed"] >= 0
        and all(isinstance(kept[part], list) for part in ("hosts", "left_out", "notes"))
        and all(isinstance(line, str) and line == shown(line) for line in (*kept["left_out"], *kept["notes"]))
        and all(_is_host(host, wanted) for host in kept["hosts"])
        and len({host["name"] for host in kept["hosts"]}) == len(kept["hosts"])
    )


def _is_host(host: Any, wanted: Collection[str]) -> bool:
    if not isinstance(host, Mapping) or set(host) != _HOST or not isinstance(host["variables"], Mapping):
        return False
    name, variables, facts = host["name"], host["variables"], {FACTS[one][0]: Mapping for one in wanted}
    types = {**_VARIABLES, **facts, **({_READ_AT: str} if wanted else {})}
    return (
        isinstance(name, str)
        and is_host_name(name)
        and set(types) == set(variables) - {_ADDRESS}
        and all(isinstance(variables[one], kind) for one, kind in types.items())
        and isinstance(variables.get(_ADDRESS, ""), str)
        and (not wanted or _TIME.fullmatch(variables[_READ_AT]) is not None)
        and _has_its_group(host)
    )


def _has_its_group(host: Mapping[str, Any]) -> bool:
    """Whether it is in the group of its facts. A host in another one would be what a play changes."""
    try:
        return bool(host["group"] == group_of(host["variables"]))
    except OF_ANSWERS:  # facts in another form
        return False


def remembered(
    hosts: Sequence[dict[str, Any]],
    entries: Sequence[Any] | None,
    partner_tenant_id: str | None,
    shared: Mapping[str, Any],
    concurrency: int,
    timeout: float,
) -> list[dict[str, Any]] | None:
    """The hosts of a cache with the options of now; None if the inventory file now has others.

    The customers of a partner are those of the cache: only the partner's tenant knows better.
    """
    ids = {str(host["variables"]["tenant_id"]).lower(): str(host["variables"]["tenant_name"]) for host in hosts}
    customers = {one: name for one, name in ids.items() if is_guid(one)} if partner_tenant_id else {}
    try:
        entries = check_fleet(entries, partner_tenant_id, shared, concurrency, timeout)
        tenants = resolve_tenants(entries, customers, shared)
    except TenantError:  # the caller then reads the tenants, which reports what is wrong
        return None
    found = known_hosts(tenants, {host["name"]: host for host in hosts})
    return list(found.values()) if len(found) == len(tenants) == len(hosts) else None
