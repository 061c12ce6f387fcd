"""Where somebody speaks in a file: its sound, read in pieces, through the voice activity model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crossreel.app import pretrained_models
from crossreel.media.sound_reading import read_blocks
from crossreel.models.registry import card
from crossreel.models.silero import RATE, SileroActivity, segments_of
from crossreel.values.media_roles import SpeechSegment

__all__ = ["speech_in", "voice_activity"]


def voice_activity(home: Path | None = None) -> SileroActivity:
    """The pulled model.

    Raises:
        MissingModel: it is not on this machine; the message says how to get it.
        MissingExtra: ONNX Runtime is not installed.
    """
    return SileroActivity(pretrained_models(home).locate(card("silero-vad")) / "silero_vad_16k_sequence.onnx")


def speech_in(
    path: Path,
    home: Path | None = None,
    *,
    stream: int = 0,
    progress: Callable[[int, int, str], None] = lambda _done, _of, _what: None,
) -> list[SpeechSegment]:
    """Speech in one audio stream of any media file, in bounded memory.

    Args:
        path: the file.
        home: workspace whose settings may name a folder of models.
        stream: which audio stream, from 0.
        progress: called as ``progress(seconds, 0, "speech")``.

    Raises:
        BadFile: no such stream, or the sound is damaged.
        MissingModel, MissingExtra: see ``voice_activity``.
    """
    ear = voice_activity(home).listening()
    count = 0
    for block in read_blocks(path, rate=RATE, layout="mono", stream=stream):
        ear.hear(block[0])
        before, count = count, count + block.shape[1]
        if before // (RATE * 60) != count // (RATE * 60):
            progress(count // RATE, 0, "speech")
    return segments_of(ear.finish(), count / RATE)
