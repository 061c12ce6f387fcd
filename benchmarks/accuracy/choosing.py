"""Whether `recommend choose` finds the best: its choice against all candidates tried exhaustively.

    python benchmarks/accuracy/choosing.py PATH/ratings [--sets ml-100k,...] [--budget 300] [--json]
        [--keep DIR] [--without slim,sasrec]

For each data set, `choose` sees train and validation of the per-viewer random split (80/10/10, seed
42) and names one candidate. Then every candidate is fitted on the train part and measured on the
test part, which choosing has not seen. Printed: the choice's NDCG@10 on test, the best candidate's,
their ratio, and CPU seconds (user and system, children too) of choosing and of trying everything. The
budget of choosing is counted in CPU seconds, so that other work on the machine does not change the choice.

With --keep, what is chosen and every measured candidate is a file of that folder, and a run that was
stopped goes on from there; CPU seconds are kept with them.

With --without, these algorithms are not tried after choosing, and the answer names them: their figures
are then unknown, also as the best. Choosing itself may try them.

Leaves with 1 if a choice is more than 2 % below the best.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import platform
import re
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
import scipy

from crossreel import __version__
from crossreel.cli.evaluated_data import EventsFile, read_dataset
from crossreel.recommend.choose import choose
from crossreel.recommend.choosing.candidates import Candidate, candidates
from crossreel.recommend.choosing.profile import profile_of
from crossreel.recommend.evaluate.dataset import Dataset
from crossreel.recommend.evaluate.run import evaluate

SETS = ("ml-100k", "ml-latest-small", "ml-1m", "xmrec-s3", "xmrec-t1")
LEAST = 0.98


def cpu() -> float:
    """Of this process, and of its children that have ended or are running."""
    own, ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    used = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            used += times.user + times.system
    return used


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


def kept(path: Path | None, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the file says, or what is made now and written there."""
    if path is not None and path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    made = make()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(made), encoding="utf-8")
        draft.replace(path)
    return made


def chosen_of(data: Dataset, budget: float) -> dict[str, Any]:
    started, used = time.perf_counter(), cpu()
    choice = choose(data, budget=budget, now=cpu, progress=told)
    return {
        "label": choice.winner.label,
        "wall": time.perf_counter() - started,
        "cpu": cpu() - used,
        "finalists": {one.candidate.label: one.mean(1.0) for one in choice.backtest.finalists},
        "left_out": {one.candidate.label: one.left_out for one in choice.backtest.others},
    }


def measured_of(data: Dataset, one: Candidate) -> dict[str, Any]:
    used = cpu()
    (result,) = evaluate(data, [one.configured()], progress=told).results
    return {"ndcg@10": result.metrics["ndcg@10"].value, "cpu": cpu() - used, "load": os.getloadavg()[0]}


def tried(name: str, root: Path, budget: float, folder: Path | None, without: set[str]) -> dict[str, Any]:
    with TemporaryDirectory() as scratch:
        data = read_dataset(file_of(name, root, Path(scratch)), told)

    def file(what: str) -> Path | None:
        return folder / name / f"{re.sub('[^a-z0-9]+', '-', what)}.json" if folder else None

    choice = kept(file("choice"), lambda: chosen_of(data, budget))
    everything = candidates(profile_of(data))
    wanted = [one for one in everything if one.algorithm not in without]
    results = {}
    for number, one in enumerate(wanted):
        told(number, len(wanted), one.label)
        results[one.label] = kept(file(f"tried {one.label}"), partial(measured_of, data, one))
    figures = {label: result["ndcg@10"] for label, result in results.items()}
    best = max(figures, key=lambda label: figures[label])
    chosen = choice["label"]
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
        "finalists": choice.get("finalists", {}),
        "left_out": choice.get("left_out", {}),
        "choosing_cpu_s": round(choice["cpu"], 1),
        "choosing_wall_s": round(choice["wall"], 1),
        "exhaustive_cpu_s": round(sum(result["cpu"] for result in results.values()), 1),
        "candidates": figures,
        "not_tried": [one.label for one in everything if one not in wanted],
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(row), file=sys.stderr)
    return row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--budget", type=float, default=300.0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, help="folder of what is done, to go on from")
    parser.add_argument("--without", default="", help="algorithms that are not tried after choosing")
    asked = parser.parse_args()
    without = set(asked.without.split(","))
    rows = [tried(name, asked.root, asked.budget, asked.keep, without) for name in asked.sets.split(",")]
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
