"""What every frame says at little cost: darkness, stillness, black bars, color bars, and a 64-bit hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.values.media_roles import FrameBlock

__all__ = ["Signals", "Stretch", "letterbox_of", "stretches"]

_BLACK, _STILL = 22.0, 0.35
_ROWS, _COLUMNS = 54, 96


def _cosines(count: int, size: int) -> NDArray[np.float32]:
    """The first ``count`` rows of the DCT-II of ``size`` points."""
    k, n = np.arange(count)[:, None], np.arange(size)[None]
    rows: NDArray[np.float32] = np.cos(np.pi * (2 * n + 1) * k / (2 * size)).astype(np.float32)
    return rows


class Signals:
    """A listener: one row of figures a frame.

    ``hear`` gives ``mean``, ``top`` (the brightest of 9 x 12 regions), ``spread``, ``change`` (mean
    difference from the frame before, 0 for the first), ``hash`` (uint64), ``edges`` (rows above, rows
    below, columns left, columns right that are black, of 54 x 96) and ``bars`` (1: color bars).

    The hash is the sign of the 8 x 8 lowest cosine terms but the first against their median (pHash;
    Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010); near
    pictures differ in few bits.
    """

    def __init__(self) -> None:
        self._last: NDArray[np.uint8] | None = None
        self._down, self._across = _cosines(8, _ROWS), _cosines(8, _COLUMNS)
        self._bits = np.uint64(1) << np.arange(64, dtype=np.uint64)

    def hear(self, block: FrameBlock) -> dict[str, NDArray[Any]]:
        """Figures of a block."""
        luma = block.luma
        whole = luma.astype(np.float32)
        last = luma[:1] if self._last is None else self._last[None]
        before = np.concatenate([last, luma[:-1]])
        change = np.maximum(luma, before) - np.minimum(luma, before)
        self._last = luma[-1].copy()
        rows, columns = whole.mean(axis=2), whole.mean(axis=1)
        regions = whole.reshape(-1, 9, 6, 12, 8).mean(axis=(2, 4)).reshape(len(whole), -1)
        terms = np.einsum("kr,nrc,lc->nkl", self._down, whole, self._across, optimize=True)
        flat = terms.reshape(len(whole), 64)
        middle = np.median(flat[:, 1:], axis=1, keepdims=True)
        hashes = ((flat > middle).astype(np.uint64) * self._bits).sum(axis=1, dtype=np.uint64)
        edges = np.stack(
            [
                _dark_run(whole.max(axis=2)),
                _dark_run(whole.max(axis=2)[:, ::-1]),
                _dark_run(whole.max(axis=1)),
                _dark_run(whole.max(axis=1)[:, ::-1]),
            ],
            axis=1,
        )
        return {
            "mean": rows.mean(axis=1),
            "top": regions.max(axis=1),
            "spread": whole.std(axis=(1, 2)),
            "change": change.mean(axis=(1, 2), dtype=np.float32),
            "hash": hashes,
            "edges": edges.astype(np.uint8),
            "bars": _bar_likeness(columns, rows, block.chroma),
        }

    def flush(self) -> dict[str, NDArray[Any]]:
        """Nothing is left: every frame is answered at once."""
        return {}

    def state(self) -> dict[str, NDArray[Any]]:
        """The last frame."""
        return {} if self._last is None else {"last": self._last}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Takes up what ``state`` gave."""
        self._last = state.get("last")


def _dark_run(lines: NDArray[np.float32]) -> NDArray[np.int64]:
    """How many lines from the start are black."""
    dark = lines < 30
    run: NDArray[np.int64] = np.where(dark.all(axis=1), lines.shape[1], (~dark).argmax(axis=1))
    return run


def _bar_likeness(
    columns: NDArray[np.float32], rows: NDArray[np.float32], chroma: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """1 where a frame is of vertical bars in strong colors (SMPTE RP 219, EBU bars), else near 0."""
    upper = chroma[:, :, :16].astype(np.float32)
    within = upper.std(axis=2).mean(axis=(1, 2))
    between = upper.mean(axis=2).std(axis=2).mean(axis=1)
    steps = (np.abs(np.diff(upper.mean(axis=2), axis=2)).max(axis=1) > 12).sum(axis=1)
    like = (within < 3) & (between > 20) & (steps >= 5) & (steps <= 16)
    answer: NDArray[np.float32] = like.astype(np.float32)
    return answer


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames of one kind: start, end exclusive."""

    start: int
    end: int


def stretches(mask: NDArray[np.bool_], shortest: int) -> list[Stretch]:
    """Runs of true of at least ``shortest`` frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [
        Stretch(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= shortest
    ]


def letterbox_of(
    edges: NDArray[np.uint8], mean: NDArray[np.float32]
) -> tuple[float, float, float, float] | None:
    """Black bars of the whole film in shares of the picture: above, below, left, right; None without.

    Only frames that are not dark themselves are asked; bars are what nine of ten of them share.
    """
    bright = edges[mean > 40]
    if len(bright) < 5:
        return None
    shared = np.percentile(bright, 10, axis=0)
    shares = shared / np.array([_ROWS, _ROWS, _COLUMNS, _COLUMNS])
    if shares.max() < 0.03:
        return None
    above, below, left, right = (round(float(share), 3) for share in shares)
    return above, below, left, right


def black_mask(figures: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Frames that are black all over."""
    return (np.asarray(figures["top"]) < _BLACK) & (np.asarray(figures["mean"]) < 20)


def still_mask(figures: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Frames that equal the one before but for coding noise."""
    return np.asarray(figures["change"]) < _STILL
