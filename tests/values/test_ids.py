"""Ids of imports and of the public registries."""

from __future__ import annotations

import pickle
import string
import unicodedata
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.values.ids import ExternalId, SourcedId, TitleId, ViewerId, check_key, iso7064_mod37_36

EIDR = "10.5240/7791-8534-2C23-9030-8610-5"

sources = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
keys = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=200)
bodies = st.text("0123456789ABCDEF", min_size=20, max_size=20)


@given(sources, keys)
def test_ids_round_trip_through_text(source, key):
    for kind in (SourcedId, TitleId, ViewerId):
        id_ = kind(source, key)
        assert kind.parse(str(id_)) == id_
        assert pickle.loads(pickle.dumps(id_)) == id_
        assert type(kind.parse(str(id_))) is kind
    assert TitleId(source, key) != ViewerId(source, key)


def test_keys_may_hold_colons_and_inner_space():
    assert TitleId.parse("imdb:tt:1 a") == TitleId("imdb", "tt:1 a")


def test_ids_sort_by_source_then_key():
    assert sorted([TitleId("b", "1"), TitleId("a", "2"), TitleId("a", "10")]) == [
        TitleId("a", "10"),
        TitleId("a", "2"),
        TitleId("b", "1"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "50",
        ":50",
        "ml:",
        "ml 100k:50",
        "-ml:1",
        "ml:" + "x" * 201,
        "x" * 65 + ":1",
        "mľ:1",
        "ml: 1",
        "ml:1 ",
    ],
)
def test_other_text_is_no_id(text):
    with pytest.raises(BadValue):
        TitleId.parse(text)


@given(keys, st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), st.integers(0, 200))
def test_control_characters_are_refused_anywhere(key, control, place):
    assume(len(key) < 200)
    spoiled = key[:place] + control + key[place:]
    with pytest.raises(BadValue):
        check_key(spoiled)
    with pytest.raises(BadValue):
        TitleId("ml", spoiled)
    with pytest.raises(BadValue):
        TitleId("ml" + control, key)


def test_every_ascii_control_character_is_refused():
    for control in map(chr, [*range(32), 127]):
        assert unicodedata.category(control) == "Cc"
        with pytest.raises(BadValue):
            TitleId.parse(f"ml:a{control}b")


@pytest.mark.parametrize(
    ("scheme", "value", "kept"),
    [
        ("IMDb", " tt0013442 ", "tt0013442"),
        ("imdb", "nm0000123", "nm0000123"),
        ("tmdb", "653", "653"),
        ("tmdb", "tv/1399", "tv/1399"),
        ("wikidata", "Q151895", "Q151895"),
        ("eidr", EIDR.lower(), EIDR),
        ("isan", "0000-0000-3a8d-0000-z", "0000-0000-3A8D-0000-Z"),
        ("isan", "0000-0000-3A8D-0000-Z-0000-0000-6", "0000-0000-3A8D-0000-Z-0000-0000-6"),
    ],
)
def test_registry_ids_are_normalized(scheme, value, kept):
    id_ = ExternalId.parse(scheme, value)
    assert (id_.scheme, id_.value) == (scheme.lower(), kept)
    assert ExternalId.parse(id_.scheme, id_.value) == id_


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("isbn", "1"),
        ("imdb", "0013442"),
        ("imdb", "tt123"),
        ("imdb", "tt٠٠١٣٤٤٢٣"),
        ("tmdb", "0"),
        ("tmdb", "-5"),
        ("wikidata", "q1"),
        ("wikidata", "Q0"),
        ("eidr", EIDR[:-1] + "6"),
        ("eidr", EIDR.replace("10.5240", "10.5239")),
        ("eidr", EIDR.replace("-", "")),
        ("isan", "0000-0000-3A8D-0000-Y"),
        ("isan", "0000-0000-3A8D-0000-Z-0000-0000-7"),
        ("isan", "0000-0000-3A8D-0000-Y-0000-0000-6"),
    ],
)
def test_other_registry_ids_are_refused(scheme, value):
    with pytest.raises(BadValue):
        ExternalId.parse(scheme, value)


def test_check_characters_of_published_examples():
    assert iso7064_mod37_36("779185342C2390308610") == "5"  # EIDR ID Format v1.51, section 2.2
    assert iso7064_mod37_36("000000003A8D0000") == "Z"  # an ISAN, ISO 15706-1
    assert iso7064_mod37_36("000000003A8D000000000000") == "6"  # the same with version, ISO 15706-2


@given(bodies, st.integers(0, 19), st.sampled_from(string.hexdigits[:16].upper()))
def test_the_check_character_finds_one_wrong_digit(body, place, digit):
    assume(body[place] != digit)
    assert iso7064_mod37_36(body) != iso7064_mod37_36(body[:place] + digit + body[place + 1 :])


def test_the_check_character_finds_nearly_all_neighbors_swapped():
    """A hybrid system of ISO 7064 lets some pass: 72 of its 45,360 states and pairs of unequal neighbors."""
    rng, missed = Random(42), 0
    for _ in range(20_000):
        body, place = "".join(rng.choices("0123456789ABCDEF", k=20)), rng.randrange(19)
        swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
        missed += body != swapped and iso7064_mod37_36(body) == iso7064_mod37_36(swapped)
    assert missed < 100
    assert iso7064_mod37_36("EA3476210F5852ED5560") == iso7064_mod37_36("EA3476210F5852ED5650")


@given(bodies)
def test_every_eidr_with_its_check_character_is_accepted(body):
    parts = [body[start : start + 4] for start in range(0, 20, 4)]
    value = f"10.5240/{'-'.join(parts)}-{iso7064_mod37_36(body)}"
    assert ExternalId.parse("eidr", value).value == value
