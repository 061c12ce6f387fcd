"""Bringing a document in time, or refusing to.

One of three answers, the simplest that explains the file: it is in time already; a shift with a frame
rate; or pieces with a shift each (the film was cut). Each is worth the evidence for it (``evidence``), cuts
paid. The gate: copies of the file whose cues are in another order (their lengths and gaps kept) are
placed in the same way; a file whose worth is not clearly above theirs is none of this film. Nor may there
be a stretch of cues for whose place nothing speaks. Nothing is changed then.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from crossreel.localize.timedtext.model import FOREVER, Cue, Document
from crossreel.localize.timedtext.rules.measure import shown
from crossreel.localize.timedtext.syncing.evidence import STEP, Floats, Ints, Lines, Reference
from crossreel.localize.timedtext.syncing.offsets import best_offsets, candidates
from crossreel.localize.timedtext.syncing.pieces import Path, exact, path, weakest

__all__ = ["GATE", "RATES", "Piece", "Synced", "spoken", "sync", "sync_to_document"]

RATES = (
    Fraction(1), Fraction(1001, 1000), Fraction(1000, 1001), Fraction(25, 24), Fraction(24, 25),
    Fraction(25025, 24000), Fraction(24000, 25025),
)  # fmt: skip
"""What times are multiplied by: film at 23.976, 24 or 25 frames a second taken for another of them."""

GATE = 1.5
"""The least confidence: how many times the worth of the best reordered copy (see ``sync``)."""

_LEAST_CUES = 8
_COPIES = 3
_IN_TIME = 0.08
_RATE_MARGIN = 1.02
_MOST_SHIFT = 600.0
_DOUBT, _DOUBT_CUES = 3.0, 6
"""Above the logarithm of the cues' number, for one right file in twenty to be refused; the least cues."""
_CLARITY = 0.8
"""Mean evidence of a cue over its deviation; below, twenty cues in a wrong place would pass ``weakest``."""
_LOOKS, _LEAST_STRETCH = 3, 3
"""How often a stretch of cues for which little speaks is looked for by itself; its least cues."""
_STRETCH_REACH, _STRETCH_PEAKS = 12_000, 16
"""Frames to either side that it is looked for in, and places tried."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Cues ``first`` to ``last`` (numbers from 1, by start) moved by ``shift`` seconds after the rate."""

    first: int
    last: int
    shift: float


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of a file.

    Args:
        document: the moved one; the very same where it was in time or was refused.
        action: ``none`` (in time already), ``shift``, ``rate``, ``cuts`` or ``refused``.
        rate: times were multiplied by it.
        pieces: one, or several where the film was cut.
        confidence: worth beside that of the best reordered copy; below ``GATE`` it is refused.
        agreement: evidence a cue, in seconds.
        unplaced: numbers (from 1, file order) of the cues whose place was cut away; not in ``document``.
        reason: why it was refused, in words.
    """

    document: Document
    action: str
    rate: Fraction
    pieces: tuple[Piece, ...]
    confidence: float
    agreement: float
    unplaced: tuple[int, ...] = ()
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON: shifts in seconds, the rate as a number and as a fraction."""
        return {
            "action": self.action,
            "refused": self.action == "refused",
            "reason": self.reason,
            "rate": round(float(self.rate), 9),
            "rate_fraction": str(self.rate),
            "shift": round(self.pieces[0].shift, 3) if self.pieces else 0.0,
            "pieces": [
                {"first": piece.first, "last": piece.last, "shift": round(piece.shift, 3)}
                for piece in self.pieces
            ],
            "confidence": round(self.confidence, 3),
            "gate": GATE,
            "agreement": round(self.agreement, 3),
            "unplaced": list(self.unplaced),
        }


@dataclass(frozen=True, slots=True)
class _Fit:
    """A way to place the file: after the rate, (first cue, one past the last, frames); and cues gone."""

    rate: Fraction
    lines: Lines
    runs: tuple[tuple[int, int, int], ...]
    worth: float
    gone: frozenset[int] = frozenset()


def sync_to_document(document: Document, reference: Document, *, most_shift: float = _MOST_SHIFT) -> Synced:
    """``sync`` to the cues of another subtitle file of the same film, in any language."""
    return sync(document, Reference.of_intervals(spoken(reference.cues)), most_shift=most_shift)


