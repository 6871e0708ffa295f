# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page on troubleshooting: each kind of failure, and each message of the code, with its next step.

python tools/troubleshooting.py
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/docsite/rst/troubleshooting.rst"
_FAILURES = ("TenantError", "usage", "RequestFailed")
HOLE = "…"  # a part that depends on the case
_Known = dict[str, list[ast.expr]]  # by the name of a variable, its possible values

# Each value of error.kind: its meaning.
KINDS = {
    "abandoned": "``ansible-playbook`` ended before its task. Nothing more was sent",
    "absent": "There is no connector to work on",
    "account": "The account is not suitable for the connector: it is disabled, a guest, or has another address",
    "address_in_use": "Another account has this address. The module does not remove it from that account",
    "ambiguous": "Several objects match where one is expected. The message names all, and the module changes none",
    "beyond_parent": "A management role cannot contain more than its parent",
    "bug": "An unexpected error in the collection, before any service responded",
    "clock": "The clocks of the service and the control node differ by more than a day, so ages are not reliable",
    "built_in": "Built-in objects are not changed, except members of role groups with ``allow_built_in``",
    "conflict": "The service refused a change because the object had just been changed. The task had tried three times",
    "fixed": "Exchange cannot change this value. Recreate the object",
    "forbidden": "The application or user lacks a right. The message names the permission or role",
    "guest": "A guest cannot be the connector account",
    "has_mailbox": "Removing the account would remove its mailbox",
    "has_roles": "The account has directory roles, so it may be an administrator's account",
    "in_use": "Exchange does not remove objects that are in use",
    "last_way_in": "Nobody who can sign in could administer the organization any more",
    "lockout_risk": "The change could lock everybody out",
    "network": "The service was not reachable, or its response did not arrive",
    "no_api": "The tenant does not have the API of which a permission is asked for",
    "no_assignee": "Exchange does not know the assignee of the role",
    "no_credentials": "Neither an application nor a token is set to sign in with. Nothing was sent",
    "no_free_units": "The subscription has no free licences",
    "no_intune_licence": "The tenant has no Intune subscription, so Intune does not respond",
    "no_licence": "The tenant or account lacks a licence, according to the response of Microsoft Graph",
    "no_license": "Without this licence the account does not get a mailbox",
    "no_parent": "The parent role does not exist",
    "no_permission": "The API offers no application permission with this name",
    "no_principal": "Exchange does not know a user, group or application with this name",
    "no_role": "The management role does not exist",
    "not_accepted": "The change affects users, or cannot be undone, and was not accepted explicitly",
    "not_found": "The specified object does not exist",
    "not_in_force": "The device access rules that the change counts on are not there. Nothing was changed",
    "not_offered": "The tenant no longer offers the connector. Microsoft announced its removal in 2019",
    "not_ours": "The object has no marker in its description, or the application has no tag of this collection, so "
    "somebody else created it",
    "not_ready": "Exchange is not ready yet for this change. A later run continues",
    "not_supported": "The device cannot do this",
    "not_visible": "The object was created, but reads do not show it yet",
    "other_account": "The connector is bound to another account",
    "other_object": "Exchange returned another object than the requested one. Nothing was changed",
    "outcome_unknown": "A change was sent, but no response confirmed it",
    "own_rights": "The caller would lose its only right to assign roles, so it could neither finish nor undo this",
    "protocol": "The response is not from the service: a proxy, a wrong address, or a truncated response",
    "refused": "The service refused the request. The message has its reason",
    "renamed": "The object has been renamed",
    "sign_in": "No token was issued, or the service does not accept it. The message has Entra's code and reason",
    "synchronized": "The object is managed on-premises",
    "throttled": "The service requested a longer delay than the timeout of the task allows",
    "timeout": "The task, or a wait, timed out",
    "tls": "The certificate is not trusted. Nothing was sent",
    "too_late": "The device had carried out the wipe before it could be cancelled",
    "too_many": "More devices would be affected than ``max_affected`` allows. Nothing was changed; all are named",
    "truncated": "A list was incomplete, and the modules never use an incomplete list",
    "unavailable": "The service had an error, also after several attempts",
    "unexpected_answer": "A response does not match its documented schema",
    "unknown_license": "The tenant has no such subscription",
    "unknown_role": "There is no such directory role",
    "unresolved": "An id, address or name matches no user, group or role in the directory. Nothing was changed",
    "unverified_domain": "The domain does not belong to the tenant",
    "usage": "The options are invalid. Nothing was changed",
}
# The messages of roles that stop: a part of each sentence, and the next step.
ROLES = {
    "blank, and a blank value never means": "Set the variable that the message names, or remove it",
    "This tenant is not ready for the connector.": "Each line names a requirement and its next step",
    "does not have exactly the rights that the connector needs": "Run again, since rights take time to take effect; "
    "remove the account from roles that grant more",
    "The connector is not as described.": "Each line names a difference and its next step",
    "The connector was not removed: without it Intune": "Set ``connector_confirm_remove`` to true to remove it",
    "Could not read the baseline": "Specify the name of a baseline that the message names, or the path of a file",
    "Mobile access does not comply with": "Each line is a finding; the result of the audit has the task that fixes it",
    "mobile_access_filter has unknown keys": "Use the filters that the message names",
    "or mobile_access_settings have unknown keys": "Correct the names",
    "would be locked out, and mobile_access_max_affected allows": "Allow these devices first, or raise the number",
    "would change, and an enabled policy stops people at once": "Set these policies to report-only mode first, or "
    "change them with ``conditional_access_policy``",
    "which the switch would replace by Allow": "Remove the rule if Outlook is to be allowed; otherwise use the "
    "entry point main of the role",
    "which is more than mobile_access_max_affected allows": "Verify that this is the right mailbox, and raise "
    "the number",
    "of the people who signed in would be stopped, or may be": "Prepare their devices, or raise the number",
    "for where the judge and the log differ, or leave the policies in report-only mode for longer": "Wait for more "
    "sign-ins; the result of the rehearsal has an example of each difference",
    "mobile_access_emergency_users would give nobody access": "Specify enabled member accounts",
    "A policy that requires app protection would lock users out there.": "Assign an app protection policy in Intune, "
    "or remove ``compliantApplication``",
    "Not enforced, since mobile_access_enforce_after": "Check the sign-in log until the date that the message names",
}
_HEAD = """..
  Copyright (c) 2026 intune.exchange contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. Made by tools/troubleshooting.py: change it there.

.. _ansible_collections.intune.exchange.docsite.troubleshooting:

Troubleshooting by message
==========================

The message of a failed task states the action, the tenant, the response of the service, and the next step:

.. code-block:: text

   Could not read the Exchange connectors on tenant contoso.example: Microsoft Graph returned 403 Forbidden: ...
   (request id 5c0d...). This needs DeviceManagementServiceConfig.Read.All: grant it to the application, give admin
   consent, and try again.

``error`` in the result has the same facts: ``kind``, ``status``, ``code``, ``message``, ``request_id``. A playbook can
act on ``error.kind``, which is stable; the wording of messages is not. Quote the request id to Microsoft support.

With ``-vvv`` a failure of the kinds ``bug`` and ``unexpected_answer`` has a traceback, without secrets. No other
failure has one.

Common causes
-------------

* *Failed to connect to the host via ssh*: an inventory has ``localhost`` as an ordinary host, as ``-i localhost,``
  does. Leave it out, or set ``connection: local``.
* A right was granted, but requests are still refused: only tokens that are issued afterwards have it, which can take an
  hour.
* ``error.kind`` is ``not_offered``: this is expected. Microsoft announced the removal of the connector in 2019.
* Tasks are slow: the standard error output shows what a task waits for, and the task returns it as ``progress``.
* *The result is too long to be shown*: with ``-v``, long lists and texts are only counted. The task returns all of
  them. With the environment variable ``INTUNE_EXCHANGE_RESULTS_FOLDER``, it also writes the whole result to a JSON
  file in this folder, which only its user can read.

"""


