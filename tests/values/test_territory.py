"""Territories and their groups."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.values.territory import WORLD, Territory, all_territories, expand, group_names

CONTINENTS = ("AFRICA", "AMERICAS", "ASIA", "EUROPE", "OCEANIA")
names = st.lists(st.sampled_from([*group_names(), *(str(t) for t in all_territories())]), max_size=6)


def codes(*groups: str) -> set[str]:
    return {territory.code for territory in expand(groups)}


def test_there_are_the_249_territories_of_iso_3166():
    assert len(all_territories()) == 249
    assert list(all_territories()) == sorted(set(all_territories()))
    assert set(expand([WORLD])) == set(all_territories())


@pytest.mark.parametrize("territory", all_territories(), ids=str)
def test_every_territory_is_read_and_has_a_zone(territory):
    assert Territory.parse(f" {territory.code.lower()} ") == territory == Territory.parse(str(territory))
    assert territory.zone.key


@pytest.mark.parametrize("text", ["", "D", "DEU", "XX", "EU", "WORLD", "SU", "ß", "ﬁ", "ı", "D E", "49"])
def test_other_text_is_no_territory(text):
    with pytest.raises(BadValue, match="territory"):
        Territory.parse(text)


def test_the_united_kingdom_is_read_by_its_everyday_name():
    assert Territory.parse("uk") == Territory.parse("GB")


def test_former_countries_are_origins_only():
    assert Territory.parse_origin("su").code == "SU"
    assert Territory.parse_origin("DE") == Territory.parse("DE")
    with pytest.raises(BadValue):
        Territory.parse_origin("XX")


@pytest.mark.parametrize("name", group_names())
def test_groups_hold_current_territories(name):
    members = expand([name.lower()])
    assert members
    assert members <= set(all_territories())


def test_continents_divide_the_world():
    for one, other in combinations(CONTINENTS, 2):
        assert not codes(one) & codes(other), (one, other)
    assert codes(WORLD) - codes(*CONTINENTS) == {"AQ"}


def test_groups_nest_as_their_names_say():
    assert len(codes("EU")) == 27
    assert codes("EEA") - codes("EU") == {"IS", "LI", "NO"}
    assert codes("DACH") == {"DE", "AT", "CH"}
    assert codes("DACH", "BENELUX", "NORDICS") <= codes("EUROPE")
    assert codes("CARIBBEAN") <= codes("LATAM") <= codes("AMERICAS")
    assert codes("GCC", "SOUTHEAST_ASIA") <= codes("ASIA")
    assert codes("LATAM") | codes("NORTHERN_AMERICA") == codes("AMERICAS")


@given(names, names)
def test_expansion_is_a_union(some, others):
    assert expand(some + others) == expand(some) | expand(others) == expand(others + some + some)


@pytest.mark.parametrize("name", ["", "NARNIA", "XX", "WORLD,EU", "ﬁ"])
def test_unknown_groups_are_refused_with_the_known_ones(name):
    with pytest.raises(BadValue, match="WORLD"):
        expand(["DE", name])
