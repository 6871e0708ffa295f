# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenant descriptions: readable YAML files, small ones extending others."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .http_messages import Json
from .snapshot_text import LARGEST, TooLarge, as_utf8, parsed_snapshot
from .snapshots import FORMAT, twin_description

_HEAD = 65_536  # bytes that contain the first lines
_LARGEST = 4 * 1024 * 1024  # bytes of a description that is no snapshot, which people write
SHIPPED = Path(__file__).parents[1] / "tenants"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C if PyYAML was built with it: ten times as fast
# Of a text that YAML cannot read, such as !!bool x or one that is no UTF-8, and of a value that is no mapping.
_NO_MAPPING = (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def shipped() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.yml"))


def describe(source: str | Path) -> list[tuple[str, Json]]:
    """Name and complete description of a shipped tenant, or of one in a file; `SOURCE*N` gives N of its kind."""
    plain, star, count = str(source).rpartition("*")
    if star and not (count.isdigit() and int(count)):
        raise ValueError(f"{source} must end in *N, for how many tenants of this kind there are")
    path = _locate(plain if star else source)
    if (snapshot := _snapshot(path)) is not None:
        if star:
            raise ValueError(f"{source} is a snapshot, of which there is one tenant")
        base = _merged(SHIPPED / "ready.yml", SHIPPED)
        try:
            twin = twin_description(snapshot, base)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        return [(path.stem, _filled(twin, twin["domain"]) | {"snapshot": snapshot})]
    description = _merged(path, path.parent)
    lacking = sorted(_merged(SHIPPED / "ready.yml", SHIPPED).keys() - description.keys())
    if lacking:
        first = "domain" if "domain" in lacking else lacking[0]
        raise ValueError(f"{path} is no description of a tenant: it has no {first}, and no extends, such as ready")
    if not star:
        return [(path.stem, _filled(description, description["domain"]))]
    return [
        (f"{path.stem}-{number}", _filled(_copy(description, number), _copied_domain(description["domain"], number)))
        for number in range(1, int(count) + 1)
    ]


def _copy(description: Json, number: int) -> Json:
    """Another organization of the same kind; the applications of the first are registered in none and known to all."""
    home = description["domain"]
    return description | {
        "domain": _copied_domain(home, number),
        "display_name": f"{description['display_name']} {number}",
        "application": {"home": home, **description["application"]},
        "applications": {name: {"home": home, **one} for name, one in description["applications"].items()},
    }


def _copied_domain(domain: str, number: int) -> str:
    label, _unused, rest = domain.partition(".")
    return f"{label}-{number}.{rest}"


def laid_over(description: Json, more: Json) -> Json:
    """A complete description with more merged into it; its domain stays."""
    # The data of a snapshot has no placeholders.
    own = {name: value for name, value in description.items() if name != "snapshot"}
    kept = {name: value for name, value in description.items() if name == "snapshot"}
    found: Json = _filled(_overlaid(own, more | {"domain": own["domain"]}), own["domain"])
    return found | kept


def _snapshot(path: Path) -> Json | None:
    """The content of a snapshot file. Raises ValueError for an invalid one."""
    if path.parent == SHIPPED:
        return None
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if FORMAT.encode() not in b"\n".join(as_utf8(head, "ignore").split(b"\n")[:10]):
                return None
            if (size := path.stat().st_size) > LARGEST:
                raise TooLarge(f"has {size} bytes, and no snapshot has more than {LARGEST}")
            content = head + file.read(LARGEST)
        found = parsed_snapshot(content)
    except TooLarge as error:
        raise ValueError(f"{path} {error}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"{path} is no whole snapshot: {error}") from error
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None


def _locate(source: str | Path) -> Path:
    shipped_path = SHIPPED / f"{source}.yml"
    if shipped_path.is_file():
        return shipped_path
    path = Path(source)
    if path.is_file():
        return path
    raise ValueError(f"no tenant description {source}: neither a file nor one of {', '.join(shipped())}")


def _merged(path: Path, beside: Path) -> Json:
    """The description in a file merged into the one it extends: another one in the same directory, or a shipped one."""
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError(f"{path} has more than {_LARGEST} bytes, and no description of a tenant may have more")
    try:
        own = dict(_parsed(content.decode("utf-8")))
    except _NO_MAPPING as error:
        raise ValueError(f"{path} is no description of a tenant in YAML: {error}") from error
    base = own.pop("extends", None)
    if base is None:
        return own
    neighbour = beside / f"{base}.yml"
    # A file may have the name of the shipped one that it extends.
    other = neighbour.is_file() and not neighbour.samefile(path)
    return _overlaid(_merged(neighbour if other else _locate(base), beside), own)


@lru_cache
def _parsed(text: str) -> Json:
    """The content of a file. Shared: callers copy it (`_filled`)."""
    found: Json = yaml.load(text, _LOADER) or {}
    return found


def _overlaid(base: Any, overlay: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(overlay, dict)):
        return overlay
    return base | {key: _overlaid(base.get(key), value) for key, value in overlay.items()}


def _filled(value: Any, domain: str) -> Any:
    """The value with the tenant's domain filled in."""
    if isinstance(value, str):
        return value.replace("{domain}", domain)
    if isinstance(value, list):
        return [_filled(item, domain) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, domain) for key, item in value.items()}
    return value
