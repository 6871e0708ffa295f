# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mask a result with this many devices: not at all, by `str.replace` of each secret or of each form, by ours.

`masking.py nothing|replace|forms|ours DEVICES [escaped]`; with `escaped`, text that a service or proxy has escaped.
"""

from __future__ import annotations

import base64
import html
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[2] / ".cache" / "live"))
from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor

# The secrets of a task: the application's, a password, the password of a proxy, and two access tokens.
SECRETS = ["Q8~canary.0123456789_abcdefghijklmnopqr", "zur\u00fcck & <vogel>", "pa55/of@proxy", "e30." + "x" * 1600]
SECRETS.append(SECRETS[-1].replace("x", "y"))


def device(number: int, escaped: bool) -> dict[str, Any]:
    name = f"iPhone of Adele & Alex {number}"
    return {
        "name": quote(name) if escaped else name,
        "guid": f"{number:08x}-0000-0000-0000-000000000000",
        "mailbox": f"adele.vance{number}@contoso.example",
        "device_model": "iPhone14C2",
        "device_os": "iOS 18.6",
        "states": ["Allowed", "Individual"],
        "days": number % 90,
    }


def forms(secret: str) -> Iterable[str]:
    basic = base64.b64encode(f"id:{secret}".encode()).decode()
    return {secret, quote(secret, safe=""), html.escape(secret), json.dumps(secret)[1:-1], basic}


def without(value: Any, texts: list[str]) -> Any:
    if isinstance(value, str):
        for text in texts:
            value = value.replace(text, "********")
        return value
    if isinstance(value, dict):
        return {key: without(entry, texts) for key, entry in value.items()}
    return [without(entry, texts) for entry in value] if isinstance(value, list) else value


def ours(value: Any) -> Any:
    redactor = Redactor()
    for secret in SECRETS:
        redactor.add(secret)
    return redactor.clean(value)


WAYS: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda value: value,
    "replace": lambda value: without(value, SECRETS),
    "forms": lambda value: without(value, [form for secret in SECRETS for form in forms(secret)]),
    "ours": ours,
}


def main() -> None:
    way, number = sys.argv[1], int(sys.argv[2])
    result = [device(one, "escaped" in sys.argv) for one in range(number)]
    found = WAYS[way](result)
    if found != result:
        raise SystemExit("there was no secret in it")


if __name__ == "__main__":
    main()
