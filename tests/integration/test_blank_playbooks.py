# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks refuse blank variables, those that cannot be evaluated, and hosts that do not name their tenant
before any request. Before ansible-core 2.19, "cannot be evaluated" is "not defined" for a template."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import Play
from .warm import ansible

SNAPSHOT = {
    "format": "intune.exchange.snapshot",
    "version": 1,
    "taken_at": "2026-11-29T08:00:00Z",
    "tenant": {"id": "t", "name": "Contoso"},
    "objects": {
        "device_access_rules": [
            {"Guid": "1", "Characteristic": "DeviceModel", "QueryString": "x", "AccessLevel": "Block", "Identity": "x"}
        ]
    },
    "not_read": {},
    "end_of_snapshot": True,
}


def run(folder: Path, simulator: Simulator, name: str, inventory: str, **variables: Any) -> str:
    """The output of a shipped playbook, which must fail, with the sign-in of a tenant in its environment."""
    arguments = ("-i", inventory, f"intune.exchange.{name}", "-e", json.dumps(variables))
    done = ansible("ansible-playbook", *arguments, folder=folder, environment=simulator.environment("phones"))
    assert done.returncode != 0, done.stdout
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(
    ("name", "inventory", "variables", "words"),
    [
        (
            "remove",
            "localhost,",
            {"connector_primary_smtp_address": "", "connector_confirm_remove": True},
            "address is blank",
        ),
        (
            "connect",
            "localhost,",
            {"connector_primary_smtp_address": " "},
            "connector_primary_smtp_address is blank",
        ),
        ("facts", "localhost,", {"tenant_options": {"tenant_id": ""}}, "tenant_options.tenant_id is blank"),
        ("facts", "localhost,", {"target": ""}, "target is blank"),
        ("facts", "localhost,", {"tenant_options": "contoso"}, "is not a dictionary."),
        ("rehearse", "localhost,", {"rehearse_arguments": "--check"}, "rehearse_arguments is not a list."),
        (
            "bootstrap",
            "localhost,",
            {"bootstrap_for": "facts", "bootstrap_folder": "/dev/null/x"},
            "bootstrap_folder (or bootstrap_credential_path) is /dev/null/x, and /dev/null is not a folder.",
        ),
        ("devices", "localhost,", {"devices_filter": "Quarantined"}, "localhost: devices_filter is not a dictionary."),
        (
            "export",
            "localhost,",
            {"export_folder": "/dev/null"},
            "export_folder is /dev/null, and /dev/null is not a folder",
        ),
        (
            "report",
            "localhost,",
            {"report_folder": "/dev/null/x"},
            "report_folder is /dev/null/x, and /dev/null is not a",
        ),
        ("report", "localhost,", {"mobile_access_baselines": "cis"}, "Could not read the baseline cis: No such file"),
        ("report", "localhost,", {"mobile_access_accepted_risks": [{"id": 3.6}]}, "risks[0] lacks reason, until."),
        ("check_access", "localhost,", {"check_access_strict": " "}, "check_access_strict is blank"),
        ("report", "localhost,", {"report_folder": ""}, "is blank"),
        ("report", "localhost,", {"report_asess": "all"}, "Did you mean report_assess?"),
        (
            "report",
            "localhost,",
            {"report_assess": "al"},
            "and it must be one of not_offered, all, none. Nothing was read",
        ),
        ("connect", "localhost,", {}, "connector_primary_smtp_address is not set"),
        ("bootstrap", "localhost,", {}, "bootstrap_for is not set"),
        ("bootstrap", "localhost,", {"bootstrap_for": "facts", "bootstrap_wait": ""}, "bootstrap_wait is blank"),
        (
            "bootstrap",
            "localhost,",
            {"bootstrap_for": "facts", "bootstrap_wait": "soon", "bootstrap_credential": "cert"},
            "bootstrap_credential is cert, and it must be one of certificate, federated, client_secret. "
            "bootstrap_wait is soon, and it must be a whole number of seconds. Nothing was read or changed. Next step: "
            "correct bootstrap_credential, and correct bootstrap_wait.",
        ),
        (
            "bootstrap",
            "localhost,",
            {"bootstrap_for": "connector", "bootstrap_credential": "federated"},
            "exactly one of bootstrap_github, bootstrap_gitlab, bootstrap_kubernetes, bootstrap_automation_platform, "
            "bootstrap_issuer with bootstrap_subject. Set one of them. Nothing was read or changed. Next step: ",
        ),
        (
            "bootstrap",
            "localhost,",
            {
                "bootstrap_for": "connector",
                "bootstrap_credential": "federated",
                "bootstrap_script": "az",
                "bootstrap_gitlab": {"branch": "main"},
            },
            "bootstrap_credential is federated. bootstrap_gitlab lacks project. Nothing was read or changed.",
        ),
        (
            "bootstrap",
            "localhost,",
            {"bootstrap_for": "connector", "bootstrap_sign_in": "device", "bootstrap_github": "foo"},
            "bootstrap_sign_in is not a dictionary. bootstrap_github is not a dictionary. Nothing was read or changed.",
        ),
        (
            "bootstrap",
            "localhost,",
            {"bootstrap_for": "connector", "bootstrap_credential_path": "/tmp"},
            "bootstrap_credential_path is /tmp, which is a folder, and it must be a file. Nothing was read or changed.",
        ),
        (
            "bootstrap",
            "localhost,",
            {"bootstrap_for": "facts", "bootstrap_remove_unneeded": "yess", "bootstrap_write": "maybe"},
            "bootstrap_remove_unneeded is yess, and it must be true or false. bootstrap_write is maybe, and it must be",
        ),
        ("permissions", "localhost,", {"permissions_write": "maybe"}, "is maybe, and it must be true or false."),
        (
            "compare",
            "localhost,",
            {"before": "a", "after": "b", "compare_strict": "y"},
            "compare_strict is y, and it must be true or false.",
        ),
        (
            "rehearse",
            "localhost,",
            {"rehearse_twice": "n", "rehearse_timeout": "1h"},
            "rehearse_twice is n, and it must be true or false. rehearse_timeout is 1h, and it must be a whole number",
        ),
        (
            "report",
            "localhost,",
            {"report_audit": "nope"},
            "report_audit is nope, and it must be true or false. Nothing was read or changed. Next step: correct",
        ),
        (
            "rehearse",
            "localhost,",
            {"snapshot_file": " "},
            "snapshot_file is blank, and a blank value never means everything. rehearse_playbook is not set.",
        ),
        ("permissions", "localhost,", {"permissions_for": [""]}, "permissions_for[0] is blank"),
        # A customer's leaver must not be searched in the tenant of the shell's environment.
        (
            "approve",
            "fabrikam,",
            {"target": "all", "mobile_access_confirm": True},
            "fabrikam has no tenant_options.tenant_id",
        ),
        (
            "approve",
            "localhost,",
            {"tenant_options": {"tenant_id": "{{ not_there }}"}, "mobile_access_confirm": True},
            "'not_there' is undefined",
        ),
        (
            "approve",
            "localhost,",
            {"mobile_access_max_affected": "{{ not_there }}", "mobile_access_confirm": True},
            "'not_there' is undefined",
        ),
        ("check_access", "localhost,", {"tenant_options": "{{ not_there }}"}, "'not_there' is undefined"),
        ("facts", "localhost,", {"target": "{{ not_there }}"}, "'not_there' is undefined"),
        ("report", "localhost,", {"connector_directory_sync": "{{ not_there }}"}, "'not_there' is undefined"),
    ],
)
def test_nothing_is_sent(
    tmp_path: Path, simulator: Simulator, name: str, inventory: str, variables: dict[str, Any], words: str
) -> None:
    before = len(simulator.requests())
    assert words in run(tmp_path, simulator, name, inventory, **variables)
    assert len(simulator.requests()) == before


