# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reads of an assessment beside Conditional Access: devices, Intune policies, groups, sign-ins, reports."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from itertools import pairwise

import pytest

from simulator import Simulator

from .conftest import Client, Json, MakeClient

DEVICES = "/deviceManagement/managedDevices"
SIGN_INS = "/auditLogs/signIns"
REPORT = "/reports/getEmailAppUsageUserDetail(period='D7')"


@pytest.fixture
def holed(client_of: MakeClient) -> Client:
    return client_of("retired_with_holes")


@pytest.fixture
def covered(client_of: MakeClient) -> Client:
    return client_of("retired_covered")


def test_devices_are_joined_by_their_id_in_exchange(holed: Client) -> None:
    in_exchange = {device["DeviceId"]: device for device in holed.run("Get-MobileDevice")}
    devices = holed.values(DEVICES)
    joined = {device["userPrincipalName"].partition("@")[0]: in_exchange[device["easDeviceId"]] for device in devices}
    assert {user: device["DeviceOS"] for user, device in joined.items()} == {
        "adele.vance": "iOS 18.6",
        "alex.wilber": "Android 12",
    }
    assert [device["complianceState"] for device in devices] == ["compliant", "noncompliant"]


def test_without_a_connector_nothing_is_known_of_exchange(covered: Client) -> None:
    enrolled, other = covered.values(DEVICES)
    assert (enrolled["easActivated"], len(enrolled["easDeviceId"])) == (True, 32)
    assert (other["easActivated"], other["easDeviceId"]) == (False, "")
    for device in (enrolled, other):
        assert (device["exchangeAccessState"], device["exchangeAccessStateReason"]) == ("none", "none")
        assert device["exchangeLastSuccessfulSyncDateTime"] == device["easActivationDateTime"] == "0001-01-01T00:00:00Z"
    assert covered.get(f"{DEVICES}/{enrolled['id']}?$select=id,model") | {"@odata.context": ""} == {
        "@odata.context": "",
        "id": enrolled["id"],
        "model": "iPhone 14",
    }


def test_what_a_connector_said_can_be_described(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.mktemp("tenants") / "told.yml"
    device = "{user: adele.vance, os: iOS, os_version: '18', model: x, compliance: compliant, eas: 0, exchange: %s}"
    said = "{state: quarantined, reason: exchangeGlobalRule, age: 60}"
    own.write_text(f"extends: retired_covered\nintune: {{devices: [{device % said}]}}\n")
    with Simulator(tenants=[own]) as simulator:
        client = Client(simulator, "told")
        (told,) = client.values(DEVICES)
        assert (told["exchangeAccessState"], told["exchangeAccessStateReason"]) == ("quarantined", "exchangeGlobalRule")
        assert told["exchangeLastSuccessfulSyncDateTime"] > "2020"
        overview = client.get("/deviceManagement/managedDeviceOverview")
        assert overview["deviceExchangeAccessStateSummary"]["quarantinedDeviceCount"] == 1


def test_the_overview_counts(holed: Client) -> None:
    overview = holed.get("/deviceManagement/managedDeviceOverview")
    assert overview["enrolledDeviceCount"] == 2
    systems, states = overview["deviceOperatingSystemSummary"], overview["deviceExchangeAccessStateSummary"]
    assert (systems["iosCount"], systems["androidCount"], systems["windowsCount"]) == (1, 1, 0)
    assert (states["unavailableDeviceCount"], states["allowedDeviceCount"]) == (2, 0)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{DEVICES}?$filter=lastSyncDateTime gt 2020-01-01T00:00:00Z and jailBroken eq 'False'", 200),
        (f"{DEVICES}?$filter=operatingSystem eq 'iOS' and contains(deviceName,'ADELE')", 200),
        (f"{DEVICES}?$filter=lastSyncDateTime ge 2020-01-01T00:00:00Z and complianceState ne 'unknown'", 200),
        (f"{DEVICES}?$filter=startswith(userPrincipalName,'adele')", 200),
        (f"{DEVICES}?$filter=serialNumber eq 'x'", 400),
        (f"{SIGN_INS}?$filter=clientAppUsed eq 'POP3' and createdDateTime ge 2020-01-01T00:00:00Z", 200),
        (f"{SIGN_INS}?$filter=startsWith(appDisplayName,'Outlook') and status/errorCode eq 0", 200),
        (f"{SIGN_INS}?$filter=clientAppUsed ne 'Browser'", 400),
        (f"{SIGN_INS}?$filter=isInteractive eq true", 400),
    ],
)
def test_only_documented_filters(holed: Client, path: str, status: int) -> None:
    answer = holed.graph("GET", path)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["value"]


