# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: variants of the responses of InvokeCommand, which a tenant description selects."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

_PS = "https://learn.microsoft.com/powershell/module/exchange"
_CIPP = "https://github.com/KelvinTegelaar/CIPP-API"
_GRAPH2OTEL = "rknightion/graph2otel commit dfd9ef7, 2026-08-21"
_EXOSCC = "terraprovider/go-exoscc, live CI of 2026-08 and 2026-09"
_TERRAFORM = "terraprovider/terraform-provider-exo, 2026-09-21"
_SCUBA = "cisagov/ScubaGear EXORestHelper.psm1, 2026-07"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Exchange: variants of responses": {
        "exchange-warnings": Behaviour(
            "a page with a next-page link also has the warning about more results; a complete response has an "
            "empty list of warnings",
            SEEN,
            _GRAPH2OTEL,
        ),
        "exchange-result-size": Behaviour(
            "1000 objects and a warning, unless ResultSize is set; a list that ResultSize limits ends with a "
            "link that cannot be followed",
            SEEN,
            _GRAPH2OTEL,
        ),
        "exchange-links": Behaviour(
            "a next-page link is followed by POST with the same body; optionally by GET, or not at all",
            SEEN,
            f"POST: {_CIPP}; GET: {_EXOSCC}; not at all: {_GRAPH2OTEL}",
        ),
        "exchange-empty": Behaviour(
            "no objects: an empty list; optionally no list, null, or 204 without a body",
            SEEN,
            f"{_GRAPH2OTEL}; {_CIPP}",
        ),
        "exchange-annotations": Behaviour(
            "numbers, GUIDs and times have an annotation NAME@data.type; texts, switches and lists have none",
            SEEN,
            f"{_GRAPH2OTEL}; {_TERRAFORM}",
        ),
        "exchange-times": Behaviour(
            "times are texts with seven decimals of a second, optionally with +00:00; those of a user are "
            "whole numbers",
            SEEN,
            f"{_GRAPH2OTEL}; {_TERRAFORM}; whole numbers: christophwille/talkingtoexorestapi docs/metadata.xml",
        ),
        "exchange-redirect": Behaviour(
            "optionally the service redirects an organization to a regional host: 302, to be followed with "
            "method, body and token",
            SEEN,
            f"{_SCUBA}; {_EXOSCC}",
        ),
        "exchange-rate-headers": Behaviour(
            "Rate-Limit-Limit, -Remaining and -Reset; the length of the window and the format of its end are invented",
            SEEN,
            _EXOSCC,
        ),
        "exchange-custom-domain": Behaviour(
            "a custom domain of the organization in the path or anchor is refused as if rights were missing",
            DOCUMENTED,
            "https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2 warns of permission issues "
            "that are hard to understand; that it is 403 is assumed",
        ),
        "exchange-writes-domain": Behaviour(
            "optionally writes are refused with the tenant's GUID and accepted with the initial .onmicrosoft domain",
            ASSUMED,
            "one public report of 2026-10; other clients write successfully with the GUID",
        ),
        "exchange-companion-lag": Behaviour(
            "optionally a new object is readable at once, while writes to it return not found",
            SEEN,
            _TERRAFORM,
        ),
    },
    "Exchange: variants of errors": {
        "exchange-errors": Behaviour(
            "clients with the headers of Microsoft's module get JSON text in the details, others code|type|text",
            ASSUMED,
            f"each form was seen; that the headers decide is assumed from {_EXOSCC}",
        ),
        "exchange-errors-json": Behaviour(
            "details contain JSON text with Message, TypeName, StackTrace, InnerError", SEEN, _EXOSCC
        ),
        "exchange-errors-pipe": Behaviour("details contain code|type|text", SEEN, f"{_CIPP}; {_GRAPH2OTEL}"),
        "exchange-errors-internal": Behaviour(
            "only innererror.internalexception, with the message Invalid Operation", SEEN, _GRAPH2OTEL
        ),
        "exchange-not-found-status": Behaviour("an object that was not found: 400, optionally 404", SEEN, _EXOSCC),
        "exchange-denied-body": Behaviour("a 403 has a body of NUL bytes, optionally none", SEEN, _GRAPH2OTEL),
        "object-ambiguous": Behaviour(
            "an identity of several objects: matches multiple entries, optionally with the exception type of "
            "not found; an id takes precedence over names",
            SEEN,
            "microsoft/Microsoft365DSC issue 3741; KelvinTegelaar/CIPP-API pull request 1568; "
            "MicrosoftDocs/office-docs-powershell issue 7166; that an id outranks names is assumed",
        ),
        "role-exists": Behaviour(
            "a role name that is in use: System.InvalidOperationException", SEEN, "microsoft/Microsoft365DSC issue 4049"
        ),
    },
    "Exchange: values": {
        "cmdlet-enumeration": Behaviour("names of enumeration members match by prefix", SEEN, _GRAPH2OTEL),
        "cmdlet-empty-list": Behaviour(
            "an empty list leaves a property unchanged; removing its values clears it", SEEN, f"{_EXOSCC} (delta.go)"
        ),
        "cmdlet-whole-list": Behaviour(
            "lists of approved applications cannot be edited with Add and Remove", ASSUMED, f"after {_EXOSCC} (kind.go)"
        ),
        "role-parent": Behaviour(
            "the parent of a role by name, optionally after the name of the organization",
            ASSUMED,
            "every example of microsoft/Microsoft365DSC has TENANT\\Role; no response was seen",
        ),
        "role-group-by-guid": Behaviour(
            "role groups are found by GUID, optionally not", ASSUMED, f"scripts do it; a test of {_TERRAFORM} says no"
        ),
        "role-assignment-assignee": Behaviour(
            "an assignment needs an assignee, and of the kind of the parameter: a person is not found as a group; the "
            "error text is invented",
            DOCUMENTED,
            f"{_PS}/new-managementroleassignment",
        ),
    },
}
