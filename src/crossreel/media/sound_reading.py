"""Sound out of any file that FFmpeg knows: in blocks, so that a long film never fills the memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from crossreel.errors import BadFile
from crossreel.media.opening import av_library, opened
from crossreel.values.sound import Samples, Sound

__all__ = ["SoundFacts", "read_blocks", "read_sound", "sound_facts"]

_MOST_SECONDS: Final = 6 * 3600
"""Longest sound that ``read_sound`` takes into memory."""


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What an audio stream is, as its file says.

    Args:
        stream: its number among the audio streams of the file, from 0.
        codec: FFmpeg's name.
        rate: samples a second.
        layout: FFmpeg's name.
        channels: how many.
        seconds: how long; None where the file does not say.
        language: ISO 639-2 tag as written, or empty.
    """

    stream: int
    codec: str
    rate: int
    layout: str
    channels: int
    seconds: Fraction | None
    language: str


def sound_facts(path: Path) -> tuple[SoundFacts, ...]:
    """The audio streams of a file; empty where it has none.

    Raises:
        BadFile: it is missing, empty or no media file.
        MissingExtra: PyAV is not installed.
    """
    with opened(path) as container:
        return tuple(_facts(number, stream) for number, stream in enumerate(container.streams.audio))


def read_blocks(
    path: Path,
    *,
    rate: int | None = None,
    layout: str | None = None,
    stream: int = 0,
) -> Iterator[Samples]:
    """The samples of an audio stream as (channels, n) blocks of about a tenth of a second or less.

    Args:
        path: any media file.
        rate: samples a second to give; default the file's own.
        layout: layout to give ("mono", "stereo", "5.1"); default the file's own.
        stream: which of the file's audio streams, from 0.

    Raises:
        BadFile: no such file or stream, nothing decodable, or damaged beyond its beginning.
        MissingExtra: PyAV is not installed.
    """
    av = av_library()
    with opened(path) as container:
        streams = container.streams.audio
        if stream >= len(streams):
            raise BadFile(path, f"has {len(streams)} audio streams, and number {stream} was asked for")
        source = streams[stream]
        source.thread_type = "AUTO"
        resampler = av.AudioResampler(format="fltp", layout=layout or source.layout.name, rate=rate)
        decoded = False
        try:
            for frame in container.decode(source):
                frame = _as_long_as_told(av, frame)
                frame.pts = None  # gaps of broken time stamps are not filled: samples are counted
                for part in resampler.resample(frame):
                    decoded = True
                    yield part.to_ndarray()
            for part in resampler.resample(None) if decoded else ():
                yield part.to_ndarray()
        except av.FFmpegError as error:
            raise BadFile(path, f"the sound is damaged ({error})") from error
    if not decoded:
        raise BadFile(path, "holds an audio stream without a single sample")


def _as_long_as_told(av: Any, frame: Any) -> Any:
    """The frame without what an encoder filled its last block up with, where the file says how long it is."""
    told = frame.duration or 0
    if not 0 < told < frame.samples or frame.time_base != Fraction(1, frame.sample_rate):
        return frame
    values = told if frame.format.is_planar else told * frame.layout.nb_channels
    kept = np.ascontiguousarray(frame.to_ndarray()[:, :values])
    cut = av.AudioFrame.from_ndarray(kept, frame.format.name, frame.layout.name)
    cut.sample_rate, cut.time_base = frame.sample_rate, frame.time_base
    return cut


def read_sound(path: Path, *, rate: int | None = None, layout: str | None = None, stream: int = 0) -> Sound:
    """A whole audio stream in memory; arguments and errors as ``read_blocks``.

    Raises:
        BadFile: also where it is longer than six hours.
    """
    facts = sound_facts(path)
    if not facts:
        raise BadFile(path, "has no sound", advice="Name a file with an audio stream.")
    if stream >= len(facts):
        raise BadFile(path, f"has {len(facts)} audio streams, and number {stream} was asked for")
    made = rate or facts[stream].rate
    blocks: list[Samples] = []
    length = 0
    for block in read_blocks(path, rate=rate, layout=layout, stream=stream):
        blocks.append(block)
        length += block.shape[1]
        if length > _MOST_SECONDS * made:
            raise BadFile(path, f"is longer than {_MOST_SECONDS // 3600} hours")
    return Sound(np.concatenate(blocks, axis=1), made, layout or facts[stream].layout)


def _facts(number: int, stream: Any) -> SoundFacts:
    known = stream.duration is not None and stream.time_base is not None
    return SoundFacts(
        stream=number,
        codec=stream.codec_context.name,
        rate=stream.codec_context.sample_rate,
        layout=stream.codec_context.layout.name,
        channels=stream.codec_context.layout.nb_channels,
        seconds=stream.duration * stream.time_base if known else None,
        language=stream.metadata.get("language", ""),
    )
