# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command, its address file, and the control plane."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import yaml

import simulator as package
from simulator import Simulator
from simulator.__main__ import main

from .conftest import CONNECTORS, Client

PACKAGE = Path(package.__file__).parent


@contextmanager
def started(tmp_path: Path, *arguments: str, module: bool = False) -> Iterator[tuple[subprocess.Popen[str], Any, str]]:
    """The command as a person runs it, from its first line of output on."""
    addresses = tmp_path / "addresses.json"
    what = ["-m", "simulator"] if module else [str(PACKAGE)]
    command = [sys.executable, *what, "--address-file", str(addresses), "--stop-after", "30", *arguments]
    process = subprocess.Popen(command, cwd=PACKAGE.parent if module else tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _unused in range(12)]
        assert stat.S_IMODE(addresses.stat().st_mode) == 0o600
        yield process, json.loads(addresses.read_text()), "".join(lines)
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("module", [True, False])
def test_the_command(tmp_path: Path, module: bool) -> None:
    with started(tmp_path, "--tenant", "connected", "--tenant", "ready", module=module) as (process, urls, output):
        first = urls["tenants"][0]
        assert [tenant["name"] for tenant in urls["tenants"]] == ["connected", "ready"]
        assert (urls["pid"], urls["control_url"]) == (process.pid, None)
        assert f"export AZURE_TENANT_ID={first['tenant_id']}" in output
        assert f"export AZURE_AUTHORITY_HOST={urls['authority_url']}" in output
        assert f"Simulated tenant connected: domain {first['domain']}, account {first['account']}\n" in output
        inventory = Path(re.findall(r"-e target=all -i (\S+)", output)[0])
        assert stat.S_IMODE(inventory.stat().st_mode) == 0o600 and inventory.name.endswith(".tenants.yml")
        listed = yaml.safe_load(inventory.read_text())
        assert [one["tenant_id"] for one in listed["tenants"]] == [one["tenant_id"] for one in urls["tenants"]]
        assert first["client_secret"] not in inventory.read_text()
        [variables] = re.findall(r"at once: \. (\S+)", output)
        shown = subprocess.run(
            ["bash", "-c", f". {variables}; echo $AZURE_TENANT_ID"], capture_output=True, text=True, check=True
        )
        assert shown.stdout.strip() == first["tenant_id"] and stat.S_IMODE(Path(variables).stat().st_mode) == 0o600
        session = requests.Session()
        session.trust_env = False
        url = f"{urls['authority_url']}/{first['domain']}/v2.0/.well-known/openid-configuration"
        assert session.get(url, verify=urls["ca_path"]).ok
        private = Path(first["certificate_path"]).parent
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert not private.exists()


def test_it_stops_by_itself_and_on_request(tmp_path: Path) -> None:
    with started(tmp_path, "--control") as (process, urls, _unused):
        assert requests.post(f"{urls['control_url']}/_simulator/stop", timeout=5).status_code == 204
        assert process.wait(10) == 0
    assert main(["--stop-after", "0"]) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--tenant nobody", "no tenant description nobody: neither a file nor one of the included tenants. Allowed: "),
        ("--tenant redy", "Did you mean ready?"),
        ("--tenant ready --tenant ready", "ready and ready are one tenant, with the domain contoso.example: give one"),
        ("--latency graph", "SERVICE=MS with a service of login, graph"),
        ("--latency x=1", "SERVICE=MS with a service of login, graph"),
        ("--latency graph=slow", "slow must be a number from 0 to 31536000"),
        ("--clock-step nan", "nan must be a number from 0 to 31536000"),
        ("--page-size 0", "0 must be a whole number from 1 to 100000"),
        ("--public-port 99999", "99999 must be a whole number from 1 to 65535"),
        ("--address-file /no/such/folder/a.json", "a.json: there is no folder /no/such/folder"),
        ("--address-file /", "--address-file / is a folder; name a file in it"),
    ],
)
def test_wrong_arguments(arguments: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*arguments.split(), "--stop-after", "0"])
    assert ended.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("python -m simulator: error: ") and said in last


