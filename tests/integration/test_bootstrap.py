# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first contact: from a device code to a working application, and back."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator
from simulator.entra.credentials import FEDERATION_AUDIENCE

from .warm import ROOT, ansible

TENANT = "first_contact"
GROUP = "Intune Exchange Automation"
NAME = 'It\'s "x" \u00e9 \u65e5\u672c \U0001f44d & \\ $(x) `x` %s #'
KINDS = ("applications", "servicePrincipals", "appRoleAssignments", "federatedIdentityCredentials")
IN_EXCHANGE = ("ManagementRole", "ManagementRoleAssignment", "RoleGroup", "ServicePrincipal")


class Contact:
    """Runs the playbook as an administrator, who signs in to Microsoft's own tools."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        found = simulator.environment(TENANT, "device_code")
        self.environment = {
            name: value
            for name, value in found.items()
            if name not in ("AZURE_CLIENT_ID", "INTUNE_EXCHANGE_AUTH_METHOD")
        }

    def __call__(self, *options: str, code: int = 0, check: bool = False) -> str:
        given = (
            "bootstrap_for=connector,mobile_access",
            f"bootstrap_folder={self.folder}",
            "bootstrap_wait_interval=1",
        )
        done = ansible(
            "ansible-playbook",
            "intune.exchange.bootstrap",
            *(part for one in (*given, *options) for part in ("-e", one)),
            *(["--check"] if check else []),
            folder=self.folder,
            environment=self.environment,
        )
        output = done.stdout + done.stderr
        assert done.returncode == code and "Traceback" not in output, output
        return output

    def state(self) -> dict[str, dict[str, Any]]:
        objects = self.simulator.objects()[TENANT]
        return {kind: dict(objects.get(kind, {})) for kind in (*KINDS, *IN_EXCHANGE)}

    def writes(self) -> list[str]:
        return [one["operation"] for one in self.simulator.requests() if one["effect"]]


@pytest.fixture
def contact(simulator: Simulator, tmp_path: Path) -> Contact:
    return Contact(simulator, tmp_path)


def granted(state: dict[str, dict[str, Any]], principal: str) -> set[str]:
    return {one["_permission"] for one in state["appRoleAssignments"].values() if one["principalId"] == principal}


def test_from_nothing_to_an_application_that_works(contact: Contact) -> None:
    output = contact()
    assert len(set(re.findall(r"enter the code (\w+)", output))) == 2  # of Graph, and of Exchange
    state = contact.state()
    [application] = [one for one in state["applications"].values() if one["uniqueName"]]
    [principal] = [one for one in state["servicePrincipals"].values() if one["appId"] == application["appId"]]
    assert granted(state, principal["id"]) == {
        "DeviceManagementServiceConfig.ReadWrite.All",
        "Exchange.ManageAsApp",
        "Organization.Read.All",
        "RoleManagement.Read.Directory",
        "User.Read.All",
    }
    [group] = [one for one in state["RoleGroup"].values() if one["Name"] == GROUP]
    assert group["_members"] == [principal["id"]]
    roles = {one["Name"] for one in state["ManagementRole"].values() if one["Name"].startswith(GROUP)}
    given = {one["Role"] for one in state["ManagementRoleAssignment"].values() if one["RoleAssigneeName"] == GROUP}
    assert roles == given and len(roles) == 4
    [key] = contact.folder.glob("*.pem")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert f"export AZURE_CLIENT_ID={application['appId']}" in output
    assert f"export AZURE_CLIENT_CERTIFICATE_PATH={key}" in output
    assert "missing" not in output and "PRIVATE KEY" not in output


def is_own(one: dict[str, Any]) -> bool:
    return str(one["Name"]).startswith(GROUP)


@pytest.mark.more
def test_no_right_in_exchange_stays_when_it_is_no_longer_needed(contact: Contact) -> None:
    """Neither when the content becomes smaller, nor after the undo."""
    before = contact.state()
    contact("bootstrap_for=mobile_device_info")
    made = contact.state()
    assert [one for one in made["RoleGroup"].values() if is_own(one)]
    contact("bootstrap_for=connector_info", "bootstrap_remove_unneeded=true")
    narrow = contact.state()
    for kind in ("RoleGroup", "ManagementRole", "ManagementRoleAssignment"):
        assert narrow[kind] == before[kind]
    contact("bootstrap_for=connector_info", "bootstrap_state=absent")
    assert contact.state() == before


@pytest.mark.more
def test_the_access_is_checked_for_what_was_chosen(contact: Contact) -> None:
    """With the variables and the command that the first contact prints; only what is chosen later is missing."""
    output = contact("bootstrap_for=mobile_access")
    exported = dict(re.findall(r"export (\w+)=([^\"]+)", output))
    [[command, chosen]] = re.findall(r"ansible-playbook (intune\.exchange\.check_access) -e ([\w=]+)", output)
    environment = {**contact.environment, **exported}

    def check(chosen: str) -> tuple[int, str]:
        words = ("ansible-playbook", command, "-e", chosen, "-e", "check_access_strict=true")
        done = ansible(*words, folder=contact.folder, environment=environment)
        return done.returncode, done.stdout + done.stderr

    code, said = check(chosen)
    assert code == 0 and "Next step" not in said and "Global Reader" not in said, said
    code, said = check("check_access_for=connector_info,mobile_device_info")
    assert code == 2 and "  DeviceManagementServiceConfig.Read.All" in said, said
    assert "bootstrap_for=connector_info,mobile_device_info" in said and "Global Reader" not in said
    again = contact("bootstrap_for=connector_info,mobile_device_info")
    assert "check_access_for=connector_info,mobile_device_info" in again
    assert check("check_access_for=connector_info,mobile_device_info")[0] == 0


@pytest.mark.more
def test_the_account_of_the_connector_is_managed_only_if_it_is_named(contact: Contact) -> None:
    """Its roles are handed out by the group of the application, which loses that right with the content or the undo."""
    before = contact.state()

    def handed_out() -> set[str]:
        state = contact.state()
        return {
            one["Role"]
            for one in state["ManagementRoleAssignment"].values()
            if one["RoleAssigneeName"] == GROUP and one["RoleAssignmentDelegationType"] != "Regular"
        }

    contact("bootstrap_for=connector:main")
    roles = yaml.safe_load((ROOT / "roles/connector/vars/main.yml").read_text(encoding="utf-8"))["__connector_roles"]
    assert handed_out() == {one["parent"] for one in roles} and len(roles) == 3
    wrote = contact.writes()
    contact("bootstrap_for=connector:main")
    assert contact.writes() == wrote
    contact("bootstrap_for=connector")
    assert handed_out() == set()
    contact("bootstrap_for=connector:main")
    contact("bootstrap_for=connector:main", "bootstrap_state=absent")
    assert contact.state() == before


@pytest.mark.more
def test_check_mode_a_second_run_another_content_and_the_undo(contact: Contact) -> None:
    before = contact.state()
    output = contact(check=True)
    assert contact.writes() == [] and list(contact.folder.glob("*.pem")) == []
    assert "Cloud Application Administrator" in output and "Would be refused" not in output
    contact()
    wrote = contact.writes()
    assert "changed=0 " in contact() and contact.writes() == wrote
    narrower = contact("bootstrap_for=connector_info", "bootstrap_remove_unneeded=true")
    state = contact.state()
    [application] = [one for one in state["applications"].values() if one["uniqueName"]]
    [principal] = [one for one in state["servicePrincipals"].values() if one["appId"] == application["appId"]]
    assert granted(state, principal["id"]) == {"DeviceManagementServiceConfig.Read.All"}, narrower
    assert not [one for one in (*state["RoleGroup"].values(), *state["ManagementRole"].values()) if is_own(one)]
    contact()
    output = contact("bootstrap_state=absent")
    said = " ".join(output.split())
    assert "changed=0 " not in output and "granted anew. The file " in said and ".pem is not removed." in said
    after = contact.state()
    assert after == before
    deleted = contact.simulator.state(TENANT)["deletedApplications"]
    assert [one["uniqueName"] for one in deleted] == ["intune-exchange"]
    for key in contact.folder.glob("*.pem"):
        key.unlink()
    assert "is not removed" not in " ".join(contact("bootstrap_state=absent").split())
    assert contact.state() == before


@pytest.mark.more
def test_a_federated_credential_takes_the_place_of_the_certificate(contact: Contact) -> None:
    contact()
    github = {"owner": "contoso", "owner_id": 1, "repository": "mail", "repository_id": 2, "branch": "main"}
    given = json.dumps({"bootstrap_github": github})
    asked = ("bootstrap_credential=federated", given, "bootstrap_remove_unneeded=true")
    assert "The application was not verified" in " ".join(contact(*asked).split())
    state = contact.state()
    [application] = [one for one in state["applications"].values() if one["uniqueName"]]
    assert application["keyCredentials"] == [] and application["passwordCredentials"] == []
    [trust] = state["federatedIdentityCredentials"].values()
    assert trust["subject"] == "repo:contoso@1/mail@2:ref:refs/heads/main"
    # This can only be tried with a token of the same platform.
    issue = contact.simulator._environment.issuer.token
    contact.environment["AZURE_FEDERATED_TOKEN"] = issue("other", FEDERATION_AUDIENCE, issuer=trust["issuer"])
    assert "The application was not verified" in " ".join(contact(*asked).split())
    contact.environment["AZURE_FEDERATED_TOKEN"] = issue(trust["subject"], FEDERATION_AUDIENCE, issuer=trust["issuer"])
    output = contact(*asked)
    assert "not verified" not in output and "changed=0 " in output and "works" in output


@pytest.mark.more
def test_another_application_and_another_group_keep_what_they_have(contact: Contact) -> None:
    """The default role group, a name with the same prefix, and the key file belong to one application each."""
    contact("bootstrap_for=connector_info,mobile_device_info")
    [key] = contact.folder.glob("*-intune-exchange.pem")
    held, first = key.read_bytes(), contact.state()
    other = ("bootstrap_name=reports", "bootstrap_for=mobile_device_info")
    output = " ".join(contact(*other, code=2).split())
    assert "Nothing was changed. Next step: specify another name in bootstrap_role_group, as in" in output
    assert "connector_adopt_role_group" not in output
    after = contact.state()
    assert after == first
    contact(*other, json.dumps({"bootstrap_role_group": f"{GROUP} Reports"}))
    made = contact.state()
    assert len(made["ManagementRole"]) > len(after["ManagementRole"])
    # Undoing one leaves the other, even if its variables name content that needs nothing in Exchange.
    contact("bootstrap_for=connector_info", "bootstrap_state=absent")
    left = contact.state()
    names = {one["Name"] for one in left["RoleGroup"].values()}
    assert GROUP not in names and f"{GROUP} Reports" in names
    roles = {one["Name"] for one in left["ManagementRole"].values() if one["Name"].startswith(GROUP)}
    assert roles and all(one.startswith(f"{GROUP} Reports ") for one in roles)
    assert [one["uniqueName"] for one in left["applications"].values() if one["uniqueName"]] == ["reports"]
    assert key.read_bytes() == held and list(contact.folder.glob("*-reports.pem"))


@pytest.mark.more
def test_an_adopted_application_keeps_its_registration_in_exchange(contact: Contact) -> None:
    adopted = contact.simulator.facts(TENANT, "restricted")["client_id"]
    options = (f"bootstrap_app_id={adopted}", "bootstrap_for=mobile_device_info")
    contact(*options)
    known = contact.state()["ServicePrincipal"]
    assert "registration in Exchange Online" in " ".join(contact(*options, "bootstrap_state=absent").split())
    assert contact.state()["ServicePrincipal"] == known


@pytest.fixture
def lesser_administrator(simulator: Simulator) -> Iterator[None]:
    roles = {"directory_roles": ["Cloud Application Administrator"]}
    simulator.describe({"users": {"administrator": roles}}, TENANT)
    yield
    simulator.describe({}, TENANT)


@pytest.mark.more
@pytest.mark.usefixtures("lesser_administrator")
def test_a_person_without_the_roles_is_told_which_ones(contact: Contact) -> None:
    """Exchange Online is read first, so that whoever may not read it has changed nothing."""
    output = " ".join(contact(code=2).split())
    assert "Exchange Online" in output and contact.writes() == [], output
    roles = ["Cloud Application Administrator", "Exchange Administrator"]
    contact.simulator.describe({"users": {"administrator": {"directory_roles": roles}}}, TENANT)
    output = " ".join(contact(code=2).split())
    assert "needs the directory role Privileged Role Administrator or Global Administrator" in output


@pytest.mark.more
def test_names_are_text_and_have_an_end(contact: Contact) -> None:
    """Names that are too long for a service are refused before anything is sent; quotes and other letters are not."""
    for name in ("bootstrap_display_name", "bootstrap_role_group"):
        output = " ".join(contact(json.dumps({name: "x" * 300}), code=2).split())
        assert "A name is too long, so nothing was read or changed" in output and "Traceback" not in output
    assert not [one for one in contact.simulator.requests() if one["effect"]]
    names = {"bootstrap_display_name": NAME, "bootstrap_role_group": "It's \u00e9 \u65e5\u672c & x"}
    contact("bootstrap_for=mobile_device_info", json.dumps(names))
    state = contact.state()
    [application] = [one for one in state["applications"].values() if one["uniqueName"]]
    assert application["displayName"] == NAME
    assert [one for one in state["RoleGroup"].values() if one["Name"] == names["bootstrap_role_group"]]
    contact("bootstrap_for=mobile_device_info", json.dumps(names), "bootstrap_state=absent")
    assert not [one for one in contact.state()["applications"].values() if one["uniqueName"]]
