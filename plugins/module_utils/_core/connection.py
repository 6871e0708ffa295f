# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that every module shares: how to reach a tenant and how to sign in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from ansible.module_utils.basic import env_fallback

from .errors import one_line, usage
from .targets import is_blank


@dataclass(frozen=True)
class Cloud:
    """The hosts of one cloud.

    Microsoft Graph, "National cloud deployments"; for Exchange, ExchangeEnvironmentName of Connect-ExchangeOnline.
    Exchange Online redirects some tenants to a host of their region, always in the domain exchange_domain.
    """

    authority_url: str
    graph_url: str
    exchange_url: str
    exchange_domain: str = ""


CLOUDS = {
    "public": Cloud(
        "https://login.microsoftonline.com",
        "https://graph.microsoft.com",
        "https://outlook.office365.com",
        "outlook.office365.com",
    ),
    "us_government": Cloud(
        "https://login.microsoftonline.us", "https://graph.microsoft.us", "https://outlook.office365.us", "office365.us"
    ),
    "us_government_dod": Cloud(
        "https://login.microsoftonline.us",
        "https://dod-graph.microsoft.us",
        "https://outlook-dod.office365.us",
        "office365.us",
    ),
    "china": Cloud(
        "https://login.partner.microsoftonline.cn",
        "https://microsoftgraph.chinacloudapi.cn",
        "https://partner.outlook.cn",
        "partner.outlook.cn",
    ),
}

# As in DNS, or an IPv6 address. Letters of other alphabets can look like these, and lead elsewhere.
_HOST = re.compile(r"(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9.])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
METHODS = ("client_secret", "certificate", "federated_token", "managed_identity", "device_code", "token")

_REHEARSAL = "INTUNE_EXCHANGE_REHEARSAL"  # the file to which modules add refused hosts in a rehearsal
# The environment variables are those of the Azure SDKs where they exist.
ENVIRONMENT = {
    "tenant_id": "AZURE_TENANT_ID",
    "client_id": "AZURE_CLIENT_ID",
    "client_secret": "AZURE_CLIENT_SECRET",
    "certificate_path": "AZURE_CLIENT_CERTIFICATE_PATH",
    "certificate_password": "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "federated_token": "AZURE_FEDERATED_TOKEN",
    "federated_token_file": "AZURE_FEDERATED_TOKEN_FILE",
    "auth_method": "INTUNE_EXCHANGE_AUTH_METHOD",
    "graph_token": "INTUNE_EXCHANGE_GRAPH_TOKEN",
    "exchange_token": "INTUNE_EXCHANGE_EXCHANGE_TOKEN",
    "token_cache": "INTUNE_EXCHANGE_TOKEN_CACHE",
    "cloud": "INTUNE_EXCHANGE_CLOUD",
    "authority_url": "AZURE_AUTHORITY_HOST",
    "graph_url": "INTUNE_EXCHANGE_GRAPH_URL",
    "exchange_url": "INTUNE_EXCHANGE_EXCHANGE_URL",
    "ca_path": "INTUNE_EXCHANGE_CA_PATH",
    "proxy": "INTUNE_EXCHANGE_PROXY",
    "timeout": "INTUNE_EXCHANGE_TIMEOUT",
}

_SPECS: dict[str, dict[str, Any]] = {
    "tenant_id": {"type": "str"},
    "client_id": {"type": "str"},
    "client_secret": {"type": "str", "no_log": True},
    "certificate_path": {"type": "path"},
    "certificate_password": {"type": "str", "no_log": True},
    "federated_token": {"type": "str", "no_log": True},
    "federated_token_file": {"type": "path", "no_log": False},
    "auth_method": {"type": "str", "choices": list(METHODS)},
    "graph_token": {"type": "str", "no_log": True},
    "exchange_token": {"type": "str", "no_log": True},
    "token_cache": {"type": "path", "no_log": False},
    "cloud": {"type": "str", "choices": list(CLOUDS), "default": "public"},
    "authority_url": {"type": "str"},
    "graph_url": {"type": "str"},
    "exchange_url": {"type": "str"},
    "ca_path": {"type": "path"},
    "proxy": {"type": "str"},
    "timeout": {"type": "int", "default": 300},
}

CONNECTION_SPEC = {
    option: {**spec, "fallback": (env_fallback, [ENVIRONMENT[option]])} for option, spec in _SPECS.items()
}

SECRET_OPTIONS = tuple(option for option, spec in _SPECS.items() if spec.get("no_log"))


def named(*options: str) -> str:
    """Options with their environment variables, for a message."""
    return ", ".join(f"{option} ({ENVIRONMENT[option]})" for option in options)


def refuse_blank_identity(params: Mapping[str, Any]) -> None:
    """Refuse a blank tenant or client id, such as that of an empty environment variable. Raises `TenantError`.

    They identify a tenant and an application; for the other connection options, empty equals unset.
    """
    if is_blank(params.get("tenant_id")):
        raise usage(
            f"{named('tenant_id')} is blank",
            "Set it to the id or a verified domain of the tenant; a host of an inventory has it in tenant_options",
        )
    if is_blank(params.get("client_id")):
        raise usage(
            f"the value of {named('client_id')} is blank",
            "Set it to the client id of the application, or remove it to sign in without one",
        )


def cloud_of(params: dict[str, Any]) -> Cloud:
    """The hosts to use: those of the cloud, each overridden by its option."""
    table = CLOUDS[params["cloud"]]
    return Cloud(
        **{
            option: _https_root(option, params.get(option) or getattr(table, option))
            for option in ("authority_url", "graph_url", "exchange_url")
        },
        # A custom host replaces all documented hosts.
        exchange_domain="" if params.get("exchange_url") else table.exchange_domain,
    )


def proxy_of(params: dict[str, Any]) -> str | None:
    """The address of the proxy, if any. It may hold a password, so it is never shown."""
    given = str(params.get("proxy") or "").strip()
    if not given:
        return None
    url = given if "://" in given else f"http://{given}"
    parts, port = _split(url)
    user = parts.netloc.rpartition("@")[0]
    # User and password are sent in a Latin-1 header.
    sendable = all(" " <= character <= "\xff" and not "\x7f" <= character <= "\x9f" for character in unquote(user))
    whole = not (parts.query or parts.fragment or "\\" in url or parts.path.strip("/"))
    named_well = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.hostname or "") and port != 0
    if not (named_well and whole and sendable and "@" not in user and url.isprintable()):
        raise usage(
            f"{named('proxy')} is not the address of a proxy; it is not shown, since it may hold a password",
            "Set it to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with / @ : and % in the password written as "
            "%2F %40 %3A %25",
        )
    return url


