# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenant descriptions: readable YAML files, small ones extending others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ._wire import Json

SHIPPED = Path(__file__).parent / "tenants"


def shipped() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.yml"))


def describe(source: str | Path) -> tuple[str, Json]:
    """The name and the complete description of a shipped tenant, or of one in a file."""
    path = _locate(source)
    description = _merged(path, path.parent)
    return path.stem, _filled(description, description["domain"])


def _locate(source: str | Path) -> Path:
    shipped_path = SHIPPED / f"{source}.yml"
    if shipped_path.is_file():
        return shipped_path
    path = Path(source)
    if path.is_file():
        return path
    raise ValueError(f"no tenant description {source}: neither a file nor one of {', '.join(shipped())}")


def _merged(path: Path, beside: Path) -> Json:
    """The description in a file on top of what it extends: one in the same directory, or a shipped one."""
    own: Json = yaml.safe_load(path.read_text()) or {}
    base = own.pop("extends", None)
    if base is None:
        return own
    neighbour = beside / f"{base}.yml"
    return _overlaid(_merged(neighbour if neighbour.is_file() else _locate(base), beside), own)


def _overlaid(base: Any, overlay: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(overlay, dict)):
        return overlay
    return base | {key: _overlaid(base.get(key), value) for key, value in overlay.items()}


def _filled(value: Any, domain: str) -> Any:
    """The value with the tenant's domain in its place."""
    if isinstance(value, str):
        return value.replace("{domain}", domain)
    if isinstance(value, list):
        return [_filled(item, domain) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, domain) for key, item in value.items()}
    return value
