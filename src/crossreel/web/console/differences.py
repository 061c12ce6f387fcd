"""What differs between two documents, fact by fact, in words that a person reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from crossreel.web.clusters import clusters
from crossreel.web.console.phrases import M_

__all__ = ["LABELS", "Difference", "Piece", "differences", "license_differences"]

LABELS = {
    "name": M_("Name"),
    "kind": M_("Kind"),
    "parent": M_("Belongs to"),
    "number": M_("Number"),
    "year": M_("Year"),
    "runtime_minutes": M_("Minutes"),
    "original_languages": M_("Original languages"),
    "countries": M_("Countries"),
    "genres": M_("Genres"),
    "keywords": M_("Keywords"),
    "aliases": M_("Other names"),
    "releases": M_("Releases"),
    "external_ids": M_("Registry ids"),
    "credits": M_("Credits"),
    "attachments": M_("Files"),
    "territories": M_("Territories"),
    "excluded": M_("Left out"),
    "modes": M_("Ways"),
    "languages": M_("Languages"),
    "start": M_("Start"),
    "end": M_("End"),
    "reason": M_("Reason"),
    "model": M_("Model"),
    "tagline": M_("Tagline"),
    "synopsis": M_("Synopsis"),
}
"""What the facts of titles, licenses and models are called, by their key in the documents."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text: ``same``, ``gone`` or ``new``."""

    text: str
    state: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that differs.

    Attributes:
        label: the fact (marked with ``M_``).
        about: which one of several: a language and territory, a license.
        language: the language tag of the text, if it is one.
        pieces: the text before and after in one, what is gone and what is new marked.
        lines: each piece is a line of its own.
    """

    label: str
    pieces: tuple[Piece, ...]
    about: str = ""
    language: str = ""
    lines: bool = False


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two documents of a title (or of a license)."""
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old == new or key == "id":
            continue
        if key == "texts":
            found += _of_texts(old or [], new or [])
        elif isinstance(old or new, list | dict):
            found.append(Difference(LABELS.get(key, key), _of_lists(_lines(old), _lines(new)), lines=True))
        else:
            pieces = _of_words(_said(old), _said(new))
            found.append(Difference(LABELS.get(key, key), pieces))
    return found


def license_differences(before: Sequence[Any], after: Sequence[Any]) -> list[Difference]:
    """What differs between two lists of license documents."""
    old, new = ({one["id"]: one for one in side} for side in (before, after))
    found = []
    for id_ in dict.fromkeys([*old, *new]):
        for one in differences(_terms(old.get(id_)), _terms(new.get(id_))):
            found.append(replace(one, about=id_))
    return found


_ORDERLESS = frozenset({"modes", "territories", "excluded", "languages"})


def _terms(document: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a license says; in whatever order it names ways and places, it says the same."""
    return {
        key: sorted(value) if key in _ORDERLESS else value
        for key, value in (document or {}).items()
        if key not in {"id", "title"} and value
    }


def _of_texts(before: list[Any], after: list[Any]) -> list[Difference]:
    old, new = ({(t["language"], t.get("territory", "")): t for t in side} for side in (before, after))
    found = []
    for slot in dict.fromkeys([*old, *new]):
        language, territory = slot
        for key in ("name", "tagline", "synopsis"):
            was, now = old.get(slot, {}).get(key, ""), new.get(slot, {}).get(key, "")
            if was != now:
                about = f"{language}-{territory}" if territory else language
                pieces = _of_words(was, now)
                replaced = [piece.state for piece in pieces] == ["gone", "new"]
                found.append(Difference(LABELS[key], pieces, about, language, lines=replaced))
    return found or [Difference(M_("Texts"), (Piece(M_("their order"), "same"),))]


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _lines(value: object) -> list[str]:
    """A list or table as lines of text."""
    if isinstance(value, Mapping):
        return [
            f"{key} {one}"
            for key, told in value.items()
            for one in (told if isinstance(told, list) else [told])
        ]
    found = []
    for one in value if isinstance(value, list) else []:
        found.append(" · ".join(_parts(one)) if isinstance(one, Mapping) else str(one))
    return found


def _parts(one: Mapping[str, Any]) -> list[str]:
    """The values of a row; a file's digest by its first letters, as on the page of its files."""
    return [str(value)[:12] if key == "digest" else str(value) for key, value in one.items()]


def _of_lists(old: list[str], new: list[str]) -> tuple[Piece, ...]:
    """Lines that are gone and new, with one same line around them."""
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            kept = old[a:b]
            pieces += [Piece(line, "same") for line in (kept if len(kept) < 4 else kept[:1])]
            if len(kept) >= 4:
                pieces += [Piece("…", "same"), Piece(kept[-1], "same")]
        else:
            pieces += [Piece(line, "gone") for line in old[a:b]]
            pieces += [Piece(line, "new") for line in new[c:d]]
    return tuple(pieces)


def _of_words(old: str, new: str) -> tuple[Piece, ...]:
    if not old or not new:
        return tuple(Piece(text, state) for text, state in ((old, "gone"), (new, "new")) if text)
    a, b = _words(old), _words(new)
    pieces = []
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return Piece(old, "gone"), Piece(new, "new")
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("".join(a[i:j]), "same"))
            continue
        if j > i:
            pieces.append(Piece("".join(a[i:j]), "gone"))
        if m > k:
            pieces.append(Piece("".join(b[k:m]), "new"))
    return tuple(pieces)


_WORD = re.compile(r"\s+|\S+")
_ALIKE = 0.6
"""Texts with less in common (counting the spaces) are told one after the other, not word by word."""
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def _words(text: str) -> list[str]:
    """Words and the space between them; visible characters where a script puts no spaces."""
    if len(text) > 6000:  # comparing so much word by word would take seconds; lines do
        return text.splitlines(keepends=True)
    return clusters(text) if _UNSPACED.search(text) else _WORD.findall(text)