def test_no_intune_no_devices(client_of: MakeClient) -> None:
    client = client_of(
        "no_intune_licence", {"DeviceManagementManagedDevices.Read.All", "DeviceManagementApps.Read.All"}
    )
    for path in (DEVICES, "/deviceManagement/managedDeviceOverview", "/deviceAppManagement/iosManagedAppProtections"):
        error = client.graph("GET", path).json()["error"]
        assert (error["code"], error["message"]) == ("BadRequest", "Request not applicable to target tenant.")
    forbidden = client_of("retired_covered", {"User.Read.All"}).graph(
        "GET", "/deviceAppManagement/androidManagedAppProtections"
    )
    assert "DeviceManagementApps.Read.All" in json.loads(forbidden.json()["error"]["message"])["Message"]


def test_compliance_policies_say_their_platform_and_for_whom(holed: Client) -> None:
    path = "/deviceManagement/deviceCompliancePolicies"
    phones, androids = holed.values(f"{path}?$select=id,displayName")
    assert phones["@odata.type"] == "#microsoft.graph.iosCompliancePolicy"
    assert androids["@odata.type"] == "#microsoft.graph.androidWorkProfileCompliancePolicy"
    assert "passcodeRequired" in holed.get(f"{path}/{phones['id']}")
    (assignment,) = holed.values(f"{path}/{phones['id']}/assignments")
    assert assignment["target"]["@odata.type"] == "#microsoft.graph.allLicensedUsersAssignmentTarget"
    assert holed.values(f"{path}/{androids['id']}/assignments") == []
    expanded = holed.values(f"{path}?$expand=assignments")
    assert [len(policy["assignments"]) for policy in expanded] == [1, 0]
    assert holed.graph("GET", f"{path}?$expand=deviceStatuses").status_code == 400


def test_app_protections_say_which_apps_and_for_whom(holed: Client, covered: Client) -> None:
    path = "/deviceAppManagement/iosManagedAppProtections"
    (protection,) = holed.values(f"{path}?$expand=apps,assignments")
    assert protection["apps"][0]["mobileAppIdentifier"]["bundleId"] == "com.microsoft.Office.Outlook"
    kinds = [one["target"]["@odata.type"].rpartition(".")[2] for one in protection["assignments"]]
    assert kinds == ["groupAssignmentTarget", "exclusionGroupAssignmentTarget"]
    groups = {group["displayName"]: group["id"] for group in holed.values("/groups")}
    assert [one["target"]["groupId"] for one in protection["assignments"]] == [groups["Everybody"], groups["Pilot"]]
    assert holed.values(f"{path}/{protection['id']}/apps") == protection["apps"]
    assert holed.values("/deviceAppManagement/androidManagedAppProtections") == []
    (android,) = covered.values("/deviceAppManagement/androidManagedAppProtections")
    (app,) = covered.values(f"/deviceAppManagement/androidManagedAppProtections/{android['id']}/apps")
    assert app["mobileAppIdentifier"]["packageId"] == "com.microsoft.office.outlook"


def test_members_directly_and_through_groups(covered: Client) -> None:
    (everybody,) = covered.values("/groups?$filter=displayName eq 'Everybody'")
    path = f"/groups/{everybody['id']}"
    assert covered.get(path)["securityEnabled"] is True
    direct = covered.values(f"{path}/members")
    assert [one["@odata.type"].rpartition(".")[2] for one in direct] == ["user", "group"]
    flat = covered.values(f"{path}/transitiveMembers?$select=id,userPrincipalName")
    people = [one for one in flat if one["@odata.type"] == "#microsoft.graph.user"]
    names = [one["userPrincipalName"].partition("@")[0] for one in people]
    assert (names, len(flat)) == (["administrator", "adele.vance", "alex.wilber"], 4)
    page = covered.get(f"{path}/transitiveMembers?$top=3")
    assert len(covered.send("GET", page["@odata.nextLink"]).json()["value"]) == 1
    assert covered.graph("GET", "/groups/nothing/members").status_code == 404


def test_sign_ins_need_entra_id_p1(client_of: MakeClient) -> None:
    answer = client_of("ready", {"AuditLog.Read.All"}).graph("GET", SIGN_INS)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
    error = client_of("retired_covered", {"Policy.Read.All"}).graph("GET", SIGN_INS).json()["error"]
    assert error["code"] == "Authentication_MSGraphPermissionMissing" and "AuditLog.Read.All" in error["message"]


def test_a_blocked_sign_in_is_a_success(holed: Client, client_of: MakeClient) -> None:
    found = holed.values(f"{SIGN_INS}?$filter=clientAppUsed eq 'Exchange ActiveSync'")
    assert [one["userDisplayName"] for one in found] == ["Alex Wilber", "Adele Vance"]
    assert [one["conditionalAccessStatus"] for one in found] == ["notApplied", "failure"]
    assert [one["status"]["errorCode"] for one in found] == [0, 0]
    results = [one["result"] for one in found[1]["appliedConditionalAccessPolicies"]]
    assert results == ["failure", "unknownFutureValue"]
    shown = holed.graph("GET", f"{SIGN_INS}/{found[1]['id']}", headers={"Prefer": "include-unknown-enum-members"})
    assert [one["result"] for one in shown.json()["appliedConditionalAccessPolicies"]] == [
        "failure",
        "reportOnlyFailure",
    ]
    poor = client_of("retired_with_holes", {"AuditLog.Read.All"})
    assert all("appliedConditionalAccessPolicies" not in one for one in poor.values(SIGN_INS))
    assert "appliedConditionalAccessPolicies" not in poor.get(f"{SIGN_INS}/{found[1]['id']}")


