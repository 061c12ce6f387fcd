"""Words that praise or blame in 41 languages, written for this; what vectors blur, they say outright.

A word of the list is the beginning of a word in the text where the script separates words (the whole word
if it has at most three letters or its entry ends in "="), any place in it where the script does not. A
negation shortly before it (or, in Korean, Japanese, Turkish, Hindi, after it) turns it around. Nothing here
was counted in reviews: the lists are what a speaker would say, so that a language without labeled reviews
has them too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossreel.values.language import Language

__all__ = ["FEATURES", "known_languages", "opinion_features"]

FEATURES = 2
"""Balance of the whole text, and of its last ``_LAST`` characters."""
_LAST = 120
_UNSEPARATED = {"zh", "ja", "ko", "th", "*"}
_AS = {"nb": "no", "nn": "no", "bs": "hr", "sh": "hr", "fil": "tl"}
"""Languages that are read by the words of another."""
_SIGN = re.compile(r"[，。！？,.!?;；:\n]")


@dataclass(frozen=True, slots=True)
class _Words:
    positive: re.Pattern[str]
    negative: re.Pattern[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


def _one_of(terms: Sequence[str], separated: bool) -> str:
    parts = []
    for term in sorted(terms, key=len, reverse=True):
        bare = term.removesuffix("=")
        whole = separated and (bare != term or len(bare) <= 3)
        parts.append(re.escape(bare) + (r"(?!\w)" if whole else ""))
    return "|".join(parts)


@cache
def _held() -> dict[str, _Words]:
    lists = json.loads((Path(__file__).parent / "opinion_words.json").read_text(encoding="utf-8"))
    return {language: _compiled(language, entry) for language, entry in lists.items()}


def _compiled(language: str, entry: dict[str, str]) -> _Words:
    separated = language not in _UNSEPARATED
    start = r"(?<!\w)" if separated else ""
    if language == "ar":
        start += "(?:و?ال)?"
    terms = {key: [one for one in value.split(" | ") if one.strip()] for key, value in entry.items()}
    before, after = None, None
    if terms["before"]:
        some = "|".join(re.escape(one) for one in terms["before"])
        near = r"(?:\W+\w+){0,2}\W*$" if separated else r".{0,2}$"
        before = re.compile((r"(?:(?<!\w)|(?=n't))" if separated else "") + f"(?:{some})" + near)
    if terms["after"]:
        after = re.compile(r".{0,4}?(?:" + "|".join(re.escape(one.strip()) for one in terms["after"]) + ")")
    return _Words(
        re.compile(f"{start}(?:{_one_of(terms['positive'], separated)})"),
        re.compile(f"{start}(?:{_one_of(terms['negative'], separated)})"),
        before,
        after,
    )


def known_languages() -> frozenset[str]:
    """Primary subtags of the languages that have words."""
    return frozenset(_held()) - {"*"}


def opinion_features(texts: Sequence[str], languages: Sequence[Language | None]) -> NDArray[np.float32]:
    """Shape (len(texts), ``FEATURES``), each from -1 (blame only) to 1 (praise only), 0 without such a word.

    Args:
        texts: tidy ones.
        languages: of each. In one without words pictures and marks alone count; where it is unknown, what
            the lists of all languages agree on.
    """
    found = np.zeros((len(texts), FEATURES), dtype=np.float32)
    for row, (text, language) in enumerate(zip(texts, languages, strict=True)):
        text = text.lower().replace("’", "'")
        tags = known_languages() if language is None else {_AS.get(language.primary, language.primary)}
        found[row] = [_agreed(text, tags), _agreed(text[-_LAST:], tags)]
    return found


def _agreed(text: str, tags: Set[str]) -> float:
    """The balance by the lists of these languages, 0 where some praise and some blame."""
    marks = _held()["*"]
    found = [_balance(text, [marks, _held()[tag]]) for tag in tags if tag in _held()]
    found = found or [_balance(text, [marks])]
    most, least = max(found), min(found)
    return 0.0 if least < 0 < most else max(most, least, key=abs)


def _balance(text: str, lists: Sequence[_Words]) -> float:
    praise = blame = 0
    for words in lists:
        taken: list[tuple[int, int]] = []
        for pattern, sign in ((words.negative, -1), (words.positive, 1)):
            for match in pattern.finditer(text):
                start, end = match.span()
                if sign > 0 and any(start < last and first < end for first, last in taken):
                    continue  # "not good" stands in the list of blame; "good" in it praises nothing
                taken.append((start, end))
                turned = _is_negated(text, start, end, words)
                if (sign > 0) != turned:
                    praise += 1
                elif (sign < 0 and not turned) or sign > 0:
                    blame += 1
    return (praise - blame) / (praise + blame + 1)


def _is_negated(text: str, start: int, end: int, words: _Words) -> bool:
    if words.before:
        near = _SIGN.split(text[max(0, start - 30) : start])[-1]
        if words.before.search(near):
            return True
    return bool(words.after and words.after.match(text[end : end + 12]))
