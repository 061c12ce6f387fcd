import json
from pathlib import Path

import pytest

from crossreel.errors import UnknownId
from crossreel.markets.countries import countries, country, sources
from crossreel.values.language import Language
from crossreel.values.territory import Territory


def test_facts_have_sources_and_are_plausible() -> None:
    assert "CLDR" in sources()["population, GDP (PPP, USD), languages"]
    assert len(countries()) > 240
    brazil = country(Territory("BR"))
    assert brazil.speakers(Language.parse("pt-BR")) == pytest.approx(0.91)
    assert brazil.languages[0].is_official
    assert 1.5e8 < brazil.online < brazil.population
    people = sum(one.population for one in countries().values())
    assert 7e9 < people < 9e9
    for one in countries().values():
        assert all(0 <= spoken.share <= 1 for spoken in one.languages)
        assert one.internet is None or 0 <= one.internet <= 1
    with pytest.raises(UnknownId):
        country(Territory("XX"))


@pytest.mark.shared
def test_the_table_is_cldrs(shared_data: Path) -> None:
    read = json.loads((shared_data / "country" / "territoryInfo.json").read_text(encoding="utf-8"))
    theirs = read["supplemental"]["territoryInfo"]
    for territory, ours in countries().items():
        assert ours.population == int(theirs[territory.code]["_population"])
        assert ours.gdp == int(theirs[territory.code]["_gdp"])
