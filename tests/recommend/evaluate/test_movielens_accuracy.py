"""The figures of the protocol on MovieLens 1M (benchmarks/accuracy/ml1m.py prints them all)."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.recommend.evaluate.metrics import mean_over_tested, ndcg_at, recall_at
from crossreel.recommend.evaluate.splits import per_user_random
from crossreel.recommend.ranking import rank
from crossreel.recommend.registry import configure
from crossreel.testing.recommender_suite import of_likes


@pytest.mark.shared
def test_the_split_and_the_figures_of_ml_1m(shared_data):
    with gzip.open(shared_data / "ratings/ml-1m/positives.csv.gz") as file:
        pairs = np.loadtxt(file, dtype=np.int64, delimiter=",", skiprows=1)
    rows, columns = (np.unique(column, return_inverse=True)[1] for column in pairs.T)
    likes = sp.csr_array((np.ones(len(pairs), np.float32), (rows, columns)))
    split = per_user_random(likes, seed=42)
    assert likes.shape == (6039, 3627)
    assert (split.train.nnz, split.valid.nnz, split.test.nnz) == (674_673, 80_902, 80_902)
    assert np.count_nonzero(np.diff(split.test.indptr)) == 6038
    data = of_likes(split.train)
    for name, ndcg, recall in (("ease", 0.2879, 0.2150), ("popular", 0.1172, 0.0763)):
        ranked = rank(configure(name).fit(data), split.train, split.known_at_test, 10)
        assert mean_over_tested(ndcg_at(10, ranked, split.test)) == pytest.approx(ndcg, abs=3e-4)
        assert mean_over_tested(recall_at(10, ranked, split.test)) == pytest.approx(recall, abs=3e-4)
