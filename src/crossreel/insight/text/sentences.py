"""Cuts texts into sentences, by the marks that end one in the text's script.

Latin, Cyrillic, Greek: a mark, closing quotes, white space, and what may begin a sentence; not after an
abbreviation, an initial or an ordinal number. Chinese and Japanese: their own marks, no white space needed.
Hindi and its neighbors: the danda. Arabic, Persian, Urdu: their question mark and full stop. Thai has no
mark: runs of white space end a sentence where both sides are long enough to be one (Thai writes a space
between sentences and clauses). A line break between two lines that both look whole ends one everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossreel.values.language import Language
from crossreel.values.text_roles import Sentence

__all__ = ["Splitter", "split_sentences"]

_CLOSING = "\"'”’»›)]}」』）】〉》"
_ENDS = re.compile(
    r"(?P<wide>[。｡！？]+[" + re.escape(_CLOSING) + r"]*)"
    r"|(?P<danda>[।॥۔؟]+[" + re.escape(_CLOSING) + r"]*)"
    r"|(?P<point>[.!?…։]+(?:[\u00a0\u202f ]?»)?[" + re.escape(_CLOSING) + r"]*)(?=\s|$)"
    r"|(?P<tight>[!?]+)(?=[\u3040-\u30ff\u4e00-\u9fff])"
    r"|(?P<line>\n\s*\n|\n(?=\s*[-–—•*]\s))"
)
_ABBREVIATIONS = {
    "en": "mr mrs ms dr prof st jr sr vs etc e.g i.e no vol fig approx dept sgt capt col gen lt inc ltd co",
    "de": "z.b d.h u.a bzw dr prof hr fr nr st ca usw evtl ggf vgl abs bd str tel z.t u.s.w",
    "fr": "m mme mlle mm dr pr p.ex c.-à-d etc env av apr st ste no vol cf ex",
    "es": "sr sra srta dr dra d dña ud uds etc p.ej núm pág av ee.uu",
    "pt": "sr sra dr dra exmo etc p.ex pág núm av eua",
    "it": "sig sigg dott prof ecc es pag n av p.es",
    "ru": "г гг т.е т.д т.п др пр см ул руб тыс млн им проф акад н.э",
    "nl": "dhr mevr dr prof bijv enz o.a d.w.z nl m.b.v blz nr",
    "pl": "np itd itp prof dr ul tzw m.in r w ok tj",
    "tr": "dr prof vb vs sn bkz yy",
}
_ORDINAL = {"de", "da", "no", "fi", "cs", "sk", "hu", "pl", "tr", "hr", "sl", "et", "lv", "is"}
"""Languages that write "3. Mai" for the third."""
_ALL = frozenset(word for words in _ABBREVIATIONS.values() for word in words.split())
_LAST_WORD = re.compile(r"([^\W\d_](?:[\w.\-]*[^\W_])?|\d+)[.]$")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_THAI_GAP = re.compile(r"[ \u00a0]{1,}")
_THAI_SHORTEST = 25
"""Thai letters on either side of a space from which on it is taken for the end of a sentence."""


class Splitter:
    """Plays ``SentenceSplitter``."""

    def split(self, text: str, language: Language | None = None) -> list[Sentence]:
        """The sentences in order; ``text[s.start:s.end] == s.text`` for each."""
        return split_sentences(text, language.primary if language else "")


def split_sentences(text: str, language: str = "") -> list[Sentence]:
    """Cuts ``text``; ``language`` (primary subtag) helps with abbreviations, "" knows those of all."""
    found = []
    start = 0
    for end in _boundaries(text, language):
        found += _trimmed(text, start, end)
        start = end
    found += _trimmed(text, start, len(text))
    if _THAI.search(text):
        found = [part for sentence in found for part in _split_thai(sentence)]
    return found


def _trimmed(text: str, start: int, end: int) -> list[Sentence]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [Sentence(text[start:end], start, end)] if end > start else []


def _boundaries(text: str, language: str) -> Iterator[int]:
    known = frozenset(_ABBREVIATIONS[language].split()) if language in _ABBREVIATIONS else _ALL
    for match in _ENDS.finditer(text):
        end = match.end()
        if match.lastgroup != "point" or _really_ends(
            text, match.start("point"), match["point"], end, known, language in _ORDINAL
        ):
            yield end


def _really_ends(
    text: str, start: int, mark: str, end: int, known: frozenset[str], has_ordinals: bool
) -> bool:
    """Whether a mark with white space after it ends a sentence."""
    following = text[end : end + 8].lstrip() if end < len(text) else ""
    if not following:
        return True
    following = following.lstrip(_CLOSING + "“‘«‹([{「『¿¡-–—") or following
    if following[:1].islower():
        return False
    if mark[0] == "." and mark.count(".") == 1:
        word = _LAST_WORD.search(text[max(0, start - 24) : start + 1])
        if word:
            before = word[1].lower()
            if before in known or (len(before) == 1 and before.isalpha() and word[1].isupper()):
                return False
            if before.isdigit() and len(before) <= 2 and (has_ordinals or not following[:1].isupper()):
                return False
    return True


def _split_thai(sentence: Sentence) -> Iterator[Sentence]:
    """Cuts Thai at spaces with enough Thai on both sides."""
    text, start = sentence.text, 0
    for gap in _THAI_GAP.finditer(text):
        left, right = text[start : gap.start()], text[gap.end() :]
        if len(_THAI.findall(left)) >= _THAI_SHORTEST and len(_THAI.findall(right)) >= _THAI_SHORTEST:
            yield Sentence(left, sentence.start + start, sentence.start + gap.start())
            start = gap.end()
    yield Sentence(text[start:], sentence.start + start, sentence.end)
