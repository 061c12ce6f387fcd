"""The filter language of the catalog table: clauses of plain words, joined by and, or, not.

::

    country is JP and expires before 2027-01-01
    genre is one of horror, comedy and not (text is es or closed in ES)
    name contains "the moon" and year is between 1900 and 1930
    open in DE as SVOD and synopsis is missing

``and`` binds closer than ``or``; parentheses group; a text with a word of the language in it stands
in double quotes. ``read`` turns a sentence into a ``Clause``, ``And``, ``Or`` or ``Not``; ``write``
gives the sentence back in its plainest form. What the fields mean is in ``facts``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from crossreel.errors import BadValue
from crossreel.web.console.verbs import KINDS

__all__ = [
    "And",
    "Clause",
    "Not",
    "Or",
    "Phrase",
    "join",
    "read",
    "split",
    "write",
    "wrong_sentence",
]

LONGEST = 2000
DEEPEST = 12
MOST_CLAUSES = 40


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement: a field, a verb (its canonical words) and its values, as text."""

    field: str
    verb: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not that."""

    part: Phrase


Phrase = Clause | And | Or | Not


def wrong_sentence(sentence: str, at: int, problem: str, *, advice: str = "") -> BadValue:
    """The error for a filter that cannot be read.

    Args:
        sentence: as it was given.
        at: where it stops making sense, counted in characters from 0; also in its ``data``.
        problem: what is wrong there.
        advice: what would do.
    """
    error = BadValue("filter", sentence, "a sentence", advice=advice)
    error.message = problem
    error.data["at"] = at
    return error


_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([(),])|([^\s(),"]+))', re.S)
_JOINERS = {"and", "or"}
_WORDS = {"as", *_JOINERS}
_VERB_WORDS = {word for kind in KINDS.values() for verb in (*kind.verbs, *kind.also) for word in verb.split()}
"""A value that begins with one of these could be taken for a part of its verb."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    at: int
    quoted: bool = False

    @property
    def word(self) -> str:
        """In lower case where it can be a word of the language, else ""."""
        return "" if self.quoted else self.text.casefold()


def read(sentence: str, fields: Mapping[str, str]) -> Phrase | None:
    """Reads a sentence; None where it is empty.

    Args:
        sentence: what somebody wrote.
        fields: field -> kind (a key of ``verbs.KINDS``).

    Raises:
        BadValue: it makes no sense, is longer than 2000 characters, deeper than 12
            parentheses or has more than 40 clauses.
    """
    if len(sentence) > LONGEST:
        raise wrong_sentence(sentence, LONGEST, f"A filter has at most {LONGEST} characters.")
    tokens = list(_tokens(sentence))
    if not tokens:
        return None
    reader = _Reader(sentence, tokens, fields)
    phrase = reader.any_of(0)
    if reader.place < len(tokens):
        raise reader.wrong("Here the filter should end, or go on with “and” or “or”.")
    return phrase


def _tokens(sentence: str) -> Iterator[_Token]:
    at = 0
    while at < len(sentence.rstrip()):
        found = _TOKEN.match(sentence, at)
        if found is None:
            raise wrong_sentence(sentence, at, "This quotation mark is never closed.", advice='Add a ".')
        quoted, sign, word = found.groups()
        if quoted is not None:
            yield _Token(re.sub(r"\\(.)", r"\1", quoted, flags=re.S), found.start(1) - 1, quoted=True)
        else:
            yield _Token(sign or word, found.start(2) if sign else found.start(3))
        at = found.end()