def test_an_inventory_of_tenants_is_never_passed_over(tmp_path: Path, simulator: Simulator) -> None:
    """Whoever forgets target, or mistypes a variable of a host, must not change the tenant of the environment."""
    (inventory := tmp_path / "inventory.yml").write_text(
        "all: {hosts: {web: {}, fabrikam: {tenant_options: {tenant_id: fabrikam.com}, mobile_access_confrm: false}}}"
    )
    before = len(simulator.requests())
    said = run(tmp_path, simulator, "approve", str(inventory), mobile_access_confirm=True)
    assert "The inventory has tenants, such as fabrikam, but target is not set" in said
    said = run(tmp_path, simulator, "approve", str(inventory), target="fabrikam", mobile_access_max_affected=9)
    assert "mobile_access_confrm is not a variable of the role mobile_access" in said
    assert len(simulator.requests()) == before


def test_a_group_with_the_name_of_this_machine_is_no_target(tmp_path: Path, simulator: Simulator) -> None:
    """Its hosts are tenants, which nobody named."""
    tenant = json.dumps(simulator.options("phones"))
    (inventory := tmp_path / "inventory.yml").write_text(
        f"all: {{children: {{localhost: {{hosts: {{fabrikam: {{tenant_options: {tenant}}}}}}}}}}}"
    )
    before = len(simulator.requests())
    for name in ("facts", "check_access"):
        said = run(tmp_path, simulator, name, str(inventory))
        assert "The inventory has a group localhost with the host fabrikam, and target is not set." in said, said
    assert len(simulator.requests()) == before


