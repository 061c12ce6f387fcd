"""Reports of reviews and the advice that rests on them, made by jobs and kept where they are found again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App, text_tools, translation_engine
from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import Title
from crossreel.desk.trail import record
from crossreel.errors import BadValue, CrossreelError, UnknownId
from crossreel.insight.advise import advise, home_of
from crossreel.insight.text.reviews.report import make_report, require_reviews
from crossreel.insight.text.tools import TIERS
from crossreel.insight.video.kept import kept_analysis
from crossreel.jobs.runner import Progress, enqueue
from crossreel.localize.translate.roles import Request, TranslationEngine
from crossreel.values.ids import TitleId
from crossreel.values.job import Job
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = [
    "KIND",
    "advice_for",
    "complaints",
    "countries_of",
    "kept_report",
    "kept_reports",
    "mend_complaint",
    "report_for_advice",
    "report_job",
    "reviewed_titles",
    "start_report",
]

KIND = "reviews.report"
_MOST_COUNTRIES = 6
_COUNTS = """
SELECT title, territory, count(*) FROM events WHERE kind = 'review' AND text <> '' GROUP BY ALL
"""
_PLACES = """
SELECT DISTINCT territory FROM events WHERE kind = 'review' AND text <> '' AND title IN (SELECT unnest(?))
"""


def reviewed_titles(app: App) -> list[dict[str, Any]]:
    """Titles with reviews, most reviewed first: id, name, language of the name, reviews by country."""
    rows = app.events.query(_COUNTS)
    resolved = app.catalog.resolve([TitleId.parse(title) for title in {row[0] for row in rows}])
    found: dict[TitleId, dict[str, int]] = {}
    for title, territory, count in rows:
        id_ = resolved.get(TitleId.parse(title))
        if id_ is not None:
            places = found.setdefault(id_, {})
            places[territory or ""] = places.get(territory or "", 0) + count
    titles = app.catalog.get(list(found))
    told = [
        {
            "title": str(id_),
            "name": titles[id_].name,
            "reviews": sum(places.values()),
            "territories": dict(sorted(places.items(), key=lambda pair: (-pair[1], pair[0]))),
        }
        for id_, places in found.items()
        if id_ in titles
    ]
    return sorted(told, key=lambda one: (-one["reviews"], one["title"]))


def countries_of(territories: Sequence[str]) -> list[str]:
    """The codes of a report's countries, that of interest first; of equal ones to compare with, one.

    Raises:
        BadValue: no such territory, or the first is to be compared with itself.
    """
    first, *others = [Territory.parse(code).code for code in territories] or [""]
    if first in others:
        raise BadValue("country to compare with", first, f"another than {first}")
    return [first, *dict.fromkeys(others)] if first else []


def start_report(
    app: App,
    actor: Actor,
    title: str,
    territories: Sequence[str],
    *,
    tier: str = "accurate",
    engine: str = "",
    request_id: str = "",
) -> Job:
    """Queues reading a title's reviews.

    Args:
        app: the application.
        actor: who asks.
        title: id.
        territories: ISO codes, that of interest first, then those to compare it with.
        tier: of the sentiment.
        engine: translates quotes into English; "" leaves them as they are.
        request_id: of the HTTP request.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: no such title.
        BadValue: no such territory or tier, too many territories, or one to be compared with itself.
        BadInput: one of the countries has no review of the title.
        WrongUse, Missing: no such engine, or it is not installed.
    """
    actor.require(Permission.EDIT)
    stored = _stored(app, title)
    codes = countries_of(territories)
    if not 0 < len(codes) <= _MOST_COUNTRIES:
        raise BadValue("number of countries", len(codes), f"1 to {_MOST_COUNTRIES}")
    if tier not in TIERS:
        raise BadValue("tier", tier, "one of " + ", ".join(TIERS))
    if engine:
        translation_engine(engine, app.home)
    require_reviews(app.events, _records(app, stored), [Territory(code) for code in codes])
    parameters = {"title": str(stored.id), "territories": codes, "tier": tier, "engine": engine}
    with app.atomic():
        job = enqueue(app.jobs, KIND, parameters, actor.operator, app.clock())
        record(app, actor, "job.start", job.id, after={"kind": KIND, **parameters}, request_id=request_id)
    return job


def report_job(app: App, parameters: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Does what ``start_report`` queued; a stopped one goes on where it was.

    Raises:
        BadInput: one of the countries has no review of the title, or none that the tier reads.
    """
    stored = _stored(app, str(parameters["title"]))
    codes = [str(code) for code in parameters["territories"]]
    path = _path(app, stored.id, codes)
    engine = str(parameters.get("engine") or "")  # a mistyped one is told before the reviews are read
    translator = translation_engine(engine, app.home) if engine else None
    made = make_report(
        app.events,
        _records(app, stored),
        [Territory(code) for code in codes],
        text_tools(app.home),
        progress,
        tier=str(parameters.get("tier") or TIERS[0]),
        checkpoint=path.with_suffix(".part"),
    )
    if translator is not None:
        _translate(made, translator)
    document = {
        "title": str(stored.id),
        "name": stored.name,
        "territories": codes,
        **made,
        "made_at": app.clock().isoformat(),
    }
    _write(path, document)
    return {
        "title": str(stored.id),
        "territories": codes,
        "reviews": sum(country["reviews"] for country in made["countries"]),
    }


