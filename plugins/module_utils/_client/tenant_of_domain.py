# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The id of the tenant of a domain, which Microsoft Entra tells everybody: the issuer in the discovery document.

"OpenID Connect on the Microsoft identity platform", the issuer of a tenant.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from .._core.connection import named
from .._core.errors import Purpose, TenantError
from .._core.retry import Operation
from .._http.http import Http
from .._http.service import Request, Service
from .discovery import WELL_KNOWN
from .token_memory import TokenMemory

_FIND = Purpose("find the tenant of the domain")
_ISSUER = re.compile(r"https://[^/]+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/v2\.0", re.ASCII | re.IGNORECASE)


def tenant_of_domain(http: Http, authority_url: str, domain: str, memory: TokenMemory) -> str:
    """The id in lower case; asked once by all who share the `memory`. Raises `TenantError`."""
    path = quote(domain, safe="") + WELL_KNOWN
    key = f"issuer in {authority_url}/{path}"
    known = memory.document(key)
    if known is None:
        known = _read(http, authority_url, path, domain)
        memory.put_document(key, known)
    return known


def _read(http: Http, authority_url: str, path: str, domain: str) -> str:
    step = f"Set {named('tenant_id')} to the id of the tenant, which need not be looked up"
    try:
        response = http.send(Service("Microsoft Entra", authority_url), Request(Operation.READ, "GET", path, _FIND))
    except TenantError as error:
        raise error.but(next_step=step) from error.__cause__
    said = response.json if isinstance(response.json, dict) else {}
    issuer = _ISSUER.fullmatch(str(said.get("issuer")))
    if issuer is None:
        problem = f"the discovery document of {domain} names no tenant"
        raise TenantError("protocol", problem, _FIND.action, http.tenant, next_step=step)
    return issuer[1].lower()
