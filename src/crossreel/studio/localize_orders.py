"""What the staff ask of localizing a title's film, and what each language will take before it starts."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Final

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App, translation_engine
from crossreel.catalog.attachment import Attachment, AttachmentRole
from crossreel.catalog.title import Title
from crossreel.errors import BadFile, BadValue, Conflict, CrossreelError, UnknownId
from crossreel.insight.video.kept import analysis_folder
from crossreel.localize.dub.cast import read_cast
from crossreel.localize.translate.terms import read_terms
from crossreel.media.sound_reading import sound_facts
from crossreel.studio.localizing import LocalizeOrder, Localizer
from crossreel.studio.localizing_cost import expected
from crossreel.studio.transcribing import recognizer
from crossreel.studio.voices import ENGINES, voice_engine
from crossreel.studio.whole_files import write_whole
from crossreel.values.ids import TitleId
from crossreel.values.language import Language

__all__ = [
    "GIVEN",
    "MOST_TARGETS",
    "VOICES",
    "Ask",
    "Quote",
    "cast_for",
    "casting_path",
    "film_at",
    "film_to_localize",
    "folder_of",
    "keep_ask",
    "order_of",
    "quote",
    "read_ask",
]

MOST_TARGETS = 20
VOICES: Final = ENGINES
"""Voice engines; those that are not here say so, and how to get them, before anything starts."""
GIVEN: Final = {"stem": 1 << 30, "terms": 8 << 20, "cast": 1 << 20}
"""Files that may come with an order, and the largest taken."""
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Ask:
    """What to make of a title's film.

    Attributes:
        title: whose film it is.
        film: digest of the film.
        source: language that it speaks.
        targets: languages to make.
        given: names of the files that came with it, by what they are (``GIVEN``).
        hear: transcribe it though the title has subtitles in its language.
        budget: no job starts whose translation costs more, or a service's cost is not known.
        may_leave: texts may be sent to a service elsewhere.
        The others are those of ``LocalizeOrder``.
    """

    title: TitleId
    film: str
    source: Language
    targets: tuple[Language, ...]
    engine: str = "apertium"
    model: str = ""
    voices: str = "kokoro"
    loudness: str = "ebu-r128"
    layout: str = "stereo"
    profile: str = "netflix"
    notes: str = ""
    given: tuple[tuple[str, str], ...] = ()
    hear: bool = False
    budget: Decimal | None = None
    may_leave: bool = False

    def parameters(self, target: Language) -> dict[str, Any]:
        """Of the job of one language, as JSON."""
        told = {name: getattr(self, name) for name in _WORDS}
        return {
            "title": str(self.title),
            "film": self.film,
            "from": str(self.source),
            "to": str(target),
            **told,
            "given": dict(self.given),
            "hear": self.hear,
            "budget": None if self.budget is None else str(self.budget),
            "may_leave": self.may_leave,
        }


_WORDS = ("engine", "model", "voices", "loudness", "layout", "profile", "notes")


@dataclass(frozen=True, slots=True)
class Quote:
    """What one language will take, or why it cannot be done.

    Attributes:
        expected: of ``localizing_cost.expected``; None where there is a problem.
        cost: of the translation; None where nobody can tell.
    """

    target: Language
    expected: Mapping[str, Any] | None = None
    cost: Decimal | None = None
    currency: str = ""
    over_budget: bool = False
    problem: str = ""

    @property
    def sends_away(self) -> bool:
        """Whether texts leave this machine."""
        return bool(self.expected and self.expected["sends_away"])


def folder_of(app: App, film: str) -> Path:
    """Where everything that is made of a film lies."""
    return app.home / "versions" / film


def film_to_localize(app: App, id_: TitleId) -> Attachment:
    """The film of a title: the one for all languages and territories before others.

    Raises:
        UnknownId: there is no such title.
        Conflict: it has no film.
    """
    title = app.catalog.get([id_]).get(id_)
    if title is None:
        raise UnknownId("title", str(id_))
    films = [one for one in title.attachments if one.role is AttachmentRole.FILM]
    if not films:
        raise Conflict(f"The title {id_} has no film.", advice="Attach one to the title first.")
    return min(films, key=lambda one: (one.territory is not None, one.language.tag != "und"))


def keep_ask(
    app: App,
    actor: Actor,
    id_: TitleId,
    targets: Sequence[Language],
    *,
    source: Language | None = None,
    files: Mapping[str, tuple[str, BinaryIO]] | None = None,
    **options: Any,
) -> Ask:
    """Checks what is asked and keeps the files that came with it.

    Args:
        app: the application.
        actor: who asks.
        id_: the title.
        targets: 1 to ``MOST_TARGETS`` languages, none of them the film's.
        source: of the film; the title's first original language otherwise.
        files: by what they are (``GIVEN``): name and bytes.
        **options: the other fields of ``Ask``.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId, Conflict: as ``film_to_localize``; Conflict also where nobody knows the film's language.
        BadValue: a language is twice there or the film's; no such voice engine.
        BadFile: a file is none of its kind, or too large.
    """
    actor.require(Permission.EDIT)
    film = film_to_localize(app, id_)
    title = app.catalog.get([id_])[id_]
    spoken = source or next(iter(title.original_languages), None)
    if spoken is None:
        raise Conflict("Nothing says which language the film speaks.", advice="Name it.")
    if not 0 < len(targets) <= MOST_TARGETS:
        raise BadValue("number of languages", len(targets), f"1 to {MOST_TARGETS}")
    if spoken in targets or len(set(targets)) < len(targets):
        raise BadValue("languages", ", ".join(map(str, targets)), "others than the film's, each once")
    ask = Ask(id_, film.digest, spoken, tuple(targets), **options)
    if ask.voices not in VOICES:
        raise BadValue("voice engine", ask.voices, "one of " + ", ".join(VOICES))
    kept = tuple(
        (kind, _kept(folder_of(app, film.digest), kind, name, content))
        for kind, (name, content) in (files or {}).items()
    )
    ask = replace(ask, given=kept)
    _check_given(app, ask)
    return ask


def _kept(folder: Path, kind: str, name: str, content: BinaryIO) -> str:
    """Keeps a file that came with an order under its content's name; returns that."""
    most = GIVEN[kind]
    given = folder / "given"
    given.mkdir(parents=True, exist_ok=True)
    unfinished = given / f".{secrets.token_hex(6)}"
    digest, size = hashlib.sha256(), 0
    try:
        with unfinished.open("wb") as file:
            while block := content.read(_BLOCK):
                size += len(block)
                if size > most:
                    raise BadFile(name, f"is larger than {most >> 20} MiB", advice="Use the command line.")
                digest.update(block)
                file.write(block)
        suffix = _SUFFIX.search(name)
        kept = f"{kind}-{digest.hexdigest()[:16]}{suffix[0].lower() if suffix else ''}"
        unfinished.replace(given / kept)
    finally:
        unfinished.unlink(missing_ok=True)
    return kept


