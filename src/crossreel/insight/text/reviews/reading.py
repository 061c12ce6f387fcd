"""Reviews of one title as the event log holds them, read in portions and never all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crossreel.audience.event_log import EventLog
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["Review", "read_reviews"]

_PORTION = """
SELECT viewer, epoch_us(time), text, language FROM events
WHERE kind = 'review' AND text <> '' AND territory = ? AND title IN (SELECT unnest(?))
ORDER BY time NULLS LAST, viewer, text LIMIT ? OFFSET ?
"""


@dataclass(frozen=True, slots=True)
class Review:
    """One review; ``time`` is None where its source gave none."""

    viewer: str
    time: datetime | None
    text: str
    language: Language | None


def read_reviews(
    log: EventLog, records: Sequence[TitleId], territory: Territory, portion: int = 2000
) -> Iterator[list[Review]]:
    """The reviews of a title in a country, oldest first, at most ``portion`` in memory."""
    skip = 0
    while True:
        rows = log.query(_PORTION, (territory.code, [str(id_) for id_ in records], portion, skip))
        if not rows:
            return
        yield [
            Review(
                viewer,
                datetime.fromtimestamp(time / 1e6, UTC) if time is not None else None,
                text,
                Language(language) if language and language != "und" else None,
            )
            for viewer, time, text, language in rows
        ]
        skip += len(rows)
