# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Exchange contract: the cmdlets, the parameters of each, and how they can be combined."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ..behaviours.table import implements
from ..odata.contract import CONTRACTS
from ..state.http_messages import ACTION, CREATE, IDEMPOTENT, READ, Json, Refusal
from ..state.response_forms import Forms
from .live_contract import merged_contract
from .parameter_values import Unfit, fitted, is_whole

_KINDS = {"Get": READ, "Test": READ, "New": CREATE, "Set": IDEMPOTENT, "Remove": IDEMPOTENT, "Update": IDEMPOTENT}
# These two control how a cmdlet is run, not what a role permits.
COMMON = frozenset({"Confirm", "WhatIf"})
# No public source names the role that holds these.
_HOLDERS = {
    "Enable-OrganizationCustomization": ["Organization Configuration"],
    "Test-ServicePrincipalAuthorization": ["Role Management"],
}


@dataclass(frozen=True)
class Cmdlet:
    """One entry of the merged contract, see _live_contract."""

    name: str
    entry: Json
    output: Json
    # properties that had a value on a live tenant
    observed: frozenset[str] = frozenset()

    @property
    def verb(self) -> str:
        return str(self.entry["verb"])

    @property
    def noun(self) -> str:
        return str(self.entry["noun"])

    @property
    def kind(self) -> str:
        return _KINDS.get(self.verb, ACTION)

    @cached_property
    def parameters(self) -> Json:
        return {name: spec for name, spec in self.entry["parameters"].items() if spec["cloud"]}

    @cached_property
    def _names(self) -> dict[str, str]:
        aliases = {alias: name for name, spec in self.parameters.items() for alias in spec.get("aliases", [])}
        return {spelling.lower(): name for spelling, name in ({n: n for n in self.parameters} | aliases).items()}

    @implements("role-entries")
    def holders(self) -> dict[str, list[str]]:
        """The built-in roles with this cmdlet, and the parameters that each of them permits."""
        subsets = self.entry.get("role_parameter_subset", {})
        roles = self.entry["management_roles"] or _HOLDERS[self.name]
        # The subsets come from Exchange Server, without cloud-only parameters: the role for mailboxes gets them.
        cloud_only = [name for name, spec in self.parameters.items() if spec.get("cloud_only")]
        held = {role: [*names, *(cloud_only if role == "Mail Recipients" else [])] for role, names in subsets.items()}
        return {role: held.get(role, list(self.parameters)) for role in roles}

    def bind(self, given: dict[str, Any], forms: Forms) -> dict[str, Any]:
        """The parameters by their correct names, each value in its canonical form."""
        bound: dict[str, Any] = {}
        for spelling, value in given.items():
            if "@" in spelling:
                continue
            name = self._names.get(spelling.lower())
            if name is None:
                raise unresolvable(spelling)
            if _is_no_identity(name, value):
                continue
            try:
                bound[name] = fitted(self.parameters[name], value, forms)
            except Unfit as unfit:
                raise Refusal(
                    "cmdlet-value",
                    status=400,
                    code="System.Management.Automation.ParameterTransformationException",
                    message=f"Cannot process argument transformation on parameter '{name}'. {unfit}",
                    details=False,
                ) from None
        self._check_sets(set(bound))
        return {name: value for name, value in bound.items() if not self._says_nothing(name, given, value, forms)}

    @implements("cmdlet-empty-list")
    def _says_nothing(self, name: str, given: dict[str, Any], value: Any, forms: Forms) -> bool:
        """An empty list leaves a property unchanged; null and an empty table clear it."""
        if forms.empty_lists == "clearing" or self.verb != "Set" or value != []:
            return False
        multivalued = self.parameters[name]["encoding"] == "multivalued" and not is_whole(self.parameters[name])
        return multivalued and any(sent == [] and self._names.get(key.lower()) == name for key, sent in given.items())

    def _check_sets(self, names: set[str]) -> None:
        sets = self.entry["parameter_sets"].values()
        fitting = [one for one in sets if names <= {*one["mandatory"], *one["optional"], *COMMON}]
        if not fitting:
            raise unresolvable(", ".join(sorted(names)))
        if not any(names.issuperset(one["mandatory"]) for one in fitting):
            missing = [name for name in fitting[0]["mandatory"] if name not in names]
            raise Refusal(
                "cmdlet-mandatory",
                status=400,
                code="System.Management.Automation.ParameterBindingException",
                message=(
                    f"Cannot process command because of one or more missing mandatory parameters: {' '.join(missing)}."
                ),
            )


@implements("cmdlet-empty-identity")
def _is_no_identity(name: str, value: Any) -> bool:
    """Equal to not given: a Get- then returns everything."""
    return name == "Identity" and value in (None, "")


@lru_cache
def load_cmdlets(directory: Path = CONTRACTS) -> dict[str, Cmdlet]:
    """Cmdlets by name in lower case, as in PowerShell. All simulators of a process share them."""
    document = merged_contract(directory)
    objects = document["output_objects"]
    found: dict[str, Cmdlet] = {}
    for name, entry in document["cmdlets"].items():
        output = objects.get(entry.get("output_object"), {})
        observed = frozenset(output.get("observed", ()))
        found[name.lower()] = Cmdlet(name, entry, output.get("properties", {}), observed)
    return found


def unresolvable(names: str) -> Refusal:
    return Refusal(
        "cmdlet-parameter",
        status=400,
        code="Microsoft.Exchange.Configuration.Tasks.AmbiguousParameterSetException",
        message=(
            "Parameter set cannot be resolved using the specified named parameters. "
            f"Invalid cmdlet parameters specified. {names}"
        ),
    )
