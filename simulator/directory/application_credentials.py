# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of applications: certificates, client secrets, tokens of other issuers."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import replace
from datetime import timedelta

from ..behaviours.table import implements
from ..odata.entities import RequestContext, Resource, create_entity, delete_entity, get_entity, listed, not_found
from ..state.clock import iso
from ..state.http_messages import Answer, Json, Refusal
from ..state.replication import arrived, arriving
from .applications import APPLICATIONS, STORE, by_method, gate_applications
from .refusals import invalid

_FEDERATED = "federatedIdentityCredentials"
_MOST_FEDERATED = 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}")


@implements("application-password")
def _add_password(scene: RequestContext, resource: Resource) -> Answer:
    application = resource.locate(scene)
    given = scene.body.get("passwordCredential") or {}
    text = f"simulated-application-secret~{secrets.token_urlsafe(24)}"
    made = {
        "customKeyIdentifier": None,
        "displayName": given.get("displayName"),
        "endDateTime": given.get("endDateTime") or iso(scene.now + timedelta(days=730)),
        "hint": text[:3],
        "keyId": str(uuid.uuid4()),
        "secretText": None,
        "startDateTime": given.get("startDateTime") or iso(scene.now),
    }
    scene.tenant.store(STORE).update(
        application["id"],
        {
            "passwordCredentials": [*application["passwordCredentials"], made],
            "_secrets": {**application["_secrets"], made["keyId"]: text},
        },
    )
    return Answer(200, made | {"secretText": text})


@implements("application-password")
def _remove_password(scene: RequestContext, resource: Resource) -> Answer:
    application, key = resource.locate(scene), scene.body.get("keyId")
    left = [one for one in application["passwordCredentials"] if one["keyId"] != key]
    if len(left) == len(application["passwordCredentials"]):
        raise invalid("application-password", f"No password credential found with keyId '{key}'.")
    kept = {name: text for name, text in application["_secrets"].items() if name != key}
    scene.tenant.store(STORE).update(application["id"], {"passwordCredentials": left, "_secrets": kept})
    return Answer(204)


def _credentials_of(scene: RequestContext, application: Json) -> list[Json]:
    found = [one for one in scene.tenant.store(_FEDERATED) if one["_application"] == application["id"]]
    return arrived(found, scene.now)


def _list_federated(scene: RequestContext, resource: Resource) -> Answer:
    return listed(scene, _credentials_of(scene, APPLICATIONS.locate(scene)), resource)


def _one(scene: RequestContext) -> RequestContext:
    """The same with the key of the credential, which must belong to this application."""
    application = APPLICATIONS.locate(scene)
    wanted = scene.keys[1].lower()
    for one in _credentials_of(scene, application):
        if wanted in (one["id"], one["name"].lower()):
            return replace(scene, keys=[one["id"]])
    raise not_found(scene, scene.keys[1])


@implements("application-federated")
def _create_federated(scene: RequestContext, resource: Resource) -> Answer:
    application = APPLICATIONS.locate(scene)
    for name in ("name", "issuer", "subject", "audiences"):
        if not scene.body.get(name):
            raise invalid("application-federated", f"A value is required for property '{name}'.")
    if not _NAME.fullmatch(scene.body["name"]) or len(scene.body["audiences"]) != 1:
        raise invalid("application-federated", "Invalid name, or more than one audience.")
    held = [one for one in scene.tenant.store(_FEDERATED) if one["_application"] == application["id"]]
    if any(one["name"].lower() == scene.body["name"].lower() for one in held):
        raise _taken(f"FederatedIdentityCredential with name {scene.body['name']} already exists.")
    _refuse_same_subject(scene.body, held)
    if len(held) >= _MOST_FEDERATED:
        raise invalid("application-federated", "The application has the most federated credentials that it may have.")
    named = replace(resource, create=lambda new, item_id: _federated(new, item_id, application))
    return create_entity(scene, named)


def _federated(scene: RequestContext, item_id: str, application: Json) -> Json:
    given = {name: value for name, value in scene.body.items() if "@" not in name}
    made = {"description": None} | given | {"id": item_id, "_application": application["id"]}
    return arriving(scene.tenant, made, scene.now)


def _refuse_same_subject(wanted: Json, others: list[Json]) -> None:
    if any((one["issuer"], one["subject"]) == (wanted["issuer"], wanted["subject"]) for one in others):
        raise _taken("FederatedIdentityCredential with the same issuer and subject already exists.")


def _taken(text: str) -> Refusal:
    return invalid("application-federated", text, 409, "Request_MultipleObjectsWithSameKeyValue")


@implements("application-federated")
def _change_federated(scene: RequestContext, resource: Resource) -> Answer:
    found = resource.locate(_one(scene))
    given = {name: value for name, value in scene.body.items() if "@" not in name and name != "id"}
    if given.get("name", found["name"]) != found["name"]:
        raise invalid("application-federated", "Property 'name' cannot be changed.")
    others = [one for one in scene.tenant.store(_FEDERATED) if one["_application"] == found["_application"]]
    _refuse_same_subject(found | given, [one for one in others if one["id"] != found["id"]])
    scene.tenant.store(_FEDERATED).update(found["id"], given)
    return Answer(204)


FEDERATED = Resource(
    _FEDERATED,
    "microsoft.graph.federatedIdentityCredential",
    gate=gate_applications,
    counted=False,
    behaviour="application-federated",
)
SPECIALS = {
    "/applications/{}/addPassword": (APPLICATIONS, _add_password),
    "/applications/{}/removePassword": (APPLICATIONS, _remove_password),
    "/applications/{}/federatedIdentityCredentials": (
        FEDERATED,
        by_method("application-federated", get=_list_federated, post=_create_federated),
    ),
    "/applications/{}/federatedIdentityCredentials/{}": (
        FEDERATED,
        by_method(
            "application-federated",
            get=lambda scene, resource: get_entity(_one(scene), resource),
            patch=_change_federated,
            delete=lambda scene, resource: delete_entity(_one(scene), resource),
        ),
    ),
}
