# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""InvokeCommand's responses as seen on live tenants: objects, none, pages, failures.

The tables are the oracle: each form with its source. Bodies are rebuilt from the facts, not copied.
G2O is rknightion/graph2otel @dfd9ef7, EXOSCC terraprovider/go-exoscc, TFEXO terraprovider/terraform-provider-exo,
CIPP KelvinTegelaar/CIPP-API, SCUBA cisagov/ScubaGear, ExoHelper GreyCorbel/ExoHelper, M365DSC
microsoft/Microsoft365DSC.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._client.graph_errors import explain as of_graph
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import Purpose, TenantError
from ansible_collections.intune.exchange.plugins.module_utils._engine.exchange import exchange_of
from ansible_collections.intune.exchange.plugins.module_utils._engine.tenant import Tenant
from ansible_collections.intune.exchange.plugins.module_utils._exchange.exchange_responses import explain
from ansible_collections.intune.exchange.plugins.module_utils._exchange.invoke_command import Result
from ansible_collections.intune.exchange.plugins.module_utils._http.response import Response

from .conftest import Clock
from .scripted_server import DOMAIN, EXCHANGE, TENANT, Reply, ScriptedServer, token

PURPOSE = Purpose("try it", "the Exchange role View-Only Recipients")
ALL = {"ResultSize": "Unlimited"}
EXCHANGE_AS_APP = "Exchange.ManageAsApp"
MORE = (
    "There are more results available than are currently displayed. To view them, increase the value for the "
    "ResultSize parameter."
)
LINK = f"https://{EXCHANGE}/adminapi/beta/{TENANT}/InvokeCommand?$skiptoken="
# A read of many, a read of one, and a write of each verb.
READS: dict[str, dict[str, Any]] = {
    "Get-MobileDevice": {},
    "Get-OrganizationConfig": {},
    "Test-ServicePrincipalAuthorization": {"Identity": "x"},
}
WRITES: dict[str, dict[str, Any]] = {
    "New-RoleGroup": {"Name": "x"},
    "Add-RoleGroupMember": {"Identity": "x", "Member": "y"},
    "Set-CASMailbox": {"Identity": "x", "ImapEnabled": False},
    "Update-RoleGroupMember": {"Identity": "x", "Members": ["y"]},
    "Remove-RoleGroup": {"Identity": "x"},
    "Enable-OrganizationCustomization": {},
    "Clear-MobileDevice": {"Identity": "x", "AccountOnly": True},
}
CALLS = READS | WRITES


def page(*names: str, link: str = "", warnings: tuple[str, ...] = (), **more: Any) -> Reply:
    body = {"@odata.context": "x", "@adminapi.warnings": list(warnings), "value": [{"Name": one} for one in names]}
    return Reply({**body, **({"@odata.nextLink": link} if link else {}), **more})


def invoke(tenant: Tenant, cmdlet: str, **parameters: Any) -> Result:
    return exchange_of(tenant).invoke(cmdlet, {**CALLS.get(cmdlet, {}), **parameters}, PURPOSE)


def failure(tenant: Tenant, cmdlet: str, **parameters: Any) -> TenantError:
    with pytest.raises(TenantError) as caught:
        invoke(tenant, cmdlet, **parameters)
    return caught.value


# ---- objects and none --------------------------------------------------------------------------------------------

NO_OBJECTS: dict[str, tuple[str, Reply]] = {
    "an empty list": ("G2O, a complete answer", Reply({"@adminapi.warnings": [], "value": []})),
    "null": ("CIPP and ExoHelper handle it", Reply({"@odata.context": "x", "value": None})),
    "no value": ("G2O's comment", Reply({"@odata.context": "x", "@adminapi.warnings": []})),
    "an empty object": ("G2O's comment", Reply({})),
    "an empty body": ("ExoHelper handles it", Reply(b"")),
    "white space": ("ExoHelper handles it", Reply(b" \r\n")),
    "204": ("CIPP handles it", Reply(status=204)),
}


@pytest.mark.parametrize("form", NO_OBJECTS)
@pytest.mark.parametrize("cmdlet", CALLS)
def test_no_objects_in_every_form(wire: ScriptedServer, tenant: Tenant, cmdlet: str, form: str) -> None:
    wire.answer(NO_OBJECTS[form][1])
    assert invoke(tenant, cmdlet).values == []
    assert len(wire.asked) == 1


