# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a role that are set and blank, or that no task could use."""

from __future__ import annotations

DOCUMENTATION = r"""
name: blank_variables
short_description: List the blank variables of a role or playbook
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - A variable that is empty, such as C({{ leaver.mail | default('') }}), must never mean everything. The roles and
    playbooks of this collection refuse blank variables in their first task, and this plugin lists them.
  - Lists each of the variables that is null, an empty string or white space, each such element of a list, and each such
    value in a dictionary. An empty list or dictionary is listed only if the role requires the variable.
options:
  _terms:
    description:
      - Names of variables. A variable that is not defined is not blank.
      - A variable that cannot be templated, for example because it uses an undefined variable, is an error.
  argument_specs:
    description:
      - The path of a file with the argument specifications of a role of this collection, whose variables are checked as
        well. Variables that are named like one of them but for a typing error, such as C(mobile_access_previw), are
        listed too, and negative numbers.
    type: str
  entry_point:
    description: The entry point in O(argument_specs).
    type: str
    default: main
  clears:
    description: Keys of dictionaries in which an empty string is a value, since it clears a setting.
    type: list
    elements: str
    default: []
  sentence:
    description: Whether to return a text for an error message instead of the paths, or nothing if there is none.
    type: bool
    default: false
  known:
    description:
      - Names of further variables that a playbook has. With this option, variables of C(-e) that are named like a
        variable of the playbook or of a role of this collection and are none, such as C(report_asess), are listed as
        well.
    type: list
    elements: str
  required:
    description: Variables that must be set, each with an example value for the message. Unset ones are listed too.
    type: dict
    default: {}
  forms:
    description:
      - Names of variables that must be a dictionary or a list if they are set, each with an example of that form for
        the message.
    type: dict
    default: {}
  values:
    description:
      - Names of variables that take only some values.
      - Each has C(choices), or C(boolean), or the C(minimum) of a whole number and its C(unit), or a C(pattern), which
        is a regular expression for the whole value, and the same in C(words).
    type: dict
    default: {}
  files:
    description: Names of variables with the path of a file. One that Ansible would expand in some places is listed.
    type: list
    elements: str
    default: []
  folders:
    description: Names of variables with the path of a folder, which need not exist, but to which files must be written.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Refuse variables that cannot be used
  ansible.builtin.assert:
    that: blank | length == 0
    fail_msg: "{{ blank | join }}"
  vars:
    blank: "{{ query('intune.exchange.blank_variables', 'report_folder', 'tenant_options', sentence=true) }}"
"""

RETURN = r"""
_list:
  description:
    - The paths of the blank values, in the order of the variables, and after these a sentence for each unknown
      variable, for each missing one, and for each with another form, another value or without a folder.
    - With O(sentence), one text.
  type: list
  elements: str
  sample: [tenant_options.tenant_id]
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.vars import load_extra_vars

from ..module_utils._core.targets import is_blank
from ..plugin_utils._extra_variables import argument_specs, mistyped_variables, unknown_variables
from ..plugin_utils._unusable import folder_problem, form_problem, path_problem, value_problem
from ..plugin_utils._variables import resolve_variable

_ALL_PLAYBOOKS = ("target", "tenant_options", "tenant_id", "tenant_name")


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        options: dict[str, Any] = {name: {} for name in terms}
        path, entry_point = self.get_option("argument_specs"), self.get_option("entry_point")
        try:
            if path:
                options |= argument_specs(Path(path).resolve())[entry_point]["options"]
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            raise AnsibleLookupError(f"Could not read the options of {entry_point} in {path}: {error}") from None
        found: list[str] = []
        for name, spec in options.items():
            if name not in variables:
                continue
            value = resolve_variable(self._templar, name, variables[name])
            if value is None or (is_blank(value) and (isinstance(value, str) or spec.get("required"))):
                found.append(name)
            else:
                found += _blank_parts(name, value, self.get_option("clears"))
        unknown = self._unknown(terms)
        if path:
            unknown += mistyped_variables(variables, Path(path).parents[1].name)
        required = self.get_option("required")
        missing = [name for name in required if name not in variables]
        # Those of roles are counts and times, and argument specs have no minimum.
        numbers = {name: {"minimum": 0} for name, spec in options.items() if spec.get("type") == "int"}
        unusable = dict(self._unusable(variables, numbers))
        if self.get_option("sentence"):
            anything = found or unknown or missing or unusable
            return [_sentence(found, unknown, missing, unusable, required)] if anything else []
        return found + unknown + [f"{name} is not set." for name in missing] + [*unusable]

    def _unusable(self, variables: Any, numbers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A sentence and a next step for each variable that is neither blank nor usable."""
        examples, values = self.get_option("forms"), {**numbers, **self.get_option("values")}
        files = self.get_option("files")
        for name in (*examples, *values, *files, *self.get_option("folders")):
            value = resolve_variable(self._templar, name, variables[name]) if name in variables else None
            if value is None or (isinstance(value, str) and is_blank(value)):
                continue  # listed as blank
            if name in examples:
                sentence, step = form_problem(name, value, examples[name])
            elif name in values:
                sentence, step = value_problem(name, value, values[name])
            elif name in files:
                sentence, step = path_problem(name, value)
            else:
                sentence, step = folder_problem(name, value)
            if sentence:
                yield sentence, step

    def _unknown(self, terms: list[str]) -> list[str]:
        known = self.get_option("known")
        if known is None:
            return []
        known = {*terms, *known, *self.get_option("required"), *_ALL_PLAYBOOKS}
        return unknown_variables(load_extra_vars(self._loader), known)


def _sentence(
    paths: list[str], unknown: list[str], missing: list[str], unusable: Mapping[str, str], required: Mapping[str, Any]
) -> str:
    blank = [
        f"{', '.join(paths)} {'is' if len(paths) == 1 else 'are'} blank, and a blank value never means everything."
    ]
    sentences = [*(blank if paths else []), *unknown, *(f"{name} is not set." for name in missing), *unusable]
    needed = [name for name in required if name in (*paths, *missing)]
    examples = " ".join(f"-e {name}={required[name]}" for name in needed)
    steps = [
        "set a value, or omit the variable" if set(paths) - {*needed} else "",
        "correct the name, or omit the variable" if unknown else "",
        f"set {'it' if len(needed) == 1 else 'them'}, as in {examples}" if needed else "",
        *unusable.values(),
    ]
    return f"{' '.join(sentences)} Nothing was read or changed. Next step: {', and '.join(filter(None, steps))}."


def _blank_parts(path: str, value: Any, clears: Collection[str]) -> Iterator[str]:
    if value is None or isinstance(value, str):
        if value is None or is_blank(value):
            yield path
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name not in clears or part is None:
                yield from _blank_parts(f"{path}.{name}", part, clears)
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield from _blank_parts(f"{path}[{number}]", part, clears)
