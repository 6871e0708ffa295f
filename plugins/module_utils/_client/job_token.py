# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token that a platform issues to a job, with which an application signs in without any secret.

It comes from an option, from a file, or from GitHub, where a job requests it at an address:
https://docs.github.com/actions/reference/security/oidc
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from .._core.connection import named
from .._core.errors import Purpose, TenantError, one_line, usage
from .._core.private_file import read_file
from .._core.redaction import Redactor
from .._core.retry import Operation
from .._http.http import Http
from .._http.service import Bearer, Request, Service
from .token_memory import is_token

_URL, _TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
_ASK = Purpose("get the token of the job from GitHub", "permissions: id-token: write in the workflow")
# https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
_AUDIENCES = {
    "us_government": "api://AzureADTokenExchangeUSGov",
    "us_government_dod": "api://AzureADTokenExchangeUSGov",
    "china": "api://AzureADTokenExchangeChina",
}


def is_github_job() -> bool:
    """Whether this is a GitHub job that may request a token."""
    return bool(os.environ.get(_URL) and os.environ.get(_TOKEN))


def proof(params: Mapping[str, Any], http: Http, redactor: Redactor) -> list[str]:
    """What distinguishes this credential from others. GitHub issues a different token each time, for the same job."""
    if _given(params):
        return [assertion(params, http, redactor)]
    return [os.environ.get(_URL, ""), os.environ.get(_TOKEN, "")]


def assertion(params: Mapping[str, Any], http: Http, redactor: Redactor) -> str:
    """The token, read again for each request: platforms rotate their files. Raises `TenantError`."""
    # A blank one is never replaced by that of GitHub, which is for somebody else.
    if params.get("federated_token"):
        found = _of_option(params)
    elif params.get("federated_token_file"):
        found = _of_file(params)
    else:
        found = _of_github(params, http, redactor)
    redactor.add(found)
    return found


def _given(params: Mapping[str, Any]) -> bool:
    return bool(params.get("federated_token") or params.get("federated_token_file"))


def _of_option(params: Mapping[str, Any]) -> str:
    found = str(params["federated_token"]).strip()
    if not found:
        raise usage(f"the token of {named('federated_token')} is blank", "Set it to the token of the platform")
    if not is_token(found):
        raise usage(
            f"the token of {named('federated_token')} contains characters that are invalid in a token; it is not shown",
            "Set it to the token of the platform alone, without quotes, spaces or line breaks",
        )
    return found


def _of_file(params: Mapping[str, Any]) -> str:
    path = str(params["federated_token_file"])
    step = "Specify the path of the file to which the platform writes its token"
    try:
        found = read_file(path).decode().strip()
    except (OSError, ValueError) as error:  # the path may be invalid, or what is in the file
        raise usage(
            f"the file {path} of {named('federated_token_file')} cannot be read: {one_line(error)}", step
        ) from error
    if not found:
        raise usage(f"the file {path} of {named('federated_token_file')} is empty", step)
    return found


def _of_github(params: Mapping[str, Any], http: Http, redactor: Redactor) -> str:
    url, token = os.environ.get(_URL, ""), os.environ.get(_TOKEN, "")
    redactor.add(token)
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or not is_token(token):
        raise usage(
            f"{_URL} and {_TOKEN} are not the address and the token of a GitHub job",
            f"Do not change what GitHub sets, or set {named('federated_token')}",
        )
    audience = quote(_AUDIENCES.get(str(params.get("cloud")), "api://AzureADTokenExchange"), safe="")
    service = Service("GitHub", f"https://{parts.netloc}", Bearer(lambda: token, lambda refused, challenge: None))
    address = f"{url}{'&' if parts.query else '?'}audience={audience}"
    response = http.send(service, Request(Operation.READ, "GET", address, _ASK))
    found = response.json.get("value") if isinstance(response.json, dict) else None
    if not isinstance(found, str) or not is_token(found):
        raise TenantError(
            "protocol", f"the response of GitHub contains no token (request id {response.handle})", _ASK.action
        )
    return found
