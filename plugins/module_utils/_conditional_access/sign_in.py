# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One sign-in as Conditional Access sees it: what is known of it, and what is not. Pure data: no I/O.

None stands for "not known" in every field, and never for "none". A field that is not known makes an answer that hangs
on it unknown.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .._core.resource import normalize_case

EXCHANGE_ONLINE = "00000002-0000-0ff1-ce00-000000000000"
SHAREPOINT, TEAMS = "00000003-0000-0ff1-ce00-000000000000", "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
SKYPE = "00000004-0000-0ff1-ce00-000000000000"  # Skype for Business Online
EAS, LEGACY, APPS, BROWSER = "exchangeActiveSync", "other", "mobileAppsAndDesktopClients", "browser"
# "The device platforms that Conditional Access supports" (Conditions).
PLATFORMS = frozenset({"android", "ios", "windows", "macos", "linux"})
BLOCK = frozenset({"block"})
TRUSTED = "alltrusted"  # beside the ids of named locations: the sign-in comes from one that is marked as trusted
# Locations that no list has: one of those that "all trusted locations" means, and where devices are that come through
# Global Secure Access ("Network"; resources/compliantNetworkNamedLocation).
MFA_TRUSTED_ADDRESSES = "00000000-0000-0000-0000-000000000000"
COMPLIANT_NETWORK = "3d46dbda-8382-466a-856d-eb00cbc6b910"
NO_FLOW = "none"
# "Microsoft Graph functions as an umbrella resource" (Target resources): a sign-in is evaluated for the services behind
# it, of which those that were asked for are not known.
MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"
# The values of a policy's lists that are known here, in lower case. Graph may add others at any time.
CLIENT_TYPES = frozenset(
    {"all", "browser", "mobileappsanddesktopclients", "exchangeactivesync", "eassupported", "easunsupported", "other"}
)
PLATFORM_NAMES = PLATFORMS | {"all", "windowsphone"}

# What a policy can name that holds several applications ("Target resources").
_ALL_SUITES = frozenset({"office365", "microsoftadminportals", "797f4846-ba00-4fd7-ba43-dac1f8f63013"})
# Which of them hold an application. Only what is asked about here: of others that is not known.
_SUITES = {
    **dict.fromkeys((EXCHANGE_ONLINE, SHAREPOINT, TEAMS, SKYPE), frozenset({"office365"})),
    "microsoftadminportals": frozenset(),
}
# How sign-in logs and Graph spell the platforms, without the version that may follow.
_SPELLINGS = {
    "android": "android",
    "androidenterprise": "android",  # these two, and macmdm, are how the directory spells the system of a device
    "androidforwork": "android",
    "macmdm": "macos",
    "ios": "ios",
    "iphone": "ios",
    "ipad": "ios",
    "ipados": "ios",
    "windows": "windows",
    "macos": "macos",
    "macosx": "macos",
    "osx": "macos",
    "linux": "linux",
}
# What is certainly none of them. A text that is not here either, such as `Windows Server 2022`, may mean one.
_OTHER_SYSTEMS = frozenset({"other", "chromeos"})
_WORD = re.compile(r"(?:[^\W\d_]|\s)+")


@dataclass(frozen=True)
class Device:
    """What is known of a device. All attributes of one that is not registered are null ("Filter for devices").

    Names of attributes and texts are in lower case. `comparisons` are comparisons of a filter of which the result is
    taken as given, by their key in `devices`.
    """

    registered: bool
    attributes: frozenset[tuple[str, str]] = frozenset()
    comparisons: frozenset[tuple[tuple[str, str, str], bool]] = frozenset()

    def get(self, attribute: str) -> str | None:
        return dict(self.attributes).get(attribute)


UNREGISTERED = Device(False)


def registered(**attributes: Any) -> Device:
    """A registered device with these attributes; booleans count as the texts `true` and `false`."""
    return Device(
        True, frozenset((normalize_case(name), normalize_case(str(value))) for name, value in attributes.items())
    )


def kind_of(control: str) -> str:
    """A control without its id: `authenticationStrength:4` and `authenticationStrength:2` are of one kind."""
    return control.partition(":")[0]


def shown(clause: Iterable[str]) -> list[str]:
    """Controls as results have them: without ids."""
    return sorted({kind_of(one) for one in clause})


@dataclass(frozen=True)
class AllBut:
    """The controls of somebody who meets everything but what is wanted; nothing at all where anything is wanted."""

    wanted: frozenset[str] | None

    def __contains__(self, control: object) -> bool:
        return self.wanted is not None and {control, kind_of(str(control))}.isdisjoint(BLOCK | self.wanted)


@dataclass(frozen=True)
class SignIn:
    """One sign-in, apart from who signs in. The platform `other` is one that Conditional Access does not know.

    An empty platform is one that is not known to us. `places` are the ids of the named locations that it comes from,
    in lower case, and `TRUSTED`; `unsure_places` are those of which that is not known. `satisfied` are the controls
    that were met before. `asks_entra` is false for a certificate that is shown straight to Exchange. Of each set in
    `met` one control is known to have been met, and none of each set in `failed`; of others that is not known.
    `audiences` are the resources that a sign-in was evaluated for, where that is known; otherwise it is `resource`.
    Without `purpose_known` it may be for a user action, such as to register a device, or an authentication context.
    """

    client: str
    platform: str
    resource: str = EXCHANGE_ONLINE
    device: Device | None = None
    places: frozenset[str] | None = None
    unsure_places: frozenset[str] = frozenset()
    sign_in_risk: str | None = None
    user_risk: str | None = None
    insider_risk: str | None = None
    flow: str | None = None
    satisfied: Container[str] | None = None
    asks_entra: bool = True
    met: frozenset[frozenset[str]] = frozenset()
    failed: frozenset[frozenset[str]] = frozenset()
    audiences: frozenset[str] = frozenset()
    purpose_known: bool = True

    def told_of(self, clause: frozenset[str]) -> bool | None:
        """Whether one of these controls was met, as far as `met` and `failed` say so. A block says nothing of that."""
        if clause == BLOCK:
            return None
        if any(one <= clause for one in self.met):
            return True
        return False if any(clause <= one for one in self.failed) else None

    @property
    def known_platform(self) -> str:
        """The platform in Graph's words, in lower case; `other` for one that Conditional Access does not know."""
        return platform_of(self.platform) or "other"


def suites_of(resource: str) -> tuple[frozenset[str], frozenset[str]]:
    """The suites that hold a resource for certain, and those that may; the names are in lower case."""
    held = _SUITES.get(resource)
    return (frozenset(), _ALL_SUITES - {resource}) if held is None else (held, frozenset())


@lru_cache(maxsize=1_000)
def platform_of(text: str) -> str | None:
    """The platform that a text of the sign-in log means, such as `Ios 18.1`; None if it is not one of the known."""
    return _SPELLINGS.get(_name(text))


@lru_cache(maxsize=1_000)
def platform_in_log(text: str) -> str:
    """The same as a sign-in has it: the text of a system that is none of the known, empty if that is not certain."""
    return platform_of(text) or (text if _name(text) in _OTHER_SYSTEMS else "")


def _name(text: str) -> str:
    word = _WORD.match(str(text).strip())
    return re.sub(r"\s", "", normalize_case(word[0])) if word else ""