def report_for_advice(app: App, title: str, territory: str, against: str | None, progress: Progress) -> None:
    """Reads the reviews that advice for a country rests on; without one, advice rests on the catalog alone.

    Args:
        app: the application.
        title: id.
        territory: the country.
        against: home; None for the title's own country, which is left out where no review is from there.
        progress: told of the reading.

    Raises:
        UnknownId: no such title.
        BadValue: no such territory, or it is to be compared with itself.
        BadInput: no review from a country of ``against``.
    """
    stored = _stored(app, title)
    codes = countries_of([territory, *([against] if against else [])])
    rows = app.events.query(_PLACES, ([str(id_) for id_ in _records(app, stored)],))
    places = {place for (place,) in rows}
    home = home_of(stored)
    if against is None and home and home.code in places and home.code not in codes:
        codes.append(home.code)
    if codes[0] in places:
        report_job(app, {"title": title, "territories": codes}, progress)


def kept_report(app: App, title: TitleId, territories: Sequence[str]) -> dict[str, Any]:
    """The last report of a title and these countries in this order.

    Raises:
        UnknownId: there is none yet.
    """
    path = _path(app, title, territories)
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UnknownId(
            "report of reviews of",
            f"{title} in {', '.join(territories)}",
            advice="Ask for one first: POST to the same address, or crossreel reviews report.",
        ) from None
    return document


def kept_reports(app: App, title: TitleId | None = None) -> list[dict[str, Any]]:
    """All reports that are kept (of a title), newest first."""
    found = []
    for path in _folder(app).glob("*.json"):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # another process writes or removes it
        if title is None or document.get("title") == str(title):
            found.append(document)
    return sorted(found, key=lambda one: str(one["made_at"]), reverse=True)


def complaints(app: App) -> list[dict[str, Any]]:
    """What viewers complain of that a localizer can mend, surest first; each once, with its state.

    ``state`` is "open" or "mended"; a complaint's ``id`` is made of title, country, aspect and quote.
    """
    mended = _mended(app)
    found: dict[str, dict[str, Any]] = {}
    for report in kept_reports(app):
        for one in report["localization_complaints"]:
            material = "\0".join((report["title"], one["territory"], one["aspect"], one["text"]))
            id_ = hashlib.sha256(material.encode("utf-8", "replace")).hexdigest()[:16]
            told = {"id": id_, "title": report["title"], "name": report["name"], **one}
            found.setdefault(id_, {**told, "state": "mended" if id_ in mended else "open"})
    return sorted(found.values(), key=lambda one: (one["state"] != "open", -one["probability"], one["id"]))


