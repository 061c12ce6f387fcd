"""Identifiers: ``source:id`` for everything imported, and the registries' own ids.

Ids cross the border once. Inside, titles, viewers and licenses are named by these small types;
the text form (``ml-100k:50``) is what files, commands and pages show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from crossreel.errors import BadValue

__all__ = ["ExternalId", "SourcedId", "TitleId", "ViewerId", "check_key", "check_source", "iso7064_mod37_36"]

_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_KEY = 200


@dataclass(frozen=True, slots=True, order=True)
class SourcedId:
    """``source:key``; the source is an import's name, the key is the id inside that source.

    The source has 1 to 64 characters of ``A-Z a-z 0-9 . _ -``; the key has 1 to 200 characters
    without control characters or surrounding space, and may itself contain colons.
    """

    source: str
    key: str

    def __post_init__(self) -> None:
        check_source(self.source)
        check_key(self.key)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads ``source:key``. Raises ``BadValue`` when there is no source or a bad character."""
        source, colon, key = text.partition(":")
        if not colon:
            raise BadValue("id", text, "of the form source:id", advice="Put its source before it.")
        return cls(source, key)

    def __str__(self) -> str:
        return f"{self.source}:{self.key}"


class TitleId(SourcedId):
    """The id of a film, series, season or episode."""

    __slots__ = ()


class ViewerId(SourcedId):
    """The id of a viewer; viewers of different sources are never the same person."""

    __slots__ = ()


def check_source(text: str) -> str:
    """Returns ``text`` if it can name a source, else raises ``BadValue``."""
    if not _SOURCE.fullmatch(text):
        raise BadValue("source", text, "1 to 64 letters, digits, dots, dashes or underscores")
    return text


def check_key(text: str) -> str:
    """Returns ``text`` if it can be an id inside a source, else raises ``BadValue``."""
    if not text or len(text) > _MAX_KEY or text != text.strip() or not text.isprintable():
        raise BadValue("id", text, f"1 to {_MAX_KEY} printable characters without outer space")
    return text


_SCHEMES = {
    "imdb": re.compile(r"(?:tt|nm|co)[0-9]{7,10}"),
    "tmdb": re.compile(r"(?:movie/|tv/)?[1-9][0-9]{0,9}"),
    "wikidata": re.compile(r"Q[1-9][0-9]{0,15}"),
    "eidr": re.compile(r"10\.5240/(?:[0-9A-F]{4}-){5}[0-9A-Z]"),
    "isan": re.compile(r"(?:[0-9A-F]{4}-){4}[0-9A-Z](?:-(?:[0-9A-F]{4}-){2}[0-9A-Z])?"),
}


@dataclass(frozen=True, slots=True, order=True)
class ExternalId:
    """An id in a public registry: scheme (imdb, tmdb, wikidata, eidr, isan) and its value."""

    scheme: str
    value: str

    @classmethod
    def parse(cls, scheme: str, value: str) -> Self:
        """Normalizes and checks one registry id.

        Raises:
            BadValue: unknown scheme, wrong shape, or a wrong check character of an EIDR
                (ISO/IEC 7064 Mod 37,36 over the 20 hexadecimal digits; EIDR ID Format v1.51,
                section 2.2) or an ISAN (the same over the first 16 digits and, where there is a
                version, over all 24; ISO 15706-1 and -2).
        """
        name, text = scheme.strip().casefold(), value.strip()
        pattern = _SCHEMES.get(name)
        if pattern is None:
            raise BadValue("id scheme", scheme, "one of " + ", ".join(sorted(_SCHEMES)))
        if name in {"eidr", "isan"}:
            text = text.upper()
        if not pattern.fullmatch(text):
            raise BadValue(f"{name} id", value, f"shaped like {_EXAMPLES[name]}")
        if name in {"eidr", "isan"} and not _is_checked(text.removeprefix("10.5240/").replace("-", "")):
            raise BadValue(f"{name} id", value, "closed by its check character")
        return cls(name, text)


_EXAMPLES = {
    "imdb": "tt0013442",
    "tmdb": "653",
    "wikidata": "Q151895",
    "eidr": "10.5240/7791-8534-2C23-9030-8610-5",
    "isan": "0000-0000-3A8D-0000-Z",
}

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _is_checked(body: str) -> bool:
    """Whether the check characters fit: one of an EIDR or ISAN, two of an ISAN with version (26 long)."""
    if len(body) == 26:
        return _is_checked(body[:17]) and iso7064_mod37_36(body[:16] + body[17:25]) == body[25]
    return iso7064_mod37_36(body[:-1]) == body[-1]


def iso7064_mod37_36(digits: str) -> str:
    """The check character of ``digits`` by ISO/IEC 7064 Mod 37,36 (hybrid system)."""
    check = 36
    for character in digits:
        check = (check + _ALPHABET.index(character)) % 36 or 36
        check = check * 2 % 37
    return _ALPHABET[(37 - check) % 36]
