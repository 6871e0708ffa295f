# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page on reliability, from the guarantees, their tests, mutants and counted cases.

python tools/guarantees.py
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/docsite/rst/reliability.rst"
CASES = ROOT / "tests/guarantees/cases.json"
_UNIT, _INTEGRATION, _GUARANTEES = "tests/unit/module_utils/", "tests/integration/", "tests/guarantees/"
_WIRE = "tests/unit/conformance/"

# The guarantees, and their tests, each as file::function.
GUARANTEES: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "A creation whose response is lost creates exactly one object, and counts as one change.",
        (f"{_GUARANTEES}test_writes.py::test_a_creation_whose_answer_is_lost",),
    ),
    2: (
        "A creation that was certainly not carried out is sent again.",
        (f"{_GUARANTEES}test_writes.py::test_a_creation_that_is_not_delivered",),
    ),
    3: (
        "If a service requests a delay, in any form, nothing is sent to it before it has passed, whatever is sent "
        "next.",
        (
            f"{_UNIT}_http/test_http.py::test_throttling_is_waited_out",
            f"{_WIRE}test_waits.py::test_the_wait_counts_whatever_the_body",
            f"{_WIRE}test_waits.py::test_so_does_that_of_a_part_of_a_batch",
            f"{_WIRE}test_waits.py::test_the_wait_of_a_part_beyond_the_time_counts_for_what_follows",
            f"{_WIRE}test_waits.py::test_other_threads_wait_as_long",
            f"{_WIRE}test_waits.py::test_a_wait_that_cannot_be_read_is_not_none",
            f"{_WIRE}test_waits.py::test_nothing_is_sent_to_the_service_before",
            f"{_WIRE}test_waits.py::test_whatever_the_answer_that_asks_for_it",
            f"{_WIRE}test_framing.py::test_an_answer_with_a_line_that_is_no_header_is_not_read_and_its_wait_counts",
            f"{_WIRE}test_waits.py::test_a_wait_without_end_is_no_reason_to_ask_at_once",
            f"{_UNIT}_http/test_http.py::test_a_service_that_says_when_it_is_back_is_waited_for_as_long",
            f"{_UNIT}_http/test_http.py::test_a_wait_that_is_over_already_is_none",
            f"{_GUARANTEES}test_parsers.py::test_times_to_wait",
        ),
    ),
    4: (
        "A request ends when its task times out (option ``timeout``), wherever the other side takes its time: while "
        "a name is resolved, a connection made, TLS begun, a proxy answers or a request is taken, and while "
        "headers, interim responses, chunks, trailers or a body arrive byte by byte, or JSON is read. A wait that "
        "would last longer is not started, and a file without end is not read.",
        (
            f"{_UNIT}_http/test_http.py::test_a_wait_beyond_the_deadline_fails_at_once",
            f"{_UNIT}_http/test_http.py::test_a_dripping_body_ends_with_the_task",
            f"{_WIRE}test_deadline.py::test_an_answer_that_drips_ends_with_the_task",
            f"{_WIRE}test_deadline.py::test_so_does_one_without_tls",
            f"{_WIRE}test_deadline.py::test_so_does_the_answer_of_a_proxy",
            f"{_WIRE}test_deadline.py::test_so_does_that_of_a_proxy_with_tls",
            f"{_WIRE}test_deadline.py::test_a_server_that_takes_nothing_ends_with_the_task",
            f"{_WIRE}test_deadline.py::test_a_name_that_is_not_resolved_ends_with_the_task",
            f"{_WIRE}test_deadline.py::test_parsing_ends_with_the_task",
            f"{_WIRE}test_headers.py::test_no_header_takes_long",
            f"{_WIRE}test_headers.py::test_headers_have_a_limit",
            f"{_WIRE}test_hostile_pages.py::test_a_page_link_of_megabytes_is_not_followed",
            f"{_UNIT}_core/test_private_file.py::test_what_has_no_end_is_refused_by_name",
            f"{_INTEGRATION}test_worker_or_process.py::test_a_task_ends_with_its_time",
        ),
    ),
    5: (
        "After 503, the next attempt uses a new connection.",
        (f"{_UNIT}_http/test_http.py::test_after_503_a_new_connection_is_used",),
    ),
    6: (
        "A second run writes nothing and reports no change. The last of several tasks determines the final state, "
        "regardless of the state before.",
        (
            f"{_GUARANTEES}test_writes.py::test_the_second_run_writes_nothing",
            f"{_GUARANTEES}test_roles.py::test_check_mode_then_twice",
            f"{_GUARANTEES}test_last_task.py::test_the_last_task_decides",
            f"{_UNIT}_engine/test_run.py::test_the_last_task_decides",
        ),
    ),
    7: (
        "Check mode writes nothing, and reports the same change and diff as the real run.",
        (
            f"{_GUARANTEES}test_writes.py::test_check_mode_tells_what_the_real_run_does",
            f"{_GUARANTEES}test_roles.py::test_check_mode_then_twice",
            f"{_UNIT}_engine/test_run.py::test_each_state_in_check_mode_and_for_real",
        ),
    ),
    8: (
        "A run that is killed before or after any of its requests is completed by the next one, without "
        "duplicates. If only ``ansible-playbook`` is killed, its tasks stop too.",
        (
            f"{_GUARANTEES}test_crashes.py::test_killed_at_every_request",
            f"{_GUARANTEES}test_crashes.py::test_the_parent_is_killed_at_every_request",
            f"{_INTEGRATION}test_every_kill.py::test_ansible_playbook_is_killed_at_every_request",
            f"{_INTEGRATION}test_processes.py::test_only_ansible_playbook_is_killed",
            f"{_GUARANTEES}test_roles.py::test_killed_at_every_write",
        ),
    ),
    9: (
        "Whatever fault affects one request, the task succeeds, or fails with a reason and a next step; a run without "
        "the fault then completes it.",
        (
            f"{_GUARANTEES}test_faults.py::test_every_single_fault",
            f"{_GUARANTEES}test_faults.py::test_a_connection_that_does_not_come_about",
            f"{_GUARANTEES}test_faults.py::test_pairs_of_faults",
            f"{_GUARANTEES}test_roles.py::test_a_fault_at_every_request",
        ),
    ),
    10: (
        "If a service returns stale reads from before the last write, no duplicate is created, and no false success is "
        "reported.",
        (f"{_GUARANTEES}test_interference.py::test_reads_that_are_behind_double_nothing",),
    ),
    11: (
        "If somebody else creates the same object at the same time, there is one object, or a failure that names both "
        "ids. The module chooses or removes neither.",
        (
            f"{_GUARANTEES}test_interference.py::test_somebody_else_writes_the_same",
            f"{_UNIT}_engine/test_run.py::test_a_second_creator_is_an_error_with_both_ids",
        ),
    ),
    12: (
        "After a conflict the task reads again and recalculates the change, at most three times.",
        (f"{_GUARANTEES}test_writes.py::test_a_conflict_is_read_again_and_worked_out_anew",),
    ),
    13: (
        "Nothing is sent to an address that is not one of the tenant's services: no page link, redirect or discovery "
        "document can change this, and no token goes to the other service.",
        (
            f"{_UNIT}_http/test_http.py::test_nothing_goes_to_another_origin",
            f"{_UNIT}_client/test_auth.py::test_a_discovery_document_cannot_lead_the_secret_elsewhere",
            f"{_GUARANTEES}test_faults.py::test_every_single_fault",
            f"{_GUARANTEES}test_parsers.py::test_addresses",
        ),
    ),
    14: (
        "A list is read completely or not at all. Circular page links are an error.",
        (
            f"{_UNIT}_client/test_graph.py::test_a_part_of_a_list_is_never_taken_as_whole",
            f"{_UNIT}_exchange/test_invoke_command.py::test_a_page_link_that_leads_nowhere_is_an_error",
            f"{_GUARANTEES}test_faults.py::test_every_single_fault",
        ),
    ),
    15: (
        "No secret and no token is shown, not even in part, nor in the forms in which services and proxies repeat "
        "them, at any verbosity, in the worker or as a module process. The password in an address, such as that of "
        "a proxy, is a secret. Keys of a result stay.",
        (
            f"{_UNIT}_core/test_redaction.py::test_no_form_of_a_secret_leaves",
            f"{_UNIT}_core/test_redaction.py::test_nor_one_that_no_encoder_had_to_change",
            f"{_UNIT}_core/test_redaction.py::test_none_leaves_in_part_where_text_is_cut",
            f"{_UNIT}_core/test_redaction.py::test_texts_that_are_looked_through_together_are_masked_as_each_alone",
            "tests/unit/plugin_utils/test_runner.py::test_what_is_secret_in_an_address_is_not_shown",
            f"{_WIRE}test_secrets.py::test_what_is_cut_was_masked_before",
            f"{_WIRE}test_secrets.py::test_the_token_of_a_job_is_masked_as_well",
            f"{_WIRE}test_framing.py::test_nor_is_that_line_shown_or_logged",
            f"{_WIRE}test_secrets.py::test_a_token_that_no_header_can_hold_is_refused_without_being_shown",
            f"{_INTEGRATION}test_proxy_password.py::test_credentials_of_a_proxy_and_keys",
            f"{_INTEGRATION}test_both_ways.py::test_no_secret_is_shown",
            f"{_INTEGRATION}test_worker_or_process.py::test_a_vaulted_secret",
            f"{_INTEGRATION}test_secret_leaks.py::test_no_secret_is_anywhere",
        ),
    ),
    16: (
        "Text from a service is shown as one short line without control characters, and never evaluated. Characters"
        " that no file can contain, and marks that change the direction of text, are replaced when a response is "
        "read. In the files of the deadlines, which people get, a name is neither markup nor a link nor a property.",
        (
            "tests/unit/test_hostile_deadlines.py::test_nothing_in_a_message_is_markup_or_a_link",
            "tests/unit/test_hostile_deadlines.py::test_nothing_in_a_calendar_is_a_property",
            f"{_WIRE}test_hostile_text.py::test_harmful_text_is_replaced_where_it_enters",
            f"{_WIRE}test_hostile_text.py::test_every_field_of_an_error_is_one_short_line",
            f"{_UNIT}_core/test_errors.py::test_hostile_text_becomes_one_short_line",
            f"{_UNIT}_core/test_errors.py::test_a_failure_has_the_beginning_of_a_long_list_and_its_length",
            f"{_GUARANTEES}test_parsers.py::test_any_text_becomes_one_short_line",
            f"{_GUARANTEES}test_parsers.py::test_error_bodies_explain_themselves",
            f"{_GUARANTEES}test_answers.py::test_corrupted_answers",
        ),
    ),
    17: (
        "A response in an undocumented form is a failure that says so, and is never mistaken for another response. "
        "So is JSON that is too deep or has too many values.",
        (
            f"{_WIRE}test_framing.py::test_what_follows_an_answer_is_no_answer_to_the_next_request",
            f"{_WIRE}test_framing.py::test_an_answer_that_may_be_cut_is_not_whole",
            f"{_WIRE}test_hostile_text.py::test_deep_json_is_refused_in_words",
            f"{_WIRE}test_hostile_text.py::test_repetitive_json_is_refused_before_it_is_read",
            f"{_WIRE}test_hostile_text.py::test_a_number_of_a_million_digits_is_refused_in_words",
            f"{_GUARANTEES}test_answers.py::test_corrupted_answers",
            f"{_UNIT}_http/test_http.py::test_json_is_strict",
            f"{_UNIT}_http/test_http.py::test_a_body_is_bounded",
        ),
    ),
    18: (
        "A token cache is used only if a folder is specified for it, and only if no other user can access it. A "
        "cache that cannot be read is replaced, that of the inventory too; the state file of the event source is then "
        "refused by name.",
        (
            f"{_INTEGRATION}test_tenants_inventory.py::test_a_cache_that_cannot_be_read_is_replaced",
            f"{_UNIT}_client/test_token_cache.py::test_a_corrupted_file_of_ours_is_replaced",
            "tests/unit/eda/test_watch.py::test_a_state_file_that_is_not_understood_is_named",
            f"{_UNIT}_client/test_token_cache.py::test_what_others_could_read_or_place_is_refused",
            f"{_UNIT}_client/test_token_cache.py::test_what_belongs_to_somebody_else_is_refused",
            f"{_UNIT}_client/test_token_cache.py::test_a_writer_that_was_killed_leaves_no_trouble",
        ),
    ),
    19: (
        "A wrong credential fails, even if the cache has a token for the right one.",
        (
            f"{_UNIT}_client/test_token_cache.py::test_another_credential_does_not_get_the_token",
            f"{_INTEGRATION}test_shared_tokens.py::test_one_sign_in_to_a_tenant_with_an_identity",
        ),
    ),
    20: (
        "An untrusted certificate ends the task. The environment changes neither trust nor the token.",
        (
            f"{_INTEGRATION}test_error_messages.py::test_an_untrusted_certificate",
            f"{_INTEGRATION}test_error_messages.py::test_the_environment_changes_neither_trust_nor_the_bearer",
        ),
    ),
    21: (
        "The permissions and roles that the documentation of a module lists are sufficient. If one is missing, the "
        "failure or the unknown check names it.",
        (
            f"{_GUARANTEES}test_permissions.py::test_the_documented_permissions_are_enough_and_a_missing_one_is_named",
            f"{_GUARANTEES}test_permissions.py::test_the_documented_roles_are_enough",
            f"{_INTEGRATION}test_error_messages.py::test_a_missing_permission_is_named",
        ),
    ),
    22: (
        "Only the target: of all objects of all tenants, a task changes only those that it specifies, and only their "
        "specified settings. A name that matches several objects, and a blank value, change nothing.",
        (
            f"{_GUARANTEES}test_bystanders.py::test_exactly_who_was_meant",
            f"{_GUARANTEES}test_blank.py::test_a_module_with_a_blank_value_sends_nothing",
            f"{_GUARANTEES}test_blank.py::test_a_role_with_a_blank_variable_sends_nothing",
            f"{_GUARANTEES}test_writes.py::test_check_mode_tells_what_the_real_run_does",
            f"{_GUARANTEES}test_crashes.py::test_killed_at_every_request",
            f"{_GUARANTEES}test_faults.py::test_every_single_fault",
            f"{_GUARANTEES}test_interference.py::test_somebody_else_writes_the_same",
            f"{_GUARANTEES}test_answers.py::test_corrupted_answers",
            f"{_GUARANTEES}test_roles.py::test_a_fault_at_every_request",
        ),
    ),
}
_HEAD = """..
  Copyright (c) 2026 intune.exchange contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. Made by tools/guarantees.py: change it there.

.. _ansible_collections.intune.exchange.docsite.reliability:

Guarantees
==========

The rights of this collection are sufficient to lock a company out of its mail. This page states what is guaranteed when
services, networks and machines fail, and how that is tested.

Everything was tested on the simulated tenant of this collection. **No live tenant was used.**

How it is tested
----------------

The modules run against simulated tenants over HTTPS. The simulator records every request, and what it changed, in its
ledger. The tests check the ledger and the final state of the tenant. Nothing waits: the tests move the clocks of the
task and of the tenant.

* The roles run as processes of ``ansible-playbook``, which are killed with SIGKILL.
* Before and after each of these cases, every object of every tenant is compared by its unique id. The changes that a
  scenario may make are listed manually, in ``tests/guarantees/allowed_changes.py``.
* Tenants have names that are easily confused: with a slash or a quote in them, in another alphabet, of 64 characters,
  or like the address of somebody else.
* The points at which a task is killed, or a fault is injected, are not listed manually: a scenario runs once, and the
  ledger shows its requests.
* ``make test`` tries one case of each test for each scenario, every kind of fault among them. Which ones follows from
  the content of the commit; ``GUARANTEES_SEED`` chooses others. ``make guarantees`` tries every case: the numbers
  below are those of COUNTED_ON.
* ``make fuzz`` corrupts responses of the services at random for ten minutes; ``make test`` does so for a short time.
* ``make mutants`` breaks the code in one place after another, and fails if the tests of the guarantee do not detect it.
  These mutants are in ``tests/mutants``.

The guarantees
--------------
"""
_NOT = """
What is not guaranteed
----------------------

* The behaviour of Microsoft's services. The simulator follows their documentation;
  :ref:`its page <ansible_collections.intune.exchange.docsite.simulator_fidelity>` lists what is assumed.
* Uniqueness where a service allows several objects. Intune accepts several connectors, and Microsoft Entra several
  Conditional Access policies with one name. A module polls until a new object is listed, and several are an error that
  names them. If reads are stale for longer than half a minute, or become stale again later, another run can create a
  duplicate.
* The order of two runs that change the same object at the same time. Each ends in its own desired state, or fails.
* ``diff`` after a conflict in the middle of a management role or role group: it may show as before what the task itself
  had written. ``changed`` is right.
* The output of Ansible itself, such as the lines of a playbook around a failure. Do not write secrets there.
"""


def page() -> str:
    counted = json.loads(CASES.read_text(encoding="utf-8"))
    return _HEAD.replace("COUNTED_ON", counted["counted_on"]) + "".join(_sections(counted)) + _NOT


def mutants(number: int) -> list[str]:
    found = sorted((ROOT / "tests" / "mutants").glob(f"p{number:02d}-*.patch"))
    return [path.read_text(encoding="utf-8").splitlines()[2].removeprefix("Why: ") for path in found]


def _sections(counted: Mapping[str, Any]) -> Iterator[str]:
    for number, (guarantee, tests) in GUARANTEES.items():
        yield f"\n{number}. {guarantee}\n\n"
        if str(number) in counted:
            yield f"   * Cases tried by ``make guarantees``: {counted[str(number)]:,}\n"
        for test in tests:
            yield f"   * Test: ``{test}``\n"
        for why in mutants(number):
            yield f"   * Detected if {why}\n"


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
