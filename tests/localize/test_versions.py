import re

import pytest

from crossreel.errors import BadValue
from crossreel.localize.duties import duties_of
from crossreel.localize.versions import KINDS, Asset, Prices, Reach, matrix, next_languages
from crossreel.values.language import Language
from crossreel.values.territory import Territory

EN, PT, ES, FR = (Language.parse(tag) for tag in ("en", "pt", "es", "fr"))
BRAZIL = Reach(Territory("BR"), 100.0, {PT: 0.9, EN: 0.08, FR: 0.01})


def test_what_a_territory_needs_is_there_or_missing_with_its_cost() -> None:
    have = [
        Asset("subtitles", Language.parse("pt-BR"), "machine"),
        Asset("subtitles", Language.parse("pt-BR"), "human"),
        Asset("audio", ES, "human", Territory("ES")),
        Asset("audio", EN, "original"),
    ]
    made = matrix(have, [EN], BRAZIL, 100, Prices())
    rows = {(row["kind"], row["language"]): row for row in made["rows"]}
    assert rows["subtitles", "pt"]["quality"] == "human"
    assert rows["audio", "pt"]["state"] == "missing"
    assert rows["audio", "pt"]["cost"] == 6000
    assert ("subtitles", "en") not in rows
    assert ("subtitles", "fr") not in rows
    assert ("audio", "es") not in rows
    assert made["cost"] == sum(row["cost"] for row in made["rows"])
    assert made["duties_known"] is True
    assert {one["scope"] for one in made["duties"]} == {"cinema"}
    assert not any(row["kind"] == "audio-description" for row in made["rows"])
    assert matrix([], [EN], Reach(Territory("NZ"), 5.0, {EN: 0.96}), 90, Prices())["duties_known"] is False


def test_duties_name_their_source() -> None:
    france = Reach(Territory("FR"), 60.0, {FR: 0.99})
    rows = matrix([], [FR], france, 90, Prices())["rows"]
    duty = next(row for row in rows if row["kind"] == "sdh")
    assert "2018/1808" in duty["needed"]
    assert duty["language"] == "fr"


def test_every_duty_says_where_it_was_read_and_in_whose_force_it_is() -> None:
    codes = ("DE", "US", "GB", "BR", "CA")
    every = [one for code in codes for one in duties_of(Territory(code))]
    assert len(every) == 8
    for one in every:
        assert one.kind in KINDS
        assert one.scope in ("streaming", "cinema")
        assert one.force in ("binding", "later", "objective")
        assert one.url.startswith("http")
        assert re.fullmatch(r"20\d\d-\d\d", one.read)
    assert not any(one.is_needed for one in duties_of(Territory("GB")))


def test_the_next_language_reaches_those_nobody_serves_yet() -> None:
    spain = Reach(Territory("ES"), 40.0, {ES: 0.98, EN: 0.25})
    ranked = next_languages([Asset("audio", EN)], [EN], [BRAZIL, spain], 90, Prices())
    assert [row["language"] for row in ranked] == ["pt", "es"]
    assert ranked[0]["new_viewers"] == round(100 * 0.9 * 0.92)
    again = next_languages([Asset("subtitles", PT)], [EN], [BRAZIL, spain], 90, Prices())
    assert [row["language"] for row in again] == ["es"]
    with pytest.raises(BadValue, match="kind"):
        Asset("smell", EN)
