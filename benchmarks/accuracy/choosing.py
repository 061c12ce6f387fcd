"""Whether `recommend choose` finds the best: its choice against all candidates tried exhaustively.

    python benchmarks/accuracy/choosing.py PATH/ratings [--sets ml-100k,...] [--budget 600] [--json]

For each data set, `choose` sees train and validation of the per-viewer random split (80/10/10, seed
42) and names one candidate. Then every candidate is fitted on the train part and measured on the
test part, which choosing has not seen. Printed: the choice's NDCG@10 on test, the best candidate's,
their ratio, and CPU seconds (user and system, children too) of choosing and of trying everything.

Leaves with 1 if a choice is more than 2 % below the best.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import platform
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import scipy

from crossreel import __version__
from crossreel.cli.evaluated_data import EventsFile, read_dataset
from crossreel.recommend.choose import choose
from crossreel.recommend.choosing.candidates import candidates
from crossreel.recommend.choosing.profile import profile_of
from crossreel.recommend.evaluate.run import evaluate

SETS = ("ml-100k", "ml-latest-small", "ml-1m", "xmrec-s3", "xmrec-t1")
LEAST = 0.98


def cpu() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def told(done: int, of: int, what: str) -> None:
    print(f"  {what} {done}/{of}", file=sys.stderr)


def market(folder: Path, target: Path) -> Path:
    """The market's ratings, each pair once, as CSV."""
    rows: dict[tuple[str, str], str] = {}
    for name in ("train.tsv.gz", "train_5core.tsv.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                rows[row["userId"], row["itemId"]] = row["rating"]
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("viewer", "title", "value"))
        writer.writerows((*pair, value) for pair, value in rows.items())
    return target


def file_of(name: str, root: Path, scratch: Path) -> EventsFile:
    if name == "ml-1m":
        return EventsFile(root / name / "positives.csv.gz")
    if name.startswith("xmrec-"):
        return EventsFile(market(root / "xmrec" / name.removeprefix("xmrec-"), scratch / f"{name}.csv"))
    return EventsFile(root / name, "movielens")


def tried(name: str, root: Path, budget: float) -> dict[str, Any]:
    with TemporaryDirectory() as scratch:
        data = read_dataset(file_of(name, root, Path(scratch)), told)
    started, used = time.perf_counter(), cpu()
    choice = choose(data, budget=budget, progress=told)
    seconds, choosing = time.perf_counter() - started, cpu() - used
    wanted = candidates(profile_of(data))
    used = cpu()
    found = evaluate(data, [one.configured() for one in wanted], progress=told)
    exhaustive = cpu() - used
    figures = {
        one.label: result.metrics["ndcg@10"].value for one, result in zip(wanted, found.results, strict=True)
    }
    best = max(figures, key=lambda label: figures[label])
    chosen = choice.winner.label
    row = {
        "set": name,
        "viewers": len(data.known.viewers),
        "titles": len(data.known.titles),
        "likes": int(data.known.liked.nnz),
        "choice": chosen,
        "choice_ndcg@10": figures[chosen],
        "best": best,
        "best_ndcg@10": figures[best],
        "ratio": figures[chosen] / figures[best],
        "choosing_cpu_s": round(choosing, 1),
        "choosing_wall_s": round(seconds, 1),
        "exhaustive_cpu_s": round(exhaustive, 1),
        "candidates": figures,
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(row), file=sys.stderr)
    return row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--budget", type=float, default=600.0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = [tried(name, asked.root, asked.budget) for name in asked.sets.split(",")]
    versions = f"crossreel {__version__}, python {platform.python_version()}, numpy {np.__version__}"
    document = {"versions": f"{versions}, scipy {scipy.__version__}", "seed": 42, "sets": rows}
    if asked.json:
        print(json.dumps(document, indent=2))
    else:
        for row in rows:
            print(
                f"{row['set']}: chose {row['choice']} {row['choice_ndcg@10']:.4f}, best {row['best']} "
                f"{row['best_ndcg@10']:.4f}, ratio {row['ratio']:.4f}; CPU {row['choosing_cpu_s']} s "
                f"to choose, {row['exhaustive_cpu_s']} s to try everything"
            )
    return int(any(row["ratio"] < LEAST for row in rows))


if __name__ == "__main__":
    sys.exit(main())
