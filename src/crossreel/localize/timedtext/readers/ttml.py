"""TTML: IMSC 1.0.1 to 1.3 text profile and EBU-TT-D, read by ttconv (BSD-2) into our model.

Every ``p`` becomes a cue for each stretch of time in which what it presents stays the same: times
of spans, ``set`` animations and the times of its region are resolved here as TTML2 (section 11.3)
and IMSC 1.1 (section 9) have it, so that a cue's words are what a presentation processor shows.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from crossreel.errors import BadValue, MissingExtra
from crossreel.localize.timedtext.model import Document

__all__ = ["document_from_ttconv", "read_ttml", "ttconv_notes"]

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_METADATA = "{http://www.w3.org/ns/ttml#metadata}"
_ITTS_FORCED = "{http://www.w3.org/ns/ttml/profile/imsc1#styling}forcedDisplay"
_OWN = "crossreel-p-"
_AHEAD = 100
"""Paragraphs that never show and may follow one another."""


@dataclass
class Marks:
    """What ttconv does not keep of a ``p``: who speaks and whether it is forced, by ``xml:id``."""

    speakers: dict[str, str] = field(default_factory=dict)
    forced: set[str] = field(default_factory=set)


def read_ttml(data: bytes | str) -> Document:
    """Reads a TTML file.

    Args:
        data: the file; bytes are decoded as its XML declaration says.

    Raises:
        BadValue: not XML, not TTML, or it declares entities (which can blow up memory).
        MissingExtra: ttconv is not installed.
    """
    try:
        from ttconv.imsc.reader import to_model
    except ImportError as error:
        raise MissingExtra("ttconv", "localize") from error
    start = data[:4096] if isinstance(data, str) else data[:4096].replace(b"\0", b"").decode("latin-1")
    if "<!ENTITY" in start or "<!DOCTYPE" in start:
        raise BadValue("TTML file", start[:40], "XML without a document type declaration")
    if isinstance(data, str):
        data = re.sub(r"^\s*<\?xml[^>]*\?>", "", data)
    try:
        root = ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadValue("subtitle file", start[:40], f"well-formed XML ({error})") from error
    if not root.tag.endswith("}tt"):
        raise BadValue("subtitle file", root.tag, "TTML, whose root element is tt")
    marks = _marks(root)
    with ttconv_notes() as notes:
        try:
            model = to_model(ET.ElementTree(root))
        except (ValueError, TypeError, RuntimeError, KeyError, NotImplementedError, RecursionError) as error:
            raise BadValue("TTML file", root.tag, f"one that ttconv can read ({error})") from error
    if model is None:
        raise BadValue("subtitle file", root.tag, "TTML")
    _name_paragraphs(model, root)
    return document_from_ttconv(model, "ttml", marks, tuple(notes))


def _name_paragraphs(model: Any, root: ET.Element) -> None:
    """Gives ttconv's paragraphs the ids that they have in the file; its reader keeps none.

    Paragraphs that never show are not in its model, so both sides are paired by their words, in order.
    """
    from ttconv.model import P, Text

    written = [(one, _packed(one.itertext())) for one in root.iter() if one.tag.endswith("}p")]
    body, place = model.get_body(), 0
    for paragraph in body.dfs_iterator() if body is not None else ():
        if not isinstance(paragraph, P):
            continue
        words = _packed(one.get_text() for one in paragraph.dfs_iterator() if isinstance(one, Text))
        for at in range(place, min(len(written), place + _AHEAD)):
            if written[at][1] == words:
                id = written[at][0].get(_XML_ID)
                with suppress(TypeError):  # of an id that XML does not allow
                    paragraph.set_id(id)
                place = at + 1
                break


def _packed(texts: Iterable[str]) -> str:
    """The words without any space."""
    return "".join("".join(texts).split())


def _marks(root: ET.Element) -> Marks:
    """Names every ``p`` that has marks, so that they can be found again after ttconv's reading."""
    marks = Marks()
    agents = {
        agent.get(_XML_ID, ""): (name.text or "").strip()
        for agent in root.iter(f"{_METADATA}agent")
        for name in agent.findall(f"{_METADATA}name")[:1]
    }

    def visit(element: ET.Element, forced: bool, count: int) -> int:
        forced = {"true": True, "false": False}.get(element.get(_ITTS_FORCED, ""), forced)
        if element.tag.endswith("}p"):
            agent = element.get(f"{_METADATA}agent", "").split()
            if agent or forced:
                id = element.get(_XML_ID) or f"{_OWN}{count}"
                element.set(_XML_ID, id)
                count += 1
                if agent:
                    marks.speakers[id] = agents.get(agent[0]) or agent[0]
                if forced:
                    marks.forced.add(id)
            return count
        for child in element:
            count = visit(child, forced, count)
        return count

    visit(root, False, 0)
    return marks


@contextmanager
def ttconv_notes() -> Iterator[list[str]]:
    """Collects what ttconv logs, each message once, instead of printing it."""
    notes: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if message not in notes and len(notes) < 20:
                notes.append(message)

    logger = logging.getLogger("ttconv")
    collector, propagate, level = Collector(logging.WARNING), logger.propagate, logger.level
    logger.addHandler(collector)
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        yield notes
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagate
        logger.setLevel(level)


def document_from_ttconv(
    model: Any, format: str, marks: Marks | None = None, notes: tuple[str, ...] = ()
) -> Document:
    """Our model of a ttconv ``ContentDocument`` (of TTML, EBU-STL or SCC)."""
    from crossreel.localize.timedtext.readers.ttml_walk import Walk

    return Walk(model, marks or Marks(), _OWN).document(format, notes)
