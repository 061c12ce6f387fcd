"""Rewrites fixtures/rectools.json with RecTools' metrics of random lists.

    python -m venv peer && peer/bin/pip install 'numpy<2' rectools==0.19.0
    peer/bin/python tests/recommend/evaluate/regenerate_rectools.py

RecTools needs NumPy 1 and so an environment of its own; the test reads the file.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

FIXTURE = Path(__file__).parent / "fixtures" / "rectools.json"
VIEWERS, TITLES, LENGTH, SEED = 40, 60, 12, 20261128
DEPTHS = (3, 10)


def world() -> dict[str, Any]:
    """Lists, of which some are short, held-out and train titles, and features of titles.

    Nobody's held-out titles or lists are among the viewer's train titles; each title has fans, and no
    two the same number of them, so that the order by popularity is one.
    """
    rng = np.random.default_rng(SEED)
    train = np.zeros((VIEWERS + TITLES, TITLES), dtype=int)  # the last viewers only give titles their fans
    for title, fans in enumerate(rng.permutation(np.arange(1, TITLES + 1))):
        train[rng.choice(len(train), fans, replace=False), title] = 1
    ranked, test = [], []
    for viewer in range(VIEWERS):
        free = rng.permutation(np.flatnonzero(train[viewer] == 0))
        ranked.append(free[: rng.integers(2, LENGTH + 1)].tolist())
        held = rng.permutation(free)[: rng.integers(1, 15)]
        test.append(sorted(held.tolist()))
    features = (rng.random((TITLES, 6)) < 0.4) * rng.integers(1, 4, (TITLES, 6))
    features[:, 0] += features.sum(axis=1) == 0
    return {
        "ranked": ranked,
        "test": test,
        "train": [np.flatnonzero(row).tolist() for row in train],
        "features": features.tolist(),
    }


def measured(made: dict[str, Any]) -> dict[str, Any]:
    """RecTools' figures: name@k -> one for each viewer, or one of all."""
    import pandas as pd
    from rectools import Columns, metrics
    from rectools.metrics.distances import PairwiseDistanceCalculator

    features = np.array(made["features"], dtype=float)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)

    class Cosine(PairwiseDistanceCalculator):
        def _get_distances_for_item_pairs(self, items_0: Any, items_1: Any) -> Any:
            return 1 - (unit[np.asarray(items_0)] * unit[np.asarray(items_1)]).sum(axis=1)

    def table(rows: list[list[int]]) -> pd.DataFrame:
        pairs = [
            (viewer, title, place + 1) for viewer, row in enumerate(rows) for place, title in enumerate(row)
        ]
        return pd.DataFrame(pairs, columns=[Columns.User, Columns.Item, Columns.Rank])

    lists, held, before = (table(made[name]) for name in ("ranked", "test", "train"))
    catalog, found = list(range(TITLES)), {}
    for k in DEPTHS:
        each = {
            "recall": metrics.Recall(k=k).calc_per_user(lists, held),
            "precision": metrics.Precision(k=k).calc_per_user(lists, held),
            "ndcg": metrics.NDCG(k=k, divide_by_achievable=True).calc_per_user(lists, held),
            "map": metrics.MAP(k=k).calc_per_user(lists, held),
            "mrr": metrics.MRR(k=k).calc_per_user(lists, held),
            "hit-rate": metrics.HitRate(k=k).calc_per_user(lists, held),
            "novelty": metrics.MeanInvUserFreq(k=k).calc_per_user(lists, before),
            "popularity": metrics.AvgRecPopularity(k=k).calc_per_user(lists, before),
            "serendipity": metrics.Serendipity(k=k).calc_per_user(lists, held, before, catalog),
            "diversity": metrics.IntraListDiversity(k=k, distance_calculator=Cosine()).calc_per_user(lists),
        }
        for name, values in each.items():
            found[f"{name}@{k}"] = [float(value) for value in values.reindex(range(VIEWERS))]
        found[f"coverage@{k}"] = metrics.CatalogCoverage(k=k, normalize=True).calc(lists, catalog)
    return found


if __name__ == "__main__":
    made = world()
    document = {"rectools": version("rectools"), **made, "metrics": measured(made)}
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
