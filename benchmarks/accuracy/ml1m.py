"""Ranking accuracy on MovieLens 1M, rating >= 3, beside peers measured in the same run.

    python benchmarks/accuracy/ml1m.py PATH/positives.csv.gz [--json] [--algorithms ease,popular]

PATH is a CSV (plain or gzip) with the columns viewer and title: 836,477 pairs, 6,039 viewers,
3,627 titles. Protocol P-rnd: ids in integer order; per-viewer random 80/10/10 with one
numpy.random.default_rng(42) over viewers in ascending order (recommend.evaluate.splits); models
are fitted on the train part alone, with their default settings, and choose (the blend's weights) on
the validation part; at test, train and validation titles are
left out and the whole catalog is ranked; NDCG@10 and recall are means over viewers with test
titles. Each model runs in a process of its own, so that peak memory (ru_maxrss, imports included)
is its own; times are wall clock and CPU over all threads, "top10" is for all viewers. Records of the
titles (movies.dat, movies_extrainfos.dat) are read beside PATH; content is left out without them,
balanced-ease and blend then do without.

Leaves with 1 if a figure stays below its bar: EASE 0.285, popularity 0.117, and with records balanced
EASE 0.292 and both blends 0.296. The boosted blend's figure on the validation part is the one out of
fold, as its trees have read that part; it stands beside that of the linear blend of the same members.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import importlib.util
import io
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import scipy.sparse as sp

from crossreel import __version__
from crossreel.audience.interactions import Interactions
from crossreel.catalog.feeds.movielens import find_titles_file, read_movielens
from crossreel.catalog.feeds.reading import FeedNotes
from crossreel.catalog.title import Title
from crossreel.recommend.boosted import BoostedBlendModel
from crossreel.recommend.evaluate.metrics import coverage, mean_over_tested, ndcg_at, recall_at
from crossreel.recommend.evaluate.splits import Split, id_order, per_user_random
from crossreel.recommend.ranking import rank, top_k
from crossreel.recommend.registry import configure
from crossreel.recommend.roles import TrainingContext, TrainingData
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

SEED = 42
OURS = (
    "popular",
    "content",
    "title-neighbors",
    "title cosine k=20",
    "user-neighbors",
    "fan-neighbors",
    "als",
    "slim",
    "ease",
    "viewer-ease",
    "balanced-ease",
    "blend",
    "boosted-blend",
)
SETTINGS = {"title cosine k=20": ("title-neighbors", {"weighting": "cosine", "k": 20, "shrinkage": 0.0})}
PEERS = ("numpy EASE", "implicit cosine", "implicit BM25")
BARS = {"ease": 0.285, "popular": 0.117, "balanced-ease": 0.292, "blend": 0.296, "boosted-blend": 0.296}
DESCRIBED = ("content",)


def read(path: Path) -> tuple[list[str], list[str], sp.csr_array]:
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    rows = csv.DictReader(io.StringIO(text.decode("utf-8-sig")))
    pairs = [(row["viewer"], row["title"]) for row in rows]
    viewers, titles = id_order([v for v, _ in pairs]), id_order([t for _, t in pairs])
    row_of = {id_: number for number, id_ in enumerate(viewers)}
    column_of = {id_: number for number, id_ in enumerate(titles)}
    where = ([row_of[v] for v, _ in pairs], [column_of[t] for _, t in pairs])
    likes = sp.csr_array((np.ones(len(pairs), np.float32), where), shape=(len(viewers), len(titles)))
    likes.data[:] = 1
    return viewers, titles, likes


def records(path: Path) -> dict[str, Title]:
    """The records of the MovieLens folder that the file lies in, by id; none where there are none."""
    if find_titles_file(path.parent) is None:
        return {}
    found = (outcome for _, outcome in read_movielens(path.parent, "ml-1m", FeedNotes()))
    return {title.id.key: title for title in found if isinstance(title, Title)}


def measure(name: str, path: Path) -> dict[str, Any]:
    viewers, titles, likes = read(path)
    split = per_user_random(likes, seed=SEED)
    if name in PEERS:
        fit, recommend, config = _peer(name, split)
    else:
        algorithm = configure(*SETTINGS.get(name, (name, {})))
        known = Interactions.from_liked(
            Vocabulary(ViewerId("ml-1m", id_) for id_ in viewers),
            Vocabulary(TitleId("ml-1m", id_) for id_ in titles),
            split.train,
        )
        data = TrainingData(known, tuple(map(records(path).get, titles)))
        config = algorithm.to_dict()
        validation = Interactions.from_liked(known.viewers, known.titles, split.valid)

        def fit() -> Any:
            return algorithm.fit(data, TrainingContext(seed=SEED, validation=validation))

        def recommend(model: Any, histories: sp.csr_array, exclude: sp.csr_array) -> Any:
            return rank(model, histories, exclude, 20)

    started, used = time.perf_counter(), time.process_time()
    model = fit()
    fitted, fit_cpu = time.perf_counter(), time.process_time() - used
    used = time.process_time()
    ranked = recommend(model, split.train, split.known_at_test)
    done, top_cpu = time.perf_counter(), time.process_time() - used
    valid = recommend(model, split.train, split.train)
    on_valid = mean_over_tested(ndcg_at(10, valid, split.valid))
    learned: dict[str, Any] = {}
    if isinstance(model, BoostedBlendModel) and model.figures:
        on_valid, linear = model.figures
        learned = {"trust": model.trust, "linear valid ndcg@10": round(linear, 4), "gain": model.weights()}
    return {
        "algorithm": name,
        "config": config,
        **learned,
        "ndcg@10": round(mean_over_tested(ndcg_at(10, ranked, split.test)), 4),
        "recall@10": round(mean_over_tested(recall_at(10, ranked, split.test)), 4),
        "recall@20": round(mean_over_tested(recall_at(20, ranked, split.test)), 4),
        "coverage@10": round(coverage(ranked[:, :10], len(titles)), 3),
        "valid ndcg@10": round(on_valid, 4),
        "fit_seconds": round(fitted - started, 2),
        "fit_cpu": round(fit_cpu, 2),
        "top10_seconds": round(done - fitted, 2),
        "top10_cpu": round(top_cpu, 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "users": int((np.diff(split.test.indptr) > 0).sum()),
    }


def _peer(name: str, split: Split) -> tuple[Callable[[], Any], Callable[..., Any], dict[str, Any]]:
    if name == "numpy EASE":

        def fit() -> Any:
            x = split.train
            g = (x.T @ x).toarray().astype(np.float64)
            g[np.diag_indices_from(g)] += 700.0
            p = np.linalg.inv(g)
            b = -p / np.diag(p)
            np.fill_diagonal(b, 0)
            return b.astype(np.float32)

        def recommend(b: Any, histories: sp.csr_array, exclude: sp.csr_array) -> Any:
            scores = histories @ b
            scores[exclude.nonzero()] = -np.inf
            return top_k(scores, 20)

        return fit, recommend, {"lam": 700.0}
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender

    def fit_implicit() -> Any:
        bm25 = name == "implicit BM25"
        model = BM25Recommender(K=20, K1=100, B=0.25) if bm25 else CosineRecommender(K=20)
        model.fit(sp.csr_matrix(split.train), show_progress=False)
        return model

    def recommend_implicit(model: Any, histories: sp.csr_array, exclude: sp.csr_array) -> Any:
        # implicit leaves out only what it was given as history, so more are asked for and cut here
        asked, want = sp.csr_matrix(histories), sp.csr_matrix(exclude)
        extra = int(np.diff((exclude - histories).indptr).max(initial=0)) if exclude is not histories else 0
        found, scores = model.recommend(np.arange(asked.shape[0]), asked, N=20 + extra)
        dense = np.full((asked.shape[0], asked.shape[1] + 1), -np.inf, np.float32)
        np.put_along_axis(dense, found, scores, axis=1)
        dense = dense[:, :-1]
        dense[want.nonzero()] = -np.inf
        return top_k(dense, 20)

    return fit_implicit, recommend_implicit, {"K": 20}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--algorithms", default=",".join((*OURS, *PEERS)), help="comma-separated")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one, asked.path)))
        return 0
    has_implicit = importlib.util.find_spec("implicit") is not None
    report: dict[str, Any] = {
        "data": asked.path.name,
        "sha256": hashlib.sha256(asked.path.read_bytes()).hexdigest(),
        "protocol": "P-rnd: per-viewer random 80/10/10, full ranking, train and valid left out at test",
        "seed": SEED,
        "versions": {
            "crossreel": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "implicit": "installed" if has_implicit else "absent",
        },
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "results": [],
    }
    for name in asked.algorithms.split(","):
        if name.startswith("implicit") and not has_implicit:
            print(f"{name}: implicit is not installed; left out (pip install implicit)", file=sys.stderr)
            continue
        if name in DESCRIBED and find_titles_file(asked.path.parent) is None:
            print(f"{name}: no records of the titles are beside the data; left out", file=sys.stderr)
            continue
        words = [sys.executable, __file__, str(asked.path), "--one", name]
        run = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
        report["results"].append(json.loads(run.stdout))
        print(f"{name}: done", file=sys.stderr)
    missed = [one["algorithm"] for one in report["results"] if one["ndcg@10"] < BARS.get(one["algorithm"], 0)]
    report["below_bar"] = missed
    if asked.json:
        print(json.dumps(report, indent=2))
    else:
        _print(report)
    return 1 if missed else 0


def _print(report: dict[str, Any]) -> None:
    for key in ("data", "sha256", "protocol", "seed", "versions", "cores", "load_average"):
        print(f"{key}: {report[key]}")
    columns = (
        "ndcg@10",
        "recall@10",
        "recall@20",
        "coverage@10",
        "fit_seconds",
        "fit_cpu",
        "top10_seconds",
        "top10_cpu",
        "peak_rss_mb",
    )
    print(f"{'algorithm':17}" + "".join(f"{column:>15}" for column in columns))
    for one in report["results"]:
        print(f"{one['algorithm']:17}" + "".join(f"{one[column]:>15}" for column in columns))
    results = {one["algorithm"]: one for one in report["results"]}
    if {"ease", "numpy EASE"} <= results.keys():
        ours, peer = results["ease"], results["numpy EASE"]
        ratios = ", ".join(
            f"{key} {ours[key] / peer[key]:.2f}"
            for key in ("ndcg@10", "fit_seconds", "top10_seconds", "peak_rss_mb")
        )
        print(f"ours / numpy EASE: {ratios}")
    print(f"below the bar: {report['below_bar'] or 'none'}")


if __name__ == "__main__":
    sys.exit(main())
