"""One table of genres for the spellings of MovieLens, TMDB, IMDb and Netflix.

A slug is lower-case words joined by dashes. Names that are no genre ("International Movies",
"IMAX", "TV Shows") stand for nothing; a name that the table does not know is kept as its own slug.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["GENRES", "genre_slugs"]

_GENRES = (
    "action adventure animation anime biography classic comedy crime cult documentary drama"
    " faith family fantasy film-noir game-show history horror independent lgbtq music musical mystery"
    " nature news politics reality romance science-fiction short soap sport stand-up talk-show teen"
    " thriller tv-movie war western adult"
)
GENRES = tuple(_GENRES.split())
"""The canonical slugs."""

_SPELLINGS = {
    # MovieLens
    "children": "family",
    "childrens": "family",
    "sci-fi": "science-fiction",
    "imax": "",
    "unknown": "",
    "no-genres-listed": "",
    # TMDB
    "foreign": "",
    "kids": "family",
    "talk": "talk-show",
    "action-adventure": "action adventure",
    "sci-fi-fantasy": "science-fiction fantasy",
    "war-politics": "war politics",
    # IMDb
    "n": "",  # \N, their empty value
    "n-a": "",
    "noir": "film-noir",
    "sports": "sport",
    "biopic": "biography",
    "reality-tv": "reality",
    # Netflix
    "dramas": "drama",
    "comedies": "comedy",
    "documentaries": "documentary",
    "docuseries": "documentary",
    "thrillers": "thriller",
    "romantic": "romance",
    "mysteries": "mystery",
    "international": "",
    "british": "",
    "korean": "",
    "spanish-language": "",
    "movies": "",
    "tv-shows": "",
    "children-family": "family",
    "music-musicals": "music musical",
    "stand-up-comedy": "stand-up comedy",
    "stand-up-comedy-talk-shows": "stand-up comedy talk-show",
    "classic-cult": "classic cult",
    "faith-spirituality": "faith",
    "science-nature": "nature documentary",
    "anime-series": "anime animation",
    "anime-features": "anime animation",
}

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_FORMS = re.compile(r"^tv-(?!movie$|shows$)|-(?:tv-shows|movies|tv)$")
"""Netflix says the form with the genre: "TV Dramas", "Horror Movies", "Kids' TV"."""


@lru_cache(maxsize=4096)
def _slugs_of(name: str) -> tuple[str, ...]:
    slug = _NOT_WORD.sub("-", name.casefold().replace("'", "").replace("’", ""))[:60].strip("-")
    if slug in _SPELLINGS:
        return tuple(_SPELLINGS[slug].split())
    if slug in GENRES:
        return (slug,)
    bare = _FORMS.sub("", slug)
    return tuple(_SPELLINGS.get(bare, bare).split())


def genre_slugs(names: Iterable[str]) -> tuple[str, ...]:
    """The canonical slugs of a title's genre names, in the source's order, without repeats."""
    return tuple(dict.fromkeys(slug for name in names for slug in _slugs_of(name.strip())))
