# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baselines for an audit, from the files of the collection and from others."""

from __future__ import annotations

DOCUMENTATION = r"""
name: baselines
short_description: Read baselines for an audit of mobile access
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Reads baselines from YAML files, for the option C(baselines) of M(intune.exchange.mobile_access_audit_info).
options:
  _terms:
    description: Names of the baselines of this collection, or paths of other files, which must contain a slash.
    type: list
    elements: str
    required: true
  problems:
    description:
      - Whether to return a sentence for each baseline that cannot be read instead of the baselines, for an assertion.
        Otherwise such a baseline fails the task.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Audit mobile access against a published baseline
  intune.exchange.mobile_access_audit_info:
    baselines: "{{ query('intune.exchange.baselines', 'cis_exchange_2019_l1') }}"
"""

RETURN = r"""
_list:
  description: The baselines, in the order of the terms; with O(problems), sentences.
  type: list
  elements: raw
"""

from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.module_utils.common.yaml import yaml_load
from ansible.plugins.lookup import LookupBase

_SHIPPED = Path(__file__).parents[2] / "roles" / "mobile_access" / "files" / "baselines"


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        found: list[Any] = []
        problems = []
        for term in terms:
            try:
                found.append(self._read(str(term), variables))
            except AnsibleLookupError as error:
                if not self.get_option("problems"):
                    raise
                problems.append(str(error))
        return problems if self.get_option("problems") else found

    def _read(self, name: str, variables: Any) -> Any:
        try:
            path = _SHIPPED / f"{name}.yml"
            if "/" in name:  # without a result, the name itself, for the reason
                path = Path(self.find_file_in_search_path(variables, "files", name, ignore_missing=True) or name)
            return yaml_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, AnsibleError, yaml.YAMLError) as error:
            known = ", ".join(sorted(one.stem for one in _SHIPPED.glob("*.yml")))
            reason = error.strerror if isinstance(error, OSError) else error
            raise AnsibleLookupError(
                f"Could not read the baseline {name}: {reason}. Specify one of {known}, or the path of a file."
            ) from None
