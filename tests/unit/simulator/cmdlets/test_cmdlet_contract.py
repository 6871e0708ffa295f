# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every cmdlet of the contract with generated requests.

Where a property is an integer and the parameter of its name takes Unlimited, the property may be Unlimited as well.

A valid request (see cmdlet_requests) is performed, and its response has the properties and types of the contract; or it
is refused because of the state, with one of STATE, in the service's form. An invalid one is refused for its mistake, in
that form, and changes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import requests
from hypothesis import strategies as st

from simulator import Simulator
from simulator.cmdlets.contract import load_cmdlets
from simulator.cmdlets.live_contract import merged_contract
from simulator.exchange.table import not_carried_out

from ..conftest import Client
from ..contract_run import Record, for_all
from .cmdlet_requests import Cmdlet, Json, Request, Values, invalid, valid

CONTRACT = merged_contract()
SIMULATED = {cmdlet.name: cmdlet for cmdlet in load_cmdlets().values()}
SKIPPED = {name: set(not_carried_out(cmdlet)) for name, cmdlet in SIMULATED.items()}
CMDLETS = [
    Cmdlet(name, entry, CONTRACT["output_objects"].get(entry["output_object"], {}).get("properties", {}), SKIPPED[name])
    for name, entry in CONTRACT["cmdlets"].items()
]
# Refusals of a valid request: existing or missing objects, and rules of the objects.
STATE = {
    "member-exists",
    "member-missing",
    "object-exists",
    "object-missing",
    "organization-customized",
    "policy-default",
    "policy-in-use",
    "role-assignment-assignee",
    "role-built-in",
    "role-exists",
    "role-entry-beyond-parent",
    "role-entry-identity",
    "role-group-built-in",
    "role-in-use",
    "service-principal-unknown",
}
# The sources of identities for each type of parameter.
NAMED = {
    "ActiveSyncDeviceAccessRuleIdParameter": "ActiveSyncDeviceAccessRule",
    "ActiveSyncDeviceClassIdParameter": "ActiveSyncDeviceClass",
    "ActiveSyncOrganizationSettingsIdParameter": "ActiveSyncOrganizationSettings",
    "GeneralRecipientIdParameter": "Mailbox",
    "MailboxIdParameter": "Mailbox",
    "MailboxPolicyIdParameter": "MobileDeviceMailboxPolicy",
    "MobileDeviceIdParameter": "MobileDevice",
    "RecipientIdParameter": "Recipient",
    "RoleAssigneeIdParameter": "RoleGroup",
    "RoleAssignmentIdParameter": "ManagementRoleAssignment",
    "RoleGroupIdParameter": "RoleGroup",
    "RoleGroupMemberIdParameter": "User",
    "RoleIdParameter": "ManagementRole",
    "SecurityPrincipalIdParameter": "User",
    "ServicePrincipalIdParameter": "ServicePrincipal",
    "UserIdParameter": "User",
}
TYPES: dict[str, type] = {
    "string": str,
    "guid": str,
    "datetime": str,
    "boolean": bool,
    "integer": int,
    "string[]": list,
}
UNLIMITED = {
    name
    for entry in CONTRACT["cmdlets"].values()
    for name, spec in entry["parameters"].items()
    if spec["encoding"].startswith("unlimited:")
}
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def alone() -> Iterator[Simulator]:
    with Simulator(rate_limits=False) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def own(alone: Simulator) -> Client:
    return Client(alone)


@pytest.fixture(scope="module")
def values(own: Client) -> Values:
    """Values with the identities of the initial objects."""
    identities = {
        kind: [item[key] for item in own.run(f"Get-{noun}")[:6] for key in ("Identity", "Guid") if item.get(key)]
        for kind, noun in NAMED.items()
    }
    entries = own.run("Get-ManagementRoleEntry", Identity="Intune Connector*\\*")
    return Values(identities | {"RoleEntryIdParameter": [entry["Identity"] for entry in entries]})


def send(own: Client, request: Request) -> requests.Response:
    url = f"{own.command_url}?{request.query}" if request.query else own.command_url
    return own.invoke(request.cmdlet, request.parameters, url, **({"Prefer": request.prefer} if request.prefer else {}))


def check_valid(alone: Simulator, own: Client, cmdlet: Cmdlet, request: Request) -> None:
    answer = send(own, request)
    row = alone.requests()[-1]
    confirmed = not any(request.parameters.get(name) for name in ("Confirm", "confirm", "cf"))
    supposed = any(request.parameters.get(name) for name in ("WhatIf", "whatif", "wi"))
    if answer.status_code >= 400:
        assert row["behaviour"] in STATE, (request, row["behaviour"], answer.text)
        check_failure(answer)
    elif answer.status_code == 204:
        assert cmdlet.verb == "Remove" and not answer.content
    else:
        assert answer.status_code == 200, (request, answer.status_code)
        check_objects(cmdlet, request, answer.json())
        follow(own, cmdlet, request, answer.json())
    assert not row["effect"] or (cmdlet.writes and confirmed and not supposed and answer.ok), request
    alone.reset()


def check_objects(cmdlet: Cmdlet, request: Request, body: Json) -> None:
    """The envelope, and of each object the requested properties, by their types."""
    if "@adminapi.confirmationmessage" in body:
        assert cmdlet.writes and body["value"] == [], request
        return
    assert body["@odata.context"].startswith("https://") and isinstance(body["@adminapi.warnings"], list)
    wanted = request.query.partition("=")[2].split(",") if request.query else list(cmdlet.output)
    for item in body["value"]:
        assert {name for name in item if "@" not in name} == set(wanted), (request, sorted(item))
        for name in wanted:
            check_property(cmdlet.output[name], item, name)


