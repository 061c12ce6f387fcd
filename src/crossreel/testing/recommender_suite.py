"""What every recommender must do; a new one inherits ``RecommenderSuite`` in its test."""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

from crossreel.audience.interactions import Interactions
from crossreel.catalog.title import Title
from crossreel.errors import BadInput, BadValue
from crossreel.recommend.evaluate.metrics import mean_over_tested, ndcg_at
from crossreel.recommend.evaluate.splits import Split, per_user_random
from crossreel.recommend.lists import TitleList
from crossreel.recommend.ranking import rank
from crossreel.recommend.roles import (
    Algorithm,
    Explains,
    Recommender,
    SimilarTitles,
    TrainingContext,
    TrainingData,
)
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.vocabulary import Vocabulary

__all__ = ["RecommenderSuite", "of_likes", "tastes"]

_GENRES = ("drama", "comedy", "horror", "western", "animation", "documentary")


def of_likes(likes: sp.csr_array | npt.NDArray[Any]) -> TrainingData:
    """Training data of a (viewers, titles) matrix; title n has the genre of number n modulo 6.

    There is a list of each genre's titles.
    """
    likes = sp.csr_array(likes, dtype=np.float32)
    viewers = Vocabulary(ViewerId("made", f"{n:05}") for n in range(likes.shape[0]))
    titles = Vocabulary(TitleId("made", f"{n:05}") for n in range(likes.shape[1]))
    records = tuple(
        Title(id_, f"Film {number}", genres=(_GENRES[number % len(_GENRES)],))
        for number, id_ in enumerate(titles.ids)
    )
    lists = tuple(
        TitleList(genre, genre, titles.ids[place :: len(_GENRES)])
        for place, genre in enumerate(_GENRES)
        if titles.ids[place :: len(_GENRES)]
    )
    return TrainingData(Interactions.from_liked(viewers, titles, likes), records, lists)


@cache
def tastes(viewers: int = 300, titles: int = 150, seed: int = 7) -> Split:
    """Made likes with two genres a viewer and popular titles in each, split 80/10/10.

    Random lists have an NDCG@10 of about 0.02 on it, popularity about 0.12.
    """
    rng = np.random.default_rng(seed)
    genre = np.arange(titles) % len(_GENRES)
    appeal = rng.exponential(1, titles)
    likes = np.zeros((viewers, titles), dtype=np.float32)
    for row in likes:
        favorites = rng.choice(len(_GENRES), 2, replace=False)
        chance = appeal * np.where(np.isin(genre, favorites), 1.0, 0.05)
        row[rng.choice(titles, int(rng.integers(8, 25)), replace=False, p=chance / chance.sum())] = 1
    return per_user_random(sp.csr_array(likes), seed=seed)


