# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who loses mail, when and why: the data for each deadline is read once, then each row of the table is evaluated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from .._client.graph import odata, odata_text
from .._conditional_access.people import read_people
from .._core.concurrent import gather
from .._core.errors import usage
from .._core.read_result import ReadResult, check_any, judged
from .._core.resource import Record
from .._engine.exchange import exchange_of
from .._engine.tenant import Tenant
from .._mobile_devices.devices import facts as device_facts
from .._mobile_devices.devices import find_devices
from .._rehearsal.sign_in_log import INTERACTIVE, NON_INTERACTIVE, READ_SIGN_INS, of_kinds, since
from .deadline_detectors import Facts, detect
from .deadline_table import DEADLINES
from .legacy_log import LOG_DAYS, interactive, read_background
from .mail_apps import READ_MAIL_APPS, read_mail_apps
from .reads import COUNT_PEOPLE, READ_ORGANIZATION_CONFIG, READ_POLICIES, each_understood, objects

# The names under which mail apps of phones sign in with modern authentication.
MAIL_APPS = ("Apple Internet Accounts", "iOS Accounts", "Samsung Email", "Gmail", "Nine")
OPTIONS: dict[str, dict[str, Any]] = {
    "mail_apps": {"type": "list", "elements": "str", "default": list(MAIL_APPS)},
}
_NOT_SURE = ("not_found", "ambiguous", "other_object")  # the owner of a device whose other data is known


def deadlines_info(tenant: Tenant, params: Mapping[str, Any]) -> dict[str, Any]:
    """The deadlines of a tenant. Raises `TenantError` if nothing could be read."""
    if not params["mail_apps"]:
        raise usage("mail_apps is empty", "Omit it, or name the mail apps that sign in to Microsoft Entra")
    facts = _read_all(tenant, params["mail_apps"])
    today = tenant.http.now().date()
    found = answer(facts, today)
    return {
        "changed": False,
        "as_of": today.isoformat(),
        "deadlines": found,
        "summary": dict(Counter(one["status"] for one in found)),
    }


def of_assessment(facts: Facts, now: datetime) -> list[dict[str, Any]]:
    """The deadlines from an assessment's data, which has no last synchronization and no owner of a device."""
    listed = facts["devices"]
    devices = judged(lambda: _eas_devices(listed.value, now))
    return answer({**facts, "eas_devices": devices, "mail_client_sign_ins": ReadResult([])}, now.date())


def _eas_devices(listed: Sequence[Record], now: datetime) -> list[dict[str, Any]]:
    return [device_facts(one, now) for one in listed if one.get("ClientType") == "EAS"]


def answer(facts: Facts, today: date) -> list[dict[str, Any]]:
    """Each deadline with the people it affects, the earliest first."""
    rows = []
    for deadline in DEADLINES:
        found = detect(deadline.id, facts)
        rows.append(
            {
                "id": deadline.id,
                "title": deadline.title,
                "date": deadline.date,
                "days_left": (date.fromisoformat(deadline.date) - today).days,
                "ends": deadline.ends,
                "status": found.status,
                "certainty": found.certainty,
                "evidence": found.evidence,
                "people": list(found.people),
                "people_count": found.number if found.number is not None or found.policies else len(found.people),
                "devices": list(found.devices),
                "policies": list(found.policies),
                "next_step": found.next_step or ("" if found.status == "not_affected" else deadline.next_step),
                "detected_by": deadline.detected_by,
                "needs": list(deadline.needs),
                "source": deadline.source,
            }
        )
    return rows


def _read_all(tenant: Tenant, mail_apps: Sequence[str]) -> dict[str, ReadResult[Any]]:
    """Each name with what was read, or with the error of that read."""
    wanted = {"policies": READ_POLICIES, "sign_ins": interactive(tenant.http.now())}
    calls: dict[str, tuple[str, Callable[[], Any]]] = {
        "graph": ("read the tenant", partial(tenant.graph.batch, wanted)),
        "background_sign_ins": (READ_SIGN_INS.action, partial(read_background, tenant)),
        "mail_client_sign_ins": (READ_SIGN_INS.action, partial(_read_mail_clients, tenant, mail_apps)),
        "eas_devices": ("read the mobile devices", partial(_read_eas_devices, tenant)),
        "exchange": (READ_ORGANIZATION_CONFIG.action, partial(_read_exchange, tenant)),
    }
    found = gather(each_understood(calls))
    # Alone, since the download link is valid for a few minutes only.
    found |= gather(each_understood({"mail_apps": (READ_MAIL_APPS.action, partial(read_mail_apps, tenant))}))
    graph = found.pop("graph")
    facts = {**graph.or_else(dict.fromkeys(wanted, graph)), **found}
    facts["policies"] = objects(facts["policies"], READ_POLICIES.purpose, ids=True)
    for name in ("sign_ins", "mail_client_sign_ins"):
        facts[name] = objects(facts[name], READ_SIGN_INS)
    facts["exchange"] = objects(facts["exchange"], READ_ORGANIZATION_CONFIG)
    check_any(facts.values())
    policies = facts["policies"]
    reading = (COUNT_PEOPLE, lambda: read_people(tenant, policies.value))
    people = gather(each_understood({"people": reading})) if policies.known else {}
    return {**facts, "people": policies, **people}


def _read_mail_clients(tenant: Tenant, mail_apps: Sequence[str]) -> list[Record]:
    """Sign-ins of mail apps. A phone refreshes its token without its user, which only beta lists."""
    names = " or ".join(f"appDisplayName eq {odata_text(one)}" for one in mail_apps)
    wanted = f"{since(tenant.http.now(), LOG_DAYS)} and ({of_kinds(INTERACTIVE, NON_INTERACTIVE)}) and ({names})"
    path = odata("auditLogs/signIns", filter=wanted)
    return tenant.graph.list(path, READ_SIGN_INS, "beta")[0]


def _read_eas_devices(tenant: Tenant) -> list[dict[str, Any]]:
    """The devices with their last synchronization, and their owners."""
    found = find_devices(tenant, {"client_type": "EAS"}, statistics=True)
    owners = found.owners(tenant, found.devices)
    return [{**one, "owner": _owner(owners[str(one["guid"])])} for one in found.devices]


def _owner(mailbox: ReadResult[Record]) -> dict[str, Any] | None:
    """None if the owner of the device is uncertain. Raises `TenantError` for any other failure."""
    if mailbox.error is not None and mailbox.error.kind in _NOT_SURE:
        return None
    found = mailbox.value
    return {"user_id": found.get("ExternalDirectoryObjectId"), "address": found.get("PrimarySmtpAddress")}


def _read_exchange(tenant: Tenant) -> Record:
    select = ("Name", "EwsEnabled")
    values = exchange_of(tenant).invoke("Get-OrganizationConfig", {}, READ_ORGANIZATION_CONFIG, select).values
    return values[0] if values else {}
