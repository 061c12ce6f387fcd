"""Runs algorithms under a protocol: figures with intervals, times and memory; resumable.

Each algorithm is fitted and asked in a process of its own, so that peak memory is its own and one
that fails or is killed takes no other with it. With a folder, each result is a file that is
written whole once it is there; a run that was stopped goes on with those that are missing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from crossreel.errors import BadInput
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.measurement import Measurement
from crossreel.recommend.evaluate.measuring import Measured, measure
from crossreel.recommend.evaluate.memory import workers_within
from crossreel.recommend.evaluate.metrics import Values
from crossreel.recommend.evaluate.protocol import Protocol, result_key
from crossreel.recommend.evaluate.significance import (
    Comparison,
    Interval,
    bootstrap,
    bootstrap_ratio,
    compare,
)
from crossreel.recommend.ratings.registry import RATING_ALGORITHMS

__all__ = ["Evaluation", "Result", "evaluate"]

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What one algorithm achieved.

    Attributes:
        metrics: name -> mean over the warm test viewers with its 95 % interval; figures of all
            lists together (coverage, Gini) have no interval (NaN). Names with ``cold/`` are those
            of viewers without a history, who are answered with what is popular.
        values: name -> (viewers,) the values behind those means.
        fit_seconds, recommend_seconds: wall time; the latter for lists of all test viewers.
        peak_rss_mb: largest resident memory of its process, data and libraries included.
    """

    algorithm: str
    config: dict[str, Any]
    metrics: dict[str, Interval]
    values: dict[str, Values]
    fit_seconds: float
    recommend_seconds: float
    peak_rss_mb: float

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON values; a figure that is not defined is null."""
        return {
            "algorithm": self.algorithm,
            "config": self.config,
            "metrics": {name: _shown(interval) for name, interval in self.metrics.items()},
            "fit_seconds": round(self.fit_seconds, 3),
            "recommend_seconds": round(self.recommend_seconds, 3),
            "peak_rss_mb": round(self.peak_rss_mb, 1),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """All results of one protocol on one data set.

    Attributes:
        signature: data, split, seed and versions; two figures with equal signatures compare.
        data: facts about the data and its parts.
        comparisons: every pair of algorithms, corrected by Holm's method: recommenders by the first
            metric, predictors of ratings by each viewer's mean absolute error.
    """

    signature: str
    data: dict[str, Any]
    results: tuple[Result, ...]
    comparisons: tuple[Comparison, ...]

    def to_dict(self) -> dict[str, Any]:
        """Signature, data, results and comparisons as JSON values."""
        return {
            "signature": self.signature,
            "data": self.data,
            "results": [result.to_dict() for result in self.results],
            "comparisons": [one.to_dict() for one in self.comparisons],
        }


def evaluate(
    data: Dataset,
    algorithms: Sequence[Measured],
    protocol: Protocol = Protocol(),  # noqa: B008 - frozen
    *,
    folder: Path | None = None,
    jobs: int = 1,
    memory_mb: float | None = None,
    isolated: bool = True,
    progress: Progress = lambda done, of, what: None,
) -> Evaluation:
    """Fits each algorithm on the train part alone and measures its lists on the test part.

    Args:
        data: the likes.
        algorithms: configurations; each is measured once however often it is named.
        protocol: how.
        folder: where results are kept and looked for; made if missing.
        jobs: algorithms at a time at most; 0 means one for each core.
        memory_mb: all of them together may take this much, by estimate; fewer run at a time where
            that is not enough, but always one. By default four fifths of what is free.
        isolated: False runs them in this process, whose peak memory they then share.
        progress: told after each algorithm.

    Raises:
        BadInput: the data cannot be split so, nobody is left to test, or an algorithm cannot learn
            from the data; results that were there already are kept.
    """
    signature = protocol.signature(data)
    ranking = any(one.name not in RATING_ALGORITHMS for one in algorithms)
    splits = protocol.splits(data) if ranking else protocol.rating_splits(data)
    if not any(split.test.nnz for split in splits):
        raise BadInput(
            f"Nobody is left to test: the split {protocol.split} holds out no title.",
            advice="Take another split, or data with viewers who like three titles or more.",
        )
    wanted = {result_key(signature, one.name, one.to_dict()): one for one in algorithms}
    found: dict[str, Measurement] = {}
    for key, one in wanted.items():
        stored = _read(folder, key, one.name)
        if stored is not None:
            found[key] = stored
    missing = {key: one for key, one in wanted.items() if key not in found}
    progress(len(found), len(wanted), "Evaluating")
    workers = workers_within(data, jobs, memory_mb) if isolated else 1
    for key, measurement in _measured(data, missing, protocol, workers, isolated):
        found[key] = measurement
        _write(folder, key, wanted[key].name, measurement)
        progress(len(found), len(wanted), "Evaluating")
    results = tuple(_result(one, found[key], protocol.seed) for key, one in wanted.items())
    return Evaluation(signature, _facts(data, splits), results, _compared(results, protocol))


def _measured(
    data: Dataset, algorithms: dict[str, Measured], protocol: Protocol, jobs: int, isolated: bool
) -> Iterator[tuple[str, Measurement]]:
    if not isolated:
        for key, algorithm in algorithms.items():
            yield key, measure(data, algorithm, protocol)
        return
    if not algorithms:
        return
    workers = max(1, min(jobs, len(algorithms)))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        futures: dict[Future[Measurement], str] = {
            pool.submit(measure, data, algorithm, protocol): key for key, algorithm in algorithms.items()
        }
        failed: BaseException | None = None
        for future in as_completed(futures):
            error = future.exception()
            if error is None:
                yield futures[future], future.result()
            else:
                failed = failed or error
        if failed is not None:
            raise failed


def _result(algorithm: Measured, measurement: Measurement, seed: int) -> Result:
    names = list(measurement.values)
    table = np.column_stack([measurement.values[name] for name in names])
    metrics = dict(zip(names, bootstrap(table, seed=seed), strict=True))
    nan = float("nan")
    metrics |= {name: Interval(value, nan, nan, len(table)) for name, value in measurement.overall.items()}
    for name, sums in measurement.ratios.items():
        metrics[name] = bootstrap_ratio(sums, root=name == "rmse", seed=seed)
    return Result(
        algorithm=algorithm.name,
        config=algorithm.to_dict(),
        metrics={name: one for name, one in metrics.items() if one.viewers},
        values=measurement.values,
        fit_seconds=measurement.fit_seconds,
        recommend_seconds=measurement.recommend_seconds,
        peak_rss_mb=measurement.peak_rss_mb,
    )


def _compared(results: Sequence[Result], protocol: Protocol) -> tuple[Comparison, ...]:
    names = [result.algorithm for result in results]
    found: list[Comparison] = []
    for metric in (f"ndcg@{protocol.depths[0]}", "viewer-mae"):
        values = {
            result.algorithm
            if names.count(result.algorithm) == 1
            else f"{result.algorithm} {json.dumps(result.config, sort_keys=True)}": result.values[metric]
            for result in results
            if metric in result.values
        }
        found += compare(values, metric=metric, seed=protocol.seed)
    return tuple(found)


def _facts(data: Dataset, splits: Sequence[Any]) -> dict[str, Any]:
    tested = [np.diff(split.test.indptr) > 0 for split in splits]
    return {
        "hash": data.hash,
        "viewers": len(data.known.viewers),
        "titles": len(data.known.titles),
        "likes": int(data.known.liked.nnz),
        "train": int(splits[0].train.nnz),
        "valid": int(splits[0].valid.nnz),
        "test": int(sum(split.test.nnz for split in splits)),
        "test_viewers": int(np.count_nonzero(np.any(tested, axis=0))),
        "cold_test_viewers": int(
            np.count_nonzero(np.any([t & ~s.warm for t, s in zip(tested, splits, strict=True)], axis=0))
        ),
        "described_titles": sum(title is not None for title in data.titles),
        "synopses": sum(t is not None and any(text.synopsis for text in t.texts) for t in data.titles),
        "sentence_vectors": data.meanings.name if data.meanings else None,
    }


def _shown(interval: Interval) -> dict[str, Any]:
    ci = [interval.low, interval.high]
    return {
        "value": None if np.isnan(interval.value) else interval.value,
        "ci95": None if np.isnan(ci).any() else ci,
    }


def _path(folder: Path, key: str, name: str) -> Path:
    return folder / f"{name}-{key}.npz"


def _read(folder: Path | None, key: str, name: str) -> Measurement | None:
    """A stored measurement; None where there is none, or none that can be read."""
    if folder is None:
        return None
    try:
        with np.load(_path(folder, key, name), allow_pickle=False) as stored:
            facts = json.loads(str(stored["facts"]))
            values = {column: stored[f"values/{column}"] for column in facts.pop("columns")}
            ratios = {name: stored[f"ratios/{name}"] for name in facts.pop("ratios")}
            return Measurement(values=values, ratios=ratios, **facts)
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None


def _write(folder: Path | None, key: str, name: str, measurement: Measurement) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    facts = {
        "columns": list(measurement.values),
        "ratios": list(measurement.ratios),
        "overall": measurement.overall,
        "fit_seconds": measurement.fit_seconds,
        "recommend_seconds": measurement.recommend_seconds,
        "peak_rss_mb": measurement.peak_rss_mb,
    }
    path = _path(folder, key, name)
    draft = path.with_suffix(f".{time.time_ns()}.new")
    arrays: dict[str, Any] = {f"values/{column}": value for column, value in measurement.values.items()}
    arrays |= {f"ratios/{name}": sums for name, sums in measurement.ratios.items()}
    with draft.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, facts=np.array(json.dumps(facts)), **arrays)
    draft.replace(path)
