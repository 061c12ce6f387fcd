"""Writing TTML: the IMSC 1.1 text profile (W3C Recommendation, 2018-11-08).

The writer is ours, so that times stay exact: decimal clock times where they are enough, else ticks
whose rate every time of the document divides.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from math import lcm
from xml.etree import ElementTree as ET

from crossreel.localize.timedtext.model import (
    DEFAULT_PLACEMENT,
    FOREVER,
    Cue,
    Document,
    Placement,
    Region,
    speakers,
)
from crossreel.localize.timedtext.readers.ttml_styles import attribute_name
from crossreel.localize.timedtext.writers.geometry import box_of, placement_box
from crossreel.localize.timedtext.writers.losses import losses
from crossreel.localize.timedtext.writers.ttml_text import Words, clean

__all__ = ["CARRIED", "write_ttml"]

CARRIED = (
    "italic",
    "bold",
    "underline",
    "strikeout",
    "ruby",
    "speaker",
    "language",
    "style",
    "vertical",
    "placement",
    "region",
    "id",
    "forced",
    "forever",
)

_TT = "http://www.w3.org/ns/ttml"
_TTP = "http://www.w3.org/ns/ttml#parameter"
_TTM = "http://www.w3.org/ns/ttml#metadata"
_TTS = "http://www.w3.org/ns/ttml#styling"
_ITTP = "http://www.w3.org/ns/ttml/profile/imsc1#parameter"
_ITTS = "http://www.w3.org/ns/ttml/profile/imsc1#styling"
_XML = "http://www.w3.org/XML/1998/namespace"
_PREFIXES = {
    "": _TT,
    "ttp": _TTP,
    "ttm": _TTM,
    "tts": _TTS,
    "ittp": _ITTP,
    "itts": _ITTS,
    "ebutts": "urn:ebu:tt:style",
}
_ROOT = {
    "cellResolution": f"{{{_TTP}}}cellResolution",
    "extent": f"{{{_TTS}}}extent",
    "displayAspectRatio": f"{{{_TTP}}}displayAspectRatio",
    "activeArea": f"{{{_ITTP}}}activeArea",
}
_PROFILE = "http://www.w3.org/ns/ttml/profile/imsc1.1/text"
_MOST_TICKS = 10**9
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_ALIGN = {"start": "start", "center": "center", "end": "end", "left": "left", "right": "right"}


def write_ttml(document: Document) -> tuple[str, tuple[str, ...]]:
    """The file, and notes on what it does not carry."""
    return _Writer(document).file(), losses(document, CARRIED, "TTML")


class _Writer:
    """One file being made: names of regions, agents and the tick rate."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.regions: dict[str, str] = {}
        self.places: dict[Placement, str] = {}
        self.agents: dict[str, str] = {}
        self.used: set[str] = set()
        self.ticks = _tick_rate(document)

    def file(self) -> str:
        document = self.document
        for prefix, name in _PREFIXES.items():
            ET.register_namespace(prefix, name)
        root = ET.Element(f"{{{_TT}}}tt", {f"{{{_XML}}}lang": str(document.language or "")})
        root.set(f"{{{_TTP}}}contentProfiles", _PROFILE)
        if self.ticks:
            root.set(f"{{{_TTP}}}tickRate", str(self.ticks))
        facts = document.settings if document.format in ("ttml", "stl", "scc") else ()
        for name, value in facts:
            if name in _ROOT:
                root.set(_ROOT[name], value)
        head = ET.SubElement(root, f"{{{_TT}}}head")
        self._agents(head)
        self._initials(head, facts)
        self._layout(head)
        body = ET.SubElement(root, f"{{{_TT}}}body")
        division = ET.SubElement(body, f"{{{_TT}}}div")
        for cue in document.cues:
            self._paragraph(division, cue)
        text = ET.tostring(root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'

    def _agents(self, head: ET.Element) -> None:
        names = dict.fromkeys(name for cue in self.document.cues for name in speakers(cue.tree))
        if not names:
            return
        metadata = ET.SubElement(head, f"{{{_TT}}}metadata")
        for count, name in enumerate(names, 1):
            self.agents[name] = f"agent{count}"
            self.used.add(self.agents[name])
            agent = ET.SubElement(metadata, f"{{{_TTM}}}agent", {"type": "character"})
            agent.set(f"{{{_XML}}}id", self.agents[name])
            ET.SubElement(agent, f"{{{_TTM}}}name", {"type": "full"}).text = clean(name)

    def _initials(self, head: ET.Element, facts: tuple[tuple[str, str], ...]) -> None:
        initials = [(name[8:], value) for name, value in facts if name.startswith("initial.")]
        if initials:
            styling = ET.SubElement(head, f"{{{_TT}}}styling")
            for name, value in initials:
                ET.SubElement(styling, f"{{{_TT}}}initial", {attribute_name(name): value})

    def _layout(self, head: ET.Element) -> None:
        layout = ET.SubElement(head, f"{{{_TT}}}layout")
        last = {region.id: region for region in self.document.regions}
        for region in last.values():
            self.regions[region.id] = self._add_region(layout, region.id, region)
        for cue in self.document.cues:
            if not (cue.region and cue.region in self.regions) and self._needs_place(cue):
                placement = replace(cue.placement, align="center")
                if placement not in self.places:
                    box = Region("place", style=placement_box(placement))
                    name = "bottom" if placement == DEFAULT_PLACEMENT else "place"
                    self.places[placement] = self._add_region(layout, name, box)
        if not len(layout):
            head.remove(layout)

    def _needs_place(self, cue: Cue) -> bool:
        """TTML read without regions uses the whole picture; anything else gets its place."""
        return self.document.format != "ttml" or cue.placement != DEFAULT_PLACEMENT

    def _add_region(self, layout: ET.Element, wanted: str, region: Region) -> str:
        id = self._id(wanted) or self._fresh("region")
        element = ET.SubElement(layout, f"{{{_TT}}}region", {f"{{{_XML}}}id": id})
        for name, value in box_of(region):
            element.set(attribute_name(name), value)
        return id

    def _id(self, wanted: str) -> str:
        """The id where XML allows it and it is still free; empty otherwise."""
        if not _NAME.fullmatch(wanted) or wanted in self.used:
            return ""
        self.used.add(wanted)
        return wanted

    def _fresh(self, stem: str) -> str:
        count = 1
        while f"{stem}{count}" in self.used:
            count += 1
        self.used.add(f"{stem}{count}")
        return f"{stem}{count}"

    def _paragraph(self, division: ET.Element, cue: Cue) -> None:
        p = ET.SubElement(division, f"{{{_TT}}}p")
        id = self._id(cue.id if not cue.id.isdigit() else f"c{cue.id}")
        if id:
            p.set(f"{{{_XML}}}id", id)
        if cue.start or cue.end != FOREVER:
            p.set("begin", self._time(cue.start))
        if cue.end != FOREVER:
            p.set("end", self._time(max(cue.end, Fraction(0))))
        placed = self.places.get(replace(cue.placement, align="center")) if self.places else None
        region = self.regions.get(cue.region) if cue.region else None
        if region or placed:
            p.set("region", region or placed or "")
        style = dict(cue.style)
        if placed and not region and "textAlign" not in style:
            style["textAlign"] = _ALIGN.get(cue.placement.align, "center")
        for name, value in sorted(style.items()):
            p.set(attribute_name(name), value)
        if cue.language is not None:
            p.set(f"{{{_XML}}}lang", str(cue.language))
        if cue.forced:
            p.set(f"{{{_ITTS}}}forcedDisplay", "true")
        Words(p, self.agents).fill(cue.tree)

    def _time(self, time: Fraction) -> str:
        if self.ticks:
            return f"{int(time * self.ticks)}t"
        nanoseconds = int(time * 10**9)
        seconds, rest = divmod(nanoseconds, 10**9)
        decimals = f"{rest:09}".rstrip("0").ljust(3, "0")
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{decimals}"


def _tick_rate(document: Document) -> int:
    """0 where decimals are exact; else the rate at which every time is whole (or milliseconds)."""
    rate = 1
    for cue in document.cues:
        for time in (cue.start, cue.end):
            if 10**9 % time.denominator and rate <= _MOST_TICKS:
                rate = lcm(rate, time.denominator)
    if rate == 1:
        return 0
    for cue in document.cues:
        rate = lcm(rate, cue.start.denominator, cue.end.denominator)
        if rate > _MOST_TICKS:
            return 1_000_000
    return rate
