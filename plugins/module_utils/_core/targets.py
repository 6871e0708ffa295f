# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task may touch: a blank value never means everything, and a name means one object or nothing.

Pure rules, for every module, role and plugin. The guide "What protects people" explains them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from .errors import TenantError, usage
from .resource import normalize_case
from .text import counted, unfit_in

_LISTED = 10  # names in a message
_SHORTEST_MARKER = 8
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def is_guid(value: Any) -> bool:
    """Whether a value is exactly a GUID as the services write it."""
    return isinstance(value, str) and _GUID.fullmatch(value) is not None


def is_blank(value: Any) -> bool:
    """Whether a value is empty: no visible character, an empty list, an empty dictionary."""
    return (isinstance(value, str) and not visible(value)) or (isinstance(value, (list, Mapping)) and not value)


def visible(text: str) -> str:
    """A text without surrounding white space and without format characters, such as zero-width ones."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(one for one in text if unicodedata.category(one) not in ("Cf", "Cc") or one.isspace()).strip()


def blank_options(
    specs: Mapping[str, Mapping[str, Any]], params: Mapping[str, Any], clears: Collection[str] = (), prefix: str = ""
) -> Iterator[str]:
    """The paths of the options that were given blank, such as `members.add[1]`.

    `clears` has the paths of the options in which a blank value clears. A blank element of a list never does. An option
    whose default is blank may be given that default.
    """
    for name, spec in specs.items():
        path, value = f"{prefix}{name}", params.get(name)
        if value is None or value == spec.get("default"):
            continue
        if is_blank(value):
            if path not in clears:
                yield path
        elif isinstance(value, Mapping):
            yield from blank_options(spec.get("options") or {}, value, clears, f"{path}.")
        elif isinstance(value, list):
            for number, one in enumerate(value):
                if is_blank(one):
                    yield f"{path}[{number}]"
                elif isinstance(one, Mapping):
                    yield from blank_options(spec.get("options") or {}, one, clears, f"{path}[{number}].")


def refuse_blank(
    specs: Mapping[str, Mapping[str, Any]], params: Mapping[str, Any], clears: Collection[str] = ()
) -> None:
    """Raises `TenantError` that names the blank options, before anything is sent."""
    found = list(blank_options(specs, params, clears))
    if found:
        raise blank_refusal(found)


def emptied_options(
    specs: Mapping[str, Mapping[str, Any]], arguments: Mapping[str, Any], clears: Collection[str], prefix: str = ""
) -> Iterator[str]:
    """The paths of the options with parts, all of which were given as null. After validation they equal {}."""
    for name, spec in specs.items():
        path, value = f"{prefix}{name}", arguments.get(name)
        if not spec.get("options") or not isinstance(value, Mapping) or not value:
            continue
        if path in clears and all(part is None for part in value.values()):
            yield path
        else:
            yield from emptied_options(spec["options"], value, clears, f"{path}.")


def null_options(arguments: Mapping[str, Any], selects: Collection[str]) -> list[str]:
    """The identifying options that were given as null, which Ansible treats as omitted."""
    return sorted(name for name in selects if name in arguments and arguments[name] is None)


def _null_texts(specs: Mapping[str, Mapping[str, Any]], arguments: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """The paths of the texts in dictionaries of lists that were given as null: omitted, they mean everything."""
    for name, spec in specs.items():
        value = arguments.get(name)
        if not spec.get("options") or not isinstance(value, list):
            continue
        for number, one in enumerate(value):
            path = f"{prefix}{name}[{number}]."
            if isinstance(one, Mapping):
                texts = (part for part, its in spec["options"].items() if its.get("type") == "str")
                yield from (f"{path}{part}" for part in texts if part in one and one[part] is None)
                yield from _null_texts(spec["options"], one, path)


def null_refusal(
    specs: Mapping[str, Mapping[str, Any]],
    arguments: Mapping[str, Any],
    selects: Collection[str],
    clears: Collection[str],
) -> TenantError | None:
    """The failure that names null options which identify or limit, or that null would clear; None if there is none.

    Only the arguments as written show this: after validation, null equals omitted. `selects` has the options that
    identify.
    """
    found = [*null_options(arguments, selects), *_null_texts(specs, arguments, "")]
    if found:
        return blank_refusal(found)
    emptied = [*emptied_options(specs, arguments, clears)]
    return emptied_refusal(emptied) if emptied else None


def emptied_refusal(found: Sequence[str]) -> TenantError:
    """The failure that names the options of which all parts are null."""
    return usage(
        f"{', '.join(found)} {'has' if len(found) == 1 else 'have'} only null as parts, and would be cleared",
        "Set a value, write {} to clear it, or omit it to leave it as it is",
    )


def blank_refusal(found: Sequence[str]) -> TenantError:
    """The failure that names the blank options."""
    return usage(
        f"{', '.join(found)} {'is' if len(found) == 1 else 'are'} blank, and a blank value never means everything",
        "Set a value. Omit the option only on purpose: without it, the task may select more",
    )


def refuse_unfit(spec: Mapping[str, Any], given: Mapping[str, Any], where: str = "") -> None:
    """Refuse unsafe text in options that are not secret. Raises `TenantError`.

    Text from services is made safe on input, so an unsafe option could never match it.
    """
    public = {name: given.get(name) for name in spec if not spec[name].get("no_log")}
    for option, character in unfit_in(public):
        raise usage(
            f"the option {where}{option.lstrip('.')} holds the character {character}, which is invisible",
            "Write the value without it; text that was copied from elsewhere often has one at its beginning or end",
        )


def holds_marker(description: Any, marker: str) -> bool:
    """Whether an object has the marker of its creator, in any case: a name in it may be typed in another one."""
    return normalize_case(marker) in normalize_case(str(description or ""))


def check_new_marker(description: Any, marker: str | None) -> None:
    """Refuse to write a description without the marker: the next run would say that the object is somebody else's."""
    if marker is None:
        return
    _refuse_short(marker)
    if not holds_marker(description, marker):
        raise usage("description does not contain the text of marker", "Add the marker to the description")


