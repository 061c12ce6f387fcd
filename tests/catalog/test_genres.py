from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.genres import GENRES, genre_slugs


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        (["Sci-Fi", "Science Fiction"], ("science-fiction",)),
        (["Children's", "Children", "Family", "Kids' TV", "Children & Family Movies"], ("family",)),
        (["(no genres listed)", "IMAX", "unknown", "\\N", "N/A", "Foreign", "Movies", "TV Shows", ""], ()),
        (["TV Sci-Fi & Fantasy"], ("science-fiction", "fantasy")),
        (["International Movies", "British TV Shows", "Korean TV Shows"], ()),
        (["Stand-Up Comedy & Talk Shows"], ("stand-up", "comedy", "talk-show")),
        (
            ["TV Movie", "Film-Noir", "Reality-TV", "Game-Show"],
            ("tv-movie", "film-noir", "reality", "game-show"),
        ),
        (["Romantic Movies", "Crime TV Shows", "Sports Movies"], ("romance", "crime", "sport")),
        (["Blaxploitation"], ("blaxploitation",)),
    ],
)
def test_spellings(names: list[str], slugs: tuple[str, ...]) -> None:
    assert genre_slugs(names) == slugs


def test_canonical_slugs_stay() -> None:
    assert genre_slugs(GENRES) == GENRES


@given(st.lists(st.text(max_size=80)))
def test_every_slug_has_the_documented_shape(names: list[str]) -> None:
    slugs = genre_slugs(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and len(slug) <= 60 for slug in slugs)
    assert len(set(slugs)) == len(slugs)
    assert genre_slugs(slugs) == slugs
