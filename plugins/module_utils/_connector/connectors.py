# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange connectors in Intune, of which this collection manages the service-to-service connector."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from .._client.graph import Read
from .._client.graph_errors import not_served
from .._core.errors import Purpose, TenantError
from .._core.resource import Field, Record, Resource, normalize_case, returned
from .._engine.graph_collection import GraphCollection
from .._engine.tenant import Tenant
from .account_lookup import check_account, check_address

Result = TypeVar("Result")
PATH = "deviceManagement/exchangeConnectors"
TYPE = "serviceToService"
READ_CONNECTORS = Read(PATH, Purpose("read the Exchange connectors", "DeviceManagementServiceConfig.Read.All"))
WRITE_CONNECTOR = Purpose("configure the Exchange connector", "DeviceManagementServiceConfig.ReadWrite.All")

# Only unambiguous responses count: the whole collection is not served, or a new member of this type is refused in these
# words. A 400 can mean anything else: an address without a mailbox, an invalid body.
_OF_TYPE = re.compile(r"exchange\s*connector|service[ -]?to[ -]?service", re.IGNORECASE)
_NO_LONGER = re.compile(
    r"\b(no longer|not|isn't|is n't) (supported|available|offered)|\bunsupported\b|\b(deprecated|retired)\b",
    re.IGNORECASE,
)
SUMMARY = {"connectors": "status"}
INSTEAD = (
    "Microsoft announced the removal of this connector type in 2019: govern the devices with Exchange Online's access "
    "rules and policies, with Intune compliance and with Conditional Access instead; the module "
    "intune.exchange.mobile_access_assessment_info says what is still done and what is missing"
)


def not_offered(error: TenantError, method: str) -> TenantError:
    """`error`, or a clearer one if the tenant does not offer the connector."""
    answer = error.answer
    refused = (
        answer is not None
        and answer.code != ""  # otherwise a proxy may have responded
        and error.kind != "no_intune_licence"
        and (not_served(error) or (method == "POST" and answer.status == 400 and _says_so(answer.message)))
    )
    if not refused:
        return error
    problem = f"this tenant does not offer the service-to-service connector ({answer})"
    return error.but(kind="not_offered", problem=problem, next_step=INSTEAD)


def offered(read: Callable[[], Result]) -> Result:
    """The result of reading the connectors. Raises `TenantError`, `not_offered` included."""
    try:
        return read()
    except TenantError as error:
        raise not_offered(error, "GET") from error.__cause__


def _says_so(message: str) -> bool:
    """Whether a refusal says that this type of connector no longer exists."""
    return bool(_OF_TYPE.search(message) and _NO_LONGER.search(message))


def parse_time(text: str | None) -> datetime | None:
    """A time of Graph; None if unset, which Intune writes as the year 1."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)  # with up to seven digits of a second, and Z or an offset
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if moment.year > 1 else None


def facts(record: Record, now: datetime) -> dict[str, Any]:
    """A connector for the result, with the age of its last successful sync by the service's clock."""
    synced = parse_time(record.get("lastSyncDateTime"))
    age = None if synced is None else max(0, int((now - synced).total_seconds()))
    return {**returned(record), "last_sync_age_seconds": age}


def read_connectors(tenant: Tenant) -> tuple[list[Record], datetime]:
    """All connectors of any type, and the service's time. Raises `TenantError`, `not_offered` included."""
    records, response = offered(lambda: tenant.graph.list(PATH, READ_CONNECTORS.purpose))
    return readable(records), response.date


def readable(records: list[Record]) -> list[Record]:
    """The connectors as they were read. Raises `TypeError` if it is not known of one which type it has."""
    for one in records:
        if not isinstance(one.get("exchangeConnectorType"), str):
            raise TypeError(f"exchangeConnectorType of an entry in {PATH} is not text")  # it may be ours
        if not isinstance(one.get("status"), str | None):
            raise TypeError(f"status of an entry in {PATH} is not text")
    return records


