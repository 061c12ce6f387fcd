"""An embedder whose weights are read when the first text has to be embedded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from crossreel.values.text_roles import Embedder

__all__ = ["LateEmbedder"]


class LateEmbedder:
    """Plays ``Embedder``; for any thread.

    Args:
        name: of the embedder that ``load`` gives.
        dimensions: of its vectors.
        load: reads the weights; called once.
    """

    def __init__(self, name: str, dimensions: int, load: Callable[[], Embedder]) -> None:
        self.name, self.dimensions, self._load = name, dimensions, load
        self._loaded: Embedder | None = None
        self._lock = Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length, shape (len(texts), dimensions). Raises what ``load`` does."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
        return self._loaded.embed(texts)
