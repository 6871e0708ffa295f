# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the Azure CLI that the first-contact script uses, against the simulated Microsoft Graph."""

from __future__ import annotations

import base64
import json
import os
import re
import ssl
import sys
import uuid
from http.client import HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

GRAPH = "https://graph.microsoft.com"


def main(arguments: list[str]) -> int:
    if arguments[0] in ("cloud", "login"):
        return 0
    options, words = _options(arguments)
    if words[:4] == ["ad", "app", "credential", "reset"]:
        return _certificate(options)
    if words != ["rest"]:
        raise SystemExit(f"az_stub: {arguments}")
    headers = dict(one.split("=", 1) for one in options.get("--headers", []))
    body = options["--body"][0].encode() if "--body" in options else None
    found = _send(options["--method"][0], options["--url"][0].removeprefix(GRAPH), body, headers)
    if "--query" in options:
        shown = _query(found, options["--query"][0])
        if options.get("--output") == ["json"]:
            shown = json.dumps(shown, indent=2)
        print("" if shown is None else shown)
    return 0


def _options(arguments: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    options: dict[str, list[str]] = {}
    words: list[str] = []
    name = ""
    for one in arguments:
        if one.startswith("--"):
            name = one
            options[name] = []
        elif name:
            options[name].append(one)
        else:
            words.append(one)
    return options, words


def _send(method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
    """Uses the standard library, which starts in a tenth of the time of others."""
    where = urlsplit(os.environ["AZ_GRAPH"])
    connection = HTTPSConnection(where.netloc, context=ssl.create_default_context(cafile=os.environ["AZ_CA"]))
    given = {"Authorization": f"Bearer {os.environ['AZ_TOKEN']}", **(headers or {})}
    connection.request(method.upper(), quote(path, safe="/?$=&',()"), body, given)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 400:
        sys.exit(f"{answer.status} {content.decode()}")
    return json.loads(content) if content else None


def _query(value: Any, query: str) -> Any:
    """As much of JMESPath as the script uses."""
    chosen = re.fullmatch(r"(\w+)\[\?(\w+)=='([^']*)'\]\.(\w+) \| \[0\]", query)
    if chosen:
        fits = [one[chosen[4]] for one in value[chosen[1]] if one[chosen[2]] == chosen[3]]
        return next(iter(fits), None)
    both = re.fullmatch(r"value\[\?(\w+)=='([^']*)' && (\w+)=='([^']*)'\]\.id \| \[0\]", query)
    if both:
        wanted = {both[1]: both[2], both[3]: both[4]}
        ids = [one["id"] for one in value["value"] if all(one[name] == text for name, text in wanted.items())]
        return next(iter(ids), None)
    parts = re.fullmatch(r"(\w+)\[\?(\w+)=='([^']*)'\]\.(\w+)\[\]", query)
    if parts:
        return [part for one in value[parts[1]] if one[parts[2]] == parts[3] for part in one[parts[4]]]
    others = re.fullmatch(r"(\w+)\[\?((?:\w+!='[^']*'(?: && )?)+)\]", query)
    if others:
        unwanted = re.findall(r"(\w+)!='([^']*)'", others[2])
        return [one for one in value[others[1]] if all(one[name] != text for name, text in unwanted)]
    tag = re.fullmatch(r"tags\[\?@=='([^']*)'\] \| \[0\]", query)
    if tag:
        return tag[1] if tag[1] in value["tags"] else None
    if query == "value[0].id":
        return next((one["id"] for one in value["value"]), None)
    return value[query]


def _certificate(options: dict[str, list[str]]) -> int:
    with open(options["--cert"][0].removeprefix("@"), encoding="ascii") as file:
        content = "".join(line.strip() for line in file if not line.startswith("-----"))
    base64.b64decode(content, validate=True)
    address = f"/v1.0/applications(appId='{options['--id'][0]}')?$select=id,keyCredentials"
    application = _send("get", address)
    new = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": content, "keyId": str(uuid.uuid4())}
    body = json.dumps({"keyCredentials": [*application["keyCredentials"], new]}).encode()
    _send("patch", f"/v1.0/applications/{application['id']}", body, {"Content-Type": "application/json"})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
