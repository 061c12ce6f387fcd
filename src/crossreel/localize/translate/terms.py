"""Termbases: wordings that must be used, or must not.

An entry is a name, a term, a form of address or a forbidden word. Enforcing one in a translation that
lacks it: the engine's own wording for the term (asked for alone) is replaced, in the number of the
source; where that is not there, the source's word that went through untranslated is. What cannot be
placed is reported, never forced.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from crossreel.catalog.decoding import open_bounded
from crossreel.errors import BadFile, BadRows, RowProblem
from crossreel.localize.translate.inflection import is_form_of, is_plural, pluralized, words
from crossreel.values.language import Language

__all__ = ["Finding", "Kind", "Term", "Termbase", "read_terms"]

Kind = Literal["term", "name", "address", "forbidden"]
_KINDS = ("term", "name", "address", "forbidden")
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Term:
    """One entry.

    Args:
        source: the wording to find in the source; of a forbidden word the word itself may stand here too.
        target: what it must be in the translation; of a ``forbidden`` entry what must not be there.
        kind: ``name`` is never inflected; ``address`` says how ``source`` (a character, or ``*``) speaks
            to ``note`` (another, ``*`` or nothing) as ``target`` (``formal`` or ``informal``).
        note: for people; for ``address`` whom it is said to.

    A wording that begins with a hyphen (``-san``) is the end of a word.
    """

    source: str
    target: str
    kind: Kind = "term"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A term that a line should have: ``used`` says whether its translation does."""

    term: Term
    used: bool

    @property
    def message(self) -> str:
        """In words."""
        if self.term.kind == "forbidden":
            return f"{self.term.target!r} must not be used."
        return f"{self.term.source!r} must be {self.term.target!r}."


def _spans(text: str, phrase: str, language: Language, *, exact: bool) -> list[tuple[int, int]]:
    """Where a phrase stands in a text, its words inflected unless ``exact``."""
    wanted = [word for _, _, word in words(phrase)]
    if not wanted:
        return []
    if phrase.startswith("-"):
        return [match.span() for match in re.finditer(rf"(?<=\w){re.escape(phrase)}(?!\w)", text)]
    if language.primary in ("ja", "zh", "th", "lo", "km", "my"):
        return [match.span() for match in re.finditer(re.escape(phrase), text)]
    have = words(text)
    found = []
    for start in range(len(have) - len(wanted) + 1):
        run = have[start : start + len(wanted)]
        if all(
            word.casefold() == want.casefold() if exact else is_form_of(word, want, language)
            for (_, _, word), want in zip(run, wanted, strict=True)
        ):
            found.append((run[0][0], run[-1][1]))
    return found


