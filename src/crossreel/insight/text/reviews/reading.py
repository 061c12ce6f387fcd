"""Reviews of one title as the event log holds them, read in portions and never all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crossreel.audience.event_log import EventLog
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["START", "Place", "Review", "read_reviews"]

Place = tuple[int, str, str]
"""Time in microseconds, viewer and text of the last review that was read."""

_LAST = (1 << 62) - 1
"""Stands for the time of reviews that have none, so that they come last."""
_PORTION = f"""
SELECT viewer, coalesce(epoch_us(time), {_LAST}) AS moment, text, language FROM events
WHERE kind = 'review' AND text <> '' AND territory = ? AND title IN (SELECT unnest(?))
AND (coalesce(epoch_us(time), {_LAST}), viewer, text) > (?, ?, ?)
ORDER BY moment, viewer, text LIMIT ?
"""
PORTION = 10_000
START: Place = (-_LAST, "", "")
"""Before the first review."""


@dataclass(frozen=True, slots=True)
class Review:
    """One review; ``time`` is None where its source gave none."""

    viewer: str
    time: datetime | None
    text: str
    language: Language | None


def read_reviews(
    log: EventLog,
    records: Sequence[TitleId],
    territory: Territory,
    portion: int = PORTION,
    *,
    after: Place = START,
) -> Iterator[tuple[list[Review], Place]]:
    """The reviews of a title in a country, oldest first, at most ``portion`` in memory, and where each ends.

    Args:
        log: where they are.
        records: ids of the title.
        territory: the country.
        portion: how many at once.
        after: the place that a stopped reading had come to.
    """
    while True:
        rows = log.query(_PORTION, (territory.code, [str(id_) for id_ in records], *after, portion))
        if not rows:
            return
        viewer, at, text, _ = rows[-1]
        after = (at, viewer, text)
        yield (
            [
                Review(
                    viewer,
                    datetime.fromtimestamp(at / 1e6, UTC) if at != _LAST else None,
                    text,
                    Language(language) if language and language != "und" else None,
                )
                for viewer, at, text, language in rows
            ],
            after,
        )
