"""What each field of a title's record is worth to this audience: weights learned from its likes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.products import dense
from crossreel.recommend.roles import Floats

__all__ = ["learned"]

_STEPS = (0.0, 1 / 3, 3.0)
_LEAST = 0.1
"""A field without weight is tried with this one."""
_VIEWERS = 600
_HELD = 0.2
_DEPTH = 10
_ERRORS = 1.0
"""A change that wins less than so many standard errors of its gain over the viewers is not made."""


def learned(
    fields: Mapping[str, sp.csr_array | Floats],
    weights: Mapping[str, float],
    liked: sp.csr_array,
    rounds: int,
    seed: int,
    progress: Callable[[int, int, str], None],
) -> dict[str, float]:
    """Weights of the fields under which likes that were held out stand highest.

    A fifth of the likes of up to 600 viewers (with five and more) is held out; each field's weight in
    turn is set to a third, three times or none of what it was where NDCG@10 of the held-out likes rises by
    more than the standard error of the rise.
    Nothing but ``liked`` is looked at, so that what is measured on other likes is not biased.

    Args:
        fields: (titles, features) each, sparse or dense, rows of length 1 or 0.
        weights: to begin with, for the same names; 0 or more.
        liked: (viewers, titles).
        rounds: over all fields; it ends earlier where nothing changes.
        seed: of the viewers and likes that are drawn.
        progress: called as ``progress(done, of, what)``.
    """
    best = dict(weights)
    histories, held = _held_out(liked, np.random.default_rng(seed))
    if not held.nnz:
        return best
    there = {name: _filled(field) for name, field in fields.items()}
    values = _ndcg(fields, best, there, histories, held)
    names = [name for name in fields if there[name].any()]
    tries = rounds * len(names)
    unchanged = 0
    for done in range(tries):
        name = names[done % len(names)]
        progress(done, tries, "weigh features")
        unchanged += 1
        for step in _STEPS:
            changed = best | {name: step * best[name] if best[name] else _LEAST * (step > 1)}
            if changed == best or not any(changed[one] for one in names):
                continue
            found = _ndcg(fields, changed, there, histories, held)
            rise = found - values
            if rise.mean() > _ERRORS * rise.std() / np.sqrt(len(rise)):
                best, values, unchanged = changed, found, 0
        if unchanged == len(names):
            break
    progress(tries, tries, "weigh features")
    return {name: round(weight, 4) for name, weight in best.items()}


def _filled(field: sp.csr_array | Floats) -> npt.NDArray[np.bool_]:
    if isinstance(field, np.ndarray):
        return np.asarray(field.any(axis=1))
    return np.asarray(np.diff(field.indptr) > 0)


def _held_out(liked: sp.csr_array, rng: np.random.Generator) -> tuple[sp.csr_array, sp.csr_array]:
    """Rows of some viewers: what they keep, and what is held out."""
    enough = np.flatnonzero(np.diff(liked.indptr) >= 5)
    chosen = np.sort(rng.permutation(enough)[:_VIEWERS])
    rows = sp.csr_array(liked[chosen], dtype=np.float32)
    order = np.lexsort((rng.random(rows.nnz), np.repeat(np.arange(len(chosen)), np.diff(rows.indptr))))
    place = np.empty(rows.nnz, dtype=np.int64)
    place[order] = np.arange(rows.nnz) - np.repeat(rows.indptr[:-1], np.diff(rows.indptr))
    out = place < np.repeat(
        np.maximum(np.diff(rows.indptr) * _HELD, 1).astype(np.int64), np.diff(rows.indptr)
    )
    return _only(rows, ~out), _only(rows, out)


def _only(rows: sp.csr_array, keep: npt.NDArray[np.bool_]) -> sp.csr_array:
    indptr = np.concatenate([[0], np.cumsum(keep)])[rows.indptr]
    return sp.csr_array((rows.data[keep], rows.indices[keep], indptr), shape=rows.shape)


def _ndcg(
    fields: Mapping[str, sp.csr_array | Floats],
    weights: Mapping[str, float],
    there: Mapping[str, npt.NDArray[np.bool_]],
    histories: sp.csr_array,
    held: sp.csr_array,
) -> npt.NDArray[np.float64]:
    """(viewers,) NDCG@10 of the held-out likes under ``ContentToContent`` with these weights."""
    square = sum(weight * there[name] for name, weight in weights.items())
    scale = (1 / np.sqrt(np.where(square > 0, square, 1))).astype(np.float32)
    mine = sp.csr_array(histories.multiply(scale[None, :]))
    scores = np.zeros(histories.shape, dtype=np.float32)
    for name, field in fields.items():
        if weights[name] > 0:
            scores += np.float32(weights[name]) * dense(dense(mine @ field) @ field.T)
    scores *= scale
    scores[np.repeat(np.arange(len(scores)), np.diff(histories.indptr)), histories.indices] = -np.inf
    depth = min(_DEPTH, scores.shape[1])
    first = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
    first = np.take_along_axis(first, np.argsort(-np.take_along_axis(scores, first, 1), axis=1), 1)
    wanted = dense(held) > 0
    discount = 1 / np.log2(np.arange(2, depth + 2))
    gained = (np.take_along_axis(wanted, first, 1) * discount).sum(axis=1)
    ideal = np.concatenate([[np.inf], np.cumsum(discount)])[np.minimum(wanted.sum(axis=1), depth)]
    return np.asarray(gained / ideal)
