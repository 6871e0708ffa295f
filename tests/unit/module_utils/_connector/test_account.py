# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connector account and the MDM authority on a simulated tenant."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._connector.licenses import candidates, free_units
from ansible_collections.intune.exchange.plugins.modules import connector_account, mdm_authority
from simulator import Simulator

from ..conftest import Clock, hold, run_declaration, shared

NAME = "svc-new@contoso.example"
PASSWORD = "Long-canary-Passw0rd!"
RIGHTS = {
    "User-PasswordProfile.ReadWrite.All",
    "User.ReadWrite.All",
    "LicenseAssignment.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "Organization.Read.All",
    "DeviceManagementServiceConfig.ReadWrite.All",
}
NEW: dict[str, Any] = {
    "user_principal_name": NAME,
    "usage_location": "CH",
    "password": PASSWORD,
    "licenses": ["enterprisepack"],
    "directory_roles": {"add": ["Intune Administrator"]},
}


# https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
PRIVILEGED = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"  # Privileged Authentication Administrator
FOR_PEOPLE = "fe930be7-5e62-47db-91af-98c3a49a38b1"  # User Administrator


@pytest.fixture
def account(simulator: Simulator, clock: Clock) -> Any:
    """Run the module with these options in addition to those of a new account."""

    def run(check_mode: bool = False, module: Any = connector_account, tenant: str = "ready", **options: Any) -> Any:
        given = NEW if module is connector_account else {}
        arguments = {**simulator.options(tenant, "token"), **given, **options}
        arguments["graph_token"] = options.get("graph_token") or simulator.token("graph", tenant, RIGHTS)
        chosen = {name: value for name, value in arguments.items() if value is not None}
        validated = ArgumentSpecValidator(module.DECLARATION.argument_spec).validate(chosen)
        assert not validated.error_messages
        return run_declaration(
            module.DECLARATION, validated.validated_parameters, check_mode, **shared(simulator, tenant), **clock.options
        )

    return run


PASSWORD_PERMISSION = "User-PasswordProfile.ReadWrite.All"


@pytest.mark.parametrize(
    ("granted", "roles", "asked", "not_asked"),
    [
        (RIGHTS - {PASSWORD_PERMISSION}, (), (PASSWORD_PERMISSION, "User Administrator"), ("User.ReadWrite.All",)),
        (RIGHTS, (), ("the directory role User Administrator",), (PASSWORD_PERMISSION, "User.ReadWrite.All")),
        (RIGHTS, (FOR_PEOPLE,), ("Privileged Authentication Administrator",), ("role User Administrator",)),
        (RIGHTS - {PASSWORD_PERMISSION}, (PRIVILEGED,), (PASSWORD_PERMISSION,), ("role User Admin", "Privileged Auth")),
    ],
    ids=["neither", "permission", "both, for an administrator", "role"],
)
def test_a_refused_password_asks_for_what_is_missing_and_for_nothing_else(
    simulator: Simulator, account: Any, granted: set[str], roles: tuple[str, ...], asked: Any, not_asked: Any
) -> None:
    account()
    for role in roles:
        hold(simulator, role)
    token = simulator.token("graph", "ready", granted)
    refused = account(update_password="always", wait=False, display_name="Newer", graph_token=token)
    assert refused["error"]["kind"] == "forbidden", refused
    step = refused["msg"].partition("The application also needs ")[2]
    assert all(one in step for one in asked), refused["msg"]
    assert not any(one in step for one in not_asked), refused["msg"]
    assert [one["displayName"] for one in simulator.state("ready")["users"] if one["userPrincipalName"] == NAME] == [
        "Newer"
    ]


def writes(simulator: Simulator) -> list[str]:
    """The writes, whether or not the response arrived; the state shows no password."""
    return [
        f"{one['method']} {one['path'].rpartition('/')[2]}"
        for one in simulator.requests()
        if one["class"] != "READ" and (one["effect"] or (one["status"] or 500) < 300)
    ]


