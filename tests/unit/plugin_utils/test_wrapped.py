# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of a terminal: text to be copied is not wrapped."""

from __future__ import annotations

import pytest

from ansible_collections.intune.exchange.plugins.plugin_utils._wrapped import wrapped

PATH = "/home/somebody/.config/intune-exchange/" + "0123456789abcdef" * 5 + "-intune-exchange.pem"


@pytest.mark.parametrize(
    "start", ["Command: cat ", "export AZURE_CLIENT_CERTIFICATE_PATH=", "ansible-playbook -e file="]
)
def test_a_command_stays_on_one_line(start: str) -> None:
    assert wrapped(start + PATH) == [start + PATH]


def test_a_path_is_not_broken() -> None:
    lines = wrapped(f"The key file {PATH} is not removed, since other tools may use it.")
    assert len(lines) == 3 and lines[1].strip() == PATH and all(line.startswith("    ") for line in lines[1:])