def _check_given(app: App, ask: Ask) -> None:
    for kind, name in ask.given:
        path = folder_of(app, ask.film) / "given" / name
        try:
            if kind == "cast":
                read_cast(path)
            elif kind == "terms":
                for target in ask.targets:
                    read_terms(path, ask.source, target)
            elif not sound_facts(path):
                raise BadFile(name, "has no sound", advice="Send music and effects as an audio file.")
        except CrossreelError:
            path.unlink(missing_ok=True)
            raise


def read_ask(parameters: Mapping[str, Any]) -> Ask:
    """What ``Ask.parameters`` wrote; ``to`` may name several languages with commas.

    Raises:
        BadValue: a language or title is none.
        UnknownId: a file's name is a path, or the film's digest is none.
    """
    given = dict(parameters.get("given") or {})
    film = str(parameters["film"])
    if not film.isalnum() or any(
        Path(str(name)).name != name or kind not in GIVEN for kind, name in given.items()
    ):
        raise UnknownId("order", film)
    budget = parameters.get("budget")
    return Ask(
        TitleId.parse(str(parameters["title"])),
        film,
        Language.parse(str(parameters["from"])),
        tuple(Language.parse(one) for one in str(parameters["to"]).split(",")),
        **{name: str(parameters[name]) for name in _WORDS if parameters.get(name)},
        given=tuple((kind, str(name)) for kind, name in given.items()),
        hear=bool(parameters.get("hear")),
        budget=Decimal(str(budget)) if budget not in (None, "") else None,
        may_leave=bool(parameters.get("may_leave")),
    )


