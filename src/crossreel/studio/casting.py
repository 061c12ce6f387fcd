"""Who speaks with which voice: the engines at hand with their voices, and a film's cast book by language.

A cast book is kept beside what is made of the film, one for each engine and language, and goes into every dub
of it; a file that comes with an order goes before it.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossreel.accounts.operator import Actor, Permission
from crossreel.app import App
from crossreel.catalog.attachment import AttachmentRole
from crossreel.errors import BadValue, Conflict, CrossreelError, UnknownId
from crossreel.localize.dub.cast import CastBook, Casting, read_cast
from crossreel.localize.dub.script import script_of
from crossreel.localize.timedtext import read_bytes
from crossreel.media.sound_writing import write_sound
from crossreel.studio.localize_orders import casting_path, film_to_localize
from crossreel.studio.voices import ENGINES, voice_engine
from crossreel.studio.whole_files import write_whole
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.speech_roles import Spoken

__all__ = [
    "Character",
    "EngineAtHand",
    "cast_of",
    "characters_of",
    "engines_at_hand",
    "keep_cast",
    "sample_of",
    "speaking",
]

_MOST = 2000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class EngineAtHand:
    """A voice engine: its voices, or why it has none and the way to them.

    Attributes:
        license: of the voices; empty where the engine is not there.
        sends_data: the lines leave this machine.
    """

    name: str
    voices: tuple[Spoken, ...] = ()
    license: str = ""
    sends_data: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody who speaks in a film: lines, and the voice chosen; the empty name is whoever has none."""

    name: str
    lines: int
    voice: str = ""
    locked: bool = False


def engines_at_hand(home: Path) -> list[EngineAtHand]:
    """Every engine, with its voices or what it lacks."""
    return [_at_hand(name, home) for name in ENGINES]


def _at_hand(name: str, home: Path) -> EngineAtHand:
    try:
        engine = voice_engine(name, home=home)
        return EngineAtHand(name, tuple(engine.voices()), engine.license, engine.sends_data)
    except CrossreelError as error:
        return EngineAtHand(name, problem=f"{error.message} {error.advice}".strip())


def speaking(engine: EngineAtHand, language: Language) -> tuple[Spoken, ...]:
    """Its voices of a language; those of the very region, where there are any."""
    near = tuple(one for one in engine.voices if one.language.primary == language.primary)
    return tuple(one for one in near if one.language == language) or near


def sample_of(app: App, title: TitleId, engine: str, voice: str) -> bytes:
    """How a voice sounds: it says the title's name in its own language, as WAV.

    Raises:
        UnknownId: no such title.
        BadValue: no such engine or voice.
        Conflict: the engine would send the words away, which is not done for a sample.
        Missing, WrongUse: the engine, or what it needs, is not there.
    """
    stored = app.catalog.get([title]).get(title)
    if stored is None:
        raise UnknownId("title", title)
    speaker = voice_engine(_checked(engine), home=app.home)
    if speaker.sends_data:
        raise Conflict(f"{engine} would get the words, away from this machine.", advice="Hear it in a dub.")
    known = next((one for one in speaker.voices() if one.id == voice), None)
    if known is None:
        raise BadValue("voice", voice, "one of the engine's")
    sound = speaker.speak(stored.shown_name((known.language,)).text, voice)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.wav"
        write_sound(path, sound)
        return path.read_bytes()


def characters_of(app: App, title: TitleId) -> list[tuple[str, int]]:
    """Who speaks in the title's subtitles, most lines first: name and lines.

    Those in its own language are asked first; nobody where no file names anybody.

    Raises:
        UnknownId, Conflict: no such title, or it has no film.
    """
    film_to_localize(app, title)
    stored = app.catalog.get([title])[title]
    files = [one for one in stored.attachments if one.role is AttachmentRole.SUBTITLES]
    for one in sorted(files, key=lambda one: one.language not in stored.original_languages):
        with app.blobs.open(one.digest) as stream:
            script, _ = script_of(read_bytes(stream.read(), "subtitles.vtt"))
        found = Counter(line.speaker for line in script if line.speaker)
        if found:
            return found.most_common(_MOST)
    return []


def cast_of(app: App, title: TitleId, engine: str, language: Language) -> list[Character]:
    """Every character of a film with the voice that is kept for it, whoever has none last.

    Raises:
        UnknownId, Conflict: no such title, or it has no film.
        BadValue: no such engine.
    """
    book = _kept(app, title, engine, language)
    lines = dict(characters_of(app, title))
    lines |= {name: 0 for name in sorted(book.entries) if name and name not in lines}
    empty = Casting("")
    return [
        Character(name, count, one.voice, one.locked)
        for name, count in [*lines.items(), ("", 0)]
        for one in [book.entries.get(name, empty)]
    ]


def _kept(app: App, title: TitleId, engine: str, language: Language) -> CastBook:
    path = casting_path(app, film_to_localize(app, title).digest, _checked(engine), language)
    return read_cast(path) if path.is_file() else CastBook({})


def _checked(engine: str) -> str:
    if engine not in ENGINES:
        raise BadValue("voice engine", engine, "one of " + ", ".join(ENGINES))
    return engine


def keep_cast(
    app: App,
    actor: Actor,
    title: TitleId,
    engine: str,
    language: Language,
    choices: Sequence[Character],
) -> Mapping[str, str]:
    """Keeps the voices of a film's characters; the next dub speaks with them. Returns voices by name.

    Args:
        app: the application.
        actor: who chooses.
        title: whose film it is.
        engine: one that is at hand.
        language: of the dub.
        choices: the whole cast; who has an empty voice gets one when the dub is made.

    Raises:
        NotAllowed: the actor may not edit.
        UnknownId, Conflict: as ``cast_of``; Conflict also where a locked entry would be changed unasked.
        BadValue: the engine has no such voice, or a name is too long or too many.
        Missing, WrongUse: the engine is not there.
    """
    actor.require(Permission.EDIT)
    film = film_to_localize(app, title).digest
    offered = {one.id for one in voice_engine(_checked(engine), home=app.home).voices()}
    book = _kept(app, title, engine, language)
    entries: dict[str, Casting] = {}
    if len(choices) > _MOST:
        raise BadValue("number of characters", len(choices), f"at most {_MOST}")
    for one in choices:
        if len(one.name) > _LONGEST:
            raise BadValue("character", one.name[:40], f"a name of at most {_LONGEST} characters")
        if one.voice and one.voice not in offered:
            raise BadValue("voice", one.voice, "one of " + ", ".join(sorted(offered)))
        old = book.entries.get(one.name)
        if old is not None and old.locked and one.locked:
            CastBook({one.name: old}).cast(one.name, one.voice)
        if one.voice:
            entries[one.name] = Casting(one.voice, one.locked)
    text = CastBook(entries).to_toml()
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadValue("character", str(error), "a name without control characters") from error
    path = casting_path(app, film, engine, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())
    return {name: one.voice for name, one in entries.items()}
