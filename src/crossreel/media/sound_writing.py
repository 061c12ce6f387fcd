"""Sound into files: WAV (24-bit PCM), FLAC (24-bit), AAC in MP4, Opus; whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from crossreel.errors import BadFile, BadValue
from crossreel.media.opening import av_library
from crossreel.values.sound import Samples, Sound

__all__ = ["SOUND_FORMATS", "write_blocks", "write_sound"]


@dataclass(frozen=True, slots=True)
class _Format:
    container: str
    codec: str
    sample_format: str
    bit_rate_a_channel: int | None = None


SOUND_FORMATS: Final = {
    ".wav": _Format("wav", "pcm_s24le", "s32"),
    ".flac": _Format("flac", "flac", "s32"),
    ".m4a": _Format("mp4", "aac", "fltp", 96_000),
    ".mp4": _Format("mp4", "aac", "fltp", 96_000),
    ".aac": _Format("adts", "aac", "fltp", 96_000),
    ".opus": _Format("ogg", "libopus", "flt", 64_000),
}
"""By suffix: container, codec, sample format of the encoder, bits a second and channel."""


def write_sound(path: Path, sound: Sound) -> None:
    """Writes a sound; its suffix names the format (``SOUND_FORMATS``).

    Raises:
        BadValue: another suffix.
        BadFile: it cannot be written.
    """
    write_blocks(path, (sound.samples,), sound.rate, sound.layout)


def write_blocks(path: Path, blocks: Iterable[Samples], rate: int, layout: str) -> int:
    """Writes blocks of samples one after the other, and returns how many samples a channel that is.

    The file appears only when it is complete.
    """
    av = av_library()
    chosen = SOUND_FORMATS.get(path.suffix.lower())
    if chosen is None:
        raise BadValue("sound file", path.name, f"a name that ends in {', '.join(SOUND_FORMATS)}")
    written = 0
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            part = Path(folder) / path.name
            with av.open(str(part), "w", format=chosen.container) as container:
                stream = add_sound_stream(container, chosen, rate, layout)
                container.start_encoding()
                for frame in _frames(av, blocks, chosen, rate, layout):
                    written += frame.samples
                    container.mux(stream.encode(frame))
                container.mux(stream.encode(None))
            part.replace(path)
    except OSError as error:
        raise BadFile(path, f"cannot be written ({error.strerror or error})") from error
    return written


def add_sound_stream(container: Any, chosen: _Format, rate: int, layout: str) -> Any:
    """A stream of that format in an open container."""
    stream = container.add_stream(chosen.codec, rate=rate, layout=layout)
    stream.format = chosen.sample_format
    if chosen.bit_rate_a_channel is not None:
        stream.bit_rate = chosen.bit_rate_a_channel * stream.layout.nb_channels
    stream.time_base = Fraction(1, rate)
    return stream


def _frames(av: Any, blocks: Iterable[Samples], chosen: _Format, rate: int, layout: str) -> Iterable[Any]:
    """The blocks as frames in the encoder's sample format and size, time-stamped by counting."""
    steps = av.AudioResampler(format=chosen.sample_format, layout=layout, rate=rate)
    fifo = av.AudioFifo()
    size = 1024
    place = 0
    for block in blocks:
        if not block.shape[1]:
            continue
        clipped = np.clip(block, -1.0, 1.0 - 2.0**-24) if chosen.sample_format == "s32" else block
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(clipped, dtype=np.float32), format="fltp", layout=layout
        )
        frame.sample_rate, frame.pts = rate, None
        for converted in steps.resample(frame):
            converted.pts = None
            fifo.write(converted)
        while (full := fifo.read(size)) is not None:
            place = _stamp(full, place, rate)
            yield full
    rest = fifo.read(0, partial=True)
    if rest is not None and rest.samples:
        _stamp(rest, place, rate)
        yield rest


def _stamp(frame: Any, place: int, rate: int) -> int:
    frame.pts, frame.time_base = place, Fraction(1, rate)
    return int(place + frame.samples)
