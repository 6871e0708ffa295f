# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in with Microsoft's own library, by all of its methods for automation."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
import msal
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from simulator import Simulator

from ..conftest import Client, MakeClient


@pytest.fixture
def session(simulator: Simulator) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = simulator.urls["ca_path"]
    return session


def application(
    simulator: Simulator, session: requests.Session, credential: Any, tenant: str = "ready", **given: Any
) -> Any:
    facts = simulator.facts(tenant)
    return msal.ConfidentialClientApplication(
        given.get("client_id", facts["client_id"]),
        client_credential=credential,
        authority=f"{simulator.urls['authority_url']}/{facts['tenant_id']}",
        instance_discovery=False,
        http_client=session,
    )


def scope(simulator: Simulator, service: str = "graph") -> list[str]:
    return [f"{simulator.urls[f'{service}_url']}/.default"]


def credentials(facts: dict[str, str]) -> dict[str, Any]:
    pem = Path(facts["certificate_path"]).read_text()
    certificate = x509.load_pem_x509_certificate(pem.encode())
    public = certificate.public_bytes(serialization.Encoding.PEM).decode()
    pfx = {"private_key_pfx_path": facts["pfx_path"], "passphrase": facts["certificate_password"]}
    return {
        "secret": facts["client_secret"],
        "PEM with SHA-1 thumbprint": {
            "private_key": pem,
            "thumbprint": certificate.fingerprint(hashes.SHA1()).hex(),
        },
        "PEM with certificate": {"private_key": pem, "public_certificate": public},
        "PFX": pfx,
        "PFX with chain": pfx | {"public_certificate": True},
        "federated token": {"client_assertion": Path(facts["federated_token_file"]).read_text},
    }


KINDS = ["secret", "PEM with SHA-1 thumbprint", "PEM with certificate", "PFX", "PFX with chain", "federated token"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("service", ["graph", "exchange"])
def test_an_application_signs_in(simulator: Simulator, session: requests.Session, kind: str, service: str) -> None:
    credential = credentials(simulator.facts())[kind]
    result = application(simulator, session, credential).acquire_token_for_client(scope(simulator, service))
    claims = jwt.decode(result["access_token"], options={"verify_signature": False})
    assert claims["aud"] == simulator.urls[f"{service}_url"]
    assert claims["tid"] == simulator.facts()["tenant_id"]
    assert claims["appid"] == simulator.facts()["client_id"]
    assert claims["exp"] > time.time() + 3000
    wanted = "Exchange.ManageAsApp" if service == "exchange" else "DeviceManagementServiceConfig.ReadWrite.All"
    assert wanted in claims["roles"]


def test_tokens_are_signed_with_the_published_key(simulator: Simulator, session: requests.Session) -> None:
    base = f"{simulator.urls['authority_url']}/{simulator.facts()['domain']}"
    discovery = session.get(f"{base}/v2.0/.well-known/openid-configuration").json()
    key = jwt.PyJWK(session.get(discovery["jwks_uri"]).json()["keys"][0])
    claims = jwt.decode(simulator.token("graph"), key, ["RS256"], audience=simulator.urls["graph_url"])
    assert claims["tid"] == simulator.facts()["tenant_id"]


def test_device_code(simulator: Simulator, session: requests.Session) -> None:
    facts = simulator.facts()
    person = msal.PublicClientApplication(
        facts["client_id"],
        authority=f"{simulator.urls['authority_url']}/{facts['tenant_id']}",
        instance_discovery=False,
        http_client=session,
    )
    flow = person.initiate_device_flow(scope(simulator))
    assert flow["user_code"] in flow["message"]
    pending = person.acquire_token_by_device_flow(flow, exit_condition=lambda flow: True)
    assert pending["error"] == "authorization_pending"
    simulator.approve()
    result = person.acquire_token_by_device_flow(flow)
    claims = jwt.decode(result["access_token"], options={"verify_signature": False})
    assert claims["upn"] == f"administrator@{facts['domain']}"
    assert "DeviceManagementServiceConfig.ReadWrite.All" in claims["scp"].split()
    answer = Client(simulator).graph(
        "GET", "/deviceManagement/exchangeConnectors", headers={"Authorization": f"Bearer {result['access_token']}"}
    )
    assert answer.status_code == 200


def test_refresh_tokens(simulator: Simulator, session: requests.Session) -> None:
    """One sign-in serves both APIs; an old refresh token stays valid, and nobody else's is accepted."""
    facts = simulator.facts()
    person = msal.PublicClientApplication(
        facts["client_id"],
        authority=f"{simulator.urls['authority_url']}/{facts['tenant_id']}",
        instance_discovery=False,
        http_client=session,
    )
    simulator_flow = person.initiate_device_flow(scope(simulator))
    simulator.approve()
    first = person.acquire_token_by_device_flow(simulator_flow)
    (account,) = person.get_accounts()
    silent = person.acquire_token_silent(scope(simulator, "exchange"), account)
    again = person.acquire_token_by_refresh_token(first["refresh_token"], scope(simulator))
    audiences = [
        jwt.decode(result["access_token"], options={"verify_signature": False})["aud"]
        for result in (first, silent, again)
    ]
    assert audiences == [simulator.urls[f"{service}_url"] for service in ("graph", "exchange", "graph")]
    assert again["refresh_token"] != first["refresh_token"]
    refused = person.acquire_token_by_refresh_token("nobody's", scope(simulator))
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [70000])


