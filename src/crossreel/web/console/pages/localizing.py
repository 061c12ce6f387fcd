"""The tab of a title's film in other languages: what is made of it, what it takes, started, published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote as quoted

from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, Response

from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import Title
from crossreel.desk.trail import record
from crossreel.errors import BadInput, BadValue, Conflict, CrossreelError
from crossreel.localize.timedtext import profile_names
from crossreel.localize.translate.engines.registry import ENGINES
from crossreel.media.leveling import TARGETS
from crossreel.studio.casting import engines_at_hand
from crossreel.studio.localize_jobs import (
    Version,
    is_published,
    made_file,
    publish,
    start_localizing,
    versions_of,
    withdraw,
)
from crossreel.studio.localize_orders import (
    GIVEN,
    VOICES,
    Ask,
    Quote,
    film_to_localize,
    keep_ask,
    quote,
    read_ask,
)
from crossreel.values.ids import TitleId
from crossreel.values.job import Job
from crossreel.values.language import ENGLISH, Language
from crossreel.web.cards import shown_words
from crossreel.web.console.addresses import changed, many_uploaded, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.pages.jobs import Progress, progress_of
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["ROUTES", "localize_context"]

_STEPS = ("transcript", "translation", "fix", "dub", "package")


@dataclass(frozen=True, slots=True)
class Row:
    """A language as the table shows it."""

    version: Version
    name: str
    told: Progress | None
    listen: str
    texts: tuple[tuple[str, str], ...]


def localize_context(sitting: Sitting, title: Title) -> dict[str, Any]:
    """What ``title_localize.html`` shows."""
    try:
        film = film_to_localize(sitting.app, title.id).digest
    except Conflict:
        return {"film": None}
    book = sitting.phrases.book
    rows = [_row(sitting, title.id, one) for one in versions_of(sitting.app, film)]
    source = next((one for one in title.original_languages if one.tag != "zxx"), None)  # zxx: silent
    has = [
        book.language_name(one.language)
        for one in title.attachments
        if one.role is AttachmentRole.SUBTITLES and one.territory is None
    ]
    return {
        "film": film,
        "rows": rows,
        "published": is_published(sitting.app, film),
        "packaged": any(row.version.dub for row in rows),
        "running": any(row.told and not row.told.job.state.is_final for row in rows),
        "source": source,
        "has_subtitles": has,
        "engines": ENGINES,
        "voices": VOICES,
        "voices_here": [one.name for one in engines_at_hand(sitting.app.home) if one.voices],
        "casting": console_url(f"/cast/{quoted(str(title.id), safe=':')}"),
        "targets": tuple(TARGETS),
        "profiles": profile_names(),
        "watch": f"/watch/{quoted(str(title.id), safe=':')}",
    }


def _row(sitting: Sitting, title: TitleId, one: Version) -> Row:
    def where(name: str) -> str:
        return console_url(f"/localized/{quoted(str(title), safe=':')}", file=name)

    texts = tuple((name, where(name)) for name in one.files if not name.endswith(".m4a"))
    sound = next((where(name) for name in one.files if name.endswith(".m4a")), "")
    told = progress_of(sitting, one.job) if one.job else None
    return Row(one, sitting.phrases.book.language_name(one.language), told, sound, texts)


def ask(sitting: Sitting, fields: dict[str, str], files: dict[str, UploadFile]) -> Response:
    """``POST /localize/{id}``: keeps what came along and tells what each language will take."""
    id_ = TitleId.parse(sitting.request.path_params["id"])
    try:
        return _quoted(sitting, _kept(sitting, id_, fields, files))
    except BadInput as error:
        return sitting.go(title_url(id_, "localize"), f"{error.message} {error.advice}".strip(), problem=True)


def _kept(sitting: Sitting, id_: TitleId, fields: Mapping[str, str], files: Mapping[str, UploadFile]) -> Ask:
    try:
        budget = Decimal(fields["budget"]) if fields.get("budget", "").strip() else None
    except InvalidOperation as error:
        raise BadValue("budget", fields["budget"], "a number") from error
    sent = {kind: files[kind] for kind in GIVEN if kind in files and files[kind].filename}
    return keep_ask(
        sitting.app,
        sitting.actor,
        id_,
        [Language.parse(one) for one in fields.get("to", "").replace(",", " ").split()],
        source=Language.parse(fields["from"]) if fields.get("from", "").strip() else None,
        files={kind: (one.filename or kind, one.file) for kind, one in sent.items()},
        engine=fields.get("engine") or "apertium",
        model=fields.get("model", "").strip(),
        voices=fields.get("voices") or "kokoro",
        loudness=fields.get("loudness") or "ebu-r128",
        layout=fields.get("layout") or "stereo",
        profile=fields.get("profile") or "netflix",
        notes=fields.get("notes", "").strip()[:4000],
        hear=fields.get("hear") == "yes",
        budget=budget,
    )


def _quoted(sitting: Sitting, order: Ask, problem: str = "", status: int = 200) -> Response:
    book, quotes = sitting.phrases.book, quote(sitting.app, order)
    title = sitting.app.catalog.get([order.title])[order.title]
    name = shown_words(title.shown_name((ENGLISH,)))
    told = sitting.tell("What it will take")
    return sitting.page(
        "localize_quote.html",
        noun="catalog",
        title=told,
        crumbs=[
            Crumb(name, title_url(order.title)),
            Crumb(sitting.tell("Localize"), title_url(order.title, "localize")),
            Crumb(told),
        ],
        names=[name],
        status=status,
        quotes=[(one, book.language_name(one.target), _minutes(one)) for one in quotes],
        steps=_STEPS,
        total=sum(one.expected["seconds"] for one in quotes if one.expected) / 60,
        fields=_hidden(order),
        order=order,
        back=title_url(order.title, "localize"),
        start=console_url(f"/localize-start/{quoted(str(order.title), safe=':')}"),
        problem=problem,
        possible=all(not one.problem and not one.over_budget for one in quotes),
        leaves=any(one.sends_away for one in quotes),
    )


def _minutes(one: Quote) -> dict[str, float]:
    """Step: minutes of one core."""
    return {step["step"]: step["seconds"] / 60 for step in one.expected["steps"]} if one.expected else {}


def _hidden(order: Ask) -> list[tuple[str, str]]:
    told = order.parameters(order.targets[0])
    told["to"] = ",".join(map(str, order.targets))
    given = told.pop("given")
    told |= {f"given-{kind}": name for kind, name in given.items()}
    del told["may_leave"], told["title"]
    told["hear"] = "yes" if order.hear else ""
    return [(key, str(value)) for key, value in told.items() if value not in (None, "")]


def start(sitting: Sitting, fields: Fields) -> Response:
    """``POST /localize-start/{id}``: queues what was told before."""
    id_ = TitleId.parse(sitting.request.path_params["id"])
    sent = dict(fields.pairs)
    given = {kind: sent.pop(f"given-{kind}") for kind in GIVEN if f"given-{kind}" in sent}
    try:
        order = read_ask({**sent, "title": str(id_), "given": given, "may_leave": sent.get("away") == "yes"})
    except KeyError as error:
        raise BadValue("form", str(error), "all of its fields") from error
    try:
        jobs = _started(sitting, order)
    except CrossreelError as error:
        return _quoted(sitting, order, f"{error.message} {error.advice}".strip(), 409)
    told = sitting.tell_n("%(num)s language is queued.", "%(num)s languages are queued.", len(jobs))
    return sitting.go(title_url(id_, "localize"), told)


def _started(sitting: Sitting, order: Ask) -> list[Job]:
    jobs = start_localizing(sitting.app, sitting.actor, order)
    for job in jobs:
        told = {key: job.parameters[key] for key in ("title", "to", "engine")}
        record(sitting.app, sitting.actor, "job.start", job.id, after=told, request_id=sitting.request_id)
    return jobs


def again(sitting: Sitting, fields: Fields) -> Response:
    """``POST /localize-again/{id}``: makes a language again, with what people changed in its proof."""
    id_ = TitleId.parse(sitting.request.path_params["id"])
    film = film_to_localize(sitting.app, id_).digest
    wanted = Language.parse(fields.one("to"))
    found = next((one for one in versions_of(sitting.app, film) if one.language == wanted and one.job), None)
    if found is None or found.job is None:
        raise BadValue("language", str(wanted), "one that was made before")
    try:
        _started(sitting, read_ask(found.job.parameters))
    except CrossreelError as error:
        told = f"{error.message} {error.advice}".strip()
        return sitting.go(title_url(id_, "localize"), told, problem=True)
    return sitting.go(title_url(id_, "localize"), sitting.tell("Asked for."))


def put_out(sitting: Sitting, fields: Fields) -> Response:
    """``POST /localize-publish/{id}``: lets the storefront stream the package, or no longer."""
    id_ = TitleId.parse(sitting.request.path_params["id"])
    film = film_to_localize(sitting.app, id_).digest
    if fields.one("withdraw"):
        withdraw(sitting.app, sitting.actor, film)
        record(sitting.app, sitting.actor, "versions.withdraw", str(id_), request_id=sitting.request_id)
        return sitting.go(
            title_url(id_, "localize"), sitting.tell("The storefront plays the film itself again.")
        )
    try:
        told = {"languages": publish(sitting.app, sitting.actor, film)}
    except BadInput as error:
        return sitting.go(title_url(id_, "localize"), f"{error.message} {error.advice}".strip(), problem=True)
    record(
        sitting.app, sitting.actor, "versions.publish", str(id_), after=told, request_id=sitting.request_id
    )
    return sitting.go(
        title_url(id_, "localize"), sitting.tell("The storefront streams it in these languages now.")
    )


def fetched(sitting: Sitting) -> Response:
    """``GET /localized/{id}?file=``: a file that was made."""
    id_ = TitleId.parse(sitting.request.path_params["id"])
    path, kind = made_file(sitting.app, film_to_localize(sitting.app, id_).digest, sitting.query("file"))
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "private, no-cache"})


ROUTES = [
    many_uploaded("/localize/{id:path}", ask, sum(GIVEN.values()), len(GIVEN)),
    changed("/localize-start/{id:path}", start),
    changed("/localize-again/{id:path}", again),
    changed("/localize-publish/{id:path}", put_out),
    shown("/localized/{id:path}", fetched),
]
