# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens: issued by the simulated Entra ID, checked by the simulated APIs. Their times are real times.

The simulated time of issue is stored separately, for rules that only newer tokens meet.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from jwt.algorithms import RSAAlgorithm

from ..behaviours.table import implements
from ..server.tls import rsa_key
from ..state.clock import Clock
from ..state.http_messages import Json, Refusal
from ..state.tenant import DIRECTORY_ROLES, LIFETIME, Principal, Tenant

_REMEMBERED = 1000  # tokens


@dataclass(frozen=True)
class Claims:
    """The claims of a valid token."""

    tenant_id: str
    client_id: str
    object_id: str
    granted: frozenset[str]
    delegated: bool
    # in simulated time; unknown for a token from before the last reset
    issued: datetime | None


@implements("token-directory-roles")
def directory_role_ids(tenant: Tenant, principal: Principal) -> list[str]:
    return sorted(DIRECTORY_ROLES[name] for name in set(tenant.directory_roles(principal.object_id)))


class Tokens:
    """One signing key for all tenants, as Entra ID has."""

    def __init__(self, tenants: dict[str, Tenant], clock: Clock) -> None:
        self._tenants = tenants
        self._clock = clock
        self._issued: dict[str, datetime] = {}
        self._checked: dict[tuple[str, ...], Json] = {}  # claims by token and audiences
        self._key = rsa_key("tokens")
        self._key_id = uuid.uuid4().hex

    def keys(self) -> Json:
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": self._key_id, "use": "sig", "alg": "RS256"}]}

    def issue(
        self, tenant: Tenant, principal: Principal, issuer: str, audience: str, granted: frozenset[str], **extra: Any
    ) -> str:
        now = int(time.time())
        delegated = principal.user is not None
        token_id = uuid.uuid4().hex
        self._issued[token_id] = self._clock.of(tenant.name).now()
        claims = {
            "aud": audience,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + max(LIFETIME, tenant.token_lifetime),  # a shorter life follows the clock of the tenant
            "appid": principal.client_id,
            "app_displayname": principal.name,
            "idtyp": "user" if delegated else "app",
            "oid": principal.object_id,
            "sub": principal.object_id,
            "tid": tenant.tenant_id,
            "uti": token_id,
            "ver": "1.0",
            "wids": directory_role_ids(tenant, principal),
            **({"scp": " ".join(sorted(granted)), "upn": principal.user} if delegated else {"roles": sorted(granted)}),
        }
        return jwt.encode(claims | extra, self._key, algorithm="RS256", headers={"kid": self._key_id})

    def now(self, tenant: Tenant) -> datetime:
        """The time in a tenant, which its requests advance."""
        return self._clock.of(tenant.name).now()

    def forget_times(self) -> None:
        """Tokens stay valid; their times of issue are from another time line."""
        self._issued.clear()

    def identify(self, tenant: Tenant, principal: Principal, issuer: str) -> str:
        """An ID token: who signed in, for the application that asked."""
        now = int(time.time())
        claims = {
            "aud": principal.client_id,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME,
            "name": principal.name,
            "oid": principal.object_id,
            "preferred_username": principal.user,
            "sub": principal.object_id,
            "tid": tenant.tenant_id,
            "ver": "2.0",
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})

    def tenant_of(self, token: str) -> str | None:
        """The tenant that a token names, without validation: for the ledger only."""
        tenant_id = _named_tenant(token)
        return self._tenants[tenant_id].name if tenant_id in self._tenants else None

    def check(self, token: str, *audiences: str) -> Claims:
        if not token:
            raise _refused("token-invalid", "Access token is empty.")
        try:
            claims = self._claims(token, audiences)
        except jwt.ExpiredSignatureError:
            raise _refused("token-expired", "Lifetime validation failed, the token is expired.") from None
        except jwt.InvalidAudienceError:
            raise _refused("token-audience", "Access token validation failure. Invalid audience.") from None
        except jwt.InvalidTokenError:
            raise _refused(
                "token-invalid", "IDX14100: JWT is not well formed, or its signature is not valid."
            ) from None
        issued = self._issued.get(claims["uti"])
        self._check_life(self._tenants.get(claims["tid"]), issued)
        scopes = claims.get("scp")
        return Claims(
            tenant_id=claims["tid"],
            client_id=claims["appid"],
            object_id=claims["oid"],
            granted=frozenset(scopes.split() if scopes is not None else claims["roles"]),
            delegated=scopes is not None,
            issued=issued,
        )

    @implements("token-lifetime")
    def _check_life(self, tenant: Tenant | None, issued: datetime | None) -> None:
        """A life from the description follows the simulated clock, so that it can end in the middle of a run."""
        if tenant is None or issued is None or tenant.description["token_lifetime"] is None:
            return
        if self._clock.of(tenant.name).now() - issued > timedelta(seconds=tenant.token_lifetime):
            raise _refused("token-lifetime", "Lifetime validation failed, the token is expired.")

    def _claims(self, token: str, audiences: tuple[str, ...]) -> Json:
        """The claims of a valid token. Only expiry can invalidate it later, so it is parsed once."""
        known = self._checked.get((token, *audiences))
        if known is not None and known["exp"] > time.time():
            return known
        claims: Json = jwt.decode(
            token, self._key.public_key(), algorithms=["RS256"], audience=audiences, options={"verify_iat": False}
        )
        if len(self._checked) >= _REMEMBERED:
            self._checked.clear()
        self._checked[token, *audiences] = claims
        return claims


@lru_cache(_REMEMBERED)
def _named_tenant(token: str) -> str | None:
    try:
        found = jwt.decode(token, options={"verify_signature": False}).get("tid")
    except jwt.InvalidTokenError:
        return None
    return found if isinstance(found, str) else None


def _refused(behaviour: str, message: str) -> Refusal:
    return Refusal(behaviour, status=401, code="InvalidAuthenticationToken", message=message)
