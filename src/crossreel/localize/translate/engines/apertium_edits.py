"""Which edits an Apertium mode gets between its programs, by its two languages."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from crossreel.localize.translate.engines.apertium_brazilian import spoken_in_brazil, with_subjects
from crossreel.localize.translate.engines.apertium_english import decided
from crossreel.localize.translate.engines.apertium_french import decided_french, said_in_spanish
from crossreel.localize.translate.engines.apertium_portuguese import decided_spanish, spoken_portuguese
from crossreel.localize.translate.engines.apertium_register import STEERED, addressed
from crossreel.localize.translate.engines.apertium_spanish import spoken
from crossreel.localize.translate.engines.apertium_stages import Edit, joined, units_in

__all__ = ["edits_for"]

_CODES = {"eng": "en", "spa": "es", "por": "pt", "fra": "fr"}


def edits_for(mode: str, texts: Sequence[str], registers: Sequence[str]) -> dict[str, Edit]:
    """The edits of ``run_stages`` for a mode such as ``eng-spa`` and the texts that go through it."""
    one, _, two = mode.partition("-")
    source, target = (_CODES.get(code.split("_")[0], code.split("_")[0]) for code in (one, two))
    edits: dict[str, Edit] = {}
    if source == "en":
        edits["analyzed"] = lambda _number, stream: decided(stream)
    if source == "fr":
        edits["analyzed"] = lambda _number, stream: decided_french(stream)
    if source == "es":
        brazil = two == "pt_BR"
        edits["analyzed"] = lambda _number, stream: (
            with_subjects(decided_spanish(stream)) if brazil else decided_spanish(stream)
        )
    if f"{source}-{target}" in _wordings():
        edits["chosen"] = lambda _number, stream: reworded(stream, f"{source}-{target}")

    def last(number: int, stream: str) -> str:
        if target == "es" and source in ("en", "fr"):
            stream = spoken(stream, texts[number], orders=source == "en")
        if target == "es" and source == "fr":
            stream = said_in_spanish(stream)
        if target == "pt":
            stream = spoken_portuguese(stream)
            if two == "pt_BR":
                stream = spoken_in_brazil(stream)
        if registers[number] and target in STEERED:
            stream = addressed(stream, target, registers[number])
        return stream

    if target in STEERED:
        edits["transferred"] = last
    return edits


@lru_cache(maxsize=1)
def _wordings() -> dict[str, dict[str, str]]:
    raw = (files("crossreel.localize.translate.engines") / "apertium_wordings.toml").read_text(
        encoding="utf-8"
    )
    return {pair: {key: new for key, new in entry.items()} for pair, entry in tomllib.loads(raw).items()}


def reworded(stream: str, pair: str) -> str:
    """The stream with other target words for some source words, before words agree and are put in order."""
    table = _wordings()[pair]
    units, rest = units_in(stream)
    for unit in units:
        lemma, _, tags = unit.surface.partition("<")
        first = tags.partition("><")[0]
        new = table.get(f"{lemma.lower()} {first.rstrip('>')}")
        if new is None or not unit.readings:
            continue
        word, _, kind = new.partition("<")
        head = word[:1].upper() + word[1:] if lemma[:1].isupper() else word
        old = unit.readings[0].partition("<")[2].split("><")
        # what follows the class and its gender (number, tense, person) stays the dictionary's
        kept = [tag.rstrip(">") for tag in old[1:]]
        if kept[:1] and kept[0] in ("m", "f", "mf", "GD"):
            del kept[0]
        unit.readings = [head + "".join(f"<{tag}>" for tag in (*kind.rstrip(">").split("><"), *kept))]
    return joined(units, rest)
