# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the services behind Graph refuse a caller without the permission: each in its own words."""

from __future__ import annotations

import json

from ..entra.tokens import Claims
from ..state.http_messages import Refusal
from .contract import Operation


def refuse_without_permission(operation: Operation, claims: Claims) -> None:
    if operation.allowed(claims.granted, delegated=claims.delegated):
        return
    listed = operation.permissions["delegated" if claims.delegated else "application"]
    scopes = ", ".join(listed.get("combination") or listed["least"] + listed["other"])
    if operation.intune:
        raise Refusal(
            "intune-forbidden",
            status=403,
            code="Forbidden",
            message=(
                "Application is not authorized to perform this operation. "
                f"Application must have one of the following scopes: {scopes}"
            ),
            intune=True,
        )
    if operation.template.startswith("/identity/conditionalAccess"):
        raise Refusal(
            "conditional-access-forbidden",
            status=403,
            code="AccessDenied",
            message="You cannot perform the requested operation, required scopes are missing in the token.",
        )
    if operation.template.startswith("/auditLogs"):
        raise Refusal(
            "sign-ins-forbidden",
            status=403,
            code="Authentication_MSGraphPermissionMissing",
            message=f"The principal does not have required Microsoft Graph permission(s): {scopes} to call this API.",
        )
    if operation.template.startswith("/reports"):
        inner = {"error": {"code": "S2SUnauthorized", "message": "Invalid permission."}}
        raise Refusal("reports-forbidden", status=403, code="UnknownError", message=json.dumps(inner))
    raise Refusal(
        "directory-forbidden",
        status=403,
        code="Authorization_RequestDenied",
        message="Insufficient privileges to complete the operation.",
    )
