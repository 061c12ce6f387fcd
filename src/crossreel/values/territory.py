"""``Territory``: where something may be shown, and the named groups of territories."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self
from zoneinfo import ZoneInfo

from crossreel.errors import BadValue

__all__ = ["WORLD", "Territory", "all_territories", "expand", "group_names"]

WORLD = "WORLD"
"""The name of the group that holds every current territory."""


@cache
def _table() -> dict[str, Any]:
    text = files("crossreel.values").joinpath("territories.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


@dataclass(frozen=True, slots=True, order=True)
class Territory:
    """An ISO 3166-1 alpha-2 code, such as ``BR``. Build one with ``Territory.parse``."""

    code: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads one current territory, in any case. Raises ``BadValue`` for anything else."""
        code = text.strip().upper() if text.isascii() else ""
        if code == "UK":
            code = "GB"
        if code not in _table()["zones"]:
            raise BadValue(
                "territory",
                text,
                "a current ISO 3166-1 alpha-2 code such as DE, BR or JP",
                advice="A group such as WORLD or EU is only accepted where many may be named.",
            )
        return cls(code)

    @classmethod
    def parse_origin(cls, text: str) -> Self:
        """Reads a production country: a current code, or a former one such as ``SU`` or ``CS``."""
        code = text.strip().upper()
        return cls(code) if code in _table()["formerly_used"] else cls.parse(text)

    @property
    def zone(self) -> ZoneInfo:
        """The territory's reference time zone, whose midnights open and close license dates."""
        return ZoneInfo(_table()["zones"][self.code])

    def __str__(self) -> str:
        return self.code


@cache
def all_territories() -> tuple[Territory, ...]:
    """Every current territory, by code (249)."""
    return tuple(Territory(code) for code in sorted(_table()["zones"]))


@cache
def group_names() -> tuple[str, ...]:
    """The named groups: WORLD and the regions and unions of ``territories.json``."""
    return (WORLD, *sorted(_table()["groups"]))


@cache
def _members(name: str) -> frozenset[Territory]:
    if name == WORLD:
        return frozenset(all_territories())
    groups = _table()["groups"]
    if name in groups:
        return frozenset(Territory(code) for code in groups[name].split())
    return frozenset({Territory.parse(name)})


def expand(names: Iterable[str]) -> frozenset[Territory]:
    """The territories that codes and group names stand for together.

    Raises:
        BadValue: a name is neither a territory nor a group (``group_names()`` lists those).
    """
    found: set[Territory] = set()
    for name in names:
        try:
            found |= _members(name.strip().upper() if name.isascii() else "")
        except BadValue as error:
            raise BadValue(
                "territory or group",
                name,
                "an ISO 3166-1 alpha-2 code or one of " + ", ".join(group_names()),
            ) from error
    return frozenset(found)
