# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry of one tenant for the report: what was not read is skipped, what was not asked for is null."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.fleet_report import fleet_report
from ansible_collections.intune.exchange.plugins.filter.other_reads_fail import other_reads_fail
from ansible_collections.intune.exchange.plugins.filter.report_record import report_record
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError

CONNECTORS = {"offered": False, "connectors": [], "offered_evidence": "no"}
SKIPPED = {"skipped": True}


def test_a_tenant_that_was_read() -> None:
    read: dict[str, Any] = {"requirements": {"requirements": []}, "audit": {"controls": []}}
    record = report_record(CONNECTORS, ["", "Contoso", "host"], "t", **read, assessment=SKIPPED, baselines_chosen=False)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record.pop("read_at"))
    assert record == {
        "name": "Contoso",
        "tenant_id": "t",
        "connector": CONNECTORS,
        **read,
        "assessment": None,
        "baselines_chosen": False,
    }
    assert report_record(CONNECTORS, ["x"], assessment={"checks": []})["assessment"] == {"checks": []}


def test_a_tenant_that_could_not_be_read() -> None:
    refused = TenantError("usage", "tenant_id is blank").result()
    record = report_record(refused, [None, "host"], "")
    assert (record["name"], record["tenant_id"]) == ("host", None)
    assert record["requirements"] == record["audit"] == SKIPPED and record["assessment"] is None
    report: Any = fleet_report([record, report_record(CONNECTORS, ["y"], audit=None)], made_at="now")
    states = {one["name"]: (one["state"], one["not_read"]) for one in report["tenants"]}
    assert states["host"] == ("unread", ["connector", "requirements", "audit"])
    assert states["y"][1] == ["requirements"]


@pytest.mark.parametrize(
    ("connector", "names"), [(None, ["x"]), ([], ["x"]), (CONNECTORS, []), (CONNECTORS, ["", None]), (CONNECTORS, None)]
)
def test_an_entry_needs_a_result_and_a_name(connector: Any, names: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="report_record needs"):
        report_record(connector, names)


def test_an_assessment_is_a_result() -> None:
    with pytest.raises(AnsibleFilterError, match="report_record needs assessment"):
        report_record(CONNECTORS, ["x"], assessment="none")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "pointless"),
    [
        (CONNECTORS, False),
        ({"failed": True, "msg": "no module"}, True),
        *((TenantError(kind, "x").result(), True) for kind in ("sign_in", "network", "tls", "usage", "no_credentials")),
        *((TenantError(kind, "x").result(), False) for kind in ("forbidden", "throttled", "timeout", "not_offered")),
        ({"failed": False, "error": {"kind": "network"}}, False),
    ],
)
def test_whether_the_other_reads_are_pointless(result: Any, pointless: bool) -> None:
    assert other_reads_fail(result) is pointless


def test_only_a_result_is_judged() -> None:
    with pytest.raises(AnsibleFilterError, match="other_reads_fail needs"):
        other_reads_fail(None)
