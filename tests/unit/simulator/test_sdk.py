# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connector, the organization and the users through Microsoft's own SDK for Graph."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import pytest
from azure.identity import CertificateCredential, ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.device_management.exchange_connectors.item.sync.sync_post_request_body import (
    SyncPostRequestBody,
)
from msgraph.generated.identity.conditional_access.evaluate.evaluate_post_request_body import EvaluatePostRequestBody
from msgraph.generated.models.android_work_profile_compliance_policy import AndroidWorkProfileCompliancePolicy
from msgraph.generated.models.application_context import ApplicationContext
from msgraph.generated.models.compliance_state import ComplianceState
from msgraph.generated.models.conditional_access_client_app import ConditionalAccessClientApp
from msgraph.generated.models.conditional_access_status import ConditionalAccessStatus
from msgraph.generated.models.device_management_exchange_access_state import DeviceManagementExchangeAccessState
from msgraph.generated.models.device_management_exchange_connector import DeviceManagementExchangeConnector
from msgraph.generated.models.device_management_exchange_connector_status import (
    DeviceManagementExchangeConnectorStatus as Status,
)
from msgraph.generated.models.device_management_exchange_connector_sync_type import (
    DeviceManagementExchangeConnectorSyncType as SyncType,
)
from msgraph.generated.models.device_management_exchange_connector_type import (
    DeviceManagementExchangeConnectorType as ConnectorType,
)
from msgraph.generated.models.exclusion_group_assignment_target import ExclusionGroupAssignmentTarget
from msgraph.generated.models.group_assignment_target import GroupAssignmentTarget
from msgraph.generated.models.ios_compliance_policy import IosCompliancePolicy
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.sign_in_conditions import SignInConditions
from msgraph.generated.models.user_sign_in import UserSignIn
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph_core import GraphClientFactory

from simulator import Simulator

T = TypeVar("T")
# The SDK warns about its own classes.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def with_sdk(simulator: Simulator, use: Callable[[GraphServiceClient], Awaitable[T]], tenant: str = "ready") -> T:
    """Run something with an SDK client that trusts our authority and nothing else."""
    facts, urls = simulator.facts(tenant), simulator.urls
    credential = ClientSecretCredential(
        facts["tenant_id"],
        facts["client_id"],
        facts["client_secret"],
        authority=urls["authority_url"],
        disable_instance_discovery=True,
        connection_verify=urls["ca_path"],
    )

    trusted = ssl.create_default_context(cafile=urls["ca_path"])

    async def run() -> T:
        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=[f"{urls['graph_url']}/.default"], allowed_hosts=["localhost"]
        )
        async with httpx.AsyncClient(verify=trusted, trust_env=False) as http:
            adapter = GraphRequestAdapter(provider, GraphClientFactory.create_with_default_middleware(client=http))
            adapter.base_url = f"{urls['graph_url']}/v1.0"
            return await use(GraphServiceClient(request_adapter=adapter))

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_the_life_of_a_connector(simulator: Simulator) -> None:
    account = simulator.facts()["account"]

    async def use(sdk: GraphServiceClient) -> None:
        connectors = sdk.device_management.exchange_connectors
        listed = await connectors.get()
        assert listed is not None and listed.value == []
        created = await connectors.post(
            DeviceManagementExchangeConnector(
                exchange_connector_type=ConnectorType.ServiceToService, primary_smtp_address=account
            )
        )
        assert created is not None and created.id is not None
        assert created.status == Status.ConnectionPending
        assert created.last_sync_date_time is not None and created.last_sync_date_time.year == 1
        one = connectors.by_device_management_exchange_connector_id(created.id)
        await one.sync.post(SyncPostRequestBody(sync_type=SyncType.FullSync))
        simulator.advance(3600)
        read = await one.get()
        assert read is not None and read.status == Status.Connected
        assert read.last_sync_date_time is not None and read.last_sync_date_time.year > 2000
        changed = await one.patch(
            DeviceManagementExchangeConnector(primary_smtp_address="administrator@contoso.example")
        )
        assert changed is not None and changed.primary_smtp_address == "administrator@contoso.example"
        await one.delete()
        with pytest.raises(ODataError) as gone:
            await one.get()
        assert gone.value.response_status_code == 404

    with_sdk(simulator, use)


