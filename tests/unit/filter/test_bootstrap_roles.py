# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the first contact may remove in Exchange Online. The rules are those of the guide "First contact"."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.bootstrap_roles import bootstrap_roles

GROUP, MARKER = "Mail Automation", "[made by intune.exchange.bootstrap for mail]"


def role(name: str, parent: str, description: str | None = f"Cmdlets {MARKER}") -> dict[str, Any]:
    return {"name": name, "parent": parent, "description": description}


def test_its_own_roles_are_those_with_the_marker_and_the_name_of_the_group() -> None:
    roles = [
        role("Mail Automation Mail Recipients", "Mail Recipients"),
        role("mail automation USER OPTIONS", "contoso.onmicrosoft.com\\User Options", f"x {MARKER.upper()}"),
        role("Mail Automation 2 Mail Recipients", "Mail Recipients"),  # of another group
        role("Mail Automation View-Only Recipients", "View-Only Recipients", "Somebody's"),
        role("Mail Automation Transport Rules", "Transport Rules", None),
        role("Mail Recipients", "", ""),
    ]
    assert bootstrap_roles(roles, GROUP, MARKER, [])["own"] == [roles[0]["name"], roles[1]["name"]]
    found = bootstrap_roles(roles, GROUP, MARKER, needed=["mail recipients", "View-Only Recipients", "Audit Logs"])
    assert (found["own"], found["unneeded"]) == ([roles[0]["name"], roles[1]["name"]], [roles[1]["name"]])
    assert found["of_others"] == ["Mail Automation View-Only Recipients"]


def test_a_name_of_others_in_another_case_is_found_before_anything_is_written() -> None:
    found = bootstrap_roles([role("MAIL AUTOMATION AUDIT LOGS", "Audit Logs", "x")], GROUP, MARKER, ["Audit Logs"])
    assert found["of_others"] == ["Mail Automation Audit Logs"]


def test_direct_assignments_of_other_roles_are_unneeded() -> None:
    names = ["Mail Recipients", "contoso.com\\mail recipients", "My Mail Recipients", "contoso.com\\Legal Hold"]
    direct = [{"role": name, "assignment_method": "Direct", "guid": name} for name in names]
    inherited = {"role": "Legal Hold", "assignment_method": "RoleGroup", "guid": "i"}
    found = bootstrap_roles([], GROUP, MARKER, [], delegated=["Mail Recipients"], assignments=[*direct, inherited])
    assert [one["guid"] for one in found["unneeded_assignments"]] == names[2:]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"role_group": ""}, "needs a role_group and a marker"),
        ({"role_group": "\u200b"}, "needs a role_group and a marker"),
        ({"marker": None}, "needs a role_group and a marker"),
        ({"roles": None}, "needs a list for roles"),
        ({"needed": "Mail Recipients", "delegated": "Mail Recipients"}, "needs a list for needed and delegated"),
        ({"roles": [{"name": "x"}]}, "cannot read these roles and assignments: KeyError"),
    ],
)
def test_blank_names_and_other_input_are_refused(given: dict[str, Any], said: str) -> None:
    """A text in place of a list would be taken letter by letter, so that everything would be unneeded."""
    with pytest.raises(AnsibleFilterError, match=said):
        bootstrap_roles(**{"roles": [], "role_group": GROUP, "marker": MARKER, "needed": [], **given})
