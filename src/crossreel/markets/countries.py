"""Country facts: people, money, internet and languages, from ``countries.json`` with its sources and dates.

Language shares are CLDR's: the part of the population that uses a language, first or second, so the shares
of a country may add up to more than 1.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crossreel.errors import UnknownId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["Country", "LanguageShare", "countries", "country", "sources"]


@dataclass(frozen=True, slots=True)
class LanguageShare:
    """Who uses a language in one country.

    Args:
        language: CLDR's tag, which names a script where a country writes two.
        share: of the population, 0 to 1.
        is_official: nationally, by law or in fact.
    """

    language: Language
    share: float
    is_official: bool


@dataclass(frozen=True, slots=True)
class Country:
    """One territory.

    Args:
        territory: ISO 3166-1.
        population: people.
        gdp: US dollars a year at purchasing power parity.
        internet: share of people online, 0 to 1; None where nobody says.
        internet_year: of that share.
        languages: by share, the largest first.
    """

    territory: Territory
    population: int
    gdp: int
    internet: float | None
    internet_year: int | None
    languages: tuple[LanguageShare, ...]

    def speakers(self, language: Language) -> float:
        """Share of people who use the language (whatever its region or script), 0 to 1."""
        return min(1.0, sum(one.share for one in self.languages if one.language.primary == language.primary))

    @property
    def online(self) -> float:
        """People online; all of them where the share is unknown."""
        return self.population * (1.0 if self.internet is None else self.internet)


@cache
def _file() -> dict[str, Any]:
    text = files("crossreel.markets").joinpath("countries.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def sources() -> dict[str, str]:
    """Where the facts are from."""
    found: dict[str, str] = _file()["sources"]
    return {**found, "read": _file()["as_of"]}


@cache
def countries() -> dict[Territory, Country]:
    """Every territory there are facts of, by code."""
    return {Territory(code): _country(code, facts) for code, facts in _file()["territories"].items()}


def country(territory: Territory) -> Country:
    """One country. Raises ``UnknownId`` where CLDR has no facts of it."""
    found = countries().get(territory)
    if found is None:
        raise UnknownId("country fact", territory.code)
    return found


def _country(code: str, facts: dict[str, Any]) -> Country:
    spoken = tuple(
        LanguageShare(Language.parse(tag), percent / 100, status == "o")
        for tag, (percent, status) in facts["languages"].items()
    )
    internet = facts["internet"]
    return Country(
        Territory(code),
        facts["population"],
        facts["gdp"],
        None if internet is None else internet / 100,
        facts["internet_year"],
        spoken,
    )
