"""The table between ids and dense numbers."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.values.ids import TitleId
from crossreel.values.vocabulary import Vocabulary

titles = st.integers(0, 99).map(lambda number: TitleId("ml", str(number)))


@given(st.lists(titles, unique=True), st.lists(titles))
def test_numbers_are_positions_and_strangers_are_minus_one(ids, asked):
    vocabulary = Vocabulary(iter(ids))
    assert vocabulary.ids == tuple(ids)
    assert len(vocabulary) == len(ids)
    assert [vocabulary.number(id_) for id_ in ids] == list(range(len(ids)))
    numbers = vocabulary.encode(asked)
    assert numbers.dtype == np.int32
    assert numbers.shape == (len(asked),)
    for id_, number in zip(asked, numbers, strict=True):
        assert (id_ in vocabulary) == (number >= 0) == (id_ in ids)
        assert number == -1 or vocabulary.ids[number] == id_
        assert vocabulary.number(id_) == (None if number == -1 else number)


@given(st.lists(titles, unique=True))
def test_equal_vocabularies_have_equal_order(ids):
    vocabulary = Vocabulary(ids)
    assert vocabulary == Vocabulary(ids) == pickle.loads(pickle.dumps(vocabulary))
    assert hash(vocabulary) == hash(Vocabulary(ids))
    assert len(ids) < 2 or vocabulary != Vocabulary(reversed(ids))
    assert vocabulary != tuple(ids)


def test_ids_are_distinct():
    with pytest.raises(ValueError, match="distinct"):
        Vocabulary(["a", "b", "a"])
