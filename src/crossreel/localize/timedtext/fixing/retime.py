"""Times for a sequence of pieces, by dynamic programming over the whole of it.

What must hold: no overlap, the least gap, the longest duration. Among the times that keep these, the
sum of the costs is least. Costs, a millisecond each unless said otherwise:

====================================================  =====
a cue begins earlier than it did                       2
a cue begins later than it did                         4
a cue ends later than it did                           0.2
a cue ends earlier than it did                         1
time missing for the reading speed                     8, and 500 once
time missing for the shortest duration                 10, and 800 once
a gap of 3 frames to half a second stays open          400 once
an in-time or out-time in a shot's zone                600 once each
====================================================  =====

A state is an end of the cue before; at most ``BEAM`` are kept, the earliest end among them, so that
an answer always exists. Times that need not change stay exactly as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crossreel.localize.timedtext.fixing.segments import Piece
from crossreel.localize.timedtext.rules.shot_change import best_in, best_out

__all__ = ["BEAM", "Clock", "Timed", "retime"]

BEAM = 6
_EARLY, _LATE, _LONGER, _SHORTER = 2.0, 4.0, 0.2, 1.0
_SPEED, _SPEED_ONCE, _BRIEF, _BRIEF_ONCE, _OPEN, _SHOT = 8.0, 500.0, 10.0, 800.0, 400.0, 600.0


@dataclass(frozen=True, slots=True)
class Clock:
    """The profile's times in ticks.

    Args:
        millisecond: ticks; new times are whole milliseconds unless a shot says otherwise.
        gap: least between cues.
        shortest, longest: of a cue.
        chain_from, chain_to: gaps from the one up to (not including) the other are closed; equal: none.
        speed: counted characters (or words) a tick; None: no limit.
        by_words: words are counted.
        frame: ticks.
        half: frames in half a second.
        shots: ticks at which shots begin.
    """

    millisecond: int
    gap: int
    shortest: int
    longest: int
    chain_from: int
    chain_to: int
    speed: float | None
    by_words: bool
    frame: int
    half: int
    shots: Sequence[int]

    def needed(self, piece: Piece) -> int:
        """The ticks a piece needs: for its reading speed, and the shortest duration."""
        if self.speed is None:
            return self.shortest
        amount = piece.words if self.by_words else piece.length
        wanted = self.up(int(amount / self.speed) + 1)
        return min(max(wanted, self.shortest), self.longest)

    def up(self, ticks: int) -> int:
        """The next whole millisecond."""
        return -(-ticks // self.millisecond) * self.millisecond

    def down(self, ticks: int) -> int:
        """The whole millisecond before."""
        return ticks // self.millisecond * self.millisecond


class Timed(NamedTuple):
    """A piece with its final ticks."""

    piece: Piece
    start: int
    end: int


class _State(NamedTuple):
    """One way to have come here; ``before`` leads back."""

    cost: float
    end: int
    timed: Timed | None
    before: _State | None


def retime(pieces: Sequence[Piece], clock: Clock) -> list[Timed]:
    """The best times for the pieces, which are in order of their starts."""
    states = [_State(0.0, -(10**30), None, None)]
    for place, piece in enumerate(pieces):
        following = pieces[place + 1].start if place + 1 < len(pieces) else None
        states = _step(states, piece, following, clock)
    state: _State | None = min(states)
    found: list[Timed] = []
    while state is not None and state.timed is not None:
        found.append(state.timed)
        state = state.before
    return found[::-1]


def _step(states: list[_State], piece: Piece, following: int | None, clock: Clock) -> list[_State]:
    needed = clock.needed(piece)
    latest = None if following is None else following - clock.gap
    best: dict[int, _State] = {}
    for state in states:
        free = state.end + clock.gap
        for start, start_cost in _starts(piece, free, needed, latest, clock):
            chain = _chain_cost(state, start, clock)
            for end in _ends(piece, start, needed, following, clock):
                cost = state.cost + start_cost + chain + _end_cost(piece, start, end, needed, clock)
                known = best.get(end)
                if known is None or cost < known.cost:
                    best[end] = _State(cost, end, Timed(piece, start, end), state)
    kept = sorted(best.values(), key=lambda state: (state.cost, state.end))
    earliest = min(kept, key=lambda state: state.end)
    kept = kept[:BEAM]
    return kept if earliest in kept else [*kept, earliest]


def _chain_cost(state: _State, start: int, clock: Clock) -> float:
    gap = start - state.end
    return _OPEN if clock.chain_from <= gap < clock.chain_to else 0.0


def _starts(
    piece: Piece, free: int, needed: int, latest: int | None, clock: Clock
) -> list[tuple[int, float]]:
    """Starts to try, each with its cost; ``free`` is the first tick that may be used."""
    own = piece.start
    starts = {max(own, clock.up(free)) if free > own else own}
    end = piece.end if latest is None else max(min(piece.end, latest), own + 1)
    room = (latest - own) if latest is not None else None
    if (end - own < needed) and room is not None and room < needed and free < own:
        earlier = clock.down(own - (needed - max(room, 0)))
        starts.add(max(earlier, clock.up(max(free, 0)), 0))
    if clock.shots:
        snapped = best_in(own, clock.shots, clock.frame, clock.half)
        if snapped >= free:
            starts.add(snapped)
    found = []
    for start in starts:
        moved = (own - start) / clock.millisecond
        cost = moved * _EARLY if moved > 0 else -moved * _LATE
        if clock.shots and best_in(start, clock.shots, clock.frame, clock.half) != start:
            cost += _SHOT
        found.append((start, cost))
    return found


def _ends(piece: Piece, start: int, needed: int, following: int | None, clock: Clock) -> set[int]:
    """Ends to try: all after the start and within the longest duration."""
    most = start + clock.longest
    own = min(max(piece.end, start + 1), most)
    ends = {own} if following is None or own + clock.gap <= following else set()
    wanted = own if own - start >= needed else clock.up(start + needed)
    limit = None if following is None else clock.down(following - clock.gap)
    if limit is None or wanted <= limit:
        ends.add(min(wanted, most))
    if limit is not None and limit > start:
        gap = following - wanted if following is not None else 0
        if wanted > limit or clock.chain_from <= gap < clock.chain_to:
            ends.add(min(limit, most))
    if clock.shots:
        for end in tuple(ends):
            snapped = best_out(end, clock.shots, clock.frame, clock.half)
            if start < snapped <= most and (limit is None or snapped + clock.gap <= (following or 0)):
                ends.add(snapped)
    if not ends or (limit is not None and max(ends) > limit):
        # The next cue must wait: as briefly as it can be, so that little is pushed.
        ends.add(min(clock.up(start + clock.shortest), most))
        ends.add(min(clock.up(start + needed), most))
    return ends


def _end_cost(piece: Piece, start: int, end: int, needed: int, clock: Clock) -> float:
    milliseconds = (end - piece.end) / clock.millisecond
    cost = milliseconds * _LONGER if milliseconds > 0 else -milliseconds * _SHORTER
    duration = end - start
    if duration < needed:
        cost += _SPEED_ONCE + (needed - duration) / clock.millisecond * _SPEED
    if duration < clock.shortest:
        cost += _BRIEF_ONCE + (clock.shortest - duration) / clock.millisecond * _BRIEF
    if clock.shots and best_out(end, clock.shots, clock.frame, clock.half) != end:
        cost += _SHOT
    return cost
