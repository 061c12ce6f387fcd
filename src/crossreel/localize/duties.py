"""Legal duties by territory: dated rows with their sources, and which territories were looked up at all."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["Duty", "duties_of", "looked_up"]


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty.

    Args:
        kind: of asset, see ``versions.KINDS``.
        scope: ``streaming`` or ``cinema``.
        force: ``binding``, ``later`` or ``objective``.
        rule: what is asked, in words.
        source: where it stands.
        url: where that was read.
        read: when, year and month.
        language: of the asset; None is the main one there.
    """

    kind: str
    scope: str
    force: str
    rule: str
    source: str
    url: str
    read: str
    language: Language | None = None

    @property
    def is_needed(self) -> bool:
        """Whether a streaming service has to have it now."""
        return self.scope == "streaming" and self.force == "binding"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "language": str(self.language) if self.language else None}


def duties_of(territory: Territory) -> tuple[Duty, ...]:
    """What was found for a territory; empty also where nobody looked (see ``looked_up``)."""
    return _table().get(territory.code, ())


def looked_up(territory: Territory) -> bool:
    """Whether its law was looked up."""
    return territory.code in _table()


@cache
def _table() -> Mapping[str, tuple[Duty, ...]]:
    text = files("crossreel.localize").joinpath("duties.toml").read_text(encoding="utf-8")
    found: dict[str, tuple[Duty, ...]] = {}
    for row in tomllib.loads(text)["duty"]:
        tongue = row.pop("language", None)
        codes = row.pop("territories")
        duty = Duty(**row, language=Language.parse(tongue) if tongue else None)
        for code in codes:
            found[Territory.parse(code).code] = (*found.get(code, ()), duty)
    return found
