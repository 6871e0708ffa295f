# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose tokens an application accepts in place of a secret: issuer and subject of the platforms that run jobs.

https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .._core.errors import usage
from .._core.targets import is_blank

GITHUB = "https://token.actions.githubusercontent.com"
# https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
AUDIENCES = {
    "us_government": "api://AzureADTokenExchangeUSGov",
    "us_government_dod": "api://AzureADTokenExchangeUSGov",
    "china": "api://AzureADTokenExchangeChina",
}
_AUDIENCE = "api://AzureADTokenExchange"
_TEXT = {"type": "str"}
_NEEDED = {"type": "str", "required": True}
OPTIONS: dict[str, Any] = {
    "github": {
        "type": "dict",
        "options": {
            "owner": _NEEDED,
            "owner_id": {"type": "int"},
            "repository": _NEEDED,
            "repository_id": {"type": "int"},
            "branch": _TEXT,
            "tag": _TEXT,
            "environment": _TEXT,
            "names_only": {"type": "bool", "default": False},
        },
    },
    "gitlab": {
        "type": "dict",
        "options": {
            "url": {"type": "str", "default": "https://gitlab.com"},
            "project": _NEEDED,
            "branch": _TEXT,
            "tag": _TEXT,
        },
    },
    "kubernetes": {
        "type": "dict",
        "options": {"issuer": _NEEDED, "namespace": _NEEDED, "service_account": _NEEDED},
    },
    "automation_platform": {
        "type": "dict",
        "options": {"url": _NEEDED, "organization": _NEEDED, "job_template": _NEEDED},
    },
    "issuer": _TEXT,
    "subject": _TEXT,
}


@dataclass(frozen=True)
class Trust:
    """The accepted tokens: from this issuer, for this subject, for this audience."""

    issuer: str
    subject: str
    audience: str


def trust_of(params: Mapping[str, Any]) -> Trust:
    """The trust that the options of one platform describe. Raises `TenantError`."""
    given = [name for name in _PLATFORMS if params.get(name) is not None]
    plain = [name for name in ("issuer", "subject") if params.get(name) is not None]
    if len(given) + bool(plain) != 1 or len(plain) == 1:
        names = ", ".join([*_PLATFORMS, "issuer with subject"])
        raise usage(f"a federated credential is described by exactly one of {names}", "Set one of them")
    described = {f"{given[0]}.{name}": value for name, value in params[given[0]].items()} if given else params
    if given:
        options = OPTIONS[given[0]]["options"].items()
        plain = [f"{given[0]}.{name}" for name, spec in options if spec.get("required")]
    for name in plain:
        if is_blank(described.get(name) or ""):
            raise usage(f"{name} is blank, and a blank value never means every job", "Set a value")
    issuer, subject = (
        _PLATFORMS[given[0]](params[given[0]]) if given else (str(params["issuer"]), str(params["subject"]))
    )
    for name, value in (("issuer", issuer), ("subject", subject)):
        if value != value.strip() or "*" in value or len(value) > 600:
            raise usage(f"the {name} {value} has spaces around it, an asterisk or more than 600 characters")
    if not _is_address(issuer):
        raise usage(f"the issuer {issuer} is not an https address")
    return Trust(issuer, subject, AUDIENCES.get(str(params.get("cloud")), _AUDIENCE))


def _is_address(issuer: str) -> bool:
    try:
        parts = urlsplit(issuer)
        _port = parts.port  # raises, too
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not (parts.query or parts.fragment)


def _one_of(given: Mapping[str, Any], names: tuple[str, ...], platform: str) -> str:
    found = [name for name in names if not is_blank(given.get(name) or "")]
    if len(found) != 1:
        raise usage(
            f"{platform} takes exactly one of {', '.join(names)}", "A credential for all of them does not exist"
        )
    return found[0]


def _github(given: Mapping[str, Any]) -> tuple[str, str]:
    """Subjects contain the ids if a repository was created or renamed since 2026-07-15, or if its owner opted in.

    https://learn.microsoft.com/entra/workload-id/workload-identities-github-immutable-subjects
    """
    owner, repository = str(given["owner"]), str(given["repository"])
    if not given["names_only"]:
        missing = [name for name in ("owner_id", "repository_id") if not given.get(name)]
        if missing:
            raise usage(
                f"github lacks {' and '.join(missing)}, without which a repository of the same name could be somebody "
                "else's",
                "gh api repos/OWNER/REPOSITORY --jq '[.owner.id, .id]' prints them. A repository that still has "
                "subjects without ids needs names_only",
            )
        owner, repository = f"{owner}@{given['owner_id']}", f"{repository}@{given['repository_id']}"
    kind = _one_of(given, ("branch", "tag", "environment"), "github")
    what = {"branch": "ref:refs/heads/", "tag": "ref:refs/tags/", "environment": "environment:"}[kind]
    return GITHUB, f"repo:{owner}/{repository}:{what}{given[kind]}"


def _gitlab(given: Mapping[str, Any]) -> tuple[str, str]:
    """https://docs.gitlab.com/ci/cloud_services/azure/"""
    kind = _one_of(given, ("branch", "tag"), "gitlab")
    return str(given["url"]).rstrip("/"), f"project_path:{given['project']}:ref_type:{kind}:ref:{given[kind]}"


def _kubernetes(given: Mapping[str, Any]) -> tuple[str, str]:
    """The issuer exactly as the cluster writes it, with or without a final slash."""
    return str(given["issuer"]), f"system:serviceaccount:{given['namespace']}:{given['service_account']}"


def _automation_platform(given: Mapping[str, Any]) -> tuple[str, str]:
    """Red Hat Ansible Automation Platform 2.7, "Claims for workload identity"."""
    subject = (
        f"workload_type:aap_controller_automation_job:organization:{given['organization']}"
        f":job_template:{given['job_template']}"
    )
    return f"{str(given['url']).rstrip('/')}/o", subject


_PLATFORMS: dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "github": _github,
    "gitlab": _gitlab,
    "kubernetes": _kubernetes,
    "automation_platform": _automation_platform,
}
