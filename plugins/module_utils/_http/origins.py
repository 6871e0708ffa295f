# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of a service: the bearer token goes to no other."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import SplitResult, urljoin, urlsplit

# Characters of an address from a service: to parse one of megabytes takes seconds, in which no deadline counts.
# Azure Front Door takes 8 KB, and an address that no service of Microsoft would take leads nowhere.
# https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits
LONGEST_LINK = 32 * 1024
_DEFAULT_PORTS = {"https": 443, "http": 80}
# Exchange Online names this back-end port in addresses; working clients reach the same host at 443.
_BACK_END_PORT = 446
REDIRECTS = (302, 307, 308)  # the request is repeated unchanged, as in clients that work with real tenants


def belonging(root: str, siblings: Sequence[str] | None, url: str) -> str | None:
    """The url if it may be called, or None if it is not below root.

    The siblings are domains whose hosts belong to the same service; None for a service with only its root.
    """
    if "\\" in url or "/../" in url:
        return None
    try:
        wanted, given = urlsplit(root), urlsplit(url)
        port = given.port
        if siblings is not None and port == _BACK_END_PORT:
            given = given._replace(netloc=given.netloc.rpartition(":")[0])
            url = given.geturl()
        place, home = _place(given), _place(wanted)
    except ValueError:
        return None
    if "@" in given.netloc or "%" in given.netloc:
        return None
    if place == home:
        inside = given.path == wanted.path or given.path.startswith(wanted.path.rstrip("/") + "/")
        return url if inside else None
    scheme, host, number = place
    near = any(f".{host}".endswith(f".{domain}") for domain in siblings or ())
    return url if near and (scheme, number) == ("https", 443) else None


def _place(parts: SplitResult) -> tuple[str, str, int | None]:
    """Scheme, host and port; the default port equals none."""
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme)


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def moved(url: str, root: str, place: str) -> str:
    """The url at another origin if it is at root."""
    if _place(urlsplit(url)) != _place(urlsplit(root)):
        return url
    there = urlsplit(place)
    return urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc).geturl()


def follow(root: str, siblings: Sequence[str], sent: str, location: str) -> str:
    """Where a redirect leads within the service, else empty. One that names only a host means the same path."""
    if not location:
        return ""
    try:
        there, here = urlsplit(urljoin(sent, location)), urlsplit(sent)
    except ValueError:
        return ""
    if there.path in ("", "/") and not there.query:
        there = there._replace(path=here.path, query=here.query)
    return belonging(root, siblings, there._replace(fragment="").geturl()) or ""
