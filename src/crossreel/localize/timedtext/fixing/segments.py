"""From cues to pieces: which text stands together, on which lines, and when it would be shown.

A cue that fits stays as it is. One that does not gets new line breaks; one that still does not is
split, at the breaks that cost least (``breaking``), and its time is shared out by length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from crossreel.localize.timedtext.breaking import NEVER, Atom, Breaker, Ruler
from crossreel.localize.timedtext.editing import cut, substituted
from crossreel.localize.timedtext.model import Cue
from crossreel.localize.timedtext.rules.dual_speaker import is_dialogue
from crossreel.localize.timedtext.rules.measure import Measure
from crossreel.localize.timedtext.rules.white_space import WHITE_SPACE_PATTERN

__all__ = ["Piece", "Segmenter"]

_SPLIT_COST = 12.0
_LONGEST_WINDOW = 400
_MOST_PARTS = 50
"""Parts that a cue is split into whatever its time; more only where each gets a fifth of the shortest."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A cue to be: its words (with its lines), the ticks it would have, its counted length.

    Args:
        cue: words, id, placement; its times are those of the source.
        source: number of the source cue.
        start, end: ticks.
        length: counted characters, without line breaks.
        words: how many there are.
        split: it is a part of its source.
        fits: its lines are as the profile wants them.
    """

    cue: Cue
    source: int
    start: int
    end: int
    length: float
    words: int
    split: bool = False
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Makes the pieces of one cue.

    Args:
        breaker: of the language.
        measure: counts a line.
        limit: counted characters a line.
        vertical_limit: the same for vertical text.
        lines: lines a cue.
        gap: ticks between pieces of one cue.
        longest: most ticks a cue may stand.
        shortest: least ticks.
    """

    breaker: Breaker
    measure: Measure
    limit: float
    vertical_limit: float
    lines: int
    gap: int
    longest: int
    shortest: int

    def pieces(self, cue: Cue, source: int, start: int, end: int, until: int) -> list[Piece]:
        """The pieces of a cue, at least one.

        Args:
            cue: with words.
            source: its number.
            start: ticks.
            end: ticks.
            until: where its parts must be done, should it be split: its end, or the next cue's start.
        """
        text = cue.text
        limit = self.vertical_limit if cue.placement.vertical else self.limit
        given = text.split("\n")
        long = end - start > self.longest
        if not long and self._is_fine(text, given, limit):
            return [self._piece(cue, source, start, end)]
        if self._is_no_subtitle(text, limit, until - start):
            return [self._piece(cue, source, start, end, fits=False)]
        atoms = self.breaker.atoms(text)
        if not atoms:
            return [self._piece(cue, source, start, end)]
        ruler = self.breaker.ruler(text, atoms, self.measure)
        plan = _Plan(cue, source, start, until, text, atoms, ruler, limit)
        wanted = ceil((end - start) / self.longest) if long else 1
        if wanted > 1 and not self._worth_splitting(atoms, wanted):
            wanted = 1
        if wanted == 1:
            whole = self.breaker.lines(atoms, ruler, range(len(atoms)), limit, self.lines)
            if whole is not None:
                fine = self._is_fine(text, given, limit)
                done = cue if fine else self._rewrapped(cue, text, atoms, whole.ends, 0)
                return [self._piece(done, source, start, end)]
        ends = self._segments(plan, wanted)
        if len(ends) == 1:
            return [self._piece(cue, source, start, end, fits=False)]
        return self._split(plan, ends)

    def _is_no_subtitle(self, text: str, limit: float, time: int) -> bool:
        """Whether so much text stands in so little time that no splitting could make it readable."""
        parts = len(text) / (limit * self.lines)
        return parts > _MOST_PARTS and time < parts * self.shortest / 5

    def _is_fine(self, text: str, given: Sequence[str], limit: float) -> bool:
        """Whether the cue's own lines may stay: they fit, and none ends where sense forbids it."""
        if len(given) > self.lines or any(self.measure(line) > limit for line in given):
            return False
        if WHITE_SPACE_PATTERN.search(text):
            return False
        if len(given) == 1 or is_dialogue(given):
            return True
        if self.measure(self.breaker.glue.join(given)) <= limit:
            return False
        return not self.breaker.binds(given)

    def _worth_splitting(self, atoms: Sequence[Atom], wanted: int) -> bool:
        """A cue that stands too long is split only where sentences or clauses end often enough."""
        return sum(1 for atom in atoms[:-1] if atom.cost < 10) >= wanted - 1

    def _piece(
        self, cue: Cue, source: int, start: int, end: int, *, split: bool = False, fits: bool = True
    ) -> Piece:
        text = cue.text
        length = sum(self.measure(line) for line in text.split("\n"))
        return Piece(cue, source, start, max(end, start + 1), length, len(text.split()), split, fits)

    def _rewrapped(self, cue: Cue, text: str, atoms: Sequence[Atom], ends: Sequence[int], shift: int) -> Cue:
        """The cue with line breaks after those atoms and single spaces elsewhere."""
        changes: dict[int, tuple[int, str]] = {}
        breaks = set(ends)
        first, last = atoms[0].start - shift, atoms[-1].end - shift
        if first > 0:
            changes[0] = (first, "")
        if last < len(text):
            changes[last] = (len(text) - last, "")
        for place, (atom, following) in enumerate(pairwise(atoms)):
            gap = text[atom.end - shift : following.start - shift]
            glue = "\n" if place in breaks else "" if not gap else self._space(text, atom.end - shift, gap)
            if gap != glue:
                if gap:
                    changes[atom.end - shift] = (len(gap), glue)
                else:
                    before = atom.end - shift - 1
                    changes[before] = (1, text[before] + glue)
        return replace(cue, tree=substituted(cue.tree, changes), raw=None)

    def _space(self, text: str, place: int, gap: str) -> str:
        """What stands between two atoms of one line: a space, or nothing where a script has none."""
        if "\n" in gap and self.breaker.unspaced:
            after = text[place + len(gap) : place + len(gap) + 1]
            return " " if text[place - 1].isascii() and after.isascii() else ""
        return gap if len(gap) == 1 and gap not in "\n\t\r" else " "

    def _segments(self, plan: _Plan, wanted: int) -> list[int]:
        """The numbers of the atoms after which a new cue begins, the last atom's included.

        Dynamic programming: a segment must fit on the lines allowed; each costs ``_SPLIT_COST``, its
        break what the break costs, and being far from the mean length a little.
        """
        atoms, begins, ends = plan.atoms, plan.ruler.begins, plan.ruler.ends
        reach = self._reach(plan)
        mean = (ends[-1] - begins[0]) / wanted if wanted > 1 else 0.0
        fixed = 0.0 if mean else _SPLIT_COST
        costs: list[float] = [0.0]
        back: list[int] = [-1]
        for last, atom in enumerate(atoms):
            best, origin = float("inf"), last
            for first in range(last, max(-1, last - _LONGEST_WINDOW), -1):
                if first < last and reach[first] < last:
                    break
                cost = costs[first] + fixed
                if mean:
                    cost += 30 * abs(ends[last] - begins[first] - mean) / mean
                if cost < best:
                    best, origin = cost, first
            after = atom.cost if last < len(atoms) - 1 and not atom.forced else 0.0
            costs.append(best + min(after, NEVER))
            back.append(origin)
        found = []
        place = len(atoms)
        while place > 0:
            found.append(place - 1)
            place = back[place]
        return found[::-1]

    def _reach(self, plan: _Plan) -> list[int]:
        """For each atom the last one that fits with it on the lines allowed, filling them in turn."""
        atoms, begins, ends = plan.atoms, plan.ruler.begins, plan.ruler.ends
        line_end = [0] * len(atoms)
        barrier = len(atoms) - 1
        for place in range(len(atoms) - 1, -1, -1):
            if atoms[place].forced:
                barrier = place
            fits = bisect_right(ends, begins[place] + plan.limit) - 1
            line_end[place] = max(place, min(fits, barrier))
        reach = line_end
        for _ in range(self.lines - 1):
            reach = [line_end[min(end + 1, len(atoms) - 1)] for end in reach]
        return reach

    def _split(self, plan: _Plan, ends: Sequence[int]) -> list[Piece]:
        """The pieces of a cue that is split; its time is shared out by length."""
        atoms, ruler = plan.atoms, plan.ruler
        total = ruler.ends[-1] or 1.0
        duration = plan.end - plan.start
        at, first = plan.start, 0
        pieces = []
        for number, last in enumerate(ends):
            begins, stops = atoms[first].start, atoms[last].end
            tree = cut(plan.cue.tree, begins, stops)
            own = replace(plan.cue, tree=tree, raw=None, id=plan.cue.id if number == 0 else "")
            final = last == len(atoms) - 1
            until = plan.end if final else plan.start + int(duration * min(1.0, ruler.ends[last] / total))
            lines = self.breaker.lines(atoms, ruler, range(first, last + 1), plan.limit, self.lines)
            if lines is not None:
                breaks = [place - first for place in lines.ends]
                own = self._rewrapped(own, plan.text[begins:stops], atoms[first : last + 1], breaks, begins)
            stop = until if final else max(at + 1, until - self.gap)
            pieces.append(self._piece(own, plan.source, at, stop, split=True, fits=lines is not None))
            at = max(at + 1, until)
            first = last + 1
        return pieces


@dataclass(frozen=True, slots=True)
class _Plan:
    """A cue that does not fit, taken apart."""

    cue: Cue
    source: int
    start: int
    end: int
    text: str
    atoms: Sequence[Atom]
    ruler: Ruler
    limit: float