FAULTS: dict[str, tuple[str, Reply, str]] = {
    "an error beside an empty list": ("CIPP", Reply({"value": [], "@adminapi.errors": ["no"]}), "refused"),
    "an error instead of a list, with 200": ("CIPP", Reply({"error": {"code": "X", "message": "no"}}), "refused"),
    "a page of a proxy": ("usual", Reply(b"<html>sign in here</html>"), "protocol"),
    "a body that breaks off": ("usual", Reply(b'{"value": [', lost=20), "protocol"),
    "a body of which nothing came": ("usual", Reply(b"", lost=20), "protocol"),
    "something else": ("usual", Reply({"status": "ok"}), "protocol"),
    "none, with what a gateway says": ("usual", Reply({"value": [], "errors": ["Timeout"]}), "protocol"),
    "one, with what a gateway says": ("usual", Reply({"value": [{"a": 1}], "status": "error"}), "protocol"),
    "a list of another kind": ("usual", Reply([1]), "protocol"),
    "NUL bytes with 200": ("usual", Reply(b"\0" * 37), "protocol"),
}


@pytest.mark.parametrize("form", FAULTS)
@pytest.mark.parametrize("cmdlet", READS)
def test_a_fault_is_never_taken_for_no_objects(wire: ScriptedServer, tenant: Tenant, cmdlet: str, form: str) -> None:
    _source, reply, kind = FAULTS[form]
    wire.answer(reply)
    assert failure(tenant, cmdlet).kind == kind


def test_annotations_are_no_properties(wire: ScriptedServer, tenant: Tenant) -> None:
    """G2O, TFEXO: NAME@data.type beside numbers, GUIDs and dates."""
    wire.answer(
        Reply(
            {
                "@odata.context": "x",
                "adminapi.warnings@odata.type": "#Collection(String)",
                "@adminapi.warnings": [],
                "value": [
                    {
                        "WhenChanged": "2026-09-21T08:15:30.0000000+00:00",
                        "WhenChanged@data.type": "System.DateTime",
                        "ExchangeObjectId": "5c0d",
                        "ExchangeObjectId@data.type": "System.Guid",
                    }
                ],
            }
        )
    )
    assert invoke(tenant, "Get-OrganizationConfig").values == [
        {"WhenChanged": "2026-09-21T08:15:30.0000000+00:00", "ExchangeObjectId": "5c0d"}
    ]


# ---- pages -------------------------------------------------------------------------------------------------------


def test_the_warning_of_a_page_that_has_a_next_page_is_not_the_lists(wire: ScriptedServer, tenant: Tenant) -> None:
    """G2O: every page but the last has a link and the warning; Microsoft's module ignores it while pages follow."""
    wire.answer(page("a", link=LINK + "1", warnings=(MORE, "another")), page("b", link=LINK + "2"), page("c"))
    found = invoke(tenant, "Get-MobileDevice", **ALL)
    assert [one["Name"] for one in found.values] == ["a", "b", "c"]
    assert found.warnings == ["another"]
    assert [one.method for one in wire.asked] == ["POST"] * 3
    assert wire.asked[0].body == wire.asked[1].body


def test_the_warning_of_the_last_page_is(wire: ScriptedServer, tenant: Tenant) -> None:
    wire.answer(page("a", link=LINK + "1"), page("b", warnings=(MORE,)))
    assert failure(tenant, "Get-MobileDevice", **ALL).kind == "truncated"


@pytest.mark.parametrize("cmdlet", ["Get-ManagementRole", "Get-ManagementRoleAssignment"])
def test_a_list_whose_size_cannot_be_asked_for_is_whole_or_an_error(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str
) -> None:
    """Their documentation has no ResultSize, so nobody can request more."""
    wire.answer(page("a", warnings=(MORE,)))
    assert failure(tenant, cmdlet).kind == "truncated"


@pytest.mark.parametrize("cmdlet", ["get-thing", "TEST-Thing", "Get-Thing"])
def test_an_unknown_cmdlet_that_reads_does_so_in_any_case_of_letters(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str
) -> None:
    """PowerShell ignores case in names: all pages come, and no parameters for writes are sent."""
    wire.answer(page("a", link=LINK + "1"), page("b"))
    assert len(exchange_of(tenant).invoke(cmdlet, {}, PURPOSE, known=False).values) == 2
    assert wire.asked[0].body["CmdletInput"]["Parameters"] == {}


