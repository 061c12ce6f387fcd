"""Readings of French words that Apertium's tagger often gets wrong in speech, decided before it chooses.

Orders ("Choisissez un outil") are statements to it, "tu" before a verb a participle of taire, "cela" a form
of celer. Written on the development films only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crossreel.localize.translate.engines.apertium_stages import Unit, joined, units_in

__all__ = ["decided_french"]

_ORDER = re.compile(r"<v[a-z]+><imp>")
_BEFORE = frozenset(("et", "ou", "puis", "alors", "maintenant", "ensuite", "ne", "n'", "donc", "mais", ","))
_ASKED = re.compile(r"<imp><p2><pl>\+vous<prn><enc>.*$")
_ACTS = frozenset(
    ("je", "j'", "il", "elle", "on", "nous", "ils", "elles", "ne", "n'", "qui", "pour", "de", "à")
)
_PRONOUNS = frozenset(("tu", "cela", "ça"))


def decided_french(stream: str) -> str:
    """The stream of one French text with fewer readings."""
    units, rest = units_in(stream)
    asks = "?<sent>" in stream
    begins = True
    for place, unit in enumerate(units):
        word = unit.surface.lower()
        before = units[place - 1].surface.lower() if place else ""
        if "<sent>" in "".join(unit.readings[:1]):
            begins = True
            continue
        if word in _PRONOUNS:
            _only(unit, "<prn>")
        if word == "vous" and before in _ACTS:
            _only(unit, "<prn><pro>")
        if asks:  # where are you going: no order to oneself
            unit.readings = [_ASKED.sub("<pri><p2><pl>", reading) for reading in unit.readings]
        begins = begins or (before == "," and word.endswith("ez"))
        order = [reading for reading in unit.readings if _ORDER.search(reading)]
        if begins and order and (word.endswith("ez") or not _has(unit.readings, "<n>")):
            unit.readings = order
            begins = False
        elif word not in _BEFORE:
            begins = False
    return joined(units, rest)


def _has(readings: Sequence[str], tag: str) -> bool:
    return any(tag in reading for reading in readings)


def _only(unit: Unit, tag: str) -> None:
    unit.readings = [reading for reading in unit.readings if tag in reading] or unit.readings
