# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an export: a playbook, and the variables that it applies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..module_utils._core.errors import one_line
from ..module_utils._core.text import counted
from ..module_utils._snapshot.export import Export, Section, export_of
from ..module_utils._snapshot.exported import Missing
from ..module_utils._snapshot.kinds import KINDS
from ..module_utils._snapshot.unread import by_reason
from ._export_text import comment, entry, item

FIRST_LINE = "# Written by intune.exchange.export."
PLAYBOOK = "apply.yml"
_LONGEST = 2000  # characters of a reason, at whose end the permission is
REFUSALS = "intune.exchange.plays.apply"  # a playbook of the collection


def export_text(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """`files`, the text of each file by its path, and `summary`, lines for the terminal about what is in them."""
    export = export_of(snapshot)
    return {"files": _files(export, snapshot), "summary": _summary(export)}


def _files(export: Export, snapshot: Mapping[str, Any]) -> dict[str, str]:
    """The playbook, which needs the others, comes last."""
    source = f"{snapshot['tenant'].get('name')} ({snapshot['tenant'].get('id')}), read at {snapshot['taken_at']}"
    held = [one for one in export.sections if one.items]
    files = {f"vars/{one.part.kind}.yml": _variables(one, source, export.missing) for one in held}
    files["vars/ids.yml"] = _ids(export, source)
    files[PLAYBOOK] = _playbook(export, source)
    return {name: "\n".join([*lines, ""]) for name, lines in files.items()}


def _head(source: str) -> Iterator[str]:
    yield "---"
    yield FIRST_LINE
    yield from comment(f"Source: {source}.")


def _variables(section: Section, source: str, missing: Iterable[Missing]) -> Iterator[str]:
    yield from _head(source)
    yield from comment(section.part.comment)
    yield from _not_exported(one for one in missing if one.kind == section.part.kind)
    yield f"{section.part.kind}:"
    for one in section.items:
        yield from item(one, "  ")


def _not_exported(missing: Iterable[Missing]) -> Iterator[str]:
    for number, one in enumerate(missing):
        if number == 0:
            yield "# Not exported:"
        name = f"{one.name}: " if one.name else ""
        yield from (line.replace("# ", "#   ", 1) for line in comment(f"{name}{one.reason}"))


def _ids(export: Export, source: str) -> Iterator[str]:
    yield from _head(source)
    yield from comment("Ids of this tenant that the policies refer to. For another tenant, give its ids here.")
    for group, ids in export.ids.items():
        yield from entry(group, ids)


def _playbook(export: Export, source: str) -> Iterator[str]:
    yield from _head(source)
    yield from comment(
        "It brings a tenant to the state that was read. It uses the sign-in of the environment, as the playbooks of "
        "the collection do. Run it with --check first: what it would change is shown, and nothing is changed."
    )
    yield from comment(
        "A change that would lock out devices or people is refused. Accept that with -e export_accept_impact=true, and "
        "for Conditional Access with -e export_accept_lockout_risk=true."
    )
    for heading, entries in (
        ("What could not be read, and so is not in this export:", _unread(export)),
        ("What cannot be exported:", _left(export.missing)),
    ):
        if entries:
            yield "#"
            yield f"# {heading}"
            yield from (line for one in entries for line in _listed(one))
    yield ""
    yield "- name: Refuse a target without tenants, blank and mistyped variables, and hosts without a tenant"
    yield f"  ansible.builtin.import_playbook: {REFUSALS}"
    yield ""
    yield "- name: Bring a tenant to the state that was exported"
    yield "  hosts: \"{{ target | default('localhost') }}\""
    yield "  connection: local"
    yield "  gather_facts: false"
    yield "  vars:"
    yield '    ansible_python_interpreter: "{{ ansible_playbook_python }}"'
    yield "  vars_files:"
    yield "    - vars/ids.yml"
    held = [one for one in export.sections if one.items]
    yield from (f"    - vars/{one.part.kind}.yml" for one in held)
    yield "  module_defaults:"
    yield "    group/intune.exchange.tenant: \"{{ lookup('intune.exchange.tenant_options') }}\""
    yield "  tasks:" if held else "  tasks: []"
    for number, section in enumerate(held):
        if number:
            yield ""
        yield from _task(section)


def _unread(export: Export) -> list[str]:
    """Each reason once: it is what somebody can do something about."""
    return [f"{', '.join(one['titles'])}: {one['reason']}" for one in by_reason(export.unread)]


def _left(missing: Iterable[Missing]) -> list[str]:
    return [f"{KINDS[one.kind].title}: {f'{one.name}: ' if one.name else ''}{one.reason}" for one in missing]


def _listed(text: str) -> Iterator[str]:
    lines = list(comment(text))
    yield f"# - {lines[0][2:]}"
    yield from (f"#   {line[2:]}" for line in lines[1:])


def _task(section: Section) -> Iterator[str]:
    part, title = section.part, KINDS[section.part.kind].title
    options = list(dict.fromkeys(option for one in section.items for option in one))
    yield f"    - name: Apply the {title}"
    yield f"      intune.exchange.{part.module}:"
    for option in options:
        yield f'        {option}: "{{{{ {_value(option, section.items)} }}}}"'
    if part.accept:
        yield f'        {part.accept}: "{{{{ export_{part.accept} | default(false) | bool }}}}"'
    yield f'      loop: "{{{{ {part.kind} }}}}"'
    yield "      loop_control:"
    unnamed = "" if all(part.label in one for one in section.items) else " | default('')"
    yield f'        label: "{{{{ item.{part.label}{unnamed} }}}}"'


def _value(option: str, items: Sequence[Mapping[str, Any]]) -> str:
    """The value of an option of an item. Before 2.19, ansible-core converts a text like "[1,2]" to a list."""
    given = [one[option] for one in items if option in one]
    text = any(isinstance(one, str) and one.startswith(("[", "{")) for one in given)
    value = f"item.{option}{' | string' if text else ''}"
    if len(given) == len(items):
        return value
    return f"{value} if item.{option} is defined else omit" if text else f"{value} | default(omit)"


def _summary(export: Export) -> list[str]:
    held = [
        f"{KINDS[one.part.kind].title[0].upper()}{KINDS[one.part.kind].title[1:]}: {counted(len(one.items), 'object')}"
        for one in export.sections
        if one.items
    ]
    own = {one.part.kind for one in export.sections}
    left = [f"Not exported, {one}" for one in _left(one for one in export.missing if one.kind in own)]
    unread = [f"  {one_line(one, _LONGEST)}" for one in _unread(export)]
    return [*held, *(["Could not be read, and so not exported:"] if unread else []), *unread, *map(one_line, left)]
