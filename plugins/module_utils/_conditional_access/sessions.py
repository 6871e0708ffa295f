# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session controls of Conditional Access, as far as they can refuse a sign-in. Pure rules: no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.resource import normalize_case
from .assignments import filled

# Session controls that shorten or limit a session and never refuse a sign-in ("Session"). Others can, or are new.
_LIMITING_SESSIONS = frozenset(
    {"applicationEnforcedRestrictions", "persistentBrowser", "signInFrequency", "disableResilienceDefaults"}
)
# Of Defender for Cloud Apps, where a custom policy may block ("Create Defender for Cloud Apps access policies").
_LIMITING_APP_CONTROLS = frozenset({"monitoronly", "blockdownloads"})


def refusing(policy: Mapping[str, Any]) -> list[str]:
    """The session controls of a policy that may refuse whoever meets what it asks for."""
    session = policy.get("sessionControls") or {}
    return sorted(name for name, value in session.items() if _may_refuse(name, value))


def _may_refuse(name: str, value: Any) -> bool:
    if "@" in name or name in _LIMITING_SESSIONS or not filled(value):
        return False
    parts = value if isinstance(value, Mapping) else {}
    return parts.get("isEnabled") is not False and (
        name != "cloudAppSecurity" or normalize_case(parts.get("cloudAppSecurityType")) not in _LIMITING_APP_CONTROLS
    )


def asks_again(policy: Mapping[str, Any]) -> str:
    """Why a policy makes people sign in again who meet what it asks for, if it does ("Sign-in frequency")."""
    frequency = (policy.get("sessionControls") or {}).get("signInFrequency") or {}
    if not filled(frequency) or frequency.get("isEnabled") is False:
        return ""
    if normalize_case(frequency.get("frequencyInterval") or "") == "everytime":
        return "it asks to sign in every time"
    return "it limits how long a sign-in lasts, and when somebody last signed in is not known"
