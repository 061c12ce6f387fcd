"""Films of titles: what is in their pictures and sound, scenes that show something, artwork out of them."""

from __future__ import annotations

import io
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import FileResponse, Response

from crossreel.accounts.operator import Permission
from crossreel.catalog.attachment import PICTURES, AttachmentRole
from crossreel.desk.attachments import attach_file
from crossreel.desk.named_people import Consent, names_by_film, people_in
from crossreel.desk.named_people import erase_person as take_name
from crossreel.desk.named_people import name_person as give_name
from crossreel.desk.trail import record
from crossreel.errors import BadValue, UnknownId
from crossreel.studio.film_jobs import (
    FILES,
    analysis_of,
    file_of,
    picture_for,
    scenes,
    start_analysis,
)
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api.answers import PRIVATE, answer
from crossreel.web.api.context import Call, Calling, TitlePath
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document, Form
from crossreel.web.api.routes.jobs import JobDocument, accepted
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("video")


class Look(Form):
    """How to look into a film."""

    careful: bool = Field(False, description="Shots by the larger network where the fast one is in doubt.")


class Analysis(Document):
    """What is in a film, as `crossreel video analyze --json` prints it, with further members."""

    file: str = Field(description="The title's id.")
    duration: float
    fps: float
    frames: int
    shots: list[dict[str, Any]]
    keyframes: list[dict[str, Any]]
    faces: list[dict[str, Any]]
    people: list[dict[str, Any]]
    objects: list[dict[str, Any]]
    onscreen_text: list[dict[str, Any]]
    audio: dict[str, Any]


class Scene(Document):
    """A place in a film."""

    title: str
    part: str = Field(examples=["objects"])
    label: str = Field(examples=["dog"])
    start: float = Field(description="Seconds.")
    end: float
    shot: int
    score: float = Field(description="Odds, 0 to 1.")


class Pick(Form):
    """A picture of the film for the title's artwork."""

    frame: int = Field(ge=0, description="One of the analysis's `artwork`.")
    shape: str = Field("16:9", max_length=10, description="whole, 2:3, 16:9 or 1:1.")
    role: AttachmentRole = Field(AttachmentRole.STILL, strict=False, description="poster or still.")
    language: str = Field("und", max_length=64, description="Whom it is for; und for all.")
    territory: str = Field("", max_length=2, description="The only one it is for.")


class Picked(Document):
    """What was attached."""

    role: AttachmentRole
    frame: int
    bytes: int


_PICTURE = 0.02
"""Of a request: a report shows all key frames of a film at once."""
FilePath = Annotated[str, Path(min_length=3, max_length=60, description="A file of the analysis.")]


@router.post("/titles/{title}/analysis", **operation(Permission.EDIT, JobDocument, status=202, errors=(409,)))
def look_into_film(call: Calling, title: TitlePath, form: Look) -> Response:
    """Look into a title's film, as a job: shots, faces, objects, text, speech, what to review."""
    job = start_analysis(call.app, call.actor, call.title(title), careful=form.careful)
    record(call.app, call.actor, "job.start", job.id, request_id=call.request_id)
    return accepted(call, job)


@router.get("/titles/{title}/analysis", **operation(Permission.READ, Analysis, errors=(409,)))
def get_analysis(call: Calling, title: TitlePath) -> Response:
    """Get what is in a title's film, once a job has looked."""
    return answer(call.request, analysis_of(call.app, call.title(title)))


@router.get(
    "/titles/{title}/analysis/files/{file}", **operation(Permission.READ, media="text/html", errors=(409,))
)
def get_analysis_file(call: Calling, title: TitlePath, file: FilePath) -> Response:
    """Get a file of the analysis: report.html, report.css, analysis.json, shots.edl or shots.otio."""
    name = path_value(file)
    if name not in FILES:
        raise UnknownId("file of the analysis", name)
    return _sent(call, title, name, FILES[name])


@router.get(
    "/titles/{title}/analysis/files/frames/{file}",
    **operation(Permission.READ, media="image/jpeg", errors=(409,), weight=_PICTURE),
)
def get_key_frame(call: Calling, title: TitlePath, file: FilePath) -> Response:
    """Get a key frame, named as in the analysis."""
    name = path_value(file)
    if not name.removesuffix(".jpg").isdecimal():
        raise UnknownId("file of the analysis", name)
    return _sent(call, title, f"frames/{name}", "image/jpeg")


