# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The in-process runner: the engine runs in Ansible's worker, for tasks that need no separate process.

A module process costs more than the work that it does here. The worker gives the same result if it can run the task;
otherwise the ordinary module runs. Only here can a task show messages while it runs.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.module_utils.common.warnings import get_deprecation_messages, get_warning_messages
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._client import auth
from ..module_utils._core.caller import watch_worker
from ..module_utils._core.errors import TenantError
from ..module_utils._core.redaction import Redactor, address_credentials, hide, secrets_of
from ..module_utils._core.retry import Deadline
from ..module_utils._core.text import all_fit, did_you_mean
from ..module_utils._engine.run import Declaration, clean_within, refuse_null, run_declaration
from ..module_utils._http import transport
from ._role_needs import with_bootstrap
from ._settings_diff import readable_diff
from ._shared_tokens import SharedTokens

_MODULES = "ansible_collections.intune.exchange.plugins.modules."
_SWITCH = "INTUNE_EXCHANGE_IN_PROCESS"
_LOCAL = ("local", "ansible.builtin.local")
# Variables that change how a process starts: if set for a task, it needs a process.
_PROCESS_VARIABLES = ("PYTHONPATH", "PYTHONHOME", "OPENSSL_CONF")
_RESULTS = "INTUNE_EXCHANGE_RESULTS_FOLDER"  # where long results are also written
_LONGEST = 200  # items of a list that -v shows
_LONGEST_TEXT = 20_000  # characters
_MOST_VALUES = 10_000  # in all
_LONGEST_LOOK = 300.0  # seconds to look for secrets in what a module process returned; most take a fraction of one
_UNKNOWN = re.compile(r"Unsupported parameters for \([\w.]+\) module: (.+?)\. Supported parameters include:")
_EVERYTHING = 4  # the verbosity from which results are shown whatever their length
_display = Display()
# Strategies load an action plugin before they fork the worker for its task, so all workers share this.
_tokens = SharedTokens()


