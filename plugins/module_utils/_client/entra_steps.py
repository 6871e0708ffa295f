# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person can do about the usual error codes of Microsoft Entra. No I/O."""

from __future__ import annotations

from .._core.connection import named

# Microsoft Entra authentication and authorization error codes: what a person can do about the usual ones.
ENTRA_STEPS = {
    "AADSTS700016": f"Check {named('client_id', 'tenant_id')}: the application must exist in this tenant",
    "AADSTS7000215": f"Set the value of a current secret (not its id) in {named('client_secret')}",
    "AADSTS7000222": f"The secret has expired: create a new one and set it in {named('client_secret')}",
    "AADSTS90002": f"Check {named('tenant_id')} and the option cloud",
    "AADSTS900023": f"Check {named('tenant_id')}: it must be a tenant id or a verified domain",
    "AADSTS700027": "Register the certificate of this file with the application",
    "AADSTS70021": "Check issuer, subject and audience of the application's federated credential",
    "AADSTS700211": "Check the issuer of the application's federated credential: it must be that of the token",
    "AADSTS700212": "Check the audience of the application's federated credential: it must be that of the token",
    "AADSTS700213": "Check the subject of the application's federated credential",
    "AADSTS7002138": "Write the subject of the application's federated credential in the same upper and lower case as "
    "in the token",
    "AADSTS500011": "Check the URL options: this tenant does not know the service that the token is for",
}
