# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a declaration in its own process: the only place that uses AnsibleModule."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.parameters import remove_values

from .._client import auth
from .._core.caller import watch_process
from .._core.redaction import Redactor, address_credentials, hide, secrets_of
from .._core.text import all_fit
from .._http import transport
from .run import Declaration, run_declaration


class _Module(AnsibleModule):
    """Also hides the secret parts of addresses, even if it ends before our code runs.

    `given` are the arguments as written, without defaults and environment values.
    """

    given: dict[str, Any]

    def _load_params(self) -> None:
        super()._load_params()
        self.given = dict(self.params)

    def fail_json(self, msg: str, **result: Any) -> None:
        self._hide_addresses()
        super().fail_json(msg, **result)

    def exit_json(self, **result: Any) -> None:
        self._hide_addresses()
        super().exit_json(**result)

    def log(self, msg: Any, log_args: Any = None) -> None:
        """To syslog or the journal, where AnsibleModule writes the arguments before any of our code runs."""
        self._hide_addresses()
        super().log(msg, remove_values(log_args, self.no_log_values))

    def _hide_addresses(self) -> None:
        self.no_log_values |= address_credentials(self.params or {})


def run_module(declaration: Declaration) -> None:
    """Run `declaration` as an Ansible module."""
    module = _Module(
        argument_spec=declaration.argument_spec, required_if=list(declaration.required_if), supports_check_mode=True
    )
    for library, problem in (("requests", transport.IMPORT_ERROR), ("msal", auth.IMPORT_ERROR)):
        if problem:
            module.fail_json(msg=missing_required_lib(library), exception=problem)
    progress: list[str] = []
    result = run_declaration(
        declaration, module.params, module.check_mode, progress.append, given=module.given, abandoned=watch_process()
    )
    if progress:
        result["progress"] = progress
    # From 2.22 on, ansible-core does not hide secrets in the arguments that a task registers.
    secrets = secrets_of(declaration.argument_spec, module.params)
    redactor = Redactor()
    for secret in secrets:
        redactor.add(secret)
    result["invocation"] = {"module_args": all_fit(redactor.clean(hide(module.params, secrets)))}
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)
