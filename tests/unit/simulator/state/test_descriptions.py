# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong tenant descriptions: one sentence with the file, the key, the mistake, and what is allowed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator
from simulator._known_names import known_names
from simulator.state.description_check import problems
from simulator.state.description_keys import TABLE
from simulator.state.description_kinds import Fields, Kind, Listed, Named, OrNull, Row
from simulator.state.descriptions import describe, shipped

DEVICE = "{user: adele.vance, model: a, type: b, os: c, client: EAS}"
MANAGED = "{user: adele.vance, os: iOS, os_version: '18', model: a, compliance: compliant}"
POLICY = "{displayName: a, state: enabled, conditions: {clientAppTypes: [all], applications: {}, users: %s}}"
WRONG = [
    # kinds of values
    ("exchange: {devices: 5}", "exchange.devices must be a list, not 5"),
    ("domain: 5", "domain must be a domain in lower case, such as contoso.example, not 5"),
    ("domain: Contoso.example", "domain must be a domain in lower case"),
    ("users: [adele]", "users must be a mapping, not a list"),
    (
        "users: {adele.vance: {accountEnabled: 'no'}}",
        'users.adele.vance.accountEnabled must be true or false, not "no"',
    ),
    ("users: {5: null}", "users has the key 5, which must be text; put it in quotes"),
    (
        "organization: {countryLetterCode: NO}",
        "organization.countryLetterCode must be text, not false; put it in quotes",
    ),
    ("intune: null", "intune must be a mapping, not null"),
    ("intune: {sync_duration: .inf}", "intune.sync_duration must be a number of seconds from 0 to 100 years, not"),
    ("intune: {sync_duration: true}", "intune.sync_duration must be a number of seconds from 0 to 100 years, not true"),
    ("directory_lag: -1", "directory_lag must be a number of seconds from 0 to 100 years, not -1"),
    ("shared_limit: {requests: 0, seconds: 1}", "shared_limit.requests must be a whole number from 1, not 0"),
    ("exchange: {access_rules: [[DeviceModel, a]]}", "exchange.access_rules[0] must be a list of 3 items, [characte"),
    # allowed values
    ("intune: {connector: offerd}", "intune.connector is offerd. Did you mean offered?"),
    ("intune: {list_refusal: '501'}", 'intune.list_refusal is "501". Did you mean 501?'),
    ("intune: {authority_in: 1}", "intune.authority_in is 1. Allowed: v1.0, beta"),
    (
        "exchange: {forms: {errors: xml}}",
        "exchange.forms.errors is xml. Allowed: by_client, json, nested, pipe, internal",
    ),
    ("exchange: {forms: {redirect: 1}}", "exchange.forms.redirect is 1. Allowed: false, true"),
    # unknown keys
    ("exchnge: {}", "there is no key exchnge. Did you mean exchange?"),
    ("domian: x.example", "there is no key domian. Did you mean domain?"),
    ("users: {adele.vance: {licenses: []}}", "there is no key users.adele.vance.licenses. Did you mean licences?"),
    (
        f"exchange: {{devices: [{DEVICE[:-1]}, colour: red}}]}}",
        "there is no key exchange.devices[0].colour. Allowed: user, m",
    ),
    (
        "conditional_access: {policies: [{condtions: {}}]}",
        "conditional_access.policies[0].condtions. Did you mean cond",
    ),
    (
        "exchange: {mailbox_policies: {a: {PaswordEnabled: true}}}",
        "exchange.mailbox_policies.a.PaswordEnabled. Did you mean PasswordEnabled?",
    ),
    # missing keys
    (
        "exchange: {devices: [{user: adele.vance, model: a, type: b, os: c}]}",
        "exchange.devices[0] has no client, which must be there: EAS, Outlook, MOWA, REST",
    ),
    ("users: {new: {licences: []}}", "users.new has no displayName, which must be there: text"),
    # names
    (
        "application: {graph: [Policy.Raed.All]}",
        "[0]: there is no application permission of Microsoft Graph Policy.Raed.All. Did you mean Policy.Read.All?",
    ),
    (
        "person: {graph: [User.Raed]}",
        "person.graph[0]: there is no delegated permission of Microsoft Graph User.Raed. Did you mean User.Read?",
    ),
    ("application: {exchange: [Exchange.ManageAsAp]}", "Did you mean Exchange.ManageAsApp?"),
    (
        "users: {adele.vance: {directory_roles: [Global Raeder]}}",
        "users.adele.vance.directory_roles[0]: there is no directory role Global Raeder. Did you mean Global Reader?",
    ),
    (
        "users: {adele.vance: {roles_in_units: {Global Raeder: a}}}",
        "users.adele.vance.roles_in_units: there is no directory role Global Raeder",
    ),
    (
        "users: {adele.vance: {licences: [ENTERPRISPACK]}}",
        "there is no licence ENTERPRISPACK. Did you mean ENTERPRISEPACK?",
    ),
    (
        f"exchange: {{devices: [{DEVICE.replace('adele.vance', 'nobody')}]}}",
        "exchange.devices[0].user: there is no user nobody. Allowed: svc-intune-connector, ad",
    ),
    (
        f"intune: {{devices: [{MANAGED}]}}\nusers: {{adele.vance: null}}",
        "intune.devices[0].user: there is no person adele.vance",
    ),
    (
        "sign_ins: [{user: adele, client: Browser, age: 1}]",
        "sign_ins[0].user: there is no person adele. Did you mean adele.vance?",
    ),
    ("reports: {email_apps: {nobody: []}}", "reports.email_apps: there is no person nobody"),
    (
        "reports: {email_apps: {adele.vance: [Outlook]}}",
        "reports.email_apps.adele.vance[0]: there is no mail app Outlook",
    ),
    ("groups: {a: {members: [adele]}}", "groups.a.members[0]: there is no user adele. Did you mean adele.vance?"),
    (
        f"conditional_access: {{policies: [{POLICY % '{includeUsers: [adel.vance]}'}]}}",
        "there is no user of a policy adel.vance. Did you mean adele.vance?",
    ),
    (
        f"conditional_access: {{policies: [{POLICY % '{includeRoles: [Global Raeder]}'}]}}",
        "Did you mean Global Reader?",
    ),
    (
        "exchange: {roles: {a: {parent: View-Only Recipient, cmdlets: []}}}",
        "there is no built-in Exchange role View-Only Recipient. Did",
    ),
    (
        "exchange: {roles: {a: {parent: View-Only Recipients, cmdlets: [New-RoleGroup]}}}",
        "exchange.roles.a.cmdlets[0]: its parent View-Only Recipients has no New-RoleGroup",
    ),
    (
        "exchange: {role_groups: {a: {roles: [Nothing], members: []}}}",
        "exchange.role_groups.a.roles[0]: there is no Exchange role Nothing",
    ),
    (
        f"conditional_access: {{policies: [{POLICY % '{}'}]}}".replace("[all]", "[al]"),
        "conditional_access.policies[0].conditions.clientAppTypes[0]: there is no client app type al. Did you mean all",
    ),
    (
        f"conditional_access: {{policies: [{POLICY % '{}'}]}}".replace(
            "applications: {}", "applications: {include: []}"
        ),
        "there is no key conditional_access.policies[0].conditions.applications.include. ",
    ),
    (
        f"conditional_access: {{policies: [{POLICY[:-1] % '{}'}, grantControls: {{builtInControls: [mfaa]}}}}]}}",
        "conditional_access.policies[0].grantControls.builtInControls[0] is mfaa. Did you mean mfa?",
    ),
    (
        "conditional_access: {named_locations: [{displayName: a, '@odata.type': '#microsoft.graph.ipNamedLocation', "
        "ipRanges: [{cidrAddress: 999.1.1.1/24}]}]}",
        "named_locations[0].ipRanges[0].cidrAddress must be a network such as 198.51.100.0/24, not ",
    ),
    ("organization: {displayName: [a]}", "organization.displayName must be text, not a list"),
    ("customers: [{name: a, roles: [Reader]}]", "customers[0].roles[0]: there is no directory role Reader"),
]


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def refusal(path: Path | str) -> str:
    with pytest.raises(ValueError) as refused:
        describe(path, known_names())
    return str(refused.value)


