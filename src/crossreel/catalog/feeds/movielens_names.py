"""MovieLens titles: ``"City of Lost Children, The (Cité des enfants perdus, La) (1995)"``."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ParsedName", "parse_name"]

_YEAR = re.compile(r"\((\d{4})(?:\s?[–-]\s?(?:\d{4})?)?\)\s*$")
_FORM = re.compile(r"\s*\((?:V|TV|VG)\)\s*$")
"""IMDb's old marks for video, television and games."""
_ALSO_KNOWN = re.compile(r"^a\.?\s?k\.?\s?a\.?:?\s+", re.IGNORECASE)
_NEXT_ALSO_KNOWN = re.compile(r",\s*a\.?k\.?a\.?\s+", re.IGNORECASE)
_ARTICLE = re.compile(
    r"^(?P<rest>.+), (?P<article>The|A|An|La|Le|Les|L'|El|Los|Las|Lo|Il|I|Gli|Un|Une|Una|Uno|Der|Die|Das|"
    r"Ein|Eine|Den|Det|De|En|Ett|Het|O|Os|As)$"
)
_OPEN_END = re.compile(r"(?:(?<!, )\b(?:or|and|the|of)|[:&-])$", re.IGNORECASE)
"""A head that cannot stand alone: ``Birdman: Or (The Unexpected Virtue of Ignorance)``."""


@dataclass(frozen=True, slots=True)
class ParsedName:
    """The name with its article in front, the year if there is one, and the other names."""

    name: str
    year: int | None
    aliases: tuple[str, ...]


def parse_name(text: str) -> ParsedName:
    """Takes a MovieLens title apart.

    ``"Seven (a.k.a. Se7en) (1995)"`` gives ``Seven``, 1995 and the alias ``Se7en``; articles move
    to the front in names and aliases; ``(500) Days of Summer (2009)`` stays whole.
    """
    rest = _FORM.sub("", text.strip())
    year: int | None = None
    if match := _YEAR.search(rest):
        year, rest = int(match[1]), rest[: match.start()].rstrip()
    aliases: list[str] = []
    while (cut := _last_group(rest)) is not None:
        aliases[:0] = _aliases_of(rest[cut + 1 : -1])
        rest = rest[:cut].rstrip()
    name = _article_first(rest) or text.strip()
    others = (_article_first(alias) for alias in aliases)
    return ParsedName(name, year, tuple(dict.fromkeys(other for other in others if other and other != name)))


def _last_group(text: str) -> int | None:
    """Where the parenthesis that ends ``text`` opens, if a name that can stand alone is before it."""
    if not text.endswith(")"):
        return None
    depth = 0
    for place in range(len(text) - 1, 0, -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth == 0:
            head = text[:place].rstrip()
            return place if text[place - 1] == " " and head and not _OPEN_END.search(head) else None
    return None


def _aliases_of(group: str) -> list[str]:
    return [_ALSO_KNOWN.sub("", part.strip()) for part in _NEXT_ALSO_KNOWN.split(group) if part.strip()]


def _article_first(name: str) -> str:
    match = _ARTICLE.match(name.strip())
    if match is None:
        return name.strip()
    gap = "" if match["article"].endswith("'") else " "
    return f"{match['article']}{gap}{match['rest']}"
