"""Forced narratives: text that a viewer must be able to read though subtitles are off.

They are taken from cues that are marked so (``forcedDisplay`` in TTML and IMSC, the class ``forced`` around a
whole cue in WebVTT), or drafted from text that was seen in the picture. A draft is a proposal for people:
what belongs to the plot is theirs to say.

What makes a draft: a text of at least two letters, seen for a quarter of a second or more and read with
some certainty, that is no burned-in subtitle of what is being said and no roll of credits. A text that
goes on through a cut is one cue; one is shown for at least five sixths of a second and at most seven
seconds, as other subtitles are (Netflix, Timed Text Style Guide: General Requirements, read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Any, Final

from crossreel.errors import BadValue
from crossreel.localize.timedtext.model import Cue, Document, Span, cue_of
from crossreel.values.language import Language

__all__ = ["Draft", "ScreenText", "forced_cues", "is_forced", "narratives_of", "screen_texts"]

_LEAST_SEEN, _SURE = Fraction(1, 4), 0.5
_SHORTEST, _LONGEST = Fraction(5, 6), Fraction(7)
_JOINED: Final = Fraction(1)
"""Seconds between two sightings of one text that are still one."""
_ALIKE = 0.75
_CROWD, _CROWD_SECONDS = 6, Fraction(10)
"""So many different texts within so many seconds are a roll of credits."""


@dataclass(frozen=True, slots=True)
class ScreenText:
    """A text that was seen in the picture: seconds, certainty 0 to 1, language where it could be told."""

    start: Fraction
    end: Fraction
    text: str
    score: float = 1.0
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Proposed cues in the language of the picture, and what was left out and why."""

    cues: tuple[Cue, ...]
    notes: tuple[str, ...] = ()


def is_forced(cue: Cue) -> bool:
    """Whether a cue is marked as a forced narrative."""
    only = [node for node in cue.tree if not (hasattr(node, "text") and not str(node.text).strip())]
    return cue.forced or (
        bool(only) and all(isinstance(node, Span) and "forced" in node.classes for node in only)
    )


def forced_cues(document: Document) -> tuple[Cue, ...]:
    """The cues that are marked as forced narratives, in order."""
    return tuple(replace(cue, forced=True) for cue in document.cues if is_forced(cue))


def screen_texts(analysis: Mapping[str, Any]) -> list[ScreenText]:
    """What ``video analyze --json`` read in the picture.

    Raises:
        BadValue: the document lists no ``onscreen_text``.
    """
    found = analysis.get("onscreen_text")
    if not isinstance(found, list):
        raise BadValue("analysis", "onscreen_text", "a list, as crossreel video analyze writes it")
    try:
        return [
            ScreenText(
                Fraction(str(one["start"])),
                Fraction(str(one["end"])),
                " ".join(str(one["label"]).split()),
                float(one.get("score", 1.0)),
                Language.parse(one["language"]) if one.get("language") else None,
            )
            for one in found
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise BadValue("text of the analysis", str(error), "start, end and label") from error


def narratives_of(texts: Iterable[ScreenText], spoken: Document | None = None) -> Draft:
    """A draft of forced narratives from what was seen in the picture.

    Args:
        texts: what was seen, in any order.
        spoken: the subtitles of what is said, to know those that are burned in.
    """
    joined = _joined(sorted(texts, key=lambda one: (one.start, one.end)))
    kept: list[ScreenText] = []
    left: dict[str, int] = {}
    for one in joined:
        reason = _why_not(one, joined, spoken)
        if reason:
            left[reason] = left.get(reason, 0) + 1
        else:
            kept.append(one)
    notes = tuple(f"{count} texts are left out: {reason}." for reason, count in sorted(left.items()))
    return Draft(tuple(_timed(kept)), notes)


def _joined(texts: Sequence[ScreenText]) -> list[ScreenText]:
    """Sightings of one text that follow one another, as one."""
    found: list[ScreenText] = []
    for one in texts:
        for place in range(len(found) - 1, max(-1, len(found) - 12), -1):
            before = found[place]
            if one.start - before.end <= _JOINED and _alike(before.text, one.text):
                surer = before if before.score >= one.score else one
                found[place] = replace(surer, start=before.start, end=max(before.end, one.end))
                break
        else:
            found.append(one)
    return found


def _why_not(one: ScreenText, every: Sequence[ScreenText], spoken: Document | None) -> str:
    if sum(sign.isalpha() for sign in one.text) < 2:
        return "no word"
    if one.end - one.start < _LEAST_SEEN:
        return "seen too shortly"
    if one.score < _SURE:
        return "read with too little certainty"
    middle = (one.start + one.end) / 2
    near = {
        other.text.casefold()
        for other in every
        if abs((other.start + other.end) / 2 - middle) <= _CROWD_SECONDS / 2
    }
    if len(near) >= _CROWD:
        return "credits"
    if spoken is not None and _is_said(one, spoken):
        return "burned-in subtitles"
    return ""


def _is_said(one: ScreenText, spoken: Document) -> bool:
    beside = [cue for cue in spoken.cues if cue.start < one.end + 1 and cue.end > one.start - 1]
    return any(_alike(one.text, line) for cue in beside for line in (cue.text, *cue.text.split("\n")))


def _alike(one: str, two: str) -> bool:
    return SequenceMatcher(None, one.casefold(), two.casefold(), autojunk=False).ratio() >= _ALIKE


def _timed(texts: Sequence[ScreenText]) -> Iterable[Cue]:
    """One cue for all that is seen from one instant on, none shorter or longer than may be read."""
    groups: list[list[ScreenText]] = []
    for one in texts:
        if groups and one.start - groups[-1][0].start < _SHORTEST and len(groups[-1]) < 2:
            groups[-1].append(one)
        else:
            groups.append([one])
    for number, group in enumerate(groups):
        start, end = group[0].start, max(one.end for one in group)
        after = groups[number + 1][0].start if number + 1 < len(groups) else None
        end = min(max(end, start + _SHORTEST), start + _LONGEST)
        if after is not None and end > after:
            end = max(after, start + Fraction(1, 4))
        text = "\n".join(one.text for one in group)
        yield replace(cue_of(start, end, text, f"fn{number + 1}"), forced=True)