def test_a_port_in_use_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit):
            main(["--public-port", str(port), "--stop-after", "0"])
    assert f"error: could not start on port {port}: " in capsys.readouterr().err


@pytest.mark.parametrize("module", [True, False])
def test_a_missing_package_is_named_with_the_command_that_installs_it(tmp_path: Path, module: bool) -> None:
    (tmp_path / "cryptography.py").write_text("raise ModuleNotFoundError('No module', name='cryptography')\n")
    what = ["-m", "simulator"] if module else [str(PACKAGE)]
    done = subprocess.run(
        [sys.executable, *what],
        cwd=PACKAGE.parent,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == (
        f"The simulator needs the Python package cryptography, which {sys.executable} does not have: "
        "pip install -r simulator/requirements.txt\n"
    )


@pytest.mark.more
@pytest.mark.parametrize("last", ["", "exit 3\n"])
def test_the_recipe_for_ci_leaves_nothing_behind(tmp_path: Path, last: str) -> None:
    """Even with its output in a pipe, and if the job fails."""
    page = (PACKAGE.parent / "docs/docsite/rst/simulator.rst").read_text(encoding="utf-8")
    [recipe] = re.findall(r"text\n\n((?: {3}\S*python ~/.ansible.*\n)(?: {3}.*\n)+)", page)
    commands = textwrap.dedent(recipe).replace("python ~/.ansible/collections/ansible_collections/intune/exchange", "P")
    commands = commands.replace("P/simulator", f"{sys.executable} {PACKAGE}")
    play = 'ansible-playbook() { [ -n "$AZURE_TENANT_ID" ] && echo "play changed=0 $1"; }\n'
    (tmp_path / "ci.sh").write_text(f"set -e\n{play}{commands}echo pid $!\n{last}")
    command = "bash ci.sh 2>&1 | cat; exit ${PIPESTATUS[0]}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == (3 if last else 0) and done.stdout.count("play changed=0") == 3, done.stdout
    [process] = re.findall(r"^pid (\d+)$", done.stdout, re.MULTILINE)
    end = time.monotonic() + 30
    while Path(f"/proc/{process}/cmdline").exists() and Path(f"/proc/{process}/cmdline").read_bytes():
        assert time.monotonic() < end
        time.sleep(0.05)


def control(simulator: Simulator, method: str, what: str, **given: Any) -> requests.Response:
    url = f"{simulator.urls['control_url']}/_simulator/{what}"
    return requests.request(method, url, json=given or None, timeout=5)


def test_the_control_plane(client: Client, simulator: Simulator) -> None:
    control(simulator, "POST", "faults", match="*ListExchangeConnectors", kind="status", status=503)
    assert client.graph("GET", CONNECTORS).status_code == 503
    (row,) = control(simulator, "GET", "requests").json()
    assert (row["service"], row["tenant"], row["fault"]) == ("graph", "ready", "before_effect:status")
    control(simulator, "POST", "faults", match="graph", kind="reset", count=9)
    assert control(simulator, "DELETE", "faults").status_code == 204
    assert client.graph("GET", CONNECTORS).status_code == 200
    before = control(simulator, "GET", "state/ready").json()["at"]
    control(simulator, "POST", "clock", advance=86400)
    assert control(simulator, "GET", "state/ready").json()["at"][:10] > before[:10]
    assert control(simulator, "POST", "device_codes").status_code == 204
    assert control(simulator, "POST", "reset").status_code == 204
    assert control(simulator, "GET", "requests").json() == []


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("CONNECT graph.microsoft.com:443", "graph.microsoft.com"),
        ("CONNECT [2001:db8::1]:443", "[2001:db8::1]"),
        ("GET http://someone:secret@169.254.169.254:80/metadata?x=http://a", "169.254.169.254"),
        ("GET http://contoso.example/a:b", "contoso.example"),
        ("CONNECT %3Cscript%3E:443", "a host without a name"),
    ],
)
def test_the_control_plane_is_no_proxy_and_says_who_took_it_for_one(
    simulator: Simulator, target: str, host: str
) -> None:
    port = urlsplit(str(simulator.urls["control_url"])).port
    before = control(simulator, "GET", "refused").json().get(host, 0)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"{target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        answer = connection.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 403 ") and f"nothing was sent to {host}\r\n" in answer and "secret" not in answer
    assert control(simulator, "GET", "refused").json()[host] == before + 1


