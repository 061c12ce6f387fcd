"""The open fonts that posters are set in, and which file has which character.

The files are Noto subsets (SIL Open Font License 1.1) that ``scripts/build_assets.py`` puts into
the package; the site sends the same files to browsers, so that each is shipped once.
"""

from __future__ import annotations

import hashlib
import io
import json
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import uharfbuzz as hb  # type: ignore[import-untyped]  # ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

from crossreel.errors import Missing

__all__ = [
    "Style",
    "file_with",
    "fingerprint",
    "fonts_are_built",
    "open_font",
    "sans",
    "serif",
    "units_per_em",
]

_JOINERS = "\u200c\u200d"
_SERIFS = (
    "Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Devanagari", "Noto Serif Bengali",
    "Noto Serif Tamil", "Noto Serif Telugu", "Noto Serif Malayalam", "Noto Serif Sinhala",
    "Noto Serif Thai", "Noto Serif Georgian", "Noto Serif Armenian",
)  # fmt: skip
_HAN = {"ja": "Noto Serif JP", "zh-Hans": "Noto Serif SC", "zh-Hant": "Noto Serif TC", "ko": "Noto Serif KR"}


@dataclass(frozen=True, slots=True)
class Style:
    """How letters look.

    Attributes:
        families: font families in order of preference.
        weight: 100 (thin) to 900 (black); a font that lacks it gives its nearest.
        width: 62.5 (extra condensed) to 100 percent, in fonts that can be narrowed.
        vertical: set from top to bottom, as Chinese and Japanese may be.
    """

    families: tuple[str, ...]
    weight: int
    width: float = 100
    vertical: bool = False


@dataclass(frozen=True, slots=True)
class _Subset:
    """One font file and the code points that are taken from it, as sorted closed spans."""

    file: str
    spans: tuple[tuple[int, int], ...]

    def has(self, codepoint: int) -> bool:
        place = bisect_right(self.spans, (codepoint, 0x110000)) - 1
        return place >= 0 and self.spans[place][0] <= codepoint <= self.spans[place][1]


def serif(language: str, weight: int, width: float = 100, *, vertical: bool = False) -> Style:
    """The display serif; ``language`` (a BCP 47 tag) says whose Han forms come first."""
    return Style(("Noto Serif Display", *_SERIFS, "Noto Sans", *_han(language)), weight, width, vertical)


def sans(language: str, weight: int, width: float = 100) -> Style:
    """The plain sans, Arabic in Kufi; scripts of which only a serif is shipped take that."""
    return Style(("Noto Sans", "Noto Kufi Arabic", *_SERIFS, *_han(language)), weight, width)


def _han(language: str) -> tuple[str, ...]:
    primary, _, rest = language.partition("-")
    if primary == "zh":
        traditional = rest.split("-")[0] in {"Hant", "TW", "HK", "MO"}
        first = _HAN["zh-Hant" if traditional else "zh-Hans"]
    else:
        first = _HAN.get(primary, _HAN["ja"])
    return first, *(family for family in _HAN.values() if family != first)


def _folder() -> Traversable:
    return files("crossreel").joinpath("web", "static", "vendor")


def fonts_are_built() -> bool:
    """Whether this installation has the fonts."""
    return _folder().joinpath("fonts.json").is_file()


@cache
def fingerprint() -> str:
    """Changes when the fonts do; empty where there are none."""
    index = _folder().joinpath("fonts.json")
    return hashlib.sha256(index.read_bytes()).hexdigest()[:12] if index.is_file() else ""


@cache
def _subsets() -> dict[str, tuple[_Subset, ...]]:
    """The files of each family.

    Raises:
        Missing: the fonts were not put into this installation.
    """
    index = _folder().joinpath("fonts.json")
    if not index.is_file():
        raise Missing(
            "Posters need fonts that are not in this installation.",
            advice="Run `make install` in a checkout, or install the published wheel, which has them.",
            what="fonts",
        )
    found: dict[str, tuple[_Subset, ...]] = {}
    for entry in json.loads(index.read_text(encoding="utf-8")):
        subset = _Subset(entry["file"], _spans(entry["ranges"]))
        found[entry["family"]] = (*found.get(entry["family"], ()), subset)
    return found


def _spans(ranges: str) -> tuple[tuple[int, int], ...]:
    """Reads a CSS ``unicode-range``: ``U+0-FF,U+131``."""
    spans = []
    for part in ranges.split(","):
        low, _, high = part.strip()[2:].partition("-")
        spans.append((int(low, 16), int(high or low, 16)))
    return tuple(sorted(spans))


@lru_cache(maxsize=32768)
def file_with(cluster: str, families: tuple[str, ...]) -> str | None:
    """The first file, families in order, that has all of a visible character; None if none does."""
    wanted = [ord(character) for character in cluster if character not in _JOINERS]
    for family in families:
        for subset in _subsets().get(family, ()):
            if all(subset.has(codepoint) for codepoint in wanted) and all(
                codepoint in _characters(subset.file) for codepoint in wanted
            ):
                return subset.file
    return None


@lru_cache(maxsize=256)
def _face(file: str) -> hb.Face:
    """The face of one woff2 file, unpacked (HarfBuzz reads no woff2)."""
    font = TTFont(io.BytesIO(_folder().joinpath("fonts", file).read_bytes()))
    font.flavor = None
    unpacked = io.BytesIO()
    font.save(unpacked, reorderTables=None)
    return hb.Face(unpacked.getvalue())


@lru_cache(maxsize=256)
def _characters(file: str) -> frozenset[int]:
    """What the file really maps; a subset's stated range may promise more."""
    return frozenset(_face(file).unicodes)


def units_per_em(file: str) -> int:
    """Font units in one em."""
    return int(_face(file).upem)


@lru_cache(maxsize=512)
def open_font(file: str, weight: int, width: float) -> hb.Font:
    """One file at a weight and width, ready to shape and to draw."""
    font = hb.Font(_face(file))
    font.set_variations({"wght": weight, "wdth": width})
    return font
