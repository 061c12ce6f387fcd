"""Whether uploaded bytes are a picture that Crossreel keeps, read from their headers alone.

Nothing is decoded, so no decoder can be attacked and no bomb goes off; what a browser would have
to unpack is bounded by the stated size. The structure is walked to its end: a file with anything
after the picture (how a page or an archive hides in one) is refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from crossreel.errors import BadFile

__all__ = ["MOST_BYTES", "MOST_PIXELS", "MOST_SIDE", "ImageFacts", "ImageFormat", "check_image"]

MOST_BYTES = 20_000_000
MOST_SIDE = 12_000
"""Pixels; a cinema poster at 300 dpi is 8,100 x 12,000."""
MOST_PIXELS = 50_000_000
"""Width times height: 200 MB when unpacked as RGBA."""
_MOST_PARTS = 4096
"""Chunks, segments or scans; real files have a few dozen."""
_KEPT = "PNG, JPEG and WebP are kept."


class ImageFormat(StrEnum):
    """The formats that are kept; ``media_type`` is what they are served as."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"

    @property
    def media_type(self) -> str:
        """The registered media type."""
        return f"image/{self.value}"


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the headers say; width and height in pixels, as stored (not turned by EXIF)."""

    format: ImageFormat
    width: int
    height: int


class _Refused(Exception):
    """A problem, as a phrase for ``BadFile``."""


def check_image(content: bytes, *, name: str = "the picture") -> ImageFacts:
    """Reads the format and size of a still PNG, JPEG or WebP picture.

    Args:
        content: the whole file.
        name: what error messages call it.

    Raises:
        BadFile: another format (SVG among them: it can carry scripts), broken, cut short, animated,
            followed by other data, or larger than MOST_BYTES, MOST_SIDE or MOST_PIXELS.
    """
    try:
        if not content:
            raise _Refused("is empty")
        if len(content) > MOST_BYTES:
            raise _Refused(f"has {len(content):,} bytes; at most {MOST_BYTES:,} are kept")
        facts = _read(content)
        _check_size(facts)
    except _Refused as refused:
        raise BadFile(name, str(refused), advice=_KEPT) from None
    return facts


def _read(content: bytes) -> ImageFacts:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _read_png(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _read_jpeg(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _read_webp(content)
    raise _Refused(_other_format(content))


def _other_format(content: bytes) -> str:
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") or b"<svg" in head or content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "is SVG or another markup file, which can carry scripts"
    signs = {
        b"GIF8": "GIF",
        b"BM": "BMP",
        b"II*\0": "TIFF",
        b"MM\0*": "TIFF",
        b"%PDF": "PDF",
        b"\x1f\x8b": "gzip",
    }
    for sign, format_ in signs.items():
        if content.startswith(sign):
            return f"is a {format_} file"
    if content[4:8] == b"ftyp":
        return "is an AVIF, HEIC or video file"
    return "is no picture of a known format"


def _check_size(facts: ImageFacts) -> None:
    if facts.width < 1 or facts.height < 1:
        raise _Refused("says that it has no pixels")
    if max(facts.width, facts.height) > MOST_SIDE or facts.width * facts.height > MOST_PIXELS:
        raise _Refused(
            f"is {facts.width} x {facts.height} pixels; at most {MOST_SIDE:,} a side and "
            f"{MOST_PIXELS:,} in all are kept"
        )


_PNG_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
"""Color type -> bit depths (PNG third edition, table 8)."""


def _read_png(content: bytes) -> ImageFacts:
    """PNG third edition (W3C, 2025), sections 5.3, 5.6 and 11.2.1."""
    seen: list[bytes] = []
    size = (0, 0)
    for kind, data in _png_chunks(content):
        if not seen:
            size = _png_header(kind, data)
        elif kind == b"IHDR":
            raise _Refused("has two PNG headers")
        if kind == b"acTL":
            raise _Refused("is an animated PNG; artwork is still")
        seen.append(kind)
    if b"IDAT" not in seen:
        raise _Refused("is a PNG without picture data")
    return ImageFacts(ImageFormat.PNG, *size)


def _png_header(kind: bytes, data: bytes) -> tuple[int, int]:
    if kind != b"IHDR" or len(data) != 13:
        raise _Refused("is a PNG that does not begin with its header")
    depth, color, packing, filtering, interlace = data[8:13]
    if depth not in _PNG_DEPTHS.get(color, ()) or packing or filtering or interlace > 1:
        raise _Refused("is a PNG with an impossible header")
    return int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk to IEND, its checksum proved; the file must end there."""
    at = 8
    for _ in range(_MOST_PARTS):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + length
        if len(kind) < 4 or end > len(content):
            raise _Refused("is a PNG that is cut short")
        data = content[at + 8 : end - 4]
        if not kind.isalpha() or zlib.crc32(data, zlib.crc32(kind)) != int.from_bytes(
            content[end - 4 : end], "big"
        ):
            raise _Refused("is a PNG with a broken part")
        yield kind, data
        at = end
        if kind == b"IEND":
            break
    else:
        raise _Refused("is a PNG of too many parts")
    if at != len(content):
        raise _Refused("has other data after the PNG picture")