def test_the_control_plane_refuses_nonsense(simulator: Simulator) -> None:
    assert control(simulator, "GET", "nonsense").status_code == 404
    assert control(simulator, "GET", "state/nobody").status_code == 400
    assert control(simulator, "POST", "faults", match="graph", kind="nonsense").status_code == 400
    assert control(simulator, "POST", "faults", colour="red").status_code == 400
    assert control(simulator, "POST", "clock").status_code == 400


@pytest.mark.parametrize(
    ("what", "body"),
    [
        *(("clock", f'{{"advance": {number}}}') for number in ("NaN", "Infinity", "-1", "3e11", "1e15", "1e300", "[]")),
        *(("clock", text) for text in ("[]", "1", '"x"', "null")),
        *(
            ("faults", f'{{"match": "*", "kind": "status", {wrong}}}')
            for wrong in (
                '"nth": "1"',
                '"count": null',
                '"status": "503"',
                '"status": 99',
                '"headers": 5',
                '"headers": {"a": 1}',
                '"interval": "x"',
                '"interval": -1',
                '"request": []',
                '"match": 7',
                '"seen": 0',
                '"headers": {"a": "b\\r\\nc: d"}',
                '"headers": {"a b": "c"}',
                '"headers": {"": "c"}',
                '"headers": {"a": "\\ud800"}',
                '"headers": [["a", "b"]]',
                '"body": "\\ud800"',
                '"body": {"a": ["\\udfff"]}',
                '"kind": "second_writer", "request": {"path": 5}',
                '"kind": "second_writer", "request": {"method": []}',
                '"kind": "second_writer", "request": {"cmdlet": {}}',
                '"kind": "second_writer", "request": {"cmdlet": "Get-X", "parameters": [1]}',
            )
        ),
    ],
)
def test_nor_does_it_take_what_would_break_later_requests(
    client: Client, simulator: Simulator, what: str, body: str
) -> None:
    url = f"{simulator.urls['control_url']}/_simulator/{what}"
    said = requests.post(url, data=body, headers={"Content-Type": "application/json"}, timeout=5)
    assert said.status_code == 400 and said.json()["error"]
    assert client.graph("GET", CONNECTORS).status_code == 200


A_YEAR = b'{"advance": 31536000}'


@pytest.mark.parametrize(
    ("headers", "data", "status"),
    [
        ({"Host": "rebound.example"}, None, 403),
        ({"Host": "localhost.rebound.example:80"}, None, 403),
        ({"Host": "localhost:80.rebound.example"}, None, 403),
        ({"Host": "localhost:@rebound.example"}, None, 403),
        ({"Host": "127.0.0.1:1:2"}, None, 403),
        ({"Host": ""}, None, 403),
        ({"Host": "[::1]", "Content-Type": "application/json"}, A_YEAR, 204),
        ({"Content-Type": "application/json"}, b"[" * 60_000, 400),
        ({"Content-Type": "application/json"}, b"[]", 400),
        ({"Origin": "https://somewhere.example"}, None, 403),
        ({"Origin": "null"}, None, 403),
        ({"Sec-Fetch-Site": "cross-site"}, None, 403),
        ({"Content-Type": "text/plain"}, A_YEAR, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, A_YEAR, 415),
        ({"Content-Type": "application/json; charset=utf-8"}, A_YEAR, 204),
        ({"Host": "localhost", "Content-Type": "application/json"}, A_YEAR, 204),
    ],
)
def test_no_web_page_reaches_the_control_plane(
    simulator: Simulator, headers: dict[str, str], data: bytes | None, status: int
) -> None:
    """A reset would undo the month, and the clock advances by the year; between two reads hardly any time passes."""
    simulator.advance(timedelta(days=30).total_seconds())
    before, objects = told(simulator), simulator.objects()
    url = f"{simulator.urls['control_url']}/_simulator/{'clock' if data else 'reset'}"
    assert requests.post(url, headers=headers, data=data, timeout=5).status_code == status
    moved = told(simulator) - before
    assert timedelta() <= moved - timedelta(days=365 if status == 204 else 0) < timedelta(days=1)
    assert simulator.objects() == objects