class Termbase:
    """The terms of one language pair.

    Args:
        terms: in any order; longer sources are looked for first.
        source, target: the languages.
    """

    def __init__(self, terms: Iterable[Term], source: Language, target: Language) -> None:
        self.terms = tuple(sorted(terms, key=lambda term: -len(term.source)))
        self.source, self.target = source, target

    def __len__(self) -> int:
        return len(self.terms)

    def in_source(self, text: str) -> list[tuple[Term, bool]]:
        """The terms that a source text has, each with whether it is plural; none inside a longer one."""
        taken: list[tuple[int, int]] = []
        found = []
        for term in self.terms:
            if term.kind in ("forbidden", "address"):
                continue
            for start, end in _spans(text, term.source, self.source, exact=term.kind == "name"):
                if any(start < b and a < end for a, b in taken):
                    continue
                taken.append((start, end))
                last = words(text[start:end])[-1][2] if words(text[start:end]) else ""
                base = words(term.source)[-1][2]
                found.append((term, is_plural(last, base, self.source)))
        return list(dict.fromkeys(found))

    def check(self, source: str, target: str) -> list[Finding]:
        """Every term that applies to a line, and whether its translation keeps it; forbidden words found."""
        found = [
            Finding(term, self._has(target, term.target, exact=term.kind == "name"))
            for term, _ in self.in_source(source)
        ]
        for term in self.terms:
            if term.kind == "forbidden" and _spans(target, term.target, self.target, exact=False):
                found.append(Finding(term, False))
        return found

    def _has(self, text: str, phrase: str, *, exact: bool) -> bool:
        return bool(_spans(text, phrase, self.target, exact=exact)) or phrase.casefold() in text.casefold()

    def enforced(self, source: str, target: str, alone: Callable[[str], str | None]) -> str:
        """A translation with the wordings that its source's terms ask for, as far as they can be placed.

        Args:
            source: the source text.
            target: its translation.
            alone: the engine's translation of a wording by itself, or None.
        """
        for term, plural in self.in_source(source):
            if self._has(target, term.target, exact=term.kind == "name"):
                continue
            wanted = (
                term.target if not plural or term.kind == "name" else pluralized(term.target, self.target)
            )
            target = self._placed(target, term, wanted, alone)
        return target

    def _placed(self, text: str, term: Term, wanted: str, alone: Callable[[str], str | None]) -> str:
        options = [(term.source, self.source)]
        by_itself = alone(term.source)
        if by_itself:
            options.append((by_itself.strip(" .¿?¡!\"'"), self.target))
        for phrase, language in options:
            spans = _spans(text, phrase, language, exact=False)
            if spans:
                start, end = spans[0]
                if phrase.startswith("-") != wanted.startswith("-"):
                    return self._titled(text, (start, end), phrase, wanted)
                first = text[start].isupper() and (start == 0 or not wanted[:1].islower())
                word = wanted[0].upper() + wanted[1:] if first else wanted
                return text[:start] + word + text[end:]
        return text

    def _titled(self, text: str, span: tuple[int, int], phrase: str, wanted: str) -> str:
        """A form of address that stands behind a name (Tanaka-san) put before it (señor Tanaka)."""
        if not phrase.startswith("-"):
            return text
        begin = next(begin for begin, end, _ in words(text) if begin < span[0] < end)
        word = wanted[0].upper() + wanted[1:] if begin == 0 else wanted
        return f"{text[:begin]}{word} {text[begin : span[0]]}{text[span[1] :]}"


def read_terms(path: Path, source: Language, target: Language) -> Termbase:
    """Reads a termbase: TBX (ISO 30042) by its suffix, else CSV.

    The CSV's columns are ``source,target`` and optionally ``kind`` (term, name, address, forbidden) and
    ``note``; or columns named by language tags (``en,es``).

    Raises:
        BadFile: not there, empty, or without those columns.
        BadRows: rows without a wording or of an unknown kind.
    """
    with open_bounded(path) as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise BadFile(path, f"is larger than {_MOST_BYTES >> 20} MB")
    if path.suffix.lower() in (".tbx", ".xml"):
        from crossreel.localize.translate.tbx import terms_of_tbx

        return Termbase(terms_of_tbx(data, path, source, target), source, target)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(path, "is not UTF-8", advice="Save it as UTF-8.") from error
    return Termbase(_rows(text, path, source, target), source, target)


def _rows(text: str, path: Path, source: Language, target: Language) -> Sequence[Term]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    names = {name.strip().lower(): name for name in rows.fieldnames or () if name}
    one = names.get("source") or names.get(str(source).lower()) or names.get(source.primary)
    two = names.get("target") or names.get(str(target).lower()) or names.get(target.primary)
    if one is None or two is None:
        raise BadFile(
            path, "has no columns source and target", advice="Begin it with: source,target,kind,note"
        )
    terms: list[Term] = []
    problems: list[RowProblem] = []
    for number, row in enumerate(rows, 2):
        kind = (row.get(names.get("kind", ""), "") or "term").strip().lower()
        wording = (row.get(one) or "").strip(), (row.get(two) or "").strip()
        if kind not in _KINDS:
            problems.append(RowProblem(path.name, number, "kind", f"{kind!r} is none of {', '.join(_KINDS)}"))
        elif kind == "address" and wording[1].lower() not in ("formal", "informal"):
            problems.append(
                RowProblem(path.name, number, "target", f"{wording[1]!r} is neither formal nor informal")
            )
        elif not wording[1] or (not wording[0] and kind != "forbidden"):
            problems.append(RowProblem(path.name, number, "source", "a wording is empty"))
        else:
            note = (row.get(names.get("note", ""), "") or "").strip()
            terms.append(Term(*wording, kind, note))  # type: ignore[arg-type]
    if problems:
        raise BadRows(problems, advice="Correct them; nothing was read.")
    return terms