def test_from_nothing_to_an_account_with_an_address(simulator: Simulator, account: Any) -> None:
    predicted = account(check_mode=True)
    assert predicted["changed"] and writes(simulator) == []
    made = account()
    assert made["diff"] == predicted["diff"]
    assert made["diff"]["before"] == {}
    assert made["connector_account"]["licenses"] == ["ENTERPRISEPACK"]
    assert made["connector_account"]["directory_roles"] == ["Intune Administrator"]
    assert made["license_candidates"] == []
    assert writes(simulator) == ["POST users", "POST assignLicense", "POST roleAssignments"]
    assert PASSWORD not in str(made)
    again = account()
    assert not again["changed"] and len(writes(simulator)) == 3


@pytest.mark.parametrize(
    ("options", "wrote"),
    [
        ({"display_name": "New name"}, "PATCH"),
        ({"account_enabled": False}, "PATCH"),
        ({"licenses": ["INTUNE_A"]}, "POST assignLicense"),
        ({"licenses": ["INTUNE_A"], "licenses_state": "exact"}, "POST assignLicense"),
        ({"directory_roles": {"remove": ["intune administrator"]}}, "DELETE"),
        ({"directory_roles": {"set": ["Global Reader"]}}, "POST roleAssignments"),
        ({"update_password": "always"}, "PATCH"),
    ],
    ids=str,
)
def test_only_the_difference_is_written(
    simulator: Simulator, account: Any, options: dict[str, Any], wrote: str
) -> None:
    account()
    hold(simulator, PRIVILEGED)  # the account is an Intune Administrator by now, whom only some may change
    before = len(writes(simulator))
    changed = account(wait=False, **options)
    assert changed["changed"], changed
    assert writes(simulator)[before].startswith(wrote)
    if "update_password" not in options:
        assert not account(wait=False, **options)["changed"]


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_run_that_was_cut_off_is_finished_by_the_next(simulator: Simulator, account: Any, step: int) -> None:
    writing = ["CreateUser", "assignLicense", "CreateRoleAssignments"][step - 1]
    simulator.fault(match=f"*{writing}*", kind="status", status=400, count=1)
    assert account()["failed"]
    finished = account()
    assert finished["changed"] and not finished.get("failed"), finished
    assert not account()["changed"]
    assert writes(simulator) == ["POST users", "POST assignLicense", "POST roleAssignments"]


def test_a_creation_whose_answer_is_lost_makes_one_account(simulator: Simulator, account: Any) -> None:
    simulator.fault(match="*CreateUser*", kind="reset", phase="after_effect")
    assert account()["changed"]
    assert writes(simulator).count("POST users") == 1


def test_a_password_that_entra_refuses_needs_another_one(simulator: Simulator, account: Any) -> None:
    refused = [account(password="weak")]
    assert not account(wait=False).get("failed")
    refused.append(account(password="weak", update_password="always", wait=False))
    for result in refused:
        assert result["error"]["kind"] == "refused" and "complexity requirements" in result["msg"], result
        assert "Choose a longer password" in result["msg"] and "Microsoft support" not in result["msg"]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"user_principal_name": "svc@elsewhere.example"}, "unverified_domain", "Use one of "),
        ({"user_principal_name": "not an address"}, "usage", "is not a mail address"),
        ({"password": None}, "usage", "password is needed to create the account"),
        ({"usage_location": None}, "usage", "usage_location is needed before a licence can be assigned"),
        ({"licenses": ["NOTHING"]}, "unknown_license", "the tenant has no subscription NOTHING. Choose from"),
        ({"licenses": None}, "no_license", "ENTERPRISEPACK (a mailbox, "),
        ({"directory_roles": {"add": ["Emperor"]}}, "unknown_role", "there is no directory role Emperor"),
    ],
)
def test_what_would_be_refused_is_said_before_anything_is_written(
    simulator: Simulator, account: Any, options: dict[str, Any], kind: str, words: str
) -> None:
    for check_mode in (True, False):
        result = account(check_mode=check_mode, **options)
        assert result["error"]["kind"] == kind, result
        assert words in result["msg"] and result["msg"].startswith(
            "Could not configure the connector account on tenant"
        )
    assert writes(simulator) == []


