# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes between two snapshots, equal values, and files that are refused by name."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.snapshot_diff import snapshot_diff
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.kinds import KINDS
from ansible_collections.intune.exchange.plugins.module_utils._snapshot.text import lines_of
from ansible_collections.intune.exchange.plugins.plugin_utils import _snapshot_file, _snapshot_text
from ansible_collections.intune.exchange.plugins.plugin_utils._snapshot_lines import snapshot_of_lines

ADELE = {
    "id": "0000000a-0000-0000-0000-000000000000",
    "userPrincipalName": "adele@contoso.example",
    "displayName": "Adele",
    "accountEnabled": True,
}
ALEX = {**ADELE, "id": "0000000b-0000-0000-0000-000000000000", "userPrincipalName": "alex@contoso.example"}
MAILBOX = {
    "Guid": "1",
    "Identity": "adele",
    "Name": "adele",
    "ExternalDirectoryObjectId": ADELE["id"],
    "PrimarySmtpAddress": "adele@contoso.example",
    "ActiveSyncEnabled": True,
    "ActiveSyncAllowedDeviceIDs": [],
}
PHONE = {
    "Guid": "2",
    "DeviceId": "PHONE",
    "Identity": "adele\\ExchangeActiveSyncDevices\\EAS§iPhone§PHONE",
    "DeviceAccessState": "Allowed",
    "DeviceAccessStateReason": "Global",
    "FirstSyncTime": "2026-11-01T08:00:00.0000000Z",
}
POLICY = {
    "id": "3",
    "displayName": "Require a compliant device",
    "state": "enabled",
    "conditions": {"users": {"includeUsers": ["All"], "excludeUsers": [ADELE["id"], ALEX["id"]]}},
    "grantControls": {"operator": "OR", "builtInControls": ["compliantDevice", "compliantApplication"]},
}
SETTINGS = {"Name": "Mobile Mailbox Settings", "DefaultAccessLevel": "Allow", "AdminMailRecipients": ["a@b.c", "d@e.f"]}
SNAPSHOT: dict[str, Any] = {
    "format": "intune.exchange.snapshot",
    "version": 1,
    "taken_at": "2026-11-29T08:00:00Z",
    "tenant": {"id": "T", "name": "Contoso"},
    "objects": {
        "users": [ADELE, ALEX],
        "mailboxes": [MAILBOX],
        "mobile_devices": [PHONE],
        "conditional_access_policies": [POLICY],
        "activesync_organization_settings": [SETTINGS],
        "mobile_device_mailbox_policies": [{"Guid": "4", "Name": "Default", "MaxInactivityTimeLock": "00:15:00"}],
    },
    "not_read": {"groups": {"reason": "Could not read it.", "error": "forbidden"}},
}


def changed(**kinds: Any) -> dict[str, Any]:
    """The snapshot with changed properties in the first object of each kind."""
    found = copy.deepcopy(SNAPSHOT)
    for kind, properties in kinds.items():
        found["objects"][kind][0] |= properties
    return found


def differences(after: dict[str, Any], **options: Any) -> list[tuple[Any, ...]]:
    found = snapshot_diff(copy.deepcopy(SNAPSHOT), after, **options)
    return [(one["kind"], one["change"], one["property"], one["people"]) for one in found["differences"]]


@pytest.mark.parametrize(
    "after",
    [
        changed(),
        changed(
            activesync_organization_settings={"AdminMailRecipients": ["D@E.F", "A@b.c"], "DefaultAccessLevel": "allow"}
        ),
        changed(mailboxes={"ActiveSyncAllowedDeviceIDs": None, "New": "", "Other": [], "Unset": None}),
        changed(mailboxes={"HasActiveSyncDevicePartnership": True, "WhenChanged": "2026-11-30T00:00:00Z"}),
        changed(mobile_devices={"FirstSyncTime": "2026-11-01T08:00:00+00:00", "LastUpdateTime": "x"}),
        changed(mobile_devices={"Guid": "2", "DeviceUserAgent": None, "WhenCreated": "0001-01-01T00:00:00Z"}),
        changed(conditional_access_policies={"modifiedDateTime": "2026-11-30T00:00:00Z", "sessionControls": None}),
        changed(mobile_device_mailbox_policies={"MaxInactivityTimeLock": "0:15:00"}),
        {**SNAPSHOT, "taken_at": "2026-11-30T08:00:00Z"},
    ],
)
def test_order_case_defaults_formats_and_moving_times_are_no_differences(after: dict[str, Any]) -> None:
    found = snapshot_diff(SNAPSHOT, after)
    assert found["differences"] == [] and found["equal"] and found["ok"]


