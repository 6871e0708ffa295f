# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks snapshot, rehearse, export and compare: their files, what they accept, and how they end."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .warm import ROOT, ansible, settings

REHEARSED: list[dict[str, Any]] = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {
                "intune.exchange.activesync_device_access_rule": {
                    "characteristic": "DeviceModel",
                    "query_string": "iPhone14C2",
                    "access_level": "Block",
                    "accept_impact": True,
                }
            },
            {"ansible.builtin.command": "env", "register": "seen", "changed_when": False},
            {"ansible.builtin.debug": {"var": "seen.stdout"}},
            {
                "ansible.builtin.debug": {
                    "msg": "{{ lookup('ansible.builtin.url', 'https://graph.microsoft.com/v1.0/me') }}"
                },
                "ignore_errors": True,
            },
        ],
    }
]


def run(folder: Path, environment: dict[str, str], name: str, **variables: Any) -> tuple[int, str]:
    arguments = (f"intune.exchange.{name}", "-e", json.dumps(variables))
    done = ansible("ansible-playbook", *arguments, folder=folder, environment=environment)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.more  # the demonstration takes the same way in make test
def test_a_playbook_is_rehearsed_on_a_copy(simulator: Simulator, tmp_path: Path) -> None:
    signed_in = simulator.environment("retired_covered")
    code, output = run(tmp_path, signed_in, "snapshot", snapshot_file="contoso.yml")
    assert code == 0 and '"mobile_devices": 3' in output, output
    assert stat.S_IMODE((tmp_path / "contoso.yml").stat().st_mode) == 0o600
    (tmp_path / "phones.yml").write_text(yaml.safe_dump(REHEARSED))
    held, before = simulator.objects(), len(simulator.requests())
    given = {"snapshot_file": "contoso.yml", "rehearse_playbook": "phones.yml", "compare_report": "report"}
    code, output = run(tmp_path, signed_in, "rehearse", **given, compare_strict=True)
    # The status for an unaccepted change.
    assert code == 2 and "changes what is not accepted" in output, output
    assert "(DeviceModel)" in output and "adele.vance" in output
    assert signed_in["AZURE_CLIENT_SECRET"] not in output and "AZURE_CLIENT_SECRET=simulated-client-secret" in output
    assert signed_in["AZURE_AUTHORITY_HOST"] not in output
    assert "not a proxy: nothing was sent to graph.microsoft.com" in output
    # Nothing was requested from the real tenant.
    assert simulator.objects() == held and len(simulator.requests()) == before
    found = json.loads((tmp_path / "report/differences.json").read_text())
    about = found["about"]
    assert about["Playbook"] == "phones.yml succeeded"
    assert about["Other hosts"] == "the playbook tried to reach graph.microsoft.com, and was refused"
    assert about["Second run"] == "changed nothing"
    assert about["Requests"].endswith(", of which 1 changed something"), about
    assert "Second run: changed nothing" in (tmp_path / "report/differences.md").read_text()
    [device] = found["devices"]
    assert (device["before"], device["after"]) == ("Allowed", "Blocked")
    assert {one["kind"] for one in found["differences"]} == {"device_access_rules", "mobile_devices"}
    assert [one["person"] for one in found["people"]] == ["adele.vance@retired-covered.example"]
    marked = (tmp_path / "report/differences.md").read_text()
    assert "iPhone14C2" in marked and "# Rehearsal: what would change" in marked
    # Compared with the same file, nothing differs: a status for pipelines.
    code, output = run(tmp_path, {}, "compare", before="contoso.yml", after="contoso.yml", compare_strict=True)
    assert code == 0 and "No difference." in output, output


def test_what_is_not_given_or_is_no_snapshot_is_refused(simulator: Simulator, tmp_path: Path) -> None:
    (tmp_path / "site.yml").write_text("- hosts: all\n")
    before = len(simulator.requests())
    for name, variables, words in (
        ("snapshot", {}, "snapshot_file is not set"),
        ("snapshot", {"snapshot_file": "site.yml"}, "is not a snapshot, so it is not overwritten"),
        ("rehearse", {"snapshot_file": "none.yml", "rehearse_playbook": "site.yml"}, "none.yml does not exist"),
        ("rehearse", {"snapshot_file": "site.yml", "rehearse_playbook": "site.yml"}, "site.yml is not a snapshot"),
        ("compare", {"before": "site.yml", "after": " "}, "after is blank"),
        ("compare", {"before": "site.yml", "after": "site.yml"}, "site.yml is not a snapshot"),
    ):
        code, output = run(tmp_path, simulator.environment("ready"), name, **variables)
        assert code == 2 and words in " ".join(output.split()), output
    assert len(simulator.requests()) == before and (tmp_path / "site.yml").read_text() == "- hosts: all\n"


