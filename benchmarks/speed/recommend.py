"""Speed and memory of the recommenders beside implicit, LensKit, RecTools and Surprise.

    python benchmarks/speed/recommend.py PATH/positives.csv.gz [--ratings PATH/u.data] [--json]
        [--tasks cosine,ease,als,knn-basic,knn-baseline,svd,svdpp] [--rounds 3] [--folds 5]
        [--venvs DIR] [--threads 2]

Every peer has an environment of its own, as they cannot share one (LensKit needs NumPy 2, RecTools
NumPy 1); it is made in --venvs on the first run, from the package index. Ranking is on MovieLens 1M,
rating >= 3, per-viewer random 80/10/10 with seed 42, fitted on train, the top 10 of all viewers with
train and validation left out; the four tasks on ratings are Surprise's algorithms at its settings on
MovieLens 100K, KFold(5, random_state=0), fit and prediction of the first --folds of them, RMSE in stars.

Each measurement is a process of its own; ours and the peers take turns, --rounds times, and the best
of each counts. CPU seconds are user and system time over all threads, and are what is compared: wall
times on a shared machine say little. What is compiled or loaded once per process is done on a small
matrix before the clock runs, for all alike. A peer that leaves out only what it was fitted on is asked
for its top 10 as it is used, and for more, without the clock, to be cut for its NDCG. Memory is the
peak resident set (VmHWM), imports included. "limit" is what the same machine does in a plain float32
matrix product and in copying memory.

Leaves with 1 if a fit or a top 10 takes more CPU than the fastest peer's, or more memory.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

PACKAGES = {
    "implicit": ["implicit==0.7.3"],
    "surprise": ["scikit-surprise==1.1.5", "pandas", "numpy<2"],
    "lenskit": ["torch==2.13.0", "lenskit==2025.8.1"],
    "rectools": ["numpy<2", "rectools==0.19.0"],
}
TASKS = {
    "cosine": ("ours", "implicit"),
    "ease": ("ours", "lenskit", "rectools"),
    "als": ("ours", "implicit"),
} | dict.fromkeys(("knn-basic", "knn-baseline", "svd", "svdpp"), ("ours", "surprise"))
RATINGS = ("knn-basic", "knn-baseline", "svd", "svdpp")


def csr(stored: Any, name: str) -> sp.csr_array:
    parts = (stored[f"{name}.data"], stored[f"{name}.indices"], stored[f"{name}.indptr"])
    return sp.csr_array(parts, shape=tuple(stored[f"{name}.shape"]))


def ranking_split(path: Path, out: Path) -> None:
    """Writes train, known and test as CSR parts, so that peers need none of our code."""
    import csv
    import gzip
    import io

    from crossreel.recommend.evaluate.splits import id_order, per_user_random

    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    pairs = [(row["viewer"], row["title"]) for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))]
    numbers = []
    for column in zip(*pairs, strict=True):
        place = {id_: number for number, id_ in enumerate(id_order(list(column)))}
        numbers.append(np.array([place[id_] for id_ in column]))
    split = per_user_random(sp.csr_array((np.ones(len(pairs), np.float32), tuple(numbers))), seed=42)
    arrays = {}
    for name, matrix in (("train", split.train), ("known", split.known_at_test), ("test", split.test)):
        arrays |= {f"{name}.data": matrix.data, f"{name}.indices": matrix.indices.astype(np.int32)}
        arrays |= {f"{name}.indptr": matrix.indptr.astype(np.int32), f"{name}.shape": np.array(matrix.shape)}
    np.savez(out, **arrays)


def ndcg(found: np.ndarray, test: sp.csr_array) -> float:
    discount, total, viewers = 1 / np.log2(np.arange(2, 12)), 0.0, 0
    for row, listed in enumerate(found):
        wanted = test.indices[test.indptr[row] : test.indptr[row + 1]]
        if len(wanted):
            viewers += 1
            total += discount[: len(listed)][np.isin(listed, wanted)].sum() / discount[: len(wanted)].sum()
    return total / viewers


class Clock:
    """Seconds of wall and CPU since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self, name: str) -> dict[str, float]:
        """Both, under ``NAME_seconds`` and ``NAME_cpu``."""
        cpu = time.process_time() - self._cpu
        return {f"{name}_seconds": round(time.perf_counter() - self._wall, 3), f"{name}_cpu": round(cpu, 3)}


