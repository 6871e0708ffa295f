# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization in Exchange, and its irreversible customization."""

from __future__ import annotations

from datetime import timedelta

from ..behaviours.table import implements
from ..cmdlets.exchange_types import CmdletCall, ExchangeType, named, refused
from ..state.http_messages import Json

DEHYDRATED = "Microsoft.Exchange.Configuration.Tasks.CmdletInvalidOperationInDehydratedContextException"


def seed_organization(run: CmdletCall) -> None:
    tenant = run.tenant
    described = tenant.exchange or {}
    organization = named(
        run,
        {
            "Name": tenant.domain,
            "Guid": tenant.uuid("exchange"),
            "DisplayName": tenant.display_name,
            "AdminDisplayVersion": described["version"],
            "PreviousAdminDisplayVersion": described["version"],
            "RBACConfigurationVersion": described["version"],
            "IsUpdatingServicePlan": False,
            "ServicePlan": "BPOS_S_E15_0",
            "TargetServicePlan": "BPOS_S_E15_0",
            "OAuth2ClientProfileEnabled": described["modern_authentication"],
            "DefaultAuthenticationPolicy": described["default_authentication_policy"],
            "EwsEnabled": described["ews_enabled"],
            "_customized": None if described["dehydrated"] else run.now,
            # An organization that needs no customization has been stable for long.
            "_delegation_after": timedelta(seconds=described["delegation_after"] if described["dehydrated"] else 0),
            "_customized_after": timedelta(seconds=described["customization_after"]),
            "_asked": not described["dehydrated"],
        },
    )
    tenant.store("OrganizationConfig").add(organization["Guid"], organization)


def is_dehydrated(run: CmdletCall) -> bool:
    organization = next(iter(run.tenant.store("OrganizationConfig")))
    customized = organization["_customized"]
    return customized is None or run.now < customized


def refuse_dehydrated(run: CmdletCall) -> None:
    """https://learn.microsoft.com/powershell/module/exchange/enable-organizationcustomization"""
    if is_dehydrated(run):
        raise refused(
            "organization-dehydrated",
            "The command you tried to run isn't currently allowed in your organization. To run this command, you first "
            "need to run the command: Enable-OrganizationCustomization.",
            DEHYDRATED,
        )


@implements("organization-customized")
def enable_customization(run: CmdletCall, kind: ExchangeType) -> list[Json]:
    store = run.tenant.store("OrganizationConfig")
    organization = next(iter(store))
    if organization["_asked"]:
        raise refused("organization-customized", "This operation is not available: customization is already enabled.")
    effective = run.now + organization["_customized_after"]
    store.update(organization["Guid"], {"_asked": True, "_customized": effective})
    return []


@implements("organization-customized")
def _view(run: CmdletCall, organization: Json) -> Json:
    return organization | {"IsDehydrated": is_dehydrated(run)}


ORGANIZATION_NOUNS = {
    "OrganizationConfig": ExchangeType("OrganizationConfig", view=_view),
    "OrganizationCustomization": ExchangeType("OrganizationConfig"),
}
ORGANIZATION_CMDLETS = {"Enable-OrganizationCustomization": enable_customization}
