"""The audience: how many, where from, doing what; viewers, and what is kept about one."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

import orjson
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.audience.event_file import event_to_dict
from crossreel.audience.event_log import LogSummary
from crossreel.desk.audience import erase_viewer
from crossreel.desk.trail import record
from crossreel.errors import BadInput, BadValue, UnknownId
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.language import ENGLISH
from crossreel.values.territory import Territory, all_territories
from crossreel.web.cards import shown_words
from crossreel.web.charts import Chart, Series
from crossreel.web.console.addresses import changed, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command, Noun
from crossreel.web.console.pages.overview import EVENT_KINDS
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting
from crossreel.web.views import Words

__all__ = ["NOUN", "viewer_url"]

PAGE_VIEWERS = 50
PAGE_EVENTS = 100
_BARS = 15


def viewer_url(id_: ViewerId | str) -> str:
    """The address of a viewer's page."""
    return console_url("/viewer", id=str(id_))


def audience(sitting: Sitting) -> Response:
    """``GET /audience``: counts by kind, territory and source."""
    summary = sitting.app.events.summary()
    charts = [_by_kind(sitting, summary), _by_territory(sitting, summary), _by_source(sitting, summary)]
    return sitting.page(
        "audience.html",
        noun="audience",
        title=sitting.tell("Audience"),
        summary=summary,
        profiles=sitting.app.viewers.count(),
        charts=[chart for chart in charts if chart is not None],
        simulated=sitting.console.profiles.simulated,
    )


_EVENT_NAMES = {kind.value: name for kind, name in EVENT_KINDS.items()}