# What the services themselves write: who answered, when, and what a device counts. By the documentation of each.
_OF_EXCHANGE = {
    "OriginatingServer": ("AM0PR01A001.EURPR01A001.PROD.OUTLOOK.COM", "AM0PR01A002.EURPR01A001.PROD.OUTLOOK.COM"),
    "DirectoryObjectVersion": (4711, 4712),
    "ExchangeVersion": ("0.20 (15.0.0.0)", "1.1 (15.0.0.0)"),
    "WhenChangedUTC": ("2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z"),
}
_OF_AN_ORGANIZATION = {
    **_OF_EXCHANGE,
    "AdminDisplayVersion": ("0.20 (15.20.9115.20)", "0.20 (15.20.9137.11)"),
    "PreviousAdminDisplayVersion": ("0.20 (15.20.9094.18)", "0.20 (15.20.9115.20)"),
    "RBACConfigurationVersion": ("0.1 (15.20.9094.0)", "0.1 (15.20.9115.0)"),
    "ObjectVersion": (16000, 16001),
    "IsUpgradingOrganization": (False, True),
}
_OF_A_DEVICE = {
    "freeStorageSpaceInBytes": (53150220288, 53150220287),
    "lastSyncDateTime": ("2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z"),
    "managementCertificateExpirationDate": ("2026-12-01T08:00:00Z", "2027-12-01T08:00:00Z"),
    "subscriberCarrier": ("Telekom.de", "Swisscom"),
    "deviceHealthAttestationState": (
        {"lastUpdateDateTime": "1", "issuedDateTime": "2026-11-01T08:00:00Z", "resetCount": 3, "restartCount": 1},
        {"lastUpdateDateTime": "2", "issuedDateTime": "2026-11-02T08:00:00Z", "resetCount": 9, "restartCount": 7},
    ),
    "deviceActionResults": (
        [{"actionName": "rebootNow", "lastUpdatedDateTime": "2026-11-01T08:00:00Z"}],
        [{"actionName": "rebootNow", "lastUpdatedDateTime": "2026-11-02T08:00:00Z"}],
    ),
}


def between(kind: str, identity: str, values: dict[str, tuple[Any, Any]]) -> list[dict[str, Any]]:
    """The differences of two snapshots with one object, whose properties have the first and the second values."""
    before, after = (
        {**SNAPSHOT, "objects": {kind: [{identity: "1", **{name: both[side] for name, both in values.items()}}]}}
        for side in (0, 1)
    )
    found: list[dict[str, Any]] = snapshot_diff(before, after)["differences"]
    return found


@pytest.mark.parametrize(
    ("kind", "identity", "values"),
    [
        ("exchange_organization", "Guid", _OF_AN_ORGANIZATION),
        *((kind, KINDS[kind].identity or "Guid", _OF_EXCHANGE) for kind in [*KINDS][list(KINDS).index("mailboxes") :]),
        ("managed_devices", "id", _OF_A_DEVICE),
        ("device_statistics", "Guid", {"DeviceMobileOperator": ("A", "B"), "SyncStateUpgradeTime": (None, "2026")}),
        ("organization", "id", {"assignedPlans": ([{"assignedDateTime": "1"}], [{"assignedDateTime": "2"}])}),
    ],
)
def test_what_moves_by_itself_is_no_difference(kind: str, identity: str, values: dict[str, tuple[Any, Any]]) -> None:
    assert between(kind, identity, values) == []


IOS, LIMITS = "ios_app_protection_policies", "mobile_device_mailbox_policies"


