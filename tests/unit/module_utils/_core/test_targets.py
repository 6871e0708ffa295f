# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task may touch: rules without a tenant."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError
from ansible_collections.intune.exchange.plugins.module_utils._core.resource import normalize_case
from ansible_collections.intune.exchange.plugins.module_utils._core.targets import blank_options, first_names, only
from ansible_collections.intune.exchange.plugins.module_utils._engine.run import Declaration, run_declaration

MODULES = "ansible_collections.intune.exchange.plugins.modules."
NAMES = sorted(path.stem for path in (Path(__file__).parents[4] / "plugins" / "modules").glob("*.py"))
BLANK = ("", " ", "\t", "\u00a0", "\u3000")
# The only options with a blank text as a value, each as documented by its module.
CLEARED_BY_BLANK_TEXT = {
    ("activesync_organization_settings", "ota_notification_mail_insert"),
    ("activesync_organization_settings", "user_mail_insert"),
    ("cas_mailbox_mobile_access", "policy"),
    ("conditional_access_policy", "description"),
    ("conditional_access_policy", "grant_controls.authentication_strength"),
    ("management_role", "description"),
    ("role_group", "description"),
}


def declaration(name: str) -> Declaration:
    found: Declaration = importlib.import_module(MODULES + name).DECLARATION
    return found


def texts(specs: Any, prefix: str = "") -> list[tuple[str, bool]]:
    """The path of each option that accepts any text, and whether it is a list."""
    found = []
    for name, spec in specs.items():
        kind = spec.get("type", "str")
        if spec.get("options") and kind == "dict":
            found += texts(spec["options"], f"{prefix}{name}.")
        elif not spec.get("choices") and (kind in ("str", "path") or (kind == "list" and not spec.get("options"))):
            found.append((f"{prefix}{name}", kind == "list"))
    return found


def nested(path: str, value: Any) -> dict[str, Any]:
    head, _dot, rest = path.partition(".")
    return {head: nested(rest, value) if rest else value}


@pytest.mark.parametrize("name", NAMES)
def test_no_module_takes_a_blank_text_for_anything(name: str) -> None:
    """Without a tenant: a request would fail as "network", and only refusals before it fail as "usage"."""
    one = declaration(name)
    defaults = {option: spec.get("default") for option, spec in one.argument_spec.items()}
    nowhere = {
        "tenant_id": "contoso.example",
        "graph_token": "t",
        "exchange_token": "t",
        "timeout": 1,
        "cloud": "public",
    }
    for path, is_list in texts(one.options):
        for blank in BLANK:
            given = {**defaults, **nowhere, **nested(path, [blank] if is_list else blank)}
            found = list(blank_options(one.options, given, one.clears))
            if (name, path) in CLEARED_BY_BLANK_TEXT:
                assert not found, path
                continue
            assert found == [f"{path}[0]" if is_list else path]
            result = run_declaration(one, given, False)
            assert result["error"]["kind"] == "usage" and found[0] in result["msg"], (path, blank, result)


def test_a_blank_tenant_is_named() -> None:
    for option in ("tenant_id", "client_id"):
        result = run_declaration(declaration("connector_info"), {"tenant_id": "x", "timeout": 1, option: " "}, False)
        assert result["error"]["kind"] == "usage" and option in result["msg"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # .NET, StringComparison.OrdinalIgnoreCase: each character by its simple upper case, i without Turkish rules.
        ("STRASSE1", "stra\u00dfe1", False),
        ("\u1e9e", "\u00df", False),
        ("Adele", "ADELE", True),
        ("\u00c9va", "\u00e9VA", True),
        ("e\u0301va", "\u00e9va", False),  # decomposed and composed
        ("istanbul", "\u0130stanbul", False),
        ("istanbul", "\u0131stanbul", False),
        ("sam", "\u017fam", False),
        ("kelvin", "\u212aelvin", False),
        ("\ufb01n", "fin", False),
        ("\u03a3", "\u03c3", True),
        ("\u0414\u0410", "\u0434\u0430", True),
        ("a ", "a", False),
    ],
)
def test_names_are_compared_as_the_services_compare_them(one: str, other: str, same: bool) -> None:
    assert (normalize_case(one) == normalize_case(other)) is same


def test_one_is_chosen_only_where_there_is_one() -> None:
    assert only([], str, "device") is None and only(["a"], str, "device") == "a"
    with pytest.raises(TenantError) as raised:
        only(["a", "b"], str, "device")
    assert raised.value.kind == "ambiguous" and raised.value.details == {"candidates": ["a", "b"]}


@pytest.mark.parametrize(
    ("many", "text"),
    [
        (0, ""),
        (1, "1"),
        (10, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        (11, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and others"),
    ],
)
def test_first_names(many: int, text: str) -> None:
    assert first_names([str(number + 1) for number in range(many)]) == text