class _Reader:
    def __init__(self, sentence: str, tokens: Sequence[_Token], fields: Mapping[str, str]) -> None:
        self.sentence, self.tokens, self.fields = sentence, tokens, fields
        self.place = 0
        self.clauses = 0

    def wrong(self, problem: str, advice: str = "") -> BadValue:
        at = self.tokens[self.place].at if self.place < len(self.tokens) else len(self.sentence)
        return wrong_sentence(self.sentence, at, problem, advice=advice)

    def peek(self) -> str:
        return self.tokens[self.place].word if self.place < len(self.tokens) else ""

    def any_of(self, depth: int) -> Phrase:
        parts = [self.all_of(depth)]
        while self.peek() == "or":
            self.place += 1
            parts.append(self.all_of(depth))
        return _joined(Or, parts)

    def all_of(self, depth: int) -> Phrase:
        parts = [self.one(depth)]
        while self.peek() == "and":
            self.place += 1
            parts.append(self.one(depth))
        return _joined(And, parts)

    def one(self, depth: int) -> Phrase:
        if depth > DEEPEST:
            raise self.wrong(f"Parentheses stand at most {DEEPEST} deep.")
        if self.peek() == "not":
            self.place += 1
            return Not(self.one(depth + 1))
        if self.peek() == "(":
            self.place += 1
            inside = self.any_of(depth + 1)
            if self.peek() != ")":
                raise self.wrong("A parenthesis is not closed here.", "Add a ).")
            self.place += 1
            return inside
        return self.clause()

    def clause(self) -> Clause:
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            raise self.wrong(f"A filter has at most {MOST_CLAUSES} statements.")
        field = self.peek()
        if field not in self.fields:
            near = get_close_matches(field, self.fields, 1)
            told = "There is no field here." if not field else f"There is no field “{field}”."
            known = "Fields: " + ", ".join(self.fields) + "."
            raise self.wrong(told, f"Did you mean {near[0]}?" if near else known)
        self.place += 1
        verb, count = self.verb(field)
        return Clause(field, verb, self.values(field, verb, count))

    def verb(self, field: str) -> tuple[str, str]:
        kind = KINDS[self.fields[field]]
        spellings = {**{verb: verb for verb in kind.verbs}, **kind.also}
        for length in (4, 3, 2, 1):
            words = [token.word for token in self.tokens[self.place : self.place + length]]
            verb = spellings.get(" ".join(words)) if len(words) == length else None
            if verb is not None:
                self.place += length
                return verb, kind.verbs[verb]
        raise self.wrong(f"“{field}” needs a verb here.", f"{field} " + ", ".join(kind.verbs) + ".")

    def values(self, field: str, verb: str, count: str) -> tuple[str, ...]:
        what = f"{field} {verb}"
        if count == "0":
            return ()
        first = self.value(what, {*_JOINERS, "as"} if count == "as" else _JOINERS)
        if count == "1":
            return (first,)
        if count == "2":
            if self.peek() != "and":
                raise self.wrong(f"“{what}” needs two values with “and” between them.")
            self.place += 1
            return (first, self.value(what))
        if count == "days":
            first = re.sub(r"\s+days?$", "", first)
            return (first,)
        if count == "as":
            if self.peek() != "as":
                return (first,)
            self.place += 1
            return (first, self.value(f"{what} {first} as"))
        values = [first]
        while self.peek() == ",":
            self.place += 1
            values.append(self.value(what))
        return tuple(dict.fromkeys(values))

    def value(self, what: str, stops: set[str] = _JOINERS) -> str:
        """One quoted text, or words up to the next joiner, comma or parenthesis."""
        if self.place < len(self.tokens) and self.tokens[self.place].quoted:
            self.place += 1
            return self.tokens[self.place - 1].text
        words = []
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            if token.quoted or token.word in stops or token.text in "(),":
                break
            words.append(token.text)
            self.place += 1
        if not words:
            raise self.wrong(f"“{what}” needs a value here.")
        return " ".join(words)


def _joined(type_: type[And] | type[Or], parts: list[Phrase]) -> Phrase:
    """One level of joining: ``a and (b and c)`` is ``a and b and c``."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, type_) else (part,))]
    return flat[0] if len(flat) == 1 else type_(tuple(flat))


def write(phrase: Phrase | None) -> str:
    """The sentence of a phrase, in its plainest form; ``read`` gives an equal phrase back."""
    if phrase is None:
        return ""
    if isinstance(phrase, Clause):
        return _write_clause(phrase)
    if isinstance(phrase, Not):
        return f"not {_inside(phrase.part, And, Or)}"
    if isinstance(phrase, And):
        return " and ".join(_inside(part, And, Or) for part in phrase.parts)
    return " or ".join(_inside(part, Or) for part in phrase.parts)


def _inside(phrase: Phrase, *grouped: type) -> str:
    return f"({write(phrase)})" if isinstance(phrase, grouped) else write(phrase)


def _write_clause(clause: Clause) -> str:
    start = f"{clause.field} {clause.verb}"
    quoted = [_quoted(value) for value in clause.values]
    if not quoted:
        return start
    if clause.verb.endswith("between"):
        return f"{start} {quoted[0]} and {quoted[1]}"
    if clause.verb == "within":
        return f"{start} {quoted[0]} days"
    if clause.verb == "in":
        return f"{start} " + " as ".join(quoted)
    return f"{start} " + ", ".join(quoted)


def _quoted(text: str) -> str:
    words = [word.casefold() for word in text.split()]
    plain = (
        bool(words)
        and " ".join(text.split()) == text
        and not _WORDS & set(words)
        and words[0] not in _VERB_WORDS
        and not re.search(r'[(),"\\]', text)
    )
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def split(phrase: Phrase | None) -> tuple[Phrase, ...]:
    """What a sentence demands, one by one: the parts of its outermost ``and``."""
    if phrase is None:
        return ()
    return phrase.parts if isinstance(phrase, And) else (phrase,)


def join(parts: Sequence[Phrase]) -> Phrase | None:
    """The opposite of ``split``."""
    return _joined(And, list(parts)) if parts else None
