# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a role lacks an application or a right, the one command that gives it everything that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._content import COLLECTION, RULEBOOKS
from ._permissions import least_privilege

_NO_APPLICATION = ("no credentials are set", "AADSTS700016")


def with_bootstrap(result: dict[str, Any], task: Any) -> dict[str, Any]:
    """The failure of a task of a role of this collection, with that command where it would help."""
    content = _content(task)
    message = str(result.get("msg") or "")
    if not content or not result.get("failed"):
        return result
    kind = (result.get("error") or {}).get("kind")
    if any(sign in message for sign in _NO_APPLICATION):
        does = "creates an application with all that this needs"
    elif kind == "forbidden" and (enough := _granting(content, message)):
        content, does = enough, "grants all that this needs; name what else the application is for as well"
    else:
        return result
    return {**result, "msg": f"{message} ansible-playbook {COLLECTION}bootstrap -e bootstrap_for={content} {does}."}


def _content(task: Any) -> str:
    """The entry point of a role, as the playbook bootstrap names it; empty outside of the roles of this collection."""
    role = getattr(task, "_role", None)
    name = str(role.get_name()) if role is not None else ""
    if not name.startswith(COLLECTION):
        return ""
    files: Mapping[str, Any] = getattr(role, "_from_files", None) or {}
    return f"{name.removeprefix(COLLECTION)}:{str(files.get('tasks') or 'main').removesuffix('.yml')}"


def _granting(content: str, message: str) -> str:
    """The content for which the playbook grants what the message says is missing, or none.

    An option may need more than its role; a rulebook that sets the option for this role says so.
    """
    asked = message[max(message.rfind("needs "), message.rfind("Grant the application ")) :]
    own: set[str] = set()
    for one in (content, *sorted(path.stem for path in RULEBOOKS.glob("*.yml"))):
        try:
            needed = least_privilege([one])
        except ValueError:
            return ""
        own = own or {*needed["modules"]}
        named = (*needed["microsoft_graph"], *needed["office_365_exchange_online"], *needed["exchange_roles"])
        if own <= {*needed["modules"]} and any(name in asked for name in named):
            return one
    return ""
