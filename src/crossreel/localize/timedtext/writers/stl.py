"""Writing EBU-STL (EBU Tech 3264, February 1991): open subtitles, one GSI and the TTI blocks.

The characters are ISO 6937 where they fit, else one of the four other tables of the standard; what
no table has is written as ``?`` and said in the notes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from crossreel.errors import BadValue
from crossreel.localize.timedtext.model import Cue, Document, Node, Span, Text
from crossreel.localize.timedtext.writers.losses import closed, losses
from crossreel.values.timing import FPS_25, FrameRate, Timecode

__all__ = ["CARRIED", "write_stl"]

CARRIED = (
    "italic",
    "underline",
)

_FORMATS = {25: "STL25.01", 30: "STL30.01", 24: "STL24.01", 50: "STL50.01"}
_TABLES = (("01", "iso8859_5"), ("02", "iso8859_6"), ("03", "iso8859_7"), ("04", "iso8859_8"))
_LANGUAGES = {
    "ca": "03", "cs": "06", "da": "07", "de": "08", "en": "09", "es": "0A", "eo": "0B", "et": "0C",
    "fr": "0F", "it": "15", "hu": "1B", "nl": "1D", "no": "1E", "pl": "20", "pt": "21", "ro": "22",
    "fi": "27", "sv": "28", "tr": "29", "ar": "7E", "bg": "77", "el": "70", "he": "6C", "hi": "6B",
    "ja": "69", "ko": "65", "fa": "5A", "ru": "56", "th": "4A", "uk": "49", "vi": "45", "zh": "75",
}  # fmt: skip
_MARKS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u0327\u030b\u0328\u030c",
        bytes.fromhex("c1c2c3c4c5c6c7c8cacbcdcecf"),
        strict=True,
    )
)
_LETTERS = dict(
    zip(
        "¡¢£¥§¤‘“«°±²³×µ¶·÷’”»¼½¾¿®©™♪ΩÆĐªĦŁØŒºÞŦŊĸæđðħıłøœßþŧŋ―",
        bytes.fromhex(
            "a1a2a3a5a7a8a9aaabb0b1b2b3b4b5b6b7b8b9babbbcbdbebfd2d3d4d5e0"
            "e1e2e3e4e8e9eaebecedeef0f1f2f3f4f5f8f9fafbfcfdfed0"
        ),
        strict=True,
    )
)
_SIMPLER = {"…": "...", "–": "-", "—": "-", "\u00a0": " ", "\u202f": " ", "„": "“", "‚": "‘", "♫": "♪"}
_LINE, _END, _FIELD, _MOST_CUES = b"\x8a", b"\x8f", 112, 65_000


def write_stl(document: Document, rate: FrameRate | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The file, and notes on what it does not carry.

    Args:
        document: what to write.
        rate: 24, 25, 29.97, 30 or 50 frames a second; the document's, else 25.

    Raises:
        BadValue: another rate, a time beyond 24 hours, or more than 65,000 cues.
    """
    rate = rate or document.frame_rate or FPS_25
    if rate.count not in _FORMATS:
        raise BadValue("frame rate", str(rate), "24, 25, 30 or 50 frames a second for EBU-STL")
    notes = list(losses(document, CARRIED, "EBU-STL"))
    cues = closed(document).cues
    if len(cues) > _MOST_CUES:
        raise BadValue("subtitle file", len(cues), f"at most {_MOST_CUES} cues for EBU-STL")
    if any(cue.end >= 86400 for cue in cues):
        raise BadValue("time", str(max(cue.end for cue in cues)), "below 24 hours for EBU-STL")
    table, missing = _table(cues)
    if missing:
        notes.append(f"EBU-STL has no characters for: {' '.join(sorted(missing)[:40])}.")
    blocks = []
    for number, cue in enumerate(cues):
        blocks += _blocks(number, cue, table, rate)
    return _header(document, table, rate, len(blocks), len(cues)) + b"".join(blocks), tuple(notes)


