"""Insight: titles with reviews, what two countries say and why they differ, complaints, advice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from crossreel.catalog.title import Title
from crossreel.desk.reviews import (
    advice_for,
    complaints,
    countries_of,
    kept_report,
    kept_reports,
    mend_complaint,
    reviewed_titles,
    start_report,
)
from crossreel.errors import BadInput, BadValue, Missing, UnknownId, WrongUse
from crossreel.insight.advice import evidence_told
from crossreel.insight.advise import home_of
from crossreel.insight.text.aspects import LOCALIZATION
from crossreel.insight.text.reviews.tally import ALL_REVIEWS, COMPLAINTS_ABOUT, compared
from crossreel.values.ids import TitleId
from crossreel.values.territory import Territory
from crossreel.web.cards import shown_words
from crossreel.web.charts import Chart
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command, Noun
from crossreel.web.console.pages import weights
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.review_report import aspect_chart, time_chart

__all__ = ["NOUN"]

PAGE_TITLES = 50
PAGE_COMPLAINTS = 100
STATES = {"open": M_("Open"), "mended": M_("Mended")}


def overview(sitting: Sitting) -> Response:
    """``GET /insight``: titles with reviews."""
    rows = reviewed_titles(sitting.app)
    text = sitting.query("page", "1")
    pages = max(1, -(-len(rows) // PAGE_TITLES))
    page = min(max(int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1, 1), pages)
    return sitting.page(
        "insight.html",
        noun="insight",
        title=sitting.tell("Insight"),
        rows=[(one, _choice(one)) for one in rows[(page - 1) * PAGE_TITLES : page * PAGE_TITLES]],
        reviews=sum(one["reviews"] for one in rows),
        titles=len(rows),
        reports=kept_reports(sitting.app)[:10],
        waiting=sum(one["state"] == "open" for one in complaints(sitting.app)),
        page=page,
        pages=pages,
        simulated=sitting.console.profiles.simulated,
    )


def _choice(row: dict[str, Any]) -> str:
    """The address of a title's report for its two most talkative countries."""
    codes = [code for code in row["territories"] if code][:2]
    return _report_url(row["title"], codes)


def _report_url(title: str, codes: list[str]) -> str:
    first, second = [*codes, "", ""][:2]
    return console_url("/insight/reviews", title=title, territory=first, against=second)


def report(sitting: Sitting) -> Response:
    """``GET /insight/reviews?title=&territory=&against=``: the last report of it, and asking for one."""
    values = {"territory": sitting.query("territory"), "against": sitting.query("against")}
    return _report(sitting, sitting.query("title"), values)


def _report(sitting: Sitting, title: str, values: dict[str, str], *, problem: str = "") -> Response:
    stored = _stored(sitting, title)
    found, codes = None, []
    if not problem:
        try:
            asked = [code for code in (values["territory"], values["against"]) if code]
            codes = countries_of(asked)
            found = kept_report(sitting.app, stored.id, codes) if codes else None
        except BadValue as error:
            problem = f"{error.message} {error.advice}".strip()
        except UnknownId:
            found = None
    name = shown_words(stored.shown_name(()))
    counts: dict[str, int] = next(
        (one["territories"] for one in reviewed_titles(sitting.app) if one["title"] == str(stored.id)), {}
    )
    book = sitting.phrases.book
    charts = [
        (country, _charts(country, book.territory(Territory(country["territory"]))))
        for country in (found["countries"] if found else ())
    ]
    return sitting.page(
        "insight_reviews.html",
        noun="insight",
        title=sitting.tell("Reviews of %(title)s", title=name.text),
        crumbs=[Crumb(sitting.tell("Reviews")), Crumb(name)],
        names=[name],
        status=422 if problem else 200,
        name=name,
        title_id=str(stored.id),
        report=found,
        finding=_finding(sitting, found) if found else "",
        countries=charts,
        counts=[(code, book.territory(Territory(code)), count) for code, count in counts.items() if code],
        placeless=counts.get("", 0),
        values=values,
        label=lambda what: _label(sitting, what),
        place_name=lambda code: book.territory(Territory(code)),
        problem=problem,
        advice_url=console_url("/insight/advice", title=str(stored.id), territory=codes[0]) if codes else "",
        simulated=sitting.console.profiles.simulated,
    )


def _charts(country: dict[str, Any], name: str) -> list[Chart]:
    """The charts of a country, whose findings name it as people do."""
    made = [chart for chart in (time_chart(country), aspect_chart(country)) if chart]
    code = f"{country['territory']}:"
    return [replace(chart, finding=f"{name}:{chart.finding.removeprefix(code)}") for chart in made]


def _label(sitting: Sitting, what: str) -> str:
    """What a comparison counts, in words."""
    phrase, aspect = compared(what)
    return sitting.tell(phrase, aspect=aspect)


def _finding(sitting: Sitting, found: dict[str, Any]) -> str:
    """The report's one sentence: what differs most by test, else how the first country likes it."""
    book = sitting.phrases.book
    for one in found["differences"]:
        shown = [row for row in one["rows"] if row["differs"]]
        if shown:
            # the aspect that differs tells why; that all reviews differ tells only that
            row = next((row for row in shown if row["what"] != ALL_REVIEWS), shown[0])
            home, abroad = one["home"], one["abroad"]
            phrase = (
                "%(what)s: %(first)s %% of mentions are negative in %(home)s, %(second)s %% in %(abroad)s"
            )
            if row["what"] == ALL_REVIEWS:
                phrase = "%(what)s: %(first)s %% negative in %(home)s, %(second)s %% in %(abroad)s"
            elif row["what"].startswith(COMPLAINTS_ABOUT):
                phrase = "%(what)s: in %(first)s %% of reviews from %(home)s, %(second)s %% from %(abroad)s"
            return sitting.tell(
                phrase,
                what=row["what"][:1].upper() + row["what"][1:],
                first=round(100 * row[home]["share"]),
                home=book.territory(Territory(home)),
                second=round(100 * row[abroad]["share"]),
                abroad=book.territory(Territory(abroad)),
            )
    if found["differences"]:
        return sitting.tell("No difference between these countries is shown by these reviews")
    country = found["countries"][0]
    return sitting.tell(
        "%(percent)s %% of reviews from %(place)s are positive",
        percent=round(100 * country["opinion"]["positive"]["share"]),
        place=book.territory(Territory(country["territory"])),
    )


