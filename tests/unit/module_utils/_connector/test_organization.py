# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the MDM authority: by the id in the token, and never guessed."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._connector.organization import authority_of, set_authority
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.read_result import ReadResult

TENANT, OTHER = "11111111-2222-3333-4444-000000000001", "11111111-2222-3333-4444-000000000002"


def tenant(v1: Any, beta: Any = None, organizations: Any = (), **claims: Any) -> Any:
    """Each version returns this authority; without one, none."""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    asked: list[str] = []

    def get(path: str, purpose: Any, version: str = "v1.0") -> Any:
        assert purpose.action and purpose.permission
        asked.append(f"{version}/{path.partition('?')[0]}")
        found = v1 if version == "v1.0" else beta
        return ({"mobileDeviceManagementAuthority": found} if found else {}), SimpleNamespace(handle="r-1")

    def listed(path: str, purpose: Any) -> Any:
        assert purpose.action
        asked.append(path.partition("?")[0])
        return list(organizations), None

    graph = SimpleNamespace(get=get, list=listed)
    tokens = SimpleNamespace(bearer=lambda service: f"e30.{payload}.x")
    http = SimpleNamespace(writes=0)
    return SimpleNamespace(label="contoso.com", graph=graph, asked=asked, tokens=tokens, http=http)


def test_by_the_id_in_the_token() -> None:
    found = tenant("intune", tid=TENANT)
    assert authority_of(found) == "intune" and found.asked == [f"v1.0/organization/{TENANT}"]
    found = tenant(None, "office365", tid=TENANT)
    assert authority_of(found) == "office365"
    assert found.asked == [f"{version}/organization/{TENANT}" for version in ("v1.0", "beta")]


def test_by_the_organization_where_the_token_does_not_tell() -> None:
    found = tenant("sccm", organizations=[{"id": OTHER}])
    assert authority_of(found) == "sccm" and found.asked == ["organization", f"v1.0/organization/{OTHER}"]
    # An authority that was read is not read again, and a failed read is not an answer.
    found = tenant(None, "intune")
    assert authority_of(found, ReadResult({"id": OTHER})) == "intune"
    assert found.asked == [f"{version}/organization/{OTHER}" for version in ("v1.0", "beta")]
    error = TenantError("forbidden", "no")
    failed: ReadResult[Any] = ReadResult(None, error)
    for arguments in ((failed, None), (ReadResult({"id": OTHER}), failed)):
        with pytest.raises(TenantError) as caught:
            authority_of(tenant("intune"), *arguments)
        assert caught.value is error


def test_an_item_that_was_read_is_not_read_again() -> None:
    found = tenant("intune", tid=TENANT)
    assert authority_of(found, None, ReadResult({"mobileDeviceManagementAuthority": "office365"})) == "office365"
    assert found.asked == []
    with pytest.raises(TenantError) as caught:
        authority_of(tenant(None, None, tid=TENANT))
    error = caught.value
    assert error.kind == "protocol" and "r-1" in error.problem and error.next_step and error.tenant == "contoso.com"


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_switch_is_never_made_by_the_way(check_mode: bool) -> None:
    found = tenant("intune", tid=TENANT)
    params = {"authority": "intune", "accept_irreversible": False}
    same = {"before": {"authority": "intune"}, "after": {"authority": "intune"}}
    assert set_authority(found, params, check_mode) == {"changed": False, "diff": same, "authority": "intune"}
    for authority, words in (("office365", "Basic Mobility and Security"), ("unknown", "")):
        with pytest.raises(TenantError) as caught:
            set_authority(tenant(authority, tid=TENANT), params, check_mode)
        error = caught.value
        assert error.kind == "not_accepted" and error.next_step and error.tenant == "contoso.com"
        assert f"the authority is {authority}" in error.problem and words in error.problem
        assert "cannot be undone" in error.problem
    predicted = set_authority(tenant("sccm", tid=TENANT), {**params, "accept_irreversible": True}, True)
    assert predicted["changed"] and predicted["diff"]["before"] == {"authority": "sccm"}
