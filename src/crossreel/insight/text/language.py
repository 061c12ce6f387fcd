"""Which language a text is in: scripts first, then a statistical model, and "unknown" rather than a guess.

Kana means Japanese, Hangul Korean, Thai letters Thai, whatever a model thinks; a model only decides
between languages that share a script. Short texts need more certainty than long ones; the thresholds were
set on the parallel sentences of ``anchors.json`` and their first words, none of which is reported on.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

from crossreel.values.language import Language
from crossreel.values.text_roles import LanguageGuess

__all__ = ["Detector", "RawLanguages", "letters_by_script"]

RawLanguages = Callable[[str], list[tuple[str, float]]]
"""ISO 639 codes with probabilities, the likeliest first."""

_SCRIPTS = (
    ("Hang", "HANGUL"),
    ("Hira", "HIRAGANA"),
    ("Kana", "KATAKANA"),
    ("Hani", "CJK"),
    ("Thai", "THAI"),
    ("Hebr", "HEBREW"),
    ("Grek", "GREEK"),
    ("Cyrl", "CYRILLIC"),
    ("Arab", "ARABIC"),
    ("Deva", "DEVANAGARI"),
    ("Beng", "BENGALI"),
    ("Taml", "TAMIL"),
    ("Telu", "TELUGU"),
    ("Gujr", "GUJARATI"),
    ("Guru", "GURMUKHI"),
    ("Knda", "KANNADA"),
    ("Mlym", "MALAYALAM"),
    ("Sinh", "SINHALA"),
    ("Khmr", "KHMER"),
    ("Laoo", "LAO"),
    ("Mymr", "MYANMAR"),
    ("Geor", "GEORGIAN"),
    ("Armn", "ARMENIAN"),
    ("Ethi", "ETHIOPIC"),
    ("Latn", "LATIN"),
)
_ONE_LANGUAGE = {
    "Hang": "ko",
    "Thai": "th",
    "Grek": "el",
    "Taml": "ta",
    "Telu": "te",
    "Gujr": "gu",
    "Guru": "pa",
    "Knda": "kn",
    "Mlym": "ml",
    "Sinh": "si",
    "Khmr": "km",
    "Laoo": "lo",
    "Mymr": "my",
    "Geor": "ka",
    "Armn": "hy",
}
_WRITTEN_IN = {
    "Cyrl": {"ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "tt", "ba", "cv", "os", "ce"},
    "Arab": {"ar", "fa", "ur", "ps", "ckb", "ug", "sd", "arz", "pnb", "azb"},
    "Hebr": {"he", "yi"},
    "Deva": {"hi", "mr", "ne", "sa"},
    "Beng": {"bn", "as"},
    "Hani": {"zh", "ja"},
    "Ethi": {"am"},
}
_NOT_LATIN = ({tag for tags in _WRITTEN_IN.values() for tag in tags} | set(_ONE_LANGUAGE.values())) - {
    "sr",
    "az",
}
_SAME = {"wuu": "zh", "yue": "zh", "arz": "ar", "nn": "no", "nb": "no", "simple": "en"}
_DENSE = {"Hani", "Hira", "Kana", "Hang"}
_LONG = 40
"""Letters from which on a text is long."""
_SURE_SHORT, _SURE_LONG = 0.55, 0.30
_CERTAIN = 0.9
_MARGIN = 1.6
"""How much likelier the first must be than the second in a short text."""
_MARKS = re.compile(r"https?://\S+|[@#]\w+|[\w.]+@[\w.]+|(?<![lL])·|·(?![lL])")
"""What says nothing of the language: addresses, handles, a dot that is not Catalan's l·l."""
_FEWEST_LATIN = 4
"""Latin letters below which a text is nobody's language in particular: "Up", "Tár", "RRR"."""


def letters_by_script(text: str) -> Counter[str]:
    """How many letters of each script (ISO 15924 code; "Zyyy" for a script without a name here)."""
    found: Counter[str] = Counter()
    for letter, count in Counter(text).items():
        if script := _script_of(letter):
            found[script] += count
    return found


@lru_cache(maxsize=1 << 14)
def _script_of(letter: str) -> str:
    """The script of a letter or of a mark that stands on one; "" for other signs."""
    if letter.isascii():
        return "Latn" if letter.isalpha() else ""
    if not letter.isalpha() and unicodedata.category(letter) not in ("Mn", "Mc", "Lo"):
        return ""
    name = unicodedata.name(letter, "")
    return next((code for code, word in _SCRIPTS if name.startswith(word)), "Zyyy")


