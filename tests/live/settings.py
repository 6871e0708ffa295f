# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings for a live comparison: from environment variables, and refused before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.intune.exchange.plugins.module_utils._client.auth_method import choose_method
from ansible_collections.intune.exchange.plugins.module_utils._core.connection import ENVIRONMENT
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# A tenant without the connector, as all are now, with data for each question.
LIKE = "retired_with_holes"
NEEDED = """\
`make live` asks a real tenant and compares its answers with those of the simulator. It needs:
  LIVE=1                  says that a real tenant may be asked
  AZURE_TENANT_ID         its id
  AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or another way to sign in: the variables of the modules
  LIVE_WRITE=TENANT_ID    by choice: also create, change and remove test objects there; the tenant's id once more
  LIVE_LIKE=TENANT        by choice: the description that the simulator starts with
The permissions and what is written stand in CONTRIBUTING.md, "Compare the simulator with a real tenant".\
"""


class Refused(Exception):
    """Nothing was sent, and why."""


@dataclass(frozen=True)
class Terms:
    """How to reach the tenant, whether to write there, and which simulated tenant to compare with."""

    options: Mapping[str, Any] = field(repr=False)
    writes: bool = False
    like: str = LIKE


def terms_of(environ: Mapping[str, str]) -> Terms:
    """Raises `Refused`. `LIVE_WRITE` must be the tenant's id: a 1 left in a shell allows nothing."""
    if environ.get("LIVE") != "1":
        raise Refused(f"LIVE is not 1, so nothing was sent.\n\n{NEEDED}")
    options = {option: environ[name] for option, name in ENVIRONMENT.items() if environ.get(name)}
    if not _ID.fullmatch(options.get("tenant_id", "")):
        raise Refused(f"AZURE_TENANT_ID is not the id of a tenant, so nothing was sent.\n\n{NEEDED}")
    given = environ.get("LIVE_WRITE", "")
    if given and given.casefold() != options["tenant_id"].casefold():
        raise Refused("LIVE_WRITE is not the id in AZURE_TENANT_ID, so nothing was sent. Leave it out to only read.")
    try:
        choose_method(options)
    except TenantError as error:
        raise Refused(f"{error} Nothing was sent.\n\n{NEEDED}") from error
    return Terms(options, bool(given), environ.get("LIVE_LIKE") or LIKE)
