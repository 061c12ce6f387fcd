"""What the catalog knows of a title: a film, a series, a season or an episode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crossreel.catalog.attachment import Attachment, AttachmentRole, choose_attachment
from crossreel.values.ids import ExternalId, TitleId
from crossreel.values.language import Language, fallback_order
from crossreel.values.territory import Territory

__all__ = ["Credit", "CreditRole", "LocalizedText", "Release", "ShownText", "Title", "TitleKind"]


class TitleKind(StrEnum):
    """What a title is; a season hangs under its series, an episode under its season or series."""

    FILM = "film"
    SERIES = "series"
    SEASON = "season"
    EPISODE = "episode"


class CreditRole(StrEnum):
    """What a person did for a title."""

    DIRECTOR = "director"
    WRITER = "writer"
    CAST = "cast"
    COMPOSER = "composer"
    CINEMATOGRAPHER = "cinematographer"
    PRODUCER = "producer"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Credit:
    """A person's part; the order of a title's credits is their billing."""

    name: str
    role: CreditRole
    character: str = ""


@dataclass(frozen=True, slots=True, order=True)
class MachineMade:
    """A field of a text that a machine wrote and nobody has accepted yet: by which engine, and when."""

    field: str
    engine: str
    day: date


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """Name, synopsis and tagline for one language (``und`` if unknown) and, maybe, one territory.

    Empty strings mean "no such text". A territory's own text goes before the language's general
    one when that territory is asked for. ``machine`` names the fields that a machine wrote, until an
    editor changes or accepts them.
    """

    language: Language
    territory: Territory | None = None
    name: str = ""
    synopsis: str = ""
    tagline: str = ""
    machine: tuple[MachineMade, ...] = ()

    @property
    def slot(self) -> tuple[str, str]:
        """(language tag, territory code or ""): at most one text a slot and title."""
        return self.language.tag, self.territory.code if self.territory else ""

    def made_by(self, field: str) -> MachineMade | None:
        """The machine that wrote a field, or None where a person did or has accepted it."""
        return next((one for one in self.machine if one.field == field), None)


@dataclass(frozen=True, slots=True)
class Release:
    """The first day the public could see it, in one territory or (None) anywhere."""

    day: date
    territory: Territory | None = None


@dataclass(frozen=True, slots=True)
class ShownText:
    """One text as chosen for a reader; ``language`` is the one it is really in.

    ``is_machine``: a machine wrote it and nobody has accepted it yet.
    """

    text: str
    language: Language
    is_fallback: bool
    is_machine: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """One title, complete. Unknown facts are empty or None, never guessed.

    Attributes:
        name: the original title, in its own script.
        runtime_minutes: 1 to 6000.
        year: first public showing, 1870 to 2200.
        number: the season's or episode's number under its parent.
        genres: slugs of ``catalog.genres`` (``science-fiction``), in the source's order.
        aliases: other names it is found by (romanized, working, alternative).
        attachments: pictures, films and subtitles; one a role, language and territory.
    """

    id: TitleId
    name: str
    kind: TitleKind = TitleKind.FILM
    parent: TitleId | None = None
    number: int | None = None
    original_languages: tuple[Language, ...] = ()
    countries: tuple[Territory, ...] = ()
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    runtime_minutes: int | None = None
    year: int | None = None
    releases: tuple[Release, ...] = ()
    texts: tuple[LocalizedText, ...] = ()
    credits: tuple[Credit, ...] = ()
    external_ids: tuple[ExternalId, ...] = ()
    aliases: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def shown_name(self, asked: Sequence[Language], territory: Territory | None = None) -> ShownText:
        """The name for a reader; falls back to the original name, which every title has."""
        chosen = self._choose("name", asked, territory)
        original = self.original_languages[0] if self.original_languages else Language("und")
        return chosen or ShownText(self.name, original, is_fallback=True)

    def shown_synopsis(
        self, asked: Sequence[Language], territory: Territory | None = None
    ) -> ShownText | None:
        """The synopsis for a reader, or None when there is none in any language."""
        return self._choose("synopsis", asked, territory)

    def attachment(
        self, role: AttachmentRole, asked: Sequence[Language], territory: Territory | None = None
    ) -> Attachment | None:
        """The file of that role for a reader, or None."""
        if not self.attachments:
            return None
        return choose_attachment(self.attachments, role, asked, territory, self.original_languages)

    def _choose(self, field: str, asked: Sequence[Language], territory: Territory | None) -> ShownText | None:
        usable = [text for text in self.texts if getattr(text, field) and text.territory in (None, territory)]
        if not usable:
            return None
        order = fallback_order(asked, (text.language for text in usable), originals=self.original_languages)
        best = order[0]
        text = max(
            (text for text in usable if text.language == best),
            key=lambda text: text.territory is not None,
        )
        matched = bool(asked) and any(best.primary == want.primary for want in asked)
        by_machine = text.made_by(field) is not None
        return ShownText(getattr(text, field), best, is_fallback=not matched, is_machine=by_machine)