def mend_complaint(
    app: App, actor: Actor, id_: str, *, mended: bool = True, request_id: str = ""
) -> dict[str, Any]:
    """Marks a complaint as mended, or as open again.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId: no report holds such a complaint.
    """
    actor.require(Permission.EDIT)
    found = next((one for one in complaints(app) if one["id"] == id_), None)
    if found is None:
        raise UnknownId("complaint", id_)
    state = "mended" if mended else "open"
    known = _mended(app)
    after = known | {id_} if mended else known - {id_}
    _write(_folder(app) / "mended" / "ids.json", sorted(after))
    record(
        app,
        actor,
        "complaint.state",
        found["title"],
        before={"complaint": id_, "state": found["state"]},
        after={"complaint": id_, "state": state, "quote": found["text"][:200]},
        request_id=request_id,
    )
    return {**found, "state": state}


def advice_for(app: App, title: str, territory: str) -> dict[str, Any]:
    """Advice for a title and country, by the newest kept report that has the country first and by its film.

    ``report_made_at`` is the report's time, or None where none was made.

    Raises:
        UnknownId: no such title.
        BadValue: no such territory.
    """
    stored, country = _stored(app, title), Territory.parse(territory)
    fitting = [one for one in kept_reports(app, stored.id) if one["territories"][0] == country.code]
    home = home_of(stored)
    report = next((one for one in fitting if home and home.code in one["territories"]), None)
    report = report or next(iter(fitting), None)
    if report is not None and not report["countries"][0]["reviews"]:
        report = None
    advised = advise(stored, country, report, _analysis(app, stored))
    return {**advised, "report_made_at": report and report["made_at"]}


def _analysis(app: App, title: Title) -> dict[str, Any] | None:
    """The kept analysis of its film, else of its trailer."""
    for role in (AttachmentRole.FILM, AttachmentRole.TRAILER):
        for one in title.attachments:
            if one.role is role:
                return kept_analysis(app.home, one.digest)
    return None


def _stored(app: App, title: str) -> Title:
    id_ = app.title_id(title)
    stored = app.catalog.get([id_]).get(id_)
    if stored is None:
        raise UnknownId("title", title)
    return stored


def _records(app: App, title: Title) -> list[TitleId]:
    """The ids of a title under all its sources."""
    siblings = app.catalog.siblings([title.id]).get(title.id, ())
    return [one.title.id for one in siblings] or [title.id]


def _translate(made: dict[str, Any], translator: TranslationEngine) -> None:
    """Adds ``translation`` (English) to quotes of languages that the engine knows, and who made it."""
    target = Language.parse("en")
    quotes = [
        quote
        for country in made["countries"]
        for row in country["aspects"]
        for label in ("positive", "negative")
        for quote in row["quotes"][label]
    ]
    quotes += [one for country in made["countries"] for one in country["in_short"]]
    quotes += made["localization_complaints"]
    for tag in sorted({quote["language"] for quote in quotes} - {"und"}):
        source = Language.parse(tag)
        own = [quote for quote in quotes if quote["language"] == tag]
        if source.primary == "en":
            continue
        try:
            requests = [Request(str(at), quote["text"]) for at, quote in enumerate(own)]
            for answer in translator.translate(requests, source, target):
                if answer.text:
                    own[int(answer.id)]["translation"] = answer.text
        except CrossreelError as error:  # the report stands without it, and says why
            made.setdefault("not_translated", {})[tag] = error.message
    made["translated_by"] = translator.facts.name


def _folder(app: App) -> Path:
    return app.home / "reports" / "reviews"


def _path(app: App, title: TitleId, territories: Sequence[str]) -> Path:
    name = hashlib.sha256(f"{title} {' '.join(territories)}".encode()).hexdigest()[:24]
    return _folder(app) / f"{name}.json"


def _mended(app: App) -> set[str]:
    try:
        return set(json.loads((_folder(app) / "mended" / "ids.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return set()


def _write(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(document), encoding="utf-8")
    unfinished.replace(path)