def test_an_exported_playbook_refuses_the_same(tmp_path: Path, simulator: Simulator) -> None:
    """It has changes that nobody saw for this tenant, so a typing error must not choose another one."""
    (tmp_path / "snapshot.yml").write_text(json.dumps(SNAPSHOT))
    given = {"snapshot_file": "snapshot.yml", "export_folder": "contoso"}
    environment = simulator.environment("phones")
    command = ("ansible-playbook", "intune.exchange.export", "-e", json.dumps(given))
    done = ansible(*command, folder=tmp_path, environment=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "inventory.yml").write_text(
        "all: {hosts: {web: {}, ready: {tenant_options: {tenant_id: ready.example}}}}"
    )
    before = len(simulator.requests())
    for variable, words in (
        ("tarket=ready", "tarket is not a variable of this playbook. Did you mean target?"),
        ("target=redy", "target=redy matches no tenant of the inventory"),
        ("target=", "target is blank, and a blank value never means every tenant."),
        ("target=web", "The host web has no tenant_options.tenant_id"),
        ("unset=1", "The inventory has tenants, such as ready, but target is not set"),
        ("export_acept_impact=true", "export_acept_impact is not a variable of this playbook."),
    ):
        arguments = ("contoso/apply.yml", "-i", "inventory.yml", "-e", variable, "--check")
        done = ansible("ansible-playbook", *arguments, folder=tmp_path, environment=environment)
        said = " ".join((done.stdout + done.stderr).split())
        assert done.returncode != 0 and words in said and "Apply the" not in said, (variable, said)
    assert len(simulator.requests()) == before
    done = ansible("ansible-playbook", "contoso/apply.yml", "--check", folder=tmp_path, environment=environment)
    said = done.stdout + done.stderr
    assert f"Tenant: {environment['AZURE_TENANT_ID']}" in said and "Apply the device access rules" in said, said
    assert done.returncode == 0 and "changed=1" in said, said