@pytest.mark.parametrize(
    ("kind", "name", "before", "after", "equal"),
    [
        # The same spans of time, as ISO 8601 and .NET write them.
        (IOS, "periodOfflineBeforeAccessCheck", "PT720M", "PT12H", True),
        (IOS, "periodOfflineBeforeWipeIsEnforced", "P90D", "PT2160H", True),
        (IOS, "periodBeforePinReset", "P1Y", "P12M", True),
        (IOS, "periodBeforePinReset", "P1M", "P30D", False),
        (IOS, "periodBeforePinReset", "PT0S", "P0D", True),
        (IOS, "periodOfflineBeforeAccessCheck", "PT720M", "PT12M", False),
        (IOS, "apps", [{"wait": "PT60M"}], [{"wait": "PT1H"}], True),
        ("exchange_organization", "ActivityBasedAuthenticationTimeoutInterval", "1.00:00:00", "24:00:00", True),
        ("exchange_organization", "ActivityBasedAuthenticationTimeoutInterval", "06:00:00", "06:00:00.0000000", True),
        ("exchange_organization", "ActivityBasedAuthenticationTimeoutInterval", "06:00:00", "6.00:00:00", False),
        (IOS, "displayName", "PT60M", "PT1H", False),
        ("mailboxes", "Alias", "12:30:45", "0.12:30:45", False),
        (LIMITS, "PasswordExpiration", "1.00:00:00", "24:00:00", True),
        # Nothing.
        ("mailboxes", "ActiveSyncAllowedDeviceIDs", [""], [], True),
        ("mailboxes", "ActiveSyncAllowedDeviceIDs", ["", "A"], ["A"], True),
        ("mailboxes", "ActiveSyncAllowedDeviceIDs", [None], None, True),
        ("mailboxes", "ActiveSyncAllowedDeviceIDs", ["A"], [], False),
        ("mobile_devices", "FirstWipe", "0001-01-01T00:00:00+02:00", None, True),
        ("mobile_devices", "FirstWipe", "0001-01-01T00:00:00-02:00", "0001-01-01T00:00:00Z", True),
        ("mobile_devices", "FirstWipe", "2026-01-01T00:00:00+02:00", None, False),
        ("mobile_devices", "FirstWipe", "9999-12-31T23:59:59-02:00", None, False),
        # What counts the changes of a policy is none, and what is installed is one.
        (IOS, "version", '"1"', '"2"', True),
        (IOS, "apps", [{"id": "1", "version": "1"}], [{"id": "1", "version": "2"}], True),
        ("compliance_policies", "version", 1, 2, True),
        ("exchange_connectors", "version", "14.3.123.4", "15.20.1.1", False),
        # Values without a canonical form.
        (LIMITS, "MaxInactivityTimeLock", "00:15:00", "", False),
        (LIMITS, "MaxInactivityTimeLock", "00:15:00", "15:00", False),
        (LIMITS, "MaxInactivityTimeLock", "15:00", "15:00", True),
        (LIMITS, "MaxInactivityTimeLock", "", None, True),
        (LIMITS, "MaxInactivityTimeLock", "00:15:00", "00:15:00.0000000", True),
        (LIMITS, "MaxInactivityTimeLock", "00:15:00", "00:16:00.0000000", False),
        (LIMITS, "MaxAttachmentSize", "many", 5, False),
        (LIMITS, "MinPasswordLength", [], 4, False),
        (LIMITS, "MaxPasswordFailedAttempts", "-1", 8, False),
    ],
)
def test_values_are_equal_if_they_mean_the_same(kind: str, name: str, before: Any, after: Any, equal: bool) -> None:
    for both in ((before, after), (after, before)):
        found = between(kind, KINDS[kind].identity or "Guid", {name: both, "other": (1, 2)})
        named = {one["property"].partition(".")[0] for one in found}
        assert named == ({"other"} if equal else {name, "other"})


def test_what_is_beside_it_is_still_a_difference() -> None:
    health = {**_OF_A_DEVICE, "deviceHealthAttestationState": ({"secureBoot": "Enabled"}, {"secureBoot": "Disabled"})}
    values = {**health, "jailBroken": ("False", "True"), "osVersion": ("18.6", "18.7")}
    found = between("managed_devices", "id", values)
    assert {one["property"] for one in found} == {"deviceHealthAttestationState.secureBoot", "jailBroken", "osVersion"}


def test_objects_in_another_order_are_no_difference_and_others_are() -> None:
    turned = copy.deepcopy(SNAPSHOT)
    turned["objects"]["users"].reverse()
    assert differences(turned) == []
    turned["objects"]["users"] = [{**ALEX, "displayName": "Alexander"}]
    assert differences(turned) == [
        ("users", "removed", "", ["adele@contoso.example"]),
        ("users", "changed", "displayName", ["alex@contoso.example"]),
    ]


