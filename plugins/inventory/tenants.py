# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host for each tenant, with the state of its connector."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants
short_description: Tenants as hosts, with the state of their Exchange connectors
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Creates a host for each tenant, from a list or from the customers of a partner. Tasks run on the control node, so
    every host has C(ansible_connection=local) and the Python of the control node.
  - All tenants are read concurrently in one process, by the functions of the modules M(intune.exchange.connector_info)
    and M(intune.exchange.requirements_info), with one sign-in for each tenant.
  - A host has the variables C(tenant_id), C(tenant_name), C(tenant_options), C(tenant_read_at), the facts that
    O(gather) names, and C(connector_primary_smtp_address) if O(account) is set.
  - Each host is in one of the groups C(connector_connected), C(connector_pending), C(connector_disconnected),
    C(connector_missing), C(connector_ambiguous) (several service-to-service connectors), C(connector_not_offered), and
    C(tenant_unreadable), where C(tenant_error) has the reason in C(message) and C(kind).
notes:
  - "C(tenant_options) are the connection options of the tenant without secrets. The playbooks of this collection use
    them, others do with C(module_defaults: {group/intune.exchange.tenant: '{{ tenant_options }}'})."
  - Secrets, and a O(proxy) with a password, are never written into the inventory or its cache. A play gets those of all
    tenants from the environment, as this plugin does. Add secrets that differ between tenants from a vaulted variable,
    as in the examples. Certificates and federated tokens are files, so that their paths are enough.
  - The plugin finds the customers of a partner by their relationships, but signs in as an application of the partner
    that has consent in the customer's tenant, with its own permissions.
  - Text of a tenant, such as a name, an address or evidence, is data in every variable and never evaluated. The name of
    a group of O(groups) and O(keyed_groups) has only letters, digits and underscores, others become underscores. One
    that is the name of a host, C(all), C(ungrouped), C(localhost) or a group of this plugin gets an underscore at its
    end. So does one that O(keyed_groups) computes, if O(groups) or a C(parent_group) has that name.
  - Hosts with the same key are in the same group of O(keyed_groups). A customer chooses its C(tenant_name), and may
    choose that of another one, or one that becomes the same name of a group. So give C(tenant_id) as the key of groups
    for single customers, and a C(prefix) of its own to each key with text of a tenant.
  - Only what this file says may be a template. A value of the environment, and the result of a template, is used as it
    is. Text of this file that looks like a template and is not one has C(!unsafe) before it.
  - A customer whose C(tenantId) is not a GUID is skipped with a warning, or is an error with O(strict_tenants).
  - With O(cache), only tenants that could be read are cached. The others are read again in each run, and so is the list
    of customers if one of them was skipped; everything is read again when the cache expires. C(tenant_read_at) is the
    time of the facts of a host.
  - Only the facts, and the list of customers, come from the cache. The options of a tenant are always those of this
    file and the environment. A cache of other O(tenants), of another O(gather), or with anything that the plugin does
    not write is replaced.
  - While it waits, it shows every ten seconds how many tenants were read and which ones it waits for.
  - A warning lists customers of a partner whose relationships lack a role, and those whose relationship ends within 30
    days and is not extended automatically.
  - Needs the permissions of the modules, and C(DelegatedAdminRelationship.Read.All) in the tenant of the partner.
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.connection.environment
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: The name of this plugin. The file must end in C(.tenants.yml) or C(.tenants.yaml).
    type: str
    required: true
    choices: [intune.exchange.tenants]
  tenants:
    description:
      - The tenants. In addition to the options below, each may have any connection option of this plugin, its
        O(account) and its O(directory_sync). A tenant with its own credential uses none of the shared ones.
      - An entry with the id of a customer of O(partner_tenant_id) adds options to it.
      - Without this and O(partner_tenant_id), the only tenant is O(tenant_id).
    type: list
    elements: dict
    suboptions:
      tenant_id:
        description: The tenant, by its id or one of its verified domains.
        type: str
        required: true
      name:
        description:
          - The name of the host. Defaults to the O(tenants[].tenant_id).
          - It cannot be a name that Ansible interprets as a pattern, another group or this machine, such as V(x*),
            V(all), V(connector_missing) or V(localhost).
        type: str
  tenant_id:
    description:
      - The only tenant, by its id or one of its verified domains, when there are no O(tenants) and no
        O(partner_tenant_id).
      - Defaults to the environment variable E(AZURE_TENANT_ID).
  partner_tenant_id:
    description:
      - The tenant of a partner, whose customers are hosts. A customer counts if its active and expiring relationships
        together have the roles Intune Administrator and Exchange Administrator.
    type: str
  auth_method:
    description:
      - How to sign in.
      - By default, exactly one of V(client_secret), V(certificate), V(federated_token), V(token) must be complete.
      - V(managed_identity) is only used if this option names it. V(device_code) is refused, since it would need a
        person for each tenant.
      - A credential in the options of this file takes precedence over this variable, and over the credentials of other
        methods in the environment. Credentials of several methods in the options are refused.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_AUTH_METHOD).
  account:
    description: Primary SMTP address of the account that the connector is, or will be, bound to.
    type: str
  directory_sync:
    description: Whether directory synchronization must be set up, as for M(intune.exchange.requirements_info).
    type: str
    choices: [auto, required, optional]
    default: auto
  gather:
    description:
      - What to read from each tenant. With an empty list, the plugin does not sign in.
      - V(connector) becomes C(intune_connector), what M(intune.exchange.connector_info) returns. Without it no host is
        in a group of a connector.
      - V(requirements) becomes C(intune_requirements), what M(intune.exchange.requirements_info) returns. If one is
        unknown because a service could not be reached, had a fault or asked to wait, the tenant is unreadable.
      - V(mobile_access) becomes C(exchange_mobile_access) with C(organization_settings), C(access_rules) and
        C(mobile_device_mailbox_policies).
      - V(quarantine) becomes C(exchange_quarantine) with C(mobile_devices), those that wait in quarantine, as
        M(intune.exchange.mobile_device_info) returns them without statistics.
    type: list
    elements: str
    choices: [connector, requirements, mobile_access, quarantine]
    default: [connector, requirements]
  concurrency:
    description: The maximum number of tenants that are read at the same time.
    type: int
    default: 32
  timeout:
    description:
      - The maximum number of seconds to read all tenants.
      - Each tenant has a share of it (the remaining time divided by the remaining rounds of O(concurrency)), so tenants
        that hang do not use the time of the others. A tenant that is not read in its share is unreadable.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_TIMEOUT).
  strict_tenants:
    description: Whether the inventory fails if one tenant cannot be read.
    type: bool
    default: false
