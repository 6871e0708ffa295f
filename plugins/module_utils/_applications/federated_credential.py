# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust in a platform's tokens as the credential, without any secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from .._client.job_token import assertion, is_github_job
from .._core.errors import TenantError, usage
from .._core.redaction import Redactor
from .._core.resource import Record
from .._engine.tenant import Tenant
from .._http.claims import claims
from .credentials import WRITE, Held, no_sign_in, path_of, read_held, same_name
from .federation import OPTIONS, Trust, trust_of
from .steps import CREDENTIAL, ROUNDS, carried_out, may_repeat

_TOKEN = ("issuer", "subject")


def check_trust(params: Mapping[str, Any]) -> None:
    """Refuse a trust that cannot be one, before anything is sent. For a removal, it may be left out.

    Raises `TenantError`.
    """
    if params["state"] == "present" or _is_given(params):
        trust_of(params)


def _is_given(params: Mapping[str, Any]) -> bool:
    return any(params.get(option) is not None for option in OPTIONS)


def ensure_federated(
    tenant: Tenant, params: Mapping[str, Any], application: Record | None, before: Held, check_mode: bool
) -> dict[str, Any]:
    """Trust the platform under the name; an equal trust under another name stays as it is."""
    trust = trust_of(params)
    wanted = {"issuer": trust.issuer, "subject": trust.subject, "audiences": [trust.audience]}
    found = _found(params, before, wanted)
    changed = found is None or any(found.get(name) != value for name, value in wanted.items())
    entry = {"name": params["name"], **(found or {}), **wanted}
    others = [one for one in before.federated if one is not found]
    if changed and not check_mode and application is not None:
        entry = _write(tenant, params, application, found, wanted)
        before = replace(before, federated=[*others, entry])
    kept = no_sign_in(before) if params["remove_others"] else replace(before, federated=others)
    after = replace(kept, federated=[*kept.federated, entry])
    more = {"path": "", "thumbprint": "", **wanted, "token_available": _has_token(tenant, params, trust)}
    return {"before": before, "after": after, "changed": changed, **more}


def _has_token(tenant: Tenant, params: Mapping[str, Any], trust: Trust) -> bool:
    """Whether this job has a token to sign in with through this trust, which only the platform issues."""
    if not (params.get("federated_token") or params.get("federated_token_file") or is_github_job()):
        return False
    try:
        known = claims(assertion(params, tenant.http, Redactor()))
    except TenantError:
        return False
    audience = known.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    return (known.get("iss"), known.get("sub")) == (trust.issuer, trust.subject) and trust.audience in audiences


def _found(params: Mapping[str, Any], held: Held, wanted: Mapping[str, Any]) -> Record | None:
    """The credential to keep or change. Raises `TenantError` if the name would still trust something else."""
    named, same = _named(params, held), _trusting(held, wanted)
    if named is None or same is None or named is same or params["remove_others"]:
        return same or named
    # Microsoft Entra accepts an issuer and subject once per application, so neither can be changed.
    raise usage(
        f"the credential {named['name']} trusts the subject {named.get('subject')} of {named.get('issuer')}, and "
        f"{same['name']} already trusts {wanted['subject']} of {wanted['issuer']}",
        f"Specify the name {same['name']}, or remove one of them with state=absent",
    )


def _named(params: Mapping[str, Any], held: Held) -> Record | None:
    return next((one for one in held.federated if same_name(one, params["name"])), None)


def _trusting(held: Held, wanted: Mapping[str, Any]) -> Record | None:
    return next((one for one in held.federated if all(one.get(key) == wanted[key] for key in _TOKEN)), None)


def _write(
    tenant: Tenant, params: Mapping[str, Any], application: Record, found: Record | None, wanted: Mapping[str, Any]
) -> Record:
    """Names are unique, so a write whose response was lost is looked for, and repeated if it did not happen."""
    path = path_of(application, "federatedIdentityCredentials")
    for attempt in range(1, ROUNDS + 1):
        try:
            if found is not None:
                change = partial(tenant.graph.update, f"{path}/{found['id']}", wanted, WRITE)
                carried_out(tenant, CREDENTIAL, change)
                return {**found, **wanted}
            create = partial(tenant.graph.create, path, {"name": params["name"], **wanted}, WRITE)
            return carried_out(tenant, CREDENTIAL, create)
        except TenantError as error:
            # The directory may not find a new application at once.
            if not may_repeat(error, attempt):
                raise
            tenant.progress(f"the directory did not take the credential yet; trying again ({attempt} of {ROUNDS})")
            tenant.http.pause(attempt, None, WRITE)
        found = _found(params, read_held(tenant, params, application), wanted)
        if found is not None and all(found.get(name) == value for name, value in wanted.items()):
            return found
    raise AssertionError("unreachable")


def absent_federated(params: Mapping[str, Any], before: Held) -> Held:
    """The credentials that stay: all but that of the name. If the trust is given too, it must match.

    Raises `TenantError`.
    """
    named = _named(params, before)
    if _is_given(params):
        trust = trust_of(params)
        wanted = {"issuer": trust.issuer, "subject": trust.subject}
        same = _trusting(before, wanted)
        if named is not None and named is not same:
            raise usage(
                f"the credential {named['name']} trusts the subject {named.get('subject')} of {named.get('issuer')}, "
                f"not {trust.subject} of {trust.issuer}, so it is not removed",
                "Specify its own issuer and subject, or only its name",
            )
        if same is not None and named is None:
            raise usage(
                f"the subject {trust.subject} of {trust.issuer} is trusted by the credential {same['name']}, not by "
                f"{params['name']}, so it is not removed",
                f"Specify the name {same['name']}",
            )
    return replace(before, federated=[one for one in before.federated if one is not named])
