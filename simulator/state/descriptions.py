# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenant descriptions: readable YAML files, small ones extending others."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .description_check import problems, without_removed
from .description_kinds import Known, meant, shown
from .http_messages import Json
from .snapshot_text import LARGEST, TooLarge, as_utf8, parsed_snapshot
from .snapshots import FORMAT, twin_description

_HEAD = 65_536  # bytes that contain the first lines
_LARGEST = 4 * 1024 * 1024  # bytes of a description that is not a snapshot, which people write
# What the description of a copy has beside the keys of the table.
_OF_A_SNAPSHOT = ("snapshot", "domains", "tenant_id")
SHIPPED = Path(__file__).parents[1] / "tenants"
# in C if PyYAML was built with it: ten times as fast
_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Of a text that YAML cannot read, such as !!bool x or one that is not UTF-8.
_UNREADABLE = (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class _Loader(_SAFE):
    """A loader that refuses a key twice in one mapping, of which YAML would keep the last one without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        names = Counter(key.value for key, _value in pairs if isinstance(key, yaml.ScalarNode))
        if twice := next((name for name, number in names.items() if number > 1 and name != "<<"), None):
            raise yaml.constructor.ConstructorError(None, None, f"duplicate key {twice}", node.start_mark)
        return super().construct_mapping(node, deep)


def shipped() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.yml"))


def describe(source: str | Path, known: Known | None = None) -> list[tuple[str, Json]]:
    """Name and complete description of a shipped tenant, or of one in a file; `SOURCE*N` gives N of its kind.

    Raises ValueError for a wrong one. Names such as permissions are checked if they are `known`.
    """
    plain, star, count = str(source).rpartition("*")
    if star and not (count.isdigit() and int(count)):
        raise ValueError(f"{source} must end in *N, for how many tenants of this kind there are")
    path = _locate(plain if star else source)
    if (snapshot := _snapshot(path)) is not None:
        if star:
            raise ValueError(f"{source} is a snapshot, of which there is one tenant")
        try:
            twin = twin_description(snapshot, _merged(SHIPPED / "ready.yml", {}))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        return [(path.stem, _filled(twin, twin["domain"]) | {"snapshot": snapshot})]
    description = _merged(path, known or {})
    lacking = sorted(_merged(SHIPPED / "ready.yml", {}).keys() - description.keys())
    if lacking:
        first = "domain" if "domain" in lacking else lacking[0]
        raise ValueError(f"{path} is not a description of a tenant: it has no {first}, and no extends, such as ready")
    _check(path, description, known or {}, complete=True)
    description = without_removed(description)
    if not star:
        return [(path.stem, _filled(description, description["domain"]))]
    return [
        (f"{path.stem}-{number}", _filled(_copy(description, number), _copied_domain(description["domain"], number)))
        for number in range(1, int(count) + 1)
    ]


def _check(path: Path | str, description: Json, known: Known, *, complete: bool) -> None:
    if found := problems(description, known, complete=complete):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise ValueError(f"{path}: {found[0]}{more}")


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


def laid_over(description: Json, more: Json, known: Known) -> Json:
    """A complete description with more merged into it; its domain stays. Raises ValueError for a wrong one."""
    # The data of a snapshot has no placeholders.
    own = {name: value for name, value in description.items() if name not in _OF_A_SNAPSHOT}
    kept = {name: value for name, value in description.items() if name in _OF_A_SNAPSHOT}
    merged: Json = _overlaid(own, more | {"domain": own["domain"]})
    # A copy is not described by names.
    _check("the description", more if kept else merged, known, complete=not kept)
    found: Json = _filled(without_removed(merged), own["domain"])
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
        raise ValueError(f"{path} is not a complete snapshot: {error}") from error
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None


def _locate(source: str | Path) -> Path:
    shipped_path = SHIPPED / f"{source}.yml"
    if shipped_path.is_file():
        return shipped_path
    path = Path(source)
    if path.is_file():
        return path
    near = meant(str(source), shipped(), most=len(shipped()))
    raise ValueError(f"no tenant description {source}: neither a file nor one of the included tenants. {near}")


def _base(path: Path, name: str) -> Path:
    """What a description extends: an included one by its name, a file beside it by its name with the ending."""
    if name.endswith((".yml", ".yaml")):
        if (file := path.parent / name).is_file():
            return file
        raise ValueError(f"{path} extends {name}, and there is no such file in {path.absolute().parent}")
    if name in shipped():
        return SHIPPED / f"{name}.yml"
    if (path.parent / f"{name}.yml").is_file():
        raise ValueError(f"{path} extends {name}, which is not an included tenant. Did you mean the file {name}.yml?")
    near = meant(name, shipped(), most=len(shipped()))
    raise ValueError(f"{path} extends {name}, which is not an included tenant; a file needs its ending .yml. {near}")


def _merged(path: Path, known: Known, extending: tuple[Path, ...] = ()) -> Json:
    """The description in a file merged into the one it extends."""
    if path.resolve() in extending:
        raise ValueError(f"{path} extends itself, through {', '.join(one.name for one in extending)}")
    own = _read(path)
    if path.parent != SHIPPED:
        _check(path, own, known, complete=False)
    if "extends" not in own:
        return own
    base = _merged(_base(path, own.pop("extends")), known, (*extending, path.resolve()))
    return _overlaid(base, own)


def _read(path: Path) -> Json:
    """A copy of the mapping in a file."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise ValueError(f"{path} has more than {_LARGEST} bytes, and no description of a tenant may have more")
    try:
        found = _parsed(content.decode("utf-8"))
    except _UNREADABLE as error:
        said = " ".join(str(error).replace(' in "<unicode string>",', " at").split())
        raise ValueError(f"{path} is not a description of a tenant in YAML: {said}") from error
    if isinstance(found, list):
        raise ValueError(f"{path} is not a description of a tenant but a list, as a playbook is")
    if not isinstance(found, dict):
        words = f"{shown(found)} is not a mapping, such as extends: ready"
        raise ValueError(f"{path} is not a description of a tenant: {words}")
    if found.get("format") == FORMAT:
        raise ValueError(f"{path} is a snapshot, which no description can extend")
    return dict(found)


@lru_cache
def _parsed(text: str) -> Any:
    """The content of a file. Shared: callers copy it (`_filled`)."""
    found = yaml.load(text, _Loader)
    return {} if found is None else found


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
