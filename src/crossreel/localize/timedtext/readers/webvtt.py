"""WebVTT files, by the letter of the standard (W3C WebVTT, 2019-04-04, sections 6.1 to 6.3).

What the standard ignores is ignored here too, and said in the document's notes. ``NOTE`` blocks,
which it drops, are kept as comments, so that a file can be written back with them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from math import isfinite
from typing import Literal, cast

from crossreel.errors import BadValue
from crossreel.localize.timedtext.model import DEFAULT_PLACEMENT, Cue, Document, Placement, Region
from crossreel.localize.timedtext.readers.vtt_cue_text import SPACES, parse_cue_text, parse_timestamp

__all__ = ["read_webvtt"]

_PERCENTAGE = re.compile(r"([0-9]{1,4000}(?:\.[0-9]{1,4000})?)%")
_LINE_NUMBER = re.compile(r"-?[0-9]{1,4000}(?:\.[0-9]{1,4000})?")
_SPACE_RUN = re.compile(r"[\t\n\f\r ]+")
_ARROW = re.compile(r"[\t\n\f\r ]*-->[\t\n\f\r ]*")
_LEADING = re.compile(r"[\t\n\f\r ]*")
_MAX_DIGITS = 4000


def read_webvtt(text: str) -> Document:
    """Reads a WebVTT file.

    Args:
        text: the decoded file, with or without a byte order mark.

    Raises:
        BadValue: it does not begin with the line ``WEBVTT``.
    """
    text = text.removeprefix("\ufeff").replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith("WEBVTT") or text[6:7] not in ("", " ", "\t", "\n"):
        raise BadValue("subtitle file", text[:20], "WebVTT, which begins with the line WEBVTT")
    return _Parser(text.split("\n")).document()


class _Parser:
    """The state of the file parser: the lines and where it is in them."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 1
        self.cues: list[Cue] = []
        self.regions: list[Region] = []
        self.sheets: list[str] = []
        self.comments: list[tuple[int, str]] = []
        self.header: list[str] = []
        self.refused: list[int] = []
        self.settings: dict[str, tuple[Placement, str]] = {"": (DEFAULT_PLACEMENT, "")}

    def document(self) -> Document:
        lines = self.lines
        if self.at < len(lines) and lines[self.at]:
            self._header_block()
        while self.at < len(lines):
            if lines[self.at]:
                self._block()
            else:
                self.at += 1
        notes = []
        if self.refused:
            many = f"{len(self.refused)} cues have" if len(self.refused) > 1 else "1 cue has"
            notes.append(f"{many} a timing line that is not WebVTT and is left out: line {self.refused[0]}")
        title = lines[0][6:].strip(SPACES)
        facts = (*((("title", title),) if title else ()), *(("header", line) for line in self.header))
        return Document(
            cues=tuple(self.cues),
            format="webvtt",
            regions=tuple(self.regions),
            stylesheets=tuple(self.sheets),
            comments=tuple(self.comments),
            settings=facts,
            notes=tuple(notes),
        )

    def _header_block(self) -> None:
        while self.at < len(self.lines) and self.lines[self.at] and "-->" not in self.lines[self.at]:
            self.header.append(self.lines[self.at])
            self.at += 1

    def _block(self) -> None:
        """Collects one block ("collect a WebVTT block", not in the header)."""
        lines, first = self.lines, self.at
        buffer: list[str] = []
        cue: Cue | None = None
        kind = ""
        arrow = False
        for place in range(first, len(lines)):
            line = lines[place]
            self.at = place + 1
            if "-->" in line:
                if arrow or place - first > 1:
                    self.at = place
                    break
                arrow = True
                cue = self._timing(line, buffer[0] if buffer else "", place)
                if cue is not None:
                    buffer = []
                continue
            if not line:
                break
            if place - first == 1 and not self.cues and cue is None and not arrow:
                kind = _block_kind(buffer[0])
                if kind:
                    buffer = []
            buffer.append(line)
        self._finish(cue, kind, buffer)

    def _finish(self, cue: Cue | None, kind: str, buffer: list[str]) -> None:
        if cue is not None:
            raw = "\n".join(buffer)
            self.cues.append(
                Cue(
                    cue.start,
                    cue.end,
                    parse_cue_text(raw),
                    cue.id,
                    placement=cue.placement,
                    region=cue.region,
                    raw=raw,
                )
            )
        elif kind == "STYLE":
            self.sheets.append("\n".join(buffer))
        elif kind == "REGION":
            self.regions.append(_region("\n".join(buffer)))
        elif buffer and (buffer[0] == "NOTE" or buffer[0].startswith(("NOTE ", "NOTE\t"))):
            self.comments.append((len(self.cues), "\n".join(buffer)[5:]))

    def _timing(self, line: str, id: str, place: int) -> Cue | None:
        """Collects timings and settings of a line; None where it is not a timing line."""
        start = parse_timestamp(line, _spaces_end(line, 0))
        arrow = _ARROW.match(line, start[1]) if start else None
        end = parse_timestamp(line, arrow.end()) if arrow else None
        if start is None or end is None:
            self.refused.append(place + 1)
            return None
        given = line[end[1] :]
        known = self.settings.get(given)
        if known is None:
            known = self.settings[given] = _cue_settings(given, {region.id for region in self.regions})
        return Cue(start[0], end[0], (), id, placement=known[0], region=known[1])


