"""``probe``: what a film file is, from its header and its first pictures; nothing is guessed by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile
from crossreel.media.frames import video_stream
from crossreel.media.opening import av_library, length_of, opened
from crossreel.media.spherical import Surround, of_frame, of_mp4

__all__ = ["AudioTrack", "FilmProbe", "VideoTrack", "probe_film"]

_PACKETS_LOOKED_AT = 600
_TURNS = {0: 0, 90: 90, 180: 180, 270: 270}


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The picture of a film.

    Attributes:
        codec, profile, pixel_format: FFmpeg's names.
        width, height: as coded.
        display_width, display_height: upright, with square pixels.
        bit_depth: bits a luma sample.
        frame_rate: exact average, frames a second; None where the file does not say.
        is_variable: frames are not evenly spaced (beyond the rounding of the file's own clock).
        frames: as the file says; 0 where it does not.
        rotation: degrees counterclockwise that a player turns the picture by.
        pixel_aspect: width to height of one pixel.
        scan: ``progressive``, ``interlaced`` or ``unknown``.
        color_range, primaries, transfer, matrix: FFmpeg's numbers or names, as stored.
        is_hdr: the transfer is PQ (SMPTE ST 2084) or HLG (ARIB STD-B67).
        start_time: stamp of the first picture in the file's own clock, seconds; may be negative.
        surround: how it is shown in 360 degrees or to two eyes.
    """

    codec: str
    profile: str
    pixel_format: str
    width: int
    height: int
    display_width: int
    display_height: int
    bit_depth: int
    frame_rate: Fraction | None
    is_variable: bool
    frames: int
    rotation: int
    pixel_aspect: Fraction
    scan: str
    color: Mapping[str, int]
    is_hdr: bool
    start_time: Fraction
    surround: Surround


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """One sound track: FFmpeg's codec name, samples a second, channels, layout, language tag as stored."""

    codec: str
    sample_rate: int
    channels: int
    layout: str
    language: str


@dataclass(frozen=True, slots=True)
class FilmProbe:
    """A film file as its header describes it."""

    path: str
    format: str
    duration: Fraction
    size: int
    video: VideoTrack
    audio: tuple[AudioTrack, ...]
    subtitles: tuple[Mapping[str, str], ...]
    chapters: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON; fractions as numbers, the exact rate as text under ``frame_rate``."""
        video = asdict(self.video)
        rate = self.video.frame_rate
        video |= {
            "frame_rate": str(rate) if rate else None,
            "fps": float(rate) if rate else None,
            "pixel_aspect": str(self.video.pixel_aspect),
            "start_time": float(self.video.start_time),
        }
        return {
            "file": self.path,
            "format": self.format,
            "duration": float(self.duration),
            "size": self.size,
            "video": video,
            "audio": [asdict(track) for track in self.audio],
            "subtitles": [dict(track) for track in self.subtitles],
            "chapters": self.chapters,
            "notes": list(self.notes),
        }


def probe_film(path: Path) -> FilmProbe:
    """Looks at a film's header, its first packets and its first picture.

    Args:
        path: a local file.

    Raises:
        BadFile: not there, empty, cut off, no media file, without video, or not one picture decodes.
        MissingExtra: PyAV is not installed.
    """
    with opened(path) as container:
        stream = video_stream(container, path)
        surround = of_mp4(path) if "mp4" in container.format.name else None
        duration = _duration(container, stream)
        audio = tuple(_audio(one) for one in container.streams.audio)
        subtitles = tuple(
            {"codec": one.codec_context.name if one.codec_context else "", "language": one.language or ""}
            for one in container.streams.subtitles
        )
        chapters = len(container.chapters())
        stamps, first = _beginning(container, stream, path)
        video = _video(stream, first, _is_uneven(stamps), surround)
        notes = _notes(video, stamps, duration)
        return FilmProbe(
            str(path),
            container.format.name,
            duration,
            path.stat().st_size,
            video,
            audio,
            subtitles,
            chapters,
            notes,
        )


def _duration(container: Any, stream: Any) -> Fraction:
    if stream.duration:
        return Fraction(stream.duration) * Fraction(stream.time_base)
    return length_of(container)


def _beginning(container: Any, stream: Any, path: Path) -> tuple[list[int], Any]:
    """Presentation stamps of the first packets, and the first picture that decodes."""
    av = av_library()
    stamps: list[int] = []
    first = None
    try:
        for packet in container.demux(stream):
            if packet.pts is not None:
                stamps.append(packet.pts)
            if first is None:
                try:
                    first = next(iter(packet.decode()), None)
                except av.FFmpegError:
                    continue
            if first is not None and len(stamps) >= _PACKETS_LOOKED_AT:
                break
    except av.FFmpegError:
        pass
    if first is None:
        raise BadFile(path, "not one picture of its video can be decoded")
    return sorted(stamps), first


def _is_uneven(stamps: list[int]) -> bool:
    """Whether steps between stamps differ by more than the clock's rounding; the last step is not counted."""
    steps = [b - a for a, b in pairwise(stamps)][:-1]
    return bool(steps) and max(steps) - min(steps) > max(2, round(0.02 * sorted(steps)[len(steps) // 2]))


def _video(stream: Any, first: Any, uneven: bool, surround: Surround | None) -> VideoTrack:
    context = stream.codec_context
    rotation = _TURNS.get(int(first.rotation) % 360, 0)
    aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    width, height = max(1, round(first.width * aspect)), first.height
    if rotation in {90, 270}:
        width, height = height, width
    rate = stream.average_rate or stream.guessed_rate
    start = first.pts if first.pts is not None else (stream.start_time or 0)
    transfer = int(first.color_trc or 0)
    return VideoTrack(
        codec=context.name,
        profile=str(context.profile or ""),
        pixel_format=first.format.name,
        width=first.width,
        height=first.height,
        display_width=width,
        display_height=height,
        bit_depth=max((component.bits for component in first.format.components), default=8),
        frame_rate=Fraction(rate) if rate and 0 < rate <= 1000 else None,
        is_variable=uneven,
        frames=int(stream.frames),
        rotation=rotation,
        pixel_aspect=aspect,
        scan="interlaced" if first.interlaced_frame else "progressive",
        color={
            "range": int(first.color_range or 0),
            "primaries": int(first.color_primaries or 0),
            "transfer": transfer,
            "matrix": int(first.colorspace or 0),
        },
        is_hdr=transfer in {16, 18},
        start_time=Fraction(start) * Fraction(stream.time_base),
        surround=surround or of_frame(first, stream.metadata) or Surround(),
    )


def _audio(stream: Any) -> AudioTrack:
    context = stream.codec_context
    return AudioTrack(
        context.name if context else "unknown",
        int(getattr(context, "sample_rate", 0) or 0),
        int(getattr(context, "channels", 0) or 0),
        str(getattr(getattr(context, "layout", None), "name", "") or ""),
        stream.language or "",
    )


def _notes(video: VideoTrack, stamps: list[int], duration: Fraction) -> tuple[str, ...]:
    notes = []
    if video.is_variable:
        notes.append("The frame rate varies: use the times, not frame numbers.")
    if video.start_time < 0:
        notes.append(f"Its clock starts at {float(video.start_time):.3f} s; times here count from 0.")
    if not stamps:
        notes.append("It has no time stamps; times follow from the frame rate.")
    if video.is_hdr:
        notes.append("High dynamic range: brightness is measured on the coded signal.")
    if not duration:
        notes.append("It does not say how long it is.")
    return tuple(notes)
