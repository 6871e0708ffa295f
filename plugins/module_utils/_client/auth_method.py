# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the sign-in method from the options; report conflicts and gaps instead of guessing. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.connection import named
from .._core.errors import TenantError, usage
from .job_token import is_github_job
from .token_memory import is_token

# What each method requires. Managed identity and device code are selected by auth_method only.
_NEEDS = {
    "client_secret": ("client_id", "client_secret"),
    "certificate": ("client_id", "certificate_path"),
    "federated_token": ("client_id",),
    "managed_identity": (),
    "device_code": ("client_id",),
    "token": (),
}
_OWN_OPTIONS = {
    "client_secret": ("client_secret",),
    "certificate": ("certificate_path",),
    "federated_token": ("federated_token", "federated_token_file"),
}
_CREDENTIALS = {**_OWN_OPTIONS, "token": ("graph_token", "exchange_token")}

CREDENTIAL_OPTIONS = tuple(option for options in _CREDENTIALS.values() for option in options)


def credentials_of_others(method: str) -> tuple[str, ...]:
    """The credential options of all methods except this one."""
    return tuple(option for other, options in _CREDENTIALS.items() if other != method for option in options)


def outranking(params: Mapping[str, Any], explicit: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a task, without environment values of another sign-in than the task's own.

    `explicit` are the options that were written in the task. Raises `TenantError` if these contradict each other.
    """
    begun = [method for method, options in _CREDENTIALS.items() if any(explicit.get(option) for option in options)]
    chosen = explicit.get("auth_method")
    if not begun:
        return dict(params)
    written = [option for method in begun for option in _CREDENTIALS[method] if explicit.get(option)]
    twice = begun == ["federated_token"] and len(written) > 1
    if len(begun) > 1 or twice or (chosen and begun != [chosen]):
        both = ["auth_method " + str(chosen)] if chosen and chosen not in begun else []
        raise usage(
            f"in the options, several sign-in methods are set at once: {', '.join([*both, *written])}",
            "Keep only one, also if they come from module_defaults",
        )
    dropped = {*credentials_of_others(begun[0]), *(() if chosen else ("auth_method",))}
    if begun[0] in _OWN_OPTIONS:
        dropped |= {option for option in _OWN_OPTIONS[begun[0]] if option not in written}
    return {option: None if option in dropped else value for option, value in params.items()}


def choose_method(params: dict[str, Any]) -> str:
    """The sign-in method: `auth_method`, else the complete one. Raises `TenantError` for a conflict or a gap."""
    chosen = params.get("auth_method")
    if chosen:
        _check_complete(str(chosen), params)
        return str(chosen)
    begun = [method for method, options in _OWN_OPTIONS.items() if any(params.get(option) for option in options)]
    tokens = [option for option in ("graph_token", "exchange_token") if params.get(option)]
    if len(begun) + bool(tokens) > 1:
        given = [option for method in begun for option in _OWN_OPTIONS[method] if params.get(option)] + tokens
        raise usage(
            f"several sign-in methods are set at once: {named(*given)}",
            f"Keep only one, or choose one with {named('auth_method')}",
        )
    if tokens:
        return "token"
    return _by_credential(begun[0], params) if begun else _without_credential(params)


def _check_complete(method: str, params: Mapping[str, Any]) -> None:
    missing = [option for option in _NEEDS[method] if not params.get(option)]
    if method == "token" and not (params.get("graph_token") or params.get("exchange_token")):
        missing = ["graph_token", "exchange_token"]
    if method == "federated_token" and not _one_job_token(params) and not is_github_job():
        missing += _OWN_OPTIONS[method]
    if missing:
        raise usage(
            f"auth_method {method} also needs {named(*missing)}",
            "Complete the credentials, or choose another auth_method",
        )


def _by_credential(method: str, params: Mapping[str, Any]) -> str:
    if not params.get("client_id"):
        given = [option for option in _OWN_OPTIONS[method] if params.get(option)]
        raise usage(
            f"{named(given[0])} is set without {named('client_id')}", "Set it to the client id of the application"
        )
    _one_job_token(params)
    return method


def _without_credential(params: Mapping[str, Any]) -> str:
    if params.get("client_id") and is_github_job():
        return "federated_token"
    own = [option for options in _OWN_OPTIONS.values() for option in options]
    raise TenantError(
        "no_credentials",
        "no credentials are set",
        next_step=f"Set {named('client_id')} and one of {named(*own)}, or ready tokens in "
        f"{named('graph_token', 'exchange_token')}, or {named('auth_method')} managed_identity or device_code",
    )


def _one_job_token(params: Mapping[str, Any]) -> bool:
    """Whether a job's token is given exactly once. Raises `TenantError` if it is given twice."""
    given = [option for option in _OWN_OPTIONS["federated_token"] if params.get(option)]
    if len(given) > 1:
        raise usage(f"the token of the job is set twice: {named(*given)}", "Keep one of the two")
    return bool(given)


def given_token(params: Mapping[str, Any], option: str) -> str:
    """The ready token for `graph` or `exchange`."""
    token = str(params.get(f"{option}_token") or "").strip()
    if not token:
        raise usage(
            f"the token of {named(f'{option}_token')} is not set",
            "Set it, or use a sign-in method that requests a token for each service",
        )
    if not is_token(token):
        raise usage(
            f"{named(f'{option}_token')} contains characters that are invalid in a token; it is not shown",
            "Set it to the access token alone, without quotes, spaces or line breaks",
        )
    return token