@contextmanager
def film_at(app: App, film: str) -> Iterator[Path]:
    """A film of the store as a file of its own name, gone afterwards; a link where the disk is the same.

    Raises:
        UnknownId: its bytes are not there.
    """
    folder = folder_of(app, film)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".film-{secrets.token_hex(6)}"
    try:
        with app.blobs.open(film) as stream:
            try:
                os.link(stream.name, path)
            except (OSError, AttributeError, TypeError):
                with path.open("wb") as copy:
                    shutil.copyfileobj(stream, copy, _BLOCK)
        yield path
    finally:
        path.unlink(missing_ok=True)


def order_of(
    app: App,
    ask: Ask,
    target: Language,
    film: Path,
    *,
    accepted: frozenset[str] = frozenset(),
    reviewed: bool = False,
) -> LocalizeOrder:
    """The order of one language.

    Raises:
        WrongUse, Missing: an engine is not there, or lacks what it needs.
    """
    folder = folder_of(app, ask.film)
    given = {kind: folder / "given" / name for kind, name in ask.given}
    return LocalizeOrder(
        film,
        folder,
        ask.source,
        target,
        translation_engine(ask.engine, app.home, model=ask.model),
        voice_engine(ask.voices, home=app.home),
        lambda: recognizer(app.home, None),
        subtitles=None if ask.hear else _subtitles(app, ask, folder),
        stem=given.get("stem"),
        cast=cast_for(app, ask, target, given),
        terms=given.get("terms"),
        loudness=ask.loudness,
        layout=ask.layout,
        profile=ask.profile,
        notes=ask.notes,
        digest=ask.film,
        remembered=app.memories.of(ask.source, target),
        analysis=_analysis(app, ask.film),
        accepted=accepted,
        reviewed=reviewed,
    )


def casting_path(app: App, film: str, engine: str, language: Language) -> Path:
    """Where the cast book of a film is kept for an engine and a language."""
    return folder_of(app, film) / "casting" / f"{engine}.{language}.toml"


def cast_for(app: App, ask: Ask, target: Language, given: Mapping[str, Path]) -> Path | None:
    """The cast book of one language of an order: the one that came with it, else the one that is kept."""
    path = casting_path(app, ask.film, ask.voices, target)
    return given.get("cast") or (path if path.is_file() else None)


def _analysis(app: App, film: str) -> Path | None:
    """What looking into the film has found, where somebody has looked."""
    path = analysis_folder(app.home, film) / "analysis.json"
    return path if path.is_file() else None


def _subtitles(app: App, ask: Ask, folder: Path) -> Path | None:
    """The subtitles that the title has in its film's language, as a file."""
    title: Title = app.catalog.get([ask.title])[ask.title]
    for one in title.attachments:
        if one.role is AttachmentRole.SUBTITLES and one.language == ask.source and one.territory is None:
            path = folder / "given" / f"subtitles-{one.digest[:16]}.vtt"
            if not path.is_file():
                path.parent.mkdir(parents=True, exist_ok=True)
                with app.blobs.open(one.digest) as stream:
                    write_whole(path, stream.read())
            return path
    return None


def quote(app: App, ask: Ask) -> list[Quote]:
    """What each language of an order will take; nothing is sent.

    Raises:
        UnknownId: the film's bytes are not there.
    """
    with film_at(app, ask.film) as film:
        return [_quote(app, ask, target, film) for target in ask.targets]


def _quote(app: App, ask: Ask, target: Language, film: Path) -> Quote:
    try:
        order = order_of(app, ask, target, film)
        spoken = [one.language.primary for one in order.voice.voices()]
        if target.primary not in spoken:
            raise BadValue("language to speak", str(target), f"one that {order.voice.name} speaks")
        coming = expected(Localizer(order))
    except CrossreelError as error:
        return Quote(target, problem=f"{error.message} {error.advice}".strip())
    translation = next(one for one in coming["steps"] if one["step"] == "translation")
    told = translation.get("cost")
    cost = Decimal(str(told)) if told is not None else None
    unknown = cost is None and translation["sends_away"]
    over = ask.budget is not None and (unknown or (cost or Decimal()) > ask.budget)
    return Quote(target, coming, cost, str(translation.get("currency") or ""), over)
