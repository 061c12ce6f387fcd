"""How likely a translated line is wrong, from what can be seen without knowing the right one.

Weights add up as 1 - product of (1 - weight): several small doubts make a large one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log

from crossreel.localize.translate.inflection import folded, words
from crossreel.localize.translate.lines import Reason
from crossreel.localize.translate.terms import Termbase
from crossreel.values.language import Language
from crossreel.values.text_roles import LanguageDetector

__all__ = ["combined", "doubts", "expected_ratio", "numbers_of"]

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_EXPECTED = {
    ("en", "es"): 1.10, ("en", "pt"): 1.08, ("en", "fr"): 1.15, ("en", "it"): 1.10, ("en", "ca"): 1.10,
    ("en", "de"): 1.15, ("en", "ja"): 0.45, ("en", "zh"): 0.32, ("en", "ko"): 0.50, ("en", "ar"): 0.90,
}  # fmt: skip
"""Characters of the target for one of the source (NTREX's medians would do; these are rounded to 0.05)."""


_CLOSE = frozenset(("es", "pt", "gl", "ca", "fr", "it", "oc", "ast"))
"""Languages that write many words alike: of Spanish words in Portuguese most are right."""


def numbers_of(text: str) -> list[str]:
    """The numbers in a text without their separators, sorted."""
    return sorted(re.sub(r"[.,:]", "", found) for found in _NUMBER.findall(text))


def combined(reasons: Sequence[Reason]) -> float:
    """One number, 0 to 1."""
    left = 1.0
    for reason in reasons:
        left *= 1 - min(reason.weight, 0.99)
    return 1 - left


def doubts(
    source: str,
    target: str,
    languages: tuple[Language, Language],
    *,
    terms: Termbase | None = None,
    names: frozenset[str] = frozenset(),
    cps: float | None = None,
    most_cps: float | None = None,
    detector: LanguageDetector | None = None,
) -> list[Reason]:
    """What speaks against a line, heaviest first.

    Args:
        source: plain text.
        target: plain text.
        languages: of both.
        terms: that must be kept.
        names: words (folded) that stand for people and places in this file.
        cps: reading speed of the target, characters a second.
        most_cps: what the profile allows.
        detector: tells the target's language (long lines only).
    """
    found: list[Reason] = []
    found += _numbers(source, target)
    found += _names(source, target, names)
    found += _length(source, target, languages)
    found += _same(source, target, languages, names)
    if terms is not None:
        weight = 0.5
        found += [Reason("term", weight, f.message) for f in terms.check(source, target) if not f.used]
    if cps is not None and most_cps is not None and cps > most_cps:
        over = cps / most_cps - 1
        message = f"{cps:.1f} characters a second; {most_cps:.0f} can be read."
        found.append(Reason("reading-speed", round(min(0.05, 0.01 + over / 20), 3), message))
    found += _language(target, languages[1], detector)
    if _repeats(target) and not _repeats(source):
        found.append(Reason("repetition", 0.4, "It says the same words several times in a row."))
    return sorted(found, key=lambda reason: -reason.weight)


def _numbers(source: str, target: str) -> list[Reason]:
    ours, theirs = numbers_of(source), numbers_of(target)
    missing = [number for number in ours if number not in theirs]
    added = [number for number in theirs if number not in ours]
    if missing:
        return [Reason("number", 0.7, f"{', '.join(missing)} is missing.")]
    return [Reason("number", 0.4, f"{', '.join(added)} is not in the source.")] if added else []


def _names(source: str, target: str, names: frozenset[str]) -> list[Reason]:
    have = {folded(word) for _, _, word in words(target)}
    lost = [w for _, _, w in words(source) if w[0].isupper() and folded(w) in names and folded(w) not in have]
    return (
        [Reason("name", 0.35, f"{', '.join(dict.fromkeys(lost))} is not there as written.")] if lost else []
    )


def expected_ratio(languages: tuple[Language, Language]) -> float:
    """Characters of the target for one of the source, usually."""
    one, two = languages[0].primary, languages[1].primary
    back = _EXPECTED.get((two, one))
    return _EXPECTED.get((one, two)) or (1 / back if back else 1.0)


def _length(source: str, target: str, languages: tuple[Language, Language]) -> list[Reason]:
    if len(source) < 8:
        return []
    expected = expected_ratio(languages)
    off = abs(log(max(len(target), 1) / (len(source) * expected)))
    if off < log(1.6):
        return []
    word = "long" if len(target) > len(source) * expected else "short"
    return [
        Reason("length", round(min(0.7, 0.2 + (off - log(1.6)) / 2), 3), f"It is very {word} for its source.")
    ]


def _same(
    source: str, target: str, languages: tuple[Language, Language], names: frozenset[str]
) -> list[Reason]:
    """Words that went through untranslated; close languages share too many words to tell."""
    if languages[0].primary == languages[1].primary or _CLOSE.issuperset(one.primary for one in languages):
        return []
    ours = {folded(word) for _, _, word in words(source) if len(word) > 3 and not word[0].isupper()}
    left = [w for _, _, w in words(target) if folded(w) in ours and folded(w) not in names]
    total = len(words(target))
    if not left or not total:
        return []
    share = len(left) / total
    weight = round(min(0.8, 0.15 + share * 0.8), 3)
    return [Reason("untranslated", weight, f"Left as in the source: {', '.join(dict.fromkeys(left))}.")]


def _language(target: str, language: Language, detector: LanguageDetector | None) -> list[Reason]:
    if detector is None or len(target) < 25:
        return []
    guess = detector.detect(target)
    if guess.language is None or guess.confidence < 0.7 or guess.language.primary == language.primary:
        return []
    return [Reason("language", 0.6, f"It looks like {guess.language}, not {language}.")]


def _repeats(text: str) -> bool:
    have = [word.casefold() for _, _, word in words(text)]
    return any(have[n] == have[n + 1] == have[n + 2] for n in range(len(have) - 2))
