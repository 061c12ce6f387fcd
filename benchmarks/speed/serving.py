"""Serving at a size that no film catalog has: a simulated stress, memory and latencies printed.

    python benchmarks/speed/serving.py [--titles 1000000] [--viewers 1000000] [--dimensions 32]
        [--like PATH/positives.csv.gz] [--graph 32,200] [--json]

Titles are simulated factor vectors: 2,000 clusters, lengths log-normal, as factors of real audiences
are clustered and popular titles longer. With --like they are the factors that ALS finds for those likes,
each repeated with noise of a third of the spread of its coordinates. Each request draws one of the
viewers (their history is drawn from the viewer's own seed, so that a million of them need no memory),
folds its 20 likes in by the exact half step of ALS (``ImplicitAls.solve``) and asks for ten titles among
the three quarters that the rights leave open. The index is the one that ``index_of`` takes; recall is
measured against comparing every title. --graph CONNECTIVITY,EFFORT measures a graph of USearch beside it,
however good it is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from crossreel.recommend.evaluate.measuring import peak_memory_mb
from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.index import EXACT_UP_TO, ApproximateIndex, ExactIndex, index_of

LIKES = 20


def simulated(count: int, dimensions: int, seed: int) -> np.ndarray[Any, Any]:
    """(count, dimensions) float32 factors."""
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(2000, dimensions)).astype(np.float32)
    made = np.empty((count, dimensions), dtype=np.float32)
    for start in range(0, count, 100_000):
        size = min(100_000, count - start)
        noise = rng.normal(size=(size, dimensions)).astype(np.float32)
        length = rng.lognormal(0, 0.4, size=(size, 1)).astype(np.float32)
        made[start : start + size] = (centers[rng.integers(0, 2000, size)] + 0.7 * noise) * length
    return made * np.float32(0.1)


def history(viewer: int, titles: int) -> sp.csr_array:
    """(1, titles) the likes of one of the viewers."""
    rng = np.random.default_rng([7, viewer])
    liked = np.unique((titles * rng.beta(0.6, 3, LIKES)).astype(np.int32))
    ones = np.ones(len(liked), dtype=np.float32)
    return sp.csr_array((ones, liked, [0, len(liked)]), shape=(1, titles))


def repeated(path: Path, count: int, dimensions: int) -> np.ndarray[Any, Any]:
    """(count, dimensions) factors of the likes in a CSV, repeated with noise until there are enough."""
    from crossreel.cli.evaluated_data import EventsFile, read_dataset
    from crossreel.recommend.roles import TrainingData

    known = read_dataset(EventsFile(path), lambda *_: None).known
    data = TrainingData(known, (None,) * known.liked.shape[1])
    factors = ImplicitAls(factors=dimensions, content=0.0).fit(data).arrays()["titles"]
    rng = np.random.default_rng(1)
    made = factors[rng.permutation(count) % len(factors)]
    noise = rng.normal(size=made.shape).astype(np.float32)
    return np.asarray(made + noise * factors.std(axis=0) / 3, dtype=np.float32)


def measure(
    vectors: np.ndarray[Any, Any], viewers: int, requests: int, graph: tuple[int, int] | None
) -> dict[str, Any]:
    titles, dimensions = vectors.shape
    als = ImplicitAls(factors=dimensions)
    rng = np.random.default_rng(2)
    whole = als.gram_of(vectors)
    opened = rng.random(titles) < 0.75

    def fold_in(viewer: int) -> np.ndarray[Any, Any]:
        return als.solve(history(viewer, titles), vectors, whole)

    sample = np.concatenate([fold_in(int(one)) for one in rng.integers(0, viewers, 200)])
    began, cpu = time.perf_counter(), time.process_time()
    index = index_of(vectors, sample)
    built, built_cpu = time.perf_counter() - began, time.process_time() - cpu
    folding, searching, hits = [], [], []
    queries = []
    for viewer in rng.integers(0, viewers, requests):
        row = history(int(viewer), titles)
        start = time.perf_counter()
        query = als.solve(row, vectors, whole)
        middle = time.perf_counter()
        found = index.search(query, 10, opened)[0][0]
        folding.append(middle - start)
        searching.append(time.perf_counter() - middle)
        if len(queries) < 200:
            queries.append(query)
            hits.append(recall(found, vectors, query, opened))
    result = {
        "titles": titles,
        "viewers": viewers,
        "dimensions": dimensions,
        "requests": requests,
        "exact_up_to": EXACT_UP_TO,
        "index": type(index).__name__,
        "compared": round(ExactIndex(vectors).compared(sample), 4),
        "build_seconds": round(built, 1),
        "build_cpu_seconds": round(built_cpu, 1),
        "recall@10_of_requests": round(float(np.mean(hits)), 4),
        "fold_in_ms": percentiles(folding),
        "search_ms": percentiles(searching),
        "peak_rss_mb": round(peak_memory_mb()),
        "load": os.getloadavg()[0],
    }
    if graph:
        result["graph"] = measure_graph(vectors, sample, queries, opened, graph)
    return result


def recall(
    found: np.ndarray[Any, Any],
    vectors: np.ndarray[Any, Any],
    query: np.ndarray[Any, Any],
    opened: np.ndarray[Any, Any],
) -> float:
    """Share of the ten largest products of all, by one plain product, that were found."""
    products = np.where(opened, vectors @ query[0], -np.inf)
    truth = np.argpartition(-products, 10)[:10]
    return len(set(truth.tolist()) & set(found.tolist())) / 10


def measure_graph(
    vectors: np.ndarray[Any, Any],
    sample: np.ndarray[Any, Any],
    queries: list[np.ndarray[Any, Any]],
    opened: np.ndarray[Any, Any],
    kind: tuple[int, int],
) -> dict[str, Any]:
    """A graph at the width that reaches the recall, or at its widest, as far as it goes."""
    cpu = time.process_time()
    index = ApproximateIndex.of(vectors, sample, recall=0.0, connectivity=kind[0], effort=kind[1], threads=1)
    widths = {}
    for width in (256, 1024, 4096, 8192):
        wide = replace(index, width=width)
        seconds, hits = [], []
        for query in queries:
            start = time.perf_counter()
            found = wide.search(query, 10, opened)[0][0]
            seconds.append(time.perf_counter() - start)
            hits.append(recall(found, vectors, query, opened))
        widths[width] = {"recall@10": round(float(np.mean(hits)), 4), **percentiles(seconds)}
    return {
        "connectivity": kind[0],
        "effort": kind[1],
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "widths": widths,
        "peak_rss_mb": round(peak_memory_mb()),
    }


def percentiles(seconds: list[float]) -> dict[str, float]:
    return {
        name: round(float(np.percentile(seconds, at)) * 1e3, 2) for name, at in (("p50", 50), ("p99", 99))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--titles", type=int, default=1_000_000)
    parser.add_argument("--viewers", type=int, default=1_000_000)
    parser.add_argument("--dimensions", type=int, default=32)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--like", type=Path, help="likes (viewer,title) whose factors are repeated")
    parser.add_argument("--graph", help="CONNECTIVITY,EFFORT of a graph to measure too")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.like:
        vectors = repeated(given.like, given.titles, given.dimensions)
    else:
        vectors = simulated(given.titles, given.dimensions, 1)
    connectivity, _, effort = (given.graph or "").partition(",")
    graph = (int(connectivity), int(effort)) if given.graph else None
    found = measure(vectors, given.viewers, given.requests, graph)
    text = json.dumps(found, indent=2)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")
    if given.json:
        print(text)
        return
    for name, value in found.items():
        sys.stdout.write(f"{name:24} {value}\n")


if __name__ == "__main__":
    main()