def test_a_device_code_is_approved_by_itself(simulator: Simulator, session: requests.Session) -> None:
    url = f"{simulator.urls['authority_url']}/{simulator.facts()['tenant_id']}/oauth2/v2.0"
    who = {"client_id": simulator.facts()["client_id"], "scope": scope(simulator)[0]}
    code = session.post(f"{url}/devicecode", data=who).json()["device_code"]
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code} | who
    errors = [session.post(f"{url}/token", data=grant).json().get("error") for _unused in range(3)]
    assert errors == ["authorization_pending", None, "bad_verification_code"]


def test_managed_identity(simulator: Simulator, session: requests.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", simulator.urls["managed_identity_url"])
    facts = simulator.facts("connected")
    own = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=session)
    other = msal.ManagedIdentityClient(
        msal.UserAssignedManagedIdentity(client_id=facts["managed_identity_client_id"]), http_client=session
    )
    tenants = []
    for identity in (own, other):
        result = identity.acquire_token_for_client(resource=simulator.urls["graph_url"])
        tenants.append(jwt.decode(result["access_token"], options={"verify_signature": False})["tid"])
    assert tenants == [simulator.facts("ready")["tenant_id"], facts["tenant_id"]]


@pytest.mark.parametrize(
    ("query", "header", "text"),
    [
        ("api-version=2018-02-01&resource=x", "", "Required metadata header not specified"),
        ("resource=x", "true", "'api-version'"),
        ("api-version=2018-02-01", "true", "'resource'"),
        ("api-version=2018-02-01&resource=x&client_id=nobody", "true", "Identity not found"),
        ("api-version=2018-02-01&resource=https://graph.microsoft.com", "true", "was not found in the tenant"),
    ],
)
def test_what_managed_identity_needs(
    simulator: Simulator, session: requests.Session, query: str, header: str, text: str
) -> None:
    base = f"{simulator.urls['managed_identity_url']}/metadata/identity/oauth2/token"
    answer = session.get(f"{base}?{query}", headers={"Metadata": header})
    assert (answer.status_code, text in answer.json()["error_description"]) == (400, True), answer.text
    assert session.get(simulator.urls["managed_identity_url"]).status_code == 404


def refused(simulator: Simulator, session: requests.Session, credential: Any, **given: Any) -> str:
    app = application(simulator, session, credential, **given)
    result = app.acquire_token_for_client(given.get("scopes", scope(simulator)))
    assert result["correlation_id"]
    return f"{result['error']} {result['error_description'].partition(':')[0]}"


