# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All parts of one simulator, assembled; no sockets and no threads yet."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ._known_names import known_names
from .cmdlets.contract import load_cmdlets
from .cmdlets.exchange_types import CmdletCall
from .conditional_access.evaluated_sign_ins import seed_evaluated_sign_ins, sign_in_again
from .conditional_access.policies import seed_conditional_access
from .directory.enterprise_applications import seed_service_principals
from .directory.groups import seed_groups
from .directory.navigation import seed_more
from .directory.seed import seed_directory
from .directory.sign_ins import seed_sign_ins
from .entra.credentials import Credentials, Issuer, make_credentials
from .entra.managed_identity import ManagedIdentity
from .entra.service import Entra
from .entra.tokens import Tokens
from .exchange.service import Exchange
from .exchange.table import seed_exchange
from .graph.service import Graph
from .intune.compliance_and_app_protection import seed_intune_policies
from .intune.managed_devices import seed_managed_devices
from .intune.onboarding import seed_intune
from .odata.contract import shipped_contract
from .odata.downloads import Downloads
from .odata.throttling import Limits
from .server.faults import Faults
from .server.interference import Interference
from .server.ledger import Ledger
from .server.public_names import ALIASES
from .server.request_pipeline import RequestPipeline, Service
from .server.tls import rsa_key
from .state.clock import Clock
from .state.descriptions import describe, laid_over
from .state.http_messages import Json
from .state.snapshots import snapshot_of
from .state.tenant import Principal, Tenant
from .twin.seed import seed_twin

_SEEDS = (
    seed_directory,
    seed_service_principals,
    seed_groups,
    seed_more,
    seed_conditional_access,
    seed_sign_ins,
    seed_evaluated_sign_ins,
    seed_intune,
    seed_intune_policies,
    seed_managed_devices,
)
# An older tenant is created again, since its events happen at times that count from its creation.
_FRESH = timedelta(minutes=1)


@dataclass(frozen=True)
class Settings:
    """The settings of a simulator at its start."""

    tenants: tuple[str | Path, ...] = ("ready",)
    clock_step: float = 60
    page_size: int = 100
    # milliseconds by service
    latency: tuple[tuple[str, float], ...] = ()
    rate_limits: bool = True
    strict_answers: bool = True
    control: bool = False
    # the port for the public names; None: not served
    public_port: int | None = None


@dataclass
class _Seeded:
    """A tenant as it was created, and when: restoring a copy takes a tenth of the time."""

    at: datetime
    revision: int
    stores: bytes

    @classmethod
    def of(cls, tenant: Tenant, at: datetime) -> _Seeded:
        return cls(at, tenant.revision.number, pickle.dumps(tenant.objects()))

    def seed_again(self, tenant: Tenant) -> None:
        tenant.stores.clear()
        tenant.past.clear()
        for name, items in pickle.loads(self.stores).items():
            store = tenant.store(name)
            for key, item in items.items():
                store.add(key, item)
        self.revision = tenant.revision.number


