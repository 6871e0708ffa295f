# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables whose value no task could use: what is wrong and what to do, before any task reads a tenant."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from typing import Any

from ..module_utils._core.errors import one_line

_EXPANDED = re.compile(r"^~|\$[\w{]", re.ASCII)  # by modules, but not by filters
# Those of the filter bool. It takes y and t, which options of modules allow, for false.
_BOOLEANS = {"true", "false", "yes", "no", "on", "off", "1", "0"}


def form_problem(name: str, value: Any, example: Any) -> tuple[str, str]:
    """A sentence about a variable that is not a list or a dictionary as its example is, and the next step."""
    listed = isinstance(example, list)
    if isinstance(value, (list, tuple) if listed else Mapping):
        return "", ""
    return f"{name} is not a {'list' if listed else 'dictionary'}.", f"set it as in -e '{json.dumps({name: example})}'"


def value_problem(name: str, value: Any, allowed: Mapping[str, Any]) -> tuple[str, str]:
    """A sentence about a variable whose value is not allowed, and the next step; empty if it is.

    `allowed` has `choices`, or `boolean`, or the `minimum` of a whole number and perhaps its `unit`, or `pattern` and
    `words`.
    """
    text = str(value)
    if "choices" in allowed:
        fits, words = text in allowed["choices"], f"one of {', '.join(allowed['choices'])}"
    elif "boolean" in allowed:
        fits, words = text.lower() in _BOOLEANS, "true or false"
    elif "minimum" in allowed:
        minimum = int(allowed["minimum"])
        number = str(int(value)) if isinstance(value, float) and value.is_integer() else text.strip()
        fits = re.fullmatch("[+-]?[0-9]{1,18}", number, re.ASCII) is not None and int(number) >= minimum
        words = "a whole number" + (f" of {allowed['unit']}" if "unit" in allowed else "")
        words += f", at least {minimum}" if minimum or "unit" not in allowed else ""
    else:
        fits, words = re.fullmatch(allowed["pattern"], text) is not None, allowed["words"]
    return ("", "") if fits else (f"{name} is {one_line(text)}, and it must be {words}.", f"correct {name}")


def path_problem(name: str, value: Any) -> tuple[str, str]:
    """A sentence about a variable that is not a path as it stands, and the next step; empty if it is.

    Tasks and filters do not agree about what to expand, so a check could look at another file than a task writes.
    """
    step = f"write the path out in {name}"
    if not isinstance(value, str) or "\0" in value:
        return f"{name} is {one_line(value)}, which is not a path.", step
    if _EXPANDED.search(value):
        return f"{name} is {value}, and neither a ~ at its beginning nor a variable such as $HOME may be in it.", step
    return "", ""


def folder_problem(name: str, value: Any) -> tuple[str, str]:
    """A sentence about a variable whose folder cannot be written to, and the next step; empty if it can.

    A relative path is relative to the working directory of the command. A folder that does not exist must be possible:
    the nearest existing one is tried with an empty folder, which is removed at once.
    """
    if (found := path_problem(name, value))[0]:
        return found
    folder = nearest = os.path.realpath(value)
    while not os.path.lexists(nearest):
        nearest = os.path.dirname(nearest)
    problem = ""
    if not os.path.isdir(nearest):
        problem = f"{nearest} is not a folder"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        problem = f"the folder {nearest} cannot be written to"
    elif nearest != folder:
        try:
            os.rmdir(tempfile.mkdtemp(prefix=".intune-exchange-", dir=nearest))
        except OSError as error:
            problem = f"no folder can be created in {nearest} ({one_line(error.strerror)})"
    sentence = f"{name} is {value}, and {problem}." if problem else ""
    return sentence, f"specify another folder in {name}" if problem else ""
