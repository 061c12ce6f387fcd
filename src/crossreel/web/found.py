"""What a query finds beside titles: people and keywords, told from the open titles that were found.

Nothing is looked up by itself, so nothing of a closed title can be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from crossreel.catalog.search import FIELDS, Query, parse_query, text_score, tokens
from crossreel.catalog.title import Title

__all__ = ["FoundWord", "matches", "matching_keywords", "matching_people", "same_person"]


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A person or a keyword, and how many of the found titles have it."""

    text: str
    titles: int


def matching_people(query: str, titles: Iterable[Title], limit: int) -> tuple[FoundWord, ...]:
    """People of ``titles`` whose names hold the query, those of the most titles first."""
    names = (dict.fromkeys(credit.name for credit in title.credits) for title in titles)
    return _counted(query, (name for each in names for name in each), limit)


def matching_keywords(query: str, titles: Iterable[Title], limit: int) -> tuple[FoundWord, ...]:
    """Keywords of ``titles`` that hold the query, those of the most titles first."""
    return _counted(query, (word for title in titles for word in dict.fromkeys(title.keywords)), limit)


def _counted(query: str, texts: Iterable[str], limit: int) -> tuple[FoundWord, ...]:
    asked = parse_query(query)
    counts = Counter(texts)
    found = [FoundWord(text, count) for text, count in counts.items() if matches(asked, text)]
    return tuple(sorted(found, key=lambda one: (-one.titles, one.text))[:limit])


def matches(query: Query, text: str) -> bool:
    """Whether every word of the query stands in ``text``, folded as the search folds."""
    document = dict.fromkeys(FIELDS, "") | {"names": " ".join(tokens(text))}
    return text_score(query, document) > 0


def same_person(one: str, other: str) -> bool:
    """Whether two written names are one, accents and case aside."""
    return tokens(one) == tokens(other)
