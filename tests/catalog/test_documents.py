from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.documents import content_hash, title_from_dict, title_to_dict
from crossreel.catalog.title import Credit, CreditRole, LocalizedText, Release, Title, TitleKind
from crossreel.errors import BadValue
from crossreel.values.ids import ExternalId, TitleId
from crossreel.values.language import Language
from crossreel.values.territory import Territory

SCHEMA = json.loads(files("crossreel.catalog").joinpath("title.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

lines = (
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)
    .map(str.strip)
    .filter(bool)
)
keys = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 .:/_-]{0,10}[A-Za-z0-9]", fullmatch=True)
ids = st.builds(TitleId, st.sampled_from(["ml", "tmdb-5000", "x.y"]), keys)
languages = st.sampled_from([Language.parse(tag) for tag in ("de", "pt-BR", "zh-Hant", "und", "ja")])
territories = st.sampled_from([Territory.parse(code) for code in ("DE", "BR", "JP", "US")])
origins = st.one_of(territories, st.sampled_from([Territory.parse_origin(code) for code in ("SU", "CS")]))
genres = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
DAYS = (date(1870, 1, 1), date(2200, 12, 31))
externals = st.sampled_from(
    [
        ExternalId.parse("imdb", "tt0017136"),
        ExternalId.parse("imdb", "tt0133093"),
        ExternalId.parse("tmdb", "603"),
        ExternalId.parse("tmdb", "tv/603"),
        ExternalId.parse("wikidata", "Q83495"),
        ExternalId.parse("eidr", "10.5240/7791-8534-2C23-9030-8610-5"),
    ]
)


def tuples(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=4, unique=True).map(tuple)


@st.composite
def texts(draw: st.DrawFn) -> tuple[LocalizedText, ...]:
    slots = draw(st.lists(st.tuples(languages, st.none() | territories), max_size=4, unique=True))
    filled = st.tuples(lines, st.just("") | lines, st.just("") | lines).flatmap(st.permutations)
    return tuple(LocalizedText(language, territory, *draw(filled)) for language, territory in slots)


@st.composite
def titles(draw: st.DrawFn) -> Title:
    kind = draw(st.sampled_from(TitleKind))
    hangs = kind in (TitleKind.SEASON, TitleKind.EPISODE)
    return Title(
        id=draw(ids),
        name=draw(lines),
        kind=kind,
        parent=draw(ids) if hangs else None,
        number=draw(st.none() | st.integers(0, 99_999)),
        original_languages=draw(tuples(languages)),
        countries=draw(tuples(origins)),
        genres=draw(tuples(genres)),
        keywords=draw(tuples(lines)),
        runtime_minutes=draw(st.none() | st.integers(1, 6000)),
        year=draw(st.none() | st.integers(1870, 2200)),
        releases=draw(tuples(st.builds(Release, st.dates(*DAYS), st.none() | territories))),
        texts=draw(texts()),
        credits=draw(tuples(st.builds(Credit, lines, st.sampled_from(CreditRole), st.just("") | lines))),
        external_ids=tuple(sorted(draw(tuples(externals)))),
        aliases=draw(tuples(lines)),
    )


@given(titles())
def test_documents_round_trip_and_fit_the_schema(title: Title) -> None:
    document = orjson.loads(orjson.dumps(title_to_dict(title)))
    assert title_from_dict(document, "other") == title
    VALIDATOR.validate(document)


@given(titles(), titles())
def test_the_hash_tells_titles_apart(one: Title, other: Title) -> None:
    assert (content_hash(one) == content_hash(other)) == (one == other)


def minimal(**more: Any) -> dict[str, Any]:
    return {"id": "1", "name": "Metropolis", **more}


def test_the_import_source_is_put_before_bare_ids_only() -> None:
    assert str(title_from_dict(minimal(), "mine").id) == "mine:1"
    assert str(title_from_dict(minimal(id="tmdb:19"), "mine").id) == "tmdb:19"
    season = title_from_dict(minimal(kind="season", parent="2"), "mine")
    assert str(season.parent) == "mine:2"