def ask(sitting: Sitting, fields: Fields) -> Response:
    """``POST /insight/reviews``: queues reading the reviews."""
    title = fields.one("title")
    values = {name: fields.one(name).strip() for name in ("territory", "against", "tier", "engine")}
    territory, against = (values[name].upper() for name in ("territory", "against"))
    try:
        job = start_report(
            sitting.app,
            sitting.actor,
            title,
            [code for code in (territory, against) if code],
            tier=values["tier"] or "accurate",
            engine=values["engine"],
            request_id=sitting.request_id,
        )
    except (BadInput, Missing, WrongUse) as error:
        return _report(sitting, title, values, problem=f"{error.message} {error.advice}".strip())
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("Reading the reviews is queued."))


def queue(sitting: Sitting) -> Response:
    """``GET /insight/complaints?state=&aspect=``: what localizers can mend."""
    state, aspect = sitting.query("state", "open"), sitting.query("aspect")
    rows = complaints(sitting.app)
    here = sitting.tell("Complaints about localization")
    kept = [
        one
        for one in rows
        if one["state"] == state and (one["aspect"] == aspect or aspect not in LOCALIZATION)
    ]
    return sitting.page(
        "insight_complaints.html",
        noun="insight",
        title=here,
        crumbs=[Crumb(here)],
        rows=kept[:PAGE_COMPLAINTS],
        total=len(kept),
        states={key: (label, sum(one["state"] == key for one in rows)) for key, label in STATES.items()},
        aspects=LOCALIZATION,
        place_name=lambda code: sitting.phrases.book.territory(Territory(code)),
        state=state,
        aspect=aspect,
    )


def mend(sitting: Sitting, fields: Fields) -> Response:
    """``POST /insight/complaints``: a complaint is mended, or open again."""
    mended = fields.one("state") == "mended"
    mend_complaint(sitting.app, sitting.actor, fields.one("id"), mended=mended, request_id=sitting.request_id)
    told = sitting.tell("Marked as mended.") if mended else sitting.tell("Open again.")
    return sitting.go(console_url("/insight/complaints", state="open" if mended else "mended"), told)


def advice(sitting: Sitting) -> Response:
    """``GET /insight/advice?title=&territory=``: what to change for a country."""
    stored = _stored(sitting, sitting.query("title"))
    name = shown_words(stored.shown_name(()))
    code = sitting.query("territory").upper()
    book = sitting.phrases.book
    place, problem = None, ""
    try:
        place = Territory.parse(code) if code else None
    except BadValue as error:
        problem = f"{error.message} {error.advice}".strip()
    found = advice_for(sitting.app, str(stored.id), place.code) if place else None
    home = home_of(stored)
    codes = [place.code, *([home.code] if home and home != place else [])] if place else []
    return sitting.page(
        "insight_advice.html",
        noun="insight",
        title=sitting.tell("Advice for %(title)s", title=name.text),
        crumbs=[Crumb(sitting.tell("Advice")), Crumb(name)],
        names=[name],
        name=name,
        title_id=str(stored.id),
        status=422 if problem else 200,
        problem=problem,
        territory=code,
        place=book.territory(place) if place else "",
        found=found,
        report_url=_report_url(str(stored.id), codes),
        told=evidence_told,
        doors=_doors(sitting, stored.id),
        files=f"/api/v1/titles/{quote(str(stored.id), safe=':')}/analysis/files",
    )


def _doors(sitting: Sitting, id_: TitleId) -> dict[str, tuple[str, str]]:
    """Where each kind of advice is followed in the console: address and label."""
    film = title_url(id_, "film"), sitting.tell("To the film")
    texts = title_url(id_, "texts"), sitting.tell("To the texts")
    return {
        "localization": (title_url(id_, "localize"), sitting.tell("To its subtitles and dubs")),
        **dict.fromkeys(("synopsis", "text"), texts),
        **dict.fromkeys(("picture", "rating", "artwork"), film),
    }


def _stored(sitting: Sitting, title: str) -> Title:
    id_ = sitting.app.title_id(title)
    stored = sitting.app.catalog.get([id_]).get(id_)
    if stored is None:
        raise UnknownId("title", title)
    return stored


NOUN = Noun(
    key="insight",
    label=M_("Insight"),
    path="/insight",
    routes=[
        shown("/insight", overview),
        shown("/insight/reviews", report),
        changed("/insight/reviews", ask),
        shown("/insight/complaints", queue),
        changed("/insight/complaints", mend),
        shown("/insight/advice", advice),
        *weights.ROUTES,
    ],
    commands=[
        Command(M_("What viewers say"), console_url("/insight"), "reviews opinions sentiment"),
        Command(
            M_("Complaints about localization"),
            console_url("/insight/complaints"),
            "subtitles dubbing translation",
        ),
        *weights.COMMANDS,
    ],
)