def check_rehearsal(url: str) -> None:
    """Refuse any other host in a rehearsal, since its playbook may contain addresses. Raises `TenantError`.

    The host is added to the file of the rehearsal, for its report.
    """
    host, asked = _split(url)[0].hostname or "", os.environ.get(_REHEARSAL)
    if asked and host not in ("localhost", "127.0.0.1", "::1"):
        if os.path.isabs(asked):
            with suppress(OSError), open(asked, "a", encoding="utf-8") as file:
                file.write(f"{one_line(host)}\n")
        raise usage(
            f"this is a rehearsal on a copy of a tenant, and the task is for {host}, which is not the copy; nothing "
            "was sent there",
            "Let the playbook take the addresses and the sign-in from the environment or from tenant_options",
        )


def _split(url: str) -> tuple[SplitResult, int | None]:
    """The parts of an address and its port; empty for an invalid one."""
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        return urlsplit(""), None


def _https_root(option: str, url: str) -> str:
    """Bearer tokens and secrets are only sent to plain https roots."""
    url = url.strip()
    if "://" not in url:  # the Azure SDKs accept a bare host in AZURE_AUTHORITY_HOST
        url = f"https://{url}"
    parts, port = _split(url)
    hidden = parts.username or parts.password or parts.query or parts.fragment or "\\" in url or "%" in parts.netloc
    plain = not hidden and url.isprintable()
    if parts.scheme != "https" or not _HOST.fullmatch(parts.hostname or "") or not plain or parts.path.strip("/"):
        raise usage(f"{named(option)} must be https://HOST or https://HOST:PORT and nothing else")
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    root = f"https://{host}" + (f":{port}" if port else "")
    check_rehearsal(root)
    return root
