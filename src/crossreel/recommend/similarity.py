"""Similarity, in one place: S_ij = sum_k w_ik w_jk, and the weightings w.

Everything that compares titles with titles or viewers with viewers multiplies a sparse weight
matrix W (things, aspects) with its own transpose here. A weighting turns raw counts, likes or
ratings X (things, aspects) into W:

=================  ==================================================================================
cosine             w_ik = x_ik / |x_i|
adjusted-cosine    w_ik = r_ik - mean of k's ratings, then divided by the row's length
                   (B. Sarwar et al., Item-based Collaborative Filtering, WWW 2001, section 3.1.3)
tf-idf             w_ik = x_ik log((n + 1) / n_k), then divided by the row's length
                   (K. Sparck Jones, Journal of Documentation 28, 1972)
bm25               w_ik = log(1 + (n - n_k + 0.5) / (n_k + 0.5)) x_ik (k1 + 1) / (x_ik + k1 L_i),
                   L_i = 1 - b + b l_i / mean l, l_i = sum_k x_ik; rows keep their length
                   (S. Robertson, H. Zaragoza, The Probabilistic Relevance Framework, 2009, 3.5)
=================  ==================================================================================

n is the number of things, n_k the number of things that have aspect k: a viewer who likes
everything tells little about what belongs together.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.errors import BadInput, BadValue
from crossreel.recommend.compiled import compiled
from crossreel.recommend.pairs import gather
from crossreel.recommend.products import dense, gram, unsigned_parts
from crossreel.recommend.ranking import blocks, leaders
from crossreel.recommend.roles import Contribution, Floats

__all__ = [
    "WEIGHTINGS",
    "adjusted_cosine",
    "bm25",
    "cosine",
    "dense",
    "gram",
    "idf",
    "loudest",
    "nearest",
    "nearest_rows",
    "telling",
    "tf_idf",
    "top_of_rows",
    "weigh",
]

WEIGHTINGS = ("cosine", "adjusted-cosine", "tf-idf", "bm25")
MOST_THINGS = 10_000
"""An aspect of more things than this is no taste: nobody watches a film a day for 27 years."""


def nearest(
    weights: sp.csr_array, k: int, *, shrinkage: float = 0.0, lean: Floats | None = None
) -> sp.csr_array:
    """Each thing's ``k`` most similar others, as (things, things) float32 CSR: row i keeps i's own.

    Rows are candidates: keeping the neighbors of the title that is to be recommended, not those
    of the title in the history, is worth as much as a better algorithm (item cosine on ML-1M,
    NDCG@10 0.2405 against 0.2098). Only positive similarities are kept; of equal ones those of lower
    numbers.

    Args:
        weights: W, (things, aspects).
        k: neighbors a row.
        shrinkage: h in S_ij c_ij / (c_ij + h), c_ij the number of aspects i and j share: few
            common viewers are weak evidence (R. Bell, Y. Koren, ICDM 2007, section 3).
        lean: (things,) l in S_ij l_j / l_i: an asymmetric likeness, by which neighbors are chosen too.
    """
    count = weights.shape[0]
    k = min(k, count)
    turned = sp.csr_array(weights.T)
    kept, filled = np.zeros((count, k), np.uint32), np.zeros(count, np.int64)
    values = np.zeros((count, k), np.float32)
    compiled(gather, exact=True)(
        *unsigned_parts(weights), *unsigned_parts(turned), np.float32(shrinkage),
        np.zeros(0, np.float32) if lean is None else lean, kept, values, filled,
    )  # fmt: skip
    there = np.arange(k) < filled[:, None]
    indptr = np.concatenate([[0], np.cumsum(filled)])
    found = sp.csr_array((values[there], kept[there].astype(np.int32), indptr), shape=(count, count))
    found.sort_indices()
    return found


def telling(x: sp.csr_array, most: int = MOST_THINGS) -> sp.csr_array:
    """X without the aspects of more than ``most`` things; X itself where there are none.

    Comparing costs the square of the number of things that an aspect is of: one account that has liked
    100,000 titles (a robot, a test, a whole office) would take minutes and bring every pair together.

    Args:
        x: (things, aspects).
        most: things of an aspect.

    Raises:
        BadInput: nothing is left.
    """
    flood = np.bincount(x.indices, minlength=x.shape[1]) > most
    if not flood.any():
        return x
    keep = ~flood[x.indices]
    if not keep.any():
        raise BadInput(
            f"Titles cannot be compared: every viewer has more than {most:,} of them.",
            advice="Import the events of more viewers, or train content or popular.",
        )
    kept = np.concatenate([[0], np.cumsum(keep)])[x.indptr].astype(x.indptr.dtype)
    return sp.csr_array((x.data[keep], x.indices[keep], kept), shape=x.shape)


def nearest_rows(
    weights: sp.csr_array, turned: sp.csr_array, rows: slice, k: int, *, shrinkage: float = 0.0
) -> sp.csr_array:
    """Some rows of ``nearest``, (rows, things), by sparse products alone.

    Every sum is made in the order of its aspects whatever the rows asked for, so that rows made
    apart are those of ``nearest`` to the last bit.

    Args:
        weights: W, (things, aspects).
        turned: W' as CSR.
        rows: which candidates.
        k: neighbors a row.
        shrinkage: as in ``nearest``.
    """
    some = sp.csr_array(weights[rows])
    block = sp.csr_array(some @ turned)
    if shrinkage:
        mine, all_ = (
            sp.csr_array((np.ones(one.nnz, dtype=np.float32), one.indices, one.indptr), shape=one.shape)
            for one in (some, turned)
        )
        counted = _shrunk(block, sp.csr_array(mine @ all_), np.float32(shrinkage))
        block = sp.csr_array(counted)
    return top_of_rows(block, k, but=np.arange(rows.start, rows.stop))


def _shrunk(
    block: Floats | sp.csr_array, common: Floats | sp.csr_array, h: np.float32
) -> Floats | sp.csr_array:
    if isinstance(block, np.ndarray):
        return np.asarray(block * (common / (common + h)))
    factor = sp.csr_array(common, copy=True)
    factor.data = factor.data / (factor.data + h)
    return sp.csr_array(block.multiply(factor))


def top_of_rows(
    matrix: Floats | sp.csr_array, k: int, *, but: npt.NDArray[np.int64] | None = None
) -> sp.csr_array:
    """The ``k`` largest entries of each row, positive ones only, as float32 CSR.

    Args:
        matrix: (rows, columns).
        k: entries kept in a row; of several equal to the smallest of them, those of lower columns.
        but: (rows,) a column of each row that is left out; in a dense matrix it is set to 0.
    """
    rows, columns = matrix.shape
    if isinstance(matrix, np.ndarray) or 4 * matrix.nnz > rows * columns:
        return _top_of_dense(dense(matrix), k, but)
    row = np.repeat(np.arange(rows), np.diff(matrix.indptr))
    keep = matrix.data > 0
    if but is not None:
        keep &= matrix.indices != but[row]
    for place in np.flatnonzero(np.bincount(row[keep], minlength=rows) > k):
        inside = np.arange(matrix.indptr[place], matrix.indptr[place + 1])
        inside = inside[keep[inside]]
        values = matrix.data[inside]
        cut = np.partition(values, len(values) - k)[len(values) - k]
        keep[inside[values < cut]] = False
        tied = inside[values == cut]
        spare = len(tied) + int(np.count_nonzero(values > cut)) - k
        keep[tied[np.argsort(-matrix.indices[tied], kind="stable")[:spare]]] = False
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row[keep], minlength=rows))])
    result = sp.csr_array((matrix.data[keep], matrix.indices[keep], indptr), shape=matrix.shape)
    result.sort_indices()
    return result


def _top_of_dense(block: Floats, k: int, but: npt.NDArray[np.int64] | None) -> sp.csr_array:
    rows, columns = block.shape
    if but is not None:
        block[np.arange(rows), but] = 0
    if k >= columns:
        return sp.csr_array(np.maximum(block, 0))
    parts = list(blocks(rows, 256))
    with ThreadPoolExecutor(2) as pool:  # comparing and selecting release the interpreter lock
        found = list(pool.map(lambda part: leaders(block[part], k, positive=True), parts))
    row = np.concatenate([some + part.start for part, (some, _) in zip(parts, found, strict=True)])
    column = np.concatenate([some for _, some in found])
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))])
    return sp.csr_array((block[row, column], column.astype(np.int32), indptr), shape=block.shape)


def weigh(
    weighting: str, likes: sp.csr_array, ratings: sp.csr_array, *, k1: float = 1.2, b: float = 0.75
) -> sp.csr_array:
    """W by the name of its weighting.

    Args:
        weighting: one of ``WEIGHTINGS``.
        likes: (things, aspects) strengths.
        ratings: (things, aspects) ratings, of which adjusted-cosine is made.
        k1: of bm25, how slowly repetition saturates.
        b: of bm25, how much long rows are held back.

    Raises:
        BadValue: no such weighting, or adjusted-cosine without ratings.
    """
    if weighting == "adjusted-cosine":
        if not ratings.nnz:
            raise BadValue(
                "weighting", weighting, "cosine, tf-idf or bm25 where the audience gave no ratings"
            )
        return adjusted_cosine(ratings)
    if weighting == "bm25":
        return bm25(likes, k1=k1, b=b)
    if weighting not in WEIGHTINGS:
        raise BadValue("weighting", weighting, "one of " + ", ".join(WEIGHTINGS))
    return cosine(likes) if weighting == "cosine" else tf_idf(likes)


def cosine(x: sp.csr_array) -> sp.csr_array:
    """Rows divided by their length; empty rows stay empty."""
    length = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return _scaled(x, rows=1 / np.where(length > 0, length, 1))


def adjusted_cosine(ratings: sp.csr_array) -> sp.csr_array:
    """Ratings minus their aspect's (viewer's) mean, rows divided by their length."""
    rated = np.bincount(ratings.indices, minlength=ratings.shape[1])
    total = np.bincount(ratings.indices, weights=ratings.data, minlength=ratings.shape[1])
    mean = total / np.maximum(rated, 1)
    data = (ratings.data - mean[ratings.indices]).astype(np.float32)
    return cosine(sp.csr_array((data, ratings.indices, ratings.indptr), shape=ratings.shape))


def idf(x: sp.csr_array) -> npt.NDArray[np.float64]:
    """(aspects,) log((n + 1) / n_k); an aspect of everything keeps a little weight."""
    have = np.bincount(x.indices, minlength=x.shape[1])
    return np.asarray(np.log((x.shape[0] + 1) / np.maximum(have, 1)))


def tf_idf(x: sp.csr_array) -> sp.csr_array:
    """Entries times the aspect's idf, rows divided by their length."""
    return cosine(_scaled(x, columns=idf(x)))


