from __future__ import annotations

import struct

import pytest

from crossreel.media.probe import probe_film
from crossreel.media.spherical import of_mp4


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def moov(entry: bytes = b"", track: bytes = b"") -> bytes:
    sample = box(b"avc1", bytes(78) + entry)
    table = box(b"stbl", box(b"stsd", bytes(4) + struct.pack(">I", 1) + sample))
    return box(b"ftyp", b"isom" + bytes(4)) + box(
        b"moov", box(b"trak", box(b"mdia", box(b"minf", table)) + track)
    )


def sv3d(right: int = 0) -> bytes:
    equi = box(b"equi", bytes(4) + struct.pack(">4I", 0, 0, right, right))
    return box(b"sv3d", box(b"svhd", bytes(5)) + box(b"proj", box(b"prhd", bytes(16)) + equi))


@pytest.mark.parametrize(
    ("data", "projection", "stereo"),
    [
        (moov(sv3d()), "equirectangular", "mono"),
        (moov(box(b"st3d", bytes(4) + b"\1") + sv3d()), "equirectangular", "top-bottom"),
        (moov(box(b"st3d", bytes(4) + b"\2") + sv3d(1 << 30)), "half-equirectangular", "left-right"),
    ],
)
def test_spherical_boxes(tmp_path, data, projection, stereo):
    path = tmp_path / "a.mp4"
    path.write_bytes(data)
    found = of_mp4(path)
    assert found is not None
    assert (found.projection, found.stereo) == (projection, stereo)


def test_spherical_xml(tmp_path):
    xml = (
        b"<rdf:SphericalVideo><GSpherical:Spherical>true</GSpherical:Spherical><GSpherical:ProjectionType>"
        b"equirectangular</GSpherical:ProjectionType><GSpherical:StereoMode>top-bottom</GSpherical:StereoMode>"
    )
    path = tmp_path / "a.mp4"
    path.write_bytes(moov(track=box(b"uuid", bytes.fromhex("ffcc8263f8554a938814587a02521fdd") + xml)))
    found = of_mp4(path)
    assert found is not None
    assert (found.projection, found.stereo, found.source) == (
        "equirectangular",
        "top-bottom",
        "spherical-xml",
    )


@pytest.mark.parametrize("cut", [9, 30, 60, 100, 150])
def test_boxes_that_lie_about_their_size_end_the_reading(tmp_path, cut):
    path = tmp_path / "a.mp4"
    path.write_bytes(moov(sv3d())[:cut])
    assert of_mp4(path) is None


def test_a_real_file_carries_the_mark(make_film):
    path = make_film("vr.mp4", 6)
    data = path.read_bytes()
    entries = data.index(b"stsd")
    at = data.index(b"avc1", entries) - 4
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1"):
        place = data.index(name, entries if name == b"avc1" else 0) - 4
        size = int.from_bytes(data[place : place + 4], "big") + len(sv3d())
        data = data[:place] + size.to_bytes(4, "big") + data[place + 4 :]
    end = at + int.from_bytes(data[at : at + 4], "big") - len(sv3d())
    path.write_bytes(data[:end] + sv3d() + data[end:])
    assert probe_film(path).video.surround.projection == "equirectangular"


def test_an_ordinary_film_is_flat(make_film):
    assert probe_film(make_film("flat.mp4", 6)).video.surround.is_plain
