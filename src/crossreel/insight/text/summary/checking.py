"""Whether a summary in other words may be trusted: each reason against it, by what a machine can tell.

Numbers and names are the claims that a reader takes at their word, so every one of them has to occur in the
source; a summary that invents none may still be wrong, and says so by its ``method``.
"""

from __future__ import annotations

import re
import unicodedata

from crossreel.values.language import Language
from crossreel.values.text_roles import LanguageDetector

__all__ = ["reasons_against"]

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\-·](?=[^\W\d_]))*")
_WORD_OR_END = re.compile(_WORD.pattern + r"|[.!?…:]")
_ENDING = re.compile(r"[.!?…。！？।؟]['\"”’»)\]]*\s*$")
_KATAKANA = re.compile(r"[ァ-ヺー]{2,}")
_WITH_CAPITALS = {"Latn", "Cyrl", "Grek", "Armn"}
_NO_FULL_STOP = {"Thai", "Laoo"}
_FEWEST_LETTERS = 25
"""A text with fewer letters than these does not show its language surely enough to refuse it."""


def reasons_against(
    source: str, summary: str, limit: int, language: Language | None, detector: LanguageDetector
) -> list[str]:
    """Why a summary is refused, one sentence each; empty if nothing speaks against it.

    Args:
        source: what it summarizes.
        summary: what a model wrote.
        limit: characters it may have.
        language: of the source; None is not checked.
        detector: says what language the summary is in.
    """
    summary = summary.strip()
    if not summary:
        return ["it is empty"]
    found = []
    if len(summary) > limit:
        found.append(f"it has {len(summary)} characters, {limit} are allowed")
    marks_ends = language is None or language.script not in _NO_FULL_STOP
    if marks_ends and not _ENDING.search(summary):
        found.append("it breaks off before the end of a sentence")
    if sum(letter.isalpha() for letter in summary) >= _FEWEST_LETTERS and language is not None:
        guess = detector.detect(summary).language
        if guess is not None and guess.primary != language.primary:
            found.append(f"it is in {guess.tag}, the text in {language.tag}")
    numbers = sorted(_numbers(summary) - _numbers(source))
    if numbers:
        found.append("numbers that the text does not hold: " + ", ".join(numbers))
    names = _foreign_names(source, summary, language)
    if names:
        found.append("names that the text does not hold: " + ", ".join(names))
    return found


def _numbers(text: str) -> set[str]:
    """Numbers in Western digits, without separators (``1,200`` and ``1.200`` are one)."""
    western = unicodedata.normalize("NFKC", text)
    western = "".join(
        str(unicodedata.digit(one)) if one.isdigit() and unicodedata.digit(one, None) is not None else one
        for one in western
    )
    return {re.sub(r"[.,:]", "", one) for one in _NUMBER.findall(western)}


def _foreign_names(source: str, summary: str, language: Language | None) -> list[str]:
    """Words that are written as names are and do not occur in the source, however it is inflected there.

    In scripts with capitals these are capitalized words inside a sentence, or two in a row; German
    capitalizes every noun, so there only two strange ones in a row count. A single word that begins a
    sentence cannot be told from a name. In Japanese: words in katakana. Other scripts do not mark names,
    there words in Latin letters are looked up.
    """
    known = _folded(source)
    script = language.script if language else "Latn"
    if script == "Jpan":
        return sorted({one for one in _KATAKANA.findall(summary) if _folded(one) not in known})
    if script not in _WITH_CAPITALS:
        return _latin_names(summary, known)
    held = set(known.split())
    held |= {word[:4] for word in held if len(word) > 3}
    words = [match.group() for match in _WORD_OR_END.finditer(summary)]
    foreign = [word[0].isupper() and not _occurs(_folded(word), held) for word in words]
    german = language is not None and language.primary in ("de", "lb")
    found = set()
    for place, word in enumerate(words):
        if not foreign[place]:
            continue
        around = [at for at in (place - 1, place + 1) if 0 <= at < len(words)]
        in_a_row = any(foreign[at] if german else words[at][0].isupper() for at in around)
        begins = place == 0 or not words[place - 1][0].isalpha()
        if in_a_row or not (begins or german):
            found.add(word)
    return sorted(found)


def _occurs(word: str, held: set[str]) -> bool:
    """Whether a word, or its first four letters, is among the source's words or their first four letters."""
    return any(part in held or (len(part) > 3 and part[:4] in held) for part in word.split())


def _latin_names(summary: str, known: str) -> list[str]:
    """Words in Latin letters inside a text of a script without capitals."""
    words = re.findall(r"[A-Za-zÀ-ɏ]{2,}", summary)
    return sorted({word for word in words if _folded(word).strip() not in known})


def _folded(text: str) -> str:
    """Lower case without accents, words between single spaces; CJK stays as it is."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.split(r"[^\w']+", plain)).strip()
