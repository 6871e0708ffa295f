# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys under `conditional_access` in a tenant description."""

from __future__ import annotations

from .description_kinds import BOOLEAN, TEXT, Fields, Listed, Name, Network, OrNull, one_of

_PEOPLE_OF_A_POLICY = {
    **{f"{side}Users": OrNull(Listed(Name("user of a policy", or_id=True))) for side in ("include", "exclude")},
    **{f"{side}Groups": OrNull(Listed(Name("group", or_id=True))) for side in ("include", "exclude")},
    **{f"{side}Roles": OrNull(Listed(Name("directory role"))) for side in ("include", "exclude")},
}
_CONDITIONS = Fields(
    {"clientAppTypes": Listed(Name("client app type")), "applications": Fields({}, more="applications of a policy")},
    {"users": OrNull(Fields({}, _PEOPLE_OF_A_POLICY, more="property of users in a policy"))},
    "condition of a policy",
)

_LOCATION = Fields(
    {
        "displayName": TEXT,
        "@odata.type": one_of("#microsoft.graph.ipNamedLocation", "#microsoft.graph.countryNamedLocation"),
    },
    {
        "isTrusted": BOOLEAN,
        "ipRanges": Listed(Fields({"cidrAddress": Network()}, {"@odata.type": TEXT})),
        "countriesAndRegions": Listed(TEXT),
        "countryLookupMethod": TEXT,
        "includeUnknownCountriesAndRegions": BOOLEAN,
    },
)
CONDITIONAL_ACCESS = Fields(
    {
        "licensed": BOOLEAN,
        "unlicensed_as": one_of("refused", "empty"),
        "what_if_in": one_of("v1.0", "beta"),
        "security_defaults": BOOLEAN,
        "named_locations": Listed(_LOCATION),
        "policies": Listed(
            Fields(
                {
                    "displayName": TEXT,
                    "state": one_of("enabled", "disabled", "enabledForReportingButNotEnforced"),
                    "conditions": _CONDITIONS,
                },
                more="property of a policy",
            )
        ),
    }
)
