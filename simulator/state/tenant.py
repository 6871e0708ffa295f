# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated tenant: its names, its principals, its objects."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from ..behaviours.table import implements
from .clock import iso
from .http_messages import Json
from .response_forms import Forms
from .store import Revision, Store

_NAMESPACE = uuid.UUID("5d9d5d0e-3c2b-4c0f-9d1a-6f0a8a2f7b11")

# Template ids of built-in directory roles.
# https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
DIRECTORY_ROLES = {
    "Intune Administrator": "3a2c62db-5318-420d-8d74-23affee5d9d5",
    "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "Exchange Recipient Administrator": "31392ffb-586c-42d1-9346-e59415a2cc4e",
    "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    "Conditional Access Administrator": "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
}


def organization_id(domain: str) -> str:
    """The same id for the same organization in every run."""
    return _uuid(domain, "tenant")


@lru_cache(100_000)
def _uuid(domain: str, *parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join((domain, *parts))))


LIFETIME = 3600  # default life of a token in seconds


@dataclass(frozen=True)
class Principal:
    """Somebody who signs in: an application, a managed identity, a person."""

    client_id: str
    object_id: str
    name: str
    graph: frozenset[str]
    exchange: frozenset[str]
    directory_roles: tuple[str, ...] = ()
    user: str | None = None


@dataclass(frozen=True)
class Past:
    """Stores as they were until a certain time."""

    until: datetime
    state: dict[str, list[Json]]


@dataclass
class Tenant:
    """A tenant with its state. Keys with a leading underscore are internal and never returned."""

    name: str
    description: Json
    revision: Revision = field(default_factory=Revision)
    stores: dict[str, Store] = field(default_factory=dict)
    # Earlier rights in Exchange, and until when; see propagation.py.
    past: list[Past] = field(default_factory=list)
    # The Exchange rights of a copy's own application, which the original tenant does not have; see twin/.
    visitor_rights: dict[str, set[str]] | None = None

    @property
    def domain(self) -> str:
        return str(self.description["domain"])

    @property
    def domains(self) -> list[str]:
        own: list[str] | None = self.description.get("domains")
        return own or [self.domain, f"{self.domain.partition('.')[0]}.onmicrosoft.example"]

    @property
    def display_name(self) -> str:
        return str(self.description["display_name"])

    @property
    def token_lifetime(self) -> int:
        """The life of its tokens in seconds."""
        return int(self.description["token_lifetime"] or LIFETIME)

    @property
    def shared_limit(self) -> Json | None:
        """The limit of Graph for one application across all tenants with this setting."""
        found: Json | None = self.description["shared_limit"]
        return found

    @property
    def account(self) -> str:
        return str(self.description["account"])

    def has_account(self) -> bool:
        return any(user.get("userPrincipalName") == self.account for user in self.store("users"))

    @property
    def intune(self) -> Json:
        return dict(self.description["intune"])

    @property
    def exchange(self) -> Json | None:
        found: Json | None = self.description["exchange"]
        return found

    @cached_property
    def forms(self) -> Forms:
        """The forms of Exchange's responses here."""
        return Forms(**(self.exchange or {})["forms"])

    @cached_property
    def tenant_id(self) -> str:
        return str(self.description.get("tenant_id") or organization_id(self.domain))

    def is_visitor(self, object_id: str) -> bool:
        """Whether somebody is the application of a copy, which may do everything and is shown nowhere."""
        return self.visitor_rights is not None and object_id == self.uuid("service_principal", "application")

    def uuid(self, *parts: str) -> str:
        """The same id for the same object in every run."""
        return _uuid(self.domain, *parts)

    def device_id(self, number: int) -> str:
        """The device id in Exchange of the device at this position in the description: its `id`, if it has one."""
        devices = (self.exchange or {}).get("devices") or []
        if number < len(devices) and devices[number].get("id"):
            return str(devices[number]["id"])
        return self.uuid("device", str(number)).replace("-", "").upper()

    def has_plan(self, start: str) -> bool:
        """Whether an active subscription has a service plan with this prefix."""
        return any(
            plan["servicePlanName"].startswith(start)
            for sku in self.store("subscribedSkus")
            if sku["capabilityStatus"] in ("Enabled", "Warning")
            for plan in sku["servicePlans"]
        )

    def called(self, name: str) -> bool:
        """Whether this tenant is meant by the name in a URL."""
        return name.lower() in (self.tenant_id, *self.domains)

    def store(self, name: str) -> Store:
        if name not in self.stores:
            self.stores[name] = Store(self.revision)
        return self.stores[name]

    def principal(self, kind: str) -> Principal:
        """The application, its managed identity (same grants), the person, or one of the other applications."""
        described = self._described(kind)
        user = described.get("user")
        return Principal(
            client_id=_client_id(described.get("home", self.domain), "application" if kind == "person" else kind),
            object_id=self.uuid("user", user) if user else self.uuid("service_principal", kind),
            name=described.get("display_name") or str(user),
            graph=frozenset(described["graph"]),
            exchange=frozenset(described["exchange"]),
            directory_roles=tuple(described.get("directory_roles", ())),
            user=f"{user}@{self.domain}" if user else None,
        )

    def _described(self, kind: str) -> Json:
        own = {"application": "application", "managed_identity": "application", "person": "person"}
        known = {name: self.description[key] for name, key in own.items()} | self.description["applications"]
        if kind not in known:
            raise ValueError(f"no application {kind} in tenant {self.name}: one of {', '.join(self.applications)}")
        return dict(known[kind])

    def registers(self, kind: str) -> bool:
        """Whether an application is registered here, and not in another organization."""
        return self._described(kind).get("home", self.domain) == self.domain

    @property
    def applications(self) -> list[str]:
        """Everything that can sign in with its own credentials: the application, and the others."""
        return ["application", *self.description["applications"]]

    @property
    def service_principals(self) -> dict[str, Principal]:
        return {kind: self.principal(kind) for kind in (*self.applications, "managed_identity")}

    def directory_roles(self, principal_id: str) -> list[str]:
        if self.is_visitor(principal_id):
            return list(self.principal("application").directory_roles)
        names = {template: name for name, template in DIRECTORY_ROLES.items()}
        held = [item for item in self.store("roleAssignments") if item["principalId"] == principal_id]
        return [names[item["roleDefinitionId"]] for item in held if item["roleDefinitionId"] in names]

    def objects(self) -> dict[str, dict[str, Json]]:
        """All objects of the tenant, by kind and by unique key."""
        return {name: store.items() for name, store in sorted(self.stores.items())}

    def dump(self, now: datetime) -> Json:
        """The whole tenant as JSON."""
        return {
            "name": self.name,
            "tenant_id": self.tenant_id,
            "at": iso(now),
            **{name: [_plain(item) for item in store] for name, store in sorted(self.stores.items())},
        }


@implements("application-consented")
def _client_id(home: str, kind: str) -> str:
    """An application has one id in every tenant that knows it; `home` is the domain of its own tenant."""
    return _uuid(home, "client", kind)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return iso(value)
    return value.total_seconds() if isinstance(value, timedelta) else value