def check_property(kind: str, item: Json, name: str) -> None:
    value: Any = item[name]
    if kind == "string[]":
        assert f"{name}@data.type" not in item, name
        assert all(isinstance(text, str) for text in value), (name, value)
    if value is None or (kind == "integer" and value == "Unlimited" and name in UNLIMITED):
        return
    fits = isinstance(value, TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")
    assert fits, (name, kind, value)
    if kind == "guid":
        assert GUID.fullmatch(item[name]) and item[f"{name}@data.type"] == "System.Guid", (name, value)
    if kind == "datetime":
        assert DATE.fullmatch(item[name]) and item[f"{name}@data.type"] == "System.DateTime", (name, value)


def follow(own: Client, cmdlet: Cmdlet, request: Request, body: Json) -> None:
    """Two further pages at most, requested with the same body; no page exceeds the requested size."""
    size = int(request.prefer.partition("=")[2] or 1000)
    asked = {name.lower(): value for name, value in request.parameters.items()}  # names are compared without case
    for _unused in range(2):
        assert len(body["value"]) <= size
        if "@odata.nextLink" not in body or isinstance(asked.get("resultsize"), int):
            return  # a list that ResultSize limits ends in a link that cannot be followed
        assert len(body["value"]) == min(size, 100)
        headers = {"Prefer": request.prefer} if request.prefer else {}
        body = own.invoke(request.cmdlet, request.parameters, body["@odata.nextLink"], **headers).json()
        check_objects(cmdlet, request, body)


def check_failure(answer: requests.Response) -> None:
    """The form of cmdlet failures that public clients have seen."""
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "BadRequest") and isinstance(error["message"], str)
    inner = error["innererror"]["internalexception"]
    assert inner["type"] == answer.headers["X-ExceptionType"] and inner["message"]
    for detail in error.get("details", []):
        number, kind, text = detail["message"].split("|", 2)
        assert re.fullmatch("Ex[0-9A-F]{6}", number) and (kind, text) == (inner["type"], inner["message"])


def check_invalid(alone: Simulator, own: Client, request: Request) -> None:
    answer = send(own, request)
    row = alone.requests()[-1]
    assert row["behaviour"] == request.refused_by, (request, row["behaviour"], answer.text)
    assert row["effect"] is False
    check_failure(answer)
    alone.reset()


@pytest.mark.parametrize("cmdlet", CMDLETS, ids=lambda cmdlet: cmdlet.name)
def test_valid_requests(alone: Simulator, own: Client, values: Values, record_property: Record, cmdlet: Cmdlet) -> None:
    for_all(valid(cmdlet, values), partial(check_valid, alone, own, cmdlet), record_property)


@pytest.mark.parametrize("cmdlet", CMDLETS, ids=lambda cmdlet: cmdlet.name)
def test_invalid_requests(
    alone: Simulator, own: Client, values: Values, record_property: Record, cmdlet: Cmdlet
) -> None:
    for_all(invalid(cmdlet, values), partial(check_invalid, alone, own), record_property)


JSON_BODY = {"Content-Type": "application/json"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ENVELOPES = (
    JSON
    | st.builds(lambda inner: {"CmdletInput": inner}, JSON)
    | st.builds(lambda inner: {"CmdletInput": {"CmdletName": "Get-User", "Parameters": inner}}, JSON).filter(
        lambda body: not isinstance(body["CmdletInput"]["Parameters"], dict)
    )
)


def test_no_cmdlet_without_its_envelope(alone: Simulator, own: Client, record_property: Record) -> None:
    def check(body: Any) -> None:
        answer = own.send("POST", own.command_url, "exchange", data=json.dumps(body), headers=JSON_BODY)
        assert answer.status_code == 400, body
        assert alone.requests()[-1]["behaviour"] == "exchange-envelope"
        assert set(answer.json()["error"]) == {"code", "message"}

    for_all(ENVELOPES, check, record_property)


def test_no_other_cmdlets(alone: Simulator, own: Client, record_property: Record) -> None:
    def check(name: str) -> None:
        answer = own.invoke(name)
        assert (answer.status_code, set(answer.content)) == (403, {0})
        assert alone.requests()[-1]["behaviour"] == "exchange-no-cmdlet"

    others = st.from_regex(r"(Get|Set|New)-[A-Z][a-z]{2,8}", fullmatch=True).filter(lambda name: name not in SKIPPED)
    for_all(others | st.text(max_size=10), check, record_property)


@pytest.mark.parametrize(
    ("cmdlet", "name"), [(cmdlet, name) for cmdlet in CMDLETS for name in sorted(cmdlet.skipped)], ids=str
)
def test_what_is_not_simulated_is_refused_and_never_swallowed(
    alone: Simulator, own: Client, values: Values, cmdlet: Cmdlet, name: str
) -> None:
    """These are the parameters that the generated requests omit."""
    encoding = cmdlet.parameters[name]["encoding"]
    mandatory = next(needed for needed, optional in cmdlet.sets if name in needed | optional)
    value = {"bool": True, "switch": True, "array": [], "multivalued": []}.get(encoding, "x")
    value = cmdlet.parameters[name].get("allowed_values", [value])[0] if encoding == "enum" else value
    answer = own.invoke(cmdlet.name, dict.fromkeys(mandatory, "x") | {name: value})
    held = any(name in parameters for parameters in SIMULATED[cmdlet.name].holders().values())
    refused = "cmdlet-not-simulated" if held else "cmdlet-parameter"
    refused = "cmdlet-value" if encoding == "unsupported" else refused
    assert alone.requests()[-1]["behaviour"] == refused
    check_failure(answer)
