# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: Intune in Microsoft Graph."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

_LEARN = "https://learn.microsoft.com"
_GRAPH = f"{_LEARN}/graph"
_CONNECTOR = f"{_GRAPH}/api/resources/intune-onboarding-devicemanagementexchangeconnector"
_INTUNE_FORM = "Intune error bodies (_version 3) in public issues, e.g. microsoftgraph/powershell-intune-samples 18"
_NOBODY = "no public source found"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Intune": {
        "intune-forbidden": Behaviour(
            "a missing permission: Forbidden, with Intune's error as JSON in message", SEEN, _INTUNE_FORM
        ),
        "intune-no-licence": Behaviour(
            "no Intune subscription: Request not applicable to target tenant, optionally 401 around Forbidden",
            SEEN,
            "microsoftgraph/msgraph-beta-sdk-go issue 198; the 401 in two public traces of 2026",
        ),
        "intune-not-found": Behaviour("an unknown connector: 404 ResourceNotFound", ASSUMED, _NOBODY),
        "intune-throttled": Behaviour(
            "as an injected fault: 500 with a text about the rate limit of a broker",
            SEEN,
            "rknightion/graph2otel commit dfd9ef7, 2026-08-21",
        ),
        "mdm-authority": Behaviour(
            "mobileDeviceManagementAuthority is returned only for the organization by id, and only if nothing "
            "else is selected",
            SEEN,
            "TenantPulse, live trace of 2026-08; maester365/maester",
        ),
        "intune-without-body": Behaviour(
            "optionally deprecated collections respond without a body if they are empty",
            SEEN,
            "rknightion/graph2otel commit dfd9ef7, 2026-08-21",
        ),
        "mdm-authority-left-out": Behaviour(
            "optionally v1.0 omits the authority",
            ASSUMED,
            f"in the metadata of v1.0, not in the table of {_GRAPH}/api/resources/organization",
        ),
        "mdm-authority-beta": Behaviour(
            "beta returns the authority if it is selected",
            SEEN,
            "maester365/maester Test-MtMdmAuthority reads it there",
        ),
        "mdm-set-authority": Behaviour(
            "setting the authority returns 200 with 2, and the authority becomes intune",
            DOCUMENTED,
            f"{_GRAPH}/api/intune-onboarding-organization-setmobiledevicemanagementauthority",
        ),
        "connector-life": Behaviour(
            "connectionPending, then connected; the first synchronization, then one every 2 hours",
            ASSUMED,
            f"{_CONNECTOR}; cadence: blog.kloud.com.au, 2016-05-04",
        ),
        "connector-create": Behaviour("the service accepts several connectors of one type", ASSUMED, _NOBODY),
        "connector-change": Behaviour(
            "a new address reconnects the connector; properties that the service sets are ignored", ASSUMED, _NOBODY
        ),
        "connector-sync": Behaviour("a requested synchronization completes after a fixed time", ASSUMED, _NOBODY),
        "connector-sync-type": Behaviour("a synchronization request needs a syncType", ASSUMED, _NOBODY),
        "connector-address-unknown": Behaviour("the address must be the primary address of a user", ASSUMED, _NOBODY),
        "connector-not-offered": Behaviour(
            "in a tenant that does not offer the connector, its list is 501 NotSupported, optionally 404 or 400",
            SEEN,
            "rknightion/graph2otel commit dfd9ef7, trace of 2026-07; 404 and 400 are assumed",
        ),
        "connector-create-refused": Behaviour(
            "optionally the list is empty and creating a connector is 400 BadRequest", ASSUMED, _NOBODY
        ),
    },
}
