# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calling cmdlets: the request, the result, and the many forms of failure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import attempt
from ansible_collections.intune.exchange.plugins.module_utils._core.resource import Field, Resource, normalize_case
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import Outcome
from ansible_collections.intune.exchange.plugins.module_utils._engine import run as engine
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange_objects import ExchangeObjects
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._exchange import exchange_responses as answers
from ansible_collections.intune.exchange.plugins.module_utils._exchange.parameters import HASH_TABLE, checked, edit
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Response
from simulator import Simulator

from ..conftest import Clock

PURPOSE = Purpose("try it")
GET = "Get-ActiveSyncDeviceAccessRule"
RULE = Resource(
    "rule",
    ExchangeObjects("ActiveSyncDeviceAccessRule", "device access rule"),
    keys=(Field("characteristic", "Characteristic"), Field("query_string", "QueryString", normalize=normalize_case)),
    fields=(Field("access_level", "AccessLevel"),),
)


@pytest.fixture(scope="module")
def running(small_pages: Simulator) -> Simulator:
    return small_pages


def ensure(tenant: Tenant, check_mode: bool = False, **params: Any) -> dict[str, Any]:
    wanted = {"characteristic": "DeviceType", "query_string": "iPhone", "access_level": "Block", **params}
    return engine.ensure(RULE, tenant, wanted, check_mode)


def writes(simulator: Simulator) -> list[str]:
    return [one["operation"] for one in simulator.requests() if one["effect"]]


def test_a_resource_kept_by_cmdlets(simulator: Simulator, tenant: Tenant) -> None:
    steps: list[tuple[dict[str, Any], str]] = [
        ({}, "New-ActiveSyncDeviceAccessRule"),
        ({"access_level": "Allow"}, "Set-ActiveSyncDeviceAccessRule"),
        ({"state": "absent"}, "Remove-ActiveSyncDeviceAccessRule"),
    ]
    for params, wrote in steps:
        before = len(writes(simulator))
        predicted = ensure(tenant, check_mode=True, **params)
        assert len(writes(simulator)) == before
        real = ensure(tenant, **params)
        assert predicted["changed"] and predicted["diff"] == real["diff"]
        assert writes(simulator)[before:] == [wrote]
        assert not ensure(tenant, **params)["changed"]


