# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A response in another form than documented costs what needs it, and neither the assessment nor the deadlines.

Every read of both gets such responses: whole records, and each property of the real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._assessment import assessment as assessed
from ansible_collections.intune.exchange.plugins.module_utils._assessment import mail_apps
from ansible_collections.intune.exchange.plugins.module_utils._assessment.questions import QUESTIONS
from ansible_collections.intune.exchange.plugins.module_utils._client.graph import Graph
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._exchange.invoke_command import Exchange
from ansible_collections.intune.exchange.plugins.modules import mobile_access_assessment_info as assessment
from ansible_collections.intune.exchange.plugins.modules import mobile_access_deadlines_info as deadlines
from simulator import Simulator

from .test_assessment import by_id


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(tenants=["ready", "retired_covered", "retired_with_holes"], page_size=1, rate_limits=False) as one:
        yield one


Run = Callable[..., dict[str, Any]]
TENANT = "retired_covered"
OF_OTHER_TENANTS = {"deviceManagement/exchangeConnectors": "ready"}  # which still has connectors
RECORDS: list[Any] = [None, ["x"]]
VALUES: list[Any] = [5, ["x"], {"a": ["b"]}]
# The paths of Graph, each with the facts of the assessment that come from it.
PEOPLE = {"people", "coverage"}
POLICIES = {"policies", "policy_plans", *PEOPLE}
GRAPH: dict[str, set[str]] = {
    "deviceManagement/exchangeConnectors": {"connectors"},
    "organization": {"organization", "authority"},
    "subscribedSkus": {"skus"},
    "deviceManagement?": {"intune"},
    "deviceManagement/deviceCompliancePolicies": {"compliance_policies", "assignments"},
    "deviceAppManagement/iOSManagedAppProtections": {"protections", "assignments"},
    "deviceAppManagement/androidManagedAppProtections": {"protections", "assignments"},
    "identity/conditionalAccess/policies": POLICIES,
    "policies/identitySecurityDefaultsEnforcementPolicy": {"security_defaults"},
    "deviceManagement/managedDevices": {"managed_devices"},
    "deviceManagement/deviceCompliancePolicies/": {"assignments"},
    "deviceAppManagement/iOSManagedAppProtections/": {"assignments"},
    "auditLogs/signIns": {"sign_ins", "background_sign_ins", "what_if", *PEOPLE},
    "users?": PEOPLE,
    "users/": {"what_if", *PEOPLE},
    "groups/": PEOPLE,
    "identity/conditionalAccess/evaluate": {"what_if"},
}
CMDLETS: dict[str, set[str]] = {
    "Get-MobileDevice": {"devices"},
    "Get-CASMailbox": {"mailboxes"},
    "Get-CASMailboxPlan": {"plans"},
    "Get-ActiveSyncOrganizationSettings": {"settings"},
    "Get-ActiveSyncDeviceAccessRule": {"rules"},
    "Get-OrganizationConfig": {"exchange"},
}
ONE_OBJECT = {"deviceManagement?", "policies/identitySecurityDefaultsEnforcementPolicy", "users/"}


def spoiled(record: dict[str, Any], value: Any) -> Iterator[dict[str, Any]]:
    """The record with each of its properties as this value, and each part of a property."""
    for name, part in record.items():
        yield {**record, name: value}
        if isinstance(part, dict):
            for inner in spoiled(part, value):
                yield {**record, name: inner}
        if isinstance(part, list) and part and isinstance(part[0], dict):
            for inner in spoiled(part[0], value):
                yield {**record, name: [inner, *part[1:]]}
    yield {name: part for name, part in record.items() if name != "id"}


