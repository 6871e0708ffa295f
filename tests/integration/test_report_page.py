# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the report in Chromium, with made-up tenants of every kind, some of them with hostile names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from ansible_collections.intune.exchange.plugins.filter.fleet_report import FilterModule

from .conftest import ROOT
from .warm import ansible

HOSTILE = [
    "</script><script>window.taken = 1</script>",
    "<!--<script><img src=x onerror='window.taken = 1'>",
    "\"'><svg onload=window.taken=1>&lt;b&gt;&amp;",
    '=HYPERLINK("https://example.com/?"&A1,"open")',
    "{{ lookup('ansible.builtin.pipe', 'id') }}{% if true %}${window.taken=1}`",
    "line\u2028and\u2029paragraph \u202ereversed, half a pair \ud83d",
    "W" * 300,
]
Open = Callable[..., Page]


def assessed(name: str, number: int) -> dict[str, Any]:
    """An assessment in which the name stands wherever a service or a person could have written it."""
    policy = {"id": "1", "policy": name, "conditions": [name]}
    reasons = [{"policy": name, "reason": "excluded", "detail": f"it excludes {name}"}]
    row = {
        "client": "exchangeActiveSync",
        "platform": "iOS",
        "covered": [{"people": 1, "example": name, "requirements": [["block"]], "policies": [policy]}],
        "depends_on": [{"people": None, "example": name, "policies": [policy]}],
        "not_covered": [{"people": 4, "example": name, "reasons": reasons}],
        "report_only": [{"people": 4, "example": name, "policies": [policy]}],
    }
    difference = {"policy": name, "service_applies": False, "service_reason": name, "ours": f"it includes {name}"}
    asked = {"user": name, "client": "exchangeActiveSync", "platform": "iOS"}
    statuses = ("met", "unmet", "unknown", "not_applicable")
    return {
        "answers": [{"what": "wipe", "covered_by": [name], "evidence": name, "gap": name}],
        "checks": [
            {"id": one, "title": f"{one} {name}", "status": one, "evidence": name, "next_step": name, "source": name}
            for one in statuses
        ],
        "summary": dict.fromkeys(statuses, 1),
        "coverage": [{"question": "eas", **row}, {"question": "legacy_blocked", **row}] if number % 2 else None,
        "what_if": [
            {**asked, "agrees": False, "applies": [name], "differences": [difference], "problem": ""},
            {**asked, "agrees": None, "applies": None, "differences": [], "problem": f"Could not ask about {name}."},
        ],
    }


def made_up(name: str, number: int) -> dict[str, Any]:
    """What could be read of a tenant. Each figure follows from `number`, so that every kind is among a few."""
    facts: dict[str, Any] = {"name": name, "tenant_id": f"{number:08}.example", "read_at": "2026-11-25T01:58:00Z"}
    if number % 7 == 6:
        message = f"Could not sign in on tenant {name}: Microsoft Entra returned 401. Set a current secret."
        failed = {"failed": True, "msg": message, "error": {"kind": "sign_in"}}
        return {**facts, "connector": failed, "requirements": {"skipped": True}, "audit": {"skipped": True}}
    connector = {
        "exchange_connector_type": "serviceToService",
        "status": "connected",
        "primary_smtp_address": f"connector@{name}",
        "last_sync_date_time": "2026-11-25T01:00:00Z",
        "last_sync_age_seconds": [1800, 7200, 500000, None][number % 4],
    }
    offered = number % 5 != 4
    facts["connector"] = {
        "offered": offered,
        "offered_evidence": f"{name} returned 404",
        "connectors": [connector] if offered and number % 11 != 10 else [],
    }
    facts["requirements"] = {
        "requirements": [
            {
                "id": f"requirement_{place}",
                "title": f"The requirement {place} is met",
                "status": ["met", "met", "not_applicable", "unknown", "unmet"][(number * place) % 5],
                "evidence": f"shown by {name}",
                "next_step": f"Do what {name} needs",
                "source": "the document",
            }
            for place in range(10)
        ]
    }
    controls = [
        {
            "id": f"3.{place}",
            "title": f"Control {place}",
            "baseline": "cis",
            "object": name,
            "setting": "password_enabled",
            "value": False,
            "expected": "true",
            "status": ["pass", "pass", "fail", "pass", "not_applicable"][(number + place) % 5 if number % 6 else 0],
            "reason": "",
            "affected_mailboxes": number,
            "accepted": {"reason": f"known to {name}", "until": "2027-03-31"} if (number + place) % 10 == 7 else None,
            "remediation": f"- name: {name}\n",
        }
        for place in range(11)
    ]
    # A page takes most of a second to write, so the thousand have no more of them than the few.
    facts["assessment"] = None if offered or number > 60 else assessed(name, number)
    facts["audit"] = {"baselines": ["cis"], "compliant": False, "summary": {}, "controls": controls, "ended_risks": []}
    return facts


