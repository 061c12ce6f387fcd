"""Rights: what opens and ends in a territory, month by month, and why something is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from starlette.responses import Response

from crossreel.catalog.title import Title
from crossreel.errors import BadInput, BadValue
from crossreel.rights.availability import Decision
from crossreel.rights.license import Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import UNDETERMINED, Language
from crossreel.values.territory import Territory, all_territories
from crossreel.values.vocabulary import Vocabulary
from crossreel.values.window import parse_instant
from crossreel.web.cards import words
from crossreel.web.console.addresses import shown
from crossreel.web.console.calendar import Band, Month, bands_of, months_from, years_of
from crossreel.web.console.facts import FIELD_KINDS, check, chosen, country_code
from crossreel.web.console.listing import Line
from crossreel.web.console.nouns import Command, Noun
from crossreel.web.console.pages import conflicts
from crossreel.web.console.pages.title import find_title
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sentence import read
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["NOUN"]

PAGE_TITLES = 25
_CHOICES = (12, 18, 24, 36)


@dataclass(frozen=True, slots=True)
class TitleRow:
    """A title in a territory's calendar."""

    line: Line
    bands: tuple[Band, ...]
    next_edge: date


def territory_calendar(sitting: Sitting) -> Response:
    """``GET /rights``: a territory's titles by months, those that open or end soonest first."""
    territory = _territory(sitting.query("territory") or sitting.app.settings.web.territory)
    asked = sitting.query("months", "12")
    count = int(asked) if asked in map(str, _CHOICES) else 12
    only = sitting.query("only", "changing")
    sentence, problem, lines = sitting.query("q"), None, []
    table = sitting.console.listing.lines(sitting.app)
    try:
        phrase = read(sentence, FIELD_KINDS)
        check(phrase, sentence)
        mask = chosen(phrase, table, sitting.app, sitting.now, sentence)
        lines = [table.all[number] for number in np.flatnonzero(mask)]
    except BadValue as error:
        problem = error
    months = months_from(sitting.now.date(), count, sitting.phrases.book)
    changing = _changing(sitting, lines, territory, months)
    rows: list[TitleRow | Line] = list(changing)
    if only != "changing":
        rows += _steady(sitting, lines, territory, months, {row.line.title.id for row in changing})
    pages = max(1, -(-len(rows) // PAGE_TITLES))
    text = sitting.query("page", "1")
    page = min(max(int(text) if text.isdecimal() and len(text) < 7 else 1, 1), pages)
    shown_rows = [
        row if isinstance(row, TitleRow) else _row(sitting, row, territory, months)
        for row in rows[(page - 1) * PAGE_TITLES : page * PAGE_TITLES]
    ]
    names = [words(row.line.title.name, _original(row.line)) for row in shown_rows]
    name = sitting.phrases.book.territory(territory)
    return sitting.page(
        "rights.html",
        noun="rights",
        title=sitting.tell("Rights in %(territory)s", territory=name),
        crumbs=[Crumb(name)],
        names=names,
        territory=territory,
        territory_name=name,
        territories=all_territories(),
        months=months,
        years=years_of(months),
        month_choices=_CHOICES,
        count=count,
        only=only,
        rows=shown_rows,
        found=len(rows),
        of_all=len(table.all),
        page=page,
        pages=pages,
        sentence=sentence,
        problem=problem,
    )


def _territory(text: str) -> Territory:
    return Territory.parse(country_code(text))


def _original(line: Line) -> Language:
    languages = line.title.original_languages
    return languages[0] if languages else UNDETERMINED


def _row(sitting: Sitting, line: Line, territory: Territory, months: tuple[Month, ...]) -> TitleRow:
    bands = bands_of(sitting.app, line.title.id, territory, months)
    edges = [edge for band in bands for span in band.spans for edge in (span.start, span.end)]
    coming = [edge for edge in edges if edge is not None and edge >= sitting.now.date()]
    return TitleRow(line, bands, min(coming, default=date.max))


def _changing(
    sitting: Sitting, lines: list[Line], territory: Territory, months: tuple[Month, ...]
) -> list[TitleRow]:
    """Titles that open or end there in these months, soonest first."""
    first, last = months[0].first - timedelta(days=2), months[-1].last + timedelta(days=2)
    rows = [
        _row(sitting, line, territory, months)
        for line in lines
        if any(first <= day <= last for day in (*line.starts, *line.ends))
        and any(territory in one.where for one in line.licenses)
    ]
    rows = [row for row in rows if row.bands and row.next_edge < date.max]
    return sorted(rows, key=lambda row: (row.next_edge, row.line.sorting))


def _steady(
    sitting: Sitting,
    lines: list[Line],
    territory: Territory,
    months: tuple[Month, ...],
    told: set[TitleId],
) -> list[Line]:
    """The other titles that are open there at some time in these months, by name."""
    vocabulary = Vocabulary(line.title.id for line in lines)
    instants = [datetime.combine(day, time(12), UTC) for day in (months[0].first, months[-1].last)]
    masks = [
        sitting.app.rights.mask(vocabulary, territory, tuple(Mode), at) for at in (sitting.now, *instants)
    ]
    is_open = np.logical_or.reduce(masks)
    found = [line for line, here in zip(lines, is_open, strict=True) if here and line.title.id not in told]
    return sorted(found, key=lambda line: line.sorting)


def check_page(sitting: Sitting) -> Response:
    """``GET /rights/check``: may this be shown there, then, this way; with every reason."""
    asked = {name: sitting.query(name) for name in ("title", "territory", "mode", "at", "language")}
    decisions: list[tuple[Mode, Decision]] = []
    title, territory, at, problem = None, None, sitting.now, ""
    if asked["title"]:
        try:
            title = _asked_title(sitting, asked["title"])
            territory = _territory(asked["territory"] or sitting.app.settings.web.territory)
            at = _instant(asked["at"], territory, sitting.now)
            language = Language.parse(asked["language"]) if asked["language"] else None
            modes = (Mode.read(asked["mode"]),) if asked["mode"] else tuple(Mode)
            for mode in modes:
                decision = sitting.app.rights.check(title.id, territory, mode, at, language)
                decisions.append((mode, decision))
        except BadInput as error:
            problem = f"{error.message} {error.advice}".strip()
    return sitting.page(
        "check.html",
        noun="rights",
        title=sitting.tell("Why is it open or closed?"),
        crumbs=[Crumb(sitting.tell("Why is it open or closed?"))],
        names=[words(title.name, UNDETERMINED)] if title else [],
        status=422 if problem else 200,
        asked=asked,
        the_title=title,
        territory=territory,
        territories=all_territories(),
        modes=tuple(Mode),
        at=at,
        decisions=decisions,
        problem=problem,
    )


def _asked_title(sitting: Sitting, text: str) -> Title:
    """A title by id, else the best one that a search finds."""
    try:
        return find_title(sitting, text)
    except BadInput:
        hits = sitting.app.catalog.search(text, 1)
        if not hits:
            raise
        return find_title(sitting, str(hits[0].title))


def _instant(text: str, territory: Territory, now: datetime) -> datetime:
    """An instant, or the noon of a day on the clocks of the territory."""
    if not text:
        return now
    if len(text) == 10:
        try:
            return datetime.combine(date.fromisoformat(text), time(12), territory.zone).astimezone(UTC)
        except ValueError as error:
            raise BadValue("day", text, "a date such as 2026-12-31") from error
    return parse_instant(text)


NOUN = Noun(
    key="rights",
    label=M_("Rights"),
    path="/rights",
    routes=[shown("/rights", territory_calendar), shown("/rights/check", check_page), *conflicts.ROUTES],
    commands=[
        Command(M_("Rights calendar of a territory"), console_url("/rights"), "licenses months opens ends"),
        Command(M_("Ask why a title is open or closed"), console_url("/rights/check"), "availability reason"),
        *conflicts.COMMANDS,
    ],
)