@pytest.mark.parametrize("size", [2, "2"])
def test_a_list_of_a_given_size_ends_when_it_has_that_many(wire: ScriptedServer, tenant: Tenant, size: Any) -> None:
    """G2O: -ResultSize N answers with a link that cannot be followed."""
    wire.answer(page("a", "b", link=LINK + "1", warnings=(MORE,)), expired())
    found = invoke(tenant, "Get-MobileDevice", resultsize=size)
    assert [one["Name"] for one in found.values] == ["a", "b"] and found.warnings == [MORE]
    assert len(wire.asked) == 1


def expired() -> Reply:
    return Reply(
        {"error": {"code": "BadRequest", "message": "Expired or Invalid pagination request. Default Expiry time is "}},
        400,
    )


def test_a_link_that_takes_no_post_is_followed_by_get(wire: ScriptedServer, tenant: Tenant) -> None:
    """CIPP and ExoHelper follow a link by POST, EXOSCC by GET."""
    wire.answer(page("a", link=LINK + "1"), expired(), page("b", link=LINK + "2"), page("c"))
    assert [one["Name"] for one in invoke(tenant, "Get-MobileDevice", **ALL).values] == ["a", "b", "c"]
    assert [one.method for one in wire.asked] == ["POST", "POST", "GET", "GET"]
    assert wire.asked[2].body is None


@pytest.mark.parametrize("status", [400, 403, 404, 405])
def test_a_link_that_nobody_can_follow_makes_the_list_incomplete(
    wire: ScriptedServer, tenant: Tenant, status: int
) -> None:
    """G2O: 400 at once, in four ways."""
    wire.answer(page("a", link=LINK + "1"), expired(), Reply({"error": {"code": "X", "message": "no"}}, status))
    failed = failure(tenant, "Get-MobileDevice", **ALL)
    assert failed.kind == "truncated" and "the list is incomplete" in str(failed)
    assert [one.method for one in wire.asked] == ["POST", "POST", "GET"]


@pytest.mark.parametrize(
    ("link", "called"),
    [
        (LINK.replace(EXCHANGE, f"{EXCHANGE}:443"), True),
        (LINK.replace(EXCHANGE, f"eurprd01.{EXCHANGE}"), True),
        (LINK.replace(EXCHANGE, f"{EXCHANGE}:8443"), False),
        (LINK.replace(EXCHANGE, "evil.example"), False),
        (LINK.replace("https:", "http:"), False),
    ],
)
def test_links_stay_within_the_service(wire: ScriptedServer, tenant: Tenant, link: str, called: bool) -> None:
    wire.answer(page("a", link=link), page("b"))
    if called:
        assert len(invoke(tenant, "Get-MobileDevice", **ALL).values) == 2
    else:
        assert failure(tenant, "Get-MobileDevice", **ALL).kind == "protocol"
        assert len(wire.asked) == len(wire.connected) == 1


# ---- failures ----------------------------------------------------------------------------------------------------

TASKS = "Microsoft.Exchange.Configuration.Tasks."
GONE = TASKS + "ManagementObjectNotFoundException"
WORDS = "The operation couldn't be performed because object 'x' couldn't be found on 'server'."


def piped(kind: str, text: str, status: int = 400) -> Reply:
    """CIPP, G2O: details[].message = code|Type|text."""
    detail = {"code": "Context", "target": "", "message": f"Ex6F9304|{kind}|{text}"}
    return Reply({"error": {"code": "NotFound", "message": "Error executing cmdlet", "details": [detail]}}, status)


def as_json(kind: str, text: str, status: int = 400) -> Reply:
    """EXOSCC, "a real 400 body": JSON text in details[].message, the exception at the bottom of InnerError."""
    inner = {"Message": text, "TypeName": kind, "StackTrace": "at x", "InnerError": None}
    outer = {"Message": "Error", "TypeName": "Microsoft.Exchange.Admin.ODataException", "InnerError": inner}
    detail = {"code": "Context", "message": json.dumps(outer)}
    code = "BadRequest" if status == 400 else "NotFound"
    return Reply({"error": {"code": code, "message": "Error executing cmdlet", "details": [detail]}}, status)


