# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of a run for people: what changed, what was reported, and what failed."""

from __future__ import annotations

DOCUMENTATION = r"""
name: brief
type: stdout
short_description: Show what a run changed and reported, and nothing else
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Shows the name of each play as a heading, the names of the tasks that changed something, the texts and tables that
    tasks report, C(summary_text) of the modules of this collection if their result is not registered, failures, and one
    line for each host at the end. Tasks that were skipped or had nothing to change are not shown, and one that waits
    only once.
  - Lines are at most 100 characters wide, but commands stay on one line. With C(-v), it also shows the tasks that were
    not changed.
  - With C(--diff), it shows differences as the callback of ansible-core does.
requirements:
  - Set as the callback for the standard output, for example with C(ANSIBLE_STDOUT_CALLBACK=intune.exchange.brief).
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ansible.plugins.callback import CallbackBase

from ..module_utils._core.text import fit
from ..plugin_utils._wrapped import wrapped

_OF_ANSIBLE = {"changed", "failed", "msg", "skipped", "ansible_facts", "deprecations", "warnings", "invocation"}


class _Items:
    """What the items of a loop did until now on a host: the labels of those that changed, and why others failed."""

    def __init__(self) -> None:
        self.changed: list[str] = []
        self.reasons: list[str] = []


class CallbackModule(CallbackBase):
    """Prints only what is needed to say what happened."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "intune.exchange.brief"

    def __init__(self, display: Any = None, options: Any = None) -> None:
        super().__init__(display=display, options=options)
        self._heading = ""
        self._host = ""
        self._loops: dict[tuple[str, str], _Items] = {}  # by host and task, since hosts run side by side
        self._waits = ""

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._heading, self._host = str(play.get_name()).strip(), ""

    def v2_runner_on_ok(self, result: Any) -> None:
        found = _part(result, "result")
        if "results" in found and _part(result, "task").loop:
            self._loop_ended(result, shown=True)
        else:
            self._ended(result, found, "")

    def v2_runner_item_on_ok(self, result: Any) -> None:
        found = _part(result, "result")
        label = str(self._get_item_label(found) or "")
        if found.get("changed") and label:
            self._items(result).changed.append(label)  # for the one line of the loop
            found = {**found, "changed": False, "_ansible_verbose_always": False}
        self._ended(result, found, label)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        found = _part(result, "result")
        reasons = self._loop_ended(result).reasons
        said = f"{'failed, and ignored' if ignore_errors else 'FAILED'}: {_name(result)}"
        self._say(result, [said, *(reasons or _texts(found.get("msg")))])

    def v2_runner_item_on_failed(self, result: Any) -> None:
        """Its loop says only that items failed."""
        found = _part(result, "result")
        if "censored" not in found:
            texts = _texts(found.get("msg")) or ["it failed without a message"]
            self._items(result).reasons += [f"{self._get_item_label(found)}: {text}" for text in texts]

    def v2_runner_retry(self, result: Any) -> None:
        uuid = _part(result, "task")._uuid
        if uuid != self._waits:  # once, and not for each attempt
            self._waits = uuid
            self._say(result, [f"waiting: {_name(result)}"])

    def v2_runner_on_unreachable(self, result: Any) -> None:
        reasons = self._loop_ended(result).reasons
        self._say(result, [f"UNREACHABLE: {_name(result)}", *(reasons or _texts(_part(result, "result").get("msg")))])

    def v2_on_file_diff(self, result: Any) -> None:
        found = _part(result, "result")
        results = found.get("results", [found])
        for one in results:
            if one.get("diff") and one.get("changed"):
                self._say(result, self._get_diff(one["diff"]).splitlines())

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._display.display("")
        for host in sorted(stats.processed):
            count = stats.summarize(host)
            failed = count["failures"] + count["unreachable"]
            self._display.display(f"{host}: {count['ok']} ok, {count['changed']} changed, {failed} failed")

    def _items(self, result: Any) -> _Items:
        return self._loops.setdefault(_place(result), _Items())

    def _loop_ended(self, result: Any, shown: bool = False) -> _Items:
        """What the items said, after the line with those that changed; with `shown`, a line also if none did."""
        items = self._loops.pop(_place(result), _Items())
        if items.changed or shown:
            self._ended(result, {"changed": bool(items.changed)}, ", ".join(items.changed))
        return items

    def _ended(self, result: Any, found: Mapping[str, Any], item: str) -> None:
        name = f"{_name(result)} ({item})" if item else _name(result)
        lines = []
        if found.get("changed"):
            lines.append(f"{'would change' if _part(result, 'task').check_mode else 'changed'}: {name}")
        elif self._display.verbosity:
            lines.append(f"ok: {name}")
        if not found.get("_ansible_no_log"):
            if not _part(result, "task").register:  # the play itself shows what it registers
                lines += _texts(found.get("summary_text"))
            if found.get("_ansible_verbose_always"):
                lines += _reported(found)
        self._say(result, lines)

    def _say(self, result: Any, lines: Iterable[str]) -> None:
        shown = [part for line in lines for part in wrapped(fit(line))]
        if not shown:
            return
        if self._heading:
            self._display.display(f"\n{self._heading}\n{'-' * len(self._heading)}", color="bright blue")
            self._heading = ""
        host = str(_part(result, "host").get_name())
        if host != self._host and (self._host or host != "localhost"):
            self._display.display(f"[{host}]")
        self._host = host
        for line in shown:
            self._display.display(line, color="red" if line.startswith(("FAILED", "UNREACHABLE")) else None)


def _part(result: Any, name: str) -> Any:
    """Newer versions of ansible-core have public names for the parts of a result."""
    return getattr(result, name) if hasattr(result, name) else getattr(result, f"_{name}")


def _place(result: Any) -> tuple[str, str]:
    return str(_part(result, "host").get_name()), _part(result, "task")._uuid


def _name(result: Any) -> str:
    return str(_part(result, "task").get_name()).rpartition(" : ")[2]


def _reported(found: Mapping[str, Any]) -> list[str]:
    """The text of a task that reports something: its message, or the variable that it shows."""
    if "msg" in found:
        return _texts(found["msg"])
    shown = {
        name: value for name, value in found.items() if name not in _OF_ANSIBLE and not name.startswith("_ansible")
    }
    return [line for value in shown.values() for line in _texts(value)]


def _texts(value: Any) -> list[str]:
    """The lines of a text, or of a list of texts; anything else as JSON."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return value.splitlines()
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return [line for one in value for line in one.splitlines()]
    return json.dumps(value, indent=2, ensure_ascii=False, default=str).splitlines()
