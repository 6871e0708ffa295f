# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each way in which a rehearsal ends: what is shown, and why it fails."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.rehearsal_verdict import FilterModule

rehearsal_verdict = FilterModule().filters()["rehearsal_verdict"]
DONE: dict[str, Any] = {"rc": 0, "requests": 12, "writes": 1, "elsewhere": []}
STABLE = {**DONE, "writes": 0, "differences": 0}
EXPIRED, NOT_ACCEPTED, ACCEPTED = (
    {"ok": ok, "summary": {"expired": expired}} for ok, expired in ((False, 1), (False, 0), (True, 1))
)


def problem(first: dict[str, Any], *arguments: Any) -> str:
    return str(rehearsal_verdict(first, "phones.yml", *arguments)["problem"])


def about(first: dict[str, Any], second: dict[str, Any] | None = None, playbook: str = "phones.yml") -> dict[str, str]:
    return dict(rehearsal_verdict(first, playbook, second)["about"])


def test_what_is_shown_of_a_success() -> None:
    assert about(DONE, STABLE, "/work/books/phones.yml") == {
        "Playbook": "phones.yml succeeded",
        "Requests": "12, of which 1 changed something",
        "Second run": "changed nothing",
        "Other hosts": "none asked for",
    }


def test_what_is_shown_of_a_failure() -> None:
    failed = {"rc": 4, "requests": 0, "writes": 0, "elsewhere": ["a.example", "b.example"]}
    assert about(failed, playbook="contoso.mail.phones") == {
        "Playbook": "contoso.mail.phones failed with status 4",
        "Requests": "none",
        "Second run": "none",
        "Other hosts": "the playbook tried to reach a.example, b.example, and was refused",
    }


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({**STABLE, "rc": 2, "differences": 3}, "failed with status 2"),
        ({**STABLE, "writes": 2}, "changed something: 0 differences, 2 requests"),
        ({**STABLE, "differences": 3}, "changed something: 3 differences, 0 requests"),
    ],
)
@pytest.mark.parametrize("compared", [None, NOT_ACCEPTED, ACCEPTED])
def test_a_second_run_that_is_not_as_it_should_be(second: dict[str, Any], words: str, compared: Any) -> None:
    assert about(DONE, second)["Second run"] == words
    assert problem(DONE, second, compared) == (
        f"A second run of the playbook {words}. See above for the output and for each difference. "
        "Next step: correct the playbook."
    )


@pytest.mark.parametrize("second", [None, STABLE])
@pytest.mark.parametrize("compared", [None, ACCEPTED])
def test_a_rehearsal_that_does_not_fail(second: Any, compared: Any) -> None:
    assert problem({**DONE, "elsewhere": ["a.example"]}, second, compared) == ""


@pytest.mark.parametrize("compared", [None, NOT_ACCEPTED, ACCEPTED])
def test_a_playbook_that_fails(compared: Any) -> None:
    failed = {**DONE, "rc": 2}
    assert problem(failed, None, compared) == (
        "The playbook failed on the copy, with status 2. See above for the output and for each difference. "
        "Next step: correct the playbook."
    )


def test_a_playbook_that_fails_after_it_asked_for_other_hosts() -> None:
    assert problem({**DONE, "rc": 2, "elsewhere": ["a.example", "machines of an inventory"]}) == (
        "The playbook failed on the copy, with status 2, after it asked for a.example, machines of an inventory, which "
        "a rehearsal refuses. See above for the output and for each difference. Next step: if that is why it failed, "
        "nothing is wrong with it: leave these tasks out of rehearsals with "
        "\"when: not lookup('ansible.builtin.env', 'INTUNE_EXCHANGE_REHEARSAL')\", or with --skip-tags in "
        "rehearse_arguments; otherwise correct the playbook."
    )


@pytest.mark.parametrize(
    ("compared", "step"),
    [
        (NOT_ACCEPTED, "accept the differences in compare_accepted"),
        (EXPIRED, "set a later end date (until) in compare_accepted for what was accepted until a date that is over"),
    ],
)
@pytest.mark.parametrize("second", [None, STABLE])
def test_a_change_that_is_not_accepted(second: Any, compared: Any, step: str) -> None:
    assert problem(DONE, second, compared) == (
        "The playbook changes what is not accepted. See above for the output and for each difference. "
        f"Next step: correct the playbook, or {step}."
    )


@pytest.mark.parametrize(("first", "second"), [(None, None), ({}, None), (DONE, {"rc": 0}), (DONE, "none")])
def test_other_input_is_refused(first: Any, second: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="rehearsal_verdict cannot judge these runs"):
        rehearsal_verdict(first, "phones.yml", second)
