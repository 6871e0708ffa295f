# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a role that are set and blank."""

from __future__ import annotations

DOCUMENTATION = r"""
name: blank_variables
short_description: Name the variables of a role that are set and blank
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - A variable that is empty, such as C({{ leaver.mail | default('') }}), must never mean everything. The roles of this
    collection refuse their blank variables in the first task of each entry point, and this names them.
  - Reads the argument specification of the role. Names each variable of the entry point that is an empty text or white
    space, each such element of a list, and each such value in a dictionary. An empty list or dictionary is named only
    where the variable is required.
options:
  _terms:
    description: The path of the file with the argument specifications, and the entry point.
    required: true
  clears:
    description: Keys of dictionaries in which an empty text is a value, since it clears a setting.
    type: list
    elements: str
    default: []
seealso:
  - plugin: ansible.builtin.vars
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Refuse blank variables
  ansible.builtin.assert:
    that: blank | length == 0
    fail_msg: "{{ blank | join(', ') }} is blank"
  vars:
    blank: "{{ query('intune.exchange.blank_variables', role_path ~ '/meta/argument_specs.yml', 'main') }}"
"""

RETURN = r"""
_list:
  description: The paths of the blank values, in the order of the specification.
  type: list
  elements: str
  sample: [mobile_access_mailbox]
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase

from ..module_utils._targets import is_blank


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        if len(terms) != 2:
            raise AnsibleLookupError("blank_variables takes the path of a file and the name of an entry point")
        path, entry_point = terms
        try:
            options = yaml.safe_load(Path(path).read_text(encoding="utf-8"))["argument_specs"][entry_point]["options"]
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            raise AnsibleLookupError(f"Could not read the options of {entry_point} in {path}: {error}") from error
        values = lookup_loader.get("ansible.builtin.vars", loader=self._loader, templar=self._templar)
        found: list[str] = []
        for name, spec in options.items():
            # The lookup plugin vars takes no None as a default: a variable that is not defined is then an error.
            value = values.run([name], variables=variables, default=False)[0]
            if is_blank(value) and (isinstance(value, str) or spec.get("required")):
                found.append(name)
            else:
                found += _blank_parts(name, value, self.get_option("clears"))
        return found


def _blank_parts(path: str, value: Any, clears: Collection[str]) -> Iterator[str]:
    if isinstance(value, str):
        if not value.strip():
            yield path
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name not in clears:
                yield from _blank_parts(f"{path}.{name}", part, clears)
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield from _blank_parts(f"{path}[{number}]", part, clears)
