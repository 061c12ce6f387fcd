from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.spelling import Speller, edit_distance

NAMES = (
    "The Godfather",
    "The Godfather: Part II",
    "Léon",
    "Seven Samurai",
    "Seven",
    "Amélie",
    "Łódź",
    "It",
    "Брат",
)


def plain_distance(one: str, other: str) -> int:
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            best = min(
                table[i - 1, j] + 1,
                table[i, j - 1] + 1,
                table[i - 1, j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, table[i - 2, j - 2] + 1)
            table[i, j] = best
    return table[len(one), len(other)]


words = st.text("abcdé", max_size=9)


@given(words, words, st.integers(0, 4))
def test_bounded_distance_agrees_with_the_whole_table(one: str, other: str, limit: int) -> None:
    assert edit_distance(one, other, limit) == min(plain_distance(one, other), limit + 1)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("godfahter", "The Godfather"),
        ("the godfathr part ii", "The Godfather: Part II"),
        ("amelei", "Amélie"),
        ("lodzz", "Łódź"),
        ("seven samuari", "Seven Samurai"),
        ("бпат", "Брат"),
    ],
)
def test_mistyped_names_are_found(typed: str, first: str) -> None:
    assert Speller(NAMES).suggest(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "!!", "xyzzy", "i", "a b c d e f g h i", "It"])
def test_nothing_is_suggested_where_nothing_is_near(typed: str) -> None:
    assert Speller(NAMES).suggest(typed) == ()


@given(
    st.sampled_from(["samurai", "godfather"]),
    st.integers(0, 8),
    st.characters(min_codepoint=97, max_codepoint=122),
)
def test_one_wrong_letter_never_hides_a_long_word(word: str, place: int, letter: str) -> None:
    typed = word[:place] + letter + word[place + 1 :]
    found = Speller(NAMES).suggest(f"{typed}")
    assert any(word in name.lower() for name in found) or typed == word


@pytest.mark.shared
def test_suggestions_from_ten_thousand_names(shared_data: Path) -> None:
    with (shared_data / "ratings/ml-latest-small/movies.csv").open(encoding="utf-8") as file:
        speller = Speller(row["title"] for row in csv.DictReader(file))
    assert speller.suggest("shawshnak redemtion")[0].startswith("Shawshank Redemption")
    assert speller.suggest("terminatr 2")[0].startswith("Terminator 2")