def connectors_info(tenant: Tenant, require_offered: bool = False) -> dict[str, Any]:
    """The facts; a tenant that does not offer connectors, as the service says, has none, or is an error."""
    try:
        records, now = read_connectors(tenant)
    except TenantError as error:
        if error.kind != "not_offered" or require_offered:
            raise
        return {
            "changed": False,
            **_with_conclusions([], offered=False),
            "offered_evidence": str(error),
            "summary_text": "the tenant does not offer the connector",
        }
    return {
        "changed": False,
        **_with_conclusions([facts(record, now) for record in records], offered=True),
        "offered_evidence": "Intune lists its Exchange connectors",
    }


def _with_conclusions(connectors: list[dict[str, Any]], offered: bool) -> dict[str, Any]:
    """What was read, and what roles and playbooks would otherwise conclude from it in Jinja."""
    found = {"connectors": connectors, "offered": offered}
    return {**found, "connector": only_connector(found), "state": state(found), "is_new": _is_new(found)}


# The possible states of a tenant's connector. A status that Microsoft adds later counts as disconnected.
STATES = ("connected", "pending", "disconnected", "missing", "ambiguous", "not_offered")


def of_our_type(found: Mapping[str, Any]) -> list[Any]:
    """The service-to-service connectors that `connectors_info` found."""
    return [one for one in found["connectors"] if one.get("exchange_connector_type") == TYPE]


def only_connector(found: Mapping[str, Any]) -> Any:
    """The only service-to-service connector that `connectors_info` found; None if there is not exactly one."""
    ours = of_our_type(found)
    return ours[0] if len(ours) == 1 else None


def state(found: Mapping[str, Any]) -> str:
    """The state among `STATES` that `connectors_info` found."""
    statuses = [one.get("status") for one in of_our_type(found)]
    if not found["offered"]:
        return "not_offered"
    if len(statuses) != 1:
        return "ambiguous" if statuses else "missing"
    return {"connected": "connected", "connectionPending": "pending", "none": "missing"}.get(
        statuses[0], "disconnected"
    )


def _is_new(found: Mapping[str, Any]) -> bool:
    """Whether the only connector still connects, or has not synchronized for the first time."""
    connector, known = only_connector(found), state(found)
    return known == "pending" or (known == "connected" and connector["last_sync_age_seconds"] is None)


def the_connector(records: list[Record], tenant: Tenant) -> Record:
    """The only service-to-service connector. Raises `TenantError` if there is none, or more than one."""
    found = [one for one in records if one.get("exchangeConnectorType") == TYPE]
    if len(found) == 1:
        return found[0]
    ids = [one["id"] for one in found]
    problem = (
        f"there are several service-to-service connectors: {', '.join(ids)}"
        if ids
        else "there is no service-to-service connector"
    )
    step = (
        "Remove all but one manually; the module does not choose" if ids else "Set it up with intune.exchange.connector"
    )
    raise TenantError(
        "ambiguous" if ids else "absent",
        problem,
        "find the connector",
        tenant.label,
        next_step=step,
        details={"candidates": ids},
    )


def _check_connector_write(tenant: Tenant, params: Mapping[str, Any], record: Record | None) -> None:
    """The account must be usable before it is bound, and only the requested connector is removed."""
    address = params.get("primary_smtp_address")
    if params["state"] == "present":
        check_account(tenant, check_address("primary_smtp_address", str(address)))
    elif address and record and normalize_case(record.get("primarySmtpAddress")) != normalize_case(address):
        raise TenantError(
            "other_account",
            f"it is bound to {record.get('primarySmtpAddress')}, not to {address}",
            "remove the connector",
            tenant.label,
            next_step="Omit primary_smtp_address to remove it regardless of its account",
        )


CONNECTOR = Resource(
    name="connector",
    backend=GraphCollection(
        PATH,
        "#microsoft.graph.deviceManagementExchangeConnector",
        READ_CONNECTORS.purpose,
        WRITE_CONNECTOR,
        fixed={"exchangeConnectorType": TYPE},
        translate=not_offered,
    ),
    fields=(Field("primary_smtp_address", "primarySmtpAddress", normalize=normalize_case),),
    before_write=_check_connector_write,
    poll_after_create=True,
)
