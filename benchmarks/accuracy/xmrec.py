"""Cross-market ranking on the WSDM Cup 2022 data (XMRec), official candidates.

    python benchmarks/accuracy/xmrec.py DIR --target s3 --json [--model lambdamart|ease] [--out RUN.tsv]

Trains on DIR/<market>/train*.tsv[.gz] of all markets (columns userId, itemId, rating), ranks the
candidates of DIR/<target>/valid_run.tsv[.gz] (a user and 100 comma-separated items) and opens
DIR/<target>/valid_qrel.tsv[.gz] only afterwards, to score. Without it the metrics are null. The
ranking goes to --out as "user<TAB>item<TAB>score", best first. NDCG@10 and HR@10 are means over the
users of the run; a user's one positive gives 1 / log2(place + 1) within ten places.

The ranker learns from the target's own training data: one like of every 5-core viewer is taken away
and hidden among 99 random titles of the market's pool, several times over with different choices.
No truth of any market is learned from.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from crossreel.recommend.cross_market import Lists, Markets, features, hold_out, pooled_ease
from crossreel.recommend.lambda_mart import LambdaMart

REPEATS = 2
SEED = 42


def lines(path: Path) -> Iterator[list[str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    for line in text.splitlines():
        if line.strip():
            yield line.split("\t")


def find(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def training_files(folder: Path) -> list[Path]:
    found = {path.name.removesuffix(".gz"): path for path in sorted(folder.glob("train*.tsv*"), reverse=True)}
    return [found[name] for name in sorted(found)]


def read_run(path: Path) -> list[tuple[str, list[str]]]:
    return [(row[0], row[1].split(",")) for row in lines(path) if row[0] != "userId"]


def ratings(path: Path) -> Iterator[tuple[str, str, float]]:
    for row in lines(path):
        if row[0] != "userId":
            yield row[0], row[1], float(row[2])


def load(folder: Path, target: str) -> tuple[Markets, sp.csr_array, Lists, list[tuple[str, list[str]]]]:
    """All markets over the target's titles, the likes that may be held out, and the official lists."""
    run_path = find(folder / target, "valid_run.tsv")
    if run_path is None:
        sys.exit(f"{folder / target}: there is no valid_run.tsv or valid_run.tsv.gz to rank")
    run = read_run(run_path)
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and training_files(path))
    if target not in names:
        sys.exit(f"{folder / target}: there is no train*.tsv or train*.tsv.gz to learn from")
    pairs = {
        name: {(u, i): r for file in training_files(folder / name) for u, i, r in ratings(file)}
        for name in names
    }
    core_path = find(folder / target, "train_5core.tsv")
    core = {(u, i) for u, i, _ in ratings(core_path)} if core_path else set(pairs[target])
    known = {item for _, item in pairs[target]} | {item for _, items in run for item in items}
    titles = {item: number for number, item in enumerate(sorted(known))}
    viewers: dict[tuple[int, str], int] = {}
    row, column, value, market = [], [], [], []
    for number, name in enumerate(names):
        for (user, item), rating in pairs[name].items():
            if item in titles:
                if (number, user) not in viewers:
                    viewers[number, user] = len(viewers)
                    market.append(number)
                row.append(viewers[number, user])
                column.append(titles[item])
                value.append((rating - 1) / 4)
    own = names.index(target)
    for user, _ in run:
        if (own, user) not in viewers:
            viewers[own, user] = len(viewers)
            market.append(own)
    shape = (len(viewers), len(titles))
    order = np.lexsort((column, row))
    where = (np.array(row)[order], np.array(column)[order])
    likes = sp.csr_array((np.ones(len(row), np.float32), where), shape=shape)
    judged = sp.csr_array((np.array(value, np.float32)[order], where), shape=shape)
    at = ([viewers[own, u] for u, i in core], [titles[i] for u, i in core])
    kernel = sp.csr_array((np.ones(len(core), np.float32), at), shape=shape)
    pool = np.zeros(len(titles), dtype=bool)
    pool[at[1]] = True
    markets = Markets(likes, judged, np.array(market), tuple(names), own, pool)
    lists = Lists(
        np.array([viewers[own, user] for user, _ in run]),
        np.array([[titles[i] for i in items] for _, items in run]),
    )
    return markets, kernel, lists, run


def rank(markets: Markets, core: sp.csr_array, lists: Lists, model: str, report: dict[str, Any]) -> Any:
    if model == "ease":
        return pooled_ease(markets, lists)
    values, truth = [], []
    for repeat in range(REPEATS):
        rest, own_lists = hold_out(markets, core, seed=SEED + repeat)
        found = features(rest, own_lists)
        values.append(found.values)
        truth.append(own_lists.truth)
        print(f"held out {repeat + 1} of {REPEATS}: {len(own_lists.viewers)} lists", file=sys.stderr)
    ranker = LambdaMart().fit(found.names, np.concatenate(values), np.concatenate(truth), seed=SEED)
    report["importance"] = dict(list(ranker.importance().items())[:15])
    return ranker.scores(features(markets, lists).values)


def score(path: Path, ranked: dict[str, list[str]]) -> tuple[float, float]:
    """NDCG@10 and HR@10 over the users of the run, one positive each."""
    liked: dict[str, set[str]] = {}
    for row in lines(path):
        if row[0] != "userId" and float(row[2]) > 0:
            liked.setdefault(row[0], set()).add(row[1])
    ndcg, hit = [], []
    for user, items in ranked.items():
        wanted = liked.get(user, set())
        places = [place for place, item in enumerate(items[:10]) if item in wanted]
        ideal = sum(1 / np.log2(place + 2) for place in range(min(10, len(wanted))))
        ndcg.append(sum(1 / np.log2(place + 2) for place in places) / ideal if ideal else 0.0)
        hit.append(float(bool(places)))
    return float(np.mean(ndcg)), float(np.mean(hit))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--target", required=True)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--model", choices=("lambdamart", "ease"), default="lambdamart")
    parser.add_argument("--out", type=Path, help="write the ranking here")
    parser.add_argument("--explain", action="store_true", help="print what the ranker relies on")
    asked = parser.parse_args()
    started = time.perf_counter()
    markets, core, lists, run = load(asked.folder, asked.target)
    facts: dict[str, Any] = {}
    scores = rank(markets, core, lists, asked.model, facts)
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = {user: [items[place] for place in row] for (user, items), row in zip(run, order, strict=True)}
    if asked.out:
        with asked.out.open("w", encoding="utf-8") as file:
            for (user, items), row, own in zip(run, order, scores, strict=True):
                file.writelines(f"{user}\t{items[place]}\t{own[place]:.6g}\n" for place in row)
    qrel = find(asked.folder / asked.target, "valid_qrel.tsv")
    ndcg, hit = score(qrel, ranked) if qrel else (None, None)
    report = {
        "target": asked.target,
        "users": len(run),
        "ndcg@10": ndcg,
        "hr@10": hit,
        "seconds": round(time.perf_counter() - started, 3),
    }
    if asked.json:
        print(json.dumps(report))
    else:
        print("\n".join(f"{name}: {value}" for name, value in report.items()))
    if asked.explain:
        print(json.dumps(facts, indent=2), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
