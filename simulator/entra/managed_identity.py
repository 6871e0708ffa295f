# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The managed identity endpoint of a virtual machine (plain HTTP, like the real one).

https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from ..behaviours.table import behaviour_of, implements
from ..server.tls import write_private
from ..state.http_messages import READ, Answer, Call, Json, Purpose, Refusal
from ..state.tenant import Principal, Tenant
from .service import Entra

# Azure Arc, https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication
_ARC_VERSIONS = ("2019-11-01", "2020-06-01")
PATH = "/metadata/identity/oauth2/token"


@dataclass
class ManagedIdentity:
    """The service on one port: the machine belongs to the first tenant; other tenants are addressed by client_id."""

    entra: Entra
    url: str = ""
    name: str = "identity"
    # a file that a server under Azure Arc must be able to read
    secret_file: Path | None = None

    def purpose(self, call: Call) -> Purpose:
        return Purpose("managed_identity", READ, self._identity(call)[0].name)

    def respond(self, call: Call) -> Answer:
        try:
            return Answer(200, self._carry_out(call), behaviour=behaviour_of(self._carry_out))
        except Refusal as refusal:
            body = {"error": refusal.code, "error_description": refusal.message}
            return Answer(refusal.status, body, refusal.extra.get("headers", {}), refusal.behaviour)

    @implements("imds-token")
    def _carry_out(self, call: Call) -> Json:
        options = call.options()
        if call.path.rstrip("/") != PATH or call.method != "GET":
            raise Refusal("imds-path", status=404, code="not_found", message="Not found.")
        if options.get("api-version") in _ARC_VERSIONS:
            self._challenge(call)
        if call.headers.get("metadata", "").lower() != "true":
            raise _refused("imds-header", "Required metadata header not specified")
        if options.get("api-version") not in ("2018-02-01", "2019-08-01", *_ARC_VERSIONS):
            raise _refused("imds-version", "Required query variable 'api-version' is missing or not supported")
        if not options.get("resource"):
            raise _refused("imds-resource", "Required query variable 'resource' is missing")
        tenant, principal = self._identity(call)
        if options.get("client_id") not in (None, principal.client_id):
            raise _refused("imds-identity", "Identity not found")
        service, resource = self.entra.service_of(tenant, options["resource"])
        granted = self.entra.granted(tenant, principal, service)
        issuer = f"{self.entra.url}/{tenant.tenant_id}/"
        now = int(time.time())
        return {
            "access_token": self.entra.tokens.issue(tenant, principal, issuer, resource, granted),
            "client_id": principal.client_id,
            "expires_in": str(tenant.token_lifetime),
            "expires_on": str(now + tenant.token_lifetime),
            "ext_expires_in": str(tenant.token_lifetime),
            "not_before": str(now),
            "resource": resource,
            "token_type": "Bearer",
        }

    @implements("imds-arc")
    def _challenge(self, call: Call) -> None:
        """On a server under Azure Arc, the client must read a file and show its content."""
        if self.secret_file is None:
            raise _refused("imds-version", "Required query variable 'api-version' is missing or not supported")
        if not self.secret_file.is_file():
            write_private(self.secret_file, secrets.token_urlsafe(32).encode())
        if call.headers.get("authorization", "") != f"Basic {self.secret_file.read_text()}":
            raise Refusal(
                "imds-arc",
                status=401,
                code="unauthorized",
                message="Authorization header missing or wrong.",
                headers={"WWW-Authenticate": f"Basic realm={self.secret_file}"},
            )

    def _identity(self, call: Call) -> tuple[Tenant, Principal]:
        tenants = list(self.entra.tenants.values())
        wanted = call.options().get("client_id")
        identities = [(tenant, tenant.principal("managed_identity")) for tenant in tenants]
        return next((found for found in identities if found[1].client_id == wanted), identities[0])


def _refused(behaviour: str, message: str) -> Refusal:
    return Refusal(behaviour, status=400, code="invalid_request", message=message)