def test_a_change_is_shown_with_the_people_whom_it_is_about() -> None:
    states = {"DeviceAccessState": "Quarantined"}
    after = changed(
        mobile_devices=states,
        activesync_organization_settings={"DefaultAccessLevel": "Quarantine"},
        mailboxes={"ActiveSyncEnabled": False},
    )
    after["objects"]["conditional_access_policies"][0]["conditions"]["users"]["excludeUsers"] = [ADELE["id"]]
    assert differences(after) == [
        ("conditional_access_policies", "changed", "conditions.users.excludeUsers", ["alex@contoso.example"]),
        ("activesync_organization_settings", "changed", "DefaultAccessLevel", []),
        ("mailboxes", "changed", "ActiveSyncEnabled", ["adele@contoso.example"]),
        ("mobile_devices", "changed", "DeviceAccessState", ["adele@contoso.example"]),
    ]
    found = snapshot_diff(SNAPSHOT, after)
    adele = next(one for one in found["people"] if one["person"] == "adele@contoso.example")
    assert adele["access"] == [{"device": "PHONE", "before": "Allowed", "after": "Quarantined"}]
    assert len(adele["differences"]) == 2 and not found["ok"]
    assert found["summary"] == {
        "added": 0,
        "removed": 0,
        "changed": 4,
        "objects": 4,
        "people": 2,
        "accepted": 0,
        "expired": 0,
    }


def policies(**users: list[str]) -> dict[str, Any]:
    """A snapshot with a policy for these, and two nested groups: Adele is in the inner one."""
    found = copy.deepcopy(SNAPSHOT)
    groups = [{"id": "outer", "members": ["Inner"]}, {"id": "inner", "members": [str(ADELE["id"]).upper()]}]
    conditions = {"applications": {"includeApplications": ["All"]}, "users": users}
    policy = {"id": "3", "state": "disabled", "conditions": conditions}
    return {**found, "objects": {**found["objects"], "groups": groups, "conditional_access_policies": [policy]}}


ALL, BOTH = {"includeUsers": ["All"]}, {"includeUsers": [ADELE["id"], ALEX["id"]]}


@pytest.mark.parametrize(
    ("users", "whom"),
    [
        ({"includeUsers": [ADELE["id"]]}, ["adele@contoso.example"]),
        ({"includeGroups": ["OUTER"]}, ["adele@contoso.example"]),
        ({**BOTH, "excludeGroups": ["outer"]}, ["alex@contoso.example"]),
        ({**ALL, "excludeUsers": [ADELE["id"]]}, ["everybody"]),
        ({"includeUsers": ["None"]}, []),
    ],
)
def test_a_policy_is_shown_with_those_for_whom_it_is(users: dict[str, list[str]], whom: list[str]) -> None:
    before, on, gone = (policies(**users) for _unused in range(3))
    on["objects"]["conditional_access_policies"][0]["state"] = "enabled"
    gone["objects"]["conditional_access_policies"] = []
    for after, change in ((on, "changed"), (gone, "removed")):
        found = snapshot_diff(before, after)
        assert [(one["change"], one["people"]) for one in found["differences"]] == [(change, whom)]
        assert found["summary"]["people"] == len([one for one in whom if one != "everybody"])


@pytest.mark.parametrize(
    ("before", "after", "whom"),
    [
        ({**ALL, "excludeGroups": ["outer"]}, ALL, ["adele@contoso.example"]),
        (BOTH, {"includeUsers": [ADELE["id"]]}, ["alex@contoso.example"]),
        ({"includeUsers": ["None"]}, ALL, ["everybody"]),
    ],
)
def test_another_assignment_is_shown_with_those_for_whom_it_differs(
    before: dict[str, list[str]], after: dict[str, list[str]], whom: list[str]
) -> None:
    [found] = snapshot_diff(policies(**before), policies(**after))["differences"]
    assert found["people"] == whom


