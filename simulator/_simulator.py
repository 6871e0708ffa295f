# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator for Python code: a context manager with its own thread."""

from __future__ import annotations

import asyncio
import pickle
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ._environment import Environment, Settings
from .server.address import LOOPBACK, address_of
from .server.control import control_handler
from .server.public_names import PUBLIC_NAMES, REGION, REGION_PATH, dispatching
from .server.sockets import Listener, service_handler, service_listener
from .server.tls import server_context
from .state.http_messages import Json

T = TypeVar("T")
METHODS = ("client_secret", "certificate", "pfx", "federated_token", "managed_identity", "device_code", "token")


class Simulator:
    """One or more simulated tenants, on loopback ports unless both `host` and `allow_remote` are set.

    with Simulator(tenants=["ready"], clock_step=60) as simulator:
        simulator.environment(method="certificate")
    """

    def __init__(
        self,
        tenants: Sequence[str | Path] = ("ready",),
        *,
        clock_step: float = 60,
        page_size: int = 100,
        latency: dict[str, float] | None = None,
        rate_limits: bool = True,
        strict_answers: bool = True,
        control: bool = False,
        host: str = LOOPBACK,
        allow_remote: bool = False,
        public_port: int | None = None,
    ) -> None:
        self._address = address_of(host, allow_remote=allow_remote)
        settings = Settings(
            tuple(tenants),
            clock_step,
            page_size,
            tuple((latency or {}).items()),
            rate_limits,
            strict_answers,
            control,
            public_port,
        )
        self._directory = Path(tempfile.mkdtemp(prefix="simulated-tenant-"))
        try:
            self._environment = Environment(settings, self._directory)
            self._context, self._ca_path = server_context(
                self._directory, self._address, *((*PUBLIC_NAMES.values(), REGION) if public_port is not None else ())
            )
        except BaseException:
            shutil.rmtree(self._directory)
            raise
        self._seen: dict[str, tuple[bytes, dict[str, dict[str, Json]]]] = {}  # cached objects of each tenant
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulator", daemon=True)
        self._listeners: list[Listener] = []
        self._control_url: str | None = None
        self.public_port: int | None = None
        self.stopping = threading.Event()

    def start(self) -> Simulator:
        self._thread.start()
        try:
            self._in_loop(self._open)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Close every port and remove every file."""
        self.stopping.set()
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, *raised: object) -> None:
        self.stop()

    @property
    def urls(self) -> Json:
        """All URLs: the shared part of the address file."""
        environment = self._environment
        return {
            "authority_url": environment.entra.url,
            "graph_url": environment.graph.url,
            "exchange_url": environment.exchange.url,
            "managed_identity_url": environment.identity.url,
            "control_url": self._control_url,
            "ca_path": str(self._ca_path),
        }

    @property
    def tenants(self) -> list[Json]:
        return [
            self._environment.facts(tenant)
            | {"applications": {name: self._environment.facts(tenant, name) for name in tenant.applications[1:]}}
            for tenant in self._environment.tenants.values()
        ]

    def facts(self, tenant: str | None = None, application: str = "application") -> Json:
        return self._environment.facts(self._environment.tenant(tenant), application)

    def has_account(self, tenant: str | None = None) -> bool:
        """Whether the connector account of the tenant's description is among its users."""
        return self._in_loop(self._environment.tenant(tenant).has_account)

    def options(
        self, tenant: str | None = None, method: str = "client_secret", application: str = "application"
    ) -> Json:
        """The options for a client that signs in to a tenant by this method, as this one of its applications."""
        facts, urls = self.facts(tenant, application), self.urls
        # With the public names, clients find everything at the usual addresses.
        hosts = ("authority_url", "graph_url", "exchange_url") if self.public_port is None else ()
        places = {name: urls[name] for name in (*hosts, "ca_path")}
        who = {"tenant_id": facts["tenant_id"], "client_id": facts["client_id"], "auth_method": method}
        match method:
            case "client_secret":
                how: Json = {"client_secret": facts["client_secret"]}
            case "certificate":
                how = {"certificate_path": facts["certificate_path"]}
            case "pfx":
                how = {
                    "auth_method": "certificate",
                    "certificate_path": facts["pfx_path"],
                    "certificate_password": facts["certificate_password"],
                }
            case "federated_token":
                how = {"federated_token_file": facts["federated_token_file"]}
            case "managed_identity":
                how = {"client_id": facts["managed_identity_client_id"]}
            case "token":
                how = {
                    f"{service}_token": self.token(service, tenant, application=application)
                    for service in ("graph", "exchange")
                }
            case "device_code":
                how = {}
            case _:
                raise ValueError(f"no sign-in method {method}: one of {', '.join(METHODS)}")
        return places | who | how

    def environment(
        self, tenant: str | None = None, method: str = "client_secret", application: str = "application"
    ) -> dict[str, str]:
        """The same as environment variables: the names of the Azure SDKs if they have one."""
        options = self.options(tenant, method, application)
        variables = {_VARIABLES.get(name, f"INTUNE_EXCHANGE_{name.upper()}"): value for name, value in options.items()}
        if method == "managed_identity":
            variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = self.urls["managed_identity_url"]
        return variables

    def client_environment(self) -> dict[str, str]:
        """What third-party clients need as well: the trusted authority, and the managed identity endpoint."""
        return {
            "REQUESTS_CA_BUNDLE": self.urls["ca_path"],
            "SSL_CERT_FILE": self.urls["ca_path"],
            "NODE_EXTRA_CA_CERTS": self.urls["ca_path"],
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": self.urls["managed_identity_url"],
        }

    def token(
        self,
        service: str,
        tenant: str | None = None,
        granted: set[str] | None = None,
        application: str = "application",
        **claims: Any,
    ) -> str:
        """A ready access token, optionally with other permissions or other claims (exp=1)."""
        grants = None if granted is None else frozenset(granted)
        return self._environment.token(self._environment.tenant(tenant), service, grants, claims, application)

    def requests(self) -> list[Json]:
        return self._in_loop(self._environment.ledger.rows)

    def state(self, tenant: str | None = None) -> Json:
        environment = self._environment
        return self._in_loop(
            lambda: environment.tenant(tenant).dump(environment.clock.of(environment.tenant(tenant).name).now())
        )

    def objects(self) -> dict[str, dict[str, dict[str, Json]]]:
        """All objects of all tenants, as stored: by tenant, by kind, by unique key.

        A read-only copy for comparisons: an unchanged tenant is returned as the same copy.
        """

        def held() -> dict[str, bytes]:
            return {tenant.name: pickle.dumps(tenant.objects()) for tenant in self._environment.tenants.values()}

        for name, content in self._in_loop(held).items():
            if name not in self._seen or self._seen[name][0] != content:
                self._seen[name] = content, pickle.loads(content)
        return {name: found for name, (_content, found) in self._seen.items()}

    def describe(self, description: Json, tenant: str | None = None) -> None:
        """Create the tenant again, with more merged into its original description. Its domain stays."""
        self._in_loop(lambda: self._environment.seed_again(self._environment.tenant(tenant), description))

    def sign_in_again(self, tenant: str | None = None) -> list[str]:
        """Repeat the `sign_ins` of the description; returns the ids of the new log entries."""
        return self._in_loop(lambda: self._environment.sign_in_again(self._environment.tenant(tenant)))

    def fault(self, **wanted: Any) -> None:
        """See Fault in server/faults.py: match, kind, nth, count, phase, status, headers, body, interval, request."""
        self._in_loop(partial(self._environment.faults.add, **wanted))

    def clear_faults(self) -> None:
        self._in_loop(self._environment.faults.clear)

    def advance(self, seconds: float) -> None:
        """Let simulated time pass."""
        self._in_loop(lambda: self._environment.clock.advance(seconds))

    def is_calm(self) -> bool:
        """Whether no fault is active: then an open connection behaves like a new one."""
        return not self._environment.faults.ordered

    def is_at_its_start(self, tenant: str | None = None) -> bool:
        """Whether nothing has changed a tenant since the last reset: then an older token is as good as a new one."""
        return self._environment.is_at_its_start(self._environment.tenant(tenant))

    def approve(self) -> None:
        """Approve every pending device code."""
        self._in_loop(self._environment.entra.approve)

    def reset(self) -> None:
        """Restore the initial state; URLs, credentials and tokens stay valid."""
        self._in_loop(self._environment.seed)

    def stop_soon(self) -> None:
        """Ask whoever started this simulator to stop it."""
        self.stopping.set()

    def _in_loop(self, work: Callable[[], T]) -> T:
        """Run a function while no request can interfere."""

        async def run() -> T:
            return work()

        if threading.current_thread() is self._thread:
            return work()
        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def _open(self) -> None:
        environment = self._environment
        latency = dict(environment.settings.latency)
        for service in environment.services:
            secure = service.name != "identity"
            listener = service_listener(
                service,
                environment.pipeline,
                environment.faults,
                self._context if secure else None,
                latency.get(service.name, 0) / 1000,
            )
            self._listen(listener, self._address.address if secure else LOOPBACK)
            name = f"https://{self._address.name}" if secure else f"http://{LOOPBACK}"
            service.url = f"{name}:{listener.port}"
        environment.exchange.regional_url = f"{environment.exchange.url}{REGION_PATH}"
        if environment.settings.public_port is not None:
            self._open_public(environment.settings.public_port, latency)
        environment.publish()
        if environment.settings.control:
            control = Listener(control_handler(self), None, lambda: None)
            self._listen(control, LOOPBACK)
            self._control_url = f"http://{LOOPBACK}:{control.port}"

    def _open_public(self, port: int, latency: dict[str, float]) -> None:
        """One port for the public names, which then appear in every link."""
        environment = self._environment
        services = {service.name: service for service in environment.services if service.name in PUBLIC_NAMES}
        handlers = {
            name: service_handler(service, environment.pipeline, latency.get(name, 0) / 1000)
            for name, service in services.items()
        }
        listener = Listener(dispatching(handlers), self._context, lambda: None)
        self._listen(listener, self._address.address, port)
        self.public_port = listener.port
        for name, service in services.items():
            service.url = f"https://{PUBLIC_NAMES[name]}"
        environment.exchange.regional_url = f"https://{REGION}"

    def _listen(self, listener: Listener, address: str, port: int = 0) -> None:
        listener.open(address, port)
        self._listeners.append(listener)

    async def _close(self) -> None:
        for listener in self._listeners:
            await listener.close()


_VARIABLES = {
    "tenant_id": "AZURE_TENANT_ID",
    "client_id": "AZURE_CLIENT_ID",
    "client_secret": "AZURE_CLIENT_SECRET",
    "certificate_path": "AZURE_CLIENT_CERTIFICATE_PATH",
    "certificate_password": "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "federated_token_file": "AZURE_FEDERATED_TOKEN_FILE",
    "authority_url": "AZURE_AUTHORITY_HOST",
}