def bm25(x: sp.csr_array, *, k1: float, b: float) -> sp.csr_array:
    """Okapi BM25 weights of the entries."""
    have = np.bincount(x.indices, minlength=x.shape[1])
    rarity = np.log1p((x.shape[0] - have + 0.5) / (have + 0.5))
    length = np.asarray(x.sum(axis=1)).ravel()
    mean = length.mean() if length.any() else 1.0
    norm = np.repeat(k1 * (1 - b + b * length / mean), np.diff(x.indptr))
    data = x.data * (k1 + 1) / (x.data + norm) * rarity[x.indices]
    return sp.csr_array((data.astype(np.float32), x.indices, x.indptr), shape=x.shape)


def _scaled(
    x: sp.csr_array,
    *,
    rows: npt.NDArray[np.float64] | None = None,
    columns: npt.NDArray[np.float64] | None = None,
) -> sp.csr_array:
    data = x.data.astype(np.float64)
    if rows is not None:
        data = data * np.repeat(rows, np.diff(x.indptr))
    if columns is not None:
        data = data * columns[x.indices]
    return sp.csr_array((data.astype(np.float32), x.indices, x.indptr), shape=x.shape)


def loudest(titles: npt.NDArray[np.integer], weights: Floats, limit: int) -> list[Contribution]:
    """The ``limit`` titles of the largest positive weights, largest first."""
    order = np.argsort(-weights, kind="stable")[:limit]
    return [Contribution(int(titles[i]), float(weights[i])) for i in order if weights[i] > 0]
