"""Translated files being read: which there are, how far each is, and opening another."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.responses import Response

from crossreel.desk.listening import has_film, start_listening
from crossreel.desk.proofs import add_proof, publish_proof, read_subtitles, remove_proof, written_proof
from crossreel.errors import BadInput
from crossreel.localize.proofs.proof import LineState, Proof
from crossreel.localize.timedtext import FORMATS, profile_names, read_shots
from crossreel.localize.translate.terms import Termbase, read_terms
from crossreel.values.language import Language
from crossreel.values.timing import FrameRate
from crossreel.web.console.addresses import changed, many_uploaded, shown
from crossreel.web.console.fields import Fields
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Sitting

__all__ = ["COMMANDS", "ROUTES", "proof_url", "proofs"]

MOST_BYTES = 24 << 20
_SUFFIXES = ".srt,.vtt,.ass,.ssa,.ttml,.xml,.dfxp,.stl,.scc,.smi,.sub"


@dataclass(frozen=True, slots=True)
class Row:
    """A proof as the list shows it."""

    proof: Proof
    lines: int
    done: int
    languages: tuple[str, str]


def proof_url(id_: str, path: str = "", /, **query: object) -> str:
    """The address of a proof, or of something of it."""
    return console_url(f"/proof/{id_}{path}", **query)


def proofs(sitting: Sitting) -> Response:
    """``GET /localize``."""
    return _page(sitting, {})


def _page(sitting: Sitting, values: dict[str, str], problem: str = "", status: int = 200) -> Response:
    book = sitting.phrases.book
    rows = [
        Row(
            proof,
            sum(counts.values()),
            counts.get(LineState.ACCEPTED, 0) + counts.get(LineState.LOCKED, 0),
            (book.language_name(proof.source), book.language_name(proof.target)),
        )
        for proof, counts in sitting.app.proofs.all()
    ]
    return sitting.page(
        "proofs.html",
        noun="localize",
        title=sitting.tell("Translated files"),
        status=status,
        rows=rows,
        values=values,
        problem=problem,
        profiles=profile_names(),
        suffixes=_SUFFIXES,
        memories=sitting.app.memories.sizes(),
    )


def open_(sitting: Sitting, fields: dict[str, str], files: dict[str, UploadFile]) -> Response:
    """``POST /localize``: opens two files as a proof."""
    try:
        proof = _opened(sitting, fields, files)
    except BadInput as error:
        return _page(sitting, fields, f"{error.message} {error.advice}".strip(), 422)
    if has_film(proof):
        start_listening(sitting.app, sitting.actor, proof)
    return sitting.go(proof_url(proof.id), sitting.tell("%(name)s is open.", name=proof.name))


def _opened(sitting: Sitting, fields: dict[str, str], files: dict[str, UploadFile]) -> Proof:
    languages = Language.parse(fields.get("from", "")), Language.parse(fields.get("to", ""))
    documents = []
    for field, language in zip(("source", "target"), languages, strict=True):
        file = files.get(field)
        if file is None or not file.filename:
            raise BadInput(sitting.tell("Choose both files first."))
        documents.append(read_subtitles(file.file.read(), file.filename[-100:], language))
    name = fields.get("name", "").strip() or Path(files["target"].filename or "").stem
    title = fields.get("title", "").strip()
    return add_proof(
        sitting.app,
        sitting.actor,
        name,
        documents[0],
        documents[1],
        languages,
        title=sitting.app.title_id(title) if title else None,
        profile=fields.get("profile") or "netflix",
        terms=_terms(files.get("terms"), languages),
        shots=_shots(files.get("shots"), documents[1].frame_rate),
        request_id=sitting.request_id,
    )


def _terms(file: UploadFile | None, languages: tuple[Language, Language]) -> Termbase | None:
    if file is None or not file.filename:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("terms" + Path(file.filename).suffix[-8:])
        path.write_bytes(file.file.read())
        return read_terms(path, *languages)


def _shots(file: UploadFile | None, rate: FrameRate | None) -> tuple[Fraction, ...]:
    if file is None or not file.filename:
        return ()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shots.json"
        path.write_bytes(file.file.read())
        return read_shots(path, rate or FrameRate.parse("24"))


def export(sitting: Sitting) -> Response:
    """``GET /proof/{id}/file/{format}``: the translation as it stands."""
    id_, name = sitting.request.path_params["id"], sitting.request.path_params["format"]
    proof = sitting.app.proofs.get(id_)
    written = written_proof(sitting.app, id_, name)
    suffix = FORMATS[name].suffixes[0]
    return Response(
        written.data,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{proof.id}.{proof.target}{suffix}"',
            "Cache-Control": "private, no-store",
        },
    )


def publish(sitting: Sitting, fields: Fields) -> Response:
    """``POST /proof/{id}/publish``: the translation becomes the title's subtitles."""
    id_ = sitting.request.path_params["id"]
    try:
        done = publish_proof(sitting.app, sitting.actor, id_, request_id=sitting.request_id)
    except BadInput as error:
        return sitting.go(proof_url(id_), f"{error.message} {error.advice}".strip(), problem=True)
    told = sitting.tell(
        "Published: %(accepted)s of %(lines)s lines were accepted by a person.",
        accepted=done["accepted"],
        lines=done["lines"],
    )
    return sitting.go(proof_url(id_), told)


def remove(sitting: Sitting, fields: Fields) -> Response:
    """``POST /proof/{id}/remove``."""
    remove_proof(sitting.app, sitting.actor, sitting.request.path_params["id"], request_id=sitting.request_id)
    return sitting.go(console_url("/localize"), sitting.tell("Removed."))


def listen(sitting: Sitting, fields: Fields) -> Response:
    """``POST /proof/{id}/listen``: looks for shots and the outline of the sound."""
    proof = sitting.app.proofs.get(sitting.request.path_params["id"])
    try:
        job = start_listening(sitting.app, sitting.actor, proof)
    except BadInput as error:
        return sitting.go(proof_url(proof.id), f"{error.message} {error.advice}".strip(), problem=True)
    return sitting.go(console_url(f"/job/{job.id}"), sitting.tell("Asked for."))


ROUTES = [
    shown("/localize", proofs),
    many_uploaded("/localize", open_, MOST_BYTES, 4),
    shown("/proof/{id}/file/{format}", export),
    changed("/proof/{id}/publish", publish),
    changed("/proof/{id}/remove", remove),
    changed("/proof/{id}/listen", listen),
]
COMMANDS = [
    Command(M_("Translated files"), console_url("/localize"), "workbench proof subtitles review translation"),
]
