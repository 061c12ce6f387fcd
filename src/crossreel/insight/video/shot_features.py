"""What the fast shot detector hears of each frame: 84 figures from pictures of 48x27.

Differences at several lags find cuts; what distinguishes a dissolve from motion is that a frame halfway is
the mean of the frames before and after (Alattar, "Detecting and compressing dissolve regions in
video sequences with a DVI multimedia image compression algorithm", ISCAS 1993: the variance goes
through a parabola), and what distinguishes a pan from a cut is a peak of the phase correlation
(Kuglin and Hines, "The phase correlation image alignment method", 1975).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from crossreel.values.media_roles import FrameBlock

__all__ = ["FEATURES", "HISTORY", "FeatureMaker"]

LAGS = (1, 2, 4, 8, 16, 32)
HALVES = (2, 4, 8, 16)
HISTORY = 32
"""Frames before a block that its figures need."""
_H, _W = 27, 48
_BINS = 32
FEATURES = 7 * len(LAGS) + 5 * len(HALVES) + 4 + 14 + 4

Array = NDArray[np.float32]


class FeatureMaker:
    """Turns blocks of frames into rows of figures, remembering the last 32 frames."""

    def __init__(self) -> None:
        self._planes: Array = np.empty((0, 3, _H, _W), np.float32)
        self._grids: Array = np.empty((0, 2, 324), np.float32)
        self._bins: Array = np.empty((0, 2, _BINS), np.float32)
        self._waves: NDArray[np.complex64] = np.empty((0, _H, _W // 2 + 1), np.complex64)
        self._spread: Array = np.empty((0,), np.float32)

    def make(self, block: FrameBlock) -> Array:
        """The figures of a block, n x ``FEATURES``; before the film, its first frame stands in."""
        self._take(block)
        count = len(block)
        parts: list[Array] = []
        for lag in LAGS:
            parts += self._at_lag(lag, count)
        for half in HALVES:
            parts += self._halfway(half, count)
        parts += self._motion(count)
        parts += self._alone(block, count)
        rows = np.stack(parts, axis=1)
        self._forget()
        return rows

    def _take(self, block: FrameBlock) -> None:
        """Adds a block's small planes and what is computed once a frame."""
        luma = block.luma.reshape(-1, _H, 2, _W, 2).mean(axis=(2, 4), dtype=np.float32)
        planes = np.concatenate([luma[:, None], block.chroma.astype(np.float32)], axis=1)
        coarse = planes.reshape(-1, 3, 9, 3, 12, 4).mean(axis=(3, 5)).reshape(len(planes), 324)
        grids = np.stack(
            [
                coarse,
                np.repeat(
                    planes.reshape(-1, 3, 3, 9, 4, 12).mean(axis=(3, 5)).reshape(len(planes), 36), 9, axis=1
                ),
            ],
            axis=1,
        )
        bins = np.stack([_histograms(luma), _histograms(planes[:, 1:])], axis=1)
        centered = luma - luma.mean(axis=(1, 2), keepdims=True)
        waves = scipy.fft.rfft2(centered)
        spread = luma.var(axis=(1, 2))
        if not len(self._planes):  # the film's first frame stands for those before it

            def before(of: Any) -> Any:
                return np.repeat(of[:1], HISTORY, axis=0)

            self._planes, self._grids, self._bins = before(planes), before(grids), before(bins)
            self._waves, self._spread = before(waves), before(spread)
        self._planes = np.concatenate([self._planes, planes])
        self._grids = np.concatenate([self._grids, grids])
        self._bins = np.concatenate([self._bins, bins])
        self._waves = np.concatenate([self._waves, waves.astype(np.complex64)])
        self._spread = np.concatenate([self._spread, spread])

    def _forget(self) -> None:
        for name in ("_planes", "_grids", "_bins", "_waves", "_spread"):
            setattr(self, name, getattr(self, name)[-HISTORY:])

    def _at_lag(self, lag: int, count: int) -> list[Array]:
        now, then = self._planes[HISTORY:], self._planes[HISTORY - lag : HISTORY - lag + count]
        luma = np.abs(now[:, 0] - then[:, 0])
        color = np.abs(now[:, 1:] - then[:, 1:])
        grids = np.abs(self._grids[HISTORY:] - self._grids[HISTORY - lag : HISTORY - lag + count]).mean(
            axis=2
        )
        bins = np.abs(self._bins[HISTORY:] - self._bins[HISTORY - lag : HISTORY - lag + count]).sum(axis=2)
        return [
            np.log1p(luma.mean(axis=(1, 2))),
            np.log1p(color.mean(axis=(1, 2, 3))),
            (luma > 16).mean(axis=(1, 2), dtype=np.float32),
            np.log1p(grids[:, 0]),
            np.log1p(grids[:, 1]),
            np.sqrt(bins[:, 0]),
            np.sqrt(bins[:, 1]),
        ]

    def _halfway(self, half: int, count: int) -> list[Array]:
        """How near the frame ``half`` ago is to a mix of the frame now and the one as long before it."""
        start = HISTORY - half
        now = self._planes[HISTORY:, 0].reshape(count, -1)
        middle = self._planes[start : start + count, 0].reshape(count, -1)
        first = self._planes[start - half : start - half + count, 0].reshape(count, -1)
        whole, part = now - first, middle - first
        size = np.einsum("nk,nk->n", whole, whole) + 1e3
        share = np.einsum("nk,nk->n", whole, part) / size
        rest = part - share[:, None] * whole
        spread = self._spread
        bulge = (
            spread[start : start + count]
            - (spread[HISTORY:] + spread[start - half : start - half + count]) / 2
        )
        middle_spread = np.sqrt(spread[HISTORY:]) + np.sqrt(spread[start - half : start - half + count]) + 4
        alike = _correlation(now, first)
        return [
            np.clip(share, -1, 2),
            np.sqrt(np.einsum("nk,nk->n", rest, rest) / size),
            np.log1p(np.sqrt(size / now.shape[1])),
            np.sign(bulge) * np.sqrt(np.abs(bulge)) / middle_spread,
            alike,
        ]

    def _motion(self, count: int) -> list[Array]:
        """Height of the phase correlation's peak, and correlation, with 1 and 4 frames ago."""
        parts: list[Array] = []
        for lag in (1, 4):
            now, then = self._waves[HISTORY:], self._waves[HISTORY - lag : HISTORY - lag + count]
            cross = now * np.conj(then)
            cross /= np.abs(cross) + 20.0
            peak = scipy.fft.irfft2(cross, s=(_H, _W)).max(axis=(1, 2))
            here, there = (
                self._planes[HISTORY - back : HISTORY - back + count, 0].reshape(count, -1)
                for back in (0, lag)
            )
            parts += [peak.astype(np.float32), _correlation(here, there)]
        return parts

    def _alone(self, block: FrameBlock, count: int) -> list[Array]:
        planes = self._planes[HISTORY:]
        luma = planes[:, 0]
        fine = block.luma
        across = np.abs(np.diff(fine[:, ::2].astype(np.int16), axis=2)).mean(axis=(1, 2), dtype=np.float32)
        bins = self._bins[HISTORY:, 0]
        entropy = -(bins * np.log(bins + 1e-6)).sum(axis=1)
        mean = luma.mean(axis=(1, 2))
        spread = np.sqrt(self._spread[HISTORY:])
        before = self._planes[HISTORY - 1 : HISTORY - 1 + count]
        signed = (planes - before).mean(axis=(2, 3))
        columns = np.abs(luma - before[:, 0]).mean(axis=1)
        rows = np.abs(luma - before[:, 0]).mean(axis=2)
        return [
            mean / 64 - 2,
            spread / 32,
            planes[:, 1].mean(axis=(1, 2)) / 32 - 4,
            planes[:, 2].mean(axis=(1, 2)) / 32 - 4,
            planes[:, 1].std(axis=(1, 2)) / 16,
            planes[:, 2].std(axis=(1, 2)) / 16,
            (luma < 28).mean(axis=(1, 2), dtype=np.float32),
            (luma > 210).mean(axis=(1, 2), dtype=np.float32),
            np.log1p(across),
            entropy / 3.5,
            _root(signed[:, 0]),
            _root(signed[:, 1]),
            _root(signed[:, 2]),
            _root(np.sqrt(self._spread[HISTORY:]) - np.sqrt(self._spread[HISTORY - 1 : HISTORY - 1 + count])),
            np.log1p(columns.max(axis=1)),
            np.log1p(rows.max(axis=1)),
            np.log1p(columns.min(axis=1)),
            np.log1p(rows.min(axis=1)),
        ]

    def state(self) -> dict[str, NDArray[Any]]:
        """What the next block needs to know of the last 32 frames."""
        return {
            "planes": self._planes,
            "grids": self._grids,
            "bins": self._bins,
            "waves": self._waves,
            "spread": self._spread,
        }

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Takes up what ``state`` gave."""
        self._planes, self._grids, self._bins = state["planes"], state["grids"], state["bins"]
        self._waves, self._spread = state["waves"], state["spread"]


def _root(values: Array) -> Array:
    rooted: Array = np.sign(values) * np.sqrt(np.abs(values))
    return rooted


def _correlation(one: Array, other: Array) -> Array:
    """Pearson's r of each row of ``one`` with that of ``other``; flat pictures count as alike."""
    one = one - one.mean(axis=1, keepdims=True)
    other = other - other.mean(axis=1, keepdims=True)
    top = np.einsum("nk,nk->n", one, other) + 400.0
    low = np.sqrt((np.einsum("nk,nk->n", one, one) + 400.0) * (np.einsum("nk,nk->n", other, other) + 400.0))
    r: Array = top / low
    return r


def _histograms(values: Array) -> Array:
    """Shares of ``_BINS`` equal bins over 0 to 255, one row a frame."""
    flat = (values.reshape(len(values), -1) * (_BINS / 256)).astype(np.int64)
    flat += np.arange(len(values))[:, None] * _BINS
    counts = np.bincount(flat.ravel(), minlength=len(values) * _BINS).reshape(len(values), _BINS)
    shares: Array = (counts / (flat.shape[1])).astype(np.float32)
    return shares
