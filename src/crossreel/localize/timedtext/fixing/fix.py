"""Fixing a document: segments, breaks and times, until nothing changes any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from crossreel.localize.timedtext.breaking import breaker
from crossreel.localize.timedtext.fixing.merging import merged_pieces
from crossreel.localize.timedtext.fixing.retime import Clock, Timed, retime
from crossreel.localize.timedtext.fixing.segments import Piece, Segmenter
from crossreel.localize.timedtext.model import Cue, Document
from crossreel.localize.timedtext.rules.check import check_limits
from crossreel.localize.timedtext.rules.measure import counter, shown
from crossreel.localize.timedtext.rules.profile import ADULTS, Audience, Limits, load_profile
from crossreel.localize.timedtext.rules.rule import Report, Violation
from crossreel.localize.timedtext.rules.sheet import Sheet, lane
from crossreel.values.language import Language
from crossreel.values.timing import FrameRate

__all__ = ["Fixed", "fix", "fix_limits"]

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fixed document and what became of it.

    Args:
        document: the new one.
        before, after: the reports.
        unsolved: fixable kinds of violation that are left, because no time or no break exists.
        changed: cues of the new document that differ from every cue of the old one.
        notes: in words: cues split, joined, dropped for having no words.
    """

    document: Document
    before: Report
    after: Report
    unsolved: tuple[Violation, ...]
    changed: int
    notes: tuple[str, ...]


def fix(
    document: Document,
    language: Language,
    profile: str | Path = "netflix",
    *,
    audience: Audience = ADULTS,
    rate: FrameRate | None = None,
    shots: Sequence[Fraction] = (),
) -> Fixed:
    """Fixes a document; the arguments and errors are those of ``check``.

    No word is changed, added, dropped or moved before another: only line breaks, the borders between
    cues, and times. Cues without words are dropped.
    """
    return fix_limits(document, load_profile(profile, language, audience), rate=rate, shots=shots)


def fix_limits(
    document: Document, limits: Limits, *, rate: FrameRate | None = None, shots: Sequence[Fraction] = ()
) -> Fixed:
    """Fixes a document by rules already loaded."""
    before = check_limits(document, limits, rate=rate, shots=shots)
    current = document
    for _ in range(_ROUNDS):
        better = _round(current, limits, rate, shots)
        if better.cues == current.cues:
            break
        current = better
    after = check_limits(current, limits, rate=rate, shots=shots)
    old = {(cue.start, cue.end, cue.text) for cue in document.cues}
    changed = sum(1 for cue in current.cues if (cue.start, cue.end, cue.text) not in old)
    return Fixed(
        current,
        before,
        after,
        tuple(violation for violation in after.violations if violation.fixable),
        changed,
        (*_notes(document, current), *_phrase_note(limits.language)),
    )


def _notes(old: Document, new: Document) -> tuple[str, ...]:
    notes = []
    dropped = sum(1 for cue in old.cues if not shown(cue.text).strip())
    if dropped:
        notes.append(f"{dropped} cues without words were dropped.")
    difference = len(new.cues) - (len(old.cues) - dropped)
    if difference:
        more = f"{difference} more" if difference > 0 else f"{-difference} fewer"
        notes.append(f"There are {more} cues than before: some were split or joined.")
    return tuple(notes)


def _phrase_note(language: Language) -> tuple[str, ...]:
    if breaker(language).phrases:
        return ()
    return (
        f"Phrases of {language} are not known, so lines may break inside them; "
        "for Chinese, Japanese and Thai install crossreel[localize].",
    )


def _round(document: Document, limits: Limits, rate: FrameRate | None, shots: Sequence[Fraction]) -> Document:
    cues = tuple(cue for cue in document.cues if shown(cue.text).strip())
    sheet = Sheet(replace(document, cues=cues), limits, rate, shots)
    clock = _clock(sheet)
    segmenter = _segmenter(sheet, clock)
    lanes: dict[object, list[int]] = {}
    for place in sheet.order:
        lanes.setdefault(lane(cues[place]), []).append(place)
    timed: list[Timed] = []
    for places in lanes.values():
        pieces: list[Piece] = []
        for place, following in zip(places, [*places[1:], None], strict=True):
            start, end = sheet.starts[place], sheet.ends[place]
            until = (
                end if following is None else max(start + 1, min(end, sheet.starts[following] - clock.gap))
            )
            pieces += segmenter.pieces(cues[place], place, start, end, until)
        timed += retime(merged_pieces(pieces, clock, segmenter), clock)
    if len(lanes) > 1:
        timed.sort(key=lambda entry: entry.start)
    made = tuple(_cue(entry, sheet) for entry in timed)
    return replace(document, cues=_renumbered(document.cues, made))


def _clock(sheet: Sheet) -> Clock:
    limits = sheet.limits
    millisecond = sheet.tolerance
    gap = -(-limits.gap_frames * sheet.frame // millisecond) * millisecond
    shortest = -(-int(limits.min_duration * sheet.second) // millisecond) * millisecond
    words = limits.words_per_minute
    speed = None if limits.cps is None else float(limits.cps) / sheet.second
    if words is not None:
        speed = float(words) / 60 / sheet.second
    chain = limits.chaining
    return Clock(
        millisecond=millisecond,
        gap=gap,
        shortest=shortest + (millisecond if limits.min_duration.denominator > 1 else 0),
        longest=int(limits.max_duration * sheet.second),
        chain_from=(2 * limits.gap_frames + 1) * sheet.frame // 2 + millisecond if chain else 0,
        chain_to=(2 * sheet.half - 1) * sheet.frame // 2 if chain else 0,
        speed=speed,
        by_words=words is not None,
        frame=sheet.frame,
        half=sheet.half,
        shots=sheet.shots if limits.shots else (),
    )


def _segmenter(sheet: Sheet, clock: Clock) -> Segmenter:
    limits = sheet.limits
    return Segmenter(
        breaker(limits.language),
        counter(limits.counting),
        float(limits.line_length),
        float(limits.line_length_vertical),
        limits.lines,
        clock.gap,
        clock.longest,
        clock.shortest,
    )


def _cue(entry: Timed, sheet: Sheet) -> Cue:
    piece = entry.piece
    if (entry.start, entry.end) == (sheet.starts[piece.source], sheet.ends[piece.source]) and not piece.split:
        return piece.cue
    return replace(
        piece.cue, start=Fraction(entry.start, sheet.second), end=Fraction(entry.end, sheet.second)
    )


def _renumbered(old: Sequence[Cue], new: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """New numbers where the ids only counted the cues; names stay, parts of a split have none."""
    if not old or any(cue.id != str(place) for place, cue in enumerate(old, 1)):
        return new
    return tuple(
        cue if cue.id == str(place) else replace(cue, id=str(place)) for place, cue in enumerate(new, 1)
    )
