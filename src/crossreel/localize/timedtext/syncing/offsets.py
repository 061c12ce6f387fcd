"""Offsets worth trying: peaks of the correlation of the whole file, and of runs of its cues."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import fft

from crossreel.localize.timedtext.syncing.evidence import STEP, Floats, Ints, Lines, Reference

__all__ = ["best_offsets", "candidates"]

_COARSE = 4
"""Frames a step of the search."""
_RUN, _RUN_STEP = 16, 8
_APART = 12
"""Frames between peaks."""


class _Search:
    """Correlations with one reference, whose transforms are kept."""

    def __init__(self, reference: Reference, longest: int, most: int) -> None:
        speech = _thinned(reference.speech, float(reference.at(np.array([-1]))[0] * -1))
        bumps = _thinned(reference.bumps, float(reference.bumps.min()))
        self.most = most // _COARSE
        self.size = fft.next_fast_len(len(speech) + longest // _COARSE + 2 * self.most + 2, real=True)
        self._speech = fft.rfft(speech.astype(np.float32), self.size)
        self._bumps = fft.rfft(bumps.astype(np.float32), self.size)

    def curve(self, lines: Lines) -> tuple[Floats, int]:
        """Evidence for each offset from -most to most (coarse steps), and the frames of the first one."""
        before, starts, ends = (times // _COARSE for times in lines.frames())
        origin = int(before.min())
        span = int(ends.max()) - origin + 1
        changes = np.zeros(span + 1)
        np.add.at(changes, starts - origin, 2.0)
        np.add.at(changes, ends - origin, -1.0)
        np.add.at(changes, before - origin, -1.0)
        shape = np.cumsum(changes)
        spikes = np.zeros(span + 1)
        np.add.at(spikes, starts - origin, 1.0 / _COARSE)
        product = self._speech * np.conj(fft.rfft(shape.astype(np.float32), self.size))
        product += self._bumps * np.conj(fft.rfft(spikes.astype(np.float32), self.size))
        found: Floats = fft.irfft(product, self.size).astype(np.float64)
        places = (np.arange(-self.most, self.most + 1) + origin) % self.size
        return found[places], -self.most * _COARSE


@lru_cache(maxsize=4)
def _search(reference: Reference, longest: int, most: int) -> _Search:
    return _Search(reference, longest, most)


def _search_for(reference: Reference, lines: Lines, most: int) -> _Search:
    """The search for a file of about that length (rounded up, so that copies share the transforms)."""
    return _search(reference, (int(lines.ends.max() / STEP) // 30_000 + 1) * 30_000, most)


def _thinned(values: Floats, fill: float) -> Floats:
    """Means of ``_COARSE`` frames, relative to silence (so that zero padding is silence)."""
    even = values[: len(values) // _COARSE * _COARSE].reshape(-1, _COARSE).mean(axis=1)
    result: Floats = even - fill if len(even) else np.zeros(1)
    return result


def _peaks(curve: Floats, count: int) -> list[int]:
    """The places of the highest values, at least ``_APART`` frames from one another."""
    curve = curve.copy()
    found = []
    for _ in range(count):
        place = int(curve.argmax())
        if not np.isfinite(curve[place]):
            break
        found.append(place)
        curve[max(0, place - _APART // _COARSE) : place + _APART // _COARSE + 1] = -np.inf
    return found


def best_offsets(reference: Reference, lines: Lines, most: int, count: int = 3) -> Ints:
    """The offsets (frames, best first) at which the whole file fits best.

    Args:
        reference: to fit.
        lines: at least one.
        most: greatest offset either way, in frames.
        count: how many.
    """
    search = _search_for(reference, lines, most)
    curve, first = search.curve(lines)
    return _refined(reference, lines, [first + place * _COARSE for place in _peaks(curve, count)])


def _refined(reference: Reference, lines: Lines, offsets: list[int]) -> Ints:
    around = np.arange(-5, 6)
    found = []
    for offset in offsets:
        tried = offset + around
        found.append(int(tried[int(reference.evidence(lines, tried).sum(axis=0).argmax())]))
    return np.array(found, dtype=np.int64)


def candidates(reference: Reference, lines: Lines, most: int, keep: int = 48) -> Ints:
    """Offsets (frames, ascending) at which the file or some run of its cues fits well."""
    search = _search_for(reference, lines, most)
    votes: dict[int, float] = {}
    count = len(lines.starts)
    curve, first = search.curve(lines)
    for place in _peaks(curve, 3):
        votes[first + place * _COARSE] = float("inf")
    for start in range(0, max(1, count - _RUN // 2), _RUN_STEP):
        run = Lines(lines.starts[start : start + _RUN], lines.ends[start : start + _RUN])
        curve, first = search.curve(run)
        spread = float(curve.std()) or 1.0
        for place in _peaks(curve, 3):
            offset = first + place * _COARSE
            near = next((known for known in votes if abs(known - offset) <= _COARSE), offset)
            votes[near] = votes.get(near, 0.0) + float(curve[place]) / spread
    best = sorted(votes, key=lambda offset: -votes[offset])[:keep]
    return np.array(sorted(best), dtype=np.int64)
