# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reads of Microsoft Graph among the checks, with Microsoft's own SDK: `sdk.py ADDRESSES`."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.role_management.directory.role_assignments.role_assignments_request_builder import (
    RoleAssignmentsRequestBuilder,
)
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import GraphClientFactory

CONSOLE_ROLES = ("3a2c62db-5318-420d-8d74-23affee5d9d5", "62e90394-69f5-4237-9190-012177145e10")


async def read(addresses: dict[str, Any], facts: dict[str, Any]) -> None:
    credential = ClientSecretCredential(
        facts["tenant_id"],
        facts["client_id"],
        facts["client_secret"],
        authority=addresses["authority_url"],
        disable_instance_discovery=True,
        connection_verify=addresses["ca_path"],
    )
    root, address = addresses["graph_url"], facts["account"]
    provider = AzureIdentityAuthenticationProvider(
        credential, scopes=[f"{root}/.default"], allowed_hosts=[urlsplit(root).hostname]
    )
    trusted = ssl.create_default_context(cafile=addresses["ca_path"])
    roles = RoleAssignmentsRequestBuilder.RoleAssignmentsRequestBuilderGetQueryParameters(
        filter=" or ".join(f"roleDefinitionId eq '{role}'" for role in CONSOLE_ROLES)
    )
    users = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        filter=f"proxyAddresses/any(address:address eq 'smtp:{address}') or userPrincipalName eq '{address}'",
        select=["id", "userPrincipalName", "mail", "accountEnabled", "assignedPlans"],
    )
    async with httpx.AsyncClient(verify=trusted, trust_env=False) as http:
        adapter = GraphRequestAdapter(provider, GraphClientFactory.create_with_default_middleware(client=http))
        adapter.base_url = f"{root}/v1.0"
        sdk = GraphServiceClient(request_adapter=adapter)
        connectors, organizations, intune, skus, console, owners = await asyncio.gather(
            sdk.device_management.exchange_connectors.get(),
            sdk.organization.get(),
            sdk.device_management.get(),
            sdk.subscribed_skus.get(),
            sdk.role_management.directory.role_assignments.get(
                request_configuration=RequestConfiguration(query_parameters=roles)
            ),
            sdk.users.get(request_configuration=RequestConfiguration(query_parameters=users)),
        )
    read = [connectors, organizations, skus, console, owners]
    if intune is None or not all(one is not None and one.value for one in read):
        sys.exit("the SDK did not find everything")


def main() -> None:
    addresses = json.loads(Path(sys.argv[1]).read_text())
    asyncio.run(read(addresses, addresses["tenants"][0]))


if __name__ == "__main__":
    main()
