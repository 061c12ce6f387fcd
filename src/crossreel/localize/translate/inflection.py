"""Words that are forms of one another, and simple plurals: enough to find and to place terms.

Two words match where they share a stem that is long enough and what follows are endings of inflection,
not other words. Plurals follow the regular rules of each language's grammar; others stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

from crossreel.values.language import Language

__all__ = ["folded", "is_form_of", "is_plural", "pluralized", "words"]

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LONGEST_ENDING = {"en": 3, "es": 4, "pt": 4, "it": 4, "fr": 4, "ca": 4, "gl": 4, "de": 3, "nl": 3, "sv": 4}
_ENDINGS = {
    "es": (("z", "ces"), ("ión", "iones")),
    "pt": (("ão", "ões"), ("m", "ns"), ("al", "ais"), ("el", "éis"), ("r", "res"), ("z", "zes")),
    "ca": (("a", "es"), ("ó", "ons")),
}
_UNINFLECTED = frozenset({"ja", "zh", "ko", "th", "lo", "km", "my", "vi"})


def words(text: str) -> list[tuple[int, int, str]]:
    """(start, end, word) of each word."""
    return [(match.start(), match.end(), match.group()) for match in _WORD.finditer(text)]


def folded(text: str) -> str:
    """Lower case without accents, for comparing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def is_form_of(word: str, base: str, language: Language) -> bool:
    """Whether a word is ``base`` or, by its stem, an inflected form of it."""
    one, two = folded(word), folded(base)
    if one == two:
        return True
    if language.primary in _UNINFLECTED or min(len(one), len(two)) < 4:
        return False
    shared = 0
    while shared < min(len(one), len(two)) and one[shared] == two[shared]:
        shared += 1
    longest = _LONGEST_ENDING.get(language.primary, 4)
    if language.primary == "en":
        return shared >= len(two) - 1 and one[shared:] in ("s", "es", "ed", "d", "ing", "ies", "")
    stem = max(4, len(two) - 3)
    return shared >= stem and len(one) - shared <= longest


def is_plural(word: str, base: str, language: Language) -> bool:
    """Whether a word looks like the plural of ``base``."""
    one, two = folded(word), folded(base)
    if one == two or not is_form_of(word, base, language):
        return False
    if language.primary == "it":
        return one[-1:] in "ie" and two[-1:] not in "ie"
    return one.endswith("s") and not two.endswith("s")


def pluralized(term: str, language: Language) -> str:
    """The plural of a noun phrase by its first word (adjectives after it follow in Romance languages)."""
    found = words(term)
    if not found or language.primary not in ("en", "es", "pt", "fr", "it", "ca", "gl"):
        return term
    start, end, word = found[-1] if language.primary == "en" else found[0]
    return term[:start] + _plural(word, language.primary) + term[end:]


def _plural(word: str, language: str) -> str:
    low = word.lower()
    if low.endswith("s") and language != "it":
        return word
    if language == "it":
        return word[:-1] + {"a": "e", "o": "i", "e": "i"}[low[-1]] if low[-1:] in "aoe" else word
    if language == "fr":
        return (
            word[:-2] + "aux" if low.endswith("al") else word + ("x" if low.endswith(("eau", "eu")) else "s")
        )
    if language == "en":
        if low.endswith("y") and low[-2:-1] not in "aeiou":
            return word[:-1] + "ies"
        return word + ("es" if low.endswith(("x", "z", "ch", "sh")) else "s")
    for ending, new in _ENDINGS.get(language, _ENDINGS["es"]):
        if low.endswith(ending):
            return word[: len(word) - len(ending)] + new
    return word + ("s" if low[-1] in "aeiouáéó" else "es")
