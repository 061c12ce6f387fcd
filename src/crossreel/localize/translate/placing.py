"""Putting a translated sentence back into the pieces its source had.

The words are cut so that each piece gets a share like its source's, breaks fall where sense allows, and
numbers, names and other words that both languages share stay in the piece they were in. No word is
changed; the shares joined are the translation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from crossreel.localize.timedtext.breaking import Atom, breaker
from crossreel.values.language import Language

__all__ = ["share_out"]

_SHARE, _ANCHOR = 60.0, 40.0
_WORD = re.compile(r"\w+")


def share_out(text: str, sources: Sequence[str], language: Language) -> list[str] | None:
    """The translation in as many parts as the source had, none empty; None where it is too short.

    Args:
        text: the translation, on one line.
        sources: the source's parts in order, at least one.
        language: of the translation.
    """
    if len(sources) == 1:
        return [text.strip()] if text.strip() else None
    atoms = breaker(language).atoms(text)
    if len(atoms) < len(sources):
        return None
    ends = _ends(text, atoms, sources)
    bounds = [0, *(atoms[end].end for end in ends[:-1]), len(text)]
    parts = [text[a:b].strip() for a, b in pairwise(bounds)]
    return parts if all(parts) else None


def _ends(text: str, atoms: Sequence[Atom], sources: Sequence[str]) -> list[int]:
    """The last atom of each part (dynamic programming over parts and atoms)."""
    total = sum(len(source) for source in sources) or 1
    wanted, at = [], 0
    for source in sources:
        at += len(source)
        wanted.append(at / total)
    home = _homes(text, atoms, sources)
    count, parts = len(atoms), len(sources)
    worst = float("inf")
    strays = [[0.0] * (count + 1) for _ in range(parts)]
    for part in range(parts):
        for place in range(count):
            stray = home[place] is not None and home[place] != part
            strays[part][place + 1] = strays[part][place] + (_ANCHOR if stray else 0.0)
    cost = [[worst] * count for _ in range(parts)]
    back = [[-1] * count for _ in range(parts)]
    for part in range(parts):
        for end in range(part, count - (parts - 1 - part)):
            share = abs(atoms[end].end / max(len(text), 1) - wanted[part]) * _SHARE
            final = part == parts - 1
            if final and end != count - 1:
                continue
            price = 0.0 if final else share + min(atoms[end].cost, 200.0) * 0.35
            if part == 0:
                cost[0][end] = price + strays[0][end + 1]
                continue
            for before in range(part - 1, end):
                known = cost[part - 1][before] + price + strays[part][end + 1] - strays[part][before + 1]
                if known < cost[part][end]:
                    cost[part][end], back[part][end] = known, before
    found = [count - 1]
    for part in range(parts - 1, 0, -1):
        found.append(back[part][found[-1]])
    return found[::-1]


def _homes(text: str, atoms: Sequence[Atom], sources: Sequence[str]) -> list[int | None]:
    """The part that an atom must be in: that of the only source part with the same name or number."""
    where: dict[str, set[int]] = {}
    for part, source in enumerate(sources):
        for word in _WORD.findall(source):
            if word[0].isupper() or word[0].isdigit():
                where.setdefault(word.casefold(), set()).add(part)
    found: list[int | None] = []
    for atom in atoms:
        words = _WORD.findall(text[atom.start : atom.end])
        parts = (
            where.get(words[0].casefold(), set())
            if words and (words[0][0].isupper() or words[0][0].isdigit())
            else set()
        )
        found.append(next(iter(parts)) if len(parts) == 1 else None)
    return found
