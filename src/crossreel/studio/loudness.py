"""How loud a file is, and bringing it to a target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile
from crossreel.media.leveling import TARGETS, Leveled, Target, level, target_named
from crossreel.media.loudness import Loudness, LoudnessMeter
from crossreel.media.sound_reading import SoundFacts, read_blocks, sound_facts
from crossreel.media.sound_writing import write_blocks
from crossreel.values.sound import LAYOUTS, MASTER_RATE, Samples

__all__ = ["FileLoudness", "level_file", "measure_file", "target_named"]

_FRONT = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}


@dataclass(frozen=True, slots=True)
class FileLoudness:
    """The loudness of one audio stream of a file.

    Args:
        path: the file.
        facts: of the stream.
        loudness: as measured.
    """

    path: Path
    facts: SoundFacts
    loudness: Loudness

    def verdict(self, target: Target) -> dict[str, Any]:
        """Whether it meets a target: how far its loudness is off (LU) and whether peaks stay below."""
        off = self.loudness.integrated - target.integrated
        return {
            "target_lufs": target.integrated,
            "tolerance_lu": target.tolerance,
            "ceiling_dbtp": target.true_peak,
            "off_lu": round(off, 2),
            "loudness_ok": abs(off) <= target.tolerance,
            "true_peak_ok": self.loudness.true_peak <= target.true_peak,
            "source": target.source,
        }

    def to_dict(self) -> dict[str, Any]:
        """As JSON: the stream's facts, the measures, and the verdict of every target."""
        return {
            "file": str(self.path),
            "stream": self.facts.stream,
            "codec": self.facts.codec,
            "rate": self.facts.rate,
            "layout": self.facts.layout,
            "channels": self.facts.channels,
            **self.loudness.to_dict(),
            "targets": {name: self.verdict(target) for name, target in TARGETS.items()},
        }


def measure_file(
    path: Path, *, stream: int = 0, progress: Callable[[int, int, str], None] | None = None
) -> FileLoudness:
    """Measures an audio stream (number ``stream`` of the file's, from 0).

    Raises:
        BadFile: it has no such stream, or is no media file.
        MissingExtra: PyAV is not installed.
    """
    facts = _stream(path, stream)
    layout = _layout(facts)
    meter = LoudnessMeter(facts.rate, layout)
    heard, told = 0, 0
    for block in read_blocks(path, layout=layout, stream=stream):
        meter.add(block)
        heard += block.shape[1]
        if progress is not None and heard // facts.rate >= told + 5:
            told = heard // facts.rate
            progress(told, int(facts.seconds or 0), "seconds heard")
    return FileLoudness(path, facts, meter.read())


def level_file(path: Path, out: Path, target: Target, *, stream: int = 0) -> Leveled:
    """Writes the stream at the target's loudness and below its ceiling, 48 kHz, its layout kept.

    Raises:
        BadFile: it cannot be read or written.
        BadInput: it is silent.
    """
    facts = _stream(path, stream)
    layout = _layout(facts)

    def blocks() -> Iterable[Samples]:
        return read_blocks(path, rate=MASTER_RATE, layout=layout, stream=stream)

    return level(
        blocks, MASTER_RATE, layout, target, lambda made: write_blocks(out, made, MASTER_RATE, layout)
    )


def _stream(path: Path, stream: int) -> SoundFacts:
    found = sound_facts(path)
    if not found:
        raise BadFile(path, "has no sound", advice="Name a file with an audio stream.")
    if not 0 <= stream < len(found):
        raise BadFile(path, f"has {len(found)} audio streams, and number {stream} was asked for")
    return found[stream]


def _layout(facts: SoundFacts) -> str:
    """A layout that loudness has weights for: the stream's, or the usual one of as many channels."""
    return facts.layout if facts.layout in LAYOUTS else _FRONT.get(facts.channels, "stereo")
