# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the user's list of tenants to the options of each. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._client.auth_method import choose_method, credentials_of_others
from .._connector.connectors import STATES
from .._connector.requirements import OPTIONS
from .._core.connection import CONNECTION_SPEC, METHODS, SECRET_OPTIONS
from .._core.errors import TenantError, usage
from .._core.redaction import Redactor, address_credentials, secrets_of
from .._core.targets import refuse_unfit

# A tenant with one of these has its own credential, and no part of the shared one.
_CREDENTIALS = (
    "client_secret",
    "certificate_path",
    "federated_token",
    "federated_token_file",
    "graph_token",
    "exchange_token",
)
_OF_A_CREDENTIAL = (*_CREDENTIALS, "certificate_password", "auth_method")
# The time limit is for all tenants together.
_CONNECTION = {option: spec for option, spec in CONNECTION_SPEC.items() if option != "timeout"}
SHARED = (*_CONNECTION, *OPTIONS)
UNREADABLE = "tenant_unreadable"
GROUPS = (*(f"connector_{state}" for state in STATES), UNREADABLE)  # of the inventory plugin
# Names that already mean something: groups, and this machine, on which playbooks run without a target.
RESERVED = ("all", "ungrouped", "localhost", "127.0.0.1", "::1", *GROUPS)
# Characters that Ansible interprets as a pattern, a file or a template.
_PATTERN = re.compile(r"\A[-.@~]|[,:*?!&\[\]{}/\\\x00-\x1f\x7f]")
# Without defaults and environment: missing options are the shared ones.
_SPEC: dict[str, Any] = {
    option: {key: value for key, value in spec.items() if key not in ("default", "fallback")}
    for option, spec in {**_CONNECTION, **OPTIONS}.items()
} | {
    "auth_method": {"type": "str", "choices": [method for method in METHODS if method != "device_code"]},
    "tenant_id": {"type": "str", "required": True},
    "name": {"type": "str"},
}


def resolve_tenants(
    entries: Sequence[Any], customers: Mapping[str, str], shared: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The options of each tenant by host name. Raises `TenantError`.

    `customers` are the names of tenants by id. An entry for one of them overrides it.
    """
    tenants: dict[str, dict[str, Any]] = {
        key: {"tenant_id": key, "display_name": name} for key, name in customers.items()
    }
    seen: set[str] = set()
    for number, entry in enumerate(entries, 1):
        given = _checked(entry, number)
        key = given["tenant_id"].lower()
        if key in seen:
            raise usage(f"duplicate tenant_id {given['tenant_id']} in tenants[{number}]")
        seen.add(key)
        tenants.setdefault(key, {}).update(given)
    hosts: dict[str, dict[str, Any]] = {}
    for one in tenants.values():
        name = _host_name(str(one.get("name") or one["tenant_id"]))
        if name in hosts:
            raise usage(f"two tenants are named {name}", "Specify a unique name for each")
        hosts[name] = _with_shared(one, shared)
    return hosts


def is_host_name(name: str) -> bool:
    """Whether a host of an inventory can have the name, and a play can name it."""
    return bool(
        name
        and name.lower() not in RESERVED
        and not _PATTERN.search(name)
        and name == name.strip()
        and name.isprintable()
    )


def _host_name(name: str) -> str:
    """`name` if it is valid for a host and can be used in a play. Raises `TenantError`."""
    if not is_host_name(name):
        raise usage(
            f"a tenant cannot be named {name!r}: Ansible interprets it as a pattern, a template, a group or this "
            "machine, or it has invisible characters",
            "Use letters, digits, spaces in between, and . _ -",
        )
    return name


def _checked(entry: Any, number: int) -> dict[str, Any]:
    where = f"tenants[{number}]"
    if not isinstance(entry, Mapping):
        raise usage(f"{where} is not a dictionary", "Specify each tenant as a dictionary with at least tenant_id")
    unknown = sorted(str(option) for option in entry if option not in _SPEC)
    if unknown:
        raise usage(f"{where} has unknown options: {', '.join(unknown)}", f"The valid options are {', '.join(_SPEC)}")
    refuse_unfit({option: spec for option, spec in _SPEC.items() if option != "name"}, entry, f"{where}.")
    redactor = Redactor()
    for secret in secrets_of(_SPEC, entry):
        redactor.add(secret)
    validated = ArgumentSpecValidator(_SPEC).validate(dict(entry))
    if validated.error_messages:
        raise usage(f"{where} cannot be used: {redactor.clean('; '.join(validated.error_messages))}")
    if not validated.validated_parameters["tenant_id"].strip():
        raise usage(f"the tenant_id of {where} is blank", "Set it to the id or a verified domain of the tenant")
    return {option: value for option, value in validated.validated_parameters.items() if value is not None}


def _with_shared(own: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    left_out = _OF_A_CREDENTIAL if any(option in own for option in _CREDENTIALS) else ()
    return {**{option: value for option, value in shared.items() if option not in left_out}, **own}


def public_options(params: Mapping[str, Any]) -> dict[str, Any]:
    """The connection options of a tenant that may be shown, for its tasks; no address with a password.

    They contain the sign-in method, so that nothing in the environment of a task can select another one.
    """
    shown = {
        option: params[option]
        for option in _CONNECTION
        if option not in SECRET_OPTIONS and params.get(option) is not None
    }
    shown = {option: value for option, value in shown.items() if not address_credentials({option: value})}
    try:
        method = choose_method(dict(params))
    except TenantError:  # reading this tenant reports that
        return shown
    others = credentials_of_others(method)  # a task that also has these would be refused
    return {**{option: value for option, value in shown.items() if option not in others}, "auth_method": method}
