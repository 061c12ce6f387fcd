"""What the sound of a film says: how loud it is over time, and where it is silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadFile
from crossreel.media.sound_reading import read_blocks, sound_facts
from crossreel.models.silero import SileroActivity, segments_of

__all__ = ["sound_of"]

_RATE = 16_000
_STEP = 0.1
_SILENT_DB = -60.0
_SHORTEST = 0.5


def sound_of(
    path: Path, progress: Callable[[int, int, str], None], voice: SileroActivity | None = None
) -> dict[str, Any]:
    """Level of the first sound track every tenth of a second, silences of half a second and more, and speech.

    Args:
        path: the film.
        progress: called as ``progress(done, 0, "sound")``.
        voice: finds speech; None leaves ``speech`` empty.

    Returns:
        ``tracks``, ``levels`` (``step`` seconds; ``db``: RMS below full scale, mono at 16 kHz), ``silences``
        (below -60 dB), ``speech`` (``start``, ``end``), ``speech_seconds`` (None where it was not looked
        for), ``problem`` where the sound is damaged: what came before it counts.
    """
    answer: dict[str, Any] = {
        "tracks": [
            {"codec": t.codec, "rate": t.rate, "channels": t.channels, "language": t.language}
            for t in sound_facts(path)
        ],
        "levels": {"step": _STEP, "db": []},
        "silences": [],
        "speech": [],
        "speech_seconds": None,
        "problem": None,
    }
    if not answer["tracks"]:
        return answer
    ear = voice.listening() if voice else None
    size = int(_RATE * _STEP)
    rest = np.empty(0, np.float32)
    levels: list[float] = []
    count = 0
    try:
        for block in read_blocks(path, rate=_RATE, layout="mono"):
            samples = block[0].astype(np.float32)
            count += len(samples)
            if ear:
                ear.hear(samples)
            rest = np.concatenate([rest, samples])
            whole = len(rest) // size
            if whole >= 50:
                levels += _levels(rest[: whole * size].reshape(whole, size))
                rest = rest[whole * size :]
                progress(len(levels), 0, "sound")
    except BadFile as error:
        answer["problem"] = error.message
    for start in range(0, len(rest), size):
        levels += _levels(rest[None, start : start + size])
    answer["levels"]["db"] = levels
    answer["silences"] = _silences(levels)
    if ear:
        speech = segments_of(ear.finish(), count / _RATE)
        answer["speech"] = [{"start": one.start, "end": one.end} for one in speech]
        answer["speech_seconds"] = round(sum(one.end - one.start for one in speech), 3)
    return answer


def _levels(rows: NDArray[np.float32]) -> list[float]:
    """Decibels below full scale of each row."""
    told: list[float] = (10 * np.log10(np.square(rows).mean(axis=1) + 1e-10)).round(1).tolist()
    return told


def _silences(levels: list[float]) -> list[dict[str, float]]:
    quiet = np.array(levels) < _SILENT_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    return [
        {"start": round(int(a) * _STEP, 1), "end": round(int(b) * _STEP, 1)}
        for a, b in zip(edges[::2], edges[1::2], strict=True)
        if (b - a) * _STEP >= _SHORTEST
    ]