_JPEG_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended sequential and progressive Huffman coding, which all browsers read."""
_JPEG_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_JPEG_MARKER = re.compile(rb"\xff++([^\x00\xff])", re.DOTALL)
"""A marker between segments, after any fill bytes."""
_JPEG_NEXT = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
"""A marker inside coded data: neither a stuffed zero nor a restart; found in one pass over the data."""


def _read_jpeg(content: bytes) -> ImageFacts:
    """ITU-T T.81 (1992), annex B."""
    size: tuple[int, int] | None = None
    at, scanned = 2, False
    for _ in range(_MOST_PARTS):
        marker, at = _jpeg_marker(content, at)
        if marker == 0xD9:
            break
        length = int.from_bytes(content[at : at + 2], "big")
        body = content[at + 2 : at + length]
        if length < 2 or at + length > len(content):
            raise _Refused("is a JPEG that is cut short")
        at += length
        if marker in _JPEG_FRAMES or marker in _JPEG_OTHER_FRAMES:
            if size is not None:
                raise _Refused("is a JPEG with two pictures in it")
            size = _jpeg_frame(marker, body)
        if marker == 0xDA:
            if size is None:
                raise _Refused("is a JPEG whose data begins before its header")
            scanned = True
            found = _JPEG_NEXT.search(content, at)
            if found is None:
                raise _Refused("is a JPEG that is cut short")
            at = found.start()
    else:
        raise _Refused("is a JPEG of too many parts")
    if size is None or not scanned:
        raise _Refused("is a JPEG without picture data")
    if at != len(content):
        raise _Refused("has other data after the JPEG picture")
    return ImageFacts(ImageFormat.JPEG, *size)


def _jpeg_marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at a place, after any fill bytes, and the place behind it."""
    if at >= len(content):
        raise _Refused("is a JPEG that is cut short")
    found = _JPEG_MARKER.match(content, at)
    if found is None:
        raise _Refused("is a JPEG with a broken part")
    marker = found.group(1)[0]
    if marker < 0xC0 or marker == 0xD8:
        raise _Refused("is a JPEG with a broken part")
    return marker, found.end()


def _jpeg_frame(marker: int, body: bytes) -> tuple[int, int]:
    if marker in _JPEG_OTHER_FRAMES:
        raise _Refused("is a JPEG in a coding that browsers do not read")
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        raise _Refused("is a JPEG with an impossible header")
    if body[0] != 8 or body[5] not in {1, 3}:
        raise _Refused("is a JPEG that is neither gray nor RGB with 8 bits (print files are often CMYK)")
    return int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")


def _read_webp(content: bytes) -> ImageFacts:
    """RFC 9649, sections 2.3 to 2.7."""
    if int.from_bytes(content[4:8], "little") + 8 != len(content):
        raise _Refused("is a WebP that is cut short or has other data after it")
    canvas: tuple[int, int] | None = None
    picture: tuple[int, int] | None = None
    for number, (kind, data) in enumerate(_webp_chunks(content)):
        if kind == b"VP8X" and number == 0 and len(data) == 10:
            canvas = (int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1)
        if kind in {b"ANIM", b"ANMF"} or (kind == b"VP8X" and data[:1] and data[0] & 2):
            raise _Refused("is an animated WebP; artwork is still")
        if kind in {b"VP8 ", b"VP8L"}:
            if picture is not None or (number > 0 and canvas is None):
                raise _Refused("is a WebP with a broken part")
            picture = _vp8(data) if kind == b"VP8 " else _vp8l(data)
    if picture is None:
        raise _Refused("is a WebP without picture data")
    if canvas not in {None, picture}:
        raise _Refused("is a WebP whose headers state two sizes")
    return ImageFacts(ImageFormat.WEBP, *picture)


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    for _ in range(_MOST_PARTS):
        if at == len(content):
            return
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + length
        if at + 8 > len(content) or end + length % 2 > len(content):
            raise _Refused("is a WebP that is cut short")
        yield content[at : at + 4], content[at + 8 : end]
        at = end + length % 2
    raise _Refused("is a WebP of too many parts")


def _vp8(data: bytes) -> tuple[int, int]:
    """RFC 6386, section 9.1."""
    if len(data) < 10 or data[0] & 1 or data[3:6] != b"\x9d\x01\x2a":
        raise _Refused("is a WebP with an impossible header")
    return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF


def _vp8l(data: bytes) -> tuple[int, int]:
    """RFC 9649, section 3.4."""
    bits = int.from_bytes(data[1:5], "little")
    if len(data) < 6 or data[0] != 0x2F or bits >> 29:
        raise _Refused("is a WebP with an impossible header")
    return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
