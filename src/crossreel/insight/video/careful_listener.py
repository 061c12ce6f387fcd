"""The careful mode's listener: where the fast network is in doubt, a larger one looks.

It answers some 600 frames later than it hears, holding small pictures of only those (about 3 MB).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.insight.video.shot_features import FEATURES, FeatureMaker
from crossreel.insight.video.shot_network import REACH, ShotNetwork, ShotOdds
from crossreel.values.media_roles import FrameBlock, TransitionOdds

__all__ = ["CarefulListener", "doubtful", "pictures_of"]

_STEP = 512
_CONTEXT = 25
"""Frames on either side that the network sees and whose answers do not count."""
_MARGIN = 4
"""Frames of doubt are widened by this many."""
CUT_DOUBT = (0.2, 0.95)
GRADUAL_DOUBT = (0.35, 0.95)
"""Fast odds between which a frame is in doubt; chosen as the bars of ``careful`` were."""


def doubtful(odds: ShotOdds) -> NDArray[np.bool_]:
    """Frames of which the fast network is not sure.

    A stretch of gradual odds is sure where its highest is, and where nothing of it looks like a cut.
    """
    cut = (odds.cut >= CUT_DOUBT[0]) & (odds.cut <= CUT_DOUBT[1])
    within = odds.gradual >= GRADUAL_DOUBT[0]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], within.view(np.int8), [0]])))
    mask = cut.copy()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        sure = odds.gradual[start:end].max() > GRADUAL_DOUBT[1] and odds.cut[start:end].max() < CUT_DOUBT[0]
        mask[start:end] |= not sure
    width = 2 * _MARGIN + 1
    return (
        np.convolve(mask, np.ones(width), "same") > 0
        if len(mask) >= width
        else np.full(len(mask), mask.any())
    )


def pictures_of(block: FrameBlock) -> NDArray[np.uint8]:
    """N x 27 x 48 x 3 RGB of a block (ITU-R BT.601, limited range)."""
    luma = block.luma.reshape(-1, 27, 2, 48, 2).mean(axis=(2, 4), dtype=np.float32) - 16
    blue, red = (block.chroma[:, plane].astype(np.float32) - 128 for plane in (0, 1))
    colors = (1.596 * red, -0.392 * blue - 0.813 * red, 2.017 * blue)
    rgb = np.stack([1.164 * luma + color for color in colors], axis=-1)
    return np.asarray(np.clip(rgb + 0.5, 0, 255), np.uint8)


class CarefulListener:
    """Answers with ``rows`` as ``ShotListener`` does, and ``careful``: n x 2 odds, NaN if not asked.

    Args:
        network: judges every frame.
        closer: is asked where that is in doubt.

    Attributes:
        asked: frames that ``closer`` has looked at so far, its context included.
    """

    def __init__(self, network: ShotNetwork, closer: TransitionOdds) -> None:
        self._maker, self._network, self._closer = FeatureMaker(), network, closer
        self._rows: NDArray[np.float16] = np.empty((0, FEATURES), np.float16)
        self._frames: NDArray[np.uint8] = np.empty((0, 27, 48, 3), np.uint8)
        self._before = 0
        self.asked = 0

    def hear(self, block: FrameBlock) -> dict[str, NDArray[Any]]:
        """Figures of the block, and odds of earlier frames once enough was heard after them."""
        rows = self._maker.make(block).astype(np.float16)
        self._rows = np.concatenate([self._rows, rows])
        self._frames = np.concatenate([self._frames, pictures_of(block)])
        answer: dict[str, NDArray[Any]] = {"rows": rows}
        if len(self._rows) - self._before >= _STEP + REACH:
            answer["careful"] = self._judge(_STEP)
        return answer

    def flush(self) -> dict[str, NDArray[Any]]:
        """Odds of the rest."""
        left = len(self._rows) - self._before
        return {"careful": self._judge(left)} if left else {}

    def _judge(self, count: int) -> NDArray[np.float16]:
        """Answers for the ``count`` frames that are next, and forgets what is no longer needed."""
        start = self._before
        odds = self._network.answer(self._rows)
        here = slice(start, start + count)
        mask = doubtful(ShotOdds(odds.cut[here], odds.gradual[here], odds.kinds[here]))
        answers = np.full((count, 2), np.nan, np.float16)
        for first, last in _stretches(mask):
            places = np.arange(start + first - _CONTEXT, start + last + _CONTEXT)
            seen = self._closer.odds(self._frames[np.clip(places, 0, len(self._frames) - 1)])
            answers[first:last] = seen[_CONTEXT : _CONTEXT + last - first]
            self.asked += len(places)
        forget = max(0, start + count - REACH)
        self._rows, self._frames = self._rows[forget:], self._frames[forget:]
        self._before = start + count - forget
        return answers

    def state(self) -> dict[str, NDArray[Any]]:
        """What is held of the last frames."""
        held = {f"maker-{name}": value for name, value in self._maker.state().items()}
        count = np.array([self._before, self.asked])
        return {**held, "own-rows": self._rows, "own-frames": self._frames, "own-count": count}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Takes up what ``state`` gave."""
        if not state:
            return
        made = {name[6:]: value for name, value in state.items() if name.startswith("maker-")}
        if made:
            self._maker.restore(made)
        self._rows, self._frames = state["own-rows"], state["own-frames"]
        self._before, self.asked = (int(value) for value in state["own-count"])


def _stretches(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of true; those nearer than the context that each would need are one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    runs: list[tuple[int, int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and start - runs[-1][1] < 2 * _CONTEXT:
            runs[-1] = runs[-1][0], end
        else:
            runs.append((start, end))
    return runs
