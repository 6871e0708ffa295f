# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module in Ansible's worker and as a module process: the result is the same."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Simulator

from .conftest import ROOT, Run, player
from .return_documentation import undocumented, unseen

MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
WAYS = {"worker": "true", "process": "false"}
NAME = "intune.exchange."
PLUGINS = "ansible_collections.intune.exchange.plugins"
ACCOUNT = "svc-intune-connector@contoso.example"
PERSON = "adele.vance@contoso.example"
PASSWORD = "a-password-Canary-1"


@dataclass(frozen=True)
class Case:
    """Valid arguments of a module on `tenant`. `writes`: whether they change something there."""

    options: dict[str, Any]
    writes: bool = False
    tenant: str = "ready"


def kept_back(name: str) -> str:
    """A value that only the playbook has: a failure shows the lines of the playbook around its task."""
    return "{{ lookup('ansible.builtin.env', '" + name + "') }}"


# In the order of the run, SAMPLE first: some read what others wrote before.
CASES = {
    "access_check_info": Case({}),
    "connector_info": Case({}, tenant="connected"),
    "connector": Case({"primary_smtp_address": ACCOUNT}, True),
    "connector_sync": Case({"sync_type": "full", "wait": True}, True, "connected"),
    # On a tenant with an old connector: a new one changes its state during the test.
    "requirements_info": Case({"account": ACCOUNT.replace("contoso", "connected")}, tenant="connected"),
    "mdm_authority": Case({"accept_irreversible": True}, True, "mdm_authority_unset"),
    "connector_account": Case(
        {
            "user_principal_name": "svc-new@nothing.example",
            "display_name": "Connector",
            "usage_location": "CH",
            "password": kept_back("PASSWORD"),
            "licenses": ["ENTERPRISEPACK"],
        },
        True,
        "nothing",
    ),
    "organization_customization": Case({"accept_permanent": True}, True, "nothing_dehydrated"),
    "cmdlet_access_info": Case({"account": ACCOUNT}),
    "management_role": Case(
        {"name": "Readers", "parent": "View-Only Recipients", "cmdlets": ["Get-MobileDevice"]}, True
    ),
    "management_role_info": Case({"name": "Readers"}),
    "management_role_assignment": Case({"role": "Readers", "user": PERSON}, True),
    "management_role_assignment_info": Case({"role": "Readers"}),
    "service_principal": Case({"app_id": kept_back("APP_ID"), "object_id": kept_back("OBJECT_ID")}, True),
    "role_group": Case({"name": "All Readers", "roles": {"set": ["Readers"]}, "members": {"set": [PERSON]}}, True),
    "role_group_info": Case({"name": "All Readers"}),
    "activesync_device_access_rule": Case(
        {"characteristic": "DeviceType", "query_string": "iPhone", "access_level": "Block", "accept_impact": True}, True
    ),
    "activesync_device_access_rule_info": Case({}),
    "activesync_device_class_info": Case({}),
    "activesync_organization_settings": Case({"default_access_level": "Quarantine", "accept_impact": True}, True),
    "mobile_device_mailbox_policy": Case({"name": "Phones", "password_enabled": True}, True),
    "mobile_device_mailbox_policy_info": Case({"name": "phones"}),
    "mobile_access_audit_info": Case(
        {
            "baselines": [
                {
                    "name": "ours",
                    "controls": [
                        {"id": "locks", "title": "Devices lock", "setting": "password_enabled", "equals": True}
                    ],
                }
            ]
        }
    ),
    "application": Case({"unique_name": "automation"}, True, "first_contact"),
    "application_permissions": Case(
        {"unique_name": "automation", "microsoft_graph": ["Organization.Read.All"]}, True, "first_contact"
    ),
    "application_credential": Case(
        {
            "unique_name": "automation",
            "kind": "federated",
            "kubernetes": {"issuer": "https://cluster.example/", "namespace": "mail", "service_account": "runner"},
        },
        True,
        "first_contact",
    ),
    "app_protection_info": Case({}, tenant="retired_with_holes"),
    "mobile_access_assessment_info": Case({}, tenant="retired_with_holes"),
    "mobile_access_deadlines_info": Case({}, tenant="deadlines"),
    "mobile_device_info": Case({"gather_statistics": True}),
    "tenant_snapshot_info": Case({"gather_statistics": True}, tenant="retired_with_holes"),
    "mobile_device": Case({"device_type": "iPhone", "access": "allowed"}, True),
    "cas_mailbox_mobile_access": Case({"mailbox": PERSON, "policy": "Phones"}, True),
    "conditional_access_policy": Case(
        {
            "display_name": "Mail on phones",
            "conditions": {
                "users": {"include_users": {"set": ["All"]}},
                "applications": {"include_applications": ["Office365"]},
                "client_app_types": ["mobileAppsAndDesktopClients"],
            },
            "grant_controls": {"operator": "OR", "built_in_controls": ["compliantDevice"]},
        },
        True,
        "retired_covered",
    ),
    "conditional_access_policy_info": Case({}, tenant="retired_covered"),
    "conditional_access_rehearsal_info": Case({}, tenant="retired_with_holes"),
    "exchange_cmdlet": Case({"parameters": {"Identity": PERSON}}),  # the cmdlet is its module default
}
# Run as a process: a secret, waiting, threads, a plan, defaults, unreadable data. All modules end in the same three
# lines, so the others would only add to the number, and each takes seconds.
SAMPLE = {
    "access_check_info",
    "connector",
    "connector_account",
    "connector_info",
    "connector_sync",
    "conditional_access_policy",
    "exchange_cmdlet",
    "requirements_info",
}
EACH = [pytest.param(module, marks=[] if module in SAMPLE else pytest.mark.more) for module in MODULES]
# Keys of RETURN that these cases do not cover.
ONLY_SOMETIMES = {
    "conditional_access_policy": {"deleted_id"},
    "mobile_device": {"acknowledged", "msg"},
    "mobile_device_info": {"mobile_devices.compliant"},
}
# Arguments that never reach a service: unknown, missing, invalid choices, of another type.
WRONG: dict[str, dict[str, Any]] = {
    "Unsupported parameters for (intune.exchange.connector) module: unheard_of. Supported": {
        "unheard_of": 1,
        "state": "absent",
    },
    "state is present but all of the following are missing: primary_smtp_address": {},
    "value of state must be one of: present, absent, got: gone": {"state": "gone"},
    "argument 'timeout' is of type": {"timeout": "soon"},
}


