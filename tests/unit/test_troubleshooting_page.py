# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page on troubleshooting explains each kind of failure, and contains each sentence of the code once."""

from __future__ import annotations

import re
from collections import Counter

from tools import troubleshooting as page

# Sentences of a service or of another file; the kind decides what to do.
OF_OTHERS = {
    "_connector/account_lookup.py",  # the reasons of _connector/account_facts.py
    "_client/auth.py",  # Entra's words
    "_core/errors.py",  # usage() itself
    "_fleet/fleet.py",  # the failure of the tenant
    "_client/graph.py",
    "_http/http.py",
    "_assessment/mail_apps.py",
    "_rbac/management_roles.py",
    "_connector/organization.py",
    "_rbac/organization_customization.py",
    "_mobile_access/policy_settings.py",
    "_engine/run.py",
    "_client/token_cache.py",
    "_http/transport.py",
}


def test_the_page_is_current() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page(), "run python tools/troubleshooting.py"


def test_every_kind_is_explained() -> None:
    texts = " ".join(path.read_text(encoding="utf-8") for path in (page.ROOT / "plugins").rglob("*.py"))
    said = {kind for one in page.collected() for kind in one.kinds}
    assert said <= set(page.KINDS), said - set(page.KINDS)
    assert {kind for kind in page.KINDS if f'"{kind}"' not in texts} == set()


def test_every_sentence_is_there_once() -> None:
    found = [text for texts in page.sentences().values() for text in texts]
    assert len(found) > 100 and max(Counter(found).values()) == 1
    unknown = {one.file for one in page.collected() if not one.sentences}
    assert unknown <= OF_OTHERS, unknown - OF_OTHERS
    rows = re.findall(r"^   \* - (.*)$", page.page(), re.MULTILINE)
    assert len(rows) == len(found) + len(page.ROLES) + page.page().count(".. list-table::")


def test_sentences_with_different_next_steps_look_different() -> None:
    """A table has one next step for each sentence, so the other one would be nowhere."""
    assert page.shared_patterns() == {}
    rows = page.sentences()["usage"]
    [step] = [step for sentence, step in rows.items() if sentence.endswith("is blank") and "client id" in step]
    assert step == "Set it to the client id of the application, or remove it to sign in without one"


def test_the_latest_value_of_a_variable_is_in_the_sentence() -> None:
    """Both failures of the cancellation of a wipe take their sentence from a variable of the same name."""
    said = page.sentences()
    assert [step for text, step in said["too_late"].items() if "had carried out" in text] == ["It cannot be undone"]
    assert not [text for text in said["unavailable"] if "had carried out" in text]


def test_what_the_roles_say_is_there() -> None:
    roles = list((page.ROOT / "roles").glob("*/*/main.yml"))
    roles += (page.ROOT / "roles").glob("*/tasks/**/*.yml")
    texts = [" ".join(path.read_text(encoding="utf-8").split()) for path in roles]
    files = ("lookup/baselines.py", "lookup/blank_variables.py", "plugin_utils/_role_lines.py")
    python = [page.ROOT / "plugins" / name for name in files]
    joined = [re.sub(r'" *"|" f"', "", " ".join(path.read_text(encoding="utf-8").split())) for path in python]
    for sentence in page.ROLES:
        assert any(sentence in text for text in (*texts, *joined)), sentence
    stops = {
        match
        for text in texts
        for match in re.findall(r"(?:fail: msg|fail_msg): (.*?) (?:when:|vars:|- name:|$)", text)
    }
    # Both roles refuse blank variables, with the same sentence.
    stops = {stop.replace("__connector_", "__mobile_access_") if "_blank" in stop else stop for stop in stops}
    assert len(stops) == len(page.ROLES), stops