@pytest.mark.parametrize(("text", "problem"), WRONG)
def test_a_wrong_description_is_refused_in_one_sentence(tmp_path: Path, text: str, problem: str) -> None:
    file = write(tmp_path, "d.yml", f"extends: ready\n{text}\n")
    said = refusal(file)
    assert said.startswith(f"{file}: ") and problem in said and "\n" not in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hello", "is not a description of a tenant: hello is not a mapping, such as extends: ready"),
        ("- hosts: localhost\n", "is not a description of a tenant but a list, as a playbook is"),
        ("extends: ready\nusers: {a: null}\nusers: {b: null}\n", "duplicate key users"),
        (
            "extends: phoness\n",
            "extends phoness, which is not an included tenant; a file needs its ending .yml. Did you mean ph",
        ),
        ("extends: d.yml\n", "extends itself"),
        ("extends: other.yml\n", "extends other.yml, and there is no such file in "),
        ("extends: 5\n", "extends must be text, not 5"),
    ],
)
def test_a_file_that_is_no_description_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = write(tmp_path, "d.yml", text)
    said = refusal(file)
    assert said.startswith(str(file)) and problem in said


def test_the_file_with_the_mistake_is_named(tmp_path: Path) -> None:
    base = write(tmp_path, "base.yml", "extends: ready\ndomian: x.example\n")
    assert refusal(write(tmp_path, "d.yml", "extends: base.yml\n")).startswith(f"{base}: there is no key domian.")


