import contextlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.artwork.checks import MOST_BYTES, MOST_SIDE, ImageFormat, check_image
from crossreel.errors import BadFile


def chunk(kind, data):
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def png(width=3, height=2, *, depth=8, color=2, extra=b"", tail=b""):
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, color, 0, 0, 0])
    rows = zlib.compress(b"\0" * 64)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
        + tail
    )


def segment(marker, body):
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def jpeg(width=3, height=2, *, frame=0xC0, components=3, precision=8, before=b"", tail=b""):
    body = bytes([precision]) + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes([components])
    body += b"\x01\x11\x00" * components
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + before + segment(frame, body) + scan + b"\xff\xd9" + tail


def riff(*chunks):
    body = b"".join(
        kind + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def vp8(width, height):
    return b"VP8 ", b"\x10\0\0\x9d\x01\x2a" + width.to_bytes(2, "little") + height.to_bytes(
        2, "little"
    ) + b"data"


def vp8l(width, height):
    bits = (width - 1) | (height - 1) << 14
    return b"VP8L", b"\x2f" + bits.to_bytes(4, "little") + b"data"


def vp8x(width, height, flags=0):
    return b"VP8X", bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(
        3, "little"
    )


@pytest.mark.parametrize(
    ("content", "format_", "size"),
    [
        (png(640, 480), "png", (640, 480)),
        (png(8, 9, depth=1, color=0), "png", (8, 9)),
        (jpeg(640, 480), "jpeg", (640, 480)),
        (jpeg(7, 5, frame=0xC2, components=1), "jpeg", (7, 5)),
        (jpeg(7, 5, before=segment(0xE1, b"Exif\0\0" + b"\xff\xd9" * 9) + b"\xff\xff"), "jpeg", (7, 5)),
        (riff(vp8(640, 480)), "webp", (640, 480)),
        (riff(vp8l(33, 44)), "webp", (33, 44)),
        (riff(vp8x(33, 44, 0x10), (b"ALPH", b"abc"), vp8(33, 44), (b"EXIF", b"x")), "webp", (33, 44)),
    ],
)
def test_headers_are_read(content, format_, size):
    facts = check_image(content)
    assert (facts.format, (facts.width, facts.height)) == (ImageFormat(format_), size)
    assert facts.format.media_type == f"image/{format_}"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "markup"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", "markup"),
        (b"<!doctype html><script>1</script>", "markup"),
        ("<svg/>".encode("utf-16"), "markup"),
        (b"GIF89a...", "GIF"),
        (b"%PDF-1.7", "PDF"),
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"MZ\x90\0", "no picture"),
        (png(0, 5), "no pixels"),
        (png(2**31 - 1, 2**31 - 1), "at most"),
        (png(MOST_SIDE + 1, 1), "at most"),
        (png(11_000, 11_000), "at most"),
        (png(depth=16, color=3), "impossible"),
        (png(depth=8, color=5), "impossible"),
        (png()[:-6], "cut short"),
        (png()[:20], "cut short"),
        (png(tail=b"PK\x03\x04"), "other data"),
        (png(extra=chunk(b"acTL", b"\0" * 8)), "animated"),
        (png(extra=chunk(b"IHDR", b"\0" * 13)), "two PNG headers"),
        (png(extra=b"\xff\xff\xff\xfftEXt"), "cut short"),
        (png().replace(b"\x08\x02\0\0\0", b"\x08\x06\0\0\0"), "broken part"),
        (png(extra=chunk(b"tEXt", b"") * 5000), "too many parts"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "does not begin"),
        (jpeg()[:-2], "cut short"),
        (jpeg()[:12], "cut short"),
        (jpeg(tail=b"<script>"), "other data"),
        (jpeg(frame=0xC9), "browsers do not read"),
        (jpeg(components=4), "CMYK"),
        (jpeg(precision=12), "8 bits"),
        (jpeg(0, 5), "no pixels"),
        (jpeg(65535, 65535), "at most"),
        (jpeg(before=segment(0xC0, b"\x08\0\1\0\1\x01\1\x11\0")), "two pictures"),
        (b"\xff\xd8\xff\xd9", "without picture data"),
        (b"\xff\xd8\xff\xe0\xff\xff", "cut short"),
        (b"\xff\xd8" + segment(0xE0, b"") * 5000, "too many parts"),
        (b"\xff\xd8\xff\xd8", "broken part"),
        (riff(), "without picture data"),
        (riff(vp8(5, 5)) + b"x", "other data"),
        (riff(vp8(5, 5))[:-1], "cut short"),
        (riff(vp8x(5, 5), vp8(6, 6)), "two sizes"),
        (riff(vp8x(5, 5, flags=2), (b"ANIM", b"x" * 6)), "animated"),
        (riff((b"VP8L", b"\x2f\xff\xff\xff\xffdata")), "impossible"),
        (riff((b"VP8 ", b"\x11" * 12)), "impossible"),
    ],
)
def test_what_is_refused(content, problem):
    with pytest.raises(BadFile, match=problem):
        check_image(content, name="upload.png")


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(BadFile, match="at most"):
        check_image(b"\x89PNG\r\n\x1a\n" + bytes(MOST_BYTES))


def test_long_runs_of_fill_bytes_are_read_in_one_pass():
    with pytest.raises(BadFile):
        check_image(jpeg()[:-2] + b"\xff" * 5_000_000 + b"\0")


@given(st.sampled_from([png(), jpeg(), riff(vp8x(5, 5), vp8(5, 5)), riff(vp8l(4, 4))]), st.data())
def test_damage_is_refused_or_read_but_never_breaks(content, data):
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadFile):
        assert 0 < check_image(bytes(damaged)).width <= MOST_SIDE


@given(
    st.binary(max_size=64),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x10\0\0\0WEBP"]),
)
def test_any_bytes_are_refused_with_a_reason(noise, start):
    with pytest.raises(BadFile):
        check_image(start + noise)
