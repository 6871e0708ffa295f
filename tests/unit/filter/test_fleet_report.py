# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on a tenant, from the data read from it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.fleet_report import FilterModule

DAY = 86400
Facts = dict[str, Any]


def report(*tenants: Facts, **options: Any) -> Facts:
    made: Facts = FilterModule().filters()["fleet_report"](list(tenants), made_at="2026-11-25T02:00:00Z", **options)
    return made


def connector(**values: Any) -> Facts:
    one = {
        "exchange_connector_type": "serviceToService",
        "status": "connected",
        "primary_smtp_address": "connector@contoso.example",
        "last_sync_date_time": "2026-11-25T01:00:00Z",
        "last_sync_age_seconds": 3600,
        **values,
    }
    return {"offered": True, "offered_evidence": "Intune lists its Exchange connectors", "connectors": [one]}


def requirements(**statuses: str) -> Facts:
    texts = {"evidence": "seen", "next_step": "", "source": "the document"}
    listed = [
        {
            "id": name,
            "title": name.replace("_", " "),
            "status": status,
            **texts,
            "next_step": f"fix {name}" if status != "met" else "",
        }
        for name, status in {"mdm_authority": "met", **statuses}.items()
    ]
    return {"requirements": listed, "ready": set(statuses.values()) <= {"met"}}


def control(status: str = "fail", **values: Any) -> Facts:
    return {
        "id": "3.1",
        "title": "Simple passwords are not allowed",
        "baseline": "cis",
        "object": "Default",
        "setting": "allow_simple_password",
        "value": True,
        "expected": "false",
        "status": status,
        "reason": "",
        "affected_mailboxes": None,
        "accepted": None,
        "remediation": "- name: Fix it",
        **values,
    }


def audit(*controls: Facts) -> Facts:
    return {"baselines": ["cis"], "compliant": not controls, "summary": {}, "controls": list(controls)}


def tenant(name: str = "contoso", **facts: Any) -> Facts:
    read = {"connector": connector(), "requirements": requirements(), "audit": audit()}
    return {"name": name, "tenant_id": f"{name}.example", "read_at": "2026-11-25T01:59:00Z", **read, **facts}


def failed(kind: str, message: str) -> Facts:
    return {"failed": True, "msg": message, "error": {"kind": kind}}


def only(made: Facts) -> Facts:
    [one] = made["tenants"]
    found: Facts = one
    return found


def test_a_tenant_in_order_asks_for_nothing() -> None:
    made = report(tenant())
    assert only(made)["state"] == "in_order" and only(made)["actions"] == [] and made["work"] == []
    assert only(made)["read_at"] == "2026-11-25T01:59:00Z" and only(made)["not_read"] == []
    assert made["counts"] == {"tenants": 1, "action": 0, "unread": 0, "partly_read": 0, "in_order": 1}
    assert made["requirements"] == [{"id": "mdm_authority", "title": "mdm authority", "source": "the document"}]


@pytest.mark.parametrize(
    ("read", "state"),
    [
        (connector(last_sync_age_seconds=26 * 3600), "stale"),
        (connector(last_sync_age_seconds=None), "never_synchronized"),
        (connector(status="connectionPending", last_sync_age_seconds=None), "pending"),
        (connector(status="disconnected"), "disconnected"),
        (connector(status="something new"), "disconnected"),
        (connector(status="none"), "missing"),
        (connector(exchange_connector_type="onPremises"), "missing"),
        ({**connector(), "connectors": 2 * connector()["connectors"]}, "ambiguous"),
    ],
)
def test_a_connector_that_is_not_as_it_should_be(read: Facts, state: str) -> None:
    made = only(report(tenant(connector=read)))
    assert (made["state"], made["connector"]["state"]) == ("action", state)
    assert [one["id"] for one in made["actions"]] == [f"connector.{state}"]
    assert made["actions"][0]["next_step"]


def test_how_old_a_synchronization_may_be() -> None:
    read = connector(last_sync_age_seconds=3 * DAY)
    assert only(report(tenant(connector=read), max_sync_age=4 * DAY))["state"] == "in_order"
    [action] = only(report(tenant(connector=read)))["actions"]
    assert action["evidence"] == (
        "the last successful synchronization was 3 days before the reading; at most 26 hours are allowed"
    )


def test_each_tenant_may_have_its_own_age() -> None:
    read = connector(last_sync_age_seconds=3 * DAY)
    ages = {"contoso": 4 * DAY, "fabrikam": 2 * DAY, "adatum": "soon"}
    made = report(*(tenant(name, connector=read, max_sync_age=age) for name, age in ages.items()))
    assert {one["name"]: one["state"] for one in made["tenants"]} == {
        "contoso": "in_order",
        "fabrikam": "action",
        "adatum": "action",
    }
    assert made["max_sync_age"] is None
    own = tenant("contoso", connector=read, max_sync_age=4 * DAY)
    assert report(own, tenant("adatum", connector=read))["max_sync_age"] is None
    assert report(own, tenant("adatum", connector=failed("network", "no")))["max_sync_age"] == 4 * DAY
    assert report(tenant("adatum", connector=read))["max_sync_age"] == 93600