def flat_json(kind: str, text: str, status: int = 400) -> Reply:
    """EXOSCC: the same without an inner error, with ClassName."""
    detail = {"message": json.dumps({"ClassName": kind, "Message": text})}
    return Reply({"error": {"code": "BadRequest", "message": "x", "details": [detail]}}, status)


def internal(kind: str, text: str, status: int = 400) -> Reply:
    """G2O: innererror.internalexception, with a message that is always the same."""
    inner = {"message": "Invalid Operation", "type": "X.ODataServiceException"}
    deep = {**inner, "internalexception": {"message": text, "type": kind, "stacktrace": ""}}
    return Reply({"error": {"code": "BadRequest", "message": "Invalid Operation", "innererror": deep}}, status)


def in_header(kind: str, text: str, status: int = 400) -> Reply:
    """The module's own traffic: the type in a header, when nothing else has it."""
    return Reply({"error": {"code": "BadRequest", "message": text}}, status, {"x-exceptiontype": kind})


ERROR_FORMS: dict[str, Callable[..., Reply]] = {
    "code, type and text between bars": piped,
    "JSON in JSON, nested": as_json,
    "JSON in JSON, flat": flat_json,
    "an internal exception": internal,
    "the type in a header": in_header,
}


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("form", ERROR_FORMS)
@pytest.mark.parametrize("cmdlet", CALLS)
def test_not_found_in_every_form_for_every_verb(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str, form: str, status: int
) -> None:
    wire.answer(ERROR_FORMS[form](GONE, WORDS, status))
    failed = failure(tenant, cmdlet)
    assert failed.kind == "not_found"
    assert failed.answer is not None and failed.answer.code == GONE and failed.answer.message == WORDS
    assert len(wire.asked) == 1


# The kind of an exception here, by its type and, with precedence, by its words.
MEANINGS = [
    ("EXOSCC", TASKS + "ManagementObjectAmbiguousException", "x", "ambiguous"),
    ("M365DSC 3741, CIPP-API PR 1568", GONE, "The operation matches multiple entries.", "ambiguous"),
    ("EXOSCC", "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException", "x", "already_exists"),
    (
        "M365DSC 4049",
        "System.InvalidOperationException",
        "There is already another role with the same name 'x'.",
        "already_exists",
    ),
    ("M365DSC 4049, any other", "System.InvalidOperationException", "Not now.", "refused"),
    ("ExoHelper", TASKS + "CmdletAccessDeniedException", "x", "forbidden"),
    ("usual", "System.ArgumentException", "x", "refused"),
]


@pytest.mark.parametrize("form", ERROR_FORMS)
@pytest.mark.parametrize(("source", "kind", "text", "meaning"), MEANINGS)
def test_what_an_exception_means(
    wire: ScriptedServer, tenant: Tenant, form: str, source: str, kind: str, text: str, meaning: str
) -> None:
    wire.answer(ERROR_FORMS[form](kind, text))
    assert failure(tenant, "Set-CASMailbox").kind == meaning, source


@pytest.mark.parametrize("form", ERROR_FORMS)
def test_what_passes_is_waited_out(wire: ScriptedServer, clock: Clock, tenant: Tenant, form: str) -> None:
    wire.answer(ERROR_FORMS[form]("Microsoft.Exchange.Data.Storage.ServerBusyException", "busy"), page("a"))
    assert len(invoke(tenant, "Get-MobileDevice").values) == 1 and len(clock.sleeps) == 1


@pytest.mark.parametrize("reply", [Reply(b"<html>not here</html>", 404), Reply({"error": {"code": "NotFound"}}, 404)])
def test_an_address_that_is_not_there_is_no_object_that_is_not_there(
    wire: ScriptedServer, tenant: Tenant, reply: Reply
) -> None:
    wire.answer(reply)
    assert failure(tenant, "Get-MobileDevice").kind == "protocol"


# ---- who may not come in -----------------------------------------------------------------------------------------

NO_BODY = [Reply(b"", 403), Reply(b"\0" * 121, 403), Reply({"error": {"code": "Forbidden", "message": ""}}, 403)]


