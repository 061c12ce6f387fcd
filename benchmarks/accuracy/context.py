"""What each outside factor is worth: an ablation on dated likes.

    python benchmarks/accuracy/context.py PATH --format movielens --territory US [--base ease] [--json]
    python benchmarks/accuracy/context.py --home WORKSPACE [--base ease] [--json]

Each held-out like (per-viewer random 80/10/10, seed 42) is one question under its own circumstances:
the first ten titles must hold the liked one. Strengths of the factors are learned on the validation
part, the table is of the test part: the mean gain (NDCG@10 of one like) with no factor, with all, with
each alone and with all but each, and the differences from none with 95 % intervals over viewers.

MovieLens' times are those of rating, many at one sitting, not of watching: weak evidence. Its files
name no country; --territory says which clock and calendar to read them by. The sample workspace's
audience is simulated: its tastes differ by country and nothing else, so that any worth of the hour,
the weekday or the device there would be a false alarm.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from crossreel.cli.evaluated_data import EventsFile, read_dataset
from crossreel.recommend.contextual import Contextual
from crossreel.recommend.evaluate.context_worth import context_worth
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.training import training_data
from crossreel.values.territory import Territory


def of_file(path: Path, format_: str, territory: str) -> Dataset:
    data = read_dataset(EventsFile(path, format_, None, None, None, None, "movielens"), lambda *_: None)
    code = Territory.parse(territory).code
    where = np.zeros(len(data.known.viewers), dtype=np.int16)
    return replace(data, known=replace(data.known, territory=where, territory_codes=(code,)))


def of_workspace(home: Path) -> Dataset:
    from crossreel import open_app
    from crossreel.recommend.placement import offer_of

    app = open_app(home)
    try:
        data = training_data(offer_of(app.catalog), app.catalog, app.events)
    finally:
        app.close()
    return Dataset.of(data.interactions, data.titles)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--format", default="movielens")
    parser.add_argument("--territory", default="US")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--base", default="ease")
    parser.add_argument("--shrinkage", type=float, default=30.0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if (asked.path is None) == (asked.home is None):
        parser.error("name a file of events or --home")
    data = of_workspace(asked.home) if asked.home else of_file(asked.path, asked.format, asked.territory)
    used = time.process_time()
    found = context_worth(data, Contextual(asked.base, shrinkage=asked.shrinkage))
    document = {
        "data": data.hash[:16],
        "likes": int(data.known.liked.nnz),
        "base": asked.base,
        "seed": 42,
        "cpu_seconds": round(time.process_time() - used, 1),
        "load_average": round(os.getloadavg()[0], 1),
        "factors": [one.to_dict() for one in found],
    }
    if asked.json:
        print(json.dumps(document, indent=2))
        return 0
    print({key: value for key, value in document.items() if key != "factors"})
    for one in found:
        strengths = {name: value for name, value in one.strengths.items() if value}
        print(
            f"{one.factors:18} {one.gain.value:.4f}  {one.difference.value:+.4f} "
            f"[{one.difference.low:+.4f}, {one.difference.high:+.4f}]  {strengths}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
