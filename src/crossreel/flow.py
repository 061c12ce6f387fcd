"""The journey of one title, told in public functions.

::

    catalog records ──┐
                      ├─► open in this territory (rights) ─► recommend ─► ranked titles with reasons
    audience events ──┘

Each stage that is added to Crossreel adds a paragraph here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crossreel.app import App
from crossreel.audience.importing import AudienceReport, import_audience
from crossreel.catalog.importing import ImportReport, import_catalog
from crossreel.recommend.top import TopList
from crossreel.rights.decision import Decision
from crossreel.rights.granting import grant
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.territory import Territory

__all__ = ["Journey", "journey"]


@dataclass(frozen=True, slots=True)
class Journey:
    """What happened to one title on its way to one viewer abroad.

    Attributes:
        title: the title.
        availability: whether it may be shown there, and why.
        recommended: the viewer's list there, after rights.
        place: where the title stands in that list, from 1; None if it is not in it.
    """

    title: TitleId
    catalog: ImportReport
    audience: AudienceReport
    availability: Decision
    recommended: TopList
    place: int | None


def _silent(done: int, of: int, what: str) -> None:
    """Nobody watches."""


def journey(
    app: App,
    *,
    titles: Path,
    events: Path,
    title: str,
    viewer: ViewerId,
    territory: Territory,
    mode: Mode = Mode.SVOD,
    until: str | None = None,
    at: datetime | None = None,
    progress: Callable[[int, int, str], None] = _silent,
) -> Journey:
    """Takes a catalog and its audience to one territory and follows one title.

    Args:
        app: an open workspace.
        titles: a catalog file or folder, format recognized.
        events: a MovieLens folder of the same source.
        title: the title's id, as in ``App.title_id``.
        viewer: whose list is asked for.
        territory: where.
        mode: how it is offered.
        until: the last day of the license; open-ended if None.
        at: the instant; default is now.
        progress: told of long work.

    Raises:
        BadInput: the files, the ids or the date are wrong.
    """
    # 1. What we own, and what its audience does.
    catalog = import_catalog(titles, store=app.catalog, source=viewer.source, progress=progress)
    audience = import_audience(
        events,
        format="movielens",
        source=viewer.source,
        log=app.events,
        viewers=app.viewers,
        catalog=app.catalog,
        progress=progress,
    )
    # 2. May we show it there? Nothing is open without a license.
    grant(app.licenses, app.catalog.ids(), territories=[territory.code], modes=[mode], end=until)
    id_ = app.title_id(title)
    availability = app.rights.check(id_, territory, mode, at or app.clock())
    # 3. Who should see it? Learn from everybody, then rank what is open for this viewer.
    app.shelf.train("ease", progress=progress)
    recommended = app.shelf.top(viewer, territory, len(app.catalog.ids()), at=at)
    order = [item.title for item in recommended.items]
    place = order.index(id_) + 1 if id_ in order else None
    return Journey(id_, catalog, audience, availability, recommended, place)
