# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of an application: used to sign in, renewed in time, and removed only on request."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._applications.key_files import make_certificate_file
from ansible_collections.intune.exchange.plugins.modules import application, application_credential, connector_info
from simulator import Simulator

Run = Callable[..., dict[str, Any]]
OURS = {"unique_name": "intune-exchange", "tenant": "first_contact"}
TRUST = {"kind": "federated", "issuer": "https://issuer.example", "subject": "job"}


@pytest.fixture(autouse=True)
def registered(run: Run, simulator: Simulator) -> dict[str, Any]:
    found: dict[str, Any] = run(application, **OURS)["application"]
    return found


def kept(run: Run, **options: Any) -> dict[str, Any]:
    result = run(application_credential, **{**OURS, **options})
    assert not result.get("failed"), result
    return result


def ours(simulator: Simulator) -> dict[str, Any]:
    [found] = [one for one in simulator.state("first_contact")["applications"] if one["uniqueName"]]
    return found


def signs_in(run: Run, app_id: str, **how: Any) -> str:
    """Whether a sign-in gave a token; what the application may read is another matter."""
    result = run(connector_info, tenant="first_contact", client_id=app_id, **{"client_secret": None, **how})
    assert result["error"]["kind"] in ("forbidden", "sign_in"), result
    return str(result["error"]["kind"])


def test_a_client_secret_is_in_its_file_only(
    run: Run, simulator: Simulator, tmp_path: Path, registered: dict[str, Any]
) -> None:
    path = tmp_path / "secret"
    options = {"kind": "client_secret", "path": str(path)}
    assert kept(run, check_mode=True, **options)["changed"] and not path.exists()
    result = kept(run, **options)
    secret = path.read_text()
    assert secret not in str(result) and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not kept(run, **options)["changed"] and path.read_text() == secret
    how = {"client_secret": secret, "auth_method": "client_secret"}
    assert signs_in(run, registered["app_id"], **how) == "forbidden"
    path.unlink()  # who lost it gets another one, and the old one stays until it is removed
    kept(run, **options)
    assert len(ours(simulator)["passwordCredentials"]) == 2
    kept(run, **options, remove_others=True)
    assert len(ours(simulator)["passwordCredentials"]) == 1
    assert signs_in(run, registered["app_id"], **how) == "sign_in"


@pytest.mark.parametrize("phase", ["before_effect", "after_effect"])
def test_a_client_secret_that_got_lost_does_not_stay(
    run: Run, simulator: Simulator, tmp_path: Path, phase: str
) -> None:
    options = {"kind": "client_secret", "path": str(tmp_path / "secret")}
    simulator.fault(match="applications.application.addPassword", kind="reset", phase=phase, nth=1)
    kept(run, **options)
    assert len(ours(simulator)["passwordCredentials"]) == 1


def test_a_certificate_is_renewed_before_it_ends(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    options = {"kind": "certificate", "path": str(path)}
    made = make_certificate_file(str(path), "old", 20, datetime.now(UTC))
    first = kept(run, **options, renew_before_days=5)
    assert first["thumbprint"] == made.thumbprint  # what is there is used
    assert not kept(run, **options, renew_before_days=5)["changed"]
    predicted = kept(run, check_mode=True, **options)
    assert predicted["changed"] and not (tmp_path / "key.pem.next").exists()
    second = kept(run, **options)
    assert second["thumbprint"] != made.thumbprint and not (tmp_path / "key.pem.next").exists()
    assert len(ours(simulator)["keyCredentials"]) == 2
    last = kept(run, **options, remove_others=True)
    assert last["undo"] == "This cannot be undone" and len(ours(simulator)["keyCredentials"]) == 1
    assert kept(run, **options, state="absent")["changed"] and ours(simulator)["keyCredentials"] == []
    assert path.exists()


def test_a_renewal_that_was_cut_off_goes_on(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    make_certificate_file(str(path), "old", 20, datetime.now(UTC))
    begun = make_certificate_file(f"{path}.next", "new", 300, datetime.now(UTC))
    result = kept(run, kind="certificate", path=str(path))
    assert result["thumbprint"] == begun.thumbprint and len(ours(simulator)["keyCredentials"]) == 1
    assert begun.ends - datetime.now(UTC) > timedelta(days=250)


def test_a_file_that_others_may_read_is_refused(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    make_certificate_file(str(path), "open", 300)
    path.chmod(0o644)
    before = len(simulator.requests())
    for options in ({"path": str(path)}, {"path": str(tmp_path / "no" / "key.pem")}, {}):
        result = run(application_credential, **OURS, kind="certificate", **options)
        assert result["error"]["kind"] == "usage", result
    assert not [one for one in simulator.requests()[before:] if one["effect"]]


def test_a_federated_credential_replaces_the_others(
    run: Run, simulator: Simulator, tmp_path: Path, registered: dict[str, Any]
) -> None:
    kept(run, kind="client_secret", path=str(tmp_path / "secret"))
    kept(run, **TRUST)
    token = simulator._environment.issuer.token("job", issuer="https://issuer.example")
    how = {"federated_token": token, "auth_method": "federated_token"}
    assert signs_in(run, registered["app_id"], **how) == "forbidden"
    other = simulator._environment.issuer.token("another job", issuer="https://issuer.example")
    assert signs_in(run, registered["app_id"], **{**how, "federated_token": other}) == "sign_in"
    predicted = kept(run, check_mode=True, **TRUST, remove_others=True)
    assert predicted["changed"] and predicted["diff"]["after"]["client_secrets"] == []
    kept(run, **TRUST, remove_others=True)
    assert ours(simulator)["passwordCredentials"] == []
    again = kept(run, **{**TRUST, "name": "other-name"})  # the same trust under another name is there already
    assert not again["changed"]
    assert kept(run, **TRUST, state="absent")["undo"] == "Run the task again with state=present"
    assert signs_in(run, registered["app_id"], **how) == "sign_in"
