# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mobile devices of a tenant as a bare script would read them: the same pages, without conclusions.

`devices.py ADDRESSES TENANT DEVICES`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from script import Tenant  # type: ignore[import-not-found]


def main() -> None:
    addresses = json.loads(Path(sys.argv[1]).read_text())
    tenant = Tenant(addresses, next(one for one in addresses["tenants"] if one["name"] == sys.argv[2]))
    tenant.sign_in("exchange")
    url = f"{addresses['exchange_url']}/adminapi/beta/{tenant.facts['tenant_id']}/InvokeCommand"
    devices: list[dict[str, Any]] = []
    while url:
        answer = tenant.session.post(
            url,
            json={"CmdletInput": {"CmdletName": "Get-MobileDevice", "Parameters": {"ResultSize": "Unlimited"}}},
            headers={"Authorization": f"Bearer {tenant.tokens['exchange']}", "X-CmdletName": "Get-MobileDevice"},
            verify=tenant.ca,
            timeout=600,
        )
        answer.raise_for_status()
        page = answer.json()
        devices += page["value"]
        url = page.get("@odata.nextLink", "")
    if len(devices) != int(sys.argv[3]):
        sys.exit(f"{len(devices)} devices instead of {sys.argv[3]}")


if __name__ == "__main__":
    main()