def test_sign_ins_are_kept_for_a_month_most_recent_first(holed: Client, simulator: Simulator) -> None:
    found = [datetime.fromisoformat(one["createdDateTime"]) for one in holed.values(SIGN_INS)]
    assert len(found) == 4 and all(later > earlier for later, earlier in pairwise(found))
    page = holed.get(f"{SIGN_INS}?$top=3")
    assert len(holed.send("GET", page["@odata.nextLink"]).json()["value"]) == 1
    simulator.advance(26 * 86400)
    assert len(holed.values(SIGN_INS)) == 3
    simulator.advance(26 * 86400)
    assert holed.values(SIGN_INS) == []


def test_sign_ins_have_a_limit_of_their_own() -> None:
    with Simulator(tenants=["retired_covered"]) as limited:
        client = Client(limited, "retired_covered")
        answers = [client.graph("GET", SIGN_INS) for _unused in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert int(answers[-1].headers["Retry-After"]) <= 10


def download(client: Client, path: str = REPORT) -> list[Json]:
    answer = client.graph("GET", path)
    assert (answer.status_code, answer.content) == (302, b"")
    place = answer.headers["Location"]
    assert not place.startswith(client.urls["graph_url"])
    file = client.session.get(place, timeout=20)
    assert (file.status_code, file.headers["Content-Type"]) == (200, "application/octet-stream")
    assert file.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def test_the_report_is_a_file_behind_a_redirect(covered: Client, graph_contract: Json) -> None:
    rows = download(covered)
    operation = graph_contract["paths"]["/reports/getEmailAppUsageUserDetail(period='{period}')"]["get"]
    assert list(rows[0]) == operation["x-csv-columns"]
    used = {
        row["User Principal Name"].partition("@")[0]: [app for app, version in row.items() if version == "Undetermined"]
        for row in rows
    }
    assert used == {
        "adele.vance": ["Outlook For Mobile", "Outlook For Web"],
        "alex.wilber": ["Outlook For Mobile"],
    }
    assert {row["Report Period"] for row in download(covered, REPORT.replace("D7", "D180"))} == {"180"}
    assert covered.graph("GET", REPORT.replace("D7", "D8")).status_code == 400


def test_names_in_the_report_can_be_concealed(holed: Client) -> None:
    rows = download(holed)
    assert len(rows) == 3
    assert all(len(row["User Principal Name"]) == len(row["Display Name"]) == 32 for row in rows)
    assert sum(bool(row["Other For Mobile"]) for row in rows) == 2


def test_a_download_takes_no_token_and_does_not_last(covered: Client, simulator: Simulator) -> None:
    place = covered.graph("GET", REPORT).headers["Location"]
    assert covered.send("GET", place).status_code == 401
    assert covered.session.get(place, timeout=20).status_code == 200
    simulator.advance(301)
    assert covered.session.get(place, timeout=20).status_code == 404
    row = simulator.requests()[-1]
    assert (row["service"], row["operation"], row["tenant"]) == (
        "reports",
        "reports.download",
        covered.facts["tenant_id"],
    )


def test_a_missing_permission_for_reports(client_of: MakeClient) -> None:
    error = client_of("retired_covered", {"User.Read.All"}).graph("GET", REPORT).json()["error"]
    assert json.loads(error["message"])["error"]["code"] == "S2SUnauthorized"


def test_access_to_mailboxes_in_general(covered: Client, holed: Client) -> None:
    (policy,) = covered.run("Get-AuthenticationPolicy")
    assert not any(value for name, value in policy.items() if name.startswith("AllowBasicAuth"))
    (scanners,) = holed.run("Get-AuthenticationPolicy", Identity="Old scanners")
    assert (scanners["AllowBasicAuthSmtp"], scanners["AllowBasicAuthActiveSync"]) == (True, False)
    organization = [client.run("Get-OrganizationConfig")[0] for client in (covered, holed)]
    assert [one["DefaultAuthenticationPolicy"] for one in organization] == ["Modern only", None]
    assert all(one["OAuth2ClientProfileEnabled"] is True for one in organization)
    assert all(not plan["PopEnabled"] and plan["ActiveSyncEnabled"] for plan in covered.run("Get-CASMailboxPlan"))
    (plan,) = holed.run("Get-CASMailboxPlan", Identity="ExchangeOnlineEnterprise")
    assert plan["PopEnabled"] and plan["OwaMailboxPolicy"] == "OwaMailboxPolicy-Default"
    (web,) = holed.run("Get-OwaMailboxPolicy")
    assert web["IsDefault"] is True
    assert holed.invoke("Get-AuthenticationPolicy", {"TenantId": "x"}).status_code == 400
