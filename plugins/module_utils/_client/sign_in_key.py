# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key of a sign-in: tasks share a token only if all parts of it are equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .._core.redaction import Redactor
from .._http.http import Http
from .certificate_file import read_certificate
from .job_token import proof as job_proof
from .machine import identity_endpoint, machine_ids


def sign_in_key(
    params: Mapping[str, Any], method: str, authority: str, service: str, http: Http, redactor: Redactor
) -> str:
    """Equal for equal sign-ins only: where, as whom, with what, for which service. A digest that reveals nothing."""
    proof: list[str] = []
    match method:
        case "client_secret":
            proof = [params["client_secret"]]
        case "certificate":
            proof = [read_certificate(params["certificate_path"]).hex(), str(params.get("certificate_password"))]
        case "federated_token":
            proof = job_proof(params, http, redactor)
        case "managed_identity":
            proof = [identity_endpoint(), *machine_ids()]
    who = (str(params.get(name)) for name in ("tenant_id", "client_id"))
    return hashlib.sha256(json.dumps([authority, *who, method, service, *proof]).encode()).hexdigest()
