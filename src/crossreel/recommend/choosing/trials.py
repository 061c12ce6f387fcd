"""What is tried of a candidate: lists for warm viewers, for new viewers, of new titles, in new markets.

Every function is a task for ``choosing.worker``: it gets the visible data first and returns plain
arrays. The test part of the data is not among them, except in ``confirm``, to which it is handed
after everything is chosen.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.recommend.choosing.candidates import Candidate
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.measurement import peak_memory_mb
from crossreel.recommend.evaluate.measuring import lists_for
from crossreel.recommend.evaluate.metrics import Values, ndcg_at
from crossreel.recommend.evaluate.splits import Split, per_user_random
from crossreel.recommend.popular import PopularModel
from crossreel.recommend.ranking import rank
from crossreel.recommend.roles import Recommender, TrainingContext

__all__ = ["Trial", "Visible", "again", "cold_titles", "confirm", "few_likes", "new_market", "warm"]

Ints = npt.NDArray[np.int64]
K = 10
_TIMED = 20
"""Viewers who are answered one by one to learn how long one answer takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Visible:
    """What choosing may look at.

    Attributes:
        data: without the test part.
        split: its train and validation parts; ``test`` is empty.
        seed: of every random choice.
    """

    data: Dataset
    split: Split
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What one candidate achieved.

    Attributes:
        values: (viewers,) NDCG@10, NaN for viewers who take no part.
        fit_seconds: wall time of the fit.
        answer_ms: median milliseconds of one viewer's scores and top 10.
        model_mb: the fitted arrays.
        peak_mb: largest memory while it was tried, data and libraries included.
    """

    values: Values
    fit_seconds: float = 0.0
    answer_ms: float = 0.0
    model_mb: float = 0.0
    peak_mb: float = 0.0


def _fitted(visible: Visible, candidate: Candidate, pairs: sp.csr_array, share: float = 1.0) -> Recommender:
    context = TrainingContext(seed=visible.seed)
    return candidate.configured(share).fit(visible.data.part(pairs), context)


def _lists(
    model: Recommender, data: Dataset, viewers: Ints, histories: sp.csr_array, exclude: sp.csr_array
) -> npt.NDArray[np.int32]:
    """(viewers, 10) what the model answers these viewers; popularity by where each one is."""
    if isinstance(model, PopularModel):
        return lists_for(model, data, viewers, exclude, K)
    return rank(model, histories[viewers], exclude[viewers], K)


def _at(rows: Ints, values: Values, viewers: int) -> Values:
    result = np.full(viewers, np.nan)
    result[rows] = values
    return result


def _without(pairs: sp.csr_array, viewers: npt.NDArray[np.bool_]) -> sp.csr_array:
    """The same without these viewers' pairs; they keep their numbers."""
    keep = ~np.repeat(viewers, np.diff(pairs.indptr))
    indptr = np.concatenate([[0], np.cumsum(keep)])[pairs.indptr].astype(np.int32)
    return sp.csr_array((pairs.data[keep], pairs.indices[keep], indptr), shape=pairs.shape)


def warm(visible: Visible, candidate: Candidate, share: float = 1.0) -> Trial:
    """Lists for viewers with a history: fitted on the train part, measured on the validation part.

    Args:
        visible: the data.
        candidate: what to fit.
        share: of the viewers who are there at all; settings in units of likes shrink with it.
    """
    viewers = visible.split.train.shape[0]
    order = np.random.default_rng(visible.seed).permutation(viewers)
    gone = np.zeros(viewers, dtype=bool)
    gone[order[max(1, round(share * viewers)) :]] = True
    train, held = _without(visible.split.train, gone), _without(visible.split.valid, gone)
    return _measured(visible, candidate, train, train, held, share)


def again(visible: Visible, candidate: Candidate, number: int) -> Trial:
    """Like ``warm``, on another random ninth of every viewer's visible likes."""
    likes = visible.data.known.liked
    split = per_user_random(likes, share=1 / 9, seed=visible.seed + number)
    train = sp.csr_array(split.train + split.test)
    return _measured(visible, candidate, train, train, split.valid)


def _measured(
    visible: Visible,
    candidate: Candidate,
    train: sp.csr_array,
    known: sp.csr_array,
    held: sp.csr_array,
    share: float = 1.0,
) -> Trial:
    started = time.perf_counter()
    model = _fitted(visible, candidate, train, share)
    fitted = time.perf_counter()
    rows = np.flatnonzero((np.diff(train.indptr) > 0) & (np.diff(held.indptr) > 0))
    histories = visible.data.ordered(train)
    values = ndcg_at(K, _lists(model, visible.data, rows, histories, known), held[rows])
    return Trial(
        _at(rows, values, train.shape[0]),
        fitted - started,
        _one_answer(model, visible.data, rows, histories, known),
        sum(array.nbytes for array in model.arrays().values()) / 1e6,
        peak_memory_mb(),
    )


