"""Folding: one spelling for texts that a searcher would call the same, in any script.

The steps of ``fold``: case folding; compatibility decomposition (NFKD); accents, Hebrew and Arabic
points and nuktas are dropped, and the letters that do not decompose are replaced (ł ø œ æ đ ð þ ı
ħ ...); traditional and Japanese Han characters become simplified ones, katakana becomes hiragana;
what is left is composed again (NFC).

Marks that carry meaning stay: the vowel signs, viramas and tones of the scripts of India and
Southeast Asia, and the voicing marks of kana (が is not か).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

__all__ = ["fold", "is_unspaced", "joined_forms", "surface_words", "tokens", "word_runs"]

_ACCENTS = "\u0300-\u036f \u0483-\u0487 \u1ab0-\u1aff \u1dc0-\u1dff \u20d0-\u20ff \ufe00-\ufe0f \ufe20-\ufe2f"
_HEBREW = "\u0591-\u05bd \u05bf \u05c1-\u05c2 \u05c4-\u05c5 \u05c7"
_ARABIC = (
    "\u0610-\u061a \u0640 \u064b-\u065f \u0670 \u06d6-\u06dc \u06df-\u06e4 \u06e7-\u06e8 \u06ea-\u06ed"
    " \u0730-\u074a"
)
_NUKTAS = "\u093c \u09bc \u0a3c \u0abc \u0b3c \u0cbc"
_INVISIBLE = "\u00ad \u200b-\u200f \u202a-\u202e \u2060-\u2064 \u2066-\u2069 \ufeff"

_LETTERS = {
    "ł": "l", "ø": "o", "œ": "oe", "æ": "ae", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "ħ": "h", "ŋ": "n", "ŧ": "t", "ĸ": "k", "ə": "e", "ɨ": "i", "ʉ": "u", "ɓ": "b", "ɗ": "d", "ƙ": "k",
    "ƴ": "y", "ƒ": "f", "ǥ": "g", "ȼ": "c", "ꞌ": "'", "ʻ": "'", "ʼ": "'", "’": "'", "‘": "'", "`": "'",
    "ʹ": "'", "´": "'", "_": " ",
    "і": "и", "ґ": "г", "є": "е", "ў": "у", "ђ": "д", "ћ": "ч",
    "ی": "ي", "ى": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ٱ": "ا",
    "\u0901": "\u0902",  # candrabindu is often typed as anusvara
}  # fmt: skip

_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = 0x60


def _characters(ranges: str) -> list[int]:
    found: list[int] = []
    for part in ranges.split(" "):
        found.extend(range(ord(part[0]), ord(part[-1]) + 1))
    return found


@cache
def _table() -> dict[int, str]:
    han = files("crossreel.catalog").joinpath("han_variants.txt").read_text(encoding="utf-8")
    pairs = "".join(line for line in han.splitlines() if not line.startswith("#"))
    table = {ord(pairs[i]): pairs[i + 1] for i in range(0, len(pairs), 2)}
    table.update((code, chr(code - _TO_HIRAGANA)) for code in _KATAKANA)
    for dropped in (_ACCENTS, _HEBREW, _ARABIC, _NUKTAS, _INVISIBLE):
        table.update(dict.fromkeys(_characters(dropped), ""))
    table.update((ord(letter), plain) for letter, plain in _LETTERS.items())
    return table


def fold(text: str) -> str:
    """``text`` as it is searched: ``fold("Łódź, İstanbul") == "lodz, istanbul"``.

    Folding twice changes nothing more. Spaces and punctuation stay (underscores become spaces).
    """
    if text.isascii():
        return text.lower().replace("_", " ").replace("`", "'")
    # Decomposition can bring capitals (№), and a dropped mark can leave a pair that composes.
    for _ in range(4):
        folded = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_table())
        folded = unicodedata.normalize("NFC", folded)
        if folded == text:
            break
        text = folded
    return text


_SOUTH_ASIAN = "\u0900-\u0963\u0966-\u096f\u0971-\u0df3"
_SOUTHEAST_ASIAN = (
    "\u0e50-\u0e59\u0f18-\u0f39\u0f3e-\u0fbc\u1700-\u1734\u1740-\u1773\u180b-\u180d\u1885-\u1a1b\u1a20-\u1a7f"
    "\u1b00-\u1c37"
)
_OTHER_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0711-\u074a"
    "\u07a6-\u07b0\u07eb-\u07f3\u135d-\u135f\u3099\u309a\ua8e0-\ua8f1\uaa29-\uaa36\uaaeb-\uaaf6\uabe3-\uabed"
)
_WORD = rf"[\w{_SOUTH_ASIAN}{_SOUTHEAST_ASIAN}{_OTHER_MARKS}]+"

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED = "|".join(
    (
        rf"[{_HAN}\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uac00-\ud7a3\u1100-\u11ff]\u3099?\u309a?",
        # Thai and Lao: a letter with the vowels and tones above and below it
        r"[\u0e01-\u0e30\u0e32-\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2-\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf]"
        r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece]*",
        # Myanmar and Khmer: a letter, those stacked under it, and its signs
        r"[\u1000-\u102a\u103f-\u1049\u1050-\u1055](?:\u1039[\u1000-\u1021]|[\u102b-\u103e\u1056-\u1059])*",
        r"[\u1780-\u17b3\u17dc\u17e0-\u17e9](?:\u17d2[\u1780-\u17b3]|[\u17b4-\u17d1\u17d3\u17dd])*",
    )
)
"""Scripts written without spaces, and Hangul, whose particles cling to words: a token a sign."""

_TOKENS = re.compile(rf"(?P<unspaced>(?:{_UNSPACED})+)|(?P<word>(?:(?!{_UNSPACED}){_WORD[:-1]})+)")
_SIGNS = re.compile(_UNSPACED)
_ASCII_WORDS = re.compile(r"[a-z0-9]+")


def word_runs(text: str) -> list[tuple[str, ...]]:
    """The words of ``fold(text)``: one token each, or one token a sign in unspaced scripts.

    ``word_runs("Tokyo 物語") == [("tokyo",), ("物", "语")]``. Tokens hold only letters, marks and
    digits (Unicode categories L, M, N), so an index must not split at marks.
    """
    folded = fold(text)
    if folded.isascii():
        return [(word,) for word in _ASCII_WORDS.findall(folded)]
    return [
        tuple(_SIGNS.findall(match[0])) if match["unspaced"] else (match[0],)
        for match in _TOKENS.finditer(folded)
    ]


def is_unspaced(word: str) -> bool:
    """Whether ``word`` begins in a script whose tokens are single signs."""
    return _SIGNS.match(word) is not None


def tokens(text: str) -> list[str]:
    """The tokens of ``word_runs`` in one row: what is indexed and what is looked up."""
    return [token for run in word_runs(text) for token in run]


_JOINABLE = re.compile(r"[^\W_]+(?:['\-.·:&+*/][^\W_]+)+")
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def joined_forms(text: str) -> list[str]:
    """Further spellings to index: ``don't`` also as ``dont``, ``Spider-Man`` as ``spiderman``,
    ``Jäger`` as ``jaeger``, ``&`` as ``and``.
    """  # noqa: D205
    found = ["".join(_NOT_WORD.split(word)) for word in _JOINABLE.findall(fold(text))]
    if not text.isascii():
        for word in unicodedata.normalize("NFC", text).casefold().split():
            spelled = word.translate(_DIGRAPHS)
            if spelled != word:
                found.extend(tokens(spelled))
    if "&" in text:
        found.append("and")
    return found


_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=65536)
def surface_words(text: str) -> frozenset[str]:
    """The words of ``text`` with their accents, in lower case: what an exact hit compares."""
    return frozenset(re.findall(_WORD, unicodedata.normalize("NFC", text).casefold().replace("_", " ")))
