"""What an opinion is about: words of eleven aspects in some twenty languages, found sentence by sentence.

A word of the list is the beginning of a word in the text where the script separates words, and any place
in it where the script does not. The span that is given as evidence is the sentence (or the clause, where
"but" turns it) that holds the word; its opinion is what a sentiment scorer says of that span.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crossreel.values.language import Language
from crossreel.values.text_roles import SentenceSplitter, SentimentScore, SentimentScorer

__all__ = ["ASPECTS", "LOCALIZATION", "Mention", "find_aspects", "find_spans"]

LOCALIZATION = ("subtitles", "dubbing", "translation")
"""The aspects that those who localize can mend."""

_TURNS = re.compile(
    r"[,;]?\s+(?=(?:but|however|although|though|pero|aunque|mais|cependant|aber|jedoch|ma|però|mas|porém|но|"
    r"однако|ama|fakat|ale|لكن|ولكن|लेकिन|मगर|maar|nhưng|tapi)\b)|，(?=但|不过|可是|然而|只是)|、?(?=しかし|けれど)|"
    r"(?<=지만)\s|(?<=는데)\s|\s(?=แต่)",
    re.IGNORECASE,
)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    held = json.loads((Path(__file__).parent / "aspects.json").read_text(encoding="utf-8"))
    return {
        aspect: re.compile(
            r"(?<!\w)(?:"
            + "|".join(map(re.escape, terms["words"]))
            + r")|"
            + "|".join(map(re.escape, terms["signs"])),
            re.IGNORECASE,
        )
        for aspect, terms in held.items()
    }


ASPECTS = tuple(_patterns())


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
    for sentence in splitter.split(text, language):
        start = 0
        for end, after in [
            *((turn.start(), turn.end()) for turn in _TURNS.finditer(sentence.text)),
            (None, 0),
        ]:
            part = sentence.text[start:end]
            for aspect, pattern in _patterns().items():
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
