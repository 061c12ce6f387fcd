"""Films of titles, looked into as jobs: started, found again, searched, cut into artwork."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.attachment import AttachmentRole, main_film
from crossreel.errors import BadValue, Conflict, UnknownId
from crossreel.insight.video.kept import analysis_folder, kept_analysis, kept_shots
from crossreel.insight.video.lists import to_edl, to_otio
from crossreel.insight.video.report import report_of
from crossreel.jobs.runner import enqueue
from crossreel.media.reading import FilmReader
from crossreel.studio.film import analyze_film
from crossreel.studio.film_parts import parts_of
from crossreel.values.ids import TitleId
from crossreel.values.job import Job

__all__ = [
    "FILES",
    "KIND",
    "analysis_of",
    "file_of",
    "film_handlers",
    "film_of",
    "job_of",
    "picture_for",
    "scenes",
    "start_analysis",
]

KIND = "video.analyze"
FILES = {
    "report.html": "text/html; charset=utf-8",
    "report.css": "text/css; charset=utf-8",
    "analysis.json": "application/json",
    "shots.edl": "text/plain; charset=utf-8",
    "shots.otio": "application/json",
}
"""What an analysis leaves beside its pictures, and the kinds of these files."""
_NAMED = ("report.html", "shots.edl", "shots.otio")
"""Of these what names the title."""
_PLACE = ("start", "end", "shot", "score")
SHAPES = ("2:3", "16:9", "1:1")

Handler = Callable[[Mapping[str, Any], Callable[[int, int, str], None]], Mapping[str, Any]]


def film_of(app: App, id_: TitleId) -> str:
    """The digest of a title's film, else of its trailer.

    Raises:
        UnknownId: there is no such title.
        Conflict: it has neither.
    """
    title = app.catalog.get([id_]).get(id_)
    if title is None:
        raise UnknownId("title", str(id_))
    film = main_film(title.attachments)
    if film is None:
        raise Conflict(f"The title {id_} has no film.", advice="Attach one to the title first.")
    return film.digest


def start_analysis(app: App, actor: Actor, id_: TitleId, *, careful: bool = False) -> Job:
    """Queues looking into a title's film. Tried again after canceling, it goes on where it was left.

    While a job looks into this film, for this title or another one, that job is the answer.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId, Conflict: see ``film_of``.
    """
    actor.require(Permission.EDIT)
    film = film_of(app, id_)
    parameters = {"title": str(id_), "film": film, "careful": careful, "actor": actor.operator}
    running = job_of(app, film)
    if running is not None and not running.state.is_final:
        return running
    with app.atomic():
        return enqueue(app.jobs, KIND, parameters, actor.operator, app.clock())


def job_of(app: App, digest: object) -> Job | None:
    """The newest of the last jobs that looked into a film."""
    for job in app.jobs.page(limit=200):
        if job.kind == KIND and job.parameters["film"] == digest:
            return job
    return None


def film_handlers(app: App, then: Callable[[str, str], object] | None = None) -> dict[str, Handler]:
    """The kinds of jobs of this module and what does them.

    Args:
        app: the application.
        then: called with a film's digest and the operator's name once its analysis is there.
    """

    def run(parameters: Mapping[str, Any], progress: Callable[[int, int, str], None]) -> Mapping[str, Any]:
        told = _analyze(app, parameters, progress)
        if then is not None:
            then(str(parameters["film"]), str(parameters["actor"]))
        return told

    return {KIND: run}


def _analyze(
    app: App, parameters: Mapping[str, Any], progress: Callable[[int, int, str], None]
) -> Mapping[str, Any]:
    digest = str(parameters["film"])
    parts = parts_of(app.home, careful=bool(parameters.get("careful")))
    out = analysis_folder(app.home, digest)
    with _film(app, digest, "film") as path:
        document = analyze_film(path, out, progress=progress, parts=parts, name=str(parameters["title"]))
    return {
        "title": parameters["title"],
        "film": digest,
        "shots": len(document["shots"]),
        "people": len(document["people"]),
        "objects": len(document["objects"]),
        "onscreen_text": len(document["onscreen_text"]),
        "notices": document["method"]["notices"],
    }


@contextmanager
def _film(app: App, digest: str, use: str) -> Iterator[Path]:
    """A film as a file, the same one when interrupted work is taken up again; gone once the work is done."""
    path = app.home / "analyses" / f"{digest}.{use}"
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        unfinished = path.with_suffix(".part")
        with app.blobs.open(digest) as stream, unfinished.open("wb") as copy:
            shutil.copyfileobj(stream, copy, 1 << 20)
        unfinished.replace(path)
    yield path
    path.unlink(missing_ok=True)


def analysis_of(app: App, id_: TitleId) -> dict[str, Any]:
    """The finished analysis of a title's film.

    Raises:
        UnknownId: there is no such title, or its film was not looked into yet.
        Conflict: it has no film.
    """
    document = kept_analysis(app.home, film_of(app, id_))
    if document is None:
        raise UnknownId("analysis", str(id_))
    return {**document, "file": str(id_), "probe": {**document["probe"], "file": str(id_)}}


def file_of(app: App, id_: TitleId, name: str) -> Path | str:
    """A file that an analysis left, or its text where it names the title and another title shares the film.

    Raises:
        UnknownId: it left no such file; or as ``film_of``.
        Conflict: see ``film_of``.
    """
    path = analysis_folder(app.home, film_of(app, id_)) / name
    if not path.is_file():
        raise UnknownId("file of the analysis", name)
    if name not in _NAMED:
        return path
    document = analysis_of(app, id_)
    if document.get("called", str(id_)) == str(id_):
        return path
    shots, rate = kept_shots(document), Fraction(document["probe"]["video"]["frame_rate"] or 25)
    if name == "shots.edl":
        return to_edl(str(id_), shots, rate)
    return to_otio(str(id_), shots, rate) if name == "shots.otio" else report_of(document)


def picture_for(app: App, id_: TitleId, frame: int, shape: str) -> bytes:
    """A picture of the film for artwork, cut to a shape, as JPEG in the film's own size.

    Args:
        app: the application.
        id_: the title.
        frame: one of the analysis's ``artwork``.
        shape: one of ``SHAPES``, as its ``crops`` say, or ``whole``.

    Raises:
        UnknownId, Conflict: see ``analysis_of``; or the frame is none of its artwork.
        BadValue: no such shape.
    """
    if shape not in (*SHAPES, "whole"):
        raise BadValue("shape", shape, "one of whole, " + ", ".join(SHAPES))
    document = analysis_of(app, id_)
    found = next((one for one in document["artwork"] if one["frame"] == frame), None)
    if found is None:
        raise UnknownId("picture for artwork", str(frame))
    with _film(app, film_of(app, id_), "still") as path:
        reader = FilmReader(path)
        picture = reader.picture_at(frame, Fraction(found["time"]))
        if picture is None:
            raise UnknownId("picture for artwork", str(frame))
        rgb = picture.rgb
        if shape != "whole":
            scale = rgb.shape[1] / found["width"]
            x, y, wide, tall = (round(side * scale) for side in found["crops"][shape]["box"])
            rgb = rgb[y : y + tall, x : x + wide]
        return reader.jpeg(rgb, 2)


def scenes(
    app: App, words: str, most: int = 100, names: Mapping[str, Mapping[int, str]] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Places in all films that were looked into where a thing is seen or a word is read.

    Args:
        app: the application.
        words: a kind of thing ("dog"), ``face``, or text in the picture; letter case does not count.
        most: places to give, surest first.
        names: of people, by film and number, where naming is switched on (``desk.named_people``).

    Returns:
        ``title``, ``part`` (objects, faces, people, onscreen_text), ``label``, ``start``, ``end``, ``shot``,
        ``score``.
    """
    wanted = " ".join(words.casefold().split())
    if not wanted:
        raise BadValue("words", words, "at least one letter")
    found: list[dict[str, Any]] = []
    by_film: dict[str, list[str]] = {}
    for title in app.catalog.all():
        for one in title.attachments:
            if one.role in (AttachmentRole.FILM, AttachmentRole.TRAILER):
                by_film.setdefault(one.digest, []).append(str(title.id))
    for digest, titles in by_film.items():
        document = kept_analysis(app.home, digest)
        if document is not None:
            found += [
                {"title": title, **place}
                for title in titles
                for place in _places(document, wanted, names.get(digest, {}))
            ]
    return sorted(found, key=lambda one: -one["score"])[:most]


def _places(document: Mapping[str, Any], wanted: str, names: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    for part in ("objects", "faces", "onscreen_text"):
        for one in document[part]:
            label = one["label"].casefold()
            name = names.get(one["person"], "") if part == "faces" and one["person"] else ""
            if name and wanted == name.casefold():
                yield {"part": "people", "label": name, **{key: one[key] for key in _PLACE}}
            elif wanted == label or (part == "onscreen_text" and wanted in label):
                yield {"part": part, "label": one["label"], **{key: one[key] for key in _PLACE}}
