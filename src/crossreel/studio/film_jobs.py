"""Films of titles, looked into as jobs: started, found again, searched, cut into artwork."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.attachment import AttachmentRole
from crossreel.errors import BadValue, Conflict, UnknownId
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
    "film_handlers",
    "film_of",
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
    for role in (AttachmentRole.FILM, AttachmentRole.TRAILER):
        for one in title.attachments:
            if one.role is role:
                return one.digest
    raise Conflict(f"The title {id_} has no film.", advice="Attach one to the title first.")


def start_analysis(app: App, actor: Actor, id_: TitleId, *, careful: bool = False) -> Job:
    """Queues looking into a title's film. Tried again after canceling, it goes on where it was left.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId, Conflict: see ``film_of``.
    """
    actor.require(Permission.EDIT)
    parameters = {"title": str(id_), "film": film_of(app, id_), "careful": careful}
    with app.atomic():
        return enqueue(app.jobs, KIND, parameters, actor.operator, app.clock())


def film_handlers(app: App) -> dict[str, Handler]:
    """The kinds of jobs of this module and what does them."""

    def run(parameters: Mapping[str, Any], progress: Callable[[int, int, str], None]) -> Mapping[str, Any]:
        return _analyze(app, parameters, progress)

    return {KIND: run}


def _analyze(
    app: App, parameters: Mapping[str, Any], progress: Callable[[int, int, str], None]
) -> Mapping[str, Any]:
    digest = str(parameters["film"])
    parts = parts_of(app.home, careful=bool(parameters.get("careful")))
    out = folder_of(app, digest)
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


def folder_of(app: App, digest: str) -> Path:
    """Where the analysis of a film lies."""
    return app.home / "analyses" / digest


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
    path = folder_of(app, film_of(app, id_)) / "analysis.json"
    if not path.is_file():
        raise UnknownId("analysis", str(id_))
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {**document, "file": str(id_), "probe": {**document["probe"], "file": str(id_)}}


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


def scenes(app: App, words: str, most: int = 100) -> list[dict[str, Any]]:
    """Places in all films that were looked into where a thing is seen or a word is read.

    Args:
        app: the application.
        words: a kind of thing ("dog"), ``face``, or text in the picture; letter case does not count.
        most: places to give, surest first.

    Returns:
        ``title``, ``part`` (objects, faces, onscreen_text), ``label``, ``start``, ``end``, ``shot``,
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
        path = folder_of(app, digest) / "analysis.json"
        if path.is_file():
            document = json.loads(path.read_text(encoding="utf-8"))
            found += [{"title": title, **place} for title in titles for place in _places(document, wanted)]
    return sorted(found, key=lambda one: -one["score"])[:most]


def _places(document: Mapping[str, Any], wanted: str) -> Iterator[dict[str, Any]]:
    for part in ("objects", "faces", "onscreen_text"):
        for one in document[part]:
            label = one["label"].casefold()
            if wanted == label or (part == "onscreen_text" and wanted in label):
                keys = ("label", "start", "end", "shot", "score")
                yield {"part": part, **{key: one[key] for key in keys}}
