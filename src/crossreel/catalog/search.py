"""Full-text search across scripts: what is indexed, how a query is read, how hits are ranked.

These are pure functions; a store brings the index. To implement ``CatalogStore.search``:

1. Index ``index_document(title)``: one column per entry of ``FIELDS``, tokens separated by spaces.
   An index must split only at spaces, so its tokenizer must take the Unicode categories of
   ``TOKEN_CATEGORIES`` for token characters and must not fold again.
2. ``parse_query(text)``; look up the titles in which every term is found in any field, a term of
   several tokens as a phrase, a term with ``is_prefix`` by the start of its last token, or whose
   ``whole`` field has a token starting with ``query.whole``. Weigh the fields by ``FIELD_WEIGHTS``.
   (``text_score`` does exactly this without an index.)
3. Give at least ``CANDIDATES`` of the best to ``rank``, which orders by how well a name matches.

Names are the original, every localized and every other name. An exact hit, accents and all, goes
before a folded one: who types ``å`` wants å, and finds a after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crossreel.catalog.folding import fold, is_unspaced, joined_forms, surface_words, tokens, word_runs
from crossreel.catalog.repository import SearchHit
from crossreel.catalog.title import Title
from crossreel.values.ids import TitleId

__all__ = [
    "CANDIDATES",
    "FIELDS",
    "FIELD_WEIGHTS",
    "TOKEN_CATEGORIES",
    "Candidate",
    "Query",
    "Term",
    "fold",
    "index_document",
    "names_of",
    "parse_query",
    "rank",
    "text_score",
    "tokens",
]

FIELD_WEIGHTS: Mapping[str, float] = {
    "whole": 12.0,  # each name as one token, so that a name that is typed whole is found first
    "names": 8.0,
    "people": 4.0,
    "keywords": 2.0,  # keywords, genres, year
    "synopsis": 1.0,  # synopses and taglines
}
FIELDS = tuple(FIELD_WEIGHTS)
TOKEN_CATEGORIES = "L* M* N* Co"
"""Unicode categories of the characters inside tokens (SQLite FTS5: ``unicode61``'s ``categories``)."""
CANDIDATES = 200

_MAX_QUERY = 300
_MAX_TERMS = 24
_ARTICLE_WORDS = (
    "the a an le la les l un une der die das ein eine el los las il lo gli i den det de het en ett o os as"
)
_ARTICLES = frozenset(_ARTICLE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or a phrase of single signs; with ``is_prefix`` its last token may go on."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A read query; without terms it finds nothing.

    Attributes:
        text: what was typed, at most 300 characters.
        terms: all must be found; at most 24.
        whole: all tokens in one, as in the ``whole`` field.
    """

    text: str
    terms: tuple[Term, ...]
    whole: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title that the index found: its names (the original first) and the index's score (> 0)."""

    title: TitleId
    names: Sequence[str]
    text_score: float


def names_of(title: Title) -> tuple[str, ...]:
    """Every name of a title, without repeats: original, localized, other."""
    localized = (text.name for text in title.texts if text.name)
    return tuple(dict.fromkeys((title.name, *localized, *title.aliases)))


def index_document(title: Title) -> dict[str, str]:
    """The tokens to index for a title, separated by spaces, for each of ``FIELDS``."""
    names = names_of(title)
    if names[0].isalnum() and names[0].isascii() and _is_bare(title):
        word = fold(names[0])
        return {"whole": word, "names": word, "people": "", "keywords": "", "synopsis": ""}
    people = [part for credit in title.credits for part in (credit.name, credit.character) if part]
    facts = [*title.keywords, *title.genres, *([str(title.year)] if title.year else [])]
    prose = [part for text in title.texts for part in (text.synopsis, text.tagline) if part]
    return {
        "whole": " ".join(dict.fromkeys(form for name in names for form in _whole_forms(name))),
        "names": " ".join(_indexed(names)),
        "people": " ".join(_indexed(people)),
        "keywords": " ".join(_indexed(facts)),
        "synopsis": " ".join(tokens("\n".join(prose))),
    }


def _is_bare(title: Title) -> bool:
    """Whether the index sees nothing of a title but its name (titles that only events know are such)."""
    return not (title.texts or title.aliases or title.credits or title.keywords or title.genres or title.year)


def _indexed(texts: Iterable[str]) -> list[str]:
    texts = tuple(texts)
    extra = [form for text in texts for form in joined_forms(text)]
    return [token for text in texts for token in tokens(text)] + list(dict.fromkeys(extra))


def _whole_forms(name: str) -> list[str]:
    return _forms_of(tokens(name))


def _forms_of(found: Sequence[str]) -> list[str]:
    forms = ["".join(found)]
    if len(found) > 1 and found[0] in _ARTICLES:
        forms.append("".join(found[1:]))
    return [form for form in forms if form]


@lru_cache(maxsize=50_000)
def _read_name(name: str) -> tuple[str, tuple[str, ...], int]:
    """A name's tokens as ``_holds`` wants them, its whole forms, its length; the same for every query."""
    have = tokens(name)
    return f" {' '.join(have)} ", tuple(_forms_of(have)), len("".join(have))


@lru_cache(maxsize=1024)
def parse_query(text: str) -> Query:
    """Reads what a person typed. The last word counts as unfinished."""
    text = text[:_MAX_QUERY].strip()
    runs = word_runs(text)[:_MAX_TERMS]
    last = len(runs) - 1
    terms = tuple(Term(run, is_prefix=place == last) for place, run in enumerate(runs))
    return Query(text, terms, "".join(token for run in runs for token in run))


def text_score(query: Query, document: Mapping[str, str]) -> float:
    """How much of the query an ``index_document`` holds, weighed by field; 0 where it is no hit."""
    if not query.terms:
        return 0.0
    padded = {field: f" {document[field]} " for field in FIELDS}
    whole = FIELD_WEIGHTS["whole"] if f" {query.whole}" in padded["whole"] else 0.0
    scores = [_term_score(term, padded) for term in query.terms]
    return whole + sum(scores) if whole or all(scores) else 0.0


def _term_score(term: Term, padded: Mapping[str, str]) -> float:
    phrase = " ".join(term.tokens)
    pattern = f" {phrase}" if term.is_prefix else f" {phrase} "
    return sum(FIELD_WEIGHTS[field] for field in FIELDS if field != "whole" and pattern in padded[field])


_SAME, _STARTS, _HOLDS, _LENGTH, _TEXT = 100.0, 70.0, 40.0, 15.0, 8.0
_SURFACE, _MARKED_SURFACE = 12.0, 110.0
"""For the very accents that were typed; all-deciding where the query has some."""


def rank(query: Query, candidates: Iterable[Candidate], limit: int) -> list[SearchHit]:
    """Orders what the index found, best first.

    A name that is the query goes before one that starts with it, that before one that holds all
    its words, and that before hits on people, keywords and synopsis. Within those, exact accents,
    then shorter names, then the index's score decide.

    Args:
        query: as ``parse_query`` read it.
        candidates: found titles, in any order.
        limit: how many to return at most.
    """
    asked = _Asked.of(query)
    hits = [_hit(asked, candidate) for candidate in candidates]
    hits.sort(key=lambda hit: (-hit.score, hit.title))
    return hits[: max(limit, 0)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query as it is looked for in names.

    Attributes:
        whole: all of it without spaces.
        words: each term as it stands in a name's padded tokens.
        surface: each word with its accents, as it stands in ``_surface_of`` a name.
        exact: what a name gets that has the very accents.
    """

    whole: str
    words: tuple[str, ...]
    surface: tuple[str, ...]
    exact: float

    @classmethod
    def of(cls, query: Query) -> _Asked:
        phrases = [(" ".join(term.tokens), term.is_prefix) for term in query.terms]
        is_plain = fold(query.text) == query.text.casefold()
        return cls(
            query.whole,
            tuple(f" {phrase}" if is_prefix else f" {phrase} " for phrase, is_prefix in phrases),
            tuple(word if is_unspaced(word) else f" {word}" for word in surface_words(query.text)),
            _SURFACE if is_plain else _MARKED_SURFACE,
        )


def _hit(asked: _Asked, candidate: Candidate) -> SearchHit:
    scored = [(_name_score(asked, name), -place) for place, name in enumerate(candidate.names)]
    best, place = max(scored, default=(0.0, 0))
    strength = candidate.text_score / (candidate.text_score + 10.0)
    matched = candidate.names[-place] if candidate.names else ""
    return SearchHit(candidate.title, best + _TEXT * strength, matched)


def _name_score(asked: _Asked, name: str) -> float:
    padded, wholes, length = _read_name(name)
    whole = asked.whole
    if not whole or not length:
        return 0.0
    if whole in wholes:
        score = _SAME if whole == wholes[0] else _SAME - 1.0
    elif _holds(padded, asked.words):
        score = _STARTS if any(form.startswith(whole) for form in wholes) else _HOLDS
    else:
        return 0.0
    if _holds(_surface_of(name), asked.surface):
        score += asked.exact
    extra = max(length - len(whole), 0)
    return score - _LENGTH * extra / (extra + 20)


def _holds(padded: str, words: Sequence[str]) -> bool:
    for word in words:  # noqa: SIM110 - asked of a thousand names a query; a generator takes twice as long
        if word not in padded:
            return False
    return True


@lru_cache(maxsize=50_000)
def _surface_of(name: str) -> str:
    """The name's words with their accents, a space before each."""
    return "".join(f" {word}" for word in surface_words(name))