class _Data(str):
    """Text that Ansible takes as it is: without the tag, ansible-core before 2.19 would read it as a dictionary."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(_Data, lambda dumper, data: dumper.represent_scalar("!unsafe", str(data)))


def written(folder: Path, names: list[str]) -> dict[str, Any]:
    """The report on tenants of these names, written to `folder` by the tasks of the playbook."""
    make = FilterModule().filters()["fleet_report"]
    report: dict[str, Any] = make([made_up(name, number) for number, name in enumerate(names)], "2026-11-25T02:00:00Z")
    playbooks = ROOT / "playbooks"
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars_files": str(playbooks / "vars/report.yml"),
        "vars": {
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "report_data": _Data(json.dumps(report)),
        },
        "tasks": [{"ansible.builtin.include_tasks": str(playbooks / "tasks/report.yml")}],
    }
    (folder / "templates").symlink_to(playbooks / "templates")  # a playbook's templates are beside it
    book = folder / "book.yml"
    book.write_text(yaml.dump([play], Dumper=_Dumper))
    where = ("-i", "localhost,", "-e", f"report_folder={folder}")
    done = ansible("ansible-playbook", *where, book, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return report


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("few")
    return folder, written(folder, [*(f"tenant-{number:02}.example" for number in range(12)), *HOSTILE])


@pytest.fixture
def page(browser: Browser, few: tuple[Path, dict[str, Any]]) -> Iterator[Open]:
    """Opens the page. Afterwards: nothing was asked of any network, and nothing was wrong in the console."""
    wrong: list[str] = []
    contexts = []

    def opened(folder: Path = few[0], **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        found = context.new_page()
        address = (folder / "report.html").as_uri()
        found.on("console", lambda message: wrong.append(message.text))
        found.on("pageerror", lambda error: wrong.append(str(error)))
        found.on("dialog", lambda dialog: wrong.append(dialog.message))
        found.on("request", lambda request: wrong.append(request.url) if request.url != address else None)
        found.goto(address)
        return found

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def rows(page: Page) -> Locator:
    return page.locator("#rows > tr:not(.details)")


def names(page: Page) -> list[str]:
    return page.locator("#rows .open").all_text_contents()


def open_details(page: Page) -> None:
    page.get_by_role("button", name="Open details").click()


@pytest.mark.more
def test_the_first_words_say_what_it_is(page: Open) -> None:
    shown = page(java_script_enabled=False)
    header = " ".join(shown.locator("header").inner_text().split())
    assert "Report on 19 tenants, made on 2026-11-25, 02:00 UTC" in header
    assert "announced the removal of the service-to-service connector in 2019" in header
    assert "Each figure is of the time of reading" in header
    expect(shown.get_by_text("The tables need JavaScript")).to_be_visible()


def test_every_tenant_is_there_and_hostile_values_are_text(page: Open, few: tuple[Path, dict[str, Any]]) -> None:
    shown, report = page(), few[1]
    in_order = [tenant["name"] for tenant in report["tenants"]]
    assert names(shown) == in_order
    assert {name.replace("\ud83d", "?") for name in HOSTILE} <= {*in_order}
    open_details(shown)
    assert shown.locator("tr.details").count() == len(in_order)
    for name in HOSTILE[:4]:
        assert shown.locator("tr.details").get_by_text(name).count(), name
    assert shown.evaluate("window.taken") is None
    made = "[...document.querySelectorAll('script, img, svg, iframe, b, object')].map((one) => one.localName).join()"
    assert shown.evaluate(made) == "script,script"
    assert shown.evaluate("document.querySelectorAll('[onerror], [onload], [style]').length") == 0


def test_script_that_got_in_would_not_run(browser: Browser, few: tuple[Path, dict[str, Any]]) -> None:
    shown = browser.new_page()
    shown.goto((few[0] / "report.html").as_uri())
    refused = """() => {
        const told = new Promise((done) => document.addEventListener("securitypolicyviolation",
            (event) => done(event.effectiveDirective)));
        const script = document.createElement("script");
        script.textContent = "window.taken = 1";
        document.body.append(script);
        return told;
    }"""
    assert shown.evaluate(refused) == "script-src-elem"
    assert shown.evaluate("window.taken") is None
    shown.close()


@pytest.mark.more
def test_sorting_by_keyboard(page: Open) -> None:
    shown = page()
    heading = shown.get_by_role("columnheader", name="Tenant")
    heading.get_by_role("button").focus()
    shown.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    found = [name for name in names(shown) if name.startswith("tenant-")]
    assert found == sorted(found) and len(found) == 12
    everything = names(shown)
    shown.keyboard.press("Space")
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert names(shown) == everything[::-1]
    assert shown.locator("th[aria-sort]").count() == 1


@pytest.mark.more
@pytest.mark.parametrize("descending", [False, True])
def test_sorting_puts_what_is_not_known_last(page: Open, few: tuple[Path, dict[str, Any]], descending: bool) -> None:
    shown = page()
    for _press in range(1 + descending):
        shown.locator("th").get_by_role("button", name="Last sync").click()
    age = {tenant["name"]: (tenant["connector"] or {}).get("last_sync_age_seconds") for tenant in few[1]["tenants"]}
    found = [age[name] for name in names(shown) if name in age]
    known = [one for one in found if one is not None]
    assert known and known == sorted(known, reverse=descending)
    assert found == known + [None] * (len(found) - len(known))


@pytest.mark.more
def test_filters_and_how_many_they_leave(page: Open, few: tuple[Path, dict[str, Any]]) -> None:
    shown, report = page(), few[1]
    tenants = report["tenants"]

    def leaves(wanted: list[str]) -> None:
        assert [name for name in names(shown) if name in wanted] == wanted
        said = f"Showing {len(wanted)} of 19 tenants" if wanted else "No tenant matches"
        expect(shown.get_by_role("status")).to_have_text(said)

    def named(holds: Callable[[dict[str, Any]], bool]) -> list[str]:
        return [tenant["name"] for tenant in tenants if holds(tenant)]

    shown.get_by_role("button", name="Not read").click()
    leaves(named(lambda tenant: tenant["state"] == "unread"))
    expect(shown.get_by_role("button", name="Not read")).to_have_attribute("aria-pressed", "true")
    shown.get_by_role("button", name="Show all").click()
    shown.get_by_label("Find a tenant").fill("TENANT-1")
    leaves(named(lambda tenant: tenant["name"].startswith("tenant-1")))
    shown.locator("#connector").select_option("not_offered")
    not_offered = named(lambda tenant: (tenant["connector"] or {}).get("state") == "not_offered")
    leaves([name for name in not_offered if name.startswith("tenant-1")])
    shown.get_by_label("Find a tenant").fill("no such tenant")
    leaves([])
    shown.get_by_role("button", name="Show all").click()
    shown.get_by_label("With accepted risks").check()
    accepted = named(lambda tenant: bool(tenant["accepted_risks"]))
    expect(shown.get_by_role("status")).to_have_text(f"Showing {len(accepted)} of 19 tenants")
    work = next(one for one in report["work"] if one["id"].startswith("connector."))
    shown.get_by_role("button", name=work["title"]).click()
    expect(shown.get_by_role("status")).to_have_text(f"Showing {work['tenants']} of 19 tenants")
    assert shown.evaluate("document.activeElement.id") == "tenants"


@pytest.mark.more
def test_everything_is_reached_by_keyboard(page: Open) -> None:
    shown = page()
    shown.keyboard.press("Tab")
    expect(shown.get_by_role("link", name="Skip to the tenants")).to_be_focused()
    shown.keyboard.press("Enter")
    reached = []
    for _press in range(17):
        shown.keyboard.press("Tab")
        reached.append(shown.evaluate("document.activeElement.id || document.activeElement.textContent"))
        ring = shown.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none", reached
    assert reached[:4] == ["find", "connector", "todo", "accepted"]
    first = rows(shown).first.get_by_role("button")
    assert reached[-1] in names(shown)[:5]
    first.focus()
    shown.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-expanded", "true")
    expect(shown.locator(f"#{first.get_attribute('aria-controls')}")).to_contain_text("What to do")
    shown.keyboard.press("Enter")
    expect(shown.locator("tr.details")).to_be_hidden()


# Colours are a matter of the scheme, structure one of the width.
@pytest.mark.more
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_accessible_and_as_wide_as_the_screen(page: Open, scheme: str, width: int) -> None:
    shown = page(color_scheme=scheme, viewport={"width": width, "height": 800})
    background = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(246, 247, 249)", "dark": "rgb(20, 24, 29)"}[scheme]
    open_details(shown)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    shown.get_by_role("button", name="Close details").click()
    for name in ("tenant-00", "tenant-04", "tenant-06"):  # with work to do, without the connector, not read
        shown.get_by_role("button", name=name).click()
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(shown)
    assert len(found.response["passes"]) > 20
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.more
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_tenant(browser: Browser, few: tuple[Path, dict[str, Any]], scheme: Any, width: int) -> None:
    """One for each tenant that was assessed: reached from the list, accessible, text only, as wide as the screen."""
    folder, report = few
    held = [tenant for tenant in report["tenants"] if tenant["assessment"]]
    pages = [tenant["assessment"]["page"] for tenant in held]
    assert sorted(pages) == sorted(path.name for path in folder.glob("tenant-*.html")) and len(pages) == len(set(pages))
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    shown = context.new_page()
    shown.goto((folder / "report.html").as_uri())
    shown.get_by_role("button", name=held[0]["name"], exact=True).click()
    shown.get_by_role("link", name="Assessment of this tenant").click()
    assert shown.url.endswith(pages[0])
    for tenant in held:
        shown.goto((folder / tenant["assessment"]["page"]).as_uri())
        shown.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        name = " ".join(tenant["name"].split())
        assert name in " ".join(shown.locator("h1").inner_text().split())
        text = " ".join(shown.locator("main").inner_text().split())
        assert (
            text.count(name) >= 12 and "4 people" in text
            if tenant["assessment"]["coverage"]
            else "could not be read" in text
        )
        assert shown.evaluate("window.taken") is None
        made = (
            "[...document.querySelectorAll('script, img, svg, iframe, b, object, [onerror], [onload], [style]')].length"
        )
        assert shown.evaluate(made) == 0
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    context.close()


@pytest.mark.more
def test_printed(page: Open) -> None:
    shown = page(color_scheme="dark", viewport={"width": 1030, "height": 700})  # A4 across, between its margins
    rows(shown).first.get_by_role("button").click()
    shown.emulate_media(media="print")
    narrow = "[...document.querySelectorAll('.details table')].filter((one) => one.offsetWidth < 600).length"
    assert shown.locator(".details table").count() > 1 and shown.evaluate(narrow) == 0
    expect(shown.get_by_label("Find a tenant")).to_be_hidden()
    expect(shown.locator("tr.details")).to_be_visible()
    style = "(part, name) => getComputedStyle(document.querySelector(part))[name]"
    assert shown.evaluate(f"({style})('body', 'backgroundColor')") == "rgb(255, 255, 255)"
    assert shown.evaluate("document.documentElement.scrollWidth") <= 1030
    assert shown.evaluate(f"({style})('#list thead', 'display')") == "table-header-group"
    assert Axe().run(shown).violations_count == 0
    assert shown.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.more
def test_a_thousand_tenants_in_one_page(page: Open, tmp_path: Path) -> None:
    written(tmp_path, [f"tenant-{number:04}.example" for number in range(1000)])
    shown = page(tmp_path)
    assert rows(shown).count() == 1000
    assert shown.evaluate("document.getElementsByTagName('*').length") < 20_000
    expect(shown.get_by_role("button", name="Open details")).to_be_disabled()
    shown.get_by_role("button", name="Requirements").click()
    shown.get_by_label("Find a tenant").fill("tenant-0999")
    expect(shown.get_by_role("status")).to_have_text("Showing 1 of 1,000 tenants")
    shown.get_by_role("button", name="Show all").click()
    expect(shown.get_by_role("status")).to_have_text("Showing 1,000 of 1,000 tenants")
