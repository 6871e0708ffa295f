# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarantees 16 and 17: parsers of text from services and people return a value, or raise their documented failure."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Callable
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st

from ansible_collections.intune.exchange.plugins.module_utils._client import graph_errors
from ansible_collections.intune.exchange.plugins.module_utils._core.connection import CLOUDS, cloud_of
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError, one_line
from ansible_collections.intune.exchange.plugins.module_utils._core.retry import http_date, retry_after
from ansible_collections.intune.exchange.plugins.module_utils._core.strict_json import parse_json
from ansible_collections.intune.exchange.plugins.module_utils._exchange import exchange_responses as answers
from ansible_collections.intune.exchange.plugins.module_utils._fleet.tenant_list import resolve_tenants
from ansible_collections.intune.exchange.plugins.module_utils._http.claims import claims
from ansible_collections.intune.exchange.plugins.module_utils._http.http import Response
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access.audit_controls import check
from ansible_collections.intune.exchange.plugins.module_utils._mobile_access.values import count, duration, size
from ansible_collections.intune.exchange.plugins.modules.mobile_access_audit_info import DECLARATION

from .conftest import EXHAUSTIVE
from .test_answers import HOSTILE, MINUTES

TRIES = int(1_000 * MINUTES) or (200 if EXHAUSTIVE else 25)


def fuzz(test: Callable[..., None]) -> Callable[..., None]:
    """More examples with FUZZ_MINUTES: others for each seed, which a failure prints."""
    tries = settings(
        max_examples=TRIES, deadline=None, derandomize=not MINUTES, suppress_health_check=list(HealthCheck)
    )(test)
    return seed(int(os.environ["GUARANTEES_SEED"]))(tries) if MINUTES else tries


WORDS = st.one_of(
    st.text(),
    st.sampled_from([HOSTILE, "25 MB (26,214,400 bytes)", "Unlimited", "-1.00:00:00", "99999999999.00:00:00", "1e999"]),
    st.from_regex(r"[0-9., ()KMGTB:b-]{1,20}", fullmatch=True),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS),
    lambda part: st.one_of(st.lists(part, max_size=4), st.dictionaries(WORDS, part, max_size=4)),
    max_leaves=12,
)
ERRORS = st.fixed_dictionaries(
    {"error": st.one_of(JSON, st.dictionaries(st.sampled_from(["code", "message", "details", "innerError"]), JSON))}
)


def fit_for_a_terminal(text: str) -> None:
    assert len(text) < 3000 and not any(unicodedata.category(one) in ("Cc", "Zl", "Zp") for one in text), text


@fuzz
@given(WORDS)
def test_any_text_becomes_one_short_line(text: str) -> None:
    fit_for_a_terminal(one_line(text))


@fuzz
@given(st.one_of(JSON, ERRORS), st.sampled_from([400, 403, 404, 429, 500]))
@example({"error": {"details": 1}}, 400)
def test_error_bodies_explain_themselves(body: Any, status: int) -> None:
    response = Response(status, {}, b"", body)
    for explain in (graph_errors.explain, answers.explain):
        code, message, request_id = explain(response)
        assert all(isinstance(one, str) for one in (code, message, request_id))
    assert answers.classify(response) is not None


@fuzz
@given(
    st.one_of(
        st.binary(),
        JSON.map(lambda value: repr(value).encode(errors="replace")),
        WORDS.map(lambda text: text.encode(errors="surrogatepass")),
    )
)
def test_bodies_are_json_or_unreadable(body: bytes) -> None:
    with contextlib.suppress(ValueError):  # the failures that the caller of the parser handles
        parse_json(body)


@fuzz
@given(st.one_of(WORDS, JSON))
def test_values_of_exchange(value: Any) -> None:
    for parse in (duration, size, count):
        try:
            parsed = parse(value)
        except ValueError as error:
            fit_for_a_terminal(str(error))
        else:
            assert parse(parsed) == parsed  # a parsed value is parsed again to the same value


@fuzz
@given(WORDS)
def test_times_to_wait(text: str) -> None:
    found = http_date(text)
    assert found is None or found.tzinfo is not None
    seconds = retry_after({"Retry-After": text})
    assert seconds is None or 0 <= seconds < float("inf")


@fuzz
@given(st.one_of(WORDS, WORDS.map(lambda text: f"a.{text}.c")))
def test_tokens(token: str) -> None:
    assert isinstance(claims(token), dict)


@fuzz
@given(WORDS, st.sampled_from(["authority_url", "graph_url", "exchange_url"]))
def test_addresses(text: str, option: str) -> None:
    try:
        cloud = cloud_of({"cloud": next(iter(CLOUDS)), option: f"https://{text}"})
    except TenantError as error:
        assert error.kind == "usage"
        fit_for_a_terminal(str(error))
    else:
        assert getattr(cloud, option).startswith("https://") and "@" not in getattr(cloud, option)


@fuzz
@given(st.lists(st.one_of(JSON, st.dictionaries(st.sampled_from(["tenant_id", "name", "client_secret"]), JSON))))
def test_lists_of_tenants(entries: Any) -> None:
    try:
        resolve_tenants(entries, {}, {})
    except TenantError as error:
        assert error.kind == "usage"
        fit_for_a_terminal(str(error))


CONTROL = st.dictionaries(st.sampled_from(["id", "title", "kind", "setting", "equals", "at_least", "at_most"]), JSON)


@fuzz
@given(st.lists(st.fixed_dictionaries({"name": WORDS, "controls": st.lists(CONTROL, max_size=3)}), max_size=2))
def test_baselines(baselines: Any) -> None:
    spec = {"baselines": DECLARATION.options["baselines"]}
    validated = ArgumentSpecValidator(spec).validate({"baselines": baselines})
    if validated.error_messages:
        return  # Ansible itself reports these before our code runs
    try:
        check(validated.validated_parameters["baselines"], [])
    except TenantError as error:
        assert error.kind == "usage"
        fit_for_a_terminal(str(error))
