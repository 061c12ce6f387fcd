"""Where lines and cues may be broken, and what each break costs.

Costs, lower is better: after the end of a sentence 0, after a comma or the like 4, before a conjunction
or preposition 10, between other words 25, after a word that belongs to the next (article, preposition,
auxiliary ...) 70, between the parts of a name 50, inside a phrase of Chinese, Japanese or Thai 90, before
a closing or after an opening mark never (kinsoku; JIS X 4051:2004 section 6.1; W3C JLReq, 2020-08-11).
Source of the linguistics: Netflix Partner Help 215758617, line treatment, checked 2026-08-07.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

from crossreel.localize.timedtext.rules.dual_speaker import starts_with_dash
from crossreel.localize.timedtext.rules.measure import Measure
from crossreel.values.language import Language

__all__ = ["BINDS", "NEVER", "Atom", "Breaker", "Lines", "Ruler", "breaker"]

NEVER = 10_000.0
SENTENCE, CLAUSE, BEFORE_LINK, PLAIN, NAME, BINDS, INSIDE, DASH = (
    0.0,
    4.0,
    10.0,
    25.0,
    50.0,
    70.0,
    90.0,
    300.0,
)

_SENTENCE_END = re.compile(r"[.!?…。！？؟।]['\"”’»」』)\]]*$")
_CLAUSE_END = re.compile(r"[,;:—–、，；：،]['\"”’»」』)\]]*$")
_NOT_FIRST = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー）〕］｝〉》」』】»”’…‥ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ!?,.:;)]}%ๆฯ"
)
_NOT_LAST = frozenset("（〔［｛〈《「『【«“‘([{¿¡")
_OPENING = _NOT_LAST - frozenset("«“‘")
"""Opening in every language (German closes with the English opening marks)."""
_WORDS = re.compile(r"\S+")
_NOT_WORD = re.compile(r"^[^\w']+|[^\w']+$")


@dataclass(frozen=True, slots=True)
class Atom:
    """A part of a text that is never broken inside.

    Args:
        start, end: its place in the text.
        cost: of a break right after it; ``NEVER`` where none may be.
        forced: a new speaker's line begins after it.
    """

    start: int
    end: int
    cost: float
    forced: bool = False


class Ruler(NamedTuple):
    """Where atoms begin and end, in counted characters."""

    begins: list[float]
    ends: list[float]


class Lines(NamedTuple):
    """A way to break a run: its cost, and the numbers of the atoms after which a line ends."""

    cost: float
    ends: tuple[int, ...]


@lru_cache(maxsize=1)
def _binding_words() -> dict[str, frozenset[str]]:
    entry = files("crossreel.localize.timedtext.rules") / "break_words.toml"
    table = tomllib.loads(entry.read_text(encoding="utf-8"))
    return {language: frozenset(words.split()) for language, words in table["words"].items()}


@lru_cache(maxsize=8)
def _phrase_parser(language: str) -> Any:
    """The parser of budoux for a language written without spaces; None where budoux is not installed."""
    try:
        import budoux
    except ImportError:
        return None
    makers = {
        "ja": budoux.load_default_japanese_parser,
        "zh-Hans": budoux.load_default_simplified_chinese_parser,
        "zh-Hant": budoux.load_default_traditional_chinese_parser,
        "th": budoux.load_default_thai_parser,
    }
    return makers[language]()


@lru_cache(maxsize=64)
def breaker(language: Language) -> Breaker:
    """The breaker for a language (cached: they hold no state)."""
    return Breaker(language)


class Breaker:
    """Breaks texts of one language.

    Attributes:
        unspaced: the language puts no spaces between words.
        phrases: phrase boundaries are known (budoux is installed).
    """

    def __init__(self, language: Language) -> None:
        words = _binding_words()
        self._binding = words.get(language.tag) or words.get(language.primary) or frozenset()
        key = {"zh": f"zh-{language.script}", "ja": "ja", "th": "th"}.get(language.primary, "")
        self.unspaced = bool(key) or language.primary in ("lo", "km", "my", "yue")
        self._key = key if key in ("ja", "th", "zh-Hans", "zh-Hant") else ""

    @property
    def phrases(self) -> bool:
        """Whether phrases are known, for a language that needs them."""
        return not self.unspaced or (bool(self._key) and _phrase_parser(self._key) is not None)

    def atoms(self, text: str) -> list[Atom]:
        """The atoms of a text in order; white space between them belongs to none."""
        found: list[Atom] = []
        spans = [match.span() for match in _WORDS.finditer(text)]
        for place, (start, end) in enumerate(spans):
            word = text[start:end]
            following = text[spans[place + 1][0] : spans[place + 1][1]] if place + 1 < len(spans) else ""
            gap = text[end : spans[place + 1][0]] if following else ""
            forced = "\n" in gap and starts_with_dash(text[spans[place + 1][0] :].split("\n", 1)[0])
            cost = self._cost(word, following)
            if self.unspaced and not word.isascii():
                found.extend(self._inside(word, start, cost, forced))
            else:
                found.append(Atom(start, end, cost, forced))
        return found

    def binds(self, lines: Sequence[str]) -> bool:
        """Whether a line ends, or the next begins, where no line may be broken."""
        for line, following in pairwise(lines):
            word = line.rsplit(None, 1)[-1] if line.strip() else ""
            if not word:
                continue
            after = following.split(None, 1)[0] if following.strip() else ""
            stray = not after.isascii() or not any(char.isalnum() for char in after)
            if word[-1] in _OPENING or (
                after[:1] and after[0] in _NOT_FIRST and stray and after[0] not in ".…"
            ):
                return True
            if not _SENTENCE_END.search(word) and not _CLAUSE_END.search(word):
                bare = _NOT_WORD.sub("", word).lower()
                if bare in self._binding:
                    return True
        return False

    def _cost(self, word: str, following: str) -> float:
        if following and (starts_with_dash(following) or following in ("-", "–", "—")):
            return DASH  # on a new line it would look like a second speaker
        if _SENTENCE_END.search(word):
            return SENTENCE
        if _CLAUSE_END.search(word):
            return CLAUSE
        if not following:
            return PLAIN
        if word in ("-", "–", "—", "♪", "#") or following in ("♪", "–", "—", "!", "?", ":", ";", "»"):
            return BINDS
        bare, after = _NOT_WORD.sub("", word).lower(), _NOT_WORD.sub("", following).lower()
        if bare in self._binding:
            return BINDS
        if after in self._binding:
            return BEFORE_LINK
        if bare.isdigit() or (word[:1].isupper() and following[:1].isupper() and word[-1:].isalpha()):
            return NAME
        return SENTENCE + CLAUSE if self.unspaced else PLAIN

    def _inside(self, word: str, start: int, cost: float, forced: bool) -> list[Atom]:
        """Atoms of a run without spaces: characters, phrase ends cheap, marks kept together."""
        parser = _phrase_parser(self._key) if self._key else None
        ends: set[int] = set()
        if parser is not None:
            at = 0
            for phrase in parser.parse(word):
                at += len(phrase)
                ends.add(at)
        atoms: list[Atom] = []
        begun = 0
        for place in range(1, len(word) + 1):
            if place < len(word) and not _may_break(word[place - 1], word[place]):
                continue
            last = place == len(word)
            atoms.append(
                Atom(start + begun, start + place, self._inner_cost(word, place, ends, cost), forced and last)
            )
            begun = place
        return atoms

    @staticmethod
    def _inner_cost(word: str, place: int, ends: set[int], at_end: float) -> float:
        if place == len(word):
            return at_end
        before = word[max(0, place - 2) : place]
        if _SENTENCE_END.search(before):
            return SENTENCE
        if _CLAUSE_END.search(before):
            return CLAUSE
        return PLAIN if place in ends else INSIDE

    @property
    def glue(self) -> str:
        """What joins two lines."""
        return "" if self.unspaced else " "

    def ruler(self, text: str, atoms: Sequence[Atom], measure: Measure) -> Ruler:
        """Where each atom begins and ends if all stood on one line, in counted characters.

        Counted lengths add up, since no atom ends inside a character with its marks.
        """
        space = measure(" ")
        begins, ends = [0.0], [measure(text[atoms[0].start : atoms[0].end])]
        for before, atom in pairwise(atoms):
            gap = text[before.end : atom.start]
            bare = not gap or (self.unspaced and "\n" in gap)
            begins.append(ends[-1] if bare else ends[-1] + space)
            ends.append(begins[-1] + measure(text[atom.start : atom.end]))
        return Ruler(begins, ends)

    def lines(self, atoms: Sequence[Atom], ruler: Ruler, run: range, limit: float, most: int) -> Lines | None:
        """The best lines for a run of atoms.

        Args:
            atoms: of the whole text.
            ruler: of these atoms.
            run: the numbers of the atoms that are broken into lines, at least one.
            limit: counted characters a line.
            most: lines.

        Returns:
            The cost and the numbers of the atoms after which a line ends; None where they do not fit.
        """
        first, last = run[0], run[-1]
        forced = tuple(place for place in run[:-1] if atoms[place].forced)
        if len(forced) >= most:
            return None
        if not forced and ruler.ends[last] - ruler.begins[first] <= limit:
            return Lines(0.0, ())
        return self._best(atoms, ruler, first, last, limit, most, forced)

    def _best(
        self,
        atoms: Sequence[Atom],
        ruler: Ruler,
        first: int,
        last: int,
        limit: float,
        most: int,
        forced: tuple[int, ...],
    ) -> Lines | None:
        """Dynamic programming over the end of the first line, then the rest."""
        begins, ends = ruler.begins, ruler.ends
        if ends[last] - begins[first] > (limit + 1) * most:  # a space goes at each break
            return None
        best: Lines | None = None
        for place in range(first, (forced[0] if forced else last) + 1):
            length = ends[place] - begins[first]
            if length > limit:
                break
            if place == last:
                return best if best is not None and best.cost <= 0 else Lines(0.0, ())
            if most == 1:
                continue
            rest = self._best(
                atoms, ruler, place + 1, last, limit, most - 1, forced[place == forced[0] :] if forced else ()
            )
            if rest is None:
                continue
            cost = rest.cost
            if not atoms[place].forced:
                below = (ends[last] - begins[place + 1]) / (len(rest.ends) + 1)
                difference = (below - length) / limit
                cost += atoms[place].cost + 20 * abs(difference) + (8 * -difference if difference < 0 else 0)
            if best is None or cost < best.cost:
                best = Lines(cost, (place, *rest.ends))
        return best


def _may_break(before: str, after: str) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    if before.isascii() and after.isascii():
        return False
    # Thai and its neighbors: never before a mark or after a leading vowel.
    if "\u0e30" <= after <= "\u0e3a" or "\u0e45" <= after <= "\u0e4e" or "\u0e40" <= before <= "\u0e44":
        return False
    return not (
        after in "\u200d\ufe0e\ufe0f" or "\u0300" <= after <= "\u036f" or "\u3099" <= after <= "\u309a"
    )