def _by_kind(sitting: Sitting, summary: LogSummary) -> Chart | None:
    ranked = sorted(summary.by_kind.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        return None
    ranked = [(sitting.tell(_EVENT_NAMES.get(kind, kind)), count) for kind, count in ranked]
    kind, count = ranked[0]
    finding = sitting.tell(
        "%(kind)s: %(percent)s %% of all events",
        percent=_share(count, summary.events),
        kind=kind,
    )
    return _bars(sitting, "kinds", finding, ranked, axis=sitting.tell("kind"))


def _by_territory(sitting: Sitting, summary: LogSummary) -> Chart | None:
    ranked = sorted(summary.by_territory.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        return None
    known = {place.code for place in all_territories()}
    book = sitting.phrases.book
    names = [(book.territory(Territory(code)) if code in known else code, count) for code, count in ranked]
    finding = sitting.tell(
        "%(percent)s %% of events with a territory come from %(territory)s",
        percent=_share(ranked[0][1], sum(summary.by_territory.values())),
        territory=names[0][0],
    )
    return _bars(sitting, "territories", finding, names, axis=sitting.tell("territory"))


def _by_source(sitting: Sitting, summary: LogSummary) -> Chart | None:
    ranked = sorted(summary.by_source.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        return None
    if len(ranked) == 1:
        finding = sitting.tell("All events come from the source “%(source)s”", source=ranked[0][0])
    else:
        finding = sitting.tell(
            "%(percent)s %% of events come from the source “%(source)s”",
            percent=_share(ranked[0][1], summary.events),
            source=ranked[0][0],
        )
    return _bars(sitting, "sources", finding, ranked, axis=sitting.tell("source"))


def _share(count: int, of: int) -> int:
    return round(100 * count / of) if of else 0


def _bars(sitting: Sitting, key: str, finding: str, ranked: list[tuple[str, int]], *, axis: str) -> Chart:
    """The largest ones; what further ones sum up to is told in the note."""
    rest = sum(count for _, count in ranked[_BARS:])
    note = sitting.tell("Every event of the log is counted.")
    if rest:
        told = sitting.tell_n(
            "%(num)s further one is left out", "%(num)s further ones are left out", len(ranked) - _BARS
        )
        note = f"{note} {told}: {sitting.phrases.book.number(rest)}."
    return Chart(
        "bar",
        key,
        finding,
        tuple(label for label, _ in ranked[:_BARS]),
        (Series(sitting.tell("Events"), tuple(float(count) for _, count in ranked[:_BARS])),),
        unit=sitting.tell("events"),
        axis=axis,
        note=note,
        simulated=sitting.console.profiles.simulated,
    )


def viewers(sitting: Sitting) -> Response:
    """``GET /viewers?q=&after=``: profiles by id; an exact id finds viewers without a profile too."""
    query, after = sitting.query("q")[:200], sitting.query("after")[:300]
    found = sitting.app.viewers.page(after=after, limit=PAGE_VIEWERS + 1, search=query)
    here = sitting.tell("Viewers")
    return sitting.page(
        "viewers.html",
        noun="audience",
        title=here,
        crumbs=[Crumb(here)],
        query=query,
        rows=found[:PAGE_VIEWERS],
        nameless=_nameless(sitting, query) if not after else None,
        count=sitting.app.viewers.count(),
        older=console_url("/viewers", q=query, after=str(found[PAGE_VIEWERS - 1].id))
        if len(found) > PAGE_VIEWERS
        else "",
        first=console_url("/viewers", q=query) if after else "",
    )


def _nameless(sitting: Sitting, query: str) -> ViewerId | None:
    """A viewer who has events but no profile, found by id alone."""
    if not query:
        return None
    try:
        id_ = sitting.app.viewer_id(query)
    except BadInput:
        return None
    return None if sitting.app.viewers.get(id_) else id_


def viewer(sitting: Sitting) -> Response:
    """``GET /viewer?id=&page=``: profile and events, newest first."""
    id_ = _known(sitting, sitting.query("id"))
    profile, events = sitting.app.viewers.get(id_), sitting.app.events.history(id_)[::-1]
    text = sitting.query("page", "1")
    pages = max(1, -(-len(events) // PAGE_EVENTS))
    page = min(max(int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1, 1), pages)
    rows = events[(page - 1) * PAGE_EVENTS : page * PAGE_EVENTS]
    resolved = sitting.app.catalog.resolve(list({event.title for event in rows}))
    titles = sitting.app.catalog.get(list(set(resolved.values())))
    names: dict[TitleId, tuple[TitleId, Words]] = {
        record_id: (merged, shown_words(titles[merged].shown_name((ENGLISH,))))
        for record_id, merged in resolved.items()
        if merged in titles
    }
    here = str(id_)
    return sitting.page(
        "viewer.html",
        noun="audience",
        title=here,
        crumbs=[Crumb(sitting.tell("Viewers"), console_url("/viewers")), Crumb(here)],
        names=[name for _, name in names.values()],
        viewer_id=id_,
        profile=profile,
        rows=rows,
        titles=names,
        total=len(events),
        kinds=Counter(event.kind.value for event in events).most_common(),
        page=page,
        pages=pages,
        may_administer=sitting.may(Permission.ADMINISTER),
    )


def _known(sitting: Sitting, text: str) -> ViewerId:
    """A viewer of whom something is kept. Raises ``UnknownId``."""
    try:
        id_ = ViewerId.parse(text)
    except BadValue as error:
        raise UnknownId("viewer", text) from error
    if sitting.app.viewers.get(id_) is None and not sitting.app.events.history(id_):
        raise UnknownId("viewer", text)
    return id_


def export(sitting: Sitting, fields: Fields) -> Response:
    """``POST /viewer/export``: all that is kept about a viewer as a file; that is written down."""
    id_ = _known(sitting, fields.one("id"))
    profile, events = sitting.app.viewers.get(id_), sitting.app.events.history(id_)
    after = {"events": len(events)}
    record(sitting.app, sitting.actor, "viewer.export", str(id_), after=after, request_id=sitting.request_id)
    document = {
        "viewer": str(id_),
        "profile": profile
        and {
            "name": profile.name,
            "territory": profile.territory and profile.territory.code,
            "languages": [language.tag for language in profile.languages],
            "birth_year": profile.birth_year,
            "age_band": profile.age_band,
            "gender": profile.gender,
            "occupation": profile.occupation,
            "simulated": profile.simulated,
        },
        "events": [event_to_dict(event) for event in events],
    }
    name = quote(f"viewer-{id_.source}-{id_.key}"[:100].replace("/", "-") + ".json", safe="")
    return Response(
        orjson.dumps(document, option=orjson.OPT_INDENT_2),
        media_type="application/json",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "private, no-store",
        },
    )


def erase(sitting: Sitting, fields: Fields) -> Response:
    """``POST /viewer/erase``: shows what would go, then (``step`` erase) removes it for good."""
    id_ = _known(sitting, fields.one("id"))
    if fields.one("step") == "erase" and fields.one("sure") == "yes":
        erased = erase_viewer(sitting.app, sitting.actor, id_, request_id=sitting.request_id)
        told = sitting.tell_n(
            "%(viewer)s is erased: %(num)s event.",
            "%(viewer)s is erased: %(num)s events.",
            erased.events,
            viewer=id_,
        )
        return sitting.go(console_url("/viewers"), told)
    here = sitting.tell("Erase")
    return sitting.page(
        "viewer_erase.html",
        noun="audience",
        title=here,
        crumbs=[Crumb(str(id_), viewer_url(id_)), Crumb(here)],
        status=422 if fields.one("step") == "erase" else 200,
        viewer_id=id_,
        profile=sitting.app.viewers.get(id_),
        events=len(sitting.app.events.history(id_)),
        unsure=fields.one("step") == "erase",
    )


NOUN = Noun(
    key="audience",
    label=M_("Audience"),
    path="/audience",
    routes=[
        shown("/audience", audience),
        shown("/viewers", viewers),
        shown("/viewer", viewer),
        changed("/viewer/export", export, Permission.ADMINISTER),
        changed("/viewer/erase", erase, Permission.ADMINISTER),
    ],
    commands=[
        Command(M_("Audience"), console_url("/audience"), "events counts explorer"),
        Command(M_("Find a viewer"), console_url("/viewers"), "viewers profiles erase export"),
    ],
)
