"""Who speaks to whom, and how they must: the termbase's entries of the kind ``address``, applied to a film.

The speaker is the cue's voice tag (``<v Ada>``, a TTML agent) or a label before the words ("ADA: ..."). The
one spoken to is whoever is called by name in the line ("Come, Ada!"); else the other speaker nearest in
time, who spoke last or speaks next within 20 seconds. An entry from or to ``*`` holds for everybody without
one of their own; in a file that names no speaker only those apply.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from crossreel.localize.timedtext.model import Cue, speakers
from crossreel.localize.translate.inflection import folded
from crossreel.localize.translate.lines import Reason
from crossreel.localize.translate.register import Register, Wanted, register_reasons
from crossreel.localize.translate.terms import Term, Termbase
from crossreel.localize.translate.units import pieces_of
from crossreel.values.language import Language

__all__ = ["Turn", "spoken_by", "turn_reasons", "wanted_registers"]

Turn = tuple[int, int]
"""Place of a cue, and which dialogue line of it."""

_EVERYBODY = frozenset(("", "*"))
_LABEL = re.compile(
    r"^[-‐–—]?\s*[\[(]?([^\W\d_][^\[\]():\n]{0,30}?)[\])]?\s*[:\]]\s*\S|^[\[(]([^\])\n]{2,30})[\])]"
)
_CALLED = r"(?:^|[,.!?¡¿:—–-]\s*|\b(?:oh|hey|dear)\s+){}\s*(?:[,.!?…:—–]|$)"
"""A name that calls somebody: set off by marks on both sides, not merely mentioned."""
_FAR = 20.0
_NEAR = 8


def _key(name: str) -> str:
    return "" if name.strip() in _EVERYBODY else folded(name.strip())


class _Pairs:
    """The entries by (speaker, addressee), both folded and empty for everybody."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.by_pair = {(_key(term.source), _key(term.note)): term for term in terms}
        self.names = {name for pair in self.by_pair for name in pair if name}
        self.called = {name: re.compile(_CALLED.format(re.escape(name))) for name in sorted(self.names)}

    def wanted(self, speaker: str, addressees: Sequence[str]) -> Wanted | None:
        """The first entry that holds: to one of them in turn, to everybody; from them, from everybody."""
        for one in (speaker, "") if speaker else ("",):
            for other in (*addressees, ""):
                term = self.by_pair.get((one, other))
                if term is not None:
                    register: Register = "formal" if term.target.casefold() == "formal" else "informal"
                    return Wanted(register, _shown(term.source), _shown(term.note))
        return None


def _shown(name: str) -> str:
    return "" if name.strip() in _EVERYBODY else name.strip()


def spoken_by(cues: Sequence[Cue], names: frozenset[str] | set[str]) -> dict[Turn, str]:
    """The speaker (folded) of each turn, where voice tags say so or a label is one of ``names`` (folded)."""
    found: dict[Turn, str] = {}
    for place, cue in enumerate(cues):
        turns: dict[int, str] = {}
        for piece in pieces_of(cue, place):
            turns.setdefault(piece.turn, piece.text)
        told = [folded(name) for name in speakers(cue.tree)]
        for number, (turn, text) in enumerate(turns.items()):
            match = _LABEL.match(text)
            label = folded((match.group(1) or match.group(2) or "").strip()) if match else ""
            if told:
                found[place, turn] = told[min(number, len(told) - 1)]
            elif label in names:
                found[place, turn] = label
    return found


def wanted_registers(cues: Sequence[Cue], terms: Termbase | None) -> Mapping[Turn, Wanted]:
    """How each turn of a file must speak; turns that no entry is about are left out."""
    entries = [term for term in terms.terms if term.kind == "address"] if terms is not None else []
    if not entries:
        return {}
    pairs = _Pairs(entries)
    who = spoken_by(cues, pairs.names)
    places = sorted(who)
    found: dict[Turn, Wanted] = {}
    for place, cue in enumerate(cues):
        for turn in dict.fromkeys(piece.turn for piece in pieces_of(cue, place)):
            speaker = who.get((place, turn), "")
            text = folded(" ".join(cue.text.split()))
            named = [name for name, called in pairs.called.items() if name != speaker and called.search(text)]
            wanted = pairs.wanted(speaker, [*named, *_partners((place, turn), who, places, cues)])
            if wanted is not None:
                found[place, turn] = wanted
    return found


def turn_reasons(cue: Cue, place: int, language: Language, wanted: Mapping[Turn, Wanted]) -> list[Reason]:
    """What is wrong with how a translated cue speaks; its place counts as that of its source."""
    found: list[Reason] = []
    texts: dict[int, list[str]] = {}
    for piece in pieces_of(cue, place):
        texts.setdefault(piece.turn, []).append(piece.text)
    for turn, parts in texts.items():
        found += register_reasons(" ".join(parts), language, wanted.get((place, turn)))
    return found


def _partners(at: Turn, who: Mapping[Turn, str], places: Sequence[Turn], cues: Sequence[Cue]) -> list[str]:
    """The other speakers near a turn, those before it first (whom it answers), the nearest first."""
    speaker = who.get(at)
    if speaker is None:
        return []
    here = bisect_left(places, at)

    def others(turns: Sequence[Turn]) -> list[str]:
        return [
            who[turn]
            for turn in turns
            if who[turn] != speaker and abs(float(cues[turn[0]].start - cues[at[0]].start)) <= _FAR
        ]

    before = others(places[max(0, here - _NEAR) : here][::-1])
    after = others(places[here + 1 : here + 1 + _NEAR])
    return [*before[:1], *after[:1], *before[1:], *after[1:]]