def sync(document: Document, reference: Reference, *, most_shift: float = _MOST_SHIFT) -> Synced:
    """Brings a document in time with a reference.

    Args:
        document: the subtitles.
        reference: where speech is.
        most_shift: seconds, the farthest a cue may move beside the frame rate.
    """
    lines = Lines.of(spoken(document.cues))
    if len(lines.starts) < _LEAST_CUES:
        return _refused(document, 0.0, 0.0, f"It has {len(lines.starts)} cues; at least {_LEAST_CUES} tell.")
    if len(reference.onsets) < _LEAST_CUES:
        return _refused(document, 0.0, 0.0, "The reference has hardly any speech to compare with.")
    most = int(most_shift / STEP)
    fit = _best(reference, lines, most)
    copies = [_best(reference, copy, most, rates=(Fraction(1),)).worth for copy in _copies(lines)]
    floor = max(*copies, 0.05 * len(lines.starts))
    confidence, agreement = max(0.0, fit.worth) / floor, fit.worth / len(lines.starts)
    if confidence < GATE:
        reason = (
            f"It fits {confidence:.2f} times as well as its own cues in another order; {GATE} is asked. "
            "It is of another film or version, or too little speech tells."
        )
        return _refused(document, confidence, agreement, reason)
    reason = _doubtful(_evidence(reference, fit))
    if reason:
        return _refused(document, confidence, agreement, reason)
    return _moved(document, reference, fit, confidence, agreement)


def _doubtful(evidence: Floats) -> str:
    """Why some of the cues may stand wrong though the file fits; empty where nothing points to it."""
    first, end, doubt = weakest(evidence, _DOUBT_CUES)
    if doubt > math.log(len(evidence)) + _DOUBT:
        return (
            f"Nothing speaks for the place of cues {first + 1} to {end}, though others fit: they may belong "
            "where no speech is heard, or the film is cut there in a way that could not be found."
        )
    if evidence.mean() < _CLARITY * evidence.std():
        return (
            "Speech is heard so unclearly that a stretch of cues in a wrong place would not be noticed. "
            "Give a subtitle file of the film as the reference, or its dialogue without music."
        )
    return ""


def _refused(document: Document, confidence: float, agreement: float, reason: str) -> Synced:
    return Synced(document, "refused", Fraction(1), (), confidence, agreement, (), reason)


def spoken(cues: Sequence[Cue]) -> list[tuple[float, float]]:
    """Times of the cues that somebody says: with words, an end, and some duration."""
    return [
        (float(cue.start), float(cue.end))
        for cue in cues
        if cue.start < cue.end < FOREVER and shown(cue.text).strip()
    ]


def _copies(lines: Lines) -> list[Lines]:
    """The file with its lengths and gaps in other orders: backwards, and shuffled (seeds 1 up)."""
    gaps = np.diff(lines.starts, prepend=0.0)
    lengths = lines.ends - lines.starts
    orders = [np.arange(len(gaps))[::-1]]
    orders += [np.random.default_rng(seed).permutation(len(gaps)) for seed in range(1, _COPIES)]
    begins = [np.cumsum(gaps[order]) for order in orders]
    return [Lines(starts, starts + lengths[order]) for starts, order in zip(begins, orders, strict=True)]


def _best(reference: Reference, lines: Lines, most: int, rates: Sequence[Fraction] = RATES) -> _Fit:
    """The fit of the greatest worth; simpler ones win where others gain little."""
    whole = [_whole(reference, lines, most, rate) for rate in rates]
    best = max(whole, key=lambda fit: fit.worth)
    if best.rate != 1 and best.worth < whole[0].worth * _RATE_MARGIN:
        best = whole[0]
    tried = {whole[0].rate, best.rate}
    for fit in [fit for fit in whole if fit.rate in tried]:
        cut = _pieces(reference, fit, most)
        if cut is not None and cut.worth > best.worth:
            best = cut
    return best


def _whole(reference: Reference, lines: Lines, most: int, rate: Fraction) -> _Fit:
    scaled = lines.scaled(float(rate))
    offset = int(best_offsets(reference, scaled, most, 1)[0])
    worth = float(reference.evidence(scaled, np.array([offset])).sum())
    return _Fit(rate, scaled, ((0, len(scaled.starts), offset),), worth)