def ours_ranking(task: str, train: sp.csr_array, known: sp.csr_array, threads: int) -> tuple[Any, Any, Any]:
    from crossreel.audience.interactions import Interactions
    from crossreel.recommend.ranking import rank
    from crossreel.recommend.registry import configure
    from crossreel.recommend.roles import TrainingContext, TrainingData
    from crossreel.values.ids import TitleId, ViewerId
    from crossreel.values.vocabulary import Vocabulary

    name, config = {
        "cosine": ("title-neighbors", {"weighting": "cosine", "k": 20, "shrinkage": 0.0}),
        "ease": ("ease", {}),
        "als": ("als", {}),
    }[task]

    def data_of(likes: sp.csr_array) -> TrainingData:
        viewers = Vocabulary(ViewerId("v", str(number)) for number in range(likes.shape[0]))
        titles = Vocabulary(TitleId("t", str(number)) for number in range(likes.shape[1]))
        return TrainingData(Interactions.from_liked(viewers, titles, likes), (None,) * likes.shape[1])

    data, context = data_of(train), TrainingContext(seed=42, threads=threads)
    small = sp.csr_array(np.eye(8, dtype=np.float32))
    rank(configure(name, config).fit(data_of(small), context), small, small, 3, threads=threads)
    return (
        lambda: configure(name, config).fit(data, context),
        lambda model: rank(model, train, known, 10, threads=threads),
        lambda model: rank(model, train, known, 10, threads=threads),
    )


def implicit_ranking(
    task: str, train: sp.csr_array, known: sp.csr_array, threads: int
) -> tuple[Any, Any, Any]:
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import CosineRecommender

    def made() -> Any:
        if task == "cosine":
            return CosineRecommender(K=20, num_threads=threads)
        return AlternatingLeastSquares(
            factors=64, alpha=3.0, regularization=0.05, iterations=15, num_threads=threads, random_state=42
        )

    likes, left_out = sp.csr_matrix(train), sp.csr_matrix(known)
    extra = int(np.diff(left_out.indptr - likes.indptr).max())
    made().fit(sp.csr_matrix(np.eye(8, dtype=np.float32)), show_progress=False)

    def fit() -> Any:
        model = made()
        model.fit(likes, show_progress=False)
        return model

    users = np.arange(likes.shape[0])

    def top(model: Any) -> np.ndarray:
        if task == "als":  # its history is only what is left out
            return model.recommend(users, left_out, N=10, filter_already_liked_items=True)[0]
        return model.recommend(users, likes, N=10)[0]

    def lists(model: Any) -> np.ndarray:
        if task == "als":
            return top(model)
        found = model.recommend(users, likes, N=10 + extra)[0]
        width = likes.shape[1]
        rows = np.repeat(users, np.diff(left_out.indptr)) * width + left_out.indices
        keep = ~np.isin(users[:, None] * width + found, rows)
        order = np.argsort(~keep, axis=1, kind="stable")[:, :10]
        return np.take_along_axis(found, order, axis=1)

    return fit, top, lists


def lenskit_ranking(
    task: str, train: sp.csr_array, known: sp.csr_array, threads: int
) -> tuple[Any, Any, Any]:
    import pandas as pd
    from lenskit.data import from_interactions_df
    from lenskit.knn import EASEScorer

    def data_of(matrix: sp.csr_array) -> Any:
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        return from_interactions_df(pd.DataFrame({"user_id": row, "item_id": matrix.indices}))

    data = data_of(train)
    EASEScorer(regularization=700).train(data_of(sp.csr_array(np.eye(8, dtype=np.float32))))

    def fit() -> Any:
        model = EASEScorer(regularization=700)
        model.train(data)
        return model

    return fit, None, None


def rectools_ranking(
    task: str, train: sp.csr_array, known: sp.csr_array, threads: int
) -> tuple[Any, Any, Any]:
    import pandas as pd
    from rectools import Columns
    from rectools.dataset import Dataset
    from rectools.models import EASEModel

    row = np.repeat(np.arange(train.shape[0]), np.diff(train.indptr))
    table = {
        Columns.User: row,
        Columns.Item: train.indices,
        Columns.Weight: 1.0,
        Columns.Datetime: "2026-01-01",
    }
    data = Dataset.construct(pd.DataFrame(table))
    users = np.arange(train.shape[0])
    extra = int(np.diff(known.indptr - train.indptr).max())
    left_out = np.repeat(users, np.diff(known.indptr)) * train.shape[1] + known.indices

    def top(model: Any) -> Any:
        return model.recommend(users, data, k=10, filter_viewed=True)

    def lists(model: Any) -> np.ndarray:
        found = model.recommend(users, data, k=10 + extra, filter_viewed=True)
        pair = found[Columns.User].to_numpy() * train.shape[1] + found[Columns.Item].to_numpy()
        kept = found[~np.isin(pair, left_out)].groupby(Columns.User).head(10)
        best = np.full((len(users), 10), -1)
        place = kept.groupby(Columns.User).cumcount().to_numpy()
        best[kept[Columns.User].to_numpy(), place] = kept[Columns.Item].to_numpy()
        return best

    return lambda: EASEModel(regularization=700).fit(data), top, lists


