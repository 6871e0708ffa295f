# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in log of a tenant as a bare script would read it: the same pages, counted, without conclusions.

`sign_ins.py ADDRESSES TENANT SIGN_INS`
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from script import Tenant  # type: ignore[import-not-found]


def main() -> None:
    addresses = json.loads(Path(sys.argv[1]).read_text())
    tenant = Tenant(addresses, next(one for one in addresses["tenants"] if one["name"] == sys.argv[2]))
    tenant.sign_in("graph")
    since = f"createdDateTime ge {(datetime.now(UTC) - timedelta(days=30)).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    background = f"{since} and signInEventTypes/any(t: t eq 'nonInteractiveUser')"
    count = 0
    for version, wanted in (("v1.0", since), ("beta", background)):
        url, query = f"{addresses['graph_url']}/{version}/auditLogs/signIns", {"$filter": wanted}
        while url:
            headers = {"Authorization": f"Bearer {tenant.tokens['graph']}"}
            answer = tenant.session.get(url, params=query, headers=headers, verify=tenant.ca, timeout=600)
            answer.raise_for_status()
            page = answer.json()
            count += len(page["value"])
            url, query = page.get("@odata.nextLink", ""), {}
    if count != int(sys.argv[3]):
        sys.exit(f"{count} sign-ins instead of {sys.argv[3]}")


if __name__ == "__main__":
    main()