class Spoiler:
    """Puts records in another form into what one read returns."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.change: Callable[[str, list[Any]], list[Any]] = lambda read, records: records
        pages, whole_part, invoke = Graph._each_page, Graph._part, Exchange.invoke

        def each_page(graph: Any, response: Any, path: str, purpose: Any) -> Iterator[Any]:
            for page in pages(graph, response, path, purpose):
                yield self.change(path.partition("/")[2], page)

        def part(graph: Any, part: Any, outcome: Any, read: Any) -> Any:
            found = whole_part(graph, part, outcome, read)
            return found if read.collection else self.change(read.path, [found])[0]

        def invoked(service: Any, cmdlet: str, *given: Any, **more: Any) -> Any:
            found = invoke(service, cmdlet, *given, **more)
            found.values[:] = self.change(cmdlet, found.values)
            return found

        monkeypatch.setattr(Graph, "_each_page", each_page)
        monkeypatch.setattr(Graph, "_part", part)
        monkeypatch.setattr(Exchange, "invoke", invoked)


@pytest.fixture
def spoiler(monkeypatch: pytest.MonkeyPatch) -> Spoiler:
    return Spoiler(monkeypatch)


def is_read(read: str, name: str) -> bool:
    if name in CMDLETS:
        return read == name
    wanted = name.lower()
    found = read.lower()
    return found.startswith(wanted) if wanted[-1] in "/?" else found.partition("?")[0] in (wanted, f"{wanted}/x")


def affected(facts: set[str]) -> set[str]:
    return {one.id for one in QUESTIONS if facts & {*one.needs, *one.may_fail}}


def check(run: Run, module: Any, whole: dict[str, Any], may_differ: set[str], **options: Any) -> None:
    result = run(module, **options)
    assert not result.get("failed"), result["msg"]
    if module is assessment:
        differing = {name for name, status in by_id(result).items() if status != by_id(whole)[name]}
        assert differing <= may_differ, differing - may_differ


@pytest.mark.parametrize("name", [*GRAPH, *CMDLETS])
@pytest.mark.parametrize("module", [assessment, deadlines], ids=["assessment", "deadlines"])
def test_no_record_ends_the_task(run: Run, spoiler: Spoiler, module: Any, name: str) -> None:
    user = "adele.vance@retired-covered.example"
    asked = module is assessment and name in ("users/", "identity/conditionalAccess/evaluate")
    options: dict[str, Any] = {"tenant": OF_OTHER_TENANTS.get(name, TENANT)}
    options |= {"what_if_users": [user]} if asked else {}
    read: list[str] = []
    seen: list[Any] = []

    def look(path: str, records: list[Any]) -> list[Any]:
        if is_read(path, name):
            read.append(path)
            seen.extend(records)
        return records

    spoiler.change = look
    whole = run(module, **options)
    assert not whole.get("failed"), whole
    if not read:
        assert module is deadlines, "a read that nobody makes"
        return
    facts = (GRAPH | CMDLETS)[name]
    for form in RECORDS:
        spoiler.change = in_place_of(name, [form])
        check(run, module, whole, affected(facts), **options)
    records = [one for one in seen if isinstance(one, dict)][:1]
    for value in VALUES:
        forms = [changed for one in records for changed in spoiled(one, value)]
        # All at once where a list can have them, since each is a run.
        for some in [forms] if name not in ONE_OBJECT else [[one] for one in forms]:
            spoiler.change = in_place_of(name, some)
            check(run, module, whole, affected(facts), **options)


def test_a_log_that_cannot_be_compared_leaves_nothing_met(
    run: Run, spoiler: Spoiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It might hold a sign-in that a policy did not stop."""
    spoiler.change = in_place_of("auditLogs/signIns", [{"id": "1", "userId": "somebody"}])
    whole = by_id(run(assessment, tenant=TENANT))

    def fail(*given: Any) -> Any:
        raise TypeError("unhashable type: 'list'")

    monkeypatch.setattr(assessed, "by_log", fail)
    result = run(assessment, tenant=TENANT)
    met = {name for name in affected({"what_if"}) if whole[name] == "met"}
    assert len(met) > 3 and by_id(result) == whole | dict.fromkeys(met, "unknown")


def in_place_of(name: str, some: list[Any]) -> Callable[[str, list[Any]], list[Any]]:
    return lambda path, records: some if is_read(path, name) else records


HEADER = ",".join(("Report Refresh Date", mail_apps._WHO, *mail_apps._APPS))
LINE = ",".join(("2026-01-01", "a@b", *["Yes"] * len(mail_apps._APPS)))


def tenant_with(download: Callable[..., bytes]) -> Any:
    return SimpleNamespace(graph=SimpleNamespace(download=download), label="x")


SHORT = ["2026-01-01", "2026-01-01,a@b", LINE.rpartition(",")[0], "x", "2026-01-01,a@b,Yes"]


@pytest.mark.parametrize("line", SHORT)
@pytest.mark.parametrize("module", [assessment, deadlines], ids=["assessment", "deadlines"])
def test_a_short_line_of_the_report_is_an_error_of_that_read(
    run: Run, monkeypatch: pytest.MonkeyPatch, module: Any, line: str
) -> None:
    whole = run(module, tenant=TENANT)
    monkeypatch.setattr(Graph, "download", lambda *given: f"{HEADER}\n{LINE}\n{line}\n".encode())
    result = run(module, tenant=TENANT)
    assert not result.get("failed"), result["msg"]
    if module is assessment:
        different = {name for name, status in by_id(result).items() if status != by_id(whole)[name]}
        assert different <= {"mail_apps"} and by_id(result)["mail_apps"] == "unknown"
    with pytest.raises(TenantError) as failure:
        mail_apps.read_mail_apps(tenant_with(Graph.download))
    assert failure.value.kind == "protocol" and "a line of it is too short" in str(failure.value)


def test_a_report_of_whole_lines_is_read() -> None:
    content = f"{HEADER}\n{LINE}\n{LINE},more\n".encode()
    found = mail_apps.read_mail_apps(tenant_with(lambda *given: content))
    assert (found["people"], found["smtp"], found["concealed"]) == (2, ["a@b", "a@b"], False)
