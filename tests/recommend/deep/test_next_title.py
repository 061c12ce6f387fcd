"""The causal transformer: conformance, order, resuming, and what happens without PyTorch."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from torch.nn import functional

from crossreel.audience.interactions import in_order
from crossreel.errors import BadFile, BadValue, MissingExtra, WrongUse
from crossreel.recommend.deep.networks.full_softmax import full_softmax
from crossreel.recommend.deep.next_title import NextTitle
from crossreel.recommend.deep.windows import batches, padded, windows
from crossreel.recommend.roles import TrainingContext
from crossreel.testing.recommender_suite import RecommenderSuite, of_likes

SMALL = NextTitle(width=16, inner=32, length=20, epochs=3, rate=0.02, batch=1024)


class TestNextTitle(RecommenderSuite):
    algorithm = NextTitle(width=16, blocks=1, inner=16, length=20, epochs=10, rate=0.02, batch=256)
    floor = 0.25


def in_circles(viewers=80, titles=12, seed=0):
    """Viewers who go round the titles in order from anywhere: what comes next is certain."""
    rng = np.random.default_rng(seed)
    starts, length = rng.integers(0, titles, viewers), 6
    likes = np.zeros((viewers, titles), dtype=np.float32)
    times = np.zeros((viewers, titles), dtype=np.int64)
    for row, start in enumerate(starts):
        walked = (start + np.arange(length)) % titles
        likes[row, walked] = 1
        times[row, walked] = 1000 + np.arange(length)
    data = of_likes(likes)
    known = data.interactions
    rows = np.repeat(np.arange(viewers), np.diff(known.liked.indptr))
    known = replace(known, liked_time=times[rows, known.liked.indices])
    return replace(data, interactions=known), (starts + length) % titles


def test_it_learns_an_order_that_sets_do_not_tell():
    data, following = in_circles()
    model = replace(SMALL, epochs=12).fit(data, TrainingContext(seed=3, threads=1))
    known = data.interactions
    scores = model.scores(in_order(known.liked, known.liked_time))
    scores[known.liked.toarray() > 0] = -1
    assert (scores.argmax(axis=1) == following).mean() > 0.95
    np.testing.assert_allclose(model.scores(known.liked[[0]]).sum(), 1, rtol=1e-5)
    assert [point.epoch for point in model.curve] == list(range(1, 13))


def test_a_training_that_was_cut_off_ends_as_it_would_have_ended(tmp_path, monkeypatch):
    data, _ = in_circles()
    whole = SMALL.fit(data, TrainingContext(seed=5, threads=1))

    def cut(done, of, what):
        if done >= of * 2 // 3:
            raise KeyboardInterrupt

    context = TrainingContext(seed=5, threads=1, checkpoint=tmp_path / "kept")
    with pytest.raises(KeyboardInterrupt):
        SMALL.fit(data, replace(context, progress=cut))
    resumed = SMALL.fit(data, context)
    assert len(resumed.curve) == 3
    for name, array in whole.arrays().items():
        np.testing.assert_allclose(resumed.arrays()[name], array, rtol=1e-5, atol=1e-6)


def test_a_checkpoint_of_another_training_or_a_damaged_one_is_refused(tmp_path):
    data, _ = in_circles()
    SMALL.fit(data, TrainingContext(seed=5, threads=1, checkpoint=tmp_path))
    with pytest.raises(BadFile, match="other data, settings or seed"):
        SMALL.fit(data, TrainingContext(seed=6, threads=1, checkpoint=tmp_path))
    (tmp_path / "training.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(BadFile, match="not the state of a training"):
        SMALL.fit(data, TrainingContext(seed=5, threads=1, checkpoint=tmp_path))


def test_it_stops_early_and_keeps_the_best_epoch():
    data, _ = in_circles()
    rng = np.random.default_rng(1)  # validation likes that nothing can foretell
    held = sp.csr_array((np.ones(80, np.float32), (np.arange(80), rng.integers(0, 12, 80))), shape=(80, 12))
    validation = replace(data.interactions, liked=held, liked_time=np.zeros(80, np.int64))
    model = replace(SMALL, epochs=40, patience=2).fit(
        data, TrainingContext(seed=3, threads=1, validation=validation)
    )
    qualities = [point.quality for point in model.curve]
    assert len(qualities) < 40
    assert int(np.argmax(qualities)) == len(qualities) - 3


def test_without_pytorch_the_way_to_get_it_is_named(monkeypatch):
    data, _ = in_circles()
    model = SMALL.restore(SMALL.fit(data, TrainingContext(threads=1)).arrays())
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match="torch") as raised:
        SMALL.fit(data)
    assert "crossreel[deep]" in raised.value.advice
    with pytest.raises(MissingExtra):
        model.scores(data.interactions.liked)


@pytest.mark.parametrize("device", ["cuda", "abacus"])
def test_a_device_that_is_not_there_is_an_error_not_a_fallback(device):
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(WrongUse, match=device):
        SMALL.fit(in_circles()[0], TrainingContext(device=device))


def test_the_width_divides_among_the_heads():
    with pytest.raises(BadValue, match="multiple of 2"):
        NextTitle(width=30, heads=4)


def test_the_loss_by_chunks_is_cross_entropy_with_its_gradients():
    torch.manual_seed(0)
    states = torch.randn(1100, 8, requires_grad=True)
    titles = torch.randn(37, 8, requires_grad=True)
    wanted = torch.randint(0, 37, (1100,))
    expected = functional.cross_entropy(states @ titles.T, wanted)
    by_states, by_titles = torch.autograd.grad(expected, [states, titles])
    found = full_softmax(states, titles, wanted)
    mine = torch.autograd.grad(found, [states, titles])
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(mine[0], by_states)
    torch.testing.assert_close(mine[1], by_titles)


def test_windows_hold_every_pair_of_neighbors_once():
    rng = np.random.default_rng(2)
    sequences = [
        np.arange(start, start + n) for start, n in ((0, 1), (100, 2), (200, 11), (300, 57), (400, 10))
    ]
    for _ in range(20):
        pieces = windows(sequences, 10, rng)
        assert max(map(len, pieces)) <= 11
        pairs = sorted((int(a), int(b)) for one in pieces for a, b in pairwise(one))
        assert pairs == [(int(a), int(a) + 1) for one in sequences for a in one[:-1]]


def test_batches_hold_every_window_once_within_the_size():
    rng = np.random.default_rng(2)
    pieces = [np.full(n, number) for number, n in enumerate(rng.integers(2, 30, 200))]
    found = list(batches(pieces, 256, rng))
    assert sorted(int(row[0]) - 1 for one in found for row in one) == list(range(200))
    assert all(one.size <= 256 for one in found)
    assert padded([]).shape == (0, 1)