class RecommenderSuite:
    """Conformance of an algorithm and its model.

    Attributes:
        algorithm: the configuration under test.
        floor: least NDCG@10 on ``tastes()``.
    """

    algorithm: Algorithm
    floor: float

    @pytest.fixture(scope="class")
    @classmethod
    def split(cls) -> Split:
        return tastes()

    @pytest.fixture(scope="class")
    @classmethod
    def data(cls, split: Split) -> TrainingData:
        return of_likes(split.train)

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, data: TrainingData) -> Recommender:
        return cls.algorithm.fit(data, TrainingContext(seed=1))

    def test_scores_are_finite_floats_for_every_title(self, model: Recommender, split: Split) -> None:
        scores = model.scores(split.train)
        assert scores.shape == split.train.shape
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()

    def test_an_empty_history_has_no_personal_scores(self, model: Recommender, split: Split) -> None:
        nobody = sp.csr_array((2, split.train.shape[1]), dtype=np.float32)
        scores = model.scores(nobody)
        if model.personal:
            assert not scores.any()
        else:
            assert (scores == scores[0]).all()

    def test_no_viewers_have_no_scores(self, model: Recommender, split: Split) -> None:
        none = sp.csr_array((0, split.train.shape[1]), dtype=np.float32)
        assert model.scores(none).shape == none.shape

    def test_a_viewers_scores_depend_on_nobody_else(self, model: Recommender, split: Split) -> None:
        together = np.array(model.scores(split.train))
        order = np.random.default_rng(3).permutation(len(together))
        np.testing.assert_allclose(model.scores(split.train[order]), together[order], rtol=2e-4, atol=1e-6)
        alone = model.scores(split.train[[5]])[0]
        np.testing.assert_allclose(alone, together[5], rtol=2e-4, atol=1e-6)

    def test_a_new_like_changes_the_next_answer(self, model: Recommender, split: Split) -> None:
        before = split.train[[0]].toarray()
        after = before.copy()
        after[0, np.flatnonzero(before[0] == 0)[:5]] = 1
        changed = model.scores(sp.csr_array(after)) != model.scores(sp.csr_array(before))
        assert changed.any() == model.personal

    def test_it_learns(self, model: Recommender, split: Split) -> None:
        ranked = rank(model, split.train, split.known_at_test, 10, threads=1)
        assert mean_over_tested(ndcg_at(10, ranked, split.test)) >= self.floor

    def test_it_restores_from_arrays_without_pickle(self, model: Recommender, split: Split) -> None:
        file = BytesIO()
        np.savez(file, allow_pickle=False, **model.arrays())
        file.seek(0)
        with np.load(file, allow_pickle=False) as stored:
            again = self.algorithm.restore(dict(stored.items()))
        np.testing.assert_array_equal(again.scores(split.train), model.scores(split.train))

    def test_fitting_again_gives_the_same_and_leaves_the_data_alone(
        self, model: Recommender, data: TrainingData, split: Split
    ) -> None:
        again = self.algorithm.fit(data, TrainingContext(seed=1)).arrays()
        assert again.keys() == model.arrays().keys()
        for name, array in model.arrays().items():
            np.testing.assert_array_equal(array, again[name])
        assert (data.interactions.liked != split.train).nnz == 0

    def test_its_settings_survive_json(self) -> None:
        settings = json.loads(json.dumps(self.algorithm.to_dict()))
        assert type(self.algorithm).from_dict(settings) == self.algorithm

    def test_unknown_and_mistyped_settings_are_refused(self) -> None:
        with pytest.raises(BadValue, match="no_such_setting"):
            type(self.algorithm).from_dict({"no_such_setting": 1})
        for key in self.algorithm.to_dict():
            with pytest.raises(BadValue, match=key):
                type(self.algorithm).from_dict({key: [1]})

    @pytest.mark.parametrize(
        "likes",
        [
            pytest.param(np.ones((1, 1)), id="one viewer, one title"),
            pytest.param(np.ones((1, 4)), id="one viewer"),
            pytest.param(np.ones((4, 1)), id="one title"),
            pytest.param(np.ones((5, 3)), id="all alike"),
            pytest.param(np.eye(4), id="nothing shared"),
            pytest.param(np.array([[1, 0, 0], [0, 0, 0]]), id="an idle viewer, unliked titles"),
        ],
    )
    def test_tiny_audiences_are_no_accident(self, likes: npt.NDArray[Any]) -> None:
        scores = self.algorithm.fit(of_likes(likes)).scores(sp.csr_array(likes, dtype=np.float32))
        assert scores.shape == likes.shape
        assert np.isfinite(scores).all()

    def test_no_likes_at_all_is_told_or_carried(self) -> None:
        nothing = of_likes(np.zeros((3, 4)))
        try:
            model = self.algorithm.fit(nothing)
        except BadInput as error:
            advice = error.advice
            assert advice, "the error names the way out"
        else:
            assert np.isfinite(model.scores(sp.csr_array((1, 4), dtype=np.float32))).all()

    def test_likeness_leaves_the_title_itself_out(self, model: Recommender, split: Split) -> None:
        if not isinstance(model, SimilarTitles):
            pytest.skip("it does not compare titles")
        for title in range(0, split.train.shape[1], 10):
            near = model.similar(title)
            assert near.shape == (split.train.shape[1],)
            assert near[title] == 0
            assert np.isfinite(near).all()

    def test_reasons_come_from_the_history_loudest_first(self, model: Recommender, split: Split) -> None:
        if not isinstance(model, Explains):
            pytest.skip("it gives no reasons")
        history = split.train[[2]]
        wanted = [int(title) for title in rank(model, history, history, 5, threads=1)[0]]
        for reasons in model.because(history, wanted, 3):
            weights = [one.weight for one in reasons]
            assert 1 <= len(reasons) <= 3
            assert {one.title for one in reasons} <= set(history.indices.tolist())
            assert weights == sorted(weights, reverse=True)
            assert weights[-1] > 0

    def test_all_reasons_together_carry_the_score(self, model: Recommender, split: Split) -> None:
        if not isinstance(model, Explains):
            pytest.skip("it gives no reasons")
        history = split.train[[4]]
        scores = model.scores(history)[0]
        wanted = [int(title) for title in rank(model, history, history, 5, threads=1)[0]]
        for title, reasons in zip(wanted, model.because(history, wanted, 10_000), strict=True):
            # what speaks against the title is not among the reasons, so they sum to no less
            assert sum(one.weight for one in reasons) >= scores[title] * (1 - 1e-3)

    def test_nobody_gives_reasons_without_a_history(self, model: Recommender, split: Split) -> None:
        if isinstance(model, Explains):
            nobody = sp.csr_array((1, split.train.shape[1]), dtype=np.float32)
            assert model.because(nobody, [0, 1], 2) == [[], []]