def test_a_colon_that_names_no_source_belongs_to_the_id() -> None:
    assert title_from_dict(minimal(id="a b:c"), "mine").id == TitleId("mine", "a b:c")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"id": 7}, "id"),
        ({"id": ""}, "id"),
        ({"id": "a\u0007b"}, "id"),
        ({"name": None}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "x" * 1001}, "name"),
        ({"surprise": 1}, "title field"),
        ({"kind": "movie"}, "kind"),
        ({"kind": "season"}, "parent"),
        ({"parent": "2"}, "parent"),
        ({"number": -1}, "number"),
        ({"number": True}, "number"),
        ({"year": 1869}, "year"),
        ({"year": "1927"}, "year"),
        ({"runtime_minutes": 0}, "runtime_minutes"),
        ({"runtime_minutes": 6001}, "runtime_minutes"),
        ({"runtime_minutes": 90.5}, "runtime_minutes"),
        ({"genres": "drama"}, "genres"),
        ({"genres": ["Science Fiction"]}, "genres[0]"),
        ({"genres": ["drama", "drama"]}, "genres"),
        ({"keywords": [""]}, "keywords[0]"),
        ({"original_languages": ["english!"]}, "original_languages[0]"),
        ({"countries": ["Germany"]}, "countries[0]"),
        ({"releases": [{"date": "1927"}]}, "releases[0].date"),
        ({"releases": [{"territory": "DE"}]}, "releases[0].date"),
        ({"releases": [{"date": "1927-01-10", "where": "DE"}]}, "releases[0] field"),
        ({"texts": [{"name": "Metropolis"}]}, "texts[0].language"),
        ({"texts": [{"language": "en"}]}, "texts[0]"),
        ({"texts": [{"language": "en", "synopsis": "a\u0000b"}]}, "texts[0].synopsis"),
        ({"credits": [{"name": "Fritz Lang", "role": "boss"}]}, "credits[0].role"),
        ({"credits": [{"role": "cast"}]}, "credits[0].name"),
        ({"external_ids": {"imdb": "17136"}}, "external_ids.imdb"),
        ({"external_ids": {"imdb": []}}, "external_ids.imdb"),
        ({"external_ids": {"imdb": ["tt0017136", "tt0017136"]}}, "external_ids.imdb"),
        ({"external_ids": {"letterboxd": "metropolis"}}, "external_ids.letterboxd"),
        ({"external_ids": ["tt0017136"]}, "external_ids"),
        ({"aliases": ["a"] * 5001}, "aliases"),
    ],
)
def test_schema_and_code_refuse_the_same(change: dict[str, Any], what: str) -> None:
    document = minimal(**change)
    with pytest.raises(BadValue) as caught:
        title_from_dict(document, "mine")
    assert caught.value.data["what"] == what
    if "\u0007" not in str(document["id"]):
        assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"original_languages": ["bq"]}, "original_languages[0]"),
        ({"countries": ["QQ"]}, "countries[0]"),
        ({"releases": [{"date": "1927-02-30"}]}, "releases[0].date"),
        ({"texts": [{"language": "en", "name": "a"}, {"language": "EN", "name": "b"}]}, "texts"),
        ({"external_ids": {"eidr": "10.5240/7791-8534-2C23-9030-8610-6"}}, "external_ids.eidr"),
    ],
)
def test_code_refuses_what_a_schema_cannot_say(change: dict[str, Any], what: str) -> None:
    with pytest.raises(BadValue) as caught:
        title_from_dict(minimal(**change), "mine")
    assert caught.value.data["what"] == what


def test_schema_and_code_know_the_same_fields() -> None:
    everything = Title.__dataclass_fields__.keys()
    assert set(SCHEMA["properties"]) == set(everything)
    assert set(SCHEMA["properties"]["kind"]["enum"]) == {kind.value for kind in TitleKind}
    roles = SCHEMA["$defs"]["credit"]["properties"]["role"]["enum"]
    assert set(roles) == {role.value for role in CreditRole}
    assert set(SCHEMA["$defs"]["text"]["properties"]) == set(LocalizedText.__dataclass_fields__)


def test_the_documented_example_is_valid(request: pytest.FixtureRequest) -> None:
    page = request.config.rootpath / "docs" / "reference" / "crossreel-jsonl.md"
    example = page.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    read = [json.loads(line) for line in example.splitlines()]
    assert [title_from_dict(one, "mine").kind for one in read] == ["film", "series", "season", "episode"]
    for document in read:
        VALIDATOR.validate(document)


def test_every_field_is_documented(request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs" / "reference" / "crossreel-jsonl.md").read_text(encoding="utf-8")
    assert all(f"| `{field}` |" in page for field in SCHEMA["properties"])