@dataclass(frozen=True)
class Said:
    """One place in the code that fails: `kinds` and `sentences` are all its possible values."""

    file: str
    kinds: tuple[str, ...]
    sentences: tuple[str, ...]
    step: str


def _texts(node: ast.AST | None, known: _Known) -> tuple[str, ...]:
    """The possible texts of an expression; empty if unknown before it runs."""
    match node:
        case ast.Constant(value=str() as text):
            return (text,)
        case ast.JoinedStr(values=parts):
            return ("".join(str(one.value) if isinstance(one, ast.Constant) else HOLE for one in parts),)
        case ast.IfExp(body=body, orelse=other):
            return _texts(body, known) + _texts(other, known)
        case ast.BinOp(left=left, right=right):
            return tuple(one + other for one in _texts(left, known) for other in _texts(right, known) or (HOLE,))
        case ast.Call(func=ast.Attribute(value=inside, attr="replace")):
            return _texts(inside, known)
        case ast.Name(id=name):
            return tuple(text for value in known.get(name, ()) for text in _texts(value, {}))
    return ()


def _assigned(tree: ast.AST) -> _Known:
    found: _Known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                for name, value in pairs:
                    if isinstance(name, ast.Name):
                        found.setdefault(name.id, []).append(value)
    return found


@cache
def collected() -> list[Said]:
    """Every failure in the code."""
    found = []
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        everywhere = _assigned(tree)
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            calls = _calls(function.body, {**everywhere, **_assigned(function)})
            found += [_said("/".join(path.parts[-2:]), node, known) for node, known in calls]
    return found


