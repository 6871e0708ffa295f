# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Past obstacles for third-party clients: msgraph-sdk, azure-identity and azure-core, unmodified."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import make_dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml
from azure.core import PipelineClient
from azure.core.pipeline.policies import BearerTokenCredentialPolicy
from azure.core.rest import HttpRequest
from azure.identity import ClientSecretCredential, DeviceCodeCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.organization import Organization
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.user import User

from simulator import Simulator

from .test_sdk import with_sdk

T = TypeVar("T")
Use = Callable[[GraphServiceClient], Awaitable[T]]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ADELE = "adele.vance@contoso.example"
_RIGHTS = [
    "Application.Read.All",
    "DeviceManagementManagedDevices.Read.All",
    "DeviceManagementServiceConfig.Read.All",
    "Directory.Read.All",
    "Group.Read.All",
    "Organization.ReadWrite.All",
    "Policy.Read.All",
    "User.ReadWrite.All",
]


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Adele and Alex with a phone each, Adele in a nested group."""
    systems = {"adele.vance": ("iOS", "compliant"), "alex.wilber": ("Android", "noncompliant")}
    described = {
        "extends": "ready",
        "application": {"graph": _RIGHTS},
        "groups": {
            "Inner": {"members": ["adele.vance"], "owners": ["administrator"]},
            "Outer": {"groups": ["Inner"], "members": ["alex.wilber"]},
        },
        "intune": {
            "devices": [
                {"user": user, "os": system, "os_version": "18.6", "model": "Phone", "compliance": compliance}
                for user, (system, compliance) in systems.items()
            ]
        },
    }
    file = tmp_path_factory.mktemp("others") / "ready.yml"
    file.write_text(yaml.safe_dump(described))
    with Simulator([file], rate_limits=False) as simulator:
        yield simulator


def asked(*, eventual: bool = False, **options: Any) -> RequestConfiguration[Any]:
    """The query options of a request, for the SDK's builders."""
    found = RequestConfiguration[Any](query_parameters=None)
    if eventual:
        found.headers.add("ConsistencyLevel", "eventual")
    query = make_dataclass("Query", options, namespace={"get_query_parameter": lambda self, name: f"%24{name}"})
    found.query_parameters = query(**options)
    return found


async def named(listing: Awaitable[Any]) -> set[str]:
    return {one.display_name for one in (await listing).value}


def test_memberships_owners_and_devices(tenant: Simulator) -> None:
    async def use(graph: GraphServiceClient) -> None:
        adele = graph.users.by_user_id(ADELE)
        assert await named(adele.member_of.get()) == {"Inner"}
        assert await named(adele.transitive_member_of.get()) == {"Inner", "Outer"}
        assert await named(adele.transitive_member_of.graph_group.get()) == {"Inner", "Outer"}
        count = await adele.transitive_member_of.count.get(asked(eventual=True))
        assert count == 2
        (inner,) = (await graph.groups.get(asked(filter="displayName eq 'Inner'"))).value
        assert await named(graph.groups.by_group_id(inner.id).owners.get()) == {"Tenant Administrator"}
        outer = graph.groups.by_group_id((await graph.groups.get(asked(filter="displayName eq 'Outer'"))).value[0].id)
        assert await named(outer.members.get()) == {"Inner", "Alex Wilber"}
        assert await named(outer.members.graph_user.get()) == {"Alex Wilber"}
        (phone,) = (await adele.managed_devices.get()).value
        assert phone.operating_system == "iOS"

    with_sdk(tenant, use)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("operatingSystem eq 'iOS'", 1),
        ("complianceState eq 'noncompliant'", 1),
        (f"userPrincipalName eq '{ADELE}'", 1),
        ("startswith(deviceName,'adele')", 1),
        ("lastSyncDateTime ge 2020-01-01T00:00:00Z", 2),
        ("operatingSystem eq 'iOS' and complianceState eq 'noncompliant'", 0),
    ],
)
def test_filters_of_devices(tenant: Simulator, text: str, found: int) -> None:
    listed = with_sdk(tenant, lambda graph: graph.device_management.managed_devices.get(asked(filter=text)))
    assert len(listed.value) == found


def test_search_count_and_advanced_filters(tenant: Simulator) -> None:
    async def use(graph: GraphServiceClient) -> None:
        assert await named(graph.users.get(asked(eventual=True, search='"displayName:van"'))) == {"Adele Vance"}
        either = '"displayName:vance" OR "mail:alex"'
        assert await named(graph.users.get(asked(eventual=True, search=either))) == {"Adele Vance", "Alex Wilber"}
        assert await named(graph.users.get(asked(eventual=True, search=either.replace("OR", "AND")))) == set()
        with pytest.raises(ODataError) as plain:
            await graph.users.get(asked(search='"displayName:vance"'))
        assert plain.value.error is not None and "ConsistencyLevel: eventual" in str(plain.value.error.message)
        ends = asked(eventual=True, count="true", filter="endsWith(userPrincipalName,'contoso.example')")
        page = await graph.users.get(ends)
        assert page is not None and page.odata_count == 4
        assert await graph.users.count.get(asked(eventual=True)) == 4
        assert await graph.groups.count.get(asked(eventual=True)) == 2
        automation = graph.service_principals.get(asked(eventual=True, search='"displayName:connector"'))
        assert await named(automation) == {"Connector automation"}

    with_sdk(tenant, use)