def _spaces_end(line: str, position: int) -> int:
    found = _LEADING.match(line, position)
    return found.end() if found else position


def _block_kind(line: str) -> str:
    for kind in ("STYLE", "REGION"):
        if line.startswith(kind) and not line[len(kind) :].strip(SPACES):
            return kind
    return ""


def _pairs(text: str) -> list[tuple[str, str]]:
    """``name:value`` settings; parts without a colon inside are ignored."""
    found = []
    for part in _SPACE_RUN.split(text):
        name, colon, value = part.partition(":")
        if name and colon and value:
            found.append((name, value))
    return found


def _percentage(text: str) -> Fraction | None:
    found = _PERCENTAGE.fullmatch(text)
    value = Fraction(found[1]) if found else None
    return value if value is not None and value <= 100 else None


def _region(text: str) -> Region:
    region = Region("")
    for name, value in _pairs(text):
        if name == "id":
            region = replace(region, id=value)
        elif name == "width":
            width = _percentage(value)
            region = region if width is None else replace(region, width=width)
        elif name == "lines" and value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS:
            region = replace(region, lines=int(value))
        elif name in ("regionanchor", "viewportanchor"):
            across, _, down = value.partition(",")
            x, y = _percentage(across), _percentage(down)
            if x is not None and y is not None:
                field = "anchor" if name == "regionanchor" else "viewport_anchor"
                region = replace(region, **{field: (x, y)})  # type: ignore[arg-type]
        elif name == "scroll" and value == "up":
            region = replace(region, scroll=True)
    return region


def _cue_settings(text: str, regions: set[str]) -> tuple[Placement, str]:
    """Parses cue settings (section 6.3): the placement and the region's id."""
    placement, region = DEFAULT_PLACEMENT, ""
    for name, value in _pairs(text):
        if name == "region":
            region = value if value in regions else ""
        elif name == "vertical" and value in ("rl", "lr"):
            placement = replace(placement, vertical=cast(Literal["", "rl", "lr"], value))
        elif name == "line":
            placement = _with_line(placement, value)
        elif name == "position":
            placement = _with_position(placement, value)
        elif name == "size":
            size = _percentage(value)
            placement = placement if size is None else replace(placement, size=size)
        elif name == "align" and value in ("start", "center", "end", "left", "right"):
            placement = replace(placement, align=value)
    if placement.line is not None or placement.size != 100 or placement.vertical:
        region = ""
    return placement, region


def _with_line(placement: Placement, value: str) -> Placement:
    number, comma, align = value.partition(",")
    if comma and align not in ("start", "center", "end"):
        return placement
    percent = number.endswith("%")
    line: Fraction | None
    if percent:
        line = _percentage(number)
    else:
        # A number beyond a double's range is an error (HTML, "parsing floating-point number values").
        finite = _LINE_NUMBER.fullmatch(number) and isfinite(float(number))
        line = Fraction(number) if finite else None
    if line is None:
        return placement
    changed = replace(placement, line=line, snap_to_lines=not percent)
    return replace(changed, line_align=align) if comma else changed


def _with_position(placement: Placement, value: str) -> Placement:
    number, comma, align = value.partition(",")
    position = _percentage(number)
    if position is None or (comma and align not in ("line-left", "center", "line-right")):
        return placement
    changed = replace(placement, position=position)
    return replace(changed, position_align=align) if comma else changed
