"""What the sound of a film says: how loud it is over time, and where it is silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from crossreel.errors import BadFile
from crossreel.media.sound_reading import read_blocks, sound_facts

__all__ = ["sound_of"]

_RATE = 8000
_STEP = 0.1
_SILENT_DB = -60.0
_SHORTEST = 0.5


def sound_of(path: Path, progress: Callable[[int, int, str], None]) -> dict[str, Any]:
    """Level of the first sound track every tenth of a second, and silences of half a second and more.

    Returns:
        ``tracks``, ``levels`` (``step`` seconds; ``db``: RMS below full scale, mono at 8 kHz), ``silences``
        (below -60 dB), ``problem`` where the sound is damaged. Speech is not looked for.
    """
    tracks = sound_facts(path)
    answer: dict[str, Any] = {
        "tracks": [
            {"codec": t.codec, "rate": t.rate, "channels": t.channels, "language": t.language} for t in tracks
        ],
        "levels": {"step": _STEP, "db": []},
        "silences": [],
        "problem": None,
    }
    if not tracks:
        return answer
    size = int(_RATE * _STEP)
    rest = np.empty(0, np.float32)
    levels: list[float] = []
    try:
        for block in read_blocks(path, rate=_RATE, layout="mono"):
            rest = np.concatenate([rest, block[0].astype(np.float32)])
            whole = len(rest) // size
            if whole >= 50:
                squares = np.square(rest[: whole * size].reshape(whole, size)).mean(axis=1)
                levels += (10 * np.log10(squares + 1e-10)).round(1).tolist()
                rest = rest[whole * size :]
                progress(len(levels), 0, "sound")
    except BadFile as error:
        answer["problem"] = error.message
    if len(rest):
        levels.append(round(float(10 * np.log10(np.square(rest).mean() + 1e-10)), 1)) if len(
            rest
        ) < size else levels.extend(
            (10 * np.log10(np.square(part).mean() + 1e-10)).round(1).item()
            for part in np.array_split(rest, max(1, len(rest) // size))
        )
    answer["levels"]["db"] = levels
    quiet = np.array(levels) < _SILENT_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    answer["silences"] = [
        {"start": round(int(a) * _STEP, 1), "end": round(int(b) * _STEP, 1)}
        for a, b in zip(edges[::2], edges[1::2], strict=True)
        if (b - a) * _STEP >= _SHORTEST
    ]
    return answer
