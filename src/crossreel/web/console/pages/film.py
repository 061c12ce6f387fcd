"""The tab of a title's film: what is in it, scenes, artwork out of it, lists for editing."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crossreel.accounts.operator import Permission
from crossreel.catalog.attachment import PICTURES, AttachmentRole
from crossreel.catalog.title import Title
from crossreel.desk.attachments import attach_file
from crossreel.desk.named_people import Consent, erase_person, name_person, names_by_film, people_in
from crossreel.desk.trail import record
from crossreel.errors import BadInput, UnknownId
from crossreel.studio.film_jobs import analysis_of, film_of, job_of, picture_for, scenes, start_analysis
from crossreel.values.ids import TitleId
from crossreel.values.language import ENGLISH
from crossreel.web.cards import shown_words
from crossreel.web.console.addresses import changed
from crossreel.web.console.fields import Fields
from crossreel.web.console.pages.files import kept_message
from crossreel.web.console.rendering import console_url, title_url
from crossreel.web.console.sitting import Sitting
from crossreel.web.views import Words

__all__ = ["ROUTES", "film_context"]

_MOST_SHOTS = 400
_MOST_SCENES = 50


@dataclass(frozen=True, slots=True)
class Thing:
    """A person or a kind of thing: its name, how long it is seen, how often, and the first shots with it."""

    name: str
    seconds: float
    times: int
    shots: tuple[int, ...]


def film_context(sitting: Sitting, title: Title) -> dict[str, Any]:
    """What ``title_film.html`` shows."""
    has_film = any(one.role in (AttachmentRole.FILM, AttachmentRole.TRAILER) for one in title.attachments)
    document = _document(sitting, title) if has_film else None
    named = people_in(sitting.app, sitting.actor, title.id) if document and sitting.may_edit else []
    asked = " ".join(sitting.query("q").split())[:100]
    return {
        "has_film": has_film,
        "document": document,
        "job": job_of(sitting.app, film_of(sitting.app, title.id)) if has_film else None,
        "files": f"/api/v1/titles/{quote(str(title.id), safe=':')}/analysis/files",
        "shots": _shots(document) if document else [],
        "people": _people(document) if document else [],
        "named": {one["person"]: one for one in named if not one["is_stale"]},
        "stale": [one for one in named if one["is_stale"]],
        "may_name": sitting.may(Permission.ADMINISTER) and sitting.app.settings.video.name_people,
        "may_erase": sitting.may(Permission.ADMINISTER),
        "things": _things(document) if document else [],
        "q": asked,
        "found": _found(sitting, asked) if asked else None,
    }


def _document(sitting: Sitting, title: Title) -> dict[str, Any] | None:
    try:
        return analysis_of(sitting.app, title.id)
    except UnknownId:
        return None


def _found(sitting: Sitting, asked: str) -> list[tuple[str, Words, dict[str, Any]]]:
    """Scenes with the address and the name of their title."""
    names = names_by_film(sitting.app) if sitting.may_edit else {}
    places = scenes(sitting.app, asked, _MOST_SCENES, names)
    ids = {place["title"]: TitleId.parse(place["title"]) for place in places}
    titles = sitting.app.catalog.get(list(ids.values()))
    told = []
    for place in places:
        id_ = ids[place["title"]]
        name = shown_words(titles[id_].shown_name((ENGLISH,)))
        told.append((f"{title_url(id_, 'film')}#shot{place['shot'] + 1}", name, place))
    return told


def _clock(seconds: float) -> str:
    tenths = round(seconds * 10)
    return f"{tenths // 36000}:{tenths // 600 % 60:02}:{tenths // 10 % 60:02}.{tenths % 10}"


def _shots(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Shots with their picture and time, in order."""
    pictures = sorted(document["keyframes"], key=lambda one: one["frame"])
    shots = []
    for number, shot in enumerate(document["shots"][:_MOST_SHOTS], 1):
        inside = [one for one in pictures if shot["start_frame"] <= one["frame"] < shot["end_frame"]]
        file = inside[0]["file"] if inside else ""
        shots.append(
            {"number": number, "file": file, "time": _clock(shot["start"]), "kind": shot["transition"]}
        )
    return shots