def _table(cues: Sequence[Cue]) -> tuple[str, set[str]]:
    """The code of the table that has most of the characters, and those it has not."""
    used = set("".join(cue.text for cue in cues)) - {"\n"}
    lacking = {"00": {char for char in used if _latin(char) is None}}
    for code, name in _TABLES:
        lacking[code] = {char for char in used if not _SIMPLER.get(char, char).encode(name, "ignore")}
    best = min(lacking, key=lambda code: (len(lacking[code]), code))
    return best, lacking[best]


def _latin(char: str) -> bytes | None:
    """A character in ISO 6937: accents stand before their letter."""
    char = _SIMPLER.get(char, char)
    if all(" " <= part <= "~" for part in char):
        return char.encode("ascii")
    if char in _LETTERS:
        return bytes((_LETTERS[char],))
    parts = unicodedata.normalize("NFD", char)
    if len(parts) == 2 and parts[1] in _MARKS and parts[0].isascii():
        return bytes((_MARKS[parts[1]], ord(parts[0])))
    return None


def _encoded(text: str, table: str) -> bytes:
    name = dict(_TABLES).get(table)
    parts = []
    for char in text:
        if char == "\n":
            parts.append(_LINE)
        elif name is None:
            parts.append(_latin(char) or b"?")
        else:
            parts.append(_SIMPLER.get(char, char).encode(name, "replace"))
    return b"".join(parts)


def _words(nodes: Sequence[Node], table: str) -> bytes:
    parts = []
    for node in nodes:
        if isinstance(node, Text):
            parts.append(_encoded(node.text, table))
        elif isinstance(node, Span) and node.kind not in ("rt", "rtc", "rp"):
            inner = _words(node.children, table)
            codes = {"i": (b"\x80", b"\x81"), "u": (b"\x82", b"\x83")}.get(node.kind, (b"", b""))
            parts.append(codes[0] + inner + codes[1])
    return b"".join(parts)


def _stamp(time: Timecode, rate: FrameRate) -> bytes:
    frame = Timecode.from_frames(time.nearest_frame(rate), rate)
    address = frame.smpte(FrameRate(rate.rate)).replace(";", ":")
    return bytes(int(part) for part in address.split(":"))


def _blocks(number: int, cue: Cue, table: str, rate: FrameRate) -> list[bytes]:
    words = _words(cue.tree, table)
    pieces = [words[place : place + _FIELD - 1] for place in range(0, len(words), _FIELD - 1)] or [b""]
    rows = words.count(_LINE) + 1
    justify = {"start": 1, "left": 1, "end": 3, "right": 3}.get(cue.placement.align, 2)
    top = cue.placement.line is not None and cue.placement.line == 0
    vertical = 2 if top else max(1, 23 - 2 * rows)
    blocks = []
    for place, piece in enumerate(pieces):
        last = place == len(pieces) - 1
        head = bytes((0, number % 256, number // 256, 0xFF if last else place % 0xF0, 0))
        times = _stamp(Timecode(cue.start), rate) + _stamp(Timecode(cue.end), rate)
        body = piece.ljust(_FIELD, _END)
        blocks.append(head + times + bytes((vertical, justify, 0)) + body)
    return blocks


def _header(document: Document, table: str, rate: FrameRate, blocks: int, cues: int) -> bytes:
    language = _LANGUAGES.get(document.language.primary, "00") if document.language else "00"
    start = "00000000"
    title = dict(document.settings).get("title", "").encode("ascii", "replace").decode()[:32]
    fields = (
        ("850", 3), (_FORMATS[rate.count], 8), ("0", 1), (table, 2), (language, 2), (title, 32), ("", 32),
        ("", 32), ("", 32), ("", 32), ("", 32), ("", 16), ("000101", 6), ("000101", 6), ("00", 2),
        (f"{blocks:05}", 5), (f"{cues:05}", 5), ("001", 3), ("40", 2), ("23", 2), ("1", 1), (start, 8),
        (start, 8), ("1", 1), ("1", 1), ("", 3), ("", 32), ("", 32), ("", 32), ("", 75), ("", 576),
    )  # fmt: skip
    return "".join(text.ljust(width) for text, width in fields).encode("cp850", "replace")
