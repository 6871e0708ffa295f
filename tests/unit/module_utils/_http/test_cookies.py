# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cookies: what the services need is kept, and what nobody needs does not grow with each response."""

from __future__ import annotations

import email
import http.client
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from requests.cookies import extract_cookies_to_jar

from ansible_collections.intune.exchange.plugins.module_utils._http.transport import Transport


def jar_after(*responses: Sequence[str]) -> Any:
    """The jar of a transport after responses with these cookies, read as requests does it."""
    transport = Transport(None, None)
    for cookies in responses:
        take(transport._session.cookies, cookies)
    return transport._session.cookies


def take(jar: Any, cookies: Sequence[str], host: str = "outlook.office365.com") -> None:
    lines = "".join(f"Set-Cookie: {cookie}; secure\n" for cookie in cookies)
    message = email.message_from_string(f"{lines}\n", _class=http.client.HTTPMessage)
    asked = requests.Request("GET", f"https://{host}/x").prepare()
    extract_cookies_to_jar(jar, asked, SimpleNamespace(_original_response=SimpleNamespace(msg=message)))


@pytest.mark.parametrize("cookie", ["n{0}-{1}=v", "n=v; path=/{0}/{1}", "n=v; max-age=1000; path=/{0}/{1}"])
def test_no_more_than_fifty(cookie: str) -> None:
    jar = jar_after(*([cookie.format(page, number) for number in range(20)] for page in range(10)))
    assert len(jar) == 50


def test_what_has_expired_makes_room() -> None:
    jar = jar_after([f"n{number}=v; max-age=1000" for number in range(60)])
    for cookie in jar:
        cookie.expires = 1  # in 1970
    take(jar, ["X-BackEndCookie=new"])
    assert [cookie.name for cookie in jar] == ["X-BackEndCookie"]


def test_a_known_one_is_renewed_although_there_are_fifty() -> None:
    jar = jar_after(["X-BackEndCookie=old", *(f"n{number}=v" for number in range(60))], ["X-BackEndCookie=new"])
    assert (jar.get("X-BackEndCookie"), len(jar)) == ("new", 50)


def test_none_that_is_longer_than_4_kib() -> None:
    jar = jar_after([f"a={'x' * 4094}", f"b={'x' * 4095}", f"c=x; path=/{'x' * 4096}"])
    assert [cookie.name for cookie in jar] == ["a"]


def test_those_of_one_service_leave_room_for_another() -> None:
    jar = jar_after([f"n{number}=v" for number in range(60)])
    take(jar, ["ests=new"], "login.microsoftonline.com")
    assert (jar.get("ests"), len(jar)) == ("new", 51)


def test_one_that_cannot_be_read_is_left_out_alone() -> None:
    jar = jar_after(["bad=v; max-age", "X-BackEndCookie=kept"])
    assert [cookie.name for cookie in jar] == ["X-BackEndCookie"]
