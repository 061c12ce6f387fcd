"""Serving at a size that no film catalog has: a simulated stress, memory and latencies printed.

    python benchmarks/speed/serving.py [--titles 1000000] [--viewers 1000000] [--dimensions 32] [--json]

Titles are simulated factor vectors: 2,000 clusters, lengths log-normal, as factors of real audiences
are clustered and popular titles longer. Each request draws one of the viewers (their history is
drawn from the viewer's own seed, so that a million of them need no memory), folds its 20 likes in
by the exact half step of ALS (``ImplicitAls.solve``) and asks for ten titles among the three
quarters that the rights leave open. Beside the approximate index stands the exact one by blocks.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from crossreel.recommend.evaluate.measuring import peak_memory_mb
from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.index import EXACT_UP_TO, ApproximateIndex, ExactIndex

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


def measure(titles: int, viewers: int, dimensions: int, requests: int) -> dict[str, Any]:
    vectors = simulated(titles, dimensions, 1)
    als = ImplicitAls(factors=dimensions)
    rng = np.random.default_rng(2)
    whole = als.gram_of(vectors)
    opened = rng.random(titles) < 0.75

    def fold_in(viewer: int) -> np.ndarray[Any, Any]:
        return als.solve(history(viewer, titles), vectors, whole)

    sample = np.concatenate([fold_in(int(one)) for one in rng.integers(0, viewers, 200)])
    began, cpu = time.perf_counter(), time.process_time()
    index = ApproximateIndex.of(vectors, sample, connectivity=16, effort=64)
    built, built_cpu = time.perf_counter() - began, time.process_time() - cpu
    exact = ExactIndex(vectors)
    asked = [int(one) for one in rng.integers(0, viewers, requests)]
    folding, approximate = [], []
    queries = []
    for viewer in asked:
        row = history(viewer, titles)
        start = time.perf_counter()
        query = als.solve(row, vectors, whole)
        middle = time.perf_counter()
        index.search(query, 10, opened)
        folding.append(middle - start)
        approximate.append(time.perf_counter() - middle)
        queries.append(query)
    exactly, hits = [], []
    for query in queries[: min(200, requests)]:
        start = time.perf_counter()
        truth = exact.search(query, 10, opened)[0][0]
        exactly.append(time.perf_counter() - start)
        hits.append(len(set(truth.tolist()) & set(index.search(query, 10, opened)[0][0].tolist())) / 10)
    return {
        "titles": titles,
        "viewers": viewers,
        "dimensions": dimensions,
        "requests": requests,
        "exact_up_to": EXACT_UP_TO,
        "build_seconds": round(built, 1),
        "build_cpu_seconds": round(built_cpu, 1),
        "width": index.width,
        "recall@10_at_build": round(index.recall, 4),
        "recall@10_of_requests": round(float(np.mean(hits)), 4),
        "fold_in_ms": percentiles(folding),
        "approximate_ms": percentiles(approximate),
        "exact_ms": percentiles(exactly),
        "peak_rss_mb": round(peak_memory_mb()),
        "load": os.getloadavg()[0],
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
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    found = measure(given.titles, given.viewers, given.dimensions, given.requests)
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
