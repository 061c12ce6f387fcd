"""Likeness by what titles are made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from crossreel.catalog.title import Credit, CreditRole, LocalizedText, Title
from crossreel.errors import BadInput
from crossreel.recommend.content import ContentToContent
from crossreel.recommend.roles import TrainingData
from crossreel.testing.recommender_suite import of_likes
from crossreel.testing.tiny import tiny_titles
from crossreel.values.ids import TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory


def film(number, **facts):
    return Title(TitleId("made", str(number)), f"Film {number}", **facts)


def test_each_field_alone_finds_its_like():
    person = Credit("Agnès Varda", CreditRole.DIRECTOR)
    facts = {
        "genres": {"genres": ("western",)},
        "people": {"credits": (person,)},
        "keywords": {"keywords": ("train",)},
        "countries": {"countries": (Territory("SN"),)},
        "text": {"texts": (LocalizedText(Language("en"), synopsis="A lighthouse keeper"),)},
    }
    off = dict.fromkeys(facts, 0.0)
    for field, fact in facts.items():
        titles = [film(1, **fact), film(2, **fact), *(film(n, genres=("drama",)) for n in range(3, 9))]
        model = ContentToContent(**{**off, field: 1.0}).of_titles(titles)
        near = model.similar(0)
        assert near[1] == near.max() > 0
        assert near[0] == 0
        assert near[1] > 2 * near[5]


def test_likeness_is_the_weighted_mean_of_the_fields_cosines():
    titles = [
        film(1, genres=("drama",), keywords=("sea",)),
        film(2, genres=("drama",), keywords=("city",)),
        film(3, genres=("comedy",), keywords=("sea",)),
    ]
    names_off = {"people": 0.0, "countries": 0.0, "text": 0.0}
    model = ContentToContent(genres=3.0, keywords=1.0, **names_off).of_titles(titles)
    assert model.similar(0) == pytest.approx([0, 0.75, 0.25], abs=1e-6)


def test_the_tail_of_a_long_cast_does_not_count():
    cast = tuple(Credit(f"Player {n}", CreditRole.CAST) for n in range(12))
    star, extra = (
        replace(film(9), id=TitleId("made", key), credits=cast[at : at + 1])
        for key, at in (("a", 9), ("b", 10))
    )
    model = ContentToContent(text=0.0).of_titles([film(1, credits=cast), star, extra])
    assert model.similar(0)[1] > 0
    assert model.similar(0)[2] == 0


def test_a_title_without_a_record_resembles_nothing():
    model = ContentToContent().of_titles([film(1, genres=("drama",)), None, film(2, genres=("drama",))])
    assert model.similar(0)[1] == 0
    assert not model.similar(1).any()


def test_a_catalog_without_facts_or_titles_is_no_accident():
    bare = ContentToContent(text=0.0).of_titles([film(1), film(2)])
    assert not bare.similar(0).any()
    assert ContentToContent().of_titles([]).scores(sp.csr_array((1, 0), dtype=np.float32)).shape == (1, 0)


def test_none_of_the_titles_in_the_catalog_is_told():
    known = of_likes(np.ones((2, 3)))
    with pytest.raises(BadInput, match="none of these titles"):
        ContentToContent().fit(TrainingData(known.interactions, (None, None, None)))


def test_scripts_and_series_of_the_tiny_catalog_compare():
    titles = tiny_titles()
    number = {title.id.key: n for n, title in enumerate(titles)}
    near = ContentToContent().of_titles(titles).similar(number["vampires-1-1"])
    assert titles[int(near.argmax())].id.key in {"vampires-1-2", "vampires", "vampires-1"}


def test_learned_weights_find_the_field_that_viewers_go_by():
    rng = np.random.default_rng(3)
    taste, noise = np.arange(120) % 6, rng.integers(0, 6, 120)
    titles = [film(n, keywords=(f"k{taste[n]}",), genres=(f"g{noise[n]}",)) for n in range(120)]
    likes = (rng.random((60, 120)) < 0.03 + 0.5 * (taste == np.arange(60)[:, None] % 6)).astype(np.float32)
    data = TrainingData(of_likes(likes).interactions, tuple(titles))
    start = ContentToContent(genres=1.0, keywords=0.3, text=0.0, learn=3)
    found = start.fit(data)
    same = found.similar(0)[(taste == taste[0]) & (noise != noise[0])]
    other = found.similar(0)[(taste != taste[0]) & (noise == noise[0])]
    assert same.min() > 3 * other.max()
    np.testing.assert_array_equal(found.similar(0), start.fit(data).similar(0))
    untold = TrainingData(of_likes(likes[:1, :] * 0).interactions, tuple(titles))
    np.testing.assert_array_equal(
        start.fit(untold).similar(0), replace(start, learn=0).fit(untold).similar(0)
    )
