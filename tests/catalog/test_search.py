from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.search import (
    FIELDS,
    Candidate,
    index_document,
    names_of,
    parse_query,
    rank,
    text_score,
)
from crossreel.catalog.title import Credit, CreditRole, LocalizedText, Title
from crossreel.values.ids import TitleId
from crossreel.values.language import Language


def title(name: str, key: str = "", **more: object) -> Title:
    return Title(TitleId("t", key or name.replace(" ", "-")), name, **more)  # type: ignore[arg-type]


def find(titles: list[Title], text: str, limit: int = 10) -> list[str]:
    query = parse_query(text)
    found = [Candidate(t.id, names_of(t), text_score(query, index_document(t))) for t in titles]
    names = {t.id: t.name for t in titles}
    return [names[hit.title] for hit in rank(query, [c for c in found if c.text_score > 0], limit)]


CATALOG = [
    title("Léon"),
    title("Łowcy głów"),
    title("Un cœur en hiver"),
    title("Jönssonligan dyker upp igen"),
    title("Cidadão Ilustre"),
    title("千と千尋の神隠し", aliases=("Sen to Chihiro no kamikakushi",)),
    title("鐘馗嫁妹"),
    title("기생충", texts=(LocalizedText(Language("en"), name="Parasite", synopsis="A family of four."),)),
    title("Брат"),
    title("Straße der Nacht"),
    title("Ødipus"),
    title("İstanbul Kırmızısı"),
    title("दंगल"),
    title("ชั่วฟ้าดินสลาย"),
    title("أصحاب ولا أعز"),
]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        # the 13 queries of the search specification
        ("leon", "Léon"),
        ("lowcy", "Łowcy głów"),
        ("coeur", "Un cœur en hiver"),
        ("jonssonligan", "Jönssonligan dyker upp igen"),
        ("cidadao", "Cidadão Ilustre"),
        ("千尋", "千と千尋の神隠し"),
        ("钟", "鐘馗嫁妹"),
        ("神隠し", "千と千尋の神隠し"),
        ("기생", "기생충"),
        ("брат", "Брат"),
        ("strasse", "Straße der Nacht"),
        ("odipus", "Ødipus"),
        ("istanbul", "İstanbul Kırmızısı"),
        # and more
        ("LÉON", "Léon"),
        ("chihiro sen", "千と千尋の神隠し"),
        ("parasite", "기생충"),
        ("oedipus", "Ødipus"),
        ("ødip", "Ødipus"),
        ("दंग", "दंगल"),
        ("ฟ้าดิน", "ชั่วฟ้าดินสลาย"),
        ("اصحاب", "أصحاب ولا أعز"),
        ("joenssonligan", "Jönssonligan dyker upp igen"),
    ],
)
def test_queries_across_scripts(typed: str, name: str) -> None:
    assert find(CATALOG, typed)[0] == name


def test_nothing_is_found_for_nothing() -> None:
    assert find(CATALOG, "") == find(CATALOG, "?!") == find(CATALOG, "zebra") == []


def test_exact_accents_go_before_folded_ones() -> None:
    films = [title("Far"), title("Får"), title("Fårö Dokument"), title("Farewell")]
    assert find(films, "får") == ["Får", "Fårö Dokument", "Far", "Farewell"]
    assert find(films, "far") == ["Far", "Får", "Farewell", "Fårö Dokument"]


def test_every_word_must_be_found_and_the_last_may_be_unfinished() -> None:
    films = [title("The Seventh Seal"), title("The Seventh Continent")]
    assert find(films, "seventh sea") == ["The Seventh Seal"]
    assert find(films, "sev seal") == []


def test_names_go_before_people_keywords_and_texts() -> None:
    people = (Credit("Rose Hobart", CreditRole.CAST, "Rosa"),)
    films = [
        title("Told", texts=(LocalizedText(Language("en"), synopsis="A rose grows."),)),
        title("Marked", keywords=("rose",)),
        title("Played", credits=people),
        title("Lost", aliases=("The Rose of the Sea",)),
        title("Rosenkavalier"),
        title("Rose"),
    ]
    assert find(films, "rose") == ["Rose", "Rosenkavalier", "Lost", "Played", "Marked", "Told"]


def test_a_name_typed_whole_is_found_with_or_without_its_article_and_spaces() -> None:
    films = [title("The It Girl"), title("It"), title("It Follows"), title("A Matter of It All")]
    assert find(films, "it")[0] == "It"
    assert find(films, "it girl")[0] == find(films, "theitgirl")[0] == "The It Girl"


def test_the_year_and_genre_are_words_too() -> None:
    films = [title("Heat", "1", year=1986), title("Heat", "2", year=1995, genres=("crime",))]
    query = parse_query("heat 1995")
    hits = [t.id.key for t in films if text_score(query, index_document(t))]
    assert hits == ["2"]
    assert text_score(parse_query("crime heat"), index_document(films[1])) > 0


def test_the_matched_name_is_told() -> None:
    film = title("기생충", texts=(LocalizedText(Language("en"), name="Parasite"),))
    (hit,) = rank(parse_query("paras"), [Candidate(film.id, names_of(film), 1.0)], 5)
    assert hit.matched == "Parasite"


def test_apostrophes_and_hyphens_may_be_left_out() -> None:
    films = [title("Don't Look Now"), title("Spider-Man")]
    assert find(films, "dont look") == ["Don't Look Now"]
    assert (
        find(films, "spiderman") == find(films, "spider man") == find(films, "spider-man") == ["Spider-Man"]
    )


def test_long_queries_are_cut() -> None:
    query = parse_query("word " * 1000)
    assert len(query.text) <= 300
    assert len(query.terms) <= 24


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4))
def test_a_title_is_found_by_its_own_name(parts: list[str]) -> None:
    name = " ".join(parts)
    film = title("x", "x", aliases=(name,))
    query = parse_query(name)
    if query.terms:
        assert text_score(query, index_document(film)) > 0


@given(st.text(max_size=30), st.integers(-1, 3))
def test_rank_keeps_every_candidate_up_to_the_limit(text: str, limit: int) -> None:
    candidates = [Candidate(t.id, names_of(t), 1.0) for t in CATALOG]
    hits = rank(parse_query(text), candidates, limit)
    assert len(hits) == max(0, min(limit, len(CATALOG)))
    assert all(a.score >= b.score for a, b in pairwise(hits))


def test_documents_have_exactly_the_fields() -> None:
    document = index_document(CATALOG[7])
    assert tuple(document) == FIELDS
    assert document["names"] == "기 생 충 parasite"
    assert document["whole"] == "기생충 parasite"


@pytest.mark.parametrize("name", ["7", "0112641", "THE", "Heat", "x1", "a_b", "don't", "Jäger", "A Heat"])
def test_a_title_that_is_only_a_name_is_indexed_like_any_other(name: str) -> None:
    bare = Title(TitleId("test", "1"), name)
    with_facts = index_document(replace(bare, keywords=("word",)))
    assert index_document(bare) == {**with_facts, "keywords": ""}