def _one_answer(
    model: Recommender, data: Dataset, rows: Ints, histories: sp.csr_array, known: sp.csr_array
) -> float:
    taken = []
    for row in rows[:: max(1, len(rows) // _TIMED)][:_TIMED]:
        started = time.perf_counter()
        _lists(model, data, np.array([row]), histories, known)
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken) if taken else 0.0


def few_likes(visible: Visible, candidate: Candidate, shown: Sequence[int]) -> list[Trial]:
    """Lists for viewers the model never saw, after each number of shown likes.

    A tenth of the viewers with six likes or more (at most 2,000) are not there when the model is
    fitted; a fifth of their likes, the latest where times are known, is to be found, the same ones
    after any number of shown likes.

    Args:
        visible: the data.
        candidate: what to fit.
        shown: numbers of likes; 0 is a viewer of whom nothing is known.
    """
    known = visible.data.known
    likes, times = known.liked, known.liked_time
    rng = np.random.default_rng(visible.seed)
    able = rng.permutation(np.flatnonzero(np.diff(likes.indptr) >= 6))
    tested = np.sort(able[: min(max(1, len(able) // 10), 2000)])
    gone = np.zeros(likes.shape[0], dtype=bool)
    gone[tested] = True
    model = _fitted(visible, candidate, _without(likes, gone))
    place = np.full(likes.nnz, -1, dtype=np.int64)
    for viewer in tested:
        start, stop = likes.indptr[viewer], likes.indptr[viewer + 1]
        order = rng.permutation(int(stop - start))
        if visible.data.dated:
            order = order[np.argsort(times[start:stop][order], kind="stable")]
        free = len(order) - max(1, len(order) // 5)
        place[start + order] = np.where(np.arange(len(order)) < free, np.arange(len(order)), 1 << 40)
    held = _kept(likes, place == 1 << 40)
    trials = []
    for count in shown:
        history = _kept(likes, (place >= 0) & (place < count))
        lists = _lists(model, visible.data, tested, visible.data.ordered(history), history)
        values = ndcg_at(K, lists, held[tested])
        trials.append(Trial(_at(tested, values, likes.shape[0])))
    return trials


def _kept(pairs: sp.csr_array, keep: npt.NDArray[np.bool_]) -> sp.csr_array:
    indptr = np.concatenate([[0], np.cumsum(keep)])[pairs.indptr].astype(np.int32)
    return sp.csr_array((pairs.data[keep], pairs.indices[keep], indptr), shape=pairs.shape)


def cold_titles(visible: Visible, candidate: Candidate) -> tuple[Trial, Trial]:
    """Lists of titles nobody had met, and the same at random: what a new title's record is worth.

    The likes of a tenth of the titles with three fans or more (at most 500) are hidden when the
    model is fitted; for every viewer who liked some of them, they alone are ranked. The numbers of
    titles are mixed first, so that titles the model cannot tell apart stand at random.
    """
    data = visible.data
    likes = data.known.liked
    rng = np.random.default_rng(visible.seed)
    fans = np.bincount(likes.indices, minlength=likes.shape[1])
    able = rng.permutation(np.flatnonzero(fans >= 3))
    hidden = np.zeros(likes.shape[1], dtype=bool)
    hidden[able[: min(max(2, len(able) // 10), 500)]] = True
    train, held = _kept(likes, ~hidden[likes.indices]), _kept(likes, hidden[likes.indices])
    model = _fitted(visible, candidate, train)
    rows = np.flatnonzero((np.diff(train.indptr) > 0) & (np.diff(held.indptr) > 0))
    rows = np.sort(rng.permutation(rows)[:2000])
    columns = rng.permutation(np.flatnonzero(hidden))
    truth = sp.csr_array(held[rows][:, columns])
    by_model = ndcg_at(K, _ranked_among(model, data.ordered(train)[rows], columns), truth)
    chance = np.argsort(rng.random((len(rows), len(columns))), axis=1)[:, :K].astype(np.int32)
    return (
        Trial(_at(rows, by_model, likes.shape[0])),
        Trial(_at(rows, ndcg_at(K, chance, truth), likes.shape[0])),
    )


def _ranked_among(model: Recommender, histories: sp.csr_array, columns: Ints) -> npt.NDArray[np.int32]:
    """(viewers, 10) places in ``columns`` of the best of them."""
    found = []
    for start in range(0, histories.shape[0], 256):
        scores = np.asarray(model.scores(histories[start : start + 256]))[:, columns]
        found.append(np.argsort(-scores, axis=1, kind="stable")[:, :K].astype(np.int32))
    return np.concatenate(found) if found else np.zeros((0, K), dtype=np.int32)


def new_market(visible: Visible, candidate: Candidate, splits: Sequence[Split]) -> Trial:
    """Lists for viewers of markets of which nothing was there when the model was fitted.

    Args:
        visible: the data.
        candidate: what to fit.
        splits: one a market, each of whose viewers show some likes or none (``market_hold_out``).
    """
    values = np.full(visible.split.train.shape[0], np.nan)
    for split in splits:
        model = _fitted(visible, candidate, split.train)
        rows = np.flatnonzero(np.diff(split.test.indptr) > 0)
        lists = _lists(model, visible.data, rows, visible.data.ordered(split.histories), split.known_at_test)
        values[rows] = ndcg_at(K, lists, split.test[rows])
    return Trial(values)


def confirm(visible: Visible, candidate: Candidate, test: sp.csr_array) -> Trial:
    """The figure on the part that nobody has looked at: fitted on train alone, once, after choosing."""
    train = visible.split.train
    return _measured(visible, candidate, train, sp.csr_array(train + visible.split.valid), test)
