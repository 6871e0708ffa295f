# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation of the Graph contract with requests that schemathesis generates.

A valid request (see graph_requests) gets the documented status and a response that matches its schema; or it is refused
because of the state or a rule of the object, one of STATE, with Graph's error. An invalid one is refused with Graph's
error and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import reject
from schemathesis import GenerationMode

from simulator import Simulator
from simulator.odata.contract import Contract, Operation

from ..conftest import Client, Json, collection_of
from ..contract_run import Record, for_all
from .graph_requests import Prepared

OPERATIONS = Contract().operations()
TENANT = Path(__file__).with_name("everything.yml")
# Requests in which only a key can be wrong.
REFUSING = [operation for operation in OPERATIONS if operation.options - {"$expand", "$search"} or operation.body]
# Refusals of a valid request: existing or missing objects, and rules of the objects beyond the schema.
STATE = {
    # A display name, and existing objects: an application for a service principal, the objects of a grant.
    "app-role-assignments",
    "application-federated",
    "application-password",
    "application-unique-name",
    "applications",
    "service-principal-backing",
    "service-principal-twice",
    # Empty lists, parts that are null, or sent alone; risk without Entra ID P2.
    "conditional-access-applications",
    "conditional-access-clients",
    # Missing users, groups and roles, and guests given twice.
    "conditional-access-guests",
    "conditional-access-licence",
    "conditional-access-password",
    "conditional-access-people",
    "conditional-access-roles",
    "conditional-access-risk",
    "conditional-access-schema",
    "conditional-access-users",
    "connector-address-unknown",
    "connector-sync-type",
    "directory-mastered",
    "directory-not-found",
    # Passwords that are too simple.
    "directory-password",
    # Accounts with a directory role are protected, and so are all passwords.
    "directory-password-right",
    "directory-sensitive",
    "directory-value",
    # Filters that take ConsistencyLevel: eventual.
    "graph-advanced",
    "graph-batch-invalid",
    "graph-count-segment",
    "graph-me",
    # Texts that are not clauses, and lists without search.
    "graph-search",
    # A list that can be filtered by one of two properties.
    "group-eligibility-filter",
    "intune-not-found",
    "licence-assignment",
    "licence-location",
    # Most properties of an organization are read-only.
    "organization-update",
    # The pages of a partner's lists name fewer options, and a longest page.
    "partner-query",
    "partner-top",
    # A key in the path that is a plain word.
    "reports-period",
    # A required object without content.
    "what-if-required",
}


@pytest.fixture(scope="module")
def alone() -> Iterator[Simulator]:
    with Simulator([TENANT], rate_limits=False) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def own(alone: Simulator) -> Client:
    return Client(alone, "everything", everything())


def everything() -> set[str]:
    return set(re.findall(r"'(\w+\.[\w.]+)'", str([one.permissions for one in OPERATIONS])))


@pytest.fixture(scope="module")
def prepared(alone: Simulator, own: Client, graph_contract: Json) -> Prepared:
    keys = {
        "user-id": [own.facts["account"], *(user["id"] for user in own.values("/users"))],
        "organization-id": [own.facts["tenant_id"]],
        "tenantId": [own.facts["tenant_id"]],
        "domainName": [own.facts["domain"]],
        "period": ["D7", "D30", "D90", "D180"],
        "appId": [own.facts["client_id"]],
    }
    for operation in OPERATIONS:
        for name in re.findall(r"\{([^}]*-id)\}", operation.template):
            found = own.values(collection_of(operation.template))[:3]
            keys.setdefault(name, [item["id"] for item in found])
    return Prepared(graph_contract, keys)


@pytest.fixture(scope="module")
def schema(prepared: Prepared) -> Any:
    return schemathesis.openapi.from_dict(prepared.document)


def send(own: Client, case: Any) -> Any:
    case.headers = {}
    return case.call(
        base_url=f"{own.urls['graph_url']}/v1.0",
        session=own.session,
        verify=own.urls["ca_path"],
        headers={"Authorization": f"Bearer {own._tokens['graph']}"},
        timeout=20,
        allow_redirects=False,
    )


def check_valid(alone: Simulator, own: Client, operation: Operation, case: Any) -> None:
    answer = send(own, case)
    row = alone.requests()[-1]
    if answer.status_code >= 400:
        assert row["behaviour"] in STATE, (case.as_curl_command(), row["behaviour"], answer.text)
        assert not row["effect"]
    else:
        assert answer.status_code == operation.success, (case.as_curl_command(), answer.status_code)
        assert operation.method != "GET" or not row["effect"]
    check_answer(case, answer)
    alone.reset()


def check_answer(case: Any, answer: Any) -> None:
    """By the contract's schema for this kind of status; a 204 has no content, a 302 an address."""
    if answer.status_code in (204, 302):
        assert not answer.content
        assert ("location" in answer.headers) is (answer.status_code == 302)
    else:
        case.operation.validate_response(answer)


def check_invalid(alone: Simulator, own: Client, prepared: Prepared, operation: Operation, case: Any) -> None:
    """A change by schemathesis may get lost, or be valid all the same: only the sent request counts."""
    answer = send(own, case)
    if not prepared.forbids(operation.template, operation.method, answer.request.url, answer.request.body):
        alone.reset()
        reject()
    row = alone.requests()[-1]
    assert 400 <= answer.status_code < 500, (case.as_curl_command(), answer.text)
    assert not row["effect"] and row["behaviour"]
    check_answer(case, answer)
    alone.reset()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_valid_requests(
    alone: Simulator, own: Client, schema: Any, record_property: Record, operation: Operation
) -> None:
    cases = schema[operation.template][operation.method].as_strategy(GenerationMode.POSITIVE)
    for_all(cases, partial(check_valid, alone, own, operation), record_property)


@pytest.mark.parametrize("operation", REFUSING, ids=lambda operation: operation.id)
def test_invalid_requests(
    alone: Simulator,
    own: Client,
    prepared: Prepared,
    schema: Any,
    record_property: Record,
    operation: Operation,
) -> None:
    cases = schema[operation.template][operation.method].as_strategy(GenerationMode.NEGATIVE)
    for_all(cases, partial(check_invalid, alone, own, prepared, operation), record_property)
