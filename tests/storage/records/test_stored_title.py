"""The trusting reader of stored titles gives what the checking one gives."""

from __future__ import annotations

from datetime import date

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.documents import title_from_dict
from crossreel.catalog.title import Credit, CreditRole, LocalizedText, Release, Title, TitleKind
from crossreel.storage.records.stored_title import read_title, write_title
from crossreel.testing.tiny import tiny_titles
from crossreel.values.ids import ExternalId, TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

LINES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
IDS = st.builds(TitleId, st.sampled_from(["a", "ml-100k"]), LINES)
LANGUAGES = st.sampled_from([Language(tag) for tag in ("en", "pt-BR", "zh-Hant", "und", "zxx")])
TERRITORIES = st.sampled_from([Territory(code) for code in ("BR", "DE", "JP")])
EXTERNAL = st.sampled_from(
    [
        ExternalId("imdb", "tt0013442"),
        ExternalId("tmdb", "653"),
        ExternalId("tmdb", "643"),
        ExternalId("wikidata", "Q1"),
    ]
)


def _some(what: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(what, max_size=3, unique=True).map(tuple)


TEXTS = st.lists(
    st.builds(LocalizedText, LANGUAGES, st.none() | TERRITORIES, LINES, LINES, st.just("") | LINES),
    max_size=3,
    unique_by=lambda text: text.slot,
).map(tuple)


@st.composite
def titles(draw: st.DrawFn) -> Title:
    kind = draw(st.sampled_from(TitleKind))
    hangs = kind in (TitleKind.SEASON, TitleKind.EPISODE)
    return draw(
        st.builds(
            Title,
            IDS,
            LINES,
            st.just(kind),
            IDS if hangs else st.none(),
            st.none() | st.integers(0, 999),
            _some(LANGUAGES),
            _some(TERRITORIES | st.just(Territory("SU"))),
            _some(st.sampled_from(["drama", "science-fiction"])),
            _some(LINES),
            st.none() | st.integers(1, 6000),
            st.none() | st.integers(1870, 2200),
            _some(st.builds(Release, st.dates(date(1870, 1, 1), date(2200, 1, 1)), st.none() | TERRITORIES)),
            TEXTS,
            _some(st.builds(Credit, LINES, st.sampled_from(CreditRole), st.just("") | LINES)),
            st.sets(EXTERNAL).map(lambda ids: tuple(sorted(ids))),
            _some(LINES),
        )
    )


@given(titles())
def test_both_readers_give_the_title_that_was_written(title: Title) -> None:
    text = write_title(title)
    assert read_title(text) == title
    assert title_from_dict(orjson.loads(text), title.id.source) == title


@pytest.mark.parametrize("title", tiny_titles(), ids=lambda title: title.id.key)
def test_the_tiny_catalog_is_valid(title: Title) -> None:
    assert title_from_dict(orjson.loads(write_title(title)), "tiny") == title
