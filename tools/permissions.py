# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page on permissions, from what the modules need.

python tools/permissions.py
"""

from __future__ import annotations

import importlib.util
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

What each module needs: application permissions of Microsoft Graph, and management roles of Exchange Online. Reading is
enough in check mode, and to find that nothing has to change; writing comes on top. Tests run each module on the
simulated tenant with exactly these, and see that each missing permission of Microsoft Graph is named.

Whatever has roles of Exchange Online in its row also needs the application permission ``Exchange.ManageAsApp`` of
Office 365 Exchange Online. An application that only reads can have the directory role Global Reader instead of the
``View-Only`` roles.

A request for the content that you use, as Markdown and as JSON. Modules, playbooks and entry points of roles can be
named; ``connector:main`` counts with all that it can be told to do:

.. code-block:: bash

   ansible-playbook intune.exchange.permissions -e '{"content": ["connector:validate", "mobile_device"]}'
   ansible-playbook intune.exchange.permissions -e '{"content": ["mobile_access:audit"]}' -e write=false

Modules
-------

.. list-table::
   :header-rows: 1

   * - Module
     - To read
     - To write, on top of it
     - Note
"""


def _data() -> Any:
    path = ROOT / "plugins/plugin_utils/_permissions.py"
    spec = importlib.util.spec_from_file_location("_permissions", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["_permissions"] = module
    spec.loader.exec_module(module)
    return module


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