def rating_folds(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray]]:
    table = np.loadtxt(path, dtype=np.int64)
    rows, columns = (np.unique(column, return_inverse=True)[1] for column in table[:, :2].T)
    order = np.arange(len(table))
    np.random.RandomState(0).shuffle(order)
    return rows, columns, table[:, 2].astype(float), np.array_split(order, 5)


def predicting(task: str, side: str, path: Path, folds: int) -> dict[str, Any]:
    rows, columns, stars, parts = rating_folds(path)
    run = _ours_rating if side == "ours" else _surprise_rating
    shape = (rows.max() + 1, columns.max() + 1)
    run(task, rows[:50], columns[:50], stars[:50], rows[:5], columns[:5], shape)
    errors, clock = [], Clock()
    for test in parts[:folds]:
        train = np.setdiff1d(np.arange(len(stars)), test)
        guess = run(task, rows[train], columns[train], stars[train], rows[test], columns[test], shape)
        errors.append(np.sqrt(np.mean((guess - stars[test]) ** 2)))
    return {**clock.read("fit"), "rmse": round(float(np.mean(errors)), 4), "folds": folds}


def _ours_rating(
    task: str, rows: Any, columns: Any, stars: Any, users: Any, items: Any, shape: Any
) -> np.ndarray:
    from dataclasses import replace

    from crossreel.audience.interactions import Interactions
    from crossreel.recommend.ratings.neighbors import KnnRating
    from crossreel.recommend.ratings.svd import Svd, SvdPlusPlus
    from crossreel.recommend.roles import TrainingContext, TrainingData
    from crossreel.values.ids import TitleId, ViewerId
    from crossreel.values.vocabulary import Vocabulary

    algorithms: dict[str, Any] = {
        "knn-basic": KnnRating(similarity="msd", center="none", by="viewers"),
        "knn-baseline": KnnRating(similarity="msd", center="baseline", by="viewers"),
        "svd": Svd(factors=100, epochs=20, rate=0.005, ridge=0.02, spread=0.1, calibration=0.0),
        "svdpp": SvdPlusPlus(factors=20, epochs=20, rate=0.007, ridge=0.02, spread=0.1, calibration=0.0),
    }
    nothing = Interactions.from_liked(
        Vocabulary(ViewerId("v", str(number)) for number in range(shape[0])),
        Vocabulary(TitleId("t", str(number)) for number in range(shape[1])),
        sp.csr_array(shape, dtype=np.float32),
    )
    rated = sp.csr_array((((stars - 1) / 4).astype(np.float32), (rows, columns)), shape=shape)
    data = TrainingData(replace(nothing, rated=rated), (None,) * shape[1])
    return algorithms[task].fit(data, TrainingContext(seed=42)).predict(users, items).mean * 4 + 1


def _surprise_rating(
    task: str, rows: Any, columns: Any, stars: Any, users: Any, items: Any, shape: Any
) -> np.ndarray:
    import pandas as pd
    from surprise import SVD, Dataset, KNNBaseline, KNNBasic, Reader, SVDpp

    algorithms: dict[str, Any] = {
        "knn-basic": lambda: KNNBasic(verbose=False),
        "knn-baseline": lambda: KNNBaseline(verbose=False),
        "svd": lambda: SVD(random_state=42),
        "svdpp": lambda: SVDpp(random_state=42, cache_ratings=True),
    }
    table = pd.DataFrame({"user": rows, "item": columns, "rating": stars})
    train = Dataset.load_from_df(table, Reader(rating_scale=(1, 5))).build_full_trainset()
    model = algorithms[task]().fit(train)
    return np.array([model.predict(user, item).est for user, item in zip(users, items, strict=True)])


