# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page on permissions, from the needs of the modules.

python tools/permissions.py
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/docsite/rst/permissions.rst"
_HEAD = """..
  Copyright (c) 2026 intune.exchange contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. Made by tools/permissions.py: change it there.

.. _ansible_collections.intune.exchange.docsite.permissions:

Permissions
===========

The table lists what each module needs: application permissions of Microsoft Graph, and management roles of Exchange
Online. The permissions to read are enough in check mode, and if nothing has to change; those to write are additional.
Tests run each module on the simulated tenant with exactly these, and verify that each missing Microsoft Graph
permission is reported.

A module with Exchange Online roles in its row also needs the application permission ``Exchange.ManageAsApp`` of Office
365 Exchange Online. An application that only reads can have the directory role Global Reader instead of the
``View-Only`` roles.

If a permission includes another one, the table lists only the former: ``Organization.Read.All`` also reads the
subscriptions, so ``LicenseAssignment.Read.All`` is not in the table.

This command prints a request for the content that you use, as Markdown; ``-e permissions_folder=FOLDER`` writes it to a
folder, also as JSON. Specify modules, playbooks, rulebooks and entry points of roles; ``connector:main`` includes all
of its options:

.. code-block:: bash

   ansible-playbook intune.exchange.permissions -e permissions_for=connector:validate,mobile_device
   ansible-playbook intune.exchange.permissions -e permissions_for=mobile_access:audit -e permissions_write=false

Who grants what
---------------

Each step needs an administrator with the role in its row. The application cannot do any of these steps: without rights,
it cannot grant itself any. :ref:`First contact <ansible_collections.intune.exchange.docsite.guide_first_contact>` does
all of them with one command, or writes a script for whoever runs nothing else with such rights.

.. list-table::
   :header-rows: 1

   * - Step
     - Who
     - Portal
     - PowerShell
     - Ansible
   * - Register the application
     - Cloud Application Administrator
     - Microsoft Entra admin center, *App registrations*, *New registration*
     - ``New-MgApplication``, ``New-MgServicePrincipal``
     - ``intune.exchange.application``, by device code
   * - Grant consent to application permissions of Microsoft Graph
     - Privileged Role Administrator or Global Administrator. A Cloud Application Administrator cannot
     - *API permissions*, *Grant admin consent*
     - ``New-MgServicePrincipalAppRoleAssignment``;
       :ref:`check_access <ansible_collections.intune.exchange.docsite.check_access>` prints the complete command
     - ``intune.exchange.application_permissions``, by device code
   * - Grant consent to ``Exchange.ManageAsApp``
     - Cloud Application Administrator, since it is not a permission of Microsoft Graph, or one of the two above
     - *API permissions*, *APIs my organization uses*, *Office 365 Exchange Online*
     - ``New-MgServicePrincipalAppRoleAssignment``; check_access prints it
     - ``intune.exchange.application_permissions``, by device code
   * - Grant consent to delegated permissions, for sign-in by device code
     - Cloud Application Administrator
     - *API permissions*, *Delegated permissions*, *Grant admin consent*
     - ``New-MgOauth2PermissionGrant``; check_access prints it
     - none here
   * - Assign a directory role, such as Global Reader to read, User Administrator to set passwords, or Privileged
       Authentication Administrator for accounts of administrators
     - Privileged Role Administrator or Global Administrator
     - *Roles and administrators*, the role, *Add assignments*
     - ``New-MgRoleManagementDirectoryRoleAssignment``
     - none here
   * - Register it in Exchange Online
     - Exchange Administrator, or a member of Organization Management
     - none
     - ``New-ServicePrincipal -AppId ... -ObjectId ...``
     - ``intune.exchange.service_principal``, by device code
   * - Assign Exchange Online roles to it
     - anybody with a delegating assignment of the role or of its parent: by default a member of Organization
       Management, such as an Exchange Administrator. A delegating assignment allows its holder to assign a role, not to
       use it
     - Exchange admin center, *Roles*, *Admin roles* (people only)
     - ``New-ManagementRoleAssignment -App ... -Role ...``
     - ``intune.exchange.management_role_assignment``, by device code
   * - Allow it to assign a role itself
     - as above
     - none
     - ``New-ManagementRoleAssignment -App ... -Role ... -Delegating``
     - ``intune.exchange.exchange_cmdlet`` with this cmdlet, by device code

:ref:`Sign in <ansible_collections.intune.exchange.docsite.guide_sign_in>` has the complete commands. Sources: Microsoft
Entra, "Grant tenant-wide admin consent to an application" and "Least privileged roles by task"; Microsoft Exchange,
"App-only authentication for unattended scripts" and "Understanding management role assignments". Microsoft documents
``-App`` only for application roles. If Exchange Online refuses another role, add the application as a member to a role
group that has the role, with ``intune.exchange.role_group``.

In the first hour after organization customization was enabled, Exchange refuses everybody's role assignments. The
modules wait for two minutes, then fail with ``error.kind: not_ready``: run again in an hour.

Modules
-------

.. list-table::
   :header-rows: 1

   * - Module
     - To read
     - To write, in addition
     - Note
"""


def _data() -> Any:
    sys.path.insert(0, str(ROOT))  # its neighbours are imported by their package
    return importlib.import_module("plugins.plugin_utils._permissions")


def page() -> str:
    return _HEAD + "".join(_rows(_data().NEEDS))


def _rows(needs: Any) -> Iterator[str]:
    for name, one in sorted(needs.items()):
        link = f":ref:`{name} <ansible_collections.intune.exchange.{name}_module>`"
        cells = (link, _cell(one.read, one.exchange_read), _cell(one.write, one.exchange_write), one.note)
        yield "".join(f"   {'*' if not number else ' '} - {cell}".rstrip() + "\n" for number, cell in enumerate(cells))


def _cell(graph: Iterable[str], exchange: Iterable[str]) -> str:
    return ", ".join([*(f"``{one}``" for one in graph), *exchange])


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
