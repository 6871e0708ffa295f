# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin as people use it: `ansible-inventory`, and playbooks over its hosts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .warm import ansible

# Tenants by name, and the shipped ones that they extend.
NAMES = {"working": "connected", "retired": "connector_not_offered", "unlicensed": "no_intune_licence"}


@dataclass(frozen=True)
class Ran:
    """The outcome of a command."""

    code: int
    out: str
    errors: str

    @property
    def inventory(self) -> dict[str, Any]:
        assert self.code == 0, self.out + self.errors
        start = re.search(r"^\{$", self.out, re.MULTILINE)  # after its own output at high verbosity
        found: dict[str, Any] = json.loads(self.out[start.start() if start else 0 :])
        return found

    def host(self, name: str) -> dict[str, Any]:
        variables: dict[str, Any] = bare(self.inventory["_meta"]["hostvars"][name])
        return variables

    @property
    def groups(self) -> dict[str, list[str]]:
        """The groups that have hosts."""
        return {name: group["hosts"] for name, group in self.inventory.items() if group.get("hosts")}


def bare(value: Any) -> Any:
    """A value without the markers for text that ansible-core never templates."""
    if isinstance(value, dict):
        return (
            bare(value["__ansible_unsafe"]) if "__ansible_unsafe" in value else {k: bare(v) for k, v in value.items()}
        )
    return [bare(one) for one in value] if isinstance(value, list) else value