def test_a_tenant_without_the_offer_is_a_normal_outcome() -> None:
    read = {"offered": False, "offered_evidence": "Microsoft Graph returned 404", "connectors": []}
    without = tenant(connector=read, requirements=requirements(connector_offered="unmet", connector_account="unmet"))
    assert only(report(without))["state"] == "in_order"
    assert only(report(without))["connector"]["state"] == "not_offered"
    assert only(report({**without, "audit": audit(control())}))["state"] == "action"


def test_what_is_known_comes_before_what_is_not() -> None:
    read = requirements(directory_sync="unknown", connector_account="unmet", exchange_online="not_applicable")
    made = only(report(tenant(requirements=read)))
    assert [(one["title"], one["status"]) for one in made["actions"]] == [
        ("Not met: connector account", "known"),
        ("Not known: directory sync", "unknown"),
    ]
    assert made["actions"][0]["next_step"] == "fix connector_account"
    assert only(report(tenant(requirements=requirements(directory_sync="unknown"))))["state"] == "partly_read"


def test_accepted_risks_ask_for_nothing_and_are_named() -> None:
    accepted = control(accepted={"reason": "old scanners", "until": "2027-03-31"}, id="3.9")
    made = only(report(tenant(audit=audit(control(affected_mailboxes=7), accepted, control("pass", id="3.2")))))
    assert made["accepted_risks"] == ["3.9 allow_simple_password of Default: old scanners (until 2027-03-31)"]
    [action] = made["actions"]
    assert action["title"] == "Failed: 3.1 Simple passwords are not allowed"
    assert action["evidence"] == ("allow_simple_password of Default is true; expected: false; it affects 7 mailboxes")
    assert only(report(tenant(audit=audit(accepted))))["state"] == "in_order"


def test_findings_are_grouped_by_object_with_one_task_that_fixes_all() -> None:
    def failing(number: int, setting: str, **values: Any) -> Facts:
        options = f'    name: "Default"\n    enabled: true\n    {setting}: 1\n'
        task = f'- name: "{setting}"\n  intune.exchange.policy:\n{options}'
        return control(id=f"3.{number}", kind="policy", setting=setting, remediation=task, **values)

    controls = [failing(10, "b"), failing(2, "a"), failing(3, "c", severity="high"), failing(1, "d", object="Other")]
    accepted = failing(4, "e", accepted={"reason": "known", "until": "2999-12-31"})
    first, other = only(report(tenant(audit=audit(*controls, accepted))))["fixes"]
    assert (first["title"], first["controls"]) == ("3 settings of Default", ["3.3", "3.2", "3.10"])
    [task] = yaml.safe_load(first["task"])
    assert task == {
        "name": "Fix 3.3, 3.2, 3.10",
        "intune.exchange.policy": {"name": "Default", "enabled": True, "c": 1, "a": 1, "b": 1},
    }
    assert other["object"] == "Other" and other["task"] == controls[3]["remediation"]


def test_what_kept_many_controls_from_being_read_is_said_once() -> None:
    unread = [control("unknown", id=f"3.{number}", reason="no right to read") for number in range(1, 20)]
    made = only(report(tenant(audit=audit(*unread))))
    assert [one["title"] for one in made["actions"]] == ["Not known: 19 controls"]
    assert made["actions"][0]["evidence"] == "allow_simple_password of Default: no right to read"


def test_a_control_that_is_unknown_says_why() -> None:
    made = only(report(tenant(audit=audit(control("unknown", reason="the right to read is missing")))))
    assert made["state"] == "partly_read"
    assert made["actions"][0]["evidence"].endswith("the right to read is missing")


def test_a_tenant_that_cannot_be_read_is_there_with_the_reason() -> None:
    reason = failed("sign_in", "Could not sign in on tenant contoso. Set the value of a current secret.")
    skipped = {"skipped": True}
    made = report(tenant("b", connector=reason, requirements=skipped, audit=skipped), tenant("a"))
    unread, in_order = made["tenants"]
    assert (unread["state"], in_order["state"]) == ("unread", "in_order")
    assert unread["not_read"] == ["connector", "requirements", "audit"]
    assert (unread["connector"], unread["requirements"], unread["audit"]) == (None, None, None)
    [action] = unread["actions"]
    assert action["title"] == "Not read: sign-in failed" and action["next_step"] == reason["msg"]
    assert action["evidence"] == "the connector, the requirements, the audit"


