"""Finding the titles of the largest inner products: exactly by blocks, or by an approximate index.

Up to ``EXACT_UP_TO`` titles everything is compared. Beyond, a graph (HNSW: Y. Malkov, D. Yashunin,
IEEE TPAMI 42, 2020; by USearch, Apache-2.0) is searched. Graphs want a metric, which the inner
product is not: titles are given one more coordinate, sqrt(M^2 - |x|^2) with M the longest |x|, and
queries a 0, so that the nearest by angle are those of the largest inner product (Y. Bachrach et
al., Speeding Up the Xbox Recommender System, RecSys 2014). How wide the search is is measured, not
guessed: it is widened until recall@10 on a sample of queries is ``RECALL`` or better.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from crossreel.errors import BadValue, MissingExtra
from crossreel.recommend.ranking import blocks, top_k
from crossreel.recommend.roles import Floats

__all__ = ["EXACT_UP_TO", "RECALL", "ApproximateIndex", "ExactIndex", "TitleIndex", "index_of"]

EXACT_UP_TO = 200_000
RECALL = 0.99
_WIDTH = 16_384
_SAMPLE = 200
_WIDEST = 8192
Numbers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class TitleIndex(Protocol):
    """Finds titles by the inner product of their vectors with a query."""

    def search(self, queries: Floats, k: int, allowed: Bools | None = None) -> tuple[Numbers, Floats]:
        """The ``k`` titles of the largest inner products, the largest first.

        Args:
            queries: (queries, dimensions) float32.
            k: at least 1.
            allowed: (titles,) which may be found; None is all.

        Returns:
            (queries, min(k, titles)) numbers, -1 where fewer are allowed, and their products, -inf there.
        """
        ...


@dataclass(frozen=True, eq=False)
class ExactIndex:
    """Compares everything, 16,384 titles at a time, so that memory does not grow with the catalog.

    Attributes:
        vectors: (titles, dimensions) float32.
    """

    vectors: Floats

    def search(self, queries: Floats, k: int, allowed: Bools | None = None) -> tuple[Numbers, Floats]:
        """See ``TitleIndex``; of equal products the lower number comes first."""
        _check(queries, self.vectors.shape[1], k)
        k = min(k, len(self.vectors))
        numbers = np.full((len(queries), k), -1, dtype=np.int64)
        products = np.full((len(queries), k), -np.inf, dtype=np.float32)
        for part in blocks(len(self.vectors), _WIDTH):
            block = queries @ self.vectors[part].T
            better = block > products[:, -1:]  # than the worst kept so far: soon very few
            if allowed is not None:
                better &= allowed[part]
            for row in np.flatnonzero(better.any(axis=1)):
                found = np.flatnonzero(better[row])
                values = block[row, found]
                if len(found) > 8 * k:
                    few = values >= np.partition(values, len(values) - k)[len(values) - k]
                    found, values = found[few], values[few]
                values = np.concatenate([products[row], values])
                kept = np.argsort(-values, kind="stable")[:k]
                numbers[row] = np.concatenate([numbers[row], found + part.start])[kept]
                products[row] = values[kept]
        return numbers, products


@dataclass(frozen=True, eq=False)
class ApproximateIndex:
    """A graph over the titles' directions; build it with ``ApproximateIndex.of``.

    Attributes:
        graph: the USearch index.
        vectors: (titles, dimensions) float32, for exact products of what is found and for
            questions that few titles are allowed for.
        width: candidates looked at in a search, found by measuring.
        recall: recall@10 on the sample of queries at that width.
    """

    graph: Any
    vectors: Floats
    width: int
    recall: float
    _exact: ExactIndex = field(repr=False, default=ExactIndex(np.zeros((0, 1), dtype=np.float32)))

    @classmethod
    def of(
        cls,
        vectors: Floats,
        sample: Floats,
        *,
        recall: float = RECALL,
        threads: int = 0,
        connectivity: int = 16,
        effort: int = 96,
    ) -> ApproximateIndex:
        """Builds the graph and widens its search until it is as good as asked.

        Args:
            vectors: (titles, dimensions) float32.
            sample: (queries, dimensions) float32, questions as they will be asked; at most 200 are used.
            recall: least recall@10 on them.
            threads: of building; 0 means all cores.
            connectivity: neighbors of a title in the graph.
            effort: candidates looked at when a title is added.

        Raises:
            MissingExtra: USearch is not installed.
            BadValue: no width up to 8,192 is good enough; use ``ExactIndex``.
        """
        try:
            from usearch.index import Index
        except ImportError as error:
            raise MissingExtra("usearch", "ann") from error
        graph = Index(
            ndim=vectors.shape[1] + 1,
            metric="ip",
            dtype="f16",
            connectivity=connectivity,
            expansion_add=effort,
        )
        longest = float(np.sqrt(np.einsum("ij,ij->i", vectors, vectors).max(initial=1e-12)))
        for part in blocks(len(vectors), 65_536):
            graph.add(np.arange(part.start, part.stop), _raised(vectors[part], longest), threads=threads)
        exact, asked = ExactIndex(vectors), sample[:_SAMPLE]
        truth = exact.search(asked, 10)[0]
        width = 64
        while True:
            found = cls(graph, vectors, width, 0.0, exact)
            got = found.search(asked, 10)[0]
            reached = float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(truth, got, strict=True)]))
            if reached >= recall:
                return cls(graph, vectors, width, reached, exact)
            if width >= _WIDEST:
                raise BadValue(
                    "recall@10 of the index", round(reached, 4), f"at least {recall} at width {width}"
                )
            width *= 2

    def search(self, queries: Floats, k: int, allowed: Bools | None = None) -> tuple[Numbers, Floats]:
        """See ``TitleIndex``. Where too little of what is found is allowed, everything is compared."""
        _check(queries, self.vectors.shape[1], k)
        k = min(k, len(self.vectors))
        share = 1.0 if allowed is None else float(allowed.mean())
        wanted = min(int(k / max(share, 1e-9) * 1.5) + k, len(self.vectors)) if share < 1 else k
        if wanted > self.width or share == 0:
            return self._exact.search(queries, k, allowed)
        self.graph.expansion_search = max(self.width, 2 * wanted)
        keys = self.graph.search(_raised(queries, 0.0), wanted, threads=1).keys
        found = np.asarray(keys, dtype=np.int64).reshape(len(queries), -1)
        products = np.einsum("qkd,qd->qk", self.vectors[found], queries)
        if allowed is not None:
            products[~allowed[found]] = -np.inf
        best = top_k(products, k)
        numbers = np.take_along_axis(found, best, axis=1)
        products = np.take_along_axis(products, best, axis=1)
        short = (products == -np.inf).any(axis=1)
        if short.any():
            numbers[short], products[short] = self._exact.search(queries[short], k, allowed)
        return numbers, products


def index_of(vectors: Floats, sample: Floats, *, threads: int = 0) -> TitleIndex:
    """The index that fits: exact up to 200,000 titles, and beyond where no graph is good enough.

    Raises:
        MissingExtra: USearch is not installed, and there are more titles.
    """
    if len(vectors) <= EXACT_UP_TO:
        return ExactIndex(vectors)
    try:
        return ApproximateIndex.of(vectors, sample, threads=threads)
    except BadValue:  # right and slower is better than quick and wrong
        return ExactIndex(vectors)


def _raised(vectors: Floats, longest: float) -> Floats:
    """(n, dimensions + 1) unit vectors of titles for ``longest`` above 0, of queries for 0."""
    result = np.empty((len(vectors), vectors.shape[1] + 1), dtype=np.float32)
    if longest:
        result[:, :-1] = vectors / longest
        squared = np.einsum("ij,ij->i", result[:, :-1], result[:, :-1])
        result[:, -1] = np.sqrt(np.maximum(1 - squared, 0))
        return result
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    result[:, :-1] = vectors / np.maximum(length, 1e-12)[:, None]
    result[:, -1] = 0
    return result


def _check(queries: Floats, dimensions: int, k: int) -> None:
    if queries.ndim != 2 or queries.shape[1] != dimensions:
        raise BadValue("queries", queries.shape, f"of shape (queries, {dimensions})")
    if k < 1:
        raise BadValue("number of titles", k, "at least 1")
