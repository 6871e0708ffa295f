# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs of Microsoft Entra in Graph: sign-ins, and changes of the directory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..directory.sign_ins import (
    AUDIT_FILTERS,
    BETA_SIGN_IN_FILTERS,
    SIGN_IN_FILTERS,
    gate_sign_ins,
    get_sign_in,
    list_audits,
    list_beta_sign_ins,
    list_sign_ins,
)
from ..odata.entities import RequestContext, Resource
from ..state.http_messages import Answer

Act = Callable[[RequestContext, Resource], Answer]

SIGN_INS = Resource("signIns", "microsoft.graph.signIn", gate=gate_sign_ins, filters=SIGN_IN_FILTERS, complete=True)
BETA_SIGN_INS = replace(
    SIGN_INS,
    type="microsoft.graph.betaSignIn",
    filters=BETA_SIGN_IN_FILTERS,
    answer={"$ref": "#/components/schemas/microsoft.graph.betaSignInCollectionResponse"},
    behaviour="sign-ins-beta",
)
AUDITS = Resource(
    "directoryAudits", "microsoft.graph.directoryAudit", gate=gate_sign_ins, filters=AUDIT_FILTERS, complete=True
)

LOGS: dict[str, tuple[Resource, Act]] = {
    "/auditLogs/directoryAudits": (AUDITS, list_audits),
    "/auditLogs/signIns": (SIGN_INS, list_sign_ins),
    "/auditLogs/signIns/{}": (SIGN_INS, get_sign_in),
}
BETA_LOGS: dict[tuple[str, str], tuple[Resource, Act]] = {
    ("GET", "/auditLogs/signIns"): (BETA_SIGN_INS, list_beta_sign_ins),
}