Command = Callable[..., Ran]
Write = Callable[..., Path]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A partner, its customers, and three more tenants in which its application has consent."""
    folder = tmp_path_factory.mktemp("tenants")
    for name, kind in NAMES.items():
        (folder / f"{name}.yml").write_text(
            f"extends: {kind}\ndomain: {name}.example\napplication: {{home: partner.example}}\n"
        )
    with Simulator(tenants=["partner", "customer*2", *folder.glob("*.yml")]) as simulator:
        yield simulator


@pytest.fixture
def command(tmp_path: Path, simulator: Simulator) -> Command:
    """Runs a command of ansible-core in an empty folder, with the application of the partner in its environment."""

    def run(name: str, *arguments: str | Path, **environment: str) -> Ran:
        signed_in = {
            name: value for name, value in simulator.environment("partner").items() if name != "AZURE_TENANT_ID"
        }
        done = ansible(name, *arguments, folder=tmp_path, environment={**signed_in, **environment})
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def write(tmp_path: Path, simulator: Simulator) -> Write:
    """Writes an inventory file; without other `tenants`, with the three."""

    def written(text: str = "", **content: Any) -> Path:
        path = tmp_path / "simulated.tenants.yml"
        tenants = [{"tenant_id": simulator.facts(name)["tenant_id"], "name": name} for name in NAMES]
        whole = {"plugin": "intune.exchange.tenants", "tenants": tenants, **content}
        path.write_text(yaml.safe_dump({k: v for k, v in whole.items() if v is not None}, sort_keys=False) + text)
        return path

    return written


def requests(simulator: Simulator) -> int:
    return len(simulator.requests())


def without_secrets(ran: Ran, simulator: Simulator, *texts: str) -> None:
    """No output or stored file contains a secret, a token (this is how each begins) or a trace of Python."""
    shown = "".join((ran.out, ran.errors, *texts))
    for secret in (simulator.facts("partner")["client_secret"], "canary", "eyJ0eXAi", "eyJhbGci", "Traceback"):
        assert secret not in shown


def test_hosts_groups_and_variables(command: Command, write: Write, simulator: Simulator) -> None:
    path = write(
        compose={"offered": "intune_connector.offered"},
        groups={"with_connectors": "intune_connector.connectors | length > 0"},
        keyed_groups=[{"key": "intune_requirements.ready | string", "prefix": "ready"}],
    )
    ran = command("ansible-inventory", "-i", path, "--list")
    assert ran.groups == {
        "connector_connected": ["working"],
        "connector_not_offered": ["retired"],
        "tenant_unreadable": ["unlicensed"],
        "with_connectors": ["working"],
        "ready_False": ["working", "retired", "unlicensed"],  # no account was given
    }
    host, options = ran.host("working"), simulator.options("working")
    assert host["ansible_connection"] == "local"
    assert host["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    del options["client_secret"]
    assert host["tenant_options"] == {**options, "cloud": "public"}
    assert host["offered"] is True and host["intune_connector"]["connectors"][0]["status"] == "connected"
    assert {one["id"] for one in host["intune_requirements"]["requirements"]} >= {"connector_offered", "mdm_authority"}
    unreadable = ran.host("unlicensed")["tenant_error"]
    assert unreadable["kind"] == "no_intune_licence" and "has no active Intune licence" in unreadable["message"]
    said = " ".join(ran.errors.split())  # Ansible may wrap a warning
    assert "1 of 3 tenants could not be read: see the group tenant_unreadable" in said
    assert re.search(r"The reason is in tenant_error: ansible-inventory -i .+\.tenants\.yml --host unlicensed", said), (
        said
    )


def test_a_shipped_playbook_over_the_tenants(command: Command, write: Write) -> None:
    ran = command("ansible-playbook", "-i", write(), "intune.exchange.facts", "-e", "target=all")
    failed = {line.split()[0]: "failed=1" in line for line in ran.out.splitlines() if "unreachable=" in line}
    assert failed == {"working": False, "retired": False, "unlicensed": True}
    assert "serviceToService  connected" in ran.out
    assert "The tenant does not offer connectors" in ran.out
    assert "the tenant has no active Intune licence" in ran.out


def test_the_cache_is_used_until_it_is_flushed(command: Command, write: Write, simulator: Simulator) -> None:
    path = write(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection="kept", gather=["connector"])
    first = command("ansible-inventory", "-i", path, "--list", "-vvvv")
    asked = requests(simulator)
    assert first.groups["connector_connected"] == ["working"] and asked > 0
    again = command("ansible-inventory", "-i", path, "--list", "-v")
    assert again.host("working") == first.host("working")
    times = sorted({first.host(tenant)["tenant_read_at"] for tenant in ("working", "retired")})
    assert f"from the cache: 2 tenants, read at {' to '.join(times)}" in again.out + again.errors
    # Only the one that could not be read is read again, at each run.
    assert {one["tenant"] for one in simulator.requests()[asked:]} == {"unlicensed"}
    assert again.groups == first.groups and "unlicensed: Could not read the Exchange connectors" in again.errors
    failing = requests(simulator) - asked
    (path.parent / "play.yml").write_text(yaml.safe_dump([{"hosts": "working", "gather_facts": False}]))
    flushed = command("ansible-playbook", "-i", path, "--flush-cache", "play.yml")  # ansible-inventory: since 2.19
    assert flushed.code == 0 and requests(simulator) == 2 * asked + failing
    after = command("ansible-inventory", "-i", path, "--list")
    assert after.groups == first.groups and requests(simulator) == 2 * asked + 2 * failing
    [kept] = (path.parent / "kept").iterdir()
    for ran in (first, again, flushed, after):
        without_secrets(ran, simulator, kept.read_text())


def test_a_failure_is_not_kept(command: Command, write: Write, simulator: Simulator) -> None:
    """Each fails once, as when a proxy was unreachable for a moment."""
    path = write(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection="kept", gather=["connector"])
    simulator.fault(match="token", kind="status", status=403, count=2, body="Blocked by the proxy")
    first = command("ansible-inventory", "-i", path, "--list")
    assert "3 of 3 tenants could not be read" in " ".join(first.errors.split()) or len(first.groups) < 3
    again = command("ansible-inventory", "-i", path, "--list")
    assert again.groups["connector_connected"] == ["working"]
    assert again.groups["connector_not_offered"] == ["retired"]


def test_requirements_that_a_passing_fault_hides_are_not_kept(
    command: Command, write: Write, simulator: Simulator
) -> None:
    """The rest of the tenant can be read meanwhile."""
    tenants = [{"tenant_id": simulator.facts("working")["tenant_id"], "name": "working"}]
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept"}
    an_hour = {"Retry-After": "3600"}  # so that nobody waits, however busy the machine is
    simulator.fault(match="Get-OrganizationConfig", kind="status", status=503, headers=an_hour, count=99)
    first = command("ansible-inventory", "-i", write(tenants=tenants, **kept), "--list")
    assert first.groups == {"tenant_unreadable": ["working"]}
    simulator.clear_faults()
    again = command("ansible-inventory", "-i", write(tenants=tenants, **kept), "--list")
    assert again.groups == {"connector_connected": ["working"]}
    statuses = {one["id"]: one["status"] for one in again.host("working")["intune_requirements"]["requirements"]}
    assert statuses["exchange_version"] == "met"


SPOILT = [
    "[[[[",
    "",
    "null",
    "[" * 60_000,
    json.dumps({"__payload__": json.dumps({"hosts": [1], "left_out": [], "notes": [], "failed": 0})}),
    json.dumps({"__payload__": json.dumps({"hosts": None, "left_out": [], "notes": [], "failed": 0})}),
    json.dumps({"__payload__": json.dumps([])}),
]


def test_a_cache_that_cannot_be_read_is_replaced(command: Command, write: Write) -> None:
    """As after a full disk: with an inventory without hosts, every play would succeed on nothing."""
    path = write(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection="kept", gather=[])
    first = command("ansible-inventory", "-i", path, "--list")
    assert set(first.inventory["_meta"]["hostvars"]) == set(NAMES)
    [kept] = (path.parent / "kept").iterdir()
    whole = kept.read_text()
    for content in SPOILT:
        kept.write_text(content)
        again = command("ansible-inventory", "-i", path, "--list")
        assert again.inventory == first.inventory, (content[:80], again.errors)
        assert kept.read_text() == whole, content[:80]


def changed(kept: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Changes what the file of a cache has; from ansible-core 2.19 on, that is text within it."""
    whole = json.loads(kept.read_text())
    content = json.loads(whole["__payload__"]) if "__payload__" in whole else whole
    change(content)
    kept.write_text(json.dumps({"__payload__": json.dumps(content)} if "__payload__" in whole else content))


