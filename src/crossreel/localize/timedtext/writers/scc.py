"""Writing SCC (CEA-608) through ttconv, from our TTML."""

from __future__ import annotations

import warnings
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

from crossreel.errors import BadValue, MissingExtra
from crossreel.localize.timedtext.model import DEFAULT_PLACEMENT, Cue, Document
from crossreel.localize.timedtext.readers.broadcast import read_scc
from crossreel.localize.timedtext.readers.ttml import ttconv_notes
from crossreel.localize.timedtext.writers.losses import closed, losses
from crossreel.localize.timedtext.writers.ttml import write_ttml

__all__ = ["CARRIED", "write_scc"]

CARRIED: tuple[str, ...] = ()


def write_scc(document: Document) -> tuple[str, tuple[str, ...]]:
    """The file (29.97 drop-frame, pop-on captions), and notes on what it does not carry.

    Raises:
        BadValue: ttconv cannot make captions of it.
        MissingExtra: ttconv is not installed.
    """
    try:
        from ttconv.imsc.reader import to_model
        from ttconv.scc.config import SccWriterConfiguration
        from ttconv.scc.writer import from_model
    except ImportError as error:
        raise MissingExtra("ttconv", "localize") from error
    told = losses(document, CARRIED, "SCC")
    _check_characters(document)
    plain = closed(replace(document, regions=(), format="srt"))
    cues, late = _loadable(plain.cues)
    if late:
        told = (*told, f"SCC needs time to load a caption: {late} cues appear later.")
    tree = ET.ElementTree(ET.fromstring(write_ttml(replace(plain, cues=cues))[0]))
    with ttconv_notes() as notes, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = from_model(to_model(tree), SccWriterConfiguration(allow_reflow=True, force_popon=True))
        except (ValueError, TypeError, RuntimeError, KeyError, IndexError, AttributeError) as error:
            raise BadValue("subtitle file", "SCC", f"one that CEA-608 can carry ({error})") from error
    lost = len(cues) - len(read_scc(text).cues)
    if lost > 0:
        told = (*told, f"SCC lost {lost} cues: line 21 has no time to carry them.")
    return text, (*told, *notes)


def _check_characters(document: Document) -> None:
    from ttconv.scc.codes.characters import unicode_to_scc

    used = set("".join(cue.text for cue in document.cues)) - {"\n"}
    unknown = unicode_to_scc("\ue000")  # what ttconv writes for a character that the code has not
    missing = sorted(char for char in used if char != " " and unicode_to_scc(char) == unknown)
    if missing:
        raise BadValue("text", " ".join(missing[:20]), "in the characters that CEA-608 has (Western Latin)")


def _loadable(cues: tuple[Cue, ...]) -> tuple[tuple[Cue, ...], int]:
    """Cues whose bytes fit before their start: two characters a frame at 29.97 frames a second."""
    found: list[Cue] = []
    late = 0
    free = Fraction(0)
    for cue in cues:
        text = cue.text
        frames = len(text) // 2 + 4 * (text.count("\n") + 1) + 8
        start = max(cue.start, free + frames * Fraction(1001, 30000))
        late += start > cue.start
        end = max(cue.end, start + Fraction(1, 2))
        found.append(replace(cue, start=start, end=end, placement=DEFAULT_PLACEMENT, region=""))
        free = start
    return tuple(found), late