def test_extends_without_an_ending_is_the_included_tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A playbook or description beside it with the same name changes nothing."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "phones.yml", "- hosts: localhost\n")
    own = write(tmp_path, "own.yml", "extends: phones\n")
    assert describe(own)[0][1] == describe("phones")[0][1]
    assert "phones.yml is not a description of a tenant but a list, as a playbook is" in refusal("phones.yml")
    write(tmp_path, "own.yml", "extends: phones.yml\n")
    assert "phones.yml is not a description of a tenant but a list, as a playbook is" in refusal(own)
    write(tmp_path, "phones.yml", "extends: phones\ndomain: mine.example\n")
    assert describe(own)[0][1]["domain"] == "mine.example"
    write(tmp_path, "own.yml", "extends: base\n")
    write(tmp_path, "base.yml", "extends: ready\n")
    assert "extends base, which is not an included tenant. Did you mean the file base.yml?" in refusal(own)


def test_a_snapshot_is_no_base(tmp_path: Path) -> None:
    snapshot = write(tmp_path, "s.yml", "format: intune.exchange.snapshot\n")
    assert refusal(write(tmp_path, "d.yml", "extends: s.yml\n")) == (
        f"{snapshot} is a snapshot, which no description can extend"
    )


@pytest.mark.parametrize("name", shipped())
def test_every_included_description_is_right(name: str) -> None:
    assert describe(name, known_names())


def test_null_takes_every_name_away(tmp_path: Path) -> None:
    """Not only users and licences, whose absence the services know by themselves."""
    text = """
extends: retired_covered
groups: {Pilot: null}
skus: {INTUNE_A: {plans: {EXCHANGE_S_FOUNDATION: null}}}
applications: {restricted: null}
exchange:
  mailbox_plans: {ExchangeOnline: null}
  authentication_policies: {Old: null}
  roles: {Old: null}
  mailbox_policies: {Old: null}
reports: {email_apps: {adele.vance: null}}
"""
    [(_name, description)] = describe(write(tmp_path, "d.yml", text), known_names())
    assert "Pilot" not in description["groups"] and description["applications"] == {}
    assert description["users"]["svc-intune-connector"] is None
    with Simulator([tmp_path / "d.yml"]) as simulator:
        assert "Pilot" not in {one["displayName"] for one in simulator.state()["groups"]}


def test_a_change_of_a_running_tenant_is_checked() -> None:
    with Simulator(["ready"]) as simulator:
        with pytest.raises(ValueError, match=re.escape("the description: there is no key exchnge. Did you mean exch")):
            simulator.describe({"exchnge": {}})
        assert simulator.state()["users"]


def kinds(kind: Kind) -> set[str]:
    """The names of things that must be known."""
    parts: list[Any] = []
    match kind:
        case Fields():
            parts = list(kind.kinds.values())
        case Named():
            parts = [kind.entry, *([kind.name] if kind.name else [])]
        case Listed():
            parts = [kind.item]
        case OrNull():
            parts = [kind.kind]
        case Row():
            parts = [one for _name, one in kind.items]
    own = {getattr(kind, "of", ""), getattr(kind, "more", "")} - {""}
    return own.union(*(kinds(one) for one in parts))


def test_every_name_in_the_table_is_known() -> None:
    """So none is accepted because nobody says what there is."""
    of_a_description = {"user", "person", "user of a policy", "group", "group to assign to", "licence"}
    assert kinds(TABLE) - {*of_a_description, "authentication policy"} <= {
        name for name, names in known_names().items() if names
    }
    ready = yaml.safe_load((Path(__file__).parents[4] / "simulator/tenants/ready.yml").read_text(encoding="utf-8"))
    assert problems(ready, known_names()) == []