NOT_STABLE: list[dict[str, Any]] = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            *(
                {
                    "intune.exchange.activesync_device_access_rule": {
                        "characteristic": "DeviceModel",
                        "query_string": "SM-G991B",
                        "access_level": "Block",
                        "accept_impact": True,
                        "state": state,
                    }
                }
                for state in ("present", "absent")
            ),
            {
                "intune.exchange.activesync_device_access_rule_info": {"exchange_url": "https://outlook.office365.com"},
                "ignore_errors": True,
            },
        ],
    }
]


@pytest.mark.more
def test_a_second_run_that_changes_something_and_another_host_are_reported(
    simulator: Simulator, tmp_path: Path
) -> None:
    environment = simulator.environment("ready")
    assert run(tmp_path, environment, "snapshot", snapshot_file="contoso.yml", snapshot_pseudonymize=True)[0] == 0
    assert simulator.facts("ready")["domain"] not in (tmp_path / "contoso.yml").read_text()
    (tmp_path / "phones.yml").write_text(yaml.safe_dump(NOT_STABLE))
    given = {"snapshot_file": "contoso.yml", "rehearse_playbook": "phones.yml", "compare_report": "report"}
    code, output = run(tmp_path, environment, "rehearse", **given)
    assert code == 2 and "A second run of the playbook changed something: 0 differences, 2 requests" in output, output
    assert "outlook.office365.com, which is not the copy; nothing was sent there" in " ".join(output.split())
    about = json.loads((tmp_path / "report/differences.json").read_text())["about"]
    assert about["Other hosts"] == "the playbook tried to reach outlook.office365.com, and was refused"
    code, output = run(tmp_path, environment, "rehearse", **given, rehearse_twice=False)
    assert code == 0 and "Second run: none" in (tmp_path / "report/differences.md").read_text(), output


@pytest.mark.more
def test_a_rehearsal_signs_in_to_no_machine_of_an_inventory(simulator: Simulator, tmp_path: Path) -> None:
    """Nor does it use a password that ansible.cfg names, or SSH settings of an inventory."""
    assert run(tmp_path, simulator.environment("ready"), "snapshot", snapshot_file="contoso.yml")[0] == 0
    other = {"hosts": "all", "gather_facts": False, "tasks": [{"ansible.builtin.command": "true"}]}
    read = {"hosts": "localhost", "gather_facts": False, "tasks": [{"ansible.builtin.include_vars": "secret.yml"}]}
    for name, play in (("servers.yml", other), ("vault.yml", read)):
        (tmp_path / name).write_text(yaml.safe_dump([play]))
    (tmp_path / "password").write_text("simulated-password")
    (tmp_path / "secret.yml").write_text("secret: simulated\n")
    (tmp_path / "ansible.cfg").write_text(
        "[defaults]\nvault_password_file = password\nvault_identity_list = a@password\n"
    )
    hidden = ansible("ansible-vault", "encrypt", "secret.yml", "--encrypt-vault-id", "a", folder=tmp_path)
    assert hidden.returncode == 0, hidden.stderr
    given = {"snapshot_file": "contoso.yml", "rehearse_playbook": "vault.yml", "rehearse_twice": False}
    code, output = run(tmp_path, {}, "rehearse", **given)
    assert code == 2 and "no vault secrets were found that could decrypt" in " ".join(output.split()), output
    address = {"ansible_host": "127.0.0.2", "ansible_ssh_host": "127.0.0.2", "ansible_ssh_args": "-o ProxyCommand=none"}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": {"server": address}}}))
    given = {"snapshot_file": "contoso.yml", "rehearse_playbook": "servers.yml", "compare_report": "report"}
    inventory = {"rehearse_arguments": ["-i", "hosts.yml"]}
    (tmp_path / "report").mkdir(mode=0o755)
    code, output = run(tmp_path, {}, "rehearse", **given, **inventory)
    assert code == 2 and "resolve hostname a-rehearsal-reaches-only-the-copy.invalid" in " ".join(output.split()), (
        output
    )
    about = json.loads((tmp_path / "report/differences.json").read_text())["about"]
    assert about["Other hosts"] == "the playbook tried to reach machines of an inventory, and was refused"
    assert about["Requests"] == "none"
    said = "after it asked for machines of an inventory, which a rehearsal refuses."
    assert said in " ".join(output.split()) and "INTUNE_EXCHANGE_REHEARSAL" in output, output
    # In the output of another callback as well; and a playbook that cannot be parsed asked for nothing.
    brief = {"ANSIBLE_STDOUT_CALLBACK": "intune.exchange.brief"}
    code, output = run(tmp_path, brief, "rehearse", **given, **inventory)
    about = json.loads((tmp_path / "report/differences.json").read_text())["about"]
    assert about["Other hosts"] == "the playbook tried to reach machines of an inventory, and was refused", output
    wrong = {"hosts": "localhost", "tasks": [{"intune.exchange.mobile_devize_info": {}}]}
    (tmp_path / "servers.yml").write_text(yaml.safe_dump([wrong]))
    code, output = run(tmp_path, {}, "rehearse", **given)
    about = json.loads((tmp_path / "report/differences.json").read_text())["about"]
    assert about["Other hosts"] == "none asked for" and "status 4" in about["Playbook"], output
    # An existing folder keeps its mode.
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o755
    done = ansible(
        *("ansible-playbook", "intune.exchange.rehearse", "--check", "-e", json.dumps(given)),
        folder=tmp_path,
        environment={},
    )
    assert done.returncode == 2 and "cannot run in check mode" in " ".join(done.stdout.split()), done.stdout