def of_host(**variables: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda content: content["hosts"][1]["variables"].update(variables)


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a connection": of_host(ansible_connection="ssh", ansible_host="elsewhere.example"),
    "a Python": of_host(ansible_python_interpreter="/elsewhere/python"),
    "an authority": of_host(
        tenant_options={"tenant_id": "x", "authority_url": "https://elsewhere.example", "ca_path": "/elsewhere"}
    ),
    "the options of another host": lambda content: of_host(
        tenant_options=content["hosts"][0]["variables"]["tenant_options"]
    )(content),
    "another id": of_host(tenant_id="elsewhere.example"),
    "another account": of_host(connector_primary_smtp_address="somebody@elsewhere.example"),
    "another name": of_host(tenant_name="elsewhere.example"),
    "a new host": lambda content: content["hosts"].append({**content["hosts"][1], "name": "elsewhere.example"}),
    "a host that is gone": lambda content: content["hosts"].pop(),
    "a note": lambda content: content["notes"].append("\x1b[31m\u202eelsewhere.example"),
    "a reason": lambda content: content["left_out"].append("\x1b[31m\u202eelsewhere.example"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_cache_that_somebody_changed_decides_nothing(
    command: Command, write: Write, change: Callable[[dict[str, Any]], Any]
) -> None:
    """Neither where a task runs, nor where the secret of a tenant goes, nor what a terminal shows."""
    path = write(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection="kept", gather=[])
    first = command("ansible-inventory", "-i", path, "--list")
    [kept] = (path.parent / "kept").iterdir()
    changed(kept, change)
    again = command("ansible-inventory", "-i", path, "--list")
    assert again.inventory == first.inventory
    assert not re.search(r"elsewhere|\x1b\[31m|\u202e", again.out + again.errors), again.errors


def test_a_template_in_a_cache_that_somebody_changed_is_text(
    command: Command, write: Write, simulator: Simulator
) -> None:
    """Also one with the mark of ansible-core 2.19, by which text from a trusted source is a template."""
    text = "{{ lookup('ansible.builtin.pipe', 'touch evaluated') }}"
    mark = {"__ansible_type": "TrustedAsTemplate"}
    tenants = [{"tenant_id": simulator.facts("working")["tenant_id"], "name": "working"}]
    path = write(
        cache=True,
        cache_plugin="ansible.builtin.jsonfile",
        cache_connection="kept",
        gather=["connector"],
        tenants=tenants,
    )
    command("ansible-inventory", "-i", path, "--list")
    [kept] = (path.parent / "kept").iterdir()

    def evidence(content: dict[str, Any], text: Any) -> None:
        content["hosts"][0]["variables"]["intune_connector"]["offered_evidence"] = text

    for template in ({"__ansible_type": "_AnsibleTaggedStr", "value": text, "tags": [mark]}, text):
        changed(kept, partial(evidence, text=template))
        ran = command(
            "ansible", "-i", path, "all", "-m", "ansible.builtin.debug", "-a", "var=intune_connector.offered_evidence"
        )
        assert ran.code == 0 and not (path.parent / "evaluated").exists(), ran.out + ran.errors


def test_the_options_are_those_of_the_file_and_not_of_the_cache(
    command: Command, write: Write, simulator: Simulator
) -> None:
    """A moved authority counts at once, and nothing is read for it. Another application may have other rights."""
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept"}
    tenants = [{"tenant_id": simulator.facts("working")["tenant_id"], "name": "working"}]
    path = write(**kept, tenants=tenants, gather=["connector"])
    first = command("ansible-inventory", "-i", path, "--list").host("working")
    asked = requests(simulator)
    now = {"authority_url": "https://login.contoso.example"}
    write(**kept, tenants=[{**tenants[0], **now}], gather=["connector"])
    again = command("ansible-inventory", "-i", path, "--list").host("working")
    assert again["tenant_options"] == {**first["tenant_options"], **now} != first["tenant_options"]
    assert again["intune_connector"] == first["intune_connector"] and requests(simulator) == asked
    write(**kept, tenants=[{**tenants[0], "client_id": "11111111-1111-1111-1111-111111111111"}], gather=["connector"])
    last = command("ansible-inventory", "-i", path, "--list").host("working")
    assert last["tenant_error"]["kind"] == "sign_in" and "intune_connector" not in last
    write(**kept, tenants=[{**tenants[0], "account": "a@contoso.example"}], gather=["connector"])
    other = command("ansible-inventory", "-i", path, "--list").host("working")
    assert other["connector_primary_smtp_address"] == "a@contoso.example" and requests(simulator) != asked


def test_a_cache_of_other_tenants_or_facts_is_replaced(command: Command, write: Write, simulator: Simulator) -> None:
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept"}
    working, retired = ({"tenant_id": simulator.facts(name)["tenant_id"], "name": name} for name in list(NAMES)[:2])
    path = write(**kept, tenants=[working], gather=["connector"])
    command("ansible-inventory", "-i", path, "--list")
    write(**kept, tenants=[working, retired], gather=["connector"])
    assert set(command("ansible-inventory", "-i", path, "--list").groups) == {
        "connector_connected",
        "connector_not_offered",
    }
    asked = requests(simulator)
    command("ansible-inventory", "-i", path, "--list")
    assert requests(simulator) == asked  # replaced, and not only left aside
    write(**kept, tenants=[working, retired], gather=["connector", "quarantine"])
    assert "exchange_quarantine" in command("ansible-inventory", "-i", path, "--list").host("working")


def test_a_tenant_that_was_taken_from_the_file_is_no_host(command: Command, write: Write, simulator: Simulator) -> None:
    """A cache also has the customers of a partner, whom only the partner's tenant knows."""
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept"}
    working = simulator.facts("working")["tenant_id"]
    path = write(**kept, tenants=[{"tenant_id": working}], partner_tenant_id="partner.example", gather=["connector"])
    first = command("ansible-inventory", "-i", path, "--list")
    write(**kept, tenants=None, partner_tenant_id="partner.example", gather=["connector"])
    second = command("ansible-inventory", "-i", path, "--list")
    named = [{name for names in one.groups.values() for name in names} for one in (first, second)]
    assert named[0] - named[1] == {working} and named[1]


def test_a_customer_that_was_skipped_is_looked_for_again(command: Command, write: Write, simulator: Simulator) -> None:
    """Once the partner's list has a customer without a valid id, as when a proxy or a preview changed the response."""
    path = write(
        tenants=None,
        partner_tenant_id="partner.example",
        gather=["connector"],
        cache=True,
        cache_plugin="ansible.builtin.jsonfile",
        cache_connection="kept",
    )
    first, second = (simulator.facts(f"customer-{number}")["tenant_id"] for number in (1, 2))
    roles = ["3a2c62db-5318-420d-8d74-23affee5d9d5", "29232cdf-9323-42fd-ade2-1d097af3e4de"]
    listed = [
        {
            "customer": {"tenantId": tenant_id, "displayName": name},
            "status": "active",
            "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role} for role in roles]},
        }
        for tenant_id, name in ((first, "Customer 1"), ("", "Customer 2"))
    ]
    listing = "tenantRelationships.ListDelegatedAdminRelationships"
    simulator.fault(match=listing, kind="status", status=200, body={"value": listed})
    spoilt = command("ansible-inventory", "-i", path, "--list")
    assert spoilt.groups == {"connector_missing": [first]}
    assert "Customer 2" in spoilt.errors and "It is left out of the inventory" in " ".join(spoilt.errors.split())
    asked = requests(simulator)
    again = command("ansible-inventory", "-i", path, "--list")
    assert again.groups == {"connector_missing": [first, second]} and "left out" not in again.errors
    tenants = {one["tenant"] for one in simulator.requests()[asked:]}
    assert tenants == {"partner", "customer-2"}, tenants  # the known data of the first one is not read again


def customers(simulator: Simulator, *names: str) -> list[str]:
    """The partner has customers with these names; returns their ids."""
    roles = ["3a2c62db-5318-420d-8d74-23affee5d9d5", "29232cdf-9323-42fd-ade2-1d097af3e4de"]
    ids = [f"{number:08d}-0000-0000-0000-000000000000" for number in range(1, len(names) + 1)]
    listed = [
        {
            "customer": {"tenantId": tenant_id, "displayName": name},
            "status": "active",
            "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role} for role in roles]},
        }
        for tenant_id, name in zip(ids, names, strict=True)
    ]
    listing = "tenantRelationships.ListDelegatedAdminRelationships"
    simulator.fault(match=listing, kind="status", status=200, body={"value": listed})
    return ids


def test_a_customer_cannot_choose_a_name_that_means_something_else(
    command: Command, write: Write, simulator: Simulator
) -> None:
    """Neither a group that somebody named, nor this machine; and no name keeps other customers from being hosts."""
    names = ("customers", "ready", "localhost", "\u200b", "Fabrikam", "all", "connector_missing", "parent")
    ids = customers(simulator, *names)
    by_name = dict(zip(names, ids, strict=True))
    path = write(
        tenants=None,
        partner_tenant_id="partner.example",
        gather=[],
        groups={"ready": "tenant_name == 'Fabrikam'"},
        keyed_groups=[
            {"key": "tenant_name", "separator": "", "parent_group": "customers"},
            {"key": "'x'", "prefix": "country", "parent_group": "{{ 'par' ~ 'ent' }}"},
        ],
    )
    ran = command("ansible-inventory", "-i", path, "--list")
    assert ran.groups == {
        "customers_": [by_name["customers"]],
        "ready": [by_name["Fabrikam"]],
        "ready_": [by_name["ready"]],
        "localhost_": [by_name["localhost"]],
        "_": [by_name["\u200b"]],
        "Fabrikam": [by_name["Fabrikam"]],
        "all_": [by_name["all"]],
        "connector_missing_": [by_name["connector_missing"]],
        "parent_": [by_name["parent"]],
        "country_x": ids,
    }, ran.errors
    assert len(ran.inventory["customers"]["children"]) == len(names)
    assert ran.inventory["parent"]["children"] == ["country_x"]


def test_no_name_of_a_customer_makes_a_loop_of_groups(command: Command, write: Write, simulator: Simulator) -> None:
    """Not even with the groups of another inventory, and with parents that are named by customers as well."""
    first, second = customers(simulator, "Contoso", "C")
    path = write(
        tenants=None,
        partner_tenant_id="partner.example",
        gather=[],
        keyed_groups=[
            {"key": "tenant_name", "separator": "", "parent_group": "{{ tenant_name[:1] }}"},
            {"key": "tenant_name", "separator": "", "parent_group": "customers"},
        ],
    )
    other = path.parent / "other.yml"
    other.write_text(yaml.safe_dump({"Contoso": {"children": {"customers": None}}}))
    ran = command("ansible-inventory", "-i", other, "-i", path, "--list")
    assert ran.groups == {"Contoso": [first], "C_": [second]}, ran.errors
    assert ran.inventory["C"]["children"] == ["Contoso", "C_"] and ran.inventory["customers"]["children"] == ["C_"]
    said = " ".join(ran.errors.split())
    assert "The group Contoso is not in customers, which another inventory makes a part of it" in said


def test_customers_with_the_same_name_share_a_group_unless_its_key_is_their_id(
    command: Command, write: Write, simulator: Simulator
) -> None:
    """As the guide says, with its inventory."""
    ids = customers(simulator, "Contoso GmbH", "Contoso-GmbH", "Contoso GmbH")
    guide = (Path(__file__).parents[2] / "docs/docsite/rst/guide_many_tenants.rst").read_text(encoding="utf-8")
    [text] = re.findall(r"^ {3}:caption: customers.tenants.yml\n\n((?: {3}.*\n|\n)+)", guide, re.MULTILINE)
    keyed = yaml.safe_load(text)["keyed_groups"]
    path = write(tenants=None, partner_tenant_id="partner.example", gather=[], keyed_groups=keyed)
    assert command("ansible-inventory", "-i", path, "--list").groups == {
        **{f"customer_{one.replace('-', '_')}": [one] for one in ids},
        "named_Contoso_GmbH": ids,
    }


def test_a_parent_that_cannot_be_computed_costs_only_its_groups(
    command: Command, write: Write, simulator: Simulator
) -> None:
    """As without a parent in ansible-core; an empty one is none."""
    ids = customers(simulator, "Contoso", "Fabrikam")
    keyed = [
        {
            "key": "tenant_name",
            "separator": "",
            "parent_group": "{{ '' if tenant_name == 'Contoso' else nothing.at.all }}",
        }
    ]
    content = {"tenants": None, "partner_tenant_id": "partner.example", "gather": [], "keyed_groups": keyed}
    ran = command("ansible-inventory", "-i", write(**content), "--list")
    assert ran.groups == {"Contoso": [ids[0]], "ungrouped": [ids[1]]}
    customers(simulator, "Contoso", "Fabrikam")
    strict = command("ansible-inventory", "-i", write(**content, strict=True), "--list")
    assert f"Could not compute parent_group for host {ids[1]}" in " ".join(strict.errors.split()), strict.errors


def test_a_play_that_refreshes_reads_anew(command: Command, write: Write, simulator: Simulator) -> None:
    path = write(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection="kept", gather=["connector"])
    command("ansible-inventory", "-i", path, "--list")
    asked = requests(simulator)
    failing = len([one for one in simulator.requests() if one["tenant"] == "unlicensed"])  # read by each that starts
    book = path.parent / "play.yml"
    book.write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [{"meta": "refresh_inventory"}]}])
    )
    assert command("ansible-playbook", "-i", path, book).code == 0
    assert requests(simulator) == 2 * asked + failing


