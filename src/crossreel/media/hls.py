"""One stream of a file as fragmented MP4 segments with a media playlist (HLS, RFC 8216; CMAF segments).

Packets are copied, never encoded again; the segments put back together hold the same packets, and that is
checked before anything appears.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from crossreel.errors import BadFile, BadValue, OutsideFailure
from crossreel.media.opening import av_library, opened

__all__ = [
    "COPIED_SOUND",
    "PLAYLIST",
    "SEGMENT_SECONDS",
    "Segmented",
    "raise_target",
    "segment_stream",
    "target_duration",
]

PLAYLIST: Final = "playlist.m3u8"
SEGMENT_SECONDS: Final = 6
"""Length aimed at; a picture is cut at the first key frame after it (HLS authoring guide, 2026-11)."""
COPIED_SOUND: Final = ("aac", "ac3", "eac3")
"""Codecs of sound that players of HLS take; others are encoded to AAC before."""
_EXTINF = re.compile(r"#EXTINF:([0-9.]+),\s*\n(\S+)")
_TARGET = re.compile(r"#EXT-X-TARGETDURATION:(\d+)")


@dataclass(frozen=True, slots=True)
class Segmented:
    """What was written into one folder.

    Args:
        codecs: RFC 6381 name, or empty where it is not known here.
        peak, average: bits a second.
        seconds: of all segments.
        segments: how many.
        channels: of sound; 0 for a picture.
        width, height: of a picture.
        rate: frames a second of a picture.
        digest: sha256 over the packets, as in the source.
    """

    codecs: str
    peak: int
    average: int
    seconds: float
    segments: int
    channels: int = 0
    width: int = 0
    height: int = 0
    rate: float = 0.0
    digest: str = ""


def segment_stream(
    source: Path, kind: str, folder: Path, *, stream: int = 0, seconds: int = SEGMENT_SECONDS
) -> Segmented:
    """Writes a stream into ``folder`` (which must not be there): ``playlist.m3u8``, ``init.mp4``, segments.

    Args:
        source: any media file.
        kind: ``video`` or ``audio``.
        folder: appears only when it is complete.
        stream: which of the streams of that kind, from 0.
        seconds: length of a segment.

    Raises:
        BadFile: the file has no such stream, or the folder cannot be written.
        BadValue: sound in a codec that players do not take (see ``COPIED_SOUND``).
        OutsideFailure: FFmpeg changed packets; nothing is written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as made:
            part = Path(made) / folder.name
            part.mkdir()
            facts, before = _copy(source, kind, part, stream, seconds)
            if _digest_of_segments(part, kind) != before:
                raise OutsideFailure(
                    f"FFmpeg did not copy the {kind} of {source} bit by bit.",
                    advice="Remux the film to MP4 first.",
                )
            sizes = _sizes(part)
            part.rename(folder)
    except OSError as error:
        raise BadFile(folder, f"cannot be written ({error.strerror or error})") from error
    total = sum(length for length, _ in sizes)
    average = round(8 * sum(size for _, size in sizes) / total)
    return Segmented(
        peak=max(average, _peak(sizes)),
        average=average,
        seconds=total,
        segments=len(sizes),
        digest=before,
        **facts,
    )


def target_duration(playlist: Path) -> int:
    """The target duration that a media playlist states, in seconds."""
    found = _TARGET.search(playlist.read_text(encoding="utf-8"))
    if found is None:
        raise BadFile(playlist, "has no target duration, so it is no media playlist")
    return int(found[1])


def _copy(source: Path, kind: str, folder: Path, number: int, seconds: int) -> tuple[dict[str, Any], str]:
    av = av_library()
    options = {
        "hls_time": str(seconds),
        "hls_playlist_type": "vod",
        "hls_segment_type": "fmp4",
        "hls_fmp4_init_filename": "init.mp4",
        "hls_segment_filename": str(folder / "%05d.m4s"),
        "hls_flags": "independent_segments",
    }
    digest = hashlib.sha256()
    with opened(source) as container:
        streams = container.streams.video if kind == "video" else container.streams.audio
        if number >= len(streams):
            raise BadFile(source, f"has {len(streams)} streams of {kind}, and number {number} was asked for")
        stream = streams[number]
        facts = _facts(stream, kind)
        with av.open(str(folder / PLAYLIST), "w", format="hls", options=options) as out:
            made = out.add_stream_from_template(stream)
            out.start_encoding()
            for packet in container.demux(stream):
                if packet.size and packet.dts is not None:
                    digest.update(bytes(packet))
                    packet.stream = made
                    out.mux(packet)
    return facts, digest.hexdigest()


def _facts(stream: Any, kind: str) -> dict[str, Any]:
    context = stream.codec_context
    if kind == "video":
        rate = stream.average_rate or Fraction(0)
        return {
            "codecs": _picture_codec(context),
            "width": context.width,
            "height": context.height,
            "rate": float(rate),
        }
    if context.name not in COPIED_SOUND:
        raise BadValue("codec of the sound", context.name, "one of " + ", ".join(COPIED_SOUND))
    names = {"aac": "mp4a.40.2", "ac3": "ac-3", "eac3": "ec-3"}
    return {"codecs": names[context.name], "channels": context.layout.nb_channels}


def _picture_codec(context: Any) -> str:
    """The RFC 6381 name of H.264 from its configuration record (ISO/IEC 14496-15, 5.3.3.1); else empty."""
    extra = bytes(context.extradata or b"")
    if context.name == "h264" and len(extra) > 3 and extra[0] == 1:
        return "avc1." + extra[1:4].hex()
    return ""


def _digest_of_segments(folder: Path, kind: str) -> str:
    """sha256 over the packets of the segments put together again."""
    joined = folder.parent / "joined.mp4"
    with joined.open("wb") as out:
        for part in (folder / "init.mp4", *sorted(folder.glob("*.m4s"))):
            with part.open("rb") as file:
                shutil.copyfileobj(file, out)
    digest = hashlib.sha256()
    with opened(joined) as container:
        stream = (container.streams.video if kind == "video" else container.streams.audio)[0]
        for packet in container.demux(stream):
            if packet.size:
                digest.update(bytes(packet))
    joined.unlink()
    return digest.hexdigest()


def _sizes(folder: Path) -> list[tuple[float, int]]:
    """(seconds, bytes) of every segment, as its playlist says."""
    text = (folder / PLAYLIST).read_text(encoding="utf-8")
    return [(float(length), (folder / name).stat().st_size) for length, name in _EXTINF.findall(text)]


def _peak(sizes: list[tuple[float, int]]) -> int:
    """The highest bit rate of a segment; one shorter than half the longest says nothing (4.3.4.2)."""
    longest = max(length for length, _ in sizes)
    return max(round(8 * size / length) for length, size in sizes if 2 * length >= longest)


def raise_target(playlist: Path, seconds: int, write: Callable[[Path, bytes], None]) -> None:
    """Raises a playlist's target duration, as all renditions of sound and picture must state the same."""
    text = playlist.read_text(encoding="utf-8")
    write(playlist, _TARGET.sub(f"#EXT-X-TARGETDURATION:{seconds}", text, count=1).encode())