def _calls(block: list[ast.stmt], known: _Known) -> Iterator[tuple[ast.Call, _Known]]:
    """The failures in statements, each with the possible values of variables there: the latest, or all of branches."""
    known = dict(known)
    for statement in block:
        inner = [part for part in ast.iter_child_nodes(statement) if hasattr(part, "body")]  # handlers and cases
        parts = [getattr(one, name, None) for one in (statement, *inner) for name in ("body", "orelse", "finalbody")]
        blocks = [one for one in parts if isinstance(one, list)]
        for one in blocks:
            yield from _calls(one, known)
        for node in ast.walk(statement) if not blocks else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FAILURES:
                yield node, dict(known)
        for name, values in _assigned(statement).items():
            known[name] = [*known.get(name, ()), *values] if blocks else values


def _said(file: str, node: ast.Call, known: _Known) -> Said:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    given = {word.arg: word.value for word in node.keywords}
    if name == "usage":
        step = given.get("next_step", node.args[1] if len(node.args) > 1 else None)
        return Said(file, ("usage",), _texts(node.args[0], known), " ".join(_texts(step, known)[:1]))
    if name == "RequestFailed":
        return Said(file, _texts(node.args[1], known), _texts(node.args[2], known), "")
    step = given.get("next_step", node.args[5] if len(node.args) > 5 else None)
    kinds = _texts(node.args[0], known)
    return Said(file, kinds, _texts(node.args[1], known), " ".join(_texts(step, known)[:1]))


def default_steps() -> dict[str, str]:
    """NEXT_STEPS of the product."""
    text = (ROOT / "plugins/module_utils/_core/errors.py").read_text(encoding="utf-8")
    [node] = _assigned(ast.parse(text))["NEXT_STEPS"]
    steps: dict[str, str] = ast.literal_eval(node)
    return steps


def sentences() -> dict[str, dict[str, str]]:
    """By kind: each sentence, and its next step in the product."""
    steps, found = default_steps(), dict[str, dict[str, str]]()
    taken = set()
    for said in collected():
        for kind in said.kinds[:1]:
            for text in said.sentences:
                if text not in taken and text.strip(f"{HOLE} :,."):
                    taken.add(text)
                    found.setdefault(kind, {})[text] = said.step or steps.get(kind, "")
                elif said.step and found.get(kind, {}).get(text) == "":  # only one of two has the step
                    found[kind][text] = said.step
    return found


def shared_patterns() -> dict[str, set[str]]:
    """Sentences that look the same on the page although their next steps differ: only one could be there."""
    steps, found = default_steps(), dict[str, set[str]]()
    for said in collected():
        for kind in said.kinds[:1]:
            for text in said.sentences:
                found.setdefault(text, set()).add(said.step or steps.get(kind, ""))
    return {text: several for text, several in found.items() if len(several - {""}) > 1}


@cache
def options() -> set[str]:
    """The options of all plugins, by their names in argument specifications."""
    files = (ROOT / "plugins").rglob("*.py")
    return {name for file in files for name in re.findall(r'"(\w+)": {"type"', file.read_text(encoding="utf-8"))}


def _sentence(text: str, names: Collection[str] = ()) -> str:
    first = re.split(r"[^\w`]", text, maxsplit=1)[0]
    is_name = "_" in first or first.startswith("`") or first in names  # nobody finds an option with a capital letter
    shown = text if text in ROLES or is_name else text[:1].upper() + text[1:]
    return shown.replace("*", r"\*").replace("_ ", r"\_ ").rstrip(".")


def page() -> str:
    return _HEAD + "".join(_lines())


def _lines() -> Iterator[str]:
    said, steps = sentences(), default_steps()
    yield "What the roles say\n------------------\n\n" + _table("The role says", "What to do", ROLES.items())
    for kind, meaning in KINDS.items():
        yield f"\n{kind}\n{'-' * len(kind)}\n\n{meaning}."
        yield f" {steps[kind]}.\n" if kind in steps else "\n"
        if kind in said:
            yield "\n" + _table("The failure says", "What to do", sorted(said[kind].items()))


def _table(left: str, right: str, rows: object) -> str:
    lines = f".. list-table::\n   :header-rows: 1\n   :widths: 60 40\n\n   * - {left}\n     - {right}\n"
    for text, step in list(rows):  # type: ignore[call-overload]
        lines += f"   * - {_sentence(text, options())}\n     - {_sentence(step)}".rstrip() + "\n"
    return lines


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
