"""Changes of an encoder that a task taught it, small enough to be shipped.

Low-rank adaptation: Hu et al. 2021, arXiv 2106.09685.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadFile
from crossreel.models.e5_graph import weights_name
from crossreel.models.packed_e5 import PackedE5

__all__ = ["OPINION_WINDOW", "LowRankUpdates", "opinion_updates"]

OPINION_WINDOW = 256
"""Tokens that the encoder of opinions reads at once: it learned from texts of at most 160, and the mean of
what it says of a long review's parts is right more often than what it says of 512 tokens."""


@dataclass(frozen=True, slots=True)
class LowRankUpdates:
    """What is added to matrices of multilingual-e5-small, each the product of two thin ones.

    Attributes:
        name: of the updates; it is part of an embedder's name.
        base: name of the embedder that they change.
        pairs: by layer (from 0) and part (see ``PackedE5.joined``), of the shapes (inputs, rank) and
            (rank, outputs).
    """

    name: str
    base: str
    pairs: Mapping[tuple[int, str], tuple[NDArray[np.float32], NDArray[np.float32]]]

    def weights(self, packed: PackedE5) -> dict[str, NDArray[np.float32]]:
        """The changed matrices by their names in the graph."""
        return {
            weights_name(layer, part): np.ascontiguousarray(packed.joined(layer, part) + first @ second)
            for (layer, part), (first, second) in self.pairs.items()
        }

    def save(self, path: Path) -> None:
        """Writes them as float16."""
        facts = json.dumps({"name": self.name, "base": self.base}).encode()
        arrays: dict[str, Any] = {"facts": np.frombuffer(facts, dtype=np.uint8)}
        for (layer, part), pair in self.pairs.items():
            for side, values in zip(("first", "second"), pair, strict=True):
                arrays[f"{layer} {part} {side}"] = values.astype(np.float16)
        np.savez(path, **arrays)

    @classmethod
    def load(cls, path: Any) -> Self:
        """Reads what ``save`` wrote; nothing is unpickled.

        Raises:
            BadFile: it is no such file.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                facts = json.loads(held["facts"].tobytes())
                pairs = {}
                for name in held.files:
                    layer, _, part = name.removesuffix(" first").partition(" ")
                    if name.endswith(" first"):
                        sides = held[name], held[f"{layer} {part} second"]
                        pairs[int(layer), part] = sides[0].astype(np.float32), sides[1].astype(np.float32)
                return cls(facts["name"], facts["base"], pairs)
        except (OSError, ValueError, KeyError) as error:
            raise BadFile(path, f"holds no updates of an encoder: {error}") from error


def opinion_updates() -> LowRankUpdates:
    """Those in the package, learned from labeled reviews; ``scripts/tune_encoder.py`` made them."""
    with (files("crossreel.models") / "opinion.npz").open("rb") as file:
        return LowRankUpdates.load(file)
