"""Browsing against counting by hand; only open titles are shown and counted."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.title import Title
from crossreel.testing.tiny import tiny_id
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory
from crossreel.web.facets import Facet, FacetCache, Facets

titles = st.lists(
    st.builds(
        Title,
        st.integers(0, 10**6).map(lambda n: TitleId("t", str(n))),
        st.just("x"),
        genres=st.lists(st.sampled_from(["drama", "war", "horror"]), max_size=2).map(tuple),
        countries=st.lists(st.sampled_from(["FR", "JP"]).map(Territory), max_size=2).map(tuple),
        original_languages=st.lists(st.sampled_from(["fr", "ja"]).map(Language), max_size=1).map(tuple),
        year=st.none() | st.integers(1899, 1921),
    ),
    max_size=12,
    unique_by=lambda title: title.id,
)
wanted = st.fixed_dictionaries(
    {},
    optional={
        Facet.GENRE: st.sampled_from(["drama", "war", "western"]),
        Facet.COUNTRY: st.sampled_from(["FR", "JP"]),
        Facet.DECADE: st.sampled_from(["1890", "1900", "1920"]),
        Facet.LANGUAGE: st.sampled_from(["fr", "ja"]),
    },
)


def has(title, chosen):
    mine = {
        Facet.GENRE: set(title.genres),
        Facet.COUNTRY: {country.code for country in title.countries},
        Facet.DECADE: {f"{title.year // 10}0"} if title.year else set(),
        Facet.LANGUAGE: {language.tag for language in title.original_languages},
    }
    return all(value in mine[facet] for facet, value in chosen.items())


@given(titles, wanted, st.randoms(use_true_random=False))
def test_filters_and_counts_are_those_of_counting_by_hand(some, chosen, random):
    facets = Facets.of(some)
    open_ = np.array([random.random() < 0.7 for _ in some], dtype=bool)
    found = set(facets.in_order(facets.having(chosen) & open_, oldest=random.random() < 0.5))
    allowed = [title for title, is_open in zip(some, open_, strict=True) if is_open]
    assert found == {title.id for title in allowed if has(title, chosen)}
    for facet in Facet:
        for value, count in facets.counts(facet, chosen, open_).items():
            other = {**chosen, facet: value}
            assert count == sum(has(title, other) for title in allowed) > 0


def test_the_cache_follows_the_catalog(stage):
    cache = FacetCache(stage.app.catalog)
    before = cache.get()
    assert cache.get() is before
    stage.put(Title(TitleId("new", "one"), "New", genres=("war",), year=1999))
    assert "1990" in cache.get().places[Facet.DECADE]


def test_what_is_closed_is_neither_shown_nor_counted(visitor):
    page = visitor.page("/browse?genre=drama")
    assert tiny_id("crossroads") in page.titles
    assert tiny_id("orochi") not in page.titles  # open in Japan only
    visitor.choose(territory="JP")
    assert tiny_id("orochi") in visitor.page("/browse?genre=drama").titles


def test_filters_combine_and_can_be_taken_away(visitor):
    page = visitor.page("/browse?genre=drama&country=KR&decade=1930&language=ko")
    assert page.titles == {tiny_id("crossroads")}
    assert "Drama, South Korea, 1930s, and Korean" in page.text
    assert "/browse?country=KR&decade=1930&language=ko" in page.links
    page = visitor.page("/browse?genre=western&country=KR")
    assert not page.titles
    assert "Nothing open here has all of this." in page.text


def test_pages_follow_one_another(visitor):
    seen, path = [], "/browse?order=oldest"
    while path:
        page = visitor.page(path)
        seen.append(page.titles)
        path = next((link for link in page.links if "page=" in link and link not in {path}), "")
        path = path if path.endswith(f"page={len(seen) + 1}") else ""
    assert len(seen) == 1 or not set.intersection(*seen)
    total = int(re.search(r"(\d+) titles open here", page.text)[1])
    assert len(set.union(*seen)) == total


def test_many_titles_make_several_pages(stage, visitor):
    from crossreel.rights.license import License, Mode

    more = [Title(TitleId("many", f"{n:03}"), f"Many {n}", genres=("sport",), year=1950) for n in range(88)]
    stage.put(*more)
    stage.app.licenses.add(
        License(f"many-{n}", one.id, ("US",), (Mode.AVOD,), reason="") for n, one in enumerate(more)
    )
    shown = [visitor.page(f"/browse?genre=sport&page={number}").titles for number in (1, 2, 3)]
    assert [len(one) for one in shown] == [40, 40, 8]
    assert len(set.union(*shown)) == 88
    page = visitor.page("/browse?genre=sport&page=2")
    assert "Page 2 of 3" in page.text
    assert {"/browse?genre=sport", "/browse?genre=sport&page=3"} <= set(page.links)
    assert visitor.page("/browse?genre=sport&page=99").titles == shown[2]


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=-1", "order=best", "genre=" + "x" * 41])
def test_what_no_page_offers_is_refused(visitor, query):
    assert visitor.get(f"/browse?{query}").status_code == 400


def test_unknown_values_find_nothing(visitor):
    for facet, value in product(("genre", "country", "decade", "language"), ("zz", "%00", "'")):
        assert not visitor.page(f"/browse?{facet}={value}").titles
