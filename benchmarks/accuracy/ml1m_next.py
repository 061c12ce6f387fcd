"""The next title on MovieLens 1M: SASRec's own order, leave-last-out, all titles ranked.

    python benchmarks/accuracy/ml1m_next.py PATH/sasrec-order.txt.gz [--json] [--set width=64]
        [--threads 2] [--device cuda] [--checkpoint DIR] [--out MODEL.npz] [--seed 1]

The file holds "user item" lines in each user's true order (6,040 users, 3,416 items). Every user's
last item is the test, the one before it the validation, the rest is trained on. When the test is
ranked the model is shown all but the test item, as in W.-C. Kang, J. McAuley, ICDM 2018; what a
user has seen is left out and nothing is sampled. NDCG@10 and HR@10 are means over all users. The
epoch is chosen by NDCG@10 of 1,500 users' validation items; the test is looked at once, at the end.
CPU seconds are of the training with its validation, over all threads. A run that was cut off goes
on from its checkpoint.

Leaves with 1 if NDCG@10 stays below 0.173.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import platform
import resource
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from crossreel import __version__
from crossreel.audience.interactions import Interactions, in_order
from crossreel.recommend.deep.next_title import NextTitle, NextTitleModel
from crossreel.recommend.evaluate.metrics import hit_rate_at, mean_over_tested, ndcg_at
from crossreel.recommend.ranking import rank
from crossreel.recommend.roles import TrainingContext, TrainingData
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

BAR = 0.173


def read(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """User numbers, item numbers, and the place of each item in its user's order."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        table = np.loadtxt(file, dtype=np.int64)
    users, items = (np.unique(column, return_inverse=True)[1] for column in table.T)
    first = np.concatenate([[0], np.flatnonzero(np.diff(users)) + 1])
    places = np.arange(len(users)) - np.repeat(first, np.diff(np.append(first, len(users))))
    return users, items, places


def interactions(users: np.ndarray, items: np.ndarray, places: np.ndarray, shape: Any) -> Interactions:
    """Likes whose times are their places."""
    matrix = sp.csr_array((np.ones(len(users), np.float32), (users, items)), shape=shape)
    matrix.sort_indices()
    known = Interactions.from_liked(
        Vocabulary(ViewerId("ml-1m", str(number)) for number in range(shape[0])),
        Vocabulary(TitleId("ml-1m", str(number)) for number in range(shape[1])),
        matrix,
    )
    return replace(known, liked_time=places[np.lexsort((items, users))])


def measure(model: NextTitleModel, shown: Interactions, test: sp.csr_array) -> dict[str, float]:
    histories = in_order(shown.liked, shown.liked_time)
    started, used = time.perf_counter(), time.process_time()
    ranked = rank(model, histories, shown.liked, 10, threads=1)
    return {
        "ndcg@10": round(mean_over_tested(ndcg_at(10, ranked, test)), 4),
        "hr@10": round(mean_over_tested(hit_rate_at(10, ranked, test)), 4),
        "users": int((np.diff(test.indptr) > 0).sum()),
        "top10_seconds": round(time.perf_counter() - started, 1),
        "top10_cpu": round(time.process_time() - used, 1),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON document on one line")
    parser.add_argument("--set", action="append", default=[], help="a setting of sasrec: name=value")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--out", type=Path, help="where to keep the parameters (npz)")
    return parser.parse_args()


def main() -> int:
    asked = arguments()
    algorithm = NextTitle.from_dict(
        {key: json.loads(value) for key, _, value in (one.partition("=") for one in asked.set)}
    )
    users, items, places = read(asked.file)
    shape = (users.max() + 1, items.max() + 1)
    left = np.bincount(users)[users] - places
    train = interactions(users[left > 2], items[left > 2], places[left > 2], shape)
    valid = interactions(users[left == 2], items[left == 2], places[left == 2], shape)
    shown = interactions(users[left > 1], items[left > 1], places[left > 1], shape)
    test = interactions(users[left == 1], items[left == 1], places[left == 1], shape).liked
    context = TrainingContext(
        seed=asked.seed,
        threads=asked.threads,
        device=asked.device,
        validation=valid,
        checkpoint=asked.checkpoint,
        progress=_progress(),
    )
    model = algorithm.fit(TrainingData(train, (None,) * shape[1]), context)
    if asked.out:
        with asked.out.open("wb") as file:
            np.savez(file, allow_pickle=False, **model.arrays())
    result = measure(model, shown, test)
    report = {
        "data": asked.file.name,
        "sha256": hashlib.sha256(asked.file.read_bytes()).hexdigest()[:16],
        "protocol": "leave-last-out, all titles ranked, seen ones left out",
        "config": algorithm.to_dict(),
        "seed": asked.seed,
        "device": asked.device if asked.device == "cpu" else torch.cuda.get_device_name(),
        **result,
        "bar": BAR,
        "train_cpu_seconds": model.curve[-1].cpu_seconds,
        "curve": [asdict(point) for point in model.curve],
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "versions": {
            "crossreel": __version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
        "cores": os.cpu_count(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }
    print(json.dumps(report, indent=None if asked.json else 2))
    return 1 if result["ndcg@10"] < BAR else 0


def _progress() -> Any:
    """Says once a minute how far the training is."""
    told = [time.monotonic()]

    def listen(done: int, of: int, what: str) -> None:
        if time.monotonic() - told[0] > 60:
            told[0] = time.monotonic()
            print(f"{what}: {done} of {of}, CPU {time.process_time():.0f} s", file=sys.stderr)

    return listen


if __name__ == "__main__":
    sys.exit(main())
