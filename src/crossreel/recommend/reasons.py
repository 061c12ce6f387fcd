"""Why a title is shown, as data: a code and what it speaks of. Words are made where they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory

__all__ = [
    "BECAUSE_YOU_LIKED",
    "CODES",
    "LEAVING_SOON",
    "NEW_HERE",
    "ON_LIST",
    "OPEN_HERE",
    "POPULAR",
    "POPULAR_IN",
    "SIMILAR_TO",
    "Reason",
]

BECAUSE_YOU_LIKED = "because-you-liked"
"""``titles`` are what the viewer liked that speaks loudest for it, loudest first."""
SIMILAR_TO = "similar-to"
"""``titles`` are what it is like, in what it is made of or in who likes it."""
POPULAR_IN = "popular-in"
"""It is liked in ``territory``; without one, in all territories together."""
POPULAR = "popular"
"""A row of what is liked in all territories together; the viewer's own has too little data."""
LEAVING_SOON = "leaving-soon"
"""Its last license in ``territory`` ends within the days of the row."""
NEW_HERE = "new-here"
"""Its first license in ``territory`` began within the days of the row."""
OPEN_HERE = "open-here"
"""It may be shown in ``territory``; nothing else speaks for it, as nobody has liked it yet."""

ON_LIST = "on-list"
"""It stands on the list whose name is ``list``."""

CODES = (BECAUSE_YOU_LIKED, SIMILAR_TO, POPULAR_IN, POPULAR, LEAVING_SOON, NEW_HERE, ON_LIST, OPEN_HERE)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code of ``CODES``, the titles it names, the territory and the list it speaks of."""

    code: str
    titles: tuple[TitleId, ...] = ()
    territory: Territory | None = None
    list: str = ""