def task(
    simulator: Simulator, module: str, case: Case, application: str = "application", **keywords: Any
) -> dict[str, Any]:
    """A task with the tenant from its environment, and the secret from an option."""
    variables = simulator.environment(case.tenant, application=application)
    del variables["AZURE_CLIENT_SECRET"]
    options = {**case.options, "client_secret": kept_back(f"SECRET_{case.tenant}_{application}")}
    return {f"{NAME}{module}": options, "environment": variables, **keywords}


def steps(simulator: Simulator, modules: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each case for real, after its prediction if it writes, else followed by a refusal; invalid arguments last.

    The shared part of two runs comes first.
    """
    for module in sorted(modules, key=lambda one: (one not in SAMPLE, [*CASES].index(one))):
        case = CASES[module]
        if case.writes:
            yield f"{module} predicted", task(simulator, module, case, check_mode=True)
        # A value that is waited for would be shown, and must not be here.
        yield f"{module} done", task(simulator, module, case, no_log=module == "connector_sync")
        if not case.writes:
            yield f"{module} refused", task(simulator, module, case, "restricted", ignore_errors=True)
        if module == "exchange_cmdlet":
            echo = Case({"parameters": {"Identity": kept_back("SECRET_ready_application")}})
            yield "echo", task(simulator, "exchange_cmdlet", echo, ignore_errors=True)
    for number, (message, options) in enumerate(WRONG.items(), 1):
        yield f"wrong {message}", {f"{NAME}connector": options, "ignore_errors": number < len(WRONG)}


def secrets(simulator: Simulator) -> dict[str, str]:
    return {
        f"SECRET_{case.tenant}_{application}": simulator.facts(case.tenant, application)["client_secret"]
        for case in CASES.values()
        for application in ("application", "restricted")
    }


def carried_out(simulator: Simulator, folder: Path, way: str, modules: Collection[str]) -> Run:
    """A run in one way, from the initial state. The last task fails the run."""
    simulator.reset()
    tasks = dict(steps(simulator, modules))
    run = player(folder, simulator)(
        *tasks.values(),
        environment={
            "INTUNE_EXCHANGE_IN_PROCESS": WAYS[way],
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_INJECT_INVOCATION": "true",
            "PASSWORD": PASSWORD,
            "APP_ID": simulator.facts("ready", "restricted")["client_id"],
            "OBJECT_ID": simulator.facts("ready", "restricted")["object_id"],
            **secrets(simulator),
        },
        arguments=("-vvv",),
        many_tasks=True,
        module_defaults={
            "group/intune.exchange.tenant": {"timeout": 200},
            f"{NAME}exchange_cmdlet": {"cmdlet": "Get-CASMailbox"},
        },
    )
    return Run(run.code, run.output, dict(zip(tasks, run.results.values(), strict=True)))


@pytest.fixture(scope="module")
def whole(running: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Every module in the worker."""
    return carried_out(running, tmp_path_factory.mktemp("worker"), "worker", MODULES)


@pytest.fixture(scope="module")
def compared(request: pytest.FixtureRequest) -> Collection[str]:
    """The modules that run as processes too: all, if a test needs one outside the sample."""
    wanted = [one for one in request.session.items if one.path == request.path]
    return MODULES if any(one.get_closest_marker("more") for one in wanted) else SAMPLE


@pytest.fixture(scope="module")
def runs(
    running: Simulator, tmp_path_factory: pytest.TempPathFactory, whole: Run, compared: Collection[str]
) -> dict[str, Run]:
    """The same in each way."""
    return {
        "worker": whole,
        "process": carried_out(running, tmp_path_factory.mktemp("process"), "process", compared),
    }


# Values that are new in each run: ids in order of appearance, times, ages, and remaining waits.
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s\"',]*")
_PASSING = re.compile(r'(?<="last_sync_age_seconds": )\d+|\d+(?= s left)')