def test_refusals(simulator: Simulator, session: requests.Session) -> None:
    mine, other = credentials(simulator.facts()), credentials(simulator.facts("connected"))
    assert refused(simulator, session, "wrong") == "invalid_client AADSTS7000215"
    assert refused(simulator, session, mine["secret"], client_id="0" * 8) == "unauthorized_client AADSTS700016"
    for kind in KINDS[1:5]:
        assert refused(simulator, session, other[kind]) == "invalid_client AADSTS700027"
    assert refused(simulator, session, other["federated token"]) == "invalid_client AADSTS700213"
    assert refused(simulator, session, {"client_assertion": lambda: "a.b.c"}) == "invalid_client AADSTS50027"
    public = ["https://graph.microsoft.com/.default"]
    assert refused(simulator, session, mine["secret"], scopes=public) == "invalid_resource AADSTS500011"
    no_exchange = credentials(simulator.facts("no_exchange"))["secret"]
    wanted = {"tenant": "no_exchange", "scopes": scope(simulator, "exchange")}
    assert refused(simulator, session, no_exchange, **wanted) == "invalid_resource AADSTS500011"


def federated(simulator: Simulator, **changed: str) -> dict[str, Any]:
    """A token of the issuer for the application, with other claims. Its signature is not reached."""
    known = Path(simulator.facts()["federated_token_file"]).read_text()
    claims = jwt.decode(known, options={"verify_signature": False}) | changed
    return {"client_assertion": lambda: jwt.encode(claims, "x" * 32, algorithm="HS256")}


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"iss": "https://other.example/"}, "700211"),
        ({"aud": "https://other.example"}, "700212"),
        ({"sub": "system:serviceaccount:automation:other"}, "700213"),
        ({"sub": "SYSTEM:serviceaccount:automation:ready"}, "7002138"),
    ],
)
def test_a_federated_token_that_fits_no_credential(
    simulator: Simulator, session: requests.Session, changed: dict[str, str], number: str
) -> None:
    """Each of the codes says which claim differs; Azure/login issue 515 shows the one for upper and lower case."""
    assert refused(simulator, session, federated(simulator, **changed)) == f"invalid_client AADSTS{number}"


def own_assertion(simulator: Simulator, **changed: Any) -> str:
    facts = simulator.facts()
    pem = Path(facts["certificate_path"]).read_bytes()
    certificate = x509.load_pem_x509_certificate(pem)
    url = f"{simulator.urls['authority_url']}/{facts['tenant_id']}/oauth2/v2.0/token"
    claims = {"aud": url, "iss": facts["client_id"], "sub": facts["client_id"], "exp": time.time() + 300} | changed
    thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).decode()
    key = serialization.load_pem_private_key(pem, None)
    return jwt.encode(claims, key, algorithm="PS256", headers={"x5t#S256": thumbprint})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"exp": 1}, 700024),
        ({"nbf": time.time() + 86400}, 700024),
        ({"aud": "https://other.example"}, 700023),
        ({"sub": "another"}, 700021),
    ],
)
def test_assertions_are_verified(
    simulator: Simulator, session: requests.Session, changed: dict[str, Any], number: int
) -> None:
    # A client whose clock is a little ahead, as that of msal-node is for half of each second.
    ahead = own_assertion(simulator, nbf=time.time() + 60)
    good = application(simulator, session, {"client_assertion": lambda: ahead})
    assert "access_token" in good.acquire_token_for_client(scope(simulator))
    assertion = own_assertion(simulator, **changed)
    assert refused(simulator, session, {"client_assertion": lambda: assertion}) == f"invalid_client AADSTS{number}"
    broken = own_assertion(simulator)[:-8] + "AAAAAAAA"
    assert refused(simulator, session, {"client_assertion": lambda: broken}) == "invalid_client AADSTS700027"


