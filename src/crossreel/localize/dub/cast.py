"""The cast book: which voice a character has, kept over episodes; a locked entry is never changed.

It is a TOML file::

    [cast."Ivan"]
    voice = "em_alex"
    locked = true

    [cast.""]          # whoever has no entry
    voice = "ef_dora"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile, BadValue, Conflict
from crossreel.values.language import Language
from crossreel.values.speech_roles import Spoken

__all__ = ["CastBook", "Casting", "read_cast"]


@dataclass(frozen=True, slots=True)
class Casting:
    """One entry: the voice's id, and whether it may be changed."""

    voice: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class CastBook:
    """Castings by character; the empty name is whoever has none."""

    entries: Mapping[str, Casting]

    def voice(self, character: str) -> str | None:
        """The voice of a character, else that of the empty name, else None."""
        entry = self.entries.get(character) or self.entries.get("")
        return entry.voice if entry else None

    def cast(self, character: str, voice: str, *, locked: bool = False) -> CastBook:
        """The book with that entry.

        Raises:
            Conflict: the character's entry is locked to another voice.
        """
        old = self.entries.get(character)
        if old is not None and old.locked and old.voice != voice:
            raise Conflict(
                f"{character!r} is locked to the voice {old.voice}.",
                advice="Unlock it in the cast book first.",
                character=character,
                voice=old.voice,
            )
        kept = replace(old, voice=voice, locked=old.locked or locked) if old else Casting(voice, locked)
        return CastBook({**self.entries, character: kept})

    def completed(self, characters: Iterable[str], offered: Iterable[Spoken], language: Language) -> CastBook:
        """The book with a voice for every character that has none, spread over the voices of a language.

        Raises:
            BadValue: no voice offered speaks the language.
        """
        book = self
        free = [one.id for one in offered if one.language.primary == language.primary]
        exact = [one.id for one in offered if one.language == language]
        free = exact or free
        for character in dict.fromkeys(characters):
            if book.voice(character) is not None:
                continue
            if not free:
                raise BadValue("language of the dub", str(language), "one that the voice engine speaks")
            used = [entry.voice for entry in book.entries.values()]
            book = book.cast(character, min(free, key=lambda voice: (used.count(voice), free.index(voice))))
        return book

    def to_toml(self) -> str:
        """The file's text."""
        parts = []
        for name, entry in sorted(self.entries.items()):
            quoted = name.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(
                f'[cast."{quoted}"]\nvoice = "{entry.voice}"\nlocked = {str(entry.locked).lower()}\n'
            )
        return "\n".join(parts)


def read_cast(path: Path) -> CastBook:
    """Reads a cast book.

    Raises:
        BadFile: it cannot be read, is no TOML, or an entry has no voice.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFile(path, f"cannot be read as a cast book ({error})") from error
    entries = {}
    for name, facts in table.get("cast", {}).items():
        if not isinstance(facts, dict) or not isinstance(facts.get("voice"), str):
            raise BadFile(
                path, f"has no voice for {name!r}", advice='Write: [cast."NAME"] voice = "ef_dora".'
            )
        entries[name] = Casting(facts["voice"], bool(facts.get("locked", False)))
    return CastBook(entries)