def test_strengths_and_the_organization(tenant: Simulator) -> None:
    async def use(graph: GraphServiceClient) -> None:
        strengths = graph.identity.conditional_access.authentication_strength.policies
        assert "Phishing resistant MFA" in await named(strengths.get())
        own = graph.organization.by_organization_id(tenant.facts()["tenant_id"])
        await own.patch(Organization(technical_notification_mails=["it@contoso.example"]))
        read = await own.get()
        assert read is not None and read.technical_notification_mails == ["it@contoso.example"]
        with pytest.raises(ODataError, match="read-only"):
            await own.patch(Organization(display_name="Ours"))

    with_sdk(tenant, use)


def test_a_password_that_is_too_simple(tenant: Simulator) -> None:
    async def use(graph: GraphServiceClient) -> None:
        new = User(
            account_enabled=True,
            display_name="New",
            mail_nickname="new",
            user_principal_name="new@contoso.example",
            password_profile=PasswordProfile(password="x"),
        )
        with pytest.raises(ODataError, match="password complexity"):
            await graph.users.post(new)

    with_sdk(tenant, use)


def test_paths_names_and_bodies_in_any_case(tenant: Simulator) -> None:
    facts, root = tenant.facts(), tenant.urls["graph_url"]
    credential = ClientSecretCredential(
        facts["tenant_id"],
        facts["client_id"],
        facts["client_secret"],
        authority=tenant.urls["authority_url"],
        disable_instance_discovery=True,
        connection_verify=tenant.urls["ca_path"],
    )
    policies = [BearerTokenCredentialPolicy(credential, f"{root}/.default")]
    client: Any = PipelineClient(root, policies=policies, connection_verify=tenant.urls["ca_path"])
    with client:
        for path in (
            "/v1.0/USERS/?$SELECT=DisplayName&$FILTER=MAILNICKNAME eq 'adele.vance'",
            "/Beta/users?$select=displayname&$filter=startsWith(DisplayName,'adele')",
        ):
            answer = client.send_request(HttpRequest("GET", root + path))
            assert answer.json()["value"] == [{"displayName": "Adele Vance"}], answer.text()
        body = {"JOBTITLE": "Engineer"}
        url = f"{root}/v1.0/Users/{ADELE}/"
        assert client.send_request(HttpRequest("PATCH", url, json=body)).status_code == 204
        assert client.send_request(HttpRequest("GET", f"{url}?$select=jobTitle")).json()["jobTitle"] == "Engineer"
        named_whole = f"{root}/v1.0/users/{ADELE}/microsoft.graph.assignLicense"
        wanted: dict[str, Any] = {"addLicenses": [], "removeLicenses": []}
        assert client.send_request(HttpRequest("POST", named_whole, json=wanted)).status_code == 200


@pytest.mark.parametrize("place", ["organizations", "common"])
def test_a_person_signs_in_by_device_code_wherever(tenant: Simulator, place: str) -> None:
    credential = DeviceCodeCredential(
        tenant.facts()["client_id"],
        tenant_id=place,
        authority=tenant.urls["authority_url"],
        disable_instance_discovery=True,
        connection_verify=tenant.urls["ca_path"],
        prompt_callback=lambda uri, code, expires: tenant.approve(),
    )
    token = credential.get_token("User.Read", "User.Read.All").token
    client: Any = PipelineClient("", policies=[], connection_verify=tenant.urls["ca_path"])
    with client:
        request = HttpRequest(
            "GET", f"{tenant.urls['graph_url']}/v1.0/me", headers={"Authorization": f"Bearer {token}"}
        )
        assert client.send_request(request).json()["userPrincipalName"] == "administrator@contoso.example"


_SCRIPT = """
import sys, requests
from azure.identity import EnvironmentCredential, ManagedIdentityCredential
by_secret = EnvironmentCredential(disable_instance_discovery=True)
for credential in (by_secret, ManagedIdentityCredential(client_id=sys.argv[2])):
    token = credential.get_token(sys.argv[1] + "/.default").token
    answer = requests.get(sys.argv[1] + "/v1.0/organization", headers={"Authorization": "Bearer " + token})
    print(answer.status_code)
"""


def test_the_printed_variables_are_enough_for_azure_identity(tmp_path: Path) -> None:
    """A process with only the variables that the command prints."""
    root, address = Path(__file__).parents[3], tmp_path / "address.json"
    command = [sys.executable, "-m", "simulator", "--address-file", str(address), "--stop-after", "120"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines: list[str] = []
            while not any(line.startswith("export AZURE_POD_IDENTITY_AUTHORITY_HOST=") for line in lines):
                lines.append(process.stdout.readline())
                assert lines[-1], lines
            variables = dict(re.findall(r"^export (\w+)='?(.*?)'?$", "".join(lines), re.MULTILINE))
            found = yaml.safe_load(address.read_text())
            arguments = [found["graph_url"], found["tenants"][0]["managed_identity_client_id"]]
            script = [sys.executable, "-c", _SCRIPT, *arguments]
            done = subprocess.run(script, env=variables, capture_output=True, text=True, timeout=120, check=False)
            assert done.stdout.split() == ["200", "200"], done.stderr
        finally:
            process.terminate()


def test_the_script_of_the_page(tmp_path: Path) -> None:
    """Unchanged, with only the variables that the simulator prints."""
    page = (Path(__file__).parents[3] / "docs/docsite/rst/simulator.rst").read_text(encoding="utf-8")
    [block] = re.findall(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", page, re.MULTILINE)
    with Simulator(tenants=["ready"]) as simulator:
        urls = simulator.urls
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", textwrap.dedent(block)],
            cwd=tmp_path,
            env={
                **simulator.environment("ready"),
                "SSL_CERT_FILE": urls["ca_path"],
                "REQUESTS_CA_BUNDLE": urls["ca_path"],
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert (done.returncode, done.stdout) == (0, "Contoso\n"), done.stderr