@pytest.mark.parametrize(
    ("form", "number"),
    [
        ({}, 900144),
        ({"grant_type": "password"}, 70003),
        ({"grant_type": "client_credentials"}, 7000218),
        ({"grant_type": "client_credentials", "secret": "good", "scope": "a b"}, 70011),
        ({"grant_type": "client_credentials", "secret": "good", "scope": "User.Read"}, 1002012),
    ],
)
def test_malformed_token_requests(
    simulator: Simulator, session: requests.Session, form: dict[str, str], number: int
) -> None:
    facts = simulator.facts()
    form = {"client_id": facts["client_id"]} | form
    if form.pop("secret", None):
        form["client_secret"] = facts["client_secret"]
    url = f"{simulator.urls['authority_url']}/{facts['tenant_id']}/oauth2/v2.0/token"
    body = session.post(url, data=form).json()
    assert body["error_codes"] == [number]
    assert set(body) >= {"error_description", "trace_id", "correlation_id", "timestamp"}


def test_unknown_tenant(simulator: Simulator, session: requests.Session) -> None:
    url = f"{simulator.urls['authority_url']}/nobody.example/v2.0/.well-known/openid-configuration"
    answer = session.get(url)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_tenant")
    assert answer.json()["error_codes"] == [90002]
    assert session.get(f"{simulator.urls['authority_url']}/elsewhere").status_code == 404


