"""The journey of one title, told in public functions.

::

    catalog records ──┐
                      ├─► open in this territory (rights) ─► recommend ─► ranked titles with reasons
    audience events ──┘                                     insight ───► what its viewers there say
                        localize ─► the country's subtitles, checked against the rules it expects

Each stage that is added to Crossreel adds a paragraph here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crossreel.app import App
from crossreel.audience.importing import AudienceReport, import_audience
from crossreel.catalog.importing import ImportReport, import_catalog
from crossreel.insight.text.reviews.report import make_report
from crossreel.insight.text.tools import TextTools
from crossreel.localize.timedtext import Document, Report, check, fix, read_file
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.localize.translate.roles import TranslationEngine
from crossreel.recommend.top import TopList
from crossreel.rights.decision import Decision
from crossreel.rights.granting import grant
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["Journey", "Subtitles", "journey", "localized"]


@dataclass(frozen=True, slots=True)
class Subtitles:
    """A file's way into another language: what was made, what of it people should look at first.

    Attributes:
        document: the translated, repaired cues.
        doubtful: lines by risk, worst first: (id of the cue, source, translation).
        report: what no repair could solve.
    """

    document: Document
    doubtful: list[tuple[str, str, str]]
    report: Report


@dataclass(frozen=True, slots=True)
class Journey:
    """What happened to one title on its way to one viewer abroad.

    Attributes:
        title: the title.
        availability: whether it may be shown there, and why.
        recommended: the viewer's list there, after rights.
        place: where the title stands in that list, from 1; None if it is not in it.
        opinion: what its reviews from there say; None where there was nothing to read them with.
    """

    title: TitleId
    catalog: ImportReport
    audience: AudienceReport
    availability: Decision
    recommended: TopList
    place: int | None
    opinion: dict[str, Any] | None = None


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
    texts: TextTools | None = None,
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
        texts: reads reviews (``crossreel.app.text_tools``); without it they stay unread.
        progress: told of long work.

    Raises:
        BadInput: the files, the ids or the date are wrong, or there is no review from there to read.
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
    # 4. What do viewers there say of it?
    opinion = make_report(app.events, [id_], [territory], texts, progress) if texts else None
    return Journey(id_, catalog, audience, availability, recommended, place, opinion)


def localized(
    subtitles: Path,
    spoken: Language,
    language: Language,
    engine: TranslationEngine,
    *,
    profile: str = "netflix",
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Subtitles:
    """Takes a title's subtitles into a country's language: translated, repaired, checked.

    Args:
        subtitles: a file in any format of timed text.
        spoken: its language.
        language: the country's (``crossreel.insight.advise.language_of``).
        engine: translates (``crossreel.app.translation_engine``).
        profile: the rules that the country's viewers expect.
        progress: called as ``progress(sentences answered, of)``.

    Raises:
        BadInput: no timed text, or the engine does not join these languages.
        Missing: what the engine needs is not there.
    """
    # 5. What must be localized? Every line keeps its id; people read the doubtful ones first.
    made = translate_document(read_file(subtitles), Task(spoken, language, engine), progress=progress)
    doubtful = [(line.id, line.source, line.target) for line in made.worst_first()]
    fixed = fix(made.document, language, profile).document
    return Subtitles(fixed, doubtful, check(fixed, language, profile))
