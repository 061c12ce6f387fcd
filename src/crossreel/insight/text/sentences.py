"""Cuts texts into sentences, by the marks that end one in the text's script.

Latin, Cyrillic, Greek: a mark, closing quotes, white space, and what may begin a sentence; not after an
abbreviation, an initial or an ordinal number. Chinese and Japanese: their own marks, no white space needed;
short speech in quotes stays whole, and with who says it. Hindi and its neighbors: the danda. Arabic, Persian,
Urdu, Burmese, Khmer, Amharic: their own marks. Thai has no mark: a space ends a sentence where both sides are
long enough to be one (Thai writes a space between sentences and clauses) and the next word does not go on
with it. An empty line, and a line that begins with a dash or bullet, end one everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from crossreel.values.language import Language
from crossreel.values.text_roles import Sentence

__all__ = ["Splitter", "split_sentences"]

_CLOSING = "\"'”’»›)]}」』）】〉》"
_ENDS = re.compile(
    r"(?P<wide>[。｡！？]+[" + re.escape(_CLOSING) + r"]*)"
    r"|(?P<danda>(?:[।॥۔؟။។៕።፧]|(?<=[\u0370-\u03ff\u1f00-\u1fff])[;\u037e](?=\s|$))+["
    + re.escape(_CLOSING)
    + r"]*)"
    r"|(?P<point>[.!?…։]+(?:[\u00a0\u202f ]?»)?[" + re.escape(_CLOSING) + r"]*)(?=\s|$)"
    r"|(?P<tight>[!?]+)(?=[\u3040-\u30ff\u4e00-\u9fff])"
    r"|(?P<line>\n\s*\n|\n(?=\s*[-–—•*]\s))"
)
_ABBREVIATIONS = {
    "en": "mr mrs ms dr prof st jr sr vs etc e.g i.e no vol fig approx dept sgt capt col gen lt inc ltd co",
    "de": "z.b d.h u.a bzw dr prof hr fr nr st ca usw evtl ggf vgl abs bd str tel z.t u.s.w",
    "fr": "m mme mlle mm dr pr p.ex c.-à-d etc env av apr st ste no vol cf ex",
    "es": "sr sra srta dr dra d dña ud uds etc p.ej núm pág av ee ee.uu",
    "pt": "sr sra dr dra exmo etc p.ex pág núm av eua",
    "it": "sig sigg dott prof ecc es pag n av p.es",
    "ru": "г гг т.е т.д т.п др пр см ул руб тыс млн им проф акад н.э",
    "nl": "dhr mevr dr prof bijv enz o.a d.w.z nl m.b.v blz nr",
    "pl": "np itd itp prof dr ul tzw m.in r w ok tj",
    "tr": "dr prof vb vs sn bkz yy",
    "ar": "د أ م ص ج ق.م",
    "hi": "डॉ श्री श्रीमती प्रो पं कु ई.पू",
}
_ORDINAL = {"de", "da", "no", "fi", "cs", "sk", "hu", "pl", "tr", "hr", "sl", "et", "lv", "is"}
"""Languages that write "3. Mai" for the third."""
_ALL = frozenset(word for words in _ABBREVIATIONS.values() for word in words.split())
_BEGINS = frozenset(
    [
        "a",
        "after",
        "all",
        "an",
        "and",
        "as",
        "at",
        "before",
        "both",
        "but",
        "by",
        "each",
        "for",
        "from",
        "he",
        "her",
        "his",
        "how",
        "i",
        "if",
        "in",
        "it",
        "its",
        "many",
        "my",
        "no",
        "on",
        "one",
        "or",
        "our",
        "she",
        "so",
        "some",
        "that",
        "the",
        "their",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "two",
        "we",
        "what",
        "when",
        "where",
        "while",
        "who",
        "with",
        "you",
        "your",
    ]
)
"""English words that begin a sentence rather than go on after "the U.S."."""
_SPEECH = re.compile(r"[「『“（][^「『“（」』”）\n]{0,60}[」』”）]")
"""Speech, or an aside, that is short enough to stay in one sentence."""
_GOES_ON = re.compile(
    r"[とっをはがにのもでな、，,的]|[^。！？“”「」『』\n]{0,8}?[说說道问問喊叫答](?:[着著了道]|[。，,：:！？]|$)"
)
"""What stands after a quote that its sentence goes on with: a particle, or who said it."""
_LAST_TOKEN = re.compile(r"([^\s(\[«„“\"']+)[.]$")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_LAST_WORD = re.compile(r"([^\W\d_](?:[\w.\-]*[^\W_])?|\d+)[.]$")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_THAI_GAP = re.compile(r"[ \u00a0]{1,}")
_THAI_SHORTEST = 25
"""Thai letters on either side of a space from which on it is taken for the end of a sentence."""
_THAI_OPEN = ("ๆ", "ฯ")
"""Signs of repetition and abbreviation, which a space follows within a sentence."""
_THAI_GOES_ON = ("ที่", "ซึ่ง", "และ", "หรือ", "เพราะ", "เพื่อ", "โดย", "ของ", "กับ", "จนกระทั่ง", "ทำให้", "ว่า")
"""Words that go on with the clause before: who, and, or, because, in order to, by, of, with, until, that."""


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
    quotes = [match.span() for match in _SPEECH.finditer(text)]
    for match in _ENDS.finditer(text):
        end = match.end()
        if match.lastgroup == "wide":
            ends = not _in_speech(text, match.start(), end, quotes)
        elif match.lastgroup == "point":
            has_ordinals = language in _ORDINAL
            ends = _really_ends(text, match.start("point"), match["point"], end, known, has_ordinals)
        else:
            ends = True
        if ends:
            yield end


def _in_speech(text: str, start: int, end: int, quotes: list[tuple[int, int]]) -> bool:
    """Whether a mark stands within short speech in quotes, or closes it and the sentence goes on."""
    for opening, closing in quotes[bisect_left(quotes, (start, 0)) - 1 :][:1]:
        if opening < start < closing:
            return end < closing or _GOES_ON.match(text, closing) is not None
    return False


def _really_ends(
    text: str, start: int, mark: str, end: int, known: frozenset[str], has_ordinals: bool
) -> bool:
    """Whether a mark with white space after it ends a sentence."""
    following = text[end : end + 12].lstrip() if end < len(text) else ""
    if not following:
        return True
    following = following.lstrip(_CLOSING + "“‘«‹([{「『¿¡-–— ") or following
    if following[:1].islower():
        return False
    if mark[0] != "." or mark.count(".") != 1:
        return True
    before_mark = text[max(0, start - 24) : start + 1]
    token = _LAST_TOKEN.search(before_mark)
    if token and token[1].lower() in known:
        return False
    word = _LAST_WORD.search(before_mark)
    return not word or not _is_short_form(word[1], following, known, has_ordinals)


def _is_short_form(word: str, following: str, known: frozenset[str], has_ordinals: bool) -> bool:
    """Whether the point after a word belongs to it: an abbreviation, an initial, an ordinal number."""
    low = word.lower()
    if low in known or (len(low) == 1 and low.isalpha() and (word.isupper() or following[1:2] == ".")):
        return True
    if word.isupper() and _DOTTED.fullmatch(word):  # the U.S. Army, but: in Washington, D.C. He
        return re.split(r"\W", following.lower(), maxsplit=1)[0] not in _BEGINS
    return low.isdigit() and len(low) <= 2 and (has_ordinals or not following[:1].isupper())


def _split_thai(sentence: Sentence) -> Iterator[Sentence]:
    """Cuts Thai at spaces with enough Thai on both sides."""
    text, start = sentence.text, 0
    for gap in _THAI_GAP.finditer(text):
        left, right = text[start : gap.start()], text[gap.end() :]
        if left.endswith(_THAI_OPEN) or right.startswith(_THAI_GOES_ON):
            continue
        if len(_THAI.findall(left)) >= _THAI_SHORTEST and len(_THAI.findall(right)) >= _THAI_SHORTEST:
            yield Sentence(left, sentence.start + start, sentence.start + gap.start())
            start = gap.end()
    yield Sentence(text[start:], sentence.start + start, sentence.end)
