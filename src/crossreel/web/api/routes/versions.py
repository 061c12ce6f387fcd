"""Language versions of a title: what exists, what a territory needs, made from its film, published."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import File, Form, Path, UploadFile
from pydantic import Field
from starlette.responses import FileResponse, Response

from crossreel.accounts.operator import Permission
from crossreel.desk.trail import record
from crossreel.errors import BadValue
from crossreel.localize.timedtext import profile_names
from crossreel.studio.localize_jobs import (
    Version,
    is_published,
    made_file,
    publish,
    start_localizing,
    versions_of,
    withdraw,
)
from crossreel.studio.localize_orders import GIVEN, Quote, film_to_localize, keep_ask, quote
from crossreel.studio.version_matrix import title_matrix
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.api.answers import PRIVATE, answer
from crossreel.web.api.budget import budget_of
from crossreel.web.api.context import Calling, InTerritory, TitlePath
from crossreel.web.api.envelope import path_value
from crossreel.web.api.forms import Document
from crossreel.web.api.routes.jobs import JobDocument, show_job
from crossreel.web.api.routing import noun, operation

__all__ = ["router"]

router = noun("versions")


class VersionMatrix(Document):
    """The version matrix; the fields are those of `crossreel versions matrix --json`."""

    result: dict[str, Any]


class ExpectedCost(Document):
    """What one language will take, or why it cannot be done."""

    language: str
    estimate: dict[str, Any] | None = Field(description="As `crossreel versions localize --estimate --json`.")
    cost: str | None
    currency: str
    over_budget: bool
    problem: str


class LocalizationStarted(Document):
    """What each language will take, and the jobs that were started; none when only asked."""

    quotes: list[ExpectedCost]
    jobs: list[JobDocument]


class MadeVersion(Document):
    """One language of a title's film, as far as it is."""

    language: str
    job: str | None = Field(description="Id of the newest job that makes or made it.")
    proof: str | None = Field(description="Id of its proof in the workbench.")
    lines: int
    accepted: int = Field(description="Lines that people accepted.")
    changed: bool = Field(description="The proof was changed since the dub was made.")
    dub: dict[str, Any] | None = Field(description="What the plan of the dub told.")
    files: list[str]


class Localization(Document):
    """All languages that were made of a title's film."""

    film: str
    published: bool
    versions: list[MadeVersion]


class Published(Document):
    """The languages one may hear in the storefront; none where nothing is published."""

    languages: list[str]


FilePath = Annotated[str, Path(min_length=3, max_length=120, description="One of the version's `files`.")]
Upload = Annotated[UploadFile | None, File()]


@router.get("/versions/{title}", **operation(Permission.READ, VersionMatrix))
def get_version_matrix(call: Calling, title: TitlePath, territory: InTerritory) -> Response:
    """Get the version matrix of a title in a territory, and which language to make next."""
    found = title_matrix(call.app, call.title(title), Territory.parse(territory))
    return answer(call.request, {"result": found})