def _sent(call: Call, title: str, name: str, kind: str) -> Response:
    found = file_of(call.app, call.title(title), name)
    if isinstance(found, str):
        return Response(found, media_type=kind, headers={"Cache-Control": PRIVATE})
    return FileResponse(found, media_type=kind, headers={"Cache-Control": PRIVATE})


@router.post(
    "/titles/{title}/analysis/artwork", **operation(Permission.EDIT, Picked, status=201, errors=(409,))
)
def pick_artwork(call: Calling, title: TitlePath, form: Pick) -> Response:
    """Make a picture of the film one of the title's files; it can be undone."""
    id_ = call.title(title)
    if form.role not in PICTURES:
        raise BadValue("role", form.role.value, "poster or still")
    content = picture_for(call.app, id_, form.frame, form.shape)
    attach_file(
        call.app,
        call.actor,
        id_,
        form.role,
        f"frame-{form.frame}.jpg",
        io.BytesIO(content),
        language=Language.parse(form.language),
        territory=Territory.parse(form.territory) if form.territory else None,
        request_id=call.request_id,
    )
    told = {"role": form.role.value, "frame": form.frame, "bytes": len(content)}
    return answer(call.request, told, status=201)


@router.get("/video/scenes", **operation(Permission.READ, list[Scene]))
def find_scenes(
    call: Calling,
    q: Annotated[str, Query(min_length=1, max_length=100, description="A thing (dog), face, or text.")],
) -> Response:
    """Find places in all films that were looked into: where a thing is seen or a text is read."""
    return answer(call.request, scenes(call.app, q, names=names_by_film(call.app)))


PersonPath = Annotated[int, Path(ge=1, description="The person's number in the analysis.")]


class Note(Document):
    """What a name rests on."""

    who: str
    when: str = Field(examples=["2026-11-28"])
    basis: str
    by: str = Field(description="The operator who wrote it.")
    time: str


class Person(Document):
    """Somebody whose faces were grouped."""

    person: int
    screen_time: float = Field(description="Seconds.")
    first: float | None
    tracks: int
    name: str | None = Field(description="None without one, and while naming is switched off.")
    consent: Note | None
    is_stale: bool = Field(description="Named in an earlier analysis: the number may mean somebody else.")


class Naming(Form):
    """A name and the consent that it rests on."""

    name: str = Field(min_length=1, max_length=120)
    who: str = Field(min_length=1, max_length=120, description="Who agreed to be named.")
    when: str = Field(max_length=10, description="The day of it.", examples=["2026-11-28"])
    basis: str = Field(min_length=1, max_length=500, description="The law or contract.")


@router.get("/titles/{title}/analysis/people", **operation(Permission.EDIT, list[Person], errors=(409,)))
def list_people(call: Calling, title: TitlePath) -> Response:
    """List the people in a title's film, with names and consent notes where naming is switched on."""
    return answer(call.request, people_in(call.app, call.actor, call.title(title)))


@router.put(
    "/titles/{title}/analysis/people/{person}", **operation(Permission.ADMINISTER, Person, errors=(409,))
)
def name_person(call: Calling, title: TitlePath, person: PersonPath, form: Naming) -> Response:
    """Name a person; needs the setting video.name_people and a note of consent."""
    id_ = call.title(title)
    consent = Consent.read(form.who, form.when, form.basis)
    give_name(call.app, call.actor, id_, person, form.name, consent, request_id=call.request_id)
    found = people_in(call.app, call.actor, id_)
    return answer(call.request, next(one for one in found if one["person"] == person))


@router.delete(
    "/titles/{title}/analysis/people/{person}", **operation(Permission.ADMINISTER, status=204, errors=(409,))
)
def erase_person(call: Calling, title: TitlePath, person: PersonPath) -> Response:
    """Erase a person's name and consent note for good."""
    take_name(call.app, call.actor, call.title(title), person, request_id=call.request_id)
    return Response(status_code=204)
