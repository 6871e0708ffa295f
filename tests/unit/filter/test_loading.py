# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to load the filters: Ansible loads all of a collection for the first that is used, in each worker."""

from __future__ import annotations

from tests.processes import printed

_FILTERS = "ansible_collections.intune.exchange.plugins.filter"
_PACKAGES = "ansible_collections.intune.exchange.plugins.module_utils."
_LOAD_ALL = f"""
import importlib, pkgutil, sys
import {_FILTERS} as filters
for one in pkgutil.iter_modules(filters.__path__):
    importlib.import_module("{_FILTERS}." + one.name)
print(*sorted(name for name in sys.modules if name.startswith("{_PACKAGES}")))
"""


def test_what_only_one_filter_needs_is_imported_when_it_is_called() -> None:
    imported = printed(_LOAD_ALL)
    packages = {name.removeprefix(_PACKAGES).split(".")[0] for name in imported}
    assert "_core" in packages
    assert not packages & {"_snapshot", "_fleet", "_rehearsal", "_assessment", "_client", "_http", "_engine"}
    assert f"{_PACKAGES}_conditional_access.rules" not in imported
