"""Reviews of a title as they stand in the event log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crossreel.audience.event import Event, EventKind, Scale
from crossreel.audience.event_log import EventLog
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import UNDETERMINED, Language
from crossreel.web.past import stars_of

__all__ = ["Review", "reviews_of"]

_NEWEST_OF_EACH = """
SELECT viewer, epoch_us(time), value, low, high, text, language, count(*) OVER () FROM (
    SELECT * FROM events WHERE kind = 'review' AND text <> '' AND title IN (SELECT unnest(?))
    QUALIFY row_number() OVER (PARTITION BY viewer ORDER BY time DESC NULLS LAST, text) = 1
) ORDER BY time DESC NULLS LAST, viewer LIMIT ? OFFSET ?
"""


@dataclass(frozen=True, slots=True)
class Review:
    """One viewer's latest review; ``stars`` 1 to 5, or 0 without any."""

    viewer: ViewerId
    title: TitleId
    time: datetime | None
    stars: int
    text: str
    language: Language


def reviews_of(
    log: EventLog, title: TitleId, records: Sequence[TitleId], *, limit: int, skip: int = 0
) -> tuple[tuple[Review, ...], int]:
    """Reviews of a title, the newest first, and how many there are in all.

    Args:
        log: the events.
        title: the merged title.
        records: ids under which it was logged.
        limit: how many to read.
        skip: how many newer ones to pass over.
    """
    asked = ([str(id_) for id_ in records], limit, skip)
    rows = log.query(_NEWEST_OF_EACH, asked, [EventKind.REVIEW])
    found = []
    for viewer, time, value, low, high, text, language, _ in rows:
        rated = value is not None
        event = Event(
            EventKind.REVIEW,
            ViewerId.parse(viewer),
            title,
            datetime.fromtimestamp(time / 1e6, UTC) if time is not None else None,
            value,
            Scale(low, high) if rated else None,
        )
        spoken = Language(language) if language else UNDETERMINED
        found.append(Review(event.viewer, title, event.time, int(stars_of(event)), text, spoken))
    return tuple(found), int(rows[0][7]) if rows else 0
