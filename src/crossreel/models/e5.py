"""Runs multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672): 384 dimensions, many languages."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import WrongUse
from crossreel.models.low_rank import LowRankUpdates
from crossreel.models.packed_e5 import BLOCK, read_packed
from crossreel.models.runtime import open_graph
from crossreel.models.unigram import UnigramTokenizer

__all__ = ["E5Embedder", "batches", "e5_name"]

_TOKENS = 1024
"""Tokens of one batch, padding included."""
_LONGEST = 20_000
"""Characters of a text that are read; windows of tokens are averaged by their lengths."""


def e5_name(revision: str, updates: LowRankUpdates | None = None, window: int | None = None) -> str:
    """The name of an embedder, which tells its vectors from others': what its windows are is part of it.

    Raises:
        WrongUse: the updates are those of another encoder.
    """
    name = f"multilingual-e5-small@{revision}"
    suffix = f"/{window}" if window else ""
    if updates is None:
        return name + suffix
    if updates.base != name:
        raise WrongUse(
            f"The updates {updates.name} change {updates.base}, not {name}.",
            advice="Pull the encoder that they name, or train them again (scripts/tune_encoder.py).",
        )
    return f"{name}+{updates.name}{suffix}"


class E5Embedder:
    """Plays ``Embedder``.

    Texts get the prefix "query: ", which the model's card asks for where texts are classified or compared
    with their like.

    Args:
        packed: the package's 4-bit file: vocabulary, word table, positions.
        graph: the encoder, as ``crossreel.models.e5_graph`` writes it.
        revision: goes into ``name``.
        updates: of the encoder's matrices; their name goes into ``name`` too.
        window: tokens that the encoder reads at once, the special ones included; as many as it can (512)
            unless given.

    Raises:
        MissingExtra, MissingModel, BadFile: see ``open_graph`` and ``read_packed``.
        WrongUse: the updates are those of another encoder.
    """

    def __init__(
        self,
        packed: Path,
        graph: Path,
        revision: str,
        updates: LowRankUpdates | None = None,
        window: int | None = None,
    ) -> None:
        self.name = e5_name(revision, updates, window)
        held = read_packed(packed)
        self._session = open_graph(graph, extra="text", weights=updates.weights(held) if updates else None)
        self.dimensions = held.hidden
        pieces = [piece.decode() for piece in held.pieces]
        self._tokenizer = UnigramTokenizer(pieces, held.scores.tolist(), held.normalization, held.unknown)
        self._begin, self._end, self._longest = held.begin, held.end, window or held.longest
        self._words = held.tensors["emb.word"].reshape(-1, held.hidden // BLOCK, 18)
        positions = held.tensors["emb.pos"].reshape(-1, held.hidden)
        self._positions = positions + held.tensors["emb.type"][: held.hidden]
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length, shape (len(texts), 384), in the order of ``texts``."""
        windows: list[tuple[int, list[int]]] = []
        for row, text in enumerate(texts):
            windows.extend((row, window) for window in self.windows(text))
        sums = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        tokens = [len(ids) for _, ids in windows]
        for batch in batches(tokens, range(len(windows)), _TOKENS):
            means = self._encode([windows[at][1] for at in batch])
            for at, mean in zip(batch, means, strict=True):
                row, ids = windows[at]
                sums[row] += mean * max(len(ids) - 2, 1)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray(sums / np.maximum(lengths, 1e-12), dtype=np.float32)

    def windows(self, text: str) -> list[list[int]]:
        """The ids of a text in windows that the encoder can take, each with its special tokens."""
        plain = " ".join(text[:_LONGEST].replace("\0", " ").split())
        ids = self._tokenizer.encode("query: " + plain.encode("utf-8", "replace").decode())
        room = self._longest - 2
        return [
            [self._begin, *ids[start : start + room], self._end] for start in range(0, max(len(ids), 1), room)
        ]

    def _encode(self, rows: Sequence[list[int]]) -> NDArray[np.float32]:
        """The mean of the last layer over each row's tokens, shape (len(rows), 384)."""
        width = max(map(len, rows))
        ids = np.zeros((len(rows), width), dtype=np.int64)
        mask = np.zeros((len(rows), width), dtype=np.int32)
        for row, tokens in enumerate(rows):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        embedded = self.embedded(ids)
        with self._lock:
            hidden = self._session.run(None, {"embedded": embedded, "mask": mask})[0]
        means = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return np.asarray(means, dtype=np.float32)

    def embedded(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """What the encoder reads for ids, shape (rows, tokens): that of ``ids`` and 384."""
        return np.asarray(self._unpacked(ids) + self._positions[: ids.shape[1]], dtype=np.float32)

    def _unpacked(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Word vectors of ids as float32, of the shape of ``ids`` and 384."""
        raw = self._words[ids]
        scales = np.ascontiguousarray(raw[..., :2]).view(np.float16).astype(np.float32)
        nibbles = np.concatenate([raw[..., 2:] & 15, raw[..., 2:] >> 4], axis=-1).astype(np.float32) - 8
        return np.asarray((nibbles * scales).reshape(*ids.shape, self.dimensions), dtype=np.float32)


def batches(lengths: Sequence[int], rows: Sequence[int], most: int) -> list[list[int]]:
    """Rows of like length together, at most ``most`` tokens with padding."""
    found: list[list[int]] = []
    for row in sorted(rows, key=lambda row: lengths[row]):
        if found and (len(found[-1]) + 1) * lengths[row] <= most:
            found[-1].append(row)
        else:
            found.append([row])
    return found
