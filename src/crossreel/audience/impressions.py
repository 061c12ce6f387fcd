"""What was shown to whom, collected in memory and written in batches, off the way of any answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from crossreel.audience.event import Event, EventKind
from crossreel.audience.event_log import EventLog
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory

__all__ = ["Impressions", "ShownPage"]

_MOST = 20_000
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One page that one viewer was shown.

    Attributes:
        viewer: by the id that their other events have; nothing else of them is noted.
        algorithm: the model that was asked.
        probability: with which the viewer got this answer: 1, or the share of the experiment's
            variant they were dealt.
        rows: code of a row -> its titles in their order.
    """

    viewer: ViewerId
    time: datetime
    territory: Territory
    algorithm: str
    probability: float
    rows: tuple[tuple[str, tuple[TitleId, ...]], ...]
    device: str = ""


class Impressions:
    """A bounded list of shown pages, emptied into the event log by ``flush``; for any thread.

    Where more comes than is written, the oldest go: a page is never slower for it, and ``dropped``
    counts them. What was not yet written is lost if the process dies.

    Args:
        log: where they end.
        most: impressions kept at most.
    """

    def __init__(self, log: EventLog, most: int = _MOST) -> None:
        self._log, self._most = log, most
        self._pages: deque[ShownPage] = deque()
        self._waiting = 0
        self._lock = Lock()
        self._writing = Lock()
        self.dropped = 0

    def note(self, page: ShownPage) -> None:
        """Takes a page along; costs next to nothing."""
        with self._lock:
            self._pages.append(page)
            self._waiting += _size(page)
            while self._waiting > self._most and self._pages:
                lost = _size(self._pages.popleft())
                self._waiting -= lost
                self.dropped += lost

    def flush(self) -> int:
        """Writes what has come so far; returns how many impressions."""
        with self._writing:
            with self._lock:
                pages, self._waiting = list(self._pages), 0
                self._pages.clear()
            events = [event for page in pages for event in _events(page)]
            for start in range(0, len(events), _AT_ONCE):
                self._log.append(events[start : start + _AT_ONCE])
            return len(events)

    def forget(self, viewer: ViewerId) -> int:
        """Drops what waits of a viewer, and waits for what is just being written; how many went."""
        with self._writing, self._lock:
            kept = [page for page in self._pages if page.viewer != viewer]
            gone = self._waiting
            self._pages = deque(kept)
            self._waiting = sum(map(_size, kept))
            return gone - self._waiting

    def __len__(self) -> int:
        return self._waiting


def _size(page: ShownPage) -> int:
    return sum(len(titles) for _, titles in page.rows)


def _events(page: ShownPage) -> Sequence[Event]:
    return [
        Event(
            EventKind.IMPRESSION,
            page.viewer,
            title,
            page.time,
            page.probability,
            territory=page.territory,
            device=page.device,
            row=row,
            position=position,
            algorithm=page.algorithm,
        )
        for row, titles in page.rows
        for position, title in enumerate(titles)
    ]
