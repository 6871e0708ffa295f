# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service plans that are an Exchange mailbox or Intune. Data; extend it here.

From Microsoft's "Product names and service plan identifiers for licensing". Deliberately left out, because they are
neither: EXCHANGE_S_FOUNDATION, the archive add-ons, INTUNE_P2 (an add-on to plan 1) and INTUNE_O365 (Basic Mobility and
Security).
"""

from __future__ import annotations

EXCHANGE_MAILBOX = {
    "9aaf7827-d63c-4b61-89c3-182f06f82e5c": "EXCHANGE_S_STANDARD",
    "efb87545-963c-4e0d-99df-69c6916d9eb0": "EXCHANGE_S_ENTERPRISE",
    "4a82b400-a79f-41a4-b4e2-e94f5787b113": "EXCHANGE_S_DESKLESS",
    "1126bef5-da20-4f07-b45e-ad25d2581aa8": "EXCHANGE_S_ESSENTIALS",
    "d42bdbd6-c335-4231-ab3d-c8f348d5aff5": "EXCHANGE_L_STANDARD",
    "fc52cc4b-ed7d-472d-bbe7-b081c23ecc56": "EXCHANGE_S_STANDARD_MIDMARKET",
    "90927877-dcff-4af6-b346-2332c0b15bb7": "EXCHANGE_B_STANDARD",
    "e9b4930a-925f-45e2-ac2a-3f7788ca6fdd": "EXCHANGE_S_STANDARD_GOV",
    "8c3069c0-ccdb-44be-ab77-986203a67df2": "EXCHANGE_S_ENTERPRISE_GOV",
    "88f4d7ef-a73b-4246-8047-516022144c9f": "EXCHANGE_S_DESKLESS_GOV",
}

INTUNE = {
    "c1ec4a95-1f05-45b3-a911-aa3fa01094f5": "INTUNE_A",
    "3e170737-c728-4eae-bbb9-3f3360f7184c": "INTUNE_A_VL",
    "d216f254-796f-4dab-bbfa-710686e646b9": "INTUNE_A_GOV",
    "da24caf9-af8e-485c-b7c8-e73336da2693": "INTUNE_EDU",
    "8e9ff0ff-aa7a-4b20-83c1-2f636b600ac2": "INTUNE_SMBIZ",
}