class ActionModule(ActionBase):
    """Runs the module of its own name, in the worker if possible."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        variables = dict(task_vars or {})
        result: dict[str, Any] = super().run(tmp, variables)
        environment: dict[str, str] = {}
        self._compute_environment_string(environment)
        reason = self._why_not(variables, environment)
        name = self._task.action.rpartition(".")[2]
        _display.vvv(
            f"intune.exchange: {name} runs {'as a module process: ' + reason if reason else 'in the worker'}",
            host=variables.get("inventory_hostname"),
        )
        declaration: Declaration = importlib.import_module(_MODULES + name).DECLARATION
        refused = refuse_null(declaration, self._task.args)
        if refused:
            return {**result, **refused}
        abandoned = watch_worker()
        if reason:
            wrap_async = self._task.async_val and not self._connection.has_native_async
            found = self._execute_module(task_vars=variables, wrap_async=wrap_async)
            result |= _of_process(declaration, self._task.args, found)
        else:
            with _environment(environment):
                result |= self._serve(declaration, variables, abandoned)
        result = _with_nearest(with_bootstrap(result, self._task), declaration)
        folder = "" if self._task.no_log else environment.get(_RESULTS, os.environ.get(_RESULTS, ""))
        return _summarized(readable_diff(result), folder, f"{name}-{variables.get('inventory_hostname')}")

    def _why_not(self, variables: Mapping[str, Any], environment: Mapping[str, str]) -> str:
        """Why the worker cannot run this task; empty if it can."""
        switch = environment.get(_SWITCH, os.environ.get(_SWITCH, ""))
        connection = (
            self._connection.ansible_name if hasattr(self._connection, "ansible_name") else self._connection._load_name
        )
        hosts = variables.get("ansible_delegated_vars", {})
        about = hosts.get(self._task.delegate_to, {}) if self._task.delegate_to else variables
        # Templated in place: a copy of the text would no longer be trusted as a template.
        interpreter = str(self._templar.template(about.get("ansible_python_interpreter") or ""))
        checks = (
            (switch.lower() in ("0", "false", "no", "off"), f"{_SWITCH} says so"),
            (bool(transport.IMPORT_ERROR or auth.IMPORT_ERROR), "msal or requests is missing in the controller"),
            (bool(self._task.async_val), "async"),
            (connection not in _LOCAL, f"the connection is {connection}"),
            (bool(self._play_context.become), "become"),
            (
                any(name in _PROCESS_VARIABLES or name.startswith("LD_") for name in environment),
                "its environment is for a process",
            ),
            (not _of_controller(interpreter), f"the interpreter is {interpreter}"),
        )
        return next((reason for holds, reason in checks if holds), "")

    def _serve(
        self,
        declaration: Declaration,
        variables: Mapping[str, Any],
        abandoned: Callable[[], bool] = lambda: False,
    ) -> dict[str, Any]:
        # As in a module process, the arguments become plain JSON: without tags, vaults or lazy templates.
        arguments = json.loads(json.dumps(self._task.args, default=str))
        earlier = len(get_warning_messages()), len(get_deprecation_messages())
        try:
            validated = _validated(declaration, arguments)
            # The values to hide have no public name; without them nothing may be shown.
            hidden = {str(value) for value in validated._no_log_values}
            parameters = validated.validated_parameters
            hidden |= address_credentials(parameters)
            errors = validated.errors
        except Exception:
            return {
                "failed": True,
                "msg": "The arguments could not be validated; they may hold secrets and are not shown.",
            }
        if errors.errors:
            unknown = isinstance(errors[0], UnsupportedError)
            where = f"Unsupported parameters for ({self._task.resolved_action}) module: " if unknown else ""
            result = _without(hidden, {"failed": True, "msg": where + errors.msg})
        else:
            host = variables.get("inventory_hostname")
            result = _carried_out(self._task, declaration, parameters, arguments, host, abandoned)
            # The engine has masked the secrets it has: searching again would take as long for many devices.
            result = _without(hidden - secrets_of(declaration.argument_spec, parameters), result)
        # Before ansible-core 2.19 the module returns them instead of showing them.
        warnings, deprecations = get_warning_messages()[earlier[0] :], get_deprecation_messages()[earlier[1] :]
        added: dict[str, Any] = {}
        if warnings:
            added["warnings"] = [*result.get("warnings", []), *warnings]
        if deprecations:
            added["deprecations"] = [*deprecations]
        if _wants_invocation(variables):
            added["invocation"] = {"module_args": all_fit(hide(parameters, hidden))}
        return {**result, **_without(hidden, added)}


def _carried_out(
    task: Any,
    declaration: Declaration,
    parameters: dict[str, Any],
    arguments: Mapping[str, Any],
    host: Any,
    abandoned: Callable[[], bool],
) -> dict[str, Any]:
    progress: list[str] = []

    def waits(line: str) -> None:
        if not task.no_log:
            _tell(f"<{host}> {line}")

    def show(line: str) -> None:
        progress.append(line)
        waits(line)

    def trace(line: str) -> None:
        _display.vvv(f"intune.exchange: {line}", host=host)

    result = run_declaration(
        declaration,
        parameters,
        bool(task.check_mode),
        show,
        _tell,
        _tokens,
        given=arguments,
        trace=trace,
        abandoned=abandoned,
        waits=waits,
    )
    return {**result, "progress": progress} if progress else result


def _validated(declaration: Declaration, arguments: Mapping[str, Any]) -> Any:
    """By the validator of module processes: its warnings and deprecations are shown."""
    required_if = [list(condition) for condition in declaration.required_if]
    return ModuleArgumentSpecValidator(declaration.argument_spec, required_if=required_if).validate(arguments)


def _with_nearest(result: dict[str, Any], declaration: Declaration) -> dict[str, Any]:
    """Ansible lists the options that there are; with many of them, the one that was meant is hard to find."""
    unknown = _UNKNOWN.match(str(result.get("msg") or "")) if result.get("failed") else None
    names = unknown[1].split(", ") if unknown else []
    meant = did_you_mean(names, declaration.argument_spec)
    return {**result, "msg": f"{result['msg']} {meant}"} if meant else result


def _summarized(result: dict[str, Any], folder: str = "", name: str = "") -> dict[str, Any]:
    """The result, shortened for the terminal if it is long. The registered result is complete.

    With `folder`, the whole result is also in a file there, whose name begins with `name`.
    """
    long = {} if result.get("failed") else _long_parts(result)
    if not long:
        return result
    file = _written(result, folder, name) if folder else ""
    if not 0 < _display.verbosity < _EVERYTHING:
        return result
    listed = ", ".join(f"{path}: {size}" for path, size in long.items())
    step = "" if file else f" Register it, set {_RESULTS} to a folder for it, or use -vvvv."
    _display.display(f"The result is too long to be shown ({listed}).{step}")
    return {**result, "_ansible_verbose_override": True}


def _long_parts(result: Mapping[str, Any]) -> dict[str, str]:
    """The long parts of a result, at any depth, with their length; the whole if it has many short parts."""
    found: dict[str, str] = {}
    values = 0

    def look(value: Any, path: str) -> None:
        nonlocal values
        values += 1
        if isinstance(value, str) and len(value) > _LONGEST_TEXT:
            found[path] = f"{len(value):,} characters"
        elif isinstance(value, (list, tuple, dict)):
            if path and len(value) > _LONGEST:
                found[path] = f"{len(value):,} items"
                return
            for key, entry in value.items() if isinstance(value, dict) else (("", one) for one in value):
                look(entry, f"{path}.{key}".strip("."))

    look(result, "")
    return found or ({"all of it": f"{values:,} values"} if values > _MOST_VALUES else {})


def _written(result: Mapping[str, Any], folder: str, name: str) -> str:
    """The path of the file, which only its user can read; empty, with a warning, if writing failed."""
    prefix = re.sub("[^A-Za-z0-9._-]+", "_", name) + "-"
    path = ""
    try:
        handle, path = tempfile.mkstemp(".json", prefix, folder)
        with open(handle, "w", encoding="utf-8") as file:
            json.dump({key: value for key, value in result.items() if not key.startswith("_ansible")}, file)
    except OSError as error:
        if path:  # a partial result must not look complete
            os.unlink(path)
        _display.warning(f"Could not write the result to {folder} ({_RESULTS}): {error.strerror}.")
        return ""
    _display.display(f"The result is in {path}.")
    return path


def _of_process(declaration: Declaration, given: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a module process, in the form before ansible-core 2.22.

    2.22 masks secrets on display, no longer in a registered result, and leaves its own key there.
    """
    arguments = (result.get("invocation") or {}).get("module_args") or {}
    hidden = {secret for source in (given, arguments) for secret in secrets_of(declaration.argument_spec, source)}
    kept = {name: value for name, value in result.items() if name != "ansible_parsed"}
    if arguments:
        kept["invocation"] = {"module_args": hide(arguments, hidden)}
    try:
        return _without(hidden, kept)
    except TenantError as error:
        return error.within(declaration.action, str(given.get("tenant_id") or "")).result()


def _without(secrets: set[str], result: dict[str, Any]) -> dict[str, Any]:
    """The result without the secrets. Raises `TenantError` if the search takes longer than any task may."""
    if not secrets:
        return result
    redactor = Redactor()
    for secret in secrets:
        redactor.add(secret)
    return clean_within(Deadline(_LONGEST_LOOK), redactor, result)


def _tell(line: str) -> None:
    """Shows people a line while the task runs, at any verbosity, without disturbing the output of callbacks."""
    _display.display(line, stderr=True)


@contextlib.contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    """The environment of the task, only while it runs: the items of a loop share a worker."""
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in changes.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _of_controller(interpreter: str) -> bool:
    """Whether a module would run with the controller's Python.

    Folders are compared, through links to them. The file itself is a link in each environment, to a Python that has
    none of its packages.
    """
    if not interpreter or interpreter.startswith("auto"):
        return True
    here, there = (os.path.realpath(os.path.dirname(os.path.abspath(one))) for one in (sys.executable, interpreter))
    return here == there


def _wants_invocation(variables: Mapping[str, Any]) -> bool:
    """ansible-core 2.19 and 2.20 always return the arguments, later versions only on request."""
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=variables))
    except AnsibleError:
        return True