@pytest.mark.parametrize("reply", NO_BODY, ids=["no body", "NUL bytes", "an error"])
@pytest.mark.parametrize("cmdlet", CALLS)
def test_403_is_a_role(wire: ScriptedServer, tenant: Tenant, cmdlet: str, reply: Reply) -> None:
    """G2O: the application has Exchange.ManageAsApp and no role, or there is no such cmdlet; the body may be NULs."""
    wire.answer(reply)
    failed = failure(tenant, cmdlet)
    assert failed.kind == "forbidden" and "\0" not in str(failed)
    assert "the Exchange role View-Only Recipients" in failed.next_step and "ManageAsApp" not in failed.next_step


@pytest.mark.parametrize(
    ("exchange_token", "kind", "step", "never"),
    [
        (token(roles=[]), "forbidden", "Grant the application the permission Exchange.ManageAsApp", "View-Only"),
        (token(roles=["Exchange.ManageAsApp"]), "sign_in", "The token holds Exchange.ManageAsApp", "Grant"),
        (token(scp="Exchange.Manage"), "sign_in", "The token holds Exchange.Manage", "Grant"),
        ("opaque", "sign_in", "may lack its permission. Grant", "View-Only"),
    ],
)
@pytest.mark.parametrize("cmdlet", CALLS)
def test_401_is_the_permission(
    wire: ScriptedServer,
    opened: Callable[..., Tenant],
    cmdlet: str,
    exchange_token: str,
    kind: str,
    step: str,
    never: str,
) -> None:
    """G2O: 401 without Exchange.ManageAsApp. Permissions in the token are never requested."""
    wire.answer(Reply(b"", 401))
    failed = failure(opened(exchange_token=exchange_token), cmdlet)
    assert failed.kind == kind and step in failed.next_step and never not in failed.next_step


# ---- which tenant ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tenant_id", [DOMAIN, "contoso.onmicrosoft.com", TENANT, TENANT.upper()])
def test_path_and_anchor_have_the_tenants_guid(
    wire: ScriptedServer, opened: Callable[..., Tenant], tenant_id: str
) -> None:
    """CIPP, EXOSCC, Microsoft's app-only page: the GUID or the initial domain, never a custom domain."""
    wire.answer(page("a"))
    invoke(opened(tenant_id=tenant_id), "Get-MobileDevice")
    (asked,) = wire.asked
    assert asked.path == f"/adminapi/beta/{TENANT}/InvokeCommand"
    assert asked.headers["x-anchormailbox"] == f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}"


@pytest.mark.parametrize("exchange_token", ["opaque", token(tid=None), token(tid="not a guid")])
def test_a_token_that_does_not_tell_its_tenant(
    wire: ScriptedServer, opened: Callable[..., Tenant], exchange_token: str
) -> None:
    wire.answer(page("a"))
    invoke(opened(tenant_id=DOMAIN, exchange_token=exchange_token), "Get-MobileDevice")
    assert wire.asked[0].path.split("/")[3] == DOMAIN and wire.asked[0].headers["x-anchormailbox"].endswith(DOMAIN)


def test_a_token_of_another_tenant_is_not_used(wire: ScriptedServer, opened: Callable[..., Tenant]) -> None:
    other = TENANT.replace("1", "9")
    failed = failure(opened(tenant_id=other), "Get-MobileDevice")
    assert failed.kind == "usage" and TENANT in str(failed) and wire.connected == []
    with pytest.raises(TenantError, match=f"the token for graph is for the tenant {TENANT}") as caught:
        opened(tenant_id=other).graph.action("anything", None, PURPOSE)
    assert caught.value.kind == "usage" and wire.connected == []


INITIAL = "contoso.onmicrosoft.com"
REFUSED = Reply(b"\0" * 64, 403)


def signed_in_at(
    wire: ScriptedServer, opened: Callable[..., Tenant], tenant_id: str, *, roles: str = EXCHANGE_AS_APP
) -> Tenant:
    """A tenant for whose name Entra issued the token, with these responses."""
    tenant = opened(tenant_id=tenant_id, auth_method="client_secret", client_id="x", client_secret="y")
    wire.answer(Reply({"access_token": token(roles=[roles]), "expires_in": 3600, "token_type": "Bearer"}))
    tenant.tokens.bearer("exchange")
    wire.clear()
    return tenant