def _people(document: dict[str, Any]) -> list[Thing]:
    return [
        Thing(
            str(one["person"]),
            one["screen_time"],
            len(one["tracks"]),
            tuple(sorted({document["faces"][at]["shot"] + 1 for at in one["tracks"]}))[:12],
        )
        for one in document["people"][:30]
    ]


def _things(document: dict[str, Any]) -> list[Thing]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for one in document["objects"]:
        kinds.setdefault(one["label"], []).append(one)
    found = [
        Thing(
            name,
            sum(one["end"] - one["start"] for one in held),
            len(held),
            tuple(sorted({one["shot"] + 1 for one in held}))[:12],
        )
        for name, held in kinds.items()
    ]
    return sorted(found, key=lambda one: -one.seconds)


def look(sitting: Sitting, fields: Fields) -> Response:
    """``POST /look/{id}``: queues looking into the film."""
    id_ = TitleId.parse(sitting.request.path_params["id"])
    try:
        job = start_analysis(sitting.app, sitting.actor, id_, careful=bool(fields.one("careful")))
    except BadInput as error:
        return sitting.go(title_url(id_, "film"), f"{error.message} {error.advice}".strip(), problem=True)
    record(sitting.app, sitting.actor, "job.start", job.id, request_id=sitting.request_id)
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("Asked for."))


def pick(sitting: Sitting, fields: Fields) -> Response:
    """``POST /pick/{id}``: makes a picture of the film a poster or still of the title; undo takes it back."""
    from crossreel.web.console.pages.title import find_title

    id_ = TitleId.parse(sitting.request.path_params["id"])
    asked = fields.one("role")
    if asked not in [role.value for role in PICTURES] or not fields.one("frame").isdecimal():
        raise HTTPException(400)
    role = AttachmentRole(asked)
    try:
        content = picture_for(sitting.app, id_, int(fields.one("frame")), fields.one("shape"))
        before = find_title(sitting, str(id_))
        after = attach_file(
            sitting.app,
            sitting.actor,
            id_,
            role,
            f"frame-{fields.one('frame')}.jpg",
            io.BytesIO(content),
            request_id=sitting.request_id,
        )
    except BadInput as error:
        return sitting.go(title_url(id_, "film"), f"{error.message} {error.advice}".strip(), problem=True)
    return sitting.go(title_url(id_, "artwork"), kept_message(sitting, before, after, role), undo=True)


def name(sitting: Sitting, fields: Fields) -> Response:
    """``POST /name-person/{id}``: gives a person of the film a name, with the consent that it rests on."""
    id_ = TitleId.parse(sitting.request.path_params["id"])
    number = _number(fields)
    try:
        consent = Consent.read(fields.one("who"), fields.one("when"), fields.one("basis"))
        told = sitting.request_id
        name_person(sitting.app, sitting.actor, id_, number, fields.one("name"), consent, request_id=told)
    except BadInput as error:
        return sitting.go(title_url(id_, "film"), f"{error.message} {error.advice}".strip(), problem=True)
    return sitting.go(f"{title_url(id_, 'film')}#people", sitting.tell("The name is kept."))


def erase(sitting: Sitting, fields: Fields) -> Response:
    """``POST /erase-person/{id}``: removes a person's name and consent note for good."""
    id_ = TitleId.parse(sitting.request.path_params["id"])
    try:
        erase_person(sitting.app, sitting.actor, id_, _number(fields), request_id=sitting.request_id)
    except BadInput as error:
        return sitting.go(title_url(id_, "film"), f"{error.message} {error.advice}".strip(), problem=True)
    return sitting.go(f"{title_url(id_, 'film')}#people", sitting.tell("Name and consent note are erased."))


def _number(fields: Fields) -> int:
    if not fields.one("person").isdecimal():
        raise HTTPException(400)
    return int(fields.one("person"))


ROUTES = [
    changed("/look/{id:path}", look),
    changed("/pick/{id:path}", pick),
    changed("/name-person/{id:path}", name, Permission.ADMINISTER),
    changed("/erase-person/{id:path}", erase, Permission.ADMINISTER),
]