"""

EXAMPLES = r"""
# contoso.tenants.yml, for the tenants of a list
plugin: intune.exchange.tenants
client_id: 00000000-0000-0000-0000-000000000000
certificate_path: /etc/intune-exchange/application.pem
tenants:
  - tenant_id: contoso.com
    account: svc-intune-connector@contoso.com
  - tenant_id: 11111111-1111-1111-1111-111111111111
    name: fabrikam
    client_id: 22222222-2222-2222-2222-222222222222
    certificate_path: /etc/intune-exchange/fabrikam.pem

# # customers.tenants.yml, for the customers of a partner; the secret of its application is in AZURE_CLIENT_SECRET
# plugin: intune.exchange.tenants
# partner_tenant_id: partner.example
# client_id: 00000000-0000-0000-0000-000000000000
# keyed_groups:
#   - key: "'ready' if intune_requirements.ready else 'not_ready'"
#     separator: ""
# cache: true
# cache_plugin: ansible.builtin.jsonfile
# cache_connection: ~/.cache/intune-exchange

# # A play over them. Where each tenant has a secret of its own, it is in a variable of the host, kept in a vault.
# - name: Show what is missing
#   hosts: connector_missing
#   gather_facts: false
#   module_defaults:
#     group/intune.exchange.tenant: "{{ tenant_options | combine({'client_secret': vaulted_client_secret}) }}"
#   tasks:
#     - name: Check the requirements
#       intune.exchange.requirements_info:
"""

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.vars import combine_vars

from ..module_utils._client.auth_method import outranking
from ..module_utils._core.connection import SECRET_OPTIONS
from ..module_utils._core.errors import OF_ANSWERS, TenantError, one_line, usage
from ..module_utils._core.redaction import address_credentials
from ..module_utils._core.text import counted
from ..module_utils._fleet.cached import digest_of, is_whole, remembered, shown
from ..module_utils._fleet.fleet import read_fleet
from ..module_utils._fleet.tenant_list import GROUPS, RESERVED, SHARED, UNREADABLE
from ..plugin_utils._trust import as_data, as_template

_PLUGIN = "intune.exchange.tenants"
_HEAD = 65_536  # bytes that contain the name of the plugin
_EXPLAINED = 10  # tenants of which a warning has the reason; of the others the names
_PUBLIC = {*SHARED, "name", "partner_tenant_id"}.difference(SECRET_OPTIONS)  # errors may show their values
_EVERY_HOST = {
    "ansible_connection": as_template("local"),
    "ansible_python_interpreter": as_template("{{ ansible_playbook_python }}"),
}


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads the tenants, or takes them from the cache, and adds them to the inventory."""

    NAME = _PLUGIN
    _written: dict[str, Any]  # the options of the file, without what the environment says
    _taken: frozenset[str] = frozenset()  # names of groups that no computed one may have
    _named: list[str]  # the groups that were computed last

    def verify_file(self, path: str) -> bool:
        if not super().verify_file(path):
            return False
        if not path.endswith((".tenants.yml", ".tenants.yaml")) and _names_this(path):
            right = f"{Path(path).stem.removesuffix('.tenants')}.tenants.yml"
            raise AnsibleParserError(
                f"{path} is for the inventory plugin {_PLUGIN}, so its name must end in .tenants.yml or .tenants.yaml. "
                f"Next step: rename it, for example to {right}."
            )
        return path.endswith((".tenants.yml", ".tenants.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._written = self._read_config_data(path) or {}
        try:
            # Once, since a template may look a secret up elsewhere.
            self._asked = self._evaluated()
            found = self._found(path, cache)
        except TenantError as error:
            raise AnsibleParserError(str(error)) from None
        hosts, left_out = found["hosts"], found["left_out"]
        unreadable = [host for host in hosts if host["group"] == UNREADABLE]
        messages = [f"{host['name']}: {host['variables']['tenant_error']['message']}" for host in unreadable]
        reasons = [*messages, *left_out]
        if reasons and self.get_option("strict_tenants"):
            listed = "\n".join(reasons)
            whole = len(hosts) + len(left_out)
            raise AnsibleParserError(f"{len(reasons)} of {counted(whole, 'tenant')} could not be read.\n{listed}")
        if unreadable:
            rest = [host["name"] for host in unreadable[_EXPLAINED:]]
            more = f"\nThe same group has {', '.join(rest)}" if rest else ""
            self.display.warning(
                f"{len(unreadable)} of {counted(len(hosts), 'tenant')} could not be read: see the group {UNREADABLE}. "
                f"The reason is in tenant_error: ansible-inventory -i {path} --host {unreadable[0]['name']}\n"
                + "\n".join(messages[:_EXPLAINED])
                + more
            )
        for reason in left_out:
            self.display.warning(f"{reason} It is left out of the inventory.")
        for line in found["notes"]:
            self.display.warning(line)
        for group in GROUPS:  # also those without hosts, since a play may name them
            inventory.add_group(group)
        self._add_groups({host["name"]: self._add(host) for host in hosts})

    def _found(self, path: str, cache: bool) -> dict[str, list[Any]]:
        """The hosts, and why other tenants have none. `cache`: whether the cache may be read; it is always written.

        A tenant that could not be read is read again each time, and does not refresh the age of the others' data.
        """
        key, kept = self.get_cache_key(path), self.get_option("cache")
        cached = self._cached(key) if kept and cache else None
        if cached is not None:
            self._show_age(cached["hosts"])
            return self._read({host["name"]: host for host in cached["hosts"]}) if cached["failed"] else cached
        found = self._read({})
        if kept:
            readable = [host for host in found["hosts"] if host["group"] != UNREADABLE]
            failed = len(found["hosts"]) - len(readable) + len(found["left_out"])
            asked = digest_of(*self._asked)
            self._cache[key] = {**found, "hosts": readable, "left_out": [], "failed": failed, "asked": asked}
        return found

    def _cached(self, key: str) -> dict[str, Any] | None:
        """What the cache has, with the options of now; None if it cannot be used, and then it is rewritten."""
        try:
            # Without marks: text that a changed cache marks as a template would be evaluated.
            found = json.loads(json.dumps(self._cache.get(key)))
            whole = is_whole(found, self.get_option("gather"), digest_of(*self._asked))
        except (AnsibleError, RecursionError, *OF_ANSWERS) as error:  # a corrupted file raises anything
            self.display.warning(f"The cache of the inventory could not be read and is replaced: {one_line(error)}")
            return None
        if not whole or found["failed"]:
            return found if whole else None
        hosts = remembered(found["hosts"], *self._asked, *self._limits())
        return None if hosts is None else {**found, "hosts": hosts}

    def _show_age(self, hosts: list[dict[str, Any]]) -> None:
        times = sorted(host["variables"].get("tenant_read_at", "") for host in hosts)
        if times:
            between = times[0] if times[0] == times[-1] else f"{times[0]} to {times[-1]}"
            self.display.v(f"intune.exchange: from the cache: {counted(len(hosts), 'tenant')}, read at {between}")

    def _read(self, known: dict[str, dict[str, Any]]) -> dict[str, list[Any]]:
        left_out: list[str] = []
        notes: list[str] = []
        hosts = read_fleet(
            *self._asked,
            self.get_option("gather"),
            *self._limits(),
            left_out=lambda reason: left_out.append(shown(reason)),
            note=lambda line: notes.append(shown(line)),
            progress=lambda line: self.display.display(f"intune.exchange: {line}", stderr=True),
            known=known,
        )
        return {"hosts": hosts, "left_out": left_out, "notes": notes}

    def _evaluated(self) -> tuple[Any, Any, dict[str, Any]]:
        """The tenants, the partner, and the options that the tenants share."""
        shared = {option: self._given(option) for option in SHARED}
        return self._given("tenants"), self._given("partner_tenant_id"), outranking(shared, self._written)

    def _limits(self) -> tuple[int, int]:
        return self.get_option("concurrency"), self.get_option("timeout")

    def _given(self, option: str) -> Any:
        """The value of an option: plain, without tags and vaults. Raises `TenantError`.

        Only the file has templates: a secret of the environment may look like one.
        """
        value = self.get_option(option)
        if self._written.get(option) is None:
            return _plain(value)
        if option != "tenants":
            return self._template({option: value}).get(option)
        return [self._entry(entry, number) for number, entry in enumerate(value, 1)]

    def _entry(self, entry: Any, number: int) -> Any:
        """An entry of `tenants`, which may be a template as a whole; then nothing in its result is one.

        Before ansible-core 2.19 evaluating that as well would run what foreign text says, such as a lookup.
        """
        where = f"tenants[{number}]"
        if isinstance(entry, Mapping):
            return self._template(entry, f"{where}.")
        return self._template({where: entry})[where]

    def _template(self, options: Mapping[str, Any], where: str = "") -> dict[str, Any]:
        """The options with their templates evaluated. Raises `TenantError`, which contains no secret."""
        self.templar.available_variables = self._vars
        found: dict[str, Any] = {}
        for option, value in options.items():
            try:
                found |= _plain(self.templar.template({option: value}))
            except Exception as error:  # a filter or a lookup may raise anything
                encrypted = not isinstance(value, (str, list, Mapping))  # then only the decryption can fail
                public = option in _PUBLIC and not address_credentials({option: value})
                raise usage(
                    f"the value of {where}{option} cannot be evaluated "
                    f"({one_line(error) if encrypted or public else type(error).__name__})",
                    "Correct it, or write !unsafe before text that is not a template",
                ) from None
        return found

    def _add(self, host: dict[str, Any]) -> dict[str, Any]:
        """Adds a host without its computed groups; returns its variables without the computed ones."""
        name = host["name"]
        # Data from services is never a template, even if it comes from the cache, and never decides where a task runs.
        variables = {**as_data(host["variables"]), **_EVERY_HOST}
        self.inventory.add_host(name, group=host["group"])
        for variable, value in variables.items():
            self.inventory.set_variable(name, variable, value)
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=self.get_option("strict"))
        return variables

    def _add_groups(self, hosts: Mapping[str, Mapping[str, Any]]) -> None:
        """The computed groups of all hosts, by their variables.

        A customer may have chosen the name of a keyed group or of its parent. So the names in the file come first, then
        the computed parents, and no keyed group has one of these: it would get their hosts, or be its own parent.
        """
        groups, keyed = self.get_option("groups") or {}, self.get_option("keyed_groups") or []
        self._taken, self._named = frozenset(), []
        for name, variables in hosts.items():
            self._add_host_to_composed_groups(groups, variables, name, strict=self.get_option("strict"))
        said = [entry["parent_group"] for entry in keyed if isinstance(entry, Mapping) and entry.get("parent_group")]
        self._taken = frozenset(self._free_name(one) for one in (*groups, *said))
        parents = [self._parents(entry, hosts) for entry in keyed]
        self._taken |= {name for found in parents for name in found.values() if isinstance(name, str)}
        for entry, found in zip(keyed, parents, strict=True):
            for name, variables in hosts.items():
                self._add_keyed(entry, variables, name, found.get(name, ""))

    def _parents(self, entry: Any, hosts: Mapping[str, Mapping[str, Any]]) -> dict[str, str | Exception]:
        """By host, the parent of its keyed groups, or why that cannot be computed; nothing for one without a parent."""
        said = entry.get("parent_group") if isinstance(entry, Mapping) else None
        found: dict[str, str | Exception] = {}
        for name, variables in hosts.items() if said else ():
            known = combine_vars(variables, self.inventory.get_host(name).get_vars())
            extra = self._vars if self.get_option("use_extra_vars") else {}
            self.templar.available_variables = combine_vars(known, extra)
            try:
                parent = self.templar.template({"group": said}).get("group")
            except Exception as error:  # a filter may raise anything
                found[name] = error
                continue
            if parent:
                found[name] = self._free_name(parent, frozenset() if parent == said else self._taken)
        return found

    def _add_keyed(self, entry: Any, variables: Mapping[str, Any], name: str, parent: str | Exception) -> None:
        """Adds a host to its groups of an entry of keyed_groups, and these to their parent."""
        strict = self.get_option("strict")
        if isinstance(parent, Exception):
            if strict:
                raise AnsibleParserError(f"Could not compute parent_group for host {name}: {one_line(parent)}")
            return
        self._named = []
        alone = {**entry, "parent_group": None} if isinstance(entry, Mapping) else entry
        self._add_host_to_keyed_groups([alone], variables, name, strict=strict)
        for group in self._named if parent else []:
            self.inventory.add_group(parent)
            if parent in {one.name for one in self.inventory.groups[group].get_descendants()}:
                self.display.warning(
                    f"The group {group} is not in {parent}, which another inventory makes a part of it."
                )
            else:
                self.inventory.add_child(parent, group)

    def _sanitize_group_name(self, name: str) -> str:
        """The name of a computed group, for ansible-core."""
        safe = self._free_name(name, self._taken)
        self._named.append(safe)
        return safe

    def _free_name(self, name: str, taken: Collection[str] = ()) -> str:
        """A valid name for a group: no pattern, and not the name of something else.

        Otherwise a customer could choose a display name that puts it into a group, or that stands for another host.
        """
        safe = str(to_safe_group_name(one_line(name), force=True, silent=True)) or "_"
        while safe in self.inventory.hosts or safe in taken or safe.lower() in RESERVED:
            safe += "_"
        return safe


def _plain(value: Any) -> Any:
    """The value without tags and vaults."""
    return json.loads(json.dumps(value, default=str))


def _names_this(path: str) -> bool:
    """Whether a file names this plugin, although Ansible would not ask it because of the file's name."""
    # A pipe, as of `-i <(command)`, can be read once only, by the plugin that it is for.
    if not path.endswith((".yml", ".yaml")) or not Path(path).is_file():
        return False
    try:
        with Path(path).open("rb") as file:
            text = file.read(_HEAD).decode(errors="replace")
    except OSError:
        return False
    return re.search(rf"^plugin: *['\"]?{re.escape(_PLUGIN)}['\"]? *(#.*)?\r?$", text, re.MULTILINE) is not None
