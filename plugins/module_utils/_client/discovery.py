# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of an authority, which msal looks up before each sign-in. No I/O."""

from __future__ import annotations

import json

from .._core.connection import CLOUDS

WELL_KNOWN = "/v2.0/.well-known/openid-configuration"
_AUTHORITIES = {cloud.authority_url for cloud in CLOUDS.values()}


def is_discovery(url: str) -> bool:
    return url.endswith(WELL_KNOWN)


def known_endpoints(url: str) -> str | None:
    """The discovery document at `url` if it is a tenant in a Microsoft cloud, whose endpoints are documented.

    "Microsoft Entra authentication and national clouds", and the pages of the client credentials and device code flows.
    """
    tenant = url.removesuffix(WELL_KNOWN)
    if not is_discovery(url) or tenant.rpartition("/")[0] not in _AUTHORITIES:
        return None
    endpoints = {"token": "token", "authorization": "authorize", "device_authorization": "devicecode"}
    return json.dumps({f"{name}_endpoint": f"{tenant}/oauth2/v2.0/{path}" for name, path in endpoints.items()})