def test_a_secret_from_a_vault_a_template_and_the_file(command: Command, write: Write, simulator: Simulator) -> None:
    """Every way to give a secret, in the list and for all; none is shown, though the file has one in clear text."""
    secret = simulator.facts("partner")["client_secret"]
    (password := write().parent / "password").write_text("vault-password-canary")
    encrypted = command("ansible-vault", "encrypt_string", "--vault-password-file", password, secret).out
    tenants = [
        {"tenant_id": simulator.facts("working")["tenant_id"], "name": "in_clear", "client_secret": secret},
        {
            "tenant_id": simulator.facts("retired")["tenant_id"],
            "name": "templated",
            "client_secret": "{{ lookup('ansible.builtin.env', 'MINE') }}",
        },
        {"tenant_id": simulator.facts("customer-1")["domain"], "name": "vaulted"},
    ]
    path = write(f"client_secret: {encrypted}", tenants=tenants, gather=["connector"])
    arguments = ("-i", path, "--vault-password-file", password, "--list", "-vvvv")
    ran = command("ansible-inventory", *arguments, AZURE_CLIENT_SECRET="an-environment-canary", MINE=secret)
    assert ran.groups == {
        "connector_connected": ["in_clear"],
        "connector_not_offered": ["templated"],
        "connector_missing": ["vaulted"],
    }
    without_secrets(ran, simulator)