class Detector:
    """Plays ``LanguageDetector``.

    Args:
        raw: the statistical model.
    """

    def __init__(self, raw: RawLanguages) -> None:
        self._raw = raw

    def detect(self, text: str) -> LanguageGuess:
        """The language of one text; never raises for a text, whatever it holds."""
        plain = _MARKS.sub(" ", " ".join(text[:5000].split()))
        scripts = letters_by_script(plain)
        total = sum(scripts.values())
        if not total:
            return LanguageGuess(None, 0.0)
        script = _main_script(scripts)
        language, confidence = self._within(plain, script, scripts)
        others = tuple(
            (Language(tag), count / total)
            for code, count in scripts.most_common()
            if code != script
            and count / total >= 0.2
            and (tag := _ONE_LANGUAGE.get(code))
            and tag != (language.tag if language else "")
        )
        return LanguageGuess(language, confidence, script, others)

    def _within(self, text: str, script: str, scripts: Counter[str]) -> tuple[Language | None, float]:
        """The language, given the script of most letters."""
        letters = scripts[script]
        if script == "Jpan":
            return Language("ja"), 0.99
        if script in _ONE_LANGUAGE:
            return Language(_ONE_LANGUAGE[script]), 0.99
        fewest = {"Hani": 1, "Latn": _FEWEST_LATIN}.get(script, 3)
        if script == "Zyyy" or letters < fewest:
            return None, 0.0
        if script == "Hani":
            return self._han(text, letters)
        ranked = self._ranked(text, script)
        if not ranked:
            return None, 0.0
        (first, likely), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
        sure = _SURE_SHORT if letters < _LONG else _SURE_LONG
        is_close = letters < _LONG and likely < _MARGIN * second
        return (None, likely) if likely < sure or is_close else (Language(first), likely)

    def _han(self, text: str, letters: int) -> tuple[Language | None, float]:
        """Chinese, or Japanese written without a single kana, which happens in titles only."""
        shares = dict(self._ranked(text, "Hani"))
        japanese = shares.get("ja", 0.0)
        if letters < 12 and japanese > 0.5:
            return None, japanese
        return Language("zh"), max(shares.get("zh", 0.0), 0.6 if letters >= 4 else 0.5)

    def _shares(self, text: str) -> dict[str, float]:
        """What the model says of a text, languages that are one here together."""
        shares: dict[str, float] = {}
        for tag, share in self._raw(text):
            name = _SAME.get(tag, tag)
            shares[name] = shares.get(name, 0.0) + share
        return shares

    def _ranked(self, text: str, script: str) -> list[tuple[str, float]]:
        """The model's languages that use the script, by the mean of the text as it is and in lower case.

        A long text of which the model is certain is not asked about twice.
        """
        allowed = _WRITTEN_IN.get(script)
        shares = self._shares(text)
        lower = text.lower()
        if lower != text and (len(text) < _LONG or max(shares.values(), default=0.0) < _CERTAIN):
            other = self._shares(lower)
            shares = {
                tag: (shares.get(tag, 0.0) + other.get(tag, 0.0)) / 2 for tag in shares.keys() | other.keys()
            }
        if allowed is not None:
            kept = {tag: share for tag, share in shares.items() if tag in allowed}
            whole = sum(kept.values())
            return sorted(((tag, share / whole) for tag, share in kept.items()), key=lambda pair: -pair[1])
        return [
            pair for pair in sorted(shares.items(), key=lambda pair: -pair[1]) if pair[0] not in _NOT_LATIN
        ]


def _main_script(scripts: Counter[str]) -> str:
    """The script that decides: Japanese where kana stand with Chinese characters; else the most frequent.

    A letter of Chinese, Japanese or Korean says about as much as two of an alphabet and counts so.
    """
    kana = scripts["Hira"] + scripts["Kana"]
    weighed = {code: count * (2 if code in _DENSE else 1) for code, count in scripts.items() if count}
    together = 2 * (kana + scripts["Hani"])
    if kana and together >= max(weighed.values()) and (kana >= 2 or kana >= 0.05 * together):
        return "Jpan"
    return max(weighed, key=lambda code: weighed[code])
