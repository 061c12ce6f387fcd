"""The listener that gathers the shot detector's figures, frame by frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.insight.video.shot_features import FeatureMaker
from crossreel.values.media_roles import FrameBlock

__all__ = ["ShotListener"]


class ShotListener:
    """Answers with ``rows``: n x ``FEATURES`` half floats, 168 bytes a frame (29 MB for two hours)."""

    def __init__(self) -> None:
        self._maker = FeatureMaker()

    def hear(self, block: FrameBlock) -> dict[str, NDArray[Any]]:
        """Figures of a block."""
        return {"rows": self._maker.make(block).astype(np.float16)}

    def flush(self) -> dict[str, NDArray[Any]]:
        """Nothing is left."""
        return {}

    def state(self) -> dict[str, NDArray[Any]]:
        """The last 32 frames."""
        return self._maker.state()

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Takes up what ``state`` gave."""
        if state:
            self._maker.restore(state)
