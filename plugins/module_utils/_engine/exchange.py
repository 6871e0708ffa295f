# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange Online of a tenant. Only modules that import this file ship the table of cmdlets."""

from __future__ import annotations

from functools import partial

from .._exchange.invoke_command import Exchange
from .tenant import Tenant


def exchange_of(tenant: Tenant) -> Exchange:
    """One client for as long as the tenant is open; nothing is sent yet."""
    if "exchange" not in tenant.clients:
        cloud, tokens = tenant.cloud, tenant.tokens
        bearer = tokens.of("exchange")
        siblings = (cloud.exchange_domain,) if cloud.exchange_domain else ()
        # The tenant's GUID from the token: Exchange may refuse a custom domain, in the path and as the anchor.
        named = partial(tokens.tenant, "exchange")
        client = Exchange(tenant.http, cloud.exchange_url, named, bearer, siblings, tokens.signed_in_at)
        tenant.clients.setdefault("exchange", client)  # the first of two threads wins
    found: Exchange = tenant.clients["exchange"]
    return found
