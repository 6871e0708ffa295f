# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of an application: one is managed, and others are removed on request."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._core.errors import Purpose, TenantError, usage
from .._core.resource import Record, normalize_case
from .._engine.tenant import Tenant
from .._http.poll import WithinTask, poll, waiting
from .registrations import await_application, shown
from .steps import CREDENTIAL, carried_out, may_repeat, roles_needed

READ = Purpose("read the credentials of the application", "Application.Read.All")
WRITE = Purpose("change the credentials of the application", "Application.ReadWrite.All")
_LISTED_WITHIN = 30  # seconds
_MOST_DAYS = 36500  # more than anybody needs, and dates end with the year 9999


@dataclass
class Held:
    """The credentials of an application, as they are or as they should be."""

    certificates: list[Record] = field(default_factory=list)
    secrets: list[Record] = field(default_factory=list)
    federated: list[Record] = field(default_factory=list)

    def among(self, others: Held) -> Held:
        """Those that are also in `others`, by id: a list has other members of a credential than its creation."""
        return Held(*([one for one in mine if one.get(key) in ids] for key, mine, ids in self._beside(others)))

    def without(self, others: Held) -> Held:
        """Those that are not in `others`, by id."""
        return Held(*([one for one in mine if one.get(key) not in ids] for key, mine, ids in self._beside(others)))

    def _beside(self, others: Held) -> Iterator[tuple[str, list[Record], set[Any]]]:
        """For each kind: the member with the id, these credentials, and the ids of the others."""
        for key, kind in (("keyId", "certificates"), ("keyId", "secrets"), ("id", "federated")):
            yield key, getattr(self, kind), {one.get(key) for one in getattr(others, kind)} - {None}

    def listed(self) -> dict[str, Any]:
        """The credentials for the result, without values that can change by themselves."""
        return {
            "certificates": [
                {"key_id": one.get("keyId"), "name": one.get("displayName"), "ends": one.get("endDateTime")}
                for one in self.certificates
            ],
            "client_secrets": [
                {"key_id": one.get("keyId"), "name": one.get("displayName"), "ends": one.get("endDateTime")}
                for one in self.secrets
            ],
            "federated": [
                {"name": one.get("name"), "issuer": one.get("issuer"), "subject": one.get("subject")}
                for one in self.federated
            ],
        }


def read_held(tenant: Tenant, params: Mapping[str, Any], application: Record | None) -> Held:
    """Read all of them. Graph returns the certificates only when a single application is read with this property."""
    if application is None:
        return Held()
    whole = _read_whole(tenant, params, application)
    federated, _response = tenant.graph.list(path_of(application, "federatedIdentityCredentials"), READ)
    return Held(list(whole["keyCredentials"]), list(whole["passwordCredentials"]), list(federated))


def _read_whole(tenant: Tenant, params: Mapping[str, Any], application: Record) -> Record:
    whole = await_application(tenant, params, "keyCredentials", "passwordCredentials")
    if whole is None or whole["id"] != application["id"]:
        raise TenantError(
            "conflict",
            f"the application {application['displayName']} was replaced meanwhile",
            READ.action,
            tenant.label,
        )
    return whole


def no_sign_in(held: Held) -> Held:
    """What stays when all other credentials are removed: a certificate that encrypts tokens allows no sign-in."""
    return Held(certificates=[one for one in held.certificates if one.get("usage") not in (None, "", "Verify")])


def path_of(application: Record, part: str) -> str:
    return f"applications/{application['id']}/{part}"


