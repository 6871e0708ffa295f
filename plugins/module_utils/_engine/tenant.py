# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tenant: the clients that the connection options lead to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._client.auth import Tokens
from .._client.graph import Graph
from .._client.token_memory import Token, TokenMemory
from .._core.connection import Cloud, cloud_of, named, proxy_of
from .._core.errors import one_line, usage
from .._core.redaction import Redactor
from .._http.http import Http
from .._http.transport import IMPORT_ERROR

_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")  # it is part of URLs


@dataclass(frozen=True)
class Tenant:
    """The clients of one tenant, for the life of one task. `progress` takes a line for people who watch.

    `clients` are those of services that not every task uses, created by functions such as exchange_of.
    """

    label: str
    http: Http
    tokens: Tokens
    graph: Graph
    cloud: Cloud
    progress: Callable[[str], None]
    clients: dict[str, Any] = field(default_factory=dict)

    def new_token(self, service: str) -> str:
        """A token from this task's own sign-in, for permissions granted since an earlier task signed in."""
        token = self.tokens.bearer(service)
        return self.tokens.bearer(service) if self.tokens.renew(service, token) else token


def open_tenant(
    params: Mapping[str, Any],
    redactor: Redactor,
    progress: Callable[[str], None],
    tell: Callable[[str], None] | None,
    memory: TokenMemory | dict[str, Token] | None = None,
    **http: Any,
) -> Tenant:
    """The tenant of the options; nothing is sent yet. `http` has further arguments of `Http`.

    Callers that pass the same `memory` do not sign in again while its tokens are valid.
    """
    if IMPORT_ERROR:
        raise usage(
            "the Python library requests is missing", "Install requests and msal for the Python that runs the task"
        )
    label = params.get("tenant_id")
    if not label:
        raise usage(f"{named('tenant_id')} is not set", "Set it to the id or a verified domain of the tenant")
    if not _TENANT.fullmatch(label):
        raise usage(
            f"{named('tenant_id')} is {one_line(label, 80)}, which is neither an id nor a domain",
            "Set it to the id or a verified domain of the tenant",
        )
    if params["timeout"] <= 0:
        raise usage(f"{named('timeout')} must be more than 0 seconds")
    cloud = cloud_of(dict(params))
    sender = Http(label, params["timeout"], params.get("ca_path"), proxy_of(dict(params)), **http)
    memory = memory if isinstance(memory, TokenMemory) else TokenMemory(memory)
    tokens = Tokens(dict(params), cloud, sender, redactor, tell, memory)
    bearer = tokens.of("graph")
    return Tenant(label, sender, tokens, Graph(sender, cloud.graph_url, bearer), cloud, progress)