def test_all_faults_of_an_account_are_reported_at_once(simulator: Simulator, account: Any) -> None:
    wrong = {
        "user_principal_name": "svc@elsewhere.example",
        "password": None,
        "licenses": ["NOTHING"],
        "usage_location": None,
        "directory_roles": {"add": ["Emperor"]},
    }
    result = account(check_mode=True, **wrong)
    kinds = [one["kind"] for one in result["error"]["faults"]]
    assert kinds == ["unknown_license", "unknown_role", "unverified_domain", "usage", "usage"]
    assert result["error"]["kind"] == kinds[0]
    assert "5 things are wrong: (1) the tenant has no subscription NOTHING. (2) there is no" in result["msg"]
    assert "(5) Set it to a country code, such as CH." in result["msg"]
    taken = account(
        user_principal_name=simulator.facts("ready")["account"].replace("svc-", "svc2-"),
        password=None,
        primary_smtp_address="adele.vance@contoso.example",
    )
    assert [one["kind"] for one in taken["error"]["faults"]] == ["usage", "address_in_use"], taken
    assert writes(simulator) == []


@pytest.mark.parametrize("name", [NAME, "o'new@contoso.example"])
def test_an_address_of_somebody_else_is_not_taken(simulator: Simulator, account: Any, name: str) -> None:
    """Neither as the mail address of a new account nor as its name."""
    taken = "reception@contoso.example"
    made = account(user_principal_name=name, primary_smtp_address=taken, wait=False)
    assert made["changed"], made
    done, before = writes(simulator), simulator.state("ready")["users"]
    for other, address in (("svc-other@contoso.example", taken.upper()), (taken, None)):
        for check_mode in (True, False):
            refused = account(
                check_mode, user_principal_name=other, primary_smtp_address=address, licenses=None, wait=False
            )
            assert refused["error"]["kind"] == "address_in_use", refused
            assert f"belongs to another account, {name} (" in refused["msg"]
    assert writes(simulator) == done and simulator.state("ready")["users"] == before


def test_an_administrator_is_removed_only_by_force(simulator: Simulator, account: Any) -> None:
    """Without a mailbox: its directory role is a sign that somebody may need it."""
    role = {"directory_roles": {"add": ["Global Administrator"]}}
    assert account(licenses=None, wait=False, **role)["changed"]
    before = len(writes(simulator))
    for check_mode in (True, False):
        refused = account(check_mode, state="absent", **role)
        assert refused["error"]["kind"] == "has_roles" and "Global Administrator" in refused["msg"], refused
    assert len(writes(simulator)) == before


def test_an_account_with_a_mailbox_is_removed_only_by_force(simulator: Simulator, account: Any) -> None:
    account()
    refused = account(state="absent")
    assert refused["error"]["kind"] == "has_mailbox" and NAME in refused["msg"]
    guarded = account(state="absent", force_delete=True)
    assert guarded["error"]["kind"] == "forbidden", guarded
    assert "The application also needs the directory role Privileged Authentication Administrator" in guarded["msg"]
    assert "User.ReadWrite.All" not in guarded["msg"]
    hold(simulator, PRIVILEGED)
    removed = account(state="absent", force_delete=True)
    assert removed["changed"] and removed["connector_account"] == {}
    assert not account(state="absent")["changed"]
    assert [one.split()[0] for one in writes(simulator)].count("DELETE") == 1


@pytest.mark.parametrize("tenant", ["nothing", "directory_lag"])
def test_a_service_that_takes_its_time(simulator: Simulator, clock: Clock, account: Any, tenant: str) -> None:
    """The directory shows a new user late, and the mailbox appears later still."""
    name = simulator.facts(tenant)["account"]
    made = account(tenant=tenant, user_principal_name=name)
    assert made["changed"] and not made.get("failed"), made
    assert writes(simulator) == ["POST users", "POST assignLicense", "POST roleAssignments"]
    assert bool(clock.sleeps) is (tenant == "directory_lag")
    assert not account(tenant=tenant, user_principal_name=name)["changed"]


def test_the_address_that_was_waited_for_is_returned(account: Any) -> None:
    made = account(primary_smtp_address=None, wait=True)
    assert made["changed"] and made["connector_account"]["primary_smtp_address"] == NAME
    assert not account(primary_smtp_address=None, wait=True)["changed"]


