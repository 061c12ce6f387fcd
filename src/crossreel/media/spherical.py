"""360-degree and stereo pictures, by what the file says of itself.

MP4: the boxes ``st3d`` and ``sv3d`` of Google's "Spherical Video V2 RFC" (github.com/google/
spatial-media, docs/spherical-video-v2-rfc.md, read 2026-11) in the sample entry, and the XML of V1 in a
``uuid`` box of the track. Other containers: what FFmpeg attaches to the first frame (for Matroska
the elements ``Projection`` and ``StereoMode``).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["Surround", "of_frame", "of_mp4"]

_XML_ID = bytes.fromhex("ffcc8263f8554a938814587a02521fdd")
_STEREO = {0: "mono", 1: "top-bottom", 2: "left-right", 3: "custom", 4: "right-left"}
_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
_MOST_MOOV = 256 << 20
_DEEPEST = 12
_PROJECTIONS = (
    "equirectangular",
    "cubemap",
    "equirectangular",
    "half-equirectangular",
    "rectilinear",
    "fisheye",
)
"""FFmpeg's ``AVSphericalProjection`` in order (libavutil/spherical.h, FFmpeg 8)."""
_PAIRS = (
    "mono",
    "left-right",
    "top-bottom",
    "frame-sequence",
    "checkerboard",
    "left-right",
    "lines",
    "columns",
)
"""FFmpeg's ``AVStereo3DType`` in order (libavutil/stereo3d.h, FFmpeg 8)."""


@dataclass(frozen=True, slots=True)
class Surround:
    """How a picture is to be shown around or to two eyes.

    Attributes:
        projection: ``equirectangular``, ``cubemap``, ``mesh``, ``half-equirectangular``, ``fisheye``,
            or ``rectilinear`` (an ordinary picture).
        stereo: ``mono``, ``top-bottom``, ``left-right``, ``right-left``, ``frame-sequence``, ``custom`` ...
        source: where it is said: ``sv3d/st3d``, ``spherical-xml`` or ``stream``.
    """

    projection: str = "rectilinear"
    stereo: str = "mono"
    source: str = ""

    @property
    def is_plain(self) -> bool:
        """An ordinary flat picture for both eyes."""
        return self.projection == "rectilinear" and self.stereo == "mono"


def of_mp4(path: Path) -> Surround | None:
    """What an MP4 or QuickTime file says, or None where it says nothing or is no such file."""
    with path.open("rb") as file:
        end = path.stat().st_size
        for kind, start, stop in _boxes(file, 0, end):
            if kind == b"moov" and stop - start <= _MOST_MOOV:
                found: dict[str, str] = {}
                _walk(file, start, stop, found, 0)
                return _surround(found)
    return None


def _surround(found: dict[str, str]) -> Surround | None:
    if not found:
        return None
    return Surround(
        found.get("projection", "rectilinear"), found.get("stereo", "mono"), found.get("source", "sv3d/st3d")
    )


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Boxes between two places: type, start and end of the payload (ISO/IEC 14496-12, 4.2)."""
    place = start
    while place + 8 <= end:
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1 and len(head) == 16:
            size, header = int.from_bytes(head[8:], "big"), 16
        elif size == 0:
            size = end - place
        if size < header or place + size > end:
            return
        yield kind, place + header, place + size
        place += size


def _walk(file: BinaryIO, start: int, end: int, found: dict[str, str], depth: int) -> None:
    if depth > _DEEPEST:
        return
    for kind, inner, stop in _boxes(file, start, end):
        if kind in _CONTAINERS:
            _walk(file, inner, stop, found, depth + 1)
        elif kind == b"stsd":  # full box and entry count before the sample entries
            _walk_entries(file, inner + 8, stop, found)
        elif kind == b"uuid":
            _read_xml(file, inner, stop, found)


def _walk_entries(file: BinaryIO, start: int, end: int, found: dict[str, str]) -> None:
    for _kind, inner, stop in _boxes(file, start, end):
        for kind, at, to in _boxes(file, inner + 78, stop):  # after VisualSampleEntry's fields
            if kind == b"st3d" and to - at >= 5:
                file.seek(at + 4)
                found["stereo"] = _STEREO.get(file.read(1)[0], "custom")
            elif kind == b"sv3d":
                found["projection"] = _projection(file, at, to)


def _projection(file: BinaryIO, start: int, end: int) -> str:
    names = {b"equi": "equirectangular", b"cbmp": "cubemap", b"mshp": "mesh"}
    for kind, inner, stop in _boxes(file, start, end):
        if kind == b"proj":
            for inside, at, _to in _boxes(file, inner, stop):
                if inside == b"equi":
                    file.seek(at + 4)
                    bounds = file.read(16)
                    crops = struct.unpack(">4I", bounds) if len(bounds) == 16 else (0, 0, 0, 0)
                    return "half-equirectangular" if crops[2] + crops[3] >= 1 << 30 else "equirectangular"
                if inside in names:
                    return names[inside]
    return "equirectangular"


def _read_xml(file: BinaryIO, start: int, end: int, found: dict[str, str]) -> None:
    file.seek(start)
    if file.read(16) != _XML_ID:
        return
    text = file.read(min(end - start - 16, 1 << 20)).decode("utf-8", "replace")

    def says(name: str) -> str:
        match = re.search(rf"<GSpherical:{name}>\s*([^<]*?)\s*</", text)
        return match[1].casefold() if match else ""

    if says("Spherical") == "true":
        found["projection"] = says("ProjectionType") or "equirectangular"
        found["source"] = "spherical-xml"
    if says("StereoMode"):
        found["stereo"] = says("StereoMode")
        found["source"] = "spherical-xml"


def of_frame(raw: Any, metadata: dict[str, str]) -> Surround | None:
    """What FFmpeg attached to a decoded frame, or a stream's ``stereo_mode`` tag says."""
    projection, stereo = "rectilinear", "mono"
    for side in raw.side_data.keys() if hasattr(raw.side_data, "keys") else ():
        name = getattr(side, "type", side)
        data = bytes(raw.side_data[name] if not hasattr(side, "type") else side)
        kind = getattr(name, "name", str(name))
        if kind == "SPHERICAL" and len(data) >= 4:
            projection = _named(_PROJECTIONS, data)
        elif kind == "STEREO3D" and len(data) >= 4:
            stereo = _named(_PAIRS, data)
    if stereo == "mono" and metadata.get("stereo_mode", "mono") != "mono":
        stereo = metadata["stereo_mode"].replace("_", "-")
    found = Surround(projection, stereo, "stream")
    return None if found.is_plain else found


def _named(names: tuple[str, ...], data: bytes) -> str:
    number = int.from_bytes(data[:4], "little")
    return names[number] if number < len(names) else "custom"