def _pieces(reference: Reference, fit: _Fit, most: int) -> _Fit | None:
    """The fit with cuts, or None where one piece is best.

    Where little speaks for the place of a stretch of cues, that stretch is searched for by itself, as it
    may be too short for a peak in longer runs.
    """
    offsets = candidates(reference, fit.lines, most)
    found = path(reference, fit.lines, offsets)
    placed = _placed_by(fit, found)
    for _ in range(_LOOKS):
        first, end, _doubt = weakest(_evidence(reference, placed), _LEAST_STRETCH)
        offsets = np.union1d(offsets, _near(reference, fit.lines, first, end, found.offsets))
        again = path(reference, fit.lines, offsets)
        if again.worth <= found.worth:
            break
        found, placed = again, _placed_by(fit, again)
    return placed if len(placed.runs) > 1 else None


def _placed_by(fit: _Fit, found: Path) -> _Fit:
    runs = tuple((first, end, int(found.offsets[first])) for first, end in found.runs)
    return _Fit(fit.rate, fit.lines, runs, found.worth, frozenset(np.flatnonzero(found.gone).tolist()))


def _near(reference: Reference, lines: Lines, first: int, end: int, offsets: Ints) -> Ints:
    """Offsets for a stretch of cues by itself, a few minutes around those of the cues beside it.

    Among all offsets of a film a handful of cues fits many better than its own.
    """
    found = []
    for base in {int(offsets[max(0, first - 1)]), int(offsets[min(end, len(offsets) - 1)])}:
        moved = Lines(lines.starts[first:end] + base * STEP, lines.ends[first:end] + base * STEP)
        found.append(base + best_offsets(reference, moved, _STRETCH_REACH, _STRETCH_PEAKS))
    return np.concatenate(found)


def _evidence(reference: Reference, fit: _Fit) -> Floats:
    """Of each cue at its place; that of a cue without one is what a cue has on the average."""
    found = np.concatenate(
        [
            reference.evidence(
                Lines(fit.lines.starts[first:end], fit.lines.ends[first:end]), np.array([offset])
            )[:, 0]
            for first, end, offset in fit.runs
        ]
    )
    gone = sorted(fit.gone)
    found[gone] = np.delete(found, gone).mean()
    return found


def _moved(
    document: Document, reference: Reference, fit: _Fit, confidence: float, agreement: float
) -> Synced:
    """The document with its cues at their places."""
    starts = fit.lines.starts / float(fit.rate)
    pieces, bounds = [], []
    for first, end, offset in fit.runs:
        here = [place for place in range(first, end) if place not in fit.gone]
        shift = exact(reference, Lines(fit.lines.starts[here], fit.lines.ends[here]), offset)
        pieces.append(Piece(first + 1, end, shift))
        bounds.append((float(starts[first]), Fraction(round(shift * 1000), 1000)))
    if fit.rate == 1 and len(pieces) == 1 and abs(pieces[0].shift) <= _IN_TIME:
        return Synced(document, "none", fit.rate, tuple(pieces), confidence, agreement)
    gone = {float(starts[place]) for place in fit.gone}
    cues: list[Cue] = []
    unplaced: list[int] = []
    for number, cue in enumerate(document.cues, 1):
        moved = None if float(cue.start) in gone else _placed(cue, fit.rate, bounds)
        if moved is None:
            unplaced.append(number)
        else:
            cues.append(moved)
    return Synced(
        replace(document, cues=tuple(cues)),
        "cuts" if len(pieces) > 1 else "rate" if fit.rate != 1 else "shift",
        fit.rate,
        tuple(pieces),
        confidence,
        agreement,
        tuple(unplaced),
    )


def _placed(cue: Cue, rate: Fraction, bounds: Sequence[tuple[float, Fraction]]) -> Cue | None:
    """The cue at its new time; None where that is before the film."""
    place = max((n for n, (start, _) in enumerate(bounds) if float(cue.start) >= start), default=0)
    start = cue.start * rate + bounds[place][1]
    end = cue.end if cue.end == FOREVER else cue.end * rate + bounds[place][1]
    if place + 1 < len(bounds) and end != FOREVER:
        following = Fraction(bounds[place + 1][0]).limit_denominator(100_000) * rate + bounds[place + 1][1]
        end = min(end, max(following, start + Fraction(1, 10)))
    if end <= 0 or (end <= start and cue.end > cue.start):
        return None
    return replace(cue, start=max(start, Fraction(0)), end=end)