def _refuse_short(marker: str) -> None:
    if len(marker) < _SHORTEST_MARKER:
        raise usage(
            f"marker has {counted(len(marker), 'character')}, and at least {_SHORTEST_MARKER} are needed",
            "Choose a longer text, which no other description contains by chance",
        )


def check_marker(found: tuple[str, Any], marker: str | None, what: str, next_step: str, tenant: str) -> None:
    """Refuse an object whose description lacks the marker of its creator: kind `not_ours`.

    `found` has its name and its description. A marker as short as a word would match descriptions by chance.
    """
    name, description = found
    if marker is None:
        return
    _refuse_short(marker)
    if not holds_marker(description, marker):
        raise TenantError(
            "not_ours",
            f'the description of the {what} {name} does not hold the text "{marker}", so somebody else created it',
            f"change the {what}",
            tenant,
            next_step=next_step,
        )


def first_names(names: Sequence[str], at_most: int = _LISTED) -> str:
    """The first few names, and whether there are more."""
    return ", ".join(names[:at_most]) + (" and others" if len(names) > at_most else "")


def only(
    found: Sequence[Any],
    describe: Callable[[Any], str],
    what: str,
    tenant: str = "",
    next_step: str = "Specify the id of one of them; the module does not choose",
) -> Any | None:
    """The only object found, or None. Never choose from several: kind `ambiguous`, with the candidates.

    `what` names the searched object in words, `describe` one candidate, best by its id.
    """
    if len(found) < 2:
        return found[0] if found else None
    candidates = [describe(one) for one in found]
    raise TenantError(
        "ambiguous",
        f"{len(found)} objects match where one is expected: {first_names(candidates)}",
        f"find the {what}",
        tenant,
        next_step=next_step,
        details={"candidates": candidates},
    )