class Environment:
    """The tenants, the services that show them, and their surroundings."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        self.settings = settings
        self.clock = Clock(settings.clock_step)
        self.ledger = Ledger()
        self.faults = Faults()
        self.limits = Limits(enforced=settings.rate_limits)
        self.cmdlets = load_cmdlets()
        self.tenants = _described(settings.tenants)
        self.issuer = Issuer()
        self.credentials = _credentials(self.tenants, directory, self.issuer)
        self.tokens = Tokens(self.tenants, self.clock)
        self.entra = Entra(self.tokens, self.tenants, self.credentials, self.issuer)
        self.identity = ManagedIdentity(self.entra, secret_file=directory / "arc.key")
        self.downloads = Downloads(self.clock)
        self.graph = Graph(
            shipped_contract(),
            self.tokens,
            self.tenants,
            self.clock,
            self.limits,
            self.downloads,
            settings.page_size,
            settings.strict_answers,
        )
        self.exchange = Exchange(self.cmdlets, self.tokens, self.tenants, self.clock, settings.page_size)
        self.interference = Interference(self.tenants, self._administrator)
        self.pipeline = RequestPipeline(self.tenants, self.clock, self.ledger, self.faults, self.interference)
        self.graph.on_part = lambda call: self.pipeline.conduct_part(self.graph, call)
        self._seeded: dict[str, _Seeded] = {}
        self._descriptions: dict[str, Json] = {}  # the original states of tenants whose description was replaced
        self.seed()

    @property
    def services(self) -> tuple[Service, ...]:
        return self.entra, self.graph, self.exchange, self.identity, self.downloads

    def seed(self) -> None:
        """Create every tenant from its description, with an empty ledger and without faults."""
        self.clock.reset()
        self.ledger.reset()
        self.faults.clear()
        self.interference.forget()
        self.limits.reset()
        self.entra.pending.clear()
        self.tokens.forget_times()
        self.downloads.clear()
        for tenant in self.tenants.values():
            seeded = self._seeded.get(tenant.tenant_id)
            if seeded is None or self.clock.now() - seeded.at > _FRESH:
                self._seed(tenant)
            elif tenant.revision.number != seeded.revision:
                seeded.seed_again(tenant)

    def is_at_its_start(self, tenant: Tenant) -> bool:
        """Whether nothing has changed a tenant since its creation."""
        seeded = self._seeded.get(tenant.tenant_id)
        return seeded is not None and tenant.revision.number == seeded.revision

    def _seed(self, tenant: Tenant) -> None:
        tenant.stores.clear()
        tenant.past.clear()
        if snapshot_of(tenant) is not None:  # its application has all permissions
            tenant.description["application"]["graph"] = sorted(self.graph.contract.application())
        now = self.clock.now()
        for seed in _SEEDS:
            seed(tenant, now)
        if tenant.exchange is not None:
            cmdlet = self.cmdlets["get-organizationconfig"]
            run = CmdletCall(tenant, cmdlet, self.cmdlets, {}, now, caller="")
            seed_exchange(run)
            seed_twin(run)
        self._seeded[tenant.tenant_id] = _Seeded.of(tenant, now)

    def seed_again(self, tenant: Tenant, more: Json) -> None:
        """Merge more into the original description of a tenant, and create it again."""
        original = self._descriptions.setdefault(tenant.tenant_id, tenant.description)
        tenant.description = laid_over(original, more, known_names())
        self._seeded.pop(tenant.tenant_id, None)
        self.seed()

    def sign_in_again(self, tenant: Tenant) -> list[str]:
        """Repeat all described sign-ins, evaluated by the current policies."""
        return sign_in_again(tenant, self.clock.of(tenant.name).now())

    def publish(self) -> None:
        """Called once the services have URLs: these are the resources that tokens can be issued for."""
        for service in (self.graph, self.exchange):
            service.aliases = ALIASES[service.name] if self.settings.public_port is not None else ()
            self.entra.resources |= dict.fromkeys((service.url, *service.aliases), service.name)

    def tenant(self, name: str | None = None) -> Tenant:
        """A tenant by name, id or domain; the first one by default."""
        tenants = list(self.tenants.values())
        if name is None:
            return tenants[0]
        for known in (lambda tenant: tenant.name == name, lambda tenant: tenant.called(name)):
            for tenant in tenants:
                if known(tenant):
                    return tenant
        raise ValueError(f"no tenant {name} here: {', '.join(tenant.name for tenant in tenants)}")

    def token(
        self, tenant: Tenant, service: str, granted: frozenset[str] | None, claims: Json, application: str
    ) -> str:
        """A ready access token for an application of the tenant, for tests that need a special one."""
        principal: Principal = tenant.principal(application)
        url = self.graph.url if service == "graph" else self.exchange.url
        grants = granted if granted is not None else getattr(principal, service)
        return self.tokens.issue(tenant, principal, f"{self.entra.url}/{tenant.tenant_id}/", url, grants, **claims)

    def _administrator(self, tenant: Tenant, service: str) -> str:
        """Somebody with all permissions: the person, through another application."""
        every = self.graph.contract.delegated() if service == "graph" else None
        return self.token(tenant, service, every, {"appid": tenant.uuid("client", "portal")}, "person")

    def facts(self, tenant: Tenant, application: str = "application") -> Json:
        """What a client needs to sign in to this tenant as one of its applications."""
        principal = tenant.principal(application)
        credentials: Credentials = self.credentials[principal.client_id]
        return {
            "name": tenant.name,
            "tenant_id": tenant.tenant_id,
            "domain": tenant.domain,
            "account": tenant.account,
            "client_id": principal.client_id,
            "object_id": principal.object_id,
            "client_secret": credentials.secret,
            "certificate_path": str(credentials.certificate.pem_path),
            "pfx_path": str(credentials.certificate.pfx_path),
            "certificate_password": credentials.certificate.password,
            "federated_token_file": str(credentials.federated_token_file),
            "managed_identity_client_id": tenant.principal("managed_identity").client_id,
        }


def _described(sources: Sequence[str | Path]) -> dict[str, Tenant]:
    """The tenants by id. Raises ValueError for a wrong description, and for two with one domain."""
    found: dict[str, Tenant] = {}
    for source in sources:
        for name, description in describe(source, known_names()):
            tenant = Tenant(name, description)
            if other := found.get(tenant.tenant_id):
                raise ValueError(
                    f"{source} and {other.name} are one tenant, with the domain {tenant.domain}: give one of them "
                    "another domain"
                )
            found[tenant.tenant_id] = tenant
    return found


def _credentials(tenants: dict[str, Tenant], directory: Path, issuer: Issuer) -> dict[str, Credentials]:
    # One key pair for all, as each application has its own certificate.
    key = rsa_key("credentials")
    made: dict[str, Credentials] = {}
    for tenant in tenants.values():
        for application in tenant.applications:
            client_id = tenant.principal(application).client_id
            if client_id not in made:  # shared applications have the same credentials in all tenants
                name = tenant.name if application == "application" else f"{tenant.name}-{application}"
                made[client_id] = make_credentials(name, directory, key, issuer)
    return made