@pytest.mark.more
def test_a_folder_of_no_use_ends_one_tenant_and_no_other(tmp_path: Path, simulator: Simulator) -> None:
    """An unusable path of one host, and a path that Ansible would expand to files of somebody else."""
    (tmp_path / "snapshot.yml").write_text(json.dumps(SNAPSHOT))
    folders: list[Any] = [None, ["x"], 5, True, {}, "a\0b", "$FOREIGN", "~/x", "whole"]
    hosts = {
        f"host{number}": {"tenant_options": {"tenant_id": f"host{number}.example"}, "export_folder": folder}
        for number, folder in enumerate(folders)
    }
    (tmp_path / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign/apply.yml").write_text("mine\n")
    arguments = (
        "-i",
        "inventory.yml",
        "intune.exchange.export",
        "-e",
        "target=all",
        "-e",
        "snapshot_file=snapshot.yml",
    )
    environment = {**simulator.environment("phones"), "FOREIGN": "foreign"}
    done = ansible("ansible-playbook", *arguments, folder=tmp_path, environment=environment)
    for number in range(len(folders) - 1):
        assert re.search(rf"host{number} .*failed=1", done.stdout), done.stdout
    assert re.search(r"host8 .*failed=0", done.stdout) and (tmp_path / "whole/apply.yml").exists(), done.stdout
    assert (tmp_path / "foreign/apply.yml").read_text() == "mine\n"
    assert {one.name for one in tmp_path.iterdir()} >= {"whole", "foreign"} and not (tmp_path / "~").exists()


def test_the_report_says_what_is_missing_and_reads_no_other_tenant(tmp_path: Path, simulator: Simulator) -> None:
    """Never the tenant of the environment instead of the intended one, on localhost too."""
    options = {
        "localhost": {"tenant_id": "{{ not_there }}"},
        "127.0.0.1": "{{ not_there }}",
        "::1": "{{ {'tenant_id': 'contoso.com'} | combine({'client_secret': not_there}) }}",
    }
    hosts = {"fabrikam": {}, **{name: {"tenant_options": one} for name, one in options.items()}}
    (inventory := tmp_path / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    before = len(simulator.requests())
    with pytest.raises(AssertionError):  # the report is written, with the reasons
        run(tmp_path, simulator, "report", str(inventory), target="all")
    report = json.loads((tmp_path / "intune-exchange-report/report.json").read_text())
    said = {one["name"]: (one["state"], json.dumps(one)) for one in report["tenants"]}
    assert {name: state for name, (state, _said) in said.items()} == dict.fromkeys(hosts, "unread")
    assert "tenant_id (AZURE_TENANT_ID) is blank" in said["fabrikam"][1]
    assert all("'not_there' is undefined" in said[name][1] for name in options), said
    assert len(simulator.requests()) == before


def test_a_play_of_ones_own_reads_no_other_tenant(play: Play, simulator: Simulator) -> None:
    """However it names its tenant: the environment has the credentials of another one."""
    examples = (
        "{{ tenant_options }}",
        "{{ lookup('intune.exchange.tenant_options') }}",
        "{{ {} | combine(tenant_options) }}",
        {"tenant_id": "{{ not_there }}"},
    )
    tasks: list[dict[str, Any]] = [
        {
            "intune.exchange.connector_info": {},
            "module_defaults": {"group/intune.exchange.tenant": options},
            "environment": {"INTUNE_EXCHANGE_IN_PROCESS": way},
            "ignore_errors": True,
        }
        for options in examples
        for way in ("1", "0")
    ]
    before = len(simulator.requests())
    run = play(*tasks, tenant="connected", vars={"tenant_options": {"tenant_id": "{{ not_there }}"}})
    assert len(run.results) == len(tasks)
    for result in run.results.values():
        assert result["failed"] and "'not_there' is undefined" in result["msg"], result
    assert len(simulator.requests()) == before


def test_null_is_refused_by_both_ways_of_running(play: Play, simulator: Simulator) -> None:
    """A template may turn a missing variable into null, which Ansible treats as an omitted option."""
    wipe = {"mailbox": "{{ leaver | default(none) }}", "client_type": "EAS", "match": "all", "wipe": "account_only"}
    tasks: list[dict[str, Any]] = [
        {
            "intune.exchange.mobile_device": {**wipe, "max_affected": 50},
            "environment": {"INTUNE_EXCHANGE_IN_PROCESS": way},
            "ignore_errors": True,
        }
        for way in ("1", "0")
    ]
    before = len(simulator.requests())
    run = play(*tasks, tenant="phones")
    for result in run.results.values():
        assert result["failed"] and result["error"]["kind"] == "usage" and "mailbox is blank" in result["msg"], result
    assert len(simulator.requests()) == before


# An inventory whose plugin fails, as when the list of a partner's customers cannot be read.
_BROKEN = "plugin: intune.exchange.tenants\ntenants: [{tenant_id: a, tennant: b}]\n"


@pytest.mark.parametrize(
    ("name", "file", "words"),
    [
        ("report", "broken.tenants.yml", "tennant"),
        ("check_access", "broken.tenants.yml", "tennant"),
        (
            "facts",
            "broken.yml",
            "so its name must end in .tenants.yml or .tenants.yaml. Next step: rename it, for example",
        ),
    ],
)
def test_a_run_on_no_tenant_fails(tmp_path: Path, simulator: Simulator, name: str, file: str, words: str) -> None:
    """A scheduled job must not succeed on nothing."""
    (tmp_path / file).write_text(_BROKEN)
    before = len(simulator.requests())
    said = run(tmp_path, simulator, name, file, target="all")
    assert "target=all matches no tenant of the inventory" in said and words in " ".join(said.split())
    assert not (tmp_path / "intune-exchange-report").exists() and len(simulator.requests()) == before


def test_a_group_without_tenants_is_no_failure_and_one_that_is_not_there_is(
    tmp_path: Path, simulator: Simulator
) -> None:
    hosts: dict[str, Any] = {"all": {"hosts": {"contoso": {}}, "children": {"connector_missing": {}}}}
    (tmp_path / "hosts.yml").write_text(json.dumps(hosts))
    assert "target=connector_mising" in run(tmp_path, simulator, "facts", "hosts.yml", target="connector_mising")
    arguments = ("-i", "hosts.yml", "intune.exchange.facts", "-e", "target=connector_missing")
    done = ansible("ansible-playbook", *arguments, folder=tmp_path, environment=simulator.environment("phones"))
    assert done.returncode == 0, done.stdout


@pytest.mark.more
@pytest.mark.parametrize(
    ("name", "variables", "words"),
    [
        (
            "bootstrap",
            {"bootstrap_for": "conector"},
            "Did you mean connector? Nothing was read or changed. Next step: ",
        ),
        ("check_access", {"check_access_for": "conector"}, "Did you mean connector? Nothing was read or changed. Next"),
        ("permissions", {"permissions_for": "conector"}, "Did you mean connector? Next step: correct permissions_for."),
        (
            "permissions",
            {"permissions_for": {"a": 1}},
            "permissions_for takes a list of names of content. Next step: ",
        ),
        ("check_access", {"check_access_for": {"a": 1}}, "check_access_for takes a list of names of content. Nothing"),
        ("bootstrap", {"bootstrap_for": 5}, "bootstrap_for takes a list of names of content. Nothing was read or"),
        (
            "export",
            {"snapshot_file": "no.yml", "export_folder": "x"},
            "no.yml cannot be read (No such file or directory)",
        ),
    ],
)
def test_a_refusal_of_a_filter_is_the_message_of_the_task(
    tmp_path: Path, simulator: Simulator, name: str, variables: dict[str, Any], words: str
) -> None:
    """Not one that begins with the template in which the filter is."""
    before = len(simulator.requests())
    said = run(tmp_path, simulator, name, "localhost,", **variables)
    assert words in said and "Finalization of task args" not in said and "The filter plugin" not in said
    assert len(simulator.requests()) == before
