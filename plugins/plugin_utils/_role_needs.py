# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a role lacks an application or a right, the one command that gives it everything that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._content import COLLECTION

_UNKNOWN_APPLICATION = "AADSTS700016"  # of Microsoft Entra: the tenant has no application with this id


def with_bootstrap(result: dict[str, Any], task: Any) -> dict[str, Any]:
    """The failure of a task of a role of this collection, with that command where it would help."""
    content = _content(task)
    message, error = str(result.get("msg") or ""), result.get("error")
    if not content or not result.get("failed") or not isinstance(error, Mapping):
        return result
    kind, answer = error.get("kind"), f"{error.get('code')} {error.get('message')}"
    if kind == "no_credentials" or _UNKNOWN_APPLICATION in answer:
        does = "creates an application with all that this needs"
    elif kind == "forbidden" and _grants(content, message):
        does = "grants all that this needs; name what else the application is for as well"
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


def _grants(content: str, message: str) -> bool:
    """Whether the playbook grants for this content what the message says is missing. An option may need more."""
    from ._permissions import least_privilege  # its tables cost time, and only a refusal needs them

    asked = message[max(message.rfind("needs "), message.rfind("Grant the application ")) :]
    try:
        needed = least_privilege([content])
    except ValueError:
        return False
    named = (*needed["microsoft_graph"], *needed["office_365_exchange_online"], *needed["exchange_roles"])
    return any(name in asked for name in named)
