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
    description:
      - Names of the baselines of this collection, or paths of other files, which must contain a slash.
      - A term may be a list of them, or a text with commas between them, such as the value of a variable of C(-e).
    type: list
    elements: raw
    required: true
  accepted_risks:
    description:
      - With O(problems), the accepted risks for the audit, which are checked as well. Other values have no effect.
    type: raw
    default: []
  problems:
    description:
      - Whether to return a sentence for each baseline that cannot be used instead of the baselines, for an assertion.
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

from ..plugin_utils._baselines import baseline_names, baseline_problem, risk_problems

_SHIPPED = Path(__file__).parents[2] / "roles" / "mobile_access" / "files" / "baselines"


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        found: list[Any] = []
        problems = []
        for name in baseline_names(terms):
            try:
                found.append(self._read(name, variables))
            except AnsibleLookupError as error:
                if not self.get_option("problems"):
                    raise
                problems.append(str(error))
        if self.get_option("problems"):
            return problems + risk_problems(self.get_option("accepted_risks"), "mobile_access_accepted_risks")
        return found

    def _read(self, name: str, variables: Any) -> Any:
        try:
            path = _SHIPPED / f"{name}.yml"
            if "/" in name:  # without a result, the name itself, for the reason
                path = Path(self.find_file_in_search_path(variables, "files", name, ignore_missing=True) or name)
            content = yaml_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, AnsibleError, yaml.YAMLError) as error:
            known = ", ".join(sorted(one.stem for one in _SHIPPED.glob("*.yml")))
            reason = error.strerror if isinstance(error, OSError) else error
            raise AnsibleLookupError(
                f"Could not read the baseline {name}: {reason}. Specify one of {known}, or the path of a file."
            ) from None
        problem = baseline_problem(content)
        if problem:
            raise AnsibleLookupError(f"The baseline {name} cannot be used: {problem}")
        return content
