# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections and sign-ins are what these tests are about, so each has its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator import Simulator


@pytest.fixture
def sharing() -> Callable[[Simulator, str], dict[str, Any]]:
    return lambda simulator, tenant: {}