def paths(wire: ScriptedServer) -> list[str]:
    """The tenant name in each path, which the anchor repeats."""
    asked = [one for one in wire.asked if one.host == EXCHANGE]
    assert all(one.headers["x-anchormailbox"].endswith("@" + one.path.split("/")[3]) for one in asked)
    return [one.path.split("/")[3] for one in asked]


@pytest.mark.parametrize("cmdlet", WRITES)
def test_a_write_that_is_refused_under_the_guid_is_tried_under_the_initial_domain(
    wire: ScriptedServer, opened: Callable[..., Tenant], lines: list[str], cmdlet: str
) -> None:
    """One public report of 2026-10: reads work with the GUID and writes only with the initial domain."""
    tenant = signed_in_at(wire, opened, INITIAL)
    wire.answer(REFUSED, page("a"))
    assert len(invoke(tenant, cmdlet).values) == 1
    invoke(tenant, cmdlet)
    invoke(tenant, "Get-MobileDevice")
    assert paths(wire) == [TENANT, INITIAL, INITIAL, TENANT]
    assert wire.asked[0].body == wire.asked[1].body
    assert any("took it under contoso.onmicrosoft.com" in line for line in lines)


@pytest.mark.parametrize(
    ("cmdlet", "tenant_id", "asked"),
    [
        ("Set-CASMailbox", INITIAL, [TENANT, INITIAL]),
        ("Set-CASMailbox", DOMAIN, [TENANT]),  # a custom domain is never sent
        ("Set-CASMailbox", "onmicrosoft.com.evil.example", [TENANT]),
        ("Set-CASMailbox", TENANT, [TENANT]),
        ("Get-MobileDevice", INITIAL, [TENANT]),
    ],
)
def test_a_write_that_may_not_be_is_refused_as_ever(
    wire: ScriptedServer, opened: Callable[..., Tenant], cmdlet: str, tenant_id: str, asked: list[str]
) -> None:
    tenant = signed_in_at(wire, opened, tenant_id)
    wire.answer(REFUSED)
    assert failure(tenant, cmdlet).kind == "forbidden" and paths(wire) == asked


@pytest.mark.parametrize("cmdlet", WRITES)
def test_a_name_that_nothing_shows_to_be_the_tenants_is_never_sent(
    wire: ScriptedServer, opened: Callable[..., Tenant], cmdlet: str
) -> None:
    """A ready token has only its GUID, so the name may belong to another tenant."""
    wire.answer(REFUSED)
    assert failure(opened(tenant_id=INITIAL), cmdlet).kind == "forbidden" and paths(wire) == [TENANT]


def test_a_token_that_is_refused_is_not_tried_under_another_name(
    wire: ScriptedServer, opened: Callable[..., Tenant]
) -> None:
    """G2O: 401 is about the permission, whatever the name."""
    tenant = signed_in_at(wire, opened, INITIAL, roles="Mail.Read")
    (renewed,) = [Reply({"access_token": token(roles=["Mail.Read"]), "expires_in": 3600, "token_type": "Bearer"})]
    wire.answer(Reply(b"", 401), renewed, Reply(b"", 401))
    assert failure(tenant, "Set-CASMailbox").kind == "forbidden" and paths(wire) == [TENANT, TENANT]


@pytest.mark.parametrize("cmdlet", ["New-RoleGroup", "Clear-MobileDevice"])
def test_a_lost_answer_is_not_taken_for_a_refusal(
    wire: ScriptedServer, opened: Callable[..., Tenant], cmdlet: str
) -> None:
    tenant = signed_in_at(wire, opened, INITIAL)
    wire.answer(REFUSED, Reply(b"", 503))
    assert failure(tenant, cmdlet).kind == "outcome_unknown"
    assert paths(wire) == [TENANT, INITIAL]
    wire.clear()
    wire.answer(Reply(b"", 503))
    assert failure(tenant, cmdlet).kind == "outcome_unknown"
    assert paths(wire) == [TENANT]


# ---- waiting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cmdlet", CALLS)
def test_a_wait_counts_although_the_body_breaks_off(
    wire: ScriptedServer, clock: Clock, tenant: Tenant, cmdlet: str
) -> None:
    wire.answer(Reply(b"{", 429, {"Retry-After": "8"}, lost=9), page("a"))
    assert len(invoke(tenant, cmdlet).values) == 1
    assert len(clock.sleeps) == 1 and clock.sleeps[0] >= 8


