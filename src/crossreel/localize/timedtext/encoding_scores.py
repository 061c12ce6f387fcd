"""How much bytes read in an encoding look like a language.

A score is the mean over the characters beyond ASCII: near 1 for the most frequent letters of a
language, falling with rarity; minus for letters of no language of that encoding, controls, box
drawings, and capitals inside a word (which tell KOI8-R from Windows-1251). The order of letters is
by their frequency in running text; the lists were made for this file from general knowledge of the
languages' letter frequencies and are checked by re-encoding real subtitles (see the tests).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from crossreel.values.language import Language

__all__ = ["CANDIDATES", "score"]

_LATIN_WEST = ("fr", "es", "pt", "de", "it", "sv", "da", "nl", "fi", "ca", "is", "et", "en")
_LATIN_EAST = ("pl", "cs", "sk", "hu", "ro", "hr", "sl", "sq")
CANDIDATES: dict[str, tuple[str, ...]] = {
    "cp1252": _LATIN_WEST,
    "cp1250": _LATIN_EAST,
    "cp1254": ("tr",),
    "cp1257": ("lt", "lv", "et"),
    "cp1258": ("vi",),
    "cp1251": ("ru", "uk", "bg", "sr", "be"),
    "koi8_r": ("ru",),
    "koi8_u": ("uk",),
    "cp866": ("ru",),
    "iso8859_5": ("ru", "uk", "bg", "sr", "be"),
    "mac_cyrillic": ("ru", "uk"),
    "cp1253": ("el",),
    "cp1255": ("he",),
    "cp1256": ("ar", "fa"),
    "cp874": ("th",),
    "iso8859_2": _LATIN_EAST,
    "iso8859_3": ("eo", "mt"),
    "iso8859_15": _LATIN_WEST,
    "cp437": ("es", "fr", "de", "it", "sv"),
    "cp850": ("es", "fr", "pt", "de", "it", "sv", "da"),
    "mac_roman": _LATIN_WEST,
    "gb18030": ("zh-Hans", "ja", "ru", "ar", "th", "ko", *_LATIN_WEST, "pl", "eo"),
    "big5": ("zh-Hant",),
    "big5hkscs": ("zh-Hant",),
    "cp932": ("ja",),
    "euc_jp": ("ja",),
    "cp949": ("ko",),
}
"""Encoding (Python's name): the languages it is scored for."""

_USUAL = {
    "cp1252": 0.9,
    "cp1251": 0.3,
    "cp850": -0.2,
    "cp437": -0.2,
    "mac_roman": -0.2,
    "cp866": -0.2,
    "mac_cyrillic": -0.2,
    "iso8859_5": -0.1,
}
"""Points added where few characters speak: which encodings are usual for subtitles."""

_LETTERS = {
    "fr": "éàèêçâôûùîœëïüæÿ",
    "es": "óáéíñúü",
    "pt": "ãçáéõêíóúâàôü",
    "de": "üäöß",
    "it": "èàùòéìî",
    "sv": "äåöé",
    "da": "åøæéö",
    "nl": "ëéïóöèüê",
    "fi": "äöå",
    "ca": "éàèóíòúçïü",
    "is": "íáðóúéöæþý",
    "et": "äõüöšž",
    "en": "éïñ",
    "pl": "ęąłżóśćńź",
    "cs": "íáěéčřšýžůúňťďó",
    "sk": "áíéčšýžúťôľäňďóŕĺ",
    "hu": "áéöíóőüúű",
    "ro": "ăîâțșţş",
    "hr": "čšžćđ",
    "sl": "čšž",
    "sq": "ëç",
    "tr": "ıüşğöçİâî",
    "lt": "ėšžųįčūąę",
    "lv": "āīēšūņļžčģķ",
    "vi": "̣̀́̉̃đươâêôăàáéèíìóòúù",
    "eo": "ŝĉĝŭĵĥ",
    "mt": "ħżġċàùè",
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "uk": "оанивіетрслкудмпзябгьчйхцїюжєшщфґ",
    "bg": "аоиентрсвлкдпмзгябучщжъцйхшюфь",
    "sr": "аоиенрсјтвкудлпмзгбчшцђћљњжџхф",
    "be": "анісреотклдвупмгзябыцьхчшжйэюўфё",
    "el": "αοιετσνηυρπκμλωςάίόέήύώγδχθφβξζψϊϋ",
    "he": "יהולאתרבמשנדלכקםעחןפגזטסצךףץ",
    "ar": "اليمنوترهبعدفسكقحةجشصىطخأضزثذغئظءإآؤ",
    "fa": "اینردهموتبسشکلزفگعقخجحپصطچذضثژظغ",
    "th": "านรกอเง่มย้ลวดทัส์ตะปบิีคหแจพชขใไ็โผถณุูซญศธฟษฐภฮฝำฉฆฌๆฯ",
    "zh-Hans": (
        "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行"
        "过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从什吗吧呢想她"
    ),
    "zh-Hant": (
        "的一是不了人我在有他這為之大來以個中上們到說國和地也子時道出而要於就下得可你年生自會那後能對著事其里所去行"
        "過家十用發天如然作方成者多日都三小軍二無同麼經法當起與好看學進種將還分此心前面又定見只主沒公從什嗎吧呢想她"
    ),
    "ja": "",
    "ko": (
        "이다는에을의고하가지를기은로도한사리어자나아인대서해시게만정그일라들과으거부수구니있보제전주여오우원상장"
        "안내면네요것모려무야았었습없말세마스물데저할미진비조동경실생국선연방당러좋"
    ),
}
_ACCEPTED = frozenset(
    "…–—‘’“”„«»‹›¿¡♪·№°©®™€£½¼¾§´¨ˆ˜ªº\u00a0\u00ad\u200e\u200f，。、？！：；「」『』（）《》〈〉　～・ー·．"
)
_FULL_WIDTH = ("gb18030", "big5", "big5hkscs", "cp932", "euc_jp", "cp949")
_FULL_WIDTH_LANGUAGES = ("zh-Hans", "zh-Hant", "ja", "ko")
_SAMPLE = 1 << 15
_BEYOND_ASCII = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")


@lru_cache(maxsize=64)
def _points(language: str, wide: bool) -> dict[str, float]:
    letters = _LETTERS[language]
    if wide:
        return {letter: 1.0 for letter in letters}
    size = max(len(letters) - 1, 1)
    if len(letters) < 20:  # Latin: every letter of the language speaks for it
        return {letter: 1.0 - 0.4 * place / size for place, letter in enumerate(letters)}
    return {letter: 1.0 - 1.4 * place / size for place, letter in enumerate(letters)}


def score(data: bytes, encoding: str, language: Language | None) -> float | None:
    """The score of ``data`` read in ``encoding``; None where a byte cannot be read in it.

    Args:
        data: the whole file.
        encoding: one of ``CANDIDATES``.
        language: of the text, if it is known; its encodings gain 0.3.
    """
    try:
        data.decode(encoding)
        text = _sample(data).decode(encoding, "ignore")
    except UnicodeDecodeError:
        return None
    beyond = [char for char in text if char > "\x7f"]
    if not beyond:
        return None
    inside = 0.0 if encoding in _FULL_WIDTH else _capitals_inside(text) / len(beyond)
    best = max(
        _mean(beyond, name, name in _FULL_WIDTH_LANGUAGES)
        + (0.3 if language is not None and _is_of(language, name) else 0.0)
        for name in CANDIDATES[encoding]
    )
    little = min(1.0, 10 / len(beyond))  # where there is little to see, the usual encoding is likelier
    return best - 2 * inside + _USUAL.get(encoding, 0.0) * little


def _is_of(language: Language, name: str) -> bool:
    if name.startswith("zh"):
        return language.primary == "zh" and (language.script == name[3:])
    return language.primary == name or (language.primary in ("no", "nb", "nn") and name == "da")


def _sample(data: bytes) -> bytes:
    """The lines that have bytes beyond ASCII, up to 32 KiB."""
    if len(data) <= _SAMPLE:
        return data
    parts, size = [], 0
    for found in _BEYOND_ASCII.finditer(data):
        parts.append(found[0])
        size += len(found[0])
        if size > _SAMPLE:
            break
    return b"".join(parts)[: _SAMPLE * 2]


def _capitals_inside(text: str) -> int:
    """Capitals right after a small letter of the same word, at least one beyond ASCII."""
    return sum(
        1
        for before, char in pairwise(text)
        if (char > "\x7f" or before > "\x7f") and before.islower() and char.isupper()
    )


def _mean(beyond: list[str], language: str, wide: bool) -> float:
    points = _points(language, wide)
    total = 0.0
    for char in beyond:
        if char in _ACCEPTED:
            total += 0.3
            continue
        known = points.get(char)
        if known is None:
            known = points.get(char.lower())
        total += known if known is not None else _other(char, language, wide)
    return total / len(beyond)


def _other(char: str, language: str, wide: bool) -> float:
    code = ord(char)
    category = unicodedata.category(char)
    if category in ("Cc", "Co", "Cn"):
        return -4.0
    if not wide:
        return -1.0 if category[0] in "LM" else -1.5
    if 0x3041 <= code <= 0x30FF:
        return 1.0 if language == "ja" else -0.3
    if 0xAC00 <= code <= 0xD7A3:
        return 0.25 if language == "ko" and _encodes(char, "euc_kr") else -1.0
    if 0x4E00 <= code <= 0x9FFF:
        return _han(char, language)
    if 0xFF01 <= code <= 0xFF5E or 0x3000 <= code <= 0x303F:
        return 0.2
    return -1.0


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=32768)
def _han(char: str, language: str) -> float:
    """Han characters of the frequent level of the language's own standard count a little."""
    standard, first, last = {
        "zh-Hans": ("gb2312", 0xB0, 0xD7),
        "zh-Hant": ("big5", 0xA4, 0xC6),
        "ja": ("euc_jp", 0xB0, 0xCF),
        "ko": ("euc_kr", 0xFF, 0xFF),
    }[language]
    try:
        lead = char.encode(standard)[0]
    except UnicodeEncodeError:
        return -0.7
    return 0.3 if first <= lead <= last else -0.4
