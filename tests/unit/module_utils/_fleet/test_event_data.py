# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events that leave the event source: values of a fixed form, and text in which nothing can be evaluated."""

from __future__ import annotations

import re
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.intune.exchange.plugins.module_utils._core.targets import is_guid
from ansible_collections.intune.exchange.plugins.module_utils._core.text import may_be_template
from ansible_collections.intune.exchange.plugins.module_utils._fleet.event_data import (
    VALUES,
    event_data,
    is_event_address,
    neutral_text,
)

HOSTILE = "{{ lookup('pipe', 'touch canary') }}"
GUID = "a75b490f-7ab9-5157-8be9-d59840de850d"
# The result is read by Jinja and by Ansible: their markers, and characters around them.
RISKY = st.text(st.sampled_from("{}%#!$ \n\t\u200b\u202eaj'\"\\-"), max_size=30) | st.sampled_from(
    [
        "#jinja2: variable_start_string:'[['\n[[ 1 ]]",
        "# jinja2:x",
        "{\u200b{ 1 }\u200b}",
        "$ANSIBLE_VAULT;1.1;AES256\n66",
    ]
)


def evaluated(text: str) -> bool:
    """Whether Jinja changes a text, or Ansible would evaluate it."""
    return jinja2.Environment(keep_trailing_newline=True).from_string(text).render() != text or bool(
        re.match("#jinja2", text) or "$ANSIBLE_VAULT" in text or "{{" in text
    )


@given(RISKY)
def test_text_is_one_line_that_nothing_evaluates(text: str) -> None:
    neutral = neutral_text(text)
    assert not evaluated(neutral) and not may_be_template(neutral)
    assert neutral.isprintable() and not set("{}") & set(neutral)


def test_text_of_people_can_still_be_read() -> None:
    assert neutral_text("Zoë's iPhone 14 (#2), 100 % {blue}") == "Zoë's iPhone 14 (#2), 100 % (blue)"
    assert len(neutral_text("x" * 9000)) == 2000


def test_a_field_that_nobody_has_thought_of_is_neutral() -> None:
    event = {"type": "device_quarantined", "device": {"new_field": [{HOSTILE: HOSTILE}, HOSTILE, 1]}, "new": HOSTILE}
    made = event_data({**event, "later": {"deep": (HOSTILE, None, True)}})
    assert "{" not in re.sub(r"['\"]?[{}]['\"]?", "", str(made["device"]["new_field"][0]))
    assert not any(may_be_template(value) for value in made.values())
    assert made["new"] is None and made["later"]["deep"][1:] == [None, True]


@pytest.mark.parametrize("path", sorted(VALUES))
@pytest.mark.parametrize("value", [HOSTILE, f"{HOSTILE}@x.example", f"{GUID}\n", "", "a b", True, ["x"], {"x": "y"}])
def test_a_value_of_another_form_is_null(path: str, value: Any) -> None:
    first, _dot, second = path.partition(".")
    made = event_data({first: {second: value}} if second else {first: value})
    assert (made[first][second] if second else made[first]) is None


def test_values_of_the_form_stay() -> None:
    event = {
        "type": "connector_sync_stale",
        "tenant_id": "contoso.example",
        "old": "not_offered",
        "new": "ambiguous",
        "kind": "no_intune_licence",
        "connector_primary_smtp_address": "svc-intune.connector+1@mail.contoso.example",
        "last_sync_date_time": "2026-11-25T05:21:34.1234567Z",
        "last_sync_age_seconds": 0,
        "max_sync_age": 7000,
        "failures": 3,
        "next_look_seconds": 1200,
        "device": {"guid": GUID, "first_sync_time": "2026-11-25T06:14:34+00:00"},
        "tenant_options": {"tenant_id": GUID, "certificate_path": "/etc/intune {1}/50%.pem", "timeout": 300},
    }
    assert event_data(event) == event
    assert {name for name in event if name not in ("device", "tenant_options")} | {
        f"device.{name}"
        for name in event["device"]  # type: ignore[attr-defined]
    } == set(VALUES)


def test_options_of_a_tenant_are_no_template() -> None:
    assert event_data({"tenant_options": {"ca_path": HOSTILE}}) == {
        "tenant_options": {"ca_path": neutral_text(HOSTILE)}
    }
    assert event_data({"tenant_options": HOSTILE}) == {"tenant_options": neutral_text(HOSTILE)}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@x.example",
        "a@",
        "a@x",
        "a b@x.example",
        "a@x.example\n",
        "'a'@x.example",
        '"a"@x.example',
        "{a}@x.example",
        "-e@x.example",
        "a@x..example",
        "$(a)@x.example",
        "a;b@x.example",
        "ä@x.example",
        "a@x.example/..",
        None,
        5,
    ],
)
def test_what_is_no_address(address: Any) -> None:
    assert not is_event_address(address)


@pytest.mark.parametrize(
    "value", [None, "", "all", f"{{{GUID}}}", GUID[:-1], f"{GUID} ", f"{GUID}\n", "g" + GUID[1:], 5]
)
def test_what_is_no_guid(value: Any) -> None:
    assert not is_guid(value) and is_guid(GUID) and is_guid(GUID.upper())