def test_waiting_for_a_mailbox_is_bounded(simulator: Simulator, account: Any) -> None:
    name = simulator.facts("nothing")["account"]
    result = account(tenant="nothing", user_principal_name=name, licenses=["INTUNE_A"], wait_timeout=60)
    assert result["error"]["kind"] == "timeout"
    assert f"{name} had no address after 60 s (wait_timeout)" in result["msg"]
    assert "check that the licence includes a mailbox plan" in result["msg"]


BAD_DAYS: list[tuple[str, dict[str, Any], str, str]] = [
    ("no_free_units", {}, "no_free_units", "ENTERPRISEPACK has no free units. Buy more, or choose"),
    ("account_is_guest", {}, "guest", "is a guest. Use an account of this tenant"),
    (
        "account_is_synchronized",
        {"display_name": "New", "licenses": None, "directory_roles": None},
        "synchronized",
        "is synchronized from on-premises, so display_name cannot be changed here. Change it in the on-premises",
    ),
    ("account_is_admin", {"account_enabled": False}, "forbidden", "if the account holds an administrator role"),
    ("nothing", {"licenses": ["Microsoft_Intune_Suite"]}, "refused", "depends on the service plan"),
]


@pytest.mark.parametrize(("tenant", "options", "kind", "words"), BAD_DAYS, ids=[case[0] for case in BAD_DAYS])
def test_bad_days(
    simulator: Simulator, account: Any, tenant: str, options: dict[str, Any], kind: str, words: str
) -> None:
    name = simulator.facts(tenant)["account"]
    result = account(tenant=tenant, user_principal_name=name, **options)
    assert result["error"]["kind"] == kind, result
    assert words in result["msg"]


def test_a_synchronized_account_can_be_licensed(simulator: Simulator, account: Any) -> None:
    tenant = "account_is_synchronized"
    name = simulator.facts(tenant)["account"]
    assert account(tenant=tenant, user_principal_name=name, licenses=["INTUNE_A"])["changed"]


SKU = {
    "skuId": "1",
    "skuPartNumber": "A",
    "appliesTo": "User",
    "capabilityStatus": "Enabled",
    "consumedUnits": 3,
    "prepaidUnits": {"enabled": 2, "warning": 3},
    "servicePlans": [{"servicePlanId": "c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "provisioningStatus": "Success"}],
}


@pytest.mark.parametrize(
    ("changed", "offered"),
    [
        ({}, True),
        ({"consumedUnits": 5}, False),
        ({"appliesTo": "Company"}, False),
        ({"capabilityStatus": "Suspended"}, False),
        ({"servicePlans": []}, False),
    ],
)
def test_candidates_have_free_units_and_a_use(changed: dict[str, Any], offered: bool) -> None:
    assert free_units(SKU) == 2
    found = candidates([{**SKU, **changed}])
    assert [one["free_units"] for one in found] == ([2] if offered else [])


def test_the_authority_is_switched_only_when_that_was_accepted(simulator: Simulator, account: Any) -> None:
    refused = account(module=mdm_authority, tenant="mdm_authority_office365")
    assert refused["error"]["kind"] == "not_accepted"
    assert "Basic Mobility and Security manages the devices" in refused["msg"] and "cannot be undone" in refused["msg"]
    accepted = {"module": mdm_authority, "tenant": "mdm_authority_office365", "accept_irreversible": True}
    predicted = account(check_mode=True, **accepted)
    assert writes(simulator) == []
    switched = account(**accepted)
    assert switched["changed"] and switched["diff"] == predicted["diff"]
    assert switched["diff"] == {"before": {"authority": "office365"}, "after": {"authority": "intune"}}
    assert not account(module=mdm_authority, tenant="mdm_authority_office365")["changed"]
    assert len(writes(simulator)) == 1


def test_a_switch_whose_answer_is_lost_is_not_repeated(simulator: Simulator, account: Any) -> None:
    simulator.fault(match="*setMobileDeviceManagementAuthority*", kind="reset", phase="after_effect")
    switched = account(module=mdm_authority, tenant="mdm_authority_unset", accept_irreversible=True)
    assert switched["changed"], switched
    assert len(writes(simulator)) == 1


def test_the_authority_that_only_beta_tells(simulator: Simulator, account: Any) -> None:
    assert account(module=mdm_authority, tenant="authority_only_in_beta")["authority"] == "intune"
    assert [one for one in simulator.requests() if one["path"].startswith("/beta/organization")]
