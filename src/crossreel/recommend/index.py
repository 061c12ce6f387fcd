"""Finding the titles of the largest inner products: exactly by blocks, or by an approximate index.

Where titles' lengths differ much, as those of factors do, exactness costs little (``ExactIndex``). Where
they do not, everything is compared up to ``EXACT_UP_TO`` titles, and beyond a graph (HNSW: Y. Malkov,
D. Yashunin, IEEE TPAMI 42, 2020; by USearch, Apache-2.0) is searched. Graphs want a metric, which the inner
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
_FIRST = 1024
_WIDTH = 16_384
_ROUNDING = 1e-5
_QUICK = 64 * EXACT_UP_TO
"""Coordinates compared with a question in some 5 ms: up to here no graph is worth its memory."""
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
    """Compares the longest vectors first, and stops where none that follow can be among the best.

    A product is at most |q| |x|, so that a title is out of the question when |q| |x| is below the worst
    product kept so far (C. Teflioudi, R. Gemulla, O. Mykytiuk, LEMP: Fast Retrieval of Large Entries in a
    Matrix Product, SIGMOD 2015, section 4.1). Popular titles have long factors: of a large catalog some
    percent are compared. Where all are as long as each other, all are. Titles are taken in blocks of
    at most 16,384, so that memory does not grow with the catalog beside a second copy of the vectors.

    Attributes:
        vectors: (titles, dimensions) float32.
    """

    vectors: Floats
    _order: Numbers = field(init=False, repr=False)
    _sorted: Floats = field(init=False, repr=False)
    _lengths: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lengths = _lengths(self.vectors)
        order = np.argsort(-lengths, kind="stable")
        object.__setattr__(self, "_order", order)
        object.__setattr__(self, "_sorted", self.vectors[order])
        object.__setattr__(self, "_lengths", lengths[order])

    def search(self, queries: Floats, k: int, allowed: Bools | None = None) -> tuple[Numbers, Floats]:
        """See ``TitleIndex``; of equal products the lower number comes first."""
        return self._found(queries, k, allowed)[:2]

    def compared(self, queries: Floats, k: int = 10) -> float:
        """The mean share of the titles that these questions are compared with."""
        return self._found(queries, k, None)[2]

    def _found(self, queries: Floats, k: int, allowed: Bools | None) -> tuple[Numbers, Floats, float]:
        _check(queries, self.vectors.shape[1], k)
        count = len(self.vectors)
        k = min(k, count)
        numbers = np.full((len(queries), k), -1, dtype=np.int64)
        products = np.full((len(queries), k), -np.inf, dtype=np.float32)
        reach = _lengths(queries) * np.float32(1 + _ROUNDING)
        asking, start, width, compared = np.arange(len(queries)), 0, _FIRST, 0
        while start < count and len(asking):
            part = slice(start, min(start + width, count))
            block = _products(queries[asking], self._sorted[part])
            compared += block.size
            better = block >= products[asking, -1:]  # than the worst kept so far: soon very few
            if allowed is not None:
                better &= allowed[self._order[part]]
            for row in np.flatnonzero(better.any(axis=1)):
                asked, few = asking[row], np.flatnonzero(better[row])
                values = np.concatenate([products[asked], block[row, few]])
                titles = np.concatenate([numbers[asked], self._order[part][few]])
                numbers[asked], products[asked] = _best(titles, values, k)
            start, width = part.stop, min(2 * width, _WIDTH)
            if start < count:
                asking = asking[reach[asking] * self._lengths[start] >= products[asking, -1]]
        return numbers, products, compared / max(len(queries) * count, 1)


@dataclass(frozen=True, eq=False)
class ApproximateIndex:
    """A graph over the titles' directions; build it with ``ApproximateIndex.of``.

    Attributes:
        graph: the USearch index.
        exact: the same titles, for questions that few of them are allowed for.
        width: candidates looked at in a search, found by measuring.
        recall: recall@10 on the sample of queries at that width.
    """

    graph: Any
    exact: ExactIndex = field(repr=False)
    width: int
    recall: float

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
        longest = float(_lengths(vectors).max(initial=1e-12))
        for part in blocks(len(vectors), 65_536):
            graph.add(np.arange(part.start, part.stop), _raised(vectors[part], longest), threads=threads)
        exact, asked = ExactIndex(vectors), sample[:_SAMPLE]
        truth = exact.search(asked, 10)[0]
        width = 64
        while True:
            found = cls(graph, exact, width, 0.0)
            got = found.search(asked, 10)[0]
            reached = float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(truth, got, strict=True)]))
            if reached >= recall:
                return cls(graph, exact, width, reached)
            if width >= _WIDEST:
                raise BadValue(
                    "recall@10 of the index", round(reached, 4), f"at least {recall} at width {width}"
                )
            width *= 2

    def search(self, queries: Floats, k: int, allowed: Bools | None = None) -> tuple[Numbers, Floats]:
        """See ``TitleIndex``. Where too little of what is found is allowed, everything is compared."""
        vectors = self.exact.vectors
        _check(queries, vectors.shape[1], k)
        k = min(k, len(vectors))
        share = 1.0 if allowed is None else float(allowed.mean())
        wanted = min(int(k / max(share, 1e-9) * 1.5) + k, len(vectors)) if share < 1 else k
        if wanted > self.width or share == 0:
            return self.exact.search(queries, k, allowed)
        self.graph.expansion_search = max(self.width, 2 * wanted)
        keys = self.graph.search(_raised(queries, 0.0), wanted, threads=1).keys
        found = np.asarray(keys, dtype=np.int64).reshape(len(queries), -1)
        products = np.einsum("qkd,qd->qk", vectors[found], queries)
        if allowed is not None:
            products[~allowed[found]] = -np.inf
        best = top_k(products, k)
        numbers = np.take_along_axis(found, best, axis=1)
        products = np.take_along_axis(products, best, axis=1)
        short = (products == -np.inf).any(axis=1)
        if short.any():
            numbers[short], products[short] = self.exact.search(queries[short], k, allowed)
        return numbers, products


def index_of(vectors: Floats, sample: Floats, *, threads: int = 0) -> TitleIndex:
    """The index that fits.

    Exact up to 200,000 titles; beyond, where lengths differ so much that few titles are compared with a
    question; and where no graph is good enough.

    Args:
        vectors: (titles, dimensions) float32.
        sample: (queries, dimensions) float32, questions as they will be asked.
        threads: of building; 0 means all cores.

    Raises:
        MissingExtra: a graph is wanted, and USearch is not installed.
    """
    exact = ExactIndex(vectors)
    if len(vectors) <= EXACT_UP_TO or exact.compared(sample[:_SAMPLE]) * vectors.size <= _QUICK:
        return exact
    try:
        return ApproximateIndex.of(vectors, sample, threads=threads)
    except BadValue:  # right and slower is better than quick and wrong
        return exact


def _lengths(vectors: Floats) -> Floats:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)), dtype=np.float32)


def _products(queries: Floats, vectors: Floats) -> Floats:
    """(queries, titles); one question is not worth waking the threads of BLAS, which then wait for work."""
    if len(queries) == 1:
        return np.asarray(np.einsum("ij,j->i", vectors, queries[0])[None])
    return np.asarray(queries @ vectors.T)


def _best(numbers: Numbers, products: Floats, k: int) -> tuple[Numbers, Floats]:
    """The ``k`` largest products, the largest first, and whose they are; of equal ones by number."""
    if len(products) > 8 * k:
        few = products >= np.partition(products, len(products) - k)[len(products) - k]
        numbers, products = numbers[few], products[few]
    kept = np.lexsort((numbers, -products))[:k]
    return numbers[kept], products[kept]


def _raised(vectors: Floats, longest: float) -> Floats:
    """(n, dimensions + 1) unit vectors of titles for ``longest`` above 0, of queries for 0."""
    result = np.empty((len(vectors), vectors.shape[1] + 1), dtype=np.float32)
    if longest:
        result[:, :-1] = vectors / longest
        squared = np.einsum("ij,ij->i", result[:, :-1], result[:, :-1])
        result[:, -1] = np.sqrt(np.maximum(1 - squared, 0))
        return result
    result[:, :-1] = vectors / np.maximum(_lengths(vectors), 1e-12)[:, None]
    result[:, -1] = 0
    return result


def _check(queries: Floats, dimensions: int, k: int) -> None:
    if queries.ndim != 2 or queries.shape[1] != dimensions:
        raise BadValue("queries", queries.shape, f"of shape (queries, {dimensions})")
    if k < 1:
        raise BadValue("number of titles", k, "at least 1")