def plain(result: dict[str, Any]) -> Any:
    seen: dict[str, str] = {}
    text = _ID.sub(lambda new: seen.setdefault(new[0], f"new {len(seen)}"), json.dumps(result, sort_keys=True))
    return json.loads(_PASSING.sub("0", _TIME.sub("a time", text)))  # two may be equal by chance


def test_every_module_has_a_case() -> None:
    assert sorted(CASES) == MODULES


def test_every_module_starts_alike() -> None:
    """So that a sample of modules shows how a process behaves."""
    texts = [(ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8") for module in MODULES]
    assert {text.partition("def main()")[2] for text in texts} == {
        ' -> None:\n    run_module(DECLARATION)\n\n\nif __name__ == "__main__":\n    main()\n'
    }


def test_each_run_went_its_way(runs: dict[str, Run]) -> None:
    ways = ("runs in the worker", "runs as a module process: INTUNE_EXCHANGE_IN_PROCESS says so")
    worker, process = (len(run.results) for run in runs.values())
    assert [[run.output.count(way) for way in ways] for run in runs.values()] == [[worker, 0], [0, process]]


@pytest.mark.parametrize("module", EACH)
def test_a_module_gives_the_same(runs: dict[str, Run], module: str) -> None:
    """The whole result: what was done, what check mode predicted, and how it is refused."""
    worker, process = (
        {
            what: run.results[f"{module} {what}"]
            for what in ("predicted", "done", "refused")
            if f"{module} {what}" in run.results
        }
        for run in runs.values()
    )
    assert len(worker) == 2 and worker.keys() == process.keys()
    for what, result in worker.items():
        assert plain(result) == plain(process[what]), what


@pytest.mark.parametrize("module", MODULES)
def test_a_module_does_what_it_predicts_and_is_refused(whole: Run, module: str) -> None:
    case, done = CASES[module], whole.results[f"{module} done"]
    assert not done.get("failed"), done
    assert done["changed"] is case.writes
    if case.writes:
        assert whole.results[f"{module} predicted"]["changed"]
    elif module not in ("access_check_info", "requirements_info"):  # these report unreadable data in a result
        refused = whole.results[f"{module} refused"]
        assert refused["failed"] and refused["error"]["kind"] == "forbidden"


@pytest.mark.parametrize("message", WRONG)
def test_wrong_arguments_are_refused_in_the_same_words(runs: dict[str, Run], message: str) -> None:
    worker, process = (run.results[f"wrong {message}"] for run in runs.values())
    assert worker == process and worker["failed"] and message in worker["msg"]


def arguments(run: Run) -> list[dict[str, Any]]:
    """The arguments of our modules at -vvv."""
    blocks = [json.loads(block) for block in re.findall(r"=> (\{\n.*?^\})", run.output, re.DOTALL | re.MULTILINE)]
    shown = [one["invocation"]["module_args"] for one in blocks if "invocation" in one]
    return [one for one in shown if "tenant_id" in one]


def test_the_arguments_are_shown_alike(runs: dict[str, Run]) -> None:
    """With values from module_defaults and `environment`, without secrets."""
    worker, process = map(arguments, runs.values())
    cases = [module for module in CASES if f"{module} done" in runs["process"].results]
    first = len(process) - len(WRONG)
    assert [*worker[:first], *worker[-len(WRONG) :]] == process and first > len(cases)
    told = [one for one in worker if one["tenant_id"]]  # by `environment`
    assert len(told) > len(cases) and all(one["graph_url"] for one in told)
    assert {one["timeout"] for one in told} == {200}  # from the defaults of the group
    assert {one["client_secret"] for one in told} == {"VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}
    assert {one.get("cmdlet") for one in told} == {"Get-CASMailbox", None}  # the defaults of one module are its own


def test_the_runs_end_alike_and_warn_alike(runs: dict[str, Run]) -> None:
    warned = [re.findall(r"^\[(?:WARNING|DEPRECATION).*", run.output, re.MULTILINE) for run in runs.values()]
    assert warned[0] == warned[1] == []
    assert [run.code for run in runs.values()] == [2, 2]
    for run in runs.values():
        ignored = [name for name, result in run.results.items() if result.get("failed")][:-1]
        assert run.output.count("...ignoring") == len(ignored)


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_shown(runs: dict[str, Run], running: Simulator, way: str) -> None:
    run = runs[way]
    for canary in (*secrets(running).values(), PASSWORD, "eyJ0eXAi", "eyJhbGci"):  # how every JWT begins
        assert canary not in run.output and canary not in str(run.results)
    assert "********" in run.results["echo"]["msg"]


@pytest.mark.parametrize("way", WAYS)
def test_no_log_hides_a_task(runs: dict[str, Run], way: str) -> None:
    run = runs[way]
    done = run.results["connector_sync done"]
    assert done["progress"] and "waiting for the synchronization" not in run.output
    assert done["requested"] and '"requested": true' not in run.output
    assert '"requested": false' in run.output  # as the prediction had it


# Keys that Ansible adds, and keys of some runs only.
_OF_ANSIBLE = {"failed", "invocation", "warnings", "ansible_facts", "deprecations", "exception"}


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_returns_is_documented(whole: Run, module: str) -> None:
    documented = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").RETURN)
    results = [
        {name: value for name, value in result.items() if name not in _OF_ANSIBLE}
        for what, result in whole.results.items()
        if what.split()[0] == module and what.split()[1] in ("predicted", "done", "refused")
    ]
    common = {"changed": {"type": "bool"}, "diff": {"type": "dict"}, "msg": {"type": "str"}}
    wrong = {problem for result in results for problem in undocumented(result, {**common, **documented})}
    assert not wrong, sorted(wrong)
    absent = set(unseen(documented, results))
    absent = {place for place in absent if place.partition(".")[0] not in ("error", "progress")}
    assert absent <= ONLY_SOMETIMES.get(module, set()), sorted(absent)