def test_tenants_do_not_share_a_file_or_a_folder(simulator: Simulator, tmp_path: Path) -> None:
    hosts = {name: {"tenant_options": {"tenant_id": f"{name}.example"}} for name in ("contoso", "fabrikam")}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    for name, given in (("snapshot", {"snapshot_file": "one.yml"}), ("export", {"export_folder": "one"})):
        done = ansible(
            *("ansible-playbook", f"intune.exchange.{name}", "-i", "hosts.yml"),
            *("-e", json.dumps({"target": "all", **given})),
            folder=tmp_path,
            environment=simulator.environment("ready"),
        )
        output = " ".join((done.stdout + done.stderr).split())
        assert done.returncode == 2 and "Several of these tenants have the same" in output, output
        assert "{{ inventory_hostname }}" in output
    assert simulator.requests() == []


@pytest.mark.more
def test_an_export_changes_nothing_where_it_comes_from(simulator: Simulator, tmp_path: Path) -> None:
    environment = simulator.environment("retired_covered")
    code, output = run(tmp_path, environment, "export", export_folder="contoso")
    assert code == 0 and "ansible-playbook contoso/apply.yml --check" in output, output
    files = sorted(one for one in (tmp_path / "contoso").rglob("*") if one.is_file())
    assert tmp_path / "contoso/apply.yml" in files and {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    assert not any(environment["AZURE_CLIENT_SECRET"] in one.read_text() for one in files)
    # The variables have the time of the snapshot; before new ones exist, the playbook for the old ones is removed.
    code, output = run(tmp_path, environment, "export", export_folder="contoso")
    removed = output.partition("TASK [Remove the playbook of an earlier export")[2].partition("TASK [")[0]
    assert code == 0 and "changed: [localhost]" in removed, output
    held = simulator.objects()
    done = ansible("ansible-playbook", "contoso/apply.yml", folder=tmp_path, environment=environment)
    assert done.returncode == 0 and "changed=0" in done.stdout and "Apply the Conditional Access" in done.stdout, done
    assert simulator.objects() == held
    # A file that is not an export stays.
    (tmp_path / "contoso/apply.yml").write_text("- hosts: all\n")
    code, output = run(tmp_path, environment, "export", export_folder="contoso")
    assert code == 2 and "was not written by an export" in " ".join(output.split()), output
    assert (tmp_path / "contoso/apply.yml").read_text() == "- hosts: all\n"


@pytest.mark.more
def test_a_rehearsal_that_is_killed_leaves_no_copy_behind(simulator: Simulator, tmp_path: Path) -> None:
    assert run(tmp_path, simulator.environment("ready"), "snapshot", snapshot_file="contoso.yml")[0] == 0
    waiting = {"hosts": "localhost", "gather_facts": False, "tasks": [{"ansible.builtin.pause": {"seconds": 300}}]}
    (tmp_path / "waits.yml").write_text(yaml.safe_dump([waiting]))
    command = [str(ROOT / ".cache/test/bin/ansible-playbook"), "intune.exchange.rehearse"]
    command += ["-e", "snapshot_file=contoso.yml", "-e", "rehearse_playbook=waits.yml"]
    (tmp_path / "tmp").mkdir()
    environment = {**settings(), "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as playbook:
        [copy] = wait_for(lambda: [one for one in addresses(tmp_path / "tmp") if (one.parent / "before.yml").exists()])
        process = json.loads(copy.read_text())["pid"]
        playbook.send_signal(signal.SIGKILL)
    assert wait_for(lambda: not Path(f"/proc/{process}").exists())


def addresses(folder: Path) -> list[Path]:
    return list(folder.glob("intune-exchange-*/addresses.json"))


def wait_for(met: Any) -> Any:
    """Wait for an effect, or fail after minutes."""
    end = time.monotonic() + 240
    while not (found := met()):
        assert time.monotonic() < end
        os.sched_yield()
        time.sleep(0.2)
    return found
