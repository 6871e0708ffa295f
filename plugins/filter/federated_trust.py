# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tokens of a platform a federated credential trusts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: federated_trust
short_description: Describe the tokens that a federated credential trusts
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Returns the issuer, subject and audience of the tokens that a platform gives to a job, from the same description as
    M(intune.exchange.application_credential).
options:
  _input:
    description:
      - One of C(github), C(gitlab), C(kubernetes) and C(automation_platform) with their suboptions, or C(issuer) and
        C(subject). Names with empty values are ignored.
    type: dict
    required: true
  cloud:
    description: The cloud, as in the modules. It determines the audience.
    type: str
    default: public
  prefix:
    description: What stands before the names of the options in messages, for variables with longer names.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Show the subject of the jobs of a branch
  ansible.builtin.debug:
    msg: "{{ {'gitlab': {'project': 'contoso/mail', 'branch': 'main'}} | intune.exchange.federated_trust }}"
"""

RETURN = r"""
_value:
  description: The issuer, subject and audience.
  type: dict
  sample:
    audience: api://AzureADTokenExchange
    issuer: https://gitlab.com
    subject: project_path:contoso/mail:ref_type:branch:ref:main
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.intune.exchange.plugins.module_utils._applications.federation import OPTIONS, trust_of
from ansible_collections.intune.exchange.plugins.module_utils._core.errors import TenantError

_NAME = re.compile(rf"(?:^|(?<=one of )|(?<=, )|(?<=with ))(?=(?:{'|'.join(OPTIONS)})(?:[ .,]|$))")
_TYPES = {"int": "a whole number", "bool": "true or false", "str": "a text"}


def federated_trust(described: Any, cloud: str = "public", prefix: str = "") -> dict[str, str]:
    if not isinstance(described, Mapping):
        raise AnsibleFilterError("federated_trust takes a dictionary.")
    given = {name: value for name, value in described.items() if value}
    for name in given:
        if problem := _problem(name, given[name]):
            raise AnsibleFilterError(f"federated_trust: {prefix}{problem}.")
    validated = ArgumentSpecValidator(OPTIONS).validate(given)
    if validated.error_messages:
        raise AnsibleFilterError(f"federated_trust: {'; '.join(validated.error_messages)}.")
    try:
        return asdict(trust_of({**validated.validated_parameters, "cloud": cloud}))
    except TenantError as error:
        raise AnsibleFilterError(f"federated_trust: {_NAME.sub(prefix, str(error))}") from None


def _problem(name: str, value: Any) -> str:
    """What is wrong with the description of a platform, in words; Ansible's own would name Python types."""
    options = OPTIONS.get(name, {}).get("options")
    if options is None:
        return ""
    if not isinstance(value, Mapping):
        return f"{name} is not a dictionary"
    if unknown := [str(one) for one in value if one not in options]:
        return f"{name} has no {' and no '.join(unknown)}; it takes {', '.join(options)}"
    if missing := [one for one, spec in options.items() if spec.get("required") and value.get(one) is None]:
        return f"{name} lacks {' and '.join(missing)}"
    for one, given in value.items():
        kind = options[one]["type"]
        if given is not None and ArgumentSpecValidator({one: {"type": kind}}).validate({one: given}).error_messages:
            return f"{name}.{one} must be {_TYPES[kind]}"
    return ""


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"federated_trust": federated_trust}
