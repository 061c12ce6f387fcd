"""The first page: what is in the house, where it is open, who watches what, what needs doing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from crossreel.audience.event import EventKind
from crossreel.rights.license import License, Mode
from crossreel.values.ids import TitleId
from crossreel.values.language import ENGLISH, Language
from crossreel.values.territory import Territory, all_territories
from crossreel.web.cards import shown_words, words
from crossreel.web.charts import Chart, Series
from crossreel.web.console.addresses import shown
from crossreel.web.console.listing import Line, boundary_day
from crossreel.web.console.nouns import Command, Noun
from crossreel.web.console.pages.jobs import KIND_NAMES
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Sitting

__all__ = ["EVENT_KINDS", "NOUN"]

_DAYS = 30
_BARS = 10
EVENT_KINDS = {
    EventKind.IMPRESSION: M_("Impressions"),
    EventKind.VIEW: M_("Views"),
    EventKind.RATING: M_("Ratings"),
    EventKind.REVIEW: M_("Reviews"),
    EventKind.THUMBS: M_("Thumbs"),
    EventKind.LIST_ADD: M_("Added to lists"),
    EventKind.POSITIVE: M_("Liked"),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """A license that ends soon."""

    license: License
    line: Line
    day: date


def overview(sitting: Sitting) -> Response:
    """``GET /``."""
    lines = sitting.console.listing.lines(sitting.app)
    summary = sitting.app.events.summary()
    busiest = sorted(summary.by_territory, key=lambda code: -summary.by_territory[code])
    asked = sitting.query("territory").upper()
    known = [Territory(code) for code in busiest if Territory(code) in all_territories()]
    place = next((one for one in known if one.code == asked), known[0] if known else None)
    endings = _endings(sitting, lines.all)
    charts = [_open_titles(sitting), _days(sitting), _synopses(sitting, lines.all)]
    top, top_names = _top_titles(sitting, place) if place else (None, [])
    names = [words(one.line.title.name, _original(one.line)) for one in endings[:10]]
    cards = sitting.app.shelf.cards()
    return sitting.page(
        "overview.html",
        noun="overview",
        title=sitting.tell("Overview"),
        names=[*names, *top_names],
        counts=_counts(sitting, len(lines.all), summary),
        charts=[chart for chart in charts if chart is not None],
        top=top,
        place=place,
        places=known,
        endings=endings[:10],
        ending_count=len(endings),
        ending_titles=len({one.line.title.id for one in endings}),
        jobs=sitting.app.jobs.page(limit=5),
        kinds_of_jobs=KIND_NAMES,
        model=next((card for card in cards if card.id == sitting.app.shelf.active()), None),
        models=len(cards),
        days=_DAYS,
        simulated=sitting.console.profiles.simulated,
    )


def _original(line: Line) -> Language:
    languages = line.title.original_languages
    return languages[0] if languages else Language("und")


def _counts(sitting: Sitting, titles: int, summary: Any) -> list[tuple[str, int, str, bool]]:
    """Label, number, where it leads, and whether it counts a simulated audience."""
    simulated = sitting.console.profiles.simulated
    return [
        (sitting.tell("titles"), titles, console_url("/catalog"), False),
        (sitting.tell("licenses"), sitting.app.licenses.count(), console_url("/rights"), False),
        (sitting.tell("viewers"), summary.viewers, "", simulated),
        (sitting.tell("events"), summary.events, "", simulated),
    ]


def _open_titles(sitting: Sitting) -> Chart | None:
    """Where most is open now."""
    lines = sitting.console.listing.lines(sitting.app)
    if not lines.all:
        return None
    counts = sitting.app.rights.matrix(lines.titles, sitting.now, tuple(Mode)).sum(axis=0)
    book = sitting.phrases.book
    ranked = sorted(zip(counts, all_territories(), strict=True), key=lambda pair: (-pair[0], pair[1]))
    audience = set(sitting.app.events.summary().by_territory)
    rows = [pair for pair in ranked if pair[1].code in audience] or ranked
    best, least = ranked[0], rows[-1]
    told = sitting.tell(
        "%(most)s of %(all)s titles are open in %(best)s; %(few)s in %(least)s",
        most=book.number(int(best[0])),
        all=book.number(len(lines.all)),
        best=book.territory(best[1]),
        few=book.number(int(least[0])),
        least=book.territory(least[1]),
    )
    rows = rows[:12]
    return Chart(
        "bar",
        "open-titles",
        told,
        tuple(book.territory(place) for _, place in rows),
        (Series(sitting.tell("Open titles"), tuple(float(count) for count, _ in rows)),),
        unit=sitting.tell("titles open now"),
        axis=sitting.tell("territory"),
        note=sitting.tell(
            "Territories where the audience is, counted at this instant in any way of offering."
        ),
        links=tuple(console_url("/rights", territory=place.code) for _, place in rows),
    )


def _days(sitting: Sitting) -> Chart | None:
    """Events a day by kind, and how the last week compares with the one before."""
    last = sitting.now.date() - timedelta(days=1)  # today is not over yet
    first = last - timedelta(days=_DAYS - 1)
    since, until = (datetime.combine(day, time()) for day in (first, sitting.now.date()))
    rows = sitting.app.events.query(
        "SELECT kind, CAST(time AS DATE), count(*) FROM events WHERE time >= ? AND time < ? GROUP BY 1, 2",
        [since, until],
    )
    if not rows:
        return None
    counts = {(kind, day): count for kind, day, count in rows}
    days = [first + timedelta(days=n) for n in range(_DAYS)]
    present = {kind for kind, _ in counts}
    kinds = sorted(
        (kind for kind in EVENT_KINDS if kind.value in present),
        key=lambda kind: -sum(counts.get((kind.value, day), 0) for day in days),
    )
    week, before = (
        sum(count for (_, day), count in counts.items() if start <= day <= start + timedelta(days=6))
        for start in (last - timedelta(days=6), last - timedelta(days=13))
    )
    return Chart(
        "area",
        "events-per-day",
        _change(sitting, week, before),
        tuple(day.isoformat()[5:] for day in days),
        tuple(
            Series(
                sitting.tell(EVENT_KINDS[kind]),
                tuple(float(counts.get((kind.value, day), 0)) for day in days),
            )
            for kind in kinds[:6]
        ),
        unit=sitting.tell("events a day"),
        axis=sitting.tell("day (UTC), month-day"),
        note=sitting.tell("Stacked by kind, the last 30 whole days."),
        simulated=sitting.console.profiles.simulated,
    )


def _change(sitting: Sitting, week: int, before: int) -> str:
    """The finding, with the 95 % interval that counts of independent events have."""
    book = sitting.phrases.book
    a_day = book.number(round(week / 7))
    if not week or not before:
        return sitting.tell("%(count)s events a day in the last week", count=a_day)
    change = week / before - 1
    margin = 1.96 * math.sqrt(1 / week + 1 / before) * (week / before)
    values = {"count": a_day, "change": round(abs(change) * 100), "margin": max(1, round(margin * 100))}
    if abs(change) <= margin:
        return sitting.tell(
            "%(count)s events a day, as many as the week before (within %(margin)s %%)", **values
        )
    if change > 0:
        return sitting.tell(
            "%(count)s events a day, %(change)s %% (±%(margin)s) more than the week before", **values
        )
    return sitting.tell(
        "%(count)s events a day, %(change)s %% (±%(margin)s) fewer than the week before", **values
    )


def _synopses(sitting: Sitting, lines: tuple[Line, ...]) -> Chart | None:
    """In how many titles a reader of each language finds a synopsis."""
    counts: dict[Language, int] = {}
    for line in lines:
        for language in {text.language for text in line.title.texts if text.synopsis}:
            counts[language] = counts.get(language, 0) + 1
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_BARS]
    if not ranked:
        return None
    book = sitting.phrases.book
    language, count = ranked[0]
    others = ranked[1][1] if len(ranked) > 1 else 0
    return Chart(
        "bar",
        "synopses",
        sitting.tell(
            "%(percent)s %% of titles have a synopsis in %(language)s, %(others)s %% in the next language",
            percent=round(100 * count / len(lines)),
            language=book.language_name(language),
            others=round(100 * others / len(lines)),
        ),
        tuple(book.language_name(one) for one, _ in ranked),
        (Series(sitting.tell("Titles"), tuple(float(number) for _, number in ranked)),),
        unit=sitting.tell("titles with a synopsis"),
        axis=sitting.tell("language"),
        links=tuple(console_url("/catalog", q=f"not synopsis is {one.tag}") for one, _ in ranked),
        note=sitting.tell("A language leads to the titles that have none in it."),
    )


def _top_titles(sitting: Sitting, place: Territory) -> tuple[Chart | None, list[Any]]:
    """What is viewed most in a territory, with the 95 % interval of each count."""
    since = datetime.combine(sitting.now.date() - timedelta(days=_DAYS), time())
    rows = sitting.app.events.query(
        "SELECT title, count(*) FROM events WHERE kind = 'view' AND territory = ? AND time >= ? GROUP BY 1",
        [place.code, since],
    )
    resolved = sitting.app.catalog.resolve([TitleId.parse(title) for title, _ in rows])
    counts: dict[TitleId, int] = {}
    for text, count in rows:
        merged = resolved.get(TitleId.parse(text))
        if merged is not None:
            counts[merged] = counts.get(merged, 0) + count
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_BARS]
    if not ranked:
        return None, []
    titles = sitting.app.catalog.get([id_ for id_, _ in ranked])
    shown_names = [shown_words(titles[id_].shown_name((ENGLISH,))) for id_, _ in ranked]
    intervals = [_poisson(count) for _, count in ranked]
    sure = len(ranked) < 2 or intervals[0][0] > intervals[1][1]
    where = sitting.phrases.book.territory(place)
    finding = (
        sitting.tell("“%(title)s” leads in %(territory)s", title=shown_names[0].text, territory=where)
        if sure
        else sitting.tell(
            "“%(title)s” is first in %(territory)s, but not surely ahead",
            title=shown_names[0].text,
            territory=where,
        )
    )
    series = Series(
        sitting.tell("Views"),
        tuple(float(count) for _, count in ranked),
        tuple(low for low, _ in intervals),
        tuple(high for _, high in intervals),
    )
    chart = Chart(
        "bar",
        "top-titles",
        finding,
        tuple(name.text for name in shown_names),
        (series,),
        unit=sitting.tell("views in 30 days"),
        axis=sitting.tell("title"),
        note=sitting.tell("Lines are 95 % intervals of the counts."),
        links=tuple(title_url(id_) for id_, _ in ranked),
        languages=tuple(name.language for name in shown_names),
        simulated=sitting.console.profiles.simulated,
    )
    return chart, shown_names


def _poisson(count: int) -> tuple[float, float]:
    """95 % interval of a Poisson count by Byar's approximation (Breslow & Day 1987, page 69)."""
    up = count + 1
    low = count * (1 - 1 / (9 * count) - 1.96 / (3 * math.sqrt(count))) ** 3 if count else 0.0
    return max(low, 0.0), up * (1 - 1 / (9 * up) + 1.96 / (3 * math.sqrt(up))) ** 3


def _endings(sitting: Sitting, lines: tuple[Line, ...]) -> list[Ending]:
    """Licenses whose last day is within the next 30, soonest first; each once, for its own title."""
    today, found = sitting.now.date(), {}
    for line in lines:
        if not any(today <= day <= today + timedelta(days=_DAYS) for day in line.ends):
            continue
        for license_ in line.licenses:
            day = boundary_day(license_.end)
            if day and today <= day <= today + timedelta(days=_DAYS) and license_.id not in found:
                found[license_.id] = Ending(license_, line, day)
    return sorted(found.values(), key=lambda one: (one.day, one.line.sorting, one.license.id))


NOUN = Noun(
    key="overview",
    label=M_("Overview"),
    path="/",
    routes=[shown("/", overview)],
    commands=[Command(M_("Overview"), console_url("/"), "home start dashboard charts")],
)
