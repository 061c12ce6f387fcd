"""What an opinion is about: words of eleven aspects in some thirty languages, found sentence by sentence.

Of the list (``aspects.json``) "words" are the beginning of a word in the text, and a whole word where they
end in "|"; "signs" are any place in it, as some scripts part no words and others join articles to them. What
means an aspect in some languages and something else in others stands "in" its languages: "cena" is a price in
Polish and a scene in Portuguese. A text of unknown language is read by what all share and by English ones.
The span that is given as evidence is the sentence (or the clause, where "but" turns it) that holds the word;
its opinion is what a sentiment scorer says of that span.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crossreel.values.language import Language
from crossreel.values.text_roles import SentenceSplitter, SentimentScore, SentimentScorer

__all__ = ["ASPECTS", "LOCALIZATION", "Mention", "find_aspects", "find_spans"]

LOCALIZATION = ("subtitles", "dubbing", "translation")
"""The aspects that those who localize can mend."""

_TURNS = {
    "en": "but however although though",
    "es": "pero aunque",
    "fr": "mais cependant",
    "de": "aber jedoch",
    "it": "ma però",
    "pt": "mas porém",
    "ru": "но однако",
    "uk": "але однак",
    "tr": "ama fakat",
    "pl": "ale",
    "cs": "ale",
    "sk": "ale",
    "nl": "maar",
    "sv": "men",
    "da": "men",
    "no": "men",
    "fi": "mutta",
    "el": "αλλά όμως",
    "he": "אבל",
    "ar": "لكن ولكن",
    "fa": "اما ولی",
    "hi": "लेकिन मगर",
    "vi": "nhưng",
    "id": "tapi tetapi",
    "ro": "dar însă",
    "hu": "de",
}
"""Words with which a sentence turns, in languages that part words."""
_SIGN_TURNS = r"，(?=但|不过|可是|然而|只是)|、?(?=しかし|けれど)|(?<=지만)\s|(?<=는데)\s|\s(?=แต่)"


@cache
def _turns(language: str) -> re.Pattern[str]:
    words = "|".join(_TURNS.get(language, _TURNS["en"]).split())
    return re.compile(rf"[,;،]?\s+(?=(?:{words})\b)|{_SIGN_TURNS}", re.IGNORECASE)


@cache
def _held() -> dict[str, dict[str, Any]]:
    held: dict[str, dict[str, Any]] = json.loads(
        (Path(__file__).parent / "aspects.json").read_text(encoding="utf-8")
    )
    return held


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    """The pattern of each aspect in a language (primary subtag, "" for an unknown one)."""
    found = {}
    for aspect, terms in _held().items():
        own = terms.get("in", {}).get(language or "en", [])
        signs = terms["signs"] + (own if language in _NO_SPACES else [])
        words = terms["words"] + ([] if language in _NO_SPACES else own)
        begins = "|".join(re.escape(one.rstrip("|")) + (r"(?!\w)" if one[-1] == "|" else "") for one in words)
        found[aspect] = re.compile(rf"(?<!\w)(?:{begins})|" + "|".join(map(re.escape, signs)), re.IGNORECASE)
    return found


_NO_SPACES = {"zh", "ja", "th"}
ASPECTS = tuple(_held())


@dataclass(frozen=True, slots=True)
class Mention:
    """One aspect of one text.

    Attributes:
        aspect: one of ``ASPECTS``.
        span: the words it rests on: ``text[start:end]``.
        term: the word that named the aspect.
        opinion: what the span says of it.
    """

    aspect: str
    span: str
    start: int
    end: int
    term: str
    opinion: SentimentScore


def find_spans(
    text: str, splitter: SentenceSplitter, language: Language | None = None
) -> list[tuple[str, str, int, int]]:
    """(aspect, term, start, end) of each span of a text that names an aspect; once an aspect and span."""
    found: list[tuple[str, str, int, int]] = []
    tag = language.primary if language else ""
    for sentence in splitter.split(text, language):
        start = 0
        for end, after in [
            *((turn.start(), turn.end()) for turn in _turns(tag).finditer(sentence.text)),
            (None, 0),
        ]:
            part = sentence.text[start:end]
            for aspect, pattern in _patterns(tag).items():
                match = pattern.search(part)
                if match:
                    begin = sentence.start + start
                    found.append((aspect, match.group(), begin, begin + len(part)))
            start = after
    return found


def find_aspects(
    texts: Sequence[str],
    splitter: SentenceSplitter,
    scorer: SentimentScorer,
    languages: Sequence[Language | None],
) -> list[list[Mention]]:
    """The aspects of each text, with what is said of them."""
    spans = [
        (row, *span)
        for row, (text, language) in enumerate(zip(texts, languages, strict=True))
        for span in find_spans(text, splitter, language)
    ]
    distinct = list(dict.fromkeys((row, start, end) for row, _, _, start, end in spans))
    scores = scorer.score(
        [texts[row][start:end] for row, start, end in distinct], [languages[row] for row, _, _ in distinct]
    )
    opinions = dict(zip(distinct, scores, strict=True))
    found: list[list[Mention]] = [[] for _ in texts]
    for row, aspect, term, start, end in spans:
        span = texts[row][start:end]
        found[row].append(Mention(aspect, span, start, end, term, opinions[row, start, end]))
    return found
