"""Shorter ways of saying a line, by rule: what carries nothing is dropped, long phrases become short ones.

The steps go from what nobody misses to what some may: opening and closing words ("well, ...", "..., right?"),
longer phrases, subject pronouns that the verb says already, intensifiers. Each has all steps before it.
The lists stand in ``condensing.toml``; a language without one has no rule. Numbers, names and negations are
never touched.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from crossreel.values.language import Language

__all__ = ["condensable", "shorter_wordings"]

_LEAST_LEFT = 2
"""Words that a line keeps at least."""
_BREAK = r"(?:\s*(?:,|\.{3}|…))"


@cache
def _lists() -> Mapping[str, Mapping[str, Any]]:
    text = files("crossreel.localize.dub").joinpath("condensing.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def condensable() -> tuple[str, ...]:
    """Primary tags of the languages that have lists."""
    return tuple(_lists())


def shorter_wordings(text: str, language: Language) -> list[str]:
    """Ever shorter wordings of a line, the line itself left out; empty where no rule makes it shorter."""
    lists = _lists().get(language.primary)
    if lists is None:
        return []
    found: list[str] = []
    now = " ".join(text.split())
    for step in (_without_ends, _with_short_phrases, _without_pronouns, _without_fillers):
        made = step(now, lists)
        if len(made) < len(now) and len(made.split()) >= _LEAST_LEFT:
            now = made
            found.append(now)
    return found


def _without_ends(text: str, lists: Mapping[str, Any]) -> str:
    opener = re.compile(rf"^([¿¡]?)(?:{_any(lists['openers'])}){_BREAK}+\s*", re.IGNORECASE)
    tag = re.compile(rf",\s*¿?(?:{_any(lists['tags'])})\?$", re.IGNORECASE)
    made = text
    while (cut := opener.match(made)) and len(made[cut.end() :].split()) >= _LEAST_LEFT:
        rest = made[cut.end() :].lstrip("¿¡") if cut[1] else made[cut.end() :]
        made = cut[1] + (_capital(rest) if _begins_large(text) else rest)
    return tag.sub("?" if made.startswith("¿") else ".", made)


def _with_short_phrases(text: str, lists: Mapping[str, Any]) -> str:
    for longer, shorter in lists["shorter"]:
        text = re.sub(rf"\b{re.escape(longer)}\b", _as_written(shorter), text, flags=re.IGNORECASE)
    return text


def _without_pronouns(text: str, lists: Mapping[str, Any]) -> str:
    """Without subjects at the beginning of a clause; one that stands alone or after "and" is stressed."""
    if not lists["pronouns"]:
        return text
    place = rf"(^[¿¡.…\s]*|[.,;:!?…]\s+[¿¡]?|\b(?:{_any(lists['links'])})\s+)"
    subject = re.compile(rf"{place}(?:{_any(lists['pronouns'])})\s+(?=\w)(?![ye]\b)", re.IGNORECASE)
    made = subject.sub(lambda found: found[1], text)
    return _capital(made) if _begins_large(text) else made


def _without_fillers(text: str, lists: Mapping[str, Any]) -> str:
    """Without what only stresses; what stands before a stop stays, as it is stressed itself."""
    filler = re.compile(rf"(,\s*)?\b(?:{_any(lists['fillers'])})\b(,\s*|\s+)(?=\w)", re.IGNORECASE)

    def joined(found: re.Match[str]) -> str:
        if not found[1]:
            return ""
        return " " if found[2].startswith(",") else ", "

    made = " ".join(filler.sub(joined, text).split())
    return _capital(made) if _begins_large(text) else made


def _begins_large(text: str) -> bool:
    return next((sign.isupper() for sign in text if sign.isalpha()), False)


def _as_written(shorter: str) -> Callable[[re.Match[str]], str]:
    return lambda found: _capital(shorter) if found[0][:1].isupper() else shorter


def _capital(text: str) -> str:
    at = next((place for place, sign in enumerate(text) if sign.isalnum()), 0)
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
