"""Whether uploaded bytes are a film that browsers play, read from its headers alone.

Nothing is decoded: the boxes of an MP4 (ISO/IEC 14496-12:2022, sections 4.2, 8.2.2 and 8.3.2) or
the elements of a WebM (RFC 8794; RFC 9559, sections 5.1.2 and 5.1.4) are walked for the running time
and the size of the picture. What the streams inside hold is for a decoder to say.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from crossreel.errors import BadFile

__all__ = ["MOST_SECONDS", "MOST_SIDE", "FilmFacts", "check_film"]

MOST_SECONDS = 36_000
"""Ten hours."""
MOST_SIDE = 16_384
_MOST_HEADER = 64 << 20
"""Bytes of an MP4's ``moov``; that of a ten-hour film is a few MB."""
_MOST_PARTS = 100_000
_KEPT = "MP4 and WebM are kept."


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What the headers say; width and height in pixels."""

    media_type: str
    seconds: int
    width: int
    height: int


class _Refused(Exception):
    """A problem, as a phrase for ``BadFile``."""


def check_film(stream: BinaryIO, *, name: str = "the film") -> FilmFacts:
    """Reads format, running time and picture size of an MP4 or WebM file.

    Args:
        stream: the whole file, seekable; it is left at its beginning.
        name: what error messages call it.

    Raises:
        BadFile: another format, broken, cut short, or longer or larger than MOST_SECONDS, MOST_SIDE.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(12)
    stream.seek(0)
    try:
        if head[4:8] == b"ftyp":
            facts = _read_mp4(stream, size)
        elif head[:4] == b"\x1a\x45\xdf\xa3":
            facts = _read_webm(stream, size)
        else:
            raise _Refused("is empty" if not size else "is no MP4 or WebM film")
        _check(facts)
    except _Refused as refused:
        raise BadFile(name, str(refused), advice=_KEPT) from None
    except (struct.error, IndexError):
        raise BadFile(name, "is a film with a broken header", advice=_KEPT) from None
    stream.seek(0)
    return facts


def _facts(media_type: str, seconds: float, width: int | None, height: int | None) -> FilmFacts:
    if width is None or height is None:
        raise _Refused("holds sound without a picture")
    return FilmFacts(media_type, round(seconds) or int(seconds > 0), width, height)


def _check(facts: FilmFacts) -> None:
    if not 1 <= facts.seconds <= MOST_SECONDS:
        raise _Refused(f"runs {facts.seconds} seconds; 1 to {MOST_SECONDS} are kept")
    if any(not 1 <= side <= MOST_SIDE for side in (facts.width, facts.height)):
        raise _Refused(f"is {facts.width} x {facts.height} pixels; at most {MOST_SIDE} a side are kept")


def _read_mp4(stream: BinaryIO, size: int) -> FilmFacts:
    """The top boxes must end where the file ends, and one of them be ``moov``."""
    at, movie, has_media = 0, b"", False
    for _ in range(_MOST_PARTS):
        if at == size:
            break
        kind, start, end = _box(stream, at, size)
        if kind == b"moov":
            if end - start > _MOST_HEADER:
                raise _Refused("is an MP4 with an impossible header")
            stream.seek(start)
            movie = stream.read(end - start)
        has_media = has_media or kind in {b"mdat", b"moof"}
        at = end
    if not movie or not has_media:
        raise _Refused("is an MP4 without a film in it")
    seconds, width, height = 0.0, None, None
    for kind, data in _boxes(movie):
        if kind == b"mvhd":
            seconds = _duration(data)
        if kind == b"trak":
            header = next((inner for name, inner in _boxes(data) if name == b"tkhd"), b"")
            sides = struct.unpack(">II", header[-8:]) if len(header) >= 84 else (0, 0)
            if all(sides) and width is None:
                width, height = sides[0] >> 16, sides[1] >> 16
    return _facts("video/mp4", seconds, width, height)


def _box(stream: BinaryIO, at: int, size: int) -> tuple[bytes, int, int]:
    """Kind, start of the content and end of the box at a place."""
    stream.seek(at)
    head = stream.read(16)
    if len(head) < 8:
        raise _Refused("is an MP4 that is cut short")
    length, start = int.from_bytes(head[:4], "big"), at + 8
    if length == 1:
        length, start = int.from_bytes(head[8:16], "big"), at + 16
    end = size if length == 0 else at + length
    if end > size or end < start:
        raise _Refused("is an MP4 that is cut short")
    return head[4:8], start, end


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    stream, at = io.BytesIO(content), 0
    while at + 8 <= len(content):
        kind, start, end = _box(stream, at, len(content))
        yield kind, content[start:end]
        at = end


def _duration(header: bytes) -> float:
    """Of ``mvhd``: duration over timescale, in 32 or 64 bits by its version."""
    scale, units = struct.unpack(">IQ", header[20:32]) if header[0] else struct.unpack(">II", header[12:20])
    return float(units / scale) if scale else 0.0


_SEGMENT, _INFO, _TRACKS, _ENTRY, _VIDEO = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
_SCALE, _DURATION, _WIDTH, _HEIGHT, _DOC_TYPE = 0x2AD7B1, 0x4489, 0xB0, 0xBA, 0x4282
_HEAD_BYTES = 4 << 20
"""Of a WebM: its info and tracks stand before the first cluster."""


def _read_webm(stream: BinaryIO, size: int) -> FilmFacts:
    content = stream.read(min(size, _HEAD_BYTES))
    top = dict(_elements(content))
    if dict(_elements(top[0x1A45DFA3])).get(_DOC_TYPE, b"").rstrip(b"\0") != b"webm":
        raise _Refused("is a Matroska file, which browsers do not play")
    parts = dict(_elements(top.get(_SEGMENT, b"")))
    info = dict(_elements(parts.get(_INFO, b"")))
    length = info.get(_DURATION, b"")
    units = struct.unpack(">d" if len(length) == 8 else ">f", length)[0] if length else 0.0
    seconds = units * int.from_bytes(info.get(_SCALE, (1_000_000).to_bytes(3, "big")), "big") / 1e9
    width = height = None
    for number, entry in _elements(parts.get(_TRACKS, b"")):
        video = dict(_elements(dict(_elements(entry)).get(_VIDEO, b""))) if number == _ENTRY else {}
        if _WIDTH in video and width is None:
            width = int.from_bytes(video[_WIDTH], "big")
            height = int.from_bytes(video.get(_HEIGHT, b""), "big")
    if not length:
        raise _Refused("is a WebM that does not say how long it runs")
    return _facts("video/webm", seconds, width, height)


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Id and content of each element; one of unknown length, or cut by the part read, goes to the end."""
    at = 0
    for _ in range(_MOST_PARTS):
        if at + 2 > len(content):
            return
        name, at = _number(content, at, keep_mark=True)
        length, at = _number(content, at, keep_mark=False)
        end = len(content) if length < 0 else min(at + length, len(content))
        yield name, content[at:end]
        at = end


def _number(content: bytes, at: int, *, keep_mark: bool) -> tuple[int, int]:
    """A variable-length number (RFC 8794, section 4) and the place behind it; -1 stands for unknown."""
    first = content[at]
    if not first:
        raise _Refused("is a WebM with a broken part")
    width = 9 - first.bit_length()
    value = int.from_bytes(content[at : at + width], "big")
    if not keep_mark:
        value -= 1 << (7 * width)
        value = -1 if value == (1 << (7 * width)) - 1 else value
    return value, at + width
