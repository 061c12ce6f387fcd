"""Giving all places of an inconsistency the wording that was chosen; times, ids and markup stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from crossreel.localize.timedtext.editing import substituted
from crossreel.localize.timedtext.model import Cue, Document
from crossreel.localize.timedtext.rules.profile import load_profile
from crossreel.localize.translate.composing import rebroken, worded
from crossreel.localize.translate.consistency import Episode, Inconsistency, Place, spoken_lines
from crossreel.localize.translate.inflection import words
from crossreel.localize.translate.memory import normalized
from crossreel.localize.translate.terms import Termbase
from crossreel.values.language import Language

__all__ = ["unified"]


def unified(
    episodes: Sequence[Episode],
    found: Sequence[Inconsistency],
    language: Language,
    *,
    terms: Termbase | None = None,
    profile: str = "netflix",
) -> list[tuple[Document, tuple[int, ...]]]:
    """Each episode's translation made consistent, and the numbers (from 0) of its cues that changed.

    Args:
        episodes: as they were looked at.
        found: what ``inconsistencies`` found in them; what is not fixable is left.
        language: of the translation.
        terms: the termbase; its terms are placed where that is safe (see ``terms``).
        profile: of the rules that new line breaks follow.
    """
    cues: dict[Place, Cue] = {}

    def at(place: Place) -> Cue:
        return cues.get(place) or episodes[place.episode].target.cues[place.cue]

    for one in found:
        if not one.fixable:
            continue
        for wording in one.wordings:
            if one.kind == "line" and normalized(wording.text) != normalized(one.chosen):
                cues |= {place: worded(at(place), one.chosen) for place in wording.places}
            elif one.kind == "name" and wording.text != one.chosen:
                cues |= {place: _renamed(at(place), wording.text, one.chosen) for place in wording.places}
    if terms is not None:
        lacking = {
            p for one in found if one.kind == "term" for w in one.wordings if not w.text for p in w.places
        }
        for line in spoken_lines(episodes):
            if line.place in lacking:
                text = " ".join(at(line.place).text.split())
                better = terms.enforced(line.source, text, lambda _: None)
                if better != text:
                    cues[line.place] = worded(at(line.place), better)
    return _made(episodes, cues, language, profile)


def _made(
    episodes: Sequence[Episode], cues: dict[Place, Cue], language: Language, profile: str
) -> list[tuple[Document, tuple[int, ...]]]:
    limits = load_profile(profile, language)
    by_episode: dict[int, dict[int, Cue]] = defaultdict(dict)
    for place, cue in cues.items():
        old = episodes[place.episode].target.cues[place.cue]
        if cue.text != old.text:
            by_episode[place.episode][place.cue] = rebroken(cue, limits)
    made = []
    for number, episode in enumerate(episodes):
        own = by_episode.get(number, {})
        new = tuple(own.get(place, cue) for place, cue in enumerate(episode.target.cues))
        made.append((replace(episode.target, cues=new), tuple(sorted(own))))
    return made


def _renamed(cue: Cue, old: str, new: str) -> Cue:
    changes = {start: (end - start, new) for start, end, word in words(cue.text) if word == old}
    return replace(cue, tree=substituted(cue.tree, changes), raw=None)
