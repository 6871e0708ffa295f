# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.redaction import Redactor

SECRET = 'p"ä+ss/wörd =%~canary'
FORMS = {
    "raw": SECRET,
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64url": base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    "url": quote(SECRET, safe=""),
    "form": quote_plus(SECRET),
    "json": json.dumps(SECRET)[1:-1],
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_form_of_a_secret_leaves(form: str) -> None:
    redactor = Redactor()
    redactor.add(SECRET)
    dirty = {
        "msg": f"before {form} after",
        f"key {form}": [{"deep": (form, 1)}],
        "number": 3,
        "none": None,
        "yes": True,
    }
    cleaned = redactor.clean(dirty)
    assert form not in json.dumps(cleaned, ensure_ascii=False)
    assert cleaned["msg"] == "before ******** after"
    assert (cleaned["number"], cleaned["none"], cleaned["yes"]) == (3, None, True)


def test_values_too_short_to_be_secrets_stay() -> None:
    redactor = Redactor()
    for value in ("", None, "abc"):
        redactor.add(value)
    assert redactor.clean("abcdef") == "abcdef"
