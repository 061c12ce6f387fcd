"""Finds speech in sound by Silero's network: one odds figure for every 32 milliseconds.

The network reads 512 samples at 16 kHz after the 64 before them, and carries two states along; its graph
takes any number of such windows a call (Silero Team, "Silero VAD", MIT, version 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadValue
from crossreel.models.runtime import open_graph
from crossreel.values.media_roles import SpeechSegment

__all__ = ["RATE", "SileroActivity", "SpeechOdds", "segments_of"]

RATE = 16_000
WINDOW = 512
_CONTEXT = 64
_AT_ONCE = 512
"""Windows of one call: 16 seconds."""
_BEGINS, _STAYS = 0.5, 0.35
_SHORTEST, _GAP, _MARGIN = 0.25, 0.1, 0.03
"""Seconds: speech that counts, silence that ends it, what is added on both sides: the authors' figures."""

Samples = NDArray[np.float32]


class SpeechOdds:
    """Hears sound piece by piece and remembers the odds of speech in each window of 32 ms."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._rest: Samples = np.zeros(_CONTEXT, np.float32)
        self._state = np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32)
        self._odds: list[NDArray[np.float32]] = []

    def hear(self, samples: Samples) -> None:
        """Takes up mono samples at 16 kHz from -1 to 1, any number of them."""
        self._rest = np.concatenate([self._rest, np.nan_to_num(samples).astype(np.float32)])
        while len(self._rest) >= _CONTEXT + WINDOW * _AT_ONCE:
            self._run(_AT_ONCE)

    def finish(self) -> NDArray[np.float32]:
        """The odds of all windows; the last one is filled up with silence."""
        missing = -(len(self._rest) - _CONTEXT) % WINDOW
        self._rest = np.pad(self._rest, (0, missing))
        count = (len(self._rest) - _CONTEXT) // WINDOW
        if count:
            self._run(count)
        return np.concatenate(self._odds) if self._odds else np.empty(0, np.float32)

    def _run(self, count: int) -> None:
        views = np.lib.stride_tricks.sliding_window_view(self._rest, _CONTEXT + WINDOW)
        windows = np.ascontiguousarray(views[: count * WINDOW : WINDOW])
        h, c = self._state
        odds, h, c = self._session.run(None, {"input": windows, "h": h, "c": c})
        self._state = h, c
        self._odds.append(odds)
        self._rest = self._rest[count * WINDOW :]


class SileroActivity:
    """Plays ``VoiceActivity``.

    Args:
        weights: ``silero_vad_16k_sequence.onnx``.

    Raises:
        MissingExtra: ONNX Runtime is not installed.
        MissingModel: the file is not there, or is none.
    """

    name = "silero-vad@6.2.3"

    def __init__(self, weights: Path) -> None:
        self._session = open_graph(weights, extra="vision")

    def listening(self) -> SpeechOdds:
        """A fresh ear, for sound that comes in pieces; its odds go to ``segments_of``."""
        return SpeechOdds(self._session)

    def segments(self, samples: Samples, rate: int) -> Sequence[SpeechSegment]:
        """Speech in mono samples from -1 to 1.

        Raises:
            BadValue: ``rate`` is not 16,000 or the samples are not one channel.
        """
        if rate != RATE or samples.ndim != 1:
            raise BadValue(
                "sound for voice activity", f"{samples.shape} at {rate} Hz", "one channel at 16000"
            )
        ear = self.listening()
        ear.hear(samples)
        return segments_of(ear.finish(), len(samples) / rate)


def segments_of(odds: NDArray[np.float32], seconds: float) -> list[SpeechSegment]:
    """Runs of speech in the odds of 32 ms windows.

    Speech begins at odds of .5 and goes on above .35; a tenth of a second below ends it; what is shorter than
    a quarter of a second is left out; 30 ms are added on both sides.

    Args:
        odds: one a window.
        seconds: length of the sound; no segment reaches beyond.
    """
    step = WINDOW / RATE
    found: list[SpeechSegment] = []
    for start, end in _runs(odds, round(_GAP / step + 0.5)):
        if (end - start) * step < _SHORTEST:
            continue
        before = found[-1].end if found else 0.0
        begin = max(start * step - _MARGIN, before, 0.0)
        found.append(SpeechSegment(round(begin, 3), round(min(end * step + _MARGIN, seconds), 3)))
    return found


def _runs(odds: NDArray[np.float32], gap: int) -> Iterable[tuple[int, int]]:
    start, last = None, 0
    for place, value in enumerate(odds.tolist()):
        if start is None:
            start, last = (place, place) if value >= _BEGINS else (None, 0)
        elif value >= _STAYS:
            last = place
        elif place - last >= gap:
            yield start, last + 1
            start = None
    if start is not None:
        yield start, last + 1
