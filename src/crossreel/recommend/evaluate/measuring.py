"""One algorithm under one protocol: fitted on train, asked for lists, measured on test."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.catalog.title import Title
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.evaluate import beyond_accuracy as beyond
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.groups import UNKNOWN, ages_of, by_titles, by_viewers, languages_of
from crossreel.recommend.evaluate.measurement import Measurement, peak_memory_mb
from crossreel.recommend.evaluate.measuring_ratings import measure_ratings
from crossreel.recommend.evaluate.metrics import RANKED, Ranked, Values, auc, coverage, ndcg_at
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.splits import Split
from crossreel.recommend.popular import Popular, PopularModel
from crossreel.recommend.ranking import blocks, rank
from crossreel.recommend.ratings.registry import RATING_ALGORITHMS, RatingAlgorithm
from crossreel.recommend.roles import Algorithm, AnswerPath, Floats, Recommender, TrainingContext
from crossreel.values.territory import Territory

__all__ = ["Measured", "Measurement", "lists_for", "measure", "peak_memory_mb"]

Measured = Algorithm | RatingAlgorithm
"""What can be measured: a recommender, by its lists, or a predictor of ratings, by its errors."""

_ROWS = 512
_LEAST_VIEWERS = 30
"""Groups with fewer test viewers are not told apart: their figures would be noise."""


def measure(data: Dataset, algorithm: Measured, protocol: Protocol) -> Measurement:
    """Fits and measures, fold by fold. Raises ``BadInput`` when the algorithm cannot learn."""
    if algorithm.name in RATING_ALGORITHMS:
        return measure_ratings(data, cast(RatingAlgorithm, algorithm), protocol)
    ranking = cast(Algorithm, algorithm)
    folds = [_one(data, split, ranking, protocol) for split in protocol.splits(data)]
    if len(folds) == 1:
        return folds[0]
    names = {name for fold in folds for name in fold.values}
    nobody = np.full(len(data.known.viewers), np.nan)
    return Measurement(
        values={
            name: _nanmean(np.array([fold.values.get(name, nobody) for fold in folds]))
            for name in sorted(names, key=list(folds[0].values).index)
        },
        overall={name: float(np.mean([fold.overall[name] for fold in folds])) for name in folds[0].overall},
        fit_seconds=sum(fold.fit_seconds for fold in folds),
        recommend_seconds=sum(fold.recommend_seconds for fold in folds),
        peak_rss_mb=max(fold.peak_rss_mb for fold in folds),
    )


def _nanmean(table: npt.NDArray[np.float64]) -> Values:
    there = ~np.isnan(table)
    total = np.where(there, table, 0).sum(axis=0)
    return np.where(there.any(axis=0), total / np.maximum(there.sum(axis=0), 1), np.nan)


def _one(data: Dataset, split: Split, algorithm: Algorithm, protocol: Protocol) -> Measurement:
    part = data.part(split.train)
    held = split.valid.nnz > 0 and split.fold_in is None  # those viewers are not there to be learned from
    validation = data.part(split.valid).interactions if held else None
    context = TrainingContext(seed=protocol.seed, validation=validation)
    started = time.perf_counter()
    model = algorithm.fit(part, context)
    fitted = time.perf_counter()
    tested = np.diff(split.test.indptr) > 0
    warm = np.flatnonzero(tested & (split.warm if model.personal else True))
    cold = np.flatnonzero(tested & ~split.warm)
    depth = max(protocol.depths)
    histories, known = data.ordered(split.histories), split.known_at_test
    asked = time.perf_counter()
    ranked = np.full((len(tested), min(depth, len(data.titles))), -1, dtype=np.int32)
    ranked[warm] = rank(model, histories[warm], known[warm], depth)
    done = time.perf_counter()
    peak = peak_memory_mb()
    hot = warm[split.warm[warm]]
    values = _accuracy(ranked, split, protocol, hot)
    values |= _variety(ranked[:, : protocol.depths[0]], split, data, protocol, hot)
    values["auc"] = _auc(model, histories, known, split.test, hot)
    values |= _groups(ranked, split, data, protocol, hot)
    if len(cold):
        popular = Popular().fit(part, context)
        ranked[cold] = lists_for(popular, data, cold, known, depth)
        for name, value in _accuracy(ranked, split, protocol, cold).items():
            values[f"cold/{name}"] = value
    short = ranked[hot][:, : protocol.depths[0]]
    overall = {
        f"coverage@{protocol.depths[0]}": coverage(short, len(data.titles)),
        f"gini@{protocol.depths[0]}": beyond.gini(short, len(data.titles)),
    }
    return Measurement(values, overall, fitted - started, done - asked, peak)


class _OneOrder:
    """The same scores for everybody."""

    name: ClassVar[str] = Popular.name
    personal: ClassVar[bool] = False
    path: ClassVar[AnswerPath] = "market"

    def __init__(self, scores: Floats) -> None:
        self._scores = scores

    def scores(self, histories: sp.csr_array) -> Floats:
        """(viewers, titles), all rows equal."""
        return np.broadcast_to(self._scores, histories.shape)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """``scores`` (titles,)."""
        return {"scores": self._scores}


def lists_for(
    popular: PopularModel, data: Dataset, viewers: npt.NDArray[np.int64], known: sp.csr_array, depth: int
) -> Ranked:
    """(viewers, depth) what is popular where each viewer is, as serving answers who has no history.

    Args:
        popular: fitted on the train part.
        data: says where viewers are.
        viewers: their numbers.
        known: (all viewers, titles); left out of the lists.
        depth: how long.
    """
    home = data.known.territory[viewers]
    ranked = np.full((len(viewers), min(depth, len(data.titles))), -1, dtype=np.int32)
    for number in np.unique(home):
        mine = np.flatnonzero(home == number)
        rows = known[viewers[mine]]
        model: Recommender = popular
        if number >= 0:
            model = _OneOrder(popular.market(Territory(data.known.territory_codes[number]))[0])
        ranked[mine] = rank(model, rows, rows, depth)
    return ranked


def _at(rows: npt.NDArray[np.int64], values: Values) -> Values:
    """The values of some viewers; NaN for the others."""
    result = np.full(len(values), np.nan)
    result[rows] = values[rows]
    return result


def _accuracy(
    ranked: Ranked, split: Split, protocol: Protocol, rows: npt.NDArray[np.int64]
) -> dict[str, Values]:
    return {
        f"{name}@{k}": _at(rows, metric(k, ranked, split.test))
        for name, metric in RANKED.items()
        for k in protocol.depths
    }


def _variety(
    short: Ranked, split: Split, data: Dataset, protocol: Protocol, rows: npt.NDArray[np.int64]
) -> dict[str, Values]:
    k, histories = protocol.depths[0], split.histories
    values = {
        f"novelty@{k}": beyond.novelty(short, split.train),
        f"serendipity@{k}": beyond.serendipity(short, split.test, split.train),
        f"popularity-lift@{k}": beyond.popularity_lift(short, split.train, histories),
    }
    if any(title is not None and title.genres for title in data.titles):
        features = ContentToContent(text=0.0, decade=0.0).of_titles(data.titles).arrays()
        shape = (int(features["shape"][0]), int(features["shape"][1]))
        rows_of = sp.csr_array((features["data"], features["indices"], features["indptr"]), shape=shape)
        values[f"diversity@{k}"] = beyond.intra_list_diversity(short, rows_of)
        values[f"calibration@{k}"] = beyond.calibration(short, histories, _genres(data.titles))
    return {name: _at(rows, value) for name, value in values.items()}


def _genres(titles: tuple[Title | None, ...]) -> sp.csr_array:
    numbers: dict[str, int] = {}
    pairs = [
        (row, numbers.setdefault(genre, len(numbers)))
        for row, title in enumerate(titles)
        if title is not None
        for genre in dict.fromkeys(title.genres)
    ]
    where = ([row for row, _ in pairs], [column for _, column in pairs])
    return sp.csr_array((np.ones(len(pairs)), where), shape=(len(titles), max(len(numbers), 1)))


def _auc(
    model: Recommender,
    histories: sp.csr_array,
    known: sp.csr_array,
    test: sp.csr_array,
    rows: npt.NDArray[np.int64],
) -> Values:
    values = np.full(histories.shape[0], np.nan)
    for part in blocks(len(rows), _ROWS):
        some = rows[part]
        values[some] = auc(model.scores(histories[some]), known[some], test[some])
    return values


def _groups(
    ranked: Ranked, split: Split, data: Dataset, protocol: Protocol, rows: npt.NDArray[np.int64]
) -> dict[str, Values]:
    """NDCG per territory of viewers, language and age of titles, where they are known and not one."""
    k = protocol.depths[0]
    codes = (*data.known.territory_codes, UNKNOWN)
    territory = [codes[number] for number in data.known.territory]
    found: dict[str, Values] = {}
    if len(set(territory)) > 1:
        values = _at(rows, ndcg_at(k, ranked, split.test))
        labels = np.array(territory, dtype=object)
        for label in by_viewers(values, territory):
            found[f"territory:{label}/ndcg@{k}"] = np.where(labels == label, values, np.nan)
    fans = np.bincount(split.train.indices, minlength=len(data.titles))
    if not fans.all():  # titles that nobody liked in the train part
        age = np.where(fans > 0, "warm", "cold").tolist()
        cold = by_titles(RANKED["recall"], k, ranked, split.test, age)["cold"]
        found[f"cold-title/recall@{k}"] = _at(rows, cold)
    newest = max((title.year or 0 for title in data.titles if title is not None), default=0)
    kinds: Mapping[str, list[str]] = {
        "language": languages_of(data.titles),
        "age": ages_of(data.titles, newest),
    }
    for kind, labels_ in kinds.items():
        if len(set(labels_)) > 1:
            for label, values in by_titles(RANKED["recall"], k, ranked, split.test, labels_).items():
                found[f"{kind}:{label}/recall@{k}"] = _at(rows, values)
    return {name: v for name, v in found.items() if np.count_nonzero(~np.isnan(v)) >= _LEAST_VIEWERS}
