# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions with as many digits as the number of a telephone, in the properties where the services write them."""

from __future__ import annotations

import re

# Exchange, of which 8 is 2007, 14 is 2010 and 15 is every later one: `0.20 (15.20.9115.20)` and
# `Version 15.20 (Build 9115.20)` (Get-OrganizationConfig, Get-ExchangeServer).
_EXCHANGE = re.compile(
    r"""
    0\.[0-9]{1,2}\ \((?:8|14|15)(?:\.[0-9]{1,5}){3}\)
    | (?:Version\ )?(?:8|14|15)\.[0-9]{1,2}(?:\ \(Build\ [0-9]{1,5}\.[0-9]{1,4}\)|\.[0-9]{1,5}\.[0-9]{1,4})
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OF_EXCHANGE = frozenset(
    {"AdminDisplayVersion", "ExchangeVersion", "PreviousAdminDisplayVersion", "RBACConfigurationVersion", "version"}
)
# A security response of Apple such as `16.5.1 (c)`; Chrome OS such as `15662.76.0`; and a build of Android with its
# date, `14.0.0 (UP1A.231005.007)`, on which nobody with a device was born: the year is 2017 or later.
_SYSTEM = re.compile(
    r"""
    [0-9]{2}\.[0-9](?:\.[0-9])?\ \([a-c]\)
    | 1[0-9]{4}\.[0-9]{1,2}\.0
    | (?:[0-9]{1,2}(?:\.[0-9]){0,2}\ )?\(?[A-Z]{2}[0-9][A-Z]\.
      (?:1[7-9]|2[0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])\.[0-9]{3}(?:\.[A-Z][0-9])?\)?
    """,
    re.VERBOSE,
)
_OF_SYSTEMS = frozenset({"osMaximumVersion", "osMinimumVersion", "osVersion"})


def is_version(name: str, text: str) -> bool:
    forms = _EXCHANGE if name in _OF_EXCHANGE else _SYSTEM if name in _OF_SYSTEMS else None
    return forms is not None and forms.fullmatch(text) is not None
