"""Figures with their recipe."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.values.measured import Evidence, Measured, Scale

UNIT = Scale(0, 1, "0 nothing found, 1 the ideal order")
letters = st.characters(codec="utf-8", exclude_characters="|:", exclude_categories=["C", "Z"])
words = st.text(letters, min_size=1, max_size=20)
figures = st.builds(
    Measured,
    value=st.floats(0, 1),
    scale=st.just(UNIT) | st.builds(Scale, st.just(None), st.floats(1, 9), words),
    method=words,
    version=words,
    evidence=st.lists(st.builds(Evidence, words, words), max_size=4).map(tuple),
)


def test_signature_reads_like_sacrebleus():
    figure = Measured(
        0.28791,
        UNIT,
        "NDCG@10",
        "0.1.0",
        (Evidence("data", "ml-1m"), Evidence("split", "P-rnd 80/10/10"), Evidence("seed", "42")),
    )
    assert figure.signature() == "NDCG@10|data:ml-1m|split:P-rnd 80/10/10|seed:42|version:0.1.0"
    assert str(figure) == figure.signature() + " = 0.2879"


@given(figures)
def test_dictionaries_round_trip_through_json(figure):
    again = Measured.from_dict(json.loads(json.dumps(figure.to_dict())))
    assert again == figure == pickle.loads(pickle.dumps(figure))
    assert again.signature() == figure.signature()


few = st.sampled_from(["a", "b", "version", "a b"])
recipes = st.builds(
    Measured,
    st.just(0.5),
    st.just(UNIT),
    few,
    few,
    st.lists(st.builds(Evidence, few, few | st.just("a:b")), max_size=3).map(tuple),
)


@given(recipes, recipes)
def test_equal_recipes_and_only_they_have_equal_signatures(one, other):
    assert (one.signature() == other.signature()) == (one == other)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), True, "0.5", None])
def test_values_lie_on_their_scale(value):
    with pytest.raises(BadValue):
        Measured(value, UNIT, "ECE", "1")


def test_open_scales_have_one_end_or_none():
    assert Measured(10**400, Scale(0, None, "seconds, less is better"), "time", "1").value == 10**400
    assert -5 in Scale(None, None, "log odds")
    with pytest.raises(BadValue):
        Measured(-1, Scale(0, None, "seconds"), "time", "1")


@pytest.mark.parametrize(
    ("low", "high", "meaning"),
    [(1, 1, "x"), (2, 1, "x"), (0, float("inf"), "x"), (0, 1, " "), (True, 2, "x")],
)
def test_senseless_scales_are_refused(low, high, meaning):
    with pytest.raises(BadValue):
        Scale(low, high, meaning)


@pytest.mark.parametrize("text", ["", " ", "a|b", "a\nb", "a\x00b"])
def test_text_may_not_break_the_signature(text):
    for make in (
        lambda: Evidence(text, "x"),
        lambda: Evidence("x", text),
        lambda: Measured(0.5, UNIT, text, "1"),
        lambda: Measured(0.5, UNIT, "m", text),
    ):
        with pytest.raises(BadValue):
            make()
    with pytest.raises(BadValue):
        Evidence("a:b", "x")


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"scale": None},
        {"scale": {"low": 0, "high": 1}},
        {"evidence": "data"},
        {"evidence": 5},
        {"evidence": [{"what": "data"}]},
        {"value": "0.5"},
        {"method": 3},
    ],
)
def test_other_dictionaries_are_refused(change):
    with pytest.raises(BadValue):
        Measured.from_dict({**Measured(0.5, UNIT, "m", "1").to_dict(), **change})
