# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of InvokeCommand's responses: each choice of a description, compared with public projects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator
from simulator.cmdlets.live_contract import differences, merged_contract
from simulator.odata.contract import CONTRACTS
from simulator.state.response_forms import CHOICES
from tools import contracts

from ..conftest import Client, Json

Make = Callable[..., Client]
DOMAIN = "contoso.example"
EDIT = "#Exchange.GenericHashTable"
MODULE = {"X_ClientApplication": "ExoManagementModule", "X_SerializationLevel": "Partial"}
MORE = "There are more results available than are currently displayed."


@pytest.fixture
def formed(tmp_path: Path) -> Iterator[Make]:
    """A client of a tenant with these forms; `exchange` and `intune` are further parts of the description."""
    started: list[Simulator] = []

    def make(exchange: Json | None = None, intune: Json | None = None, **forms: Any) -> Client:
        file = tmp_path / "formed.yml"
        described = {"extends": "ready", "exchange": (exchange or {}) | {"forms": forms}, "intune": intune or {}}
        file.write_text(yaml.safe_dump(described))
        simulator = Simulator([file], rate_limits=False, page_size=20).start()
        started.append(simulator)
        return Client(simulator, "formed")

    yield make
    for simulator in started:
        simulator.stop()


@pytest.mark.parametrize(
    ("forms", "problem"),
    [
        (
            {"errors": "xml"},
            "formed.yml: exchange.forms.errors is xml. Allowed: by_client, json, nested, p",
        ),
        ({"redirect": 1}, "exchange.forms.redirect is 1. Allowed: false, true"),
        ({"rate_limit": 0}, "exchange.forms.rate_limit must be a whole number from 1, not 0"),
        ({"colour": "blue"}, "there is no key exchange.forms.colour. Allowed: errors, "),
        ({"links": None}, "exchange.forms.links is null. Allowed: post, get, dead"),
    ],
)
def test_a_description_with_an_unknown_form_is_refused_at_the_start(formed: Make, forms: Json, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        formed(**forms)


def test_every_choice_is_explained_where_descriptions_are_written() -> None:
    text = (Path(contracts.ROOT) / "simulator/tenants/ready.yml").read_text()
    section = text[text.index("  forms:\n") : text.index("  companion_after:")]
    for name, choices in CHOICES.items():
        comment = section[: section.index(f"    {name}: ")].rpartition("\n    # ")
        for choice in choices:
            assert str(choice).lower() in section, (name, choice)
        assert comment


def failure(client: Client, **headers: str) -> tuple[int, Json]:
    answer = client.invoke("Get-MobileDeviceMailboxPolicy", {"Identity": "none"}, **headers)
    return answer.status_code, answer.json()["error"]


def test_errors_as_pipe_separated_text(formed: Make) -> None:
    status, error = failure(formed(errors="pipe"), **MODULE)
    _number, kind, text = error["details"][0]["message"].split("|", 2)
    assert status == 400 and kind.endswith("ManagementObjectNotFoundException") and "none" in text


def test_errors_as_json_text(formed: Make) -> None:
    status, error = failure(formed(errors="json", not_found=404))
    inner = json.loads(error["details"][0]["message"])
    assert (status, error["code"]) == (404, "NotFound") and "innererror" not in error
    assert set(inner) == {"Message", "TypeName", "StackTrace", "InnerError"}
    assert inner["TypeName"].endswith("ManagementObjectNotFoundException") and "none" in inner["Message"]


def test_errors_inside_of_errors(formed: Make) -> None:
    _status, error = failure(formed(errors="nested"))
    outer = json.loads(error["details"][0]["message"])
    assert "NotFound" not in outer["TypeName"]
    assert outer["InnerError"]["ClassName"].endswith("ManagementObjectNotFoundException")


def test_errors_as_internal_exceptions(formed: Make) -> None:
    _status, error = failure(formed(errors="internal"))
    assert error["message"] == "Invalid Operation" and "details" not in error
    assert error["innererror"]["internalexception"]["type"].endswith("ManagementObjectNotFoundException")


def test_the_headers_of_the_module_decide_the_form_of_errors(formed: Make) -> None:
    client = formed(errors="by_client")
    assert failure(client)[1]["details"][0]["message"].count("|") == 2
    assert failure(client, **MODULE)[1]["details"][0]["message"].startswith("{")


@pytest.mark.parametrize(("denied", "content"), [("nul_bytes", {0}), ("empty", set())])
def test_a_missing_right_says_nothing(formed: Make, denied: str, content: set[int]) -> None:
    answer = formed(denied=denied).invoke("Get-Nonsense")
    assert (answer.status_code, set(answer.content)) == (403, content)


ENTRIES = {"Identity": "*\\Get-*", "ResultSize": "Unlimited"}


def pages(client: Client, method: str = "POST") -> list[Json]:
    found = [client.invoke("Get-ManagementRoleEntry", ENTRIES).json()]
    while link := found[-1].get("@odata.nextLink"):
        if method == "GET":
            answer = client.send("GET", link, "exchange")
        else:
            answer = client.invoke("Get-ManagementRoleEntry", ENTRIES, url=link)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
    return found


@pytest.mark.parametrize("form", ["warned", "silent"])
def test_only_pages_with_a_next_page_warn(formed: Make, form: str) -> None:
    found = pages(formed(pages=form))
    warned = [bool(page["@adminapi.warnings"]) for page in found]
    assert len(found) > 2 and warned == [form == "warned"] * (len(found) - 1) + [False]
    assert form == "silent" or found[0]["@adminapi.warnings"][0].startswith(MORE)
    assert found[-1]["@adminapi.warnings"] == []


@pytest.mark.parametrize(("links", "right", "wrong"), [("post", "POST", "GET"), ("get", "GET", "POST")])
def test_links_are_followed_by_one_method(formed: Make, links: str, right: str, wrong: str) -> None:
    client = formed(links=links)
    names = [(entry["Role"], entry["Name"]) for page in pages(client, right) for entry in page["value"]]
    assert len(set(names)) == len(names) > 40
    with pytest.raises(AssertionError, match="Expired or Invalid pagination request"):
        pages(client, wrong)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_dead_link_is_followed_by_none(formed: Make, method: str) -> None:
    with pytest.raises(AssertionError, match="Expired or Invalid pagination request"):
        pages(formed(links="dead"), method)


def test_a_list_that_was_cut_short_ends_in_a_dead_link(formed: Make) -> None:
    client = formed(result_size="dead_link")
    cut = client.invoke("Get-MobileDevice", {"ResultSize": 1})
    assert len(cut.json()["value"]) == 1 and cut.json()["@adminapi.warnings"][0].startswith(MORE)
    answer = client.invoke("Get-MobileDevice", {"ResultSize": 1}, url=cut.json()["@odata.nextLink"])
    assert answer.status_code == 400 and "Expired or Invalid pagination request" in answer.text
    assert "@odata.nextLink" not in client.invoke("Get-MobileDevice", {"ResultSize": 2}).json()


@pytest.mark.parametrize("empty", ["value", "absent", "null", "no_content"])
def test_no_objects(formed: Make, empty: str) -> None:
    client = formed(empty=empty)
    answer = client.invoke("Get-ActiveSyncDeviceAccessRule")
    if empty == "no_content":
        assert (answer.status_code, answer.content) == (204, b"")
        return
    body = answer.json()
    assert answer.status_code == 200 and body["@adminapi.warnings"] == []
    assert ("value" in body) == (empty != "absent") and not body.get("value")
    assert len(client.run("Get-MobileDevice")) == 2


def test_annotations_of_live_tenants(formed: Make) -> None:
    client = formed(annotations="data_type", times="seven_digits")
    (policy,) = client.run("Get-MobileDeviceMailboxPolicy")
    annotated = {name.partition("@")[0] for name in policy if "@" in name}
    assert all(name.endswith("@data.type") for name in policy if "@" in name)
    assert {"Guid", "ExchangeObjectId", "WhenCreatedUTC", "PasswordHistory"} <= annotated
    assert not annotated & {"Name", "PasswordEnabled", "ApprovedApplicationList", "MaxPasswordFailedAttempts"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", policy["WhenCreatedUTC"])


@pytest.mark.parametrize(("times", "end"), [("seven_digits", ".0000000Z"), ("offset", "+00:00"), ("seconds", "Z")])
def test_times(formed: Make, times: str, end: str) -> None:
    device = formed(times=times).run("Get-MobileDevice")[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d" + re.escape(end), device["FirstSyncTime"])


def test_enumerations_are_matched_by_their_beginning(formed: Make) -> None:
    rule = {"AccessLevel": "Bl", "Characteristic": "DeviceOS", "QueryString": "x"}
    (made,) = formed(enumerations="prefix").run("New-ActiveSyncDeviceAccessRule", **rule)
    assert made["AccessLevel"] == "Block"
    refused = formed(enumerations="exact").invoke("New-ActiveSyncDeviceAccessRule", rule)
    assert refused.status_code == 400


@pytest.mark.parametrize(("confirmation", "left"), [("optional", 0), ("required", 1)])
def test_a_write_without_confirm(formed: Make, confirmation: str, left: int) -> None:
    client = formed(confirmation=confirmation)
    client.run("New-MobileDeviceMailboxPolicy", Name="p")
    assert client.invoke("Remove-MobileDeviceMailboxPolicy", {"Identity": "p", "Confirm": True}).status_code == 200
    client.invoke("Remove-MobileDeviceMailboxPolicy", {"Identity": "p"})
    assert len(client.run("Get-MobileDeviceMailboxPolicy")) == 1 + left


def test_an_empty_list_changes_nothing(formed: Make) -> None:
    client = formed(empty_lists="ignored")

    def recipients(value: Any) -> list[str]:
        client.run("Set-ActiveSyncOrganizationSettings", AdminMailRecipients=value)
        found: list[str] = client.run("Get-ActiveSyncOrganizationSettings")[0]["AdminMailRecipients"]
        return found

    assert recipients(["a@contoso.example"]) == ["a@contoso.example"]
    assert recipients([]) == ["a@contoso.example"]
    assert recipients({"@odata.type": EDIT, "remove": ["a@contoso.example"]}) == []


def test_a_list_of_applications_is_sent_whole(formed: Make) -> None:
    client = formed(application_lists="whole", empty_lists="ignored", errors="pipe")
    policy = {"Identity": "Default"}
    edit = {"@odata.type": EDIT, "add": ["mail"]}
    kind, _text = client.failure("Set-MobileDeviceMailboxPolicy", **policy, ApprovedApplicationList=edit)
    assert kind == "ParameterTransformationException"
    for wanted in (["mail"], []):
        client.run("Set-MobileDeviceMailboxPolicy", **policy, ApprovedApplicationList=wanted)
        assert client.run("Get-MobileDeviceMailboxPolicy")[0]["ApprovedApplicationList"] == wanted


def test_paths_and_anchors(formed: Make) -> None:
    client = formed(domains="initial")
    for tenant in (client.facts["tenant_id"], "contoso.onmicrosoft.example"):
        url = client.command_url.replace(client.facts["tenant_id"], tenant)
        for anchor in (
            f"APP:SystemMailbox{{bb558c35}}@{tenant}",
            f"TID:{tenant}",
            "UPN:a@contoso.example",
            "a@b.example",
        ):
            answer = client.invoke("Get-OrganizationConfig", url=url, X_AnchorMailbox=anchor)
            assert answer.status_code == 200, (tenant, anchor)
    custom = client.command_url.replace(client.facts["tenant_id"], DOMAIN)
    assert client.invoke("Get-OrganizationConfig", url=custom).status_code == 403
    assert client.invoke("Get-OrganizationConfig", X_AnchorMailbox=f"APP:SystemMailbox@{DOMAIN}").status_code == 403


def test_an_organization_is_sent_on_to_its_region(formed: Make) -> None:
    client = formed(redirect=True)
    answer = client.invoke("Get-ManagementRoleEntry", ENTRIES)
    assert (answer.status_code, answer.content) == (302, b"")
    region = answer.headers["Location"]
    assert region == client.command_url.replace("/adminapi", "/eurprd01/adminapi")
    there = client.invoke("Get-ManagementRoleEntry", ENTRIES, url=region)
    assert there.status_code == 200
    assert there.json()["@odata.nextLink"].startswith(f"{region}?")
    others = formed()
    elsewhere = others.command_url.replace("/adminapi", "/eurprd01/adminapi")
    assert others.invoke("Get-ManagementRoleEntry", ENTRIES, url=elsewhere).status_code == 404


def test_headers_about_the_rate(formed: Make) -> None:
    client = formed(rate_limit=3000)
    first, second = (client.invoke("Get-OrganizationConfig").headers for _unused in range(2))
    assert first["Rate-Limit-Limit"] == "3000" and first["Rate-Limit-Reset"]
    assert int(first["Rate-Limit-Remaining"]) < 3000
    assert "Rate-Limit-Limit" not in formed(rate_limit=None).invoke("Get-OrganizationConfig").headers
    assert second["Rate-Limit-Remaining"] != "3000"


def test_writes_under_the_initial_domain_alone(formed: Make) -> None:
    client = formed(domains="initial_writes")
    write = {"CmdletInput": {"CmdletName": "New-RoleGroup", "Parameters": {"Name": "Own"}}}
    read = {"CmdletInput": {"CmdletName": "Get-RoleGroup", "Parameters": {}}}
    initial = f"{client.facts['domain'].partition('.')[0]}.onmicrosoft.example"
    for name, body, status in (
        (client.facts["tenant_id"], read, 200),
        (initial, read, 200),
        (client.facts["tenant_id"], write, 403),
        (initial, write, 200),
    ):
        url = f"{client.urls['exchange_url']}/adminapi/beta/{name}/InvokeCommand"
        headers = {"X-AnchorMailbox": f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{name}"}
        assert client.send("POST", url, "exchange", json=body, headers=headers).status_code == status, (name, body)


def test_parents_of_roles(formed: Make) -> None:
    client = formed(role_parents="prefixed")
    (role,) = client.run("Get-ManagementRole", Identity="Intune Connector Policies")
    assert role["Parent"] == f"{DOMAIN}\\Recipient Policies"


@pytest.mark.parametrize(("choice", "status"), [("found", 200), ("missing", 400)])
def test_role_groups_by_guid(formed: Make, choice: str, status: int) -> None:
    client = formed(role_groups_by_guid=choice)
    (group,) = client.run("Get-RoleGroup", Identity="Intune Connector")
    assert client.invoke("Get-RoleGroup", {"Identity": group["Guid"]}).status_code == status


@pytest.mark.parametrize(
    ("choice", "kind"),
    [("own_type", "ManagementObjectAmbiguousException"), ("as_missing", "ManagementObjectNotFoundException")],
)
def test_an_identity_of_several_objects(formed: Make, choice: str, kind: str) -> None:
    client = formed(ambiguous=choice, errors="pipe")
    client.run("New-MobileDeviceMailboxPolicy", Name="twin")
    twin = client.run("Get-MobileDeviceMailboxPolicy", Identity="twin")[0]
    client.run("New-MobileDeviceMailboxPolicy", Name=twin["Guid"])
    by_id = client.run("Get-MobileDeviceMailboxPolicy", Identity=twin["Guid"])
    assert [one["Name"] for one in by_id] == ["twin"]  # an id outranks names
    client.run("New-RoleGroup", Name="adele.vance")
    found, text = client.failure("Add-RoleGroupMember", Identity="Intune Connector", Member="adele.vance")
    assert found == kind and "matches multiple entries" in text


def test_a_new_object_is_read_before_it_is_written(formed: Make) -> None:
    client = formed({"companion_after": 600}, errors="pipe")
    client.run("New-RoleGroup", Name="Own")
    assert client.run("Get-RoleGroup", Identity="Own")
    member = {"Identity": "Own", "Member": "adele.vance"}
    assert client.failure("Add-RoleGroupMember", **member)[0] == "ManagementObjectNotFoundException"
    for _unused in range(10):  # a minute each
        client.run("Get-RoleGroup")
    client.run("Add-RoleGroupMember", **member)


def test_scopes_of_assignments(formed: Make) -> None:
    client = formed()
    for number, (parameter, value, shown) in enumerate(
        [
            ("CustomRecipientWriteScope", "Branch", "CustomRecipientScope"),
            ("RecipientOrganizationalUnitScope", "branch.example/Users", "OU"),
            ("RecipientRelativeWriteScope", "Self", "Self"),
        ]
    ):
        given = {"Name": f"a{number}", "Role": "Mail Recipients", "User": "adele.vance", parameter: value}
        (made,) = client.run("New-ManagementRoleAssignment", **given)
        assert made["RecipientWriteScope"] == shown
    assert client.run("Get-ManagementRoleAssignment", Identity="a0")[0]["CustomRecipientWriteScope"] == "Branch"


def test_formats_of_messages_by_number_and_by_name(formed: Make) -> None:
    client = formed()
    for value in (1, "1", "htmlonly", "HtmlOnly"):
        client.run("Set-CASMailbox", Identity="adele.vance", ImapMessagesRetrievalMimeFormat=value)
    (mailbox,) = client.run("Get-CASMailbox", Identity="adele.vance")
    assert mailbox["ImapMessagesRetrievalMimeFormat"] == "HtmlOnly"


def test_the_merged_contract_follows_the_live_tenant() -> None:
    merged = merged_contract()
    groups = merged["cmdlets"]["New-RoleGroup"]["parameter_sets"].values()
    assert any({"WellKnownObject", "Roles", "Members"} <= {*one["mandatory"], *one["optional"]} for one in groups)
    roles = merged["cmdlets"]["Get-ManagementRole"]["parameter_sets"].values()
    assert not any({"GetChildren", "Cmdlet"} <= {*one["mandatory"], *one["optional"]} for one in roles)
    assert "RetrieveEwsOperationAccessPolicy" in merged["cmdlets"]["Get-OrganizationConfig"]["parameters"]
    objects = {noun: one["properties"] for noun, one in merged["output_objects"].items()}
    assert objects["MobileDeviceMailboxPolicy"]["MaxPasswordFailedAttempts"] == "string"
    assert {"IntuneManagedStatus", "EnforceExoAppRbacPermissions"} <= set(objects["OrganizationConfig"])


def test_the_merged_contract_holds_everything_that_was_seen() -> None:
    merged = merged_contract()
    for name, seen in live("live-cmdlets.json")["cmdlets"].items():
        entry = merged["cmdlets"][name]
        spelling = {parameter.lower(): parameter for parameter in entry["parameters"]}
        assert {parameter.lower() for parameter in seen} <= set(spelling), name
        for parameter, declared in seen.items():
            assert entry["parameters"][spelling[parameter.lower()]]["cloud"], (name, parameter)
            for kind, sets in entry["parameter_sets"].items():
                mandatory = parameter.lower() in map(str.lower, sets["mandatory"])
                optional = parameter.lower() in map(str.lower, sets["optional"])
                belongs = kind in declared.get("sets", [kind])
                needed = bool({kind, "__AllParameterSets"} & set(declared.get("mandatory_in", [])))
                assert (mandatory, optional) == (belongs and needed, belongs and not needed), (name, parameter, kind)
        sets_seen = {one for declared in seen.values() for one in declared.get("sets", [])}
        assert sets_seen - {"__AllParameterSets"} <= set(entry["parameter_sets"]), name
    for noun, seen in live("live-properties.json")["properties"].items():
        described = merged["output_objects"][noun]
        assert {prop: described["properties"].get(prop) for prop in seen} == seen
        assert described["observed"] == sorted(seen)


@pytest.mark.parametrize("name", ["live-cmdlets.json", "live-properties.json"])
def test_what_was_seen_says_where_and_when(name: str) -> None:
    source = live(name)["source"]
    assert re.fullmatch(r"[\w-]+/[\w-]+", source["repo"]) and re.fullmatch(r"[0-9a-f]{40}", source["commit"])
    page = contracts.PAGE.read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    assert source["repo"] in row and source["commit"][:8] in row and re.search(r"20\d\d-\d\d", row)


def live(name: str) -> Json:
    found: Json = json.loads((CONTRACTS / name).read_text(encoding="utf-8"))
    return found


def test_the_list_of_differences_is_that_of_the_files() -> None:
    """After a change of the contracts: python tools/contracts.py"""
    assert contracts.PAGE.read_text(encoding="utf-8") == contracts.page()
    assert all(difference.decision for difference in differences())