def write_certificates(
    tenant: Tenant, params: Mapping[str, Any], application: Record, change: Callable[[list[Record]], list[Record]]
) -> None:
    """Change the list, which Graph replaces as a whole: adding one alone takes a proof that only a valid key can give.

    https://learn.microsoft.com/graph/api/application-addkey

    Graph offers no condition for this write. So the list is read right before it and again after it: if somebody else
    wrote back an older list, the change is made once more, on the current list. What somebody else adds between the
    read and the write of this function is lost, and nothing shows that.
    """
    path = f"applications/{application['id']}"
    for attempt in itertools.count(1):
        try:
            listed = _read_whole(tenant, params, application)["keyCredentials"]
            if change(listed) == listed:
                return
            body = {"keyCredentials": change(listed)}
            carried_out(tenant, CREDENTIAL, partial(tenant.graph.update, path, body, WRITE))
            if _is_listed(tenant, params, application, change):
                return
            raise TenantError(
                "conflict",
                f"somebody else changes the certificates of {application['displayName']} at the same time",
                WRITE.action,
                tenant.label,
                next_step="Run this again when nobody else does",
            )
        except TenantError as error:
            if not may_repeat(error, attempt):
                raise
        tenant.progress(f"the certificates are not as they were written; trying again ({attempt})")
        tenant.http.pause(attempt, None, WRITE)


def _is_listed(
    tenant: Tenant, params: Mapping[str, Any], application: Record, change: Callable[[list[Record]], list[Record]]
) -> bool:
    """Whether reads return the list as it was written, which can take a moment."""
    _application, done = poll(
        partial(_read_whole, tenant, params, application),
        lambda whole: change(whole["keyCredentials"]) == whole["keyCredentials"],
        WithinTask(tenant.http, _LISTED_WITHIN, (1.0, 10.0)),
        waiting(tenant.progress, lambda whole: "the certificates to be listed"),
    )
    return done


def remove_secret(tenant: Tenant, application: Record, key_id: str) -> None:
    try:
        carried_out(
            tenant,
            CREDENTIAL,
            partial(tenant.graph.set, path_of(application, "removePassword"), {"keyId": key_id}, WRITE),
        )
    except TenantError as error:
        text = error.answer.message.lower() if error.answer else ""
        if "no password credential found" not in text:
            raise


def remove_federated(tenant: Tenant, application: Record, credential: Record) -> None:
    path = path_of(application, f"federatedIdentityCredentials/{credential['id']}")
    carried_out(tenant, CREDENTIAL, lambda: tenant.graph.delete(path, WRITE))


def remove_credentials(tenant: Tenant, params: Mapping[str, Any], application: Record, gone: Held) -> None:
    """Remove these credentials; all others stay, also those that somebody else adds meanwhile."""
    removed = [one["keyId"] for one in gone.certificates]
    if removed:
        write_certificates(
            tenant, params, application, lambda listed: [one for one in listed if one["keyId"] not in removed]
        )
    for one in gone.secrets:
        remove_secret(tenant, application, str(one["keyId"]))
    for one in gone.federated:
        remove_federated(tenant, application, one)


def check_name(params: Mapping[str, Any]) -> None:
    name = params["name"]
    if not 3 <= len(name) <= 60 or not all(
        character.isascii() and (character.isalnum() or character in "-_") for character in name
    ):
        raise usage(f"name is {name}, and takes 3 to 60 letters, digits, hyphens and underscores")


def check_validity(params: Mapping[str, Any]) -> None:
    """A validity shorter than the renewal period would replace the credential in every run."""
    if params["validity_days"] <= params["renew_before_days"] or params["renew_before_days"] < 0:
        raise usage("validity_days must be more than renew_before_days, and that at least 0")
    if params["validity_days"] > _MOST_DAYS:
        raise usage(f"validity_days must be at most {_MOST_DAYS}, a hundred years")


def same_name(record: Record, name: str) -> bool:
    return bool(normalize_case(record.get("name") or record.get("displayName")) == normalize_case(name))


def result_of(
    tenant: Tenant, application: Record | None, before: Held, after: Held, changed: bool, **extra: Any
) -> dict[str, Any]:
    return {
        "changed": changed,
        "diff": {"before": before.listed(), "after": after.listed()},
        "application": shown(application),
        "roles_needed": roles_needed(tenant, {CREDENTIAL: changed}),
        **extra,
    }
