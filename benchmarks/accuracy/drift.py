"""What time is worth in a factor model: ALS that leans to what is liked lately.

    python benchmarks/accuracy/drift.py PATH [--format movielens] [--json]

The likes are split once by time (``global-time``): models are fitted on the train part. How strong the
lean is and how quickly it forgets is chosen on the validation part; on the test part the choice and
plain ALS answer the same viewers. Leaves with 1 if the lean makes the test lists worse.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np

from crossreel.cli.evaluated_data import EventsFile, read_dataset
from crossreel.recommend.evaluate.metrics import ndcg_at
from crossreel.recommend.evaluate.protocol import Protocol
from crossreel.recommend.evaluate.significance import bootstrap
from crossreel.recommend.factors import ImplicitAls
from crossreel.recommend.popular import Popular
from crossreel.recommend.ranking import rank
from crossreel.recommend.roles import TrainingContext

DRIFTS, HALF_LIVES = (0.0, 0.1, 0.3, 1.0, 3.0), (7.0, 30.0, 180.0, 36500.0)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--format", default="movielens")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    data = read_dataset(EventsFile(asked.path, asked.format), lambda done, of, what: None)
    (split,) = Protocol("global-time", 42).splits(data)
    part, context = data.part(split.train), TrainingContext(seed=42)

    def on(model: object, held: object, known: object) -> np.ndarray:
        rows = np.flatnonzero((np.diff(held.indptr) > 0) & split.warm)
        histories = data.ordered(split.histories)[rows]
        values = np.full(held.shape[0], np.nan)
        values[rows] = ndcg_at(10, rank(model, histories, known[rows], 10), held[rows])
        return values

    tried = {}
    for drift in DRIFTS:
        for half in HALF_LIVES if drift else HALF_LIVES[:1]:
            model = ImplicitAls(drift=drift, half_life_days=half).fit(part, context)
            tried[drift, half] = (float(np.nanmean(on(model, split.valid, split.train))), model)
    best = max(tried, key=lambda key: tried[key][0])
    plain = tried[0.0, HALF_LIVES[0]]
    test = {
        "als": on(plain[1], split.test, split.known_at_test),
        "als with drift": on(tried[best][1], split.test, split.known_at_test),
        "popular": on(Popular().fit(part, context), split.test, split.known_at_test),
        "popular lately": on(
            Popular(half_life_days=best[1]).fit(part, context), split.test, split.known_at_test
        ),
    }
    gain = bootstrap(test["als with drift"] - test["als"], seed=42)[0]
    report = {
        "data": asked.path.name,
        "split": "global-time",
        "chosen": {"drift": best[0], "half_life_days": best[1]},
        "valid": {"als": plain[0], "als with drift": tried[best][0]},
        "viewers": gain.viewers,
        "test ndcg@10": {name: float(np.nanmean(values)) for name, values in test.items()},
        "gain": {"value": gain.value, "ci95": [gain.low, gain.high]},
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(report, indent=None if asked.json else 2))
    return int(gain.high < 0)


if __name__ == "__main__":
    sys.exit(main())
