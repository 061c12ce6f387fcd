"""Lifts: how much more a title is liked under one category of a factor than titles are in general."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.context import category, moments_of
from crossreel.recommend.roles import Floats, TrainingData

__all__ = ["Lift", "lift_of"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Lift:
    """The lifts of one factor.

    Attributes:
        factor: of ``context.FACTORS``.
        names: the categories.
        logs: (titles, categories) float32 logarithms; 0 is no difference.
    """

    factor: str
    names: tuple[str, ...]
    logs: Floats

    def numbers(self, kinds: Ints, names: Sequence[str]) -> Ints:
        """Categories of another data set in this one's numbers, -1 where this one never met them."""
        place = {name: number for number, name in enumerate(self.names)}
        to = np.array([*(place.get(name, -1) for name in names), -1], dtype=np.int64)
        found: Ints = to[kinds]
        return found

    def at(self, titles: Ints, kinds: Ints) -> Floats:
        """Logarithms at titles and categories, broadcast; 0 where the category is -1."""
        if not self.names:
            return np.zeros(np.broadcast_shapes(titles.shape, kinds.shape), dtype=np.float32)
        found: Floats = np.where(kinds >= 0, self.logs[titles, np.maximum(kinds, 0)], np.float32(0))
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``names`` as JSON in bytes, and ``logs``."""
        text = json.dumps(self.names).encode()
        return {"names": np.frombuffer(text, dtype=np.uint8), "logs": self.logs}

    @classmethod
    def restore(cls, factor: str, arrays: Mapping[str, npt.NDArray[Any]]) -> Lift:
        """The lifts whose ``arrays()`` these are."""
        return cls(factor, tuple(json.loads(arrays["names"].tobytes())), arrays["logs"])


def lift_of(factor: str, data: TrainingData, shrinkage: float) -> Lift:
    """Counts the likes of each title under each category.

        lift(i, c) = (n(i, c) + k prior(i, c)) / (n(i) + k) / p(c)

    with p(c) the share of all likes under c, prior(i, c) the mean over the title's genres of their
    shares under c, shrunk to p(c) in the same way (p(c) itself for a title without genres), and k the
    shrinkage: the estimate of an empirical Bayesian with a Dirichlet prior of k likes.

    Args:
        factor: of ``context.FACTORS``.
        data: likes with their times.
        shrinkage: k.

    Raises:
        MissingExtra: holidays are asked for and their package is not installed.
    """
    known = data.interactions
    kinds, names = category(factor, moments_of(known))
    told = kinds >= 0
    shape = (len(data.titles), max(len(names), 1))
    count = np.zeros(shape)
    np.add.at(count, (known.liked.indices[told], kinds[told]), 1)
    total = count.sum(axis=0)
    share = total / max(total.sum(), 1)
    genres = _genres(data)
    of_genre = genres.T @ count
    genre_share = (of_genre + shrinkage * share) / (of_genre.sum(axis=1, keepdims=True) + shrinkage)
    number = np.asarray(genres.sum(axis=1)).reshape(-1, 1)
    prior = np.where(number > 0, (genres @ genre_share) / np.maximum(number, 1), share)
    rate = (count + shrinkage * prior) / (count.sum(axis=1, keepdims=True) + shrinkage)
    logs = np.log(np.where(share > 0, rate / np.maximum(share, 1e-12), 1))
    return Lift(factor, tuple(names), np.asarray(logs, dtype=np.float32))


def _genres(data: TrainingData) -> sp.csr_array:
    numbers: dict[str, int] = {}
    pairs = [
        (row, numbers.setdefault(genre, len(numbers)))
        for row, title in enumerate(data.titles)
        if title is not None
        for genre in dict.fromkeys(title.genres)
    ]
    where = ([row for row, _ in pairs], [column for _, column in pairs])
    return sp.csr_array((np.ones(len(pairs)), where), shape=(len(data.titles), max(len(numbers), 1)))
