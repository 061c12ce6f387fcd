"""How a text speaks to somebody: formally or informally, by the words that say so by themselves.

Spanish tú and usted, French tu and vous, German du and Sie, Portuguese tu and você (in Brazil você and o
senhor), Italian tu and Lei; the words stand in ``register.toml`` with their grammars. A text without such a
word says nothing of it. A plural (vous to several people) looks formal; the finding says so.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from crossreel.localize.translate.lines import Reason
from crossreel.values.language import Language

__all__ = ["Mark", "Register", "Wanted", "has_registers", "register_marks", "register_reasons"]

Register = Literal["formal", "informal"]
_REGISTERS: tuple[Register, Register] = ("formal", "informal")
_START = r"(?:^|(?<=[.?!…¿¡\n\"“«—–-])|(?<=[.?!…] ))[\s¿¡\"“«—–-]*"
_WEIGHT = 0.45


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that says how somebody is spoken to, and where it stands (characters)."""

    start: int
    end: int
    word: str
    register: Register


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a line must speak; ``speaker`` and ``addressee`` may be empty where that holds for everybody."""

    register: Register
    speaker: str = ""
    addressee: str = ""

    @property
    def who(self) -> str:
        """In words."""
        to = f" to {self.addressee}" if self.addressee else ""
        return f"{self.speaker or 'Everybody'} speaks {self.register}ly{to}"


@dataclass(frozen=True, slots=True)
class _Table:
    """The patterns of one language."""

    hidden: re.Pattern[str] | None
    patterns: tuple[tuple[Register, re.Pattern[str]], ...]
    excepted: frozenset[str]


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _patterns(entry: dict[str, Any], register: Register) -> list[tuple[Register, re.Pattern[str]]]:
    found = []
    if "words" in entry:
        found.append(re.compile(rf"(?<!\w)(?:{_any(entry['words'])})(?!\w)", re.IGNORECASE))
    if "starts" in entry:
        found.append(re.compile(rf"{_START}(?P<word>{_any(entry['starts'])})(?!\w)", re.IGNORECASE))
    if "inside" in entry:  # after a small letter or a comma: never the first word of a sentence
        found.append(re.compile(rf"(?<=[\w,;:] )(?:{_any(entry['inside'])})(?!\w)"))
    if "endings" in entry:
        found.append(re.compile(rf"(?<!\w)\w{{2,}}(?:{_any(entry['endings'])})(?!\w)", re.IGNORECASE))
    return [(register, pattern) for pattern in found]


@lru_cache(maxsize=1)
def _tables() -> dict[str, _Table]:
    raw = tomllib.loads((files("crossreel.localize.translate") / "register.toml").read_text(encoding="utf-8"))
    made = {}
    for tag, entry in raw.items():
        hidden = entry.get("hidden")
        made[tag] = _Table(
            re.compile(_any(hidden), re.IGNORECASE) if hidden else None,
            tuple(pair for register in _REGISTERS for pair in _patterns(entry.get(register, {}), register)),
            frozenset(word for one in _REGISTERS for word in entry.get(one, {}).get("except", ())),
        )
    return made


def _table(language: Language) -> _Table | None:
    tables = _tables()
    return tables.get(str(language)) or tables.get(language.primary)


def has_registers(language: Language) -> bool:
    """Whether it is known how that language speaks formally."""
    return _table(language) is not None


def register_marks(text: str, language: Language) -> list[Mark]:
    """The words that say how somebody is spoken to, in order; none for a language without a table."""
    table = _table(language)
    if table is None:
        return []
    shown = table.hidden.sub(lambda match: "_" * len(match.group()), text) if table.hidden else text
    found: dict[int, Mark] = {}
    for register, pattern in table.patterns:
        for match in pattern.finditer(shown):
            group = "word" if "word" in pattern.groupindex else 0
            start, end = match.span(group)
            word = text[start:end]
            if word.casefold() not in table.excepted and start not in found:
                found[start] = Mark(start, end, word, register)
    return [found[start] for start in sorted(found)]


def register_reasons(target: str, language: Language, wanted: Wanted | None) -> list[Reason]:
    """The finding of a line that speaks otherwise than it must, with the place of each word."""
    if wanted is None:
        return []
    wrong = [mark for mark in register_marks(target, language) if mark.register != wanted.register]
    if not wrong:
        return []
    told = ", ".join(f"{mark.word!r} (character {mark.start + 1})" for mark in wrong)
    several = wanted.register == "informal" and language.primary == "fr"
    unless = ", unless it is said to several people" if several else ""
    are = "are" if len(wrong) > 1 else "is"
    return [
        Reason(
            "register", _WEIGHT,
            f"Register differs: {wanted.who}, but {told} {are} {wrong[0].register}{unless}.",
        )
    ]  # fmt: skip