def told(simulator: Simulator) -> datetime:
    """The tenant's clock."""
    return datetime.fromisoformat(str(simulator.state()["at"]))


def test_nor_does_another_host_as_the_target(simulator: Simulator) -> None:
    """The authority of the target counts, and not Host (RFC 9112, 3.2.2)."""
    own = urlsplit(simulator.urls["control_url"])
    request = (
        f"POST http://rebound.example/_simulator/reset HTTP/1.1\r\nHost: {own.netloc}\r\nContent-Length: 0\r\n\r\n"
    )
    with socket.create_connection((own.hostname, own.port), 5) as connection:
        connection.sendall(request.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 403 ")


def test_the_control_plane_is_off_unless_wanted_and_everything_is_on_loopback() -> None:
    with Simulator() as simulator:
        assert simulator.urls["control_url"] is None
        for name in ("authority_url", "graph_url", "exchange_url", "managed_identity_url"):
            assert listening(simulator.urls[name]) == ["0100007F"]


def listening(url: str) -> list[str]:
    """The listening addresses on the port of a URL, as reported by the kernel."""
    port = f"{int(url.rpartition(':')[2]):04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [line[1].partition(":")[0] for line in lines if line[3] == "0A" and line[1].endswith(f":{port}")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "only if that is allowed as well (--allow-remote)"),
        (["--host", "192.0.2.1", "--allow-remote"], "192.0.2.1 is not an address of this machine"),
        (["--host", "no-such-host.invalid"], "no-such-host.invalid is not an address of this machine"),
    ],
)
def test_it_listens_elsewhere_only_when_told_twice(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--stop-after", "0"])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_allowing_it_changes_nothing_unless_an_address_is_named(tmp_path: Path) -> None:
    with started(tmp_path, "--allow-remote", "--control") as (_unused, urls, _output):
        names = ("authority_url", "graph_url", "exchange_url", "managed_identity_url", "control_url")
        assert [listening(urls[name]) for name in names] == [["0100007F"]] * 5


def test_told_twice_it_listens_there_and_control_stays_on_loopback(tmp_path: Path) -> None:
    with started(tmp_path, "--host", "0.0.0.0", "--allow-remote", "--control") as (_unused, urls, _output):
        assert [listening(urls[name]) for name in ("authority_url", "graph_url", "exchange_url")] == [["00000000"]] * 3
        assert [listening(urls[name]) for name in ("managed_identity_url", "control_url")] == [["0100007F"]] * 2
        assert urls["graph_url"].startswith(f"https://{socket.gethostname()}:")


def test_another_address_of_loopback_has_its_name_in_the_certificate() -> None:
    with Simulator(host="127.0.0.2") as simulator:
        client = Client(simulator)
        assert simulator.urls["graph_url"].startswith("https://127.0.0.2:")
        assert client.graph("GET", "/organization").status_code == 200
        assert client.run("Get-OrganizationConfig")


def test_state_shows_what_is_held_and_no_secrets(client: Client, simulator: Simulator) -> None:
    client.create_connector()
    state = json.dumps(simulator.state())
    assert "exchangeConnectors" in state and "ManagementRole" in state
    for name in ("client_secret", "certificate_password"):
        assert client.facts[name] not in state
    assert client.facts["client_secret"] not in json.dumps(simulator.requests())