def test_a_read_that_failed_beside_others() -> None:
    made = only(report(tenant(audit=failed("forbidden", "The role is missing. Grant it."))))
    assert (made["state"], made["not_read"]) == ("partly_read", ["audit"])
    both = only(report(tenant(audit=failed("forbidden", "x"), requirements=requirements(connector_account="unmet"))))
    assert both["state"] == "action" and both["actions"][-1]["title"] == "Not read: a permission is missing"
    assert only(report(tenant(audit=None)))["state"] == "in_order"  # it was not asked for


@pytest.mark.parametrize("result", [None, {}, "text", {"failed": True}, {"failed": True, "msg": "m", "error": None}])
def test_whatever_a_read_gave_it_is_not_taken_for_success(result: Any) -> None:
    made = only(report(tenant(connector=result, requirements=result, audit=None)))
    assert made["state"] == "unread" and made["actions"][0]["next_step"]


def test_no_text_of_a_service_keeps_the_report_from_being_written() -> None:
    read = connector(primary_smtp_address="half a pair \ud83d")
    assert only(report(tenant("\ud83d", connector=read)))["connector"]["account"] == "half a pair ?"


def test_the_work_of_the_fleet_is_counted_once_for_each_tenant() -> None:
    two = audit(control(), control(object="Managers"))
    made = report(
        tenant("a", audit=two),
        tenant("b", audit=two, requirements=requirements(connector_account="unmet")),
        tenant("c", requirements=requirements(connector_account="unknown")),
    )
    assert [(one["id"], one["status"], one["tenants"]) for one in made["work"]] == [
        ("requirement.connector_account", "known", 1),
        ("audit.3.1", "known", 2),
        ("requirement.connector_account", "unknown", 1),
    ]


def test_tenants_that_need_action_come_first() -> None:
    missing = {"connector": connector(status="disconnected")}
    made = report(tenant("c"), tenant("b", **missing), tenant("A", **missing))
    assert [one["name"] for one in made["tenants"]] == ["A", "b", "c"]


@pytest.mark.parametrize("tenants", ["text", [1], [{"tenant_id": "x"}]])
def test_a_mistake_is_named(tenants: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="each with a name"):
        FilterModule().filters()["fleet_report"](tenants, made_at="now")


def test_an_age_that_is_no_number_is_named() -> None:
    with pytest.raises(AnsibleFilterError, match="fleet_report needs max_sync_age as a whole number"):
        FilterModule().filters()["fleet_report"]([{"name": "x"}], made_at="now", max_sync_age="1d")


def test_as_json_it_is_the_same_report_as_ascii_text() -> None:
    hostile = "{{ lookup('pipe', 'touch canary') }} <script> \u00fc"
    facts: Facts = {"name": hostile, "connector": connector(primary_smtp_address=hostile)}
    text: Any = report(facts, as_json=True)
    assert isinstance(text, str) and text.isascii()
    assert json.loads(text) == report(facts)


TASK = """- name: Fix it
  intune.exchange.mobile_device_mailbox_policy:
    name: Default
    allow_simple_password: false
"""


def test_a_baseline_that_nobody_chose_is_advice() -> None:
    """No tenant needs action because of it, and it comes last."""
    advised = tenant("advised", audit=audit(control()), baselines_chosen=False)
    unread = tenant("unread", audit=audit(control("unknown")), baselines_chosen=False)
    chosen = tenant("chosen", audit=audit(control()), baselines_chosen=True)
    made = report(advised, unread, chosen)
    assert {one["name"]: one["state"] for one in made["tenants"]} == {
        "chosen": "action",
        "advised": "in_order",
        "unread": "in_order",
    }
    assert [(one["id"], one["status"]) for one in made["work"]] == [("audit.3.1", "known"), ("audit.3.1", "advice")]
    assert made["tenants"][1]["actions"][0]["title"].startswith("Recommended: 3.1")


def test_the_worst_comes_first() -> None:
    """Eleven tenants with a weak password, one without a connector: the latter is the most urgent."""
    weak = [tenant(f"a{number}", audit=audit(control())) for number in range(11)]
    made = report(*weak, tenant("z", connector={**connector(), "connectors": []}))
    assert made["tenants"][0]["name"] == "z"
    assert [one["id"] for one in made["work"]] == ["connector.missing", "audit.3.1"]
    needy = only(report(tenant(audit=audit(control()), requirements=requirements(exchange_online="unmet"))))
    assert [one["id"] for one in needy["actions"]] == ["requirement.exchange_online", "audit.3.1"]


def test_the_fix_is_in_the_table() -> None:
    made = only(report(tenant(audit=audit(control(remediation=TASK), control(remediation="")))))
    steps = [one["next_step"] for one in made["actions"]]
    assert steps == [
        "intune.exchange.mobile_device_mailbox_policy: {name: Default, allow_simple_password: false}",
        "Run the remediation task of this control",
    ]
