# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in and Graph with Microsoft's clients for Node.js, which are only configured to trust our authority."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from simulator import Simulator

pytestmark = pytest.mark.more

HERE = Path(__file__).parent / "node"
# `make more` installs them there, as package-lock.json pins them.
MODULES = Path(__file__).parents[3] / ".cache/node/node_modules"
NODE = shutil.which("node")


@pytest.fixture(autouse=True)
def node_is_here() -> None:
    if NODE is None or not MODULES.is_dir():
        said = "Node.js, npm or the clients in .cache/node are missing: with node and npm, `make more` installs them"
        if os.environ.get("INTUNE_EXCHANGE_FORBID_SKIPS"):
            pytest.fail(said)
        pytest.skip(said)


def run(simulator: Simulator, **asked: Any) -> Any:
    facts, urls = simulator.facts(), simulator.urls
    places = {name: urls[name] for name in ("authority_url", "graph_url")}
    who = {name: facts[name] for name in ("tenant_id", "client_id", "account")}
    finished = subprocess.run(
        [str(NODE), str(HERE / "client.cjs")],
        input=json.dumps(places | who | asked),
        env={"PATH": os.environ["PATH"], "NODE_PATH": str(MODULES), "NODE_EXTRA_CA_CERTS": urls["ca_path"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def test_msal_node_and_the_graph_client(simulator: Simulator) -> None:
    facts = simulator.facts()
    pem = Path(facts["certificate_path"]).read_text()
    certificate = x509.load_pem_x509_certificate(pem.encode())
    shown = {"thumbprintSha256": certificate.fingerprint(hashes.SHA256()).hex(), "privateKey": pem}
    credentials = {
        "secret": {"clientSecret": facts["client_secret"]},
        "certificate": {"clientCertificate": shown},
        "federated token": {"clientAssertion": Path(facts["federated_token_file"]).read_text()},
        "wrong secret": {"clientSecret": "wrong"},
    }
    done = run(simulator, credentials=credentials, use="certificate")
    signed_in = done["signedIn"]
    assert all(signed_in[name].get("value") for name in ("secret", "certificate", "federated token")), signed_in
    assert "AADSTS7000215" in signed_in["wrong secret"]["text"]
    used = done["use"]["value"]
    assert (used["users"], used["created"], used["listed"]) == (4, "connectionPending", [True])
    assert used["batched"] == facts["account"]
    assert (used["missing"]["status"], used["missing"]["code"]) == (404, "ResourceNotFound")
    assert {row["status"] for row in simulator.requests() if row["service"] == "graph"} == {200, 201, 204, 404}
