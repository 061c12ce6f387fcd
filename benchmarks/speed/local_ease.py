"""EASE of neighborhoods on a catalog whose square fits nowhere: seconds and memory, simulated.

    python benchmarks/speed/local_ease.py [--titles 200000] [--k 100] [--likes 30] [--json]

As many viewers as titles like --likes titles each: half of them of one of 400 tastes, the others by
popularity (Zipf's law with exponent 0.8). Accuracy is not the question here; docs/benchmarks/recommend.md
has it for MovieLens 1M.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

import numpy as np
import scipy.sparse as sp

from crossreel.audience.interactions import Interactions
from crossreel.recommend.evaluate.measuring import peak_memory_mb
from crossreel.recommend.local_ease import LocalEase
from crossreel.recommend.ranking import rank
from crossreel.recommend.roles import TrainingContext, TrainingData
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

TASTES = 400


def simulated(titles: int, likes: int) -> sp.csr_array:
    """(titles, titles) likes of as many viewers as titles."""
    rng = np.random.default_rng(1)
    appeal = np.cumsum((1 + np.arange(titles)) ** -0.8)
    shuffled = rng.permutation(titles)
    half = (titles, likes // 2)
    popular = shuffled[np.searchsorted(appeal, rng.random((titles, likes - likes // 2)) * appeal[-1])]
    taste = rng.integers(0, TASTES, titles)
    size = titles // TASTES
    own = taste[:, None] + TASTES * (size * rng.beta(0.6, 3, half)).astype(np.int64)
    columns = np.concatenate([popular, own], axis=1)
    rows = np.repeat(np.arange(titles), likes)
    found = sp.csr_array((np.ones(rows.size, np.float32), (rows, columns.ravel())), shape=(titles, titles))
    found.data[:] = 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--titles", type=int, default=200_000)
    parser.add_argument("--k", type=int, default=100)
    parser.add_argument("--likes", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    liked = simulated(given.titles, given.likes)
    viewers, titles = (
        Vocabulary(kind("made", str(number)) for number in range(given.titles))
        for kind in (ViewerId, TitleId)
    )
    data = TrainingData(Interactions.from_liked(viewers, titles, liked), (None,) * given.titles)
    before, wall, cpu = peak_memory_mb(), time.perf_counter(), time.process_time()
    model = LocalEase(k=given.k).fit(data, TrainingContext())
    fitted = time.perf_counter() - wall, time.process_time() - cpu
    peak = peak_memory_mb()
    cpu = time.process_time()
    rank(model, liked[:500], liked[:500], 10, rows=50, threads=1)
    found = {
        "titles": given.titles,
        "likes": int(liked.nnz),
        "k": given.k,
        "fit_seconds": round(fitted[0], 1),
        "fit_cpu_seconds": round(fitted[1], 1),
        "peak_rss_mb": round(peak),
        "before_fit_mb": round(before),
        "top10_of_500_cpu_seconds": round(time.process_time() - cpu, 2),
        "load": round(os.getloadavg()[0], 1),
    }
    sys.stdout.write(json.dumps(found, indent=None if given.json else 2) + "\n")


if __name__ == "__main__":
    main()
