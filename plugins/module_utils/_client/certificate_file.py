# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contents of the file that the option certificate_path names."""

from __future__ import annotations

from .._core.connection import named
from .._core.errors import one_line, usage
from .._core.private_file import read_file


def read_certificate(path: str) -> bytes:
    """The contents of the file. Raises `TenantError`."""
    try:
        return read_file(path)
    except (OSError, ValueError) as error:  # the path may be invalid
        why = one_line(getattr(error, "strerror", None) or error)
        raise usage(
            f"the certificate file of {named('certificate_path')} cannot be read: {why}: {one_line(path)}",
            "Specify the path of a PEM or PFX file that this user can read",
        ) from error
