"""One algorithm under one protocol: fitted on train, asked for lists, measured on test."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from crossreel.catalog.title import Title
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.evaluate import beyond_accuracy as beyond
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.groups import UNKNOWN, ages_of, by_titles, by_viewers, languages_of
from crossreel.recommend.evaluate.metrics import RANKED, Ranked, Values, auc, coverage, ndcg_at
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.splits import Split
from crossreel.recommend.popular import Popular
from crossreel.recommend.ranking import blocks, rank
from crossreel.recommend.roles import Algorithm, Recommender, TrainingContext

__all__ = ["Measurement", "measure", "peak_memory_mb"]

_ROWS = 512
_LEAST_VIEWERS = 30
"""Groups with fewer test viewers are not told apart: their figures would be noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """Figures of one algorithm before any statistics.

    Attributes:
        values: metric -> (viewers,), NaN where a viewer takes no part; over folds, their mean.
        overall: metric -> figure of all lists together; over folds, the mean.
    """

    values: dict[str, Values]
    overall: dict[str, float]
    fit_seconds: float
    recommend_seconds: float
    peak_rss_mb: float


def measure(data: Dataset, algorithm: Algorithm, protocol: Protocol) -> Measurement:
    """Fits and measures, fold by fold. Raises ``BadInput`` when the algorithm cannot learn."""
    folds = [_one(data, split, algorithm, protocol) for split in protocol.splits(data)]
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
    histories, known = split.histories, split.known_at_test
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
        ranked[cold] = rank(popular, histories[cold], known[cold], depth)
        for name, value in _accuracy(ranked, split, protocol, cold).items():
            values[f"cold/{name}"] = value
    short = ranked[hot][:, : protocol.depths[0]]
    overall = {
        f"coverage@{protocol.depths[0]}": coverage(short, len(data.titles)),
        f"gini@{protocol.depths[0]}": beyond.gini(short, len(data.titles)),
    }
    return Measurement(values, overall, fitted - started, done - asked, peak)


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
        features = ContentToContent(text=0.0).of_titles(data.titles).arrays()
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


def peak_memory_mb() -> float:
    """The largest resident memory of this process so far, in MB.

    Linux tells that of this program alone; elsewhere it may include what the process was before
    it became this program.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
