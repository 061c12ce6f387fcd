"""What surrounds a sentence, and what a language asks of its typography.

``edges`` takes off what is not words (music marks, brackets, labels, ellipses, quotation marks around the
whole), so that an engine never loses it; ``finished`` gives a translation the casing and the punctuation
of its source in the manner of the target language.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from crossreel.values.language import Language

__all__ = ["Edges", "edges", "finished", "prepared"]

_PREFIX = re.compile(
    r"^(?:[♪♫#]++\s*+|(?:\.{2,}+|…)\s*+|[-–—]++\s*+|(?:[A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я.'0-9]*\s?){1,3}:\s+|\d+[.)]\s+|>>\s*)+"
)
_SUFFIX = re.compile(r"(?:\s*+(?:[♪♫#]++|\.{2,}+|…|[–—-]++))+$")
_AROUND = {'"': '"', "“": "”", "«": "»", "„": "“", "(": ")", "[": "]", "‘": "’", "*": "*"}


class Edges(NamedTuple):
    """A text in three: ``prefix + core + suffix`` is the text."""

    prefix: str
    core: str
    suffix: str


def edges(text: str) -> Edges:
    """What stands before and after the words; a text without letters is all prefix."""
    if not any(char.isalpha() for char in text):
        return Edges(text, "", "")
    prefix = match.group() if (match := _PREFIX.match(text)) else ""
    core = text[len(prefix) :]
    suffix = match.group() if (match := _SUFFIX.search(core)) else ""
    core = core[: len(core) - len(suffix)]
    closing = _AROUND.get(core[:1])
    if closing and len(core) > 2 and core.endswith(closing) and closing not in core[1:-1]:
        prefix, core, suffix = prefix + core[0], core[1:-1], closing + suffix
    return Edges(prefix, core, suffix) if any(char.isalpha() for char in core) else Edges(text, "", "")


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, list[tuple[re.Pattern[str], str]]]]:
    raw = tomllib.loads((files("crossreel.localize.translate") / "wording.toml").read_text(encoding="utf-8"))
    return {
        when: {
            language: [
                (re.compile(rf"(?<![\w'’]){pattern}(?![\w'’])", re.IGNORECASE), new)
                for pattern, new in entry["rules"]
            ]
            for language, entry in raw[when].items()
        }
        for when in ("before", "after")
    }


def _replaced(text: str, when: str, language: Language) -> str:
    table = _table()[when]
    own = table.get(str(language), []) if str(language) != language.primary else []
    for pattern, new in [*table.get(language.primary, []), *own]:
        text = pattern.sub(lambda match, new=new: _cased(match.group(), new), text)  # type: ignore[misc]
    return text


def _cased(old: str, new: str) -> str:
    return new[0].upper() + new[1:] if old[:1].isupper() else new


def prepared(text: str, language: Language) -> tuple[str, bool]:
    """A text as a rule-based engine reads it best, and whether it was all in capitals."""
    text = text.replace("’", "'").replace("…", "...")
    letters = [char for char in text if char.isalpha()]
    shouted = len(letters) > 3 and " " in text and all(char.isupper() for char in letters)
    if shouted:
        text = text[:1] + text[1:].lower()
    if language.primary == "fr":  # dictionaries have soeur and coeur
        text = text.replace("œ", "oe").replace("Œ", "Oe")
    return _replaced(text, "before", language), shouted


def finished(text: str, source: str, language: Language, *, shouted: bool = False) -> str:
    """A translation with its source's casing and final mark, and the target's typography.

    Args:
        text: as the engine gave it.
        source: what was translated.
        language: of the translation.
        shouted: the source was in capitals.
    """
    text = _replaced(" ".join(text.split()), "after", language)
    text = re.sub(r"\s+([,.;:!?…。，！？])", r"\1", text)
    text = re.sub(r"([¿¡(\[«“])\s+", r"\1", text)
    text = _ending(text, source, language)
    if shouted:
        return text.upper()
    first = next((place for place, char in enumerate(text) if char.isalpha()), None)
    start = next((char for char in source if char.isalpha()), "")
    if first is not None and start.isupper():
        text = text[:first] + text[first].upper() + text[first + 1 :]
    elif (
        first is not None
        and start.islower()
        and text[first : first + 2].istitle()
        and language.primary != "de"
    ):
        word = re.match(r"\w+", text[first:])
        if word and word.group().lower() not in {
            known.lower() for known in re.findall(r"\b[A-Z]\w*", source)
        }:
            text = text[:first] + text[first].lower() + text[first + 1 :]
    return text


def _ending(text: str, source: str, language: Language) -> str:
    mark = match.group() if (match := re.search(r"[?!？！]+$", source.rstrip("\"'”»"))) else ""
    plain = source.rstrip().endswith((".", "。"))
    if mark and not re.search(r"[?!？！;؟]", text[-3:]):
        text = text.rstrip(".,") + mark
    elif plain and text[-1:].isalnum():
        text += "。" if language.primary in ("zh", "ja") else "." if language.primary != "th" else ""
    if language.primary in ("es", "gl", "ast"):
        text = _opened(text)
    if language.primary == "fr":
        text = re.sub(r"(?<=\w|»|\))([?!;:]+)", "\u202f\\1", text)
    return text


def _opened(text: str) -> str:
    """Spanish questions and exclamations begin with their inverted mark (Real Academia, Ortografia 2010)."""
    for mark, opening in (("?", "¿"), ("!", "¡")):
        if mark not in text or opening in text:
            continue
        parts = re.split(r"(?<=[.?!])\s+(?=[A-ZÁÉÍÓÚÑ¿¡])", text)
        text = " ".join(opening + part if part.rstrip("\"'”»").endswith(mark) else part for part in parts)
    return text