def worker(task: str, side: str, asked: argparse.Namespace) -> dict[str, Any]:
    if task in RATINGS:
        result = predicting(task, side, asked.ratings, asked.folds)
    else:
        with np.load(asked.path) as stored:
            train, known, test = (csr(stored, name) for name in ("train", "known", "test"))
        prepare = {"ours": ours_ranking, "implicit": implicit_ranking}
        prepare |= {"lenskit": lenskit_ranking, "rectools": rectools_ranking}
        fit, top, lists = prepare[side](task, train, known, asked.threads)
        clock = Clock()
        model = fit()
        result = clock.read("fit")
        if top is not None:
            clock = Clock()
            top(model)
            result |= {**clock.read("top10"), "peak_rss_mb": peak_mb()}
            result["ndcg@10"] = round(ndcg(lists(model), test), 4)
    return {"peak_rss_mb": peak_mb(), **result}


def peak_mb() -> int:
    """Peak resident memory of this program alone; ru_maxrss would count what its parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def python_of(side: str, venvs: Path) -> str:
    """The interpreter of a side; a peer's environment is made where it is missing."""
    if side == "ours":
        return sys.executable
    python = venvs / side / "bin" / "python"
    if not python.exists():
        print(f"making an environment for {side}", file=sys.stderr)
        venv.create(venvs / side, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES[side]], check=True)
    return str(python)


def limits() -> dict[str, float]:
    """What one core does: float32 matrix products, and copying memory."""
    a, big = np.ones((1500, 1500), np.float32), np.ones(25_000_000, np.float32)
    rates = []
    for _ in range(3):
        used = time.process_time()
        a @ a
        gemm = 2 * 1500**3 / (time.process_time() - used) / 1e9
        used = time.process_time()
        big.copy()
        rates.append((gemm, 2 * big.nbytes / (time.process_time() - used) / 1e9))
    gemm, copied = np.max(rates, axis=0)
    return {"gflops_per_cpu_second": round(float(gemm), 1), "copied_gb_per_second": round(float(copied), 1)}


def best_of(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: (max if name == "ndcg@10" else min)(run[name] for run in runs) for name in runs[0]}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--ratings", type=Path, help="u.data of MovieLens 100K, for the tasks on ratings")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--peers", default=",".join(PACKAGES), help="leave out what cannot be installed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folds", type=int, default=5, help="of the tasks on ratings")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--venvs", type=Path, default=Path("build/benchmark-peers"))
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        print(json.dumps(worker(*asked.worker, asked)))
        return 0
    asked.venvs.mkdir(parents=True, exist_ok=True)
    split = asked.venvs / "ml-1m-split.npz"
    if any(task not in RATINGS for task in asked.tasks.split(",")):
        ranking_split(asked.path, split)
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(asked.threads)}
    environment["OMP_NUM_THREADS"] = environment["OPENBLAS_NUM_THREADS"]
    report: dict[str, Any] = {
        "data": asked.path.name,
        "cores": os.cpu_count(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "packages": PACKAGES,
        "limit": limits(),
        "tasks": {},
    }
    missed = []
    for task in asked.tasks.split(","):
        if task in RATINGS and asked.ratings is None:
            print(f"{task} is left out: it needs --ratings", file=sys.stderr)
            continue
        sides = [side for side in TASKS[task] if side == "ours" or side in asked.peers.split(",")]
        runs: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
        for _ in range(asked.rounds):
            for side in sides:
                words = [python_of(side, asked.venvs), __file__, str(split.resolve()), "--worker", task, side]
                words += ["--threads", str(asked.threads), "--folds", str(asked.folds)]
                words += ["--ratings", str(asked.ratings)] if asked.ratings else []
                done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True, env=environment)
                runs[side].append(json.loads(done.stdout.splitlines()[-1]))
                print(f"{task} {side}: {runs[side][-1]}", file=sys.stderr)
        best = {side: best_of(found) for side, found in runs.items()}
        ratios = {}
        for name in ("fit_cpu", "top10_cpu", "peak_rss_mb"):
            peers = [one[name] for side, one in best.items() if side != "ours" and name in one]
            if peers:
                ratios[name] = round(best["ours"][name] / max(min(peers), 1e-3), 2)
        report["tasks"][task] = {**best, "ours / best peer": ratios}
        missed += [f"{task} {name}" for name, ratio in ratios.items() if ratio > 1]
    report["missed"] = missed
    print(json.dumps(report, indent=None if asked.json else 2))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
