"""Writing SCC (CEA-608) through ttconv, from our TTML."""

from __future__ import annotations

import warnings
from dataclasses import replace
from xml.etree import ElementTree as ET

from crossreel.errors import BadValue, MissingExtra
from crossreel.localize.timedtext.model import DEFAULT_PLACEMENT, Document
from crossreel.localize.timedtext.readers.ttml import ttconv_notes
from crossreel.localize.timedtext.writers.losses import closed, losses
from crossreel.localize.timedtext.writers.ttml import write_ttml

__all__ = ["CARRIED", "write_scc"]

CARRIED: list[str] = []


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
    plain = closed(replace(document, regions=(), format="srt"))
    cues = tuple(replace(cue, placement=DEFAULT_PLACEMENT, region="") for cue in plain.cues)
    tree = ET.ElementTree(ET.fromstring(write_ttml(replace(plain, cues=cues))[0]))
    with ttconv_notes() as notes, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = from_model(to_model(tree), SccWriterConfiguration(allow_reflow=True, force_popon=True))
        except (ValueError, TypeError, RuntimeError, KeyError, IndexError, AttributeError) as error:
            raise BadValue("subtitle file", "SCC", f"one that CEA-608 can carry ({error})") from error
    return text, (*told, *notes)