@pytest.mark.parametrize("value", ["ab{{7*6}}cd", "p{#ssw0rd-canary", "{% x-canary"])
def test_a_value_of_the_environment_is_no_template(command: Command, write: Write, value: str) -> None:
    """Before ansible-core 2.19 any text was one, and the error of a spoilt one shows it."""
    path = write(gather=[])
    ran = command("ansible-inventory", "-i", path, "--list", "-vvv", AZURE_CLIENT_ID=value, AZURE_CLIENT_SECRET=value)
    assert [ran.host(name)["tenant_options"]["client_id"] for name in NAMES] == [value] * 3
    assert value not in ran.errors


def test_an_entry_may_be_a_template_as_a_whole(command: Command, write: Write) -> None:
    tenants = ["{{ {'tenant_id': 'a.example', 'name': word} }}", {"tenant_id": "b.example"}]
    ran = command("ansible-inventory", "-i", write(gather=[], tenants=tenants), "-e", "word=first", "--list")
    assert ran.host("first")["tenant_options"]["tenant_id"] == "a.example", ran.errors
    assert ran.host("b.example")["tenant_options"]["tenant_id"] == "b.example"


@pytest.mark.parametrize(
    "entry",
    [
        "{{ {'tenant_id': 'a.example', 'client_id': lookup('ansible.builtin.env', 'FOREIGN')} }}",
        "{{ entry }}",
        {"tenant_id": "a.example", "client_id": "{{ lookup('ansible.builtin.env', 'FOREIGN') }}"},
        {"tenant_id": "a.example", "client_id": "{{ entry.client_id }}"},
    ],
)
def test_what_a_template_yields_is_no_template(command: Command, write: Write, entry: Any) -> None:
    """Before ansible-core 2.19 any text was one: a lookup in foreign text would run on the control node."""
    ran_anyway = (path := write(gather=[], tenants=[entry])).parent / "ran_anyway"
    (variables := path.parent / "variables.yml").write_text(
        yaml.safe_dump(
            {"entry": {"tenant_id": "a.example", "client_id": "{{ lookup('ansible.builtin.env', 'FOREIGN') }}"}}
        )
    )
    foreign = f"ab{{{{7*6}}}}{{{{ lookup('ansible.builtin.pipe', 'touch {ran_anyway}') }}}}cd"
    ran = command("ansible-inventory", "-i", path, "-e", f"@{variables}", "--list", FOREIGN=foreign)
    assert ran.host("a.example")["tenant_options"]["client_id"] == foreign
    assert not ran_anyway.exists()