def test_organization_and_user(simulator: Simulator) -> None:
    facts = simulator.facts()

    async def use(sdk: GraphServiceClient) -> None:
        organizations = await sdk.organization.get()
        assert organizations is not None and organizations.value is not None
        (organization,) = organizations.value
        assert organization.id == facts["tenant_id"]
        assert organization.on_premises_sync_enabled is True
        assert organization.verified_domains is not None
        assert organization.verified_domains[0].name == facts["domain"]
        parameters = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(
            select=["id", "accountEnabled", "proxyAddresses", "assignedPlans"]
        )
        configuration = UserItemRequestBuilder.UserItemRequestBuilderGetRequestConfiguration(
            query_parameters=parameters
        )
        user = await sdk.users.by_user_id(facts["account"]).get(request_configuration=configuration)
        assert user is not None and user.account_enabled is True
        assert user.proxy_addresses == [f"SMTP:{facts['account']}"]
        assert user.assigned_plans and user.display_name is None

    with_sdk(simulator, use)


def test_refusals_reach_the_sdk_as_odata_errors(simulator: Simulator) -> None:
    async def use(sdk: GraphServiceClient) -> None:
        with pytest.raises(ODataError) as refused:
            await sdk.device_management.exchange_connectors.get()
        assert refused.value.error is not None
        assert refused.value.error.message == "Request not applicable to target tenant."
        assert refused.value.error.inner_error is not None
        assert refused.value.error.inner_error.request_id

    with_sdk(simulator, use, "no_intune_licence")


def test_what_an_assessment_reads(simulator: Simulator) -> None:
    body = EvaluatePostRequestBody(
        sign_in_identity=UserSignIn(user_id=""),
        sign_in_context=ApplicationContext(include_applications=["00000002-0000-0ff1-ce00-000000000000"]),
        sign_in_conditions=SignInConditions(client_app_type=ConditionalAccessClientApp.ExchangeActiveSync),
        applied_policies_only=True,
    )

    async def use(sdk: GraphServiceClient) -> None:
        managed = await sdk.device_management.managed_devices.get()
        assert managed is not None and managed.value is not None
        first, second = managed.value
        assert (first.compliance_state, second.compliance_state) == (
            ComplianceState.Compliant,
            ComplianceState.Noncompliant,
        )
        assert first.eas_activated and first.exchange_access_state == DeviceManagementExchangeAccessState.None_
        compliance = await sdk.device_management.device_compliance_policies.get()
        assert compliance is not None and compliance.value is not None
        assert [type(policy) for policy in compliance.value] == [
            IosCompliancePolicy,
            AndroidWorkProfileCompliancePolicy,
        ]
        protections = sdk.device_app_management.ios_managed_app_protections
        protected = await protections.get()
        assert protected is not None and protected.value and protected.value[0].id
        assigned = await protections.by_ios_managed_app_protection_id(protected.value[0].id).assignments.get()
        assert assigned is not None and assigned.value is not None
        assert [type(one.target) for one in assigned.value] == [GroupAssignmentTarget, ExclusionGroupAssignmentTarget]
        sign_ins = await sdk.audit_logs.sign_ins.get()
        assert sign_ins is not None and sign_ins.value is not None
        blocked = [one for one in sign_ins.value if one.conditional_access_status == ConditionalAccessStatus.Failure]
        assert [one.client_app_used for one in blocked] == ["Exchange ActiveSync"]
        body.sign_in_identity = UserSignIn(user_id=blocked[0].user_id)
        judged = await sdk.identity.conditional_access.evaluate.post(body)
        assert judged is not None and judged.value is not None
        assert {one.display_name: one.policy_applies for one in judged.value} == {
            "Require a compliant device (test)": True,
            "Block Exchange ActiveSync for the pilot": True,
        }

    with_sdk(simulator, use, "retired_with_holes")


def test_azure_identity_signs_in_with_a_certificate(simulator: Simulator) -> None:
    facts, urls = simulator.facts(), simulator.urls
    for name in ("certificate_path", "pfx_path"):
        credential = CertificateCredential(
            facts["tenant_id"],
            facts["client_id"],
            facts[name],
            password=facts["certificate_password"] if name == "pfx_path" else None,
            authority=urls["authority_url"],
            disable_instance_discovery=True,
            connection_verify=urls["ca_path"],
        )
        assert credential.get_token(f"{urls['graph_url']}/.default").token
