"""What viewers do: events, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crossreel.errors import BadValue
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["ACTS", "MAX_LABEL", "MAX_TEXT_BYTES", "SCALES", "Event", "EventKind", "Scale", "Viewer"]

MAX_LABEL = 200
MAX_TEXT_BYTES = 1 << 20


class EventKind(StrEnum):
    """What happened between a viewer and a title."""

    IMPRESSION = "impression"
    VIEW = "view"
    RATING = "rating"
    POSITIVE = "positive"
    REVIEW = "review"
    THUMBS = "thumbs"
    LIST_ADD = "list-add"


ACTS = tuple(kind for kind in EventKind if kind is not EventKind.IMPRESSION)
"""What a viewer did; an impression is what was done to them, and of those there are many more."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The closed range a value lives in, such as 1 to 5 stars; written ``1..5``."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise BadValue("scale", f"{self.low}..{self.high}", "low..high with low below high")

    def __str__(self) -> str:
        return f"{self.low:g}..{self.high:g}"

    def share(self, value: float) -> float:
        """Where ``value`` lies in the range: 0 at its low end, 1 at its high end."""
        return (value - self.low) / (self.high - self.low)


SCALES: dict[EventKind, Scale] = {
    EventKind.IMPRESSION: Scale(0, 1),
    EventKind.VIEW: Scale(0, 1),
    EventKind.RATING: Scale(0.5, 5),
    EventKind.POSITIVE: Scale(0, 1),
    EventKind.REVIEW: Scale(0.5, 5),
    EventKind.THUMBS: Scale(-1, 1),
    EventKind.LIST_ADD: Scale(0, 1),
}
"""The scale of each kind's value where an import declares none. A view's value is its progress."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a viewer did.

    Attributes:
        time: the instant (UTC), or None when the source gives no order.
        value: on the kind's ``scale``: stars for rating and review, progress 0..1 for view (1 is
            complete), -1 or 1 for thumbs, 1 for positive, 1 for a list-add and 0 for taking the
            title off the list again, and for an impression the probability with which it was
            shown (None if not known).
        row, position, algorithm: for an impression, where it stood (position from 0) and why.
        text, language: for a review.
    """

    kind: EventKind
    viewer: ViewerId
    title: TitleId
    time: datetime | None = None
    value: float | None = None
    scale: Scale | None = None
    territory: Territory | None = None
    device: str = ""
    row: str = ""
    position: int | None = None
    algorithm: str = ""
    text: str = ""
    language: Language | None = None

    def __post_init__(self) -> None:
        if self.time is not None and self.time.tzinfo is None:
            raise BadValue("event time", self.time, "an instant with a zone")
        if self.value is not None:
            scale = self.scale or SCALES[self.kind]
            if not scale.low <= self.value <= scale.high:
                raise BadValue(f"{self.kind} value", self.value, f"within {scale}")
        if self.position is not None and self.position < 0:
            raise BadValue("position", self.position, "a whole number from 0")
        for name, label in (("device", self.device), ("row", self.row), ("algorithm", self.algorithm)):
            if label and (len(label) > MAX_LABEL or not label.isprintable()):
                raise BadValue(name, label, f"at most {MAX_LABEL} printable characters")
        if self.text:
            _check_text(self.text)


def _check_text(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise BadValue("text", text, "Unicode text") from error
    if size > MAX_TEXT_BYTES or "\0" in text:
        raise BadValue("text", text, f"at most {MAX_TEXT_BYTES >> 20} MiB without NUL characters")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who watches; everything but the id is optional and given with consent.

    Attributes:
        name: what the profile is called.
        birth_year: year of birth; ``age_band`` keeps a source's own band where only that is known.
        simulated: True for viewers made by a program; shown wherever they appear.
    """

    id: ViewerId
    name: str = ""
    territory: Territory | None = None
    languages: tuple[Language, ...] = ()
    birth_year: int | None = None
    age_band: str = ""
    gender: str = ""
    occupation: str = ""
    simulated: bool = False
