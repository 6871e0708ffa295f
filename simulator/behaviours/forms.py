# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table of behaviours: the forms in which InvokeCommand answers, which a description chooses."""

from __future__ import annotations

from .behaviour import ASSUMED, DOCUMENTED, SEEN, Behaviour

_PS = "https://learn.microsoft.com/powershell/module/exchange"
_CIPP = "https://github.com/KelvinTegelaar/CIPP-API"
_GRAPH2OTEL = "rknightion/graph2otel commit dfd9ef7, 2026-08-21"
_EXOSCC = "terraprovider/go-exoscc, live CI of 2026-08 and 2026-09"
_TERRAFORM = "terraprovider/terraform-provider-exo, 2026-09-21"
_SCUBA = "cisagov/ScubaGear EXORestHelper.psm1, 2026-07"

SECTIONS: dict[str, dict[str, Behaviour]] = {
    "Exchange: forms of answers": {
        "exchange-warnings": Behaviour(
            "a page with a next link carries the warning about more results as well; a whole answer has an empty list",
            SEEN,
            _GRAPH2OTEL,
        ),
        "exchange-result-size": Behaviour(
            "1000 objects unless ResultSize says otherwise, and a warning; cut short by ResultSize it ends in a link "
            "that cannot be followed",
            SEEN,
            _GRAPH2OTEL,
        ),
        "exchange-links": Behaviour(
            "a link is followed with the same body by POST; by choice with GET, or not at all",
            SEEN,
            f"POST: {_CIPP}; GET: {_EXOSCC}; not at all: {_GRAPH2OTEL}",
        ),
        "exchange-empty": Behaviour(
            "no objects: an empty list; by choice no list, null, or 204 without a body",
            SEEN,
            f"{_GRAPH2OTEL}; {_CIPP}",
        ),
        "exchange-annotations": Behaviour(
            "NAME@data.type beside numbers, GUIDs and times, nothing beside text, switches and lists",
            SEEN,
            f"{_GRAPH2OTEL}; {_TERRAFORM}",
        ),
        "exchange-times": Behaviour(
            "times are text with seven digits of a second, by choice with +00:00; those of a user whole numbers",
            SEEN,
            f"{_GRAPH2OTEL}; {_TERRAFORM}; whole numbers: christophwille/talkingtoexorestapi docs/metadata.xml",
        ),
        "exchange-redirect": Behaviour(
            "an organization by choice is sent on to a regional host: 302, to be followed with method, body and token",
            SEEN,
            f"{_SCUBA}; {_EXOSCC}",
        ),
        "exchange-rate-headers": Behaviour(
            "Rate-Limit-Limit, -Remaining and -Reset; how long the window is and the form of its end are ours",
            SEEN,
            _EXOSCC,
        ),
        "exchange-custom-domain": Behaviour(
            "a custom domain of the organization in path or anchor is refused as if rights were missing",
            DOCUMENTED,
            "https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2 warns of permission issues "
            "that are hard to understand; that it is 403 is assumed",
        ),
        "exchange-writes-domain": Behaviour(
            "by choice what writes is refused under the GUID and taken under the initial .onmicrosoft domain",
            ASSUMED,
            "one public report of 2026-10; other clients that work write under the GUID",
        ),
        "exchange-companion-lag": Behaviour(
            "by choice a new object is readable at once while writes to it answer that it could not be found",
            SEEN,
            _TERRAFORM,
        ),
    },
    "Exchange: forms of errors": {
        "exchange-errors": Behaviour(
            "clients with the headers of Microsoft's module get JSON text in the details, others the pipe form",
            ASSUMED,
            f"each form was seen; that headers decide is a guess after {_EXOSCC}",
        ),
        "exchange-errors-json": Behaviour(
            "details hold JSON text with Message, TypeName, StackTrace, InnerError", SEEN, _EXOSCC
        ),
        "exchange-errors-pipe": Behaviour("details hold code|type|text", SEEN, f"{_CIPP}; {_GRAPH2OTEL}"),
        "exchange-errors-internal": Behaviour(
            "innererror.internalexception alone, under the message Invalid Operation", SEEN, _GRAPH2OTEL
        ),
        "exchange-not-found-status": Behaviour("what could not be found is 400, by choice 404", SEEN, _EXOSCC),
        "exchange-denied-body": Behaviour("a 403 has a body of NUL bytes, by choice none", SEEN, _GRAPH2OTEL),
        "object-ambiguous": Behaviour(
            "an identity of several objects: matches multiple entries, by choice under the type of not found; an id "
            "outranks names",
            SEEN,
            "microsoft/Microsoft365DSC issue 3741; KelvinTegelaar/CIPP-API pull request 1568; "
            "MicrosoftDocs/office-docs-powershell issue 7166; that an id outranks names is assumed",
        ),
        "role-exists": Behaviour(
            "a taken name of a role: System.InvalidOperationException", SEEN, "microsoft/Microsoft365DSC issue 4049"
        ),
    },
    "Exchange: values": {
        "cmdlet-enumeration": Behaviour("names of enumerations are matched by their beginning", SEEN, _GRAPH2OTEL),
        "cmdlet-empty-list": Behaviour(
            "an empty list leaves a property as it is; removing its values clears it", SEEN, f"{_EXOSCC} (delta.go)"
        ),
        "cmdlet-whole-list": Behaviour(
            "lists of approved applications take no table of edits", ASSUMED, f"after {_EXOSCC} (kind.go)"
        ),
        "role-parent": Behaviour(
            "the parent of a role by name, by choice behind the name of the organization",
            ASSUMED,
            "every example of microsoft/Microsoft365DSC has TENANT\\Role; no answer was seen",
        ),
        "role-group-by-guid": Behaviour(
            "role groups are found by GUID, by choice not", ASSUMED, f"scripts do it; a test of {_TERRAFORM} says no"
        ),
        "role-assignment-assignee": Behaviour(
            "an assignment needs somebody to hold it; the text is ours",
            DOCUMENTED,
            f"{_PS}/new-managementroleassignment",
        ),
    },
}