@router.post(
    "/titles/{title}/localization",
    **operation(
        Permission.EDIT,
        LocalizationStarted,
        status=202,
        limit=sum(GIVEN.values()) + (1 << 20),
        upload=True,
        errors=(409,),
    ),
)
def localize_title(
    call: Calling,
    title: TitlePath,
    to: Annotated[str, Form(min_length=2, max_length=1000, description="Tags, separated by commas.")],
    source: Annotated[str, Form(alias="from", max_length=64, description="Language of the film.")] = "",
    engine: Annotated[str, Form(max_length=64)] = "apertium",
    model: Annotated[str, Form(max_length=500)] = "",
    voices: Annotated[str, Form(max_length=64, description="kokoro, espeak, piper or http.")] = "kokoro",
    loudness: Annotated[str, Form(max_length=64)] = "ebu-r128",
    layout: Annotated[str, Form(max_length=20, description="stereo or 5.1.")] = "stereo",
    profile: Annotated[str, Form(max_length=40)] = "netflix",
    notes: Annotated[str, Form(max_length=4000, description="What the engine may know.")] = "",
    hear: Annotated[bool, Form(description="Listen to the film though it has subtitles.")] = False,
    budget: Annotated[str, Form(max_length=20, description="Most that a language may cost.")] = "",
    may_leave: Annotated[bool, Form(description="Texts may be sent to a service elsewhere.")] = False,
    estimate: Annotated[bool, Form(description="Only say what it will take.")] = False,
    stem: Upload = None,
    terms: Upload = None,
    cast: Upload = None,
) -> Response:
    """Take a title's film into one or more languages, a job each: subtitles, dub, mix, package.

    `stem` is music and effects, `terms` a termbase, `cast` a cast book. With `estimate` nothing is started.
    """
    if profile not in profile_names():
        raise BadValue("profile", profile, "one of " + ", ".join(profile_names()))
    sent = {"stem": stem, "terms": terms, "cast": cast}
    ask = keep_ask(
        call.app,
        call.actor,
        call.title(title),
        [Language.parse(one) for one in to.replace(",", " ").split()],
        source=Language.parse(source) if source else None,
        files={kind: (one.filename or kind, one.file) for kind, one in sent.items() if one is not None},
        engine=engine,
        model=model,
        voices=voices,
        loudness=loudness,
        layout=layout,
        profile=profile,
        notes=notes,
        hear=hear,
        budget=budget_of(budget),
        may_leave=may_leave,
    )
    quotes = [_expected(one) for one in quote(call.app, ask)]
    jobs = [] if estimate else start_localizing(call.app, call.actor, ask)
    for job in jobs:
        told = {key: job.parameters[key] for key in ("title", "to", "engine")}
        record(call.app, call.actor, "job.start", job.id, after=told, request_id=call.request_id)
    return answer(
        call.request, {"quotes": quotes, "jobs": [show_job(call.app, job) for job in jobs]}, status=202
    )


def _expected(one: Quote) -> dict[str, Any]:
    return {
        "language": str(one.target),
        "estimate": dict(one.expected, film="film") if one.expected else None,
        "cost": None if one.cost is None else str(one.cost),
        "currency": one.currency,
        "over_budget": one.over_budget,
        "problem": one.problem,
    }


@router.get("/titles/{title}/localization", **operation(Permission.READ, Localization, errors=(409,)))
def get_localization(call: Calling, title: TitlePath) -> Response:
    """Get how far each language of a title's film is."""
    film = film_to_localize(call.app, call.title(title)).digest
    told = {
        "film": film,
        "published": is_published(call.app, film),
        "versions": [_shown(one) for one in versions_of(call.app, film)],
    }
    return answer(call.request, told)


def _shown(one: Version) -> dict[str, Any]:
    dub = {key: value for key, value in one.dub.items() if key != "placed"} if one.dub else None
    return {
        "language": str(one.language),
        "job": one.job.id if one.job else None,
        "proof": one.proof or None,
        "lines": one.lines,
        "accepted": one.accepted,
        "changed": one.changed,
        "dub": dub,
        "files": list(one.files),
    }


@router.get(
    "/titles/{title}/localization/files/{file}",
    **operation(Permission.READ, media="application/octet-stream", errors=(409,)),
)
def get_localization_file(call: Calling, title: TitlePath, file: FilePath) -> Response:
    """Get a file that was made: subtitles, forced narratives, the translation, the dub, plan or cast."""
    film = film_to_localize(call.app, call.title(title)).digest
    path, kind = made_file(call.app, film, path_value(file))
    return FileResponse(path, media_type=kind, headers={"Cache-Control": PRIVATE})


@router.put("/titles/{title}/localization/published", **operation(Permission.EDIT, Published, errors=(409,)))
def publish_localization(call: Calling, title: TitlePath) -> Response:
    """Let the storefront stream the film in the languages made so far."""
    id_ = call.title(title)
    film = film_to_localize(call.app, id_).digest
    heard = publish(call.app, call.actor, film)
    told = {"languages": heard}
    record(call.app, call.actor, "versions.publish", str(id_), after=told, request_id=call.request_id)
    return answer(call.request, {"languages": heard})


@router.delete(
    "/titles/{title}/localization/published", **operation(Permission.EDIT, Published, errors=(409,))
)
def withdraw_localization(call: Calling, title: TitlePath) -> Response:
    """Have the storefront play the film itself again."""
    id_ = call.title(title)
    withdraw(call.app, call.actor, film_to_localize(call.app, id_).digest)
    record(call.app, call.actor, "versions.withdraw", str(id_), request_id=call.request_id)
    return answer(call.request, {"languages": []})
