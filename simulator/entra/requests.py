# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to Microsoft Entra ID: their paths, and the forms of client authentication."""

from __future__ import annotations

import base64
import contextlib
import re
from urllib.parse import unquote_plus

from ..behaviours.table import implements
from ..state.http_messages import Answer, Call
from ..state.tenant import Tenant

Form = dict[str, str]
# The key of the authority's name among the form fields.
AUTHORITY = "/authority"
# The scopes that anybody may request about the person who signs in.
OWN_SCOPES = frozenset({"User.Read"})
# Authorities without a tenant: people are found in their home tenant, applications are not.
ANY_TENANT = ("organizations", "common")
TOKEN = ("oauth2/v2.0/token", "oauth2/token")
PATH = re.compile(
    r"/([^/]+)/((?:v2\.0/)?\.well-known/openid-configuration|oauth2/(?:v2\.0/)?token|oauth2/v2\.0/devicecode|"
    r"discovery/v2\.0/keys|discovery/keys)"
)


@implements("login-path")
def nowhere() -> Answer:
    return Answer(404, None, {}, "login-path")


def place(tenant: Tenant, form: Form) -> str:
    """The tenant part of addresses: authorities without a tenant stay unchanged."""
    named = form[AUTHORITY].lower()
    return named if named in ANY_TENANT else tenant.tenant_id


@implements("login-basic")
def authenticated(call: Call) -> Form:
    """The form, with the client from HTTP Basic; a resource of the first version becomes a scope."""
    form = call.form()
    kind, _unused, encoded = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        with contextlib.suppress(ValueError):
            client, _unused, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
            form |= {"client_id": unquote_plus(client), "client_secret": unquote_plus(secret)}
    if "scope" not in form and form.get("resource"):
        form["scope"] = f"{form['resource'].rstrip('/')}/.default"
    return form
