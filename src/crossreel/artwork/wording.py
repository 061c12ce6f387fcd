"""What is written on a poster: the name, the reader's name for it, the year and who made it."""

from __future__ import annotations

from dataclasses import dataclass

from crossreel.artwork.fonts import Style, sans, serif
from crossreel.artwork.lettering import covers, drawable
from crossreel.artwork.phrases import clean
from crossreel.catalog.title import CreditRole, Title
from crossreel.values.language import ENGLISH, UNDETERMINED, Language

__all__ = ["Wording", "language_of", "wording_of"]

_CASED = ("\u0041", "\u024f"), ("\u0370", "\u052f")
_OWN_CAPITALS = {"tr", "az", "el", "lt", "ga", "nl"}
"""Languages whose capitals Python's ``upper`` does not form as their readers do."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one poster, cleaned.

    Attributes:
        name: the original title, or the first name that the fonts can draw.
        language: BCP 47 tag of ``name``.
        second: the reader's name for it, empty where it is the same.
        facts: year and up to two directors.
    """

    name: str
    language: str
    second: str
    second_language: str
    facts: tuple[str, ...]

    @property
    def can_be_capitals(self) -> bool:
        """Whether the name may be set in capitals: a cased script, a language without own rules."""
        letters = [character for character in self.name if character.isalpha()]
        cased = all(any(low <= c <= high for low, high in _CASED) for c in letters)
        return bool(letters) and cased and self.language.partition("-")[0] not in _OWN_CAPITALS


def language_of(title: Title) -> str:
    """BCP 47 tag of the original name; ``und`` where films have no language or it is not known."""
    tag = title.original_languages[0].tag if title.original_languages else "und"
    if tag == "zxx":
        countries = {territory.code for territory in title.countries}
        tag = next(
            (tag for code, tag in (("JP", "ja"), ("CN", "zh"), ("KR", "ko")) if code in countries), "und"
        )
    return tag


def wording_of(title: Title, language: Language | None) -> Wording:
    """What to write on the poster of ``title`` for a reader of ``language`` (None: no second name)."""
    own = language_of(title)
    name, tag = _first_drawable(title, own)
    second, second_tag = "", "und"
    if language is not None:
        shown = title.shown_name([language])
        known = not shown.is_fallback or shown.language.primary == ENGLISH.primary
        text = clean(shown.text)
        style = sans(shown.language.tag, 500)
        if known and text.casefold() != name.casefold():
            second, second_tag = drawable(text, style), shown.language.tag
    directors = [credit.name for credit in title.credits if credit.role is CreditRole.DIRECTOR]
    year = [str(title.year)] if title.year else []
    facts = [drawable(clean(part), sans("und", 500)) for part in (*year, *directors[:2])]
    return Wording(name, tag, second, second_tag, tuple(fact for fact in facts if fact))


def _first_drawable(title: Title, own: str) -> tuple[str, str]:
    style: Style = serif(own, 600)
    names = [(title.name, own)]
    names += [(text.name, text.language.tag) for text in title.texts if text.name]
    names += [(alias, UNDETERMINED.tag) for alias in title.aliases]
    for name, tag in names:
        text = clean(name)
        if text and covers(text, style):
            return text, tag
    return drawable(clean(title.name), style), own