def test_text_of_the_file_that_is_no_template_is_marked(command: Command, write: Write) -> None:
    ran = command("ansible-inventory", "-i", write("client_id: !unsafe 'ab{{7*6}}cd'\n", gather=[]), "--list")
    assert ran.host("working")["tenant_options"]["client_id"] == "ab{{7*6}}cd"


@pytest.mark.parametrize(
    ("own", "shared", "said"),
    [
        ({}, {"client_secret": "p{#ss-canary"}, "the value of client_secret cannot be evaluated"),
        ({}, {"client_secret": "a{{ b_canary }}c"}, "the value of client_secret cannot be evaluated"),
        (
            {},
            {"client_secret": "{{ 'my-canary' | int('x') / 0 }}"},
            "the value of client_secret cannot be evaluated",
        ),
        ({}, {"proxy": "http://me:p{#ss-canary@proxy.example"}, "the value of proxy cannot be evaluated"),
        ({"certificate_password": "p{#ss-canary"}, {}, "the value of tenants[1].certificate_password cannot be"),
        (
            {"certificate_path": "{{ nowhere }}/x"},
            {},
            "the value of tenants[1].certificate_path cannot be evaluated (",
        ),
        ({"certificate_path": "{{ nowhere }}/x"}, {}, "'nowhere' is undefined"),
        ({"client_secert": "p{#ss-canary"}, {}, "the value of tenants[1].client_secert cannot be evaluated"),
        ({"client_secret": ["p{#ss-canary"]}, {}, "the value of tenants[1].client_secret cannot be evaluated"),
    ],
)
def test_a_template_that_cannot_be_evaluated_shows_no_secret(
    command: Command, write: Write, simulator: Simulator, own: dict[str, str], shared: dict[str, str], said: str
) -> None:
    path = write(tenants=[{"tenant_id": "contoso.example", **own}], gather=[], **shared)
    ran = command("ansible-inventory", "-i", path, "--list", "-vvv")
    shown = " ".join((ran.out + ran.errors).split())
    assert said in shown and "Correct it, or write !unsafe before text that is not a template" in shown, shown
    assert "canary" not in shown
    without_secrets(ran, simulator)