def test_the_apis_take_only_their_own_tokens(simulator: Simulator, client: Client, client_of: MakeClient) -> None:
    graph, exchange = simulator.token("graph"), simulator.token("exchange")
    url = f"{simulator.urls['graph_url']}/v1.0/organization"
    for token in ("", "nonsense", exchange, simulator.token("graph", exp=1), graph[:-6] + "AAAAAA"):
        answer = client.send("GET", url, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    answer = client.send("POST", client.command_url, headers={"Authorization": f"Bearer {graph}"}, json={})
    assert answer.status_code == 401
    stranger = client_of("connected")
    assert stranger.invoke("Get-OrganizationConfig", url=client.command_url).status_code == 401


def test_credential_files_are_private_and_go_away(simulator: Simulator) -> None:
    with Simulator() as brief:
        facts = brief.facts()
        paths = [Path(facts[name]) for name in ("certificate_path", "pfx_path", "federated_token_file")]
        assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
        assert paths[0].parent.stat().st_mode & 0o777 == 0o700
        assert json.dumps(brief.state()).count(facts["client_secret"]) == 0
    assert not paths[0].parent.exists()


def token_url(simulator: Simulator, authority: str, version: str = "/v2.0") -> str:
    return f"{simulator.urls['authority_url']}/{authority}/oauth2{version}/token"


@pytest.mark.parametrize("authority", ["organizations", "common", "tenant"])
@pytest.mark.parametrize("named", [["User.Read"], ["User.Read.All", "Organization.Read.All"]])
def test_a_person_asks_for_permissions_by_name(
    simulator: Simulator, session: requests.Session, authority: str, named: list[str]
) -> None:
    facts = simulator.facts()
    place = facts["tenant_id"] if authority == "tenant" else authority
    public = msal.PublicClientApplication(
        facts["client_id"],
        authority=f"{simulator.urls['authority_url']}/{place}",
        instance_discovery=False,
        http_client=session,
    )
    flow = public.initiate_device_flow(scopes=named)
    simulator.approve()
    answer = public.acquire_token_by_device_flow(flow)
    assert set(named) <= set(answer["scope"].split()), answer
    assert answer["id_token_claims"]["tid"] == facts["tenant_id"]
    url = f"{simulator.urls['graph_url']}/v1.0/organization"
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    assert session.get(url, headers=bearer).json()["value"][0]["id"] == facts["tenant_id"]


def device_code(simulator: Simulator, session: requests.Session, scope: str) -> requests.Response:
    facts = simulator.facts()
    place = f"{simulator.urls['authority_url']}/{facts['tenant_id']}/oauth2/v2.0/devicecode"
    asked = session.post(place, data={"client_id": facts["client_id"], "scope": scope})
    if not asked.ok:
        return asked
    simulator.approve()
    form = {"grant_type": "device_code", "client_id": facts["client_id"], "device_code": asked.json()["device_code"]}
    return session.post(token_url(simulator, facts["tenant_id"]), data=form)


def test_the_short_name_of_the_device_code_grant(simulator: Simulator, session: requests.Session) -> None:
    graph, exchange = simulator.urls["graph_url"], simulator.urls["exchange_url"]
    assert device_code(simulator, session, f"{graph}/User.Read.All openid email").ok
    assert device_code(simulator, session, f"{exchange}/Exchange.Manage offline_access").ok
    assert device_code(simulator, session, "Mail.ReadWrite").json()["error_codes"] == [65001]
    assert device_code(simulator, session, f"User.Read {exchange}/Exchange.Manage").json()["error_codes"] == [70011]


def test_an_application_needs_a_tenant(simulator: Simulator, session: requests.Session) -> None:
    facts = simulator.facts()
    form = {"grant_type": "client_credentials", "client_id": facts["client_id"], "scope": scope(simulator)[0]}
    answer = session.post(token_url(simulator, "common"), data=form | {"client_secret": facts["client_secret"]})
    assert answer.json()["error_codes"] == [50059]


def test_a_secret_by_http_basic(simulator: Simulator, session: requests.Session) -> None:
    facts = simulator.facts()
    form = {"grant_type": "client_credentials", "scope": scope(simulator)[0]}
    url = token_url(simulator, facts["tenant_id"])
    assert "access_token" in session.post(url, data=form, auth=(facts["client_id"], facts["client_secret"])).json()
    assert session.post(url, data=form, auth=(facts["client_id"], "x")).json()["error_codes"] == [7000215]


def test_the_first_version_of_the_endpoints(simulator: Simulator, session: requests.Session) -> None:
    facts = simulator.facts()
    root = f"{simulator.urls['authority_url']}/{facts['tenant_id']}"
    found = session.get(f"{root}/.well-known/openid-configuration").json()
    assert found["token_endpoint"] == f"{root}/oauth2/token" and session.get(found["jwks_uri"]).json()["keys"]
    form = {
        "grant_type": "client_credentials",
        "client_id": facts["client_id"],
        "client_secret": facts["client_secret"],
        "resource": simulator.urls["graph_url"],
    }
    assert "access_token" in session.post(found["token_endpoint"], data=form).json()


def test_wrong_verbs_and_paths(simulator: Simulator, session: requests.Session) -> None:
    tenant = simulator.facts()["tenant_id"]
    assert session.get(token_url(simulator, tenant)).json()["error_codes"] == [900561]
    root = f"{simulator.urls['authority_url']}/{tenant}"
    assert session.post(f"{root}/v2.0/.well-known/openid-configuration").json()["error_codes"] == [900561]
    assert session.get(f"{root}/oauth2/v2.0/elsewhere").status_code == 404


def test_a_server_under_azure_arc_reads_a_file(simulator: Simulator, session: requests.Session) -> None:
    url = f"{simulator.urls['managed_identity_url']}/metadata/identity/oauth2/token"
    asked = {"api-version": "2020-06-01", "resource": simulator.urls["graph_url"]}
    challenge = session.get(url, params=asked, headers={"Metadata": "true"})
    assert challenge.status_code == 401
    kind, _unused, realm = challenge.headers["WWW-Authenticate"].partition(" realm=")
    assert kind == "Basic" and realm.endswith(".key") and Path(realm).stat().st_mode & 0o777 == 0o600
    shown = {"Metadata": "true", "Authorization": f"Basic {Path(realm).read_text()}"}
    assert session.get(url, params=asked, headers=shown).json()["access_token"]
    assert session.get(url, params=asked, headers=shown | {"Authorization": "Basic x"}).status_code == 401