def test_the_rate_limit_is_shown(wire: ScriptedServer, tenant: Tenant, lines: list[str]) -> None:
    """EXOSCC: Rate-Limit-Limit, -Remaining and -Reset come back; 3000 was seen."""
    limits = {"Rate-Limit-Limit": "3000", "Rate-Limit-Remaining": "2998", "Rate-Limit-Reset": "2026-11-28T12:00:00Z"}
    wire.answer(Reply({"value": []}, headers=limits))
    invoke(tenant, "Get-MobileDevice")
    assert lines == ["Exchange Online rate limit: remaining 2998, limit 3000, reset 2026-11-28T12:00:00Z"]


# ---- what is sent ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("New-ActiveSyncDeviceAccessRule", {"Characteristic": "DeviceType", "QueryString": "x", "AccessLevel": "All"}),
        ("Get-Recipient", {"RecipientTypeDetails": ["UserMailbox", "Usermailboxes"]}),
        ("Get-ManagementRoleAssignment", {"RoleAssigneeType": "Us"}),
    ],
)
def test_a_word_that_no_enumeration_has_is_not_sent(
    wire: ScriptedServer, tenant: Tenant, cmdlet: str, parameters: dict[str, Any]
) -> None:
    """G2O: words are matched by their beginning, so a wrong one may return 200 and nothing."""
    assert failure(tenant, cmdlet, **parameters).kind == "usage"
    assert wire.connected == []


def test_an_exception_with_a_million_members_takes_no_longer() -> None:
    """Nobody looks at the clock meanwhile, and each response is explained more than once."""
    seen: list[str] = []

    class Members(dict[str, Any]):
        def items(self) -> Any:
            for one in super().items():
                seen.append(one[0])
                yield one

    inner = Members({"message": "Denied", "type": "CmdletAccessDeniedException", **{str(n): n for n in range(1000)}})
    response = Response(400, {}, b"", {"error": {"innererror": inner}}, "r-1")
    assert explain(response) == ("CmdletAccessDeniedException", "Denied", "") and len(seen) == 100


@pytest.mark.parametrize("explained", [explain, of_graph])
def test_a_message_is_text(explained: Callable[[Response], tuple[str, str, str]]) -> None:
    """Written out, a container with a million entries takes seconds."""

    class Long(list[int]):
        def __str__(self) -> str:
            raise AssertionError("nobody needs this as text")

        __repr__ = __str__

    def of(**error: Any) -> tuple[str, str, str]:
        return explained(Response(400, {}, b"", {"error": error}, "r-1"))

    assert of(code="Denied", message={"lang": "en-us", "value": "Not allowed."})[:2] == ("Denied", "Not allowed.")
    assert of(code=403, message=Long([1]), innererror={"message": Long([1]), "type": Long([1])})[:2] == ("403", "")
    assert of(code=Long([1]), message={"value": Long([1])}, details=[{"message": Long([1])}])[:2] == ("", "")


def test_an_error_beside_the_value_may_be_an_object() -> None:
    told = {"Message": "Not allowed.", "Type": "CmdletAccessDeniedException"}
    for errors in ([told], told):
        response = Response(200, {}, b"", {"value": [], "@adminapi.errors": errors}, "r-1")
        assert explain(response) == ("CmdletAccessDeniedException", "Not allowed.", "")


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([{"code": "Forbidden", "message": "Not allowed."}], ("Forbidden", "Not allowed.")),
        ([{"error": {"Type": "A.B", "message": "Not allowed."}}], ("A.B", "Not allowed.")),
        ([{"lang": "en-us", "value": "Error|A.B|Not allowed."}], ("A.B", "Not allowed.")),
        ([None, "Error|A.B|Not allowed."], ("A.B", "Not allowed.")),
    ],
)
def test_errors_beside_the_value_in_other_forms(errors: list[Any], expected: tuple[str, str]) -> None:
    response = Response(200, {}, b"", {"value": [], "@adminapi.errors": errors}, "r-1")
    assert explain(response) == (*expected, "")


def test_errors_beside_the_value_that_say_nothing_known_are_shown() -> None:
    body = {"value": [], "@adminapi.errors": [["what is this"]]}
    assert "what is this" in explain(Response(200, {}, json.dumps(body).encode(), body, "r-1"))[1]