def test_a_vault_without_its_password_is_told(command: Command, write: Write) -> None:
    """Nothing of the secret can be in the reason, which the user needs."""
    (password := write().parent / "password").write_text("vault-password-canary")
    encrypted = command("ansible-vault", "encrypt_string", "--vault-password-file", password, "a-secret").out
    vaulted = "\n".join(f"  {line}" for line in f"  client_secret: {encrypted}".splitlines())
    path = write(f"tenants:\n  - tenant_id: contoso.example\n{vaulted}\n", tenants=None, gather=[])
    shown = " ".join(command("ansible-inventory", "-i", path, "--list").errors.split())
    assert "the value of tenants[1].client_secret cannot be evaluated" in shown, shown
    assert "ttempting to decrypt but no vault secrets found" in shown, shown


def test_a_template_is_evaluated_once(command: Command, write: Write, simulator: Simulator) -> None:
    """It may ask a vault elsewhere: with a cache that is made, used, or replaced as well."""
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept"}
    tenants = [{"tenant_id": simulator.facts("working")["tenant_id"], "name": "working"}]
    evaluated, secret = write().parent / "evaluated", simulator.options("working")["client_secret"]
    looked_up = f"{{{{ lookup('ansible.builtin.pipe', 'echo x >> {evaluated}; echo {secret}') }}}}"
    for number, gather in enumerate((["connector"], ["connector"], ["quarantine"]), 1):
        path = write(**kept, tenants=tenants, gather=gather, client_secret=looked_up)
        assert command("ansible-inventory", "-i", path, "--list").host("working")["tenant_read_at"]
        assert len(evaluated.read_text().splitlines()) == number


