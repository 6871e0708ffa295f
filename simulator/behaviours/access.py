# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: Conditional Access, devices in Intune, sign-ins and usage reports."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

_LEARN = "https://learn.microsoft.com"
_GRAPH = f"{_LEARN}/graph"
_API = f"{_GRAPH}/api"
_ENTRA = f"{_LEARN}/entra/identity/conditional-access"
_REPORT = f"{_API}/reportroot-getemailappusageuserdetail"
_SAMPLES = "managed devices in public samples of 2023 and 2026"
_NOBODY = "no public source found"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Graph: properties and filters": {
        "graph-complete": Behaviour(
            "unknown properties are present as null, as an empty value or as the zero value of their type",
            SEEN,
            f"{_SAMPLES}: 0001-01-01T00:00:00Z, none, empty text",
        ),
        "graph-contained": Behaviour(
            "a contained object has a path of its own, and $expand includes it",
            DOCUMENTED,
            f"{_GRAPH}/query-parameters#expand-parameter",
        ),
        "graph-filter": Behaviour(
            "sign-ins and managed devices are filtered by documented properties and operators, and by those "
            "that public scripts use, such as operatingSystem, which one source says cannot be filtered; the "
            "error text is invented",
            DOCUMENTED,
            f"{_API}/resources/signin",
        ),
        "graph-evolvable": Behaviour(
            "enum members after unknownFutureValue are returned only with Prefer: include-unknown-enum-members",
            DOCUMENTED,
            f"{_GRAPH}/best-practices-concept#handling-future-members-in-evolvable-enumerations",
        ),
        "group-members": Behaviour(
            "members directly or through groups, each with its type; properties of users can be selected",
            DOCUMENTED,
            f"{_API}/group-list-transitivemembers",
        ),
    },
    "Devices in Intune": {
        "managed-device-exchange": Behaviour(
            "easDeviceId is present without a connector; exchangeAccessState is none unless the tenant "
            "description sets it",
            SEEN,
            f"{_SAMPLES}: easActivated true, exchangeAccessState none",
        ),
        "managed-device-count": Behaviour(
            "$count is not supported for the list of devices", SEEN, "rknightion/graph2otel commit dfd9ef7, 2026-08-21"
        ),
        "managed-device-overview": Behaviour(
            "the overview counts the devices; a device without an Exchange access state counts as unavailable",
            ASSUMED,
            f"{_API}/resources/intune-devices-manageddeviceoverview; which count has such a device is not said",
        ),
    },
    "Sign-ins": {
        "limit-entra-reports": Behaviour(
            "5 requests in 10 s per application and tenant",
            DOCUMENTED,
            f"{_GRAPH}/throttling-limits#identity-and-access-reports-service-limits",
        ),
        "sign-ins-forbidden": Behaviour(
            "a missing permission: Authentication_MSGraphPermissionMissing",
            SEEN,
            "https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/2731",
        ),
        "sign-ins-licence": Behaviour(
            "reading sign-ins requires Entra ID P1 or P2", DOCUMENTED, f"{_API}/resources/signin; {_GRAPH}/known-issues"
        ),
        "sign-ins-kept": Behaviour("sign-ins of 30 days, most recent first", DOCUMENTED, f"{_API}/signin-list"),
        "sign-ins-policies": Behaviour(
            "the applied policies are omitted without a permission for Conditional Access",
            DOCUMENTED,
            f"{_API}/signin-list",
        ),
        "sign-ins-beta": Behaviour(
            "beta tells the authentication, flow, client credential and audiences, and has non-interactive sign-ins "
            "where $filter names signInEventTypes; v1.0 has interactive ones only",
            DOCUMENTED,
            f"{_API}/signin-list?view=graph-rest-beta; {_API}/resources/signin?view=graph-rest-beta",
        ),
        "sign-ins-device": Behaviour(
            "a device that was not identified has no deviceId, and isCompliant false beside it",
            DOCUMENTED,
            f"{_API}/signin-list?view=graph-rest-beta, the response of example 1",
        ),
        "sign-ins-evaluated": Behaviour(
            "the results of the policies of the moment, enforced and in report-only mode: what What If says of whether "
            "they apply, and what the sign-in met of what they ask for",
            DOCUMENTED,
            f"{_API}/resources/appliedconditionalaccesspolicy; {_ENTRA}/concept-conditional-access-report-only; the "
            "words of enforcedGrantControls as in public logs",
        ),
        "directory-audits": Behaviour(
            "who joined or left a group, and what changed of a user, the last 30 days, most recent first",
            DOCUMENTED,
            f"{_API}/directoryaudit-list; {_API}/resources/directoryaudit",
        ),
        "sign-ins-status": Behaviour(
            "a blocked Exchange ActiveSync sign-in succeeds, but its Conditional Access status is failure",
            SEEN,
            "MicrosoftDocs/azure-docs issue 77476; timmcmic.blog, 2021-06-28",
        ),
    },
    "Usage reports": {
        "reports-forbidden": Behaviour(
            "a missing permission: S2SUnauthorized, as JSON in message",
            SEEN,
            "the code in microsoftgraph/microsoft-graph-docs issue 8547; the JSON in a public error dump of 2026",
        ),
        "reports-period": Behaviour(
            "a period other than D7, D30, D90 or D180 is refused; the error text is invented", DOCUMENTED, _REPORT
        ),
        "reports-redirect": Behaviour("302 to a download, without a body", DOCUMENTED, _REPORT),
        "reports-file": Behaviour(
            "the documented columns, a byte order mark, and the version of each app that was used",
            SEEN,
            "the mark in many public scripts; empty or Undetermined comes from the page for beta",
        ),
        "reports-concealed": Behaviour(
            "names are hashes if the organization conceals them, which is the default",
            DOCUMENTED,
            f"{_LEARN}/microsoft-365/admin/activity-reports/activity-reports",
        ),
        "download": Behaviour("the file is on a separate host and needs no token", DOCUMENTED, _REPORT),
        "download-expired": Behaviour(
            "a download link is valid for a few minutes; after that 404", DOCUMENTED, _REPORT
        ),
        "download-token": Behaviour("a download request with a token is refused", ASSUMED, _NOBODY),
    },
    "Exchange: default access to mailboxes": {
        "access-policies": Behaviour(
            "four mailbox plans with every protocol enabled, one Outlook on the web policy, no authentication policies",
            ASSUMED,
            f"{_LEARN}/powershell/module/exchangepowershell/get-casmailboxplan names two of the plans",
        ),
    },
}
