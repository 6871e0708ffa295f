# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role that lacks an application or a right names the command that gives it everything, if that helps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.plugin_utils._permissions import least_privilege
from ansible_collections.intune.exchange.plugins.plugin_utils._role_needs import with_bootstrap

BOOTSTRAP = "ansible-playbook intune.exchange.bootstrap -e bootstrap_for="
NOBODY = "Could not read: no credentials are set. Set client_id."


def task(role: str = "intune.exchange.connector", **files: str) -> Any:
    return SimpleNamespace(_role=SimpleNamespace(get_name=lambda: role, _from_files=files))


def failure(message: str, kind: str = "forbidden") -> dict[str, Any]:
    return {"failed": True, "msg": message, "error": {"kind": kind}}


@pytest.mark.parametrize(
    ("where", "content"),
    [
        (task(), "connector:main"),
        (task(tasks="validate"), "connector:validate"),
        (task("intune.exchange.mobile_access", tasks="approve.yml"), "mobile_access:approve"),
    ],
)
def test_without_an_application_the_entry_point_is_named(where: Any, content: str) -> None:
    shown = with_bootstrap(failure(NOBODY, "no_credentials"), where)
    assert shown["msg"] == f"{NOBODY} {BOOTSTRAP}{content} creates an application with all that this needs."
    assert least_privilege([content])["modules"]


@pytest.mark.parametrize(
    ("message", "helps"),
    [
        ("403. This needs User.ReadWrite.All: grant it to the application, give admin consent, and try again.", True),
        ("403. The account or application that signs in needs the Exchange role Role Management; a right …", True),
        ("401. Grant the application the permission Exchange.ManageAsApp of Office 365 Exchange Online …", True),
        # Nothing that the role always needs, so the command would not grant it.
        ("403, one of User.Read.All. This needs DeviceManagementManagedDevices.Read.All: grant it.", False),
        ("403. The token already holds User.ReadWrite.All, so something else refuses this.", False),
    ],
)
def test_a_missing_right_is_granted_by_the_command_if_the_role_needs_it(message: str, helps: bool) -> None:
    assert (f"{BOOTSTRAP}connector:main grants all" in with_bootstrap(failure(message), task())["msg"]) is helps


def test_an_application_that_the_tenant_does_not_have_is_created() -> None:
    refused = failure("Could not sign in.", "sign_in")
    refused["error"]["message"] = "AADSTS700016: Application with identifier '…' was not found in the directory"
    assert "creates an application" in with_bootstrap(refused, task())["msg"]


def test_what_only_an_option_needs_is_not_granted_for_other_content() -> None:
    message = "403. This needs DeviceManagementManagedDevices.Read.All: grant it to the application."
    approving = task("intune.exchange.mobile_access", tasks="approve")
    assert with_bootstrap(failure(message), approving)["msg"] == message


@pytest.mark.parametrize(
    ("result", "where"),
    [
        (failure(NOBODY), SimpleNamespace(_role=None)),
        (failure(NOBODY), SimpleNamespace()),
        (failure(NOBODY), task("contoso.own.connector")),
        (failure("Could not read: the task timed out.", "timeout"), task()),
        ({"changed": False, "msg": NOBODY}, task()),
        (failure("This needs User.Read.All: grant it."), task(tasks="no_such_file")),
        ({"failed": True, "msg": NOBODY, "error": "no_credentials"}, task()),
        ({"failed": True, "msg": NOBODY}, task()),
    ],
)
def test_nothing_else_is_changed(result: dict[str, Any], where: Any) -> None:
    assert with_bootstrap(dict(result), where) == result


def test_a_rulebook_needs_what_its_playbooks_need() -> None:
    found = least_privilege(["connector_status"])
    assert found["microsoft_graph"] == [
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementServiceConfig.Read.All",
    ]
    assert set(found["modules"]) >= {*least_privilege(["approve", "validate"])["modules"], "mobile_device_info"}
