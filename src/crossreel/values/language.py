"""``Language``: a BCP 47 tag, normalized once, and the order in which languages stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import langcodes
from langcodes.tag_parser import LanguageTagError

from crossreel.errors import BadValue

__all__ = ["ENGLISH", "NO_LINGUISTIC_CONTENT", "UNDETERMINED", "Language", "best_match", "fallback_order"]

_FAR = 80
"""CLDR match distance from which another language no longer helps the reader (0 same, 134 none)."""


@dataclass(frozen=True, slots=True, order=True)
class Language:
    """A normalized BCP 47 language tag, such as ``pt-BR`` or ``zh-Hant``.

    Two languages are equal exactly when their tags are: ``pt-BR`` is not ``pt``. Build one with
    ``Language.parse``; the constructor trusts its argument.
    """

    tag: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Normalizes a tag (``PT_br`` becomes ``pt-BR``, ``iw`` becomes ``he``).

        Raises:
            BadValue: not a well-formed tag, or its language subtag is not registered.
        """
        return cls(_normalize(text))

    @property
    def primary(self) -> str:
        """The primary language subtag: ``pt`` for ``pt-BR``."""
        return self.tag.partition("-")[0]

    @property
    def script(self) -> str:
        """ISO 15924 code of the script it is written in, likely subtags applied (``Latn``)."""
        return langcodes.get(self.tag).maximize().script or "Zyyy"

    @property
    def is_right_to_left(self) -> bool:
        """Whether its script runs from right to left (Unicode 16 scripts in modern use)."""
        return self.script in {"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr"}

    def __str__(self) -> str:
        return self.tag


@lru_cache(maxsize=4096)
def _normalize(text: str) -> str:
    expected = "a BCP 47 tag such as es, pt-BR or zh-Hant"
    stripped = text.strip()
    if not stripped or len(stripped) > 64 or not stripped.isascii():
        raise BadValue("language", text, expected)
    try:
        tag = langcodes.standardize_tag(stripped.replace("_", "-"))
        known = langcodes.get(tag).is_valid()
    except (LanguageTagError, ValueError) as error:
        raise BadValue("language", text, expected) from error
    if not known:
        raise BadValue("language", text, expected, advice="Its language subtag is not registered.")
    return tag


@lru_cache(maxsize=65536)
def _distance(wanted: str, offered: str) -> int:
    return int(langcodes.tag_distance(wanted, offered))


def fallback_order(
    asked: Sequence[Language],
    offered: Iterable[Language],
    *,
    originals: Sequence[Language] = (),
) -> tuple[Language, ...]:
    """Every offered language, the one that serves the reader best first.

    The order is: what matches the languages asked for (in their order, nearest first by CLDR
    language matching), then English, then the title's original languages, then undetermined
    text (``und``), then the rest by tag. ``pt-PT`` asked and ``pt-BR``, ``en`` there gives
    ``pt-BR`` first; an exact tag always comes before its relatives.

    Args:
        asked: the reader's languages, best first.
        offered: the languages that exist; duplicates are dropped.
        originals: the title's original languages.
    """
    return _fallback_order(tuple(asked), tuple(sorted(set(offered))), tuple(originals))


@lru_cache(maxsize=16384)
def _fallback_order(
    asked: tuple[Language, ...], offered: tuple[Language, ...], originals: tuple[Language, ...]
) -> tuple[Language, ...]:
    """``fallback_order``; a page asks it for each of its titles, and most have the same languages."""
    left = list(offered)
    order: list[Language] = []
    for want in asked:
        near = sorted(
            (_distance(want.tag, have.tag), have != want, have) for have in left if have != UNDETERMINED
        )
        order.extend(have for distance, _, have in near if distance < _FAR)
        left = [have for have in left if have not in order]
    for want in (ENGLISH, *originals, UNDETERMINED):
        near_enough = sorted(
            (have for have in left if have.primary == want.primary), key=lambda have: have != want
        )
        order.extend(near_enough)
        left = [have for have in left if have not in near_enough]
    return (*order, *left)


def best_match(
    asked: Sequence[Language],
    offered: Iterable[Language],
) -> Language | None:
    """The offered language that serves the reader, or None when none is near enough to read."""
    candidates = sorted(set(offered))
    for want in asked:
        near = min(
            ((_distance(want.tag, have.tag), have != want, have) for have in candidates),
            default=(_FAR, True, None),
        )
        if near[0] < _FAR:
            return near[2]
    return None


ENGLISH = Language("en")
UNDETERMINED = Language("und")
NO_LINGUISTIC_CONTENT = Language("zxx")