def test_what_was_not_read_is_neither_the_same_nor_gone() -> None:
    after = copy.deepcopy(SNAPSHOT)
    after["not_read"]["mailboxes"] = {"reason": "Could not read the mailboxes.", "error": "forbidden"}
    del after["objects"]["mailboxes"]
    found = snapshot_diff(SNAPSHOT, after)
    assert found["differences"] == []
    missing = {(one["kind"], one["snapshot"]): one["reason"] for one in found["not_compared"]}
    assert missing["mailboxes", "after"] == "Could not read the mailboxes."
    assert ("groups", "both") in missing and ("mailboxes", "before") not in missing
    assert not found["complete"]
    reason = f"Could not read the mailboxes. {'Long. ' * 200}Grant Policy.Read.All."
    after["not_read"]["mailboxes"]["reason"] = reason
    long = snapshot_diff(SNAPSHOT, after)
    assert "Grant Policy.Read.All." in snapshot_diff(long, format="markdown").replace("\\", "")
    assert "Grant Policy.Read.All." in snapshot_diff(long, format="html")
    lines = snapshot_diff(found, format="not_compared")
    assert "Not compared, since the second snapshot lacks them: mailboxes." in lines
    assert any("neither snapshot has them" in line and "groups" in line for line in lines)
    for side in (first := copy.deepcopy(SNAPSHOT)), after:
        side["not_read"] = {kind: {"reason": "not offered", "error": "not_offered"} for kind in KINDS}
        side["objects"].pop("mailboxes", None)
    assert snapshot_diff(first, after)["complete"]
    assert snapshot_diff(first, after, format="not_compared") == []


def test_an_accepted_difference_counts_again_when_its_date_is_over() -> None:
    after = changed(mailboxes={"ActiveSyncEnabled": False})
    accepted = {"kind": "mailboxes", "object": "Adele@contoso.example", "reason": "On leave", "until": "2999-01-31"}
    found = snapshot_diff(SNAPSHOT, after, [accepted])
    assert found["ok"] and not found["equal"] and found["summary"]["accepted"] == 1
    assert found["differences"][0]["accepted"] == {"reason": "On leave", "until": "2999-01-31"}
    assert snapshot_diff(found, format="rows")[0]["Accepted"] == "until 2999-01-31: On leave"
    over = {**accepted, "until": "2020-01-31"}
    found = snapshot_diff(SNAPSHOT, after, [over])
    assert not found["ok"] and found["ended"] == [over] and found["summary"]["expired"] == 1
    assert snapshot_diff(found, format="acceptances") == [
        "Accepted differences that have expired:",
        "  mailboxes: Adele@contoso.example (until 2020-01-31): On leave",
    ]
    # One that is accepted until another date as well is not expired.
    both = snapshot_diff(SNAPSHOT, after, [over, accepted])
    assert both["ok"] and both["summary"]["expired"] == 0 and both["unmatched"] == []
    for other in ({"object": "alex"}, {"property": "ImapEnabled"}, {"kind": "users"}):
        found = snapshot_diff(SNAPSHOT, after, [accepted | other])
        assert not found["ok"] and found["unmatched"] == [accepted | other]
        assert snapshot_diff(found, format="acceptances")[0] == "Accepted differences that match no difference:"
        assert "match no difference" in snapshot_diff(found, format="markdown")
    for wrong in ({"kind": "mailboxes"}, {**accepted, "until": "soon"}, {**accepted, "kind": "mailbox"}, 5):
        with pytest.raises(AnsibleFilterError, match="accepted difference"):
            snapshot_diff(SNAPSHOT, after, [wrong])
    # A misspelt or blank name must not accept every object.
    for blank in ({"objects": "adele"}, {"object": None}, {"property": " "}):
        with pytest.raises(AnsibleFilterError, match="never means everything"):
            snapshot_diff(SNAPSHOT, after, [{**accepted, **blank}])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            {"kind": "mailboxes", "object": "a", "reason": "x"},
            r"difference 2 \(mailboxes, a\) has no until\. Each needs",
        ),
        ({"object": "a"}, r"difference 2 \(a\) has no kind and no reason and no until"),
        (
            {"kind": "device_acces_rules", "reason": "x", "until": "2999-01-31"},
            r"Did you mean device_access_rules\? Correct its kind\.$",
        ),
        (
            {"kind": "device acess rules", "reason": "x", "until": "2999-01-31"},
            r"Did you mean device_access_rules\? Correct its kind\.$",
        ),
        (
            {"kind": "Intune setings", "reason": "x", "until": "2999-01-31"},
            r"Did you mean intune_settings\? Correct its kind\.$",
        ),
        ({"kind": "planets", "reason": "x", "until": "2999-01-31"}, "Use organization, "),
        ([], "accepted difference 2 is not a dictionary"),
    ],
)
def test_what_an_accepted_difference_lacks_is_said(entry: Any, said: str) -> None:
    good = {"kind": "Mailboxes", "reason": "As reports show it", "until": "2999-01-31"}
    assert snapshot_diff(SNAPSHOT, changed(mailboxes={"ActiveSyncEnabled": False}), [good])["ok"]
    with pytest.raises(AnsibleFilterError, match=said):
        snapshot_diff(SNAPSHOT, SNAPSHOT, [good, entry])


