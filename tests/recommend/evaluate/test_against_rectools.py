"""Our metrics are RecTools' to 1e-9, on the same random lists (``regenerate_rectools.py``).

Where the two count differently the difference is written out here: RecTools divides AP@k by all held-out
titles where ours divides by those that k places can hold, and gives the mean popularity of a list where
ours relates it to the viewer's history. RecTools has no calibration, Gini or AUC over the whole catalog;
those are checked against plain Python beside.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.recommend.evaluate import beyond_accuracy as beyond
from crossreel.recommend.evaluate.metrics import RANKED, coverage

GOLDEN = json.loads((Path(__file__).parent / "fixtures" / "rectools.json").read_text(encoding="utf-8"))
TITLES, VIEWERS = len(GOLDEN["features"]), len(GOLDEN["ranked"])
DEPTHS = (3, 10)


def csr(rows):
    dense = np.zeros((len(rows), TITLES), dtype=np.float32)
    for row, titles in zip(dense, rows, strict=True):
        row[titles] = 1
    return sp.csr_array(dense)


RANKED_TITLES = np.array([row + [-1] * (12 - len(row)) for row in GOLDEN["ranked"]], dtype=np.int32)
TEST, TRAIN = csr(GOLDEN["test"]), csr(GOLDEN["train"])


def same(name, k, found):
    expected = np.array(GOLDEN["metrics"][f"{name}@{k}"])
    assert expected.any()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("k", DEPTHS)
@pytest.mark.parametrize("name", list(RANKED))
def test_ranked_metrics(name, k):
    found = RANKED[name](k, RANKED_TITLES, TEST)
    if name == "map":
        held = np.diff(TEST.indptr)
        assert (held > k).any()
        found = found * np.minimum(held, k) / held
    same(name, k, found)


@pytest.mark.parametrize("k", DEPTHS)
def test_what_lists_are_worth_beyond_hits(k):
    short = RANKED_TITLES[:, :k]
    same("novelty", k, beyond.novelty(short, TRAIN))
    same("serendipity", k, beyond.serendipity(short, TEST, TRAIN))
    same(
        "diversity", k, beyond.intra_list_diversity(short, sp.csr_array(np.array(GOLDEN["features"], float)))
    )
    same("coverage", k, coverage(short, TITLES))
    histories = TRAIN[:VIEWERS]
    fans = np.asarray(TRAIN.sum(axis=0)).ravel()
    own = (histories @ fans) / np.diff(histories.indptr)
    same("popularity", k, (beyond.popularity_lift(short, TRAIN, histories) + 1) * own)