def test_one_unreadable_tenant_fails_a_strict_inventory(command: Command, write: Write, simulator: Simulator) -> None:
    path = write(strict_tenants=True, client_secret="a-wrong-canary")
    ran = command("ansible-inventory", "-i", path, "--list", "-vvvv", ANSIBLE_INVENTORY_UNPARSED_FAILED="true")
    assert ran.code != 0
    errors = "".join(ran.errors.split())  # Ansible breaks lines before 2.19, at hyphens too
    assert "3of3tenantscouldnotberead" in errors
    for name in NAMES:
        assert f"{name}:Couldnotsigninontenant{simulator.facts(name)['tenant_id']}" in errors
    without_secrets(ran, simulator)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"tenants": [{"tenant_id": "a", "tennant": "b"}]}, "tenants[1] has unknown options: tennant"),
        ({"strict": True, "compose": {"x": "nothing.at.all"}}, "Could not set x for host"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    command: Command, write: Write, simulator: Simulator, content: dict[str, Any], problem: str
) -> None:
    path = write(**{"gather": [], **content})
    ran = command("ansible-inventory", "-i", path, "--list", ANSIBLE_INVENTORY_UNPARSED_FAILED="true")
    assert ran.code != 0 and problem in ran.errors, ran.errors
    without_secrets(ran, simulator)
    assert requests(simulator) == 0


def test_the_one_tenant_of_the_environment(command: Command, write: Write, simulator: Simulator) -> None:
    facts = simulator.facts("working")
    path = write(tenants=None, gather=["connector"])
    ran = command("ansible-inventory", "-i", path, "--list", AZURE_TENANT_ID=facts["tenant_id"])
    assert ran.groups == {"connector_connected": [facts["tenant_id"]]}


def test_the_customers_of_a_partner(command: Command, write: Write, simulator: Simulator) -> None:
    tenants = [{"tenant_id": simulator.facts("customer-2")["tenant_id"], "name": "second"}]
    path = write(tenants=tenants, partner_tenant_id="partner.example", gather=["connector"])
    ran = command("ansible-inventory", "-i", path, "--list")
    assert ran.groups == {"connector_missing": [simulator.facts("customer-1")["tenant_id"], "second"]}
    assert ran.host("second")["tenant_name"] == "Customer 2"
    said = " ".join(ran.errors.split())
    lacking = "1 customer is not in the inventory, since their relationships lack"
    assert f"{lacking} Intune Administrator: Customer 3 (" in said
    assert f"{lacking} Intune Administrator and Exchange Administrator: Customer 4 (" in said


@pytest.mark.parametrize("status", [403, 503])
def test_a_report_on_customers_that_cannot_be_listed_fails(
    command: Command, write: Write, simulator: Simulator, status: int
) -> None:
    """A scheduled job must not succeed without a tenant."""
    path = write(tenants=None, partner_tenant_id="partner.example", gather=["connector"], timeout=60)
    listing = "tenantRelationships.ListDelegatedAdminRelationships"
    an_hour = {"Retry-After": "3600"}  # so that nobody waits, however busy the machine is
    simulator.fault(match=listing, kind="status", status=status, headers=an_hour, count=99)
    ran = command("ansible-playbook", "-i", path, "intune.exchange.report", "-e", "target=all")
    said = " ".join((ran.out + ran.errors).split())
    assert ran.code != 0 and "target=all matches no tenant of the inventory" in said
    assert (
        f"Could not list the customers of the partner on tenant partner.example: Microsoft Graph returned {status}"
        in (said)
    )
    assert not (path.parent / "intune-exchange-report").exists()


def test_a_secret_of_each_tenant_in_a_play(command: Command, write: Write, simulator: Simulator) -> None:
    """As in the examples of the plugin: it is a variable of the host, and not in the inventory's file."""
    secret = simulator.facts("partner")["client_secret"]
    path = write(client_secret="{{ lookup('ansible.builtin.env', 'MINE') }}", gather=["connector"])
    (folder := path.parent / "host_vars").mkdir()
    (folder / "working.yml").write_text(yaml.safe_dump({"vaulted_client_secret": secret}))
    options = "{{ tenant_options | combine({'client_secret': vaulted_client_secret}) }}"
    play = {
        "hosts": "connector_connected",
        "gather_facts": False,
        "module_defaults": {"group/intune.exchange.tenant": options},
        "tasks": [{"intune.exchange.connector_info": {}}],
    }
    (path.parent / "play.yml").write_text(yaml.safe_dump([play]))
    ran = command("ansible-playbook", "-i", path, "play.yml", "-vvvv", AZURE_CLIENT_SECRET="a-canary", MINE=secret)
    assert ran.code == 0, ran.out
    without_secrets(ran, simulator)