GROUPS = [{"id": "g1", "displayName": "g2"}, {"id": "g2", "displayName": "Same"}, {"id": "g3", "displayName": "same"}]


def of_groups(**more: Any) -> dict[str, Any]:
    groups = [{**one, **more} for one in GROUPS]
    return {**copy.deepcopy(SNAPSHOT), "objects": {"groups": groups}}


@pytest.mark.parametrize(("name", "ids"), [("g2", ["g2"]), ("G1", ["g1"]), ("nobody", []), (None, ["g1", "g2", "g3"])])
def test_an_accepted_difference_is_of_one_object(name: str | None, ids: list[str]) -> None:
    entry = {"kind": "groups", "reason": "Change 4711", "until": "2999-01-31", **({"object": name} if name else {})}
    found = snapshot_diff(of_groups(), of_groups(mail="x"), [entry])
    assert [one["id"] for one in found["differences"] if one["accepted"]] == ids


def test_an_accepted_difference_of_several_objects_is_refused() -> None:
    entry = {"kind": "groups", "object": "Same", "reason": "Change 4711", "until": "2999-01-31"}
    with pytest.raises(AnsibleFilterError, match=r"several groups have this name\. Set object to the id"):
        snapshot_diff(of_groups(), of_groups(mail="x"), [entry])
    # A recreated object matches before and after; a renamed one by its earlier name.
    two = {"objects": {"groups": GROUPS[:2]}}
    anew = {**SNAPSHOT, "objects": {"groups": [GROUPS[0], {**GROUPS[1], "id": "g4"}]}}
    renamed = {**SNAPSHOT, "objects": {"groups": [GROUPS[0], {**GROUPS[1], "displayName": "Other"}]}}
    assert snapshot_diff({**SNAPSHOT, **two}, anew, [entry])["ok"]
    assert snapshot_diff({**SNAPSHOT, **two}, renamed, [entry])["ok"]
    assert not snapshot_diff({**SNAPSHOT, **two}, renamed, [{**entry, "object": "Other"}])["ok"]


