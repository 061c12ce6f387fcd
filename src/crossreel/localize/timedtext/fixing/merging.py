"""Joining neighbors that are too brief to stand alone.

Two cues become one where the first or the second is shorter than it must be even with all free time
around it, both are of one speaker, they follow each other within half a second (or overlap), and
together they fit on the lines and in the longest duration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crossreel.localize.timedtext.editing import joined
from crossreel.localize.timedtext.fixing.retime import Clock
from crossreel.localize.timedtext.fixing.segments import Piece, Segmenter
from crossreel.localize.timedtext.rules.dual_speaker import starts_with_dash

__all__ = ["merged_pieces"]


def merged_pieces(pieces: Sequence[Piece], clock: Clock, segmenter: Segmenter) -> list[Piece]:
    """The pieces, those joined that have to be; order and words stay."""
    done: list[Piece] = []
    for place, piece in enumerate(pieces):
        following = pieces[place + 1].start if place + 1 < len(pieces) else None
        if done and _should_join(done, piece, following, clock):
            together = _together(done[-1], piece, segmenter, clock)
            if together is not None:
                done[-1] = together
                continue
        done.append(piece)
    return done


def _room(piece: Piece, before: Piece | None, following: int | None, clock: Clock) -> int:
    """The most ticks a piece can get without moving its neighbors."""
    latest = piece.start + clock.longest if following is None else following - clock.gap
    earliest = 0 if before is None else before.end + clock.gap
    return min(latest - min(piece.start, max(earliest, 0)), clock.longest)


def _should_join(done: Sequence[Piece], piece: Piece, following: int | None, clock: Clock) -> bool:
    first = done[-1]
    if piece.start - first.end > clock.half * clock.frame:
        return False
    before = done[-2] if len(done) > 1 else None
    first_brief = _room(first, before, piece.start, clock) < clock.shortest
    second_brief = _room(piece, first, following, clock) < clock.shortest
    overlapping = piece.start < first.end and piece.start - first.start < clock.shortest
    return first_brief or second_brief or overlapping


def _together(first: Piece, second: Piece, segmenter: Segmenter, clock: Clock) -> Piece | None:
    end = max(first.end, second.end)
    if end - first.start > clock.longest or not (first.fits and second.fits):
        return None
    one, two = first.cue, second.cue
    if (one.style, one.style_name, one.language, one.forced, one.placement) != (
        two.style,
        two.style_name,
        two.language,
        two.forced,
        two.placement,
    ):
        return None
    dashed = starts_with_dash(one.text) or starts_with_dash(two.text)
    glue = "\n" if dashed else segmenter.breaker.glue
    cue = replace(one, tree=joined(one.tree, two.tree, glue), raw=None)
    found = segmenter.pieces(cue, first.source, first.start, end, end)
    if len(found) != 1 or not found[0].fits:
        return None
    return replace(found[0], split=True)
