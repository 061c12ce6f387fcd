"""Small real files for tests: a picture, a film, subtitles."""

from __future__ import annotations

import struct
import zlib
from importlib.resources import files

__all__ = ["SUBTITLES", "mp4", "png", "webm"]

SUBTITLES = "1\n00:00:00,500 --> 00:00:02,000\nHello there.\n"
"""One cue, as SRT."""


def png(width: int, height: int, shade: int = 128) -> bytes:
    """A gray picture that any decoder reads."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes([shade]) * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def mp4() -> bytes:
    """The sample film."""
    return files("crossreel.sample").joinpath("film", "sample.mp4").read_bytes()


def webm(seconds: float, width: int = 640, height: int = 360, doc_type: bytes = b"webm") -> bytes:
    """The headers of a WebM with one picture track and an empty cluster."""

    def element(name: bytes, data: bytes) -> bytes:
        return name + struct.pack(">Q", len(data) | 1 << 56) + data

    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", doc_type))
    info = element(b"\x2a\xd7\xb1", b"\x0f\x42\x40") + element(b"\x44\x89", struct.pack(">d", seconds * 1000))
    sides = element(b"\xb0", struct.pack(">H", width)) + element(b"\xba", struct.pack(">H", height))
    tracks = element(b"\x16\x54\xae\x6b", element(b"\xae", element(b"\xe0", sides)))
    segment = element(b"\x15\x49\xa9\x66", info) + tracks + element(b"\x1f\x43\xb6\x75", b"")
    return head + element(b"\x18\x53\x80\x67", segment)