@pytest.mark.parametrize("name", ["2026-02-30T10:00:00Z", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"])
def test_a_text_that_only_looks_like_a_time_is_compared_as_text(name: str) -> None:
    [found] = snapshot_diff(SNAPSHOT, changed(users={"displayName": name}))["differences"]
    assert found["after"] == name
    assert snapshot_diff(changed(users={"displayName": name}), changed(users={"displayName": name.lower()}))["equal"]


def test_text_of_a_tenant_stays_text_in_each_format() -> None:
    name = "<script>alert(1)</script>|[x](https://evil.example) {{ 1 }}\nnew line"
    after = changed(users={"displayName": name})
    marked = snapshot_diff(SNAPSHOT, after, format="markdown")
    [row] = [line for line in marked.splitlines() if "displayName" in line]
    assert "<script>" not in marked and "](https://" not in marked and "adele@contoso.example" in marked
    assert row.replace("\\|", "").count("|") == 9
    page = snapshot_diff(SNAPSHOT, after, format="html")
    assert "<script>" not in page and "&lt;script&gt;" in page and "default-src 'none'" in page
    rows = snapshot_diff(SNAPSHOT, after, format="rows")
    assert rows[0]["Object"] == "adele@contoso.example" and "\n" not in rows[0]["After"]
    assert json.loads(json.dumps(snapshot_diff(SNAPSHOT, after)))["differences"][0]["after"] == name
    with pytest.raises(AnsibleFilterError, match="no format xml"):
        snapshot_diff(SNAPSHOT, after, format="xml")
    other_types: list[tuple[str, dict[str, Any]]] = [("no format", {"format": []}), ("needs about", {"about": "x"})]
    for words, options in other_types:
        with pytest.raises(AnsibleFilterError, match=words):
            snapshot_diff(SNAPSHOT, after, **options)


def test_a_terminal_shows_access_first_and_breaks_no_id() -> None:
    before, after = copy.deepcopy(SNAPSHOT), changed(activesync_organization_settings={"DefaultAccessLevel": "Block"})
    for snapshot, state in ((before, "Allowed"), (after, "Quarantined")):
        phone = {"DeviceAccessState": state, "DeviceAccessStateReason": f"{state}ByPolicy", "DeviceId": "5FF8" * 8}
        snapshot["objects"]["mobile_devices"][0] |= phone
    lines = snapshot_diff(before, after, format="lines")
    assert [line.split()[0] for line in lines[:2]] == ["Device", "5FF8" * 8]
    assert max(map(len, lines)) <= 100
    assert lines[2:] == [
        "organization settings for mobile access: Mobile Mailbox Settings changed",
        "  DefaultAccessLevel: Allow -> Block",
        f"mobile devices: {'5FF8' * 8} changed",
        "  DeviceAccessStateReason: AllowedByPolicy -> QuarantinedByPolicy",
        "  People: adele@contoso.example",
    ]
    accepted = {"kind": "mobile devices", "reason": "Change 4711", "until": "2999-01-31"}
    lines = snapshot_diff(before, after, [accepted], format="lines")
    assert lines[0].startswith("Device ") and any("  2999-01-31  " in line for line in lines)
    lines = snapshot_diff(before, after, [{**accepted, "reason": "https://a.b/4711"}], format="lines")
    assert lines[:2] == [
        f"mobile devices: {'5FF8' * 8} changed",
        "  DeviceAccessState: Allowed -> Quarantined (accepted until 2999-01-31: https://a.b/4711)",
    ]
    assert snapshot_diff(before, before, format="lines") == ["No difference."]
    [heading, row] = snapshot_diff(SNAPSHOT, changed(users={"displayName": "x"}), format="lines")
    assert heading.startswith("Kind ") and "Accepted" not in heading and "displayName" in row


def test_a_rehearsal_does_not_read_like_a_change_of_the_tenant() -> None:
    for rehearsal in (True, False):
        found = snapshot_diff(SNAPSHOT, changed(users={"displayName": "x"}), rehearsal=rehearsal)
        for format in ("markdown", "html"):
            said = snapshot_diff(found, format=format).replace("\\", "")
            assert ("This is a rehearsal on a copy of Contoso (T)." in said) is rehearsal
            assert ("What changed" in said) is not rehearsal and ("Rehearsal: what would change" in said) is rehearsal


def text(**changes: Any) -> str:
    return "".join(lines_of({**SNAPSHOT, **changes}))


def test_a_file_is_compared_as_what_it_holds(tmp_path: Path) -> None:
    (first := tmp_path / "monday.yml").write_text(text())
    (second := tmp_path / "tuesday.yml").write_text(yaml.safe_dump(yaml.safe_load(text())))  # formatted by hand
    assert snapshot_diff(str(first), str(second))["equal"]
    assert snapshot_diff(str(first), SNAPSHOT)["equal"]
    hostile = copy.deepcopy(SNAPSHOT)
    hostile["objects"]["users"][0]["displayName"] = "{{ lookup('pipe', 'id') }} !!python/none"
    second.write_text("".join(lines_of(hostile)))
    [one] = snapshot_diff(str(first), str(second))["differences"]
    assert one["after"] == "{{ lookup('pipe', 'id') }} !!python/none"


EXACT = Path(_snapshot_file.__file__).with_name("_snapshot_lines.py")


def test_what_is_read_without_yaml_is_what_yaml_reads() -> None:
    """After any change of a file: either only YAML reads it, or both readers agree."""
    number, same, pieces = random.Random(1), 0, PIECES
    whole = text(
        objects={**SNAPSHOT["objects"], "groups": [], "users": [ADELE, {"a b": 1.5, "c": [{"d": "\\\u00e9"}]}]}
    )
    assert snapshot_of_lines(whole.encode()) == yaml.safe_load(whole)
    for _round in range(1500):
        start, length = number.randrange(len(whole)), number.choice((0, 0, 1, 4))
        content = (whole[:start] + number.choice(pieces) + whole[start + length :]).encode()
        if (found := snapshot_of_lines(content)) is not None:
            assert repr(found) == repr(yaml.load(content, _snapshot_text._Loader)), content
            same += 1
    assert same > 50


PIECES = (
    *(
        '"',
        "\\",
        "\\/",
        "\\ud83d\\ude00",
        "\\u00e9",
        "\n",
        "  ",
        ": ",
        "- ",
        " #",
        "[",
        "]",
        "{",
        "}",
        ",",
        "1",
        "1E5",
        "1.0e5",
    ),
    *(
        "012",
        "yes",
        "null",
        "&a ",
        "*a",
        "!!str ",
        "<<",
        "\t",
        "\r",
        "\u2028",
        "\x85",
        "\ufeff",
        "\u00e9",
        "NaN",
        "-",
        "x",
    ),
    *('"a": 1, ', "{}", "objects:\n", "  users: []\n", "    - {}\n", '      id: "1"\n', "# x\n", "---\n", "...\n"),
)


@pytest.mark.parametrize("name", ["snapshot_lines", "snapshot_text"])
def test_the_simulator_reads_in_the_same_way(name: str) -> None:
    here, there = EXACT.with_name(f"_{name}.py"), Path(__file__).parents[3] / "simulator" / "state" / f"{name}.py"
    code = [one.read_text().partition("from __future__")[2].replace("from ._", "from .") for one in (here, there)]
    assert code[0] == code[1] and len(code[0]) > 1000


LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nformat: intune.exchange.snapshot\nversion: 1\n"
WHOLE = text()
REFUSED = {
    "empty": ("", "is not a snapshot"),
    "other": ("- hosts: all\n", "is not a snapshot"),
    "binary": ("\x00\x01", "is not a snapshot"),
    "cut off": (WHOLE.replace("end_of_snapshot: true\n", ""), "was cut off"),
    "no YAML": ("a:\n- [\n", "or was cut off or edited: line 3 cannot be read. Take the snapshot again"),
    "cut off in a value": (WHOLE[: WHOLE.index("Adele") + 3], "is not a snapshot"),
    "half": (WHOLE[: WHOLE.index("  mailboxes")], "is no"),
    "newer": (WHOLE.replace("version: 1", "version: 2"), "version 2"),
    "version as text": (WHOLE.replace("version: 1", "version: one"), "version is"),
    "tag": (WHOLE.replace('"Adele"', "!!python/object/apply:os.system ['touch /tmp/owned']"), "python/object"),
    "merged": (WHOLE.replace("objects:\n", "objects:\n  <<: {}\n"), "merged key"),
    "twice": (WHOLE.replace("version: 1", "version: 1\nversion: 1"), "key twice"),
    "same object twice": (text(objects={"users": [ADELE, ADELE]}), "twice"),
    "no list": (text().replace("  users:\n", "  users: 1\n  groups:\n"), "something other than a list"),
    "no id": (text(objects={"users": [{"displayName": "x"}]}), "without id"),
    "unknown kind": (text().replace("  users:\n", "  spaceships:\n"), "spaceships"),
    "endless": (WHOLE.replace('"Adele"', "&a [*a]", 1), "deep"),
    "id of another type": (text(objects={"groups": [{"id": ["x"]}]}), "not text"),
    "reason of another type": (text(not_read={"groups": {"reason": "x", "error": {"a": 1}}}), "than reasons"),
    "property of another type": (
        text(objects={"mailboxes": [{**MAILBOX, "PrimarySmtpAddress": [1]}]}),
        "property of another form",
    ),
    "other tenant": (text(tenant={"id": "U", "name": "Fabrikam"}), "two tenants"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_whole_snapshot_is_refused_by_name(tmp_path: Path, name: str) -> None:
    content, words = REFUSED[name]
    assert content != WHOLE
    (path := tmp_path / "strange.yml").write_text(content)
    with pytest.raises(AnsibleFilterError) as refused:
        snapshot_diff(SNAPSHOT, str(path))
    assert words in str(refused.value)
    assert "strange.yml" in str(refused.value) or words in ("twice", "two tenants", "property of another form")


def test_a_file_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path := tmp_path / "strange.yml").write_text(WHOLE)
    with monkeypatch.context() as changed_limit:
        changed_limit.setattr(_snapshot_file, "MOST", 20)
        with pytest.raises(AnsibleFilterError, match="more than 20 values"):
            snapshot_diff(str(path), SNAPSHOT)
    with monkeypatch.context() as changed_limit:
        changed_limit.setattr(_snapshot_file, "LARGEST", 20)
        with pytest.raises(AnsibleFilterError, match="bytes"):
            snapshot_diff(SNAPSHOT, str(path))
    with pytest.raises(AnsibleFilterError, match="cannot be read"):
        snapshot_diff(SNAPSHOT, str(tmp_path / "missing.yml"))
    with pytest.raises(AnsibleFilterError, match="is not a snapshot"):
        snapshot_diff(SNAPSHOT, ["nothing"])