@pytest.mark.parametrize("phase", ["after_effect", "mid_body"])
def test_a_lost_creation_is_found(simulator: Simulator, tenant: Tenant, phase: str) -> None:
    kind = "reset" if phase == "after_effect" else "truncate"
    simulator.fault(match="New-ActiveSyncDeviceAccessRule", kind=kind, phase=phase)
    assert ensure(tenant)["changed"]
    assert len(writes(simulator)) == 1
    assert not ensure(tenant)["changed"]


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "words"),
    [
        ("Get-Everything", {}, "is not known to this collection"),
        (GET, {"DomainController": "dc1"}, "has no parameter DomainController in Exchange Online"),
        ("Get-MobileDevice", {"ActiveSync": "yes"}, "takes switch as ActiveSync, not str"),
        ("New-RoleGroup", {"Name": "x", "Roles": True}, "takes array as Roles, not bool"),
        ("New-ActiveSyncDeviceAccessRule", {"AccessLevel": "Blocked"}, "takes no Blocked as AccessLevel. It is one of"),
        (GET, {"Identity": ""}, "the parameter Identity of "),
        ("Remove-ActiveSyncDeviceAccessRule", {"Identity": None}, "the parameter Identity of "),
    ],
)
def test_what_must_not_be_sent_is_not_sent(
    simulator: Simulator, tenant: Tenant, cmdlet: str, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(TenantError, match=words):
        exchange_of(tenant).invoke(cmdlet, parameters, PURPOSE)
    assert simulator.requests() == []


def test_absent_is_only_what_the_service_calls_not_found(simulator: Simulator, tenant: Tenant) -> None:
    with pytest.raises(TenantError) as caught:
        exchange_of(tenant).invoke(GET, {"Identity": "nothing (DeviceType)"}, PURPOSE)
    assert caught.value.kind == "not_found"
    assert "ManagementObjectNotFoundException" in str(caught.value)


def details(kind: str, text: str = "words | with bars", code: str = "Ex6F9304") -> dict[str, Any]:
    error = {"code": "BadRequest", "message": "Error executing cmdlet"}
    return {"error": {**error, "details": [{"code": "Context", "message": f"{code}|{kind}|{text}"}]}}


def answered(body: Any, status: int = 400) -> Response:
    return Response(status, {}, json.dumps(body).encode(), body)


NESTED = json.dumps({"ClassName": "X.NotFoundException", "Message": "nested words"})
INNER = {"innererror": {"message": "outer", "internalexception": {"message": "deep", "type": "X.TransformException"}}}


@pytest.mark.parametrize(
    ("body", "explained"),
    [
        (details("A.B.CException"), ("A.B.CException", "words | with bars", "")),
        (details("CException", code=""), ("CException", "words | with bars", "")),
        (
            {"error": {"code": "BadRequest", "details": [{"message": NESTED}]}},
            ("X.NotFoundException", "nested words", ""),
        ),
        ({"error": {"code": "BadRequest", "message": "generic", **INNER}}, ("X.TransformException", "deep", "")),
        ({"error": {"code": "NotFound", "message": "generic"}}, ("NotFound", "generic", "")),
        ({"value": [], "@adminapi.errors": ["it failed"]}, ("", "it failed", "")),
    ],
)
def test_error_bodies(body: Any, explained: tuple[str, str, str]) -> None:
    assert answers.explain(answered(body)) == explained


def test_json_in_details_is_read_only_if_it_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read without a clock, whatever the time that is left."""
    read: list[int] = []
    loads = json.loads

    def counted(text: str, **options: Any) -> Any:
        read.append(len(text))
        return loads(text, **options)

    monkeypatch.setattr(json, "loads", counted)
    long, short = json.dumps({"Message": ["x"] * 100_000}), json.dumps({"Message": "x" * 1000})
    found = [{"message": long}] * 3 + [{"message": short}] * 20_000
    answers.explain(answered({"error": {"code": "x", "details": found}}))
    assert 0 < sum(read) < 1_000_000


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (answered({"value": []}, 200), Outcome.DONE),
        (answered({"value": [], "@adminapi.errors": ["no"]}, 200), Outcome.FINAL),
        (answered(details("Microsoft.Exchange.Data.Storage.StorageTransientException")), Outcome.UNKNOWN),
        (answered(details("Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException")), Outcome.FINAL),
        (
            answered({"error": {"message": "the maximum number of concurrent requests per tenant is reached"}}),
            Outcome.REFUSED,
        ),
        (answered({}, 503), Outcome.UNKNOWN),
        (answered({}, 429), Outcome.REFUSED),
    ],
)
def test_the_exception_type_decides(response: Response, outcome: Outcome) -> None:
    assert answers.classify(response) is outcome


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"body": details("X.ADObjectAlreadyExistsException"), "status": 400}, "already_exists"),
        ({"body": details("X.CmdletInvalidOperationInDehydratedContextException"), "status": 400}, "not_hydrated"),
        ({"body": details("X", "Expired or Invalid pagination request."), "status": 400}, "truncated"),
        (
            {"body": details("X", "Y is not present in the role definition of the current user"), "status": 400},
            "forbidden",
        ),
        ({"body": {"value": [], "@adminapi.errors": ["no"]}, "status": 200}, "refused"),
        ({"body": {"other": 1}, "status": 200}, "protocol"),
        ({"body": {"error": "Blocked", "value": []}, "status": 200}, "protocol"),
        (
            {"body": {"value": [], "@adminapi.warnings": ["There are more results available"]}, "status": 200},
            "truncated",
        ),
        ({"status": 403, "count": 2}, "forbidden"),  # also with a newer token
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_kinds_of_failure(simulator: Simulator, tenant: Tenant, fault: dict[str, Any], kind: str) -> None:
    simulator.fault(match="Get-MobileDevice", kind="status", **fault)
    with pytest.raises(TenantError) as caught:
        exchange_of(tenant).invoke("Get-MobileDevice", {"ResultSize": "Unlimited"}, PURPOSE)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"status": "error", "message": "Blocked"}, "outcome_unknown"),
        ({"value": "x", "status": "error"}, "outcome_unknown"),
        ({"value": [], "errors": ["Timeout"]}, "outcome_unknown"),
        ([], "outcome_unknown"),
        ({"error": "Blocked"}, "outcome_unknown"),
        ({"error": "Blocked", "value": []}, "outcome_unknown"),
        ({"error": {"message": "no"}}, "refused"),
        ({"value": {}}, ""),
        ({"@odata.context": "c", "@adminapi.warnings": ["w"]}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_what_a_gateway_returns_for_a_write_is_no_success(
    simulator: Simulator, tenant: Tenant, body: Any, kind: str
) -> None:
    simulator.fault(match="Set-ActiveSyncOrganizationSettings", kind="status", status=200, body=body)
    call = attempt(lambda: exchange_of(tenant).invoke("Set-ActiveSyncOrganizationSettings", {}, PURPOSE))
    assert (call.error.kind if call.error else "") == kind
    assert call.error is None or call.error.action == PURPOSE.action


def test_transient_words_in_a_400_are_waited_out(simulator: Simulator, clock: Clock, tenant: Tenant) -> None:
    simulator.fault(match=GET, kind="status", status=400, body=details("X.ServerBusyException"), count=2)
    assert exchange_of(tenant).invoke(GET, {}, PURPOSE).values == []
    assert len(clock.sleeps) == 2


@pytest.mark.parametrize("kind", ["looping_next_link", "foreign_next_link"])
def test_a_page_link_that_leads_nowhere_is_an_error(simulator: Simulator, tenant: Tenant, kind: str) -> None:
    simulator.fault(match=GET, kind=kind, count=99)
    with pytest.raises(TenantError) as caught:
        exchange_of(tenant).invoke(GET, {}, PURPOSE)
    assert caught.value.kind in ("truncated", "protocol")


def test_lists_are_edited_and_nested_values_typed() -> None:
    assert edit(["a"], ["b"]) == {"@odata.type": HASH_TABLE, "add": ["a"], "remove": ["b"]}
    sent = checked("Set-CASMailbox", {"Identity": "x", "ActiveSyncAllowedDeviceIDs": {"add": ["a"]}})
    assert sent["ActiveSyncAllowedDeviceIDs"] == {"@odata.type": HASH_TABLE, "add": ["a"]}


@pytest.mark.parametrize(
    ("cmdlet", "given", "sent"),
    [
        # one value for a list is a list of one
        ("New-RoleGroup", {"Name": "x", "Roles": "Mail Recipients"}, {"Name": "x", "Roles": ["Mail Recipients"]}),
        ("Set-CASMailbox", {"ActiveSyncAllowedDeviceIDs": "ABC"}, {"ActiveSyncAllowedDeviceIDs": ["ABC"]}),
        # names in any case, as PowerShell takes them
        ("Get-User", {"identity": "x", "SORTBY": "Name"}, {"Identity": "x", "SortBy": "Name"}),
        # parameters that the documentation lacks and the module file of a live tenant has
        ("Get-Recipient", {"properties": "Name"}, {"Properties": ["Name"]}),
        ("Get-MobileDeviceStatistics", {"UseCustomRouting": True}, {"UseCustomRouting": True}),
        # members in any case; numbers where a type has them
        ("New-ActiveSyncDeviceAccessRule", {"AccessLevel": "block"}, {"AccessLevel": "block"}),
        ("Set-CASMailbox", {"ImapMessagesRetrievalMimeFormat": 5}, {"ImapMessagesRetrievalMimeFormat": 5}),
        ("Get-Recipient", {"RecipientTypeDetails": "UserMailbox, MailUser"}, None),
    ],
)
def test_parameters_as_powershell_takes_them(cmdlet: str, given: dict[str, Any], sent: dict[str, Any] | None) -> None:
    assert checked(cmdlet, given) == (sent or {"RecipientTypeDetails": ["UserMailbox, MailUser"]})


def test_what_is_unknown_passes_only_when_that_was_asked_for() -> None:
    for given in ({"Everything": True}, {"AccessLevel": "Blocked"}):
        with pytest.raises(TenantError):
            checked("Set-ActiveSyncDeviceAccessRule", {"Identity": "x", **given})
        assert checked("Set-ActiveSyncDeviceAccessRule", {"Identity": "x", **given}, known=False)
    with pytest.raises(TenantError, match="twice"):
        checked("Get-User", {"identity": "x", "Identity": "y"}, known=False)
    with pytest.raises(TenantError, match="blank"):
        checked("Get-User", {"identity": " "}, known=False)


@pytest.mark.parametrize(
    ("cmdlet", "given"),
    [
        ("Get-MobileDevice", {"Mailbox": None}),  # of all objects
        ("Get-MobileDevice", {"Filter": None}),
        ("Get-MobileDeviceStatistics", {"Mailbox": None}),
        ("Update-RoleGroupMember", {"Identity": "x", "Members": None}),
        ("Remove-ManagementRoleAssignment", {"Identity": None}),
    ],
)
def test_null_is_as_blank_as_no_text(cmdlet: str, given: dict[str, Any]) -> None:
    """A template may turn a missing variable into null."""
    with pytest.raises(TenantError, match="blank"):
        checked(cmdlet, given)
    assert checked("Set-CASMailbox", {"Identity": "x", "ActiveSyncMailboxPolicy": None})  # which clears a setting
